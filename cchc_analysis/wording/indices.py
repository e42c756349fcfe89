"""Sentences and names of the page of indices: self-scoring and published series; the figures come in."""

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, signed
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]
Names = Mapping[str, str]

STATES: dict[str, tuple[str, str]] = {
    "scored": ("Đã chấm đủ", "Scored in full"),
    "partial": ("Chấm chưa đủ", "Scored in part"),
    "missing": ("Chưa nộp", "Not handed in"),
}
FINDINGS: dict[str, tuple[str, str]] = {
    "above_maximum": ("Vượt điểm tối đa", "Above the maximum"),
    "negative": ("Điểm âm", "Below zero"),
    "step_not_allowed": ("Không đúng thang điểm", "Not a score of the scale"),
    "sum_differs": ("Tổng ghi khác tổng cộng lại", "Stated sum differs from the parts"),
    "criterion_missing": ("Chưa chấm", "Not scored"),
    "unknown_criterion": ("Mã không có trong bộ chỉ số", "Not a criterion of the index"),
}
"""What a check found → words for a table."""

WHO: dict[str, tuple[str, str]] = {"self": ("tự chấm", "self-scored"), "verified": ("thẩm định", "verified")}
CONFIDENCE: dict[str, tuple[str, str]] = {
    "found": ("có nguồn", "source found"),
    "from_memory": ("nhớ lại, cần đối chiếu", "from memory, to be checked"),
    "": ("đơn vị cung cấp", "taken in"),
}
BREAKS: dict[str, tuple[str, str]] = {
    "method": ("đổi cách tính", "method changed"),
    "scale": ("đổi thang điểm", "scale changed"),
    "": ("", ""),
}
MEASURES: dict[str, tuple[str, str]] = {
    "handled_in_time": ("Hồ sơ đúng hạn, trong hạn", "Dossiers in time"),
    "on_time_of_finished": ("Hồ sơ giải quyết đúng hạn", "Dossiers on time"),
    "feedback_on_time": ("Phản ánh, kiến nghị trả lời đúng hạn", "Feedback answered in time"),
    "received_online": ("Hồ sơ nộp trực tuyến", "Received online"),
    "documents_digitised": ("Hồ sơ được số hóa thành phần", "Documents digitised"),
    "result_digitised": ("Kết quả được số hóa", "Results digitised"),
    "fee_paid_online": ("Hồ sơ có phí thanh toán trực tuyến", "Fees paid online"),
    "ratings_satisfied": ("Đánh giá hài lòng tại nơi tiếp nhận", "Good ratings at the counter"),
}
"""Share → what it is called beside a score."""


def points(value: Any, language: Language) -> str:
    """Write a score: whole ones without decimals, others with two; a missing one as a dash.

    >>> points(35.0, "vi"), points(36.5, "vi"), points(None, "vi")
    ('35', '36,50', '–')
    """
    if is_missing(value):
        return "–"
    return number(value, language, 0 if float(value) == round(float(value)) else 2)


def named(pairs: Mapping[str, tuple[str, str]], key: str, language: Language) -> str:
    """Return the words for a key; the key itself where there are none."""
    return pick(language, *pairs[key]) if key in pairs else key


