"""Batches of pages beside `papermill` and `jupyter nbconvert`, the first page, memory of a worker, a whole country."""

import functools
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from batches import PERIOD, PROCESSES, Published, command, plain_pages, plain_papermill, publish
from harness import Curve, Line, Measured, Point, Promise, Size, in_child, side_by_side
from page_content import assert_same_page
from processes import InChild

PAGES = (
    *("00_overview", "10_processing_time", "20_digitisation", "30_satisfaction", "40_service_quality", "50_indices"),
    "90_data_quality",
)
MAIN_PAGE = "10_processing_time"
COMMUNES = 3_321
HOUR = 3_600

SAMPLE_DOSSIERS = {"small": 3_000, "full": 60_000}
PLAIN_UNITS, PLAIN_UNITS_OF_THE_MAIN_PAGE = 2, {"small": 2, "full": 4}
"""Units of which the two plain commands make the page; their time is then taken as many times as ours made pages."""

COUNTRY_UNITS: dict[Size, tuple[int, ...]] = {"small": (2, 5), "full": (50, 200)}

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
WORKER = Promise("memory of a worker at most 400 MB", of="memory_mb", bound="at most", value=400, from_n=20)
COUNTRY = Promise("the reports of 3,321 communes in about an hour on two processors", "seconds", "at most", HOUR)


def measure(folder: Path, size: Size, repeat: int) -> Iterator[Measured]:
    """A sample city first, page type by page type; then a country."""
    warehouse = sample_warehouse(folder, size)
    shown: list[InChild] = []
    yield from batch(folder, warehouse, MAIN_PAGE, PLAIN_UNITS_OF_THE_MAIN_PAGE[size], shown)
    WITH_ALL_WORKERS[:] = shown
    for page in (page for page in PAGES if size == "full" and page != MAIN_PAGE):
        yield from batch(folder, warehouse, page, PLAIN_UNITS, shown)
    yield first_page(folder, warehouse)
    yield from country(folder, size, shown)


def sample_warehouse(folder: Path, size: Size) -> Path:
    import cchc_analysis as cchc

    cchc.write_sample(folder / "sample", n_dossiers=SAMPLE_DOSSIERS[size])
    cchc.take_in([folder / "sample"], folder / "warehouse")
    return folder / "warehouse"


# One page type for all units


def batch(folder: Path, warehouse: Path, page: str, n_plain: int, shown: list[InChild]) -> Iterator[Measured]:
    """Make a page of all units of the sample, and by the plain commands of some; the text of these must be equal."""
    chosen = some_units(warehouse, n_plain)
    ours, plain = side_by_side(
        1,
        lambda: in_child(publish, warehouse, folder / "ours" / page, (page,), "all", PROCESSES),
        functools.partial(plain_pages, warehouse, page, chosen, folder / "plain" / page),
    )
    site: Published = ours.result.result
    shown.append(ours.result)
    for unit, made in plain.result.items():
        assert_same_page(site.folder / folder_of(unit) / f"{page}.html", made)
    files = f"with {site.n_files} forms and documents, index and manifest; " if site.n_files else ""
    yield Measured(
        case=f"pages {page}",
        ours=f"publish_reports in a new process, {PROCESSES} workers",
        other=f"papermill, then jupyter nbconvert, {PROCESSES} at once",
        n=site.n_pages,
        unit="pages",
        ours_seconds=(ours.result.seconds,),
        other_seconds=plain.all,
        factor=site.n_pages / len(chosen),
        promise=BATCH,
        memory_mb=ours.result.child_peak_rss_mb,
        note=f"{files}first page after {site.pages_ready[0]:.1f} s, last after {max(site.pages_ready):.1f} s; "
        f"the plain commands were measured on {len(chosen)} units (not the whole city, whose page is the dearest), "
        "with the same text",
        ours_cpu_seconds=(ours.result.cpu_seconds,),
        other_cpu_seconds=plain.all_cpu,
    )
    shutil.rmtree(folder / "ours" / page)


