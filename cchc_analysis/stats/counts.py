"""Counted samples: distinct values with how often each occurs, instead of one row per observation."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class SizedArray(Protocol):
    """An array or a column of a data frame, but not a single number."""

    def __len__(self) -> int: ...

    def __array__(self) -> NDArray[Any]: ...


Counts = Sequence[int] | SizedArray


def whole_counts(counts: ArrayLike, name: str) -> IntArray:
    """Return counts as whole numbers of at least zero.

    `counts` is a number or an array of any shape, `name` the word for it in the error. Whole floats such as 12.0
    are accepted; text, missing, fractional and negative values raise ValueError naming the value and its position.

    >>> whole_counts([3, 0, 12.0], "n")
    array([ 3,  0, 12])
    >>> whole_counts([3, -1], "n")
    Traceback (most recent call last):
    ...
    ValueError: n[1] is -1, but a count cannot be negative.
    """
    given = np.asarray(counts)
    if given.dtype.kind not in "iu":
        given = _numbers(given, name)
        refuse_where(~np.isfinite(given), given, name, "but a count must be a number")
        refuse_where(given != np.floor(given), given, name, "but a count must be a whole number")
    refuse_where(given < 0, given, name, "but a count cannot be negative")
    return given.astype(np.int64)


def finite_values(values: ArrayLike, name: str) -> FloatArray:
    """Return values as floats; text, missing and infinite values raise ValueError naming the value.

    >>> finite_values([1, 2.5], "values")
    array([1. , 2.5])
    """
    given = np.asarray(values)
    numbers = given.astype(np.float64) if given.dtype.kind in "iu" else _numbers(given, name)
    refuse_where(~np.isfinite(numbers), numbers, name, "but it must be a finite number")
    return numbers


def parts_of_wholes(n_part: ArrayLike, n: ArrayLike, part_name: str, name: str) -> tuple[FloatArray, FloatArray]:
    """Return two checked counts of one shape as floats; a part that exceeds its whole raises ValueError.

    >>> parts_of_wholes(15, 12, "n_success", "n")
    Traceback (most recent call last):
    ...
    ValueError: n_success is 15, but it cannot exceed n, which is 12.
    """
    part, whole = np.broadcast_arrays(whole_counts(n_part, part_name), whole_counts(n, name))
    too_many = np.flatnonzero(part > whole)
    if too_many.size:
        where = int(too_many[0])
        place = f"[{where}]" if part.ndim else ""
        limit = f"{name}{place}, which is {whole.flat[where]}"
        raise ValueError(f"{part_name}{place} is {part.flat[where]}, but it cannot exceed {limit}.")
    return part.astype(np.float64), whole.astype(np.float64)


def refuse_where(wrong: NDArray[np.bool_] | np.bool_, given: NDArray[Any], name: str, why: str) -> None:
    """Raise ValueError naming the first value of `given` at which `wrong`, of the same shape, is true.

    >>> refuse_where(np.array([False, True]), np.array([2.0, -1.0]), "weights", "but a weight cannot be negative")
    Traceback (most recent call last):
    ...
    ValueError: weights[1] is -1, but a weight cannot be negative.
    """
    found = np.flatnonzero(wrong)
    if found.size:
        place = f"[{found[0]}]" if given.ndim else ""
        raise ValueError(f"{name}{place} is {given.flat[found[0]]:g}, {why}.")


def refuse_unknown(word: str, known: Sequence[str], name: str) -> None:
    """Raise ValueError for a word that is not among the known ones, naming them.

    >>> refuse_unknown("mean", ("pairwise", "listwise"), "missing")
    Traceback (most recent call last):
    ...
    ValueError: missing is 'mean', but it must be 'pairwise' or 'listwise'.
    """
    if word not in known:
        *others, last = map(repr, known)
        raise ValueError(f"{name} is {word!r}, but it must be {', '.join(others)} or {last}.")


def tail_probability(level: float) -> float:
    """Return the probability left in each tail outside a two-sided interval; a level outside (0, 1) is a ValueError.

    >>> round(tail_probability(0.95), 6)
    0.025
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, but a confidence level lies between 0 and 1, for example 0.95.")
    return (1 - level) / 2


