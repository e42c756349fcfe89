"""The only place where XML and HTML are parsed: no entity, no address and no file beside the text is followed."""

from collections.abc import Iterator, Sequence
from typing import IO, Literal

from lxml import etree, html

_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT


class MarkupLimitError(ValueError):
    """The parser stopped at one of its own limits, so that what it returned is not the whole text."""


def parse_xml(content: bytes, recover: bool = False, encoding: str | None = None) -> "etree._Element | None":
    """Return the root of an XML text, None where `recover` found nothing to keep.

    Raises `MarkupLimitError` where the parser gave up (an entity that grows, 256 levels, a text of 10 MB), and
    `lxml.etree.LxmlError` for broken XML unless `recover`.

    >>> root = parse_xml(b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>x&e;y</a>")
    >>> [root.tag, root.text, root.xpath("string()")]
    ['a', 'x', 'xy']
    """
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover
    )
    try:
        root = etree.fromstring(content, parser)
    finally:
        _require_whole(parser)
    return root


def parse_html(content: bytes) -> html.HtmlElement:
    """Return the root of a page in UTF-8, comments left out.

    Raises `MarkupLimitError` where elements lie deeper than the parser follows (2,048 levels), and
    `lxml.etree.LxmlError` where there is no page.

    >>> parse_html(b"<table><tr><td>a&nbsp;b</table>").findtext(".//td")
    'a\\xa0b'
    """
    # Cells whose <font> is never closed lie inside each other: with the small limit, of 256 levels, their rows would
    # be lost. HTML has no entities of its own that could grow.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True)
    try:
        root = html.document_fromstring(content, parser=parser)
    finally:
        _require_whole(parser)
    return root


def iterate_xml(
    stream: IO[bytes], tags: Sequence[str], event: Literal["start", "end"] = "start"
) -> "Iterator[etree._Element]":
    """Return the elements of `tags` of an XML text one by one, as they begin or end; each is dropped behind the next.

    Raises `lxml.etree.LxmlError` for broken XML and where the parser gives up (256 levels, a text of 10 MB).

    >>> import io
    >>> [cell.get("r") for cell in iterate_xml(io.BytesIO(b"<s><c r='A1'/><v/><c/></s>"), ["c"])]
    ['A1', None]
    """
    # Never of one event alone: what has ended is cleared, else a large sheet would lie in memory as a whole.
    found = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=tuple(tags),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for seen, element in found:
        if seen == event:
            yield element
        if seen == "end":
            _drop(element)


def _drop(element: "etree._Element") -> None:
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _require_whole(parser: "etree.XMLParser | html.HTMLParser") -> None:
    if any(entry.type == _LIMIT for entry in parser.error_log):
        raise MarkupLimitError("the parser stopped before the end")
