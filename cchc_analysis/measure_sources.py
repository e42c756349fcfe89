"""Where the row of every share is found: which method of Study returns it, and which register it needs."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from cchc_analysis import measures
from cchc_analysis.errors import ParameterError

Nature = Literal["flow", "state"]
"""What may be done with the counts of windows that follow each other.

"flow": what happened in a window, so that the counts of months add up to those of a year; "state": what holds at the
end of a window, or cannot be added up since the same thing would be counted twice.
"""


class MeasureSource(NamedTuple):
    """Where a share is found.

    `method` of Study, called with its grouping columns and with `arguments`; `register`: kind it needs ("" = the
    dossiers tell it); `row`: name in the column `measure` of that table; `since_start`: only dossiers received since
    their unit had the duty to digitise are counted where a plan gives the day.
    """

    method: str
    row: str
    register: str = ""
    nature: Nature = "flow"
    since_start: bool = False
    arguments: tuple[tuple[str, str], ...] = ()


def _sources(
    method: str, names: Iterable[str], register: str = "", nature: Nature = "flow"
) -> dict[str, MeasureSource]:
    return {name: MeasureSource(method, name, register, nature) for name in names}


MEASURE_SOURCES: dict[str, MeasureSource] = {
    **_sources("handled_in_time", ["handled_in_time"], nature="state"),
    **_sources("time_against_due", ["time_against_due"], nature="state"),
    **_sources("on_time", ["on_time_of_finished"]),
    **_sources("ratings", ["ratings_satisfied"]),
    **{
        name: MeasureSource("digitisation", name, since_start=True)
        for name in (*measures.DIGITISATION_MEASURES, *measures.FURTHER_DIGITISATION_MEASURES)
    },
    **_sources("online_share", measures.ONLINE_MEASURES),
    **_sources("postal", measures.POSTAL_MEASURES),
    **_sources("cashless", ["fee_paid_online"]),
    **_sources("cashless", ["fee_procedures_paid_online"], nature="state"),
    **_sources("payment_forms", ["payments_online", "payments_cashless", "payments_agree"], "payments"),
    **_sources("payment_forms", ["dossiers_paid_online"], "payments", "state"),
    **_sources("feedback", measures.FEEDBACK_MEASURES, "feedback"),
    "hotline_on_time": MeasureSource("feedback", "feedback_on_time", "feedback", arguments=(("source", "hotline"),)),
    **_sources("copies", measures.COPY_MEASURES, "e_copies"),
    **_sources("catalogue", measures.CATALOGUE_MEASURES, "procedures", "state"),
    **_sources("matching", ["dossiers_controlled"], "other_register"),
}
"""The one map of the program: share → where its row is found; score sheets and plans name shares of it."""

SPECIAL_MEASURES = ("satisfaction", "survey_forms", "time_cut", "index_change", "index_rank")
"""What a plan may name beside MEASURE_SOURCES.

Satisfaction by the survey, the forms of the survey, the cut of statutory time, how many published indices rose, and how
many reached a rank.
"""

POINTS_OF_A_GOAL = 5
"""A goal of satisfaction is about scales of this many points: ratings at a kiosk are not held against it."""

PLAN_MEASURES = (*MEASURE_SOURCES, *SPECIAL_MEASURES)
"""Every measure that a plan may name."""


def measure_source(name: str, where: str = "A score sheet", where_vi: str = "Bảng chấm điểm") -> MeasureSource:
    """Return where a share is found. ParameterError naming the known shares for any other name.

    >>> measure_source("feedback_on_time").register
    'feedback'
    """
    if name not in MEASURE_SOURCES:
        known = ", ".join(MEASURE_SOURCES)
        raise ParameterError(
            f"{where} names the unknown measure {name!r}; known: {known}.",
            f"{where_vi} dùng chỉ số {name!r} không có; các chỉ số có sẵn: {known}.",
        )
    return MEASURE_SOURCES[name]
