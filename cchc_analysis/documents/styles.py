"""The paper of an administrative document: size, margins and styles after Decree 30/2020, Annex I."""

from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt

from cchc_analysis.documents.drawing import page_number, restart_numbering, set_font, set_language

WIDTH_MM, HEIGHT_MM = 210, 297
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20, 20, 30, 15
"""A4; top and bottom 20–25 mm, left 30–35 mm, right 15–20 mm."""

BODY_PT, TABLE_PT, SMALL_PT = 14, 11, 11
FIRST_LINE_MM = 12.7

TEXT_MM = WIDTH_MM - LEFT_MM - RIGHT_MM
ACROSS_MM = HEIGHT_MM - LEFT_MM - RIGHT_MM
"""Width of the text on upright paper and on paper across."""


def set_up(document: Any, language: str) -> None:
    """Give an empty document its paper, its styles and its page number."""
    set_paper(document.sections[0], landscape=False)
    set_language(document.styles, language)
    _set_styles(document.styles)
    header = document.sections[0].header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page_number(header)


def set_paper(section: Any, *, landscape: bool) -> None:
    """Set size and margins of a section; its first page carries no number."""
    across, down = (HEIGHT_MM, WIDTH_MM) if landscape else (WIDTH_MM, HEIGHT_MM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(across), Mm(down)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    restart_numbering(section)


def _set_styles(styles: Any) -> None:
    _paragraphs(styles["Normal"], BODY_PT, after=0)
    for level, bold in ((1, True), (2, True), (3, False)):
        heading = _paragraphs(styles[f"Heading {level}"], BODY_PT, bold=bold, before=6, first_line=FIRST_LINE_MM)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.keep_together = True
    _paragraphs(styles["Title"], BODY_PT, bold=True, after=0, align=WD_ALIGN_PARAGRAPH.CENTER)
    for border in list(styles["Title"].element.pPr):
        if border.tag.endswith("}pBdr"):
            styles["Title"].element.pPr.remove(border)
    body = _paragraphs(styles["Body Text"], BODY_PT, align=WD_ALIGN_PARAGRAPH.JUSTIFY, first_line=FIRST_LINE_MM)
    body.paragraph_format.widow_control = True
    caption = _paragraphs(styles["Caption"], BODY_PT - 1, bold=True, before=6, align=WD_ALIGN_PARAGRAPH.CENTER)
    caption.paragraph_format.keep_with_next = True
    _paragraphs(_added(styles, "Table Text"), TABLE_PT, after=1, before=1)
    _paragraphs(_added(styles, "Table Note"), SMALL_PT, italic=True, before=3, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _paragraphs(_added(styles, "Rule"), 2, before=4, after=0)
    _paragraphs(styles["Header"], BODY_PT - 1, after=0)


def _added(styles: Any, name: str) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    return style


def _paragraphs(
    style: Any,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    before: float = 0,
    after: float = 6,
    first_line: float = 0,
    align: Any = None,
) -> Any:
    """Set font and paragraph of a style; every value is set, so that none is left over from the theme."""
    set_font(style, size, bold=bold, italic=italic)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    shape.first_line_indent = Mm(first_line)
    shape.left_indent = Mm(0)
    shape.alignment = align
    return style
