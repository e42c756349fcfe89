"""The whole way on the cluster: a warehouse with registers opened by session and by address, its measures, the CLI."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from spark.conftest import CLUSTER
from spark.rows_for_spark import drawn_rows
from spec.register_tables import write_warehouse

from cchc_analysis import open_study
from cchc_analysis.cli import main
from cchc_analysis.counting import STRICT
from cchc_analysis.errors import EngineError
from cchc_analysis.spark import SHARED_AS
from cchc_analysis.study import MEASURES, Study

ASKED = {
    "form_06a": ("unit", "month"),
    "integrity": ("unit",),
    "matching": ("unit",),
}
"""Measures of dossiers, of running numbers and of two lists joined, with the groups they are asked for."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with registers, in a folder whose name Spark would read as a pattern."""
    folder = tmp_path_factory.mktemp("shared") / "kho [2023] {quý 2}, đơn vị #1%20"
    return write_warehouse(folder, drawn_rows(11, 120), datetime(2023, 6, 14))


def opened(warehouse: Path, engine: Any, **more: str) -> Study:
    return open_study(data=warehouse, period="2023-Q2", engine=engine, **more)


def test_measures_are_the_same_on_the_cluster(warehouse: Path, elsewhere: Any) -> None:
    ours, usual = opened(warehouse, elsewhere), opened(warehouse, "duckdb")
    for name, by in ASKED.items():
        found, expected = (MEASURES[name](study, by, STRICT) for study in (ours, usual))
        assert len(expected), name
        pd.testing.assert_frame_equal(found, expected, obj=name)
    assert ours.first_day() == usual.first_day() is not None
    assert ours.known_units() == usual.known_units()


def test_units_of_another_day_are_the_same_on_the_cluster(warehouse: Path, elsewhere: Any) -> None:
    studies = [opened(warehouse, engine, units_on="2026-01-01") for engine in (elsewhere, "duckdb")]
    ours, usual = ([*study.known_units(), *study.known_units(recorded=True)] for study in studies)
    assert ours == usual
    assert studies[0].warehouse.moved


def test_the_command_line_counts_on_the_address_of_the_cluster(warehouse: Path, elsewhere: Any) -> None:
    told = [
        CliRunner().invoke(
            main,
            ["measures", "feedback", "--warehouse", str(warehouse), "--period", "2023-Q2", "--by", "unit", "--json"]
            + (["--engine", engine] if engine else []),
        )
        for engine in (CLUSTER, "")
    ]
    assert [result.exit_code for result in told] == [0, 0], told[0].output
    assert told[0].stdout == told[1].stdout


def test_another_address_than_that_of_the_open_session_is_refused(warehouse: Path, elsewhere: Any) -> None:
    with pytest.raises(EngineError, match="already counts on the Spark cluster local-cluster"):
        opened(warehouse, "local[1]").known_units()


def test_the_workers_read_where_the_shared_folder_is_said_to_be(
    warehouse: Path, elsewhere: Any, tmp_path: Path
) -> None:
    elsewhere_on_disk = tmp_path / "on the workers"
    shutil.copytree(warehouse, elsewhere_on_disk)
    session = elsewhere.newSession()
    session.conf.set(SHARED_AS, f"{warehouse}=file://{elsewhere_on_disk}")
    assert opened(warehouse, session).known_units() == opened(warehouse, "pandas").known_units()
    shutil.rmtree(elsewhere_on_disk)
    with pytest.raises(EngineError, match=r"cannot read file:///.*on the workers.*docs/spark.md") as refused:
        opened(warehouse, session).known_units()
    assert "không đọc được" in refused.value.vi
