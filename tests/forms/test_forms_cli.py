"""The commands of forms and of consolidation: files written, exit codes, refusals."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from cchc_analysis.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_forms_are_written_for_each_unit_and_summed_again(town: Path, tmp_path: Path) -> None:
    asked = ("--warehouse", town, "--period", "2023-Q2", "--as-of", "2023-06-14")
    written = run("forms", "official", *asked, "--form", "ii-06a", "--out", tmp_path / "bieu", "--json")
    assert written.exit_code == 0, written.output
    assert json.loads(written.output)["files"] == [
        f"{folder}/bieu-II06a.xlsx" for folder in ("all", "phong-tu-phap", "phuong-1", "phuong-2")
    ]
    (tmp_path / "bieu" / "all" / "bieu-II06a.xlsx").unlink()
    out = tmp_path / "tong-hop.xlsx"
    summed = run("consolidate", tmp_path / "bieu", *asked, "--out", out, "--format", "json")
    assert summed.exit_code == 0, summed.output
    told = json.loads(summed.output)
    assert (told["n_returned"], told["total"]["received"], told["differences"]) == (3, 15, [])
    assert openpyxl.load_workbook(out).sheetnames[0] == "Tổng hợp theo lĩnh vực"


def test_a_difference_makes_exit_code_one_and_is_told(town: Path, tmp_path: Path) -> None:
    asked = ("--warehouse", town, "--period", "2023-Q2", "--as-of", "2023-06-14")
    run("forms", "official", *asked, "--form", "ii-06a", "--units", "phuong-1", "--out", tmp_path)
    summed = run("consolidate", tmp_path, *asked)
    assert summed.exit_code == 1
    assert "- Phường 2: Chưa gửi báo cáo" in summed.output


def test_an_unknown_form_is_refused(town: Path, tmp_path: Path) -> None:
    refused = run(
        *("forms", "official", "--warehouse", town, "--period", "2023-Q2", "--form", "ii-99", "--out", tmp_path)
    )
    assert refused.exit_code == 2
    assert "không có biểu 'ii-99' còn hiệu lực" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_consolidate_is_refused(town: Path, tmp_path: Path) -> None:
    refused = run("consolidate", tmp_path, "--warehouse", town, "--period", "2023-Q2")
    assert refused.exit_code == 2
    assert "không có tệp nào để đọc" in refused.output


@pytest.mark.parametrize("command", ["forms official", "consolidate"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"Example: cchc {command}" in " ".join(result.output.split())
