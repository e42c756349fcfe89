"""The parts of the satisfaction page on how the survey was done: design, respondents, scales, and the next wave."""

from typing import Any

from IPython.display import HTML

from cchc_analysis import display, wording
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import single_row
from cchc_analysis.pages.survey_labels import factor_names, groups, is_silent, question_name
from cchc_analysis.study import ALL_UNITS
from cchc_analysis.study_surveys import Survey
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.survey_quality
MARGIN = 0.05
"""Margin of error that the next wave is planned for."""


def quality(survey: Survey | None) -> HTML:
    """Show whether the scales hold, how the survey was done, and what the next wave needs."""
    if survey is None or is_silent(survey):
        return display.html("")
    return display.html(_scales(survey) + _how_done(survey) + _planning(survey))


def _how_done(survey: Survey) -> str:
    """Write who answered, how the result is estimated, and whether doubtful forms would change it."""
    language = survey.study.language
    design = survey.design()
    overall = single_row(survey.satisfaction(), item="mean_of_questions")
    missing = [survey.study.unit_name(unit) for unit in design.cells_without_forms]
    told = [
        say.forms(first_row(survey.forms()), language),
        say.weights(design, language),
        "" if overall["suppressed"] else say.precision(design, overall, language),
        say.lonely(design, language),
        say.uncovered(len(missing), missing, language),
        say.pooled_cells(_pooled(survey, design), language),
        say.fitting(design, language),
        say.not_named(*_without_names(survey), language),
    ]
    title = pick(language, "Cuộc khảo sát được làm như thế nào", "How the survey was done")
    return display.section(title) + display.paragraphs([text for text in told if text]) + _respondents(survey)


def _respondents(survey: Survey) -> str:
    language = survey.study.language
    rows = survey.respondent_quality()
    if not len(rows):
        return ""
    named = rows.assign(
        label=[say.check(code, language) for code in rows["check"]],
        remark=[say.unchecked(row["reason"], language) for row in records(rows)],
    )
    largest = max(rows["difference"].dropna().tolist(), key=abs, default=None)
    columns = [
        TableColumn("label", pick(language, "Kiểm tra", "Check")),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        TableColumn("n_checked", pick(language, "Đã kiểm tra", "Checked"), "count"),
        TableColumn("value", pick(language, "Giữ lại", "Kept"), "share"),
        TableColumn("value_without", pick(language, "Bỏ ra", "Left out"), "share"),
        TableColumn("difference", pick(language, "Chênh lệch (điểm %)", "Difference (points)"), "points"),
        TableColumn("remark", pick(language, "Ghi chú", "Remark")),
    ]
    caption = say.checks_told(largest, language)
    note = pick(
        language,
        "Các phiếu này vẫn được tính; bảng cho thấy kết quả chung thay đổi ra sao nếu bỏ ra.",
        "These forms are counted; the table shows how the overall result would move without them.",
    )
    return html_table(named, columns, caption, language, note=note)


def _scales(survey: Survey) -> str:
    """Write whether the questions of each factor measure one thing, with warnings on single questions."""
    if not survey.questionnaire.factors:
        return ""
    language = survey.study.language
    names = factor_names(survey)
    rows = survey.reliability()
    poor = [names[row["factor"]] for row in records(rows) if row["grade"] in ("poor", "questionable", "unacceptable")]
    rows = rows.assign(
        label=rows["factor"].map(names),
        told=[say.grade(row["grade"], language, row["reason"]) for row in records(rows)],
    )
    columns = [
        TableColumn("label", pick(language, "Yếu tố", "Factor")),
        TableColumn("n_items", pick(language, "Câu hỏi", "Questions"), "count"),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        TableColumn("alpha", "Cronbach α", "days", "lower", "upper", digits=2),
        TableColumn("told", pick(language, "Mức", "Grade")),
    ]
    caption = pick(
        language,
        "Độ tin cậy của thang đo (trong ngoặc: khoảng tin cậy 95%)",
        "Reliability of the scales (in brackets: 95% interval)",
    )
    rule = str(rows["missing_rule"].iloc[0]) if len(rows) else ""
    rules = {
        "pairwise": pick(language, "Câu trả lời thiếu: dùng mọi cặp câu hỏi có trả lời.", "Missing answers: every pair of answered questions is used."),
        "listwise": pick(language, "Câu trả lời thiếu: chỉ dùng phiếu trả lời đủ.", "Missing answers: only complete forms are used."),
    }  # fmt: skip
    title = pick(language, "Thang đo có đáng tin không", "Whether the scales hold")
    block = display.section(title, say.poor_scales(poor, language) + ".")
    return block + html_table(rows, columns, caption, language, note=rules.get(rule, "")) + _items(survey)


