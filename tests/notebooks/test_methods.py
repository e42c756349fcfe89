"""How a figure was computed: every page names its methods, a site carries them, every link of it leads somewhere."""

import ast
import json
import posixpath
import re
import tomllib
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cchc_analysis.pages.frame import methods_list
from cchc_analysis.pages.methods import METHOD_TITLES, METHODS
from cchc_analysis.pages.titles import TITLES
from cchc_analysis.publication import PAGES, site_methods
from cchc_analysis.reference_data import method_texts
from cchc_analysis.reports import Method, PageJob, UnitEntry, cold_run, publish_site
from cchc_analysis.reports.methods import method_bodies

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
WHERE = Path(__file__).parent / "fixtures" / "where.ipynb"


def page_named(notebook: Path) -> list[object]:
    """Return the pages that the calls of `cchc.definitions` of a notebook name."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    wanted = [call for call in calls if getattr(call.func, "attr", "") == "definitions"]
    named = [[*call.args[2:], *(k.value for k in call.keywords if k.arg == "page")] for call in wanted]
    return [ast.literal_eval(given[0]) if given else None for given in named]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_ends_with_the_methods_of_its_page(notebook: Path) -> None:
    page = PAGES.get(notebook.stem, notebook.stem)
    assert page_named(notebook) == [page]
    assert page in TITLES
    assert METHODS[page]
    last = json.loads(notebook.read_text(encoding="utf-8"))["cells"][-1]
    assert "cchc.definitions(" in "".join(last["source"])


def test_every_method_a_page_names_is_there_under_its_title() -> None:
    texts = method_texts()
    assert {name for names in METHODS.values() for name in names} <= set(texts)
    heads = {name: texts[name].splitlines()[0].removeprefix("# ") for name in METHOD_TITLES if name in texts}
    assert heads == {name: METHOD_TITLES[name][1] for name in METHOD_TITLES}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of every page, with nothing but what it says of its methods."""

    def shown(notebook, parameters, folder, timeout_seconds):
        html = methods_list(parameters["name"], "vi")
        output = new_output("display_data", data={"text/html": html})
        cells = [new_markdown_cell("# Trang", id="t"), new_code_cell("x", id="c", outputs=[output])]
        return new_notebook(cells=cells)

    jobs = [PageJob(WHERE, {"name": page}, f"phuong-1/{page}.html") for page in METHODS]
    jobs.append(PageJob(WHERE, {"name": "overview"}, "overview.html"))
    out = tmp_path_factory.mktemp("site") / "2023-Q2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cold_run, "run_notebook", shown)
        units = [UnitEntry("phuong-1", "Phường 1", "Cấp xã")]
        publish_site(jobs, out, site_title="Quý II", manifest={}, units=units, methods=site_methods("vi"))
    return out


def links(page: Path) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]*)"', page.read_text(encoding="utf-8"))


def test_every_link_of_a_site_leads_to_a_page_and_a_place_in_it(site: Path) -> None:
    broken = []
    for page in site.rglob("*.html"):
        for link in links(page):
            place, _, anchor = link.partition("#")
            goal = page.parent / place if place else page
            if not goal.is_file() or (anchor and f'id="{anchor}"' not in goal.read_text(encoding="utf-8")):
                broken.append((page.name, link))
    assert broken == []


def test_every_page_of_methods_is_reached_from_the_index(site: Path) -> None:
    reached, waiting = set(), ["index.html"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.endswith(".html"):
            continue
        reached.add(page)
        folder = posixpath.dirname(page)
        waiting += [posixpath.normpath(posixpath.join(folder, link.partition("#")[0])) for link in links(site / page)]
    assert {f"methods/{name}.html" for name in method_texts()} | {"methods/index.html"} <= reached


def test_a_page_in_a_site_links_to_its_methods_and_one_outside_names_the_file(site: Path) -> None:
    page = (site / "phuong-1" / "processing_time.html").read_text(encoding="utf-8")
    assert '<a href="../methods/on-time.html">Tỷ lệ đúng hạn</a>' in page
    assert "bằng tiếng Anh" in page
    assert "docs/methods" not in page
    assert '<a href="methods/' in (site / "overview.html").read_text(encoding="utf-8")
    assert "Tỷ lệ đúng hạn <code>docs/methods/on-time.md</code>" in methods_list("processing_time", "vi")
    assert "href" not in methods_list("processing_time", "vi")


def test_a_page_of_methods_stands_in_the_frame_of_the_site_and_says_its_language(site: Path) -> None:
    page = (site / "methods" / "on-time.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert '<article lang="en">' in page
    assert '<a href="../index.html">Danh mục báo cáo</a>' in page
    assert '<a href="index.html">Cách tính số liệu</a>' in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    assert "methods/on-time.html" in manifest["pages"]


HOSTILE = """# A <b>title</b>

<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) ![p](https://e.example/p.png)
[out](https://e.example/x) [up](../../pyproject.toml) [gone](gone.md)

| n | m |
|--:|---|
| 1 | <i>2</i> |

## Twice

## Twice
"""


def test_markup_is_text_and_no_link_leaves_the_site() -> None:
    html = method_bodies([Method("a", HOSTILE)])["methods/a.html"].html
    assert not re.search(r"<(script|img|b|i)\b|style=|href=", html)
    assert "out (https://e.example/x) up gone" in html
    assert '<th scope="col" class="number">n</th>' in html
    assert re.findall(r'<h2 id="(.*?)">', html) == ["twice", "twice-1"]


def test_a_site_without_methods_has_no_folder_of_them() -> None:
    assert method_bodies([]) == {}


def test_the_wheel_carries_the_pages_of_methods() -> None:
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"]["docs/methods"] == "cchc_analysis/_methods"
