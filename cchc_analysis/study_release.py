"""What of a study may be published: every count that its pages may print, linked, and which of them stay hidden."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cchc_analysis import measures
from cchc_analysis.counting import NEVER, OFFICIAL_FORM
from cchc_analysis.disclosure import THRESHOLD, Cell, LinkedTables, hide, link
from cchc_analysis.frames import records
from cchc_analysis.measures.indicator import share_rows
from cchc_analysis.measures.satisfaction import OVERALL
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.released_figures import FIGURE_COLUMNS

if TYPE_CHECKING:
    from cchc_analysis.study import Study

Measure = Callable[[pd.DataFrame, ReportPeriod, tuple[str, ...]], pd.DataFrame]
"""Counts, window and dimensions → a table of figures."""

ANY = ""
"""Stands for all units, and for all values of a dimension, in the name of a figure."""

_COSTS = {(True, True): 400.0, (True, False): 60.0, (False, True): 12.0, (False, False): 1.0}
"""What hiding a figure costs, by whether it is of all units and of all values of the other dimension."""


@dataclass(frozen=True)
class Entry:
    """A measure that may be published: the method of Study, and by which dimensions beside the unit."""

    method: str
    measure: Measure
    by: tuple[str, ...] = (ANY,)


@dataclass(frozen=True)
class Family:
    """Measures over one count table: `dimensions` of its groups, and what is computed of them."""

    dimensions: tuple[str, ...]
    counts: Callable[["Study"], pd.DataFrame]
    entries: tuple[Entry, ...]


def _on_time(flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...]) -> pd.DataFrame:
    return measures.on_time_share(flow, period, by, OFFICIAL_FORM)


def _online(flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...]) -> pd.DataFrame:
    """Compute the online shares of the plan from the flow, which tells the channel but no level of service."""
    return measures.online_shares(flow.assign(service_level=""), period, by)


def _chosen(measure: Measure, names: tuple[str, ...]) -> Measure:
    """Keep the figures of a measure that count dossiers: shares of procedures do not add up over units."""

    def ask(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...]) -> pd.DataFrame:
        table = measure(counts, period, by)
        return table[table["measure"].isin(names)].reset_index(drop=True)

    return ask


DIGITISED = ("documents_digitised", "documents_reused", "result_digitised")
ONLINE = ("resolved_online", "received_online")
PAID = ("fee_due_dossiers", "fee_paid_online")

FAMILIES = (
    Family(
        ("unit", "field", "channel"),
        lambda study: study.flow(("unit", "field", "channel")),
        (
            Entry("form_06a", measures.form_06a, (ANY, "field", "channel")),
            Entry("on_time", _on_time, (ANY, "field", "month")),
            Entry("online_share", _chosen(_online, ONLINE), (ANY, "field")),
        ),
    ),
    Family(
        ("unit", "field"),
        lambda study: study.digitised(("unit", "field")),
        (Entry("digitisation", _chosen(measures.digitisation_shares, DIGITISED), (ANY, "field")),),
    ),
    Family(
        ("unit", "field"),
        lambda study: study.payments(("unit", "field")),
        (Entry("cashless", _chosen(measures.cashless, PAID), (ANY, "field")),),
    ),
)
"""All that is published of dossiers. What is not named here is not published."""


def count_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table of figures that are counts of dossiers."""
    plain = [name for name in (*measures.FORM_COLUMNS, "pending_paused") if name in table]
    return plain or ["numerator", "denominator", *(str(name) for name in table if str(name).startswith("n_"))]


@dataclass(frozen=True)
class _Mask:
    """Which groups a figure adds up, before they are cut by unit and dimension."""

    measure: str
    column: str
    within: Any
    printed: bool = True


def _masks(entry: Entry, counts: pd.DataFrame, period: ReportPeriod) -> Iterator[_Mask]:
    """Ask the measure itself, group by group, which ones each of its figures adds up."""
    groups = counts.assign(group=np.arange(len(counts)), n=1)
    table = entry.measure(groups, period, ("group",))
    columns = count_columns(table)
    names = table["measure"] if "measure" in table else pd.Series("", index=table.index)
    for measure in dict.fromkeys(names):
        rows = table[names == measure]
        place = rows["group"].to_numpy()
        found = {}
        for column in columns:
            within = np.zeros(len(counts), dtype=bool)
            within[place] = rows[column].to_numpy(dtype=np.int64) > 0
            found[column] = within
            yield _Mask(str(measure), column, within)
        if "numerator" in found and "denominator" in found:
            yield _Mask(str(measure), "rest", found["denominator"] & ~found["numerator"], printed=False)


