"""Names and sentences of the service-quality page; the figures come in, nothing is computed."""

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, is_missing, number, parts, share, signed
from cchc_analysis.wording.words import pick

Figures = Mapping[str, Any]

REGISTERS: dict[str, tuple[str, str]] = {
    "payments": ("danh sách thanh toán phí, lệ phí", "list of payments"),
    "feedback": ("sổ phản ánh, kiến nghị", "register of feedback"),
    "e_copies": ("sổ chứng thực bản sao", "register of certified copies"),
    "procedures": ("danh mục thủ tục hành chính", "catalogue of procedures"),
    "other_register": ("sổ theo dõi thứ hai", "second register"),
}
"""Register → what it is called in a sentence."""

REASONS: dict[str, tuple[str, str]] = {
    "no_register": ("chưa nạp sổ hoặc danh mục", "a register or the catalogue has not been taken in"),
    "no_data": ("cần số liệu của hệ thống khác", "figures of other systems are needed"),
    "informs": ("có số liệu nhưng khác cách tính của chỉ tiêu", "there are figures, but of another definition"),
    "split": ("chưa biết điểm riêng của từng chỉ tiêu", "the points of single indicators are not known"),
    "not_stated": ("dữ liệu không ghi", "the data do not state it"),
    "nothing": ("không có gì để đếm trong kỳ", "there is nothing to count in the period"),
    "partial": ("một phần hồ sơ không ghi", "some dossiers do not state it"),
}
"""Why points are open."""

PUBLISHED: dict[str, tuple[str, str]] = {
    "adds_up": ("Khớp", "Adds up"),
    "rounding": ("Lệch trong mức làm tròn", "Off within rounding"),
    "differs": ("Không khớp", "Does not add up"),
    "not_checkable": ("Không kiểm tra được", "Cannot be checked"),
}


UNSTATED: dict[str, tuple[str, str]] = {
    "": ("không ghi", "do not state it"),
    "handled_in_time": ("hồ sơ không có hạn trả", "dossiers without a due date"),
    "time_against_due": ("điểm của hồ sơ không có hạn trả", "points of dossiers without a due date"),
    "feedback_on_time": ("phản ánh, kiến nghị không ghi hạn trả lời", "messages without a due date"),
    "feedback_satisfied": ("phản ánh, kiến nghị không có đánh giá", "messages without a rating"),
}
"""Measure → what is missing where it is not stated."""


def score(value: Any, language: Language, digits: int = 2) -> str:
    """Write points with two decimals, whole ones without.

    >>> score(18.0, "vi"), score(1.5, "vi")
    ('18', '1,50')
    """
    return number(value, language, 0 if round(float(value), digits) == round(float(value)) else digits)


def span(lower: float, upper: float, points: float, language: Language, digits: int = 2) -> str:
    """Write a score: one number where both ends agree, "not computed" where nothing is known, else both ends.

    >>> span(3, 3, 6, "vi"), span(0, 6, 6, "vi"), span(3, 4.5, 6, "vi")
    ('3', 'chưa tính được', '3–4,50')
    """
    if round(upper - lower, digits) == 0:
        return score(lower, language, digits)
    if lower == 0 and upper == points:
        return pick(language, "chưa tính được", "not computed")
    return f"{score(lower, language, digits)}–{score(upper, language, digits)}"


def class_named(total: Figures, names: Mapping[str, str], language: Language) -> str:
    """Name the class of a total, or between which two it lies.

    >>> class_named({"class": "", "class_lower": "a", "class_upper": "b"}, {"a": "Yếu", "b": "Tốt"}, "vi")
    'chưa xác định (từ Yếu đến Tốt)'
    """
    if total["class"]:
        return names[total["class"]]
    low, high = names[total["class_lower"]], names[total["class_upper"]]
    return pick(language, f"chưa xác định (từ {low} đến {high})", f"not decided (from {low} to {high})")


