"""Batches of pages beside `papermill` and `jupyter nbconvert`, the first page, a worker's memory, one worker or two."""

import functools
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from batches import PERIOD, PROCESSES, Published, command, largest_worker, plain_pages, plain_papermill, publish
from harness import Curve, Line, Measured, Point, Promise, Runs, Size, in_child, side_by_side
from page_content import assert_same_page
from processes import InChild

MAIN_PAGE = "10_processing_time"
BATCHES: dict[Size, dict[str, int]] = {
    "small": {MAIN_PAGE: 2},
    "full": {MAIN_PAGE: 4, "90_data_quality": 4, "40_service_quality": 2},
}
"""Page → units of which the two plain commands make it; their time is then taken as many times as ours made pages."""

SAMPLE_DOSSIERS = {"small": 3_000, "full": 60_000}
LEAVE_SECONDS = 20

BATCH = Promise(
    "a batch of one page type at least 12× faster than papermill and nbconvert with as many processes",
    of="speed-up",
    bound="at least",
    value=12,
    from_n=20,
    aim=25,
)
FIRST = Promise(
    "the first page of a report already set up within twice one plain papermill run", "ratio", "at most", 2, from_n=1
)

MADE: dict[str, InChild] = {}
"""What `measure` found, page by page, for the curve."""


def measure(folder: Path, size: Size, repeat: int) -> Iterator[Measured]:
    """The sample city, page type by page type, then its first page."""
    del repeat
    warehouse = sample_warehouse(folder, size)
    for page, n_plain in BATCHES[size].items():
        yield from batch(folder, warehouse, page, n_plain)
    yield largest_worker("memory of a worker", list(MADE.values()))
    yield first_page(folder, warehouse)


def sample_warehouse(folder: Path, size: Size) -> Path:
    import cchc_analysis as cchc

    cchc.write_sample(folder / "sample", n_dossiers=SAMPLE_DOSSIERS[size])
    cchc.take_in([folder / "sample"], folder / "warehouse")
    return folder / "warehouse"


# One page type for all units


def batch(folder: Path, warehouse: Path, page: str, n_plain: int) -> Iterator[Measured]:
    """Make a page of all units of the sample, and by the plain commands of some; the text of these must be equal."""
    chosen = some_units(warehouse, n_plain)
    ours, plain = side_by_side(
        1,
        lambda: in_child(publish, warehouse, folder / "ours" / page, (page,), "all", PROCESSES),
        functools.partial(plain_pages, warehouse, page, chosen, folder / "plain" / page),
    )
    MADE[page] = ours.result
    site: Published = ours.result.result
    for unit, made in plain.result.items():
        assert_same_page(page_of(site, unit, page), made)
    yield whole_batch(page, ours.result, plain, n_plain)
    yield without_start(page, site, plain, n_plain)
    shutil.rmtree(folder / "ours" / page)


def whole_batch(page: str, ran: InChild, plain: Runs, n_plain: int) -> Measured:
    site: Published = ran.result
    files = f"with {site.n_files} forms and documents; " if site.n_files else ""
    return Measured(
        case=f"batch of {page}",
        ours=f"publish_reports in a new process, {PROCESSES} workers",
        other=f"papermill, then jupyter nbconvert, {PROCESSES} at once",
        n=site.n_pages,
        unit="pages",
        ours_seconds=(ran.seconds,),
        other_seconds=plain.all,
        factor=site.n_pages / n_plain,
        promise=BATCH,
        memory_mb=ran.peak_mb,
        note=f"{files}first page after {min(site.pages_ready):.1f} s, last after {max(site.pages_ready):.1f} s; "
        f"the plain commands were measured on {n_plain} units (not the whole city, whose page is the dearest), "
        "with the same text; memory of all processes together",
        ours_cpu_seconds=(ran.cpu_seconds,),
        other_cpu_seconds=plain.all_cpu,
    )


