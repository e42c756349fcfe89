"""Classify each dossier once and count equal ones: written once, run on every engine."""

from cchc_analysis.counting.classify import DIMENSIONS, classify
from cchc_analysis.counting.clock import NEVER, Clock
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
    "DIMENSIONS",
    "NEVER",
    "NO_TERM",
    "OFFICIAL_FORM",
    "RULES",
    "STRICT",
    "Clock",
    "OnTimeRule",
    "classify",
    "count_durations",
    "count_filled",
    "count_flow",
    "count_outside",
    "count_pending",
    "count_procedures",
    "count_terms",
    "rule_named",
]
