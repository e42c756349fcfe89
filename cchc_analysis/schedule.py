"""Which report a day asks for: what the calendar of a plan wants next, and the last period that is over."""

from dataclasses import dataclass
from datetime import date, timedelta

from cchc_analysis.errors import Language, PeriodError
from cchc_analysis.periods import ReportPeriod, accounting_month, month_window, parse_period
from cchc_analysis.plan import Plan

LATEST, DUE = "latest", "due"
"""Words that stand for periods on the command line: the last one that is over, those to be handed in next."""


@dataclass(frozen=True)
class DueReport:
    """A report that a plan wants next: its period, the day before which it is to be handed in, and by which duties.

    `stated`: whether the plan gives the day; else it is the 14th of the period's last month, as for its other reports.
    """

    period: ReportPeriod
    before: date
    duties: tuple[str, ...]
    stated: bool

    def is_open(self, on: date) -> bool:
        """Return whether the window of the period is still open on the day: the figures are incomplete then.

        >>> DueReport(parse_period("2023-Q2"), date(2023, 6, 14), ("D03",), True).is_open(date(2023, 6, 13))
        True
        """
        return self.period.is_open(on)


def plan_reports(plan: Plan) -> list[DueReport]:
    """Return every report on a period that the duties of a plan ask for, by day and length of the period.

    A duty asks for a report where its day lies in the last month of its period or later: what falls due before that,
    such as issuing the plan of a ward, is no report on figures.
    """
    asked: dict[tuple[str, date], list[tuple[str, bool]]] = {}
    periods: dict[str, ReportPeriod] = {}
    for duty in plan.duties:
        for when in duty.dates:
            period = _period(when.period)
            before = when.before or (period.submit_before if period else None)
            if period is None or before is None or before <= month_window(period.months[-1], period.window)[0]:
                continue
            periods[period.label] = period
            asked.setdefault((period.label, before), []).append((duty.id, when.before is not None))
    reports = [
        DueReport(periods[label], before, tuple(dict.fromkeys(name for name, _ in by)), any(stated for _, stated in by))
        for (label, before), by in asked.items()
    ]
    return sorted(reports, key=lambda report: (report.before, len(report.period.months), report.period.label))


def _period(label: str) -> ReportPeriod | None:
    try:
        return parse_period(label)
    except PeriodError:
        return None


def due_reports(plan: Plan, as_of: date) -> list[DueReport]:
    """Return the reports to be handed in next: those of the nearest day after `as_of`, once their window has begun.

    A report wanted before the 14th is due up to the 13th. None where the calendar of the plan is over, or where the
    window of the next report has not begun.

    >>> from cchc_analysis.plan import Duty, DutyDate, load_plan
    >>> dates = [DutyDate(period=f"2023-Q{n}", before=date(2023, 3 * n, 14)) for n in range(1, 5)]
    >>> words = {"vi": "Báo cáo quý", "en": "Quarterly report"}
    >>> duty = Duty(id="D01", title=words, reporters=["wards"], receiver="phong-noi-vu", section="III.1",
    ...     dates=dates, source=words)
    >>> plan = load_plan("vung-tau-2023").model_copy(update={"duties": (duty,)})
    >>> [(report.period.label, str(report.before)) for report in due_reports(plan, date(2023, 6, 10))]
    [('2023-Q2', '2023-06-14')]
    >>> due_reports(plan, date(2023, 6, 14)), due_reports(plan, date(2024, 1, 2))
    ([], [])
    """
    coming = [report for report in plan_reports(plan) if report.before > as_of]
    nearest = min((report.before for report in coming), default=None)
    return [report for report in coming if report.before == nearest and report.period.start <= as_of]


def latest_period(plan: Plan, as_of: date, known_until: date) -> ReportPeriod:
    """Return the last period that is over on `as_of` and that the data reach the end of.

    Looked at are the periods of the plan's reports and all accounting quarters; of several that end on the same day the
    shortest. `known_until`: the last day of the data.

    >>> from cchc_analysis.plan import load_plan
    >>> latest_period(load_plan("vung-tau-2023"), date(2023, 7, 1), date(2023, 6, 30)).label
    '2023-Q2'
    >>> latest_period(load_plan("vung-tau-2023"), date(2023, 7, 1), date(2023, 6, 1)).label
    '2023-Q1'
    """
    last = min(as_of - timedelta(days=1), known_until)
    month = accounting_month(last + timedelta(days=1)) - 1
    quarter = ReportPeriod("quarter", (month + 1) // 3 * 3 - 3)
    named = [report.period for report in plan_reports(plan) if report.period.end <= last]
    return max([quarter, *named], key=lambda period: (period.end, -len(period.months)))


def openness(report: DueReport, as_of: date, language: Language) -> str:
    """Say whether the window of a report is over, in one sentence.

    >>> openness(DueReport(parse_period("2023-Q2"), date(2023, 6, 14), (), True), date(2023, 6, 10), "en")
    'The period is still open: it ends on 14/06/2023, the report is wanted before 14/06/2023.'
    """
    end, before = f"{report.period.end:%d/%m/%Y}", f"{report.before:%d/%m/%Y}"
    if report.is_open(as_of):
        return (
            f"Kỳ số liệu chưa kết thúc: kỳ kết thúc ngày {end}, báo cáo phải gửi trước ngày {before}."
            if language == "vi"
            else f"The period is still open: it ends on {end}, the report is wanted before {before}."
        )
    return (
        f"Kỳ số liệu đã kết thúc ngày {end}; báo cáo phải gửi trước ngày {before}."
        if language == "vi"
        else f"The period ended on {end}; the report is wanted before {before}."
    )
