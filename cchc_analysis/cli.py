"""The command line `cchc`: thin over the facade; heavy libraries are imported by the command that needs them."""

import json
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cchc_analysis.errors import CchcError, Language, ParameterError
from cchc_analysis.schema import KINDS
from cchc_analysis.text import one_line, show_invisible
from cchc_analysis.version import VERSION

if TYPE_CHECKING:
    from cchc_analysis.periodic import Outcome
    from cchc_analysis.privacy_scan import Secrets
    from cchc_analysis.reports import SiteResult

DONE, REJECTS, REFUSED = 0, 1, 2
"""Exit codes: done; finished, but more rows rejected than allowed; refused."""

LANGUAGE = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    envvar="CCHC_LANGUAGE",
    help="Language of messages and pages.",
)
UNITS_ON = click.option(
    "--units-on",
    default="",
    metavar="DATE",
    help="Tell all years under the units of this day (ISO), such as 2026-01-01. Default: as recorded.",
)
ENGINE = click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    metavar="ENGINE",
    help="What counts: duckdb, pandas, or the address of a Spark cluster (spark://host:7077). Same figures.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")


def _say(text: str, err: bool = False, nl: bool = True) -> None:
    """Write to the terminal: what could steer it (escape sequences, direction marks) is shown as its code."""
    click.echo(show_invisible(text), err=err, nl=nl)


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn an error of ours into one sentence and exit code 2; Ctrl-C into one sentence and 130."""

    @wraps(command)
    def guarded(*args: Any, language: Language = "vi", **kwargs: Any) -> None:
        # A scheduler ends a run with SIGTERM: leave by the same door as Ctrl-C, so that kernels and litter go too.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
        try:
            command(*args, language=language, **kwargs)
        except CchcError as error:
            _say(f"cchc: {one_line(error.message(language))}", err=True)
            sys.exit(REFUSED)
        except KeyboardInterrupt:
            text = (
                "Đã dừng theo yêu cầu; không có gì bị thay đổi."
                if language == "vi"
                else "Stopped; nothing was changed."
            )
            _say(f"\ncchc: {text}", err=True)
            sys.exit(130)

    return guarded


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: cchc sample data/sample && cchc intake data/sample --warehouse data/warehouse/sample "
    "&& cchc report --warehouse data/warehouse/sample --period 2023-Q2",
)
@click.version_option(VERSION, prog_name="cchc")
def main() -> None:
    """Measure administrative reform from the exports of a one-stop office.

    Exit codes: 0 done; 1 finished, with something to look at (more rows rejected than allowed, returns of units that
    differ); 2 refused, nothing was changed.
    """


@main.command(epilog="Example: cchc intake data/raw/2023-Q2 --warehouse data/warehouse/city --as-of 2023-06-14")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="Folder to keep the accepted rows in."
)
@click.option(
    "--kind",
    metavar=f"[{'|'.join(('auto', *KINDS, 'survey'))}]",
    default="auto",
    show_default=True,
    help="What the files hold; auto: by their folder (payments, thanh-toan, phan-anh, khao-sat …), else dossiers.",
)
@click.option(
    "--questionnaire",
    default="",
    help="Of a survey: id of a shipped questionnaire, or a YAML file. Default: by the folder of the files.",
)
@click.option("--mapping", type=click.Path(path_type=Path), help="YAML file that names columns, codes and date order.")
@click.option(
    "--as-of", default="", help="Day the exports were made (ISO); later dates are rejected. Default: newest event."
)
@click.option(
    "--hash-key-file",
    type=click.Path(path_type=Path),
    help="File with the key for dossier codes, outside the repository.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of database sources: a parameter of the query, such as from=2023-05-15, in place of the one in the file.",
)
@click.option(
    "--allowed-rejects", default=0.01, show_default=True, help="Largest share of rejected rows for exit code 0."
)
@click.option("--workers", type=int, default=None, help="Processes that check files. Default: one per processor.")
@AS_JSON
@LANGUAGE
@refusing
def intake(
    paths: tuple[Path, ...],
    warehouse: Path,
    kind: str,
    questionnaire: str,
    mapping: Path | None,
    as_of: str,
    hash_key_file: Path | None,
    parameters: tuple[str, ...],
    allowed_rejects: float,
    workers: int | None,
    as_json: bool,
    language: Language,
) -> None:
    """Take exports (files or folders) into a warehouse: find the header, type and check every row, keep the rejected.

    Adds to a warehouse that is there; feeding the same files again changes nothing. The dossiers and each register
    (payments, feedback, e_copies, procedures, other_register, evidence, submissions, self_scores, index_values) and
    each survey are accounted for on their own. A path may also be a database source, a file *.database.yaml with
    connection and query (docs/database.md).
    """
    from cchc_analysis.intake import intake as take_in
    from cchc_analysis.intake.report import accounting_of, accounting_text
    from cchc_analysis.periods import parse_as_of

    result = take_in(
        paths,
        warehouse,
        kind=kind,
        questionnaire=questionnaire or None,
        mapping=mapping,
        as_of=parse_as_of(as_of),
        hash_key_file=hash_key_file,
        allowed_reject_share=allowed_rejects,
        parameters=_named_values(parameters),
        workers=workers,
        progress=_told(language),
    )
    _say(_json(accounting_of(result)) if as_json else accounting_text(result, language))
    sys.exit(REJECTS if result.exit_code else DONE)


@main.command(
    epilog="Example: cchc measures on_time --warehouse data/warehouse/sample --period 2023-Q2 --by unit --rule strict"
)
@click.argument("measure")
@click.option("--warehouse", required=True, help="Warehouse folder.")
@click.option(
    "--period", required=True, help="2023-05, 2023-Q2, 2023-6M, 2023-9M, 2023; -calendar for calendar months."
)
@click.option("--by", default="", help="Groups by comma: unit, field, procedure, channel, service_level, month.")
@click.option("--unit", default="all", show_default=True, help="Unit id or name.")
@click.option("--rule", default="official", show_default=True, help="On-time rule: official or strict.")
@click.option(
    "--denominator",
    type=click.Choice(["finished", "due", "to_handle"]),
    default="finished",
    show_default=True,
    help="What an on-time share is a share of.",
)
@click.option("--as-of", default="", help="Day up to which the data speak (ISO). Default: end of period or data.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@UNITS_ON
@ENGINE
@AS_JSON
@LANGUAGE
@refusing
def measures(
    measure: str,
    warehouse: str,
    period: str,
    by: str,
    unit: str,
    rule: str,
    denominator: Any,
    as_of: str,
    form: str,
    units_on: str,
    engine: str,
    as_json: bool,
    language: Language,
) -> None:
    """Print a measure as its indicator table.

    Measures: form_06a, on_time, on_time_change, outcomes, working_days, time_to_closing, time_cut, pending,
    digitisation, online_share, cashless, postal, online_by_hour, and of registers: payment_forms, feedback, copies,
    catalogue, matching; of a survey: satisfaction, satisfaction_waves, survey_forms. An unknown name lists all of them.
    """
    from cchc_analysis.counting import rule_named
    from cchc_analysis.frames import csv_text, whole_counts
    from cchc_analysis.study import MEASURES, open_study

    if measure not in MEASURES:
        known = ", ".join(MEASURES)
        raise ParameterError(
            f"There is no measure {measure!r}; known: {known}.",
            f"Không có chỉ số {measure!r}; các chỉ số có sẵn: {known}.",
        )
    study = open_study(
        data=warehouse, period=period, unit=unit, as_of=as_of, language=language, units_on=units_on, engine=engine
    )
    keys = tuple(name.strip() for name in by.split(",") if name.strip())
    table = whole_counts(MEASURES[measure](study, keys, rule_named(rule).with_denominator(denominator)))
    if as_json or form == "json":
        _say(table.to_json(orient="records", force_ascii=False, indent=1, date_format="iso"))
    elif form == "csv":
        _say(csv_text(table), nl=False)
    else:
        _say(table.to_string(index=False, na_rep="-"))


def _secrets(inputs: str, names: str) -> "Secrets":
    """Return what must not appear: names in exports and in a list, the hash key where it is known."""
    from cchc_analysis.intake.persons import names_in_exports
    from cchc_analysis.intake.privacy import find_hash_key
    from cchc_analysis.privacy_scan import Secrets
    from cchc_analysis.privacy_scan.finds import names_of
    from cchc_analysis.units import UnitRegistry

    registry = UnitRegistry.load()
    full = {registry.name(unit, "vi") for unit in registry.units()}
    # Wards are called after persons: neither "Phường Võ Thị Sáu" nor "Võ Thị Sáu" tells of somebody.
    public = frozenset(full | {name.split(" ", 1)[1] for name in full if " " in name})
    found = names_in_exports([Path(inputs)], public) if inputs else frozenset()
    if names:
        found |= names_of(_names_file(Path(names)))
    try:
        key = find_hash_key([Path(inputs)] if inputs else []).secret
    except CchcError:
        key = b""
    return Secrets(found, key)


def _names_file(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"The list of names {path} cannot be read ({error}); give a UTF-8 text, one name on each line.",
            f"Không đọc được danh sách tên {path} ({error}); cần tệp văn bản UTF-8, mỗi dòng một tên.",
        ) from error


@main.command(epilog="Example: cchc scan reports/2023-Q2 --input data/raw/2023-Q2")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--input", "inputs", default="", help="Exports whose names of persons are looked for; read, never kept.")
@click.option("--names", default="", help="File with names of persons to look for, one on each line.")
@click.option("--skip", default="", help="Files or folders to leave out, by comma, such as methods,parts.")
@AS_JSON
@LANGUAGE
@refusing
def scan(folder: Path, inputs: str, names: str, skip: str, as_json: bool, language: Language) -> None:
    """Look through every file of a folder for personal data and the hash key; what is found is shown masked.

    Exit codes: 0 nothing found; 1 something was; 2 a file cannot be read to its end.
    """
    from cchc_analysis.privacy_scan import KINDS, UnreadableError, scan_folder

    left_out = tuple(part.strip() for part in skip.split(",") if part.strip())
    try:
        finds, n_files = scan_folder(folder, _secrets(inputs, names), left_out)
    except UnreadableError as error:
        raise ParameterError(
            f"A file cannot be looked through: {error}.", f"Không kiểm tra được một tệp: {error}."
        ) from error
    if as_json:
        told = [{"file": f.file, "place": f.place, "kind": f.kind, "masked": f.masked} for f in finds]
        _say(_json({"finds": told, "n_files": n_files, "kinds": list(KINDS)}))
    else:
        for find in finds:
            _say(one_line(f"{find.file}:{find.place} {find.kind} {find.masked}"))
        _say(
            f"{len(finds)} chỗ có dữ liệu cá nhân trong {n_files} tệp."
            if language == "vi"
            else f"{len(finds)} pieces of personal data in {n_files} files."
        )
    sys.exit(1 if finds else DONE)


@main.command(
    epilog="Example: cchc verify reports/2023-Q2 --inputs data/sample --warehouse data/warehouse/sample --rerun"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--inputs", default="", help="Folder of the exports the site was made of.")
@click.option("--warehouse", default="", help="Warehouse the site was made from.")
@click.option("--rerun", is_flag=True, help="Make the site again from the warehouse and compare every byte.")
@AS_JSON
@LANGUAGE
@refusing
def verify(folder: Path, inputs: str, warehouse: str, rerun: bool, as_json: bool, language: Language) -> None:
    """Prove a published site against its manifest, inputs and warehouse, and name what differs.

    Exit codes: 0 nothing differs; 1 something does; 2 this is no published site.
    """
    from cchc_analysis.verification import verify_site

    result = verify_site(folder, inputs=inputs, warehouse=warehouse, rerun=rerun)
    if as_json:
        told = [{"kind": found.kind, "name": found.name, "where": found.where} for found in result.differences]
        _say(_json({"differences": told, "n_files": result.n_files, "manifest_sha256": result.manifest_sha256}))
    else:
        for found in result.differences:
            _say(one_line(found.text(language)))
        n, files, sha = len(result.differences), result.n_files, result.manifest_sha256
        _say(
            f"{n} khác biệt; đã so {files} tệp của manifest. SHA-256 của manifest.json: {sha}"
            if language == "vi"
            else f"{n} differences; {files} files of the manifest compared. SHA-256 of manifest.json: {sha}"
        )
    sys.exit(1 if result.differences else DONE)


@main.command(
    epilog="Example: cchc report --warehouse data/warehouse/sample --period 2023-Q2 --units all --out reports; by a "
    "scheduler: --period due --as-of 2023-06-10 --log reports/log.txt"
)
@click.option("--warehouse", required=True, help="Warehouse folder.")
@click.option(
    "--period",
    required=True,
    help="2023-05, 2023-Q2, 2023-6M, 2023-9M, 2023; -calendar for calendar months. latest: the last period that is "
    "over; due: every report the calendar of the plan wants next. Both need --as-of.",
)
@click.option("--units", default="all", show_default=True, help="all, or ids or names by comma.")
@click.option(
    "--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of the sites."
)
@click.option(
    "--as-of",
    default="",
    help="Day up to which the data speak, or day of the run (ISO). Default: end of period or data.",
)
@click.option("--pages", default="", help="Notebooks by comma. Default: all that have data.")
@click.option(
    "--files/--no-files",
    default=None,
    help="Forms, reports and calendars beside the pages. Default: with all pages, not where --pages names some.",
)
@click.option(
    "--internal/--public",
    "is_internal",
    default=False,
    help="Internal: every page, form and report, nothing hidden, marked, in <period>-internal. Default: public, small "
    "counts hidden.",
)
@click.option(
    "--input",
    "inputs",
    default="",
    help="Exports whose names of persons must not appear in anything published; read, never kept.",
)
@click.option("--plan", default="vung-tau-2023", show_default=True, help="Plan of data/reference/plans, without .yaml.")
@UNITS_ON
@ENGINE
@click.option("--log", type=click.Path(path_type=Path), help="File to add plain lines to: LEVEL text, the result last.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Pages made at a time.")
@AS_JSON
@LANGUAGE
@refusing
def report(
    warehouse: str,
    period: str,
    units: str,
    out: Path,
    as_of: str,
    pages: str,
    files: bool | None,
    is_internal: bool,
    inputs: str,
    plan: str,
    units_on: str,
    engine: str,
    log: Path | None,
    workers: int,
    as_json: bool,
    language: Language,
) -> None:
    """Make every page of a period for the units and publish the site: all pages or none.

    Exit codes: 0 published, or nothing was due; 1 published, with a warning (many rejected rows, gaps in the exports);
    2 refused, nothing was published; 3 some of several periods were not published.
    """
    from cchc_analysis.periodic import file_log, nothing_due, run_reports
    from cchc_analysis.reports import terminal_progress

    result = run_reports(
        warehouse=warehouse,
        period=period,
        units=units,
        language=language,
        out=out,
        as_of=as_of,
        pages=tuple(name.strip() for name in pages.split(",") if name.strip()) or None,
        plan=plan,
        units_on=units_on,
        engine=engine,
        workers=workers,
        progress=terminal_progress(language=language),
        log=file_log(log) if log else None,
        files=files,
        edition="internal" if is_internal else "public",
        secrets=_secrets(inputs, ""),
    )
    for outcome in result.outcomes:
        if outcome.error is not None:
            _say(f"cchc: {one_line(outcome.error.message(language))}", err=True)
    if as_json:
        _say(_json(_told_of(result.outcomes)))
    elif not result.outcomes:
        _say(nothing_due(_instant(as_of).date(), language))
    else:
        for site in result.published:
            _say(_published(site, language))
    sys.exit(result.exit_code)


def _published(site: "SiteResult", language: Language) -> str:
    """Say what was published, with what lacks in it below."""
    index = site.folder / "index.html"
    line = (
        f"Đã xuất bản {site.n_pages} trang ({site.n_executed} trang tính mới). Mở trang: {index}"
        if language == "vi"
        else f"Published {site.n_pages} pages ({site.n_executed} computed anew). Open: {index}"
    )
    return "\n".join([line, *site.warnings])


def _told_of(outcomes: Sequence["Outcome"]) -> object:
    """Return what became of each period; of a single published one its entry alone."""
    told = [
        {"period": outcome.period, "error": outcome.error.message("en") if outcome.error else ""}
        if outcome.site is None
        else {
            "period": outcome.period,
            "index": str(outcome.site.folder / "index.html"),
            "pages": outcome.site.n_pages,
            "executed": outcome.site.n_executed,
            "warnings": list(outcome.site.warnings),
        }
        for outcome in outcomes
    ]
    return told[0] if len(told) == 1 else told


@main.command(
    epilog="Example: cchc document --warehouse data/warehouse/sample --period 2023-Q2 --units all "
    "--out reports/documents"
)
@click.option("--warehouse", required=True, help="Warehouse folder.")
@click.option(
    "--period", required=True, help="2023-05, 2023-Q2, 2023-6M, 2023-9M, 2023; -calendar for calendar months."
)
@click.option("--units", default="all", show_default=True, help="all, or ids or names by comma.")
@click.option("--plan", default="vung-tau-2023", show_default=True, help="Plan of data/reference/plans, without .yaml.")
@click.option(
    "--out",
    default="reports/documents",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the files.",
)
@click.option("--as-of", default="", help="Day up to which the data speak (ISO). Default: end of period or data.")
@click.option(
    "--addressee", default="", help="Whom the report is sent to. Default: the committee above, else left open."
)
@AS_JSON
@LANGUAGE
@refusing
def document(
    warehouse: str,
    period: str,
    units: str,
    plan: str,
    out: Path,
    as_of: str,
    addressee: str,
    as_json: bool,
    language: Language,
) -> None:
    """Write the periodic report of the units as .docx files in the layout of Decree 30/2020, one for each unit."""
    from cchc_analysis.publication import write_documents

    written = write_documents(
        warehouse=warehouse,
        period=period,
        units=units,
        plan=plan,
        language=language,
        out=out,
        as_of=as_of,
        addressee=addressee,
        told=_told(language, "Lập báo cáo", "Writing"),
    )
    if as_json:
        _say(_json({"files": [str(path) for path in written]}))
    elif language == "vi":
        _say(f"Đã lập {len(written)} báo cáo .docx trong thư mục {out}")
    else:
        _say(f"Wrote {len(written)} reports (.docx) into {out}")


@main.group()
def calendar() -> None:
    """Ask the Vietnamese working calendar."""


@calendar.command(epilog="Example: cchc calendar days 2023-04-27 2023-05-05")
@click.argument("start")
@click.argument("end")
@AS_JSON
@LANGUAGE
@refusing
def days(start: str, end: str, as_json: bool, language: Language) -> None:
    """Count the working days from START (not counted) to END (counted)."""
    from cchc_analysis.working_time import WorkingCalendar

    first, last = _instant(start).date(), _instant(end).date()
    n = int(WorkingCalendar.vietnam().working_days_between(first, last))
    _say(_json({"start": first.isoformat(), "end": last.isoformat(), "working_days": n}) if as_json else str(n))


@calendar.command(epilog="Example: cchc calendar deadline '2023-08-31 09:00' 5")
@click.argument("received")
@click.argument("n", type=float)
@click.option("--unit", type=click.Choice(["working", "hours", "calendar"]), default="working", show_default=True)
@AS_JSON
@LANGUAGE
@refusing
def deadline(received: str, n: float, unit: str, as_json: bool, language: Language) -> None:
    """Say when a term of N working days (or working hours, or calendar days) after RECEIVED ends."""
    from cchc_analysis.working_time import WorkingCalendar

    moment, vietnam = _instant(received), WorkingCalendar.vietnam()
    if unit == "hours":
        due = vietnam.deadline_hours(moment, n)
    elif unit == "calendar":
        due = vietnam.deadline_calendar_days(moment, int(n))
    else:
        due = vietnam.deadline(moment, int(n) if n == int(n) else n)
    whole_day = moment.time() == datetime.min.time() and unit != "hours" and n == int(n)
    text = f"{due:%d/%m/%Y}" if whole_day else f"{due:%d/%m/%Y %H:%M}"
    _say(_json({"received": moment.isoformat(), "n": n, "unit": unit, "due": due.isoformat()}) if as_json else text)


@main.command(epilog="Example: cchc sample data/sample")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=20230315, show_default=True, help="Seed of the generator.")
@click.option("--dossiers", default=60_000, show_default=True, help="How many dossiers to generate.")
@AS_JSON
@LANGUAGE
@refusing
def sample(folder: Path, seed: int, dossiers: int, as_json: bool, language: Language) -> None:
    """Write the exports and registers of a synthetic city into FOLDER, with its own public key for dossier codes."""
    from cchc_analysis.sample import write_sample

    truth = write_sample(folder, seed=seed, n_dossiers=dossiers)
    if as_json:
        _say(_json(truth.summary()))
    elif language == "vi":
        _say(
            f"Đã ghi {len(truth.files)} tệp kết xuất và {truth.n_lists} tệp sổ, phiếu khảo sát giả lập vào {folder} "
            "(dữ liệu do máy sinh ra, không có thật)."
        )
    else:
        _say(
            f"Wrote {len(truth.files)} synthetic exports and {truth.n_lists} lists of registers and surveys "
            f"to {folder} (generated, nothing in them is real)."
        )


@main.group()
def forms() -> None:
    """Write forms: those for offices to fill in, and filled ones."""


@forms.command("scores", epilog="Example: cchc forms scores --index qd-2926-2023 --year 2023 --out bieu/tu-cham-diem")
@click.option("--index", default="qd-2926-2023", show_default=True, help="Id of an index, or a YAML file of your own.")
@click.option("--year", required=True, type=click.IntRange(1990, 2100), help="Year that is scored.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the sheets.")
@click.option("--unit", default="all", show_default=True, help="all, or ids or names by comma.")
@click.option("--verified", is_flag=True, help="Add the column of verified scores, for those who verify.")
@AS_JSON
@LANGUAGE
@refusing
def scores(index: str, year: int, out: Path, unit: str, verified: bool, as_json: bool, language: Language) -> None:
    """Write the self-scoring sheet (.xlsx) of every office that has to score itself: the city, wards and communes.

    Filled in, they are taken in with: cchc intake FOLDER --kind self_scores --warehouse WAREHOUSE
    """
    from cchc_analysis.self_scoring import Office, load_index_sheets, write_score_sheets
    from cchc_analysis.units import UnitRegistry

    day, registry = date(year, 12, 31), UnitRegistry.load()
    names = [name.strip() for name in unit.split(",") if name.strip()]
    wanted = registry.units(day) if names in ([], ["all"]) else [_unit_on(registry, name, day) for name in names]
    offices = [Office(entry, registry.name(entry), registry.tier(entry) or "") for entry in wanted]
    written = write_score_sheets(out, load_index_sheets(index, day), year, offices, verified=verified)
    if as_json:
        _say(_json([str(path) for path in written]))
    elif language == "vi":
        _say(f"Đã ghi {len(written)} bảng tự chấm điểm vào {out}.")
    else:
        _say(f"Wrote {len(written)} self-scoring sheets to {out}.")


@forms.command("evidence", epilog="Example: cchc forms evidence --plan vung-tau-2023 --period 2023-Q2 --out bieu")
@click.option("--plan", required=True, help="Name of a plan in data/reference/plans.")
@click.option("--period", required=True, help="Period that is reported on: 2023-Q2, 2023-6M, 2023 …")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the forms.")
@click.option("--unit", default="all", show_default=True, help="all, or an id or name.")
@AS_JSON
@LANGUAGE
@refusing
def evidence(plan: str, period: str, out: Path, unit: str, as_json: bool, language: Language) -> None:
    """Write the forms (.xlsx) in which offices report by hand on a plan: evidence, and reports handed in.

    They lie in the folders minh-chung and nop-bao-cao; filled in, both are taken in with: cchc intake FOLDER
    --warehouse WAREHOUSE
    """
    from cchc_analysis.evidence_forms import office_forms
    from cchc_analysis.periods import parse_period
    from cchc_analysis.plan import load_plan
    from cchc_analysis.units import UnitRegistry

    registry, wanted = UnitRegistry.load(), parse_period(period)
    one = unit if unit == "all" else _unit_on(registry, unit, wanted.end)
    written = []
    for form in office_forms(load_plan(plan), wanted, registry, one):
        path = out / form.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(form.content)
        written.append(path)
    if as_json:
        _say(_json([str(path) for path in written]))
    elif language == "vi":
        _say(f"Đã ghi {len(written)} biểu vào {out} (minh-chung: biểu minh chứng; nop-bao-cao: nộp báo cáo).")
    else:
        _say(f"Wrote {len(written)} forms to {out} (minh-chung: evidence; nop-bao-cao: reports handed in).")


@forms.command(
    "official",
    epilog="Example: cchc forms official --warehouse data/warehouse/sample --period 2023-Q2 --form ii-06a --out bieu",
)
@click.option("--warehouse", required=True, help="Warehouse folder.")
@click.option(
    "--period", required=True, help="2023-05, 2023-Q2, 2023-6M, 2023-9M, 2023; -calendar for calendar months."
)
@click.option("--units", default="all", show_default=True, help="all, or ids or names by comma.")
@click.option("--form", "code", default="", help="Code of one form, such as ii-06a. Default: all in force.")
@click.option("--as-of", default="", help="Day up to which the data speak (ISO). Default: end of period or data.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the workbooks.")
@UNITS_ON
@ENGINE
@AS_JSON
@LANGUAGE
@refusing
def official(
    warehouse: str,
    period: str,
    units: str,
    code: str,
    as_of: str,
    out: Path,
    units_on: str,
    engine: str,
    as_json: bool,
    language: Language,
) -> None:
    """Write the official forms (.xlsx) of a period, filled in: a folder for each unit and one for the whole.

    The forms are those in force at the end of the period (data/reference/forms). A form that does not add up is
    refused, and nothing is written.
    """
    from cchc_analysis.publication import chosen_units, form_files
    from cchc_analysis.study import open_study

    study = open_study(data=warehouse, period=period, as_of=as_of, language=language, units_on=units_on, engine=engine)
    written = form_files(study, chosen_units(study, units), code)
    for name, content in written.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if as_json:
        _say(_json({"folder": str(out), "files": list(written)}))
    elif language == "vi":
        _say(f"Đã ghi {len(written)} biểu mẫu vào {out}.")
    else:
        _say(f"Wrote {len(written)} forms to {out}.")


@main.command(
    epilog="Example: cchc consolidate bao-cao/2023-Q2 --warehouse data/warehouse/sample --period 2023-Q2 "
    "--previous bao-cao/2023-Q1 --out tong-hop.xlsx"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--warehouse", required=True, help="Warehouse folder: the data that the returns are held against.")
@click.option("--period", required=True, help="Period of the returns, such as 2023-Q2.")
@click.option("--previous", type=click.Path(path_type=Path), help="File or folder of the returns of the period before.")
@click.option("--form", "code", default="ii-06a", show_default=True, help="Code of the form the returns are of.")
@click.option("--as-of", default="", help="Day up to which the data speak (ISO). Default: end of period or data.")
@click.option("--out", type=click.Path(path_type=Path), help="Workbook (.xlsx) with the sum and the differences.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@UNITS_ON
@ENGINE
@LANGUAGE
@refusing
def consolidate(
    paths: tuple[Path, ...],
    warehouse: str,
    period: str,
    previous: Path | None,
    code: str,
    as_of: str,
    out: Path | None,
    form: str,
    units_on: str,
    engine: str,
    language: Language,
) -> None:
    """Sum the returns of units (form II.06a, .xlsx, .xls or .ods) and hold them against each other and the data.

    Checks each row and total, what is carried over against what the period before left pending, and every cell against
    the warehouse. Nothing is put right. Exit code 1 when something differs or a unit has not handed in.
    """
    from cchc_analysis import consolidation
    from cchc_analysis.intake.readers import find_files
    from cchc_analysis.study import open_study

    study = open_study(data=warehouse, period=period, as_of=as_of, language=language, units_on=units_on, engine=engine)
    returns = [(name, path.read_bytes()) for path, name in find_files(paths)]
    before = [(name, path.read_bytes()) for path, name in find_files([previous])] if previous else []
    result = consolidation.consolidate(study, returns, before, code)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(consolidation.consolidation_workbook(result, study))
    if form == "json":
        _say(_json(consolidation.consolidation_mapping(result, study)))
    else:
        _say(consolidation.consolidation_text(result, study))
    sys.exit(REJECTS if result.differences else DONE)


@main.command(epilog="Example: cchc duties --warehouse data/warehouse/city --plan vung-tau-2023 --as-of 2023-06-20")
@click.option("--plan", required=True, help="Name of a plan in data/reference/plans.")
@click.option("--warehouse", default="", help="Warehouse folder with the reports handed in (needed but for --ics).")
@click.option("--as-of", default="", help="Day up to which is told (ISO). Default: end of the data or of the year.")
@click.option("--unit", default="all", show_default=True, help="all, or an id or name.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--ics", type=click.Path(path_type=Path), help="Write the days of the plan to this calendar file.")
@AS_JSON
@LANGUAGE
@refusing
def duties(
    plan: str,
    warehouse: str,
    as_of: str,
    unit: str,
    form: str,
    ics: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Say which reports that a plan asks for came on time, late or not at all, and what is due next.

    "Before the 14th" means that the 13th is the last day on time. Days are calendar days.
    """
    from cchc_analysis.duty_report import print_duties, write_duty_calendar

    if ics is not None:
        _say(write_duty_calendar(plan, ics, unit, as_of, language))
        return
    if not warehouse:
        raise ParameterError(
            "The warehouse is missing. Name it with --warehouse, or ask for the calendar alone with --ics FILE.",
            "Thiếu kho dữ liệu. Hãy chỉ ra bằng --warehouse, hoặc chỉ ghi lịch với --ics TỆP.",
        )
    _say(print_duties(plan, warehouse, unit, as_of, "json" if as_json else form, language), nl=form != "csv")


