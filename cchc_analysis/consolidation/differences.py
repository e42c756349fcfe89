"""What is wrong with returns, each with both numbers: inside a row, against the total, the period before, the data."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cchc_analysis.consolidation.headings import heading_key
from cchc_analysis.consolidation.returns import ReturnRow, UnitReturn
from cchc_analysis.forms import Form
from cchc_analysis.forms.filling import broken
from cchc_analysis.periods import ReportPeriod

KINDS = (
    *("unreadable_file", "unknown_unit", "other_unit_in_file_name", "duplicate_unit", "summary_return", "missing_unit"),
    *("wrong_period", "period_not_stated", "missing_column"),
    *("unreadable", "no_label", "blank", "field_twice", "row_repeated"),
    *("identity", "total", "no_total", "previous", "previous_missing"),
    *("warehouse", "not_in_warehouse", "not_returned"),
)
"""Kinds of differences, in the order in which they are told for a unit."""


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree: in which file, row and cell, what stands there and what else says.

    `figure`: name of the figure ("" = the whole row or file); `stated`: what the return says (a number, a text, None =
    blank or absent), `expected`: what it is held against (None = nothing to hold it against).
    """

    kind: str
    file: str
    unit: str
    label: str = ""
    cell: str = ""
    figure: str = ""
    stated: int | str | None = None
    expected: int | str | None = None
    rule: str = ""


def about_the_return(given: UnitReturn, form: Form, unit: str) -> Iterator[Difference]:
    """Yield what a return alone shows: columns, cells and labels that lack, identities and totals that break."""
    for figure in given.missing:
        yield Difference("missing_column", given.file, unit, figure=figure)
    for row in given.rejected:
        yield from _unreadable(given, row, unit)
    for row in given.repeated:
        yield Difference("row_repeated", given.file, unit, row.label, f"A{row.row}")
    times = Counter((row.key, row.band) for row in given.rows)
    for row in given.rows:
        if times[row.key, row.band] > 1:
            yield Difference("field_twice", given.file, unit, row.label, f"A{row.row}")
        yield from _blank(given, row, unit)
        yield from _identities(given, row, form, unit)
    if given.total is None:
        yield Difference("no_total", given.file, unit)
        return
    yield from _unreadable_cells(given, given.total, unit)
    yield from _identities(given, given.total, form, unit)
    yield from _totals(given, given.total, unit)


def _unreadable(given: UnitReturn, row: ReturnRow, unit: str) -> Iterator[Difference]:
    if not row.label:
        yield Difference("no_label", given.file, unit, "", f"A{row.row}")
    yield from _unreadable_cells(given, row, unit)


def _unreadable_cells(given: UnitReturn, row: ReturnRow, unit: str) -> Iterator[Difference]:
    for figure, text in row.unreadable.items():
        yield Difference("unreadable", given.file, unit, row.label, row.cells[figure], figure, text)


def _blank(given: UnitReturn, row: ReturnRow, unit: str) -> Iterator[Difference]:
    for figure, value in row.figures.items():
        if value is None:
            yield Difference("blank", given.file, unit, row.label, row.cells[figure], figure)


def _identities(given: UnitReturn, row: ReturnRow, form: Form, unit: str) -> Iterator[Difference]:
    for identity in form.identities:
        # What another return says is looked at on its own.
        if not set(identity.parts) <= set(row.figures) or not broken(identity, row.figures):
            continue
        expected = sum(row.figures[name] or 0 for name in identity.parts)
        rule = f"{form.number_of(identity.total)} = {' + '.join(map(form.number_of, identity.parts))}"
        yield Difference(
            "identity",
            given.file,
            unit,
            row.label,
            row.cells[identity.total],
            identity.total,
            row.figures[identity.total],
            expected,
            rule,
        )


