"""Classify each dossier once and count equal ones: written once, run on every engine."""

from cchc_analysis.counting.answers import SURVEY_DIMENSIONS, check_survey_dimensions, count_answers
from cchc_analysis.counting.backlog import count_due_soon, count_stops
from cchc_analysis.counting.by_unit import count_filled_by_unit, count_procedures_by_unit
from cchc_analysis.counting.classify import DIMENSIONS
from cchc_analysis.counting.clock import NEVER, Clock
from cchc_analysis.counting.dated import date_dossiers
from cchc_analysis.counting.digital import (
    DIGITISATION_FLAGS,
    HOUR_UNKNOWN,
    OFFICE_HOURS,
    OTHER_HOURS,
    count_digitisation,
    count_hours,
    count_online,
    count_payments,
    count_ways,
)
from cchc_analysis.counting.handed_over import count_handed_over
from cchc_analysis.counting.integrity import (
    CLOSING_SIGNALS,
    HOURS_AROUND,
    SIGNALS,
    count_deadline,
    count_integrity,
)
from cchc_analysis.counting.looks import DatedDossiers
from cchc_analysis.counting.matching import CONFLICTS, MATCHING_STATES, count_matching
from cchc_analysis.counting.numbers import SERIES, count_number_gaps
from cchc_analysis.counting.ratings import count_ratings
from cchc_analysis.counting.registers import (
    CATALOGUE_DAYS,
    CATALOGUE_FLAGS,
    NO_DAY,
    REGISTER_DIMENSIONS,
    WAYS,
    ClassifiedPayments,
    check_register_dimensions,
    classify_payments,
    count_catalogue,
    count_copies,
    count_feedback,
    count_paying_dossiers,
    count_payment_agreement,
    count_payment_forms,
)
from cchc_analysis.counting.rule import OFFICIAL_FORM, RULES, STRICT, OnTimeRule, rule_named
from cchc_analysis.counting.sources import count_sources
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
    "CATALOGUE_DAYS",
    "CATALOGUE_FLAGS",
    "CLOSING_SIGNALS",
    "CONFLICTS",
    "DIGITISATION_FLAGS",
    "DIMENSIONS",
    "HOURS_AROUND",
    "HOUR_UNKNOWN",
    "MATCHING_STATES",
    "NEVER",
    "NO_DAY",
    "NO_TERM",
    "OFFICE_HOURS",
    "OFFICIAL_FORM",
    "OTHER_HOURS",
    "REGISTER_DIMENSIONS",
    "RULES",
    "SERIES",
    "SIGNALS",
    "STRICT",
    "SURVEY_DIMENSIONS",
    "WAYS",
    "ClassifiedPayments",
    "Clock",
    "DatedDossiers",
    "OnTimeRule",
    "check_register_dimensions",
    "check_survey_dimensions",
    "classify_payments",
    "count_answers",
    "count_catalogue",
    "count_copies",
    "count_deadline",
    "count_digitisation",
    "count_due_soon",
    "count_durations",
    "count_feedback",
    "count_filled",
    "count_filled_by_unit",
    "count_flow",
    "count_handed_over",
    "count_hours",
    "count_integrity",
    "count_matching",
    "count_number_gaps",
    "count_online",
    "count_outside",
    "count_paying_dossiers",
    "count_payment_agreement",
    "count_payment_forms",
    "count_payments",
    "count_pending",
    "count_procedures",
    "count_procedures_by_unit",
    "count_ratings",
    "count_sources",
    "count_stops",
    "count_terms",
    "count_ways",
    "date_dossiers",
    "rule_named",
]
