"""Three to five sentences of the scorecard that can be read aloud; the parts below them name every commitment."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number
from cchc_analysis.frames import records
from cchc_analysis.wording import scorecard as say
from cchc_analysis.wording.scorecard_summary import WAITING, by_urgency, moved_beyond_noise
from cchc_analysis.wording.words import pick, plural, uncapitalised

Row = Mapping[str, Any]

NAMED = 3
"""Commitments that a sentence names; further ones are counted."""


def read_aloud(rows: pd.DataFrame, as_of: date, not_reported: int, n_expected: int, language: Language) -> list[str]:
    """Return three to five sentences: where the plan stands, what is met, what moved, what to decide, who is silent.

    `rows`: scorecard with the words of pages.overview_rows.told_rows; `not_reported` of the `n_expected` offices have
    not handed in all evidence that is due.

    >>> empty = pd.DataFrame(columns=["commitment", "status", "reason", "trend", "base_title", "name"])
    >>> read_aloud(empty, date(2023, 6, 14), 0, 0, "en")
    ['The plan has no commitments to tell of.']
    """
    if not len(rows):
        return [
            pick(language, "Không có cam kết nào của kế hoạch để đánh giá.", "The plan has no commitments to tell of.")
        ]
    told = [
        _standing(rows, as_of, language),
        _met(rows, language),
        _moved(rows, language),
        _to_decide(rows, language),
        _silent(not_reported, n_expected, language),
    ]
    return [sentence for sentence in told if sentence]


def _standing(rows: pd.DataFrame, as_of: date, language: Language) -> str:
    n = rows["status"].value_counts()
    met, on_track, at_risk, missed = (int(n.get(name, 0)) for name in ("met", "on_track", "at_risk", "missed"))
    open_ones = len(rows) - met - on_track - at_risk - missed
    return pick(
        language,
        f"Tính đến hết ngày {day(as_of)}, trong {number(len(rows), language)} cam kết có {met} cam kết đã đạt, {on_track} đúng tiến độ, "
        f"{at_risk} có nguy cơ không đạt, {missed} không đạt và {open_ones} chưa đánh giá được.",
        f"Up to the end of {day(as_of, 'en')}, of {plural(len(rows), 'commitment')} {met} are met, {on_track} on track, "
        f"{at_risk} at risk, {missed} missed and {open_ones} cannot be judged yet.",
    )


def _met(rows: pd.DataFrame, language: Language) -> str:
    found = [_inside(row) for row in records(rows[rows["status"] == "met"])]
    if not found:
        return pick(language, "Chưa có cam kết nào đã đạt.", "No commitment is met yet.")
    return pick(language, f"Đã đạt: {_some(found, language)}.", f"Met: {_some(found, language)}.")


def _moved(rows: pd.DataFrame, language: Language) -> str:
    surely = sorted(moved_beyond_noise(rows), key=lambda row: -abs(row["trend_difference"]))
    if not surely:
        return pick(
            language,
            "Không có số liệu nào thay đổi vượt quá dao động ngẫu nhiên.",
            "No figure moved beyond noise.",
        )
    told = [f"{_inside(row)} {pick(language, *say.TRENDS[row['trend']])} {say.size(row, language)}" for row in surely]
    base = surely[0]["base_title"]
    if base and all(row["base_title"] == base for row in surely):
        lead = pick(language, f"So với {base}, thay đổi rõ nhất là", f"Compared with {base}, what moved most is")
    else:
        lead = pick(language, "Thay đổi rõ nhất so với kỳ đối chiếu là", "What moved most is")
    return f"{lead} {_some(told, language)}."


def _to_decide(rows: pd.DataFrame, language: Language) -> str:
    bad = [row for row in by_urgency(rows) if row["reason"] != WAITING]
    if not bad:
        return pick(language, "Không có cam kết nào cần quyết định.", "No commitment needs a decision.")
    told = [_decision(row, language) for row in bad]
    return pick(language, f"Cần quyết định: {_some(told, language)}.", f"To decide: {_some(told, language)}.")


def _decision(row: Row, language: Language) -> str:
    figure = say.figure(row, language)
    target = pick(language, f"chỉ tiêu {row['goal_text']}", f"target {row['goal_text']}")
    state = say.status(row["status"], language)
    inside = "; ".join(part for part in (figure, target, uncapitalised(state)) if part)
    return f"{_inside(row)} ({inside})"


def _silent(n: int, n_expected: int, language: Language) -> str:
    if not n:
        return ""
    if n_expected == 1:
        return pick(
            language,
            "Đơn vị chưa báo cáo đủ minh chứng đã đến hạn.",
            "The office has not reported all evidence that is due.",
        )
    of = number(n_expected, language)
    return pick(
        language,
        f"{number(n, language)}/{of} đơn vị chưa báo cáo đủ minh chứng đã đến hạn.",
        f"{number(n, language)} of {plural(n_expected, 'office')} have not reported all evidence that is due.",
    )


def _inside(row: Row) -> str:
    """Return the name of a commitment as it stands inside a sentence: no remark in brackets, no capital of its own."""
    name = str(row["name"]).split(" (")[0]
    second = name[1:2]
    return uncapitalised(name) if second.islower() or second == " " else name


def _some(told: Sequence[str], language: Language) -> str:
    """Join the first ones; say how many are left."""
    listed, rest = "; ".join(told[:NAMED]), len(told) - NAMED
    if rest <= 0:
        return listed
    return listed + pick(
        language, f"; và {number(rest, language)} cam kết khác", f"; and {number(rest, language)} more"
    )
