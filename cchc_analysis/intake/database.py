"""Databases as sources of a run: which columns are kept, the rows fetched, checked piece by piece, accounted as one."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.errors import InputError
from cchc_analysis.intake.check import Checker, check_file, rows_as_found
from cchc_analysis.intake.database_query import ResultColumn, distinct_names, kept_expressions, snapshot
from cchc_analysis.intake.database_rows import BATCH, SortedRows, set_down, sort_rows
from cchc_analysis.intake.database_source import (
    DatabaseSource,
    is_source,
    load_source,
    require_known_parameters,
    source_facts,
)
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.parquet import ROW_NUMBERS
from cchc_analysis.intake.parts import Part, part_key
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.intake.run import Run
from cchc_analysis.intake.tables import EMPTY, Note
from cchc_analysis.schema import Kind
from cchc_analysis.text import clean_text

CHECKED_IN_PIECES: Final = ("dossiers", "payments", "feedback", "other_register")
"""Kinds whose rows are checked without looking at all of them together, beyond those of the same key."""

_TOLD_EVERY: Final = 1_000_000


@dataclass(frozen=True)
class FetchedResult:
    """The rows of a query, sorted and held on disk; `checker` reads them under canonical names.

    `told` is what the accounts say of the source, `dropped` are the columns that were never asked for.
    """

    file: str
    checker: Checker
    rows: SortedRows
    told: Mapping[str, Any]
    dropped: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Return the hash of columns and rows, whatever order they came in."""
        return self.rows.sha256

    @cached_property
    def key(self) -> str:
        """Return the name of the part that the rows make."""
        return part_key(self.sha256, self.checker.mapping)

    def part(self) -> Part:
        """Return the rows, checked like those of a file; rows without any value count as skipped."""
        parts = [check_file(piece, self.file, self.sha256, self.checker) for piece in self.rows.pieces]
        part = join_parts(parts)
        facts = part.facts
        n_empty = self.rows.n_rows - facts.read
        skipped = facts.skipped | ({EMPTY: n_empty} if n_empty else {})
        return replace(
            part,
            facts=replace(
                facts,
                read=self.rows.n_rows,
                skipped=dict(sorted(skipped.items())),
                dropped_columns=self.dropped,
                source=dict(self.told),
            ),
        )

    def rows_as_found(self, wanted: pd.DataFrame) -> pa.Table:
        """Return the `wanted` rows (`sheet`, `row`) as text, in the columns of `rejected_schema`."""
        found = []
        for piece in self.rows.pieces:
            numbers = pq.read_table(piece, columns=[ROW_NUMBERS]).column(0).to_numpy()
            here = wanted[wanted["row"].isin(numbers)]
            if len(here):
                found.append(rows_as_found(piece, self.file, here, self.checker))
        return pa.concat_tables(found)


