"""The official forms of the synthetic city: they add up, say what the study says, and can be summed again."""

from typing import Any

import pytest

from cchc_analysis.consolidation import consolidate
from cchc_analysis.forms import FigureTables, files_for, fill_form
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import FORM_COLUMNS, single_row
from cchc_analysis.study import Study, open_study

UNITS = ("phuong-1", "long-son", "phong-tai-nguyen-moi-truong")


@pytest.fixture(scope="module")
def study(sample: Any) -> Study:
    return open_study(data=sample.warehouse, period="2023-Q2")


@pytest.fixture(scope="module")
def tables(study: Study) -> FigureTables:
    return FigureTables(study)


def test_every_form_of_the_whole_adds_up_and_shows_numbers(study: Study, tables: FigureTables) -> None:
    assert set(tables.forms) >= {"ii-06a", "ii-06b", "ii-07b", "qd-766-progress", "qd-766-online", "digitisation"}
    for code, form in tables.forms.items():
        filled = fill_form(form, study, tables=tables)
        shown = [filled.total.value(column) for column in form.leaves() if column.figure or column.share]
        assert any(shown), code


def test_the_forms_say_what_the_pages_say(study: Study, tables: FigureTables) -> None:
    total = fill_form(tables.form("ii-06b"), study, tables=tables).total.figures
    whole = first_row(study.form_06a())
    assert [total[name] for name in FORM_COLUMNS] == [whole[name] for name in FORM_COLUMNS]
    online = fill_form(tables.form("qd-766-online"), study, tables=tables).total.figures
    received = study.sent("procedure")
    received = received[received["received_month"].isin(study.period.months)]
    used = received[received["channel"].isin(["online", "counter"]) & (received["procedure"] != "")]
    assert online["used_procedures"] == used["procedure"].nunique()
    assert online["dossiers_two_channels"] == used["n"].sum()
    digitised = fill_form(tables.form("qd-766-digitisation"), study, tables=tables).total.figures
    for name in ("documents_digitised", "documents_reused", "result_digitised"):
        assert digitised[name] == single_row(study.digitisation(), measure=name)["numerator"]
    under_duty = fill_form(tables.form("digitisation"), study, tables=tables)
    told = study.digitisation((), tables.form("digitisation").starts)
    share = next(column for column in under_duty.form.leaves() if column.share)
    assert under_duty.total.value(share) == single_row(told, measure="documents_digitised")["value"]


def test_the_forms_of_units_are_those_of_the_table_by_unit(study: Study, tables: FigureTables) -> None:
    by_unit = {row["unit"]: row for row in records(study.form_06a("unit"))}
    for unit in UNITS:
        figures = fill_form(tables.form("ii-06a"), study, unit, tables).total.figures
        assert [figures[name] for name in FORM_COLUMNS] == [by_unit[unit][name] for name in FORM_COLUMNS]


def test_returns_of_units_sum_up_to_what_the_data_say(study: Study, tables: FigureTables) -> None:
    returns = [(f"{unit}.xlsx", files_for(study, unit, "ii-06a", tables)["bieu-II06a.xlsx"]) for unit in UNITS]
    result = consolidate(study, returns)
    assert {one.kind for one in result.differences} == {"missing_unit"}
    by_unit = study.form_06a("unit").set_index("unit").loc[list(UNITS), list(FORM_COLUMNS)].sum()
    assert result.total.figures == {name: int(by_unit[name]) for name in FORM_COLUMNS}