def done_sentences(states: Sequence[Figures], names: Names, language: Language) -> list[str]:
    """Say how many offices have scored themselves in full, which in part, and who is missing.

    >>> done_sentences([{"unit": "a", "state": "missing", "n_missing": 47, "structure_known": True}], {"a": "Phường A"}, "vi")
    ['0/1 đơn vị đã tự chấm đủ các tiêu chí.', 'Chưa nộp bảng tự chấm: Phường A.']
    """
    done = sum(row["state"] == "scored" for row in states)
    told = [
        pick(
            language,
            f"{done}/{len(states)} đơn vị đã tự chấm đủ các tiêu chí.",
            f"{done} of {plural(len(states), 'office')} scored themselves in full.",
        )
    ]
    partial = [_partial(row, names, language) for row in states if row["state"] == "partial"]
    if partial:
        listed = "; ".join(partial)
        told.append(pick(language, f"Chấm chưa đủ: {listed}.", f"In part: {listed}."))
    unsure = ", ".join(names[row["unit"]] for row in states if row["state"] == "scored" and not row["structure_known"])
    if unsure:
        told.append(
            pick(
                language,
                f"{unsure}: đã chấm nhưng chưa có danh mục tiêu chí, nên không kiểm tra được đủ hay thiếu.",
                f"{unsure}: scored, but without a list of criteria it cannot be told whether all are there.",
            )
        )
    missing = ", ".join(names[row["unit"]] for row in states if row["state"] == "missing")
    if missing:
        told.append(pick(language, f"Chưa nộp bảng tự chấm: {missing}.", f"Nothing handed in: {missing}."))
    return told


def _partial(row: Figures, names: Names, language: Language) -> str:
    name = names[row["unit"]]
    if not row["structure_known"]:
        return pick(language, f"{name} (chỉ ghi tổng)", f"{name} (a total only)")
    n = int(row["n_missing"])
    return pick(language, f"{name} (thiếu {n} tiêu chí)", f"{name} ({plural(n, 'criterion', 'criteria')} left out)")


def state(row: Figures, language: Language) -> str:
    """Say what has become of a sheet, and that completeness cannot be checked where the criteria are not known."""
    if row["state"] == "scored" and not row["structure_known"]:
        return pick(language, "Đã chấm, chưa rõ đủ hay thiếu", "Scored, completeness not known")
    return named(STATES, row["state"], language)


def own_sentences(row: Figures, findings: Sequence[Figures], language: Language) -> list[str]:
    """Say what one office has handed in, its total, and which criteria it left out."""
    missing = ", ".join(found["criterion"] for found in findings if found["kind"] == "criterion_missing")
    told = [_own(row, language)]
    if missing:
        told.append(pick(language, f"Tiêu chí chưa chấm: {missing}.", f"Criteria left out: {missing}."))
    return told


def _own(row: Figures, language: Language) -> str:
    if row["state"] == "missing":
        return pick(language, "Đơn vị chưa nộp bảng tự chấm điểm.", "This office has handed in no sheet.")
    total = points(row["self_total"], language)
    if not row["structure_known"]:
        return pick(
            language,
            f"Đơn vị tự chấm {total} điểm; chưa có danh mục tiêu chí nên không kiểm tra được đã chấm đủ hay chưa.",
            f"The office gave itself {total} points; without a list of criteria it cannot be told whether all are scored.",
        )
    n, scored = int(row["n_to_score"]), int(row["n_scored"])
    return pick(
        language,
        f"Đơn vị đã chấm {scored}/{n} tiêu chí, cộng được {total} điểm.",
        f"The office scored {scored} of {n} criteria, {total} points in all.",
    )


def finding_sentence(row: Figures, name: str, language: Language) -> str:
    """Say what does not hold in one sheet."""
    where = criterion(row["criterion"], language)
    score, limit = points(row["score"], language), points(row["limit"], language)
    kind = row["kind"]
    if kind == "above_maximum":
        return pick(
            language,
            f"{name}: {where} cộng được {score} điểm, tối đa {limit}",
            f"{name}: {where} has {score} points, at most {limit}",
        )
    if kind == "sum_differs":
        return pick(
            language,
            f"{name}: {where} ghi {score}, cộng các tiêu chí được {limit}",
            f"{name}: {where} stated as {score}, its parts add up to {limit}",
        )
    said = named(FINDINGS, kind, language).lower()
    return f"{name}: {where}, {score} ({said})"


