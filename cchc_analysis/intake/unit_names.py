"""Names of units in a file to ids of the table of units, by the day of each row."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.instants import InstantArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.rules import label
from cchc_analysis.intake.tables import Note
from cchc_analysis.schema import Kind
from cchc_analysis.units import UnitRegistry


def resolve_units(rows: Rows, kind: Kind, registry: UnitRegistry) -> list[Note]:
    """Replace names of units by their ids; where the table of units knows none of them, say so once."""
    notes: list[Note] = []
    if not kind.units:
        return notes
    moment = rows.columns["units_on"] if "units_on" in rows.columns else _first_moment(rows, kind.moment)
    for column in kind.units:
        names = rows.columns[column]
        ids = _unit_ids(names, moment, registry)
        unknown = missing(ids) & ~missing(names)
        rows.columns[column] = np.where(unknown, names, ids)
        if not missing(ids).all():
            rows.marks[f"unit_unknown:{column}"] = unknown
        elif unknown.any():
            notes.append(_other_place(label(column, kind)))
    return notes


def _first_moment(rows: Rows, columns: tuple[str, ...]) -> InstantArray:
    moment = rows.columns[columns[0]]
    for name in columns[1:]:
        moment = np.where(np.isnat(moment), rows.columns[name], moment)
    return moment


def _unit_ids(names: npt.NDArray[Any], received: InstantArray, registry: UnitRegistry) -> npt.NDArray[Any]:
    """Return the id of each name on the day of the row, None where the name is not known."""
    which, distinct = pd.factorize(names)
    known = received[~np.isnat(received)].astype("datetime64[D]")
    first, last = (known.min().item(), known.max().item()) if len(known) else (None, None)
    by_name = [(registry.resolve(name, first), registry.resolve(name, last)) for name in distinct]
    ids = np.array([*(then for then, _ in by_name), None], dtype=object)[which]
    # Few names are shared by an old and a new unit; only for these the day decides.
    for number in (n for n, (then, now) in enumerate(by_name) if then != now):
        for position in np.flatnonzero((which == number) & ~np.isnat(received)):
            ids[position] = registry.resolve(distinct[number], received[position].astype("datetime64[D]").item())
    return ids


def _other_place(header: str) -> Note:
    return Note(
        "units_of_another_place",
        f"No name in '{header}' is in the table of units; the names are used as written.",
        f"Không có tên nào ở cột '{header}' nằm trong danh mục đơn vị; dùng nguyên tên như trong tệp.",
    )
