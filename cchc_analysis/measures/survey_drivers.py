"""What the overall answer goes with: the part of each factor in explaining it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cchc_analysis.measures.satisfaction import OVERALL, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_responses import FloatArray, Responses
from cchc_analysis.stats.driver_intervals import ImportanceIntervals, bootstrap_importance

FEWEST_FORMS = 50
"""Forms that answer the overall question and every factor, below which nothing is explained."""

SEED = 20230614
"""Fixed, so that the same forms give the same intervals."""

DRIVER_COLUMNS = ("factor", "importance", "lower", "upper", "performance", "rank_lower", "rank_upper")
_REASONS = {
    "few_answers": "too_few",
    "constant_outcome": "constant",
    "constant_drivers": "constant",
    "collinear": "collinear",
}


@dataclass(frozen=True, eq=False)
class Drivers:
    """How much each factor matters for the overall answer; the table has no row where `reason` says why not.

    `table`: columns DRIVER_COLUMNS: `importance` the factor's part of the explained variance (sums to 1) with its
    bootstrap interval, `performance` its weighted share satisfied, the interval of its rank (1 = most important).
    `r_squared`: what all factors explain together. `reason`: None, "no_overall", "too_few" (fewer than FEWEST_FORMS
    complete forms, or one factor), "constant", "collinear"; `names`: the factors it is about.
    """

    table: pd.DataFrame
    r_squared: float | None
    n_used: int
    reason: str | None
    names: tuple[str, ...] = ()


def survey_drivers(sample: SurveySample, n_bootstrap: int = 1000) -> Drivers:
    """Explain the overall question by the factors, by Shapley's decomposition of R² (LMG).

    Outcome: points of the overall question; drivers: a form's mean points in each factor; weighted; only forms that
    answer the overall question and at least one question of every factor. Percentile intervals from `n_bootstrap`
    resamples within the strata of the design. Sources: docs/methods/satisfaction.md.
    """
    responses = sample.responses
    overall = responses.instrument.overall
    factors = [name for name in responses.instrument.factors if responses.instrument.result_questions(name)]
    if overall is None or not factors:
        return _refused("no_overall")
    outcome, means = responses.points[:, overall], factor_means(responses, factors)
    weights = sample.weights
    complete = ~np.isnan(outcome) & ~np.isnan(means).any(axis=1) & (weights > 0)
    n_used = int(complete.sum())
    if n_used < FEWEST_FORMS or sample.design is None:
        return _refused("too_few", n_used)
    strata, clusters = sample.design.strata, sample.design.clusters
    found = bootstrap_importance(
        means[complete],
        outcome[complete],
        n_bootstrap=n_bootstrap,
        seed=SEED,
        strata=None if strata is None else strata[complete],
        clusters=None if clusters is None else clusters[complete],
        weights=weights[complete],
        names=factors,
    )
    reason = found.importance.reason
    if reason is not None:
        return _refused(_REASONS.get(reason, reason), n_used, found.importance.culprits)
    return Drivers(_table(sample, factors, found), found.importance.r_squared, n_used, None)


def factor_means(responses: Responses, factors: list[str]) -> FloatArray:
    """Return the mean points of every form in every factor, nan where it answered none of its questions."""
    columns = []
    for factor in factors:
        points = responses.points[:, list(responses.instrument.result_questions(factor))]
        n = (~np.isnan(points)).sum(axis=1)
        columns.append(np.where(n > 0, np.nansum(points, axis=1) / np.maximum(n, 1), np.nan))
    return np.column_stack(columns)


def _refused(reason: str, n_used: int = 0, names: tuple[str, ...] = ()) -> Drivers:
    return Drivers(pd.DataFrame(columns=list(DRIVER_COLUMNS)), None, n_used, reason, names)


def _table(sample: SurveySample, factors: list[str], found: ImportanceIntervals) -> pd.DataFrame:
    found_shares = satisfaction(sample, (), ("factor",))
    shares = found_shares[found_shares["reading"] == OVERALL].set_index("item")["weighted"]
    return pd.DataFrame(
        {
            "factor": factors,
            "importance": found.importance.shares,
            "lower": found.share_lower,
            "upper": found.share_upper,
            "performance": shares.reindex(factors).to_numpy(dtype=np.float64),
            "rank_lower": found.rank_lower,
            "rank_upper": found.rank_upper,
        }
    )
