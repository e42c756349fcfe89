"""What the benchmarks say of a measure: verdicts, what is kept of a failed case, the country, figures, the page."""

import argparse
import doctest
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

import cchc_analysis as cchc

NAMES = (
    "harness",
    "processes",
    "batches",
    "run",
    "country",
    "communes",
    "dossiers",
    "curves",
    "performance_page",
    "synthetic",
    "telling",
    "warehouse_files",
)


@pytest.fixture(scope="module")
def bench(project: Path) -> Iterator[dict[str, ModuleType]]:
    """The modules of benchmarks/, which is no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(project / "benchmarks"))
        yield {name: importlib.import_module(name) for name in NAMES}
    for name in NAMES:
        sys.modules.pop(name)


def measured(bench: dict[str, ModuleType], promise: dict[str, Any], **given: Any) -> Any:
    harness = bench["harness"]
    known = {"case": "x", "ours": "a", "other": "b", "n": 1_000, "unit": "rows", "ours_seconds": (3.0, 2.0)}
    return harness.Measured(
        **{**known, "other_seconds": (5.0, 4.0), "promise": harness.Promise("p", **promise), **given}
    )


@pytest.mark.parametrize(
    ("promise", "given", "verdict", "missed_by"),
    [
        ({"of": "ratio", "bound": "at most", "value": 0.5}, {}, "met", 0),
        ({"of": "ratio", "bound": "at most", "value": 0.4}, {}, "missed", 0.25),
        ({"of": "speed-up", "bound": "at least", "value": 2}, {}, "met", 0),
        ({"of": "speed-up", "bound": "at least", "value": 12}, {"factor": 3.0}, "missed", 0.5),
        ({"of": "speed-up", "bound": "at least", "value": 12}, {"factor": 6.0}, "met", 0),
        ({"of": "seconds", "bound": "at most", "value": 2}, {}, "met", 0),
        ({"of": "memory_mb", "bound": "at most", "value": 400}, {"memory_mb": 500.0}, "missed", 0.25),
        ({"of": "memory_mb", "bound": "at most", "value": 400}, {}, "not measured", 0),
        ({"of": "ratio", "bound": "at most", "value": 0.1, "from_n": 1_001}, {}, "not in this size", 0),
    ],
)
def test_a_promise_is_judged_by_the_best_runs(
    bench: dict[str, ModuleType], promise: dict[str, Any], given: dict[str, Any], verdict: str, missed_by: float
) -> None:
    one = measured(bench, promise, **given)
    assert (one.verdict, one.missed_by) == (verdict, pytest.approx(missed_by))


def test_a_measure_comes_back_from_json_as_it_was(bench: dict[str, ModuleType]) -> None:
    one = measured(bench, {"of": "ratio", "bound": "at most", "value": 6, "aim": 4.0}, memory_mb=12.5, note="as read")
    stored = json.loads(json.dumps(one.as_dict()))
    assert bench["telling"].measured_from(stored) == one
    assert (stored["ratio"], stored["verdict"], stored["bar"]) == (0.5, "met", "≤ 6×")


def test_a_case_that_fails_keeps_what_it_had_measured(
    bench: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ModuleType("a_case")

    def measure(folder: Path, size: str, repeat: int) -> Iterator[Any]:
        yield measured(bench, {"of": "seconds", "bound": "at most", "value": repeat}, case=size)
        raise OSError("the disk is full")

    monkeypatch.setattr(case, "measure", measure, raising=False)
    monkeypatch.setitem(sys.modules, "a_case", case)
    kept = tmp_path / "results.pickle"
    with pytest.raises(OSError, match="the disk is full"):
        bench["run"].run_case("a_case", tmp_path, "full", 3, kept)
    assert [one.case for one in bench["run"].stored_results(kept)] == ["full"]


def test_a_process_of_its_own_tells_its_memory_and_its_errors(bench: dict[str, ModuleType]) -> None:
    processes = bench["processes"]
    ran = processes.in_child(len, "four")
    assert ran.result == 4
    # No Python is smaller, and none that has imported this little is larger.
    assert 5 < ran.peak_mb < 200
    with pytest.raises(processes.ChildError, match="invalid literal"):
        processes.in_child(int, "x")


def test_a_country_is_the_same_again_and_begins_as_a_smaller_one(bench: dict[str, ModuleType], tmp_path: Path) -> None:
    write = bench["country"].write_country
    small, large = write(tmp_path / "2", 2), write(tmp_path / "3", 3, registers=True)
    rows = {folder: pq.read_table(folder / "states" / "1" / "dossiers.parquet") for folder in (small, large)}
    assert rows[large].slice(0, len(rows[small])).equals(rows[small])
    assert sorted(set(rows[large]["receiving_unit"].to_pylist())) == ["Xã 0001", "Xã 0002", "Xã 0003"]
    study = cchc.open_study(data=large, period="2023-Q2", unit="Xã 0002")
    form = study.form_06a().iloc[0]
    assert form["received"] == form["resolved"] + form["pending"]
    assert 20 <= form["received_online"] + form["received_other"] <= 2_000
    assert form["resolved_late"] < form["resolved"] / 2
    assert study.surveys() == ("one-stop-five-factors",)
    assert study.has_register("payments")
    assert study.has_register("feedback")


@pytest.fixture
def curve(bench: dict[str, ModuleType]) -> Any:
    harness = bench["harness"]
    points = (harness.Point(1e6, 2.0, 300.0), harness.Point(1e8, 150.0, 900.0))
    limit = harness.Line("limit: reading once", "limit", (harness.Point(1e6, 0.5), harness.Point(1e8, 40.0)))
    return harness.Curve("counting", "Counting", "rows", points, (limit,))


def test_a_figure_says_what_it_found_and_is_the_same_again(bench: dict[str, ModuleType], curve: Any) -> None:
    curves = bench["curves"]
    assert curves.finding(curve) == "Counting: 100 times the rows take 75 times the time\nand 3 times the memory"
    assert curves.drawn(curve) == curves.drawn(curve)
    assert doctest.testmod(curves).failed == 0


def test_the_page_is_written_between_its_marks_alone(bench: dict[str, ModuleType], curve: Any, tmp_path: Path) -> None:
    page, harness = bench["performance_page"], bench["harness"]
    (tmp_path / "docs" / "images").mkdir(parents=True)
    path = tmp_path / page.PAGE
    path.write_text(f"Before.\n\n{page.BEGIN}\nold\n{page.END}\n\nAfter.\n", encoding="utf-8")
    one = measured(bench, {"of": "speed-up", "bound": "at least", "value": 4}, note="one note")
    case = json.loads(json.dumps(bench["telling"].as_json([one], [curve], "ValueError: no Java", 1.5, 0.1)))
    kept = {"machine": harness.machine(), "size": "full", "cases": {"counting": case}}
    for _ in range(2):
        page.write_docs(tmp_path, kept)
        text = path.read_text("utf-8")
        assert text.startswith("Before.\n\n")
        assert text.endswith("\n\nAfter.\n")
        assert "old" not in text
        assert "| **missed by 50 %** |" in text
        assert "`ValueError: no Java`" in text
        assert "1. one note" in text
        assert "| p | x: 1,000 rows | ≥ 4× faster | 2× | **missed by 50 %** |" in text
        assert "100 million rows: 150 s, 900 MB" in text
        assert "](images/performance-counting.svg)" in text
    assert (tmp_path / "docs" / "images" / "performance-counting.svg").read_bytes() == bench["curves"].drawn(curve)


def test_what_settings_of_a_cluster_change_is_written_beside_duckdb(
    bench: dict[str, ModuleType], tmp_path: Path
) -> None:
    page, harness = bench["performance_page"], bench["harness"]
    (tmp_path / "docs").mkdir()
    for name in (page.PAGE, page.SPARK_PAGE):
        (tmp_path / name).write_text(f"{page.BEGIN}\n{page.END}\n", encoding="utf-8")
    one = measured(bench, {"of": "ratio", "bound": "at most", "value": 9}, case="Spark: 200 partitions", memory_mb=2000)
    case = json.loads(json.dumps(bench["telling"].as_json([one], [], "", 1.5, 0.1)))
    page.write_docs(tmp_path, {"machine": harness.machine(), "size": "full", "cases": {"spark": case}})
    text = (tmp_path / page.SPARK_PAGE).read_text("utf-8")
    assert "| 200 partitions | 3 s | 2 s | 2,000 MB |" in text
    assert "| DuckDB, in one process | 5 s | 4 s | |" in text


def run_of(bench: dict[str, ModuleType], n_units: int, seconds: float) -> Any:
    site = bench["batches"].Published(Path("site"), 6 * n_units, (4.0, seconds - 1), 0, seconds)
    ran = bench["processes"].InChild(site, seconds, 2 * seconds, 500.0 + n_units, 90.0, 300.0)
    return bench["communes"].Run(n_units, ran)


def test_as_many_communes_are_run_as_the_minutes_allow(bench: dict[str, ModuleType]) -> None:
    fitting, plans = bench["communes"].fitting, ((50, 200), (200,), (50,))
    few = run_of(bench, 10, 24.0)  # 4 seconds at the start, 2 for each commune.
    assert [fitting(few, plans, seconds) for seconds in (508, 507, 403, 103)] == [(50, 200), (200,), (50,), ()]


def test_all_communes_lie_on_the_line_through_those_that_were_run(bench: dict[str, ModuleType]) -> None:
    runs = [run_of(bench, n, 4.0 + 2 * n) for n in (10, 50, 200)]
    projected, straight = bench["communes"].across(runs, run_of(bench, 10, 34.0), "full")
    assert projected.best == pytest.approx(4 + 2 * 3_321)
    assert projected.verdict == "missed"
    assert "forms, documents and calendars take 1.00 s more for each" in projected.note
    assert straight.ratio == pytest.approx(1)


def test_turns_of_a_chunk_are_other_dossiers(
    bench: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = bench["dossiers"]
    monkeypatch.setattr(dossiers, "CHUNK", 40)
    dossiers.write_dossiers(tmp_path / "d", 100)
    rows = pq.read_table(tmp_path / "d").to_pandas()
    assert rows["dossier_id"].tolist() == [f"{number:010d}" for number in range(100)]
    assert rows["source_row"].tolist() == list(range(2, 102))
    first, second = rows["receiving_unit"].iloc[:40], rows["receiving_unit"].iloc[40:80]
    assert (first.to_numpy() != second.to_numpy()).all()
    assert rows["procedure_code"].iloc[:20].tolist() == rows["procedure_code"].iloc[80:].tolist()


def test_the_plan_of_a_full_run_fits_into_its_minutes(bench: dict[str, ModuleType]) -> None:
    run = bench["run"]
    for size, minutes in run.MINUTES.items():
        assert sum(case.minutes(size) for case in run.CASES) <= minutes


def test_when_the_minutes_are_over_no_case_is_begun(bench: dict[str, ModuleType]) -> None:
    run = bench["run"]
    told = run.results_of(run.CASES[0], argparse.Namespace(size="full", repeat=0, folder=None), float("-inf"))
    assert told["measured"] == []
    assert told["failed"].startswith("Not begun")
