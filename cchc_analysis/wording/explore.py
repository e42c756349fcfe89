"""Names, choices and sentences of the exploring notebook; the figures come in, nothing is computed."""

from collections.abc import Mapping
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, share
from cchc_analysis.wording.digitisation import FRACTIONS, NAMES
from cchc_analysis.wording.words import in_sentence, pick, uncapitalised

Figures = Mapping[str, Any]

CONTROLS: dict[str, tuple[str, str]] = {
    "measure": ("Chỉ số", "Measure"),
    "period": ("Kỳ báo cáo", "Period"),
    "unit": ("Đơn vị", "Unit"),
    "by": ("Phân theo", "Grouped by"),
    "rule": ("Quy tắc đúng hạn", "On-time rule"),
    "language": ("Ngôn ngữ", "Language"),
}
"""Choice → (Vietnamese, English) label of its control."""

GROUPS: dict[str, tuple[str, str]] = {
    "": ("không phân nhóm", "not grouped"),
    "unit": ("đơn vị", "unit"),
    "field": ("lĩnh vực", "field"),
    "procedure": ("thủ tục hành chính", "procedure"),
    "channel": ("hình thức tiếp nhận", "channel"),
    "month": ("tháng báo cáo", "reporting month"),
}
"""Dimension → (Vietnamese, English) name; "" is the whole."""

ON_TIME = {
    "finished": ("hồ sơ đã giải quyết trong kỳ", "dossiers resolved in the period"),
    "due": ("hồ sơ đến hạn trong kỳ", "dossiers due in the period"),
    "to_handle": ("hồ sơ phải giải quyết trong kỳ", "dossiers to handle in the period"),
}
"""Denominator of an on-time share → (Vietnamese, English) words."""

RULES = {
    "official_form": ("biểu II.06a: so theo ngày", "form II.06a: compared by date"),
    "strict": (
        "quy tắc chặt: so theo phút, không tính hồ sơ rút, trả lại, không có hạn",
        "strict: compared by minute, without those withdrawn or without due date",
    ),
}
"""On-time rule → (Vietnamese, English) words."""

MEASURES: dict[str, tuple[str, str]] = {
    "on_time": ("Tỷ lệ đúng hạn", "On-time share"),
    "working_days_mean": ("Số ngày làm việc đã dùng, trung bình", "Working days used, mean"),
    "working_days_median": ("Số ngày làm việc đã dùng, trung vị", "Working days used, median"),
    "working_days_p90": ("Số ngày làm việc mà 90% hồ sơ không vượt quá", "Working days within which 90% were done"),
    "ratings_satisfied": ("Đánh giá hài lòng tại một cửa", "Ratings at the counter, satisfied"),
    "satisfaction": ("Mức độ hài lòng qua khảo sát", "Satisfaction in the survey"),
}
"""Measure → (Vietnamese, English) name, where the names of shares do not have it."""

DOSSIERS_USED = ("hồ sơ đã giải quyết trong kỳ", "dossiers resolved in the period")
ANSWERS = (
    "câu trả lời ở mức hài lòng",
    "answers at a satisfied point",
    "câu trả lời ở các mức",
    "answers at any point",
)
RATED = ("đánh giá từ hài lòng trở lên", "ratings at satisfied or better", "đánh giá đã nhận", "ratings given")


def name(measure: str, language: Language) -> str:
    """Return the name of a measure.

    >>> name("on_time", "vi"), name("received_online", "en")
    ('Tỷ lệ đúng hạn', 'Received, online')
    """
    return pick(language, *(MEASURES.get(measure) or NAMES.get(measure, (measure, measure))))


def fraction(measure: str, denominator: str, language: Language) -> tuple[str, str]:
    """Return what is counted above and below the line, in words; a measure in days has nothing above.

    >>> fraction("on_time", "due", "en")
    ('of these, on time by the rule', 'dossiers due in the period')
    """
    if measure == "on_time":
        over = pick(language, "trong đó đúng hạn theo quy tắc", "of these, on time by the rule")
        return over, pick(language, *ON_TIME[denominator])
    if measure.startswith("working_days"):
        return "", pick(language, *DOSSIERS_USED)
    if measure in ("satisfaction", "ratings_satisfied"):
        vi_over, en_over, vi_under, en_under = ANSWERS if measure == "satisfaction" else RATED
        return pick(language, vi_over, en_over), pick(language, vi_under, en_under)
    vi_over, vi_under, en_over, en_under = FRACTIONS[measure]
    return pick(language, vi_over, en_over), pick(language, vi_under, en_under)