def normal_quantile(level: float) -> float:
    """Return the standard normal quantile that bounds a two-sided interval at this level.

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return float(-special.ndtri(tail_probability(level)))


def counted_sample(values: ArrayLike, counts: ArrayLike) -> tuple[FloatArray, IntArray]:
    """Return the distinct values that occur, ascending, and how often each occurs.

    `values` and `counts` have one length; equal values may be spread over several rows, in any order.
    Different lengths, values that are not finite and counts that are not whole raise ValueError.

    >>> counted_sample([5, 2, 5, 9], [1, 4, 2, 0])
    (array([2., 5.]), array([4, 3]))
    """
    numbers, weights = finite_values(values, "values"), whole_counts(counts, "counts")
    if numbers.ndim != 1 or numbers.shape != weights.shape:
        raise ValueError(f"values has shape {numbers.shape} and counts {weights.shape}, but they must be equally long.")
    distinct, place = np.unique(numbers[weights > 0], return_inverse=True)
    totals = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(totals, place, weights[weights > 0])
    return distinct, totals


@dataclass(frozen=True)
class CountedMean:
    """Mean of a counted sample; what the sample is too small to give is None."""

    n: int
    mean: float | None
    standard_deviation: float | None
    standard_error: float | None


def counted_mean(values: ArrayLike, counts: ArrayLike) -> CountedMean:
    """Return the mean of a counted sample with its standard deviation and standard error.

    The deviation divides by n - 1; the error is deviation / sqrt(n). An empty sample has no mean,
    a sample of one no deviation. ValueError as in `counted_sample`.

    >>> counted_mean([1, 2, 4], [2, 1, 1])
    CountedMean(n=4, mean=2.0, standard_deviation=1.41..., standard_error=0.70...)
    """
    numbers, weights = counted_sample(values, counts)
    n = int(weights.sum())
    if n == 0:
        return CountedMean(0, None, None, None)
    mean = float(numbers @ weights) / n
    if n == 1:
        return CountedMean(1, mean, None, None)
    deviation = float(np.sqrt(((numbers - mean) ** 2) @ weights / (n - 1)))
    return CountedMean(n, mean, deviation, deviation / float(np.sqrt(n)))


def weighted_quantile(values: ArrayLike, counts: ArrayLike, q: float) -> float | None:
    """Return the q-quantile of a counted sample, or None when the sample is empty.

    Type 7 of Hyndman and Fan (1996), as numpy and R compute it by default: with h = (n - 1) q, interpolate
    linearly between the order statistics on both sides of h. The sample is never expanded.
    ValueError when q is outside [0, 1] and as in `counted_sample`.

    >>> weighted_quantile([1, 2, 10], [2, 1, 1], 0.5)
    1.5
    """
    if not 0 <= q <= 1:
        raise ValueError(f"q is {q}, but a quantile is asked for with a number from 0 to 1.")
    numbers, weights = counted_sample(values, counts)
    if not len(numbers):
        return None
    position = (int(weights.sum()) - 1) * q
    rank = int(position)
    below = _order_statistic(numbers, weights, rank)
    above = _order_statistic(numbers, weights, min(rank + 1, int(weights.sum()) - 1))
    return below + (above - below) * (position - rank)


def median_interval(values: ArrayLike, counts: ArrayLike, level: float = 0.95) -> tuple[float, float] | None:
    """Return a confidence interval of the median that assumes no distribution, or None when n is too small.

    The ends are the order statistics of ranks r and n + 1 - r with the largest r for which
    P(Binomial(n, 1/2) < r) <= (1 - level) / 2, so the coverage is at least `level`
    (Conover, Practical Nonparametric Statistics, 3.2). ValueError as in `counted_sample`.

    >>> median_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10)
    (2.0, 9.0)
    """
    tail = tail_probability(level)
    numbers, weights = counted_sample(values, counts)
    n = int(weights.sum())
    rank = bisect.bisect_right(range(n // 2), tail, key=lambda k: binomial_cdf(k, n))
    if rank == 0:
        return None
    return _order_statistic(numbers, weights, rank - 1), _order_statistic(numbers, weights, n - rank)


def quantile_interval(
    values: ArrayLike, counts: ArrayLike, q: float, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Return a confidence interval of a quantile that assumes no distribution; an end the sample cannot give is None.

    The ends are the order statistics of ranks r and s with the largest r for which P(Binomial(n, q) < r) and the
    smallest s for which P(Binomial(n, q) >= s) are at most (1 - level) / 2, so the coverage is at least `level`
    (Conover, Practical Nonparametric Statistics, 3.2). ValueError as in `weighted_quantile`.

    >>> quantile_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, 0.5)
    (2.0, 9.0)
    >>> quantile_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, 0.9)
    (7.0, None)
    """
    tail = tail_probability(level)
    if not 0 <= q <= 1:
        raise ValueError(f"q is {q}, but a quantile is asked for with a number from 0 to 1.")
    numbers, weights = counted_sample(values, counts)
    n = int(weights.sum())
    lower_rank = bisect.bisect_right(range(n), tail, key=lambda k: float(special.bdtr(k, n, q)))
    # bdtrc(k, n, q) = P(X > k) = P(X >= k + 1): falling in k, so its negative is searched.
    upper_rank = bisect.bisect_left(range(n), -tail, key=lambda k: -float(special.bdtrc(k, n, q))) + 1
    lower = _order_statistic(numbers, weights, lower_rank - 1) if lower_rank else None
    upper = _order_statistic(numbers, weights, upper_rank - 1) if upper_rank <= n and n else None
    return lower, upper


def binomial_cdf(k: int, n: int) -> float:
    """Return P(X <= k) of the number of heads in n throws of a fair coin.

    >>> binomial_cdf(1, 3)
    0.5
    """
    return 1.0 if k >= n else float(special.betainc(n - k, k + 1, 0.5))


def _order_statistic(numbers: FloatArray, weights: IntArray, rank: int) -> float:
    """Return the observation of this rank, the smallest having rank 0."""
    return float(numbers[np.searchsorted(np.cumsum(weights), rank, side="right")])


def _numbers(given: NDArray[Any], name: str) -> FloatArray:
    """Return an array of numbers as floats; text, dates and true/false are not numbers."""
    if given.dtype.kind == "f":
        return given.astype(np.float64)
    for where, value in enumerate(given.flat):
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
            place = f"[{where}]" if given.ndim else ""
            raise ValueError(f"{name}{place} is {str(value)!r}, but it must be a number.")
    return given.astype(np.float64)
