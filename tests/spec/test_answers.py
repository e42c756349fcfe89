"""Answers counted on every engine: codes as given, groups not stated, and the same forms as the microdata hold."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from spec.survey_tables import form_rows, forms_on, small_questionnaire, write_survey

from cchc_analysis import counting, open_study
from cchc_analysis.counting import count_answers
from cchc_analysis.errors import ParameterError

SMALL = small_questionnaire()
QUESTIONS = ("a1", "b1")
FORMS = """
  times | unit | mode  | gender | wave    | answered_at | outcome | a1         | b1
  3     | p    | paper | male   | 2023-Q2 |             |         | 5          | 4
  2     | p    | paper |        | 2023-Q2 |             |         |            | invalid
  1     | p    | phone | female | 2023-Q1 |             | partial | no_opinion | 1
  4     | q    |       | male   | 2023-Q2 |             |         | 2          |
  1     |      | phone | female | 2023-Q2 |             |         | refused    | 5
"""


def counted(engine: str, text: str, by: tuple[str, ...] = ()) -> dict[tuple[object, ...], int]:
    table = count_answers(forms_on(engine, SMALL, form_rows(SMALL, text)), QUESTIONS, by, ("gender",))
    assert table["n"].dtype == "int64"
    return {tuple(row[:-1]): row[-1] for row in table.to_numpy(dtype=object).tolist()}


def test_every_answer_is_counted_by_its_code(engine: str) -> None:
    assert counted(engine, FORMS) == {
        ("a1", "2"): 4,
        ("a1", "5"): 3,
        ("a1", "no_opinion"): 1,
        ("a1", "refused"): 1,
        ("a1", None): 2,
        ("b1", "1"): 1,
        ("b1", "4"): 3,
        ("b1", "5"): 1,
        ("b1", "invalid"): 2,
        ("b1", None): 4,
    }


def test_questions_stand_in_the_order_asked_and_blanks_last(engine: str) -> None:
    table = count_answers(forms_on(engine, SMALL, form_rows(SMALL, FORMS)), ("b1", "a1"))
    assert table["question"].tolist() == ["b1"] * 5 + ["a1"] * 5
    assert [answer is None for answer in table["answer"]] == [False] * 4 + [True] + [False] * 4 + [True]


def test_a_group_that_is_not_stated_is_a_group(engine: str) -> None:
    found = counted(engine, FORMS, ("unit", "gender"))
    assert found["p", "", "b1", "invalid"] == 2
    assert found["", "female", "a1", "refused"] == 1
    assert found["q", "male", "a1", "2"] == 4
    assert sum(n for key, n in found.items() if key[2] == "a1") == 11


@pytest.mark.parametrize("by", [(), ("unit",), ("mode", "wave"), ("gender",)])
def test_the_answers_of_a_question_add_up_to_the_forms(engine: str, by: tuple[str, ...]) -> None:
    table = count_answers(forms_on(engine, SMALL, form_rows(SMALL, FORMS)), QUESTIONS, by, ("gender",))
    totals = table.pivot_table(index=list(by) or (lambda _: 0), columns="question", values="n", aggfunc="sum")
    assert totals["a1"].tolist() == totals["b1"].tolist()
    assert totals["a1"].sum() == 11


def test_no_form_at_all(engine: str) -> None:
    table = count_answers(forms_on(engine, SMALL, []), QUESTIONS, ("unit",))
    assert table.columns.tolist() == ["unit", "question", "answer", "n"]
    assert len(table) == 0


def test_a_dimension_of_another_questionnaire_is_refused(engine: str) -> None:
    with pytest.raises(ParameterError, match="unit, field, mode, wave, gender"):
        count_answers(forms_on(engine, SMALL, []), QUESTIONS, ("age_group",), ("gender",))
    assert counting.SURVEY_DIMENSIONS == ("unit", "field", "mode", "wave")


PERIOD_FORMS = """
  times | unit | wave        | answered_at      | outcome | a1 | b1
  12    | p    | 2023-Q2     |                  |         | 5  | 4
  11    | p    |             | 2023-05-02 08:00 |         | 4  | 3
  1     | p    |             | 2023-06-14 23:59 |         | 3  | 3
  5     | p    |             | 2023-06-15 00:00 |         | 1  | 1
  6     | q    | 2023-Q1     | 2023-05-02 08:00 |         | 1  | 1
  7     | q    | 2023        | 2023-05-02 08:00 |         | 2  | 1
  8     | q    | 2023        | 2023-01-02 08:00 |         | 1  | 2
  10    | q    | Đợt 1       | 2023-04-02       |         | 5  | 5
  9     | q    | Đợt 1       |                  |         | 1  | 1
  2     | q    |             |                  |         | 1  | 1
  3     | q    | 2023-Q2     |                  | refused |    |
"""


def test_the_engine_counts_the_forms_that_the_microdata_put_into_the_period(tmp_path: Path) -> None:
    write_survey(tmp_path, SMALL, form_rows(SMALL, PERIOD_FORMS), datetime(2023, 7, 31))
    survey = open_study(data=tmp_path, period="2023-Q2").survey()
    counts = survey.answer_counts("unit")
    a1 = counts[counts["question"] == "a1"]
    assert {(row.unit, row.answer): row.n for row in a1.itertuples()} == {
        ("p", "3"): 1,
        ("p", "4"): 11,
        ("p", "5"): 12,
        ("q", "2"): 7,
        ("q", "5"): 10,
    }
    table = survey.satisfaction("unit", ("question",))
    for name in QUESTIONS:
        points = counts[(counts["question"] == name) & counts["answer"].isin(list("12345"))]
        satisfied = points[points["answer"].isin(["4", "5"])].groupby("unit")["n"].sum()
        rows = table[table["item"] == name].set_index("unit")
        assert rows["denominator"].to_dict() == points.groupby("unit")["n"].sum().to_dict()
        assert rows["numerator"].to_dict() == satisfied.reindex(rows.index).fillna(0).to_dict()
    assert survey.forms()[["n_forms", "n_refused", "n_undated"]].to_numpy().tolist() == [[41, 3, 11]]


@pytest.mark.parametrize(("period", "n"), [("2023-05", 18), ("2023-Q1", 14), ("2023-6M", 55), ("2022-Q4", 0)])
def test_forms_of_other_periods(tmp_path: Path, period: str, n: int) -> None:
    write_survey(tmp_path, SMALL, form_rows(SMALL, PERIOD_FORMS), datetime(2023, 7, 31))
    survey = open_study(data=tmp_path, period=period).survey()
    assert survey.forms()["n_forms"].tolist() == [n]
    counts = survey.answer_counts()
    assert counts[counts["question"] == "a1"]["n"].sum() == n


def test_one_unit_counts_its_own_forms(tmp_path: Path) -> None:
    write_survey(tmp_path, SMALL, form_rows(SMALL, PERIOD_FORMS.replace("| p ", "| phuong-1 ")), datetime(2023, 7, 31))
    study = open_study(data=tmp_path, period="2023-Q2")
    one = type(study)(**{name: getattr(study, name) for name in ("warehouse", "period", "as_of", "language")},
                      registry=study.registry, calendar=study.calendar, unit="phuong-1")  # fmt: skip
    assert one.survey().forms()["n_forms"].tolist() == [24]
    counts = one.survey().answer_counts("unit")
    assert set(counts["unit"]) == {"phuong-1"}
    assert isinstance(counts, pd.DataFrame)
