"""Blocks of the processing-time page: measures, sentences, figures and tables put together for one notebook cell each."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, formats, measures, wording
from cchc_analysis.counting import OFFICIAL_FORM, STRICT
from cchc_analysis.counting.rule import Denominator
from cchc_analysis.formats import number
from cchc_analysis.frames import first_row, records
from cchc_analysis.pages import backlog as backlog_parts
from cchc_analysis.pages import first_screen
from cchc_analysis.pages.change import change as change
from cchc_analysis.pages.change import cut_reached
from cchc_analysis.pages.comparison_of_units import compared_units, funnel_block, verdict_words
from cchc_analysis.pages.control_charts import chart_block
from cchc_analysis.pages.crosswalk import crosswalk as crosswalk
from cchc_analysis.pages.integrity import integrity as integrity
from cchc_analysis.pages.labels import labelled
from cchc_analysis.plan import Plan
from cchc_analysis.study import NOT_STATED, Study
from cchc_analysis.study_headline import has_due_dates
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, plural, word

DENOMINATORS: tuple[Denominator, ...] = ("finished", "due", "to_handle")
PROCEDURES_SHOWN = 12
SMALL_GROUP = 30
"""Below this many dossiers a share is called uncertain on the page."""


def knows_overdue(study: Study) -> bool:
    """Tell whether the data say which open dossiers are overdue: some have due dates, or there are none."""
    ages = study.pending_by_age()
    return has_due_dates(study) or bool(ages[["in_time", "overdue"]].to_numpy().sum()) or not ages["n"].sum()


def summary(study: Study, plan: Plan, baseline: str = "") -> HTML:
    """Show what a reader in a hurry takes away: the result, the target, what changed, and where to look.

    `baseline`: that of the control charts, so that both tell the same signals.
    """
    language, has_due = study.language, has_due_dates(study)
    parts = {
        "result": first_screen.result(study, has_due, knows_overdue(study)),
        "target": first_screen.against_plan(study, plan),
        "change": first_screen.changed(study, baseline, has_due),
        "look": first_screen.to_look_at(study, has_due),
    }
    return display.html(
        display.answers([(wording.attention.lead(name, language), told) for name, told in parts.items()])
    )


def form_table(study: Study, by: str) -> HTML:
    """Show form II.06a with its numbering row and total."""
    language = study.language
    rows = labelled(study, study.form_06a(by), by)
    total = {**first_row(study.form_06a()), "label": word("total", language)}
    groups = (("received", 4), ("resolved", 4), ("pending", 3))
    names = iter(measures.FORM_COLUMNS)
    columns = [TableColumn("label", word(by, language))]
    for group, size in groups:
        for place in range(size):
            name = next(names)
            header = word("total" if place == 0 else name, language)
            columns.append(TableColumn(name, header, "count", group=word(group, language)))
    caption = pick(
        language,
        "Tình hình, kết quả giải quyết thủ tục hành chính (cột 3–13 của biểu II.06a/VPCP/KSTT), đơn vị tính: hồ sơ",
        "Dossiers received, resolved and pending (columns 3–13 of form II.06a/VPCP/KSTT)",
    )
    outcomes = {row["measure"]: int(row["numerator"]) for row in records(study.outcomes())}
    by_channel = {row["channel"]: row for row in records(study.form_06a("channel"))}
    note = wording.processing_time.form_note(
        total,
        outcomes["resolved_withdrawn"],
        outcomes["resolved_without_due"],
        int(by_channel.get("", {"received_other": 0})["received_other"]),
        language,
    )
    title = pick(language, "Biểu II.06a", "Form II.06a")
    table = html_table(rows, columns, caption, language, total, ["(2)", *(f"({n})" for n in range(3, 14))], note)
    return display.html(display.section(title) + table)


def on_time_months(study: Study) -> HTML:
    """Show the on-time share month by month under both rules."""
    language = study.language
    title = pick(language, "Đúng hạn", "On time")
    if not has_due_dates(study):
        return display.html(display.section(title, wording.processing_time.no_due_dates(language)))
    official, strict = _from_first_resolved(study.on_time("month"), study.on_time("month", STRICT))
    inside = [month.label for month in study.months() if month.months[0] in study.period.months]
    figure = charts.processing_time.on_time_by_month(official, strict, inside, language)
    finding = wording.processing_time.on_time_trend(official, inside, language)
    description = pick(
        language,
        "Tỷ lệ hồ sơ giải quyết trước và đúng hạn trên số hồ sơ đã giải quyết từng tháng, kèm khoảng tin cậy 95%; nền xanh là các "
        "tháng của kỳ báo cáo.",
        "Share of dossiers resolved early or on time among those resolved each month, with 95% intervals; the months of the "
        "period are shaded.",
    )
    return display.html(
        display.section(title) + display.figure_block(figure, finding, description) + _rules_table(study)
    )


def _from_first_resolved(official: pd.DataFrame, strict: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the months before the first resolved dossier: the data only carry open dossiers from then."""
    known = official.loc[official["denominator"] > 0, "month"]
    first = known.min() if len(known) else ""
    return official[official["month"] >= first], strict[strict["month"] >= first]


