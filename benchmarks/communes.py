"""A country: all pages of 10, 50 and 200 communes, and the line through them up to all 3,321."""

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from batches import PROCESSES, Published, largest_worker, publish
from country import write_country
from harness import Curve, Line, Measured, Point, Promise, Size, in_child, not_measured
from processes import ChildError, InChild

PAGES = (
    *("00_overview", "10_processing_time", "20_digitisation", "30_satisfaction", "40_service_quality"),
    "90_data_quality",
)
"""All that a commune has: a page on indices needs scores that communes do not give themselves."""

COMMUNES = 3_321
HOUR = 3_600
FEW: dict[Size, int] = {"small": 2, "full": 10}
"""Communes of the first run, from which the time of the others is guessed."""

MORE: dict[Size, tuple[tuple[int, ...], ...]] = {
    "small": ((5,),),
    "full": ((50, 200), (200,), (150,), (100,), (50,), (20,)),
}
"""What may be run after the few: the first of these that fits into the minutes."""

MINUTES: dict[Size, float] = {"small": 3, "full": 12}
COUNTRY = Promise("the pages of 3,321 communes in about an hour on two processors", "seconds", "at most", HOUR)


@dataclass(frozen=True)
class Run:
    """One site: of how many communes, and what it took."""

    n_units: int
    ran: InChild

    @property
    def site(self) -> Published:
        made: Published = self.ran.result
        return made

    @property
    def point(self) -> Point:
        return Point(self.n_units, self.ran.seconds, self.ran.peak_mb)


RUNS: list[Run] = []
"""What `measure` has run, for the curve."""


def measure(folder: Path, size: Size, repeat: int) -> Iterator[Measured]:
    """Make the pages of a few communes, with and without the other files; then of as many as the minutes allow."""
    del repeat
    ends = time.monotonic() + 60 * MINUTES[size]
    few = made(folder, FEW[size], PAGES, ends)
    RUNS[:] = [few]
    yield told(few, "all pages")
    everything = made(folder, FEW[size], (), ends)
    yield told(everything, "all pages, forms, documents and calendars")
    for n_units in fitting(few, MORE[size], ends - time.monotonic()):
        try:
            RUNS.append(made(folder, n_units, PAGES, ends + 60))
        except ChildError as error:
            yield not_measured(f"country of {n_units} communes", str(error).splitlines()[-1][:200], "pages")
            continue
        yield told(RUNS[-1], "all pages")
    yield from across(RUNS, everything, size)
    yield largest_worker("a country: memory of a worker", [run.ran for run in RUNS])


def made(folder: Path, n_units: int, pages: Sequence[str], ends: float) -> Run:
    """Make a site of so many communes, until `ends` (as time.monotonic tells it) at the latest."""
    warehouse = write_country(folder / "country", n_units, registers=True)
    limit = max(60.0, ends - time.monotonic())
    try:
        return Run(n_units, in_child(publish, warehouse, folder / "site", pages, "all", PROCESSES, limit_seconds=limit))
    finally:
        shutil.rmtree(folder / "site", ignore_errors=True)
        shutil.rmtree(warehouse)


def fitting(few: Run, plans: Sequence[Sequence[int]], seconds: float) -> Sequence[int]:
    """Return the first of the plans that the seconds are enough for, by what the few communes took; else none."""
    start = min(few.site.pages_ready)
    each = (few.ran.seconds - start) / few.n_units
    return next((plan for plan in plans if sum(start + each * n for n in plan) <= seconds), ())


def told(run: Run, what: str) -> Measured:
    """Return the line of one site, with its course from the first page to the last."""
    site = run.site
    ready = sorted(site.pages_ready)
    first, half, last = ready[0], ready[len(ready) // 2 - 1], ready[-1]
    files = f"{site.n_files} forms, documents and calendars; " if site.n_files else ""
    return Measured(
        case=f"country of {run.n_units} communes, {what}",
        ours=f"publish_reports in a new process, {PROCESSES} workers",
        other="",
        n=site.n_pages,
        unit="pages",
        ours_seconds=(run.ran.seconds,),
        memory_mb=run.ran.peak_mb,
        note=f"first page after {first:.1f} s, half of them {half - first:.1f} s later, the others in "
        f"{last - half:.1f} s; {files}{site.after_pages:.1f} s from the last page to the whole site; memory of all "
        "processes together",
        ours_cpu_seconds=(run.ran.cpu_seconds,),
    )


def across(runs: Sequence[Run], everything: Run, size: Size) -> Iterator[Measured]:
    """Continue the line through the first and the last run to all communes; tell whether it was straight so far."""
    if len(runs) < 2:
        yield not_measured("3,321 communes, projected", "only one number of communes was run", "communes")
        return
    points = [run.point for run in runs]
    whole, start = along_the_line(points, COMMUNES), along_the_line(points, 0).seconds
    each = (whole.seconds - start) / COMMUNES
    others = max(0.0, everything.ran.seconds - runs[0].ran.seconds) / everything.n_units
    yield Measured(
        case="3,321 communes, projected",
        ours=f"all pages: the line through {points[0].x:g} and {points[-1].x:g} communes",
        other="",
        n=COMMUNES,
        unit="communes",
        ours_seconds=(whole.seconds,),
        promise=COUNTRY if size == "full" else None,
        memory_mb=whole.memory_mb,
        note=f"{start:.0f} s at the start and {each:.2f} s for each commune: {whole.seconds / 60:.0f} minutes; forms, "
        f"documents and calendars take {others:.2f} s more for each, {(whole.seconds + COMMUNES * others) / 60:.0f} "
        "minutes with them; not run in full",
    )
    if len(points) > 2:
        yield straight(points)


def straight(points: Sequence[Point]) -> Measured:
    """Compare what a commune more took among many with what it took among few: 1 is a straight line."""
    first, middle, last = points[0], points[-2], points[-1]
    return Measured(
        case="linear in communes",
        ours=f"a commune more between {middle.x:g} and {last.x:g}",
        other=f"between {first.x:g} and {middle.x:g}",
        n=int(last.x),
        unit="communes",
        ours_seconds=((last.seconds - middle.seconds) / (last.x - middle.x),),
        other_seconds=((middle.seconds - first.seconds) / (middle.x - first.x),),
    )


def along_the_line(points: Sequence[Point], x: float) -> Point:
    """Return the point at x of the line through the first and the last point."""
    first, last = points[0], points[-1]
    part = (x - first.x) / (last.x - first.x)
    memory = (first.memory_mb or 0) + part * ((last.memory_mb or 0) - (first.memory_mb or 0))
    return Point(x, first.seconds + part * (last.seconds - first.seconds), memory)


def curves(folder: Path, size: Size) -> Iterator[Curve]:
    """Time and memory against communes, with the projection and the hour."""
    del folder, size
    points = tuple(run.point for run in RUNS)
    if len(points) < 2:
        return
    ends = (points[-1].x, float(COMMUNES))
    line = Line(
        f"continued to {COMMUNES:,} communes (not run)", "other", tuple(along_the_line(points, x) for x in ends)
    )
    bar = Line(
        "bar: 3,321 communes in an hour", "bar", tuple(Point(x, HOUR * x / COMMUNES) for x in (points[0].x, ends[1]))
    )
    yield Curve("units", f"All pages of a country, {PROCESSES} workers", "units", points, (line, bar))