def rule(rule_name: str, denominator: str, language: Language) -> str:
    """Return an on-time rule with its denominator in words.

    >>> rule("official_form", "due", "en")
    'form II.06a: compared by date; out of dossiers due in the period'
    """
    words, under = pick(language, *RULES[rule_name]), pick(language, *ON_TIME[denominator])
    return f"{words}; {pick(language, 'trên', 'out of')} {under}"


def figure(row: Figures, is_share: bool, language: Language) -> str:
    """Write a figure with what it rests on.

    >>> figure({"value": 0.5, "numerator": 4, "denominator": 8}, True, "en")
    '50.0% (4/8)'
    """
    under = number(row["denominator"], language)
    if not is_share:
        days = pick(language, "ngày", "days")
        return f"{number(row['value'], language, 1)} {days} (n = {under})"
    over = "" if is_missing(row["numerator"]) else number(row["numerator"], language)
    return f"{share(row['value'], language)} ({f'{over}/{under}' if over else f'n = {under}'})"


def finding(
    label: str,
    where: str,
    when: str,
    total: Figures,
    ends: tuple[tuple[str, Figures], tuple[str, Figures]] | None,
    is_share: bool,
    language: Language,
) -> str:
    """Say the figure of the whole and, where groups are shown, which of them are lowest and highest.

    `ends`: name and row of the lowest and of the highest group; None where there are no two to tell apart.

    >>> row = {"value": 0.5, "numerator": 4, "denominator": 8}
    >>> finding("On-time share", "Ward 1", "Q2 2023", row, None, True, "en")
    'On-time share, Ward 1, Q2 2023: 50.0% (4/8)'
    """
    head = f"{label}, {where}, {in_sentence(when, language)}: {figure(total, is_share, language)}"
    if ends is None:
        return head
    (low, lowest), (high, highest) = ends
    return pick(
        language,
        f"{head}; thấp nhất {low}: {figure(lowest, is_share, language)}, cao nhất {high}: {figure(highest, is_share, language)}",
        f"{head}; lowest {low}: {figure(lowest, is_share, language)}, highest {high}: {figure(highest, is_share, language)}",
    )


def description(by: str, n_shown: int, n_groups: int, least: int, has_intervals: bool, language: Language) -> str:
    """Say what the figure shows: groups, bars of intervals, what was left out of the picture and of the extremes.

    `least`: the least denominator of a group that was called lowest or highest; 0 where none was.
    """
    parts = [
        pick(language, f"Theo {pick('vi', *GROUPS[by])}", f"By {pick('en', *GROUPS[by])}")
        if by
        else pick(language, "Một giá trị", "One value")
    ]
    if has_intervals:
        parts.append(
            pick(language, "vạch quanh mỗi điểm là khoảng tin cậy 95%", "bars around the points are 95% intervals")
        )
    if n_shown < n_groups:
        parts.append(
            pick(
                language,
                f"hình chỉ vẽ {n_shown}/{n_groups} nhóm có mẫu số lớn nhất, bảng có đủ",
                f"only the {n_shown} of {n_groups} groups with the largest denominators are drawn, the table has all",
            )
        )
    if by == "month":
        parts.append(pick(language, "tô nền các tháng của kỳ", "the months of the period are shaded"))
    if least:
        parts.append(
            pick(
                language,
                f"thấp nhất, cao nhất chỉ xét nhóm có mẫu số từ {least}",
                f"lowest and highest among groups with a denominator of at least {least}",
            )
        )
    return "; ".join(parts) + "."


def nothing(label: str, where: str, when: str, language: Language) -> str:
    """Say that there is nothing to count for a choice."""
    return pick(
        language,
        f"Không có gì để tính {uncapitalised(label)} cho {where} trong {in_sentence(when, language)}: mẫu số bằng 0.",
        f"There is nothing to compute {label} from for {where} in {in_sentence(when, language)}: the denominator is zero.",
    )


def no_groups(by: str, language: Language) -> str:
    """Say that a measure cannot be grouped in a way."""
    vi, en = GROUPS[by]
    return pick(language, f"Chỉ số này không phân theo {vi} được.", f"This measure cannot be grouped by {en}.")


def no_rule(language: Language) -> str:
    """Say that a measure does not depend on the on-time rule."""
    return pick(language, "không phụ thuộc quy tắc đúng hạn", "does not depend on an on-time rule")


def weighted(language: Language) -> str:
    """Say how the figures of a survey are weighted."""
    return pick(
        language,
        "tỷ lệ là trung bình các câu hỏi, có trọng số; tử số và mẫu số gộp mọi câu hỏi, chưa nhân trọng số",
        "the share is a weighted mean of the questions; numerator and denominator pool all questions, unweighted",
    )
