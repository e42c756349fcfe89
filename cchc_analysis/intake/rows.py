"""Raw cells under canonical names to typed columns: one array per column, and which cells could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.cells import CellArray, as_cells, cell_text, is_error, missing
from cchc_analysis.intake.codes import FROM_DATES, parse_booleans, parse_category
from cchc_analysis.intake.dates import Timestamps, dates_within, parse_timestamps
from cchc_analysis.intake.tables import NamedTable
from cchc_analysis.intake.terms import parse_terms
from cchc_analysis.intake.values import Parsed, code_keys, parse_codes, parse_numbers, parse_texts
from cchc_analysis.schema import DOSSIER_COLUMNS, Column

_NUMBER_DATE: Final = r"-(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})-\d+$"
"""Where a number such as H26-250311-0001 says when it was given."""

_SECOND: Final = 1_000_000
_UNITS: Final = ("receiving_unit", "resolving_unit")


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are to be understood: what a mapping file says, or the Vietnamese defaults."""

    timezone: str = "Asia/Ho_Chi_Minh"
    month_first: bool = False
    empty: frozenset[str] = frozenset()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The rows of one table, typed.

    `columns` holds one array of equal length per name of `DOSSIER_COLUMNS` (None, NaN or NaT where there is no
    value), the dossier code still in clear under `dossier_id` and its comparison key under `code_key`, and
    `number_on`, `elapsed_seconds` (float), `source_sheet`, `source_row`. `unreadable` marks cells with content
    that is no value of the column; `marks` other things that rules look at. `cells` are the cells as found.
    """

    columns: dict[str, npt.NDArray[Any]]
    unreadable: dict[str, BoolArray]
    marks: dict[str, BoolArray]
    cells: dict[str, CellArray]
    month_first: bool

    def __len__(self) -> int:
        return len(self.columns["source_row"])

    def present(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.cells

    def original(self, column: str, position: int) -> str | None:
        """Return the cell as text, as a person may type it again."""
        return cell_text(self.cells[column][position], self.month_first) if column in self.cells else None


def type_rows(table: NamedTable, reading: Reading) -> Rows:
    """Return the rows of the table with every value parsed by the kind of its column; never raises for content."""
    cells = {str(name): as_cells(table.cells[name]) for name in table.cells.columns}
    n_rows = len(table.cells)
    columns: dict[str, npt.NDArray[Any]] = {}
    unreadable: dict[str, BoolArray] = {}
    marks: dict[str, BoolArray] = {}
    moments: dict[str, Timestamps] = {}
    for column in DOSSIER_COLUMNS:
        found = cells.get(column.name, np.full(n_rows, None, dtype=object))
        # In a text file "#N/A" may be what somebody has typed; in a workbook it is the failure of a formula.
        failed = np.zeros(n_rows, dtype=bool) if table.delimited else is_error(found)
        raw = _without(found, failed)
        if column.kind == "timestamp":
            times = parse_timestamps(
                raw,
                month_first=reading.month_first,
                epoch_1904=table.epoch_1904,
                timezone=reading.timezone,
                empty=reading.empty,
            )
            columns[column.name], unreadable[column.name] = times.local, times.unreadable
            moments[column.name] = times
        elif column.kind == "days":
            _put_terms(column.name, raw, reading, columns, marks, present=column.name in cells)
            unreadable[column.name] = np.zeros(n_rows, dtype=bool)
        else:
            parsed = _parse(column, raw, reading)
            columns[column.name], unreadable[column.name] = parsed.values, parsed.unreadable
        unreadable[column.name] = unreadable[column.name] | failed
    source_rows = np.asarray(table.cells.index, dtype=np.int64)
    marks["ragged"] = np.isin(source_rows, np.array(table.ragged_rows, dtype=np.int64))
    columns["source_row"] = source_rows
    columns["source_sheet"] = np.full(n_rows, table.sheet, dtype=object)
    rows = Rows(columns, unreadable, marks, cells, reading.month_first)
    _derive(rows, moments)
    return rows


def _without(cells: CellArray, failed: BoolArray) -> CellArray:
    if not failed.any():
        return cells
    left = cells.copy()
    left[failed] = None
    return left


def _parse(column: Column, raw: CellArray, reading: Reading) -> Parsed:
    overrides = reading.words.get(column.name)
    if column.kind == "code":
        return parse_codes(raw, empty=reading.empty)
    if column.kind == "number":
        return parse_numbers(raw, money=column.name == "fee_due", empty=reading.empty)
    if column.kind == "boolean":
        return parse_booleans(raw, column.name, overrides=overrides, empty=reading.empty)
    if column.kind == "category":
        return parse_category(raw, column.name, overrides=overrides, empty=reading.empty)
    # A unit without a letter or digit ("-") is none; a procedure may be called anything.
    return parse_texts(raw, empty=reading.empty | {""} if column.name in _UNITS else reading.empty)


def _put_terms(
    name: str,
    raw: CellArray,
    reading: Reading,
    columns: dict[str, npt.NDArray[Any]],
    marks: dict[str, BoolArray],
    *,
    present: bool,
) -> None:
    terms = parse_terms(raw, empty=reading.empty)
    columns[name], columns[f"{name}_kind"] = terms.days, terms.kinds
    for flag in sorted({flag for flag in terms.flags if flag is not None}):
        marks[f"{flag}:{name}"] = (terms.flags == flag) & present


def _derive(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Fill in what follows from other columns: status, kind of days, key, date in the number, elapsed time."""
    columns = rows.columns
    keys = code_keys(columns["dossier_id"])
    columns["code_key"] = keys.to_numpy(zero_copy_only=False)
    columns["other_code_key"] = code_keys(columns["dossier_id_other"]).to_numpy(zero_copy_only=False)
    columns["number_on"] = dates_within(keys, _NUMBER_DATE)
    columns["number_unit"] = np.where(np.isnat(columns["number_on"]), None, _number_units(keys))
    _derive_status(rows)
    _derive_day_kind(rows)
    columns["elapsed_seconds"] = _elapsed_seconds(moments)


