"""Answers of respondents to the items of a scale: checked, weighed, and with their covariances."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cchc_analysis.stats.counts import BoolArray, FloatArray, finite_values, refuse_unknown, refuse_where, whole_counts

Missing = Literal["pairwise", "listwise"]
FEWEST_RESPONDENTS = 3
"""Respondents below which a variance says nothing of a scale."""


@dataclass(frozen=True)
class Scale:
    """What one pass over the answers gives: the rows that count and the covariances of the items that vary.

    `answers` is (rows, items), `weights` and `counts` what each row weighs in all and how many respondents it stands
    for; `varying` are the k columns that vary, `covariance` and `n_pair` (k, k) their covariances and the respondents
    each comes from. `n_used` respondents answered at least one item, `n_complete` all that vary.
    """

    answers: FloatArray
    weights: FloatArray
    counts: FloatArray
    varying: NDArray[np.intp]
    covariance: FloatArray
    n_pair: FloatArray
    n_used: int
    n_complete: int


def answer_matrix(items: ArrayLike, name: str) -> FloatArray:
    """Return answers as floats of shape (respondents, items), nan for None and nan.

    ValueError names text and infinite values with row and column, and any other shape.

    >>> answer_matrix([[1, None], [2, 3.5]], "items")
    array([[1. , nan], [2. , 3.5]])
    """
    given = np.asarray(items)
    if given.dtype.kind not in "biuf":
        # Numbers beside text would otherwise have become text, and the wrong value be named.
        given = np.asarray(items, dtype=object)
    if given.ndim != 2:
        raise ValueError(f"{name} has {given.ndim} dimensions, but it must have two: respondents and items.")
    if given.dtype.kind in "biuf":
        numbers = given.astype(np.float64)
    else:
        read = [_number(value, f"{name}[{i}, {j}]") for (i, j), value in np.ndenumerate(given)]
        numbers = np.array(read, dtype=np.float64).reshape(given.shape)
    for i, j in np.argwhere(np.isinf(numbers))[:1]:
        raise ValueError(f"{name}[{i}, {j}] is {numbers[i, j]:g}, but an answer must be a finite number.")
    return numbers


def row_weights(counts: ArrayLike | None, weights: ArrayLike | None, n_rows: int) -> tuple[FloatArray, FloatArray]:
    """Return how many respondents each row stands for, and what it weighs in all.

    Both have one value of at least 0 per row, 1 when not given; a row that weighs nothing stands for nobody.
    ValueError names a negative, infinite or missing value, and lists of another length.

    >>> row_weights([2, 1, 3], [0.5, 1.5, 0], 3)
    (array([2., 1., 0.]), array([1. , 1.5, 0. ]))
    """
    repeats = np.ones(n_rows) if counts is None else whole_counts(counts, "counts").astype(np.float64)
    each = np.ones(n_rows) if weights is None else finite_values(weights, "weights")
    for name, given in (("counts", repeats), ("weights", each)):
        if given.shape != (n_rows,):
            raise ValueError(f"{name} has shape {given.shape}, but there are {n_rows} rows.")
    refuse_where(each < 0, each, "weights", "but it cannot be negative")
    return np.where(each > 0, repeats, 0.0), repeats * each


def read_scale(items: ArrayLike, missing: Missing, counts: ArrayLike | None, weights: ArrayLike | None) -> Scale:
    """Return the answers that count with the covariances of the items that vary.

    Arguments and errors as in `answer_matrix` and `row_weights`; `missing` says whose answers a covariance is from:
    "pairwise" who answered both items, "listwise" who answered all. Rows that weigh nothing and empty ones are out.

    >>> read_scale([[1, 2], [2, 2], [3, None]], "pairwise", None, None).varying
    array([0])
    """
    refuse_unknown(missing, ("pairwise", "listwise"), "missing")
    answers = answer_matrix(items, "items")
    repeats, mass = row_weights(counts, weights, len(answers))
    keep = (repeats > 0) & ((~np.isnan(answers)).sum(axis=1) > 0)
    answers, repeats, mass = answers[keep], repeats[keep], mass[keep]
    n_used = int(repeats.sum())
    complete = ~np.isnan(answers[:, varying_columns(answers)]).any(axis=1)
    if missing == "listwise":
        answers, repeats, mass = answers[complete], repeats[complete], mass[complete]
        complete = complete[complete]
    varying = np.flatnonzero(varying_columns(answers))
    covariance, n_pair = pairwise_covariance(answers[:, varying], repeats, mass)
    return Scale(answers, mass, repeats, varying, covariance, n_pair, n_used, int(repeats[complete].sum()))


def why_undefined(scale: Scale) -> str | None:
    """Return why nothing can be said of a scale, or None where something can.

    Codes: "few_items", "few_answers", "no_variance", "no_common_answers" (two items that nobody answered together).

    >>> why_undefined(read_scale([[1, 2], [2, 2], [3, 2]], "pairwise", None, None))
    'no_variance'
    """
    if scale.answers.shape[1] < 2:
        return "few_items"
    if scale.counts.sum() < FEWEST_RESPONDENTS:
        return "few_answers"
    if len(scale.varying) < 2:
        return "no_variance"
    return "no_common_answers" if np.isnan(scale.covariance).any() else None


def varying_columns(answers: FloatArray) -> BoolArray:
    """Return which columns of (rows, columns) hold two different answers; nan is none.

    >>> varying_columns(np.array([[1.0, 2.0], [3.0, np.nan]]))
    array([ True, False])
    """
    known = ~np.isnan(answers)
    highest = np.max(answers, axis=0, where=known, initial=-np.inf)
    return np.asarray(highest > np.min(answers, axis=0, where=known, initial=np.inf))


def pairwise_covariance(answers: FloatArray, counts: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return covariances (k, k) from those who answered both items, nan below two, and how many they are.

    `answers` is (rows, k), nan for no answer; a row stands for `counts` respondents and weighs `weights` in all.
    R's cov(use = "pairwise.complete.obs"); weighted ones are weighted moments times n / (n - 1).

    >>> pairwise_covariance(np.array([[1.0, 1.0], [2.0, 3.0], [np.nan, 4.0]]), np.ones(3), np.ones(3))
    (array([[0.5 , 1. ], [1. , 2.333...]]), array([[2., 2.], [2., 3.]]))
    """
    known = (~np.isnan(answers)).astype(np.float64)
    mass = weights @ known
    # Centring first keeps the digits that subtracting products of sums would lose.
    means = (weights @ np.nan_to_num(answers)) / np.where(mass > 0, mass, 1.0)
    centred = np.where(known > 0, answers - means, 0.0)
    weighted = centred * weights[:, None]
    n_pair = (known * counts[:, None]).T @ known
    pair_mass = (known * weights[:, None]).T @ known
    enough = n_pair > 1
    divisor = np.where(enough, pair_mass, 1.0)
    sums = weighted.T @ known
    moments = (weighted.T @ centred) / divisor - sums * sums.T / divisor**2
    return np.where(enough, moments * n_pair / np.where(enough, n_pair - 1, 1.0), np.nan), n_pair


def correlations(covariances: FloatArray) -> FloatArray:
    """Return correlations from covariances as R's cov2cor does, (…, k, k) in and out; nan over a variance of nan.

    >>> correlations(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5], [0.5, 1. ]])
    """
    deviations = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
    return np.asarray(covariances / (deviations[..., :, None] * deviations[..., None, :]))


def _number(value: Any, name: str) -> float:
    """Return an answer as a number; nothing is nan, text is refused."""
    # The missing value of data frames is known by its name only: this room imports no data frames.
    if value is None or type(value).__name__ == "NAType":
        return np.nan
    if isinstance(value, (int, float, np.integer, np.floating, np.bool_)):
        return float(value)
    raise ValueError(f"{name} is {str(value)!r}, but it must be a number.")
