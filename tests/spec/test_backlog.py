"""What falls due soon and what a stopped clock does, on every engine."""

import math
from datetime import datetime

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_due_soon, count_flow, count_pending, count_stops
from cchc_analysis.periods import parse_period

# ruff: noqa: E501 - a table is read by its columns
Q2 = parse_period("2023-Q2")

# as_of is Wed 14/06/2023; Thu 15, Fri 16, Mon 19, Tue 20, Wed 21 are the five working days after it.
COMING = """
  id | procedure_code | received_at      | due_at           | finished_at      | status
  1  | a              | 2023-06-01 08:00 | 2023-06-14 08:00 |                  |
  2  | a              | 2023-06-01 08:00 | 2023-06-15       |                  |
  3  | a              | 2023-06-01 08:00 | 2023-06-17 08:00 |                  |
  4  | b              | 2023-06-01 08:00 | 2023-06-21 17:00 |                  |
  5  | b              | 2023-06-01 08:00 | 2023-06-22 08:00 |                  |
  6  | b              | 2023-06-01 08:00 | 2023-06-13 08:00 |                  |
  7  | b              | 2023-06-01 08:00 | 2023-06-16 08:00 |                  | supplement
  8  | b              | 2023-06-01 08:00 |                  |                  |
  9  | b              | 2023-06-01 08:00 | 2023-06-16 08:00 | 2023-06-14 08:00 |
  10 | b              | 2023-06-01 08:00 | 2023-06-16 08:00 | 2023-06-15 08:00 |
"""


def test_what_is_due_soon_is_open_not_paused_and_not_overdue(engine: str, clock: Clock) -> None:
    counted = count_due_soon(on_engine(table_rows(COMING), engine), clock)
    # 3 is due on a Saturday: two working days are left. 10 ends after as_of and is open.
    assert counted.set_index("days_left")["n"].to_dict() == {0: 1, 1: 1, 2: 2, 5: 1, 6: 1}
    row = measures.due_soon(counted).iloc[0]
    assert row.to_dict() == {"left_0": 1, "left_1": 1, "left_2": 2, "left_3": 0, "left_4": 0, "left_5": 1, "n": 5}


def test_what_is_due_soon_becomes_overdue(engine: str, vietnam) -> None:
    dossiers = on_engine(table_rows(COMING.replace("2023-06-15 08:00 |\n", "|\n")), engine)
    now, later = (
        count_pending(dossiers, Clock(vietnam, moment)).query("state == 'overdue'")["n"].sum()
        for moment in (datetime(2023, 6, 14), datetime(2023, 6, 22))
    )
    coming = measures.due_soon(count_due_soon(dossiers, Clock(vietnam, datetime(2023, 6, 14)))).loc[0, "n"]
    assert later - now == coming == 5


FLOW = """
  id | received_at      | finished_at
  1  | 2023-03-01 08:00 | 2023-03-20 08:00
  2  | 2023-03-01 08:00 | 2023-04-20 08:00
  3  | 2023-04-03 08:00 | 2023-04-20 08:00
  4  | 2023-04-03 08:00 |
"""


def test_clearance_and_disposition_by_hand(engine: str, clock: Clock) -> None:
    flow = count_flow(on_engine(table_rows(FLOW), engine), clock)
    rows = measures.backlog(flow, Q2, 60, 92).set_index("measure")
    found = {name: tuple(rows.loc[name, ["numerator", "denominator", "value"]]) for name in measures.BACKLOG_MEASURES}
    assert found == {
        "clearance_rate": (3, 2, 1.5),
        "disposition_time": (1, 3, 20.0),
        "disposition_time_cepej": (1, 3, pytest.approx(92 / 3)),
        "time_to_clear": (1, 1, 60.0),
    }


