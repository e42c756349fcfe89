"""Blocks of the processing-time page: measures, sentences, figures and tables put together for one notebook cell each."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, formats, measures, wording
from cchc_analysis.counting import OFFICIAL_FORM, STRICT
from cchc_analysis.counting.rule import Denominator
from cchc_analysis.formats import number
from cchc_analysis.frames import first_row, records
from cchc_analysis.study import NOT_STATED, Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.text import vietnamese_order
from cchc_analysis.wording import pick, word

DENOMINATORS: tuple[Denominator, ...] = ("finished", "due", "to_handle")
PROCEDURES_SHOWN = 12
SMALL_GROUP = 30
"""Below this many dossiers a share is called uncertain on the page."""


def _labelled(study: Study, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add a `label` column for the groups and put units into their official order, other groups by size of name."""
    empty = NOT_STATED[study.language]
    if by == "unit":
        labels = rows["unit"].map(study.unit_name)
        order = {unit: place for place, unit in enumerate(study.registry.units(study.as_of.date()))}
        place = rows["unit"].map(lambda unit: order.get(unit, len(order)))
        return _alphabetical(rows.assign(label=labels, _place=place)).sort_values(
            "_place", kind="stable", ignore_index=True
        )
    if by == "procedure":
        return rows.assign(label=rows["procedure"].map(study.procedure_labels()))
    named = rows[by].map(lambda value: word(value, study.language) if value else empty)
    return _alphabetical(rows.assign(label=named))


def _alphabetical(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("label", key=lambda labels: labels.map(vietnamese_order), ignore_index=True)


def has_due_dates(study: Study) -> bool:
    """Tell whether any dossier resolved in the period had a due date, without which "on time" means nothing."""
    flow = study.flow()
    return bool(flow["outcome"].isin(["early", "on_time", "late"]).any())


def summary(study: Study) -> HTML:
    """Show the three to four sentences that a reader in a hurry takes away."""
    language, base = study.language, study.base.title(study.language)
    official = measures.single_row(study.on_time())
    strict = measures.single_row(study.on_time(rule=STRICT))
    change = first_row(study.on_time_change())
    used = study.time_used()
    km = study.time_to_closing()
    say = wording.processing_time
    sentences = [say.workload(first_row(study.form_06a()), has_due_dates(study), language)]
    if has_due_dates(study) or not official["denominator"]:
        sentences.append(say.punctuality(official, strict, change, base, language))
    else:
        sentences.append(say.no_due_dates(language))
    if len(used):
        median = measures.single_row(used, measure="working_days_median")
        p90 = measures.single_row(used, measure="working_days_p90")
        sentences.append(say.duration(median, p90, first_row(km) if len(km) else None, language))
    sentences.append(say.change_in_time(study.time_change(), base, language))
    return display.html(display.paragraphs(sentences, "summary"))


def form_table(study: Study, by: str) -> HTML:
    """Show form II.06a with its numbering row and total."""
    language = study.language
    rows = _labelled(study, study.form_06a(by), by)
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
    rows = _labelled(study, study.on_time(by), by)
    title = pick(language, f"Theo {word(by, language).lower()}", f"By {word(by, language).lower()}")
    if not has_due_dates(study) or not rows["denominator"].sum():
        return display.html(display.section(title, wording.processing_time.no_due_dates(language)))
    overall = measures.single_row(study.on_time())["value"]
    figure = charts.processing_time.share_by_group(rows, rows["label"].tolist(), overall, language)
    finding = wording.processing_time.groups_apart(rows, overall, by, language)
    description = pick(
        language,
        "Tỷ lệ đúng hạn theo biểu II.06a; thanh ngang là khoảng tin cậy 95%, nét đứt là mức chung. Đây không phải bảng xếp hạng: "
        "khoảng chồng lên mức chung nghĩa là chưa thấy khác biệt.",
        "On-time share by form II.06a; bars are 95% intervals, the dashed line is the overall share. This is no ranking: a bar "
        "that crosses the line shows no difference.",
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
    days = word("working_days", language)
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("denominator", pick(language, "Đã giải quyết", "Resolved"), "count"),
        TableColumn("value", word("on_time_share", language), "share", lower="lower", upper="upper"),
        TableColumn("working_days_mean", word("mean", language), "days", group=days),
        TableColumn("working_days_median", word("median", language), "days", group=days),
        TableColumn("working_days_p90", word("p90", language), "days", group=days),
        TableColumn("km", word("km_median", language), "days", group=days),
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
            f"{small} rows rest on fewer than {SMALL_GROUP} dossiers: their shares vary much by chance.",
        )
        if small
        else ""
    )
    return html_table(table, columns, caption, language, note=note)


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
        "ước lượng Kaplan–Meier với khoảng tin cậy 95%, hồ sơ chưa xong và hồ sơ rút được coi là chưa quan sát hết. Đường đứt: chỉ hồ sơ đã xong.",
        f"Dossiers received in the period (n = {number(cohort['n'].sum(), language)}, {number(n_open, language)} still open). Solid: "
        "Kaplan–Meier estimate with 95% interval, open and withdrawn dossiers censored. Dashed: closed dossiers only.",
    )
    return display.html(display.section(title) + display.figure_block(figure, finding, description))


