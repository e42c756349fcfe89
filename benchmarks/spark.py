"""The same counts on a Spark cluster of two worker processes and on DuckDB, and what partitions and memory change."""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from dossiers import write_dossiers
from harness import Curve, Measured, Size, in_child, not_measured, same
from narwhals import from_native
from processes import ChildError

from cchc_analysis import counting
from cchc_analysis.counting import Clock, date_dossiers
from cchc_analysis.spark import NEEDED_JAVA, java_version
from cchc_analysis.working_time import WorkingCalendar

ROWS = {"small": 200_000, "full": 400_000}
BY = ("unit", "field")
COUNTS: tuple[Callable[..., pd.DataFrame], ...] = (
    *(counting.count_flow, counting.count_durations, counting.count_terms, counting.count_pending),
    *(counting.count_digitisation, counting.count_online, counting.count_payments),
)
CASE = "Spark: "
"""What the name of a measure begins with, before its setting."""

LIMIT_SECONDS = 240


class Setting(NamedTuple):
    """What a user may set, and how it is told. Each worker process has one core."""

    workers: int
    partitions: int
    executor_mb: int

    @property
    def told(self) -> str:
        workers = "1 worker process" if self.workers == 1 else f"{self.workers} worker processes"
        return f"{workers}, {self.partitions} shuffle partitions, executors of {self.executor_mb:,} MB"


USUAL = Setting(2, 2, 1024)
SETTINGS = {
    "small": (USUAL,),
    "full": (USUAL, Setting(2, 200, 1024), Setting(2, 2, 512), Setting(1, 2, 1024)),
}
"""Two partitions are as many as the cores of the cluster, 200 is Spark's own default; one thing changes at a time."""


def measure(folder: Path, size: Size, repeat: int) -> Iterable[Measured]:
    """Count on DuckDB once, then on a new cluster for each setting; every table must be the same."""
    del repeat
    if find_spec("pyspark") is None or (java_version() or 0) < NEEDED_JAVA:
        yield not_measured("counts on a Spark cluster", f"needs pyspark and Java {NEEDED_JAVA}", "rows")
        return
    path, n = folder / "dossiers.parquet", ROWS[size]
    write_dossiers(path, n)
    on_duckdb = in_child(on_engine, path, None, limit_seconds=LIMIT_SECONDS)
    for setting in SETTINGS[size]:
        try:
            on_spark = in_child(on_engine, path, setting, limit_seconds=LIMIT_SECONDS)
        except ChildError as error:
            # Too little memory, say: that is an answer too, and the other settings are still worth a look.
            yield not_measured(f"{CASE}{setting.told}", str(error).strip().splitlines()[-1][:200], "rows")
            continue
        same(on_spark.result.digest, on_duckdb.result.digest, f"counts with {setting.told}")
        first, second = on_spark.result.seconds
        yield Measured(
            f"{CASE}{setting.told}",
            f"{len(COUNTS)} count tables, dates looked up once",
            "DuckDB",
            n=n,
            unit="rows",
            ours_seconds=on_spark.result.seconds,
            other_seconds=on_duckdb.result.seconds,
            memory_mb=on_spark.peak_mb,
            note=f"same integers; the first pass {first:.1f} s, with a cold Java, the second {second:.1f} s; before "
            f"them {on_spark.result.start:.1f} s to open the session; memory of all processes together",
        )


def curves(folder: Path, size: Size) -> Iterable[Curve]:
    """None: what a cluster gains with more machines cannot be seen on one."""
    return ()


class Counted(NamedTuple):
    """Seconds of each pass, of the start, and a digest of all tables."""

    seconds: tuple[float, ...]
    start: float
    digest: str


def on_engine(path: Path, setting: Setting | None) -> Counted:
    """Count twice on DuckDB, or on a new cluster of two workers with one core each."""
    started = time.perf_counter()
    rows, stop = _on_duckdb(path) if setting is None else _on_spark(path, setting)
    start = time.perf_counter() - started
    seconds, digests = [], set()
    for _ in range(2):
        began = time.perf_counter()
        tables = count_all(rows)
        seconds.append(time.perf_counter() - began)
        digests.add(_digest(tables))
    stop()
    (digest,) = digests
    return Counted(tuple(seconds), start, digest)


def count_all(rows: Any) -> list[pd.DataFrame]:
    clock = Clock(WorkingCalendar.vietnam(), datetime(2023, 12, 14))
    dated = date_dossiers(rows, clock)
    return [count(dated, clock, BY) for count in COUNTS]


def _digest(tables: list[pd.DataFrame]) -> str:
    told = "".join(table.to_csv(index=False) for table in tables)
    return hashlib.sha256(told.encode()).hexdigest()


def _on_duckdb(path: Path) -> tuple[Any, Callable[[], object]]:
    import duckdb

    connection = duckdb.connect()
    return from_native(connection.read_parquet(str(path))), connection.close


def _on_spark(path: Path, setting: Setting) -> tuple[Any, Callable[[], object]]:
    from pyspark.sql import SparkSession

    from cchc_analysis.spark import ready_session, scan

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local-cluster[{setting.workers},1,{setting.executor_mb}]").appName(
        "benchmark"
    )
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.executor.memory": f"{setting.executor_mb}m",
        "spark.sql.shuffle.partitions": str(setting.partitions),
        # A file smaller than this is read by one core alone.
        "spark.sql.files.maxPartitionBytes": "8m",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()

    def stop() -> None:
        with suppress(Exception):
            session.stop()

    return from_native(scan(ready_session(session), path)), stop
