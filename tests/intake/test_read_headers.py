"""Finding the header below the titles, and telling dossiers from the other rows below it."""

import datetime as dt

import pandas as pd
import pytest

from cchc_analysis.intake.columns import Namer
from cchc_analysis.intake.headers import find_header
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.schema import DOSSIER_COLUMNS

NAMES = [column.name for column in DOSSIER_COLUMNS]


def block(rows):
    width = max(map(len, rows))
    filled = [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows]
    cells = pd.DataFrame(filled, index=range(1, len(rows) + 1), dtype=object)
    namer = Namer(NAMES, ColumnMapping())
    header = find_header(cells, namer.score)
    named = {namer.meaning(cell): cell.position for cell in header.cells if namer.meaning(cell) in NAMES}
    return header.first + 1, header.last + 1, named


def read(tmp_path, rows):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows), "utf-8")
    return read_tables(path, "a.csv")[0]


def test_sixty_title_rows():
    titles = [["Đơn vị: Sở Tư pháp"], ["Từ ngày 01/03/2025 đến ngày 30/04/2025"], ["Đơn vị tính: hồ sơ"]] * 20
    rows = [*titles, ["STT", "Mã hồ sơ", "Đơn vị"], ["1", "H-001", "Sở A"]]
    assert block(rows) == (61, 61, {"dossier_id": 1, "receiving_unit": 2})


def test_three_rows_with_merged_parents():
    rows = [
        ["DANH SÁCH HỒ SƠ"],
        ["STT", "Hồ sơ", "", "", "Thời gian xử lý", "", "", "", "Trạng thái"],
        ["", "Mã hồ sơ", "Đơn vị", "", "Tiếp nhận", "Trả kết quả", "", "", ""],
        ["", "", "Tiếp nhận", "Giải quyết", "Ngày", "Ngày hẹn", "Ngày kết thúc xử lý", "Ngày trả", ""],
        ["1", "H-001", "Sở A", "Sở A", "01/02/2025", "", "", "", "x"],
    ]
    assert block(rows) == (
        2,
        4,
        {
            "dossier_id": 1,
            "receiving_unit": 2,
            "resolving_unit": 3,
            "received_at": 4,
            "due_at": 5,
            "finished_at": 6,
            "returned_at": 7,
            "status": 8,
        },
    )


def test_the_parent_decides_where_children_are_the_same():
    rows = [["Mã hồ sơ", "Tiếp nhận", "", "Giải quyết", ""], ["", "Đơn vị", "Ngày", "Đơn vị", "Thời gian"]]
    named = {"dossier_id": 0, "receiving_unit": 1, "received_at": 2, "resolving_unit": 3, "statutory_days": 4}
    assert block(rows) == (1, 2, named)


def test_a_parent_over_one_column_names_it_and_one_over_several_does_not():
    rows = [["Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận", "Hẹn trả", ""], ["", "", "(dd/mm/yyyy)", "Ngày", "Giờ"]]
    assert block(rows) == (1, 2, {"dossier_id": 0, "receiving_unit": 1, "received_at": 2, "due_at": 3})
    rows = [["Mã hồ sơ", "Ngày tiếp nhận", "Đơn vị", ""], ["", "(dd/mm)", "Tên", "Loại"], ["", "", "", ""]]
    assert block(rows)[:2] == (1, 1)


def test_remarks_and_numbers_in_headers_are_looked_past():
    rows = [["(1) Mã hồ sơ *", "2. ĐƠN VỊ\nTIẾP NHẬN", "Ngày tiếp nhận (dd/mm/yyyy)", "Thời hạn giải quyết [ngày]"]]
    assert set(block(rows)[2]) == {"dossier_id", "receiving_unit", "received_at", "statutory_days"}


def test_a_data_row_is_never_a_header():
    rows = [
        ["Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận", "Trạng thái"],
        ["Mã số hồ sơ", "Cơ quan", "01/02/2025", "Tình trạng"],
    ]
    assert block(rows)[:2] == (1, 1)
    cells = pd.DataFrame([["H-1", "Sở A", "01/02/2025"], ["H-2", "Sở B", "02/02/2025"]], dtype=object)
    assert find_header(cells, Namer(NAMES, ColumnMapping()).score) is None


