"""The command line `cchc`: thin over the facade; heavy libraries are imported by the command that needs them."""

import json
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cchc_analysis.errors import CchcError, Language, ParameterError
from cchc_analysis.schema import KINDS
from cchc_analysis.version import VERSION

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
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn an error of ours into one sentence and exit code 2; Ctrl-C into one sentence and 130."""

    @wraps(command)
    def guarded(*args: Any, language: Language = "vi", **kwargs: Any) -> None:
        # A scheduler ends a run with SIGTERM: leave by the same door as Ctrl-C, so that kernels and litter go too.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
        try:
            command(*args, language=language, **kwargs)
        except CchcError as error:
            click.echo(f"cchc: {error.message(language)}", err=True)
            sys.exit(REFUSED)
        except KeyboardInterrupt:
            text = (
                "Đã dừng theo yêu cầu; không có gì bị thay đổi."
                if language == "vi"
                else "Stopped; nothing was changed."
            )
            click.echo(f"\ncchc: {text}", err=True)
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

    Exit codes: 0 done; 1 finished, but more rows were rejected than allowed; 2 refused, nothing was changed.
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
    "--allowed-rejects", default=0.01, show_default=True, help="Largest share of rejected rows for exit code 0."
)
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
    allowed_rejects: float,
    as_json: bool,
    language: Language,
) -> None:
    """Take exports (files or folders) into a warehouse: find the header, type and check every row, keep the rejected.

    Adds to a warehouse that is there; feeding the same files again changes nothing. The dossiers and each register
    (payments, feedback, e_copies, procedures, other_register) and each survey are accounted for on their own.
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
        progress=_told(language),
    )
    click.echo(_json(accounting_of(result)) if as_json else accounting_text(result, language))
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
    as_json: bool,
    language: Language,
) -> None:
    """Print a measure as its indicator table.

    Measures: form_06a, on_time, on_time_change, outcomes, working_days, time_to_closing, time_cut, pending,
    digitisation, online_share, cashless, postal, online_by_hour, and of registers: payment_forms, feedback, copies,
    catalogue, matching; of a survey: satisfaction, satisfaction_waves, survey_forms. An unknown name lists all of them.
    """
    from cchc_analysis.counting import rule_named
    from cchc_analysis.study import MEASURES, open_study

    if measure not in MEASURES:
        known = ", ".join(MEASURES)
        raise ParameterError(
            f"There is no measure {measure!r}; known: {known}.",
            f"Không có chỉ số {measure!r}; các chỉ số có sẵn: {known}.",
        )
    study = open_study(data=warehouse, period=period, unit=unit, as_of=as_of, language=language)
    keys = tuple(name.strip() for name in by.split(",") if name.strip())
    table = MEASURES[measure](study, keys, rule_named(rule).with_denominator(denominator))
    if as_json or form == "json":
        click.echo(table.to_json(orient="records", force_ascii=False, indent=1, date_format="iso"))
    elif form == "csv":
        click.echo(table.to_csv(index=False), nl=False)
    else:
        click.echo(table.to_string(index=False, na_rep="-"))


@main.command(
    epilog="Example: cchc report --warehouse data/warehouse/sample --period 2023-Q2 --units all --out reports"
)
@click.option("--warehouse", required=True, help="Warehouse folder.")
@click.option(
    "--period", required=True, help="2023-05, 2023-Q2, 2023-6M, 2023-9M, 2023; -calendar for calendar months."
)
@click.option("--units", default="all", show_default=True, help="all, or ids or names by comma.")
@click.option(
    "--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of the sites."
)
@click.option("--as-of", default="", help="Day up to which the data speak (ISO). Default: end of period or data.")
@click.option("--pages", default="", help="Notebooks by comma. Default: all that have data.")
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
    workers: int,
    as_json: bool,
    language: Language,
) -> None:
    """Make every page of a period for the units and publish the site: all pages or none."""
    from cchc_analysis.publication import publish_reports
    from cchc_analysis.reports import terminal_progress

    result = publish_reports(
        warehouse=warehouse,
        period=period,
        units=units,
        language=language,
        out=out,
        as_of=as_of,
        pages=tuple(name.strip() for name in pages.split(",") if name.strip()) or None,
        workers=workers,
        progress=terminal_progress(language=language),
    )
    index = result.folder / "index.html"
    if as_json:
        click.echo(_json({"index": str(index), "pages": result.n_pages, "executed": result.n_executed}))
    elif language == "vi":
        click.echo(f"Đã xuất bản {result.n_pages} trang ({result.n_executed} trang tính mới). Mở trang: {index}")
    else:
        click.echo(f"Published {result.n_pages} pages ({result.n_executed} computed anew). Open: {index}")


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
    click.echo(_json({"start": first.isoformat(), "end": last.isoformat(), "working_days": n}) if as_json else n)


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
    click.echo(
        _json({"received": moment.isoformat(), "n": n, "unit": unit, "due": due.isoformat()}) if as_json else text
    )


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
        click.echo(_json(truth.summary()))
    elif language == "vi":
        click.echo(
            f"Đã ghi {len(truth.files)} tệp kết xuất và {truth.n_lists} tệp sổ, phiếu khảo sát giả lập vào {folder} "
            "(dữ liệu do máy sinh ra, không có thật)."
        )
    else:
        click.echo(
            f"Wrote {len(truth.files)} synthetic exports and {truth.n_lists} lists of registers and surveys "
            f"to {folder} (generated, nothing in them is real)."
        )


def _told(language: Language) -> Callable[[str, int, int], None]:
    """Return a reporter of one line per file on standard error, so that piped output stays clean."""
    verb = "Đọc" if language == "vi" else "Reading"

    def told(name: str, place: int, total: int) -> None:
        click.echo(f"[{place}/{total}] {verb} {name}", err=True)

    return told


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
