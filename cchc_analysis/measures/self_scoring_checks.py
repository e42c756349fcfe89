"""Arithmetic checks of self-scored sheets: maxima, steps, sums, and what is missing."""

from collections.abc import Mapping
from math import isclose
from typing import Any

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.measures.self_scores import (
    PLACES,
    SCORE_COLUMNS_OF,
    Given,
    Scoring,
    ancestors,
    given_scores,
    leaves_of,
    score_table,
    sum_under,
    uncovered,
)

FINDING_COLUMNS = ("unit", "criterion", "kind", "who", "score", "limit", "difference")
FINDING_KINDS = (
    "above_maximum",
    "negative",
    "step_not_allowed",
    "sum_differs",
    "criterion_missing",
    "unknown_criterion",
)


def self_scoring_findings(scores: pd.DataFrame, offices: Mapping[str, Scoring]) -> pd.DataFrame:
    """Return what does not hold in the sheets: columns FINDING_COLUMNS, one row per finding, by office in their order.

    `scores`: the register self_scores of one index and year. `kind` (FINDING_KINDS): a score or the sum of its parts
    above the maximum (`limit`), below 0, not one of the steps; a stated sum (`score`) that differs from the sum of its
    parts (`limit`); a criterion without a score; a code the index does not have. A stated sum is not held against parts
    of which one is missing, unless it is below what is there. `who`: "self" or "verified". `difference` = score −
    limit. An office that handed in nothing has no findings: it is missing.

    >>> criteria = pd.DataFrame({"criterion": ["1", "1.1", "total"], "field": ["1", "1", ""], "points": [None, 2, 10]})
    >>> scoring = Scoring(criteria.assign(step=None, allowed=[()] * 3), ("1.1",), {})
    >>> scores = pd.DataFrame({"unit": "a", "criterion": ["1.1"], "self_score": [2.5], "verified_score": [None]})
    >>> self_scoring_findings(scores, {"a": scoring})[["criterion", "kind", "difference"]].values.tolist()
    [['1.1', 'above_maximum', 0.5]]
    """
    rows = []
    for unit, scoring in offices.items():
        for who, column in SCORE_COLUMNS_OF.items():
            found = _findings_of(given_scores(scores, unit, column), scoring)
            rows += [{"unit": unit, "who": who, **row} for row in found if who == "self" or row["kind"] in _OF_BOTH]
    return score_table(rows, FINDING_COLUMNS)


_OF_BOTH = ("above_maximum", "negative", "step_not_allowed", "sum_differs")


def _findings_of(given: Given, scoring: Scoring) -> list[dict[str, Any]]:
    if not given:
        return []
    leaves, points = leaves_of(given), scoring.points
    rows = [_finding(code, "negative", score, 0.0) for code, score in given.items() if score < 0]
    for code, limit in points.items():
        score = sum_under(leaves, code)
        if score is not None and score > limit and not isclose(score, limit):
            rows.append(_finding(code, "above_maximum", score, limit))
    rows += _wrong_steps(given, scoring) + _wrong_sums(given, leaves, scoring)
    rows += [_finding(code, "criterion_missing") for code in uncovered(scoring.to_score, given)]
    known = set(scoring.criteria["criterion"])
    if scoring.to_score:
        rows += [_finding(code, "unknown_criterion", given[code]) for code in given if not _is_known(code, known)]
    place = {code: at for at, code in enumerate(scoring.criteria["criterion"])}
    return sorted(rows, key=lambda row: (FINDING_KINDS.index(row["kind"]), place.get(row["criterion"], len(place))))


def _is_known(code: str, known: set[str]) -> bool:
    """Whether the index has a code; parts of a criterion whose parts are not described count as known."""
    if code in known:
        return True
    parent = ancestors(code)[0]
    return parent.count(".") == 1 and parent in known and not any(ancestors(other)[:1] == (parent,) for other in known)


def _wrong_steps(given: Given, scoring: Scoring) -> list[dict[str, Any]]:
    rows = []
    for row in records(scoring.criteria):
        score, step, allowed = given.get(row["criterion"]), row["step"], row["allowed"]
        if score is None:
            continue
        off_step = step is not None and step == step and not isclose(score / step, round(score / step), abs_tol=1e-9)
        if off_step or (allowed and not any(isclose(score, known, abs_tol=1e-9) for known in allowed)):
            rows.append(_finding(row["criterion"], "step_not_allowed", score))
    return rows


def _wrong_sums(given: Given, leaves: Given, scoring: Scoring) -> list[dict[str, Any]]:
    rows = []
    missing = set(uncovered(scoring.to_score, given))
    for code, stated in given.items():
        summed = sum_under(leaves, code)
        if code in leaves or summed is None or isclose(stated, summed, abs_tol=10**-PLACES):
            continue
        incomplete = any(code in ancestors(part) for part in missing)
        if stated < summed or not incomplete:
            rows.append(_finding(code, "sum_differs", stated, summed))
    return rows


def _finding(code: str, kind: str, score: float | None = None, limit: float | None = None) -> dict[str, Any]:
    gap = None if score is None or limit is None else round(score - limit, PLACES)
    return {"criterion": code, "kind": kind, "score": score, "limit": limit, "difference": gap}
