"""Names and sentences of the digitisation page; the figures come in, nothing is computed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, is_missing, number, points, share
from cchc_analysis.measures import DIGITISATION_MEASURES, Target, Verdict, YearEnd
from cchc_analysis.wording import registers
from cchc_analysis.wording.words import pick, plural
from cchc_analysis.wording.year_end import beside_pace

Figures = Mapping[str, Any]

NAMES: dict[str, tuple[str, str]] = {
    "documents_digitised": ("Thành phần hồ sơ được số hóa", "Documents digitised"),
    "documents_reused": ("Thành phần hồ sơ được tái sử dụng", "Documents reused"),
    "result_digitised": ("Kết quả được số hóa", "Results digitised"),
    "resolved_online": ("Giải quyết trực tuyến", "Resolved, online"),
    "received_online": ("Tiếp nhận trực tuyến", "Received, online"),
    "resolved_online_full_service": ("Chỉ thủ tục toàn trình", "Fully online procedures only"),
    "resolved_online_not_post": ("Không tính bưu chính", "Without public post"),
    "resolved_online_or_counter": ("Chỉ trực tuyến và trực tiếp", "Online and counter only"),
    "resolved_online_of_all": ("Không ghi = không trực tuyến", "Not stated = not online"),
    "procedures_with_online": ("Thủ tục có hồ sơ trực tuyến", "Procedures with online dossiers"),
    "fee_due_dossiers": ("Hồ sơ có phí, lệ phí", "Dossiers with a fee"),
    "fee_paid_online": ("Hồ sơ có phí, lệ phí được thanh toán trực tuyến", "Dossiers with a fee, paid online"),
    "fee_procedures": ("Thủ tục có phí, lệ phí", "Procedures with a fee"),
    "fee_procedures_paid_online": ("Thủ tục có phí, lệ phí phát sinh thanh toán trực tuyến", "Procedures with a fee, ever paid online"),
    **registers.NAMES,
}  # fmt: skip
"""Measure → (Vietnamese, English) name."""

FRACTIONS: dict[str, tuple[str, str, str, str]] = {
    "documents_digitised": ("hồ sơ có thành phần được số hóa", "hồ sơ tiếp nhận trong kỳ", "dossiers with digitised documents", "dossiers received"),
    "documents_reused": ("hồ sơ có thành phần được tái sử dụng", "hồ sơ tiếp nhận trong kỳ", "dossiers with reused documents", "dossiers received"),
    "result_digitised": ("hồ sơ có kết quả được số hóa", "hồ sơ đã giải quyết, trừ hồ sơ rút, trả lại", "dossiers with a digitised result", "dossiers resolved, withdrawn ones left out"),
    "resolved_online": ("hồ sơ trực tuyến đã giải quyết", "hồ sơ đã giải quyết có ghi hình thức", "online dossiers resolved", "dossiers resolved, channel stated"),
    "received_online": ("hồ sơ trực tuyến tiếp nhận", "hồ sơ tiếp nhận có ghi hình thức", "online dossiers received", "dossiers received, channel stated"),
    "resolved_online_full_service": ("hồ sơ trực tuyến đã giải quyết", "hồ sơ đã giải quyết của thủ tục toàn trình", "online dossiers resolved", "dossiers resolved of fully online procedures"),
    "resolved_online_not_post": ("hồ sơ trực tuyến đã giải quyết", "hồ sơ đã giải quyết, trừ hồ sơ qua bưu chính", "online dossiers resolved", "dossiers resolved but those by post"),
    "resolved_online_or_counter": ("hồ sơ trực tuyến đã giải quyết", "hồ sơ đã giải quyết nộp trực tuyến hoặc trực tiếp", "online dossiers resolved", "dossiers resolved, sent online or at the counter"),
    "resolved_online_of_all": ("hồ sơ trực tuyến đã giải quyết", "toàn bộ hồ sơ đã giải quyết", "online dossiers resolved", "all dossiers resolved"),
    "procedures_with_online": ("thủ tục có ít nhất một hồ sơ trực tuyến", "thủ tục có hồ sơ tiếp nhận", "procedures with an online dossier", "procedures with dossiers received"),
    "fee_due_dossiers": ("hồ sơ phải nộp phí, lệ phí", "hồ sơ tiếp nhận có ghi mức phí", "dossiers with a fee", "dossiers received, fee stated"),
    "fee_paid_online": ("hồ sơ thanh toán trực tuyến", "hồ sơ phải nộp phí, lệ phí", "dossiers paid online", "dossiers with a fee"),
    "fee_procedures": ("thủ tục có phí, lệ phí", "thủ tục có hồ sơ tiếp nhận", "procedures with a fee", "procedures with dossiers received"),
    "fee_procedures_paid_online": ("thủ tục có thanh toán trực tuyến", "thủ tục có phí, lệ phí", "procedures ever paid online", "procedures with a fee"),
    **registers.FRACTIONS,
}  # fmt: skip
"""Measure → numerator and denominator in Vietnamese, then in English."""

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "met": ("Đạt", "Met"),
    "missed": ("Chưa đạt", "Missed"),
    "undecided": ("Chưa đủ cơ sở kết luận", "Undecided at this number"),
    "undefined": ("Không có hồ sơ", "No dossiers"),
}


def name(measure: str, language: Language) -> str:
    """Return the name of a measure; one without entry is shown as it is."""
    return pick(language, *NAMES.get(measure, (measure, measure)))


def fraction(measure: str, language: Language) -> tuple[str, str]:
    """Return numerator and denominator of a measure in words."""
    vi_over, vi_under, en_over, en_under = FRACTIONS[measure]
    return (vi_over, vi_under) if language == "vi" else (en_over, en_under)


def verdict(told: Verdict, language: Language) -> str:
    """Return the verdict on a target in words."""
    return pick(language, *VERDICTS[told])


def goal(target: Target, language: Language) -> str:
    """Write a target.

    >>> from fractions import Fraction
    >>> goal(Target(">", Fraction(1, 2)), "vi"), goal(Target(">=", Fraction(1)), "vi")
    ('trên 50%', '100%')
    """
    text = share(float(target.share), language, 0 if (target.share * 100).denominator == 1 else 1)
    if target.operator == "=" or target.share == 1:
        return text
    words = {">": ("trên", "above"), ">=": ("từ", "at least")}[target.operator]
    return f"{pick(language, *words)} {text}"


def _counts(row: Figures, language: Language) -> str:
    return f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"


def told(row: Figures, what_vi: str, what_en: str, language: Language) -> str:
    """Say a share with its counts and interval, or that there was nothing to count."""
    if not row["denominator"]:
        return pick(
            language,
            f"{what_vi}: chưa xác định vì mẫu số bằng 0.",
            f"{what_en}: undefined, since there is nothing to count.",
        )
    said = f"{share(row['value'], language)} ({_counts(row, language)}"
    if is_missing(row["lower"]):
        # A share of everything there is has no sampling error.
        return pick(language, f"{what_vi}: {said}).", f"{what_en}: {said}).")
    ends = interval(row["lower"], row["upper"], language, as_share=True)
    return pick(
        language,
        f"{what_vi}: {said}; khoảng tin cậy 95%: {ends}).",
        f"{what_en}: {said}; 95% interval {ends}).",
    )


def moved(change: Figures, measure: str, base_title: str, language: Language) -> str:
    """Say how a share moved from the base period, and whether that is more than chance."""
    label = name(measure, language)
    if is_missing(change["difference"]):
        return pick(
            language,
            f"{label}: không so sánh được với {base_title} vì một trong hai kỳ không có số liệu.",
            f"{label}: cannot be compared with {base_title}, since one of the periods has nothing to count.",
        )
    before, now = share(change["base_value"], language), share(change["value"], language)
    low, high = points(change["lower"], language), points(change["upper"], language)
    size = points(change["difference"], language)
    if not change["beyond_noise"]:
        return pick(
            language,
            f"{label}: {now}, {base_title} {before} ({size} điểm phần trăm, chưa vượt dao động ngẫu nhiên).",
            f"{label}: {now}, in {base_title} {before} ({size} percentage points, within chance).",
        )
    rose = change["difference"] > 0
    return pick(
        language,
        f"{label}: {'tăng' if rose else 'giảm'} từ {before} ({base_title}) {'lên' if rose else 'xuống'} {now}, tức {size} điểm phần trăm "
        f"(khoảng tin cậy 95%: từ {low} đến {high}).",
        f"{label}: {'up' if rose else 'down'} from {before} ({base_title}) to {now}, that is {size} percentage points "
        f"(95% interval {low} to {high}).",
    )


GROUPS = {"unit": ("đơn vị", "unit"), "field": ("lĩnh vực", "field")}


def falling_short(
    short: pd.DataFrame, names: list[str], n_counted: int, target: Target, by: str, language: Language
) -> str:
    """Say how many groups fall short of the target and where most dossiers are missing; `short`: result of shortfalls."""
    wanted = goal(target, language)
    group_vi, group_en = GROUPS[by]
    counted = number(n_counted, language)
    if not n_counted:
        return ""
    if not len(short):
        return pick(
            language,
            f"Cả {counted} {group_vi} có hồ sơ đều có tỷ lệ tiếp nhận trực tuyến {wanted}.",
            f"All {plural(n_counted, group_en)} with dossiers receive {wanted} online.",
        )
    most = [f"{label} ({number(n, language)})" for label, n in zip(names[:3], short["missing"], strict=False)]
    n = number(len(short), language)
    return pick(
        language,
        f"Tiếp nhận trực tuyến chưa {wanted} ở {n}/{counted} {group_vi}; thiếu nhiều hồ sơ trực tuyến nhất: {', '.join(most)}.",
        f"Received online is not {wanted} in {n} of {plural(n_counted, group_en)}; most online dossiers are missing in {', '.join(most)}.",
    )


def still_at_counter(rows: pd.DataFrame, names: list[str], language: Language) -> str:
    """Say how many dossiers of fully online procedures were handed in at the counter; `rows`: counter_at_full_service."""
    if not len(rows):
        return ""
    n, of = number(rows["n"].sum(), language), number(rows["n_received"].sum(), language)
    first, of_first = (number(rows[column].iloc[0], language) for column in ("n", "n_received"))
    return pick(
        language,
        f"{n}/{of} hồ sơ của các thủ tục toàn trình vẫn nộp trực tiếp tại quầy, nhiều nhất là “{names[0]}” ({first}/{of_first}).",
        f"{n} of {of} dossiers of fully online procedures were still handed in at the counter, most for “{names[0]}” ({first} of {of_first}).",
    )


NEAR = 0.05
"""Shares sent in office hours closer than this are called alike."""


def typed_in_mark(online: Figures, counter: Figures, language: Language) -> str:
    """Say that online dossiers are sent in the same hours as those at the counter, where that is so; else nothing."""
    if not online["denominator"] or not counter["denominator"] or counter["value"] - online["value"] > NEAR:
        return ""
    both = share(online["value"], language), share(counter["value"], language)
    return pick(
        language,
        f"Hồ sơ trực tuyến được nộp trong giờ làm việc gần như hồ sơ tại quầy ({both[0]} so với {both[1]}): cần xem có phải cán bộ nhập hộ hay không.",
        f"Online dossiers are sent in office hours almost as often as those at the counter ({both[0]} against {both[1]}): ask whether staff type them in.",
    )


def against(row: Figures, target: Target, language: Language) -> str:
    """Say whether a share reaches its target, by count and beyond chance."""
    if not row["denominator"]:
        return ""
    wanted, judged = goal(target, language), target.verdict(row["numerator"], row["denominator"])
    if judged == "undecided":
        reached = target.is_reached(row["numerator"], row["denominator"])
        return pick(
            language,
            f"So với mục tiêu {wanted}: số đếm {'đạt' if reached else 'chưa đạt'}, nhưng với {number(row['denominator'], language)} hồ sơ "
            "thì chênh lệch chưa vượt dao động ngẫu nhiên.",
            f"Against the target {wanted}: the count {'reaches' if reached else 'misses'} it, but with "
            f"{number(row['denominator'], language)} dossiers the difference is within chance.",
        )  # fmt: skip
    return pick(
        language,
        f"So với mục tiêu {wanted}: {verdict(judged, language).lower()}.",
        f"Against the target {wanted}: {verdict(judged, language).lower()}.",
    )


def left_out(row: Figures, language: Language) -> str:
    """Say how many dossiers are not in the share and why; nothing where there are none."""
    parts = []
    if row["n_not_stated"]:
        n = number(row["n_not_stated"], language)
        parts.append(pick(language, f"{n} hồ sơ không ghi thông tin này", f"{n} dossiers that do not state it"))
    if row.get("n_before_start"):
        n = number(row["n_before_start"], language)
        parts.append(
            pick(
                language,
                f"{n} hồ sơ tiếp nhận trước ngày bắt đầu, hoặc của đơn vị chưa rõ ngày bắt đầu",
                f"{n} dossiers received before the start, or of units whose start is not known",
            )
        )
    if not parts:
        return ""
    return pick(language, "Không tính: ", "Not counted: ") + "; ".join(parts) + "."


def outlook(end: YearEnd, target: Target | None, measure: str, language: Language) -> str:
    """Say where the year ends at the pace of the last months, what the target would ask, and where the trend ends."""
    if end.value is None:
        return pick(
            language,
            "Chưa có tháng trọn vẹn nào có hồ sơ để tính nhịp độ cả năm.",
            "No whole month of the year has dossiers yet, so there is no pace to carry on.",
        )
    value = share(end.value, language)
    if end.outlook == "over" or not end.months_left:
        return pick(language, f"Năm đã kết thúc ở mức {value}.", f"The year has ended at {value}.")
    ends = interval(end.lower, end.upper, language, as_share=True)
    months = pick(
        language, f"{end.pace_months} tháng", "month" if end.pace_months == 1 else f"{end.pace_months} months"
    )
    first = pick(
        language,
        f"Nếu giữ nhịp độ {months} gần nhất, cả năm đạt khoảng {value} ({ends})",
        f"At the pace of the last {months} the year ends near {value} ({ends})",
    )
    return f"{first}{_asked(end, target, measure, language)}. {beside_pace(end, language)}".rstrip()


def _asked(end: YearEnd, target: Target | None, measure: str, language: Language) -> str:
    digitised = measure in DIGITISATION_MEASURES
    vi, en = ("được số hóa", "are digitised") if digitised else ("nộp trực tuyến", "are online")
    rest, needed = number(end.n_rest, language), number(end.needed, language)
    if target is None or end.outlook in ("no_target", "unknown"):
        return ""
    wanted = goal(target, language)
    if end.outlook == "secured":
        return pick(
            language,
            f"; mục tiêu {wanted} chắc chắn đạt với số hồ sơ dự kiến",
            f"; the target {wanted} is safe with the dossiers expected",
        )
    if end.outlook == "impossible":
        best = share(end.best, language)
        return pick(
            language,
            f"; mục tiêu {wanted} tính cho cả năm không còn đạt được: dù toàn bộ {rest} hồ sơ dự kiến còn lại đều {vi} thì cũng chỉ đạt {best}",
            f"; the target {wanted} for the whole year is out of reach: even if all {rest} dossiers to come {en}, it would be {best}",
        )  # fmt: skip
    more = number(end.more_than_pace, language)
    beyond = pick(language, f", nhiều hơn nhịp độ hiện nay {more} hồ sơ", f", {more} more than the present pace brings")
    return pick(
        language,
        f"; muốn đạt {wanted} thì {needed} trong {rest} hồ sơ dự kiến còn lại phải {vi}",
        f"; the target {wanted} is reached if {needed} of the {rest} dossiers to come {en}",
    ) + (beyond if end.more_than_pace else "")


def hours(online: Figures, counter: Figures, language: Language) -> str:
    """Say how many online dossiers were sent in office hours and what that can mean."""
    if not online["denominator"]:
        return pick(
            language,
            "Không biết giờ nộp của hồ sơ trực tuyến nào trong kỳ.",
            "The hour of sending is known for no online dossier of the period.",
        )
    text = pick(
        language,
        f"{share(online['value'], language)} hồ sơ trực tuyến được nộp trong giờ làm việc ({_counts(online, language)})",
        f"{share(online['value'], language)} of online dossiers were sent in office hours ({_counts(online, language)})",
    )
    if not counter["denominator"]:
        return text + "."
    return text + pick(
        language,
        f"; hồ sơ nộp trực tiếp: {share(counter['value'], language)}.",
        f"; over the counter: {share(counter['value'], language)}.",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms the page uses, each with one or two sentences."""
    vi = [
        ("Số hóa, tái sử dụng", "Hồ sơ có ít nhất một thành phần được số hóa hoặc tái sử dụng, trên số hồ sơ tiếp nhận trong kỳ. Hồ sơ không ghi thông tin không bị coi là chưa số hóa, mà được đếm riêng."),
        ("Kết quả được số hóa", "Trên số hồ sơ đã giải quyết trong kỳ; hồ sơ rút, trả lại không có kết quả nên không tính."),
        ("Ngày bắt đầu", "Ngày bắt đầu số hóa theo cấp (trong tệp kế hoạch). Chỉ hồ sơ tiếp nhận từ ngày đó được so với mục tiêu."),
        ("Đạt, chưa đạt", "Đạt hoặc chưa đạt khi cả khoảng tin cậy 95% (Wilson) nằm về một phía của mục tiêu; “trên 50%” nghĩa là đúng 50% chưa đạt. Mục tiêu 100% xét theo số đếm."),
        ("Nhịp độ", "Số hồ sơ và tỷ lệ của ba tháng trọn vẹn gần nhất được giữ nguyên đến hết năm; khoảng 95% theo phân phối beta–nhị thức. Thay đổi nhịp độ nằm ngoài khoảng này."),
        ("Giờ làm việc", "Từ 07:00 đến 11:30 và 13:30 đến 17:00 của ngày làm việc; giờ nộp ghi 00:00 nghĩa là không biết giờ."),
        ("Hình thức tiếp nhận", "Trực tuyến, trực tiếp, bưu chính công ích; hồ sơ không ghi hình thức được đếm riêng."),
    ]  # fmt: skip
    en = [
        ("Digitised, reused", "Dossiers with at least one document digitised or reused, out of those received in the period. A dossier that does not state it is not taken as “no” but counted apart."),
        ("Result digitised", "Out of the dossiers resolved in the period; withdrawn and sent-back ones have no result and are left out."),
        ("Start", "The day from which units of a tier had to digitise (in the plan file). Only dossiers received from that day on are held against a target."),
        ("Met, missed", "Where the whole 95% interval (Wilson) lies on one side of the target; “above 50%” means that exactly 50% misses it. A target of 100% is decided by the count."),
        ("Pace", "Numbers and share of the last three whole months, carried on to the end of the year; 95% interval by the beta-binomial distribution. A change of pace lies outside it."),
        ("Office hours", "07:00 to 11:30 and 13:30 to 17:00 of a working day; 00:00 means that the hour is not known."),
        ("Channel", "Online, counter, public post; dossiers that do not state it are counted apart."),
    ]  # fmt: skip
    return vi if language == "vi" else en
