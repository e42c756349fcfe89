"""Measures of all units in one pass: the page of a unit takes its rows of them, instead of measuring again."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import pandas as pd

from cchc_analysis.periods import ReportPeriod
from cchc_analysis.study_memory import as_key
from cchc_analysis.study_parts import SharedTables, StudyParts

if TYPE_CHECKING:
    from cchc_analysis.study import Study

NOBODY = "\0"
"""A unit that no data name: its figures are those of every unit without a row."""


class _Measuring(Protocol):
    """Something of one unit and period that may share what has been measured of all units."""

    @property
    def parts(self) -> StudyParts | None: ...

    @property
    def period(self) -> ReportPeriod: ...

    @property
    def unit(self) -> str: ...

    @property
    def is_whole(self) -> bool: ...

    def months(self) -> list[ReportPeriod]: ...


Asked = ParamSpec("Asked")
Self = TypeVar("Self", bound=_Measuring)
Method = Callable[Concatenate[Self, Asked], pd.DataFrame]


def together(method: Method[Self, Asked]) -> Method[Self, Asked]:
    """Let a measure of a unit, whose first argument is `by`, be its rows of the measure of all units.

    Only where pages of many units share their parts; the first process that asks measures all units by `unit` and the
    other dimensions. What a unit without rows has to say of itself (such as a share of nothing) it measures alone.
    For measures whose groups do not depend on each other: what is asked of one unit is what its rows say.
    """

    @wraps(method)
    def ask(study: Self, /, *arguments: Asked.args, **named: Asked.kwargs) -> pd.DataFrame:
        parts = study.parts
        keys, others, further = _asked(arguments, named)
        if parts is None or not parts.is_for_many or study.is_whole or study.unit == NOBODY or "unit" in keys:
            return method(study, *arguments, **named)
        key = repr((method.__qualname__, keys, as_key(others), as_key(further), study.period))
        make = partial(_of_all, cast("Study", study), parts, method, keys, others, further)
        rows = parts.piece(key, study.unit, make)
        found = _of_its_months(study, keys, rows) if len(rows) else None
        return method(study, *arguments, **named) if found is None else found

    return ask


def _asked(
    arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[Any, ...], dict[str, Any]]:
    """Return the dimensions, which are the first argument, and the other arguments by place and by name."""
    by = named.get("by", arguments[0] if arguments else ())
    keys = (by,) if isinstance(by, str) else tuple(by)
    return keys, arguments[1:], {name: value for name, value in named.items() if name != "by"}


def _of_all(
    study: "Study",
    parts: StudyParts,
    method: Callable[..., pd.DataFrame],
    keys: tuple[str, ...],
    others: tuple[Any, ...],
    named: Mapping[str, Any],
) -> pd.DataFrame:
    """Measure all units, and leave out those that lack a row which a unit alone would have."""
    table = method(study_of(study, parts, "all"), ("unit", *keys), *others, **named)
    if set(keys) - {"month"}:
        return table
    nobody = method(study_of(study, parts, NOBODY), (), *others, **named)
    groups: list[Hashable] = ["unit", "month"] if "month" in table else ["unit"]
    lacking = table.groupby(groups)["unit"].transform("size") < len(nobody)
    return table[~table["unit"].isin(table.loc[lacking, "unit"].unique().tolist())]


def _of_its_months(study: _Measuring, keys: tuple[str, ...], rows: pd.DataFrame) -> pd.DataFrame | None:
    """Return the rows of the months that the series of a unit has; None where one of them is not among the rows."""
    if "month" not in rows:
        return rows
    wanted, there = {month.label for month in study.months()}, rows["month"].tolist()
    if len(keys) == 1 and not wanted <= set(there):
        return None
    inside = [month in wanted for month in there]
    return rows if all(inside) else rows[inside].reset_index(drop=True)


def study_of(study: "Study", parts: StudyParts, unit: str) -> "Study":
    """Return the study of another unit, or of "all", in the same period; both take their counts from the same parts."""
    key = ("study of", unit)
    if key not in study._kept:
        alone = replace(study, unit=unit, _tables=SharedTables(parts, unit), _dated={}, _months_kept={}, _surveys={})
        study._kept[key] = replace(alone, _kept={}, _periods={})
    found: Study = replace(study._kept[key], period=study.period)
    return found
