"""Names beside the groups of a table, in the order readers expect."""

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.study import NOT_STATED, Study
from cchc_analysis.text import vietnamese_order
from cchc_analysis.wording import word


def labelled(study: Study, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add a `label` column for the groups `by`: units in their official order, other groups by name.

    Procedures keep their order; codes of the schema are written in the reader's words.
    """
    if by == "unit":
        labels = rows["unit"].map(lambda unit: study.unit_name(unit) if unit else NOT_STATED[study.language])
        order = {unit: place for place, unit in enumerate(study.registry.units())}
        place = rows["unit"].map(lambda unit: order.get(unit, len(order)))
        named = _alphabetical(rows.assign(label=labels, _place=place))
        return named.sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")
    if by == "procedure":
        return rows.assign(label=rows["procedure"].map(study.procedure_labels()))
    empty = NOT_STATED[study.language]
    return _alphabetical(rows.assign(label=rows[by].map(lambda value: word(value, study.language) if value else empty)))


def _alphabetical(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("label", key=lambda labels: labels.map(vietnamese_order), ignore_index=True)


def procedure_name(study: Study, procedure: str) -> str:
    """Return the name of a procedure, or that none is stated."""
    return study.procedure_labels().get(procedure, procedure) or NOT_STATED[study.language]


def group_names(study: Study, rows: pd.DataFrame, by: tuple[str, ...]) -> list[str]:
    """Write each row's groups as one text."""
    writers = {"unit": study.unit_name, "procedure": lambda name: procedure_name(study, name)}
    return [
        ", ".join(writers.get(name, str)(row[name]) or NOT_STATED[study.language] for name in by)
        for row in records(rows)
    ]
