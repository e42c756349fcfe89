"""Measure administrative reform (cải cách hành chính) from the exports of Vietnamese one-stop offices.

The names below are the whole public interface; notebooks use nothing else. They are loaded when first used, so that the
command line starts without the drawing libraries.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "OFFICIAL_FORM": "cchc_analysis.counting",
    "STRICT": "cchc_analysis.counting",
    "OnTimeRule": "cchc_analysis.counting",
    "Study": "cchc_analysis.study",
    "UnitRegistry": "cchc_analysis.units",
    "WorkingCalendar": "cchc_analysis.working_time",
    "data_quality": "cchc_analysis.pages.data_quality",
    "definitions": "cchc_analysis.pages.frame",
    "digitisation": "cchc_analysis.pages.digitisation",
    "explore": "cchc_analysis.pages.explore",
    "indices": "cchc_analysis.pages.indices",
    "load_index_sheets": "cchc_analysis.self_scoring",
    "load_plan": "cchc_analysis.plan",
    "load_score_sheet": "cchc_analysis.score_sheets",
    "open_study": "cchc_analysis.study",
    "open_warehouse": "cchc_analysis.warehouse",
    "overview": "cchc_analysis.pages.overview",
    "page_head": "cchc_analysis.pages.frame",
    "parse_period": "cchc_analysis.periods",
    "processing_time": "cchc_analysis.pages.processing_time",
    "published": "cchc_analysis.pages.published",
    "publish_reports": "cchc_analysis.publication",
    "satisfaction": "cchc_analysis.pages.satisfaction",
    "service_quality": "cchc_analysis.pages.service_quality",
    "take_in": "cchc_analysis.intake.pipeline",
    "write_sample": "cchc_analysis.sample",
}
_MODULES = (
    "data_quality",
    "digitisation",
    "explore",
    "indices",
    "overview",
    "processing_time",
    "published",
    "satisfaction",
    "service_quality",
)
_RENAMED = {"take_in": "intake"}  # the name of the function is taken by its room

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"cchc_analysis has no {name!r}; it offers: {', '.join(__all__)}")
    module = import_module(_HOME[name])
    return module if name in _MODULES else getattr(module, _RENAMED.get(name, name))


def __dir__() -> list[str]:
    return __all__
