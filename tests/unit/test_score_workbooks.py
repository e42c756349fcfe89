"""The self-scoring sheet: protected, without formulas, the same bytes, and what is filled in comes back."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from cchc_analysis import measures, schema
from cchc_analysis.cli import main
from cchc_analysis.errors import ParameterError
from cchc_analysis.intake import intake
from cchc_analysis.self_scoring import TOTAL_CODE, Filled, Office, load_index_sheets, score_workbook, write_score_sheets
from cchc_analysis.warehouse import read_intake
from cchc_analysis.warehouse import register_folder as folder_of_register

WARDS, CITY = load_index_sheets("qd-2926-2023", date(2023, 12, 31))
SCORES = schema.KINDS["self_scores"]


def opened(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def header_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Bộ chỉ số")


def columns(sheet: Worksheet) -> dict[str, int]:
    row = header_row(sheet)
    return {str(sheet.cell(row, place).value): place for place in range(1, sheet.max_column + 1)}


def lines(sheet: Worksheet) -> dict[str, int]:
    """Return code → row."""
    place = columns(sheet)["Mã tiêu chí"]
    rows = range(header_row(sheet) + 1, sheet.max_row + 1)
    own = [row for row in rows if sheet.cell(row, 1).value == "qd-2926-2023" and sheet.cell(row, place).value]
    return {str(sheet.cell(row, place).value): row for row in own}


def test_a_ward_has_a_row_for_each_of_the_47_criteria_8_fields_and_the_total():
    sheet = opened(score_workbook(WARDS, 2023, "Phường 1"))
    codes = list(lines(sheet))
    assert len(codes) == 47 + 8 + 1
    assert codes[-1] == TOTAL_CODE
    assert "3.10" in codes
    assert [code for code in codes if code in WARDS.to_score()] == list(WARDS.to_score())


def test_only_score_and_document_can_be_written():
    sheet = opened(score_workbook(WARDS, 2023, "Phường 1"))
    assert sheet.protection.sheet is True
    place, row = columns(sheet), lines(sheet)["3.2"]
    free = {name for name, at in place.items() if not sheet.cell(row, at).protection.locked}
    assert free == {"Điểm tự chấm", "Tài liệu kiểm chứng"}
    verifying = opened(score_workbook(WARDS, 2023, "Phường 1", verified=True))
    at = columns(verifying)["Điểm thẩm định"]
    assert not verifying.cell(lines(verifying)["3.2"], at).protection.locked


def test_a_city_without_a_known_structure_writes_codes_and_maxima_itself():
    sheet = opened(score_workbook(CITY, 2023, "Thành phố Vũng Tàu"))
    place, row = columns(sheet), header_row(sheet) + 1
    free = {name for name, at in place.items() if not sheet.cell(row, at).protection.locked}
    assert free == {"Mã tiêu chí", "Tên tiêu chí", "Điểm tối đa", "Điểm tự chấm", "Tài liệu kiểm chứng"}
    assert list(lines(sheet)) == [TOTAL_CODE]


def test_known_maxima_are_printed_and_limit_what_can_be_typed():
    sheet = opened(score_workbook(WARDS, 2023, "Phường 1"))
    place, at = columns(sheet), lines(sheet)
    assert sheet.cell(at["8"], place["Điểm tối đa"]).value == 35
    assert sheet.cell(at["1.1"], place["Điểm tối đa"]).value is None
    limits = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    score = openpyxl.utils.get_column_letter(place["Điểm tự chấm"])
    survey = limits[f"{score}{at['8']}"]
    # "between" is what a validation does that names no operator.
    assert (survey.operator, float(survey.formula1), float(survey.formula2)) == (None, 0, 35)
    assert limits[f"{score}{at['1.1']}"].operator == "greaterThanOrEqual"


def test_there_is_no_formula_and_text_stays_text():
    content = score_workbook(WARDS, 2023, "=1+1", filled={"1.1": Filled(1.0, None, "=SUM(A1)")})
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = [packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in text for text in sheets)
    sheet = opened(content)
    cell = sheet.cell(lines(sheet)["1.1"], columns(sheet)["Tài liệu kiểm chứng"])
    assert (cell.value, cell.data_type) == ("=SUM(A1)", "s")


def test_the_same_office_gives_the_same_bytes_and_another_one_others():
    assert score_workbook(WARDS, 2023, "Phường 1") == score_workbook(WARDS, 2023, "Phường 1")
    assert score_workbook(WARDS, 2023, "Phường 1") != score_workbook(WARDS, 2023, "Phường 2")


def test_offices_without_a_sheet_get_none_and_nobody_at_all_is_refused(tmp_path: Path):
    ward, department = Office("phuong-1", "Phường 1", "ward"), Office("phong-noi-vu", "Phòng Nội vụ", "department")
    written = write_score_sheets(tmp_path / "out", [WARDS, CITY], 2023, [ward, department])
    assert [path.name for path in written] == ["tu-cham-diem-2023-phuong-1.xlsx"]
    with pytest.raises(ParameterError):
        write_score_sheets(tmp_path / "none", [WARDS, CITY], 2023, [department])
    assert not (tmp_path / "none").exists()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["forms", "scores", *arguments])
    return result.exit_code, result.output


def test_the_command_writes_a_sheet_for_the_city_and_its_17_wards(tmp_path: Path):
    code, told = run("--year", "2023", "--out", str(tmp_path / "bieu"))
    assert code == 0
    assert "18" in told
    names = sorted(path.name for path in (tmp_path / "bieu").iterdir())
    assert len(names) == 18
    assert "tu-cham-diem-2023-vung-tau.xlsx" in names
    assert run("--year", "2023", "--out", str(tmp_path / "one"), "--unit", "Phường Thắng Tam, Xã Long Sơn")[0] == 0
    assert len(list((tmp_path / "one").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--year", "2023", "--unit", "Phường 99"], "Phường 99"),
        (["--year", "2023", "--unit", "Phòng Nội vụ"], "tự chấm"),
        (["--year", "2023", "--index", "qd-0"], "qd-2926-2023"),
        (["--year", "2026"], "tự chấm"),
    ],
)
def test_the_command_refuses_in_one_sentence_and_writes_nothing(tmp_path: Path, arguments: list[str], said: str):
    code, told = run(*arguments, "--out", str(tmp_path / "bieu"))
    assert code == 2
    assert said in told
    assert not (tmp_path / "bieu").exists()


def test_what_was_filled_in_comes_back_as_the_register(tmp_path: Path):
    folder = tmp_path / "tu-cham-diem"
    folder.mkdir()
    filled = {code: Filled(1.25, 1.0, f"KH {code}") for code in WARDS.to_score() if code != "5.7"}
    filled |= {"3.10": Filled(0.0, 0.0, "=1+1"), TOTAL_CODE: Filled(90.0)}
    (folder / "a.xlsx").write_bytes(score_workbook(WARDS, 2023, "Phường 1", verified=True, filled=filled))
    own = {"1": Filled(10.0), "2": Filled(5.5)}
    (folder / "b.xlsx").write_bytes(score_workbook(CITY, 2023, "Thành phố Vũng Tàu", filled=own))
    (folder / "c.xlsx").write_bytes(score_workbook(WARDS, 2023, "Phường 2"))
    key = tmp_path / "key"
    key.write_text("a" * 64, "utf-8")
    intake([folder], tmp_path / "w", hash_key_file=key)
    register = folder_of_register(tmp_path / "w", SCORES)
    account = read_intake(register)
    assert account is not None
    total = account["total"]
    assert (total["accepted"], total["rejected"], total["duplicates"]) == (47 + 2, 0, 0)
    assert total["read"] == total["accepted"] + total["skipped"]

    from cchc_analysis.warehouse import Warehouse

    rows = Warehouse(register, account, SCORES).rows("pandas").collect().to_pandas()
    assert set(rows["unit"]) == {"phuong-1", "vung-tau"}
    mine = rows[rows["unit"] == "phuong-1"].set_index("criterion")
    assert mine.loc["3.10", ["self_score", "verified_score", "document"]].tolist() == [0.0, 0.0, "=1+1"]
    scoring = measures.Scoring(WARDS.table(), WARDS.to_score(), {})
    states = measures.self_scoring_states(rows, {"phuong-1": scoring, "phuong-2": scoring})
    assert states["state"].tolist() == ["partial", "missing"]
    assert states["self_total"].tolist()[0] == 45 * 1.25
    found = measures.self_scoring_findings(rows, {"phuong-1": scoring})
    assert found["kind"].tolist() == ["criterion_missing"]
