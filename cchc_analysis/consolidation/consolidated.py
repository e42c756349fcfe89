"""Returns of many units put together: what each unit handed in, the sum as returned, and everything that differs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cchc_analysis.consolidation.differences import (
    Difference,
    about_the_return,
    carried_over_differences,
    ordered,
    period_differences,
    warehouse_differences,
)
from cchc_analysis.consolidation.headings import heading_key
from cchc_analysis.consolidation.returns import ReturnRow, UnitNames, UnitReturn, read_return
from cchc_analysis.errors import InputError, ParameterError
from cchc_analysis.formats import is_missing
from cchc_analysis.forms import Form, FormRow, form_on
from cchc_analysis.forms.figures import figure_table
from cchc_analysis.forms.filling import NO_FIELD, TOTAL, band_of
from cchc_analysis.frames import records
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.study import Study, units_of
from cchc_analysis.text import vietnamese_order

ACCOUNTS = ("read", "accepted", "rejected", "duplicates", "skipped")
Files = Sequence[tuple[str, bytes]]
"""Files as (name, content), in order."""


@dataclass(frozen=True)
class Account:
    """What became of the rows of a file: read = accepted + rejected + duplicates + skipped.

    `state`: "summed", "duplicate", "summary" (of an office above the units, whose figures repeat theirs),
    "wrong_period", "unknown_unit" or "unreadable"; `unit` is "" where it is not known.
    """

    file: str
    unit: str
    state: str
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Consolidation:
    """What returns of a form come to.

    `fields` and `units` are the rows of the sum by field and by unit as returned, `total` their sum; `expected` the
    units with dossiers in the data, `missing` those of them that did not hand in; `differences` in the order of units.
    """

    form: Form
    period: ReportPeriod
    fields: tuple[FormRow, ...]
    units: tuple[FormRow, ...]
    total: FormRow
    expected: tuple[str, ...]
    missing: tuple[str, ...]
    accounts: tuple[Account, ...]
    differences: tuple[Difference, ...]

    @property
    def n_returned(self) -> int:
        """How many units are in the sum."""
        return sum(account.state == "summed" for account in self.accounts)

    def rows(self) -> dict[str, int]:
        """Return the rows of all files: ACCOUNTS."""
        return {name: sum(getattr(account, name) for account in self.accounts) for name in ACCOUNTS}


def consolidate(study: Study, files: Files, previous: Files = (), code: str = "ii-06a") -> Consolidation:
    """Return what the returns of units come to: the sum as returned, and every difference with both numbers.

    `study`: the data of the whole for the period of the returns, which they are held against; `files`: one return per
    unit; `previous`: those of the period before. Nothing is put right: what a return says is summed as it says it. The
    first return of a unit, by name of the file, is taken; returns of another period or of an unknown unit are not
    summed. Raises the errors of form_on, ParameterError for a form whose rows are no fields.
    """
    form = form_on(code, study.period.end)
    if form.rows != "field":
        raise ParameterError(
            f"Form {code!r} has units as rows; returns are of a form with fields as rows, such as ii-06a.",
            f"Biểu {code!r} có dòng là đơn vị; báo cáo của đơn vị phải theo biểu có dòng là lĩnh vực, ví dụ ii-06a.",
        )
    work = _Work(study, form)
    for name, content in sorted(files, key=lambda file: file[0]):
        work.take(name, content)
    before = work.previous(previous)
    for unit, given in work.taken.items():
        work.compare(unit, given, before, asked=bool(previous))
    return work.result()


class _Work:
    """The returns of a consolidation on their way to its result."""

    def __init__(self, study: Study, form: Form) -> None:
        self.study, self.form = study, form
        self.expected = tuple(_official_order(study, units_of(study.warehouse)))
        self.taken: dict[str, UnitReturn] = {}
        self.accounts: list[Account] = []
        self.differences: list[Difference] = []
        self._told: dict[str, dict[str, Mapping[str, int]]] | None = None
        self._names: dict[str, str] = {}

    def take(self, name: str, content: bytes) -> None:
        """Read a file and decide whether its rows go into the sum."""
        try:
            given = read_return(content, name, self.form, self._unit_names(self.study.period.end))
        except InputError as error:
            self.accounts.append(Account(name, "", "unreadable"))
            self.differences.append(Difference("unreadable_file", name, "", stated=error.message(self.study.language)))
            return
        unit = given.unit or ""
        state = self._state(given, unit)
        rows, repeated = len(given.rows), len(given.repeated)
        kept = {"summed": rows}.get(state, 0)
        twice = repeated + (rows if state in ("duplicate", "summary") else 0)
        rejected = given.n_read - kept - twice - sum(given.skipped.values())
        self.accounts.append(
            Account(name, unit, state, given.n_read, kept, rejected, twice, sum(given.skipped.values()))
        )
        if state == "summed":
            self.taken[unit] = given

    def _unit_names(self, on: date) -> UnitNames:
        printed = {self.study.unit_name(unit): unit for unit in self.expected}
        return UnitNames(self.study.registry, on, printed)

    def _state(self, given: UnitReturn, unit: str) -> str:
        """Say what becomes of a return, and note what is wrong with it as a whole."""
        if not unit:
            self.differences.append(Difference("unknown_unit", given.file, "", stated=given.said))
            return "unknown_unit"
        if given.named_unit not in (None, unit):
            named = self.study.unit_name(given.named_unit)
            self.differences.append(
                Difference("other_unit_in_file_name", given.file, unit, stated=given.said, expected=named)
            )
        period = list(period_differences(given, self.study.period, unit))
        self.differences += period
        if any(one.kind == "wrong_period" for one in period):
            return "wrong_period"
        if self._is_above(unit):
            self.differences.append(Difference("summary_return", given.file, unit))
            return "summary"
        if unit in self.taken:
            first = self.taken[unit].file
            self.differences.append(Difference("duplicate_unit", given.file, unit, expected=first))
            return "duplicate"
        return "summed"

    def _is_above(self, unit: str) -> bool:
        """Tell whether an office without dossiers of its own stands above units that have some."""
        below = {self.study.registry.parent(other) for other in self.expected}
        return unit not in self.expected and unit in below

    def previous(self, files: Files) -> dict[str, UnitReturn]:
        """Read the returns of the period before; those that end on another day than the day before are left out."""
        found: dict[str, UnitReturn] = {}
        start = self.study.period.start
        for name, content in sorted(files, key=lambda file: file[0]):
            try:
                given = read_return(content, name, self.form, self._unit_names(start - timedelta(days=1)))
            except InputError as error:
                text = error.message(self.study.language)
                self.differences.append(Difference("unreadable_file", name, "", stated=text))
                continue
            ends = given.dates[1] if given.dates else given.period.end if given.period else None
            if given.unit and ends is not None and (start - ends).days != 1:
                stated = f"{ends:%d/%m/%Y}"
                self.differences.append(
                    Difference("wrong_period", name, given.unit, stated=stated, expected=f"{start:%d/%m/%Y}")
                )
            elif given.unit:
                found.setdefault(given.unit, given)
        return found

    def compare(self, unit: str, given: UnitReturn, before: Mapping[str, UnitReturn], *, asked: bool) -> None:
        """Note what differs in a return that is summed."""
        told = self._warehouse().get(unit)
        for one in about_the_return(given, self.form, unit):
            known = (told or {}).get(heading_key(one.label), {}) if one.kind == "blank" else {}
            self.differences.append(replace(one, expected=known.get(one.figure, one.expected)))
        if unit in before:
            self.differences += carried_over_differences(given, before[unit], unit)
        elif asked:
            self.differences.append(Difference("previous_missing", given.file, unit))
        if told is None:
            # A unit that reports nought of everything agrees with data that have nothing of it.
            if any(any(row.figures.values()) for row in given.rows):
                self.differences.append(Difference("not_in_warehouse", given.file, unit))
        else:
            self.differences += warehouse_differences(given, told, self._names, unit)

    def _warehouse(self) -> dict[str, dict[str, Mapping[str, int]]]:
        """Return unit → label as compared → figures of the data, fields without anything to count left out."""
        if self._told is None:
            self._told = {unit: {} for unit in self.expected}
            figures = [column.figure for column in self.form.leaves() if column.figure]
            for row in records(figure_table(self.study, figures, ("unit", "field"), self.form.starts)):
                label = row["field"] or NO_FIELD.vi
                counts = {name: int(row[name]) for name in figures if not is_missing(row[name])}
                if any(counts.values()):
                    self._told.setdefault(row["unit"], {})[heading_key(label)] = counts
                    self._names[heading_key(label)] = label
        return self._told

    def result(self) -> Consolidation:
        missing = tuple(unit for unit in self.expected if unit not in self.taken)
        self.differences += [Difference("missing_unit", "", unit) for unit in missing]
        order = _official_order(self.study, {*self.expected, *self.taken})
        returned = [unit for unit in order if unit in self.taken]
        figures = [column.figure for column in self.form.leaves() if column.figure]
        every = [row for given in self.taken.values() for row in given.rows]
        return Consolidation(
            form=self.form,
            period=self.study.period,
            fields=_by_field(every, figures),
            units=tuple(
                FormRow(self.study.unit_name(unit), _sum(self.taken[unit].rows, figures), band_of(self.study, unit))
                for unit in returned
            ),
            total=FormRow(TOTAL.text(self.study.language), _sum(every, figures)),
            expected=self.expected,
            missing=missing,
            accounts=tuple(self.accounts),
            differences=ordered(self.differences, order),
        )


def _official_order(study: Study, units: Iterable[str]) -> list[str]:
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    return sorted(units, key=lambda unit: (order.get(unit, len(order)), unit))


def _sum(rows: Iterable[ReturnRow], figures: Sequence[str]) -> dict[str, int | None]:
    """Return the sum of each figure over what the rows state, None where none of them does."""
    rows = list(rows)
    stated = {name: [value for row in rows if (value := row.figures.get(name)) is not None] for name in figures}
    return {name: sum(values) if values else None for name, values in stated.items()}


def _by_field(rows: Sequence[ReturnRow], figures: Sequence[str]) -> tuple[FormRow, ...]:
    """Return one row per field, under the spelling that most returns use, rather not in capitals only."""
    groups: defaultdict[str, list[ReturnRow]] = defaultdict(list)
    for row in rows:
        groups[row.key].append(row)
    spelled = {key: _spelling(row.label for row in group) for key, group in groups.items()}
    summed = [FormRow(spelled[key], _sum(group, figures)) for key, group in groups.items()]
    return tuple(sorted(summed, key=lambda row: vietnamese_order(row.label)))


def _spelling(labels: Iterable[str]) -> str:
    times = Counter(labels)
    return max(times, key=lambda label: (times[label], not label.isupper(), label))