def findings_sentence(rows: Sequence[Figures], names: Names, language: Language) -> str:
    """Say which sheets do not add up; what is missing is told elsewhere."""
    wrong = [row for row in rows if row["kind"] != "criterion_missing"]
    if not wrong:
        return pick(
            language,
            "Không thấy điểm nào sai về số học so với những gì đã biết của bộ chỉ số.",
            "No score contradicts what is known of the index.",
        )
    told = "; ".join(finding_sentence(row, names[row["unit"]], language) for row in wrong)
    return pick(
        language,
        f"{len(wrong)} chỗ không khớp, để nguyên như đơn vị ghi: {told}.",
        f"{plural(len(wrong), 'place')} that cannot be right, left as written: {told}.",
    )


def criterion(code: str, language: Language) -> str:
    """Name a code inside a sentence.

    >>> criterion("total", "vi"), criterion("8", "vi"), criterion("3.10", "vi")
    ('tổng điểm', 'lĩnh vực 8', 'tiêu chí 3.10')
    """
    if code == "total":
        return pick(language, "tổng điểm", "the total")
    word = ("lĩnh vực", "field") if "." not in code else ("tiêu chí", "criterion")
    return f"{pick(language, *word)} {code}"


def verified_sentence(states: Sequence[Figures], names: Names, language: Language) -> str:
    """Say how many sheets were verified and where the verified total is furthest from the self-score."""
    compared = [row for row in states if not is_missing(row["difference"])]
    if not compared:
        return pick(
            language,
            "Chưa có điểm thẩm định cho toàn bộ tiêu chí của đơn vị nào.",
            "No sheet has been verified in full.",
        )
    if len(states) == 1:
        return _own_verified(compared[0], language)
    lower = sum(row["difference"] < 0 for row in compared)
    higher = sum(row["difference"] > 0 for row in compared)
    first = pick(
        language,
        f"Đã thẩm định {len(compared)} bảng: {lower} bảng bị giảm điểm, {higher} bảng được tăng, còn lại giữ nguyên.",
        f"{plural(len(compared), 'sheet')} verified: {lower} lowered, {higher} raised, the others unchanged.",
    )
    far = max(compared, key=lambda row: abs(row["difference"]))
    if not far["difference"]:
        return first
    gap = signed(far["difference"], language, 2)
    name, own, verified = (
        names[far["unit"]],
        points(far["self_total"], language),
        points(far["verified_total"], language),
    )
    return first + pick(
        language,
        f" Chênh nhiều nhất: {name}, tự chấm {own}, thẩm định {verified} ({gap}).",
        f" Furthest apart: {name}, self-scored {own}, verified {verified} ({gap}).",
    )


def _own_verified(row: Figures, language: Language) -> str:
    own, verified = points(row["self_total"], language), points(row["verified_total"], language)
    if not row["difference"]:
        return pick(
            language, f"Thẩm định {verified} điểm, bằng điểm tự chấm.", f"Verified: {verified}, as self-scored."
        )
    gap = signed(row["difference"], language, 2)
    return pick(
        language,
        f"Tự chấm {own} điểm, thẩm định {verified} điểm ({gap}).",
        f"Self-scored {own}, verified {verified} ({gap}).",
    )


def trend_sentence(row: Figures, name: str, language: Language) -> str:
    """Say where an index stands in a year and how it moved, or why that cannot be said; "" where there is no value."""
    if row["reason"] == "no_value":
        return ""
    year = int(row["year"])
    name += pick(language, " (số liệu đơn vị nạp)", " (taken in)") if row["origin"] == "register" else ""
    stands = standing(row["value"], row["rank"], language)
    first = pick(language, f"{name}: {stands} năm {year}", f"{name}: {stands} in {year}")
    if row["trend"] != "unknown":
        return f"{first}, {_moved(row, language)}."
    reason = {
        "break": (
            "; năm này đổi cách tính nên không so với năm trước",
            "; the method changed in that year, so it is not compared",
        ),
        "first": ("; chưa có năm trước để so", "; there is no earlier year to compare with"),
    }.get(
        row["reason"],
        ("; không có số liệu cùng loại của năm trước", "; the year before has no figure of the same kind"),
    )
    return f"{first}{pick(language, *reason)}."


