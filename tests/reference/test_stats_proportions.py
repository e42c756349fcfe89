"""Intervals and tests of shares against published tables."""

import csv

import numpy as np
import pytest

from cchc_analysis.stats import (
    agresti_caffo_difference,
    chi_square_equal_shares,
    clopper_pearson_interval,
    cochran_armitage_trend,
    mcnemar,
    mid_p_interval,
    newcombe_difference,
    p_chart,
    sign_test,
    wald_difference,
    wilson_cc_interval,
    wilson_interval,
)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("interval", "n_success", "n", "expected"),
    [
        (wilson_interval, 81, 263, (0.2553, 0.3662)),
        (clopper_pearson_interval, 81, 263, (0.2527, 0.3676)),
        (mid_p_interval, 81, 263, (0.2544, 0.3658)),
        (wilson_cc_interval, 81, 263, (0.2535, 0.3682)),
        (wilson_interval, 15, 148, (0.0624, 0.1605)),
        (clopper_pearson_interval, 15, 148, (0.0578, 0.1617)),
    ],
)
def test_p01_intervals_of_one_share(interval, n_success, n, expected):
    """Source: Newcombe, Statistics in Medicine 17 (1998) 857, Table I; 5e-5."""
    assert interval(n_success, n) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (wilson_interval, (0.0, 0.1611)),
        (wilson_cc_interval, (0.0, 0.2005)),
        (clopper_pearson_interval, (0.0, 0.1684)),
        (mid_p_interval, (0.0, 0.1391)),
    ],
)
def test_intervals_of_none_of_twenty(interval, expected):
    """Source: Newcombe, Statistics in Medicine 17 (1998) 857, Table I, 0/20; 5e-5."""
    assert interval(0, 20) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (newcombe_difference, (0.0524, 0.3339)),
        (wald_difference, (0.0575, 0.3425)),
        (agresti_caffo_difference, (0.0525, 0.3358)),
    ],
)
def test_p03_intervals_of_a_difference(interval, expected):
    """Source: Newcombe, Statistics in Medicine 17 (1998) 873, Table II, 56/70 - 48/80; R Epi::ci.pd; 5e-5."""
    assert interval(56, 70, 48, 80) == pytest.approx(expected, abs=5.1e-5)


def test_p03_chi_square_of_two_shares():
    """Source: R prop.test(c(56, 48), c(70, 80), correct = FALSE); 1e-4."""
    test = chi_square_equal_shares([56, 48], [70, 80])
    assert test.statistic == pytest.approx(7.0234, abs=1e-4)
    assert test.p_value == pytest.approx(0.008045, abs=1e-6)


def test_p05_four_groups_of_smokers():
    """Source: help pages of R prop.test and prop.trend.test, after Fleiss (1981); 1e-4."""
    smokers, patients = [83, 90, 129, 70], [86, 93, 136, 82]
    equal = chi_square_equal_shares(smokers, patients)
    assert (equal.statistic, equal.df) == (pytest.approx(12.6004, abs=1e-4), 3)
    assert equal.p_value == pytest.approx(0.0055855, abs=1e-6)
    trend = cochran_armitage_trend(smokers, patients)
    assert trend.statistic == pytest.approx(8.2249, abs=1e-4)
    assert trend.p_value == pytest.approx(0.0041319, abs=1e-6)


def test_p06_trend_of_pain_with_dose():
    """Source: SAS PROC FREQ, example "Pain" (Z = -4.7918 for the other answer); 1e-4."""
    trend = cochran_armitage_trend([6, 7, 9, 14, 23], [32, 33, 32, 32, 32], scores=[0, 1, 2, 3, 4])
    assert trend.z == pytest.approx(4.7918, abs=1e-4)
    assert trend.statistic == pytest.approx(22.9615, abs=1e-4)
    assert trend.p_value == pytest.approx(1.6528e-06, rel=1e-4)


def test_p13_monthly_share_seen_within_four_hours(reference):
    """Source: NHS England A&E statistics as quoted by HSJ 7022147: 90.0, 85.0 and 84.6 percent; 0.05 points."""
    rows = rows_of(reference / "06_proportions" / "nhs_ae_attendances.csv")
    months = ["2017-03-01", "2018-02-01", "2018-03-01"]
    attendances = [sum(int(row["attendances"]) for row in rows if row["period"] == month) for month in months]
    breaches = [sum(int(row["breaches"]) for row in rows if row["period"] == month) for month in months]
    chart = p_chart(np.subtract(attendances, breaches), attendances)
    assert chart.shares * 100 == pytest.approx([90.0, 85.0, 84.6], abs=0.05)
    assert chart.shares == pytest.approx([0.9000949, 0.8504477, 0.8462122], abs=1e-7)


def test_n01_published_on_time_rates_of_a_province(reference):
    """Source: vinhphuc.gov.vn items 3158 and 3105; shares 0.05 points, Wilson ends 1e-9."""
    rows = rows_of(reference / "07_vietnam" / "vn_published_rates.csv")
    numerators, denominators = ([int(row[name]) for row in rows] for name in ("numerator", "denominator"))
    lower, upper = wilson_interval(numerators, denominators)
    assert len(rows) == 9
    assert p_chart(numerators, denominators).shares * 100 == pytest.approx(
        [float(row["published_pct"]) for row in rows], abs=0.05
    )
    assert lower == pytest.approx([float(row["wilson_lo"]) for row in rows], abs=1e-9)
    assert upper == pytest.approx([float(row["wilson_hi"]) for row in rows], abs=1e-9)


def test_n07_provinces_that_went_up():
    """Source: SIPAS 2022 and 2023, baotintuc.vn 17/4/2024: 57 provinces up, 6 down; two digits."""
    assert sign_test(57, 6).p_value == pytest.approx(1.6e-11, abs=5e-13)


def test_l17_approval_of_the_same_people():
    """Source: Agresti, Categorical Data Analysis (2002), 10.1, and R mcnemar.test; 1e-4."""
    test = mcnemar(both=794, first_only=150, second_only=86, neither=570)
    assert (test.share_first, test.share_second, test.n) == (0.59, 0.55, 1600)
    assert test.statistic == pytest.approx(17.3559, abs=1e-4)
    assert test.corrected_statistic == pytest.approx(16.8178, abs=1e-4)
    assert (test.difference, test.lower, test.upper) == pytest.approx((-0.04, -0.0587, -0.0213), abs=5e-5)


def as_read(cell):
    """Return what a careless reader makes of a cell: a number where Python sees one, text elsewhere."""
    try:
        return float(cell)
    except ValueError:
        return cell


def is_share(n_part, n):
    try:
        wilson_interval(as_read(n_part), as_read(n))
    except ValueError:
        return False
    return True


def test_item_70_only_counts_have_an_interval(reference):
    """Source: manifest of awkward inputs, item 70: zero, negative, missing, fractional, larger, with separators."""
    rows = rows_of(reference / "08_bad_inputs" / "70_rates.csv")
    assert len(rows) == 13
    assert [row["Đơn vị"][-1] for row in rows if is_share(row["Số hồ sơ số hóa"], row["Tổng số"])] == list("ABCM")


def test_item_70_wilson_ends():
    """Source: facts of item 70; 1e-6, edges exact."""
    lower, upper = wilson_interval([0, 12, 98], [12, 12, 100])
    assert lower == pytest.approx([0, 0.757506, 0.929988], abs=1e-6)
    assert upper == pytest.approx([0.242494, 1, 0.994498], abs=1e-6)
    assert (lower[0], upper[1]) == (0, 1)
