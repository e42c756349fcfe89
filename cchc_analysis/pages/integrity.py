"""Block on integrity: what in the dates deserves a second look, what it may mean, what it does not prove."""

from IPython.display import HTML

from cchc_analysis import charts, counting, display, measures, wording
from cchc_analysis.errors import Language
from cchc_analysis.formats import number
from cchc_analysis.frames import first_row
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

SMALLEST_P = 0.001
"""Below this a p-value is only said to be smaller."""


def integrity(study: Study) -> HTML:
    """Show every signal with its count, denominator and share, and the test of finishes before the deadline."""
    language = study.language
    title = pick(language, "Mốc thời gian có dấu hiệu cần kiểm tra", "Dates that deserve a second look")
    gaps = wording.integrity.number_gaps(first_row(study.number_gaps()), language)
    said = (wording.integrity.caution(language), f"{gaps}. {wording.integrity.running_numbers(language)}")
    return display.html(display.section(title, *said) + _signals(study) + _deadline(study))


def _signals(study: Study) -> str:
    language = study.language
    rows = study.integrity()
    texts = [wording.integrity.signal_texts(signal, language) for signal in rows["measure"]]
    what, meaning, limit = zip(*texts, strict=True)
    columns = [
        TableColumn("label", pick(language, "Dấu hiệu", "Signal")),
        TableColumn("numerator", word("n", language), "count"),
        TableColumn("denominator", pick(language, "Trên số hồ sơ", "Out of"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", digits=2),
        TableColumn("meaning", pick(language, "Có thể là", "May mean")),
        TableColumn("limit", pick(language, "Không chứng minh được vì", "Does not prove it, since")),
    ]
    caption = pick(
        language,
        "Dấu hiệu về mốc thời gian trong kỳ (mẫu số: hồ sơ có đủ dữ liệu để thể hiện dấu hiệu)",
        "Signals of the period (out of the dossiers that carry what the signal needs)",
    )
    return html_table(rows.assign(label=what, meaning=meaning, limit=limit), columns, caption, language)


def _deadline(study: Study) -> str:
    language = study.language
    tests = study.deadline_test("unit")
    names = {unit: study.unit_name(unit) for unit in tests["unit"]}
    finding = wording.integrity.crowding(tests, names, language)
    if not tests["p_value"].notna().any():
        return display.paragraphs([finding + "."])
    rows = tests[tests["p_value"].notna()].assign(
        label=[names[unit] for unit in tests.loc[tests["p_value"].notna(), "unit"]]
    )
    rows = rows.assign(p_text=[_p_written(p, language) for p in rows["adjusted"]])
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("n_before", pick(language, "Một giờ trước hạn", "Hour before"), "count"),
        TableColumn("n_after", pick(language, "Một giờ sau hạn", "Hour after"), "count"),
        TableColumn("n_equal", word("finish_equal", language), "count"),
        TableColumn("p_text", pick(language, "p hiệu chỉnh", "Adjusted p")),
    ]
    caption = pick(
        language, "Kết thúc ngay trước và ngay sau giờ hẹn trả", "Finishes just before and just after the deadline"
    )
    table = html_table(
        rows.sort_values("adjusted", kind="stable"), columns, caption, language,
        note=wording.integrity.how_tested(language),
    )  # fmt: skip
    folded = f"<details><summary>{caption}</summary>{table}</details>"
    return _picture(study, tests["unit"][tests["crowded"]].tolist(), finding) + folded


def _p_written(p: float, language: Language) -> str:
    return f"<{number(SMALLEST_P, language, 3)}" if p < SMALLEST_P else number(p, language, 3)


def _picture(study: Study, crowded: list[str], finding: str) -> str:
    language = study.language
    margins = study.deadline_margins()
    shown = margins[margins["unit"].isin(crowded)] if crowded else margins
    hours = measures.hours_to_deadline(shown, study.period)
    figure = charts.backlog.finishes_around_deadline(hours, -counting.HOURS_AROUND, counting.HOURS_AROUND - 1, language)
    where = ", ".join(study.unit_name(unit) for unit in crowded) or study.unit_name()
    n = number(hours["n"].sum(), language)
    description = pick(
        language,
        f"{where}: hồ sơ kết thúc trong {counting.HOURS_AROUND} giờ làm việc trước và sau giờ hẹn trả (n = {n}); không tính hồ sơ hẹn trả trong ngày.",
        f"{where}: finishes within {counting.HOURS_AROUND} office hours before and after the deadline (n = {n}), without dossiers due on the day of receipt.",
    )
    return display.figure_block(figure, finding, description)
