"""Where in a report each commitment of a plan is told: by its file in data/reference/documents, else by its section."""

from typing import Literal, get_args

from cchc_analysis.entries import Entry, read_entry
from cchc_analysis.plan import Plan
from cchc_analysis.reference_data import reference_path

PAGE = "docs/methods/document.md"

FieldName = Literal[
    "directing",
    "institutions",
    "procedures",
    "organisation",
    "civil_service",
    "finance",
    "digital",
    "satisfaction",
]
FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)

FIELD_OF_SECTION: dict[str, FieldName] = {
    "II.1": "institutions",
    "II.2": "procedures",
    "II.3": "organisation",
    "II.4": "civil_service",
    "II.5": "finance",
    "II.6": "digital",
    "II.7": "directing",
}
"""Sections of a plan in the usual order → field of the report."""


class Outline(Entry):
    """Field of a report → the commitments that are told there, in their order."""

    fields: dict[FieldName, tuple[str, ...]]


def load_outline(name: str) -> Outline | None:
    """Return the outline of the report on a plan, None where data/reference/documents has none for it.

    Raises ParameterError with file, key and reason where the file is wrong.

    >>> load_outline("vung-tau-2023").fields["institutions"]
    ('C01', 'C02')
    """
    path = reference_path("documents") / f"{name}.yaml"
    return read_entry(path, Outline, PAGE) if path.is_file() else None


def outline_of(plan: Plan, outline: Outline | None = None) -> dict[FieldName, tuple[str, ...]]:
    """Return every field with the ids of its commitments; one that the outline does not name goes by its section.

    What has neither is in no field of the report, only in its table of commitments.
    """
    named = {} if outline is None else {entry: field for field, ids in outline.fields.items() for entry in ids}
    order = list(named)
    found: dict[FieldName, list[str]] = {field: [] for field in FIELD_NAMES}
    for commitment in sorted(plan.commitments, key=lambda c: order.index(c.id) if c.id in named else len(order)):
        field = named.get(commitment.id) or FIELD_OF_SECTION.get(commitment.section)
        if field is not None:
            found[field].append(commitment.id)
    return {field: tuple(ids) for field, ids in found.items()}
