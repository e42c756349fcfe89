"""Count once for all units of a run: the tables of the whole, cut by unit, in a folder that every process can read.

The process that publishes counts and writes (`write_parts`); the warm parent of the pages reads what there is
(`share_studies`) and opens no database; a page maps the rows of its unit into memory. What is no count and is the same
for all units (such as the weights of a survey) is made by the first page that needs it and kept for the others.
"""

import hashlib
import os
import pickle
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from cchc_analysis.plan import Plan
from cchc_analysis.shared_tables import EVERYTHING, Shared, shared_tables
from cchc_analysis.study import ALL_UNITS, Study
from cchc_analysis.study_parts import SharedFor, StudyParts, share
from cchc_analysis.study_pieces import PieceFile, write_pieces

Kept = TypeVar("Kept")

INDEX_FILE = "parts.pickle"
TABLES_FILE = "tables-{:03d}.pickle"
COMMON_FOLDER = "common"


@dataclass(frozen=True)
class TableFile:
    """Where the rows of a table lie: `name` of the file, `places` unit → (first row, number of rows).

    `whole`: the file of the whole where that is another one; `same_for_all`: nothing in it is of one unit; `dropped`:
    the column of units is not among the columns of a unit's table; `asked_where_missing`: a unit without rows makes its
    table itself.
    """

    name: str
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    whole: str = ""
    same_for_all: bool = False
    dropped: bool = False
    asked_where_missing: bool = False


@dataclass(frozen=True)
class Index:
    """What a folder of parts is about: of which studies, whether for many units. Tables follow, step by step."""

    shared_for: SharedFor
    is_for_many: bool


class FolderParts(StudyParts):
    """The parts in a folder, as far as they have been written (see PartsOnDemand)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: Index = pickle.loads((folder / INDEX_FILE).read_bytes())
        self._tables: dict[Hashable, TableFile] = {}
        self._n_steps = 0
        self._common: dict[str, Any] = {}
        self._pieces: dict[str, PieceFile] = {}

    @property
    def shared_for(self) -> SharedFor:
        """Of which studies these are the parts."""
        return self._index.shared_for

    def table(self, key: Hashable, unit: str) -> pd.DataFrame | None:
        """Return the table that a study of the unit keeps under a key, None where it must be made."""
        file = self._tables.get(key) or self._written_since(key)
        if file is None:
            return None
        if unit == ALL_UNITS or file.same_for_all:
            return _read(self._folder / (file.whole or file.name), None)
        if unit not in file.places and file.asked_where_missing:
            return None
        rows = self._rows(file, unit)
        return rows.drop(columns="unit") if file.dropped else rows

    def _written_since(self, key: Hashable) -> TableFile | None:
        """Look for a table among those that were written since the last look."""
        with suppress(FileNotFoundError):
            while True:
                step = self._folder / TABLES_FILE.format(self._n_steps)
                self._tables |= pickle.loads(step.read_bytes())
                self._n_steps += 1
        return self._tables.get(key)

    @property
    def is_for_many(self) -> bool:
        """Whether so many units are asked for that measuring all of them together pays."""
        return self._index.is_for_many

    def _rows(self, file: TableFile, unit: str) -> pd.DataFrame:
        return _read(self._folder / file.name, file.places.get(unit, (0, 0)))

    def piece(self, key: str, unit: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return the rows of a unit, if there are any; the first process that needs the table makes it."""
        if key not in self._pieces:
            path = self._folder / COMMON_FOLDER / f"{_hashed(key)}.pieces"
            if not path.exists():
                write_pieces(path, make())
            self._pieces[key] = PieceFile(path)
        return self._pieces[key].piece(unit)

    def common(self, key: str, make: Callable[[], Kept]) -> Kept:
        """Return a value that is the same for all units; the first process that needs it makes it."""
        if key not in self._common:
            path = self._folder / COMMON_FOLDER / _hashed(key)
            try:
                self._common[key] = pickle.loads(path.read_bytes())
            except FileNotFoundError:
                self._common[key] = make()
                _write(path, pickle.dumps(self._common[key], protocol=5))
        kept: Kept = self._common[key]
        return kept


