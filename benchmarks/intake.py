"""Intake beside pandas: a large text file, a large workbook, a folder of many units, and one more month of it."""

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
from harness import Curve, Line, Measured, Point, Promise, Size, in_child, same, side_by_side
from synthetic import WORDS, columns, write_export

import cchc_analysis as cchc
from cchc_analysis.schema import DOSSIER_COLUMNS

AS_OF = datetime(2023, 12, 14)
ROWS = {"small": {"csv": 50_000, "xlsx": 10_000}, "full": {"csv": 1_000_000, "xlsx": 200_000}}
UNITS = {"small": (12, 1_000), "full": (168, 6_000)}
"""Units of the folder and rows of each; 168 units of 6,000 rows are 144 MB."""
WORKBOOK_EVERY = 3
"""One unit in three sends a workbook, the others text."""
CURVE_ROWS = {"small": (10_000, 20_000, 50_000), "full": (100_000, 300_000, 1_000_000)}
MOMENTS = ("received_at", "due_at", "finished_at")

CSV = Promise("1 million CSV rows within 2× of pandas", "ratio", "at most", 2.0, from_n=1_000_000)
XLSX = Promise("200,000 rows of .xlsx within 1.5× of pandas with calamine", "ratio", "at most", 1.5, from_n=200_000)
BOUNDED = Promise("144 MB and 168 units in at most 2 GB", "memory_mb", "at most", 2_000, from_n=168)
READ_TEXT, READ_WORKBOOK = "pandas.read_csv(dtype=str) + to_parquet", "pandas.read_excel(engine='calamine', dtype=str)"


def measure(folder: Path, size: Size, repeat: int) -> Iterable[Measured]:
    """Measure the four cases; each intake runs in a process of its own, beginning with nothing imported but itself."""
    key(folder).write_text("only for measuring, protects nothing", encoding="utf-8")
    export = folder / "export.csv"
    write_export(export, ROWS[size]["csv"])
    yield beside_pandas("intake of a CSV", export, ROWS[size]["csv"], repeat, CSV)
    workbook = folder / "export.xlsx"
    write_workbook(workbook, 0, ROWS[size]["xlsx"])
    yield beside_pandas("intake of an .xlsx", workbook, ROWS[size]["xlsx"], repeat, XLSX)
    yield from many_units(folder, *UNITS[size])


def key(folder: Path) -> Path:
    return folder / "hash.txt"


def beside_pandas(case: str, export: Path, n: int, repeat: int, promise: Promise) -> Measured:
    """Take one file in, and read it with pandas, in turn; both give the same number of rows."""
    warehouse, read = export.parent / "warehouse-of-one", plain_text if export.suffix == ".csv" else plain_workbook
    peaks = []

    def ours() -> int:
        shutil.rmtree(warehouse, ignore_errors=True)
        child = in_child(take, [export], warehouse, key(export.parent))
        peaks.append(child.peak_mb)
        return child.result[0]

    taken, plain = side_by_side(repeat, ours, lambda: in_child(read, export).result)
    same(taken.result, plain.result, "rows")
    return Measured(
        case,
        "read, checked, hashed, stored",
        READ_TEXT if export.suffix == ".csv" else READ_WORKBOOK,
        n,
        "rows",
        taken.all,
        plain.all,
        promise,
        max(peaks),
        "both with the start of a process",
        ours_cpu_seconds=taken.all_cpu,
        other_cpu_seconds=plain.all_cpu,
    )


def take(paths: Sequence[Path], warehouse: Path, hash_key: Path) -> tuple[int, list[str]]:
    """Take the exports in; return the rows that were accepted and the parts of the warehouse."""
    result = cchc.take_in(paths, warehouse, as_of=AS_OF, hash_key_file=hash_key)
    accounts = result.accounting
    return int(accounts["total"]["accepted"]), sorted(account["part"] for account in accounts["files"])


