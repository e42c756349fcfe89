"""The rules every dossier is checked by: one line each, with severity, sentence and source."""

from typing import Final

from cchc_analysis.intake.predicates import (
    committed_missing,
    due_before_receipt,
    due_not_as_recomputed,
    finished_at_due_second,
    finished_outside_hours,
    finished_without_date,
    has_end,
    has_no_value,
    has_status,
    information_online,
    is_before_receipt,
    is_marked,
    is_missing,
    is_outside_calendar,
    is_unreadable,
    number_date_differs,
    open_with_end,
    received_missing,
    received_on_day_off,
    returned_before_finished,
    submitted_after_receipt,
)
from cchc_analysis.intake.rule import OPERATOR, Rule, RuleBook
from cchc_analysis.intake.rule import rule as _rule
from cchc_analysis.schema import DOSSIER_COLUMNS, PAUSED

_ESSENTIAL_DATES: Final = ("received_at", "due_at", "finished_at", "returned_at")
_TERMS: Final = ("statutory_days", "committed_days")
_OPTIONAL: Final = tuple(
    column.name for column in DOSSIER_COLUMNS if not column.essential and column.name not in _TERMS
)

# fmt: off
REJECTING: Final[tuple[Rule, ...]] = (
    _rule("ragged_row", "reject", "", is_marked("ragged"),
          "The row has more cells than the header.",
          "Dòng có nhiều ô hơn dòng tiêu đề."),
    _rule("code_missing", "reject", "dossier_id", is_missing("dossier_id"),
          "There is no dossier code.", "Thiếu mã hồ sơ."),
    _rule("code_unreadable", "reject", "dossier_id", is_unreadable("dossier_id"),
          "The spreadsheet has turned the dossier code into a number or date; digits may be lost.",
          "Mã hồ sơ đã bị bảng tính đổi thành số hoặc ngày, có thể mất chữ số."),
    _rule("unit_missing", "reject", "receiving_unit", has_no_value("receiving_unit"),
          "There is no receiving unit.", "Thiếu đơn vị tiếp nhận."),
    _rule("received_missing", "reject", "received_at", received_missing,
          "There is no date of receipt.", "Thiếu ngày tiếp nhận.", OPERATOR),
    *(_rule("date_unreadable", "reject", name, is_unreadable(name),
            "The date cannot be read (day/month/year expected).",
            "Không đọc được ngày (cần dạng ngày/tháng/năm).") for name in _ESSENTIAL_DATES),
    _rule("status_unknown", "reject", "status", is_unreadable("status"),
          "The status is not in the dictionary; name it in the mapping file under values/status.",
          "Trạng thái không có trong từ điển; hãy khai báo trong tệp ánh xạ tại mục values/status."),
    *(_rule("date_outside_calendar", "reject", name, is_outside_calendar(name),
            "The date lies outside the years of the working calendar.",
            "Ngày nằm ngoài các năm có trong lịch làm việc.") for name in _ESSENTIAL_DATES),
    _rule("finished_before_received", "reject", "finished_at", is_before_receipt("finished_at"),
          "Processing ended before the dossier was received.",
          "Ngày kết thúc xử lý trước ngày tiếp nhận.", OPERATOR),
    _rule("returned_before_received", "reject", "returned_at", is_before_receipt("returned_at"),
          "The result was returned before the dossier was received.", "Ngày trả kết quả trước ngày tiếp nhận."),
    _rule("due_before_received", "reject", "due_at", due_before_receipt,
          "The due date is before the date of receipt.", "Ngày hẹn trả trước ngày tiếp nhận."),
    _rule("finished_without_date", "reject", "status", finished_without_date,
          "The status says finished or withdrawn, but there is no date of it: when it ended is unknown.",
          "Trạng thái là đã xong hoặc đã rút nhưng không có ngày kết thúc và ngày trả: không rõ kết thúc khi nào.",
          OPERATOR),
    _rule("open_with_finish_date", "reject", "status", open_with_end,
          "The status says open, but there is a date of finishing or return: the outcome is unknown.",
          "Trạng thái là đang xử lý nhưng lại có ngày kết thúc xử lý hoặc ngày trả: không rõ kết quả."),
)
"""Rules that keep a row out, in the order in which the first of them names the row in the accounts."""

