"""What is counted once for all units is what every unit would count for itself."""

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cchc_analysis as cchc
from cchc_analysis import publication
from cchc_analysis.errors import UnitError
from cchc_analysis.publication import PAGES as PAGES_OF
from cchc_analysis.publication_files import calendar_file, document_file, form_file
from cchc_analysis.reference_data import notebooks_path
from cchc_analysis.reports import FileJob, PageJob, SiteResult
from cchc_analysis.study import Study, open_study
from cchc_analysis.study_parts import SharedTables, StudyParts, sharing, stop_sharing
from cchc_analysis.study_sharing import FolderParts, PartsOnDemand, write_parts
from tests.small_city import small_city

PLAN = "vung-tau-2023"
PAGES = ("00_overview", "20_digitisation", "90_data_quality")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three wards, with what two of them have reported on the plan."""
    root = tmp_path_factory.mktemp("city")
    return small_city(root)


@pytest.fixture(scope="module")
def folder(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the studies of the city, for many units."""
    folder = tmp_path_factory.mktemp("parts") / "of-the-city"
    write_parts(open_study(data=city, period="2023-Q2"), folder, cchc.load_plan(PLAN), True)
    return folder


@pytest.fixture
def parts(folder: Path) -> Iterator[StudyParts]:
    """The parts, shared while a test runs."""
    found = FolderParts(folder)
    with sharing(found):
        yield found


def study_of(city: Path, unit: str = "phuong-2", **more: Any) -> Study:
    return open_study(data=city, period="2023-Q2", unit=unit, **more)


