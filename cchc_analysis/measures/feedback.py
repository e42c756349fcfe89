"""Feedback, petitions and the hotline: answered, on time, satisfied. Pure functions of a count table."""

import pandas as pd

from cchc_analysis.measures.indicator import share_table
from cchc_analysis.measures.windows import has, months_of
from cchc_analysis.periods import ReportPeriod

FEEDBACK_MEASURES = ("feedback_answered", "feedback_on_time", "feedback_satisfied")
"""Measures of the table, in its order."""

FEEDBACK_COLUMNS = ("n_not_accepted", "n_without_due", "n_not_stated")
"""Further columns: left out of numerator and denominator of the measure of the row."""


def feedback_shares(
    counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), source: str | None = None
) -> pd.DataFrame:
    """Compute how many messages were answered, answered on time, and answered to the satisfaction of the sender.

    `counts`: result of count_feedback; messages that were not accepted are in no figure. `feedback_answered`: answered
    by `as_of` / received in the window. `feedback_on_time`: answered on the due day or before / due day in the window
    and over, answered or not. `feedback_satisfied`: satisfied or very satisfied / answered in the window and rated.
    `source`: one of schema.FEEDBACK_SOURCES, such as "hotline"; then `counts` needs `source`. None counts all.
    Result: indicator table, rule = the source or "all", with FEEDBACK_COLUMNS: `n_not_accepted` (received in the
    window, not accepted), `n_without_due` (received in the window without due date), `n_not_stated` (answered: 0; on
    time: answered on a day not stated; satisfied: answered in the window, not rated).
    """
    asked = counts if source is None else counts[counts["source"] == source]
    received = months_of(period, asked, "received_month")
    taken, answered = ~has(asked, "state", "not_accepted"), has(asked, "state", "answered")
    due = months_of(period, asked, "due_month") & taken
    undated = has(asked, "answer", "undated")
    closed = months_of(period, asked, "answered_month") & answered
    rated, content = ~has(asked, "rating", ""), has(asked, "rating", "very_satisfied", "satisfied")
    never = received & ~received
    bases = {
        "feedback_answered": (received & taken & answered, received & taken, never),
        "feedback_on_time": (due & has(asked, "answer", "on_time"), due & ~undated, due & undated),
        "feedback_satisfied": (closed & content, closed & rated, closed & ~rated),
    }
    apart = {
        "n_not_accepted": received & ~taken,
        "n_without_due": received & taken & has(asked, "answer", "without_due"),
    }
    questions = {
        name: {"numerator": over, "denominator": under, **apart, "n_not_stated": missing}
        for name, (over, under, missing) in bases.items()
    }
    return share_table(asked, period, by, questions, source or "all")
