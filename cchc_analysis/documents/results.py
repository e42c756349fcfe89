"""Part II of the report: what was done in each field of reform, in the sentences and figures of the pages."""

from collections.abc import Callable

from cchc_analysis.documents.blocks import Block, Heading, Paragraph
from cchc_analysis.documents.facts import Facts
from cchc_analysis.documents.outline import FIELD_NAMES, FieldName
from cchc_analysis.documents.procedures import procedures
from cchc_analysis.documents.shares import share_lines
from cchc_analysis.documents.survey import survey_lines
from cchc_analysis.documents.tasks import duty_lines
from cchc_analysis.frames import records
from cchc_analysis.wording import document, pick
from cchc_analysis.wording import document_body as say

DIGITAL = (
    "result_digitised",
    "documents_digitised",
    "resolved_online",
    "received_online",
    "procedures_integrated",
    "dossiers_controlled",
    "fee_paid_online",
    "payments_cashless",
    "copies_electronic",
)
"""Shares told under electronic government, in the order of the plan."""

REPORTED_BY_HAND = ("evidence", "index", "")
"""What a commitment rests on where no sentence of figures tells it: its line of the scorecard does."""


def results(facts: Facts) -> list[Block]:
    """Return the second part, field by field."""
    language = facts.language
    blocks: list[Block] = [Heading(1, pick(language, "II. KẾT QUẢ THỰC HIỆN", "II. RESULTS"))]
    for place, field in enumerate(FIELD_NAMES, 1):
        blocks.append(Heading(2, f"{place}. {document.field(field, language)}"))
        told = [*OWN_PARTS.get(field, _nothing)(facts), *commitment_lines(facts, field)]
        blocks += told or [Paragraph(say.nothing_reported(language))]
    return blocks


def commitment_lines(facts: Facts, field: FieldName) -> list[Block]:
    """Return a line for each commitment of a field that figures of dossiers, registers and surveys do not tell."""
    rows = facts.rows_of(field)
    told = rows[rows["basis"].isin(REPORTED_BY_HAND)]
    return [Paragraph(say.commitment(row, facts.language), "item") for row in records(told)]


def _nothing(facts: Facts) -> list[Block]:
    return []


def _digital(facts: Facts) -> list[Block]:
    return [Paragraph(text, "item") for text in share_lines(facts, DIGITAL)]


OWN_PARTS: dict[FieldName, Callable[[Facts], list[Block]]] = {
    "directing": duty_lines,
    "procedures": procedures,
    "digital": _digital,
    "satisfaction": survey_lines,
}
"""Field → what figures tell of it, before the lines of its commitments."""
