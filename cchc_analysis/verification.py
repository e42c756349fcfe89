"""Prove a published site against its manifest, its inputs, its warehouse, and a run of its own; name what differs."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from cchc_analysis.editions import EDITIONS
from cchc_analysis.errors import Language, ReportError
from cchc_analysis.reports.site import TARGET
from cchc_analysis.temporary import TemporaryFolder
from cchc_analysis.warehouse import open_warehouse

Kind = Literal["missing", "changed", "unknown", "link", "state", "input_missing", "input_changed", "input_new", "rerun"]

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 2**20
"""Bytes; the manifest of 3,321 communes has about ten million."""

SENTENCES: dict[Kind, tuple[str, str]] = {
    "missing": ("thiếu tệp có trong manifest", "is in the manifest and not in the site"),
    "changed": ("nội dung khác với lúc xuất bản", "is not what was published"),
    "unknown": ("không có trong manifest", "is not in the manifest"),
    "link": ("là liên kết, không phải tệp", "is a link, no file"),
    "state": (
        "trạng thái kho dữ liệu khác với lúc xuất bản",
        "the warehouse is in another state than that of the site",
    ),
    "input_missing": ("không thấy tệp đầu vào này", "this input file is not there"),
    "input_changed": ("tệp đầu vào đã thay đổi", "this input file has changed"),
    "input_new": ("tệp này chưa có khi xuất bản", "this file was not there when the site was made"),
    "rerun": ("chạy lại cho nội dung khác", "a new run gives something else"),
}
"""What a difference says, in Vietnamese and English."""


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that differs: its kind, the file or state meant, and where in it or what instead."""

    kind: Kind
    name: str
    where: str = ""

    def text(self, language: Language) -> str:
        """Return it as one line.

        >>> Difference("missing", "index.html").text("en")
        'index.html: is in the manifest and not in the site'
        """
        words = SENTENCES[self.kind][0 if language == "vi" else 1]
        return f"{self.name}: {words}" + (f" ({self.where})" if self.where else "")


@dataclass(frozen=True)
class Verified:
    """The result: what differs, how many files were compared, and the hash of the manifest itself.

    Who can write into the site can write another manifest: its hash is proof only against one that was noted elsewhere.
    """

    differences: tuple[Difference, ...]
    n_files: int
    n_inputs: int
    manifest_sha256: str
    rerun: bool


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON; a name that stands twice could show a reader one value and a program the other."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _unreadable(path: Path, why: str) -> ReportError:
    return ReportError(
        f"{path} is no manifest of a site ({why}); point to a folder that cchc report made.",
        f"{path} không phải manifest của một trang đã xuất bản ({why}); hãy chỉ đến thư mục do cchc report tạo ra.",
    )


def _manifest_of(folder: Path) -> tuple[dict[str, Any], str]:
    """Read a manifest as something a stranger may have written; return it with its hash."""
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_MANIFEST:
            raise _unreadable(path, "link or too large")
        content = path.read_bytes()
        told = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, type(error).__name__) from error
    if not isinstance(told, dict) or not all(_is_table(told.get(key)) for key in ("pages", "files")):
        raise _unreadable(path, "pages, files")
    return told, hashlib.sha256(content).hexdigest()


