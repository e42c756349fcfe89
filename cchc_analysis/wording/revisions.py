"""Words on revisions: what a newer version of a report says differently from the one published before."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, points, share, signed
from cchc_analysis.wording.words import pick, plural

FIGURE_NAMES: dict[str, tuple[str, str]] = {
    "received_new": ("Hồ sơ tiếp nhận mới trong kỳ", "Dossiers received in the period"),
    "received": ("Hồ sơ phải giải quyết", "Dossiers to handle"),
    "resolved": ("Hồ sơ đã giải quyết", "Dossiers resolved"),
    "pending": ("Hồ sơ đang giải quyết", "Dossiers pending"),
    "pending_overdue": ("Hồ sơ đang quá hạn", "Dossiers overdue"),
    "on_time": ("Tỷ lệ đúng hạn (biểu II.06a)", "On-time share (form II.06a)"),
    "received_online": ("Tỷ lệ tiếp nhận trực tuyến", "Share received online"),
    "resolved_online": ("Tỷ lệ giải quyết trực tuyến", "Share resolved online"),
    "documents_digitised": ("Tỷ lệ hồ sơ có thành phần được số hóa", "Share with digitised documents"),
    "result_digitised": ("Tỷ lệ kết quả được số hóa", "Share of results digitised"),
    "satisfaction": ("Tỷ lệ câu trả lời hài lòng", "Share of satisfied answers"),
}
STATES: dict[str, tuple[str, str]] = {
    "same": ("không đổi", "same"),
    "changed": ("thay đổi", "changed"),
    "new": ("trước đây chưa có", "not told before"),
    "gone": ("nay không còn", "no longer told"),
}


def name(figure: str, language: Language) -> str:
    """Return the name of a headline figure; one without entry is shown as it is."""
    return pick(language, *FIGURE_NAMES.get(figure, (figure, figure)))


def told(row: Mapping[str, Any], age: str, language: Language) -> str:
    """Write the figure of a version ("old" or "new"): a share with its counts, or a count; empty where it had none.

    >>> told({"old_value": 0.5, "old_numerator": 10, "old_denominator": 20, "old_n": 20}, "old", "vi")
    '50,0% (10/20)'
    """
    if not is_missing(row[f"{age}_value"]):
        counts = f"{number(row[f'{age}_numerator'], language)}/{number(row[f'{age}_denominator'], language)}"
        return f"{share(row[f'{age}_value'], language)} ({counts})"
    return "" if is_missing(row[f"{age}_n"]) else number(row[f"{age}_n"], language)


def difference(row: Mapping[str, Any], language: Language) -> str:
    """Write the difference: points and dossiers of a share, dossiers of a count; the state where there is none."""
    if row["state"] in ("new", "gone"):
        return pick(language, *STATES[row["state"]])
    if is_missing(row["difference_value"]):
        return signed(row["difference_n"], language, 0)
    moved = points(row["difference_value"], language)
    over, under = (signed(row[f"difference_{part}"], language, 0) for part in ("numerator", "denominator"))
    return pick(
        language,
        f"{moved} điểm phần trăm (tử số {over}, mẫu số {under})",
        f"{moved} percentage points (numerator {over}, denominator {under})",
    )


def summary(rows: pd.DataFrame, language: Language) -> str:
    """Say how many headline figures differ from the version published before; `rows`: measures.compare_figures."""
    if not len(rows):
        return pick(
            language,
            "Kỳ này chưa có bản công bố trước để so sánh.",
            "No earlier version of this period has been published to compare with.",
        )
    n, of = int((rows["state"] != "same").sum()), len(rows)
    if not n:
        return pick(
            language,
            f"Không có thay đổi: {number(of, language)}/{number(of, language)} số liệu đúng như bản công bố trước.",
            f"Nothing changed: {number(of, language)} of {plural(of, 'figure')} as published before.",
        )
    return pick(
        language,
        f"{number(n, language)}/{number(of, language)} số liệu khác bản công bố trước.",
        f"{number(n, language)} of {plural(of, 'figure')} differ from the version published before.",
    )


def late(row: Mapping[str, Any], language: Language) -> str:
    """Say how many dossiers of the period came in since the earlier version; `row` of measures.late_entries."""
    before, now, difference_text, n_late, rest = (
        number(row["n_before"], language),
        number(row["n_now"], language),
        signed(row["difference"], language, 0),
        number(row["n_late"], language),
        signed(row["n_corrected"], language, 0),
    )
    return pick(
        language,
        f"Hồ sơ tiếp nhận trong kỳ: {before} ở bản trước, {now} ở bản này ({difference_text}); {n_late} hồ sơ thuộc các tệp nạp sau bản trước, "
        f"phần còn lại do sửa, bỏ hoặc thay tệp: {rest}.",
        f"Dossiers received in the period: {before} before, {now} now ({difference_text}); {n_late} stand in files taken in since, "
        f"the rest was corrected, dropped or replaced: {rest}.",
    )
