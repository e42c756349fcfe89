"""Blocks of the service-quality page, one for each notebook cell; the score sheet in force says what is scored."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.formats import day, parts
from cchc_analysis.frames import first_row, records
from cchc_analysis.pages.labels import labelled
from cchc_analysis.score_sheets import ScoreSheet, SheetKind
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.service_quality
N_NEXT = 3


def _scored(study: Study, sheet: ScoreSheet, split: str = "range") -> pd.DataFrame:
    return study.scores(sheet, (), split)


def _groups(study: Study, sheet: ScoreSheet, split: str) -> pd.DataFrame:
    groups = measures.score_groups(_scored(study, sheet, split), sheet.group_points())
    return groups.assign(label=[sheet.named(code, study.language) for code in groups["group"]])


def _total(groups: pd.DataFrame, sheet: ScoreSheet) -> dict[str, Any]:
    return first_row(measures.score_total(groups, sheet.class_bounds()))


def _classes(study: Study, sheet: ScoreSheet) -> dict[str, str]:
    return {entry.code: entry.text(study.language) for entry in sheet.classes}


def _most(rows: pd.DataFrame, column: str) -> dict[str, Any] | None:
    """Return the row with the most points in a column, None where no row has any."""
    found = rows[rows[column].round(2) > 0]
    return first_row(found.sort_values(column, ascending=False, kind="stable")) if len(found) else None


def _losses(scored: pd.DataFrame, sheet: ScoreSheet) -> list[dict[str, Any]]:
    """Return the indicators that lost points, the most first, with what ten percentage points would bring."""
    full_at = {entry.code: float(entry.full_at) for entry in sheet.indicators}
    lost = scored["points"] - scored["points_upper"]
    step = scored["points"] / scored["indicator"].map(full_at) / 10
    rows = scored.assign(lost=lost, step=step.where(step < lost, lost))
    return records(rows[rows["lost"].round(2) > 0].sort_values("lost", ascending=False, kind="stable"))


def _unknown_sheet(study: Study, vi: str, en: str) -> HTML:
    return display.html(display.section(pick(study.language, vi, en), say.no_sheet(study.language)))


def summary(study: Study, split: str = "range") -> HTML:
    """Show the score as far as it can be computed, why points are open, and what loses most."""
    language, sheet = study.language, study.score_sheet("service_quality")
    if sheet is None:
        return display.html(display.paragraphs([say.no_sheet(language)], "summary"))
    scored, groups = _scored(study, sheet, split), _groups(study, sheet, split)
    losses = [(row, sheet.named(row["indicator"], language)) for row in _losses(scored, sheet)]
    first, name = losses[0] if losses else (None, "")
    unsure = [entry for entry in sheet.indicators if not entry.confirmed]
    missing = list(dict.fromkeys(kind for kind in scored["register"] if kind))
    open_points = measures.open_points(scored, groups)
    return display.html(
        display.answers(
            [
                (
                    pick(language, "Được bao nhiêu điểm", "The score"),
                    say.total_sentences(_total(groups, sheet), _classes(study, sheet), language),
                ),
                (
                    pick(language, "Điểm mất ở đâu", "Where points are lost"),
                    [say.lost_sentence(first, name, language), say.next_sentence(losses[1 : N_NEXT + 1], language)],
                ),
                (
                    pick(language, "Điểm chưa tính được", "Points left open"),
                    [say.open_sentence(open_points, language), say.register_sentence(missing, language)],
                ),
                (
                    pick(language, "Độ tin cậy", "How sure"),
                    [say.trust_sentence(len(unsure), len(sheet.indicators), language)],
                ),
            ]
        )
    )


def groups(study: Study, split: str = "range") -> HTML:
    """Show the groups: points computed, lost and open, as figure and table with the total."""
    language, sheet = study.language, study.score_sheet("service_quality")
    if sheet is None:
        return _unknown_sheet(study, "Các nhóm chỉ số", "The groups")
    rows = _groups(study, sheet, split)
    total = {**_total(rows, sheet), "label": word("total", language), "confirmed": ""}
    all_open = bool((rows["unknown"] == rows["points"]).all())
    finding = say.groups_finding(_most(rows, "lost"), _most(rows, "unknown"), all_open, language)
    figure = charts.service_quality.points_by_group(rows, rows["label"].tolist(), language)
    columns = [
        TableColumn("label", pick(language, "Nhóm", "Group")),
        TableColumn("points", pick(language, "Điểm tối đa", "Points"), "days", digits=0),
        TableColumn("lower", pick(language, "Tính được", "Computed"), "days", digits=2),
        TableColumn("lost", pick(language, "Mất", "Lost"), "days", digits=2),
        TableColumn("unknown", pick(language, "Chưa tính được", "Not computed"), "days", digits=2),
        TableColumn("confirmed", pick(language, "Đã xác nhận điểm tối đa", "Points confirmed")),
    ]
    confirmed = {group.code: say.confirmed(group.confirmed, language) for group in sheet.groups}
    title = pick(language, "Các nhóm chỉ số", "The groups")
    description = pick(
        language,
        "Mỗi thanh dài bằng điểm tối đa của nhóm: phần tính được, phần mất và phần chưa tính được (gạch chéo).",
        "Each bar is as long as the points of its group: computed, lost and not computed (hatched).",
    )
    caption = pick(language, f"Điểm theo nhóm: {sheet.title.vi}", f"Points by group: {sheet.title.en}")
    table = html_table(
        _shown(rows).assign(confirmed=rows["group"].map(confirmed)),
        columns,
        caption,
        language,
        total={**total, **first_row(_shown(pd.DataFrame([total])))},
    )
    return display.html(
        display.section(title, say.split_sentence(split, language))
        + display.figure_block(figure, finding, description)
        + table
    )


def _indicator_rows(study: Study, sheet: ScoreSheet, scored: pd.DataFrame) -> pd.DataFrame:
    language = study.language
    entries = {entry.code: entry for entry in sheet.indicators}

    def row(found: Mapping[str, Any]) -> dict[str, Any]:
        entry = entries[found["indicator"]]
        known = found["points"] == found["points"]
        needs = entry.needs.text(language) if entry.needs else ""
        ends = (found["points_lower"], found["points_upper"], found["points"])
        return {
            **found,
            "label": f"{entry.code}. {entry.text(language)}",
            "figure": say.figure(found, language),
            "score": say.span(*ends, language) if known else pick(language, "chỉ tính theo nhóm", "by group only"),
            "why": say.why_open(found, needs, language),
            "confirmed": say.confirmed(entry.confirmed, language),
            "over": entry.over.text(language),
        }

    return pd.DataFrame([row(found) for found in records(scored)])


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Round the three parts of each score so that they add up to its points; what is not known at all is not 0."""
    names = ["lower", "unknown", "lost"]
    rounded = [parts([row[name] for name in names], row["points"], 2) for row in records(rows)]
    table = rows.assign(**dict(zip(names, zip(*rounded, strict=True), strict=True)))
    nothing = rows["unknown"] == rows["points"]
    return table.assign(**{name: table[name].mask(nothing) for name in ("lower", "lost")})


