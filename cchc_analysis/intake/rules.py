"""The rules of every kind of table together: their sentences, and those that need all files at once."""

from typing import Final

from cchc_analysis.intake.dossier_rules import DOSSIER_RULES, FLAGGING, REJECTING
from cchc_analysis.intake.register_rules import REGISTER_RULES
from cchc_analysis.intake.rule import Rule, RuleBook
from cchc_analysis.schema import DOSSIERS, Kind

__all__ = [
    "CONFLICTING",
    "FLAGGING",
    "FUTURE",
    "POPULATION",
    "REJECTING",
    "REPEATED",
    "RULES",
    "SURVEY_SENTENCES",
    "Rule",
    "RuleBook",
    "label",
    "sentences",
]

RULES: Final[dict[str, RuleBook]] = {DOSSIERS.name: DOSSIER_RULES, **REGISTER_RULES}
"""The rules of each kind of table by its name."""

FUTURE: Final = {
    "received_at": "received_in_future",
    "finished_at": "finished_in_future",
    "returned_at": "returned_in_future",
    "paid_at": "paid_in_future",
    "refunded_at": "refunded_in_future",
    "answered_at": "answered_in_future",
    "certified_at": "certified_in_future",
    "happened_at": "happened_in_future",
    "reported_at": "reported_in_future",
    "submitted_at": "submitted_in_future",
}
"""Rules that need `as_of` and are applied when the files are put together, by column."""

CONFLICTING: Final = "conflicting_code"
REPEATED: Final = "respondent_repeated"
POPULATION: Final = "population_too_small"

_SHARED: Final = {
    rule.id: (rule.en, rule.vi) for book in REGISTER_RULES.values() for rule in (*book.rejecting, *book.flagging)
}
SURVEY_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    **{id: _SHARED[id] for id in ("ragged_row", "key_unreadable", "date_unreadable", "value_blanked", "unit_unknown")},
    "date_impossible": (
        "The year of the answer is not possible.",
        "Năm trả lời không thể có thật.",
    ),
    "weight_missing": (
        "The file has weights, but this form has none.",
        "Tệp có trọng số nhưng phiếu này không có.",
    ),
    "weight_negative": (
        "The weight is negative.",
        "Trọng số âm.",
    ),
    "weight_unreadable": (
        "The weight is not a number.",
        "Trọng số không phải là số.",
    ),
    "no_answers": (
        "The form has no valid answer to any question.",
        "Phiếu không có câu trả lời hợp lệ nào.",
    ),
    "answer_invalid": (
        "The answer is no point of the scale and no missing code; it is counted as invalid and never averaged in.",
        "Câu trả lời không phải là mức hay mã khuyết của câu hỏi; được tính là không hợp lệ, không đưa vào kết quả.",
    ),
    "theme_not_coded": (
        "The theme is free text, not a code, and was left out.",
        "Chủ đề là nội dung tự do, không phải mã chủ đề, nên không được lưu.",
    ),
    "weight_zero": (
        "The weight is zero: the form counts unweighted, and nothing in weighted figures.",
        "Trọng số bằng 0: phiếu chỉ được tính khi không gia quyền.",
    ),
    "response_id_missing": (
        "Other forms of the file have a number, this one has none: a repetition of it cannot be told.",
        "Các phiếu khác trong tệp có mã, phiếu này không có: không phát hiện được nếu bị trùng.",
    ),
    "answers_despite_outcome": (
        "The outcome says that nobody answered, but there are answers.",
        "Kết quả liên hệ là không trả lời nhưng phiếu lại có câu trả lời.",
    ),
    "period_missing": (
        "The form has neither a wave nor a date and counts in no period; name the wave in the mapping file under "
        "constants, such as wave: 2023-Q1.",
        "Phiếu không có đợt khảo sát và ngày trả lời nên không được tính vào kỳ nào; hãy ghi đợt trong tệp ánh xạ tại "
        "mục constants, ví dụ wave: 2023-Q1.",
    ),
    REPEATED: (
        "The respondent or the dossier has another form in the same wave; both are counted.",
        "Người trả lời hoặc hồ sơ này có phiếu khác trong cùng đợt; các phiếu đều được tính.",
    ),
    POPULATION: (
        "The number in the stratum is smaller than the number of its forms.",
        "Tổng số trong tầng nhỏ hơn số phiếu của tầng.",
    ),
}
"""The sentences of the rules of surveys; which columns they look at follows from the questionnaire."""

_LATER: Final[dict[str, tuple[str, str]]] = {
    "received_in_future": (
        "The date of receipt is after the date of the data.",
        "Ngày tiếp nhận sau thời điểm chốt số liệu.",
    ),
    "finished_in_future": (
        "Processing ended after the date of the data.",
        "Ngày kết thúc xử lý sau thời điểm chốt số liệu.",
    ),
    "returned_in_future": (
        "The result was returned after the date of the data.",
        "Ngày trả kết quả sau thời điểm chốt số liệu.",
    ),
    "paid_in_future": (
        "The payment lies after the date of the data.",
        "Ngày thu sau thời điểm chốt số liệu.",
    ),
    "refunded_in_future": (
        "The refund lies after the date of the data.",
        "Ngày hoàn phí sau thời điểm chốt số liệu.",
    ),
    "answered_in_future": (
        "The answer lies after the date of the data.",
        "Ngày trả lời sau thời điểm chốt số liệu.",
    ),
    "certified_in_future": (
        "The certification lies after the date of the data.",
        "Ngày chứng thực sau thời điểm chốt số liệu.",
    ),
    "happened_in_future": (
        "It is said to have happened after the date of the data.",
        "Ngày thực hiện sau thời điểm chốt số liệu.",
    ),
    "reported_in_future": (
        "The day of the report is after the date of the data.",
        "Ngày báo cáo sau thời điểm chốt số liệu.",
    ),
    "submitted_in_future": (
        "The report was handed in after the date of the data.",
        "Ngày gửi báo cáo sau thời điểm chốt số liệu.",
    ),
    CONFLICTING: (
        "Another row has the same code and other content; keep the one that is right.",
        "Có dòng khác trùng mã nhưng khác nội dung; hãy giữ lại dòng đúng.",
    ),
}


def sentences() -> dict[str, tuple[str, str]]:
    """Return for every rule id, of whatever kind of table, its sentence in English and in Vietnamese.

    >>> sentences()["received_missing"]
    ('There is no date of receipt.', 'Thiếu ngày tiếp nhận.')
    """
    books = RULES.values()
    listed = {rule.id: (rule.en, rule.vi) for book in books for rule in (*book.rejecting, *book.flagging)}
    return listed | SURVEY_SENTENCES | _LATER


def label(column: str, kind: Kind = DOSSIERS) -> str:
    """Return the Vietnamese header of a column of the kind, "" for a rule on the whole row.

    >>> from cchc_analysis.schema import KINDS
    >>> label("received_at"), label("received_at", KINDS["e_copies"]), label("")
    ('Ngày tiếp nhận', 'Ngày yêu cầu', '')
    """
    return next((known.label for known in kind.columns if known.name == column), "")
