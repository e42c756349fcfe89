"""Rows of the registers beside the dossiers: how a list shows a record, and which faults are planted in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from cchc_analysis.sample.accounts import FileAccount
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell

Record = TypeVar("Record")

DUPLICATE = "duplicate"
"""The fault of a row that repeats another one: intake counts it as a duplicate and rejects nothing."""

CONFLICT = "conflicting_code"

MANY_DOSSIERS = 60_000
"""Size of the sample for which the numbers of faults are given."""


@dataclass(frozen=True)
class Shown(Generic[Record]):
    """One column of a list: the canonical name of what stands in it ("" for what is not kept), header, cell."""

    name: str
    header: str
    cell: Callable[[Record], Cell]


@dataclass(frozen=True)
class Layout(Generic[Record]):
    """The form of one file: its name, titles above the header, columns, and what stands below the rows.

    `moment` is how text files write instants; `total` are the columns summed in a row "Tổng số". `groups`: the upper
    level of the header of a workbook, each a text with the names of the first and the last column below it.
    """

    file: str
    columns: tuple[Shown[Record], ...]
    titles: tuple[str, ...] = ()
    moment: str = "%d/%m/%Y %H:%M:%S"
    delimiter: str = ";"
    numbered: bool = False
    total: tuple[str, ...] = ()
    signed: bool = False
    groups: tuple[tuple[str, str, str], ...] = ()

    def row(self, record: Record) -> "RegisterRow[Record]":
        """Return the row that shows a record."""
        return RegisterRow(record, self, tuple(column.cell(record) for column in self.columns))

    def shows(self, name: str) -> bool:
        """Tell whether the list has a column of this canonical name."""
        return any(column.name == name for column in self.columns)


@dataclass(frozen=True)
class RegisterRow(Generic[Record]):
    """One row of a list: its record, its cells, and the kind of fault planted in it, if any."""

    record: Record
    layout: Layout[Record]
    cells: tuple[Cell, ...]
    fault: str = ""

    def broken(self, fault: str, **changes: Cell) -> "RegisterRow[Record]":
        """Return the row with the cells of the canonical columns changed."""
        cells = (changes.get(column.name, cell) for column, cell in zip(self.layout.columns, self.cells, strict=True))
        return replace(self, cells=tuple(cells), fault=fault)


@dataclass(frozen=True)
class Fault(Generic[Record]):
    """One kind of fault: how many of `MANY_DOSSIERS`, which rows can carry it, what then stands in their place.

    `rule` is the rule of intake that rejects such rows, "" for duplicates. `breaks` is given the row and how many times
    this fault was planted before.
    """

    kind: str
    n: int
    rule: str
    breaks: Callable[[RegisterRow[Record], int], tuple[RegisterRow[Record], ...]]
    able: Callable[[RegisterRow[Record]], bool]


Cells = Callable[[Record, int], Mapping[str, Cell]]
"""Given a record and a turn, the cells that a fault changes, by canonical column."""


def _any_row(row: RegisterRow[Any]) -> bool:
    return True


def changed(
    kind: str, n: int, rule: str, cells: Cells[Record], able: Callable[[RegisterRow[Record]], bool] = _any_row
) -> Fault[Record]:
    """Return a fault that changes cells of one row."""

    def breaks(row: RegisterRow[Record], turn: int) -> tuple[RegisterRow[Record], ...]:
        return (row.broken(kind, **cells(row.record, turn)),)

    return Fault(kind, n, rule, breaks, able)


def repeated(n: int) -> Fault[Any]:
    """Return the fault of a row that stands in the list twice."""
    return Fault(DUPLICATE, n, "", lambda row, turn: (row, replace(row, fault=DUPLICATE)), _any_row)


def conflicting(n: int, cells: Cells[Record], able: Callable[[RegisterRow[Record]], bool] = _any_row) -> Fault[Record]:
    """Return the fault of a second row with the same key and other content: neither can be taken."""

    def breaks(row: RegisterRow[Record], turn: int) -> tuple[RegisterRow[Record], ...]:
        return replace(row, fault=CONFLICT), row.broken(CONFLICT, **cells(row.record, turn))

    return Fault(CONFLICT, n, CONFLICT, breaks, able)


def planted(n: int, n_dossiers: int) -> int:
    """Return how often something is planted in a sample of `n_dossiers`, given how often in `MANY_DOSSIERS`.

    >>> planted(12, 60_000), planted(12, 30_000), planted(12, 600)
    (12, 6, 1)
    """
    return max(1, n * n_dossiers // MANY_DOSSIERS)


def plant(
    rows: Sequence[RegisterRow[Record]], faults: Sequence[Fault[Record]], n_dossiers: int, stream: Stream
) -> list[RegisterRow[Record]]:
    """Return the rows with faults in them, in the same order; a row carries one fault at most."""
    shuffled = stream.shuffled(len(rows))
    chosen: dict[int, tuple[Fault[Record], int]] = {}
    for fault in faults:
        able = (position for position in shuffled if position not in chosen and fault.able(rows[position]))
        # Taken before the choice is written down: the search looks at what is chosen already.
        first = [position for position, _ in zip(able, range(planted(fault.n, n_dossiers)), strict=False)]
        chosen.update({position: (fault, turn) for turn, position in enumerate(first)})
    found: list[RegisterRow[Record]] = []
    for position, row in enumerate(rows):
        if position in chosen:
            fault, turn = chosen[position]
            found.extend(fault.breaks(row, turn))
        else:
            found.append(row)
    return found


def accepted(rows: Iterable[RegisterRow[Record]]) -> list[Record]:
    """Return the records of the rows that intake has to take."""
    return [row.record for row in rows if not row.fault]


def skipped_rows(layout: Layout[Any]) -> dict[str, int]:
    """Return how many rows of each kind stand below the header of a list beside its records."""
    found = {"numbering": int(layout.numbered), "total": int(bool(layout.total)), "signature": 2 * layout.signed}
    return {kind: n for kind, n in found.items() if n}


def account(layout: Layout[Any], rows: Sequence[RegisterRow[Any]], rules: Mapping[str, str]) -> FileAccount:
    """Return the account of one list; `rules`: fault → rule of intake."""
    faults = Counter(row.fault for row in rows if row.fault)
    duplicates = faults.pop(DUPLICATE, 0)
    rejected, skipped = sum(faults.values()), skipped_rows(layout)
    reasons: Counter[str] = Counter()
    for kind, n in faults.items():
        reasons[rules[kind]] += n
    return FileAccount(
        read=len(rows) + sum(skipped.values()),
        accepted=len(rows) - rejected - duplicates,
        rejected=rejected,
        duplicates=duplicates,
        skipped=sum(skipped.values()),
        reasons=dict(sorted(reasons.items())),
        skipped_by_kind=skipped,
    )


def grouped(amount: int | None) -> str | None:
    """Return an amount of đồng as offices write it.

    >>> grouped(1234000), grouped(8000), grouped(0), grouped(None)
    ('1.234.000', '8.000', '0', None)
    """
    return None if amount is None else f"{amount:,}".replace(",", ".")


def shown_as_text(cell: Cell | date, moment: str) -> str:
    """Return a cell as a text file shows it; midnight is a date without a time."""
    if isinstance(cell, datetime):
        return f"{cell:{moment}}" if (cell.hour, cell.minute, cell.second) != (0, 0, 0) else f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell)
