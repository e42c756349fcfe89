"""The canonical tables: their columns, types and allowed codes."""

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["text", "code", "timestamp", "days", "number", "category", "boolean", "answer"]

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
    them cannot be read is rejected, while any other unreadable value is blanked and listed. `hashed` values name a
    dossier and stand in the warehouse as keyed hashes, so that tables can be joined by them.
    """

    name: str
    kind: ColumnKind
    label: str
    required: bool = False
    essential: bool = False
    codes: tuple[str, ...] = ()
    hashed: bool = False


DOSSIER_COLUMNS: tuple[Column, ...] = (
    Column("dossier_id", "code", "Mã hồ sơ", required=True, essential=True, hashed=True),
    Column("dossier_id_other", "code", "Mã hồ sơ khác", hashed=True),
    Column("procedure_code", "code", "Mã TTHC"),
    Column("procedure_name", "text", "Tên thủ tục hành chính"),
    Column("field", "text", "Lĩnh vực"),
    Column("receiving_unit", "text", "Đơn vị tiếp nhận", required=True, essential=True),
    Column("resolving_unit", "text", "Đơn vị giải quyết"),
    Column("channel", "category", "Hình thức tiếp nhận", codes=CHANNELS),
    Column("return_channel", "category", "Hình thức trả kết quả", codes=CHANNELS),
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
    Column("supplemented_at", "timestamp", "Ngày tiếp nhận bổ sung"),
    Column("documents_digitised", "boolean", "Số hóa thành phần hồ sơ"),
    Column("documents_reused", "boolean", "Tái sử dụng thành phần hồ sơ"),
    Column("reused_from_store", "boolean", "Tái sử dụng từ Kho DVCQG"),
    Column("reused_from_results", "boolean", "Tái sử dụng từ kết quả hồ sơ khác"),
    Column("result_digitised", "boolean", "Số hóa kết quả"),
    Column("result_electronic", "boolean", "Kết quả điện tử"),
    Column("fee_due", "number", "Phí, lệ phí"),
    Column("paid_online", "boolean", "Thanh toán trực tuyến"),
    Column("apology_sent", "boolean", "Thư xin lỗi"),
    Column("rating", "category", "Mức độ hài lòng", codes=RATINGS),
)
"""What an export may bring; anything else is dropped at intake."""

PAYMENT_METHODS = ("online", "transfer", "card", "cash")
PAYMENT_STATUSES = ("requested", "paid", "failed", "refunded")
FEEDBACK_SOURCES = ("portal", "hotline", "in_person", "post", "email")
FEEDBACK_STATUSES = ("received", "processing", "answered", "not_accepted")
COPY_FORMS = ("electronic", "paper")
COPY_STATUSES = ("requested", "certified", "refused")
TIERS = ("province", "city", "commune")

PAYMENT_COLUMNS: tuple[Column, ...] = (
    Column("dossier_id", "code", "Mã hồ sơ", required=True, essential=True, hashed=True),
    Column("payment_id", "code", "Số biên lai"),
    Column("unit", "text", "Đơn vị"),
    Column("procedure_code", "code", "Mã TTHC"),
    Column("procedure_name", "text", "Tên thủ tục hành chính"),
    Column("received_at", "timestamp", "Ngày tiếp nhận"),
    Column("requested_at", "timestamp", "Ngày yêu cầu thanh toán"),
    Column("paid_at", "timestamp", "Ngày thu", required=True, essential=True),
    Column("fee_amount", "number", "Phí (VNĐ)"),
    Column("charge_amount", "number", "Lệ phí (VNĐ)"),
    Column("total_amount", "number", "Tổng (VNĐ)", required=True, essential=True),
    Column("method", "category", "Hình thức thanh toán", codes=PAYMENT_METHODS),
    Column("status", "category", "Trạng thái thanh toán", codes=PAYMENT_STATUSES),
    Column("refunded_at", "timestamp", "Ngày hoàn phí"),
)
"""The list of payments: one row per payment; a dossier may have several. Amounts in dong."""

FEEDBACK_COLUMNS: tuple[Column, ...] = (
    Column("feedback_id", "code", "Mã phản ánh", required=True, essential=True, hashed=True),
    Column("source", "category", "Nguồn phản ánh", codes=FEEDBACK_SOURCES),
    Column("field", "text", "Lĩnh vực"),
    Column("unit", "text", "Đơn vị xử lý", required=True, essential=True),
    Column("received_at", "timestamp", "Ngày tiếp nhận", required=True, essential=True),
    Column("due_at", "timestamp", "Hạn trả lời", essential=True),
    Column("answered_at", "timestamp", "Ngày trả lời", essential=True),
    Column("status", "category", "Trạng thái", essential=True, codes=FEEDBACK_STATUSES),
    Column("published", "boolean", "Công khai trả lời"),
    Column("rating", "category", "Mức độ hài lòng", codes=RATINGS),
)
"""The log of feedback and petitions (phản ánh, kiến nghị) and of the hotline: one row per message."""

E_COPY_COLUMNS: tuple[Column, ...] = (
    Column("copy_id", "code", "Số chứng thực", required=True, essential=True, hashed=True),
    Column("unit", "text", "Đơn vị", required=True, essential=True),
    Column("received_at", "timestamp", "Ngày yêu cầu", required=True, essential=True),
    Column("certified_at", "timestamp", "Ngày chứng thực", essential=True),
    Column("form", "category", "Hình thức bản sao", essential=True, codes=COPY_FORMS),
    Column("n_copies", "number", "Số bản"),
    Column("status", "category", "Trạng thái", codes=COPY_STATUSES),
)
"""The log of certified copies: one row per request; without a column of forms all of them are electronic.

