"""Signals of a control chart: patterns that a stable process would rarely make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cchc_analysis.stats.counts import FloatArray

Rule = Literal["outside", "shift", "trend", "two_of_three", "inner_third"]
Side = Literal["above", "below", "rising", "falling", "both"]

RULES: tuple[Rule, ...] = ("outside", "shift", "trend", "two_of_three")
"""The rules looked for unless others are asked for; `inner_third` is the fifth."""

RUN_LENGTH = 7
"""Points in a row on one side (shift), or each higher or lower than the one before (trend)."""

INNER_RUN = 15
"""Points in a row within one sigma of the centre."""

NEXT_TO = 1e-9
"""Distance, in sigmas or relative, that counts as none: sums of floats are not exact."""


@dataclass(frozen=True)
class Signal:
    """One pattern: its rule, its side, and the places of its first and last point, counted from 0."""

    rule: Rule
    side: Side
    first: int
    last: int


def chart_signals(
    values: ArrayLike, centre: float, sigma: ArrayLike, rules: Sequence[Rule] = RULES
) -> tuple[Signal, ...]:
    """Return the signals of a series around its centre, in order of rule and time.

    `values`: one per point in order of time, nan = not measured, which ends every run; `sigma`: one standard deviation,
    or one per point. Rules of the NHS programme Making Data Count: a point beyond 3 sigma (`outside`); 7 in a row on
    one side of the centre (`shift`); 7 in a row rising or falling (`trend`); two of three beyond 2 sigma on one side,
    not outside (`two_of_three`); 15 in a row within 1 sigma (`inner_third`). A point on the centre is on no side.
    Overlapping patterns of one rule and side are one signal.

    >>> chart_signals([5, 5, 9, 5, 4, 4, 4, 4, 4, 4, 4], centre=5, sigma=1)
    (Signal(rule='outside', side='above', first=2, last=2), Signal(rule='shift', side='below', first=4, last=10))
    """
    series = np.asarray(values, dtype=np.float64)
    distance = _distances(series, centre, np.broadcast_to(np.asarray(sigma, dtype=np.float64), series.shape))
    found: list[Signal] = []
    for rule in rules:
        for side, hit in _patterns(rule, series, distance):
            found += [Signal(rule, side, first, last) for first, last in _runs(hit)]
    return tuple(found)


def _distances(series: FloatArray, centre: float, sigma: FloatArray) -> FloatArray:
    """Return distances from the centre in sigmas; without spread every other value is infinitely far."""
    gap = series - centre
    gap = np.where(np.abs(gap) <= NEXT_TO * max(abs(centre), 1e-300), 0.0, gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(gap == 0, 0.0, gap / sigma)
    return np.where(np.isnan(series), np.nan, distance)


def _patterns(rule: Rule, series: FloatArray, z: FloatArray) -> list[tuple[Side, NDArray[np.bool_]]]:
    """Return for each side which points belong to a pattern of the rule."""
    if rule == "outside":
        return [("above", z > 3 + NEXT_TO), ("below", z < -3 - NEXT_TO)]
    if rule == "shift":
        return [("above", _long(z > 0, RUN_LENGTH)), ("below", _long(z < 0, RUN_LENGTH))]
    if rule == "trend":
        steps = np.diff(series)
        return [("rising", _stepped(steps > 0)), ("falling", _stepped(steps < 0))]
    if rule == "two_of_three":
        return [("above", _two_of_three(z)), ("below", _two_of_three(-z))]
    return [("both", _long(np.abs(z) < 1, INNER_RUN))]


def _runs(hit: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last place of each unbroken run."""
    edges = np.diff(np.concatenate(([0], hit.astype(np.int8), [0])))
    firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(first), int(end) - 1) for first, end in zip(firsts, ends, strict=True)]


def _long(hit: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    kept = np.zeros_like(hit)
    for first, last in _runs(hit):
        if last - first + 1 >= length:
            kept[first : last + 1] = True
    return kept


def _stepped(up: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the points of long runs of steps, the point before the first step included."""
    points = np.zeros(len(up) + 1, dtype=bool)
    for first, last in _runs(_long(up, RUN_LENGTH - 1)):
        points[first : last + 2] = True
    return points


def _two_of_three(z: FloatArray) -> NDArray[np.bool_]:
    far = (z > 2 + NEXT_TO) & (z <= 3 + NEXT_TO)
    found = np.zeros(len(z), dtype=bool)
    for first, second in zip(np.flatnonzero(far)[:-1], np.flatnonzero(far)[1:], strict=True):
        inside = z[first : second + 1]
        if second - first <= 2 and len(z) >= 3 and not np.isnan(inside).any():
            found[first : second + 1] = True
    return found
