"""What holds for the count of answers: order, one form more, groups and totals, engines."""

import random
from collections import Counter
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.survey_tables import Rows, forms_on, small_questionnaire

from cchc_analysis.counting import count_answers
from cchc_analysis.warehouse import table_schema

SMALL = small_questionnaire()
QUESTIONS = ("a1", "b1", "overall")
ANSWERS = ("1", "2", "3", "4", "5", "no_opinion", "refused", "invalid", None)
EMPTY = dict.fromkeys(table_schema(SMALL.kind).names)
FAST = {"deadline": None, "derandomize": True, "database": None}

forms = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["p", "q", None]),
        "mode": st.sampled_from(["paper", "phone", None]),
        "gender": st.sampled_from(["male", "female", None]),
        **{name: st.sampled_from(ANSWERS) for name in QUESTIONS},
    }
).map(lambda form: EMPTY | form)


def counted(rows: Rows, by: tuple[str, ...], engine: str = "pandas") -> pd.DataFrame:
    return count_answers(forms_on(engine, SMALL, rows), QUESTIONS, by, ("gender",))


def cells(table: pd.DataFrame) -> Counter[tuple[Any, ...]]:
    return Counter({tuple(row[:-1]): row[-1] for row in table.to_numpy(dtype=object).tolist()})


@settings(max_examples=20, **FAST)
@given(st.lists(forms, min_size=1, max_size=40), st.integers(0, 99))
def test_the_order_of_forms_does_not_matter(rows: Rows, seed: int) -> None:
    mixed = random.Random(seed).sample(rows, len(rows))
    pd.testing.assert_frame_equal(counted(rows, ("unit", "gender")), counted(mixed, ("unit", "gender")))


@settings(max_examples=20, **FAST)
@given(st.lists(forms, max_size=40), forms)
def test_one_form_more_changes_one_cell_of_each_question_by_one(rows: Rows, more: dict[str, Any]) -> None:
    old, new = (cells(counted(part, ("unit",))) for part in (rows, [*rows, more]))
    assert not old - new
    assert new - old == Counter({(more["unit"] or "", name, more[name]): 1 for name in QUESTIONS})


@settings(max_examples=20, **FAST)
@given(st.lists(forms, min_size=1, max_size=40))
def test_groups_add_up_to_totals(rows: Rows) -> None:
    summed: Counter[tuple[Any, ...]] = Counter()
    for (*_, question, answer), n in cells(counted(rows, ("unit", "mode", "gender"))).items():
        summed[question, answer] += n
    assert summed == cells(counted(rows, ()))


@settings(max_examples=10, **FAST)
@given(st.lists(forms, max_size=40))
def test_engines_agree(rows: Rows) -> None:
    for by in ((), ("unit", "mode")):
        pd.testing.assert_frame_equal(counted(rows, by), counted(rows, by, "duckdb"), check_dtype=False)
