"""A form with its numbers: rows under their bands, the total, the notes, and the proof that everything adds up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cchc_analysis.entries import Text
from cchc_analysis.errors import CountingError, Language, ParameterError
from cchc_analysis.formats import day, is_missing, number
from cchc_analysis.forms.figures import figure_table, reason_of
from cchc_analysis.forms.model import Column, Form, Identity, Scope, form_on, forms_on
from cchc_analysis.frames import records
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.study import ALL_UNITS, Study
from cchc_analysis.text import vietnamese_order

Value = int | float | None

BANDS = {
    "province": Text(vi="Sở ban ngành", en="Provincial departments"),
    "district": Text(vi="Huyện, thị xã, thành phố", en="Districts and cities"),
    "commune": Text(vi="Xã, phường, thị trấn", en="Communes and wards"),
    "": Text(vi="Đơn vị khác", en="Other units"),
}
"""Bands of a form by unit, in their order; departments of a city stand with the city."""

NO_FIELD = Text(vi="(không ghi lĩnh vực)", en="(field not stated)")
NO_UNIT = Text(vi="(không ghi đơn vị)", en="(unit not stated)")
TOTAL = Text(vi="Tổng số", en="Total")
SYNTHETIC = Text(vi="Dữ liệu giả lập, không phải số liệu thật.", en="Synthetic data, no real figures.")


@dataclass(frozen=True)
class FormRow:
    """A row of a form: its label, the figures of it by name (None = not told), and the band it stands in."""

    label: str
    figures: Mapping[str, int | None]
    band: str = ""

    def value(self, column: Column) -> Value:
        """Return what stands in a column of this row; a share of nothing is None."""
        if column.figure is not None:
            return self.figures.get(column.figure)
        if column.share is None:
            return None
        over, under = (self.figures.get(name) for name in column.share)
        return None if over is None or not under else over / under


@dataclass(frozen=True)
class FilledForm:
    """A form of a unit for a period, with everything its workbook shows.

    `period_text` and `dates_text` are the lines under the title, `as_of` the day up to which the data speak.
    """

    form: Form
    unit: str
    unit_name: str
    period_text: str
    dates_text: str
    as_of: date
    rows: tuple[FormRow, ...]
    total: FormRow
    notes: tuple[str, ...]
    language: Language


class FigureTables:
    """The forms in force and the figures of a study, each asked for once: the forms of many units start from it."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.forms = forms_on(study.period.end)
        self._kept: dict[tuple[object, ...], pd.DataFrame] = {}

    def form(self, code: str) -> Form:
        """Return the form of a code in force at the end of the period (see model.form_on)."""
        return self.forms[code] if code in self.forms else form_on(code, self.study.period.end)

    def is_for(self, code: str, unit: str) -> bool:
        """Tell whether a form is made for a unit, or for the whole where that is asked for."""
        return scope_of(unit) in self.form(code).scopes

    def table(self, form: Form, by: tuple[str, ...]) -> pd.DataFrame:
        """Return the figures of a form by these groups (see figures.figure_table)."""
        starts = tuple(sorted((form.starts or {}).items()))
        key = (form.figures(), starts, by)
        if key not in self._kept:
            self._kept[key] = figure_table(self.study, form.figures(), by, form.starts)
        return self._kept[key]


def fill_form(form: Form, study: Study, unit: str = "", tables: FigureTables | None = None) -> FilledForm:
    """Return a form filled from a study, for its unit or, where the study is of the whole, for one unit of it.

    `tables`: figures of the same study that other forms have asked for already. Raises ParameterError where the form is
    not made for a single unit, CountingError where an identity breaks, naming form, unit, row and numbers.
    """
    wanted = unit or study.unit
    if scope_of(wanted) not in form.scopes:
        raise ParameterError(
            f"Form {form.code!r} is made for the whole only. Leave the unit out, or choose another form.",
            f"Biểu {form.code!r} chỉ lập cho toàn bộ các đơn vị. Hãy bỏ tên đơn vị hoặc chọn biểu khác.",
        )
    figures = tables or FigureTables(study)
    rows, total = _rows(form, figures, wanted), _total(form, figures, wanted)
    filled = FilledForm(
        form=form,
        unit=wanted,
        unit_name=study.unit_name(wanted),
        period_text=study.period.title(study.language),
        dates_text=dates_text(study.period, study.language),
        as_of=study.as_of.date(),
        rows=rows,
        total=total,
        notes=_notes(form, study, [*rows, total]),
        language=study.language,
    )
    check_form(filled)
    return filled


