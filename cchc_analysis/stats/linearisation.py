"""The variance that follows from a sample design: that of sums of what every respondent adds to an estimate."""

import numpy as np

from cchc_analysis.stats.counts import BoolArray, FloatArray
from cchc_analysis.stats.survey_design import LonelyRule, Stage, SurveyDesign


def linearised_variance(influence: FloatArray, design: SurveyDesign, domain: BoolArray | None = None) -> FloatArray:
    """Return the design-based covariance matrix of totals from the influence of every respondent.

    `influence` is (n,) or (n, k): what a respondent adds to each of k estimates, weight included, 0 outside the
    domain; the result is (k, k). `domain` only tells rules for lonely strata which strata are in use. All entries are
    nan where one unit was drawn in all, or where every stratum that is not taken in full is lonely and its rule
    lets it add nothing ("remove", "average"); only the rule "certainty" makes that 0.
    ValueError under the rule "fail" names the lonely stratum where there are others.
    Formula: sum over strata of (1 - f) m / (m - 1) Σ (z_i - z̄)(z_i - z̄)', z_i the sum of influence in unit i of
    m drawn, f = m / M; Binder (1983), Lumley, Complex Surveys (2010). Later stages add their own variance times
    the shares drawn before them (Särndal, Swensson and Wretman 1992, 4.3).

    >>> design = SurveyDesign([3] * 3, stratum_population=[9, 9, 9])
    >>> linearised_variance([3, 6, 12], design)
    array([[42.]])
    """
    rows = np.asarray(influence, dtype=np.float64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or len(rows) != design.n:
        raise ValueError(f"influence has shape {rows.shape}, but there are {design.n} respondents.")
    for calibration in design.calibrations:
        rows = calibration.residuals(rows)
    present = design.present(domain)
    first = _stage_variance(rows, design.stages[0], present, design)
    known = bool(np.isfinite(first).any()) or not first.size
    return sum((_stage_variance(rows, stage, present, design) for stage in design.stages[1:] if known), start=first)


def _stage_variance(rows: FloatArray, stage: Stage, present: BoolArray, design: SurveyDesign) -> FloatArray:
    """Return the variance between the units of one stage."""
    totals = stage.unit_sums(rows)
    n_in_use = stage.stratum_sums(stage.unit_sums(present[:, None]) > 0)[:, 0]
    used, lonely, rule = n_in_use > 0, stage.lonely, design.lonely
    treated = lonely | ((n_in_use == 1) & design.lonely_domains & (stage.left_share > 0))
    if rule == "fail" and len(totals) > 1 and (lonely & used).any():
        label = stage.labels[int(np.flatnonzero(lonely & used)[0])]
        raise ValueError(f"stratum {label!r} has one unit, which shows no variance; choose a rule for lonely strata.")
    centre = stage.stratum_sums(totals) / stage.drawn[:, None]
    if rule == "adjust":
        centre[treated] = totals.sum(axis=0) / len(totals)
    scale = stage.factor * stage.left_share * np.where(stage.drawn > 1, stage.drawn / np.maximum(stage.drawn - 1, 1), 1)
    if rule == "average":
        scale = np.where(treated, 0, scale * _average_factor(used, treated))
    apart = (totals - centre[stage.unit_stratum]) * np.sqrt(scale)[stage.unit_stratum][:, None]
    variance = apart.T @ apart
    silent = treated if rule == "average" else lonely
    undefined = stage is design.stages[0] and _is_undefined(used & (stage.left_share > 0), silent, len(totals), rule)
    return np.full_like(variance, np.nan) if undefined else variance


def _average_factor(used: BoolArray, treated: BoolArray) -> float:
    """Return by what the variance of the other strata grows so that lonely strata count like them."""
    n_used, n_treated = int(used.sum()), int((used & treated).sum())
    return n_used / (n_used - n_treated) if n_used > n_treated else float("nan")


def _is_undefined(sampled: BoolArray, silent: BoolArray, n_units: int, rule: LonelyRule) -> bool:
    """Tell whether no stratum that was sampled, not taken in full, shows how much its units differ."""
    if not sampled.any() or rule == "certainty" or (sampled & ~silent).any():
        return False
    return rule in ("remove", "average") or n_units < 2
