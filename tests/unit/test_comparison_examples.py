"""The worked examples of docs/methods/comparison-of-units.md and control-charts.md."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis import measures
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.stats import chart_signals, share_chart, smallest_telling_n
from cchc_analysis.wording import comparison_of_units, control_charts

Q2 = parse_period("2023-Q2")
MONTH = Q2.months[0]
repeatable = settings(max_examples=40, deadline=None, derandomize=True)


def flow_of(cells: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    """Return a flow count of cells (unit, procedure, n, n late), all received and closed in one month."""
    rows = [
        (unit, procedure, "online", MONTH, MONTH, MONTH, 0, outcome, count)
        for unit, procedure, n, late in cells
        for outcome, count in (("late", late), ("on_time", n - late))
    ]
    months = ["received_month", "closed_month", "due_month", "overdue_month"]
    return pd.DataFrame(rows, columns=["unit", "procedure", "channel", *months, "outcome", "n"])


LAND_AND_BIRTHS = [("a", "land", 90, 27), ("a", "births", 50, 1), ("b", "land", 30, 9), ("b", "births", 150, 3)]


def test_comparison_of_units(project: Path) -> None:
    rows = measures.unit_comparison(flow_of(LAND_AND_BIRTHS), Q2).set_index("unit")
    assert rows["expected_late"].tolist() == pytest.approx([28, 12], rel=1e-12)
    assert rows["overall"].tolist() == [0.875, 0.875]
    text = (project / "docs" / "methods" / "comparison-of-units.md").read_text("utf-8")
    said = [float(found) for found in re.findall(r"p = (0\.\d+)", text)]
    assert rows["p_value"].round(3).tolist() == said
    assert rows["crude_verdict"].tolist() == ["lower", "higher"]
    assert rows["verdict"].tolist() == ["not_told_apart", "not_told_apart"]
    assert (smallest_telling_n(0.95), round(0.95**58, 3), round(0.95**59, 3)) == (59, 0.051, 0.048)


def test_control_charts() -> None:
    chart = share_chart([1150, 1350, 1150, 1350], [2500] * 4)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.287, 0.713), abs=0.0005)
    months = [ReportPeriod("month", MONTH + i) for i in range(5)]
    rows = [
        (month.first_month, month.first_month, "closed", days, 3)
        for month, days in zip(months, [5, 6, 5, 6, 9], strict=True)
    ]
    counted = pd.DataFrame(rows, columns=["received_month", "closed_month", "event", "duration", "n"])
    means = measures.duration_chart(counted, months, months[:4])
    assert (means["lower"].iloc[0], means["upper"].iloc[0]) == pytest.approx((2.84, 8.16), abs=1e-9)
    assert means["signals"].tolist() == ["", "", "", "", "outside"]


cells = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 40)).flatmap(
        lambda cell: st.tuples(*map(st.just, cell), st.integers(0, cell[2]))
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda cell: cell[:2],
)


@repeatable
@given(cells)
def test_what_units_have_more_others_have_less(table) -> None:
    rows = measures.unit_comparison(flow_of(table), Q2)
    assert rows["late_compared"].sum() == pytest.approx(rows["expected_late"].sum(), abs=1e-9)
    assert (rows["n_compared"] <= rows["denominator"]).all()
    assert rows["verdict"].isin(measures.VERDICTS).all()
    judged = rows[rows["difference_lower"].notna()]
    assert (judged["difference_lower"] <= judged["difference"] + 1e-9).all()
    assert (judged["difference"] <= judged["difference_upper"] + 1e-9).all()


@repeatable
@given(cells, st.randoms(use_true_random=False))
def test_the_order_of_the_counts_does_not_matter(table, random) -> None:
    ours = measures.unit_comparison(flow_of(table), Q2)
    theirs = measures.unit_comparison(flow_of(random.sample(table, len(table))), Q2)
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


@repeatable
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_a_mirrored_series_has_mirrored_signals(values) -> None:
    turned = {"above": "below", "below": "above", "rising": "falling", "falling": "rising"}
    ours = {(one.rule, turned[one.side], one.first, one.last) for one in chart_signals(values, 0.0, 1.0)}
    mirrored = [-value for value in values]
    assert ours == {(one.rule, one.side, one.first, one.last) for one in chart_signals(mirrored, 0.0, 1.0)}


@pytest.mark.parametrize(
    ("rule", "side", "name", "said"),
    [
        ("outside", "below", "duration", "thấp hơn giới hạn dưới của dao động ngẫu nhiên (theo hướng tốt lên)."),
        ("outside", "below", "on_time", "thấp hơn giới hạn dưới của dao động ngẫu nhiên (theo hướng xấu đi)."),
        ("shift", "above", "on_time", "7 tháng liền cao hơn đường trung tâm (theo hướng tốt lên)."),
        ("trend", "rising", "duration", "7 tháng liền tăng liên tục (theo hướng xấu đi)."),
        ("two_of_three", "above", "duration", "cao hơn đường trung tâm trên 2 độ lệch chuẩn (theo hướng xấu đi)."),
    ],
)
def test_a_signal_is_said_with_its_direction(rule: str, side: str, name: str, said: str) -> None:
    run = pd.DataFrame([{"rule": rule, "side": side, "from_month": "2023-01", "to_month": "2023-07", "n_months": 7}])
    sentence = control_charts.signal_sentences(run, name, "vi")[0]
    assert sentence.startswith(("Số ngày làm việc bình quân", "Tỷ lệ đúng hạn"))
    assert "các tháng 1/2023–7/2023" in sentence
    assert sentence.endswith(said)


def test_a_unit_that_is_apart_is_named_with_its_difference() -> None:
    table = [("a", "x", 300, 60), ("b", "x", 300, 9), ("c", "x", 300, 12), ("d", "own", 5, 0)]
    rows = measures.unit_comparison(flow_of(table), Q2)
    said = comparison_of_units.units_apart(rows.assign(label=rows["unit"].str.upper()), "en")
    assert said.startswith("3 of 3 units that can be judged differ")
    assert "lower: A (−11.0)" in said
    assert "higher: B (+6.0), C (+5.0) points" in said
    assert said.endswith("1 with procedures that no other unit handles, so with nothing to compare")
