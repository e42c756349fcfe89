"""The warehouse: what intake stores, opened on an engine; the only room that knows where things lie."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.errors import Language, ParameterError, WarehouseError
from cchc_analysis.reference_data import resolve_path
from cchc_analysis.schema import DOSSIER_COLUMNS, WAREHOUSE_COLUMNS

Engine = Literal["duckdb", "pandas"]

FORMAT: Final = 1
"""Number of the layout below; a warehouse with a higher number was written by a newer version."""

INTAKE_FILE: Final = "intake.json"
STATES_FOLDER: Final = "states"
PARTS_FOLDER: Final = "parts"
DOSSIERS_FILE: Final = "dossiers.parquet"
FINDINGS_FILE: Final = "findings.parquet"
REJECTED_FILE: Final = "rejected.xlsx"
FLAGS_FILE: Final = "flags.csv"

_TYPE_OF_KIND: Final = {
    "text": pa.string(),
    "code": pa.string(),
    "category": pa.string(),
    "timestamp": pa.timestamp("us"),
    "days": pa.float64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_TYPE_OF_EXTRA: Final = {
    "number_on": pa.timestamp("us"),
    "elapsed_seconds": pa.int64(),
    "source_file": pa.string(),
    "source_sheet": pa.string(),
    "source_row": pa.int64(),
}
_PANDAS_TYPES: Final = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def dossiers_schema() -> pa.Schema:
    """Return the Arrow schema of `dossiers.parquet`: `WAREHOUSE_COLUMNS` with types fixed even when empty.

    >>> dossiers_schema().field("received_at").type
    TimestampType(timestamp[us])
    """
    types = {column.name: _TYPE_OF_KIND[column.kind] for column in DOSSIER_COLUMNS} | _TYPE_OF_EXTRA
    return pa.schema([(name, types[name]) for name in WAREHOUSE_COLUMNS])


def findings_schema() -> pa.Schema:
    """Return the Arrow schema of `findings.parquet`: one row per finding of a rule on a source row.

    >>> findings_schema().names
    ['file', 'sheet', 'row', 'column', 'rule', 'severity', 'unit']
    """
    text = ("file", "sheet", "column", "rule", "severity", "unit")
    order = ("file", "sheet", "row", "column", "rule", "severity", "unit")
    return pa.schema([(name, pa.string() if name in text else pa.int64()) for name in order])


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return the table as pandas, whole numbers and booleans with gaps staying what they are.

    >>> to_pandas(pa.table({"paid": [True, None]})).dtypes["paid"]
    BooleanDtype
    """
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS_TYPES.get, ignore_metadata=True)
    return frame


@dataclass(frozen=True)
class Warehouse:
    """One accepted state of the data: `path` is the folder, `intake` the accounting of the last intake."""

    path: Path
    intake: Mapping[str, Any]

    @property
    def state_path(self) -> Path:
        """Return the folder of the state that `intake.json` names."""
        return self.path / STATES_FOLDER / str(self.intake["state"])

    @property
    def as_of(self) -> datetime:
        """Return the moment up to which the data speak; midnight means the whole of that day."""
        return datetime.fromisoformat(self.intake["as_of"])

    @property
    def synthetic(self) -> bool:
        """Return True where every row comes from the public synthetic sample."""
        return bool(self.intake["synthetic"])

    @property
    def calendar_name(self) -> str:
        """Return "vietnam" or "weekdays"."""
        return str(self.intake["calendar"])

    @property
    def calendar_span(self) -> tuple[date, date]:
        """Return the first and last day that a calendar of whole years must cover to hold every date here."""
        first, last = self.intake["calendar_first"], self.intake["calendar_last"]
        return date.fromisoformat(first), date.fromisoformat(last)

    @property
    def timezone(self) -> str:
        """Return the zone of the wall-clock times, such as "Asia/Ho_Chi_Minh"."""
        return str(self.intake["timezone"])

    def title(self, language: Language = "vi") -> str:
        """Return what the data are called, in the reader's language."""
        return str(self.intake["title"][language])

    def dossiers(self, engine: Engine = "duckdb") -> "nw.LazyFrame[Any]":
        """Return the accepted dossiers as a narwhals lazy frame with the columns of `WAREHOUSE_COLUMNS`.

        "duckdb" scans the Parquet file on demand; "pandas" loads it whole. Raises `ParameterError` for any
        other engine.
        """
        path = self.state_path / DOSSIERS_FILE
        if engine == "duckdb":
            return nw.from_native(_connection().read_parquet(_no_pattern(path)))
        if engine == "pandas":
            return nw.from_native(to_pandas(pq.read_table(path))).lazy()
        raise ParameterError(
            f"The engine {engine!r} is unknown. Use 'duckdb' or 'pandas'.",
            f"Không có bộ máy tính toán {engine!r}. Hãy dùng 'duckdb' hoặc 'pandas'.",
        )

    def findings(self) -> pd.DataFrame:
        """Return one row per finding: `file, sheet, row, column, rule, severity, unit`."""
        return to_pandas(pq.read_table(self.state_path / FINDINGS_FILE))


