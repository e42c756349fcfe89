"""The law of the answers of the synthetic survey: how likely each question is answered as satisfied, and by whom.

Chances are whole thousandths, so that what they make expected is exact.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.questionnaires import Questionnaire, load_questionnaire
from cchc_analysis.sample.city import QUARTERS
from cchc_analysis.sample.draws import Flags, Integers, Stream
from cchc_analysis.sample.flows import resolving_unit
from cchc_analysis.sample.generate import Dossier

QUESTIONNAIRE = "one-stop-five-factors"
WAVES = QUARTERS[:3]
"""The first three quarters; the default report of the second has the wave before it to compare with."""

LEVELS: dict[str, int] = {
    "phong-noi-vu": 840,
    "phong-tu-phap": 860,
    "phong-tai-chinh-ke-hoach": 850,
    "phong-tai-nguyen-moi-truong": 770,
    "phong-quan-ly-do-thi": 800,
    "phong-kinh-te": 870,
    "phong-lao-dong-tbxh": 820,
    "phong-van-hoa-thong-tin": 880,
    "phong-giao-duc-dao-tao": 900,
    "phong-y-te": 850,
    "phuong-1": 840,
    "phuong-2": 860,
    "phuong-3": 880,
    "phuong-4": 840,
    "phuong-5": 860,
    "phuong-7": 640,
    "thang-nhat": 850,
    "thang-nhi": 860,
    "phuong-8": 880,
    "phuong-9": 850,
    "phuong-10": 480,
    "phuong-11": 890,
    "phuong-12": 810,
    "thang-tam": 870,
    "nguyen-an-ninh": 860,
    "rach-dua": 620,
    "long-son": 820,
}
"""Chance in a thousand that a question is answered as satisfied at a unit, before what follows is added."""

FACTOR_SHIFTS = {"access": 20, "procedures": 0, "officials": 0, "results": 10, "feedback": -60}
QUESTION_SHIFTS = {"procedures_forms": -30, "access_equipment": -20, "results_correct": 10}

OFFICIALS_RISE = 100
"""The planted improvement: questions on officials lie so much lower in the first wave; from the second on no more."""
OVERALL_RISE = 40
"""What of it reaches the question about the service as a whole."""

PHONE_EFFECT = 60
"""On the phone the same experience is called satisfactory so much more often, whatever the question."""
PHONE_PERCENT = {"2023-Q1": 10, "2023-Q2": 30, "2023-Q3": 45}

LATE_SHIFTS = {"results_in_time": -550, "results": -150, "overall": -200}
"""Where the result came late: on the question itself, on the others about results, on the service as a whole."""

_LOWEST, _HIGHEST = 40, 980
_VERY_SATISFIED, _NEUTRAL, _DISSATISFIED = 0.45, 0.65, 0.92

_OF_GENERAL, _OF_FACTOR = 0.08, 0.68
DRIVERS = {"officials": 0.46, "results": 0.24, "procedures": 0.08, "access": 0.05, "feedback": 0.02}
"""How often the answer about the service as a whole follows what is felt about one factor, strongest first."""


@cache
def questionnaire() -> Questionnaire:
    """Return the questionnaire of the survey."""
    return load_questionnaire(QUESTIONNAIRE)


def is_late(dossier: Dossier) -> bool:
    """Tell whether a dossier was finished on a day after the one it was due on."""
    return bool(dossier.finished_at and dossier.due_at and dossier.finished_at.date() > dossier.due_at.date())


def chances(dossiers: Sequence[Dossier], wave: str, phone: Flags) -> Integers:
    """Return how many in a thousand would answer as satisfied: one row per dossier, one column per question.

    `phone`: which of them are asked on the phone.
    """
    levels = np.array([LEVELS[resolving_unit(item)] for item in dossiers], dtype=np.int64)
    late = np.array([is_late(item) for item in dossiers], dtype=np.int64)
    shifts, delays = zip(*(_shifts(question.id, wave) for question in questionnaire().questions), strict=True)
    table = levels[:, None] + np.array(shifts) + late[:, None] * np.array(delays) + PHONE_EFFECT * phone[:, None]
    return np.asarray(np.clip(table, _LOWEST, _HIGHEST), dtype=np.int64)


def _shifts(question: str, wave: str) -> tuple[int, int]:
    """Return what the question adds to the level of a unit, and what it adds where the result came late."""
    first = wave == WAVES[0][0]
    factor = questionnaire().factor_of(question)
    if factor is None:
        return (-OVERALL_RISE if first else 0), LATE_SHIFTS["overall"]
    shift = FACTOR_SHIFTS[factor] + QUESTION_SHIFTS.get(question, 0)
    shift -= OFFICIALS_RISE if first and factor == "officials" else 0
    return shift, LATE_SHIFTS.get(question, LATE_SHIFTS.get(factor, 0))


def draw_points(stream: Stream, table: Integers) -> NDArray[np.int64]:
    """Draw the points 1 … 5 of every form and question; a share `table` / 1000 of each is 4 or 5.

    A lot decides each answer, the smaller the better. It is sometimes the one of the respondent's general view, often
    the one of the factor, else its own: each is uniform, so that the chances hold exactly and answers go together.
    """
    n, width = table.shape
    lots = stream.uniform(n * width).reshape(n, width)
    general = stream.uniform(n)
    factors = {item.id: stream.uniform(n) for item in questionnaire().factors}
    turns = stream.uniform(n * width).reshape(n, width)
    for column, question in enumerate(questionnaire().questions):
        follows = DRIVERS if question.factor is None else {question.factor: _OF_FACTOR}
        bound = np.zeros(n)
        for share, followed in [(_OF_GENERAL, general), *((share, factors[id_]) for id_, share in follows.items())]:
            here = (turns[:, column] >= bound) & (turns[:, column] < bound + share)
            lots[:, column] = np.where(here, followed, lots[:, column])
            bound = bound + share
    return _points(lots, table / 1000)


def _points(lots: NDArray[np.float64], satisfied: NDArray[np.float64]) -> NDArray[np.int64]:
    rest = 1 - satisfied
    bounds = (
        satisfied * _VERY_SATISFIED,
        satisfied,
        satisfied + rest * _NEUTRAL,
        satisfied + rest * _DISSATISFIED,
    )
    return np.asarray(5 - sum((lots >= bound).astype(np.int64) for bound in bounds), dtype=np.int64)
