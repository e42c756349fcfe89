"""Words of the scorecard: statuses with their marks, targets, figures, trends and the end of the year."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, interval, is_missing, number, points, share, signed
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

STATUSES = ("met", "on_track", "at_risk", "missed", "not_measurable", "no_data")
"""In the order in which they are told."""

MARKS = {"met": "✓", "on_track": "▲", "at_risk": "!", "missed": "✗", "not_measurable": "–", "no_data": "?"}
"""Shapes beside the words, told apart without colour; none of them is drawn as a picture by a phone."""

STATUS_WORDS: dict[str, tuple[str, str]] = {
    "met": ("Đã đạt", "Met"),
    "on_track": ("Đúng tiến độ", "On track"),
    "at_risk": ("Có nguy cơ không đạt", "At risk"),
    "missed": ("Không đạt", "Missed"),
    "not_measurable": ("Không đánh giá được", "Cannot be judged"),
    "no_data": ("Chưa có dữ liệu", "No data"),
}

VERDICTS: dict[str, tuple[str, str]] = {
    "met": ("đạt", "reached"),
    "missed": ("chưa đạt", "not reached"),
    "undecided": ("chưa đủ cơ sở kết luận", "undecided"),
    "undefined": ("chưa xác định", "undefined"),
}
"""The period's own figure against the goal."""

REASONS: dict[str, tuple[str, str]] = {
    "reached": ("đạt chỉ tiêu", "target reached"),
    "not_reached": ("không đạt chỉ tiêu", "target not reached"),
    "secured": ("chắc chắn đạt dù phần còn lại của năm thế nào", "secured whatever comes"),
    "impossible": ("không thể đạt nữa trong năm", "can no longer be reached in the year"),
    "likely": ("khả năng đạt từ 80% trở lên", "chance of 80% or more"),
    "unlikely": ("khả năng đạt dưới 80%", "chance below 80%"),
    "unlikely_at_pace": ("khả năng đạt dưới 80% nếu giữ nhịp độ", "chance below 80% at the present pace"),
    "unlikely_on_trend": ("khả năng đạt dưới 80% nếu theo xu hướng", "chance below 80% along the trend"),
    "no_pace": ("chưa có tháng nào để dự kiến cuối năm", "no month yet to carry on from"),
    "holds": ("hiện đạt mức yêu cầu", "stands at what is asked for"),
    "short": ("hiện chưa đạt mức yêu cầu", "stands below what is asked for"),
    "above": ("kết quả khảo sát ở phía đạt", "survey result on the good side"),
    "below": ("kết quả khảo sát ở phía chưa đạt", "survey result on the bad side"),
    "undecided": ("chưa đủ phiếu để kết luận", "too few forms to decide"),
    "risen": ("đã thay đổi đúng hướng, vượt dao động ngẫu nhiên", "moved the right way beyond noise"),
    "unchanged": ("chưa thay đổi vượt dao động ngẫu nhiên", "no change beyond noise"),
    "fallen": ("thay đổi ngược hướng, vượt dao động ngẫu nhiên", "moved the wrong way beyond noise"),
    "no_base": ("chưa có kỳ trước để so sánh", "no earlier period to compare with"),
    "reports_missing": ("còn đơn vị chưa báo cáo", "offices have yet to report"),
    "in_progress": ("có đơn vị báo cáo đang thực hiện", "reported as under way"),
    "reported_no": ("có đơn vị báo cáo chưa thực hiện", "reported as not done"),
    "number_elsewhere": ("con số nằm ở văn bản khác, chưa có tại đây", "the number is in a document not at hand"),
    "no_number": ("kế hoạch không nêu con số", "the plan gives no number"),
    "words": ("kế hoạch dùng từ không định lượng", "words that cannot be measured"),
    "other_year": ("kỳ báo cáo không thuộc năm của kế hoạch", "the period is not in the year of the plan"),
    "no_figure": ("chưa nạp số liệu", "no data taken in"),
    "nothing_counted": ("không có gì để đếm", "nothing to count"),
    "too_few": ("quá ít phiếu để công bố", "too few forms to be shown"),
    "not_due": ("chưa đến hạn báo cáo", "report not due yet"),
    "no_report": ("chưa có đơn vị nào báo cáo", "no office has reported"),
    "not_reporter": ("đơn vị không phải báo cáo", "the unit need not report"),
}
"""Reason of a status (measures.scorecard) → words."""

ARROWS = {"up": "↑", "down": "↓", "flat": "→", "unknown": ""}
TRENDS: dict[str, tuple[str, str]] = {
    "up": ("tăng", "up"),
    "down": ("giảm", "down"),
    "flat": ("không đổi rõ rệt", "no clear change"),
    "unknown": ("chưa so sánh được", "cannot be compared"),
}