def standing(value: Any, rank: Any, language: Language) -> str:
    """Write a value and a rank, as far as they are known.

    >>> standing(91.03, 5, "vi"), standing(None, 7, "vi")
    ('91,03 (hạng 5)', 'hạng 7')
    """
    place = "" if is_missing(rank) else pick(language, f"hạng {int(rank)}", f"rank {int(rank)}")
    if is_missing(value):
        return place
    figure = number(value, language, 2)
    return f"{figure} ({place})" if place else figure


def _moved(row: Figures, language: Language) -> str:
    before = int(row["previous_year"])
    if row["basis"] == "rank":
        rank = int(row["previous_rank"])
        words = {"up": ("lên từ", "up from"), "down": ("xuống từ", "down from"), "flat": ("vẫn", "still")}
        word = pick(language, *words[row["trend"]])
        return pick(language, f"{word} hạng {rank} năm {before}", f"{word} rank {rank} in {before}")
    gap = number(abs(row["value"] - row["previous_value"]), language, 2)
    old = number(row["previous_value"], language, 2)
    said = {
        "up": (f"tăng {gap} so với năm {before} ({old})", f"up {gap} against {before} ({old})"),
        "down": (f"giảm {gap} so với năm {before} ({old})", f"down {gap} against {before} ({old})"),
        "flat": (f"bằng năm {before}", f"the same as in {before}"),
    }
    return pick(language, *said[row["trend"]])


def break_sentence(name: str, years: Sequence[int], language: Language) -> str:
    """Say where a series is broken."""
    listed = ", ".join(str(year) for year in years)
    return pick(
        language,
        f"{name}: ngắt ở năm {listed} vì cách tính thay đổi; không tính chênh lệch qua chỗ ngắt.",
        f"{name}: broken at {listed} because the method changed; no difference is computed across a break.",
    )


def later_sentence(year: int, language: Language) -> str:
    """Say that values of later years are shown although the period does not know them."""
    return pick(
        language,
        f"Giá trị của các năm sau {year} được công bố sau kỳ báo cáo; nêu để tham khảo, không dùng để đánh giá kỳ này.",
        f"Values of years after {year} were published after the period; they are shown for context and judge nothing of it.",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    entries = (
        (
            "Tự chấm điểm",
            "Điểm do đơn vị tự cho từng tiêu chí của bộ chỉ số cải cách hành chính; tổng do phần mềm cộng lại từ các tiêu chí, "
            "không cộng hai lần tiêu chí và tiêu chí thành phần.",
            "Self-score",
            "Points an office gives itself for each criterion of the index; totals are added up here, parts before wholes.",
        ),
        (
            "Đã chấm đủ",
            "Mọi tiêu chí của bộ chỉ số đều có điểm. Ô để trống là thiếu, không phải 0 điểm.",
            "Scored in full",
            "Every criterion has a score. An empty cell is missing, not 0.",
        ),
        (
            "Điểm tối đa",
            "Chỉ kiểm tra những điểm tối đa đã biết; điểm chưa có nguồn được để trống, không suy đoán.",
            "Maximum",
            "Only maxima that are known are checked; those without a source are left open.",
        ),
        (
            "Điểm theo số liệu",
            "Tỷ lệ tính từ hồ sơ và sổ theo dõi nhân với điểm tối đa, khi tiêu chí nêu rõ cả hai; chênh lệch được nêu, không sửa điểm.",
            "Points by the figures",
            "The share told by dossiers and registers times the maximum where a criterion names both; differences are listed, "
            "nothing is corrected.",
        ),
        (
            "Ngắt chuỗi",
            "Năm mà tên phương pháp hoặc thang điểm thay đổi: giá trị trước và sau không so được với nhau.",
            "Break",
            "A year in which the name of the method or the scale changes: values before and after cannot be compared.",
        ),
    )
    return [(vi, told) if language == "vi" else (en, said) for vi, told, en, said in entries]
