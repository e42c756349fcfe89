"""Names of measures, rules, states and columns as readers see them."""

from cchc_analysis.errors import Language
from cchc_analysis.formats import number

WORDS: dict[str, tuple[str, str]] = {
    "unit": ("Đơn vị", "Unit"),
    "field": ("Lĩnh vực", "Field"),
    "city": ("Thành phố", "City"),
    "department": ("Phòng, ban chuyên môn", "Departments"),
    "ward": ("Phường", "Wards"),
    "commune": ("Xã", "Communes"),
    "province": ("Tỉnh", "Province"),
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
    "p90": ("90% xong trong", "90% done within"),
    "km_median": ("Trung vị hồ sơ tiếp nhận trong kỳ, kể cả chưa xong", "Median of those received, open ones included"),
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
    "calendar": ("ngày theo lịch", "calendar days"),
    "": ("không ghi loại ngày", "kind of day not stated"),
    "same_day": ("Giải quyết trong ngày (thời hạn không quá 1 ngày)", "Same-day (term of at most 1 day)"),
    "no_limit": ("Không có hoặc không ghi thời hạn quy định", "No statutory term, or none given"),
    "no_commitment": ("Không ghi thời gian sau cắt giảm", "No committed time given"),
    "no_dossiers": ("Không có hồ sơ giải quyết trong kỳ", "No dossier resolved in the period"),
    "hours": ("giờ", "hours"),
    "registered_cut": ("Cắt giảm đã cam kết", "Committed cut"),
    "actual_cut": ("Cắt giảm thực tế", "Actual cut"),
    "reached": ("đạt", "reached"),
    "not_reached": ("chưa đạt", "not reached"),
    "not_measured": ("không đo được", "not measured"),
    "clearance_rate": ("Giải quyết / tiếp nhận", "Clearance rate"),
    "disposition_time": ("Giải quyết hết tồn (ngày làm việc)", "Disposition time (working days)"),
    "disposition_time_cepej": ("Theo CEPEJ (ngày lịch)", "After CEPEJ (calendar days)"),
    "time_to_clear": ("Hết tồn khi vẫn nhận mới (ngày làm việc)", "To clear with new ones (working days)"),
    "finish_equal": ("Trùng đúng từng giây", "On the very second"),
    "others": ("Còn lại", "All others"),
    "mix_effect": ("Do cơ cấu", "Mix"),
    "true_effect": ("Do nhanh, chậm hơn", "True"),
    "turnover_effect": ("Do chỉ có ở một kỳ", "One period only"),
    "contribution": ("Đóng góp", "Contribution"),
    "cut_mean_over_procedures": ("Trung bình các thủ tục", "Mean over procedures"),
    "cut_weighted": ("Bình quân theo số hồ sơ", "Weighted by dossiers"),
    "cut_pooled": ("Gộp: 1 − Σ cam kết / Σ quy định", "Pooled: 1 − Σ committed / Σ statutory"),
    "verdict_lower": ("Thấp hơn", "Lower"),
    "verdict_higher": ("Cao hơn", "Higher"),
    "verdict_not_told_apart": ("Chưa thấy khác", "Not told apart"),
    "verdict_too_small": ("Quá ít hồ sơ", "Too small to judge"),
    "verdict_no_peers": ("Không có đơn vị cùng thủ tục", "No unit to compare with"),
    "source": ("Nguồn", "Source"),
    "portal": ("Cổng thông tin, Cổng dịch vụ công", "Portal"),
    "hotline": ("Đường dây nóng", "Hotline"),
    "in_person": ("Trực tiếp", "In person"),
    "email": ("Thư điện tử", "E-mail"),
    "method_online": ("Trực tuyến", "Online"),
    "method_transfer": ("Chuyển khoản", "Transfer"),
    "method_card": ("Thẻ", "Card"),
    "method_cash": ("Tiền mặt", "Cash"),
    "method_": ("(không ghi)", "(not stated)"),
    "mode_paper": ("Phiếu giấy", "Paper"),
    "mode_phone": ("Điện thoại", "Phone"),
    "mode_online": ("Trực tuyến", "Online"),
    "mode_kiosk": ("Ki-ốt", "Kiosk"),
    "match_matched": ("Khớp", "Agree"),
    "match_conflicting": ("Khác nội dung", "Differ"),
    "match_only_there": ("Chỉ có trong sổ thứ hai", "Only in the second register"),
    "match_only_here": ("Chỉ có trên một cửa", "Only in the one-stop system"),
    "flag_-1": ("không ghi", "not stated"),
    "flag_0": ("chưa", "no"),
    "flag_1": ("rồi", "yes"),
    "every_unit": ("Mọi đơn vị cùng cấp", "Every unit of the tier"),
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


def plural(n: int, one: str, many: str = "") -> str:
    """Write a count with its English noun, in the plural unless it is one.

    >>> plural(1, "dossier"), plural(1200, "dossier"), plural(0, "entry", "entries")
    ('1 dossier', '1,200 dossiers', '0 entries')
    """
    return f"{number(n, 'en')} {one if n == 1 else many or one + 's'}"


def uncapitalised(text: str) -> str:
    """Return a text with its first letter small.

    >>> uncapitalised("Sổ phản ánh"), uncapitalised("")
    ('sổ phản ánh', '')
    """
    return text[:1].lower() + text[1:]


def in_sentence(title: str, language: Language) -> str:
    """Write the title of a period as it stands inside a sentence.

    >>> in_sentence("Năm 2022", "vi"), in_sentence("First half of 2022", "en"), in_sentence("Q2 2023", "en")
    ('năm 2022', 'the first half of 2022', 'Q2 2023')
    """
    if language == "vi":
        return uncapitalised(title)
    if title.startswith(("First ", "Second ", "Year ")):
        return f"the {uncapitalised(title)}"
    return title


def pick(language: Language, vi: str, en: str) -> str:
    """Return the sentence of the reader's language."""
    return vi if language == "vi" else en
