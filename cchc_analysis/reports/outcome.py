"""How the making of one page or file ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc_analysis.errors import Language, ReportError
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.jobs import FileJob, PageJob, WarmUp

Job = PageJob | FileJob


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a body or bytes, or a failure; `folder` then holds what there is to read about it.

    `peak_mb`: the most memory its worker held, what all workers share included; `cpu_seconds`: how long it computed;
    both 0 where they are not known.
    """

    job: Job
    key: str
    made: PageBody | bytes | None
    failure: ReportError | None
    folder: Path
    seconds: float
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


@dataclass(frozen=True)
class RunSettings:
    """How the jobs of a run are done: see `publish_site`.

    `meanwhile`: what the main process has to do before the site stands, done while warm workers are busy.
    """

    language: Language = "vi"
    workers: int = 2
    timeout_seconds: int = 300
    memory_mb: int = 2048
    warm_up: WarmUp | None = None
    meanwhile: Sequence[Callable[[], object]] = ()


Pending = list[tuple[Any, str]]
"""Jobs with their keys."""
