"""What is read fast comes out as the careful way gives it, whatever stands in the file."""

import hmac
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.intake import check, delimited, duplicates, hashed_columns, plain_files, rows
from cchc_analysis.intake.all_rows import AllRows
from cchc_analysis.intake.dates import _EPOCH_1900, _parse_texts
from cchc_analysis.intake.delimited import _read_regular, read_delimited
from cchc_analysis.intake.distinct import Distinct, distinct_cells
from cchc_analysis.intake.dossier_numbers import NO_RUNNING, numbers_in, running_numbers
from cchc_analysis.intake.duplicates import within_file
from cchc_analysis.intake.encodings import decode, is_plain_utf8
from cchc_analysis.intake.hashed_columns import begin_hashes, hash_column, joined
from cchc_analysis.intake.kinds import INTAKE_KINDS
from cchc_analysis.intake.plain_dates import plain_dates
from cchc_analysis.intake.plain_files import read_plain
from cchc_analysis.intake.privacy import HashKey, hash_codes
from cchc_analysis.intake.readers import _PLAIN_CODE, _is_usual
from cchc_analysis.intake.rows import Reading, type_rows
from cchc_analysis.intake.tables import NamedTable
from cchc_analysis.intake.workbooks import _column, _grid

USUAL = (
    *("12/07/2023 16:09:00", "12-07-2023 16:09", "12.07.2023", "2023-07-12T00:00:59", "2023/07/12 23:59", "2023-07-12"),
    *("01/01/1901", "31/12/2199 23:59:59", "29/02/2024"),
)
AWKWARD = (
    *("29/02/2023", "31/04/2023", "32/01/2023", "00/00/0000", "01/01/1900", "31/12/9999", "12/25/2025", "25/12/2025"),
    *("12/07/2023 24:00:00", "12/07/2023 16:60", "12/07/2023  6:09", "2023-07-12 16:09:0x", "12/07/20231", "1/7/2023"),
    *(
        "30/12/1899",
        "12/07/2200",
        "12:07:2023",
        "12/07/2023 16.09.00",
        "  12/07/2023",
        "12 /07/2023",
        "45000",
        "ngày 1",
    ),
    *("chưa trả", "-", "#####", "１２/07/2023", "12/07/2023\u00a016:09", "2023-07-12 16:09+0700", "12/07/2023 4:09 CH"),
)


@pytest.mark.parametrize("month_first", [False, True])
def test_dates_read_from_their_bytes_are_those_of_the_patterns(month_first):
    texts = pa.array([*USUAL, *AWKWARD])
    fast = plain_dates(texts, month_first)
    careful, offsets, unread = _parse_texts(texts, _EPOCH_1900, month_first, frozenset())
    taken = ~np.isnat(fast)
    assert (fast[taken] == careful[taken]).all()
    assert not unread[taken].any()
    assert np.isnan(offsets[taken]).all()
    assert taken[: len(USUAL)].all() or month_first
    sliced = texts.slice(2, 4)
    assert (plain_dates(sliced) == plain_dates(texts)[2:6]).all()


digits = st.text("0123456789/-.: T", min_size=8, max_size=20)
near = st.builds(
    lambda text, at, letter: text[: at % len(text)] + letter + text[at % len(text) + 1 :],
    st.sampled_from(USUAL),
    st.integers(0, 18),
    st.sampled_from("0123456789/-. :Tx"),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(near | digits, min_size=1, max_size=20), st.booleans())
def test_no_text_near_a_date_is_read_otherwise(texts, month_first):
    fast = plain_dates(pa.array(texts), month_first)
    careful, _, _ = _parse_texts(pa.array(texts), _EPOCH_1900, month_first, frozenset())
    taken = ~np.isnat(fast)
    assert (fast[taken] == careful[taken]).all()


