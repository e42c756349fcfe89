"""What a study says of a plan: the figure of every commitment, its status, its quarters, and which reports came."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.measure_sources import MEASURE_SOURCES, PLAN_MEASURES, MeasureSource
from cchc_analysis.measures.office_reports import (
    Asked,
    OfficeReports,
    Report,
    ReportedPromise,
    add_reports,
    judge_reports,
    reports_in,
)
from cchc_analysis.measures.scorecard import (
    SERIES_COLUMNS,
    CommitmentRow,
    Figure,
    Goal,
    Judgement,
    Trend,
    judge_done,
    judge_number,
    judge_share,
    judge_state,
    judge_survey,
    judge_trend,
    scorecard_table,
    trend_of,
    verdict_of,
    without_goal,
    without_number,
)
from cchc_analysis.measures.year_end import YearEnd, year_end
from cchc_analysis.periods import Kind, ReportPeriod
from cchc_analysis.plan import GROUPS, Commitment, Evidence, Plan
from cchc_analysis.plan_measures import at, measured, survey_held_against
from cchc_analysis.reporters import report_period, reporting_units
from cchc_analysis.shared_figures import figure_of_unit
from cchc_analysis.units import UnitRegistry

if TYPE_CHECKING:
    from cchc_analysis.study import Study

REPORTED = ("numerator", "denominator", "answer", "n_counted")
"""What a report holds: columns of the register of evidence."""

KIND_OF_FREQUENCY: dict[str, Kind] = {"quarter": "quarter", "half": "half", "year": "year"}


def check_plan(plan: Plan, registry: UnitRegistry) -> None:
    """Check what a plan names: its measures, the units that answer and that report.

    An owner may be an office outside the table of units, written as people write it ("UBND Thành phố Hồ Chí Minh");
    what looks like an id must be one. Raises ParameterError naming what is unknown and what is known.
    """
    known = set(registry.units()) | set(GROUPS)
    for entry in plan.commitments:
        if entry.measure is not None and entry.measure not in PLAN_MEASURES:
            raise _unknown(plan, entry.id, entry.measure, PLAN_MEASURES, "measure", "chỉ số")
        asked = entry.evidence.reporters if entry.evidence else ()
        _check_units(plan, entry.id, [*asked, *(name for name in entry.owners if _looks_like_id(name))], known)
    for duty in plan.duties:
        named = [duty.receiver] if _looks_like_id(duty.receiver) else []
        _check_units(plan, duty.id, [*duty.reporters, *named], known)


def _looks_like_id(name: str) -> bool:
    return " " not in name and name == name.lower()


def _check_units(plan: Plan, where: str, names: list[str], known: set[str]) -> None:
    wrong = next((name for name in names if name not in known), None)
    if wrong is not None:
        raise _unknown(plan, where, wrong, sorted(known), "unit", "đơn vị")


def _unknown(plan: Plan, where: str, name: str, known: Any, en: str, vi: str) -> ParameterError:
    listed = ", ".join(known)
    return ParameterError(
        f"Plan {plan.name}, {where}: there is no {en} {name!r}. Use one of: {listed}.",
        f"Kế hoạch {plan.name}, {where}: không có {vi} {name!r}. Hãy dùng một trong: {listed}.",
    )


def year_of(study: "Study") -> int:
    """Return the calendar year in which the period ends."""
    return study.period.months[-1] // 12


def plan_year(study: "Study", plan: Plan) -> ReportPeriod:
    """Return the year of a plan, cut as the periods of the study are."""
    return ReportPeriod("year", plan.year * 12, study.period.window)


def year_to_date(study: "Study") -> ReportPeriod:
    """Return the year of the period up to its last month."""
    first = year_of(study) * 12
    whole = ReportPeriod("range", first, study.period.window, study.period.months[-1] - first + 1)
    return study.period if study.period.months == whole.months else whole


def is_over(study: "Study", plan: Plan) -> bool:
    """Tell whether the year of a plan has ended by what the study knows."""
    return study.as_of.date() >= plan_year(study, plan).end


def goal_of(commitment: Commitment) -> Goal | None:
    """Return the share that a commitment asks for, None where it gives none."""
    return None if commitment.goal is None else Goal(commitment.operator, commitment.goal)


def plan_figure(study: "Study", plan: Plan, commitment: Commitment) -> Figure:
    """Return the figure of the period that tells a commitment; its values are None where there is none.

    What the measure gives comes first; where the data have none, what offices reported.
    """
    told = measured(study, plan, commitment)
    if told is not None or commitment.evidence is None:
        return Figure() if told is None else told
    return reports_of(study, plan, commitment, period_of_reports(study, commitment.evidence)).figure


def scorecard(study: "Study", plan: Plan) -> pd.DataFrame:
    """Return one row per commitment: status, reason, figure, trend and the end of the year.

    Columns measures.SCORECARD_COLUMNS; docs/methods/scorecard.md says how each status comes about.
    """
    check_plan(plan, study.registry)
    return scorecard_table(commitment_row(study, plan, entry) for entry in plan.commitments)


def commitment_row(study: "Study", plan: Plan, commitment: Commitment) -> CommitmentRow:
    """Return the row of one commitment."""
    told = measured(study, plan, commitment)
    if told is None and commitment.evidence is not None:
        row = _by_reports(study, plan, commitment, commitment.evidence)
    else:
        row = _by_measure(study, plan, commitment, told)
    return row if year_of(study) == plan.year else without_goal(row)


def _by_measure(study: "Study", plan: Plan, commitment: Commitment, told: Figure | None) -> CommitmentRow:
    """Return the row of a commitment that a measure tells, or nothing does."""
    if told is None:
        return _row(study, commitment, _not_told(commitment), Figure())
    trend = _trend(study, plan, commitment, told)
    end = _end_of_year(study, plan, commitment)
    judgement = _judged(study, plan, commitment, told, trend, end)
    return _row(study, commitment, judgement, told, trend, end)


def _trend(study: "Study", plan: Plan, commitment: Commitment, told: Figure) -> Trend:
    """Compare the figure with that of the period before; of a survey its newest wave with the wave before."""
    if told.basis == "survey":
        return _survey_trend(study) if commitment.measure == "satisfaction" else Trend(base=study.base.label)
    before = measured(at(study, study.base), plan, commitment)
    return trend_of(told, before or Figure(), study.base.label)


def _not_told(commitment: Commitment) -> Judgement:
    if commitment.operator in ("param", "none", "count") and commitment.value is None:
        return without_number(commitment.operator)
    return Judgement("no_data", "no_figure")


def _row(
    study: "Study",
    commitment: Commitment,
    judgement: Judgement,
    figure: Figure,
    trend: Trend | None = None,
    end: YearEnd | None = None,
    reports: OfficeReports | None = None,
) -> CommitmentRow:
    goal = goal_of(commitment)
    return CommitmentRow(
        commitment=commitment.id,
        operator=commitment.operator,
        judgement=judgement,
        figure=figure,
        goal=None if commitment.value is None else float(commitment.value),
        verdict=_verdict(commitment, goal, figure),
        window=(study.period.start, study.period.end),
        trend=trend or Trend(base=study.base.label),
        end=end,
        n_expected=None if reports is None else reports.n_expected,
        n_reported=None if reports is None else reports.n_reported,
    )


def _verdict(commitment: Commitment, goal: Goal | None, figure: Figure) -> str:
    """Hold the figure of the period against the number of the plan; a survey by its interval."""
    if goal is None or figure.basis != "survey":
        return verdict_of(goal, figure)
    if figure.value is None:
        return "undefined"
    low, high = (figure.value if end is None else end for end in (figure.lower, figure.upper))
    if goal.holds(low) != goal.holds(high):
        return "undecided"
    return "met" if goal.holds(low) else "missed"


def _judged(
    study: "Study", plan: Plan, commitment: Commitment, told: Figure, trend: Trend, end: YearEnd | None
) -> Judgement:
    """Judge a commitment that a measure tells, by the kind of what it asks for."""
    over, goal = is_over(study, plan), goal_of(commitment)
    if commitment.operator in ("param", "none", "count") and commitment.value is None:
        return without_number(commitment.operator)
    if told.basis == "index":
        return judge_state(Goal("=", Fraction(1)), told, over)
    if commitment.operator == "trend":
        nothing = Judgement("no_data", "nothing_counted")
        return nothing if told.value is None else judge_trend(trend, commitment.direction, over)
    if commitment.measure == "survey_forms":
        return judge_done(measured_so_far(study, plan, commitment).n_counted or 0, over)
    if goal is None:
        value = measured_so_far(study, plan, commitment).value
        return _judge_number(study, plan, commitment, value)
    so_far = measured_so_far(study, plan, commitment)
    if told.basis == "survey":
        return judge_survey(goal, so_far, _last_wave_in(study, plan))
    return judge_share(goal, so_far, end, over) if end is not None else judge_state(goal, so_far, over)


def measured_so_far(study: "Study", plan: Plan, commitment: Commitment) -> Figure:
    """Return the figure of the year up to the end of the period."""
    return measured(at(study, year_to_date(study)), plan, commitment) or Figure()


def _judge_number(study: "Study", plan: Plan, commitment: Commitment, value: float | None) -> Judgement:
    if commitment.value is None:
        return without_number("count")
    if value is None:
        return Judgement("no_data", "nothing_counted")
    number = float(commitment.value)
    return judge_number(commitment.operator, number, value, _elapsed(study, plan), is_over(study, plan))


def _elapsed(study: "Study", plan: Plan) -> float:
    """Return the part of the plan's year that is over, in days."""
    year = plan_year(study, plan)
    passed = (study.as_of.date() - year.start).days + 1
    return min(1.0, max(0.0, passed / ((year.end - year.start).days + 1)))


