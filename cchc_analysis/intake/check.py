"""One file, checked: read, typed, its units resolved, every rule applied that needs no other file."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.answers import form_words
from cchc_analysis.intake.cells import cell_texts, missing
from cchc_analysis.intake.date_order import date_order_note
from cchc_analysis.intake.duplicates import content_columns, places, row_keys, within_file
from cchc_analysis.intake.hashed_columns import HashesToCome, begin_hashes, joined
from cchc_analysis.intake.kinds import INTAKE_KINDS, IntakeKind
from cchc_analysis.intake.mapping import EVERY_ANSWER, ColumnMapping
from cchc_analysis.intake.numbers import numbers_seen
from cchc_analysis.intake.parts import FINDING_SCHEMA, Part, PartFacts, part_key, rejected_schema
from cchc_analysis.intake.predicates import days_of, lies_outside
from cchc_analysis.intake.privacy import HashKey
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.intake.rows import Reading, Rows, join_rows, type_rows
from cchc_analysis.intake.rules import CONFLICTING, Rule
from cchc_analysis.intake.survey_rules import form_texts, shown, survey_kind
from cchc_analysis.intake.tables import REJECTED_HEADERS, NamedTable, Note
from cchc_analysis.intake.unit_names import resolve_units
from cchc_analysis.schema import DOSSIERS
from cchc_analysis.text import fold
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import table_schema
from cchc_analysis.working_time import WorkingCalendar

_TOLD_EVERY: Final = 100_000
_THREADS: Final = 2
_POSSIBLE_YEARS: Final = (np.datetime64("1945-01-01", "D"), np.datetime64("2099-12-31", "D"))
"""Moments of tables that are not counted with lie in these years."""


@dataclass(frozen=True)
class Checker:
    """What a file is checked by: mapping, key, calendar and units.

    `kind_given` tells that somebody has said what kind of table the files hold; else a file must look like it.
    """

    mapping: ColumnMapping
    key: HashKey
    calendar: WorkingCalendar
    registry: UnitRegistry
    kind_given: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        # What is worked out from the fields holds functions without a name, which cannot travel to a process.
        return Checker, (self.mapping, self.key, self.calendar, self.registry, self.kind_given)

    @cached_property
    def kind(self) -> IntakeKind:
        """Return what kind of table the files hold."""
        questionnaire = self.mapping.questionnaire
        return INTAKE_KINDS[self.mapping.kind] if questionnaire is None else survey_kind(questionnaire)

    @cached_property
    def reading(self) -> Reading:
        """Return how cells are to be understood."""
        mapping, empty = self.mapping, frozenset(fold(text) for text in self.mapping.empty)
        words = {column: dict(words) for column, words in mapping.values.items()}  # noqa: PD011 (a field, no frame)
        questionnaire = mapping.questionnaire
        forms = None if questionnaire is None else form_words(questionnaire, words, empty, EVERY_ANSWER)
        return Reading(
            timezone=mapping.timezone,
            month_first=mapping.dates == "month_first",
            empty=empty,
            words=words,
            forms=forms,
        )


def nobody(n_rows: int) -> None:
    """Tell nobody how many rows are done."""


def check_file(
    path: Path, name: str, content_sha256: str, checker: Checker, told: Callable[[int], None] = nobody
) -> Part:
    """Return the file, read, typed and checked by every rule that needs no other file.

    Of a large file `told` learns how many of the rows are done so far.
    Raises `InputError` or `MappingError` where it cannot be read as a table of its kind.
    """
    tables = read_for_intake(path, name, checker)
    kind = checker.kind
    rows = _type_all(tables, checker)
    with ThreadPoolExecutor(_THREADS) as threads:
        # Work on the codes alone, the longest of all, is done by others while the rows are looked at.
        hashes = _begin_hashes(rows, checker, threads)
        numbers = threads.submit(numbers_seen, rows) if kind.kind is DOSSIERS else None
        part = _checked(name, content_sha256, checker, tables, rows, hashes, told)
        return part if numbers is None else replace(part, numbers=numbers.result())


def _begin_hashes(rows: Rows, checker: Checker, threads: ThreadPoolExecutor) -> dict[str, HashesToCome]:
    hashed = [column.name for column in checker.kind.kind.columns if column.hashed]
    return {name: begin_hashes(rows.columns[f"{name}_key"], checker.key, threads, _TOLD_EVERY) for name in hashed}


def _checked(
    name: str,
    content_sha256: str,
    checker: Checker,
    tables: list[NamedTable],
    rows: Rows,
    hashes: Mapping[str, HashesToCome],
    told: Callable[[int], None],
) -> Part:
    """Return the part that the typed rows of a file make, without their running numbers."""
    kind = checker.kind
    _blank_odd_moments(rows, checker)
    notes = [note for table in tables for note in table.notes] + resolve_units(rows, kind.kind, checker.registry)
    notes += kind.complete(rows)
    notes = list(dict.fromkeys((*notes, *date_order_note(rows, kind.kind))))
    rejects = [(rule, rule.holds(rows, checker.calendar)) for rule in kind.rules.rejecting]
    rejected = np.logical_or.reduce([hits for _, hits in rejects])
    values = _comparable(rows, kind)
    keys = row_keys(values, kind)
    ages = None if kind.row_age is None else rows.columns[kind.row_age]
    repeats, conflicts = within_file(values, keys, ~rejected, content_columns(kind), ages)
    kept = ~rejected & ~repeats & ~conflicts
    flags = [(rule, rule.holds(rows, checker.calendar) & kept) for rule in kind.rules.flagging]
    findings = [_findings(rows, kind, rule, hits) for rule, hits in (*rejects, *flags)]
    findings.append(_conflict_findings(rows, kind, keys, conflicts))
    facts = _facts(name, content_sha256, checker.mapping, tables, notes)
    facts = replace(facts, duplicates=int(repeats.sum()), reasons=_reasons(rejects, conflicts))
    return Part(
        facts,
        _row_table(rows, name, np.flatnonzero(kept), checker, hashes, told),
        pa.concat_tables(findings).sort_by([("sheet", "ascending"), ("row", "ascending")]),
        original_rows(rows, np.flatnonzero(rejected | conflicts), checker),
    )


def _type_all(tables: Sequence[NamedTable], checker: Checker) -> Rows:
    kind = checker.kind
    return join_rows([type_rows(table, checker.reading, kind.kind, kind.derive) for table in tables])


def _comparable(rows: Rows, kind: IntakeKind) -> dict[str, npt.NDArray[Any]]:
    """Return the columns by which rows are compared: of codes that will be hashed what makes them the same."""
    hashed = {column.name for column in kind.kind.columns if column.hashed}
    return {
        column.name: rows.columns[f"{column.name}_key" if column.name in hashed else column.name]
        for column in kind.kind.columns
    }


def read_for_intake(path: Path, name: str, checker: Checker) -> list[NamedTable]:
    """Return the tables of a file; our own list of rejected rows is read by its own headers, whatever the mapping."""
    mapping, given = checker.mapping, checker.kind_given
    try:
        return read_tables(path, name, mapping=mapping, kind_given=given)
    except MappingError:
        layout: dict[str, Any] = {"columns": {}, "constants": {}, "header_row": None, "sheets": None}
        with suppress(InputError):
            tables = read_tables(path, name, mapping=mapping.model_copy(update=layout), kind_given=given)
            if all(set(REJECTED_HEADERS) <= set(table.dropped_columns) for table in tables):
                return tables
        raise


def _facts(
    name: str, content_sha256: str, mapping: ColumnMapping, tables: list[NamedTable], notes: list[Note]
) -> PartFacts:
    dropped = dict.fromkeys(header for table in tables for header in table.dropped_columns)
    skipped: Counter[str] = Counter()
    for table in tables:
        skipped.update(table.skipped)
    return PartFacts(
        key=part_key(content_sha256, mapping),
        file=name,
        sha256=content_sha256,
        read=sum(table.rows_read for table in tables),
        skipped={reason: n for reason, n in sorted(skipped.items()) if n},
        duplicates=0,
        reasons={},
        dropped_columns=tuple(header for header in dropped if header not in REJECTED_HEADERS),
        notes=tuple(asdict(note) for note in notes),
        calendar=mapping.calendar,
        timezone=mapping.timezone,
        title=mapping.title.model_dump() if mapping.title else None,
        month_first=mapping.dates == "month_first",
    )


def _blank_odd_moments(rows: Rows, checker: Checker) -> None:
    """Leave a moment that decides nothing and lies outside the calendar empty, so that its row may stay."""
    first, last = days_of(checker.calendar) if checker.kind.in_calendar else _POSSIBLE_YEARS
    for column in checker.kind.kind.columns:
        if column.kind == "timestamp" and not column.essential:
            odd = lies_outside(rows.columns[column.name], first, last)
            rows.columns[column.name][odd] = np.datetime64("NaT", "us")
            rows.unreadable[column.name] |= odd


def _reasons(rejects: list[tuple[Rule, BoolArray]], conflicts: BoolArray) -> dict[str, int]:
    """Return how many rows each rule keeps out, a row counting under the first rule that finds it."""
    open_rows = np.ones(len(conflicts), dtype=bool)
    counts: Counter[str] = Counter()
    for rule, hits in rejects:
        counts[rule.id] += int((hits & open_rows).sum())
        open_rows &= ~hits
    counts[CONFLICTING] = int(conflicts.sum())
    return {rule: n for rule, n in sorted(counts.items()) if n}


def _findings(rows: Rows, kind: IntakeKind, rule: Rule, hits: BoolArray) -> pa.Table:
    positions = np.flatnonzero(hits)
    if not len(positions):
        return FINDING_SCHEMA.empty_table()
    values = _repeated_cells(rows, kind, rule.column, positions)
    return _finding_table(rows, kind, positions, (rule.column, rule.id, rule.severity), values)


def _repeated_cells(
    rows: Rows, kind: IntakeKind, column: str, positions: npt.NDArray[np.intp]
) -> Sequence[str | None] | npt.NDArray[Any]:
    """Return the cells as findings repeat them; of people who answered nothing that they are known by."""
    if column in kind.unshown or not rows.present(column):
        return [None] * len(positions)
    texts = cell_texts(rows.cells[column][positions], rows.month_first)
    return texts if kind.questionnaire is None else [shown(text) for text in texts]


def _finding_table(
    rows: Rows,
    kind: IntakeKind,
    positions: npt.NDArray[np.intp],
    finding: tuple[str, str, str],
    values: Sequence[str | None] | npt.NDArray[Any],
) -> pa.Table:
    """Return findings of one rule (column, id, severity) on the rows at `positions`, in `FINDING_SCHEMA`."""
    n = len(positions)
    units = np.full(n, None, dtype=object)
    for name in kind.kind.units[::-1]:
        units = np.where(missing(units), rows.columns[name][positions], units)
    column, rule, severity = finding
    content = {
        "sheet": rows.columns["source_sheet"][positions],
        "row": rows.columns["source_row"][positions],
        "column": pa.repeat(column, n),
        "rule": pa.repeat(rule, n),
        "severity": pa.repeat(severity, n),
        "unit": units,
        "value": values,
    }
    return pa.table([_as_array(content[field.name], field.type) for field in FINDING_SCHEMA], schema=FINDING_SCHEMA)


def _as_array(values: Any, type: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, type=type)


def _conflict_findings(rows: Rows, kind: IntakeKind, keys: npt.NDArray[Any], conflicts: BoolArray) -> pa.Table:
    positions = np.flatnonzero(conflicts)
    if not len(positions):
        return FINDING_SCHEMA.empty_table()
    where = zip(rows.columns["source_sheet"], rows.columns["source_row"], strict=True)
    names = [f"{sheet}:{row}" if sheet else str(row) for sheet, row in where]
    others = places(names, keys, positions)
    values: list[str | None] = [others[int(position)] for position in positions]
    return _finding_table(rows, kind, positions, (kind.key[0], CONFLICTING, "reject"), values)


def _row_table(
    rows: Rows,
    name: str,
    positions: npt.NDArray[np.intp],
    checker: Checker,
    hashes: Mapping[str, HashesToCome],
    told: Callable[[int], None],
) -> pa.Table:
    """Return the kept rows as they will stand in the warehouse, codes of dossiers replaced by keyed hashes."""
    schema = table_schema(checker.kind.kind)
    arrays = []
    for field in schema:
        # One column after the other: a copy of all at once would be half of the memory a run needs.
        values: Any
        if field.name in hashes:
            values = pa.nulls(len(positions), field.type)
        elif field.name == "source_file":
            values = pa.repeat(name, len(positions))
        else:
            values = rows.columns[field.name]
            values = values if len(positions) == len(rows) else values[positions]
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, type=field.type, from_pandas=True))
    # Asked for last: until here they have had time.
    for hashed, pieces in hashes.items():
        arrays[schema.get_field_index(hashed)] = joined(_awaited(pieces, told), positions, len(rows))
        told = nobody
    return pa.table(arrays, schema=schema)


def _awaited(hashes: HashesToCome, told: Callable[[int], None]) -> list[pa.Array]:
    """Return the pieces, telling of the rows of each, since most of the time goes into their codes."""
    pieces: list[pa.Array] = []
    n_done = 0
    for to_come in hashes:
        pieces.append(to_come.result())
        n_done += len(pieces[-1])
        if len(hashes) > 1:
            told(n_done)
    return pieces


def original_rows(rows: Rows, positions: npt.NDArray[np.intp], checker: Checker) -> pa.Table:
    """Return the rows at `positions` as text in the columns of their kind, ready to be mended and fed again.

    Cells keep what the file says; words that only the mapping file explains are replaced by their codes.
    """
    kind, words = checker.kind.kind, checker.reading.words
    forms = checker.reading.forms
    content: dict[str, Any] = {
        "sheet": rows.columns["source_sheet"][positions],
        "row": rows.columns["source_row"][positions],
    }
    for column in kind.columns:
        texts: Any = rows.originals(column.name, positions)
        if forms is not None and (column.kind == "answer" or column.name in checker.kind.unshown):
            texts = form_texts(rows, column.name, positions, forms)
        elif column.name in words:
            codes = rows.columns[column.name][positions]
            texts = [text if code is None else str(code).lower() for code, text in zip(codes, texts, strict=True)]
        content[column.name] = texts
    schema = rejected_schema(kind)
    return pa.table([pa.array(content[field.name], type=field.type) for field in schema], schema=schema)


def rows_as_found(path: Path, name: str, wanted: pd.DataFrame, checker: Checker) -> pa.Table:
    """Return the `wanted` rows (`sheet`, `row`) of a file as text, in the columns of `rejected_schema`."""
    tables = read_for_intake(path, name, checker)
    numbers = {sheet: set(rows) for sheet, rows in wanted.groupby("sheet")["row"]}
    chosen = [
        replace(table, cells=table.cells[table.cells.index.isin(numbers[table.sheet])])
        for table in tables
        if table.sheet in numbers
    ]
    rows = _type_all(chosen, checker)
    return original_rows(rows, np.arange(len(rows)), checker)
