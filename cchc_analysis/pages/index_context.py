"""Blocks of the page of indices that look beyond the sheets: figures of the data beside scores, published series."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, wording
from cchc_analysis.formats import is_missing, number, share, signed
from cchc_analysis.frames import records
from cchc_analysis.index_tables import PublishedIndices, load_published_indices
from cchc_analysis.pages.labels import labelled
from cchc_analysis.study import Study
from cchc_analysis.study_indices import DEFAULT_INDEX, Index
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.indices
ENOUGH_FOR_A_LINE = 3
"""Values a series needs to be drawn."""

INDEX_ORDER = ("par_index", "sipas", "papi", "pci")


def series_name(study: Study, published: PublishedIndices, row: Mapping[str, Any]) -> str:
    """Name a series: the index, its dimension where it has one, and the place."""
    language, place, dimension = study.language, row["place"], row["dimension"]
    series = published.find(row["index"], dimension, place)
    if series is not None and series.dimension_name is not None:
        dimension = series.dimension_name.text(language)
    known = place in published.places
    where = published.place_name(place, language) if known else study.registry.name(place, language)
    return ", ".join(part for part in (row["index"].replace("_", " ").upper(), dimension, where) if part)


def in_index_order(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table of indices in the order in which plans name them."""
    place = {name: at for at, name in enumerate(INDEX_ORDER)}
    return sorted(records(table), key=lambda row: place.get(row["index"], len(place)))


