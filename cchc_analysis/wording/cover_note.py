"""The paragraph of plain text for the covering mail of a report: what is attached, three figures, what lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number, share
from cchc_analysis.wording.words import in_sentence, pick, plural, uncapitalised


@dataclass(frozen=True)
class Attached:
    """What a covering note is about: whose report, on which days, how many pages and units, known up to when.

    `due_before`: the day before which the report is wanted, None where nobody set one.
    """

    name: str
    title: str
    dates: str
    ends_on: date
    known_until: date
    n_pages: int
    n_units: int
    synthetic: bool = False
    due_before: date | None = None


def cover_note(attached: Attached, figures: pd.DataFrame, lacking: Sequence[str], language: Language) -> str:
    """Return one paragraph of plain text, ending with a line break.

    `figures`: headline figures of one unit (columns `figure`, `numerator`, `denominator`, `value`, `n`); `lacking`:
    sentences on what is late or missing. Names are written as they are: the note is text, never markup.
    """
    rows = {str(row["figure"]): dict(row) for _, row in figures.iterrows()}
    sentences = [_attached(attached, language), *_told(rows, language), *_open(attached, language)]
    sentences += lacking or [pick(language, "Không có nội dung nào bị thiếu hoặc chậm.", "Nothing is missing or late.")]
    if attached.synthetic:
        sentences.append(
            pick(language, "Dữ liệu giả lập, không phải số liệu thật.", "Synthetic data, no real figures.")
        )
    return " ".join(sentences) + "\n"


def _attached(attached: Attached, language: Language) -> str:
    title = in_sentence(attached.title, language)
    return pick(
        language,
        f"Gửi kèm báo cáo số liệu cải cách hành chính {title} ({attached.dates}) của {attached.name}: "
        f"{number(attached.n_pages)} trang của {number(attached.n_units)} đơn vị (mở tệp index.html), "
        f"số liệu tính đến hết ngày {day(attached.known_until)}.",
        f"Attached is the report on administrative reform of {attached.name}, {title} ({attached.dates}): "
        f"{plural(attached.n_pages, 'page')} on {plural(attached.n_units, 'unit')} (open index.html), "
        f"data up to the end of {day(attached.known_until, 'en')}.",
    )


def _told(rows: Mapping[str, Mapping[str, Any]], language: Language) -> list[str]:
    """Say the three headline figures with their counts."""
    if "received" not in rows or not int(rows["received"]["n"]):
        return [pick(language, "Không có hồ sơ trong kỳ.", "There are no dossiers in the period.")]
    received = number(rows["received"]["n"], language)
    new = number(rows["received_new"]["n"], language)
    overdue = number(rows["pending_overdue"]["n"], language)
    parts = [
        pick(
            language,
            f"phải giải quyết {received} hồ sơ ({new} hồ sơ tiếp nhận mới), đang quá hạn {overdue} hồ sơ",
            f"{received} dossiers to handle ({new} new), {overdue} overdue now",
        ),
        _counted(rows.get("on_time"), ("giải quyết trước và đúng hạn", "early or on time"), language),
        _counted(rows.get("received_online"), ("tiếp nhận trực tuyến", "received online"), language),
    ]
    lead = pick(language, "Trong kỳ: ", "In the period: ")
    return [lead + "; ".join(parts) + "."]


def _counted(row: Mapping[str, Any] | None, name: tuple[str, str], language: Language) -> str:
    if row is None:
        return pick(language, f"{name[0]}: chưa xác định", f"{name[1]}: undefined")
    counts = f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"
    rate = share(row["value"], language)
    return pick(language, f"{name[0]} {counts} hồ sơ ({rate})", f"{name[1]} {counts} dossiers ({rate})")


def _open(attached: Attached, language: Language) -> list[str]:
    """Say that the period is still open, and before which day the report is wanted."""
    sentences = []
    if attached.known_until < attached.ends_on:
        end = day(attached.ends_on, language)
        sentences.append(
            pick(
                language,
                f"Kỳ số liệu chưa kết thúc (kỳ kết thúc ngày {end}): số liệu chưa đầy đủ.",
                f"The period is still open (it ends on {end}): the figures are incomplete.",
            )
        )
    if attached.due_before is not None:
        before = day(attached.due_before, language)
        sentences.append(
            pick(language, f"Báo cáo phải gửi trước ngày {before}.", f"The report is wanted before {before}.")
        )
    return sentences


def rejected(n_rejected: int, n_read: int, language: Language) -> str:
    """Say how many rows of the exports could not be used; "" where every row could.

    >>> rejected(0, 10, "en"), rejected(2, 10, "en")
    ('', '2 of 10 rows of the exports were rejected and are in no figure (see the page on data quality).')
    """
    if not n_rejected:
        return ""
    counts = number(n_rejected, language), number(n_read, language)
    return pick(
        language,
        f"{counts[0]} trong {counts[1]} dòng của tệp kết xuất bị loại, không có trong số liệu (xem trang chất lượng dữ liệu).",
        f"{counts[0]} of {counts[1]} rows of the exports were rejected and are in no figure (see the page on data quality).",
    )


def not_taken_in(kinds: Sequence[str], language: Language) -> str:
    """Name the registers and surveys that have not been taken in; "" where none is missing.

    >>> not_taken_in(["Sổ chứng thực bản sao"], "vi")
    'Chưa nạp: sổ chứng thực bản sao.'
    """
    if not kinds:
        return ""
    listed = "; ".join(uncapitalised(name) for name in kinds)
    return pick(language, f"Chưa nạp: {listed}.", f"Not taken in: {listed}.")


def duties_late(late: Sequence[tuple[str, str]], language: Language) -> str:
    """Name what offices have not handed in by its day, as duty and office; "" where nothing is late.

    >>> duties_late([("Báo cáo quý", "Phường 1"), ("Báo cáo quý", "Phường 2")], "vi")
    'Chưa nộp đúng hạn: Báo cáo quý (Phường 1, Phường 2).'
    """
    if not late:
        return ""
    offices: dict[str, list[str]] = {}
    for duty, office in late:
        offices.setdefault(duty, []).append(office)
    listed = "; ".join(f"{duty} ({', '.join(dict.fromkeys(named))})" for duty, named in offices.items())
    return pick(language, f"Chưa nộp đúng hạn: {listed}.", f"Not handed in on time: {listed}.")