def join_parts(parts: Sequence[Part]) -> Part:
    """Return the pieces of one result as one part, its rows in the order of their numbers."""
    if len(parts) == 1:
        return parts[0]
    facts = [part.facts for part in parts]
    notes = {note["code"] + note["en"]: note for fact in facts for note in fact.notes}
    whole = replace(
        facts[0],
        read=sum(fact.read for fact in facts),
        skipped=_sum(fact.skipped for fact in facts),
        duplicates=sum(fact.duplicates for fact in facts),
        reasons=_sum(fact.reasons for fact in facts),
        notes=tuple(notes.values()),
    )
    numbers = [part.numbers for part in parts if part.numbers is not None]
    return Part(
        whole,
        pa.concat_tables([part.rows for part in parts]).sort_by("source_row"),
        pa.concat_tables([part.findings for part in parts]).sort_by([("sheet", "ascending"), ("row", "ascending")]),
        pa.concat_tables([part.rejected for part in parts]).sort_by("row"),
        pa.concat_tables(numbers) if numbers else None,
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


@dataclass(frozen=True)
class Databases:
    """The database sources of a run by the path of their files; `folder` holds what was fetched until it is over.

    `mappings` are those of sources that have one of their own; the others are read as the files of their kind.
    """

    sources: Mapping[Path, DatabaseSource]
    mappings: Mapping[Path, ColumnMapping] = field(default_factory=dict)
    folder: Path = Path()

    @classmethod
    def among(cls, files: Sequence[tuple[Path, str]], parameters: Mapping[str, str | date]) -> "Databases":
        """Return the sources among the files of a run, with these parameters.

        Raises `InputError` for a source file that is wrong, `ParameterError` for a parameter that no source has.
        """
        texts = {
            name: value.isoformat() if isinstance(value, date) else str(value) for name, value in parameters.items()
        }
        sources = {path: load_source(path, texts) for path, _ in files if is_source(path)}
        require_known_parameters(texts, sources)
        return cls(sources)

    @contextmanager
    def with_mappings(self, mappings: Mapping[Path, ColumnMapping]) -> Iterator["Databases"]:
        """Hold a folder for the rows, which nobody else may read and which is gone when the run is over."""
        if not self.sources:
            yield self
            return
        with tempfile.TemporaryDirectory(prefix="cchc-", ignore_cleanup_errors=True) as folder:
            yield replace(self, mappings=mappings, folder=Path(folder))

    def check(self, path: Path, name: str, run: Run, progress: Callable[[str], None]) -> Note | None:
        """Fetch the rows of a source and check them, unless they are a part already; see `Run.check`."""
        source = self.sources[path]
        checker = replace(run.checker, mapping=self.mappings[path]) if path in self.mappings else run.checker
        folder = self.folder / f"{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        result = fetch(source, source.shown(name), checker, folder, progress)
        return run.check_result(path, result.file, result)


def fetch(
    source: DatabaseSource, name: str, checker: Checker, folder: Path, progress: Callable[[str], None]
) -> FetchedResult:
    """Return the rows of a source, of which only columns that the mapping keeps have left the server.

    Everything is read in one snapshot of the database; the rows lie in `folder`. Raises `InputError` for whatever the
    server objects to and `MappingError` for columns that cannot be named.
    """
    kind = checker.kind.kind
    with snapshot(source, name, checker.mapping.timezone) as asked:
        columns = distinct_names(asked.columns())
        kept, dropped = name_columns(columns, name, checker, folder)
        cells = kept_expressions(columns, kept, kind.columns, name)
        told = source_facts(source, asked.server)
        with _room_for(name), closing(asked.rows(len(columns), list(cells.values()), BATCH)) as rows:
            n_rows = set_down(rows, folder, _progress(name, progress))
    key = _piece_key(kind, checker, tuple(cells))
    with _room_for(name):
        ordered = sort_rows(folder, list(cells), key, n_rows, salt=f"cchc database 1 {kind.name}")
    layout: dict[str, Any] = {"columns": {column: column for column in cells}, "header_row": None, "sheets": None}
    layout |= {"title": source.title} if source.title else {}
    reading = replace(checker, mapping=checker.mapping.model_copy(update=layout), kind_given=True)
    return FetchedResult(name, reading, ordered, told, dropped)


def name_columns(
    columns: Sequence[ResultColumn], name: str, checker: Checker, folder: Path
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where (from 0) each canonical column stands in a result, and the names of those that are not kept.

    The names are read as the header of a file without rows is. Raises `InputError` or `MappingError` as for a file.
    """
    header = folder / "header.parquet"
    names = [column.name for column in columns]
    pq.write_table(pa.table({column: pa.array([], type=pa.string()) for column in names}), header)
    mapping = checker.mapping.model_copy(update={"header_row": None, "sheets": None})
    (table,) = read_tables(header, name, mapping, kind_given=checker.kind_given)
    header.unlink()
    places = {clean_text(column): place for place, column in enumerate(names)}
    kept = {canonical: places[clean_text(source)] for canonical, source in table.source_headers.items()}
    return kept, table.dropped_columns


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise InputError(
            f"{name}: the rows cannot be set down in the temporary folder ({error}). Make room there, or name another "
            "folder in TMPDIR. Nothing was changed in the warehouse.",
            f"{name}: không ghi được các dòng vào thư mục tạm ({error}). Hãy giải phóng dung lượng hoặc chỉ thư mục "
            "khác bằng TMPDIR. Kho dữ liệu giữ nguyên.",
        ) from None


def _piece_key(kind: Kind, checker: Checker, columns: Sequence[str]) -> str | None:
    """Return the column whose equal codes must stay together when a result is cut, None where it is checked whole."""
    codes = {column.name for column in kind.columns if column.kind == "code"}
    named = [name for name in checker.kind.key if name in codes and name in columns]
    return named[0] if named and kind.name in CHECKED_IN_PIECES else None


def _progress(name: str, progress: Callable[[str], None]) -> Callable[[int], None]:
    """Return what tells of rows so far: often at first, then with every million."""
    last = 0

    def told(n_rows: int) -> None:
        nonlocal last
        if n_rows >= min(2 * last, last + _TOLD_EVERY):
            last = n_rows
            progress(f"{name} … {n_rows}")

    return told
