"""Data quality: what was read, what was left out and why, what was kept but looks odd, which columns are filled in."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import CountingError
from cchc_analysis.frames import records

ACCOUNTS = ("read", "accepted", "rejected", "duplicates", "skipped")
"""The five numbers of the accounting of intake; the first is the sum of the others."""


def accounting_rows(intake: Mapping[str, Any]) -> pd.DataFrame:
    """Return the accounting of each source file, and prove that nothing was lost.

    `intake`: content of intake.json. Result: columns `file` and ACCOUNTS, one row per file in the order of the record.
    Raises CountingError when read ≠ accepted + rejected + duplicates + skipped in a file or in total.
    """
    table = pd.DataFrame([{name: entry[name] for name in ("file", *ACCOUNTS)} for entry in intake["files"]])
    if not len(table):
        table = pd.DataFrame({"file": pd.Series(dtype=str), **{name: pd.Series(dtype="int64") for name in ACCOUNTS}})
    whole: dict[str, Any] = {**{name: intake["total"][name] for name in ACCOUNTS}, "file": "total"}
    for row in [*records(table), whole]:
        parts = sum(row[name] for name in ACCOUNTS[1:])
        if row["read"] != parts:
            raise CountingError(
                f"The accounting of {row['file']} does not add up: {row['read']} rows read, {parts} accounted for.",
                f"Số dòng của {row['file']} không cân đối: đọc {row['read']} dòng, giải trình được {parts} dòng.",
            )
    return table


def rejected_by_rule(findings: pd.DataFrame, unit: str | None = None) -> pd.DataFrame:
    """Count rejected rows by the rule they break, for all units or one.

    `findings`: one row per finding with file, sheet, row, rule, severity, unit. A row that breaks several rules is
    counted
    under each of them, so the counts may add up to more than the rejected rows. Result: columns `rule`, `n_rows`.
    """
    return _by_rule(findings, ("reject",), unit)


def flags_by_rule(findings: pd.DataFrame, unit: str | None = None) -> pd.DataFrame:
    """Count the accepted rows that a rule marks as odd, for all units or one: columns `rule`, `severity`, `n_rows`."""
    found = _by_rule(findings, ("flag", "info"), unit)
    severity = findings.drop_duplicates("rule").set_index("rule")["severity"]
    return found.assign(severity=found["rule"].map(severity))


def _by_rule(findings: pd.DataFrame, severities: tuple[str, ...], unit: str | None) -> pd.DataFrame:
    inside = findings[findings["severity"].isin(severities)]
    if unit is not None:
        inside = inside[inside["unit"] == unit]
    rows = inside.drop_duplicates(["rule", "file", "sheet", "row"])
    counted = rows.groupby("rule", as_index=False).size().rename(columns={"size": "n_rows"})
    return counted.sort_values(["n_rows", "rule"], ascending=[False, True], ignore_index=True)


def completeness_rows(filled: pd.DataFrame) -> pd.DataFrame:
    """Turn a count of filled values into shares: columns `column`, `n_filled`, `n`, `value` (null where there is no
    row)."""
    return filled.assign(value=filled["n_filled"] / filled["n"].where(filled["n"] > 0))
