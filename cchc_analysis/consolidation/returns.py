"""Returns of units as they were handed in: who reports what for which period, row by row, nothing put right."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from cchc_analysis.consolidation.headings import LABEL, ORDER, Headings, heading_key, numbering
from cchc_analysis.errors import InputError, PeriodError
from cchc_analysis.forms import Form
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.headers import Header
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.intake.values import parse_numbers
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.text import clean_text, fold, fold_name
from cchc_analysis.units import UnitRegistry

_TOTALS: Final = {"tong", "tong so", "tong cong", "cong", "total", "tong cong ho so"}
_DAY: Final = r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})"
_DATES: Final = re.compile(rf"từ\s*(?:ngày)?\s*{_DAY}\s*(?:đến|tới|-|–)\s*(?:hết)?\s*(?:ngày)?\s*{_DAY}")
_PERIOD: Final = re.compile(r"kỳ báo cáo\s*:?\s*([^\n(]+)", re.IGNORECASE)
_UNIT: Final = re.compile(r"đơn vị báo cáo\s*:?[ \t.…]*([^\n]*)", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(
    r"(?i)\b(?:bieu|bc|bao cao|ii|0?6a|ii0?6a|xlsx?|ods|html?|quy|q[1-4]|thang|nam|20\d\d)\b"
)

SKIPPED: Final = ("numbering", "band", "total", "repeated_header", "note")
"""Why a row below the headings is no row of figures."""


@dataclass(frozen=True)
class ReturnRow:
    """A row of a return: its label and band, its figures (None = blank), and where each of them stands.

    `unreadable`: figure → what stands in a cell that is no whole number of dossiers.
    """

    row: int
    label: str
    band: str
    figures: Mapping[str, int | None]
    cells: Mapping[str, str]
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The label as it is compared with others."""
        return heading_key(self.label)


