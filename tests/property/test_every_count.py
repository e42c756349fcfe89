"""What holds for every count of dossiers: order, one more, groups and totals, engines; and for decompositions."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec.engines import on_engine, table_rows

from cchc_analysis import counting, measures
from cchc_analysis.counting import OFFICIAL_FORM, STRICT, Clock, OnTimeRule, date_dossiers
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.errors import CountingError
from cchc_analysis.periods import parse_period
from cchc_analysis.schema import CHANNELS, RATINGS, SERVICE_LEVELS, STATUSES
from cchc_analysis.stats import mix_and_true_effect
from cchc_analysis.working_time import WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()
FIRST = datetime(2023, 2, 1)
EMPTY = table_rows("id\nx")[0]
STARTS = (datetime(2023, 3, 1), datetime(2023, 4, 1))
Count = Callable[[Any, Clock, tuple[str, ...]], pd.DataFrame]

COUNTS: dict[str, Count] = {
    "count_deadline": counting.count_deadline,
    "count_digitisation": lambda rows, clock, by: counting.count_digitisation(rows, clock, by, STARTS),
    "count_due_soon": counting.count_due_soon,
    "count_durations": counting.count_durations,
    "count_flow": counting.count_flow,
    "count_hours": counting.count_hours,
    "count_integrity": counting.count_integrity,
    "count_online": counting.count_online,
    "count_payments": counting.count_payments,
    "count_pending": counting.count_pending,
    "count_procedures": lambda rows, clock, by: counting.count_procedures(rows, clock),
    "count_ratings": counting.count_ratings,
    "count_stops": counting.count_stops,
    "count_terms": counting.count_terms,
    "count_ways": counting.count_ways,
}
"""Every count that gives one row per kind of dossier."""

OF_SOME = ("count_deadline", "count_due_soon", "count_pending", "count_stops", "count_terms")
"""Counts that leave some dossiers out; the others count every dossier received by `as_of`."""

OTHERS = {
    *("count_filled", "count_filled_by_unit", "count_procedures_by_unit", "count_outside", "count_number_gaps"),
    *("count_catalogue", "count_copies", "count_feedback", "count_matching"),
    *("count_payment_agreement", "count_payment_forms", "count_paying_dossiers"),
    *("count_answers", "count_handed_over", "count_sources"),
}
"""Counts of columns, of what is left out, of numbers, of registers, of answers, of files and of what units hand over.

