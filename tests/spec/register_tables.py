"""Text tables as rows of the registers, several tables on one engine, and warehouses made of rows."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from spec.engines import table_rows

from cchc_analysis.schema import KINDS
from cchc_analysis.warehouse import (
    FINDINGS_FILE,
    FORMAT,
    NUMBERS_FILE,
    findings_schema,
    numbers_schema,
    register_folder,
    table_schema,
    to_pandas,
)

Rows = list[dict[str, Any]]


def cell(kind: str, name: str, text: str) -> Any:
    text = text.strip()
    if text == "":
        return None
    type_ = table_schema(KINDS[kind]).field(name).type
    if pa.types.is_timestamp(type_):
        return datetime.fromisoformat(text)
    if pa.types.is_floating(type_):
        return float(text)
    return text == "true" if pa.types.is_boolean(type_) else text


def register_rows(kind: str, text: str) -> Rows:
    """Read `a | b` lines into rows of a register; `id` is its first column, columns that are not given are missing."""
    if kind == "dossiers":
        return table_rows(text)
    lines = [line for line in text.strip().splitlines() if line.strip()]
    first = KINDS[kind].columns[0].name
    header = [first if name.strip() == "id" else name.strip() for name in lines[0].split("|")]
    empty = dict.fromkeys(table_schema(KINDS[kind]).names)
    values = [dict(zip(header, line.split("|"), strict=True)) for line in lines[1:]]
    return [empty | {name: cell(kind, name, text) for name, text in row.items()} for row in values]


def on_one_engine(engine: str, tables: Mapping[str, Rows]) -> dict[str, Any]:
    """Put the tables of several kinds on one engine, so that they can be joined, with the types of the warehouse."""
    arrow = {kind: pa.Table.from_pylist(rows, schema=table_schema(KINDS[kind])) for kind, rows in tables.items()}
    if engine == "duckdb":
        connection = duckdb.connect()
        return {kind: connection.from_arrow(table) for kind, table in arrow.items()}
    return {kind: to_pandas(table) for kind, table in arrow.items()}


def write_warehouse(folder: Path, tables: Mapping[str, Rows], as_of: datetime) -> Path:
    """Write a warehouse with these rows of dossiers and of registers, as intake would leave it."""
    for kind, rows in tables.items():
        place = register_folder(folder, KINDS[kind])
        state = place / "states" / "1"
        state.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=table_schema(KINDS[kind])), state / KINDS[kind].file)
        pq.write_table(pa.Table.from_pylist([], schema=findings_schema()), state / FINDINGS_FILE)
        pq.write_table(pa.Table.from_pylist([], schema=numbers_schema()), state / NUMBERS_FILE)
        intake = {
            "format": FORMAT,
            "state": "1",
            "as_of": as_of.isoformat(),
            "synthetic": False,
            "calendar": "vietnam",
            "calendar_first": "2022-01-01",
            "calendar_last": "2023-12-31",
            "timezone": "Asia/Ho_Chi_Minh",
            "title": {"vi": "Thử", "en": "Trial"},
        }
        (place / "intake.json").write_text(json.dumps(intake), encoding="utf-8")
    return folder
