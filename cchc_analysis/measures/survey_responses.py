"""The answers of a survey as numbers: which points count as satisfied, and which forms belong to a period."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.errors import PeriodError
from cchc_analysis.periods import ReportPeriod, accounting_month, calendar_month, parse_period

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BLANK, MISSING_CODE, INVALID = -1, -2, -3
"""What stands in `Responses.answers` where there is no point."""

ANSWERED = ("complete", "partial")
SMALLEST_GROUP = 10
"""A group with fewer forms is hidden."""


@dataclass(frozen=True)
class SurveyQuestion:
    """A question as the measures know it: `points` ascending as on the form, `satisfied` those of them that count.

    `reversed`: agreeing is bad, so that points are turned round first. `highest_is_best`: the scale's best end.
    """

    name: str
    points: tuple[int, ...]
    satisfied: tuple[int, ...]
    factor: str | None = None
    overall: bool = False
    reversed: bool = False
    highest_is_best: bool = True


@dataclass(frozen=True)
class Instrument:
    """A questionnaire as the measures know it.

    `factors` and `traits` (of respondents) in order; `missing`: codes of answers that are none; `changes`: days from
    which its results mean something else.

    >>> q = [SurveyQuestion("a", (1, 2, 3, 4, 5), (4, 5)), SurveyQuestion("b", (0, 1, 2), (1, 2))]
    >>> Instrument(tuple(q)).result_questions()
    (0,)
    """

    questions: tuple[SurveyQuestion, ...]
    factors: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    changes: tuple[date, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the questions by name, in order."""
        return tuple(question.name for question in self.questions)

    @property
    def overall(self) -> int | None:
        """Return the position of the overall question, None where there is none."""
        return next((place for place, question in enumerate(self.questions) if question.overall), None)

    @property
    def n_points(self) -> int:
        """Return the number of points of the scale of the overall result."""
        places = self.result_questions()
        return len(self.questions[places[0]].points) if places else 0

    def result_questions(self, factor: str | None = None) -> tuple[int, ...]:
        """Return the positions of the questions that make up a factor, or the overall result.

        The overall question is in neither. Scales of different length are never put together: of several, the one
        with most questions counts, the first on a tie.
        """
        places = [
            place
            for place, question in enumerate(self.questions)
            if not question.overall and (factor is None or question.factor == factor)
        ]
        lengths = [len(self.questions[place].points) for place in places]
        if not lengths:
            return ()
        most = max(dict.fromkeys(lengths), key=lengths.count)
        return tuple(place for place, length in zip(places, lengths, strict=True) if length == most)


@dataclass(frozen=True, eq=False)
class Responses:
    """Forms and their answers: `answers[i, q]` is the place of the point in the scale after turning, or why there is
    none.

    `forms`: one row per form with `unit`, `field`, `mode`, `wave`, traits ("" = not stated), `wave_from`, `wave_to`
    (NaT where the wave is no period and no form of it is dated), `wave_is_period` (False where the wave is only the
    quarter of the day), `answered`, and the columns of a survey.
    """

    instrument: Instrument
    forms: pd.DataFrame
    answers: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.forms)

    def where(self, chosen: "pd.Series[bool] | BoolArray") -> "Responses":
        """Return the forms chosen by one true or false each."""
        mask = np.asarray(chosen, dtype=np.bool_)
        return replace(self, forms=self.forms[mask].reset_index(drop=True), answers=self.answers[mask])

    @cached_property
    def answered(self) -> "Responses":
        """The forms of people who answered; refusals and people not reached are left out."""
        return self.where(self.forms["answered"].to_numpy(dtype=np.bool_))

    @cached_property
    def valid(self) -> FloatArray:
        """1 where an answer is a point of the scale, else 0."""
        return (self.answers >= 0).astype(np.float64)

    @cached_property
    def satisfied(self) -> FloatArray:
        """1 where an answer is one of the satisfied points, else 0."""
        return self._looked_up([_satisfied_places(question) for question in self.instrument.questions], 0.0)

    @cached_property
    def points(self) -> FloatArray:
        """Points turned so that high is good, nan where there is no point."""
        values = [
            [float(point) for point in (question.points if question.highest_is_best else question.points[::-1])]
            for question in self.instrument.questions
        ]
        return self._looked_up(values, np.nan)

    def _looked_up(self, values: list[list[float]], otherwise: float) -> FloatArray:
        """Return the value of every answer from a list of values per question by place in the scale."""
        width = max((len(one) for one in values), default=0)
        table = np.full((len(values), width + 3), otherwise)
        for row, one in enumerate(values):
            table[row, 3 : 3 + len(one)] = one
        return table[np.arange(len(values)), self.answers.astype(np.intp) + 3]

    def keys(self, by: tuple[str, ...]) -> tuple[NDArray[np.intp], pd.DataFrame]:
        """Return the group of every form and the groups sorted by their names, one row each."""
        if not by:
            return np.zeros(len(self), dtype=np.intp), pd.DataFrame(index=pd.RangeIndex(1))
        grouped = self.forms.groupby(list(by), sort=True)
        table = grouped.size().reset_index()[list(by)]
        return np.asarray(grouped.ngroup(), dtype=np.intp), table


