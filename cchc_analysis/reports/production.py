"""Make all pages and files of a site that are not kept from before, and keep each at once."""

import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cchc_analysis.errors import ReportError
from cchc_analysis.reports.cold_run import cold_outcomes
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.jobs import FileJob
from cchc_analysis.reports.outcome import Job, Outcome, RunSettings
from cchc_analysis.reports.page_store import PageStore
from cchc_analysis.reports.progress import Progress
from cchc_analysis.reports.warm_parent import can_fork

Content = TypeVar("Content")

MAX_FAILURES = 3
"""So many failed pages end a run: enough to see what is common to them, without waiting for the rest."""


@dataclass
class Made:
    """What a run has made: title of each page and key of each page and file, by target; the rest lies in the store.

    A country of pages does not fit into memory.
    """

    store: PageStore
    titles: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    n_executed: int = 0

    def body(self, target: str) -> PageBody:
        """Return the body of a page."""
        return found(self.store.get(self.keys[target]), target)

    def file(self, target: str) -> bytes:
        """Return the content of a file."""
        return found(self.store.get_file(self.keys[target]), target)

    @property
    def files(self) -> list[str]:
        """The targets that are no pages."""
        return [target for target in self.keys if target not in self.titles]


@dataclass
class Production:
    """The settings of one run over the pages and files of a site."""

    store: PageStore
    failed: Path
    settings: RunSettings
    progress: Progress

    def make(self, jobs: Sequence[Job], keys: Sequence[str]) -> Made:
        """Make what is not kept from before; return what there is then, and how many pages were executed.

        All that is finished goes to the store at once. If pages fail, the others are still made (unless
        `MAX_FAILURES` failed) and `ReportError` tells of all of them. Whatever ends the run, no process of it lives on.
        """
        made, pending = Made(self.store), []
        self.progress.started(len(jobs))
        for job, key in zip(jobs, keys, strict=True):
            if self.is_kept(made, job, key):
                self.progress.page_done(job.target, None)
            else:
                pending.append((job, key))
        try:
            if pending:
                self.collect(made, pending)
        finally:
            self.progress.finished()
        return made

    def is_kept(self, made: Made, job: Job, key: str) -> bool:
        """Tell whether a page or file is there from before, and note it then."""
        if isinstance(job, FileJob):
            if self.store.get_file(key) is None:
                return False
        else:
            kept = self.store.get(key)
            if kept is None:
                return False
            made.titles[job.target] = kept.title
        made.keys[job.target] = key
        return True

    def collect(self, made: Made, pending: Sequence[tuple[Job, str]]) -> None:
        """Note what the jobs make as they end; raise `ReportError` once it is known that some failed."""
        failures: dict[str, ReportError] = {}
        with closing(self.outcomes(pending)) as outcomes:
            for outcome in outcomes:
                if outcome.failure is not None:
                    failures[outcome.job.target] = outcome.failure
                    self.keep_failed(outcome, outcome.failure)
                    if len(failures) == MAX_FAILURES:
                        break
                else:
                    self.keep(made, outcome)
        if failures:
            raise self.not_published(failures)

    def outcomes(self, pending: Sequence[tuple[Job, str]]) -> Generator[Outcome, None, None]:
        """Run the jobs: in warm workers where that is asked for and possible."""
        if self.settings.warm_up is None or not can_fork():
            return cold_outcomes(pending, self.settings)
        from cchc_analysis.reports.warm_run import warm_outcomes

        return warm_outcomes(pending, self.settings)

    def keep(self, made: Made, outcome: Outcome) -> None:
        """Keep what a job has made."""
        target = outcome.job.target
        if isinstance(outcome.made, PageBody):
            self.store.put(outcome.key, outcome.made)
            made.titles[target] = outcome.made.title
            made.n_executed += 1
        elif outcome.made is not None:
            self.store.put_file(outcome.key, outcome.made)
        made.keys[target] = outcome.key
        self.progress.page_done(target, outcome.seconds)

    def keep_failed(self, outcome: Outcome, failure: ReportError) -> None:
        """Keep the notebook of a failed page, as far as it ran, and what there is to read about it."""
        kept, folder = (self.failed / outcome.job.target).with_suffix(""), outcome.folder
        kept.parent.mkdir(parents=True, exist_ok=True)
        if (folder / "page.ipynb").is_file():
            shutil.copyfile(folder / "page.ipynb", kept.with_name(f"{kept.name}.ipynb"))
        log = folder / "kernel.log"
        said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        kept.with_name(f"{kept.name}.log").write_text(f"{failure.en}\n{failure.vi}\n\n{said}", encoding="utf-8")

    def not_published(self, failures: Mapping[str, ReportError]) -> ReportError:
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


def found(content: Content | None, target: str) -> Content:
    """Return what the store holds; raise `ReportError` where it was removed during the run."""
    if content is None:
        raise ReportError(
            f"Page {target} is gone from the folder of finished pages; run again, it is made anew.",
            f"Trang {target} không còn trong thư mục lưu các trang đã tạo; hãy chạy lại để tạo lại trang.",
        )
    return content
