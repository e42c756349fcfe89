"""Letters that a file no longer holds: question marks and replacement characters where accents have been."""

import re

import pandas as pd

from cchc_analysis.intake.tables import Note

_LOST = re.compile(r"\ufffd|[^\W\d_]\?[^\W\d_]|[^\W\d_]\? [^\W\d_]+\?")
_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_SAMPLE_ROWS = 4_000


def has_lost_letters(text: str) -> bool:
    """Return whether letters of the text have been replaced by question marks or U+FFFD.

    >>> [has_lost_letters(text) for text in ("S? T? pháp", "C?p gi?y phép", "Nộp phí?", "http://a?b=c")]
    [True, True, False, False]
    """
    return _LOST.search(text) is not None and _ADDRESS.search(text) is None


def lost_letters_note(cells: pd.DataFrame) -> tuple[Note, ...]:
    """Return a note with an example where letters of the sheet are lost, which no program can bring back.

    >>> lost_letters_note(pd.DataFrame({0: ["Đơn vị", "S\ufffd T\ufffd pháp"]}, dtype=object))[0].code
    'lost_letters'
    """
    step = max(1, len(cells) // _SAMPLE_ROWS)
    for name in cells.columns:
        for text in dict.fromkeys(cells[name].iloc[::step]):
            if isinstance(text, str) and ("?" in text or "\ufffd" in text) and has_lost_letters(text):
                return (_note(" ".join(text.split())[:60]),)
    return ()


def _note(example: str) -> Note:
    return Note(
        "lost_letters",
        f"Letters have been lost before the file came here, for example in {example!r}. "
        "Export it again as .xlsx or as UTF-8 text.",
        f"Tệp đã bị mất chữ có dấu từ trước, ví dụ {example!r}. Hãy kết xuất lại ở dạng .xlsx hoặc văn bản UTF-8.",
    )