FILES = [
    "Mã;Đơn vị;Ngày\nA-1;Sở A;01/02/2025\nA-2;;\n",
    "Mã;Đơn vị;Ngày\r\nA-1;NA;null\r\nA-2;-; x \r\n",
    "Mã;Đơn vị\nA;B",
    "Mã\tĐơn vị\n=1+1\t#N/A\n'0\t\u200b\n",
    'Mã;Đơn vị\n"A;1";B\n',
    "Mã;Đơn vị\nA;B;C\nD\n",
    "Mã;Đơn vị\n\nA;B\n\n",
    "Mã;Đơn vị\rA;B\r",
    "Mã;Đơn vị\nA\x00;B\n",
    "Mã\nA\n",
    ";\n;\n",
]


@pytest.mark.parametrize("text", FILES)
def test_a_text_without_anything_awkward_gives_the_same_cells_fast(text, monkeypatch):
    separator = "\t" if "\t" in text else ";"
    width = max(line.count(separator) for line in text.splitlines()) + 1
    fast = read_plain(text.encode(), separator, width)
    if fast is not None:
        pd.testing.assert_frame_equal(fast, _read_regular(text.encode(), separator, width))
    whole = read_delimited(text.encode(), "a.csv").cells
    monkeypatch.setattr(delimited, "read_plain", lambda *given: None)
    pd.testing.assert_frame_equal(whole, read_delimited(text.encode(), "a.csv").cells)


def test_the_fast_reader_takes_what_nearly_all_exports_are():
    assert read_plain(FILES[0].encode(), ";", 3) is not None
    assert read_plain(FILES[1].encode(), ";", 3) is not None
    many = "Mã;Đơn vị\n" + "".join(f"H-{n:06};Sở {n % 3}\n" for n in range(9_000))
    cells = read_plain(many.encode(), ";", 2)
    pd.testing.assert_frame_equal(cells, _read_regular(many.encode(), ";", 2))
    assert cells[1][2] is cells[1][5]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_of_few_texts_are_the_same_cells_whatever_stands_beyond_the_start(end, monkeypatch):
    # The start says that the second column has few texts and the third has many; further down it is the reverse.
    rows = [f"H-{n:05};{'NA' if n < 900 else f'Sở {n}'};{f'Ô {n}' if n < 900 else ''}" for n in range(3_000)]
    text = end.join(["Mã;Đơn vị;Ngày", *rows, ";;"]) + end
    monkeypatch.setattr(plain_files, "_START_BYTES", 20_000)
    monkeypatch.setattr(plain_files, "_BLOCK_BYTES", 9_000)
    pd.testing.assert_frame_equal(read_plain(text.encode(), ";", 3), _read_regular(text.encode(), ";", 3))
    assert read_plain((text + "A;B" + end).encode(), ";", 3) is None


@pytest.mark.parametrize(
    "content",
    ["Sở".encode(), b"\xef\xbb\xbfS\xe1\xbb\x9f", "a\ufffd".encode(), "Sở".encode("utf-16"), b"S\xeb", b"\xed\xa0\x80"],
)
def test_plain_utf8_is_what_decoding_has_nothing_to_tell_of(content):
    decoded = decode(content)
    plain = (
        decoded.encoding.startswith("UTF-8")
        and not decoded.notes
        and decoded.text == content.decode("utf-8-sig", "replace")
    )
    assert is_plain_utf8(content) == (plain and b"\xed" not in content)


MIXED = [
    *(
        "A-1",
        "",
        None,
        "NA",
        "12/07/2023",
        "31/04/2023",
        "Trực tuyến",
        "Có",
        "1.234",
        "5%",
        "15 ngày làm việc",
        "8 giờ",
    ),
    *(
        "Đã xử lý xong",
        "Quá hạn",
        "#N/A",
        "-",
        "Phường 1",
        " Sở\u00a0A ",
        "không",
        "10-15 ngày",
        "x",
        "1",
        "h26-250311-0001",
    ),
]
NUMBERS = [1.0, 0.0, -3.0, None, 45763.5, 1.00161, 2.5e18, float("nan"), 366.0, 1e-9]
MOMENTS = [datetime(2023, 7, 12, 16, 9), None, datetime(1900, 1, 1), datetime(2023, 7, 12, 0, 0, 0, 400)]
OTHERS = [1, 1.0, True, False, "1", None, date(2023, 7, 12), time(8), datetime(2023, 7, 12), "A", 0, "", 2.5, pd.NaT]


