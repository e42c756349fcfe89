"""Administrative procedures in part II of the report: the form, punctuality, time, time cut, what is overdue."""

from typing import Any

import pandas as pd

from cchc_analysis import measures, wording
from cchc_analysis.documents.blocks import Block, Heading, Paragraph, Table, figures_table
from cchc_analysis.documents.facts import Facts
from cchc_analysis.documents.general import has_dossiers
from cchc_analysis.documents.shares import share_lines
from cchc_analysis.frames import first_row
from cchc_analysis.pages import first_screen
from cchc_analysis.pages.processing_time import knows_overdue
from cchc_analysis.study_headline import has_due_dates
from cchc_analysis.tables import TableColumn
from cchc_analysis.wording import document_body as say
from cchc_analysis.wording import in_sentence, pick, word

FEEDBACK = ("feedback_on_time", "hotline_on_time")
POST = ("posted_in", "posted_out", "returned_online")

GROUP_SIZES = (("received", 4), ("resolved", 4), ("pending", 3))
"""Groups of columns (3)–(13) of form II.06a and how many columns each has; the first is its total."""


def procedures(facts: Facts) -> list[Block]:
    """Return what dossiers tell, point by point; one sentence where there is none."""
    study, language = facts.study, facts.language
    if not has_dossiers(study):
        return [Paragraph(say.no_dossiers(language))]
    has_due = has_due_dates(study)
    handled, in_time, *time = first_screen.result(study, has_due, knows_overdue(study))
    time.append(wording.processing_time.change_in_time(study.time_change(), _base(facts), language))
    parts: list[tuple[str, list[str]]] = [
        (pick(language, "Tiếp nhận và giải quyết hồ sơ", "Dossiers received and resolved"), [handled]),
        (pick(language, "Giải quyết đúng hạn", "On time"), [in_time]),
        (pick(language, "Thời gian giải quyết", "Processing time"), time),
        (pick(language, "Cắt giảm thời gian giải quyết", "Time cut"), _cut(facts)),
        (pick(language, "Hồ sơ quá hạn và nội dung cần rà soát", "Overdue, and what to look at"),
         first_screen.to_look_at(study, has_due)),
        (pick(language, "Tiếp nhận, xử lý phản ánh, kiến nghị", "Feedback"), share_lines(facts, FEEDBACK)),
        (pick(language, "Bưu chính công ích, trả kết quả trực tuyến", "Public post"), share_lines(facts, POST)),
    ]  # fmt: skip
    return _points(facts, parts)


def _points(facts: Facts, parts: list[tuple[str, list[str]]]) -> list[Block]:
    blocks: list[Block] = []
    told = [(title, [text for text in texts if text]) for title, texts in parts]
    for place, (title, texts) in enumerate([part for part in told if part[1]]):
        blocks.append(Heading(3, say.lettered(place, title)))
        blocks += [Paragraph(text) for text in texts]
        if place == 0:
            blocks.append(form_table(facts))
    return blocks


def _base(facts: Facts) -> str:
    return in_sentence(facts.study.base.title(facts.language), facts.language)


def _cut(facts: Facts) -> list[str]:
    """Say how far time was cut; where the plan leaves the number to another document, that it does."""
    language = facts.language
    promised = facts.plan.for_measure(first_screen.CUT_COMMITMENT)
    told = [wording.processing_time.time_cut(facts.study.time_cut(), language)]
    if promised is not None and promised.goal is None:
        told.append(say.cut_elsewhere(promised.id, promised.source.text(language), language))
    return told


def form_table(facts: Facts) -> Table:
    """Return the totals of form II.06a upright: number of the column, what it counts, how many."""
    language = facts.language
    form = first_row(facts.study.form_06a())
    names = iter(measures.FORM_COLUMNS)
    lines: list[dict[str, Any]] = []
    for group, size in GROUP_SIZES:
        for place in range(size):
            name = next(names)
            label = word(group, language) if place == 0 else f"– {word(name, language)}"
            lines.append({"no": f"({len(lines) + 3})", "label": label, "n": form[name]})
    columns = [
        TableColumn("no", pick(language, "Cột của biểu", "Column")),
        TableColumn("label", pick(language, "Nội dung", "What is counted")),
        TableColumn("n", word("n", language), "count"),
    ]
    caption = pick(
        language,
        f"Bảng 1. Tình hình, kết quả giải quyết thủ tục hành chính {facts.period}",
        f"Table 1. Dossiers received, resolved and pending, {facts.period}",
    )
    return figures_table(pd.DataFrame(lines), columns, caption, language, note=form_note(facts), widths=(2, 7, 2))


def form_note(facts: Facts) -> str:
    """Say with numbers what the form puts where a reader would not look for it."""
    study = facts.study
    total = first_row(study.form_06a())
    outcomes = study.outcomes()
    n = {name: int(measures.single_row(outcomes, measure=name)["numerator"]) for name in NOTED}
    other = study.form_06a("channel")
    no_channel = int(other.loc[other["channel"] == "", "received_other"].sum())
    return wording.processing_time.form_note(total, n[NOTED[0]], n[NOTED[1]], no_channel, facts.language)


NOTED = ("resolved_withdrawn", "resolved_without_due")
