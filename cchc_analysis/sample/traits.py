"""Everything about the synthetic dossiers that is not a date of their course: channel, status, digitisation, rating."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.sample.city import AS_OF, DROP_UNIT, OFFICES, WINDOW_END, WINDOW_START
from cchc_analysis.sample.draws import Flags, Integers, Stream
from cchc_analysis.sample.timeline import PROCEDURES, Course, Indices, Instants, of_procedures, office_second
from cchc_analysis.working_time import WorkingCalendar

COMMUNE_DIGITISING_FROM = date(2023, 6, 1)
"""Communes had to digitise dossiers at intake from this day (Chỉ thị 02/CT-TTg, 2022)."""

_ONLINE_START, _ONLINE_RISE = 0.20, 0.42
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Traits:
    """Traits of many dossiers, arrays of one length; `rating` is −1 where nobody rated."""

    online: Flags
    post: Flags
    submitted_at: Instants
    status: NDArray[np.str_]
    paused_days: Integers
    documents_digitised: Flags
    documents_reused: Flags
    result_digitised: Flags
    paid_online: Flags
    rating: Integers


def elapsed_share(instants: Instants) -> NDArray[np.float64]:
    """Return how much of the year has passed at each instant, 0 before the window and 1 after it."""
    day = (instants.astype("datetime64[D]") - np.datetime64(WINDOW_START, "D")).astype(np.float64)
    return np.asarray(np.clip(day / (WINDOW_END - WINDOW_START).days, 0.0, 1.0))


def draw_submission(
    stream: Stream, calendar: WorkingCalendar, received_at: Instants, online: Flags, post: Flags
) -> Instants:
    """Draw when each dossier was sent in: at any hour online, days before by post, at receipt over the counter.

    Nearly all online dossiers are accepted within eight working hours; a few wait for days.
    """
    n = len(received_at)
    day = received_at.astype("datetime64[D]")
    lot = stream.uniform(n)
    shortly = received_at - stream.integers(120, 10_800, n).astype("timedelta64[s]")
    evening = np.asarray(calendar.deadline(day, np.full(n, -1))).astype("datetime64[s]") + np.timedelta64(61_200, "s")
    opening = day.astype("datetime64[s]") + np.timedelta64(27_000, "s")
    gap = (opening - evening).astype(np.int64)
    overnight = evening + stream.integers(0, gap, n).astype("timedelta64[s]")
    days_before = np.asarray(calendar.deadline(day, np.full(n, -3))).astype("datetime64[s]")
    neglected = days_before + office_second(stream, n).astype("timedelta64[s]")
    sent = np.where(lot < 0.55, shortly, np.where(lot < 0.985, overnight, neglected))
    posted = received_at - stream.integers(1, 4, n).astype("timedelta64[D]")
    return np.where(online, sent, np.where(post, posted, received_at))


def _status(stream: Stream, course: Course, waited: Integers) -> NDArray[np.str_]:
    n = len(waited)
    lot, choice = stream.uniform(n), stream.uniform(n)
    committed = of_procedures(course.procedure, "committed_days")
    land = np.array([item.unit == DROP_UNIT for item in OFFICES])[course.office]
    financial = land & (choice < 0.35)
    pausing = np.where(financial, "financial_duty", np.where(choice > 0.92, "stopped", "supplement"))
    may_pause = (waited > 0) & (course.paused_days == 0) & ((committed >= 3) | course.stuck)
    pauses = may_pause & (lot < np.where(course.stuck, 0.75, 0.12))
    running = np.where((waited <= 1) & (lot > 0.7), "accepted", "processing")
    is_open = np.isnat(course.finished_at)
    closed = np.where(np.isnat(course.returned_at), "finished", "returned")
    closed = np.where(course.withdrawn, "withdrawn", closed)
    return np.where(is_open, np.where(pauses, pausing, running), closed)


def _digitisation(stream: Stream, course: Course, online: Flags) -> tuple[Flags, Flags, Flags]:
    n = len(online)
    share = elapsed_share(course.received_at)
    ward = np.array([item.export != "workbook" for item in OFFICES])[course.office]
    before = course.received_at < np.datetime64(COMMUNE_DIGITISING_FROM, "s")
    documents = np.where(ward, np.where(before, 0.20, 0.40 + 0.45 * share), 0.55 + 0.35 * share)
    digitised = stream.chance(np.where(online, np.maximum(documents, 0.75), documents), n)
    reused = digitised & online & stream.chance(0.10 + 0.30 * share, n)
    result = stream.chance(np.where(online, 0.40, 0.25) + 0.50 * share, n)
    return digitised, reused, result & ~np.isnat(course.finished_at) & ~course.withdrawn


def draw_traits(stream: Stream, calendar: WorkingCalendar, course: Course) -> Traits:
    """Draw the traits of dossiers whose course is known up to `AS_OF`."""
    n = len(course.office)
    share = elapsed_share(course.received_at)
    scale = of_procedures(course.procedure, "online_percent") / 100
    online = stream.chance(np.minimum((_ONLINE_START + _ONLINE_RISE * share) * scale, 0.97), n)
    information = np.array([item.level == "information" for item in PROCEDURES])[course.procedure]
    post = ~online & ~information & stream.chance(0.03, n)
    waited = np.asarray(calendar.working_days_between(course.received_at, np.datetime64(AS_OF, "s")), dtype=np.int64)
    status = _status(stream, course, waited)
    pausing = np.isin(status, ("supplement", "financial_duty", "stopped"))
    since = stream.integers(1, np.minimum(waited, 60) + 1, n)
    digitised, reused, result = _digitisation(stream, course, online)
    paid_online = online & stream.chance(0.30 + 0.45 * share, n) & (of_procedures(course.procedure, "fee") > 0)
    asked = (status == "returned") & stream.chance(0.35, n)
    rating = np.where(asked, stream.pick((820, 165, 15), n), -1)
    submitted_at = draw_submission(stream, calendar, course.received_at, online, post)
    paused_days = np.where(pausing, since, course.paused_days)
    return Traits(online, post, submitted_at, status, paused_days, digitised, reused, result, paid_online, rating)


def draw_never_received(stream: Stream, n: int) -> tuple[Indices, Indices, Instants, Flags]:
    """Draw online dossiers that no office received: office, procedure, time sent, and whether refused.

    A quarter of them were sent in the last three days and wait; the others were refused in the course of the year.
    """
    office = stream.pick([item.weight for item in OFFICES], n)
    procedure = np.zeros(n, dtype=np.int64)
    for position in np.unique(office):
        chosen = office == position
        mix = OFFICES[position].procedures
        # Cheap level-2 procedures cannot be sent online at all.
        numbers = np.array([PROCEDURES.index(item) for item, _ in mix], dtype=np.int64)
        weights = [0 if item.level == "information" else weight for item, weight in mix]
        procedure[chosen] = numbers[stream.pick(weights, int(chosen.sum()))]
    refused = np.arange(n) >= max(1, n // 4)
    year = (WINDOW_END - WINDOW_START).days - 9
    day = np.where(refused, stream.integers(0, year, n), (WINDOW_END - WINDOW_START).days - stream.integers(0, 3, n))
    sent = np.datetime64(WINDOW_START, "s") + day * _DAY + stream.integers(18_000, 82_000, n).astype("timedelta64[s]")
    return office, procedure, sent, refused
