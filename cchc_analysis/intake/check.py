"""One file, checked: read, typed, its units resolved, every rule applied that needs no other file."""

from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.instants import BoolArray, InstantArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.date_order import date_order_note
from cchc_analysis.intake.duplicates import places, within_file
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.parts import FINDING_SCHEMA, REJECTED_SCHEMA, Part, PartFacts, part_key
from cchc_analysis.intake.predicates import is_outside_calendar
from cchc_analysis.intake.privacy import HashKey, hash_codes
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.intake.rejects import REJECTED_HEADERS
from cchc_analysis.intake.rows import Reading, Rows, join_rows, type_rows
from cchc_analysis.intake.rules import CONFLICTING, FLAGGING, REJECTING, Rule, label
from cchc_analysis.intake.tables import NamedTable, Note
from cchc_analysis.schema import DOSSIER_COLUMNS
from cchc_analysis.text import fold
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import dossiers_schema
from cchc_analysis.working_time import WorkingCalendar

_UNITS: Final = ("receiving_unit", "resolving_unit")
_NO_STATUS: Final = Note(
    "status_from_dates",
    "There is no column of states; they were taken from the dates of finish and return.",
    "Không có cột trạng thái; trạng thái được suy ra từ ngày kết thúc xử lý và ngày trả kết quả.",
)


@dataclass(frozen=True)
class Checker:
    """What a file is checked by: mapping, key, calendar and units."""

    mapping: ColumnMapping
    key: HashKey
    calendar: WorkingCalendar
    registry: UnitRegistry

    @property
    def reading(self) -> Reading:
        """Return how cells are to be understood."""
        mapping = self.mapping
        return Reading(
            timezone=mapping.timezone,
            month_first=mapping.dates == "month_first",
            empty=frozenset(fold(text) for text in mapping.empty),
            words={column: dict(words) for column, words in mapping.values.items()},  # noqa: PD011 (a field, no frame)
        )


def check_file(path: Path, name: str, content_sha256: str, checker: Checker) -> Part:
    """Return the file, read, typed and checked by every rule that needs no other file.

    Raises `InputError` or `MappingError` where it cannot be read as a table of dossiers.
    """
    tables = read_for_intake(path, name, checker.mapping)
    rows = join_rows([type_rows(table, checker.reading) for table in tables])
    _blank_odd_submissions(rows, checker.calendar)
    notes = [note for table in tables for note in table.notes] + _resolve_units(rows, checker.registry)
    notes += [] if rows.present("status") else [_NO_STATUS]
    notes = list(dict.fromkeys((*notes, *date_order_note(rows))))
    rejects = [(rule, rule.holds(rows, checker.calendar)) for rule in REJECTING]
    rejected = np.logical_or.reduce([hits for _, hits in rejects])
    repeats, conflicts = within_file(rows.columns, rows.columns["code_key"], ~rejected)
    kept = ~rejected & ~repeats & ~conflicts
    flags = [(rule, rule.holds(rows, checker.calendar) & kept) for rule in FLAGGING]
    findings = [_findings(rows, rule, hits) for rule, hits in (*rejects, *flags)]
    findings.append(_conflict_findings(rows, conflicts))
    facts = _facts(name, content_sha256, checker.mapping, tables, notes)
    facts = replace(facts, duplicates=int(repeats.sum()), reasons=_reasons(rejects, conflicts))
    return Part(
        facts,
        _row_table(rows, name, np.flatnonzero(kept), checker.key),
        pa.concat_tables(findings).sort_by([("sheet", "ascending"), ("row", "ascending")]),
        original_rows(rows, np.flatnonzero(rejected | conflicts), checker.reading),
    )


def read_for_intake(path: Path, name: str, mapping: ColumnMapping) -> list[NamedTable]:
    """Return the tables of a file; our own list of rejected rows is read by its own headers, whatever the mapping."""
    try:
        return read_tables(path, name, mapping=mapping)
    except MappingError:
        layout: dict[str, Any] = {"columns": {}, "constants": {}, "header_row": None, "sheets": None}
        with suppress(InputError):
            tables = read_tables(path, name, mapping=mapping.model_copy(update=layout))
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


def _blank_odd_submissions(rows: Rows, calendar: WorkingCalendar) -> None:
    """Leave a date of submission outside the calendar empty: it decides nothing, so the row may stay."""
    odd = is_outside_calendar("submitted_at")(rows, calendar)
    rows.columns["submitted_at"][odd] = np.datetime64("NaT", "us")
    rows.unreadable["submitted_at"] |= odd


def _resolve_units(rows: Rows, registry: UnitRegistry) -> list[Note]:
    """Replace names of units by their ids; where the table of units knows none of them, say so once."""
    notes = []
    for column in _UNITS:
        names = rows.columns[column]
        ids = _unit_ids(names, rows.columns["received_at"], registry)
        unknown = missing(ids) & ~missing(names)
        rows.columns[column] = np.where(unknown, names, ids)
        if not missing(ids).all():
            rows.marks[f"unit_unknown:{column}"] = unknown
        elif unknown.any():
            notes.append(_other_place(column))
    return notes


