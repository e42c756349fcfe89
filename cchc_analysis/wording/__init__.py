"""Words and sentences of the pages, Vietnamese by default, English by parameter; they compute nothing."""

from cchc_analysis.wording import (
    attention,
    backlog,
    change,
    comparison_of_units,
    control_charts,
    coverage,
    data_quality,
    digitisation,
    integrity,
    processing_time,
    registers,
    satisfaction,
    service_quality,
    survey_change,
    survey_quality,
    survey_terms,
)
from cchc_analysis.wording.words import in_sentence, pick, plural, word

__all__ = [
    "attention",
    "backlog",
    "change",
    "comparison_of_units",
    "control_charts",
    "coverage",
    "data_quality",
    "digitisation",
    "in_sentence",
    "integrity",
    "pick",
    "plural",
    "processing_time",
    "registers",
    "satisfaction",
    "service_quality",
    "survey_change",
    "survey_quality",
    "survey_terms",
    "word",
]
