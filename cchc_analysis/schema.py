"""The canonical tables: their columns, types and allowed codes."""

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["text", "code", "timestamp", "days", "number", "category", "boolean"]

CHANNELS = ("counter", "online", "post")
SERVICE_LEVELS = ("full", "partial", "information")
DAY_KINDS = ("working", "calendar")
STATUSES = (
    "registered",
    "accepted",
    "not_accepted",
    "processing",
    "supplement",
    "financial_duty",
    "withdrawn",
    "stopped",
    "finished",
    "returned",
)
"""Status codes 1 to 10 of the provincial one-stop systems, in that order."""

NOT_COUNTED = ("registered", "not_accepted")
"""Statuses of dossiers that were never received: no form counts them."""

PAUSED = ("supplement", "financial_duty", "stopped")
"""Statuses that stop the clock while the dossier is open."""

CLOSED = ("withdrawn", "finished", "returned")
"""Statuses of dossiers whose processing has ended."""

RATINGS = ("very_satisfied", "satisfied", "unsatisfied")


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    `label` is the Vietnamese header under which the column is written for people; `required` columns
    must be found in every table; `essential` values decide what is counted, so a row in which one of
    them cannot be read is rejected, while any other unreadable value is blanked and listed.
    """

    name: str
    kind: ColumnKind
    label: str
    required: bool = False
    essential: bool = False
    codes: tuple[str, ...] = ()


DOSSIER_COLUMNS: tuple[Column, ...] = (
    Column("dossier_id", "code", "Mã hồ sơ", required=True, essential=True),
    Column("procedure_code", "code", "Mã TTHC"),
    Column("procedure_name", "text", "Tên thủ tục hành chính"),
    Column("field", "text", "Lĩnh vực"),
    Column("receiving_unit", "text", "Đơn vị tiếp nhận", required=True, essential=True),
    Column("resolving_unit", "text", "Đơn vị giải quyết"),
    Column("channel", "category", "Hình thức tiếp nhận", codes=CHANNELS),
    Column("service_level", "category", "Mức độ DVC", codes=SERVICE_LEVELS),
    Column("submitted_at", "timestamp", "Ngày nộp hồ sơ"),
    Column("received_at", "timestamp", "Ngày tiếp nhận", required=True, essential=True),
    Column("due_at", "timestamp", "Ngày hẹn trả", essential=True),
    Column("finished_at", "timestamp", "Ngày kết thúc xử lý", essential=True),
    Column("returned_at", "timestamp", "Ngày trả kết quả", essential=True),
    Column("status", "category", "Trạng thái", essential=True, codes=STATUSES),
    Column("statutory_days", "days", "Thời gian quy định"),
    Column("committed_days", "days", "Thời gian sau cắt giảm"),
    Column("day_kind", "category", "Loại ngày", codes=DAY_KINDS),
    Column("paused_days", "number", "Số ngày tạm dừng"),
    Column("documents_digitised", "boolean", "Số hóa thành phần hồ sơ"),
    Column("documents_reused", "boolean", "Tái sử dụng thành phần hồ sơ"),
    Column("result_digitised", "boolean", "Số hóa kết quả"),
    Column("fee_due", "number", "Phí, lệ phí"),
    Column("paid_online", "boolean", "Thanh toán trực tuyến"),
    Column("apology_sent", "boolean", "Thư xin lỗi"),
    Column("rating", "category", "Mức độ hài lòng", codes=RATINGS),
)
"""What an export may bring; anything else is dropped at intake."""

WAREHOUSE_COLUMNS: tuple[str, ...] = (
    *(column.name for column in DOSSIER_COLUMNS),
    "number_on",
    "elapsed_seconds",
    "source_file",
    "source_sheet",
    "source_row",
)
"""Columns of `dossiers` in the warehouse.

`dossier_id` is a keyed hash there; `number_on` the date written in the dossier number; `elapsed_seconds`
the exact time from receipt to finish (or hand-over where no finish is recorded), null while open.
Timestamps are local wall-clock times without zone; midnight means that only the date is known.
Units are ids of `units.csv` where the name is known and the cleaned name where it is not.
"""