Each has its own tests.
"""

FAST = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True, "database": None}

moments = st.integers(0, 120 * 24 * 4).map(lambda quarters: FIRST + timedelta(minutes=15 * quarters))
maybe = st.one_of(st.none(), moments, moments.map(lambda moment: moment.replace(hour=0, minute=0)))
flags = st.sampled_from([None, True, False])


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


@st.composite
def dossier(draw: st.DrawFn) -> dict[str, object]:
    received = draw(moments)
    finished, returned = (draw(maybe) for _ in range(2))
    return EMPTY | {
        "dossier_id": "x",
        "procedure_code": draw(one_of("1.001", "1.002")),
        "procedure_name": draw(one_of("Khai sinh", "Đất đai")),
        "field": draw(one_of("Tư pháp")),
        "receiving_unit": draw(st.sampled_from(["a", "b"])),
        "resolving_unit": draw(one_of("b")),
        "channel": draw(one_of(*CHANNELS)),
        "return_channel": draw(one_of(*CHANNELS)),
        "service_level": draw(one_of(*SERVICE_LEVELS)),
        "submitted_at": draw(maybe),
        "received_at": draw(st.one_of(st.none(), st.just(received))),
        "due_at": draw(maybe),
        # Intake guarantees that nothing ends before it begins.
        "finished_at": None if finished is None else max(finished, received),
        "returned_at": None if returned is None else max(returned, received),
        "status": draw(st.sampled_from(STATUSES)),
        "statutory_days": draw(one_of(1.0, 5.0, 10.0, 0.5)),
        "committed_days": draw(one_of(3.0, 7.0)),
        "day_kind": draw(one_of("working", "calendar")),
        "paused_days": draw(one_of(0.0, 2.0)),
        "documents_digitised": draw(flags),
        "documents_reused": draw(flags),
        "result_digitised": draw(flags),
        "fee_due": draw(one_of(0.0, 20000.0)),
        "paid_online": draw(flags),
        "rating": draw(one_of(*RATINGS)),
        "number_on": draw(st.one_of(st.none(), st.just(received.replace(hour=0, minute=0)))),
    }


# A count takes as long for sixty dossiers as for two: few examples, each with many kinds of dossiers.
dossiers = st.lists(dossier(), min_size=20, max_size=60)
clocks = st.builds(
    Clock,
    st.just(VIETNAM),
    st.sampled_from([datetime(2023, 3, 14), datetime(2023, 4, 20, 10, 30), datetime(2023, 6, 14)]),
    st.sampled_from(["accounting", "calendar"]),
)


def dated(rows: list[dict[str, object]], clock: Clock, engine: str = "pandas") -> Any:
    return date_dossiers(as_frame(on_engine(rows, engine)), clock)


def cells(table: pd.DataFrame) -> Counter[tuple[Any, ...]]:
    """Count by the key of each cell."""
    keys = [name for name in table.columns if name != "n" and not name.startswith(("n_", "of_", "sum_"))]
    rows = zip(*(table[name].tolist() for name in keys), strict=True) if len(table) else []
    return Counter(dict(zip(rows, table["n"].tolist(), strict=True)))


def test_every_count_is_looked_at() -> None:
    assert set(COUNTS) | OTHERS == {name for name in counting.__all__ if name.startswith("count_")}


@settings(max_examples=3, **FAST)
@given(rows=dossiers, clock=clocks, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, object]], clock: Clock, seed: int) -> None:
    mixed = random.Random(seed).sample(rows, len(rows))
    first, second = dated(rows, clock), dated(mixed, clock)
    for name, count in COUNTS.items():
        pd.testing.assert_frame_equal(count(first, clock, ("unit",)), count(second, clock, ("unit",)), obj=name)


@settings(max_examples=3, **FAST)
@given(rows=dossiers, clock=clocks, more=dossier())
def test_one_dossier_more_changes_one_cell_by_one(
    rows: list[dict[str, object]], clock: Clock, more: dict[str, object]
) -> None:
    before, after = dated(rows, clock), dated([*rows, more], clock)
    flow_grew = None
    for name, count in COUNTS.items():
        old, new = (cells(count(table, clock, ("unit", "field"))) for table in (before, after))
        grown = new - old
        assert not old - new, name
        assert sum(grown.values()) <= 1, name
        if name not in OF_SOME:
            flow_grew = sum(grown.values()) if flow_grew is None else flow_grew
            assert sum(grown.values()) == flow_grew, name


@settings(max_examples=3, **FAST)
@given(rows=dossiers, clock=clocks)
def test_groups_add_up_to_totals(rows: list[dict[str, object]], clock: Clock) -> None:
    table = dated(rows, clock)
    for name, count in COUNTS.items():
        whole, parts = count(table, clock, ()), count(table, clock, ("unit", "field"))
        sums = [column for column in whole.columns if column.startswith(("n_", "of_", "sum_")) or column == "n"]
        assert parts[sums].sum().tolist() == whole[sums].sum().tolist(), name
        if name != "count_procedures":
            keys = [column for column in whole.columns if column not in sums]
            again = parts.groupby(keys, as_index=False)[sums].sum()
            pd.testing.assert_frame_equal(again, whole, check_dtype=False, obj=name)


@settings(max_examples=2, **FAST)
@given(rows=dossiers, clock=clocks)
def test_engines_agree_and_dates_looked_up_once_change_nothing(rows: list[dict[str, object]], clock: Clock) -> None:
    on_pandas, on_duckdb = dated(rows, clock), dated(rows, clock, "duckdb")
    raw = on_engine(rows, "pandas")
    for name, count in COUNTS.items():
        expected = count(raw, clock, ("unit", "procedure"))
        for table in (on_pandas, on_duckdb):
            pd.testing.assert_frame_equal(
                count(table, clock, ("unit", "procedure")), expected, check_dtype=False, obj=name
            )


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@pytest.mark.parametrize("rule", [STRICT, OnTimeRule("r", basis="returned")])
def test_one_look_at_the_dates_serves_every_grain_but_one_basis(engine: str, rule: OnTimeRule) -> None:
    rows = [
        table_rows("id | received_at | due_at | finished_at\n1 | 2023-03-01 | 2023-03-06 09:00 | 2023-03-06 09:01")[0]
    ]
    clock = Clock(VIETNAM, datetime(2023, 6, 14))
    table = dated(rows, clock, engine)
    if rule.basis != "finished":
        with pytest.raises(CountingError, match="returned"):
            counting.count_flow(table, clock, (), rule)
        return
    outcomes = [counting.count_flow(table, clock, (), r).loc[0, "outcome"] for r in (OFFICIAL_FORM, rule)]
    assert outcomes == ["on_time", "late"]
    with pytest.raises(CountingError, match="2023-06-14"):
        counting.count_flow(table, Clock(VIETNAM, datetime(2023, 5, 14)))


@settings(max_examples=60, **FAST)
@given(
    strata=st.lists(
        st.tuples(*(st.integers(0, top) for top in (40, 400, 40, 400))), min_size=1, max_size=8
    )
)  # fmt: skip
def test_mix_true_and_turnover_add_up_to_the_change(strata: list[tuple[int, int, int, int]]) -> None:
    before = {str(place): (days if n else 0, n) for place, (n, days, _, _) in enumerate(strata)}
    after = {str(place): (days if n else 0, n) for place, (_, _, n, days) in enumerate(strata)}
    split = mix_and_true_effect(before, after)
    old, new = (sum(n for _, n in period.values()) for period in (before, after))
    if not old or not new:
        assert split is None
        return
    change = sum(d for d, _ in after.values()) / new - sum(d for d, _ in before.values()) / old
    assert split.mix_effect + split.true_effect + split.entered_left_effect == pytest.approx(change, abs=1e-9)
    for name in ("mix_effect", "true_effect", "entered_left_effect"):
        assert sum(getattr(part, name) for part in split.strata) == pytest.approx(getattr(split, name), abs=1e-9)


@settings(max_examples=5, **FAST)
@given(rows=st.lists(dossier(), min_size=5, max_size=30))
def test_the_change_in_time_is_mix_plus_true_effect_plus_turnover(rows: list[dict[str, object]]) -> None:
    clock = Clock(VIETNAM, datetime(2023, 6, 14))
    table = dated(rows, clock)
    durations, terms = counting.count_durations(table, clock), counting.count_terms(table, clock)
    change = measures.time_change(durations, terms, parse_period("2023-05"), parse_period("2023-04"), ("procedure",))
    parts = (change.mix_effect, change.true_effect, change.turnover_effect)
    assert all(part is None for part in parts) == (not change.n or not change.base_n)
    if change.n and change.base_n:
        assert sum(parts) == pytest.approx(change.difference, abs=1e-9)
