"""The catalogue of procedures of the synthetic city: all that its dossiers use, and some that nobody asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cchc_analysis.sample.catalogue import Office, Procedure, same_day
from cchc_analysis.sample.city import OFFICES
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import LEVELS, Cell, term_text
from cchc_analysis.sample.register_rows import (
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    plant,
    repeated,
)

_ADOPTION, _CULTURE, _LABOUR, _LAND = "Nuôi con nuôi", "Văn hóa cơ sở", "Lao động", "Đất đai"
_FEED, _SPORT = "Nông nghiệp", "Thể dục thể thao"

WITHOUT_DOSSIERS: tuple[tuple[str, Procedure], ...] = (
    ("city", Procedure("2.000298", "Giải thể cơ sở trợ giúp xã hội ngoài công lập", "Bảo trợ xã hội", 15, 10)),
    ("city", Procedure("1.001639", "Thành lập hợp tác xã", _FEED, 5, 3, level="full", fee=100000)),
    ("city", Procedure("1.000831", "Cấp lại Giấy phép kinh doanh karaoke", "Văn hóa", 5, 3, level="full", fee=500000)),
    ("city", Procedure("1.003645", "Công nhận xã đạt chuẩn văn hóa", _CULTURE, 10, 8)),
    ("city", Procedure("2.001960", "Cấp chính sách nội trú cho học sinh học nghề", "Giáo dục", 11, 9, level="full")),
    ("city", Procedure("1.005143", "Công nhận tổ hòa giải cơ sở", "Phổ biến pháp luật", 5, 4, level="information")),
    ("city", Procedure("1.004979", "Cấp phép hoạt động lễ hội quy mô cấp huyện", _CULTURE, 20, 15, fee=200000)),
    # Its committed time is longer than the law allows: a contradiction that intake lists.
    ("city", Procedure("1.001000", "Cấp giấy phép sân chơi tạm thời", _SPORT, 7, 9, fee=100000)),
    ("commune", Procedure("2.001263", "Đăng ký việc nuôi con nuôi trong nước", _ADOPTION, 30, 25, fee=400000)),
    ("commune", Procedure("1.003930", "Công nhận câu lạc bộ thể thao cơ sở", _SPORT, 7, 5, level="full")),
    ("commune", Procedure("1.008902", "Thông báo thành lập thư viện cộng đồng", _CULTURE, 15, 12, level="full")),
    ("commune", Procedure("1.004082", "Xác nhận hợp đồng tiếp cận nguồn gen", "Môi trường", 3, 2)),
    ("commune", Procedure("1.004944", "Chấm dứt việc chăm sóc thay thế cho trẻ em", "Trẻ em", 5, 4)),
    ("commune", Procedure("2.002163", "Đăng ký kê khai số lượng chăn nuôi", _FEED, 7, 5, level="information")),
    ("commune", Procedure("2.001449", "Tiếp công dân tại cấp xã", "Tiếp công dân", None, None, level="information")),
    ("commune", same_day("1.010736", "Tham vấn trong đánh giá tác động môi trường", "Môi trường")),
)
"""Tier and procedure; codes have the form of national codes and are no authority on any procedure."""

NOT_OFFERED = ("2.000298", "1.003645", "1.004082")
"""Could be offered online, and are not: the first part of the planted shortfall."""

NOT_INTEGRATED = ("1.001653", "2.000528", "1.003841", "1.004944")
"""Offered online, and not integrated into the national portal: the second part."""

OFFERED_NOT_ELIGIBLE = ("1.005143",)
"""Said to be offered online although it cannot be: a contradiction that intake lists."""

NOT_PAYABLE = ("2.001263", "1.004979", "1.001639")
"""Have a fee that cannot be paid online."""

ENDED = {"1.000831": datetime(2023, 6, 30), "1.003930": datetime(2023, 6, 30)}
BEGUN = {"1.008902": datetime(2023, 7, 1), "2.002163": datetime(2023, 7, 1)}
"""Entries that are not valid during the whole year, with their last and first day."""

PUBLISHED_LATE = {"1.001055": 21, "2.000748": 34, "1.010832": 12}
NOT_PUBLISHED = ("1.003645",)
"""Days from decision to publication where it took more than five, and what was never published."""

_VALID_FROM = datetime(2022, 1, 1)
_TIERS = {"city": "Cấp huyện", "commune": "Cấp xã"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the catalogue: a procedure at the office that handles it, or at every commune (`office` None)."""

    procedure: Procedure
    tier: str
    office: Office | None
    eligible_online: bool
    offered_online: bool
    integrated: bool
    payable_online: bool
    decided_at: datetime
    published_at: datetime | None
    valid_from: datetime
    valid_to: datetime | None


def _entry(procedure: Procedure, tier: str, office: Office | None) -> Entry:
    code = procedure.code
    eligible = procedure.level != "information"
    offered = (eligible and code not in NOT_OFFERED) or code in OFFERED_NOT_ELIGIBLE
    decided = BEGUN.get(code, datetime(2022, 12, 20)) - timedelta(days=int(code[-3:]) % 60)
    # The same answer for every office: a procedure is one thing, however many handle it.
    days = PUBLISHED_LATE.get(code, int(code[-2:]) % 5 + 1)
    return Entry(
        procedure,
        tier,
        office,
        eligible_online=eligible,
        offered_online=offered,
        integrated=offered and code not in NOT_INTEGRATED,
        payable_online=bool(procedure.fee) and code not in NOT_PAYABLE,
        decided_at=decided,
        published_at=None if code in NOT_PUBLISHED else decided + timedelta(days=days),
        valid_from=BEGUN.get(code, _VALID_FROM),
        valid_to=ENDED.get(code),
    )


