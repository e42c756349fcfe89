"""The flow count and form II.06a: what falls where, on every engine."""

from datetime import datetime

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import OFFICIAL_FORM, STRICT, Clock, OnTimeRule, count_flow
from cchc_analysis.errors import CountingError, ParameterError
from cchc_analysis.periods import parse_period

Q2 = parse_period("2023-Q2")

LIFE = """
  id | channel | received_at      | due_at           | finished_at      | returned_at      | status
  1  | online  | 2023-03-14 16:00 | 2023-03-20 16:00 | 2023-03-15 08:00 |                  |
  2  | counter | 2023-03-15 08:00 | 2023-03-20 08:00 | 2023-03-20 07:30 |                  |
  3  | counter | 2023-03-15 08:00 | 2023-03-20 08:00 | 2023-03-20 16:30 |                  |
  4  | post    | 2023-03-15 08:00 | 2023-03-20 08:00 | 2023-03-21 08:00 |                  |
  5  | online  | 2023-06-14 16:00 | 2023-06-14 17:00 |                  |                  |
  6  | online  | 2023-06-01 08:00 | 2023-06-13 08:00 |                  |                  |
  7  | online  | 2023-06-01 08:00 | 2023-06-13 08:00 |                  |                  | supplement
  8  | online  | 2023-06-01 08:00 |                  | 2023-06-05 08:00 |                  |
  9  | online  | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-09 08:00 |                  | withdrawn
  10 | online  | 2023-06-15 08:00 | 2023-06-20 08:00 |                  |                  |
  11 | counter | 2023-03-14 08:00 | 2023-03-14 17:00 | 2023-03-14 10:00 |                  |
  12 | online  |                  |                  |                  |                  | registered
  13 | counter | 2023-06-01 08:00 | 2023-06-20 08:00 | 2023-06-16 08:00 |                  |
"""


def form(engine: str, clock: Clock, text: str = LIFE, rule: OnTimeRule = OFFICIAL_FORM) -> dict[str, int]:
    flow = count_flow(on_engine(table_rows(text), engine), clock, (), rule)
    return measures.form_06a(flow, Q2).iloc[0].to_dict()


def test_every_column_of_form_06a(engine: str, clock: Clock) -> None:
    # In: 2-9 and 13 received in the window, 1 carried over. 10 came later, 11 was done before, 12 was never received.
    assert form(engine, clock) == {
        "received": 10,
        "received_online": 5,
        "received_other": 4,
        "carried_over": 1,
        "resolved": 6,
        "resolved_early": 1,
        "resolved_on_time": 4,
        "resolved_late": 1,
        "pending": 4,
        "pending_in_time": 3,
        "pending_overdue": 1,
        "pending_paused": 1,
    }


def test_a_dossier_due_today_is_not_overdue_today_but_is_tomorrow(engine: str, vietnam) -> None:
    text = "id | received_at | due_at\n1 | 2023-06-01 08:00 | 2023-06-13"
    on_the_day = form(engine, Clock(vietnam, datetime(2023, 6, 13)), text)
    the_day_after = form(engine, Clock(vietnam, datetime(2023, 6, 14)), text)
    assert (on_the_day["pending_overdue"], the_day_after["pending_overdue"]) == (0, 1)


def test_what_happens_after_as_of_is_not_known(engine: str, vietnam) -> None:
    early = form(engine, Clock(vietnam, datetime(2023, 3, 15)))
    assert (early["resolved"], early["pending"], early["received"]) == (1, 3, 4)


def test_as_of_with_a_clock_time_cuts_within_the_day(engine: str, vietnam) -> None:
    text = "id | received_at | due_at | finished_at\n1 | 2023-06-01 08:00 | 2023-06-13 | 2023-06-13 15:00"
    before = form(engine, Clock(vietnam, datetime(2023, 6, 13, 14, 59)), text)
    after = form(engine, Clock(vietnam, datetime(2023, 6, 13, 15, 0)), text)
    assert (before["resolved"], after["resolved"]) == (0, 1)


