"""Sentences of the satisfaction page on how the survey was done: forms, design, scales, respondents, planning."""

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, points, share
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

WEIGHTS = {
    "file": ("trọng số ghi trong tệp khảo sát", "the weights of the survey file"),
    "dossiers": (
        "trọng số tính sao cho cơ cấu phiếu khớp số hồ sơ đã giải quyết trong kỳ",
        "weights that make the forms match the dossiers resolved in the period",
    ),
    "file_and_dossiers": (
        "trọng số trong tệp, điều chỉnh cho khớp số hồ sơ đã giải quyết trong kỳ",
        "the weights of the file, adjusted to the dossiers resolved in the period",
    ),
    "none": (
        "không có trọng số: mỗi phiếu tính như nhau, nên kết quả chỉ nói về những người đã trả lời",
        "no weights: every form counts the same, so the result speaks of those who answered",
    ),
}

GRADES = {
    "excellent": ("rất tốt", "excellent"),
    "good": ("tốt", "good"),
    "acceptable": ("chấp nhận được", "acceptable"),
    "questionable": ("còn yếu", "questionable"),
    "poor": ("kém", "poor"),
    "unacceptable": ("không dùng được", "unacceptable"),
    None: ("chưa xác định", "undefined"),
}
"""Grade of Cronbach's alpha → words."""

WARNINGS = {
    "constant": ("mọi người trả lời như nhau", "everybody gives the same answer"),
    "reversed": ("đi ngược các câu khác, có thể bị đảo chiều", "runs against the others, may be reversed"),
    "few_answers": ("quá ít câu trả lời", "too few answers"),
    "weak": ("ít gắn với các câu khác của yếu tố", "hardly belongs with the others of its factor"),
}

NO_ALPHA = {
    "few_items": ("yếu tố chỉ có một câu hỏi", "the factor has one question only"),
    "few_answers": ("quá ít phiếu trả lời", "too few forms answer"),
    "no_variance": ("mọi người trả lời như nhau", "everybody answers the same"),
    "no_common_answers": ("không phiếu nào trả lời cùng lúc các câu hỏi", "no form answers the questions together"),
}
"""Why a factor has no alpha → words."""

CHECKS = {
    "repeated_respondents": ("Người trả lời nhiều lần trong một đợt", "Respondents who answer more than once"),
    "straight_lining": ("Trả lời mọi câu như nhau", "The same answer to every question"),
    "speeding": ("Trả lời quá nhanh", "Answered too fast"),
    "invalid_answers": ("Có câu trả lời không hợp lệ", "With an invalid answer"),
    "identical_forms": ("Phiếu giống hệt nhau", "Identical forms"),
}

UNCHECKED = {
    "no_column": ("tệp không có cột để kiểm tra", "the file has no column to tell"),
    "too_few": ("quá ít phiếu", "too few forms"),
    "too_few_questions": ("quá ít câu hỏi", "too few questions"),
}


def weights(design: Any, language: Language) -> str:
    """Say where the weights come from and what the design is; `design`: result of Survey.design()."""
    told = [pick(language, *WEIGHTS[design.weights])]
    if design.margins:
        names = ", ".join(_margin(name, language) for name in design.margins)
        told.append(pick(language, f"khớp theo {names}", f"matched by {names}"))
    strata = design.strata
    if strata:
        told.append(pick(language, f"tầng: {_margin(strata, 'vi')}", f"strata: {_margin(strata, 'en')}"))
    if design.clusters:
        told.append(pick(language, "có cụm (người trả lời cùng cụm giống nhau hơn)", "with clusters"))
    if design.finite_population:
        told.append(pick(language, "có hiệu chỉnh tổng thể hữu hạn", "with finite-population correction"))
    head = pick(language, "Cách tính", "How it is estimated")
    return f"{head}: {'; '.join(told)}."


def _margin(name: str, language: Language) -> str:
    words = {
        "unit": ("đơn vị", "unit"),
        "field": ("lĩnh vực", "field"),
        "stratum": ("cột tầng trong tệp", "the file's strata"),
    }
    return pick(language, *words.get(name, (name, name)))


def precision(design: Any, row: Figures, language: Language) -> str:
    """Say what the design costs: design effect, effective number of forms, margin; a row of `satisfaction`."""
    if is_missing(row["design_effect"]) or is_missing(row["margin"]):
        return ""
    return pick(
        language,
        f"Sai số ±{points_plain(row['margin'], 'vi')} điểm phần trăm (95%, {number(row['df'], 'vi')} bậc tự do); hệ số thiết kế {number(row['design_effect'], 'vi', 2)}: "
        f"{number(row['n_forms'], 'vi')} phiếu cho độ chính xác như mẫu ngẫu nhiên đơn giản khoảng {number(row['n_forms'] / row['design_effect'], 'vi')} phiếu.",
        f"Margin ±{points_plain(row['margin'], 'en')} points (95%, {number(row['df'], 'en')} degrees of freedom); design effect {number(row['design_effect'], 'en', 2)}: "
        f"{plural(row['n_forms'], 'form')} tell as much as a simple random sample of about {number(row['n_forms'] / row['design_effect'], 'en')}.",
    )