def _unit_on(registry: Any, name: str, day: date) -> str:
    """Return the id of the unit of that name on a day; UnitError for a name that is not known."""
    return str(registry.unit(registry.resolve(name, day) or name).unit_id)


def _told(language: Language, vi: str = "Đọc", en: str = "Reading") -> Callable[[str, int, int], None]:
    """Return a reporter of one line per file on standard error, so that piped output stays clean."""
    verb = vi if language == "vi" else en

    def told(name: str, place: int, total: int) -> None:
        _say(f"[{place}/{total}] {verb} {one_line(name)}", err=True)

    return told


def _named_values(parameters: Sequence[str]) -> dict[str, str]:
    """Return the value of each parameter written NAME=VALUE."""
    wrong = next((text for text in parameters if not text.partition("=")[0] or "=" not in text), None)
    if wrong is not None:
        raise ParameterError(
            f"{wrong!r} is no parameter. Write NAME=VALUE, such as --parameter from=2023-05-15.",
            f"{wrong!r} không phải là tham số. Hãy ghi TÊN=GIÁ TRỊ, ví dụ --parameter from=2023-05-15.",
        )
    return {name: value for name, _, value in (text.partition("=") for text in parameters)}


def _instant(text: str) -> datetime:
    from cchc_analysis.periods import parse_as_of

    moment = parse_as_of(text)
    if moment is None:
        raise ParameterError("A date is missing; write it as 2023-06-14.", "Thiếu ngày; hãy ghi theo dạng 2023-06-14.")
    return moment


def _json(value: object) -> str:
    def plain(item: object) -> str:
        return item.isoformat() if isinstance(item, (date, datetime)) else str(item)

    return json.dumps(value, ensure_ascii=False, indent=1, default=plain)