def linked_tables(study: "Study") -> LinkedTables:
    """Link all figures: of all units and of each, in all and by each dimension, in the period and by month.

    The families count the same dossiers in different ways: what they have in common, by unit, field, and whether a
    dossier was received, closed and withdrawn before, in or after the period, is tied together.
    The key of a figure: (method, dimension, measure, column, unit, value of the dimension), ANY for all.
    """
    tables = [family.counts(study).reset_index(drop=True) for family in FAMILIES]
    dimensions = FAMILIES[0].dimensions
    groups = pd.concat([_named_groups(counts, dimensions) for counts in tables], ignore_index=True)
    cells: list[Cell] = []
    for family, counts, own in zip(FAMILIES, tables, _places_of(tables), strict=True):
        for cell in _cells_of(study, family, counts):
            within = np.zeros(len(groups), dtype=bool)
            within[own] = cell.within
            cells.append(replace(cell, within=within))
    return link(groups, cells, dimensions, _ties(study.period, tables))


def _places_of(tables: Sequence[pd.DataFrame]) -> list[slice]:
    """Return where the rows of each table are when all stand one after the other."""
    ends = np.cumsum([len(table) for table in tables]).tolist()
    return [slice(end - len(table), end) for end, table in zip(ends, tables, strict=True)]


