"""Satisfaction beside how dossiers were handled, by group; and the themes of comments."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
from scipy import special

from cchc_analysis.measures.satisfaction import OVERALL, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_responses import FloatArray, Responses

FACT_COLUMNS = (
    "group",
    "n_forms",
    "weighted",
    "lower",
    "upper",
    "on_time",
    "n_finished",
    "mean_days",
    "suppressed",
)
FACTS = ("on_time", "mean_days")
FEWEST_GROUPS = 5
MOST_EXACT = 8
"""Groups up to which the p-value of a rank correlation is counted over all orders."""


@dataclass(frozen=True, eq=False)
class SurveyFacts:
    """Satisfaction beside facts of the dossiers.

    `table`: columns FACT_COLUMNS, one row per group with forms. `association`: columns fact (see FACTS), rho, p_value,
    n_groups, reason ("too_few" groups with both, "constant"); `reason` "no_dossiers" where none are known.
    """

    table: pd.DataFrame
    association: pd.DataFrame
    reason: str | None


def survey_facts(
    sample: SurveySample, by: str, on_time: pd.DataFrame | None, time_used: pd.DataFrame | None
) -> SurveyFacts:
    """Put the overall result of every group beside its on-time share and mean working days.

    `by`: "unit" or "field". `on_time`: result of measures.on_time_share by the same groups, `time_used` of
    measures.time_used; None where there are no dossiers. Association: Spearman's rank correlation over the groups
    shown, at least FEWEST_GROUPS of them. Groups are not people: see docs/methods/satisfaction.md.
    """
    found = satisfaction(sample, (by,))
    found = found[(found["item"] == OVERALL) & found[by].notna()].reset_index(drop=True)
    table = found.drop(columns=["lower", "upper"]).rename(
        columns={by: "group", "weighted_lower": "lower", "weighted_upper": "upper"}
    )
    days = None if time_used is None else time_used[time_used["measure"] == "working_days_mean"]
    for name, source, column in (
        ("on_time", on_time, "value"),
        ("n_finished", on_time, "denominator"),
        ("mean_days", days, "value"),
    ):
        known = {} if source is None else dict(zip(source[by], source[column], strict=True))
        table[name] = pd.to_numeric(table["group"].map(known)).astype(float)
    told = [_association(table, fact) for fact in FACTS]
    association = pd.DataFrame(told, columns=["fact", "rho", "p_value", "n_groups", "reason"])
    numbers = association.astype({"rho": float, "p_value": float})
    missing = table["n_finished"].fillna(0).sum() == 0
    return SurveyFacts(table[list(FACT_COLUMNS)], numbers, "no_dossiers" if missing else None)


def _association(table: pd.DataFrame, fact: str) -> dict[str, object]:
    both = table[["weighted", fact]].dropna().to_numpy(dtype=np.float64)
    told: dict[str, object] = {"fact": fact, "n_groups": len(both), "rho": None, "p_value": None, "reason": None}
    if len(both) < FEWEST_GROUPS:
        return told | {"reason": "too_few"}
    found = rank_correlation(both[:, 0], both[:, 1])
    return told | ({"reason": "constant"} if found is None else {"rho": found[0], "p_value": found[1]})


def rank_correlation(x: FloatArray, y: FloatArray) -> tuple[float, float] | None:
    """Return Spearman's rank correlation with its two-sided p-value, None where either does not vary.

    Mean ranks for ties. Exact over all orders up to MOST_EXACT pairs, else Student's t with n − 2 degrees of freedom
    (Hollander and Wolfe 1999, 8.5; R: cor.test).

    >>> rank_correlation(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.0, 1.0, 4.0, 3.0, 5.0]))
    (0.8, 0.133...)
    """
    ranks = [pd.Series(values).rank().to_numpy(dtype=np.float64) for values in (x, y)]
    first, second = (one - one.mean() for one in ranks)
    scale = float(np.sqrt((first @ first) * (second @ second)))
    if scale == 0:
        return None
    rho, n = float(first @ second) / scale, len(first)
    if n <= MOST_EXACT:
        orders = np.array(list(permutations(range(n))))
        all_rho = second[orders] @ first / scale
        return rho, float((np.abs(all_rho) >= abs(rho) - 1e-9).mean())
    if abs(rho) >= 1:
        return rho, 0.0
    t = rho * np.sqrt((n - 2) / (1 - rho**2))
    return rho, float(2 * special.stdtr(n - 2, -abs(t)))


def survey_themes(responses: Responses) -> pd.DataFrame | None:
    """Return how often each coded theme of comments occurs, the most frequent first; None where no form has one.

    Result: columns theme, n, share (of the forms with a theme).
    """
    themes = responses.forms["theme"].dropna().astype(str).str.strip()
    themes = themes[themes != ""]
    if not len(themes):
        return None
    counts = themes.value_counts().rename_axis("theme").reset_index(name="n")
    counts = counts.sort_values(["n", "theme"], ascending=[False, True], ignore_index=True)
    return counts.assign(share=counts["n"] / counts["n"].sum())
