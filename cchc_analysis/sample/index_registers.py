"""The self-scoring of the synthetic city and its own table of indices, with what is planted in them.

Every score is made up by a rule; the maxima of the real index are not known, and no field but the survey has one.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from cchc_analysis.sample.accounts import FileAccount, total_account
from cchc_analysis.sample.offices import FIXED, stored
from cchc_analysis.sample.registers import RegisterTruth
from cchc_analysis.self_scoring import TOTAL_CODE, Filled, IndexSheet, load_index_sheets, score_workbook
from cchc_analysis.units import UnitRegistry

INDEX, YEAR, CITY = "qd-2926-2023", 2023, "vung-tau"

MISSING_UNIT = "phuong-12"
"""Handed in nothing."""
PARTIAL_UNIT, LEFT_OUT = "phuong-9", ("3.10", "5.7")
"""Left two criteria without a score."""
WRONG_SUM_UNIT, WRONG_BY = "phuong-4", 2.0
"""States a total that is larger than the sum of its criteria by this much."""
ABOVE_UNIT, ABOVE_CRITERION, ABOVE_SUM = "rach-dua", "8.4", 36.5
"""Gives itself more for the survey than the 35 points there are."""
BROKEN_UNIT, BROKEN_CRITERION = "phuong-11", "4.4"
"""Wrote a negative score, which intake rejects, so that the criterion is missing."""
UNVERIFIED_UNIT = "long-son"

WORKBOOKS = ("phuong-1", "phuong-2", "phuong-3", WRONG_SUM_UNIT, ABOVE_UNIT)
"""Offices that hand in their own sheet; those of the others are put together in one list."""

SELF_SCORES_FOLDER, INDEX_VALUES_FOLDER = "tu-cham-diem", "chi-so"
_LIST = "tong-hop-phuong-xa.csv"
_HEADERS: Final = (
    *("Bộ chỉ số", "Năm đánh giá", "Đơn vị tự chấm", "Mã tiêu chí"),
    *("Điểm tự chấm", "Điểm thẩm định", "Tài liệu kiểm chứng"),
)
_REDUCED: Final = ("3.2", "7.5")
_CITY_SCORES: Final = {"1": 9.5, "2": 6.0, "3": 13.25, "4": 7.0, "5": 8.5, "6": 7.75, "7": 11.0, "8": 27.0}

CITY_SERIES: Final[tuple[tuple[str, str, int, float, int | None, str], ...]] = (
    ("PAR INDEX", "", 2019, 81.20, 4, "bộ tiêu chí cũ (giả lập)"),
    ("PAR INDEX", "", 2020, 83.10, 3, "bộ tiêu chí cũ (giả lập)"),
    ("PAR INDEX", "", 2021, 85.00, 2, "bộ tiêu chí cũ (giả lập)"),
    ("PAR INDEX", "", 2022, 79.50, 3, "bộ tiêu chí mới (giả lập)"),
    ("PAR INDEX", "", 2023, 82.75, 2, "bộ tiêu chí mới (giả lập)"),
    ("SIPAS", "", 2021, 84.10, None, "phiếu cấp huyện (giả lập)"),
    ("SIPAS", "", 2022, 83.20, None, "phiếu cấp huyện (giả lập)"),
    ("SIPAS", "", 2023, 85.60, None, "phiếu cấp huyện (giả lập)"),
    ("SIPAS", "", 2020, 101.20, None, "phiếu cấp huyện (giả lập)"),
)
"""Index, dimension, year, value, rank of 8, method; the last row lies above the scale, and intake rejects it."""

_SERIES_HEADERS: Final = (
    *("Chỉ số", "Nội dung chỉ số", "Địa phương", "Năm", "Giá trị chỉ số", "Điểm tối đa", "Thứ hạng"),
    *("Số địa phương xếp hạng", "Phương pháp", "Nguồn số liệu"),
)


def self_scores_of(sheet: IndexSheet, place: int, unit: str) -> dict[str, Filled]:
    """Return what the ward at a place of the official order filled in: criterion → scores.

    Criteria of the fields 1 to 7 get between 1 and 1.5, those of the survey between 7 and 8.5, in steps of a quarter.
    """
    filled = {}
    for number, code in enumerate(sheet.to_score()):
        survey = code.startswith("8.")
        step = (place * place + 3 * place * number + 5 * number) % (7 if survey else 3)
        score = (7.0 if survey else 1.0) + step / 4
        verified = None if unit == UNVERIFIED_UNIT else score - 0.25 * (code in _REDUCED and place % 3 == 0)
        filled[code] = Filled(score, verified, f"Tài liệu {code}")
    return filled


def _planted(filled: dict[str, Filled], unit: str) -> dict[str, Filled]:
    """Return the scores of a ward with the fault planted in it."""
    if unit == PARTIAL_UNIT:
        return {code: cell for code, cell in filled.items() if code not in LEFT_OUT}
    if unit == ABOVE_UNIT:
        rest = sum(_own(cell) for code, cell in filled.items() if code.startswith("8.") and code != ABOVE_CRITERION)
        cell = filled[ABOVE_CRITERION]
        return {**filled, ABOVE_CRITERION: Filled(ABOVE_SUM - rest, cell.verified_score, cell.document)}
    if unit == BROKEN_UNIT:
        cell = filled[BROKEN_CRITERION]
        return {**filled, BROKEN_CRITERION: Filled(-1.0, None, cell.document)}
    total = sum(_own(cell) for cell in filled.values()) + (WRONG_BY if unit == WRONG_SUM_UNIT else 0)
    return {**filled, TOTAL_CODE: Filled(total, None, "")} if unit in WORKBOOKS else filled


def _own(cell: Filled) -> float:
    return cell.self_score or 0.0


def write_index_registers(folder: Path) -> dict[str, RegisterTruth]:
    """Write the self-scoring sheets and the table of indices below `folder` and return what is true of each, by kind.

    They do not depend on the dossiers. The planted values of self_scores: per unit the sum of its criteria, what the
    ward states, and what is wrong; of index_values: the series of the city, without the rejected row.
    """
    return {"self_scores": _write_self_scores(folder), "index_values": _write_index_values(folder)}


def _write_self_scores(folder: Path) -> RegisterTruth:
    wards_sheet, city_sheet = load_index_sheets(INDEX, date(YEAR, 12, 31))
    registry, target = UnitRegistry.load(), folder / SELF_SCORES_FOLDER
    target.mkdir(parents=True, exist_ok=True)
    wards = [unit for unit in registry.units(date(YEAR, 12, 31)) if registry.tier(unit) in wards_sheet.tiers]
    filled = {
        unit: _planted(self_scores_of(wards_sheet, place, unit), unit)
        for place, unit in enumerate(wards, start=1)
        if unit != MISSING_UNIT
    }
    filled[CITY] = {code: Filled(score) for code, score in _CITY_SCORES.items()}
    files = {}
    for unit in (*WORKBOOKS, CITY):
        sheet, name = (city_sheet if unit == CITY else wards_sheet), f"tu-cham-diem-{YEAR}-{unit}.xlsx"
        book = score_workbook(sheet, YEAR, registry.name(unit), verified=True, filled=filled[unit])
        (target / name).write_bytes(stored(book))
        files[name] = _account(len(filled[unit]), 0, _n_printed(sheet) - len(filled[unit]))
    listed = [unit for unit in filled if unit not in (*WORKBOOKS, CITY)]
    rows = [_row(registry.name(unit), code, cell) for unit in listed for code, cell in filled[unit].items()]
    _write_csv(target / _LIST, _HEADERS, rows)
    files[_LIST] = _account(len(rows) - 1, 1, 0, "score_unreadable")
    planted = {"units": {unit: _truth(unit, cells) for unit, cells in filled.items()}, "missing": [MISSING_UNIT]}
    return RegisterTruth(files, total_account(files.values()), {"negative_score": 1}, planted)


def _n_printed(sheet: IndexSheet) -> int:
    """Return the rows of a sheet: those of its structure with the total, or free ones."""
    return len(sheet.table()) + sheet.blank_rows


def _truth(unit: str, cells: dict[str, Filled]) -> dict[str, Any]:
    known = {code: _own(cell) for code, cell in cells.items() if code != TOTAL_CODE and _own(cell) >= 0}
    survey = [score for code, score in known.items() if code.startswith("8.")]
    verified = [cell.verified_score for cell in cells.values() if cell.verified_score is not None]
    left_out = {PARTIAL_UNIT: list(LEFT_OUT), BROKEN_UNIT: [BROKEN_CRITERION]}
    return {
        "self_total": sum(known.values()),
        "stated_total": cells[TOTAL_CODE].self_score if TOTAL_CODE in cells else None,
        "survey": sum(survey) if unit != CITY else known["8"],
        "verified_total": sum(verified) if verified else None,
        "without_score": left_out.get(unit, []),
    }


def _row(name: str, code: str, cell: Filled) -> list[str]:
    scores = (
        "" if score is None else f"{score:g}".replace(".", ",") for score in (cell.self_score, cell.verified_score)
    )
    return [INDEX, str(YEAR), name, code, *scores, cell.document]


def _account(n_accepted: int, n_rejected: int, n_unfilled: int, rule: str = "") -> FileAccount:
    """Return the account of a list; a workbook ends with a line of signatures."""
    skipped = {"signature": 1, "unfilled": n_unfilled} if n_unfilled else {}
    n_skipped = sum(skipped.values())
    reasons = {rule: n_rejected} if n_rejected else {}
    return FileAccount(n_accepted + n_rejected + n_skipped, n_accepted, n_rejected, 0, n_skipped, reasons, skipped)


def _write_index_values(folder: Path) -> RegisterTruth:
    target = folder / INDEX_VALUES_FOLDER
    target.mkdir(parents=True, exist_ok=True)
    name, source = UnitRegistry.load().name(CITY), "Số liệu giả lập"
    rows: list[list[Any]] = [
        [index, dimension, name, year, value, 100, rank, 8 if rank else None, method, source]
        for index, dimension, year, value, rank, method in CITY_SERIES
    ]
    by_index = {index: [row for row in rows if row[0] == index] for index in ("PAR INDEX", "SIPAS")}
    texts = [["" if cell is None else str(cell).replace(".", ",") for cell in row] for row in by_index["PAR INDEX"]]
    _write_csv(target / "par-index-cap-huyen.csv", _SERIES_HEADERS, texts)
    _write_workbook(target / "sipas-cap-huyen.xlsx", by_index["SIPAS"])
    n = {index: len(own) for index, own in by_index.items()}
    files = {
        "par-index-cap-huyen.csv": _account(n["PAR INDEX"], 0, 0),
        "sipas-cap-huyen.xlsx": _account(n["SIPAS"] - 1, 1, 0, "index_value_above_maximum"),
    }
    series = {index: {row[3]: row[4] for row in own if row[4] <= row[5]} for index, own in by_index.items()}
    return RegisterTruth(files, total_account(files.values()), {"value_above_scale": 1}, {"series": series})


def _write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    path.write_bytes(("\ufeff" + target.getvalue()).encode("utf-8"))


def _write_workbook(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "Chỉ số", "author": "cchc-analysis", "created": FIXED})
    sheet = book.add_worksheet("Chỉ số")
    for place, header in enumerate(_SERIES_HEADERS):
        sheet.write_string(0, place, header)
    for at, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, place, cell)
            elif cell is not None:
                sheet.write_number(at, place, cell)
    book.close()
    path.write_bytes(stored(target.getvalue()))