def _last_wave_in(study: "Study", plan: Plan) -> bool:
    """Tell whether the wave of the last quarter of the year has forms, or the year is over."""
    if is_over(study, plan):
        return True
    survey, last = survey_held_against(study), plan_year(study, plan)
    return survey is not None and any(_ends(label, last) for label in survey.waves()["wave"].unique())


def _ends(label: str, last: ReportPeriod) -> bool:
    wave = report_period(label)
    return wave is not None and wave.months[-1] == last.months[-1]


def _survey_trend(study: "Study") -> Trend:
    """Return the change of the overall result between the newest wave and the one before."""
    survey = survey_held_against(study)
    change = None if survey is None else survey.wave_change((), ("overall",))
    if change is None or not len(change):
        return Trend(base=study.base.label)
    row = change[change["item"] == "mean_of_questions"].iloc[0]
    if pd.isna(row["difference"]):
        return Trend(base=str(row["from_wave"]))
    moved: dict[str, Literal["up", "down", "flat"]] = {"up": "up", "down": "down"}
    lower, upper = (None if pd.isna(row[name]) else float(row[name]) for name in ("lower", "upper"))
    return Trend(moved.get(row["signal"], "flat"), float(row["difference"]), lower, upper, str(row["from_wave"]))


def _end_of_year(study: "Study", plan: Plan, commitment: Commitment) -> YearEnd | None:
    """Carry a share of flows with a goal on to the end of the year; None for anything else."""
    goal, source = goal_of(commitment), MEASURE_SOURCES.get(commitment.measure or "")
    if goal is None or source is None or source.nature != "flow" or year_of(study) != plan.year:
        return None
    months = [ReportPeriod("month", number, study.period.window) for number in plan_year(study, plan).months]
    past = [m for m in months if m.months[0] <= study.period.months[-1] and m.end <= study.as_of.date()]
    counted = [_month(study, plan, commitment, goal, month) for month in past]
    return year_end(counted, len(months) - len(past), goal.target)


