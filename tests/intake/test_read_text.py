"""Delimited text: quotes, blank lines, ragged rows, and codes that look like something else."""

import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.intake.delimited import find_separator, read_delimited
from cchc_analysis.intake.readers import read_tables

HEADER = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày trả kết quả"


def table(tmp_path, text: str, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return read_tables(path, name)[0]


def test_nothing_is_taken_for_missing_or_for_a_number(tmp_path):
    codes = ["NA", "null", "None", "nan", "#N/A", "-", "000123", "123", "2503010001234567890", "1.001610", "1E5", " x "]
    rows = "\n".join(f"{code},Null,01/02/2025," for code in codes)
    read = table(tmp_path, f"{HEADER}\n{rows}\n")
    assert list(read.cells["dossier_id"]) == codes
    assert set(read.cells["receiving_unit"]) == {"Null"}
    assert list(read.cells["returned_at"]) == [None] * len(codes)


def test_row_number_is_the_number_of_the_record(tmp_path):
    text = f'Báo cáo\n\n{HEADER}\nH-001,"Sở\nTư ""pháp"", A",01/02/2025,\n\nH-002,Sở B,02/02/2025,\n\n'
    read = table(tmp_path, text)
    assert read.header_row == 3
    assert list(read.cells.index) == [4, 6]
    assert read.cells.loc[4, "receiving_unit"] == 'Sở\nTư "pháp", A'
    assert read.rows_read == 2


def test_rows_with_too_many_cells_are_kept_and_named(tmp_path):
    read = table(tmp_path, f"{HEADER}\nH-001,Sở A,01/02/2025,\nH-002,Sở B,02/02/2025,,\n")
    assert list(read.cells["dossier_id"]) == ["H-001", "H-002"]
    assert read.ragged_rows == (), "an extra empty cell at the end is a trailing separator"
    read = table(tmp_path, f"{HEADER}\nH-001,Sở A,01/02/2025,\nH-002,Sở B, phòng 2,02/02/2025,03/02/2025\n")
    assert read.ragged_rows == (3,)
    assert read.rows_read == 2


def test_rows_too_long_far_below_the_sample_are_found_too(tmp_path):
    many = "".join(f"H-{number:06d},Sở A,01/02/2025,\n" for number in range(20_000))
    read = table(tmp_path, f"{HEADER}\n{many}H-1,Sở A,phòng 1,01/02/2025,02/02/2025,x\n")
    assert (read.rows_read, read.ragged_rows) == (20_001, (20_002,))


def test_short_rows_are_filled_with_nothing(tmp_path):
    read = table(tmp_path, f"{HEADER}\nH-001,Sở A\n")
    assert read.cells.loc[2].tolist() == ["H-001", "Sở A", None, None]


@pytest.mark.parametrize("ragged", ["", "H-000,Sở A,01/02/2025,,x,y\n"])
def test_a_quotation_mark_that_is_never_closed_is_an_error_that_names_the_row(tmp_path, ragged):
    text = f'{HEADER}\n{ragged}H-001,"Sở A,01/02/2025,\nH-002,Sở B,02/02/2025,\n'
    with pytest.raises(InputError, match=rf"a\.csv, row {3 if ragged else 2}: a quotation mark"):
        table(tmp_path, text)


def test_rows_swallowed_between_two_stray_quotation_marks_are_not_lost_silently(tmp_path):
    rows = "".join(f"H-{number:03d},Sở A,01/02/2025,\n" for number in range(6))
    text = f'{HEADER}\nH-900,"Sở A,01/02/2025,\n{rows}H-901,Sở B",02/02/2025,\n'
    with pytest.raises(InputError, match="row 2: a quotation mark"):
        table(tmp_path, text)


def test_line_ends_of_all_systems(tmp_path):
    for end in ("\n", "\r\n", "\r"):
        read = table(tmp_path, end.join([HEADER, "H-001,Sở A,01/02/2025,", "H-002,Sở B,01/02/2025,"]))
        assert list(read.cells["dossier_id"]) == ["H-001", "H-002"]


@pytest.mark.parametrize(
    ("sample", "separator"),
    [
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("Mã hồ sơ;Đơn vị;Ngày nhận\nH1;Sở A, phòng 1, tầng 2, nhà 3;1\nH2;Sở B, phòng 1, tầng 2, nhà 3;1\n", ";"),
        ("Mã hồ sơ\tĐơn vị\nH,1\tA;B\n", "\t"),
        ("sep=|\na,b|c,d\n", "|"),
        ("một cột\nhai\n", ","),
    ],
)
def test_separator(sample, separator):
    assert find_separator(sample) == separator


def test_the_separator_hint_of_excel_is_a_title_row(tmp_path):
    read = table(tmp_path, f"sep=;\r\n{HEADER.replace(',', ';')}\r\nH-001;Sở A, B;01/02/2025;\r\n")
    assert (read.header_row, read.cells.loc[3, "receiving_unit"]) == (2, "Sở A, B")


def test_more_than_a_thousand_columns_are_refused():
    with pytest.raises(InputError, match="1,001 columns"):
        read_delimited(b"a" + b",b" * 1_000 + b"\n", "wide.csv")


def test_header_only_is_a_table_without_rows(tmp_path):
    read = table(tmp_path, HEADER + "\n")
    assert (read.rows_read, len(read.cells), dict(read.skipped)) == (0, 0, {})
    assert list(read.cells.columns) == ["dossier_id", "receiving_unit", "received_at", "returned_at"]
