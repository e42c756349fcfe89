"""Cells as they were found in a file: what kind each is, and its text for people."""

from collections.abc import Callable
from datetime import date, datetime, time
from numbers import Integral, Real
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cchc_analysis.text import clean_text

CellArray: TypeAlias = npt.NDArray[np.object_]
KindArray: TypeAlias = npt.NDArray[np.int8]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

MISSING: Final = 0
TEXT: Final = 1
NUMBER: Final = 2
BOOLEAN: Final = 3
MOMENT: Final = 4
CLOCK: Final = 5
OTHER: Final = 6

NOT_CALCULATED: Final = "#CALC!"
"""What stands for a formula whose result the program that wrote the file has not stored."""
ERRORS: Final = (
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#GETTING_DATA"),
    NOT_CALCULATED,
)

_KIND_OF_TYPE: Final[dict[type, int]] = {
    type(None): MISSING,
    str: TEXT,
    int: NUMBER,
    bool: BOOLEAN,
    datetime: MOMENT,
    date: MOMENT,
    time: CLOCK,
}
_KIND_OF_ALL: Final = {"floating": NUMBER, "integer": NUMBER, "boolean": BOOLEAN, "datetime": MOMENT}
"""Columns of one kind of cell, missing ones aside, as pandas calls them."""
_UNDECIDED: Final = -1


def as_cells(column: "pd.Series[Any]") -> CellArray:
    """Return the column as an array of Python objects, missing cells being None, NaN or NaT."""
    return np.asarray(column.to_numpy(dtype=object), dtype=object)


def missing(values: npt.NDArray[Any]) -> BoolArray:
    """Return where a column of values has none: None, NaN or NaT.

    >>> missing(np.array(["a", None], dtype=object)).tolist()
    [False, True]
    """
    return np.asarray(pd.isna(values), dtype=bool)


def is_error(cells: CellArray) -> BoolArray:
    """Return where a cell of a workbook holds an error value, or a formula whose result is not in the file.

    >>> is_error(np.array(["#N/A", "N/A", None, 3], dtype=object)).tolist()
    [True, False, False, False]
    """
    return np.asarray(pd.Series(cells, dtype=object).isin(ERRORS), dtype=bool)


def cell_kinds(cells: CellArray) -> KindArray:
    """Return the kind of each cell: MISSING, TEXT, NUMBER, BOOLEAN, MOMENT, CLOCK or OTHER.

    The empty text is missing; the texts "NA", "null" and "-" are text.

    >>> cell_kinds(np.array([None, "NA", "", 4.5, True, date(2025, 4, 2)], dtype=object)).tolist()
    [0, 1, 0, 2, 3, 4]
    """
    found = pd.api.types.infer_dtype(cells, skipna=True)
    if found in ("string", "empty"):
        # Nearly every column of a text file: no need to look at the cells one by one.
        return np.where(missing(cells) | (cells == ""), MISSING, TEXT).astype(np.int8)
    if found in _KIND_OF_ALL:
        return np.where(missing(cells), MISSING, _KIND_OF_ALL[found]).astype(np.int8)
    types = (_KIND_OF_TYPE.get(type(cell), _UNDECIDED) for cell in cells)
    kinds = np.fromiter(types, dtype=np.int8, count=len(cells))
    for position in np.flatnonzero(kinds == _UNDECIDED):
        kinds[position] = _kind_of_rare(cells[position])
    kinds[(kinds == TEXT) & (cells == "")] = MISSING
    return kinds


def _kind_of_rare(cell: object) -> int:
    if cell is pd.NaT or cell is pd.NA or (isinstance(cell, Real) and cell != cell):
        return MISSING
    rare: tuple[tuple[tuple[type, ...], int], ...] = (
        ((str,), TEXT),
        ((bool, np.bool_), BOOLEAN),
        ((Integral, Real), NUMBER),
        ((datetime, date), MOMENT),
        ((time,), CLOCK),
    )
    return next((kind for types, kind in rare if isinstance(cell, types)), OTHER)


def by_distinct_text(cells: CellArray, positions: npt.NDArray[np.intp], convert: Callable[[str], Any]) -> list[Any]:
    """Return `convert(text)` for the text cells at `positions`, calling it once for each distinct text.

    >>> by_distinct_text(np.array(["a", "b", "a"], dtype=object), np.array([0, 2]), str.upper)
    ['A', 'A']
    """
    known: dict[str, Any] = {}
    for text in cells[positions]:
        if text not in known:
            known[text] = convert(text)
    return [known[text] for text in cells[positions]]


def distinct_texts(cells: CellArray, positions: npt.NDArray[np.intp]) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Return the distinct texts at `positions` (Arrow array), and which of them each position holds."""
    encoded = pa.array(cells[positions], type=pa.string()).dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def cell_text(cell: object, month_first: bool = False) -> str | None:
    """Return a cell as text that a person may type into a sheet and that is read back with the same meaning.

    Dates are written dd/mm/yyyy (ISO where the file's dates are month first), numbers without losing a digit
    and never with three decimals, since `1.250` means 1250 in Vietnamese.

    >>> cell_text(datetime(2025, 4, 2, 9, 30)), cell_text(30.0), cell_text(1.125), cell_text("000123")
    ('02/04/2025 09:30:00', '30', '1.1250', '000123')
    """
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and cell != cell):
        return None
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, (bool, np.bool_)):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Real):
        return _number_text(float(cell)) if not isinstance(cell, Integral) else str(int(cell))
    if isinstance(cell, date):
        return _date_text(cell, month_first)
    return clean_text(str(cell))


def cell_texts(cells: CellArray, month_first: bool = False) -> CellArray:
    """Return `cell_text` of each cell.

    >>> cell_texts(np.array(["a", 30.0, ""], dtype=object)).tolist()
    ['a', '30', None]
    """
    if pd.api.types.infer_dtype(cells, skipna=False) == "string":
        texts = cells.copy()
        texts[texts == ""] = None
        return texts
    return np.array([*(cell_text(cell, month_first) for cell in cells), None], dtype=object)[:-1]


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def _date_text(moment: date, month_first: bool) -> str:
    has_clock = isinstance(moment, datetime) and (moment.time() != time() or moment.tzinfo is not None)
    if month_first or (isinstance(moment, datetime) and moment.tzinfo is not None):
        return moment.isoformat(" ") if isinstance(moment, datetime) and has_clock else moment.isoformat()[:10]
    return f"{moment:%d/%m/%Y %H:%M:%S}" if has_clock else f"{moment:%d/%m/%Y}"
