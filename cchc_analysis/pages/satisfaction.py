"""Blocks of the satisfaction page, one for each notebook cell; a data set without a survey says so."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, wording
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import single_row
from cchc_analysis.pages.frame import page_head
from cchc_analysis.pages.survey_change import drivers as drivers
from cchc_analysis.pages.survey_change import waves as waves
from cchc_analysis.pages.survey_labels import (
    driver_names,
    factor_names,
    goal_of,
    groups,
    is_silent,
    is_weighted,
    item_names,
    named_waves,
    question_name,
    share_columns,
)
from cchc_analysis.pages.survey_quality import quality as quality
from cchc_analysis.pages.survey_units import UNITS_NEEDED
from cchc_analysis.pages.survey_units import facts as facts
from cchc_analysis.pages.survey_units import units as units
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.study_surveys import Survey
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.satisfaction

OVERALL = "mean_of_questions"
"""The reading of the overall result that is held against the plan."""


def survey_of(study: Study, name: str = "") -> Survey | None:
    """Return the survey a page is about: the one of that questionnaire, or the first; None where none was taken in."""
    return study.survey(name) if study.surveys() else None


def head(study: Study, survey: Survey | None) -> HTML:
    """Show the head of the page and which survey this is, or that there is none, or none in the period."""
    return display.html(f"{page_head(study, 'satisfaction').data}\n{_which(study, survey)}")


def _which(study: Study, survey: Survey | None) -> str:
    language = study.language
    if survey is None:
        return display.paragraphs([say.not_taken_in(language)], "warning")
    row = first_row(survey.forms())
    asked = survey.questionnaire
    told = pick(
        language,
        f"Phiếu: {asked.title.vi}; {len(asked.rated)} câu hỏi. Nguồn: {asked.source.vi}.",
        f"Questionnaire: {asked.title.en}; {len(asked.rated)} questions. Source: {asked.source.en}.",
    )
    if not row["n_forms"]:
        told += " " + say.nothing_in_period(int(row["n_undated"]), language)
        return display.paragraphs([told], "warning")
    return display.paragraphs([told])


def _shown(build: Callable[[Survey, Any], str], survey: Survey | None, plan: Plan | None) -> HTML:
    """Build a block where there is a form to speak of; without one the head has said so."""
    return display.html("" if survey is None or is_silent(survey) else build(survey, plan))


def summary(survey: Survey | None, plan: Plan) -> HTML:
    """Show what a reader in a hurry takes away: the result, the target, what changed, where to look."""
    return _shown(_summary, survey, plan)


def _summary(survey: Survey, plan: Plan) -> str:
    language = survey.study.language
    overall = single_row(survey.satisfaction(), item=OVERALL)
    lead = wording.attention.lead
    parts = [(lead("result", language), [say.result(overall, language)])]
    if not overall["suppressed"]:
        parts += [
            (lead("target", language), _against_target(survey, plan)),
            (lead("change", language), _changed(survey)),
            (lead("look", language), _to_look_at(survey, plan)),
        ]
    return display.answers(parts)


def _against_target(survey: Survey, plan: Plan) -> list[str]:
    goal = goal_of(survey, plan)
    if goal is None:
        return [say.no_goal(survey.study.period.months[-1] // 12, survey.study.language)]
    told = [say.against_goal(first_row(survey.target(goal)), survey.study.language)]
    if survey.study.is_whole and len(survey.unit_comparison()) >= UNITS_NEEDED:
        told.append(say.verdict_counts(survey.target(goal, "unit"), goal, survey.study.language))
    return told


def _changed(survey: Survey) -> list[str]:
    rows = survey.wave_change()
    if not len(rows):
        return []
    overall = rows[(rows["item_kind"] == "overall") & (rows["item"] == OVERALL)]
    factors = rows[(rows["item_kind"] == "factor") & (rows["reading"] == OVERALL)]
    change, language = wording.survey_change, survey.study.language
    told = [change.change(named_waves(row, language), language) for row in records(overall)]
    if len(factors) and factors["comparable"].astype(bool).all():
        told.append(change.factors_moved(factors, factor_names(survey), language))
    return told


def _to_look_at(survey: Survey, plan: Plan) -> list[str]:
    language = survey.study.language
    rows = survey.satisfaction(items=("factor",))
    rows = rows[rows["reading"] == OVERALL]
    told = [say.extremes(rows, item_names(survey, rows), language)]
    asked = survey.satisfaction(items=("question",)).dropna(subset=["weighted"])
    asked = asked[asked["item"].isin(survey.questionnaire.rated)]
    if len(asked):
        lowest = asked.sort_values("weighted", kind="stable").head(1)
        told.append(say.lowest_question(first_row(lowest), item_names(survey, lowest)[0], language))
    found = survey.drivers()
    if found.reason is None:
        names, table = driver_names(survey, found), found.table
        labels = [names[name] for name in table["factor"]]
        told.append(wording.survey_change.first_to_improve(table, labels, language, found.of))
    if survey.study.is_whole:
        compared = groups(survey, survey.unit_comparison(), "unit")
        if len(compared) >= UNITS_NEEDED:
            told.append(say.units_told(compared, compared["label"].tolist(), language) + ".")
    return [text if not text or text.endswith(".") else text + "." for text in told]


def results(survey: Survey | None, plan: Plan) -> HTML:
    """Show the overall result and the factors, weighted and unweighted, against the plan, then every question."""
    return _shown(lambda shown, agreed: _results(shown, agreed) + _questions(shown), survey, plan)


def _results(survey: Survey, plan: Plan) -> str:
    language, goal = survey.study.language, goal_of(survey, plan)
    rows = survey.satisfaction(items=("overall", "factor"))
    shown = rows[(rows["item_kind"] == "overall") | (rows["reading"] == OVERALL)].reset_index(drop=True)
    title = pick(language, "Kết quả chung và theo yếu tố", "Overall and by factor")
    overall = single_row(shown, item=OVERALL)
    if overall["suppressed"]:
        return display.section(title, say.too_few(overall["n_forms"], language))
    finding = say.headline(overall, None if goal is None else first_row(survey.target(goal)), language)
    figure = charts.satisfaction.shares(shown, item_names(survey, shown), goal, language, plain=is_weighted(survey))
    description = say.dots(is_weighted(survey), language) + pick(
        language,
        " Chỉ số chung là trung bình tỷ lệ của các câu hỏi; gộp câu trả lời và câu hỏi đánh giá chung để đối chiếu.",
        " The overall figure is the mean of the questions' shares; pooled answers and the overall question stand beside it.",
    )
    caption = pick(
        language,
        "Tỷ lệ hài lòng chung và theo yếu tố (trong ngoặc: khoảng tin cậy 95%)",
        "Share satisfied, overall and by factor (in brackets: 95% interval)",
    )
    note = pick(
        language,
        "Điểm trung bình không phải là chỉ số hài lòng (SIPAS): nó che mất tỷ lệ người không hài lòng.",
        "A mean of points is not a satisfaction index (SIPAS): it hides how many are dissatisfied.",
    )
    note = f"{wording.survey_quality.counts_pooled(is_weighted(survey), language)} {note}"
    first = pick(language, "Chỉ số", "Measure")
    table = html_table(_with_pooled(survey, rows), result_columns(survey, first), caption, language, note=note)
    return display.section(title) + display.figure_block(figure, finding, description) + table


def _named(survey: Survey, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(label=item_names(survey, rows))


def _with_pooled(survey: Survey, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for the mean of the questions, the overall question and each factor, pooled answers in a column."""
    item = rows["item"].where(rows["item_kind"] == "factor", "")
    pooled = rows.loc[rows["reading"] == "pooled"].assign(item=item)[["item_kind", "item", "weighted"]]
    kept = rows[rows["reading"] != "pooled"].reset_index(drop=True)
    keys = kept.assign(item=kept["item"].where(kept["item_kind"] == "factor", ""))[["item_kind", "item"]]
    beside = keys.merge(pooled, on=["item_kind", "item"], how="left")["weighted"]
    # The one overall question pooled is itself.
    return _named(survey, kept).assign(pooled=beside.where(kept["reading"] == OVERALL, kept["weighted"]))


