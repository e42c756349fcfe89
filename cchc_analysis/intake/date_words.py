"""How exports write dates: patterns, names of months and weekdays, and the words that mean that there is none."""

import re
import unicodedata
from typing import Final

from cchc_analysis.text import clean_text, fold

_TIME = (
    r"(?P<H>\d{1,2}) ?(?:(?::|h|g|giờ|gio) ?(?P<M>\d{1,2})"
    r"(?: ?(?::|phút|phut) ?(?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?(?: ?(?:phút|giây|phut|giay))?|h|giờ|gio)"
    r"(?: ?(?P<ap>[aA]\.?[mM]\.?|[pP]\.?[mM]\.?|SA|CH|sa|ch|sáng|chiều|sang|chieu))?"
)
_DAY = r"(?:ngay )?(?P<d>\d{1,2}) ?[/.\-] ?(?P<m>\d{1,2}) ?[/.\-] ?(?P<y>\d{4}|\d{2})"
_ISO_DAY = r"(?P<y>\d{4}) ?[/.\-] ?(?P<m>\d{1,2}) ?[/.\-] ?(?P<d>\d{1,2})"
_WORDS_DAY = r"(?:ngay )?(?P<d>\d{1,2}) ?thang ?(?P<m>\d{1,2})(?:,? ?nam |, ?| )(?P<y>\d{4})"
_NAMED_DAY = r"(?P<d>\d{1,2})[ \-](?P<b>[A-Za-z]{3})[a-z]{0,6}\.?[ \-,]{1,2}(?P<y>\d{4}|\d{2})"
_NAME_FIRST_DAY = r"(?P<b>[a-z]{3})[a-z]{0,6}\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})"
_ZONE = r"(?P<z>Z|z|[+-]\d{2}(?::?\d{2})?)"
PATTERNS: Final = (
    (f"^{_DAY}(?:(?:[ T,]+| lúc | luc | - ){_TIME})?$", True),
    (f"^{_ISO_DAY}(?:[ T]+{_TIME} ?{_ZONE}?)?$", False),
    (f"^{_TIME}[ ,]+(?:[Nn]gày )?{_DAY}$", True),
    (f"^(?:{_TIME},? )?{_WORDS_DAY}$", False),
    (f"^{_WORDS_DAY},? (?:luc )?{_TIME}$", False),
    (f"^{_NAMED_DAY}(?: +{_TIME})?$", False),
    (f"^{_NAME_FIRST_DAY}(?:,? +{_TIME})?$", False),
)
"""Patterns (RE2), and whether day and month change places in a file whose dates are month first."""
MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MARKS: Final = {ord(mark): "-" for mark in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {
    ord("'"): None,
    ord("\u2019"): None,
    ord("("): " ",
    ord(")"): " ",
    ord("đ"): "d",
    ord("Đ"): "d",
}
_WEEKDAY: Final = re.compile(
    r"^(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn|t[2-7]"
    r"|(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?)(?:, ?| )"
)
_GREENWICH: Final = re.compile(r"\b(?:gmt|utc) ?([+-])(\d{1,2})\b")
_MONTH_WORD: Final = re.compile(r"\b(?:thang|thg|th)\.? ?(?=\d)")

EMPTY_WORDS: Final = frozenset(
    fold(word)
    for word in (
        "chưa trả", "chưa có", "chưa", "không", "không có", "không xác định", "N/A", "null", "none", "nan", "NaT",
        "undefined", "trống", "0", "00:00", "00:00:00",
    )
)  # fmt: skip
"""Words (folded) that mean "no date"; text without a letter or digit ("-", "—", "/ /") means the same."""


def plain_spelling(text: str) -> str:
    """Return a date in words in the spelling the patterns know.

    >>> plain_spelling("Thứ Tư, 14 Thg 6, 2023"), plain_spelling("14–06–2023 (08:30)")
    ('14 thang 6, 2023', '14-06-2023 08:30')
    >>> plain_spelling("2023/05/10 8:00:11 SA GMT+7")
    '2023/05/10 8:00:11 sa +07'
    """
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", clean_text(text))).translate(_MARKS)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    letters = _GREENWICH.sub(lambda zone: f"{zone[1]}{zone[2].zfill(2)}", letters)
    return _MONTH_WORD.sub("thang ", _WEEKDAY.sub("", clean_text(letters)))
