"""What a study says of a survey: satisfaction in the period, its waves, its modes, its respondents and its design."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals as nw
import pandas as pd

from cchc_analysis import counting
from cchc_analysis.counting.answers import count_answers
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import first_row
from cchc_analysis.measures.indicator import column_total
from cchc_analysis.measures.satisfaction import likert, satisfaction, satisfaction_target, survey_forms
from cchc_analysis.measures.survey_comparison import mode_effect, survey_unit_comparison
from cchc_analysis.measures.survey_design import DesignFacts, SurveySample, survey_sample
from cchc_analysis.measures.survey_drivers import Drivers, survey_drivers
from cchc_analysis.measures.survey_facts import SurveyFacts, survey_facts, survey_themes
from cchc_analysis.measures.survey_planning import Planning, survey_planning
from cchc_analysis.measures.survey_quality import respondent_quality, survey_reliability, survey_scale_items
from cchc_analysis.measures.survey_responses import (
    ANSWERED,
    Instrument,
    Responses,
    SurveyQuestion,
    in_period,
    known_by,
    read_responses,
    undated,
    wave_period,
    waves_of_period,
)
from cchc_analysis.measures.survey_waves import Wave, wave_change, wave_labels, wave_table
from cchc_analysis.measures.windows import flow_window
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.questionnaires import Question, Questionnaire
from cchc_analysis.study_parts import SharedTables
from cchc_analysis.warehouse import Warehouse

if TYPE_CHECKING:
    from cchc_analysis.study import Study

By = str | tuple[str, ...]
Kept = TypeVar("Kept")

POINTS_OF_A_SURVEY = 5
"""A questionnaire whose scale has as many points is asked about before one with fewer."""

READ = (
    "respondent_id",
    "dossier_id",
    "wave",
    "answered_at",
    "unit",
    "field",
    "mode",
    "outcome",
    "stratum",
    "cluster",
    "weight",
    "stratum_population",
    "answer_seconds",
    "theme",
    "source_file",
)
"""Columns of a survey that measures look at, beside traits and questions."""


def instrument_of(questionnaire: Questionnaire) -> Instrument:
    """Return a questionnaire as the measures know it.

    >>> from cchc_analysis.questionnaires import load_questionnaire
    >>> instrument_of(load_questionnaire("one-stop-five-factors")).n_points
    5
    """
    return Instrument(
        questions=tuple(_question(questionnaire, question) for question in questionnaire.questions),
        factors=tuple(factor.id for factor in questionnaire.factors),
        traits=tuple(trait.id for trait in questionnaire.demographics),
        missing=tuple(dict.fromkeys(missing.id for missing in questionnaire.missing)),
        changes=tuple(change.since for change in questionnaire.changes),
    )


def _question(questionnaire: Questionnaire, question: Question) -> SurveyQuestion:
    scale = questionnaire.scales[question.scale]
    return SurveyQuestion(
        name=question.id,
        points=scale.values,
        satisfied=tuple(sorted(scale.satisfied)),
        factor=question.factor,
        overall=question.overall,
        reversed=question.reversed,
        highest_is_best=scale.best == "highest",
    )


def survey_ids(warehouse: Warehouse) -> tuple[str, ...]:
    """Return the ids of the questionnaires whose answers have been taken in."""
    return tuple(register.questionnaire.id for register in warehouse.surveys())


def survey_of(study: "Study", name: str = "") -> "Survey":
    """Return the survey of a questionnaire; "" the first with a scale of five points or more, else the first.

    Raises ParameterError naming the surveys there are for any other name, and where none has been taken in.
    """
    registers = {register.questionnaire.id: register for register in study.warehouse.surveys()}
    if not name and registers:
        full = [i for i, r in registers.items() if instrument_of(r.questionnaire).n_points >= POINTS_OF_A_SURVEY]
        name = (full or list(registers))[0]
    if name not in registers:
        listed = ", ".join(registers) or "–"
        raise ParameterError(
            f"There is no survey {name!r} in the warehouse; there are: {listed}.",
            f"Kho dữ liệu không có khảo sát {name!r}; hiện có: {listed}.",
        )
    return Survey(study, registers[name], registers[name].questionnaire)


@dataclass(frozen=True, eq=False)
class Survey:
    """The answers to one questionnaire as a study looks at them: its period, its unit, up to its `as_of`.

    Forms belong to the period by their wave where it is a period inside it, else by their day; forms with neither are
    in no figure and are counted (`forms`). `by` of the tables: "unit", "field", "mode", "wave" and the traits of the
    questionnaire; None in a group column = not stated. Tables are null where nothing is known, and where a group has
    fewer than ten forms (`suppressed`). Sources: docs/methods/satisfaction.md, docs/methods/survey-design.md.
    """

    study: "Study"
    register: Warehouse
    questionnaire: Questionnaire
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def _once(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """Return what was made before under this key, or make it."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept

    def _by(self, by: By) -> tuple[str, ...]:
        """Return dimensions in the order asked for; ParameterError for one a survey does not have."""
        keys = (by,) if isinstance(by, str) else tuple(by)
        counting.check_survey_dimensions(keys, self.instrument.traits)
        return keys

    @property
    def instrument(self) -> Instrument:
        """The questionnaire as the measures know it."""
        return self._once("instrument", lambda: instrument_of(self.questionnaire))

    @property
    def _city(self) -> "Survey":
        """The same survey of all units, for comparing one of them with the others."""
        if self.study.is_whole:
            return self
        # Counted once for all periods of the study, which share what they keep.
        if "kept of the whole" not in self.study._kept:
            kept: dict[str, Any] = {name: {} for name in ("_dated", "_months_kept", "_kept")}
            self.study._kept["kept of the whole"] = kept | {"_tables": SharedTables(self.study.parts, "all")}
        whole = replace(self.study, unit="all", _surveys={}, _periods={}, **self.study._kept["kept of the whole"])
        return self._once("city", lambda: Survey(whole, self.register, self.questionnaire))

    def _all(self) -> Responses:
        """Return every row of the survey that belongs to the unit and was known by `as_of`."""
        # The same for every period of the study.
        key = ("all forms", self.questionnaire.id)
        if key not in self.study._kept:
            self.study._kept[key] = self._common("all forms", self._read)
        known: Responses = self.study._kept[key]
        return known

    def _common(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return what the studies of all units share of this survey; the survey of one unit makes its own."""
        parts = self.study.parts
        if parts is None or not self.study.is_whole:
            return make()
        return parts.common(f"survey {self.questionnaire.id}: {name}", make)

    def _read(self) -> Responses:
        parts, study = self.study.parts, self.study
        if parts is not None and not study.is_whole:
            rows = parts.piece(f"survey {self.questionnaire.id}: rows", study.unit, self._rows).assign(unit=study.unit)
        else:
            rows = self._rows()
            if not study.is_whole:
                rows = rows[rows["unit"] == study.unit].reset_index(drop=True)
        read = read_responses(rows, self.instrument, study.period.window)
        return read.where(known_by(read, study.clock.as_of_end))

    def _rows(self) -> pd.DataFrame:
        """Return all rows of the survey, whatever the unit, with the columns that are looked at."""
        columns = [*READ, *self.instrument.traits, *self.instrument.names]
        rows: pd.DataFrame = self.register.rows().select(*columns).collect().to_pandas()
        return rows

    def responses(self) -> Responses:
        """Return the rows of the period, refusals included."""
        return self._once("responses", self._in_period)

    def _in_period(self) -> Responses:
        everything = self._all()
        return everything.where(in_period(everything, self.study.period, self.study.clock.as_of_end))

    def sample(self) -> SurveySample:
        """Return the answered forms of the period with weights and design (see measures.survey_sample).

        Those of one unit have the weights that they have among all units.
        """
        name = f"sample of {self.study.period.label}"
        return self._once("sample", lambda: self._common(name, self._make_sample))

    def _make_sample(self) -> SurveySample:
        if self.study.is_whole:
            return self._sample_of(self.responses(), self.study.period)
        return self._part(self._city.sample())

    def _part(self, sample: SurveySample) -> SurveySample:
        return sample.part((sample.responses.forms["unit"] == self.study.unit).to_numpy(dtype=bool))

    def _sample_of(self, responses: Responses, period: ReportPeriod | None) -> SurveySample:
        sample = survey_sample(responses, None if period is None else self._resolved(period))
        if self.study.parts is not None and sample.design is not None:
            # Prepared before it is shared, not by every page.
            _ = sample.variance
        return sample

    def _resolved(self, period: ReportPeriod) -> pd.DataFrame | None:
        """Return the dossiers resolved in a period by unit and field; None where there are none."""
        flow = self.study.flow(("unit", "field"))
        resolved = flow[flow_window(flow, period).resolved]
        if not len(resolved):
            return None
        return column_total(resolved, ("unit", "field"), n=resolved["n"] > 0)

    def answer_counts(self, by: By = ()) -> pd.DataFrame:
        """Return how often each answer was given in the forms of the period, counted by the engine.

        See counting.count_answers; forms that nobody filled in (refused, no contact) are left out.
        """
        keys = self._by(by)
        return count_answers(self._rows_of_period(), self.instrument.names, keys, self.instrument.traits)

    def _rows_of_period(self) -> nw.LazyFrame[Any]:
        """Return the answered forms of the period on the engine: the same forms as `sample`."""
        period, wave, on = self.study.period, nw.col("wave"), nw.col("answered_at")
        inside, by_day = waves_of_period(self._all(), period)
        first = datetime.combine(period.start, time())
        after = datetime.combine(period.end + timedelta(days=1), time())
        dated = (on >= first) & (on < after) & (wave.is_null() | wave.is_in(["", *by_day]))
        dated = dated & (on <= self.study.clock.as_of_end)
        frame = self.register.rows().filter(wave.is_in(list(inside)) | dated if inside else dated)
        frame = frame.filter(nw.col("outcome").is_null() | nw.col("outcome").is_in(ANSWERED))
        return frame if self.study.is_whole else frame.filter(nw.col("unit") == self.study.unit)

    def forms(self, by: By = ()) -> pd.DataFrame:
        """Return how many forms there are and what became of those asked (see measures.survey_forms)."""
        keys = self._by(by)
        none = self._once("undated", lambda: self._all().where(undated(self._all())))
        return self._once(("forms", keys), lambda: survey_forms(self.responses(), none, keys)).copy()

    def satisfaction(self, by: By = (), items: tuple[str, ...] = ("overall",)) -> pd.DataFrame:
        """Return the share of satisfied answers, unweighted and weighted (see measures.satisfaction).

        `items`: "overall", "factor", "question".
        """
        keys = self._by(by)
        key = ("satisfaction", keys, tuple(items))
        return self._once(key, lambda: satisfaction(self.sample(), keys, items)).copy()

    def likert(self, by: By = ()) -> pd.DataFrame:
        """Return how often every point was given (see measures.likert)."""
        return likert(self.sample(), self._by(by))

    def target(self, goal: float, by: By = ()) -> pd.DataFrame:
        """Hold the overall result against a goal (see measures.satisfaction_target)."""
        return satisfaction_target(self.sample(), goal, self._by(by))

    def design(self) -> DesignFacts:
        """Return weights, strata, design effect and what else a reader must know of the estimates."""
        return self.sample().facts

    def _waves(self) -> list[Wave]:
        """Return the last waves up to the end of the period, each with weights of its own."""
        name = f"waves of {self.study.period.label}"
        return self._once("waves", lambda: self._common(name, self._make_waves))

    def _make_waves(self) -> list[Wave]:
        if not self.study.is_whole:
            parts = (replace(wave, sample=self._part(wave.sample)) for wave in self._city._waves())
            return [part for part in parts if part.sample.design is not None]
        everything = self._all()
        return [self._wave(everything, label) for label in wave_labels(everything, self.study.period.end)]

    def _wave(self, everything: Responses, label: str) -> Wave:
        part = everything.where(everything.forms["wave"] == label)
        start, end = (_day(part.forms[name].iloc[0]) for name in ("wave_from", "wave_to"))
        period = wave_period(label, self.study.period.window)
        if period is not None and period.label == self.study.period.label and len(part) == len(self.responses()):
            return Wave(label, start, end, self.sample())
        return Wave(label, start, end, self._sample_of(part, period))

    def waves(self, by: By = (), items: tuple[str, ...] = ("overall",)) -> pd.DataFrame:
        """Return satisfaction of every wave up to the end of the period (see measures.survey_wave_table)."""
        keys = self._by(by)
        return self._once(("waves", keys, tuple(items)), lambda: wave_table(self._waves(), keys, items)).copy()

    def wave_change(self, by: By = (), items: tuple[str, ...] = ("overall", "factor")) -> pd.DataFrame:
        """Compare the newest wave of the period with the one before (see measures.survey_wave_change)."""
        keys = self._by(by)
        key = ("wave_change", keys, tuple(items))
        return self._once(key, lambda: wave_change(*self._pair(), keys, items)).copy()

    def _pair(self) -> tuple[Wave | None, Wave | None]:
        """Return the wave before and the newest wave that has a form in the period."""
        inside = set(self.responses().answered.forms["wave"].unique())
        known = self._waves()
        newest = next((place for place in reversed(range(len(known))) if known[place].label in inside), None)
        if newest is None:
            return None, None
        return (known[newest - 1] if newest else None), known[newest]

    def mode_effect(self) -> pd.DataFrame:
        """Compare the ways of asking (see measures.mode_effect)."""
        return self._once("mode_effect", lambda: mode_effect(self.sample())).copy()

    def unit_comparison(self) -> pd.DataFrame:
        """Compare every unit with all others (see measures.survey_unit_comparison); one unit has its row only."""
        city = self._city
        name = f"units of {self.study.period.label}"
        table = city._once("unit_comparison", lambda: city._common(name, lambda: survey_unit_comparison(city.sample())))
        if self.study.is_whole:
            return table.copy()
        return table[table["unit"] == self.study.unit].reset_index(drop=True)

    def reliability(self) -> pd.DataFrame:
        """Return Cronbach's alpha of every factor (see measures.survey_reliability)."""
        return self._once("reliability", lambda: survey_reliability(self.sample().responses)).copy()

    def items(self) -> pd.DataFrame:
        """Return how every question goes with the others of its factor (see measures.survey_scale_items)."""
        return self._once("items", lambda: survey_scale_items(self.sample().responses)).copy()

    def drivers(self) -> Drivers:
        """Return what the overall answer goes with (see measures.survey_drivers)."""
        return self._once("drivers", lambda: survey_drivers(self.sample()))

    def respondent_quality(self) -> pd.DataFrame:
        """Return doubtful forms and what they do to the result (see measures.respondent_quality)."""
        return self._once("quality", lambda: respondent_quality(self.sample())).copy()

    def planning(self, margin: float = 0.05, response_rate: float | None = None) -> Planning:
        """Return how many forms the next wave needs (see measures.survey_planning).

        `response_rate`: expected share of the invited who answer; None takes that of the period where it is known.
        """
        rate = response_rate
        if rate is None:
            seen = first_row(self.forms())["response_rate"]
            rate = None if pd.isna(seen) else float(seen)
        resolved = self._resolved(self.study.period)
        population = None if resolved is None else _by_unit(resolved)
        return survey_planning(self.sample(), population, margin, rate)

    def facts(self, by: str = "unit") -> SurveyFacts:
        """Put satisfaction of units or fields beside how their dossiers were handled (see measures.survey_facts)."""
        if by not in ("unit", "field"):
            raise ParameterError(
                f"Facts of dossiers are known by unit or field, not by {by!r}.",
                f"Số liệu hồ sơ chỉ có theo đơn vị hoặc lĩnh vực, không theo {by!r}.",
            )
        if self._resolved(self.study.period) is None:
            return survey_facts(self.sample(), by, None, None)
        return survey_facts(self.sample(), by, self.study.on_time(by), self.study.time_used(by))

    def themes(self) -> pd.DataFrame | None:
        """Return how often each coded theme of comments occurs, None where there is none."""
        return survey_themes(self.sample().responses)


def _by_unit(resolved: pd.DataFrame) -> dict[str, int]:
    """Return the dossiers of every unit."""
    totals = column_total(resolved, ("unit",), n=resolved["n"] > 0)
    return {str(unit): int(n) for unit, n in zip(totals["unit"], totals["n"], strict=True)}


def _day(moment: Any) -> date:
    return date.min if pd.isna(moment) else pd.Timestamp(moment).date()
