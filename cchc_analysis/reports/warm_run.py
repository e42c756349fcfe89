"""Make pages and files in warm workers, one each, as many at a time as wanted, and watch over every one of them."""

import json
import shutil
import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cchc_analysis.errors import ReportError
from cchc_analysis.reports.failures import FileFailure, PageFailure
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.jobs import PageJob, WarmUp
from cchc_analysis.reports.outcome import Job, Outcome, RunSettings
from cchc_analysis.reports.parameters import check_parameters
from cchc_analysis.reports.runner import skip_needless_grammar
from cchc_analysis.reports.warm_memory import held_mb
from cchc_analysis.reports.warm_orders import (
    CellBegins,
    CellShows,
    FileMade,
    FileOrder,
    Notebook,
    NotMade,
    Order,
    PageMade,
    PageOrder,
)
from cchc_analysis.reports.warm_parent import WarmParent, Worker
from cchc_analysis.reports.warm_start import WarmStart

LOOKS_EVERY_SECONDS = 0.05
MAX_PARENTS = 3
"""So many warm parents may be lost (killed by the machine, say) before a run gives up."""


@dataclass
class Running:
    """A job under way: since when, since when its cell, and what its worker has told."""

    asked: "Asked"
    folder: Path
    started: float
    cell_since: float
    place: int | None = None
    told: list[Any] = field(default_factory=list)

    @property
    def job(self) -> Job:
        """What is to be made."""
        return self.asked.job


@dataclass(frozen=True)
class Asked:
    """A job of a run with its place among them and its key."""

    place: int
    job: Job
    key: str


class Waiting:
    """The jobs of a run that wait, in their order; each for what must be ready before."""

    def __init__(self, pending: Sequence[tuple[Job, str]]) -> None:
        self.lines: dict[str, deque[Asked]] = {}
        self.ready, self.all_is_ready = {""}, False
        for place, (job, key) in enumerate(pending):
            self.lines.setdefault(job.needs, deque()).append(Asked(place, job, key))

    def __bool__(self) -> bool:
        return any(self.lines.values())

    def next(self) -> Asked | None:
        """Take the first job that can begin; None where none can yet."""
        lines = (line for need, line in self.lines.items() if line and (self.all_is_ready or need in self.ready))
        line = min(lines, key=lambda waiting: waiting[0].place, default=None)
        return None if line is None else line.popleft()

    def again(self, jobs: Iterable[Asked]) -> None:
        """Let jobs wait again that had begun."""
        for asked in sorted(jobs, key=lambda asked: asked.place, reverse=True):
            self.lines[asked.job.needs].appendleft(asked)


def warm_outcomes(pending: Sequence[tuple[Job, str]], settings: RunSettings) -> Generator[Outcome, None, None]:
    """Yield how each job ended, in the order in which they end.

    A job that crashes, takes longer than `timeout_seconds` for a cell (a file: in all) or holds more than `memory_mb`
    takes down itself alone. Whatever ends the run, no process of it lives on.
    """
    warm_up = settings.warm_up or WarmUp()
    with warm_up.started or WarmStart(warm_up.modules) as start:
        parent = start.parent
        assert parent is not None
        parent.go_on(warm_up)
        yield from WarmRun(pending, settings, start.folder.path).outcomes(parent)


