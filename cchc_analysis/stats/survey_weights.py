"""Weights of respondents: checked, held between limits, and what unequal ones cost."""

import numpy as np

from cchc_analysis.stats.counts import FloatArray
from cchc_analysis.stats.survey_design import checked_weights

ROUNDING = 1e-12
"""Relative distance by which a weight may lie past a limit because sums are rounded."""


def kish_design_effect(weights: FloatArray) -> float | None:
    """Return by how much unequal weights alone raise the variance of a mean; None when all weights are 0.

    n Σ w² / (Σ w)² over weights above 0, Kish (1965), 11.7 and (1992). ValueError as in `checked_weights`.

    >>> kish_design_effect([1, 1, 2])
    1.125
    """
    given = checked_weights(weights)
    used = given[given > 0]
    return float(len(used) * (used @ used) / used.sum() ** 2) if used.size else None


def kish_effective_n(weights: FloatArray) -> float:
    """Return the size of the sample of equal weights that a mean from these weights is worth.

    (Σ w)² / Σ w², Kish (1965), 11.7; 0 when all weights are 0. ValueError as in `checked_weights`.

    >>> kish_effective_n([1, 1, 2])
    2.66...
    """
    given = checked_weights(weights)
    return float(given.sum() ** 2 / (given @ given)) if given.any() else 0.0


def trim_weights(
    weights: FloatArray, lower: float = 0.0, upper: float = np.inf, strict: bool = True, max_iterations: int = 1000
) -> FloatArray:
    """Return weights held between two limits, their sum kept by sharing what was cut among the others equally.

    Weights of 0 stay 0. Sharing may push others past a limit; `strict` repeats until none is. ValueError when the
    sum cannot be kept within the limits. R: trimWeights; Potter (1988).

    >>> trim_weights([1, 1, 1, 7], upper=4)
    array([2., 2., 2., 4.])
    """
    trimmed = start_weights(weights)
    used = trimmed > 0
    total, n = trimmed.sum(), int(used.sum())
    if not lower * n <= total <= upper * n:
        raise ValueError(f"limits {lower:g} and {upper:g} cannot keep the sum {total:g} of {n} weights.")
    for _ in range(max_iterations):
        outside = used & ((trimmed < lower * (1 - ROUNDING)) | (trimmed > upper * (1 + ROUNDING)))
        if not outside.any():
            break
        held = np.where(used, np.clip(trimmed, lower, upper), 0.0)
        excess = total - held.sum()
        free = used & ~outside
        if not free.any():
            free = used & ((held < upper) if excess > 0 else (held > lower))
        trimmed = held + np.where(free, excess / max(int(free.sum()), 1), 0.0)
        if not strict:
            break
    return trimmed


def start_weights(weights: FloatArray) -> FloatArray:
    """Return checked weights to start a fit from: as `checked_weights`, not all 0.

    >>> start_weights([0, 0])
    Traceback (most recent call last):
    ...
    ValueError: weights must be numbers of at least 0, not all 0.
    """
    start = checked_weights(weights)
    if not start.any():
        raise ValueError("weights must be numbers of at least 0, not all 0.")
    return start


def per_weight(influence: FloatArray, weights: FloatArray) -> FloatArray:
    """Return influence / weight, 0 where the weight is 0, from (n, k) and (n,).

    >>> per_weight(np.array([[6.0], [1.0]]), np.array([3.0, 0.0]))
    array([[2.], [0.]])
    """
    return np.where(weights[:, None] != 0, influence / np.where(weights != 0, weights, 1.0)[:, None], 0.0)
