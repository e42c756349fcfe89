"""Tables cut by unit in one file, of which a page reads the bytes of its unit and nothing else."""

import os
import pickle
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PROTOCOL = 5


class PieceFile:
    """A file of pieces that has been written: where each unit's begins and ends."""

    def __init__(self, path: Path) -> None:
        """Raise FileNotFoundError where it has not been written yet."""
        self._path = path
        with path.open("rb") as file:
            # Arrays, not a dictionary: thousands of units are found without a Python object for each.
            self._units: NDArray[np.bytes_] = pickle.load(file)
            self._ends: NDArray[np.int64] = pickle.load(file)
            self._none: pd.DataFrame = pickle.load(file)
            self._first = file.tell()

    def piece(self, unit: str) -> pd.DataFrame:
        """Return the table of a unit, without a row where it has none."""
        name = unit.encode()
        place = int(np.searchsorted(self._units, name)) if len(self._units) else 0
        if place == len(self._units) or self._units[place] != name:
            return self._none.copy()
        start = int(self._ends[place - 1]) if place else 0
        with self._path.open("rb") as file:
            file.seek(self._first + start)
            found: pd.DataFrame = pickle.loads(file.read(int(self._ends[place]) - start))
        return found


def write_pieces(path: Path, table: pd.DataFrame) -> None:
    """Write the rows of each unit as a table without the column `unit`; they keep their order and their types.

    Another process sees the whole file or none. A folder that is gone needs it no more.
    """
    known = table[table["unit"].notna()].sort_values("unit", kind="stable")
    places, units = pd.factorize(known["unit"])
    starts = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
    rows = known.drop(columns="unit")
    pieces = [
        pickle.dumps(rows.iloc[start:end].reset_index(drop=True), PROTOCOL)
        for start, end in pairwise([*starts, len(rows)])
    ]
    names = np.array([str(unit).encode() for unit in units], dtype=np.bytes_)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        with part.open("wb") as file:
            _write(file, names, pieces, rows.iloc[:0].reset_index(drop=True))
        part.replace(path)


def _write(file: BinaryIO, names: NDArray[np.bytes_], pieces: list[bytes], none: pd.DataFrame) -> None:
    """Write the names in the order of their bytes, the end of each piece, what has no row, the pieces."""
    order = np.argsort(names)
    ends = np.cumsum([len(pieces[place]) for place in order], dtype=np.int64)
    pickle.dump(names[order], file, PROTOCOL)
    pickle.dump(ends, file, PROTOCOL)
    pickle.dump(none, file, PROTOCOL)
    file.writelines(pieces[place] for place in order)
