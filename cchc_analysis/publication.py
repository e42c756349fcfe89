"""From a warehouse to a site: which pages for which units, what the index says about each, what the manifest holds."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from cchc_analysis import forms, measures, publication_files
from cchc_analysis.editions import EDITIONS, INTERNAL_MARK, Edition
from cchc_analysis.errors import Language, ParameterError, ReportError
from cchc_analysis.file_names import CALENDAR_FILE, REPORT_FILE
from cchc_analysis.formats import day, number, share
from cchc_analysis.frames import records
from cchc_analysis.measures.revisions import figures_mapping
from cchc_analysis.pages.methods import METHOD_TITLES, method_title
from cchc_analysis.pages.published import Release, cached_release, told_of
from cchc_analysis.pages.titles import SHORT_TITLES
from cchc_analysis.plan import Plan, load_plan
from cchc_analysis.privacy_scan import Secrets, UnreadableError, scan_folder
from cchc_analysis.publication_note import NOTE_FILE, note, warnings
from cchc_analysis.reference_data import method_texts, notebooks_path
from cchc_analysis.released_figures import FIGURES_FILE, figures_of
from cchc_analysis.reports import (
    FileJob,
    Method,
    PageJob,
    Progress,
    SiteResult,
    UnitEntry,
    WarmStart,
    WarmUp,
    inspect_parameters,
    publish_site,
)
from cchc_analysis.shared_tables import EVERYTHING
from cchc_analysis.study import ALL_UNITS, Study, find_unit, open_study
from cchc_analysis.study_headline import has_due_dates
from cchc_analysis.study_parts import sharing
from cchc_analysis.study_sharing import PartsOnDemand
from cchc_analysis.temporary import TemporaryFolder
from cchc_analysis.text import fold
from cchc_analysis.version import VERSION
from cchc_analysis.versions import history_before, read_manifest
from cchc_analysis.warehouse import Engine, Warehouse
from cchc_analysis.wording import pick

PAGES = {
    "00_overview": "overview",
    "10_processing_time": "processing_time",
    "20_digitisation": "digitisation",
    "30_satisfaction": "satisfaction",
    "40_service_quality": "service_quality",
    "50_indices": "indices",
    "60_published": "published",
    "90_data_quality": "data_quality",
}
"""Notebook → page."""

PUBLIC_PAGES = ("60_published",)
"""The notebooks of the public edition: they read nothing but what was released (see study_release)."""

OTHER_EDITION: dict[Edition, tuple[str, str, str]] = {
    "public": ("nội bộ", "internal", "--internal"),
    "internal": ("công bố", "public", "--public"),
}
"""The other edition in Vietnamese and English, and its option."""

SOME_PAGES = ("plan", "earlier")
"""Parameters of publish_reports that only some notebooks have."""

OF_DOSSIERS = ("10_processing_time", "20_digitisation", "40_service_quality")
OF_SURVEYS = ("30_satisfaction",)
OF_INDICES = ("50_indices",)
OF_PLANS = ("00_overview",)

MANY_UNITS = 8
"""From so many units on, what is held against the plan is measured for all of them together."""

TIERS = {
    "whole": ("Toàn bộ", "Whole"),
    "department": ("Phòng, ban chuyên môn", "Departments"),
    "ward": ("Phường, xã", "Wards and communes"),
    "": ("Đơn vị khác", "Other units"),
}


def folder_of(unit: str) -> str:
    """Return the folder name of a unit's pages: its id, or a safe name for a unit outside units.csv.

    Names from files never become paths: anything but plain letters and digits is folded, and a hash keeps two apart.

    >>> folder_of("phuong-1"), folder_of("../Sở Y tế")
    ('phuong-1', 'so-y-te-...')
    """
    plain = fold(unit).replace(" ", "-")
    if plain == unit:
        return unit
    safe = "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-"))[:40]
    return f"{safe or 'unit'}-{hashlib.sha256(unit.encode()).hexdigest()[:8]}"


def chosen_units(study: Study, units: str) -> list[str]:
    """Return the units to report on: "all" is the whole and every unit with dossiers or reports of its own on the plan.

    Else names or ids by comma. Units come in their official order; those outside units.csv follow by name. Raises
    UnitError for a name that is not there.
    """
    if units.strip() != ALL_UNITS:
        on = study.units_on or study.period.end
        names = [name.strip() for name in units.split(",") if name.strip()]
        known = study.known_units()
        return [find_unit(study.warehouse, study.registry, name, on, known) for name in names]
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    found = {*study.known_units(), *_reporting_units(study)}
    return [ALL_UNITS, *sorted(found, key=lambda unit: (order.get(unit, len(order)), unit))]


def _reporting_units(study: Study) -> set[str]:
    """Return the offices that have reported on the plan of the period's year, whether or not they have dossiers.

    Under units of another day they are not asked for: what an office reported stays with the office of its time.
    """
    if study.units_on is not None or not study.is_whole:
        return set()
    reports = study.evidence()
    known = reports.loc[reports["unit"].map(lambda unit: study.registry.tier(unit) is not None), "unit"]
    return set(known)


def _with_rows(study: Study, units: Sequence[str]) -> list[str]:
    """Return those of the units that have dossiers or forms; all of them where none has, since somebody asked."""
    known = {ALL_UNITS, *study.known_units()}
    return [unit for unit in units if unit in known] or list(units)


def _entries(study: Study, units: Iterable[str]) -> list[UnitEntry]:
    language = study.language
    facts = cache(partial(_facts_by_unit, study))
    return [
        UnitEntry(
            folder_of(unit),
            study.unit_name(unit),
            pick(language, *TIERS[_tier(study, unit)]),
            partial(_summary_of, facts, unit, language),
        )
        for unit in units
    ]


Facts = defaultdict[str, tuple[dict[str, Any] | None, dict[str, Any] | None, bool]]


def _summary_of(facts: Callable[[], Facts], unit: str, language: Language) -> str:
    return _summary(*facts()[unit], language)


def _facts_by_unit(study: Study) -> Facts:
    """Return form II.06a and on-time share of each unit and of the whole, and whether there are due dates."""
    has_due = has_due_dates(study)
    form = {row["unit"]: row for row in records(study.form_06a("unit"))}
    on_time = {row["unit"]: row for row in records(study.on_time("unit"))}
    form[ALL_UNITS] = records(study.form_06a())[0]
    on_time[ALL_UNITS] = records(study.on_time())[0]
    found: Facts = defaultdict(lambda: (None, None, has_due))
    found |= {unit: (form[unit], on_time.get(unit), has_due) for unit in form}
    return found


def _public_entries(study: Study, units: Iterable[str], released: Callable[[], Release]) -> list[UnitEntry]:
    return [
        UnitEntry(
            folder_of(unit),
            study.unit_name(unit),
            pick(study.language, *TIERS[_tier(study, unit)]),
            partial(_public_summary, study, released, unit),
        )
        for unit in units
    ]


def _public_summary(study: Study, released: Callable[[], Release], unit: str) -> str:
    return " ".join(told_of(replace(released(), study=replace(study, unit=unit))))


def _tier(study: Study, unit: str) -> str:
    if unit == ALL_UNITS:
        return "whole"
    tier = study.registry.tier(unit) or ""
    return "ward" if tier in ("ward", "commune") else "department" if tier == "department" else ""


def _summary(form: dict[str, Any] | None, on_time: dict[str, Any] | None, has_due: bool, language: Language) -> str:
    if form is None or on_time is None or not form["received"]:
        return pick(language, "Không có hồ sơ trong kỳ.", "No dossiers in the period.")
    received = number(form["received"], language)
    if not has_due:
        return pick(
            language,
            f"{received} hồ sơ phải giải quyết; không tính được tỷ lệ đúng hạn vì không có hạn trả.",
            f"{received} dossiers to handle; no due dates, so no on-time share.",
        )
    pending = number(form["pending_overdue"], language)
    rate = share(on_time["value"], language)
    counts = f"{number(on_time['numerator'], language)}/{number(on_time['denominator'], language)}"
    return pick(
        language,
        f"{received} hồ sơ phải giải quyết; đúng hạn theo biểu II.06a: {rate} ({counts}); đang quá hạn: {pending}.",
        f"{received} dossiers to handle; on time by form II.06a: {rate} ({counts}); overdue now: {pending}.",
    )


def pages_of(warehouse: Warehouse, edition: Edition = "internal") -> tuple[str, ...]:
    """Return the notebooks of an edition that have something to tell of a warehouse.

    Pages on dossiers need dossiers, the page on satisfaction a survey, the plan one of them or evidence, the
    indices self-scores or values; what was read and kept is always told.
    """
    silent = [*(() if warehouse.has_rows else OF_DOSSIERS), *(() if warehouse.surveys() else OF_SURVEYS)]
    if not warehouse.has_rows and not warehouse.surveys() and warehouse.register("evidence") is None:
        silent += OF_PLANS
    if all(warehouse.register(kind) is None for kind in ("self_scores", "index_values")):
        silent += OF_INDICES
    return tuple(page for page in _of_edition(edition) if page not in silent)


def _of_edition(edition: Edition) -> tuple[str, ...]:
    return PUBLIC_PAGES if edition == "public" else tuple(page for page in PAGES if page not in PUBLIC_PAGES)


def _check_edition(edition: Edition, pages: Sequence[str]) -> None:
    """Raise ParameterError for an unknown edition, and for a page that is not in the one asked for."""
    if edition not in EDITIONS:
        raise ParameterError(
            f"Unknown edition {edition!r}; use {' or '.join(EDITIONS)}.",
            f"Không có ấn bản {edition!r}; dùng {' hoặc '.join(EDITIONS)}.",
        )
    for page in pages:
        if page not in _of_edition(edition):
            vi, en, option = OTHER_EDITION[edition]
            raise ParameterError(
                f"Page {page!r} is in the {en} edition; ask for it with cchc report {option}.",
                f"Trang {page!r} thuộc ấn bản {vi}; hãy chọn ấn bản đó bằng cchc report {option}.",
            )


def publish_reports(
    *,
    warehouse: str | Path,
    period: str,
    units: str = ALL_UNITS,
    language: Language = "vi",
    out: str | Path = "reports",
    as_of: str = "",
    pages: Sequence[str] | None = None,
    workers: int = 2,
    progress: Progress | None = None,
    units_on: str = "",
    plan: str = "vung-tau-2023",
    due_before: date | None = None,
    engine: Engine = "duckdb",
    files: bool | None = None,
    edition: Edition = "public",
    secrets: Secrets | None = None,
) -> SiteResult:
    """Make every page for the units of a period and publish the site `out/<period>`, all or nothing.

    `edition`: "public" hides small counts and has one page for each unit and FIGURES_FILE, neither forms nor reports;
    "internal" has all pages and files, says on each that nothing is hidden, and lies in `out/<period>-internal`.

    `units`: "all" or names by comma; `pages`: notebook stems, by default those of `pages_of`; `units_on`: as in
    `open_study`, into a folder of its own then (see `site_name`); `plan`: what the figures are held against;
    `due_before`: the day before which the report is wanted, for the covering note; `engine`: what counts, as in
    `open_study`: once for all pages; `files`: whether forms, reports and calendars are made beside the pages, by
    default where no `pages` are named. `manifest.json` keeps what the site told before; `tom-tat.txt` is a paragraph
    for the covering mail; what lacks is in the result's `warnings`.
    Every file is looked through for personal data before the site takes its place: telephones, identity numbers,
    e-mails, plates, dossier codes, and what `secrets` names; a find refuses the publication (ReportError).
    Raises the errors of open_study, ParameterError for an unknown page, ReportError when a page fails (nothing is
    published then).
    """
    unknown = [page for page in pages or () if page not in PAGES]
    if unknown:
        raise ParameterError(
            f"Unknown page {unknown[0]!r}; known: {', '.join(PAGES)}.",
            f"Không có trang {unknown[0]!r}; các trang có sẵn: {', '.join(PAGES)}.",
        )
    _check_edition(edition, pages or ())
    is_public = edition == "public"
    # Forms and reports hold every count: they are filed with an authority, not published.
    with_files = not is_public and (not pages if files is None else files)
    modules = publication_files.warm_modules([PAGES[page] for page in pages or _of_edition(edition)], with_files)
    with TemporaryFolder() as work, WarmStart(modules) as started:
        study = open_study(
            data=warehouse, period=period, as_of=as_of, language=language, units_on=units_on, engine=engine
        )
        wanted = chosen_units(study, units)
        asked = {
            **{"period": period, "units": units, "language": language, "as_of": as_of, "units_on": units_on},
            **{"plan": plan, "edition": edition, "files": files, "pages": list(pages) if pages else None},
            "due_before": due_before.isoformat() if due_before else None,
        }
        folder = (Path(out) / site_name(study, edition)).resolve()
        told = _Told(study, load_plan(plan), wanted, read_manifest(folder), folder, due_before, edition, asked)
        parameters = {
            "period": study.period.label,
            "data": str(Path(warehouse)),
            "as_of": as_of,
            "language": language,
            "plan": plan,
            "units_on": units_on,
            "earlier": str(folder) if told.earlier else "",
        }
        made = pages or pages_of(study.warehouse, edition)
        with_rows = _with_rows(study, wanted)
        jobs = _page_jobs(made, wanted, with_rows, parameters)
        beside = _file_jobs(study, made, wanted, with_rows, parameters) if with_files else []
        needed = {job.needs for job in jobs} | {job.needs for job in beside}
        parts = PartsOnDemand(
            study,
            work.path / "parts",
            told.plan,
            len(wanted) >= MANY_UNITS,
            [name for name in EVERYTHING if name in needed],
            publication_files.count_for_forms,
        )
        # Where no process is forked, files are made in this one and share the same counts.
        released = cached_release(replace(study, parts=parts), parameters["earlier"])
        beside_pages = (
            {FIGURES_FILE: lambda: released().csv()} if is_public else {NOTE_FILE: partial(told.note, len(jobs))}
        )
        with sharing(parts):
            site = publish_site(
                [*jobs, *beside],
                folder,
                site_title=f"{study.unit_name(ALL_UNITS)}: {study.period.title(language)}",
                subtitle=_subtitle(study, edition),
                manifest=lambda: told.manifest,
                units=_public_entries(study, wanted, released) if is_public else _entries(study, wanted),
                language=language,
                page_labels=_page_labels(study, made, with_files),
                files=beside_pages,
                methods=site_methods(language),
                inputs_key=_inputs_key(study, told.history, told.figures_before),
                workers=workers,
                warm_up=WarmUp(
                    modules,
                    "cchc_analysis.publication_files:get_ready",
                    {"folder": str(work.path / "parts"), "plan": plan},
                    parts.steps,
                    started,
                ),
                progress=progress,
                check=partial(refuse_personal, secrets=secrets or Secrets()),
            )
        return replace(site, warnings=() if is_public else tuple(warnings(study)))


METHODS_FOLDER = "methods"
"""Our own texts, with made-up examples of numbers: the same in every site."""

FINDS_TOLD = 3


def refuse_personal(folder: Path, secrets: Secrets) -> None:
    """Raise ReportError where a file of a site holds personal data, with file, place and kind; values are masked."""
    try:
        finds, _ = scan_folder(folder, secrets, (METHODS_FOLDER,))
    except UnreadableError as error:
        raise ReportError(
            f"A file of the site cannot be looked through for personal data ({error}); nothing was published.",
            f"Không kiểm tra được dữ liệu cá nhân trong một tệp của trang ({error}); chưa xuất bản gì.",
        ) from error
    if finds:
        told = "; ".join(f"{find.file}:{find.place} {find.kind} {find.masked}" for find in finds[:FINDS_TOLD])
        raise ReportError(
            f"Nothing was published: {len(finds)} pieces of personal data were found ({told}). "
            "They come from a text that was kept, such as the name of a procedure: mend it in the export, or drop its "
            "column in a mapping file, and take it in again.",
            f"Chưa xuất bản gì: tìm thấy {len(finds)} chỗ có dữ liệu cá nhân ({told}). "
            "Chúng nằm trong nội dung được giữ lại, ví dụ tên thủ tục: "
            "hãy sửa tệp kết xuất hoặc bỏ cột đó trong tệp ánh xạ rồi nạp lại.",
        )


@dataclass(frozen=True)
class _Told:
    """What a site tells beside its pages: counted when it is asked for, while pages are made."""

    study: Study
    plan: Plan
    units: Sequence[str]
    replaced: Mapping[str, Any] | None
    folder: Path
    due_before: date | None
    edition: Edition
    asked: Mapping[str, Any]

    @cached_property
    def now(self) -> dict[str, Any]:
        """What the manifest says of this version: figures only where nothing is hidden."""
        return {**_manifest(self.study, self.units, self.edition), "asked": self.asked}

    @cached_property
    def figures_before(self) -> bytes:
        """The figures that the public edition in this place told before; empty where there is none."""
        return figures_of(self.folder) if self.edition == "public" else b""

    @property
    def earlier(self) -> bool:
        """Whether pages have an earlier version to look at."""
        return bool(self.figures_before if self.edition == "public" else self.history)

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """The versions before this one; figures are compared only where there is something to compare with."""
        return history_before(self.now, self.replaced) if self.replaced else []

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says of this version, and of those before."""
        return {**self.now, "history": self.history}

    def note(self, n_pages: int) -> bytes:
        """Return the covering note."""
        return note(self.study, self.plan, self.units, n_pages, self.due_before).encode("utf-8")