def result_columns(survey: Survey, first: str) -> list[TableColumn]:
    """Return the columns of a table of `satisfaction`: forms, counts, shares, design effect and mean points."""
    language = survey.study.language
    effect = pick(language, "Hệ số thiết kế", "Design effect")
    weighted = is_weighted(survey)
    return [
        TableColumn("label", first),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        *share_columns(survey),
        TableColumn("pooled", say.reading("pooled", language), "share"),
        *([TableColumn("design_effect", effect, "days", digits=2)] if weighted else []),
        TableColumn("mean_points", pick(language, "Điểm trung bình", "Mean points"), "days", digits=2),
    ]


def _questions(survey: Survey) -> str:
    """Write how every question was answered, sorted, and what was left unanswered."""
    language = survey.study.language
    rows = survey.satisfaction(items=("question",))
    title = pick(language, "Từng câu hỏi", "Question by question")
    if rows["suppressed"].all():
        return display.section(title, say.too_few(int(rows["n_forms"].max()), language))
    rows = rows.sort_values("value", ascending=False, kind="stable", na_position="last", ignore_index=True)
    block = display.section(title)
    asked = survey.questionnaire
    overall = asked.overall
    for name in sorted(asked.scales, key=lambda scale: overall is not None and asked.question(overall).scale == scale):
        own = rows[[asked.question(item).scale == name for item in rows["item"]] & rows["value"].notna().to_numpy()]
        if len(own):
            block += _likert(survey, own, name)
    columns = [
        TableColumn("label", pick(language, "Câu hỏi", "Question")),
        *share_columns(survey),
        TableColumn("mean_points", pick(language, "Điểm trung bình", "Mean points"), "days", digits=2),
        TableColumn("n_no_opinion", pick(language, "Không ý kiến", "No opinion"), "count"),
        TableColumn("n_blank", pick(language, "Bỏ trống", "Blank"), "count"),
        TableColumn("n_invalid", pick(language, "Không hợp lệ", "Invalid"), "count"),
    ]
    caption = pick(language, "Từng câu hỏi, xếp theo tỷ lệ hài lòng", "Every question, by the share satisfied")
    note = pick(
        language,
        "Không ý kiến, bỏ trống và câu trả lời không hợp lệ (ngoài thang, chọn hai mức) không nằm trong mẫu số; danh sách câu trả lời không "
        "hợp lệ ở tệp kiểm tra của lần nạp.",
        "No opinion, blanks and invalid answers (off the scale, two points ticked) are not in the denominator; invalid answers are listed in "
        "the check file of the intake.",
    )
    return block + html_table(_named(survey, rows), columns, caption, language, note=note)


