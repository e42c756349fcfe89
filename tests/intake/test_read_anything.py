"""Whatever lies in the folder: one sentence that says what it is and what to do, never a traceback."""

import gzip
import io
import os
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.errors import CchcError, InputError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.readers import find_files, read_tables


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b" \r\n\r\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "this is a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture"),
        (b"\xff\xd8\xff\xe0JFIF", "this is a picture"),
        (b"{\\rtf1\\ansi", "this is a text document"),
        (b"Rar!\x1a\x07", "this is a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "this is a 7-Zip archive"),
        (bytes(range(256)) * 4, "this is a binary file"),
        (b"PK\x03\x04" + bytes(100), "the file is damaged"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "the file is damaged"),
        (b"PAR1" + bytes(50), "the file is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(900), "the file is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "an Office file without a workbook"),
        (
            b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
            "XML file is damaged",
        ),
        (b";;;\n;;;\n", "nothing in the file but empty cells"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path, content, what):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=what) as caught:
        read_tables(path, "quý 2/a.xlsx")
    assert caught.value.en.startswith("quý 2/a.xlsx: ")
    assert caught.value.vi.startswith("quý 2/a.xlsx: ")
    assert "Hãy" in caught.value.vi


def test_an_archive_of_exports_is_to_be_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "x")
    with pytest.raises(InputError, match=r"ZIP archive without a workbook\. Unpack it"):
        read_sheets(stream.getvalue(), "a.xlsx")


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận"])
    book.active.append(["H-0001", "Sở A", "01/02/2025"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


STARTS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x1f\x8b\x08",
    b"PAR1",
    b"<html><table><tr><td>",
    b"<?xml?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
    b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n",
    "Mã hồ sơ;Đơn vị;Ngày tiếp nhận\n".encode(),
    "Mã hồ sơ\tĐơn vị\tNgày tiếp nhận\n".encode("utf-16"),
    b"sep=",
]


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_errors(tmp_path_factory, start, rest):
    path = tmp_path_factory.mktemp("any") / "a.bin"
    path.write_bytes(start + rest)
    _read_or_refuse(path)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10_000), noise=st.binary(min_size=1, max_size=40))
def test_no_damage_to_a_workbook_raises_anything_but_our_errors(tmp_path_factory, place, noise):
    whole = _workbook()
    at = place % len(whole)
    path = tmp_path_factory.mktemp("damaged") / "a.xlsx"
    path.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    _read_or_refuse(path)


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="abđơ',;|\t\r\n 0129/:#<>&=", max_size=300))
def test_no_row_of_a_text_is_lost(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_text(f"Mã hồ sơ;Đơn vị;Ngày tiếp nhận\n{text}", "utf-8", newline="")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    n_filled = sum(1 for line in lines if line.replace(";", "").strip())
    (table,) = _read_or_refuse(path)
    assert table.rows_read == n_filled


def _read_or_refuse(path):
    refusals: list[CchcError] = []
    tables = []
    try:
        tables = read_tables(path, "a")
    except CchcError as error:
        refusals.append(error)
    assert all(error.en and error.vi for error in refusals)
    for table in tables:
        assert table.rows_read == len(table.cells) + sum(table.skipped.values())
        assert table.cells.index.is_unique
        assert set(table.ragged_rows) <= set(table.cells.index)
    return tables


def test_find_files_takes_exports_and_leaves_the_rest(tmp_path):
    kept = ["b.csv", "a.xlsx", "quý 1/b.csv", "quý 1/sâu/c.xls", "khong-duoi"]
    left = [".hidden", "~$a.xlsx", "README.md", "readme.txt", "cchc-sample.json", "m.yaml", "Thumbs.db", ".git/config"]
    for name in kept + left:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    found = find_files([tmp_path])
    assert [name for _, name in found] == sorted(kept)
    assert all(path.read_text() == "x" for path, _ in found)


def test_find_files_names_each_file_once_and_tells_equal_names_apart(tmp_path):
    for folder in ("thu-duc", "quan-1"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(folder)
    one, two = tmp_path / "thu-duc", tmp_path / "quan-1"
    assert [name for _, name in find_files([one, one / "a.csv", one])] == ["a.csv"]
    found = {name: path.read_text() for path, name in find_files([one, two])}
    assert found == {"quan-1/a.csv": "quan-1", "thu-duc/a.csv": "thu-duc"}
    marker = tmp_path / "m.json"
    marker.write_text("x")
    assert [name for _, name in find_files([marker])] == ["m.json"], "a file given by itself is always taken"


def test_find_files_refuses_nothing_and_nowhere(tmp_path):
    with pytest.raises(InputError, match="there is no file to read here"):
        find_files([tmp_path])
    with pytest.raises(InputError, match="there is no such file or folder"):
        find_files([tmp_path / "không có"])


def test_a_folder_in_place_of_a_file_is_no_traceback(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        read_tables(tmp_path, os.path.basename(tmp_path))
