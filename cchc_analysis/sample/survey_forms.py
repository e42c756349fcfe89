"""The forms of one wave of the synthetic survey: who filled them in, when and how, and what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from cchc_analysis.sample.draws import Flags, Stream
from cchc_analysis.sample.flows import resolving_unit
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_rows import planted
from cchc_analysis.sample.survey_asking import SMALL_UNITS, Asked, frame_of, weights_of, who_is_asked
from cchc_analysis.sample.survey_law import PHONE_PERCENT, WAVES, chances, draw_points, questionnaire

SPEEDERS = {"2023-Q2": 15, "2023-Q3": 15}
"""Forms filled in within seconds."""
INVALID = ("0", "6", "45", "x", "3,5", "4; 5")
INVALID_EACH = 4
"""How often each of these stands in the place of an answer in each wave."""

WEIGHT_ZERO = 3
"""Forms of the last wave that are counted but have no weight."""

_PARTIAL, _BLANK, _NO_OPINION, _NO_OPINION_ON_FEEDBACK, _REFUSED_ANSWER = 0.04, 0.008, 0.004, 0.12, 0.002
_NOT_ONLINE, _NO_FEE = 0.35, 0.5
_ONLINE = 0.3
THEMES = ("Thời gian chờ", "Thái độ phục vụ", "Giấy tờ, biểu mẫu", "Nộp hồ sơ trực tuyến", "Cơ sở vật chất")
_WITH_THEME = 0.4
_TRAITS = {
    "gender": (("male", "female"), (48, 52)),
    "age_group": (("age_under_30", "age_30_44", "age_45_59", "age_60_up"), (22, 40, 25, 13)),
    "education": (("below_upper_secondary", "upper_secondary", "vocational", "university"), (18, 34, 20, 28)),
    "respondent_type": (("citizen", "organisation"), (88, 12)),
}
_LOWEST_AGES = {"age_under_30": 18, "age_30_44": 30, "age_45_59": 45, "age_60_up": 60}

Answers = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One form, or one person who was asked in vain (`outcome` "refused" or "no_contact").

    `answers` are points, ids of missing codes, "invalid" and None for a blank, in the order of the questions; `written`
    is what stands in place of an invalid answer. `weight` is in hundredths. `mark`: what is planted in it.
    """

    number: int
    response_id: str
    person: int
    dossier: Dossier
    wave: str
    answered_at: datetime
    mode: str
    outcome: str
    answers: Answers
    weight: int
    seconds: int | None
    traits: Mapping[str, str]
    age: int
    theme: str | None = None
    written: str = ""
    mark: str = ""

    @property
    def unit(self) -> str:
        """The unit that decided the dossier."""
        return resolving_unit(self.dossier)

    @property
    def answered(self) -> bool:
        """Whether anything was answered."""
        return self.outcome in ("complete", "partial")


def draw_wave(dossiers: Sequence[Dossier], wave: tuple[str, date, date], n_dossiers: int, stream: Stream) -> list[Form]:
    """Return the forms of one wave: of holders whose dossier was decided in it, in the order of their answers."""
    label, first, last = wave
    frame = frame_of(dossiers, first, last)
    asked = who_is_asked(frame, label, n_dossiers, stream)
    weights = weights_of(frame, asked)
    served = [frame[item.row][1] for item in asked]
    phone = _phone(asked, label, stream)
    points = draw_points(stream, chances(served, label, phone))
    answers = _with_gaps(points.tolist(), served, stream)
    answered_at = _moments(served, last, stream)
    traits = _Traits(len(asked), stream)
    forms = []
    for row, who in enumerate(asked):
        person, dossier = frame[who.row]
        form = Form(
            number=0,
            response_id="",
            person=person,
            dossier=dossier,
            wave=label,
            answered_at=answered_at[row],
            mode="phone" if phone[row] else traits.mode[row] if not who.mark else "paper",
            outcome="complete",
            answers=answers[row],
            weight=weights.get(resolving_unit(dossier), 100),
            seconds=traits.seconds[row],
            traits=traits.bands(row),
            age=traits.age(row),
            mark=who.mark,
        )
        forms.append(_finished(form, who, row, traits))
    return _marked(_numbered(forms), n_dossiers, stream)


class _Traits:
    """What is drawn for every form beside its answers."""

    def __init__(self, n: int, stream: Stream) -> None:
        self.mode = ["online" if online else "paper" for online in stream.chance(_ONLINE, n).tolist()]
        self.seconds = stream.integers(180, 321, n).tolist()
        self.is_partial = stream.chance(_PARTIAL, n).tolist()
        self.length = stream.integers(8, 16, n).tolist()
        self.theme = [
            THEMES[at] if has else None
            for at, has in zip(
                stream.integers(0, len(THEMES), n).tolist(), stream.chance(_WITH_THEME, n).tolist(), strict=True
            )
        ]
        self._years = stream.integers(0, 12, n).tolist()
        self._bands = {
            name: [bands[at] for at in stream.pick(shares, n).tolist()] for name, (bands, shares) in _TRAITS.items()
        }

    def bands(self, row: int) -> dict[str, str]:
        """Return the traits of a respondent, each in its band."""
        return {name: values[row] for name, values in self._bands.items()}

    def age(self, row: int) -> int:
        """Return an age that lies in the band."""
        return int(_LOWEST_AGES[self._bands["age_group"][row]] + self._years[row])