Offices number their copies from 1 every year, so that only number, unit and day together name a request.
"""

PROCEDURE_COLUMNS: tuple[Column, ...] = (
    Column("procedure_code", "code", "Mã TTHC", required=True, essential=True),
    Column("procedure_name", "text", "Tên thủ tục hành chính", required=True, essential=True),
    Column("field", "text", "Lĩnh vực"),
    Column("unit", "text", "Cơ quan thực hiện"),
    Column("tier", "category", "Cấp thực hiện", codes=TIERS),
    Column("service_level", "category", "Mức độ DVC", codes=SERVICE_LEVELS),
    Column("statutory_days", "days", "Thời gian quy định"),
    Column("committed_days", "days", "Thời gian sau cắt giảm"),
    Column("day_kind", "category", "Loại ngày", codes=DAY_KINDS),
    Column("has_fee", "boolean", "Có phí, lệ phí"),
    Column("payable_online", "boolean", "Cho thanh toán trực tuyến"),
    Column("eligible_online", "boolean", "Đủ điều kiện trực tuyến"),
    Column("offered_online", "boolean", "Đã cung cấp trực tuyến"),
    Column("integrated", "boolean", "Đã tích hợp Cổng DVCQG"),
    Column("decided_at", "timestamp", "Ngày quyết định công bố"),
    Column("published_at", "timestamp", "Ngày công khai"),
    Column("valid_from", "timestamp", "Hiệu lực từ"),
    Column("valid_to", "timestamp", "Hiệu lực đến"),
)
"""The catalogue of procedures: one row per procedure and unit that handles it; no unit = all units of the tier."""

OTHER_REGISTER_COLUMNS: tuple[Column, ...] = (
    Column("dossier_id", "code", "Mã hồ sơ", required=True, essential=True, hashed=True),
    Column("dossier_id_other", "code", "Mã hồ sơ khác", hashed=True),
    Column("system", "text", "Hệ thống"),
    Column("unit", "text", "Đơn vị", required=True, essential=True),
    Column("procedure_code", "code", "Mã TTHC"),
    Column("procedure_name", "text", "Tên thủ tục hành chính"),
    Column("received_at", "timestamp", "Ngày tiếp nhận", required=True, essential=True),
    Column("due_at", "timestamp", "Ngày hẹn trả"),
    Column("finished_at", "timestamp", "Ngày kết thúc xử lý"),
    Column("returned_at", "timestamp", "Ngày trả kết quả"),
    Column("status", "category", "Trạng thái", codes=STATUSES),
)
"""A second list of the same dossiers: a paper register, or the export of another system."""

EVIDENCE_ANSWERS = ("yes", "no", "in_progress")

EVIDENCE_COLUMNS: tuple[Column, ...] = (
    Column("plan", "code", "Kế hoạch", required=True, essential=True),
    Column("commitment", "code", "Mã cam kết", required=True, essential=True),
    Column("period", "code", "Kỳ báo cáo", required=True, essential=True),
    Column("unit", "text", "Đơn vị báo cáo", required=True, essential=True),
    Column("numerator", "number", "Tử số", essential=True),
    Column("denominator", "number", "Mẫu số", essential=True),
    Column("answer", "category", "Đã thực hiện", essential=True, codes=EVIDENCE_ANSWERS),
    Column("n_counted", "number", "Số lượng", essential=True),
    Column("happened_at", "timestamp", "Ngày thực hiện", essential=True),
    Column("document", "text", "Văn bản, tài liệu chứng minh"),
    Column("reported_at", "timestamp", "Ngày báo cáo", essential=True),
)
"""What offices report by hand for a commitment of a plan (see plan.Evidence): one row per office and period."""

SUBMISSION_COLUMNS: tuple[Column, ...] = (
    Column("plan", "code", "Kế hoạch", required=True, essential=True),
    Column("duty", "code", "Mã nhiệm vụ báo cáo", required=True, essential=True),
    Column("period", "code", "Kỳ báo cáo", required=True, essential=True),
    Column("unit", "text", "Đơn vị báo cáo", required=True, essential=True),
    Column("submitted_at", "timestamp", "Ngày gửi báo cáo", required=True, essential=True),
    Column("document", "text", "Số, ký hiệu văn bản"),
)
"""Which office handed in what a duty of a plan asks for, and when: one row per office and period."""

SELF_SCORE_COLUMNS: tuple[Column, ...] = (
    Column("index", "code", "Bộ chỉ số", required=True, essential=True),
    Column("year", "number", "Năm đánh giá", required=True, essential=True),
    Column("unit", "text", "Đơn vị tự chấm", required=True, essential=True),
    Column("criterion", "code", "Mã tiêu chí", required=True, essential=True),
    Column("self_score", "number", "Điểm tự chấm", essential=True),
    Column("verified_score", "number", "Điểm thẩm định", essential=True),
    Column("document", "text", "Tài liệu kiểm chứng"),
)
"""Points an office gives itself for a criterion of an index, and what the appraisal left of them."""

INDEX_VALUE_COLUMNS: tuple[Column, ...] = (
    Column("index", "code", "Chỉ số", required=True, essential=True),
    Column("dimension", "text", "Nội dung chỉ số"),
    Column("place", "text", "Địa phương", required=True, essential=True),
    Column("year", "number", "Năm số liệu", required=True, essential=True),
    Column("value", "number", "Giá trị chỉ số", essential=True),
    Column("out_of", "number", "Điểm tối đa"),
    Column("rank", "number", "Thứ hạng"),
    Column("n_ranked", "number", "Số địa phương xếp hạng"),
    Column("method", "text", "Phương pháp"),
    Column("source", "text", "Nguồn số liệu"),
)
"""Published values of an index (PAPI, PAR INDEX, SIPAS …) by place and year; no dimension means the whole index.

