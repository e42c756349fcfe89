"""The worked examples of docs/methods/backlog.md, integrity.md and of the drivers in change.md."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from cchc_analysis import measures
from cchc_analysis.counting import NO_TERM
from cchc_analysis.periods import parse_period
from cchc_analysis.stats import sign_test_greater

Q1, Q2 = parse_period("2023-Q1"), parse_period("2023-Q2")


def terms(rows: list[tuple[str, int, int, int]]) -> pd.DataFrame:
    """Terms count of (procedure, month, n, days)."""
    table = pd.DataFrame(rows, columns=["procedure", "closed_month", "n", "sum_working_days"])
    return table.assign(
        statutory_days=NO_TERM, committed_days=NO_TERM, day_kind="", sum_calendar_days=table["sum_working_days"]
    )


def durations(counted: pd.DataFrame) -> pd.DataFrame:
    """Durations count with the same numbers and days, one row per procedure: its days spread as evenly as they go."""
    rows = []
    for _, row in counted.iterrows():
        low, more = divmod(row["sum_working_days"], row["n"])
        rows += [(row["closed_month"], low, row["n"] - more), (row["closed_month"], low + 1, more)]
    table = pd.DataFrame(rows, columns=["closed_month", "duration", "n"])
    return table.assign(received_month=table["closed_month"], event="closed")


def drivers_of(counted: pd.DataFrame) -> tuple[measures.TimeChange, pd.DataFrame]:
    change = measures.time_change(durations(counted), counted, Q2, Q1)
    return change, measures.change_drivers(change, counted, Q2, Q1)


def test_drivers_of_change() -> None:
    before, now = Q1.months[0], Q2.months[0]
    counted = terms(
        [("land", before, 30, 900), ("civil", before, 70, 140), ("land", now, 50, 1400), ("civil", now, 50, 100)]
    )
    change, rows = drivers_of(counted)
    assert rows["procedure"].tolist() == ["land", "civil"]
    assert rows["contribution"].tolist() == pytest.approx([2.46, 2.14])
    assert rows.loc[0, ["base_n", "base_mean", "n", "mean"]].tolist() == [30, 30.0, 50, 28.0]
    whole = measures.summed_drivers(rows)
    assert whole["contribution"] == pytest.approx(change.difference)
    assert (whole["base_mean"], whole["mean"]) == (10.4, 15.0)


cells = st.tuples(st.sampled_from("abcd"), st.sampled_from([Q1.months[0], Q2.months[1]]), st.integers(1, 50))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(cells, st.integers(0, 400)), min_size=1, max_size=12))
def test_drivers_add_up_whatever_the_strata(given_cells: list[tuple[tuple[str, int, int], int]]) -> None:
    counted = terms([(*cell, days) for cell, days in given_cells])
    change, rows = drivers_of(counted)
    if change.difference is None:
        assert len(rows) == 0
        return
    assert rows["contribution"].sum() == pytest.approx(change.difference, abs=1e-9)
    assert rows[["n", "base_n"]].sum().tolist() == [change.n, change.base_n]
    parts = rows[["mix_effect", "true_effect", "turnover_effect"]].sum()
    assert parts.tolist() == pytest.approx([change.mix_effect, change.true_effect, change.turnover_effect], abs=1e-9)


def test_committed_and_actual_cut_stand_apart_by_kind_of_term() -> None:
    table = pd.DataFrame(
        [
            ("A", 10.0, 6.0, "working", 10, 60, 84),
            ("A", 10.0, 6.0, "calendar", 5, 20, 35),
            ("B", 1.5, 1.25, "working", 4, 4, 4),
            ("C", 1.0, 1.0, "working", 9, 1, 1),
            ("D", 10.0, NO_TERM, "working", 3, 9, 12),
        ],
        columns=[
            *("procedure", "statutory_days", "committed_days", "day_kind", "n"),
            *("sum_working_days", "sum_calendar_days"),
        ],
    ).assign(closed_month=Q2.months[0])
    rows = measures.cut_by_procedure(table, Q2).set_index(["procedure", "term_kind"])
    assert list(rows.index) == [("A", "working"), ("A", "calendar"), ("B", "hours")]
    assert rows["registered_cut"].tolist() == pytest.approx([0.4, 0.4, 1 / 6])
    assert rows["actual_cut"].tolist() == pytest.approx([0.4, 0.3, np.nan], nan_ok=True)
    assert rows["reached"].tolist() == [True, False, False]


def margins(units: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = [(unit, 0, n, 0) for unit, (n, _) in units.items()] + [(unit, -1, n, 0) for unit, (_, n) in units.items()]
    table = pd.DataFrame(rows, columns=["unit", "hours_left", "n", "n_equal"])
    return table.assign(closed_month=Q2.months[0], comparable=1)


def test_crowding_before_the_deadline() -> None:
    rows = measures.deadline_test(margins({"a": (15, 3), "b": (5, 4)}), Q2, ("unit",))
    assert rows["p_value"].tolist() == pytest.approx([988 / 262144, 0.5])
    assert rows["adjusted"].tolist() == pytest.approx([2 * 988 / 262144, 0.5])
    assert rows["crowded"].tolist() == [True, False]


def test_what_is_not_comparable_is_not_tested() -> None:
    table = margins({"a": (15, 3)}).assign(comparable=0)
    assert len(measures.deadline_test(table, Q2, ("unit",))) == 0


@pytest.mark.parametrize(("up", "down"), [(0, 0), (15, 3), (3, 15), (40, 40), (0, 5)])
def test_one_sided_sign_test_against_scipy_and_the_binomial_sum(up: int, down: int) -> None:
    found = sign_test_greater(up, down)
    if up + down == 0:
        assert found is None
        return
    # Reference: scipy.stats.binomtest, and the sum itself in whole numbers.
    assert found == pytest.approx(binomtest(up, up + down, alternative="greater").pvalue, rel=1e-12)
    assert found == pytest.approx(sum(comb(up + down, k) for k in range(up, up + down + 1)) / 2 ** (up + down))
