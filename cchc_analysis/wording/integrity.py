"""Sentences on the integrity of dates: what a signal may mean and what it does not prove."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number
from cchc_analysis.frames import records
from cchc_analysis.wording.words import pick

SIGNAL_WORDS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "finish_equals_due": (
        ("Giờ kết thúc trùng giờ hẹn trả đến từng giây", "Finish equal to the due date to the second"),
        ("Giờ kết thúc có thể đã được đặt lại theo giờ hẹn trả.", "The finish may have been set to the due date."),
        (
            "Một vài hồ sơ có thể trùng ngẫu nhiên; hệ thống có thể tự đóng hồ sơ khi đến hạn.",
            "A few may coincide by chance; a system may close dossiers by itself when they fall due.",
        ),
    ),
    "finish_outside_hours": (
        ("Kết thúc trước 6 giờ hoặc sau 20 giờ", "Finished before 06:00 or after 20:00"),
        ("Cập nhật hàng loạt bằng máy hoặc ghi giờ sau.", "Updated in bulk by a machine, or entered later."),
        ("Làm ngoài giờ là có thật, nhất là dịp cao điểm.", "Overtime is real, above all at peak times."),
    ),
    "finish_on_day_off": (
        ("Kết thúc vào ngày nghỉ", "Finished on a day off"),
        ("Ngày kết thúc nhập không đúng hoặc cập nhật sau.", "The date was entered wrongly or later."),
        ("Nhiều nơi trực giải quyết hồ sơ sáng thứ Bảy.", "Many offices work on Saturday mornings."),
    ),
    "due_not_recomputed": (
        ("Ngày hẹn trả khác ngày tiếp nhận cộng thời hạn", "Due date is not receipt plus term"),
        ("Ngày hẹn trả đã bị sửa, hoặc thời hạn áp dụng không đúng.", "The due date was changed, or a wrong term applied."),
        (
            "Thời hạn có thể đổi trong năm; loại ngày không ghi được coi là ngày làm việc; hồ sơ có tạm dừng không tính.",
            "Terms change in the course of a year; an unstated kind of day is taken as working days; paused ones are left out.",
        ),
    ),
    "number_date_differs": (
        ("Ngày trong mã hồ sơ khác ngày tiếp nhận và ngày nộp", "Date in the number is neither receipt nor submission"),
        ("Ngày tiếp nhận có thể đã lùi lại sau khi cấp mã.", "The receipt may have been moved after numbering."),
        (
            "Mã có thể cấp trước khi đủ giấy tờ hoặc cấp khi hệ thống bị gián đoạn.",
            "Numbers may be given before all documents are there, or after an outage.",
        ),
    ),
    "online_typed_in": (
        ("Hồ sơ trực tuyến nộp và tiếp nhận cùng một phút, trong giờ làm việc", "Online, sent and received in the same minute of office hours"),
        ("Cán bộ nhập thay tại quầy để tăng tỷ lệ trực tuyến.", "Typed in at the counter to raise the online share."),
        (
            "Một số hệ thống tự tiếp nhận ngay khi nộp; cán bộ hỗ trợ người dân tại quầy là việc được khuyến khích.",
            "Some systems receive at once by themselves; helping people at the counter is encouraged.",
        ),
    ),
    "acceptance_late": (
        ("Hồ sơ trực tuyến được tiếp nhận sau hơn 8 giờ làm việc", "Online dossiers accepted after more than 8 office hours"),
        ("Chậm tiếp nhận làm thời hạn bắt đầu muộn.", "Late acceptance lets the term begin late."),
        (
            "Thời gian chờ người dân bổ sung trước khi tiếp nhận không tách ra được.",
            "Waiting for the applicant's corrections before acceptance cannot be told apart.",
        ),
    ),
    "number_gaps": (
        (
            "Số thứ tự hồ sơ không thấy trong tệp kết xuất, trên tổng số thứ tự đã cấp",
            "Running numbers not seen in the exports, of all numbers given out",
        ),
        (
            "Hồ sơ đã cấp số nhưng không kết xuất, đã hủy hoặc đã xóa.",
            "Dossiers were numbered and then not exported, cancelled or deleted.",
        ),
        (
            "Số có thể được cấp cho lượt nhập hủy bỏ hoặc cho bộ phận khác không nằm trong tệp; số lớn hơn số cao nhất thấy được "
            "trong ngày thì không biết.",
            "Numbers may go to entries that were given up, or to other offices that are not in the exports; numbers above the "
            "highest one seen on a day are not known.",
        ),
    ),
}  # fmt: skip
"""Signal → what it is, what it may mean, what it does not prove; each (Vietnamese, English)."""


def signal_texts(signal: str, language: Language) -> tuple[str, str, str]:
    """Return what a signal is, what it may mean and what it does not prove."""
    what, meaning, limit = (pick(language, *pair) for pair in SIGNAL_WORDS[signal])
    return what, meaning, limit


def caution(language: Language) -> str:
    """Say what signals are for."""
    return pick(
        language,
        "Mỗi dấu hiệu là lý do để mở hồ sơ ra xem lại, không phải kết luận có sai phạm.",
        "Each signal is a reason to open dossiers and look again, not a finding of fault.",
    )


def running_numbers(language: Language) -> str:
    """Say how gaps in running numbers are counted, and where they are not."""
    return pick(
        language,
        "Khoảng trống số thứ tự: mỗi ngày, số cao nhất thấy được trừ số lượng số đã thấy, kể cả số ở dòng bị loại khi nạp. Chỉ tính "
        "cho mã cơ quan cấp số lại từ đầu mỗi ngày và dùng riêng cho một đơn vị tiếp nhận; còn lại không đánh giá.",
        "Gaps in running numbers: on each day, the highest number seen less how many were seen, rows rejected at intake included. "
        "Only for office codes whose numbers begin anew every day and that belong to one receiving unit; the others are not judged.",
    )


def number_gaps(row: Mapping[str, Any], language: Language) -> str:
    """Say how many running numbers are missing on how many days; `row`: one of measures.number_gaps."""
    left_out = row["n_not_judged"]
    n = {name: number(row[name], language) for name in ("numerator", "denominator", "n_gap_days", "n_days")}
    others = number(left_out, language)
    rest_vi = f"; {others} mã cơ quan không đánh giá vì số không cấp lại mỗi ngày hoặc dùng chung" if left_out else ""
    rest_en = f"; {others} office codes are not judged, since their numbers run on or are shared" if left_out else ""
    if not row["denominator"]:
        return pick(
            language,
            f"Không kiểm tra được khoảng trống số thứ tự hồ sơ trong kỳ{rest_vi}",
            f"Gaps in running numbers cannot be checked in this period{rest_en}",
        )
    if not row["numerator"]:
        return pick(
            language,
            f"Không thiếu số thứ tự nào trong {n['denominator']} số của {n['n_days']} ngày{rest_vi}",
            f"None of the {n['denominator']} running numbers of {n['n_days']} office days is missing{rest_en}",
        )
    return pick(
        language,
        f"Thiếu {n['numerator']} trên {n['denominator']} số thứ tự, ở {n['n_gap_days']} trên {n['n_days']} ngày có cấp số{rest_vi}",
        f"{n['numerator']} of {n['denominator']} running numbers are missing, on {n['n_gap_days']} of {n['n_days']} office "
        f"days{rest_en}",
    )


def crowding(tests: pd.DataFrame, names: Mapping[str, str], language: Language) -> str:
    """Name the units whose finishes crowd into the hour before the deadline; `names`: unit → name."""
    compared = tests[tests["p_value"].notna()]
    if not len(compared):
        return pick(
            language,
            "Không so sánh được giờ trước và giờ sau hạn trả vì không có hồ sơ nào ghi đủ giờ và kết thúc gần hạn",
            "The hours before and after the deadline cannot be compared: no dossier with clock times ended near it",
        )
    before, after = (number(compared[name].sum(), language) for name in ("n_before", "n_after"))
    found = records(tests[tests["crowded"]])
    if not found:
        return pick(
            language,
            f"Chưa thấy hồ sơ dồn vào giờ cuối trước hạn: {before} hồ sơ kết thúc trong giờ trước hạn, {after} trong giờ sau hạn",
            f"No crowding before the deadline was found: {before} dossiers ended in the hour before it, {after} in the hour after",
        )
    listed = "; ".join(_found(row, names, language) for row in found)
    return pick(
        language,
        f"Hồ sơ dồn vào giờ cuối trước hạn nhiều hơn mức ngẫu nhiên tại: {listed}",
        f"Finishes crowd into the hour before the deadline beyond chance at: {listed}",
    )


def _found(row: Mapping[str, Any], names: Mapping[str, str], language: Language) -> str:
    before, after, equal = (number(row[name], language) for name in ("n_before", "n_after", "n_equal"))
    return pick(
        language,
        f"{names[row['unit']]} ({before} hồ sơ trong giờ trước hạn, {after} trong giờ sau hạn; {equal} trùng đúng từng giây)",
        f"{names[row['unit']]} ({before} in the hour before, {after} in the hour after; {equal} on the very second)",
    )


def how_tested(language: Language) -> str:
    """Say what the test compares and what it cannot tell."""
    return pick(
        language,
        "So số hồ sơ kết thúc trong một giờ làm việc trước và một giờ làm việc sau giờ hẹn trả, cùng ngày hẹn trả, không tính "
        "hồ sơ hẹn trả trong ngày và giờ hẹn sát giờ mở cửa, đóng cửa. Không có tác động nào thì hai bên ngang nhau: kiểm định "
        "nhị thức một phía, hiệu chỉnh Benjamini–Hochberg, mức 5%. Cố gắng làm kịp hạn cũng cho kết quả này; trùng đến từng "
        "giây thì không.",
        "Finishes in the office hour before and the office hour after the deadline are compared, on the due day itself, without "
        "dossiers due on the day of receipt or close to opening and closing. Without any pull both are equal: one-sided binomial "
        "test, Benjamini–Hochberg, level 5%. Honest effort to meet deadlines shows the same; agreement to the second does not.",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms of the integrity signals, each with one sentence."""
    vi = [
        (
            "Dấu hiệu cần kiểm tra",
            "Mỗi dấu hiệu được chia cho số hồ sơ có đủ dữ liệu để thể hiện dấu hiệu đó; mốc 0 giờ nghĩa là chỉ biết ngày.",
        )
    ]
    en = [
        (
            "Signals",
            "Each signal is divided by the dossiers that carry what it needs; midnight means that only the date is known.",
        )
    ]
    return vi if language == "vi" else en
