"""A batch of pages made by us, and by the two plain commands that make the same pages one by one."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from harness import Measured, Promise
from processes import InChild

PROJECT = Path(__file__).resolve().parent.parent
PERIOD = "2023-Q2"
PROCESSES = 2
"""Both ways use as many processes."""

WORKER = Promise("memory of a worker at most 400 MB", of="memory_mb", bound="at most", value=400, from_n=20)


@dataclass
class Marks:
    """Seconds from the start at which each page or file of a run was ready; what a progress hears."""

    began: float = field(default_factory=time.perf_counter)
    ready: list[tuple[float, str]] = field(default_factory=list)

    def started(self, n_pages: int) -> None:
        pass

    def page_done(self, target: str, seconds: float | None) -> None:
        self.ready.append((time.perf_counter() - self.began, target))

    def finished(self) -> None:
        pass

    @property
    def pages(self) -> list[float]:
        return [seconds for seconds, target in self.ready if target.endswith(".html")]


@dataclass(frozen=True)
class Published:
    """A site that was made: its folder, how many pages, when each was ready, and the seconds until the site stood."""

    folder: Path
    n_pages: int
    pages_ready: tuple[float, ...]
    n_files: int
    seconds: float

    @property
    def after_pages(self) -> float:
        """Seconds between the last page and the site: frames, files that follow, the manifest."""
        return self.seconds - max(self.pages_ready)


def publish(warehouse: Path, out: Path, pages: Sequence[str], units: str, workers: int) -> Published:
    """Make a site as `cchc report` does; called in a fresh process, so that imports are paid for."""
    marks = Marks()
    from cchc_analysis import publish_reports

    site = publish_reports(
        warehouse=warehouse,
        period=PERIOD,
        units=units,
        pages=tuple(pages) or None,
        edition="internal",
        out=out,
        workers=workers,
        progress=marks,
    )
    seconds = time.perf_counter() - marks.began
    files = [path for path in site.folder.rglob("*") if path.suffix in (".xlsx", ".docx", ".ics")]
    return Published(site.folder, site.n_pages, tuple(marks.pages), len(files), seconds)


def largest_worker(case: str, shown: Sequence[InChild]) -> Measured:
    """Return the peak of the largest process that made pages in any of the runs."""
    largest = max(shown, key=lambda ran: ran.child_peak_rss_mb)
    return Measured(
        case=case,
        ours="the largest process started by publish_reports, all that it shares with others counted",
        other="",
        n=max(ran.result.n_pages for ran in shown),
        unit="pages",
        ours_seconds=(largest.seconds,),
        promise=WORKER,
        memory_mb=largest.child_peak_rss_mb,
        note=f"its share where memory is shared (PSS): {max(ran.child_peak_mb for ran in shown):.0f} MB",
    )


def plain_pages(warehouse: Path, page: str, units: Sequence[str], folder: Path) -> dict[str, Path]:
    """Run the two commands for each unit, so many units at once as we have workers; return the pages by unit."""
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(PROCESSES) as at_once:
        made = at_once.map(
            lambda place: plain_page(warehouse, page, units[place], folder / str(place)), range(len(units))
        )
        return dict(zip(units, made, strict=True))


def plain_page(warehouse: Path, page: str, unit: str, path: Path) -> Path:
    notebook = path.with_suffix(".ipynb")
    plain_papermill(warehouse, page, unit, notebook)
    run([command("jupyter"), "nbconvert", "--to", "html", "--no-input", str(notebook)])
    return path.with_suffix(".html")


def plain_papermill(warehouse: Path, page: str, unit: str, to: Path) -> None:
    given = {"period": PERIOD, "unit": unit, "data": str(warehouse)}
    parameters = [word for name, value in given.items() for word in ("-p", name, value)]
    run([command("papermill"), str(PROJECT / "notebooks" / f"{page}.ipynb"), str(to), "--no-progress-bar", *parameters])


def command(name: str) -> str:
    """Return a command of the environment that runs us."""
    return str(Path(sys.executable).with_name(name))


def run(words: Sequence[str]) -> None:
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:4])} … failed:\n{done.stderr[-2000:]}")