def _rules_table(study: Study) -> str:
    language = study.language
    rows = []
    for rule in (OFFICIAL_FORM, STRICT):
        for denominator in DENOMINATORS:
            row = measures.single_row(study.on_time(rule=rule.with_denominator(denominator)))
            rows.append({**row, "label": word(rule.name, language), "over": word(f"of_{denominator}", language)})
    columns = [
        TableColumn("label", word("rule", language)),
        TableColumn("over", word("denominator", language)),
        TableColumn("numerator", pick(language, "Đúng hạn (tử số)", "On time (numerator)"), "count"),
        TableColumn("denominator", pick(language, "Tổng (mẫu số)", "Total (denominator)"), "count"),
        TableColumn("value", word("on_time_share", language), "share", lower="lower", upper="upper", digits=2),
    ]
    caption = pick(
        language,
        "Cùng một kỳ, sáu cách tính tỷ lệ đúng hạn (trong ngoặc: khoảng tin cậy 95%)",
        "One period, six ways to compute the on-time share (in brackets: 95% interval)",
    )
    return html_table(pd.DataFrame(rows), columns, caption, language)


def comparison(study: Study, by: str) -> HTML:
    """Show the on-time share of units or fields with intervals, and the counts behind it."""
    language = study.language
    rows = labelled(study, measures.apart_from_others(study.on_time(by)), by)
    title = pick(language, f"Theo {word(by, language).lower()}", f"By {word(by, language).lower()}")
    if not has_due_dates(study) or not rows["denominator"].sum():
        return display.html(display.section(title, wording.processing_time.no_due_dates(language)))
    units = compared_units(study) if by == "unit" else rows.iloc[:0]
    if len(units):
        table = _group_table(study, rows.merge(verdict_words(units, study), on="unit", how="left"), by)
        return display.html(display.section(title) + funnel_block(units, study) + table)
    overall = measures.single_row(study.on_time())["value"]
    finding = wording.processing_time.groups_apart(rows, overall, by, language)
    if int((rows["denominator"] > 0).sum()) < 2:
        return display.html(display.section(title, f"{finding}.") + _group_table(study, rows, by))
    figure = charts.processing_time.share_by_group(rows, rows["label"].tolist(), overall, language)
    description = pick(
        language,
        "Tỷ lệ đúng hạn theo biểu II.06a; thanh ngang là khoảng tin cậy 95%, nét đứt là mức chung. Đây không phải bảng xếp hạng: chỉ "
        "nêu tên nơi khác các nơi còn lại sau khi đã tính đến việc so sánh nhiều nơi cùng lúc, và cơ cấu hồ sơ mỗi nơi một khác.",
        "On-time share by form II.06a; bars are 95% intervals, the dashed line is the overall share. This is no ranking: named are "
        "only those that differ from all others with so many compared at once, and each has its own mix of dossiers.",
    )
    table = _group_table(study, rows, by)
    return display.html(display.section(title) + display.figure_block(figure, finding, description) + table)


