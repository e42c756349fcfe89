"""What is estimated from a survey: questions, factors and the overall result, each with the influence of every form."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.errors import ParameterError
from cchc_analysis.measures.survey_responses import BoolArray, FloatArray, Instrument, Responses

ITEM_KINDS = ("overall", "factor", "question")
READINGS = ("mean_of_questions", "pooled", "question")


@dataclass(frozen=True)
class Item:
    """One thing to estimate: `places` are the questions that make it up, `reading` how they are put together.

    `kind` is one of ITEM_KINDS, `name` "mean_of_questions", "pooled", "overall_question", a factor or a question.
    """

    kind: str
    name: str
    reading: str
    places: tuple[int, ...]


def survey_items(instrument: Instrument, wanted: Iterable[str]) -> list[Item]:
    """Return the items of these kinds that a questionnaire has.

    Overall: mean of the shares of all questions (the official reading), all answers pooled, and the overall question
    beside them where there is one. Factors in both readings. Raises ParameterError for an unknown kind.
    """
    asked = tuple(wanted)
    for kind in asked:
        if kind not in ITEM_KINDS:
            known = ", ".join(ITEM_KINDS)
            raise ParameterError(
                f"Unknown kind of result {kind!r}; use {known}.",
                f"Không có loại kết quả {kind!r}; dùng {known}.",
            )
    return [item for kind in ITEM_KINDS if kind in asked for item in _items_of(instrument, kind)]


def _items_of(instrument: Instrument, kind: str) -> Iterator[Item]:
    if kind == "question":
        for place, name in enumerate(instrument.names):
            yield Item(kind, name, "question", (place,))
        return
    for factor in instrument.factors if kind == "factor" else (None,):
        places = instrument.result_questions(factor)
        for reading in READINGS[:2] if places else ():
            yield Item(kind, reading if factor is None else factor, reading, places)
    if kind == "overall" and instrument.overall is not None:
        yield Item(kind, "overall_question", "question", (instrument.overall,))


@dataclass(frozen=True, eq=False)
class Domain:
    """What a group of forms gives: shares (k,), influence (rows, k) and who is present (rows, k) of k items.

    `rows` are the places of the forms in the sample; every other form has no influence.
    """

    rows: NDArray[np.intp]
    shares: FloatArray
    influence: FloatArray
    present: BoolArray

    def spread(self, n: int) -> tuple[FloatArray, BoolArray]:
        """Return influence and presence of all n forms of the sample."""
        influence = np.zeros((n, len(self.shares)))
        present = np.zeros(influence.shape, dtype=np.bool_)
        influence[self.rows], present[self.rows] = self.influence, self.present
        return influence, present


def domain_of(
    responses: Responses, weights: FloatArray, items: Sequence[Item], rows: NDArray[np.intp] | None = None
) -> Domain:
    """Return the shares of satisfied answers of some forms, by default all, and what each form adds to them.

    Question: Σ w s / Σ w v, s satisfied, v valid. Mean of questions: the mean of the shares of those questions that
    anybody answered. Pooled: Σ w Σ s / Σ w Σ v. Influence of a ratio R: w (s - R v) / Σ w v (Woodruff 1971).
    """
    chosen = np.arange(len(responses)) if rows is None else rows
    weight = weights[chosen]
    satisfied, valid = responses.satisfied[chosen], responses.valid[chosen]
    over, under = weight @ satisfied, weight @ valid
    values, of_satisfied, of_valid = _coefficients(over, under, items)
    influence = weight[:, None] * (satisfied @ of_satisfied - valid @ of_valid)
    member = np.zeros((valid.shape[1], len(items)))
    for column, item in enumerate(items):
        member[list(item.places), column] = 1
    return Domain(chosen, values, influence, np.asarray(valid @ member > 0))


def _coefficients(
    over: FloatArray, under: FloatArray, items: Sequence[Item]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the value of every item and by what satisfied and valid answers are multiplied in its influence."""
    values = np.full(len(items), np.nan)
    of_satisfied, of_valid = (np.zeros((len(over), len(items))) for _ in range(2))
    for column, item in enumerate(items):
        places = np.array([place for place in item.places if under[place] > 0], dtype=np.intp)
        if not len(places):
            continue
        if item.reading == "pooled":
            total = under[places].sum()
            values[column] = over[places].sum() / total
            of_satisfied[places, column] = 1 / total
            of_valid[places, column] = values[column] / total
        else:
            shares = over[places] / under[places]
            values[column] = shares.mean()
            of_satisfied[places, column] = 1 / (under[places] * len(places))
            of_valid[places, column] = shares / (under[places] * len(places))
    # Rounding must not put the share of what everybody is satisfied with above 1.
    return np.clip(values, 0.0, 1.0), of_satisfied, of_valid


@dataclass(frozen=True, eq=False)
class SimpleEstimates:
    """Unweighted estimates of k items as of a simple random sample of n forms each."""

    shares: FloatArray
    standard_errors: FloatArray
    n: NDArray[np.int64]


def simple_estimates(
    responses: Responses, items: Sequence[Item], rows: NDArray[np.intp] | None = None
) -> SimpleEstimates:
    """Return unweighted shares with the standard error sqrt(n / (n - 1) Σ z²), z the influence of a form.

    n counts the forms with a valid answer to the item; fewer than two show no variance.
    """
    domain = domain_of(responses, np.ones(len(responses)), items, rows)
    n = domain.present.sum(axis=0).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(n / (n - 1) * (domain.influence**2).sum(axis=0))
    return SimpleEstimates(domain.shares, np.where(n > 1, error, np.nan), n)