HEADER = ["STT", "Mã hồ sơ", "Đơn vị", "Kênh tiếp nhận", "Ngày tiếp nhận", "Ngày trả kết quả", "Trạng thái"]
DOSSIER = ["1", "H-250101-0001", "Sở A", "Trực tuyến", "01/02/2025", "", "Đang xử lý"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"], "numbering"),
        (["A", "B", "C", "1", "2", "3", "4=1+2"], "numbering"),
        (["15", "", "", "", "", "", ""], "numbering"),
        (["", "SỞ TƯ PHÁP", "", "", "", "", ""], "band"),
        (["I", "SỞ TƯ PHÁP", "", "", "", "", ""], "band"),
        (["II.", "", "Phường 1", "", "12", "3", ""], "band"),
        (["SỞ TƯ PHÁP", "", "", "", "", "", ""], "band"),
        (["Tổng số", "", "", "20", "", "", ""], "total"),
        (["", "TỔNG CỘNG:", "1.234", "", "20", "16", ""], "total"),
        (["Cộng", "", "5", "", "", "", ""], "total"),
        (["", "Tổng số hồ sơ: 20", "", "", "", "", ""], "total"),
        (HEADER, "repeated_header"),
        (["STT ", "mã hồ sơ", "Đơn vị", "Kênh tiếp nhận", "Ngày tiếp nhận", "", ""], "repeated_header"),
        (["Ghi chú: số liệu tạm tính", "", "", "", "", "", ""], "note"),
        (["", "(số)", "(tên)", "", "(dd/mm/yyyy)", "", ""], "note"),
        (["", "UBND TỈNH ABC", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "", ""], "note"),
        (["", "", "", "", "", "NGƯỜI LẬP BIỂU", ""], "signature"),
        (["", "Người lập biểu", "", "", "THỦ TRƯỞNG ĐƠN VỊ", "", ""], "signature"),
        (["", "", "", "", "Vũng Tàu, ngày 15 tháng 4 năm 2025", "", ""], "signature"),
        (["", "", "", "", "", "…, ngày … tháng … năm …", ""], "signature"),
        (["", "Nơi nhận:", "", "", "", "", ""], "signature"),
    ],
)
def test_rows_that_are_no_dossiers(tmp_path, row, reason):
    table = read(tmp_path, [HEADER, DOSSIER, row])
    assert (list(table.cells.index), dict(table.skipped)) == ([2], {reason: 1})
    assert table.rows_read == 2


@pytest.mark.parametrize(
    "row",
    [
        ["2", "", "Sở A", "Trực tuyến", "01/02/2025", "", "Đang xử lý"],
        ["2", "", "Sở A", "Trực tuyến", "", "", "Đang xử lý"],
        ["2", "", "Sở A", "", "abc", "", ""],
        ["2", "", "", "", "31/02/2025", "", ""],
        ["2", "H-250101-0002", "", "", "", "", ""],
        ["2", "000123", "", "", "", "", ""],
        ["2", "NA", "NA", "", "", "", ""],
        ["2", "", "Xác nhận của UBND xã", "Trực tuyến", "", "", "Đang xử lý"],
        ["2", "H26 - 250101 - 0002", "", "", "", "", ""],
        ["2", "I", "Sở A", "", "01/02/2025", "", ""],
        ["2", "3", "4", "", "01/02/2025", "", ""],
        ["", "H-250101-0002", "Tổng cục Thuế", "Trực tiếp", "01/02/2025", "", ""],
        ["", "H-250101-0003", "Phòng Lãnh đạo", "Trực tiếp", "", "", ""],
        ["", "", "Cộng Hòa", "Trực tiếp", "ngày 15 tháng 4 năm 2025", "", "x"],
    ],
)
def test_rows_with_something_of_a_dossier_stay_for_the_checks(tmp_path, row):
    table = read(tmp_path, [HEADER, row, DOSSIER])
    assert (list(table.cells.index), dict(table.skipped)) == ([2, 3], {})


def test_everything_below_a_signature_goes_with_it_but_a_dossier_does_not(tmp_path):
    rows = [
        HEADER,
        DOSSIER,
        ["", "NGƯỜI LẬP BIỂU", "", "", "GIÁM ĐỐC", "", ""],
        ["", "(Ký, ghi rõ họ tên)", "", "", "(Ký tên, đóng dấu)", "", ""],
        ["", "Nguyễn Văn A", "", "", "Trần Thị B", "", ""],
        ["3", "H-250101-0009", "Sở A", "Trực tuyến", "03/02/2025", "", "Đang xử lý"],
        ["", "- Lưu: VT.", "", "", "", "", ""],
    ]
    table = read(tmp_path, rows)
    assert (list(table.cells.index), dict(table.skipped)) == ([2, 6], {"signature": 4})


def test_numbers_of_a_workbook_count_as_numbers():
    from cchc_analysis.intake.other_rows import RowShape, RowSorter

    shape = RowShape(1, (3,), frozenset({0}), frozenset(range(5)), ())
    rows = [(1.0, 2.0, 3.0, 4.0, 5.0), ("Cộng", None, 12.0, 20.0, 3.0), (5.0, None, "Sở A", dt.date(2025, 1, 1), None)]
    assert [RowSorter(shape).sort(row) for row in rows] == ["numbering", "total", ""]


def test_blank_rows_are_not_read(tmp_path):
    table = read(tmp_path, [HEADER, ["", "", "", "", "", "", ""], [" ", "", "\u00a0", "", "", "", ""], DOSSIER])
    assert (table.rows_read, list(table.cells.index)) == (1, [4])
