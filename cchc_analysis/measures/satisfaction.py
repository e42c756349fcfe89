"""Satisfaction: the share of satisfied answers of questions, factors and the whole, weighted beside unweighted."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_items import (
    Domain,
    Item,
    domain_of,
    simple_estimates,
    survey_items,
)
from cchc_analysis.measures.survey_responses import (
    BLANK,
    INVALID,
    MISSING_CODE,
    SMALLEST_GROUP,
    BoolArray,
    FloatArray,
    Responses,
)
from cchc_analysis.measures.survey_variance import Spread
from cchc_analysis.stats.counts import normal_quantile
from cchc_analysis.stats.survey_intervals import logit_interval, margin_of_error

OVERALL = "mean_of_questions"
"""The reading of the overall result that is held against a goal."""

ITEM_COLUMNS = ("item_kind", "item", "reading")
COUNT_COLUMNS = ("numerator", "denominator", "n_blank", "n_no_opinion", "n_invalid")
SATISFACTION_COLUMNS = (
    *ITEM_COLUMNS,
    "n_forms",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "weighted",
    "standard_error",
    "weighted_lower",
    "weighted_upper",
    "margin",
    "df",
    "design_effect",
    "mean_points",
    "n_blank",
    "n_no_opinion",
    "n_invalid",
    "suppressed",
)
"""What a table of satisfaction has after its grouping columns; see `satisfaction`."""

FORM_COUNTS = ("n_forms", "n_partial", "n_refused", "n_no_contact", "n_not_eligible", "n_weight_zero")
FORMS_COLUMNS = (
    "n_forms",
    "n_partial",
    "n_refused",
    "n_no_contact",
    "n_not_eligible",
    "response_rate",
    "n_undated",
    "n_weight_zero",
)
TARGET_COLUMNS = (
    "item",
    "n_forms",
    "numerator",
    "denominator",
    "weighted",
    "lower",
    "upper",
    "goal",
    "verdict",
    "answers_to_change",
    "forms_needed",
    "suppressed",
)
POWER = 0.8
"""Chance with which a planned number of forms is to show what is there."""


def survey_forms(responses: Responses, undated: Responses, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the forms of a period and what became of those who were asked.

    `responses`: all rows of the period, `undated`: rows that belong to no period. Result: columns `by`, FORMS_COLUMNS.
    `n_forms`: complete, partial and without outcome. `response_rate`: answered / (answered + refused + no_contact)
    over the source files that state an outcome at all, null where none does (RR2 of the AAPOR without unknown
    eligibility). `n_undated`: forms of the group that are in no period and in no figure.
    """
    forms = responses.forms
    outcome = forms["outcome"]
    answered = forms["answered"].to_numpy(dtype=np.bool_)
    stated = outcome.notna().groupby(forms["source_file"].fillna("")).transform("any").to_numpy(dtype=np.bool_)
    marks = {
        "n_forms": answered,
        "n_partial": (outcome == "partial").to_numpy(dtype=np.bool_),
        **{f"n_{code}": (outcome == code).to_numpy(dtype=np.bool_) for code in ("refused", "no_contact")},
        "n_not_eligible": (outcome == "not_eligible").to_numpy(dtype=np.bool_),
        "n_weight_zero": answered & (forms["weight"] == 0).to_numpy(dtype=np.bool_),
    }
    marks |= {
        "n_answered": answered & stated,
        "n_asked": stated & (answered | marks["n_refused"] | marks["n_no_contact"]),
    }
    codes, groups = responses.keys(by)
    table = groups.assign(**{name: _sums(codes, mark, len(groups)) for name, mark in marks.items()})
    with np.errstate(divide="ignore", invalid="ignore"):
        table["response_rate"] = np.where(table["n_asked"] > 0, table["n_answered"] / table["n_asked"], np.nan)
    table["n_undated"] = _undated_of(undated, by, table)
    return named_groups(table[[*by, *FORMS_COLUMNS]], by)


def _undated_of(undated: Responses, by: tuple[str, ...], table: pd.DataFrame) -> list[int]:
    """Return the undated forms of every group."""
    answered = undated.answered.forms
    if not by:
        return [len(answered)]
    found = answered.groupby(list(by)).size()
    keys = zip(*(table[name] for name in by), strict=True)
    return [int(found.get(key if len(by) > 1 else key[0], 0)) for key in keys]


def _sums(codes: NDArray[np.intp], mark: BoolArray, n_groups: int) -> NDArray[np.int64]:
    return np.bincount(codes[mark], minlength=n_groups).astype(np.int64)


