"""Official forms as dated configuration, filled from a study and written as workbooks."""

from collections.abc import Mapping

from cchc_analysis.forms.filling import FigureTables, FilledForm, FormRow, check_form, fill_form
from cchc_analysis.forms.model import Form, form_names, form_on, forms_on, load_form
from cchc_analysis.forms.workbook import write_form
from cchc_analysis.study import Study

__all__ = [
    "FigureTables",
    "FilledForm",
    "Form",
    "FormRow",
    "check_form",
    "files_for",
    "fill_form",
    "form_names",
    "form_on",
    "forms_on",
    "labels_of",
    "load_form",
    "write_form",
]


def files_for(study: Study, unit: str = "", only: str = "", tables: FigureTables | None = None) -> dict[str, bytes]:
    """Return the workbooks of the forms in force at the end of the period: file name → bytes.

    `unit`: a unit of the study, by default the one it is of; `only`: code of one form, by default all that are made
    for a single unit or for the whole; `tables`: figures of the same study asked for before. Raises the errors of
    fill_form and form_on.
    """
    wanted, kept = unit or study.unit, tables or FigureTables(study)
    codes = [only] if only else [code for code in kept.forms if kept.is_for(code, wanted)]
    filled = [fill_form(kept.form(code), study, wanted, kept) for code in codes]
    return {f"{one.form.file}.xlsx": write_form(one) for one in filled}


def labels_of(study: Study) -> Mapping[str, str]:
    """Return what the workbooks of the forms in force are called in links: file name without ending → short name."""
    return {form.file: form.short.text(study.language) for form in forms_on(study.period.end).values()}
