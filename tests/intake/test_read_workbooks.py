"""Workbooks: .xlsx, .ods, real .xls, Excel 2003 XML and Parquet, whatever they are called."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cchc_analysis.errors import InputError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.readers import read_tables

HEADER = ["STT", "Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận", "Ngày trả kết quả"]


def xlsx(fill, *, epoch_1904=False) -> bytes:
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(tmp_path, content: bytes, name="export.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_tables(path, name)[0]


def test_cells_keep_their_kind_and_rows_their_number(tmp_path):
    def fill(book):
        sheet = book.active
        sheet["B4"], sheet["C4"], sheet["D4"], sheet["E4"] = HEADER[1:]
        sheet["B6"], sheet["C6"] = "1.001610", "NA"
        sheet["D6"], sheet["E6"] = dt.datetime(2025, 3, 11, 8, 30), 45763
        sheet["B7"], sheet["C7"], sheet["D7"] = 123456, "Sở A", "02/04/2025"

    read = table(tmp_path, xlsx(fill))
    assert read.header_row == 4
    assert read.cells.to_dict("index") == {
        6: {
            "dossier_id": "1.001610",
            "receiving_unit": "NA",
            "received_at": dt.datetime(2025, 3, 11, 8, 30),
            "returned_at": 45763.0,
        },
        7: {"dossier_id": 123456.0, "receiving_unit": "Sở A", "received_at": "02/04/2025", "returned_at": None},
    }
    assert isinstance(read.cells.loc[6, "dossier_id"], str)


def test_error_values_stay_visible(tmp_path):
    def fill(book):
        sheet = book.active
        sheet.append(HEADER)
        sheet.append([1, "H-1", "Sở A", dt.date(2025, 3, 1), "#N/A"])
        sheet.append([2, "H-2", "Sở A", "=1/0", None])
        assert sheet["E2"].data_type == "e"

    read = table(tmp_path, xlsx(fill))
    assert read.cells.loc[2, "returned_at"] == "#N/A"


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_date_system_of_the_workbook(tmp_path, epoch_1904):
    def fill(book):
        book.active.append(HEADER)
        book.active.append([1, "H-1", "Sở A", dt.date(2025, 3, 1), 45000])

    read = table(tmp_path, xlsx(fill, epoch_1904=epoch_1904))
    assert read.epoch_1904 is epoch_1904
    assert read.cells.loc[2, "received_at"] in (dt.date(2025, 3, 1), dt.datetime(2025, 3, 1))
    assert read.cells.loc[2, "returned_at"] == 45000


def test_hidden_sheets_are_left_out_and_said(tmp_path):
    def fill(book):
        book.active.title = "Hồ sơ"
        book.active.append(HEADER)
        book.active.append([1, "H-1", "Sở A", dt.date(2025, 3, 1), None])
        hidden = book.create_sheet("Cũ")
        hidden.append(HEADER)
        hidden.append([1, "H-9", "Sở A", dt.date(2020, 3, 1), None])
        hidden.sheet_state = "hidden"

    read = table(tmp_path, xlsx(fill))
    assert list(read.cells["dossier_id"]) == ["H-1"]
    assert [note.code for note in read.notes] == ["hidden_sheet"]
    assert "'Cũ'" in read.notes[0].vi


def test_every_sheet_with_a_header_is_a_table_and_others_are_noted(tmp_path):
    def fill(book):
        book.active.title = "Quý I"
        book.active.append(HEADER)
        book.active.append([1, "H-1", "Sở A", dt.date(2025, 3, 1), None])
        second = book.create_sheet("Quý II")
        second.append(["Danh sách"])
        second.append(HEADER)
        second.append([1, "H-2", "Sở A", dt.date(2025, 4, 1), None])
        summary = book.create_sheet("Tổng hợp")
        summary.append(["Đơn vị", "Lĩnh vực", "Số lượng"])
        summary.append(["Sở A", "Tư pháp", 2])
        book.create_sheet("Trống")

    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(fill))
    tables = read_tables(path, "a.xlsx")
    assert [(read.sheet, read.header_row, len(read.cells)) for read in tables] == [("Quý I", 1, 1), ("Quý II", 2, 1)]
    assert [note.en for note in tables[0].notes] == [
        "The sheet 'Tổng hợp' has no header of a dossier list and was left out."
    ]


def test_cells_merged_downwards_hold_for_every_row(tmp_path):
    def fill(book):
        sheet = book.active
        sheet.append(HEADER)
        sheet.append([1, "H-1", "Sở A", dt.date(2025, 3, 1), None])
        sheet.append([2, "H-2", None, dt.date(2025, 3, 2), None])
        sheet.append([3, "H-3", "Sở B", dt.date(2025, 3, 2), None])
        sheet.merge_cells("C2:C3")

    assert list(table(tmp_path, xlsx(fill)).cells["receiving_unit"]) == ["Sở A", "Sở A", "Sở B"]


def test_a_stray_cell_far_to_the_right_is_refused_before_it_costs_gigabytes(tmp_path):
    def fill(book):
        book.active.append(HEADER)
        book.active["XFD90000"] = "x"

    with pytest.raises(InputError, match=r"export\.xlsx: the table has 16,384 columns"):
        table(tmp_path, xlsx(fill))


def test_zip_bomb_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(210):
                part.write(b"\0" * 1024**2)
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match="claims to unpack to 220,200,9"):
        read_sheets(stream.getvalue(), "bomb.xlsx")


def test_truncated_workbooks_are_damaged_at_every_length():
    whole = xlsx(lambda book: book.active.append(HEADER))
    for length in range(30, len(whole) - 1, 97):
        with pytest.raises(InputError, match="damaged"):
            read_sheets(whole[:length], "half.xlsx")


def _ods() -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in (HEADER[1:4], ["000123", "Sở A", "01/02/2025"])
    )
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
        f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="Hồ sơ">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return stream.getvalue()


def test_ods_under_the_name_of_csv(tmp_path):
    read = table(tmp_path, _ods(), "a.csv")
    assert (read.sheet, list(read.cells["dossier_id"])) == ("Hồ sơ", ["000123"])


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _label(row: int, column: int, text: str) -> bytes:
    body = struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le")
    return _record(0x0204, body)


def _number(row: int, column: int, value: float, xf: int) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, xf, value))


def xls(*, epoch_1904: bool, stream_name: str = "Workbook") -> bytes:
    """A BIFF8 workbook in a compound file, one sheet, as small as Excel accepts them ([MS-XLS], [MS-CFB])."""
    general, short_date = (_record(0x00E0, struct.pack("<HH", 0, number) + bytes(16)) for number in (0, 14))
    name = "Hồ sơ"
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x06)
    before = _record(0x0809, bof) + _record(0x0022, struct.pack("<H", epoch_1904)) + general + short_date
    position = len(before) + 4 + 8 + 2 * len(name) + 4
    sheet_entry = struct.pack("<IHBB", position, 0, len(name), 1) + name.encode("utf-16-le")
    stream = before + _record(0x0085, sheet_entry) + _record(0x000A)
    stream += _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x06))
    stream += _record(0x0200, struct.pack("<IIHHH", 0, 2, 0, 4, 0))
    stream += b"".join(_label(0, at, text) for at, text in enumerate(HEADER[1:]))
    stream += _label(1, 0, "000.00.12.H26-250311-0001") + _label(1, 1, "Sở Tư pháp")
    stream += _number(1, 2, 44265.0, 1) + _number(1, 3, 44270.0, 0) + _record(0x000A)
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    n_sectors = len(stream) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE] + [at + 1 for at in range(2, n_sectors + 1)] + [0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry(stream_name, 2, 2, len(stream)) + bytes(256)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + fat + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


@pytest.mark.parametrize(("epoch_1904", "day"), [(False, dt.date(2021, 3, 10)), (True, dt.date(2025, 3, 11))])
def test_real_xls_with_either_date_system_under_the_name_of_csv(tmp_path, epoch_1904, day):
    read = table(tmp_path, xls(epoch_1904=epoch_1904), "a.csv")
    row = read.cells.loc[2]
    assert read.epoch_1904 is epoch_1904
    assert (row["dossier_id"], row["receiving_unit"]) == ("000.00.12.H26-250311-0001", "Sở Tư pháp")
    received = row["received_at"]
    assert (received.date() if isinstance(received, dt.datetime) else received) == day
    assert row["returned_at"] == 44270.0


def test_office_files_that_are_no_workbook_say_what_they_are():
    encrypted = xls(epoch_1904=False, stream_name="EncryptedPackage")
    with pytest.raises(InputError, match="protected by a password"):
        read_sheets(encrypted, "secret.xlsx")
    with pytest.raises(InputError, match="this is a Word document"):
        read_sheets(xls(epoch_1904=False, stream_name="WordDocument"), "letter.xls")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(InputError, match="this is a Word document"):
        read_sheets(stream.getvalue(), "letter.xlsx")


SPREADSHEET_ML = """<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="Hồ sơ"><Table>
  <Row ss:Index="3"><Cell><Data ss:Type="String">Mã hồ sơ</Data></Cell>
   <Cell ss:MergeDown="1"><Data ss:Type="String">Đơn vị</Data></Cell>
   <Cell ss:MergeAcross="1"><Data ss:Type="String">Thời gian</Data></Cell></Row>
  <Row><Cell ss:Index="3"><Data ss:Type="String">Ngày tiếp nhận</Data></Cell>
   <Cell><Data ss:Type="String">Ngày hẹn trả</Data></Cell></Row>
  <Row><Cell><Data ss:Type="String">000123&e;</Data></Cell><Cell><Data ss:Type="String">Sở A</Data></Cell>
   <Cell><Data ss:Type="DateTime">2025-03-11T08:30:00.000</Data></Cell>
   <Cell><Data ss:Type="Number">45763</Data></Cell></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="Ẩn"><Table/><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def test_excel_2003_xml(tmp_path):
    read = table(tmp_path, SPREADSHEET_ML.encode(), "a.xls")
    assert read.header_row == 4
    assert read.cells.to_dict("index") == {
        5: {
            "dossier_id": "000123&e;",  # the entity names a file of this machine: never resolved
            "receiving_unit": "Sở A",
            "received_at": dt.datetime(2025, 3, 11, 8, 30),
            "due_at": 45763.0,
        }
    }
    assert [note.code for note in read.notes] == ["hidden_sheet"]