def measured(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show the scores beside the shares of the period that belong to their field or criterion, office by office."""
    language = study.language
    title = pick(language, "Điểm tự chấm bên cạnh số liệu", "Self-scores beside the figures")
    rows = study.self_against_measures(index)
    told = pick(
        language,
        "Tỷ lệ tính từ hồ sơ và sổ theo dõi của kỳ này, đặt cạnh điểm tự chấm để đối chiếu. Chỉ khi bảng tiêu chí ghi rõ "
        "chỉ số và điểm tối đa mới quy ra điểm; chênh lệch được nêu, không sửa.",
        "Shares of dossiers and registers of this period beside the self-scores. Points are drawn from a share only where the "
        "sheet names both share and maximum; differences are listed, not corrected.",
    )
    if not len(rows):
        nothing = pick(language, "Chưa có điểm nào để đặt cạnh số liệu.", "There is no score to stand beside.")
        return display.html(display.section(title, told, nothing))
    tables = "".join(_beside(study, code, own) for code, own in rows.groupby("criterion", sort=True))
    return display.html(display.section(title, told) + tables)


def _beside(study: Study, code: object, own: pd.DataFrame) -> str:
    """Write the table of one field or criterion: an office per row, a share per column."""
    language = study.language
    wide = own.drop_duplicates("unit")[["unit", "self_score", "points", "expected", "difference"]]
    rows = wide.assign(score=[_score(row, language) for row in records(wide)])
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("score", pick(language, "Điểm tự chấm", "Self-score")),
    ]
    if own["expected"].notna().any():
        rows["expected_said"] = [say.points(value, language) for value in rows["expected"]]
        rows["gap"] = ["–" if is_missing(gap) else signed(gap, language, 2) for gap in rows["difference"]]
        columns.append(TableColumn("expected_said", pick(language, "Điểm theo số liệu", "Points by the figures")))
        columns.append(TableColumn("gap", pick(language, "Tự chấm − theo số liệu", "Self − by figures")))
    for name in dict.fromkeys(own["measure"]):
        shares = {row["unit"]: _share(row, language) for row in records(own[own["measure"] == name])}
        rows[name] = rows["unit"].map(shares)
        columns.append(TableColumn(name, say.named(say.MEASURES, name, language)))
    caption = pick(
        language,
        f"Số liệu bên cạnh {say.criterion(str(code), 'vi')}",
        f"Figures beside {say.criterion(str(code), 'en')}",
    )
    return html_table(labelled(study, rows, "unit"), columns, caption, language)


def _score(row: Mapping[str, Any], language: Any) -> str:
    score = say.points(row["self_score"], language)
    return score if is_missing(row["points"]) else f"{score}/{say.points(row['points'], language)}"


def _share(row: Mapping[str, Any], language: Any) -> str:
    if is_missing(row["value"]):
        return pick(language, "không có số liệu", "no figures")
    counts = f"{number(row['numerator'], language)}/{number(row['denominator'], language)}"
    return f"{share(row['value'], language)} ({counts})"


def series(study: Study) -> HTML:
    """Show the published indices and those taken in: lines broken where the method changed, and every value with its
    source."""
    return display.html(study.in_common(f"series of indices, {study.year}", lambda: _series(study)))


def _series(study: Study) -> str:
    """Write the series, which are of places and so the same on the pages of all units."""
    language, published = study.language, load_published_indices()
    table = study.index_series()
    panels = []
    for row in in_index_order(table.drop_duplicates(["index", "dimension", "place"])):
        own = _same(table, row)
        drawn = own[own["value"].notna()]
        name = series_name(study, published, row)
        if len(drawn) >= ENOUGH_FOR_A_LINE:
            panels.append((name, drawn))
    broken = [
        say.break_sentence(name, [int(year) for year in own.loc[own["break_before"], "year"]], language)
        for name, own in panels
        if own["break_before"].any()
    ]
    later = [say.later_sentence(study.year, language)] if (table["year"] > study.year).any() else []
    notes = [entry.note.text(language) for entry in published.indices if entry.note is not None]
    notes += [
        f"{series_name(study, published, entry.model_dump())}: {entry.note.text(language)}"
        for entry in published.series
        if entry.note is not None
    ]
    title = pick(
        language, "Chuỗi chỉ số: PAR INDEX, SIPAS, PAPI, PCI", "Series of indices: PAR INDEX, SIPAS, PAPI, PCI"
    )
    head = display.section(title, *later)
    return (
        head + _figure(panels, broken, language) + _values(study, published, table) + display.paragraphs(notes, "note")
    )


def _same(table: pd.DataFrame, row: Mapping[str, Any]) -> pd.DataFrame:
    own = table
    for name in ("index", "dimension", "place"):
        own = own[own[name] == row[name]]
    return own


def _figure(panels: list[tuple[str, pd.DataFrame]], broken: list[str], language: Any) -> str:
    if not panels:
        return ""
    n = sum(bool(own["break_before"].any()) for _, own in panels)
    finding = pick(
        language,
        f"{n}/{len(panels)} chuỗi có chỗ ngắt: giá trị hai bên không so được với nhau",
        f"{n} of {len(panels)} series are broken: values on both sides cannot be compared",
    )
    description = pick(
        language,
        "Mỗi khung một chuỗi theo năm, trục đứng không bắt đầu từ 0. Đường đứt khúc ở năm đổi cách tính, có vạch đứng và chữ đánh dấu. Điểm rỗng là giá trị nhớ lại, cần đối chiếu.",
        "One panel for each series, by year; the axes do not begin at 0. The line is broken where the method changed, marked by a rule and words. Hollow points are from memory and to be checked.",
    )
    figure = charts.index_series.index_series(panels, language)
    return display.figure_block(figure, finding, description) + (display.paragraphs(broken) if broken else "")


def _values(study: Study, published: PublishedIndices, table: pd.DataFrame) -> str:
    language = study.language
    rows = pd.DataFrame(
        [
            {
                "label": series_name(study, published, row),
                "year": f"{row['year']}{'*' if row['year'] > study.year else ''}",
                "stands": say.standing(row["value"], row["rank"], language),
                "gap": _gap(row, language),
                "sure": say.named(say.CONFIDENCE, row["confidence"], language),
                "source": _source(row["source"]),
            }
            for row in in_index_order(table)
        ]
    )
    columns = [
        TableColumn("label", pick(language, "Chỉ số", "Index")),
        TableColumn("year", pick(language, "Năm", "Year")),
        TableColumn("stands", pick(language, "Giá trị (hạng)", "Value (rank)")),
        TableColumn("gap", pick(language, "So với năm trước", "Against the year before")),
        TableColumn("sure", pick(language, "Độ tin cậy", "How sure")),
        TableColumn("source", pick(language, "Nguồn", "Source")),
    ]
    caption = pick(language, "Giá trị công bố, theo năm", "Published values by year")
    starred = pick(language, f"* Sau năm báo cáo {study.year}.", f"* After the report's year {study.year}.")
    return html_table(rows, columns, caption, language, note=starred if (table["year"] > study.year).any() else "")


def _gap(row: Mapping[str, Any], language: Any) -> str:
    if row["break_before"]:
        broken = say.named(say.BREAKS, row["break_reason"], language)
        return pick(language, f"{broken}, không so sánh", f"{broken}, not compared")
    if not is_missing(row["difference"]):
        return signed(row["difference"], language, 2)
    if not is_missing(row["rank_difference"]):
        moved = int(row["rank_difference"])
        n = abs(moved)
        words = ("giữ nguyên hạng", "same rank") if not n else _ranks(n, better=moved < 0)
        return pick(language, *words)
    return "–"


def _ranks(n: int, *, better: bool) -> tuple[str, str]:
    return (f"lên {n} hạng", f"up by {n}") if better else (f"xuống {n} hạng", f"down by {n}")


def _source(source: Any) -> str:
    """Write the host of an address, or the words of another source."""
    if is_missing(source):
        return ""
    host = urlsplit(str(source)).netloc.removeprefix("www.")
    return host or str(source)
