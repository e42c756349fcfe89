"""The paper of a report: page, fonts, head and foot after Decree 30/2020, tables, fields, the same bytes twice."""

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cchc_analysis.documents.blocks import Annex, Heading, Paragraph, Table, figures_table
from cchc_analysis.documents.letterhead import Letterhead
from cchc_analysis.documents.paper import Report, draw
from cchc_analysis.tables import TableColumn

HOSTILE = (
    "<w:t>chèn</w:t>",
    "{ PAGE }",
    '=HYPERLINK("x")',
    "]]>",
    "a\x00b\x0bc\u202ed",
    "MERGEFIELD x \\* MERGEFORMAT",
)


def table(n_rows: int = 3, label: str = "Phường") -> Table:
    columns = [
        TableColumn("label", "Đơn vị"),
        TableColumn("all", "Tổng số", "count", group="Tiếp nhận"),
        TableColumn("online", "Trực tuyến", "count", group="Tiếp nhận"),
        TableColumn("share", "Tỷ lệ", "share"),
    ]
    rows = pd.DataFrame(
        {"label": [f"{label} {n}" for n in range(n_rows)], "all": 1234, "online": 7, "share": [None] * n_rows}
    )
    total = {"label": "Tổng số", "all": 3702, "online": 21, "share": 0.5}
    return figures_table(
        rows, columns, "Bảng 1", "vi", total=total, numbering=["(1)", "(2)", "(3)", "(4)"], note="Ghi chú"
    )


def report(**changes: Any) -> Report:
    given: dict[str, Any] = {
        "letterhead": Letterhead(("ỦY BAN NHÂN DÂN", "PHƯỜNG 1"), code="BC-UBND", place="Phường 1", is_committee=True),
        "subject": "Kết quả công tác cải cách hành chính",
        "opening": "Thực hiện Kế hoạch, đơn vị báo cáo như sau:",
        "blocks": (
            Heading(1, "I. TÌNH HÌNH CHUNG"),
            Heading(2, "1. Kỳ báo cáo"),
            Heading(3, "a) Hồ sơ"),
            Paragraph("Nội dung."),
            table(),
            Paragraph("[Đơn vị bổ sung: nguyên nhân]", "fill"),
        ),
        "closing": "Trên đây là báo cáo./.",
        "annexes": (Annex("Biểu mẫu", (table(),), landscape=True),),
        "written_at": datetime(2023, 6, 14),
    }
    return Report(**{**given, **changes})


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return draw(report())


@pytest.fixture(scope="module")
def document(drawn: bytes) -> Any:
    return Document(BytesIO(drawn))


def xml(drawn: bytes, part: str = "word/document.xml") -> str:
    return ZipFile(BytesIO(drawn)).read(part).decode("utf-8")


def test_the_paper_is_a4_with_the_margins_of_the_decree(document: Any) -> None:
    page, across = document.sections
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert (round(across.page_width.mm), round(across.page_height.mm)) == (297, 210)
    assert across.orientation == WD_ORIENT.LANDSCAPE
    for section in (page, across):
        assert 20 <= round(section.top_margin.mm) <= 25
        assert 20 <= round(section.bottom_margin.mm) <= 25
        assert 30 <= round(section.left_margin.mm) <= 35
        assert 15 <= round(section.right_margin.mm) <= 20


def test_every_style_in_use_is_times_new_roman_in_black(document: Any) -> None:
    used = {paragraph.style.name for paragraph in document.paragraphs}
    used |= {p.style.name for t in document.tables for row in t.rows for cell in row.cells for p in cell.paragraphs}
    assert {"Heading 1", "Heading 2", "Heading 3", "Body Text", "Caption", "Table Text", "Title"} <= used
    for name in used:
        style = document.styles[name]
        fonts = style.element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
        assert str(style.font.color.rgb) == "000000", name


def test_the_text_is_justified_with_indent_and_room_between_paragraphs(document: Any) -> None:
    shape = document.styles["Body Text"].paragraph_format
    assert document.styles["Body Text"].font.size in (Pt(13), Pt(14))
    assert shape.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert Mm(10) <= shape.first_line_indent <= Mm(12.7)
    assert shape.space_after >= Pt(6)


def test_the_head_names_issuer_country_number_place_and_day(document: Any) -> None:
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells[0][0].split("\n")[:2] == ["ỦY BAN NHÂN DÂN", "PHƯỜNG 1"]
    assert cells[0][1].split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert cells[1] == ["Số: ……/BC-UBND", "Phường 1, ngày …… tháng …… năm ……"]
    borders = document.tables[0]._tbl.tblPr.find(qn("w:tblBorders"))
    assert {line.get(qn("w:val")) for line in borders} == {"nil"}
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts[:2] == ["BÁO CÁO", "Kết quả công tác cải cách hành chính"]
    assert texts[2] == "Kính gửi: [cơ quan nhận báo cáo]"


