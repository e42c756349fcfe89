"""Rows of dossiers and registers drawn from a seed: every gap, edge and contradiction that intake lets pass."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from spec.register_tables import Rows

from cchc_analysis.schema import (
    CHANNELS,
    COPY_FORMS,
    COPY_STATUSES,
    FEEDBACK_SOURCES,
    FEEDBACK_STATUSES,
    KINDS,
    PAYMENT_METHODS,
    PAYMENT_STATUSES,
    RATINGS,
    SERVICE_LEVELS,
    STATUSES,
)
from cchc_analysis.warehouse import table_schema

UNITS = ("phuong-1", "phuong-2", "phong-y-te", "noi-khac")
PROCEDURES = ("1.001", "1.002", "1.003", "1.004", "1.005")
FIRST = datetime(2023, 1, 25)
DAYS = 160
"""Moments run from FIRST over so many days: beyond `as_of` of the tests, 14/06/2023."""

EMPTY = {kind: dict.fromkeys(table_schema(KINDS[kind]).names) for kind in KINDS}


class Draws:
    """Draws of single values; `some` leaves a gap in one case of five."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, *values: Any) -> Any:
        return None if self.random.random() < 0.2 else self.random.choice(values)

    def moment(self) -> datetime:
        day = FIRST + timedelta(days=self.random.randrange(DAYS))
        # Midnight says that only the date is known.
        return day if self.random.random() < 0.3 else day + timedelta(minutes=self.random.randrange(1, 1440))

    def after(self, moment: datetime, days: int = 30) -> datetime | None:
        later = moment + timedelta(minutes=self.random.randrange(days * 1440))
        return self.some(later, later.replace(hour=0, minute=0) if later.date() > moment.date() else later)

    def flag(self) -> bool | None:
        return self.some(True, False)

    def dossier(self, number: int) -> dict[str, Any]:
        received = self.moment()
        row: dict[str, Any] = {name: self.flag() for name in ("paid_online", "documents_digitised", "documents_reused")}
        row |= {name: self.flag() for name in ("reused_from_store", "reused_from_results")}
        row |= {name: self.flag() for name in ("result_digitised", "result_electronic")}
        return (
            EMPTY["dossiers"]
            | row
            | {
                "dossier_id": f"H{number}",
                "dossier_id_other": self.some(f"P{self.random.randrange(40)}", f"R{self.random.randrange(60)}"),
                "procedure_code": self.some(*PROCEDURES, "9.999"),
                "procedure_name": self.some("ten 1.001", "ten 1.002", "ten khac"),
                "field": self.some("a", "b"),
                "receiving_unit": self.random.choice(UNITS),
                "resolving_unit": self.some(*UNITS),
                "channel": self.some(*CHANNELS),
                "return_channel": self.some(*CHANNELS),
                "service_level": self.some(*SERVICE_LEVELS),
                "submitted_at": self.some(received, received - timedelta(hours=self.random.randrange(90))),
                "received_at": received,
                "due_at": self.after(received),
                "finished_at": self.after(received),
                "returned_at": self.after(received),
                "status": self.random.choice(STATUSES),
            }
        )

    def payment(self, number: int) -> dict[str, Any]:
        asked = self.moment()
        return EMPTY["payments"] | {
            "dossier_id": f"H{self.random.randrange(90)}",
            "payment_id": str(number),
            "unit": self.some(*UNITS),
            "received_at": self.some(asked),
            "requested_at": self.some(asked),
            "paid_at": self.after(asked, 40),
            "total_amount": self.some(20_000.0, 15_000.0, 7_500.5, 0.0),
            "method": self.some(*PAYMENT_METHODS),
            "status": self.some("paid", "paid", *PAYMENT_STATUSES),
            "refunded_at": None if self.random.random() < 0.8 else self.after(asked, 90),
        }

    def message(self, number: int) -> dict[str, Any]:
        received = self.moment()
        return EMPTY["feedback"] | {
            "feedback_id": f"F{number}",
            "source": self.some(*FEEDBACK_SOURCES),
            "field": self.some("a", "b"),
            "unit": self.random.choice(UNITS),
            "received_at": received,
            "due_at": self.after(received, 20),
            "answered_at": self.after(received, 25),
            "status": self.some(*FEEDBACK_STATUSES),
            "rating": self.some(*RATINGS),
        }

    def copy(self, number: int) -> dict[str, Any]:
        received = self.moment()
        return EMPTY["e_copies"] | {
            "copy_id": f"C{number}",
            "unit": self.random.choice(UNITS),
            "received_at": received,
            "certified_at": self.after(received, 10),
            "form": self.some(*COPY_FORMS),
            "n_copies": self.some(1.0, 3.0, 12.0),
            "status": self.some(*COPY_STATUSES),
        }

    def entry(self, code: str, unit: str | None) -> dict[str, Any]:
        decided = self.some(self.moment())
        return (
            EMPTY["procedures"]
            | {name: self.flag() for name in ("has_fee", "payable_online", "eligible_online")}
            | {name: self.flag() for name in ("offered_online", "integrated")}
            | {
                "procedure_code": code,
                "procedure_name": f"ten {code}",
                "field": self.some("a", "b"),
                "unit": unit,
                "tier": self.some("city", "commune"),
                "decided_at": decided,
                "published_at": None if decided is None else self.after(decided, 20),
                "valid_from": self.some(self.moment() - timedelta(days=60)),
                "valid_to": None if self.random.random() < 0.8 else self.moment(),
            }
        )

    def other(self, number: int, here: Rows) -> dict[str, Any]:
        twin = self.random.choice(here)
        received = self.random.choice([twin["received_at"], twin["received_at"], self.moment()])
        code = self.random.choice([f"H{number}", f"R{number}", f"R{number}"])
        return EMPTY["other_register"] | {
            "dossier_id": code,
            "dossier_id_other": self.some(twin["dossier_id"], f"P{self.random.randrange(40)}"),
            "unit": self.random.choice([twin["receiving_unit"], *UNITS[:3]]),
            "received_at": received,
            "finished_at": self.some(twin["finished_at"], self.after(received)),
            "returned_at": self.some(twin["returned_at"], self.after(received)),
            "status": self.some(*STATUSES),
        }


def city(seed: int, size: int = 60) -> dict[str, Rows]:
    """Return rows of every kind: `size` of each, codes unique, the catalogue with and without units."""
    draws = Draws(seed)
    dossiers = [draws.dossier(number) for number in range(size)]
    return {
        "dossiers": dossiers,
        "payments": [draws.payment(number) for number in range(size)],
        "feedback": [draws.message(number) for number in range(size)],
        "e_copies": [draws.copy(number) for number in range(size)],
        "procedures": [draws.entry(code, unit) for code in PROCEDURES for unit in (None, "phuong-1", "phong-y-te")],
        "other_register": [draws.other(number, dossiers) for number in range(size)] if size else [],
    }
