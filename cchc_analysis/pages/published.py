"""Blocks of the published page: what may leave the office. They read nothing but figures that were released."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display
from cchc_analysis.disclosure import THRESHOLD
from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing, number, share
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import FORM_COLUMNS
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP
from cchc_analysis.pages.fractions import in_words
from cchc_analysis.pages.labels import labelled
from cchc_analysis.released_figures import figures_csv, figures_of, figures_table
from cchc_analysis.study import Study
from cchc_analysis.study_release import ANY, published, release, release_survey
from cchc_analysis.tables import HIDDEN, TableColumn, html_table
from cchc_analysis.wording import pick, plural, word

_SHARES = ("digitisation", "online_share", "cashless")


@dataclass(frozen=True)
class Release:
    """What may be published of a study: `figures` as study_release.release makes them, `survey` as release_survey."""

    study: Study
    figures: pd.DataFrame
    survey: pd.DataFrame

    def csv(self) -> bytes:
        """Return all figures of all units as CSV: FIGURE_COLUMNS, `n` empty and `hidden` 1 where one is hidden."""
        return figures_csv(self.figures)

    def of(self, method: str, by: str = ANY) -> pd.DataFrame:
        """Return the released figures of the unit, or by "unit" of every unit (see study_release.published)."""
        return published(self.figures, method, self.study.unit, by)


def release_of(study: Study, earlier: str = "") -> Release:
    """Return what may be published of the period: decided for all units together, the same on the page of each.

    `earlier`: the site published before, whose figures must not tell hidden ones together with these; "" for none.
    """
    whole = study if study.is_whole else study.of_unit("all")
    told = figures_of(earlier) if earlier else b""
    before = figures_table(told) if told else None
    name = f"release of {study.period.label} after {hashlib.sha256(told).hexdigest()}"
    return Release(
        study,
        study.in_common(name, lambda: release(whole, before)),
        study.in_common(f"{name}: survey", lambda: release_survey(whole)),
    )


def cached_release(study: Study, earlier: str = "") -> Callable[[], Release]:
    """Return a function that gives the release of a study, made when it is first asked for."""
    return cache(partial(release_of, study, earlier))


def summary(released: Release) -> HTML:
    """Show what there was to handle, how much of it in time, and what the page leaves out."""
    language = released.study.language
    told = told_of(released)
    lead = pick(language, "Kết quả", "Result")
    rule = pick(language, "Số nhỏ", "Small counts")
    return display.html(display.answers([(lead, told), (rule, [rule_of_hiding(released)])]))


def told_of(released: Release) -> list[str]:
    """Say of the unit what there was to handle, and how much of it was in time."""
    language = released.study.language
    return [_workload(released.of("form_06a"), language), _punctuality(released.of("on_time"), language)]


def rule_of_hiding(released: Release) -> str:
    """Say which counts are hidden, and how many of this page's unit are."""
    language, study = released.study.language, released.study
    own = released.figures[released.figures["unit"] == study.unit]
    n, of = number(int(own["hidden"].sum()), language), number(len(own), language)
    return pick(
        language,
        f"Số hồ sơ từ 1 đến {THRESHOLD - 1} không được công bố; một số số liệu khác cũng được ẩn để không ai tính ngược ra các số đó "
        f"(ghi “{HIDDEN['vi']}”). Số 0 được ghi là 0. Trong bản công bố này {n}/{of} số đếm của {study.unit_name()} được ẩn.",
        f"Counts from 1 to {THRESHOLD - 1} are not published; others are hidden with them so that nobody can compute them back (written "
        f"“{HIDDEN['en']}”). A 0 is written as 0. In this edition {n} of {of} counts of {study.unit_name()} are hidden.",
    )


def _told(value: Any, language: Language) -> str:
    return HIDDEN[language] if is_missing(value) else number(value, language)


def _workload(form: pd.DataFrame, language: Language) -> str:
    if not len(form):
        return pick(language, "Trong kỳ không có hồ sơ nào.", "There was no dossier in the period.")
    row = first_row(form)
    n = {name: _told(row[name], language) for name in FORM_COLUMNS}
    return pick(
        language,
        f"Phải giải quyết {n['received']} hồ sơ, đã giải quyết {n['resolved']}, còn {n['pending']} đang giải quyết "
        f"(quá hạn: {n['pending_overdue']}).",
        f"To handle: {n['received']} dossiers; resolved: {n['resolved']}; pending: {n['pending']} (overdue: {n['pending_overdue']}).",
    )


def _punctuality(on_time: pd.DataFrame, language: Language) -> str:
    if not len(on_time):
        return ""
    row = first_row(on_time)
    if row["suppressed"]:
        return pick(
            language,
            "Tỷ lệ đúng hạn không được công bố vì suy ra được số hồ sơ quá ít.",
            "The on-time share is not published: it would tell a count that is too small.",
        )
    if pd.isna(row["value"]):
        return pick(language, "Không có hồ sơ nào được giải quyết.", "No dossier was resolved.")
    counts = f"{number(int(row['numerator']), language)}/{number(int(row['denominator']), language)}"
    return pick(
        language,
        f"Trước và đúng hạn theo biểu II.06a: {share(row['value'], language)} ({counts} hồ sơ đã giải quyết).",
        f"Early or on time by form II.06a: {share(row['value'], language)} ({counts} resolved dossiers).",
    )


