"""The workbooks for offices: what is printed, what may be filled in, and that nothing in them is a formula."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner

from cchc_analysis.cli import main
from cchc_analysis.errors import ParameterError
from cchc_analysis.evidence_forms import FOLDERS, office_forms, target_text
from cchc_analysis.form_sheets import Cell, Sheet, workbook
from cchc_analysis.intake.folders import kind_of_name
from cchc_analysis.periods import parse_period
from cchc_analysis.plan import Plan, load_plan
from cchc_analysis.reporters import reporting_units
from cchc_analysis.units import UnitRegistry

PLAN, Q2, REGISTRY = load_plan("vung-tau-2023"), parse_period("2023-Q2"), UnitRegistry.load()


@pytest.fixture(scope="module")
def forms():
    return office_forms(PLAN, Q2, REGISTRY)


def sheet_of(forms, unit, kind="evidence"):
    form = next(form for form in forms if (form.unit, form.kind) == (unit, kind))
    return openpyxl.load_workbook(io.BytesIO(form.content)).active


def table_of(sheet):
    """Return header → column, and code → row, of a form."""
    header = next(row for row in sheet.iter_rows() if row[0].value == "STT")
    columns = {cell.value: cell.column for cell in header}
    codes = {
        sheet.cell(at, 2).value: at for at in range(header[0].row + 2, sheet.max_row + 1) if sheet.cell(at, 2).value
    }
    return columns, {code: at for code, at in codes.items() if re.fullmatch(r"[CD]\d\d", str(code))}


def test_every_office_that_is_asked_has_a_form_with_its_commitments(forms):
    asked = {}
    for entry in PLAN.commitments:
        if entry.evidence is not None:
            for unit in reporting_units(entry.evidence.reporters, REGISTRY, Q2.end):
                asked.setdefault(unit, []).append(entry.id)
    own = {form.unit: form for form in forms if form.kind == "evidence"}
    assert set(own) == set(asked)
    for unit in ("phong-tu-phap", "phuong-1", "long-son"):
        assert list(table_of(sheet_of(forms, unit))[1]) == asked[unit]


def test_the_forms_are_the_same_bytes_on_every_run(forms):
    assert [form.content for form in office_forms(PLAN, Q2, REGISTRY, "phuong-1")] == [
        form.content for form in forms if form.unit == "phuong-1"
    ]


def test_folders_are_those_that_intake_knows(forms):
    assert {kind_of_name(folder): kind for kind, folder in FOLDERS.items()} == {kind: kind for kind in FOLDERS}
    assert all(form.path.split("/")[0] == FOLDERS[form.kind] for form in forms)


def test_only_what_is_asked_for_can_be_filled_in(forms):
    sheet = sheet_of(forms, "phong-noi-vu")
    columns, rows = table_of(sheet)
    inputs = ("Tử số", "Mẫu số", "Đã thực hiện", "Số lượng", "Ngày thực hiện", "Văn bản, tài liệu chứng minh")
    open_cells = {
        code: [name for name in inputs if not sheet.cell(at, columns[name]).protection.locked]
        for code, at in rows.items()
    }
    assert open_cells["C05"] == ["Tử số", "Mẫu số", inputs[-1]]
    assert open_cells["C18"] == ["Đã thực hiện", "Ngày thực hiện", inputs[-1]]
    assert open_cells["C37"] == ["Số lượng", inputs[-1]]
    assert sheet.protection.sheet
    printed = [
        sheet.cell(at, columns[name]) for at in rows.values() for name in ("Kế hoạch", "Kỳ báo cáo", "Mã cam kết")
    ]
    assert all(cell.protection.locked for cell in printed)


def test_what_is_typed_is_checked(forms):
    sheet = sheet_of(forms, "phong-noi-vu")
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == '"Có,Không,Đang thực hiện"'
    assert (rules["whole"].operator, rules["whole"].formula1) == ("greaterThanOrEqual", "0")
    assert rules["date"].operator in (None, "between")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_a_form_of_reports_has_what_falls_due_in_the_period(forms):
    first = office_forms(PLAN, parse_period("2023-Q1"), REGISTRY, "phuong-1")
    codes = {"2023-Q1": sorted(table_of(sheet_of(first, "phuong-1", "submissions"))[1])}
    codes["2023-Q2"] = sorted(table_of(sheet_of(forms, "phuong-1", "submissions"))[1])
    assert codes == {"2023-Q1": ["D01", "D03"], "2023-Q2": ["D03"]}
    texts = {cell.value for row in sheet_of(forms, "phuong-1", "submissions").iter_rows() for cell in row}
    assert "hết ngày 13/06/2023" in texts


def test_nothing_of_a_plan_becomes_a_formula():
    risky = PLAN.model_dump()
    for entry in risky["commitments"]:
        if entry["evidence"]:
            entry["evidence"]["question"]["vi"] = '=HYPERLINK("http://x","y")'
    plan = Plan.model_validate(risky)
    for form in office_forms(plan, Q2, REGISTRY, "phuong-1"):
        files = zipfile.ZipFile(io.BytesIO(form.content))
        text = "".join(files.read(name).decode("utf-8", "ignore") for name in files.namelist())
        assert "<f>" not in text.replace("<formula1>", "")
        assert "<hyperlink" not in text


def test_a_period_of_another_year_and_an_office_without_reports_are_refused():
    with pytest.raises(ParameterError, match="2023"):
        office_forms(PLAN, parse_period("2024-Q1"), REGISTRY)
    with pytest.raises(ParameterError, match="vung-tau"):
        office_forms(PLAN, Q2, REGISTRY, "vung-tau")


def test_a_form_of_half_a_year_asks_nothing_that_is_asked_by_quarter():
    half = office_forms(PLAN, parse_period("2023-6M"), REGISTRY, "phong-noi-vu")
    assert list(table_of(sheet_of(half, "phong-noi-vu"))[1]) == ["C14", "C20", "C35", "C36"]


def test_targets_are_said_in_words():
    told = {entry.id: target_text(entry) for entry in PLAN.commitments}
    assert (told["C04"], told["C01"], told["C37"], told["C35"]) == (
        "từ 85% trở lên",
        "100%",
        "kế hoạch không nêu số",
        "thực hiện",
    )


def test_long_texts_get_higher_rows():
    def height(text: str) -> float:
        rows = ((Cell(number=1), Cell(text=text)),)
        content = workbook(Sheet("a", "b", (), ("STT", "Mã"), (5, 20), rows), ("", ""))
        return openpyxl.load_workbook(io.BytesIO(content)).active.row_dimensions[8].height

    assert height("từ " * 100) > 5 * height("từ") / 2


def test_the_command_writes_the_forms_of_one_office(tmp_path):
    line = ["forms", "evidence", "--plan", "vung-tau-2023", "--period", "2023-Q2", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, [*line, "--unit", "Xã Long Sơn"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.xlsx")) == [
        "minh-chung/minh-chung_2023-Q2_long-son.xlsx",
        "nop-bao-cao/nop-bao-cao_2023-Q2_long-son.xlsx",
    ]


def test_words_for_many_offices_stand_for_those_of_the_day():
    assert len(reporting_units(["wards"], REGISTRY, date(2023, 6, 14))) == 17
    assert len(reporting_units(["all_units"], REGISTRY, date(2023, 6, 14))) == 29
    assert reporting_units(["wards"], REGISTRY, date(2025, 7, 1))[0] == "vung-tau-2025"
    assert reporting_units(["nơi khác"], REGISTRY, date(2023, 6, 14)) == ("nơi khác",)
