"""Names of questions, factors and groups of a survey, and its goal, for the blocks of the satisfaction page."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from cchc_analysis import wording
from cchc_analysis.errors import CchcError, Language
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import Drivers
from cchc_analysis.pages.labels import labelled
from cchc_analysis.pages.plan_figures import target
from cchc_analysis.periods import parse_period
from cchc_analysis.plan import Plan
from cchc_analysis.study import NOT_STATED
from cchc_analysis.study_surveys import Survey
from cchc_analysis.tables import TableColumn
from cchc_analysis.wording import pick, word

GOAL_MEASURE = "satisfaction"
"""The measure under which a plan promises satisfaction."""

POINTS_OF_A_GOAL = 5
"""A goal is about scales of this many points: ratings at a kiosk are not held against it."""


def goal_of(survey: Survey, plan: Plan) -> float | None:
    """Return the share the plan asks for in the year of the period, None where it asks for none of this survey."""
    scales = {question.scale for question in survey.questionnaire.questions if not question.overall}
    if any(len(survey.questionnaire.scales[name].points) != POINTS_OF_A_GOAL for name in scales):
        return None
    goal = target(survey.study, plan, GOAL_MEASURE)
    return None if goal is None else float(Fraction(goal.share))


def is_silent(survey: Survey) -> bool:
    """Tell whether the period has no form of the survey."""
    return not first_row(survey.forms())["n_forms"]


def is_weighted(survey: Survey) -> bool:
    """Tell whether forms weigh differently, so that an unweighted figure says something else."""
    return bool(survey.design().weights != "none")


def share_columns(survey: Survey) -> list[TableColumn]:
    """Return counts and share; where there are weights, the weighted share with its interval beside the plain one."""
    language = survey.study.language
    columns = [
        TableColumn("numerator", pick(language, "Hài lòng", "Satisfied"), "count"),
        TableColumn("denominator", pick(language, "Câu trả lời", "Answers"), "count"),
    ]
    weighted = ("weighted_lower", "weighted_upper")
    if not is_weighted(survey):
        return [*columns, TableColumn("weighted", pick(language, "Tỷ lệ", "Share"), "share", *weighted)]
    return [
        *columns,
        TableColumn("value", pick(language, "Không trọng số", "Unweighted"), "share"),
        TableColumn("weighted", pick(language, "Có trọng số", "Weighted"), "share", *weighted),
    ]


def question_name(survey: Survey, question: str) -> str:
    """Return the wording of a question; a reversed one says so."""
    found = survey.questionnaire.question(question)
    text = found.text(survey.study.language)
    if not found.reversed:
        return text
    return text + pick(survey.study.language, " (đảo chiều)", " (reversed)")


def factor_names(survey: Survey) -> dict[str, str]:
    """Return factor → its name."""
    return {factor.id: factor.text(survey.study.language) for factor in survey.questionnaire.factors}


def driver_names(survey: Survey, found: Drivers) -> dict[str, str]:
    """Return what explains the overall answer → its name: factors, or questions where there are too few factors."""
    if found.of == "factor":
        return factor_names(survey)
    return {name: question_name(survey, name) for name in survey.questionnaire.rated}


def item_names(survey: Survey, rows: pd.DataFrame) -> list[str]:
    """Return the name of each row of a table of `satisfaction` or of changes."""
    factors = factor_names(survey)
    names = []
    for row in records(rows):
        if row["item_kind"] == "factor":
            names.append(factors[row["item"]])
        elif row["item_kind"] == "question":
            names.append(question_name(survey, row["item"]))
        else:
            names.append(wording.satisfaction.reading(row["item"], survey.study.language))
    return names


def groups(survey: Survey, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add a `label` column for the groups `by`: units in official order, bands in the order of the questionnaire."""
    language = survey.study.language
    if by == "wave":
        return rows.assign(label=[wave_name(wave, language) for wave in rows["wave"]])
    if by == "mode":
        return rows.assign(label=[mode_name(mode, language) for mode in rows["mode"]])
    traits = {trait.id: trait for trait in survey.questionnaire.demographics}
    if by not in traits:
        return labelled(survey.study, rows.assign(**{by: rows[by].where(rows[by].notna(), "")}), by)
    bands = {band.id: band.text(language) for band in traits[by].bands}
    places = {name: place for place, name in enumerate(bands)}
    named = rows.assign(label=[bands.get(value, NOT_STATED[language]) for value in rows[by]])
    named["_place"] = [places.get(value, len(places)) for value in rows[by]]
    return named.sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")


def wave_name(wave: object, language: Language) -> str:
    """Return the name of a wave: that of its period where its label is one.

    >>> wave_name("2023-Q2", "vi"), wave_name("Đợt 1", "vi")
    ('Quý II/2023', 'Đợt 1')
    """
    try:
        return parse_period(str(wave)).title(language)
    except CchcError:
        return str(wave)


def mode_name(mode: object, language: Language) -> str:
    """Return the name of a mode of a survey; none is stated where there is none."""
    return word(f"mode_{mode}", language) if isinstance(mode, str) and mode else NOT_STATED[language]


def named_waves(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return a row of changes with the names of its waves instead of their labels."""
    return {**row, **{key: wave_name(row[key], language) for key in ("from_wave", "to_wave")}}