def total_sentences(total: Figures, names: Mapping[str, str], language: Language) -> list[str]:
    """Say how far the score can be computed, between which ends it lies, and the class."""
    # Rounded together, so that the three add up and the ends follow from them.
    rounded = parts([total["lower"], total["unknown"], total["lost"]], total["points"], 2)
    known, unknown, lost = (number(part, language, 2) for part in rounded)
    points = score(total["points"], language)
    ends = known, number(total["points"] - rounded[2], language, 2)
    if total["unknown"] == total["points"]:
        return [
            pick(
                language,
                f"Chưa tính được điểm nào: cả {points} điểm đều thiếu số liệu, nên không xếp loại.",
                f"Nothing can be computed: all {points} points lack figures, so there is no class.",
            )
        ]
    if round(total["unknown"], 2) == 0:
        first = pick(
            language, f"Được {known}/{points} điểm, mất {lost} điểm.", f"{known} of {points} points, {lost} lost."
        )
    else:
        first = pick(
            language,
            f"Trong {points} điểm: tính được {known} điểm, mất {lost} điểm, còn {unknown} điểm chưa tính được từ dữ liệu hiện có. "
            f"Điểm nằm trong khoảng từ {ends[0]} đến {ends[1]}.",
            f"Of {points} points {known} are reached, {lost} are lost, and {unknown} cannot be computed from the data at hand. "
            f"The score lies between {ends[0]} and {ends[1]}.",
        )
    told = class_named(total, names, language)
    return [first, pick(language, f"Xếp loại: {told}.", f"Class: {told}.")]


def open_sentence(reasons: Mapping[str, float], language: Language) -> str:
    """Say why points are open, the largest part first."""
    if not reasons:
        return ""
    ordered = sorted(reasons.items(), key=lambda item: -item[1])
    said = "; ".join(
        pick(
            language,
            f"{score(points, language)} điểm vì {REASONS[name][0]}",
            f"{score(points, language)} because {REASONS[name][1]}",
        )
        for name, points in ordered
    )
    return pick(language, f"Chưa tính được: {said}.", f"Points open: {said}.")


def register_sentence(kinds: Sequence[str], language: Language) -> str:
    """Say which registers would tell more; nothing where none is missing."""
    if not kinds:
        return ""
    named = "; ".join(pick(language, *REGISTERS[kind]) for kind in kinds)
    return pick(language, f"Nạp thêm để tính tiếp: {named}.", f"Take these in to compute more: {named}.")


def lost_sentence(row: Figures | None, name: str, language: Language) -> str:
    """Say which indicator loses most and what one percentage point more would bring; `step`: points per 10 points."""
    if row is None:
        return pick(
            language,
            "Theo số liệu hiện có, chưa thấy chỉ tiêu nào mất điểm.",
            "By the figures at hand no indicator has lost points.",
        )
    counts = f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"
    lost, points = score(row["lost"], language), score(row["points"], language)
    step = score(row["step"], language)
    return pick(
        language,
        f"Mất nhiều nhất: {row['indicator']} {name}, mất {lost} trong {points} điểm ({share(row['value'], language)}, {counts}). "
        f"Tăng 10 điểm phần trăm ở chỉ tiêu này thêm được {step} điểm.",
        f"Most points lost: {row['indicator']} {name}, {lost} of {points} points ({share(row['value'], language)}, {counts}). "
        f"Ten percentage points more would bring {step} points.",
    )


def next_sentence(rows: Sequence[tuple[Figures, str]], language: Language) -> str:
    """Name the indicators that lose most after the first one."""
    if not rows:
        return ""
    named = "; ".join(f"{row['indicator']} {name} ({score(row['lost'], language)})" for row, name in rows)
    return pick(language, f"Tiếp theo, số điểm mất: {named}.", f"Next, points lost: {named}.")


def trust_sentence(n_unconfirmed: int, n_all: int, language: Language) -> str:
    """Say how many indicators have points that were not checked against the decision."""
    if not n_unconfirmed:
        return ""
    return pick(
        language,
        f"Điểm tối đa của {n_unconfirmed}/{n_all} chỉ tiêu chưa đối chiếu với văn bản; nguồn ghi ở bảng cuối. "
        "Điểm ở đây tính từ dữ liệu đã nạp, không thay cho điểm do Cổng Dịch vụ công quốc gia công bố.",
        f"The points of {n_unconfirmed} of {n_all} indicators were not checked against the decision; the last table gives their source. "
        "This score is computed from the data taken in and does not replace the one published by the national portal.",
    )


