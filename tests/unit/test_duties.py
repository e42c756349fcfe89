"""Reports that a plan asks for: on time, late, missing, due next; who has not reported evidence; the calendar file."""

import json
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from click.testing import CliRunner
from icalendar import Calendar

from cchc_analysis import measures
from cchc_analysis.cli import main
from cchc_analysis.duty_calendar import duty_calendar
from cchc_analysis.intake import intake
from cchc_analysis.pages import duties as page
from cchc_analysis.periods import parse_period
from cchc_analysis.plan import load_plan
from cchc_analysis.publication_files import calendar_file, file_jobs
from cchc_analysis.sample import evidence as planted
from cchc_analysis.schema import KINDS
from cchc_analysis.study import open_study
from cchc_analysis.units import UnitRegistry
from cchc_analysis.wording import duties as say

PLAN = load_plan("vung-tau-2023")
REGISTRY = UnitRegistry.load()
DAY = date(2023, 6, 14)


def wanted(*rows):
    return pd.DataFrame(rows, columns=["duty", "period", "unit", "before"])


def sent(*rows):
    table = pd.DataFrame(rows, columns=["duty", "period", "unit", "submitted_at", "document"])
    return table.astype({"submitted_at": "datetime64[us]"})


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """A warehouse with the evidence and the reports of the synthetic city alone, and what was planted in them."""
    root = tmp_path_factory.mktemp("reports")
    truth = planted.write_plan_reports(root / "in")
    (root / "key").write_text("a key for tests only, 32 bytes..")
    result = intake(root / "in", root / "w", hash_key_file=root / "key")
    return root / "w", truth, result


def study_of(reported, **chosen):
    return open_study(**({"data": reported[0], "period": "2023-Q2", "as_of": "2023-06-14"} | chosen))


# ---- states


@pytest.mark.parametrize(
    ("day", "state", "days"),
    [("2023-06-12", "on_time", None), ("2023-06-13 23:59", "on_time", None), ("2023-06-14", "late", 1)],
)
def test_the_day_before_the_14th_is_the_last_one_on_time(day, state, days):
    found = measures.duty_states(
        wanted(("D03", "2023-Q2", "a", DAY)), sent(("D03", "2023-Q2", "a", day, "1/BC")), date(2023, 6, 30)
    ).iloc[0]
    assert (found["last_day"], found["state"]) == (date(2023, 6, 13), state)
    assert days == (None if pd.isna(found["days"]) else found["days"])


@pytest.mark.parametrize(
    ("as_of", "state", "days"),
    [(date(2023, 6, 12), "due_next", 1), (date(2023, 6, 13), "due_next", 0), (date(2023, 6, 14), "missing", 1)],
)
def test_a_report_is_missing_once_its_last_day_is_over(as_of, state, days):
    found = measures.duty_states(wanted(("D03", "2023-Q2", "a", DAY)), sent(), as_of).iloc[0]
    assert (found["state"], found["days"]) == (state, days)


def test_what_came_after_as_of_is_not_known_yet():
    rows = wanted(("D03", "2023-Q2", "a", DAY))
    came = sent(("D03", "2023-Q2", "a", "2023-06-20", "1/BC"))
    assert measures.duty_states(rows, came, date(2023, 6, 19))["state"].tolist() == ["missing"]
    later = measures.duty_states(rows, came, date(2023, 6, 20)).iloc[0]
    assert (later["state"], later["days"]) == ("late", 7)


def test_only_the_nearest_open_day_of_a_duty_comes_next():
    rows = wanted(*(("D03", f"2023-Q{n}", unit, date(2023, 3 * n, 14)) for n in (1, 2, 3) for unit in "ab"))
    states = measures.duty_states(rows, sent(("D03", "2023-Q2", "a", "2023-03-20", "")), date(2023, 4, 1))
    assert states["state"].tolist() == ["missing", "missing", "on_time", "due_next", "due_later", "due_later"]


def test_a_report_without_a_day_is_neither_late_nor_missing():
    rows = wanted(("D05", "2023-Q1", "a", None), ("D05", "2023-Q2", "a", None))
    states = measures.duty_states(rows, sent(("D05", "2023-Q1", "a", "2023-03-20", "1")), DAY)
    assert states["state"].tolist() == ["no_date", "no_date"]
    assert states["submitted_at"].notna().tolist() == [True, False]


def test_without_a_list_of_reports_nothing_is_said_to_be_missing():
    states = measures.duty_states(wanted(("D03", "2023-Q2", "a", DAY)), None, date(2023, 7, 1))
    assert states["state"].tolist() == ["unknown"]
    assert measures.duty_summary(states)["value"].isna().all()