BASES: dict[str, tuple[str, str]] = {
    "dossiers": ("Hồ sơ một cửa", "One-stop dossiers"),
    "register": ("Sổ theo dõi", "Register"),
    "survey": ("Khảo sát", "Survey"),
    "evidence": ("Minh chứng do đơn vị báo cáo", "Evidence reported by offices"),
    "index": ("Chỉ số đã công bố", "Published index"),
}

Scale = Literal["share", "rank", "count"]
OPERATOR_WORDS = {">": ("trên", "above"), ">=": ("từ", "at least"), "<=": ("không quá", "at most"), "=": ("", "")}


def status(name: str, language: Language) -> str:
    """Return the word of a status.

    >>> status("at_risk", "vi"), status("met", "en")
    ('Có nguy cơ không đạt', 'Met')
    """
    return pick(language, *STATUS_WORDS[name])


def reason(name: str, language: Language) -> str:
    """Return the reason of a status in words; a reason without entry is shown as it is.

    >>> reason("words", "vi")
    'kế hoạch dùng từ không định lượng'
    """
    return pick(language, *REASONS.get(name, (name, name)))


def basis(name: str, language: Language) -> str:
    """Return what a figure rests on in words, empty where there is none."""
    return pick(language, *BASES.get(name, ("", "")))


def verdict(name: str, language: Language) -> str:
    """Return the verdict on the period's own figure in words, empty where there is none."""
    return pick(language, *VERDICTS.get(name, ("", "")))


def goal(operator: str, value: Any, scale: Scale, language: Language) -> str:
    """Write what a plan asks for: a share, a rank or a count; yes or no; a direction; or that it gives no number.

    >>> goal(">", Fraction(1, 2), "share", "vi"), goal("bin", None, "share", "vi"), goal("<=", 10, "rank", "en")
    ('trên 50%', 'thực hiện', 'rank 10 or better')
    """
    without = {
        "bin": ("thực hiện", "done"),
        "trend": ("cải thiện", "improve"),
        "param": ("theo văn bản khác", "in another document"),
        "count": ("không nêu số lượng", "no number given"),
        "none": ("không định lượng", "not quantified"),
    }
    if is_missing(value):
        return pick(language, *without.get(operator, without["none"]))
    if scale == "rank":
        rank = number(value, language)
        return pick(language, f"hạng {rank} trở lên", f"rank {rank} or better")
    if scale == "count":
        written = number(value, language)
    else:
        percent = Fraction(value) * 100
        written = share(float(value), language, 0 if percent.denominator == 1 else 1)
    whole = scale == "share" and value == 1
    word = "" if whole else pick(language, *OPERATOR_WORDS.get(operator, ("", "")))
    return f"{word} {written}".strip()


def figure(row: Figures, language: Language) -> str:
    """Write the figure of the period: a share as percentage, anything else as a number; empty where there is none.

    >>> shares = {"value": 0.435, "denominator": 200, "scale": "share", "basis": "dossiers"}
    >>> figure(shares, "vi"), figure({"value": 925, "denominator": None, "n_counted": 925, "basis": "survey"}, "vi")
    ('43,5%', '925 phiếu')
    """
    if not has_figure(row):
        return ""
    if row["basis"] == "survey" and not _is_share(row):
        forms = number(row["n_counted"], language)
        return pick(language, f"{forms} phiếu", plural(int(row["n_counted"]), "form"))
    if is_missing(row["value"]):
        return number(row["n_counted"], language)
    if row["scale"] == "rank":
        return pick(language, f"hạng {number(row['value'], language)}", f"rank {number(row['value'], language)}")
    if not _is_share(row):
        return number(row["value"], language, 0 if float(row["value"]).is_integer() else 2)
    return share(row["value"], language)


def has_figure(row: Figures) -> bool:
    """Tell whether there is a figure to show: a value, or a number counted."""
    return not (is_missing(row["value"]) and is_missing(row["n_counted"]))


def counts(row: Figures, language: Language) -> str:
    """Write numerator and denominator, empty where the figure has none.

    >>> counts({"numerator": 1087, "denominator": 2000}, "vi"), counts({"numerator": None, "denominator": None}, "vi")
    ('1.087/2.000', '')
    """
    if is_missing(row["numerator"]) or is_missing(row["denominator"]):
        return ""
    digits = 0 if all(float(row[name]).is_integer() for name in ("numerator", "denominator")) else 1
    return f"{number(row['numerator'], language, digits)}/{number(row['denominator'], language, digits)}"


def ends(row: Figures, language: Language) -> str:
    """Write the 95 % interval of the figure, empty where it has none."""
    if is_missing(row["value"]) or is_missing(row["lower"]) or is_missing(row["upper"]):
        return ""
    return interval(row["lower"], row["upper"], language, as_share=_is_share(row))


def _is_share(row: Figures) -> bool:
    return not is_missing(row["denominator"]) and row["scale"] == "share"