def indicators(study: Study, split: str = "range") -> HTML:
    """Show every indicator with its share, points, what is missing, and whether its points are confirmed."""
    language, sheet = study.language, study.score_sheet("service_quality")
    title = pick(language, "Từng chỉ tiêu", "Indicator by indicator")
    if sheet is None:
        return _unknown_sheet(study, "Từng chỉ tiêu", "Indicator by indicator")
    rows = _indicator_rows(study, sheet, _scored(study, sheet, split))
    columns = [
        TableColumn("label", pick(language, "Chỉ tiêu", "Indicator")),
        TableColumn("figure", pick(language, "Tỷ lệ và số đếm", "Share and counts")),
        TableColumn("points", pick(language, "Điểm tối đa", "Points"), "days", digits=0),
        TableColumn("score", pick(language, "Điểm", "Score")),
        TableColumn("why", pick(language, "Vì sao chưa tính hết", "Why not computed in full")),
        TableColumn("confirmed", pick(language, "Đã xác nhận điểm tối đa", "Points confirmed")),
    ]
    caption = pick(language, "Tỷ lệ và điểm của từng chỉ tiêu", "Share and points of each indicator")
    return display.html(display.section(title) + html_table(rows, columns, caption, language))


def by_unit(study: Study, split: str = "range") -> HTML:
    """Show the groups of every unit in official order, not ranked; for one unit say where that table is."""
    language, sheet = study.language, study.score_sheet("service_quality")
    title = pick(language, "Theo đơn vị", "By unit")
    if sheet is None:
        return _unknown_sheet(study, "Theo đơn vị", "By unit")
    if not study.is_whole:
        there = pick(
            language,
            "Bảng điểm của mọi đơn vị nằm ở trang Toàn bộ.",
            "The table of all units is on the page of the whole.",
        )
        return display.html(display.section(title, there))
    scored = study.scores(sheet, "unit", split)
    # A payment of a dossier that the list does not hold belongs to no unit.
    found = measures.score_groups(scored[scored["unit"] != ""], sheet.group_points(), ("unit",))
    total = measures.score_total(found, sheet.class_bounds(), ("unit",))
    rows = total[["unit"]].assign(total=[_span(row, language) for row in records(total)])
    columns = [TableColumn("label", word("unit", language))]
    for group in sheet.groups:
        own = found[found["group"] == group.code]
        written = dict(zip(own["unit"], (_span(row, language) for row in records(own)), strict=True))
        rows[group.code] = rows["unit"].map(written)
        columns.append(TableColumn(group.code, f"{group.text(language)} ({group.points})"))
    columns.append(TableColumn("total", f"{word('total', language)} ({sheet.total})"))
    caption = pick(
        language,
        "Điểm các nhóm theo đơn vị: tính được–có thể đạt (trong ngoặc: điểm tối đa; dấu “–”: chưa tính được)",
        "Points by group and unit: computed–possible (in brackets: full points; “–”: not computed)",
    )
    table = html_table(labelled(study, rows, "unit"), columns, caption, language)
    return display.html(display.section(title, say.unit_caution(language)) + table)


