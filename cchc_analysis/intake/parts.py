"""What is kept of a checked file between two runs, and where."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.plan import plan_names
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import Kind
from cchc_analysis.version import VERSION

UNFINISHED: Final = ".unfinished"
"""Ending of what an interrupted run leaves behind; the next run removes it."""

PART_VERSION: Final = 5
"""Raised whenever the same file would be checked differently, so that old parts are made again."""

_REFERENCE_TABLES: Final = (
    "codes-registers.yaml",
    "codes.yaml",
    "columns-registers.yaml",
    "columns-surveys.yaml",
    "columns.yaml",
    "holidays.csv",
    "units.csv",
)
_OF_PLANS: Final = ("evidence", "submissions")
_FINDING: Final = ("sheet", "row", "column", "rule", "severity", "unit", "value")
FINDING_SCHEMA: Final = pa.schema([(name, pa.int64() if name == "row" else pa.string()) for name in _FINDING])


def rejected_schema(kind: Kind) -> pa.Schema:
    """Return the schema of rejected rows: where they stand, and their cells as text under the columns of the kind."""
    columns = ((column.name, pa.string()) for column in kind.columns)
    return pa.schema([("sheet", pa.string()), ("row", pa.int64()), *columns])


@dataclass(frozen=True)
class PartFacts:
    """What is known of a checked file besides its rows; everything that its line in the accounts needs.

    `key` names the part: the content of the file, how it was mapped, and by which tables it was checked. `source` says
    of rows from a database which server and query they are from.
    """

    key: str
    file: str
    sha256: str
    read: int
    skipped: dict[str, int]
    duplicates: int
    reasons: dict[str, int]
    dropped_columns: tuple[str, ...]
    notes: tuple[dict[str, str], ...]
    calendar: str
    timezone: str
    title: dict[str, str] | None
    month_first: bool
    source: dict[str, Any] | None = None


@dataclass(frozen=True)
class Part:
    """A checked file: `rows` that passed every rule of their own, `findings` on them and on the `rejected` rows.

    `numbers` are the running numbers in all rows of a file of dossiers, see `numbers.SEEN_SCHEMA`.
    """

    facts: PartFacts
    rows: pa.Table
    findings: pa.Table
    rejected: pa.Table
    numbers: pa.Table | None = None


def part_key(content_sha256: str, mapping: ColumnMapping) -> str:
    """Return the name of the part that a file of this content makes under this mapping and these tables."""
    settings = json.dumps(mapping.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    columns = repr(mapping.table)
    tables = _reference_hash() + (_plans_hash() if mapping.kind in _OF_PLANS else "")
    stamp = "\n".join((str(PART_VERSION), VERSION, content_sha256, settings, columns, tables))
    return hashlib.sha256(stamp.encode("utf-8")).hexdigest()[:32]


@cache
def _reference_hash() -> str:
    digest = hashlib.sha256()
    for name in _REFERENCE_TABLES:
        digest.update(reference_path(name).read_bytes())
    return digest.hexdigest()


def _plans_hash() -> str:
    """Return the hash of the plans, by which reports on them are checked."""
    digest = hashlib.sha256()
    for name in plan_names():
        digest.update(f"{name}\n".encode() + reference_path("plans", f"{name}.yaml").read_bytes())
    return digest.hexdigest()


def write_part(part: Part, folder: Path) -> None:
    """Write the part to `folder`/<key>, whole or not at all."""
    target, unfinished = folder / part.facts.key, folder / f"{part.facts.key}{UNFINISHED}"
    unfinished.mkdir(parents=True)
    for name in ("rows", "findings", "rejected", "numbers"):
        table = getattr(part, name)
        if table is not None:
            pq.write_table(table, unfinished / f"{name}.parquet", compression="zstd")
    text = json.dumps(asdict(part.facts), ensure_ascii=False, indent=1, sort_keys=True)
    (unfinished / "part.json").write_text(text, encoding="utf-8")
    unfinished.rename(target)


def read_facts(folder: Path) -> PartFacts:
    """Return the facts of the part in `folder`."""
    content = json.loads((folder / "part.json").read_text(encoding="utf-8"))
    content["dropped_columns"], content["notes"] = tuple(content["dropped_columns"]), tuple(content["notes"])
    return PartFacts(**content)


def read_table(folder: Path, key: str, name: str) -> pa.Table:
    """Return `rows`, `findings`, `rejected` or, for dossiers, `numbers` of the part `key` below `folder`."""
    return pq.read_table(part_file(folder, key, name))


def part_file(folder: Path, key: str, name: str) -> Path:
    """Return where a table of the part `key` lies below `folder`."""
    return folder / key / f"{name}.parquet"
