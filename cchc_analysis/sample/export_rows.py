"""The rows of the exports: canonical values turned into the words and columns of an office's system."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from cchc_analysis.sample.catalogue import ExportGroup, Procedure
from cchc_analysis.sample.city import NAMES
from cchc_analysis.sample.generate import Dossier

Cell: TypeAlias = str | int | datetime | None

COLUMNS: tuple[str, ...] = (
    "STT",
    "Mã hồ sơ",
    "Mã hồ sơ DVCQG",
    "Chủ hồ sơ",
    "Số điện thoại",
    "Mã TTHC",
    "Tên thủ tục hành chính",
    "Lĩnh vực",
    "Đơn vị tiếp nhận",
    "Đơn vị giải quyết",
    "Hình thức tiếp nhận",
    "Mức độ DVC",
    "Ngày nộp hồ sơ",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc xử lý",
    "Ngày trả kết quả",
    "Hình thức trả kết quả",
    "Trạng thái",
    "Thời gian quy định",
    "Thời gian sau cắt giảm",
    "Số ngày tạm dừng",
    "Ngày tiếp nhận bổ sung",
    "Số hóa thành phần hồ sơ",
    "Tái sử dụng thành phần hồ sơ",
    "Tái sử dụng từ Kho DVCQG",
    "Tái sử dụng từ kết quả hồ sơ khác",
    "Số hóa kết quả",
    "Kết quả điện tử",
    "Phí, lệ phí",
    "Thanh toán trực tuyến",
    "Mức độ hài lòng",
)
"""Headers in the order of the exports."""

_LACKING: dict[ExportGroup, tuple[str, ...]] = {
    "workbook": (),
    "html": ("Tái sử dụng từ Kho DVCQG", "Tái sử dụng từ kết quả hồ sơ khác"),
    "semicolon": ("Mã hồ sơ DVCQG", "Hình thức trả kết quả", "Ngày tiếp nhận bổ sung"),
    "utf16": (
        "Đơn vị giải quyết",
        "Tái sử dụng từ Kho DVCQG",
        "Tái sử dụng từ kết quả hồ sơ khác",
        "Kết quả điện tử",
    ),
}
"""What an export does not bring: no two systems show the same columns."""


def has_column(export: ExportGroup, label: str) -> bool:
    """Tell whether exports of this form bring the column.

    >>> has_column("semicolon", "Mã hồ sơ DVCQG"), has_column("html", "Mã hồ sơ DVCQG")
    (False, True)
    """
    return label not in _LACKING[export]


def columns_of(export: ExportGroup) -> tuple[int, ...]:
    """Return the positions in `COLUMNS` of what exports of this form bring.

    >>> len(COLUMNS) - len(columns_of("utf16"))
    4
    """
    return tuple(position for position, label in enumerate(COLUMNS) if has_column(export, label))


NUMBER, CODE, RECEIVED, DUE, FINISHED, RETURNED, STATUS = (
    COLUMNS.index(label)
    for label in (
        "STT",
        "Mã hồ sơ",
        "Ngày tiếp nhận",
        "Ngày hẹn trả",
        "Ngày kết thúc xử lý",
        "Ngày trả kết quả",
        "Trạng thái",
    )
)

_CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}
_WAYS_OF_RETURN = {
    "counter": "Tại Bộ phận Tiếp nhận và Trả kết quả",
    "online": "Trực tuyến",
    "post": "Qua bưu chính công ích",
}
LEVELS = {"full": "Toàn trình", "partial": "Một phần", "information": "Cung cấp thông tin"}
_RATINGS = {"very_satisfied": "Rất hài lòng", "satisfied": "Hài lòng", "unsatisfied": "Không hài lòng"}

STATUS_WORDS = {
    "registered": "Mới đăng ký",
    "accepted": "Được tiếp nhận",
    "not_accepted": "Không được tiếp nhận",
    "processing": "Đang xử lý",
    "supplement": "Yêu cầu bổ sung giấy tờ",
    "financial_duty": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "withdrawn": "Công dân yêu cầu rút hồ sơ",
    "stopped": "Dừng xử lý",
    "finished": "Đã xử lý xong",
    "returned": "Đã trả kết quả",
}
"""The words of the provincial system, codes 1 to 10."""

OTHER_STATUS_WORDS = STATUS_WORDS | {
    "supplement": "Chờ bổ sung",
    "finished": "Đã có kết quả",
    "stopped": "Tạm dừng xử lý",
}
"""The free text of another vendor, used where the export is a text file."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One row of an export: the dossier it shows, its cells, and the kind of fault planted in it, if any."""

    dossier: Dossier
    cells: tuple[Cell, ...]
    fault: str = ""

    def with_cells(self, fault: str, **changes: Cell) -> "ExportRow":
        """Return the row with the named cells changed (`code`, `received`, `due`, `finished`, `returned`, `status`)."""
        cells = list(self.cells)
        for name, value in changes.items():
            cells[_POSITIONS[name]] = value
        return replace(self, cells=tuple(cells), fault=fault)

    def text(self, position: int) -> str:
        """Return a cell as a text file shows it: dates as dd/MM/yyyy HH:mm:ss, a missing value as nothing."""
        cell = self.cells[position]
        if isinstance(cell, datetime):
            return f"{cell:%d/%m/%Y %H:%M:%S}"
        return "" if cell is None else str(cell)


