"""Tests on tables of counted answers: independence of two questions, shift of ordered answers between groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.counts import FloatArray, finite_values, whole_counts
from cchc_analysis.stats.proportion_tests import ChiSquareTest, chi_square_p, two_sided_p


@dataclass(frozen=True)
class Independence:
    """Pearson's chi-square test of a table; what an empty or one-sided table cannot give is None.

    `cramers_v` is the strength of association from 0 to 1. Below a `smallest_expected` of 5 the p-value is a rough one
    (Cochran, Biometrics 10 (1954) 417).
    """

    n: int
    statistic: float | None
    df: int
    p_value: float | None
    cramers_v: float | None
    smallest_expected: float | None


@dataclass(frozen=True)
class OrderedComparison:
    """Mann-Whitney test of two distributions over ordered answers; None where nothing can be compared.

    `superiority` is the chance that a member of the first group answered higher than one of the second, ties counted
    half: 0.5 where neither leads.
    """

    n_first: int
    n_second: int
    statistic: float | None
    z: float | None
    p_value: float | None
    superiority: float | None


def chi_square_independence(table: ArrayLike, correct: bool = False) -> Independence:
    """Return Pearson's chi-square test that the rows and columns of a table of counts are independent.

    `table` is (rows, columns) of whole counts. Rows and columns without any count say nothing and are left out, so
    that df = (rows - 1) (columns - 1) of the others. `correct` takes Yates's half off each difference of a 2 × 2
    table, as R's chisq.test does unless told otherwise; V never uses it. ValueError names a count that is negative or
    not whole. Formula: Σ (o - e)² / e with e = row × column / n, Pearson (1900);
    V = sqrt(statistic / n / min(rows - 1, columns - 1)), Cramér (1946, 21.9).

    >>> chi_square_independence([[10, 20, 30], [30, 20, 10]])
    Independence(n=120, statistic=20.0, df=2, p_value=4.53...e-05, cramers_v=0.408..., smallest_expected=20.0)
    >>> chi_square_independence([[5, 7], [0, 0]]).p_value is None
    True
    """
    counts = _table(table)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n, (n_rows, n_columns) = float(counts.sum()), counts.shape
    df = max(n_rows - 1, 0) * max(n_columns - 1, 0)
    if df == 0:
        return Independence(int(n), None, df, None, None, None)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    gaps = np.abs(counts - expected)
    plain = float((gaps**2 / expected).sum())
    if correct and counts.shape == (2, 2):
        gaps = gaps - np.minimum(0.5, gaps)
    statistic = float((gaps**2 / expected).sum())
    strength = float(np.sqrt(plain / n / min(n_rows - 1, n_columns - 1)))
    return Independence(int(n), statistic, df, chi_square_p(statistic, df), min(strength, 1.0), float(expected.min()))


def compare_ordered_counts(first: ArrayLike, second: ArrayLike) -> OrderedComparison:
    """Return the Mann-Whitney test that two groups answer equally high, from how many gave each answer.

    One whole count per answer, lowest first, the same answers for both groups. The statistic is R's W, the pairs in
    which the first group answered higher plus half the ties; z and the two-sided p-value are the normal approximation
    with corrections for ties and continuity of R's wilcox.test(exact = FALSE). No pair is formed, so that groups may
    be large. ValueError for lists of unequal length and counts that are negative or not whole.
    Hollander and Wolfe (1973), 4.1.

    >>> result = compare_ordered_counts([1, 2, 4, 9, 4], [3, 6, 5, 4, 2])
    >>> result.statistic, result.superiority, result.p_value
    (279.5, 0.69875, 0.0277...)
    """
    high, low = whole_counts(first, "first").astype(np.float64), whole_counts(second, "second").astype(np.float64)
    if high.ndim != 1 or high.shape != low.shape:
        raise ValueError(f"first has shape {high.shape} and second {low.shape}, but both count the same answers.")
    m, n = float(high.sum()), float(low.sum())
    if m == 0 or n == 0:
        return OrderedComparison(int(m), int(n), None, None, None, None)
    statistic = float(high @ (np.cumsum(low) - low / 2))
    superiority = statistic / (m * n)
    variance = m * n / 12 * (m + n + 1 - _ties(high + low) / ((m + n) * (m + n - 1)))
    if variance <= 0:
        return OrderedComparison(int(m), int(n), statistic, None, None, superiority)
    excess = statistic - m * n / 2
    z = float((excess - 0.5 * np.sign(excess)) / np.sqrt(variance))
    return OrderedComparison(int(m), int(n), statistic, z, min(two_sided_p(z), 1.0), superiority)


def kruskal_wallis_counts(table: ArrayLike) -> ChiSquareTest:
    """Return the Kruskal-Wallis test that groups answer equally high, from how many gave each answer.

    `table` is (groups, ordered answers) of whole counts, lowest answer first; groups without answers are left out.
    Undefined with fewer than two groups or when all answers are equal. ValueError names a count that is negative or
    not whole. Formula: 12 / (n (n + 1)) Σ n_g (mean rank - (n + 1) / 2)², divided by 1 - Σ (t³ - t) / (n³ - n) for
    ties; Hollander and Wolfe (1973), 6.1, R's kruskal.test.

    >>> kruskal_wallis_counts([[1, 2, 4], [3, 2, 1], [2, 2, 2]])
    ChiSquareTest(statistic=2.648..., df=2, p_value=0.265...)
    """
    counts = _table(table)
    counts = counts[counts.sum(axis=1) > 0]
    df = max(len(counts) - 1, 0)
    answers, n = counts.sum(axis=0), float(counts.sum())
    if df == 0 or (answers > 0).sum() < 2:
        return ChiSquareTest(None, df, None)
    ranks = np.cumsum(answers) - (answers - 1) / 2
    sizes = counts.sum(axis=1)
    gaps = counts @ ranks / sizes - (n + 1) / 2
    statistic = float(12 / (n * (n + 1)) * (sizes @ gaps**2) / (1 - _ties(answers) / (n**3 - n)))
    return ChiSquareTest(statistic, df, chi_square_p(statistic, df))


def linear_by_linear(
    table: ArrayLike, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> tuple[float | None, ChiSquareTest]:
    """Return the correlation of two ordered questions and the test that there is none, from a table of counts.

    `table` is (rows, columns) of whole counts, both in order; scores are 1, 2, 3 … when not given. Undefined where
    all answers to one question are equal. ValueError names a bad count, or scores of another length.
    Formula: M² = (n - 1) r² with 1 degree of freedom, Mantel (1963); Agresti, Categorical Data Analysis (2002), 3.4.

    >>> r, test = linear_by_linear([[10, 20, 30], [30, 20, 10]])
    >>> r, test.statistic
    (-0.40..., 19.83...)
    """
    counts = _table(table)
    rows = _scores(row_scores, len(counts), "row_scores")
    columns = _scores(column_scores, counts.shape[1], "column_scores")
    n = float(counts.sum())
    if n < 2:
        return None, ChiSquareTest(None, 1, None)
    rows = rows - counts.sum(axis=1) @ rows / n
    columns = columns - counts.sum(axis=0) @ columns / n
    spread = float(counts.sum(axis=1) @ rows**2) * float(counts.sum(axis=0) @ columns**2)
    if spread <= 0:
        return None, ChiSquareTest(None, 1, None)
    r = float(np.clip(rows @ counts @ columns / np.sqrt(spread), -1.0, 1.0))
    statistic = (n - 1) * r**2
    return r, ChiSquareTest(statistic, 1, chi_square_p(statistic, 1))


def _table(table: ArrayLike) -> FloatArray:
    """Return a checked table of counts."""
    counts = whole_counts(table, "table")
    if counts.ndim != 2:
        raise ValueError(f"table has {counts.ndim} dimensions, but it must have rows and columns.")
    return counts.astype(np.float64)


def _ties(answers: FloatArray) -> float:
    """Return Σ (t³ - t) over the answers, each a group of ties."""
    return float((answers**3 - answers).sum())


def _scores(scores: ArrayLike | None, n: int, name: str) -> FloatArray:
    """Return one score per row or column."""
    if scores is None:
        return np.arange(1.0, n + 1)
    given = finite_values(scores, name)
    if given.shape != (n,):
        raise ValueError(f"{name} has {given.size} values, but the table has {n}.")
    return given
