"""The methods behind the figures as pages of a site: made from Markdown, linked from the pages that rest on them."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.reports.frame import PageBody
from cchc_analysis.reports.markup import contain_tables, first_heading, text_of

FOLDER = "methods"
INDEX = f"{FOLDER}/index.html"
NAMED = re.compile(r'<span class="method">(.*?) <code>docs/methods/([\w-]+)\.md</code></span>')
"""How a page names a method: its title, then the file. Outside a site that is all a reader needs."""

PLUGINS = ("table", "strikethrough", "def_list")
WORDS: dict[Language, dict[str, str]] = {
    "vi": {
        "title": "Cách tính số liệu",
        "lead": "Định nghĩa, công thức, nguồn và ví dụ tính tay của từng chỉ số. Nội dung viết bằng tiếng Anh; "
        "định nghĩa bằng tiếng Việt nằm ở cuối mỗi trang báo cáo.",
        "table": "Bảng",
    },
    "en": {
        "title": "How the figures are computed",
        "lead": "Definition, formula, source and worked example of every measure.",
        "table": "Table",
    },
}


@dataclass(frozen=True)
class Method:
    """One page of methods: its name (of the file), its Markdown, and its title in the reader's language ("" = its
    own)."""

    name: str
    text: str
    title: str = ""


def method_bodies(methods: Sequence[Method], language: Language = "vi") -> dict[str, PageBody]:
    """Return the bodies of the pages of methods by target, `methods/index.html` first; none where there are none.

    Links between them lead from page to page; any other link is text, so that no page leads out of the site.

    >>> text = "# On time\\n\\nSee [form](form-06a.md), [above](on-time.md#on-time)."
    >>> bodies = method_bodies([Method("on-time", text)])
    >>> sorted(bodies), bodies["methods/on-time.html"].title
    (['methods/index.html', 'methods/on-time.html'], 'On time')
    >>> print(bodies["methods/on-time.html"].html)
    <article lang="en">
    <h1 id="on-time">On time</h1>
    <p>See form, <a href="on-time.html#on-time">above</a>.</p>
    </article>
    """
    if not methods:
        return {}
    names = {method.name for method in methods}
    bodies = {f"{FOLDER}/{method.name}.html": _body(method, names, language) for method in methods}
    return {INDEX: _index(methods, bodies, language), **bodies}


def link_methods(html: str, target: str, known: Mapping[str, PageBody]) -> str:
    """Return the body of the page at `target` with every method it names as a link, where the site has that page.

    >>> said = '<span class="method">On time <code>docs/methods/on-time.md</code></span>'
    >>> link_methods(said, "phuong-1/10_time.html", {"methods/on-time.html": PageBody("", "")})
    '<a href="../methods/on-time.html">On time</a>'
    >>> link_methods(said, "phuong-1/10_time.html", {}) == said
    True
    """

    def linked(match: re.Match[str]) -> str:
        page = f"{FOLDER}/{match[2]}.html"
        if page not in known:
            return match[0]
        return f'<a href="{posixpath.relpath(page, posixpath.dirname(target) or ".")}">{match[1]}</a>'

    return NAMED.sub(linked, html)


def _index(methods: Sequence[Method], bodies: Mapping[str, PageBody], language: Language) -> PageBody:
    words = WORDS[language]
    items = []
    for method in methods:
        own = bodies[f"{FOLDER}/{method.name}.html"].title
        title = method.title or own
        beside = f' <span lang="en">({escape(own)})</span>' if title != own else ""
        items.append(f'<li><a href="{method.name}.html">{escape(title)}</a>{beside}</li>')
    return PageBody(
        f"<h1>{escape(words['title'])}</h1>\n<p>{escape(words['lead'])}</p>\n<ul>\n" + "\n".join(items) + "\n</ul>\n",
        words["title"],
    )


def _body(method: Method, names: set[str], language: Language) -> PageBody:
    html = contain_tables(_html(method.text, names), WORDS[language]["table"])
    return PageBody(f'<article lang="en">\n{html}\n</article>\n', first_heading(html) or method.name)


def _html(text: str, names: set[str]) -> str:
    """Return Markdown as HTML: markup in it is text, headings can be led to, tables name what their heads head."""
    import mistune

    class MethodRenderer(mistune.HTMLRenderer):
        def __init__(self) -> None:
            super().__init__(escape=True)
            self.seen: dict[str, int] = {}

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            """Write a heading with the anchor that links to it use."""
            return f'<h{level} id="{escape(self.anchor(text))}">{text}</h{level}>\n'

        def anchor(self, text: str) -> str:
            """Return the anchor of a heading; one that has been used is numbered."""
            name = slug(text_of(text))
            self.seen[name] = self.seen.get(name, 0) + 1
            return name if self.seen[name] == 1 else f"{name}-{self.seen[name] - 1}"

        def link(self, text: str, url: str, title: str | None = None) -> str:
            """Write a link between pages of methods; any other as text."""
            place, mark, anchor = url.partition("#")
            name = place.removesuffix(".md")
            if not place or (place != name and name in names):
                return f'<a href="{escape(f"{name}.html" if place else "")}{mark}{escape(anchor)}">{text}</a>'
            outside = url.startswith(("http:", "https:")) and text != escape(url)
            return f"{text} ({escape(url)})" if outside else text

        def image(self, text: str, url: str, title: str | None = None) -> str:
            """Write the text of an image: a page fetches nothing."""
            return escape(text)

        def block_code(self, code: str, info: str | None = None) -> str:
            """Write code as text, whatever language it claims; the keyboard can scroll it."""
            return f'<pre tabindex="0"><code>{escape(code)}</code></pre>\n'

    rendered = str(mistune.create_markdown(renderer=MethodRenderer(), plugins=list(PLUGINS))(text))
    # A page's policy allows no style of an element's own.
    aligned = re.sub(r'<(t[hd]) style="text-align:(\w+)"', lambda m: f"<{m[1]}{_class(m[2])}", rendered)
    # A head without words heads nothing.
    worded = re.sub(r"<th\b[^>]*></th>", "<td></td>", aligned)
    return re.sub(r"<th\b", '<th scope="col"', worded).strip()


def _class(side: str) -> str:
    return ' class="number"' if side == "right" else ""


def slug(heading: str) -> str:
    """Return the anchor of a heading: lower case, punctuation gone, hyphens for spaces.

    >>> slug("Post, electronic results, reuse")
    'post-electronic-results-reuse'
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
