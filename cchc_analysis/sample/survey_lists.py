"""The lists in which the forms of the synthetic survey are handed in, and the faults planted in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from cchc_analysis.sample.city import NAMES
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.register_rows import (
    DUPLICATE,
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    plant,
    repeated,
)
from cchc_analysis.sample.survey_forms import Form, is_plain
from cchc_analysis.sample.survey_law import questionnaire

_MODES = {"paper": "Phát phiếu", "online": "Trực tuyến", "phone": "Gọi điện"}
_OUTCOMES = {
    "complete": "Hoàn thành",
    "partial": "Trả lời một phần",
    "refused": "Từ chối",
    "no_contact": "Không liên lạc được",
}
_GROUP_OF_TRAITS = "Thông tin người trả lời"

Write = Callable[[str], Cell]
"""How a list writes an answer that is a point or a missing code."""


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Return the label of every answer, and its number."""
    asked = questionnaire()
    points = asked.scale_of(asked.rated[0]).points
    labels = {str(point.value): point.vi for point in points} | {item.id: item.vi for item in asked.missing}
    numbers = {str(point.value): str(point.value) for point in points}
    numbers |= {item.id: str(item.codes[0]) for item in asked.missing}
    return labels, numbers


def _label(answer: str) -> str:
    return _words()[0][answer]


def _number(answer: str) -> str:
    return _words()[1][answer]


def _number_and_label(answer: str) -> str:
    return f"{_number(answer)} - {_label(answer)}"


def _band(trait: str, band: str) -> str:
    return next(
        item.vi for own in questionnaire().demographics if own.id == trait for item in own.bands if item.id == band
    )


def _answer(form: Form, at: int, write: Write) -> Cell:
    answer = form.answers[at]
    return None if answer is None else form.written if answer == "invalid" else write(answer)


def _questions(headers: Sequence[str], write: Write) -> tuple[Shown[Form], ...]:
    def shown(at: int, name: str, header: str) -> Shown[Form]:
        return Shown(name, header, lambda form: _answer(form, at, write))

    names = [question.id for question in questionnaire().questions]
    return tuple(shown(at, name, header) for at, (name, header) in enumerate(zip(names, headers, strict=True)))


def _trait(name: str, header: str) -> Shown[Form]:
    return Shown(name, header, lambda form: _band(name, form.traits[name]) if form.answered else None)


def hundredths(number: int) -> str:
    """Return a number of hundredths with a decimal comma.

    >>> hundredths(137), hundredths(5), hundredths(-200)
    ('1,37', '0,05', '-2,00')
    """
    return f"{'-' if number < 0 else ''}{abs(number) // 100},{abs(number) % 100:02d}"


_WORDINGS = [question.vi for question in questionnaire().questions]
_NUMBERS = range(1, len(_WORDINGS) + 1)
_PERSON: tuple[Shown[Form], ...] = (
    Shown("", "Họ và tên", lambda form: f"Người dân {form.person:06d}"),
    Shown("", "Số điện thoại", lambda form: f"0900{form.person:06d}"),
)
_OPINION: Shown[Form] = Shown(
    "", "Ý kiến khác", lambda form: f"Ý kiến giả lập số {form.number}; không phải ý kiến thật"
)
_DOSSIER: Shown[Form] = Shown("dossier_id", "Mã hồ sơ", lambda form: form.dossier.dossier_id)
_RESPONDENT: Shown[Form] = Shown("respondent_id", "Mã người trả lời", lambda form: f"NTL-{form.person:06d}")
_UNIT: Shown[Form] = Shown("unit", "Đơn vị", lambda form: NAMES[form.unit])
_FIELD: Shown[Form] = Shown("field", "Lĩnh vực", lambda form: form.dossier.procedure.field)
_MODE: Shown[Form] = Shown("mode", "Hình thức khảo sát", lambda form: _MODES[form.mode])
_SECONDS: Shown[Form] = Shown("answer_seconds", "Thời gian trả lời (giây)", lambda form: form.seconds)
_AGE: Shown[Form] = Shown("age_group", "Tuổi", lambda form: form.age if form.answered else None)
_WEIGHT: Shown[Form] = Shown("weight", "Trọng số", lambda form: hundredths(form.weight))
_TITLE = "KHẢO SÁT MỨC ĐỘ HÀI LÒNG VỀ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"


