"""Did people read the questions: straight lines, runs of equal answers, and forms filled in too fast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.answer_matrix import answer_matrix
from cchc_analysis.stats.counts import BoolArray, FloatArray, IntArray, refuse_where, whole_counts


@dataclass(frozen=True)
class Speeders:
    """Who answered implausibly fast; nobody is flagged where `reason` is "few_times".

    `speed_index` is the median time per answer divided by the respondent's, nan where it is unknown.
    """

    flagged: BoolArray
    speed_index: FloatArray
    median_seconds: float | None
    reason: str | None


def straight_lines(items: ArrayLike, minimum_answered: int = 6) -> BoolArray:
    """Return who gave the same answer to every question answered.

    `items` is (respondents, items) as asked, nan for no answer; true or false per respondent. Who answered fewer than
    `minimum_answered` questions is never flagged: few equal answers are no pattern. Non-differentiation of Krosnick,
    Applied Cognitive Psychology 5 (1991) 213, in its strictest form; someone may honestly be content with everything.

    >>> straight_lines([[4, 4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 5], [4, 4, 4, 4, 4, float("nan")]])
    array([ True, False, False])
    """
    answers = answer_matrix(items, "items")
    if minimum_answered < 2:
        raise ValueError(f"minimum_answered is {minimum_answered}, but two answers are the least that can be equal.")
    known = ~np.isnan(answers)
    highest = np.max(answers, axis=1, where=known, initial=-np.inf)
    lowest = np.min(answers, axis=1, where=known, initial=np.inf)
    return np.asarray((known.sum(axis=1) >= minimum_answered) & (highest == lowest))


def contradictory_lines(
    items: ArrayLike, reversed_items: ArrayLike, midpoint: float | None = None, minimum_answered: int = 6
) -> BoolArray:
    """Return whose straight line contradicts itself, because it runs through questions asked both ways.

    Arguments and errors as in `straight_lines`; `reversed_items` are the columns asked the other way round. Only who
    answered at least one of either kind can contradict himself; who always gave the `midpoint` of the scale does not.

    >>> contradictory_lines([[5, 5, 5], [3, 3, 3], [5, 5, 1]], [2], midpoint=3, minimum_answered=3)
    array([ True, False, False])
    """
    answers = answer_matrix(items, "items")
    turned = np.zeros(answers.shape[1], dtype=bool)
    columns = whole_counts(reversed_items, "reversed_items")
    if columns.size and columns.max() >= answers.shape[1]:
        raise ValueError(f"reversed_items holds {columns.max()}, but items has {answers.shape[1]} columns from 0.")
    turned[columns] = True
    known = ~np.isnan(answers)
    both = known[:, turned].any(axis=1) & known[:, ~turned].any(axis=1)
    neutral = (answers == midpoint).any(axis=1) if midpoint is not None else np.zeros(len(answers), dtype=bool)
    return np.asarray(straight_lines(answers, minimum_answered) & both & ~neutral)


def longest_runs(items: ArrayLike) -> IntArray:
    """Return the longest run of equal answers of each respondent, in the order asked.

    `items` as in `straight_lines`; questions skipped do not break a run, and who answered nothing has 0.
    "LongString" of Johnson, Journal of Research in Personality 39 (2005) 103, and Meade and Craig, Psychological
    Methods 17 (2012) 437.

    >>> longest_runs([[1, 1, 2, 2, 2], [3, float("nan"), 3, 1, 3]])
    array([3, 2])
    """
    answers = answer_matrix(items, "items")
    last = np.full(len(answers), np.nan)
    run = np.zeros(len(answers), dtype=np.int64)
    longest = np.zeros(len(answers), dtype=np.int64)
    for answer in answers.T:
        known = ~np.isnan(answer)
        run = np.where(known, np.where(answer == last, run + 1, 1), run)
        last = np.where(known, answer, last)
        longest = np.maximum(longest, run)
    return longest


def speeders(
    seconds: ArrayLike, n_answered: ArrayLike | None = None, factor: float = 2.0, fewest_times: int = 30
) -> Speeders:
    """Return who answered at least `factor` times as fast as the median respondent.

    `seconds` per respondent, nan or 0 where no time was kept; `n_answered` questions answered, so that who answered
    fewer may be quicker (one each when not given). With fewer than `fewest_times` known times the median is too
    unsteady and nobody is flagged. Rule: relative speed index of at least 2, that is at most half the median time
    (Leiner, Survey Research Methods 13 (2019) 229; Greszki, Meyer and Schoen, Public Opinion Quarterly 79 (2015) 471,
    compare 30, 40 and 50 percent below the median). ValueError names a negative time or a factor not above 1.

    >>> speeders([100, 120, 110, 45, float("nan")], fewest_times=4).flagged
    array([False, False, False,  True, False])
    """
    if not factor > 1:
        raise ValueError(f"factor is {factor}, but it must be above 1 to mean faster than the median.")
    times = answer_matrix(np.reshape(np.asarray(seconds), (-1, 1)), "seconds")[:, 0]
    refuse_where(times < 0, times, "seconds", "but it cannot be negative")
    answered = np.ones(len(times)) if n_answered is None else whole_counts(n_answered, "n_answered").astype(np.float64)
    if answered.shape != times.shape:
        raise ValueError(f"n_answered has {answered.size} values, but there are {times.size} respondents.")
    known = (times > 0) & (answered > 0)
    each = np.where(known, times, np.nan) / np.where(known, answered, 1.0)
    if known.sum() < max(fewest_times, 1):
        return Speeders(np.zeros(len(times), dtype=bool), np.full(len(times), np.nan), None, "few_times")
    median = float(np.median(each[known]))
    index = median / each
    return Speeders(np.asarray(known & (index >= factor)), index, median, None)
