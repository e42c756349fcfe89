"""Whether two ways have made the same page: the text a reader sees, and how many pictures."""

import re
from pathlib import Path

from lxml import html

OUTPUT = '//*[contains(concat(" ", @class, " "), " jp-OutputArea-output ")]'
NAME_OF_A_METHOD = re.compile(r" ?docs/methods/[\w-]+\.md")
"""A site links to its own page of a method, where the page alone names the file."""


def assert_same_page(ours: Path, plain: Path) -> None:
    """Raise RuntimeError unless every output of the plain page stands on ours, in order, with as many pictures.

    `ours` is a page of a site, `plain` what nbconvert made of the executed notebook: its frame and the shapes of its
    markup are others, what people read must not be.
    """
    page = html.parse(ours).getroot().body
    outputs = html.parse(plain).getroot().xpath(OUTPUT)
    told, place = visible(page), 0
    for output in outputs:
        text = visible(output)
        place = told.find(text, place)
        if place < 0:
            raise RuntimeError(f"{ours.name} of ours lacks what {plain.name} says: {text[:200]}")
        place += len(text)
    drawn = sum(pictures(output) for output in outputs)
    if not outputs or pictures(page) != drawn:
        raise RuntimeError(f"{ours.name}: {pictures(page)} pictures of ours, {drawn} of {plain.name}.")


def visible(element: html.HtmlElement) -> str:
    """Return the text of an element, blanks made one, without styles, scripts and names of files of methods."""
    for hidden in element.xpath(".//style | .//script"):
        hidden.drop_tree()
    return NAME_OF_A_METHOD.sub("", " ".join(element.text_content().split()))


def pictures(element: html.HtmlElement) -> int:
    return len(element.xpath(".//img | .//*[local-name() = 'svg']"))
