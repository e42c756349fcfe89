"""Block on units over time: which unit of today carries whose tasks, with the sums that prove it."""

from datetime import timedelta

import pandas as pd
from IPython.display import HTML

from cchc_analysis import display
from cchc_analysis.formats import is_missing, number
from cchc_analysis.frames import records
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import crosswalk as say
from cchc_analysis.wording import pick, word


def crosswalk(study: Study) -> HTML:
    """Show old and new units with their dossiers where units changed inside the series, or where rows are told under
    other units than the files name; nothing elsewhere."""
    table = study.crosswalk() if _concerns(study) else pd.DataFrame()
    gone = study.dissolved_units() if _concerns(study) else pd.DataFrame()
    if not len(table) and not len(gone):
        return display.html("")
    title = pick(study.language, "Đơn vị hành chính trước và sau sắp xếp", "Units before and after the merger")
    names = [study.unit_name(unit) for unit in gone["unit"]] if len(gone) else []
    sentences = [*_sentences(study, table), say.dissolved(names, study.language)]
    block = display.section(title, *(sentence for sentence in sentences if sentence))
    return display.html(block + (_table(study, table) if len(table) else ""))


def _concerns(study: Study) -> bool:
    """Whether units of the table ended inside the series, or rows were moved."""
    if study.warehouse.moved:
        return True
    begins = study.months()[0].start - timedelta(days=1)
    ended = (unit.valid_to for unit in study.registry.table if unit.valid_to is not None)
    return any(begins <= last < study.as_of.date() for last in ended)


def _sentences(study: Study, table: pd.DataFrame) -> list[str]:
    language, old = study.language, table[table["old"] != table["new"]] if len(table) else table
    if not len(old):
        return []
    return [
        say.lead(old["old"].nunique(), old["new"].nunique(), old["from_on"].iloc[0], language),
        *_districts(study),
        say.reading(study.units_on, language),
        say.sums(table, language),
        say.handed_over(table, study.as_of.date(), language),
        say.recorded_after(table, language),
    ]


def _districts(study: Study) -> list[str]:
    """Name the cities that are no more by the last day known, or by the day of the units."""
    on = study.units_on or study.as_of.date()
    gone = [study.registry.unit(unit) for unit in study.registry.dissolved(on) if study.registry.tier(unit) == "city"]
    return [
        say.no_districts(study.registry.name(unit.unit_id, study.language), unit.valid_to, study.language)
        for unit in gone
        if unit.valid_to is not None
    ]


def _table(study: Study, table: pd.DataFrame) -> str:
    language = study.language
    columns = [
        TableColumn("label", pick(language, "Đơn vị mới", "New unit")),
        TableColumn("former", pick(language, "Trong tệp ghi là", "Named in the files as")),
        TableColumn("n", word("n", language), "count"),
        TableColumn("handed", pick(language, "Đang giải quyết khi bàn giao", "Open when handed over")),
        TableColumn("open", pick(language, "Đến nay chưa giải quyết", "Still open")),
    ]
    caption = pick(
        language,
        "Hồ sơ đã tiếp nhận theo đơn vị mới và đơn vị ghi trong tệp (dòng cộng được đếm riêng theo đơn vị mới)",
        "Dossiers received by new unit and by the unit in the files (sums are counted on their own by new unit)",
    )
    return html_table(pd.DataFrame(_rows(study, table)), columns, caption, language)


def _rows(study: Study, table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of each new unit, then its sum."""
    language, rows = study.language, []
    for new, part in table.groupby("new", sort=False):
        name = study.unit_name(str(new))
        for row in records(part):
            own = row["old"] == row["new"]
            former = pick(language, "chính đơn vị mới", "the new unit itself") if own else _dated(study, row["old"])
            handed, still = ("–" if own else _count(row[column], study) for column in ("n_handed_over", "n_open"))
            rows.append({"label": name, "former": former, "n": row["n"], "handed": handed, "open": still})
        total = {"label": name, "former": word("total", language), "n": part["n_total"].iloc[0]}
        rows.append({**total, "handed": "", "open": ""})
    return rows


def _dated(study: Study, unit: str) -> str:
    """Name a former unit with its last day, since a new one may have its name."""
    last = study.registry.unit(unit).valid_to
    name = study.registry.name(unit, study.language)
    return name if last is None else f"{name} ({say.until(last, study.language)})"


def _count(value: object, study: Study) -> str:
    """Write a count; one that is not known yet in words."""
    if is_missing(value):
        return pick(study.language, "chưa đến ngày", "not yet")
    return number(value, study.language)
