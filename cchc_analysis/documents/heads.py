"""Draws the head and the foot of an administrative document after Decree 30/2020: who, where, what; to whom and by
whom."""

from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from cchc_analysis.documents.drawing import (
    add_paragraph,
    keep_row_whole,
    mark_to_fill,
    rule,
    set_cell_margins,
    without_borders,
    write,
)
from cchc_analysis.documents.letterhead import Letterhead
from cchc_analysis.documents.styles import TEXT_MM
from cchc_analysis.errors import Language
from cchc_analysis.wording import document as say
from cchc_analysis.wording import pick

ISSUER_MM = 62
"""What is left of it must hold the name of the country on one line."""

HEAD_WIDTHS_MM = (ISSUER_MM, TEXT_MM - ISSUER_MM)
FOOT_WIDTHS_MM = (TEXT_MM / 2, TEXT_MM / 2)
HEAD_PT, MOTTO_PT, NUMBER_PT = 13, 14, 13
LIST_TITLE_PT, LIST_PT = 12, 11


def draw_head(document: Any, head: Letterhead, subject: str, language: Language) -> None:
    """Draw issuer and country side by side, number and date below them, then type, subject and addressee."""
    table = _side_by_side(document, 2, HEAD_WIDTHS_MM)
    _issuer(table.cell(0, 0), head)
    _country(table.cell(0, 1), language)
    _line(table.cell(1, 0), say.number_line(head.number, head.code, language), NUMBER_PT, before=4)
    _line(table.cell(1, 1), say.dated(head.place, head.signed_on, language), MOTTO_PT, italic=True, before=4)
    _title(document, subject, language)
    _addressee(document, head, language)


def _side_by_side(document: Any, rows: int, widths_mm: tuple[float, float]) -> Any:
    table = document.add_table(rows, 2)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    without_borders(table)
    set_cell_margins(table, 1)
    for row in table.rows:
        keep_row_whole(row)
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def _line(
    cell: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    first: bool = True,
    before: float = 0,
) -> Any:
    """Write a centred line into a cell: its first paragraph, or a further one."""
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    return write(paragraph, text, bold=bold, italic=italic, size=size)


def _issuer(cell: Any, head: Letterhead) -> None:
    above = [(head.superior, False)] if head.superior else []
    for place, (text, bold) in enumerate([*above, *((name, True) for name in head.issuer)]):
        run = _line(cell, text, HEAD_PT, bold=bold, first=place == 0)
        if text.startswith("["):
            mark_to_fill(run)
    rule(cell, HEAD_WIDTHS_MM[0] * 0.34)


def _country(cell: Any, language: Language) -> None:
    _line(cell, pick(language, *say.COUNTRY), HEAD_PT, bold=True)
    _line(cell, pick(language, *say.MOTTO), MOTTO_PT, bold=True, first=False)
    # As long as the motto above it in this size.
    rule(cell, 20 if language == "vi" else 14)


def _title(document: Any, subject: str, language: Language) -> None:
    title = add_paragraph(document, "Title")
    title.paragraph_format.space_before = Pt(18)
    write(title, pick(language, *say.TYPE))
    write(add_paragraph(document, "Title"), subject)
    rule(document, TEXT_MM * 0.36).paragraph_format.space_after = Pt(12)


def _addressee(document: Any, head: Letterhead, language: Language) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(12)
    write(paragraph, pick(language, "Kính gửi:", "To:"))
    paragraph.add_run(" ")
    if head.addressee:
        write(paragraph, head.addressee)
    else:
        run = write(paragraph, pick(language, "[cơ quan nhận báo cáo]", "[the body that receives the report]"))
        mark_to_fill(run)


def draw_foot(document: Any, head: Letterhead, language: Language) -> None:
    """Draw the receivers on the left and the signature on the right, kept on one page."""
    gap = document.add_paragraph()
    gap.paragraph_format.keep_with_next = True
    table = _side_by_side(document, 1, FOOT_WIDTHS_MM)
    _receivers(table.cell(0, 0), head, language)
    _signature(table.cell(0, 1), head, language)


def _receivers(cell: Any, head: Letterhead, language: Language) -> None:
    write(cell.paragraphs[0], pick(language, "Nơi nhận:", "Receivers:"), bold=True, italic=True, size=LIST_TITLE_PT)
    lines = (
        (pick(language, "- Như trên;", "- as above;"), False),
        (pick(language, "- [nơi nhận khác];", "- [other receivers];"), True),
        (pick(language, "- Lưu: VT, [đơn vị soạn thảo].", "- File: VT, [drafting unit]."), True),
    )
    for text, open_place in lines:
        run = write(cell.add_paragraph(), text, size=LIST_PT)
        if open_place:
            mark_to_fill(run)


def _signature(cell: Any, head: Letterhead, language: Language) -> None:
    first = True
    if head.is_committee:
        _line(cell, pick(language, "TM. ỦY BAN NHÂN DÂN", "FOR THE PEOPLE'S COMMITTEE"), MOTTO_PT, bold=True)
        first = False
    told = pick(language, "[CHỨC VỤ CỦA NGƯỜI KÝ]", "[POSITION OF THE SIGNER]")
    mark_to_fill(_line(cell, told, MOTTO_PT, bold=True, first=first))
    for _ in range(4):
        cell.add_paragraph()
    told = pick(language, "[Họ và tên]", "[Name]")
    mark_to_fill(_line(cell, told, MOTTO_PT, bold=True, first=False))
