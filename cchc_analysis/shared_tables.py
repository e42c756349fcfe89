"""What the pages of all units ask of a study: which tables are cut by unit, which are the same for all of them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from cchc_analysis import counting
from cchc_analysis.counting import OFFICIAL_FORM
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

EVERYTHING = (
    *(
        "overview",
        "processing_time",
        "digitisation",
        "satisfaction",
        "service_quality",
        "indices",
        "data_quality",
        "published",
    ),
    *("report", "form"),
)
"""Pages and files that ask for counts."""

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


def shared_tables(
    study: Study,
    plan: Plan | None,
    wanted: Collection[str] = EVERYTHING,
    for_forms: Callable[[Study], object] = lambda study: None,
) -> Iterator[tuple[str, list[Shared]]]:
    """Count what pages and files ask for, step by step; yield after each the tables it gave.

    `study`: of all units; `wanted`: some of EVERYTHING, those with the fewest counts first; `for_forms` asks for what
    only forms ask for. The last step of each tells its name, the others "". What is not counted here a page counts for
    itself.
    """
    kept = set[Hashable]()
    forms = _Step(lambda study, plan: [for_forms(study)], frozenset({"form", "report"}))
    waiting = [step for step in (*_STEPS, forms) if not set(wanted).isdisjoint(step.asked_by)]
    for name in sorted(wanted, key=lambda name: sum(name in step.asked_by for step in waiting)):
        for step in [step for step in waiting if name in step.asked_by]:
            waiting.remove(step)
            made = step.ask(study, plan)
            yield "", [*_new(study, kept), *(table for table in made if isinstance(table, Shared))]
        yield name, []


def _new(study: Study, kept: set[Hashable]) -> Iterator[Shared]:
    """Yield the tables that a study keeps and that have not been yielded yet."""
    for key, table in study._tables.items():
        if key in kept:
            continue
        kept.add(key)
        if key in SAME_FOR_ALL or (isinstance(key, tuple) and key[0] == "crosswalk"):
            yield Shared(key, None, table)
        elif key in OF_REGISTERS or (_is_count(key) and "unit" in table):
            yield Shared(key, table)


def _is_count(key: Hashable) -> bool:
    return str(key[0] if isinstance(key, tuple) else key).startswith("count_")


Ask = Callable[[Study, Plan | None], Iterable[object]]


@dataclass(frozen=True)
class _Step:
    """Something to count, and which pages and files ask for it."""

    ask: Ask
    asked_by: frozenset[str]


def _of_dossiers(ask: Callable[[Study], Iterable[object]]) -> Ask:
    """Ask only where there are dossiers."""
    return lambda study, plan: ask(study) if study.warehouse.has_rows else ()


def _of_register(kind: str, ask: Callable[[Study], Iterable[object]]) -> Ask:
    """Ask only where a register has been taken in."""
    return lambda study, plan: ask(study) if study.has_register(kind) else ()


def _counts(*counts: Callable[..., pd.DataFrame]) -> Ask:
    """Ask for counts that have no method of their own."""
    return _of_dossiers(lambda study: [study.counted(count) for count in counts])


def _since(study: Study, plan: Plan | None) -> Iterable[object]:
    """Count digitisation since the days from which offices have had the duty."""
    if plan is None or not plan.starts or not study.warehouse.has_rows:
        return ()
    return [study.digitised_since(plan.starts.values())]


def _reported(study: Study) -> Iterator[Shared]:
    """Yield what offices reported; values of indices are the same for all."""
    tables = (study.evidence(), study.submissions(), study.self_scores(), study.index_values())
    for kind, table in zip(REPORTED, tables, strict=True):
        own = "unit" in (column.name for column in KINDS[kind].columns)
        yield Shared(("reported", kind), table if own else None, None if own else table)


def _findings(study: Study) -> Iterator[Shared]:
    """Yield what intake has found, and how well columns are filled: of one unit without the dimension of units."""
    yield Shared("findings", study.warehouse.findings())
    if study.warehouse.has_rows:
        columns = tuple(column.name for column in DOSSIER_COLUMNS)
        filled = counting.count_filled_by_unit(study.dossiers(), columns)
        whole = counting.count_filled(study.dossiers(), columns)
        yield Shared("filled", filled, whole, dropped=True, asked_where_missing=True)


def _sources(study: Study) -> Iterator[Shared]:
    """Yield which files the dossiers came with."""
    yield Shared("sources", counting.count_sources(study.dossiers(), study.clock))


def _procedures(study: Study) -> Iterator[Shared]:
    """Yield the names of procedures."""
    names = counting.count_procedures_by_unit(study.dated_dossiers(), study.clock)
    yield Shared(("count_procedures",), names, study.procedures(), dropped=True)


_ALL = " ".join(EVERYTHING)
_PLAN = "overview digitisation report"
_TIME = "processing_time report"
_SCORED = "service_quality indices"
_OTHER_RULES = tuple(rule for rule in counting.RULES.values() if rule != OFFICIAL_FORM)

_STEPS: tuple[_Step, ...] = tuple(
    _Step(ask, frozenset(asked_by.split()))
    for asked_by, ask in (
        (_ALL, lambda study, plan: [study.known_units(), study.known_units(recorded=True)]),
        ("data_quality report", lambda study, plan: _findings(study)),
        ("overview indices report", lambda study, plan: _reported(study)),
        (_ALL.replace("data_quality", ""), _of_dossiers(lambda study: [study.flow()])),
        (f"{_PLAN} processing_time", _of_dossiers(lambda study: [study.first_day(), study.dissolved_units()])),
        (f"{_TIME} overview", _of_dossiers(lambda study: [study.terms()])),
        (f"{_TIME} satisfaction", _of_dossiers(lambda study: [study.durations()])),
        (f"{_TIME} {_SCORED}", _of_dossiers(lambda study: [study.pending()])),
        (f"{_SCORED} digitisation form", _of_dossiers(lambda study: [study.digitised()])),
        (f"{_PLAN} {_SCORED} form", _of_dossiers(lambda study: [study.sent(), study.payments()])),
        (_PLAN, _since),
        (_PLAN, _counts(counting.count_ways)),
        (_SCORED, _counts(counting.count_ratings)),
        (_TIME, _of_dossiers(lambda study: [study.flow((), rule) for rule in _OTHER_RULES])),
        (_TIME, _of_dossiers(lambda study: [study.flow(by) for by in ("channel", "procedure")])),
        (_TIME, _of_dossiers(lambda study: [study.pending("procedure"), study.deadline_margins()])),
        (_TIME, _counts(counting.count_due_soon)),
        ("processing_time", _counts(counting.count_stops, counting.count_integrity)),
        ("processing_time", _of_dossiers(lambda study: [study.number_gaps()])),
        (f"{_TIME} digitisation", _of_dossiers(_procedures)),
        (f"{_PLAN} service_quality form", _of_dossiers(lambda study: [study.sent("procedure")])),
        ("form", _of_dossiers(lambda study: [study.payments("procedure")])),
        ("digitisation", _counts(counting.count_hours)),
        ("overview", _of_dossiers(_sources)),
        ("digitisation service_quality report", _of_register("payments", lambda study: [study.payment_forms()])),
        ("form", _of_register("payments", lambda study: [study.paid_procedures()])),
        (f"{_PLAN} {_SCORED}", _of_register("feedback", lambda study: [study.feedback()])),
        ("digitisation service_quality report", _of_register("e_copies", lambda study: [study.copies()])),
        (
            f"{_PLAN} processing_time service_quality form",
            _of_register("procedures", lambda study: [study.listed_procedures()]),
        ),
        (_PLAN, _of_register("other_register", lambda study: [study.matching(), study.matching(scope="all")])),
    )
)
"""What is counted, in this order."""
