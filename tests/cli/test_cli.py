"""The command line: exit codes, one clear sentence on trouble, machine-readable results."""

import csv
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cchc_analysis.cli import main
from cchc_analysis.study import MEASURES


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "ho-so.csv"
    path.write_text(
        "Mã hồ sơ,Thủ tục hành chính,Đơn vị,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả kết quả,Trạng thái\n"
        "A-1,Khai sinh,Phường 1,01/06/2023,08/06/2023,05/06/2023,Đã trả kết quả\n"
        "A-2,Khai sinh,Phường 1,31/02/2023,08/06/2023,05/06/2023,Đã trả kết quả\n",
        encoding="utf-8",
    )
    return path


def test_calendar_days_and_deadlines() -> None:
    assert run("calendar", "days", "2023-04-27", "2023-05-05").output.strip() == "3"
    assert run("calendar", "deadline", "2024-04-26", "3").output.strip() == "04/05/2024"
    assert run("calendar", "deadline", "2023-08-31 09:00", "5").output.strip() == "11/09/2023 09:00"
    assert json.loads(run("calendar", "deadline", "2025-12-31", "2", "--json").output)["due"] == "2026-01-06T00:00:00"


def test_a_date_outside_the_calendar_is_refused_in_one_sentence() -> None:
    result = run("calendar", "deadline", "2031-01-01", "3", "--language", "en")
    assert result.exit_code == 2
    assert "holidays.csv" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("key")
def test_intake_prints_the_sum_that_must_hold_and_exits_1_when_too_much_is_rejected(
    export: Path, tmp_path: Path
) -> None:
    result = run("intake", str(export), "--warehouse", str(tmp_path / "kho"), "--as-of", "2023-06-14")
    assert result.exit_code == 1
    assert "Đọc 2 dòng = 1 được nhận + 1 bị loại + 0 trùng + 0 bỏ qua" in result.stdout
    assert "rejected.xlsx" in result.stdout
    tolerant = run(
        "intake",
        str(export),
        "--warehouse",
        str(tmp_path / "kho2"),
        "--as-of",
        "2023-06-14",
        "--allowed-rejects",
        "0.6",
    )
    assert tolerant.exit_code == 0


@pytest.mark.usefixtures("key")
def test_intake_as_json_is_the_accounting(export: Path, tmp_path: Path) -> None:
    result = run("intake", str(export), "--warehouse", str(tmp_path / "kho"), "--as-of", "2023-06-14", "--json")
    told = json.loads(result.stdout)
    assert told == json.loads((tmp_path / "kho" / "intake.json").read_text("utf-8"))
    total = told["total"]
    assert total["read"] == total["accepted"] + total["rejected"] + total["duplicates"] + total["skipped"]


def test_intake_without_a_key_is_refused_and_says_how_to_make_one(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CCHC_HASH_KEY", raising=False)
    monkeypatch.delenv("CCHC_HASH_KEY_FILE", raising=False)
    result = run("intake", str(export), "--warehouse", str(tmp_path / "kho"), "--language", "en")
    assert result.exit_code == 2
    assert "CCHC_HASH_KEY" in result.stderr
    assert not (tmp_path / "kho" / "intake.json").exists()


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04 cut", bytes(range(256)) * 8])
def test_unreadable_files_are_refused_without_a_traceback(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "tep.xlsx").write_bytes(content)
    result = run("intake", str(tmp_path / "tep.xlsx"), "--warehouse", str(tmp_path / "kho"))
    assert result.exit_code == 2
    assert "tep.xlsx" in result.stderr
    assert not (tmp_path / "kho" / "intake.json").exists()


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_prints_as_table_csv_and_json(sample, measure: str) -> None:
    words = ("measures", measure, "--warehouse", str(sample.warehouse), "--period", "2023-Q2", "--by", "unit")
    table = run(*words)
    assert table.exit_code == 0
    rows = json.loads(run(*words, "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    # A chart has one row a month, the Pareto one a procedure that is overdue, a list one an entry; the second register
    # is that of three units; everything else has one row a unit or more.
    charts = {"on_time_chart", "duration_chart"}
    short = charts | {"overdue_pareto", "not_offered", "matching", "matching_conflicts"}
    assert len(rows) == len(lines) > (20 if measure not in short else 2)
    assert ({"month"} if measure in charts else {"unit"}) <= set(rows[0]) == set(lines[0])


def test_measures_answer_to_rule_denominator_and_month(sample) -> None:
    words = ("measures", "on_time", "--warehouse", str(sample.warehouse), "--period", "2023-Q2", "--format", "json")
    official = json.loads(run(*words).stdout)[0]
    strict = json.loads(run(*words, "--rule", "strict", "--denominator", "due").stdout)[0]
    assert (official["rule"], strict["rule"]) == ("official_form", "strict")
    assert strict["measure"] == "on_time_of_due"
    assert strict["denominator"] < official["denominator"]
    months = json.loads(run(*words, "--by", "month").stdout)
    assert [row["month"] for row in months][-3:] == ["2023-04", "2023-05", "2023-06"]
    assert sum(row["numerator"] for row in months[-3:]) == official["numerator"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("measures", "on_tme", "--period", "2023-Q2"), "on_time"),
        (("measures", "on_time", "--period", "2023-Q5"), "2023-Q2"),
        (("measures", "on_time", "--period", "2023-Q2", "--by", "units"), "unit, field"),
        (("measures", "on_time", "--period", "2023-Q2", "--rule", "easy"), "strict"),
        (("measures", "on_time", "--period", "2023-Q2", "--unit", "Phường 99"), "phuong-1"),
        (("measures", "on_time", "--period", "2024-Q2"), "14/12/2023"),
        (("report", "--period", "2023-Q2", "--pages", "20_digits"), "10_processing_time"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(sample, words: tuple[str, ...], said: str) -> None:
    result = run(*words, "--warehouse", str(sample.warehouse))
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_missing_warehouse_says_how_to_make_one(tmp_path: Path) -> None:
    result = run("measures", "on_time", "--warehouse", str(tmp_path / "kho"), "--period", "2023-Q2")
    assert result.exit_code == 2
    assert "cchc intake" in result.stderr


@pytest.mark.parametrize(
    "command",
    ["intake", "measures", "report", "sample", "calendar days", "calendar deadline", "duties", "forms evidence"],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"Example: cchc {command}" in " ".join(result.output.split())


def test_the_command_starts_without_the_drawing_libraries() -> None:
    heavy = "{'matplotlib', 'seaborn', 'papermill', 'duckdb'}"
    code = f"import sys; import cchc_analysis.cli; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "", shlex.quote(code)
