"""Tables of a survey that are no list of forms: questions in rows, one column for each point, another scale."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.intake.answers import AnswerWords, plain_words
from cchc_analysis.intake.columns import Namer, quoted
from cchc_analysis.intake.headers import Header, HeaderCell
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.schema import INVALID_ANSWER

_SEARCHED_ROWS: Final = 200
_LAST_ROWS: Final = 50
_LONGEST_TEXT: Final = 300
_LEAST_POINTS: Final = 3
_NUMBER_FIRST: Final = re.compile(
    r"(?<![\d.,/])(\d{1,2})\s*(?:điểm|đ)?\s*[-–—=:.)]+\s*([^\W\d][^\d;,|…()/]*)", re.IGNORECASE
)
_LABEL_FIRST: Final = re.compile(
    r"([^\W\d][^\d;,|…()/=:]*?)\s*[-–—=:(]+\s*(\d{1,2})(?![\d.,/]|\s*(?:%|phiếu|người|lượt|ý kiến|câu))", re.IGNORECASE
)
_LARGEST_POINT: Final = 10
_LINK: Final = re.compile(r"\b(?:và|đến|tới|cho đến|to|and)\Z")


def lists_questions(sheet: RawSheet, header: Header | None, namer: Namer) -> bool:
    """Return whether the questions stand in the rows of a sheet, as in a summary, and not in its header.

    >>> import pandas as pd
    >>> from cchc_analysis.intake.mapping import ColumnMapping
    >>> mapping = ColumnMapping(kind="survey-kiosk-nine-criteria")
    >>> namer = Namer([column.name for column in mapping.table.columns], mapping)
    >>> cells = pd.DataFrame([["Câu", "%"], ["TC1", "85"], ["TC2", "90"]], dtype=object)
    >>> lists_questions(RawSheet("", cells), None, namer)
    True
    """
    if header is not None and len({namer.meaning(cell) for cell in header.cells} & namer.questions) > 1:
        by_column = _columns_of(header, namer)
        if all(columns == 1 for columns in by_column.values()):
            return False
    for position in range(sheet.cells.shape[1]):
        texts = (text for text in sheet.cells[position].iloc[:_SEARCHED_ROWS] if isinstance(text, str))
        found = {namer.meaning(HeaderCell(-1, (text,), (1,))) for text in texts if len(text) < _LONGEST_TEXT}
        if len(found & namer.questions) > 1:
            return True
    return False


def _columns_of(header: Header, namer: Namer) -> dict[str, int]:
    meanings = [namer.meaning(cell) for cell in header.cells]
    return {name: meanings.count(name) for name in meanings if name in namer.questions and name is not None}


def questions_in_rows(place: tuple[str, str]) -> InputError:
    """Return the error for a table in which each row is a question."""
    return InputError(
        f"{place[0]}: the questions stand in the rows: this is a summary, or a table turned round. One row for each "
        "form is needed, with a column for each question: export the answers of the single forms, or turn the table "
        "round.",
        f"{place[1]}: mỗi dòng của bảng là một câu hỏi: đây là bảng tổng hợp hoặc bảng xoay ngang. Cần mỗi phiếu một "
        "dòng, mỗi câu hỏi một cột: hãy kết xuất từng phiếu trả lời, hoặc xoay lại bảng.",
    )


def require_answers(
    sheet: RawSheet, header: Header, namer: Namer, words: Mapping[str, AnswerWords], place: tuple[str, str]
) -> None:
    """Refuse a table with a column for each point of the scale, and one whose legend contradicts the questionnaire.

    A file that says "1 = Rất hài lòng" of a questionnaire in which 5 is would be read the wrong way round. Raises
    `InputError` or `MappingError`.
    """
    named = {cell.position: name for cell in header.cells if (name := namer.meaning(cell)) in namer.questions}
    books = {at: words[name] for at, name in named.items() if name is not None}
    if _is_one_hot(sheet, header, books):
        raise InputError(
            f"{place[0]}: each point of the scale has a column of its own below the question. One column for each "
            "question is needed, with the point or its words in the cell: put the answers of a question into one "
            "column.",
            f"{place[1]}: mỗi mức đánh giá nằm ở một cột riêng dưới câu hỏi. Cần mỗi câu hỏi một cột, trong ô ghi điểm "
            "hoặc mức đánh giá: hãy gộp câu trả lời của mỗi câu hỏi vào một cột.",
        )
    conflict = _conflict(_texts_around(sheet, header), list(books.values()))
    if conflict:
        raise _other_scale(conflict, place)


def _is_one_hot(sheet: RawSheet, header: Header, books: Mapping[int, AnswerWords]) -> bool:
    body = sheet.cells.iloc[header.last + 1 :]
    if not len(body):
        return False
    row = body.iloc[0].tolist()
    headed = sorted(cell.position for cell in header.cells)
    for at, book in books.items():
        end = next((position for position in headed if position > at), len(row))
        codes = [book.code(_text(cell)) for cell in row[at:end] if cell is not None]
        points = {code for code in codes if code not in (None, INVALID_ANSWER)}
        if end - at >= _LEAST_POINTS and len(points) >= _LEAST_POINTS and len(points) == end - at:
            return True
    return False


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _texts_around(sheet: RawSheet, header: Header) -> list[str]:
    """Return the texts above the table, its headers, and what stands alone in a row below."""
    cells = sheet.cells
    body = cells.iloc[header.last + 1 :]
    alone = body[(body.notna().sum(axis=1) == 1).to_numpy()].tail(_LAST_ROWS)
    # A legend may be spread over the cells of its row.
    above = [
        "; ".join(cell for cell in row if isinstance(cell, str))
        for row in cells.iloc[: max(header.first, 0)].to_numpy()
    ]
    parts = [cells.iloc[max(header.first, 0) : header.last + 1].to_numpy().ravel(), alone.to_numpy().ravel()]
    return above + [cell for part in parts for cell in part if isinstance(cell, str)]


def _conflict(texts: Sequence[str], books: Sequence[AnswerWords]) -> dict[int, str]:
    """Return what a legend says that each number means, where no question has such a scale; else nothing."""
    scales = [book for at, book in enumerate(books) if book not in books[:at]]
    for text in dict.fromkeys(texts):
        for words in scales:
            legend = legend_of(text, words)
            if legend and not any(_agrees(legend, each) for each in scales):
                return _whole_scale(legend, words)
    return {}


def _whole_scale(legend: dict[int, str], words: AnswerWords) -> dict[int, str]:
    """Return the legend, with the points between where it names the ends of a scale that is turned round."""
    points = words.points
    ends = points[0] + points[-1]
    turned = all(number + int(code) == ends for number, code in legend.items())
    return {point: str(ends - point) for point in points} if turned else legend


def _agrees(legend: Mapping[int, str], words: AnswerWords) -> bool:
    return all(words.code(str(number)) == code for number, code in legend.items())


def legend_of(text: str, words: AnswerWords) -> dict[int, str]:
    """Return the points that a text gives to numbers of its own, where it explains two or more of them.

    >>> from cchc_analysis.intake.answers import form_words
    >>> from cchc_analysis.questionnaires import load_questionnaire
    >>> words = form_words(load_questionnaire("one-stop-five-factors")).answers["overall"]
    >>> legend_of("Thang đo: 1 = Rất hài lòng … 5 = Rất không hài lòng", words)
    {1: '5', 5: '1'}
    >>> legend_of("5. Hài lòng chung", words)
    {}
    """
    pairs = [(int(found[1]), found[2]) for found in _NUMBER_FIRST.finditer(text)]
    # "Hài lòng: 10, Rất hài lòng: 3" may count answers: a number behind the words needs the whole scale.
    behind = [(int(found[2]), found[1]) for found in _LABEL_FIRST.finditer(text)]
    for found_pairs, least in ((pairs, 2), (behind, max(_LEAST_POINTS, len(words.points)))):
        legend: dict[int, str] = {}
        for number, label in found_pairs:
            code = words.label_code(_LINK.sub("", plain_words(label)).strip())
            if code is not None and code.isdigit():
                legend[number] = code
        if len(legend) >= least and max(legend) <= _LARGEST_POINT and _is_scale(legend):
            return legend
    return {}


def _is_scale(legend: Mapping[int, str]) -> bool:
    """Return whether the points rise or fall with the numbers, so that these are no counts of answers."""
    points = [int(legend[number]) for number in sorted(legend) if legend[number].isdigit()]
    return len(points) == len(legend) == len(set(points)) and points in (sorted(points), sorted(points, reverse=True))


def _other_scale(legend: Mapping[int, str], place: tuple[str, str]) -> MappingError:
    said = ", ".join(f"{number} = {code}" for number, code in sorted(legend.items()))
    lines = "\n".join(f"    {quoted(str(number))}: {quoted(code)}" for number, code in sorted(legend.items()))
    return MappingError(
        f"{place[0]}: the words in the file give its numbers another meaning than the questionnaire (number in the "
        f"file = point of the questionnaire: {said}). A scale with another number of points is a survey of its own, "
        "with its own questionnaire. If the scale is only numbered another way, say so in a mapping file, for every "
        f"number that occurs; if the words are wrong, correct them:\nvalues:\n  answers:\n{lines}",
        f"{place[1]}: lời giải thích trong tệp cho các số một nghĩa khác với phiếu khảo sát (số trong tệp = điểm của "
        f"phiếu: {said}). Thang có số mức khác là một khảo sát riêng với phiếu riêng. Nếu chỉ đánh số khác, hãy khai "
        "báo trong tệp ánh xạ cho mọi số có trong tệp; nếu lời giải thích sai, hãy sửa "
        f"lời đó:\nvalues:\n  answers:\n{lines}",
    )
