"""Pages in a real Chromium: they run nothing but our scripts, fit a phone, print on A4, sort and filter by keyboard."""

import base64
import re
from pathlib import Path

import pandas as pd
import pytest
from browser.chromium import Chromium, opened_chromium
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cchc_analysis.reports.frame import Link, PageBody, framed
from cchc_analysis.reports.page import page_body
from cchc_analysis.reports.site import Site, UnitEntry
from cchc_analysis.tables import TableColumn, html_table

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with opened_chromium() as opened:
        yield opened


def png(width: int, height: int) -> str:
    """Return a real picture, so that its size on the page can be measured."""
    import io

    import matplotlib.image as pictures
    import numpy as np

    written = io.BytesIO()
    pictures.imsave(written, np.zeros((height, width, 3)), format="png")
    return base64.b64encode(written.getvalue()).decode()


ROWS = pd.DataFrame(
    {
        "field": ["Hộ tịch", "Đất đai", "Tư pháp", "Ấp trưởng"],
        "n": [1200, 90, 8, 70],
        "on_time": [0.95, 0.5, None, 0.7],
        "lower": [0.9, 0.4, None, 0.6],
        "upper": [0.97, 0.6, None, 0.8],
    }
)
COLUMNS = (
    TableColumn("field", "Lĩnh vực"),
    TableColumn("n", "Hồ sơ", "count", group="Kỳ này"),
    TableColumn("on_time", "Đúng hạn", "share", "lower", "upper", group="Kỳ này"),
)


def table() -> str:
    total = {"field": "Tổng", "n": 1368, "on_time": 0.9, "lower": 0.8, "upper": 0.95}
    return html_table(ROWS, COLUMNS, "Hồ sơ theo lĩnh vực", total=total, numbering=("(1)", "(2)", "(3)"))


def wide_table() -> str:
    cells = "".join(f"<td>giá_trị_{n}</td>" for n in range(30))
    return f"<table><caption>Rộng</caption><tbody><tr>{cells}</tr></tbody></table>"


