"""Figures: indicator table in, matplotlib figure out; they compute nothing."""

from cchc_analysis.charts import (
    backlog,
    comparison_of_units,
    control_charts,
    digitisation,
    processing_time,
    registers,
    satisfaction,
    service_quality,
)

__all__ = [
    "backlog",
    "comparison_of_units",
    "control_charts",
    "digitisation",
    "processing_time",
    "registers",
    "satisfaction",
    "service_quality",
]
