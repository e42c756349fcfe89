"""How many respondents a survey needs, and how they are shared among units."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import (
    FloatArray,
    IntArray,
    finite_values,
    normal_quantile,
    refuse_unknown,
    refuse_where,
    whole_counts,
)

Method = Literal["proportional", "equal", "square_root", "neyman"]

HALVINGS = 200
"""Halvings after which the common factor of an allocation no longer changes as a float."""


@dataclass(frozen=True)
class SampleSize:
    """How many answers are needed (`n`, rounded up from `exact`) and how many people to invite for them.

    `n_to_invite` is None when that is more people than the population has: the plan cannot be kept at this
    response rate.
    """

    n: int
    exact: float
    n_to_invite: int | None


def sample_size_for_margin(
    margin: float,
    share: float = 0.5,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    level: float = 0.95,
) -> SampleSize:
    """Return how many answers keep the interval of a share within ± margin.

    `margin` and `share` are shares, `population` the number of people (None: without limit), `design_effect` the
    expected deff, `response_rate` the share of the invited who answer. ValueError for numbers outside their range.
    Formula: n0 = deff z² p (1 - p) / margin², n = N n0 / (N - 1 + n0); Cochran (1977), 4.4; invite n / response rate.

    >>> sample_size_for_margin(0.05)
    SampleSize(n=385, exact=384.14..., n_to_invite=385)
    >>> sample_size_for_margin(0.05, population=8106, design_effect=1.5, response_rate=0.8)
    SampleSize(n=539, exact=538.0..., n_to_invite=674)
    """
    _refuse_unless(0 < margin < 1, "margin", margin, "must lie between 0 and 1")
    _refuse_unless(0 < share < 1, "share", share, "must lie between 0 and 1")
    _refuse_plan(population, design_effect, response_rate)
    endless = design_effect * normal_quantile(level) ** 2 * share * (1 - share) / margin**2
    return _to_invite(_of_finite(endless, population), population, response_rate)


def sample_size_to_tell_apart(
    share_1: float,
    share_2: float,
    power: float = 0.8,
    level: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
) -> SampleSize:
    """Return how many answers each of two groups needs to find two shares different with this power.

    Two-sided test at 1 - level; `population` is that of each group (None: without limit). ValueError for numbers
    outside their range and equal shares. Formula: n0 = deff ((z sqrt(2 p̄ q̄) + z_power sqrt(p1 q1 + p2 q2)) /
    (p1 - p2))², p̄ the mean of both; Fleiss (1981), R: power.prop.test; n = N n0 / (N - 1 + n0).

    >>> sample_size_to_tell_apart(0.50, 0.75, power=0.90)
    SampleSize(n=77, exact=76.7..., n_to_invite=77)
    """
    for name, share in (("share_1", share_1), ("share_2", share_2)):
        _refuse_unless(0 <= share <= 1, name, share, "must lie between 0 and 1")
    _refuse_unless(share_1 != share_2, "share_2", share_2, "must differ from share_1")
    _refuse_unless(0 < power < 1, "power", power, "must lie between 0 and 1")
    _refuse_plan(population, design_effect, response_rate)
    middle = (share_1 + share_2) / 2
    alike = math.sqrt(2 * middle * (1 - middle))
    apart = math.sqrt(share_1 * (1 - share_1) + share_2 * (1 - share_2))
    distance = normal_quantile(level) * alike + float(special.ndtri(power)) * apart
    endless = design_effect * (max(distance, 0.0) / (share_1 - share_2)) ** 2
    return _to_invite(_of_finite(endless, population), population, response_rate)


def slovin(population: float, margin: float) -> int:
    """Return the sample size of the rule n = N / (1 + N margin²), rounded up; 1 / margin² for an infinite N.

    The rule of the Ministry of Home Affairs' surveys (Yamane 1967): z is 2 and the share one half. ValueError for a
    population below 1 or a margin outside (0, 1).

    >>> slovin(8106, 0.05), slovin(float("inf"), 0.05)
    (382, 400)
    """
    _refuse_unless(population >= 1, "population", population, "must be at least 1")
    _refuse_unless(0 < margin < 1, "margin", margin, "must lie between 0 and 1")
    return _rounded_up(1 / (1 / population + margin**2))


def margin_of_sample(
    n: int, share: float = 0.5, population: int | None = None, design_effect: float = 1.0, level: float = 0.95
) -> float:
    """Return half the width of the interval of a share that n answers give.

    ValueError for n below 1 or above the population and numbers outside their range.
    Formula: z sqrt(deff p (1 - p) / n · (N - n) / (N - 1)), Cochran (1977), 3.2; 0 when all of them answered.

    >>> margin_of_sample(382, population=8106)
    0.0489...
    """
    _refuse_unless(n >= 1, "n", n, "must be at least 1")
    _refuse_unless(0 <= share <= 1, "share", share, "must lie between 0 and 1")
    _refuse_plan(population, design_effect, 1.0)
    left = 1.0
    if population is not None:
        _refuse_unless(n <= population, "n", n, f"cannot exceed the population of {population}")
        left = (population - n) / (population - 1) if population > 1 else 0.0
    return normal_quantile(level) * math.sqrt(design_effect * share * (1 - share) / n * left)


def allocate(
    n: int,
    population: Mapping[Any, int],
    method: Method = "proportional",
    minimum: int = 0,
    deviations: Mapping[Any, float] | None = None,
    power: float = 0.5,
) -> dict[Any, int]:
    """Return how n respondents are shared among units: exactly n in all, never more than a unit has.

    `population` is people per unit. "proportional" follows it, "equal" gives every unit the same, "square_root" (or
    another `power` of it) lies between, "neyman" follows population times the standard deviation in `deviations`.
    Every unit gets at least `minimum`, or all it has when that is fewer; units without people get none. Parts
    are rounded by largest remainders, ties by the larger population, then by order. ValueError when n is less
    than the minima or more than the population together, and for an unknown method or missing deviations.
    Neyman (1934); Bankier, The American Statistician 42 (1988) 174 for powers.

    >>> allocate(100, {"a": 5000, "b": 3000, "c": 40}, minimum=10)
    {'a': 56, 'b': 34, 'c': 10}
    >>> allocate(100, {"a": 5000, "b": 3000, "c": 40}, "equal")
    {'a': 34, 'b': 33, 'c': 33}
    """
    units = list(population)
    sizes = whole_counts([population[unit] for unit in units], "population")
    at_most, at_least = sizes, np.minimum(int(whole_counts(minimum, "minimum")), sizes)
    wanted = int(whole_counts(n, "n"))
    if not int(at_least.sum()) <= wanted <= int(at_most.sum()):
        raise ValueError(
            f"n is {wanted}, but the minima need {int(at_least.sum())} and the units have {int(at_most.sum())} people."
        )
    measure = _measure(method, sizes, units, deviations, power)
    parts = _parts(wanted, measure, at_least.astype(np.float64), at_most.astype(np.float64))
    return {unit: int(count) for unit, count in zip(units, _whole_parts(parts, wanted, at_most, sizes), strict=True)}


def _measure(
    method: str, sizes: IntArray, units: list[Any], deviations: Mapping[Any, float] | None, power: float
) -> FloatArray:
    """Return what the parts of an allocation are in proportion to."""
    if method == "neyman":
        if deviations is None or any(unit not in deviations for unit in units):
            raise ValueError("deviations must give a standard deviation for every unit when the method is 'neyman'.")
        spread = finite_values([deviations[unit] for unit in units], "deviations")
        refuse_where(spread < 0, spread, "deviations", "but a standard deviation cannot be negative")
        return sizes * spread
    exponents = {"proportional": 1.0, "equal": 0.0, "square_root": power}
    refuse_unknown(method, get_args(Method), "method")
    return np.where(sizes > 0, sizes.astype(np.float64) ** exponents[method], 0.0)


def _parts(n: int, measure: FloatArray, at_least: FloatArray, at_most: FloatArray) -> FloatArray:
    """Return parts in proportion to the measure, held between the limits, that sum to n."""
    if np.where(measure > 0, at_most, at_least).sum() < n:
        # Units that vary are taken in full; the others share what is left by their size.
        rest = np.where(measure > 0, 0.0, at_most)
        return _parts(n, rest, np.where(measure > 0, at_most, at_least), at_most)

    def held(factor: float) -> FloatArray:
        return np.asarray(np.clip(factor * measure, at_least, at_most))

    high = float(np.max(at_most[measure > 0] / measure[measure > 0])) if (measure > 0).any() else 0.0
    factor = _where_reached(lambda one: float(held(one).sum()) >= n, high)
    return held(factor)


def _where_reached(reached: Callable[[float], bool], high: float) -> float:
    """Return the smallest number up to `high` for which a growing condition holds."""
    low = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _whole_parts(parts: FloatArray, n: int, at_most: IntArray, sizes: IntArray) -> IntArray:
    """Return parts as whole numbers that sum to n: down first, then one more for the largest remainders."""
    # A part that is whole but for rounding of floats must not lose one.
    whole = np.floor(parts + 1e-9).astype(np.int64)
    order = np.lexsort((np.arange(len(parts)), -sizes, -np.round(parts - whole, 9)))
    room = [place for place in order if whole[place] < at_most[place]]
    whole[room[: n - int(whole.sum())]] += 1
    return whole


def _of_finite(endless: float, population: int | None) -> float:
    """Return the sample size in a finite population that is worth one in an endless population."""
    return endless if population is None else population * endless / (population - 1 + endless)


def _to_invite(exact: float, population: int | None, response_rate: float) -> SampleSize:
    """Return whole respondents and how many to invite."""
    n = max(_rounded_up(exact), 1)
    invited = _rounded_up(n / response_rate)
    return SampleSize(n, exact, None if population is not None and invited > population else invited)


def _rounded_up(number: float) -> int:
    """Return the next whole number, but the same one when only rounding of floats lies between."""
    return math.ceil(number - 1e-9 * max(number, 1.0))


def _refuse_plan(population: int | None, design_effect: float, response_rate: float) -> None:
    """Raise ValueError for a population, design effect or response rate that cannot be."""
    if population is not None:
        _refuse_unless(population >= 1, "population", population, "must be at least 1")
    _refuse_unless(0 < design_effect < math.inf, "design_effect", design_effect, "must be above 0")
    _refuse_unless(0 < response_rate <= 1, "response_rate", response_rate, "must be above 0 and at most 1")


def _refuse_unless(right: bool, name: str, value: Any, why: str) -> None:
    """Raise ValueError naming the value."""
    if not right:
        raise ValueError(f"{name} is {value}, but {why}.")
