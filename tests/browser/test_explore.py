"""The exploring notebook in a real JupyterLab: run it, change a choice, and figure and table follow."""

import base64
import json
import os
import time
from pathlib import Path

import pytest
from browser.chromium import Chromium, opened_chromium
from browser.jupyterlab import POLL_SECONDS, opened_lab
from small_city import small_city

pytestmark = pytest.mark.browser

WAIT_SECONDS = 120
SOON_SECONDS = 20

FIGURE = "document.querySelector('.jp-OutputArea .widget-html img')?.src ?? ''"
TABLE = "document.querySelector('.jp-OutputArea .widget-html table')?.innerText ?? ''"
SAID = "document.querySelector('.jp-OutputArea .widget-html')?.innerText ?? ''"
LABELS = "[...document.querySelectorAll('.jp-OutputArea .widget-dropdown label')].map((one) => one.innerText)"
READY = (
    "window.jupyterapp?.shell?.currentWidget?.context?.isReady === true && "
    "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
)
RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"


@pytest.fixture(scope="module")
def original(project: Path) -> bytes:
    """The notebook of the repository, as it was before."""
    return (project / "notebooks" / "explore.ipynb").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, original: bytes) -> Path:
    """A copy of the notebook beside a small warehouse."""
    root = tmp_path_factory.mktemp("lab")
    source, shipped = original.decode("utf-8"), '\\"data/warehouse/sample\\"'
    assert shipped in source
    # As JSON writes a path inside the source of a cell.
    path = json.dumps(json.dumps(str(small_city(root))))[1:-1]
    (root / "explore.ipynb").write_text(source.replace(shipped, path), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    with opened_chromium() as browser, opened_lab(folder, tmp_path_factory.mktemp("home")) as server:
        browser.open(server.notebook("explore.ipynb"), width=1300)
        until(browser, READY)
        browser.value(RUN_ALL)
        until(browser, f"({FIGURE}).startsWith('data:image/png')")
        yield browser, server


def comes(browser: Chromium, expression: str, seconds: float) -> bool:
    """Ask again and again whether an expression is true in the page, for so long."""
    end = time.monotonic() + seconds
    while not browser.value(f"Boolean({expression})"):
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def until(browser: Chromium, expression: str) -> None:
    """Wait until an expression is true in the page."""
    seen = (LABELS, "document.body.innerText.slice(0, 1500)")
    assert comes(browser, expression, WAIT_SECONDS), (
        expression,
        [browser.value(each) for each in seen],
        browser.seen("Runtime.consoleAPICalled")[-3:],
    )


PICK = """
((select, label) => {
  const plain = (option) => option?.text.replaceAll("\\u00a0", " ");
  select.selectedIndex = [...select.options].findIndex((option) => plain(option) === label);
  select.dispatchEvent(new Event("change", { bubbles: true }));
  return plain(select.selectedOptions[0]);
})
"""


def choose(browser: Chromium, control: str, label: str) -> None:
    """Pick an option of a control as a reader does."""
    select = f"document.querySelector('.cchc-{control} select')"
    assert browser.value(f"{PICK.strip()}({select}, {json.dumps(label)})") == label


def keep_picture(browser: Chromium, name: str) -> None:
    """Write what is seen into the folder that CCHC_PICTURES names, for people who look at it."""
    if os.environ.get("CCHC_PICTURES"):
        browser.value("document.querySelector('.cchc-measure').scrollIntoView()")
        picture = base64.b64decode(browser.ask("Page.captureScreenshot")["data"])
        (Path(os.environ["CCHC_PICTURES"]) / f"{name}.png").write_bytes(picture)


def test_a_choice_changes_figure_and_table(lab) -> None:
    browser, _ = lab
    figure, table = browser.value(FIGURE), browser.value(TABLE)
    assert "Phường 1" in table
    assert "Phường 2" in table
    keep_picture(browser, "before")
    choose(browser, "unit", "Phường 2")
    until(browser, f"({FIGURE}) !== {json.dumps(figure)} && !({TABLE}).includes('Phường 1')")
    assert "Phường 2" in browser.value(TABLE)
    assert browser.value(FIGURE).startswith("data:image/png;base64,")
    keep_picture(browser, "unit")
    figure, table = browser.value(FIGURE), browser.value(TABLE)
    choose(browser, "measure", "Số ngày làm việc đã dùng, trung bình")
    until(browser, f"({FIGURE}) !== {json.dumps(figure)} && ({TABLE}) !== {json.dumps(table)}")
    # Each part of the page hears of a choice by a message of its own, in no promised order.
    until(browser, f"({SAID}).includes('không phụ thuộc quy tắc đúng hạn')")
    until(browser, "document.querySelector('.cchc-rule select').disabled")
    keep_picture(browser, "measure")


def test_a_choice_without_data_is_one_sentence_and_the_next_choice_works(lab) -> None:
    browser, _ = lab
    choose(browser, "measure", "Hồ sơ có thanh toán trực tuyến")
    until(browser, f"({SAID}).includes('chưa nạp')")
    assert "Traceback" not in browser.value("document.body.innerText")
    assert browser.value(SAID).count("\n") <= 1
    choose(browser, "measure", "Tỷ lệ đúng hạn")
    choose(browser, "language", "English")
    until(browser, f"({SAID}).includes('On-time share')")
    label = "document.querySelector('.cchc-unit label').innerText === 'Unit'"
    if not comes(browser, label, SOON_SECONDS):
        # A page has been seen to keep a label whose new text was sent; the next change of language must bring it.
        choose(browser, "language", "Tiếng Việt")
        until(browser, f"({SAID}).includes('Tỷ lệ đúng hạn')")
        choose(browser, "language", "English")
    until(browser, label)


def test_nothing_leaves_the_machine_and_no_cell_failed(lab) -> None:
    browser, server = lab
    asked = {event["request"]["url"] for event in browser.seen("Network.requestWillBeSent")}
    assert {url for url in asked if not url.startswith((server.base, "data:", "blob:"))} == set()
    errors = "document.querySelectorAll('.jp-RenderedText[data-mime-type*=error], [data-mime-type*=stderr]').length"
    assert browser.value(errors) == 0


def test_the_notebook_of_the_repository_is_as_it_was(lab, original: bytes, project: Path) -> None:
    assert (project / "notebooks" / "explore.ipynb").read_bytes() == original
