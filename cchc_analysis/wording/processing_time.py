"""Sentences of the processing-time page: computed from figures, in Vietnamese or English."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, is_missing, number, parts, points, share, signed
from cchc_analysis.frames import records
from cchc_analysis.measures import TimeChange
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

FEWEST_FOR_P90 = 10
"""Below this many dossiers nothing is said about nine in ten of them."""


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
            language, f"trong đó {n['pending_overdue']} hồ sơ quá hạn", f"of which {n['pending_overdue']} overdue"
        )
    else:
        overdue = pick(language, "không có hồ sơ quá hạn", "none overdue")
    left = pick(
        language,
        f"còn {n['pending']} hồ sơ đang giải quyết, {overdue}"
        if form["pending"]
        else "không còn hồ sơ đang giải quyết",
        f"{n['pending']} pending, {overdue}" if form["pending"] else "none pending",
    )
    new = form["received_online"] + form["received_other"]
    return pick(
        language,
        f"Trong kỳ phải giải quyết {n['received']} hồ sơ ({number(new, language)} tiếp nhận mới, {n['carried_over']} từ kỳ trước "
        f"chuyển sang); đã giải quyết {n['resolved']} hồ sơ, {left}.",
        f"The period had {plural(form['received'], 'dossier')} to handle ({number(new, language)} new, {n['carried_over']} carried "
        f"over): {n['resolved']} resolved, {left}.",
    )


def form_note(form: Figures, n_withdrawn: int, n_without_due: int, n_without_channel: int, language: Language) -> str:
    """Say with numbers what the form puts where a reader would not look for it."""
    text = pick(
        language,
        f"Cột (9) gồm cả {number(n_withdrawn, language)} hồ sơ rút, trả lại và {number(n_without_due, language)} hồ sơ không có hạn trả; "
        f"cột (12) gồm cả {number(form['pending_paused'], language)} hồ sơ đang tạm dừng (chờ bổ sung, nghĩa vụ tài chính, dừng xử lý). ",
        f"Column (9) includes {plural(n_withdrawn, 'withdrawn or sent-back dossier')} and {number(n_without_due, language)} without due date; "
        f"column (12) includes {plural(form['pending_paused'], 'paused one')} (supplement, financial duty, stopped). ",
    )
    if n_without_channel:
        text += pick(
            language,
            f"Cột (5) gồm cả {number(n_without_channel, language)} hồ sơ không ghi hình thức tiếp nhận. ",
            f"Column (5) includes {plural(n_without_channel, 'dossier')} whose channel is not stated. ",
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
            f", not different from {base_title} beyond chance ({difference} percentage points)",
        )
    rose = change["difference"] > 0
    return pick(
        language,
        f", {'cao' if rose else 'thấp'} hơn {base_title} ({difference} điểm phần trăm)",
        f", {'higher' if rose else 'lower'} than in {base_title} ({difference} percentage points)",
    )


def _strictly(official: Figures, strict: Figures, language: Language) -> str:
    if not strict["denominator"]:
        return pick(
            language,
            "; theo quy tắc chặt không tính được vì không có hồ sơ nào vừa có kết quả vừa có hạn trả",
            "; by the strict rule it cannot be computed, as no dossier has both a result and a due date",
        )
    difference = strict["value"] - official["value"]
    return pick(
        language,
        f"; theo quy tắc chặt (so đến từng phút, không tính hồ sơ rút, trả lại và không có hạn trả) là {share(strict['value'], language)} "
        f"({points(difference, language)} điểm phần trăm)",
        f"; by the strict rule (to the minute, without withdrawn and due-less dossiers) {share(strict['value'], language)} "
        f"({points(difference, language)} percentage points)",
    )


def duration(median: Figures, p90: Figures, km: Figures | None, language: Language) -> str:
    """Say how long dossiers took: the half, the nine in ten, and the half that hears the open ones."""
    if not median["denominator"]:
        return pick(
            language,
            "Trong kỳ chưa có hồ sơ nào có kết quả (không kể hồ sơ rút, trả lại) nên chưa đo được thời gian giải quyết.",
            "No dossier got a result in the period (withdrawn ones aside), so no time can be measured.",
        )
    first = _half_and_most(median, p90, language)
    if km is None or not km["denominator"]:
        return first + "."
    if is_missing(km["value"]):
        rest = pick(
            language,
            "; tính cả hồ sơ chưa xong thì trung vị chưa xác định: chưa đến một nửa số hồ sơ tiếp nhận trong kỳ có kết quả",
            "; with open dossiers included the median is undefined: less than half of those received have a result",
        )
    else:
        half = _within(km["value"], language)
        rest = pick(
            language,
            f"; trong số hồ sơ tiếp nhận trong kỳ, kể cả hồ sơ chưa xong, ước tính một nửa được giải quyết {half}",
            f"; of those received in the period, open ones included, an estimated half is done {half}",
        )
    return first + rest + "."


def _half_and_most(median: Figures, p90: Figures, language: Language) -> str:
    half, most = _within(median["value"], language), _within(p90["value"], language)
    if median["denominator"] == 1:
        return pick(
            language,
            f"Hồ sơ duy nhất có kết quả trong kỳ được giải quyết {half}",
            f"The only dossier with a result in the period was done {half}",
        )
    if median["denominator"] < FEWEST_FOR_P90:
        return pick(
            language,
            f"Ít nhất một nửa số hồ sơ có kết quả trong kỳ được giải quyết {half}",
            f"At least half of the dossiers with a result in the period were done {half}",
        )
    if half == most:
        return pick(
            language,
            f"Khoảng 90% số hồ sơ có kết quả trong kỳ được giải quyết {most}",
            f"About 90% of the dossiers with a result in the period were done {most}",
        )
    return pick(
        language,
        f"Ít nhất một nửa số hồ sơ có kết quả trong kỳ được giải quyết {half}, khoảng 90% {most}",
        f"At least half of the dossiers with a result in the period were done {half}, about 90% {most}",
    )


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
            f"Không so sánh được thời gian giải quyết với {base_title} vì một trong hai kỳ không có hồ sơ nào có kết quả.",
            f"Processing time cannot be compared with {base_title}: one of the periods has no dossier with a result.",
        )
    means = f"{number(change.base_mean, language, 2)} → {number(change.mean, language, 2)}"
    if change.lower is None and min(change.n, change.base_n) == 1:
        return pick(
            language,
            f"Quá ít hồ sơ để kết luận thời gian giải quyết trung bình có thay đổi so với {base_title} hay không ({means} ngày làm việc).",
            f"Too few dossiers to tell whether the mean processing time changed from {base_title} ({means} working days).",
        )
    if change.beyond_noise or (change.lower is None and change.difference != 0):
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
            f"Thời gian giải quyết trung bình không khác {base_title} quá mức dao động ngẫu nhiên ({means} ngày làm việc)",
            f"Mean processing time does not differ from {base_title} beyond chance ({means} working days)",
        )
    return head + _effects(change, language) + "."


def _effects(change: TimeChange, language: Language) -> str:
    if change.mix_effect is None or change.true_effect is None or change.turnover_effect is None:
        return ""
    effects = (change.mix_effect, change.true_effect, change.turnover_effect)
    mix, true, turnover = (signed(part, language, 2) for part in parts(effects, sum(effects), 2))
    text = pick(
        language,
        f": {mix} ngày do cơ cấu hồ sơ thay đổi, {true} ngày do từng thủ tục được giải quyết nhanh hơn hay chậm hơn",
        f": {mix} days from the mix of dossiers, {true} days from each procedure being faster or slower",
    )
    if turnover == number(0, language, 2):
        return text
    return text + pick(
        language,
        f", {turnover} ngày do thủ tục chỉ có ở một trong hai kỳ",
        f", {turnover} days from procedures present in one period only",
    )


KINDS = {
    "working": ("ngày làm việc", "working days"),
    "": ("ngày (không ghi loại ngày)", "days of a kind not stated"),
    "calendar": ("ngày theo lịch", "calendar days"),
    "hours": ("giờ (8 giờ làm việc là 1 ngày)", "hours (8 office hours to the day)"),
}
"""Kinds of terms a sentence may speak of, the one wanted first first."""


def time_cut(cut: pd.DataFrame, language: Language) -> str:
    """Say what was committed and what people got, for working-day terms or, without any, for those there are."""
    kind = next((kind for kind in KINDS if (cut["day_kind"] == kind).any()), None)
    if kind is None:
        return pick(
            language,
            "Không tính được mức cắt giảm: trong kỳ không có hồ sơ nào có kết quả mà thời hạn quy định trên 1 ngày.",
            "The cut cannot be computed: no dossier with a result in the period has a statutory term above 1 day.",
        )
    rows = {row["measure"]: row for row in records(cut) if row["day_kind"] == kind}
    pooled, actual = rows["cut_pooled"], rows["cut_actual"]
    head = pick(language, f"Với thời hạn tính theo {KINDS[kind][0]}, ", f"For terms in {KINDS[kind][1]}, ")
    if is_missing(actual["value"]):
        return head + _not_measured(pooled, language)
    shorter = _against_law(actual["value"], language)
    if is_missing(pooled["value"]):
        return head + pick(
            language,
            f"tổng thời gian giải quyết thực tế {shorter} tổng thời gian quy định; dữ liệu không ghi thời gian sau cắt giảm.",
            f"actual time in all was {shorter} statutory time; the data give no committed time.",
        )
    return head + pick(
        language,
        f"mức cắt giảm đã cam kết là {share(pooled['value'], language)} tổng thời gian quy định; tổng thời gian giải quyết thực tế "
        f"{shorter} tổng thời gian quy định, {_verdict(pooled, actual, language)}.",
        f"the committed cut is {share(pooled['value'], language)} of all statutory time; actual time in all was "
        f"{shorter} statutory time, {_verdict(pooled, actual, language)}.",
    )


def _not_measured(pooled: Figures, language: Language) -> str:
    """Say what was committed where whole days used cannot tell the actual time."""
    if is_missing(pooled["value"]):
        return pick(
            language,
            "dữ liệu không ghi thời gian sau cắt giảm và thời gian thực tế tính theo ngày không so được với thời hạn theo giờ.",
            "the data give no committed time, and days used cannot be held against terms in hours.",
        )
    return pick(
        language,
        f"mức cắt giảm đã cam kết là {share(pooled['value'], language)} tổng thời gian quy định; thời gian thực tế tính theo ngày không so "
        "được với thời hạn theo giờ.",
        f"the committed cut is {share(pooled['value'], language)} of all statutory time; days used cannot be held against terms in hours.",
    )


def _against_law(actual: float, language: Language) -> str:
    if actual == 0:
        return pick(language, "bằng", "equal to")
    size = share(abs(actual), language)
    if actual > 0:
        return pick(language, f"ngắn hơn {size} so với", f"{size} shorter than")
    return pick(language, f"dài hơn {size} so với", f"{size} longer than")


def _verdict(pooled: Figures, actual: Figures, language: Language) -> str:
    # Dossiers without a commitment are in the actual figure only: then the two must not be set against each other.
    if pooled["denominator"] != actual["denominator"]:
        return pick(
            language,
            "tính cả hồ sơ không ghi thời gian sau cắt giảm nên không so sánh được với mức cam kết",
            "dossiers without committed time included, so not to be compared with the commitment",
        )
    if actual["value"] >= pooled["value"]:
        return pick(
            language,
            "tính chung là đạt mức cam kết (không có nghĩa là từng thủ tục, từng hồ sơ đều đạt)",
            "which reaches the commitment as a whole (not necessarily in every procedure and dossier)",
        )
    return pick(language, "tính chung là chưa đạt mức cam kết", "which falls short of the commitment as a whole")


def backlog(ages: pd.DataFrame, language: Language) -> str:
    """Say how old the pending dossiers are, and how many of them are overdue or cannot be."""
    total = int(ages["n"].sum())
    if total == 0:
        return pick(
            language,
            "Không còn hồ sơ đang giải quyết tại thời điểm lấy số liệu.",
            "Nothing was pending when the data were taken.",
        )
    old = int(ages.loc[ages["age_from"] >= 21, "n"].sum())
    n = {state: int(ages[state].sum()) for state in ("overdue", "without_due")}
    vi = [f"{number(n['overdue'], 'vi')} quá hạn", f"{number(old, 'vi')} đã chờ trên 20 ngày làm việc"]
    en = [f"{number(n['overdue'], 'en')} overdue", f"{number(old, 'en')} waiting for more than 20 working days"]
    if n["without_due"]:
        vi.insert(1, f"{number(n['without_due'], 'vi')} không có hạn trả")
        en.insert(1, f"{number(n['without_due'], 'en')} without due date")
    return pick(
        language,
        f"{number(total, 'vi')} hồ sơ đang giải quyết: {', '.join(vi)}",
        f"{plural(total, 'dossier')} pending: {', '.join(en)}",
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
    if len(shown) == 1:
        return pick(
            language,
            f"Tháng {_month(low['month'])}: {share(low['value'], language)} hồ sơ được giải quyết trước và đúng hạn",
            f"{_month(low['month'])}: {share(low['value'], language)} of dossiers were resolved early or on time",
        )
    if low["value"] == high["value"]:
        return pick(
            language,
            f"Tháng nào trong kỳ cũng có {share(high['value'], language)} hồ sơ được giải quyết trước và đúng hạn",
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


GROUPS = {
    "unit": ("đơn vị", "unit", "units"),
    "field": ("lĩnh vực", "field", "fields"),
}
"""Dimension → (Vietnamese, English, English plural) word for its groups."""


def groups_apart(rows: pd.DataFrame, overall: float, by: str, language: Language) -> str:
    """Name the groups whose share differs from that of all others (column `side`), in the order given."""
    vi, one, many = GROUPS.get(by, ("nhóm", "group", "groups"))
    level = share(overall, language)
    if int((rows["denominator"] > 0).sum()) < 2:
        return pick(
            language,
            f"Chỉ một {vi} có hồ sơ đã giải quyết, không có gì để so sánh; tỷ lệ đúng hạn {level}",
            f"Only one {one} has resolved dossiers, so there is nothing to compare; on-time share {level}",
        )
    below = rows.loc[rows["side"] == "below", "label"].tolist()
    above = rows.loc[rows["side"] == "above", "label"].tolist()
    if not below and not above:
        return pick(
            language,
            f"Chưa thấy {vi} nào có tỷ lệ đúng hạn khác các {vi} còn lại quá mức dao động ngẫu nhiên (mức chung {level})",
            f"No {one} has an on-time share that differs from the other {many} beyond chance (overall {level})",
        )
    parts = []
    if below:
        parts.append(pick(language, f"thấp hơn: {_listed(below, vi)}", f"lower: {_listed(below, many)}"))
    if above:
        parts.append(pick(language, f"cao hơn: {_listed(above, vi)}", f"higher: {_listed(above, many)}"))
    head = pick(
        language,
        f"So với các {vi} còn lại (mức chung {level}), tỷ lệ đúng hạn ",
        f"Against the other {many} (overall {level}), the on-time share is ",
    )
    return head + "; ".join(parts)


def _listed(names: list[str], groups: str, most: int = 4) -> str:
    if len(names) <= most:
        return ", ".join(names)
    rest = len(names) - most
    more = f" and {rest} more" if groups in ("units", "fields", "groups") else f" và {rest} {groups} khác"
    return ", ".join(names[:most]) + more


def completion(km: pd.DataFrame, closed: pd.DataFrame, language: Language) -> str:
    """Say how much is done on the day itself, and by when half is done with the open ones heard."""
    if not len(closed):
        return pick(
            language,
            "Chưa hồ sơ nào tiếp nhận trong kỳ có kết quả",
            "None of the dossiers received in the period has a result",
        )
    same_day = closed.loc[closed["duration"] == 0, "share"]
    first = share(float(same_day.iloc[0]) if len(same_day) else 0.0, language, 0)
    median: Any = km.iloc[0]["value"] if len(km) else None
    middle = (
        pick(language, "trung vị chưa xác định", "the median is undefined")
        if is_missing(median)
        else pick(
            language,
            f"ước tính một nửa xong {_within(median, language)}",
            f"an estimated half is done {_within(median, language)}",
        )
    )
    return pick(
        language,
        f"{first} số hồ sơ đã có kết quả được giải quyết ngay trong ngày; tính cả hồ sơ chưa xong, {middle}",
        f"{first} of the dossiers with a result were done on the same day; with open ones included, {middle}",
    )


def over_commitment(shown: pd.DataFrame, others: pd.DataFrame, labels: Mapping[str, str], language: Language) -> str:
    """Name the procedures whose mean actual time is above the commitment, among those drawn and among the others."""
    over = shown[shown["used_days"] > shown["committed_days"]]
    n, n_over = len(shown), len(over)
    vi, en = ("thủ tục nhiều hồ sơ nhất", "largest procedure") if len(others) else ("thủ tục", "procedure")
    if n_over:
        text = pick(
            language,
            f"{n_over}/{n} {vi} có thời gian giải quyết bình quân vượt thời gian sau cắt giảm{_furthest(over, labels, language)}",
            f"{n_over} of the {plural(n, en)} took longer on average than committed{_furthest(over, labels, language)}",
        )
    elif n == 1:
        text = pick(
            language,
            "Thời gian giải quyết bình quân không vượt thời gian sau cắt giảm",
            "The mean time is within the commitment",
        )
    else:
        text = pick(
            language,
            f"Ở cả {n} {vi}, thời gian giải quyết bình quân không vượt thời gian sau cắt giảm",
            f"In all {plural(n, en)} the mean time is within the commitment",
        )
    over = others[others["used_days"] > others["committed_days"]]
    if not len(over):
        return text
    return text + pick(
        language,
        f"; trong {len(others)} thủ tục còn lại có {len(over)} thủ tục vượt{_furthest(over, labels, language)}",
        f"; of the {plural(len(others), 'other')} {len(over)} took longer{_furthest(over, labels, language)}",
    )


def _furthest(over: pd.DataFrame, labels: Mapping[str, str], language: Language) -> str:
    row = _row_at(over, int(over["over_commitment_days"].argmax()))
    name = labels.get(row["procedure"], row["procedure"])
    excess = number(row["over_commitment_days"], language, 1)
    lead = ":" if len(over) == 1 else pick(language, ", nhiều nhất là", ", most of all")
    return lead + pick(
        language,
        f" “{name}” (vượt {excess} ngày làm việc, n = {number(row['n'], language)})",
        f" “{name}” (by {excess} working days, n = {number(row['n'], language)})",
    )


def definitions(working_days: str, language: Language) -> list[tuple[str, str]]:
    """Return the terms the page uses, each with a sentence or two."""
    vi = [
        ("Kỳ số liệu", "Từ ngày 15 của tháng liền trước tháng đầu kỳ đến hết ngày 14 của tháng cuối kỳ; kỳ ghi “theo tháng dương lịch” tính từ ngày 01 đến ngày cuối tháng."),
        ("Đơn vị", "Hồ sơ được tính cho đơn vị giải quyết; nếu dữ liệu không ghi thì tính cho đơn vị tiếp nhận."),
        ("Ngày làm việc", f"Ngày tiếp nhận là ngày 0, ngày kết thúc được tính; ngày làm việc là {working_days}. Số ngày tạm dừng ghi trong dữ liệu đã được trừ."),
        ("Biểu II.06a", "So ngày kết thúc xử lý (hoặc ngày trả kết quả nếu không ghi) với ngày hẹn trả, theo ngày; hồ sơ rút, trả lại và hồ sơ không có hạn trả được tính là đúng hạn; hồ sơ đang tạm dừng được tính là trong hạn."),
        ("Quy tắc chặt", "So đến từng phút khi cả hai mốc có giờ; không tính hồ sơ rút, trả lại và hồ sơ không có hạn trả."),
        ("Hồ sơ đến hạn", "Hồ sơ có ngày hẹn trả trong kỳ; hồ sơ đến hạn mà cuối kỳ chưa xong là không đúng hạn, hồ sơ đang tạm dừng không tính."),
        ("Khoảng tin cậy 95%", "Số liệu là toàn bộ hồ sơ của kỳ, không phải mẫu: khoảng này cho biết con số có thể dao động đến đâu chỉ do ngẫu nhiên nếu cách làm không đổi và các hồ sơ độc lập với nhau. Wilson cho tỷ lệ, Newcombe cho chênh lệch tỷ lệ, thống kê thứ tự cho trung vị và phân vị, Welch cho chênh lệch trung bình."),
        ("Khác các nhóm còn lại", "Mỗi lĩnh vực (hoặc đơn vị, khi trang không có biểu đồ phễu) được so với tất cả các nhóm còn lại (kiểm định chính xác Fisher); do so sánh nhiều nhóm cùng lúc, mức ý nghĩa được hiệu chỉnh theo Benjamini–Hochberg, tỷ lệ phát hiện sai dưới 5%. Khác biệt có thể do cơ cấu hồ sơ khác nhau."),
        ("Kaplan–Meier", "Ước lượng thời gian giải quyết khi một số hồ sơ chưa xong: hồ sơ chưa xong cho biết thời gian ít nhất đã qua."),
        ("Cơ cấu và thực chất", "Chênh lệch trung bình được tách theo Kitagawa: phần do tỷ trọng các thủ tục thay đổi và phần do từng thủ tục nhanh hay chậm hơn. Các số được làm tròn riêng nên tổng có thể lệch 0,01."),
        ("Cắt giảm", "Thời gian quy định so với thời gian sau cắt giảm và thời gian thực tế; thủ tục giải quyết trong ngày, không có thời hạn, không có hồ sơ được nêu tên và không tính."),
    ]  # fmt: skip
    en = [
        ("Window", "From the 15th of the month before the first month to the end of the 14th of the last; “calendar months” run from the 1st to the last day of the month."),
        ("Unit", "A dossier is counted for the unit that decides it, or for the one that received it where the data name no other."),
        ("Working days", f"The day of receipt is day 0, the last day counts; working days are {working_days}. Paused days found in the data are taken off."),
        ("Form II.06a", "The end of processing (or the hand-over where none is recorded) is compared with the due date by day; withdrawn, sent-back and due-less dossiers are on time; paused ones are in time."),
        ("Strict rule", "Compared to the minute where both stamps have a clock time; withdrawn, sent-back and due-less dossiers are left out."),
        ("Dossiers due", "Dossiers whose due date lies in the period; what is due and still open at its end was not on time, what is paused is left out."),
        ("95% interval", "The figures are of all dossiers of the period, not of a sample: the interval says how far a figure may move by chance alone if nothing changed and dossiers are independent. Wilson for shares, Newcombe for differences of shares, order statistics for median and percentiles, Welch for differences of means."),
        ("Different from the others", "Each field (or unit, where the page has no funnel plot) is set against all others (Fisher's exact test); as many are compared at once, the p-values are adjusted after Benjamini and Hochberg, share of false findings below 5%. A difference may come from another mix of dossiers."),
        ("Kaplan–Meier", "Time to closing when some dossiers are still open: an open dossier tells how long it has taken at least."),
        ("Mix and true effect", "The change of the mean is split after Kitagawa: what the weights of procedures did, and what each procedure's own speed did. Figures are rounded one by one, so their sum may be off by 0.01."),
        ("Cut", "Statutory time against committed and actual time; same-day procedures, those without a term and those without dossiers are named and left out."),
    ]  # fmt: skip
    return vi if language == "vi" else en
