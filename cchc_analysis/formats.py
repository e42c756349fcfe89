"""Numbers, shares and dates as readers of each language write them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import floor, isinf
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language

UNDEFINED = {"vi": "chưa xác định", "en": "undefined"}

# The separators of vi_VN and en_GB in the CLDR: tests/unit/test_formats.py compares with Babel, which takes a hundred
# times as long, and a page writes thousands of numbers.
_SEPARATORS = {"vi": str.maketrans(",.-", ".,−"), "en": str.maketrans("-", "−")}
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
_MONTHS += ["September", "October", "November", "December"]


def is_missing(value: Any) -> bool:
    """Tell whether a figure is undefined (None, NaN, NA or NaT)."""
    return value is None or bool(pd.isna(value))


def number(value: Any, language: Language = "vi", digits: int = 0) -> str:
    """Write a number with the separators of the language and a true minus sign, rounded to `digits` decimals.

    >>> number(1234.5, "vi", 1), number(-1234.5, "en", 1), number(None)
    ('1.234,5', '−1,234.5', 'chưa xác định')
    """
    if is_missing(value):
        return UNDEFINED[language]
    # Rounding first keeps "-0" off the page.
    rounded = round(float(value), digits) + 0.0
    if isinf(rounded):
        return "∞" if rounded > 0 else "−∞"
    # By the shortest digits that mean the number: those of a float itself go on after them.
    return f"{Decimal(repr(rounded)):,.{digits}f}".translate(_SEPARATORS[language])


def share(value: Any, language: Language = "vi", digits: int = 1) -> str:
    """Write a share in [0, 1] as a percentage; a share short of 100 % is never rounded up to it, nor one above 0 down
    to it.

    >>> share(0.9812, "vi"), share(0.99996, "vi"), share(1.0, "en")
    ('98,1%', '>99,9%', '100%')
    """
    if is_missing(value):
        return UNDEFINED[language]
    if value in (0, 1):
        return f"{int(value * 100)}%"
    edge = 10.0**-(digits)
    percent = float(value) * 100
    if 0 <= value <= 1 and round(percent, digits) >= 100:
        return f">{number(100 - edge, language, digits)}%"
    if 0 < value <= 1 and round(percent, digits) <= 0:
        return f"<{number(edge, language, digits)}%"
    return f"{number(percent, language, digits)}%"


def _percent(value: Any, language: Language, digits: int) -> str:
    """Write a share as a percentage, without decimals at 0 and 1."""
    if value in (0, 1):
        return share(value, language)
    return f"{number(float(value) * 100, language, digits)}%"


def points(value: Any, language: Language = "vi", digits: int = 1) -> str:
    """Write a difference of shares in percentage points, with its sign.

    >>> points(0.0123, "vi"), points(-0.002, "en")
    ('+1,2', '−0.2')
    """
    return signed(None if is_missing(value) else float(value) * 100, language, digits)


def signed(value: Any, language: Language = "vi", digits: int = 1) -> str:
    """Write a number with its sign; zero has none."""
    if is_missing(value):
        return UNDEFINED[language]
    text = number(abs(float(value)), language, digits)
    if round(float(value), digits) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def parts(values: Sequence[float], total: float, digits: int) -> list[float]:
    """Round parts so that they add up to the rounded total: the largest remainders are rounded the other way.

    >>> parts([-0.0646, -0.0644], -0.129, 2)
    [-0.07, -0.06]
    """
    unit = 10.0**-digits
    floors = [floor(value / unit) for value in values]
    missing = round(round(total, digits) / unit) - sum(floors)
    order = sorted(range(len(values)), key=lambda place: floors[place] - values[place] / unit)
    raised = set(order[: max(0, missing)])
    return [round((whole + (place in raised)) * unit, digits) + 0.0 for place, whole in enumerate(floors)]


def interval(lower: Any, upper: Any, language: Language = "vi", as_share: bool = False, digits: int = 1) -> str:
    """Write the two ends of an interval; an end that is not reached is said to be so.

    Ends are rounded plainly: "99,2%–>99,9%" would say less than "99,2%–100,0%".

    >>> interval(0.975, 0.982, "vi", as_share=True)
    '97,5%–98,2%'
    >>> interval(3, None, "en", digits=0)
    'from 3'
    """
    write = _percent if as_share else number
    if is_missing(lower) and is_missing(upper):
        return UNDEFINED[language]
    if is_missing(upper):
        return f"{'từ' if language == 'vi' else 'from'} {write(lower, language, digits)}"
    if is_missing(lower):
        return f"{'đến' if language == 'vi' else 'up to'} {write(upper, language, digits)}"
    return f"{write(lower, language, digits)}–{write(upper, language, digits)}"


def day(value: date | datetime | None, language: Language = "vi") -> str:
    """Write a date as dd/mm/yyyy in Vietnamese, with the month as a word in English, where dd/mm would be ambiguous.

    >>> day(date(2023, 6, 14)), day(date(2023, 6, 14), "en")
    ('14/06/2023', '14 June 2023')
    """
    if is_missing(value) or value is None:
        return UNDEFINED[language]
    return f"{value:%d/%m/%Y}" if language == "vi" else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
