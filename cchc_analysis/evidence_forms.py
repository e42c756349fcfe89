"""The workbooks in which offices report by hand on a plan: one of evidence, one of reports handed in, for each office.

Every row carries plan, period and unit, so that a row says all of itself wherever it is copied to; what is printed is
locked, what is filled in is checked as it is typed. The same plan gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from cchc_analysis.errors import ParameterError
from cchc_analysis.form_sheets import Cell, Sheet, workbook
from cchc_analysis.formats import day, number, share
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.plan import Commitment, Duty, DutyDate, Evidence, Plan
from cchc_analysis.reporters import is_part_of_asked, period_label, report_period, reporting_units
from cchc_analysis.schema import EVIDENCE_COLUMNS, SUBMISSION_COLUMNS, Column
from cchc_analysis.units import UnitRegistry

FormKind = Literal["evidence", "submissions"]

FOLDERS: Final[dict[FormKind, str]] = {"evidence": "minh-chung", "submissions": "nop-bao-cao"}
"""Kind of form → the folder it lies in, by whose name intake knows what its files hold."""

ANSWERS: Final = ("Có", "Không", "Đang thực hiện")
_ASKED_OF: Final = {"share": ("numerator", "denominator"), "yes_no": ("answer", "happened_at"), "count": ("n_counted",)}

_EVIDENCE_GUIDE: Final = (
    "* Chỉ điền các ô màu vàng; ô xám không phải điền. Dòng chưa có số liệu thì để trống, không ghi 0 thay cho chưa "
    "biết.",
    "* Tử số, mẫu số, số lượng: ghi số nguyên từ 0 trở lên (không ghi %, không ghi số thập phân); tử số không lớn hơn "
    "mẫu số.",
    "* Đã thực hiện: chọn Có, Không hoặc Đang thực hiện. Ngày ghi theo dạng ngày/tháng/năm, ví dụ 12/06/2023.",
    "* Ghi số, ký hiệu văn bản chứng minh (ví dụ 45/BC-UBND); không ghi họ tên, thông tin cá nhân. Không sửa ba cột "
    "cuối.",
)
_SUBMISSION_GUIDE: Final = (
    "* Chỉ điền các ô màu vàng: ngày gửi (ngày/tháng/năm) và số, ký hiệu văn bản. Báo cáo chưa gửi thì để trống.",
    "* “Trước ngày 14/6” nghĩa là gửi hết ngày 13/6 vẫn đúng hạn, gửi ngày 14/6 là muộn. Không sửa ba cột cuối.",
)


@dataclass(frozen=True)
class OfficeForm:
    """One workbook for one office: `path` is relative, its folder one of FOLDERS."""

    unit: str
    kind: FormKind
    path: str
    content: bytes


Filled = Mapping[str, Mapping[str, int | str | date]]
"""What an office has filled in: code of the commitment or duty → column → value; `reported_at` stands under ""."""


def office_forms(
    plan: Plan, period: ReportPeriod, registry: UnitRegistry, unit: str = "all", filled: Filled | None = None
) -> list[OfficeForm]:
    """Return the forms of every office that has to report on a plan for a period, or of one `unit` (an id).

    Evidence: one row for each commitment that the office reports on and that is asked for the period or a longer one: a
    report for two quarters together would count for neither. Reports handed in: one row for each duty that
    falls due in the period. An office without rows has no form. Raises ParameterError for a period that is not of the
    year of the plan, and where no office has anything to report. `filled`: written into the cells, as an office would.

    >>> from cchc_analysis.periods import parse_period
    >>> from cchc_analysis.plan import load_plan
    >>> office_forms(load_plan("vung-tau-2023"), parse_period("2022-Q2"), UnitRegistry.load())
    Traceback (most recent call last):
    cchc_analysis.errors.ParameterError: The plan is of 2023, the period 2022-Q2 is not. Choose a period of 2023.
    """
    if period.year != plan.year:
        raise ParameterError(
            f"The plan is of {plan.year}, the period {period.label} is not. Choose a period of {plan.year}.",
            f"Kế hoạch của năm {plan.year}, kỳ {period.label} không thuộc năm này. Hãy chọn kỳ của năm {plan.year}.",
        )
    units = [one for one in registry.units(period.end) if unit in ("all", one)]
    forms = [
        form
        for one in units
        for form in (
            _evidence_form(plan, period, registry, one, filled or {}),
            _submission_form(plan, period, registry, one, filled or {}),
        )
        if form is not None
    ]
    if not forms:
        raise ParameterError(
            f"The plan asks no report of {unit!r} for {period.label}. Choose another unit or period.",
            f"Kế hoạch không yêu cầu {unit!r} báo cáo cho kỳ {period.label}. Hãy chọn đơn vị hoặc kỳ khác.",
        )
    return forms


def _evidence_form(
    plan: Plan, period: ReportPeriod, registry: UnitRegistry, unit: str, filled: Filled
) -> OfficeForm | None:
    asked = [
        (entry, entry.evidence)
        for entry in plan.commitments
        if entry.evidence is not None
        and is_part_of_asked(period, entry.evidence.frequency, plan.year)
        and unit in reporting_units(entry.evidence.reporters, registry, period.end)
    ]
    if not asked:
        return None
    before = period.submit_before
    sheet = Sheet(
        name="Minh chứng",
        title="BÁO CÁO MINH CHỨNG THỰC HIỆN KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH",
        subtitles=(_window(period), plan.title.vi),
        above=(
            ("Ngày báo cáo:", _put(_day_cell(plan), filled, "", "reported_at")),
            ("Hạn gửi:", Cell(text=f"trước ngày {day(before)}" if before else "theo quy định")),
        ),
        headers=_headers(EVIDENCE_COLUMNS, ("Nội dung báo cáo", "Cách tính", "Chỉ tiêu"), after="commitment"),
        widths=(4.5, 6.5, 36, 30, 11, 7.5, 7.5, 10, 7.5, 10.5, 18, 8, 7, 9),
        rows=tuple(
            (*_evidence_cells(at, *pair, plan, filled), *_row_names(plan, period.label, registry, unit))
            for at, pair in enumerate(asked, 1)
        ),
        guide=_EVIDENCE_GUIDE,
    )
    return _form("evidence", sheet, plan, period, registry, unit)


def _evidence_cells(place: int, entry: Commitment, asked: Evidence, plan: Plan, filled: Filled) -> tuple[Cell, ...]:
    wanted = _ASKED_OF[asked.kind]
    inputs = {
        "numerator": Cell(kind="count"),
        "denominator": Cell(kind="count"),
        "answer": Cell(kind="choice", choices=ANSWERS),
        "n_counted": Cell(kind="count"),
        "happened_at": _day_cell(plan),
    }
    return (
        Cell(number=place),
        Cell(text=entry.id, centred=True),
        Cell(text=asked.question.vi),
        Cell(text=_how(asked)),
        Cell(text=target_text(entry), centred=True),
        *(
            _put(cell, filled, entry.id, name) if name in wanted else Cell(kind="closed")
            for name, cell in inputs.items()
        ),
        _put(Cell(kind="text"), filled, entry.id, "document"),
    )


def _put(cell: Cell, filled: Filled, row: str, column: str) -> Cell:
    return replace(cell, value=filled.get(row, {}).get(column))


def _day_cell(plan: Plan) -> Cell:
    return Cell(kind="date", earliest=date(plan.year - 1, 1, 1), latest=date(plan.year + 1, 12, 31))


def _how(asked: Evidence) -> str:
    if asked.kind == "share" and asked.numerator and asked.denominator:
        return f"Tử số: {asked.numerator.vi}. Mẫu số: {asked.denominator.vi}."
    if asked.kind == "yes_no":
        return "Trả lời Có, Không hoặc Đang thực hiện; nếu Có thì ghi ngày."
    return "Ghi số lượng trong kỳ."


def target_text(entry: Commitment) -> str:
    """Return what a commitment asks for, as a form says it.

    >>> from cchc_analysis.plan import load_plan
    >>> [target_text(load_plan("vung-tau-2023").commitment(name)) for name in ("C09", "C27", "C15")]
    ['trên 50%', '100%', 'tăng so với kỳ trước']
    """
    if entry.value is not None and entry.operator in ("=", ">=", ">", "<="):
        digits = 0 if (entry.value * 100) % 1 == 0 else 1
        value = share(float(entry.value), digits=digits) if entry.scale == "share" else number(entry.value)
        text = {"=": "", ">=": "từ ", ">": "trên ", "<=": "không quá "}[entry.operator] + value
        return f"{text} trở lên" if entry.operator == ">=" else text
    if entry.operator == "trend":
        return "tăng so với kỳ trước" if entry.direction == "up" else "giảm so với kỳ trước"
    return "thực hiện" if entry.operator == "bin" else "kế hoạch không nêu số"


def _submission_form(
    plan: Plan, period: ReportPeriod, registry: UnitRegistry, unit: str, filled: Filled
) -> OfficeForm | None:
    wanted = [
        (duty, dated)
        for duty in plan.duties
        for dated in duty.dates
        if falls_in(dated, period) and unit in reporting_units(duty.reporters, registry, dated.before or period.end)
    ]
    if not wanted:
        return None
    sheet = Sheet(
        name="Nộp báo cáo",
        title="BẢNG THEO DÕI NỘP BÁO CÁO CẢI CÁCH HÀNH CHÍNH",
        subtitles=(_window(period), plan.title.vi),
        headers=_headers(SUBMISSION_COLUMNS, ("Tên báo cáo", "Nơi nhận", "Hạn gửi"), after="duty"),
        widths=(4.5, 9, 46, 18, 15, 12, 18, 8, 7, 9),
        rows=tuple(_submission_row(place, *pair, plan, registry, unit, filled) for place, pair in enumerate(wanted, 1)),
        guide=_SUBMISSION_GUIDE,
    )
    return _form("submissions", sheet, plan, period, registry, unit)


def _submission_row(
    place: int, duty: Duty, dated: DutyDate, plan: Plan, registry: UnitRegistry, unit: str, filled: Filled
) -> tuple[Cell, ...]:
    period, label = report_period(dated.period), period_label(dated.period)
    title = f"{duty.title.vi} ({label if period is None else period.title()})"
    last = None if dated.before is None else dated.before - timedelta(days=1)
    return (
        Cell(number=place),
        Cell(text=duty.id, centred=True),
        Cell(text=title),
        Cell(text=registry.name(duty.receiver)),
        Cell(text="không ấn định ngày" if last is None else f"hết ngày {day(last)}", centred=True),
        _put(_day_cell(plan), filled, duty.id, "submitted_at"),
        _put(Cell(kind="text"), filled, duty.id, "document"),
        *_row_names(plan, label, registry, unit),
    )


def falls_in(dated: DutyDate, period: ReportPeriod) -> bool:
    """Return whether a report is due in a period: by its day, or by the end of its period where no day is set.

    >>> from cchc_analysis.periods import parse_period
    >>> quarter = parse_period("2023-Q1")
    >>> days = (date(2022, 12, 31), date(2023, 12, 14), None)
    >>> [falls_in(DutyDate(period="2023", before=day), quarter) for day in days]
    [True, False, False]
    """
    if dated.before is not None:
        return period.contains(dated.before)
    own = report_period(dated.period)
    return own is None or period.contains(own.end)


def _headers(columns: Sequence[Column], printed: Sequence[str], after: str) -> tuple[str, ...]:
    """Return the headers of a form: what is printed behind the code, what is filled in, then what names every row."""
    named = {column.name: column.label for column in columns}
    rest = [label for name, label in named.items() if name not in ("plan", after, "period", "unit", "reported_at")]
    return ("STT", named[after], *printed, *rest, named["plan"], named["period"], named["unit"])


def _row_names(plan: Plan, label: str, registry: UnitRegistry, unit: str) -> tuple[Cell, Cell, Cell]:
    return Cell(text=plan.name, small=True), Cell(text=label, small=True), Cell(text=registry.name(unit), small=True)


def _window(period: ReportPeriod) -> str:
    return f"Kỳ báo cáo: {period.title()} (từ ngày {day(period.start)} đến ngày {day(period.end)})"


def _form(
    kind: FormKind, sheet: Sheet, plan: Plan, period: ReportPeriod, registry: UnitRegistry, unit: str
) -> OfficeForm:
    parent = registry.parent(unit)
    above = f"UBND {registry.name(parent).upper()}" if parent else ""
    content = workbook(sheet, (above, registry.name(unit).upper()))
    return OfficeForm(unit, kind, f"{FOLDERS[kind]}/{FOLDERS[kind]}_{period.label}_{unit}.xlsx", content)
