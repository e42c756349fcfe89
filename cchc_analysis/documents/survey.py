"""Satisfaction in part II of the report, in the sentences of its page."""

from cchc_analysis import wording
from cchc_analysis.documents.blocks import Block, Paragraph
from cchc_analysis.documents.facts import Facts
from cchc_analysis.frames import first_row
from cchc_analysis.measures import single_row
from cchc_analysis.pages.satisfaction import OVERALL, survey_of
from cchc_analysis.pages.survey_labels import goal_of, is_silent, item_names
from cchc_analysis.study_surveys import Survey
from cchc_analysis.wording import document_body as say


def survey_lines(facts: Facts) -> list[Block]:
    """Return the overall result, the target and the highest and lowest factors; one sentence where nobody was asked."""
    survey = survey_of(facts.study)
    if survey is None or is_silent(survey):
        return [Paragraph(say.no_survey(facts.language))]
    return [Paragraph(text) for text in _told(survey, facts) if text]


def _told(survey: Survey, facts: Facts) -> list[str]:
    language, words = facts.language, wording.satisfaction
    overall = single_row(survey.satisfaction(), item=OVERALL)
    told = [words.result(overall, language)]
    if overall["suppressed"]:
        return told
    goal = goal_of(survey, facts.plan)
    if goal is not None:
        told.append(words.against_goal(first_row(survey.target(goal)), language))
    rows = survey.satisfaction(items=("factor",))
    rows = rows[rows["reading"] == OVERALL]
    extremes = words.extremes(rows, item_names(survey, rows), language)
    return [*told, f"{extremes.rstrip('.')}." if extremes else ""]
