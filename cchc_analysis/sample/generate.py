"""Generate the dossiers of the synthetic city, each with its planted truth beside it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.errors import ParameterError
from cchc_analysis.sample.catalogue import Office, Procedure
from cchc_analysis.sample.city import CHANGE_FROM, OFFICES, STOCK_FROM, WINDOW_END, WINDOW_START
from cchc_analysis.sample.draws import Flags, Integers, Stream
from cchc_analysis.sample.timeline import PROCEDURES, Course, cut_off, draw_course
from cchc_analysis.sample.traits import draw_never_received, draw_traits
from cchc_analysis.working_time import WorkingCalendar

MINIMUM_DOSSIERS = 200
_RATINGS = ("very_satisfied", "satisfied", "unsatisfied")
_COSMETICS = ("", "equal", "last_hour")
_WORKING_DAYS_OF_STOCK, _WORKING_DAYS_OF_WINDOW = 32, 250


@dataclass(frozen=True, slots=True)
class Dossier:
    """One synthetic dossier in canonical codes, with what only its maker knows.

    `working_days`: working days from receipt to finish net of pauses, as drawn (None while open, and where withdrawn);
    `would_be_late`: overran its term at the bunching unit before its finish was moved; `cosmetic`: how it was
    moved ("equal" to due, into the "last_hour", or "" not at all). The last five come from a stream of their own
    (`with_digital_traits`) and move nothing else.
    """

    dossier_id: str
    office: Office
    procedure: Procedure
    channel: str
    status: str
    submitted_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    paused_days: int
    documents_digitised: bool
    documents_reused: bool
    result_digitised: bool | None
    paid_online: bool | None
    rating: str | None
    working_days: int | None = None
    would_be_late: bool = False
    cosmetic: str = ""
    dossier_id_other: str | None = None
    return_channel: str | None = None
    reused_from_store: bool | None = None
    reused_from_results: bool | None = None
    result_electronic: bool | None = None
    supplemented_at: datetime | None = None

    @property
    def resolving_unit(self) -> str:
        """The unit that decides: the office itself unless the procedure names another."""
        return self.procedure.resolved_by or self.office.unit

    @property
    def changed(self) -> bool:
        """Whether it was received on or after the day from which the planted changes hold."""
        return self.received_at is not None and self.received_at.date() >= CHANGE_FROM


def _datetimes(instants: NDArray[np.datetime64]) -> list[Any]:
    return list(instants.astype("datetime64[s]").astype(object))


def _numbers(office: Integers, instants: NDArray[np.datetime64]) -> list[str]:
    """Number the dossiers of every office and day in the order in which they came."""
    texts = [""] * len(office)
    running, before = 0, (-1, date.min)
    for row in np.lexsort((np.arange(len(office)), instants, office)).tolist():
        day = instants[row].astype("datetime64[D]").astype(object)
        running = running + 1 if (int(office[row]), day) == before else 1
        before = (int(office[row]), day)
        texts[row] = f"{OFFICES[office[row]].number_part}-{day:%y%m%d}-{running:04d}"
    return texts


def _received(course: Course, stream: Stream, calendar: WorkingCalendar, numbers: list[str]) -> list[Dossier]:
    traits = draw_traits(stream, calendar, course)
    submitted, received, due, finished, returned = (
        _datetimes(item)
        for item in (traits.submitted_at, course.received_at, course.due_at, course.finished_at, course.returned_at)
    )
    dossiers = []
    for row, number in enumerate(numbers):
        procedure, status = PROCEDURES[course.procedure[row]], str(traits.status[row])
        decided = status in ("finished", "returned")
        dossiers.append(
            Dossier(
                dossier_id=number,
                office=OFFICES[course.office[row]],
                procedure=procedure,
                channel="online" if traits.online[row] else "post" if traits.post[row] else "counter",
                status=status,
                submitted_at=submitted[row],
                received_at=received[row],
                due_at=due[row],
                finished_at=finished[row],
                returned_at=returned[row],
                paused_days=int(traits.paused_days[row]),
                documents_digitised=bool(traits.documents_digitised[row]),
                documents_reused=bool(traits.documents_reused[row]),
                result_digitised=bool(traits.result_digitised[row]) if decided else None,
                paid_online=bool(traits.paid_online[row]) if procedure.fee else None,
                rating=_RATINGS[traits.rating[row]] if traits.rating[row] >= 0 else None,
                working_days=int(course.net_days[row]) if decided else None,
                would_be_late=bool(course.would_be_late[row]) and decided,
                cosmetic=_COSMETICS[course.cosmetic[row]] if decided else "",
            )
        )
    return dossiers


def _never_received(stream: Stream, n: int) -> tuple[Integers, NDArray[np.datetime64], list[dict[str, Any]]]:
    office, procedure, sent, refused = draw_never_received(stream, n)
    sent_at = _datetimes(sent)
    values = [
        {
            "office": OFFICES[office[row]],
            "procedure": PROCEDURES[procedure[row]],
            "status": "not_accepted" if refused[row] else "registered",
            "submitted_at": sent_at[row],
        }
        for row in range(n)
    ]
    return office, sent, values


def _unreceived(number: str, values: dict[str, Any]) -> Dossier:
    return Dossier(
        dossier_id=number,
        channel="online",
        received_at=None,
        due_at=None,
        finished_at=None,
        returned_at=None,
        paused_days=0,
        documents_digitised=False,
        documents_reused=False,
        result_digitised=None,
        paid_online=None,
        rating=None,
        **values,
    )


def _carried_over(course: Course) -> Flags:
    start = np.datetime64(WINDOW_START, "s")
    return np.asarray(np.isnat(course.finished_at) | (course.finished_at >= start))


def generate_dossiers(seed: int, n_dossiers: int) -> list[Dossier]:
    """Return `n_dossiers` synthetic dossiers, office by office in the order in which they came.

    They are the stock that is open when the window starts, what is received in it, and about four in a thousand that
    were sent online and never received. The same seed gives the same dossiers on every machine. Raises `ParameterError`
    for fewer than 200 dossiers: too few for every planted row.
    """
    if n_dossiers < MINIMUM_DOSSIERS:
        raise ParameterError(
            f"A sample needs at least {MINIMUM_DOSSIERS} dossiers, got {n_dossiers}. Ask for more.",
            f"Bộ dữ liệu mẫu cần ít nhất {MINIMUM_DOSSIERS} hồ sơ, nhận được {n_dossiers}. Hãy tăng số hồ sơ.",
        )
    stream, calendar = Stream(seed), WorkingCalendar.vietnam()
    n_never = max(4, n_dossiers * 4 // 1000)
    n_before = n_dossiers * _WORKING_DAYS_OF_STOCK // _WORKING_DAYS_OF_WINDOW
    before = draw_course(stream, calendar, STOCK_FROM, WINDOW_START - timedelta(days=1), n_before)
    kept = _carried_over(before)
    current = draw_course(stream, calendar, WINDOW_START, WINDOW_END, n_dossiers - n_never - int(kept.sum()))
    office, sent, unreceived = _never_received(stream, n_never)
    everything = before.then(current)
    # Numbered before the closed ones are dropped: the stock shows the gaps that a real stock shows.
    numbers = _numbers(np.concatenate([everything.office, office]), np.concatenate([everything.received_at, sent]))
    wanted = np.concatenate([kept, np.ones(len(current.office), dtype=bool)])
    course = cut_off(everything.where(wanted))
    own = [number for number, keep in zip(numbers, wanted.tolist(), strict=False) if keep]
    dossiers = _received(course, stream, calendar, own)
    dossiers += [_unreceived(*pair) for pair in zip(numbers[len(wanted) :], unreceived, strict=True)]
    order = {item.unit: position for position, item in enumerate(OFFICES)}
    dossiers.sort(key=lambda item: (order[item.office.unit], item.received_at or item.submitted_at, item.dossier_id))
    return dossiers
