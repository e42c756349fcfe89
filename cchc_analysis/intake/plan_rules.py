"""The rules of what offices report on a plan (evidence, reports handed in) and of the scores and values of indices."""

from typing import Final

from cchc_analysis.intake.plan_rows import COUNTS, has_nothing, is_above, not_whole
from cchc_analysis.intake.predicates import has_no_value, is_marked, is_missing, is_outside_calendar, is_unreadable
from cchc_analysis.intake.register_predicates import is_before, is_left_out
from cchc_analysis.intake.rule import Rule
from cchc_analysis.intake.rule import rule as _rule

# fmt: off
_RAGGED: Final = _rule("ragged_row", "reject", "", is_marked("ragged"),
                       "The row has more cells than the header.", "Dòng có nhiều ô hơn dòng tiêu đề.")
_UNIT: Final = _rule("unit_name_missing", "reject", "unit", has_no_value("unit"),
                     "There is no unit.", "Thiếu tên đơn vị.")
_PLAN: Final = (
    _RAGGED,
    _rule("plan_missing", "reject", "plan", is_missing("plan"),
          "There is no plan.", "Thiếu mã kế hoạch."),
    _rule("plan_unknown", "reject", "plan", is_marked("plan_unknown"),
          "There is no plan of that name in data/reference/plans.",
          "Không có kế hoạch tên này trong data/reference/plans."),
    _rule("plan_unknown", "reject", "plan", is_unreadable("plan"),
          "There is no plan of that name in data/reference/plans.",
          "Không có kế hoạch tên này trong data/reference/plans."),
)
_PERIOD: Final = (
    _rule("report_period_missing", "reject", "period", is_missing("period"),
          "There is no period.", "Thiếu kỳ báo cáo."),
    _rule("report_period_unreadable", "reject", "period", is_unreadable("period"),
          "The period cannot be read; write it as 2023-Q2, 2023-05, 2023-6M or 2023.",
          "Không đọc được kỳ báo cáo; hãy ghi theo dạng 2023-Q2, 2023-05, 2023-6M hoặc 2023."),
)
_FLAGS: Final = (
    _rule("unit_not_asked", "flag", "unit", is_marked("unit_not_asked"),
          "The plan does not ask this unit for it; the row is kept and counts in no figure of the plan.",
          "Kế hoạch không yêu cầu đơn vị này báo cáo nội dung này; dòng được giữ lại nhưng không tính vào kết quả."),
)
_DOCUMENT: Final = _rule("evidence_without_document", "flag", "document", is_missing("document"),
                         "No document is named that bears it out.", "Không nêu văn bản, tài liệu chứng minh.")


def _dated(*names: str) -> tuple[Rule, ...]:
    return (
        *(_rule("date_unreadable", "reject", name, is_unreadable(name),
                "The date cannot be read (day/month/year expected).",
                "Không đọc được ngày (cần dạng ngày/tháng/năm).") for name in names),
        *(_rule("date_outside_calendar", "reject", name, is_outside_calendar(name),
                "The date lies outside the years of the working calendar.",
                "Ngày nằm ngoài các năm có trong lịch làm việc.") for name in names),
    )


_EVIDENCE: Final = (
    *_PLAN,
    _rule("commitment_missing", "reject", "commitment", has_no_value("commitment"),
          "There is no code of a commitment.", "Thiếu mã cam kết."),
    _rule("commitment_unknown", "reject", "commitment", is_marked("commitment_unknown"),
          "The plan has no commitment of that code.", "Kế hoạch không có cam kết mang mã này."),
    _rule("evidence_not_asked", "reject", "commitment", is_marked("evidence_not_asked"),
          "The plan asks no office to report on this commitment by hand: it is told by other data.",
          "Kế hoạch không yêu cầu báo cáo minh chứng cho cam kết này: kết quả được tính từ dữ liệu khác."),
    *_PERIOD,
    _rule("period_of_another_year", "reject", "period", is_marked("period_of_another_year"),
          "The period is not of the year of the plan.", "Kỳ báo cáo không thuộc năm của kế hoạch."),
    _UNIT,
    *(_rule("count_unreadable", "reject", name, is_unreadable(name),
            "The count is negative, a percentage or no number; write how many, such as 18.",
            "Số đếm âm, ghi dạng phần trăm hoặc không phải là số; hãy ghi số lượng, ví dụ 18.") for name in COUNTS),
    *(_rule("count_not_whole", "reject", name, not_whole(name),
            "The count is not a whole number.", "Số đếm không phải là số nguyên.") for name in COUNTS),
    _rule("answer_unknown", "reject", "answer", is_unreadable("answer"),
          "The answer is not in the dictionary; write Có, Không or Đang thực hiện.",
          "Câu trả lời không có trong từ điển; hãy ghi Có, Không hoặc Đang thực hiện."),
    _rule("share_incomplete", "reject", "numerator", is_marked("share_incomplete"),
          "How many of how many is asked for; numerator or denominator is missing.",
          "Nội dung này cần cả tử số và mẫu số; đang thiếu một trong hai."),
    _rule("denominator_zero", "reject", "denominator", is_marked("denominator_zero"),
          "The denominator is 0: there is nothing of which a share could be taken.",
          "Mẫu số bằng 0 nên không tính được tỷ lệ."),
    _rule("numerator_above_denominator", "reject", "numerator", is_above("numerator", "denominator"),
          "The numerator is larger than the denominator: more than 100%.",
          "Tử số lớn hơn mẫu số: vượt quá 100%."),
    _rule("answer_missing", "reject", "answer", is_marked("answer_missing"),
          "Whether it was done is asked for, and there is no answer.",
          "Nội dung này cần trả lời đã thực hiện hay chưa; đang để trống."),
    _rule("count_missing", "reject", "n_counted", is_marked("count_missing"),
          "How many is asked for, and there is no number.", "Nội dung này cần số lượng; đang để trống."),
    *_dated("happened_at", "reported_at"),
    *_FLAGS,
    _rule("period_too_long", "flag", "period", is_marked("period_too_long"),
          "The plan asks for shorter periods, such as quarters; the row is kept and counts in no figure of the plan.",
          "Kế hoạch yêu cầu báo cáo theo kỳ ngắn hơn, ví dụ theo quý; dòng được giữ lại nhưng không tính vào kết quả."),
    _DOCUMENT,
    _rule("answer_contradicts", "flag", "answer", is_marked("answer_contradicts"),
          "The answer says something else than the counts or the date beside it.",
          "Câu trả lời mâu thuẫn với số liệu hoặc ngày ghi cùng dòng."),
    _rule("happened_after_reported", "flag", "happened_at", is_before("reported_at", "happened_at"),
          "It is said to have happened after the day of the report.",
          "Ngày thực hiện sau ngày báo cáo."),
)

