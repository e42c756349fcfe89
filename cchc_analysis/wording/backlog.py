"""Sentences on the backlog: keeping up, how long it would take, where it is overdue, what comes next."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, share
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import SOON_DAYS
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

LONG_DAYS = 1000
"""Working days from which on a time to clear only says that the backlog hardly moves."""


def pace(rows: pd.DataFrame, language: Language) -> str:
    """Say whether the window kept up with what came in, and how long the open dossiers take at its pace."""
    found = {row["measure"]: row for row in records(rows)}
    rate, disposition, clear = (found[name] for name in ("clearance_rate", "disposition_time", "time_to_clear"))
    if is_missing(rate["value"]):
        return pick(
            language,
            "Trong kỳ không tiếp nhận hồ sơ nào nên không tính được tỷ lệ giải quyết trên tiếp nhận.",
            "No dossier was received in the period, so there is no clearance rate.",
        )
    done, new = (number(rate[name], language) for name in ("numerator", "denominator"))
    first = pick(
        language,
        f"Trong kỳ giải quyết {done} hồ sơ, tiếp nhận mới {new} hồ sơ: tỷ lệ giải quyết trên tiếp nhận "
        f"{share(rate['value'], language)}",
        f"{plural(rate['numerator'], 'dossier')} resolved and {new} received in the period: a clearance rate of "
        f"{share(rate['value'], language)}",
    )
    return f"{first}; {_disposition(disposition, language)}; {_clearing(clear, language)}."


def _disposition(row: Figures, language: Language) -> str:
    if is_missing(row["value"]):
        return pick(
            language,
            "chưa tính được thời gian cần để giải quyết hết hồ sơ tồn vì trong kỳ không giải quyết hồ sơ nào",
            "the disposition time is undefined, since nothing was resolved",
        )
    days = number(row["value"], language, 1)
    return pick(
        language,
        f"nếu không nhận thêm, số hồ sơ tồn tương đương {days} ngày làm việc theo tốc độ giải quyết của kỳ",
        f"without new ones, what is pending amounts to {days} working days at the pace of the period",
    )


def _clearing(row: Figures, language: Language) -> str:
    if is_missing(row["value"]):
        return pick(
            language,
            "hồ sơ mới vẫn đến như trong kỳ thì không hết tồn, vì giải quyết không nhiều hơn tiếp nhận",
            "with dossiers coming in as they do it never clears, since no more are resolved than received",
        )
    if row["value"] > LONG_DAYS:
        return pick(
            language,
            "hồ sơ mới vẫn đến như trong kỳ thì lượng tồn hầu như không đổi",
            "with dossiers coming in as they do the backlog hardly moves",
        )
    days = number(row["value"], language)
    return pick(
        language,
        f"hồ sơ mới vẫn đến như trong kỳ thì cần khoảng {days} ngày làm việc mới hết tồn",
        f"with dossiers coming in as they do it clears in about {days} working days",
    )


def pareto(rows: pd.DataFrame, names: list[str], language: Language) -> str:
    """Say how much of what is overdue the largest groups hold; `names` name the rows in order."""
    total = int(rows["n"].sum())
    if not total:
        return pick(language, "Không có hồ sơ quá hạn", "Nothing is overdue")
    half = int((rows["cumulative"] < 0.5).sum()) + 1
    first = first_row(rows)
    return pick(
        language,
        f"{number(total, 'vi')} hồ sơ quá hạn, ở {number(len(rows), 'vi')} nơi (thủ tục của một đơn vị); ít nhất một nửa nằm ở "
        f"{number(half, 'vi')} nơi; nhiều nhất là {names[0]} ({number(first['n'], 'vi')} hồ sơ)",
        f"{plural(total, 'overdue dossier')} in {plural(len(rows), 'place')} (a procedure of a unit); at least half in "
        f"{number(half, 'en')} of them; most in {names[0]} ({number(first['n'], 'en')})",
    )


def coming(rows: Figures, language: Language) -> str:
    """Say how many dossiers become overdue soon unless they are finished."""
    if not rows["n"]:
        return pick(
            language,
            f"Không có hồ sơ nào đến hạn trong {SOON_DAYS} ngày làm việc tới.",
            f"No dossier falls due within the next {SOON_DAYS} working days.",
        )
    n, today = number(rows["n"], language), number(rows["left_0"], language)
    return pick(
        language,
        f"Nếu không xong kịp, {n} hồ sơ sẽ quá hạn trong {SOON_DAYS} ngày làm việc tới, trong đó {today} hồ sơ đã đến hạn "
        "vào ngày chốt số liệu.",
        f"Unless finished in time, {plural(rows['n'], 'dossier')} will become overdue within the next {SOON_DAYS} working days; "
        f"{today} of them fell due on the day of the data.",
    )


def stopped(row: Figures, language: Language) -> str:
    """Say both readings of the dossiers whose clock was stopped, and what no reading can give."""
    if not row["n"]:
        return pick(
            language,
            "Trong số hồ sơ đã giải quyết trong kỳ, không có hồ sơ nào ghi thời gian tạm dừng và có thời hạn tính bằng ngày "
            "làm việc.",
            "None of the dossiers resolved in the period has a pause and a term in working days.",
        )
    n = number(row["n"], language)
    gross, net = (number(row[name], language, 1) for name in ("gross_days", "net_days"))
    by_due, by_term = (number(row[name], language) for name in ("n_by_due", "n_by_term"))
    return pick(
        language,
        f"{n} hồ sơ đã giải quyết trong kỳ có thời gian tạm dừng: bình quân {gross} ngày làm việc kể cả thời gian dừng, "
        f"{net} ngày khi trừ thời gian dừng (thời hạn được kéo dài). Đúng hạn theo ngày hẹn trả: {by_due}/{n}; theo thời hạn, "
        f"đã trừ thời gian dừng: {by_term}/{n}. {_restart(row, language)}",
        f"The clock was stopped for {plural(row['n'], 'dossier')} resolved in the period: on average {gross} working days with the pause, {net} "
        f"without it (the term is extended). On time by the due date: {by_due} of {n}; by the term, pauses taken off: "
        f"{by_term} of {n}. {_restart(row, language)}",
    )


def _restart(row: Figures, language: Language) -> str:
    """Say the reading in which the term starts again at the supplement, or why there is none."""
    if not row["n_dated"]:
        return pick(
            language,
            "Nếu thời hạn được tính lại từ đầu sau khi bổ sung thì không tính được, vì dữ liệu không có ngày bổ sung; số ngày khi "
            "đó không thể nhiều hơn khi trừ thời gian dừng.",
            "If the term starts again after a supplement, the days cannot be computed, since the data carry no date of it; they "
            "could only be fewer than without the pause.",
        )
    n, by_restart, by_term = (number(row[name], language) for name in ("n_dated", "n_by_restart", "n_dated_by_term"))
    restart, net = (number(row[name], language, 1) for name in ("restart_days", "dated_net_days"))
    same = row["n_by_restart"] == row["n_dated_by_term"]
    return pick(
        language,
        f"Nếu thời hạn được tính lại từ đầu khi nhận bổ sung (Thông tư 01/2018/TT-VPCP), tính trên {n} hồ sơ có ghi ngày: bình quân "
        f"{restart} ngày thay vì {net} ngày, trong hạn {by_restart}/{n} {'như cách kéo dài' if same else f'thay vì {by_term}/{n}'}.",
        f"If the term starts again when the supplement arrives (Circular 01/2018/TT-VPCP), for the {n} whose date is known: on average "
        f"{restart} days instead of {net}, within the term {by_restart} of {n}{', as when it is extended' if same else f' instead of {by_term}'}.",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms of the backlog, each with one sentence."""
    vi = [
        ("Tỷ lệ giải quyết trên tiếp nhận", "Số hồ sơ giải quyết chia số hồ sơ tiếp nhận mới trong kỳ; trên 100% là lượng tồn giảm."),
        ("Thời gian giải quyết hết tồn", "Hồ sơ đang giải quyết cuối kỳ chia số hồ sơ giải quyết mỗi ngày làm việc của kỳ. Theo CEPEJ: 365 × tồn / giải quyết cho một năm; kỳ ngắn hơn dùng số ngày lịch của kỳ."),
        ("Sắp quá hạn", "Hồ sơ chưa xong, không tạm dừng, chưa quá hạn và đến hạn chậm nhất sau 5 ngày làm việc kể từ ngày chốt số liệu."),
    ]  # fmt: skip
    en = [
        ("Clearance rate", "Dossiers resolved over dossiers newly received in the period; above 100% the backlog shrinks."),
        ("Disposition time", "Pending at the end over resolved per working day of the period. After CEPEJ: 365 × pending / resolved for a year; a shorter period takes its own calendar days."),
        ("Soon overdue", "Open, not paused, not overdue, and due at the latest 5 working days after the day of the data."),
    ]  # fmt: skip
    return vi if language == "vi" else en