def no_sheet(language: Language) -> str:
    """Say that no score sheet is in force at the end of the period."""
    return pick(
        language,
        "Không có bảng chấm điểm nào có hiệu lực vào ngày cuối kỳ, nên không tính điểm.",
        "No score sheet is in force on the last day of the period, so nothing is scored.",
    )


def split_sentence(split: str, language: Language) -> str:
    """Say what was done where the points of single indicators are not known."""
    if split == "equal":
        return pick(
            language,
            "Giả định: nơi chưa biết điểm riêng, điểm còn lại của nhóm được chia đều cho các chỉ tiêu. Giả định này chưa được xác nhận.",
            "Assumption: where single points are not known, what the group leaves is divided equally. It is not confirmed.",
        )
    return pick(
        language,
        "Nơi chưa biết điểm riêng, mọi cách chia đều có thể: điểm của nhóm được ghi thành khoảng.",
        "Where single points are not known, any split is possible: the group is given as an interval.",
    )


def groups_finding(most_lost: Figures | None, most_open: Figures | None, all_open: bool, language: Language) -> str:
    """Say in which group most points are lost and in which most are open (names in `label`), or that all are open."""
    told = []
    if most_lost is not None:
        text = f"{most_lost['label']} ({score(most_lost['lost'], language)}/{score(most_lost['points'], language)})"
        told.append(pick(language, f"mất nhiều nhất ở nhóm {text}", f"most lost in {text}"))
    if most_open is not None:
        text = f"{most_open['label']} ({score(most_open['unknown'], language)}/{score(most_open['points'], language)})"
        told.append(pick(language, f"chưa tính được nhiều nhất ở nhóm {text}", f"most open in {text}"))
    if most_lost is None and all_open:
        return pick(language, "Chưa nhóm nào tính được điểm", "No group can be computed")
    if not told:
        return pick(language, "Mọi nhóm đạt điểm tối đa", "Every group has full points")
    joined = ", ".join(told)
    return pick(language, f"Điểm {joined}", f"Points {joined}")


def why_open(row: Figures, needs: str, language: Language) -> str:
    """Say why an indicator has no points, or not all of them; nothing where all is known."""
    state = row["state"]
    if state == "computed":
        return ""
    if state == "no_register":
        name = pick(language, *REGISTERS[row["register"]])
        return pick(language, f"chưa có {name}", f"no {name}")
    if state in ("no_data", "informs"):
        told = "" if state == "no_data" else pick(language, "không quy ra điểm; ", "no points drawn; ")
        return pick(language, f"{told}cần {needs}", f"{told}needs {needs}")
    if state == "partial":
        what = pick(language, *UNSTATED.get(row["measure"], UNSTATED[""]))
        n = number(row["n_not_stated"], language)
        return pick(language, f"{n} {what}: có thể đạt hoặc không", f"{n} {what}: may count or not")
    return pick(language, *REASONS[state])


def figure(row: Figures, language: Language) -> str:
    """Write a share with its counts, or that there is none.

    >>> figure({"denominator": 4, "numerator": 3, "value": 0.75}, "vi")
    '75,0% (3/4)'
    """
    if not is_missing(row["denominator"]) and row["denominator"]:
        counts = f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"
        return f"{share(row['value'], language)} ({counts})"
    return pick(language, "không có số liệu", "no figure")


def confirmed(known: bool, language: Language) -> str:
    """Say whether a figure of the sheet was seen in the decision itself."""
    return pick(language, *(("Có", "Yes") if known else ("Chưa", "Not yet")))


def published_score(value: float | None, out_of: float | None, language: Language) -> str:
    """Write a published score, or that it is not given.

    >>> published_score(86.94, 100.0, "vi"), published_score(None, None, "vi")
    ('86,94/100', 'không nêu')
    """
    if is_missing(value):
        return pick(language, "không nêu", "not given")
    return number(value, language, 2) + ("" if out_of is None else f"/{score(out_of, language)}")


