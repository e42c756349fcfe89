"""The stored and the compared form of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_analysis.text import clean_text, fold, fold_name


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("  Phường\u00a0 1\t\n", "Phường 1"),
        (unicodedata.normalize("NFD", "Thủ tục hành chính"), "Thủ tục hành chính"),
        ("\ufeffMã hồ\u200b sơ\u2060", "Mã hồ sơ"),
        ("abc\u202etxt.exe\u202c", "abctxt.exe"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("dòng 1\r\ndòng 2", "dòng 1 dòng 2"),
        ("\uff1dSUM(A1)", "\uff1dSUM(A1)"),  # not "=SUM(A1)": NFKC would arm it
        ("m\u00b2 ½", "m² ½"),
        ("a\u200b\u0301", "á"),  # composed after the zero-width space between them is gone
        ("x\ud800y", "xy"),
        ("", ""),
    ],
)
def test_clean_text(raw, stored):
    assert clean_text(raw) == stored


@pytest.mark.parametrize(
    "spelling",
    [
        *("Đúng hạn", "ĐÚNG HẠN", "đúng-hạn", " Đúng   hạn. ", "dung han", "(Đúng hạn)", "Ðúng hạn", "ðúng hạn"),
        *(unicodedata.normalize("NFD", "Đúng hạn"), "Đúng\u00a0hạn", "Đ\u200búng_hạn", "Ｄung han"),
    ],
)
def test_fold_makes_spellings_equal(spelling):
    assert fold(spelling) == "dung han"


def test_fold_unifies_tone_places_and_keeps_words_apart():
    assert fold("số hoá, thuỷ lợi") == fold("số hóa - thủy lợi") == "so hoa thuy loi"
    assert fold("Ngày nộp") != fold("Ngày nhận")
    assert fold("Kinh doanh") != fold("Kinhdoanh")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("UBND Phường 01", "phuong 1"),
        ("p.1", "phuong 1"),
        ("HĐND - UBND phường 10", "phuong 10"),
        ("TP. Vũng Tàu", "thanh pho vung tau"),
        ("TX Phú Mỹ", "thi xa phu my"),
        ("TT. Phước Hải", "thi tran phuoc hai"),
        ("X. Long Sơn", "xa long son"),
        ("P. Nội vụ", "p noi vu"),
        ("Tài chính & Kế hoạch", "tai chinh ke hoach"),
        ("Tài chính và Kế hoạch", "tai chinh ke hoach"),
        ("Văn phòng HĐND và UBND", "van phong hdnd ubnd"),
        ("UBND", "ubnd"),
        ("Sở Y tế", "so y te"),
    ],
)
def test_fold_name(written, key):
    assert fold_name(written) == key


@given(st.text())
def test_both_forms_are_stable(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert fold(fold(text)) == fold(text)
    assert fold(clean_text(text)) == fold(text)
    assert fold_name(fold_name(text)) == fold_name(text)


@given(st.text())
def test_stored_text_is_composed_and_can_be_written(text):
    stored = clean_text(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert "\u00a0" not in stored
    assert stored == stored.strip()
    assert stored.encode("utf-8").decode("utf-8") == stored
