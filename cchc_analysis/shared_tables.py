"""What the pages of all units ask of a study: which tables are cut by unit, which are the same for all of them."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import pandas as pd

from cchc_analysis import counting
from cchc_analysis.plan import Plan
from cchc_analysis.schema import DOSSIER_COLUMNS, KINDS
from cchc_analysis.study import Study

REPORTED = ("evidence", "submissions", "self_scores", "index_values")
"""Registers in which offices report under their own name."""

OF_REGISTERS = (
    *("payment_forms", "paying_dossiers", "payment_agreement", "paid_procedures", "feedback", "e_copies"),
    *("matching_shared", "matching_all"),
)
"""Keys under which a study keeps counts of registers by unit."""

SAME_FOR_ALL = ("catalogue", "span", "units", "units recorded", "handed over")


@dataclass(frozen=True)
class Shared:
    """A table of the whole: `by_unit` with a column `unit`, whose rows are those of the studies of one unit.

    `whole`: the table of the whole where it is another one, and the only one where nothing is by unit; `dropped`: a
    study of one unit has no column `unit`; `asked_where_missing`: a unit without rows has another table than none.
    """

    key: Hashable
    by_unit: pd.DataFrame | None
    whole: pd.DataFrame | None = None
    dropped: bool = False
    asked_where_missing: bool = False


def shared_tables(study: Study, plan: Plan | None) -> Iterator[Shared]:
    """Count all that pages ask for, and yield it table by table. `study`: of all units."""
    _ask(study, plan)
    for key, table in list(study._tables.items()):
        if key in SAME_FOR_ALL or (isinstance(key, tuple) and key[0] == "crosswalk"):
            yield Shared(key, None, table)
        elif key in OF_REGISTERS or (_is_count(key) and "unit" in table):
            yield Shared(key, table)
    yield from _reported(study)
    yield from _without_dimension(study)


def _is_count(key: Hashable) -> bool:
    return str(key[0] if isinstance(key, tuple) else key).startswith("count_")


def _ask(study: Study, plan: Plan | None) -> None:
    """Let a study count what pages ask for; it keeps what it has counted."""
    study.known_units()
    study.known_units(recorded=True)
    if study.warehouse.has_rows:
        for ask in _OF_DOSSIERS:
            ask(study)
        if plan is not None and plan.starts:
            study.digitised_since(plan.starts.values())
    for kind, ask in _OF_REGISTERS:
        if study.has_register(kind):
            ask(study)


def _counts(study: Study) -> None:
    """Ask for the counts that have no method of their own."""
    for count in (counting.count_due_soon, counting.count_stops, counting.count_ways, counting.count_hours):
        study.counted(count)
    for count in (counting.count_integrity, counting.count_ratings):
        study.counted(count)


_OF_DOSSIERS: tuple[Callable[[Study], object], ...] = (
    *(lambda study, rule=rule: study.flow((), rule) for rule in counting.RULES.values()),
    lambda study: [study.flow(by) for by in ("channel", "procedure")],
    lambda study: [study.durations(), study.terms(), study.pending(), study.pending("procedure")],
    lambda study: [study.digitised(), study.sent(), study.sent("procedure")],
    lambda study: [study.payments(), study.payments("procedure"), study.deadline_margins()],
    _counts,
    lambda study: [study.first_day(), study.number_gaps(), study.dissolved_units()],
)
_OF_REGISTERS: tuple[tuple[str, Callable[[Study], object]], ...] = (
    ("payments", lambda study: [study.payment_forms(), study.paid_procedures()]),
    ("feedback", lambda study: study.feedback()),
    ("e_copies", lambda study: study.copies()),
    ("procedures", lambda study: study.listed_procedures()),
    ("other_register", lambda study: [study.matching(), study.matching(scope="all")]),
)


def _reported(study: Study) -> Iterator[Shared]:
    """Yield what offices reported; values of indices are the same for all."""
    tables = (study.evidence(), study.submissions(), study.self_scores(), study.index_values())
    for kind, table in zip(REPORTED, tables, strict=True):
        own = "unit" in (column.name for column in KINDS[kind].columns)
        yield Shared(("reported", kind), table if own else None, None if own else table)


def _without_dimension(study: Study) -> Iterator[Shared]:
    """Yield what a study of one unit counts without the dimension of units."""
    findings = study.warehouse.findings()
    yield Shared("findings", findings)
    if not study.warehouse.has_rows:
        return
    yield Shared("sources", counting.count_sources(study.dossiers(), study.clock))
    dated = study.dated_dossiers()
    names = counting.count_procedures_by_unit(dated, study.clock)
    yield Shared(("count_procedures",), names, study.procedures(), dropped=True)
    columns = tuple(column.name for column in DOSSIER_COLUMNS)
    filled = counting.count_filled_by_unit(study.dossiers(), columns)
    whole = counting.count_filled(study.dossiers(), columns)
    yield Shared("filled", filled, whole, dropped=True, asked_where_missing=True)
