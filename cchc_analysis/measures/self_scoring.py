"""Self-scoring of an index: totals, who has filled in the sheet, self-scores beside verified ones and beside what
dossiers and registers say."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.measures.self_scores import (
    PLACES,
    SCORE_COLUMNS_OF,
    TOTAL,
    Given,
    Scoring,
    ancestors,
    given_scores,
    leaves_of,
    score_table,
    sum_under,
    uncovered,
)
from cchc_analysis.measures.self_scoring_checks import self_scoring_findings

SELF_SCORING_COLUMNS = (
    "unit",
    "state",
    "structure_known",
    "n_to_score",
    "n_scored",
    "n_missing",
    "self_total",
    "stated_total",
    "verified_total",
    "difference",
    "n_findings",
)
STATES = ("scored", "partial", "missing")
FIELD_COLUMNS = ("unit", "field", "points", "n_to_score", "n_scored", "self_score", "stated", "verified_score")
VERIFIED_COLUMNS = ("unit", "criterion", "field", "self_score", "verified_score", "difference")
MEASURED_COLUMNS = (
    "unit",
    "criterion",
    "measure",
    "self_score",
    "points",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "expected",
    "difference",
)
DONE_COLUMNS = ("numerator", "denominator", "value", "n_expected", "n_reported")


def self_scoring_states(scores: pd.DataFrame, offices: Mapping[str, Scoring]) -> pd.DataFrame:
    """Return for every office whether its sheet is filled in: columns SELF_SCORING_COLUMNS, one row per office.

    `state`: "scored" (every criterion), "partial", "missing" (nothing handed in). `self_total` is the sum of the scores
    given, parts before wholes; `stated_total` what the office wrote as its total; `difference` = verified − self,
    null unless everything the office scored was verified. Where the structure of the index is not known
    (`structure_known` False) a sheet with scores beside a total counts as scored, `n_to_score` is null.
    """
    findings = self_scoring_findings(scores, offices)
    wrong = findings[findings["kind"] != "criterion_missing"].groupby("unit").size()
    rows = []
    for unit, scoring in offices.items():
        given, verified = (given_scores(scores, unit, column) for column in SCORE_COLUMNS_OF.values())
        left = len(uncovered(scoring.to_score, given))
        n, known = len(scoring.to_score), bool(scoring.to_score)
        compared = bool(verified) and _all_verified(leaves_of(given), leaves_of(verified))
        totals = [sum_under(leaves_of(scored), TOTAL) for scored in (given, verified)]
        rows.append(
            {
                "unit": unit,
                "state": _state(given, left if known else None),
                "structure_known": known,
                "n_to_score": n if known else None,
                "n_scored": n - left if known else sum(code != TOTAL for code in leaves_of(given)),
                "n_missing": left if known else None,
                "self_total": totals[0],
                "stated_total": given.get(TOTAL),
                "verified_total": totals[1],
                "difference": _minus(totals[1], totals[0]) if compared else None,
                "n_findings": int(wrong.get(unit, 0)),
            }
        )
    return score_table(rows, SELF_SCORING_COLUMNS).astype({"n_to_score": "Int64", "n_missing": "Int64"})


def _state(given: Given, n_missing: int | None) -> str:
    if not given:
        return "missing"
    complete = set(given) != {TOTAL} if n_missing is None else n_missing == 0
    return "scored" if complete else "partial"


def _all_verified(own: Given, verified: Given) -> bool:
    """Whether every score of an office stands beside a verified one of the same criterion or of one above it."""
    return bool(own) and all(code in verified or any(up in verified for up in ancestors(code)) for code in own)


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else float(round(first - second, PLACES))


def self_scoring_done(states: pd.DataFrame) -> dict[str, Any]:
    """Return how many offices have scored themselves in full of how many have to: DONE_COLUMNS.

    `n_reported` counts the sheets begun as well. `states`: result of self_scoring_states.

    >>> self_scoring_done(pd.DataFrame({"state": ["scored", "partial", "missing"]}))["n_reported"]
    2
    """
    done, n = int((states["state"] == "scored").sum()), len(states)
    reported = int((states["state"] != "missing").sum())
    return {
        "numerator": done,
        "denominator": n,
        "value": done / n if n else None,
        "n_expected": n,
        "n_reported": reported,
    }


def self_scoring_fields(scores: pd.DataFrame, offices: Mapping[str, Scoring]) -> pd.DataFrame:
    """Return the score of every field of every office that handed in a sheet: columns FIELD_COLUMNS.

    `self_score` and `verified_score` are sums of the scores given, null where none was; `stated` what the office wrote
    for the field itself while it scored its criteria too. Where the structure is not known the fields are those of the
    codes given.
    """
    rows = []
    for unit, scoring in offices.items():
        given, verified = (given_scores(scores, unit, column) for column in SCORE_COLUMNS_OF.values())
        named = {code.split(".")[0] for code in (*given, *verified) if code != TOTAL}
        fields = scoring.fields or tuple(sorted(named, key=lambda field: (len(field), field)))
        missing = uncovered(scoring.to_score, given)
        for field in fields if given else ():
            wanted = [code for code in scoring.to_score if field in ancestors(code)]
            leaves = leaves_of(given)
            own = [code for code in leaves if code == field or field in ancestors(code)]
            rows.append(
                {
                    "unit": unit,
                    "field": field,
                    "points": scoring.points.get(field),
                    "n_to_score": len(wanted) if scoring.to_score else None,
                    "n_scored": len(wanted) - sum(code in missing for code in wanted) if wanted else len(own),
                    "self_score": sum_under(leaves, field),
                    "stated": given.get(field) if field not in leaves else None,
                    "verified_score": sum_under(leaves_of(verified), field),
                }
            )
    return score_table(rows, FIELD_COLUMNS).astype({"n_to_score": "Int64"})


def self_against_verified(scores: pd.DataFrame, offices: Mapping[str, Scoring]) -> pd.DataFrame:
    """Return every criterion that was both self-scored and verified: VERIFIED_COLUMNS, `difference` = verified − self.

    Sums are left out: only scores of which no part is given are compared.
    """
    rows = []
    for unit in offices:
        given, verified = (leaves_of(given_scores(scores, unit, column)) for column in SCORE_COLUMNS_OF.values())
        rows += [
            {
                "unit": unit,
                "criterion": code,
                "field": "" if code == TOTAL else code.split(".")[0],
                "self_score": score,
                "verified_score": verified[code],
                "difference": _minus(verified[code], score),
            }
            for code, score in given.items()
            if code in verified
        ]
    return score_table(rows, VERIFIED_COLUMNS)


def self_against_measures(scores: pd.DataFrame, offices: Mapping[str, Scoring], shares: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of criteria and fields beside the shares of ours that they name: columns MEASURED_COLUMNS.

    `shares`: columns unit, measure, numerator, denominator, value, lower, upper. `expected` = min(1, value / full_at) ·
    points for a criterion of which measure and points are given, `difference` = self_score − expected; both null
    beside a field, where the shares only stand for comparison. Nothing is corrected.
    """
    known = {(row["unit"], row["measure"]): row for row in records(shares)}
    rows = []
    for unit, scoring in offices.items():
        leaves = leaves_of(given_scores(scores, unit, "self_score"))
        for entry in records(scoring.criteria):
            named = (entry["measure"],) if entry["measure"] else scoring.beside.get(entry["criterion"], ())
            for measure in named if leaves else ():
                found = known.get((unit, measure), {})
                score = sum_under(leaves, entry["criterion"])
                expected = _expected(entry, found.get("value")) if entry["measure"] else None
                rows.append(
                    {
                        "unit": unit,
                        "criterion": entry["criterion"],
                        "measure": measure,
                        "self_score": score,
                        "points": entry["points"],
                        **{name: found.get(name) for name in ("numerator", "denominator", "value", "lower", "upper")},
                        "expected": expected,
                        "difference": _minus(score, expected),
                    }
                )
    return score_table(rows, MEASURED_COLUMNS)


def _expected(entry: Mapping[str, Any], value: float | None) -> float | None:
    points = entry["points"]
    if value is None or value != value or points is None or points != points:
        return None
    return float(round(min(1.0, value / entry["full_at"]) * points, PLACES))
