"""Sample designs: weights, strata, clusters and finite populations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol, Self, get_args

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.stats.counts import BoolArray, FloatArray, IntArray, finite_values, refuse_unknown, refuse_where

LonelyRule = Literal["fail", "remove", "adjust", "average", "certainty"]
Codes = NDArray[Any]
"""One code per respondent, numbers or text, as an array or a list."""


class Calibration(Protocol):
    """Weights that were fitted to known totals; the variance is then that of what the totals do not explain."""

    @property
    def weights(self) -> FloatArray:
        """The fitted weights, one per respondent."""

    def residuals(self, influence: FloatArray) -> FloatArray:
        """Return the (n, k) influence values less the part that the known totals explain."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of sampling: the units drawn, in which stratum each lies and what the strata leave undrawn.

    `row_unit` is the unit of every respondent, `unit_stratum` the stratum of every unit, both numbered from 0. Per
    stratum: its code in `labels`, how many units were `drawn` (m), the `left_share` 1 - m / M of its population, and
    the `factor` of its variance, the share drawn by the stages before.
    """

    row_unit: IntArray
    unit_stratum: IntArray
    labels: tuple[Any, ...]
    drawn: FloatArray
    left_share: FloatArray
    factor: FloatArray

    @property
    def lonely(self) -> BoolArray:
        """Strata of which one unit was drawn although there are more."""
        return np.asarray((self.drawn == 1) & (self.left_share > 0) & (self.factor > 0), dtype=np.bool_)

    def unit_sums(self, rows: NDArray[Any]) -> FloatArray:
        """Return the sum of every unit from one row per respondent, (n, k)."""
        return grouped_sums(rows, self.row_unit, len(self.unit_stratum))

    def stratum_sums(self, units: NDArray[Any]) -> FloatArray:
        """Return the sum of every stratum from one row per unit."""
        return grouped_sums(units, self.unit_stratum, len(self.drawn))


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """How respondents were drawn: everything a design-based standard error needs, as R's `survey::svydesign`.

    `weights` holds one number of at least 0 per respondent; a weight of 0 gives nothing to any estimate or degree of
    freedom, but its unit stays among the units drawn. `strata` and `clusters` are codes (numbers or text) per
    respondent: strata of the first stage and the units drawn in them. Clusters are nested in strata, so the
    same code in two strata is two clusters (R: nest = TRUE); without clusters every respondent is a unit.
    `stratum_population` is, per respondent, the number of units in the population of the stratum (R: fpc), infinite
    where drawn with replacement; None leaves the correction for finite populations out. `later_stages` are pairs of
    cluster codes and population per unit of the stage before; as in R they add only where populations are given.
    `lonely` is the rule for strata of which one unit was drawn, as R's options(survey.lonely.psu): "fail" refuses,
    "remove" and "certainty" let them add nothing, "adjust" centres them at the mean of all units, "average" gives
    them the mean of the other strata. `lonely_domains` applies "adjust" and "average" also to strata with
    one unit left in a domain (R: survey.adjust.domain.lonely). `calibrations` come from `calibrated`.

    ValueError for weights that are negative or not finite, arrays of different lengths, missing codes, a population
    that varies within a stratum or is smaller than what was drawn, and an unknown rule.

    >>> design = SurveyDesign([15, 15, 15, 12, 12], strata=["a", "a", "a", "b", "b"])
    >>> design.n_units, design.n_strata, design.degrees_of_freedom(), design.lonely_strata
    (5, 2, 3, ())
    """

    weights: FloatArray
    strata: Codes | None = None
    clusters: Codes | None = None
    stratum_population: NDArray[Any] | None = None
    lonely: LonelyRule = "fail"
    later_stages: Sequence[tuple[Codes, NDArray[Any] | None]] = ()
    lonely_domains: bool = False
    calibrations: tuple[Calibration, ...] = ()

    def __post_init__(self) -> None:
        refuse_unknown(self.lonely, get_args(LonelyRule), "lonely")
        object.__setattr__(self, "weights", checked_weights(self.weights))
        _ = self.stages

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    @property
    def n_units(self) -> int:
        """Number of units drawn at the first stage."""
        return len(self.stages[0].unit_stratum)

    @property
    def n_strata(self) -> int:
        """Number of strata of the first stage."""
        return len(self.stages[0].drawn)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of sampling; later ones only where populations are known."""
        n = len(self.weights)
        strata: IntArray = np.zeros(n, dtype=np.int64)
        names: tuple[Any, ...] = (None,)
        if self.strata is not None:
            strata, names = encoded(self.strata, "strata", n)
        units, first = _stage(strata, names, self.clusters, self.stratum_population, "clusters", np.ones(len(names)))
        stages, parent = [first], units
        for number, (clusters, population) in enumerate(self.later_stages, start=2):
            above = stages[-1]
            drawn_share = (1 - above.left_share) * above.factor
            labels = tuple(range(len(above.unit_stratum)))
            name = f"clusters of stage {number}"
            parent, stage = _stage(parent, labels, clusters, population, name, drawn_share[above.unit_stratum])
            stages.append(stage)
        return tuple(stages)

    @property
    def lonely_strata(self) -> tuple[Any, ...]:
        """Codes of strata of which one unit was drawn although their population has more."""
        return tuple(self.stages[0].labels[i] for i in np.flatnonzero(self.stages[0].lonely))

    def degrees_of_freedom(self, domain: BoolArray | None = None) -> int:
        """Return the number of units less the number of strata, of those with a respondent of weight above 0.

        `domain` is one true/false per respondent; as in R's degf of a subset only units and strata with a
        respondent in it count.

        >>> SurveyDesign([1, 1, 1, 1], ["a", "a", "b", "b"]).degrees_of_freedom([True, True, True, False])
        1
        """
        return int(self.degrees_of_freedom_of(self.present(domain)[:, None])[0])

    def degrees_of_freedom_of(self, present: BoolArray) -> IntArray:
        """Return `degrees_of_freedom` of every column of an (n, k) array that says who is present."""
        stage = self.stages[0]
        units = stage.unit_sums(present) > 0
        return np.asarray(units.sum(axis=0) - (stage.stratum_sums(units) > 0).sum(axis=0), dtype=np.int64)

    def present(self, domain: BoolArray | None = None) -> BoolArray:
        """Return who has a weight above 0 and lies in the domain."""
        counted = self.weights > 0
        return counted if domain is None else counted & checked_mask(domain, "domain", self.n)

    def calibrated(self, calibration: Calibration) -> Self:
        """Return the design with fitted weights; variances are those of the residuals of what was fitted."""
        if len(calibration.weights) != self.n:
            raise ValueError(f"calibration has {len(calibration.weights)} weights, but there are {self.n} respondents.")
        return replace(self, weights=calibration.weights, calibrations=(*self.calibrations, calibration))


