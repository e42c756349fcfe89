"""Did the cut reach the citizen: what was registered and what was used, procedure by procedure."""

import pandas as pd

from cchc_analysis.counting import NO_TERM
from cchc_analysis.measures.time_cut import HOURS, SAME_DAY, procedure_times, term_kinds
from cchc_analysis.periods import ReportPeriod


def cut_by_procedure(terms: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Set the registered cut (law → committed) beside the actual one (law → used) for each procedure.

    `terms`: a terms count. Only dossiers closed in the window whose law and commitment are known, with more than
    SAME_DAY days by law. Terms of working days, calendar days and hours (see measures.time_cut.term_kinds) are
    never put together: days used say nothing about a term in hours, so its actual cut is null.
    Result: columns `by`, `procedure`, `term_kind` ("working", "calendar", "hours", "" = kind not stated), `n`,
    `statutory_days`, `committed_days`, `used_days`, `registered_cut`, `actual_cut`, `reached` (actual ≥ registered;
    False where the actual cut is null), the most dossiers first.
    """
    known = (terms["statutory_days"] > SAME_DAY) & (terms["committed_days"] != NO_TERM)
    usable = terms[known]
    kinds = usable.assign(day_kind=term_kinds(usable))
    rows = procedure_times(kinds, period, by).rename(columns={"day_kind": "term_kind"})
    measured = rows["term_kind"] != HOURS
    rows = rows.assign(
        used_days=rows["used_days"].where(measured),
        registered_cut=1 - rows["committed_days"] / rows["statutory_days"],
        actual_cut=(1 - rows["used_days"] / rows["statutory_days"]).where(measured),
    )
    # Both cuts have the same law below: the days decide without rounding.
    rows = rows.assign(reached=measured & (rows["used_days"] <= rows["committed_days"]))
    return rows.drop(columns="over_commitment_days").sort_values(
        ["n", "procedure"], ascending=[False, True], ignore_index=True
    )
