"""What HTML may enter a page, and how tables are made to fit one."""

import re
from html import escape, unescape
from html.parser import HTMLParser

from cchc_analysis.text import show_invisible

FORBIDDEN_TAGS = {
    *("script", "style", "link", "meta", "base", "svg", "video", "audio"),
    *("iframe", "frame", "frameset", "object", "embed", "applet", "form", "input"),
}
FETCHING = {"src", "srcset", "poster", "background", "data", "action", "formaction"}
BORDERED = re.compile(r'(<table\b[^>]*?) border="\d+"')
PANDAS_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
PANDAS_TABLE = re.compile(r'<table\b[^>]*class="[^"]*\bdataframe\b.*?</table>', re.DOTALL)
CAPTION_END = re.compile(r"</(?:fig)?caption>")
TABLE = re.compile(r"(?P<inside><div class=\"table\"[^>]*>\s*)?(?P<table><table\b.*?</table>)", re.DOTALL)
HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
LEFTWARD = re.compile(f"[{RIGHT_TO_LEFT}]")
LEFTWARD_WORDS = re.compile(
    rf"<(title|style|script)\b.*?</\1>|<[^>]*>|[{RIGHT_TO_LEFT}]+(?:[ \u00a0]+[{RIGHT_TO_LEFT}]+)*", re.DOTALL
)


class _Inspector(HTMLParser):
    """Collects what may not stand in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.n_unnamed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a forbidden tag or attribute, and an image without alternative text."""
        if tag in FORBIDDEN_TAGS:
            self.found.append(f"<{tag}>")
        if tag == "img" and not (dict(attrs).get("alt") or "").strip():
            self.n_unnamed += 1
        for name, value in attrs:
            address = re.sub(r"\s", "", value or "").lower()
            fetches = name in FETCHING and not address.startswith("data:image/")
            runs = name in ("href", "xlink:href") and address.startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or fetches or runs:
                self.found.append(f"<{tag} {name}>")


def forbidden_markup(html: str) -> tuple[str, ...]:
    """Return the tags and attributes of `html` that would run, fetch or restyle something.

    >>> forbidden_markup('<table class="sortable"><tr><td>&lt;script&gt;</td></tr></table>')
    ()
    >>> forbidden_markup('<p onclick="x()">a</p><img src="https://example.org/a.png">')
    ('<p onclick>', '<img src>')
    """
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return tuple(inspector.found)


def n_unnamed_images(html: str) -> int:
    """Return how many images of `html` have no alternative text.

    >>> n_unnamed_images('<img src="data:image/png;base64,AA"><img alt="Hình" src="data:image/png;base64,AA">')
    1
    """
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.n_unnamed


def tidy_pandas(html: str) -> str:
    """Return HTML in which pandas' own tables name what their headings head, and carry no style of their own.

    >>> tidy_pandas('<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th>n</th></tr>'
    ...             '</thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>')
    '<table class="dataframe"><thead><tr><th scope="col">n</th></tr></thead><tbody><tr><th scope="row">0</th>...'
    """

    def dressed(match: re.Match[str]) -> str:
        head, body_tag, body = match[0].partition("<tbody>")
        head = (
            head.replace("<th></th>", "<td></td>")
            .replace("<th>", '<th scope="col">')
            .replace(' style="text-align: right;"', "")
        )
        return BORDERED.sub(r"\1", head) + body_tag + body.replace("<th>", '<th scope="row">')

    if 'class="dataframe' not in html:
        return html
    return PANDAS_TABLE.sub(dressed, PANDAS_STYLE.sub("", html))


def contain_tables(html: str, label: str) -> str:
    """Return HTML in which every table scrolls inside a container of its own that the keyboard reaches.

    A table in a `<div class="table">` has one already. A container has the name of its caption, else of the heading
    above it, else `label`; a name that has been used is numbered, so that a reader can tell them apart.

    >>> contain_tables("<table><caption>Late</caption></table>", "Table")
    '<div class="table" role="region" tabindex="0" aria-label="Late"><table><caption>Late</caption></table></div>'
    """

    seen: dict[str, int] = {}

    def contained(match: re.Match[str]) -> str:
        if match["inside"]:
            return match[0]
        caption = re.search(r"<caption\b[^>]*>(.*?)</caption>", match["table"], re.DOTALL)
        above = HEADING.findall(html, 0, match.start())
        said = text_of(caption[1]) if caption else text_of(above[-1]) if above else label
        seen[said] = seen.get(said, 0) + 1
        name = escape(said if seen[said] == 1 else f"{said} ({seen[said]})")
        return f'<div class="table" role="region" tabindex="0" aria-label="{name}">{match["table"]}</div>'

    return TABLE.sub(contained, html)


def link_sources(html: str, label: str) -> str:
    """Return HTML in which every table and figure links to the element `sources`, unchanged where there is none.

    >>> link_sources('<table><caption>Late</caption></table><p id="sources">a.csv</p>', "source")
    '<table><caption>Late <a class="to-sources" href="#sources">source</a></caption></table><p id="sources">a.csv</p>'
    """
    if ' id="sources"' not in html:
        return html
    link = f' <a class="to-sources" href="#sources">{escape(label)}</a>'
    return CAPTION_END.sub(lambda end: link + end[0], html)


def readable(html: str) -> str:
    """Return HTML in which no text changes the order or the look of the text around it.

    Characters that nobody sees are written as their codes; words written from right to left (Arabic, Hebrew) stand in a
    `<bdi>`, so that the figures beside them keep their place.

    >>> readable("<td>a\\u202eb</td>")
    '<td>a[U+202E]b</td>'
    >>> print(ascii(readable("<p title='\\u05d0'>\\u05d0\\u05d1 12/20</p>")))
    "<p title='\\u05d0'><bdi>\\u05d0\\u05d1</bdi> 12/20</p>"
    """
    shown = show_invisible(html)
    if not LEFTWARD.search(shown):
        return shown
    return LEFTWARD_WORDS.sub(lambda found: found[0] if found[0].startswith("<") else f"<bdi>{found[0]}</bdi>", shown)


def text_of(html: str) -> str:
    """Return the text of a piece of HTML, on one line.

    >>> text_of("Hồ sơ <b>đúng hạn</b> &amp; trễ hạn")
    'Hồ sơ đúng hạn & trễ hạn'
    """
    return " ".join(unescape(TAG.sub("", html)).split())


def first_heading(html: str) -> str:
    """Return the text of the first `<h1>`, or nothing.

    >>> first_heading("<p>a</p><h1 id='x'>Quý <em>II</em>/2023</h1>")
    'Quý II/2023'
    """
    heading = re.search(r"<h1\b[^>]*>(.*?)</h1>", html, re.DOTALL)
    return text_of(heading[1]) if heading else ""