def encoded(codes: Codes, name: str, n: int) -> tuple[IntArray, tuple[Any, ...]]:
    """Return codes as numbers from 0 in sorted order, and the distinct codes; missing ones raise ValueError.

    >>> encoded(["b", "a", "b"], "strata", 3)
    (array([1, 0, 1]), ('a', 'b'))
    """
    given = np.asarray(codes)
    try:
        missing = np.flatnonzero(missing_codes(given, name, n))
        if missing.size:
            raise ValueError(f"{name}[{missing[0]}] is missing, but every respondent needs a code.")
        distinct, places = np.unique(given, return_inverse=True)
    except TypeError as error:
        raise ValueError(f"{name} mixes codes that cannot be compared, or has missing ones.") from error
    return places.astype(np.int64), tuple(distinct.tolist())


def missing_codes(codes: Codes, name: str, n: int) -> BoolArray:
    """Return who of n respondents has no code (None or nan); ValueError unless there is one place for each.

    >>> missing_codes(np.array(["b", None, "b"], dtype=object), "strata", 3)
    array([False,  True, False])
    """
    given = np.asarray(codes)
    if given.shape != (n,):
        raise ValueError(f"{name} has shape {given.shape}, but there are {n} respondents.")
    nothing = np.array(None, dtype=object)
    return np.asarray((given != given) | (given == nothing) if given.dtype.kind == "O" else given != given)