def published_note(row: Figures, stated_percent: float | None, note: str, source: str, language: Language) -> str:
    """Say in numbers what does not add up, how a stated percentage was checked, and where it was published."""
    said = []
    if not is_missing(row["difference"]) and row["difference"]:
        said.append(
            pick(
                language,
                f"Tổng công bố lệch {signed(row['difference'], language, 2)} điểm so với tổng các nhóm.",
                f"The stated total is {signed(row['difference'], language, 2)} points off the sum of its parts.",
            )
        )
    if stated_percent is not None:
        told, found = number(stated_percent, language, 2), number(row["percent"], language, 2)
        said.append(pick(language, f"Công bố {told}%, tính lại {found}%.", f"Stated {told}%, recomputed {found}%."))
    return " ".join(text for text in (*said, note, pick(language, f"Nguồn: {source}.", f"Source: {source}.")) if text)


def unit_caution(language: Language) -> str:
    """Say how the table of units is to be read."""
    return pick(
        language,
        "Đơn vị xếp theo thứ tự hành chính, không xếp hạng: thủ tục của các đơn vị khác nhau, khoảng điểm còn rộng và đơn vị ít hồ sơ dao động mạnh.",
        "Units stand in their official order and are not ranked: their procedures differ, the intervals are wide, and small units move much.",
    )


def one_stop_sentence(computed: Sequence[str], total: Figures, names: Mapping[str, str], language: Language) -> str:
    """Say which criteria of the one-stop evaluation can be computed, and between which ends the total lies."""
    if not computed:
        return pick(
            language,
            "Chưa chỉ số nào tính được từ dữ liệu của kỳ; đơn vị tự chấm, số liệu bên cạnh (nếu có) để tham khảo.",
            "No criterion can be computed from the data of the period; the unit scores itself, figures beside are there to help.",
        )
    listed = ", ".join(computed)
    ends = interval(total["lower"], total["upper"], language, digits=2)
    told = class_named(total, names, language)
    return pick(
        language,
        f"Từ dữ liệu chỉ tính được chỉ số {listed}; tổng điểm nằm trong khoảng {ends} trên {score(total['points'], language)}, xếp loại {told}. "
        "Các chỉ số còn lại do đơn vị tự chấm; số liệu bên cạnh để tham khảo khi chấm.",
        f"Data tell criterion {listed} only; the total lies within {ends} of {score(total['points'], language)}, class {told}. "
        "The unit scores the others itself; the figures beside them are there to help.",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms the page uses, each with one or two sentences."""
    vi = [
        ("Điểm của chỉ tiêu", "Điểm tối đa nhân với tỷ lệ; chỉ tiêu có ngưỡng (ví dụ 80%) được đủ điểm từ ngưỡng đó."),
        ("Chưa tính được", "Không có số liệu thì không cho 0 điểm và cũng không cho điểm tối đa: phần đó để thành khoảng."),
        ("Hồ sơ không ghi", "Đầu dưới của khoảng coi mọi hồ sơ không ghi là không đạt, đầu trên coi là đạt."),
        ("Xếp loại", "Chỉ nêu khi cả hai đầu của khoảng điểm thuộc cùng một loại."),
        ("Đánh giá tại quầy", "Thang 3 mức trên thiết bị tại quầy; chỉ tính hồ sơ có đánh giá, không phải điều tra SIPAS."),
        ("Đã xác nhận", "Con số có trong chính văn bản, hoặc trong bản giới thiệu, tóm tắt văn bản; “Chưa”: lấy từ nguồn khác, ghi ở cột nguồn."),
    ]  # fmt: skip
    en = [
        ("Points of an indicator", "Its points times the share; where there is a threshold (such as 80%), all points from there on."),
        ("Not computed", "What is not known is given neither 0 nor full points: it stays an interval."),
        ("Not stated", "The lower end takes every dossier that does not state it as “no”, the upper end as “yes”."),
        ("Class", "Given only where both ends of the interval fall into the same class."),
        ("Rating at the counter", "Three levels on a device at the counter, of the rated dossiers only; no SIPAS survey."),
        ("Confirmed", "Seen in the decision itself or in a summary of it; “Not yet”: from another source, given in the table."),
    ]  # fmt: skip
    return vi if language == "vi" else en
