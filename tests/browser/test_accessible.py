"""axe-core, with the rules of accessibility that a program can check, finds nothing on any kind of page."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import cchc_analysis as cchc
from tests.browser.chromium import Chromium, opened_chromium
from tests.small_city import small_city

PHONE, DESKTOP = 360, 1200
RUN = """axe.run(document, {resultTypes: ["violations"]}).then(found =>
  found.violations.map(one => [one.id, ...one.nodes.slice(0, 2).map(node => node.html.slice(0, 200))]))"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both editions in Vietnamese, the internal one in English."""
    root = tmp_path_factory.mktemp("accessible")
    told: dict[str, Any] = {"warehouse": small_city(root), "period": "2023-Q2", "units": "all"}
    return {
        "public": cchc.publish_reports(**told, out=root / "vi").folder,
        "internal": cchc.publish_reports(**told, out=root / "vi", edition="internal", files=False).folder,
        "english": cchc.publish_reports(
            **told, out=root / "en", edition="internal", language="en", pages=["10_processing_time", "00_overview"]
        ).folder,
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with opened_chromium() as opened:
        yield opened


def violations(browser: Chromium, page: Path, width: int = DESKTOP) -> list[list[str]]:
    """Return what axe-core finds, of every rule it has: the rule and the first places."""
    browser.open(page, width)
    # The policy of a page lets no script in but its own: axe comes by the tools of the browser.
    browser.ask("Page.setBypassCSP", enabled=True)
    browser.ask("Runtime.evaluate", expression=(files("axe_core_python") / "axe.min.js").read_text("utf-8"))
    answer = browser.ask("Runtime.evaluate", expression=RUN, awaitPromise=True, returnByValue=True)
    assert "exceptionDetails" not in answer, answer
    found: list[list[str]] = answer["result"]["value"]
    return found


@pytest.mark.parametrize("edition", ["public", "internal", "english"])
def test_no_page_breaks_a_rule(browser: Chromium, sites: dict[str, Path], edition: str) -> None:
    pages = sorted(path for path in sites[edition].rglob("*.html") if path.parent.name != "methods")
    # Of the methods, which are the same in every site, all are looked at once.
    pages += sorted(sites[edition].glob("methods/*.html")) if edition == "public" else []
    assert len(pages) >= {"public": 30, "internal": 6, "english": 3}[edition]
    found = {path.relative_to(sites[edition]).as_posix(): violations(browser, path) for path in pages}
    assert {page: rules for page, rules in found.items() if rules} == {}


def test_a_phone_breaks_none_either(browser: Chromium, sites: dict[str, Path]) -> None:
    for name in ("index.html", "all/60_published.html"):
        assert violations(browser, sites["public"] / name, PHONE) == []


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        ('<img src="data:,">', "image-alt"),
        ('<a href="x"></a>', "link-name"),
        ("<h5>Thấp quá</h5>", "heading-order"),
        ("<ul><p>Không phải mục</p></ul>", "list"),
    ],
)
def test_what_breaks_a_rule_is_found(
    browser: Chromium, sites: dict[str, Path], tmp_path: Path, spoilt: str, rule: str
) -> None:
    page = tmp_path / "page.html"
    whole = (sites["public"] / "all" / "60_published.html").read_text("utf-8")
    page.write_text(whole.replace("</main>", f"{spoilt}</main>", 1), "utf-8")
    assert rule in [found[0] for found in violations(browser, page)]
