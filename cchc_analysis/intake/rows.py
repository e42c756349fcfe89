"""Raw cells under canonical names to typed columns: one array per column, and which cells could not be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.answers import FormWords, parse_answers, parse_bands
from cchc_analysis.intake.cells import CellArray, as_cells, cell_text, cell_texts, is_error
from cchc_analysis.intake.codes import parse_booleans, parse_category
from cchc_analysis.intake.dates import Timestamps, parse_timestamps
from cchc_analysis.intake.distinct import Distinct, distinct_cells, none_at_all
from cchc_analysis.intake.survey_numbers import parse_seconds, parse_weights
from cchc_analysis.intake.tables import NamedTable
from cchc_analysis.intake.terms import parse_terms
from cchc_analysis.intake.values import Parsed, code_keys, parse_codes, parse_numbers, parse_texts
from cchc_analysis.schema import INVALID_ANSWER, Column, Kind

_WHOLE: Final = ("fee_due", "fee_amount", "charge_amount", "total_amount", "stratum_population")
"""Numbers that have no thousandths, so that "1,234" is 1234."""


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are to be understood: what a mapping file says, or the Vietnamese defaults.

    `forms`: the words of a questionnaire, where the rows are its forms.
    """

    timezone: str = "Asia/Ho_Chi_Minh"
    month_first: bool = False
    empty: frozenset[str] = frozenset()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    forms: FormWords | None = None


@dataclass(frozen=True)
class Rows:
    """The rows of one table, typed.

    `columns` holds one array of equal length per column of the kind (None, NaN or NaT where there is no value), codes
    still in clear and what makes two of them the same under `<column>_key`, what the kind derives from them, and
    `source_sheet`, `source_row`. `unreadable` marks cells with content that is no value of the column; `marks` other
    things that rules look at. `cells` are the cells as found.
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

    def originals(self, column: str, positions: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        """Return the cells as texts, see `original`."""
        if column not in self.cells:
            return np.full(len(positions), None, dtype=object)
        return cell_texts(self.cells[column][positions], self.month_first)


Derive = Callable[[Rows, Mapping[str, Timestamps]], None]
"""Fills in what follows from other columns; is given the moments as read, with their offsets."""


def type_rows(table: NamedTable, reading: Reading, kind: Kind, derive: Derive) -> Rows:
    """Return the rows of the table with every value parsed by the kind of its column; never raises for content."""
    cells = {str(name): as_cells(table.cells[name]) for name in table.cells.columns}
    n_rows = len(table.cells)
    columns: dict[str, npt.NDArray[Any]] = {}
    unreadable: dict[str, BoolArray] = {}
    marks: dict[str, BoolArray] = {}
    moments: dict[str, Timestamps] = {}
    for column in kind.columns:
        found = _distinct(column, cells.get(column.name), n_rows, reading)
        # In a text file "#N/A" may be what somebody has typed; in a workbook it is the failure of a formula.
        failed = np.zeros(len(found.cells), dtype=bool) if table.delimited else is_error(found.cells)
        raw = _without(found.cells, failed)
        if column.kind == "timestamp":
            times = parse_timestamps(
                raw,
                month_first=reading.month_first,
                epoch_1904=table.epoch_1904,
                timezone=reading.timezone,
                empty=reading.empty,
            )
            moments[column.name] = times = times.spread(found)
            columns[column.name], unreadable[column.name] = times.local, times.unreadable
        elif column.kind == "days":
            _put_terms(column.name, raw, found, reading, columns, marks, present=column.name in cells)
            unreadable[column.name] = np.zeros(n_rows, dtype=bool)
        elif column.name == "weight" and reading.forms is not None:
            parsed, marks["weight_negative"] = parse_weights(raw, empty=reading.empty)
            columns[column.name], unreadable[column.name] = parsed.values, parsed.unreadable
        else:
            parsed = _parse(column, raw, reading, kind)
            columns[column.name], unreadable[column.name] = found.spread(parsed.values), found.spread(parsed.unreadable)
        if failed.any():
            failed = found.spread(failed)
            unreadable[column.name] = unreadable[column.name] | failed
            if column.kind == "answer":
                columns[column.name][failed] = INVALID_ANSWER
    source_rows = np.asarray(table.cells.index, dtype=np.int64)
    marks["ragged"] = np.isin(source_rows, np.array(table.ragged_rows, dtype=np.int64))
    columns["source_row"] = source_rows
    columns["source_sheet"] = np.full(n_rows, table.sheet, dtype=object)
    for column in kind.columns:
        if column.hashed or (column.kind == "code" and column.name in kind.key):
            columns[f"{column.name}_key"] = code_keys(columns[column.name]).to_numpy(zero_copy_only=False)
    rows = Rows(columns, unreadable, marks, cells, reading.month_first)
    derive(rows, moments)
    return rows


def _distinct(column: Column, cells: CellArray | None, n_rows: int, reading: Reading) -> Distinct:
    """Return the cells to parse: each different one once, but all of a form, whose columns are read as a whole."""
    if reading.forms is not None and column.kind != "timestamp":
        return Distinct(np.full(n_rows, None, dtype=object) if cells is None else cells, None)
    return none_at_all(n_rows) if cells is None else distinct_cells(cells)


def _without(cells: CellArray, failed: BoolArray) -> CellArray:
    if not failed.any():
        return cells
    left = cells.copy()
    left[failed] = None
    return left


def _parse(column: Column, raw: CellArray, reading: Reading, kind: Kind) -> Parsed:
    overrides = reading.words.get(column.name)
    if reading.forms is not None:
        if column.kind == "answer":
            return parse_answers(raw, reading.forms.answers[column.name])
        if column.name in reading.forms.bands:
            return parse_bands(raw, reading.forms.bands[column.name])
        if column.name == "answer_seconds":
            return parse_seconds(raw, empty=reading.empty)
    if column.kind == "code":
        return parse_codes(raw, empty=reading.empty)
    if column.kind == "number":
        return parse_numbers(raw, money=column.name in _WHOLE, empty=reading.empty)
    if column.kind == "boolean":
        return parse_booleans(raw, column.name, kind=kind.name, overrides=overrides, empty=reading.empty)
    if column.kind == "category":
        return parse_category(raw, column.name, kind=kind.name, overrides=overrides, empty=reading.empty)
    # A unit without a letter or digit ("-") is none; a procedure may be called anything.
    return parse_texts(raw, empty=reading.empty | {""} if column.name in kind.units else reading.empty)


def _put_terms(
    name: str,
    raw: CellArray,
    found: Distinct,
    reading: Reading,
    columns: dict[str, npt.NDArray[Any]],
    marks: dict[str, BoolArray],
    *,
    present: bool,
) -> None:
    terms = parse_terms(raw, empty=reading.empty)
    columns[name], columns[f"{name}_kind"] = found.spread(terms.days), found.spread(terms.kinds)
    for flag in sorted({flag for flag in terms.flags if flag is not None}):
        marks[f"{flag}:{name}"] = found.spread((terms.flags == flag) & present)


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
