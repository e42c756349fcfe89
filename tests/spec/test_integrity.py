"""Signals of integrity: what each finds and what it leaves out, on every engine."""

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_deadline, count_integrity
from cchc_analysis.periods import parse_period

Q2 = parse_period("2023-Q2")


def found(engine: str, clock: Clock, text: str, signal: str) -> tuple[int, int]:
    counts = count_integrity(on_engine(table_rows(text), engine), clock)
    row = measures.single_row(measures.integrity(counts, Q2), measure=signal)
    return row["numerator"], row["denominator"]


ENDS = """
  id | received_at      | due_at              | finished_at         | returned_at
  1  | 2023-06-01 08:00 | 2023-06-05 10:00:07 | 2023-06-05 10:00:07 |
  2  | 2023-06-01 08:00 | 2023-06-05 10:00:07 | 2023-06-05 10:00:08 |
  3  | 2023-06-01 08:00 | 2023-06-05          | 2023-06-05          |
  4  | 2023-06-01 08:00 | 2023-06-05 10:00    | 2023-06-04 05:59    |
  5  | 2023-06-01 08:00 |                     | 2023-06-05 20:00:01 |
  6  | 2023-06-01 08:00 |                     | 2023-06-05 20:00    |
  7  | 2023-06-01 08:00 | 2023-06-05 10:00    |                     | 2023-06-05 10:00
  8  | 2023-06-01 08:00 | 2023-06-20 10:00    | 2023-06-20 10:00    |
"""


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ("finish_equals_due", (1, 3)),  # 3 has no clock time, 5 and 6 no due date, 7 no finish, 8 is after as_of
        ("finish_outside_hours", (2, 5)),
        ("finish_on_day_off", (1, 6)),  # Sunday 04/06
    ],
)
def test_signals_at_the_end(engine: str, clock: Clock, signal: str, expected: tuple[int, int]) -> None:
    assert found(engine, clock, ENDS, signal) == expected


# 27/04/2023 is a Thursday; 29/04 to 03/05 are days off.
TERMS = """
  id | received_at      | due_at           | committed_days | statutory_days | day_kind | paused_days | status
  1  | 2023-04-27 10:00 | 2023-05-05 10:00 | 3              | 5              | working  |             |
  2  | 2023-04-27 10:00 | 2023-05-04 10:00 | 3              | 5              | working  |             |
  3  | 2023-04-27 10:00 | 2023-05-04 10:00 | 3              |                | calendar |             |
  4  | 2023-04-27 10:00 | 2023-04-30 10:00 | 3              |                | calendar |             |
  5  | 2023-04-27 10:00 | 2023-04-27 17:00 | 0              |                | working  |             |
  6  | 2023-04-27 10:00 | 2023-04-28 17:00 | 0              |                | working  |             |
  7  | 2023-04-27 10:00 | 2023-05-04 10:00 | 3              | 5              | working  | 2           |
  8  | 2023-04-27 10:00 | 2023-05-04 10:00 | 0.5            | 5              | working  |             |
  9  | 2023-04-27 10:00 | 2023-05-05 10:00 |                | 3              |          |             |
  10 | 2023-04-29 10:00 | 2023-05-05 10:00 | 2              | 3              | working  |             |
  11 | 2023-04-27 10:00 |                  | 2              | 3              | working  |             |
  12 | 2023-04-27 10:00 | 2023-05-01 10:00 | 2              | 3              | working  |             | supplement
"""


def test_a_due_date_that_is_not_receipt_plus_term(engine: str, clock: Clock) -> None:
    # Wrong are 2 (a day early), 4 (a day off) and 6 (not the same day); 7, 8, 11 and 12 cannot tell.
    assert found(engine, clock, TERMS, "due_not_recomputed") == (3, 8)


ONLINE = """
  id | channel | number_on  | submitted_at     | received_at
  1  | online  | 2023-06-01 | 2023-06-01 08:00 | 2023-06-02 08:00
  2  | online  | 2023-06-01 | 2023-06-01 08:00 | 2023-06-02 08:01
  3  | online  | 2023-05-31 | 2023-06-02 16:00 | 2023-06-05 15:59
  4  | online  | 2023-06-02 | 2023-06-02 22:00 | 2023-06-05 17:00
  5  | online  | 2023-06-02 | 2023-06-02 09:00 | 2023-06-02 09:00:40
  6  | online  |            | 2023-06-03 09:00 | 2023-06-03 09:00:40
  7  | counter | 2023-06-02 | 2023-06-02 09:00 | 2023-06-02 09:00:40
  8  | online  | 2023-06-05 | 2023-06-02       | 2023-06-05 09:00
  9  | counter | 2023-06-05 |                  | 2023-06-06 09:00
"""


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ("number_date_differs", (2, 8)),
        ("online_typed_in", (1, 6)),  # 6 was on a Saturday, 8 has no clock time
        ("acceptance_late", (1, 6)),  # 2: one minute more than eight hours
    ],
)
def test_signals_at_receipt(engine: str, clock: Clock, signal: str, expected: tuple[int, int]) -> None:
    assert found(engine, clock, ONLINE, signal) == expected


def test_office_time_to_acceptance_is_that_of_the_calendar(clock: Clock) -> None:
    rows = [row for row in table_rows(ONLINE) if row["channel"] == "online" and row["submitted_at"].hour]
    hours = [clock.calendar.working_hours_between(row["submitted_at"], row["received_at"]) for row in rows]
    assert [value > 8 for value in hours] == [False, True, False, False, False, False]


AROUND = """
  id | received_at      | due_at           | finished_at
  1  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-05 09:00:01
  2  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-05 10:00
  3  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-05 10:00:01
  4  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-05 11:00
  5  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-05 11:00:01
  6  | 2023-06-01 10:00 | 2023-06-05 10:00 | 2023-06-02 16:59
  7  | 2023-06-05 08:00 | 2023-06-05 10:00 | 2023-06-05 09:30
  8  | 2023-06-01 16:30 | 2023-06-05 16:30 | 2023-06-05 16:00
  9  | 2023-06-01 11:00 | 2023-06-05 11:00 | 2023-06-05 13:59
  10 | 2023-06-01 10:00 | 2023-06-05       | 2023-06-05 09:59
"""


def test_hours_left_to_the_deadline(engine: str, clock: Clock) -> None:
    counted = count_deadline(on_engine(table_rows(AROUND), engine), clock)
    rows = counted[["hours_left", "comparable", "n", "n_equal"]].to_numpy().tolist()
    # 6 ended three office hours and a minute before, on the day before; 8 is due half an hour before closing; 9 jumps
    # the lunch break.
    assert sorted(rows) == [[-2, 1, 1, 0], [-1, 1, 3, 0], [0, 0, 1, 0], [0, 1, 2, 1], [3, 0, 1, 0]]
    test = measures.deadline_test(counted, Q2).iloc[0]
    assert (test["n_before"], test["n_after"], test["n_equal"]) == (2, 3, 1)
    assert test["p_value"] == pytest.approx(1 - 6 / 32)


def test_nothing_to_compare_is_undefined(engine: str, clock: Clock) -> None:
    text = "id | received_at | due_at | finished_at\n1 | 2023-06-01 | 2023-06-05 | 2023-06-05"
    dossiers = on_engine(table_rows(text), engine)
    test = measures.deadline_test(count_deadline(dossiers, clock), Q2).iloc[0]
    assert test[["p_value", "adjusted"]].isna().all()
    assert not test["crowded"]
    assert len(measures.deadline_test(count_deadline(dossiers, clock, ("unit",)), Q2, ("unit",))) == 0
