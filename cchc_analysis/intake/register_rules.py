"""The rules the rows of registers are checked by: those every register shares, then those of each kind."""

from collections.abc import Iterator
from typing import Final

from cchc_analysis.intake.dossier_rules import TERM_RULES
from cchc_analysis.intake.plan_rules import PLAN_RULES
from cchc_analysis.intake.predicates import (
    has_no_value,
    is_before_receipt,
    is_marked,
    is_missing,
    is_outside_calendar,
    is_unreadable,
    open_with_end,
    returned_before_finished,
)
from cchc_analysis.intake.register_predicates import (
    committed_above_statutory,
    ended_without_date,
    is_before,
    is_left_out,
    is_on_earlier_day,
    status_despite,
    status_without,
    total_is_no_sum,
    yes_without,
)
from cchc_analysis.intake.rule import Rule, RuleBook
from cchc_analysis.intake.rule import rule as _rule
from cchc_analysis.schema import KINDS, Column, Kind

# fmt: off


def _rejecting(kind: Kind) -> Iterator[Rule]:
    """Yield what keeps a row out of any register: what must be there is not, or cannot be read."""
    essential = [column for column in kind.columns if column.essential]
    dates = [column.name for column in essential if column.kind == "timestamp"]
    yield _rule("ragged_row", "reject", "", is_marked("ragged"),
                "The row has more cells than the header.", "Dòng có nhiều ô hơn dòng tiêu đề.")
    yield from _rejecting_keys(kind.columns[0])
    for column in essential:
        if column.name in kind.units:
            yield _rule("unit_name_missing", "reject", column.name, has_no_value(column.name),
                        "There is no unit.", "Thiếu tên đơn vị.")
        elif column.name == "received_at" and column.required:
            yield _rule("received_missing", "reject", "received_at", is_missing("received_at"),
                        "There is no date of receipt.", "Thiếu ngày tiếp nhận.")
    for name in dates:
        yield _rule("date_unreadable", "reject", name, is_unreadable(name),
                    "The date cannot be read (day/month/year expected).",
                    "Không đọc được ngày (cần dạng ngày/tháng/năm).")
    for column in essential:
        if column.name == "status":
            yield _rule("status_unknown", "reject", "status", is_unreadable("status"),
                        "The status is not in the dictionary; name it in the mapping file under values/status.",
                        "Trạng thái không có trong từ điển; hãy khai báo trong tệp ánh xạ tại mục values/status.")
    for name in dates:
        yield _rule("date_outside_calendar", "reject", name, is_outside_calendar(name),
                    "The date lies outside the years of the working calendar.",
                    "Ngày nằm ngoài các năm có trong lịch làm việc.")


def _rejecting_keys(column: Column) -> Iterator[Rule]:
    if column.name == "dossier_id":
        yield _rule("code_missing", "reject", "dossier_id", is_missing("dossier_id"),
                    "There is no dossier code.", "Thiếu mã hồ sơ.")
        yield _rule("code_unreadable", "reject", "dossier_id", is_unreadable("dossier_id"),
                    "The spreadsheet has turned the dossier code into a number or date; digits may be lost.",
                    "Mã hồ sơ đã bị bảng tính đổi thành số hoặc ngày, có thể mất chữ số.")
        return
    yield _rule("key_missing", "reject", column.name, is_missing(column.name),
                "There is no code or number by which the row is known.", "Thiếu mã hoặc số để nhận biết dòng.")
    yield _rule("key_unreadable", "reject", column.name, is_unreadable(column.name),
                "The spreadsheet has turned the code of the row into another number or a date; digits may be lost.",
                "Mã hoặc số của dòng đã bị bảng tính đổi thành số khác hoặc ngày, có thể mất chữ số.")


