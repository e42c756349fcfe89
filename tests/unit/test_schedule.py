"""Which periods a day asks for: by the calendar of a plan, and by what the data reach."""

from datetime import date, timedelta

import pytest

from cchc_analysis.errors import ReportError
from cchc_analysis.periodic import Outcome, RunResult
from cchc_analysis.plan import Duty, DutyDate, Plan, load_plan
from cchc_analysis.reports import SiteResult
from cchc_analysis.schedule import due_reports, latest_period, openness, plan_reports

WORDS = {"vi": "Báo cáo", "en": "Report"}


def duty(name: str, *dates: tuple[str, date | None]) -> Duty:
    listed = [DutyDate(period=period, before=before) for period, before in dates]
    known = {"title": WORDS, "source": WORDS, "reporters": ["wards"], "receiver": "phong-noi-vu", "section": "III.1"}
    return Duty.model_validate({"id": name, "dates": listed, **known})


@pytest.fixture(scope="module")
def plan() -> Plan:
    quarters = [(f"2023-Q{n}", date(2023, 3 * n, 14)) for n in (1, 2, 3, 4)]
    duties = (
        duty("D01", ("2023", date(2022, 12, 31))),  # issuing the plan of a ward: no report on figures
        duty("D02", *quarters),
        duty("D03", ("2023", date(2023, 12, 14))),
        duty("D04", *((period, None) for period in ("2023-Q2", "2023-6M"))),
        duty("D05", ("khi có yêu cầu", None), ("2023-Q3", date(2023, 9, 14))),
    )
    return load_plan("vung-tau-2023").model_copy(update={"duties": duties})


def labels(plan: Plan, on: date) -> list[str]:
    return [report.period.label for report in due_reports(plan, on)]


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2022, 12, 10), []),  # the window of Q1 begins on 15/12/2022
        (date(2022, 12, 20), ["2023-Q1"]),
        (date(2023, 3, 13), ["2023-Q1"]),
        (date(2023, 3, 14), ["2023-6M"]),  # "before 14/3": late on that day; the window of Q2 begins on the 15th
        (date(2023, 3, 15), ["2023-Q2", "2023-6M"]),
        (date(2023, 6, 13), ["2023-Q2", "2023-6M"]),
        (date(2023, 9, 1), ["2023-Q3"]),
        (date(2023, 12, 1), ["2023-Q4", "2023"]),
        (date(2023, 9, 14), ["2023"]),  # the window of the year has begun, that of Q4 has not
        (date(2023, 12, 14), []),
        (date(2024, 6, 1), []),
    ],
)
def test_the_reports_due_next(plan: Plan, on: date, due: list[str]) -> None:
    assert labels(plan, on) == due


def test_a_report_names_its_duties_and_whether_the_plan_gives_the_day(plan: Plan) -> None:
    told = {(report.period.label, report.before): (report.duties, report.stated) for report in plan_reports(plan)}
    assert told["2023-Q2", date(2023, 6, 14)] == (("D02", "D04"), True)
    assert told["2023-6M", date(2023, 6, 14)] == (("D04",), False)
    assert told["2023-Q3", date(2023, 9, 14)] == (("D02", "D05"), True)
    assert not any(before == date(2022, 12, 31) for _, before in told)


def test_the_openness_of_the_window_is_said(plan: Plan) -> None:
    report = due_reports(plan, date(2023, 6, 10))[0]
    assert openness(report, date(2023, 6, 10), "vi") == (
        "Kỳ số liệu chưa kết thúc: kỳ kết thúc ngày 14/06/2023, báo cáo phải gửi trước ngày 14/06/2023."
    )
    assert openness(report, date(2023, 6, 15), "vi").startswith("Kỳ số liệu đã kết thúc ngày 14/06/2023")


@pytest.mark.parametrize(
    ("on", "known_until", "label"),
    [
        (date(2023, 6, 14), date(2023, 12, 31), "2023-Q1"),  # the last day is not over
        (date(2023, 6, 15), date(2023, 12, 31), "2023-Q2"),
        (date(2023, 6, 15), date(2023, 6, 13), "2023-Q1"),  # the data do not reach the end
        (date(2023, 6, 15), date(2023, 6, 14), "2023-Q2"),
        (date(2023, 12, 15), date(2023, 12, 14), "2023-Q4"),  # the year ends on the same day: the shorter one
        (date(2024, 4, 1), date(2024, 4, 1), "2024-Q1"),  # beyond the calendar of the plan
    ],
)
def test_the_latest_period(plan: Plan, on: date, known_until: date, label: str) -> None:
    assert latest_period(plan, on, known_until).label == label


def test_a_plan_that_asks_for_months_is_followed(plan: Plan) -> None:
    monthly = plan.model_copy(update={"duties": (duty("D09", ("2023-05", date(2023, 5, 20))),)})
    assert latest_period(monthly, date(2023, 5, 16), date(2023, 5, 15)).label == "2023-05"
    assert labels(monthly, date(2023, 5, 1)) == ["2023-05"]


def test_every_day_of_two_years_has_a_latest_period_that_is_over(plan: Plan) -> None:
    for place in range(730):
        on = date(2022, 12, 15) + timedelta(days=place)
        period = latest_period(plan, on, date(2030, 1, 1))
        assert period.end < on
        assert (on - period.end).days <= 92


def site(folder, *warnings: str) -> SiteResult:
    return SiteResult(folder, 3, 2, warnings)


def test_exit_codes_and_the_last_line(tmp_path) -> None:
    done, warned = Outcome("2023-Q2", site(tmp_path)), Outcome("2023-Q3", site(tmp_path, "Nhiều dòng bị loại."))
    failed = Outcome("2023-6M", None, ReportError("no", "không"))
    codes = [RunResult(outcomes).exit_code for outcomes in ((), (done,), (done, warned), (failed,), (done, failed))]
    assert codes == [0, 0, 1, 2, 3]
    assert RunResult((done, failed)).summary_line(61.25) == (
        "status=partly_failed exit=3 periods=2023-Q2,2023-6M published=2023-Q2 failed=2023-6M pages=3 executed=2 "
        "seconds=61.2"
    )
