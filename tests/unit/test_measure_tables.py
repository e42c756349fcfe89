"""Tables of shares: several questions of one count table in one go, the same as asked one by one with pandas."""

import numpy as np
import pandas as pd
import pytest

from cchc_analysis.errors import CountingError
from cchc_analysis.measures.indicator import INDICATOR_COLUMNS, column_total, share_table, single_row
from cchc_analysis.periods import parse_period
from cchc_analysis.stats.proportions import wilson_interval

PERIOD = parse_period("2023-Q2")
COUNTS = pd.DataFrame(
    {
        "unit": ["w", "v", "w", None, "v", "w"],
        "field": ["b", "a", "a", "a", "a", "b"],
        "state": ["on", "on", "off", "on", "", "off"],
        "n": [3, 5, 7, 11, 13, 2**60],
    }
)
ON, KNOWN = (COUNTS["state"] == "on"), (COUNTS["state"] != "")


@pytest.mark.parametrize("by", [("unit",), ("field",), ("unit", "field"), ("field", "unit")])
def test_sums_by_group_are_those_of_a_groupby_in_its_order_and_exact(by: tuple[str, ...]) -> None:
    found = column_total(COUNTS, by, on=ON, known=KNOWN.to_numpy())

    parts = COUNTS[list(by)].assign(on=COUNTS["n"].where(ON, 0), known=COUNTS["n"].where(KNOWN, 0))
    expected = parts.groupby(list(by), as_index=False, sort=True, dropna=False)[["on", "known"]].sum()
    pd.testing.assert_frame_equal(found, expected)
    assert found["known"].sum() == 3 + 5 + 7 + 11 + 2**60, "as floats the last digits would be lost"


def test_without_groups_there_is_one_row_and_without_rows_no_group() -> None:
    nothing = COUNTS.iloc[:0]
    none = np.zeros(0, dtype=bool)

    assert column_total(COUNTS, (), on=ON).to_dict("records") == [{"on": 19}]
    assert column_total(nothing, (), on=none).to_dict("records") == [{"on": 0}]
    assert column_total(nothing, ("unit", "field"), on=none).columns.tolist() == ["unit", "field", "on"]
    assert len(column_total(nothing, ("unit", "field"), on=none)) == 0


def test_questions_stand_under_each_other_with_their_intervals_and_what_is_left_out() -> None:
    questions = {
        "first": {"numerator": ON & KNOWN, "denominator": KNOWN, "n_not_stated": ~KNOWN},
        "second": {"numerator": ON & ~ON, "denominator": ON & ~ON, "n_not_stated": ON},
    }

    table = share_table(COUNTS.iloc[:5], PERIOD, ("field",), _cut(questions), "rule")

    assert table.columns.tolist() == ["field", *INDICATOR_COLUMNS, "n_not_stated"]
    assert table[["field", "measure"]].to_numpy().tolist() == [
        ["a", "first"],
        ["b", "first"],
        ["a", "second"],
        ["b", "second"],
    ]
    row = single_row(table, field="a", measure="first")
    assert (row["numerator"], row["denominator"], row["n_not_stated"], row["value"]) == (16, 23, 13, 16 / 23)
    assert (row["lower"], row["upper"]) == wilson_interval(16, 23)
    assert (row["rule"], row["window_from"], row["suppressed"]) == ("rule", PERIOD.start, False)
    nothing = table[table["measure"] == "second"]
    assert nothing[["value", "lower", "upper"]].isna().all(axis=None)
    assert nothing["n_not_stated"].tolist() == [16, 3]


def _cut(questions: "dict[str, dict[str, pd.Series[bool]]]") -> "dict[str, dict[str, np.ndarray]]":
    return {name: {key: mask.to_numpy()[:5] for key, mask in masks.items()} for name, masks in questions.items()}


def test_a_part_larger_than_its_whole_is_refused() -> None:
    with pytest.raises(CountingError, match="numerator is larger than denominator"):
        share_table(COUNTS, PERIOD, (), {"wrong": {"numerator": KNOWN, "denominator": ON}})


def test_a_single_row_is_the_only_one() -> None:
    table = pd.DataFrame({"measure": ["a", "a", "b"], "unit": ["v", "w", "v"], "n": [1, 2, 3]})

    assert single_row(table, measure="a", unit="w") == {"measure": "a", "unit": "w", "n": 2}
    for where, n in (({"measure": "a"}, 2), ({"measure": "c"}, 0)):
        with pytest.raises(CountingError, match=f"found {n}"):
            single_row(table, **where)
