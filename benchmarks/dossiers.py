"""Synthetic dossiers by the million: drawn chunk by chunk in bounded memory, the same bytes for the same number."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cchc_analysis.warehouse import dossiers_schema
from cchc_analysis.working_time import WorkingCalendar

CHUNK = 500_000
TURNS = 4
"""A drawn chunk is written so many times, each time with other units and numbers: drawing takes as long as writing."""

ROW_GROUP = 125_000
SEED = 20230315
UNITS = [f"phuong-{number}" for number in range(1, 28)]
PROCEDURES = 200
FIELDS = 12
FIRST_DAY, LAST_MOMENT = np.datetime64("2022-12-15"), np.datetime64("2023-12-14T23:59:59", "s")
DAY_SECONDS = 86_400

Array = np.ndarray[Any, Any]


def write_dossiers(folder: Path, n: int) -> None:
    """Write n dossiers of one year as Parquet files of a folder: 27 units, 200 procedures in 12 fields.

    One in twenty-five is open, one in thirty late, one in fifty withdrawn or stopped; stamps to the second. What is
    never counted by (sheet, other code, apology) is empty.
    """
    folder.mkdir(parents=True)
    each = CHUNK * TURNS
    parts = [(folder / f"part-{start // each:03}.parquet", start, min(each, n - start)) for start in range(0, n, each)]
    workers = min(len(parts), os.cpu_count() or 1)
    if workers == 1:
        write_part(*parts[0])
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(write_part, *part) for part in parts]:
            done.result()


def write_part(path: Path, start: int, n: int) -> None:
    """Write dossiers from a first number on, turn by turn of one chunk; they depend on nothing else."""
    size = min(n, CHUNK)
    chunk = columns_of(start, size)
    schema = dossiers_schema()
    fields = [pa.field(field.name, chunk[field.name].type if field.name in chunk else field.type) for field in schema]
    # A dictionary of moments or of codes would be given up after each attempt.
    few = [field.name for field in schema if field.type in FEW and field.name != "dossier_id"]
    # A stored schema would give pandas categories, which a warehouse does not.
    with pq.ParquetWriter(path, pa.schema(fields), compression="zstd", use_dictionary=few, store_schema=False) as out:
        for turn, first in enumerate(range(start, start + n, size)):
            columns = chunk | numbers_of(first, size) | turned(chunk, turn)
            table = pa.table(
                [columns.get(field.name, pa.nulls(size, field.type)) for field in fields], pa.schema(fields)
            )
            out.write_table(table.slice(0, start + n - first), row_group_size=ROW_GROUP)


FEW = (pa.string(), pa.float64())
"""Types of which a column has few values."""


def numbers_of(first: int, n: int) -> dict[str, pa.Array]:
    """Return what tells each dossier from all others."""
    numbers = pa.array(np.arange(first, first + n))
    return {"dossier_id": pc.utf8_lpad(numbers.cast(pa.string()), 10, "0"), "source_row": pc.add(numbers, 2)}


def turned(chunk: dict[str, pa.Array], turn: int) -> dict[str, pa.Array]:
    """Return the columns that name a unit, every unit so many places further."""
    named_units = ("receiving_unit", "resolving_unit", "number_unit")
    return {
        name: pa.DictionaryArray.from_arrays(chunk[name].indices, np.roll(chunk[name].dictionary, turn))
        for name in named_units
    }


def columns_of(start: int, n: int) -> dict[str, pa.Array]:
    """Return the columns that hold something, those of few texts as dictionaries."""
    random = np.random.Generator(np.random.PCG64([SEED, start]))
    procedure = (200 * random.random(n) ** 2).astype(np.int32)
    unit = random.integers(0, len(UNITS), n, dtype=np.int32)
    channel = random.integers(0, 3, n, dtype=np.int32)
    times = times_of(random, n, procedure, channel)
    said = flags_of(random, n, times["finished_at"].is_null().to_numpy(zero_copy_only=False))
    returned = np.where(random.random(n) < 0.15, random.integers(0, 3, n), channel).astype(np.int32)
    fee = np.where(procedure % 3 == 0, 20_000.0 * (1 + procedure % 5), 0.0)
    return {
        "procedure_code": named(procedure, [f"1.{number:06d}" for number in range(PROCEDURES)]),
        "procedure_name": named(procedure, [f"Thủ tục số {number}" for number in range(PROCEDURES)]),
        "field": named(procedure % FIELDS, [f"Lĩnh vực {number}" for number in range(FIELDS)]),
        "receiving_unit": named(unit, UNITS),
        "resolving_unit": named(unit, UNITS, random.random(n) < 0.1),
        "channel": named(channel, ["counter", "online", "post"]),
        "return_channel": named(returned, ["counter", "online", "post"]),
        "service_level": named(procedure % 3, ["full", "partial", "information"]),
        "fee_due": pa.array(fee, mask=random.random(n) < 0.05),
        "rating": named(random.integers(0, 3, n, dtype=np.int32), list(RATINGS), random.random(n) < 0.8),
        "number_unit": named(unit, [f"000.{number:02d}.23.H06" for number in range(len(UNITS))]),
        "source_file": named(unit % 12, [f"ket-xuat-{number}.csv" for number in range(12)]),
        **numbers_of(start, n),
        **times,
        **said,
    }


RATINGS = ("very_satisfied", "satisfied", "unsatisfied")
REACHED = {
    "documents_digitised": 1,
    "result_digitised": 2,
    "result_electronic": 2,
    "documents_reused": 3,
    "reused_from_store": 4,
    "reused_from_results": 5,
}
"""Flag → the step of six from which it is yes: an office that reuses documents has digitised them before."""


def flags_of(random: np.random.Generator, n: int, is_open: Array) -> dict[str, pa.Array]:
    """Return what is digital of each dossier; nothing is stated of one in twenty, no result of open ones."""
    step, unstated = random.integers(0, 6, n), random.random(n) < 0.05
    said = {
        name: pa.array(step >= reached, mask=unstated | (is_open if name.startswith("result") else False))
        for name, reached in REACHED.items()
    }
    return said | {"paid_online": pa.array(random.random(n) < 0.4, mask=random.random(n) < 0.2)}


def times_of(random: np.random.Generator, n: int, procedure: Array, channel: Array) -> dict[str, pa.Array]:
    """Return the moments and what follows from them; a term is one of its procedure, kept or not."""
    day = worked_days()[random.integers(0, len(worked_days()), n)]
    received = day + np.where(random.random(n) < 0.5, 7 * 3600 + 1800, 13 * 3600 + 1800)
    received += random.integers(0, 3 * 3600, n)
    submitted = received - np.where(channel == 1, random.integers(0, DAY_SECONDS, n), 0)
    term = (1 + 7 * procedure) % 20 + 1
    due = received + term * DAY_SECONDS
    kept = (random.random(n) * (term + 1)).astype(np.int64)
    late = random.random(n) < 1 / 30
    used = np.where(late, term + random.integers(1, 10, n), kept)
    finished = received + used * DAY_SECONDS + random.integers(0, 5400, n)
    finished = np.where(random.random(n) < 0.02, due, finished)
    returned = finished + random.integers(0, 2 * DAY_SECONDS, n)
    end = int(LAST_MOMENT.astype(np.int64))
    is_open = (random.random(n) < 0.02) | (finished > end)
    paused = ~is_open & (random.random(n) < 0.02)
    withdrawn, stopped = ~is_open & (random.random(n) < 0.02), is_open & (random.random(n) < 0.1)
    status = np.where(withdrawn, 2, np.where(stopped, 3, is_open)).astype(np.int32)
    no_return = is_open | (returned > end)
    return {
        "submitted_at": moments(submitted),
        "received_at": moments(received),
        "due_at": moments(due, random.random(n) < 0.01),
        "finished_at": moments(finished, is_open),
        "returned_at": moments(returned, no_return),
        "supplemented_at": moments(received + DAY_SECONDS, ~paused),
        "number_on": moments(received // DAY_SECONDS * DAY_SECONDS, random.random(n) < 0.05),
        "elapsed_seconds": pa.array(finished - received, mask=is_open),
        "paused_days": pa.array(random.integers(1, 4, n).astype(np.float64), mask=~paused),
        "statutory_days": pa.array((term + procedure % 4).astype(np.float64)),
        "committed_days": pa.array(term.astype(np.float64), mask=random.random(n) < 0.02),
        "day_kind": named(np.where(procedure % 10 == 0, 1, 0).astype(np.int32), ["working", "calendar"]),
        "status": named(status, ["finished", "processing", "withdrawn", "supplement"]),
    }


def worked_days() -> Array:
    """Return the working days of the year as seconds since 1970."""
    global _days
    if _days is None:
        frame = WorkingCalendar.vietnam().as_frame()
        day = frame["day"].to_numpy(dtype="datetime64[D]")
        inside = (day >= FIRST_DAY) & (day <= LAST_MOMENT) & frame["is_working_day"].to_numpy(dtype=bool)
        _days = day[inside].astype("datetime64[s]").astype(np.int64)
    return _days


_days: Array | None = None


def moments(seconds: Array, absent: Array | None = None) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]"), pa.timestamp("us"), mask=absent)


def named(numbers: Array, names: list[str], absent: Array | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32(), mask=absent), names)