def _number_units(keys: pa.Array) -> npt.NDArray[Any]:
    """Return what stands before the date in a dossier number such as H26.12-250311-0001."""
    return np.asarray(pc.replace_substring_regex(keys, r"-\d{6}-\d+$", ""), dtype=object)


def _elapsed_seconds(moments: Mapping[str, Timestamps]) -> npt.NDArray[np.float64]:
    """Return seconds from receipt to finish, or to hand-over where there is no finish; NaN while open.

    Between stamps with an offset the exact time; between plain ones what the clock on the wall shows, since a stamp
    without offset does not say whether its clock knows summer time. Half a second is rounded up.
    """
    received, finished, returned = (moments[name] for name in ("received_at", "finished_at", "returned_at"))
    is_open = np.isnat(finished.local)
    by_wall = np.where(is_open, returned.local, finished.local) - received.local
    by_instant = np.where(is_open, returned.instant, finished.instant) - received.instant
    exact = received.has_offset | np.where(is_open, returned.has_offset, finished.has_offset)
    elapsed = np.where(exact, by_instant, by_wall)
    unknown = np.isnat(elapsed)
    microseconds = np.where(unknown, 0, elapsed.astype(np.int64))
    seconds = (microseconds + _SECOND // 2) // _SECOND
    return np.asarray(np.where(unknown, np.nan, seconds.astype("float64")))


def _derive_status(rows: Rows) -> None:
    status = rows.columns["status"]
    is_returned, is_finished = (~np.isnat(rows.columns[name]) for name in ("returned_at", "finished_at"))
    by_dates = np.where(is_returned, "returned", np.where(is_finished, "finished", "processing")).astype(object)
    open_question = (missing(status) | (status == FROM_DATES)) & ~rows.unreadable["status"]
    rows.columns["status"] = np.where(open_question, by_dates, status)
    rows.marks["status_from_dates"] = open_question & rows.present("status")


def _derive_day_kind(rows: Rows) -> None:
    """Take the kind of days from its own column, else from the committed term, else from the statutory one."""
    columns = rows.columns
    committed, statutory = columns.pop("committed_days_kind"), columns.pop("statutory_days_kind")
    given = columns["day_kind"]
    no_given, no_committed = missing(given), missing(committed)
    columns["day_kind"] = np.where(~no_given, given, np.where(~no_committed, committed, statutory))
    both = ~no_committed & ~missing(statutory)
    rows.marks["term_kinds_differ"] = no_given & both & (committed != statutory)
    name = "term_kind_assumed:"
    for term in ("committed_days", "statutory_days"):
        if name + term in rows.marks:
            rows.marks[name + term] &= no_given


def join_rows(tables: list[Rows]) -> Rows:
    """Return the rows of several tables of one file as one; a column or mark that a table lacks is empty there."""
    if len(tables) == 1:
        return tables[0]
    marks = {name for table in tables for name in table.marks}
    found = {name for table in tables for name in table.cells}
    return Rows(
        {name: np.concatenate([table.columns[name] for table in tables]) for name in tables[0].columns},
        {name: np.concatenate([table.unreadable[name] for table in tables]) for name in tables[0].unreadable},
        {name: np.concatenate([table.marks.get(name, _nowhere(table)) for table in tables]) for name in marks},
        {name: np.concatenate([table.cells.get(name, _nothing(table)) for table in tables]) for name in found},
        tables[0].month_first,
    )


def _nowhere(table: Rows) -> BoolArray:
    return np.zeros(len(table), dtype=bool)


def _nothing(table: Rows) -> CellArray:
    return np.full(len(table), None, dtype=object)