class PartsOnDemand(StudyParts):
    """The parts of the studies of a run, counted and written step by step, or all when one of them is first asked for.

    A run whose pages are all kept from before asks for none. `study`: of all units; `folder`: does not exist yet;
    `wanted` and `for_forms`: which pages and files follow, as in shared_tables.
    """

    def __init__(
        self,
        study: Study,
        folder: Path,
        plan: Plan | None = None,
        is_for_many: bool = False,
        wanted: Collection[str] = EVERYTHING,
        for_forms: Callable[[Study], object] = lambda study: None,
    ) -> None:
        self._study, self._folder, self._plan, self._is_for_many = study, folder, plan, is_for_many
        self._wanted, self._for_forms = wanted, for_forms
        (folder / COMMON_FOLDER).mkdir(parents=True)
        _write(folder / INDEX_FILE, pickle.dumps(Index(study.shared_for, is_for_many), protocol=5))
        self._steps = self._written()
        self._made: FolderParts | None = None

    @property
    def shared_for(self) -> SharedFor:
        """Of which studies these are the parts."""
        return self._study.shared_for

    def steps(self) -> Iterator[str]:
        """Count and write what is not there yet, step by step; yield the name of what has all its tables, or "".

        Who asks for a table meanwhile has all of the rest counted first.
        """
        return self._steps

    def _written(self) -> Iterator[str]:
        place, steps = 0, shared_tables(self._study, self._plan, self._wanted, self._for_forms)
        for step, (name, tables) in enumerate(steps):
            files: dict[Hashable, TableFile] = {}
            for table in tables:
                files[table.key] = _write_table(self._folder, f"{place:03d}", table)
                place += 1
            _write(self._folder / TABLES_FILE.format(step), pickle.dumps(files, protocol=5))
            yield name

    def written(self) -> FolderParts:
        """Return the parts, after having them counted and written if they are not yet."""
        if self._made is None:
            deque(self._steps, maxlen=0)
            self._made = FolderParts(self._folder)
        return self._made

    def table(self, key: Hashable, unit: str) -> pd.DataFrame | None:
        """Return the table that a study of the unit keeps under a key, None where it must be made."""
        return self.written().table(key, unit)

    @property
    def is_for_many(self) -> bool:
        """Whether so many units are asked for that measuring all of them together pays."""
        return self._is_for_many

    def piece(self, key: str, unit: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return the rows of a unit, if there are any; the first process that needs the table makes it."""
        return self.written().piece(key, unit, make)

    def common(self, key: str, make: Callable[[], Kept]) -> Kept:
        """Return a value that is the same for all units; the first process that needs it makes it."""
        return self.written().common(key, make)


def share_studies(folder: str) -> None:
    """Let every study that this process opens from now on take what the folder of parts holds for it.

    `folder`: as `write_parts` was given it. Studies of other data, another moment, language or day of units, or of
    another cut of months count for themselves. Raises OSError where there is no such folder.
    """
    share(FolderParts(Path(folder)))


def write_parts(study: Study, folder: Path, plan: Plan | None = None, is_for_many: bool = False) -> None:
    """Count everything that pages of units ask for, and write it into a new folder, cut by unit.

    `study`: of all units; it keeps its tables. `plan`: whose counts are among them; `is_for_many`: pages of many units
    follow, so that they measure together what they hold against the plan.
    """
    PartsOnDemand(study, folder, plan, is_for_many).written()


def _write_table(folder: Path, name: str, table: Shared) -> TableFile:
    if table.by_unit is None:
        assert table.whole is not None
        return TableFile(_write_rows(folder, name, table.whole), same_for_all=True)
    rows = table.by_unit[table.by_unit["unit"].notna()].sort_values("unit", kind="stable", ignore_index=True)
    whole = table.by_unit if table.whole is None else table.whole
    file = _write_rows(folder, name, rows)
    same = len(rows) == len(whole) and table.whole is None and rows.equals(whole)
    return TableFile(
        file,
        _places(rows["unit"]),
        "" if same else _write_rows(folder, f"{name}-whole", whole),
        dropped=table.dropped,
        asked_where_missing=table.asked_where_missing,
    )


def _places(units: "pd.Series[str]") -> dict[str, tuple[int, int]]:
    """Return first row and number of rows of every unit in a sorted column."""
    if not len(units):
        return {}
    codes, names = pd.factorize(units)
    starts = np.flatnonzero(np.r_[True, np.diff(codes) != 0]).tolist()
    ends = [*starts[1:], len(units)]
    return {str(name): (first, end - first) for name, first, end in zip(names, starts, ends, strict=True)}


def _write_rows(folder: Path, name: str, rows: pd.DataFrame) -> str:
    """Write a table so that a part of it can be read alone: as Arrow where that gives back the very types."""
    table = pa.Table.from_pandas(rows, preserve_index=False).combine_chunks()
    back = table.slice(0, 0).to_pandas()
    if list(back.dtypes) == list(rows.dtypes) and not any(pd.api.types.is_object_dtype(kind) for kind in rows.dtypes):
        path = folder / f"{name}.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    else:
        path = folder / f"{name}.pickle"
        path.write_bytes(pickle.dumps(rows, protocol=5))
    return path.relative_to(folder).as_posix()


def _read(path: Path, place: tuple[int, int] | None) -> pd.DataFrame:
    if path.suffix == ".pickle":
        rows: pd.DataFrame = pickle.loads(path.read_bytes())
        return rows if place is None else rows.iloc[place[0] : sum(place)].reset_index(drop=True)
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    found: pd.DataFrame = (table if place is None else table.slice(*place)).to_pandas(use_threads=False)
    return found


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file at once: another process sees all of it or nothing. A folder that is gone needs it no more."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        part.write_bytes(content)
        part.replace(path)
