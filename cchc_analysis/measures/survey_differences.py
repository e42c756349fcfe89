"""Two shares of a survey against each other: interval and p-value of the difference."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cchc_analysis.measures.satisfaction import forms_worth
from cchc_analysis.measures.survey_items import Domain
from cchc_analysis.measures.survey_responses import FloatArray
from cchc_analysis.measures.survey_variance import Spread
from cchc_analysis.stats.share_differences import ShareEstimates, share_difference_interval, share_difference_p


def estimates_of(domain: Domain, spread: Spread) -> ShareEstimates:
    """Return the shares of a group with their precision."""
    return ShareEstimates(domain.shares, spread.standard_errors, spread.df, forms_worth(domain, spread))


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences of k pairs of shares, second less first, with standard error and the correlation of each pair.

    Interval and p-value as stats.share_difference_interval and stats.share_difference_p: they agree with each other,
    stay inside [-1, 1] and know that a share of 0 or 1 of few forms is no certainty.
    """

    first: ShareEstimates
    second: ShareEstimates
    correlation: FloatArray
    standard_error: FloatArray

    @property
    def difference(self) -> FloatArray:
        """Second less first."""
        return self.second.shares - self.first.shares

    @cached_property
    def interval(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper ends of the 95 % intervals."""
        return share_difference_interval(self.second, self.first, self.correlation)

    @cached_property
    def p_value(self) -> FloatArray:
        """Two-sided p-values."""
        return share_difference_p(self.second, self.first, self.correlation)

    def row(self, place: int, prefix: str = "") -> dict[str, Any]:
        """Return lower, upper and p_value of one pair, their names after a prefix."""
        lower, upper = self.interval
        figures = {"lower": lower[place], "upper": upper[place], "p_value": self.p_value[place]}
        return {f"{prefix}{name}": float(value) for name, value in figures.items()}


def column_of(domain: Domain, spread: Spread, place: int) -> ShareEstimates:
    """Return one share of a group as an array of one, its precision from the same place of a spread."""
    whole = estimates_of(domain, spread)
    parts = (whole.shares, whole.standard_errors, whole.df, whole.n)
    return ShareEstimates(*(np.asarray(part[place : place + 1], dtype=np.float64) for part in parts))
