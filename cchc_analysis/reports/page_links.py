"""Links between the pages of a folder: a page names another one, the site makes a link of it where that page is."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

NAMED = re.compile(r'<span class="page">(.*?) <code>([\w-]+)</code></span>')
"""How a page names another: its title, then the notebook. Outside a site that is all a reader needs."""


def link_pages(html: str, target: str, known: Mapping[str, Any]) -> str:
    """Return the body of the page at `target` with every page it names as a link, where the site has it beside.

    >>> said = '<span class="page">Digitisation <code>20_digitisation</code></span>'
    >>> link_pages(said, "phuong-1/00_overview.html", {"phuong-1/20_digitisation.html": ""})
    '<a href="20_digitisation.html">Digitisation</a>'
    >>> link_pages(said, "phuong-1/00_overview.html", {"phuong-2/20_digitisation.html": ""}) == said
    True
    """
    folder = posixpath.dirname(target)

    def linked(match: re.Match[str]) -> str:
        page = f"{match[2]}.html"
        return f'<a href="{page}">{match[1]}</a>' if posixpath.join(folder, page) in known else match[0]

    return NAMED.sub(linked, html)