def some_units(warehouse: Path, n: int) -> list[str]:
    """Return n units that have dossiers, evenly from the list of all."""
    from cchc_analysis.study import units_of
    from cchc_analysis.warehouse import open_warehouse

    known = units_of(open_warehouse(warehouse))
    return [known[place * len(known) // n] for place in range(n)]


def folder_of(unit: str) -> str:
    from cchc_analysis.publication import folder_of

    return folder_of(unit)


# The first page


def first_page(folder: Path, warehouse: Path) -> Measured:
    """Wait for the first page as `make report` makes it, everything set up; beside one papermill run of that page."""
    target = iter(range(2))

    def plain() -> None:
        plain_papermill(warehouse, PAGES[0], "all", folder / f"first-{next(target)}.ipynb")

    ours, other = side_by_side(1, lambda: report_until_first_page(folder, warehouse), plain)
    intake, first = ours.result
    return Measured(
        case="first page of make report",
        ours="cchc intake of unchanged files, then cchc report until its first page is ready",
        other=f"papermill of {PAGES[0]} for the whole city",
        n=1,
        unit="pages",
        ours_seconds=(intake + first,),
        other_seconds=other.all,
        promise=FIRST,
        note=f"{intake:.1f} s of intake, which finds nothing new, and {first:.1f} s to the first page",
    )


def report_until_first_page(folder: Path, warehouse: Path) -> tuple[float, float]:
    """Return the seconds of an intake that finds nothing new, and from the start of the report to its first page."""
    began = time.perf_counter()
    done = subprocess.run(
        [command("cchc"), "intake", str(folder / "sample"), "--warehouse", str(warehouse)], capture_output=True
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode()[-2000:])
    intake = time.perf_counter() - began
    words = [command("cchc"), "report", "--warehouse", str(warehouse), "--period", PERIOD, "--units", "all"]
    words += ["--out", str(folder / "first"), "--workers", str(PROCESSES)]
    began = time.perf_counter()
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as report:
        said = []
        for line in report.stderr or ():
            said.append(line)
            if line.startswith("[1/"):
                break
        first = time.perf_counter() - began
        report.terminate()
        report.communicate()
    if not said or not said[-1].startswith("[1/"):
        raise RuntimeError(f"cchc report made no page: {''.join(said)[-2000:]}")
    return intake, first


# A country


def country(folder: Path, size: Size, shown: list[InChild]) -> Iterator[Measured]:
    """All pages, forms and documents of some communes, from which the time of all is projected along a line."""
    from country import write_country

    points = []
    for n_units in COUNTRY_UNITS[size]:
        warehouse = write_country(folder / f"country-{n_units}", n_units, registers=True)
        ran = in_child(publish, warehouse, folder / "site", (), "all", PROCESSES)
        shown.append(ran)
        points.append(Point(n_units, ran.seconds, ran.peak_mb))
        yield made_of_a_country(n_units, ran)
        shutil.rmtree(folder / "site")
        shutil.rmtree(warehouse)
    UNITS_POINTS[:] = points
    yield projected(points, size)
    yield largest_worker(shown)


UNITS_POINTS: list[Point] = []
WITH_ALL_WORKERS: list[InChild] = []
"""What `measure` found, for the curves: at some numbers of units, and the batch of the main page."""


def made_of_a_country(n_units: int, ran: InChild) -> Measured:
    site: Published = ran.result
    first, half, last = (site.pages_ready[place] for place in (0, len(site.pages_ready) // 2 - 1, -1))
    return Measured(
        case=f"country of {n_units} communes",
        ours=f"publish_reports, all pages, forms and documents, {PROCESSES} workers",
        other="",
        n=site.n_pages,
        unit="pages",
        ours_seconds=(ran.seconds,),
        memory_mb=ran.peak_mb,
        note=f"first page after {first:.1f} s, half {half - first:.1f} s later, the others in {last - half:.1f} s; "
        f"{site.n_files} forms, documents and calendars; {site.after_pages:.1f} s from the last page to the whole site",
        ours_cpu_seconds=(ran.cpu_seconds,),
    )


def projected(points: Sequence[Point], size: Size) -> Measured:
    """Continue the line through the two measured numbers of communes to all of them."""
    seconds, start = along_the_line(points, COMMUNES).seconds, along_the_line(points, 0).seconds
    slope = (seconds - start) / COMMUNES
    memory = along_the_line(points, COMMUNES).memory_mb
    return Measured(
        case="3,321 communes, projected",
        ours=f"the line through {points[0].x:g} and {points[-1].x:g} communes",
        other="",
        n=COMMUNES,
        unit="communes",
        ours_seconds=(seconds,),
        promise=COUNTRY if size == "full" else None,
        memory_mb=memory,
        note=f"{start:.0f} s at the start and {slope:.2f} s for each commune with all its pages, forms and documents: "
        f"{seconds / 60:.0f} minutes; not run in full",
    )


def along_the_line(points: Sequence[Point], x: float) -> Point:
    """Return the point at x of the line through the first and the last point."""
    first, last = points[0], points[-1]
    part = (x - first.x) / (last.x - first.x)
    memory = (first.memory_mb or 0) + part * ((last.memory_mb or 0) - (first.memory_mb or 0))
    return Point(x, first.seconds + part * (last.seconds - first.seconds), memory)


def largest_worker(shown: Sequence[InChild]) -> Measured:
    """Return the peak of the largest process that made pages in any of the runs before."""
    largest = max(shown, key=lambda ran: ran.child_peak_rss_mb)
    return Measured(
        case="memory of a worker",
        ours="the largest process started by publish_reports, all that it shares with others counted",
        other="",
        n=max(ran.result.n_pages for ran in shown),
        unit="pages",
        ours_seconds=(largest.seconds,),
        promise=WORKER,
        memory_mb=largest.child_peak_rss_mb,
        note=f"its share where pages are shared (PSS): {max(ran.child_peak_mb for ran in shown):.0f} MB",
    )


def curves(folder: Path, size: Size) -> Iterator[Curve]:
    """Time and memory against communes, as measured, with the projection and the hour; in full also against workers."""
    points = tuple(UNITS_POINTS)
    ends = (points[0].x, float(COMMUNES))
    line = Line("continued along a line", "other", tuple(along_the_line(points, x) for x in ends))
    bar = Line("bar: 3,321 communes in an hour", "bar", tuple(Point(x, HOUR * x / COMMUNES) for x in ends))
    yield Curve("units", "Rendering all pages, forms and documents", "units", points, (line, bar))
    if size == "small":
        return
    alone = in_child(publish, folder / "warehouse", folder / "alone", (MAIN_PAGE,), "all", 1)
    runs = [alone, *WITH_ALL_WORKERS]
    workers = (1, PROCESSES)
    measured = tuple(Point(n, ran.seconds, ran.peak_mb) for n, ran in zip(workers, runs, strict=True))
    limit = Line(
        "limit: as many processors", "limit", tuple(Point(point.x, measured[0].seconds / point.x) for point in measured)
    )
    yield Curve("workers", f"Rendering {runs[0].result.n_pages} pages of {MAIN_PAGE}", "workers", measured, (limit,))
