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
    "REJECTING",
    "RULES",
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
}
"""Rules that need `as_of` and are applied when the files are put together, by column."""

CONFLICTING: Final = "conflicting_code"

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
    return {rule.id: (rule.en, rule.vi) for book in books for rule in (*book.rejecting, *book.flagging)} | _LATER


def label(column: str, kind: Kind = DOSSIERS) -> str:
    """Return the Vietnamese header of a column of the kind, "" for a rule on the whole row.

    >>> from cchc_analysis.schema import KINDS
    >>> label("received_at"), label("received_at", KINDS["e_copies"]), label("")
    ('Ngày tiếp nhận', 'Ngày yêu cầu', '')
    """
    return next((known.label for known in kind.columns if known.name == column), "")
