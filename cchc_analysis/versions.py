"""The versions of a published report: what its manifest says was told before, and of which data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cchc_analysis.errors import ReportError

VERSION_KEYS = ("state", "as_of", "units_on", "inputs", "figures")
"""Keys of a manifest that make a version: two publications that agree in all of them are the same version."""


@dataclass(frozen=True)
class Version:
    """One version of a report: the state of the data, the moment it speaks up to, its inputs and headline figures.

    `files`: the files of dossiers it rested on; `figures`: unit → figure → parts (see measures.figures_table).
    """

    state: str
    as_of: datetime
    files: tuple[str, ...]
    figures: Mapping[str, Mapping[str, Mapping[str, Any]]]


def versions_of(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the versions a manifest tells of, the oldest first, the published one last; none without figures.

    >>> told = {"state": "b", "figures": {}, "history": [{"state": "a", "figures": {}}], "pages": {}}
    >>> [version["state"] for version in versions_of(told)]
    ['a', 'b']
    """
    own = {key: manifest[key] for key in VERSION_KEYS if key in manifest}
    return [*manifest.get("history", []), own] if "figures" in own else []


def history_before(manifest: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the earlier versions of a new manifest, given the one it replaces: those that differ from it, in order.

    Publishing the same version again changes nothing, so that the same inputs give the same bytes.

    >>> a, b = ({"state": state, "figures": {}} for state in "ab")
    >>> history_before(b, a) == history_before(b, {**b, "history": [a]}) == [a]
    True
    """
    known = versions_of(earlier or {})
    own = versions_of({**manifest, "history": []})
    return known[:-1] if known and own and known[-1] == own[-1] else known


def read_manifest(folder: str | Path) -> dict[str, Any] | None:
    """Return the manifest of a published site, None where there is none or it cannot be read.

    A run that was killed while it put a site in place left the former one beside it; that one is read then.
    """
    site = Path(folder)
    for place in (site, site.with_name(f"{site.name}.old")):
        try:
            told = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return told if isinstance(told, dict) else None
    return None


def earlier_version(path: str | Path, state: str, as_of: datetime) -> Version | None:
    """Return the last published version that differs from the data at hand in state or moment.

    `path`: a site's folder or its manifest.json; "" where nothing was published before. None where there is no such
    version. Raises ReportError where the path is given and no manifest is there.
    """
    if not str(path):
        return None
    place = Path(path)
    manifest = read_manifest(place.parent if place.name == "manifest.json" else place)
    if manifest is None:
        raise ReportError(
            f"There is no readable manifest.json in {path}. Name the folder of a published report, or leave it empty.",
            f"Không có tệp manifest.json đọc được trong {path}. Hãy ghi thư mục của báo cáo đã phát hành, "
            "hoặc để trống.",
        )
    told = (_version(version) for version in reversed(versions_of(manifest)))
    return next((version for version in told if (version.state, version.as_of) != (state, as_of)), None)


def _version(told: Mapping[str, Any]) -> Version:
    files = tuple(entry["file"] for entry in told.get("inputs", []) if entry.get("kind") == "dossiers")
    return Version(str(told["state"]), datetime.fromisoformat(told["as_of"]), files, told["figures"])
