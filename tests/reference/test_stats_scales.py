"""Reliability, drivers and counted answers against published and R results."""

import csv
import json

import numpy as np
import pytest

from cchc_analysis.stats.contingency import chi_square_independence, compare_ordered_counts, kruskal_wallis_counts
from cchc_analysis.stats.dimensionality import dimensions
from cchc_analysis.stats.driver_intervals import bootstrap_importance
from cchc_analysis.stats.drivers import relative_importance
from cchc_analysis.stats.proportions import wilson_interval
from cchc_analysis.stats.ranks import mann_whitney
from cchc_analysis.stats.reliability import cronbach_alpha, item_statistics

AGREEMENT = ["strongly disagree", "disagree", "agree", "strongly agree"]

# R's swiss: Fertility, Agriculture, Examination, Education, Catholic, Infant.Mortality of 47 provinces, about 1888
# (Mosteller and Tukey, Data Analysis and Regression, 1977, pp. 549-551), in R's order.
SWISS = """
80.2 17.0 15 12 9.96 22.2 | 83.1 45.1 6 9 84.84 22.2 | 92.5 39.7 5 5 93.40 20.2 | 85.8 36.5 12 7 33.77 20.3
76.9 43.5 17 15 5.16 20.6 | 76.1 35.3 9 7 90.57 26.6 | 83.8 70.2 16 7 92.85 23.6 | 92.4 67.8 14 8 97.16 24.9
82.4 53.3 12 7 97.67 21.0 | 82.9 45.2 16 13 91.38 24.4 | 87.1 64.5 14 6 98.61 24.5 | 64.1 62.0 21 12 8.52 16.5
66.9 67.5 14 7 2.27 19.1 | 68.9 60.7 19 12 4.43 22.7 | 61.7 69.3 22 5 2.82 18.7 | 68.3 72.6 18 2 24.20 21.2
71.7 34.0 17 8 3.30 20.0 | 55.7 19.4 26 28 12.11 20.2 | 54.3 15.2 31 20 2.15 10.8 | 65.1 73.0 19 9 2.84 20.0
65.5 59.8 22 10 5.23 18.0 | 65.0 55.1 14 3 4.52 22.4 | 56.6 50.9 22 12 15.14 16.7 | 57.4 54.1 20 6 4.20 15.3
72.5 71.2 12 1 2.40 21.0 | 74.2 58.1 14 8 5.23 23.8 | 72.0 63.5 6 3 2.56 18.0 | 60.5 60.8 16 10 7.72 16.3
58.3 26.8 25 19 18.46 20.9 | 65.4 49.5 15 8 6.10 22.5 | 75.5 85.9 3 2 99.71 15.1 | 69.3 84.9 7 6 99.68 19.8
77.3 89.7 5 2 100.00 18.3 | 70.5 78.2 12 6 98.96 19.4 | 79.4 64.9 7 3 98.22 20.2 | 65.0 75.9 9 9 99.06 17.8
92.2 84.6 3 3 99.46 16.3 | 79.3 63.1 13 13 96.83 18.1 | 70.4 38.4 26 12 5.62 20.3 | 65.7 7.7 29 11 13.79 20.5
72.7 16.7 22 13 11.22 18.9 | 64.4 17.6 35 32 16.92 23.0 | 77.6 37.6 15 7 4.97 20.0 | 67.6 18.7 25 7 8.65 19.5
35.0 1.2 37 53 42.34 18.0 | 44.7 46.6 16 29 50.43 18.2 | 42.8 27.7 22 29 58.33 19.3
"""


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def answers_of(path, columns=None):
    """Numbers of a file, nan where a cell is empty."""
    rows = rows_of(path)
    return np.array([[float(row[name]) if row[name] else np.nan for name in columns or rows[0]] for row in rows])


def expected(reference, case):
    cases = json.loads((reference / "cases_shared.json").read_text("utf-8"))
    return next(one["expected"] for one in cases if one["id"] == case)


def personality(reference, letter, reversed_items=()):
    """The five items of one trait of psych's bfi, answers 1 to 6."""
    answers = answers_of(reference / "05_likert" / "bfi.csv", [f"{letter}{i}" for i in range(1, 6)])
    for item in reversed_items:
        answers[:, item] = 7 - answers[:, item]
    return answers


def swiss():
    rows = np.array([row.split() for row in SWISS.replace("|", "\n").split("\n") if row.strip()], dtype=float)
    return rows[:, 1:], rows[:, 0]


