"""Trends, rank tests, t-tests and control charts against published results."""

import csv

import numpy as np
import pytest

from cchc_analysis.stats import (
    mann_kendall,
    mann_whitney,
    p_chart,
    paired_t,
    welch_t,
    wilcoxon_signed_rank,
    xmr_chart,
)

# Student's sleep data: extra hours of sleep of the same ten patients with two drugs (R datasets::sleep).
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

# Hollander and Wolfe (1973): permeability at term and at 12 to 26 weeks (p. 69); depression scores (p. 29).
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]
FIRST_VISIT = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
SECOND_VISIT = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]


def test_p09_orange_juice_cans(reference):
    """Source: Montgomery, Introduction to SQC; NIST e-Handbook pmc332 (.2313 .0524 .4102); 1e-5."""
    with (reference / "06_proportions" / "montgomery_orangejuice_pchart.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))[:30]
    chart = p_chart([int(row["D"]) for row in rows], [int(row["size"]) for row in rows])
    assert chart.centre == pytest.approx(0.231333, abs=1e-6)
    assert chart.lower == pytest.approx([0.052428] * 30, abs=1e-5)
    assert chart.upper == pytest.approx([0.410239] * 30, abs=1e-5)
    assert list(np.flatnonzero(chart.outside) + 1) == [15, 23]


def test_p11_flow_rates():
    """Source: NIST e-Handbook pmc322, which uses 3 / 1.128 where we use 2.66; 1e-3."""
    chart = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert chart.centre == pytest.approx(50.81, abs=1e-9)
    assert chart.mean_moving_range == pytest.approx(1.8778, abs=1e-4)
    assert (chart.lower, chart.upper) == pytest.approx((45.8159, 55.8041), abs=1e-3)


def test_p16_births_with_many_ties(reference):
    """Source: example notebook of pyMannKendall, daily female births; 1e-6."""
    with (reference / "06_proportions" / "mk_daily-total-female-births.csv").open(newline="") as lines:
        births = [int(row["Births"]) for row in csv.DictReader(lines)]
    test = mann_kendall(births)
    assert (test.s, test.variance) == (12336, pytest.approx(5412244, abs=0.5))
    assert test.z == pytest.approx(5.302131, abs=1e-6)
    assert test.p_value == pytest.approx(1.144585e-07, rel=1e-6)
    assert (test.tau_a, test.tau_b) == pytest.approx((0.185699, 0.189559), abs=1e-6)
    assert test.sen_slope == pytest.approx(0.0192308, abs=1e-7)


def test_p19_flow_of_the_nile():
    """Source: R datasets::Nile with the textbook formula; 1e-5."""
    from statsmodels.datasets import nile

    flow = nile.load_pandas().data
    test = mann_kendall(flow["volume"], times=flow["year"])
    assert (test.n, test.s) == (100, -1387)
    assert test.variance == pytest.approx(112728.333, abs=1e-3)
    assert test.z == pytest.approx(-4.128067, abs=1e-6)
    assert test.p_value == pytest.approx(3.6583e-05, rel=1e-4)
    assert test.sen_slope == pytest.approx(-2.6, abs=1e-9)


def test_p20_permeability():
    """Source: help page of R wilcox.test; 1e-5."""
    test = mann_whitney(AT_TERM, EARLIER, alternative="greater")
    assert (test.statistic, test.exact) == (35, True)
    assert test.p_value == pytest.approx(0.12721, abs=1e-5)
    assert (test.estimate, test.lower, test.upper) == pytest.approx((0.305, -0.15, 0.76), abs=1e-9)


def test_p20_depression_scores():
    """Source: help page of R wilcox.test; 1e-6."""
    test = wilcoxon_signed_rank(FIRST_VISIT, SECOND_VISIT, alternative="greater")
    assert (test.statistic, test.exact) == (40, True)
    assert test.p_value == pytest.approx(0.019531, abs=1e-6)
    assert (test.estimate, test.lower, test.upper) == pytest.approx((0.46, 0.01, 0.786), abs=1e-9)


def test_rank_test_of_tied_samples():
    """Source: R wilcox.test(extra ~ group, sleep, exact = FALSE): W = 25.5, p = 0.06933; 1e-5."""
    test = mann_whitney(SLEEP_1, SLEEP_2)
    assert (test.statistic, test.exact) == (25.5, False)
    assert test.p_value == pytest.approx(0.06933, abs=1e-5)


def test_signed_rank_of_pairs_with_ties_and_a_zero():
    """Source: R wilcox.test(paired = TRUE) on sleep: V = 0, p = 0.009091; 1e-6."""
    test = wilcoxon_signed_rank(SLEEP_1, SLEEP_2)
    assert (test.statistic, test.exact) == (0, False)
    assert test.p_value == pytest.approx(0.009091, abs=1e-6)


def test_p23_sleep():
    """Source: help page of R t.test; 1e-4."""
    welch = welch_t(SLEEP_1, SLEEP_2)
    assert (welch.statistic, welch.df, welch.p_value) == pytest.approx((-1.86081, 17.7765, 0.079394), abs=1e-4)
    # R prints the interval -3.3654832 to 0.2054832.
    assert (welch.lower, welch.upper) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    paired = paired_t(SLEEP_1, SLEEP_2)
    assert (paired.statistic, paired.df) == pytest.approx((-4.06213, 9), abs=1e-5)
    assert paired.p_value == pytest.approx(0.0028329, abs=1e-7)