def _page_jobs(
    pages: Sequence[str], units: Sequence[str], with_rows: Sequence[str], parameters: dict[str, str]
) -> list[PageJob]:
    """Return the jobs of the pages, unit by unit; units without dossiers have those on the plan alone."""
    asked = {page: _understood(page, parameters) for page in pages}
    return [
        PageJob(
            notebooks_path(f"{page}.ipynb"),
            {**asked[page], "unit": unit},
            f"{folder_of(unit)}/{page}.html",
            PAGES[page],
        )
        for unit in units
        for page in pages
        if unit in with_rows or page in OF_PLANS
    ]


def _file_jobs(
    study: Study, pages: Sequence[str], units: Sequence[str], with_rows: Sequence[str], parameters: Mapping[str, str]
) -> list[FileJob]:
    """Return the jobs of forms, and of reports and calendars where there are pages on the plan."""
    asked = {name: value for name, value in parameters.items() if name != "earlier"}
    with_plan = bool(set(OF_PLANS) & set(pages))
    folders = {unit: folder_of(unit) for unit in units}
    return publication_files.file_jobs(study, folders, asked, with_rows, with_plan)


def form_files(study: Study, units: Sequence[str], only: str = "") -> dict[str, bytes]:
    """Return the official forms of the units: path in the site → workbook; none where there are no dossiers.

    `only`: code of one form; units it is not made for are left out unless there are no others.
    """
    if not study.warehouse.has_rows:
        return {}
    tables = forms.FigureTables(study)
    made_for = [unit for unit in _with_rows(study, units) if not only or tables.is_for(only, unit)]
    return {
        f"{folder_of(unit)}/{name}": content
        for unit in made_for or units
        for name, content in forms.files_for(study, unit, only, tables).items()
    }