def test_l01_alpha_of_a_long_table(reference):
    """Source: pingouin's docstring, after real-statistics.com; 1e-7, ends three digits."""
    known = expected(reference, "L01")
    rows = rows_of(reference / "05_likert" / "pingouin_cronbach_alpha.csv")
    scores = {(row["Subj"], row["Items"]): float(row["Scores"]) for row in rows}
    subjects, items = (list(dict.fromkeys(key[i] for key in scores)) for i in (0, 1))
    scale = cronbach_alpha([[scores[subject, item] for item in items] for subject in subjects])
    assert (scale.n_items, scale.n_used) == (len(items), len(subjects))
    assert scale.alpha == pytest.approx(known["alpha"], abs=1e-7)
    assert (scale.lower, scale.upper) == pytest.approx(known["ci"], abs=5e-4)


def test_l02_alpha_with_missing_answers(reference):
    """Source: pingouin's docstring, which equals psych::alpha with use = "pairwise" and "complete.obs"; 1e-7.

    Its intervals count all twelve respondents under both rules.
    """
    known = expected(reference, "L02")
    answers = answers_of(reference / "05_likert" / "pingouin_cronbach_wide_missing.csv")
    pairwise, listwise = cronbach_alpha(answers), cronbach_alpha(answers, "listwise")
    assert pairwise.alpha == pytest.approx(known["pairwise"], abs=1e-7)
    assert (pairwise.lower, pairwise.upper) == pytest.approx(known["ci_pairwise"], abs=5e-4)
    assert listwise.alpha == pytest.approx(known["listwise"], abs=1e-7)
    assert (listwise.lower, listwise.upper) == pytest.approx(known["ci_listwise"], abs=5e-4)
    assert (listwise.n_used, listwise.n_complete, listwise.interval_n) == (12, 9, 12)
    cautious = cronbach_alpha(answers, "listwise", interval_n="complete")
    assert cautious.lower < listwise.lower < listwise.upper < cautious.upper
    imputed = np.where(np.isnan(answers), np.nanmedian(answers, axis=0), answers)
    assert cronbach_alpha(imputed).alpha == pytest.approx(known["median_imputed"], abs=1e-7)


def test_l03_alpha_of_two_traits(reference):
    """Source: psych::alpha on psych::bfi; 1e-8, ends 1e-6."""
    known = expected(reference, "L03")
    for letter, reversed_items in (("A", [0]), ("C", [3, 4])):
        answers = personality(reference, letter, reversed_items)
        found = [cronbach_alpha(answers, missing).alpha for missing in ("pairwise", "listwise")]
        assert found == pytest.approx(known[letter], abs=1e-8)
    scale = cronbach_alpha(personality(reference, "A", [0]))
    assert (scale.lower, scale.upper) == pytest.approx(known["feldt_A"], abs=1e-6)


def test_all_printed_digits_of_a_scale(reference):
    """Source: Revelle, personality-project.org, FAQ "Comparing alpha", alpha(bfi[16:20]) to six digits; 1e-6."""
    scale = cronbach_alpha(personality(reference, "N"), interval="duhachek")
    assert (scale.alpha, scale.standardised) == pytest.approx((0.813963, 0.814675), abs=1e-6)
    assert scale.mean_correlation == pytest.approx(0.467854, abs=1e-6)
    assert scale.standard_error == pytest.approx(0.0056071, abs=1e-7)
    assert scale.upper - scale.lower == pytest.approx(2 * 1.959964 * 0.0056071, abs=1e-6)


def test_l05_an_item_asked_the_other_way_round(reference):
    """Source: psych::alpha(bfi[1:5]) without keys; 1e-8, item-rest correlation 5e-5."""
    known = expected(reference, "L05")
    answers = personality(reference, "A")
    assert cronbach_alpha(answers).alpha == pytest.approx(known["alpha"], abs=1e-8)
    items = item_statistics(answers)
    assert items[0].item_rest == pytest.approx(known["r_drop_A1"], abs=5e-5)
    assert [item.warnings for item in items] == [("reversed",), (), (), (), ()]
    turned = item_statistics(personality(reference, "A", [0]))
    assert [item.warnings for item in turned] == [()] * 5
    assert items[0].alpha_without == pytest.approx(cronbach_alpha(answers[:, 1:]).alpha, abs=1e-12)


def test_l08_alpha_of_binary_items(reference):
    """Source: ltm::cronbach.alpha(LSAT), 0.295; 1e-8."""
    scale = cronbach_alpha(answers_of(reference / "05_likert" / "lsat.csv"))
    assert scale.alpha == pytest.approx(expected(reference, "L08")["alpha"], abs=1e-8)


