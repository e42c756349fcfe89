"""Bytes to text: Unicode encodings, Windows-1258, and the legacy TCVN3 (ABC) and VNI fonts, all by detection."""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cchc_analysis.intake.plain_files import is_utf8
from cchc_analysis.intake.syllables import plausibility
from cchc_analysis.intake.tables import Note

_SAMPLE_BYTES = 262_144
_REPLACEMENT = "\ufffd".encode()

# The letters of TCVN 5712:1993 as glibc `iconv -f TCVN -t UTF-8` gives them, from each first code on ("." = none).
# Fonts such as .VnTime have no toned capitals, so codes that are punctuation in Windows-1252 stay punctuation.
_TCVN3_LETTERS = {
    0x01: "ÚỤ.ỪỬỮ",
    0x11: "ỨỰỲỶỸÝỴ",
    0x80: "ÀẢÃÁẠ.ẬÈẺẼÉẸỆÌỈĨÍ",
    0x95: "Ó",
    0x98: "ỜỞỠỚỢÙỦŨ",
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậè",
    0xCD: "ỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
}


def _character(code: int, codec: str) -> str:
    try:
        return bytes([code]).decode(codec)
    except UnicodeDecodeError:
        return chr(code)


TCVN3: dict[int, str] = {
    ord(_character(first + offset, "cp1252")): letter
    for first, letters in _TCVN3_LETTERS.items()
    for offset, letter in enumerate(letters)
    if letter != "."
}
"""Character that Windows-1252 shows for a code of TCVN3 ("ABC"), as code point, to the letter it means."""