def change(study: Study) -> HTML:
    """Show the change of the mean time against the previous period, split into mix and true effect."""
    language = study.language
    moved = study.time_change()
    title = pick(language, "Thay đổi so với kỳ trước", "Change against the previous period")
    sentence = wording.processing_time.change_in_time(moved, study.base.title(language), language)
    if moved.difference is None or moved.mix_effect is None:
        return display.html(display.section(title, sentence))
    strata = pick(
        language,
        "đơn vị và thủ tục" if study.is_whole else "thủ tục",
        "units and procedures" if study.is_whole else "procedures",
    )
    parts = [
        (
            pick(
                language,
                f"Trung bình {study.base.title(language)} (n = {number(moved.base_n, language)})",
                f"Mean in {study.base.title(language)} (n = {number(moved.base_n, language)})",
            ),
            moved.base_mean,
        ),
        (pick(language, f"Do cơ cấu hồ sơ thay đổi (theo {strata})", f"From the mix of {strata}"), moved.mix_effect),
        (
            pick(language, "Do từng thủ tục nhanh hơn hay chậm hơn", "From each procedure being faster or slower"),
            moved.true_effect,
        ),
        (
            pick(language, "Do thủ tục chỉ có ở một kỳ", "From procedures present in one period only"),
            moved.turnover_effect,
        ),
        (
            pick(
                language,
                f"Trung bình {study.period.title(language)} (n = {number(moved.n, language)})",
                f"Mean in {study.period.title(language)} (n = {number(moved.n, language)})",
            ),
            moved.mean,
        ),
    ]
    columns = [
        TableColumn("label", pick(language, "Thành phần", "Part")),
        TableColumn("days", word("working_days", language), "days", digits=2),
    ]
    caption = pick(
        language,
        "Từ kỳ trước đến kỳ này, ngày làm việc bình quân một hồ sơ",
        "From the previous period to this one, working days per dossier",
    )
    table = html_table(pd.DataFrame(parts, columns=["label", "days"]), columns, caption, language)
    return display.html(display.section(title, sentence) + table)


def reduction(study: Study) -> HTML:
    """Show how far time was cut against the law: promised and actual, and what is left out by name."""
    language = study.language
    cut = study.time_cut()
    title = pick(language, "Cắt giảm thời gian so với quy định", "Time cut against the law")
    sentence = wording.processing_time.time_cut(cut, language)
    if not len(cut):
        return display.html(display.section(title, sentence))
    block = display.section(title, sentence) + _cut_figure(study) + _cut_table(study, cut) + _left_out(study)
    return display.html(block)


def _cut_figure(study: Study) -> str:
    language = study.language
    times = study.procedure_times()
    shown = times[
        (times["day_kind"] == "working")
        & (times["statutory_days"] > measures.SAME_DAY)
        & times["committed_days"].notna()
    ]
    shown = shown.sort_values(["n", "procedure"], ascending=[False, True]).head(PROCEDURES_SHOWN)
    if not len(shown):
        return ""
    labels = study.procedure_labels()
    figure = charts.processing_time.law_commitment_actual(shown, labels, language)
    finding = wording.processing_time.over_commitment(shown, labels, language)
    description = pick(
        language,
        f"{len(shown)} thủ tục có nhiều hồ sơ nhất (thời hạn trên 1 ngày làm việc): thời gian theo quy định, sau cắt giảm và thực tế bình quân.",
        f"The {len(shown)} procedures with most dossiers (terms above 1 working day): law, commitment and mean actual time.",
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
    rows = cut.assign(
        label=cut["measure"].map(lambda name: word(name, language)),
        kind=cut["day_kind"].map(lambda kind: word(kind, language)),
        counted=cut["measure"].map(units),
    )
    columns = [
        TableColumn("label", pick(language, "Cách tính", "Figure")),
        TableColumn("kind", pick(language, "Loại thời hạn", "Kind of term")),
        TableColumn("numerator", word("numerator", language), "days"),
        TableColumn("denominator", word("denominator", language), "count"),
        TableColumn("counted", pick(language, "Đơn vị mẫu số", "Denominator in")),
        TableColumn("value", pick(language, "Mức cắt giảm", "Cut"), "share"),
    ]
    caption = pick(
        language, "Bốn con số về cắt giảm thời gian, đặt cạnh nhau", "Four figures of time reduction, side by side"
    )
    return html_table(rows, columns, caption, language)


def _left_out(study: Study) -> str:
    language, labels = study.language, study.procedure_labels()
    rows = study.excluded_procedures()
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
        f"{len(rows)} thủ tục không tính vào mức cắt giảm đã đăng ký, kèm lý do",
        f"{len(rows)} procedures left out of the registered cut, with the reason",
    )
    return f"<details><summary>{caption}</summary>{html_table(rows, columns, caption, language)}</details>"


def backlog(study: Study) -> HTML:
    """Show the open dossiers by age and state."""
    language = study.language
    ages = study.pending_by_age()
    title = pick(language, "Hồ sơ đang giải quyết", "Pending dossiers")
    sentence = wording.processing_time.backlog(ages, language)
    if not int(ages["n"].sum()):
        return display.html(display.section(title, sentence))
    figure = charts.processing_time.pending_ages(ages, language)
    description = pick(
        language,
        f"Số ngày làm việc từ khi tiếp nhận đến {formats.day(study.as_of, language)}, đã trừ thời gian tạm dừng; n = {number(ages['n'].sum(), language)}.",
        f"Working days from receipt to {formats.day(study.as_of, language)}, pauses taken off; n = {number(ages['n'].sum(), language)}.",
    )
    return display.html(display.section(title) + display.figure_block(figure, sentence, description))


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return wording.processing_time.definitions(study.calendar_words(), study.language)
