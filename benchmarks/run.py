"""Ratios that we promise, measured side by side in one run: ours over the obvious way to do the same work.

    python benchmarks/run.py --size small --json benchmarks/results/small.json

Nothing here is a test: a time is true of one machine on one day. What is compared must give the same numbers.
"""

import argparse
import functools
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import survey

import cchc_analysis as cchc
from cchc_analysis.counting import NEVER, Clock, count_durations, count_flow
from cchc_analysis.schema import DOSSIER_COLUMNS
from cchc_analysis.warehouse import dossiers_schema

SIZES = {
    "small": {"counting": 200_000, "intake": 50_000, "page": 3_000, "survey": 4_000},
    "full": {"counting": 5_000_000, "intake": 1_000_000, "page": 60_000, "survey": 40_000},
}
PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOK = PROJECT / "notebooks" / "10_processing_time.ipynb"
AS_OF = datetime(2023, 12, 14)
COUNTED_COLUMNS = (
    "resolving_unit",
    "receiving_unit",
    "procedure_code",
    "procedure_name",
    "field",
    "channel",
    "service_level",
    "received_at",
    "due_at",
    "finished_at",
    "returned_at",
    "status",
    "paused_days",
)
"""What the counting pass looks at."""

PACKAGES = ("cchc-analysis", "duckdb", "narwhals", "numpy", "pandas", "pyarrow", "papermill", "nbconvert")
MICROSECONDS_PER_MINUTE = 60_000_000
WARDS = [f"Phường {number}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12)]


@dataclass(frozen=True)
class Comparison:
    """Seconds of ours and of the other way, best of the repetitions, and their ratio."""

    case: str
    ours: str
    other: str
    n: int
    ours_seconds: float
    other_seconds: float

    @property
    def ratio(self) -> float:
        return self.ours_seconds / self.other_seconds


def side_by_side(repeat: int, *ways: Callable[[], Any]) -> tuple[list[float], list[Any]]:
    """Run the ways in turn, `repeat` times over; return the best seconds of each and what each gave last."""
    seconds, results = [float("inf")] * len(ways), [None] * len(ways)
    for _ in range(repeat):
        for place, way in enumerate(ways):
            started = time.perf_counter()
            results[place] = way()
            seconds[place] = min(seconds[place], time.perf_counter() - started)
    return seconds, results


# Synthetic dossiers


def synthetic_columns(n: int) -> dict[str, Any]:
    """Return n dossiers of one year as columns: 11 wards, 200 procedures, one in twenty open, one in thirty late."""
    random = np.random.Generator(np.random.PCG64(20230315))
    day = np.busday_offset("2022-12-15", random.integers(0, 248, n), roll="forward", holidays=days_off())
    opening = day.astype("datetime64[us]") + 8 * 60 * MICROSECONDS_PER_MINUTE
    received = opening + random.integers(0, 9 * 60, n) * MICROSECONDS_PER_MINUTE
    term = random.integers(1, 21, n)
    due = received + term * 1440 * MICROSECONDS_PER_MINUTE
    used = np.where(random.random(n) < 1 / 30, term + random.integers(1, 10, n), random.integers(0, term + 1))
    finished = received + used * 1440 * MICROSECONDS_PER_MINUTE
    is_open = (random.random(n) < 0.05) | (finished > np.datetime64("2023-12-14T23:59", "us"))
    dates = pd.Series(day).dt.strftime("%y%m%d").to_numpy(dtype="U6")
    return {
        "dossier_id": pa.array(np.char.add(np.char.add("H06-", dates), np.char.mod("-%07d", np.arange(n)))),
        "procedure_code": category(random.integers(0, 200, n), "1.{:06d}"),
        "procedure_name": category(random.integers(0, 200, n), "Thủ tục số {}"),
        "field": category(random.integers(0, 12, n), "Lĩnh vực {}"),
        "receiving_unit": named(random.integers(0, len(WARDS), n), WARDS),
        "channel": named(random.integers(0, 3, n), ["counter", "online", "post"]),
        "service_level": named(random.integers(0, 2, n), ["full", "partial"]),
        "received_at": pa.array(received),
        "due_at": pa.array(due),
        "finished_at": pa.array(finished, mask=is_open),
        "status": named(is_open.astype(int), ["finished", "processing"]),
        "paused_days": pa.nulls(n, pa.float64()),
    }


def category(numbers: "np.ndarray[Any, Any]", text: str) -> pa.Array:
    return named(numbers, [text.format(number) for number in range(int(numbers.max()) + 1)])


def named(numbers: "np.ndarray[Any, Any]", names: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), names).cast(pa.string())


