"""Kaplan-Meier and log-rank against published results of R's survival package and others."""

import csv
from datetime import datetime

import numpy as np
import pytest

from cchc_analysis.stats import kaplan_meier, log_rank, weighted_quantile


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def sample(rows, time, ended):
    """Return (durations, n_events, n_censored), one row per subject."""
    events = np.array([int(ended(row)) for row in rows])
    return np.array([float(row[time]) for row in rows]), events, 1 - events


def median_with_interval(group, transform="log"):
    curve = kaplan_meier(*group)
    return [curve.quantile(), *curve.quantile_interval(transform=transform)]


@pytest.fixture(scope="module")
def lung(reference):
    return rows_of(reference / "03_survival" / "lung.csv")


@pytest.fixture(scope="module")
def receipt(reference):
    """Exact days of the permit log of a Dutch municipality, open cases censored at the end of the log."""
    as_of = datetime.fromisoformat("2012-01-23T15:42:54.644+01:00")
    rows = rows_of(reference / "01_cases" / "receipt_cases.csv")
    ends = [datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else as_of for row in rows]
    days = [
        (end - datetime.fromisoformat(row["received_at"])).total_seconds() / 86400
        for row, end in zip(rows, ends, strict=True)
    ]
    closed = np.array([int(bool(row["closed_at"])) for row in rows])
    return np.array(days), closed


def died(row):
    return row["status"] == "2"


def test_s01_lung_median_and_its_intervals(lung):
    """Source: R survival 3.5, survfit(Surv(time, status) ~ 1, lung), also in its vignette; exact."""
    curve = kaplan_meier(*sample(lung, "time", died))
    assert (curve.n, curve.n_events.sum()) == (228, 165)
    assert curve.quantile(0.5) == 310
    assert curve.quantile_interval(0.5, transform="log") == (285, 363)
    assert curve.quantile_interval(0.5, transform="log-log") == (284, 361)
    assert (curve.quantile(0.25), curve.quantile(0.75)) == (170, 550)


def test_s01_lung_by_sex(lung):
    """Source: R survival, survfit(Surv(time, status) ~ sex, lung) and survdiff; medians exact, 1e-4."""
    men = sample([row for row in lung if row["sex"] == "1"], "time", died)
    women = sample([row for row in lung if row["sex"] == "2"], "time", died)
    assert median_with_interval(men) == [270, 212, 310]
    assert median_with_interval(women) == [426, 348, 550]
    test = log_rank([men, women])
    assert test.statistic == pytest.approx(10.3267, abs=1e-4)
    assert test.p_value == pytest.approx(0.001311, abs=1e-6)
    assert test.df == 1


def test_s01_lung_survival_after_a_year(lung):
    """Source: R summary(survfit(Surv(time, status) ~ 1, lung), times = 365); 1e-6."""
    curve = kaplan_meier(*sample(lung, "time", died))
    assert curve.survival_at(365) == pytest.approx(0.409242, abs=1e-6)
    assert curve.standard_error_at(365) == pytest.approx(0.035824, abs=1e-6)
    # R prints 0.345 and 0.486 for the default (log) interval.
    assert curve.survival_interval_at(365) == pytest.approx((0.345, 0.486), abs=5e-4)


def test_s02_waltons(reference):
    """Source: Waltons data of lifelines, whose intervals are log-log; medians exact, statistic 1e-3."""
    rows = rows_of(reference / "03_survival" / "lifelines_waltons.csv")
    groups = {
        name: sample([row for row in rows if row["group"] == name], "T", lambda row: row["E"] == "1")
        for name in ("control", "miR-137")
    }
    everyone = sample(rows, "T", lambda row: row["E"] == "1")
    assert median_with_interval(groups["control"], "log-log") == [58, 56, 60]
    assert median_with_interval(groups["miR-137"], "log-log") == [26, 19, 29]
    assert median_with_interval(everyone, "log-log") == [56, 53, 58]
    assert log_rank(list(groups.values())).statistic == pytest.approx(122.2491, abs=1e-3)


def test_s03_political_regimes(reference):
    """Source: lifelines documentation, "Survival analysis with lifelines": 4.0 and 260.47; 0.01."""
    rows = rows_of(reference / "03_survival" / "lifelines_dd.csv")
    groups = [
        sample([row for row in rows if row["democracy"] == name], "duration", lambda row: row["observed"] == "1")
        for name in ("Democracy", "Non-democracy")
    ]
    assert kaplan_meier(*sample(rows, "duration", lambda row: row["observed"] == "1")).quantile() == 4.0
    assert [kaplan_meier(*group).quantile() for group in groups] == [3.0, 6.0]
    assert log_rank(groups).statistic == pytest.approx(260.47, abs=0.01)


def test_s07_an_upper_end_that_is_never_reached_is_none(reference):
    """Source: Miller (1981), Survival Analysis, AML maintenance trial; R survfit and survdiff; 1e-5."""
    rows = rows_of(reference / "03_survival" / "aml_leukemia.csv")
    groups = [
        sample([row for row in rows if row["x"] == name], "time", lambda row: row["status"] == "1")
        for name in ("Maintained", "Nonmaintained")
    ]
    assert median_with_interval(groups[0]) == [31, 18, None]
    assert median_with_interval(groups[1]) == [23, 8, None]
    test = log_rank(groups)
    assert test.statistic == pytest.approx(3.396389, abs=1e-5)
    assert test.p_value == pytest.approx(0.065339, abs=1e-5)


def test_s08_ovarian_cancer_by_treatment(reference):
    """Source: help page of R survdiff (chisq 1.1, p 0.3), five digits from R; 1e-3."""
    rows = rows_of(reference / "03_survival" / "ovarian.csv")
    groups = [
        sample([row for row in rows if row["rx"] == arm], "futime", lambda row: row["fustat"] == "1")
        for arm in ("1", "2")
    ]
    test = log_rank(groups)
    assert test.statistic == pytest.approx(1.0627, abs=1e-3)
    assert test.p_value == pytest.approx(0.3026, abs=1e-3)


def test_c02_pending_cases_move_the_median(receipt):
    """Source: receipt log of the CoSeLoG project; R survival 3.5-3 and lifelines 0.30.3; 0.001 days."""
    days, closed = receipt
    possible = days >= 0
    assert possible.sum() == 1432
    curve = kaplan_meier(days[possible], closed[possible], 1 - closed[possible])
    assert curve.quantile() == pytest.approx(52.5121, abs=1e-3)
    # The published ends belong to the log-log band; the log band of these 1432 cases starts one case later.
    assert curve.quantile_interval(transform="log-log") == pytest.approx((50.6503, 53.9537), abs=1e-3)
    assert curve.quantile_interval(transform="log") == pytest.approx((50.6596, 53.9537), abs=1e-3)


def test_c02_closed_cases_alone_look_faster(receipt):
    """Source: numpy.median of the closed cases; 0.001 days."""
    days, closed = receipt
    assert weighted_quantile(days, closed, 0.5) == pytest.approx(50.637, abs=1e-3)


def test_c02_restricted_mean_over_all_cases(receipt):
    """Source: lifelines restricted mean to 90 days of all 1434 cases, impossible durations as 0; 0.001 days."""
    days, closed = receipt
    curve = kaplan_meier(np.maximum(days, 0), closed, 1 - closed)
    assert curve.restricted_mean(90).mean == pytest.approx(54.4914, abs=1e-3)
