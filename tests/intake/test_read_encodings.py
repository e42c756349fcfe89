"""The same table in every encoding an office may hand in gives the same cells."""

import gzip
import io
import unicodedata

import openpyxl
import pytest

from cchc_analysis.intake.encodings import TCVN3, VNI, decode, from_tcvn3, from_vni
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.intake.syllables import is_syllable, plausibility

ROWS = [
    ["STT", "Mã hồ sơ", "Thủ tục hành chính", "Đơn vị", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái"],
    ["1", "000.00.12.H26-250311-0001", "Cấp Phiếu lý lịch tư pháp", "Sở Tư pháp", "11/03/2025", "", "Đang xử lý"],
    ["2", "000.00.12.H26-250308-0002", "Đăng ký khai sinh", "UBND phường Hòa Bình", "08/04/2025", "", "Đã trả kết quả"],
    ["3", "000.00.12.H26-250308-0003", "Chứng thực", "UBND xã Đắk Hà", "08/04/2025", "", "Chờ bổ sung"],
]
TEXT = "\r\n".join(",".join(row) for row in ROWS) + "\r\n"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_cp1258(text: str) -> bytes:
    """Vietnamese Windows writes the vowel, then the tone as a mark of its own."""
    pieces = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in TONES)
        base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        pieces.append((base + tone).encode("cp1258"))
    return b"".join(pieces)


def in_tcvn3(text: str) -> bytes:
    codes: dict[str, str] = {}
    for code, letter in TCVN3.items():
        codes.setdefault(letter, chr(code))
    return "".join(codes.get(letter, letter) for letter in text).encode("cp1252")


def in_vni(text: str) -> bytes:
    codes: dict[str, str] = {}
    for code, letter in VNI.items():
        codes.setdefault(letter, code)
    return "".join(codes.get(letter, letter) for letter in text).encode("cp1252")


