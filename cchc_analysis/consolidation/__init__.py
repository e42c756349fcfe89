"""Returns of units read as they were handed in, held against each other and the data, and summed."""

from cchc_analysis.consolidation.consolidated import ACCOUNTS, Account, Consolidation, consolidate
from cchc_analysis.consolidation.differences import KINDS, Difference
from cchc_analysis.consolidation.output import consolidation_mapping, consolidation_text, consolidation_workbook

__all__ = [
    "ACCOUNTS",
    "KINDS",
    "Account",
    "Consolidation",
    "Difference",
    "consolidate",
    "consolidation_mapping",
    "consolidation_text",
    "consolidation_workbook",
]