def _group_table(study: Study, rows: pd.DataFrame, by: str) -> str:
    language = study.language
    used = study.time_used(by).pivot_table(index=by, columns="measure", values="value").reset_index()
    km = study.time_to_closing(by)[[by, "value"]].rename(columns={"value": "km"})
    table = rows.merge(used, on=by, how="left").merge(km, on=by, how="left")
    for name in ("working_days_mean", "working_days_median", "working_days_p90"):
        table[name] = table[name] if name in table else float("nan")
    days = pick(language, "Số ngày làm việc", "Working days")
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("denominator", pick(language, "Đã giải quyết", "Resolved"), "count"),
        TableColumn("value", word("on_time_share", language), "share", lower="lower", upper="upper"),
        TableColumn("working_days_mean", word("mean", language), "days", group=days),
        TableColumn("working_days_median", word("median", language), "days", group=days),
        TableColumn("working_days_p90", word("p90", language), "days", group=days),
        TableColumn("km", word("km_median", language), "days", group=days),
    ]
    if "said" in rows:
        columns[3:3] = [
            TableColumn(
                "expected_value", pick(language, "Mức dự kiến theo thủ tục", "Expected given procedures"), "share"
            ),
            TableColumn("said", pick(language, "So với mức dự kiến", "Against expected")),
        ]
    caption = pick(
        language,
        f"Đúng hạn và thời gian giải quyết theo {word(by, language).lower()}",
        f"On-time share and processing time by {word(by, language).lower()}",
    )
    small = int((rows["denominator"].between(1, SMALL_GROUP - 1)).sum())
    note = (
        pick(
            language,
            f"{small} dòng có dưới {SMALL_GROUP} hồ sơ: tỷ lệ ở đó dao động mạnh do ngẫu nhiên.",
            f"{plural(small, 'row')} with fewer than {SMALL_GROUP} dossiers: such shares vary much by chance.",
        )
        if small
        else ""
    )
    return html_table(table, columns, caption, language, note=note)


def control_charts(study: Study, baseline: str = "") -> HTML:
    """Show which months differ from a stable process, with limits from the months of a baseline, empty = all shown."""
    return display.html(chart_block(study, baseline, has_due_dates(study)))


def time_distribution(study: Study) -> HTML:
    """Show how fast dossiers are done, with the open ones heard and without."""
    language = study.language
    title = pick(language, "Thời gian thực tế", "Actual time")
    durations = study.durations()
    cohort = durations[durations["received_month"].between(study.period.months[0], study.period.months[-1])]
    if not len(cohort):
        return display.html(
            display.section(
                title, pick(language, "Trong kỳ không tiếp nhận hồ sơ nào.", "No dossier was received in the period.")
            )
        )
    curve = measures.duration_curve(cohort)
    closed = measures.closed_shares(cohort)
    figure = charts.processing_time.completion_curve(curve, closed, measures.drawn_horizon(cohort), language)
    finding = wording.processing_time.completion(study.time_to_closing(), closed, language)
    n_open = int(cohort.loc[cohort["event"] == "open", "n"].sum())
    description = pick(
        language,
        f"Hồ sơ tiếp nhận trong kỳ (n = {number(cohort['n'].sum(), language)}, trong đó {number(n_open, language)} chưa xong). Đường liền: "
        "ước lượng Kaplan–Meier với khoảng tin cậy 95%, hồ sơ chưa xong và hồ sơ rút, trả lại được coi là chưa quan sát hết. Đường đứt: chỉ hồ sơ đã có kết quả.",
        f"Dossiers received in the period (n = {number(cohort['n'].sum(), language)}, {number(n_open, language)} still open). Solid: "
        "Kaplan–Meier estimate with 95% interval, open and withdrawn dossiers censored. Dashed: only dossiers with a result.",
    )
    return display.html(display.section(title) + display.figure_block(figure, finding, description))


def change_and_cut(study: Study) -> HTML:
    """Show the change of the mean time, then the cut against the law."""
    return display.html(change(study).data + reduction(study).data)


def reduction(study: Study) -> HTML:
    """Show how far time was cut against the law: promised and actual, and what is left out by name."""
    language = study.language
    cut = study.time_cut()
    title = pick(language, "Cắt giảm thời gian so với quy định", "Time cut against the law")
    sentence = wording.processing_time.time_cut(cut, language)
    if not len(cut):
        return display.html(display.section(title, sentence) + _left_out(study))
    block = display.section(title, sentence) + _cut_figure(study) + _cut_table(study, cut) + _left_out(study)
    return display.html(block + cut_reached(study))


def _cut_figure(study: Study) -> str:
    language = study.language
    times = study.procedure_times()
    shown = times[
        (times["day_kind"] == "working")
        & (times["statutory_days"] > measures.SAME_DAY)
        & times["committed_days"].notna()
    ]
    by_size = shown.sort_values(["n", "procedure"], ascending=[False, True])
    shown, others = by_size.head(PROCEDURES_SHOWN), by_size.iloc[PROCEDURES_SHOWN:]
    if not len(shown):
        return ""
    labels = study.procedure_labels()
    figure = charts.processing_time.law_commitment_actual(shown, labels, language)
    finding = wording.processing_time.over_commitment(shown, others, labels, language)
    description = pick(
        language,
        f"{len(shown)} thủ tục có nhiều hồ sơ nhất (thời hạn trên 1 ngày làm việc): thời gian theo quy định, sau cắt giảm và thực tế bình quân.",
        f"The {plural(len(shown), 'procedure')} with most dossiers (terms above 1 working day): law, commitment and mean actual time.",
    )
    return display.figure_block(figure, finding, description)


