"""Whether the answers of a survey can be trusted: scales that hang together, and doubtful ways of filling in forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from cchc_analysis.measures.survey_comparison import overall_item
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_items import domain_of
from cchc_analysis.measures.survey_responses import (
    BLANK,
    INVALID,
    SMALLEST_GROUP,
    BoolArray,
    FloatArray,
    Responses,
)
from cchc_analysis.stats.answer_patterns import speeders, straight_lines
from cchc_analysis.stats.reliability import cronbach_alpha, item_statistics, scale_grade

CHECKS = ("repeated_respondents", "straight_lining", "speeding", "invalid_answers", "identical_forms")
FEWEST_ANSWERED = 6
"""Questions answered from which a line of equal answers, or an equal form, says something."""

MISSING_RULE: Final = "pairwise"
RELIABILITY_COLUMNS = (
    "factor",
    "n_items",
    "n_forms",
    "alpha",
    "lower",
    "upper",
    "missing_rule",
    "grade",
    "reason",
)
SCALE_ITEM_COLUMNS = (
    "question",
    "factor",
    "n",
    "mean_points",
    "sd",
    "item_rest",
    "alpha_without",
    "warnings",
)
QUALITY_COLUMNS = ("check", "n_forms", "n_checked", "value", "value_without", "difference", "reason")


def survey_reliability(responses: Responses) -> pd.DataFrame:
    """Return Cronbach's alpha of every factor, from points turned so that high is good, unweighted.

    Result: columns RELIABILITY_COLUMNS. Covariances are those of every pair of answered questions, where these
    contradict each other (alpha above 1) of complete forms, as `missing_rule` says; `n_forms` answered at least one
    question; Feldt interval. `grade`: excellent ≥ 0.9, good ≥ 0.8, acceptable ≥ 0.7, questionable ≥ 0.6,
    poor (George and Mallery 2003), None with a `reason`: "few_items", "few_answers" (fewer than SMALLEST_GROUP forms
    too), "no_variance", "no_common_answers".
    """
    rows = []
    for factor in responses.instrument.factors:
        items = responses.points[:, list(responses.instrument.result_questions(factor))]
        n_forms = int((~np.isnan(items)).any(axis=1).sum())
        told: dict[str, Any] = {"factor": factor, "n_items": items.shape[1], "n_forms": n_forms}
        told |= {"missing_rule": MISSING_RULE, "reason": "few_answers"}
        if n_forms >= SMALLEST_GROUP:
            found = cronbach_alpha(items, MISSING_RULE)
            if found.alpha is not None and found.alpha > 1:
                # Pairs answered by different people can contradict each other; complete forms cannot.
                found = cronbach_alpha(items, "listwise")
            told["missing_rule"] = found.missing
            told |= {"alpha": found.alpha, "lower": found.lower, "upper": found.upper}
            word = scale_grade(found.alpha)
            told |= {"grade": word.grade, "reason": found.reason or word.reason}
        rows.append(told)
    table = pd.DataFrame(rows, columns=list(RELIABILITY_COLUMNS)).astype(
        dict.fromkeys(("alpha", "lower", "upper"), float)
    )
    return table.assign(**{name: _words(table[name]) for name in ("grade", "reason")})


def _words(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return texts with None where there is none."""
    return pd.Series([None if pd.isna(word) else str(word) for word in column], dtype=object, index=column.index)


def survey_scale_items(responses: Responses) -> pd.DataFrame:
    """Return how every question of a factor goes with the others of it.

    Result: columns SCALE_ITEM_COLUMNS: answers, mean and standard deviation of the points (high = good), correlation
    with the sum of the others (corrected), alpha without the question, and `warnings`, a tuple of "constant",
    "reversed", "few_answers", "weak" (see stats.reliability.item_statistics).
    """
    rows: list[dict[str, Any]] = []
    for factor in responses.instrument.factors:
        places = responses.instrument.result_questions(factor)
        names = [responses.instrument.names[place] for place in places]
        if len(responses) < SMALLEST_GROUP:
            rows += [{"question": name, "factor": factor, "n": np.nan, "warnings": ("few_answers",)} for name in names]
            continue
        for name, one in zip(names, item_statistics(responses.points[:, list(places)], MISSING_RULE), strict=True):
            rows.append(
                {
                    "question": name,
                    "factor": factor,
                    "n": one.n,
                    "mean_points": one.mean,
                    "sd": one.standard_deviation,
                    "item_rest": _at_most_one(one.item_rest),
                    "alpha_without": _at_most_one(one.alpha_without),
                    "warnings": one.warnings,
                }
            )
    table = pd.DataFrame(rows, columns=list(SCALE_ITEM_COLUMNS))
    return table.astype(dict.fromkeys(("mean_points", "sd", "item_rest", "alpha_without"), float))


