"""Measures: pure functions of count tables and periods; they read nothing, draw nothing and know no clock."""

from cchc_analysis.measures.comparison import TimeChange, on_time_change, time_change
from cchc_analysis.measures.data_quality import (
    ACCOUNTS,
    accounting_rows,
    completeness_rows,
    flags_by_rule,
    rejected_by_rule,
)
from cchc_analysis.measures.indicator import INDICATOR_COLUMNS, single_row
from cchc_analysis.measures.processing_time import (
    AGE_BANDS,
    FORM_COLUMNS,
    check_identities,
    form_06a,
    on_time_share,
    outcome_shares,
    pending_by_age,
)
from cchc_analysis.measures.time_cut import (
    CUT_MEASURES,
    SAME_DAY,
    excluded_procedures,
    procedure_times,
    time_cut,
)
from cchc_analysis.measures.time_used import closed_shares, drawn_horizon, duration_curve, time_to_closing, time_used

__all__ = [
    "ACCOUNTS",
    "AGE_BANDS",
    "CUT_MEASURES",
    "FORM_COLUMNS",
    "INDICATOR_COLUMNS",
    "SAME_DAY",
    "TimeChange",
    "accounting_rows",
    "check_identities",
    "closed_shares",
    "completeness_rows",
    "drawn_horizon",
    "duration_curve",
    "excluded_procedures",
    "flags_by_rule",
    "form_06a",
    "on_time_change",
    "on_time_share",
    "outcome_shares",
    "pending_by_age",
    "procedure_times",
    "rejected_by_rule",
    "single_row",
    "time_change",
    "time_cut",
    "time_to_closing",
    "time_used",
]
