"""Design-based rank tests: does a group, or do all groups, answer equally high."""

from typing import Any, Literal, get_args

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import BoolArray, FloatArray, refuse_unknown
from cchc_analysis.stats.survey_design import Codes, SurveyDesign
from cchc_analysis.stats.survey_estimates import domain_means
from cchc_analysis.stats.survey_tests import DesignTest, WaldTest, equal_means, two_group_test

Scores = Literal["wilcoxon", "van_der_waerden", "median"]
TieRule = Literal["row_order", "weighted"]


def rank_test(
    values: FloatArray,
    in_group: BoolArray,
    design: SurveyDesign,
    domain: BoolArray | None = None,
    scores: Scores = "wilcoxon",
    tie_rule: TieRule = "row_order",
    level: float = 0.95,
) -> DesignTest:
    """Return the design-based rank test that a group answers as all others do.

    Arguments as in `two_group_test`; the difference is that of mean scores of ranks in the population. `scores` are
    ranks ("wilcoxon"), normal quantiles ("van_der_waerden") or above the median ("median"). Equal values share a
    rank: as in R the plain mean of their places in the order of rows ("row_order"), which depends a little on
    that order where weights differ, or the middle of their weights ("weighted"), which does not.
    ValueError for unknown words and as in `domain_means`. Lumley and Scott, Biometrika 100 (2013) 831; R: svyranktest.

    >>> design = SurveyDesign([1] * 6)
    >>> rank_test([1, 2, 4, 3, 5, 6], [False, False, False, True, True, True], design)
    DesignTest(difference=0.388..., ..., statistic=2.091..., df=4.0, p_value=0.104...)
    """
    ranked = _rank_scores(values, design, design.present(domain), scores, tie_rule)
    return two_group_test(ranked, in_group, design, domain, level)


def rank_test_of_groups(
    values: FloatArray,
    groups: Codes,
    design: SurveyDesign,
    domain: BoolArray | None = None,
    scores: Scores = "wilcoxon",
    tie_rule: TieRule = "row_order",
) -> WaldTest:
    """Return the design-based Kruskal-Wallis test that all groups answer alike.

    One value (nan for no answer) and one code per respondent; otherwise as `rank_test`, with Wald's F of the mean
    scores of ranks as in `equal_means`. R: svyranktest(test = "KruskalWallis").

    >>> rank_test_of_groups([1, 2, 4, 3, 5, 6], list("aabbcc"), SurveyDesign([1] * 6)).df_denominator
    3.0
    """
    present = design.present(domain)
    ranked = _rank_scores(values, design, present, scores, tie_rule)
    return equal_means(domain_means(ranked, groups, design, domain), design, present & ~np.isnan(ranked))


def _rank_scores(
    values: FloatArray, design: SurveyDesign, present: BoolArray, scores: str, tie_rule: str
) -> FloatArray:
    """Return the score of every respondent's rank in the population, nan for who has none."""
    given = np.asarray(values, dtype=np.float64)
    if given.shape != present.shape:
        raise ValueError(f"values have shape {given.shape}, but there are {len(present)} respondents.")
    choices: dict[str, Any] = {
        "wilcoxon": lambda part: part,
        "van_der_waerden": special.ndtri,
        "median": lambda part: (part > 0.5).astype(np.float64),
    }
    refuse_unknown(scores, get_args(Scores), "scores")
    refuse_unknown(tie_rule, get_args(TieRule), "tie_rule")
    here = np.flatnonzero(present & ~np.isnan(given))
    order = here[np.argsort(given[here], kind="stable")]
    weights = design.weights[order]
    places = np.cumsum(weights) - weights / 2
    _, tied = np.unique(given[order], return_inverse=True)
    by = np.ones(len(order)) if tie_rule == "row_order" else weights
    ranked = np.full(len(given), np.nan)
    shared = np.bincount(tied, places * by) / np.bincount(tied, by)
    ranked[order] = choices[scores](shared[tied] / weights.sum())
    return ranked
