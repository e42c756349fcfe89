"""The parts of the satisfaction page on units: compared with one another, and beside how fast and timely they are."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, wording
from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, points, share
from cchc_analysis.frames import records
from cchc_analysis.pages.survey_labels import goal_of, groups, is_silent, is_weighted, share_columns
from cchc_analysis.plan import Plan
from cchc_analysis.study_surveys import Survey
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.satisfaction
UNITS_NEEDED = 2


def units(survey: Survey | None, plan: Plan) -> HTML:
    """Show each unit (for one unit each field) against the plan and against the others."""
    if survey is None or is_silent(survey):
        return display.html("")
    by = "unit" if survey.study.is_whole else "field"
    goal = goal_of(survey, plan)
    rows = survey.satisfaction(by)
    rows = rows[(rows["item"] == "mean_of_questions") & (rows["n_forms"] > 0)]
    if rows[by].notna().sum() < UNITS_NEEDED:
        return display.html("")
    if goal is not None:
        judged = survey.target(goal, by)
        rows = rows.merge(judged[[by, "verdict"]], on=by, how="left")
    if by == "unit":
        compared = survey.unit_comparison()
        rows = rows.merge(compared[["unit", "difference", "signal"]], on="unit", how="left")
    return display.html(_units(survey, groups(survey, rows, by), by, goal))


def _units(survey: Survey, rows: pd.DataFrame, by: str, goal: float | None) -> str:
    language = survey.study.language
    title = pick(language, f"Theo {word(by, language).lower()}", f"By {word(by, language).lower()}")
    shown = rows[rows["weighted"].notna()].reset_index(drop=True)
    finding = pick(language, "Kết quả theo lĩnh vực", "Result by field")
    if by == "unit" and len(shown) >= UNITS_NEEDED:
        compared = groups(survey, survey.unit_comparison(), "unit")
        finding = say.units_told(compared, compared["label"].tolist(), language)
    block = display.section(title)
    if len(shown):
        weighted = is_weighted(survey)
        figure = charts.satisfaction.shares(shown, shown["label"].tolist(), goal, language, plain=weighted)
        block += display.figure_block(figure, finding, _description(by, weighted, language))
    caption = pick(
        language,
        f"Tỷ lệ hài lòng theo {word(by, language).lower()} (trong ngoặc: khoảng tin cậy 95%)",
        f"Share satisfied by {word(by, language).lower()} (in brackets: 95% interval)",
    )
    note = say.hidden_groups(rows, language)
    return block + html_table(_told(rows, goal, by, language), _columns(survey, goal, by), caption, language, note=note)


def _description(by: str, weighted: bool, language: Language) -> str:
    told = say.dots(weighted, language)
    if by != "unit":
        return told
    return told + pick(
        language,
        " Khác rõ: so với mọi đơn vị còn lại, đã hiệu chỉnh vì so sánh nhiều đơn vị (Benjamini–Hochberg, tỷ lệ phát hiện sai không quá 5%). "
        "Không xếp hạng.",
        " Clear means against all other units, adjusted for comparing many (Benjamini–Hochberg, false discovery rate at most 5%). No ranking.",
    )


def _told(rows: pd.DataFrame, goal: float | None, by: str, language: Language) -> pd.DataFrame:
    told = rows
    if goal is not None:
        verdicts = [row["verdict"] if isinstance(row["verdict"], str) else None for row in records(rows)]
        told = told.assign(judged=[say.short_verdict(code, language) for code in verdicts])
    if by == "unit":
        told = told.assign(apart=[_apart(row, language) for row in records(rows)])
    return told


def _apart(row: Mapping[str, Any], language: Language) -> str:
    """Write how a unit stands against the others, with a word where that is more than sampling error."""
    if is_missing(row["difference"]):
        return ""
    words = {
        "higher": pick(language, "cao hơn rõ", "clearly higher"),
        "lower": pick(language, "thấp hơn rõ", "clearly lower"),
    }
    said = points(row["difference"], language)
    return f"{said}, {words[row['signal']]}" if row["signal"] in words else said


def _columns(survey: Survey, goal: float | None, by: str) -> list[TableColumn]:
    language = survey.study.language
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        *share_columns(survey),
    ]
    if by == "unit":
        columns.append(TableColumn("apart", pick(language, "So với đơn vị khác (điểm %)", "Against others (points)")))
    if goal is not None:
        written = share(goal, language, 0)
        columns.append(TableColumn("judged", pick(language, f"Mục tiêu {written}", f"Target {written}")))
    return columns


def facts(survey: Survey | None) -> HTML:
    """Show satisfaction beside the on-time share and the time used, by unit and by field."""
    if survey is None or is_silent(survey):
        return display.html("")
    block = "".join(_facts(survey, by) for by in (("unit", "field") if survey.study.is_whole else ("field",)))
    if not block:
        return display.html("")
    language = survey.study.language
    title = pick(language, "Bên cạnh số liệu giải quyết hồ sơ", "Beside how dossiers were handled")
    return display.html(display.section(title, wording.survey_change.ecological(language)) + block)


def _facts(survey: Survey, by: str) -> str:
    language, change = survey.study.language, wording.survey_change
    found = survey.facts(by)
    rows = groups(survey, found.table.rename(columns={"group": by}), by)
    if not rows["weighted"].notna().any() or not rows["on_time"].notna().any():
        return ""
    names = {
        "on_time": pick(language, "Hài lòng và đúng hạn", "Satisfied and on time"),
        "mean_days": pick(language, "Hài lòng và số ngày đã dùng", "Satisfied and days used"),
    }
    told = [
        change.beside_facts(row["rho"], row["p_value"], row["n_groups"], names[row["fact"]], language)
        for row in records(found.association)
    ]
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("n_forms", pick(language, "Phiếu", "Forms"), "count"),
        TableColumn("weighted", pick(language, "Hài lòng", "Satisfied"), "share", "lower", "upper"),
        TableColumn("n_finished", pick(language, "Hồ sơ đã giải quyết", "Dossiers resolved"), "count"),
        TableColumn("on_time", pick(language, "Đúng hạn", "On time"), "share"),
        TableColumn("mean_days", pick(language, "Ngày làm việc bình quân", "Mean working days"), "days"),
    ]
    caption = pick(
        language,
        f"Hài lòng, đúng hạn và thời gian theo {word(by, language).lower()}",
        f"Satisfaction, punctuality and time by {word(by, language).lower()}",
    )
    table = html_table(rows, columns, caption, language)
    if by != "unit":
        return display.paragraphs(told) + table
    shown = rows[rows["weighted"].notna()].reset_index(drop=True)
    figure = charts.satisfaction.beside_facts(shown, shown["label"].tolist(), language)
    description = pick(
        language,
        "Mỗi chấm là một đơn vị, với khoảng tin cậy 95% của tỷ lệ hài lòng; ghi tên ba đơn vị thấp nhất.",
        "One dot for each unit, with the 95% interval of its share satisfied; the three lowest are named.",
    )
    return display.figure_block(figure, " ".join(told).rstrip("."), description) + table
