"""All count tables of the pages, beside reading the same columns once and beside pandas; memory; time as rows grow."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
from dossiers import write_dossiers
from harness import Curve, Line, Measured, Point, Promise, Size, in_child, same

from cchc_analysis import counting
from cchc_analysis.counting import Clock, OnTimeRule
from cchc_analysis.duckdb_connection import connection
from cchc_analysis.working_time import WorkingCalendar

AS_OF = datetime(2023, 12, 14)
STARTS = (datetime(2022, 12, 1), datetime(2023, 6, 1))
BY_MINUTE = OnTimeRule("", grain="minute")
BY_UNIT, BY_PROCEDURE = ("unit", "field"), ("unit", "field", "procedure")


@dataclass(frozen=True)
class Asked:
    """A count table of the whole that pages ask for; each unit takes its rows from it. `of`: pages, and what for."""

    count: str
    by: tuple[str, ...]
    of: str
    more: tuple[Any, ...] = ()


ASKED = (
    Asked("count_flow", BY_UNIT, "00 10 20 30 40 50 explore: form II.06a, on-time share, months"),
    Asked("count_flow", BY_PROCEDURE, "10: comparison of units given their procedures"),
    Asked("count_flow", BY_UNIT, "10 explore: the strict rule beside the official one", (BY_MINUTE,)),
    Asked("count_durations", BY_UNIT, "10 30: days used, time to closing, control chart"),
    Asked("count_terms", BY_UNIT, "00 10: cut of processing time, by procedure"),
    Asked("count_pending", BY_UNIT, "10 40 50: open dossiers by age"),
    Asked("count_pending", BY_PROCEDURE, "10: where the overdue ones are"),
    Asked("count_due_soon", BY_UNIT, "10: what becomes overdue next"),
    Asked("count_stops", BY_UNIT, "10: two readings of a stopped clock"),
    Asked("count_integrity", BY_UNIT, "10: signals in the dates"),
    Asked("count_deadline", BY_UNIT, "10: finishes crowded before the deadline"),
    Asked("count_digitisation", BY_UNIT, "20 40 50: shares digitised"),
    Asked("count_digitisation", BY_UNIT, "00 20: shares since it is a duty", (STARTS,)),
    Asked("count_online", BY_UNIT, "00 20 40 50: online share, hours of sending"),
    Asked("count_online", BY_PROCEDURE, "00 20 40: procedures online and at the counter"),
    Asked("count_ways", BY_UNIT, "00 20: by post"),
    Asked("count_hours", BY_UNIT, "20: online by hour"),
    Asked("count_payments", BY_UNIT, "00 20 40 50: fees paid online"),
    Asked("count_ratings", BY_UNIT, "40 50: ratings at the counter"),
)
"""Found by running every page of the whole and writing down each count; names of procedures come with the first look.