@pytest.mark.parametrize(
    ("text", "undefined"),
    [
        ("id | received_at\n1 | 2023-04-03 08:00", {"disposition_time", "disposition_time_cepej", "time_to_clear"}),
        ("id | received_at | finished_at\n1 | 2023-03-01 | 2023-04-03", {"clearance_rate"}),
        ("id | received_at | finished_at\n1 | 2023-04-03 | 2023-04-04", set()),
    ],
)
def test_what_has_no_denominator_is_undefined(engine: str, clock: Clock, text: str, undefined: set[str]) -> None:
    rows = measures.backlog(count_flow(on_engine(table_rows(text), engine), clock), Q2, 60, 92)
    assert set(rows.loc[rows["value"].isna(), "measure"]) == undefined


def test_pareto_adds_up_to_all_overdue(engine: str, clock: Clock) -> None:
    lines = ["id | procedure_code | receiving_unit | received_at | due_at"]
    lines += [f"{n} | {'abb'[n % 3]} | u | 2023-05-08 | 2023-05-12" for n in range(6)]
    pending = count_pending(
        on_engine(table_rows("\n".join([*lines, "9 | c | u | 2023-06-12 | 2023-06-20"])), engine),
        clock,
        ("procedure", "unit"),
    )
    rows = measures.overdue_pareto(pending)
    assert rows[["procedure", "n", "n_pending"]].to_numpy().tolist() == [["b", 4, 4], ["a", 2, 2]]
    assert rows["cumulative"].tolist() == pytest.approx([4 / 6, 1.0])


STOPS = """
  id | received_at      | due_at           | finished_at      | paused_days | committed_days | statutory_days | day_kind | status
  1  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-08 09:00 | 2           | 3              | 5              | working  |
  2  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2           |                | 5              | working  |
  3  | 2023-06-01 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 | 2           | 3              | 5              | working  |
  4  | 2023-06-01 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 | 0           | 3              | 5              | working  |
  5  | 2023-06-01 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 | 2           | 3              | 5              | calendar |
  6  | 2023-06-01 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 | 2           | 0.5            | 5              | working  |
  7  | 2023-06-01 08:00 | 2023-06-12 08:00 | 2023-06-09 08:00 | 2           | 3              | 5              | working  | withdrawn
  8  | 2023-06-01 08:00 | 2023-06-12 08:00 |                  | 2           | 3              | 5              | working  | supplement
"""


def test_two_readings_of_a_stopped_clock(engine: str, clock: Clock) -> None:
    row = measures.stopped_clock(count_stops(on_engine(table_rows(STOPS), engine), clock), Q2).iloc[0]
    # 1: 5 days, net 3 of 3, on the due day. 2: 6 days, net 4 of 5, after it. 3: 6 days, net 4 of 3, before it.
    assert (row["n"], row["n_by_due"], row["n_by_term"]) == (3, 2, 2)
    assert (row["gross_days"], row["net_days"]) == pytest.approx((17 / 3, 11 / 3))
    assert row["n_dated"] == 0
    assert math.isnan(row["restart_days"])


RESTARTS = """
  id | received_at      | due_at           | finished_at      | supplemented_at  | paused_days | committed_days | day_kind
  1  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2023-06-06 10:00 | 2           | 3              | working
  2  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2023-06-02 10:00 | 2           | 4              | working
  3  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2023-05-31 10:00 | 2           | 3              | working
  4  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2023-06-12 10:00 | 2           | 3              | working
  5  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 |                  | 2           | 3              | working
  6  | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-09 08:00 | 2023-06-06 10:00 | 0           | 3              | working
"""


def test_a_term_that_starts_again_counts_from_a_supplement_between_receipt_and_closing(
    engine: str, clock: Clock
) -> None:
    row = measures.stopped_clock(count_stops(on_engine(table_rows(RESTARTS), engine), clock), Q2).iloc[0]
    # 6 working days each, net 4. 1: 3 days from 6 June, within 3, net 4 is not. 2: 5 days from 2 June, over 4, net 4 is
    # within. 3 and 4 lie outside, 5 has no date, 6 no pause.
    assert (row["n"], row["n_dated"]) == (5, 2)
    assert (row["n_by_restart"], row["n_dated_by_term"]) == (1, 1)
    assert (row["restart_days"], row["dated_net_days"]) == pytest.approx((4.0, 4.0))