def _named_groups(counts: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Keep `dimensions` and `n` of a count table; ANY stands for what is not stated and what is not counted apart."""
    named = {name: counts[name].fillna(ANY) if name in counts else ANY for name in dimensions}
    return counts[["n"]].assign(**named)


def _ties(period: ReportPeriod, tables: Sequence[pd.DataFrame]) -> list[Any]:
    """Number what the first table and each of the others have in common, as `link` takes it."""
    classes = [_classes(table, period) for table in tables]
    first, *others = zip(classes, _places_of(tables), strict=True)
    found = []
    for told, own in others:
        names = [name for name in first[0] if name in told]
        number = pd.concat([first[0], told])[names].groupby(names).ngroup().to_numpy() + 1
        tie = np.zeros(sum(map(len, tables)), dtype=np.int64)
        tie[first[1]], tie[own] = number[: len(first[0])], -number[len(first[0]) :]
        found.append(tie)
    return found


def _classes(table: pd.DataFrame, period: ReportPeriod) -> pd.DataFrame:
    """Return unit, field, how receipt and closing lie to the period (−1 before, 0 in it, 1 after or never), withdrawal:
    those of them that a count table knows."""
    first, last = period.months[0], period.months[-1]
    told = table[["unit", "field"]].fillna(ANY).astype(str)
    for name in [name for name in ("received_month", "closed_month") if name in table]:
        month = table[name].to_numpy()
        told[name] = np.where((month == NEVER) | (month > last), 1, np.where(month < first, -1, 0))
    if "outcome" in table:
        told["withdrawn"] = (table["outcome"] == "withdrawn").to_numpy(dtype=bool)
    elif "withdrawn" in table:
        told["withdrawn"] = table["withdrawn"].to_numpy() == 1
    return told


def _cells_of(study: "Study", family: Family, counts: pd.DataFrame) -> Iterator[Cell]:
    """Yield the figures of one family over the rows of its own counts."""
    cuts = {name: _cuts(counts, name) for name in family.dimensions}
    for entry in family.entries:
        for by in entry.by:
            if by == "month":
                for month in study.months():
                    for mask in _masks(entry, counts, month):
                        yield from _cells(entry, "month", mask, cuts["unit"], {month.label: mask.within})
                continue
            values = {ANY: np.ones(len(counts), dtype=bool)} if by == ANY else cuts[by]
            for mask in _masks(entry, counts, study.period):
                inside = {value: mask.within & within for value, within in values.items()}
                yield from _cells(entry, by, mask, cuts["unit"], inside)


def _cuts(counts: pd.DataFrame, name: str) -> dict[str, Any]:
    values = counts[name].fillna(ANY).astype(str)
    return {value: (values == value).to_numpy() for value in sorted(values.unique())}


def _cells(entry: Entry, by: str, mask: _Mask, units: dict[str, Any], inside: dict[str, Any]) -> Iterator[Cell]:
    for value, within in inside.items():
        whole = {"all": np.ones(len(within), dtype=bool)}
        for unit, own in (whole | units).items():
            key = (entry.method, by, mask.measure, mask.column, unit, value)
            yield Cell(key, within & own, _COSTS[unit == "all", by == ANY], mask.printed)


def release(study: "Study", earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return every count that a public page may print, of all units together and of each, and which stay hidden.

    `earlier`: the same table of a run before, of the same period: what was hidden then stays hidden, and what has
    changed since by fewer than the threshold is hidden now, or the difference would tell it.
    Result: FIGURE_COLUMNS, `n` Int64. Rules: docs/methods/disclosure.md.
    """
    tables = linked_tables(study) if study.warehouse.has_rows else None
    if tables is None or not tables.rows:
        return pd.DataFrame(columns=list(FIGURE_COLUMNS)).astype({"n": "Int64", "hidden": bool})
    values = tables.totals
    hidden = hide(tables, also=_told_before(tables, values, earlier))
    printed = {key: row for key, row in tables.rows.items() if isinstance(key, tuple) and key[3] != "rest"}
    rows = np.fromiter(printed.values(), dtype=np.int64)
    named = pd.DataFrame(list(printed), columns=list(FIGURE_COLUMNS[:6]), dtype="str")
    n = pd.Series(values[rows], dtype="Int64").mask(hidden[rows])
    return named.assign(n=n, hidden=hidden[rows])


def _told_before(tables: LinkedTables, values: Any, earlier: pd.DataFrame | None) -> Any:
    """Mark the figures that an earlier publication hid, or that differ from what it told by less than the threshold."""
    marked = np.zeros(len(values), dtype=bool)
    if earlier is None:
        return marked
    for row in records(earlier):
        place = tables.rows.get(tuple(row[name] for name in FIGURE_COLUMNS[:6]))
        if place is not None:
            changed = 0 if row["hidden"] else abs(int(values[place]) - int(row["n"]))
            marked[place] |= bool(row["hidden"]) or 0 < changed < THRESHOLD
    return marked & tables.printed


SURVEY_COLUMNS = ("unit", "n_forms", "value", "lower", "upper", "suppressed")


def release_survey(study: "Study") -> pd.DataFrame:
    """Return the overall satisfaction that a public page may print: of all units ("all") and of each.

    Groups of fewer than SMALLEST_GROUP forms are hidden, and others with them until no number of forms can be computed
    back to a range narrower than that. Shares are weighted, with their design-based interval.
    Result: SURVEY_COLUMNS, one row per unit with forms; none where no survey was taken in.
    """
    if not study.surveys():
        return pd.DataFrame(columns=list(SURVEY_COLUMNS))
    survey = study.survey()
    units, whole = (
        table[(table["item_kind"] == "overall") & (table["item"] == OVERALL)]
        for table in (survey.satisfaction("unit"), survey.satisfaction())
    )
    told = pd.concat([whole.assign(unit="all"), units.assign(unit=units["unit"].fillna(ANY))], ignore_index=True)
    told = told[told["n_forms"] > 0].reset_index(drop=True)
    groups = told.loc[told["unit"] != "all", ["unit", "n_forms"]].rename(columns={"n_forms": "n"})
    cells = [Cell("all", np.ones(len(groups), dtype=bool), _COSTS[True, True])]
    cells += [Cell(unit, (groups["unit"] == unit).to_numpy(), 1.0) for unit in groups["unit"]]
    tables = link(groups, cells, ("unit",))
    hidden = hide(tables, SMALLEST_GROUP)
    kept = [bool(hidden[tables.rows[unit]]) for unit in told["unit"]]
    shares = told[["weighted", "weighted_lower", "weighted_upper"]].astype(float).mask(pd.Series(kept), np.nan)
    n_forms = told["n_forms"].astype("Int64").mask(pd.Series(kept))
    values = shares.set_axis(["value", "lower", "upper"], axis=1)
    return pd.DataFrame({"unit": told["unit"], "n_forms": n_forms}).join(values).assign(suppressed=kept)


def published(figures: pd.DataFrame, method: str, unit: str, by: str = ANY) -> pd.DataFrame:
    """Return the figures of a measure that may be printed, of a unit or, with `by` "unit", of every unit.

    `figures`: result of `release`. Result: `key` (value of `by`, ANY for none), `measure`, one column per count (Int64,
    null where hidden), and for shares `value`, `lower`, `upper` (Wilson, 95 %), null where one of its counts is hidden
    or nothing was to count; `suppressed` tells the one from the other.
    """
    chosen = (figures["method"] == method) & (figures["by"] == (ANY if by == "unit" else by))
    chosen &= (figures["unit"] != "all") if by == "unit" else (figures["unit"] == unit)
    rows = figures[chosen]
    key = "unit" if by == "unit" else "key"
    index = [key, "measure"]
    counts = rows.set_index([*index, "column"])["n"].unstack("column").astype("Int64")  # noqa: PD010 (one row per cell)
    hidden = rows.set_index([*index, "column"])["hidden"].unstack("column").astype(bool)  # noqa: PD010
    table = counts.reset_index().rename(columns={key: "key"})
    table.columns.name = None
    if "numerator" not in counts or "denominator" not in counts:
        return table.assign(suppressed=hidden.any(axis=1).to_numpy())
    suppressed = hidden[["numerator", "denominator"]].any(axis=1).to_numpy()
    told = pd.DataFrame({name: table[name].mask(suppressed, 0) for name in ("numerator", "denominator")})
    shares = share_rows(told, (), "numerator", "denominator")[["value", "lower", "upper"]]
    shares.loc[suppressed] = np.nan
    return table.join(shares).assign(suppressed=suppressed)
