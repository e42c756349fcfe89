"""The files beside the pages of a site, each made by itself from plain arguments: forms, reports, calendars.

And what the processes that make pages and files have ready before the first of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from cchc_analysis import display, forms
from cchc_analysis.charts import lettering
from cchc_analysis.errors import Language
from cchc_analysis.file_names import CALENDAR_FILE, REPORT_FILE
from cchc_analysis.plan import load_plan
from cchc_analysis.reports import FileJob
from cchc_analysis.study import Study, open_study
from cchc_analysis.study_sharing import share_studies
from cchc_analysis.units import UnitRegistry

FOR_PAGES = ("cchc_analysis.pages.methods", "narwhals._duckdb.namespace", "pyarrow.pandas_compat", "scipy.stats")
FOR_FILES = ("cchc_analysis.documents", "cchc_analysis.duty_calendar")
"""What pages import beside their own module, and what reports and calendars import."""


def warm_modules(pages: Sequence[str], with_files: bool) -> tuple[str, ...]:
    """Return what pages and files import: imported once, before the first of them is made.

    >>> warm_modules(["overview"], False)[0]
    'cchc_analysis.pages.overview'
    """
    return (*(f"cchc_analysis.pages.{page}" for page in pages), *FOR_PAGES, *(FOR_FILES if with_files else ()))


def get_ready(folder: str, plan: str) -> None:
    """Read what all pages of a run have in common: the parts of their studies, the plan, the table of units, and the
    letters of their figures."""
    share_studies(folder)
    load_plan(plan)
    UnitRegistry.load()
    lettering.draw_common(display.FIGURE_DPI)


def file_jobs(
    study: Study, folders: Mapping[str, str], asked: Mapping[str, str], with_rows: Sequence[str], with_plan: bool
) -> list[FileJob]:
    """Return the jobs that make the files of units.

    `study`: of the whole; `folders`: unit → its folder in the site; `asked`: what the pages are asked for (`data`,
    `period`, `as_of`, `language`, `units_on`, `plan`); forms are made for the units `with_rows`, reports and calendars
    for all `with_plan`.
    """
    jobs = form_jobs(study, folders, asked, with_rows)
    if with_plan:
        told = {name: value for name, value in asked.items() if name in ("language", "plan")}
        days = {**told, "as_of": study.as_of.date().isoformat()}
        for unit, folder in folders.items():
            jobs.append(_job("document_file", {**asked, "unit": unit}, f"{folder}/{REPORT_FILE}", "report"))
            jobs.append(_job("calendar_file", {**days, "unit": unit}, f"{folder}/{CALENDAR_FILE}"))
    return jobs


def count_for_forms(study: Study) -> None:
    """Let a study count what only official forms ask for: digitisation since the days that they name."""
    if not study.warehouse.has_rows:
        return
    for form in forms.FigureTables(study).forms.values():
        if form.starts:
            study.digitised_since(form.starts.values())


def form_jobs(
    study: Study, folders: Mapping[str, str], asked: Mapping[str, str], with_rows: Sequence[str]
) -> list[FileJob]:
    """Return the jobs that make the official forms of the units; none where there are no dossiers."""
    if not study.warehouse.has_rows:
        return []
    tables = forms.FigureTables(study)
    told = {name: value for name, value in asked.items() if name != "plan"}
    return [
        _job("form_file", {**told, "unit": unit, "code": code}, f"{folders[unit]}/{form.file}.xlsx", "form")
        for unit in with_rows
        for code, form in tables.forms.items()
        if tables.is_for(code, unit)
    ]


def _job(function: str, arguments: Mapping[str, str], target: str, needs: str = "") -> FileJob:
    return FileJob(f"{__name__}:{function}", arguments, target, needs)


def form_file(
    *, data: str, period: str, unit: str, code: str, language: Language, as_of: str = "", units_on: str = ""
) -> bytes:
    """Return the workbook of one official form of a unit (see forms.files_for)."""
    study = open_study(data=data, period=period, unit=unit, as_of=as_of, language=language, units_on=units_on)
    return next(iter(forms.files_for(study, only=code).values()))


def document_file(
    *, data: str, period: str, unit: str, plan: str, language: Language, as_of: str = "", units_on: str = ""
) -> bytes:
    """Return the report (.docx) of a unit (see documents.report_document)."""
    # Imported here: the process that only asks for files goes without the libraries that write them.
    from cchc_analysis import documents

    study = open_study(data=data, period=period, unit=unit, as_of=as_of, language=language, units_on=units_on)
    return documents.report_document(study, load_plan(plan))


def calendar_file(*, plan: str, unit: str, as_of: str, language: Language) -> bytes:
    """Return the calendar of reports (.ics) of a unit; `as_of`: the day that stands in it as its stamp."""
    from cchc_analysis.duty_calendar import duty_calendar

    on = date.fromisoformat(as_of)
    return duty_calendar(load_plan(plan), UnitRegistry.load(), unit=unit, as_of=on, language=language)
