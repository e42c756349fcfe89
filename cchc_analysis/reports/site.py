"""Publish a site: every page, an index and a manifest, all of them or nothing."""

import hashlib
import json
import posixpath
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TypeVar

from cchc_analysis.errors import Language, ReportError
from cchc_analysis.reports.frame import WORDS, Link, PageBody, frame, framed
from cchc_analysis.reports.jobs import FileJob, PageJob, WarmUp
from cchc_analysis.reports.methods import FOLDER, INDEX, Method, link_methods, method_bodies
from cchc_analysis.reports.outcome import RunSettings
from cchc_analysis.reports.page_links import link_pages
from cchc_analysis.reports.page_store import PageStore, file_key, page_key
from cchc_analysis.reports.parameters import check_parameters
from cchc_analysis.reports.production import Production
from cchc_analysis.reports.progress import Progress, SilentProgress
from cchc_analysis.reports.swap import publishing
from cchc_analysis.version import VERSION

TARGET = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")
OWN_FILES = ("index.html", "manifest.json")

Said = TypeVar("Said")


@dataclass(frozen=True)
class UnitEntry:
    """One unit of the index: the folder of its pages, its name, the tier it is listed under, one line about it.

    `summary` may be a function that returns the line: it is called when the site is written, or while pages are made.
    """

    folder: str
    label: str
    tier: str
    summary: str | Callable[[], str] = ""