def scope_of(unit: str) -> Scope:
    """Return whether a form of this unit is one of the whole or of a single unit.

    >>> scope_of("all"), scope_of("phuong-1")
    ('whole', 'unit')
    """
    return "whole" if unit == ALL_UNITS else "unit"


def dates_text(period: ReportPeriod, language: Language) -> str:
    """Return the line with the first and last day of a period, as forms have it.

    >>> from cchc_analysis.periods import parse_period
    >>> dates_text(parse_period("2023-Q2"), "vi")
    '(Từ ngày 15/03/2023 đến ngày 14/06/2023)'
    """
    first, last = day(period.start, language), day(period.end, language)
    return f"(Từ ngày {first} đến ngày {last})" if language == "vi" else f"(From {first} to {last})"


def _table(form: Form, tables: FigureTables, unit: str, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the figures of a form by these groups, for one unit where the study is of more."""
    alone = unit in (ALL_UNITS, tables.study.unit)
    keys = by if alone or "unit" in by else ("unit", *by)
    table = tables.table(form, keys)
    return table if alone else table[table["unit"] == unit].reset_index(drop=True)


def _counts(row: Mapping[str, object], figures: Iterable[str]) -> dict[str, int | None]:
    return {name: None if is_missing(row[name]) else int(str(row[name])) for name in figures}


def _total(form: Form, tables: FigureTables, unit: str) -> FormRow:
    found = records(_table(form, tables, unit, ()))
    figures = _counts(found[0], form.figures()) if found else dict.fromkeys(form.figures())
    return FormRow(TOTAL.text(tables.study.language), figures)


def _rows(form: Form, tables: FigureTables, unit: str) -> tuple[FormRow, ...]:
    study = tables.study
    table = _table(form, tables, unit, (form.rows,))
    names = form.figures()
    if form.rows == "field":
        rows = [FormRow(row["field"] or NO_FIELD.text(study.language), _counts(row, names)) for row in records(table)]
        # A field with nothing to count in the period is no row of the form.
        told = [row for row in rows if any(row.figures.values())]
        return tuple(sorted(told, key=lambda row: vietnamese_order(row.label)))
    order = {name: place for place, name in enumerate(study.registry.units())}
    bands = list(BANDS)
    found = [(row["unit"], _counts(row, names)) for row in records(table)]
    found.sort(key=lambda row: (bands.index(band_of(study, row[0])), order.get(row[0], len(order)), row[0]))
    unnamed = NO_UNIT.text(study.language)
    return tuple(FormRow(study.unit_name(name) if name else unnamed, n, band_of(study, name)) for name, n in found)


def band_of(study: Study, unit: str) -> str:
    """Return the band of a unit: "province", "district", "commune", "" where its tier is not known."""
    tier = study.registry.tier(unit)
    if tier in ("ward", "commune"):
        return "commune"
    if tier == "department":
        parent = study.registry.parent(unit)
        return "district" if parent and study.registry.tier(parent) == "city" else "province"
    return {"city": "district", "province": "province"}.get(tier or "", "")


def _notes(form: Form, study: Study, rows: Sequence[FormRow]) -> tuple[str, ...]:
    """Return the notes below a form: its own, what is left out of its columns, what cannot be told and why."""
    language, notes = study.language, [entry.text(study.language) for entry in form.notes]
    for identity in form.identities:
        left = identity.left_out
        n = rows[-1].figures.get(left.figure) if left else None
        if left is not None and n:
            notes.append(left.note.text(language).format(n=number(n, language)))
    notes += _dashes(form, rows, language)
    if study.as_of.date() < study.period.end:
        until = day(study.as_of, language)
        notes.append(
            f"Kỳ báo cáo chưa kết thúc: số liệu tính đến hết ngày {until}."
            if language == "vi"
            else f"The period is not over: figures up to the end of {until}."
        )
    notes += [f"{_unconfirmed(language)}{entry.text(language)}" for entry in form.unconfirmed]
    return (*notes, *([SYNTHETIC.text(language)] if study.warehouse.synthetic else []))


def _unconfirmed(language: Language) -> str:
    return "Chưa đối chiếu với văn bản: " if language == "vi" else "Not checked against the text of law: "


def _dashes(form: Form, rows: Sequence[FormRow], language: Language) -> list[str]:
    """Say for the columns with a dash why, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for column, place in zip(form.leaves(), form.numbering(), strict=True):
        if column.needs is not None:
            reasons.setdefault(column.needs.text(language), []).append(place)
        elif column.figure is not None and any(row.value(column) is None for row in rows):
            reasons.setdefault(reason_of(column.figure).text(language), []).append(place)
        elif column.share is not None and any(row.value(column) is None for row in rows):
            why = "không có hồ sơ để tính tỷ lệ" if language == "vi" else "there is no dossier to make a share of"
            reasons.setdefault(why, []).append(place)
    word = ("Dấu “–” ở cột", "nghĩa là") if language == "vi" else ("A dash in column", "means:")
    return [f"{word[0]} {', '.join(places)} {word[1]} {reason}." for reason, places in reasons.items()]


def check_form(filled: FilledForm) -> None:
    """Raise CountingError unless every identity of a form holds in each of its rows and in its total.

    An identity is left out in a row in which one of its figures is not told.
    """
    for row in (*filled.rows, filled.total):
        for identity in filled.form.identities:
            if broken(identity, row.figures):
                raise _does_not_add_up(filled, identity, row)


def broken(identity: Identity, figures: Mapping[str, int | None]) -> bool:
    """Tell whether an identity breaks in a row; False where one of its figures is not told.

    >>> broken(Identity(total="a", parts=("b", "c")), {"a": 3, "b": 1, "c": 1})
    True
    """
    beside = [identity.left_out.figure] if identity.left_out else []
    parts = [figures.get(name) for name in (*identity.parts, *beside)]
    total = figures.get(identity.total)
    told = [part for part in parts if part is not None]
    return total is not None and len(told) == len(parts) and total != sum(told)


def identity_text(form: Form, identity: Identity, language: Language) -> str:
    """Return an identity by the numbers of its columns.

    >>> from cchc_analysis.forms.model import load_form
    >>> form = load_form("ii-06a")
    >>> identity_text(form, form.identities[0], "vi")
    '(3) = (4) + (5) + (6)'
    """
    if identity.text is not None:
        return identity.text.text(language)
    return f"{form.number_of(identity.total)} = {' + '.join(form.number_of(name) for name in identity.parts)}"


def _does_not_add_up(filled: FilledForm, identity: Identity, row: FormRow) -> CountingError:
    beside = [identity.left_out.figure] if identity.left_out else []
    parts = " + ".join(str(row.figures[name]) for name in (*identity.parts, *beside))
    numbers = f"{row.figures[identity.total]} ≠ {parts}"
    en, vi = (identity_text(filled.form, identity, language) for language in ("en", "vi"))
    return CountingError(
        f"{filled.form.number.en} of {filled.unit_name} does not add up: {en} breaks in row {row.label!r} ({numbers}).",
        f"{filled.form.number.vi} của {filled.unit_name} không cân đối: {vi} sai ở dòng “{row.label}” ({numbers}).",
    )
