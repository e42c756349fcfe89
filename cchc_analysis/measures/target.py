"""A target of a plan and the test whether a counted share reaches it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, get_args

import pandas as pd

from cchc_analysis.errors import ParameterError
from cchc_analysis.stats.proportions import wilson_interval

Operator = Literal["=", ">=", ">"]
Verdict = Literal["met", "missed", "undecided", "undefined"]


@dataclass(frozen=True)
class Target:
    """A share that a plan sets and how a figure is to be compared with it.

    `operator` is "=", ">=" or ">"; `share` a fraction in [0, 1], exact. Raises ParameterError for anything else.

    >>> Target(">", Fraction(1, 2)).is_reached(50, 100), Target(">=", Fraction(1, 2)).is_reached(50, 100)
    (False, True)
    """

    operator: Operator
    share: Fraction

    def __post_init__(self) -> None:
        allowed = get_args(Operator)
        if self.operator not in allowed or not 0 <= self.share <= 1:
            raise ParameterError(
                f"A target needs an operator ({', '.join(allowed)}) and a share from 0 to 1; "
                f"got {self.operator!r} {self.share}.",
                f"Chỉ tiêu phải có phép so sánh ({', '.join(allowed)}) và tỷ lệ từ 0 đến 1; "
                f"nhận được {self.operator!r} {self.share}.",
            )

    def is_reached(self, numerator: int, denominator: int) -> bool:
        """Return whether the counted share itself reaches the target, in whole numbers without rounding."""
        return numerator >= self.least(denominator)

    def least(self, denominator: int) -> int:
        """Return the least numerator that reaches the target; it may be larger than the denominator.

        >>> Target(">", Fraction(1, 2)).least(100), Target(">=", Fraction(1, 2)).least(101)
        (51, 51)
        """
        exact = self.share * denominator
        return floor(exact) + 1 if self.operator == ">" else ceil(exact)

    def verdict(self, numerator: int, denominator: int, level: float = 0.95) -> Verdict:
        """Say whether the share is beyond chance on one side of the target.

        "met" or "missed" where the whole Wilson interval lies on that side, "undecided" where it crosses the target,
        "undefined" where nothing was counted. A target of everything is decided by the count alone: one dossier
        without is a miss.

        >>> half = Target(">", Fraction(1, 2))
        >>> half.verdict(60, 100), half.verdict(6, 10), half.verdict(4_000, 10_000), half.verdict(0, 0)
        ('met', 'undecided', 'missed', 'undefined')
        """
        if denominator == 0:
            return "undefined"
        if self.share == 1:
            return "met" if self.is_reached(numerator, denominator) else "missed"
        lower, upper = wilson_interval(numerator, denominator, level)
        goal = float(self.share)
        if lower > goal or (lower == goal and self.operator != ">"):
            return "met"
        return "missed" if upper < goal or (upper == goal and self.operator == ">") else "undecided"


def shortfalls(shares: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Order the groups by how many more would have had to count for each to reach the target.

    `shares`: indicator table of one measure, one row per group. Result: the rows that fall short with `missing` (int),
    the largest first; equal ones keep their order.

    >>> rows = pd.DataFrame({"unit": ["a", "b"], "numerator": [10, 60], "denominator": [100, 100]})
    >>> shortfalls(rows, Target(">", Fraction(1, 2)))[["unit", "missing"]].to_dict("records")
    [{'unit': 'a', 'missing': 41}]
    """
    counts = zip(shares["numerator"], shares["denominator"], strict=True)
    missing = [max(0, target.least(int(n)) - int(x)) if n else 0 for x, n in counts]
    short = shares.assign(missing=missing)
    return short[short["missing"] > 0].sort_values("missing", ascending=False, kind="stable", ignore_index=True)
