"""The same dossier more than once: within a file, and across files."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.instants import BoolArray
from cchc_analysis.schema import DOSSIER_COLUMNS

CONTENT: Final = tuple(column.name for column in DOSSIER_COLUMNS if column.name != "dossier_id")
"""What must be equal for two rows of one code to say the same."""


def within_file(
    columns: Mapping[str, npt.NDArray[Any]], keys: npt.NDArray[Any], eligible: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Return which rows repeat an earlier row, and which share their code with a row of other content.

    Only `eligible` rows are compared. Rows with equal code key and equal values in every column of the schema
    are one dossier: the first is kept, the others repeat it. Where a code has rows of different content, all
    rows of that code conflict: which is right cannot be known.
    """
    repeats, conflicts = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
    positions = np.flatnonzero(eligible)
    shared = positions[pd.Series(keys[positions]).duplicated(keep=False).to_numpy()]
    if len(shared):
        content = pd.DataFrame({name: columns[name][shared] for name in CONTENT})
        is_repeat = content.assign(key=keys[shared]).duplicated().to_numpy()
        n_contents = pd.Series(~is_repeat).groupby(keys[shared]).transform("sum").to_numpy()
        conflicts[shared] = n_contents > 1
        repeats[shared] = is_repeat & (n_contents == 1)
    return repeats, conflicts


def across_files(rows: pd.DataFrame) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Return for rows of several files why a row is a duplicate ("" where it is none), and which rows conflict.

    `rows` has the columns of the schema (hashed codes) and `source_file`, `source_sheet`, `source_row`,
    `file_as_of` (newest event in the file); each code at most once per file. Rows of equal code and equal content
    are "identical" to the first of them by file name. Where contents differ but the date of receipt does not
    (or is not yet known in one of them), the row of the file with the newest event is kept and the others are
    "superseded"; where that does not decide, or the dates of receipt differ, all of them conflict. The order
    of the rows does not matter.
    """
    reasons = pd.Series("", index=rows.index, dtype="object")
    conflicts = pd.Series(False, index=rows.index)
    shared = rows[rows["dossier_id"].duplicated(keep=False)]
    if shared.empty:
        return reasons, conflicts
    shared = shared.sort_values(["dossier_id", "source_file", "source_sheet", "source_row"], kind="stable")
    # 64 bits a row: rows of one code are few, so that no two contents will ever share a hash.
    content = pd.util.hash_pandas_object(shared[list(CONTENT)], index=False)
    shared = shared.assign(content=content.to_numpy())
    is_repeat = shared.duplicated(subset=["dossier_id", "content"])
    reasons[shared.index[is_repeat]] = "identical"
    # A content is as new as the newest file that holds it.
    newest = shared.groupby(["dossier_id", "content"])["file_as_of"].transform("max")
    kept = shared.assign(newest=newest)[~is_repeat]
    by_code = kept.groupby("dossier_id")
    n_contents = by_code["dossier_id"].transform("size")
    one_receipt = kept["received_at"].dt.floor("D").groupby(kept["dossier_id"]).transform("nunique") <= 1
    is_newest = kept["newest"] == by_code["newest"].transform("max")
    decided = one_receipt & (is_newest.groupby(kept["dossier_id"]).transform("sum") == 1)
    superseded = (n_contents > 1) & decided & ~is_newest
    reasons[kept.index[superseded]] = "superseded"
    conflicts[kept.index[(n_contents > 1) & ~decided]] = True
    in_conflict = shared["dossier_id"].isin(kept.loc[(n_contents > 1) & ~decided, "dossier_id"])
    conflicts[shared.index[in_conflict]] = True
    reasons[shared.index[in_conflict]] = ""
    return reasons, conflicts


def places(names: Sequence[str], keys: npt.NDArray[Any], positions: npt.NDArray[np.intp]) -> dict[int, str]:
    """Return for each position the names of the other rows of the same code, shortened where there are many.

    >>> places(["a:2", "a:3", "a:9"], np.array(["x", "y", "x"]), np.array([0, 2]))
    {0: 'a:9', 2: 'a:2'}
    """
    groups: dict[Any, list[int]] = {}
    for position in positions:
        groups.setdefault(keys[position], []).append(int(position))
    return {
        position: _some([names[other] for other in group if other != position])
        for group in groups.values()
        for position in group
    }


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
