"""A city whose every text is an attack: nothing of it runs, leaves, computes or reorders, in pages and in files."""

import csv
import re
import zipfile
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from browser.chromium import Chromium, opened_chromium
from click.testing import CliRunner
from docx import Document
from hostile_city import RUNNING, UNIT, hostile_city
from lxml import etree

import cchc_analysis as cchc
from cchc_analysis.cli import main
from cchc_analysis.pages import explore
from cchc_analysis.reports.frame import PageBody, framed
from cchc_analysis.text import clean_text, show_invisible

OFFICE = clean_text(UNIT)
"""The office's name as it is stored."""

QUESTIONS = "window.__pwned ?? null"
ELEMENTS = "[...document.querySelectorAll('script, iframe, object, embed, form, base, svg, link, meta')]"
OURS = ["LINK rel=icon", "META charset", "META http-equiv", "META name", "META name", "SCRIPT"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_city(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def site(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every notebook, form and file of the whole and of the office, the index, the methods and the exploring page."""
    out = tmp_path_factory.mktemp("reports")
    told = {"warehouse": city, "period": "2023-Q2", "units": f"all,{OFFICE}", "out": out}
    public = cchc.publish_reports(**told).folder
    folder = cchc.publish_reports(**told, edition="internal").folder
    for page in public.glob("*/60_published.html"):
        (folder / page.parent.name / page.name).write_bytes(page.read_bytes())
    panel = explore.panel(data=str(city), period="2023-Q2", unit=OFFICE)
    panel.choose(measure="on_time", by="procedure")
    body = PageBody(explore.head(panel.first).data + panel.static(), UNIT)
    (folder / "explore.html").write_text(framed(body, "vi", UNIT).html, encoding="utf-8")
    return folder


def pages(site: Path) -> list[Path]:
    """Return every page; of the methods, which hold no data, the index and one."""
    found = sorted(path for path in site.rglob("*.html") if path.parent.name != "methods")
    return [*found, *sorted(site.glob("methods/*.html"))[:2]]


@pytest.fixture(scope="module")
def browser():
    with opened_chromium() as opened:
        yield opened


def markup(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def text_of(path: Path) -> str:
    return unescape(re.sub(r"<(script|style)[\s\S]*?</\1>|<[^>]*>", " ", markup(path)))


# --- pages


def test_the_attacks_stand_in_the_pages_as_text(site: Path) -> None:
    assert len(pages(site)) == 14 + 2 + 4
    whole = "".join(map(text_of, pages(site)))
    for attack in RUNNING:
        assert clean_text(attack) in whole, attack
    assert "a<img src=x onerror=window.__pwned=1>[U+202E]gnp'\"&.csv" in whole, "the name of a file"
    assert "Khảo sát " + show_invisible(UNIT) in whole, "the title of a questionnaire"


@pytest.mark.browser
@pytest.mark.parametrize("bypassed", [False, True], ids=["policy", "without policy"])
def test_nothing_of_the_input_runs_or_leaves_the_page(browser: Chromium, site: Path, bypassed: bool) -> None:
    # Of the office, whose pages are made as those of the whole are, only once: its name is in their titles.
    for path in pages(site) if bypassed else [path for path in pages(site) if "so-script" not in path.parent.name]:
        visit(browser, path, bypassed)
        # Handlers of focus and toggling would act now.
        browser.value(
            "document.querySelectorAll('*').forEach(e => { e.focus(); e.dispatchEvent(new Event('toggle')) })"
        )
        browser.ask("Runtime.evaluate", expression="new Promise(r => setTimeout(r, 30))", awaitPromise=True)
        assert browser.value(QUESTIONS) is None, path.name
        asked = [event["request"]["url"] for event in browser.seen("Network.requestWillBeSent")]
        assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}, path.name
        for event in ("Page.javascriptDialogOpening", "Log.entryAdded", "Runtime.exceptionThrown"):
            assert browser.seen(event) == [], path.name
        assert browser.value("document.URL") == path.as_uri()
        assert browser.value(f"{ELEMENTS}.map(e => e.tagName)").count("SCRIPT") == 1
        named = f"{ELEMENTS}.map(e => [e.tagName, ...e.getAttributeNames().slice(0, 1)].join(' ')).sort()"
        assert browser.value(named) == [name.partition("=")[0] for name in OURS]
        runs = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on'))"
        assert browser.value(runs) == []
        odd = "[...document.links].map(a => a.protocol).filter(p => p !== 'file:')"
        assert browser.value(odd) == []
        browser.ask("Page.close")


def visit(browser: Chromium, path: Path, bypassed: bool) -> None:
    """Open a page; `bypassed`: its policy is switched off before it is read, so that only escaping protects."""
    browser.session = None
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Network", "Log", "Runtime"):
        browser.ask(f"{domain}.enable")
    browser.ask("Page.setBypassCSP", enabled=bypassed)
    browser.events = []
    browser.ask("Page.navigate", url=path.as_uri())
    browser.wait_for("Page.loadEventFired")


@pytest.mark.browser
def test_the_marker_is_set_where_nothing_escapes(browser: Chromium, tmp_path: Path) -> None:
    """The test above would see a script that runs: here nothing is escaped and the policy is off, then on."""
    for attack in (RUNNING[0], RUNNING[3]):
        path = tmp_path / "a.html"
        path.write_text(framed(PageBody(f"<h1>a</h1>{attack}", "a")).html, encoding="utf-8")
        found = []
        for bypassed in (True, False):
            visit(browser, path, bypassed)
            found.append(browser.value(QUESTIONS))
        assert found == [1, None]


def test_the_policy_is_strict_and_stands_before_all_content(site: Path) -> None:
    for path in pages(site):
        head = re.match(
            r'<!doctype html>\s*<html lang="vi">\s*<head>\s*<meta charset="utf-8">\s*'
            r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">',
            markup(path),
        )
        assert head, path.name
        rules = dict(rule.strip().split(" ", 1) for rule in unescape(head[1]).split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert rules["img-src"] == "data:"
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
        assert set(rules) == {"default-src", "base-uri", "form-action", "img-src", "script-src", "style-src"}


HIDDEN = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]"
)


def test_no_page_holds_a_character_that_hides_or_reorders(site: Path) -> None:
    for path in pages(site):
        assert not HIDDEN.search(markup(path)), path.name


@pytest.mark.browser
def test_words_from_right_to_left_leave_the_figures_beside_them_in_place(browser: Chromium, tmp_path: Path) -> None:
    body = PageBody("<h1>a</h1><p>Sở \u05d0\u05d1\u05d2: <b>12</b>/<i>20</i> hồ sơ</p>", "a")
    path = tmp_path / "a.html"
    path.write_text(framed(body).html, encoding="utf-8")
    browser.open(path)
    left = "document.querySelector('p {}').getBoundingClientRect().left"
    name, figure, total = (browser.value(left.format(tag)) for tag in ("bdi", "b", "i"))
    assert name < figure < total
    # Without the isolation the browser puts the figures to the left of the name.
    browser.value(
        "(p => { p.innerHTML = p.innerHTML.replace(/<bdi>(.*)<.bdi>/, '<u>$1</u>') })(document.querySelector('p'))"
    )
    assert browser.value(left.format("b")) < browser.value(left.format("u"))


# --- files beside the pages


def files(site: Path, suffix: str) -> list[tuple[str, zipfile.ZipFile]]:
    found = [(path.name, zipfile.ZipFile(path)) for path in sorted(site.rglob(f"*.{suffix}"))]
    assert found
    return found


def rejected(city: Path) -> list[tuple[str, zipfile.ZipFile]]:
    found = [(path.name, zipfile.ZipFile(path)) for path in sorted(city.rglob("rejected.xlsx"))]
    assert found
    return found


def test_no_cell_of_a_workbook_is_a_formula_a_link_or_reaches_outside(site: Path, city: Path) -> None:
    for name, archive in (*files(site, "xlsx"), *rejected(city)):
        parts = {part: archive.read(part) for part in archive.namelist()}
        for part, content in parts.items():
            if part.endswith((".xml", ".rels")):
                root = etree.fromstring(content)
                assert not list(root.iter("{*}f", "{*}hyperlink", "{*}ddeLink", "{*}oleLink")), (name, part)
                assert not root.xpath("//*[@TargetMode='External']"), (name, part)
                assert b"<!DOCTYPE" not in content
        assert not [part for part in parts if re.search("externalLink|vba|oleObject|connections|queryTable", part)]


def test_what_is_rejected_is_given_back_as_text_that_no_program_computes(city: Path) -> None:
    told = []
    for _, archive in rejected(city):
        for sheet in openpyxl.load_workbook(str(archive.filename)):
            for row in sheet.iter_rows():
                told += [cell.value for cell in row if isinstance(cell.value, str)]
                assert {cell.data_type for cell in row} <= {"s", "n", "d"}
    assert "=cmd|' /C calc'!A0" in told


def test_a_report_holds_the_attacks_as_text_and_no_field_or_link(site: Path) -> None:
    seen = ""
    for name, archive in files(site, "docx"):
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")):
                root = etree.fromstring(archive.read(part))
                fields = "".join(text for element in root.iter("{*}instrText") for text in [element.text or ""])
                assert set(re.findall(r"[A-Z]{3,}", fields)) <= {"PAGE", "NUMPAGES"}, (name, part)
                assert not list(root.iter("{*}hyperlink", "{*}object", "{*}altChunk")), (name, part)
                assert not root.xpath("//*[@TargetMode='External']"), (name, part)
        document = Document(archive.filename)
        seen += "\n".join(p.text for p in document.paragraphs)
        seen += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert OFFICE in seen
    assert not HIDDEN.search(seen)


def test_a_table_printed_as_csv_holds_no_formula(city: Path) -> None:
    asked = ["measures", "on_time", "--warehouse", str(city), "--period", "2023-Q2", "--by", "procedure"]
    printed = CliRunner().invoke(main, [*asked, "--format", "csv"])
    assert printed.exit_code == 0
    cells = [cell for row in csv.reader(printed.output.splitlines()) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-2", "\t"))]
    assert not HIDDEN.search(printed.output)


def test_a_calendar_has_no_line_that_a_name_made(site: Path) -> None:
    for path in site.rglob("*.ics"):
        content = path.read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
        lines = content.decode("utf-8").split("\r\n")
        assert max(len(line.encode("utf-8")) for line in lines) <= 75
        properties = {re.split("[;:]", line)[0] for line in lines if line and not line.startswith(" ")}
        assert all(re.fullmatch(r"[A-Z][A-Z-]+", name) for name in properties), properties


def test_the_note_and_the_manifest_are_plain(site: Path) -> None:
    note = (site / "tom-tat.txt").read_text("utf-8")
    assert not HIDDEN.search(note)
    assert "\x1b" not in (site / "manifest.json").read_text("utf-8")
