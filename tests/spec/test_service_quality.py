"""Ratings at the counter and dossiers handled in time, on every engine."""

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_flow, count_pending, count_ratings
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.periods import parse_period

Q2 = parse_period("2023-Q2")

RATED = """
  id | receiving_unit | received_at      | finished_at      | status    | rating
  1  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 |           | very_satisfied
  2  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 |           | satisfied
  3  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 |           | unsatisfied
  4  | b              | 2023-06-01 08:00 | 2023-06-05 08:00 |           |
  5  | b              | 2023-06-01 08:00 | 2023-06-05 08:00 | withdrawn | unsatisfied
  6  | b              | 2023-06-01 08:00 |                  |           | very_satisfied
  7  | b              | 2023-02-01 08:00 | 2023-02-05 08:00 |           | satisfied
"""


def test_ratings_of_the_dossiers_closed_in_the_window(engine: str, clock: Clock) -> None:
    table = measures.ratings(count_ratings(on_engine(table_rows(RATED), engine), clock), Q2)
    found = {row["measure"]: (row["numerator"], row["denominator"], row["n_not_stated"]) for row in records(table)}
    assert found == {"ratings_satisfied": (2, 3, 1), "ratings_very_satisfied": (1, 3, 1)}


def test_ratings_by_unit_add_up_and_one_without_ratings_is_undefined(engine: str, clock: Clock) -> None:
    counts = count_ratings(on_engine(table_rows(RATED), engine), clock, ("unit",))
    table = measures.ratings(counts, Q2, ("unit",))
    rows = {row["unit"]: row for row in records(table[table["measure"] == "ratings_satisfied"])}
    assert [(row["numerator"], row["denominator"]) for row in rows.values()] == [(2, 3), (0, 0)]
    assert rows["b"]["value"] != rows["b"]["value"]
    with pytest.raises(ParameterError, match="colour"):
        count_ratings(on_engine([], engine), clock, ("colour",))


def test_no_dossiers_give_no_rating(engine: str, clock: Clock) -> None:
    table = measures.ratings(count_ratings(on_engine([], engine), clock), Q2)
    assert table["denominator"].tolist() == [0, 0]
    assert table["value"].isna().all()


HANDLED = """
  id | receiving_unit | received_at      | due_at           | finished_at      | status
  1  | a              | 2023-06-01 08:00 | 2023-06-08 08:00 | 2023-06-05 08:00 |
  2  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-05 16:00 |
  3  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-06 08:00 |
  4  | a              | 2023-06-01 08:00 |                  | 2023-06-05 08:00 |
  5  | a              | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-09 08:00 | withdrawn
  6  | b              | 2023-06-01 08:00 | 2023-06-20 08:00 |                  |
  7  | b              | 2023-06-01 08:00 | 2023-06-07 08:00 |                  |
  8  | b              | 2023-06-01 08:00 | 2023-06-07 08:00 |                  | supplement
  9  | b              | 2023-06-01 08:00 |                  |                  |
"""


def test_handled_in_time_leaves_out_what_has_no_due_date(engine: str, clock: Clock) -> None:
    dossiers = on_engine(table_rows(HANDLED), engine)
    found = {}
    for by in ((), ("unit",)):
        flow, pending = count_flow(dossiers, clock, by), count_pending(dossiers, clock, by)
        table = measures.handled_in_time(
            measures.form_06a(flow, Q2, by),
            measures.outcome_shares(flow, Q2, by),
            measures.pending_by_age(pending, by),
            Q2,
            by,
        )
        for row in records(table):
            found[row.get("unit", "all")] = (row["numerator"], row["denominator"], row["n_not_stated"])
    # In time: 1, 2, 5 (withdrawn) of a, 6 and 8 (paused) of b; late: 3 and 7; without a due date: 4 and 9.
    assert found == {"all": (5, 7, 2), "a": (3, 4, 1), "b": (2, 3, 1)}


def test_without_any_due_date_nothing_was_in_time(engine: str, clock: Clock) -> None:
    text = "id | received_at | finished_at\n1 | 2023-06-01 08:00 | 2023-06-05 08:00\n2 | 2023-06-01 08:00 |"
    dossiers = on_engine(table_rows(text), engine)
    flow, pending = count_flow(dossiers, clock), count_pending(dossiers, clock)
    table = measures.handled_in_time(
        measures.form_06a(flow, Q2), measures.outcome_shares(flow, Q2), measures.pending_by_age(pending), Q2
    )
    assert table[["numerator", "denominator", "n_not_stated"]].to_numpy().tolist() == [[0, 0, 2]]
    assert table["value"].isna().all()