def test_the_summary_adds_up():
    rows = wanted(*(("D03", "2023-Q2", unit, DAY) for unit in "abcd"))
    came = sent(("D03", "2023-Q2", "a", "2023-06-13", ""), ("D03", "2023-Q2", "b", "2023-06-15", ""))
    found = measures.duty_summary(measures.duty_states(rows, came, date(2023, 6, 16))).iloc[0]
    counts = {state: int(found[f"n_{state}"]) for state in measures.DUTY_STATES}
    assert sum(counts.values()) == found["n_wanted"] == 4
    assert (counts["on_time"], counts["late"], counts["missing"]) == (1, 1, 2)
    assert (found["numerator"], found["denominator"], found["value"]) == (1, 4, 0.25)


# ---- what was planted in the synthetic city


def test_intake_finds_what_was_planted(reported):
    _, truth, result = reported
    for each in result.results:
        for account in each.accounting["files"]:
            known = truth[each.kind].files[account["file"].rsplit("/", 1)[-1]]
            assert {name: account[name] for name in vars(known)} == vars(known), account["file"]
    assert result.accounting["flags"] == {"answer_contradicts": 1, "unit_not_asked": 1}


@pytest.mark.parametrize("label", planted.PERIODS)
def test_the_evidence_of_each_commitment_is_what_the_offices_meant(reported, label):
    study = study_of(reported, period="2023", as_of="2023-12-14")
    rows = study.evidence()
    state = study.evidence_state(PLAN)
    for commitment, truth in reported[1]["evidence"].planted[label].items():
        own = rows[(rows["period"] == label) & (rows["commitment"] == commitment)]
        own = own[~((own["unit"] == planted.NOT_ASKED[0]) & (own["commitment"] == planted.NOT_ASKED[1]))]
        sums = {name: int(own[name].sum()) for name in ("numerator", "denominator", "n_counted")}
        answers = {f"n_{word}": int((own["answer"] == word).sum()) for word in ("yes", "no", "in_progress")}
        told = {**sums, **answers, "n_reported": len(own)}
        assert told == {name: truth[name] for name in told}, commitment
        asked = state[(state["commitment"] == commitment) & (state["period"] == label)]
        if len(asked):
            assert asked.loc[asked["state"] == "missing", "unit"].tolist() == truth["missing"]
            assert len(asked) == truth["n_asked"]


def test_duties_of_the_synthetic_city(reported):
    truth = reported[1]["submissions"].planted
    states = study_of(reported, period="2023", as_of="2023-07-01").duties(PLAN)
    late = states[states["state"] == "late"]
    told = {
        (*row[:3], row[3].date().isoformat()) for row in late[["duty", "period", "unit", "submitted_at"]].to_numpy()
    }
    assert told == {tuple(entry) for entry in truth["late"]}
    missing = states.loc[states["state"] == "missing", ["duty", "period", "unit"]].to_numpy().tolist()
    assert sorted(missing) == sorted(truth["missing"])
    assert (states["state"] == "on_time").sum() == truth["n_dated"] - len(truth["late"])


def test_a_unit_sees_its_own_reports(reported):
    study = study_of(reported, unit="Phường 5")
    assert set(study.duties(PLAN)["unit"]) == set(study.evidence_state(PLAN)["unit"]) == {"phuong-5"}
    assert study.submissions()["unit"].unique().tolist() == ["phuong-5"]
    # Its evidence of the second quarter is dated after the day up to which the study looks.
    assert set(study.evidence()["period"]) == {"2023-Q1"}


def test_registers_that_were_not_taken_in_are_empty_tables_with_their_columns(reported):
    study = study_of(reported)
    for name, table in (("self_scores", study.self_scores()), ("index_values", study.index_values())):
        assert table.columns.tolist() == [column.name for column in KINDS[name].columns]
        assert table.empty
        assert str(table["year"].dtype) == "Int64"


# ---- pages, command, calendar


def test_the_page_tells_late_and_missing_offices_in_words_and_shapes(reported):
    study = study_of(reported)
    html = page.calendar(study, PLAN).data
    assert "trong 87 lượt báo cáo đã đến hạn hoặc đã nộp: 80 đúng hạn, 3 nộp muộn, 4 chưa nộp" in html
    assert "◐ nộp muộn 1 ngày" in html
    assert "○ chưa nộp, quá hạn 93 ngày" in html
    assert "Hạn tới: hết ngày 13/09/2023" in html
    assert not any(word in html for word in ("nan", "NaT", "None", "&lt;NA&gt;"))
    missing = page.evidence_missing(study, PLAN).data
    assert "Phường 5" in missing
    assert "không được tính là" in missing


