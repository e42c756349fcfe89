"""How numbers, shares, dates and intervals are written in each language."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from cchc_analysis import formats
from cchc_analysis.errors import Language
from cchc_analysis.tables import TableColumn, html_table

NOTHING = (None, float("nan"), pd.NA, pd.NaT)


@pytest.mark.parametrize(
    ("value", "digits", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (-0.934, 2, "−0,93", "−0.93"),
        (-0.001, 2, "0,00", "0.00"),
        (0.06, 2, "0,06", "0.06"),
        (2.5, 1, "2,5", "2.5"),
    ],
)
def test_numbers_take_the_separators_of_the_language_and_a_true_minus(
    value: float, digits: int, vi: str, en: str
) -> None:
    assert formats.number(value, "vi", digits) == vi
    assert formats.number(value, "en", digits) == en


@pytest.mark.parametrize("value", NOTHING)
def test_what_is_missing_is_said_in_words_and_never_written_as_a_number(value: object) -> None:
    for write in (formats.number, formats.share, formats.points, formats.signed):
        assert write(value, "vi") == "chưa xác định"
        assert write(value, "en") == "undefined"


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (1.0, 1, "100%"),
        (0.0, 1, "0%"),
        (0.9996, 1, ">99,9%"),
        (0.9994, 1, "99,9%"),
        (0.9996, 2, "99,96%"),
        (0.0004, 1, "<0,1%"),
        (-0.052, 1, "−5,2%"),
        (0.694, 0, "69%"),
        (0.996, 0, ">99%"),
    ],
)
def test_a_share_is_rounded_to_100_or_0_only_where_it_is_exactly_that(value: float, digits: int, written: str) -> None:
    assert formats.share(value, "vi", digits) == written


@pytest.mark.parametrize(
    ("lower", "upper", "written"),
    [
        (0.992, 0.99975, "99,2%–100,0%"),
        (0.845, 1.0, "84,5%–100%"),
        (0.0, 0.0003, "0%–0,0%"),
        (None, 0.3, "đến 30,0%"),
        (0.3, None, "từ 30,0%"),
        (None, None, "chưa xác định"),
    ],
)
def test_ends_of_intervals_carry_no_signs_of_more_or_less(lower: float, upper: float, written: str) -> None:
    assert formats.interval(lower, upper, "vi", as_share=True) == written


def test_changes_carry_their_sign_and_no_change_has_none() -> None:
    assert formats.points(0.00123, "vi", 1) == "+0,1"
    assert formats.points(-0.0458, "vi", 1) == "−4,6"
    assert formats.points(0.0004, "vi", 1) == "0,0"
    assert formats.signed(-0.06498, "en", 2) == "−0.06"


def test_dates_are_day_first_in_vietnamese_and_unmistakable_in_english() -> None:
    assert formats.day(date(2023, 9, 5)) == "05/09/2023"
    assert formats.day(date(2023, 9, 5), "en") == "5 September 2023"


def test_a_table_writes_a_minus_that_reads_and_a_key_that_sorts() -> None:
    rows = pd.DataFrame({"label": ["a"], "days": [-0.934]})
    markup = html_table(rows, [TableColumn("label", "A"), TableColumn("days", "B", "days", digits=2)], "Bảng")
    assert 'data-value="-0.934">−0,93<' in markup


@pytest.mark.parametrize(("language", "locale"), [("vi", "vi_VN"), ("en", "en_GB")])
def test_numbers_and_dates_are_written_as_the_cldr_says(language: Language, locale: str) -> None:
    random = np.random.Generator(np.random.PCG64(11))
    sizes = 10.0 ** random.integers(-3, 14, 800)
    values = [*(random.uniform(-1, 1, 800) * sizes).tolist(), 0.0, -0.0, 0.5, 1.5, 1e15, 1e22, float("inf"), 2**53 + 1]
    for digits in (0, 1, 2, 4):
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        for value in values:
            told = format_decimal(round(value, digits) + 0.0, format=pattern, locale=locale).replace("-", "−")
            assert formats.number(value, language, digits) == told, (value, digits)
    for day in (date(2023, month, 1 + 2 * month) for month in range(1, 13)):
        told = format_date(day, "d MMMM y" if language == "en" else "dd/MM/y", locale=locale)
        assert formats.day(day, language) == told
