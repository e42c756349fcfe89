"""Durations, terms and pending ages, on every engine."""

from datetime import datetime

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_durations, count_outside, count_pending, count_procedures, count_terms
from cchc_analysis.periods import parse_period

Q2 = parse_period("2023-Q2")

# ruff: noqa: E501 - a table is read by its columns
# 30/04-01/05/2023 with the days in lieu 02/05 and 03/05: Thu 27/04 + 3 working days = Fri 05/05 (domain facts, 2023).
TIMES = """
  id | procedure_code | received_at      | due_at           | finished_at      | paused_days | statutory_days | committed_days | day_kind | status
  1  | 1.001610       | 2023-04-27 10:00 | 2023-05-05 10:00 | 2023-05-05 09:00 |             | 5              | 3              | working  |
  2  | 1.001610       | 2023-06-05 08:00 | 2023-06-08 08:00 | 2023-06-12 08:00 | 2           | 5              | 3              | working  |
  3  | 2.000815       | 2023-06-05 08:00 | 2023-06-05 17:00 | 2023-06-05 09:00 |             | 0              | 0              | working  |
  4  | 3.000001       | 2023-06-02 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 |             | 10             | 8              | calendar |
  5  | 1.001610       | 2023-06-09 08:00 | 2023-06-12 08:00 |                  |             | 5              | 3              | working  |
  6  | 1.001610       | 2023-06-08 08:00 | 2023-06-30 08:00 |                  | 9           | 5              | 3              | working  | supplement
  7  | 1.001610       | 2023-06-05 08:00 | 2023-06-08 08:00 | 2023-06-06 08:00 |             | 5              | 3              | working  | withdrawn
  8  | 4.000002       | 2023-06-05 08:00 |                  | 2023-06-09 08:00 |             |                |                |          |
"""


def test_working_days_skip_the_holidays_and_the_pauses(engine: str, clock: Clock) -> None:
    counted = count_durations(on_engine(table_rows(TIMES), engine), clock, ("procedure",))
    used = counted.groupby(["procedure", "event", "duration"])["n"].sum().reset_index()
    assert list(used.itertuples(index=False, name=None)) == [
        ("1.001610", "closed", 3, 2),
        ("1.001610", "open", 0, 1),
        ("1.001610", "open", 3, 1),
        ("1.001610", "withdrawn", 1, 1),
        ("2.000815", "closed", 0, 1),
        ("3.000001", "closed", 5, 1),
        ("4.000002", "closed", 4, 1),
    ]


def test_calendar_days_and_seconds_count_the_same_dossiers(engine: str, clock: Clock) -> None:
    dossiers = on_engine(table_rows(TIMES), engine)
    days = count_durations(dossiers, clock, scale="calendar_days")
    closed = days[days["event"] == "closed"].set_index("duration")["n"].to_dict()
    assert closed == {0: 1, 4: 1, 5: 1, 7: 1, 8: 1}
    seconds = count_durations(dossiers, clock, scale="seconds")
    assert 23 * 3600 + 7 * 86400 in seconds["duration"].tolist()
    assert seconds["n"].sum() == days["n"].sum() == 8


def test_summary_of_time_used_leaves_out_withdrawn_and_open(engine: str, clock: Clock) -> None:
    durations = count_durations(on_engine(table_rows(TIMES), engine), clock)
    row = measures.time_used(durations, Q2).set_index("measure")
    assert row.loc["working_days_mean", "denominator"] == 5
    assert row.loc["working_days_mean", "value"] == pytest.approx((3 + 3 + 0 + 5 + 4) / 5, rel=1e-12)
    assert row.loc["working_days_median", "value"] == 3


def test_the_median_that_hears_open_dossiers_is_undefined_when_all_are_open(engine: str, clock: Clock) -> None:
    text = "id | received_at\n1 | 2023-06-01 08:00\n2 | 2023-06-02 08:00"
    durations = count_durations(on_engine(table_rows(text), engine), clock)
    row = measures.time_to_closing(durations, Q2).iloc[0]
    assert (row["numerator"], row["denominator"]) == (0, 2)
    assert row[["value", "lower", "upper"]].isna().all()


