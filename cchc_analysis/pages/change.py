"""Blocks on change: what moved the mean time, against two base periods, and whether the cut reached people."""

import numpy as np
import pandas as pd
from IPython.display import HTML

from cchc_analysis import display, formats, measures, wording
from cchc_analysis.formats import number
from cchc_analysis.frames import first_row
from cchc_analysis.measures import TimeChange
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.study import NOT_STATED, Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import in_sentence, pick, plural, word

DRIVERS_SHOWN = 8


def change(study: Study) -> HTML:
    """Show the change of the mean time against the period before and the same period a year ago, and its drivers."""
    language = study.language
    title = pick(language, "Thay đổi so với kỳ so sánh", "Change against the base period")
    block = display.section(title) + _against(study, study.base)
    year_ago = study.period.a_year_ago()
    if year_ago == study.base:
        return display.html(block)
    if study.time_change(year_ago).mix_effect is None:
        said = wording.change.no_year_ago(in_sentence(year_ago.title(language), language), language)
        return display.html(block + display.paragraphs([said]))
    return display.html(block + _against(study, year_ago))


def _against(study: Study, base: ReportPeriod) -> str:
    language = study.language
    moved = study.time_change(base)
    sentence = wording.processing_time.change_in_time(moved, in_sentence(base.title(language), language), language)
    if moved.difference is None or moved.mix_effect is None:
        return display.paragraphs([sentence])
    return display.paragraphs([sentence]) + _parts(study, base, moved) + _drivers(study, base)


def _parts(study: Study, base: ReportPeriod, moved: TimeChange) -> str:
    language = study.language
    strata = pick(
        language,
        "đơn vị và thủ tục" if study.is_whole else "thủ tục",
        "units and procedures" if study.is_whole else "procedures",
    )
    effects = [float(part or 0) for part in (moved.mix_effect, moved.true_effect, moved.turnover_effect)]
    mix, true, turnover = formats.parts(effects, sum(effects), 2)
    parts = [
        (_mean_in(study, base, moved.base_n), moved.base_mean),
        (pick(language, f"Do cơ cấu hồ sơ thay đổi (theo {strata})", f"From the mix of {strata}"), mix),
        (
            pick(language, "Do từng thủ tục nhanh hơn hay chậm hơn", "From each procedure being faster or slower"),
            true,
        ),
        (
            pick(language, "Do thủ tục chỉ có ở một kỳ", "From procedures present in one period only"),
            turnover,
        ),
        (_mean_in(study, study.period, moved.n), moved.mean),
    ]
    columns = [
        TableColumn("label", pick(language, "Thành phần", "Part")),
        TableColumn("days", pick(language, "Số ngày làm việc", "Working days"), "days", digits=2),
    ]
    since = in_sentence(base.title(language), language)
    caption = pick(
        language,
        f"Từ {since} đến kỳ này: số ngày làm việc bình quân một hồ sơ",
        f"From {since} to this period: mean working days per dossier",
    )
    return html_table(pd.DataFrame(parts, columns=["label", "days"]), columns, caption, language)


def _mean_in(study: Study, period: ReportPeriod, n: int) -> str:
    language = study.language
    count = number(n, language)
    return pick(
        language,
        f"Trung bình {period.title(language)} (n = {count})",
        f"Mean in {period.title(language)} (n = {count})",
    )


def _drivers(study: Study, base: ReportPeriod) -> str:
    language, labels = study.language, study.procedure_labels()
    drivers = study.change_drivers(base)
    names = drivers["procedure"].map(lambda code: labels.get(code, code) or NOT_STATED[language])
    if study.is_whole:
        names = names + ", " + drivers["unit"].map(study.unit_name)
    shown = drivers.assign(label=names).head(DRIVERS_SHOWN)
    rest = drivers.iloc[DRIVERS_SHOWN:]
    if len(rest):
        label = f"{word('others', language)} ({number(len(rest), language)})"
        shown = pd.concat([shown, pd.DataFrame([{**measures.summed_drivers(rest), "label": label}])])
    total = {**measures.summed_drivers(drivers), "label": word("total", language)}
    columns = _driver_columns(study)
    caption = pick(
        language,
        "Thủ tục làm thay đổi thời gian bình quân chung nhiều nhất (đóng góp tính bằng ngày làm việc trên một hồ sơ)",
        "What moves the overall mean most (contributions in working days per dossier)",
    )
    finding = wording.change.largest_driver(first_row(drivers), str(names.iloc[0]), language)
    return display.paragraphs([finding]) + html_table(shown, columns, caption, language, total)


def _driver_columns(study: Study) -> list[TableColumn]:
    language = study.language
    dossiers, days = word("n", language), pick(language, "Ngày làm việc bình quân", "Mean working days")
    before, now = pick(language, "Kỳ so sánh", "Before"), pick(language, "Kỳ này", "Now")
    first = pick(language, "Thủ tục, đơn vị", "Procedure, unit") if study.is_whole else word("procedure", language)
    effects = [
        TableColumn(name, word(name, language), "signed_days", group=word("contribution", language), digits=3)
        for name in ("mix_effect", "true_effect", "turnover_effect")
    ]
    return [
        TableColumn("label", first),
        TableColumn("base_n", before, "count", group=dossiers),
        TableColumn("n", now, "count", group=dossiers),
        TableColumn("base_mean", before, "days", group=days),
        TableColumn("mean", now, "days", group=days),
        *effects,
        TableColumn("contribution", word("total", language), "signed_days", digits=3, group=effects[0].group),
    ]


def cut_reached(study: Study) -> str:
    """Write whether the registered cut reached people procedure by procedure, and what stopped clocks do."""
    language, labels = study.language, study.procedure_labels()
    rows = study.cut_by_procedure()
    title = pick(language, "Cắt giảm có đến được với người dân không?", "Did the cut reach people?")
    said = [
        wording.change.cut_reached(rows, language),
        wording.backlog.stopped(first_row(study.stopped_clock()), language),
    ]
    text = display.section(title, *said).replace("h2>", "h3>")
    if not len(rows):
        return text
    verdict = np.where(rows["reached"], "reached", np.where(rows["actual_cut"].isna(), "not_measured", "not_reached"))
    shown = rows.assign(
        label=rows["procedure"].map(lambda code: labels.get(code, code) or NOT_STATED[language]),
        kind=rows["term_kind"].map(lambda kind: word(kind, language)),
        verdict=[word(name, language) for name in verdict],
    )
    term = pick(language, "Thời gian, bình quân", "Mean time")
    columns = [
        TableColumn("label", word("procedure", language)),
        TableColumn("kind", pick(language, "Loại thời hạn", "Kind of term")),
        TableColumn("n", word("n", language), "count"),
        *(TableColumn(name, word(name, language), "days", group=term) for name in ("statutory_days", "committed_days", "used_days")),
        TableColumn("registered_cut", word("registered_cut", language), "share"),
        TableColumn("actual_cut", word("actual_cut", language), "share"),
        TableColumn("verdict", pick(language, "Đến được", "Reached")),
    ]  # fmt: skip
    caption = pick(
        language,
        f"{len(rows)} thủ tục: mức cắt giảm đã cam kết và mức thực tế",
        f"{plural(len(rows), 'procedure')}: committed cut and actual cut",
    )
    return text + f"<details><summary>{caption}</summary>{html_table(shown, columns, caption, language)}</details>"
