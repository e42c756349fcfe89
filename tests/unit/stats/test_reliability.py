"""Scales, items, and answers given without reading."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from cchc_analysis.stats.answer_patterns import contradictory_lines, longest_runs, speeders, straight_lines
from cchc_analysis.stats.dimensionality import dimensions
from cchc_analysis.stats.reliability import cronbach_alpha, item_statistics, scale_grade

nan = float("nan")


def likert(n=60, k=4, seed=3, missing=0.1):
    """Answers from 1 to 5 with something in common, some missing."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(n, 1))
    answers = np.clip(np.rint(3.5 + common + generator.normal(size=(n, k))), 1, 5)
    answers[generator.random((n, k)) < missing] = nan
    return answers


def slow_covariance(answers, i, j):
    """The covariance of two items from those who answered both, written out."""
    both = [(row[i], row[j]) for row in answers if not math.isnan(row[i]) and not math.isnan(row[j])]
    means = [sum(pair[side] for pair in both) / len(both) for side in (0, 1)]
    return sum((a - means[0]) * (b - means[1]) for a, b in both) / (len(both) - 1)


def slow_alpha(answers):
    k = len(answers[0])
    cells = {(i, j): slow_covariance(answers, i, j) for i, j in itertools.product(range(k), repeat=2)}
    return k / (k - 1) * (1 - sum(cells[i, i] for i in range(k)) / sum(cells.values()))


def test_alpha_equals_the_formula_written_out():
    answers = likert()
    complete = [row for row in answers if not np.isnan(row).any()]
    assert cronbach_alpha(answers).alpha == pytest.approx(slow_alpha(answers), abs=1e-12)
    assert cronbach_alpha(answers, "listwise").alpha == pytest.approx(slow_alpha(complete), abs=1e-12)


def test_item_statistics_equal_the_formulas_written_out():
    complete = likert(missing=0)
    for item in item_statistics(complete):
        others = np.delete(complete, item.item, axis=1)
        assert item.item_rest == pytest.approx(np.corrcoef(complete[:, item.item], others.sum(axis=1))[0, 1], abs=1e-12)
        assert item.alpha_without == pytest.approx(slow_alpha(others), abs=1e-12)
        assert item.standard_deviation == pytest.approx(complete[:, item.item].std(ddof=1), abs=1e-12)


def test_pairwise_items_take_the_covariances_of_alpha():
    answers = likert()
    item = item_statistics(answers)[1]
    others = [i for i in range(4) if i != 1]
    cells = sum(slow_covariance(answers, i, j) for i in others for j in others)
    rest = sum(slow_covariance(answers, 1, j) for j in others) / math.sqrt(slow_covariance(answers, 1, 1) * cells)
    assert item.item_rest == pytest.approx(rest, abs=1e-12)
    assert item.n == int((~np.isnan(answers[:, 1])).sum())


def test_counts_stand_for_repeated_rows():
    answers, counts = likert(n=20), np.arange(20) % 4
    repeated = np.repeat(answers, counts, axis=0)
    assert cronbach_alpha(answers, counts=counts).alpha == pytest.approx(cronbach_alpha(repeated).alpha, abs=1e-12)
    assert cronbach_alpha(answers, counts=counts).lower == pytest.approx(cronbach_alpha(repeated).lower, abs=1e-12)
    for ours, theirs in zip(item_statistics(answers, counts=counts), item_statistics(repeated), strict=True):
        assert (ours.n, ours.warnings) == (theirs.n, theirs.warnings)
        assert (ours.mean, ours.standard_deviation, ours.item_rest) == pytest.approx(
            (theirs.mean, theirs.standard_deviation, theirs.item_rest), abs=1e-12
        )


def test_only_proportions_of_weights_matter():
    answers, weights = likert(), np.linspace(0.5, 3, 60)
    once, thrice = (cronbach_alpha(answers, weights=weights * factor) for factor in (1, 3))
    assert (once.alpha, once.lower) == pytest.approx((thrice.alpha, thrice.lower), abs=1e-12)
    assert once.alpha != pytest.approx(cronbach_alpha(answers).alpha, abs=1e-4)
    assert once.n_used == thrice.n_used
    half = np.repeat([1.0, 0.0], 30)
    assert cronbach_alpha(answers, weights=half).alpha == pytest.approx(cronbach_alpha(answers[:30]).alpha, abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([[1], [2], [3]], "few_items"),
        (np.empty((5, 0)), "few_items"),
        ([[1, 2], [2, 1]], "few_answers"),
        (np.empty((0, 3)), "few_answers"),
        ([[nan, nan]] * 5, "few_answers"),
        ([[4, 4, 4]] * 5, "no_variance"),
        ([[1, 5], [2, 5], [3, 5]], "no_variance"),
        ([[1, 5], [2, 4], [3, 3], [4, 2]], "no_variance"),
        ([[1, nan], [2, nan], [nan, 1], [nan, 2]], "no_common_answers"),
    ],
)
def test_there_is_no_alpha_and_a_reason(answers, reason):
    scale = cronbach_alpha(answers)
    assert scale.reason == reason
    numbers = (scale.alpha, scale.lower, scale.upper, scale.standard_error, scale.standardised, scale.mean_correlation)
    assert numbers == (None,) * 6


