"""Dossiers of the one-stop list against a second register. Pure functions of a count table."""

import pandas as pd

from cchc_analysis.counting import CONFLICTS, MATCHING_STATES
from cchc_analysis.measures.indicator import column_total, indicator_table, share_rows, stack
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

MATCHING_COLUMNS = tuple(f"n_{state}" for state in MATCHING_STATES)
"""Further columns of `dossiers_controlled`: how many dossiers are in each state."""

CONFLICT_MEASURES = tuple(f"conflict_{name}" for name in CONFLICTS)
"""Measures of `matching_conflicts`, in its order."""

RULES = {"shared": "units_in_both", "all": "all_units"}
"""Scope of the comparison → the rule that the tables print."""


def dossiers_controlled(
    counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), scope: str = "shared"
) -> pd.DataFrame:
    """Compute the share of the dossiers of the second register that the one-stop list holds as well.

    `counts`: result of count_matching with the same `scope`. Numerator: received in the window and found in both lists,
    with or without conflict; denominator: those and the ones only there. The ones only here need no second register:
    they stand beside it. Result: indicator table, measure `dossiers_controlled`, rule "units_in_both" or "all_units",
    with MATCHING_COLUMNS.
    """
    inside = months_of(period, counts, "received_month")
    states = {f"n_{state}": inside & (counts["state"] == state) for state in MATCHING_STATES}
    groups = column_total(counts, by, **states)
    found = groups["n_matched"] + groups["n_conflicting"]
    groups = groups.assign(numerator=found, denominator=found + groups["n_only_there"])
    rows = share_rows(groups, by, "numerator", "denominator")
    table = indicator_table(rows, by, "dossiers_controlled", period, RULES[scope])
    return table.assign(**{name: groups[name] for name in MATCHING_COLUMNS})


def matching_conflicts(
    counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), scope: str = "shared"
) -> pd.DataFrame:
    """Compute in what the two entries of a dossier differ, out of the dossiers found in both lists.

    `counts`: result of count_matching. Numerators: day of receipt differs (`conflict_received_on`), the unit there is
    neither the receiving nor the resolving one here (`conflict_unit`), closed in one list and open in the other
    (`conflict_closed_only_here`, `conflict_closed_only_there`), day of the end differs (`conflict_finished_on`). One
    dossier may show several. Denominator: received in the window, in both lists. Result: indicator table.
    """
    inside = months_of(period, counts, "received_month") & counts["state"].isin(["matched", "conflicting"])
    under = column_total(counts, by, denominator=inside)
    tables = []
    for name, measure in zip(CONFLICTS, CONFLICT_MEASURES, strict=True):
        over = column_total(counts.assign(n=counts[f"n_{name}"]), by, numerator=inside)["numerator"]
        rows = share_rows(under.assign(numerator=over), by, "numerator", "denominator")
        tables.append(indicator_table(rows, by, measure, period, RULES[scope]))
    return stack(tables)