def _totals(given: UnitReturn, total: ReturnRow, unit: str) -> Iterator[Difference]:
    """Hold the total as typed against the sum of the rows, where every row states the figure."""
    if given.rejected:
        return
    for figure, stated in total.figures.items():
        values = [row.figures[figure] for row in given.rows]
        known = [value for value in values if value is not None]
        if figure in total.unreadable or len(known) < len(values) or stated == sum(known):
            continue
        yield Difference("total", given.file, unit, total.label, total.cells[figure], figure, stated, sum(known))


def period_differences(given: UnitReturn, period: ReportPeriod, unit: str) -> Iterator[Difference]:
    """Yield a difference where a return is of another period, or does not say of which one it is."""
    if given.period is None and given.dates is None:
        yield Difference("period_not_stated", given.file, unit, expected=period.title())
        return
    if given.dates is not None and given.dates != (period.start, period.end):
        stated = f"{given.dates[0]:%d/%m/%Y} – {given.dates[1]:%d/%m/%Y}"
        yield Difference("wrong_period", given.file, unit, stated=stated, expected=period.dates_text())
    elif given.period is not None and given.period.months != period.months:
        yield Difference("wrong_period", given.file, unit, stated=given.period.title(), expected=period.title())


def carried_over_differences(given: UnitReturn, before: UnitReturn, unit: str) -> Iterator[Difference]:
    """Yield where what is carried over is not what the return of the period before left pending, field by field."""
    left = by_label(before.rows, "pending")
    taken = by_label(given.rows, "carried_over")
    labels = {heading_key(row.label): row.label for row in (*before.rows, *given.rows)}
    cells = {row.key: row.cells.get("carried_over", "") for row in given.rows}
    rejected = {row.key for row in given.rejected}
    for key in [*taken, *(key for key in left if key not in taken and key not in rejected)]:
        stated, expected = taken.get(key), left.get(key)
        if (stated or 0) == (expected or 0):
            continue
        yield Difference(
            "previous", given.file, unit, labels[key], cells.get(key, ""), "carried_over", stated, expected
        )


def by_label(rows: Iterable[ReturnRow], figure: str) -> dict[str, int | None]:
    """Return label as compared → sum of a figure over the rows of that label, None where no row states it."""
    sums: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        value = row.figures.get(figure)
        sums[row.key] += [] if value is None else [value]
    return {key: sum(values) if values else None for key, values in sums.items()}


def warehouse_differences(
    given: UnitReturn, told: Mapping[str, Mapping[str, int]], names: Mapping[str, str], unit: str
) -> Iterator[Difference]:
    """Yield every cell that is not what the data of the same unit and period say.

    `told`: label as compared → figure → count; `names`: the same labels as the data write them.
    """
    known = dict.fromkeys(figure for counts in told.values() for figure in counts)
    figures = [figure for figure in known if figure not in given.missing]
    returned = {figure: by_label(given.rows, figure) for figure in figures}
    first = {row.key: row for row in reversed(given.rows)}
    for key, row in {row.key: row for row in given.rows}.items():
        if key not in told:
            yield Difference("not_in_warehouse", given.file, unit, row.label, f"A{row.row}")
            continue
        for figure in figures:
            stated, expected = returned[figure][key], told[key].get(figure)
            if None not in (stated, expected) and stated != expected:
                cell = first[key].cells[figure]
                yield Difference("warehouse", given.file, unit, row.label, cell, figure, stated, expected)
    rejected = {row.key for row in given.rejected}
    for key in told:
        if key not in first and key not in rejected:
            yield Difference(
                "not_returned", given.file, unit, names[key], "", "received", None, told[key].get("received")
            )


def ordered(differences: Iterable[Difference], units: Sequence[str]) -> tuple[Difference, ...]:
    """Return differences by unit in the order given, by file, then by kind as KINDS lists them."""
    places = {unit: place for place, unit in enumerate(units)}
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(
        sorted(
            differences,
            key=lambda one: (places.get(one.unit, len(places)), one.unit, one.file, kinds[one.kind]),
        )
    )
