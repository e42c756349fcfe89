"""The first screen of the scorecard: sentences that can be read aloud, each count taken from the table below it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, is_missing, number
from cchc_analysis.frames import records
from cchc_analysis.wording import scorecard as say
from cchc_analysis.wording.words import pick, plural

Rows = Sequence[Mapping[str, Any]]

AT_MOST = 6
"""Commitments told one by one; further ones are named by their ids."""

LEADS = {
    "counts": ("Tóm tắt", "In short"),
    "met": ("Đã đạt", "Met"),
    "moved": ("Đã thay đổi", "What moved"),
    "decide": ("Cần quyết định", "To decide"),
    "unjudged": ("Chưa kết luận được", "What cannot be judged"),
}
"""What the parts of the first screen tell."""

COUNTED: dict[str, tuple[str, str]] = {
    "met": ("đã đạt", "met"),
    "on_track": ("đúng tiến độ", "on track"),
    "at_risk": ("có nguy cơ không đạt", "at risk"),
    "missed": ("không đạt", "missed"),
    "not_measurable": ("không đánh giá được", "cannot be judged"),
    "no_data": ("chưa có dữ liệu", "without data"),
}


def lead(name: str, language: Language) -> str:
    """Return the words in front of a part of the first screen.

    >>> lead("decide", "en")
    'To decide'
    """
    return pick(language, *LEADS[name])


def _of(rows: pd.DataFrame, *statuses: str) -> Rows:
    chosen = records(rows[rows["status"].isin(statuses)])
    return sorted(chosen, key=lambda row: statuses.index(row["status"]))


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['commitment']} {row['name']}"


def _listed(rows: Rows, language: Language) -> str:
    """Name commitments one by one, those beyond AT_MOST by their ids alone."""
    told = "; ".join(_named(row) for row in rows[:AT_MOST])
    rest = rows[AT_MOST:]
    if not rest:
        return told
    ids = ", ".join(row["commitment"] for row in rest)
    more = number(len(rest), language)
    return told + pick(language, f"; và {more} cam kết khác ({ids})", f"; and {more} more ({ids})")


def status_counts(rows: pd.DataFrame, as_of: date, language: Language) -> str:
    """Say how many commitments stand in each status.

    >>> rows = pd.DataFrame({"status": ["met", "no_data", "no_data"]})
    >>> status_counts(rows, date(2023, 6, 14), "vi")
    'Tính đến hết ngày 14/06/2023, trong 3 cam kết: 1 đã đạt, 0 đúng tiến độ, 0 có nguy cơ không đạt, 0 không đạt, ...
    """
    n = rows["status"].value_counts()
    told = ", ".join(f"{number(n.get(name, 0), language)} {pick(language, *COUNTED[name])}" for name in say.STATUSES)
    total = number(len(rows), language)
    return pick(
        language,
        f"Tính đến hết ngày {day(as_of)}, trong {total} cam kết: {told}.",
        f"Up to the end of {day(as_of, 'en')}, of {plural(len(rows), 'commitment')}: {told}.",
    )


def met(rows: pd.DataFrame, language: Language) -> str:
    """Name the commitments that are met."""
    found = _of(rows, "met")
    if not found:
        return pick(language, "Chưa có cam kết nào đã đạt.", "No commitment is met yet.")
    n = number(len(found), language)
    return pick(
        language,
        f"{n} cam kết đã đạt: {_listed(found, language)}.",
        f"{plural(len(found), 'commitment')} met: {_listed(found, language)}.",
    )


def moved(rows: pd.DataFrame, language: Language) -> list[str]:
    """Name the figures that moved beyond noise, those that moved the way the plan wants first."""
    surely = moved_beyond_noise(rows)
    if not surely:
        return [
            pick(
                language,
                "Không có số liệu nào thay đổi vượt quá dao động ngẫu nhiên.",
                "No figure moved beyond noise.",
            )
        ]
    leads = (
        (True, pick(language, "Theo hướng kế hoạch đề ra", "The way the plan wants")),
        (False, pick(language, "Ngược hướng kế hoạch đề ra", "Against the plan")),
    )
    told = []
    for way, words in leads:
        found = [row for row in surely if say.is_right_way(row) is way]
        for base in dict.fromkeys(row["base_title"] for row in found):
            against = pick(language, f", so với {base}", f", compared with {base}") if base else ""
            own = "; ".join(_movement(row, language) for row in found if row["base_title"] == base)
            told.append(f"{words}{against}: {own}.")
    return told


def moved_beyond_noise(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the commitments whose figure moved by more than noise, in the order of the plan."""
    return [row for row in records(rows) if say.is_right_way(row) is not None and _beyond_noise(row)]


def _beyond_noise(row: Mapping[str, Any]) -> bool:
    """Tell whether noise was ruled out: by an interval, or because all there is was counted.

    What offices report is left to the table: other offices may have reported in the period before.
    """
    return not is_missing(row["trend_lower"]) or row["basis"] in ("register", "index")


def _movement(row: Mapping[str, Any], language: Language) -> str:
    return f"{_named(row)} {pick(language, *say.TRENDS[row['trend']])} {say.size(row, language)}"


def to_decide(rows: pd.DataFrame, language: Language) -> list[str]:
    """Say of each commitment missed or at risk its figure, its target and who answers for it.

    Those missed come first; those at risk only because reports have not come are named together.
    """
    bad = by_urgency(rows)
    waiting = [row for row in bad if row["reason"] == WAITING]
    found = [row for row in bad if row["reason"] != WAITING]
    if not bad:
        return [
            pick(
                language,
                "Không có cam kết nào không đạt hoặc có nguy cơ không đạt.",
                "No commitment is missed or at risk.",
            )
        ]
    told = [_decision(row, language) for row in found[:AT_MOST]]
    return [*told, *_further(found[AT_MOST:], language), *_waiting(waiting, language)]