def plain_text(path: Path) -> int:
    rows = pd.read_csv(path, dtype=str, sep=";")
    rows.to_parquet(path.with_suffix(".plain.parquet"))
    return len(rows)


def plain_workbook(path: Path) -> int:
    return len(pd.read_excel(path, dtype=str, engine="calamine"))


# Many units


def many_units(folder: Path, n_units: int, n_rows: int) -> Iterable[Measured]:
    """Take a folder of one file per unit in, then the same folder with one more file: only that one is read."""
    exports, warehouse = folder / "units", folder / "warehouse-of-units"
    exports.mkdir()
    for unit in range(n_units):
        write_unit(exports, unit, n_rows)
    megabytes = sum(path.stat().st_size for path in exports.iterdir()) / 1e6
    first = in_child(take, [exports], warehouse, key(folder))
    accepted, parts = first.result
    same(accepted, n_units * n_rows, "rows of all units")
    yield Measured(
        "intake of many units",
        "one file each, read, checked, hashed, stored",
        "",
        n_units,
        "units",
        (first.seconds,),
        promise=BOUNDED,
        memory_mb=first.peak_mb,
        note=f"{megabytes:.0f} MB, {accepted:,} rows; memory of all processes together",
        ours_cpu_seconds=(first.cpu_seconds,),
    )
    write_unit(exports, n_units, n_rows)
    more = in_child(take, [exports], warehouse, key(folder))
    read = len(set(more.result[1]) - set(parts))
    same(read, 1, "files read anew")
    yield Measured(
        "one more month",
        "the same folder and one more file",
        "all files, as at first",
        n_units + 1,
        "units",
        (more.seconds,),
        (first.seconds,),
        memory_mb=more.peak_mb,
        note=f"{read} of {n_units + 1} files read; what is stored is put together anew",
        ours_cpu_seconds=(more.cpu_seconds,),
        other_cpu_seconds=(first.cpu_seconds,),
    )


def write_unit(folder: Path, unit: int, n_rows: int) -> None:
    name = f"Phường {unit % 12 + 1}"
    if unit % WORKBOOK_EVERY == 0:
        write_workbook(folder / f"don-vi-{unit:03}.xlsx", unit * n_rows, n_rows, name)
    else:
        told = export_table(unit * n_rows, n_rows, name)
        told.to_csv(folder / f"don-vi-{unit:03}.csv", sep=";", index=False, date_format="%d/%m/%Y %H:%M:%S")


def write_workbook(path: Path, first: int, n: int, unit: str = "Phường 1") -> None:
    """Write dossiers as a workbook whose moments are dates, as spreadsheets have them."""
    export_table(first, n, unit).to_excel(path, index=False, engine="xlsxwriter")


def export_table(first: int, n: int, unit: str) -> pd.DataFrame:
    labels = {column.name: column.label for column in DOSSIER_COLUMNS}
    rows = pa.table(columns(n, first, [unit])).to_pandas().drop(columns="paused_days")
    for name in ("channel", "service_level", "status"):
        rows[name] = rows[name].map(WORDS)
    for name in MOMENTS:
        rows[name] = rows[name].dt.round("s")
    return rows.rename(columns=labels)


# Cost against rows


def curves(folder: Path, size: Size) -> Iterable[Curve]:
    """Give seconds and memory of text files of growing length, with pandas beside them."""
    ours, plain = [], []
    for n in CURVE_ROWS[size]:
        export, warehouse = folder / f"curve-{n}.csv", folder / f"curve-{n}"
        write_export(export, n)
        child = in_child(take, [export], warehouse, key(folder))
        ours.append(Point(n, child.seconds, child.peak_mb))
        other = in_child(plain_text, export)
        plain.append(Point(n, other.seconds, other.peak_mb))
    bar = tuple(Point(point.x, 2 * point.seconds) for point in plain)
    lines = (Line(READ_TEXT, "other", tuple(plain)), Line("the bar: twice that", "bar", bar))
    yield Curve("intake-rows", "intake of a CSV", "rows", tuple(ours), lines)
