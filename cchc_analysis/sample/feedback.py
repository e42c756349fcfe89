"""The logs of feedback and petitions of the synthetic city: messages from the portal and from the hotline."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import numpy as np

from cchc_analysis.sample.catalogue import Office
from cchc_analysis.sample.city import OFFICES, WINDOW_START
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.register_rows import (
    DUPLICATE,
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
from cchc_analysis.working_time import WorkingCalendar

DOSSIERS_PER_MESSAGE = 150
TERMS = {"portal": 10, "hotline": 5}
"""Working days within which a message has to be answered."""

ON_TIME = {"portal": 0.82, "hotline": 0.95}
NEVER_ANSWERED, NOT_ACCEPTED, WITHOUT_DUE = 0.03, 0.04, 0.02
DUE_BEFORE_RECEIPT = 2
"""Messages due before they were received, per 60,000 dossiers: intake lists the contradiction and lets them in."""

_FIELDS = ("Chứng thực", "Hộ tịch", "Đất đai", "Hoạt động xây dựng", "Bảo trợ xã hội")
_SOURCES = {"portal": "Cổng dịch vụ công", "hotline": "Đường dây nóng"}
_STATUSES = {
    "received": "Mới tiếp nhận",
    "processing": "Đang xử lý",
    "answered": "Đã trả lời",
    "not_accepted": "Không tiếp nhận",
}
_RATINGS = ("very_satisfied", "satisfied", "unsatisfied")
_RATING_WORDS = {"very_satisfied": "Rất hài lòng", "satisfied": "Hài lòng", "unsatisfied": "Không hài lòng"}
_RATING_WEIGHTS = {"portal": (40, 40, 20), "hotline": (60, 33, 7)}


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `due_at` is midnight of its last day, None where no term was set."""

    feedback_id: str
    number: int
    source: str
    field: str
    office: Office
    received_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    status: str
    published: bool | None
    rating: str | None


def _instants(stream: Stream, calendar: WorkingCalendar, n: int, source: str, latest: datetime) -> list[datetime]:
    """Return when messages came: any day and hour on the portal, office hours of working days on the hotline."""
    days = np.arange(np.datetime64(WINDOW_START, "D"), np.datetime64(latest, "D"))
    if source == "hotline":
        days = days[np.asarray(calendar.is_working_day(days), dtype=bool)]
    day = np.sort(stream.integers(0, len(days), n))
    minute = stream.integers(450, 680, n) if source == "hotline" else stream.integers(360, 1_320, n)
    return [
        datetime.combine(date, time()) + timedelta(minutes=minutes)
        for date, minutes in zip(days[day].astype(object), minute.tolist(), strict=True)
    ]


def _days_later(calendar: WorkingCalendar, day: datetime, n_days: int) -> datetime:
    """Return midnight of the day that lies a number of working days after a day."""
    return datetime.combine(calendar.deadline(day.date(), n_days), time())


def _messages(
    stream: Stream, calendar: WorkingCalendar, source: str, n: int, first: int, latest: datetime
) -> list[Message]:
    """Draw `n` messages of one source, numbered from `first` in the order in which they came."""
    offices = stream.pick([office.weight for office in OFFICES], n).tolist()
    fields = stream.integers(0, len(_FIELDS), n).tolist()
    lots = [stream.uniform(n).tolist() for _ in range(6)]
    stars = stream.pick(_RATING_WEIGHTS[source], n).tolist()
    found = []
    for row, received in enumerate(_instants(stream, calendar, n, source, latest)):
        answer, within, clock, refusal, due, asked = (lot[row] for lot in lots)
        refused = source == "portal" and refusal < NOT_ACCEPTED
        term = TERMS[source]
        answered = None if refused else _answered(calendar, received, source, (answer, within, clock), latest)
        found.append(
            Message(
                feedback_id=f"{'PA' if source == 'portal' else 'HL'}-{received:%Y}-{first + row:04d}",
                number=first + row,
                source=source,
                field=_FIELDS[fields[row]],
                office=OFFICES[offices[row]],
                received_at=received,
                due_at=None if due < WITHOUT_DUE else _days_later(calendar, received, term),
                answered_at=answered,
                status="not_accepted" if refused else "answered" if answered else _open_status(received, latest),
                published=asked < 0.7 if answered else None,
                rating=_RATINGS[stars[row]] if answered and asked < 0.6 else None,
            )
        )
    return found


def _open_status(received: datetime, latest: datetime) -> str:
    return "received" if received > latest - timedelta(days=3) else "processing"


def _answered(
    calendar: WorkingCalendar, received: datetime, source: str, lots: tuple[float, float, float], latest: datetime
) -> datetime | None:
    """Return when a message was answered, None where it was never or not yet answered when the lists were made."""
    answer, within, clock = lots
    if answer < NEVER_ANSWERED:
        return None
    on_time = (answer - NEVER_ANSWERED) / (1 - NEVER_ANSWERED) < ON_TIME[source]
    days = 1 + int(within * TERMS[source]) if on_time else TERMS[source] + 1 + int(within * 8)
    answered = _days_later(calendar, received, days) + timedelta(minutes=480 + int(clock * 200))
    return answered if answered <= latest else None