def test_parquet_keeps_instants_codes_and_nulls(tmp_path):
    zone = dt.timezone(dt.timedelta(hours=7))
    columns = {
        "dossier_id": pa.array(["000123", "NA"]),
        "receiving_unit": pa.array(["Sở A", "Sở A"]).dictionary_encode(),
        "received_at": pa.array([dt.datetime(2025, 3, 11, 8, 30), None], pa.timestamp("ns")),
        "due_at": pa.array(
            [dt.datetime(2025, 3, 11, 8, 30, tzinfo=zone), None], pa.timestamp("us", "Asia/Ho_Chi_Minh")
        ),
        "statutory_days": pa.array([1.5, float("nan")]),
    }
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    read = table(tmp_path, stream.getvalue(), "a.csv")
    assert read.cells.loc[2].to_dict() == {
        "dossier_id": "000123",
        "receiving_unit": "Sở A",
        "received_at": dt.datetime(2025, 3, 11, 8, 30),
        "due_at": "2025-03-11T08:30:00+07:00",
        "statutory_days": 1.5,
    }
    assert read.cells.loc[3].tolist() == ["NA", "Sở A", None, None, None]
    with pytest.raises(InputError, match="damaged"):
        read_sheets(stream.getvalue()[:-20], "a.parquet")