def test_a_page_without_reports_says_so(tmp_path, reported):
    study = study_of(reported)
    study.warehouse._opened.update({"submissions": None, "evidence": None})
    html = page.calendar(study, PLAN).data + page.evidence_missing(study, PLAN).data
    assert "--kind submissions" in html
    assert "--kind evidence" in html
    assert "chưa nộp, quá hạn" not in html


def test_states_have_a_shape_and_a_word_each():
    assert set(say.SHAPES) == set(measures.DUTY_STATES)
    for language in ("vi", "en"):
        assert all(say.state_text(state, pd.NA, language).strip() for state in measures.DUTY_STATES)


def run(*line):
    return CliRunner().invoke(main, ["duties", "--plan", "vung-tau-2023", *line], catch_exceptions=False)


def test_the_command_lists_late_and_missing_offices(reported):
    line = ("--warehouse", str(reported[0]), "--as-of", "2023-06-14")
    text = run(*line).output
    assert "Xã Long Sơn | D03" in text
    assert "29 đơn vị" in text
    rows = json.loads(run(*line, "--format", "json", "--unit", "phuong-5").output)
    assert {row["unit_name"] for row in rows} == {"Phường 5"}
    assert [row["state"] for row in rows if row["period"] == "2023-Q1"] == ["late"]
    assert run(*line, "--format", "csv").output.splitlines()[0].startswith("duty,period,unit,before,last_day")
    assert run().exit_code == 2


def test_the_calendar_has_a_day_an_alarm_and_a_name_for_each_dated_duty(tmp_path):
    path = tmp_path / "lich.ics"
    assert run("--ics", str(path)).exit_code == 0
    events = list(Calendar.from_ical(path.read_bytes()).walk("VEVENT"))
    dated = [(duty.id, day.before) for duty in PLAN.duties for day in duty.dates if day.before]
    assert [event["dtstart"].dt for event in events] == [before - timedelta(days=1) for _, before in dated]
    assert len({str(event["uid"]) for event in events}) == len(events) == 7
    assert "vung-tau-2023-D03-2023-Q2@cchc-analysis" in {str(event["uid"]) for event in events}
    for event in events:
        (alarm,) = event.walk("VALARM")
        assert alarm["trigger"].dt == timedelta(days=-7)
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(days=1)
        assert event["dtstamp"].dt == datetime.fromisoformat("2023-01-01T00:00:00+00:00")
    assert all(len(line) <= 75 for line in path.read_bytes().split(b"\r\n"))


def test_the_calendar_is_the_same_on_every_run_and_smaller_for_one_office():
    whole = duty_calendar(PLAN, REGISTRY)
    assert whole == duty_calendar(PLAN, REGISTRY)
    own = duty_calendar(PLAN, REGISTRY, unit="phong-y-te", as_of=DAY)
    assert own.count(b"BEGIN:VEVENT") == 6
    assert b"DTSTAMP:20230614T000000Z" in own


def test_a_text_of_the_plan_cannot_break_out_of_the_calendar():
    duty = PLAN.duties[0].model_copy(update={"quote": "a\r\nBEGIN:VALARM\r\nx;y,z"})
    plan = PLAN.model_copy(update={"duties": (duty,)})
    (event,) = Calendar.from_ical(duty_calendar(plan, REGISTRY)).walk("VEVENT")
    assert len(event.walk("VALARM")) == 1
    assert "BEGIN:VALARM" in str(event["description"])


def test_a_site_carries_the_calendar_beside_the_pages_of_a_plan(reported):
    study = study_of(reported)
    folders, asked = {"all": "all", "phuong-1": "phuong-1"}, {"plan": "vung-tau-2023", "language": "vi", "as_of": ""}
    jobs = [job for job in file_jobs(study, folders, asked, [], True) if job.target.endswith(".ics")]
    n_days = {job.target: calendar_file(**job.arguments).count(b"BEGIN:VEVENT") for job in jobs}
    assert n_days == {"all/lich-bao-cao.ics": 7, "phuong-1/lich-bao-cao.ics": 6}
    assert file_jobs(study, folders, asked, [], False) == []


def test_the_worked_example_of_the_page_of_methods(reported):
    states = study_of(reported).duties(PLAN).set_index(["duty", "period", "unit"])
    assert states.loc[("D03", "2023-Q1", "phuong-5"), ["state", "days"]].tolist() == ["late", 1]
    assert states.loc[("D03", "2023-Q1", "long-son"), ["state", "days"]].tolist() == ["missing", 93]
    assert parse_period("2023-Q1").submit_before == date(2023, 3, 14)
