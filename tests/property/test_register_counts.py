"""Counts of registers: equal on every engine, additive, blind to the order of rows, one row more is one more."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec.register_draws import city
from spec.register_tables import Rows, on_one_engine

from cchc_analysis import counting
from cchc_analysis.counting import Clock
from cchc_analysis.working_time import WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()
Tables = dict[str, Any]
Count = Callable[[Tables, Clock, tuple[str, ...]], pd.DataFrame]

COUNTS: dict[str, tuple[str, Count]] = {
    "payment_forms": (
        "payments",
        lambda on, clock, by: counting.count_payment_forms(on["payments"], on["dossiers"], clock, by),
    ),
    "paying_dossiers": (
        "payments",
        lambda on, clock, by: counting.count_paying_dossiers(on["payments"], on["dossiers"], clock, by),
    ),
    "payment_agreement": (
        "payments",
        lambda on, clock, by: counting.count_payment_agreement(on["payments"], on["dossiers"], clock, by),
    ),
    "feedback": ("feedback", lambda on, clock, by: counting.count_feedback(on["feedback"], clock, by)),
    "e_copies": ("e_copies", lambda on, clock, by: counting.count_copies(on["e_copies"], clock, by)),
    "catalogue": ("procedures", lambda on, clock, by: counting.count_catalogue(on["procedures"])),
    "matching": (
        "other_register",
        lambda on, clock, by: counting.count_matching(on["dossiers"], on["other_register"], clock, by, "all"),
    ),
    "ways": ("dossiers", lambda on, clock, by: counting.count_ways(on["dossiers"], clock, by)),
    "hours": ("dossiers", lambda on, clock, by: counting.count_hours(on["dossiers"], clock, by)),
    "digitisation": ("dossiers", lambda on, clock, by: counting.count_digitisation(on["dossiers"], clock, by)),
}
"""Count → the register it counts, and how."""

ROW_BY_ROW = ("payment_forms", "feedback", "e_copies", "catalogue", "ways", "hours", "digitisation")
"""Counts in which every row stands for itself."""

# A count costs the same for one row as for fifty: few examples, each of many rows.
clocks = st.builds(
    partial(Clock, VIETNAM),
    st.sampled_from([datetime(2023, 3, 14), datetime(2023, 4, 20, 10, 30), datetime(2023, 6, 14)]),
    st.sampled_from(["accounting", "calendar"]),
)
cities = st.builds(city, st.integers(0, 10**6), st.integers(1, 50))
quick = settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck), derandomize=True)


def counted(name: str, rows: dict[str, Rows], clock: Clock, engine: str = "pandas", by: tuple[str, ...] = ("unit",)):
    return COUNTS[name][1](on_one_engine(engine, rows), clock, by)


@pytest.mark.parametrize("name", COUNTS)
@quick
@given(rows=cities, clock=clocks, seed=st.integers(0, 100))
def test_engines_agree_to_the_last_integer_in_whatever_order_the_rows_stand(
    name: str, rows: dict[str, Rows], clock: Clock, seed: int
) -> None:
    mixed = {kind: Random(seed).sample(table, len(table)) for kind, table in rows.items()}
    one, other = counted(name, rows, clock, "duckdb"), counted(name, mixed, clock, "pandas")
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
    assert {str(one[column].dtype) for column in one.select_dtypes("number")} <= {"int64"}


@pytest.mark.parametrize("name", [name for name in COUNTS if name != "catalogue"])
@quick
@given(rows=cities, clock=clocks)
def test_groups_add_up(name: str, rows: dict[str, Rows], clock: Clock) -> None:
    grouped, whole = counted(name, rows, clock), counted(name, rows, clock, by=())
    numbers = ["n", *(column for column in whole.columns if column.startswith("n_") or column in ("amount", "copies"))]
    keys = [column for column in whole.columns if column not in numbers]
    summed = grouped.groupby(keys, as_index=False)[numbers].sum()
    expected = whole.groupby(keys, as_index=False)[numbers].sum()
    pd.testing.assert_frame_equal(summed[expected.columns], expected)


@pytest.mark.parametrize("name", ROW_BY_ROW)
@quick
@given(rows=cities, clock=clocks)
def test_one_row_more_changes_the_count_by_exactly_one_or_is_not_known_yet(
    name: str, rows: dict[str, Rows], clock: Clock
) -> None:
    kind = COUNTS[name][0]
    fewer = rows | {kind: rows[kind][1:]}
    # A dossier lends its unit to payments: only the register itself loses a row.
    before, after = counted(name, fewer, clock), counted(name, rows, clock)
    alone = counted(name, rows | {kind: rows[kind][:1]}, clock)
    assert after["n"].sum() - before["n"].sum() == alone["n"].sum() <= 1
    numbers = {column for column in after.columns if column.startswith("n_") or column in ("amount", "copies")}
    keys = [column for column in after.columns if column not in numbers | {"n"}]
    parts = pd.concat([before, alone]).groupby(keys, as_index=False)[["n", *numbers]].sum()
    expected = after.groupby(keys, as_index=False)[["n", *numbers]].sum()
    pd.testing.assert_frame_equal(parts.astype({"n": "int64"}), expected)


@quick
@given(rows=cities, clock=clocks)
def test_every_row_of_two_lists_is_counted_once(rows: dict[str, Rows], clock: Clock) -> None:
    counts = counted("matching", rows, clock)
    n = counts.groupby("state")["n"].sum()
    both = int(n.get("matched", 0) + n.get("conflicting", 0))
    there = [
        row
        for row in rows["other_register"]
        if row["received_at"] <= clock.as_of_end and row["status"] not in ("registered", "not_accepted")
    ]
    assert both + n.get("only_there", 0) == len(there)
    here = [row for row in rows["dossiers"] if row["received_at"] <= clock.as_of_end]
    never = sum(row["status"] in ("registered", "not_accepted") for row in here)
    assert len(here) - never <= both + n.get("only_here", 0) <= len(here)
    for name in counting.CONFLICTS:
        assert (counts[f"n_{name}"] <= counts["n"]).all()
        assert counts.loc[counts["state"] != "conflicting", f"n_{name}"].eq(0).all()
    shown = counts[[f"n_{name}" for name in counting.CONFLICTS]].sum(axis=1)
    assert (shown >= counts["n"])[counts["state"] == "conflicting"].all()


@quick
@given(rows=cities, clock=clocks)
def test_one_entry_more_in_the_register_changes_one_pair_or_adds_one(rows: dict[str, Rows], clock: Clock) -> None:
    fewer = rows | {"other_register": rows["other_register"][1:]}
    n_there = [
        counts.loc[counts["state"] != "only_here", "n"].sum()
        for counts in (counted("matching", fewer, clock), counted("matching", rows, clock))
    ]
    row = rows["other_register"][0]
    known = row["received_at"] <= clock.as_of_end and row["status"] not in ("registered", "not_accepted")
    assert n_there[1] - n_there[0] == int(known)


@quick
@given(rows=cities, clock=clocks)
def test_dossiers_of_any_window_are_distinct(rows: dict[str, Rows], clock: Clock) -> None:
    payers = counted("paying_dossiers", rows, clock, by=())
    paid = counted("payment_forms", rows, clock, by=())
    paid = paid[(paid["state"] == "paid") & (paid["month"] > 0)]
    months = sorted(set(paid["month"]))
    for first in months:
        for last in (month for month in months if month >= first):
            window = payers[payers["month"].between(first, last) & (payers["earlier_month"] < first)]
            ways = window.groupby("way")["n"].sum()
            n_payments = paid.loc[paid["month"].between(first, last), "n"].sum()
            assert ways.get("online", 0) <= ways.get("stated", 0) <= ways.get("any", 0) <= n_payments
            assert ways.get("any", 0) > 0 or n_payments == 0
