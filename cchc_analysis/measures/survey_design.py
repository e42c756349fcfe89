"""How the forms of a survey stand for the dossiers of its period: weights, strata, clusters, finite populations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.measures.survey_responses import BoolArray, FloatArray, Responses, names_of
from cchc_analysis.measures.survey_variance import FittedMargins, PartVariance, SampleVariance
from cchc_analysis.stats.post_stratification import post_stratify, rake
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_weights import kish_design_effect, kish_effective_n

LONELY_RULE: Final = "adjust"
"""A stratum with one form counts with its distance from the mean of all (R: survey.lonely.psu = "adjust")."""

SMALLEST_CELL = 5
"""Cells of a margin with fewer forms are put together."""

POOLED = "(pooled)"
"""Code of the cell into which small ones are put; no unit or field is called that."""

FEWEST_NAMED = 0.9
"""Part of the forms that must name a unit or field before weights are fitted to it."""


@dataclass(frozen=True)
class DesignFacts:
    """How a survey is estimated, for the reader.

    `weights`: "file", "dossiers", "file_and_dossiers" or "none"; `margins` the traits fitted to dossiers ("unit",
    "field"); `strata` "stratum" (the file's), "unit" or None. `population`: sum of the weights; `n_effective`: forms
    of equal weight the sample is worth (Kish). `cells_without_forms`: units with dossiers and without a form, of which
    the result does not speak; `fields_without_forms` likewise. `collapsed`: cells put together, as (margin, cell).
    `n_weight_missing`: forms without weight in a survey that has weights; they count with the mean of the others.
    """

    weights: str
    margins: tuple[str, ...]
    strata: str | None
    clusters: bool
    finite_population: bool
    kish_design_effect: float | None
    n_effective: float
    lonely_strata: tuple[str, ...]
    lonely_rule: str
    converged: bool
    cells_without_forms: tuple[str, ...]
    fields_without_forms: tuple[str, ...]
    collapsed: tuple[tuple[str, str], ...]
    df: int
    population: float
    n_forms: int
    n_weight_missing: int


@dataclass(frozen=True, eq=False)
class SurveySample:
    """The answered forms of a period with their design; `design` is None where there is no form.

    `within`: the variance of the sample that these forms are a part of; None where they are all of it.
    """

    responses: Responses
    design: SurveyDesign | None
    facts: DesignFacts
    within: PartVariance | None = None

    @cached_property
    def variance(self) -> SampleVariance | PartVariance:
        """The variance of the sample, prepared for many groups; ValueError where there is no form."""
        if self.within is not None:
            return self.within
        if self.design is None:
            raise ValueError("the sample has no form, but a variance needs some.")
        return SampleVariance(self.design)

    def part(self, chosen: BoolArray) -> "SurveySample":
        """Return some of the forms with the weights and the variance they have in the whole sample.

        So that a unit has the same figures on its own page as among all units.
        """
        rows = np.flatnonzero(chosen)
        if self.design is None or not len(rows):
            return SurveySample(self.responses.where(chosen), None, _nothing(()))
        weights = self.design.weights[rows]
        stage = self.design.stages[0]
        units = stage.row_unit[rows]
        strata = set(stage.unit_stratum[units].tolist())
        facts = replace(
            self.facts,
            strata=self.facts.strata if len(strata) > 1 else None,
            kish_design_effect=kish_design_effect(weights) if weights.any() else None,
            n_effective=kish_effective_n(weights) if weights.any() else 0.0,
            lonely_strata=(),
            cells_without_forms=(),
            fields_without_forms=(),
            collapsed=(),
            df=len(set(units.tolist())) - len(strata),
            population=float(weights.sum()),
            n_forms=len(rows),
            n_weight_missing=0,
        )
        design = SurveyDesign(
            weights,
            strata=None if self.design.strata is None else self.design.strata[rows],
            clusters=None if self.design.clusters is None else self.design.clusters[rows],
            lonely=LONELY_RULE,
        )
        return SurveySample(self.responses.where(chosen), design, facts, PartVariance(self.variance, rows))

    def population_of(self, rows: NDArray[np.intp]) -> float:
        """Return how many dossiers the strata of some forms hold for them, infinite where one is not known."""
        left = self.variance.left_shares(rows)
        return float(np.where(left < 1, 1 / np.maximum(1 - left, np.finfo(np.float64).tiny), np.inf).sum())

    @property
    def weights(self) -> FloatArray:
        """The weight of every form."""
        return np.zeros(len(self.responses)) if self.design is None else self.design.weights


@dataclass(frozen=True)
class Margin:
    """Codes of the forms and how many dossiers each code stands for; `collapsed` are the cells put together."""

    name: str
    codes: NDArray[np.object_]
    population: Mapping[str, float]
    collapsed: tuple[str, ...] = ()


def survey_sample(responses: Responses, dossiers: pd.DataFrame | None = None) -> SurveySample:
    """Return the forms that were answered with weights and design.

    `dossiers`: columns unit, field, n: the dossiers resolved in the period; None where they are not known.
    Weight: the column `weight` (1 where no form has one), fitted to the dossiers by unit and by field, by raking, or by
    post-stratification where one of them serves.
    A trait serves where at least FEWEST_NAMED of the forms name it and at least two cells remain after cells with
    fewer than SMALLEST_CELL forms, and those without dossiers, were put together (with the next smallest cell where
    they are still too few). Strata: the column `stratum`, else the units; clusters: the column `cluster`;
    finite population: `stratum_population`, else the dossiers of the unit, where no clusters were drawn.
    Source: docs/methods/survey-design.md.
    """
    answered = responses.answered
    known = cells_of(dossiers)
    units_without = names_of(set(known["unit"]) - set(answered.forms["unit"].unique()))
    if not len(answered):
        return SurveySample(answered, None, _nothing(units_without))
    weights, stated, n_missing = _base_weights(answered)
    covered = known[~known["unit"].isin(units_without)]
    design, strata, lonely = _base_design(answered, weights, covered)
    margins = _margins(answered, weights, covered)
    fields_without = names_of(set(covered["field"]) - set(answered.forms["field"].unique())) if margins else ()
    fitted, converged = _fitted(design, margins)
    used = fitted.weights
    facts = DesignFacts(
        weights={(True, True): "file_and_dossiers", (True, False): "file", (False, True): "dossiers"}.get(
            (stated, bool(margins)), "none"
        ),
        margins=tuple(margin.name for margin in margins),
        strata=strata,
        clusters=design.clusters is not None,
        finite_population=bool((fitted.stages[0].left_share < 1).any()),
        kish_design_effect=kish_design_effect(used),
        n_effective=kish_effective_n(used),
        lonely_strata=lonely,
        lonely_rule=LONELY_RULE,
        converged=converged,
        cells_without_forms=units_without,
        fields_without_forms=fields_without,
        collapsed=tuple((margin.name, cell) for margin in margins for cell in margin.collapsed),
        df=fitted.degrees_of_freedom(),
        population=float(used.sum()),
        n_forms=len(answered),
        n_weight_missing=n_missing,
    )
    return SurveySample(answered, fitted, facts)


def _nothing(units_without: tuple[str, ...]) -> DesignFacts:
    """Return the facts of a survey without forms."""
    return DesignFacts(
        weights="none",
        margins=(),
        strata=None,
        clusters=False,
        finite_population=False,
        kish_design_effect=None,
        n_effective=0.0,
        lonely_strata=(),
        lonely_rule=LONELY_RULE,
        converged=True,
        cells_without_forms=units_without,
        fields_without_forms=(),
        collapsed=(),
        df=0,
        population=0.0,
        n_forms=0,
        n_weight_missing=0,
    )


def cells_of(dossiers: pd.DataFrame | None) -> pd.DataFrame:
    """Return the cells unit × field that hold dossiers: missing and negative numbers are none.

    >>> cells_of(pd.DataFrame({"unit": ["a", "b", "c"], "field": "", "n": [5, -1, None]}))["unit"].tolist()
    ['a']
    """
    if dossiers is None:
        return pd.DataFrame({"unit": [], "field": [], "n": []}).astype({"unit": object, "field": object, "n": float})
    n = pd.to_numeric(dossiers["n"]).astype(float)
    return dossiers.assign(n=n)[n > 0].reset_index(drop=True)


def _base_weights(answered: Responses) -> tuple[FloatArray, bool, int]:
    """Return the weight of every form before fitting, whether the file has weights, and how many lack one."""
    given = answered.forms["weight"].to_numpy(dtype=np.float64)
    missing = np.isnan(given)
    if missing.all():
        return np.ones(len(given)), False, 0
    return np.where(missing, given[~missing].mean(), given), True, int(missing.sum())


def _base_design(
    answered: Responses, weights: FloatArray, dossiers: pd.DataFrame
) -> tuple[SurveyDesign, str | None, tuple[str, ...]]:
    """Return the design before fitting, what its strata are, and the strata with one form."""
    forms = answered.forms
    name = "stratum" if forms["stratum"].notna().any() else "unit"
    strata = forms[name].astype(object).where(forms[name].notna(), "").astype(str).to_numpy(dtype=object)
    clusters = _clusters(forms)
    population = None
    if clusters is None:
        sizes = _stratum_sizes(forms, strata, name, dossiers)
        population = sizes if np.isfinite(sizes).any() else None
    design = SurveyDesign(
        weights,
        strata=strata if len(set(strata)) > 1 else None,
        clusters=clusters,
        stratum_population=population,
        lonely=LONELY_RULE,
    )
    lonely = tuple(str(code) for code in design.lonely_strata) if design.strata is not None else ()
    return design, name if design.strata is not None else None, lonely


def _clusters(forms: pd.DataFrame) -> NDArray[np.object_] | None:
    """Return the cluster of every form, a form without one standing alone; None where there are no clusters."""
    given = forms["cluster"]
    if not given.notna().any():
        return None
    codes = [f"form {place}" if pd.isna(code) else f"cluster {code}" for place, code in enumerate(given)]
    return np.array(codes, dtype=object)


def _stratum_sizes(forms: pd.DataFrame, strata: NDArray[np.object_], name: str, dossiers: pd.DataFrame) -> FloatArray:
    """Return the size of every form's stratum, infinite where unknown or smaller than what was drawn from it."""
    stated = forms["stratum_population"].groupby(strata).max()
    if name == "unit":
        stated = stated.fillna(dossiers.groupby("unit")["n"].sum())
    drawn = pd.Series(1, index=range(len(strata))).groupby(strata).sum()
    sizes = stated.reindex(drawn.index).astype(float)
    sizes = sizes.where(sizes >= drawn, np.inf)
    return np.asarray(pd.Series(strata).map(sizes), dtype=np.float64)


def _margins(answered: Responses, weights: FloatArray, dossiers: pd.DataFrame) -> tuple[Margin, ...]:
    """Return what the weights are fitted to: none, unit, field, or both with the same total."""
    found = []
    for name in ("unit", "field"):
        margin = _margin(answered.forms[name].to_numpy(dtype=object), weights, dossiers, name)
        if margin is not None:
            found.append(margin)
    if len(found) == 2:
        total = sum(found[0].population.values()) / sum(found[1].population.values())
        scaled = {cell: n * total for cell, n in found[1].population.items()}
        found[1] = replace(found[1], population=scaled)
    return tuple(found)


def _margin(codes: NDArray[np.object_], weights: FloatArray, dossiers: pd.DataFrame, name: str) -> Margin | None:
    """Return one margin with its small cells put together, None where it does not serve."""
    counted = weights > 0
    named = float((codes[counted] != "").mean()) if counted.any() else 0.0
    if not len(dossiers) or named < FEWEST_NAMED:
        return None
    population = dossiers.groupby(name)["n"].sum()
    n_forms = pd.Series(codes[counted]).value_counts().sort_index()
    per_cell = {str(cell): int(n) for cell, n in n_forms.items()}
    together = pooled_cells(per_cell, {cell: float(population.get(cell, 0.0)) for cell in per_cell})
    # Forms of weight 0 follow their cell; where all of a cell have none they join the pool, or the largest cell.
    largest = max(per_cell, key=lambda cell: per_cell[cell])
    fallback = POOLED if together else largest
    cells = {cell: POOLED if cell in together else cell for cell in per_cell}
    new = np.array([cells.get(code, fallback) for code in codes], dtype=object)
    kept = {cell: float(population.get(cell, 0.0)) for cell in per_cell if cell not in together}
    if together:
        kept[POOLED] = float(sum(population.get(cell, 0.0) for cell in together))
    if len(kept) < 2 or min(kept.values()) <= 0:
        return None
    return Margin(name, new, kept, tuple(sorted(str(cell) for cell in together)))


def pooled_cells(
    n_forms: Mapping[str, int], population: Mapping[str, float], minimum: int = SMALLEST_CELL
) -> tuple[str, ...]:
    """Return the cells to put together: those with fewer than `minimum` forms, without a name or without dossiers.

    Where together they still have too few forms or no dossiers, the cells with the fewest forms join them one by one
    (the first in alphabetical order on a tie); a single cell is left as it is when it is large enough.

    >>> pooled_cells({"a": 40, "b": 3, "c": 9, "d": 1}, {"a": 900.0, "b": 80.0, "c": 70.0, "d": 10.0})
    ('b', 'd', 'c')
    """
    small = [cell for cell in sorted(n_forms) if n_forms[cell] < minimum or not cell or population[cell] <= 0]
    others = sorted((cell for cell in n_forms if cell not in small), key=lambda cell: (n_forms[cell], cell))
    while (
        small
        and others
        and (sum(n_forms[cell] for cell in small) < minimum or sum(population[cell] for cell in small) <= 0)
    ):
        small.append(others.pop(0))
    return tuple(small)


def _fitted(design: SurveyDesign, margins: tuple[Margin, ...]) -> tuple[SurveyDesign, bool]:
    """Return the design with weights fitted to the margins, and whether fitting came to an end."""
    if not margins:
        return design, True
    codes, converged = tuple(margin.codes for margin in margins), True
    if len(margins) == 1:
        weights = post_stratify(design.weights, codes[0], margins[0].population).weights
    else:
        raked = rake(design.weights, [(margin.codes, margin.population) for margin in margins])
        weights, converged = raked.weights, raked.converged
    return design.calibrated(FittedMargins(weights, design.weights, codes)), converged