@pytest.mark.parametrize("pool", [MIXED, NUMBERS, MOMENTS, OTHERS, [True, False, None], [None], [3, 4, None]])
@pytest.mark.parametrize("delimited_file", [False, True])
def test_each_distinct_cell_parsed_once_gives_what_each_cell_gives(pool, delimited_file, monkeypatch):
    kind = INTAKE_KINDS["dossiers"]
    names = [column.name for column in kind.kind.columns if column.name not in ("rating", "fee_due")]
    found = {name: [pool[(row * 7 + at) % len(pool)] for row in range(210)] for at, name in enumerate(names)}
    cells = pd.DataFrame(found, index=range(2, 212), dtype=object)
    table = NamedTable("a", "", cells, False, 210, {}, (), 1, delimited=delimited_file)
    once = type_rows(table, Reading(), kind.kind, kind.derive)
    monkeypatch.setattr(rows, "distinct_cells", lambda cells: Distinct(cells, None))
    monkeypatch.setattr(rows, "none_at_all", lambda n: Distinct(np.full(n, None, dtype=object), None))
    each = type_rows(table, Reading(), kind.kind, kind.derive)
    for part in ("columns", "unreadable", "marks"):
        ours, theirs = getattr(once, part), getattr(each, part)
        assert ours.keys() == theirs.keys()
        for name in ours:
            pd.testing.assert_series_equal(pd.Series(ours[name]), pd.Series(theirs[name]), check_exact=True)


def test_cells_that_only_python_takes_for_equal_stay_apart():
    found = distinct_cells(np.array([1, 1.0, True, None] * 50, dtype=object))
    assert found.places is None


@pytest.mark.parametrize("key", [b"0123456789abcdef", b"k" * 64, b"longer than a block of the hash " * 3])
def test_hashes_are_those_of_rfc_2104(key):
    codes = ["h26-250311-0001", "Đ-1", "", None]
    plain = [None if code is None else hmac.digest(key, code.encode(), "sha256").hex()[:32] for code in codes]
    assert hash_codes(codes, HashKey(key)) == plain


@pytest.mark.parametrize("key", [b"0123456789abcdef", bytes(range(256))])
def test_a_column_of_many_codes_has_the_hashes_of_its_codes(key, monkeypatch):
    codes = [*(f"h26-250311-{n:04}" for n in range(300)), None, "đ-1", "", "a\x00b", "'; SELECT 1", "😀" * 40, None]
    slowly = hash_codes(codes, HashKey(key))
    monkeypatch.setattr(hashed_columns, "_MANY", 1)
    column = pa.array(codes, type=pa.string())
    assert hash_column(column, HashKey(key)).to_pylist() == slowly
    assert hash_column(column.slice(299, 3), HashKey(key)).to_pylist() == slowly[299:302]
    with ThreadPoolExecutor(2) as threads:
        hashes = begin_hashes(np.array(codes, dtype=object), HashKey(key), threads, 7)
        chosen = np.array([0, 5, 301, len(codes) - 1])
        assert joined([piece.result() for piece in hashes], chosen, len(codes)).to_pylist() == [
            slowly[at] for at in chosen
        ]


def test_a_part_of_many_rows_is_that_of_few_at_a_time(desk, monkeypatch):
    lines = [f"H26-250310-{n:04},Sở A,10/03/2025,24/03/2025,,Đang xử lý" for n in range(40)]
    desk.write([*lines, lines[3], "H26-250310-0007,Sở B,11/03/2025,24/03/2025,,Đang xử lý", ",,10/03/2025,,,"])
    plain = desk.take(allowed_reject_share=1).accounting["total"]
    (part,) = (desk.warehouse / "parts").iterdir()
    rows = pq.read_table(part / "rows.parquet")
    assert (plain["accepted"], plain["rejected"], plain["duplicates"]) == (39, 3, 1)
    for name in ("parts", "states"):
        shutil.rmtree(desk.warehouse / name)
    (desk.warehouse / "intake.json").unlink()
    monkeypatch.setattr(check, "_TOLD_EVERY", 3)
    monkeypatch.setattr(hashed_columns, "_MANY", 1)
    desk.take(allowed_reject_share=1)
    assert pq.read_table(part / "rows.parquet").equals(rows)


