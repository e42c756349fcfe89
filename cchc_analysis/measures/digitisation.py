"""Digitisation: documents digitised and reused, results digitised. Pure functions of count tables."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cchc_analysis.measures.indicator import share_table
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

DIGITISATION_MEASURES = ("documents_digitised", "documents_reused", "result_digitised")
"""Measures of the table, named after the columns of dossiers they count."""

FURTHER_DIGITISATION_MEASURES = ("reused_from_store", "reused_from_results", "result_electronic")
"""Measures of the same table that tell more: reused from the store of the national portal, reused from results of other
dossiers, result handed out in electronic form."""

NEVER_OBLIGED = 1 << 30


def digitisation_shares(
    counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), since: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Compute the shares of dossiers whose documents were digitised or reused, and whose result is digital.

    `counts`: result of count_digitisation. Documents: out of the dossiers received in the window. Results: out of those
    closed in it, withdrawn ones left out (they have no result). Only dossiers whose flag is stated are counted.
    `since`: unit → how many starts its dossiers must have reached to be under the duty; then `counts` needs `unit`, and
    dossiers of units that are not named, or received before the start, are left out. None counts all.
    Result: indicator table of DIGITISATION_MEASURES and FURTHER_DIGITISATION_MEASURES, rule "all" or "from_start", with
    two more columns: `n_not_stated` (flag missing, in no denominator) and `n_before_start` (left out by `since`).
    """
    obliged = np.ones(len(counts), dtype=bool)
    if since is not None:
        needed = counts["unit"].map(dict(since)).fillna(NEVER_OBLIGED).astype("int64")
        obliged = (counts["starts_reached"] >= needed).to_numpy(dtype=bool)
    received = months_of(period, counts, "received_month")
    resolved = months_of(period, counts, "closed_month") & (counts["withdrawn"] == 0).to_numpy(dtype=bool)
    of_results = ("result_digitised", "result_electronic")
    questions = {}
    for name in (*DIGITISATION_MEASURES, *FURTHER_DIGITISATION_MEASURES):
        flag, base = counts[name].to_numpy(), resolved if name in of_results else received
        under = base & obliged
        questions[name] = {
            "numerator": under & (flag == 1),
            "denominator": under & (flag >= 0),
            "n_not_stated": under & (flag < 0),
            "n_before_start": base & ~obliged,
        }
    return share_table(counts, period, by, questions, "all" if since is None else "from_start")
