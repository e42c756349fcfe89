"""Synthetic dossiers for measuring, as an office exports them, and the columns that a synthetic country is made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

import cchc_analysis as cchc
from cchc_analysis.schema import DOSSIER_COLUMNS

WARDS = tuple(f"Phường {number}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12))
MICROSECONDS_PER_MINUTE = 60_000_000
BATCH = 1_000_000
SEED = 20230315
WORDS = {
    **{"finished": "Đã xử lý xong", "processing": "Đang xử lý", "counter": "Trực tiếp", "online": "Trực tuyến"},
    **{"post": "Bưu chính công ích", "full": "Toàn trình", "partial": "Một phần"},
}


def columns(n: int, first: int = 0, units: Sequence[str] = WARDS) -> dict[str, Any]:
    """Return n dossiers of one year as columns: 200 procedures in 12 fields, one in twenty open, one in thirty late.

    `first` is the number of the first dossier: a long table is made of batches that differ by it.
    """
    random = np.random.Generator(np.random.PCG64([SEED, first]))
    day = np.busday_offset("2022-12-15", random.integers(0, 248, n), roll="forward", holidays=days_off())
    opening = day.astype("datetime64[us]") + 8 * 60 * MICROSECONDS_PER_MINUTE
    received = opening + random.integers(0, 9 * 60, n) * MICROSECONDS_PER_MINUTE
    term = random.integers(1, 21, n)
    due = received + term * 1440 * MICROSECONDS_PER_MINUTE
    used = np.where(random.random(n) < 1 / 30, term + random.integers(1, 10, n), random.integers(0, term + 1))
    finished = received + used * 1440 * MICROSECONDS_PER_MINUTE
    is_open = (random.random(n) < 0.05) | (finished > np.datetime64("2023-12-14T23:59", "us"))
    dates = pd.Series(day).dt.strftime("%y%m%d").to_numpy(dtype="U6")
    numbers = np.char.mod("-%09d", np.arange(first, first + n))
    procedure = random.integers(0, 200, n)
    return {
        "dossier_id": pa.array(np.char.add(np.char.add("H06-", dates), numbers)),
        "procedure_code": named(procedure, [f"1.{number:06d}" for number in range(200)]),
        "procedure_name": named(procedure, [f"Thủ tục số {number}" for number in range(200)]),
        "field": named(procedure % 12, [f"Lĩnh vực {number}" for number in range(12)]),
        "receiving_unit": named(random.integers(0, len(units), n), units),
        "channel": named(random.integers(0, 3, n), ["counter", "online", "post"]),
        "service_level": named(random.integers(0, 2, n), ["full", "partial"]),
        "received_at": pa.array(received),
        "due_at": pa.array(due),
        "finished_at": pa.array(finished, mask=is_open),
        "status": named(is_open.astype(int), ["finished", "processing"]),
        "paused_days": pa.nulls(n, pa.float64()),
    }


def named(numbers: "np.ndarray[Any, Any]", names: Sequence[str]) -> pa.Array:
    """Return the names that the numbers stand for."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), list(names)).cast(pa.string())


def as_table(given: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """Return the columns as a table of the schema; what is not given is null."""
    n = len(next(iter(given.values())))
    arrays = [given.get(field.name, pa.nulls(n, field.type)) for field in schema]
    return pa.Table.from_arrays(
        [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)], schema=schema
    )


def write_export(path: Path, n: int) -> None:
    """Write n dossiers as an office exports them: Vietnamese headers and words, days first, separated by semicolons."""
    labels = {column.name: column.label for column in DOSSIER_COLUMNS}
    for first in range(0, n, BATCH):
        frame = pa.table(columns(min(BATCH, n - first), first)).to_pandas().drop(columns="paused_days")
        for name in ("channel", "service_level", "status"):
            frame[name] = frame[name].map(WORDS)
        told = frame.rename(columns=labels)
        told.to_csv(
            path,
            mode="a" if first else "w",
            header=not first,
            sep=";",
            index=False,
            date_format="%d/%m/%Y %H:%M:%S",
        )


def days_off() -> "np.ndarray[Any, Any]":
    """Return the holidays on weekdays of the year that the dossiers are of, as numpy.busday_count wants them."""
    frame = cchc.WorkingCalendar.vietnam().as_frame()
    days = frame["day"].to_numpy(dtype="datetime64[D]")
    inside = (days >= np.datetime64("2022-12-01")) & (days <= np.datetime64("2023-12-31"))
    found: np.ndarray[Any, Any] = days[inside & ~frame["is_working_day"].to_numpy(dtype=bool) & np.is_busday(days)]
    return found