def page_of(name: str, city: Path, unit: str) -> list[str]:
    """Run the cells of a notebook here and return what they show."""
    cells = json.loads(notebooks_path(f"{name}.ipynb").read_text("utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    exec(codes[0], names)
    names |= {"data": str(city), "period": "2023-Q2", "unit": unit}
    shown = []
    for code in codes[1:]:
        tree = ast.parse(code)
        *before, last = tree.body
        exec(compile(ast.Module(before, []), name, "exec"), names)
        assert isinstance(last, ast.Expr)
        shown.append(eval(compile(ast.Expression(last.value), name, "eval"), names).data)
    return shown


@pytest.mark.parametrize("unit", ["phuong-2", "all"])
def test_pages_are_the_same_with_and_without_sharing(city: Path, folder: Path, unit: str) -> None:
    alone = {name: page_of(name, city, unit) for name in PAGES}
    with sharing(FolderParts(folder)):
        assert {name: page_of(name, city, unit) for name in PAGES} == alone


def test_a_unit_with_dossiers_opens_no_database(city: Path, parts: StudyParts, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of(city)

    def refuse(*told: object) -> None:
        raise AssertionError("the dossiers are scanned although they have been counted")

    monkeypatch.setattr("cchc_analysis.warehouse._scan", refuse)
    assert study.parts is not None
    assert int(study.form_06a()["received"].iloc[0]) == 80
    assert study.completeness()["n"].unique().tolist() == [80]
    assert study.first_day() == date(2023, 5, 2)
    assert study.excluded_procedures() is not None
    assert study.unit_name() == "Phường 2"


def tables_of(study: Study) -> dict[str, pd.DataFrame]:
    """Return one table of each kind of count."""
    return {
        "flow": study.flow(),
        "by procedure": study.flow("procedure"),
        "terms": study.terms(),
        "durations": study.durations(),
        "digitised": study.digitised(),
        "procedures": study.procedures(),
        "gaps": study.number_gaps(),
        "completeness": study.completeness(),
        "flags": study.flags(),
        "rejected": study.rejected(),
        "evidence": study.evidence(),
        "scorecard": study.scorecard(cchc.load_plan(PLAN)),
        "series": study.scorecard_series(cchc.load_plan(PLAN)),
    }


@pytest.mark.parametrize("unit", ["phuong-1", "phuong-4", "phong-noi-vu", "all"])
def test_tables_are_the_same_also_of_units_with_nothing(city: Path, folder: Path, unit: str) -> None:
    alone = tables_of(study_of(city, unit))
    with sharing(FolderParts(folder)):
        shared = tables_of(study_of(city, unit))
    for name, table in alone.items():
        pd.testing.assert_frame_equal(shared[name], table, obj=f"{name} of {unit}")


@pytest.mark.parametrize(
    "other",
    [{"language": "en"}, {"as_of": "2023-05-20"}, {"units_on": "2026-01-01", "unit": "all"}],
)
def test_a_study_of_another_kind_counts_for_itself(city: Path, parts: StudyParts, other: dict[str, str]) -> None:
    assert study_of(city).parts is parts
    assert study_of(city, **other).parts is None


def test_another_cut_of_months_and_another_state_count_for_themselves(
    city: Path, parts: StudyParts, tmp_path: Path
) -> None:
    assert open_study(data=city, period="2023-Q2", window="calendar").parts is None
    elsewhere = small_city(tmp_path, "Khai tử")
    assert study_of(elsewhere).parts is None
    assert replace(parts.shared_for, state="another") != parts.shared_for


def test_an_unknown_unit_is_refused_as_without_sharing(city: Path, parts: StudyParts) -> None:
    with pytest.raises(UnitError) as shared:
        study_of(city, "Phường 99")
    stop_sharing()
    with pytest.raises(UnitError) as alone:
        study_of(city, "Phường 99")
    assert str(shared.value) == str(alone.value)


def test_what_is_common_is_made_once_and_read_by_others(folder: Path) -> None:
    made: list[str] = []

    def make() -> list[int]:
        made.append("once")
        return [1, 2, 3]

    first, second = FolderParts(folder), FolderParts(folder)
    assert [parts.common("of this test", make) for parts in (first, first, second)] == [[1, 2, 3]] * 3
    assert made == ["once"]
    rows = pd.DataFrame({"unit": ["b", "a", "b"], "n": [1, 2, 3]})
    assert first.piece("rows of this test", "b", lambda: rows)["n"].tolist() == [1, 3]
    assert second.piece("rows of this test", "a", lambda: pytest.fail("made before"))["n"].tolist() == [2]
    assert len(second.piece("rows of this test", "nobody", lambda: pytest.fail("made before"))) == 0


def test_parts_are_counted_step_by_step_and_read_as_far_as_they_are(city: Path, tmp_path: Path) -> None:
    wanted = ("overview", "data_quality", "processing_time")
    parts = PartsOnDemand(open_study(data=city, period="2023-Q2"), tmp_path / "parts", wanted=wanted)
    # Who reads them has begun before anything is counted.
    read = FolderParts(tmp_path / "parts")
    assert read.table("filled", "phuong-2") is None
    told, steps = [], parts.steps()
    for name in steps:
        told += [name] if name else []
        if name == "data_quality":
            assert read.table("filled", "phuong-2") is not None
            assert read.table("span", "phuong-2") is None
    # The page that asks for the least is ready first; what nobody wants is not counted.
    assert told == ["data_quality", "overview", "processing_time"]
    assert read.table("span", "phuong-2") is not None
    assert not any("count_hours" in str(key) for key in read._tables)


def test_who_asks_for_a_table_has_the_rest_counted(city: Path, tmp_path: Path) -> None:
    parts = PartsOnDemand(open_study(data=city, period="2023-Q2"), tmp_path / "parts", wanted=("data_quality",))
    next(parts.steps())
    assert parts.table("filled", "phuong-2") is not None
    assert list(parts.steps()) == []


class Recording(FolderParts):
    """Parts that note which counts were asked for and are not there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.missed: set[str] = set()

    def table(self, key: Any, unit: str) -> pd.DataFrame | None:
        found = super().table(key, unit)
        if found is None and str(key[0] if isinstance(key, tuple) else key).startswith("count_"):
            self.missed.add(str(key))
        return found


@pytest.mark.parametrize("name", ["10_processing_time", "40_service_quality", "90_data_quality"])
def test_the_parts_of_a_page_are_all_that_the_page_asks_for(city: Path, tmp_path: Path, name: str) -> None:
    study = open_study(data=city, period="2023-Q2")
    PartsOnDemand(study, tmp_path / "parts", cchc.load_plan(PLAN), True, (PAGES_OF[name],)).written()
    recording = Recording(tmp_path / "parts")
    with sharing(recording):
        for unit in ("all", "phuong-2"):
            page_of(name, city, unit)
    assert recording.missed == set()


def test_files_are_the_same_with_and_without_sharing(city: Path, folder: Path) -> None:
    asked: dict[str, Any] = {"data": str(city), "period": "2023-Q2", "unit": "phuong-2", "language": "vi"}

    def files() -> list[bytes]:
        return [
            form_file(**asked, code="ii-06a"),
            document_file(**asked, plan=PLAN),
            calendar_file(plan=PLAN, unit="phuong-2", as_of="2023-06-14", language="vi"),
        ]

    alone = files()
    with sharing(FolderParts(folder)):
        assert files() == alone


def test_tables_without_parts_are_those_of_the_study() -> None:
    tables = SharedTables(None, "phuong-1")
    tables["span"] = pd.DataFrame({"n": [1]})
    assert "span" in tables
    assert "units" not in tables


@pytest.mark.parametrize(
    ("asked", "kinds", "needs"),
    [
        ({"pages": ("90_data_quality",)}, {".html"}, {"data_quality"}),
        ({"pages": ("90_data_quality",), "files": True}, {".html", ".xlsx"}, {"data_quality", "form"}),
        (
            {"pages": ("00_overview",), "files": True},
            {".html", ".xlsx", ".docx", ".ics"},
            {"overview", "form", "report", ""},
        ),
        (
            {"files": False},
            {".html"},
            {"overview", "processing_time", "digitisation", "service_quality", "data_quality"},
        ),
    ],
)
def test_only_the_pages_asked_for_are_made_and_what_they_need(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Any, kinds: set[str], needs: set[str]
) -> None:
    jobs: list[PageJob | FileJob] = []

    def take(given: list[PageJob | FileJob], folder: Path, **settings: Any) -> SiteResult:
        jobs.extend(given)
        return SiteResult(folder, len(given), 0)

    monkeypatch.setattr(publication, "publish_site", take)
    monkeypatch.setenv("CCHC_WARM", "0")
    cchc.publish_reports(warehouse=city, period="2023-Q2", units="phuong-2", out=tmp_path, edition="internal", **asked)
    assert {Path(job.target).suffix for job in jobs} == kinds
    assert {job.needs for job in jobs} == needs
