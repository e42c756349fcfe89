"""Standard errors of many groups of one sample, each from its own forms only."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cchc_analysis.measures.survey_responses import BoolArray, FloatArray
from cchc_analysis.stats.survey_design import SurveyDesign

Codes = NDArray[Any]


@dataclass(frozen=True, eq=False)
class FittedMargins:
    """Weights fitted to dossiers as a calibration: its residuals are those of a regression on the cells of all margins.

    `start`: weights before fitting, `codes` one code per form and margin. Influence / weight is regressed on the cells
    with the start weights (Deville and Särndal 1992, for any distance; R: svyrecvar after calibrate). With one margin
    these are deviations from the means of the cells, as after post-stratification.
    """

    weights: FloatArray
    start: FloatArray
    codes: tuple[Codes, ...]

    @cached_property
    def cells(self) -> Any:
        """One column per cell of any margin, 1 where a form lies in it."""
        places = [np.unique(codes.astype(str), return_inverse=True)[1] for codes in self.codes]
        offsets = np.cumsum([0, *(int(place.max()) + 1 for place in places)])
        columns = np.concatenate([place + offset for place, offset in zip(places, offsets[:-1], strict=True)])
        rows = np.tile(np.arange(len(self.weights)), len(places))
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(self.weights), int(offsets[-1])))

    @cached_property
    def inverse(self) -> FloatArray:
        """Inverse of the weighted products of the cells."""
        # The cells of each margin sum to one: the system has more than one solution, all of them with equal residuals.
        cells = self.cells
        return np.asarray(np.linalg.pinv((cells.T @ scaled(cells, self.start)).toarray()), dtype=np.float64)

    @cached_property
    def alone(self) -> FloatArray:
        """Start weight / fitted weight."""
        return np.divide(self.start, self.weights, out=np.zeros(len(self.weights)), where=self.weights > 0)

    def residuals(self, influence: FloatArray) -> FloatArray:
        """Return influence less what the margins explain of it."""
        slopes = self.inverse @ (self.cells.T @ (influence * self.alone[:, None]))
        return np.asarray(influence - self.weights[:, None] * (self.cells @ slopes), dtype=np.float64)


def scaled(cells: Any, factors: FloatArray) -> Any:
    """Return a sparse table with every row times its factor."""
    return sparse.diags_array(factors) @ cells


@dataclass(frozen=True, eq=False)
class Spread:
    """Standard errors, degrees of freedom and design effects (with replacement) of k estimates; nan = undefined.

    `n_effective`: forms of a simple random sample that tell as much, n / deff; where nothing varies Kish's of the
    weights. `complete`: nothing is left to chance, since every form of the estimate lies in a stratum all of whose
    population has been asked; the standard error is 0 then.
    """

    standard_errors: FloatArray
    df: FloatArray
    deff: FloatArray
    n_effective: FloatArray
    complete: BoolArray


@dataclass(frozen=True, eq=False)
class SampleVariance:
    """The variance of a sample, prepared so that a group of forms costs what its own forms cost.

    The same numbers as stats.survey_estimates.estimates_from_influence, whose influences are given for every form of
    the sample. Forms outside a group have no influence, but residuals of fitted weights. With e = z − w x'b, z the
    influence of the group's forms, x the cells, b the slopes of z on them, the sums over all forms that the variance
    Σ_h s_h (Σ e² − (Σ e)² / m_h) needs are sums over the group's forms and products of b with tables made once.
    Designs of one stage, with or without clusters, under the lonely rule "adjust".
    """

    design: SurveyDesign

    @cached_property
    def without_populations(self) -> "SampleVariance":
        """The same without the correction for finite populations.

        For asking whether two groups differ by more than chance: what made the answers goes on, the dossiers of a
        period are themselves a sample of it (Cochran 1977, 2.14).
        """
        return SampleVariance(replace(self.design, stratum_population=None))

    def left_shares(self, rows: NDArray[np.intp]) -> FloatArray:
        """Return what part of its stratum's population was not drawn, for every form."""
        stage = self.design.stages[0]
        return stage.left_share[stage.unit_stratum[stage.row_unit[rows]]]

    @cached_property
    def _fitted(self) -> FittedMargins | None:
        found = [one for one in self.design.calibrations if isinstance(one, FittedMargins)]
        return found[0] if found else None

    @cached_property
    def _scale(self) -> FloatArray:
        """(1 − f) m / (m − 1) of every stratum, 1 − f where one unit was drawn."""
        stage = self.design.stages[0]
        return stage.left_share * np.where(stage.drawn > 1, stage.drawn / np.maximum(stage.drawn - 1, 1), 1.0)

    @cached_property
    def _unit_cells(self) -> Any:
        """Sum of weight times cells of every unit drawn."""
        fitted = self._fitted
        if fitted is None:
            return None
        unit_of, n = self.design.stages[0].row_unit, self.design.n
        member = sparse.csr_array((np.ones(n), (unit_of, np.arange(n))), shape=(self.design.n_units, n))
        return sparse.csr_array(member @ scaled(fitted.cells, fitted.weights))

    @cached_property
    def _unit_scale(self) -> FloatArray:
        """Factor of a unit's square: that of its stratum, 0 in strata with one unit, which stand apart."""
        stage = self.design.stages[0]
        return np.asarray((self._scale * ~stage.lonely)[stage.unit_stratum], dtype=np.float64)

    @cached_property
    def _squares(self) -> FloatArray:
        cells = self._unit_cells
        return np.asarray((cells.T @ scaled(cells, self._unit_scale)).toarray(), dtype=np.float64)

    @cached_property
    def _stratum_cells(self) -> FloatArray:
        """Sum of weight times cells of every stratum."""
        stage = self.design.stages[0]
        units = np.arange(self.design.n_units)
        member = sparse.csr_array((np.ones(len(units)), (stage.unit_stratum, units)))
        return np.asarray((member @ self._unit_cells).toarray(), dtype=np.float64)

    def spread(self, rows: NDArray[np.intp], influence: FloatArray, present: BoolArray) -> Spread:
        """Return the precision of k estimates from the influence (rows, k) of the forms that have one."""
        here = present & (self.design.weights[rows] > 0)[:, None]
        units, place = np.unique(self.design.stages[0].row_unit[rows], return_inverse=True)
        member = sparse.csr_array((np.ones(len(rows)), (place, np.arange(len(rows)))), shape=(len(units), len(rows)))
        totals = np.asarray(member @ influence)
        variance = self._variance(rows, influence, units, totals)
        in_use = (member @ here.astype(np.float64)) > 0
        n_units = in_use.sum(axis=0)
        strata = self.design.stages[0].unit_stratum[units]
        kinds = sparse.csr_array((np.ones(len(units)), (strata, np.arange(len(units)))))
        n_strata = ((kinds @ in_use.astype(np.float64)) > 0).sum(axis=0)
        chance = (self.design.stages[0].left_share[strata] > 0)[:, None]
        complete = (n_units > 0) & ~(in_use & chance).any(axis=0)
        # One unit shows no variance, whatever rounding leaves.
        variance = np.where(n_units > 1, np.maximum(variance, 0.0), np.nan)
        variance = np.where(complete, 0.0, variance)
        deff = np.where(complete, np.nan, self._design_effect(variance, rows, influence, here))
        weights = self.design.weights[rows][:, None] * here
        with np.errstate(divide="ignore", invalid="ignore"):
            kish = weights.sum(axis=0) ** 2 / (weights**2).sum(axis=0)
            effective = np.where(deff > 0, here.sum(axis=0) / deff, kish)
        df = (n_units - n_strata).astype(np.float64)
        return Spread(np.sqrt(variance), df, deff, effective, np.asarray(complete, dtype=np.bool_))

    def _variance(
        self, rows: NDArray[np.intp], influence: FloatArray, units: NDArray[np.intp], totals: FloatArray
    ) -> FloatArray:
        stage, scale = self.design.stages[0], self._unit_scale[units][:, None]
        squares = (scale * totals**2).sum(axis=0)
        strata = np.zeros((len(stage.drawn), influence.shape[1]))
        np.add.at(strata, stage.unit_stratum[units], totals)
        fitted = self._fitted
        if fitted is not None:
            slopes = fitted.inverse @ (fitted.cells[rows].T @ (influence * fitted.alone[rows][:, None]))
            crossed = self._unit_cells[units].T @ (scale * totals)
            squares = squares - 2 * (crossed * slopes).sum(axis=0) + (slopes * (self._squares @ slopes)).sum(axis=0)
            strata = strata - self._stratum_cells @ slopes
        together = np.where(stage.lonely, 0.0, self._scale / stage.drawn)[:, None]
        apart = strata[stage.lonely] - strata.sum(axis=0) / self.design.n_units
        lonely = (self._scale[stage.lonely][:, None] * apart**2).sum(axis=0)
        return np.asarray(squares - (together * strata**2).sum(axis=0) + lonely, dtype=np.float64)

    def _design_effect(
        self, variance: FloatArray, rows: NDArray[np.intp], influence: FloatArray, here: BoolArray
    ) -> FloatArray:
        """Return the variance over that of a simple random sample with replacement (R: deff = "replace")."""
        weights = self.design.weights[rows][:, None]
        mass, n = here * weights, here.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            population = mass.sum(axis=0)
            alone = np.where(here, influence / np.where(weights > 0, weights, 1.0), 0.0)
            apart = alone - (mass * alone).sum(axis=0) / population
            spread = (mass * apart**2).sum(axis=0) / population * n / (n - 1)
            shown = (n > 1) & (np.sqrt(spread) > 1e-12 * np.abs(alone).max(axis=0, initial=0.0))
            return np.where(shown, variance / (spread * population**2 / n), np.nan)


@dataclass(frozen=True, eq=False)
class PartVariance:
    """The variance of a part of a sample: `rows` are the places of its forms in the whole."""

    whole: "SampleVariance | PartVariance"
    rows: NDArray[np.intp]

    @cached_property
    def without_populations(self) -> "PartVariance":
        """The same without the correction for finite populations (see SampleVariance)."""
        return PartVariance(self.whole.without_populations, self.rows)

    def left_shares(self, rows: NDArray[np.intp]) -> FloatArray:
        """Return what part of its stratum's population was not drawn, for every form."""
        return self.whole.left_shares(self.rows[rows])

    def spread(self, rows: NDArray[np.intp], influence: FloatArray, present: BoolArray) -> Spread:
        """Return the precision of k estimates from the influence of forms of the part, as SampleVariance.spread."""
        return self.whole.spread(self.rows[rows], influence, present)