def _likert(survey: Survey, rows: pd.DataFrame, scale_name: str) -> str:
    language = survey.study.language
    scale = survey.questionnaire.scales[scale_name]
    best_last = scale.best == "highest"
    low, *_, high = scale.values  # noqa: PD011 (a field, no frame)
    turned = {(point.value if best_last else low + high - point.value): point.text(language) for point in scale.points}
    points = dict(sorted(turned.items()))
    satisfied = sorted(value if best_last else low + high - value for value in scale.satisfied)
    order = rows["item"].tolist()
    answers = survey.likert()
    labels = {name: question_name(survey, name) for name in order}
    figure = charts.satisfaction.likert(answers, order, labels, points, satisfied, language)
    lowest = first_row(rows.tail(1))
    name = labels[lowest["item"]]
    finding = (
        say.lowest_question(lowest, name, language) if len(rows) > 1 else say.question_told(lowest, name, language)
    )
    finding = finding.rstrip(".")
    description = pick(
        language,
        "Mỗi thanh là một câu hỏi, xếp từ tỷ lệ hài lòng cao đến thấp (không trọng số); phải là các mức hài lòng, trái là các mức không "
        "hài lòng, mức giữa chia đôi. n là số câu trả lời hợp lệ.",
        "One bar for each question, from the most to the least satisfied (unweighted); satisfied points to the right, dissatisfied ones to "
        "the left, the middle parted. n counts valid answers.",
    )
    return display.figure_block(figure, finding, description)


