"""What is to be told of the forms of one file as a whole: without number or period, on another scale."""

import re
from collections import Counter
from typing import Final

import numpy as np

from cchc_analysis.errors import PeriodError
from cchc_analysis.intake.answers import form_words
from cchc_analysis.intake.cells import cell_text, missing
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.tables import Note
from cchc_analysis.periods import parse_period
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import INVALID_ANSWER

_MOST_NAMED: Final = 3
_LONGEST_NAMED: Final = 40
_LEAST: Final = 3
_SHARE_OFF_SCALE: Final = 0.05
_LARGEST_POINT: Final = 10
_NUMBER: Final = re.compile(r"\s*(\d{1,2}(?:[.,]\d+)?)\s*")
_MOST_NUMBERS: Final = 8

_NO_NUMBER: Final = Note(
    "forms_without_number",
    "The forms have no number: two equal rows are two forms, and forms that stand in two exports cannot be told apart. "
    "Take each form in once.",
    "Phiếu không có mã: hai dòng giống nhau được tính là hai phiếu và không phát hiện được phiếu nằm trong hai tệp kết "
    "xuất. Mỗi phiếu chỉ nạp một lần.",
)
_NO_PERIOD: Final = Note(
    "forms_without_period",
    "No form has a wave or a date, so that none counts in any period. Write the wave in a mapping file, such as "
    "`constants: {wave: 2023-Q1}`, and take the file in again.",
    "Không phiếu nào có đợt khảo sát hoặc ngày trả lời nên không được tính vào kỳ nào. Hãy ghi đợt trong tệp ánh xạ, "
    "ví dụ `constants: {wave: 2023-Q1}`, rồi nạp lại tệp.",
)


def notes_on_forms(questionnaire: Questionnaire, rows: Rows, not_answered: tuple[str, ...]) -> list[Note]:
    """Return the notes on the forms of a file; `not_answered` are outcomes of people who gave no answers."""
    if not len(rows):
        return []
    no_number = missing(rows.columns["response_id"]).all() and not rows.unreadable["response_id"].any()
    answered = ~np.isin(rows.columns["outcome"].astype(str), not_answered)
    notes = [_NO_NUMBER] if no_number else []
    notes += _notes_on_periods(rows, answered)
    return notes + _notes_on_scales(questionnaire, rows)


def _notes_on_periods(rows: Rows, answered: np.ndarray) -> list[Note]:
    no_day = np.isnat(rows.columns["answered_at"]) & ~rows.unreadable["answered_at"] & answered
    waves = rows.columns["wave"]
    if answered.any() and (no_day & missing(waves))[answered].all():
        return [_NO_PERIOD]
    counts = Counter(str(wave) for wave in waves[no_day & ~missing(waves)])
    other = {wave: n for wave, n in counts.items() if not _is_period(wave)}
    if not other:
        return []
    listed = ", ".join(repr(wave[:_LONGEST_NAMED]) for wave in sorted(other)[:_MOST_NAMED])
    listed += ", …" if len(other) > _MOST_NAMED else ""
    n_forms = sum(other.values())
    return [
        Note(
            "wave_without_period",
            f"{n_forms} forms have no date, and a wave that names no period ({listed}): they count in no period. Write "
            "quarter and year into the file and take it in again; where it holds one wave only, a mapping file with "
            "`constants: {wave: 2023-Q1}` does.",
            f"Có {n_forms} phiếu không có ngày trả lời và đợt khảo sát không nêu rõ kỳ ({listed}) nên không được tính "
            "vào kỳ nào. Hãy ghi rõ quý, năm trong tệp rồi nạp lại; nếu tệp chỉ có một đợt thì chỉ cần ghi trong tệp "
            "ánh xạ `constants: {wave: 2023-Q1}`.",
        )
    ]


def _is_period(wave: str) -> bool:
    try:
        parse_period(wave)
    except PeriodError:
        return False
    return True


def _notes_on_scales(questionnaire: Questionnaire, rows: Rows) -> list[Note]:
    """Return notes on numbers that contradict their labels the other way round, and on numbers off the scale."""
    n_answers, n_invalid, off_scale, n_turned = 0, 0, Counter[float](), 0
    words = form_words(questionnaire).answers
    turned: dict[str, str] = {}
    for question in (question for question in questionnaire.questions if rows.present(question.id)):
        codes, cells = rows.columns[question.id], rows.cells[question.id]
        values = questionnaire.scale_of(question.id).values
        n_answers += int((~missing(codes)).sum())
        texts = Counter(cell_text(cell) or "" for cell in cells[codes == INVALID_ANSWER])
        n_invalid += texts.total()
        for text, n in texts.items():
            number = _NUMBER.fullmatch(text)
            if number and float(number[1].replace(",", ".")) <= _LARGEST_POINT:
                off_scale[float(number[1].replace(",", "."))] += n
            beside = words[question.id].number_and_label(text)
            if beside and beside[0] in values and beside[1] == str(min(values) + max(values) - beside[0]):
                n_turned += n
                turned |= {str(value): str(min(values) + max(values) - value) for value in values}
    notes = []
    if n_turned >= _LEAST and 2 * n_turned >= n_invalid:
        notes.append(_turned_note(n_turned, turned))
    n_off = off_scale.total()
    if n_off >= _LEAST and n_off >= _SHARE_OFF_SCALE * n_answers:
        notes.append(_off_scale_note(off_scale, n_answers))
    return notes


def _turned_note(n_answers: int, turned: dict[str, str]) -> Note:
    words = ", ".join(f'"{number}": "{point}"' for number, point in turned.items())
    return Note(
        "scale_turned_round",
        f"In {n_answers} answers number and words contradict each other as if the scale were numbered the other way "
        f"round; they are in no result. If it is, write in a mapping file `values: {{answers: {{{words}}}}}` and take "
        "the file in again.",
        f"Có {n_answers} câu trả lời có số và chữ trái ngược nhau, như thể thang đo đánh số ngược; các câu này không "
        f"được đưa vào kết quả. Nếu đúng vậy, hãy ghi trong tệp ánh xạ `values: {{answers: {{{words}}}}}` rồi nạp lại "
        "tệp.",
    )


def _off_scale_note(off_scale: Counter[float], n_answers: int) -> Note:
    listed = ", ".join(f"{number:g} ({n}x)" for number, n in sorted(off_scale.items())[:_MOST_NUMBERS])
    listed += ", …" if len(off_scale) > _MOST_NUMBERS else ""
    return Note(
        "numbers_off_scale",
        f"{off_scale.total()} of {n_answers} answers are numbers outside the scale: {listed}. If some forms use "
        "another scale, their other numbers mean something else too: take those forms in as a survey of their own with "
        "their own questionnaire, or say in a mapping file under `values` what the numbers mean.",
        f"{off_scale.total()} trên {n_answers} câu trả lời là số nằm ngoài thang đo: {listed}. Nếu một số phiếu dùng "
        "thang khác thì các số còn lại của phiếu đó cũng mang nghĩa khác: hãy nạp riêng các phiếu đó với phiếu khảo "
        "sát tương ứng, hoặc khai báo nghĩa của các số trong tệp ánh xạ tại mục `values`.",
    )
