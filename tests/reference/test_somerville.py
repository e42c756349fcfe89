"""The municipal survey of Somerville 2015 (UCI, CC BY 4.0), taken in through its mapping file and told on a page."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis.stats.reliability import cronbach_alpha

MAPPING = ("data", "reference", "mappings", "somerville-2015.yaml")
QUESTIONS = ("x1_information", "x2_housing", "x3_schools", "x4_police", "x5_streets", "x6_events")


@pytest.fixture(scope="module")
def expected(reference: Path) -> dict:
    cases = json.loads((reference / "cases_shared.json").read_text("utf-8"))
    return next(case["expected"] for case in cases if case["id"] == "L09")


@pytest.fixture(scope="module")
def warehouse(reference: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("somerville")
    key = folder / "key.txt"
    key.write_text("only for this test, protects nothing", "utf-8")
    export = reference / "05_likert" / "somerville2015.csv"
    result = cchc.take_in([export], folder / "kho", mapping=project.joinpath(*MAPPING), hash_key_file=key)
    assert result.accounting["total"]["read"] == result.accounting["total"]["accepted"] == 143
    return folder / "kho"


def test_its_means_and_counts_are_the_published_ones(warehouse: Path, expected: dict) -> None:
    survey = cchc.open_study(data=warehouse, period="2015").survey()
    rows = survey.satisfaction(items=("question",)).set_index("item")
    assert rows.loc[list(QUESTIONS), "mean_points"].tolist() == pytest.approx(expected["means"], abs=1e-8)
    assert rows.loc["happy", ["denominator", "numerator"]].tolist() == [expected["n"], expected["D"][1]]


def test_its_six_questions_are_no_good_scale(warehouse: Path, expected: dict) -> None:
    survey = cchc.open_study(data=warehouse, period="2015").survey()
    places = [survey.instrument.names.index(name) for name in QUESTIONS]
    alpha = cronbach_alpha(survey.sample().responses.points[:, places])
    assert alpha.alpha == pytest.approx(expected["alpha"], abs=1e-6)
    assert set(survey.reliability()["grade"]) <= {"questionable", "poor"}


def test_its_site_tells_the_result_and_judges_by_no_target(warehouse: Path, tmp_path: Path) -> None:
    site = cchc.publish_reports(
        warehouse=warehouse, period="2015", units="all", out=tmp_path, edition="internal"
    ).folder
    assert not (site / "all" / "10_processing_time.html").exists()
    text = unescape(re.sub(r"<[^>]*>", " ", (site / "all" / "30_satisfaction.html").read_text("utf-8")))
    assert "Tỷ lệ hài lòng chung 57,1%" in text
    assert "490/858 câu trả lời" in text
    assert "Kế hoạch không có mục tiêu hài lòng cho năm 2015" in text
    assert "Thang đo kém" in text
    assert not re.search(r"\b(nan|None|inf)\b", text)
