"""Count table of the answers to a questionnaire."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.tables import group_counts
from cchc_analysis.errors import ParameterError

SURVEY_DIMENSIONS = ("unit", "field", "mode", "wave")
"""What every survey may be grouped by, beside the traits of respondents that its questionnaire has."""


def check_survey_dimensions(by: tuple[str, ...], traits: tuple[str, ...]) -> None:
    """Raise ParameterError for a dimension that a survey does not have.

    >>> check_survey_dimensions(("unit", "age_group"), traits=("age_group",))
    """
    known = (*SURVEY_DIMENSIONS, *traits)
    for name in by:
        if name not in known:
            listed = ", ".join(known)
            raise ParameterError(
                f"A survey cannot be grouped by {name!r}; known: {listed}.",
                f"Không thể phân tổ phiếu khảo sát theo {name!r}; có thể dùng: {listed}.",
            )


def count_answers(
    rows: Any, questions: tuple[str, ...], by: tuple[str, ...] = (), traits: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Count the answers to each question by the code given: points as on the form, missing codes, invalid, blank.

    `rows`: the table of a survey on any engine, one row per form. `by`: SURVEY_DIMENSIONS and `traits`, the traits of
    respondents. Result: columns `by` ("" = not stated), `question` (in the order asked for), `answer` (None = blank),
    `n` (int64, only what occurs); for every question the n of a group add up to its forms. Raises ParameterError for
    an unknown dimension.

    >>> forms = pd.DataFrame({"unit": ["a", "a", "b"], "q1": ["5", None, "99"]})
    >>> count_answers(forms, ("q1",), ("unit",)).to_numpy().tolist()
    [['a', 'q1', '5', 1], ['a', 'q1', None, 1], ['b', 'q1', '99', 1]]
    """
    check_survey_dimensions(by, traits)
    empty = nw.lit("")
    frame = as_frame(rows)
    groups = [nw.coalesce(nw.col(name), empty).alias(name) for name in by]
    # One table under another: engines differ in how they turn columns into rows.
    parts = [
        frame.select(
            *groups, nw.lit(name).alias("question"), nw.coalesce(nw.col(name).cast(nw.String), empty).alias("answer")
        )
        for name in questions
    ]
    long = nw.concat(parts, how="vertical")
    counts = group_counts(long, [*by, "question", "answer"])
    # Blank answers stand last whatever the engine puts first, and questions in the order of the form.
    counts["question"] = pd.Categorical(counts["question"], categories=list(questions), ordered=True)
    counts["blank"] = counts["answer"] == ""
    ordered = counts.sort_values([*by, "question", "blank", "answer"], kind="stable", ignore_index=True)
    answers = [answer or None for answer in ordered["answer"].tolist()]
    return ordered.assign(question=ordered["question"].astype(str), answer=pd.Series(answers, dtype=object)).drop(
        columns="blank"
    )