def test_a_given_day_superior_and_addressee_are_written(drawn: bytes) -> None:
    head = Letterhead(
        ("PHÒNG NỘI VỤ",),
        superior="ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU",
        number="12",
        place="Vũng Tàu",
        signed_on=date(2023, 2, 5),
        addressee="Ủy ban nhân dân thành phố Vũng Tàu",
    )
    document = Document(BytesIO(draw(report(letterhead=head))))
    left, right = (cell.text for cell in document.tables[0].rows[1].cells)
    assert (left, right) == ("Số: 12/BC-……", "Vũng Tàu, ngày 05 tháng 02 năm 2023")
    assert document.tables[0].cell(0, 0).text.startswith("ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU\nPHÒNG NỘI VỤ")
    assert any(paragraph.text == f"Kính gửi: {head.addressee}" for paragraph in document.paragraphs)
    assert "TM. ỦY BAN NHÂN DÂN" not in document.tables[2].cell(0, 1).text


def test_the_text_ends_with_its_mark_then_receivers_and_an_open_signature(document: Any) -> None:
    body = [p.text for p in document.paragraphs if p.style.name == "Body Text"]
    assert body[-1].endswith("./.")
    foot = document.tables[2]
    assert foot.cell(0, 0).text.startswith("Nơi nhận:\n- Như trên;")
    assert foot.cell(0, 1).text.startswith("TM. ỦY BAN NHÂN DÂN\n[CHỨC VỤ CỦA NGƯỜI KÝ]")


def test_what_is_left_to_fill_in_is_marked(document: Any) -> None:
    (open_place,) = [p for p in document.paragraphs if p.text.startswith("[Đơn vị bổ sung")]
    assert open_place.runs[0].font.highlight_color is not None


def test_the_page_number_is_in_the_top_margin_from_the_second_page_on(document: Any, drawn: bytes) -> None:
    for section in document.sections:
        assert section.different_first_page_header_footer
        assert "PAGE" not in section.first_page_header._element.xml
        assert 'w:instr="PAGE"' in section.header._element.xml
        assert section.header.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER
    starts = [section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) for section in document.sections]
    assert starts == ["1", "1"]


def test_the_heads_of_tables_repeat_and_no_row_is_cut(document: Any) -> None:
    grid = document.tables[1]
    heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in grid.rows]
    assert heads == [True, True, True, False, False, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in grid.rows)


def test_headings_over_several_columns_are_merged_and_figures_written_the_vietnamese_way(document: Any) -> None:
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows[0] == ["Đơn vị", "Tiếp nhận", "Tiếp nhận", "Tỷ lệ"]
    assert rows[1] == ["Đơn vị", "Tổng số", "Trực tuyến", "Tỷ lệ"]
    assert rows[2] == ["(1)", "(2)", "(3)", "(4)"]
    assert rows[3] == ["Phường 0", "1.234", "7", "chưa xác định"]
    assert rows[-1] == ["Tổng số", "3.702", "21", "50,0%"]


def test_a_heading_stays_with_what_follows(document: Any) -> None:
    for name in ("Heading 1", "Heading 2", "Heading 3", "Caption"):
        assert document.styles[name].paragraph_format.keep_with_next


def test_a_band_runs_over_the_whole_width() -> None:
    banded = Table("Bảng", (("TT",), ("Đơn vị",)), (True, True), (("Xã, phường",), ("1", "Phường 1")))
    document = Document(BytesIO(draw(report(blocks=(banded,), annexes=()))))
    row = document.tables[1].rows[1]
    assert [cell.text for cell in row.cells] == ["Xã, phường", "Xã, phường"]
    assert row.cells[0]._tc is row.cells[1]._tc


def test_text_stays_text() -> None:
    blocks = tuple(block for text in HOSTILE for block in (Paragraph(text), table(1, text)))
    drawn = draw(report(blocks=blocks, subject=" ".join(HOSTILE) * 9, annexes=()))
    document, markup = Document(BytesIO(drawn)), xml(drawn)
    for place, text in enumerate(HOSTILE, 1):
        # A vertical tab is white space; the other two are no letters at all.
        seen = text.replace("\x0b", " ").replace("\x00", "").replace("\u202e", "")
        assert any(paragraph.text == seen for paragraph in document.paragraphs)
        assert document.tables[place].rows[3].cells[0].text == f"{seen} 0"
    assert not re.search(r"<w:(fldSimple|instrText|fldChar|hyperlink|object)\b", markup)
    assert "<w:t>chèn" not in markup


def test_the_same_report_gives_the_same_bytes_and_no_time_of_making(drawn: bytes) -> None:
    assert draw(report()) == drawn
    entries = ZipFile(BytesIO(drawn)).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    core = xml(drawn, "docProps/core.xml")
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2023-06-14T00:00:00Z"}
    assert "python-docx" not in core
    assert not [entry.filename for entry in entries if "thumbnail" in entry.filename]


def test_another_report_gives_other_bytes(drawn: bytes) -> None:
    assert draw(report(subject="Khác")) != drawn


def test_the_english_version_has_an_english_head() -> None:
    document = Document(BytesIO(draw(report(language="en"))))
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts[0] == "REPORT"
    assert "SOCIALIST REPUBLIC OF VIET NAM" in document.tables[0].cell(0, 1).text
