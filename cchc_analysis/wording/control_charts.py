"""Sentences of control charts: one per signal, and what it means when there is none."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.frames import records
from cchc_analysis.measures import ENOUGH_MONTHS
from cchc_analysis.wording.words import pick

NAMES = {
    "on_time": ("Tỷ lệ đúng hạn", "On-time share"),
    "duration": ("Số ngày làm việc bình quân", "Mean working days"),
}
_HIGH = ("above", "rising")


def stability(n_signals: int, has_limits: bool, language: Language) -> str:
    """Say in one line whether the months show more than chance."""
    if not has_limits:
        return pick(
            language,
            "Chưa đủ tháng có hồ sơ đã giải quyết để tính giới hạn kiểm soát",
            "There are too few months with resolved dossiers to compute control limits",
        )
    if not n_signals:
        return pick(
            language,
            "Chưa thấy dấu hiệu nào vượt dao động ngẫu nhiên giữa các tháng (chưa thấy không có nghĩa là không có thay đổi)",
            "No signal beyond chance between the months (which does not prove that nothing changed)",
        )
    return pick(
        language,
        f"Có {n_signals} dấu hiệu vượt quá dao động ngẫu nhiên giữa các tháng",
        f"{n_signals} {'signal' if n_signals == 1 else 'signals'} beyond chance between the months",
    )


def signal_sentences(runs: pd.DataFrame, name: str, language: Language) -> list[str]:
    """Say each signal of a chart in a sentence with its months and its direction.

    `runs`: result of signal_runs; `name`: "on_time" (higher is better) or "duration" (lower is better).
    """
    return [_sentence(run, name, language) for run in records(runs)]


def _sentence(run: Mapping[str, Any], name: str, language: Language) -> str:
    months = _months(run["from_month"], run["to_month"], language)
    n = run["n_months"]
    high = run["side"] in _HIGH
    said = {
        "outside": (
            f"{'cao hơn giới hạn trên' if high else 'thấp hơn giới hạn dưới'} của dao động ngẫu nhiên",
            f"{'above the upper' if high else 'below the lower'} control limit",
        ),
        "shift": (
            f"{n} tháng liền {'cao' if high else 'thấp'} hơn đường trung tâm",
            f"{n} months in a row {'above' if high else 'below'} the centre line",
        ),
        "trend": (
            f"{n} tháng liền {'tăng' if high else 'giảm'} liên tục",
            f"{n} months in a row {'rising' if high else 'falling'}",
        ),
        "two_of_three": (
            f"ít nhất 2 trong 3 tháng liền {'cao' if high else 'thấp'} hơn đường trung tâm trên 2 độ lệch chuẩn",
            f"at least 2 of 3 months in a row more than 2 standard deviations {'above' if high else 'below'} the centre",
        ),
    }[run["rule"]]
    better = high == (name == "on_time")
    way = pick(
        language, f"theo hướng {'tốt lên' if better else 'xấu đi'}", f"for the {'better' if better else 'worse'}"
    )
    label = pick(language, *NAMES[name])
    return f"{label}, {months}: {pick(language, *said)} ({way})."


def _months(first: str, last: str, language: Language) -> str:
    """Write one month or a span of months.

    >>> _months("2023-09", "2023-09", "vi"), _months("2022-12", "2023-06", "en")
    ('tháng 9/2023', '12/2022–6/2023')
    """
    start, end = (f"{int(label[5:7])}/{label[:4]}" for label in (first, last))
    span = start if first == last else f"{start}–{end}"
    return pick(language, f"tháng {span}" if first == last else f"các tháng {span}", span)


def how_to_read(shown: Mapping[str, pd.DataFrame], language: Language) -> str:
    """Say what the band is and what it does not know."""
    wider = any((chart["chart"] == "p_prime").any() for chart in shown.values())
    kind = pick(
        language,
        " (giới hạn của tỷ lệ đúng hạn theo Laney, vì các tháng khác nhau nhiều hơn ngẫu nhiên)",
        " (limits of the on-time share after Laney, as months differ more than by chance)",
    )
    return pick(
        language,
        f"Tỷ lệ đúng hạn theo biểu II.06a. Vùng xanh: 3 độ lệch chuẩn quanh đường trung tâm{kind if wider else ''}. Dấu hiệu nêu tháng khác thường, không nêu nguyên nhân: "
        "cơ cấu hồ sơ thay đổi cũng tạo ra dấu hiệu, xem phần “Thay đổi”.",
        f"On-time share by form II.06a. Band: 3 standard deviations around the centre{kind if wider else ''}. A signal names unusual months, not the cause: a change in "
        "the mix of dossiers makes one too, see the part on change.",
    )


def baseline_words(chart: pd.DataFrame, language: Language) -> str:
    """Say which months the limits come from, and that few months give provisional limits."""
    based = chart.loc[chart["in_baseline"], "month"].tolist()
    if not based:
        return ""
    months = _months(based[0], based[-1], language)
    text = pick(
        language,
        f"Đường trung tâm và giới hạn tính từ {months} (n = {len(based)} tháng)",
        f"Centre and limits come from {months} ({len(based)} months)",
    )
    if len(based) < ENOUGH_MONTHS:
        text += pick(
            language,
            f"; dưới {ENOUGH_MONTHS} tháng nên còn tạm thời",
            f"; with fewer than {ENOUGH_MONTHS} they are provisional",
        )
    return text + "."
