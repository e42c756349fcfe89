"""The project's own notebooks through the site: complete, the same bytes twice, the right figures."""

import hashlib
import json
import re
from html import unescape
from pathlib import Path

import pytest
from small_city import small_city

import cchc_analysis as cchc
from cchc_analysis.errors import ReportError
from cchc_analysis.formats import number

UNITS = "all, phuong-1"


@pytest.fixture(scope="module")
def site(sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    return cchc.publish_reports(
        warehouse=sample.warehouse, period="2023-Q2", units=UNITS, out=out, edition="internal"
    ).folder


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three wards and one quarter: enough for what does not look at figures."""
    return small_city(tmp_path_factory.mktemp("city"))


HANDED_IN = {
    "evidence": "minh-chung",
    "submissions": "nop-bao-cao",
    "self_scores": "tu-cham-diem",
    "index_values": "chi-so",
}
"""Register of what offices report themselves → its folder in the sample."""


def test_the_site_is_complete_and_self_contained(site: Path) -> None:
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.parent.name != "methods")
    assert pages == [
        "all/00_overview.html",
        "all/10_processing_time.html",
        "all/20_digitisation.html",
        "all/30_satisfaction.html",
        "all/40_service_quality.html",
        "all/50_indices.html",
        "all/90_data_quality.html",
        "index.html",
        "phuong-1/00_overview.html",
        "phuong-1/10_processing_time.html",
        "phuong-1/20_digitisation.html",
        "phuong-1/30_satisfaction.html",
        "phuong-1/40_service_quality.html",
        "phuong-1/50_indices.html",
        "phuong-1/90_data_quality.html",
    ]
    for page in pages:
        markup = (site / page).read_text("utf-8")
        assert '<html lang="vi">' in markup
        assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', markup)
        assert "Dữ liệu giả lập" in markup
        assert len(markup) < 700_000
        text = unescape(re.sub(r"<(script|style)[\s\S]*?</\1>|<[^>]*>", " ", markup))
        assert not re.search(r"\b(nan|NaN|inf|None|NaT)\b", text), page


def test_the_page_carries_the_planted_numbers(sample, site: Path) -> None:
    truth = dict(zip(sample.truth["flow_cells"], sample.truth["flow"]["2023-Q2"]["vung-tau"], strict=True))
    received = truth["received_online"] + truth["received_counter_post"]
    resolved = truth["resolved_early"] + truth["resolved_on_time"] + truth["resolved_late"]
    text = unescape(re.sub(r"<[^>]*>", " ", (site / "all" / "10_processing_time.html").read_text("utf-8")))
    assert f"phải giải quyết {number(received + truth['carried_over'])} hồ sơ ({number(received)} tiếp nhận mới" in text
    assert f"({number(resolved - truth['resolved_late'])}/{number(resolved)};" in text


def test_the_page_on_satisfaction_carries_the_planted_counts(sample, site: Path) -> None:
    text = unescape(re.sub(r"<[^>]*>", " ", (site / "all" / "30_satisfaction.html").read_text("utf-8")))
    row = cchc.open_study(data=sample.warehouse, period="2023-Q2").survey().satisfaction().iloc[0]
    assert f"{number(row['numerator'])}/{number(row['denominator'])} câu trả lời ở mức hài lòng" in text
    assert "Công chức +" in text, "the planted rise of one factor"
    assert "không gộp với kết quả trên" in text


def test_the_manifest_proves_the_pages_and_names_the_inputs(sample, site: Path) -> None:
    manifest = json.loads((site / "manifest.json").read_text("utf-8"))
    for page, digest in manifest["pages"].items():
        assert hashlib.sha256((site / page).read_bytes()).hexdigest() == digest
    inputs = {(entry["kind"], entry["file"]) for entry in manifest["inputs"]}
    registers, surveys = sample.truth["registers"], sample.truth["surveys"]
    handed_in = sample.truth["handed_in"]
    folders = {"one-stop-five-factors": "khao-sat", "kiosk-nine-criteria": "ki-ot"}
    assert inputs == (
        {("dossiers", name) for name in sample.truth["files"]}
        | {(kind, f"{kind}/{name}") for kind, told in registers.items() for name in told["files"]}
        | {(f"survey-{name}", f"{folders[name]}/{file}") for name, told in surveys.items() for file in told["files"]}
        | {(kind, f"{HANDED_IN[kind]}/{name}") for kind, told in handed_in.items() for name in told["files"]}
    )
    read = {kind: told["total"]["read"] for kind, told in registers.items()}
    read |= {f"survey-{name}": told["total"]["read"] for name, told in surveys.items()}
    read |= {kind: told["total"]["read"] for kind, told in handed_in.items()}
    assert {kind: rows["read"] for kind, rows in manifest["register_rows"].items()} == read
    assert manifest["rows"]["read"] == sample.truth["total"]["read"]
    assert manifest["synthetic"] is True


def test_a_second_run_elsewhere_with_other_workers_gives_the_same_bytes(
    sample, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    again = cchc.publish_reports(
        warehouse=sample.warehouse,
        period="2023-Q2",
        units="phuong-1",
        out=tmp_path / "x",
        workers=1,
        edition="internal",
    ).folder
    made = [path for path in again.rglob("*") if path.is_file()]
    alike = [path for path in made if path.parent != again]
    assert len(alike) > 7
    for path in alike:
        assert (site / path.relative_to(again)).read_bytes() == path.read_bytes(), path.name


def test_english_is_a_parameter(city: Path, tmp_path: Path) -> None:
    site = cchc.publish_reports(
        warehouse=city,
        period="2023-Q2",
        units="Phường 1",
        language="en",
        out=tmp_path,
        pages=["10_processing_time"],
        edition="internal",
    ).folder
    markup = (site / "phuong-1" / "10_processing_time.html").read_text("utf-8")
    assert '<html lang="en">' in markup
    assert "Processing time of administrative procedures: Ward 1, Q2 2023" in markup
    assert "dossiers to handle" in markup


def test_a_page_that_fails_publishes_nothing_and_keeps_what_was_there(
    city: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    hidden = city.with_name("warehouse-hidden")
    study = cchc.open_study(data=city, period="2023-Q2")
    monkeypatch.setattr("cchc_analysis.publication.open_study", lambda **given: study)
    with pytest.raises(ReportError):
        cchc.publish_reports(
            warehouse=hidden,
            period="2023-Q2",
            units="phuong-2",
            out=site.parent,
            pages=["90_data_quality"],
            edition="internal",
        )
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
