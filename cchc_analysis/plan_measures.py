"""The figure that tells a commitment: of dossiers, registers, surveys and published indices, for any period."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.measure_sources import MEASURE_SOURCES, POINTS_OF_A_GOAL
from cchc_analysis.measures.indicator import single_row
from cchc_analysis.measures.scorecard import Basis, Figure
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.plan import Commitment, Plan
from cchc_analysis.shared_figures import figure_of_unit
from cchc_analysis.text import fold_name

if TYPE_CHECKING:
    from cchc_analysis.study import Study
    from cchc_analysis.study_surveys import Survey

CUT_KINDS = ("working", "calendar", "hours")
"""Whose terms the cut of time is shown for: working days, where there are none calendar days, then hours."""


def at(study: "Study", period: ReportPeriod) -> "Study":
    """Return the same study looking at another period, known up to the same moment; what was counted is kept."""
    known = study._periods
    known.setdefault(study.period, study)
    if period not in known:
        known[period] = replace(study, period=period, _surveys={})
    return known[period]


def share_row(study: "Study", plan: Plan, measure: str | None) -> dict[str, Any] | None:
    """Return the row of an indicator table that tells a share of MEASURE_SOURCES, None where the data cannot.

    Shares of digitisation are over the dossiers under the duty where the plan says from when on it held.
    """
    source = MEASURE_SOURCES.get(measure or "")
    if source is None:
        return None
    arguments: dict[str, Any] = dict(source.arguments)
    if source.since_start and plan.starts:
        arguments["starts"] = plan.starts
    # Every measure of a table is asked in turn, for every month of the year.
    key = ("share table", source.method, source.arguments, study.period, bool(arguments.get("starts")), plan.name)
    if key not in study._tables:
        study._tables[key] = getattr(study, source.method)((), **arguments)
    rows = study._tables[key]
    found = rows[rows["measure"] == source.row]
    return {**single_row(found), "measure": measure} if len(found) else None


def basis_of(measure: str | None) -> Basis:
    """Return what a measure rests on: "dossiers", "register", "survey" or "index"; "" for none."""
    source = MEASURE_SOURCES.get(measure or "")
    if source is not None:
        return "register" if source.register else "dossiers"
    others: dict[str | None, Basis] = {"time_cut": "dossiers", "satisfaction": "survey", "survey_forms": "survey"}
    return others.get(measure, "index" if measure in ("index_change", "index_rank") else "")


def measured(study: "Study", plan: Plan, commitment: Commitment) -> Figure | None:
    """Return the figure of the period that a commitment's measure gives, None where the data at hand have none."""
    measure = commitment.measure
    if measure in MEASURE_SOURCES:
        return _of_share(study, plan, str(measure))
    if measure == "time_cut":
        return _time_cut(study)
    if measure in ("satisfaction", "survey_forms"):
        survey = survey_held_against(study)
        if survey is None:
            return None
        return _satisfaction(survey) if measure == "satisfaction" else _forms(survey)
    return _of_indices(study, plan, commitment) if basis_of(measure) == "index" else None


def _of_share(study: "Study", plan: Plan, measure: str) -> Figure | None:
    source = MEASURE_SOURCES[measure]
    starts = source.since_start and bool(plan.starts)
    row: dict[str, Any] | None = figure_of_unit(study, plan, source, starts, source.row)
    if row is None:
        row = share_row(study, plan, measure)
    if row is None:
        return None
    value, over, under, lower, upper = _numbers(row, "value", "numerator", "denominator", "lower", "upper")
    return Figure(basis_of(measure), value, over, under, lower, upper, exact=value is not None and lower is None)


def _numbers(row: dict[str, Any], *names: str) -> list[float | None]:
    return [None if pd.isna(row[name]) else float(row[name]) for name in names]


def _time_cut(study: "Study") -> Figure | None:
    """Return the pooled cut: days cut of days by law, for the terms that the page of processing time tells first."""
    rows = {row["day_kind"]: row for row in records(study.time_cut()) if row["measure"] == "cut_pooled"}
    row = next((rows[kind] for kind in CUT_KINDS if kind in rows), None)
    if row is None:
        return None
    value, over, under = _numbers(row, "value", "numerator", "denominator")
    return Figure("dossiers", value, over, under, exact=True)


def survey_held_against(study: "Study") -> "Survey | None":
    """Return the survey that a goal of satisfaction is about: the first whose questions have five points."""
    surveys = (study.survey(name) for name in study.surveys())
    return next((survey for survey in surveys if survey.instrument.n_points == POINTS_OF_A_GOAL), None)


def _satisfaction(survey: "Survey") -> Figure:
    """Return the overall result as it is held against a goal: the mean of the questions, weighted."""
    table = survey.target(0.0)
    if not len(table):
        return Figure("survey")
    row = records(table)[0]
    value, over, under, lower, upper = _numbers(row, "weighted", "numerator", "denominator", "lower", "upper")
    n, hidden = int(row["n_forms"]), bool(row["suppressed"])
    return Figure("survey", value, over, under, lower, upper, n_counted=n, exact=True, suppressed=hidden)


def _forms(survey: "Survey") -> Figure | None:
    n = int(survey.forms()["n_forms"].sum())
    return Figure("survey", float(n), n_counted=n, exact=True) if n else None


def _of_indices(study: "Study", plan: Plan, commitment: Commitment) -> Figure | None:
    """Return how many published indices of the plan's place rose into the year, or reached a rank.

    Indices are of whole years: those of a year are looked at once it is over. None where none can be told.
    """
    year = study.period.months[-1] // 12
    if study.as_of.date() < ReportPeriod("year", year * 12, study.period.window).end:
        return None
    named = {fold_name(place) for place in plan.places}
    trends = study.index_trends(year)
    ours = [not named or fold_name(str(place)) in named for place in trends["place"]]
    whole = trends[(trends["dimension"].fillna("") == "") & pd.Series(ours, index=trends.index, dtype=bool)]
    if commitment.measure == "index_rank":
        ranks = whole["rank"].dropna()
        reached, n = int((ranks <= float(commitment.value or 0)).sum()), len(ranks)
    else:
        told = whole[whole["trend"] != "unknown"]
        reached, n = int((told["trend"] == commitment.direction).sum()), len(told)
    return Figure("index", reached / n, float(reached), float(n), n_counted=len(whole), exact=True) if n else None
