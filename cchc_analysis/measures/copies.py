"""Certified copies: electronic ones, requests certified, how many copies. Pure functions of a count table."""

import pandas as pd

from cchc_analysis.measures.indicator import column_total, indicator_table, share_rows, stack
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

COPY_MEASURES = ("copies_electronic", "copies_certified")
"""Measures of the table, in its order."""

COPY_COLUMNS = ("n_not_stated", "n_refused")
"""Further columns: requests whose form is missing (of the second measure: 0), and those that were refused."""

FORM_COLUMNS_OF_COPIES = ("form", "n", "copies", "n_without_number")
"""Columns of `copies_by_form`, after its grouping columns."""


def copy_shares(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of electronic ones among the requests certified, and of certified ones among those received.

    `counts`: result of count_copies. `copies_electronic`: electronic / certified in the window, form stated.
    `copies_certified`: certified by `as_of` / received in the window, refused ones included.
    Result: indicator table with COPY_COLUMNS; `n_refused`: received in the window and refused.
    """
    received, certified = (months_of(period, counts, name) for name in ("received_month", "certified_month"))
    done = certified & (counts["state"] == "certified")
    stated = counts["form"] != ""
    refused = received & (counts["state"] == "refused")
    bases = {
        "copies_electronic": (done & (counts["form"] == "electronic"), done & stated, done & ~stated),
        "copies_certified": (received & (counts["state"] == "certified"), received, received & ~received),
    }
    tables = []
    for name, (over, under, not_stated) in bases.items():
        groups = column_total(counts, by, numerator=over, denominator=under, n_not_stated=not_stated, n_refused=refused)
        table = indicator_table(share_rows(groups, by, "numerator", "denominator"), by, name, period)
        tables.append(table.assign(n_not_stated=groups["n_not_stated"], n_refused=groups["n_refused"]))
    return stack(tables)


def copies_by_form(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the requests certified in the window and their copies by form.

    `counts`: result of count_copies. Result: columns `by` and FORM_COLUMNS_OF_COPIES: `form` ("electronic", "paper", ""
    = not stated), `n` requests, `copies`, `n_without_number` (requests that do not say how many copies, none of which
    is in `copies`).
    """
    done = counts[months_of(period, counts, "certified_month") & (counts["state"] == "certified")]
    sums = done.groupby([*by, "form"], as_index=False, sort=True)[["n", "copies", "n_without_number"]].sum()
    return sums[[*by, *FORM_COLUMNS_OF_COPIES]].reset_index(drop=True)
