"""Reports that a scheduler asks for: which periods, one site each, and what the log and the exit code say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from cchc_analysis.editions import Edition
from cchc_analysis.errors import CchcError, Language, ParameterError
from cchc_analysis.periods import parse_as_of
from cchc_analysis.plan import Plan, load_plan
from cchc_analysis.privacy_scan import Secrets
from cchc_analysis.publication import publish_reports
from cchc_analysis.reports import Progress, SiteResult, Stopwatch
from cchc_analysis.schedule import DUE, LATEST, due_reports, latest_period, openness
from cchc_analysis.study import ALL_UNITS
from cchc_analysis.text import show_invisible
from cchc_analysis.warehouse import Engine, Warehouse, open_warehouse

DONE, WARNED, REFUSED, SOME_FAILED = 0, 1, 2, 3
"""Exit codes: every period published; published, but something lacks that a person must look at; nothing published;
some periods published and others not."""

STATUS = {DONE: "done", WARNED: "warnings", REFUSED: "refused", SOME_FAILED: "partly_failed"}

Log = Callable[[str, str], None]
"""Takes a level (INFO, WARNING, ERROR, RESULT) and a line."""


@dataclass(frozen=True)
class Wanted:
    """One site to make: the label of its period, the day before which it is wanted, and what to say of its window."""

    period: str
    due_before: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a wanted site: the site, or the error for which nothing of it was published."""

    period: str
    site: SiteResult | None
    error: CchcError | None = None


@dataclass(frozen=True)
class RunResult:
    """What a run made of the periods it was asked for; none were asked for where nothing was due."""

    outcomes: tuple[Outcome, ...] = ()

    @property
    def published(self) -> tuple[SiteResult, ...]:
        """The sites that were published."""
        return tuple(outcome.site for outcome in self.outcomes if outcome.site is not None)

    @property
    def exit_code(self) -> int:
        """DONE, WARNED, REFUSED or SOME_FAILED.

        >>> RunResult().exit_code
        0
        """
        failed = [outcome for outcome in self.outcomes if outcome.site is None]
        if failed:
            return SOME_FAILED if self.published else REFUSED
        return WARNED if any(site.warnings for site in self.published) else DONE

    def summary_line(self, seconds: float) -> str:
        """Return the last line of a log, `key=value` by spaces; "-" for none.

        >>> RunResult().summary_line(0.04)
        'status=done exit=0 periods=- published=- failed=- pages=0 executed=0 seconds=0.0'
        """
        failed = [outcome.period for outcome in self.outcomes if outcome.site is None]
        fields = {
            "status": STATUS[self.exit_code],
            "exit": self.exit_code,
            "periods": _joined([outcome.period for outcome in self.outcomes]),
            "published": _joined([outcome.period for outcome in self.outcomes if outcome.site is not None]),
            "failed": _joined(failed),
            "pages": sum(site.n_pages for site in self.published),
            "executed": sum(site.n_executed for site in self.published),
            "seconds": f"{seconds:.1f}",
        }
        return " ".join(f"{name}={value}" for name, value in fields.items())


def _joined(labels: Sequence[str]) -> str:
    return ",".join(labels) or "-"


def wanted_periods(period: str, plan: Plan, warehouse: Warehouse, as_of: date, language: Language) -> list[Wanted]:
    """Return the sites that LATEST or DUE stands for on a day; any other text is the label of one period.

    LATEST: the last period that is over and that the data reach the end of. DUE: the reports that the calendar of the
    plan wants next, each with what is to be said of its window; none where nothing is due.
    """
    if period == DUE:
        return [
            Wanted(report.period.label, report.before, openness(report, as_of, language))
            for report in due_reports(plan, as_of)
        ]
    if period == LATEST:
        return [Wanted(latest_period(plan, as_of, warehouse.as_of.date()).label)]
    return [Wanted(period)]