NOTHING_KNOWN = "–"


def _span(row: Mapping[str, Any], language: Any) -> str:
    if row["unknown"] == row["points"]:
        return NOTHING_KNOWN
    return say.span(row["lower"], row["upper"], row["points"], language, 1)


def one_stop(study: Study) -> HTML:
    """Show the nine criteria of the one-stop evaluation: what data tell beside what the unit scores itself."""
    language = study.language
    title = pick(language, "Đánh giá theo cơ chế một cửa", "Evaluation of one-stop handling")
    sheet = study.score_sheet("one_stop")
    if sheet is None:
        return _unknown_sheet(study, "Đánh giá theo cơ chế một cửa", "Evaluation of one-stop handling")
    scored = _scored(study, sheet)
    rows = _indicator_rows(study, sheet, scored)
    own = pick(language, "tự chấm", "self-scored")
    told = ["computed", "partial"]
    rows["score"] = rows["score"].where(rows["state"].isin(told), own)
    total = _total(_groups(study, sheet, "range"), sheet)
    columns = [
        TableColumn("label", pick(language, "Chỉ số", "Criterion")),
        TableColumn("points", pick(language, "Điểm chuẩn", "Points"), "days", digits=0),
        TableColumn("score", pick(language, "Điểm", "Score")),
        TableColumn("figure", pick(language, "Tỷ lệ và số đếm", "Share and counts")),
        TableColumn("over", pick(language, "Tử số là", "Numerator")),
        TableColumn("why", pick(language, "Cần để chấm", "Needed for the score")),
    ]
    caption = pick(language, f"{sheet.title.vi} (18 điểm)", f"{sheet.title.en} (18 points)")
    computed = scored.loc[scored["state"].isin(told), "indicator"].tolist()
    sentence = say.one_stop_sentence(computed, total, _classes(study, sheet), language)
    return display.html(display.section(title, sentence) + html_table(rows, columns, caption, language))