def named_groups(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return a table with None for groups that are not stated."""
    named = {name: pd.Series([value or None for value in table[name]], dtype=object) for name in by if name in table}
    return table.reset_index(drop=True).assign(**named)


def satisfaction(sample: SurveySample, by: tuple[str, ...] = (), items: Sequence[str] = ("overall",)) -> pd.DataFrame:
    """Return the share of satisfied answers of every item in every group.

    Result: columns `by` (None = not stated), SATISFACTION_COLUMNS. `numerator` / `denominator`: satisfied / valid
    answers, unweighted; `value` with `lower`, `upper`: unweighted, logit interval of a simple random sample;
    `weighted` with `standard_error`, `weighted_lower`, `weighted_upper`, half-width `margin` (t se), `df` and
    `design_effect` (over a simple random sample with replacement): design-based. For "mean_of_questions" the counts
    are those of all its answers, while the shares are means of the questions' shares. Where everybody of the strata
    was asked there is no sampling error: standard error 0 and no interval. `mean_points`: unweighted mean of
    all points, high = good. Groups of fewer than SMALLEST_GROUP forms have `suppressed` True and no figure.
    Source: docs/methods/satisfaction.md.
    """
    responses, wanted = sample.responses, survey_items(sample.responses.instrument, items)
    codes, groups = responses.keys(by)
    n_forms = np.bincount(codes, minlength=len(groups)).astype(np.int64)
    rows = rows_of_groups(codes, len(groups))
    shown = [place for place in range(len(groups)) if n_forms[place] >= SMALLEST_GROUP]
    figures = _figures(sample, wanted, [rows[place] for place in shown])
    hidden = dict.fromkeys(_FIGURES, np.nan)
    kept = dict(zip(shown, figures, strict=True))
    told = []
    for place in range(len(groups)):
        for column, item in enumerate(wanted):
            figure = kept[place][column] if place in kept else hidden
            names = {"item_kind": item.kind, "item": item.name, "reading": item.reading, "n_forms": n_forms[place]}
            told.append({"_group": place, **names, **figure, "suppressed": 0 < n_forms[place] < SMALLEST_GROUP})
    table = pd.DataFrame(told, columns=["_group", *SATISFACTION_COLUMNS])
    keys = groups.iloc[table["_group"]].reset_index(drop=True)
    table = pd.concat([keys, table.drop(columns="_group")], axis=1)
    table["suppressed"] = table["suppressed"].astype(bool)
    return named_groups(table[[*by, *SATISFACTION_COLUMNS]], by)


ROUNDING = 1e-6
"""Part of an answer that rounding of floats may leave."""

_FIGURES = tuple(name for name in SATISFACTION_COLUMNS if name not in (*ITEM_COLUMNS, "n_forms", "suppressed"))


def rows_of_groups(codes: NDArray[np.intp], n_groups: int) -> list[NDArray[np.intp]]:
    """Return the places of the forms of every group.

    >>> [rows.tolist() for rows in rows_of_groups(np.array([1, 0, 1]), 3)]
    [[1], [0, 2], []]
    """
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes, minlength=n_groups))[:-1]) if n_groups else []


def _figures(
    sample: SurveySample, items: Sequence[Item], groups: Sequence[NDArray[np.intp]]
) -> list[list[dict[str, Any]]]:
    """Return the figures of every item in every group."""
    if sample.design is None or not groups or not items:
        return [[dict.fromkeys(_FIGURES, np.nan) for _ in items] for _ in groups]
    responses = sample.responses
    return [
        _rows_of(
            _counts(responses, items, rows),
            _unweighted(responses, items, rows),
            _weighted(sample, domain_of(responses, sample.weights, items, rows)),
        )
        for rows in groups
    ]


def _rows_of(*parts: dict[str, FloatArray]) -> list[dict[str, Any]]:
    """Return one dictionary per item from arrays over items."""
    columns = {name: values.tolist() for part in parts for name, values in part.items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _counts(responses: Responses, items: Sequence[Item], rows: NDArray[np.intp]) -> dict[str, FloatArray]:
    """Return the unweighted counts of answers of every item."""
    answers = responses.answers[rows]
    points = responses.points[rows]
    per_question = {
        "numerator": responses.satisfied[rows].sum(axis=0),
        "denominator": responses.valid[rows].sum(axis=0),
        "n_blank": (answers == BLANK).sum(axis=0),
        "n_no_opinion": (answers == MISSING_CODE).sum(axis=0),
        "n_invalid": (answers == INVALID).sum(axis=0),
        "points": np.nansum(points, axis=0),
    }
    member = np.zeros((answers.shape[1], len(items)))
    for column, item in enumerate(items):
        member[list(item.places), column] = 1
    sums = {name: np.rint(counts @ member) if name != "points" else counts @ member
            for name, counts in per_question.items()}  # fmt: skip
    total = sums.pop("points")
    with np.errstate(divide="ignore", invalid="ignore"):
        sums["mean_points"] = np.where(sums["denominator"] > 0, total / sums["denominator"], np.nan)
    return sums


def _unweighted(responses: Responses, items: Sequence[Item], rows: NDArray[np.intp]) -> dict[str, FloatArray]:
    found = simple_estimates(responses, items, rows)
    n = found.n.astype(np.float64)
    lower, upper = share_interval(found.shares, found.standard_errors, n - 1, n)
    return {"value": found.shares, "lower": lower, "upper": upper}


def share_interval(
    shares: FloatArray, standard_errors: FloatArray, df: FloatArray, n: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the logit intervals of shares; at 0, at 1 and without variance Clopper–Pearson on n forms.

    >>> share_interval(np.array([1.0]), np.array([0.0]), np.array([11.0]), np.array([12.0]))
    (array([0.735...]), array([1.]))
    """
    lower, upper = logit_interval(shares, standard_errors, df, n=np.where(n >= 1, n, np.nan))
    return np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)


