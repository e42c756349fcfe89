"""Parts of the backlog block: keeping up, where it is overdue, what comes next."""

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.formats import number
from cchc_analysis.frames import first_row
from cchc_analysis.pages.labels import labelled
from cchc_analysis.study import NOT_STATED, Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

BARS_SHOWN = 10


def _grouping(study: Study) -> str:
    return "unit" if study.is_whole else "field"


def pace(study: Study) -> str:
    """Write whether the unit keeps up: clearance rate, disposition time, time to clear, by unit or field."""
    language, by = study.language, _grouping(study)
    sentence = wording.backlog.pace(study.backlog(), language)
    long = study.backlog(by)
    wide = long.pivot_table(index=by, columns="measure", values="value", dropna=False).reset_index()
    counts = long[long["measure"] == "clearance_rate"][[by, "numerator", "denominator"]]
    pending = long[long["measure"] == "disposition_time"][[by, "numerator"]].rename(columns={"numerator": "pending"})
    rows = labelled(study, wide.merge(counts, on=by).merge(pending, on=by), by)
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("denominator", word("received", language), "count"),
        TableColumn("numerator", word("resolved", language), "count"),
        TableColumn("pending", word("pending", language), "count"),
        TableColumn("clearance_rate", word("clearance_rate", language), "share"),
        *(TableColumn(name, word(name, language), "days") for name in measures.BACKLOG_MEASURES[1:]),
    ]
    caption = pick(language, "Có giải quyết kịp số hồ sơ đến không?", "Does it keep up with what comes in?")
    note = pick(
        language,
        "“Tiếp nhận” chỉ gồm hồ sơ mới trong kỳ. “Hết tồn khi vẫn nhận mới” chưa xác định khi giải quyết không nhiều hơn tiếp nhận, "
        "và dao động mạnh khi hai số gần bằng nhau.",
        "“Received” are new dossiers of the period. The time to clear is undefined where no more are resolved than received, and "
        "swings widely where the two are close.",
    )
    return display.paragraphs([sentence]) + html_table(rows, columns, caption, language, note=note)


def overdue(study: Study) -> str:
    """Write where the overdue dossiers are, as a Pareto figure with its table."""
    language, labels = study.language, study.procedure_labels()
    rows = study.overdue_pareto()
    if not len(rows):
        return display.paragraphs([wording.backlog.pareto(rows, [], language) + "."])
    names = rows["procedure"].map(lambda code: labels.get(code, code) or NOT_STATED[language])
    units = rows["unit"].map(study.unit_name)
    rows = rows.assign(label=names, unit_label=units)
    joined = (units + ": " + names).tolist() if study.is_whole else names.tolist()
    shown = rows.head(BARS_SHOWN)
    below = shown["unit_label"].tolist() if study.is_whole else []
    figure = charts.backlog.overdue_pareto(shown, shown["label"].tolist(), below, language)
    description = pick(
        language,
        f"{len(shown)}/{len(rows)} nơi có nhiều hồ sơ quá hạn nhất; lũy kế là tỷ lệ trên toàn bộ hồ sơ quá hạn (n = {number(rows['n'].sum(), language)}).",
        f"{len(shown)} of {len(rows)} places with most overdue dossiers; so far = share of all overdue ones (n = {number(rows['n'].sum(), language)}).",
    )
    columns = [
        TableColumn("label", word("procedure", language)),
        TableColumn("unit_label", word("unit", language)),
        TableColumn("n", word("overdue", language), "count"),
        TableColumn("n_pending", word("pending", language), "count"),
        TableColumn("share", pick(language, "Tỷ lệ", "Share"), "share"),
        TableColumn("cumulative", pick(language, "Lũy kế", "So far"), "share"),
    ]
    caption = pick(language, "Hồ sơ quá hạn theo thủ tục và đơn vị", "Overdue dossiers by procedure and unit")
    table = html_table(rows, columns, caption, language)
    folded = f"<details><summary>{caption}</summary>{table}</details>"
    return display.figure_block(figure, wording.backlog.pareto(rows, joined, language), description) + folded


def coming(study: Study) -> str:
    """Write what becomes overdue in the next working days, by unit or field."""
    language, by = study.language, _grouping(study)
    whole = first_row(study.due_soon())
    sentence = display.paragraphs([wording.backlog.coming(whole, language)])
    if not whole["n"]:
        return sentence
    rows = labelled(study, study.due_soon(by), by)
    left = pick(language, "Số ngày làm việc còn lại", "Working days left")
    columns = [
        TableColumn("label", word(by, language)),
        *(
            TableColumn(f"left_{days}", number(days, language), "count", group=left)
            for days in range(measures.SOON_DAYS + 1)
        ),
        TableColumn("n", word("total", language), "count"),
    ]
    caption = pick(
        language,
        f"Sẽ quá hạn trong {measures.SOON_DAYS} ngày làm việc tới nếu không xong kịp (0 = đến hạn vào ngày chốt số liệu)",
        f"Overdue within the next {measures.SOON_DAYS} working days unless finished (0 = due on the day of the data)",
    )
    return sentence + html_table(rows, columns, caption, language, {**whole, "label": word("total", language)})
