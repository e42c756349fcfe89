"""Small pieces of WordprocessingML that python-docx has no call for: fonts of all scripts, rules, fields, repeated
rows."""

from typing import Any

from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from cchc_analysis.text import clean_text

FONT = "Times New Roman"
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}

_AFTER_BORDER = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""What follows the borders among the properties of a paragraph (ECMA-376, CT_PPrBase)."""


def set_font(style: Any, size: float, *, bold: bool = False, italic: bool = False) -> None:
    """Give a style Times New Roman in black for every script, in place of the fonts and colours of a theme."""
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.bold, style.font.italic = bold, italic
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def set_language(styles: Any, language: str) -> None:
    """Say in which language the text is, so that a speller marks no Vietnamese word."""
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    mark = OxmlElement("w:lang")
    for name in ("val", "eastAsia"):
        mark.set(qn(f"w:{name}"), LANGUAGES[language])
    defaults.append(mark)


def add_paragraph(holder: Any, style_id: str) -> Any:
    """Append an empty paragraph of a style, by the style's id: python-docx looks through all styles for a name."""
    paragraph = holder.add_paragraph()
    paragraph._p.style = style_id
    return paragraph


def write(paragraph: Any, text: str, *, bold: bool | None = None, italic: bool | None = None, size: float = 0) -> Any:
    """Append text as text: invisible and control characters removed, never a field, never markup."""
    run = paragraph.add_run(clean_text(text))
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    return run


def mark_to_fill(run: Any) -> None:
    """Mark a place that somebody has to fill in."""
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def rule(holder: Any, indent_mm: float) -> Any:
    """Draw a horizontal rule below what stands before, this far from both sides."""
    paragraph = add_paragraph(holder, "Rule")
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent_mm)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDER)
    return paragraph


def page_number(paragraph: Any) -> None:
    """Put the number of the page into a paragraph of a header."""
    field, run, text = (OxmlElement(f"w:{name}") for name in ("fldSimple", "r", "t"))
    field.set(qn("w:instr"), "PAGE")
    text.text = "2"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def restart_numbering(section: Any) -> None:
    """Let the pages of a section count from 1."""
    mark = section._sectPr.find(qn("w:pgNumType"))
    if mark is None:
        mark = OxmlElement("w:pgNumType")
        section._sectPr.insert_element_before(
            mark, "w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg", "w:textDirection", "w:bidi",
            "w:rtlGutter", "w:docGrid", "w:printerSettings", "w:sectPrChange",
        )  # fmt: skip
    mark.set(qn("w:start"), "1")


def keep_row_whole(row: Any, *, repeated: bool = False) -> None:
    """Keep a row of a table on one page; `repeated`: write it again on every page the table runs over."""
    properties = row._tr.get_or_add_trPr()
    for name in ("cantSplit", *(("tblHeader",) if repeated else ())):
        properties.append(OxmlElement(f"w:{name}"))


def without_borders(table: Any) -> None:
    """Take the borders off a table that only places things side by side."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil")
        borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def set_cell_margins(table: Any, sides_mm: float) -> None:
    """Set the space left and right inside the cells of a table."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:w"), str(round(Mm(sides_mm).twips)))
        line.set(qn("w:type"), "dxa")
        margins.append(line)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def shade(cell: Any, colour: str) -> None:
    """Give a cell a light ground."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        ground.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(ground)
