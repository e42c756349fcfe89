"""What a newer version of a report says differently: figure by figure, and how many dossiers came in late."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cchc_analysis.measures.indicator import column_total
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

FIGURE_PARTS = ("numerator", "denominator", "value", "n")
"""What a published figure is made of; a plain count has `n` alone, a share has all four."""

FIGURE_COLUMNS = ("unit", "figure", *FIGURE_PARTS)

REVISION_COLUMNS = (
    "unit",
    "figure",
    *(f"old_{part}" for part in FIGURE_PARTS),
    *(f"new_{part}" for part in FIGURE_PARTS),
    *(f"difference_{part}" for part in FIGURE_PARTS),
    "state",
)
"""Columns of `compare_figures`; `state`: "same", "changed", "new" (not told before), "gone" (not told any more)."""

ENTRY_COLUMNS = ("unit", "n_before", "n_now", "difference", "n_late", "n_corrected")
"""Columns of `late_entries`."""

Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Unit → figure → FIGURE_PARTS, as a manifest holds them."""


def figures_table(figures: Figures) -> pd.DataFrame:
    """Return published figures as a table: columns FIGURE_COLUMNS, one row per unit and figure, null where undefined.

    >>> figures_table({"all": {"received": {"numerator": None, "denominator": None, "value": None, "n": 7}}})
      unit    figure numerator denominator value  n
    0  all  received      <NA>        <NA>   NaN  7
    """
    rows = [
        {"unit": unit, "figure": name, **{part: parts.get(part) for part in FIGURE_PARTS}}
        for unit, named in figures.items()
        for name, parts in named.items()
    ]
    return typed_figures(pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)))


def figures_mapping(table: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    """Return a table of figures as a manifest holds them: whole numbers and None, never NaN.

    >>> table = figures_table({"all": {"received": {"n": 7}}})
    >>> figures_mapping(table)
    {'all': {'received': {'numerator': None, 'denominator': None, 'value': None, 'n': 7}}}
    """
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for row in typed_figures(table).itertuples(index=False):
        parts = {part: getattr(row, part) for part in FIGURE_PARTS}
        told.setdefault(str(row.unit), {})[str(row.figure)] = {
            part: None if pd.isna(value) else float(value) if part == "value" else int(value)
            for part, value in parts.items()
        }
    return told


def typed_figures(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of figures with its columns in order: counts whole or null, values floating."""
    kinds: dict[str, Any] = {"unit": "str", "figure": "str", "value": "float64"}
    kinds |= dict.fromkeys(("numerator", "denominator", "n"), "Int64")
    return table[list(FIGURE_COLUMNS)].astype({"value": "float64"}).astype(kinds)


def compare_figures(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Compare the figures of an earlier version with those of now, unit by unit and figure by figure.

    `old`, `new`: columns FIGURE_COLUMNS. Result: REVISION_COLUMNS, differences = new − old (null where one of them is
    not known), in the order of `new`, what is told no more last.

    >>> old, new = (figures_table({"all": {"received": {"n": n}}}) for n in (7, 9))
    >>> compare_figures(old, new)[["figure", "old_n", "new_n", "difference_n", "state"]]
         figure  old_n  new_n  difference_n    state
    0  received      7      9             2  changed
    """
    keys, parts = ["unit", "figure"], list(FIGURE_PARTS)
    named = [
        typed_figures(table).rename(columns={part: f"{age}_{part}" for part in parts})
        for age, table in (("new", new), ("old", old))
    ]
    both = named[0].merge(named[1], on=keys, how="left", indicator=True)
    gone = named[1].merge(named[0][keys], on=keys, how="left", indicator=True)
    gone = gone[gone["_merge"] == "left_only"].drop(columns="_merge").assign(state="gone")
    both = both.assign(state=both["_merge"].map({"left_only": "new", "both": "same"}).astype("str"))
    table = pd.concat([both, gone], ignore_index=True) if len(gone) else both
    table = table.assign(**{f"difference_{part}": table[f"new_{part}"] - table[f"old_{part}"] for part in parts})
    changed = pd.concat([_differs(table, part) for part in parts], axis=1).any(axis=1)
    table["state"] = table["state"].mask(changed & (table["state"] == "same"), "changed")
    return table[list(REVISION_COLUMNS)]


def _differs(table: pd.DataFrame, part: str) -> "pd.Series[bool]":
    """Mark where a part is not the same, null being the same as null."""
    old, new = table[f"old_{part}"], table[f"new_{part}"]
    return (old.isna() != new.isna()) | old.ne(new).fillna(False).astype(bool) & old.notna() & new.notna()


def late_entries(
    sources: pd.DataFrame, period: ReportPeriod, earlier_files: Iterable[str], received_before: Mapping[str, int]
) -> pd.DataFrame:
    """Say how many dossiers received in a period make the difference to an earlier version of its report.

    `sources`: count by unit, file and month of receipt (counting.count_sources); `earlier_files`: the files the earlier
    version rested on; `received_before`: unit → dossiers newly received that it told. Result: ENTRY_COLUMNS per unit in
    both: `n_late` stand in files that came in since; `n_corrected` = `difference` − `n_late` is the net rest: rows
    corrected, withdrawn, or told by a newer file in place of an earlier one.

    >>> from cchc_analysis.periods import parse_period
    >>> quarter = parse_period("2023-Q2")
    >>> month = quarter.months[0]
    >>> rows = [("phuong-1", "a.csv", month, 8), ("phuong-1", "b.csv", month, 3)]
    >>> sources = pd.DataFrame(rows, columns=["unit", "source_file", "received_month", "n"])
    >>> late_entries(sources, quarter, ["a.csv"], {"phuong-1": 9}).iloc[0].to_dict()
    {'unit': 'phuong-1', 'n_before': 9, 'n_now': 11, 'difference': 2, 'n_late': 3, 'n_corrected': -1}
    """
    inside = months_of(period, sources, "received_month")
    late = inside & ~sources["source_file"].isin(set(earlier_files))
    now = column_total(sources, ("unit",), n_now=inside, n_late=late)
    before = pd.DataFrame({"unit": list(received_before), "n_before": list(received_before.values())})
    table = before.astype({"unit": "str", "n_before": "int64"}).merge(now, on="unit", how="left")
    table = table.fillna({"n_now": 0, "n_late": 0}).astype({"n_now": "int64", "n_late": "int64"})
    table["difference"] = table["n_now"] - table["n_before"]
    table["n_corrected"] = table["difference"] - table["n_late"]
    return table[list(ENTRY_COLUMNS)]
