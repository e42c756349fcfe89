"""The dates of the synthetic dossiers: receipt, due, finish and hand-over, on the working calendar."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.sample.catalogue import Procedure
from cchc_analysis.sample.city import (
    AS_OF,
    BUNCHING_EQUAL,
    BUNCHING_LAST_HOUR,
    BUNCHING_UNIT,
    CHANGE_FROM,
    DROP_UNIT,
    OFFICES,
    mixes,
)
from cchc_analysis.sample.draws import Flags, Integers, Stream, day_law
from cchc_analysis.working_time import WorkingCalendar

Instants = NDArray[np.datetime64]
Indices = NDArray[np.int64]

_MORNING, _NOON, _AFTERNOON, _CLOSING = 27_000, 41_400, 48_600, 61_200
_LAST_SAME_DAY_RECEIPT = 59_400
_NEVER = np.datetime64("NaT", "s")
# Monday to Friday; few come in the week before Tết.
_WEEKDAY_WEIGHTS = (125, 105, 100, 95, 90)
_LAST_PAST_PAUSE = date(2023, 11, 1)
_BEFORE_TET = (date(2023, 1, 12), date(2023, 1, 19))

PROCEDURES: tuple[Procedure, ...] = tuple(
    dict.fromkeys(procedure for office in OFFICES for procedure, _ in office.procedures)
)


@dataclass(frozen=True)
class Course:
    """The course of many dossiers: arrays of one length.

    `net_days`: working days used without the paused ones, as drawn; `finished_at` and `returned_at` are NaT where
    that never happens; `cosmetic` is 1 where the finish was set equal to due, 2 where put into the hour before.
    """

    office: Indices
    procedure: Indices
    received_at: Instants
    due_at: Instants
    finished_at: Instants
    returned_at: Instants
    net_days: Integers
    paused_days: Integers
    stuck: Flags
    withdrawn: Flags
    would_be_late: Flags
    cosmetic: Integers

    def where(self, wanted: Flags) -> Self:
        """Return the dossiers for which `wanted` is true."""
        return type(self)(**{item.name: getattr(self, item.name)[wanted] for item in fields(self)})

    def then(self, other: Self) -> Self:
        """Return these dossiers followed by the others."""
        return type(self)(
            **{
                item.name: np.concatenate([getattr(self, item.name), getattr(other, item.name)])
                for item in fields(self)
            }
        )


def of_procedures(procedure: Indices, attribute: str) -> NDArray[np.int64]:
    """Return an integer attribute of each dossier's procedure, −1 where it has none."""
    values = [getattr(item, attribute) for item in PROCEDURES]
    return np.array([-1 if value is None else int(value) for value in values], dtype=np.int64)[procedure]


def _seconds(days: NDArray[np.datetime64], second_of_day: Integers) -> Instants:
    return np.asarray(days.astype("datetime64[s]") + second_of_day.astype("timedelta64[s]"))


def office_second(stream: Stream, n: int) -> Integers:
    """Return seconds of the day within office hours, 07:30–11:30 and 13:30–17:00."""
    worked = stream.integers(0, (_NOON - _MORNING) + (_CLOSING - _AFTERNOON), n)
    afternoon = worked + _AFTERNOON - (_NOON - _MORNING)
    return np.where(worked < _NOON - _MORNING, _MORNING + worked, afternoon)


def _receipt_days(stream: Stream, calendar: WorkingCalendar, first: date, last: date, n: int) -> NDArray[np.datetime64]:
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    days = days[np.asarray(calendar.is_working_day(days), dtype=bool)]
    weights = [_WEEKDAY_WEIGHTS[min(day.weekday(), 4)] for day in days.astype(object)]
    for position, day in enumerate(days.astype(object)):
        if _BEFORE_TET[0] <= day <= _BEFORE_TET[1]:
            weights[position] //= 2
    return np.asarray(days[stream.pick(weights, n)])


def _procedures(stream: Stream, office: Indices, changed: Flags) -> Indices:
    procedure = np.zeros(len(office), dtype=np.int64)
    for position, phase, chosen in _cells(office, changed):
        mix = mixes(OFFICES[position])[int(phase)]
        numbers = np.array([PROCEDURES.index(item) for item, _ in mix], dtype=np.int64)
        procedure[chosen] = numbers[stream.pick([weight for _, weight in mix], int(chosen.sum()))]
    return procedure


def _cells(office: Indices, changed: Flags) -> Iterator[tuple[int, bool, Flags]]:
    for position in range(len(OFFICES)):
        for phase in (False, True):
            chosen = (office == position) & (changed == phase)
            if chosen.any():
                yield position, phase, chosen


def _net_days(stream: Stream, office: Indices, procedure: Indices, changed: Flags) -> Integers:
    days = np.zeros(len(office), dtype=np.int64)
    for position, phase, chosen in _cells(office, changed):
        for number in np.unique(procedure[chosen]):
            same = chosen & (procedure == number)
            law = day_law(PROCEDURES[number], OFFICES[position].unit, phase)
            days[same] = stream.pick(law.probabilities, int(same.sum()))
    return days


def _due(calendar: WorkingCalendar, received_at: Instants, procedure: Indices, paused_days: Integers) -> Instants:
    committed = of_procedures(procedure, "committed_days")
    by_calendar = np.array([item.day_kind == "calendar" for item in PROCEDURES])[procedure]
    working = np.asarray(calendar.deadline(received_at, np.maximum(committed, 0) + paused_days))
    running = np.asarray(calendar.deadline_calendar_days(received_at, np.maximum(committed, 0)))
    closing = _seconds(received_at.astype("datetime64[D]"), np.full(len(committed), _CLOSING, dtype=np.int64))
    due = np.where(by_calendar, running.astype("datetime64[s]"), working.astype("datetime64[s]"))
    due = np.where(committed == 0, closing, due)
    return np.where(committed < 0, _NEVER, due)