Not among them: counts of registers and of running numbers, which do not read the dossiers or only a column of them.
"""

COLUMNS = (
    *("procedure_code", "procedure_name", "field", "receiving_unit", "resolving_unit", "channel", "return_channel"),
    *("service_level", "submitted_at", "received_at", "due_at", "finished_at", "returned_at", "status"),
    *("statutory_days", "committed_days", "day_kind", "paused_days", "supplemented_at", "documents_digitised"),
    *("documents_reused", "reused_from_store", "reused_from_results", "result_digitised", "result_electronic"),
    *("fee_due", "paid_online", "rating", "number_on"),
)
"""What the counts look at."""

ROWS: dict[Size, tuple[int, ...]] = {"small": (200_000,), "full": (1_000_000, 10_000_000, 100_000_000)}
PANDAS_UP_TO = 10_000_000
"""Rows that pandas is asked for: beyond, it would want more memory than the promise gives."""

READ = Promise("all count tables within 6× of reading once", "ratio", "at most", 6.0, from_n=10_000_000)
PANDAS = Promise("at least 5× faster than straightforward pandas", "speed-up", "at least", 5.0, from_n=1_000_000)
MEMORY = Promise("100 million within 24 GB", "memory_mb", "at most", 24_000, from_n=100_000_000)
FLAT = Promise("time per row flat within 30 % from 1 to 100 million", "ratio", "at most", 1.3, from_n=100_000_000)

LIMIT_SECONDS = 480
"""Of one way at one size; the curves of what was measured before are drawn all the same."""

Counted = dict[str, Any]
_measured: dict[int, Counted] = {}


def measure(folder: Path, size: Size, repeat: int) -> Iterable[Measured]:
    """Measure each number of rows; every way in a process of its own, timed without its start."""
    for n in ROWS[size]:
        path = folder / f"dossiers-{n}.parquet"
        write_dossiers(path, n)
        times = repeat if n <= 1_000_000 else 1
        yield from at_size(path, n, times)
        shutil.rmtree(path)
    first, last = _measured[min(_measured)], _measured[max(_measured)]
    n, base = max(_measured), min(_measured)
    if n > base:
        per_row = tuple(one["seconds"] / 1e6 for one in (last, first))
        yield Measured(
            "counting: time per row",
            f"seconds per million rows at {n:,}",
            f"at {base:,}",
            n,
            "rows",
            (per_row[0] * 1e12 / n,),
            (per_row[1] * 1e12 / base,),
            FLAT,
        )


def at_size(path: Path, n: int, repeat: int) -> Iterable[Measured]:
    """Measure all tables of one file beside reading its columns and, where it can, beside pandas."""
    ways: list[Callable[..., Counted]] = [read_once, all_counts]
    if n <= PANDAS_UP_TO:
        ways.append(plain_counts)
    runs: dict[str, list[Counted]] = {way.__name__: [] for way in ways}
    for _ in range(repeat):
        for way in ways:
            child = in_child(way, path, limit_seconds=LIMIT_SECONDS)
            runs[way.__name__].append({**child.result, "peak_mb": child.peak_mb})
    ours = runs["all_counts"]
    peak, read = max(one["peak_mb"] for one in ours), min(seconds(runs["read_once"]))
    best = {**min(ours, key=lambda one: one["seconds"]), "read": read, "peak": peak}
    _measured[n] = best
    told = f"{len(ASKED)} tables, {best['rows']:,} rows; {best['spilled_mb']:,.0f} MB moved to disk; "
    told += f"{best['seconds'] / n * 1e6:.2f} s per million, of which the look {best['look'] / n * 1e6:.2f}"

    def beside(case: str, other: str, way: str, promise: Promise) -> Measured:
        others = runs.get(way, [])
        return Measured(
            *(f"counting: {case}", "all count tables, DuckDB", other, n, "rows", seconds(ours), seconds(others)),
            promise=promise,
            memory_mb=peak,
            note=told,
            ours_cpu_seconds=tuple(one["cpu"] for one in ours),
            other_cpu_seconds=tuple(one["cpu"] for one in others),
        )

    yield beside("beside reading", "DuckDB reads the same columns once", "read_once", READ)
    if n >= MEMORY.from_n:
        yield beside("memory", "", "", MEMORY)
    if n <= PANDAS_UP_TO:
        plain = runs["plain_counts"][-1]["checks"]
        same({name: best["checks"][name] for name in plain}, plain, "sums of the tables")
        yield beside("beside pandas", "pandas + numpy.busday_count, 15 of the tables", "plain_counts", PANDAS)


def seconds(runs: list[Counted]) -> tuple[float, ...]:
    return tuple(one["seconds"] for one in runs)


def curves(folder: Path, size: Size) -> Iterable[Curve]:
    """Draw time and memory against rows, with reading once as what nothing can pass."""
    del folder, size
    sizes = sorted(_measured)
    if len(sizes) > 1:
        points = tuple(Point(n, _measured[n]["seconds"], _measured[n]["peak"]) for n in sizes)
        read = tuple(Point(n, _measured[n]["read"]) for n in sizes)
        bar = tuple(Point(n, 6 * _measured[n]["read"]) for n in sizes)
        memory = tuple(Point(n, 0.0, MEMORY.value) for n in (sizes[0], sizes[-1]))
        lines = (
            Line("limit: reading the columns once", "limit", read),
            Line("bar: 6× reading", "bar", bar),
            Line("bar: 24 GB of memory", "bar", memory),
        )
        yield Curve("counting", "All count tables", "rows", points, lines)


# Each way, run in a process of its own


def read_once(path: Path) -> Counted:
    """Let DuckDB read the columns that are counted by."""
    opened, wanted = connection(), ", ".join(f"max({name})" for name in COLUMNS)
    started, worked = time.perf_counter(), time.process_time()
    opened.read_parquet(str(path)).aggregate(wanted).fetchall()
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}


def all_counts(path: Path) -> Counted:
    """Look at the dossiers once and make all tables; tell a few sums of them."""
    os.environ["TMPDIR"] = str(path.parent)
    opened, clock = connection(), Clock(WorkingCalendar.vietnam(), AS_OF)
    started, worked = time.perf_counter(), time.process_time()
    dated = counting.date_dossiers(nw.from_native(opened.read_parquet(str(path))), clock)
    look, rows, checks = time.perf_counter() - started, 0, {}
    for asked in ASKED:
        table = getattr(counting, asked.count)(dated, clock, asked.by, *asked.more)
        rows += len(table)
        if not asked.more and asked.by == BY_UNIT:
            checks[asked.count] = sums(table)
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    spilled = opened.sql("SELECT coalesce(sum(size), 0) FROM duckdb_temporary_files()").fetchall()[0][0]
    found = {"seconds": took, "cpu": cpu, "look": look, "rows": rows, "checks": checks}
    return {**found, "spilled_mb": int(spilled) / 1e6}


def sums(table: pd.DataFrame) -> dict[str, int]:
    """Return what two ways must agree on: rows of the table, dossiers, days used."""
    told = {"rows": len(table), "n": int(table["n"].sum())}
    if "duration" in table:
        told["days"] = int((table["duration"] * table["n"]).sum())
    return told


def plain_counts(path: Path) -> Counted:
    """Count with pandas (see plain_counting.py)."""
    from plain_counting import plain_tables

    started, worked = time.perf_counter(), time.process_time()
    tables = plain_tables(path, COLUMNS, STARTS)
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    checked = ("count_flow", "count_durations", "count_digitisation", "count_ways", "count_payments", "count_ratings")
    checks = {name: sums(tables[name]) for name in checked}
    return {"seconds": took, "cpu": cpu, "checks": checks}