def test_listwise_needs_complete_respondents():
    answers = [[1, 2], [2, 1], [3, nan], [nan, 4], [4, 4]]
    assert cronbach_alpha(answers, "listwise", interval_n="complete").n_complete == 3
    assert cronbach_alpha(answers[:-1], "listwise").reason == "few_answers"
    assert dimensions(answers[:-1], "listwise").reason == "few_answers"


def test_a_constant_item_is_left_out_and_named():
    answers = np.column_stack((likert(missing=0), np.full(60, 5.0)))
    scale = cronbach_alpha(answers)
    assert (scale.n_items, scale.constant_items) == (4, (4,))
    assert scale.alpha == cronbach_alpha(answers[:, :4]).alpha
    constant = item_statistics(answers)[4]
    assert (constant.mean, constant.standard_deviation, constant.item_rest) == (5, 0, None)
    assert constant.warnings == ("constant",)


def test_identical_items_have_alpha_one():
    scale = cronbach_alpha([[1, 1, 1], [2, 2, 2], [5, 5, 5], [4, 4, 4]])
    assert (scale.alpha, scale.lower, scale.upper) == pytest.approx((1, 1, 1), abs=1e-12)
    wald = cronbach_alpha([[1, 1], [2, 2], [5, 5]], interval="duhachek")
    assert max(wald.alpha, wald.upper) <= 1 + 1e-12


def test_few_answers_are_said():
    answers = likert(n=40, missing=0)
    answers[10:, 2] = nan
    assert [item.warnings for item in item_statistics(answers, weak_below=0)][2] == ("few_answers",)
    nobody = item_statistics([[1, nan], [2, nan], [3, nan]])[1]
    assert (nobody.n, nobody.mean, nobody.standard_deviation, nobody.warnings) == (0, None, None, ("few_answers",))


def test_an_item_of_its_own_is_weak():
    answers = likert(n=400, missing=0)
    answers[:, 3] = np.arange(400) % 5 + 1
    assert item_statistics(answers)[3].warnings in (("weak",), ("reversed",))
    assert abs(item_statistics(answers)[3].item_rest) < 0.3


@pytest.mark.parametrize(
    ("alpha", "grade"),
    [
        (0.95, "excellent"),
        (0.9, "excellent"),
        (0.8, "good"),
        (0.7, "acceptable"),
        (0.6999, "questionable"),
        (0.6, "questionable"),
        (0.5999, "poor"),
        (-0.4, "poor"),
        (None, None),
    ],
)
def test_grades_start_at_their_limit(alpha, grade):
    assert scale_grade(alpha).grade == grade
    assert scale_grade(0.99, alpha).lower_grade == grade


def test_what_lies_above_one_has_a_reason_and_no_word():
    """Pairs answered by different people can give an alpha above 1; rounding above 1 is still 1."""
    alpha = cronbach_alpha([[1, 1]] * 8 + [[1, nan]] + [[2, 2]] * 2).alpha
    assert alpha > 1
    assert (scale_grade(alpha).grade, scale_grade(alpha).reason) == (None, "above_one")
    assert (scale_grade(0.8, alpha).grade, scale_grade(0.8, alpha).reason) == ("good", "above_one")
    assert scale_grade(1 + 1e-12).grade == "excellent"
    assert (scale_grade(None).grade, scale_grade(None).reason, scale_grade(nan).grade) == (None, None, None)


def test_random_answers_have_no_dimension_and_one_cause_has_one():
    generator = np.random.default_rng(8)
    chance = dimensions(generator.normal(size=(300, 6)), seed=2)
    assert chance.n_dimensions <= 1
    assert chance.one_dimension_share < 0.3
    assert dimensions(likert(n=300, k=6)).n_dimensions == 1
    halves = np.column_stack((likert(n=300, k=4, seed=1), likert(n=300, k=4, seed=2)))
    assert dimensions(halves).n_dimensions == 2