def test_l09_satisfaction_of_a_city(reference):
    """Source: UCI Somerville Happiness Survey; R; 1e-8. The test of counts equals the test of answers."""
    known = expected(reference, "L09")
    path = reference / "05_likert" / "somerville2015.csv"
    answers, happy = answers_of(path, [f"X{i}" for i in range(1, 7)]), answers_of(path, ["D"])[:, 0]
    items = item_statistics(answers)
    assert [item.n for item in items] == [known["n"]] * 6
    assert [item.mean for item in items] == pytest.approx(known["means"], abs=1e-8)
    assert cronbach_alpha(answers).alpha == pytest.approx(known["alpha"], abs=1e-8)
    assert np.bincount(happy.astype(int)).tolist() == known["D"]
    for question in answers.T:
        slow = mann_whitney(question[happy == 1], question[happy == 0])
        counted = compare_ordered_counts(*([(question[happy == d] == v).sum() for v in range(1, 6)] for d in (1, 0)))
        assert (counted.statistic, counted.p_value) == pytest.approx((slow.statistic, slow.p_value), rel=1e-12)


def test_l12_a_table_of_counts(reference):
    """Source: Madsen 1976, MASS::housing; R chisq.test(correct = FALSE); as printed."""
    known = expected(reference, "L12")
    rows = rows_of(reference / "05_likert" / "copenhagen_housing_satisfaction.csv")
    levels = ["Low", "Medium", "High"]

    def table(column, groups):
        cells = np.zeros((len(groups), 3), dtype=int)
        for row in rows:
            cells[groups.index(row[column]), levels.index(row["Sat"])] += int(row["Freq"])
        return cells

    influence = table("Infl", levels)
    assert (influence.sum(), influence.sum(axis=0).tolist()) == (known["n"], known["Sat"])
    assert influence[:, 2] / influence.sum(axis=1) == pytest.approx(known["high_by_infl"], abs=5e-6)
    assert (np.diff(wilson_interval(influence[:, 2], influence.sum(axis=1)), axis=0) > 0).all()
    test = chi_square_independence(influence)
    assert [test.statistic, test.df] == pytest.approx(known["chisq_infl"], abs=5e-4)
    homes = chi_square_independence(table("Type", ["Tower", "Apartment", "Atrium", "Terrace"]))
    assert [homes.statistic, homes.df] == pytest.approx(known["chisq_type"], abs=5e-4)
    contact = chi_square_independence(table("Cont", ["Low", "High"]))
    assert [contact.statistic, contact.df, contact.p_value] == pytest.approx(known["chisq_cont"], abs=5e-6)
    # Two groups: Kruskal-Wallis is the square of Mann-Whitney without its continuity correction.
    low, high = table("Cont", ["Low", "High"])
    counted, both = compare_ordered_counts(low, high), kruskal_wallis_counts([low, high])
    excess = counted.statistic - low.sum() * high.sum() / 2
    assert both.statistic == pytest.approx((counted.z * excess / (excess - 0.5 * np.sign(excess))) ** 2, rel=1e-9)


def test_l15_words_in_their_order(reference):
    """Source: R psych::alpha on ltm::Science; 1e-8. In alphabetical order the alpha would be another."""
    known = expected(reference, "L15")
    rows = rows_of(reference / "05_likert" / "eurobarometer1992_science.csv")

    def alpha(items, order=AGREEMENT):
        return cronbach_alpha([[order.index(row[item]) + 1 for item in items] for row in rows]).alpha

    optimism = ["Comfort", "Work", "Future", "Benefit"]
    assert alpha(optimism) == pytest.approx(known["alpha"], abs=1e-8)
    assert alpha(list(rows[0])) == pytest.approx(known["all7"], abs=1e-8)
    assert abs(alpha(optimism, sorted(AGREEMENT)) - known["alpha"]) > 0.01


def test_l18_what_explains_fertility(reference):
    """Source: Grömping, Journal of Statistical Software 17 (2006) 1, R relaimpo, type "lmg"; 1e-6."""
    known = expected(reference, "L18")
    drivers, fertility = swiss()
    names = ["Agriculture", "Examination", "Education", "Catholic", "InfantMort"]
    result = relative_importance(drivers, fertility, names=names)
    assert (result.n, result.reason) == (47, None)
    assert result.r_squared == pytest.approx(known["R2"], abs=1e-6)
    assert dict(zip(names, result.lmg, strict=True)) == pytest.approx({n: known[n] for n in names}, abs=1e-6)
    intervals = bootstrap_importance(drivers, fertility, names=names, n_bootstrap=500)
    assert intervals.rank_lower[2] == 1
    assert (intervals.lower < result.lmg).all()
    assert (result.lmg < intervals.upper).all()


def test_parallel_analysis_of_five_traits(reference):
    """Source: fa.parallel(bfi[1:25]) of R's psych prints "the number of components = 6"; whole numbers."""
    answers = answers_of(reference / "05_likert" / "bfi.csv", [f"{t}{i}" for t in "ACENO" for i in range(1, 6)])
    every = dimensions(answers)
    assert every.n_dimensions == 6
    one = dimensions(personality(reference, "N"))
    assert one.n_dimensions == 1
    assert one.one_dimension_share > 2 * every.one_dimension_share
    assert one.eigenvalues.sum() == pytest.approx(5, abs=1e-9)