@dataclass(frozen=True)
class SiteResult:
    """What was published: the folder, how many pages, how many of them had to be executed, and what lacks in it."""

    folder: Path
    n_pages: int
    n_executed: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """What the frames of a site's pages show; `bodies` fetches the body of one of the pages that have `titles`."""

    title: str
    language: Language
    subtitle: str
    units: Sequence[UnitEntry]
    page_labels: Mapping[str, str]
    titles: Mapping[str, str]
    bodies: Callable[[str], PageBody]
    files: Sequence[str]
    methods: Mapping[str, PageBody] = field(default_factory=dict)

    @cached_property
    def by_folder(self) -> dict[str, tuple[list[str], list[str]]]:
        """The pages and the files of each folder ("" for the site's own), in order."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for place, targets in enumerate((self.titles, self.files)):
            for target in sorted(targets):
                found.setdefault(posixpath.dirname(target), ([], []))[place].append(target)
        return found

    def label(self, target: str) -> str:
        """Return the short name of a page or file: by its stem, else a page's title or a file's name."""
        name = posixpath.basename(target)
        return self.page_labels.get(name.rpartition(".")[0]) or self.titles.get(target, name)

    def links(self, folder: str) -> list[Link]:
        """Return the links from the index to the pages and files in a folder ("" for the site's own)."""
        pages, files = self.by_folder.get(folder, ([], []))
        return [Link(target, self.label(target)) for target in [*pages, *files]]

    def navigation(self, target: str) -> list[Link]:
        """Return the links of a page: the index, then the pages beside it."""
        folder = posixpath.dirname(target)
        index = posixpath.relpath("index.html", folder or ".")
        return [
            Link(index, WORDS[self.language]["index"]),
            *(Link(posixpath.basename(page), self.label(page), page == target) for page in self.by_folder[folder][0]),
        ]

    def page(self, target: str) -> str:
        """Return a whole page, the methods and pages it names as links."""
        body = self.bodies(target)
        linked = PageBody(link_pages(link_methods(body.html, target, self.methods), target, self.titles), body.title)
        return framed(linked, self.language, self.title, self.navigation(target)).html

    def method(self, target: str) -> str:
        """Return a whole page of methods."""
        index, words = posixpath.basename(INDEX), WORDS[self.language]
        links = [Link(f"../{index}", words["index"]), Link(index, words["methods"], target == INDEX)]
        return framed(self.methods[target], self.language, self.title, links).html

    def index(self) -> str:
        """Return the index: general pages, then units by tier, in the order given."""
        tiers: dict[str, list[Mapping[str, object]]] = {}
        for unit in self.units:
            shown = {"label": unit.label, "summary": said(unit.summary), "links": self.links(unit.folder)}
            tiers.setdefault(unit.tier or WORDS[self.language]["units"], []).append(shown)
        return frame(
            "index.html.j2",
            "filter.js",
            self.language,
            title=self.title,
            subtitle=self.subtitle,
            common=self.links(""),
            methods=INDEX if self.methods else "",
            tiers=[{"label": tier, "units": units} for tier, units in tiers.items()],
        )


def publish_site(
    jobs: Sequence[PageJob | FileJob],
    folder: Path,
    *,
    site_title: str,
    manifest: Mapping[str, object] | Callable[[], Mapping[str, object]],
    units: Sequence[UnitEntry] = (),
    language: Language = "vi",
    subtitle: str = "",
    page_labels: Mapping[str, str] | None = None,
    files: Mapping[str, bytes | Callable[[], bytes]] | None = None,
    methods: Sequence[Method] = (),
    inputs_key: str = "",
    workers: int = 2,
    timeout_seconds: int = 300,
    memory_mb: int = 2048,
    warm_up: WarmUp | None = None,
    progress: Progress | None = None,
    check: Callable[[Path], None] | None = None,
) -> SiteResult:
    """Make every page and file of `jobs`, put the site in place of `folder`; on any failure `folder` stays as it was.

    `units` are listed in their order, grouped by tier; a page belongs to the unit in whose folder its target lies.
    `page_labels` names pages by the stem of their target ("10_processing_time"). `files` are written beside the pages,
    `methods` as `methods/<name>.html` with an index, to which the pages' names of them link. `manifest` and the content
    of a file may be functions: what they compute then does not hold up the first page.
    `warm_up` makes the jobs in processes forked from one that has everything imported, `workers` at a time, each within
    `memory_mb`; None, CCHC_WARM=0 and systems other than Linux start a kernel for every page and make files here.
    `timeout_seconds` is for one cell or file.
    `check` looks at the finished folder before it takes its place; what it raises leaves the old one there.
    `manifest.json` holds `manifest` and the SHA-256 of every page and file. Pages whose notebook, parameters, program
    and `inputs_key` are unchanged come from `<parent>/.pages`, so an interrupted run goes on where it stopped.
    A wrong parameter raises `ParameterError` before anything runs. A failed page raises `ReportError`; its notebook and
    log are kept in `<folder>.failed`. The keys "generator", "pages" and "files" of the manifest are ours.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     units = [UnitEntry("phuong-1", "Phường 1", "Cấp xã")]
    ...     result = publish_site([], Path(out) / "2023-Q2", site_title="Quý II/2023", manifest={}, units=units)
    ...     sorted(path.name for path in result.folder.iterdir())
    ['index.html', 'manifest.json']
    """
    folder = folder.resolve()
    attached = {target: cache(partial(said, content)) for target, content in (files or {}).items()}
    told, bodies = cache(partial(said, manifest)), cache(partial(method_bodies, methods, language))
    check_targets([*(job.target for job in jobs), *attached], units, [method.name for method in methods])
    for job in jobs:
        if isinstance(job, PageJob):
            check_parameters(job.notebook, job.parameters)
    store = PageStore(folder.parent / ".pages" / folder.name)
    failed = folder.with_name(f"{folder.name}.failed")
    settings = RunSettings(language, workers, timeout_seconds, memory_mb, warm_up, (told, *attached.values(), bodies))
    production = Production(store, failed, settings, progress or SilentProgress())
    keys = [job_key(job, language, inputs_key) for job in jobs]
    with publishing(folder) as new:
        shutil.rmtree(failed, ignore_errors=True)
        made = production.make(jobs, keys)
        labels, names = page_labels or {}, [*attached, *made.files]
        site = Site(site_title, language, subtitle, units, labels, made.titles, made.body, names, bodies())
        write_site(site, new, lambda name: attached[name]() if name in attached else made.file(name), told())
        if check is not None:
            check(new)
    store.keep_only(keys)
    return SiteResult(folder, len(made.titles), made.n_executed)


def said(content: Said | Callable[[], Said]) -> Said:
    """Return a content, or what the function that stands for it returns.

    >>> said("a"), said(lambda: "a")
    ('a', 'a')
    """
    return content() if callable(content) else content


def job_key(job: PageJob | FileJob, language: Language, inputs_key: str) -> str:
    """Return the key under which what a job makes is kept."""
    if isinstance(job, FileJob):
        return file_key(job.function, job.arguments, inputs_key)
    return page_key(job.notebook, job.parameters, language, inputs_key)


def write_site(site: Site, folder: Path, file: Callable[[str], bytes], manifest: Mapping[str, object]) -> None:
    """Write pages, files, index and manifest into an empty folder, one after the other."""
    pages: dict[str, Callable[[str], str]] = dict.fromkeys(site.titles, site.page)
    pages |= dict.fromkeys(site.methods, site.method)
    pages["index.html"] = lambda target: site.index()
    told = {
        **manifest,
        "generator": f"cchc-analysis {VERSION}",
        "pages": {target: written(folder / target, page(target).encode("utf-8")) for target, page in pages.items()},
        "files": {target: written(folder / target, file(target)) for target in site.files},
    }
    text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def written(path: Path, content: bytes) -> str:
    """Write a file of the site and return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def check_targets(targets: Sequence[str], units: Sequence[UnitEntry], methods: Sequence[str] = ()) -> None:
    """Raise `ReportError` unless every target is a plain relative path of its own, in a folder of a listed unit.

    Pages of methods go into a folder of theirs.
    """
    folders = {unit.folder for unit in units} | {"", *([FOLDER] if methods else [])}
    seen: dict[str, str] = {name: name for name in (*OWN_FILES, *([INDEX] if methods else []))}
    for target in (*targets, *(f"{FOLDER}/{name}.html" for name in methods)):
        if not TARGET.fullmatch(target) or posixpath.dirname(target) not in folders:
            raise ReportError(
                f'Target "{target}" is no path in the site; use "name" or "unit/name" with a listed unit, '
                "and only unaccented letters, digits, dot, hyphen and underscore.",
                f"Đường dẫn “{target}” không hợp lệ; hãy dùng “tên” hoặc “đơn_vị/tên” với đơn vị có trong danh mục, "
                "chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối và gạch dưới.",
            )
        # Compared without case: the site may be copied to a disk that knows none.
        if target.casefold() in seen:
            raise ReportError(
                f'Two pages would be written to "{target}"; give each its own name.',
                f"Có hai trang cùng ghi vào “{target}”; hãy đặt tên khác nhau.",
            )
        seen[target.casefold()] = target
