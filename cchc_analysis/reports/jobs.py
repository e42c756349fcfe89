"""What a run makes: pages and files, and what its warm workers have ready before the first of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc_analysis.reports.warm_start import WarmStart


def no_steps() -> Iterator[str]:
    """Return no step: everything is ready."""
    return iter(())


@dataclass(frozen=True)
class PageJob:
    """One page to make: a notebook, its scalar parameters, and where the page goes, relative to the site.

    `needs`: what must be ready before it is begun in a warm worker (see WarmUp); "" for nothing.
    """

    notebook: Path
    parameters: Mapping[str, str | int | float | bool]
    target: str
    needs: str = ""


@dataclass(frozen=True)
class FileJob:
    """One file to make: `function` ("module:function"), called with `arguments`, returns its bytes; where it goes.

    The bytes must depend on nothing but the arguments and what `inputs_key` of `publish_site` hashes. `needs`: as of a
    PageJob.

    >>> FileJob("cchc_analysis.documents:one_report", {"unit": "phuong-1"}, "phuong-1/bao-cao.docx").target
    'phuong-1/bao-cao.docx'
    """

    function: str
    arguments: Mapping[str, str]
    target: str
    needs: str = ""


@dataclass(frozen=True)
class WarmUp:
    """What the warm parent of a run has ready before it forks the first worker.

    `modules` are imported; then `prepare` ("module:function"), if given, is called once with `arguments`. What it
    leaves in memory is shared by all workers. It leaves no thread and no open database behind: neither survives a fork.
    `steps`: work of the main process, done piece by piece beside the workers; each piece yields the name of what is
    ready then, for jobs that need it, or "". What no step names is ready after the last one. Where pages have kernels
    of their own no step is taken. `started`: a parent with these modules that was started before.

    >>> WarmUp(("json",), "json:dumps", {"obj": "x"}).prepare
    'json:dumps'
    """

    modules: tuple[str, ...] = ()
    prepare: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    steps: Callable[[], Iterator[str]] = no_steps
    started: "WarmStart | None" = field(default=None, compare=False)
