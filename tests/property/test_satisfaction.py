"""What holds of satisfaction whatever was answered."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.survey_tables import Rows, responses_of, small_questionnaire

from cchc_analysis import measures
from cchc_analysis.measures import SurveySample, answers_short, survey_sample
from cchc_analysis.warehouse import table_schema

SMALL = small_questionnaire()
QUESTIONS = ("a1", "a2", "b1", "overall")
ANSWERS = ("1", "2", "3", "4", "5", "no_opinion", "refused", "invalid", None)
SHARES = ("value", "lower", "upper", "weighted", "weighted_lower", "weighted_upper")

forms = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["p", "q", None]),
        "field": st.sampled_from(["land", "civil"]),
        "mode": st.sampled_from(["paper", "phone"]),
        "weight": st.sampled_from([0.0, 0.5, 1.0, 3.0]),
        "cluster": st.sampled_from(["c1", "c2", "c3", None]),
        **{name: st.sampled_from(ANSWERS) for name in QUESTIONS},
    }
)
surveys = st.lists(forms, min_size=0, max_size=60)
numbers_of_dossiers = st.none() | st.fixed_dictionaries(
    {cell: st.integers(0, 400) for cell in (("p", "land"), ("p", "civil"), ("q", "land"), ("q", "civil"))}
)


def rows_of(drawn: list[dict[str, Any]], *left_out: str) -> Rows:
    empty = dict.fromkeys(table_schema(SMALL.kind).names)
    kept = [{name: value for name, value in form.items() if name not in left_out} for form in drawn]
    return [empty | {"wave": "2023-Q2"} | form for form in kept]


def sample_of(drawn: list[dict[str, Any]], dossiers: dict[tuple[str, str], int] | None, *left_out: str) -> SurveySample:
    cells = None if dossiers is None else [(*cell, n) for cell, n in dossiers.items()]
    known = None if cells is None else pd.DataFrame(cells, columns=["unit", "field", "n"])
    return survey_sample(responses_of(SMALL, rows_of(drawn, *left_out)), known)


def everything(sample: SurveySample, by: tuple[str, ...] = ()) -> pd.DataFrame:
    return measures.satisfaction(sample, by, ("overall", "factor", "question"))


@settings(deadline=None, max_examples=60)
@given(surveys, numbers_of_dossiers, st.sampled_from([(), ("cluster",), ("weight",), ("weight", "cluster")]))
def test_every_share_lies_in_its_interval_and_nothing_is_infinite(drawn, dossiers, left_out) -> None:
    sample = sample_of(drawn, dossiers, *left_out)
    for by in ((), ("unit",), ("mode",)):
        table = everything(sample, by)
        for share, lower, upper in (SHARES[:3], SHARES[3:]):
            known = table[table[lower].notna()]
            assert ((known[lower] >= 0) & (known[upper] <= 1)).all()
            assert ((known[lower] <= known[share]) & (known[share] <= known[upper])).all()
            assert known[share].notna().all()
        figures = table.select_dtypes("number")
        assert not np.isinf(figures.to_numpy(dtype=float)).any()
        assert (table["numerator"].fillna(0) <= table["denominator"].fillna(0)).all()
        assert table.loc[table["suppressed"], [*SHARES, "numerator", "denominator", "mean_points"]].isna().all().all()
        assert (table["suppressed"] == table["n_forms"].between(1, 9)).all()


@settings(deadline=None, max_examples=40)
@given(surveys)
def test_answers_of_every_kind_add_up_to_the_forms(drawn) -> None:
    table = everything(sample_of(drawn, None))
    questions = table[(table["item_kind"] == "question") & ~table["suppressed"] & (table["n_forms"] > 0)]
    total = questions[["denominator", "n_blank", "n_no_opinion", "n_invalid"]].sum(axis=1)
    assert (total == questions["n_forms"]).all()
    given_points = measures.likert(sample_of(drawn, None))
    for row in questions.itertuples():
        points = given_points[given_points["question"] == row.item]
        assert points["n"].sum() == row.denominator
        assert points.loc[points["point"] >= 4, "n"].sum() == row.numerator
        if row.denominator:
            assert points["share"].sum() == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@given(st.lists(forms, min_size=30, max_size=60), numbers_of_dossiers, st.randoms(use_true_random=False))
def test_the_order_of_forms_and_the_unit_of_weights_say_nothing(drawn, dossiers, shuffler) -> None:
    table = everything(sample_of(drawn, dossiers))
    mixed = list(drawn)
    shuffler.shuffle(mixed)
    for other in (mixed, [form | {"weight": form["weight"] * 7} for form in drawn]):
        found = everything(sample_of(other, dossiers))
        for name in (*SHARES, "standard_error", "df"):
            wanted = table[name].to_numpy(dtype=float)
            assert found[name].to_numpy(dtype=float) == pytest.approx(wanted, rel=1e-6, abs=1e-9, nan_ok=True)


@settings(deadline=None, max_examples=30)
@given(st.lists(forms, min_size=20, max_size=40), st.sampled_from(["unit", "mode", "gender"]))
def test_groups_add_up_to_the_whole(drawn, by) -> None:
    sample = sample_of([*drawn, *drawn], None)
    whole = everything(sample)
    groups = everything(sample, (by,))
    if groups["suppressed"].any():
        return
    for name in ("n_forms", "numerator", "denominator", "n_blank", "n_no_opinion", "n_invalid"):
        added = groups.groupby(["item_kind", "item", "reading"], sort=False)[name].sum()
        assert added.tolist() == whole[name].tolist()


@settings(deadline=None, max_examples=30)
@given(st.lists(forms, min_size=12, max_size=30))
def test_every_form_twice_gives_the_same_shares(drawn) -> None:
    once, twice = everything(sample_of(drawn, None)), everything(sample_of([*drawn, *drawn], None))
    for name in ("value", "weighted", "mean_points"):
        assert twice[name].to_numpy() == pytest.approx(once[name].to_numpy(), nan_ok=True)
    assert twice["denominator"].tolist() == (2 * once["denominator"]).tolist()


@settings(deadline=None, max_examples=30)
@given(st.lists(forms, min_size=30, max_size=60), numbers_of_dossiers)
def test_fitted_weights_sum_to_the_dossiers(drawn, dossiers) -> None:
    sample = sample_of(drawn, dossiers, "cluster")
    facts = sample.facts
    if "unit" not in facts.margins or facts.collapsed or dossiers is None or not facts.converged:
        return
    forms_of = sample.responses.forms.assign(w=sample.weights)
    for unit, total in forms_of.groupby("unit")["w"].sum().items():
        if unit:
            assert total == pytest.approx(sum(n for (name, _), n in dossiers.items() if name == unit), rel=1e-6)


@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(1, 100))
def test_answers_short_is_the_smallest_number_that_reaches_the_goal(denominator, numerator, percent) -> None:
    over, goal = min(numerator, denominator), percent / 100
    short = answers_short(over / denominator, denominator, goal)
    assert short is not None
    assert (over + short) * 100 >= percent * denominator
    assert short == 0 or (over + short - 1) * 100 < percent * denominator


@settings(deadline=None, max_examples=30)
@given(st.lists(forms, min_size=0, max_size=60))
def test_every_other_table_is_made_of_any_forms(drawn) -> None:
    sample = sample_of(drawn, None)
    for table in (
        measures.mode_effect(sample),
        measures.survey_unit_comparison(sample),
        measures.satisfaction_target(sample, 0.85, ("unit",)),
        measures.respondent_quality(sample),
        measures.survey_reliability(sample.responses),
        measures.survey_scale_items(sample.responses).drop(columns="warnings"),
        measures.survey_planning(sample, {"p": 90, "q": 400}, 0.05, 0.5).table,
        measures.survey_facts(sample, "unit", None, None).table,
    ):
        assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()
