"""The two editions: the public one holds what was released and nothing else, the internal one says what it is."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

import cchc_analysis as cchc
from cchc_analysis.cli import main
from cchc_analysis.editions import INTERNAL_MARK
from cchc_analysis.errors import ParameterError
from cchc_analysis.released_figures import figures_of, figures_table
from tests.small_city import small_city

UNITS = ["all", "phuong-1", "phuong-2", "phuong-3"]


@pytest.fixture(scope="module")
def kho(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_city(tmp_path_factory.mktemp("editions"))


@pytest.fixture(scope="module")
def public(kho: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cchc.publish_reports(warehouse=kho, period="2023-Q2", out=tmp_path_factory.mktemp("out")).folder


def text_of(page: Path) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", page.read_text("utf-8")))


def test_the_public_edition_is_the_default_and_has_neither_forms_nor_reports(public: Path) -> None:
    assert public.name == "2023-Q2"
    made = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    own = {name for name in made if not name.startswith("methods/")}
    assert own == {"index.html", "manifest.json", "figures.csv", *(f"{unit}/60_published.html" for unit in UNITS)}
    told = json.loads((public / "manifest.json").read_text("utf-8"))
    assert (told["edition"], told["figures"], told["history"]) == ("public", {}, [])


def test_what_a_public_page_prints_is_in_its_figures_and_not_hidden_there(public: Path) -> None:
    """40 late of 80 in ward 2 alone: its rest and the whole's are large, nothing is hidden."""
    figures = figures_table(figures_of(public))
    assert not figures["hidden"].any()
    assert "120/240" not in text_of(public / "all" / "60_published.html")
    assert "200/240 hồ sơ đã giải quyết" in text_of(public / "all" / "60_published.html")
    assert "Phải giải quyết 80 hồ sơ" in text_of(public / "index.html")


def test_publishing_the_same_again_gives_the_same_bytes(kho: Path, public: Path) -> None:
    before = {path: path.read_bytes() for path in public.rglob("*") if path.is_file()}
    cchc.publish_reports(warehouse=kho, period="2023-Q2", out=public.parent, workers=1)
    assert {path: path.read_bytes() for path in public.rglob("*") if path.is_file()} == before


def test_the_commands_of_a_page_compute_its_figures_again(kho: Path, public: Path) -> None:
    page = public / "phuong-2" / "60_published.html"
    told = [unescape(found) for found in re.findall(r"<li><code>cchc (measures [^<]*)</code>", page.read_text("utf-8"))]
    assert [words.split()[1] for words in told][:2] == ["form_06a", "on_time"]
    for words in told:
        done = CliRunner().invoke(main, [*words.replace("KHO", str(kho)).split(), "--json"])
        assert done.exit_code == 0, (words, done.output)
        if words.startswith("measures on_time"):
            (row,) = json.loads(done.stdout)
            assert f"({row['numerator']}/{row['denominator']} hồ sơ đã giải quyết)" in text_of(page)


def test_every_table_and_figure_links_to_the_files_read_with_their_hashes(kho: Path, public: Path) -> None:
    html = (public / "phuong-2" / "60_published.html").read_text("utf-8")
    captions = re.findall(r"<(?:fig)?caption\b.*?</(?:fig)?caption>", html, re.DOTALL)
    assert len(captions) > 3
    for caption in captions:
        assert caption.count('<a class="to-sources" href="#sources">nguồn</a>') == 1, caption
    assert html.count('id="sources"') == 1
    told = html.partition('id="sources"')[2].partition("</details>")[0]
    inputs = json.loads((public / "manifest.json").read_text("utf-8"))["inputs"]
    assert inputs
    listed = re.findall(r"<li>([^<]*) <code>([0-9a-f]{16})</code></li>", told)
    assert [(unescape(file), sha) for file, sha in listed] == [(one["file"], one["sha256"][:16]) for one in inputs]


def test_a_page_of_the_other_edition_is_refused(kho: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="internal edition; ask for it with cchc report --internal"):
        cchc.publish_reports(warehouse=kho, period="2023-Q2", out=tmp_path, pages=["10_processing_time"])
    with pytest.raises(ParameterError, match="public edition"):
        cchc.publish_reports(warehouse=kho, period="2023-Q2", out=tmp_path, pages=["60_published"], edition="internal")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("language", "mark"), [("vi", INTERNAL_MARK[0]), ("en", INTERNAL_MARK[1])])
def test_every_page_of_the_internal_edition_says_so(kho: Path, public: Path, language: str, mark: str) -> None:
    site = cchc.publish_reports(
        warehouse=kho,
        period="2023-Q2",
        units="phuong-2",
        out=public.parent,
        language=language,
        edition="internal",
        files=False,
    ).folder
    assert site.name == "2023-Q2-internal"
    pages = [path for path in site.rglob("*.html") if path.parent.name != "methods"]
    assert len(pages) > 4
    assert [path.name for path in pages if mark not in text_of(path)] == []
    assert mark not in text_of(public / "all" / "60_published.html")
