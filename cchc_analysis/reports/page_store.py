"""Keep the bodies of finished pages and the files beside them, so that an interrupted run goes on where it stopped."""

import hashlib
import json
import os
import platform
from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from cchc_analysis.errors import Language
from cchc_analysis.reference_data import reference_path
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.markup import first_heading

PACKAGE = Path(__file__).parent.parent
SOURCES = (".py", ".j2", ".css", ".js", ".csv", ".json", ".yaml", ".yml")
DRAWING = ("matplotlib", "nbconvert", "numpy", "pandas", "scipy", "seaborn")


def page_key(notebook: Path, parameters: Mapping[str, object], language: Language = "vi", inputs_key: str = "") -> str:
    """Return the hash of everything that decides a page's body: 64 hexadecimal digits.

    That is the notebook's bytes, the parameters, the language, this package's sources and tables, the
    versions of the libraries that compute and draw, and `inputs_key`, in which the caller hashes
    what the notebook reads.
    """
    told = json.dumps([dict(sorted(parameters.items())), language, inputs_key, program_key()])
    return hashlib.sha256(notebook.read_bytes() + b"\0" + told.encode("utf-8")).hexdigest()


def file_key(function: str, arguments: Mapping[str, str], inputs_key: str = "") -> str:
    """Return the hash of everything that decides the bytes of a file: its function, its arguments, what it reads.

    >>> len(file_key("documents:report", {"unit": "phuong-1"}))
    64
    """
    told = json.dumps([function, dict(sorted(arguments.items())), inputs_key, program_key()])
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


@cache
def program_key() -> str:
    """Return the hash of this package, its reference tables, the interpreter's version and the libraries' versions."""
    summary = hashlib.sha256(platform.python_version().encode("ascii"))
    for name in DRAWING:
        summary.update(f"{name}=={version(name)}\n".encode("ascii"))
    # holidays.csv lies beside the other tables, which a wheel carries inside the package.
    for folder in (PACKAGE, reference_path("holidays.csv").parent):
        for path in sorted(folder.rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                summary.update(path.relative_to(folder).as_posix().encode("utf-8") + b"\0" + path.read_bytes())
    return summary.hexdigest()


class PageStore:
    """Page bodies and other files in a folder, each under its key; what was damaged counts as absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Return where the body of a key lies."""
        return self.folder / f"{key}.html"

    def get(self, key: str) -> PageBody | None:
        """Return the body kept under a key, or None."""
        try:
            seal, _, html = self.path(key).read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return PageBody(html, first_heading(html)) if seal == sealed(html) else None

    def put(self, key: str, body: PageBody) -> None:
        """Keep a body; it is there completely or not at all."""
        self.write(self.path(key), f"{sealed(body.html)}\n{body.html}".encode())

    def file_path(self, key: str) -> Path:
        """Return where the file of a key lies."""
        return self.folder / f"{key}.bin"

    def get_file(self, key: str) -> bytes | None:
        """Return the file kept under a key, or None."""
        try:
            seal, _, content = self.file_path(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return content if seal == digest(content) else None

    def put_file(self, key: str, content: bytes) -> None:
        """Keep a file; it is there completely or not at all."""
        self.write(self.file_path(key), digest(content) + b"\n" + content)

    def write(self, path: Path, content: bytes) -> None:
        """Write a file under another name first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(content)
        os.replace(unfinished, path)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove all that is not under one of `keys`, and what a kill left unfinished."""
        wanted = {path(key) for key in keys for path in (self.path, self.file_path)}
        for path in self.folder.glob("*"):
            if path not in wanted:
                path.unlink()


def sealed(html: str) -> str:
    """Return the first line of a kept body: a comment with its hash."""
    return f"<!-- {hashlib.sha256(html.encode('utf-8')).hexdigest()} -->"


def digest(content: bytes) -> bytes:
    """Return the first line of a kept file: its hash."""
    return hashlib.sha256(content).hexdigest().encode("ascii")