def write_warehouse_parquet(path: Path, n: int) -> None:
    columns, schema = synthetic_columns(n), dossiers_schema()
    arrays = [columns.get(field.name, pa.nulls(n, field.type)) for field in schema]
    table = pa.Table.from_arrays(
        [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)], schema=schema
    )
    pq.write_table(table, path, compression="zstd", row_group_size=131_072)


# (a) the counting pass


def compare_counting(folder: Path, n: int, repeat: int) -> list[Comparison]:
    path = folder / "dossiers.parquet"
    write_warehouse_parquet(path, n)
    connection, clock = duckdb.connect(), Clock(cchc.WorkingCalendar.vietnam(), AS_OF)
    holidays = days_off()
    seconds, results = side_by_side(
        repeat,
        lambda: count_flow(connection.read_parquet(str(path)), clock, ("unit", "field")),
        lambda: count_durations(connection.read_parquet(str(path)), clock, ("unit",)),
        lambda: read_once(connection, path),
        lambda: straightforward_flow(path),
        lambda: straightforward_durations(path, holidays),
    )
    flow, durations, _, plain_flow, plain_durations = results
    same(flow["n"].sum(), plain_flow["n"].sum(), "dossiers counted")
    same(
        (flow["outcome"] == "late").mul(flow["n"]).sum(), plain_flow.loc[plain_flow["late"], "n"].sum(), "late dossiers"
    )
    closed = durations[durations["event"] == "closed"]
    same(
        (closed["duration"] * closed["n"]).sum(),
        plain_durations["days"].mul(plain_durations["n"]).sum(),
        "working days",
    )
    flow_seconds, durations_seconds, read_seconds, plain_flow_seconds, plain_durations_seconds = seconds
    read, pandas_way = "DuckDB reads the same columns once", "pandas + numpy.busday_count"
    return [
        Comparison("flow count", "DuckDB", read, n, flow_seconds, read_seconds),
        Comparison("flow count", "DuckDB", pandas_way, n, flow_seconds, plain_flow_seconds),
        Comparison("durations count", "DuckDB", read, n, durations_seconds, read_seconds),
        Comparison("durations count", "DuckDB", pandas_way, n, durations_seconds, plain_durations_seconds),
    ]


def read_once(connection: duckdb.DuckDBPyConnection, path: Path) -> Any:
    columns = ", ".join(f"max({name})" for name in COUNTED_COLUMNS)
    return connection.read_parquet(str(path)).aggregate(columns).fetchall()


def days_off() -> "np.ndarray[Any, Any]":
    frame = cchc.WorkingCalendar.vietnam().as_frame()
    days = frame["day"].to_numpy(dtype="datetime64[D]")
    inside = (days >= np.datetime64("2022-12-01")) & (days <= np.datetime64("2023-12-31"))
    found: np.ndarray[Any, Any] = days[inside & ~frame["is_working_day"].to_numpy(dtype=bool) & np.is_busday(days)]
    return found


def accounting_months(days: "pd.Series[Any]") -> "pd.Series[Any]":
    months = days.dt.year * 12 + days.dt.month - 1 + (days.dt.day >= 15)
    whole: pd.Series[Any] = months.fillna(NEVER).astype("int64")
    return whole


