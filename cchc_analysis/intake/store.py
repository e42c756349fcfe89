"""Writing a warehouse so that at every moment one whole state is there: new state first, `intake.json` last."""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.durable import flush, flush_tree
from cchc_analysis.errors import WarehouseError
from cchc_analysis.intake.all_rows import plain
from cchc_analysis.intake.combine import Combined
from cchc_analysis.intake.parts import UNFINISHED
from cchc_analysis.intake.rejects import write_flags, write_rejected
from cchc_analysis.schema import Kind
from cchc_analysis.warehouse import (
    FINDINGS_FILE,
    FLAGS_FILE,
    INTAKE_FILE,
    NUMBERS_FILE,
    PARTS_FOLDER,
    REGISTERS_FOLDER,
    REJECTED_FILE,
    STATES_FOLDER,
    findings_schema,
    numbers_schema,
    table_schema,
)

try:
    import fcntl
except ImportError:  # Windows has no flock; there two runs at once are the user's care.
    fcntl = None  # type: ignore[assignment]

_ROWS_PER_GROUP: Final = 131_072


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the warehouse folder for one run, making it if need be; an unused new folder is taken away again.

    Raises `WarehouseError` where another run holds it or where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY) if fcntl else None
    except OSError as error:
        raise WarehouseError(
            f"The warehouse '{folder.name}' cannot be written ({error.strerror}). Choose another folder.",
            f"Không ghi được kho dữ liệu '{folder.name}' ({error.strerror}). Hãy chọn thư mục khác.",
        ) from error
    try:
        if handle is not None:
            _lock(handle, folder)
        yield
    finally:
        if handle is not None:
            os.close(handle)
        if not any(folder.iterdir()):
            folder.rmdir()


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise WarehouseError(
            f"Another intake is writing to the warehouse '{folder.name}'. Wait until it has ended, then try again.",
            f"Một lần nạp dữ liệu khác đang ghi vào kho '{folder.name}'. Hãy chờ xong rồi thử lại.",
        ) from error


def tidy(folder: Path, state: str | None, parts: set[str]) -> None:
    """Remove every state and part but the named ones, and whatever an interrupted run has left."""
    for below, kept in ((STATES_FOLDER, {state}), (PARTS_FOLDER, parts)):
        for path in sorted((folder / below).glob("*")):
            if path.name not in kept:
                shutil.rmtree(path)
        if (folder / below).is_dir() and not any((folder / below).iterdir()):
            (folder / below).rmdir()
    (folder / f"{INTAKE_FILE}{UNFINISHED}").unlink(missing_ok=True)


def tidy_registers(warehouse: Path) -> None:
    """Remove the folders of registers in which nothing is left."""
    registers = warehouse / REGISTERS_FOLDER
    for folder in (*sorted(registers.glob("*")), registers):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def write_state(folder: Path, state: str, combined: Combined, kind: Kind) -> None:
    """Write the files of a state into `states/<state>`, whole or not at all."""
    target, unfinished = folder / STATES_FOLDER / state, folder / STATES_FOLDER / f"{state}{UNFINISHED}"
    if target.exists():
        shutil.rmtree(target)
    unfinished.mkdir(parents=True)
    with ThreadPoolExecutor(1) as beside:
        # Arrow packs the rows while Python writes the lists for people.
        rows = beside.submit(_write_rows, combined.rows, table_schema(kind), unfinished / kind.file)
        _write_lists(unfinished, combined, kind)
        rows.result()
    # On the disk before anything points at it: after a power failure a state is whole or not there.
    flush_tree(unfinished)
    unfinished.rename(target)
    flush(target.parent)


def _write_lists(folder: Path, combined: Combined, kind: Kind) -> None:
    if combined.numbers is not None:
        _write_table(combined.numbers, numbers_schema(), folder / NUMBERS_FILE)
    _write_table(combined.findings, findings_schema(), folder / FINDINGS_FILE)
    write_rejected(combined.rejected, folder / REJECTED_FILE, kind)
    flags = combined.findings[combined.findings["severity"] != "reject"]
    write_flags(flags[["file", "sheet", "row", "column", "value", "rule"]], folder / FLAGS_FILE, kind)


def _write_rows(rows: pa.Table, schema: pa.Schema, path: Path) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, max(rows.num_rows, 1), _ROWS_PER_GROUP):
            # Spelt out group by group: all texts of all rows at once would take many times the memory.
            group = plain(rows.slice(first, _ROWS_PER_GROUP))
            writer.write_table(group.select(schema.names).cast(schema), row_group_size=_ROWS_PER_GROUP)


def _write_table(frame: pd.DataFrame, schema: pa.Schema, path: Path) -> None:
    # Without pandas' own metadata: its version would change the bytes.
    arrays = [pa.array(frame[field.name], type=field.type, from_pandas=True) for field in schema]
    table = pa.Table.from_arrays(arrays, schema=schema)
    pq.write_table(table, path, compression="zstd", row_group_size=_ROWS_PER_GROUP)


def write_intake(folder: Path, intake: dict[str, Any]) -> None:
    """Replace `intake.json`: from this moment on the new state is the warehouse."""
    unfinished = folder / f"{INTAKE_FILE}{UNFINISHED}"
    with unfinished.open("w", encoding="utf-8") as stream:
        json.dump(intake, stream, ensure_ascii=False, indent=1, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, folder / INTAKE_FILE)
    flush(folder)
