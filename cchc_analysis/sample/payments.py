"""The lists of payments of the synthetic city: fees paid online, by transfer, by card and in cash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_rows import (
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    grouped,
    plant,
    planted,
    repeated,
)
from cchc_analysis.sample.traits import elapsed_share

COMMUNE = "long-son"
UNITS = (
    "phong-tai-chinh-ke-hoach",
    "phong-tai-nguyen-moi-truong",
    "phong-quan-ly-do-thi",
    "phong-kinh-te",
    "phong-van-hoa-thong-tin",
    "phong-y-te",
    COMMUNE,
)
"""Units whose payments are in the lists."""

PAID_OFFLINE_FLAG_ONLINE, PAID_ONLINE_FLAG_OFFLINE = 12, 18
"""Contradictions planted per 60,000 dossiers: what the list of dossiers says of the payment is not what was paid."""
TOTAL_DIFFERS, PAID_BEFORE_REQUESTED, PAID_TWICE = 6, 5, 20

_WORDS = {
    "online": "Thanh toán trực tuyến",
    "transfer": "Chuyển khoản",
    "card": "Quẹt thẻ (POS)",
    "cash": "Tiền mặt",
}
_STATUSES = {
    "requested": "Chờ thanh toán",
    "paid": "Đã thanh toán",
    "failed": "Thanh toán không thành công",
    "refunded": "Đã hoàn phí",
}
_EXEMPT, _FAILED_BEFORE = 0.08, 0.03


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment, or one attempt; amounts in đồng. `payment_id` is the number of the receipt."""

    dossier: Dossier
    payment_id: str
    method: str
    status: str
    requested_at: datetime | None
    paid_at: datetime | None
    refunded_at: datetime | None
    fee_amount: int
    charge_amount: int
    total_amount: int

    @property
    def stated_method(self) -> str | None:
        """The method as far as the list tells: the commune's receipts do not say how they were paid."""
        return None if self.dossier.office.unit == COMMUNE and self.method != "online" else self.method


@dataclass(frozen=True)
class Payments:
    """The payments with the rows of their lists; `contradicting`: dossiers whose flag does not say how they paid."""

    rows: list[RegisterRow[Payment]]
    contradicting: frozenset[str]


def _with_fee(dossiers: Sequence[Dossier]) -> list[Dossier]:
    return [
        item for item in dossiers if item.office.unit in UNITS and item.procedure.fee and item.received_at is not None
    ]


def _ways(dossiers: Sequence[Dossier], stream: Stream) -> list[str]:
    """Return how each dossier was paid, "" where nothing was paid: at the counter ever less in cash."""
    n = len(dossiers)
    received = np.array([item.received_at for item in dossiers], dtype="datetime64[s]")
    cash = 0.75 - 0.35 * elapsed_share(received)
    lot, exempt = stream.uniform(n), stream.chance(_EXEMPT, n)
    counter = np.where(lot < cash, "cash", np.where(lot < 0.5 + cash / 2, "transfer", "card"))
    online = np.array([bool(item.paid_online) for item in dossiers])
    return [str(way) for way in np.where(online, "online", np.where(exempt, "", counter))]


def _contradict(dossiers: Sequence[Dossier], ways: list[str], n_dossiers: int, stream: Stream) -> frozenset[str]:
    """Turn the way of some payments round, and return the codes of their dossiers."""
    wanted = {
        "online": planted(PAID_OFFLINE_FLAG_ONLINE, n_dossiers),
        "": planted(PAID_ONLINE_FLAG_OFFLINE, n_dossiers),
    }
    found = set()
    for row in stream.shuffled(len(dossiers)):
        dossier, group = dossiers[row], "online" if ways[row] == "online" else ""
        if wanted[group] and ways[row] and dossier.office.unit != COMMUNE:
            wanted[group] -= 1
            ways[row] = "cash" if group else "online"
            found.add(dossier.dossier_id)
    return frozenset(found)


