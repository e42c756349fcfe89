"""Published values of indices (SIPAS, PAR INDEX, PAPI) of data/reference/published, with source and confidence."""

from decimal import Decimal
from functools import cache
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import Language
from cchc_analysis.reference_data import reference_path

FILE = ("published", "indices.yaml")
PAGE = "docs/methods/index-series.md"

Confidence = Literal["found", "from_memory"]
"""Seen in the source given; or remembered, no source found yet."""


class PublishedValue(Entry):
    """One published value or rank of a year; `method` names how it was measured (a key of the series' `methods`)."""

    year: int = Field(ge=1990, le=2100)
    value: Decimal | None = Field(default=None, ge=0)
    rank: int | None = Field(default=None, ge=1)
    n_ranked: int | None = Field(default=None, ge=1)
    method: str
    confidence: Confidence
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> "PublishedValue":
        if self.value is None and self.rank is None:
            raise ValueError("neither value nor rank is given")
        if self.rank is not None and self.n_ranked is not None and self.rank > self.n_ranked:
            raise ValueError(f"rank {self.rank} of {self.n_ranked}")
        return self


class PublishedSeries(Entry):
    """The values of an index (or of one of its dimensions) at a place."""

    index: str
    place: str
    dimension: str
    dimension_name: Text | None = None
    out_of: Decimal | None = Field(default=None, gt=0)
    methods: dict[str, Text]
    note: Text | None = None
    years: tuple[PublishedValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> "PublishedSeries":
        told = [value.year for value in self.years]
        if told != sorted(set(told)):
            raise ValueError("years must rise, each once")
        unknown = sorted({value.method for value in self.years} - set(self.methods))
        if unknown:
            raise ValueError(f"method {unknown[0]} is not described")
        highest = max((value.value for value in self.years if value.value is not None), default=None)
        if self.out_of is not None and highest is not None and highest > self.out_of:
            raise ValueError("a value lies above out_of")
        return self


class PublishedIndex(Text):
    """An index: its name, where it is measured, who publishes it."""

    id: str = Field(min_length=1)
    scope: Text
    by: Text
    note: Text | None = None


class PublishedIndices(Entry):
    """All published series with the names of indices and places.

    >>> published = load_published_indices()
    >>> published.values_table().query("index == 'papi' and dimension == ''")[["year", "rank"]].values.tolist()
    [[2023.0, 9.0], [2024.0, 7.0]]
    """

    places: dict[str, Text]
    indices: tuple[PublishedIndex, ...]
    series: tuple[PublishedSeries, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> "PublishedIndices":
        known = {entry.id for entry in self.indices}
        keys = [(entry.index, entry.dimension, entry.place) for entry in self.series]
        for entry in self.series:
            if entry.index not in known or entry.place not in self.places:
                raise ValueError(f"index {entry.index} or place {entry.place} is not named above")
        if len(set(keys)) != len(keys):
            raise ValueError("two series have the same index, dimension and place")
        return self

    def values_table(self) -> pd.DataFrame:
        """Return one row per value: columns of the register index_values, `confidence`, `origin` = "published"."""
        rows = [
            {
                "index": entry.index,
                "dimension": entry.dimension,
                "place": entry.place,
                "year": value.year,
                "value": None if value.value is None else float(value.value),
                "out_of": None if entry.out_of is None else float(entry.out_of),
                "rank": value.rank,
                "n_ranked": value.n_ranked,
                "method": value.method,
                "source": value.source,
                "confidence": value.confidence,
                "origin": "published",
            }
            for entry in self.series
            for value in entry.years
        ]
        return pd.DataFrame(rows).astype(dict.fromkeys(("value", "out_of", "rank", "n_ranked"), "float64"))

    def index(self, name: str) -> PublishedIndex | None:
        """Return an index by its id, None for one that is not described here."""
        return next((entry for entry in self.indices if entry.id == name), None)

    def find(self, index: str, dimension: str, place: str) -> PublishedSeries | None:
        """Return a series by its key, None where there is none."""
        key = (index, dimension, place)
        return next((entry for entry in self.series if (entry.index, entry.dimension, entry.place) == key), None)

    def place_name(self, place: str, language: Language) -> str:
        """Return the name of a place; one that is not listed is its own name."""
        return self.places[place].text(language) if place in self.places else place


@cache
def load_published_indices() -> PublishedIndices:
    """Return the series of data/reference/published/indices.yaml, read once.

    Raises ParameterError with file, key and reason where the file is wrong.
    """
    return read_entry(reference_path(*FILE), PublishedIndices, PAGE)