def _quarter(form: Form) -> str:
    return f"Quý {'I' * int(form.wave[-1])}/{form.wave[:4]}"


def _groups() -> tuple[tuple[str, str, str], ...]:
    """Return the upper level of the header: the factor above its questions, first and last column by name."""
    asked = questionnaire()
    factors = ((factor.vi, asked.questions_of(factor.id)) for factor in asked.factors)
    return (
        (_GROUP_OF_TRAITS, "gender", "respondent_type"),
        *((text, questions[0], questions[-1]) for text, questions in factors),
    )


_FIRST: Layout[Form] = Layout(
    "khao-sat-hai-long-quy-1.xlsx",
    (
        Shown("response_id", "Mã phiếu", lambda form: form.response_id),
        *_PERSON,
        _DOSSIER,
        Shown("wave", "Đợt khảo sát", _quarter),
        Shown("answered_at", "Ngày khảo sát", lambda form: form.answered_at),
        _UNIT,
        _FIELD,
        _MODE,
        _trait("gender", "Giới tính"),
        _trait("age_group", "Nhóm tuổi"),
        _trait("education", "Trình độ học vấn"),
        _trait("respondent_type", "Đối tượng trả lời"),
        *_questions(_WORDINGS, _label),
        _OPINION,
    ),
    (_TITLE, "Quý I năm 2023"),
    numbered=True,
    signed=True,
    groups=_groups(),
)
_SECOND_COLUMNS: tuple[Shown[Form], ...] = (
    Shown("response_id", "Số phiếu", lambda form: form.response_id),
    Shown("wave", "Đợt khảo sát", lambda form: f"Quý {form.wave[-1]} năm {form.wave[:4]}"),
    Shown("answered_at", "Ngày trả lời", lambda form: form.answered_at),
    _PERSON[0],
    _RESPONDENT,
    _DOSSIER,
    _UNIT,
    _FIELD,
    _MODE,
    _trait("gender", "Giới tính"),
    _AGE,
    _SECONDS,
    *_questions([f"C{number}" for number in _NUMBERS], _number),
    _OPINION,
)
_SECOND_A: Layout[Form] = Layout("phieu-khao-sat-quy-2-lan-1.xls", _SECOND_COLUMNS, (_TITLE,), numbered=True)
_SECOND_B: Layout[Form] = Layout("phieu-khao-sat-quy-2-lan-2.xls", _SECOND_COLUMNS, (_TITLE,))
_THIRD: Layout[Form] = Layout(
    "ket-qua-khao-sat-quy-3.csv",
    (
        Shown("response_id", "Mã phiếu", lambda form: form.response_id),
        Shown("answered_at", "Thời điểm trả lời", lambda form: form.answered_at),
        *_PERSON,
        _RESPONDENT,
        _DOSSIER,
        _UNIT,
        _FIELD,
        _MODE,
        Shown("outcome", "Kết quả liên hệ", lambda form: _OUTCOMES[form.outcome]),
        _WEIGHT,
        _SECONDS,
        _trait("gender", "Giới tính"),
        _trait("age_group", "Nhóm tuổi"),
        _trait("respondent_type", "Đối tượng"),
        *_questions(
            [f"Câu {number}. {text}" for number, text in zip(_NUMBERS, _WORDINGS, strict=True)], _number_and_label
        ),
        _OPINION,
    ),
)
_CALL: tuple[Shown[Form], ...] = (
    Shown("response_id", "Mã lượt trả lời", lambda form: form.response_id),
    Shown("", "Người gọi", lambda form: f"Cán bộ {form.number % 9 + 1:02d}"),
    Shown("", "Người được gọi", lambda form: f"Người dân {form.person:06d}"),
    _PERSON[1],
    Shown("answered_at", "Thời gian gọi", lambda form: form.answered_at),
    _MODE,
    Shown("outcome", "Kết quả cuộc gọi", lambda form: _OUTCOMES[form.outcome]),
    _RESPONDENT,
    _DOSSIER,
    _UNIT,
    _FIELD,
    _AGE,
    Shown("answer_seconds", "Thời lượng (giây)", lambda form: form.seconds),
    *_questions([f"Q{number}" for number in _NUMBERS], _number),
    Shown("theme", "Chủ đề góp ý", lambda form: form.theme),
)
_CALLS: Layout[Form] = Layout(
    "goi-dien-quy-1-va-2.csv",
    (*_CALL, Shown("wave", "Đợt", lambda form: f"Q{form.wave[-1]}/{form.wave[:4]}")),
    moment="%H:%M %d/%m/%Y",
    delimiter=",",
    total=("answer_seconds",),
)
_LATER_CALLS: Layout[Form] = Layout(
    "goi-dien-quy-3.csv", (*_CALL, _WEIGHT), moment="%H:%M %d/%m/%Y", total=("answer_seconds",)
)
LAYOUTS = (_FIRST, _SECOND_A, _SECOND_B, _THIRD, _CALLS, _LATER_CALLS)


