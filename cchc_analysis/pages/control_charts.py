"""The part of the processing-time page that tells a change from noise, month by month."""

import pandas as pd

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.errors import Language
from cchc_analysis.study import Study
from cchc_analysis.wording import pick


def charts_of(study: Study, baseline: str, with_due_dates: bool) -> dict[str, pd.DataFrame]:
    """Return the control charts that have months, by name; without due dates only that of the working days."""
    shown = {"on_time": study.on_time_chart(baseline)} if with_due_dates else {}
    shown["duration"] = study.duration_chart(baseline)
    return {name: chart for name, chart in shown.items() if len(chart)}


def has_limits(shown: dict[str, pd.DataFrame]) -> bool:
    """Tell whether any chart has control limits."""
    return any(bool(chart["sigma"].notna().any()) for chart in shown.values())


def stability(shown: dict[str, pd.DataFrame], language: Language) -> tuple[str, list[str]]:
    """Return whether the months show more than chance, and a sentence per signal; none where there are no limits."""
    say = wording.control_charts
    if not has_limits(shown):
        return say.stability(0, False, language), []
    sentences = [
        sentence
        for name, chart in shown.items()
        for sentence in say.signal_sentences(measures.signal_runs(chart), name, language)
    ]
    return say.stability(len(sentences), True, language), sentences


def chart_block(study: Study, baseline: str, with_due_dates: bool) -> str:
    """Show the control charts with a sentence per signal; without due dates only that of the working days."""
    language, say = study.language, wording.control_charts
    shown = charts_of(study, baseline, with_due_dates)
    title = pick(language, "Ổn định hay thay đổi", "Stable or changing")
    finding, sentences = stability(shown, language)
    if not has_limits(shown):
        return display.section(title, finding + ".")
    figure = charts.control_charts.month_charts(shown, language)
    first = next(iter(shown.values()))
    description = " ".join([say.baseline_words(first, language), say.how_to_read(shown, language)]).strip()
    block = display.figure_block(figure, finding, description)
    return display.section(title) + block + (display.paragraphs(sentences) if sentences else "")