_VNI_SINGLE = {
    "ñ": "đ",
    "ô": "ơ",
    "ö": "ư",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_CIRCUMFLEX = {"â": "", "á": _ACUTE, "à": _GRAVE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_VNI_BREVE = {"ê": "", "é": _ACUTE, "è": _GRAVE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}


def _vni_pairs() -> dict[str, str]:
    marks = {base + mark: base + tone for base in "aeouy" for mark, tone in _VNI_TONES.items()}
    marks |= {base + mark: _VNI_SINGLE[base] + tone for base in "ôö" for mark, tone in _VNI_TONES.items()}
    marks |= {base + mark: base + _CIRCUMFLEX + tone for base in "aeo" for mark, tone in _VNI_CIRCUMFLEX.items()}
    marks |= {"a" + mark: "a" + _BREVE + tone for mark, tone in _VNI_BREVE.items()}
    return {pair: unicodedata.normalize("NFC", text) for pair, text in marks.items()}


def _with_capitals(lower: dict[str, str]) -> dict[str, str]:
    table = dict(lower)
    for source, letter in lower.items():
        table[source[0].upper() + source[1:]] = letter.upper()
        table[source.upper()] = letter.upper()
    return table


VNI: dict[str, str] = _with_capitals(_VNI_SINGLE | _vni_pairs())
"""Letter, or letter and mark, of a VNI-Windows font read as Latin-1, to the letter it means."""

_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Return the text that TCVN3 (ABC) codes, read as Latin-1 or Windows-1252, stand for.

    >>> from_tcvn3("Së T­ ph¸p"), from_tcvn3("B¶o Th¾ng")
    ('Sở Tư pháp', 'Bảo Thắng')
    """
    return unicodedata.normalize("NFC", text.translate(TCVN3))


def from_vni(text: str) -> str:
    """Return the text that VNI-Windows codes, read as Latin-1 or Windows-1252, stand for.

    >>> from_vni("Xin chaøo caùc baïn, ñöôøng Nguyeãn Hueä")
    'Xin chào các bạn, đường Nguyễn Huệ'
    """
    return _VNI_PATTERN.sub(lambda found: VNI[found.group()], text)


def lenient_decode(content: bytes, codec: str) -> str:
    """Return the bytes under a single-byte code page; a byte it leaves undefined becomes the Latin-1 character.

    >>> lenient_decode(b"S\\xeb\\x81", "cp1252")
    'Së\\x81'
    """
    table = "".join(_character(code, codec) for code in range(256))
    return codecs.charmap_decode(content, "strict", table)[0]


def from_cp1258(text: str) -> str:
    """Return what Windows-1258 bytes, read as Windows-1252, stand for, in composed form.

    >>> from_cp1258("Sõ\\u00d2 Tý pha\\u00ecp")
    'Sở Tư pháp'
    """
    content = text.encode("cp1252", errors="cchc-latin1")
    return unicodedata.normalize("NFC", lenient_decode(content, "cp1258"))


def encode_back(text: str, codec: str) -> bytes:
    """Return the bytes a text was wrongly decoded from; `UnicodeEncodeError` where it cannot come from `codec`.

    >>> encode_back("há»“ sÆ¡", "cp1252").decode()
    'hồ sơ'
    """
    return text.encode(codec, errors="cchc-latin1")


def _latin1_control(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeEncodeError):
        bad = error.object[error.start : error.end]
        if all("\x80" <= letter <= "\x9f" for letter in bad):
            return bad.encode("latin-1"), error.end
    raise error


codecs.register_error("cchc-latin1", _latin1_control)


@dataclass(frozen=True)
class Legacy:
    """A way to read single bytes as Vietnamese: `convert` takes the text as Windows-1252 would show it."""

    code: str
    label: str
    convert: Callable[[str], str]


LEGACY: tuple[Legacy, ...] = (
    Legacy("tcvn3", "TCVN3 (ABC)", from_tcvn3),
    Legacy("vni", "VNI", from_vni),
    Legacy("cp1258", "Windows-1258", from_cp1258),
)


@dataclass(frozen=True)
class Decoded:
    """A text, the label of the encoding it was read in, and what the reader should be told."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes) -> Decoded:
    """Return the text of a file of unknown encoding.

    A byte order mark decides; then the zero bytes of UTF-16, valid UTF-8, UTF-8 with a few broken bytes, and
    last the single-byte reading (Windows-1252, TCVN3, VNI, Windows-1258) whose words are most often Vietnamese
    syllables. A reading that is not Unicode is told in a note.

    >>> decode("Sở Tư pháp".encode("utf-16-be")).text
    'Sở Tư pháp'
    >>> decode(b"S\\xeb T\\xad ph\\xb8p").notes[0].en
    'The text was converted from TCVN3 (ABC).'
    """
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return _decode_unicode(content, codec)
    codec = _utf16_without_bom(content)
    if codec:
        return _decode_unicode(content, codec)
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _decode_broken_utf8(content) or _decode_single_byte(content)


def is_plain_utf8(content: bytes) -> bool:
    """Return whether `decode` would read the bytes as UTF-8 and have nothing to tell about them.

    >>> is_plain_utf8("Sở Tư pháp".encode()), is_plain_utf8(b"S\\xeb T\\xad ph\\xb8p"), is_plain_utf8(b"\\xff\\xfea\\0")
    (True, False, False)
    """
    if content.startswith(codecs.BOM_UTF8):
        return is_utf8(content) and _REPLACEMENT not in content
    if any(content.startswith(bom) for bom, _ in _BOMS) or _utf16_without_bom(content):
        return False
    return is_utf8(content)


def _decode_unicode(content: bytes, codec: str) -> Decoded:
    text = content.decode(codec, errors="replace")
    return Decoded(text, codec.upper(), _broken_note(text.count("\ufffd")))


def _broken_note(n_broken: int) -> tuple[Note, ...]:
    if not n_broken:
        return ()
    en = f"{n_broken} characters are damaged and are shown as \ufffd."
    vi = f"Có {n_broken} ký tự bị hỏng, được hiển thị là \ufffd."
    return (Note("broken_characters", en, vi),)


def _utf16_without_bom(content: bytes) -> str:
    sample = content[:4096]
    if len(content) % 2 or len(sample) < 4:
        return ""
    half = len(sample) // 2
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.2 and even < 0.02:
        return "utf-16-le"
    return "utf-16-be" if even > 0.2 and odd < 0.02 else ""


def _decode_broken_utf8(content: bytes) -> Decoded | None:
    text = content.decode("utf-8", errors="replace")
    n_broken = text.count("\ufffd")
    n_good = sum(1 for letter in text[:_SAMPLE_BYTES] if letter > "\x7f" and letter != "\ufffd")
    if n_good < 10 * n_broken:
        return None
    return Decoded(text, "UTF-8", _broken_note(n_broken))


def _decode_single_byte(content: bytes) -> Decoded:
    sample = lenient_decode(content[:_SAMPLE_BYTES], "cp1252")
    best, best_score = None, plausibility(sample)
    for legacy in LEGACY:
        score = plausibility(legacy.convert(sample))
        if score > best_score:
            best, best_score = legacy, score
    text = lenient_decode(content, "cp1252")
    if best is None:
        return Decoded(text, "Windows-1252", (converted_note("Windows-1252"),))
    return Decoded(best.convert(text), best.label, (converted_note(best.label),))


def converted_note(label: str) -> Note:
    """Return the note that a text was not Unicode.

    >>> converted_note("VNI").vi
    'Văn bản đã được chuyển mã từ VNI sang Unicode.'
    """
    en = f"The text was converted from {label}."
    return Note("converted_text", en, f"Văn bản đã được chuyển mã từ {label} sang Unicode.")
