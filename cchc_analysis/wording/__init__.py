"""Words and sentences of the pages, Vietnamese by default, English by parameter; they compute nothing."""

from cchc_analysis.wording import (
    backlog,
    change,
    comparison_of_units,
    control_charts,
    data_quality,
    digitisation,
    integrity,
    processing_time,
)
from cchc_analysis.wording.words import in_sentence, pick, plural, word

__all__ = [
    "backlog",
    "change",
    "comparison_of_units",
    "control_charts",
    "data_quality",
    "digitisation",
    "in_sentence",
    "integrity",
    "pick",
    "plural",
    "processing_time",
    "word",
]
