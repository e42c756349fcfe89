"""Figures: indicator table in, matplotlib figure out; they compute nothing."""

from cchc_analysis.charts import processing_time

__all__ = ["processing_time"]
