"""Sentences on what drives a change of time, and whether the registered cut reached people."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number, signed
from cchc_analysis.wording.words import pick

Figures = Mapping[str, Any]


def no_year_ago(title: str, language: Language) -> str:
    """Say that the same period of the year before cannot be compared with."""
    return pick(
        language,
        f"Không so sánh được với cùng kỳ năm trước ({title}) vì một trong hai kỳ không có hồ sơ đã giải quyết.",
        f"No comparison with the same period of the year before ({title}): one of the two has no resolved dossier.",
    )


def largest_driver(row: Figures, name: str, language: Language) -> str:
    """Name the procedure that moves the mean most."""
    days = signed(row["contribution"], language, 2)
    return pick(
        language,
        f"Đóng góp lớn nhất vào thay đổi: {name} ({days} ngày trên mức bình quân chung).",
        f"The largest contribution to the change: {name} ({days} days of the overall mean).",
    )


def cut_reached(rows: pd.DataFrame, language: Language) -> str:
    """Say for how many procedures people got at least the registered cut on average; hour terms are named apart."""
    measured = rows[rows["term_kind"] != "hours"]
    in_hours = int((rows["term_kind"] == "hours").sum())
    if not len(measured):
        text = pick(
            language,
            "Không có thủ tục nào đủ thời gian quy định, thời gian sau cắt giảm và hồ sơ đã giải quyết để đối chiếu.",
            "No procedure has a statutory term, a committed term and resolved dossiers to compare.",
        )
    else:
        reached = measured[measured["reached"]]
        n, n_all = number(len(reached), language), number(len(measured), language)
        done, total = number(reached["n"].sum(), language), number(measured["n"].sum(), language)
        text = pick(
            language,
            f"Mức cắt giảm đã cam kết đến được với người dân, tính bình quân, ở {n}/{n_all} thủ tục "
            f"({done}/{total} hồ sơ).",
            f"The committed cut reached people, on average, in {n} of {n_all} procedures ({done} of {total} dossiers).",
        )
    if not in_hours:
        return text
    return text + pick(
        language,
        f" {number(in_hours, language)} thủ tục có thời hạn tính theo giờ được để riêng: số ngày đã dùng không đo được giờ.",
        f" {number(in_hours, language)} procedures with terms in hours stand apart: days used do not measure hours.",
    )