def _finish(stream: Stream, calendar: WorkingCalendar, received_at: Instants, gross_days: Integers) -> Instants:
    n = len(received_at)
    days = received_at.astype("datetime64[D]")
    last = np.asarray(calendar.deadline(days.astype("datetime64[s]"), gross_days)).astype("datetime64[D]")
    clock = office_second(stream, n)
    overtime = stream.chance(0.006, n)
    clock = np.where(overtime, stream.integers(_CLOSING, _CLOSING + 9_000, n), clock)
    received_second = (received_at - days).astype(np.int64)
    within_day = stream.integers(received_second + 240, np.maximum(_CLOSING, received_second + 900), n)
    # Nobody signs at lunch: what falls there is done in the first quarter of an hour of the afternoon.
    lunch = (within_day >= _NOON) & (within_day < _AFTERNOON)
    within_day = np.where(lunch, _AFTERNOON + (within_day - _NOON) // 8, within_day)
    on_the_day = np.where(overtime, np.maximum(clock, within_day), within_day)
    return np.where(gross_days == 0, _seconds(days, on_the_day), _seconds(last, clock))


def _hand_over(stream: Stream, calendar: WorkingCalendar, finished_at: Instants, same_day: Flags) -> Instants:
    n = len(finished_at)
    waits = np.where(same_day | stream.chance(0.55, n), 0, stream.integers(1, 7, n))
    days = finished_at.astype("datetime64[D]").astype("datetime64[s]")
    later = _seconds(np.asarray(calendar.deadline(days, waits)).astype("datetime64[D]"), office_second(stream, n))
    soon = finished_at + stream.integers(0, 420, n).astype("timedelta64[s]")
    never = stream.chance(0.02, n) & ~same_day
    return np.where(never, _NEVER, np.where(waits == 0, soon, later))


def _dress_up(stream: Stream, due_at: Instants, finished_at: Instants, candidates: Flags) -> tuple[Instants, Integers]:
    """Move the finish of some would-be-late dossiers onto the due time, or into the hour before it."""
    n = len(due_at)
    lot = stream.uniform(n)
    before_due = stream.integers(1, 3_600, n).astype("timedelta64[s]")
    equal = candidates & (lot < BUNCHING_EQUAL)
    last_hour = candidates & ~equal & (lot < BUNCHING_EQUAL + BUNCHING_LAST_HOUR)
    finished = np.where(equal, due_at, np.where(last_hour, due_at - before_due, finished_at))
    return finished, np.where(equal, 1, np.where(last_hour, 2, 0)).astype(np.int64)


def draw_course(stream: Stream, calendar: WorkingCalendar, first: date, last: date, n: int) -> Course:
    """Draw the whole course of `n` dossiers received from `first` to `last`, as if nothing were cut off at the end."""
    office = stream.pick([item.weight for item in OFFICES], n)
    days = _receipt_days(stream, calendar, first, last, n)
    changed = np.asarray(days >= np.datetime64(CHANGE_FROM, "D"))
    procedure = _procedures(stream, office, changed)
    committed = of_procedures(procedure, "committed_days")
    same_day = committed == 0
    second = office_second(stream, n)
    second = np.where(same_day & (second > _LAST_SAME_DAY_RECEIPT), second - 3_600, second)
    received_at = _seconds(days, second)
    net_days = _net_days(stream, office, procedure, changed)
    stuck = stream.chance(0.005, n) & ~same_day
    land = np.array([item.unit == DROP_UNIT for item in OFFICES])[office]
    # Past pauses are over when the exports are made; pauses that still run are a matter of the status.
    may_pause = land & ~stuck & (days < np.datetime64(_LAST_PAST_PAUSE, "D"))
    paused = np.where(may_pause & stream.chance(0.02, n), stream.integers(3, 16, n), 0)
    due_at = _due(calendar, received_at, procedure, paused)
    finished_at = _finish(stream, calendar, received_at, net_days + paused)
    # No coincidence to the second: where finish equals due, somebody has set it so.
    finished_at = np.where(finished_at == due_at, finished_at - np.timedelta64(1, "s"), finished_at)
    at_unit = np.array([item.unit == BUNCHING_UNIT for item in OFFICES])[office]
    by_working_days = np.array([item.day_kind == "working" for item in PROCEDURES])[procedure]
    would_be_late = at_unit & by_working_days & (committed > 0) & (net_days > committed)
    finished_at, cosmetic = _dress_up(stream, due_at, finished_at, would_be_late)
    net_days = np.where(cosmetic > 0, committed, net_days)
    withdrawn = stream.chance(0.008, n) & ~same_day & ~would_be_late
    finished_at = np.where(stuck, _NEVER, finished_at)
    returned_at = np.where(withdrawn, _NEVER, _hand_over(stream, calendar, finished_at, same_day))
    return Course(
        office, procedure, received_at, due_at, finished_at, returned_at, net_days, paused, stuck, withdrawn,
        would_be_late & ~stuck, np.where(stuck, 0, cosmetic),
    )  # fmt: skip


def cut_off(course: Course) -> Course:
    """Return the course as it is known at `AS_OF`: later finishes and hand-overs have not happened."""
    as_of = np.datetime64(AS_OF, "s")
    values = {item.name: getattr(course, item.name) for item in fields(course)}
    values["finished_at"] = np.where(course.finished_at <= as_of, course.finished_at, _NEVER)
    values["returned_at"] = np.where(course.returned_at <= as_of, course.returned_at, _NEVER)
    return Course(**values)