def test_random_eigenvalues_are_those_of_random_answers():
    """Drawn from the covariance directly; against 300 samples of 80 x 5 normal answers, 0.03 of about 1."""
    generator = np.random.default_rng(4)
    samples = (np.corrcoef(generator.normal(size=(80, 5)), rowvar=False) for _ in range(300))
    slow = np.quantile([np.linalg.eigvalsh(sample)[::-1] for sample in samples], 0.95, axis=0)
    fast = dimensions(generator.normal(size=(80, 5)), n_random=2000).random_eigenvalues
    assert fast == pytest.approx(slow, abs=0.04)


def test_the_seed_decides():
    first, again, other = (dimensions(likert(), seed=seed).random_eigenvalues for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_straight_lines_need_enough_answers():
    answers = np.array([[3.0] * 6 + [nan] * 2, [3.0] * 5 + [nan] * 3, [3.0] * 7 + [4], [nan] * 8])
    assert straight_lines(answers).tolist() == [True, False, False, False]
    assert straight_lines(answers, minimum_answered=5).tolist() == [True, True, False, False]


def test_a_line_through_a_reversed_question_contradicts_itself():
    answers = np.array([[5, 5, 5], [3, 3, 3], [5, 5, nan], [5, 5, 1]])
    assert contradictory_lines(answers, [2], minimum_answered=2).tolist() == [True, True, False, False]
    assert contradictory_lines(answers, [2], midpoint=3, minimum_answered=2).tolist() == [True, False, False, False]
    assert not contradictory_lines(answers, [], minimum_answered=2).any()


def test_the_longest_run_skips_what_was_skipped():
    answers = [[1, 1, nan, 1, 2], [nan] * 5, [1, 2, 3, 4, 5], [2, nan, nan, nan, 2], [5, 5, 3, 3, 3]]
    assert longest_runs(answers).tolist() == [3, 0, 1, 2, 3]


def test_speeders_are_twice_as_fast_per_answer():
    seconds = np.array([100.0] * 40 + [50, 51, 50, nan, 0])
    answered = np.array([10] * 40 + [10, 10, 5, 10, 10])
    result = speeders(seconds, answered)
    assert np.flatnonzero(result.flagged).tolist() == [40]
    assert result.median_seconds == 10
    assert result.speed_index[[0, 40, 42]] == pytest.approx([1, 2, 1])
    assert np.isnan(result.speed_index[-2:]).all()


def test_with_few_times_nobody_is_too_fast():
    result = speeders([100.0] * 28 + [1])
    assert (result.flagged.any(), result.median_seconds, result.reason) == (False, None, "few_times")
    assert np.isnan(result.speed_index).all()
    assert speeders([]).reason == "few_times"


def test_missing_values_of_data_frames_are_missing():
    column = pd.array([1, None, 3, 2], dtype="Int64")
    frame = pd.DataFrame({"a": column, "b": pd.array([2, 3, 3, 1], dtype="Int64")})
    assert cronbach_alpha(frame).n_complete == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cronbach_alpha([["5", 4], [3, 4]]), r"items\[0, 0\] is '5'"),
        (lambda: cronbach_alpha([[1, math.inf], [3, 4]]), r"items\[0, 1\] is inf"),
        (lambda: cronbach_alpha([1, 2, 3]), "items has 1 dimensions"),
        (lambda: cronbach_alpha([[1, 2]], missing="drop"), "missing is 'drop'"),
        (lambda: cronbach_alpha([[1, 2]], interval="bootstrap"), "interval is 'bootstrap'"),
        (lambda: cronbach_alpha([[1, 2]], interval_n="all"), "interval_n is 'all'"),
        (lambda: cronbach_alpha([[1, 2]], level=95), "level is 95"),
        (lambda: cronbach_alpha([[1, 2], [2, 3]], counts=[1]), "counts has shape"),
        (lambda: cronbach_alpha([[1, 2], [2, 3]], counts=[1, 0.5]), r"counts\[1\] is 0.5"),
        (lambda: cronbach_alpha([[1, 2], [2, 3]], weights=[1, -2]), r"weights\[1\] is -2"),
        (lambda: cronbach_alpha([[1, 2], [2, 3]], weights=[1, nan]), r"weights\[1\] is nan"),
        (lambda: straight_lines([[1, 1]], minimum_answered=1), "minimum_answered is 1"),
        (lambda: contradictory_lines([[1, 1]], [2]), "reversed_items holds 2"),
        (lambda: speeders([10, -1]), r"seconds\[1\] is -1"),
        (lambda: speeders([10, 1], [1]), "n_answered has 1 values"),
        (lambda: speeders([10, 1], factor=1), "factor is 1"),
        (lambda: dimensions([[1, 2], [2, 3], [3, 5]], n_random=0), "n_random is 0"),
    ],
)
def test_wrong_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
