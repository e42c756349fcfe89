"""Weights fitted to known sizes of cells and margins: post-stratification, raking, and cells pooled for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cchc_analysis.stats.counts import FloatArray, IntArray
from cchc_analysis.stats.survey_design import Codes, encoded, grouped_sums
from cchc_analysis.stats.survey_weights import per_weight, start_weights

Margin = tuple[Codes, Mapping[Any, float]]
"""One code per respondent, and the population of every code."""
RAKING_SWEEPS = 10
"""How often R's svyrecvar goes round the margins to take residuals of a raked sample."""


@dataclass(frozen=True, eq=False)
class PostStratified:
    """Weights that sum to the population in every cell.

    `factors` are new weight / start weight per cell, `empty` the cells with a population but no respondent of
    weight above 0, left out with `partial`. As a calibration its residuals are deviations from the cell means
    (R: svyrecvar after postStratify; Särndal, Swensson and Wretman 1992, 7.6).
    """

    weights: FloatArray
    factors: dict[Any, float]
    empty: tuple[Any, ...]
    start: FloatArray = field(repr=False)
    places: IntArray = field(repr=False)

    def residuals(self, influence: FloatArray) -> FloatArray:
        """Return influence less weight times the mean of influence / weight in the cell, by start weights."""
        return influence - self.weights[:, None] * _group_means(influence, self.weights, self.start, self.places)


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights whose sums fit the population of every margin.

    `converged` says whether every margin is met within the tolerance after `iterations` rounds, `deviation` is the
    largest deviation of a margin relative to its population. As a calibration its residuals are found by taking the
    plain mean of influence / weight out of each margin in turn, ten rounds, as R's svyrecvar does after rake.
    """

    weights: FloatArray
    converged: bool
    iterations: int
    deviation: float
    places: tuple[IntArray, ...] = field(repr=False)

    def residuals(self, influence: FloatArray) -> FloatArray:
        """Return influence less what the margins explain of it."""
        rows = influence
        alike = (self.weights > 0).astype(np.float64)
        for _ in range(RAKING_SWEEPS):
            for places in self.places:
                rows = rows - self.weights[:, None] * _group_means(rows, self.weights, alike, places)
        return rows


def post_stratify(
    weights: FloatArray, cells: Codes, population: Mapping[Any, float], partial: bool = False
) -> PostStratified:
    """Return weights that sum to the population in every cell.

    `weights` are start weights of at least 0, `cells` one code per respondent, `population` the size of each cell.
    A cell with a population but no respondent is a ValueError naming it; with `partial` it is left out and
    listed in `empty`, and the weights then stand for the other cells only. ValueError also names a cell with
    respondents that has no population. Formula: w N_c / Σ_c w; Holt and Smith (1979), R: postStratify.

    >>> fitted = post_stratify([1, 1, 2], ["a", "a", "b"], {"a": 30, "b": 10})
    >>> fitted.weights, fitted.factors
    (array([15., 15., 10.]), {'a': 15.0, 'b': 5.0})
    """
    start = start_weights(weights)
    places, labels, targets, empty = _targets(start, cells, population, "cells")
    if empty and not partial:
        raise ValueError(f"cells without respondents: {_listed(empty)}; pool them with others or leave them out.")
    sums = np.bincount(places, start, len(labels))
    factors = np.divide(targets, sums, out=np.zeros_like(targets), where=sums > 0)
    by_cell = {label: float(factor) for label, factor in zip(labels, factors, strict=True)}
    return PostStratified(start * factors[places], by_cell, empty, start, places)


def rake(weights: FloatArray, margins: Sequence[Margin], tolerance: float = 1e-10, max_iterations: int = 1000) -> Raked:
    """Return weights whose sums fit several margins at once, by iterative proportional fitting.

    `margins` are pairs of one code per respondent and the population of every code. The fit has converged when the
    largest relative deviation of a margin is at most `tolerance`; whether it did must be asked. ValueError for
    margins whose populations have different sums, codes without a population, populations without respondents.
    Deming and Stephan (1940), R: rake (which stops earlier by default). For bounds on the factors see `calibrate`.

    >>> fitted = rake([1, 1, 1, 1], [(list("aabb"), {"a": 6, "b": 4}), (list("xyxy"), {"x": 5, "y": 5})])
    >>> fitted.weights, fitted.converged
    (array([3., 3., 2., 2.]), True)
    """
    fitted = start_weights(weights)
    if not margins:
        raise ValueError("margins is empty, but there must be at least one margin.")
    groups = [_margin(fitted, margin, number) for number, margin in enumerate(margins, start=1)]
    sums = [float(targets.sum()) for _, targets in groups]
    if max(sums) - min(sums) > 1e-6 * max(sums):
        raise ValueError(f"margins have populations of {_listed(f'{size:g}' for size in sums)}, but one population.")
    deviation, iterations = _largest_deviation(fitted, groups), 0
    while deviation > tolerance and iterations < max_iterations:
        for places, targets in groups:
            now = np.bincount(places, fitted, len(targets))
            fitted = fitted * np.divide(targets, now, out=np.zeros_like(targets), where=now > 0)[places]
        deviation, iterations = _largest_deviation(fitted, groups), iterations + 1
    return Raked(fitted, deviation <= tolerance, iterations, deviation, tuple(places for places, _ in groups))


def collapse_cells(
    n_respondents: Mapping[Any, int], population: Mapping[Any, float], minimum: int
) -> dict[Any, tuple[Any, ...]]:
    """Return the group of cells each cell is pooled into, so that every group has enough respondents.

    Cells with fewer than `minimum` respondents form one group; while that is too small the smallest other cell
    (by respondents, then population, then code) joins it. Other cells stay alone. Cells without
    population and respondents are dropped. Use the groups as codes of `post_stratify`. ValueError for respondents in a
    cell without population, or fewer than `minimum` respondents in all.

    >>> collapse_cells({"a": 50, "b": 3, "c": 0, "d": 40}, {"a": 900, "b": 40, "c": 10, "d": 500}, minimum=10)
    {'a': ('a',), 'b': ('b', 'c', 'd'), 'c': ('b', 'c', 'd'), 'd': ('b', 'c', 'd')}
    """
    foreign = [cell for cell, n in n_respondents.items() if n and not population.get(cell)]
    if foreign:
        raise ValueError(f"cells with respondents but without population: {_listed(foreign)}.")
    cells = [cell for cell, size in population.items() if size]
    counts = {cell: n_respondents.get(cell, 0) for cell in cells}
    if sum(counts.values()) < minimum:
        raise ValueError(f"there are {sum(counts.values())} respondents in all, fewer than the minimum of {minimum}.")
    by_size = sorted(cells, key=lambda cell: (counts[cell], population[cell], str(cell)))
    pooled: list[Any] = [cell for cell in by_size if counts[cell] < minimum]
    while pooled and sum(counts[cell] for cell in pooled) < minimum:
        pooled.append(by_size[len(pooled)])
    group = tuple(cell for cell in cells if cell in pooled)
    return {cell: group if cell in group else (cell,) for cell in cells}


def _targets(
    start: FloatArray, codes: Codes, population: Mapping[Any, float], name: str
) -> tuple[IntArray, tuple[Any, ...], FloatArray, tuple[Any, ...]]:
    """Return the place of every respondent's code, the codes, their populations and the codes without respondents."""
    places, labels = encoded(codes, name, len(start))
    sizes = {code: float(size) for code, size in population.items()}
    wrong = [code for code, size in sizes.items() if not 0 <= size < np.inf]
    if wrong:
        raise ValueError(f"population of {wrong[0]!r} is {sizes[wrong[0]]:g}, but must be a number of at least 0.")
    sums = np.bincount(places, start, len(labels))
    foreign = [label for label, total in zip(labels, sums, strict=True) if total > 0 and not sizes.get(label)]
    if foreign:
        raise ValueError(f"{name} with respondents but without population: {_listed(foreign)}.")
    answered = {label for label, total in zip(labels, sums, strict=True) if total > 0}
    empty = tuple(code for code, size in sizes.items() if size > 0 and code not in answered)
    return places, labels, np.array([sizes.get(label, 0.0) for label in labels]), empty


