"""A second list of the dossiers of three wards: what a paper register or another system says of the same dossiers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from cchc_analysis.sample.city import NAMES, QUARTERS, WINDOW_END, WINDOW_START
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.flows import resolving_unit
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_rows import (
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    plant,
    planted,
    repeated,
)

PAPER, TABLE, SYSTEM = "phuong-3", "phuong-5", "long-son"
WARDS = (PAPER, TABLE, SYSTEM)
"""A ward with a paper register, one with a table of its own, a commune with another system."""

OTHER_RECEIPT, OTHER_UNIT, OPEN_THERE, OTHER_FINISH, RECEIPT_AND_FINISH = 24, 12, 30, 18, 6
"""Conflicts planted per 60,000 dossiers: one kind each, and both of receipt and finish."""

ONLY_HERE, ONLY_THERE = 60, 75
BY_CODE_OF_PORTAL, BY_BOTH_OTHER_CODES = 40, 25
"""Rows found only by the other code: written under the portal's number, or by two systems that share it."""

_STATUSES = {"open": "Đang giải quyết", "withdrawn": "Rút hồ sơ", "finished": "Đã có kết quả", "returned": "Đã trả"}


@dataclass(frozen=True, slots=True)
class Noted:
    """One row of a second list: `dossier` is the dossier it means, None where the first list has none of it."""

    dossier: Dossier | None
    ward: str
    dossier_id: str
    dossier_id_other: str | None
    unit: str
    procedure_code: str
    procedure_name: str
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    status: str


def _noted(dossier: Dossier, number: int) -> Noted:
    """Return what an honest list says of the dossier: days for the paper register, numbers of its own in the system."""
    ward = dossier.office.unit
    own_number = f"LS.{dossier.received_at:%Y}.{number:05d}"
    return Noted(
        dossier=dossier,
        ward=ward,
        dossier_id=own_number if ward == SYSTEM else dossier.dossier_id,
        dossier_id_other=dossier.dossier_id if ward == SYSTEM else None,
        unit=ward,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        received_at=dossier.received_at or dossier.submitted_at,
        due_at=dossier.due_at,
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
        status=dossier.status if dossier.finished_at else "open",
    )


def quarter_of(day: date) -> str | None:
    """Return the label of the accounting quarter of a day, None outside the year of the sample."""
    return next((label for label, first, last in QUARTERS if first <= day <= last), None)


def _same_quarter(first: datetime | None, second: datetime | None) -> bool:
    return bool(first and second and quarter_of(first.date()) == quarter_of(second.date()) is not None)


def _other_receipt(row: Noted) -> Noted | None:
    moved = datetime.combine(row.received_at.date() - timedelta(days=1), time(8, 30))
    return replace(row, received_at=moved) if _same_quarter(row.received_at, moved) else None


def _other_unit(row: Noted) -> Noted | None:
    return replace(row, unit=WARDS[(WARDS.index(row.ward) + 1) % len(WARDS)])


def _open_there(row: Noted) -> Noted | None:
    if row.status not in ("finished", "returned"):
        return None
    return replace(row, finished_at=None, returned_at=None, status="open")


def _other_finish(row: Noted) -> Noted | None:
    if row.status not in ("finished", "returned") or row.finished_at is None:
        return None
    moved = row.finished_at + timedelta(days=2)
    if not _same_quarter(row.finished_at, moved):
        return None
    return replace(row, finished_at=moved, returned_at=None, status="finished")


def _other_receipt_and_finish(row: Noted) -> Noted | None:
    moved = _other_receipt(row)
    return _other_finish(moved) if moved else None


def _under_portal_number(row: Noted) -> Noted | None:
    """Write the dossier under the number of the national portal, which the first list has beside its own."""
    other = row.dossier.dossier_id_other if row.dossier else None
    return replace(row, dossier_id=other, dossier_id_other=None) if other and row.ward != SYSTEM else None


def _sharing_portal_number(row: Noted) -> Noted | None:
    """Write the portal's number beside a number of the other system: only the two other codes are equal."""
    other = row.dossier.dossier_id_other if row.dossier else None
    return replace(row, dossier_id_other=other) if other and row.ward == SYSTEM else None


CHANGES: dict[str, tuple[int, Callable[[Noted], Noted | None]]] = {
    "receipt_date": (OTHER_RECEIPT, _other_receipt),
    "unit": (OTHER_UNIT, _other_unit),
    "open_there": (OPEN_THERE, _open_there),
    "finish_date": (OTHER_FINISH, _other_finish),
    "receipt_and_finish": (RECEIPT_AND_FINISH, _other_receipt_and_finish),
    "under_portal_number": (BY_CODE_OF_PORTAL, _under_portal_number),
    "sharing_portal_number": (BY_BOTH_OTHER_CODES, _sharing_portal_number),
}
"""What is planted in rows of dossiers that both lists have: how often per 60,000, and how the row changes."""


def _change(rows: list[Noted], n_dossiers: int, latest: datetime, stream: Stream) -> None:
    """Plant `CHANGES`, one per row; only in dossiers received in the year, and nothing after `latest`."""
    shuffled = [at for at in stream.shuffled(len(rows)) if quarter_of(rows[at].received_at.date())]
    used: set[int] = set()
    for n, change in CHANGES.values():
        wanted = planted(n, n_dossiers)
        for at in shuffled:
            other = None if at in used or not wanted else change(rows[at])
            if other is not None and (other.finished_at or latest) <= latest:
                rows[at], wanted = other, wanted - 1
                used.add(at)


