"""Sentences on where to look first: where lateness lies, what falls due, which units and dates deserve a question."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number, share
from cchc_analysis.frames import first_row
from cchc_analysis.measures import SOON_DAYS
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

LEADS = {
    "result": ("Kết quả trong kỳ", "The period"),
    "target": ("So với mục tiêu", "Against the target"),
    "change": ("Đã thay đổi gì", "What changed"),
    "outlook": ("Dự kiến cuối năm", "The year to come"),
    "look": ("Cần xem ở đâu", "Where to look"),
}
"""What the parts of the first screen answer."""


def lead(name: str, language: Language) -> str:
    """Return the words in front of a part of the first screen.

    >>> lead("look", "en")
    'Where to look'
    """
    return pick(language, *LEADS[name])


def lateness(late: pd.DataFrame, names: list[str], language: Language) -> str:
    """Say where the dossiers resolved late lie; `late`: result of late_groups, `names`: its groups in words."""
    total = int(late["n"].sum())
    if not total:
        return pick(
            language,
            "Không có hồ sơ nào được giải quyết trễ hạn trong kỳ.",
            "No dossier was resolved late in the period.",
        )
    first = first_row(late)
    n, resolved = number(first["n"], language), number(first["n_resolved"], language)
    part = share(first["share"], language)
    if len(late) == 1:
        return pick(
            language,
            f"{number(total, 'vi')} hồ sơ giải quyết trễ hạn đều thuộc {names[0]} ({n}/{resolved} hồ sơ đã giải quyết).",
            f"{plural(total, 'dossier')} resolved late, all in {names[0]} ({n} of {resolved} resolved).",
        )
    return pick(
        language,
        f"{number(total, 'vi')} hồ sơ giải quyết trễ hạn; nhiều nhất là {names[0]}: {n}/{resolved} hồ sơ đã giải quyết, "
        f"chiếm {part} số trễ hạn.",
        f"{plural(total, 'dossier')} resolved late; most in {names[0]}: {n} of {resolved} resolved, {part} of the late ones.",
    )


def open_ones(overdue: pd.DataFrame, place: str, soon: Figures, language: Language) -> str:
    """Say how many open dossiers are overdue and where most are, and how many fall due soon.

    `overdue`: result of overdue_pareto; `place`: its first group in words; `soon`: a row of due_soon.
    """
    total = int(overdue["n"].sum())
    due = number(soon["n"], language)
    ahead = pick(
        language,
        f"{due} hồ sơ khác sẽ quá hạn trong {SOON_DAYS} ngày làm việc tới nếu không xong kịp",
        f"{plural(soon['n'], 'more dossier')} will become overdue within {SOON_DAYS} working days unless finished",
    )
    if not total:
        now = pick(language, "Không có hồ sơ đang quá hạn", "Nothing open is overdue")
        return f"{now}; {ahead}." if soon["n"] else f"{now}."
    most = number(first_row(overdue)["n"], language)
    now = pick(
        language,
        f"{number(total, 'vi')} hồ sơ đang quá hạn, nhiều nhất ở {place} ({most})",
        f"{plural(total, 'open dossier')} overdue now, most in {place} ({most})",
    )
    return f"{now}; {ahead}." if soon["n"] else f"{now}."


def units_that_differ(rows: pd.DataFrame, language: Language) -> str:
    """Say which units are late more often than their procedures explain; `rows`: unit_comparison with `label`."""
    lower = rows.loc[rows["verdict"] == "lower", "label"].tolist()
    if not lower:
        return ""
    listed = ", ".join(lower[:3]) + (", …" if len(lower) > 3 else "")
    return pick(
        language,
        f"Đúng hạn thấp hơn mức chung của chính các thủ tục mình làm: {listed}.",
        f"On time less often than their own procedures explain: {listed}.",
    )


def crowded_units(names: list[str], language: Language) -> str:
    """Say in which units finishes crowd just before the deadline; nothing where there are none."""
    if not names:
        return ""
    listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return pick(
        language,
        f"Hồ sơ kết thúc dồn ngay trước giờ hẹn trả nhiều hơn ngẫu nhiên tại {listed}: cần kiểm tra cách ghi nhận.",
        f"Finishes crowd just before the deadline beyond chance in {listed}: look at how they are recorded.",
    )