def _with_hidden(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Add `…_hidden` for counts: what is missing among them is hidden."""
    return rows.assign(**{f"{name}_hidden": rows[name].isna() for name in names})


def _named(released: Release, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    return labelled(released.study, rows.rename(columns={"key": by}), by)


def form_table(released: Release, by: str) -> HTML:
    """Show form II.06a by field or channel, hidden counts marked, with its total."""
    language = released.study.language
    title = display.section(pick(language, "Tiếp nhận và giải quyết hồ sơ", "Dossiers received and resolved"))
    rows, whole = released.of("form_06a", by), released.of("form_06a")
    if not len(whole):
        return display.html(title + display.paragraphs([_workload(whole, language)]))
    counts = rows[list(FORM_COLUMNS)]
    listed = rows[counts.isna().any(axis=1) | (counts.fillna(0) != 0).any(axis=1)]
    rows = _with_hidden(_named(released, listed, by), FORM_COLUMNS)
    total = {**first_row(_with_hidden(whole, FORM_COLUMNS)), "label": word("total", language)}
    columns = [TableColumn("label", word(by, language))]
    names = iter(FORM_COLUMNS)
    for group, size in (("received", 4), ("resolved", 4), ("pending", 3)):
        for place in range(size):
            name = next(names)
            header = word("total" if place == 0 else name, language)
            columns.append(TableColumn(name, header, "count", group=word(group, language), hidden=f"{name}_hidden"))
    caption = pick(
        language,
        f"Các cột 3–13 của biểu II.06a theo {word(by, language).lower()}, đơn vị tính: hồ sơ",
        f"Columns 3–13 of form II.06a by {word(by, language).lower()}, in dossiers",
    )
    note = pick(
        language,
        "Nhóm mà mọi cột đều là 0 không được liệt kê.",
        "Groups with 0 in every column are not listed.",
    )
    return display.html(title + html_table(rows, columns, caption, language, total, note=note))


def on_time(released: Release, by: str) -> HTML:
    """Show the on-time share by unit or field, then by month. Groups and months without resolved dossiers are not listed."""
    language = released.study.language
    title = display.section(pick(language, "Tỷ lệ trước và đúng hạn", "Early or on time"))
    every = released.of("on_time", by)
    rows = _named(released, every[every["suppressed"] | (every["denominator"] > 0).fillna(True)], by)
    series = released.of("on_time", "month").rename(columns={"key": "label"})
    months = series[series["suppressed"] | (series["denominator"] > 0).fillna(True)]
    parts = [
        _share_table(released, rows, by),
        _share_figure(released, rows, by),
        _share_table(released, months, "month"),
    ]
    return display.html(title + "".join(parts))


def _share_columns(first: str, language: Language) -> list[TableColumn]:
    return [
        TableColumn("label", first),
        TableColumn("numerator", pick(language, "Tử số", "Count"), "count", hidden="numerator_hidden"),
        TableColumn("denominator", pick(language, "Mẫu số", "Out of"), "count", hidden="denominator_hidden"),
        TableColumn(
            "value", pick(language, "Tỷ lệ", "Share"), "share", lower="lower", upper="upper", hidden="suppressed"
        ),
    ]


def _share_table(released: Release, rows: pd.DataFrame, by: str) -> str:
    language = released.study.language
    caption = pick(
        language,
        f"Hồ sơ giải quyết trước và đúng hạn (tử số) trên hồ sơ đã giải quyết (mẫu số) theo {word(by, language).lower()}; "
        "trong ngoặc: khoảng tin cậy 95%",
        f"Dossiers resolved early or on time (count) of those resolved (out of) by {word(by, language).lower()}; in brackets: 95% interval",
    )
    told = _with_hidden(rows, ("numerator", "denominator"))
    return html_table(told, _share_columns(word(by, language), language), caption, language)


def _share_figure(released: Release, rows: pd.DataFrame, by: str) -> str:
    """Draw the shares that are not hidden, the overall one as a line; nothing where there are fewer than two."""
    language = released.study.language
    known = rows[rows["value"].notna()].reset_index(drop=True)
    if len(known) < 2:
        return ""
    whole = first_row(released.of("on_time"))["value"]
    ordered = records(known.sort_values("value", kind="stable"))
    low, high = ordered[0], ordered[-1]
    ends = [share(row["value"], language) for row in (low, high)]
    finding = pick(
        language,
        f"Từ {ends[0]} ({low['label']}) đến {ends[1]} ({high['label']})",
        f"From {ends[0]} ({low['label']}) to {ends[1]} ({high['label']})",
    )
    if ends[0] == ends[1]:
        finding = pick(
            language, f"Mọi dòng được công bố đều đạt {ends[0]}", f"Every row that is published has {ends[0]}"
        )
    n_hidden = int(rows["suppressed"].sum())
    description = pick(
        language,
        f"Tỷ lệ đúng hạn theo {word(by, language).lower()}; thanh ngang: khoảng tin cậy 95%. Đây không phải bảng xếp hạng. Không vẽ {n_hidden} dòng được ẩn.",
        f"On-time share by {word(by, language).lower()}; bars: 95% intervals. This is no ranking. {plural(n_hidden, 'hidden row')} not drawn.",
    )
    figure = charts.processing_time.share_by_group(known, known["label"].tolist(), whole, language)
    return display.figure_block(figure, finding, description)


def shares(released: Release, by: str) -> HTML:
    """Show the shares of digitisation, online service and online payment, and each by unit or field."""
    language = released.study.language
    title = display.section(pick(language, "Số hóa, trực tuyến, thanh toán", "Digitisation, online service, payment"))
    rows = in_words(pd.concat([released.of(name) for name in _SHARES], ignore_index=True), language)
    first = _share_columns(pick(language, "Chỉ số", "Indicator"), language)
    columns = [
        first[0],
        TableColumn("over", pick(language, "Tử số là", "Numerator")),
        first[1],
        TableColumn("under", pick(language, "Mẫu số là", "Denominator")),
        *first[2:],
    ]
    caption = pick(language, "Các tỷ lệ của kỳ", "Shares of the period")
    table = html_table(_with_hidden(rows, ("numerator", "denominator")), columns, caption, language)
    return display.html(title + table + _by_group(released, by))


def _by_group(released: Release, by: str) -> str:
    """Write one table with every share by unit or field, values only: their counts are in the file beside the page."""
    language = released.study.language
    tables = [released.of(name, by) for name in _SHARES]
    told = pd.concat([table[["key", "measure", "value", "suppressed"]] for table in tables], ignore_index=True)
    if not len(told):
        return ""
    names = list(dict.fromkeys(told["measure"]))
    cells = told.set_index(["key", "measure"])
    wide = cells["value"].unstack("measure").astype(float)  # noqa: PD010 (one row per cell)
    hidden = cells["suppressed"].unstack("measure").fillna(False).astype(bool)  # noqa: PD010
    rows = wide.join(hidden.add_suffix("_hidden")).reset_index()
    words = {row["measure"]: row["label"] for row in records(in_words(told.drop_duplicates("measure"), language))}
    columns = [TableColumn("label", word(by, language))]
    columns += [TableColumn(name, words[name], "share", hidden=f"{name}_hidden") for name in names]
    caption = pick(
        language, f"Các tỷ lệ theo {word(by, language).lower()}", f"The shares by {word(by, language).lower()}"
    )
    return html_table(_named(released, rows, by), columns, caption, language)


def satisfaction(released: Release) -> HTML:
    """Show the overall satisfaction of the unit, for the whole that of every unit; groups of few forms are hidden."""
    language, study = released.study.language, released.study
    rows = released.survey
    if not study.is_whole:
        rows = rows[rows["unit"].isin(["all", study.unit])]
    if not len(rows):
        return display.html("")
    names = rows["unit"].map(lambda unit: study.unit_name(unit) if unit else word("not_stated", language))
    table = rows.assign(label=names, n_forms_hidden=rows["suppressed"])
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("n_forms", pick(language, "Số phiếu", "Forms"), "count", hidden="n_forms_hidden"),
        TableColumn(
            *("value", pick(language, "Hài lòng", "Satisfied"), "share"),
            lower="lower",
            upper="upper",
            hidden="suppressed",
        ),
    ]
    caption = pick(
        language,
        "Tỷ lệ hài lòng chung (có trọng số; trong ngoặc: khoảng tin cậy 95%)",
        "Overall satisfaction (weighted; in brackets: 95% interval)",
    )
    note = pick(
        language,
        f"Nhóm dưới {SMALLEST_GROUP} phiếu không được công bố, và nhóm khác được ẩn cùng để không tính ngược ra được.",
        f"Groups of fewer than {SMALLEST_GROUP} forms are not published, and others are hidden with them so that they cannot be computed back.",
    )
    title = pick(language, "Mức độ hài lòng", "Satisfaction")
    return display.html(display.section(title) + html_table(table, columns, caption, language, note=note))


def terms_used(released: Release) -> list[tuple[str, str]]:
    """Return the definitions of the page."""
    language = released.study.language
    return [
        (
            pick(language, "Ẩn số nhỏ", "Hiding"),
            pick(
                language,
                f"Ai biết mọi số trong các trang công bố của kỳ và biết rằng tổng bằng các phần cộng lại, cũng chỉ biết một số được ẩn nằm trong khoảng rộng ít nhất {THRESHOLD} hồ sơ.",
                f"Whoever knows every figure of the published pages of the period, and that totals are sums, knows of a hidden count only a range at least {THRESHOLD} dossiers wide.",
            ),
        ),
        (
            pick(language, "Đúng hạn", "On time"),
            pick(
                language,
                "Theo biểu II.06a: hồ sơ rút, trả lại và không có hạn trả được tính là đúng hạn; mẫu số là hồ sơ đã giải quyết trong kỳ.",
                "By form II.06a: withdrawn dossiers and those without due date count as on time; out of the dossiers resolved in the period.",
            ),
        ),
    ]
