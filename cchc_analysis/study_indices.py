"""What a study says of indices: the offices' self-scoring, and the published series beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cchc_analysis import measures
from cchc_analysis.index_tables import load_published_indices
from cchc_analysis.measure_sources import measure_source
from cchc_analysis.measures import Scoring
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.self_scoring import IndexSheet, load_index_sheets
from cchc_analysis.text import fold
from cchc_analysis.units import UnitRegistry

DEFAULT_INDEX = "qd-2926-2023"
"""The index that is looked at where none is named."""

INDEX_CODES = {"par index": "par_index", "chi so cchc": "par_index", "chi so cai cach hanh chinh": "par_index"}
"""Folded names of indices as offices write them → id; any other name becomes its folded form."""

SHARE_COLUMNS = ("unit", "measure", "numerator", "denominator", "value", "lower", "upper")

Index = str | Path
ScoreMeasure = Callable[[pd.DataFrame, Mapping[str, Scoring]], pd.DataFrame]


def index_code(name: str) -> str:
    """Return the id of an index from the name an office gives it.

    >>> index_code("PAR INDEX"), index_code("SIPAS"), index_code("PAPI")
    ('par_index', 'sipas', 'papi')
    """
    plain = fold(name).replace("-", " ").replace("_", " ")
    return INDEX_CODES.get(plain, plain.replace(" ", "_"))


class IndexMeasures(ABC):
    """The part of a study that asks the registers self_scores and index_values.

    Both are about years: that of the end of the period, unless another is given. A study of one unit looks at that
    unit's sheet; the published series are the same for all.
    """

    period: ReportPeriod
    unit: str
    as_of: datetime
    registry: UnitRegistry
    _tables: dict[Any, pd.DataFrame]

    @property
    @abstractmethod
    def is_whole(self) -> bool:
        """Whether the study looks at all units."""

    @abstractmethod
    def self_scores(self) -> pd.DataFrame:
        """Return the register of self-scores: index, year, unit, criterion, self_score, verified_score, document."""

    @abstractmethod
    def index_values(self) -> pd.DataFrame:
        """Return the register of index values: index, dimension, place, year, value, out_of, rank, n_ranked, …"""

    @abstractmethod
    def has_register(self, kind: str) -> bool:
        """Tell whether a register has been taken in beside the dossiers."""

    @property
    def year(self) -> int:
        """The year in which the period ends."""
        return self.period.months[-1] // 12

    def index_sheets(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> tuple[IndexSheet, ...]:
        """Return the sheets of an index in force at the end of a year (see self_scoring.load_index_sheets)."""
        return load_index_sheets(index, date(year or self.year, 12, 31))

    def self_scoring_offices(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> dict[str, Scoring]:
        """Return the offices that have to score themselves and what they have to score, in official order.

        They are the units of the tiers that a sheet names which existed at the end of the year; for one unit only
        itself, none where it does not have to.
        """
        day = date(year or self.year, 12, 31)
        sheets = {tier: sheet for sheet in self.index_sheets(index, year) for tier in sheet.tiers}
        offices = {}
        for unit in self.registry.units(day):
            sheet = sheets.get(self.registry.tier(unit) or "")
            if sheet is not None and (self.is_whole or unit == self.unit):
                beside = {field.code: field.measures for field in sheet.fields if field.measures}
                offices[unit] = Scoring(sheet.table(), sheet.to_score(), beside)
        return offices

    def _scored(self, index: Index, year: int | None) -> pd.DataFrame:
        """Return the scores of an index and year; an index goes by its id however an office writes it."""
        sheets = self.index_sheets(index, year)
        wanted = sheets[0].index if sheets else str(index)
        key = ("self_scores", wanted, year or self.year)
        if key not in self._tables:
            scores = self.self_scores()
            named = scores["index"].astype(str).map(lambda name: fold(name).replace(" ", "-"))
            self._tables[key] = scores[(named == wanted) & (scores["year"] == (year or self.year))]
        return self._tables[key]

    def self_scoring(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> pd.DataFrame:
        """Return for every office that has to score itself whether it did, and its totals.

        Columns measures.SELF_SCORING_COLUMNS: unit, state ("scored", "partial", "missing"), structure_known,
        n_to_score, n_scored, n_missing, self_total, stated_total, verified_total, difference, n_findings. The city and
        its 17 wards and communes make 18 rows in 2023 (commitment C36); `measures.self_scoring_done` counts them.
        """
        return self._of_scores(measures.self_scoring_states, index, year)

    def _of_scores(self, measure: ScoreMeasure, index: Index, year: int | None) -> pd.DataFrame:
        """Apply a measure to the scores of an index and year once."""
        key = (measure.__name__, str(index), year or self.year)
        if key not in self._tables:
            self._tables[key] = measure(self._scored(index, year), self.self_scoring_offices(index, year))
        return self._tables[key].copy()

    def self_scoring_fields(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> pd.DataFrame:
        """Return the score of every field of every office that scored (see measures.self_scoring_fields)."""
        return self._of_scores(measures.self_scoring_fields, index, year)

    def self_scoring_findings(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> pd.DataFrame:
        """Return what does not hold in the sheets (see measures.self_scoring_findings)."""
        return self._of_scores(measures.self_scoring_findings, index, year)

    def self_against_verified(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> pd.DataFrame:
        """Return the criteria that were both self-scored and verified (see measures.self_against_verified)."""
        return self._of_scores(measures.self_against_verified, index, year)

    def self_against_measures(self, index: Index = DEFAULT_INDEX, year: int | None = None) -> pd.DataFrame:
        """Return self-scores beside the shares of the period that their criteria and fields name.

        See measures.self_against_measures. A city stands beside the shares of all its units.
        """
        sheets = self.index_sheets(index, year)
        names = tuple(dict.fromkeys(name for sheet in sheets for name in sheet.measures))
        offices = self.self_scoring_offices(index, year)
        cities = [unit for unit in offices if self.registry.tier(unit) == "city"]
        tables = [self._shares_named(names, ("unit",)), *(self._shares_named(names, (), city) for city in cities)]
        filled = [table for table in tables if len(table)]
        shares = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(SHARE_COLUMNS))
        return measures.self_against_measures(self._scored(index, year), offices, shares)

    def _shares_named(self, names: tuple[str, ...], by: tuple[str, ...], unit: str = "") -> pd.DataFrame:
        """Return the shares of these names that the data at hand can tell, as SHARE_COLUMNS."""
        tables = [pd.DataFrame(columns=list(SHARE_COLUMNS))]
        for name in names:
            source = measure_source(name)
            if source.register and not self.has_register(source.register):
                continue
            rows = getattr(self, source.method)(by, **dict(source.arguments))
            own = rows[rows["measure"] == source.row].assign(measure=name)
            tables.append((own if by else own.assign(unit=unit))[list(SHARE_COLUMNS)])
        filled = [table for table in tables if len(table)]
        return pd.concat(filled, ignore_index=True) if filled else tables[0]

    def index_series(self) -> pd.DataFrame:
        """Return the series of indices, published ones and those taken in, with breaks and differences.

        Columns measures.INDEX_SERIES_COLUMNS: index, dimension ("" = the whole index), place, year, value, out_of,
        rank, n_ranked, method, source, confidence ("found", "from_memory", "" of a register), origin ("published",
        "register"), other_value, segment, break_before, break_reason, previous_year, difference, rank_difference. One
        row per series and year, later years than the study's included: they are known today, but not by its period.
        """
        taken_in = self.index_values()
        rows = taken_in.assign(
            index=taken_in["index"].astype(str).map(index_code),
            place=taken_in["place"].astype(str).map(self._place),
            confidence="",
            origin="register",
        )
        tables = [load_published_indices().values_table(), rows]
        return measures.index_series(pd.concat([table for table in tables if len(table)], ignore_index=True))

    def _place(self, name: str) -> str:
        """Return the id of a place: of a published one, of a unit, or the name itself."""
        published = load_published_indices().places
        named = {fold(text): place for place, both in published.items() for text in (place, both.vi, both.en)}
        return named.get(fold(name)) or self.registry.resolve(name, self.as_of.date()) or name

    def index_trends(self, year: int | None = None) -> pd.DataFrame:
        """Return whether each index rose into a year, by default the study's (see measures.index_trends).

        Columns measures.TREND_COLUMNS: index, dimension, place, year, value, rank, previous_year, previous_value,
        previous_rank, trend ("up", "down", "flat", "unknown"), basis ("value", "rank"), reason (why unknown).
        """
        return measures.index_trends(self.index_series(), year or self.year)