def test_calendar_windows_cut_at_the_first(engine: str, vietnam) -> None:
    text = "id | received_at | finished_at\n1 | 2023-03-31 08:00 | 2023-04-03 08:00\n2 | 2023-06-30 08:00 |"
    flow = count_flow(on_engine(table_rows(text), engine), Clock(vietnam, datetime(2023, 6, 30), "calendar"))
    row = measures.form_06a(flow, parse_period("2023-Q2-calendar")).iloc[0]
    assert (row["carried_over"], row["received_online"] + row["received_other"], row["pending"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("rule", "numerator", "denominator"),
    [
        (OFFICIAL_FORM, 5, 6),
        # 2 (at 07:30 before 08:00) and 1 are on time; 3 is 8 h 30 late on the day itself.
        (STRICT, 2, 4),
        (OFFICIAL_FORM.with_denominator("due"), 4, 7),
        (STRICT.with_denominator("due"), 2, 6),
        (OFFICIAL_FORM.with_denominator("to_handle"), 5, 10),
    ],
)
def test_on_time_share_of_each_rule(
    engine: str, clock: Clock, rule: OnTimeRule, numerator: int, denominator: int
) -> None:
    flow = count_flow(on_engine(table_rows(LIFE), engine), clock, (), rule)
    row = measures.on_time_share(flow, Q2, (), rule).iloc[0]
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
    assert row["lower"] < row["value"] == numerator / denominator < row["upper"]


def test_midnight_means_that_only_the_date_is_known(engine: str, clock: Clock) -> None:
    text = """
      id | received_at      | due_at           | finished_at
      1  | 2023-06-01 08:00 | 2023-06-05       | 2023-06-05 16:00
      2  | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-05
      3  | 2023-06-01 08:00 | 2023-06-05 08:00 | 2023-06-05 08:00:59
    """
    flow = count_flow(on_engine(table_rows(text), engine), clock, (), STRICT)
    assert flow.set_index("outcome")["n"].to_dict() == {"on_time": 3}


def test_basis_returned_waits_for_the_hand_over(engine: str, clock: Clock) -> None:
    text = """
      id | received_at      | due_at     | finished_at      | returned_at      | status
      1  | 2023-06-01 08:00 | 2023-06-05 | 2023-06-02 08:00 | 2023-06-07 08:00 |
      2  | 2023-06-01 08:00 | 2023-06-05 | 2023-06-02 08:00 |                  | finished
      3  | 2023-06-01 08:00 | 2023-06-05 | 2023-06-02 08:00 |                  | withdrawn
    """
    dossiers = on_engine(table_rows(text), engine)
    returned = OnTimeRule("handed over", basis="returned")
    by_finish = count_flow(dossiers, clock, (), OFFICIAL_FORM).set_index("outcome")["n"].to_dict()
    by_return = count_flow(dossiers, clock, (), returned).set_index("outcome")["n"].to_dict()
    assert by_finish == {"early": 2, "withdrawn": 1}
    assert by_return == {"late": 1, "open": 1, "withdrawn": 1}


def test_groups_add_up_to_the_whole_and_resolving_unit_goes_before_receiving_unit(engine: str, clock: Clock) -> None:
    text = """
      id | receiving_unit | resolving_unit | field | received_at      | finished_at
      1  | a              |                | x     | 2023-06-01 08:00 |
      2  | a              | b              |       | 2023-06-01 08:00 | 2023-06-02 08:00
      3  | b              |                | x     | 2023-06-01 08:00 | 2023-06-02 08:00
    """
    flow = count_flow(on_engine(table_rows(text), engine), clock, ("unit", "field"))
    by_unit = measures.form_06a(flow, Q2, ("unit",)).set_index("unit")["received"].to_dict()
    by_field = measures.form_06a(flow, Q2, ("field",)).set_index("field")["received"].to_dict()
    assert by_unit == {"a": 1, "b": 2}
    assert by_field == {"": 1, "x": 2}
    assert measures.form_06a(flow, Q2).iloc[0]["received"] == 3


def test_no_dossiers_gives_zero_counts_and_an_undefined_share(engine: str, clock: Clock) -> None:
    flow = count_flow(on_engine([], engine), clock)
    assert measures.form_06a(flow, Q2).iloc[0].eq(0).all()
    row = measures.on_time_share(flow, Q2).iloc[0]
    assert row["denominator"] == 0
    assert row[["value", "lower", "upper"]].isna().all()


def test_a_broken_identity_names_the_group() -> None:
    columns = {name: [2] for name in measures.FORM_COLUMNS}
    import pandas as pd

    with pytest.raises(CountingError, match=r"\(3\) = \(4\) \+ \(5\) \+ \(6\) breaks for unit=a"):
        measures.check_identities(pd.DataFrame({"unit": ["a"], **columns}), ("unit",))


def test_an_unknown_dimension_is_refused_with_the_known_ones(engine: str, clock: Clock) -> None:
    with pytest.raises(ParameterError, match="unit, field, procedure"):
        count_flow(on_engine([], engine), clock, ("units",))
