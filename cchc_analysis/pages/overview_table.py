"""The table of the scorecard: one row per commitment, which a phone shows as a card."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from cchc_analysis import charts, display, formats, wording
from cchc_analysis.errors import Language
from cchc_analysis.formats import is_missing
from cchc_analysis.frames import records
from cchc_analysis.pages.titles import SHORT_TITLES
from cchc_analysis.wording import pick

say = wording.scorecard
Row = Mapping[str, Any]

HEADERS = (
    ("Cam kết, đơn vị chủ trì", "Commitment, who leads"),
    ("Trạng thái", "Status"),
    ("Số liệu trong kỳ", "Figure of the period"),
    ("Xu hướng", "Trend"),
    ("Dự kiến cả năm", "The whole year"),
)
SPARK_PIXELS = (90, 26)


def status_badge(status: str, language: Language) -> str:
    """Write a status as mark and word; the mark is told to the eye, the word to everyone."""
    word = escape(say.status(status, language))
    return f'<span class="status {escape(status)}"><span aria-hidden="true">{say.MARKS[status]}</span> {word}</span>'


def scorecard_table(
    sections: Sequence[tuple[str, pd.DataFrame]],
    quarters: Mapping[str, pd.DataFrame],
    caption: str,
    language: Language,
) -> str:
    """Write the scorecard: caption, a group of rows per section, every text escaped.

    `sections`: title and rows (see overview_rows.told_rows); `quarters`: commitment → its rows of scorecard_series with
    `period_title`.
    """
    head = "".join(f'<th scope="col" role="columnheader">{escape(pick(language, *words))}</th>' for words in HEADERS)
    groups = "\n".join(_group(title, rows, quarters, language) for title, rows in sections)
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(caption)}">\n'
        f'<table class="scorecard" role="table"><caption>{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n{groups}</table>\n</div>'
    )


def _group(title: str, rows: pd.DataFrame, quarters: Mapping[str, pd.DataFrame], language: Language) -> str:
    heading = (
        f'<tr class="section" role="row"><th scope="rowgroup" role="rowheader" colspan="{len(HEADERS)}">'
        f"{escape(title)}</th></tr>"
    )
    body = "\n".join(_row(row, quarters.get(row["commitment"]), language) for row in records(rows))
    return f'<tbody role="rowgroup">{heading}\n{body}</tbody>'


def _row(row: Row, quarters: pd.DataFrame | None, language: Language) -> str:
    labels = [escape(pick(language, *words)) for words in HEADERS]
    cells = [_status_cell(row, language)]
    if not say.has_figure(row):
        cells.append(_untold(row, language))
    else:
        cells += [_figure(row, language), _trend(row, quarters, language), _outlook(row, language)]
    written = "".join(
        f'<td role="cell"{span}{label}>{text}</td>'
        for text, label, span in zip(
            cells,
            [f' data-label="{label}"' for label in labels[1:]],
            ["", f' colspan="{len(HEADERS) - 2}"' if len(cells) == 2 else "", "", ""],
            strict=False,
        )
    )
    return f'<tr id="{escape(row["commitment"])}" role="row">{_promise(row, language)}{written}</tr>'


def _promise(row: Row, language: Language) -> str:
    leads = pick(language, "Chủ trì", "Led by")
    return (
        f'<th scope="row" role="rowheader"><strong>{escape(row["commitment"])} {escape(row["name"])}</strong>'
        f'<span class="note">“{escape(row["quote"])}”</span>'
        f'<span class="note">{escape(leads)}: {escape(row["owners"])}</span></th>'
    )


def _status_cell(row: Row, language: Language) -> str:
    return status_badge(row["status"], language) + f'<span class="note">{escape(row["why"])}</span>'


def _goal(row: Row, language: Language) -> str:
    verdict = say.verdict(row["verdict"], language)
    told = pick(language, f"Chỉ tiêu: {row['goal_text']}", f"Target: {row['goal_text']}")
    return f"{told} – {verdict}" if verdict else told


def _untold(row: Row, language: Language) -> str:
    lines = [_goal({**row, "verdict": ""}, language), row["detail"], say.reported(row, language)]
    return "".join(f"<span>{escape(line)}</span>" for line in lines if line)


def _figure(row: Row, language: Language) -> str:
    counted = say.counts(row, language)
    main = f"<strong>{escape(say.figure(row, language))}</strong>" + (f" ({escape(counted)})" if counted else "")
    interval = say.ends(row, language)
    between = pick(language, f"khoảng tin cậy 95%: {interval}", f"95% interval: {interval}") if interval else ""
    source = say.reported(row, language) or say.basis(row["basis"], language)
    lines = [between, source, row["detail"]]
    notes = "".join(f'<span class="note">{escape(line)}</span>' for line in lines if line)
    link = page_name(row["page"], language)
    return f"<span>{main}</span><span>{escape(_goal(row, language))}</span>{notes}" + (
        f"<span>{link}</span>" if link else ""
    )


def page_name(notebook: str, language: Language) -> str:
    """Name the page of a notebook, as a site makes a link of it (see reports.page_links); "" for no page."""
    if not notebook:
        return ""
    title = SHORT_TITLES.get(notebook.partition("_")[2])
    return (
        f'<span class="page">{escape(pick(language, *title))} <code>{escape(notebook)}</code></span>' if title else ""
    )


def _trend(row: Row, quarters: pd.DataFrame | None, language: Language) -> str:
    said = f"<span>{escape(say.trend(row, language))}</span>"
    return _spark(row, quarters, language) + said


def _spark(row: Row, quarters: pd.DataFrame | None, language: Language) -> str:
    if quarters is None or quarters["value"].notna().sum() < 2:
        return ""
    values = [None if is_missing(value) else float(value) for value in quarters["value"]]
    goal = None if is_missing(row["goal"]) else float(row["goal"])
    data = base64.b64encode(display.png(charts.scorecard.sparkline(values, goal))).decode("ascii")
    told = [
        f"{label} {formats.share(value, language) if row['scale'] == 'share' else formats.number(value, language)}"
        for label, value in zip(quarters["period_title"], values, strict=True)
        if value is not None
    ]
    width, height = SPARK_PIXELS
    return (
        f'<img class="spark" src="data:image/png;base64,{data}" width="{width}" height="{height}" '
        f'alt="{escape("; ".join(told))}">'
    )


def _outlook(row: Row, language: Language) -> str:
    expected = say.year_end(row, language)
    if not expected:
        return ""
    chance = say.chance(row, language)
    return f"<span>{escape(expected)}</span>" + (f'<span class="note">{escape(chance)}</span>' if chance else "")
