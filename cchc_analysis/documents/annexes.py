"""Annexes of the report: the official forms in force, row by row as their workbooks have them."""

from cchc_analysis.documents.blocks import Annex, Table
from cchc_analysis.documents.facts import Facts
from cchc_analysis.documents.general import has_dossiers
from cchc_analysis.errors import Language
from cchc_analysis.formats import number, share
from cchc_analysis.forms import FigureTables, FilledForm, Form, FormRow, fill_form
from cchc_analysis.forms.filling import BANDS
from cchc_analysis.forms.model import Column

ANNEXED = ("ii-06a", "ii-06b", "digitisation")
"""Codes of the forms that a report carries, as far as they are in force and made for its unit."""

UNTOLD = "–"
"""What a form shows where a figure is not told; its notes say why."""


def annexes(facts: Facts) -> tuple[Annex, ...]:
    """Return the forms that stand on paper of their own, across."""
    study = facts.study
    if not has_dossiers(study):
        return ()
    tables, scope = FigureTables(study), "whole" if study.is_whole else "unit"
    known = [tables.forms[code] for code in ANNEXED if code in tables.forms]
    wanted = [form for form in known if scope in form.scopes]
    return tuple(annex_of(fill_form(form, study, tables=tables)) for form in wanted)


def annex_of(filled: FilledForm) -> Annex:
    """Return a filled form as an annex: its title, its table with the numbers of the columns, its notes."""
    form, language = filled.form, filled.language
    leaves = form.leaves()
    table = Table(
        caption=f"{form.number.text(language)}, {filled.period_text} {filled.dates_text}. {form.counts.text(language)}",
        heads=tuple(tuple(_heading(column, language) for column in path) for path in form.paths()),
        is_text=tuple(column.show in ("order", "label") for column in leaves),
        lines=_lines(filled),
        total=_line(form, filled.total, "", language),
        numbering=form.numbering(),
        notes=filled.notes,
        widths=tuple(column.width for column in leaves),
    )
    return Annex(form.title.text(language), (table,), landscape=True)


def _heading(column: Column, language: Language) -> str:
    remark = f" {column.remark.text(language)}" if column.remark else ""
    return f"{column.heading.text(language)}{remark}"


def _lines(filled: FilledForm) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a form under their bands, numbered through."""
    lines: list[tuple[str, ...]] = []
    banded, band = filled.form.rows == "unit" and len(filled.rows) > 1, ""
    for place, row in enumerate(filled.rows, 1):
        if banded and (row.band != band or place == 1):
            band = row.band
            lines.append((BANDS[band].text(filled.language),))
        lines.append(_line(filled.form, row, str(place), filled.language))
    return tuple(lines)


def _line(form: Form, row: FormRow, order: str, language: Language) -> tuple[str, ...]:
    return tuple(_cell(column, row, order, language) for column in form.leaves())


def _cell(column: Column, row: FormRow, order: str, language: Language) -> str:
    if column.show in ("order", "label"):
        return order if column.show == "order" else row.label
    value = row.value(column)
    if value is None:
        return UNTOLD
    return share(value, language) if column.show == "share" else number(value, language)
