"""The procedures of the wards and the commune: what an office handles, with terms, fees and weights.

Terms and mix are calibrated on published volumes (docs/methods/sample.md). Codes have the form of national
procedure codes; neither they nor the names are an authority on any procedure.
"""

from dataclasses import dataclass
from typing import Literal

DayKind = Literal["working", "calendar"]
ExportGroup = Literal["workbook", "html", "semicolon", "utf16"]

SOCIAL_UNIT = "phong-lao-dong-tbxh"
"""The department that decides what wards receive in social protection."""


@dataclass(frozen=True)
class Procedure:
    """One administrative procedure as a city publishes it.

    `statutory_days` and `committed_days` are whole days of `day_kind`; 0 is "within the day", None "no term set".
    `early`, `slow` shape the working days used: Beta-binomial on 0 … committed with mean
    committed · early / (early + slow). `late_per_mille` of the dossiers overrun their term. `online_percent` scales
    the online share of the city. `resolved_by` names the deciding unit where it is not the receiving one.
    """

    code: str
    name: str
    field: str
    statutory_days: int | None
    committed_days: int | None
    day_kind: DayKind = "working"
    level: Literal["full", "partial", "information"] = "partial"
    fee: int = 0
    online_percent: int = 100
    early: int = 3
    slow: int = 2
    late_per_mille: int = 25
    resolved_by: str = ""


@dataclass(frozen=True)
class Office:
    """One unit that receives dossiers: its id in `units.csv`, its name in exports and its share of the volume."""

    unit: str
    name: str
    number_part: str
    export: ExportGroup
    weight: int
    procedures: tuple[tuple[Procedure, int], ...]


def same_day(code: str, name: str, field: str, fee: int = 0, online_percent: int = 100) -> Procedure:
    """Return a procedure that is done within the day.

    >>> same_day("1.001193", "Đăng ký khai sinh", "Hộ tịch").committed_days
    0
    """
    return Procedure(code, name, field, 0, 0, fee=fee, online_percent=online_percent, late_per_mille=8)


COPY = same_day(
    "2.000815",
    "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan, tổ chức có thẩm quyền của Việt Nam cấp "
    "hoặc chứng nhận",
    "Chứng thực",
    fee=8000,
    online_percent=72,
)
SIGNATURE = same_day(
    "2.000884",
    "Chứng thực chữ ký trong các giấy tờ, văn bản",
    "Chứng thực",
    fee=10000,
    online_percent=55,
)
BIRTH = same_day("1.001193", "Đăng ký khai sinh", "Hộ tịch", online_percent=150)
DEATH = same_day("1.000656", "Đăng ký khai tử", "Hộ tịch", online_percent=130)
MARRIAGE = same_day("1.000894", "Đăng ký kết hôn", "Hộ tịch", online_percent=110)
EXTRACT = same_day("2.000635", "Cấp bản sao trích lục hộ tịch", "Hộ tịch", fee=8000, online_percent=140)

SHORT_PROCEDURES = (COPY, SIGNATURE, BIRTH, DEATH, MARRIAGE, EXTRACT)

CONTRACT = Procedure(
    "2.001035",
    "Chứng thực hợp đồng, giao dịch liên quan đến tài sản là động sản, quyền sử dụng đất, nhà ở",
    "Chứng thực",
    2,
    1,
    fee=50000,
    online_percent=20,
)
SINGLE_STATUS = Procedure(
    "1.004873",
    "Cấp Giấy xác nhận tình trạng hôn nhân",
    "Hộ tịch",
    3,
    2,
    level="full",
    fee=15000,
    online_percent=160,
)
CIVIL_CORRECTION = Procedure(
    "1.004859",
    "Đăng ký thay đổi, cải chính, bổ sung thông tin hộ tịch",
    "Hộ tịch",
    3,
    3,
    fee=15000,
)
BIRTH_AGAIN = Procedure("1.004884", "Đăng ký lại khai sinh", "Hộ tịch", 5, 4, fee=8000)
DISABILITY = Procedure(
    "1.001699",
    "Xác định, xác định lại mức độ khuyết tật và cấp Giấy xác nhận khuyết tật",
    "Bảo trợ xã hội",
    25,
    20,
    level="full",
    early=5,
    slow=3,
)
DISABILITY_RENEWAL = Procedure(
    "1.001653", "Đổi, cấp lại Giấy xác nhận khuyết tật", "Bảo trợ xã hội", 5, 3, level="full"
)
FUNERAL = Procedure(
    "1.001731",
    "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
    "Bảo trợ xã hội",
    5,
    4,
    level="full",
    resolved_by=SOCIAL_UNIT,
)
POOR_HOUSEHOLD = Procedure("1.011607", "Công nhận hộ nghèo, hộ cận nghèo thường xuyên hằng năm", "Giảm nghèo", 15, 12)
LAND_MEDIATION = Procedure(
    "1.003554",
    "Hòa giải tranh chấp đất đai",
    "Đất đai",
    45,
    40,
    day_kind="calendar",
    level="information",
    online_percent=0,
    late_per_mille=60,
)
WORSHIP = Procedure("2.000509", "Đăng ký hoạt động tín ngưỡng", "Tôn giáo", 15, 12, day_kind="calendar", level="full")
WORSHIP_NOTICE = Procedure(
    "1.001055", "Thông báo danh mục hoạt động tôn giáo bổ sung", "Tôn giáo", None, None, level="full"
)

WARD_MIX: tuple[tuple[Procedure, int], ...] = (
    (COPY, 430),
    (SIGNATURE, 110),
    (CONTRACT, 25),
    (BIRTH, 75),
    (DEATH, 30),
    (MARRIAGE, 25),
    (EXTRACT, 90),
    (SINGLE_STATUS, 75),
    (CIVIL_CORRECTION, 22),
    (BIRTH_AGAIN, 14),
    (DISABILITY, 22),
    (DISABILITY_RENEWAL, 12),
    (FUNERAL, 18),
    (POOR_HOUSEHOLD, 16),
    (LAND_MEDIATION, 12),
    (WORSHIP, 10),
    (WORSHIP_NOTICE, 14),
)


def with_short_share(mix: tuple[tuple[Procedure, int], ...], percent: int) -> tuple[tuple[Procedure, int], ...]:
    """Return the mix with weights changed so that same-day procedures make up `percent` of the dossiers.

    Within the same-day procedures, and within the others, proportions stay as they are.

    >>> mix = with_short_share(WARD_MIX, 80)
    >>> sum(w for p, w in mix if p.committed_days == 0) / sum(w for _, w in mix)
    0.8
    """
    short = sum(weight for procedure, weight in mix if procedure.committed_days == 0)
    other = sum(weight for _, weight in mix) - short
    return tuple(
        (procedure, weight * (percent * other if procedure.committed_days == 0 else (100 - percent) * short))
        for procedure, weight in mix
    )
