"""Self-scoring of an administrative-reform index: what there is to score, and the sheets offices fill in."""

from cchc_analysis.self_scoring.sheets import (
    TOTAL,
    IndexCriterion,
    IndexField,
    IndexSheet,
    index_names,
    load_index_sheets,
    read_index_sheet,
)
from cchc_analysis.self_scoring.workbook import TOTAL_CODE, Filled, Office, score_workbook, write_score_sheets

__all__ = [
    "TOTAL",
    "TOTAL_CODE",
    "Filled",
    "IndexCriterion",
    "IndexField",
    "IndexSheet",
    "Office",
    "index_names",
    "load_index_sheets",
    "read_index_sheet",
    "score_workbook",
    "write_score_sheets",
]
