"""Draws a report on paper: head, text, tables, foot and annexes, as the bytes of a .docx file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH

from cchc_analysis.documents.blocks import Annex, Block, Heading, Paragraph, Table
from cchc_analysis.documents.drawing import add_paragraph, mark_to_fill, rule, write
from cchc_analysis.documents.heads import draw_foot, draw_head
from cchc_analysis.documents.letterhead import Letterhead
from cchc_analysis.documents.packing import repacked
from cchc_analysis.documents.styles import ACROSS_MM, TEXT_MM, set_paper, set_up
from cchc_analysis.documents.table_drawing import draw_table
from cchc_analysis.errors import Language
from cchc_analysis.text import clean_text
from cchc_analysis.wording import document as say
from cchc_analysis.wording import pick

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
THUMBNAIL = "/thumbnail"
MOST = 255
"""Letters that a property of a document holds."""


@dataclass(frozen=True)
class Report:
    """A whole document in words; `written_at`: the moment its properties carry, as nobody reads the clock."""

    letterhead: Letterhead
    subject: str
    opening: str
    blocks: tuple[Block, ...]
    closing: str
    annexes: tuple[Annex, ...]
    written_at: datetime
    language: Language = "vi"


def draw(report: Report) -> bytes:
    """Return the .docx file of a report; the same report gives the same bytes."""
    document = Document()
    set_up(document, report.language)
    _set_properties(document, report)
    draw_head(document, report.letterhead, report.subject, report.language)
    _draw_block(document, Paragraph(report.opening), TEXT_MM)
    for block in report.blocks:
        _draw_block(document, block, TEXT_MM)
    _draw_block(document, Paragraph(report.closing), TEXT_MM)
    draw_foot(document, report.letterhead, report.language)
    for place, annex in enumerate(report.annexes):
        mark = f" {ROMAN[place]}" if len(report.annexes) > 1 else ""
        _draw_annex(document, annex, mark, report)
    buffer = BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue())


def _set_properties(document: Any, report: Report) -> None:
    """Say what the document is; the template's picture of another document goes."""
    told = document.core_properties
    told.title, told.author = (clean_text(text)[:MOST] for text in (report.subject, " ".join(report.letterhead.issuer)))
    told.subject = ""
    told.comments = told.keywords = told.category = told.last_modified_by = ""
    told.created = told.modified = report.written_at
    told.language, told.revision = report.language, 1
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith(THUMBNAIL)]:
        del relations[key]


def _draw_block(document: Any, block: Block, width_mm: float) -> None:
    if isinstance(block, Heading):
        write(add_paragraph(document, f"Heading{block.level}"), block.text)
    elif isinstance(block, Table):
        draw_table(document, block, width_mm)
    else:
        _draw_paragraph(document, block)


def _draw_paragraph(document: Any, block: Paragraph) -> None:
    paragraph = add_paragraph(document, "BodyText")
    lead = "- " if block.kind == "item" else ""
    run = write(paragraph, lead + block.text, italic=True if block.kind == "remark" else None)
    if block.kind == "fill":
        mark_to_fill(run)


def _draw_annex(document: Any, annex: Annex, mark: str, report: Report) -> None:
    set_paper(document.add_section(WD_SECTION.NEW_PAGE), landscape=annex.landscape)
    language = report.language
    _centred(document, f"{pick(language, *say.ANNEX)}{mark}", "Title")
    _centred(document, annex.title.upper(), "Title")
    write(_centred(document, "", "Normal"), say.enclosed(report.letterhead.code, language), italic=True)
    width = ACROSS_MM if annex.landscape else TEXT_MM
    rule(document, width * 0.42)
    _draw_all(document, annex.blocks, width)


def _draw_all(document: Any, blocks: Sequence[Block], width_mm: float) -> None:
    for block in blocks:
        _draw_block(document, block, width_mm)


def _centred(document: Any, text: str, style: str) -> Any:
    paragraph = add_paragraph(document, style)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if text:
        write(paragraph, text)
    return paragraph
