"""Every commitment of the plan in every status it can take, from a few made-up numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_up_study import REGISTRY, SurveyResult, made_up
from scipy import stats as scipy_stats

from cchc_analysis import measures
from cchc_analysis.frames import records
from cchc_analysis.measure_sources import MEASURE_SOURCES
from cchc_analysis.measures.scorecard import (
    REASONS,
    SCORECARD_COLUMNS,
    STATUSES,
    Figure,
    Goal,
    Judgement,
    judge_number,
    judge_share,
    judge_survey,
    verdict_of,
)
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.plan import Commitment, Plan, load_plan
from cchc_analysis.reporters import reporting_units
from cchc_analysis.stats.forecast import (
    beta_binomial_chance,
    beta_binomial_interval,
    logistic_trend,
    trend_chance,
    trend_forecast,
)
from cchc_analysis.study_plan import report_periods

PLAN = load_plan("vung-tau-2023")
COMMITMENTS = {entry.id: entry for entry in PLAN.commitments}


def kind_of(entry: Commitment) -> str:
    """Name what decides the status of a commitment: what it asks for, and what tells it."""
    if entry.operator in ("param", "count", "none"):
        return "no_number"
    if entry.measure == "satisfaction":
        return "survey"
    if entry.measure == "survey_forms":
        return "survey_done"
    if entry.measure == "index_change":
        return "indices"
    if entry.operator == "trend":
        return "trend"
    if entry.measure is not None:
        state = MEASURE_SOURCES[entry.measure].nature == "state"
        return "state" if state else "all_of_flow" if entry.value == 1 else "part_of_flow"
    assert entry.evidence is not None
    told = "answers" if entry.evidence.kind == "yes_no" else "counts"
    once = "_once" if entry.evidence.frequency == "year" else f"_{entry.evidence.over_the_year}"
    return told + once


EVERYTHING = set(STATUSES)
CAN_TAKE = {
    "no_number": {"not_measurable"},
    "indices": {"met", "missed", "no_data", "not_measurable"},
    **dict.fromkeys(("survey", "survey_done", "trend", "state", "all_of_flow", "part_of_flow"), EVERYTHING),
    **dict.fromkeys(("answers_once", "answers_latest", "answers_sum", "counts_latest", "counts_sum"), EVERYTHING),
}
"""What decides a commitment → the statuses it can take: every one, except where there is no number to reach, or where
the figure comes after the year only."""


# what is made up: a few worlds in which every commitment has some figure


@dataclass(frozen=True)
class World:
    """One state of affairs: `share` of the months, `base_share` of the time before, `answers` of offices.

    `answer` is said for every period, `missing` offices (all but the first) say nothing in the last period due.
    """

    period: str
    share: float | None = None
    base_share: float = 0.4
    exact: bool = False
    answer: str | None = None
    yearly: str | None = None
    missing: bool = False
    short: int = 0
    survey: SurveyResult | None = None
    indices: Mapping[str, str] | None = None
    as_of: str = ""


WORLDS = {
    "kept, the year over": World(
        "2023",
        1.0,
        0.4,
        answer="yes",
        yearly="yes",
        survey=SurveyResult(0.93, 0.02),
        indices={"papi": "up", "pci": "up"},
    ),
    "broken, the year over": World(
        "2023", 0.3, 0.5, answer="no", yearly="no", short=1, survey=SurveyResult(0.7, 0.02), indices={"papi": "down"}
    ),
    "on its way": World(
        "2023-11", 0.52, 0.52, exact=True, answer="yes", yearly="in_progress", survey=SurveyResult(0.86, 0.02)
    ),
    "slipping": World(
        "2023-Q2", 0.45, 0.55, exact=True, answer="yes", yearly="no", missing=True, survey=SurveyResult(0.8, 0.02)
    ),
    "lost before the end": World(
        "2023-11", 0.3, 0.3, answer="no", yearly="no", short=1, survey=SurveyResult(0.8, 0.02)
    ),
    "secured": World("2023-11", 0.9, 0.8, answer="yes", yearly="yes", survey=SurveyResult(0.9, 0.02)),
    "nothing known": World("2023-Q1"),
    "another year": World("2022-Q4", 0.5, 0.5, answer="yes", yearly="yes", survey=SurveyResult(0.9, 0.02)),
}

OTHER, UNKNOWN = "not_measurable other_year", "no_data no_figure"
EXPECTED = pd.DataFrame(
    [
        ("counts_sum", "met reached", "missed not_reached", "on_track holds", "at_risk reports_missing"),
        ("counts_latest", "met reached", "missed not_reached", "on_track holds", "at_risk reports_missing"),
        ("answers_sum", "met reached", "missed reported_no", "on_track holds", "at_risk reports_missing"),
        ("answers_latest", "met reached", "missed reported_no", "on_track holds", "at_risk reports_missing"),
        ("answers_once", "met reached", "missed reported_no", "on_track in_progress", "at_risk reported_no"),
        ("part_of_flow", "met reached", "missed not_reached", "on_track likely", "at_risk unlikely"),
        ("all_of_flow", "met reached", "missed not_reached", "on_track likely", "at_risk unlikely"),
        ("state", "met reached", "missed not_reached", "on_track holds", "at_risk short"),
        ("survey", "met above", "missed below", "on_track above", "at_risk below"),
        ("survey_done", "met reached", "met reached", "met reached", "met reached"),
        ("trend", "met risen", "missed fallen", "on_track unchanged", "at_risk fallen"),
        ("indices", "met reached", "missed not_reached", UNKNOWN, UNKNOWN),
    ],
    columns=["kind", "kept, the year over", "broken, the year over", "on its way", "slipping"],
).merge(
    pd.DataFrame(
        [
            ("counts_sum", "missed impossible", "on_track holds", "no_data no_report"),
            ("counts_latest", "at_risk short", "on_track holds", "no_data no_report"),
            ("answers_sum", "missed reported_no", "on_track holds", "no_data no_report"),
            ("answers_latest", "at_risk reported_no", "on_track holds", "no_data no_report"),
            ("answers_once", "at_risk reported_no", "met reached", "no_data not_due"),
            ("part_of_flow", "missed impossible", "met secured", UNKNOWN),
            ("all_of_flow", "missed impossible", "missed impossible", UNKNOWN),
            ("state", "at_risk short", "at_risk short", UNKNOWN),
            ("survey", "at_risk below", "on_track above", UNKNOWN),
            ("survey_done", "met reached", "met reached", "no_data not_due"),
            ("trend", "on_track unchanged", "on_track unchanged", UNKNOWN),
            ("indices", UNKNOWN, UNKNOWN, UNKNOWN),
        ],
        columns=["kind", "lost before the end", "secured", "nothing known"],
    )
)
"""What decides a commitment × the state of affairs → status and reason, worked out from the rule of the method page."""


def share_of(world: World, name: str, period: ReportPeriod) -> tuple[int, int] | None:
    """Return 100 a month; of a share that must be everything all of them where the world is `exact`."""
    if world.share is None:
        return None
    now = period.months[0] >= (2022 * 12 + 9 if world.period.startswith("2022") else 2023 * 12)
    n = 100 * len(period.months)
    goals = {entry.measure for entry in PLAN.commitments if entry.value == 1}
    if world.exact and name in goals:
        state = MEASURE_SOURCES[name].nature == "state" and world.period == "2023-Q2"
        return (n - 1 if state else n), n
    months = {"2023-Q2": 2023 * 12 + 3}.get(world.period, 0)
    share = world.base_share if not now or period.months[-1] < months else world.share
    return round(share * n), n


def answers_of(world: World) -> Iterator[Mapping[str, Any]]:
    """Yield the reports of the offices: a yes or a no, or all or all but `short` of ten."""
    for entry in (entry for entry in PLAN.commitments if entry.evidence is not None):
        asked = entry.evidence
        assert asked is not None
        yearly = asked.frequency == "year"
        answer = world.yearly if yearly else world.answer
        last = ReportPeriod("year", 2023 * 12) if world.period == "2023" else made_up(world.period).period
        for period in report_periods(asked, last.year):
            due = period.months[-1] <= last.months[-1]
            if answer is None or not (due or yearly):
                continue
            offices = reporting_units(asked.reporters, REGISTRY, period.end)
            if world.missing and not yearly and period.months[-1] == last.months[-1]:
                offices = offices[1:]
            for unit in offices:
                short = world.short
                counted = {"numerator": 10 - short, "denominator": 10} if asked.kind == "share" else {}
                told = {"answer": answer} if asked.kind == "yes_no" else counted or {"n_counted": 3}
                yield {"plan": PLAN.name, "commitment": entry.id, "period": period.label, "unit": unit, **told}


def scorecard_of(world: World) -> dict[str, dict[str, Any]]:
    study = made_up(
        world.period,
        world.as_of,
        counts=lambda name, period: share_of(world, name, period),
        reports=tuple(answers_of(world)),
        satisfied=world.survey,
        indices=world.indices or {},
    )
    return {row["commitment"]: row for row in records(study.scorecard(PLAN))}


@pytest.fixture(scope="module")
def cards() -> dict[str, dict[str, dict[str, Any]]]:
    return {name: scorecard_of(world) for name, world in WORLDS.items()}


def expected(entry: Commitment, world: str) -> str:
    kind = kind_of(entry)
    if world == "another year":
        return OTHER
    if kind == "no_number":
        return {"param": "not_measurable number_elsewhere", "count": "not_measurable no_number"}.get(
            entry.operator, "not_measurable words"
        )
    if entry.id == "C17" and world == "nothing known":
        return "no_data no_report"
    return str(EXPECTED.set_index("kind").loc[kind, world])


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", COMMITMENTS)
def test_a_commitment_in_a_state_of_affairs(cards, name: str, world: str) -> None:
    row = cards[world][name]
    assert f"{row['status']} {row['reason']}" == expected(COMMITMENTS[name], world)


def without_survey(entry: Commitment, world: World) -> str:
    """Return the status of a commitment told by a survey where none has been taken in."""
    study = made_up(world.period, reports=tuple(answers_of(world)))
    return str(records(study.scorecard(only(entry)))[0]["status"])


def only(*entries: Commitment) -> Plan:
    return PLAN.model_copy(update={"commitments": entries})


@pytest.mark.parametrize("name", COMMITMENTS)
def test_a_commitment_takes_every_status_it_can_and_no_other(cards, name: str) -> None:
    entry = COMMITMENTS[name]
    seen = {cards[world][name]["status"] for world in WORLDS}
    if kind_of(entry) == "survey_done":
        seen |= {without_survey(entry, world) for world in WORLDS.values()}
    assert seen == CAN_TAKE[kind_of(entry)]


def test_every_commitment_is_decided_by_something_the_table_knows() -> None:
    assert {kind_of(entry) for entry in PLAN.commitments} == set(CAN_TAKE) == {*EXPECTED["kind"], "no_number"}


def test_a_row_is_complete_and_undefined_is_null(cards) -> None:
    for rows in cards.values():
        assert list(rows) == list(COMMITMENTS)
        for row in rows.values():
            assert list(row) == list(SCORECARD_COLUMNS)
            assert row["status"] in REASONS[row["reason"]]
            if row["denominator"] == 0:
                assert pd.isna(row["value"])
            if not pd.isna(row["denominator"]) and row["basis"] not in ("survey", ""):
                assert row["value"] == pytest.approx(row["numerator"] / row["denominator"])
            assert pd.isna(row["chance"]) or 0 <= row["chance"] <= 1


def test_the_period_and_the_year_are_told_apart(cards) -> None:
    # A quarter above a half is "met" for the period while the year can still miss it, and the other way round.
    row = cards["on its way"]["C09"]
    assert (row["verdict"], row["status"], row["operator"], row["goal"]) == ("undecided", "on_track", ">", 0.5)
    assert (row["window_start"], row["window_end"]) == (date(2023, 10, 15), date(2023, 11, 14))
    assert (row["numerator"], row["denominator"]) == (52, 100)
    # 11 months of 52 in 100 and one more at the same pace: 624 of 1,200.
    assert row["year_end_value"] == pytest.approx(624 / 1200)


def test_another_year_shows_the_figure_and_judges_nothing(cards) -> None:
    row = cards["another year"]["C09"]
    assert (row["value"], row["verdict"], row["goal"]) == (0.5, "", 0.5)
    assert [pd.isna(row[name]) for name in ("year_end_value", "chance", "chance_trend")] == [True] * 3


def test_reports_are_counted_against_those_asked_for(cards) -> None:
    # 29 offices: 12 departments, 16 wards and a commune; the first one is silent in the second quarter.
    assert [cards["slipping"]["C03"][name] for name in ("n_expected", "n_reported", "numerator")] == [29, 28, 28]
    assert [cards["kept, the year over"]["C36"][name] for name in ("n_expected", "n_reported")] == [18, 18]
    # Four quarters of one office, three inspections in each.
    assert [cards["kept, the year over"]["C37"][name] for name in ("n_counted", "n_expected")] == [12, 4]


# single rules


@pytest.mark.parametrize(
    ("value", "half", "last", "status"),
    [
        (0.86, 0.005, False, "on_track above"),
        (0.86, 0.005, True, "met above"),
        (0.86, 0.05, False, "on_track above"),
        (0.86, 0.05, True, "at_risk undecided"),
        (0.84, 0.05, False, "at_risk below"),
        (0.84, 0.05, True, "at_risk undecided"),
        (0.84, 0.005, False, "at_risk below"),
        (0.84, 0.005, True, "missed below"),
    ],
)
def test_a_survey_is_judged_by_its_interval(value: float, half: float, last: bool, status: str) -> None:
    figure = Figure("survey", value, lower=value - half, upper=value + half)
    judged = judge_survey(Goal(">=", Fraction(85, 100)), figure, last)
    assert f"{judged.status} {judged.reason}" == status


def test_a_survey_of_too_few_forms_says_nothing() -> None:
    hidden = Figure("survey", suppressed=True)
    assert judge_survey(Goal(">=", Fraction(85, 100)), hidden, True) == Judgement("no_data", "too_few")


def test_at_most_is_judged_the_other_way_round() -> None:
    goal = Goal("<=", Fraction(1, 10))
    assert verdict_of(goal, Figure(value=0.02, numerator=2, denominator=100)) == "met"
    assert verdict_of(goal, Figure(value=0.3, numerator=30, denominator=100)) == "missed"
    assert verdict_of(goal, Figure(value=0.1, numerator=10, denominator=100)) == "undecided"
    entry = COMMITMENTS["C10"].model_copy(update={"operator": "<=", "value": 0.1})
    study = made_up("2023-Q2", counts=lambda name, period: (4 * len(period.months), 100 * len(period.months)))
    row = records(study.scorecard(only(entry)))[0]
    assert (row["status"], row["reason"], row["year_end_value"]) == ("on_track", "likely", pytest.approx(0.04))
    assert row["year_end_lower"] <= 0.04 <= row["year_end_upper"]


@pytest.mark.parametrize(
    ("operator", "value", "elapsed", "over", "status"),
    [
        (">=", 46, 0.5, False, "on_track holds"),
        (">=", 45, 0.5, False, "at_risk short"),
        (">=", 91, 1.0, True, "missed not_reached"),
        (">", 92, 1.0, True, "missed not_reached"),
        ("<=", 93, 0.5, False, "missed not_reached"),
        ("<=", 92, 0.5, False, "on_track holds"),
        ("<=", 92, 1.0, True, "met reached"),
    ],
)
def test_a_running_count_is_held_against_the_part_of_the_year(operator, value, elapsed, over, status) -> None:
    judged = judge_number(operator, 92, value, elapsed, over)
    assert f"{judged.status} {judged.reason}" == status


def test_a_reason_stands_only_beside_its_status() -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Judgement("met", "unlikely")


def test_a_cut_of_days_with_a_number_is_judged_by_its_value() -> None:
    entry = COMMITMENTS["C11"].model_copy(update={"operator": ">=", "value": 0.25})
    for days, status in ((260, "on_track"), (240, "at_risk")):
        study = made_up("2023-Q2", counts=lambda name, period, days=days: (days, 1000))
        row = records(study.scorecard(only(entry)))[0]
        assert (row["status"], row["value"], row["numerator"], row["denominator"]) == (status, days / 1000, days, 1000)
        assert row["verdict"] == ("met" if days == 260 else "missed")


def test_a_period_without_any_dossier_has_an_undefined_figure() -> None:
    study = made_up("2023-Q2", counts=lambda name, period: (0, 0) if period.months[-1] > 2023 * 12 + 3 else (60, 100))
    row = records(study.scorecard(only(COMMITMENTS["C09"])))[0]
    assert (row["denominator"], row["verdict"], pd.isna(row["value"])) == (0, "undefined", True)
    study = made_up("2023-Q2", counts=lambda name, period: (0, 0))
    for row in records(study.scorecard(only(COMMITMENTS["C09"], COMMITMENTS["C16"], COMMITMENTS["C27"]))):
        assert (row["status"], row["reason"]) == ("no_data", "nothing_counted")


def test_nothing_in_the_last_months_leaves_no_pace_to_go_by() -> None:
    def counts(name: str, period: ReportPeriod) -> tuple[int, int]:
        n = sum(month < 2023 * 12 + 2 for month in period.months)
        return 60 * n, 100 * n

    study = made_up("2023-Q3", counts=counts)
    row = records(study.scorecard(only(COMMITMENTS["C09"])))[0]
    # Twice 60 of 100 in December and January, then nothing from March on.
    assert (row["status"], row["reason"], row["verdict"]) == ("at_risk", "no_pace", "undefined")


def test_a_unit_answers_for_itself_alone() -> None:
    told = tuple(answers_of(WORLDS["slipping"]))
    ward = made_up("2023-Q2", unit="phuong-1", reports=tuple(row for row in told if row["unit"] == "phuong-1"))
    card = {row["commitment"]: row for row in records(ward.scorecard(PLAN))}
    assert [card["C03"][name] for name in ("n_expected", "n_reported", "status")] == [1, 1, "on_track"]
    # The legal texts are the business of the Division of Justice.
    assert [card["C01"][name] for name in ("n_expected", "status", "reason")] == [0, "no_data", "not_reporter"]


@pytest.mark.parametrize(
    ("name", "first", "last", "status"),
    [
        ("C03", {"answer": "no"}, None, "at_risk reports_missing"),
        ("C03", {"answer": "no"}, {"answer": "yes"}, "at_risk reports_missing"),
        ("C03", None, {"answer": "no"}, "missed reported_no"),
        ("C03", None, {"answer": "in_progress"}, "missed in_progress"),
        ("C07", {"numerator": 9, "denominator": 10}, None, "at_risk reports_missing"),
        ("C07", {"numerator": 9, "denominator": 10}, {"numerator": 10, "denominator": 10}, "at_risk reports_missing"),
        ("C07", None, {"numerator": 9, "denominator": 10}, "missed not_reached"),
        ("C22", {"answer": "no"}, None, "missed reported_no"),
    ],
)
def test_an_old_no_is_not_the_last_word_where_things_can_be_mended(name: str, first, last, status: str) -> None:
    # One ward of many reports, for the second quarter or for the fourth; all others say nothing.
    told = (("2023-Q2", first), ("2023-Q4", last))
    rows = tuple(
        {"plan": PLAN.name, "commitment": name, "period": period, "unit": "phuong-1", **cells}
        for period, cells in told
        if cells is not None
    )
    row = records(made_up("2023", reports=rows).scorecard(only(COMMITMENTS[name])))[0]
    assert f"{row['status']} {row['reason']}" == status


def test_what_was_reported_after_the_day_of_the_data_is_not_known_to_a_study_of_that_day() -> None:
    rows = tuple(answers_of(World("2023-Q2", answer="yes")))
    early = made_up("2023-Q2", "2023-05-31", reports=rows)
    row = records(early.scorecard(only(COMMITMENTS["C01"])))[0]
    # The second quarter is not due on 31 May, but its report has come.
    assert (row["n_expected"], row["n_reported"], row["status"]) == (1, 1, "on_track")


def test_the_series_has_a_row_for_every_quarter_with_a_figure() -> None:
    study = made_up("2023-Q2", counts=lambda name, period: (period.months[0] % 12 + 10, 100))
    series = study.scorecard_series(only(COMMITMENTS["C09"], COMMITMENTS["C38"]))
    assert records(series) == [
        {"commitment": "C09", "period": label, "value": value / 100, "numerator": value, "denominator": 100}
        for label, value in (("2022-Q4", 19), ("2023-Q1", 10), ("2023-Q2", 13))
    ]


# the chance of the goal


@pytest.mark.parametrize(
    ("x", "n", "new", "needed", "dispersion"),
    [(50, 100, 100, 51, 1.0), (0, 30, 40, 1, 1.0), (30, 30, 40, 40, 1.0), (120, 300, 200, 90, 4.5), (9, 10, 0, 0, 1.0)],
)
def test_the_chance_is_that_of_the_beta_binomial_distribution(x, n, new, needed, dispersion) -> None:
    # scipy.stats.betabinom, an implementation of its own: P(X > needed - 1).
    a, b = x / dispersion + 0.5, (n - x) / dispersion + 0.5
    want = scipy_stats.betabinom.sf(needed - 1, new, a, b)
    assert beta_binomial_chance(x, n, new, needed, dispersion) == pytest.approx(want, rel=1e-9, abs=1e-12)


def test_the_chance_is_what_happens_in_a_slow_simulation() -> None:
    random = np.random.default_rng(20230614)
    draws = 200_000
    shares = random.beta(142 + 0.5, 258 + 0.5, draws)
    reached = float((random.binomial(150, shares) >= 55).mean())
    chance = beta_binomial_chance(142, 400, 150, 55)
    # Five standard errors of 200,000 draws.
    assert chance == pytest.approx(reached, abs=5 * (chance * (1 - chance) / draws) ** 0.5)


def test_chance_and_interval_are_of_one_distribution() -> None:
    lower, upper = beta_binomial_interval(60, 100, 80)
    assert beta_binomial_chance(60, 100, 80, lower) >= 0.975 > beta_binomial_chance(60, 100, 80, lower + 1)
    assert beta_binomial_chance(60, 100, 80, upper + 1) <= 0.025 < beta_binomial_chance(60, 100, 80, upper)
    assert (beta_binomial_chance(60, 100, 80, 0), beta_binomial_chance(60, 100, 80, 81)) == (1, 0)


def test_the_chance_along_the_trend_is_that_of_its_forecast() -> None:
    trend = logistic_trend([20, 30, 42, 50], [100, 100, 100, 100])
    assert trend is not None
    forecast = trend_forecast(trend, [4, 5], [100, 100])
    # The ends of the 95 % interval are rounded outwards: at most 2.5 % lie beyond each.
    assert 0.97 < trend_chance(trend, [4, 5], [100, 100], forecast.lower) < 0.99
    assert 0.01 < trend_chance(trend, [4, 5], [100, 100], forecast.upper) < 0.03
    # Half of the distribution lies on either side of what is expected, but for the half count of the correction.
    middle = round(forecast.expected)
    assert (
        trend_chance(trend, [4, 5], [100, 100], middle + 1) < 0.5 < trend_chance(trend, [4, 5], [100, 100], middle - 1)
    )
    assert trend_chance(trend, [4, 5], [100, 100], 201) == 0


def test_the_year_end_says_the_chance_of_its_target() -> None:
    monthly = [(20, 100, 100), (30, 100, 100), (42, 100, 100), (50, 100, 100)]
    end = measures.year_end(monthly, 2, measures.Target(">=", Fraction(45, 100)))
    # 142 of 400; 200 to come: 270 of 600 asks for 128 of them. Pace: 122 of 300, dispersion of the last three months.
    paced = np.array([30, 42, 50])
    dispersion = max(1.0, float(((paced - 100 * 122 / 300) ** 2 / (100 * 122 / 300 * 178 / 300)).sum() / 2))
    assert end.needed == 128
    assert end.chance == pytest.approx(beta_binomial_chance(122, 300, 200, 128, dispersion))
    fitted = logistic_trend([20, 30, 42, 50], [100] * 4)
    assert end.trend is not None
    assert end.trend.chance == pytest.approx(trend_chance(fitted, [4, 5], [100, 100], 128))


@pytest.mark.parametrize(
    ("share", "left", "status"),
    [
        # 90 of 100 a month, eight months: 720 of 800. Four months of 100 are expected, at most 800 more: 801 wanted.
        (0.9, 4, "on_track likely"),
        # Ten months: 900 of 1,000 and 400 at most: the 701 of 1,400 are there already.
        (0.9, 2, "met secured"),
        # 10 of 100: 100 of 1,000; all of 400 more make 500 of 1,400.
        (0.1, 2, "missed impossible"),
        # 80 of 800: all of 800 more would make 880 of 1,600.
        (0.1, 4, "at_risk unlikely"),
    ],
)
def test_before_the_end_only_what_twice_the_volume_cannot_change_is_settled(share, left: int, status: str) -> None:
    goal, n_months = Goal(">", Fraction(1, 2)), 12 - left
    monthly = [(round(100 * share), 100, 100)] * n_months
    so_far = Figure("dossiers", share, 100 * share * n_months, 100 * n_months)
    judged = judge_share(goal, so_far, measures.year_end(monthly, left, goal.target), False)
    assert f"{judged.status} {judged.reason}" == status


def test_the_worked_example_of_the_method_page(project: Path) -> None:
    page = (project / "docs" / "methods" / "scorecard.md").read_text(encoding="utf-8")
    half = measures.Target(">", Fraction(1, 2))
    steady, even = (measures.year_end([(x, 100, 100)] * 8, 4, half) for x in (52, 50))
    assert (steady.n_rest, steady.needed, even.needed) == (400, 185, 201)
    assert steady.trend is not None
    told = (steady.chance, steady.trend.chance, even.chance)
    assert [f"{chance:.3f}" in page for chance in told if chance is not None] == [True] * 3


def test_every_reason_is_on_the_method_page(project: Path) -> None:
    page = (project / "docs" / "methods" / "scorecard.md").read_text(encoding="utf-8")
    assert [reason for reason in REASONS if f"`{reason}`" not in page] == []


def test_without_a_target_there_is_no_chance() -> None:
    end = measures.year_end([(20, 100, 100)] * 5, 2)
    assert end.trend is not None
    assert (end.chance, end.trend.chance) == (None, None)
