"""The flow of dossiers counted one by one in plain Python: what the whole pipeline has to find.

Slow and obvious on purpose; nothing of the counting engine is used here.
"""

from collections.abc import Callable, Iterable
from datetime import date

from cchc_analysis.sample.city import OFFICES, QUARTERS, WINDOW_END, WINDOW_START
from cchc_analysis.sample.generate import Dossier

CITY = "vung-tau"
WINDOWS = (*QUARTERS, ("2023", WINDOW_START, WINDOW_END))

COUNTS = (
    "received_online",
    "received_counter_post",
    "carried_over",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "pending_in_time",
    "pending_overdue",
    "pending_paused",
    "resolved_withdrawn",
    "resolved_without_due",
)
"""The cells of form II.06a, then three that are parts of them."""

RULES_EN = (
    "Dates are compared, not clock times. Closed means finished, and withdrawn on the day of withdrawal. "
    "Early: finish before due. On time: finish on the due date, no due date, or withdrawn. Late: finish after due. "
    "Pending in time: due on or after the last day of the window, no due date, or paused (supplement, financial duty, "
    "stopped) in the export and never closed. Carried over: received before the window and open when it starts. "
    "pending_paused is part of pending_in_time, resolved_withdrawn and resolved_without_due of resolved_on_time. "
    "Dossiers that were registered or not accepted, and rejected rows, are in no number."
)

Flow = dict[str, dict[str, int]]
UnitOf = Callable[[Dossier], str]


def resolving_unit(dossier: Dossier) -> str:
    """Return the unit that decides, as far as the export tells: the commune's file has no such column."""
    return dossier.office.unit if dossier.office.export == "utf16" else dossier.resolving_unit


def receiving_unit(dossier: Dossier) -> str:
    """Return the unit that received the dossier."""
    return dossier.office.unit


def count_flow(dossiers: Iterable[Dossier], start: date, end: date, *units_of: UnitOf) -> tuple[Flow, ...]:
    """Count the flow of one window (both ends included) for every unit and the city, once for each meaning of unit."""
    units = (CITY, *(office.unit for office in OFFICES))
    counted: tuple[Flow, ...] = tuple({unit: dict.fromkeys(COUNTS, 0) for unit in units} for _ in units_of)
    for dossier in dossiers:
        for cell in _cells(dossier, start, end):
            for flow, unit_of in zip(counted, units_of, strict=True):
                flow[unit_of(dossier)][cell] += 1
                flow[CITY][cell] += 1
    return counted


def _cells(dossier: Dossier, start: date, end: date) -> list[str]:
    if dossier.received_at is None or dossier.received_at.date() > end:
        return []
    closed = dossier.finished_at.date() if dossier.finished_at else None
    if closed is not None and closed < start:
        return []
    cells = []
    if dossier.received_at.date() < start:
        cells.append("carried_over")
    elif dossier.channel == "online":
        cells.append("received_online")
    else:
        cells.append("received_counter_post")
    if closed is not None and closed <= end:
        return cells + _resolved(dossier, closed)
    return cells + _pending(dossier, end)


def _resolved(dossier: Dossier, closed: date) -> list[str]:
    if dossier.status == "withdrawn":
        return ["resolved_on_time", "resolved_withdrawn"]
    if dossier.due_at is None:
        return ["resolved_on_time", "resolved_without_due"]
    due = dossier.due_at.date()
    if closed > due:
        return ["resolved_late"]
    return ["resolved_early"] if closed < due else ["resolved_on_time"]


def _pending(dossier: Dossier, end: date) -> list[str]:
    if dossier.status in ("supplement", "financial_duty", "stopped"):
        return ["pending_in_time", "pending_paused"]
    if dossier.due_at is None or dossier.due_at.date() >= end:
        return ["pending_in_time"]
    return ["pending_overdue"]


def flows(dossiers: list[Dossier], *units_of: UnitOf) -> tuple[dict[str, Flow], ...]:
    """Return the flow of every quarter and of the year by period and unit, once for each meaning of unit."""
    counted = {label: count_flow(dossiers, start, end, *units_of) for label, start, end in WINDOWS}
    return tuple({label: found[at] for label, found in counted.items()} for at in range(len(units_of)))