def _unit_ids(names: npt.NDArray[Any], received: InstantArray, registry: UnitRegistry) -> npt.NDArray[Any]:
    """Return the id of each name on the day of receipt, None where the name is not known."""
    which, distinct = pd.factorize(names)
    known = received[~np.isnat(received)].astype("datetime64[D]")
    first, last = (known.min().item(), known.max().item()) if len(known) else (None, None)
    by_name = [(registry.resolve(name, first), registry.resolve(name, last)) for name in distinct]
    ids = np.array([*(then for then, _ in by_name), None], dtype=object)[which]
    # Few names are shared by an old and a new unit; only for these the day decides.
    for number in (n for n, (then, now) in enumerate(by_name) if then != now):
        for position in np.flatnonzero((which == number) & ~np.isnat(received)):
            ids[position] = registry.resolve(distinct[number], received[position].astype("datetime64[D]").item())
    return ids


def _other_place(column: str) -> Note:
    return Note(
        "units_of_another_place",
        f"No name in '{label(column)}' is in the table of units; the names are used as written.",
        f"Không có tên nào ở cột '{label(column)}' nằm trong danh mục đơn vị; dùng nguyên tên như trong tệp.",
    )


def _reasons(rejects: list[tuple[Rule, BoolArray]], conflicts: BoolArray) -> dict[str, int]:
    """Return how many rows each rule keeps out, a row counting under the first rule that finds it."""
    open_rows = np.ones(len(conflicts), dtype=bool)
    counts: Counter[str] = Counter()
    for rule, hits in rejects:
        counts[rule.id] += int((hits & open_rows).sum())
        open_rows &= ~hits
    counts[CONFLICTING] = int(conflicts.sum())
    return {rule: n for rule, n in sorted(counts.items()) if n}


def _findings(rows: Rows, rule: Rule, hits: BoolArray) -> pa.Table:
    positions = np.flatnonzero(hits)
    values = [rows.original(rule.column, int(position)) for position in positions]
    return finding_table(rows, positions, rule.column, rule.id, rule.severity, values)


def finding_table(
    rows: Rows, positions: npt.NDArray[np.intp], column: str, rule: str, severity: str, values: list[str | None]
) -> pa.Table:
    """Return findings of one rule on the rows at `positions` with the columns of `FINDING_SCHEMA`."""
    units = np.where(
        missing(rows.columns["resolving_unit"]), rows.columns["receiving_unit"], rows.columns["resolving_unit"]
    )
    n = len(positions)
    content = {
        "sheet": rows.columns["source_sheet"][positions],
        "row": rows.columns["source_row"][positions],
        "column": [column] * n,
        "rule": [rule] * n,
        "severity": [severity] * n,
        "unit": units[positions],
        "value": values,
    }
    return pa.table([pa.array(content[field.name], type=field.type) for field in FINDING_SCHEMA], schema=FINDING_SCHEMA)


def _conflict_findings(rows: Rows, conflicts: BoolArray) -> pa.Table:
    positions = np.flatnonzero(conflicts)
    where = zip(rows.columns["source_sheet"], rows.columns["source_row"], strict=True)
    names = [f"{sheet}:{row}" if sheet else str(row) for sheet, row in where]
    others = places(names, rows.columns["code_key"], positions)
    values: list[str | None] = [others[int(position)] for position in positions]
    return finding_table(rows, positions, "dossier_id", CONFLICTING, "reject", values)


def _row_table(rows: Rows, name: str, positions: npt.NDArray[np.intp], key: HashKey) -> pa.Table:
    """Return the kept rows as they will stand in the warehouse, the code replaced by its keyed hash."""
    made = {
        "dossier_id": lambda: hash_codes(rows.columns["code_key"][positions], key),
        "dossier_id_other": lambda: hash_codes(rows.columns["other_code_key"][positions], key),
        "source_file": lambda: [name] * len(positions),
    }
    arrays = []
    for field in dossiers_schema():
        # One column after the other: a copy of all at once would be half of the memory a run needs.
        values = made[field.name]() if field.name in made else rows.columns[field.name][positions]
        arrays.append(pa.array(values, type=field.type, from_pandas=True))
    return pa.table(arrays, schema=dossiers_schema())


def original_rows(rows: Rows, positions: npt.NDArray[np.intp], reading: Reading) -> pa.Table:
    """Return the rows at `positions` as text in the columns of the schema, ready to be mended and fed again.

    Cells keep what the file says; words that only the mapping file explains are replaced by their codes.
    """
    content: dict[str, Any] = {
        "sheet": rows.columns["source_sheet"][positions],
        "row": rows.columns["source_row"][positions],
    }
    for column in DOSSIER_COLUMNS:
        texts = [rows.original(column.name, int(position)) for position in positions]
        if column.name in reading.words:
            codes = rows.columns[column.name][positions]
            texts = [text if code is None else str(code).lower() for code, text in zip(codes, texts, strict=True)]
        content[column.name] = texts
    arrays = [pa.array(content[field.name], type=field.type) for field in REJECTED_SCHEMA]
    return pa.table(arrays, schema=REJECTED_SCHEMA)


def rows_as_found(path: Path, name: str, wanted: pd.DataFrame, checker: Checker) -> pa.Table:
    """Return the `wanted` rows (`sheet`, `row`) of a file as text, in the columns of `REJECTED_SCHEMA`."""
    tables = read_for_intake(path, name, checker.mapping)
    numbers = {sheet: set(rows) for sheet, rows in wanted.groupby("sheet")["row"]}
    chosen = [
        replace(table, cells=table.cells[table.cells.index.isin(numbers[table.sheet])])
        for table in tables
        if table.sheet in numbers
    ]
    rows = join_rows([type_rows(table, checker.reading) for table in chosen])
    return original_rows(rows, np.arange(len(rows)), checker.reading)