def _at_most_one(value: float | None) -> float | None:
    """Return a correlation or alpha, None where answers missing in different forms make it contradict itself."""
    return None if value is None or value > 1 + 1e-9 else value


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check found: who is concerned and who could be looked at; `reason` where nobody could."""

    concerned: BoolArray
    looked_at: BoolArray
    reason: str | None = None


def respondent_quality(sample: SurveySample) -> pd.DataFrame:
    """Return how many forms look doubtful, and how the overall result would move without them.

    Result: columns QUALITY_COLUMNS, one row per check of CHECKS. `n_forms` concerned of `n_checked`; `value`: overall
    result (mean of questions, weighted) of all forms, `value_without` of the others with the same weights,
    `difference` = value_without − value. Where a check cannot be made `n_checked` is null and `reason` says why:
    "no_column", "too_few" (forms), "too_few_questions". The forms stay in every other figure.

    Repeated: the same respondent or dossier earlier in the wave. Straight lining: at least FEWEST_ANSWERED questions,
    all answered alike as asked. Speeding: at most half the median time per question answered. Invalid: at least one
    invalid answer. Identical: the same answers (FEWEST_ANSWERED or more, not all alike), unit, mode and traits as an
    earlier form of the wave.
    """
    checks: dict[str, Callable[[Responses], Checked]] = {
        "repeated_respondents": _repeated,
        "straight_lining": _straight,
        "speeding": _speeding,
        "invalid_answers": _invalid,
        "identical_forms": _identical,
    }
    rows = []
    value = _overall(sample, np.ones(len(sample.responses), dtype=np.bool_))
    for name in CHECKS:
        found = checks[name](sample.responses)
        told: dict[str, Any] = {"check": name, "reason": found.reason, "value": value}
        if found.reason is None:
            without = _overall(sample, ~found.concerned)
            told |= {"n_forms": int(found.concerned.sum()), "n_checked": int(found.looked_at.sum())}
            told |= {"value_without": without, "difference": without - value}
        rows.append(told)
    table = pd.DataFrame(rows, columns=list(QUALITY_COLUMNS))
    numbers = ("n_forms", "n_checked", "value", "value_without", "difference")
    return table.astype(dict.fromkeys(numbers, float)).assign(reason=_words(table["reason"]))


def _overall(sample: SurveySample, kept: BoolArray) -> float:
    """Return the overall result of some forms with the weights of all."""
    item = overall_item(sample.responses)
    if item is None or sample.design is None or kept.sum() < SMALLEST_GROUP:
        return np.nan
    return float(domain_of(sample.responses, sample.weights, [item], np.flatnonzero(kept)).shares[0])


def _nobody(responses: Responses, reason: str) -> Checked:
    none = np.zeros(len(responses), dtype=np.bool_)
    return Checked(none, none, reason)


def _repeated(responses: Responses) -> Checked:
    forms = responses.forms
    known = forms[["respondent_id", "dossier_id"]].notna()
    if not known.to_numpy().any():
        return _nobody(responses, "no_column")
    ordered = forms.sort_values("answered_at", kind="stable", na_position="last")
    again = np.zeros(len(forms), dtype=np.bool_)
    for name in ("respondent_id", "dossier_id"):
        stated = ordered[ordered[name].notna()]
        again[stated.index[stated.duplicated(["wave", name]).to_numpy()]] = True
    return Checked(again, known.any(axis=1).to_numpy(dtype=np.bool_))


def _as_asked(responses: Responses) -> FloatArray:
    """Return the place of every answer on the form, not turned, nan for none; of the scale most questions have."""
    instrument = responses.instrument
    places = [
        place
        for place, question in enumerate(instrument.questions)
        if question.overall or place in instrument.result_questions()
    ]
    alike = [place for place in places if len(instrument.questions[place].points) == instrument.n_points]
    answers = responses.answers[:, alike].astype(np.float64)
    turned = np.array([instrument.questions[place].reversed for place in alike], dtype=np.bool_)
    asked = np.where(turned, instrument.n_points - 1 - answers, answers)
    return np.where(answers >= 0, asked, np.nan)


def _straight(responses: Responses) -> Checked:
    asked = _as_asked(responses)
    if asked.shape[1] < FEWEST_ANSWERED:
        return _nobody(responses, "too_few_questions")
    enough = (~np.isnan(asked)).sum(axis=1) >= FEWEST_ANSWERED
    return Checked(straight_lines(asked, FEWEST_ANSWERED) if len(asked) else enough, enough)


def _speeding(responses: Responses) -> Checked:
    seconds = responses.forms["answer_seconds"].to_numpy(dtype=np.float64)
    if np.isnan(seconds).all():
        return _nobody(responses, "no_column")
    given = ((responses.answers != BLANK) & (responses.answers != INVALID)).sum(axis=1)
    known = (seconds > 0) & (given > 0)
    found = speeders(np.where(known, seconds, np.nan), given)
    if found.reason is not None:
        return _nobody(responses, "too_few")
    return Checked(found.flagged, known)


def _invalid(responses: Responses) -> Checked:
    everyone = np.ones(len(responses), dtype=np.bool_)
    return Checked((responses.answers == INVALID).any(axis=1), everyone)


def _identical(responses: Responses) -> Checked:
    asked = _as_asked(responses)
    if asked.shape[1] < FEWEST_ANSWERED:
        return _nobody(responses, "too_few_questions")
    enough = (responses.answers >= 0).sum(axis=1) >= FEWEST_ANSWERED
    looked_at = enough & ~straight_lines(asked, FEWEST_ANSWERED) if len(asked) else enough
    forms = responses.forms[["wave", "unit", "mode", *responses.instrument.traits]]
    answers = pd.Series([row.tobytes() for row in responses.answers], index=forms.index, dtype=object)
    again = forms.assign(_answers=answers)[looked_at].duplicated()
    concerned = np.zeros(len(responses), dtype=np.bool_)
    concerned[again.index[again.to_numpy()]] = True
    return Checked(concerned, looked_at)
