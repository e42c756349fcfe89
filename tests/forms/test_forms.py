"""Official forms: configuration read and refused, figures equal those of the study, sums that must hold."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cchc_analysis import forms
from cchc_analysis.errors import CountingError, ParameterError
from cchc_analysis.forms import (
    FigureTables,
    FilledForm,
    check_form,
    fill_form,
    form_names,
    form_on,
    forms_on,
    load_form,
)
from cchc_analysis.forms import model as form_model
from cchc_analysis.forms.figures import FAMILIES, figure_table
from cchc_analysis.forms.filling import broken
from cchc_analysis.forms.model import Form, read_form
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import FORM_COLUMNS
from cchc_analysis.plan import load_plan
from cchc_analysis.reference_data import reference_path
from cchc_analysis.study import Study, open_study

FORMS = {name: load_form(name) for name in form_names()}


def config(name: str = "ii-06a") -> dict[str, Any]:
    path = reference_path("forms", f"{name}.yaml")
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def written(folder: Path, given: dict[str, Any]) -> Path:
    path = folder / "form.yaml"
    path.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    return path


# Configuration


def test_form_06a_has_the_thirteen_columns_of_the_circular_in_its_order() -> None:
    headings = ["/".join(column.heading.vi for column in path) for path in FORMS["ii-06a"].paths()]
    assert headings == [
        "TT",
        "Lĩnh vực, công việc giải quyết theo cấp",
        "Tiếp nhận/Tổng số",
        "Tiếp nhận/Trong đó/Trực tuyến",
        "Tiếp nhận/Trong đó/Trực tiếp, dịch vụ bưu chính",
        "Tiếp nhận/Từ kỳ trước",
        "Số lượng hồ sơ đã giải quyết/Tổng số",
        "Số lượng hồ sơ đã giải quyết/Trước hạn",
        "Số lượng hồ sơ đã giải quyết/Đúng hạn",
        "Số lượng hồ sơ đã giải quyết/Quá hạn",
        "Số lượng hồ sơ đang giải quyết/Tổng số",
        "Số lượng hồ sơ đang giải quyết/Trong hạn",
        "Số lượng hồ sơ đang giải quyết/Quá hạn",
    ]


def test_form_06a_shows_the_columns_of_the_measure_in_its_order() -> None:
    assert tuple(column.figure for column in FORMS["ii-06a"].leaves() if column.figure) == FORM_COLUMNS


def test_form_07b_has_fourteen_columns() -> None:
    assert FORMS["ii-07b"].numbering()[-1] == "(14)"


@pytest.mark.parametrize("name", FORMS)
def test_every_figure_of_a_form_is_told_by_a_family(name: str) -> None:
    known = {figure for family in FAMILIES for figure in family.figures}
    assert set(FORMS[name].figures()) <= known


def test_every_figure_stands_in_one_family_except_those_that_are_the_same_count() -> None:
    named = [figure for family in FAMILIES for figure in family.figures]
    assert {figure for figure in named if named.count(figure) > 1} == set()


@pytest.mark.parametrize("name", FORMS)
def test_every_note_that_is_a_template_takes_its_number(name: str) -> None:
    for identity in FORMS[name].identities:
        if identity.left_out is not None:
            for text in (identity.left_out.note.vi, identity.left_out.note.en):
                assert "7" in text.format(n="7")


def test_the_starts_of_the_digitisation_form_are_those_of_the_plan() -> None:
    starts = FORMS["digitisation"].starts
    assert starts is not None
    assert load_plan("vung-tau-2023").starts.items() <= starts.items()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"identities": [{"total": "received_olnine", "parts": ["received"]}]}, "received_olnine"),
        ({"rows": "procedure"}, "rows"),
        ({"columns": [{"heading": {"vi": "TT", "en": "No."}, "show": "order"}]}, "label"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_form_is_refused_with_the_key(tmp_path: Path, change: dict[str, Any], word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        read_form(written(tmp_path, config() | change))


def test_a_column_without_figure_must_say_what_it_needs(tmp_path: Path) -> None:
    given = config("qd-766-payment")
    given["columns"][2]["columns"][0].pop("figure")
    with pytest.raises(ParameterError, match="one of figure, share, needs"):
        read_form(written(tmp_path, given))


def test_a_new_form_is_a_new_file_and_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    """In 2026 the form gets another number and loses a column: both stand in force in their time."""
    old, new = config(), config()
    old["valid_to"] = date(2023, 3, 31)
    new |= {"valid_from": date(2023, 4, 1), "number": {"vi": "Biểu số 9/BTP", "en": "Form 9/BTP"}}
    new["columns"][2]["columns"] = [new["columns"][2]["columns"][0]]
    new["identities"] = [new["identities"][1]]
    for name, given in (("ii-06a", old), ("btp-9", new)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(form_model, "reference_path", lambda *parts: tmp_path.joinpath(*parts[1:]))
    assert form_on("ii-06a", date(2023, 3, 31)).number.vi == "Biểu số II.06a/VPCP/KSTT"
    filled = fill_form(form_on("ii-06a", date(2023, 6, 14)), study)
    assert filled.form.number.vi == "Biểu số 9/BTP"
    assert [filled.total.value(column) for column in filled.form.leaves()][2:4] == [15, 11]


def test_two_forms_of_a_code_on_one_day_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        shutil.copy(reference_path("forms", "ii-06a.yaml"), tmp_path / f"{name}.yaml")
    monkeypatch.setattr(form_model, "reference_path", lambda *parts: tmp_path.joinpath(*parts[1:]))
    with pytest.raises(ParameterError, match="more than one form 'ii-06a'"):
        forms_on(date(2023, 6, 14))


def test_a_form_that_is_not_in_force_is_refused_naming_those_that_are() -> None:
    with pytest.raises(ParameterError, match=r"01/01/2021; in force: .*ii-06a"):
        form_on("qd-766-online", date(2021, 1, 1))


# Figures


def test_form_06a_says_what_the_study_says(study: Study, tables: FigureTables) -> None:
    told = {row["field"]: row for row in records(study.form_06a("field"))}
    filled = fill_form(tables.form("ii-06a"), study, tables=tables)
    assert {row.label for row in filled.rows} == set(told)
    for row in filled.rows:
        assert {name: row.figures[name] for name in FORM_COLUMNS} == {
            name: told[row.label][name] for name in FORM_COLUMNS
        }
    whole = first_row(study.form_06a())
    assert {name: filled.total.figures[name] for name in FORM_COLUMNS} == {name: whole[name] for name in FORM_COLUMNS}


def test_the_worked_example_of_the_method_page_stands_in_the_form_of_its_ward(filled: FilledForm) -> None:
    """Dossiers 1 to 8 of Phường 1 are A1 to A8 of docs/methods/form-06a.md; 9 to 11 came and went early besides."""
    shown = [filled.total.figures[name] for name in FORM_COLUMNS]
    example = [8, 3, 4, 1, 5, 1, 3, 1, 3, 2, 1]
    more = [3, 0, 3, 0, 3, 3, 0, 0, 0, 0, 0]
    assert shown == [a + b for a, b in zip(example, more, strict=True)]


def test_the_form_of_a_unit_is_the_same_from_its_own_study(town: Path, study: Study, tables: FigureTables) -> None:
    own = open_study(data=town, period="2023-Q2", as_of="2023-06-14", unit="phuong-1")
    kept = FigureTables(own)
    for code in ("ii-06a", "qd-766-progress", "digitisation"):
        form = tables.form(code)
        assert fill_form(form, own, tables=kept) == fill_form(form, study, "phuong-1", tables)


def test_forms_by_unit_add_up_to_the_whole(study: Study, tables: FigureTables) -> None:
    for code in ("ii-06b", "qd-766-progress"):
        filled = fill_form(tables.form(code), study, tables=tables)
        for name, whole in filled.total.figures.items():
            assert sum(row.figures[name] or 0 for row in filled.rows) == whole


def test_carried_over_is_what_the_form_of_the_quarter_before_left_pending(
    study: Study, earlier: Study, tables: FigureTables
) -> None:
    now = fill_form(tables.form("ii-06b"), study, tables=tables)
    before = fill_form(form_on("ii-06b", earlier.period.end), earlier)
    left = {row.label: row.figures["pending"] for row in before.rows}
    assert {row.label: row.figures["carried_over"] for row in now.rows} == left
    assert sum(value or 0 for value in left.values()) == 3


def test_the_progress_table_of_the_method_page_sets_paused_dossiers_apart(study: Study, tables: FigureTables) -> None:
    """Dossiers 9 to 11 came besides: two at the counter, one without channel, all closed early."""
    figures = fill_form(tables.form("qd-766-progress"), study, "phuong-1", tables).total.figures
    names = ("received", "carried_over", "received_new", "received_online", "received_counter", "received_post")
    assert [figures[name] for name in names] == [8 + 3, 1, 7 + 3, 3, 3 + 2, 1]
    names = ("resolved", "resolved_early", "resolved_on_time", "resolved_late")
    assert [figures[name] for name in names] == [5 + 3, 1 + 3, 3, 1]
    names = ("processing", "processing_in_time", "processing_overdue", "paused", "paused_in_time", "paused_overdue")
    assert [figures[name] for name in names] == [2, 1, 1, 1, 0, 1]


def test_the_online_table_leaves_post_out_and_counts_a_procedure_once(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("qd-766-online"), study, tables=tables)
    ward = next(row.figures for row in filled.rows if row.label == "Phường 1")
    # Received in the quarter: five at the counter, three online; the one by post and the one without channel are out.
    assert (ward["dossiers_two_channels"], ward["online_dossiers"]) == (8, 3)
    assert sum(row.figures["used_online_procedures"] or 0 for row in filled.rows) == 4
    assert filled.total.figures["used_online_procedures"] == 3
    # 1.000004 is on a partial level and the catalogue says that it is not offered.
    assert (filled.total.figures["procedures_online"], filled.total.figures["procedures_not_online"]) == (2, 1)


def test_what_is_not_stated_is_a_dash_and_never_nought(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("qd-766-digitisation"), study, tables=tables)
    department = next(row.figures for row in filled.rows if row.label == "Phòng Tư pháp")
    assert (department["received_new"], department["documents_digitised"]) == (1, None)
    assert filled.total.figures["documents_digitised"] == 5
    assert any("“–”" in note and "(5)" in note for note in filled.notes)
    assert "5 hồ sơ ở cột (3) không ghi có số hóa TPHS hay không" in " ".join(filled.notes)


def test_without_a_catalogue_the_form_of_procedures_says_so(study: Study) -> None:
    hidden = replace(study, _tables={}, warehouse=replace(study.warehouse, _opened={"procedures": None}))
    filled = fill_form(form_on("ii-07b", hidden.period.end), hidden)
    assert filled.total.figures["procedures"] is None
    assert any("chưa nạp danh mục thủ tục hành chính" in note for note in filled.notes)


def test_the_digitisation_form_counts_from_the_day_of_the_duty(study: Study, tables: FigureTables) -> None:
    form = tables.form("digitisation")
    told = study.digitisation("unit", form.starts)
    documents = {row["unit"]: row for row in records(told[told["measure"] == "documents_digitised"])}
    filled = fill_form(form, study, "phuong-1", tables)
    assert filled.total.figures["duty_documents_digitised"] == documents["phuong-1"]["numerator"] == 2
    assert filled.total.figures["duty_received"] == 3
    share = next(column for column in form.leaves() if column.share)
    assert filled.total.value(share) == pytest.approx(2 / 3, rel=1e-12)


def test_a_share_of_nothing_is_none(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("digitisation"), study, "phuong-1", tables)
    shares = [filled.total.value(column) for column in filled.form.leaves() if column.share]
    assert shares[1] is None


def test_a_unit_without_dossiers_has_no_figures_and_says_why(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("ii-06a"), study, "phuong-9", tables)
    assert filled.rows == ()
    assert set(filled.total.figures.values()) == {None}
    assert any("dữ liệu không có hồ sơ của đơn vị" in note for note in filled.notes)


def test_an_unknown_figure_is_refused(study: Study) -> None:
    with pytest.raises(ParameterError, match="received_by_fax"):
        figure_table(study, ["received_by_fax"])


def test_a_form_of_the_whole_is_not_made_for_a_unit(study: Study, tables: FigureTables) -> None:
    with pytest.raises(ParameterError, match="made for the whole only"):
        fill_form(tables.form("ii-07b"), study, "phuong-1", tables)


def test_departments_of_a_city_and_wards_stand_in_their_bands(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("ii-06b"), study, tables=tables)
    assert [(row.label, row.band) for row in filled.rows] == [
        ("Phòng Tư pháp", "district"),
        ("Phường 1", "commune"),
        ("Phường 2", "commune"),
    ]


# What must add up


def damaged(filled: FilledForm, figure: str, by: int) -> FilledForm:
    first, *others = filled.rows
    figures = dict(first.figures) | {figure: (first.figures[figure] or 0) + by}
    return replace(filled, rows=(replace(first, figures=figures), *others))


@pytest.mark.parametrize(
    ("figure", "identity"),
    [
        ("received_online", "(3) = (4) + (5) + (6)"),
        ("resolved_late", "(7) = (8) + (9) + (10)"),
        ("pending_overdue", "(11) = (12) + (13)"),
        ("received", "(3) = (4) + (5) + (6)"),
        ("pending_before", "(6) = (11) của kỳ trước"),
    ],
)
def test_a_break_names_form_unit_row_and_numbers(filled: FilledForm, figure: str, identity: str) -> None:
    check_form(filled)
    with pytest.raises(CountingError) as refusal:
        check_form(damaged(filled, figure, 1))
    told = refusal.value.message("vi")
    assert [word for word in ("II.06a", "Phường 1", f"“{filled.rows[0].label}”", identity) if word not in told] == []


def test_received_must_be_resolved_and_pending(filled: FilledForm) -> None:
    one = damaged(damaged(filled, "received", 1), "received_online", 1)
    with pytest.raises(CountingError, match=r"\(3\) = \(7\) \+ \(11\)"):
        check_form(one)


def test_an_identity_is_not_judged_where_a_part_is_not_told() -> None:
    identity = FORMS["qd-766-digitisation"].identities[0]
    names = (identity.total, *identity.parts)
    assert not broken(identity, dict(zip(names, (9, None, 1), strict=True)))


@pytest.mark.parametrize("name", FORMS)
def test_every_identity_can_break(name: str) -> None:
    form: Form = FORMS[name]
    for identity in form.identities:
        beside = (identity.left_out.figure,) if identity.left_out else ()
        figures = dict.fromkeys((*identity.parts, *beside), 1)
        whole = len(figures)
        assert not broken(identity, {**figures, identity.total: whole})
        assert broken(identity, {**figures, identity.total: whole + 1})


def test_the_files_of_a_unit_are_those_made_for_units(study: Study, tables: FigureTables) -> None:
    made = forms.files_for(study, "phuong-1", tables=tables)
    assert "bieu-II06a.xlsx" in made
    assert "bieu-II07b.xlsx" not in made
    assert set(forms.files_for(study, "all", "ii-07b", tables)) == {"bieu-II07b.xlsx"}
    assert {name.removesuffix(".xlsx") for name in made} <= set(forms.labels_of(study))


def test_a_study_without_dossiers_of_a_tier_that_must_digitise_still_fills_the_form(study: Study) -> None:
    form = replace_starts(form_on("digitisation", study.period.end), {"province": date(2022, 6, 1)})
    filled = fill_form(form, study, tables=FigureTables(study))
    assert filled.total.figures["duty_received"] == 0
    assert filled.total.figures["duty_documents_digitised"] == 0


def replace_starts(form: Form, starts: dict[str, date]) -> Form:
    return form.model_copy(update={"starts": starts})
