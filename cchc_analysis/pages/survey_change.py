"""The parts of the satisfaction page on waves, modes, and what drives satisfaction."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, wording
from cchc_analysis.errors import Language
from cchc_analysis.formats import share
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures.satisfaction import answers_short
from cchc_analysis.pages.survey_labels import (
    driver_names,
    factor_names,
    goal_of,
    is_silent,
    item_names,
    mode_name,
    named_waves,
    wave_name,
)
from cchc_analysis.plan import Plan
from cchc_analysis.study_surveys import Survey
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.survey_change
OVERALL = "mean_of_questions"
WAVES_OF_A_LINE = 2


def waves(survey: Survey | None, plan: Plan) -> HTML:
    """Show the waves of the overall result and the factors, what changed, and what the mode does."""
    if survey is None or is_silent(survey):
        return display.html("")
    language = survey.study.language
    rows = survey.waves(items=("overall", "factor"))
    rows = rows[rows["reading"] == OVERALL]
    title = pick(language, "Qua các đợt khảo sát", "Wave by wave")
    if rows["wave"].nunique() < WAVES_OF_A_LINE:
        alone = pick(
            language, "Mới có một đợt khảo sát: chưa có gì để so sánh.", "There is one wave so far: nothing to compare."
        )
        return display.html(display.section(title, alone) + _modes(survey))
    return display.html(display.section(title) + _lines(survey, rows, plan) + _changes(survey) + _modes(survey))


def _lines(survey: Survey, rows: pd.DataFrame, plan: Plan) -> str:
    language = survey.study.language
    names = rows.sort_values("wave_from", kind="stable")["wave"].drop_duplicates().tolist()
    factors = factor_names(survey)
    rows = rows.assign(wave=[wave_name(wave, language) for wave in rows["wave"]])
    names = [wave_name(name, language) for name in names]
    overall = rows[rows["item_kind"] == "overall"]
    if not overall["weighted"].notna().any():
        return display.paragraphs([wording.satisfaction.hidden_groups(overall, language)])
    series = {pick(language, "Chung", "Overall"): overall}
    if len(factors) > 1:
        parts = rows[rows["item_kind"] == "factor"]
        series |= {name: parts[parts["item"] == factor] for factor, name in factors.items()}
    figure = charts.satisfaction.waves(series, names, goal_of(survey, plan), language)
    change = survey.wave_change()
    told = change[(change["item_kind"] == "overall") & (change["item"] == OVERALL)]
    finding = (
        say.change(named_waves(first_row(told), language), language)
        if len(told)
        else pick(language, "Các đợt khảo sát", "The waves")
    )
    description = pick(
        language,
        "Tỷ lệ hài lòng có trọng số của từng đợt với khoảng tin cậy 95%; đường bị ngắt (chấm dọc) ở chỗ hai đợt không so sánh được.",
        "Weighted share satisfied in each wave with 95% intervals; lines break (dotted) where waves cannot be compared.",
    )
    block = display.figure_block(figure, finding.rstrip("."), description)
    n = overall.assign(label=overall["wave"], asked=[_modes_of(row["modes"], language) for row in records(overall)])
    n["remark"] = [
        "" if row["comparable"] else say.break_reason(row["break_reason"], language) for row in records(overall)
    ]
    columns = [
        TableColumn("label", pick(language, "Đợt", "Wave")),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        TableColumn("asked", pick(language, "Hình thức", "Modes")),
        TableColumn("value", pick(language, "Không trọng số", "Unweighted"), "share"),
        TableColumn("weighted", pick(language, "Có trọng số", "Weighted"), "share", "weighted_lower", "weighted_upper"),
    ]
    if n["remark"].ne("").any():
        columns.append(TableColumn("remark", pick(language, "Không so với đợt trước vì", "Not comparable since")))
    caption = pick(language, "Tỷ lệ hài lòng chung của từng đợt", "Overall share satisfied in each wave")
    return block + html_table(n, columns, caption, language)


def _modes_of(modes: object, language: Language) -> str:
    return ", ".join(mode_name(mode, language) for mode in str(modes or "").split(", ") if mode)


def _changes(survey: Survey) -> str:
    language = survey.study.language
    rows = survey.wave_change()
    rows = rows[rows["reading"] == OVERALL] if len(rows) else rows
    if not len(rows) or not rows["comparable"].astype(bool).all():
        return ""
    rows = rows.assign(
        label=item_names(survey, rows),
        moved=[wording.satisfaction.difference(row, language) for row in records(rows)],
        same_modes=[say.same_modes(row, language) for row in records(rows)],
        told=[say.signal(row["signal"], language) for row in records(rows)],
    )
    first = first_row(rows)
    sample = {
        "independent": pick(language, "hai mẫu độc lập", "independent samples"),
        "same_respondents": pick(language, "cùng người trả lời", "the same respondents"),
    }[first["sample"]]
    columns = [
        TableColumn("label", pick(language, "Chỉ số", "Measure")),
        TableColumn("before", wave_name(first["from_wave"], language), "share"),
        TableColumn("after", wave_name(first["to_wave"], language), "share"),
        TableColumn("moved", pick(language, "Chênh lệch (khoảng 95%), điểm %", "Difference (95% interval), points")),
        TableColumn("same_modes", pick(language, "Nếu cùng cơ cấu hình thức", "With the same mix of modes")),
        TableColumn("told", pick(language, "Nhận xét", "Reading")),
    ]  # fmt: skip
    caption = pick(
        language,
        f"Thay đổi giữa hai đợt ({sample})",
        f"Change between the two waves ({sample})",
    )
    note = pick(
        language,
        "Nhận xét dựa trên chênh lệch khi hai đợt cùng cơ cấu hình thức khảo sát (nếu tính được), đã hiệu chỉnh Holm vì xét nhiều yếu tố.",
        "Readings rest on the difference with the same mix of modes (where there is one), adjusted after Holm for several factors.",
    )
    return html_table(rows, columns, caption, language, note=note)


def _modes(survey: Survey) -> str:
    language = survey.study.language
    rows = survey.mode_effect()
    if len(rows) < WAVES_OF_A_LINE:
        return ""
    names = {mode: mode_name(mode, language) for mode in rows["mode"]}
    rows = rows.assign(label=rows["mode"].map(names))
    rows["apart"] = [
        wording.satisfaction.difference({**row, "lower": row["diff_lower"], "upper": row["diff_upper"]}, language)
        if row["difference"] is not None and row["difference"] == row["difference"]
        else pick(language, "(mốc so sánh)", "(reference)")
        for row in records(rows)
    ]
    columns = [
        TableColumn("label", pick(language, "Hình thức khảo sát", "Mode")),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        TableColumn("weighted", pick(language, "Hài lòng", "Satisfied"), "share", "lower", "upper"),
        TableColumn("apart", pick(language, "Chênh lệch (khoảng 95%), điểm %", "Difference (95% interval), points")),
    ]
    caption = say.modes(rows, names, language)
    note = say.mode_note(rows, language)
    return html_table(rows, columns, caption, language, note=note)


def drivers(survey: Survey | None, plan: Plan) -> HTML:
    """Show how much each factor, or question, matters for the overall answer, beside how satisfied people are with it."""
    if survey is None or is_silent(survey):
        return display.html("")
    if survey.questionnaire.overall is None and not survey.questionnaire.factors:
        return display.html("")
    language = survey.study.language
    found = survey.drivers()
    names = driver_names(survey, found)
    thing, things = say.driver_words(found.of, language)
    title = pick(language, "Điều gì gắn với đánh giá chung", "What goes with the overall answer")
    gaps = _gaps(survey, plan)
    if found.reason is not None:
        told = say.no_drivers(found.reason, [names.get(name, name) for name in found.names], language, found.of)
        return display.html(display.section(title, told) + gaps)
    rows = found.table.assign(label=[names[name] for name in found.table["factor"]])
    labels = rows["label"].tolist()
    figure = charts.satisfaction.importance_performance(rows, labels, goal_of(survey, plan), language)
    description = pick(
        language,
        f"Dọc: phần của từng {thing} trong mức giải thích đánh giá chung (Shapley, khoảng 95% lấy mẫu lại); chấm ngang: mức bình quân. Ngang: tỷ "
        f"lệ hài lòng. Góc trên bên trái: quan trọng mà hài lòng thấp. n = {found.n_used} phiếu trả lời đủ các {things}. Đây là mối liên hệ, "
        "không phải nguyên nhân.",
        f"Up: part of each {thing} in explaining the overall answer (Shapley, 95% bootstrap interval); dotted: the average. Across: share "
        f"satisfied. Upper left: matters, yet satisfies little. n = {found.n_used} forms that answer every {thing}. These are associations, "
        "not causes.",
    )
    finding = say.drivers(rows, labels, float(found.r_squared or 0.0), language, found.of)
    columns = [
        TableColumn("label", thing.capitalize()),
        TableColumn("importance", pick(language, "Phần giải thích", "Importance"), "share", "lower", "upper"),
        TableColumn("performance", pick(language, "Tỷ lệ hài lòng", "Share satisfied"), "share"),
    ]
    caption = pick(
        language, f"Mức quan trọng và mức hài lòng của từng {thing}", f"Importance and performance of each {thing}"
    )
    note = say.no_intervals(found.interval_reason, language)
    block = display.figure_block(figure, finding, description) + html_table(rows, columns, caption, language, note=note)
    return display.html(display.section(title) + block + gaps)


def _gaps(survey: Survey, plan: Plan) -> str:
    """Write how many answers each factor is short of the goal."""
    goal = goal_of(survey, plan)
    if goal is None:
        return ""
    language = survey.study.language
    rows = survey.satisfaction(items=("factor", "question"))
    rows = rows[(rows["item_kind"] == "factor") & (rows["reading"] == "pooled")].reset_index(drop=True)
    if not len(rows) or rows["suppressed"].all():
        return ""
    short = [answers_short(row["weighted"], row["denominator"], goal) for row in records(rows)]
    rows = rows.assign(label=item_names(survey, rows), short=pd.Series(short, dtype="Int64"))
    columns = [
        TableColumn("label", pick(language, "Yếu tố", "Factor")),
        TableColumn("denominator", pick(language, "Câu trả lời", "Answers"), "count"),
        TableColumn("weighted", pick(language, "Tỷ lệ hài lòng (gộp)", "Share satisfied (pooled)"), "share"),
        TableColumn(
            "short", pick(language, "Câu trả lời phải đổi thành hài lòng", "Answers that would have to change"), "count"
        ),
    ]
    caption = pick(
        language,
        f"Khoảng cách đến mục tiêu {share(goal, 'vi', 0)}",
        f"Distance to the target of {share(goal, 'en', 0)}",
    )
    return html_table(rows, columns, caption, language)
