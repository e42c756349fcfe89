"""A warehouse written as its rows come: Parquet by the schemas of the package, and what intake would tell of itself."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from synthetic import as_table

from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import Kind
from cchc_analysis.warehouse import (
    FINDINGS_FILE,
    FORMAT,
    INTAKE_FILE,
    NUMBERS_FILE,
    STATES_FOLDER,
    findings_schema,
    numbers_schema,
    register_folder,
    table_schema,
)

TITLE = {"vi": "Cả nước (mô phỏng)", "en": "A synthetic country"}
AT_ONCE = 40
"""Tables that are written together."""


class Register:
    """The rows of a kind, written as they come, and `intake.json` at the end."""

    def __init__(
        self, warehouse: Path, kind: Kind, as_of: datetime, questionnaire: Questionnaire | None = None
    ) -> None:
        self.kind, self.as_of, self.questionnaire = kind, as_of, questionnaire
        self.folder = register_folder(warehouse, kind)
        self.state = self.folder / STATES_FOLDER / "1"
        self.state.mkdir(parents=True)
        self.schema, self.n = table_schema(kind), 0
        self.files: dict[str, int] = {}
        self.writer = pq.ParquetWriter(self.state / kind.file, self.schema, compression="zstd")
        self.waiting: list[pa.Table] = []

    def __enter__(self) -> "Register":
        return self

    def add(self, columns: dict[str, Any]) -> None:
        table = as_table(columns, self.schema)
        self.n += len(table)
        if len(table):
            self.files[table["source_file"][0].as_py()] = self.files.get(table["source_file"][0].as_py(), 0) + len(
                table
            )
        self.waiting.append(table)
        if len(self.waiting) == AT_ONCE:
            self.write()

    def write(self) -> None:
        if self.waiting:
            self.writer.write_table(pa.concat_tables(self.waiting), row_group_size=131_072)
        self.waiting = []

    def __exit__(self, *error: object) -> None:
        self.write()
        self.writer.close()
        pq.write_table(findings_schema().empty_table(), self.state / FINDINGS_FILE)
        told = {**self.accounts(), **self.survey()}
        (self.folder / INTAKE_FILE).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")

    def survey(self) -> dict[str, Any]:
        return {} if self.questionnaire is None else {"questionnaire": self.questionnaire.model_dump(mode="json")}

    def accounts(self) -> dict[str, Any]:
        """Return what the last intake tells of itself: every row accepted."""
        nothing = {"duplicates": 0, "rejected": 0, "skipped": 0}
        none: dict[str, Any] = {"duplicates_by_kind": {}, "reasons": {}, "skipped_by_kind": {}}
        unseen: dict[str, Any] = {"dropped_columns": [], "notes": []}
        files = [
            {"file": name, "part": "1", "sha256": "0" * 64, "read": n, "accepted": n, **nothing, **none, **unseen}
            for name, n in self.files.items()
        ]
        return {
            **{"format": FORMAT, "kind": self.kind.name, "state": "1", "version": "0", "key_fingerprint": "0"},
            **{"as_of": self.as_of.isoformat(), "as_of_origin": "given", "synthetic": True},
            **{"calendar": "vietnam", "calendar_first": "2018-01-01", "calendar_last": "2027-12-31"},
            **{"timezone": "Asia/Ho_Chi_Minh", "title": TITLE},
            **{"files": files, "total": {"read": self.n, "accepted": self.n, **nothing, **none}, "flags": {}, **unseen},
        }


class Numbers:
    """The running numbers seen of each office and day: one for each dossier of the day, none left out."""

    def __init__(self, state: Path) -> None:
        self.path = state / NUMBERS_FILE
        self.tables: list[pa.Table] = []

    def __enter__(self) -> "Numbers":
        return self

    def add(self, offices: pa.Array, days: pa.Array) -> None:
        found, n = np.unique(days.to_numpy(), return_counts=True)
        office = pa.array([offices[0].as_py()] * len(found))
        seen = pa.array(n)
        self.tables.append(pa.Table.from_arrays([office, pa.array(found), seen, seen], schema=numbers_schema()))

    def __exit__(self, *error: object) -> None:
        pq.write_table(pa.concat_tables(self.tables), self.path, compression="zstd")
