"""Exports of the one-stop office in, checked dossiers out; the only room that knows Vietnamese headers and Excel."""

from cchc_analysis.intake.mapping import ColumnMapping, load_mapping
from cchc_analysis.intake.pipeline import IntakeResult, intake

__all__ = ["ColumnMapping", "IntakeResult", "intake", "load_mapping"]
