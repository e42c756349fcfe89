"""The same row more than once: within a file, and across files."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.instants import BoolArray, InstantArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.kinds import IntakeKind
from cchc_analysis.intake.predicates import clock_time_known
from cchc_analysis.intake.values import code_keys
from cchc_analysis.schema import DOSSIERS

CONTENT: Final = tuple(column.name for column in DOSSIERS.columns if column.name not in DOSSIERS.key)
"""What must be equal for two dossiers of one code to say the same."""


_MANY: Final = 1_000


def content_columns(kind: IntakeKind) -> tuple[str, ...]:
    """Return what must be equal for two rows of one key to say the same: every column outside the key."""
    return tuple(column.name for column in kind.kind.columns if column.name not in kind.key)


def row_keys(values: Mapping[str, npt.NDArray[Any]], kind: IntakeKind) -> npt.NDArray[Any]:
    """Return what makes two rows one: equal where the columns of the key are, of codes only what tells them apart.

    Where the key is not complete, equal only where all columns are; forms only where they also have a clock time.
    `values` has the columns of the kind, codes that are hashed in the warehouse as hashes or as their keys.
    """
    if kind.key == ("dossier_id",):
        return values["dossier_id"]
    plain = {column.name for column in kind.kind.columns if column.kind == "code" and not column.hashed}
    key = pd.DataFrame(
        {name: code_keys(values[name]).to_pandas() if name in plain else values[name] for name in kind.key}
    )
    ids: npt.NDArray[Any] = key.groupby(list(kind.key), dropna=False, sort=False).ngroup().to_numpy().copy()
    open_keys = np.logical_or.reduce([missing(values[name]) for name in kind.key if name not in kind.nullable])
    if kind.questionnaire is not None:
        # Two people may answer alike in one day: only to the second equal moments make two forms one.
        alike = open_keys & clock_time_known(values["answered_at"])
        ids[open_keys] = -1 - len(ids) - np.arange(open_keys.sum())
        open_keys = alike
    if open_keys.any():
        names = [column.name for column in kind.kind.columns]
        whole = pd.DataFrame({name: values[name][open_keys] for name in names}).astype("object")
        ids[open_keys] = -1 - whole.groupby(names, dropna=False, sort=False).ngroup().to_numpy()
    return ids


def within_file(
    columns: Mapping[str, npt.NDArray[Any]],
    keys: npt.NDArray[Any],
    eligible: BoolArray,
    content_names: Sequence[str] = CONTENT,
    ages: "InstantArray | None" = None,
) -> tuple[BoolArray, BoolArray]:
    """Return which rows repeat an earlier row, and which share their key with a row of other content.

    Only `eligible` rows are compared. Rows with equal key and equal values in all of `content_names` are one: the
    first is kept, the others repeat it. Where a key has rows of different content, all rows of that key conflict:
    which is right cannot be known. Where rows have `ages`, the newest of a key is right if it is the only one of its
    age, and the older ones count as repeats.
    """
    repeats, conflicts = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
    positions = _maybe_shared(keys, np.flatnonzero(eligible))
    shared = positions[pd.Series(keys[positions]).duplicated(keep=False).to_numpy()]
    if len(shared):
        content = pd.DataFrame({name: columns[name][shared] for name in content_names})
        is_repeat = content.assign(key=keys[shared]).duplicated().to_numpy()
        n_contents = pd.Series(~is_repeat).groupby(keys[shared]).transform("sum").to_numpy()
        conflicts[shared] = n_contents > 1
        repeats[shared] = is_repeat & (n_contents == 1)
        if ages is not None:
            _keep_newest(keys, ages, repeats, conflicts)
    return repeats, conflicts


def _maybe_shared(keys: npt.NDArray[Any], positions: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return those of the positions whose keys may stand at another one too: whole numbers are compared for texts."""
    if keys.dtype != object or len(positions) < _MANY:
        return positions
    hashes = pd.util.hash_array(keys[positions], categorize=False)
    order = np.sort(hashes)
    twice = order[1:][order[1:] == order[:-1]]
    return positions[np.isin(hashes, twice)] if len(twice) else positions[:0]


def _keep_newest(keys: npt.NDArray[Any], ages: InstantArray, repeats: BoolArray, conflicts: BoolArray) -> None:
    """Settle conflicts between rows of one key by their ages, where the newest stands alone and all have one."""
    positions = np.flatnonzero(conflicts)
    rows = pd.DataFrame({"key": keys[positions], "age": ages[positions]}, index=positions)
    for _, group in rows.groupby("key", sort=False):
        newest = group.index[group["age"] == group["age"].max()]
        if len(newest) == 1 and group["age"].notna().all():
            conflicts[group.index] = False
            repeats[group.index] = True
            repeats[newest] = False


def across_files(
    rows: pd.DataFrame, keys: npt.NDArray[Any], kind: IntakeKind
) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Return for rows of several files why a row is a duplicate ("" where it is none), and which rows conflict.

    `rows` has the columns of the schema (hashed codes) and `source_file`, `source_sheet`, `source_row`,
    `file_as_of` (newest event in the file); each of `keys` at most once per file. Rows of equal key and equal content
    are "identical" to the first of them by file name. Where contents differ but the first moment (for dossiers the
    date of receipt) does not, or is not yet known in one of them, the row of the file with the newest event is kept
    and the others are "superseded"; where that does not decide, or the moments differ, all of them conflict. The
    order of the rows does not matter.
    """
    reasons = pd.Series("", index=rows.index, dtype="object")
    conflicts = pd.Series(False, index=rows.index)
    keyed = pd.Series(keys, index=rows.index)
    twice = keyed.duplicated(keep=False)
    if not twice.any():
        return reasons, conflicts
    shared = rows[twice].assign(key=keyed[twice])
    shared = shared.sort_values(["source_file", "source_sheet", "source_row"], kind="stable")
    # 64 bits a row: rows of one key are few, so that no two contents will ever share a hash.
    content = pd.util.hash_pandas_object(shared[list(content_columns(kind))], index=False)
    shared = shared.assign(content=content.to_numpy())
    is_repeat = shared.duplicated(subset=["key", "content"])
    reasons[shared.index[is_repeat]] = "identical"
    # A content is as new as the newest file that holds it.
    newest = shared.groupby(["key", "content"])["file_as_of"].transform("max")
    kept = shared.assign(newest=newest)[~is_repeat]
    by_key = kept.groupby("key")
    n_contents = by_key["key"].transform("size")
    is_newest = kept["newest"] == by_key["newest"].transform("max")
    decided = _is_one_event(kept, kind) & (is_newest.groupby(kept["key"]).transform("sum") == 1)
    superseded = (n_contents > 1) & decided & ~is_newest
    reasons[kept.index[superseded]] = "superseded"
    in_conflict = shared["key"].isin(kept.loc[(n_contents > 1) & ~decided, "key"])
    conflicts[shared.index[in_conflict]] = True
    reasons[shared.index[in_conflict]] = ""
    return reasons, conflicts


def _is_one_event(kept: pd.DataFrame, kind: IntakeKind) -> "pd.Series[Any]":
    """Return where all rows of a key have one first moment by date, or none that is known."""
    if kind.same is None:
        return pd.Series(True, index=kept.index)
    n_moments: pd.Series[Any] = kept[kind.same].dt.floor("D").groupby(kept["key"]).transform("nunique")
    return n_moments <= 1


def places(names: Sequence[str], keys: npt.NDArray[Any], positions: npt.NDArray[np.intp]) -> dict[int, str]:
    """Return for each position the names of the other rows of the same key, shortened where there are many.

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
