"""Blocks of the overview page, one for each notebook cell: how the plan stands."""

from collections.abc import Iterable
from html import escape

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, wording
from cchc_analysis.frames import first_row, records
from cchc_analysis.pages import duties
from cchc_analysis.pages.overview_rows import Board
from cchc_analysis.pages.overview_table import page_name, scorecard_table, status_badge
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.scorecard
tell = wording.scorecard_summary
amend = wording.revisions


def board_of(study: Study, plan: Plan) -> Board:
    """Return the scorecard of a study against a plan, for the blocks below."""
    return Board(study, plan)


def summary(board: Board) -> HTML:
    """Show what a reader in a hurry takes away: how many stand where, what moved, what to decide, what cannot be
    judged."""
    language, rows = board.study.language, board.rows
    parts = {
        "counts": [_scope(board), *_aloud(board)],
        "met": [tell.met(rows, language)],
        "moved": tell.moved(rows, language),
        "decide": tell.to_decide(rows, language),
        "unjudged": [*tell.unjudged(rows, language), evidence_sentence(board)],
    }
    return display.html(display.answers([(tell.lead(name, language), told) for name, told in parts.items()]))


def _aloud(board: Board) -> list[str]:
    """Return the sentences that can be read aloud (see wording.scorecard_aloud)."""
    due, study = _due(board), board.study
    n_missing = due.loc[due["state"] == "missing", "unit"].nunique()
    n_expected = due["unit"].nunique()
    return wording.scorecard_aloud.read_aloud(board.rows, study.as_of.date(), n_missing, n_expected, study.language)


def _scope(board: Board) -> str:
    """Name the plan, and say which of its commitments a unit's page shows."""
    study, plan, language = board.study, board.plan, board.study.language
    title = plan.title.text(language)
    if study.is_whole:
        return f"{title}."
    unit, n, of = study.unit_name(), len(board.rows), len(plan.commitments)
    return pick(
        language,
        f"{title}: {n}/{of} cam kết do {unit} chủ trì, phải báo cáo hoặc có số liệu riêng.",
        f"{title}: {n} of {of} commitments that {unit} leads, reports on or has figures of its own for.",
    )


def statuses(board: Board) -> HTML:
    """Draw how many commitments of each section of the plan stand in each status."""
    language, rows = board.study.language, board.rows
    if not len(rows):
        return display.html("")
    by = pd.crosstab(rows["section"], rows["status"])
    by = by.reindex(index=board.sections, columns=list(say.STATUSES), fill_value=0)
    labels = [board.section_label(section) for section in board.sections]
    titles = [board.section_title(section) for section in board.sections]
    words = {name: say.status(name, language) for name in say.STATUSES}
    counts = {name: by[name].tolist() for name in say.STATUSES}
    figure = charts.scorecard.statuses_by_section(counts, labels, words, language)
    finding = tell.sections_finding(titles, (by["at_risk"] + by["missed"]).tolist(), by.sum(axis=1).tolist(), language)
    description = pick(
        language,
        "Số cam kết theo trạng thái ở từng mục của kế hoạch.",
        "Commitments by status in each section of the plan.",
    )
    return display.html(display.figure_block(figure, finding, description))


def scorecard(board: Board) -> HTML:
    """Show every commitment: its words, owner, target, figure, trend, expected year-end and status."""
    language, rows = board.study.language, board.rows
    title = display.section(pick(language, "Từng cam kết", "Commitment by commitment"))
    if not len(rows):
        nothing = pick(language, "Không có cam kết nào liên quan đến đơn vị.", "No commitment concerns the unit.")
        return display.html(title + display.paragraphs([nothing]))
    window = board.study.period.dates_text(language)
    caption = pick(language, f"Kết quả thực hiện kế hoạch, kỳ {window}", f"How the plan stands, {window}")
    sections = [(_section_head(board, name), rows[rows["section"] == name]) for name in board.sections]
    return display.html(title + scorecard_table(sections, board.quarters, caption, language))


def _section_head(board: Board, section: str) -> str:
    n = int((board.rows["section"] == section).sum())
    counted = pick(board.study.language, f"{n} cam kết", wording.plural(n, "commitment"))
    return f"{board.section_title(section)} ({counted})"


