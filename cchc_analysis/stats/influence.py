"""Estimates with the influence of every respondent on them, and the precision that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cchc_analysis.stats.counts import BoolArray, FloatArray, IntArray
from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.survey_design import SurveyDesign

NOTHING_ANSWERED = "nothing answered"
ONE_UNIT = "one unit"
LONELY = "lonely strata"
ROUNDING = 1e-13
"""Standard errors as small as this against the estimate come from rounding."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """One estimate of a population from a sample; what cannot be estimated is None and `reason` says why.

    `n` respondents with a weight above 0 carry it; they stand for `population`, the sum of their weights. `df` are
    degrees of freedom of the design. `deff` compares the variance with that of a simple random sample of n without
    replacement (R: deff = TRUE), `deff_replace` with replacement (R: deff = "replace"); `n_effective` is
    n / deff_replace. `influence` is what each respondent adds to the estimate, weight included: it lets estimates
    of one design be compared. `reason` is None, "nothing answered", "one unit" (all respondents are in one
    unit of the first stage, so nothing shows how units differ) or "lonely strata".
    """

    value: float | None
    standard_error: float | None
    df: int
    n: int
    population: float
    deff: float | None
    deff_replace: float | None
    n_effective: float | None
    reason: str | None
    influence: FloatArray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Estimates:
    """Several estimates from one sample with their covariances; undefined entries are nan.

    Arrays of length k as the fields of `Estimate`; `covariance` is (k, k), `influence` (n, k). `labels` name the
    estimates: positions of columns, or codes of groups.
    """

    labels: tuple[Any, ...]
    values: FloatArray
    standard_errors: FloatArray
    df: IntArray
    n: IntArray
    population: FloatArray
    deff: FloatArray
    deff_replace: FloatArray
    n_effective: FloatArray
    reasons: tuple[str | None, ...]
    covariance: FloatArray = field(repr=False)
    influence: FloatArray = field(repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def estimate(self, place: int) -> Estimate:
        """Return the estimate at this place on its own."""
        return Estimate(
            _or_none(self.values[place]),
            _or_none(self.standard_errors[place]),
            int(self.df[place]),
            int(self.n[place]),
            float(self.population[place]),
            _or_none(self.deff[place]),
            _or_none(self.deff_replace[place]),
            _or_none(self.n_effective[place]),
            self.reasons[place],
            self.influence[:, place],
        )

    def by_label(self) -> dict[Any, Estimate]:
        """Return the estimates by label."""
        return {label: self.estimate(place) for place, label in enumerate(self.labels)}


def estimates_from_influence(
    values: FloatArray, influence: FloatArray, present: BoolArray, design: SurveyDesign, centred: bool = True
) -> Estimates:
    """Return estimates with standard errors and design effects from the influence of every respondent.

    `values` is (k,), `influence` (n, k) with weights included and 0 for who is not `present` (n, k). `centred` says
    that influences sum to 0, as those of means and ratios do but those of totals do not: then one unit alone shows no
    variance. Design effects divide the variance by that of the total of u = influence / weight in a simple random
    sample, s² N² / n (with replacement) or s² N (N - n) / n (without), s² the weighted variance of u with divisor
    n - 1 and N the sum of weights; undefined where N < n (R: svytotal(deff = TRUE)). Kish (1965), 8.2.

    >>> design = SurveyDesign([2, 2, 2])
    >>> total = estimates_from_influence([14.0], [[2.0], [4.0], [8.0]], [[True]] * 3, design, centred=False)
    >>> total.standard_errors, total.deff
    (array([5.29...]), array([2.]))
    """
    point, rows, here = np.asarray(values, dtype=np.float64), np.asarray(influence), np.asarray(present, dtype=np.bool_)
    here = here & (design.weights > 0)[:, None]
    n, population = here.sum(axis=0), design.weights @ here
    covariance = _covariance(rows, here, design)
    reasons = _reasons(np.isfinite(point), here, np.isfinite(np.diag(covariance)), design, centred)
    known = np.array([reason is None for reason in reasons])
    unit = np.where(here, rows / np.where(design.weights > 0, design.weights, 1.0)[:, None], 0.0)
    # What is left of influences that cancel is rounding, not variance.
    least = ROUNDING * np.fmax(np.abs(point), population * np.abs(unit).max(axis=0, initial=0.0))
    errors = np.sqrt(np.maximum(np.diag(covariance), 0))
    variances = np.where(known, np.where(errors > least, errors, 0.0) ** 2, np.nan)
    deff, deff_replace = _design_effects(variances, unit, least, here, design.weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        n_effective = np.where(deff_replace > 0, n / deff_replace, np.nan)
    covariance = np.where(known[:, None] & known, covariance, np.nan)
    labels, df = tuple(range(len(point))), design.degrees_of_freedom_of(here)
    spread = (np.sqrt(variances), df, n, population, deff, deff_replace, n_effective)
    return Estimates(labels, point, *spread, reasons, covariance, rows)


def combined(estimates: Sequence[Estimate], design: SurveyDesign, labels: Sequence[Any] | None = None) -> Estimates:
    """Return estimates that were made one by one from the same design together, with their covariances.

    `labels` are positions when not given. ValueError when there is no estimate or as in `linearised_variance`.

    >>> from cchc_analysis.stats.survey_estimates import survey_mean
    >>> design = SurveyDesign([1, 1, 1])
    >>> pair = combined([survey_mean([1, 2, 6], design), survey_mean([6, 2, 1], design)], design)
    >>> pair.covariance.round(3)
    array([[ 2.333, -1.833],
           [-1.833,  2.333]])
    """
    if not estimates:
        raise ValueError("estimates is empty, but there must be one estimate or more.")
    rows = np.column_stack([estimate.influence for estimate in estimates])
    known = np.array([estimate.standard_error is not None for estimate in estimates])
    covariance = np.where(known[:, None] & known, linearised_variance(rows, design), np.nan)

    def numbers(name: str) -> FloatArray:
        return np.array([getattr(estimate, name) for estimate in estimates], dtype=np.float64)

    return Estimates(
        labels=tuple(range(len(estimates)) if labels is None else labels),
        values=numbers("value"),
        standard_errors=numbers("standard_error"),
        df=numbers("df").astype(np.int64),
        n=numbers("n").astype(np.int64),
        population=numbers("population"),
        deff=numbers("deff"),
        deff_replace=numbers("deff_replace"),
        n_effective=numbers("n_effective"),
        reasons=tuple(estimate.reason for estimate in estimates),
        covariance=covariance,
        influence=rows,
    )


def _or_none(value: Any) -> float | None:
    """Return a float, None for nan."""
    return None if np.isnan(value) else float(value)


def _covariance(rows: FloatArray, here: BoolArray, design: SurveyDesign) -> FloatArray:
    """Return the covariance matrix; rules that depend on who is present are applied column by column."""
    anyone = np.asarray(here.any(axis=1))
    covariance = linearised_variance(rows, design, anyone)
    depends = design.lonely_domains or (design.lonely in ("remove", "average") and bool(design.lonely_strata))
    if depends and not (here == anyone[:, None]).all():
        for place in range(rows.shape[1]):
            covariance[place, place] = linearised_variance(rows[:, place], design, here[:, place])[0, 0]
    return covariance


def _reasons(
    known: BoolArray, here: BoolArray, varies: BoolArray, design: SurveyDesign, centred: bool
) -> tuple[str | None, ...]:
    """Return why each estimate has no standard error, None where it has one."""
    stage = design.stages[0]
    in_use = stage.unit_sums(here) > 0
    sampled = (in_use & (stage.left_share > 0)[stage.unit_stratum][:, None]).any(axis=0)
    alone = sampled & (in_use.sum(axis=0) == 1) if centred else np.zeros(len(known), dtype=np.bool_)
    alone = (alone & (design.lonely != "certainty")) | (~varies & (len(in_use) == 1))
    choices = np.select([~known | ~here.any(axis=0), alone, ~varies], [1, 2, 3], 0)
    return tuple((None, NOTHING_ANSWERED, ONE_UNIT, LONELY)[choice] for choice in choices)


def _design_effects(
    variances: FloatArray, unit: FloatArray, least: FloatArray, here: BoolArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return variances over those of simple random samples without and with replacement."""
    mass, n = here * weights[:, None], here.sum(axis=0)
    population = mass.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = unit - (mass * unit).sum(axis=0) / population
        spread = population * np.sqrt((mass * apart**2).sum(axis=0) / population * n / (n - 1))
        replaced = np.where((n > 1) & (spread > least), variances / (spread**2 / n), np.nan)
        return np.where(population > n, replaced * population / (population - n), np.nan), replaced
