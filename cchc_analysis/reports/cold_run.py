"""Make pages in kernels of their own and files in this process: the way that works everywhere."""

import shutil
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from pathlib import Path
from typing import Any

from cchc_analysis.reports.failures import FileFailure, PageFailure
from cchc_analysis.reports.jobs import FileJob, PageJob
from cchc_analysis.reports.outcome import Job, Outcome, RunSettings
from cchc_analysis.reports.page import page_body
from cchc_analysis.reports.runner import (
    closing_event_loop,
    function_named,
    reason_of,
    run_notebook,
)
from cchc_analysis.temporary import TemporaryFolder

Place = tuple[Job, str, Path]


def cold_outcomes(pending: Sequence[tuple[Job, str]], settings: RunSettings) -> Generator[Outcome, None, None]:
    """Yield how each job ended: pages as their notebooks end, several at a time, then files one by one.

    Whatever ends the run, no kernel lives on.
    """
    work = TemporaryFolder()
    places = [(job, key, work.path / f"{place:05d}") for place, (job, key) in enumerate(pending)]
    pool = ThreadPoolExecutor(settings.workers, thread_name_prefix="page")
    running = {
        pool.submit(timed_run, job, folder, settings.timeout_seconds): (job, key, folder)
        for job, key, folder in places
        if isinstance(job, PageJob)
    }
    try:
        for future in as_completed(running):
            yield page_outcome(future, running[future], settings)
            shutil.rmtree(running[future][2], ignore_errors=True)
        for job, key, folder in places:
            if isinstance(job, FileJob):
                yield file_outcome(job, key, folder)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        end_kernels(running, work.path)
        work.remove()


def timed_run(job: PageJob, folder: Path, timeout_seconds: int) -> tuple[Any, float]:
    """Execute one notebook in a folder of its own; return it and the seconds it took."""
    folder.mkdir()
    started = time.perf_counter()
    with closing_event_loop():
        executed = run_notebook(job.notebook, job.parameters, folder, timeout_seconds)
    return executed, time.perf_counter() - started


def page_outcome(future: Future[Any], place: Place, settings: RunSettings) -> Outcome:
    """Return how a page ended, rendered here."""
    job, key, folder = place
    assert isinstance(job, PageJob)
    try:
        executed, seconds = future.result()
        body = page_body(executed, job.notebook, settings.language)
    except PageFailure as failure:
        return Outcome(job, key, None, failure, folder, 0.0)
    return Outcome(job, key, body, None, folder, seconds)


def file_outcome(job: FileJob, key: str, folder: Path) -> Outcome:
    """Return how a file ended, made in this process."""
    started = time.perf_counter()
    try:
        content = memoryview(function_named(job.function)(**job.arguments)).tobytes()
    except Exception as error:
        folder.mkdir(exist_ok=True)
        return Outcome(job, key, None, FileFailure(job.target, *reason_of(error)), folder, 0.0)
    return Outcome(job, key, content, None, folder, time.perf_counter() - started)


def end_kernels(running: Mapping[Future[Any], object], work: Path) -> None:
    """Kill what still runs below `work` and wait until every thread has seen it."""
    while wait([future for future in running if not future.cancelled()], timeout=0.2).not_done:
        from cchc_analysis.reports.kernel import kill_kernels

        # A kernel may be starting at this moment: look again until none is left.
        kill_kernels(work)
