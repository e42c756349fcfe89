"""Samples drawn again and again from people among whom nothing differs: how often something is found all the same.

Half of the dossiers of every unit have a form, so that a test that takes dossiers for everything there is finds far too
much; units are small and nearly everybody is satisfied, where plain t tests do.
"""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from spec.survey_tables import frame_rows, responses_of, small_questionnaire

from cchc_analysis import measures
from cchc_analysis.measures import SurveySample, Wave, survey_sample, wave_change

SMALL = small_questionnaire()
QUESTIONS = ("a1", "a2", "b1")
SIZES = {"p": 20, "q": 24, "r": 30, "s": 40, "t": 60, "u": 90}
N_SAMPLES = 80


def people(rng: np.random.Generator) -> pd.DataFrame:
    """The dossiers of a period: answers hang together in a person, and on nothing else."""
    unit = np.repeat(list(SIZES), list(SIZES.values()))
    n = len(unit)
    mood = rng.normal(0, 1, n)
    table = {"wave": "2023-Q2", "unit": unit, "field": rng.choice(["land", "civil"], n)}
    table["mode"] = rng.choice(["paper", "phone"], n, p=[0.6, 0.4])
    for question in QUESTIONS:
        table[question] = np.where(mood + rng.normal(0, 0.8, n) > -1.3, "5", "2")
    return pd.DataFrame(table)


def drawn(rng: np.random.Generator) -> tuple[SurveySample, pd.DataFrame]:
    """Half of the people of every unit, and all of them."""
    everybody = people(rng)
    chosen = np.concatenate([rng.permutation(part.index)[: len(part) // 2] for _, part in everybody.groupby("unit")])
    dossiers = everybody.groupby(["unit", "field"]).size().rename("n").reset_index()
    rows = frame_rows(SMALL, everybody.loc[chosen])
    return survey_sample(responses_of(SMALL, rows), dossiers), everybody


@cache
def findings() -> pd.DataFrame:
    rng = np.random.default_rng(20230614)
    told, before = [], None
    for _ in range(N_SAMPLES):
        sample, everybody = drawn(rng)
        row = measures.satisfaction(sample).set_index("item").loc["mean_of_questions"]
        truth = float((everybody[list(QUESTIONS)] == "5").to_numpy().mean())
        units, modes = measures.survey_unit_comparison(sample), measures.mode_effect(sample)
        wave = Wave("2023-Q2", date(2023, 3, 15), date(2023, 6, 14), sample)
        one = {
            "covered": row["weighted_lower"] <= truth <= row["weighted_upper"],
            "unit": (units["p_value"] < 0.05).mean(),
            "any_unit": (units["signal"] != "none").any(),
            "mode": (modes["p_value"] < 0.05).any(),
        }
        if before is not None:
            change = wave_change(before, wave, (), ("overall",)).set_index("item").loc["mean_of_questions"]
            one |= {"change": change["p_value"] < 0.05, "same_modes": change["same_modes_p_value"] < 0.05}
        before = wave
        told.append(one)
    return pd.DataFrame(told)


def test_the_interval_of_the_city_holds_what_all_would_have_said() -> None:
    """95 percent of 80 samples, 3.2 standard errors down."""
    assert 0.87 <= findings()["covered"].mean() <= 1.0


@pytest.mark.parametrize(("what", "most"), [("unit", 0.085), ("any_unit", 0.128), ("mode", 0.128), ("change", 0.128),
                                            ("same_modes", 0.128)])  # fmt: skip
def test_what_is_not_there_is_found_in_five_of_a_hundred_samples(what: str, most: float) -> None:
    """At most 5 percent and 3.2 standard errors of 80 samples; six units of a sample say more together."""
    share = findings()[what].astype(float).mean()
    assert share <= most
