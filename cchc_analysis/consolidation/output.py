"""A consolidation as a workbook, as text and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from cchc_analysis.consolidation import words
from cchc_analysis.consolidation.consolidated import ACCOUNTS, Consolidation
from cchc_analysis.consolidation.differences import Difference
from cchc_analysis.errors import Language
from cchc_analysis.forms import FilledForm, Form, FormRow
from cchc_analysis.forms.filling import SYNTHETIC, dates_text
from cchc_analysis.forms.model import forms_on
from cchc_analysis.forms.workbook import Book, add_form, n_lines
from cchc_analysis.study import ALL_UNITS, Study

BY_UNIT = "ii-06b"
"""Code of the form that has the same columns with the units as rows."""

_WIDTHS = (20, 24, 24, 20, 7, 7, 11, 11, 60)


def consolidation_workbook(result: Consolidation, study: Study) -> bytes:
    """Return the workbook of a consolidation: the sum by field and by unit, the differences, the accounts of files."""
    language = study.language
    book = Book(datetime.combine(study.as_of.date(), time()), language)
    by_field, by_unit, found, files = _sheet_names(language)
    add_form(book, _filled(result, study, result.form, result.fields), by_field)
    units_form = forms_on(result.period.end).get(BY_UNIT)
    if units_form is not None:
        add_form(book, _filled(result, study, units_form, result.units), by_unit)
    _list_sheet(book, found, *_difference_rows(result, study), _WIDTHS)
    _list_sheet(book, files, *_account_rows(result, study), (34, 30, 30, 11, 11, 11, 11, 11))
    return book.bytes()


def _sheet_names(language: Language) -> tuple[str, str, str, str]:
    if language == "vi":
        return "Tổng hợp theo lĩnh vực", "Tổng hợp theo đơn vị", "Chênh lệch", "Tệp và số dòng"
    return "Sum by field", "Sum by unit", "Differences", "Files and rows"


def _filled(result: Consolidation, study: Study, form: Form, rows: tuple[FormRow, ...]) -> FilledForm:
    """Return the sum as the form it is of; it is as returned, so nothing is asked to add up."""
    language = study.language
    return FilledForm(
        form=form,
        unit=ALL_UNITS,
        unit_name=study.unit_name(ALL_UNITS),
        period_text=study.period.title(language),
        dates_text=dates_text(study.period, language),
        as_of=study.as_of.date(),
        rows=rows,
        total=result.total,
        notes=_notes(result, study),
        language=language,
    )


def _notes(result: Consolidation, study: Study) -> tuple[str, ...]:
    vi = study.language == "vi"
    notes = [
        "Số liệu cộng từ báo cáo của các đơn vị, giữ nguyên như đơn vị đã gửi."
        if vi
        else "Summed from the returns of the units, as they handed them in.",
        words.summary(result, study.language),
    ]
    if result.missing:
        names = "; ".join(study.unit_name(unit) for unit in result.missing)
        notes.append(f"Chưa có báo cáo của: {names}." if vi else f"No return of: {names}.")
    return (*notes, *([SYNTHETIC.text(study.language)] if study.warehouse.synthetic else []))


def _difference_rows(result: Consolidation, study: Study) -> tuple[tuple[str, ...], list[list[Any]]]:
    language = study.language
    headers = (
        ("Đơn vị", "Loại", "Tệp", "Dòng", "Cột", "Ô", "Báo cáo ghi", "Đối chiếu", "Diễn giải")
        if language == "vi"
        else ("Unit", "Kind", "File", "Row", "Column", "Cell", "Return says", "Held against", "In words")
    )
    rows: list[list[Any]] = [
        [
            study.unit_name(one.unit) if one.unit else "",
            words.kind_name(one.kind, language),
            one.file,
            one.label,
            words.column_of(one, result.form),
            one.cell,
            one.stated,
            one.expected,
            words.sentence(one, result.form, language),
        ]
        for one in result.differences
    ]
    return headers, rows


def _account_rows(result: Consolidation, study: Study) -> tuple[tuple[str, ...], list[list[Any]]]:
    language = study.language
    headers = (
        ("Tệp", "Đơn vị", "Kết quả", "Dòng đọc", "Đã cộng", "Loại bỏ", "Trùng", "Bỏ qua")
        if language == "vi"
        else ("File", "Unit", "Result", "Rows read", "Accepted", "Rejected", "Duplicates", "Skipped")
    )
    rows: list[list[Any]] = [
        [
            account.file,
            study.unit_name(account.unit) if account.unit else "",
            words.state_name(account, language),
            *(getattr(account, name) for name in ACCOUNTS),
        ]
        for account in result.accounts
    ]
    total = ["Tổng số" if language == "vi" else "Total", "", "", *result.rows().values()]
    return headers, [*rows, total]


def _list_sheet(
    book: Book, name: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float]
) -> None:
    sheet = book.sheet(name)
    for place, (header, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, header, book.styles["heading"])
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(headers) - 1)
    for at, row in enumerate(rows, start=1):
        sheet.set_row(at, 17 * max(n_lines(str(value), width) for value, width in zip(row, widths, strict=True)))
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(at, place, value, book.styles["count"])
            else:
                sheet.write_string(at, place, value or "", book.styles["label"])


def consolidation_text(result: Consolidation, study: Study) -> str:
    """Return a consolidation as lines: the sum, the units that lack, the rows, and each difference in words."""
    language, vi = study.language, study.language == "vi"
    rows = result.rows()
    labels = ("đọc", "đã cộng", "loại bỏ", "trùng", "bỏ qua") if vi else ACCOUNTS
    counted = ", ".join(
        f"{label} {words.shown(rows[name], language)}" for label, name in zip(labels, ACCOUNTS, strict=True)
    )
    figures = ", ".join(
        f"{result.form.number_of(name)} {words.shown(value, language)}" for name, value in result.total.figures.items()
    )
    head = [
        f"{result.form.number.text(language)}, {study.period.title(language)} ({study.period.dates_text(language)})",
        words.summary(result, language),
        f"{'Tổng số' if vi else 'Total'}: {figures}",
        f"{'Số dòng' if vi else 'Rows'}: {counted}",
    ]
    return "\n".join([*head, *(_line(one, result, study) for one in result.differences)])


def _line(one: Difference, result: Consolidation, study: Study) -> str:
    language = study.language
    unit = study.unit_name(one.unit) if one.unit else "–"
    file = f" [{one.file}]" if one.file else ""
    kind = words.kind_name(one.kind, language)
    return f"- {unit}{file}: {kind}: {words.sentence(one, result.form, language)}"


def consolidation_mapping(result: Consolidation, study: Study) -> dict[str, Any]:
    """Return a consolidation as plain data for JSON: sums, accounts of the files, differences with both numbers."""
    return {
        "form": result.form.code,
        "period": study.period.label,
        "window": [study.period.start.isoformat(), study.period.end.isoformat()],
        "n_returned": result.n_returned,
        "missing": list(result.missing),
        "total": dict(result.total.figures),
        "fields": [{"field": row.label, **row.figures} for row in result.fields],
        "units": [{"unit": row.label, **row.figures} for row in result.units],
        "rows": result.rows(),
        "files": [asdict(account) for account in result.accounts],
        "differences": [{**asdict(one), "column": words.column_of(one, result.form)} for one in result.differences],
    }
