"""A study without a warehouse: the tables that a scorecard asks for are made up from a few numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pandas as pd

from cchc_analysis.measure_sources import MEASURE_SOURCES
from cchc_analysis.measures.indicator import INDICATOR_COLUMNS, indicator_table, share_rows
from cchc_analysis.periods import ReportPeriod, parse_period
from cchc_analysis.schema import EVIDENCE_COLUMNS
from cchc_analysis.study import Study
from cchc_analysis.units import UnitRegistry
from cchc_analysis.working_time import WorkingCalendar

REGISTRY = UnitRegistry.load()
CALENDAR = WorkingCalendar.weekdays(date(2022, 1, 1), date(2027, 1, 1))
Counts = Callable[[str, ReportPeriod], tuple[int, int] | None]


@dataclass(frozen=True)
class SurveyResult:
    """Overall satisfaction of a period: value with its interval, forms, and whether the last wave moved it."""

    value: float
    half: float
    n_forms: int = 400
    signal: str = "none"
    wave: str = "2023-Q2"


@dataclass(frozen=True)
class MadeUpStudy(Study):
    """`counts`: name of a share and period → numerator and denominator, None where nothing tells it.

    `reports`: rows of the register of evidence; `satisfied`: the survey, None for none; `indices`: index → trend.
    """

    counts: Counts = lambda name, period: None
    reports: tuple[Mapping[str, Any], ...] = ()
    satisfied: SurveyResult | None = None
    indices: Mapping[str, str] = field(default_factory=dict)

    def _table(self, method: str, arguments: Mapping[str, Any]) -> pd.DataFrame:
        found, wanted = [], tuple((name, value) for name, value in arguments.items() if name != "starts")
        for name, source in MEASURE_SOURCES.items():
            asked = (source.method, source.arguments) == (method, wanted)
            told = self.counts(name, self.period) if asked else None
            if told is not None:
                rows = share_rows(pd.DataFrame({"x": [told[0]], "n": [told[1]]}), (), "x", "n")
                if source.nature == "state":
                    rows = rows.assign(lower=float("nan"), upper=float("nan"))
                found.append(indicator_table(rows.assign(measure=source.row), (), source.row, self.period))
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(INDICATOR_COLUMNS))

    def time_cut(self, by: Any = ()) -> pd.DataFrame:
        told = self.counts("time_cut", self.period)
        if told is None:
            return pd.DataFrame(columns=["day_kind", "measure", "numerator", "denominator", "value"])
        row = {"numerator": told[0], "denominator": told[1], "value": told[0] / told[1]}
        return pd.DataFrame([{"day_kind": "working", "measure": "cut_pooled", **row}])

    def month_of_year(self, measure: str, month: ReportPeriod, starts: Any = None) -> tuple[int, int, int]:
        over, under = self.counts(measure, month) or (0, 0)
        return over, under, under

    def evidence(self) -> pd.DataFrame:
        names = [column.name for column in EVIDENCE_COLUMNS]
        return pd.DataFrame([{**dict.fromkeys(names), **row} for row in self.reports], columns=names)

    def index_trends(self, year: int | None = None) -> pd.DataFrame:
        columns = ["index", "dimension", "place", "trend", "rank"]
        rows = [(name, "", "ba-ria-vung-tau", trend, 1.0) for name, trend in self.indices.items()]
        return pd.DataFrame(rows, columns=columns)

    def first_day(self) -> date | None:
        return date(2022, 11, 1)

    def surveys(self) -> tuple[str, ...]:
        return () if self.satisfied is None else ("made-up",)

    def survey(self, name: str = "") -> Any:
        told = self.satisfied
        assert told is not None
        target = {
            **{"numerator": 4.0, "denominator": 5.0, "weighted": told.value, "n_forms": told.n_forms},
            **{"lower": told.value - told.half, "upper": told.value + told.half, "suppressed": False},
        }
        change = {"item": "mean_of_questions", "difference": 0.01, "lower": -0.01, "upper": 0.03}
        change |= {"signal": told.signal, "from_wave": "2023-Q1"}
        return SimpleNamespace(
            instrument=SimpleNamespace(n_points=5),
            target=lambda goal: pd.DataFrame([target]),
            forms=lambda: pd.DataFrame({"n_forms": [told.n_forms]}),
            waves=lambda: pd.DataFrame({"wave": [told.wave]}),
            wave_change=lambda by, items: pd.DataFrame([change]),
        )


for _method in dict.fromkeys(source.method for source in MEASURE_SOURCES.values()):
    setattr(MadeUpStudy, _method, lambda self, by=(), _method=_method, **named: self._table(_method, named))


def made_up(period: str, as_of: str = "", unit: str = "all", **told: Any) -> MadeUpStudy:
    """Return a study of a period known up to a day, by default its last."""
    wanted = parse_period(period)
    known = datetime.combine(date.fromisoformat(as_of) if as_of else wanted.end, time())
    nothing: Any = None
    return MadeUpStudy(nothing, wanted, unit, known, "vi", REGISTRY, CALENDAR, **told)