def _weighted(sample: SurveySample, domain: Domain) -> dict[str, FloatArray]:
    """Return the design-based figures of every item; edges rest on the effective number of forms, at most all."""
    spread = sample.variance.spread(domain.rows, domain.influence, domain.present)
    errors = spread.standard_errors
    lower, upper = share_interval(domain.shares, errors, spread.df, forms_worth(domain, spread))
    return {
        "weighted": domain.shares,
        "standard_error": np.where(np.isnan(domain.shares), np.nan, errors),
        "weighted_lower": np.where(spread.complete, np.nan, lower),
        "weighted_upper": np.where(spread.complete, np.nan, upper),
        "margin": np.asarray(margin_of_error(errors, spread.df), dtype=np.float64),
        "df": np.where(np.isnan(errors), np.nan, spread.df),
        "design_effect": spread.deff,
    }


def forms_worth(domain: Domain, spread: Spread) -> FloatArray:
    """Return how many forms of a simple random sample each share is worth, at least one and at most its own.

    The n of intervals at 0 and 1: n / design effect, where nothing varies Kish's effective number.
    """
    n = domain.present.sum(axis=0).astype(np.float64)
    return np.clip(np.where(np.isnan(spread.n_effective), n, spread.n_effective), np.minimum(n, 1), n)