def picture() -> str:
    """Return a figure that stays legible on a phone, because it scrolls in a container of its own."""
    image = f'<img src="data:image/png;base64,{png(1050, 600)}" width="1050" height="600" alt="Rộng">'
    return f'<figure><figcaption>Hình rộng</figcaption><div class="picture" tabindex="0">{image}</div></figure>'


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    shown = [
        new_output("display_data", data={"text/html": table()}),
        new_output("display_data", data={"text/html": wide_table()}),
        new_output("display_data", data={"image/png": png(1050, 600)}, metadata={"alt": "Hình"}),
        new_output("display_data", data={"text/html": '<p class="banner">Số liệu mô phỏng.</p>'}),
        new_output("display_data", data={"text/html": picture()}),
        new_output("stream", name="stdout", text="một_dòng_rất_dài" * 30),
    ]
    cells = [new_markdown_cell("# Quý II/2023", id="t"), new_code_cell("x", id="c", outputs=shown)]
    body = page_body(new_notebook(cells=cells), Path("10_page.ipynb"))
    links = [Link("../index.html", "Danh mục báo cáo"), Link("a.html", "Trang này", current=True)]
    path = tmp_path_factory.mktemp("page") / "a.html"
    path.write_text(framed(body, "vi", "Báo cáo", links).html, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    units = [
        UnitEntry("so-y-te", "Sở Y tế", "Cấp tỉnh"),
        UnitEntry("dong-hoa", "Phường Đông Hòa", "Cấp xã", "98% đúng hạn"),
        UnitEntry("rach-dua", "Phường Rạch Dừa", "Cấp xã"),
    ]
    bodies = {f"{unit.folder}/10_time.html": PageBody("<h1>a</h1>", "Thời gian") for unit in units}
    path = tmp_path_factory.mktemp("site") / "index.html"
    titles = {target: body.title for target, body in bodies.items()}
    site = Site("Báo cáo", "vi", "Quý II", units, {}, titles, bodies.__getitem__, ())
    path.write_text(site.index(), encoding="utf-8")
    return path


def column(browser: Chromium, place: int) -> list[str]:
    rows = browser.value(
        f"[...document.querySelectorAll('table.sortable tbody tr')].map(r => r.cells[{place}].textContent)"
    )
    return [re.sub(r"\s.*", "", row) if place else row for row in rows]


def click(browser: Chromium, place: int) -> None:
    browser.value(f"document.querySelectorAll('table.sortable th button')[{place}].click()")


# --- alone and unharmed


@pytest.mark.parametrize("name", ["page", "index"])
def test_a_page_asks_for_nothing_and_its_policy_blocks_nothing_of_ours(browser, request, name):
    path = request.getfixturevalue(name)
    browser.open(path)
    asked = [event["request"]["url"] for event in browser.seen("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert browser.seen("Log.entryAdded") == []
    assert browser.seen("Runtime.exceptionThrown") == []


def test_the_policy_stops_a_script_that_slipped_in(browser, tmp_path):
    hostile = PageBody(
        "<h1>a</h1><script>document.title = 'hacked'</script><img src=x onerror=\"document.title='h'\">", "a"
    )
    path = tmp_path / "a.html"
    path.write_text(framed(hostile).html, encoding="utf-8")
    browser.open(path)
    assert browser.value("document.title") == "a"
    assert len(browser.seen("Log.entryAdded")) >= 2


# --- phone, paper, keyboard


@pytest.mark.parametrize("name", ["page", "index"])
def test_a_phone_of_360_pixels_never_scrolls_sideways(browser, request, name):
    browser.open(request.getfixturevalue(name), width=360)
    assert browser.value("document.documentElement.scrollWidth") == 360
    assert browser.value("window.innerWidth") == 360


def test_on_a_phone_a_wide_table_scrolls_in_its_container_and_a_figure_shrinks(browser, page):
    browser.open(page, width=360)
    wide = "document.querySelector('.table[aria-label=Rộng]')"
    assert browser.value(f"{wide}.scrollWidth > {wide}.clientWidth && {wide}.clientWidth <= 360")
    scrolls = "(p => p.clientWidth <= 360 && p.scrollWidth > 500)(document.querySelector('.picture'))"
    assert browser.value(scrolls)
    assert browser.value("(i => i.width < 360 && Math.abs(i.width / i.height - 1.75) < .02)(document.images[0])")


def test_paper_is_a4_without_navigation_and_with_repeated_heads(browser, page):
    browser.open(page)
    pdf = base64.b64decode(browser.ask("Page.printToPDF", preferCSSPageSize=True)["data"])
    width, height = (float(side) for side in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    # A4 is 210 mm by 297 mm; a point is 1/72 inch.
    assert (width, height) == (pytest.approx(595.3, abs=1), pytest.approx(841.9, abs=1))
    browser.ask("Emulation.setEmulatedMedia", media="print")
    shown = "getComputedStyle(document.querySelector('{}')).{}"
    assert browser.value(shown.format("nav", "display")) == "none"
    assert browser.value(shown.format(".skip", "display")) == "none"
    assert browser.value(shown.format("thead", "display")) == "table-header-group"
    assert browser.value(shown.format("tbody tr", "breakInside")) == "avoid"
    assert browser.value(shown.format("figure", "breakInside")) == "avoid"
    assert browser.value(shown.format(".table", "overflowX")) == "visible"
    browser.ask("Emulation.setEmulatedMedia", media="")


def test_the_first_tab_shows_the_way_past_the_navigation(browser, page):
    browser.open(page)
    assert browser.value("document.querySelector('.skip').getBoundingClientRect().right < 0")
    browser.press("Tab")
    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("document.activeElement.getBoundingClientRect().left >= 0")
    browser.press("Enter", "\r")
    assert browser.value("document.activeElement.id") == "content"


def test_a_reader_by_ear_finds_landmarks_tables_and_buttons_by_name(browser, page):
    browser.open(page)
    browser.ask("Accessibility.enable")
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    heard = [node for node in nodes if not node["ignored"]]
    told = [(node["role"]["value"], node.get("name", {}).get("value")) for node in heard]
    assert {"banner", "main", "contentinfo"} <= {role for role, _ in told}
    assert ("navigation", "Các trang của đơn vị") in told
    assert ("table", "Hồ sơ theo lĩnh vực") in told
    assert [name for role, name in told if role == "button"] == ["Lĩnh vực", "Hồ sơ", "Đúng hạn"]
    assert ("image", "Hình") in told


# --- sorting and filtering


def test_a_table_sorts_numbers_by_value_with_unknown_ones_last_and_the_total_below(browser, page):
    browser.open(page)
    click(browser, 1)
    assert column(browser, 1) == ["8", "70", "90", "1.200"]
    click(browser, 1)
    assert column(browser, 1) == ["1.200", "90", "70", "8"]
    click(browser, 2)
    assert column(browser, 0) == ["Đất đai", "Ấp trưởng", "Hộ tịch", "Tư pháp"]
    click(browser, 2)
    assert column(browser, 0) == ["Hộ tịch", "Ấp trưởng", "Đất đai", "Tư pháp"]
    assert browser.value("document.querySelector('table.sortable tfoot th').textContent") == "Tổng"


def test_a_table_sorts_text_as_vietnamese_does(browser, page):
    browser.open(page)
    click(browser, 0)
    # A comes before D, D before Đ, whatever marks they carry.
    assert column(browser, 0) == ["Ấp trưởng", "Đất đai", "Hộ tịch", "Tư pháp"]


def test_a_heading_sorts_by_keyboard_and_says_how_the_table_is_sorted(browser, page):
    browser.open(page)
    browser.value("document.querySelectorAll('table.sortable th button')[1].focus()")
    sorted_by = "[...document.querySelectorAll('th[aria-sort]')].map(h => [h.textContent, h.ariaSort].join())"
    browser.press("Enter", "\r")
    assert browser.value(sorted_by) == ["Hồ sơ,ascending"]
    browser.press(" ", " ")
    assert browser.value(sorted_by) == ["Hồ sơ,descending"]
    assert column(browser, 1) == ["1.200", "90", "70", "8"]


def test_the_index_finds_units_without_marks_and_says_how_many(browser, index):
    browser.open(index)
    shown = "[...document.querySelectorAll('.unit')].filter(unit => unit.offsetParent)"
    visible = f"{shown}.map(unit => unit.querySelector('h3').textContent)"
    browser.value("document.getElementById('filter').focus()")
    browser.ask("Input.insertText", text="dong hoa")
    assert browser.value(visible) == ["Phường Đông Hòa"]
    assert browser.value("document.getElementById('found').textContent") == "1 đơn vị"
    assert browser.value("[...document.querySelectorAll('.tier')].map(t => t.hidden)") == [True, False]
    browser.ask("Input.insertText", text=" zz")
    assert browser.value(visible) == []
    assert browser.value("document.getElementById('found').textContent") == "Không tìm thấy đơn vị nào."
    browser.value("(i => { i.value = ''; i.dispatchEvent(new Event('input')) })(document.getElementById('filter'))")
    assert browser.value(visible) == ["Sở Y tế", "Phường Đông Hòa", "Phường Rạch Dừa"]