def write_documents(
    *,
    warehouse: str | Path,
    period: str,
    units: str = ALL_UNITS,
    plan: str = "vung-tau-2023",
    language: Language = "vi",
    out: str | Path = "reports/documents",
    as_of: str = "",
    addressee: str = "",
    told: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Write the reports (.docx) of the units into `out/<period>/<unit>` and return their paths.

    `units`: "all" or names by comma; `addressee`: whom they are sent to; `told` hears of each report as it is written.
    Raises the errors of open_study and load_plan.
    """
    # Only this command writes documents here: a site has its workers write them.
    from cchc_analysis import documents

    study = open_study(data=warehouse, period=period, as_of=as_of, language=language)
    wanted = chosen_units(study, units)
    written: list[Path] = []
    for unit, content in documents.report_documents(study, load_plan(plan), wanted, addressee):
        path = Path(out) / site_name(study) / folder_of(unit) / REPORT_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
        if told is not None:
            told(str(path), len(written), len(wanted))
    return written


def _page_labels(study: Study, pages: Sequence[str], with_files: bool) -> dict[str, str]:
    """Return the short names of pages and files by their stems."""
    language = study.language
    labels = {page: pick(language, *SHORT_TITLES[PAGES[page]]) for page in pages}
    labels[Path(FIGURES_FILE).stem] = pick(language, "Số liệu công bố (.csv)", "Published figures (.csv)")
    labels[Path(NOTE_FILE).stem] = pick(language, "Tóm tắt (thư gửi kèm)", "Summary (covering note)")
    if not with_files:
        return labels
    files = {
        REPORT_FILE: pick(language, "Báo cáo (.docx)", "Report (.docx)"),
        CALENDAR_FILE: pick(language, "Lịch báo cáo (.ics)", "Calendar of reports (.ics)"),
    }
    return {**labels, **{Path(name).stem: words for name, words in files.items()}, **forms.labels_of(study)}


def site_methods(language: Language) -> list[Method]:
    """Return the pages of docs/methods for a site, by name, under the titles they have in the reader's language."""
    return [
        Method(name, text, method_title(name, language) if name in METHOD_TITLES else "")
        for name, text in method_texts().items()
    ]


def site_name(study: Study, edition: Edition = "public") -> str:
    """Return the folder of a study's site: its period, the day of its units where rows are told under others, and
    whether it is the internal edition: the two never lie in one place."""
    units = f"-units-{study.units_on.isoformat()}" if study.units_on else ""
    return study.period.label + units + ("-internal" if edition == "internal" else "")


def _understood(page: str, parameters: dict[str, str]) -> dict[str, str]:
    """Leave out what only some pages ask for (SOME_PAGES) for those that do not."""
    asked = {spec.name for spec in inspect_parameters(notebooks_path(f"{page}.ipynb"))}
    # An empty parameter says nothing; a page that cannot follow a given one is refused, not made in another way.
    return {name: value for name, value in parameters.items() if name in asked or (value and name not in SOME_PAGES)}


def _inputs_key(study: Study, history: Sequence[Mapping[str, Any]], figures: bytes) -> str:
    """Return what the pages read beside their parameters: the state of the data, and the version told before."""
    if figures:
        return hashlib.sha256(study.warehouse.state.encode() + b"\n" + figures).hexdigest()
    if not history:
        return study.warehouse.state
    before = json.dumps(history[-1], sort_keys=True)
    return hashlib.sha256(f"{study.warehouse.state}\n{before}".encode()).hexdigest()


def _subtitle(study: Study, edition: Edition) -> str:
    dates = study.period.dates_text(study.language)
    if edition == "internal":
        dates += f" · {pick(study.language, *INTERNAL_MARK)}"
    if study.units_on is not None:
        on = day(study.units_on, study.language)
        dates += pick(study.language, f" · Theo đơn vị hành chính ngày {on}", f" · Units as of {on}")
    if not study.warehouse.synthetic:
        return dates
    return dates + pick(
        study.language, " · Dữ liệu giả lập, không phải số liệu thật", " · Synthetic data, no real figures"
    )


def _manifest(study: Study, units: Sequence[str], edition: Edition) -> dict[str, Any]:
    intake = study.warehouse.intake
    figures = {} if edition == "public" else figures_mapping(study.headline_figures())
    return {
        "period": study.period.label,
        "edition": edition,
        "window": [study.period.start.isoformat(), study.period.end.isoformat()],
        "as_of": study.as_of.isoformat(),
        "language": study.language,
        "units": list(units),
        "units_on": study.units_on.isoformat() if study.units_on else "",
        "figures": {unit: figures[unit] for unit in units if unit in figures},
        "state": study.warehouse.state,
        "inputs": study.warehouse.inputs(),
        "rows": {name: intake["total"][name] for name in measures.ACCOUNTS},
        "register_rows": {
            register.kind.name: {name: register.intake["total"][name] for name in measures.ACCOUNTS}
            for register in study.warehouse.registers()
        },
        "synthetic": study.warehouse.synthetic,
        "version": VERSION,
        "parameters_sha256": hashlib.sha256(
            json.dumps([study.period.label, study.language, list(units)], ensure_ascii=False).encode()
        ).hexdigest(),
    }
