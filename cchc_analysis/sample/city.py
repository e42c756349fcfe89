"""The offices of the synthetic city, the dates of the sample and the truths planted in it."""

from datetime import date, datetime

from cchc_analysis.sample.catalogue import (
    FUNERAL,
    SOCIAL_UNIT,
    WARD_MIX,
    ExportGroup,
    Office,
    Procedure,
    with_short_share,
)
from cchc_analysis.sample.departments import (
    BUILDING_MIX,
    CULTURE_MIX,
    ECONOMY_MIX,
    EDUCATION_MIX,
    FINANCE_MIX,
    HEALTH_MIX,
    HOME_AFFAIRS_MIX,
    JUSTICE_MIX,
    LAND_MIX,
    SOCIAL_MIX,
)

STOCK_FROM = date(2022, 11, 1)
"""Dossiers received from here on and still open when the window starts are the stock carried over."""

WINDOW_START = date(2022, 12, 15)
WINDOW_END = date(2023, 12, 14)
AS_OF = datetime(2023, 12, 14, 23, 59, 59)
"""The exports were made at this moment: nothing later is known."""

QUARTERS = (
    ("2023-Q1", date(2022, 12, 15), date(2023, 3, 14)),
    ("2023-Q2", date(2023, 3, 15), date(2023, 6, 14)),
    ("2023-Q3", date(2023, 6, 15), date(2023, 9, 14)),
    ("2023-Q4", date(2023, 9, 15), date(2023, 12, 14)),
)

CHANGE_FROM = date(2023, 6, 15)
"""First day of receipt on which the planted changes hold: the first day of the third accounting quarter."""

BUNCHING_UNIT = "phuong-12"
BUNCHING_LATE_PER_MILLE = 180
"""Would-be-late share of procedures with a term in days at the bunching unit, before the dates are dressed up."""
BUNCHING_EQUAL, BUNCHING_LAST_HOUR = 0.50, 0.25
"""Of the would-be-late: finish set equal to due, and finish put into the last hour before due."""

DROP_UNIT = "phong-tai-nguyen-moi-truong"
MIX_UNIT = "nguyen-an-ninh"
MIX_SHORT_PERCENT_BEFORE, MIX_SHORT_PERCENT_AFTER = 60, 85


def _ward(unit: str, name: str, number: int, export: ExportGroup, weight: int) -> Office:
    mix = WARD_MIX
    if unit in (BUNCHING_UNIT, MIX_UNIT):
        # They decide all they receive, so that the planted truth is the same by receiving and by deciding unit.
        mix = tuple((procedure, share) for procedure, share in WARD_MIX if procedure is not FUNERAL)
    return Office(unit, name, f"000.{number:02d}.22.H06", export, weight, mix)


def _department(unit: str, name: str, number: int, weight: int, mix: tuple[tuple[Procedure, int], ...]) -> Office:
    return Office(unit, name, f"000.{number:02d}.22.H06", "workbook", weight, mix)


OFFICES: tuple[Office, ...] = (
    _department("phong-noi-vu", "Phòng Nội vụ", 11, 20, HOME_AFFAIRS_MIX),
    _department("phong-tu-phap", "Phòng Tư pháp", 12, 220, JUSTICE_MIX),
    _department("phong-tai-chinh-ke-hoach", "Phòng Tài chính – Kế hoạch", 13, 720, FINANCE_MIX),
    _department(DROP_UNIT, "Phòng Tài nguyên và Môi trường", 14, 560, LAND_MIX),
    _department("phong-quan-ly-do-thi", "Phòng Quản lý đô thị", 15, 260, BUILDING_MIX),
    _department("phong-kinh-te", "Phòng Kinh tế", 16, 40, ECONOMY_MIX),
    _department(SOCIAL_UNIT, "Phòng Lao động – Thương binh và Xã hội", 17, 170, SOCIAL_MIX),
    _department("phong-van-hoa-thong-tin", "Phòng Văn hóa và Thông tin", 18, 40, CULTURE_MIX),
    _department("phong-giao-duc-dao-tao", "Phòng Giáo dục và Đào tạo", 19, 40, EDUCATION_MIX),
    _department("phong-y-te", "Phòng Y tế", 20, 30, HEALTH_MIX),
    _ward("phuong-1", "Phường 1", 31, "html", 380),
    _ward("phuong-2", "Phường 2", 32, "html", 400),
    _ward("phuong-3", "Phường 3", 33, "html", 360),
    _ward("phuong-4", "Phường 4", 34, "html", 380),
    _ward("phuong-5", "Phường 5", 35, "html", 330),
    _ward("phuong-7", "Phường 7", 36, "html", 560),
    _ward("thang-nhat", "Phường Thắng Nhất", 43, "html", 540),
    _ward("thang-nhi", "Phường Thắng Nhì", 44, "html", 440),
    _ward("phuong-8", "Phường 8", 37, "semicolon", 500),
    _ward("phuong-9", "Phường 9", 38, "semicolon", 460),
    _ward("phuong-10", "Phường 10", 39, "semicolon", 600),
    _ward("phuong-11", "Phường 11", 40, "semicolon", 560),
    _ward("phuong-12", "Phường 12", 41, "semicolon", 620),
    _ward("thang-tam", "Phường Thắng Tam", 45, "semicolon", 420),
    _ward("nguyen-an-ninh", "Phường Nguyễn An Ninh", 46, "semicolon", 560),
    _ward("rach-dua", "Phường Rạch Dừa", 47, "semicolon", 530),
    _ward("long-son", "Xã Long Sơn", 48, "utf16", 260),
)
"""Twenty-seven offices; weights are ten-thousandths of the dossiers of a year."""

NAMES: dict[str, str] = {office.unit: office.name for office in OFFICES}


def mixes(office: Office) -> tuple[tuple[tuple[Procedure, int], ...], tuple[tuple[Procedure, int], ...]]:
    """Return the procedures and weights of an office before and from `CHANGE_FROM`.

    They differ at one office only, where more same-day dossiers come in and nothing else changes.

    >>> [before == after for before, after in map(mixes, OFFICES)].count(False)
    1
    """
    if office.unit != MIX_UNIT:
        return office.procedures, office.procedures
    return (
        with_short_share(office.procedures, MIX_SHORT_PERCENT_BEFORE),
        with_short_share(office.procedures, MIX_SHORT_PERCENT_AFTER),
    )
