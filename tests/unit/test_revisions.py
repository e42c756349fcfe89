"""What a newer version of a report says differently, and what the manifest keeps of the older ones."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cchc_analysis.errors import ReportError
from cchc_analysis.frames import records
from cchc_analysis.measures.revisions import compare_figures, figures_mapping, figures_table, late_entries
from cchc_analysis.periods import parse_period
from cchc_analysis.versions import earlier_version, history_before, read_manifest, versions_of


def share(numerator: int, denominator: int) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "value": numerator / denominator, "n": denominator}


def count(n: int) -> dict[str, Any]:
    return {"numerator": None, "denominator": None, "value": None, "n": n}


OLD = {"all": {"received": count(100), "on_time": share(90, 100), "satisfaction": share(8, 10)}}
NEW = {"all": {"received": count(104), "on_time": share(91, 104), "received_online": share(40, 104)}}


def test_figures_of_now_are_held_against_those_of_before() -> None:
    table = compare_figures(figures_table(OLD), figures_table(NEW)).set_index("figure")
    assert table["state"].to_dict() == {
        "received": "changed",
        "on_time": "changed",
        "received_online": "new",
        "satisfaction": "gone",
    }
    assert table.loc["received", "difference_n"] == 4
    assert table.loc["on_time", ["difference_numerator", "difference_denominator"]].tolist() == [1, 4]
    assert table.loc["on_time", "difference_value"] == pytest.approx(91 / 104 - 0.9, rel=1e-12)
    assert table.loc[["received_online", "satisfaction"], "difference_n"].isna().all()


def test_equal_figures_are_the_same_and_undefined_ones_are_no_zeros() -> None:
    nothing = {"numerator": 0, "denominator": 0, "value": None, "n": 0}
    table = compare_figures(figures_table({"u": {"on_time": nothing}}), figures_table({"u": {"on_time": nothing}}))
    assert table["state"].tolist() == ["same"]
    assert table["difference_value"].isna().all()
    now_known = compare_figures(
        figures_table({"u": {"on_time": nothing}}), figures_table({"u": {"on_time": share(0, 4)}})
    )
    assert now_known["state"].tolist() == ["changed"]
    assert now_known["difference_value"].isna().all()


def test_a_manifest_gives_back_what_was_put_in() -> None:
    told = json.loads(json.dumps(figures_mapping(figures_table(NEW)), allow_nan=False))
    assert told == NEW
    pd.testing.assert_frame_equal(figures_table(told), figures_table(NEW))


def test_no_figures_compare_to_nothing() -> None:
    assert len(compare_figures(figures_table({}), figures_table({}))) == 0
    assert compare_figures(figures_table({}), figures_table(OLD))["state"].tolist() == ["new"] * 3


def test_late_entries_are_told_from_corrections() -> None:
    quarter = parse_period("2023-Q2")
    month, other = quarter.months[0], quarter.months[0] - 1
    rows = [
        ("a", "old.csv", month, 10),
        ("a", "new.csv", month, 4),
        ("a", "new.csv", other, 50),  # of another period
        ("b", "old.csv", month, 7),
    ]
    sources = pd.DataFrame(rows, columns=["unit", "source_file", "received_month", "n"])
    table = late_entries(sources, quarter, ["old.csv"], {"a": 11, "b": 7, "c": 2})
    assert [tuple(row.values()) for row in records(table)] == [
        ("a", 11, 14, 3, 4, -1),  # four came in, one of the eleven is told no more
        ("b", 7, 7, 0, 0, 0),
        ("c", 2, 0, -2, 0, -2),
    ]


def version(state: str, as_of: str = "2023-06-14T00:00:00", **more: Any) -> dict[str, Any]:
    inputs = [{"kind": "dossiers", "file": f"{state}.csv", "sha256": state}, {"kind": "feedback", "file": "x.csv"}]
    return {"state": state, "as_of": as_of, "units_on": "", "inputs": inputs, "figures": OLD, **more}


def published(manifest: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    return {**manifest, "history": history_before(manifest, before), "pages": {}}


def test_publishing_again_keeps_every_different_version_once() -> None:
    first = published(version("a"), None)
    assert first["history"] == []
    assert published(version("a"), first) == first
    second = published(version("b"), first)
    assert [told["state"] for told in versions_of(second)] == ["a", "b"]
    assert published(version("b"), second) == second
    third = published(version("b", as_of="2023-06-20T00:00:00"), second)
    assert [told["as_of"][:10] for told in third["history"]] == ["2023-06-14", "2023-06-14"]
    without_figures = {"state": "written by an older version", "pages": {}}
    assert published(version("a"), without_figures)["history"] == []


def write(folder: Path, manifest: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_the_earlier_version_is_the_last_different_one(tmp_path: Path) -> None:
    second = published(version("b"), published(version("a"), None))
    site = write(tmp_path / "2023-Q2", second)
    as_of = datetime(2023, 6, 14)
    before_c = earlier_version(site, "c", as_of)
    before_b = earlier_version(site / "manifest.json", "b", as_of)
    assert before_c is not None
    assert before_b is not None
    assert (before_c.state, before_b.state) == ("b", "a")
    assert before_b.files == ("a.csv",)
    assert before_b.figures == OLD
    assert earlier_version("", "b", as_of) is None


def test_a_path_without_manifest_is_refused_and_an_unreadable_one_has_no_history(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="readable manifest"):
        earlier_version(tmp_path / "nothing", "a", datetime(2023, 6, 14))
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert read_manifest(tmp_path) is None
    assert history_before(version("a"), read_manifest(tmp_path)) == []


def test_a_run_killed_while_it_swapped_folders_loses_no_history(tmp_path: Path) -> None:
    write(tmp_path / "2023-Q2.old", version("a"))
    told = read_manifest(tmp_path / "2023-Q2")
    assert told is not None
    assert told["state"] == "a"
