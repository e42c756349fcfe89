"""Trend of a series without assuming its shape: the Mann-Kendall test and Sen's slope."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.counts import FloatArray, finite_values
from cchc_analysis.stats.proportion_tests import two_sided_p


@dataclass(frozen=True)
class MannKendall:
    """Mann-Kendall test; `sen_slope` is in units of the values per step of time. None where undefined."""

    n: int
    s: int
    variance: float
    z: float
    p_value: float
    tau_a: float | None
    tau_b: float | None
    sen_slope: float | None


def mann_kendall(values: ArrayLike, times: ArrayLike | None = None) -> MannKendall:
    """Return the Mann-Kendall test that a series neither rises nor falls, with Kendall's tau and Sen's slope.

    `values` in order of time; `times` their moments, strictly rising, when steps are unequal (0, 1, 2 … otherwise).
    S is the number of rising less falling pairs; its variance is corrected for ties; z moves S one step towards 0;
    tau_a = S / pairs, tau_b allows for ties; the slope is the median over pairs (Sen 1968; Kendall 1975).
    ValueError for values that are not finite and times that do not rise. Work grows with the square of the length.

    >>> test = mann_kendall([3, 4, 4, 6, 7])
    >>> test.s, test.sen_slope
    (9, 1.0)
    """
    series = finite_values(values, "values")
    moments = np.arange(float(series.size)) if times is None else finite_values(times, "times")
    if series.ndim != 1 or moments.shape != series.shape:
        raise ValueError(f"values has shape {series.shape} and times {moments.shape}, but they must be equally long.")
    if (np.diff(moments) <= 0).any():
        where = int(np.flatnonzero(np.diff(moments) <= 0)[0]) + 1
        raise ValueError(f"times[{where}] is {moments[where]:g}, but every moment must lie after the one before it.")
    n, s, slopes = len(series), 0, [np.empty(0)]
    for later in range(1, n):
        rises = series[later] - series[:later]
        s += int(np.sign(rises).sum())
        slopes.append(rises / (moments[later] - moments[:later]))
    return _test(series, n, s, np.concatenate(slopes))


def _test(series: FloatArray, n: int, s: int, slopes: FloatArray) -> MannKendall:
    """Return the test from the sum of signs and the slopes of all pairs."""
    ties = np.unique(series, return_counts=True)[1].astype(np.float64)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    z = float((s - np.sign(s)) / np.sqrt(variance)) if variance > 0 else 0.0
    pairs = n * (n - 1) / 2
    untied = pairs - float((ties * (ties - 1)).sum()) / 2
    return MannKendall(
        n=n,
        s=s,
        variance=variance,
        z=z,
        p_value=two_sided_p(z),
        tau_a=s / pairs if pairs else None,
        tau_b=s / float(np.sqrt(pairs * untied)) if untied else None,
        sen_slope=float(np.median(slopes)) if pairs else None,
    )
