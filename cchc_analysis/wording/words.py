"""Names of measures, rules, states and columns as readers see them."""

from cchc_analysis.errors import Language

WORDS: dict[str, tuple[str, str]] = {
    "unit": ("Đơn vị", "Unit"),
    "field": ("Lĩnh vực", "Field"),
    "procedure": ("Thủ tục hành chính", "Procedure"),
    "channel": ("Hình thức tiếp nhận", "Channel"),
    "month": ("Tháng", "Month"),
    "total": ("Tổng số", "Total"),
    "n": ("Số hồ sơ", "Dossiers"),
    "not_stated": ("(không ghi)", "(not stated)"),
    "counter": ("Trực tiếp", "Counter"),
    "online": ("Trực tuyến", "Online"),
    "post": ("Bưu chính công ích", "Public post"),
    "received": ("Tiếp nhận", "Received"),
    "received_online": ("Trực tuyến", "Online"),
    "received_other": ("Trực tiếp, bưu chính", "Counter, post"),
    "carried_over": ("Từ kỳ trước", "Carried over"),
    "resolved": ("Đã giải quyết", "Resolved"),
    "resolved_early": ("Trước hạn", "Early"),
    "resolved_on_time": ("Đúng hạn", "On time"),
    "resolved_late": ("Quá hạn", "Late"),
    "pending": ("Đang giải quyết", "Pending"),
    "pending_in_time": ("Trong hạn", "In time"),
    "pending_overdue": ("Quá hạn", "Overdue"),
    "official_form": ("Biểu II.06a", "Form II.06a"),
    "strict": ("Quy tắc chặt", "Strict rule"),
    "rule": ("Cách tính", "Rule"),
    "denominator": ("Mẫu số", "Denominator"),
    "numerator": ("Tử số", "Numerator"),
    "of_finished": ("hồ sơ đã giải quyết trong kỳ", "dossiers resolved in the period"),
    "of_due": ("hồ sơ đến hạn trong kỳ", "dossiers due in the period"),
    "of_to_handle": ("hồ sơ phải giải quyết trong kỳ", "dossiers to handle in the period"),
    "on_time_share": ("Tỷ lệ đúng hạn", "On-time share"),
    "interval_95": ("khoảng tin cậy 95%", "95% interval"),
    "mean": ("Trung bình", "Mean"),
    "median": ("Trung vị", "Median"),
    "p90": ("90% hồ sơ xong trong", "90% done within"),
    "km_median": ("Trung vị, tính cả hồ sơ chưa xong", "Median, open ones included"),
    "working_days": ("ngày làm việc", "working days"),
    "statutory_days": ("Theo quy định", "By law"),
    "committed_days": ("Sau cắt giảm", "Committed"),
    "used_days": ("Thực tế", "Actual"),
    "over_commitment_days": ("Thực tế − cam kết", "Actual − committed"),
    "in_time": ("Trong hạn", "In time"),
    "overdue": ("Quá hạn", "Overdue"),
    "paused": ("Tạm dừng", "Paused"),
    "without_due": ("Không có hạn trả", "No due date"),
    "age": ("Số ngày làm việc đã chờ", "Working days waited"),
    "working": ("ngày làm việc", "working days"),
    "calendar": ("ngày", "calendar days"),
    "": ("không ghi loại ngày", "kind of day not stated"),
    "same_day": ("Giải quyết trong ngày (thời hạn không quá 1 ngày)", "Same-day (term of at most 1 day)"),
    "no_limit": ("Không có hoặc không ghi thời hạn quy định", "No statutory term, or none given"),
    "no_commitment": ("Không ghi thời gian sau cắt giảm", "No committed time given"),
    "no_dossiers": ("Không có hồ sơ giải quyết trong kỳ", "No dossier resolved in the period"),
    "cut_mean_over_procedures": ("Trung bình các thủ tục", "Mean over procedures"),
    "cut_weighted": ("Bình quân theo số hồ sơ", "Weighted by dossiers"),
    "cut_pooled": ("Gộp: 1 − Σ cam kết / Σ quy định", "Pooled: 1 − Σ committed / Σ statutory"),
    "cut_actual": ("Thực tế: 1 − Σ ngày đã dùng / Σ quy định", "Actual: 1 − Σ days used / Σ statutory"),
}
"""Word → (Vietnamese, English)."""


def word(key: str, language: Language) -> str:
    """Return the word for a key in the reader's language; a key without entry is shown as it is.

    >>> word("carried_over", "vi")
    'Từ kỳ trước'
    """
    pair = WORDS.get(key)
    if pair is None:
        return key
    return pair[0] if language == "vi" else pair[1]


def pick(language: Language, vi: str, en: str) -> str:
    """Return the sentence of the reader's language."""
    return vi if language == "vi" else en
