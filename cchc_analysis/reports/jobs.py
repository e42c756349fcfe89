"""What a run makes: pages and files, and what its warm workers have ready before the first of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PageJob:
    """One page to make: a notebook, its scalar parameters, and where the page goes, relative to the site."""

    notebook: Path
    parameters: Mapping[str, str | int | float | bool]
    target: str


@dataclass(frozen=True)
class FileJob:
    """One file to make: `function` ("module:function"), called with `arguments`, returns its bytes; where it goes.

    The bytes must depend on nothing but the arguments and what `inputs_key` of `publish_site` hashes.

    >>> FileJob("cchc_analysis.documents:one_report", {"unit": "phuong-1"}, "phuong-1/bao-cao.docx").target
    'phuong-1/bao-cao.docx'
    """

    function: str
    arguments: Mapping[str, str]
    target: str


@dataclass(frozen=True)
class WarmUp:
    """What the warm parent of a run has ready before it forks the first worker.

    `modules` are imported; then `prepare` ("module:function"), if given, is called once with `arguments`. What it
    leaves in memory is shared by all workers. It leaves no thread and no open database behind: neither survives a fork.

    >>> WarmUp(("json",), "json:dumps", {"obj": "x"}).prepare
    'json:dumps'
    """

    modules: tuple[str, ...] = ()
    prepare: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
