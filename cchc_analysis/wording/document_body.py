"""Sentences that only the report as a document needs; all others are those of the pages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, is_missing, number
from cchc_analysis.wording import scorecard
from cchc_analysis.wording.words import pick

LETTERS = "abcdđeghiklmnopqrstuvxy"
"""Letters of the Vietnamese alphabet in the order in which points are lettered."""


def window(start: date, end: date, as_of: datetime, language: Language) -> str:
    """Say which days the period has and how far the data go.

    >>> window(date(2023, 3, 15), date(2023, 6, 14), datetime(2023, 6, 14), "vi")
    'Kỳ báo cáo từ ngày 15/03/2023 đến hết ngày 14/06/2023; số liệu tính đến hết ngày 14/06/2023.'
    """
    return pick(
        language,
        f"Kỳ báo cáo từ ngày {day(start)} đến hết ngày {day(end)}; số liệu tính đến hết ngày {day(as_of)}.",
        f"The period runs from {day(start, 'en')} to {day(end, 'en')}; data up to the end of {day(as_of, 'en')}.",
    )


def synthetic(language: Language) -> str:
    """Say that the data are generated."""
    return pick(
        language,
        "Dữ liệu giả lập: mọi hồ sơ và báo cáo dùng cho văn bản này do máy tính tạo ra để minh họa, không phải số liệu thật của địa "
        "phương nào.",
        "Synthetic data: everything behind this document was generated for illustration and describes no real place.",
    )


def still_open(as_of: datetime, end: date, language: Language) -> str:
    """Say that the period has not ended."""
    return pick(
        language,
        f"Kỳ báo cáo chưa kết thúc: số liệu mới có đến hết ngày {day(as_of)}, kỳ kết thúc ngày {day(end)}.",
        f"The period is still open: data go up to {day(as_of, 'en')}, the period ends on {day(end, 'en')}.",
    )


def without_data(names: Sequence[str], language: Language) -> str:
    """Name the lists that are not there; empty where all are.

    >>> without_data(["sổ phản ánh, kiến nghị"], "vi")
    'Chưa có số liệu từ: sổ phản ánh, kiến nghị; nội dung tương ứng trong báo cáo này không được đánh giá.'
    """
    if not names:
        return ""
    listed = "; ".join(names)
    return pick(
        language,
        f"Chưa có số liệu từ: {listed}; nội dung tương ứng trong báo cáo này không được đánh giá.",
        f"No data from: {listed}; what they would tell is not judged in this report.",
    )


def rejected_rows(n: int, language: Language) -> str:
    """Say how many rows of the exports were not taken; empty where there is none."""
    if not n:
        return ""
    return pick(
        language,
        f"{number(n)} dòng hồ sơ không đủ điều kiện ghi nhận nên không có trong số liệu; danh sách kèm lý do ở trang Chất lượng dữ liệu.",
        f"{number(n, 'en')} rows of dossiers could not be taken and are in no figure; the page on data quality lists them.",
    )


def no_dossiers(language: Language) -> str:
    """Say that there is nothing to report on dossiers."""
    return pick(
        language,
        "Trong kỳ không có số liệu hồ sơ thủ tục hành chính.",
        "There are no data on dossiers in the period.",
    )


def cut_elsewhere(commitment_id: str, source: str, language: Language) -> str:
    """Say that the plan leaves the number of the cut to another document, so that nothing is held against it.

    >>> cut_elsewhere("C11", "KH 178/KH-UBND", "vi")
    'Kế hoạch (C11) không ghi mức cắt giảm mà dẫn chiếu KH 178/KH-UBND, nên báo cáo không kết luận đạt hay không đạt.'
    """
    return pick(
        language,
        f"Kế hoạch ({commitment_id}) không ghi mức cắt giảm mà dẫn chiếu {source}, nên báo cáo không kết luận đạt hay không đạt.",
        f"The plan ({commitment_id}) gives no number for the cut but refers to {source}; so nothing is judged here.",
    )


def no_survey(language: Language) -> str:
    """Say that no survey is there."""
    return pick(
        language,
        "Trong kỳ không có số liệu khảo sát mức độ hài lòng.",
        "There is no survey of satisfaction in the period.",
    )


def nothing_reported(language: Language) -> str:
    """Say that the plan has nothing that figures or reports could tell of a field."""
    return pick(
        language,
        "Kế hoạch không có cam kết thuộc nội dung này, hoặc cam kết không do đơn vị thực hiện.",
        "The plan promises nothing in this field, or nothing that this office answers for.",
    )


NAMES_LISTED = 8


def _listed(names: Sequence[str], language: Language) -> str:
    more = len(names) - NAMES_LISTED
    text = ", ".join(names[:NAMES_LISTED])
    return text if more <= 0 else text + pick(language, f" và {more} đơn vị khác", f" and {more} more")


def duty(
    title: str, row: Mapping[str, Any], names: Mapping[str, Sequence[str]], last: date, many: bool, language: Language
) -> str:
    """Say how many offices handed in a report in time, which late and which not; `row`: of duty_summary.

    `names`: state → offices; `last`: last day on time; `many`: the report is about all offices, not one.
    """
    if not many:
        return _own_duty(title, row, last, language)
    n, of = number(row["numerator"], language), number(row["denominator"], language)
    told = pick(
        language,
        f"{title}: {n}/{of} đơn vị gửi đúng hạn (chậm nhất ngày {day(last)})",
        f"{title}: {n} of {of} offices in time (by {day(last, 'en')})",
    )
    for state, (vi, en) in {"late": ("gửi chậm", "late"), "missing": ("chưa gửi", "missing")}.items():
        if names[state]:
            told += f"; {pick(language, vi, en)}: {_listed(names[state], language)}"
    return told + "."


def _own_duty(title: str, row: Mapping[str, Any], last: date, language: Language) -> str:
    state = next(name for name in ("missing", "late", "on_time") if row[f"n_{name}"])
    vi, en = {
        "on_time": ("đã gửi đúng hạn", "handed in on time"),
        "late": ("gửi chậm", "handed in late"),
        "missing": ("chưa gửi", "not handed in"),
    }[state]
    return pick(language, f"{title}: {vi} (chậm nhất ngày {day(last)}).", f"{title}: {en} (due by {day(last, 'en')}).")


def duty_missing(title: str, names: Sequence[str], last: date, language: Language) -> str:
    """Name the offices that have not handed in a report."""
    return pick(
        language,
        f"{title}: đến nay chưa gửi (hạn chậm nhất ngày {day(last)}): {_listed(names, language)}.",
        f"{title}: still not handed in (due by {day(last, 'en')}): {_listed(names, language)}.",
    )


def lettered(place: int, title: str) -> str:
    """Letter a point of the third level.

    >>> lettered(4, "Hồ sơ quá hạn")
    'đ) Hồ sơ quá hạn'
    """
    return f"{LETTERS[place]}) {title}"


def sentence_case(text: str) -> str:
    """Return a text with its first letter large, as it stands at the beginning of a line.

    >>> sentence_case("tổ chức hội nghị tổng kết")
    'Tổ chức hội nghị tổng kết'
    """
    return text[:1].upper() + text[1:]


def commitment(row: Mapping[str, Any], language: Language) -> str:
    """Say how a commitment stands: its name, its status, its figure, who has reported, and why; a row of told_rows."""
    some = not is_missing(row["n_reported"]) and row["n_reported"] > 0
    reported = scorecard.reported(row, language) if some else ""
    parts = [
        scorecard.status(row["status"], language).lower(),
        _figure(row, language) if scorecard.has_figure(row) else "",
        reported,
        row["why"],
        row["detail"] if row["status"] == "no_data" else "",
    ]
    told = "; ".join(str(part).strip().rstrip(".") for part in parts if part)
    return f"{sentence_case(row['name'].rstrip('.'))} ({row['commitment']}): {told}."


def _figure(row: Mapping[str, Any], language: Language) -> str:
    """Write a figure inside a sentence, where a bare count needs its noun."""
    written = result(row, language)
    return pick(language, f"số lượng: {written}", f"number: {written}") if is_missing(row["denominator"]) else written


def result(row: Mapping[str, Any], language: Language) -> str:
    """Write the figure of a commitment for a table: share, counts and interval; in words where there is none."""
    if not scorecard.has_figure(row):
        told = row["detail"] or scorecard.reported(row, language)
        return str(told or pick(language, "không có số liệu", "no figure"))
    counts, ends = scorecard.counts(row, language), scorecard.ends(row, language)
    beside = "; ".join(text for text in (counts, ends) if text)
    figure = scorecard.figure(row, language)
    return f"{figure} ({beside})" if beside else figure
