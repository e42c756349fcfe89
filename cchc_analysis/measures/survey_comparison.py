"""Units of a survey against the rest, and ways of asking against each other."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cchc_analysis.frames import records
from cchc_analysis.measures.satisfaction import OVERALL, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_items import Item, domain_of, survey_items
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP, BoolArray, FloatArray, Responses
from cchc_analysis.measures.survey_waves import SIGNAL_LEVEL, adjusted_p, tested

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
    `rest` with its interval; variance from one design, so that covariances count, degrees of freedom after
    Satterthwaite. `p_adjusted` after Benjamini and Hochberg over the units shown; `signal`: "higher" or "lower" where
    it is at most 0.05, else "none". No figure for units of fewer than SMALLEST_GROUP forms.
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
    """Return the difference of two groups of forms, with the covariance of one design.

    Degrees of freedom after Satterthwaite: of two groups the one with the larger variance counts most.
    """
    domains = [domain_of(sample.responses, sample.weights, [item], np.flatnonzero(part)) for part in parts]
    whole = np.zeros((len(sample.responses), 3))
    present = np.zeros(whole.shape, dtype=np.bool_)
    for place, domain in enumerate(domains):
        whole[domain.rows, place] = domain.influence[:, 0]
        present[domain.rows, place] = domain.present[:, 0]
    whole[:, 2], present[:, 2] = whole[:, 0] - whole[:, 1], present[:, :2].any(axis=1)
    spread = sample.variance.spread(np.arange(len(whole)), whole, present)
    variances, df = spread.standard_errors[:2] ** 2, spread.df[:2]
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = float(variances.sum() ** 2 / (variances**2 / df).sum())
    rest = float(domains[1].shares[0])
    difference, error = float(domains[0].shares[0]) - rest, float(spread.standard_errors[2])
    return dict(zip(_DIFFERENCE, (rest, difference, error, *tested(difference, error, freedom)), strict=True))


def mode_effect(sample: SurveySample) -> pd.DataFrame:
    """Compare the ways of asking: the overall result of each, and its difference to the most frequent one.

    Result: columns MODE_COLUMNS, one row per mode that forms state. `difference`: within cells of wave and unit where
    both modes occur — for every question the weighted least-squares effect of the mode with a level for each cell
    (Σ w d̃ s̃ / Σ w d̃², d̃ and s̃ less their cell means), then the mean over the questions — with linearised standard
    error. `standardised` False: the two modes meet in no cell and the difference is the plain one; where units and
    modes coincide, the difference may be theirs. `p_adjusted` after Holm. Null for the reference and hidden modes.
    """
    table = _overall_by(sample, "mode").reset_index(drop=True)
    item, rows = overall_item(sample.responses), records(table)
    base = max(rows, key=lambda row: row["n_forms"], default=None)
    for row in rows:
        row |= dict.fromkeys(("difference", "diff_lower", "diff_upper", "p_value"), np.nan) | {"standardised": None}
        if base is None or item is None or row is base or row["suppressed"] or base["suppressed"]:
            continue
        figures, row["standardised"] = _mode_difference(sample, item, (base["mode"], row["mode"]))
        row |= {name: figures[name] for name in ("difference", "diff_lower", "diff_upper", "p_value")}
    told = pd.DataFrame(rows, columns=list(MODE_COLUMNS))
    told = told.astype(dict.fromkeys(("difference", "diff_lower", "diff_upper", "p_value"), float))
    told["p_adjusted"] = adjusted_p(told["p_value"], "holm")
    return told[list(MODE_COLUMNS)]


def _mode_difference(sample: SurveySample, item: Item, modes: tuple[str, str]) -> tuple[dict[str, float], bool]:
    """Return the difference of the second mode to the first, and whether they meet in cells."""
    stated = sample.responses.forms["mode"].to_numpy(dtype=object)
    rows = np.flatnonzero((stated == modes[0]) | (stated == modes[1]))
    second = (stated[rows] == modes[1]).astype(np.float64)
    effect = _within_cells(sample.responses, sample.weights, item, rows, second)
    if effect is None:
        return _difference(sample, item, (stated == modes[1], stated == modes[0])), False
    difference, influence, present = effect
    spread = sample.variance.spread(rows, influence[:, None], present[:, None])
    figures = tested(difference, float(spread.standard_errors[0]), float(spread.df[0]))
    return dict(zip(("difference", "diff_lower", "diff_upper", "p_value"), (difference, *figures), strict=True)), True


def _within_cells(
    responses: Responses, weights: FloatArray, item: Item, rows: NDArray[np.intp], second: FloatArray
) -> tuple[float, FloatArray, BoolArray] | None:
    """Return effect, influence and presence of a mode within cells of wave and unit; None where they never meet."""
    forms = responses.forms.iloc[rows]
    cells = forms.groupby(["wave", "unit"], sort=False).ngroup().to_numpy(dtype=np.intp)
    n_cells = int(cells.max(initial=-1)) + 1
    member: Any = sparse.csr_array((np.ones(len(rows)), (cells, np.arange(len(rows)))), shape=(n_cells, len(rows)))
    places = list(item.places)
    mass = weights[rows, None] * responses.valid[rows][:, places]
    under = member @ mass

    def apart(values: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            means = np.where(under > 0, (member @ (mass * values)) / under, 0.0)
        return np.asarray(values - means[cells])

    mode = apart(np.repeat(second[:, None], len(places), axis=1))
    answer = apart(responses.satisfied[rows][:, places])
    spread = (mass * mode**2).sum(axis=0)
    known = spread > 1e-12 * max(float(mass.sum()), 1.0)
    if not known.any():
        return None
    mass, mode, answer, spread = mass[:, known], mode[:, known], answer[:, known], spread[known]
    effects = (mass * mode * answer).sum(axis=0) / spread
    influence = (mass * mode * (answer - effects * mode) / spread).mean(axis=1)
    return float(effects.mean()), influence, np.asarray((mass > 0).any(axis=1))
