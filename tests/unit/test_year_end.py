"""The end of the year: the trend beside the pace, what is refused, and that a page says both."""

from fractions import Fraction

import pytest

from cchc_analysis import measures, wording
from cchc_analysis.measures import Target

RISING = [(20, 100, 100), (30, 100, 100), (42, 100, 100), (50, 100, 100)]


def test_the_worked_example_of_the_method_page() -> None:
    end = measures.year_end(RISING, 2, Target(">=", Fraction(45, 100)))
    assert end.value == pytest.approx((142 + 200 * 122 / 300) / 600)
    assert (round(end.value, 3), round(end.trend.value, 3)) == (0.372, 0.462)
    assert (end.trend.lower, end.trend.upper) == pytest.approx((246 / 600, 303 / 600))
    assert end.trend.difference == pytest.approx(end.trend.value - end.value)
    assert (round(end.trend.odds_ratio, 2), end.trend.n_months, end.trend.contrast) == (1.59, 4, "trend")


def test_a_falling_share_is_below_the_pace_and_can_miss_what_the_pace_reaches() -> None:
    end = measures.year_end(RISING[::-1], 2, Target(">", Fraction(30, 100)))
    assert end.trend.value < end.value
    assert end.trend.contrast == "pace"


def test_a_steady_share_gives_one_answer_twice() -> None:
    end = measures.year_end([(50, 100, 100)] * 6, 6, Target(">", Fraction(1, 2)))
    assert end.trend.difference == pytest.approx(0, abs=1e-12)
    assert end.trend.contrast == ""
    # The line is not known, the pace is: the trend is told with less certainty.
    assert end.trend.upper - end.trend.lower > end.upper - end.lower


@pytest.mark.parametrize(
    ("monthly", "left", "reason"),
    [
        (RISING[:3], 9, "few_months"),
        ([(0, 0, 100), *RISING[:3]], 8, "few_months"),
        ([(0, 50, 50)] * 5, 7, "no_line"),
        ([(0, 50, 50), (0, 50, 50), (20, 50, 50), (50, 50, 50)], 8, "no_line"),
        (RISING, 0, "nothing_left"),
    ],
)
def test_what_is_refused(monthly, left: int, reason: str) -> None:
    end = measures.year_end(monthly, left)
    assert (end.trend, end.trend_refused) == (None, reason)


def test_a_month_without_dossiers_keeps_its_place() -> None:
    gap = measures.year_end([RISING[0], (0, 0, 0), *RISING[1:]], 2)
    assert gap.trend.n_months == 4
    assert gap.trend.odds_ratio < measures.year_end(RISING, 2).trend.odds_ratio


@pytest.mark.parametrize(("language", "pace", "trend"), [("vi", "37,2%", "46,2%"), ("en", "37.2%", "46.2%")])
def test_a_page_says_both_figures_and_how_far_they_are_apart(language, pace: str, trend: str) -> None:
    end = measures.year_end(RISING, 2, Target(">=", Fraction(45, 100)))
    told = wording.digitisation.outlook(end, Target(">=", Fraction(45, 100)), "result_digitised", language)
    assert pace in told
    assert trend in told
    assert ("9,0 điểm phần trăm" if language == "vi" else "9.0 points") in told
    assert ("chỉ kịch bản theo xu hướng đạt" if language == "vi" else "only along the trend") in told


def test_a_refusal_is_said() -> None:
    few = measures.year_end(RISING[:3], 9)
    assert "4 tháng" in wording.digitisation.outlook(few, None, "result_digitised", "vi")
    none = measures.year_end([(0, 50, 50)] * 5, 7)
    assert "no line fits" in wording.digitisation.outlook(none, None, "result_digitised", "en")