def points_plain(value: Any, language: Language) -> str:
    """Write a share as percentage points without a sign.

    >>> points_plain(0.0234, "vi")
    '2,3'
    """
    return number(None if is_missing(value) else float(value) * 100, language, 1)


def lonely(design: Any, language: Language) -> str:
    """Say which strata have a single form and what was done with them, nothing where there are none."""
    if not design.lonely_strata:
        return ""
    listed = ", ".join(map(str, design.lonely_strata[:5])) + (", …" if len(design.lonely_strata) > 5 else "")
    rules = {
        "adjust": ("tính độ lệch so với mức chung", "its distance from the overall mean is used"),
        "average": ("lấy bình quân phương sai của các tầng khác", "the mean variance of the other strata is used"),
        "remove": ("bỏ qua phần phương sai của tầng đó", "its part of the variance is left out"),
        "certainty": ("coi như điều tra toàn bộ", "it is taken as fully covered"),
    }
    rule = pick(language, *rules.get(design.lonely_rule, (design.lonely_rule, design.lonely_rule)))
    return pick(
        language,
        f"Tầng chỉ có một phiếu ({listed}): không ước lượng được phương sai trong tầng, quy tắc dùng: {rule}.",
        f"Strata with a single form ({listed}): no variance inside them can be estimated; rule used: {rule}.",
    )


def uncovered(n_units: int, names: Sequence[str], language: Language) -> str:
    """Say which units have dossiers but no form, nothing where there are none."""
    if not n_units:
        return ""
    listed = ", ".join(names[:3]) + (", …" if n_units > 3 else "")
    return pick(
        language,
        f"{n_units} đơn vị có hồ sơ nhưng không có phiếu nào ({listed}): kết quả không nói về các đơn vị này.",
        f"{plural(n_units, 'unit')} with dossiers but without a form ({listed}): the result does not speak of them.",
    )


def pooled_cells(names: Sequence[str], language: Language) -> str:
    """Say which groups had too few forms for a weight of their own, nothing where there are none."""
    if not names:
        return ""
    listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return pick(
        language,
        f"Quá ít phiếu để có trọng số riêng nên được gộp với nhóm khác: {listed}.",
        f"Too few forms for a weight of their own, pooled with others: {listed}.",
    )


def fitting(design: Any, language: Language) -> str:
    """Say where the weights are not what they should be: a fit that did not settle, forms without weight; or nothing."""
    told = []
    if not design.converged:
        told.append(
            pick(
                language,
                "Trọng số chưa khớp hẳn với số hồ sơ theo mọi đơn vị và lĩnh vực (phép lặp không hội tụ): đọc kết quả có trọng số một cách thận trọng.",
                "The weights do not fully match the dossiers by every unit and field (the fit did not converge): read weighted results with care.",
            )
        )
    if design.n_weight_missing:
        told.append(
            pick(
                language,
                f"{number(design.n_weight_missing, 'vi')} phiếu không có trọng số trong tệp, được tính với trọng số trung bình của các phiếu khác.",
                f"{plural(design.n_weight_missing, 'form')} without weight in the file, counted with the mean weight of the others.",
            )
        )
    return " ".join(told)


def not_named(n_without_unit: int, n_without_field: int, language: Language) -> str:
    """Say how many forms name no unit or no field and in which tables they are missing; nothing where all do.

    >>> not_named(0, 3, "vi")
    '3 phiếu không ghi lĩnh vực: có trong kết quả chung, không thuộc lĩnh vực nào trong các bảng.'
    """
    told = [
        pick(
            language,
            f"{number(n, 'vi')} phiếu không ghi {vi}: có trong kết quả chung, không thuộc {vi} nào trong các bảng.",
            f"{plural(n, 'form')} without {en}: in the overall result, in no {en} of the tables.",
        )
        for n, vi, en in ((n_without_unit, "đơn vị", "unit"), (n_without_field, "lĩnh vực", "field"))
        if n
    ]
    return " ".join(told)


def counts_pooled(weighted: bool, language: Language) -> str:
    """Say what numerator and denominator are beside a share that is a mean of questions."""
    return pick(
        language,
        f"Số câu trả lời hài lòng (tử số) và số câu trả lời (mẫu số) gộp mọi câu hỏi{' và chưa nhân trọng số' if weighted else ''}, còn tỷ lệ chung là trung bình{' có trọng số' if weighted else ''} của các câu hỏi, "
        "nên chia tử số cho mẫu số không ra đúng tỷ lệ.",
        f"Numerator and denominator pool all questions{', unweighted' if weighted else ''}, while the overall share is a {'weighted ' if weighted else ''}mean of the questions: "
        "dividing one by the other does not give it exactly.",
    )