def _items(survey: Survey) -> str:
    language = survey.study.language
    rows = survey.items()
    rows = rows.assign(
        label=[question_name(survey, name) for name in rows["question"]],
        told=["; ".join(say.warning(code, language) for code in codes) for codes in rows["warnings"]],
    )
    columns = [
        TableColumn("label", pick(language, "Câu hỏi", "Question")),
        TableColumn("n", pick(language, "Câu trả lời", "Answers"), "count"),
        TableColumn("mean_points", pick(language, "Điểm trung bình", "Mean points"), "days", digits=2),
        TableColumn(
            "item_rest", pick(language, "Tương quan với các câu còn lại", "Item-rest correlation"), "days", digits=2
        ),
        TableColumn("alpha_without", pick(language, "α nếu bỏ câu này", "α without it"), "days", digits=2),
        TableColumn("told", pick(language, "Cảnh báo", "Warning")),
    ]
    caption = pick(language, "Từng câu hỏi trong thang đo", "The questions in their scales")
    return f"<details><summary>{caption}</summary>{html_table(rows, columns, caption, language)}</details>"


def _planning(survey: Survey) -> str:
    """Write how many forms the next wave needs, overall and by unit."""
    language = survey.study.language
    found = survey.planning(MARGIN)
    rows = found.table
    whole = single_row(rows, unit=ALL_UNITS)
    told = say.planning(whole, found.telling_apart, MARGIN, language)
    title = pick(language, "Cỡ mẫu cho đợt sau", "Sample size of the next wave")
    block = display.section(title, told)
    each = rows[rows["unit"] != ALL_UNITS]
    if not each["population"].notna().any() or not survey.study.is_whole:
        return block
    columns = [
        TableColumn("label", pick(language, "Đơn vị", "Unit")),
        TableColumn("population", pick(language, "Hồ sơ đã giải quyết", "Dossiers resolved"), "count"),
        TableColumn("n_forms", pick(language, "Phiếu kỳ này", "Forms now"), "count"),
        TableColumn("margin_now", pick(language, "Sai số hiện nay (±)", "Margin now (±)"), "share"),
        TableColumn("n_allocated", pick(language, "Phân bổ từ mẫu chung", "Allocated from the whole"), "count"),
        TableColumn("n_needed", pick(language, "Cần cho riêng đơn vị", "Needed for the unit alone"), "count"),
        TableColumn("invited", pick(language, "Cần mời", "To invite")),
        TableColumn("slovin", "N/(1 + N·e²)", "count"),
    ]
    caption = pick(
        language,
        "Cỡ mẫu theo đơn vị, sai số ±5 điểm phần trăm",
        "Sample size by unit for a margin of ±5 points",
    )
    note = pick(
        language,
        "Phân bổ theo tỷ lệ số hồ sơ, mỗi đơn vị ít nhất 30 phiếu (hoặc toàn bộ nếu ít hơn). Muốn kết luận riêng cho từng đơn vị phải dùng cột "
        "“Cần cho riêng đơn vị”.",
        "Allocated in proportion to dossiers, at least 30 forms each (or all there are). To speak of each unit, use the column “Needed for the "
        "unit alone”.",
    )
    rows = groups(survey, each.reset_index(drop=True), "unit")
    rows = rows.assign(invited=[say.invited(row, language) for row in records(rows)])
    total = {**whole, "label": word("total", language), "invited": say.invited(whole, language)}
    table = html_table(rows, columns, caption, language, total, note=note)
    return block + f"<details open><summary>{caption}</summary>{table}</details>"


def _without_names(survey: Survey) -> tuple[int, int]:
    """Return how many answered forms name no unit and no field; a survey that names none of them tells nothing."""
    forms = survey.sample().responses.forms
    n_unit, n_field = (int((forms[name] == "").sum()) for name in ("unit", "field"))
    return (n_unit if n_unit < len(forms) else 0), (n_field if n_field < len(forms) else 0)


def _pooled(survey: Survey, design: Any) -> list[str]:
    """Return the names of the groups that were pooled for the weights."""
    writers = {"unit": survey.study.unit_name}
    return [writers.get(margin, str)(name) for margin, name in design.collapsed]
