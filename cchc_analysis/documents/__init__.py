"""Reports as documents (.docx) in the layout of Decree 30/2020: the figures and sentences of the pages, on paper."""

from cchc_analysis.documents.letterhead import Letterhead, letterhead_of
from cchc_analysis.documents.outline import Outline, load_outline
from cchc_analysis.documents.report import report_document, report_documents

__all__ = [
    "Letterhead",
    "Outline",
    "letterhead_of",
    "load_outline",
    "report_document",
    "report_documents",
]
