"""Figures: indicator table in, matplotlib figure out; they compute nothing."""

from cchc_analysis.charts import (
    backlog,
    comparison_of_units,
    control_charts,
    digitisation,
    explore,
    index_series,
    processing_time,
    registers,
    satisfaction,
    scorecard,
    service_quality,
)

__all__ = [
    "backlog",
    "comparison_of_units",
    "control_charts",
    "digitisation",
    "explore",
    "index_series",
    "processing_time",
    "registers",
    "satisfaction",
    "scorecard",
    "service_quality",
]