def _layout(form: Form, middle: datetime) -> Layout[Form]:
    if form.mode == "phone":
        return _LATER_CALLS if form.wave == "2023-Q3" else _CALLS
    if form.wave == "2023-Q2":
        return _SECOND_A if form.answered_at < middle else _SECOND_B
    return _FIRST if form.wave == "2023-Q1" else _THIRD


_MIDDLE = datetime(2023, 5, 8)
"""Where the two lists of the second wave part."""


def _is_plain(row: RegisterRow[Form]) -> bool:
    return is_plain(row.record)


def _is_weighted(row: RegisterRow[Form]) -> bool:
    return _is_plain(row) and row.layout.shows("weight")


def _no_answers(form: Form, turn: int) -> Mapping[str, Cell]:
    return {question.id: None for question in questionnaire().questions}


def _other_answer(form: Form, turn: int) -> Mapping[str, Cell]:
    return {"overall": "2" if form.answers[-1] != "2" else "3"}


FAULTS: tuple[Fault[Form], ...] = (
    changed("no_answers", 4, "no_answers", _no_answers, _is_plain),
    changed("missing_weight", 3, "weight_missing", lambda *_: {"weight": None}, _is_weighted),
    changed("negative_weight", 2, "weight_negative", lambda *_: {"weight": "-1,20"}, _is_weighted),
    changed("unreadable_weight", 2, "weight_unreadable", lambda *_: {"weight": "chưa tính"}, _is_weighted),
    changed("unreadable_date", 3, "date_unreadable", lambda *_: {"answered_at": "31/02/2023"}, _is_plain),
    changed(
        "future_answer", 2, "answered_in_future", lambda *_: {"answered_at": datetime(2024, 9, 4, 9, 5)}, _is_plain
    ),
    conflicting(2, _other_answer, _is_plain),
    replace(repeated(4), able=_is_plain),
    Fault(
        "duplicate_in_next_list",
        6,
        "",
        lambda row, turn: (row, RegisterRow(row.record, _SECOND_B, row.cells, DUPLICATE)),
        lambda row: row.layout is _SECOND_A and _is_plain(row),
    ),
)


def rows_of(forms: Sequence[Form], n_dossiers: int, stream: Stream) -> list[RegisterRow[Form]]:
    """Return the rows of all lists with the faults in them."""
    return plant([_layout(form, _MIDDLE).row(form) for form in forms], FAULTS, n_dossiers, stream)