def _satisfied_places(question: SurveyQuestion) -> list[float]:
    return [float(point in question.satisfied) for point in question.points]


def read_responses(rows: pd.DataFrame, instrument: Instrument, window: str = "accounting") -> Responses:
    """Return the forms of a survey with their answers as numbers.

    `rows`: the table of a survey in the warehouse, answers as text: a point as on the form, a missing code, "invalid",
    null = blank; what is none of these is invalid. Columns that are not there count as empty. `window`: how waves that
    are periods and days without a wave are cut; a form without wave belongs to the quarter of its day.
    """
    forms = _with_columns(rows, instrument)
    answers = np.empty((len(rows), len(instrument.questions)), dtype=np.int8)
    for place, question in enumerate(instrument.questions):
        answers[:, place] = _answer_places(rows[question.name], question, instrument.missing)
    return Responses(instrument, _with_waves(forms, window), answers)


TEXTS = ("unit", "field", "mode", "wave")
OPTIONAL = (
    "outcome",
    "stratum",
    "cluster",
    "weight",
    "stratum_population",
    "respondent_id",
    "dossier_id",
    "answer_seconds",
    "theme",
    "source_file",
)


def _with_columns(rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the columns that the measures look at, "" for a group that is not stated."""
    nothing = pd.Series(None, index=rows.index, dtype=object)
    columns: dict[str, Any] = {
        name: rows.get(name, nothing).astype(object).where(rows.get(name, nothing).notna(), "").to_numpy()
        for name in (*TEXTS, *instrument.traits)
    }
    columns["answered_at"] = pd.to_datetime(rows.get("answered_at", nothing)).to_numpy()
    for name in OPTIONAL:
        columns[name] = rows.get(name, nothing).to_numpy()
    for name in ("weight", "stratum_population", "answer_seconds"):
        columns[name] = pd.to_numeric(pd.Series(columns[name])).to_numpy(dtype=np.float64, na_value=np.nan)
    table = pd.DataFrame(columns)
    outcome = table["outcome"]
    return table.assign(answered=(outcome.isna() | outcome.isin(ANSWERED)).to_numpy(dtype=np.bool_))


def _answer_places(column: "pd.Series[Any]", question: SurveyQuestion, missing: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the place of every answer in its scale, turned where the question is reversed."""
    turned = reversed(range(len(question.points))) if question.reversed else range(len(question.points))
    places = {str(point): place for point, place in zip(question.points, turned, strict=True)}
    places |= dict.fromkeys(missing, MISSING_CODE)
    codes, answers = pd.factorize(column)
    table = np.array([*(places.get(str(answer), INVALID) for answer in answers), BLANK], dtype=np.int8)
    return np.asarray(table[codes], dtype=np.int8)


def wave_period(label: str, window: str) -> ReportPeriod | None:
    """Return the period that the name of a wave means, None for any other name.

    >>> wave_period("2023-Q2", "accounting").end, wave_period("Đợt 1 năm 2023", "accounting")
    (datetime.date(2023, 6, 14), None)
    """
    try:
        return parse_period(label, "calendar" if window == "calendar" else "accounting")
    except PeriodError:
        return None


def quarter_of(day: date, window: str) -> ReportPeriod:
    """Return the quarter a day belongs to.

    >>> quarter_of(date(2023, 6, 15), "accounting").label
    '2023-Q3'
    """
    month = calendar_month(day) if window == "calendar" else accounting_month(day)
    return ReportPeriod("quarter", month // 3 * 3, "calendar" if window == "calendar" else "accounting")


def _with_waves(forms: pd.DataFrame, window: str) -> pd.DataFrame:
    """Name the wave of forms that have none, and give every wave its first and last day."""
    waves = forms["wave"].to_numpy(dtype=object).copy()
    stated = waves != ""
    days = forms["answered_at"]
    unnamed = (waves == "") & days.notna().to_numpy()
    if unnamed.any():
        on = days[unnamed].dt.normalize()
        labels = {day: quarter_of(day.date(), window).label for day in on.unique()}
        waves[unnamed] = on.map(labels).to_numpy(dtype=object)
    forms = forms.assign(wave=waves)
    spans = {wave: _span(wave, days[waves == wave], window) for wave in dict.fromkeys(waves)}
    first = pd.to_datetime(pd.Series([spans[wave][0] for wave in waves], dtype=object))
    last = pd.to_datetime(pd.Series([spans[wave][1] for wave in waves], dtype=object))
    is_period = np.array([spans[wave][2] for wave in waves], dtype=np.bool_) & stated.astype(np.bool_)
    return forms.assign(wave_from=first, wave_to=last, wave_is_period=is_period)


def _span(wave: str, days: "pd.Series[pd.Timestamp]", window: str) -> tuple[date | None, date | None, bool]:
    period = wave_period(wave, window) if wave else None
    if period is not None:
        return period.start, period.end, True
    known = days.dropna()
    if wave == "" or not len(known):
        return None, None, False
    return known.min().date(), known.max().date(), False


def in_period(responses: Responses, period: ReportPeriod, as_of: datetime) -> BoolArray:
    """Tell which forms belong to a period: by their wave where it is a period, else by their day.

    A wave that is a period must lie inside; one that is longer than the period leaves it to the day of the form. Forms
    that belong by their day are known up to `as_of`.
    Forms without wave and day belong to no period.
    """
    forms = responses.forms
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    inside = (forms["wave_from"] >= start) & (forms["wave_to"] <= end)
    longer = (forms["wave_from"] <= start) & (forms["wave_to"] >= end) & ~inside
    dated = (forms["answered_at"] >= start) & (forms["answered_at"] < end + pd.Timedelta(days=1))
    dated &= forms["answered_at"] <= pd.Timestamp(as_of)
    by_day = ~forms["wave_is_period"] | longer
    return np.asarray((forms["wave_is_period"] & inside) | (by_day & dated), dtype=np.bool_)


def undated(responses: Responses) -> BoolArray:
    """Tell which forms have neither a wave that is a period nor a day: they are counted in no period."""
    forms = responses.forms
    return np.asarray(~forms["wave_is_period"] & forms["answered_at"].isna(), dtype=np.bool_)


def waves_of_period(responses: Responses, period: ReportPeriod) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the waves that lie in a period whole, and those of whose forms the day decides; others lie outside."""
    forms = responses.forms[responses.forms["wave_is_period"]]
    spans = forms.groupby("wave")[["wave_from", "wave_to"]].first()
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    inside = (spans["wave_from"] >= start) & (spans["wave_to"] <= end)
    longer = (spans["wave_from"] <= start) & (spans["wave_to"] >= end) & ~inside
    other = set(responses.forms["wave"].unique()) - set(spans.index)
    return names_of(spans.index[inside]), names_of({*spans.index[longer], *other})


def known_by(responses: Responses, as_of: datetime) -> BoolArray:
    """Tell which forms are known at a moment: all but those of a later day.

    Forms of a wave that is a period speak of it whenever they were filled in: waves are often asked after it has ended.
    """
    forms = responses.forms
    return np.asarray(~(forms["answered_at"] > pd.Timestamp(as_of)) | forms["wave_is_period"], dtype=np.bool_)


def names_of(values: Iterable[Any]) -> tuple[str, ...]:
    """Return texts in order, each once, without the empty one.

    >>> names_of(["b", "", "a", "b"])
    ('a', 'b')
    """
    return tuple(sorted({str(value) for value in values} - {""}))
