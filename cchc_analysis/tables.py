"""Accessible HTML tables that sort in the browser; they show figures and compute none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd

from cchc_analysis import formats
from cchc_analysis.errors import Language
from cchc_analysis.frames import records

CellKind = Literal["text", "count", "share", "days", "points", "signed_days", "date"]


@dataclass(frozen=True)
class TableColumn:
    """One column of a table: where its value is, what stands above it, and how it is written.

    `lower` and `upper` name the columns of an interval that is written beside the value in smaller type;
    `group` is a heading over several neighbouring columns; `hidden` names the column that is true where the figure is
    known but not published.
    """

    name: str
    header: str
    kind: CellKind = "text"
    lower: str = ""
    upper: str = ""
    group: str = ""
    digits: int = 1
    hidden: str = ""


HIDDEN = {"vi": "ẩn", "en": "hidden"}
"""What stands for a figure that is known but not published."""


def _written(value: Any, column: TableColumn, language: Language) -> str:
    if column.kind == "text":
        return "" if formats.is_missing(value) else str(value)
    if column.kind == "date":
        return formats.day(value, language)
    if column.kind == "count":
        return formats.number(value, language)
    if column.kind == "share":
        return formats.share(value, language, column.digits)
    if column.kind == "points":
        return formats.points(value, language, column.digits)
    if column.kind == "signed_days":
        return formats.signed(value, language, column.digits)
    return formats.number(value, language, column.digits)


def cell_text(row: Mapping[str, Any], column: TableColumn, language: Language = "vi") -> str:
    """Write a cell as plain text, its interval in brackets behind it; an undefined figure in words.

    >>> cell_text({"share": 0.5, "low": 0.4, "high": 0.6}, TableColumn("share", "", "share", "low", "high"), "en")
    '50.0% (40.0%–60.0%)'
    """
    text = _written(row[column.name], column, language)
    ends = _ends(row, column, language)
    return f"{text} ({ends})" if ends else text


def _ends(row: Mapping[str, Any], column: TableColumn, language: Language) -> str:
    """Write the interval of a figure; empty for text, for an undefined figure, and for a share of all there is."""
    if column.kind == "text" or not column.lower or formats.is_missing(row[column.name]):
        return ""
    if formats.is_missing(row[column.lower]) and formats.is_missing(row[column.upper]):
        return ""
    is_share = column.kind == "share"
    return formats.interval(row[column.lower], row[column.upper], language, is_share, column.digits)


def _cell(row: Mapping[str, Any], column: TableColumn, language: Language, heading: bool) -> str:
    value = row[column.name]
    if column.hidden and row[column.hidden]:
        return f'<td class="number undefined hidden" data-value="">{HIDDEN[language]}</td>'
    text = escape(_written(value, column, language))
    if column.kind == "text":
        if heading:
            return f'<th scope="row">{text}</th>'
        return f"<td>{text}</td>"
    if formats.is_missing(value):
        return f'<td class="number undefined" data-value="">{text}</td>'
    ends = _ends(row, column, language)
    text += f' <span class="interval">({escape(ends)})</span>' if ends else ""
    key = value.toordinal() if column.kind == "date" else float(value)
    return f'<td class="number" data-value="{key:.12g}">{text}</td>'


def _head(columns: Sequence[TableColumn], numbering: Sequence[str]) -> str:
    def leaf(column: TableColumn, rows: str = "") -> str:
        number = "" if column.kind == "text" else ' class="number"'
        return f'<th scope="col"{rows}{number}>{escape(column.header)}</th>'

    if any(column.group for column in columns):
        top: list[str] = []
        below: list[str] = []
        index = 0
        while index < len(columns):
            column = columns[index]
            if not column.group:
                top.append(leaf(column, ' rowspan="2"'))
                index += 1
                continue
            run = [c for c in columns[index:] if c.group == column.group]
            top.append(f'<th scope="colgroup" colspan="{len(run)}">{escape(column.group)}</th>')
            below.extend(leaf(c) for c in run)
            index += len(run)
        lines = ["<tr>" + "".join(top) + "</tr>", "<tr>" + "".join(below) + "</tr>"]
    else:
        lines = ["<tr>" + "".join(leaf(column) for column in columns) + "</tr>"]
    if numbering:
        cells = "".join(f"<td>{escape(mark)}</td>" for mark in numbering)
        lines.append(f'<tr class="numbering" aria-hidden="true">{cells}</tr>')
    return "\n".join(lines)


def html_table(
    rows: pd.DataFrame,
    columns: Sequence[TableColumn],
    caption: str,
    language: Language = "vi",
    total: Mapping[str, Any] | None = None,
    numbering: Sequence[str] = (),
    note: str = "",
) -> str:
    """Write a table as HTML: caption, scoped headers, every text escaped, undefined figures in words.

    `rows`: one row per line; `total`: a last line that stays below when the table is sorted; `numbering`: the row of
    column
    numbers that official forms carry; `note`: a remark below. An empty table says so in one line.
    """
    first = columns[0]
    body = "\n".join(
        "<tr>" + "".join(_cell(row, column, language, column is first) for column in columns) + "</tr>"
        for row in records(rows)
    )
    if not len(rows) and total is None:
        empty = "Không có dữ liệu trong kỳ." if language == "vi" else "No data in the period."
        body = f'<tr><td colspan="{len(columns)}">{empty}</td></tr>'
    foot = ""
    if total is not None:
        cells = "".join(_cell(total, column, language, column is first) for column in columns)
        foot = f"<tfoot><tr>{cells}</tr></tfoot>"
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(caption)}">\n'
        f'<table class="sortable"><caption>{escape(caption)}</caption>\n<thead>{_head(columns, numbering)}</thead>\n'
        f"<tbody>{body}</tbody>{foot}</table>\n</div>{below}"
    )
