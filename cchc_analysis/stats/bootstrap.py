"""Resampling of sums: how much a figure would have changed with other respondents."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.counts import FloatArray, IntArray

DRAWS_AT_ONCE = 2_000_000
"""Random numbers held at a time, so that memory does not grow with the number of resamples."""


def resampled_sums(
    sums: FloatArray, n_bootstrap: int, seed: int, strata: ArrayLike | None = None, rescaled: bool = False
) -> Iterator[FloatArray]:
    """Yield sums over resamples of units, in blocks of shape (resamples, k), `n_bootstrap` in all.

    `sums` is (units, k), what each unit (a respondent, or a cluster of them) adds; `strata` one code per unit, within
    which units are drawn with replacement. Plain: as many as there are. Rescaled, for survey designs: one fewer, each
    counting m / (m - 1), so that variances come out right when strata are small; a unit alone in its stratum is in
    every resample. The same seed gives the same resamples. Efron (1979); Rao and Wu, Journal of the American
    Statistical Association 83 (1988) 231. ValueError for fewer than one resample and strata of another length.

    >>> [block.shape for block in resampled_sums(np.ones((5, 2)), n_bootstrap=3, seed=1)]
    [(3, 2)]
    >>> next(resampled_sums(np.ones((4, 1)), 2, seed=1, strata=[1, 1, 2, 2], rescaled=True))
    array([[4.], [4.]])
    """
    if n_bootstrap < 1:
        raise ValueError(f"n_bootstrap is {n_bootstrap}, but at least one resample is needed.")
    groups = _groups(strata, len(sums))
    generator = np.random.default_rng(seed)
    at_once = max(1, DRAWS_AT_ONCE // max(len(sums), 1))
    for first in range(0, n_bootstrap, at_once):
        block = np.zeros((min(at_once, n_bootstrap - first), sums.shape[1]))
        for units in groups:
            block += _times_drawn(generator, len(units), len(block), rescaled) @ sums[units]
        yield block


def lonely_strata(strata: ArrayLike | None, n_units: int) -> int:
    """Return how many strata hold a single unit, whose chance cannot be seen.

    `strata` is one code per unit, None for one stratum of all; ValueError for another length.

    >>> lonely_strata([1, 1, 2], 3)
    1
    """
    return sum(len(units) == 1 for units in _groups(strata, n_units))


def _times_drawn(generator: np.random.Generator, n_units: int, n_resamples: int, rescaled: bool) -> FloatArray:
    """Return how much each unit counts in each resample."""
    if rescaled and n_units == 1:
        return np.ones((n_resamples, 1))
    n_draws = n_units - 1 if rescaled else n_units
    drawn = generator.integers(0, n_units, (n_resamples, n_draws))
    places = drawn + n_units * np.arange(n_resamples)[:, None]
    times = np.bincount(places.ravel(), minlength=n_resamples * n_units).reshape(n_resamples, n_units)
    return np.asarray(times * (n_units / n_draws), dtype=np.float64)


def _groups(strata: ArrayLike | None, n_units: int) -> list[IntArray]:
    """Return the positions of the units of each stratum."""
    if strata is None:
        return [np.arange(n_units)] if n_units else []
    codes = np.asarray(strata)
    if codes.shape != (n_units,):
        raise ValueError(f"strata has shape {codes.shape}, but there are {n_units} units.")
    places = np.unique(codes, return_inverse=True)[1]
    order = np.argsort(places, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(places[order])) + 1) if n_units else []