def rules(board: Board) -> HTML:
    """Show when a commitment has which status, once for all of them."""
    language = board.study.language
    title = pick(language, "Quy tắc xếp trạng thái", "The rule of each status")
    items = "".join(
        f"<dt>{status_badge(name, language)}</dt><dd>{escape(wording.scorecard_rules.rule(name, language))}</dd>"
        for name in say.STATUSES
    )
    return display.html(f'{display.section(title)}<dl class="rules">{items}</dl>')


def oddities(board: Board) -> HTML:
    """Show what in the text of the plan is wrong, missing or unclear; nothing where nothing is noted."""
    if not board.plan.oddities:
        return display.html("")
    language = board.study.language
    title = pick(language, "Điểm cần lưu ý trong văn bản kế hoạch", "Remarks on the text of the plan")
    lines = [
        f"{board.section_title(entry.section)}: “{entry.quote}”: {entry.remark.text(language)}"
        for entry in board.plan.oddities
    ]
    return display.html(display.section(title) + display.paragraphs(lines))


def evidence_sentence(board: Board) -> str:
    """Say which offices have not reported all evidence that is due, empty where the plan asks for none yet."""
    due = _due(board)
    late = _official(board, due.loc[due["state"] == "missing", "unit"].unique())
    return tell.not_reported(
        [board.study.unit_name(unit) for unit in late], due["unit"].nunique(), board.study.language
    )


def _due(board: Board) -> pd.DataFrame:
    """Return the evidence whose day has come: reported or missing (see Study.evidence_state)."""
    states = board.evidence_states
    return states[states["state"].isin(["reported", "missing"])]


def _official(board: Board, units: Iterable[str]) -> list[str]:
    order = {unit: place for place, unit in enumerate(board.study.registry.units())}
    return sorted(units, key=lambda unit: (order.get(unit, len(order)), unit))


def calendar(board: Board) -> HTML:
    """Show which reports of the plan came on time, late or not at all, and what is due next (see pages.duties)."""
    return duties.calendar(board.study, board.plan)


def evidence(board: Board) -> HTML:
    """Show which offices have not reported which evidence (see pages.duties)."""
    return duties.evidence_missing(board.study, board.plan)


def context(board: Board) -> HTML:
    """Lead to the page of indices, where scores or values of indices have been taken in."""
    language = board.study.language
    if not any(board.study.has_register(kind) for kind in ("self_scores", "index_values")):
        return display.html("")
    said = pick(
        language,
        "Các chỉ số PAR INDEX, SIPAS, PAPI, PCI công bố ở cấp tỉnh hằng năm và kết quả tự chấm điểm xem ở trang ",
        "PAR INDEX, SIPAS, PAPI and PCI, published for the province once a year, and self-scoring are on the page ",
    )
    return display.html(f"<p>{escape(said)}{page_name('50_indices', language)}.</p>")


def revisions(board: Board, earlier: str) -> HTML:
    """Show what the headline figures say differently from the version published before.

    `earlier`: folder of that site or its manifest.json; nothing is shown for "".
    """
    if not earlier:
        return display.html("")
    study, language = board.study, board.study.language
    rows, late = study.revisions(earlier), study.revised_entries(earlier)
    told = [amend.summary(rows, language)]
    own = late[late["unit"] == study.unit]
    if len(own) and first_row(own)["difference"]:
        told.append(amend.late(first_row(own), language))
    title = display.section(pick(language, "So với bản đã công bố trước", "Against the version published before"))
    changed = rows[rows["state"] != "same"]
    table = _revised(study, changed) if len(changed) else ""
    return display.html(title + display.paragraphs(told) + table)


def _revised(study: Study, changed: pd.DataFrame) -> str:
    language = study.language
    rows = [
        {
            "unit": study.unit_name(row["unit"]),
            "figure": amend.name(row["figure"], language),
            "old": amend.told(row, "old", language),
            "new": amend.told(row, "new", language),
            "difference": amend.difference(row, language),
        }
        for row in records(changed)
    ]
    columns = [
        TableColumn("unit", pick(language, "Đơn vị", "Unit")),
        TableColumn("figure", pick(language, "Số liệu", "Figure")),
        TableColumn("old", pick(language, "Bản trước", "Before")),
        TableColumn("new", pick(language, "Bản này", "Now")),
        TableColumn("difference", pick(language, "Chênh lệch", "Difference")),
    ]
    caption = pick(language, "Số liệu khác bản đã công bố trước", "Figures that differ from the version before")
    return html_table(pd.DataFrame(rows), columns, caption, language)


def terms_used(board: Board) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return wording.scorecard_rules.terms(board.study.language)
