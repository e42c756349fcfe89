"""The texts of the files that a run makes: pages, tables, workbooks, documents, notebooks, pictures, Parquet."""

import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from cchc_analysis.privacy_scan.finds import Find, Secrets, finds_in, masked

LARGEST = 256 * 2**20
"""Bytes of a file, and of a package unpacked; a larger one is an error, not passed over."""

_PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
_SORT_KEY = re.compile(r' data-value="[0-9.e+-]*"')
_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:w:p|w:tc|si|is|c|row|p:sp)>")
_NUMBER_CELL = re.compile(r"<v>[0-9.eE+-]*</v>")
_PNG_TEXT = re.compile(rb"(?:tEXt|iTXt|zTXt)([ -~]{1,79})\x00")


class UnreadableError(Exception):
    """A file that cannot be looked through; its argument says which and why."""


def scan_folder(folder: Path, secrets: Secrets, skip: tuple[str, ...] = ()) -> tuple[list[Find], int]:
    """Return what is found in the files of a folder, and how many were looked through.

    `skip`: names of files or folders, relative to `folder`, that are left out. Raises UnreadableError for a file that
    cannot be read to its end: what was not seen is not clean.
    """
    found: set[Find] = set()
    n = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or any(name == left or name.startswith(f"{left}/") for left in skip):
            continue
        n += 1
        for place, text in [("", name), *texts_of(path)]:
            for kind, at, piece in finds_in(text, secrets):
                where = place or f"{text.count(chr(10), 0, at) + 1}"
                found.add(Find(name, where, kind, masked(piece)))
    return sorted(found), n


def texts_of(path: Path) -> list[tuple[str, str]]:
    """Return the texts of a file with the part each is in, "" where its lines count; raises UnreadableError."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError(f"{path.name}: larger than {LARGEST} bytes")
        reader = _READERS.get(path.suffix.lower(), _plain)
        return list(reader(path))
    except (OSError, ValueError, zipfile.BadZipFile, KeyError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def _plain(path: Path) -> Iterator[tuple[str, str]]:
    yield "", path.read_text(encoding="utf-8", errors="replace")


def _markup(path: Path) -> Iterator[tuple[str, str]]:
    """A page with its attributes; pictures and the keys of sorting, whose figures stand beside them, are taken out."""
    text = path.read_text(encoding="utf-8")
    yield "", unescape(_SORT_KEY.sub("", _PICTURE.sub("", text)))


def _json(path: Path) -> Iterator[tuple[str, str]]:
    """The texts and names of a JSON file, not its numbers."""

    def strings(value: Any, where: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield where, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield where, str(name)
                yield from strings(inner, f"{where}.{name}"[:120])
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from strings(inner, f"{where}[{place}]")

    yield from strings(json.loads(path.read_text(encoding="utf-8")), "$")


def _package(path: Path) -> Iterator[tuple[str, str]]:
    """The parts of a workbook or document; runs of one paragraph are read together, as a reader sees them."""
    with zipfile.ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > LARGEST:
            raise UnreadableError(f"{path.name}: larger than {LARGEST} bytes unpacked")
        for part in package.infolist():
            text = package.read(part).decode("utf-8", errors="replace")
            if part.filename.endswith((".xml", ".rels")):
                yield part.filename, unescape(_TAG.sub("", _BLOCK_END.sub("\n", _NUMBER_CELL.sub("", text))))
            elif not part.filename.endswith("/"):
                yield part.filename, text


def _picture(path: Path) -> Iterator[tuple[str, str]]:
    content = path.read_bytes()
    for match in _PNG_TEXT.finditer(content):
        yield match[1].decode("ascii"), content[match.end() : match.end() + 4096].decode("utf-8", errors="replace")


def _parquet(path: Path) -> Iterator[tuple[str, str]]:
    """The distinct texts of each column, and what stands beside the rows."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    # Opened by us: given a path, pyarrow would take a folder such as "unit=x" for a column.
    with path.open("rb") as source:
        file = pq.ParquetFile(source)
        for name, value in (file.schema_arrow.metadata or {}).items():
            yield name.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        for column in file.schema_arrow:
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                distinct = pc.unique(file.read([column.name]).column(0))
                yield column.name, "\n".join(text for text in distinct.to_pylist() if text)


_READERS = {
    **dict.fromkeys((".html", ".svg", ".xml"), _markup),
    **dict.fromkeys((".json", ".ipynb"), _json),
    **dict.fromkeys((".xlsx", ".docx"), _package),
    ".png": _picture,
    ".parquet": _parquet,
}