def test_four_figures_of_time_cut_by_hand(engine: str, clock: Clock) -> None:
    terms = count_terms(on_engine(table_rows(TIMES), engine), clock)
    cut = measures.time_cut(terms, Q2).set_index(["day_kind", "measure"])["value"]
    # Working terms: procedure 1.001610, two dossiers, law 5, committed 3, used 3 and 3 days.
    assert cut["working", "cut_mean_over_procedures"] == pytest.approx(0.4, rel=1e-12)
    assert cut["working", "cut_weighted"] == pytest.approx(0.4, rel=1e-12)
    assert cut["working", "cut_pooled"] == pytest.approx(1 - 6 / 10, rel=1e-12)
    assert cut["working", "cut_actual"] == pytest.approx(1 - 6 / 10, rel=1e-12)
    # Calendar terms stay apart: 7 calendar days used of 10.
    assert cut["calendar", "cut_pooled"] == pytest.approx(0.2, rel=1e-12)
    assert cut["calendar", "cut_actual"] == pytest.approx(0.3, rel=1e-12)


def test_what_the_cut_leaves_out_is_named(engine: str, clock: Clock) -> None:
    dossiers = on_engine(table_rows(TIMES + "  9 | 5.1 | 2023-06-14 08:00 | | | | 5 | 3 | working |\n"), engine)
    left_out = measures.excluded_procedures(count_terms(dossiers, clock), Q2, count_procedures(dossiers, clock))
    assert left_out.set_index("procedure")["reason"].to_dict() == {
        "5.1": "no_dossiers",
        "4.000002": "no_limit",
        "2.000815": "same_day",
    }


def test_weighted_and_plain_mean_of_the_cut_differ_when_volumes_do(engine: str, clock: Clock) -> None:
    rows = ["id | procedure_code | received_at | finished_at | statutory_days | committed_days | day_kind"]
    rows += [f"{i} | a | 2023-06-05 | 2023-06-06 | 10 | 5 | working" for i in range(3)]
    rows += ["9 | b | 2023-06-05 | 2023-06-06 | 20 | 18 | working"]
    terms = count_terms(on_engine(table_rows("\n".join(rows)), engine), clock)
    cut = measures.time_cut(terms, Q2).set_index("measure")["value"]
    assert cut["cut_mean_over_procedures"] == pytest.approx((0.5 + 0.1) / 2, rel=1e-12)
    assert cut["cut_weighted"] == pytest.approx((3 * 0.5 + 0.1) / 4, rel=1e-12)
    assert cut["cut_pooled"] == pytest.approx(1 - (15 + 18) / (30 + 20), rel=1e-12)
    assert cut["cut_actual"] == pytest.approx(1 - 4 / 50, rel=1e-12)


def test_pending_ages_and_days_overdue(engine: str, clock: Clock) -> None:
    pending = count_pending(on_engine(table_rows(TIMES), engine), clock)
    rows = sorted(pending[["age_days", "overdue_days", "state", "n"]].itertuples(index=False, name=None))
    # 5: since Fri 09/06, due Mon 12/06, today Wed 14/06. 6: four days old, nine of them paused: never below zero.
    assert rows == [(0, 0, "paused", 1), (3, 2, "overdue", 1)]
    bands = measures.pending_by_age(pending)
    assert bands["n"].tolist() == [2, 0, 0, 0, 0]
    assert bands.loc[0, ["in_time", "overdue", "paused"]].tolist() == [0, 1, 1]


def test_a_fraction_of_a_paused_day_is_no_day_on_any_engine(engine: str, clock: Clock) -> None:
    text = "id | received_at | finished_at | paused_days\n1 | 2023-06-05 | 2023-06-12 | 1.7"
    counted = count_durations(on_engine(table_rows(text), engine), clock)
    assert counted["duration"].tolist() == [4]


def test_what_no_form_counts_is_counted_apart(engine: str, vietnam) -> None:
    text = """
      id | received_at      | status
      1  | 2023-06-01 08:00 |
      2  |                  | registered
      3  | 2023-06-02 08:00 | not_accepted
      4  | 2023-06-20 08:00 |
    """
    outside = count_outside(on_engine(table_rows(text), engine), Clock(vietnam, datetime(2023, 6, 14)))
    assert outside.set_index("reason")["n"].to_dict() == {"not_received": 2, "after_as_of": 1}