class WarmRun:
    """The jobs of a run: those that wait, those under way; and what the main process has to do beside them."""

    def __init__(self, pending: Sequence[tuple[Job, str]], settings: RunSettings, work: Path) -> None:
        self.waiting, self.settings, self.work = Waiting(pending), settings, work
        self.running: dict[Worker, Running] = {}
        self.n_started = self.n_lost_parents = 0
        self.looked = 0.0

    def outcomes(self, parent: WarmParent) -> Iterator[Outcome]:
        """Yield how each job ended.

        One thread does it all, step by step: counting has an open database, and Ctrl-C ends a process of one thread.
        """
        own_work = self.own_work()
        while self.waiting or self.running:
            while parent.is_ready and len(self.running) < max(1, self.settings.workers):
                asked = self.waiting.next()
                if asked is None:
                    break
                self.begin(parent, asked)
            has_done = next(own_work, False)
            for worker in parent.wait_for_any(self.running, 0 if has_done else LOOKS_EVERY_SECONDS):
                yield from self.heard(parent, worker)
            yield from self.looked_after(parent)
            if parent.is_lost:
                self.begin_again(parent)

    def own_work(self) -> Iterator[bool]:
        """Do what the main process has to do, one piece at a time, noting what is ready; True after each piece."""
        for name in (self.settings.warm_up or WarmUp()).steps():
            self.waiting.ready.add(name)
            yield True
        self.waiting.all_is_ready = True
        yield True
        for do in self.settings.meanwhile:
            do()
            yield True

    def begin(self, parent: WarmParent, asked: Asked) -> None:
        """Give a job to a new worker."""
        folder = self.work / f"{self.n_started:05d}"
        folder.mkdir()
        self.n_started += 1
        worker = parent.fork(order_of(asked.job, folder, self.settings))
        now = time.monotonic()
        self.running[worker] = Running(asked, folder, now, now)

    def begin_again(self, parent: WarmParent) -> None:
        """Start another parent after one was lost, and let those jobs wait again that it took with it."""
        self.n_lost_parents += 1
        if self.n_lost_parents == MAX_PARENTS:
            raise ReportError(
                "The process that makes the pages was ended from outside, most often for lack of memory; "
                "use fewer workers or free memory.",
                "Tiến trình tạo trang bị dừng từ bên ngoài, thường do thiếu bộ nhớ; "
                "hãy giảm số tiến trình song song hoặc giải phóng bộ nhớ.",
            )
        self.waiting.again(running.asked for running in self.running.values())
        self.running.clear()
        parent.close()
        parent.start()
        parent.get_ready()

    def heard(self, parent: WarmParent, worker: Worker) -> Iterator[Outcome]:
        """Take what a worker tells; yield the outcome when it is done or has died."""
        running, told = self.running[worker], worker.receive()
        if isinstance(told, CellBegins):
            running.place, running.cell_since = told.place, time.monotonic()
            if told.place is not None:
                running.told.append(told)
        elif isinstance(told, Notebook | CellShows):
            running.told.append(told)
        elif isinstance(told, PageMade):
            yield self.done(parent, worker, PageBody(told.html, told.title), told)
        elif isinstance(told, FileMade):
            yield self.done(parent, worker, told.content, told)
        elif isinstance(told, NotMade):
            keep(running.folder, told.notebook, told.traceback)
            yield self.failed(parent, worker, (told.en, told.vi), told.cell)
        else:
            status = parent.wait_for_end(worker)
            if not parent.is_lost:
                yield self.failed(parent, worker, crashed(status))

    def looked_after(self, parent: WarmParent) -> Iterator[Outcome]:
        """Kill and yield the jobs that take too long or hold too much."""
        now = time.monotonic()
        if now - self.looked < LOOKS_EVERY_SECONDS:
            return
        self.looked = now
        for worker, running in list(self.running.items()):
            too_long = now - running.cell_since > self.settings.timeout_seconds
            if not too_long and (not worker.pid or held_mb(worker.pid) <= self.settings.memory_mb):
                continue
            parent.kill(worker, where=too_long)
            parent.wait_for_end(worker)
            limits = self.settings
            yield self.failed(
                parent, worker, took_too_long(limits.timeout_seconds) if too_long else held_too_much(limits.memory_mb)
            )

    def done(self, parent: WarmParent, worker: Worker, made: PageBody | bytes, told: PageMade | FileMade) -> Outcome:
        """Return the outcome of a job whose worker has made it."""
        running = self.forget(parent, worker)
        shutil.rmtree(running.folder, ignore_errors=True)
        seconds = time.monotonic() - running.started
        used = told.peak_mb, told.cpu_seconds
        return Outcome(running.job, running.asked.key, made, None, running.folder, seconds, *used)

    def failed(self, parent: WarmParent, worker: Worker, reason: tuple[str, str], cell: str = "") -> Outcome:
        """Return the outcome of a job that failed; the notebook as far as it ran is in its folder."""
        running = self.forget(parent, worker)
        failure: ReportError
        if isinstance(running.job, PageJob):
            failure = PageFailure(running.job.notebook, cell or last_cell(running), *reason)
        else:
            failure = FileFailure(running.job.target, *reason)
        return Outcome(running.job, running.asked.key, None, failure, running.folder, 0.0)

    def forget(self, parent: WarmParent, worker: Worker) -> Running:
        """Take a worker from those under way."""
        parent.leave(worker)
        return self.running.pop(worker)


def order_of(job: Job, folder: Path, settings: RunSettings) -> Order:
    """Return what to ask of the worker of a job."""
    if isinstance(job, PageJob):
        given = check_parameters(job.notebook, job.parameters)
        return PageOrder(str(job.notebook.absolute()), given, settings.language, str(folder))
    return FileOrder(job.function, dict(job.arguments), str(folder))


def last_cell(running: Running) -> str:
    """Return the id of the cell that ran last, having kept the notebook as far as it ran."""
    skip_needless_grammar()
    from cchc_analysis.reports.warm_pages import as_far_as_it_ran

    text = as_far_as_it_ran(running.told)
    keep(running.folder, text)
    places = [told.place for told in running.told if isinstance(told, CellBegins)]
    return str(json.loads(text)["cells"][places[-1]]["id"]) if text and places else "?"


def keep(folder: Path, notebook: str, traceback: str = "") -> None:
    """Write what there is to read about a failure into the folder of its job."""
    if notebook:
        (folder / "page.ipynb").write_text(notebook, encoding="utf-8")
    if traceback:
        with (folder / "kernel.log").open("a", encoding="utf-8") as log:
            log.write(traceback)


def crashed(status: int) -> tuple[str, str]:
    """Return what to say of a worker that ended without an answer, in English and Vietnamese.

    >>> crashed(-11)[0]
    'its process ended without an answer (SIGSEGV), most often for lack of memory; see kernel.log.'
    """
    how = signal.Signals(-status).name if -status in set(signal.Signals) else f"exit {status}"
    return (
        f"its process ended without an answer ({how}), most often for lack of memory; see kernel.log.",
        f"tiến trình dừng đột ngột ({how}), thường do thiếu bộ nhớ; hãy xem kernel.log.",
    )


def took_too_long(timeout_seconds: int) -> tuple[str, str]:
    """Return what to say of a cell that was stopped for its time."""
    return (
        f"it took longer than {timeout_seconds} seconds; allow more time or ask for a smaller period.",
        f"chạy quá {timeout_seconds} giây; hãy cho thêm thời gian hoặc chọn kỳ báo cáo ngắn hơn.",
    )


def held_too_much(memory_mb: int) -> tuple[str, str]:
    """Return what to say of a cell that was stopped for its memory."""
    return (
        f"it needs more than {memory_mb} MB of memory; ask for a smaller period or allow more memory.",
        f"cần hơn {memory_mb} MB bộ nhớ; hãy chọn kỳ báo cáo ngắn hơn hoặc cho phép dùng thêm bộ nhớ.",
    )
