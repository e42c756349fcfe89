"""Hiding: whatever the table, whoever knows all that is left pins nothing hidden to less than the threshold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.disclosure import THRESHOLD, Cell, LinkedTables, hide, link, ranges, small

N_KINDS = 3


def cross_table(counts: np.ndarray) -> tuple[pd.DataFrame, list[Cell]]:
    """Return groups and all totals of a table of units, fields and kinds."""
    units, fields, kinds = counts.shape
    places = np.array(list(np.ndindex(units, fields, kinds)))
    groups = pd.DataFrame(places, columns=["unit", "field", "kind"]).assign(n=counts.ravel())
    cells = []
    for unit in (None, *range(units)):
        for field in (None, *range(fields)):
            for kind in (None, *range(kinds)):
                chosen = np.ones(len(groups), dtype=bool)
                for name, value in (("unit", unit), ("field", field), ("kind", kind)):
                    chosen &= True if value is None else (groups[name] == value).to_numpy()
                cost = (20.0 if unit is None else 1.0) * (5.0 if field is None else 1.0)
                cells.append(Cell((unit, field, kind), chosen, cost))
    return groups, cells


def narrowest(tables: LinkedTables, hidden: np.ndarray) -> float:
    """Return the narrowest range in which the attacker has a hidden figure."""
    found = ranges(tables, hidden)
    return float((found[:, 1] - found[:, 0]).min(initial=np.inf))


tables_of_counts = st.integers(1, 4).flatmap(
    lambda units: st.integers(1, 3).flatmap(
        lambda fields: st.lists(
            st.integers(0, 14), min_size=units * fields * N_KINDS, max_size=units * fields * N_KINDS
        ).map(lambda counts: np.array(counts).reshape(units, fields, N_KINDS))
    )
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(tables_of_counts)
def test_nothing_hidden_can_be_pinned_down(counts: np.ndarray) -> None:
    groups, cells = cross_table(counts)
    tables = link(groups, cells, ("unit", "field"))
    hidden = hide(tables)
    assert hidden[small(tables)].all()
    assert narrowest(tables, hidden) >= THRESHOLD - 1e-6


def test_hiding_the_small_ones_alone_would_not_do() -> None:
    """The attacker of these tests finds what is there to be found: without him they would prove nothing."""
    groups, cells = cross_table(np.array([[[3, 20, 9]], [[11, 30, 8]]]))
    tables = link(groups, cells, ("unit", "field"))
    assert narrowest(tables, small(tables)) == pytest.approx(0, abs=1e-6)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(tables_of_counts, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_figures_matters(counts: np.ndarray, chance: object) -> None:
    groups, cells = cross_table(counts)
    order = np.arange(len(groups))
    chance.shuffle(order)  # type: ignore[attr-defined]
    turned = [Cell(cell.key, cell.within[order], cell.cost) for cell in reversed(cells)]
    first = link(groups, cells, ("unit", "field"))
    second = link(groups.iloc[order].reset_index(drop=True), turned, ("unit", "field"))
    one, two = hide(first), hide(second)
    assert [one[first.rows[cell.key]] for cell in cells] == [two[second.rows[cell.key]] for cell in cells]


def test_what_follows_from_two_printed_figures_is_protected_though_nobody_prints_it() -> None:
    """100 of 102: the two that are left out are two people."""
    groups = pd.DataFrame({"unit": ["a", "a"], "n": [100, 2]})
    rest = np.array([False, True])
    cells = [Cell("of", np.array([True, True]), 5.0), Cell("good", ~rest), Cell("rest", rest, printed=False)]
    tables = link(groups, cells, ("unit",))
    hidden = hide(tables)
    assert hidden[tables.rows["good"]] or hidden[tables.rows["of"]]
    least, most = ranges(tables, hidden, [tables.rows["rest"]])[0]
    assert most - least >= THRESHOLD


def test_the_same_groups_under_two_names_are_hidden_under_both() -> None:
    groups = pd.DataFrame({"unit": ["a", "b"], "n": [3, 50]})
    one = np.array([True, False])
    tables = link(
        groups, [Cell("form", one), Cell("share", one.copy()), Cell("all", np.array([True, True]))], ("unit",)
    )
    hidden = hide(tables)
    assert tables.rows["form"] == tables.rows["share"]
    assert hidden[tables.rows["share"]]


def test_what_two_tables_of_the_same_dossiers_have_in_common_does_not_tell_the_hidden() -> None:
    """The 7 of a unit are hidden for the 2 among them; another table counts the same 7 for a purpose of its own."""
    first = pd.DataFrame({"unit": ["a", "a", "b", "b"], "n": [5, 2, 30, 40]})
    second = pd.DataFrame({"unit": ["a", "a", "b", "b"], "n": [6, 1, 35, 35]})
    groups = pd.concat([first, second], ignore_index=True)
    cells = []
    for place, name in enumerate(["one", "two"]):
        own = np.repeat([place == 0, place == 1], 4)
        for unit in ("a", "b"):
            mine = own & (groups["unit"] == unit).to_numpy()
            cells += [Cell((name, unit), mine), Cell((name, unit, "part"), mine & (np.arange(8) % 2 == 1))]
    tied = link(groups, cells, ("unit",), [np.array([1, 1, 2, 2, -1, -1, -2, -2])])
    hidden = hide(tied)
    assert hidden[small(tied)].all()
    assert narrowest(tied, hidden) >= THRESHOLD - 1e-6
    # Hidden in one table alone, the other tells it.
    one = np.zeros(len(tied.printed), dtype=bool)
    one[tied.rows[("one", "a")]] = True
    assert narrowest(tied, one) == pytest.approx(0, abs=1e-6)


def test_zero_and_what_is_large_enough_stay() -> None:
    groups, cells = cross_table(np.array([[[0, 5, 40]], [[0, 9, 30]]]))
    assert not hide(link(groups, cells, ("unit", "field"))).any()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(tables_of_counts, st.integers(0, 10**6))
def test_hiding_again_what_was_hidden_hides_nothing_more(counts: np.ndarray, chance: int) -> None:
    """Or every publication would hide more than the one before."""
    groups, cells = cross_table(counts)
    tables = link(groups, cells, ("unit", "field"))
    hidden = hide(tables)
    assert (hide(tables, also=hidden) == hidden).all()
    also = hidden.copy()
    also[chance % len(also)] = True
    more = hide(tables, also=also)
    assert (hide(tables, also=more) == more).all()
    assert narrowest(tables, more) >= THRESHOLD - 1e-6


def test_what_must_be_hidden_is_and_is_protected() -> None:
    groups, cells = cross_table(np.array([[[30, 20, 10]], [[40, 50, 60]], [[9, 8, 7]]]))
    tables = link(groups, cells, ("unit", "field"))
    also = np.zeros(len(tables.printed), dtype=bool)
    also[tables.rows[(0, None, 0)]] = True
    hidden = hide(tables, also=also)
    assert hidden[also].all()
    assert narrowest(tables, hidden) >= THRESHOLD


@pytest.mark.parametrize(
    ("counts", "fewest"),
    [
        # A small figure in one row of two: the corners of one rectangle, six of nine sums with one kind left over.
        (np.array([[[2, 20, 30]], [[25, 24, 40]]]), 4),
        (np.array([[[1, 9, 9]], [[9, 9, 9]], [[9, 9, 9]]]), 4),
    ],
)
def test_the_fewest_that_do_are_hidden_in_small_tables(counts: np.ndarray, fewest: int) -> None:
    groups, cells = cross_table(counts)
    tables = link(groups, cells, ("unit", "field"))
    assert int(hide(tables).sum()) == fewest
