"""Run notebooks, write them as self-contained pages, publish a site.

Heavy libraries (papermill, nbconvert) are imported when the first page is made, never before.
"""

from cchc_analysis.reports.frame import Link, RenderedPage
from cchc_analysis.reports.jobs import FileJob, PageJob, WarmUp
from cchc_analysis.reports.methods import Method
from cchc_analysis.reports.page import render_page
from cchc_analysis.reports.parameters import (
    ParameterSpec,
    check_parameters,
    inspect_parameters,
    read_parameters,
)
from cchc_analysis.reports.progress import Progress, terminal_progress
from cchc_analysis.reports.site import SiteResult, UnitEntry, publish_site
from cchc_analysis.reports.stopwatch import Stopwatch
from cchc_analysis.reports.warm_start import WarmStart

__all__ = [
    "FileJob",
    "Link",
    "Method",
    "PageJob",
    "ParameterSpec",
    "Progress",
    "RenderedPage",
    "SiteResult",
    "Stopwatch",
    "UnitEntry",
    "WarmStart",
    "WarmUp",
    "check_parameters",
    "inspect_parameters",
    "publish_site",
    "read_parameters",
    "render_page",
    "terminal_progress",
]
