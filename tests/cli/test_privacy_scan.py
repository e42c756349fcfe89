"""Personal data in what a run has made: planted in every kind of file they are found; none is found where none is."""

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import cchc_analysis as cchc
from cchc_analysis import formats
from cchc_analysis.cli import main
from cchc_analysis.errors import ReportError
from cchc_analysis.intake.persons import names_in_exports
from cchc_analysis.privacy_scan import Secrets, finds_in, scan_folder
from tests.small_city import HEADER, line, small_city

NAME = "Lê Thị Bưởi"
PLANTED = {
    "identity_number": "077185001234",
    "telephone": "0912 345 678",
    "email": "buoi.le@example.vn",
    "plate": "72A-123.45",
    "dossier_code": "000.00.12.H06-230614-0001",
    "name": "lê thị  BƯỞI",
    "hash_key": "a key of this test, long enough",
}
SECRETS = Secrets(frozenset({NAME}), PLANTED["hash_key"].encode())


def write(folder: Path, suffix: str, text: str) -> None:
    """Write a text into a file of a kind, where a run could put it."""
    path = folder / f"tep{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps({"a": [1, {"b": text}]}))
    elif suffix == ".ipynb":
        path.write_text(json.dumps({"metadata": {"papermill": {"parameters": {"x": text}}}, "cells": []}))
    elif suffix == ".parquet":
        pd.DataFrame({"procedure_name": ["Khai sinh", text], "n": [1, 2]}).to_parquet(path)
    elif suffix == ".png":
        told = PngInfo()
        told.add_text("Comment", text)
        Image.new("P", (1, 1)).save(path, pnginfo=told)
    elif suffix in (".xlsx", ".docx"):
        half = len(text) // 2
        runs = f"<w:p><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t>{text[half:]}</w:t></w:r></w:p>"
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("word/document.xml", f"<?xml version='1.0'?><w:body>{runs}</w:body>")
    elif suffix == ".html":
        path.write_text(f"<p title='x'>{text.replace('ị', '&#7883;')}</p>", "utf-8")
    else:
        path.write_text(f"a\n{text}\n", "utf-8")


@pytest.mark.parametrize(
    "suffix", [".html", ".json", ".ipynb", ".csv", ".ics", ".txt", ".log", ".xlsx", ".docx", ".parquet", ".png"]
)
@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found_and_shown_masked(tmp_path: Path, kind: str, suffix: str) -> None:
    if (suffix, kind) == (".png", "name"):
        kind = "telephone"  # the texts of a picture are ASCII
    text = PLANTED[kind]
    write(tmp_path, suffix, f"Nội dung {text} khác")
    finds, n = scan_folder(tmp_path, SECRETS)
    assert (kind, n) == (finds[0].kind, 1)
    assert all(text not in find.masked and find.masked.count("*") > len(find.masked) / 3 for find in finds)


def test_the_name_of_a_file_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "0912345678.txt").write_text("x")
    assert [find.kind for find in scan_folder(tmp_path, Secrets())[0]] == ["telephone"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 10**13), st.floats(0, 1), st.dates())
def test_figures_dates_and_documents_are_no_personal_data(n: int, part: float, on: object) -> None:
    written = (
        f"{formats.number(n, 'vi')} hồ sơ; {formats.number(n, 'en')}; {formats.share(part, 'vi')} "
        f"({formats.number(n % 10**6, 'vi')}/{formats.number(n % 10**7, 'vi')}); {on:%d/%m/%Y}; {on}; 178/KH-UBND; "
        f"01/2020/TT-VPCP; II.06a/VPCP/KSTT; {part:.12f}; {n:064x}"
    )
    assert list(finds_in(written, SECRETS)) == []


def test_a_name_is_found_as_whole_words_only() -> None:
    def found(text: str) -> list[str]:
        return [kind for kind, _, _ in finds_in(text, Secrets(frozenset({"Lê Thị", "An"})))]

    assert found("bà LÊ thị, phường 1") == ["name"]
    assert found("Lê Thịnh; An toàn thực phẩm") == []


def test_names_are_read_from_the_columns_about_persons_alone(tmp_path: Path) -> None:
    rows = [
        "Mã hồ sơ;Lĩnh vực;Đơn vị;Ngày tiếp nhận;Chủ hồ sơ;Địa chỉ;Người nộp",
        f"H06-230501-0001;Đất đai;Phường 1;01/05/2023;{NAME};Thôn Hai Xã Ba;Công ty Gạch Đỏ",
        "H06-230501-0002;Đất đai;Phường 1;01/05/2023;Võ Thị Sáu;x;Trần Văn Ổi",
        ";;;;Thủ trưởng đơn vị;;",
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    assert names_in_exports([tmp_path], frozenset({"Võ Thị Sáu"})) == {NAME, "Trần Văn Ổi"}


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Exports in which somebody wrote a citizen's name behind a procedure."""
    monkeypatch.setenv("CCHC_HASH_KEY", PLANTED["hash_key"])
    folder = tmp_path / "exports"
    folder.mkdir()
    rows = [f"{line(n, f'Khai sinh {NAME}' if n == 6 else 'Khai sinh')},{NAME}" for n in range(60)]
    (folder / "xuat.csv").write_text("\n".join([f"{HEADER},Chủ hồ sơ", *rows]) + "\n", "utf-8")
    return folder


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


def test_a_site_with_a_name_of_the_input_is_not_published(exports: Path, tmp_path: Path) -> None:
    kho, out = str(tmp_path / "kho"), str(tmp_path / "reports")
    assert run("intake", str(exports), "--warehouse", kho, "--as-of", "2023-06-14")[0] == 0
    asked = ("--warehouse", kho, "--period", "2023-Q2", "--units", "phuong-1", "--out", out, "--internal", "--no-files")
    asked += ("--pages", "10_processing_time")
    code, told = run("report", *asked, "--input", str(exports))
    assert code == 2
    assert "có dữ liệu cá nhân (phuong-1/10_processing_time.html:" in told
    assert NAME not in told
    assert not (tmp_path / "reports" / "2023-Q2-internal").exists()
    assert run("report", *asked)[0] in (0, 1)
    code, told = run("scan", out, "--input", str(exports), "--skip", "2023-Q2-internal/methods")
    assert code == 1
    assert "L* *** ***i" in told


def test_a_telephone_in_a_procedure_is_refused_without_any_list(tmp_path: Path) -> None:
    kho = small_city(tmp_path, procedure="Khai sinh gọi 0912.345.678")
    with pytest.raises(ReportError, match="telephone 0"):
        cchc.publish_reports(
            warehouse=kho,
            period="2023-Q2",
            units="phuong-1",
            out=tmp_path,
            edition="internal",
            pages=["10_processing_time"],
        )


def test_a_file_that_cannot_be_read_to_its_end_is_no_clean_file(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\3\4 broken")
    code, told = run("scan", str(tmp_path))
    assert (code, "a.xlsx" in told) == (2, True)