def _flagging(kind: Kind) -> Iterator[Rule]:
    """Yield what is said of an accepted row of any register: a value left empty, a status derived, a unit unknown."""
    for column in kind.columns:
        if not column.essential and column.kind != "days":
            yield _rule("value_blanked", "flag", column.name, is_unreadable(column.name),
                        "The value cannot be read and was left empty; the row is counted.",
                        "Không đọc được giá trị nên để trống; dòng vẫn được tính.")
    if any(column.name == "status" for column in kind.columns):
        yield _rule("status_from_dates", "info", "status", is_marked("status_from_dates"),
                    "The status says nothing of progress; it was taken from the dates.",
                    "Trạng thái không cho biết tiến độ; được suy ra từ các ngày.")
    for name in kind.units:
        yield _rule("unit_unknown", "flag", name, is_marked(f"unit_unknown:{name}"),
                    "The unit is not in the table of units; its name is kept as written.",
                    "Đơn vị không có trong danh mục; giữ nguyên tên như trong tệp.")


_OWN: Final[dict[str, tuple[Rule, ...]]] = {
    "payments": (
        _rule("amount_missing", "reject", "total_amount", is_missing("total_amount"),
              "There is no amount.", "Thiếu số tiền."),
        _rule("amount_unreadable", "reject", "total_amount", is_unreadable("total_amount"),
              "The amount is negative or cannot be read.", "Số tiền âm hoặc không đọc được."),
        _rule("paid_without_date", "reject", "paid_at", status_without("paid_at", "paid"),
              "The status says paid, but there is no date of payment.",
              "Trạng thái là đã thanh toán nhưng không có ngày thu."),
        _rule("total_not_sum", "flag", "total_amount", total_is_no_sum,
              "The total is not the fee plus the charge.", "Tổng khác phí cộng lệ phí."),
        _rule("paid_before_requested", "flag", "paid_at", is_before("paid_at", "requested_at"),
              "The payment lies before the request to pay.", "Ngày thu trước ngày yêu cầu thanh toán."),
        _rule("refunded_before_paid", "flag", "refunded_at", is_before("refunded_at", "paid_at"),
              "The refund lies before the payment.", "Ngày hoàn phí trước ngày thu."),
        _rule("unpaid_with_date", "flag", "status", status_despite("paid_at", "requested", "failed"),
              "The status says not paid, but there is a date of payment.",
              "Trạng thái là chưa thanh toán nhưng lại có ngày thu."),
        _rule("method_missing", "flag", "method", is_left_out("method"),
              "How it was paid is not stated.", "Không ghi hình thức thanh toán."),
    ),
    "feedback": (
        _rule("answered_before_received", "reject", "answered_at", is_before_receipt("answered_at"),
              "The answer lies before the receipt.", "Ngày trả lời trước ngày tiếp nhận."),
        _rule("answered_without_date", "reject", "status", status_without("answered_at", "answered"),
              "The status says answered, but there is no date of the answer.",
              "Trạng thái là đã trả lời nhưng không có ngày trả lời."),
        _rule("due_before_received", "flag", "due_at", is_on_earlier_day("due_at", "received_at"),
              "The due date is before the date of receipt.", "Ngày hẹn trả trước ngày tiếp nhận."),
        _rule("open_with_answer", "flag", "status", status_despite("answered_at", "received", "processing"),
              "The status says open, but there is a date of an answer.",
              "Trạng thái là đang xử lý nhưng lại có ngày trả lời."),
    ),
    "e_copies": (
        _rule("form_unknown", "reject", "form", is_unreadable("form"),
              "The form of the copy is not in the dictionary; name it in the mapping file under values/form.",
              "Hình thức bản sao không có trong từ điển; hãy khai báo trong tệp ánh xạ tại mục values/form."),
        _rule("certified_before_received", "reject", "certified_at", is_before_receipt("certified_at"),
              "The copy was certified before it was asked for.", "Ngày chứng thực trước ngày yêu cầu."),
        _rule("certified_without_date", "flag", "status", status_without("certified_at", "certified"),
              "The status says certified, but there is no date of it.",
              "Trạng thái là đã chứng thực nhưng không có ngày chứng thực."),
        _rule("uncertified_with_date", "flag", "status", status_despite("certified_at", "requested", "refused"),
              "The status says not certified, but there is a date of certification.",
              "Trạng thái là chưa chứng thực nhưng lại có ngày chứng thực."),
        _rule("form_missing", "flag", "form", is_missing("form"),
              "Whether the copy is electronic is not stated.", "Không ghi bản sao điện tử hay bản giấy."),
    ),
    "procedures": (
        _rule("name_missing", "reject", "procedure_name", has_no_value("procedure_name"),
              "There is no name of the procedure.", "Thiếu tên thủ tục hành chính."),
        _rule("valid_to_before_from", "reject", "valid_to", is_on_earlier_day("valid_to", "valid_from"),
              "The end of validity lies before its beginning.", "Ngày hết hiệu lực trước ngày có hiệu lực."),
        *TERM_RULES,
        _rule("committed_above_statutory", "flag", "committed_days", committed_above_statutory,
              "The time limit after the cut is longer than the statutory one.",
              "Thời gian sau cắt giảm dài hơn thời gian quy định."),
        _rule("offered_not_eligible", "flag", "offered_online", yes_without("offered_online", "eligible_online"),
              "The procedure is offered online but is said not to be eligible for it.",
              "Đã cung cấp trực tuyến nhưng ghi là không đủ điều kiện trực tuyến."),
        _rule("integrated_not_offered", "flag", "integrated", yes_without("integrated", "offered_online"),
              "The procedure is on the national portal but is said not to be offered online.",
              "Đã tích hợp Cổng DVCQG nhưng ghi là chưa cung cấp trực tuyến."),
        _rule("payable_without_fee", "flag", "payable_online", yes_without("payable_online", "has_fee"),
              "The procedure can be paid online but is said to have no fee.",
              "Cho thanh toán trực tuyến nhưng ghi là không có phí, lệ phí."),
        _rule("published_before_decided", "flag", "published_at", is_on_earlier_day("published_at", "decided_at"),
              "The procedure was made public before it was decided on.",
              "Ngày công khai trước ngày quyết định công bố."),
    ),
    "other_register": (
        _rule("finished_before_received", "reject", "finished_at", is_before_receipt("finished_at"),
              "Processing ended before the dossier was received.",
              "Ngày kết thúc xử lý trước ngày tiếp nhận."),
        _rule("returned_before_received", "reject", "returned_at", is_before_receipt("returned_at"),
              "The result was returned before the dossier was received.", "Ngày trả kết quả trước ngày tiếp nhận."),
        _rule("due_before_received", "reject", "due_at", is_on_earlier_day("due_at", "received_at"),
              "The due date is before the date of receipt.", "Ngày hẹn trả trước ngày tiếp nhận."),
        _rule("finished_without_date", "reject", "status", ended_without_date,
              "The status says finished or withdrawn, but there is no date of it: when it ended is unknown.",
              "Trạng thái là đã xong hoặc đã rút nhưng không có ngày kết thúc và ngày trả: không rõ kết thúc khi nào."),
        _rule("open_with_finish_date", "reject", "status", open_with_end,
              "The status says open, but there is a date of finishing or return: the outcome is unknown.",
              "Trạng thái là đang xử lý nhưng lại có ngày kết thúc xử lý hoặc ngày trả: không rõ kết quả."),
        _rule("returned_before_finished", "flag", "returned_at", returned_before_finished,
              "The result was returned before processing ended.", "Ngày trả kết quả trước ngày kết thúc xử lý."),
    ),
}
# fmt: on


def _book(kind: Kind) -> RuleBook:
    own = _OWN[kind.name]
    return RuleBook(
        (*_rejecting(kind), *(rule for rule in own if rule.severity == "reject")),
        (*_flagging(kind), *(rule for rule in own if rule.severity != "reject")),
    )


def _plan_book(kind: Kind) -> RuleBook:
    own = PLAN_RULES[kind.name]
    return RuleBook(
        tuple(rule for rule in own if rule.severity == "reject"),
        (*_flagging(kind), *(rule for rule in own if rule.severity != "reject")),
    )


REGISTER_RULES: Final[dict[str, RuleBook]] = {
    **{name: _book(KINDS[name]) for name in _OWN},
    **{name: _plan_book(KINDS[name]) for name in PLAN_RULES},
}
"""The rules of each register by the name of its kind."""