def window(row: Figures, language: Language) -> str:
    """Write the days the figure counts, empty where it has none.

    >>> from datetime import date
    >>> window({"window_start": date(2023, 3, 15), "window_end": date(2023, 6, 14)}, "vi")
    '15/03/2023 – 14/06/2023'
    """
    if is_missing(row["window_start"]) or is_missing(row["window_end"]):
        return ""
    return f"{day(row['window_start'], language)} – {day(row['window_end'], language)}"


def trend(row: Figures, language: Language) -> str:
    """Say how the figure moved against its base: arrow, word, size and interval; empty where there is no figure."""
    if not has_figure(row):
        return ""
    name = row["trend"] if row["trend"] in TRENDS else "unknown"
    word = f"{ARROWS[name]} {pick(language, *TRENDS[name])}".strip()
    if name == "unknown" or is_missing(row["trend_difference"]):
        return word
    if is_missing(row["trend_lower"]) and not _moved(row):
        base = str(row.get("base_title") or "")
        same = pick(language, "không đổi", "unchanged")
        return f"{ARROWS['flat']} {same}{pick(language, f' so với {base}', f' from {base}') if base else ''}"
    return f"{word}: {difference(row, language)}"


def _moved(row: Figures) -> bool:
    """Tell whether a difference is seen at all with one decimal."""
    return bool(round(abs(row["trend_difference"]) * (100 if _is_share(row) else 1), 1))


def size(row: Figures, language: Language) -> str:
    """Write how far a figure moved, without its sign: the word before says which way.

    >>> size({"trend_difference": -0.032, "scale": "share", "denominator": 200}, "vi")
    '3,2 điểm phần trăm'
    """
    unit = pick(language, " điểm phần trăm", " percentage points") if _is_share(row) else ""
    return f"{_move(abs(row['trend_difference']), row, language).lstrip('+')}{unit}"


def _move(value: Any, row: Figures, language: Language) -> str:
    return points(value, language) if _is_share(row) else signed(value, language)


def difference(row: Figures, language: Language) -> str:
    """Write the difference from the base with its interval and the name of the base."""
    unit = pick(language, " điểm phần trăm", " percentage points") if _is_share(row) else ""
    said = f"{_move(row['trend_difference'], row, language)}{unit}"
    if not is_missing(row["trend_lower"]) and not is_missing(row["trend_upper"]):
        low, high = (_move(row[end], row, language) for end in ("trend_lower", "trend_upper"))
        said += pick(language, f" (từ {low} đến {high})", f" ({low} to {high})")
    base = str(row.get("base_title") or "")
    return said + (pick(language, f" so với {base}", f" against {base}") if base else "")


def is_right_way(row: Figures) -> bool | None:
    """Tell whether a figure moved beyond noise the way the plan wants; None where it did not move."""
    if row["trend"] not in ("up", "down"):
        return None
    return bool(row["trend"] == row["direction"])


def year_end(row: Figures, language: Language) -> str:
    """Write the expected figure of the whole year with its interval, empty where there is none."""
    if is_missing(row["year_end_value"]):
        return ""
    value = share(row["year_end_value"], language)
    if is_missing(row["year_end_lower"]) or is_missing(row["year_end_upper"]):
        return value
    return f"{value} ({interval(row['year_end_lower'], row['year_end_upper'], language, as_share=True)})"


def chance(row: Figures, language: Language) -> str:
    """Say how likely the goal is reached at the end of the year, at the pace and along the trend.

    >>> chance({"chance": 0.31, "chance_trend": 0.999}, "vi")
    'khả năng đạt: 31% nếu giữ nhịp độ, >99% nếu theo xu hướng'
    """
    if is_missing(row["chance"]):
        return ""
    pace = share(row["chance"], language, 0)
    if is_missing(row["chance_trend"]):
        return pick(
            language, f"khả năng đạt: {pace} nếu giữ nhịp độ", f"chance to reach it: {pace} at the present pace"
        )
    trend_text = share(row["chance_trend"], language, 0)
    return pick(
        language,
        f"khả năng đạt: {pace} nếu giữ nhịp độ, {trend_text} nếu theo xu hướng",
        f"chance to reach it: {pace} at the present pace, {trend_text} along the trend",
    )


def reported(row: Figures, language: Language) -> str:
    """Say how many of the offices that must report have reported, empty where none must.

    >>> reported({"n_expected": 29, "n_reported": 12}, "vi"), reported({"n_expected": 1, "n_reported": 0}, "en")
    ('12/29 đơn vị đã báo cáo', 'the office has not reported')
    """
    if is_missing(row["n_expected"]) or not row["n_expected"]:
        return ""
    if row["n_expected"] == 1:
        came = pick(language, "đơn vị đã báo cáo", "the office has reported")
        return came if row["n_reported"] else pick(language, "đơn vị chưa báo cáo", "the office has not reported")
    n, of = number(row["n_reported"], language), number(row["n_expected"], language)
    return pick(language, f"{n}/{of} đơn vị đã báo cáo", f"{n} of {of} offices have reported")
