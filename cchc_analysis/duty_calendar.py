"""The days on which a plan wants reports, as a calendar file (.ics) that any calendar program takes in."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from cchc_analysis.errors import Language
from cchc_analysis.formats import day
from cchc_analysis.plan import Duty, DutyDate, Plan
from cchc_analysis.reporters import period_label, report_period, reporting_units
from cchc_analysis.units import UnitRegistry

ALARM: Final = timedelta(days=-7)
"""A reminder rings so long before the last day on time begins."""


def duty_calendar(
    plan: Plan,
    registry: UnitRegistry,
    *,
    unit: str = "all",
    as_of: date | None = None,
    language: Language = "vi",
) -> bytes:
    """Return the dated duties of a plan as an iCalendar file (RFC 5545), all of them or those of one `unit` (an id).

    One event per duty and day, on the whole of the last day on time, with an alarm seven days before; its UID is the
    same in every file made from the plan. The stamp is `as_of`, else the first day of the year of the plan: no clock is
    read, and the same plan gives the same bytes.

    >>> from cchc_analysis.plan import load_plan
    >>> duty_calendar(load_plan("vung-tau-2023"), UnitRegistry.load()).splitlines()[0]
    b'BEGIN:VCALENDAR'
    """
    calendar = Calendar()
    calendar.add("prodid", "-//cchc-analysis//Lich bao cao//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name_of_all = _words(language, "Lịch báo cáo cải cách hành chính", "Reports on administrative reform")
    calendar.add("x-wr-calname", name_of_all)
    stamp = datetime.combine(as_of or date(plan.year, 1, 1), time(), UTC)
    seen: Counter[str] = Counter()
    for duty in plan.duties:
        for dated in duty.dates:
            if dated.before is None:
                continue
            name = f"{duty.id}-{period_label(dated.period)}"
            seen[name] += 1
            units = reporting_units(duty.reporters, registry, dated.before)
            if unit in ("all", *units):
                event = _event(plan, duty, dated, dated.before, units, registry, language)
                # The n-th of one name has its number, so that no two events share a UID.
                event.add("uid", _uid(plan, name if seen[name] == 1 else f"{name}-{seen[name]}"))
                event.add("dtstamp", stamp)
                calendar.add_component(event)
    return bytes(calendar.to_ical())


def _uid(plan: Plan, name: str) -> str:
    return f"{plan.name or plan.year}-{name}@cchc-analysis".replace(" ", "-")


def _event(
    plan: Plan,
    duty: Duty,
    dated: DutyDate,
    before: date,
    units: tuple[str, ...],
    registry: UnitRegistry,
    language: Language,
) -> Event:
    label, period = period_label(dated.period), report_period(dated.period)
    last = before - timedelta(days=1)
    when = label if period is None else period.title(language)
    event = Event()
    event.add("dtstart", last)
    event.add("dtend", before)
    event.add("summary", f"{duty.title.text(language)} ({when})")
    event.add("description", _description(plan, duty, before, units, registry, language))
    event.add("categories", [_words(language, "Báo cáo cải cách hành chính", "Administrative reform")])
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{duty.title.text(language)} ({when})")
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event


def _description(
    plan: Plan, duty: Duty, before: date, units: tuple[str, ...], registry: UnitRegistry, language: Language
) -> str:
    receiver = registry.name(duty.receiver, language)
    names = "; ".join(registry.name(unit, language) for unit in units)
    last = day(before - timedelta(days=1), language)
    lines = [
        _words(
            language,
            f"Gửi về {receiver} trước ngày {day(before)}: hết ngày {last} vẫn đúng hạn.",
            f"To {receiver} before {day(before, 'en')}: {last} is the last day on time.",
        ),
        _words(language, f"Đơn vị phải nộp ({len(units)}): {names}.", f"Offices ({len(units)}): {names}."),
        _words(language, f"{plan.title.vi}, mục {duty.section}.", f"{plan.title.en}, section {duty.section}."),
    ]
    return "\n".join([*lines, *([f"“{duty.quote}”"] if duty.quote else [])])


def _words(language: Language, vi: str, en: str) -> str:
    return vi if language == "vi" else en
