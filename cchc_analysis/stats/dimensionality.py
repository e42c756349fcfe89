"""Do the questions of one factor measure one thing: eigenvalues of their correlations beside those of chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.answer_matrix import Missing, correlations, read_scale, why_undefined
from cchc_analysis.stats.counts import FloatArray


@dataclass(frozen=True)
class Dimensions:
    """Eigenvalues of the correlations between items, largest first, beside those of random answers.

    `one_dimension_share` is the part of the first one in all; `n_dimensions` how many of the first exceed their
    random counterpart. Both are None, and the arrays empty, where `reason` is given (codes as in `CronbachAlpha`).
    """

    eigenvalues: FloatArray
    random_eigenvalues: FloatArray
    one_dimension_share: float | None
    n_dimensions: int | None
    reason: str | None


def dimensions(
    items: ArrayLike,
    missing: Missing = "pairwise",
    counts: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    n_random: int = 200,
    quantile: float = 0.95,
    seed: int = 1,
) -> Dimensions:
    """Return whether the items hang together as one: the share of the first eigenvalue, and parallel analysis.

    Arguments and errors as in `cronbach_alpha`. Random answers are independent normal ones of as many respondents as
    the least answered pair of items has; the k-th eigenvalue must exceed this `quantile` of its `n_random` random
    counterparts, and counting stops at the first that does not (Horn, Psychometrika 30 (1965) 179; Glorfeld (1995)).
    The same seed gives the same result.

    >>> structure = dimensions([[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 4], [1, 2, 2], [2, 2, 1]])
    >>> structure.one_dimension_share, structure.n_dimensions
    (0.897..., 1)
    """
    scale = read_scale(items, missing, counts, weights)
    reason = why_undefined(scale)
    n, k = int(scale.n_pair.min()) if scale.n_pair.size else 0, len(scale.varying)
    if reason is None and n <= k:
        reason = "few_answers"
    if reason:
        return Dimensions(np.empty(0), np.empty(0), None, None, reason)
    eigenvalues = np.asarray(np.linalg.eigvalsh(correlations(scale.covariance))[::-1], dtype=np.float64)
    chance: FloatArray = np.quantile(_random_eigenvalues(n, k, n_random, seed), quantile, axis=0)
    beaten = eigenvalues > chance
    n_dimensions = k if beaten.all() else int(np.argmin(beaten))
    return Dimensions(eigenvalues, chance, float(eigenvalues[0] / eigenvalues.sum()), n_dimensions, None)


def _random_eigenvalues(n: int, k: int, n_random: int, seed: int) -> FloatArray:
    """Return eigenvalues of correlations of independent normal answers, one row per draw, largest first.

    Bartlett's decomposition draws the covariance itself, so that the work does not grow with the respondents.
    """
    if n_random < 1:
        raise ValueError(f"n_random is {n_random}, but at least one random sample is needed.")
    generator = np.random.default_rng(seed)
    root = np.tril(generator.standard_normal((n_random, k, k)), -1)
    root[:, np.arange(k), np.arange(k)] = np.sqrt(generator.chisquare(n - 1 - np.arange(k), (n_random, k)))
    covariance = root @ np.swapaxes(root, 1, 2)
    return np.asarray(np.linalg.eigvalsh(correlations(covariance))[:, ::-1])