def entries() -> list[Entry]:
    """Return the catalogue: departments with their own procedures, then what every commune does.

    >>> {item.office is None for item in entries() if item.procedure.code == "2.000815"}
    {False, True}
    """
    departments = [office for office in OFFICES if office.export == "workbook"]
    wards = [office for office in OFFICES if office.export != "workbook"]
    of_communes = dict.fromkeys(procedure for office in wards for procedure, _ in office.procedures)
    own = [_entry(procedure, "city", office) for office in departments for procedure, _ in office.procedures]
    # Those that nobody asks for are spread over the departments in turn.
    unused = [item for tier, item in WITHOUT_DOSSIERS if tier == "city"]
    own += [_entry(item, "city", departments[at % len(departments)]) for at, item in enumerate(unused)]
    common = [*of_communes, *(item for tier, item in WITHOUT_DOSSIERS if tier == "commune")]
    return own + [_entry(procedure, "commune", None) for procedure in common]


def _mark(value: bool) -> str:
    return "x" if value else "Không"


def _term(entry: Entry, days: int | None) -> str:
    return term_text(entry.procedure, days)


_HEAD: tuple[Shown[Entry], ...] = (
    Shown("procedure_code", "Mã TTHC", lambda item: item.procedure.code),
    Shown("procedure_name", "Tên thủ tục hành chính", lambda item: item.procedure.name),
    Shown("field", "Lĩnh vực", lambda item: item.procedure.field),
)
_TAIL: tuple[Shown[Entry], ...] = (
    Shown("tier", "Cấp thực hiện", lambda item: _TIERS[item.tier]),
    Shown("service_level", "Mức độ DVC", lambda item: LEVELS[item.procedure.level]),
    Shown("statutory_days", "Thời gian quy định", lambda item: _term(item, item.procedure.statutory_days)),
    Shown("committed_days", "Thời gian sau cắt giảm", lambda item: _term(item, item.procedure.committed_days)),
    Shown("has_fee", "Có phí, lệ phí", lambda item: _mark(bool(item.procedure.fee))),
    Shown("payable_online", "Cho thanh toán trực tuyến", lambda item: _mark(item.payable_online)),
    Shown("eligible_online", "Đủ điều kiện trực tuyến", lambda item: _mark(item.eligible_online)),
    Shown("offered_online", "Đã cung cấp trực tuyến", lambda item: _mark(item.offered_online)),
    Shown("integrated", "Đã tích hợp Cổng DVCQG", lambda item: _mark(item.integrated)),
    Shown("decided_at", "Ngày quyết định công bố", lambda item: item.decided_at),
    Shown("published_at", "Ngày công khai", lambda item: item.published_at),
    Shown("valid_from", "Hiệu lực từ", lambda item: item.valid_from),
    Shown("valid_to", "Hiệu lực đến", lambda item: item.valid_to),
)
_CITY: Layout[Entry] = Layout(
    "danh-muc-tthc-cap-huyen.xlsx",
    (*_HEAD, Shown("unit", "Cơ quan thực hiện", lambda item: item.office.name if item.office else None), *_TAIL),
    ("DANH MỤC THỦ TỤC HÀNH CHÍNH CẤP HUYỆN", "Kèm theo quyết định công bố (dữ liệu giả lập)"),
    numbered=True,
)
_COMMUNES: Layout[Entry] = Layout("danh-muc-tthc-cap-xa.csv", (*_HEAD, *_TAIL))
LAYOUTS = (_CITY, _COMMUNES)


def _is_unused(row: RegisterRow[Entry]) -> bool:
    """Tell whether no dossier needs the entry: only such entries are broken."""
    return any(row.record.procedure is item for _, item in WITHOUT_DOSSIERS) and not _is_planted(row.record)


def _is_planted(entry: Entry) -> bool:
    special = (*NOT_OFFERED, *NOT_INTEGRATED, *OFFERED_NOT_ELIGIBLE, *NOT_PAYABLE, *ENDED, *BEGUN, "1.001000")
    return entry.procedure.code in special


def _ends_before_it_begins(entry: Entry, turn: int) -> dict[str, Cell]:
    return {"valid_to": entry.valid_from - timedelta(days=30)}


FAULTS: tuple[Fault[Entry], ...] = (
    changed("ends_before_it_begins", 1, "valid_to_before_from", _ends_before_it_begins, _is_unused),
    changed("missing_code", 1, "key_missing", lambda item, turn: {"procedure_code": None}, _is_unused),
    conflicting(1, lambda item, turn: {"field": "Lĩnh vực khác"}, _is_unused),
    repeated(2),
)


def draw_catalogue(n_dossiers: int, stream: Stream) -> list[RegisterRow[Entry]]:
    """Return the rows of the catalogue: one list of the departments, one of the communes without a column of units."""
    rows = [(_COMMUNES if item.office is None else _CITY).row(item) for item in entries()]
    return plant(rows, FAULTS, n_dossiers, stream)


def valid_on(catalogue: Sequence[Entry], moment: datetime) -> list[Entry]:
    """Return the entries that are valid on a day."""
    begun = (item for item in catalogue if item.valid_from <= moment)
    return [item for item in begun if item.valid_to is None or item.valid_to >= moment]
