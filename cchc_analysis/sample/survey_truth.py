"""What the survey of the synthetic city says, counted form by form in plain Python, and what is true of the city.

Slow and obvious on purpose; nothing of the counting engine is used here. Forms that intake rejects are in no number.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.sample import survey_kiosk
from cchc_analysis.sample.flows import CITY, WINDOWS, resolving_unit
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.survey_asking import SMALL_UNITS, STRAIGHT_UNIT, STRAIGHT_WAVE, UNDERSAMPLED, frame_of
from cchc_analysis.sample.survey_forms import Form
from cchc_analysis.sample.survey_kiosk import Rating
from cchc_analysis.sample.survey_law import (
    DRIVERS,
    LATE_SHIFTS,
    OFFICIALS_RISE,
    PHONE_EFFECT,
    PHONE_PERCENT,
    WAVES,
    chances,
    is_late,
    questionnaire,
)

Facts = dict[str, Any]
Thing = TypeVar("Thing")

COUNTS = ("satisfied", "valid", "blank", "missing", "invalid")
"""What the numbers of a question are: satisfied answers, points, blanks, missing codes, invalid answers."""

_LEAST_FOR_A_LINE = 6


def _counts(form: Questionnaire, answers: Sequence[tuple[str | None, ...]]) -> list[list[int]]:
    """Count each question of a questionnaire, in its order."""
    counted = []
    for at, question in enumerate(form.questions):
        scale = form.scale_of(question.id)
        satisfied, points = set(map(str, scale.satisfied)), set(map(str, scale.values))
        given = [row[at] for row in answers]
        counted.append(
            [
                sum(answer in satisfied for answer in given),
                sum(answer in points for answer in given),
                sum(answer is None for answer in given),
                sum(answer is not None and answer not in points and answer != "invalid" for answer in given),
                sum(answer == "invalid" for answer in given),
            ]
        )
    return counted


def _mean_of_questions(counts: Sequence[Sequence[int]], questions: Iterable[int]) -> float | None:
    """Return the mean of the shares of questions, None where one of them has no answer."""
    shares = [Fraction(counts[at][0], counts[at][1]) if counts[at][1] else None for at in questions]
    known = [share for share in shares if share is not None]
    return round(float(sum(known) / len(known)), 9) if len(known) == len(shares) else None


def _items() -> dict[str, list[int]]:
    """Return which questions make up the whole and each factor, by their positions."""
    asked = questionnaire()
    ids = [question.id for question in asked.questions]
    rated = {"mean_of_questions": [ids.index(name) for name in asked.rated]}
    return rated | {factor.id: [ids.index(name) for name in asked.questions_of(factor.id)] for factor in asked.factors}


def _expected(frame: Sequence[Dossier], wave: str, phone_percent: int) -> dict[str, float]:
    """Return what all who were served would answer on average, so many of them on the phone; exact in thousandths."""
    n = len(frame)
    alone, called = (chances(frame, wave, np.full(n, phone)).sum(axis=0).tolist() for phone in (False, True))
    shares = [
        Fraction((100 - phone_percent) * one + phone_percent * other, 100 * 1000 * n)
        for one, other in zip(alone, called, strict=True)
    ]
    found = {name: sum(shares[at] for at in own) / len(own) for name, own in _items().items()}
    return {name: round(float(share), 6) for name, share in (found | {"overall_question": shares[-1]}).items()}


def _is_straight(form: Form) -> bool:
    given = [answer for answer in form.answers if answer is not None and answer.isdigit()]
    return len(given) >= _LEAST_FOR_A_LINE and len(set(given)) == 1


def _of_wave(forms: Sequence[Form], frame: Sequence[Dossier], wave: str) -> Facts:
    answered = [form for form in forms if form.answered]
    asked = questionnaire()
    units = _grouped(answered, lambda form: form.unit)
    modes = _grouped(answered, lambda form: form.mode)
    counts = _counts(asked, [form.answers for form in answered])
    return {
        "n_forms": len(answered),
        "outcomes": dict(sorted(Counter(form.outcome for form in forms).items())),
        "modes": {mode: len(own) for mode, own in modes.items()},
        "forms": {CITY: len(answered)} | {unit: len(own) for unit, own in units.items()},
        "answers": {CITY: counts}
        | {unit: _counts(asked, [form.answers for form in own]) for unit, own in units.items()},
        "answers_by_mode": {mode: _counts(asked, [form.answers for form in own]) for mode, own in modes.items()},
        "unweighted": {name: _mean_of_questions(counts, own) for name, own in _items().items()},
        **_expectations(frame, wave),
        "in_time_by_lateness": _by_lateness(answered),
        "themes": dict(sorted(Counter(form.theme for form in answered if form.theme).items())),
        **_oddities(answered),
    }


def _grouped(items: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return dict(sorted(found.items()))


def _expectations(frame: Sequence[Dossier], wave: str) -> Facts:
    """Return how many were served by each unit, and what the law makes expected of them."""
    units = _grouped(frame, resolving_unit)
    return {
        "population": {unit: len(own) for unit, own in units.items()},
        "expected": {
            "alone": _expected(frame, wave, 0),
            "as_asked": _expected(frame, wave, PHONE_PERCENT[wave]),
            "units": {unit: _expected(own, wave, 0)["mean_of_questions"] for unit, own in units.items()},
        },
    }


def _by_lateness(answered: Sequence[Form]) -> Facts:
    """Return satisfied and valid answers on being in time, of forms whose dossier was late and of the others."""
    at = [question.id for question in questionnaire().questions].index("results_in_time")
    return {
        name: _counts(questionnaire(), [form.answers for form in answered if is_late(form.dossier) is late])[at][:2]
        for name, late in (("late", True), ("not_late", False))
    }


def _oddities(answered: Sequence[Form]) -> Facts:
    """Return how many forms are doubtful, by what was planted in them."""
    marks = Counter(form.mark for form in answered)
    return {
        "straight_lines": sum(_is_straight(form) for form in answered),
        "planted_straight_lines": marks["straight"],
        "speeders": marks["speeder"],
        "weight_zero": marks["weight_zero"],
        "answered_twice": marks["repeated"],
        "invalid": dict(sorted(Counter(form.written for form in answered if form.written).items())),
    }


def survey_truth(forms: Sequence[Form], dossiers: Sequence[Dossier]) -> Facts:
    """Describe the forms that intake takes by wave, beside what the law makes true of everybody served in it.

    `dossiers` are those that intake takes. `answers`: unit → question → the numbers named by `COUNTS`. `expected`:
    satisfaction if everybody had filled in the form alone, and with the share of calls of the wave.
    """
    found: Facts = {"counts": list(COUNTS), "questions": [question.id for question in questionnaire().questions]}
    found["effects"] = {
        "officials_rise": OFFICIALS_RISE / 1000,
        "phone": PHONE_EFFECT / 1000,
        "phone_percent": PHONE_PERCENT,
        "late_results_in_time": LATE_SHIFTS["results_in_time"] / 1000,
        "drivers": list(DRIVERS),
        "small_units": SMALL_UNITS,
        "undersampled": sorted(UNDERSAMPLED),
        "straight_lines": {"unit": STRAIGHT_UNIT, "wave": STRAIGHT_WAVE},
    }
    for label, first, last in WAVES:
        frame = [dossier for _, dossier in frame_of(dossiers, first, last)]
        found[label] = _of_wave([form for form in forms if form.wave == label], frame, label)
    return found


def kiosk_truth(ratings: Sequence[Rating]) -> Facts:
    """Describe the ratings at the kiosks by window and unit."""
    form = survey_kiosk.questionnaire()
    found: Facts = {"counts": list(COUNTS), "questions": [question.id for question in form.questions]}
    for label, first, last in WINDOWS:
        made = [item for item in ratings if first <= item.answered_at.date() <= last]
        units = sorted({item.office.unit for item in made})
        own = {unit: [item.answers for item in made if item.office.unit == unit] for unit in units}
        own[CITY] = [item.answers for item in made]
        found[label] = {
            "n_forms": len(made),
            "forms": {unit: len(rows) for unit, rows in own.items()},
            "answers": {unit: _counts(form, rows) for unit, rows in own.items()},
        }
    return found