def _never_entered(rows: Sequence[Noted], n_dossiers: int) -> list[Noted]:
    """Return rows of dossiers that were never entered into the one-stop system, modelled on others."""
    wanted = planted(ONLY_THERE, n_dossiers)
    models = [row for row in rows if quarter_of(row.received_at.date())]
    step = max(1, len(models) // wanted)
    return [
        replace(row, dossier=None, dossier_id=f"SO-{row.ward}-{number:04d}", dossier_id_other=None)
        for number, row in enumerate(models[::step][:wanted], start=1)
    ]


def _only_day(moment: datetime | None) -> datetime | None:
    return datetime.combine(moment.date(), time()) if moment else None


def _whole(moment: datetime | None) -> datetime | None:
    return moment


def _shown(paper: bool) -> tuple[Shown[Noted], ...]:
    """Return what all three lists show; the paper register knows days only."""
    kept = _only_day if paper else _whole
    times: tuple[Shown[Noted], ...] = (
        Shown("received_at", "Ngày tiếp nhận", lambda row: kept(row.received_at)),
        Shown("due_at", "Ngày hẹn trả", lambda row: kept(row.due_at)),
        Shown("finished_at", "Ngày kết thúc xử lý", lambda row: kept(row.finished_at)),
        Shown("returned_at", "Ngày trả kết quả", lambda row: kept(row.returned_at)),
        Shown("status", "Trạng thái", lambda row: _STATUSES[row.status]),
    )
    return (
        Shown("unit", "Đơn vị", lambda row: f"UBND {NAMES[row.unit]}"),
        Shown("procedure_name", "Tên thủ tục hành chính", lambda row: row.procedure_name),
        Shown("", "Chủ hồ sơ", lambda row: "Công dân (giả lập)"),
        *times,
    )


_CODE: Shown[Noted] = Shown("dossier_id", "Mã hồ sơ", lambda row: row.dossier_id)
# Typed by hand: small letters, and a blank that nobody sees.
_TYPED: Shown[Noted] = Shown("dossier_id", "Số hồ sơ", lambda row: f"{row.dossier_id.lower()} ")
_OTHER: Shown[Noted] = Shown("dossier_id_other", "Mã hồ sơ khác", lambda row: row.dossier_id_other)
_PROCEDURE: Shown[Noted] = Shown("procedure_code", "Mã TTHC", lambda row: row.procedure_code)
_PERIOD = "Từ ngày 15/12/2022 đến ngày 14/12/2023"
_FORMS: dict[str, Layout[Noted]] = {
    PAPER: Layout(
        "so-theo-doi-phuong-3.xlsx",
        (_TYPED, *_shown(paper=True)),
        ("SỔ THEO DÕI HỒ SƠ (NHẬP TỪ SỔ GIẤY)", _PERIOD),
        numbered=True,
        signed=True,
    ),
    TABLE: Layout("bang-theo-doi-phuong-5.csv", (_CODE, _PROCEDURE, *_shown(paper=False)), delimiter=","),
    SYSTEM: Layout(
        "he-thong-rieng-long-son.xls", (_CODE, _OTHER, _PROCEDURE, *_shown(paper=False)), ("HỆ THỐNG THEO DÕI HỒ SƠ",)
    ),
}
LAYOUTS = tuple(_FORMS.values())


def _is_closed(row: RegisterRow[Noted]) -> bool:
    return row.record.finished_at is not None


def _finished_before(row: Noted, turn: int) -> dict[str, Cell]:
    finished = datetime.combine(row.received_at.date() - timedelta(days=3 + turn % 4), time(9))
    return {"finished_at": finished, "returned_at": None, "status": _STATUSES["finished"]}


FAULTS: tuple[Fault[Noted], ...] = (
    changed("missing_code", 6, "code_missing", lambda row, turn: {"dossier_id": None}),
    changed("unreadable_date", 6, "date_unreadable", lambda row, turn: {"received_at": "32/13/2023"}),
    changed("finish_before_receipt", 5, "finished_before_received", _finished_before, _is_closed),
    conflicting(3, lambda row, turn: {"received_at": row.received_at - timedelta(days=9)}),
    repeated(12),
)


def _of_ward(dossier: Dossier) -> bool:
    """Tell whether a second list has the dossier: received at one of the wards, decided there."""
    return (
        dossier.office.unit in WARDS
        and resolving_unit(dossier) == dossier.office.unit
        and dossier.received_at is not None
        and WINDOW_START <= dossier.received_at.date() <= WINDOW_END
    )


def draw_second_register(dossiers: Sequence[Dossier], latest: datetime, stream: Stream) -> list[RegisterRow[Noted]]:
    """Return the rows of the three second lists: honest ones, planted conflicts, and what only one list has."""
    own, n_dossiers = [dossier for dossier in dossiers if _of_ward(dossier)], len(dossiers)
    missing = set(stream.shuffled(len(own))[: planted(ONLY_HERE, n_dossiers)])
    rows = [_noted(dossier, at + 1) for at, dossier in enumerate(own) if at not in missing]
    unknown = _never_entered(rows, n_dossiers)
    _change(rows, n_dossiers, latest, stream)
    rows += unknown
    return plant([_FORMS[row.ward].row(row) for row in rows], FAULTS, n_dossiers, stream)
