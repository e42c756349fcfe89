"""The scores of one sheet: which code is part of which, and sums that count nothing twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from cchc_analysis.frames import records

TOTAL = "total"
"""The code of the whole sheet, under which an office states its total."""

SCORE_COLUMNS_OF = {"self": "self_score", "verified": "verified_score"}
"""Who scored → the column of the register."""

PLACES = 6
"""Decimals to which sums are rounded: scores are decimal numbers, and their sums are to be so too."""

_WORDS_FOR_TOTAL = {TOTAL, "tong", "tổng", "tổng điểm", "tổng cộng", "cộng", "tc"}


@dataclass(frozen=True)
class Scoring:
    """What an office has to score.

    `criteria`: columns criterion, field, points, step (null = not known), allowed (tuple), measure, full_at; the row
    TOTAL holds the points of the whole. `to_score`: the codes to fill in, empty where the structure is not known.
    `beside`: field → measures that are shown beside it.
    """

    criteria: pd.DataFrame
    to_score: tuple[str, ...]
    beside: Mapping[str, tuple[str, ...]]

    @property
    def points(self) -> dict[str, float]:
        """Code → maximum, of those that are known."""
        known = self.criteria[self.criteria["points"].notna()]
        return dict(zip(known["criterion"], known["points"], strict=True))

    @property
    def fields(self) -> tuple[str, ...]:
        """The codes of the fields in order."""
        return tuple(dict.fromkeys(field for field in self.criteria["field"] if field))


Given = dict[str, float]


def criterion_code(text: str) -> str:
    """Return the code of a criterion as sheets write it, or TOTAL.

    >>> criterion_code(" 3.2. "), criterion_code("Tổng điểm")
    ('3.2', 'total')
    """
    plain = " ".join(text.split()).strip(" .").lower()
    return TOTAL if plain in _WORDS_FOR_TOTAL else plain


@cache
def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes a code is part of, the nearest first.

    >>> ancestors("3.2.1"), ancestors("3"), ancestors(TOTAL)
    (('3.2', '3', 'total'), ('total',), ())
    """
    if code == TOTAL:
        return ()
    levels = code.split(".")
    return (*(".".join(levels[:n]) for n in range(len(levels) - 1, 0, -1)), TOTAL)


def given_scores(scores: pd.DataFrame, unit: str, column: str) -> Given:
    """Return the scores of an office in a column of the register, code → score."""
    own = scores[(scores["unit"] == unit) & scores[column].notna()]
    return {criterion_code(str(row["criterion"])): float(row[column]) for row in records(own)}


def leaves_of(given: Given) -> Given:
    """Return the scores that no other given score is part of: their sum counts nothing twice."""
    above = {parent for code in given for parent in ancestors(code)}
    return {code: score for code, score in given.items() if code not in above}


def sum_under(leaves: Given, code: str) -> float | None:
    """Sum the scores of a code and its parts; None where there are none."""
    own = [score for leaf, score in leaves.items() if leaf == code or code in ancestors(leaf)]
    return round(sum(own), PLACES) if own else None


def uncovered(wanted: Iterable[str], given: Given) -> list[str]:
    """Return the codes for which neither a score nor one of a part was given."""
    covered = {*given, *(parent for code in given for parent in ancestors(code))}
    return [code for code in wanted if code not in covered]


def score_table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Make a table of rows; what is missing in a column of numbers is null."""
    table = pd.DataFrame(rows, columns=list(columns))
    numbers = [name for name in columns if name in _NUMBERS]
    return table.astype(dict.fromkeys(numbers, "float64"))


_NUMBERS = {
    *("self_total", "stated_total", "verified_total", "difference", "points", "self_score", "stated", "verified_score"),
    *("score", "limit", "numerator", "denominator", "value", "lower", "upper", "expected"),
}
