"""The DuckDB of a process: its memory, its folder, and that a forked child has one of its own."""

import gc
import multiprocessing
import os
import sys
from datetime import datetime
from pathlib import Path

import narwhals as nw
import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import duckdb_connection
from cchc_analysis.counting import Clock, count_flow, count_online, date_dossiers
from cchc_analysis.counting.engines import as_lazy
from cchc_analysis.duckdb_connection import allowed_memory, connection
from cchc_analysis.errors import ParameterError
from cchc_analysis.working_time import WorkingCalendar

ROWS = "id | channel | received_at | due_at\n1 | online | 2023-03-01 09:00 | 2023-03-06 09:00"


def setting(name: str) -> str:
    found = connection().sql(f"SELECT current_setting('{name}')").fetchall()
    return str(found[0][0])


def test_memory_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_connection, "_open", {})
    monkeypatch.setenv("CCHC_MEMORY", "256MiB")
    assert setting("memory_limit") == "256.0 MiB"
    assert "cchc-duckdb-" in setting("temp_directory")


@pytest.mark.parametrize("told", ["much", "8", "-1GB"])
def test_memory_that_is_no_size_is_refused(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("CCHC_MEMORY", told)
    with pytest.raises(ParameterError, match="CCHC_MEMORY"):
        allowed_memory()


def test_what_does_not_fit_goes_to_a_folder_that_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(duckdb_connection, "_open", {})
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("CCHC_MEMORY", "64MiB")
    monkeypatch.setattr("atexit.register", lambda call, *given: ends.append((call, given)))
    ends: list[tuple[object, tuple[object, ...]]] = []
    rows = connection().sql("SELECT i, hash(i) h, hash(i + 1) g FROM range(6000000) t(i)")
    connection().sql("ATTACH ':memory:' AS held")
    rows.create("held.main.kept")
    assert list(tmp_path.iterdir()), "6 million rows of 24 bytes do not fit into 64 MiB"
    assert connection().sql("SELECT count(DISTINCT i) FROM held.main.kept").fetchall() == [(6_000_000,)]
    (remove, given), *_ = ends
    assert callable(remove)
    remove(*given)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_forked_child_has_a_connection_of_its_own() -> None:
    ours = connection()
    ours.sql("CREATE OR REPLACE TABLE only_here AS SELECT 1 AS one")
    with multiprocessing.get_context("fork").Pool(1) as pool:
        process, tables = pool.apply(_tables_of_child)
    assert process != os.getpid()
    assert tables == []
    assert connection() is ours
    ours.sql("DROP TABLE only_here")


def _tables_of_child() -> tuple[int, list[str]]:
    return os.getpid(), [name for (name,) in connection().sql("SELECT table_name FROM duckdb_tables()").fetchall()]


def test_what_is_held_goes_when_nobody_can_ask_for_it() -> None:
    relation = on_engine(table_rows(ROWS), "duckdb")
    clock = Clock(WorkingCalendar.vietnam(), datetime(2023, 6, 14))
    dated = date_dossiers(as_lazy(relation), clock)
    tables = relation.query("x", "SELECT table_name FROM duckdb_tables() WHERE database_name = 'cchc_held'")
    assert len(tables.fetchall()) == 1
    assert count_flow(dated, clock)["n"].tolist() == [1]
    del dated
    gc.collect()
    assert tables.fetchall() == []


def test_what_is_held_of_a_file_that_is_gone_goes_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "dossiers.parquet"
    on_engine(table_rows(ROWS), "duckdb").write_parquet(str(path))
    clock = Clock(WorkingCalendar.vietnam(), datetime(2023, 6, 14))
    dated = date_dossiers(as_lazy(connection().read_parquet(str(path))), clock)
    path.unlink()
    del dated
    # What a finalizer raises becomes a warning, and a warning fails the test.
    gc.collect()


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_words_that_no_intake_would_let_through_are_counted_all_the_same(engine: str) -> None:
    rows = table_rows(ROWS.replace("| online |", "| by pigeon |") + "\n2 | post | 2023-03-01 09:00 | 2023-03-06 09:00")
    clock = Clock(WorkingCalendar.vietnam(), datetime(2023, 6, 14))
    table = nw.from_native(on_engine(rows, engine)).lazy()
    dated = date_dossiers(table, clock)
    assert count_online(dated, clock)["channel"].tolist() == ["by pigeon", "post"]
    assert count_online(table, clock).equals(count_online(dated, clock))


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_a_month_before_the_first_receipt_is_counted_all_the_same(engine: str) -> None:
    rows = table_rows("id | received_at | due_at\n1 | 2023-03-01 09:00 | 2019-03-06\n2 | 2023-04-20 08:00 | 2023-05-01")
    clock = Clock(WorkingCalendar.vietnam(), datetime(2023, 6, 14))
    table = nw.from_native(on_engine(rows, engine)).lazy()
    counts = count_flow(date_dossiers(table, clock), clock)
    assert counts["due_month"].tolist() == [2019 * 12 + 2, 2023 * 12 + 4]
    assert count_flow(table, clock).equals(counts)
    nobody = date_dossiers(table.filter(nw.col("received_at").is_null()), clock)
    assert count_flow(nobody, clock).empty
