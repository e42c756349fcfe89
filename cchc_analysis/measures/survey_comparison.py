"""Units of a survey against the rest, and ways of asking against each other."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cchc_analysis.frames import records
from cchc_analysis.measures.satisfaction import OVERALL, satisfaction
from cchc_analysis.measures.survey_design import LONELY_RULE, SurveySample
from cchc_analysis.measures.survey_differences import Differences, column_of
from cchc_analysis.measures.survey_items import Domain, Item, domain_of, survey_items
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP, BoolArray, FloatArray, Responses
from cchc_analysis.measures.survey_variance import PartVariance, SampleVariance
from cchc_analysis.measures.survey_waves import SIGNAL_LEVEL, adjusted_p
from cchc_analysis.stats.share_differences import correlation_of
from cchc_analysis.stats.survey_design import SurveyDesign

UNIT_COLUMNS = (
    "unit",
    "n_forms",
    "weighted",
    "lower",
    "upper",
    "rest",
    "difference",
    "standard_error",
    "diff_lower",
    "diff_upper",
    "p_value",
    "p_adjusted",
    "signal",
    "suppressed",
)
MODE_COLUMNS = (
    "mode",
    "n_forms",
    "weighted",
    "lower",
    "upper",
    "difference",
    "diff_lower",
    "diff_upper",
    "p_value",
    "p_adjusted",
    "standardised",
    "suppressed",
)

ROUNDING = 1e-12
"""Part of a sum that rounding of floats may leave."""


def overall_item(responses: Responses) -> Item | None:
    """Return the official reading of the overall result, None where no question makes it up."""
    items = survey_items(responses.instrument, ("overall",))
    return next((item for item in items if item.name == OVERALL), None)


def _overall_by(sample: SurveySample, by: str) -> pd.DataFrame:
    """Return the overall result of every stated group."""
    table = satisfaction(sample, (by,))
    table = table[(table["item"] == OVERALL) & table[by].notna()]
    return table.drop(columns=["lower", "upper"]).rename(columns={"weighted_lower": "lower", "weighted_upper": "upper"})


def survey_unit_comparison(sample: SurveySample) -> pd.DataFrame:
    """Compare the overall result of every unit with that of all others together, mean of questions, weighted.

    Result: columns UNIT_COLUMNS, one row per unit that forms name. `rest`: all other forms; `difference` = `weighted` −
    `rest` with its interval (stats.share_difference_interval); variance from one design, so that covariances count,
    without finite populations (see docs/methods/survey-design.md). `p_adjusted` after Benjamini and Hochberg over the
    units shown; `signal`: "higher" or "lower" where it is at most 0.05, else "none". No figure for units of fewer than
    SMALLEST_GROUP forms.
    """
    table = _overall_by(sample, "unit").reset_index(drop=True)
    figures = _against_rest(sample, table)
    told = table.drop(columns="standard_error").join(
        pd.DataFrame(figures, columns=list(_DIFFERENCE), index=table.index, dtype=float)
    )
    told["p_adjusted"] = adjusted_p(told["p_value"], "benjamini_hochberg")
    clear = told["p_adjusted"] <= SIGNAL_LEVEL
    told["signal"] = np.select(
        [clear & (told["difference"] > 0), clear & (told["difference"] < 0)], ["higher", "lower"], "none"
    )
    return told[list(UNIT_COLUMNS)]


_DIFFERENCE = ("rest", "difference", "standard_error", "diff_lower", "diff_upper", "p_value")


def _against_rest(sample: SurveySample, table: pd.DataFrame) -> list[dict[str, float]]:
    """Return rest, difference and test of every unit of the table; nothing for those that are hidden."""
    item = overall_item(sample.responses)
    units = sample.responses.forms["unit"].to_numpy(dtype=object)
    told: list[dict[str, float]] = []
    for row in records(table):
        inside = units == row["unit"]
        few = row["suppressed"] or (~inside).sum() < SMALLEST_GROUP
        told.append({} if item is None or few else _difference(sample, item, (inside, ~inside)))
    return told


def _difference(sample: SurveySample, item: Item, parts: tuple[BoolArray, BoolArray]) -> dict[str, float]:
    """Return the difference of two groups of forms, with the covariance of one design."""
    domains = [domain_of(sample.responses, sample.weights, [item], np.flatnonzero(part)) for part in parts]
    n = len(sample.responses)
    influence, present = (np.hstack(columns) for columns in zip(*(one.spread(n) for one in domains), strict=True))
    shares = np.concatenate([domain.shares for domain in domains])
    pair = Domain(np.arange(n), shares, influence, present)
    found = _compared(sample.variance.without_populations, pair)
    figures = {"rest": float(shares[1]), "difference": float(found.difference[0])}
    figures |= {"standard_error": float(found.standard_error[0]), **found.row(0, "diff_")}
    return {**figures, "p_value": figures.pop("diff_p_value")}


def _compared(variance: SampleVariance | PartVariance, pair: Domain) -> Differences:
    """Return the first of two shares of one sample less the second."""
    influence = np.column_stack([pair.influence, pair.influence[:, 0] - pair.influence[:, 1]])
    present = np.column_stack([pair.present, pair.present.any(axis=1)])
    shares = np.append(pair.shares, pair.shares[0] - pair.shares[1])
    spread = variance.spread(pair.rows, influence, present)
    three = Domain(pair.rows, shares, influence, present)
    errors = [spread.standard_errors[place : place + 1] for place in range(3)]
    first, second = (column_of(three, spread, place) for place in (0, 1))
    return Differences(second, first, correlation_of(*errors), errors[2])


def mode_effect(sample: SurveySample) -> pd.DataFrame:
    """Compare the ways of asking: the overall result of each, and its difference to the most frequent one.

    Result: columns MODE_COLUMNS, one row per mode that forms state. `difference`: within cells of wave and unit where
    both modes occur — for every question the weighted least-squares effect of the mode with a level for each cell
    (Σ w d̃ s̃ / Σ w d̃², d̃ and s̃ less their cell means), then the mean over the questions. It is the difference of the
    shares of both modes over the same mix of cells; their standard errors are those of the regression, residuals
    divided by √(1 − leverage) (HC2, MacKinnon and White 1985) and added up by cluster, without finite populations,
    the interval that of two shares (stats.share_difference_interval). `standardised` False: fewer than SMALLEST_GROUP
    forms of one of the modes lie in cells with both, and the difference is the plain one; where units and modes
    coincide, the difference may be theirs. `p_adjusted` after Holm. Null for the reference and hidden modes.
    """
    table = _overall_by(sample, "mode").reset_index(drop=True)
    item, rows = overall_item(sample.responses), records(table)
    base = max(rows, key=lambda row: row["n_forms"], default=None)
    names = ("difference", "diff_lower", "diff_upper", "p_value")
    for row in rows:
        row |= dict.fromkeys(names, np.nan) | {"standardised": None}
        if base is None or item is None or row is base or row["suppressed"] or base["suppressed"]:
            continue
        figures, row["standardised"] = _mode_difference(sample, item, (base["mode"], row["mode"]))
        row |= {name: figures[name] for name in names}
    told = pd.DataFrame(rows, columns=list(MODE_COLUMNS)).astype(dict.fromkeys(names, float))
    told["p_adjusted"] = adjusted_p(told["p_value"], "holm")
    return told[list(MODE_COLUMNS)]


def _mode_difference(sample: SurveySample, item: Item, modes: tuple[str, str]) -> tuple[dict[str, float], bool]:
    """Return the difference of the second mode to the first, and whether they meet in cells."""
    stated = sample.responses.forms["mode"].to_numpy(dtype=object)
    rows = np.flatnonzero((stated == modes[0]) | (stated == modes[1]))
    pair = _within_cells(sample.responses, sample.weights, item, rows, stated[rows] == modes[1])
    if pair is None or sample.design is None:
        return _difference(sample, item, (stated == modes[1], stated == modes[0])), False
    # Levels of the cells stand for strata and margins, which would be taken out twice.
    units = None if sample.design.clusters is None else sample.design.stages[0].row_unit
    alone = SampleVariance(SurveyDesign(sample.weights, clusters=units, lonely=LONELY_RULE))
    found = _compared(alone, pair)
    figures = {"difference": float(found.difference[0]), **found.row(0, "diff_")}
    return {**figures, "p_value": figures.pop("diff_p_value")}, True


def _within_cells(
    responses: Responses, weights: FloatArray, item: Item, rows: NDArray[np.intp], second: BoolArray
) -> Domain | None:
    """Return the shares of the second and of the first mode over the same mix of cells of wave and unit.

    None where fewer than SMALLEST_GROUP forms of a mode lie in cells with both.
    """
    cells = _cells(responses, rows)
    places = list(item.places)
    mass = weights[rows, None] * responses.valid[rows][:, places]
    mode = second[:, None] - _cell_means(cells, mass, np.repeat(second[:, None].astype(np.float64), len(places), 1))
    spread = (mass * mode**2).sum(axis=0)
    known = spread > ROUNDING * max(float(mass.sum()), 1.0)
    mass, mode, spread = mass[:, known], mode[:, known], spread[known]
    meets = (mass * mode**2 > ROUNDING * spread).any(axis=1)
    if min((meets & second).sum(), (meets & ~second).sum()) < SMALLEST_GROUP:
        return None
    answers, part = responses.satisfied[rows][:, places][:, known], mass * mode / spread
    residuals = answers - _cell_means(cells, mass, answers) - (part * answers).sum(axis=0) * mode
    total = np.where(mass > 0, (cells.T @ (cells @ mass)), 1.0)
    leverage = mass / total + mass * mode**2 / spread
    # Who decides the level of the own cell alone has no residual to enlarge.
    influence = (part * residuals / np.sqrt(np.maximum(1 - leverage, ROUNDING))).mean(axis=1)
    shares = [(part * answers)[second].sum(axis=0).mean(), -(part * answers)[~second].sum(axis=0).mean()]
    of_mode = np.column_stack([second, ~second])
    signed = influence[:, None] * np.where(of_mode, [1.0, -1.0], 0.0)
    return Domain(rows, np.clip(np.array(shares), 0.0, 1.0), signed, of_mode & meets[:, None])


def _cells(responses: Responses, rows: NDArray[np.intp]) -> Any:
    """Return who lies in which cell of wave and unit: one row per cell, 1 where a form lies in it."""
    codes = responses.forms.iloc[rows].groupby(["wave", "unit"], sort=False).ngroup().to_numpy(dtype=np.intp)
    shape = (int(codes.max(initial=-1)) + 1, len(rows))
    return sparse.csr_array((np.ones(len(rows)), (codes, np.arange(len(rows)))), shape=shape)


def _cell_means(cells: Any, mass: FloatArray, values: FloatArray) -> FloatArray:
    """Return for every form the weighted mean of its cell, 0 where nobody of the cell weighs."""
    under, over = cells @ mass, cells @ (mass * values)
    return np.asarray(cells.T @ np.divide(over, under, out=np.zeros_like(over), where=under > 0))