def without_start(page: str, site: Published, plain: Runs, n_plain: int) -> Measured:
    """Compare what each page more takes: ours from the first page that is ready to the last."""
    n = site.n_pages - 1
    return Measured(
        case=f"each page more of {page}",
        ours="from the first page to the last, divided by the pages between",
        other="the plain commands, a page",
        n=n,
        unit="pages",
        ours_seconds=((max(site.pages_ready) - min(site.pages_ready)) / n,),
        other_seconds=plain.all,
        factor=1 / n_plain,
        note="without the start, which is paid once however many units there are; the other way over ours: "
        f"{plain.best / n_plain * n / (max(site.pages_ready) - min(site.pages_ready)):.1f} times",
    )


def some_units(warehouse: Path, n: int) -> list[str]:
    """Return n units that have dossiers, evenly from the list of all."""
    from cchc_analysis.study import units_of
    from cchc_analysis.warehouse import open_warehouse

    known = units_of(open_warehouse(warehouse))
    return [known[place * len(known) // n] for place in range(n)]


def page_of(site: Published, unit: str, page: str) -> Path:
    from cchc_analysis.publication import folder_of

    return site.folder / folder_of(unit) / f"{page}.html"


# The first page


def first_page(folder: Path, warehouse: Path) -> Measured:
    """Wait for the first page as `make report` makes it, everything set up; beside one papermill run of that page."""
    (ours,) = side_by_side(1, lambda: report_until_first_page(folder, warehouse))
    intake, first, target = ours.result
    page = target.rpartition("/")[2].removesuffix(".html")
    (other,) = side_by_side(1, lambda: plain_papermill(warehouse, page, "all", folder / "first.ipynb"))
    return Measured(
        case="first page of make report",
        ours="cchc intake of unchanged files, then cchc report until its first page is ready",
        other=f"papermill of {page} for the whole city, the page that comes first",
        n=1,
        unit="pages",
        ours_seconds=(intake + first,),
        other_seconds=other.all,
        promise=FIRST,
        note=f"{intake:.1f} s of intake, which finds nothing new, and {first:.1f} s to the first page",
    )


def report_until_first_page(folder: Path, warehouse: Path) -> tuple[float, float, str]:
    """Return the seconds of an intake that finds nothing new and those of the report to its first page, and which."""
    began = time.perf_counter()
    done = subprocess.run(
        [command("cchc"), "intake", str(folder / "sample"), "--warehouse", str(warehouse)], capture_output=True
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode()[-2000:])
    intake = time.perf_counter() - began
    words = [
        command("cchc"),
        "report",
        "--internal",
        "--warehouse",
        str(warehouse),
        "--period",
        PERIOD,
        "--units",
        "all",
    ]
    words += ["--out", str(folder / "first"), "--workers", str(PROCESSES)]
    began = time.perf_counter()
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as report:
        said = []
        for line in report.stderr or ():
            said.append(line)
            if line.startswith("[1/"):
                break
        first = time.perf_counter() - began
        end(report)
    if not said or not said[-1].startswith("[1/"):
        raise RuntimeError(f"cchc report made no page: {''.join(said)[-2000:]}")
    return intake, first, said[-1].split()[1]


def end(report: "subprocess.Popen[str]") -> None:
    """End a command and what it has started, which would otherwise disturb what is measured next."""
    with_it = psutil.Process(report.pid).children(recursive=True) if report.poll() is None else []
    report.terminate()
    _, alive = psutil.wait_procs([psutil.Process(report.pid), *with_it] if with_it else [], LEAVE_SECONDS)
    for process in alive:
        process.kill()


def curves(folder: Path, size: Size) -> Iterator[Curve]:
    """Time and memory of the batch of one page type with one worker and with two."""
    if size == "small":
        return
    alone = in_child(publish, folder / "warehouse", folder / "alone", (MAIN_PAGE,), "all", 1)
    runs = {1: alone, PROCESSES: MADE[MAIN_PAGE]}
    points = tuple(Point(n, ran.seconds, ran.peak_mb) for n, ran in runs.items())
    limit = Line("limit: the time of one worker, divided", "limit", tuple(Point(n, alone.seconds / n) for n in runs))
    yield Curve("workers", f"A batch of {alone.result.n_pages} pages ({MAIN_PAGE})", "workers", points, (limit,))