def straightforward_flow(path: Path) -> pd.DataFrame:
    """Count as an analyst would who loads the table and writes pandas."""
    rows = pd.read_parquet(path, columns=list(COUNTED_COLUMNS))
    rows["unit"] = rows["resolving_unit"].fillna(rows["receiving_unit"])
    rows["late"] = rows["finished_at"].dt.normalize() > rows["due_at"].dt.normalize()
    rows["early"] = rows["finished_at"].dt.normalize() < rows["due_at"].dt.normalize()
    for name in ("received", "finished", "due"):
        rows[f"{name}_month"] = accounting_months(rows[f"{name}_at"])
    keys = ["unit", "field", "channel", "received_month", "finished_month", "due_month", "late", "early"]
    return rows.groupby(keys, as_index=False, dropna=False).size().rename(columns={"size": "n"})


def straightforward_durations(path: Path, holidays: "np.ndarray[Any, Any]") -> pd.DataFrame:
    rows = pd.read_parquet(path, columns=list(COUNTED_COLUMNS))
    rows["unit"] = rows["resolving_unit"].fillna(rows["receiving_unit"])
    rows = rows[rows["finished_at"].notna()]
    first, last = (rows[name].to_numpy(dtype="datetime64[D]") + 1 for name in ("received_at", "finished_at"))
    rows = rows.assign(
        days=np.busday_count(first, last, holidays=holidays),
        received_month=accounting_months(rows["received_at"]),
        finished_month=accounting_months(rows["finished_at"]),
    )
    keys = ["unit", "received_month", "finished_month", "days"]
    return rows.groupby(keys, as_index=False).size().rename(columns={"size": "n"})


# (b) intake


def compare_intake(folder: Path, n: int, repeat: int) -> list[Comparison]:
    export, key = folder / "export.csv", folder / "hash.txt"
    write_export(export, n)
    key.write_text("only for measuring, protects nothing", encoding="utf-8")
    runs = iter(range(repeat))

    def ours() -> int:
        result = cchc.take_in([export], folder / f"warehouse-{next(runs)}", as_of=AS_OF, hash_key_file=key)
        return int(result.accounting["total"]["accepted"])

    def plain() -> int:
        frame = pd.read_csv(export, dtype=str, sep=";")
        frame.to_parquet(folder / "plain.parquet")
        return len(frame)

    (ours_seconds, plain_seconds), (accepted, read) = side_by_side(repeat, ours, plain)
    same(accepted, read, "rows taken in")
    return [
        Comparison(
            "intake of a CSV",
            "read, checked, hashed, stored",
            "pandas.read_csv(dtype=str) + to_parquet",
            n,
            ours_seconds,
            plain_seconds,
        )
    ]


def write_export(path: Path, n: int) -> None:
    columns = synthetic_columns(n)
    words = {"finished": "Đã xử lý xong", "processing": "Đang xử lý", "counter": "Trực tiếp", "online": "Trực tuyến"}
    words |= {"post": "Bưu chính công ích", "full": "Toàn trình", "partial": "Một phần"}
    labels = {column.name: column.label for column in DOSSIER_COLUMNS}
    frame = pa.table(columns).to_pandas().drop(columns="paused_days")
    for name in ("channel", "service_level", "status"):
        frame[name] = frame[name].map(words)
    frame.rename(columns=labels).to_csv(path, sep=";", index=False, date_format="%d/%m/%Y %H:%M:%S")


# (c) one page


