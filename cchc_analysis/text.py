"""Forms of a text: the one that is stored, the one that is compared, the one that is shown where it is not clean."""

import re
import unicodedata

# Controls other than white space, format characters (zero-width, soft hyphen, direction overrides, BOM, tags)
# and lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0001\U000e0020-\U000e007f]+"
)
_SPACES = re.compile(r"\s+")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
# Eth is what old fonts and careless keyboards give for đ; neither letter decomposes.
_D_WITH_STROKE = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})

_LONG_FORMS = (
    (re.compile(r"\buy ban nhan dan\b"), "ubnd"),
    (re.compile(r"\bhoi dong nhan dan\b"), "hdnd"),
    (re.compile(r"\btp\b"), "thanh pho"),
    (re.compile(r"\btx\b"), "thi xa"),
    (re.compile(r"\btt (?=[a-z])"), "thi tran "),
    (re.compile(r"^x (?=[a-z])"), "xa "),
    (re.compile(r"\b(?:p|ph|phuong)(?: so)? ?(?=\d)"), "phuong "),
    (re.compile(r"\b0+(?=\d)"), ""),
    (re.compile(r"\bva\b"), " "),
)
_LEADING_AUTHORITY = re.compile(r"^(?:(?:ubnd|hdnd) +)+")


def clean_text(text: str) -> str:
    """Return the text as it is stored: composed, without invisible characters, with single spaces.

    Unicode NFC, never NFKC: compatibility forms such as a fullwidth equals sign keep their identity, so that
    what is stored is what was typed and a later check for formulas sees the same characters. No-break and
    other spaces, tabs and line breaks become one space; zero-width, control and direction-changing characters
    and lone surrogates are removed. Applying it twice changes nothing.

    >>> clean_text("  Phu\\u031bo\\u031b\\u0300ng\\u00a0\\u200b 1 \\n")
    'Phường 1'
    >>> clean_text("\\uff1dA1")
    '＝A1'
    """
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", visible).strip()


def show_invisible(text: str) -> str:
    """Return the text with every character that hides, reorders or steers the text around it written as its code.

    These are the characters that `clean_text` removes: controls (the escape sequences of terminals begin with one),
    zero-width and direction-changing characters, lone surrogates. Line breaks and tabs stay. Applying it twice changes
    nothing.

    >>> print(show_invisible("xuat\\u202egnp.csv \\x1b[31m"))
    xuat[U+202E]gnp.csv [U+001B][31m
    """
    return _INVISIBLE.sub(lambda found: "".join(f"[U+{ord(letter):04X}]" for letter in found[0]), text)


def one_line(text: str) -> str:
    """Return the text as `show_invisible` does, with line breaks and tabs written as their codes too.

    >>> print(one_line("a.csv\\ncchc: xong"))
    a.csv[U+000A]cchc: xong
    """
    return _BREAKS.sub(lambda found: f"[U+{ord(found[0]):04X}]", show_invisible(text))


def inert(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula when it opens a CSV file.

    >>> inert("=1+1"), inert("Sở Tư pháp")
    ("'=1+1", 'Sở Tư pháp')
    """
    runs = text.lstrip().startswith(_FORMULA_STARTS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if runs else text


_ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_PLACES = {letter: place for place, letter in enumerate(_ALPHABET)}
_WITHOUT_TONE = {
    letter: unicodedata.normalize(
        "NFC", re.sub("[\u0300\u0301\u0303\u0309\u0323]", "", unicodedata.normalize("NFD", letter))
    )
    for letter in _ALPHABET
}


def vietnamese_order(text: str) -> tuple[list[int], list[int]]:
    """Return a key that sorts texts by the Vietnamese alphabet: letters first (đ after d, ă â after a), then tones.

    >>> sorted(["Đất đai", "Hộ tịch", "Dân số", "An toàn"], key=vietnamese_order)
    ['An toàn', 'Dân số', 'Đất đai', 'Hộ tịch']
    """
    letters = clean_text(text).casefold()
    plain = [_PLACES.get(_WITHOUT_TONE.get(letter, letter), ord(letter) - 0x110000) for letter in letters]
    return plain, [_PLACES.get(letter, 0) for letter in letters]


def fold(text: str) -> str:
    """Return the key under which two spellings of the same words are equal.

    Compatibility forms are unified (NFKC), invisible characters removed, case, diacritics and the stroke of đ
    (also written ð) dropped; every run of spaces and punctuation becomes one space. For comparison only,
    never stored.

    >>> fold("Ngày tiếp-nhận  (hồ sơ)"), fold("NGAY TIEP NHAN HO SO")
    ('ngay tiep nhan ho so', 'ngay tiep nhan ho so')
    >>> fold("ĐÚNG HẠN") == fold("Ðúng hạn") == fold("ðúng_hạn")
    True
    """
    letters = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
        letters = letters.translate(_D_WITH_STROKE)
    return _NOT_ALPHANUMERIC.sub(" ", letters).strip()


def fold_name(text: str) -> str:
    """Return the key of the name of an administrative unit, equal for the usual ways of writing it.

    `fold`, then: "Uỷ ban nhân dân" and "UBND" (or HĐND) before the name are dropped, "TP." and "TX." are
    written out, "P.1", "P01" and "Phường số 1" become "phuong 1", "và" and "&" are dropped. "P." before a
    word is kept, since it may mean phường or phòng; the unit registry knows both.

    >>> fold_name("UBND P. 01"), fold_name("Ủy ban nhân dân Phường 1"), fold_name("p1")
    ('phuong 1', 'phuong 1', 'phuong 1')
    >>> fold_name("Văn hoá & Thông tin") == fold_name("Văn hóa và Thông tin")
    True
    """
    key = fold(text)
    for pattern, long_form in _LONG_FORMS:
        key = pattern.sub(long_form, key)
    key = _SPACES.sub(" ", key).strip()
    return _LEADING_AUTHORITY.sub("", key)