def by_urgency(rows: pd.DataFrame) -> Rows:
    """Return what is missed, then what is at risk, the most pressing reason first."""
    return sorted(_of(rows, "missed", "at_risk"), key=_pressing)


WAITING = "reports_missing"
PRESSING = ("unlikely", "unlikely_at_pace", "unlikely_on_trend", "below", "fallen", "reported_no")
"""Reasons of what is at risk in the order in which they are told; others follow."""


def _pressing(row: Mapping[str, Any]) -> tuple[bool, int]:
    reason = row["reason"]
    return row["status"] != "missed", PRESSING.index(reason) if reason in PRESSING else len(PRESSING)


def _further(rest: Rows, language: Language) -> list[str]:
    if not rest:
        return []
    ids = ", ".join(sorted(row["commitment"] for row in rest))
    return [
        pick(
            language,
            f"Còn {number(len(rest), language)} cam kết khác không đạt hoặc có nguy cơ không đạt: {ids} (xem bảng).",
            f"{plural(len(rest), 'more commitment')} missed or at risk: {ids} (see the table).",
        )
    ]


def _waiting(rows: Rows, language: Language) -> list[str]:
    if not rows:
        return []
    ids = ", ".join(row["commitment"] for row in rows)
    return [
        pick(
            language,
            f"{number(len(rows), language)} cam kết có nguy cơ không đạt vì còn đơn vị chưa báo cáo: {ids}.",
            f"{plural(len(rows), 'commitment')} at risk because offices have yet to report: {ids}.",
        )
    ]


WHY = ("impossible", "reported_no", "fallen", "undecided")
"""Reasons that a decision needs to hear beside the figure."""


def _decision(row: Mapping[str, Any], language: Language) -> str:
    figure, counted = say.figure(row, language), say.counts(row, language)
    parts = [
        f"{figure} ({counted})" if counted else figure,
        pick(language, f"chỉ tiêu: {row['goal_text']}", f"target: {row['goal_text']}"),
        say.chance(row, language) if row["status"] == "at_risk" else "",
        row["why"] if not figure or row["reason"] in WHY else "",
        pick(language, f"chủ trì: {row['owners']}", f"led by: {row['owners']}"),
    ]
    return f"{say.status(row['status'], language)} – {_named(row)}: {'; '.join(part for part in parts if part)}."


def unjudged(rows: pd.DataFrame, language: Language) -> list[str]:
    """Say how many commitments have no data or cannot be judged, and why, reason by reason."""
    told = [_without(rows, name, language) for name in ("no_data", "not_measurable")]
    found = [sentence for sentence in told if sentence]
    nothing = pick(language, "Mọi cam kết đều có số liệu để đánh giá.", "Every commitment has figures to judge it by.")
    return found or [nothing]


def _without(rows: pd.DataFrame, name: str, language: Language) -> str:
    found = _of(rows, name)
    if not found:
        return ""
    reasons: dict[str, list[str]] = {}
    for row in found:
        reasons.setdefault(row["why"], []).append(row["commitment"])
    ordered = sorted(reasons.items(), key=lambda item: -len(item[1]))
    why = "; ".join(f"{', '.join(ids)}{f' ({reason})' if reason else ''}" for reason, ids in ordered)
    n = number(len(found), language)
    word = pick(language, *COUNTED[name])
    en = "" if name == "not_measurable" else "is " if len(found) == 1 else "are "
    return pick(
        language,
        f"{n} cam kết {word}: {why}.",
        f"{plural(len(found), 'commitment')} {en}{word}: {why}.",
    )


def sections_finding(labels: Sequence[str], n_bad: Sequence[int], n_all: Sequence[int], language: Language) -> str:
    """Say in which section of the plan most commitments are missed or at risk.

    >>> sections_finding(["Mục II.2", "Mục II.6"], [1, 3], [8, 9], "vi")
    'Mục II.6 có nhiều cam kết không đạt hoặc có nguy cơ nhất: 3/9'
    """
    most = max(n_bad, default=0)
    if not most:
        return pick(
            language,
            "Không mục nào có cam kết không đạt hoặc có nguy cơ không đạt",
            "No section has a commitment that is missed or at risk",
        )
    places = [place for place, n in enumerate(n_bad) if n == most]
    told = ", ".join(f"{number(most, language)}/{number(n_all[place], language)}" for place in places)
    names = ", ".join(labels[place] for place in places)
    return pick(
        language,
        f"{names} có nhiều cam kết không đạt hoặc có nguy cơ nhất: {told}",
        f"{names}: most commitments missed or at risk: {told}",
    )


def not_reported(names: Sequence[str], n_expected: int, language: Language) -> str:
    """Name the offices whose evidence of the period is missing; `n_expected`: offices that must report."""
    if not n_expected:
        return ""
    if n_expected == 1:
        return pick(
            language,
            f"{names[0]} chưa báo cáo đủ minh chứng đã đến hạn."
            if names
            else "Đơn vị đã báo cáo đủ minh chứng đến hạn.",
            f"{names[0]} has not reported all evidence due." if names else "The office has reported all evidence due.",
        )
    of = number(n_expected, language)
    if not names:
        return pick(
            language,
            f"Cả {of} đơn vị phải báo cáo minh chứng đều đã báo cáo đủ.",
            f"All {plural(n_expected, 'office')} that must report evidence have reported in full.",
        )
    n = number(len(names), language)
    listed = ", ".join(names)
    return pick(
        language,
        f"{n}/{of} đơn vị chưa báo cáo đủ minh chứng: {listed}.",
        f"{n} of {plural(n_expected, 'office')} have not reported all evidence: {listed}.",
    )