def run_reports(
    *,
    warehouse: str | Path,
    period: str,
    as_of: str = "",
    plan: str = "vung-tau-2023",
    units: str = ALL_UNITS,
    language: Language = "vi",
    out: str | Path = "reports",
    pages: Sequence[str] | None = None,
    workers: int = 2,
    progress: Progress | None = None,
    units_on: str = "",
    engine: Engine = "duckdb",
    log: Log | None = None,
    files: bool | None = None,
    edition: Edition = "public",
    secrets: Secrets | None = None,
) -> RunResult:
    """Publish one site for each period that `period` stands for; a period that fails leaves the others alone.

    `period`: "latest", "due" or the label of a period; `as_of`: the day of the run, needed for the two words, since
    nothing here reads the clock; `plan`: whose calendar says what is due; `engine`, `files`, `edition`,
    `secrets`: as in publish_reports.
    `log` hears of every step and, last, of the
    result (see RunResult.summary_line). Raises ParameterError where `as_of` or the plan is missing, WarehouseError
    where there is no warehouse; what goes wrong with one period is in its Outcome.
    """
    say: Log = log or _silent
    watch = Stopwatch()
    day = parse_as_of(as_of)
    if day is None and period in (DUE, LATEST):
        raise ParameterError(
            f"--period {period} needs --as-of, the day of the run, such as 2023-06-10.",
            f"--period {period} cần có --as-of là ngày chạy, ví dụ 2023-06-10.",
        )
    opened = open_warehouse(warehouse)
    on = opened.as_of.date() if day is None else day.date()
    publish = partial(
        publish_reports,
        warehouse=warehouse,
        # Up to the end of the data or of the period, whichever comes first, unless an earlier day is asked for.
        as_of="" if period in (DUE, LATEST) and on >= opened.as_of.date() else as_of,
        plan=plan,
        units=units,
        language=language,
        out=out,
        pages=pages,
        workers=workers,
        progress=progress,
        units_on=units_on,
        engine=engine,
        files=files,
        edition=edition,
        secrets=secrets,
    )
    wanted = wanted_periods(period, load_plan(plan), opened, on, language)
    if not wanted:
        say("INFO", nothing_due(on, language))
    result = RunResult(tuple(_outcome(site, publish, say, language) for site in wanted))
    say("RESULT", result.summary_line(watch.seconds))
    return result


def nothing_due(on: date, language: Language) -> str:
    """Say that the plan asks for no report on a day."""
    if language == "vi":
        return f"Không có báo cáo nào đến kỳ phải gửi tính từ ngày {on:%d/%m/%Y} theo lịch của kế hoạch."
    return f"No report is due after {on:%d/%m/%Y} by the calendar of the plan."


def _outcome(wanted: Wanted, publish: Callable[..., SiteResult], say: Log, language: Language) -> Outcome:
    """Publish one site and tell the log; an error of ours is kept, so that the other periods are still made."""
    say("INFO", f"period={wanted.period} {wanted.note}".rstrip())
    try:
        site = publish(period=wanted.period, due_before=wanted.due_before)
    except CchcError as error:
        say("ERROR", f"period={wanted.period} {error.message(language)}")
        return Outcome(wanted.period, None, error)
    for warning in site.warnings:
        say("WARNING", f"period={wanted.period} {warning}")
    say("INFO", f"period={wanted.period} pages={site.n_pages} executed={site.n_executed} site={site.folder}")
    return Outcome(wanted.period, site)


def _silent(level: str, line: str) -> None:
    """Tell nobody."""


def file_log(path: Path) -> Log:
    """Return a log that adds plain lines `LEVEL text` to a file; folders on the way are made.

    Lines carry no time of day, since nothing here reads the clock: cron and systemd write it beside what they keep.
    """
    path.parent.mkdir(parents=True, exist_ok=True)

    def say(level: str, line: str) -> None:
        with path.open("a", encoding="utf-8", newline="\n") as lines:
            lines.write(f"{level} {show_invisible(' '.join(line.split()))}\n")

    return say
