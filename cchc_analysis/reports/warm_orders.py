"""What the main process asks of a warm worker, and what it hears back; both are pickled between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.reports.parameters import Scalar


@dataclass(frozen=True)
class PageOrder:
    """Execute a notebook and render it: path, checked parameters, language, and a folder of the worker's own."""

    notebook: str
    given: Mapping[str, Scalar]
    language: Language
    folder: str


@dataclass(frozen=True)
class FileOrder:
    """Call a function ("module:function") that returns bytes."""

    function: str
    arguments: Mapping[str, str]
    folder: str


@dataclass(frozen=True)
class CellsOrder:
    """Run cells as they come, one after the other, in a folder and an environment of the asking process."""

    folder: str
    environment: Mapping[str, str] = field(repr=False)
    path: tuple[str, ...] = ()


Order = PageOrder | FileOrder | CellsOrder


@dataclass(frozen=True)
class Notebook:
    """The notebook as it is about to run, with its parameters injected: JSON of nbformat 4.

    Text, because the main process imports nothing to read it.
    """

    text: str


@dataclass(frozen=True)
class CellBegins:
    """A cell begins, or, with no place, what follows the last one: the rendering."""

    place: int | None


@dataclass(frozen=True)
class CellShows:
    """A message of the kernel about the cell that runs."""

    message: dict[str, Any]


@dataclass(frozen=True)
class CellReplied:
    """A cell has ended, with the content of the kernel's reply."""

    content: Mapping[str, Any]


@dataclass(frozen=True)
class PageMade:
    """A page is ready."""

    html: str
    title: str
    peak_mb: float
    cpu_seconds: float


@dataclass(frozen=True)
class FileMade:
    """A file is ready."""

    content: bytes
    peak_mb: float
    cpu_seconds: float


@dataclass(frozen=True)
class NotMade:
    """A page or file failed: the cell's id, both sentences, the notebook as far as it ran or the traceback."""

    cell: str
    en: str
    vi: str
    notebook: str = ""
    traceback: str = ""


Told = Notebook | CellBegins | CellShows | CellReplied | PageMade | FileMade | NotMade