def published(study: Study) -> HTML:
    """Show published scores with the sum of their parts, and which do not add up."""
    language, sheet = study.language, study.score_sheet("service_quality")
    title = pick(language, "Điểm đã công bố có cộng đúng không", "Do published scores add up")
    if sheet is None:
        return _unknown_sheet(study, "Điểm đã công bố có cộng đúng không", "Do published scores add up")
    checked = measures.published_sums(entry.model_dump() for entry in sheet.published)
    told = [
        {
            "label": entry.what.text(language),
            "day": entry.day,
            "sum_said": say.published_score(row["parts_sum"], None, language),
            "stated_said": say.published_score(_number(entry.stated), float(entry.out_of), language),
            "verdict_said": pick(language, *say.PUBLISHED[row["verdict"]]),
            "remark": say.published_note(
                row,
                _number(entry.stated_percent),
                entry.note.text(language) if entry.note else "",
                urlsplit(entry.source).netloc.removeprefix("www."),
                language,
            ),
        }
        for entry, row in zip(sheet.published, records(checked), strict=True)
    ]
    columns = [
        TableColumn("label", pick(language, "Công bố", "Published")),
        TableColumn("day", pick(language, "Ngày, kỳ đến ngày", "Day, or end of the period"), "date"),
        TableColumn("sum_said", pick(language, "Tổng các nhóm", "Sum of parts")),
        TableColumn("stated_said", pick(language, "Tổng công bố", "Stated")),
        TableColumn("verdict_said", pick(language, "Kiểm tra", "Check")),
        TableColumn("remark", pick(language, "Ghi chú và nguồn", "Remark and source")),
    ]
    wrong = int((checked["verdict"] == "differs").sum())
    sentence = pick(
        language,
        f"Trong {len(told)} bản công bố tìm thấy, {wrong} bản có tổng không khớp với các nhóm.",
        f"Of {len(told)} published scores found, {wrong} state a total that differs from the sum of the parts.",
    )
    rows = pd.DataFrame(told)
    caption = pick(language, "Điểm công bố và tổng tính lại", "Published scores and their sums")
    return display.html(display.section(title, sentence) + html_table(rows, columns, caption, language))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def sources(study: Study) -> HTML:
    """Show how each indicator is counted and where its points come from, sheet by sheet."""
    language = study.language
    kinds: tuple[SheetKind, ...] = ("service_quality", "one_stop")
    sheets = [sheet for kind in kinds if (sheet := study.score_sheet(kind)) is not None]
    title = pick(language, "Cách tính và nguồn của điểm", "How points are counted and where they come from")
    told = [] if sheets else [say.no_sheet(language)]
    tables = "".join(_sources_table(sheet, study) for sheet in sheets)
    return display.html(display.section(title, *told) + tables)


def _sources_table(sheet: ScoreSheet, study: Study) -> str:
    language = study.language
    # Many indicators share a source: each is written once below and named by its number.
    numbers = {source: place + 1 for place, source in enumerate(dict.fromkeys(e.source for e in sheet.indicators))}
    rows = pd.DataFrame(
        [
            {
                "label": f"{entry.code}. {entry.text(language)}",
                "counted": f"{entry.over.text(language)} / {entry.under.text(language)}",
                "note": entry.note.text(language) if entry.note else "",
                "source": f"({numbers[entry.source]})",
            }
            for entry in sheet.indicators
        ]
    )
    columns = [
        TableColumn("label", pick(language, "Chỉ tiêu", "Indicator")),
        TableColumn("counted", pick(language, "Tử số / mẫu số", "Numerator / denominator")),
        TableColumn("note", pick(language, "Lưu ý", "Note")),
        TableColumn("source", pick(language, "Nguồn điểm", "Source")),
    ]
    table = html_table(rows, columns, sheet.title.text(language), language)
    listed = [f"({place}) {source}" for source, place in numbers.items()]
    return table + display.paragraphs([*listed, _in_force(sheet, study)], "note")


def _in_force(sheet: ScoreSheet, study: Study) -> str:
    """Say since when a sheet is in force, where it comes from, and how sure its classes are."""
    language = study.language
    last = "" if sheet.valid_to is None else pick(language, " đến ", " to ") + day(sheet.valid_to, language)
    classes = ", ".join(f"{entry.text(language)} ≥ {entry.lower}" for entry in sheet.classes[:-1])
    sure = say.confirmed(sheet.classes_confirmed, language).lower()
    return pick(
        language,
        f"Hiệu lực từ {day(sheet.valid_from, language)}{last}. {sheet.source}. Xếp loại: {classes} "
        f"(đã xác nhận: {sure}; {sheet.classes_source}).",
        f"In force from {day(sheet.valid_from, language)}{last}. {sheet.source}. Classes: {classes} "
        f"(confirmed: {sure}; {sheet.classes_source}).",
    )


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return say.definitions(study.language)
