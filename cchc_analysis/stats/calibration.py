"""Weights fitted to known totals of auxiliary variables: calibration, also with bounds."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from cchc_analysis.stats.counts import FloatArray, finite_values, refuse_unknown
from cchc_analysis.stats.survey_design import Codes, encoded
from cchc_analysis.stats.survey_weights import per_weight, start_weights

Distance = Literal["linear", "raking", "logit"]
STEP_HALVINGS = 50
"""How often a step of Newton's method is halved before the fit is given up."""


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Weights whose totals of auxiliary variables fit the population.

    `converged`, `iterations` and `deviation` as in `Raked`. The residuals are those of the weighted regression of
    influence / weight on the auxiliary variables with start weights (R: svyrecvar after calibrate; Deville and
    Särndal 1992).
    """

    weights: FloatArray
    converged: bool
    iterations: int
    deviation: float
    start: FloatArray = field(repr=False)
    auxiliary: FloatArray = field(repr=False)

    def residuals(self, influence: FloatArray) -> FloatArray:
        """Return influence less what the auxiliary variables explain of it."""
        unit = per_weight(influence, self.weights)
        root = np.sqrt(self.start)[:, None]
        explained = self.auxiliary @ np.linalg.lstsq(self.auxiliary * root, unit * root, rcond=None)[0]
        return influence - self.weights[:, None] * explained


def calibrate(
    weights: FloatArray,
    auxiliary: FloatArray,
    totals: FloatArray,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 100,
) -> Calibrated:
    """Return weights whose totals of auxiliary variables fit the population, close to the start weights.

    `auxiliary` is (n, p), for example indicators of cells (see `indicators`), `totals` (p,). `distance` "linear" is
    the regression estimator, with `bounds` cut off at them; "raking" gives the weights of `rake`; "logit" keeps
    new / start weight inside `bounds` (lower < 1 < upper), which trims while it rakes. Whether the totals are met
    within the relative `tolerance` must be asked (`converged`). ValueError for other shapes, an unknown distance,
    bounds that do not enclose 1. Deville and Särndal (1992) solved by Newton's method; R: calibrate(calfun = …).

    >>> calibrate([1, 1, 1], [[1, 0], [1, 1], [1, 2]], [30, 33]).weights
    array([ 8.5, 10. , 11.5])
    """
    start, goal = start_weights(weights), finite_values(totals, "totals")
    columns = finite_values(auxiliary, "auxiliary")
    if columns.shape != (len(start), len(goal)) or goal.ndim != 1:
        raise ValueError(f"auxiliary has shape {columns.shape}, but must be {(len(start), goal.size)}.")
    _refuse_bounds(distance, bounds)
    slope, iterations = np.zeros(len(goal)), 0
    missed, deviation, factor, growth = _misfit(slope, start, columns, goal, distance, bounds)
    while deviation > tolerance and iterations < max_iterations:
        step = np.linalg.lstsq(columns.T @ (columns * (start * growth)[:, None]), missed, rcond=None)[0]
        # The whole step may overshoot; along its direction every total comes nearer at first.
        for _ in range(STEP_HALVINGS):
            tried = _misfit(slope + step, start, columns, goal, distance, bounds)
            if tried[1] < deviation:
                break
            step = step / 2
        else:
            break
        slope, iterations = slope + step, iterations + 1
        missed, deviation, factor, growth = tried
    return Calibrated(start * factor, deviation <= tolerance, iterations, deviation, start, columns)


def indicators(*codes: Codes) -> FloatArray:
    """Return 1 and 0 columns of several codes for `calibrate`: all codes of the first, all but the first of others.

    One code per respondent each; columns are in sorted order of the codes. ValueError for missing codes.

    >>> indicators(["a", "b", "a"], ["x", "x", "y"])
    array([[1., 0., 0.],
           [0., 1., 0.],
           [1., 0., 1.]])
    """
    blocks = []
    for number, one in enumerate(codes):
        places, labels = encoded(one, f"codes of variable {number + 1}", len(codes[0]))
        blocks.append(np.eye(len(labels))[places][:, min(number, 1) :])
    return np.column_stack(blocks)


def _refuse_bounds(distance: str, bounds: tuple[float, float] | None) -> None:
    """Raise ValueError for an unknown distance and for bounds it cannot use."""
    refuse_unknown(distance, get_args(Distance), "distance")
    if (distance == "logit") != (bounds is not None) and distance != "linear":
        raise ValueError(f"distance {distance!r} with bounds {bounds}: 'logit' needs bounds and 'raking' has none.")
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1] < np.inf:
        raise ValueError(f"bounds are {bounds}, but they must enclose 1 and not be negative.")


def _misfit(
    slope: FloatArray,
    start: FloatArray,
    columns: FloatArray,
    goal: FloatArray,
    distance: str,
    bounds: tuple[float, float] | None,
) -> tuple[FloatArray, float, FloatArray, FloatArray]:
    """Return what is missing in every total, the largest relative deviation, and the factors with their growth."""
    with np.errstate(over="ignore", invalid="ignore"):
        factor, growth = _factor(columns @ slope, distance, bounds)
        missed = goal - columns.T @ (start * factor)
        deviation = float(np.max(np.abs(missed) / np.maximum(np.abs(goal), 1.0)))
    return missed, deviation if np.isfinite(deviation) else np.inf, factor, growth


def _factor(change: FloatArray, distance: str, bounds: tuple[float, float] | None) -> tuple[FloatArray, FloatArray]:
    """Return new / start weight and its derivative at a linear predictor."""
    if distance == "raking":
        factor = np.exp(np.minimum(change, 500.0))
        return factor, factor
    if bounds is None:
        return 1 + change, np.ones_like(change)
    low, high = bounds
    if distance == "linear":
        factor = np.clip(1 + change, low, high)
        return factor, ((1 + change > low) & (1 + change < high)).astype(np.float64)
    steep = (high - low) / ((1 - low) * (high - 1))
    odds = np.exp(np.clip(steep * change, -500.0, 500.0))
    below, above = high - 1, (1 - low) * odds
    factor = (low * below + high * above) / (below + above)
    return factor, (factor - low) * (high - factor) / ((1 - low) * (high - 1))