def _margin(start: FloatArray, margin: Margin, number: int) -> tuple[IntArray, FloatArray]:
    """Return places and populations of one margin, all of which must have respondents."""
    places, _, targets, empty = _targets(start, margin[0], margin[1], f"margin {number}")
    if empty:
        raise ValueError(f"margin {number} has codes without respondents: {_listed(empty)}; pool them with others.")
    return places, targets


def _largest_deviation(fitted: FloatArray, groups: Sequence[tuple[IntArray, FloatArray]]) -> float:
    """Return the largest relative deviation of a margin from its population."""
    apart = [
        np.max(np.abs(np.bincount(places, fitted, len(targets)) - targets)[targets > 0] / targets[targets > 0])
        for places, targets in groups
    ]
    return float(max(apart))


def _group_means(influence: FloatArray, weights: FloatArray, by: FloatArray, places: IntArray) -> FloatArray:
    """Return for every respondent the mean of influence / weight in the group, weighted `by`."""
    unit = per_weight(influence, weights) * by[:, None]
    n_groups = int(places.max()) + 1
    sums = grouped_sums(unit, places, n_groups)
    mass = np.bincount(places, by, n_groups)
    means = np.divide(sums, mass[:, None], out=np.zeros_like(sums), where=mass[:, None] > 0)
    return np.asarray(means[places])


def _listed(codes: Iterable[Any]) -> str:
    """Return codes as a list in words."""
    return ", ".join(str(code) for code in codes)
