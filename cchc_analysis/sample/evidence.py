"""What the offices of the synthetic city report on its plan: evidence of two quarters, and reports handed in.

Nothing is drawn: every figure follows from the place of the office in the official order, and what is odd is named
below. A further register of what offices hand in joins `SampleTruth.handed_in` the same way: a function that writes its
folder and returns a RegisterTruth by kind (see index_registers).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from cchc_analysis.evidence_forms import FOLDERS, Filled, office_forms
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.plan import Commitment, Evidence, Plan, load_plan
from cchc_analysis.reporters import reporting_units
from cchc_analysis.sample.accounts import FileAccount, total_account
from cchc_analysis.sample.offices import stored
from cchc_analysis.sample.registers import RegisterTruth
from cchc_analysis.units import UnitRegistry

PLAN, PERIODS = "vung-tau-2023", ("2023-Q1", "2023-Q2")

SILENT = {"2023-Q1": ("phong-y-te", "long-son"), "2023-Q2": ("phuong-12", "long-son")}
"""Offices that report nothing for a period."""
LATE = ("phuong-5", "thang-nhi", "phong-kinh-te")
"""Offices whose evidence comes some days after the day of the plan."""
WORKBOOK_UNITS = ("phuong-1", "phuong-3")
"""Offices that hand in their own form of the second quarter; what the others report is put together in one list."""
CORRECTED = ("phuong-3", "C05")
"""Stands in the list of the second quarter too, with an older date: the form replaces it."""
SAYS_NO = {"C03": (), "C06": ("phuong-2", "phong-kinh-te"), "C21": ("thang-nhi",), "C31": ("phuong-8", "phuong-9")}
IN_PROGRESS = {"C03": ("thang-tam",), "C13": ("van-phong-hdnd-ubnd",), "C31": ("phuong-10",)}
"""Of the first quarter for C03, of both for the others."""
NOT_YET = ("C20", "C36")
"""Asked for once a year and reported by nobody so far."""
CONTRADICTING = ("thang-tam", "C21")
"""Says no and gives the day on which it was done."""
ABOVE, PERCENT = ("phuong-11", "C24"), ("phuong-10", "C25")
"""More than 100 %, and a percentage instead of a count: intake rejects both."""
NOT_ASKED = ("thang-tam", "C01")
"""Reported although the plan asks another office: kept and flagged, in no figure."""
UNKNOWN = ("phuong-4", "C99")

_COUNTS: Final = {
    "C01": {"2023-Q1": (2, 2), "2023-Q2": (3, 3)},
    "C02": {"2023-Q1": (2, 2), "2023-Q2": (2, 3)},
    "C17": {"2023-Q1": (10, 12), "2023-Q2": (15, 15)},
}
_INSPECTIONS: Final = {"2023-Q1": 2, "2023-Q2": 3}
_DONE_ON: Final = {"C14": "2023-05-25", "C19": "2023-04-20", "C23": "2023-02-10", "C35": "2023-02-15"}
"""Commitments of one day: said to be done from the period of that day on, not done before."""
_EVIDENCE_HEADERS: Final = (
    *("Kế hoạch", "Mã cam kết", "Kỳ báo cáo", "Đơn vị báo cáo", "Tử số", "Mẫu số", "Đã thực hiện", "Số lượng"),
    *("Ngày thực hiện", "Văn bản, tài liệu chứng minh", "Ngày báo cáo"),
)
_SUBMISSION_HEADERS: Final = (
    *("Kế hoạch", "Mã nhiệm vụ báo cáo", "Kỳ báo cáo", "Đơn vị báo cáo", "Ngày gửi báo cáo", "Số, ký hiệu văn bản"),
)
_WORDS: Final = {"yes": "Có", "no": "Không", "in_progress": "Đang thực hiện"}

LATE_SUBMISSIONS = {
    ("D01", "2023", "thang-nhi"): date(2023, 1, 5),
    ("D03", "2023-Q1", "phuong-5"): date(2023, 3, 14),
    ("D03", "2023-Q1", "phong-kinh-te"): date(2023, 3, 17),
    ("D03", "2023-Q2", "phuong-8"): date(2023, 6, 20),
}
"""Duty, period and office → the day on which the report came, after the day of the plan."""
MISSING_SUBMISSIONS = (("D02", "2023", "phong-y-te"), ("D03", "2023-Q1", "long-son"), ("D03", "2023-Q2", "long-son"))
_HANDED_IN: Final = (("D01", "2023"), ("D02", "2023"), ("D03", "2023-Q1"), ("D03", "2023-Q2"))
_UNDATED: Final = (
    ("D05", "2023-Q1", "van-phong-hdnd-ubnd", date(2023, 3, 20)),
    ("D06", "2023-Q1", "phong-tu-phap", date(2023, 3, 16)),
)
"""Reports for which the plan sets no day."""


@dataclass(frozen=True)
class Report:
    """One row of evidence as an office means it; `fault`: the rule by which intake rejects it, if any."""

    commitment: str
    period: str
    unit: str
    numerator: str = ""
    denominator: str = ""
    answer: str = ""
    n_counted: str = ""
    happened_on: date | None = None
    document: str = ""
    reported_on: date | None = None
    fault: str = ""

    def cells(self, registry: UnitRegistry) -> list[str]:
        """Return the row of a list."""
        dates = ("" if day is None else f"{day:%d/%m/%Y}" for day in (self.happened_on, self.reported_on))
        happened, reported = dates
        return [
            *(PLAN, self.commitment, self.period, registry.name(self.unit), self.numerator, self.denominator),
            *(_WORDS.get(self.answer, ""), self.n_counted, happened, self.document, reported),
        ]


def draw_evidence(plan: Plan, registry: UnitRegistry) -> list[Report]:
    """Return every row that the offices report, the faulty ones among them, in the order of periods and commitments."""
    rows = []
    for label in PERIODS:
        period = parse_period(label)
        for entry in plan.commitments:
            if entry.evidence is None or entry.id in NOT_YET:
                continue
            for unit in reporting_units(entry.evidence.reporters, registry, period.end):
                if unit not in SILENT[label]:
                    rows.append(_report(entry, entry.evidence, period, unit, registry))
    last = parse_period(PERIODS[-1])
    return [*rows, *_odd_ones(last, _reported_on("thang-tam", last))]


def _odd_ones(period: ReportPeriod, day: date) -> list[Report]:
    unit, commitment = NOT_ASKED
    asked_of_others = Report(commitment, period.label, unit, "1", "1", document="BC", reported_on=day)
    unit, commitment = UNKNOWN
    unknown = replace(asked_of_others, commitment=commitment, unit=unit, fault="commitment_unknown")
    return [asked_of_others, unknown]


def _reported_on(unit: str, period: ReportPeriod) -> date:
    """Return the day of a report: three days before the last day on time, for some offices three days after it."""
    before = period.submit_before
    assert before is not None
    return before + timedelta(days=2) if unit in LATE else before - timedelta(days=4)


def _report(entry: Commitment, asked: Evidence, period: ReportPeriod, unit: str, registry: UnitRegistry) -> Report:
    place = registry.units(period.end).index(unit)
    day = _reported_on(unit, period)
    row: dict[str, Any] = {"document": f"{place + 10}/BC-{entry.id}", "reported_on": day}
    if asked.kind == "count":
        row["n_counted"] = str(_INSPECTIONS[period.label])
    elif asked.kind == "share":
        numerator, denominator = _COUNTS.get(entry.id, {}).get(period.label) or _people(entry.id, place)
        row |= {"numerator": str(numerator), "denominator": str(denominator)}
    else:
        row |= _said(entry.id, period, unit)
    if (unit, entry.id) == ABOVE and period.label == PERIODS[-1]:
        row |= {"numerator": "25", "denominator": "20", "fault": "numerator_above_denominator"}
    if (unit, entry.id) == PERCENT and period.label == PERIODS[-1]:
        row |= {"numerator": "95%", "fault": "count_unreadable"}
    return Report(entry.id, period.label, unit, **row)


def _people(commitment: str, place: int) -> tuple[int, int]:
    """Return how many of how many people, documents or signatures: everybody for C26, all but a few elsewhere."""
    of = 12 + 7 * place % 15
    if commitment == "C08":
        of = 20 * of
        return of - place % 5, of
    return (of if commitment == "C26" else of - (place % 4 == 1) - (commitment == "C24" and place % 3 == 0)), of


def _said(commitment: str, period: ReportPeriod, unit: str) -> dict[str, Any]:
    if commitment in _DONE_ON:
        day = date.fromisoformat(_DONE_ON[commitment])
        return {"answer": "yes", "happened_on": day} if day <= period.end else {"answer": "no"}
    if (unit, commitment) == CONTRADICTING and period.label == PERIODS[-1]:
        return {"answer": "no", "happened_on": date(2023, 5, 5)}
    if unit in IN_PROGRESS.get(commitment, ()) and not (commitment == "C03" and period.label == PERIODS[-1]):
        return {"answer": "in_progress"}
    return {"answer": "no" if unit in SAYS_NO.get(commitment, ()) else "yes"}


def write_plan_reports(folder: Path) -> dict[str, RegisterTruth]:
    """Write evidence and reports handed in below `folder` and return what is true of each, by kind.

    They do not depend on the dossiers. Planted values of evidence: by period and commitment what the accepted rows of
    the offices that were asked add up to; of submissions: what is late or missing.
    """
    plan, registry = load_plan(PLAN), UnitRegistry.load()
    return {"evidence": _write_evidence(folder, plan, registry), "submissions": _write_submissions(folder, registry)}


def _write_evidence(folder: Path, plan: Plan, registry: UnitRegistry) -> RegisterTruth:
    target = folder / FOLDERS["evidence"]
    target.mkdir(parents=True, exist_ok=True)
    rows, files = draw_evidence(plan, registry), {}
    last = PERIODS[-1]
    own = [row for row in rows if row.period == last and row.unit in WORKBOOK_UNITS]
    for unit in WORKBOOK_UNITS:
        mine = [row for row in own if row.unit == unit]
        (form,) = (
            f for f in office_forms(plan, parse_period(last), registry, unit, _filled(mine)) if f.kind == "evidence"
        )
        path = folder / form.path
        path.write_bytes(stored(form.content))
        files[path.name] = _form_account(len(mine), _n_asked(plan, registry, unit))
    for label in PERIODS:
        listed = [row for row in rows if row.period == label and row not in own]
        older = [_outdated(row) for row in own if label == last and (row.unit, row.commitment) == CORRECTED]
        name = f"tong-hop-minh-chung-{label}.csv"
        _write_csv(target / name, _EVIDENCE_HEADERS, [row.cells(registry) for row in (*listed, *older)])
        files[name] = _list_account(listed, len(older))
    broken = Counter(row.fault for row in rows if row.fault)
    return RegisterTruth(
        files, total_account(files.values()), dict(sorted(broken.items())), _sums(rows, plan, registry)
    )


def _outdated(row: Report) -> Report:
    day = row.reported_on
    assert day is not None
    return replace(row, numerator="1", reported_on=day - timedelta(days=5))


def _filled(rows: Iterable[Report]) -> Filled:
    """Return what an office has typed into its form."""
    filled: dict[str, dict[str, int | str | date]] = {}
    for row in rows:
        cells: dict[str, int | str | date | None] = {
            **{name: int(text) for name in ("numerator", "denominator", "n_counted") if (text := getattr(row, name))},
            "answer": _WORDS.get(row.answer),
            "happened_at": row.happened_on,
            "document": row.document,
        }
        filled[row.commitment] = {name: value for name, value in cells.items() if value is not None}
        if row.reported_on is not None:
            filled[""] = {"reported_at": row.reported_on}
    return filled


def _n_asked(plan: Plan, registry: UnitRegistry, unit: str) -> int:
    """Return how many commitments an office reports on, those it has not filled in among them."""
    end = parse_period(PERIODS[-1]).end
    asked = (entry.evidence for entry in plan.commitments if entry.evidence is not None)
    return sum(unit in reporting_units(evidence.reporters, registry, end) for evidence in asked)


def _form_account(n_filled: int, n_printed: int) -> FileAccount:
    """Return the account of a form: below its rows stand numbering, guide and signatures."""
    skipped = {"note": 4, "numbering": 1, "signature": 2, "unfilled": n_printed - n_filled}
    n = sum(skipped.values())
    return FileAccount(n_filled + n, n_filled, 0, 0, n, {}, skipped)


def _list_account(rows: Sequence[Report], n_older: int) -> FileAccount:
    reasons = Counter(row.fault for row in rows if row.fault)
    n_rejected = sum(reasons.values())
    n_read = len(rows) + n_older
    return FileAccount(n_read, len(rows) - n_rejected, n_rejected, n_older, 0, dict(sorted(reasons.items())), {})


def _sums(rows: Sequence[Report], plan: Plan, registry: UnitRegistry) -> dict[str, Any]:
    """Return period → commitment → how many offices were asked and reported, and what they add up to."""
    found: dict[str, Any] = {}
    for label in PERIODS:
        end = parse_period(label).end
        found[label] = {}
        for entry in plan.commitments:
            if entry.evidence is None:
                continue
            asked = reporting_units(entry.evidence.reporters, registry, end)
            mine = [
                row
                for row in rows
                if (row.period, row.commitment) == (label, entry.id) and row.unit in asked and not row.fault
            ]
            found[label][entry.id] = {
                "n_asked": len(asked),
                "n_reported": len(mine),
                "numerator": sum(int(row.numerator or 0) for row in mine),
                "denominator": sum(int(row.denominator or 0) for row in mine),
                "n_counted": sum(int(row.n_counted or 0) for row in mine),
                **{f"n_{answer}": sum(row.answer == answer for row in mine) for answer in _WORDS},
                "missing": [unit for unit in asked if unit not in {row.unit for row in mine}],
            }
    return found


def _write_submissions(folder: Path, registry: UnitRegistry) -> RegisterTruth:
    plan, target = load_plan(PLAN), folder / FOLDERS["submissions"]
    target.mkdir(parents=True, exist_ok=True)
    days = {(duty.id, dated.period): (duty.reporters, dated.before) for duty in plan.duties for dated in duty.dates}
    rows: list[tuple[str, str, str, date]] = []
    for duty, period in _HANDED_IN:
        reporters, before = days[(duty, period)]
        assert before is not None
        for place, unit in enumerate(reporting_units(reporters, registry, before)):
            if (duty, period, unit) not in MISSING_SUBMISSIONS:
                sent = LATE_SUBMISSIONS.get((duty, period, unit), before - timedelta(days=1 + place % 4))
                rows.append((duty, period, unit, sent))
    rows += _UNDATED
    cells = [
        [PLAN, duty, period, registry.name(unit), f"{sent:%d/%m/%Y}", f"{at + 20}/BC-UBND"]
        for at, (duty, period, unit, sent) in enumerate(rows)
    ]
    cells.append([PLAN, "D03", "2023-05", registry.name("phuong-2"), "12/05/2023", "BC"])
    cells.append([PLAN, "D03", "2023-Q2", registry.name("phuong-2"), "giữa tháng 6", "BC"])
    name = "so-theo-doi-nop-bao-cao-2023.csv"
    _write_csv(target / name, _SUBMISSION_HEADERS, cells)
    reasons = {"date_unreadable": 1, "period_not_of_duty": 1}
    files = {name: FileAccount(len(cells), len(rows), 2, 0, 0, reasons, {})}
    planted = {
        "late": [[*key, day.isoformat()] for key, day in LATE_SUBMISSIONS.items()],
        "missing": [list(key) for key in MISSING_SUBMISSIONS],
        "n_dated": len(rows) - len(_UNDATED),
    }
    return RegisterTruth(files, total_account(files.values()), dict(reasons), planted)


def _write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    path.write_bytes(("\ufeff" + target.getvalue()).encode("utf-8"))
