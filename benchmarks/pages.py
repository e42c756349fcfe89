"""The measures of one unit after counting, page by page, and what a figure costs to draw."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from country import write_country
from harness import Measured, Promise, Size, side_by_side

import cchc_analysis as cchc
from cchc_analysis import charts, display
from cchc_analysis.study import Study
from cchc_analysis.study_sharing import share_studies, write_parts

PERIOD = "2023-Q3"
N_UNITS: Mapping[Size, int] = {"small": 4, "full": 12}
BAR = Promise("after counting, a page's measures take < 50 ms per unit", of="seconds", bound="at most", value=0.05)


def _times(study: Study) -> list[Any]:
    return [
        *(study.form_06a(), study.form_06a("field"), study.on_time(), study.on_time("month"), study.on_time("field")),
        *(study.on_time_change(), study.outcomes(), study.on_time_chart(), study.duration_chart(), study.time_used()),
        *(study.time_to_closing(), study.time_cut(), study.time_change(), study.change_drivers()),
        *(study.procedure_times(), study.cut_by_procedure(), study.excluded_procedures(), study.pending_by_age()),
        *(study.backlog(), study.due_soon(), study.overdue_pareto(), study.stopped_clock(), study.integrity()),
        *(study.deadline_test(), study.coverage()),
    ]


def _digital(study: Study) -> list[Any]:
    shares = ("documents_digitised", "result_digitised", "resolved_online", "received_online")
    return [
        *(study.digitisation(), study.digitisation("month"), study.digitisation("field")),
        *(study.online_share(), study.online_share("month"), study.online_share("field"), study.online_procedures()),
        *(study.online_by_hour(), study.sending_hours(), study.counter_at_full_service(), study.postal()),
        *(study.cashless(), study.cashless("field"), study.payment_forms(), study.feedback()),
        *(study.year_end(name) for name in shares),
        *(study.share_change(name) for name in shares),
    ]


def _points(study: Study) -> list[Any]:
    return [study.service_quality(), study.one_stop_evaluation(), study.ratings(), study.handled_in_time()]


def _quality(study: Study) -> list[Any]:
    return [study.accounting(), study.rejected(), study.flags(), study.completeness(), study.register_accounting()]


PAGES: Mapping[str, Callable[[Study], list[Any]]] = {
    "10_processing_time": _times,
    "20_digitisation": _digital,
    "40_service_quality": _points,
    "90_data_quality": _quality,
}
"""Page → the measures that it asks of a study; those of 30_satisfaction are in survey.py."""


def measure(folder: Path, size: Size, repeat: int) -> Iterable[Measured]:
    """Measure the pages of some communes, all counts kept, then the drawing of a figure."""
    warehouse = write_country(folder / "country", N_UNITS[size], registers=True)
    whole = cchc.open_study(data=warehouse, period=PERIOD)
    # As in a run of many pages: what units share is counted and cut by unit before the first page.
    write_parts(whole, folder / "parts", None, is_for_many=True)
    share_studies(str(folder / "parts"))
    units = [cchc.open_study(data=warehouse, period=PERIOD, unit=unit) for unit in whole.known_units()]
    for page, ask in PAGES.items():
        yield measure_page(page, ask, units, repeat)
    yield measure_figure(units[0], repeat)


def measure_page(page: str, ask: Callable[[Study], list[Any]], units: list[Study], repeat: int) -> Measured:
    """Measure one page: seconds of one unit, the mean over the units, nothing answered before."""
    for unit in units:
        ask(_anew(unit))  # The first page that asks makes what units have in common.
    (ours,) = side_by_side(repeat, lambda: [len(ask(_anew(unit))) for unit in units])
    return Measured(
        "measures of a page",
        page,
        "",
        n=len(units),
        unit="units",
        ours_seconds=tuple(seconds / len(units) for seconds in ours.all),
        ours_cpu_seconds=tuple(seconds / len(units) for seconds in ours.all_cpu),
        promise=BAR,
        note="seconds of one unit",
    )


def _anew(study: Study) -> Study:
    """Return a study of the same counts that has not answered anything yet."""
    return replace(study, _months_kept={}, _kept={}, _periods={}, _surveys={})


def measure_figure(unit: Study, repeat: int) -> Measured:
    """Measure one figure from its table to the bytes of its picture."""
    by_month = unit.on_time("month")
    months = [month.label for month in unit.months()]

    def draw() -> int:
        return len(display.png(charts.processing_time.on_time_by_month(by_month, by_month, months[-3:], unit.language)))

    draw()  # The first figure of a process loads the fonts.
    (ours,) = side_by_side(max(repeat, 5), draw)
    return Measured(
        "a figure",
        "drawn, laid out and written as PNG",
        "",
        n=1,
        unit="figures",
        ours_seconds=ours.all,
        ours_cpu_seconds=ours.all_cpu,
    )