def open_warehouse(path: str | Path) -> Warehouse:
    """Return the warehouse in the folder `path`, which is found as `reference_data.resolve_path` finds it.

    Raises `WarehouseError` where there is none, where it is damaged, or where a newer version wrote it.
    """
    folder = resolve_path(path)
    intake = read_intake(folder)
    if intake is None:
        raise WarehouseError(
            f"There is no warehouse in '{path}'. Run 'make sample' for the sample, or "
            f"'cchc intake FILES --warehouse {path}' for your own exports.",
            f"Không có kho dữ liệu trong '{path}'. Hãy chạy 'make sample' để có dữ liệu mẫu, hoặc "
            f"'cchc intake TỆP --warehouse {path}' để nạp tệp kết xuất của đơn vị.",
        )
    warehouse = Warehouse(folder, intake)
    for name in (DOSSIERS_FILE, FINDINGS_FILE):
        if not (warehouse.state_path / name).is_file():
            raise _damaged(folder, name)
    return warehouse


def read_intake(folder: Path) -> dict[str, Any] | None:
    """Return what `intake.json` in the folder holds, or None where no intake has been completed there.

    Raises `WarehouseError` where the file is damaged or was written by a newer version.
    """
    try:
        text = (folder / INTAKE_FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, INTAKE_FILE) from error
    try:
        intake = json.loads(text)
        number = int(intake["format"])
        str(intake["state"])
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(folder, INTAKE_FILE) from error
    if number > FORMAT:
        raise WarehouseError(
            f"The warehouse '{folder.name}' was written by version {intake.get('version')}, which is newer. "
            "Update the package, or make the warehouse again with this version.",
            f"Kho dữ liệu '{folder.name}' do phiên bản mới hơn ({intake.get('version')}) tạo ra. "
            "Hãy cập nhật gói phần mềm hoặc tạo lại kho dữ liệu bằng phiên bản này.",
        )
    return dict(intake)


def _damaged(folder: Path, name: str) -> WarehouseError:
    return WarehouseError(
        f"The warehouse '{folder.name}' is damaged: {name} is missing or unreadable. "
        "Delete the folder and run 'cchc intake' on the exports again.",
        f"Kho dữ liệu '{folder.name}' bị hỏng: thiếu hoặc không đọc được {name}. "
        "Hãy xóa thư mục này và chạy lại 'cchc intake' với các tệp kết xuất.",
    )


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    # One database in memory for the process: lazy frames of several warehouses can be joined.
    return duckdb.connect(":memory:")


def _no_pattern(path: Path) -> str:
    # DuckDB reads * ? [ in a file name as a pattern; in brackets they mean themselves.
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