_POSITIONS = {
    "code": CODE,
    "received": RECEIVED,
    "due": DUE,
    "finished": FINISHED,
    "returned": RETURNED,
    "status": STATUS,
}


def term_text(procedure: Procedure, days: int | None) -> str:
    """Return a time limit as it is published.

    >>> from cchc_analysis.sample.catalogue import COPY, SINGLE_STATUS, WORSHIP
    >>> term_text(COPY, 0), term_text(SINGLE_STATUS, 3), term_text(WORSHIP, 15), term_text(WORSHIP, None)
    ('Ngay trong ngày', '03 ngày làm việc', '15 ngày', 'Không quy định')
    """
    if days is None:
        return "Không quy định"
    if days == 0:
        return "Ngay trong ngày"
    return f"{days:02d} ngày làm việc" if procedure.day_kind == "working" else f"{days:02d} ngày"


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "Có" if value else "Không"


def export_row(dossier: Dossier, number: int, person: int) -> ExportRow:
    """Return the row that shows the dossier; `number` is its STT, `person` names its artificial holder."""
    procedure, office = dossier.procedure, dossier.office
    words = STATUS_WORDS if office.export in ("workbook", "html") else OTHER_STATUS_WORDS
    prefix = "" if office.export == "workbook" else "UBND "
    cells: tuple[Cell, ...] = (
        number,
        dossier.dossier_id,
        dossier.dossier_id_other,
        f"Công dân {person:06d}",
        f"0900{person:06d}",
        procedure.code,
        procedure.name,
        procedure.field,
        prefix + office.name,
        NAMES[procedure.resolved_by] if procedure.resolved_by else prefix + office.name,
        _CHANNELS[dossier.channel],
        LEVELS[procedure.level],
        dossier.submitted_at,
        dossier.received_at,
        dossier.due_at,
        dossier.finished_at,
        dossier.returned_at,
        _WAYS_OF_RETURN[dossier.return_channel] if dossier.return_channel else None,
        words[dossier.status],
        term_text(procedure, procedure.statutory_days),
        term_text(procedure, procedure.committed_days),
        dossier.paused_days or None,
        dossier.supplemented_at,
        _yes_no(dossier.documents_digitised),
        _yes_no(dossier.documents_reused),
        _yes_no(dossier.reused_from_store),
        _yes_no(dossier.reused_from_results),
        _yes_no(dossier.result_digitised),
        _yes_no(dossier.result_electronic),
        procedure.fee,
        _yes_no(dossier.paid_online),
        _RATINGS[dossier.rating] if dossier.rating else None,
    )
    return ExportRow(dossier, cells)
