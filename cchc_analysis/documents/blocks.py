"""What a document says, before it is drawn: headings, paragraphs and tables of finished texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.frames import records
from cchc_analysis.tables import TableColumn, cell_text

ParagraphKind = Literal["body", "item", "remark", "fill"]
"""Running text; a line of a list; a warning to the reader; a place that the office has to fill in."""


@dataclass(frozen=True)
class Heading:
    """A heading of the first (I.), second (1.) or third (a) level, its mark included."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str
    kind: ParagraphKind = "body"


@dataclass(frozen=True)
class Table:
    """A table whose cells are written: one line of texts per row, in the order of the columns.

    `heads`: of each column its headings from the topmost down; neighbours that share one stand under it. `is_text`: the
    columns of words, all others hold figures. A line of one text is a band over the whole width. `numbering`: the row
    of column numbers that official forms carry; `widths`: what each column takes of the paper's width, in any unit.
    """

    caption: str
    heads: tuple[tuple[str, ...], ...]
    is_text: tuple[bool, ...]
    lines: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    numbering: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Annex:
    """An annex on paper of its own, upright or across."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


def figures_table(
    rows: pd.DataFrame,
    columns: Sequence[TableColumn],
    caption: str,
    language: Language,
    *,
    total: Mapping[str, Any] | None = None,
    numbering: Sequence[str] = (),
    note: str = "",
    widths: Sequence[float] = (),
) -> Table:
    """Write a table of figures as texts, as the pages write them (see tables.html_table).

    >>> rows = pd.DataFrame({"label": ["Phường 1"], "n": [1234]})
    >>> columns = [TableColumn("label", "Đơn vị"), TableColumn("n", "Hồ sơ", "count")]
    >>> figures_table(rows, columns, "Hồ sơ", "vi").lines
    (('Phường 1', '1.234'),)
    """
    lines = tuple(tuple(cell_text(row, column, language) for column in columns) for row in records(rows))
    last = () if total is None else tuple(cell_text(total, column, language) for column in columns)
    return Table(
        caption=caption,
        heads=tuple((column.group, column.header) if column.group else (column.header,) for column in columns),
        is_text=tuple(column.kind == "text" for column in columns),
        lines=lines,
        total=last,
        numbering=tuple(numbering),
        notes=(note,) if note else (),
        widths=tuple(widths),
    )
