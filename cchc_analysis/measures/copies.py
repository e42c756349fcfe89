"""Certified copies: electronic ones, requests certified, how many copies. Pure functions of a count table."""

import pandas as pd

from cchc_analysis.measures.indicator import share_table
from cchc_analysis.measures.windows import has, months_of
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
    ended, refused = has(counts, "state", "certified"), received & has(counts, "state", "refused")
    done, stated = certified & ended, ~has(counts, "form", "")
    bases = {
        "copies_electronic": (done & has(counts, "form", "electronic"), done & stated, done & ~stated),
        "copies_certified": (received & ended, received, received & ~received),
    }
    questions = {
        name: {"numerator": over, "denominator": under, "n_not_stated": missing, "n_refused": refused}
        for name, (over, under, missing) in bases.items()
    }
    return share_table(counts, period, by, questions)


def copies_by_form(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the requests certified in the window and their copies by form.

    `counts`: result of count_copies. Result: columns `by` and FORM_COLUMNS_OF_COPIES: `form` ("electronic", "paper", ""
    = not stated), `n` requests, `copies`, `n_without_number` (requests that do not say how many copies, none of which
    is in `copies`).
    """
    done = counts[months_of(period, counts, "certified_month") & (counts["state"] == "certified")]
    sums = done.groupby([*by, "form"], as_index=False, sort=True)[["n", "copies", "n_without_number"]].sum()
    return sums[[*by, *FORM_COLUMNS_OF_COPIES]].reset_index(drop=True)
