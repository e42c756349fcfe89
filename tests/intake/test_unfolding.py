"""Small files that stand for enormous tables are refused before they cost memory; honest ones are read."""

import gzip
import io
import resource
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from cchc_analysis.errors import InputError
from cchc_analysis.intake.contents import read_sheets

MAX_SECONDS, MAX_MEGABYTES, MAX_BYTES = 5, 900, 6_000_000

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
EXCEL = "urn:schemas-microsoft-com:office:spreadsheet"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def xlsx(rows: str, text: str = "x", encoding: str = "utf-8", after: str = "") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet.encode(encoding),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>z</t></si><si><t>{text}</t></si></sst>',
        }
    )


def ods(rows: str) -> bytes:
    table = f'<table:table table:name="A">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {NAMESPACES}>{body}</office:document-content>",
        }
    )


def xlsb(*places: tuple[int, int]) -> bytes:
    """Return the beginning of a binary workbook with a cell at each place (row, column, from 0)."""
    records = b"".join(
        b"\x00\x04" + row.to_bytes(4, "little") + b"\x05\x10" + column.to_bytes(4, "little") + bytes(12)
        for row, column in places
    )
    return zipped({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": b"\x81\x01\x00" + records})


def cell(text: str = "x", times: int = 1) -> str:
    content = f' office:value-type="string"><text:p>{text}</text:p>' if text else ">"
    return f'<table:table-cell table:number-columns-repeated="{times}"{content}</table:table-cell>'


def row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def excel_xml(rows: str) -> bytes:
    head = f'<?xml version="1.0"?><Workbook xmlns="{EXCEL}" xmlns:ss="{EXCEL}"><Worksheet ss:Name="A"><Table>'
    return f"{head}{rows}</Table></Worksheet></Workbook>".encode()


def page(rows: str) -> bytes:
    return f"<table>{rows}</table>".encode()


DATA = '<Data ss:Type="String">x</Data>'
NEAR, FAR = "<row r='1'><c r='A1'><v>1</v></c></row>", "<row r='1048576'><c r='ALL1048576'><v>1</v></c></row>"
USUAL = (NEAR + FAR).replace("'", '"')
UNORDERED = FAR.replace("'", '"') + "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 9_000))
SHARED = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(1, 20_001))
MERGED = '<mergeCells count="1">' + '<mergeCell ref="A1:A60000"/>' * 2_000 + "</mergeCells>"

GRIDS: dict[str, Callable[[], bytes]] = {
    "xlsx, places in single quotes": lambda: xlsx(NEAR + FAR),
    "xlsx, spaces around =": lambda: xlsx(USUAL.replace("r=", "r = ")),
    "xlsx, small letters": lambda: xlsx(USUAL.replace("ALL", "all").replace('"A1"', '"a1"')),
    "xlsx, another prefix": lambda: xlsx((NEAR + FAR).replace("<", "<x:").replace("<x:/", "</x:")),
    "xlsx, cells without places": lambda: xlsx(
        '<row r="1">' + "<c><v>1</v></c>" * 1_000 + '</row><row r="1048576"><c><v>1</v></c></row>'
    ),
    "xlsx, rows without places": lambda: xlsx('<row><c r="A1"/></row><row><c r="ALL1048576"><v>1</v></c></row>'),
    "xlsx, rows in no order": lambda: xlsx(UNORDERED),
    "xlsx, in UTF-16": lambda: xlsx(USUAL, encoding="utf-16"),
    "xlsb, far cell": lambda: xlsb((0, 0), (1_048_575, 999)),
    "xlsb, far column": lambda: xlsb((0, 2**32 - 1)),
    "xlsx, row number counted round": lambda: xlsx('<row r="1"><c r="A10000000"><v>1</v></c></row>'),
    "ods, columns repeated": lambda: ods(row(cell("x", 10**9))),
    "ods, row of many cells repeated": lambda: ods(row(cell("x", 900), 10**6)),
    "ods, far cell behind empty ones": lambda: ods(row(cell()) + row(cell(""), 10**6) + row(cell("", 900) + cell())),
    "page, every row spans": lambda: page("<tr><td colspan=1000>x</tr>" * 60_000),
    "page, first row spans": lambda: page("<tr><td colspan=1000>x</tr>" + "<tr><td>y</tr>" * 400_000),
    "page, empty rows below spans": lambda: page(
        "<tr>" + "<td rowspan=999999>x" * 1_000 + "</tr>" + "<tr></tr>" * 60_000
    ),
    "excel xml, far cells": lambda: excel_xml(f'<Row><Cell ss:Index="1000">{DATA}</Cell></Row>' * 60_000),
    "excel xml, hanging cells": lambda: excel_xml(
        "<Row>" + f'<Cell ss:MergeDown="65536">{DATA}</Cell>' * 900 + "</Row>" + "<Row/>" * 30_000
    ),
    "text, long first row": lambda: b"," * 900 + b"\n" + b"y\n" * 1_000_000,
    "text, long last row": lambda: b"y\n" * 1_000_000 + b"," * 900 + b"\n",
    "text, long first row behind a long cell": lambda: b"a" * 140_000 + b"," * 900 + b"\n" + b"y\n" * 1_000_000,
    "text, carriage returns": lambda: b"," * 900 + b"\r" + b"y\r" * 1_000_000,
}

TEXTS: dict[str, Callable[[], bytes]] = {
    "xlsx, one long text shared": lambda: xlsx(SHARED, "y" * 200_000),
    "ods, one long text repeated": lambda: ods(row(cell("y" * 100_000), 50_000)),
    "ods, blanks counted": lambda: ods(row(cell('<text:s text:c="1000000000"/>x'))),
}


def refused(content: bytes) -> str:
    """Return the sentence with which a file is refused, having spent little time and memory."""
    assert len(content) < MAX_BYTES
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as error:
        read_sheets(content, "a.bin")
    assert time.process_time() - began < MAX_SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MAX_MEGABYTES
    assert "\n" not in error.value.en + error.value.vi
    return error.value.en


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_larger_than_any_export_is_refused_before_it_is_laid_out(name: str) -> None:
    said = refused(GRIDS[name]())
    assert "the table reaches over" in said or "columns, which no export has" in said


@pytest.mark.parametrize("name", TEXTS)
def test_texts_longer_than_any_export_are_refused_before_they_are_copied(name: str) -> None:
    assert "longer than a billion characters" in refused(TEXTS[name]())


def test_cells_merged_over_each_other_are_refused() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="60000"><c r="A60000"><v>1</v></c></row>'
    assert "damaged" in refused(xlsx(rows, after=MERGED))


def test_a_compressed_file_of_gigabytes_is_refused() -> None:
    assert "too large" in refused(gzip.compress(b"a,b\n", 1) + gzip.compress(bytes(1 << 24), 6) * 40)


# --- honest files of the same kinds


def cells_of(content: bytes) -> list[list[object]]:
    return read_sheets(content, "a.bin")[0].cells.to_numpy().tolist()


def test_what_a_spreadsheet_repeats_to_the_edge_of_the_sheet_counts_for_nothing() -> None:
    told = row(cell("a") + cell("", 16_383)) + row(cell("b"), 3) + row(cell("", 16_384), 1_048_572)
    assert cells_of(ods(told)) == [["a"], ["b"], ["b"], ["b"]]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_cells_written_in_an_unusual_way_are_read(quote: str) -> None:
    rows = f"<row r={quote}1{quote}><c r={quote}A1{quote}><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert cells_of(xlsx(rows)) == [[1, 2], [3, None]]


def test_a_broad_sheet_and_a_tall_one_are_read() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for column in range(200):
            sheet.write(0, column, column)
        sheet.write(2_000, 199, "x")
        book.add_worksheet().write(1_048_575, 0, "tall")
    broad, tall = read_sheets(stream.getvalue(), "a.xlsx")
    assert broad.cells.shape == (2_001, 200)
    assert tall.cells.iloc[-1, 0] == "tall"


def test_line_breaks_inside_cells_are_no_rows() -> None:
    cell_of_lines = '"' + "a\n" * 2_000 + '"'
    text = ",".join("abcdefgh" * 8) + "\n" + "".join(f"{cell_of_lines},{',' * 62}\n" for _ in range(600))
    assert len(cells_of(text.encode())) == 601
