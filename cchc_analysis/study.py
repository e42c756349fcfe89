"""A study: one warehouse, one period, one unit, read at one moment; what notebooks and the command line hold in their
hands."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cchc_analysis import counting, measures
from cchc_analysis.counting import OFFICIAL_FORM, Clock, DatedDossiers, OnTimeRule
from cchc_analysis.counting.rule import Basis
from cchc_analysis.errors import Language, ParameterError, PeriodError, UnitError
from cchc_analysis.formats import day
from cchc_analysis.frames import records
from cchc_analysis.measure_sources import measure_source
from cchc_analysis.measures.scorecard import Figure
from cchc_analysis.periods import ReportPeriod, parse_as_of, parse_period
from cchc_analysis.plan import Commitment, Plan
from cchc_analysis.schema import DOSSIER_COLUMNS
from cchc_analysis.score_sheets import ScoreSheet, SheetKind, sheet_on
from cchc_analysis.study_evidence import PlanRegisters
from cchc_analysis.study_headline import headline_figures, revised_entries, revisions
from cchc_analysis.study_indices import IndexMeasures
from cchc_analysis.study_memory import remembered
from cchc_analysis.study_parts import Kept, SharedFor, SharedTables, StudyParts, shared_parts
from cchc_analysis.study_plan import plan_figure, scorecard, scorecard_series
from cchc_analysis.study_registers import REGISTER_MEASURES, By, RegisterMeasures
from cchc_analysis.study_registers import dimensions as _dimensions
from cchc_analysis.study_surveys import Survey, survey_ids, survey_of
from cchc_analysis.study_together import together
from cchc_analysis.study_units import crosswalk, dissolved_units, former_area, names_apart, refuse_moved
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import Engine, Warehouse, check_engine, open_warehouse
from cchc_analysis.working_time import WorkingCalendar

ALL_UNITS = "all"
"""The unit that stands for the whole data set."""

TREND_MONTHS = 13
"""Months a monthly series goes back from the end of the period, the month of a year ago included."""


@dataclass(frozen=True)
class Study(RegisterMeasures, PlanRegisters, IndexMeasures):
    """The dossiers of a unit in a period, known up to `as_of`; counts each table once and keeps it.

    `unit` is a unit id or ALL_UNITS. `as_of` is never later than the end of the period: what happened afterwards is
    not known yet. `units_on`: the day whose units every row is told under; None = as recorded (docs/methods/
    units-over-time.md).
    """

    warehouse: Warehouse
    period: ReportPeriod
    unit: str
    as_of: datetime
    language: Language
    registry: UnitRegistry
    calendar: WorkingCalendar
    units_on: date | None = None
    parts: StudyParts | None = field(default=None, repr=False, compare=False)
    _tables: dict[Any, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _dated: dict[Basis, DatedDossiers] = field(default_factory=dict, repr=False, compare=False)
    _months_kept: dict[Any, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict, repr=False, compare=False)
    _surveys: dict[str, Survey] = field(default_factory=dict, repr=False, compare=False)
    _answers: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _periods: dict[ReportPeriod, "Study"] = field(default_factory=dict, repr=False, compare=False)

    @property
    def clock(self) -> Clock:
        """Calendar, moment and month cut of every count of this study."""
        return Clock(self.calendar, self.as_of, self.period.window)

    @property
    def is_whole(self) -> bool:
        """Whether the study looks at all units."""
        return self.unit == ALL_UNITS

    @property
    def shared_for(self) -> SharedFor:
        """What another study must agree on to share counts with this one."""
        return _shared_for(self.warehouse, self.period, self.as_of, self.language, self.units_on)

    @property
    def base(self) -> ReportPeriod:
        """The period that changes are measured against: the previous one."""
        return self.period.previous()

    def dossiers(self) -> nw.LazyFrame[Any]:
        """Return the dossiers of the unit on the engine (resolving unit, or receiving one where none is given)."""
        frame = self.warehouse.dossiers()
        if self.is_whole:
            return frame
        unit = nw.coalesce(nw.col("resolving_unit"), nw.col("receiving_unit"))
        return frame.filter(unit == self.unit)

    def of_unit(self, unit: str) -> "Study":
        """Return the same study of one unit; what a study of the whole has counted by unit is kept for it."""
        kept = SharedTables(self.parts, unit)
        if self.is_whole:
            kept |= {
                key: table[table["unit"] == unit].reset_index(drop=True)
                for key, table in self._tables.items()
                # The keys of _counted: other tables are not of single dossiers.
                if isinstance(key, tuple) and str(key[0]).startswith("count_") and "unit" in table
            }
        return replace(self, unit=unit, _tables=kept, _dated={}, _months_kept={}, _surveys={}, _kept={}, _periods={})

    def in_common(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return what `make` gives and is the same for every unit: in a run of many pages the first one makes it.

        `name` tells it from all others, whatever else than unit, moment, language and data it depends on included.
        """
        return make() if self.parts is None else self.parts.common(name, make)

    def has_register(self, kind: str) -> bool:
        """Tell whether a register (see schema.REGISTERS) has been taken in beside the dossiers."""
        return self.warehouse.register(kind) is not None

    def surveys(self) -> tuple[str, ...]:
        """Return the ids of the questionnaires whose answers have been taken in."""
        return survey_ids(self.warehouse)

    def survey(self, name: str = "") -> Survey:
        """Return the survey of a questionnaire, by default the first with a scale of five points or more (see
        study_surveys.survey_of)."""
        if name not in self._surveys:
            self._surveys[name] = survey_of(self, name)
        return self._surveys[name]

    def _counted(self, count: Callable[..., pd.DataFrame], *arguments: Any) -> pd.DataFrame:
        key = (count.__name__, *arguments)
        if key not in self._tables:
            rule = next((value for value in arguments if isinstance(value, OnTimeRule)), OFFICIAL_FORM)
            self._tables[key] = count(self._dossiers_dated(rule.basis), self.clock, *arguments)
        return self._tables[key]

    def counted(self, count: Callable[..., pd.DataFrame], by: By = ()) -> pd.DataFrame:
        """Return a count of counting with at least these dimensions; a study counts each once."""
        return self._counted(count, _at_least(by))

    def dated_dossiers(self) -> DatedDossiers:
        """Return the dossiers of the unit with their dates looked up, closed when they were finished."""
        return self._dossiers_dated("finished")

    def _dossiers_dated(self, basis: Basis) -> DatedDossiers:
        """Look up the dates of the dossiers once; every count of this study starts from them."""
        if basis not in self._dated:
            self._dated[basis] = counting.date_dossiers(self.dossiers(), self.clock, basis)
        return self._dated[basis]

    def flow(self, by: By = (), rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
        """Return a flow count with at least these dimensions (see counting.count_flow)."""
        return self._counted(counting.count_flow, _at_least(by), _counting_rule(rule))

    def durations(self, by: By = ()) -> pd.DataFrame:
        """Return a durations count in working days with at least these dimensions (see counting.count_durations)."""
        return self._counted(counting.count_durations, _at_least(by))

    def terms(self, by: By = ()) -> pd.DataFrame:
        """Return a terms count with at least these dimensions (see counting.count_terms)."""
        return self._counted(counting.count_terms, _at_least(by))

    def pending(self, by: By = ()) -> pd.DataFrame:
        """Return a count of open dossiers by age with at least these dimensions (see counting.count_pending)."""
        return self._counted(counting.count_pending, _at_least(by))

    def digitised(self, by: By = (), starts: tuple[datetime, ...] = ()) -> pd.DataFrame:
        """Return a digitisation count with at least these dimensions (see counting.count_digitisation)."""
        return self._counted(counting.count_digitisation, _at_least(by), starts)

    def digitised_since(self, starts: Iterable[date], by: By = ()) -> pd.DataFrame:
        """Return a digitisation count that tells how many of these days each dossier was received on or after."""
        return self.digitised(by, tuple(datetime.combine(start, time()) for start in sorted(set(starts))))

    def sent(self, by: By = ()) -> pd.DataFrame:
        """Return a count by channel, level and hour of sending (see counting.count_online)."""
        return self._counted(counting.count_online, _at_least(by))

    def payments(self, by: By = ()) -> pd.DataFrame:
        """Return a count of fees and online payments (see counting.count_payments)."""
        return self._counted(counting.count_payments, _at_least(by))

    def procedures(self) -> pd.DataFrame:
        """Return the procedures of the data with the names written beside them (see counting.count_procedures)."""
        return self._counted(counting.count_procedures)

    @remembered
    def months(self) -> list[ReportPeriod]:
        """Return the months of a series that ends with the period, as far back as the data go."""
        last = self.period.months[-1]
        first_received = int(self.flow()["received_month"].min()) if len(self.flow()) else last
        first = max(first_received, min(last - TREND_MONTHS + 1, self.period.months[0]))
        return [ReportPeriod("month", number, self.period.window) for number in range(first, last + 1)]

    def _measured(self, measure: Callable[[ReportPeriod, tuple[str, ...]], pd.DataFrame], by: By) -> pd.DataFrame:
        """Apply a measure to the period, or to each month of the series where `by` asks for months."""
        keys = (by,) if isinstance(by, str) else tuple(by)
        groups = _dimensions(by)
        if "month" not in keys:
            return measure(self.period, groups)
        tables = [measure(month, groups).assign(month=month.label) for month in self.months()]
        return pd.concat(tables, ignore_index=True)

    @remembered
    @together
    def form_06a(self, by: By = ()) -> pd.DataFrame:
        """Return the columns of form II.06a (see measures.form_06a)."""
        return self._measured(lambda period, keys: measures.form_06a(self.flow(by), period, keys), by)

    @remembered
    @together
    def on_time(self, by: By = (), rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
        """Return the on-time share under a rule (see measures.on_time_share)."""
        return self._measured(
            lambda period, keys: measures.on_time_share(self.flow(by, _counting_rule(rule)), period, keys, rule),
            by,
        )

    @remembered
    @together
    def outcomes(self, by: By = ()) -> pd.DataFrame:
        """Return early, on time, late, without due date and withdrawn (see measures.outcome_shares)."""
        return self._measured(lambda period, keys: measures.outcome_shares(self.flow(by), period, keys), by)

    @remembered
    @together
    def time_used(self, by: By = ()) -> pd.DataFrame:
        """Return mean, median and p90 of the working days used (see measures.time_used)."""
        return self._measured(lambda period, keys: measures.time_used(self.durations(by), period, keys), by)

    @remembered
    @together
    def time_to_closing(self, by: By = ()) -> pd.DataFrame:
        """Return the Kaplan–Meier median of the working days to closing (see measures.time_to_closing)."""
        return self._measured(lambda period, keys: measures.time_to_closing(self.durations(by), period, keys), by)

    @remembered
    @together
    def time_cut(self, by: By = ()) -> pd.DataFrame:
        """Return the four figures of time reduction (see measures.time_cut)."""
        return self._measured(lambda period, keys: measures.time_cut(self.terms(by), period, keys), by)

    @remembered
    def excluded_procedures(self) -> pd.DataFrame:
        """Return the procedures that the figures of time reduction leave out (see measures.excluded_procedures).

        Where a catalogue has been taken in, its procedures without dossiers are among them.
        """
        seen = self.procedures()
        listed = self.listed_procedures()
        # A dossier without code goes by the name of its procedure.
        unseen = listed[
            ~listed["procedure"].isin(seen["procedure"]) & ~listed["procedure_name"].isin(seen["procedure"])
        ]
        return measures.excluded_procedures(self.terms(), self.period, pd.concat([seen, unseen], ignore_index=True))

    @remembered
    @together
    def procedure_times(self, by: By = ()) -> pd.DataFrame:
        """Return law, commitment and actual time of each procedure (see measures.procedure_times)."""
        return measures.procedure_times(self.terms(by), self.period, _dimensions(by))

    @remembered
    @together
    def pending_by_age(self, by: By = ()) -> pd.DataFrame:
        """Return the open dossiers by age band and state (see measures.pending_by_age)."""
        return measures.pending_by_age(self.pending(by), _dimensions(by))

    @remembered
    def on_time_change(self, by: By = (), rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
        """Return the change of the on-time share against the previous period (see measures.on_time_change)."""
        flow = self.flow(by, _counting_rule(rule))
        return measures.on_time_change(flow, self.period, self.base, _dimensions(by), rule)

    @remembered
    def time_change(self, base: ReportPeriod | None = None) -> measures.TimeChange:
        """Return the change in mean working days against the previous period, or `base`, split (see
        measures.time_change)."""
        return measures.time_change(self.durations(), self.terms(), self.period, base or self.base, self._strata())

    @remembered
    def change_drivers(self, base: ReportPeriod | None = None) -> pd.DataFrame:
        """Return what each procedure contributes to `time_change` (see measures.change_drivers)."""
        against = base or self.base
        change = self.time_change(against)
        return measures.change_drivers(change, self.terms(), self.period, against, self._strata())

    def _strata(self) -> tuple[str, ...]:
        return ("unit", "procedure") if self.is_whole else ("procedure",)

    @remembered
    @together
    def cut_by_procedure(self, by: By = ()) -> pd.DataFrame:
        """Return registered and actual cut of each procedure (see measures.cut_by_procedure)."""
        return measures.cut_by_procedure(self.terms(by), self.period, _dimensions(by))

    @remembered
    @together
    def backlog(self, by: By = ()) -> pd.DataFrame:
        """Return clearance rate, disposition time and time to clear (see measures.backlog)."""
        return self._measured(
            lambda period, keys: measures.backlog(self.flow(by), period, *self._lengths(period), keys), by
        )

    def _lengths(self, period: ReportPeriod) -> tuple[int, int]:
        """Return the working days and calendar days of a period up to `as_of`."""
        last = max(period.start, min(period.end, self.as_of.date()))
        working = int(self.calendar.count_inclusive(period.start, last))
        return working, (last - period.start).days + 1

    @remembered
    @together
    def due_soon(self, by: By = ()) -> pd.DataFrame:
        """Return what becomes overdue in the next working days (see measures.due_soon)."""
        return measures.due_soon(self._counted(counting.count_due_soon, _at_least(by)), _dimensions(by))

    @remembered
    def overdue_pareto(self, by: By = ("procedure", "unit")) -> pd.DataFrame:
        """Return where the overdue dossiers are, the most first (see measures.overdue_pareto)."""
        return measures.overdue_pareto(self.pending(by), _dimensions(by))

    @remembered
    @together
    def stopped_clock(self, by: By = ()) -> pd.DataFrame:
        """Return two readings of the dossiers whose clock was stopped (see measures.stopped_clock)."""
        stops = self._counted(counting.count_stops, _at_least(by))
        return measures.stopped_clock(stops, self.period, _dimensions(by))

    @remembered
    def unit_comparison(self, rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
        """Return the on-time share of units, crude and given their procedures (see measures.unit_comparison)."""
        return measures.unit_comparison(self.flow(("unit", "procedure"), _counting_rule(rule)), self.period, rule)

    @remembered
    def chart_months(self) -> list[ReportPeriod]:
        """Return the months of a control chart: those of the series, without the first month of the data.

        What was closed in the month the data begin can only be what was done quickly.
        """
        flow = self.flow()
        first = int(flow["received_month"].min()) if len(flow) else self.period.first_month
        later = [month for month in self.months() if month.first_month > first]
        return later or self.months()

    @remembered
    def on_time_chart(self, baseline: str = "", rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
        """Return the control chart of the on-time share by month (see measures.on_time_chart)."""
        return measures.chart_of_shares(self.on_time("month", rule), self.chart_months(), self._baseline(baseline))

    @remembered
    def duration_chart(self, baseline: str = "") -> pd.DataFrame:
        """Return the control chart of the mean working days by month (see measures.duration_chart)."""
        return measures.duration_chart(self.durations(), self.chart_months(), self._baseline(baseline))

    def _baseline(self, text: str) -> list[ReportPeriod]:
        """Return the months of a baseline such as 2023-01..2023-06, cut as those of the study; none for nothing."""
        window = self.period.window
        months = parse_period(text, window).months if text.strip() else ()
        return [ReportPeriod("month", number, window) for number in months]

    @remembered
    def integrity(self, by: By = ()) -> pd.DataFrame:
        """Return the signals of integrity with what could have shown them (see measures.integrity).

        Where units and months are all that is asked for, the gaps in running numbers follow as the last signal.
        """
        signals = self._integrity_of_dates(by)
        if not set(_dimensions(by)) <= {"unit"}:
            return signals
        return pd.concat([signals, self.number_gaps(by)[signals.columns.tolist()]], ignore_index=True)

    @remembered
    @together
    def _integrity_of_dates(self, by: By = ()) -> pd.DataFrame:
        """Return the signals of integrity that the dates of dossiers show."""
        counts = self._counted(counting.count_integrity, _at_least(by))
        return self._measured(lambda period, keys: measures.integrity(counts, period, keys), by)

    @remembered
    @together
    def number_gaps(self, by: By = ()) -> pd.DataFrame:
        """Return the share of running numbers not seen, overall or by unit or month (see measures.number_gaps)."""
        _units_only(by)
        counts = self._number_gaps()
        return self._measured(lambda period, keys: measures.number_gaps(counts, period, keys), by)

    def _number_gaps(self) -> pd.DataFrame:
        """Count the gaps of the unit; whose an office code is, all dossiers of the warehouse say."""
        key = counting.count_number_gaps.__name__
        if key not in self._tables:
            # An office code belongs to the unit that used it: to its successor only afterwards.
            numbers, everything = self.warehouse.numbers(), self.warehouse.recorded.dossiers()
            counted = counting.count_number_gaps(numbers, everything, self.clock)
            self._tables[key] = counted.assign(unit=counted["unit"].replace(dict(self.warehouse.moved)))
        gaps = self._tables[key]
        return gaps if self.is_whole else gaps[gaps["unit"] == self.unit]

    @remembered
    def coverage(self, period: ReportPeriod | None = None) -> measures.Coverage:
        """Say how far the exports cover a period, by default the one that changes are measured against.

        First and last receipt are those of all units; months without dossiers are those of the unit (see
        measures.coverage).
        """
        wanted = period or self.base
        first, last = self._span()
        missing = (0, 0)
        if first is not None and last is not None:
            known_until = min(wanted.end, self.as_of.date())
            missing = (
                self._working_days(wanted.start, min(first - timedelta(days=1), wanted.end)),
                self._working_days(max(last + timedelta(days=1), wanted.start), known_until),
            )
        return measures.coverage(self.flow(), wanted, (first, last), missing)

    def _working_days(self, first: date, last: date) -> int:
        return int(self.calendar.count_inclusive(first, last)) if first <= last else 0

    def first_day(self) -> date | None:
        """Return the day of the first receipt in the data, all units together; None where there are no dossiers."""
        return self._span()[0]

    def _span(self) -> tuple[date | None, date | None]:
        """Return the days of the first and last receipt by `as_of`, all units together."""
        if "span" not in self._tables:
            received = nw.col("received_at")
            known = self.warehouse.dossiers().filter(received <= self.clock.as_of_end)
            ends = known.select(received.min().alias("first"), received.max().alias("last"))
            self._tables["span"] = ends.collect().to_pandas()
        row = self._tables["span"].iloc[0]
        first, last = (None if pd.isna(row[name]) else row[name].date() for name in ("first", "last"))
        return first, last

    def deadline_margins(self, by: By = ()) -> pd.DataFrame:
        """Return a count of finishes by the office hours left to the deadline (see counting.count_deadline)."""
        return self._counted(counting.count_deadline, _at_least(by))

    @remembered
    def deadline_test(self, by: By = ()) -> pd.DataFrame:
        """Return the test of finishes crowded before the deadline (see measures.deadline_test)."""
        return measures.deadline_test(self.deadline_margins(by), self.period, _dimensions(by))

    @remembered
    @together
    def digitisation(self, by: By = (), starts: Mapping[str, date] | None = None) -> pd.DataFrame:
        """Return the shares of documents digitised, reused, and results digitised (see measures.digitisation_shares).

        `starts`: tier → day from which its units had to digitise (such as Plan.starts): then only dossiers received
        from that day on are counted. None, or no day at all, counts all.
        """
        counts, since = self._under_duty(by, starts)
        return self._measured(lambda period, keys: measures.digitisation_shares(counts, period, keys, since), by)

    def _under_duty(self, by: By, starts: Mapping[str, date] | None) -> tuple[pd.DataFrame, dict[str, int] | None]:
        """Return a digitisation count and how many starts the dossiers of each unit must have reached."""
        if not starts:
            return self.digitised(by), None
        days = sorted(set(starts.values()))
        counts = self.digitised_since(days, by)
        places = {tier: days.index(start) + 1 for tier, start in starts.items()}
        tiers = {unit: self.registry.tier(unit) for unit in counts["unit"].unique()}
        return counts, {unit: places[tier] for unit, tier in tiers.items() if tier is not None and tier in places}

    @remembered
    @together
    def online_share(self, by: By = ()) -> pd.DataFrame:
        """Return the online share in every reading (see measures.online_shares)."""
        return self._measured(lambda period, keys: measures.online_shares(self.sent(by), period, keys), by)

    @remembered
    @together
    def online_procedures(self, by: By = ()) -> pd.DataFrame:
        """Return the share of procedures with an online dossier (see measures.online_procedures)."""
        counts = self.sent((*((by,) if isinstance(by, str) else by), "procedure"))
        return self._measured(lambda period, keys: measures.online_procedures(counts, period, keys), by)

    @remembered
    def counter_at_full_service(self) -> pd.DataFrame:
        """Return the fully online procedures still handed in at the counter (see measures.counter_at_full_service)."""
        return measures.counter_at_full_service(self.sent("procedure"), self.period, ("procedure",))

    @remembered
    @together
    def sending_hours(self, by: By = ()) -> pd.DataFrame:
        """Return the shares sent in office hours, online and over the counter (see measures.sending_hours)."""
        return self._measured(lambda period, keys: measures.sending_hours(self.sent(by), period, keys), by)

    @remembered
    @together
    def cashless(self, by: By = ()) -> pd.DataFrame:
        """Return dossiers and procedures with a fee and those paid online (see measures.cashless)."""
        return self._measured(lambda period, keys: measures.cashless(self.payments(by), period, keys), by)

    @remembered
    @together
    def ratings(self, by: By = ()) -> pd.DataFrame:
        """Return the good ratings given at the counter (see measures.ratings)."""
        counts = self._counted(counting.count_ratings, _at_least(by))
        return self._measured(lambda period, keys: measures.ratings(counts, period, keys), by)

    @remembered
    def handled_in_time(self, by: By = ()) -> pd.DataFrame:
        """Return the share resolved in time or still in time (see measures.handled_in_time)."""
        form, outcomes, pending = self.form_06a(by), self.outcomes(by), self.pending_by_age(by)
        return measures.handled_in_time(form, outcomes, pending, self.period, _dimensions(by))

    @remembered
    def time_against_due(self, by: By = ()) -> pd.DataFrame:
        """Return the points of closed dossiers against their due date (see measures.time_against_due)."""
        return measures.time_against_due(self.outcomes(by), self.period, _dimensions(by))

    def score_sheet(self, kind: SheetKind) -> ScoreSheet | None:
        """Return the score sheet in force at the end of the period, None where there is none."""
        return sheet_on(kind, self.period.end)

    def scores(self, sheet: ScoreSheet, by: By = (), split: str = "range") -> pd.DataFrame:
        """Return the points of every indicator of a score sheet (see measures.score_indicators).

        `split`: "range" leaves points open that are not known by indicator, "equal" assumes equal parts (see
        measures.split_equally). Raises ParameterError for another one.
        """
        if split not in measures.SPLITS:
            raise ParameterError(
                f"Unknown split {split!r}; use {' or '.join(measures.SPLITS)}.",
                f"Không có cách chia điểm {split!r}; dùng {' hoặc '.join(measures.SPLITS)}.",
            )
        keys, indicators = _dimensions(by), sheet.table()
        if split == "equal":
            indicators = measures.split_equally(indicators, sheet.group_points())
        needed = {name: measure_source(name).register for name in sheet.measures}
        absent = {name: kind for name, kind in needed.items() if kind and not self.has_register(kind)}
        shares = self._shares([name for name in sheet.measures if name not in absent], keys)
        return measures.score_indicators(indicators, shares, self.period, keys, absent)

    @remembered
    def _shares(self, names: list[str], by: tuple[str, ...]) -> pd.DataFrame:
        """Return the shares of these names under each other, `n_not_stated` 0 where a measure has none."""
        columns = [*by, "measure", "rule", "numerator", "denominator", "value", "lower", "upper", "n_not_stated"]
        tables = [pd.DataFrame(columns=columns)]
        calls: dict[tuple[Any, ...], dict[str, str]] = {}
        for name in names:
            source = measure_source(name)
            calls.setdefault((source.method, source.arguments), {})[source.row] = name
        for (method, arguments), rows in calls.items():
            table = getattr(self, method)(by, **dict(arguments))
            named = table[table["measure"].isin(list(rows))]
            told = named.assign(measure=named["measure"].map(rows), n_not_stated=table.get("n_not_stated", 0))
            tables.append(told[columns])
        filled = [table for table in tables if len(table)]
        return pd.concat(filled, ignore_index=True) if filled else tables[0]

    def service_quality(self, by: By = (), split: str = "range") -> pd.DataFrame:
        """Return the points by indicator of Decision 766 (see `scores`); empty where no sheet is in force."""
        return self._scores_in_force("service_quality", by, split)

    def one_stop_evaluation(self, by: By = ()) -> pd.DataFrame:
        """Return the points by criterion of the one-stop evaluation (see `scores`); empty where no sheet is in
        force."""
        return self._scores_in_force("one_stop", by, "range")

    @remembered
    def _scores_in_force(self, kind: SheetKind, by: By, split: str) -> pd.DataFrame:
        sheet = self.score_sheet(kind)
        if sheet is None:
            return pd.DataFrame(columns=[*_dimensions(by), *measures.SCORE_COLUMNS, *measures.INDICATOR_COLUMNS])
        return self.scores(sheet, by, split)

    @remembered
    def share_change(self, measure: str, starts: Mapping[str, date] | None = None) -> pd.DataFrame:
        """Return the change of a share against the previous period (see measures.share_change).

        `measure`: one of measures.DIGITISATION_MEASURES (with `starts` as in `digitisation`) or ONLINE_MEASURES.
        """
        online = measure in measures.ONLINE_MEASURES
        tables = [self._shares_of_month(online, period, starts)[0] for period in (self.period, self.base)]
        now, before = (table[table["measure"] == measure].reset_index(drop=True) for table in tables)
        return measures.share_change(now, before)

    @remembered
    @together
    def postal(self, by: By = ()) -> pd.DataFrame:
        """Return what came in by post and went out by post or online (see measures.postal_shares)."""
        counts = self._counted(counting.count_ways, _at_least(by))
        return self._measured(lambda period, keys: measures.postal_shares(counts, period, keys), by)

    @remembered
    @together
    def online_by_hour(self, by: By = ()) -> pd.DataFrame:
        """Return the hours in which dossiers were sent, online and over the counter (see measures.online_by_hour)."""
        counts = self._counted(counting.count_hours, _at_least(by))
        return self._measured(lambda period, keys: measures.online_by_hour(counts, period, keys), by)

    @remembered
    def year_end(
        self, measure: str, starts: Mapping[str, date] | None = None, target: measures.Target | None = None
    ) -> measures.YearEnd:
        """Return where a share will stand at the end of the year of the period (see measures.year_end).

        `measure`: one of measures.DIGITISATION_MEASURES (with `starts` as in `digitisation`) or ONLINE_MEASURES. Only
        the months of the year that have ended by `as_of` and by the end of the period are carried on.
        """
        year = ReportPeriod("year", self.period.months[-1] // 12 * 12, self.period.window)
        months = [ReportPeriod("month", number, self.period.window) for number in year.months]
        past = [m for m in months if m.months[0] <= self.period.months[-1] and m.end <= self.as_of.date()]
        counted = [self.month_of_year(measure, month, starts) for month in past]
        return measures.year_end(counted, len(months) - len(past), target)

    def month_of_year(
        self, measure: str, month: ReportPeriod, starts: Mapping[str, date] | None = None
    ) -> tuple[int, int, int]:
        """Return numerator, denominator and volume of a month (see measures.year_end); units without a start have no
        volume. `measure`, `starts`: as in `year_end`."""
        known = self._shares_of_month(measure in measures.ONLINE_MEASURES, month, starts)
        row, whole = (measures.single_row(table, measure=measure) for table in known)
        return int(row["numerator"]), int(row["denominator"]), int(whole["denominator"])

    def _shares_of_month(
        self, online: bool, month: ReportPeriod, starts: Mapping[str, date] | None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the shares of a month under the duty and without it; all measures of a table are asked in turn."""
        key = ("month of the year", online, month, None if starts is None else tuple(sorted(starts.items())))
        if key not in self._months_kept:
            if online:
                table = measures.online_shares(self.sent(), month)
                self._months_kept[key] = (table, table)
            else:
                counts, since = self._under_duty((), starts)
                named = counts if since is None else counts[counts["unit"].isin(list(since))]
                duty, whole = (measures.digitisation_shares(named, month, (), when) for when in (since, None))
                self._months_kept[key] = (duty, whole)
        return self._months_kept[key]

    def plan_figure(self, plan: Plan, commitment: Commitment) -> Figure:
        """Return the figure of the period that tells a commitment (see study_plan.plan_figure)."""
        return plan_figure(self, plan, commitment)

    def scorecard(self, plan: Plan) -> pd.DataFrame:
        """Return one row per commitment of a plan: how far it is kept (see study_plan.scorecard)."""
        return scorecard(self, plan)

    def scorecard_series(self, plan: Plan) -> pd.DataFrame:
        """Return the figure of every commitment of a plan by quarter (see study_plan.scorecard_series)."""
        return scorecard_series(self, plan)

    def accounting(self) -> pd.DataFrame:
        """Return the accounting of every source file (see measures.accounting_rows)."""
        return measures.accounting_rows(self.warehouse.intake)

    def register_accounting(self) -> pd.DataFrame:
        """Return the accounting of every file of every register, with its `kind` (see measures.accounting_rows)."""
        tables = [
            measures.accounting_rows(register.intake).assign(kind=register.kind.name)
            for register in self.warehouse.registers()
        ]
        return (
            pd.concat(tables, ignore_index=True)
            if tables
            else pd.DataFrame(columns=["file", *measures.ACCOUNTS, "kind"])
        )

    def register_rejects(self) -> pd.DataFrame:
        """Return the rejected rows of every register by rule, with its `kind` (see measures.rejected_by_rule)."""
        tables = [
            measures.rejected_by_rule(register.findings()).assign(kind=register.kind.name)
            for register in self.warehouse.registers()
        ]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["rule", "n_rows", "kind"])

    @remembered
    def rejected(self) -> pd.DataFrame:
        """Return the rejected rows by rule, of the unit where its name could be read (see
        measures.rejected_by_rule)."""
        return measures.rejected_by_rule(self._findings(), None if self.is_whole else self.unit)

    @remembered
    def flags(self) -> pd.DataFrame:
        """Return the accepted rows that look odd, by rule (see measures.flags_by_rule)."""
        return measures.flags_by_rule(self._findings(), None if self.is_whole else self.unit)

    def _findings(self) -> pd.DataFrame:
        """Return the findings of the intake: at least those of the unit, and the first of every rule."""
        if "findings" not in self._tables:
            self._tables["findings"] = self.warehouse.findings()
        return self._tables["findings"]

    @remembered
    def completeness(self) -> pd.DataFrame:
        """Return the share of dossiers with a value, column by column (see measures.completeness_rows)."""
        if "filled" not in self._tables:
            columns = tuple(column.name for column in DOSSIER_COLUMNS)
            self._tables["filled"] = counting.count_filled(self.dossiers(), columns)
        return measures.completeness_rows(self._tables["filled"])

    def calendar_words(self) -> str:
        """Say in the reader's language which days count as working days."""
        if self.warehouse.calendar_name == "weekdays":
            return "thứ Hai đến thứ Sáu" if self.language == "vi" else "Monday to Friday"
        if self.language == "vi":
            return "thứ Hai đến thứ Sáu, trừ ngày nghỉ lễ, Tết, cộng các ngày làm bù theo lịch chính thức"
        return "Monday to Friday without public holidays, with make-up days, by the official calendar"

    def unit_name(self, unit: str | None = None) -> str:
        """Return the name of a unit in the language of the study; a unit outside units.csv keeps its own."""
        wanted = self.unit if unit is None else unit
        if wanted == ALL_UNITS:
            return self._whole_name()
        return self._names_apart.get(wanted) or self.registry.name(wanted, self.language)

    @cached_property
    def _names_apart(self) -> dict[str, str]:
        """Return the units of the data that share their name, named with the days that tell them apart."""
        return names_apart(self.registry, self.known_units(), self.language)

    def known_units(self, recorded: bool = False) -> list[str]:
        """Return the ids of the units of the data (see `units_of`); `recorded`: as the files name them."""
        key = "units recorded" if recorded else "units"
        if key not in self._tables:
            found = units_of(self.warehouse.recorded if recorded else self.warehouse)
            self._tables[key] = pd.DataFrame({"unit": pd.Series(found, dtype="str")})
        return self._tables[key]["unit"].tolist()

    def _whole_name(self) -> str:
        """Name all units together: the city most of them belong to, or what the data are called."""
        parents = Counter(self.registry.parent(unit) for unit in self.known_units(recorded=True))
        city, n = parents.most_common(1)[0] if parents else (None, 0)
        if city is None or 2 * n <= parents.total():
            return self.warehouse.title(self.language)
        name = self.registry.name(city, self.language)
        return former_area(name, self.language) if city in self._gone else name

    @property
    def _gone(self) -> tuple[str, ...]:
        return () if self.units_on is None else self.registry.dissolved(self.units_on)

    def crosswalk(self, on: date | None = None) -> pd.DataFrame:
        """Return which unit of a day carries the tasks of which earlier one, with their dossiers (see
        study_units.crosswalk)."""
        return crosswalk(self, on)

    def headline_figures(self) -> pd.DataFrame:
        """Return the headline figures of the whole and of every unit (see study_headline.headline_figures)."""
        return headline_figures(self)

    def revisions(self, earlier: str = "") -> pd.DataFrame:
        """Compare the headline figures with those of the report at `earlier` (see study_headline.revisions)."""
        return revisions(self, earlier)

    def revised_entries(self, earlier: str = "") -> pd.DataFrame:
        """Return the dossiers that came in since the report at `earlier` (see study_headline.revised_entries)."""
        return revised_entries(self, earlier)

    def dissolved_units(self, on: date | None = None) -> pd.DataFrame:
        """Return the units with dossiers that ended without successor (see study_units.dissolved_units)."""
        return dissolved_units(self, on)

    def procedure_labels(self) -> dict[str, str]:
        """Return the most frequent name of each procedure (the first in alphabetical order on a tie).

        Procedures without dossiers go by the name of the catalogue.
        """
        return self._labels

    @cached_property
    def _labels(self) -> dict[str, str]:
        listed = {
            row["procedure"]: row["procedure_name"] or row["procedure"] for row in records(self.listed_procedures())
        }
        names = self.procedures().sort_values(["n", "procedure_name"], ascending=[False, True])
        best = names.drop_duplicates("procedure")
        return listed | {
            row["procedure"]: row["procedure_name"] or row["procedure"] or NOT_STATED[self.language]
            for row in records(best)
        }


NOT_STATED = {"vi": "(không ghi)", "en": "(not stated)"}


def _at_least(by: By) -> tuple[str, ...]:
    """Return dimensions that serve most questions of a page, so that they share one scan; counts are additive."""
    wanted = set(_dimensions(by)) | {"unit", "field"}
    return (*(name for name in counting.DIMENSIONS if name in wanted), *sorted(wanted - set(counting.DIMENSIONS)))


def _counting_rule(rule: OnTimeRule) -> OnTimeRule:
    """Drop what does not change the count, so that rules which differ only there share one scan."""
    return OnTimeRule("", basis=rule.basis, grain=rule.grain)


def open_study(
    *,
    data: str | Path,
    period: str,
    unit: str = ALL_UNITS,
    as_of: str = "",
    language: Language = "vi",
    window: Literal["", "accounting", "calendar"] = "",
    units_on: str = "",
    engine: Engine = "duckdb",
) -> Study:
    """Open a warehouse for one unit and period.

    `data`: warehouse folder; `period`: such as "2023-Q2"; `unit`: unit id, name, or "all"; `as_of`: ISO date, empty =
    end of the
    period or of the data, whichever comes first; `window`: "accounting" or "calendar" (empty = as the period says);
    `units_on`: ISO date of the day whose units all rows are told under, such as "2026-01-01" (empty = as recorded);
    `engine`: what counts: "duckdb", "pandas", the address of a Spark cluster or a Spark session (docs/spark.md); the
    figures are the same. Raises EngineError, ParameterError, PeriodError, UnitError, WarehouseError with what to do.
    """
    if language not in ("vi", "en"):
        raise ParameterError(
            f"Unknown language {language!r}; use vi or en.",
            f"Không có ngôn ngữ {language!r}; dùng vi hoặc en.",
        )
    check_engine(engine)
    warehouse = open_warehouse(data).counted_on(engine)
    wanted = parse_period(period, window or None)
    registry = UnitRegistry.load()
    cut = parse_as_of(units_on)
    on = None if cut is None else cut.date()
    if on is not None:
        warehouse = warehouse.on_units(registry.moved(on))
    until = _known_until(warehouse, wanted, as_of)
    parts = shared_parts(_shared_for(warehouse, wanted, until, language, on))
    listed = None if parts is None else parts.table("units", ALL_UNITS)
    known = None if listed is None else listed["unit"].tolist()
    found = find_unit(warehouse, registry, unit, on or wanted.end, known)
    return Study(
        warehouse=warehouse,
        period=wanted,
        unit=found,
        as_of=until,
        language=language,
        registry=registry,
        calendar=_calendar(warehouse),
        units_on=on,
        parts=parts,
        _tables=SharedTables(parts, found),
        _kept={"period asked": wanted},
    )


def _shared_for(
    warehouse: Warehouse, period: ReportPeriod, until: datetime, language: Language, on: date | None
) -> SharedFor:
    return SharedFor(str(warehouse.path.resolve()), warehouse.state, period.window, until, language, on)


def _calendar(warehouse: Warehouse) -> WorkingCalendar:
    if warehouse.calendar_name == "weekdays":
        return WorkingCalendar.weekdays(*warehouse.calendar_span)
    return WorkingCalendar.vietnam()


_NO_FORM_HAS_A_PERIOD = (
    "No form of the survey has a day or a wave that is a period, so no form belongs to any period. "
    "Write the wave into a mapping file, such as `constants: {wave: 2023-Q2}`, and take the survey in again with "
    "--mapping.",
    "Không phiếu khảo sát nào có ngày trả lời hoặc đợt là một kỳ báo cáo, nên không phiếu nào thuộc kỳ nào. "
    "Hãy ghi đợt khảo sát vào tệp ánh xạ, ví dụ `constants: {wave: 2023-Q2}`, rồi nạp lại với --mapping.",
)


def _known_until(warehouse: Warehouse, period: ReportPeriod, as_of: str) -> datetime:
    given = parse_as_of(as_of)
    end = datetime.combine(period.end, time())
    known = min(warehouse.as_of if given is None else given, end) if not _same_day(warehouse, given, end) else end
    if known.date() < period.start:
        if given is None and warehouse.surveys() and warehouse.intake.get("as_of_origin") == "no_events":
            raise PeriodError(*_NO_FORM_HAS_A_PERIOD)
        raise PeriodError(
            f"Period {period.label} begins on {day(period.start)}, after the data end ({day(known)}). "
            "Choose an earlier period or take in newer exports.",
            f"Kỳ {period.label} bắt đầu ngày {day(period.start)}, sau thời điểm cuối của dữ liệu ({day(known)}). "
            "Hãy chọn kỳ sớm hơn hoặc nạp dữ liệu mới hơn.",
        )
    return known


def _same_day(warehouse: Warehouse, given: datetime | None, end: datetime) -> bool:
    """Whether data that end on the last day of the window, at whatever hour, are complete for it."""
    return given is None and warehouse.as_of.date() == end.date()


def units_of(warehouse: Warehouse) -> list[str]:
    """Return the ids of the units that have dossiers, sorted; of those with forms where only surveys were taken in."""
    if not warehouse.has_rows:
        return sorted({unit for survey in warehouse.surveys() for unit in _units_in(survey.rows(), nw.col("unit"))})
    return _units_in(warehouse.dossiers(), nw.coalesce(nw.col("resolving_unit"), nw.col("receiving_unit")))


def _units_in(rows: nw.LazyFrame[Any], unit: nw.Expr) -> list[str]:
    found = rows.select(unit.alias("unit")).unique().collect().to_pandas()["unit"]
    return sorted(found.dropna().tolist())


def find_unit(
    warehouse: Warehouse, registry: UnitRegistry, unit: str, on: date | None = None, known: list[str] | None = None
) -> str:
    """Return the id of a unit given by id or name; ALL_UNITS for "all", an empty text, or a city that owns all others.

    Of two units that share the name the one that existed on the day `on` is meant. `known`: the units of the data where
    they have been listed before. Raises UnitError listing the units
    of the data when there is none of that name, and naming the successor where the warehouse is read under it.
    """
    if unit in ("", ALL_UNITS):
        return ALL_UNITS
    resolved = registry.resolve(unit, on)
    if "city" in (registry.tier(unit), registry.tier(resolved or "")):
        return ALL_UNITS
    refuse_moved(registry, warehouse.moved, (unit, resolved))
    known = units_of(warehouse) if known is None else known
    for candidate in (unit, resolved):
        if candidate is not None and (candidate in known or registry.tier(candidate) is not None):
            return candidate
    listed = ", ".join(known[:40])
    raise UnitError(
        f"There is no unit {unit!r}. Units in the data: {listed}. Use all for the whole.",
        f"Không có đơn vị {unit!r}. Các đơn vị trong dữ liệu: {listed}. Dùng all cho toàn bộ.",
    )


def _units_only(by: By) -> By:
    """Refuse dimensions that a running number does not know."""
    for name in _dimensions(by):
        if name != "unit":
            raise ParameterError(
                f"Running numbers cannot be grouped by {name!r}; known: unit, month.",
                f"Không thể phân tổ số thứ tự theo {name!r}; có thể dùng: unit, month.",
            )
    return by


MEASURES: dict[str, Callable[[Study, By, OnTimeRule], pd.DataFrame]] = {
    "form_06a": lambda study, by, rule: study.form_06a(by),
    "on_time": lambda study, by, rule: study.on_time(by, rule),
    "outcomes": lambda study, by, rule: study.outcomes(by),
    "working_days": lambda study, by, rule: study.time_used(by),
    "time_to_closing": lambda study, by, rule: study.time_to_closing(by),
    "time_cut": lambda study, by, rule: study.time_cut(by),
    "pending": lambda study, by, rule: study.pending_by_age(by),
    "on_time_change": lambda study, by, rule: study.on_time_change(by, rule),
    "digitisation": lambda study, by, rule: study.digitisation(by),
    "online_share": lambda study, by, rule: study.online_share(by),
    "cashless": lambda study, by, rule: study.cashless(by),
    "service_quality": lambda study, by, rule: study.service_quality(by),
    "one_stop_evaluation": lambda study, by, rule: study.one_stop_evaluation(by),
    "ratings": lambda study, by, rule: study.ratings(by),
    "change_drivers": lambda study, by, rule: study.change_drivers(),
    "backlog": lambda study, by, rule: study.backlog(by),
    "due_soon": lambda study, by, rule: study.due_soon(by),
    "overdue_pareto": lambda study, by, rule: study.overdue_pareto(by or ("procedure", "unit")),
    "unit_comparison": lambda study, by, rule: study.unit_comparison(rule),
    "on_time_chart": lambda study, by, rule: study.on_time_chart(rule=rule),
    "duration_chart": lambda study, by, rule: study.duration_chart(),
    "integrity": lambda study, by, rule: study.integrity(by),
    "number_gaps": lambda study, by, rule: study.number_gaps(by),
    "postal": lambda study, by, rule: study.postal(by),
    "online_by_hour": lambda study, by, rule: study.online_by_hour(by),
    "satisfaction": lambda study, by, rule: study.survey().satisfaction(by, ("overall", "factor", "question")),
    "satisfaction_waves": lambda study, by, rule: study.survey().waves(by),
    "survey_forms": lambda study, by, rule: study.survey().forms(by),
    **REGISTER_MEASURES,
}
"""The measures of the command line by name."""