def invited(row: Figures, language: Language) -> str:
    """Write how many people to invite for the forms needed; where all of them would not do, say so.

    >>> invited({"n_needed": 29, "n_invite": None, "population": 31}, "vi")
    'mời tất cả cũng không đủ'
    """
    if is_missing(row["n_needed"]):
        return ""
    if is_missing(row["n_invite"]):
        return pick(language, "mời tất cả cũng không đủ", "all of them would not do")
    return number(row["n_invite"], language)


def forms(row: Figures, language: Language) -> str:
    """Say how many forms there are and how many of those asked answered; a row of `forms`."""
    told = pick(
        language, f"{number(row['n_forms'], 'vi')} phiếu có trả lời", f"{plural(row['n_forms'], 'form')} with answers"
    )
    if not is_missing(row["response_rate"]):
        missed = number(row["n_refused"] + row["n_no_contact"], language)
        told += pick(
            language,
            f"; tỷ lệ trả lời {share(row['response_rate'], 'vi')} ({missed} người từ chối hoặc không liên hệ được)",
            f"; response rate {share(row['response_rate'], 'en')} ({missed} refused or not reached)",
        )
    else:
        told += pick(
            language,
            "; không rõ đã mời bao nhiêu người nên không tính được tỷ lệ trả lời",
            "; how many were asked is not known, so there is no response rate",
        )
    if row["n_undated"]:
        told += pick(
            language,
            f"; {number(row['n_undated'], 'vi')} phiếu không rõ thời gian, không tính vào kỳ nào",
            f"; {plural(row['n_undated'], 'form')} without date counted in no period",
        )
    return told + "."


def grade(code: str | None, language: Language, reason: str | None = None) -> str:
    """Return the grade of a scale in words, with the reason where there is none.

    >>> grade(None, "vi", "no_variance")
    'chưa xác định: mọi người trả lời như nhau'
    """
    if code is None and reason:
        return f"{pick(language, *GRADES[None])}: {pick(language, *NO_ALPHA.get(reason, (reason, reason)))}"
    return pick(language, *GRADES.get(code, (str(code), str(code))))


def warning(code: str, language: Language) -> str:
    """Return a warning on a question in words."""
    return pick(language, *WARNINGS.get(code, (code, code)))


def poor_scales(names: Sequence[str], language: Language) -> str:
    """Say which factors hang together poorly."""
    if not names:
        return pick(
            language,
            "Các câu hỏi trong từng yếu tố đo cùng một điều ở mức chấp nhận được trở lên",
            "In every factor the questions hang together acceptably or better",
        )
    return pick(
        language,
        f"Thang đo kém: {', '.join(names)}. Tỷ lệ của các yếu tố này nên đọc theo từng câu hỏi",
        f"Poor scales: {', '.join(names)}. Read these factors question by question",
    )


def check(code: str, language: Language) -> str:
    """Return the name of a check on respondents."""
    return pick(language, *CHECKS[code])


def unchecked(code: str | None, language: Language) -> str:
    """Say why a check could not be made, nothing where it was."""
    if not code:
        return ""
    return pick(language, *UNCHECKED.get(code, (code, code)))


def checks_told(largest: Any, language: Language) -> str:
    """Say how much the result would move at most if doubtful forms were left out."""
    if is_missing(largest):
        return pick(language, "Không có cột nào để kiểm tra cách trả lời", "Nothing to check how forms were filled in")
    return pick(
        language,
        f"Bỏ các phiếu đáng ngờ làm kết quả thay đổi nhiều nhất {points(largest, 'vi')} điểm",
        f"Leaving doubtful forms out would move the result by {points(largest, 'en')} points at most",
    )


def planning(row: Figures, telling_apart: float | None, margin: float, language: Language) -> str:
    """Say how many forms the next wave needs; `row`: the row of all units."""
    if is_missing(row["n_needed"]):
        return pick(
            language,
            "Không có số hồ sơ của kỳ nên không tính được cỡ mẫu theo tổng thể.",
            "The dossiers of the period are not known, so there is no sample size for them.",
        )
    told = pick(
        language,
        f"Để đạt sai số ±{points_plain(margin, 'vi')} điểm cho toàn bộ, cần {number(row['n_needed'], 'vi')} phiếu hợp lệ trên {number(row['population'], 'vi')} hồ sơ "
        f"(quy tắc n = N/(1 + N·e²), không tính hệ số thiết kế: {number(row['slovin'], 'vi')}).",
        f"For a margin of ±{points_plain(margin, 'en')} points overall, {number(row['n_needed'], 'en')} valid forms are needed from {number(row['population'], 'en')} dossiers "
        f"(rule n = N/(1 + N·e²), which knows no design effect: {number(row['slovin'], 'en')}).",
    )
    if is_missing(telling_apart):
        return told
    return told + pick(
        language,
        f" Hai đợt cỡ này chỉ thấy được thay đổi từ {points_plain(telling_apart, 'vi')} điểm trở lên (xác suất phát hiện 80%).",
        f" Two waves of this size can show a change of {points_plain(telling_apart, 'en')} points or more (power 80%).",
    )
