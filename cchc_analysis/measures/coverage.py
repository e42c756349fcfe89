"""Whether the exports cover a period: from when to when dossiers were received, and which months have none."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from cchc_analysis.periods import ReportPeriod

SLACK_WORKING_DAYS = 3
"""Working days without any receipt at either end of a period that say nothing yet."""

CoverageState = Literal["whole", "part", "none"]


@dataclass(frozen=True)
class Coverage:
    """How far the exports cover a period.

    `first_on`, `last_on`: first and last receipt in all exports (None where there are none); `months_without`: the
    months of the period in which nothing was received (of those that have begun by the last receipt known);
    `days_before`, `days_after`: working days of the period before the first and after the last receipt. `state`:
    "none" (no receipt in the period), "part" (a month without, or more than SLACK_WORKING_DAYS missing at an end),
    "whole".
    """

    first_on: date | None
    last_on: date | None
    months_without: tuple[ReportPeriod, ...]
    days_before: int
    days_after: int
    state: CoverageState


def coverage(
    flow: pd.DataFrame, period: ReportPeriod, span: tuple[date | None, date | None], missing_days: tuple[int, int]
) -> Coverage:
    """Say how far the exports cover a period.

    `flow`: result of count_flow; `span`: first and last receipt in all exports; `missing_days`: working days of the
    period before the first and after the last receipt. Rules: docs/methods/coverage.md.

    >>> from cchc_analysis.periods import parse_period
    >>> flow = pd.DataFrame({"received_month": [2023 * 12 + 1], "n": [4]})
    >>> found = coverage(flow, parse_period("2023-Q1"), (date(2023, 1, 30), date(2023, 6, 14)), (26, 0))
    >>> found.state, [month.label for month in found.months_without]
    ('part', ['2023-01', '2023-03'])
    """
    received = flow.groupby("received_month")["n"].sum()
    months = [ReportPeriod("month", number, period.window) for number in period.months]
    begun = [month for month in months if span[1] is None or month.start <= span[1]] or months
    without = tuple(month for month in begun if not int(received.get(month.months[0], 0)))
    state: CoverageState = "whole"
    if len(without) == len(begun):
        state = "none"
    elif without or max(missing_days) > SLACK_WORKING_DAYS:
        state = "part"
    return Coverage(*span, without, *missing_days, state)