def people(survey: Survey | None) -> HTML:
    """Show the overall result by mode, field and groups of respondents, and comments by theme."""
    return _shown(lambda shown, _: _people(shown), survey, None)


def _people(survey: Survey) -> str:
    language = survey.study.language
    asked = survey.questionnaire
    named = {
        "mode": pick(language, "Hình thức khảo sát", "Mode"),
        # Where there are dossiers, fields stand beside what was done with them.
        **({} if survey.study.warehouse.has_rows else {"field": pick(language, "Lĩnh vực", "Field")}),
        **{trait.id: trait.text(language) for trait in asked.demographics},
    }
    block = display.section(
        pick(language, "Theo nhóm người trả lời", "By group of respondents"),
        pick(
            language,
            f"Nhóm dưới {say.FEWEST_FORMS} phiếu không nêu kết quả. Khác biệt giữa các nhóm ở đây chưa loại trừ ảnh hưởng lẫn nhau.",
            f"Groups under {say.FEWEST_FORMS} forms are not shown. Differences here are not adjusted for one another.",
        ),
    )
    told = ""
    for by, name in named.items():
        rows = survey.satisfaction(by)
        rows = rows[rows["item"] == OVERALL]
        if rows[by].notna().sum() == 0 or len(rows) < 2:
            continue
        caption = pick(language, f"Tỷ lệ hài lòng theo {name.lower()}", f"Share satisfied by {name.lower()}")
        columns = [
            TableColumn("label", name),
            TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
            *share_columns(survey),
        ]
        told += html_table(groups(survey, rows, by), columns, caption, language)
    if not told:
        return ""
    return block + told + _themes(survey)


def _themes(survey: Survey) -> str:
    rows = survey.themes()
    if rows is None or not len(rows):
        return ""
    language = survey.study.language
    columns = [
        TableColumn("theme", pick(language, "Chủ đề", "Theme")),
        TableColumn("n", pick(language, "Góp ý", "Comments"), "count"),
        TableColumn("share", pick(language, "Tỷ lệ", "Share"), "share"),
    ]
    caption = pick(
        language,
        "Góp ý theo chủ đề đã mã hóa (nội dung góp ý không được lưu)",
        "Comments by coded theme (what was written is not kept)",
    )
    return html_table(rows, columns, caption, language)


def kiosk(study: Study, survey: Survey | None) -> HTML:
    """Show the other surveys taken in, each on its own scale, never added to the main one."""
    language = study.language
    shown = None if survey is None else survey.questionnaire.id
    block = ""
    for name in study.surveys():
        other = study.survey(name)
        if name == shown or is_silent(other):
            continue
        block += _other(other)
    if not block:
        return display.html("")
    title = pick(language, "Khảo sát khác, không gộp với kết quả trên", "Other surveys, not added to the above")
    told = pick(
        language,
        "Thang đo và cách hỏi khác nên con số không so sánh được với khảo sát chính; đánh giá tại ki-ốt thường gần 100% vì người không hài "
        "lòng ít bấm.",
        "Another scale and another way of asking: the figures cannot be compared with the main survey; kiosk ratings are often near 100%, "
        "since dissatisfied people seldom press.",
    )
    return display.html(display.section(title, told) + block)


def _other(survey: Survey) -> str:
    language = survey.study.language
    rows = survey.satisfaction(items=("overall", "question"))
    overall = single_row(rows, item=OVERALL)
    title = survey.questionnaire.title.text(language)
    if overall["suppressed"]:
        return display.paragraphs([f"{title}: {say.too_few(overall['n_forms'], language)}"])
    rows = rows[rows["item"] != "overall_question"].reset_index(drop=True)
    columns = [TableColumn("label", pick(language, "Tiêu chí", "Criterion")), *share_columns(survey)]
    return html_table(_named(survey, rows), columns, title, language)


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return wording.survey_terms.definitions(study.language)
