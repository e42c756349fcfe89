"""Sentences of the satisfaction page on results, targets, units and groups; the figures come in, nothing is computed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, is_missing, number, points, share
from cchc_analysis.frames import records
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

SHORT_VERDICTS = {
    "met": ("Đạt", "Met"),
    "missed": ("Chưa đạt", "Missed"),
    "undecided": ("Chưa rõ", "Undecided"),
    None: ("", ""),
}

VERDICTS = {
    "met": ("Đạt", "Met"),
    "missed": ("Chưa đạt", "Missed"),
    "undecided": ("Chưa đủ cơ sở kết luận", "Undecided at this sample size"),
    None: ("Chưa xác định", "Undefined"),
}

READINGS = {
    "mean_of_questions": ("Trung bình các câu hỏi", "Mean of the questions"),
    "pooled": ("Gộp mọi câu trả lời", "All answers pooled"),
    "overall_question": ("Câu hỏi đánh giá chung", "The overall question"),
}
"""Reading of the overall result → its name."""

FEWEST_FORMS = 10
"""Groups with fewer forms are not shown."""

NAMES_LISTED = 3
SAME = 0.0005
"""Shares that differ by less read the same."""


def reading(name: str, language: Language) -> str:
    """Return the name of a reading of the overall result.

    >>> reading("pooled", "en")
    'All answers pooled'
    """
    return pick(language, *READINGS[name])


def verdict(told: str | None, language: Language) -> str:
    """Return the verdict on a target in words.

    >>> verdict("undecided", "vi")
    'Chưa đủ cơ sở kết luận'
    """
    return pick(language, *VERDICTS[told])


def short_verdict(told: str | None, language: Language) -> str:
    """Return the verdict on a target in one or two words, for a narrow column.

    >>> short_verdict("undecided", "vi")
    'Chưa rõ'
    """
    return pick(language, *SHORT_VERDICTS[told])


def not_taken_in(language: Language) -> str:
    """Say that there is no survey and what to do."""
    return pick(
        language,
        "Chưa nạp kết quả khảo sát nào. Hãy đặt các tệp khảo sát vào thư mục khao-sat (đánh giá tại ki-ốt: ki-ot) cạnh tệp hồ sơ rồi nạp lại; "
        "phiếu có câu hỏi riêng thì kèm một tệp mô tả phiếu (docs/methods/questionnaires.md).",
        "No survey has been taken in. Put its files into a folder named survey (kiosk ratings: kiosk) beside the dossiers and take them in; "
        "a form with questions of its own needs a questionnaire file (docs/methods/questionnaires.md).",
    )


def nothing_in_period(n_undated: int, language: Language) -> str:
    """Say that no form lies in the period, and how many have neither date nor wave."""
    told = pick(language, "Không có phiếu nào trong kỳ.", "There is no form in the period.")
    if not n_undated:
        return told
    return told + pick(
        language,
        f" Có {number(n_undated, 'vi')} phiếu không ghi ngày trả lời và đợt khảo sát nên không thuộc kỳ nào: hãy ghi "
        "`constants: {wave: \"2023-Q2\"}` trong tệp ánh xạ rồi nạp lại.",
        f" {plural(n_undated, 'form')} without date and wave belong to no period: write "
        "`constants: {wave: \"2023-Q2\"}` into the mapping file and take them in again.",
    )  # fmt: skip


def too_few(n_forms: int, language: Language) -> str:
    """Say that a group is hidden because it has too few forms."""
    return pick(
        language,
        f"Chỉ có {number(n_forms, 'vi')} phiếu, dưới {FEWEST_FORMS}: không nêu kết quả để bảo vệ người trả lời.",
        f"Only {plural(n_forms, 'form')}, under {FEWEST_FORMS}: no result is shown, to protect those who answered.",
    )


def result(row: Figures, language: Language) -> str:
    """Say the overall result: weighted share with interval, beside it the unweighted one; a row of `satisfaction`."""
    if row["suppressed"]:
        return too_few(row["n_forms"], language)
    if is_missing(row["weighted"]):
        return pick(language, "Không có câu trả lời hợp lệ nào.", "There is no valid answer.")
    ends = _ends(row["weighted_lower"], row["weighted_upper"], row.get("standard_error"), language)
    return pick(
        language,
        f"Tỷ lệ hài lòng chung {share(row['weighted'], 'vi')}{ends}: trung bình tỷ lệ của các câu hỏi{_beside(row, 'vi')}. Từ {number(row['n_forms'], 'vi')} phiếu: {number(row['numerator'], 'vi')}/{number(row['denominator'], 'vi')} "
        "câu trả lời ở mức hài lòng.",
        f"Overall satisfied: {share(row['weighted'], 'en')}{ends}: mean of the questions' shares{_beside(row, 'en')}. From {plural(row['n_forms'], 'form')}: {number(row['numerator'], 'en')} of {number(row['denominator'], 'en')} "
        "answers satisfied.",
    )


def _beside(row: Figures, language: Language) -> str:
    """Write the unweighted share where the weighted one is another."""
    if is_missing(row["value"]) or abs(row["value"] - row["weighted"]) < SAME:
        return ""
    return pick(
        language,
        f", có trọng số (không trọng số: {share(row['value'], 'vi')})",
        f", weighted (unweighted: {share(row['value'], 'en')})",
    )


def headline(row: Figures, judged: Figures | None, language: Language) -> str:
    """Say the overall result in a title, with the verdict on the goal; rows of `satisfaction` and of `target`."""
    if is_missing(row["weighted"]):
        return pick(language, "Không có câu trả lời hợp lệ nào", "There is no valid answer")
    told = pick(
        language,
        f"Tỷ lệ hài lòng chung {share(row['weighted'], 'vi')}",
        f"Overall satisfied {share(row['weighted'], 'en')}",
    )
    if judged is None:
        return told
    goal = share(judged["goal"], language, 0)
    words = {
        "met": (f"đạt mục tiêu {goal}", f"the target of {goal} is met"),
        "missed": (f"chưa đạt mục tiêu {goal}", f"the target of {goal} is missed"),
        "undecided": (f"chưa đủ cơ sở kết luận về mục tiêu {goal}", f"whether {goal} is met cannot be told"),
    }
    return f"{told}: {pick(language, *words[judged['verdict']])}" if judged["verdict"] in words else told


def _ends(lower: Any, upper: Any, standard_error: Any, language: Language) -> str:
    if is_missing(lower) and standard_error == 0:
        return pick(
            language,
            ", không có sai số chọn mẫu vì mọi hồ sơ đều có phiếu",
            ", without sampling error since every dossier has a form",
        )
    if is_missing(lower) or is_missing(upper):
        return pick(language, ", chưa tính được khoảng tin cậy", ", without an interval")
    ends = interval(lower, upper, language, as_share=True)
    return pick(language, f" (khoảng tin cậy 95%: {ends})", f" (95% interval {ends})")


def against_goal(row: Figures, language: Language) -> str:
    """Say whether the goal is met, missed or cannot be told; a row of `target`."""
    goal = share(row["goal"], language, 0)
    everybody = row["verdict"] in ("met", "missed") and is_missing(row.get("lower", 0.0))
    if row["verdict"] == "met" and everybody:
        return pick(
            language,
            f"Đạt mục tiêu {goal}: mọi hồ sơ đều có phiếu nên kết quả không có sai số chọn mẫu.",
            f"The target of {goal} is met: every dossier has a form, so there is no sampling error.",
        )
    if row["verdict"] == "met":
        return pick(
            language,
            f"Đạt mục tiêu {goal}: toàn bộ khoảng tin cậy nằm từ {goal} trở lên.",
            f"The target of {goal} is met: the whole interval lies at or above it.",
        )
    missing = number(row["answers_to_change"], language)
    change = pick(
        language,
        f" Để đạt, cần thêm khoảng {missing} câu trả lời (trong {number(row['denominator'], 'vi')}) chuyển sang mức hài lòng.",
        f" To reach it, about {missing} more of the {number(row['denominator'], 'en')} answers would have to be satisfied.",
    )
    if row["verdict"] == "missed":
        why = (
            pick(
                language,
                "mọi hồ sơ đều có phiếu nên kết quả không có sai số chọn mẫu",
                "every dossier has a form, so there is no sampling error",
            )
            if everybody
            else pick(language, f"toàn bộ khoảng tin cậy nằm dưới {goal}", "the whole interval lies below it")
        )
        return pick(language, f"Chưa đạt mục tiêu {goal}: {why}.", f"The target of {goal} is missed: {why}.") + change
    needed = row["forms_needed"]
    more = (
        ""
        if is_missing(needed)
        else pick(
            language,
            f" Với khoảng cách hiện nay, cần khoảng {number(needed, 'vi')} phiếu mới kết luận được.",
            f" At the present distance about {number(needed, 'en')} forms would be needed to tell.",
        )
    )
    told = pick(
        language,
        f"Chưa đủ cơ sở kết luận đạt hay chưa đạt mục tiêu {goal}: khoảng tin cậy chứa {goal}.",
        f"Whether the target of {goal} is met cannot be told: it lies inside the interval.",
    )
    return told + more + (change if row["answers_to_change"] else "")


def no_goal(year: int, language: Language) -> str:
    """Say that no target holds for the year of the period."""
    return pick(
        language,
        f"Kế hoạch không có mục tiêu hài lòng cho năm {year}.",
        f"The plan has no satisfaction target for {year}.",
    )


def extremes(rows: pd.DataFrame, labels: Sequence[str], language: Language) -> str:
    """Say which of several items is lowest and which highest; `rows`: result of `satisfaction`, one row per label."""
    known = [
        (row["weighted"], label)
        for row, label in zip(records(rows), labels, strict=True)
        if not is_missing(row["weighted"])
    ]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    return pick(
        language,
        f"Thấp nhất: {low[1]} ({share(low[0], 'vi')}); cao nhất: {high[1]} ({share(high[0], 'vi')})",
        f"Lowest: {low[1]} ({share(low[0], 'en')}); highest: {high[1]} ({share(high[0], 'en')})",
    )


def dots(weighted: bool, language: Language) -> str:
    """Explain the marks of a figure of shares."""
    if not weighted:
        return pick(
            language,
            "Tỷ lệ câu trả lời ở các mức hài lòng, với khoảng tin cậy 95%; mỗi phiếu tính như nhau.",
            "Share of answers at a satisfied point, with 95% intervals; every form counts the same.",
        )
    return pick(
        language,
        "Tỷ lệ câu trả lời ở các mức hài lòng. Chấm tròn: có trọng số, với khoảng tin cậy 95% theo thiết kế mẫu; hình thoi rỗng: không trọng số.",
        "Share of answers at a satisfied point. Dots: weighted, with design-based 95% intervals; hollow diamonds: unweighted.",
    )


def lowest_question(row: Figures, name: str, language: Language) -> str:
    """Say which question satisfies least; a row of `satisfaction`."""
    return pick(
        language,
        f"Câu hỏi có tỷ lệ hài lòng thấp nhất: “{name}” ({share(row['value'], 'vi')}; {number(row['numerator'], 'vi')}/{number(row['denominator'], 'vi')}).",
        f"Least satisfied with: “{name}” ({share(row['value'], 'en')}; {number(row['numerator'], 'en')} of {number(row['denominator'], 'en')}).",
    )


def question_told(row: Figures, name: str, language: Language) -> str:
    """Say the share of one question; a row of `satisfaction`."""
    counts = f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"
    return f"{name}: {share(row['value'], language)} ({counts})"


def hidden_groups(rows: pd.DataFrame, language: Language) -> str:
    """Say how many groups are hidden because they have too few forms, nothing where there are none."""
    n = int(rows["suppressed"].sum())
    if not n:
        return ""
    return pick(
        language,
        f"{number(n, 'vi')} nhóm có dưới {FEWEST_FORMS} phiếu, không nêu kết quả.",
        f"{plural(n, 'group')} with fewer than {FEWEST_FORMS} forms, no result shown.",
    )


def units_told(rows: pd.DataFrame, labels: Sequence[str], language: Language) -> str:
    """Say which units differ from the rest of the city; `rows`: result of `unit_comparison`."""
    named = list(zip(records(rows), labels, strict=True))
    lower = [label for row, label in named if row["signal"] == "lower"]
    higher = [label for row, label in named if row["signal"] == "higher"]
    hidden = int(rows["suppressed"].sum())
    if not lower and not higher:
        told = pick(
            language,
            f"Không đơn vị nào khác rõ so với các đơn vị còn lại ({len(rows) - hidden} đơn vị được so sánh)",
            f"No unit differs clearly from the others ({len(rows) - hidden} compared)",
        )
    else:
        parts = [
            pick(language, f"thấp hơn rõ: {_listed(lower)}", f"clearly lower: {_listed(lower)}") if lower else "",
            pick(language, f"cao hơn rõ: {_listed(higher)}", f"clearly higher: {_listed(higher)}") if higher else "",
        ]
        told = pick(language, "So với các đơn vị còn lại, ", "Against the other units, ") + "; ".join(
            p for p in parts if p
        )
    if hidden:
        told += pick(
            language,
            f"; {hidden} đơn vị có dưới {FEWEST_FORMS} phiếu, không nêu kết quả",
            f"; {plural(hidden, 'unit')} with fewer than {FEWEST_FORMS} forms not shown",
        )
    return told


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES_LISTED]) + (", …" if len(names) > NAMES_LISTED else "")


def verdict_counts(rows: pd.DataFrame, goal: float, language: Language) -> str:
    """Say how many units meet the goal, miss it, or cannot be told; `rows`: result of `target` by unit."""
    shown = rows[rows["weighted"].notna()]
    counts = {name: int((shown["verdict"] == name).sum()) for name in ("met", "missed", "undecided")}
    written = share(goal, language, 0)
    return pick(
        language,
        f"Mục tiêu {written}: {counts['met']} đơn vị đạt, {counts['missed']} chưa đạt, {counts['undecided']} chưa đủ cơ sở kết luận.",
        f"Target {written}, by unit: met in {counts['met']}, missed in {counts['missed']}, undecided in {counts['undecided']}.",
    )


def apart(row: Figures, label: str, language: Language) -> str:
    """Say how much a question or factor lies below the goal in answers; a row of `target`."""
    return pick(
        language,
        f"{label}: thiếu {number(row['answers_to_change'], 'vi')} câu trả lời",
        f"{label}: {number(row['answers_to_change'], 'en')} answers short",
    )


def difference(row: Figures, language: Language) -> str:
    """Write a difference of shares in points with its interval, or that it is undefined."""
    if is_missing(row["difference"]):
        return pick(language, "chưa xác định", "undefined")
    told = points(row["difference"], language)
    if is_missing(row["lower"]):
        return told
    lower, upper = points(row["lower"], language), points(row["upper"], language)
    return pick(language, f"{told} (từ {lower} đến {upper})", f"{told} ({lower} to {upper})")
