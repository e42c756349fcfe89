"""Quotation marks that are not what they seem: whole lines in quotes, formulas around text, rows run together."""

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from cchc_analysis.intake.headers import is_date_like
from cchc_analysis.intake.other_rows import is_code_like

_SAMPLE_CHARACTERS = 65_536
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"\Z')
_LEAST_CELLS = 4
"""Fewer separators in a line are found in plain prose too."""


def unwrapped_lines(records: Sequence[Sequence[str]]) -> str | None:
    """Return the text inside where every line stands in quotation marks as one cell, None otherwise.

    Excel writes such a file when a text that it did not split into columns is saved as .csv again.

    >>> unwrapped_lines([['Mã,"Đơn vị"'], ["1,Sở A"]])
    'Mã,"Đơn vị"\\n1,Sở A\\n'
    """
    filled = [record for record in records if any(record)]
    if not filled or any(len(record) > 1 for record in filled):
        return None
    return "".join(f"{record[0] if record else ''}\n" for record in records)


def text_of_formula(cell: str) -> str:
    """Return the text in a cell such as `="000123"`, which keeps Excel from changing it; other cells as they are.

    >>> text_of_formula('="000123"'), text_of_formula('=cmd|"x"'), text_of_formula('="a"&"b"')
    ('000123', '=cmd|"x"', '="a"&"b"')
    """
    found = _TEXT_FORMULA.match(cell)
    return found.group(1).replace('""', '"') if found else cell


def swallowed_row(cells: pd.DataFrame, text: str, separator: str) -> int | None:
    """Return the first record in which a stray quotation mark, closed in a later line, has swallowed rows.

    Such a cell holds line breaks, and the pieces between them have as many separators as the columns right of
    the cell, as whole lines, and as the columns left of it; among the pieces is a date or a code.

    >>> cells = pd.DataFrame([["1", "H-250301-0001", "A,B,C\\n2,H-250302-0002,A", "B", "C"]], index=[2])
    >>> swallowed_row(cells, "a,b,c,d,e\\n1,2,3,4,5\\n", ",")
    2
    """
    width = _usual_separators(text, separator)
    if width < 2:
        return None
    for column in range(cells.shape[1]):
        for place, value in enumerate(cells[column]):
            if isinstance(value, str) and "\n" in value and _has_data(value, separator):
                shift = _shift(cells.iloc[place].tolist(), width + 1)
                if _is_run_together(value, column, width, separator, shift):
                    return int(cells.index[place])
    return None


def _usual_separators(text: str, separator: str) -> int:
    counts = Counter(n for line in text[:_SAMPLE_CHARACTERS].splitlines() if (n := line.count(separator)))
    return counts.most_common(1)[0][0] if counts else 0


def _shift(record: Sequence[object], n_cells: int) -> int:
    """Return how many cells the record lacks (positive) or has too many (negative)."""
    last = max((at + 1 for at, cell in enumerate(record) if cell is not None), default=0)
    return n_cells - last


def _has_data(value: str, separator: str) -> bool:
    pieces = [piece.strip() for piece in value.replace("\n", separator).split(separator)]
    return any(is_date_like(piece) or is_code_like(piece) for piece in pieces)


def _is_run_together(value: str, column: int, width: int, separator: str, shift: int) -> bool:
    first, *middle, last = value.split("\n")
    if any(line.count(separator) == width for line in middle):
        return True
    if middle or width < _LEAST_CELLS or first.count(separator) != width - column:
        return False
    # The mark that closes the cell may stand in another column than the one that opened it: the record is then
    # shorter or longer by as many cells.
    moved = last.count(separator) - column
    return moved == 0 or (0 < moved <= shift) or (column < width and shift <= moved < 0)
