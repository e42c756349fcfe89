"""What a plan asks for and the figure that answers, for the pages that hold figures against a plan."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import display, wording
from cchc_analysis.measures import Target
from cchc_analysis.plan import COMPARABLE, Commitment, Plan
from cchc_analysis.plan_measures import share_row
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.digitisation

ANSWERED = (
    *("resolved_online", "received_online", "result_digitised", "feedback_on_time", "posted_in"),
    *("procedures_integrated", "dossiers_controlled", "fee_paid_online", "hotline_on_time"),
)
"""Measures of the commitments that the digitisation page answers."""


def year_of(study: Study) -> int:
    """Return the calendar year in which the period ends."""
    return study.period.months[-1] // 12


def promised(commitment: Commitment | None) -> Target | None:
    """Return the least share that a commitment asks for, None where it gives no such number to compare with."""
    if commitment is None or commitment.goal is None or commitment.operator == "<=":
        return None
    operator: Any = commitment.operator
    return Target(operator, commitment.goal)


def target(study: Study, plan: Plan, measure: str) -> Target | None:
    """Return the target of a measure: the plan's own number first, else the dated one of the year."""
    own = promised(plan.for_measure(measure)) if year_of(study) == plan.year else None
    dated = plan.target(measure, year_of(study))
    if own is not None or dated is None or dated.goal is None:
        return own
    return Target(dated.operator, dated.goal)


def from_start(study: Study, plan: Plan, measure: str) -> dict[str, Any]:
    """Return the row of a digitisation share, over the dossiers under the duty."""
    return dict(share_row(study, plan, measure) or {})


def verdict_of(study: Study, plan: Plan, row: dict[str, Any] | None, goal: Target | None) -> str:
    """Write the verdict on a target, empty where there is none for the year of the period."""
    if row is None or goal is None or year_of(study) != plan.year:
        return ""
    return say.verdict(goal.verdict(row["numerator"], row["denominator"]), study.language)


def commitments(study: Study, plan: Plan) -> HTML:
    """Show the commitments in the plan's words with the figure that tells each, and which need other registers."""
    language = study.language
    rows = [_commitment_row(study, plan, entry) for entry in plan.commitments if entry.measure in ANSWERED]
    columns = [
        TableColumn("id", pick(language, "Mã", "No.")),
        TableColumn(
            "quote", pick(language, "Nguyên văn kế hoạch (mục; chủ trì)", "In the plan's words (section; owner)")
        ),
        TableColumn("goal", pick(language, "Chỉ tiêu", "Target")),
        TableColumn("figure", pick(language, "Số liệu trong kỳ", "Figure of the period")),
        TableColumn("verdict", pick(language, "Đánh giá", "Verdict")),
    ]
    title = pick(language, "Cam kết của kế hoạch", "What the plan promises")
    caption = pick(language, f"Cam kết: {plan.title.vi}", f"Commitments: {plan.title.en}")
    return display.html(display.section(title) + html_table(pd.DataFrame(rows), columns, caption, language))


def _commitment_row(study: Study, plan: Plan, commitment: Commitment) -> dict[str, str]:
    language = study.language
    row, goal = share_row(study, plan, commitment.measure), promised(commitment)
    owners = ", ".join(study.unit_name(owner) for owner in commitment.owners)
    section = pick(language, f"mục {commitment.section}", f"section {commitment.section}")
    if row is None:
        missing = commitment.needs.text(language) if commitment.needs else commitment.source.text(language)
        figure = pick(language, f"Chưa có dữ liệu: {missing}", f"No data yet: {missing}")
    else:
        name = say.name(str(commitment.measure), language)
        figure = say.told(row, name, name, language)
    return {
        "id": commitment.id,
        "quote": f"“{commitment.quote}” ({section}; {owners})",
        "goal": say.goal(goal, language) if goal else _no_number(commitment, study),
        "figure": figure,
        "verdict": verdict_of(study, plan, row, goal) or _not_judged(study, row),
    }


def _not_judged(study: Study, row: dict[str, Any] | None) -> str:
    if row is None:
        return pick(study.language, "Chưa có dữ liệu", "No data")
    return pick(study.language, "Không đánh giá", "Not judged")


def _no_number(commitment: Commitment, study: Study) -> str:
    if commitment.operator in COMPARABLE and commitment.goal is not None:
        return ""
    lead = pick(study.language, "Không có con số", "No number")
    return f"{lead}: {commitment.source.text(study.language)}"