def _finished(form: Form, who: Asked, row: int, traits: _Traits) -> Form:
    """Return the form as it was handed in: in vain, in a batch of equal answers, for the second time, in part."""
    width = len(form.answers)
    if who.in_vain:
        return replace(form, outcome=who.in_vain, answers=(None,) * width, seconds=None, mark="in_vain")
    if who.mark == "straight":
        return replace(form, answers=("5",) * width)
    theme = traits.theme[row] if form.mode == "phone" else None
    if who.mark == "repeated":
        return replace(form, theme=theme, answered_at=form.answered_at + timedelta(minutes=17))
    if traits.is_partial[row]:
        answers = tuple(answer if at < traits.length[row] else None for at, answer in enumerate(form.answers))
        return replace(form, theme=theme, outcome="partial", answers=answers)
    return replace(form, theme=theme)


def _phone(asked: Sequence[Asked], wave: str, stream: Stream) -> Flags:
    lot = stream.chance(PHONE_PERCENT[wave] / 100, len(asked)).tolist()
    return np.array([drawn if who.phone is None else who.phone for who, drawn in zip(asked, lot, strict=True)])


def _moments(dossiers: Sequence[Dossier], last: date, stream: Stream) -> list[datetime]:
    """Return when each was asked: some days after the decision, but within the window of it."""
    days, minutes = stream.integers(1, 10, len(dossiers)).tolist(), stream.integers(480, 1_020, len(dossiers)).tolist()
    found = []
    for item, later, minute in zip(dossiers, days, minutes, strict=True):
        finished = item.finished_at or item.submitted_at
        day = min(finished.date() + timedelta(days=later), last)
        asked = datetime.combine(day, time()) + timedelta(minutes=minute)
        found.append(max(asked, finished.replace(second=0) + timedelta(minutes=20)))
    return found


def _with_gaps(points: Sequence[Sequence[int]], dossiers: Sequence[Dossier], stream: Stream) -> list[Answers]:
    """Return the answers as given: some left blank, some not applicable, some without an opinion."""
    questions = questionnaire().questions
    lots = stream.uniform(len(points) * len(questions)).reshape(len(points), len(questions)).tolist()
    return [
        tuple(
            _gap(question.id, question.factor, dossier, lot) or (None if lot > 1 - _BLANK else str(point))
            for question, point, lot in zip(questions, row, lot_row, strict=True)
        )
        for row, dossier, lot_row in zip(points, dossiers, lots, strict=True)
    ]


def _gap(question: str, factor: str | None, dossier: Dossier, lot: float) -> str | None:
    """Return the missing code that a lot stands for, None for an answer."""
    if question == "access_online" and dossier.channel != "online" and lot < _NOT_ONLINE:
        return "not_applicable"
    if question == "procedures_fee" and not dossier.procedure.fee and lot < _NO_FEE:
        return "not_applicable"
    no_opinion = _NO_OPINION_ON_FEEDBACK if factor == "feedback" else _NO_OPINION
    if 0.6 <= lot < 0.6 + no_opinion:
        return "no_opinion"
    return "refused" if 0.8 <= lot < 0.8 + _REFUSED_ANSWER else None


def _numbered(forms: list[Form]) -> list[Form]:
    ordered = sorted(forms, key=lambda item: (item.answered_at, item.person, item.mark))
    return [
        replace(item, number=number, response_id=f"PKS-{item.wave}-{number:05d}")
        for number, item in enumerate(ordered, start=1)
    ]


def _marked(forms: list[Form], n_dossiers: int, stream: Stream) -> list[Form]:
    """Return the forms with answers too quick to be read, weights of nothing, and answers that are none."""
    twice = {item.dossier.dossier_id for item in forms if item.mark == "repeated"}
    # The other form of somebody who answers twice carries nothing else, so that both come in.
    forms = [
        replace(item, mark="first_of_two") if not item.mark and item.dossier.dossier_id in twice else item
        for item in forms
    ]
    plain = (at for at in stream.shuffled(len(forms)) if is_plain(forms[at]))
    wave = forms[0].wave if forms else ""
    quick = planted(SPEEDERS[wave], n_dossiers) if wave in SPEEDERS else 0
    for turn, at in zip(range(quick), plain, strict=False):
        forms[at] = replace(forms[at], mark="speeder", seconds=20 + turn % 16)
    weightless = planted(WEIGHT_ZERO, n_dossiers) if wave == WAVES[-1][0] else 0
    for _, at in zip(range(weightless), plain, strict=False):
        forms[at] = replace(forms[at], mark="weight_zero", weight=0)
    spoilt = [text for text in INVALID for _ in range(planted(INVALID_EACH, n_dossiers))]
    for turn, (text, at) in enumerate(zip(spoilt, plain, strict=False)):
        answers = list(forms[at].answers)
        answers[turn % len(answers)] = "invalid"
        forms[at] = replace(forms[at], mark="invalid", answers=tuple(answers), written=text)
    return forms


def is_plain(form: Form) -> bool:
    """Tell whether a form can carry something planted: complete, nothing in it yet, of a unit that is not small."""
    return form.outcome == "complete" and not form.mark and form.unit not in SMALL_UNITS
