"""Who has to report, and for which period: what the words of a plan (see plan.GROUPS, plan.DutyDate) stand for."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cchc_analysis.errors import PeriodError
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.units import UnitRegistry

TIERS_OF: Final[dict[str, tuple[str, ...]]] = {
    "wards": ("ward", "commune"),
    "departments": ("department",),
    "all_units": ("department", "ward", "commune"),
}
"""Word of a plan → the tiers of the table of units that it stands for."""

PERIODS_OF: Final[dict[str, tuple[str, ...]]] = {
    "quarter": ("Q1", "Q2", "Q3", "Q4"),
    "half": ("6M", "H2"),
    "year": ("",),
}
"""How often a report is asked for (plan.Frequency) → the periods of a year, behind "2023-"."""


def reporting_units(reporters: Sequence[str], registry: UnitRegistry, on: date) -> tuple[str, ...]:
    """Return the ids of the offices that `reporters` name on a day, in official order, each once.

    `reporters`: unit ids, or words of plan.GROUPS; an id that the table of units does not know stays, at the end.

    >>> registry = UnitRegistry.load()
    >>> len(reporting_units(["wards"], registry, date(2023, 6, 14)))
    17
    >>> reporting_units(["phong-noi-vu", "thang-tam", "phong-noi-vu"], registry, date(2023, 6, 14))
    ('phong-noi-vu', 'thang-tam')
    """
    tiers = {tier for name in reporters for tier in TIERS_OF.get(name, ())}
    named = {name for name in reporters if name not in TIERS_OF}
    known = [unit for unit in registry.units(on) if registry.tier(unit) in tiers or unit in named]
    return (*known, *sorted(named - set(known)))


def periods_asked(frequency: str, year: int) -> list[ReportPeriod]:
    """Return the periods of a year for which reports are asked, by how often (plan.Frequency).

    >>> [period.label for period in periods_asked("half", 2023)]
    ['2023-6M', '2023-H2']
    """
    return [parse_period(f"{year}-{part}".rstrip("-")) for part in PERIODS_OF[frequency]]


def is_part_of_asked(period: ReportPeriod, frequency: str, year: int) -> bool:
    """Return whether a report for a period counts: it is one that is asked for, or lies in one.

    >>> [is_part_of_asked(parse_period(label), "quarter", 2023) for label in ("2023-Q2", "2023-05", "2023-6M")]
    [True, True, False]
    """
    return any(set(period.months) <= set(whole.months) for whole in periods_asked(frequency, year))


def report_period(text: str | None) -> ReportPeriod | None:
    """Return the period that people may write in many ways, None for no text and for what is no period.

    >>> report_period("Quý II/2023").label, report_period("tuần 3")
    ('2023-Q2', None)
    """
    try:
        return None if text is None else parse_period(text)
    except PeriodError:
        return None


def period_label(text: str) -> str:
    """Return the label of a period; what is no reporting period stays as the plan writes it.

    >>> period_label("Quý I/2023"), period_label("khi có yêu cầu")
    ('2023-Q1', 'khi có yêu cầu')
    """
    period = report_period(text)
    return text if period is None else period.label
