"""What the overall answer goes with: the part of each factor, or each question, in explaining it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cchc_analysis.measures.satisfaction import OVERALL, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_responses import FloatArray, Responses
from cchc_analysis.stats.driver_intervals import ImportanceIntervals, bootstrap_importance
from cchc_analysis.stats.drivers import MOST_DRIVERS

FEWEST_FORMS = 50
"""Forms that answer the overall question and every driver, below which nothing is explained."""

FEWEST_DRIVERS = 2
"""Factors below which the questions themselves are looked at; questions below which there is nothing to divide."""

SEED = 20230614
"""Fixed, so that the same forms give the same intervals."""

DRIVER_COLUMNS = ("factor", "importance", "lower", "upper", "performance", "rank_lower", "rank_upper")
_REASONS = {
    "few_answers": "too_few",
    "constant_outcome": "constant",
    "constant_drivers": "constant",
    "collinear": "collinear",
}

DriverKind = Literal["factor", "question"]


@dataclass(frozen=True, eq=False)
class Drivers:
    """How much each factor matters for the overall answer; the table has no row where `reason` says why not.

    `of`: "factor", or "question" where there are fewer than FEWEST_DRIVERS factors; what is said here of factors then
    holds for questions, also in the column `factor`. `table`: columns DRIVER_COLUMNS: `importance` the factor's part
    of the explained variance (sums to 1) with its bootstrap interval, `performance` its weighted share satisfied, the
    interval of its rank (1 = most important). `r_squared`: what all factors explain together. `reason`: None,
    "no_overall", "too_few" (fewer than FEWEST_FORMS complete forms, or one question), "too_many" (more than
    MOST_DRIVERS), "constant", "collinear"; `names`: the factors it is about. `interval_reason`: why the table has no
    intervals: "no_replication" (one unit drawn in every stratum), "degenerate_resamples" (a factor is constant or
    repeats others in more than one resample of twenty), else None.
    """

    table: pd.DataFrame
    r_squared: float | None
    n_used: int
    reason: str | None
    names: tuple[str, ...] = ()
    of: DriverKind = "factor"
    interval_reason: str | None = None


def survey_drivers(sample: SurveySample, n_bootstrap: int = 1000) -> Drivers:
    """Explain the overall question by the factors, by Shapley's decomposition of R² (LMG).

    Outcome: points of the overall question; drivers: a form's mean points in each factor, or its points in each
    question where there are fewer than FEWEST_DRIVERS factors; weighted; only forms that answer the overall question
    and at least one question of every driver explain. Percentile intervals from `n_bootstrap` resamples within the
    strata of the design, from which forms without an answer are drawn too: how many answer is part of the chance.
    Sources: docs/methods/satisfaction.md.
    """
    responses = sample.responses
    overall = responses.instrument.overall
    of, names, means = _drivers(responses)
    if overall is None or not names:
        return _refused("no_overall", of=of)
    if not FEWEST_DRIVERS <= len(names) <= MOST_DRIVERS:
        return _refused("too_few" if len(names) < FEWEST_DRIVERS else "too_many", of=of)
    weights = sample.weights
    # A form of weight 0 explains nothing, but it was drawn: it stays as one without an answer.
    outcome = np.where(weights > 0, responses.points[:, overall], np.nan)
    n_used = int((~np.isnan(outcome) & ~np.isnan(means).any(axis=1)).sum())
    if n_used < FEWEST_FORMS or sample.design is None:
        return _refused("too_few", n_used, of=of)
    found = bootstrap_importance(
        means,
        outcome,
        n_bootstrap=n_bootstrap,
        seed=SEED,
        strata=sample.design.strata,
        clusters=sample.design.clusters,
        weights=np.where(weights > 0, weights, 1.0),
        names=names,
    )
    reason = found.importance.reason
    if reason is not None:
        return _refused(_REASONS.get(reason, reason), n_used, found.importance.culprits, of)
    table = _table(sample, names, of, found)
    return Drivers(table, found.importance.r_squared, n_used, None, of=of, interval_reason=found.reason)


def _drivers(responses: Responses) -> tuple[DriverKind, list[str], FloatArray]:
    """Return what explains: the factors, or the questions where there are too few factors, with points per form."""
    instrument = responses.instrument
    factors = [name for name in instrument.factors if instrument.result_questions(name)]
    if len(factors) >= FEWEST_DRIVERS:
        return "factor", factors, factor_means(responses, factors)
    places = list(instrument.result_questions())
    return "question", [instrument.names[place] for place in places], responses.points[:, places]


def factor_means(responses: Responses, factors: list[str]) -> FloatArray:
    """Return the mean points of every form in every factor, nan where it answered none of its questions."""
    columns = []
    for factor in factors:
        points = responses.points[:, list(responses.instrument.result_questions(factor))]
        n = (~np.isnan(points)).sum(axis=1)
        columns.append(np.where(n > 0, np.nansum(points, axis=1) / np.maximum(n, 1), np.nan))
    return np.column_stack(columns)


def _refused(reason: str, n_used: int = 0, names: tuple[str, ...] = (), of: DriverKind = "factor") -> Drivers:
    return Drivers(pd.DataFrame(columns=list(DRIVER_COLUMNS)), None, n_used, reason, names, of)


def _table(sample: SurveySample, names: Sequence[str], of: DriverKind, found: ImportanceIntervals) -> pd.DataFrame:
    shares = satisfaction(sample, (), (of,))
    if of == "factor":
        shares = shares[shares["reading"] == OVERALL]
    return pd.DataFrame(
        {
            "factor": list(names),
            "importance": found.importance.shares,
            "lower": found.share_lower,
            "upper": found.share_upper,
            "performance": shares.set_index("item")["weighted"].reindex(list(names)).to_numpy(dtype=np.float64),
            "rank_lower": found.rank_lower,
            "rank_upper": found.rank_upper,
        }
    )
