"""The finishes dressed up in one unit of the sample are found by the test there, and nowhere else."""

import pytest

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.counting import SIGNALS


@pytest.fixture(scope="module")
def year(sample) -> cchc.Study:
    return cchc.open_study(data=sample.warehouse, period="2023")


def test_only_the_planted_unit_is_named(sample, year: cchc.Study) -> None:
    tests = year.deadline_test("unit")
    assert tests.loc[tests["crowded"], "unit"].tolist() == [sample.truth["planted"]["bunching"]["unit"]]
    assert tests.loc[tests["crowded"], "adjusted"].item() < 1e-6
    assert tests.loc[~tests["crowded"], "adjusted"].min() > 0.2
    assert tests.loc[~tests["crowded"], "n_equal"].sum() == 0


def test_every_finish_set_to_the_deadline_is_counted(sample, year: cchc.Study) -> None:
    truth = sample.truth["planted"]["bunching"]
    rows = year.integrity("unit")
    equal = rows[rows["measure"] == "finish_equals_due"].set_index("unit")["numerator"]
    assert equal[equal > 0].to_dict() == {truth["unit"]: truth["by_finish"]["2023"]["n_finished_equal_to_due"]}


def test_the_sample_has_none_of_the_faults_it_does_not_plant(year: cchc.Study) -> None:
    rows = year.integrity().set_index("measure")
    assert rows.loc[["finish_on_day_off", "due_not_recomputed", "online_typed_in"], "numerator"].tolist() == [0, 0, 0]
    assert (rows.loc[list(SIGNALS), "denominator"] > 20000).all()


def test_backlog_agrees_with_form_06a(year: cchc.Study) -> None:
    form = year.form_06a().iloc[0]
    rate = measures.single_row(year.backlog(), measure="clearance_rate")
    assert rate["numerator"] == form["resolved"]
    assert rate["denominator"] == form["received_online"] + form["received_other"]
    assert year.overdue_pareto()["n"].sum() == form["pending_overdue"]
    assert year.due_soon("unit")["n"].sum() == year.due_soon().loc[0, "n"]