TERM_RULES: Final[tuple[Rule, ...]] = (
    _rule("term_missing", "flag", "statutory_days", is_marked("term_missing:statutory_days"),
          "There is no time limit.", "Thiếu thời hạn giải quyết."),
    _rule("term_missing", "flag", "committed_days", committed_missing,
          "There is no time limit.", "Thiếu thời hạn giải quyết."),
    *(_rule("term_not_set", "flag", name, is_marked(f"term_not_set:{name}"),
            "The procedure has no time limit.", "Thủ tục không quy định thời hạn.") for name in _TERMS),
    *(_rule("term_not_positive", "flag", name, is_marked(f"term_not_positive:{name}"),
            "A time limit must be more than 0; it was left empty.",
            "Thời hạn phải lớn hơn 0 nên để trống.") for name in _TERMS),
    *(_rule("term_ambiguous", "flag", name, is_marked(f"term_ambiguous:{name}"),
            "The time limit has more than one meaning or is not understood; it was left empty.",
            "Thời hạn có nhiều cách hiểu hoặc không hiểu được nên để trống.") for name in _TERMS),
    *(_rule("term_kind_assumed", "flag", name, is_marked(f"term_kind_assumed:{name}"),
            "Only a number is given; it was taken as working days.",
            "Chỉ ghi số ngày; được hiểu là ngày làm việc.") for name in _TERMS),
    _rule("term_kinds_differ", "flag", "committed_days", is_marked("term_kinds_differ"),
          "One limit is in working days, the other in calendar days; the committed one decides.",
          "Một thời hạn tính theo ngày làm việc, một theo ngày lịch; lấy theo thời hạn cam kết."),
)
"""What is said of time limits, wherever a table has them."""

FLAGGING: Final[tuple[Rule, ...]] = (
    *(_rule("value_blanked", "flag", name, is_unreadable(name),
            "The value cannot be read and was left empty; the row is counted.",
            "Không đọc được giá trị nên để trống; dòng vẫn được tính.") for name in _OPTIONAL),
    *TERM_RULES,
    _rule("number_date_differs", "flag", "received_at", number_date_differs,
          "The date in the dossier number is not the date of receipt.",
          "Ngày trong mã hồ sơ khác ngày tiếp nhận."),
    _rule("received_on_day_off", "info", "received_at", received_on_day_off,
          "The dossier was received on a day off.", "Tiếp nhận vào ngày nghỉ."),
    _rule("finished_at_due_second", "flag", "finished_at", finished_at_due_second,
          "Processing ended on the very second it was due.",
          "Kết thúc xử lý trùng đúng từng giây với giờ hẹn trả."),
    _rule("finished_outside_hours", "flag", "finished_at", finished_outside_hours,
          "Processing ended before 06:00 or after 20:00.", "Kết thúc xử lý trước 6 giờ hoặc sau 20 giờ."),
    _rule("due_not_as_recomputed", "flag", "due_at", due_not_as_recomputed,
          "The due date is not receipt plus the time limit.",
          "Ngày hẹn trả khác ngày tiếp nhận cộng thời hạn."),
    _rule("information_level_online", "flag", "channel", information_online,
          "A procedure at information level was submitted online.",
          "Thủ tục mức cung cấp thông tin nhưng nộp trực tuyến.", OPERATOR),
    _rule("submitted_after_received", "flag", "submitted_at", submitted_after_receipt,
          "The dossier was received before it was submitted.", "Ngày tiếp nhận trước ngày nộp hồ sơ."),
    _rule("supplement_before_received", "flag", "supplemented_at", is_before_receipt("supplemented_at"),
          "The supplement arrived before the dossier was received; it is not used.",
          "Ngày tiếp nhận bổ sung trước ngày tiếp nhận; không dùng ngày này."),
    _rule("returned_before_finished", "flag", "returned_at", returned_before_finished,
          "The result was returned before processing ended.", "Ngày trả kết quả trước ngày kết thúc xử lý."),
    _rule("paused_with_finish_date", "flag", "status",
          lambda rows, calendar: has_status(rows, *PAUSED) & has_end(rows),
          "The status says paused, but there is a date of finishing or return.",
          "Trạng thái là tạm dừng nhưng lại có ngày kết thúc xử lý hoặc ngày trả."),
    _rule("status_from_dates", "info", "status", is_marked("status_from_dates"),
          "The status says nothing of progress; it was taken from the dates.",
          "Trạng thái không cho biết tiến độ; được suy ra từ các ngày."),
    *(_rule("unit_unknown", "flag", name, is_marked(f"unit_unknown:{name}"),
            "The unit is not in the table of units; its name is kept as written.",
            "Đơn vị không có trong danh mục; giữ nguyên tên như trong tệp.")
      for name in ("receiving_unit", "resolving_unit")),
)
"""Rules that let a row in and list it."""

# fmt: on
DOSSIER_RULES: Final = RuleBook(REJECTING, FLAGGING)