def _month(study: "Study", plan: Plan, commitment: Commitment, goal: Goal, month: ReportPeriod) -> tuple[int, int, int]:
    """Return numerator, denominator and volume of a month (see measures.year_end.Month)."""
    source = MEASURE_SOURCES[str(commitment.measure)]
    if source.since_start:
        told = _month_of_all(study, plan, source, month)
        over, under, volume = told or study.month_of_year(source.row, month, plan.starts or None)
        return (*goal.counted(over, under), volume)
    figure = measured(at(study, month), plan, commitment) or Figure()
    over, under = goal.counted(*(figure.counts or (0, 0)))
    return over, under, under


def _month_of_all(
    study: "Study", plan: Plan, source: MeasureSource, month: ReportPeriod
) -> tuple[int, int, int] | None:
    """Return what Study.month_of_year does where it has been told with that of all units, else None."""
    seen = at(study, month)
    duty, all_of_it = (figure_of_unit(seen, plan, source, since, source.row) for since in (bool(plan.starts), False))
    if duty is None or all_of_it is None:
        return None
    has_duty = not plan.starts or study.registry.tier(study.unit) in plan.starts
    return int(duty["numerator"]), int(duty["denominator"]), int(all_of_it["denominator"]) if has_duty else 0


def report_periods(evidence: Evidence, year: int) -> list[ReportPeriod]:
    """Return the periods of a year for which offices report."""
    kind = KIND_OF_FREQUENCY[evidence.frequency]
    step = {"quarter": 3, "half": 6, "year": 12}[kind]
    return [ReportPeriod(kind, year * 12 + first) for first in range(0, 12, step)]