def _shown(source: str) -> tuple[Shown[Message], ...]:
    state: tuple[Shown[Message], ...] = (
        Shown("status", "Trạng thái", lambda item: _STATUSES[item.status]),
        Shown("published", "Công khai trả lời", lambda item: _yes_no(item.published)),
    )
    return (
        Shown("feedback_id", "Mã phản ánh", lambda item: item.feedback_id),
        Shown("", "Người phản ánh", lambda item: f"Người dân {item.number:04d}"),
        Shown("", "Số điện thoại", lambda item: f"0900{item.number:06d}"),
        Shown("source", "Nguồn phản ánh", lambda item: _SOURCES[item.source]),
        Shown("field", "Lĩnh vực", lambda item: item.field),
        Shown("unit", "Đơn vị xử lý", lambda item: item.office.name),
        Shown("", "Nội dung phản ánh", lambda item: f"Nội dung giả lập số {item.number}; không phải ý kiến thật"),
        Shown("received_at", "Ngày tiếp nhận", lambda item: item.received_at),
        Shown("due_at", "Hạn trả lời", lambda item: item.due_at),
        Shown("answered_at", "Ngày trả lời", lambda item: item.answered_at),
        *(state if source == "portal" else ()),
        Shown("rating", "Mức độ hài lòng", lambda item: _RATING_WORDS[item.rating] if item.rating else None),
    )


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "Có" if value else "Không"


_PORTAL_TITLES = ("SỔ THEO DÕI PHẢN ÁNH, KIẾN NGHỊ TRÊN CỔNG DỊCH VỤ CÔNG",)
_FIRST_HALF: Layout[Message] = Layout("phan-anh-kien-nghi-dot-1.xlsx", _shown("portal"), _PORTAL_TITLES, numbered=True)
_SECOND_HALF: Layout[Message] = Layout("phan-anh-kien-nghi-dot-2.csv", _shown("portal"))
_HOTLINE: Layout[Message] = Layout(
    "so-duong-day-nong.xls", _shown("hotline"), ("SỔ ĐƯỜNG DÂY NÓNG NĂM 2023",), moment="%H:%M %d/%m/%Y", signed=True
)
LAYOUTS = (_FIRST_HALF, _SECOND_HALF, _HOTLINE)
_HALF = datetime(2023, 6, 15)
_FUTURE = datetime(2024, 9, 4, 9)


def _layout(message: Message) -> Layout[Message]:
    if message.source == "hotline":
        return _HOTLINE
    return _FIRST_HALF if message.received_at < _HALF else _SECOND_HALF


def _is_answered(row: RegisterRow[Message]) -> bool:
    return row.record.answered_at is not None


def _is_called_answered(row: RegisterRow[Message]) -> bool:
    return _is_answered(row) and row.layout.shows("status")


def _answered_before(message: Message, turn: int) -> dict[str, Cell]:
    return {"answered_at": message.received_at - timedelta(days=1 + turn)}


FAULTS: tuple[Fault[Message], ...] = (
    changed("answered_before_receipt", 4, "answered_before_received", _answered_before, _is_answered),
    changed("missing_code", 3, "key_missing", lambda item, turn: {"feedback_id": None}),
    changed("unreadable_date", 3, "date_unreadable", lambda item, turn: {"received_at": "32/13/2023"}),
    changed("answered_without_date", 3, "answered_without_date", lambda *_: {"answered_at": None}, _is_called_answered),
    changed("unknown_status", 2, "status_unknown", lambda *_: {"status": "Xem sổ giấy"}, _is_called_answered),
    changed(
        "future_answer", 1, "answered_in_future", lambda *_: {"answered_at": datetime(2024, 9, 4, 9)}, _is_answered
    ),
    conflicting(2, lambda item, turn: {"field": "Lĩnh vực khác"}),
    repeated(4),
    Fault(
        "duplicate_in_next_list",
        3,
        "",
        lambda row, turn: (row, RegisterRow(row.record, _SECOND_HALF, row.cells, DUPLICATE)),
        lambda row: row.layout is _FIRST_HALF,
    ),
)


def draw_feedback(
    n_dossiers: int, latest: datetime, stream: Stream, calendar: WorkingCalendar
) -> list[RegisterRow[Message]]:
    """Return the messages of the year up to `latest`, as their logs show them: two in five come over the hotline."""
    n = max(60, n_dossiers // DOSSIERS_PER_MESSAGE)
    n_hotline = n * 2 // 5
    messages = _messages(stream, calendar, "portal", n - n_hotline, 1, latest)
    messages += _messages(stream, calendar, "hotline", n_hotline, n - n_hotline + 1, latest)
    with_due = [at for at, item in enumerate(messages) if item.due_at]
    for at in with_due[7::50][: planted(DUE_BEFORE_RECEIPT, n_dossiers)]:
        messages[at] = replace(messages[at], due_at=_days_later(calendar, messages[at].received_at, -2))
    return plant([_layout(item).row(item) for item in messages], FAULTS, n_dossiers, stream)
