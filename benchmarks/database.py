"""Intake from PostgreSQL by query, beside intake of the same rows as CSV: seconds of both, memory of ours."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness import Curve, Measured, Point, Size, in_child, not_measured, same
from synthetic import write_export

from cchc_analysis.intake import intake
from cchc_analysis.schema import DOSSIER_COLUMNS

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from postgresql_server import Server, programs, running_server

N_ROWS: dict[str, tuple[int, ...]] = {"small": (10_000, 50_000), "full": (100_000, 300_000, 1_000_000)}
LARGEST: list[Point] = []
"""What `measure` took for the most rows, for the curve."""

KEY = "the key of the benchmarks, no secret"
CASE = "intake from PostgreSQL"


def measure(folder: Path, size: Size, repeat: int) -> Iterable[Measured]:
    """The rows of one query beside the rows of one CSV file, the largest number of the size."""
    if programs() is None:
        return [not_measured(CASE, "there are no programs of a PostgreSQL server", "rows")]
    n, times = N_ROWS[size][-1], repeat if size == "small" else 1
    export = folder / "export.csv"
    write_export(export, n)
    runs: dict[str, list[Any]] = {"ours": [], "other": []}
    with running_server() as server:
        source = load(folder, server, export)
        for number in range(times):
            runs["ours"].append(in_child(take, source, folder / f"ours-{number}"))
            runs["other"].append(in_child(take, export, folder / f"other-{number}"))
    for ours, other in zip(runs["ours"], runs["other"], strict=True):
        same(ours.result, other.result, "rows accepted and rejected")
    LARGEST[:] = [Point(n, min(run.seconds for run in runs["ours"]), max(run.peak_mb for run in runs["ours"]))]
    return [
        Measured(
            case=CASE,
            ours="rows of a query, streamed, sorted, checked and stored",
            other="the same rows as a CSV file",
            n=n,
            unit="rows",
            ours_seconds=tuple(run.seconds for run in runs["ours"]),
            other_seconds=tuple(run.seconds for run in runs["other"]),
            ours_cpu_seconds=tuple(run.cpu_seconds for run in runs["ours"]),
            other_cpu_seconds=tuple(run.cpu_seconds for run in runs["other"]),
            memory_mb=max(run.peak_mb for run in runs["ours"]),
            note=f"{n / min(run.seconds for run in runs['ours']):,.0f} rows a second; the server runs beside it",
        )
    ]


def curves(folder: Path, size: Size) -> Iterable[Curve]:
    """Time and memory of intake from a database against rows."""
    if programs() is None:
        return []
    points = []
    with running_server() as server:
        for n in N_ROWS[size][:-1]:
            export = folder / f"curve-{n}.csv"
            write_export(export, n)
            run = in_child(take, load(folder, server, export), folder / f"curve-{n}")
            points.append(Point(n, run.seconds, run.peak_mb))
            export.unlink()
            shutil.rmtree(folder / f"curve-{n}")
    return [Curve("database", CASE, "rows", (*points, *LARGEST))]


def load(folder: Path, server: Server, export: Path) -> Path:
    """Copy the export into a table with dates as dates, under unaccented names; return the source file."""
    import psycopg

    header = export.open(encoding="utf-8").readline().rstrip("\n").split(";")
    by_label = {column.label: column for column in DOSSIER_COLUMNS}
    kinds = {"timestamp": "timestamp"}
    columns = ", ".join(f"{by_label[label].name} {kinds.get(by_label[label].kind, 'text')}" for label in header)
    with psycopg.connect(server.url()) as connection, connection.cursor() as cursor:
        cursor.execute("SET DateStyle = 'ISO, DMY'")
        cursor.execute("DROP TABLE IF EXISTS dossiers")
        cursor.execute(f"CREATE TABLE dossiers ({columns})".encode())
        with (
            cursor.copy("COPY dossiers FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')") as copy,
            export.open("rb") as file,
        ):
            while block := file.read(1_000_000):
                copy.write(block)
    source = folder / "one-stop.database.yaml"
    source.write_text(f"connection: {server.url()}\nquery: dossiers\n", encoding="utf-8")
    return source


def take(path: Path, warehouse: Path) -> tuple[int, int]:
    """Take the file or source into a new warehouse; return how many rows were accepted and rejected."""
    os.environ["CCHC_HASH_KEY"] = KEY
    total = intake([path], warehouse).accounting["total"]
    return total["accepted"], total["rejected"]