ENCODED = {
    "utf-8": TEXT.encode(),
    "utf-8 with mark": TEXT.encode("utf-8-sig"),
    "utf-16 little-endian with mark": TEXT.encode("utf-16"),
    "utf-16 little-endian": TEXT.encode("utf-16-le"),
    "utf-16 big-endian": TEXT.encode("utf-16-be"),
    "utf-16 big-endian with mark": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf-32": TEXT.encode("utf-32"),
    "cp1258": in_cp1258(TEXT),
    "tcvn3": in_tcvn3(TEXT),
    "vni": in_vni(TEXT),
    "gzip": gzip.compress(TEXT.encode(), mtime=0),
    "gzip of tcvn3": gzip.compress(in_tcvn3(TEXT), mtime=0),
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_same_cells_in_every_encoding_and_with_every_separator(tmp_path, encoding, separator):
    content = ENCODED[encoding]
    if separator != ",":
        packed = content.startswith(b"\x1f\x8b")
        plain = gzip.decompress(content) if packed else content
        codec = "utf-16-be" if "big" in encoding else "utf-16-le" if "16" in encoding else ""
        codec = "utf-32-le" if encoding == "utf-32" else codec
        old, new = (sign.encode(codec) if codec else sign.encode() for sign in (",", separator))
        content = gzip.compress(plain.replace(old, new), mtime=0) if packed else plain.replace(old, new)
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    (table,) = read_tables(path, "export.xls")
    names = ["dossier_id", "procedure_name", "receiving_unit", "received_at", "due_at", "status"]
    assert list(table.cells.columns) == names
    assert table.cells.to_numpy().tolist() == [[cell or None for cell in row[1:]] for row in ROWS[1:]]
    assert list(table.cells.index) == [2, 3, 4]
    assert table.dropped_columns == ("STT",)


@pytest.mark.parametrize(("encoding", "label"), [("tcvn3", "TCVN3 (ABC)"), ("vni", "VNI"), ("cp1258", "Windows-1258")])
def test_a_conversion_is_told(encoding, label):
    (note,) = decode(ENCODED[encoding]).notes
    assert note.code == "converted_text"
    assert note.en == f"The text was converted from {label}."
    assert decode(ENCODED["utf-16 big-endian"]).notes == ()


def test_tcvn3_table_is_that_of_glibc():
    # Output of glibc 2.36 `iconv -f TCVN -t UTF-8` on the bytes 0xA1 to 0xFE, in steps of one.
    published = (
        "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợù"
        "Ỗủũúụừửữứựỳỷỹýỵ"
    )
    assert len(published) == 0xFE - 0xA0
    assert "".join(TCVN3[code] for code in range(0xA1, 0xFF)) == published
    assert from_tcvn3("B¶o Th¾ng, ®­êng sè 5 – Tæ 2") == "Bảo Thắng, đường số 5 – Tổ 2"


def test_vni_table_covers_every_vietnamese_letter_once():
    toned = {unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in ["", *TONES]} | {"đ"}
    written = set(VNI.values()) | set("aeiouy")
    assert {letter for letter in written if letter == letter.lower()} == toned
    assert {letter.upper() for letter in toned} <= written | set("AEIOUY")
    # "Xin chaøo caùc baïn": the usual example of VNI text.
    assert from_vni("Xin chaøo caùc baïn. QUYEÁT ÑÒNH soá 5, Thuû Ñöùc") == "Xin chào các bạn. QUYẾT ĐỊNH số 5, Thủ Đức"


def test_syllables():
    right = ["Phường", "giấy", "quyết", "nghiệp", "khuya", "quốc", "gì", "già", "ngoằng", "yêu", "Đắk", "Krông", "quýt"]
    wrong = ["Së", "T\xad", "ph¸p", "®¨ng", "hồồ", "bátt", "cảc", "mạpt", "chaøo", "baïn", "há»“", "sÆ¡", "Müller"]
    assert [word for word in right if not is_syllable(word)] == []
    assert [word for word in wrong if is_syllable(word)] == []
    assert plausibility("UBND xã Đắk Hà, 5 ‘hồ sơ’") == 5


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("Së T­ ph¸p", "Sở Tư pháp"),
        ("UBND phöôøng Hoøa Bình", "UBND phường Hòa Bình"),
        ("Sá»Ÿ TÆ° phÃ¡p", "Sở Tư pháp"),
        ("Sở Tư pháp".encode().decode("cp1258", errors="surrogateescape"), "Sở Tư pháp"),
    ],
)
def test_legacy_text_inside_a_unicode_workbook_is_repaired_in_its_column_only(tmp_path, broken, meant):
    if any("\udc80" <= letter <= "\udcff" for letter in broken):
        broken = "".join(chr(ord(letter) - 0xDC00) if letter >= "\udc80" else letter for letter in broken)
    book = openpyxl.Workbook()
    book.active.append(["Mã hồ sơ", "Đơn vị", "Thủ tục", "Ngày tiếp nhận"])
    for number in range(3):
        book.active.append([f"H-{number:04d}", broken, "Cấp giấy phép ở Hoà Bình", "01/02/2025"])
    stream = io.BytesIO()
    book.save(stream)
    path = tmp_path / "a.xlsx"
    path.write_bytes(stream.getvalue())
    (table,) = read_tables(path, "a.xlsx")
    assert set(table.cells["receiving_unit"]) == {meant}
    assert set(table.cells["procedure_name"]) == {"Cấp giấy phép ở Hoà Bình"}
    assert [note.code for note in table.notes] == ["converted_text"]


def test_right_text_is_never_repaired(tmp_path):
    rows = "\n".join(f"H-{n:04d},Văn phòng Hoà Lạc – Café Müller,Đăng ký ở Ñ,01/02/2025" for n in range(50))
    path = tmp_path / "a.csv"
    path.write_text(f"Mã hồ sơ,Đơn vị,Thủ tục,Ngày tiếp nhận\n{rows}\n", encoding="utf-8")
    (table,) = read_tables(path, "a.csv")
    assert set(table.cells["receiving_unit"]) == {"Văn phòng Hoà Lạc – Café Müller"}
    assert table.notes == ()


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else():
    content = TEXT.encode().replace("Đang".encode(), "Đang".encode() + b"\xff")
    decoded = decode(content)
    assert decoded.text == TEXT.replace("Đang", "Đang\ufffd")
    assert [note.code for note in decoded.notes] == ["broken_characters"]


def test_decomposed_headers_are_known_and_values_kept_as_they_are(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(unicodedata.normalize("NFD", TEXT), encoding="utf-8")
    (table,) = read_tables(path, "a.csv")
    assert table.cells.loc[2, "receiving_unit"] == unicodedata.normalize("NFD", "Sở Tư pháp")
