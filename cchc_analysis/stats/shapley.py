"""R² of a regression shared out among its drivers: sums of scores, R² of every subset, means over all orders."""

from math import factorial

import numpy as np

from cchc_analysis.stats.answer_matrix import correlations
from cchc_analysis.stats.counts import FloatArray

SUBSETS_AT_ONCE = 2**21
"""Values of R² held at a time, so that memory does not grow with the number of resamples."""
SINGULAR = 1e-9
"""Part of a variance left unexplained below which a driver repeats the others."""


def score_sums(scores: FloatArray, weights: FloatArray) -> FloatArray:
    """Return what each row adds: its weight, weighted scores and weighted products of scores.

    `scores` is (rows, c), `weights` (rows,); the result is (rows, 1 + c + c (c + 1) / 2). Sums of rows give
    `score_correlations`.

    >>> score_sums(np.array([[2.0, 3.0]]), np.array([10.0]))
    array([[10., 20., 30., 40., 60., 90.]])
    """
    above, below = np.triu_indices(scores.shape[1])
    products = scores[:, above] * scores[:, below]
    return np.column_stack((np.ones(len(scores)), scores, products)) * weights[:, None]


def score_correlations(sums: FloatArray, n_columns: int) -> FloatArray:
    """Return the correlation matrices (b, c, c) of c columns, nan where nothing varies.

    `sums` is (b, 1 + c + c (c + 1) / 2), sums of what `score_sums` gives of scores with variance 1 over all rows.

    >>> score_correlations(score_sums(np.array([[-1.0, 1.0], [1.0, -1.0]]), np.ones(2)).sum(axis=0, keepdims=True), 2)
    array([[[ 1., -1.], [-1., 1.]]])
    """
    above, below = np.triu_indices(n_columns)
    # A resample may consist of rows without an answer.
    sums = sums / np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    means = sums[:, 1 : n_columns + 1]
    moments = np.empty((len(sums), n_columns, n_columns))
    moments[:, above, below] = moments[:, below, above] = sums[:, n_columns + 1 :]
    covariance = moments - means[:, :, None] * means[:, None, :]
    variances = np.diagonal(covariance, axis1=1, axis2=2)
    # A resample whose variance is far below that of all rows is one in which nothing varies but rounding.
    place = np.arange(n_columns)
    covariance[:, place, place] = np.where(variances > SINGULAR, variances, np.nan)
    return correlations(covariance)


def subset_r_squared(correlation: FloatArray) -> FloatArray:
    """Return R² of the last variable on every subset of the others, (b, 2^p); bit j of the place stands for driver j.

    Each driver in turn is left out or swept out of what remains, so that all subsets together cost little more than
    one regression each; nan where a driver repeats those before it. `correlation` is (b, p + 1, p + 1).

    >>> subset_r_squared(np.array([[[1.0, 0.0, 0.6], [0.0, 1.0, 0.8], [0.6, 0.8, 1.0]]])).round(2)
    array([[0. , 0.36, 0.64, 1. ]])
    """
    remaining = correlation[:, None]
    for _ in range(correlation.shape[-1] - 1):
        pivot = remaining[..., :1, :1]
        column = remaining[..., 1:, :1]
        left_out = remaining[..., 1:, 1:]
        taken = left_out - column * np.swapaxes(column, -1, -2) / np.where(pivot > SINGULAR, pivot, np.nan)
        remaining = np.concatenate((left_out, taken), axis=1)
    return np.asarray(np.clip(1 - remaining[..., 0, 0], 0.0, 1.0))


def shapley_values(r_squared: FloatArray) -> FloatArray:
    """Return the mean gain in R² of each driver over all orders of entry, (b, p), from R² of all subsets, (b, 2^p).

    Σ_S s! (p - s - 1)! / p! (R²(S + j) - R²(S)) over the sets S of s drivers without j; Shapley (1953), Lindeman,
    Merenda and Gold (1980, p. 119).

    >>> shapley_values(np.array([[0.0, 0.4, 0.5, 0.6]]))
    array([[0.25, 0.35]])
    """
    return np.asarray(np.maximum(r_squared @ _order_weights(r_squared.shape[1].bit_length() - 1), 0.0))


def lmg_parts(correlation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return LMG (b, p) and R² (b,) for each of b correlation matrices of p drivers and the outcome, which is last.

    >>> lmg, r_squared = lmg_parts(np.array([[[1.0, 0.0, 0.6], [0.0, 1.0, 0.8], [0.6, 0.8, 1.0]]]))
    >>> lmg.round(2), r_squared
    (array([[0.36, 0.64]]), array([1.]))
    """
    p = correlation.shape[-1] - 1
    pieces = np.array_split(correlation, max(1, (len(correlation) << p) // SUBSETS_AT_ONCE))
    r_squared = [subset_r_squared(piece) for piece in pieces]
    lmg = np.concatenate([shapley_values(piece) for piece in r_squared])
    return lmg, np.concatenate([piece[:, -1] for piece in r_squared])


def _order_weights(p: int) -> FloatArray:
    """Return (2^p, p) weights that turn R² of all subsets into the mean gain of each driver over all orders."""
    inside = (np.arange(2**p)[:, None] >> np.arange(p)) & 1
    sizes = inside.sum(axis=1)
    gain = np.array([0.0] + [factorial(s - 1) * factorial(p - s) / factorial(p) for s in range(1, p + 1)])
    loss = np.array([factorial(s) * factorial(p - s - 1) / factorial(p) for s in range(p)] + [0.0])
    return np.asarray(np.where(inside == 1, gain[sizes][:, None], -loss[sizes][:, None]), dtype=np.float64)
