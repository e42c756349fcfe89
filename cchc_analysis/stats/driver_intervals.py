"""How sure the parts and the order of the drivers of overall satisfaction are: intervals from resampling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.bootstrap import lonely_strata, resampled_sums
from cchc_analysis.stats.counts import BoolArray, FloatArray, IntArray, tail_probability
from cchc_analysis.stats.drivers import VIF_LIMIT, DriverRows, RelativeImportance, driver_rows, importance_of_rows
from cchc_analysis.stats.shapley import lmg_parts, score_correlations, score_sums


@dataclass(frozen=True, kw_only=True)
class ImportanceIntervals:
    """Percentile intervals of `RelativeImportance`; nan and None with the `reason` where there are none.

    `lower` and `upper` bound `lmg`, `share_lower` and `share_upper` the shares, `rank_lower` and `rank_upper` the rank
    (1 = most important); `first_share` is the part of the resamples in which the driver ranks first. `n_degenerate`
    resamples in which a driver was constant or repeated the others are left out; above one in twenty the intervals
    are refused ("degenerate_resamples"). `n_lonely_strata` have one unit, which chance then seems to spare; where all
    have, there is nothing to draw from ("no_replication").
    """

    importance: RelativeImportance
    level: float
    n_bootstrap: int
    n_degenerate: int = 0
    n_lonely_strata: int
    r_squared_lower: float | None = None
    r_squared_upper: float | None = None
    lower: FloatArray
    upper: FloatArray
    share_lower: FloatArray
    share_upper: FloatArray
    rank_lower: FloatArray
    rank_upper: FloatArray
    first_share: FloatArray
    reason: str | None = None


def bootstrap_importance(
    X: ArrayLike,
    y: ArrayLike,
    n_bootstrap: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    vif_limit: float = VIF_LIMIT,
) -> ImportanceIntervals:
    """Return `relative_importance` with percentile intervals of the parts and of the ranks.

    Arguments and errors as there; `strata` and `clusters` hold one code per row, clusters being nested in strata. With
    neither, respondents are drawn as R's relaimpo draws them; with either, clusters (or rows) within strata by the
    rescaling bootstrap of Rao and Wu (1988). Rows are added up once per unit, so that no resample touches the rows
    again. The same seed gives the same result. Percentiles of rank (R + 1) p, Davison and Hinkley, Bootstrap Methods
    (1997), 5.3.1.

    >>> drivers = [[1, 1], [2, 1], [3, 2], [4, 5], [5, 3], [3, 4], [2, 5], [4, 1]]
    >>> intervals = bootstrap_importance(drivers, [1, 2, 3, 5, 4, 3, 3, 3], n_bootstrap=200)
    >>> bool((intervals.lower <= intervals.importance.lmg).all()), intervals.rank_lower
    (True, array([1., 1.]))
    """
    tail_probability(level)
    rows = driver_rows(X, y, counts, weights, names)
    found = importance_of_rows(rows, vif_limit)
    units, unit_strata = _units(rows, strata, clusters)
    n_lonely = lonely_strata(unit_strata, len(units)) if unit_strata is not None else 0
    empty = _no_intervals(found, level, n_bootstrap, n_lonely)
    if found.reason:
        return empty
    if unit_strata is not None and len(units) == n_lonely:
        return replace(empty, reason="no_replication")
    blocks = resampled_sums(units, n_bootstrap, seed, unit_strata, rescaled=unit_strata is not None)
    parts = [lmg_parts(score_correlations(block, len(found.names) + 1)) for block in blocks]
    lmg, r_squared = (np.concatenate(part) for part in zip(*parts, strict=True))
    sound = ~(np.isnan(lmg).any(axis=1) | np.isnan(r_squared))
    empty = replace(empty, n_degenerate=int((~sound).sum()))
    if empty.n_degenerate * 20 > n_bootstrap:
        return replace(empty, reason="degenerate_resamples")
    return _intervals(lmg[sound], r_squared[sound], empty)


def _no_intervals(found: RelativeImportance, level: float, n_bootstrap: int, n_lonely: int) -> ImportanceIntervals:
    """Return what is known before the resamples, with the reason where there is nothing to resample."""
    unknown = np.full(len(found.names), np.nan)
    return ImportanceIntervals(
        importance=found,
        level=level,
        n_bootstrap=n_bootstrap,
        n_lonely_strata=n_lonely,
        reason=found.reason,
        lower=unknown,
        upper=unknown,
        share_lower=unknown,
        share_upper=unknown,
        rank_lower=unknown,
        rank_upper=unknown,
        first_share=unknown,
    )


def _units(
    rows: DriverRows, strata: ArrayLike | None, clusters: ArrayLike | None
) -> tuple[FloatArray, IntArray | None]:
    """Return what each unit of resampling adds, and its stratum.

    In a design, rows without an answer stay as units that add nothing: their number is part of the chance.
    """
    sums = score_sums(rows.scores, rows.weights * rows.complete)
    if strata is None and clusters is None:
        respondents = np.repeat(np.flatnonzero(rows.complete), rows.counts[rows.complete].astype(np.int64))
        return sums[respondents] / rows.counts[respondents, None], None
    stratum = _codes(strata, rows.kept, "strata")
    if clusters is None:
        respondents = np.repeat(np.arange(len(sums)), rows.counts.astype(np.int64))
        return sums[respondents] / rows.counts[respondents, None], stratum[respondents]
    pairs = np.column_stack((stratum, _codes(clusters, rows.kept, "clusters")))
    distinct, place = np.unique(pairs, axis=0, return_inverse=True)
    units = np.zeros((len(distinct), sums.shape[1]))
    np.add.at(units, place.ravel(), sums)
    return units, distinct[:, 0]


def _codes(given: ArrayLike | None, kept: BoolArray, name: str) -> IntArray:
    """Return codes of any kind as numbers, for the rows that are kept."""
    if given is None:
        return np.zeros(int(kept.sum()), dtype=np.int64)
    codes = np.asarray(given)
    if codes.shape != kept.shape:
        raise ValueError(f"{name} has shape {codes.shape}, but there are {len(kept)} rows.")
    return np.unique(codes, return_inverse=True)[1].ravel()[kept]


def _intervals(lmg: FloatArray, r_squared: FloatArray, empty: ImportanceIntervals) -> ImportanceIntervals:
    """Return percentiles of the resamples."""
    tail = tail_probability(empty.level)
    ends = (tail, 1 - tail)
    lower, upper = np.quantile(lmg, ends, axis=0, method="weibull")
    # Where nothing is explained there is nothing to share out.
    shares = lmg / np.where(r_squared > 0, r_squared, 1.0)[:, None]
    share_lower, share_upper = np.quantile(shares, ends, axis=0, method="weibull")
    ranks = 1.0 + (lmg[:, None, :] > lmg[:, :, None]).sum(axis=2)
    rank_lower, rank_upper = np.quantile(ranks, ends, axis=0, method="inverted_cdf")
    r_squared_lower, r_squared_upper = np.quantile(r_squared, ends, method="weibull")
    return replace(
        empty,
        r_squared_lower=float(r_squared_lower),
        r_squared_upper=float(r_squared_upper),
        lower=lower,
        upper=upper,
        share_lower=share_lower,
        share_upper=share_upper,
        rank_lower=rank_lower,
        rank_upper=rank_upper,
        first_share=(ranks == 1).mean(axis=0),
    )
