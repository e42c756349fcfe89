"""Random draws that are the same on every machine: a seeded stream of uniform numbers and exact laws.

Only `Generator.random` is used, and every law is a table of exact fractions: no logarithm and no exponential of the
machine's own mathematics library can move a draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import comb

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.sample.catalogue import Procedure
from cchc_analysis.sample.city import BUNCHING_LATE_PER_MILLE, BUNCHING_UNIT, DROP_UNIT
from cchc_analysis.sample.departments import SLOW_PROCEDURE

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TAIL = (32, 16, 8, 4, 2, 1, 1)
_SLOW_FLOOR, _SLOW_SPAN = 8, 20
_DAYS_WITHOUT_TERM = 8


class Stream:
    """A seeded stream of draws; a `branch` of a seed is a stream of its own, which moves no other.

    >>> Stream(1).integers(0, 10, 3).tolist() == Stream(1).integers(0, 10, 3).tolist()
    True
    >>> Stream(1, branch=1).integers(0, 10, 3).tolist() == Stream(1).integers(0, 10, 3).tolist()
    False
    """

    def __init__(self, seed: int, branch: int = 0) -> None:
        # Not of SeedSequence.spawn: a branch must not depend on how many others there are.
        self._generator = np.random.Generator(np.random.PCG64([seed, branch] if branch else seed))

    def uniform(self, n: int) -> NDArray[np.float64]:
        """Return `n` numbers in [0, 1)."""
        return self._generator.random(n)

    def chance(self, probability: float | NDArray[np.float64], n: int) -> Flags:
        """Return `n` flags, each true with its probability."""
        return np.asarray(self.uniform(n) < probability)

    def integers(self, low: int | Integers, high: int | Integers, n: int) -> Integers:
        """Return `n` integers, each uniform on low … high − 1; low where the range is empty."""
        span = np.maximum(np.subtract(high, low), 0)
        return np.asarray(low + np.floor(self.uniform(n) * span), dtype=np.int64)

    def shuffled(self, n: int) -> list[int]:
        """Return the numbers 0 … n − 1 in random order."""
        return [int(number) for number in np.argsort(self.uniform(n), kind="stable")]

    def pick(self, weights: Sequence[int | Fraction], n: int) -> Integers:
        """Return `n` positions of `weights`, drawn in proportion to them."""
        total = sum(weights)
        # The last bound is left out: whatever lies beyond the others belongs to the last position.
        bounds = [float(Fraction(bound) / total) for bound in accumulate(weights)][:-1]
        return np.asarray(np.searchsorted(bounds, self.uniform(n), side="right"), dtype=np.int64)


@dataclass(frozen=True)
class DayLaw:
    """The law of the working days that a dossier uses: `probabilities[k]` of exactly `k` working days.

    >>> law = DayLaw((Fraction(1, 2), Fraction(1, 2)))
    >>> law.mean
    Fraction(1, 2)
    """

    probabilities: tuple[Fraction, ...]

    @property
    def mean(self) -> Fraction:
        """The expected number of working days."""
        return sum((days * share for days, share in enumerate(self.probabilities)), Fraction(0))

    @property
    def median(self) -> int:
        """The smallest number of working days with at least half of the probability at or below it."""
        for days, share in enumerate(accumulate(self.probabilities)):
            if share * 2 >= 1:
                return days
        raise AssertionError("probabilities sum to one")


def beta_binomial(span: int, early: int, slow: int) -> tuple[Fraction, ...]:
    """Return the Beta-binomial probabilities of 0 … span with mean span · early / (early + slow).

    P(k) = C(k+α−1, k) · C(n−k+β−1, n−k) / C(n+α+β−1, n) for integer α = `early`, β = `slow`
    (Johnson, Kemp, Kotz, Univariate Discrete Distributions, 2005, section 6.2.2).

    >>> [str(share) for share in beta_binomial(2, 1, 1)]
    ['1/3', '1/3', '1/3']
    """
    total = comb(span + early + slow - 1, span)
    return tuple(Fraction(comb(k + early - 1, k) * comb(span - k + slow - 1, span - k), total) for k in range(span + 1))


def _with_late_tail(on_time: tuple[Fraction, ...], late_per_mille: int) -> tuple[Fraction, ...]:
    late = Fraction(late_per_mille, 1000)
    step = max(1, (len(on_time) - 1) // 6)
    tail = [Fraction(0)] * (step * len(_TAIL))
    for position, weight in enumerate(_TAIL):
        tail[step * position] = late * Fraction(weight, sum(_TAIL))
    return (*(share * (1 - late) for share in on_time), *tail)


def day_law(procedure: Procedure, unit: str, changed: bool) -> DayLaw:
    """Return the law of the working days of a procedure at a unit, before or after the planted change.

    >>> from cchc_analysis.sample.departments import LAND_TRANSFER
    >>> before, after = (day_law(LAND_TRANSFER, DROP_UNIT, changed).mean for changed in (False, True))
    >>> round(float(after / before - 1), 3)
    -0.186
    """
    if procedure is SLOW_PROCEDURE:
        return DayLaw((*([Fraction(0)] * _SLOW_FLOOR), *beta_binomial(_SLOW_SPAN, 4, 3)))
    span = _DAYS_WITHOUT_TERM if procedure.committed_days is None else procedure.committed_days
    if procedure.day_kind == "calendar":
        span = span * 5 // 7
    early, slow = procedure.early, procedure.slow
    if changed and unit == DROP_UNIT:
        early, slow = 4, 4
    late = procedure.late_per_mille
    if unit == BUNCHING_UNIT and procedure.day_kind == "working" and procedure.committed_days:
        late = BUNCHING_LATE_PER_MILLE
    return DayLaw(_with_late_tail(beta_binomial(span, early, slow), late))
