"""Sentences of the satisfaction page on waves, modes, drivers and facts; the figures come in, nothing is computed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, points, share
from cchc_analysis.frames import records
from cchc_analysis.wording.satisfaction import difference
from cchc_analysis.wording.words import pick

Figures = Mapping[str, Any]

BREAKS = {
    "questionnaire_changed": ("nội dung phiếu đã thay đổi", "the questionnaire changed"),
    "questions_differ": ("hai đợt không hỏi cùng các câu hỏi", "the two waves did not ask the same questions"),
    "modes_differ": ("hai đợt không dùng chung hình thức khảo sát nào", "the two waves share no mode"),
    "scale_changed": ("thang đo đã thay đổi", "the scale changed"),
}
"""Why two waves cannot be compared."""

SIGNALS = {
    "up": ("tăng rõ", "a clear rise"),
    "down": ("giảm rõ", "a clear fall"),
    "none": ("chưa thấy thay đổi ngoài sai số", "no change beyond sampling error"),
}

REFUSALS = {
    "collinear": (
        "các {things} gần như trùng nhau nên không tách được phần của từng {thing}",
        "the {things} nearly coincide, so that their parts cannot be told apart",
    ),
    "too_few": ("quá ít phiếu trả lời đủ mọi {thing}", "too few forms answer every {thing}"),
    "too_many": ("có quá nhiều {things} để tách phần của từng {thing}", "there are too many {things} to tell apart"),
    "no_overall": ("phiếu không có câu hỏi đánh giá chung", "the questionnaire has no overall question"),
    "constant": ("mọi người trả lời như nhau", "everybody answers the same"),
}

DRIVERS = {
    "factor": (("yếu tố", "yếu tố"), ("factor", "factors")),
    "question": (("câu hỏi", "câu hỏi"), ("question", "questions")),
}
"""What the overall answer is explained by: one and several, in both languages."""

NO_INTERVALS = {
    "no_replication": (
        "mỗi tầng chỉ có một đơn vị mẫu nên không tính được khoảng tin cậy",
        "every stratum holds one drawn unit only, so that there are no intervals",
    ),
    "degenerate_resamples": (
        "quá nhiều lần lấy mẫu lại không tính được nên không nêu khoảng tin cậy",
        "too many resamples cannot be computed, so that no intervals are given",
    ),
}


def break_reason(code: str, language: Language) -> str:
    """Return why two waves cannot be compared, in words."""
    return pick(language, *BREAKS.get(code, (code, code)))


def signal(code: str, language: Language) -> str:
    """Return what a comparison of waves shows, in words."""
    return pick(language, *SIGNALS[code])


def change(row: Figures, language: Language) -> str:
    """Say how the overall share moved between two waves, and what of it the mix of modes makes; a row of wave_change."""
    between = pick(language, f"{row['from_wave']} → {row['to_wave']}", f"{row['from_wave']} to {row['to_wave']}")
    if not row["comparable"]:
        why = break_reason(row["break_reason"], language)
        return pick(
            language,
            f"{between}: không so sánh được vì {why}.",
            f"{between}: cannot be compared, since {why}.",
        )
    if is_missing(row["difference"]):
        return pick(language, f"{between}: chưa xác định được chênh lệch.", f"{between}: no difference can be given.")
    told = pick(
        language,
        f"{between}: {share(row['before'], 'vi')} → {share(row['after'], 'vi')}, chênh lệch {difference(row, 'vi')} điểm phần trăm",
        f"{between}: {share(row['before'], 'en')} to {share(row['after'], 'en')}, {difference(row, 'en')} points",
    )
    reading = signal(row["signal"], language)
    if is_missing(row["difference_same_modes"]):
        return f"{told}: {reading}."
    # What the signal rests on stands beside it: modes that come and go must not look like a change.
    same = same_modes(row, language)
    return told + pick(
        language,
        f". Nếu cơ cấu hình thức khảo sát hai đợt như nhau: {same} điểm, {reading}.",
        f". With the same mix of modes in both waves: {same} points, {reading}.",
    )


def same_modes(row: Figures, language: Language) -> str:
    """Write the difference at an equal mix of modes with its interval, nothing where there is none."""
    if is_missing(row["difference_same_modes"]):
        return ""
    ends = {"lower": row["same_modes_lower"], "upper": row["same_modes_upper"]}
    return difference({"difference": row["difference_same_modes"], **ends}, language)


def factors_moved(rows: pd.DataFrame, names: Mapping[str, str], language: Language) -> str:
    """Say which factors moved beyond sampling error; `rows`: factor rows of wave_change, `names`: factor → name."""
    moved = [row for row in records(rows) if row["signal"] != "none" and row["comparable"]]
    if not moved:
        return pick(
            language,
            "Không yếu tố nào thay đổi rõ (đã hiệu chỉnh vì xét nhiều yếu tố).",
            "No factor moved clearly (adjusted for looking at several).",
        )
    listed = "; ".join(
        f"{names[row['item']]} {points(_telling(row), language)} {pick(language, 'điểm', 'points')}" for row in moved
    )
    return pick(
        language,
        f"Thay đổi rõ sau khi hiệu chỉnh vì xét nhiều yếu tố: {listed}.",
        f"Moved clearly, adjusted for looking at several factors: {listed}.",
    )


def _telling(row: Figures) -> Any:
    """Return the difference that the signal rests on."""
    same = row["difference_same_modes"]
    return row["difference"] if is_missing(same) else same


def modes(rows: pd.DataFrame, names: Mapping[str, str], language: Language) -> str:
    """Say whether answers differ by mode; `rows`: result of mode_effect."""
    found = [row for row in records(rows) if not is_missing(row["difference"]) and not is_missing(row["p_adjusted"])]
    apart = [row for row in found if row["p_adjusted"] < 0.05]
    if not found:
        return pick(
            language,
            "Chỉ có một hình thức khảo sát trong kỳ: không có gì để so sánh",
            "There is one mode only in the period: nothing to compare",
        )
    if not apart:
        return pick(
            language,
            "Kết quả không khác rõ giữa các hình thức khảo sát",
            "Results do not differ clearly between the modes",
        )
    listed = "; ".join(f"{names.get(row['mode'], row['mode'])} {points(row['difference'], language)}" for row in apart)
    base = next((names.get(row["mode"], row["mode"]) for row in records(rows) if is_missing(row["p_value"])), "")
    return pick(
        language,
        f"Hình thức khảo sát ảnh hưởng kết quả: {listed} điểm so với {base.lower()}",
        f"The mode matters: {listed} points against {base.lower()}",
    )


def driver_words(of: str, language: Language) -> tuple[str, str]:
    """Return the word for one and for several of what explains the overall answer.

    >>> driver_words("question", "en")
    ('question', 'questions')
    """
    return DRIVERS[of][0 if language == "vi" else 1]


def no_intervals(reason: str | None, language: Language) -> str:
    """Say why the importance of drivers has no intervals, nothing where it has."""
    if reason is None:
        return ""
    told = pick(language, *NO_INTERVALS.get(reason, (reason, reason)))
    return told[0].upper() + told[1:] + "."


def drivers(rows: pd.DataFrame, labels: Sequence[str], r_squared: float, language: Language, of: str = "factor") -> str:
    """Say which factors or questions weigh most in the overall answer; `rows`: table of drivers, one row per label."""
    things = driver_words(of, language)[1]
    ordered = sorted(zip(rows["importance"].tolist(), labels, strict=True), reverse=True)
    first, last = ordered[0], ordered[-1]
    return pick(
        language,
        f"Gắn nhiều nhất với đánh giá chung: {first[1]} ({share(first[0], 'vi', 0)} phần giải thích được); ít nhất: {last[1]} ({share(last[0], 'vi', 0)}). "
        f"{len(rows)} {things} giải thích {share(r_squared, 'vi', 0)} khác biệt giữa các câu trả lời",
        f"Most closely tied to the overall answer: {first[1]} ({share(first[0], 'en', 0)} of what is explained); least: {last[1]} ({share(last[0], 'en', 0)}). "
        f"The {len(rows)} {things} explain {share(r_squared, 'en', 0)} of the differences between answers",
    )  # fmt: skip


def no_drivers(reason: str, names: Sequence[str], language: Language, of: str = "factor") -> str:
    """Say why it cannot be told what drives satisfaction."""
    thing, things = driver_words(of, language)
    why = pick(language, *REFUSALS[reason]).format(thing=thing, things=things)
    listed = f" ({', '.join(names)})" if names else ""
    return pick(
        language,
        f"Không xếp được mức quan trọng của các {things}: {why}{listed}.",
        f"How much each {thing} matters cannot be told: {why}{listed}.",
    )


def first_to_improve(rows: pd.DataFrame, labels: Sequence[str], language: Language, of: str = "factor") -> str:
    """Name the factors or questions that matter more than average and satisfy less than the others; `rows`: table of drivers."""
    if not len(rows):
        return ""
    fair = 1 / len(rows)
    middle = float(rows["performance"].astype(float).median())
    named = [
        label
        for row, label in zip(records(rows), labels, strict=True)
        if row["importance"] > fair and not is_missing(row["performance"]) and row["performance"] < middle
    ]
    if not named:
        return ""
    thing, things = driver_words(of, language)
    return pick(
        language,
        f"Nên xem trước: {', '.join(named)} (quan trọng hơn mức bình quân, hài lòng thấp hơn trung vị các {things}).",
        f"Look first at: {', '.join(named)} (matters more than average, satisfies less than the median {thing}).",
    )


def beside_facts(rho: float | None, p_value: float | None, n: int, what: str, language: Language) -> str:
    """Say how satisfaction and a fact go together over groups, with no more than that."""
    if is_missing(rho):
        return pick(
            language,
            f"{what}: không đủ nhóm để tính tương quan ({number(n, 'vi')} nhóm).",
            f"{what}: too few groups for a correlation ({number(n, 'en')}).",
        )
    clear = p_value is not None and p_value < 0.05
    told = pick(language, "rõ" if clear else "không rõ", "clear" if clear else "not clear")
    return pick(
        language,
        f"{what}: tương quan hạng {number(rho, 'vi', 2)} trên {number(n, 'vi')} nhóm, {told}.",
        f"{what}: rank correlation {number(rho, 'en', 2)} over {number(n, 'en')} groups, {told}.",
    )


def ecological(language: Language) -> str:
    """Warn that groups are not people."""
    return pick(
        language,
        "So sánh giữa các nhóm không nói được gì về từng người: đơn vị làm thủ tục khó vừa chậm hơn vừa ít được hài lòng, dù không ai "
        "không hài lòng vì chậm. Không dùng hình này để suy ra nguyên nhân.",
        "What holds between groups need not hold for people: units with hard procedures may be both slower and less liked without anybody "
        "being dissatisfied with the wait. Do not read causes from this figure.",
    )


def mode_note(rows: pd.DataFrame, language: Language) -> str:
    """Say how modes were compared, within units or plainly; `rows`: result of mode_effect."""
    compared = [row for row in records(rows) if not is_missing(row["difference"])]
    within = [bool(row["standardised"]) for row in compared]
    if within and all(within):
        how = pick(language, "Chênh lệch tính trong cùng đơn vị.", "Differences are taken within units.")
    elif any(within):
        how = pick(
            language,
            "Chênh lệch tính trong cùng đơn vị, trừ hình thức không có đủ đơn vị chung với mốc so sánh: ở đó so hai tỷ lệ chung, nên có thể lẫn "
            "khác biệt giữa các đơn vị.",
            "Differences are taken within units, but for modes that share too few units with the reference: there the overall shares are "
            "compared, which may mix in differences of units.",
        )
    else:
        how = pick(
            language,
            "Các hình thức không có đủ đơn vị chung nên so hai tỷ lệ chung; chênh lệch có thể lẫn khác biệt giữa các đơn vị.",
            "The modes share too few units, so overall shares are compared; differences of units may be mixed in.",
        )
    return how + pick(
        language,
        " Khi tỷ lệ các hình thức thay đổi giữa hai đợt, một phần thay đổi chỉ là do hình thức.",
        " Where the mix of modes changes between waves, part of a change is the mode's.",
    )