def grouped_sums(rows: NDArray[Any], places: IntArray, n_groups: int) -> FloatArray:
    """Return the sum of the rows of every group, (n_groups, k), from (n, k) rows and their places from 0.

    >>> grouped_sums(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1, 0, 1]), 2)
    array([[3., 4.],
           [6., 8.]])
    """
    columns = np.ascontiguousarray(rows.T, dtype=np.float64)
    sums = np.empty((len(columns), n_groups))
    for place, column in enumerate(columns):
        sums[place] = np.bincount(places, column, n_groups)
    return sums.T


def checked_weights(weights: FloatArray) -> FloatArray:
    """Return one finite number of at least 0 per respondent, of whom there is at least one; else ValueError.

    >>> checked_weights([1, 0, 2.5])
    array([1. , 0. , 2.5])
    """
    given = finite_values(weights, "weights")
    if given.ndim != 1 or not len(given):
        raise ValueError("weights must be a list with one number per respondent, and there is at least one.")
    refuse_where(given < 0, given, "weights", "but a weight cannot be negative")
    return given


def checked_mask(mask: BoolArray, name: str, n: int) -> BoolArray:
    """Return one true/false per respondent; anything else raises ValueError.

    >>> checked_mask([True, False], "domain", 2)
    array([ True, False])
    """
    given = np.asarray(mask)
    if given.shape != (n,) or given.dtype != np.bool_:
        raise ValueError(f"{name} is {given.dtype} {given.shape}, but must hold true or false for {n} respondents.")
    return given


def _stage(
    strata: IntArray,
    labels: tuple[Any, ...],
    clusters: Codes | None,
    population: NDArray[Any] | None,
    name: str,
    factor: FloatArray,
) -> tuple[IntArray, Stage]:
    """Return the unit of every respondent, numbered stratum by stratum, and the stage they make."""
    n = len(strata)
    inner = np.arange(n) if clusters is None else encoded(clusters, name, n)[0]
    n_codes = int(inner.max()) + 1
    keys, units = np.unique(strata * n_codes + inner, return_inverse=True)
    unit_stratum = keys // n_codes
    drawn = np.bincount(unit_stratum, minlength=len(labels)).astype(np.float64)
    left = _left_share(population, strata, drawn, labels)
    return units, Stage(units, unit_stratum, labels, drawn, left, factor)


def _left_share(
    population: NDArray[Any] | None, strata: IntArray, drawn: FloatArray, labels: tuple[Any, ...]
) -> FloatArray:
    """Return 1 - f per stratum: the share of its population that was not drawn."""
    if population is None:
        return np.ones(len(drawn))
    given = np.asarray(population, dtype=np.float64)
    if given.shape != strata.shape or np.isnan(given).any():
        raise ValueError("stratum_population must hold one number per respondent.")
    sizes = np.empty(len(drawn))
    sizes[strata] = given
    varies = np.flatnonzero(sizes[strata] != given)
    if varies.size:
        label = labels[strata[varies[0]]]
        raise ValueError(f"stratum_population varies within stratum {label!r}: {given[varies[0]]:g} and others.")
    too_small = np.flatnonzero(sizes < drawn)
    if too_small.size:
        where = too_small[0]
        raise ValueError(
            f"stratum_population of stratum {labels[where]!r} is {sizes[where]:g}, "
            f"but {drawn[where]:g} units were drawn from it."
        )
    return np.where(np.isinf(sizes), 1.0, 1 - drawn / sizes)
