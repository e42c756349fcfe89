"""The logs of certified copies of the synthetic city: requests on paper and electronic ones, by ward and month."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.sample.catalogue import COPY, Office
from cchc_analysis.sample.city import OFFICES, WINDOW_START
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.register_rows import (
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    plant,
    repeated,
)
from cchc_analysis.sample.traits import COMMUNE_DIGITISING_FROM
from cchc_analysis.working_time import WorkingCalendar

REQUESTS_PER_MILLE = {"electronic": 11, "paper": 12}
"""Requests of the year per 1,000 dossiers of the sample."""

GROWTH_PER_WEEK = 3
"""Added each week from the start of the duty to the weight 10 that a day has for electronic copies before it."""

REFUSED = 0.02
_WEIGHT_BEFORE = 10
_FUTURE = datetime(2024, 9, 4, 9)
_FORMS = {"electronic": "Bản điện tử", "paper": "Bản giấy"}
_STATUSES = {"requested": "Chờ chứng thực", "certified": "Đã chứng thực", "refused": "Từ chối chứng thực"}
_CERTIFYING = tuple(office for office in OFFICES if any(procedure is COPY for procedure, _ in office.procedures))


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """One request for certified copies; `certified_at` None while open and where refused."""

    copy_id: str
    number: int
    office: Office
    received_at: datetime
    certified_at: datetime | None
    form: str
    n_copies: int
    status: str


def _days(stream: Stream, calendar: WorkingCalendar, form: str, n: int, latest: datetime) -> NDArray[np.datetime64]:
    """Draw the days of receipt: even over the year for paper, growing from the start of the duty for electronic."""
    days = np.arange(np.datetime64(WINDOW_START, "D"), np.datetime64(latest, "D"))
    days = days[np.asarray(calendar.is_working_day(days), dtype=bool)]
    since = (days - np.datetime64(COMMUNE_DIGITISING_FROM, "D")).astype(np.int64)
    growing = np.where(since >= 0, _WEIGHT_BEFORE + 10 + GROWTH_PER_WEEK * (since // 7), _WEIGHT_BEFORE)
    weights = growing.tolist() if form == "electronic" else [1] * len(days)
    return np.sort(days[stream.pick(weights, n)])


def _requests(stream: Stream, calendar: WorkingCalendar, form: str, n: int, latest: datetime) -> list[CopyRequest]:
    offices = stream.pick([office.weight for office in _CERTIFYING], n).tolist()
    clocks, waits = stream.integers(455, 680, n).tolist(), stream.uniform(n).tolist()
    n_copies, refused = stream.integers(1, 6, n).tolist(), stream.chance(REFUSED, n).tolist()
    found = []
    for row, day in enumerate(_days(stream, calendar, form, n, latest).astype(object)):
        office, number = _CERTIFYING[offices[row]], row + 1
        received = datetime.combine(day, time()) + timedelta(minutes=clocks[row])
        certified = None if refused[row] else _certified(calendar, received, waits[row], latest)
        found.append(
            CopyRequest(
                copy_id=f"{office.number_part[4:6]}.{'DT' if form == 'electronic' else 'BS'}.{number:05d}/{day:%Y}",
                number=number,
                office=office,
                received_at=received,
                certified_at=certified,
                form=form,
                n_copies=n_copies[row],
                status="refused" if refused[row] else "certified" if certified else "requested",
            )
        )
    return found


def _certified(calendar: WorkingCalendar, received: datetime, wait: float, latest: datetime) -> datetime | None:
    """Return the same day for most, else a working day or two later; None where that is after the lists were made."""
    if wait < 0.8:
        return received + timedelta(minutes=5 + int(wait * 300))
    later = calendar.deadline(received.date(), 1 + int(wait > 0.95))
    certified = datetime.combine(later, received.time())
    return certified if certified <= latest else None


_COLUMNS: tuple[Shown[CopyRequest], ...] = (
    Shown("copy_id", "Số chứng thực", lambda item: item.copy_id),
    Shown("", "Người yêu cầu", lambda item: f"Người yêu cầu {item.number:05d}"),
    Shown("unit", "Đơn vị", lambda item: item.office.name),
    Shown("received_at", "Ngày yêu cầu", lambda item: item.received_at),
    Shown("certified_at", "Ngày chứng thực", lambda item: item.certified_at),
)
_FORM: Shown[CopyRequest] = Shown("form", "Hình thức bản sao", lambda item: _FORMS[item.form])
_N_COPIES: Shown[CopyRequest] = Shown("n_copies", "Số bản", lambda item: item.n_copies)
_STATUS: Shown[CopyRequest] = Shown("status", "Trạng thái", lambda item: _STATUSES[item.status])

_WARDS: Layout[CopyRequest] = Layout(
    "so-chung-thuc-ban-sao.xlsx",
    (*_COLUMNS, _FORM, _N_COPIES, _STATUS),
    ("SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH", "Năm 2023"),
    numbered=True,
    total=("n_copies",),
    signed=True,
)
_ELECTRONIC: Layout[CopyRequest] = Layout("chung-thuc-ban-sao-dien-tu.csv", (*_COLUMNS, _N_COPIES, _STATUS))
_JUSTICE: Layout[CopyRequest] = Layout(
    "so-chung-thuc-phong-tu-phap.xls",
    (*_COLUMNS, _FORM, _N_COPIES, _STATUS),
    ("SỔ CHỨNG THỰC PHÒNG TƯ PHÁP",),
    moment="%d/%m/%Y %H:%M",
)
LAYOUTS = (_WARDS, _ELECTRONIC, _JUSTICE)


def _layout(request: CopyRequest) -> Layout[CopyRequest]:
    if request.office.unit == "phong-tu-phap":
        return _JUSTICE
    # The wards of the other system keep electronic copies in a list of their own, which needs no column for the form.
    return _ELECTRONIC if request.form == "electronic" and request.office.export != "html" else _WARDS


def _is_certified(row: RegisterRow[CopyRequest]) -> bool:
    return row.record.certified_at is not None


def _certified_before(request: CopyRequest, turn: int) -> dict[str, Cell]:
    return {"certified_at": request.received_at - timedelta(days=1 + turn % 4)}


def _in_wards(row: RegisterRow[CopyRequest]) -> bool:
    return row.layout.shows("form")


FAULTS: tuple[Fault[CopyRequest], ...] = (
    changed("certified_before_receipt", 6, "certified_before_received", _certified_before, _is_certified),
    changed("missing_code", 5, "key_missing", lambda item, turn: {"copy_id": None}),
    changed("unreadable_date", 5, "date_unreadable", lambda item, turn: {"received_at": "31/02/2023"}),
    changed("unknown_form", 3, "form_unknown", lambda item, turn: {"form": "Bản in thử"}, _in_wards),
    changed("future_copy", 2, "certified_in_future", lambda *_: {"certified_at": _FUTURE}, _is_certified),
    conflicting(3, lambda item, turn: {"n_copies": item.n_copies + 1}),
    repeated(8),
)


def draw_copies(
    n_dossiers: int, latest: datetime, stream: Stream, calendar: WorkingCalendar
) -> list[RegisterRow[CopyRequest]]:
    """Return the requests of the year up to `latest`, as the logs of wards and justice show them."""
    rows = [
        _layout(item).row(item)
        for form, share in REQUESTS_PER_MILLE.items()
        for item in _requests(stream, calendar, form, max(30, n_dossiers * share // 1000), latest)
    ]
    return plant(rows, FAULTS, n_dossiers, stream)