`method` is a name that changes where values before and after cannot be compared.
"""


SURVEY_MODES = ("paper", "phone", "online", "kiosk")
SURVEY_OUTCOMES = ("complete", "partial", "refused", "no_contact", "not_eligible")

SURVEY_PREFIX = "survey-"
"""What the name of a kind of table with answers to a questionnaire begins with; the questionnaire's id follows."""

INVALID_ANSWER = "invalid"
"""Code of an answer that is neither a point of the scale nor a missing code: shown and counted, never averaged in."""

SURVEY_COLUMNS: tuple[Column, ...] = (
    Column("response_id", "code", "Mã phiếu", hashed=True),
    Column("respondent_id", "code", "Mã người trả lời", hashed=True),
    Column("dossier_id", "code", "Mã hồ sơ", hashed=True),
    Column("wave", "text", "Đợt khảo sát"),
    Column("answered_at", "timestamp", "Ngày trả lời", essential=True),
    Column("unit", "text", "Đơn vị"),
    Column("field", "text", "Lĩnh vực"),
    Column("mode", "category", "Hình thức khảo sát", codes=SURVEY_MODES),
    Column("outcome", "category", "Kết quả liên hệ", codes=SURVEY_OUTCOMES),
    Column("stratum", "text", "Tầng"),
    Column("cluster", "text", "Cụm"),
    Column("weight", "number", "Trọng số", essential=True),
    Column("stratum_population", "number", "Tổng số trong tầng"),
    Column("answer_seconds", "number", "Thời gian trả lời (giây)"),
    Column("theme", "text", "Chủ đề góp ý"),
)
"""What every survey may bring beside its questions and the traits of respondents: one row per form.

A row with an `outcome` other than complete or partial is somebody who was asked and did not answer. `wave` is the
label of a reporting period ("2023-Q2") wherever one can be read from the file or from the day of the answer.
`stratum_population`: forms that could have been filled in in the stratum, for the finite-population correction.
"""


