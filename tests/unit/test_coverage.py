"""Whether the exports cover a period, and what the page says of it."""

from datetime import date

import pandas as pd
import pytest

from cchc_analysis import measures, wording
from cchc_analysis.errors import Language
from cchc_analysis.periods import parse_period
from cchc_analysis.working_time import WorkingCalendar

Q1, Q2 = parse_period("2023-Q1"), parse_period("2023-Q2")
SPAN = (date(2023, 1, 30), date(2023, 6, 14))


def flow(**months: int) -> pd.DataFrame:
    numbers = [parse_period(name.replace("m", "2023-")).months[0] for name in months]
    return pd.DataFrame({"received_month": numbers, "n": list(months.values())})


def test_the_worked_example_of_the_method_page() -> None:
    before = int(WorkingCalendar.vietnam().count_inclusive(Q1.start, date(2023, 1, 29)))
    assert before == 26
    counts = flow(m02=4, m03=5, m04=5, m05=6, m06=6)
    first, second = measures.coverage(counts, Q1, SPAN, (before, 0)), measures.coverage(counts, Q2, SPAN, (0, 0))
    assert (first.state, [month.label for month in first.months_without]) == ("part", ["2023-01"])
    assert (second.state, second.months_without) == ("whole", ())


@pytest.mark.parametrize(
    ("missing", "state"), [((3, 0), "whole"), ((4, 0), "part"), ((0, 3), "whole"), ((0, 4), "part")]
)
def test_three_working_days_say_nothing_yet(missing: tuple[int, int], state: str) -> None:
    assert measures.coverage(flow(m04=1, m05=1, m06=1), Q2, SPAN, missing).state == state


def test_nothing_received_and_no_exports_at_all() -> None:
    assert measures.coverage(flow(m02=3), Q2, (date(2023, 1, 30), date(2023, 4, 20)), (0, 30)).state == "none"
    assert measures.coverage(flow(), Q2, (None, None), (0, 0)).state == "none"


def test_a_month_that_begins_after_the_last_receipt_is_not_asked_for() -> None:
    found = measures.coverage(flow(m04=3, m05=3), Q2, (date(2023, 1, 1), date(2023, 5, 12)), (0, 2))
    assert (found.state, found.months_without) == ("whole", ())


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("vi", ["30/01/2023", "26 ngày làm việc", "tháng 1/2023"]),
        ("en", ["30 January 2023", "26 working days", "January 2023"]),
    ],
)
def test_the_page_says_what_is_missing(language: Language, says: list[str]) -> None:
    told = wording.coverage.base_covered(
        measures.coverage(flow(m02=4, m03=5), Q1, SPAN, (26, 0)), "quý I/2023", language
    )
    for text in says:
        assert text.lower() in told.lower()
    whole = measures.coverage(flow(m04=1, m05=1, m06=1), Q2, SPAN, (0, 0))
    assert wording.coverage.base_covered(whole, "quý II/2023", language) == ""
    none = measures.coverage(flow(), Q1, (None, None), (0, 0))
    assert "quý I/2023" in wording.coverage.base_covered(none, "quý I/2023", language)
