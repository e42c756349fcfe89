"""Sentences of the processing-time page: computed from figures, in Vietnamese or English."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis import formats
from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, is_missing, number, points, share, signed
from cchc_analysis.frames import records
from cchc_analysis.measures import TimeChange
from cchc_analysis.wording.words import pick

Figures = Mapping[str, Any]

SHOWN_DAYS = 0.005
"""Smallest part of a change, in working days, that two decimals can show."""


def workload(form: Figures, has_due_dates: bool, language: Language) -> str:
    """Say what there was to handle, what was resolved and what is left, with the overdue ones where due dates exist."""
    n = {
        name: number(form[name], language)
        for name in ("received", "carried_over", "resolved", "pending", "pending_overdue")
    }
    if form["received"] == 0:
        return pick(
            language,
            "Trong kỳ không có hồ sơ nào phải giải quyết.",
            "There was no dossier to handle in the period.",
        )
    if not has_due_dates:
        overdue = pick(
            language,
            "không rõ hồ sơ nào quá hạn vì không có ngày hẹn trả",
            "with no due date to tell which are overdue",
        )
    elif form["pending_overdue"]:
        overdue = pick(
            language, f"trong đó {n['pending_overdue']} hồ sơ quá hạn", f"{n['pending_overdue']} of them overdue"
        )
    else:
        overdue = pick(language, "không có hồ sơ quá hạn", "none of them overdue")
    left = pick(
        language,
        f"còn {n['pending']} hồ sơ đang giải quyết, {overdue}" if form["pending"] else "không còn hồ sơ tồn",
        f"{n['pending']} are pending, {overdue}" if form["pending"] else "none is left",
    )
    new = form["received_online"] + form["received_other"]
    return pick(
        language,
        f"Trong kỳ phải giải quyết {n['received']} hồ sơ ({number(new, language)} tiếp nhận mới, {n['carried_over']} từ kỳ trước "
        f"chuyển sang); đã giải quyết {n['resolved']} hồ sơ, {left}.",
        f"There were {n['received']} dossiers to handle ({number(new, language)} new, {n['carried_over']} carried over); "
        f"{n['resolved']} were resolved, {left}.",
    )


def form_note(form: Figures, n_withdrawn: int, n_without_due: int, n_without_channel: int, language: Language) -> str:
    """Say with numbers what the form puts where a reader would not look for it."""
    text = pick(
        language,
        f"Cột (9) gồm cả {number(n_withdrawn, language)} hồ sơ rút, trả lại và {number(n_without_due, language)} hồ sơ không có hạn trả; "
        f"cột (12) gồm cả {number(form['pending_paused'], language)} hồ sơ đang tạm dừng (chờ bổ sung, nghĩa vụ tài chính, dừng xử lý). ",
        f"Column (9) includes {number(n_withdrawn, language)} withdrawn or sent-back dossiers and {number(n_without_due, language)} without due date; "
        f"column (12) includes {number(form['pending_paused'], language)} paused ones (supplement, financial duty, stopped). ",
    )
    if n_without_channel:
        text += pick(
            language,
            f"Cột (5) gồm cả {number(n_without_channel, language)} hồ sơ không ghi hình thức tiếp nhận. ",
            f"Column (5) includes {number(n_without_channel, language)} dossiers whose channel is not stated. ",
        )
    return text + pick(
        language, "Các đẳng thức của biểu đã được kiểm tra.", "Every identity of the form has been checked."
    )


def punctuality(official: Figures, strict: Figures, change: Figures, base_title: str, language: Language) -> str:
    """Say the on-time share of the official form with its interval, its change, and the strict one beside it."""
    if not official["denominator"]:
        return pick(
            language,
            "Trong kỳ không có hồ sơ nào được giải quyết nên tỷ lệ đúng hạn chưa xác định.",
            "No dossier was resolved in the period, so the on-time share is undefined.",
        )
    counts = f"{number(official['numerator'], language)}/{number(official['denominator'], language)}"
    ends = interval(official["lower"], official["upper"], language, as_share=True)
    first = pick(
        language,
        f"Theo cách tính của biểu II.06a, {share(official['value'], language)} hồ sơ được giải quyết trước và đúng hạn "
        f"({counts}; khoảng tin cậy 95%: {ends})",
        f"By form II.06a, {share(official['value'], language)} of dossiers were resolved early or on time "
        f"({counts}; 95% interval {ends})",
    )
    return f"{first}{_moved(change, base_title, language)}{_strictly(official, strict, language)}."


def _moved(change: Figures, base_title: str, language: Language) -> str:
    if is_missing(change["difference"]):
        return pick(
            language,
            f"; {base_title} không có số liệu để so sánh",
            f"; {base_title} has no data to compare with",
        )
    difference = points(change["difference"], language)
    if not change["beyond_noise"]:
        return pick(
            language,
            f", không khác {base_title} quá mức dao động ngẫu nhiên ({difference} điểm phần trăm)",
            f", not different from {base_title} beyond chance ({difference} points)",
        )
    rose = change["difference"] > 0
    return pick(
        language,
        f", {'cao' if rose else 'thấp'} hơn {base_title} ({difference} điểm phần trăm)",
        f", {'higher' if rose else 'lower'} than in {base_title} ({difference} points)",
    )


def _strictly(official: Figures, strict: Figures, language: Language) -> str:
    if not strict["denominator"]:
        return pick(
            language,
            "; theo quy tắc chặt không tính được vì không có hồ sơ nào có hạn trả",
            "; by the strict rule it cannot be computed, as no dossier has a due date",
        )
    difference = strict["value"] - official["value"]
    return pick(
        language,
        f"; theo quy tắc chặt (không tính hồ sơ rút, trả lại và không có hạn) là {share(strict['value'], language)} "
        f"({points(difference, language, 2)} điểm)",
        f"; by the strict rule (without withdrawn and due-less dossiers) {share(strict['value'], language)} "
        f"({points(difference, language, 2)} points)",
    )


def duration(median: Figures, p90: Figures, km: Figures | None, language: Language) -> str:
    """Say how long dossiers took: the half, the nine in ten, and the median that hears the open ones."""
    if not median["denominator"]:
        return pick(
            language,
            "Chưa có hồ sơ nào xong để đo thời gian.",
            "No dossier was closed, so no time can be measured.",
        )
    half, most = _within(median["value"], language), _within(p90["value"], language)
    first = pick(
        language,
        f"Một nửa số hồ sơ giải quyết trong kỳ xong {half}, 90% xong {most}",
        f"Half of the dossiers resolved in the period were done {half}, 90% {most}",
    )
    if km is None or not km["denominator"]:
        return first + "."
    if is_missing(km["value"]):
        rest = pick(
            language,
            "; tính cả hồ sơ chưa xong, trung vị chưa xác định vì chưa đến một nửa số hồ sơ tiếp nhận trong kỳ đã xong",
            "; with open dossiers included the median is undefined: less than half of those received are done",
        )
    else:
        rest = pick(
            language,
            f"; với hồ sơ tiếp nhận trong kỳ và tính cả hồ sơ chưa xong, trung vị là {_days(km['value'], language)}",
            f"; for those received in the period, open ones included, the median is {_days(km['value'], language)}",
        )
    return first + rest + "."


def _days(value: float, language: Language) -> str:
    if value == 0:
        return pick(language, "ngay trong ngày", "the same day")
    digits = 0 if float(value).is_integer() else 1
    unit = "ngày làm việc" if language == "vi" else ("working day" if value == 1 else "working days")
    return f"{number(value, language, digits)} {unit}"


def _within(value: float, language: Language) -> str:
    if value == 0:
        return pick(language, "ngay trong ngày", "on the same day")
    return pick(language, f"trong vòng {_days(value, language)}", f"within {_days(value, language)}")


def change_in_time(change: TimeChange, base_title: str, language: Language) -> str:
    """Say how the mean time changed and how much of it is the mix of dossiers, not speed."""
    if change.difference is None or change.mean is None or change.base_mean is None:
        return pick(
            language,
            f"Không so sánh được thời gian giải quyết với {base_title} vì một trong hai kỳ không có hồ sơ đã xong.",
            f"Processing time cannot be compared with {base_title}: one of the periods has no closed dossier.",
        )
    means = f"{number(change.base_mean, language, 2)} → {number(change.mean, language, 2)}"
    if change.beyond_noise:
        fell = change.difference < 0
        size = number(abs(change.difference), language, 2)
        head = pick(
            language,
            f"Thời gian giải quyết trung bình {'giảm' if fell else 'tăng'} {size} ngày làm việc so với {base_title} ({means})",
            f"Mean processing time {'fell' if fell else 'rose'} by {size} working days from {base_title} ({means})",
        )
    else:
        head = pick(
            language,
            f"Thời gian giải quyết trung bình không đổi rõ rệt so với {base_title} ({means} ngày làm việc)",
            f"Mean processing time did not change clearly from {base_title} ({means} working days)",
        )
    return head + _effects(change, language) + "."


def _effects(change: TimeChange, language: Language) -> str:
    if change.mix_effect is None or change.true_effect is None or change.turnover_effect is None:
        return ""
    mix, true = signed(change.mix_effect, language, 2), signed(change.true_effect, language, 2)
    text = pick(
        language,
        f": {mix} ngày do cơ cấu hồ sơ thay đổi, {true} ngày do từng thủ tục được giải quyết nhanh hơn hay chậm hơn",
        f": {mix} days from the mix of dossiers, {true} days from being faster or slower procedure by procedure",
    )
    if abs(change.turnover_effect) < SHOWN_DAYS:
        return text
    turnover = signed(change.turnover_effect, language, 2)
    return text + pick(
        language,
        f", {turnover} ngày do thủ tục chỉ có ở một trong hai kỳ",
        f", {turnover} days from procedures present in one period only",
    )


def time_cut(cut: pd.DataFrame, language: Language) -> str:
    """Say what the register promises and what people got, for working-day terms."""
    rows = {row["measure"]: row["value"] for row in records(cut) if row["day_kind"] == "working"}
    denominators = {row["measure"]: row["denominator"] for row in records(cut) if row["day_kind"] == "working"}
    pooled: Any = rows.get("cut_pooled")
    actual: Any = rows.get("cut_actual")
    if is_missing(actual) and is_missing(pooled):
        return pick(
            language,
            "Không tính được mức cắt giảm vì dữ liệu không có thời gian quy định của thủ tục.",
            "The cut cannot be computed: the data carry no statutory time.",
        )
    if is_missing(pooled):
        return pick(
            language,
            f"So với thời gian quy định, thời gian thực tế ngắn hơn {share(actual, language)}; dữ liệu không ghi thời gian sau cắt giảm.",
            f"Against the statutory time the actual time is {share(actual, language)} shorter; the data give no committed time.",
        )
    # Dossiers without a commitment are in the actual figure only: then the two must not be set against each other.
    if denominators["cut_pooled"] != denominators["cut_actual"]:
        verdict = pick(
            language, "tính trên cả hồ sơ không ghi thời gian sau cắt giảm", "dossiers without committed time included"
        )
    elif actual >= pooled:
        verdict = pick(language, "đạt mức đã cam kết", "which reaches the commitment")
    else:
        verdict = pick(language, "chưa đạt mức đã cam kết", "which falls short of the commitment")
    return pick(
        language,
        f"Mức cắt giảm đã đăng ký là {share(pooled, language)} thời gian quy định; thực tế người dân được giải quyết nhanh hơn quy định {share(actual, language)}, {verdict}.",
        f"The registered cut is {share(pooled, language)} of the statutory time; people actually got {share(actual, language)}, {verdict}.",
    )


def backlog(ages: pd.DataFrame, language: Language) -> str:
    """Say how old the pending dossiers are."""
    total = int(ages["n"].sum())
    if total == 0:
        return pick(
            language,
            "Cuối kỳ không còn hồ sơ đang giải quyết.",
            "Nothing is pending at the end of the period.",
        )
    old = int(ages.loc[ages["age_from"] >= 21, "n"].sum())
    overdue = int(ages["overdue"].sum())
    return pick(
        language,
        f"{formats.number(total, language)} hồ sơ đang giải quyết: {formats.number(overdue, language)} quá hạn, "
        f"{formats.number(old, language)} đã chờ trên 20 ngày làm việc",
        f"{formats.number(total, language)} dossiers pending: {formats.number(overdue, language)} overdue, "
        f"{formats.number(old, language)} waiting for more than 20 working days",
    )


def no_due_dates(language: Language) -> str:
    """Say that nothing had a due date, so that "on time" would mean nothing."""
    return pick(
        language,
        "Không tính được tỷ lệ đúng hạn: trong dữ liệu không có hồ sơ nào đã giải quyết có ngày hẹn trả.",
        "The on-time share cannot be computed: no resolved dossier in the data has a due date.",
    )


def on_time_trend(monthly: pd.DataFrame, inside: list[str], language: Language) -> str:
    """Say between which values the months of the period lay."""
    shown = monthly[monthly["month"].isin(inside) & monthly["value"].notna()]
    if not len(shown):
        return pick(
            language,
            "Các tháng trong kỳ chưa có hồ sơ nào được giải quyết",
            "No dossier was resolved in the months of the period",
        )
    low, high = _row_at(shown, int(shown["value"].argmin())), _row_at(shown, int(shown["value"].argmax()))
    if len(shown) == 1 or low["value"] == high["value"]:
        return pick(
            language,
            f"Trong kỳ, mỗi tháng {share(high['value'], language)} hồ sơ được giải quyết trước và đúng hạn",
            f"In the period {share(high['value'], language)} of dossiers were resolved early or on time each month",
        )
    return pick(
        language,
        f"Các tháng trong kỳ có từ {share(low['value'], language)} (tháng {_month(low['month'])}) đến {share(high['value'], language)} "
        f"(tháng {_month(high['month'])}) hồ sơ được giải quyết trước và đúng hạn",
        f"In the months of the period {share(low['value'], language)} ({_month(low['month'])}) to {share(high['value'], language)} "
        f"({_month(high['month'])}) of dossiers were resolved early or on time",
    )


def _row_at(rows: pd.DataFrame, place: int) -> Figures:
    return records(rows)[place]


def _month(label: str) -> str:
    year, number_text = label.split("-")[:2]
    return f"{int(number_text)}/{year}"


def groups_apart(rows: pd.DataFrame, overall: float, by: str, language: Language) -> str:
    """Name the groups whose whole interval lies below or above the overall share, in the order given."""
    name = {"unit": ("đơn vị", "units"), "field": ("lĩnh vực", "fields")}.get(by, ("nhóm", "groups"))
    below = rows[rows["upper"] < overall]["label"].tolist()
    above = rows[rows["lower"] > overall]["label"].tolist()
    if not below and not above:
        return pick(
            language,
            f"Chưa thấy {name[0]} nào khác mức chung {share(overall, language)} quá dao động ngẫu nhiên",
            f"None of the {name[1]} differs from the overall {share(overall, language)} beyond chance",
        )
    parts = []
    if below:
        parts.append(
            pick(
                language,
                f"thấp hơn mức chung: {_listed(below, language)}",
                f"below the overall share: {_listed(below, language)}",
            )
        )
    if above:
        parts.append(pick(language, f"cao hơn: {_listed(above, language)}", f"above: {_listed(above, language)}"))
    head = pick(
        language, f"So với mức chung {share(overall, language)}, ", f"Against the overall {share(overall, language)}, "
    )
    return head + "; ".join(parts)


def _listed(names: list[str], language: Language, most: int = 4) -> str:
    if len(names) <= most:
        return ", ".join(names)
    rest = len(names) - most
    return ", ".join(names[:most]) + pick(language, f" và {rest} nơi khác", f" and {rest} more")


def completion(km: pd.DataFrame, closed: pd.DataFrame, language: Language) -> str:
    """Say how much is done on the day itself and how long the slowest tenth takes."""
    if not len(closed):
        return pick(
            language, "Chưa hồ sơ nào tiếp nhận trong kỳ đã xong", "None of the dossiers received in the period is done"
        )
    same_day = closed.loc[closed["duration"] == 0, "share"]
    first = float(same_day.iloc[0]) if len(same_day) else 0.0
    median: Any = km.iloc[0]["value"] if len(km) else None
    middle = (
        pick(language, "trung vị chưa xác định", "the median is undefined")
        if is_missing(median)
        else pick(language, f"trung vị {_days(median, language)}", f"the median is {_days(median, language)}")
    )
    return pick(
        language,
        f"{share(first, language, 0)} hồ sơ đã xong được giải quyết ngay trong ngày; tính cả hồ sơ chưa xong, {middle}",
        f"{share(first, language, 0)} of closed dossiers were done on the same day; with open ones included {middle}",
    )


def over_commitment(shown: pd.DataFrame, labels: Mapping[str, str], language: Language) -> str:
    """Name the procedures whose actual time is above the commitment."""
    over = shown[shown["used_days"] > shown["committed_days"]]
    if not len(over):
        return pick(
            language,
            "Các thủ tục nhiều hồ sơ nhất đều được giải quyết trong thời gian đã cam kết, tính bình quân",
            "The procedures with most dossiers all stay within the committed time on average",
        )
    worst = _row_at(over, int(over["over_commitment_days"].argmax()))
    name = labels.get(worst["procedure"], worst["procedure"])
    excess = number(worst["over_commitment_days"], language, 1)
    return pick(
        language,
        f"{len(over)}/{len(shown)} thủ tục nhiều hồ sơ nhất có thời gian bình quân vượt cam kết; vượt nhiều nhất là “{name}” ({excess} ngày)",
        f"{len(over)} of the {len(shown)} largest procedures exceed the commitment on average; most of all “{name}” ({excess} days)",
    )


def definitions(working_days: str, language: Language) -> list[tuple[str, str]]:
    """Return the terms the page uses, each with one sentence."""
    vi = [
        ("Kỳ số liệu", "Kỳ báo cáo chốt từ ngày 15 tháng trước đến ngày 14 tháng cuối kỳ; kỳ ghi “theo tháng dương lịch” tính từ ngày 01."),
        ("Ngày làm việc", f"Ngày tiếp nhận là ngày 0, ngày kết thúc được tính; ngày làm việc là {working_days}. Thời gian tạm dừng đã được trừ."),
        ("Biểu II.06a", "So ngày kết thúc xử lý (hoặc ngày trả nếu không ghi) với ngày hẹn trả, theo ngày; hồ sơ rút, trả lại và không có hạn được tính là đúng hạn; hồ sơ tạm dừng được tính là trong hạn."),
        ("Quy tắc chặt", "So đến phút khi cả hai mốc có giờ; không tính hồ sơ rút, trả lại và hồ sơ không có hạn trả."),
        ("Hồ sơ đến hạn", "Hồ sơ có ngày hẹn trả trong kỳ; hồ sơ đến hạn mà cuối kỳ chưa xong là không đúng hạn."),
        ("Khoảng tin cậy 95%", "Wilson cho tỷ lệ, Newcombe cho chênh lệch tỷ lệ, thống kê thứ tự cho trung vị và phân vị, Welch cho chênh lệch trung bình."),
        ("Kaplan–Meier", "Ước lượng thời gian hoàn thành khi một số hồ sơ chưa xong: hồ sơ chưa xong cho biết thời gian ít nhất đã qua."),
        ("Cơ cấu và thực chất", "Chênh lệch trung bình được tách theo Kitagawa: phần do tỷ trọng thủ tục thay đổi và phần do từng thủ tục nhanh hay chậm hơn."),
        ("Cắt giảm", "Thời hạn quy định so với thời gian sau cắt giảm và thời gian thực tế; thủ tục trong ngày, không có thời hạn, không có hồ sơ được nêu tên và không tính."),
    ]  # fmt: skip
    en = [
        ("Window", "Reporting periods run from the 15th of the month before to the 14th of the last month; “calendar months” begin on the 1st."),
        ("Working days", f"The day of receipt is day 0, the last day counts; working days are {working_days}. Pauses are taken off."),
        ("Form II.06a", "The end of processing (or the hand-over where none is recorded) is compared with the due date by day; withdrawn, sent-back and due-less dossiers are on time; paused ones are in time."),
        ("Strict rule", "Compared to the minute where both stamps have a clock time; withdrawn, sent-back and due-less dossiers are left out."),
        ("Dossiers due", "Dossiers whose due date lies in the period; what is due and still open at its end was not on time."),
        ("95% interval", "Wilson for shares, Newcombe for differences of shares, order statistics for median and percentiles, Welch for differences of means."),
        ("Kaplan–Meier", "Time to closing when some dossiers are still open: an open dossier tells how long it has taken at least."),
        ("Mix and true effect", "The change of the mean is split after Kitagawa: what the weights of procedures did, and what each procedure's own speed did."),
        ("Cut", "Statutory time against committed and actual time; same-day procedures, those without a term and those without dossiers are named and left out."),
    ]  # fmt: skip
    return vi if language == "vi" else en
