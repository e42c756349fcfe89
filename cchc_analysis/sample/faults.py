"""The faults planted in the exports: which rows, what is wrong with them, what intake has to make of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from cchc_analysis.sample.city import WINDOW_START
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import STATUS_WORDS, ExportRow

FAULTS: dict[str, int] = {
    "unreadable_receipt": 30,
    "finish_before_receipt": 25,
    "exact_duplicate": 40,
    "conflicting_code": 12,
    "missing_code": 20,
    "unknown_status": 20,
    "open_with_finish": 20,
    "future_finish": 12,
}
"""Planted rows per 60,000 dossiers, at least one of each; `conflicting_code` counts pairs."""

DUPLICATE = "exact_duplicate"

RULES: dict[str, str] = {
    "unreadable_receipt": "date_unreadable",
    "finish_before_receipt": "finished_before_received",
    "conflicting_code": "conflicting_code",
    "missing_code": "code_missing",
    "unknown_status": "status_unknown",
    "open_with_finish": "open_with_finish_date",
    "future_finish": "finished_in_future",
}
"""The rule of intake that rejects each fault; a duplicate is no fault of the dossier and is counted apart."""

_UNREADABLE = ("31/02/2023 08:15:00", "32/13/2023", "15//06/2023", "không rõ ngày")
_UNKNOWN_STATUS = "Xem sổ theo dõi giấy"
_FUTURE = datetime(2024, 9, 4, 9, 0, 0)


def fault_counts(n_dossiers: int) -> dict[str, int]:
    """Return how often each fault is planted in a sample of `n_dossiers`.

    >>> fault_counts(60_000)["conflicting_code"], fault_counts(600)["conflicting_code"]
    (12, 1)
    """
    return {kind: max(1, n * n_dossiers // 60_000) for kind, n in FAULTS.items()}


def _can_carry_a_fault(row: ExportRow) -> bool:
    dossier = row.dossier
    return (
        dossier.status in ("finished", "returned")
        and dossier.due_at is not None
        and dossier.received_at is not None
        and dossier.received_at.date() >= WINDOW_START
    )


def _break(row: ExportRow, kind: str, turn: int) -> tuple[ExportRow, ...]:
    """Return the rows that stand in the export instead of a sound one, each breaking exactly one rule of intake."""
    dossier = row.dossier
    if kind == "unreadable_receipt":
        return (row.with_cells(kind, received=_UNREADABLE[turn % len(_UNREADABLE)]),)
    if kind == "finish_before_receipt" and dossier.received_at:
        finished = dossier.received_at - timedelta(days=2 + turn % 5)
        return (row.with_cells(kind, finished=finished, returned=None, status=STATUS_WORDS["finished"]),)
    if kind == DUPLICATE:
        return (row, replace(row, fault=kind))
    if kind == "conflicting_code" and dossier.due_at:
        return (replace(row, fault=kind), row.with_cells(kind, due=dossier.due_at + timedelta(days=1)))
    if kind == "missing_code":
        return (row.with_cells(kind, code=None),)
    if kind == "unknown_status":
        return (row.with_cells(kind, status=_UNKNOWN_STATUS),)
    if kind == "open_with_finish":
        return (row.with_cells(kind, status=STATUS_WORDS["processing"], returned=None),)
    finished = _FUTURE + timedelta(days=turn % 20, minutes=7 * turn)
    return (row.with_cells(kind, finished=finished, returned=None, status=STATUS_WORDS["finished"]),)


def plant_faults(rows: Sequence[ExportRow], stream: Stream) -> Iterator[ExportRow]:
    """Yield the rows with the faults in them, in the same order; copies follow the row they repeat.

    The number of each kind is that of `fault_counts(len(rows))`; a row carries one fault at most.
    """
    counts = fault_counts(len(rows))
    able = [position for position, row in enumerate(rows) if _can_carry_a_fault(row)]
    shuffled = np.argsort(stream.uniform(len(able)), kind="stable").tolist()
    kinds = [(kind, turn) for kind, n in counts.items() for turn in range(n)]
    chosen = {able[lot]: planted for lot, planted in zip(shuffled, kinds, strict=False)}
    for position, row in enumerate(rows):
        if position in chosen:
            yield from _break(row, *chosen[position])
        else:
            yield row