_SUBMISSIONS: Final = (
    *_PLAN,
    _rule("duty_missing", "reject", "duty", has_no_value("duty"),
          "There is no code of a duty.", "Thiếu mã nhiệm vụ báo cáo."),
    _rule("duty_unknown", "reject", "duty", is_marked("duty_unknown"),
          "The plan has no duty of that code.", "Kế hoạch không có nhiệm vụ báo cáo mang mã này."),
    *_PERIOD,
    _rule("period_not_of_duty", "reject", "period", is_marked("period_not_of_duty"),
          "The duty does not fall due for this period.", "Nhiệm vụ báo cáo không có kỳ này."),
    _UNIT,
    _rule("submission_without_date", "reject", "submitted_at", is_missing("submitted_at"),
          "There is no day on which the report was handed in.", "Thiếu ngày gửi báo cáo."),
    *_dated("submitted_at"),
    *_FLAGS,
    _rule("submission_without_document", "flag", "document", is_left_out("document"),
          "No document is named.", "Không nêu số, ký hiệu văn bản."),
)

_INDEX: Final = (
    _RAGGED,
    _rule("index_missing", "reject", "index", has_no_value("index"),
          "There is no name of an index.", "Thiếu tên bộ chỉ số."),
    _rule("year_missing", "reject", "year", is_missing("year"), "There is no year.", "Thiếu năm."),
    _rule("year_unreadable", "reject", "year", is_unreadable("year"),
          "The year is no year between 1990 and 2100.", "Năm không phải là số từ 1990 đến 2100."),
)

_SELF_SCORES: Final = (
    *_INDEX,
    _UNIT,
    _rule("criterion_missing", "reject", "criterion", has_no_value("criterion"),
          "There is no code of a criterion.", "Thiếu mã tiêu chí."),
    *(_rule("score_unreadable", "reject", name, is_unreadable(name),
            "The score is negative or no number.", "Điểm âm hoặc không phải là số.")
      for name in ("self_score", "verified_score")),
    _rule("score_missing", "reject", "self_score", has_nothing("self_score", "verified_score"),
          "There is no score.", "Chưa có điểm nào."),
    _rule("score_without_document", "flag", "document", is_left_out("document"),
          "No document is named that bears the score out.", "Không nêu tài liệu kiểm chứng."),
)

_INDEX_VALUES: Final = (
    *_INDEX,
    _rule("place_missing", "reject", "place", has_no_value("place"),
          "There is no place.", "Thiếu tên địa phương."),
    _rule("index_value_unreadable", "reject", "value", is_unreadable("value"),
          "The value is negative or no number.", "Giá trị âm hoặc không phải là số."),
    _rule("index_value_above_maximum", "reject", "value", is_above("value", "out_of"),
          "The value is larger than the most there can be.", "Giá trị lớn hơn điểm tối đa."),
    _rule("rank_above_number", "flag", "rank", is_above("rank", "n_ranked"),
          "The rank is larger than the number of places ranked.", "Thứ hạng lớn hơn số địa phương xếp hạng."),
    _rule("index_value_without_source", "flag", "source", is_missing("source"),
          "No source is named.", "Không nêu nguồn số liệu."),
)
# fmt: on

PLAN_RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "evidence": _EVIDENCE,
    "submissions": _SUBMISSIONS,
    "self_scores": _SELF_SCORES,
    "index_values": _INDEX_VALUES,
}
"""The rules of these kinds of table, those that reject in the order in which the first that holds names a row."""