def _cut_table(study: Study, cut: pd.DataFrame) -> str:
    language = study.language
    units = {
        "cut_mean_over_procedures": pick(language, "thủ tục", "procedures"),
        "cut_weighted": pick(language, "hồ sơ", "dossiers"),
        "cut_pooled": pick(language, "ngày", "days"),
        "cut_actual": pick(language, "ngày", "days"),
    }
    # Terms in working days first: most have them.
    order = {"working": 0, "": 1, "calendar": 2}
    rows = cut.sort_values("day_kind", key=lambda kinds: kinds.map(order), kind="stable").assign(
        label=lambda table: table["measure"].map(lambda name: word(name, language)),
        kind=lambda table: table["day_kind"].map(lambda kind: word(kind, language)),
        counted=lambda table: table["measure"].map(units),
    )
    columns = [
        TableColumn("label", pick(language, "Cách tính", "Figure")),
        TableColumn("kind", pick(language, "Loại thời hạn", "Kind of term")),
        TableColumn("numerator", word("numerator", language), "days"),
        TableColumn("denominator", word("denominator", language), "count"),
        TableColumn("counted", pick(language, "Tính bằng", "Counted in")),
        TableColumn("value", pick(language, "Mức cắt giảm", "Cut"), "share"),
    ]
    caption = pick(language, "Bốn cách tính mức cắt giảm thời gian", "Four ways to compute the time cut")
    return html_table(rows, columns, caption, language)


def _left_out(study: Study) -> str:
    language, labels = study.language, study.procedure_labels()
    rows = study.excluded_procedures()
    if not len(rows):
        return ""
    rows = rows.assign(
        label=rows["procedure"].map(lambda code: labels.get(code, code) or NOT_STATED[language]),
        why=rows["reason"].map(lambda reason: word(reason, language)),
    )
    columns = [
        TableColumn("label", word("procedure", language)),
        TableColumn("why", pick(language, "Lý do không tính", "Why left out")),
        TableColumn("n", pick(language, "Hồ sơ đã giải quyết", "Dossiers resolved"), "count"),
    ]
    caption = pick(
        language,
        f"{number(rows['procedure'].nunique(), language)} thủ tục không tính vào mức cắt giảm đã cam kết, kèm lý do",
        f"{plural(rows['procedure'].nunique(), 'procedure')} left out of the committed cut, with the reason",
    )
    return (
        f'<details class="printed"><summary>{caption}</summary>{html_table(rows, columns, caption, language)}</details>'
    )


def backlog(study: Study) -> HTML:
    """Show the open dossiers by age and state."""
    language = study.language
    ages = study.pending_by_age()
    title = pick(language, "Hồ sơ đang giải quyết", "Pending dossiers")
    sentence = wording.processing_time.backlog(ages, language)
    following = backlog_parts.overdue(study) + backlog_parts.coming(study)
    if not int(ages["n"].sum()):
        return display.html(display.section(title, sentence) + backlog_parts.pace(study))
    figure = charts.processing_time.pending_ages(ages, language)
    description = pick(
        language,
        f"Số ngày làm việc từ khi tiếp nhận đến {formats.day(study.as_of, language)}, đã trừ số ngày tạm dừng ghi trong dữ liệu; n = {number(ages['n'].sum(), language)}.",
        f"Working days from receipt to {formats.day(study.as_of, language)}, recorded pauses taken off; n = {number(ages['n'].sum(), language)}.",
    )
    ages_block = display.figure_block(figure, sentence, description)
    return display.html(display.section(title) + ages_block + backlog_parts.pace(study) + following)


def integrity_and_units(study: Study) -> HTML:
    """Show the dates that deserve a second look, then old and new units where they changed inside the series."""
    return display.html(str(integrity(study).data) + str(crosswalk(study).data))


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    language = study.language
    return [
        *wording.processing_time.definitions(study.calendar_words(), language),
        *wording.backlog.definitions(language),
        *wording.integrity.definitions(language),
    ]
