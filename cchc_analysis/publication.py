"""From a warehouse to a site: which pages for which units, what the index says about each, what the manifest holds."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cchc_analysis import measures
from cchc_analysis.errors import Language, ParameterError
from cchc_analysis.formats import number, share
from cchc_analysis.frames import records
from cchc_analysis.pages.processing_time import has_due_dates
from cchc_analysis.pages.titles import SHORT_TITLES
from cchc_analysis.reference_data import notebooks_path
from cchc_analysis.reports import PageJob, Progress, SiteResult, UnitEntry, publish_site
from cchc_analysis.study import ALL_UNITS, Study, find_unit, open_study, units_of
from cchc_analysis.text import fold
from cchc_analysis.version import VERSION
from cchc_analysis.warehouse import Warehouse
from cchc_analysis.wording import pick

PAGES = {
    "10_processing_time": "processing_time",
    "20_digitisation": "digitisation",
    "30_satisfaction": "satisfaction",
    "40_service_quality": "service_quality",
    "90_data_quality": "data_quality",
}
"""Notebook → page."""

OF_DOSSIERS = ("10_processing_time", "20_digitisation", "40_service_quality")
OF_SURVEYS = ("30_satisfaction",)

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
    """Return the units to report on: "all" is the whole and every unit with dossiers, else names or ids by comma.

    Units come in their official order; those outside units.csv follow by name. Raises UnitError for a name that is
    not there.
    """
    if units.strip() != ALL_UNITS:
        return [find_unit(study.warehouse, study.registry, name.strip()) for name in units.split(",") if name.strip()]
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    found = sorted(units_of(study.warehouse), key=lambda unit: (order.get(unit, len(order)), unit))
    return [ALL_UNITS, *found]


def _entries(study: Study, units: Iterable[str]) -> list[UnitEntry]:
    language = study.language
    form = {row["unit"]: row for row in records(study.form_06a("unit"))}
    on_time = {row["unit"]: row for row in records(study.on_time("unit"))}
    form[ALL_UNITS] = records(study.form_06a())[0]
    on_time[ALL_UNITS] = records(study.on_time())[0]
    has_due = has_due_dates(study)
    return [
        UnitEntry(
            folder_of(unit),
            study.unit_name(unit),
            pick(language, *TIERS[_tier(study, unit)]),
            _summary(form.get(unit), on_time.get(unit), has_due, language),
        )
        for unit in units
    ]


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


def pages_of(warehouse: Warehouse) -> tuple[str, ...]:
    """Return the notebooks that have something to tell of a warehouse.

    Pages on dossiers need dossiers, the page on satisfaction a survey; what was read and kept is always told.
    """
    silent = (*(() if warehouse.has_rows else OF_DOSSIERS), *(() if warehouse.surveys() else OF_SURVEYS))
    return tuple(page for page in PAGES if page not in silent)


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
) -> SiteResult:
    """Make every page for the units of a period and publish the site `out/<period>`, all or nothing.

    `units`: "all" or names by comma; `pages`: notebook stems, by default those of `pages_of`.
    Raises the errors of open_study, ParameterError for an unknown page, ReportError when a page fails (nothing is
    published then).
    """
    unknown = [page for page in pages or () if page not in PAGES]
    if unknown:
        raise ParameterError(
            f"Unknown page {unknown[0]!r}; known: {', '.join(PAGES)}.",
            f"Không có trang {unknown[0]!r}; các trang có sẵn: {', '.join(PAGES)}.",
        )
    study = open_study(data=warehouse, period=period, as_of=as_of, language=language)
    wanted = chosen_units(study, units)
    pages = pages or pages_of(study.warehouse)
    parameters = {
        "period": study.period.label,
        "data": str(Path(warehouse)),
        "as_of": as_of,
        "language": language,
    }
    jobs = [
        PageJob(notebooks_path(f"{page}.ipynb"), {**parameters, "unit": unit}, f"{folder_of(unit)}/{page}.html")
        for unit in wanted
        for page in pages
    ]
    return publish_site(
        jobs,
        Path(out) / study.period.label,
        site_title=f"{study.unit_name(ALL_UNITS)}: {study.period.title(language)}",
        subtitle=_subtitle(study),
        manifest=_manifest(study, wanted),
        units=_entries(study, wanted),
        language=language,
        page_labels={page: pick(language, *SHORT_TITLES[PAGES[page]]) for page in pages},
        inputs_key=study.warehouse.state,
        workers=workers,
        progress=progress,
    )


def _subtitle(study: Study) -> str:
    dates = study.period.dates_text(study.language)
    if not study.warehouse.synthetic:
        return dates
    return dates + pick(
        study.language, " · Dữ liệu giả lập, không phải số liệu thật", " · Synthetic data, no real figures"
    )


def _manifest(study: Study, units: Sequence[str]) -> dict[str, object]:
    intake = study.warehouse.intake
    return {
        "period": study.period.label,
        "window": [study.period.start.isoformat(), study.period.end.isoformat()],
        "as_of": study.as_of.isoformat(),
        "language": study.language,
        "units": list(units),
        "state": study.warehouse.state,
        "inputs": [
            {"kind": table.kind.name, "file": entry["file"], "sha256": entry["sha256"]}
            for table in (study.warehouse, *study.warehouse.registers())
            for entry in table.intake["files"]
        ],
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
