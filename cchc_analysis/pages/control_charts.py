"""The part of the processing-time page that tells a change from noise, month by month."""

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.study import Study
from cchc_analysis.wording import pick


def chart_block(study: Study, baseline: str, with_due_dates: bool) -> str:
    """Show the control charts with a sentence per signal; without due dates only that of the working days."""
    language, say = study.language, wording.control_charts
    shown = {"duration": study.duration_chart(baseline)}
    if with_due_dates:
        shown = {"on_time": study.on_time_chart(baseline), **shown}
    shown = {name: chart for name, chart in shown.items() if len(chart)}
    title = pick(language, "Ổn định hay thay đổi", "Stable or changing")
    has_limits = any(bool(chart["sigma"].notna().any()) for chart in shown.values())
    if not has_limits:
        return display.section(title, say.stability(0, False, language) + ".")
    sentences = [
        sentence
        for name, chart in shown.items()
        for sentence in say.signal_sentences(measures.signal_runs(chart), name, language)
    ]
    finding = say.stability(len(sentences), True, language)
    figure = charts.control_charts.month_charts(shown, language)
    first = next(iter(shown.values()))
    description = " ".join([say.baseline_words(first, language), say.how_to_read(shown, language)]).strip()
    block = display.figure_block(figure, finding, description)
    return display.section(title) + block + (display.paragraphs(sentences) if sentences else "")
