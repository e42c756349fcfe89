"""How many forms the next wave needs: for the whole, for each unit, and to see a change."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.measures.satisfaction import OVERALL, POWER, overall_precision, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.stats.counts import normal_quantile
from cchc_analysis.stats.survey_planning import SampleSize, allocate, sample_size_for_margin, slovin
from cchc_analysis.stats.survey_weights import kish_design_effect

WHOLE = "all"
"""The row of all units together."""

FEWEST_ALLOCATED = 30
"""Forms every unit gets of the total, or as many as it has dossiers."""

PLANNING_COLUMNS = (
    "unit",
    "population",
    "n_forms",
    "margin_now",
    "n_needed",
    "slovin",
    "n_invite",
    "n_allocated",
)


@dataclass(frozen=True, eq=False)
class Planning:
    """Sample sizes for the next wave.

    `table`: columns PLANNING_COLUMNS, one row per unit and one for WHOLE. `margin` aimed at; `response_rate` used, None
    where not known; `design_effect` of the whole. `telling_apart`: the smallest change of the overall result that two
    waves like this one show with 80 % power, None without a standard error.
    """

    table: pd.DataFrame
    margin: float
    response_rate: float | None
    design_effect: float
    telling_apart: float | None


def survey_planning(
    sample: SurveySample, population: dict[str, int] | None, margin: float, response_rate: float | None
) -> Planning:
    """Return how many forms keep the 95 % interval of a share within ± `margin`.

    `population`: dossiers resolved per unit, None where not known: then only what is there now is told. `n_needed`:
    share one half (the cautious choice), finite population, design effect (of the overall result for the whole, Kish's
    of its weights for a unit, at least 1); `slovin`: N / (1 + N e²); `n_invite`: n_needed / response rate, null where
    that is not known or more than there are; `n_allocated`: the whole's n_needed shared in proportion to dossiers, at
    least FEWEST_ALLOCATED each. `telling_apart` = (z + z₈₀) √2 se. Design effect and se are those without finite
    populations: the formula brings these in itself, and a change goes beyond the dossiers of two periods.
    """
    whole = _overall_row(satisfaction(sample))
    by_unit = satisfaction(sample, ("unit",))
    by_unit = by_unit[(by_unit["item"] == OVERALL) & by_unit["unit"].notna()].set_index("unit")
    known = {unit: n for unit, n in (population or {}).items() if n > 0 and unit}
    # Populations come in by the formula of the sample size: once is enough.
    error, effect = overall_precision(sample)
    effect = _at_least_one(effect)
    rate = response_rate if response_rate is not None and 0 < response_rate <= 1 else None
    rows = []
    for unit in sorted({*by_unit.index, *known}):
        now = by_unit.loc[unit].to_dict() if unit in by_unit.index else {"n_forms": 0}
        rows.append(_row(unit, now, known.get(unit), margin, _unit_effect(sample, unit), rate))
    everyone = sum(known.values()) or None
    rows.append(_row(WHOLE, whole, everyone, margin, effect, rate))
    table = pd.DataFrame(rows, columns=list(PLANNING_COLUMNS))
    table["n_allocated"] = _allocated(table, known)
    apart = (normal_quantile(0.95) + normal_quantile(2 * POWER - 1)) * math.sqrt(2) * error
    numbers = {name: float for name in PLANNING_COLUMNS if name not in ("unit", "n_forms")}
    told = float(apart) if 0 < apart < 1 else None
    return Planning(table.astype(numbers), margin, rate, effect, told)


def _overall_row(table: pd.DataFrame) -> dict[str, Any]:
    found = table[table["item"] == OVERALL]
    return {str(name): value for name, value in found.iloc[0].items()} if len(found) else {"n_forms": 0}


def _at_least_one(effect: Any) -> float:
    return 1.0 if effect is None or pd.isna(effect) else max(1.0, float(effect))


def _unit_effect(sample: SurveySample, unit: str) -> float:
    if sample.design is None:
        return 1.0
    inside = (sample.responses.forms["unit"] == unit).to_numpy(dtype=np.bool_)
    return _at_least_one(kish_design_effect(sample.design.weights[inside]) if inside.any() else None)


def _row(
    unit: str, now: dict[str, Any], population: int | None, margin: float, effect: float, rate: float | None
) -> dict[str, Any]:
    told: dict[str, Any] = {"unit": unit, "n_forms": now["n_forms"], "margin_now": now.get("margin", np.nan)}
    if population is None:
        return told
    needed: SampleSize = sample_size_for_margin(
        margin, population=population, design_effect=effect, response_rate=1.0 if rate is None else rate
    )
    invite = None if rate is None else needed.n_to_invite
    return {
        **told,
        "population": population,
        "n_needed": needed.n,
        "slovin": slovin(population, margin),
        "n_invite": invite,
    }


def _allocated(table: pd.DataFrame, population: dict[str, int]) -> list[float]:
    """Return each unit's part of the forms the whole needs; the whole's row has their sum."""
    whole = table.loc[table["unit"] == WHOLE, "n_needed"].iloc[0]
    if pd.isna(whole):
        return [np.nan] * len(table)
    minima = sum(min(FEWEST_ALLOCATED, n) for n in population.values())
    total = min(max(int(whole), minima), sum(population.values()))
    parts: dict[str, float] = {unit: float(n) for unit, n in
                               allocate(total, population, minimum=FEWEST_ALLOCATED).items()}  # fmt: skip
    parts[WHOLE] = float(total)
    return [parts.get(unit, np.nan) for unit in table["unit"]]