def test_rows_in_order_are_the_same_whether_columns_hold_one_text_or_many():
    table = pa.table(
        {
            "at": pa.array([3, 1, 2, None], type=pa.timestamp("us")),
            "one": pa.array(["a"] * 4).dictionary_encode(),
            "one_or_none": pa.array(["a", None, "a", "a"]).dictionary_encode(),
            "none": pa.nulls(4, pa.string()).dictionary_encode(),
            "two": pa.array(["a", "b", "a", "c"]).dictionary_encode(),
        }
    )
    rows = AllRows(table, np.zeros(4, dtype=np.int64), np.zeros(4, dtype="datetime64[us]"), {}, 1)
    found = rows.sorted(np.array([0, 1, 3]), ["at"])
    assert found.schema == table.schema
    assert found.to_pylist() == [table.to_pylist()[at] for at in (1, 0, 3)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.none() | st.from_regex(r"[a-zđ]{0,3}(-?\d{0,7}){0,3}", fullmatch=True), max_size=12))
def test_numbers_read_by_stems_are_those_of_the_pattern(keys):
    array = pa.array(keys, type=pa.string())
    found, running = numbers_in(array), running_numbers(array)
    for at, key in enumerate(keys):
        match = re.search(r"^(.*)-(\d\d)(\d\d)(\d\d)-(\d+)$", key or "", re.ASCII)
        ends = re.search(r"\d+$", key or "", re.ASCII)
        assert running[at] == (int(ends[0]) if ends and len(ends[0]) <= 9 else NO_RUNNING)
        day = found.dates[found.places[at]]
        try:
            expected = date(2000 + int(match[2]) - (100 if int(match[2]) >= 70 else 0), int(match[3]), int(match[4]))
        except (TypeError, ValueError):
            expected = None
        assert day.astype("datetime64[D]").item() == expected
        assert found.units[found.places[at]] == ((match[1].upper() or None) if expected else None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.none() | st.text("H0123-. =đ１\u2011", max_size=9), min_size=1, max_size=20))
def test_codes_that_are_plain_at_a_glance_are_plain(codes):
    usual = _is_usual(np.array(codes, dtype=object))
    for is_usual, code in zip(usual, codes, strict=True):
        assert not is_usual or _PLAIN_CODE.match(code)


@pytest.mark.parametrize("cells", [["a", "", "a"], ["a", 1.5, ""], [1.0, 2.0], [timedelta(hours=8), "", 2.0], ["", ""]])
def test_a_column_of_a_workbook_keeps_what_calamine_gives(cells):
    expected = [None if cell == "" else str(cell) if isinstance(cell, timedelta) else cell for cell in cells]
    (column,) = _grid([[cell] for cell in cells]).T
    assert _column(column).tolist() == expected
    with pytest.raises(ValueError, match="width"):
        _grid([cells, cells[1:]])


@pytest.mark.parametrize("keys", [["a", "b", "a", None, "c", "c"] * 3, ["a", "b", "c"], []])
def test_rows_of_one_key_are_found_by_numbers_first(keys, monkeypatch):
    keys = np.array([*keys, ""], dtype=object)[:-1]
    columns = {"unit": np.arange(len(keys)) % 2}
    eligible = pd.notna(keys)
    slowly = within_file(columns, keys, eligible, ["unit"])
    monkeypatch.setattr(duplicates, "_MANY", 0)
    fast = within_file(columns, keys, eligible, ["unit"])
    assert [found.tolist() for found in fast] == [found.tolist() for found in slowly]


def test_a_large_file_tells_how_many_rows_are_done(desk, monkeypatch):
    monkeypatch.setattr(check, "_TOLD_EVERY", 2)
    desk.write([f"H26-250310-000{n},Sở A,10/03/2025,24/03/2025,,Đang xử lý" for n in range(1, 6)])
    told = []
    desk.take(progress=lambda name, number, n: told.append((name, number, n)))
    assert told == [(name, 1, 1) for name in ("a.csv", "a.csv … 2", "a.csv … 4", "a.csv … 5")]
