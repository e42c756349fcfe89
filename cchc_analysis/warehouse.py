"""The warehouse: what intake stores, opened on an engine; the only room that knows where things lie."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from cchc_analysis import spark
from cchc_analysis.duckdb_connection import connection
from cchc_analysis.errors import Language, ParameterError, WarehouseError
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.reference_data import resolve_path
from cchc_analysis.schema import DOSSIERS, KINDS, REGISTERS, SOURCE_COLUMNS, SURVEY_PREFIX, WAREHOUSE_COLUMNS, Kind

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Engine: TypeAlias = Union[str, "SparkSession"]
"""What counts: "duckdb", "pandas", the address of a Spark master ("spark://host:7077", "local[2]"), or a session."""

ENGINES: Final = ("duckdb", "pandas")
"""The engines that work in this process."""

FORMAT: Final = 2
"""Number of the layout below; a warehouse with another number was written by another version."""

INTAKE_FILE: Final = "intake.json"
STATES_FOLDER: Final = "states"
PARTS_FOLDER: Final = "parts"
REGISTERS_FOLDER: Final = "registers"
NUMBERS_FILE: Final = "numbers.parquet"
FINDINGS_FILE: Final = "findings.parquet"
REJECTED_FILE: Final = "rejected.xlsx"
FLAGS_FILE: Final = "flags.csv"

KEEPS_ITS_UNITS: Final = ("evidence", "submissions", "self_scores", "index_values")
"""Registers whose rows stay with the office that handed them in, whoever carries its tasks today."""

_TYPE_OF_KIND: Final = {
    "text": pa.string(),
    "code": pa.string(),
    "category": pa.string(),
    "timestamp": pa.timestamp("us"),
    "days": pa.float64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "answer": pa.string(),
}
_TYPE_OF_EXTRA: Final = {
    "number_unit": pa.string(),
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
    return table_schema(DOSSIERS)


def table_schema(kind: Kind) -> pa.Schema:
    """Return the Arrow schema of a table in a state: the columns of its kind, what is derived, and where a row stands.

    >>> table_schema(KINDS["payments"]).names[-3:]
    ['source_file', 'source_sheet', 'source_row']
    """
    names = (*(column.name for column in kind.columns), *SOURCE_COLUMNS)
    types = {column.name: _TYPE_OF_KIND[column.kind] for column in kind.columns} | _TYPE_OF_EXTRA
    return pa.schema([(name, types[name]) for name in (WAREHOUSE_COLUMNS if kind is DOSSIERS else names)])


def numbers_schema() -> pa.Schema:
    """Return the Arrow schema of `numbers.parquet`: the running numbers seen of each office and day.

    `number_unit`, `number_on`: office and date written in the numbers. `highest`: the highest running number of that
    day in any row that was read; `n_seen`: how many different ones were seen, rejected rows included.

    >>> numbers_schema().names
    ['number_unit', 'number_on', 'highest', 'n_seen']
    """
    return pa.schema(
        [
            ("number_unit", pa.string()),
            ("number_on", pa.timestamp("us")),
            ("highest", pa.int64()),
            ("n_seen", pa.int64()),
        ]
    )


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
    """One accepted state of the data: `path` is the folder, `intake` the accounting of the last intake.

    `kind` says what its rows are: the dossiers, or those of a register (see `register`). `moved` (unit → the unit that
    carries its tasks) says under which units the rows are read; empty = as recorded (see `on_units`). `engine`: what
    counts the rows unless a call says otherwise (see `Engine`).
    """

    path: Path
    intake: Mapping[str, Any]
    kind: Kind = DOSSIERS
    moved: Mapping[str, str] = field(default_factory=dict)
    engine: Engine = field(default="duckdb", compare=False)
    _opened: dict[str, "Warehouse | None"] = field(default_factory=dict, repr=False, compare=False)

    @property
    def state_path(self) -> Path:
        """Return the folder of the state that `intake.json` names."""
        return self.path / STATES_FOLDER / str(self.intake["state"])

    @property
    def has_rows(self) -> bool:
        """Return whether rows have been taken in; a warehouse of surveys alone has no dossiers."""
        return bool(self.intake["state"])

    @property
    def questionnaire(self) -> Questionnaire:
        """Return the questionnaire whose answers these are; KeyError for rows that are no survey."""
        return Questionnaire.model_validate(self.intake["questionnaire"])

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

    @property
    def state(self) -> str:
        """Return the name of the state of the dossiers and of all registers beside them."""
        states = [str(self.intake["state"]), *(f"{at.kind.name}-{at.intake['state']}" for at in self.registers())]
        return states[0] if len(states) == 1 else hashlib.sha256("\n".join(states).encode()).hexdigest()[:16]

    def dossiers(self, engine: Engine | None = None) -> "nw.LazyFrame[Any]":
        """Return the accepted dossiers as a narwhals lazy frame with the columns of `WAREHOUSE_COLUMNS`.

        `engine`: by default that of the warehouse. "duckdb" scans the Parquet file on demand, "pandas" loads it whole,
        the workers of a Spark cluster read it where they find it (docs/spark.md). Raises `ParameterError` for any other
        engine, `EngineError` where Spark cannot be had.
        """
        if not self.has_rows:
            return _no_rows(self.kind, engine or self.engine)
        rows = _scan(self.state_path / self.kind.file, engine or self.engine)
        return _under_units(rows, self.kind.units, self.moved)

    rows = dossiers
    """The rows, under a name that also suits a register."""

    def on_units(self, moved: Mapping[str, str]) -> "Warehouse":
        """Return the same warehouse read under other units: each unit that `moved` names is read as its value.

        Only the columns of units change (`Kind.units`), in dossiers, registers, surveys and findings; what offices
        handed in under their own name (KEEPS_ITS_UNITS) keeps it.
        """
        return replace(self, moved=dict(moved))

    def counted_on(self, engine: Engine) -> "Warehouse":
        """Return the same warehouse, its rows and those of its registers counted on an engine."""
        return replace(self, engine=engine)

    @property
    def recorded(self) -> "Warehouse":
        """Return the same warehouse read under the units that the files name."""
        return replace(self, moved={})

    def numbers(self, engine: Engine | None = None) -> "nw.LazyFrame[Any]":
        """Return the running numbers seen, by office and day, with the columns of `numbers_schema`."""
        if not self.has_rows:
            return _of_table(numbers_schema().empty_table(), engine or self.engine)
        return _scan(self.state_path / NUMBERS_FILE, engine or self.engine)

    def register(self, kind: str) -> "Warehouse | None":
        """Return the register of a kind beside these dossiers, None where none has been taken in.

        The kind of a survey is "survey-" and the id of its questionnaire. Raises `ParameterError` for a kind that is no
        register, `WarehouseError` where it is damaged.
        """
        if kind.startswith(SURVEY_PREFIX):
            return next((survey for survey in self.surveys() if survey.kind.name == kind), None)
        if kind not in KINDS or kind == DOSSIERS.name:
            listed = ", ".join(kind.name for kind in REGISTERS)
            raise ParameterError(
                f"There is no register {kind!r}; there are: {listed}.",
                f"Không có loại sổ {kind!r}; có thể dùng: {listed}.",
            )
        # Opened once: a later intake must not mix two states of a register into one page.
        if kind not in self._opened:
            self._opened[kind] = _register_in(self.path, KINDS[kind])
        opened = self._opened[kind]
        if opened is None:
            return None
        return replace(opened, engine=self.engine, moved={} if kind in KEEPS_ITS_UNITS else dict(self.moved))

    def registers(self) -> "list[Warehouse]":
        """Return the registers that have been taken in beside these dossiers, surveys last."""
        found = [self.register(kind.name) for kind in REGISTERS]
        return [*(register for register in found if register is not None), *self.surveys()]

    def surveys(self) -> "list[Warehouse]":
        """Return the surveys that have been taken in, by the id of their questionnaires."""
        folders = sorted((self.path / REGISTERS_FOLDER).glob(f"{SURVEY_PREFIX}*"))
        for folder in folders:
            if folder.name not in self._opened:
                self._opened[folder.name] = _survey_in(folder)
        opened = (self._opened[folder.name] for folder in folders)
        return [replace(survey, engine=self.engine, moved=dict(self.moved)) for survey in opened if survey is not None]

    def inputs(self) -> list[dict[str, str]]:
        """Return `kind`, `file` and `sha256` of every file taken in: dossiers, then registers and surveys."""
        return [
            {"kind": table.kind.name, "file": str(entry["file"]), "sha256": str(entry["sha256"])}
            for table in (self, *self.registers())
            for entry in table.intake["files"]
        ]

    def findings(self) -> pd.DataFrame:
        """Return one row per finding: `file, sheet, row, column, rule, severity, unit`."""
        if not self.has_rows:
            return to_pandas(findings_schema().empty_table())
        found = to_pandas(pq.read_table(self.state_path / FINDINGS_FILE))
        return found.assign(unit=found["unit"].replace(dict(self.moved))) if self.moved else found


def open_warehouse(path: str | Path) -> Warehouse:
    """Return the warehouse in the folder `path`, which is found as `reference_data.resolve_path` finds it.

    A warehouse into which only surveys were taken has no dossiers and speaks up to the newest of their moments. Raises
    `WarehouseError` where there is none, where it is damaged, or where a newer version wrote it.
    """
    folder = resolve_path(path)
    intake = read_intake(folder) or _of_surveys_alone(folder)
    if intake is None:
        raise WarehouseError(
            f"There is no warehouse in '{path}'. Run 'make sample' for the sample, or "
            f"'cchc intake FILES --warehouse {path}' for your own exports.",
            f"Không có kho dữ liệu trong '{path}'. Hãy chạy 'make sample' để có dữ liệu mẫu, hoặc "
            f"'cchc intake TỆP --warehouse {path}' để nạp tệp kết xuất của đơn vị.",
        )
    return _whole(Warehouse(folder, intake))


def register_folder(warehouse: Path, kind: Kind) -> Path:
    """Return the folder in which rows of the kind lie: the warehouse itself for dossiers."""
    return warehouse if kind is DOSSIERS else warehouse / REGISTERS_FOLDER / kind.name


def _register_in(warehouse: Path, kind: Kind) -> Warehouse | None:
    folder = register_folder(warehouse, kind)
    intake = read_intake(folder)
    return None if intake is None else _whole(Warehouse(folder, intake, kind))


def _survey_in(folder: Path) -> Warehouse | None:
    intake = read_intake(folder)
    if intake is None:
        return None
    try:
        kind = Questionnaire.model_validate(intake["questionnaire"]).kind
    except (KeyError, ValidationError) as error:
        raise _damaged(folder, INTAKE_FILE) from error
    return _whole(Warehouse(folder, intake, kind))


def _of_surveys_alone(folder: Path) -> dict[str, Any] | None:
    """Return the accounts of a warehouse without dossiers: those of its newest survey, with nothing read."""
    if not (folder / REGISTERS_FOLDER).is_dir():
        return None
    reported = [folder / REGISTERS_FOLDER / kind for kind in KEEPS_ITS_UNITS]
    found = [
        read_intake(below) for below in (*sorted((folder / REGISTERS_FOLDER).glob(f"{SURVEY_PREFIX}*")), *reported)
    ]
    surveys = [intake for intake in found if intake is not None]
    if not surveys:
        return None
    newest = max(surveys, key=lambda intake: str(intake["as_of"]))
    nothing = dict.fromkeys(("read", "accepted", "rejected", "duplicates", "skipped"), 0)
    reasons: dict[str, dict[str, int]] = {name: {} for name in ("reasons", "duplicates_by_kind", "skipped_by_kind")}
    empty = {"kind": DOSSIERS.name, "state": "", "total": {**nothing, **reasons}, "files": [], "flags": {}, "notes": []}
    return {**newest, **empty, "dropped_columns": []}


def _whole(warehouse: Warehouse) -> Warehouse:
    """Return the warehouse, after looking that it can be read and that all of its files are there."""
    if int(warehouse.intake["format"]) < FORMAT:
        raise WarehouseError(
            f"The warehouse '{warehouse.path.name}' was written by an older version and lacks columns. "
            "Delete the folder and run 'cchc intake' on the exports again.",
            f"Kho dữ liệu '{warehouse.path.name}' do phiên bản cũ tạo ra, thiếu một số cột. "
            "Hãy xóa thư mục này và chạy lại 'cchc intake' với các tệp kết xuất.",
        )
    numbers = (NUMBERS_FILE,) if warehouse.kind is DOSSIERS else ()
    if not warehouse.has_rows:
        return warehouse
    for name in (warehouse.kind.file, FINDINGS_FILE, *numbers):
        if not (warehouse.state_path / name).is_file():
            raise _damaged(warehouse.path, name)
    return warehouse


def _no_rows(kind: Kind, engine: Engine) -> "nw.LazyFrame[Any]":
    return _of_table(table_schema(kind).empty_table(), engine)


def _of_table(table: pa.Table, engine: Engine) -> "nw.LazyFrame[Any]":
    if engine == "duckdb":
        return nw.from_native(connection().from_arrow(table))
    if engine == "pandas":
        return nw.from_native(to_pandas(table)).lazy()
    placed: nw.LazyFrame[Any] = nw.from_native(spark.as_table(_spark_session(engine), table))
    return placed


def _scan(path: Path, engine: Engine) -> "nw.LazyFrame[Any]":
    if engine == "duckdb":
        return nw.from_native(connection().read_parquet(_no_pattern(path)))
    if engine == "pandas":
        return nw.from_native(to_pandas(pq.read_table(path))).lazy()
    scanned: nw.LazyFrame[Any] = nw.from_native(spark.scan(_spark_session(engine), path))
    return scanned


def _spark_session(engine: Engine) -> Any:
    if not (spark.is_session(engine) or spark.is_address(engine)):
        raise unknown_engine(engine)
    return spark.ready_session(engine)


def _under_units(rows: "nw.LazyFrame[Any]", columns: tuple[str, ...], moved: Mapping[str, str]) -> "nw.LazyFrame[Any]":
    """Read each unit that has moved as the one it moved to: one condition per new unit, so that any engine can."""
    former: dict[str, list[str]] = {}
    for unit, new in moved.items():
        former.setdefault(new, []).append(unit)
    if not former:
        return rows
    changed = []
    for name in columns:
        column: nw.Expr = nw.col(name)
        for new, units in former.items():
            column = nw.when(nw.col(name).is_in(sorted(units))).then(nw.lit(new)).otherwise(column)
        changed.append(column.alias(name))
    return rows.with_columns(*changed)


def check_engine(engine: Engine) -> None:
    """Raise ParameterError for what is no engine (see `Engine`).

    >>> check_engine("spark://host:7077")
    """
    if engine not in ENGINES and not spark.is_address(engine) and not spark.is_session(engine):
        raise unknown_engine(engine)


def unknown_engine(engine: Engine) -> ParameterError:
    """Return the error for what is no engine."""
    return ParameterError(
        f"The engine {engine!r} is unknown. Use 'duckdb', 'pandas', the address of a Spark cluster such as "
        "'spark://host:7077', or a Spark session.",
        f"Không có bộ máy tính toán {engine!r}. Hãy dùng 'duckdb', 'pandas', địa chỉ của một cụm Spark như "
        "'spark://host:7077', hoặc một phiên Spark.",
    )


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


def _no_pattern(path: Path) -> str:
    # DuckDB reads * ? [ in a file name as a pattern; in brackets they mean themselves.
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
