"""Which methods a page rests on, and how their pages are called."""

from cchc_analysis.errors import Language
from cchc_analysis.wording import pick

METHODS: dict[str, tuple[str, ...]] = {
    "overview": (
        *("plan", "scorecard", "evidence", "duties", "periods", "year-end", "satisfaction", "digitisation", "time-cut"),
        "revisions",
    ),
    "processing_time": (
        *("form-06a", "on-time", "time-used", "time-cut", "pending", "change", "backlog", "integrity"),
        *("comparison-of-units", "control-charts", "coverage", "working-time", "periods", "units-over-time"),
    ),
    "digitisation": ("digitisation", "online-service", "registers", "year-end", "periods"),
    "satisfaction": ("satisfaction", "survey-design", "questionnaires", "on-time", "time-used"),
    "service_quality": ("service-quality", "published", "on-time", "digitisation", "online-service"),
    "indices": ("self-scoring", "index-series", "periods"),
    "published": ("disclosure", "form-06a", "on-time", "digitisation", "online-service", "satisfaction", "periods"),
    "explore": ("on-time", "time-used", "digitisation", "online-service", "satisfaction", "registers", "periods"),
    "data_quality": ("intake", "registers", "questionnaires", "sample"),
}
"""Page → the pages of docs/methods it rests on."""

METHOD_TITLES: dict[str, tuple[str, str]] = {
    "backlog": ("Hồ sơ tồn", "Backlog"),
    "change": ("Thay đổi so với kỳ trước", "Change"),
    "comparison-of-units": ("So sánh các đơn vị", "Comparison of units"),
    "consolidation": ("Tổng hợp báo cáo của các đơn vị", "Consolidation of unit returns"),
    "control-charts": ("Biểu đồ kiểm soát", "Control charts"),
    "coverage": ("Dữ liệu có đủ cho kỳ so sánh không", "Coverage of a period"),
    "digitisation": ("Số hóa", "Digitisation"),
    "disclosure": ("Ẩn số nhỏ trong bản công bố", "Hiding small counts"),
    "document": ("Báo cáo dạng văn bản", "The report as a document"),
    "duties": (
        "Nhiệm vụ báo cáo: đúng hạn, chậm, chưa nộp, sắp đến hạn",
        "Duties: reports on time, late, missing, due next",
    ),
    "evidence": ("Minh chứng do các đơn vị báo cáo", "Evidence: what offices report by hand"),
    "form-06a": ("Biểu II.06a", "Form II.06a"),
    "index-series": ("Chuỗi chỉ số và các điểm gián đoạn", "Series of indices and their breaks"),
    "intake": ("Nạp dữ liệu: từ tệp kết xuất đến hồ sơ đã kiểm tra", "Intake: from exports to checked dossiers"),
    "integrity": ("Dấu hiệu bất thường về ngày tháng", "Integrity of dates"),
    "official-forms": ("Biểu mẫu báo cáo", "Official forms"),
    "on-time": ("Tỷ lệ đúng hạn", "On time"),
    "online-service": ("Dịch vụ công trực tuyến", "Online service"),
    "pending": ("Hồ sơ đang giải quyết", "Pending dossiers"),
    "periods": ("Kỳ báo cáo", "Reporting periods"),
    "plan": ("Kế hoạch dưới dạng tệp", "A plan as a file"),
    "published": ("Đối chiếu số liệu đã công bố", "Published figures held against each other"),
    "questionnaires": ("Phiếu khảo sát", "Questionnaires"),
    "registers": ("Các sổ theo dõi kèm theo hồ sơ", "Registers beside the dossiers"),
    "revisions": ("Số liệu điều chỉnh", "Revisions"),
    "sample": ("Dữ liệu giả lập", "The synthetic sample"),
    "satisfaction": ("Mức độ hài lòng", "Satisfaction"),
    "scorecard": ("Bảng điểm thực hiện kế hoạch", "Scorecard: how far a plan is kept"),
    "self-scoring": ("Tự chấm điểm chỉ số cải cách hành chính", "Self-scoring of the reform index"),
    "service-quality": ("Chất lượng phục vụ", "Service quality"),
    "survey-design": ("Thiết kế mẫu khảo sát", "Survey design"),
    "time-cut": ("Cắt giảm thời gian giải quyết", "Time cut"),
    "time-used": ("Số ngày làm việc đã dùng", "Working days used"),
    "units-over-time": ("Đơn vị qua các thời kỳ", "Units over time"),
    "working-time": ("Thời gian làm việc", "Working time"),
    "year-end": ("Dự báo cuối năm", "End of the year: pace and trend"),
}
"""Page of docs/methods → (Vietnamese, English) title; the English one is its first heading."""


def method_title(name: str, language: Language) -> str:
    """Return what a page of methods is called in the reader's language; its name where it has no title here.

    >>> method_title("on-time", "vi"), method_title("on-time", "en")
    ('Tỷ lệ đúng hạn', 'On time')
    """
    pair = METHOD_TITLES.get(name)
    return name if pair is None else pick(language, *pair)
