"""Engines agree with a slow, obvious day-by-day reference, to the last integer, on any dossiers."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec.engines import ENGINES, SlowReference, on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, OnTimeRule, count_durations, count_flow
from cchc_analysis.periods import parse_period
from cchc_analysis.schema import STATUSES
from cchc_analysis.working_time import WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()
EMPTY = table_rows("id\nx")[0]
FIRST = datetime(2023, 1, 10)

moments = st.integers(0, 140 * 24 * 2).map(lambda halves: FIRST + timedelta(minutes=30 * halves))
maybe = st.one_of(st.none(), moments)


@st.composite
def dossier(draw: st.DrawFn) -> dict[str, object]:
    received = draw(maybe)
    finished, returned = draw(maybe), draw(maybe)
    # Intake guarantees that nothing ends before it begins; both ends are moved behind the receipt.
    if received is not None:
        finished = None if finished is None else max(finished, received)
        returned = None if returned is None else max(returned, received)
    status = draw(st.sampled_from(STATUSES))
    row = EMPTY | {
        "dossier_id": "x",
        "received_at": received,
        "finished_at": finished,
        "returned_at": returned,
        "due_at": draw(st.one_of(st.none(), moments, moments.map(lambda m: m.replace(hour=0, minute=0)))),
        "status": status,
        "receiving_unit": draw(st.sampled_from(["a", "b"])),
        "resolving_unit": draw(st.sampled_from([None, "b"])),
        "channel": draw(st.sampled_from([None, "online", "counter"])),
        "paused_days": draw(st.sampled_from([None, 0.0, 3.0])),
    }
    return row


# A count takes as long for sixty dossiers as for two: few examples, of which many have many dossiers.
dossiers = st.one_of(st.lists(dossier(), max_size=3), st.lists(dossier(), min_size=20, max_size=60))

clocks = st.builds(
    Clock,
    st.just(VIETNAM),
    st.sampled_from([datetime(2023, 3, 14), datetime(2023, 4, 20, 10, 30), datetime(2023, 6, 14)]),
    st.sampled_from(["accounting", "calendar"]),
)
rules = st.builds(
    OnTimeRule, st.just("any"), st.sampled_from(["finished", "returned"]), st.sampled_from(["date", "minute"])
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=dossiers, clock=clocks, rule=rules)
def test_flow_equals_the_reference(engine: str, rows: list[dict[str, object]], clock: Clock, rule: OnTimeRule) -> None:
    slow = SlowReference(clock, rule.basis, rule.grain)
    expected = Counter(slow.flow_key(row) for row in rows if slow.is_counted(row))
    flow = count_flow(on_engine(rows, engine), clock, ("unit",), rule)
    keys = ["unit", "channel", "received_month", "closed_month", "due_month", "overdue_month", "outcome"]
    found = {tuple(row[:-1]): row[-1] for row in flow[[*keys, "n"]].itertuples(index=False, name=None)}
    assert found == dict(expected)


@pytest.mark.parametrize("engine", ENGINES)
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=dossiers, clock=clocks, rule=rules)
def test_working_days_equal_a_day_by_day_walk(
    engine: str, rows: list[dict[str, object]], clock: Clock, rule: OnTimeRule
) -> None:
    slow = SlowReference(clock, rule.basis, rule.grain)
    expected = Counter(slow.working_days(row) for row in rows if slow.is_counted(row))
    found = count_durations(on_engine(rows, engine), clock, (), rule).groupby("duration")["n"].sum()
    assert found.to_dict() == dict(expected)


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=dossiers, clock=clocks, rule=rules)
def test_windows_carry_over_what_the_window_before_left(
    rows: list[dict[str, object]], clock: Clock, rule: OnTimeRule
) -> None:
    flow = count_flow(on_engine(rows, "pandas"), clock, ("unit",), rule)
    months = [parse_period(f"2023-{month:02d}", clock.window) for month in range(1, 7)]
    forms = [measures.form_06a(flow, month) for month in months]
    for before, after in pairwise(forms):
        assert before["pending"].item() == after["carried_over"].item()
    quarter = measures.form_06a(flow, parse_period("2023-Q2", clock.window))
    for name in ("received_online", "received_other", "resolved", "resolved_late"):
        assert quarter[name].item() == sum(form[name].item() for form in forms[3:6])
    by_unit = measures.form_06a(flow, months[3], ("unit",))
    pd.testing.assert_series_equal(by_unit.drop(columns="unit").sum(), forms[3].iloc[0], check_names=False)