def _is_table(hashes: Any) -> bool:
    """Tell whether something maps plain names inside the site to SHA-256."""
    return isinstance(hashes, dict) and all(
        TARGET.fullmatch(name) and isinstance(sha, str) and len(sha) == hashlib.sha256().digest_size * 2
        for name, sha in hashes.items()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _entries(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file and every link below a folder by its name in it; links are not followed."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*files, *(name for name in folders if (Path(where) / name).is_symlink())]):
            path = Path(where) / name
            yield path.relative_to(folder).as_posix(), path


def _files(folder: Path, hashes: Mapping[str, str]) -> Iterator[Difference]:
    found = dict(_entries(folder))
    for name, sha in sorted(hashes.items()):
        path = found.get(name)
        if path is None:
            yield Difference("missing", name)
        elif not path.is_symlink() and _sha256(path) != sha:
            yield Difference("changed", name)
    for name, path in sorted(found.items()):
        if path.is_symlink():
            yield Difference("link", name)
        elif name not in hashes and name != MANIFEST:
            yield Difference("unknown", name)


def _inputs(told: Mapping[str, Any], folder: Path) -> Iterator[Difference]:
    """Hold the files of a folder against those the site was made of: by name, and by content under another name."""
    if not folder.is_dir():
        raise ReportError(f"There is no folder {folder}.", f"Không có thư mục {folder}.")
    listed = {str(entry["file"]): str(entry["sha256"]) for entry in told.get("inputs", [])}
    there = {name: _sha256(path) for name, path in _entries(folder) if not path.is_symlink()}
    hashes = set(there.values())
    by_end = {name.rpartition("/")[2]: sha for name, sha in there.items()}
    for name, sha in sorted(listed.items()):
        own = there.get(name, by_end.get(name.rpartition("/")[2]))
        if sha not in hashes:
            yield Difference("input_missing" if own is None else "input_changed", name)
    ends = {name.rpartition("/")[2] for name in listed}
    for name, sha in sorted(there.items()):
        if sha not in listed.values() and name.rpartition("/")[2] not in ends:
            yield Difference("input_new", name)


def _asked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what publish_reports was asked for; ReportError where the manifest does not say so or says nonsense."""
    asked = told.get("asked")
    texts = ("period", "units", "language", "as_of", "units_on", "plan", "edition")
    if (
        not isinstance(asked, dict)
        or not all(isinstance(asked.get(name), str) for name in texts)
        or asked["edition"] not in EDITIONS
        or not (asked.get("pages") is None or isinstance(asked["pages"], list))
        or not isinstance(asked.get("due_before"), str | None)
    ):
        raise ReportError(
            "The manifest does not say what the run was asked for, so it cannot be run again; publish it anew.",
            "Manifest không ghi yêu cầu của lần chạy nên không thể chạy lại; hãy xuất bản lại.",
        )
    return dict(asked)


def _rerun(folder: Path, told: Mapping[str, Any], warehouse: str | Path) -> Iterator[Difference]:
    """Make the site again beside nothing but a copy of itself, and compare every byte."""
    from cchc_analysis.publication import publish_reports

    asked = _asked(told)
    before = asked.pop("due_before")
    with TemporaryFolder() as work:
        # A site tells what was told before it: the copy is that, as the site was when it was made again in its place.
        shutil.copytree(folder, work.path / "out" / folder.name, symlinks=True)
        again = publish_reports(
            warehouse=warehouse,
            out=work.path / "out",
            due_before=date.fromisoformat(before) if before else None,
            **asked,
        ).folder
        new = dict(_entries(again))
        for name, path in sorted(new.items()):
            old = folder / name
            if not old.is_file():
                yield Difference("rerun", name, "+")
            elif (a := old.read_bytes()) != (b := path.read_bytes()):
                at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
                yield Difference("rerun", name, f"byte {at}")


def verify_site(
    folder: str | Path, *, inputs: str | Path = "", warehouse: str | Path = "", rerun: bool = False
) -> Verified:
    """Compare a published site with its manifest and, where they are named, with its inputs and its warehouse.

    `inputs`: folder of the exports it was made of; `warehouse`: its warehouse; `rerun`: make it again from the
    warehouse and compare every byte. Nothing in the site is changed. Raises ReportError for a folder without a sound
    manifest, WarehouseError where there is no warehouse.
    """
    site = Path(folder)
    told, sha = _manifest_of(site)
    hashes = {**told["pages"], **told["files"]}
    found = list(_files(site, hashes))
    if inputs:
        found += _inputs(told, Path(inputs))
    if warehouse:
        state = open_warehouse(warehouse).state
        if state != told.get("state"):
            found.append(Difference("state", str(told.get("state")), state))
    if rerun:
        if not warehouse:
            raise ReportError(
                "A new run needs --warehouse, the folder the site was made from.",
                "Chạy lại cần có --warehouse là thư mục kho dữ liệu của trang.",
            )
        found += _rerun(site, told, warehouse)
    return Verified(tuple(found), len(hashes), len(told.get("inputs", [])) if inputs else 0, sha, rerun)
