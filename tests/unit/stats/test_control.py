"""Limits of control charts, worked by hand."""

import numpy as np
import pytest

from cchc_analysis.stats import p_chart, xmr_chart


def test_limits_follow_the_size_of_each_sample():
    chart = p_chart([10, 90, 20], [100, 400, 100])
    centre = 120 / 600
    assert chart.centre == pytest.approx(centre, abs=1e-15)
    assert chart.upper - centre == pytest.approx(3 * np.sqrt(0.16 / np.array([100, 400, 100])), abs=1e-12)
    assert chart.shares == pytest.approx([0.1, 0.225, 0.2], abs=1e-15)


def test_limits_stay_within_shares():
    chart = p_chart([1, 0, 1], [4, 4, 4])
    assert (chart.lower == 0).all()
    assert (p_chart([3, 4, 3], [4, 4, 4]).upper == 1).all()


def test_an_empty_sample_has_no_limits_and_is_not_outside():
    chart = p_chart([5, 0, 4], [50, 0, 50])
    assert np.isnan([chart.shares[1], chart.lower[1], chart.upper[1]]).all()
    assert not chart.outside.any()
    assert chart.centre == 0.09
    assert p_chart([0, 0], [0, 0]).centre is None


def test_a_point_on_its_limit_is_inside():
    assert not p_chart([7, 7], [7, 7]).outside.any()


def test_natural_process_limits_by_hand():
    chart = xmr_chart([10, 14, 12, 12, 40])
    # Steps 4, 2, 0, 28: mean 8.5; mean of values 17.6.
    assert chart.moving_ranges.tolist() == [4, 2, 0, 28]
    assert (chart.lower, chart.upper) == pytest.approx((17.6 - 2.66 * 8.5, 17.6 + 2.66 * 8.5), abs=1e-12)
    assert chart.moving_range_upper == pytest.approx(3.268 * 8.5, abs=1e-12)
    assert not chart.outside.any()


def test_a_value_beyond_the_limits_is_outside():
    assert np.flatnonzero(xmr_chart([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 30]).outside).tolist() == [11]


@pytest.mark.parametrize("values", [[], [3]])
def test_one_value_has_no_limits(values):
    with pytest.raises(ValueError, match="at least two"):
        xmr_chart(values)