def compare_page(folder: Path, n: int, repeat: int) -> list[Comparison]:
    warehouse = folder / "warehouse"
    cchc.write_sample(folder / "sample", n_dossiers=n)
    cchc.take_in([folder / "sample"], warehouse)
    runs = iter(range(repeat))
    code = (
        "import sys, cchc_analysis as c; c.publish_reports(warehouse=sys.argv[1], period='2023-Q2', units='phuong-1', "
    )
    code += "pages=('10_processing_time',), out=sys.argv[2])"

    def ours() -> None:
        run([sys.executable, "-c", code, str(warehouse), str(folder / f"reports-{next(runs)}")])

    def plain() -> None:
        given = ["-p", "period", "2023-Q2", "-p", "unit", "phuong-1", "-p", "data", str(warehouse)]
        run([sys.executable, "-m", "papermill", str(NOTEBOOK), str(folder / "page.ipynb"), *given])
        run([sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(folder / "page.ipynb")])

    (ours_seconds, plain_seconds), _ = side_by_side(repeat, ours, plain)
    return [
        Comparison(
            "one page",
            "publish_reports, a new process",
            "papermill, then jupyter nbconvert",
            n,
            ours_seconds,
            plain_seconds,
        )
    ]


# (d) a survey


def compare_survey(folder: Path, n: int, repeat: int) -> list[Comparison]:
    survey.write_questionnaire(folder / "long-form.yaml")
    table = survey.forms(n, WARDS)
    csv, digits, workbook = folder / "forms.csv", folder / "digits.csv", folder / "forms.xlsx"
    table.to_csv(digits, index=False)
    survey.labelled(table).to_csv(csv, index=False)
    survey.labelled(table).to_excel(workbook, index=False, engine="xlsxwriter")
    warehouse = survey.take_in(folder, csv)
    others = {"the .xlsx with labels": workbook, "the .csv with labels": csv, "a .csv of digits": digits}
    seconds, results = side_by_side(
        repeat,
        lambda: survey.page_figures(warehouse),
        *(functools.partial(survey.plain_means, path) for path in others.values()),
    )
    for plain in results[1:]:
        same(round(results[0], 9), round(plain, 9), "pooled share of satisfied answers")
    ours = "all figures of the page, bootstraps included"
    return [
        Comparison("survey page", ours, f"pandas reads {name}, takes the means", n, seconds[0], other)
        for name, other in zip(others, seconds[1:], strict=True)
    ]


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:4])} … failed:\n{done.stderr[-2000:]}")


# The report


def same(ours: Any, other: Any, what: str) -> None:
    if ours != other:
        raise SystemExit(f"The two ways do not do the same work: {what}: {ours} and {other}.")


def machine() -> dict[str, Any]:
    """Return what a reader needs to judge the seconds; no name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def as_text(told: dict[str, Any], comparisons: list[Comparison]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    processors = f"{told['processors']} processors, {told['memory_gib']} GiB"
    lines = [
        f"{told['system']} {told['architecture']}, {processors}, Python {told['python']}",
        versions,
        "",
        f"{'case':<18}{'n':>10}{'ours':>10}{'other':>10}{'ratio':>8}  other way",
    ]
    lines += [
        f"{c.case:<18}{c.n:>10,}{c.ours_seconds:>9.2f}s{c.other_seconds:>9.2f}s{c.ratio:>8.2f}  {c.other}"
        for c in comparisons
    ]
    return "\n".join(lines)


CASES: dict[str, Callable[[Path, int, int], list[Comparison]]] = {
    "counting": compare_counting,
    "intake": compare_intake,
    "page": compare_page,
    "survey": compare_survey,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ours beside the obvious way, in one run.")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--only", choices=CASES, action="append", help="one case; may be given again")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions, of which the best counts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same as JSON")
    asked = parser.parse_args()
    comparisons = []
    for case in asked.only or CASES:
        with tempfile.TemporaryDirectory(prefix="cchc-bench-") as folder:
            comparisons += CASES[case](Path(folder), SIZES[asked.size][case], asked.repeat)
    told = machine()
    print(as_text(told, comparisons))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(comparison), "ratio": comparison.ratio} for comparison in comparisons]
        content = {**told, "size": asked.size, "repeat": asked.repeat, "comparisons": rows}
        asked.json.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
