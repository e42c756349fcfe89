"""Words for what offices hand in by a day: its state with a shape, what is late or missing, what is due next."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number
from cchc_analysis.wording.words import pick, plural

SHAPES: dict[str, str] = {
    "on_time": "●",
    "late": "◐",
    "missing": "○",
    "due_next": "▷",
    "due_later": "▷",
    "no_date": "□",
    "unknown": "?",
}
"""State → the shape in front of its word, so that no colour is needed to tell states apart."""

_WORDS: dict[str, tuple[str, str]] = {
    "on_time": ("đúng hạn", "on time"),
    "late": ("nộp muộn", "late"),
    "missing": ("chưa nộp, đã quá hạn", "missing, overdue"),
    "due_next": ("sắp đến hạn", "due next"),
    "due_later": ("chưa đến hạn", "not due yet"),
    "no_date": ("kế hoạch không ấn định ngày", "no day set by the plan"),
    "unknown": ("chưa rõ (chưa nạp sổ theo dõi nộp báo cáo)", "unknown (no list of reports handed in)"),
}


def state_word(state: str, language: Language) -> str:
    """Return the word for a state.

    >>> state_word("late", "vi")
    'nộp muộn'
    """
    return pick(language, *_WORDS[state])


def state_text(state: str, days: Any, language: Language) -> str:
    """Write a state with its shape and, where it is late, missing or due, how many days that makes.

    >>> state_text("late", 2, "vi"), state_text("due_next", 0, "en")
    ('◐ nộp muộn 2 ngày', '▷ due today')
    """
    shape, n = SHAPES[state], None if pd.isna(days) else int(days)
    if state == "late" and n is not None:
        return f"{shape} " + pick(language, f"nộp muộn {number(n)} ngày", f"{plural(n, 'day')} late")
    if state == "missing" and n is not None:
        return f"{shape} " + pick(language, f"chưa nộp, quá hạn {number(n)} ngày", f"missing for {plural(n, 'day')}")
    if state in ("due_next", "due_later") and n is not None:
        if n == 0:
            return f"{shape} " + pick(language, "hôm nay là ngày cuối", "due today")
        return f"{shape} " + pick(language, f"còn {number(n)} ngày", f"due in {plural(n, 'day')}")
    return f"{shape} {state_word(state, language)}"


def counts_text(states: Sequence[str], language: Language) -> str:
    """Write how many offices are in each state, the states in the order in which they are told.

    >>> counts_text(["on_time", "late", "on_time"], "vi")
    '● 2 đúng hạn; ◐ 1 nộp muộn'
    """
    order = ("on_time", "late", "missing", "due_next", "due_later", "no_date", "unknown")
    counted = [(state, sum(found == state for found in states)) for state in order]
    return "; ".join(
        f"{SHAPES[state]} {number(n, language)} {state_word(state, language)}" for state, n in counted if n
    )


def offices(n: int, language: Language) -> str:
    """Write a number of offices.

    >>> offices(17, "vi")
    '17 đơn vị'
    """
    return pick(language, f"{number(n)} đơn vị", plural(n, "office"))


def rule(language: Language) -> str:
    """Say what "before the 14th" means."""
    return pick(
        language,
        "“Trước ngày 14/6” nghĩa là hết ngày 13/6 vẫn đúng hạn; gửi ngày 14/6 là muộn 1 ngày. Số ngày muộn là ngày theo "
        "lịch; hạn rơi vào ngày nghỉ không được lùi lại.",
        "“Before 14 June” means that 13 June is the last day on time; a report of 14 June is 1 day late. Days late are "
        "calendar days; a day off does not move the day of the plan.",
    )


def summary(states: pd.DataFrame, as_of: Any, language: Language) -> list[str]:
    """Say how many reports are on time, late, missing, and what is due next.

    `states`: result of measures.duty_states.
    """
    n = {state: int((states["state"] == state).sum()) for state in _WORDS}
    due = n["on_time"] + n["late"] + n["missing"]
    on = day(as_of, language)
    if due:
        text = pick(
            language,
            f"Đến hết ngày {on}, trong {number(due)} lượt báo cáo đã đến hạn hoặc đã nộp: {number(n['on_time'])} đúng "
            f"hạn, {number(n['late'])} nộp muộn, {number(n['missing'])} chưa nộp.",
            f"Up to {on}, of {plural(due, 'report')} due or handed in: {number(n['on_time'], 'en')} on time, "
            f"{number(n['late'], 'en')} late, {number(n['missing'], 'en')} missing.",
        )
    elif n["unknown"]:
        text = pick(
            language,
            "Chưa nạp sổ theo dõi nộp báo cáo (cchc intake TỆP --kind submissions) nên chưa biết đơn vị nào đã nộp, "
            "đơn vị nào chưa; dưới đây là các ngày của kế hoạch.",
            "No list of reports handed in has been taken in (cchc intake FILES --kind submissions), so that nobody can "
            "say who reported; below are the days of the plan.",
        )
    else:
        text = pick(language, "Chưa có báo cáo nào đến hạn.", "No report has been due yet.")
    return [text, next_due(states, language)]


def next_due(states: pd.DataFrame, language: Language) -> str:
    """Say which day comes next and for how many reports; in words where nothing comes."""
    coming = states[states["state"] == "due_next"]
    if coming.empty:
        return pick(language, "Không còn hạn nộp nào phía trước.", "Nothing more is due.")
    first = min(coming["last_day"])
    n = int((coming["last_day"] == first).sum())
    on = day(first, language)
    return pick(
        language,
        f"Hạn tới: hết ngày {on}, còn {number(n)} lượt báo cáo chưa nộp.",
        f"Next: by the end of {on}, {plural(n, 'report')} still open.",
    )