def likert(sample: SurveySample, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return how often every point was given to every question, unweighted and weighted.

    Result: columns `by`, `question`, `factor` (None = none), `point` (int, turned so that high is good), `n`, `share`,
    `weighted_share` (both of valid answers), `n_valid`; every point of the scale has a row. Groups of fewer than
    SMALLEST_GROUP forms are left out, and so are shares of a question nobody answered.
    """
    responses = sample.responses
    codes, groups = responses.keys(by)
    kept = np.flatnonzero(np.bincount(codes, minlength=len(groups)) >= SMALLEST_GROUP)
    questions = responses.instrument.questions
    given = [_points_given(responses, place, codes, kept, sample.weights) for place in range(len(questions))]
    # One table of all questions: a form has dozens of them, and each table of its own costs as much as all together.
    sizes = [len(kept) * len(question.points) for question in questions]
    rows = np.concatenate([np.repeat(kept, len(question.points)) for question in questions])
    numbers = {name: np.concatenate([one[name] for one in given]) for name in given[0]}
    names = {"question": [one.name for one in questions], "factor": [one.factor for one in questions]}
    texts = {name: np.repeat(np.array(values, dtype=object), sizes) for name, values in names.items()}
    table = groups.iloc[rows].reset_index(drop=True).assign(**texts, **numbers)
    return named_groups(table, by)


def _points_given(
    responses: Responses, place: int, codes: NDArray[np.intp], kept: NDArray[np.intp], weights: FloatArray
) -> dict[str, NDArray[Any]]:
    """Return the columns of one question that are numbers: the groups that are kept, in each the points."""
    question = responses.instrument.questions[place]
    n_points = len(question.points)
    known = responses.answers[:, place] >= 0
    cells = codes[known] * n_points + responses.answers[known, place]
    size = (int(codes.max(initial=-1)) + 1) * n_points
    n = np.bincount(cells, minlength=size).reshape(-1, n_points)[kept]
    mass = np.bincount(cells, weights=weights[known], minlength=size).reshape(-1, n_points)[kept]
    points = question.points if question.highest_is_best else question.points[::-1]
    valid = np.repeat(n.sum(axis=1), n_points)
    with np.errstate(divide="ignore", invalid="ignore"):
        weighted = np.where(mass.sum(axis=1, keepdims=True) > 0, mass / mass.sum(axis=1, keepdims=True), np.nan)
        share = np.where(valid > 0, n.ravel() / valid, np.nan)
    return {
        "point": np.tile(np.array(points, dtype=np.int64), len(kept)),
        "n": n.ravel(),
        "share": share,
        "weighted_share": weighted.ravel(),
        "n_valid": valid,
    }


def answers_short(share: float, n_answers: float, goal: float) -> int | None:
    """Return how many of n answers would have to become satisfied to reach a goal, None where nothing was answered.

    The smallest whole k with share + k / n_answers ≥ goal; 0 where the goal is reached. `share`: satisfied now,
    weighted or not.

    >>> answers_short(0.80, 100, 0.85), answers_short(17 / 20, 20, 0.85), answers_short(0.0, 0, 0.85)
    (5, 0, None)
    """
    if pd.isna(share) or pd.isna(n_answers) or n_answers <= 0:
        return None
    # 0.85 as a float lies a hair off: the goal is meant as it is written.
    wanted = Fraction(str(goal)) * int(n_answers)
    return max(0, math.ceil(float(wanted) - share * n_answers - ROUNDING))


def satisfaction_target(sample: SurveySample, goal: float, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Hold the overall result (mean of questions, weighted) against a goal.

    Result: columns `by`, TARGET_COLUMNS. `verdict`: "met" where the 95 % interval lies wholly at or above the goal,
    "missed" wholly below, else "undecided"; None where there is no result. Where everybody was asked the value itself
    decides, and `lower`, `upper` are null. `answers_to_change`: how many of all answers
    would have to become satisfied with all else equal (answers_short at the weighted share of all answers pooled); 0
    where the result has reached the goal, else at least 1. `forms_needed`: forms at which a distance to the goal as
    seen would be told with 80 % power: n₀ = n (z + z₈₀)² se² / distance², se without finite populations, held against
    the N dossiers of the group where they are known: n₀ / (1 + n₀ / N). Null where there is no distance or no standard
    error.
    """
    overall = satisfaction(sample, by)
    table = overall[overall["item"] == OVERALL].reset_index(drop=True)
    pooled = overall.loc[overall["item"] == "pooled", "weighted"].to_numpy(dtype=np.float64)
    lower, upper = table["weighted_lower"], table["weighted_upper"]
    denominator, weighted = (table[name].to_numpy(dtype=np.float64) for name in ("denominator", "weighted"))
    # No sampling error and no interval: everybody was asked.
    complete = lower.isna() & (table["standard_error"] == 0)
    met, missed = (lower >= goal) | (complete & (weighted >= goal)), (upper < goal) | (complete & (weighted < goal))
    verdict = np.select([met, missed, lower.notna()], ["met", "missed", "undecided"], "")
    lacking = [answers_short(share, n, goal) or 0 for share, n in zip(pooled, denominator, strict=True)]
    short = np.where(weighted >= goal, 0.0, np.maximum(np.array(lacking, dtype=np.float64), 1.0))
    needed = np.where(complete, np.nan, _forms_needed(sample, by, np.abs(weighted - goal)))
    told = table.assign(
        lower=lower,
        upper=upper,
        goal=goal,
        verdict=pd.Series([word or None for word in verdict], dtype=object),
        answers_to_change=np.where(np.isnan(weighted), np.nan, short),
        forms_needed=needed,
    )
    return told[[*by, *TARGET_COLUMNS]]


def _forms_needed(sample: SurveySample, by: tuple[str, ...], distance: FloatArray) -> FloatArray:
    """Return how many forms of each group tell a distance with the chance POWER; nan where that cannot be said."""
    codes, groups = sample.responses.keys(by)
    rows = rows_of_groups(codes, len(groups))
    errors, n_forms, population = np.full((3, len(rows)), np.nan)
    for place, part in enumerate(rows):
        errors[place], _ = overall_precision(sample, part)
        n_forms[place] = len(part)
        population[place] = sample.population_of(part) if sample.design is not None else np.nan
    factor = (normal_quantile(0.95) + normal_quantile(2 * POWER - 1)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        endless = n_forms * factor * errors**2 / distance**2
        needed = np.ceil(endless / (1 + endless / population) - ROUNDING)
    return np.where((distance > 0) & (errors > 0), needed, np.nan)


def overall_precision(sample: SurveySample, rows: NDArray[np.intp] | None = None) -> tuple[float, float]:
    """Return standard error and design effect of the overall result of some forms without finite populations.

    For planning and comparing; nan where there is no result or fewer than SMALLEST_GROUP forms.
    """
    item = next((one for one in survey_items(sample.responses.instrument, ("overall",)) if one.name == OVERALL), None)
    if item is None or sample.design is None:
        return np.nan, np.nan
    domain = domain_of(sample.responses, sample.weights, [item], rows)
    if len(domain.rows) < SMALLEST_GROUP or np.isnan(domain.shares[0]):
        return np.nan, np.nan
    found = sample.variance.without_populations.spread(domain.rows, domain.influence, domain.present)
    return float(found.standard_errors[0]), float(found.deff[0])
