"""Make the bodies of all pages of a site, several at a time."""

import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc_analysis.errors import Language, ReportError
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.page import page_body
from cchc_analysis.reports.page_store import PageStore
from cchc_analysis.reports.progress import Progress
from cchc_analysis.reports.runner import closing_event_loop, remove_work, run_notebook, work_folder

MAX_FAILURES = 3
"""So many failed pages end a run: enough to see what is common to them, without waiting for the rest."""


@dataclass(frozen=True)
class PageJob:
    """One page to make: a notebook, its scalar parameters, and where the page goes, relative to the site."""

    notebook: Path
    parameters: Mapping[str, str | int | float | bool]
    target: str


@dataclass
class Production:
    """The settings of one run over the pages of a site."""

    store: PageStore
    failed: Path
    language: Language
    workers: int
    timeout_seconds: int
    progress: Progress

    def bodies(self, jobs: Sequence[PageJob], keys: Sequence[str]) -> tuple[dict[str, PageBody], int]:
        """Return the bodies by target and the number of pages executed; the others were kept from before.

        Every finished page goes to the store at once. If pages fail, the others are still made (unless
        `MAX_FAILURES` failed) and `ReportError` tells of all of them. Whatever ends the run, no kernel lives on.
        """
        made: dict[str, PageBody] = {}
        pending = []
        self.progress.started(len(jobs))
        for job, key in zip(jobs, keys, strict=True):
            kept = self.store.get(key)
            if kept is None:
                pending.append((job, key))
            else:
                made[job.target] = kept
                self.progress.page_done(job.target, None)
        try:
            made.update(self.executed(pending))
        finally:
            self.progress.finished()
        return made, len(pending)

    def executed(self, pending: Sequence[tuple[PageJob, str]]) -> dict[str, PageBody]:
        """Execute the notebooks of the jobs and return their bodies by target."""
        if not pending:
            return {}
        work = work_folder()
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="page")
        running = {
            pool.submit(self.timed_run, job, work / f"{place:04d}"): (job, key, work / f"{place:04d}")
            for place, (job, key) in enumerate(pending)
        }
        try:
            return self.collected(running)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            end_kernels(running, work)
            remove_work(work)

    def timed_run(self, job: PageJob, folder: Path) -> tuple[Any, float]:
        """Execute one notebook in a folder of its own; return it and the seconds it took."""
        folder.mkdir()
        started = time.perf_counter()
        with closing_event_loop():
            executed = run_notebook(job.notebook, job.parameters, folder, self.timeout_seconds)
        return executed, time.perf_counter() - started

    def collected(self, running: Mapping[Future[Any], tuple[PageJob, str, Path]]) -> dict[str, PageBody]:
        """Return the bodies as their notebooks end; raise `ReportError` once it is known that some failed."""
        made: dict[str, PageBody] = {}
        failures: dict[str, PageFailure] = {}
        for future in as_completed(running):
            job, key, folder = running[future]
            try:
                executed, seconds = future.result()
                made[job.target] = page_body(executed, job.notebook, self.language)
            except PageFailure as failure:
                failures[job.target] = failure
                self.keep_failed(job.target, folder, failure)
                if len(failures) == MAX_FAILURES:
                    break
            else:
                self.store.put(key, made[job.target])
                self.progress.page_done(job.target, seconds)
            shutil.rmtree(folder, ignore_errors=True)
        if failures:
            raise self.not_published(failures)
        return made

    def keep_failed(self, target: str, folder: Path, failure: PageFailure) -> None:
        """Keep the notebook of a failed page, as far as it ran, and what there is to read about it."""
        kept = (self.failed / target).with_suffix("")
        kept.parent.mkdir(parents=True, exist_ok=True)
        if (folder / "page.ipynb").is_file():
            shutil.copyfile(folder / "page.ipynb", kept.with_name(f"{kept.name}.ipynb"))
        log = folder / "kernel.log"
        said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        kept.with_name(f"{kept.name}.log").write_text(f"{failure.en}\n{failure.vi}\n\n{said}", encoding="utf-8")

    def not_published(self, failures: Mapping[str, PageFailure]) -> ReportError:
        """Return the error that names the failed pages and says where they are kept."""
        target = min(failures)
        others = ", ".join(sorted(set(failures) - {target}))
        first = failures[target]
        return ReportError(
            f"{first.en} Page {target} was not made, so nothing was published; "
            f"the notebook as far as it ran and its log are in {self.failed}."
            + (f" These pages failed too: {others}." if others else ""),
            f"{first.vi} Trang {target} chưa tạo được nên không có gì được phát hành; "
            f"sổ tay đã chạy dở và nhật ký được giữ tại {self.failed}."
            + (f" Các trang khác cũng bị lỗi: {others}." if others else ""),
        )


def end_kernels(running: Mapping[Future[Any], object], work: Path) -> None:
    """Kill what still runs below `work` and wait until every thread has seen it."""
    while wait([future for future in running if not future.cancelled()], timeout=0.2).not_done:
        from cchc_analysis.reports.kernel import kill_kernels

        # A kernel may be starting at this moment: look again until none is left.
        kill_kernels(work)