def period_of_reports(study: "Study", evidence: Evidence) -> list[ReportPeriod]:
    """Return the periods of reporting inside the period of the study; the one it lies in where none is inside."""
    periods = report_periods(evidence, year_of(study))
    if study.period.months[0] < year_of(study) * 12:
        periods = [*report_periods(evidence, year_of(study) - 1), *periods]
    inside = [period for period in periods if set(period.months) <= set(study.period.months)]
    return inside or [period for period in periods if study.period.months[-1] in period.months]


def reports_of(study: "Study", plan: Plan, commitment: Commitment, periods: list[ReportPeriod]) -> OfficeReports:
    """Add up what offices reported for a commitment in some periods (see measures.add_reports).

    Reports for periods that begin after that of the study say nothing of it.
    """
    evidence = commitment.evidence
    assert evidence is not None
    last = study.period.months[-1]
    known = known_reports(study, plan, commitment)
    begun = [report for report in known if report.period is not None and report.period.months[0] <= last]
    told = reports_in(begun, evidence.kind, periods)
    return add_reports(told, evidence.kind, evidence.over_the_year, list(asked_reports(study, evidence, periods)))


def asked_reports(study: "Study", evidence: Evidence, periods: list[ReportPeriod]) -> Iterator[Asked]:
    """Yield the reports of some periods that offices of the study make; due from the day they had to be in before."""
    for place, period in enumerate(periods):
        key = ("reporting units", evidence.reporters, period.end)
        if key not in study._kept:
            named = reporting_units(evidence.reporters, study.registry, period.end)
            study._kept[key] = [unit for unit in named if study.is_whole or unit == study.unit]
        for unit in study._kept[key]:
            yield Asked(place, unit, (period.submit_before or period.end) <= study.as_of.date())


def known_reports(study: "Study", plan: Plan, commitment: Commitment) -> list[Report]:
    """Return what offices reported for a commitment, as far as its period can be read."""
    key = ("reports by commitment", plan.name)
    if key not in study._kept:
        # Read once for all commitments and periods of a page.
        told = study.evidence()
        by_commitment: dict[str, list[Report]] = {}
        for row in records(told[told["plan"] == plan.name][["commitment", "period", "unit", *REPORTED]]):
            filled: list[Any] = [None if pd.isna(row[name]) else row[name] for name in REPORTED]
            report = Report(report_period(row["period"]), row["unit"], *filled)
            by_commitment.setdefault(row["commitment"], []).append(report)
        study._kept[key] = by_commitment
    kept: dict[str, list[Report]] = study._kept[key]
    return kept.get(commitment.id, [])


def _by_reports(study: "Study", plan: Plan, commitment: Commitment, evidence: Evidence) -> CommitmentRow:
    """Return the row of a commitment that offices report on."""
    window = reports_of(study, plan, commitment, period_of_reports(study, evidence))
    year = reports_of(study, plan, commitment, report_periods(evidence, plan.year))
    back = at(study, study.base)
    before = reports_of(back, plan, commitment, period_of_reports(back, evidence))
    trend = trend_of(window.figure, before.figure, study.base.label)
    over = is_over(study, plan)
    number = None if commitment.value is None or commitment.scale == "share" else float(commitment.value)
    promise = ReportedPromise(
        evidence.kind,
        commitment.operator,
        goal_of(commitment),
        evidence.over_the_year,
        commitment.direction,
        number,
        _elapsed(study, plan),
    )
    judgement = judge_reports(promise, year, trend, over)
    if not year.n_expected and judgement.status == "no_data":
        judgement = Judgement("no_data", "not_reporter")
    return _row(study, commitment, judgement, window.figure, trend, reports=window)


def scorecard_series(study: "Study", plan: Plan) -> pd.DataFrame:
    """Return the figure of every commitment by quarter: those of the plan's year and of the year before with data.

    Columns measures.SERIES_COLUMNS, in the order of the plan; quarters after the end of the period are left out, and so
    are quarters in which nothing was counted.
    """
    first, window = study.first_day(), study.period.window
    since = (plan.year - 1) * 12 if first is not None else plan.year * 12
    quarters = [ReportPeriod("quarter", number, window) for number in range(since, plan.year * 12 + 12, 3)]
    past = [
        quarter
        for quarter in quarters
        if quarter.months[0] <= study.period.months[-1] and (first is None or quarter.end >= first)
    ]
    rows = [
        (entry.id, quarter.label, figure.value, figure.numerator, figure.denominator)
        for entry in plan.commitments
        for quarter in past
        if (figure := plan_figure(at(study, quarter), plan, entry)).value is not None
    ]
    table = pd.DataFrame(rows, columns=list(SERIES_COLUMNS))
    return table.astype({"commitment": "str", "period": "str"} | dict.fromkeys(SERIES_COLUMNS[2:], "float64"))