@dataclass(frozen=True)
class Kind:
    """One kind of table that can be taken in.

    `key`: columns of which equal values name one row; rows whose key is not complete are one row only where everything
    in them is equal. `moment`: the columns that say when a row happened, the first one with a value deciding by which
    day units are resolved. `events`: instants that cannot lie after the date of the data. `units`: columns with units.
    `filled_in`: of a form whose other cells are printed, the columns that somebody fills in; a row in which all of them
    are empty is no row yet. `beside`: columns that may stand above the table instead, as a label and the cell next to
    it.
    """

    name: str
    vi: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    moment: tuple[str, ...]
    events: tuple[str, ...]
    units: tuple[str, ...]
    filled_in: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Return the name of the table in a state of the warehouse."""
        return f"{self.name}.parquet"


DOSSIERS = Kind(
    "dossiers",
    "Hồ sơ giải quyết thủ tục hành chính",
    "Administrative dossiers",
    DOSSIER_COLUMNS,
    key=("dossier_id",),
    moment=("received_at",),
    events=("received_at", "finished_at", "returned_at"),
    units=("receiving_unit", "resolving_unit"),
)

REGISTERS: tuple[Kind, ...] = (
    Kind(
        "payments",
        "Danh sách thanh toán phí, lệ phí",
        "Payments of fees and charges",
        PAYMENT_COLUMNS,
        key=("dossier_id", "payment_id"),
        moment=("paid_at", "received_at"),
        events=("paid_at", "refunded_at"),
        units=("unit",),
    ),
    Kind(
        "feedback",
        "Sổ phản ánh, kiến nghị và đường dây nóng",
        "Feedback, petitions and hotline",
        FEEDBACK_COLUMNS,
        key=("feedback_id",),
        moment=("received_at",),
        events=("received_at", "answered_at"),
        units=("unit",),
    ),
    Kind(
        "e_copies",
        "Sổ chứng thực bản sao",
        "Certified copies",
        E_COPY_COLUMNS,
        key=("copy_id", "unit", "received_at"),
        moment=("received_at",),
        events=("received_at", "certified_at"),
        units=("unit",),
    ),
    Kind(
        "procedures",
        "Danh mục thủ tục hành chính",
        "Catalogue of procedures",
        PROCEDURE_COLUMNS,
        key=("procedure_code", "unit"),
        moment=("valid_from",),
        events=(),
        units=("unit",),
    ),
    Kind(
        "other_register",
        "Sổ theo dõi hoặc hệ thống thứ hai",
        "Second register or system",
        OTHER_REGISTER_COLUMNS,
        key=("dossier_id",),
        moment=("received_at",),
        events=("received_at", "finished_at", "returned_at"),
        units=("unit",),
    ),
    Kind(
        "evidence",
        "Minh chứng thực hiện kế hoạch",
        "Evidence for a plan",
        EVIDENCE_COLUMNS,
        key=("plan", "commitment", "period", "unit"),
        moment=("reported_at", "happened_at"),
        events=("happened_at", "reported_at"),
        units=("unit",),
        filled_in=("numerator", "denominator", "answer", "n_counted", "happened_at", "document"),
        beside=("reported_at",),
    ),
    Kind(
        "submissions",
        "Sổ theo dõi nộp báo cáo",
        "Reports handed in",
        SUBMISSION_COLUMNS,
        key=("plan", "duty", "period", "unit"),
        moment=("submitted_at",),
        events=("submitted_at",),
        units=("unit",),
        filled_in=("submitted_at", "document"),
    ),
    Kind(
        "self_scores",
        "Bảng tự chấm điểm",
        "Self-scoring of an index",
        SELF_SCORE_COLUMNS,
        key=("index", "year", "unit", "criterion"),
        moment=(),
        events=(),
        units=("unit",),
        filled_in=("self_score", "verified_score", "document"),
    ),
    Kind(
        "index_values",
        "Bảng chỉ số công bố",
        "Published values of indices",
        INDEX_VALUE_COLUMNS,
        key=("index", "dimension", "place", "year"),
        moment=(),
        events=(),
        units=(),
        filled_in=("value", "rank"),
    ),
)
"""The registers beside the dossiers, each taken in on its own."""

KINDS: dict[str, Kind] = {kind.name: kind for kind in (DOSSIERS, *REGISTERS)}

SOURCE_COLUMNS = ("source_file", "source_sheet", "source_row")
"""Where a row stands in the files; every table of the warehouse ends with them."""

WAREHOUSE_COLUMNS: tuple[str, ...] = (
    *(column.name for column in DOSSIER_COLUMNS),
    "number_unit",
    "number_on",
    "elapsed_seconds",
    *SOURCE_COLUMNS,
)
"""Columns of `dossiers` in the warehouse.

`dossier_id` is a keyed hash there; `number_unit` and `number_on` are the office and the date written in the dossier
number (its running number is not kept: with it the number could be put together again); `elapsed_seconds`
the exact time from receipt to finish (or hand-over where no finish is recorded), null while open.
Timestamps are local wall-clock times without zone; midnight means that only the date is known.
Units are ids of `units.csv` where the name is known and the cleaned name where it is not.
"""
