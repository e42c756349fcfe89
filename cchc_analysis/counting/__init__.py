"""Classify each dossier once and count equal ones: written once, run on every engine."""

from cchc_analysis.counting.backlog import count_due_soon, count_stops
from cchc_analysis.counting.classify import DIMENSIONS, classify
from cchc_analysis.counting.clock import NEVER, Clock
from cchc_analysis.counting.digital import (
    HOUR_UNKNOWN,
    OFFICE_HOURS,
    OTHER_HOURS,
    count_digitisation,
    count_online,
    count_payments,
)
from cchc_analysis.counting.integrity import (
    CLOSING_SIGNALS,
    HOURS_AROUND,
    SIGNALS,
    count_deadline,
    count_integrity,
)
from cchc_analysis.counting.rule import OFFICIAL_FORM, RULES, STRICT, OnTimeRule, rule_named
from cchc_analysis.counting.tables import (
    NO_TERM,
    count_durations,
    count_filled,
    count_flow,
    count_outside,
    count_pending,
    count_procedures,
    count_terms,
)

__all__ = [
    "CLOSING_SIGNALS",
    "DIMENSIONS",
    "HOURS_AROUND",
    "HOUR_UNKNOWN",
    "NEVER",
    "NO_TERM",
    "OFFICE_HOURS",
    "OFFICIAL_FORM",
    "OTHER_HOURS",
    "RULES",
    "SIGNALS",
    "STRICT",
    "Clock",
    "OnTimeRule",
    "classify",
    "count_deadline",
    "count_digitisation",
    "count_due_soon",
    "count_durations",
    "count_filled",
    "count_flow",
    "count_integrity",
    "count_online",
    "count_outside",
    "count_payments",
    "count_pending",
    "count_procedures",
    "count_stops",
    "count_terms",
    "rule_named",
]
