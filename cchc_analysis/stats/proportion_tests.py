"""Tests of shares: are they equal, do they follow a trend, have the same people changed their answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import (
    binomial_cdf,
    finite_values,
    normal_quantile,
    parts_of_wholes,
    whole_counts,
)


@dataclass(frozen=True)
class ChiSquareTest:
    """A chi-square statistic; both numbers are None where the test is undefined."""

    statistic: float | None
    df: int
    p_value: float | None


@dataclass(frozen=True)
class TrendTest:
    """A signed trend statistic, its square and the two-sided p-value; None where the test is undefined."""

    z: float | None
    statistic: float | None
    p_value: float | None


@dataclass(frozen=True)
class McNemar:
    """Two answers of the same people; tests are None when nobody changed, shares when there is nobody."""

    n: int
    share_first: float | None
    share_second: float | None
    difference: float | None
    lower: float | None
    upper: float | None
    statistic: float | None
    p_value: float | None
    corrected_statistic: float | None
    corrected_p_value: float | None
    exact_p_value: float | None


@dataclass(frozen=True)
class SignTest:
    """How many of the untied pairs went up, and the exact two-sided p-value; None without pairs."""

    n_up: int
    n_down: int
    p_value: float | None


def two_sided_p(z: float) -> float:
    """Return the probability of a standard normal value at least as far from zero as z.

    >>> round(two_sided_p(1.959964), 6)
    0.05
    """
    return float(2 * special.ndtr(-abs(z)))


def chi_square_p(statistic: float, df: int) -> float:
    """Return the probability of a chi-square value with df degrees of freedom of at least this size.

    >>> round(chi_square_p(3.841459, 1), 6)
    0.05
    """
    return float(special.chdtrc(df, statistic))


def chi_square_equal_shares(n_success: ArrayLike, n: ArrayLike) -> ChiSquareTest:
    """Return Pearson's chi-square test that k groups have the same share, without continuity correction.

    `n_success` and `n` hold one whole count per group. Groups with n = 0 carry no information and are left out, so
    df is the number of other groups less one; the test is undefined when fewer than two remain or all shares are
    0 or all are 1. ValueError as in `wilson_interval`. Fleiss, Statistical Methods for Rates and Proportions, 9.1.

    >>> chi_square_equal_shares([83, 90, 129, 70], [86, 93, 136, 82])
    ChiSquareTest(statistic=12.6004..., df=3, p_value=0.00558...)
    """
    successes, totals = parts_of_wholes(n_success, n, "n_success", "n")
    successes, totals = successes[totals > 0], totals[totals > 0]
    df = max(len(totals) - 1, 0)
    pooled = successes.sum() / totals.sum() if len(totals) else 0.0
    if df == 0 or pooled in (0.0, 1.0):
        return ChiSquareTest(None, df, None)
    statistic = float(((successes - totals * pooled) ** 2 / (totals * pooled * (1 - pooled))).sum())
    return ChiSquareTest(statistic, df, chi_square_p(statistic, df))


def fisher_exact_p(n_success: int, n: int, other_success: int, other_n: int) -> float | None:
    """Return the two-sided p-value of Fisher's exact test that two groups have the same share.

    Whole counts with 0 ≤ n_success ≤ n in each group; None where a group is empty. Sum of the probabilities of all
    tables with these margins that are no likelier than the one found (as R's fisher.test). Fisher 1935, The Design
    of Experiments, 2.

    >>> round(fisher_exact_p(3, 4, 1, 4), 4)
    0.4857
    """
    # scipy.stats takes a second to import, and pages that compare nothing should not wait for it.
    from scipy.stats import fisher_exact

    parts_of_wholes([n_success, other_success], [n, other_n], "n_success", "n")
    if n == 0 or other_n == 0:
        return None
    table = np.array([[n_success, n - n_success], [other_success, other_n - other_success]])
    return float(fisher_exact(table).pvalue)


def cochran_armitage_trend(n_success: ArrayLike, n: ArrayLike, scores: ArrayLike | None = None) -> TrendTest:
    """Return the Cochran-Armitage test that shares rise or fall along ordered groups.

    One whole count per group, in order; `scores` are the positions of the groups, 1, 2, 3 … when not given.
    A positive z means that shares rise with the score; the square of z is what R calls prop.trend.test.
    Undefined when all shares are 0 or 1 or all scores of groups with n > 0 are equal. ValueError as in
    `wilson_interval`, or when there is not one score per group. Formula: Armitage (1955),
    z = Σ s (x - n p) / sqrt(p (1 - p) Σ n (s - mean s)²) with p and the mean of s pooled over groups.

    >>> cochran_armitage_trend([83, 90, 129, 70], [86, 93, 136, 82])
    TrendTest(z=-2.8679..., statistic=8.2249..., p_value=0.00413...)
    """
    successes, totals = parts_of_wholes(n_success, n, "n_success", "n")
    positions = np.arange(1.0, totals.size + 1) if scores is None else finite_values(scores, "scores")
    if positions.shape != totals.shape:
        raise ValueError(f"scores has {positions.size} values, but there are {totals.size} groups.")
    if not totals.sum():
        return TrendTest(None, None, None)
    pooled = successes.sum() / totals.sum()
    centred = positions - (positions @ totals) / totals.sum()
    variance = pooled * (1 - pooled) * float(totals @ centred**2)
    if variance == 0:
        return TrendTest(None, None, None)
    z = float(centred @ (successes - totals * pooled) / np.sqrt(variance))
    return TrendTest(z, z**2, two_sided_p(z))


def mcnemar(both: int, first_only: int, second_only: int, neither: int, level: float = 0.95) -> McNemar:
    """Return McNemar's test that the same people approve equally often the first and the second time.

    Four whole counts of people. The difference is second minus first share with its Wald interval for pairs,
    sqrt(b + c - (b - c)² / n) / n (Agresti, Categorical Data Analysis, 10.1); the statistic is (b - c)² / (b + c),
    the corrected one (|b - c| - 1)² / (b + c), the exact p-value binomial. ValueError names a count that is
    negative or not whole.

    >>> test = mcnemar(794, 150, 86, 570)
    >>> test.difference, test.statistic, test.corrected_statistic
    (-0.04, 17.3559..., 16.8177...)
    """
    n = sum(
        int(whole_counts(count, name))
        for count, name in (
            (both, "both"),
            (first_only, "first_only"),
            (second_only, "second_only"),
            (neither, "neither"),
        )
    )
    z = normal_quantile(level)
    if n == 0:
        return McNemar(0, *[None] * 10)
    gap, changed = second_only - first_only, first_only + second_only
    half = z * float(np.sqrt(changed - gap**2 / n)) / n
    shares = ((both + first_only) / n, (both + second_only) / n)
    interval = (gap / n, gap / n - half, gap / n + half)
    if changed == 0:
        return McNemar(n, *shares, *interval, *[None] * 5)
    plain, corrected = gap**2 / changed, max(abs(gap) - 1, 0) ** 2 / changed
    exact = sign_test(first_only, second_only).p_value
    return McNemar(n, *shares, *interval, plain, chi_square_p(plain, 1), corrected, chi_square_p(corrected, 1), exact)


def sign_test(n_up: int, n_down: int) -> SignTest:
    """Return the exact two-sided sign test that going up and going down are equally likely.

    Whole counts of units; units that did not change are left out by the caller. The p-value is twice the smaller
    binomial tail, at most 1 (Conover, 3.4). ValueError names a count that is negative or not whole.

    >>> sign_test(8, 1)
    SignTest(n_up=8, n_down=1, p_value=0.0390625)
    """
    up, down = int(whole_counts(n_up, "n_up")), int(whole_counts(n_down, "n_down"))
    if up + down == 0:
        return SignTest(0, 0, None)
    return SignTest(up, down, min(1.0, 2 * binomial_cdf(min(up, down), up + down)))


def sign_test_greater(n_up: int, n_down: int) -> float | None:
    """Return the exact one-sided p-value that going up is more likely than going down; None without pairs.

    Whole counts; P(X >= n_up) of the number of heads in n_up + n_down throws of a fair coin (Conover, 3.4).
    ValueError names a count that is negative or not whole.

    >>> sign_test_greater(8, 1)
    0.01953125
    """
    up, down = int(whole_counts(n_up, "n_up")), int(whole_counts(n_down, "n_down"))
    # As many heads as that is as likely as that few tails.
    return binomial_cdf(down, up + down) if up + down else None