def _payment(dossier: Dossier, way: str, number: int, minutes: int, latest: datetime) -> Payment:
    """Return the payment of a dossier: online when it was sent in, at the counter when it was received."""
    fee = dossier.procedure.fee
    charge = fee // 5 // 1000 * 1000
    came = dossier.received_at or dossier.submitted_at
    requested = dossier.submitted_at + timedelta(minutes=1 + minutes % 9) if way == "online" else None
    paid = requested + timedelta(minutes=2 + minutes) if requested else came + timedelta(minutes=1 + minutes)
    return Payment(dossier, f"{number:07d}", way, "paid", requested, min(paid, latest), None, fee - charge, charge, fee)


def _attempts(payment: Payment, lot: float) -> Iterator[Payment]:
    """Yield a failed attempt before some of the online payments, then the payment itself."""
    if payment.method == "online" and lot < _FAILED_BEFORE:
        yield replace(payment, payment_id=f"{payment.payment_id}-1", status="failed", paid_at=None)
    yield payment


def _second_payments(payments: Sequence[Payment], n_dossiers: int, latest: datetime) -> list[Payment]:
    """Return payments made twice by mistake, the second one paid back."""
    online = [item for item in payments if item.method == "online" and item.status == "paid" and item.paid_at]
    step = max(1, len(online) // planted(PAID_TWICE, n_dossiers))
    return [
        replace(
            item,
            payment_id=f"{item.payment_id}-2",
            status="refunded",
            paid_at=min(item.paid_at + timedelta(minutes=3), latest),
            refunded_at=min(item.paid_at + timedelta(days=3, hours=2), latest),
        )
        for item in online[step // 2 :: step]
        if item.paid_at
    ]


def _odd(payments: list[Payment], n_dossiers: int) -> None:
    """Make some totals differ from fee and charge, and some payments earlier than they were asked for."""
    online = [at for at, item in enumerate(payments) if item.method == "online" and item.status == "paid"]
    totals, early = planted(TOTAL_DIFFERS, n_dossiers), planted(PAID_BEFORE_REQUESTED, n_dossiers)
    for at in online[3::7][:totals]:
        payments[at] = replace(payments[at], total_amount=payments[at].total_amount + 2000)
    for at in online[5::7][:early]:
        paid = payments[at].paid_at
        if paid:
            payments[at] = replace(payments[at], requested_at=paid + timedelta(hours=1))


_HEAD: tuple[Shown[Payment], ...] = (Shown("dossier_id", "Mã hồ sơ", lambda item: item.dossier.dossier_id),)
_RECEIPT: tuple[Shown[Payment], ...] = (
    Shown("", "Người tiếp nhận", lambda item: f"Cán bộ {int(item.payment_id[:7]) % 9 + 1:02d}"),
    Shown("", "Loại tiếp nhận", lambda item: "Trực tuyến" if item.dossier.channel == "online" else "Trực tiếp"),
    Shown("", "Tên người nộp", lambda item: f"Người nộp {item.payment_id[:7]}"),
    Shown("payment_id", "Số biên lai", lambda item: item.payment_id),
    Shown("", "Mẫu số", lambda item: "01BLP0-001"),
    Shown("", "Ký hiệu", lambda item: "VT-23T"),
    Shown("received_at", "Ngày tiếp nhận", lambda item: item.dossier.received_at),
    Shown("paid_at", "Ngày thu", lambda item: item.paid_at),
)
_AS_TEXT: tuple[Shown[Payment], ...] = (
    Shown("fee_amount", "Phí (VNĐ)", lambda item: grouped(item.fee_amount)),
    Shown("charge_amount", "Lệ phí (VNĐ)", lambda item: grouped(item.charge_amount)),
    Shown("total_amount", "Tổng (VNĐ)", lambda item: grouped(item.total_amount)),
)
_COUNTERS: Layout[Payment] = Layout(
    "thu-phi-mot-cua.xlsx",
    (
        *_HEAD,
        Shown("unit", "Đơn vị", lambda item: item.dossier.office.name),
        *_RECEIPT,
        Shown("fee_amount", "Phí (VNĐ)", lambda item: item.fee_amount),
        Shown("charge_amount", "Lệ phí (VNĐ)", lambda item: item.charge_amount),
        _AS_TEXT[2],
        Shown("method", "Hình thức thanh toán", lambda item: _WORDS[item.method]),
    ),
    ("BẢNG KÊ THU PHÍ, LỆ PHÍ", "Từ ngày 15/12/2022 đến ngày 14/12/2023"),
    numbered=True,
    total=("fee_amount", "charge_amount", "total_amount"),
    signed=True,
)
_COMMUNE: Layout[Payment] = Layout(
    "thu-phi-long-son.xls",
    (*_HEAD, *_RECEIPT, *_AS_TEXT),
    ("BẢNG KÊ THU PHÍ, LỆ PHÍ XÃ LONG SƠN", "Từ ngày 15/12/2022 đến ngày 14/12/2023"),
    total=("fee_amount", "charge_amount", "total_amount"),
)
_ONLINE: Layout[Payment] = Layout(
    "thanh-toan-truc-tuyen.csv",
    (
        *_HEAD,
        Shown("payment_id", "Số biên lai", lambda item: item.payment_id),
        Shown("", "Tên người nộp", lambda item: f"Người nộp {item.payment_id[:7]}"),
        Shown("", "Số điện thoại", lambda item: f"0900{item.payment_id[1:7]}"),
        Shown("requested_at", "Ngày yêu cầu thanh toán", lambda item: item.requested_at),
        Shown("paid_at", "Ngày thu", lambda item: item.paid_at),
        *_AS_TEXT,
        Shown("method", "Hình thức thanh toán", lambda item: _WORDS[item.method]),
        Shown("status", "Trạng thái thanh toán", lambda item: _STATUSES[item.status]),
        Shown("refunded_at", "Ngày hoàn phí", lambda item: item.refunded_at),
    ),
)
LAYOUTS = (_COUNTERS, _COMMUNE, _ONLINE)


def _layout(payment: Payment) -> Layout[Payment]:
    if payment.method == "online":
        return _ONLINE
    return _COMMUNE if payment.dossier.office.unit == COMMUNE else _COUNTERS


def states_unit(payment: Payment) -> bool:
    """Tell whether the list of a payment says which unit took it; elsewhere only its dossier does."""
    return _layout(payment).shows("unit")


def _is_paid(row: RegisterRow[Payment]) -> bool:
    return row.record.status == "paid"


def _is_called_paid(row: RegisterRow[Payment]) -> bool:
    return _is_paid(row) and row.layout.shows("status")


def _later(payment: Payment, turn: int) -> dict[str, Cell]:
    return {"paid_at": datetime(2024, 9, 4, 9, turn % 60)}


FAULTS: tuple[Fault[Payment], ...] = (
    changed("missing_code", 8, "code_missing", lambda item, turn: {"dossier_id": None}),
    changed("missing_total", 6, "amount_missing", lambda item, turn: {"total_amount": None}),
    changed("negative_total", 4, "amount_unreadable", lambda item, turn: {"total_amount": "-8.000"}),
    changed("paid_without_date", 6, "paid_without_date", lambda item, turn: {"paid_at": None}, _is_called_paid),
    changed("unreadable_date", 6, "date_unreadable", lambda item, turn: {"paid_at": "31/02/2023 09:00:00"}, _is_paid),
    changed("future_payment", 4, "paid_in_future", _later, _is_paid),
    conflicting(4, lambda item, turn: {"total_amount": grouped(item.total_amount + 5000)}, _is_paid),
    repeated(15),
)


def draw_payments(dossiers: Sequence[Dossier], latest: datetime, stream: Stream) -> Payments:
    """Return the payments of the dossiers with a fee at `UNITS`, as their lists show them.

    Paid online where the list of dossiers says so, except for the planted contradictions; 8 % are exempt.
    Nothing is later than `latest`.
    """
    own, n_dossiers = _with_fee(dossiers), len(dossiers)
    ways = _ways(own, stream)
    contradicting = _contradict(own, ways, n_dossiers, stream)
    minutes, lot = stream.integers(0, 18, len(own)).tolist(), stream.uniform(len(own)).tolist()
    payments: list[Payment] = []
    for number, (dossier, way) in enumerate(zip(own, ways, strict=True), start=1):
        if way:
            payments += _attempts(_payment(dossier, way, number, minutes[number - 1], latest), lot[number - 1])
    payments += _second_payments(payments, n_dossiers, latest)
    _odd(payments, n_dossiers)
    rows = [_layout(item).row(item) for item in payments]
    return Payments(plant(rows, FAULTS, n_dossiers, stream), contradicting)
