"""Columns of a survey that the header alone does not tell: durations or moments, and the wave in a title."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from cchc_analysis.errors import PeriodError
from cchc_analysis.intake.cells import CellArray, as_cells
from cchc_analysis.intake.columns import Namer, Naming
from cchc_analysis.intake.dates import parse_timestamps
from cchc_analysis.intake.headers import Header, HeaderCell
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.survey_numbers import parse_seconds
from cchc_analysis.intake.survey_vocabulary import SurveyVocabulary
from cchc_analysis.intake.tables import Note, RawSheet
from cchc_analysis.periods import parse_period
from cchc_analysis.text import clean_text, fold

_NEARLY_ALL: Final = 0.9
_SECONDS_A_QUESTION: Final = 2
_FEW_SECONDS: Final = 10
_SERIAL_DAYS: Final = (20_000, 80_000)
_FIRST_CELLS: Final = 5_000
_YEAR: Final = r"(?P<y{0}>20\d\d)\b"
_BETWEEN: Final = r"\s*(?:/|-|–|\.|,|của|năm)?\s*(?:năm\s*)?"
_PERIOD: Final = re.compile(
    r"(?P<day>ngày\s*(?:\d{1,2}|\.+|…)?\s*tháng\s*(?:\d{1,2}|\.+|…)?\s*năm\s*20\d\d)"
    r"|(?P<half>(?:6|sáu)\s*tháng\s*(?P<which>đầu|cuối)\s*(?:của\s*)?năm\s*)"
    + _YEAR.format(1)
    + r"|(?P<nine>(?:9|chín)\s*tháng\s*(?:đầu\s*)?(?:của\s*)?năm\s*)"
    + _YEAR.format(2)
    + r"|\b(?:quý|quí|q)\s*\.?\s*(?P<quarter>[1-4]|iv|i{1,3})"
    + _BETWEEN
    + _YEAR.format(3)
    + r"|(?:\btháng|\bt(?=\d))\s*(?P<month>\d{1,2})"
    + _BETWEEN
    + _YEAR.format(4)
    + r"|\b(?P<label>20\d\d-(?:q[1-4]|0[1-9]|1[0-2]|[69]m|h[12]))\b(?![-/])"
    + r"|\bnăm\s*"
    + _YEAR.format(5),
    re.IGNORECASE,
)
_ROUND: Final = re.compile(r"\b(?:đợt|lần|vòng)\s*(?:thứ\s*)?(?:số\s*)?(?:\d+|[ivx]+)\b", re.IGNORECASE)
_CITED: Final = re.compile(
    r"(?:căn cứ|kèm theo|ban hành|thực hiện (?:kế hoạch|nghị|quyết)"
    r"|theo (?:quyết định|nghị|thông tư|kế hoạch|công văn)).*", re.IGNORECASE
)  # fmt: skip
_YEARS: Final = ("y1", "y2", "y3", "y4", "y5")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True)
class Told:
    """What a table tells besides its headers: the naming, columns that are the same in every row, and notes."""

    naming: Naming
    constants: Mapping[str, str]
    notes: tuple[Note, ...]


def told_beside_headers(sheet: RawSheet, header: Header, naming: Naming, namer: Namer, mapping: ColumnMapping) -> Told:
    """Return the naming of a survey with what its cells and titles add to the headers."""
    body = sheet.cells.iloc[header.last + 1 :]
    naming, notes = _by_cells(body, header, naming, namer, mapping)
    known = {*naming.positions, *mapping.constants}
    if known & {"wave", "answered_at"}:
        return Told(naming, {}, notes)
    wave = _wave_above(sheet, header)
    return Told(naming, {"wave": wave}, (*notes, _wave_note(wave))) if wave else Told(naming, {}, notes)


def _by_cells(
    body: pd.DataFrame, header: Header, naming: Naming, namer: Namer, mapping: ColumnMapping
) -> tuple[Naming, tuple[Note, ...]]:
    vocabulary = namer.vocabulary
    listed = vocabulary.by_cells if isinstance(vocabulary, SurveyVocabulary) else frozenset()
    notes: list[Note] = []
    for cell in header.cells:
        if cell.position in naming.positions.values() or namer.mapped(cell) is not None:
            continue
        if not any(fold(text) in listed for text in cell.readings()):
            continue
        n_questions = len(namer.questions & set(naming.positions))
        name = told_by_cells(as_cells(body[cell.position].iloc[:_FIRST_CELLS]), n_questions, mapping)
        if (name is None and body[cell.position].isna().all()) or name in {*naming.positions, *namer.constants}:
            continue
        if name is not None:
            naming = _with(naming, name, cell)
        notes.append(_column_note(cell.text, name))
    return naming, tuple(notes)


def told_by_cells(cells: CellArray, n_questions: int, mapping: ColumnMapping) -> str | None:
    """Return "answer_seconds" or "answered_at", whichever nearly all cells are; None where that cannot be told.

    Numbers without a unit are seconds where the median form took two seconds for each question, and at least ten:
    else they may be minutes. Numbers that could all be days of a spreadsheet are such days.

    >>> mapping = ColumnMapping(kind="survey-kiosk-nine-criteria")
    >>> told_by_cells(np.array(["95", "120,5", "88"], dtype=object), 9, mapping)
    'answer_seconds'
    >>> told_by_cells(np.array(["02/05/2023 08:00", "03/05/2023"], dtype=object), 9, mapping)
    'answered_at'
    >>> told_by_cells(np.array(["3", "5", "4"], dtype=object), 9, mapping) is None
    True
    >>> told_by_cells(np.array([], dtype=object), 22, ColumnMapping()) is None
    True
    """
    empty = frozenset(fold(text) for text in mapping.empty)
    filled = [cell is not None and (not isinstance(cell, str) or bool(fold(cell))) for cell in cells]
    cells = cells[np.array(filled, dtype=bool)]
    if not len(cells):
        return None
    moments = parse_timestamps(cells, month_first=mapping.dates == "month_first", empty=empty)
    seconds = parse_seconds(cells, empty=empty)
    is_moment, is_number = ~np.isnat(moments.local), ~np.isnan(seconds.values)
    if is_moment.mean() >= _NEARLY_ALL:
        return "answered_at"
    # A form that was left open for a night took as many seconds as a spreadsheet counts days.
    if is_number.mean() < _NEARLY_ALL or (is_moment & ~is_number).any():
        return None
    usual = float(np.nanmedian(seconds.values))
    return "answer_seconds" if usual >= max(_FEW_SECONDS, _SECONDS_A_QUESTION * n_questions) else None


def _with(naming: Naming, name: str, cell: HeaderCell) -> Naming:
    at = naming.dropped.index(cell.text)
    return replace(
        naming,
        positions={**naming.positions, name: cell.position},
        headers={**naming.headers, name: cell.text},
        dropped=(*naming.dropped[:at], *naming.dropped[at + 1 :]),
    )


def _column_note(header: str, name: str | None) -> Note:
    if name == "answer_seconds":
        return Note(
            "column_told_by_cells",
            f"The numbers under {header!r} were taken as seconds that the answer took.",
            f"Các số ở cột {header!r} được hiểu là thời gian trả lời tính bằng giây.",
        )
    if name:
        return Note(
            "column_told_by_cells",
            f"The dates under {header!r} were taken as the day of the answer.",
            f"Các ngày ở cột {header!r} được hiểu là ngày trả lời.",
        )
    return Note(
        "column_not_told",
        f"The column {header!r} was left out, since its cells are not plainly seconds or dates. If they are, say so in "
        "a mapping file: answer_seconds (seconds) or answered_at (dates).",
        f"Cột {header!r} không được đọc vì các ô không rõ là số giây hay ngày. Nếu đúng, hãy khai báo trong tệp ánh "
        "xạ: answer_seconds (số giây) hoặc answered_at (ngày).",
    )


def _wave_above(sheet: RawSheet, header: Header) -> str | None:
    """Return the label of the only period above the last row of the header, else in the name of the sheet."""
    above = sheet.cells.iloc[: max(header.last, 0)].to_numpy().ravel()
    labels = periods_in(str(cell) for cell in above if isinstance(cell, str))
    labels = labels or periods_in([sheet.sheet])
    return labels.pop() if len(labels) == 1 else None


def periods_in(texts: Iterable[str]) -> set[str]:
    """Return the labels of the periods that titles name; none where they name a round of a survey.

    A date, the year of a document that is cited and a year inside a quarter are no periods of their own.

    >>> periods_in(["UBND THÀNH PHỐ", "KẾT QUẢ KHẢO SÁT QUÝ II NĂM 2023", "ngày 20 tháng 6 năm 2023"])
    {'2023-Q2'}
    >>> periods_in(["ĐỢT 1 NĂM 2023"]), sorted(periods_in(["Quý I/2023 so với quý IV/2022"]))
    (set(), ['2022-Q4', '2023-Q1'])
    """
    labels: set[str] = set()
    for text in texts:
        plain = unicodedata.normalize("NFC", clean_text(text))
        if _ROUND.search(plain):
            return set()
        for found in _PERIOD.finditer(_CITED.sub("", plain)):
            label = _label(found)
            if label is not None:
                labels.add(label)
    return labels


def _label(found: "re.Match[str]") -> str | None:
    year = next((found[name] for name in _YEARS if found[name]), "")
    if found["day"]:
        return None
    if found["half"]:
        words = f"{year}-{'6M' if found['which'].lower() == 'đầu' else 'H2'}"
    elif found["nine"]:
        words = f"{year}-9M"
    elif found["quarter"]:
        number = found["quarter"].lower()
        words = f"{year}-Q{_ROMAN.get(number, number)}"
    elif found["month"]:
        words = f"{year}-{int(found['month']):02d}"
    else:
        words = found["label"] or year
    try:
        return parse_period(words).label
    except PeriodError:
        return None


def _wave_note(wave: str) -> Note:
    return Note(
        "wave_from_title",
        "The table has neither a wave nor a date; the only period in the title above it (or the name of its sheet), "
        f"{wave}, was taken as the wave of its forms. If that is wrong, write another in a mapping file under "
        "`constants`.",
        "Bảng không có đợt khảo sát và ngày trả lời; kỳ duy nhất nêu ở tiêu đề phía trên (hoặc tên trang tính), "
        f"{wave}, được dùng làm đợt khảo sát. Nếu không đúng, hãy ghi kỳ khác trong tệp ánh xạ tại mục `constants`.",
    )
