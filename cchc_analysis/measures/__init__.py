"""Measures: pure functions of count tables and periods; they read nothing, draw nothing and know no clock."""

from cchc_analysis.measures.backlog import (
    BACKLOG_MEASURES,
    SOON_DAYS,
    backlog,
    due_soon,
    overdue_pareto,
    stopped_clock,
)
from cchc_analysis.measures.change_drivers import change_drivers, summed_drivers
from cchc_analysis.measures.comparison import (
    FALSE_FINDINGS,
    TimeChange,
    apart_from_others,
    on_time_change,
    time_change,
)
from cchc_analysis.measures.comparison_of_units import (
    COMPARISON_COLUMNS,
    VERDICTS,
    funnel_lines,
    unit_comparison,
    unit_spread,
    verdict_counts,
)
from cchc_analysis.measures.control_charts import (
    CHART_COLUMNS,
    ENOUGH_MONTHS,
    duration_chart,
    on_time_chart,
    signal_runs,
)
from cchc_analysis.measures.data_quality import (
    ACCOUNTS,
    accounting_rows,
    completeness_rows,
    flags_by_rule,
    rejected_by_rule,
)
from cchc_analysis.measures.digitisation import DIGITISATION_MEASURES, digitisation_shares
from cchc_analysis.measures.indicator import INDICATOR_COLUMNS, single_row
from cchc_analysis.measures.integrity import deadline_test, hours_to_deadline, integrity
from cchc_analysis.measures.online_service import (
    HOUR_MEASURES,
    ONLINE_MEASURES,
    PAYMENT_MEASURES,
    cashless,
    online_procedures,
    online_shares,
    sending_hours,
)
from cchc_analysis.measures.procedure_cuts import cut_by_procedure
from cchc_analysis.measures.processing_time import (
    AGE_BANDS,
    FORM_COLUMNS,
    check_identities,
    form_06a,
    on_time_share,
    outcome_shares,
    pending_by_age,
)
from cchc_analysis.measures.target import Target, Verdict
from cchc_analysis.measures.time_cut import (
    CUT_MEASURES,
    SAME_DAY,
    excluded_procedures,
    procedure_times,
    time_cut,
)
from cchc_analysis.measures.time_used import closed_shares, drawn_horizon, duration_curve, time_to_closing, time_used
from cchc_analysis.measures.year_end import YearEnd, year_end

__all__ = [
    "ACCOUNTS",
    "AGE_BANDS",
    "BACKLOG_MEASURES",
    "CHART_COLUMNS",
    "COMPARISON_COLUMNS",
    "CUT_MEASURES",
    "DIGITISATION_MEASURES",
    "ENOUGH_MONTHS",
    "FALSE_FINDINGS",
    "FORM_COLUMNS",
    "HOUR_MEASURES",
    "INDICATOR_COLUMNS",
    "ONLINE_MEASURES",
    "PAYMENT_MEASURES",
    "SAME_DAY",
    "SOON_DAYS",
    "VERDICTS",
    "Target",
    "TimeChange",
    "Verdict",
    "YearEnd",
    "accounting_rows",
    "apart_from_others",
    "backlog",
    "cashless",
    "change_drivers",
    "check_identities",
    "closed_shares",
    "completeness_rows",
    "cut_by_procedure",
    "deadline_test",
    "digitisation_shares",
    "drawn_horizon",
    "due_soon",
    "duration_chart",
    "duration_curve",
    "excluded_procedures",
    "flags_by_rule",
    "form_06a",
    "funnel_lines",
    "hours_to_deadline",
    "integrity",
    "on_time_change",
    "on_time_chart",
    "on_time_share",
    "online_procedures",
    "online_shares",
    "outcome_shares",
    "overdue_pareto",
    "pending_by_age",
    "procedure_times",
    "rejected_by_rule",
    "sending_hours",
    "signal_runs",
    "single_row",
    "stopped_clock",
    "summed_drivers",
    "time_change",
    "time_cut",
    "time_to_closing",
    "time_used",
    "unit_comparison",
    "unit_spread",
    "verdict_counts",
    "year_end",
]
