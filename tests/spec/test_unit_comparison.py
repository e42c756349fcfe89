"""Units compared given their procedures, and control charts: from text tables, on every engine."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import STRICT, Clock, count_durations, count_flow
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.stats import binomial_mid_p, observed_expected

Q2 = parse_period("2023-Q2")
HEADER = "id | receiving_unit | procedure_code | received_at | due_at | finished_at"


def lines(unit: str, procedure: str, n: int, n_late: int, start: int) -> list[str]:
    """Return dossiers of a unit, the first `n_late` of them a day late."""
    return [
        f"{start + i} | {unit} | {procedure} | 2023-06-01 08:00 | 2023-06-08 | 2023-06-0{9 if i < n_late else 7} 08:00"
        for i in range(n)
    ]


def compared(engine: str, clock: Clock, *groups: tuple[str, str, int, int]) -> pd.DataFrame:
    rows, start = [HEADER], 1
    for unit, procedure, n, n_late in groups:
        rows += lines(unit, procedure, n, n_late, start)
        start += n
    flow = count_flow(on_engine(table_rows("\n".join(rows)), engine), clock, ("unit", "procedure"))
    return measures.unit_comparison(flow, Q2).set_index("unit")


def test_a_hard_procedure_is_no_fault_of_the_unit_that_has_more_of_it(engine: str, clock: Clock) -> None:
    # Both are late in 30 % of land and 2 % of births; a has mostly land, b mostly births.
    rows = compared(
        engine, clock, ("a", "land", 90, 27), ("a", "birth", 50, 1), ("b", "land", 30, 9), ("b", "birth", 150, 3)
    )
    assert rows["crude_verdict"].to_dict() == {"a": "lower", "b": "higher"}
    assert rows["verdict"].to_dict() == {"a": "not_told_apart", "b": "not_told_apart"}
    assert rows["expected_late"].tolist() == pytest.approx([28.0, 12.0])
    assert rows["late_ratio"].tolist() == pytest.approx([1.0, 1.0])
    assert rows["difference"].tolist() == pytest.approx([0.0, 0.0], abs=1e-12)


def test_an_easy_mix_does_not_hide_a_slow_unit(engine: str, clock: Clock) -> None:
    # In both procedures a is late more often than b, yet it is hardly late more often than b in all: 44 and 35 of 200.
    rows = compared(
        engine, clock, ("a", "land", 60, 30), ("a", "birth", 140, 14), ("b", "land", 140, 35), ("b", "birth", 60, 0)
    )
    assert rows["crude_verdict"].to_dict() == {"a": "not_told_apart", "b": "not_told_apart"}
    assert rows.loc["a", "verdict"] == "lower"
    expected = observed_expected(44, [60, 140], [65 / 200, 14 / 200])
    assert rows.loc["a", "expected_late"] == pytest.approx(expected.expected)
    assert rows.loc["a", "adjusted_p_value"] == pytest.approx(expected.p_value)


def test_procedures_of_one_unit_only_are_not_compared(engine: str, clock: Clock) -> None:
    rows = compared(
        engine, clock, ("a", "own", 60, 40), ("a", "birth", 300, 6), ("b", "birth", 300, 6), ("c", "other", 70, 0)
    )
    assert (rows.loc["a", "crude_verdict"], rows.loc["a", "verdict"]) == ("lower", "not_told_apart")
    assert (rows.loc["a", "denominator"], rows.loc["a", "n_compared"], rows.loc["a", "late_compared"]) == (360, 300, 6)
    assert (rows.loc["c", "n_compared"], rows.loc["c", "verdict"]) == (0, "no_peers")
    assert np.isnan(rows.loc["c", "expected_value"])


def test_few_dossiers_are_too_small_to_judge_unless_they_are_all_late(engine: str, clock: Clock) -> None:
    many = ("b", "birth", 300, 12)
    assert compared(engine, clock, ("a", "birth", 12, 0), many).loc["a", "verdict"] == "too_small"
    assert compared(engine, clock, ("a", "birth", 12, 9), many).loc["a", "verdict"] == "lower"


def test_where_nothing_is_late_nothing_differs(engine: str, clock: Clock) -> None:
    rows = compared(engine, clock, ("a", "birth", 30, 0), ("b", "birth", 3, 0))
    assert rows["verdict"].tolist() == rows["crude_verdict"].tolist() == ["not_told_apart"] * 2


def test_q_values_are_those_of_benjamini_and_hochberg(engine: str, clock: Clock) -> None:
    groups = [(unit, "birth", 60, late) for unit, late in (("a", 12), ("b", 4), ("c", 2))]
    rows = compared(engine, clock, *groups)
    p_a, p_b, p_c = binomial_mid_p([48, 56, 58], [60] * 3, 1 - 18 / 180)
    assert rows["p_value"].tolist() == pytest.approx([p_a, p_b, p_c])
    ordered = sorted((p_a, p_b, p_c))
    assert min(rows["q_value"]) == pytest.approx(min(ordered[0] * 3, ordered[1] * 1.5, ordered[2]))


def test_no_dossiers_give_no_rows(engine: str, clock: Clock) -> None:
    flow = count_flow(on_engine([], engine), clock, ("unit", "procedure"), STRICT)
    table = measures.unit_comparison(flow, Q2, STRICT)
    assert len(table) == 0
    assert set(measures.COMPARISON_COLUMNS) <= set(table.columns)
    assert measures.unit_spread(table) is None
    assert len(measures.funnel_lines(table)) == 0


MONTHS = [ReportPeriod("month", number) for number in parse_period("2023-01..2023-06").months]


def by_month(days: list[int]) -> str:
    rows = ["id | received_at | due_at | finished_at"]
    for i, used in enumerate(days):
        received = pd.Timestamp(2023, 1 + i, 2)
        # Ten working days after the second of the month are before the fifteenth, holidays of 2023 aside.
        rows.append(f"{i} | {received} | {received + pd.Timedelta(days=5)} | {received + pd.Timedelta(days=used)}")
    return "\n".join(rows)


def test_the_charts_by_month_on_every_engine(engine: str, vietnam) -> None:
    dossiers = on_engine(table_rows(by_month([1, 2, 2, 8, 2, 4])), engine)
    clock = Clock(vietnam, datetime(2023, 6, 14))
    shares = measures.on_time_chart(count_flow(dossiers, clock), MONTHS)
    assert shares["numerator"].tolist() == [1, 1, 1, 0, 1, 1]
    assert shares["centre"].unique().tolist() == pytest.approx([5 / 6])
    means = measures.duration_chart(count_durations(dossiers, clock), MONTHS, MONTHS[:3])
    assert means["in_baseline"].tolist() == [True] * 3 + [False] * 3
    based = means["value"].iloc[:3]
    assert means["centre"].iloc[0] == pytest.approx(based.mean())
    assert means["upper"].iloc[0] == pytest.approx(based.mean() + 2.66 * based.diff().abs().mean())


def chart_of(values: list[float], baseline: int = 0) -> pd.DataFrame:
    rows = [
        (month.first_month, month.first_month, "closed", value, 10)
        for month, value in zip(MONTHS * 3, values, strict=False)
    ]
    table = pd.DataFrame(rows, columns=["received_month", "closed_month", "event", "duration", "n"])
    return measures.duration_chart(table, MONTHS, MONTHS[:baseline])


def test_limits_of_a_baseline_are_not_moved_by_what_follows() -> None:
    before, after = chart_of([5, 6, 5, 6, 5, 6], 4), chart_of([5, 6, 5, 6, 20, 30], 4)
    assert before["upper"].tolist() == after["upper"].tolist()
    assert after["signals"].tolist() == ["", "", "", "", "outside", "outside"]
    runs = records(measures.signal_runs(after))
    assert runs == [{"rule": "outside", "side": "above", "from_month": "2023-05", "to_month": "2023-06", "n_months": 2}]


def test_one_month_has_no_limits_and_a_baseline_outside_the_chart_is_refused() -> None:
    single = chart_of([5])
    assert len(single) == 1
    assert single["upper"].isna().all()
    assert len(measures.signal_runs(single)) == 0
    flow = pd.DataFrame({"received_month": [], "closed_month": [], "event": [], "duration": [], "n": []})
    with pytest.raises(ParameterError, match="baseline is on the chart"):
        measures.duration_chart(flow, MONTHS, [ReportPeriod("month", 12)])
