"""The worked examples of docs/methods: what a reader checks by hand is what the program computes."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import counting, measures
from cchc_analysis.counting import NO_TERM, OFFICIAL_FORM, STRICT, Clock
from cchc_analysis.periods import parse_period
from cchc_analysis.stats.change import mean_change, mix_and_true_effect
from cchc_analysis.stats.proportions import newcombe_difference
from cchc_analysis.working_time import WorkingCalendar

Q2 = parse_period("2023-Q2")
JUNE_14 = datetime(2023, 6, 14)


def table_of(page: Path, heading: str) -> str:
    """Return the first text block under a heading of a page of docs/methods."""
    after = page.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1]
    return after.split("```text\n", 1)[1].split("```", 1)[0]


@pytest.fixture(scope="module")
def vietnam() -> WorkingCalendar:
    return WorkingCalendar.vietnam()


@pytest.fixture
def clock(vietnam: WorkingCalendar) -> Clock:
    return Clock(vietnam, JUNE_14)


@pytest.fixture
def dossiers(project: Path):
    """The ten dossiers that form-06a.md, on-time.md and pending.md share."""
    text = table_of(project / "docs" / "methods" / "form-06a.md", "Worked example")
    return on_engine(table_rows(text), "duckdb")


def test_form_06a(dossiers, clock: Clock) -> None:
    form = measures.form_06a(counting.count_flow(dossiers, clock), Q2)[list(measures.FORM_COLUMNS)]
    assert form.iloc[0].tolist() == [8, 3, 4, 1, 5, 1, 3, 1, 3, 2, 1]


@pytest.mark.parametrize("period", ["2023-01", "2023-Q1", "2023-6M", "2023-9M", "2023"])
def test_what_every_kind_of_period_carries_over_was_pending_the_day_before(vietnam, period: str) -> None:
    text = "id | received_at | due_at | finished_at\n1 | 2022-11-30 08:00 | 2022-12-30 08:00 | 2022-12-20 08:00"
    clock = Clock(vietnam, datetime(2023, 12, 14))
    form = measures.form_06a(counting.count_flow(on_engine(table_rows(text), "pandas"), clock), parse_period(period))
    assert form.loc[0, ["carried_over", "resolved", "pending"]].tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("rule", "denominator", "fraction"),
    [
        (OFFICIAL_FORM, "finished", (4, 5)),
        (OFFICIAL_FORM, "due", (3, 5)),
        (OFFICIAL_FORM, "to_handle", (4, 8)),
        (STRICT, "finished", (1, 3)),
        (STRICT, "due", (1, 4)),
        (STRICT, "to_handle", (1, 6)),
    ],
)
def test_on_time(dossiers, clock: Clock, rule, denominator, fraction) -> None:
    flow = counting.count_flow(dossiers, clock, (), rule)
    row = measures.on_time_share(flow, Q2, (), rule.with_denominator(denominator)).iloc[0]
    assert (row["numerator"], row["denominator"]) == fraction


@pytest.mark.parametrize(
    ("due", "finished", "outcome"),
    [
        ("2023-03-20 10:00", "2023-03-20 16:30", "late"),
        ("2023-03-20", "2023-03-20 16:30", "on_time"),
        ("2023-03-20 10:00", "2023-03-20", "on_time"),
        ("2023-03-20 10:00", "2023-03-20 10:00:59", "on_time"),
    ],
)
def test_the_midnight_rule(clock: Clock, due: str, finished: str, outcome: str) -> None:
    text = f"id | received_at | due_at | finished_at\n1 | 2023-03-15 08:00 | {due} | {finished}"
    flow = counting.count_flow(on_engine(table_rows(text), "pandas"), clock, (), STRICT)
    assert flow["outcome"].tolist() == [outcome]


def durations(closed: list[int], waiting: list[int], month: int) -> pd.DataFrame:
    rows = [(month, month, "closed", days, 1) for days in closed] + [(month, 0, "open", days, 1) for days in waiting]
    return pd.DataFrame(rows, columns=["received_month", "closed_month", "event", "duration", "n"])


def test_time_used() -> None:
    counted = durations([0, 0, 0, 1, 1, 2, 3, 5, 8, 20], [], Q2.months[0])
    rows = {row["measure"]: row for _, row in measures.time_used(counted, Q2).iterrows()}
    mean, median, p90 = (rows[f"working_days_{name}"] for name in ("mean", "median", "p90"))
    assert (mean["value"], median["value"], p90["value"]) == pytest.approx((4.0, 1.5, 9.2), abs=1e-9)
    assert (mean["lower"], mean["upper"]) == pytest.approx((0.168, 7.832), abs=0.0005)
    assert (median["lower"], median["upper"]) == (0, 8)
    assert p90["lower"] == 3
    assert pd.isna(p90["upper"])


def test_time_to_closing() -> None:
    counted = durations([1, 1, 2, 3, 5], [2, 4, 5, 6, 6], Q2.months[0])
    curve = measures.duration_curve(counted)
    heights = [curve.survival_at(days) for days in (1, 2, 3, 5)]
    assert heights == pytest.approx([0.8, 0.7, 7 / 12, 7 / 16], abs=1e-12)
    row = measures.time_to_closing(counted, Q2).iloc[0]
    assert (row["numerator"], row["denominator"], row["value"]) == (5, 10, 5)
    closed_only = measures.time_used(counted, Q2)
    assert measures.single_row(closed_only, measure="working_days_median")["value"] == 2


def terms() -> pd.DataFrame:
    rows = [
        ("A", 10.0, 6.0, "working", 100, 700, 980),
        ("B", 20.0, 15.0, "working", 20, 360, 500),
        ("C", 5.0, 4.0, "working", 400, 1800, 2500),
        ("D", 30.0, NO_TERM, "working", 10, 250, 350),
        ("E", 1.0, 1.0, "working", 900, 100, 100),
        ("F", NO_TERM, NO_TERM, "", 30, 60, 80),
    ]
    columns = [
        "procedure",
        "statutory_days",
        "committed_days",
        "day_kind",
        "n",
        "sum_working_days",
        "sum_calendar_days",
    ]
    return pd.DataFrame(rows, columns=columns).assign(closed_month=Q2.months[0])


def test_time_cut() -> None:
    cut = measures.time_cut(terms(), Q2)
    rows = {row["measure"]: (row["numerator"], row["denominator"], row["value"]) for _, row in cut.iterrows()}
    assert rows["cut_mean_over_procedures"] == pytest.approx((0.85, 3, 0.85 / 3))
    assert rows["cut_weighted"] == pytest.approx((125, 520, 125 / 520))
    assert rows["cut_pooled"] == pytest.approx((900, 3400, 900 / 3400))
    assert rows["cut_actual"] == pytest.approx((590, 3700, 590 / 3700))


def test_time_cut_leaves_out_by_name() -> None:
    known = pd.DataFrame({"procedure": list("ABCDEFG")})
    left = measures.excluded_procedures(terms(), Q2, known)
    assert {row["procedure"]: row["reason"] for _, row in left.iterrows()} == {
        "D": "no_commitment",
        "E": "same_day",
        "F": "no_limit",
        "G": "no_dossiers",
    }


def test_change_of_a_share() -> None:
    assert newcombe_difference(970, 1000, 950, 1000) == pytest.approx((0.0028, 0.0377), abs=0.00005)
    lower, upper = newcombe_difference(97, 100, 95, 100)
    assert lower < 0 < upper


def test_change_of_a_mean() -> None:
    change = mean_change(([5, 10], [10, 10]), ([4, 8], [10, 10]))
    assert (change.difference, change.lower, change.upper) == pytest.approx((-1.5, -2.989, -0.011), abs=0.0005)


def test_mix_and_true_effect() -> None:
    effect = mix_and_true_effect({"land": (900, 30), "civil": (140, 70)}, {"land": (1400, 50), "civil": (100, 50)})
    assert effect is not None
    assert (effect.previous, effect.current) == pytest.approx((10.4, 15.0))
    assert (effect.mix_effect, effect.true_effect, effect.entered_left_effect) == pytest.approx((5.4, -0.8, 0.0))


def test_mix_and_true_effect_with_a_new_procedure() -> None:
    effect = mix_and_true_effect({"civil": (140, 70)}, {"civil": (140, 70), "permit": (300, 30)})
    assert effect is not None
    assert (effect.total_change, effect.entered_left_effect) == pytest.approx((2.4, 2.4))


def test_pending(dossiers, clock: Clock) -> None:
    ages = measures.pending_by_age(counting.count_pending(dossiers, clock))
    bands = {(row["age_from"]): (row["in_time"], row["overdue"], row["paused"]) for _, row in ages.iterrows()}
    assert bands == {0: (1, 0, 0), 6: (0, 1, 1), 11: (0, 0, 0), 21: (0, 0, 0), 31: (0, 0, 0)}
    counted = counting.count_pending(dossiers, clock)
    overdue = counted[counted["state"] == "overdue"].iloc[0]
    assert (overdue["age_days"], overdue["overdue_days"]) == (9, 6)