@dataclass(frozen=True)
class UnitReturn:
    """One return: what it says of itself, its rows, its own total, and what every row below the headings was.

    `said` is the name of the unit as written, `said_unit` the unit of units.csv it stands for, `named_unit` the one the
    name of the file stands for (None = none). `missing`: figures without a column. `repeated`: rows that stand
    twice with the same figures.
    """

    file: str
    sheet: str
    said: str
    said_unit: str | None
    named_unit: str | None
    period: ReportPeriod | None
    dates: tuple[date, date] | None
    rows: tuple[ReturnRow, ...]
    total: ReturnRow | None
    missing: tuple[str, ...]
    rejected: tuple[ReturnRow, ...] = ()
    repeated: tuple[ReturnRow, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def unit(self) -> str | None:
        """The unit that reports: the one the return names, else the one its file is named after."""
        return self.said_unit or (None if self.said else self.named_unit)

    @property
    def n_read(self) -> int:
        """How many rows below the headings are not blank."""
        return len(self.rows) + len(self.rejected) + len(self.repeated) + sum(self.skipped.values())


class UnitNames:
    """Names of units as returns write them: those the forms are printed with, then whatever the table of units knows.

    >>> names = UnitNames(UnitRegistry.load(), date(2023, 6, 14), {"Rạch Dừa (cũ)": "rach-dua"})
    >>> [names.resolve(text) for text in ("RẠCH DỪA (CŨ)", "UBND P. 1", "Nơi khác", "")]
    ['rach-dua', 'phuong-1', None, None]
    """

    def __init__(self, registry: UnitRegistry, on: date, printed: Mapping[str, str] | None = None) -> None:
        self._registry, self._on = registry, on
        self._printed = {fold_name(name): unit for name, unit in (printed or {}).items()}

    def resolve(self, text: str) -> str | None:
        """Return the id of the unit of a name, None where it has none."""
        if not text:
            return None
        return self._printed.get(fold_name(text)) or self._registry.resolve(text, self._on)


def read_return(content: bytes, name: str, form: Form, names: UnitNames) -> UnitReturn:
    """Return what a file holds as a return of a form: its first sheet with the headings of the form.

    `name`: the file as people know it. Raises InputError where the file cannot be read or no sheet has the headings.
    """
    headings = Headings(form)
    for sheet in read_sheets(content, name):
        found = headings.find(sheet.cells)
        if found is not None:
            return _return(sheet, name, *found, headings.words, form, names)
    number_en, number_vi = form.number.en, form.number.vi
    raise InputError(
        f"{name}: no sheet has the headings of {number_en}. Use the workbook of the form.",
        f"{name}: không có trang tính nào có các cột của {number_vi}. Hãy dùng đúng tệp biểu mẫu.",
    )


def _return(
    sheet: RawSheet,
    name: str,
    header: Header,
    positions: dict[str, int],
    words: frozenset[str],
    form: Form,
    names: UnitNames,
) -> UnitReturn:
    above = sheet.cells.iloc[: header.first]
    text = "\n".join(str(cell) for row in above.to_numpy(dtype=object) for cell in dict.fromkeys(_filled(row)))
    said = _said_unit(above, text)
    figures = [column.figure for column in form.leaves() if column.figure]
    sorter = _Rows(positions, [figure for figure in figures if figure in positions], words)
    body = sheet.cells.iloc[header.last + 1 :]
    for number, row in zip(body.index, body.to_numpy(dtype=object), strict=True):
        sorter.take(int(number), list(row))
    return UnitReturn(
        file=name,
        sheet=sheet.sheet,
        said=said,
        said_unit=names.resolve(said),
        named_unit=unit_of_file(name, names),
        period=_said_period(text),
        dates=_said_dates(text),
        rows=tuple(sorter.rows),
        total=sorter.total,
        missing=tuple(figure for figure in figures if figure not in positions),
        rejected=tuple(sorter.rejected),
        repeated=tuple(sorter.repeated),
        skipped=dict(sorter.skipped),
    )


def _filled(row: Iterable[Any]) -> list[Any]:
    return [cell for cell in row if cell is not None and not pd.isna(cell) and str(cell).strip()]


def _said_unit(above: pd.DataFrame, text: str) -> str:
    """Return the name behind "Đơn vị báo cáo", in the same cell, the next one, or the one below."""
    found = _UNIT.search(text)
    if found is None:
        return ""
    if clean_text(found.group(1)):
        return clean_text(found.group(1))
    cells = above.to_numpy(dtype=object)
    for row, column in zip(*np.nonzero(_mentions(cells)), strict=True):
        right = _filled(cells[row, column + 1 :])
        below = _filled(cells[row + 1 : row + 2, column])
        if right or below:
            return clean_text(str((right or below)[0]))
    return ""


def _mentions(cells: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    said = [[isinstance(cell, str) and _UNIT.search(cell) is not None for cell in row] for row in cells]
    return np.array(said, dtype=bool).reshape(cells.shape)


def _said_period(text: str) -> ReportPeriod | None:
    found = _PERIOD.search(text)
    try:
        return parse_period(clean_text(found.group(1)).strip(" .…")) if found else None
    except PeriodError:
        return None


def _said_dates(text: str) -> tuple[date, date] | None:
    found = _DATES.search(text.casefold())
    if found is None:
        return None
    first, last = found.groups()[:3], found.groups()[3:]
    try:
        start, end = (date(int(year), int(month), int(day)) for day, month, year in (first, last))
    except ValueError:
        return None
    return start, end


def unit_of_file(name: str, names: UnitNames) -> str | None:
    """Return the unit that a file, or the folder it lies in, is named after; None where that cannot be said.

    >>> unit_of_file("phuong-1/bieu-II06a.xlsx", UnitNames(UnitRegistry.load(), date(2023, 6, 14)))
    'phuong-1'
    """
    for part in reversed(name.split("/")):
        stem = part.rpartition(".")[0] or part
        for text in (stem, clean_text(_NOT_A_NAME.sub(" ", fold(stem)))):
            unit = names.resolve(text)
            if unit is not None:
                return unit
    return None


class _Rows:
    """Sorts the rows below the headings, from the top."""

    def __init__(self, positions: Mapping[str, int], figures: Sequence[str], words: frozenset[str]) -> None:
        self.positions, self.figures, self.words = positions, figures, words
        self.rows: list[ReturnRow] = []
        self.rejected: list[ReturnRow] = []
        self.repeated: list[ReturnRow] = []
        self.skipped: Counter[str] = Counter()
        self.total: ReturnRow | None = None
        self._band = ""

    def take(self, number: int, row: Sequence[Any]) -> None:
        if not _filled(row):
            return
        read = self._read(number, row)
        told = any(value is not None for value in read.figures.values())
        if numbering(row) and not self.rows:
            self.skipped["numbering"] += 1
        elif fold(read.label) in _TOTALS and (told or read.unreadable):
            self._take_total(read)
        elif read.unreadable and not told and all(heading_key(x) in self.words for x in read.unreadable.values()):
            self.skipped["repeated_header"] += 1
        elif not told and not (read.unreadable and self.total is None):
            self._take_words(read)
        elif not read.label or read.unreadable:
            self.rejected.append(read)
        elif any(self._same(read, other) for other in self.rows):
            self.repeated.append(read)
        else:
            self.rows.append(read)

    def _take_total(self, read: ReturnRow) -> None:
        self.skipped["total"] += 1
        if self.total is None:
            self.total = read

    def _take_words(self, read: ReturnRow) -> None:
        """A row without figures: a band over the rows below it, or what stands below the total."""
        if self.total is not None or not read.label or len(read.label) > 60:
            self.skipped["note"] += 1
        else:
            self.skipped["band"] += 1
            self._band = heading_key(read.label)

    def _same(self, one: ReturnRow, other: ReturnRow) -> bool:
        return (one.key, one.band, one.figures) == (other.key, other.band, other.figures)

    def _read(self, number: int, row: Sequence[Any]) -> ReturnRow:
        cells = np.array([row[self.positions[name]] for name in self.figures], dtype=object)
        parsed = parse_numbers(cells)
        figures: dict[str, int | None] = {}
        unreadable: dict[str, str] = {}
        for name, cell, value, bad in zip(self.figures, cells, parsed.values, parsed.unreadable, strict=True):
            figures[name] = None if np.isnan(value) or value != int(value) else int(value)
            if bad or (figures[name] is None and not np.isnan(value)):
                unreadable[name] = clean_text(str(cell))
        places = {name: f"{column_letter(self.positions[name])}{number}" for name in self.figures}
        return ReturnRow(number, self._label(row), self._band, figures, places, unreadable)

    def _label(self, row: Sequence[Any]) -> str:
        """Return the label; a total or a band often stands in the first column, merged over both."""
        label = clean_text(str(row[self.positions[LABEL]])) if _filled([row[self.positions[LABEL]]]) else ""
        first = row[self.positions[ORDER]] if ORDER in self.positions else None
        if not label and isinstance(first, str) and re.search(r"[^\W\d]", first):
            return clean_text(first)
        return label


def column_letter(position: int) -> str:
    """Return the letters of a column of a workbook by its position from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    place = position + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
