"""Published tables of data/reference/published: figures as printed, their sources, and what can be checked of them."""

from typing import Literal

from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.reference_data import reference_path

FOLDER = "published"


class PublishedRule(Entry):
    """One check of a table (see measures.published_findings): its kind and the names of the figures it takes."""

    kind: Literal["rate", "sum", "at_most", "carried_over", "pace"]
    numerator: str = ""
    denominator: str = ""
    published: str = Field("", pattern=r"^(?:\d+(?:\.\d+)?)?$")
    parts: tuple[str, ...] = ()
    total: str = ""
    received: str = ""
    settled: str = ""
    part: str = ""
    whole: str = ""
    days_part: int = 0
    days_whole: int = 0

    def names(self) -> tuple[str, ...]:
        """Return the figures the check takes."""
        given = (self.numerator, self.denominator, *self.parts, self.total, self.received, self.settled)
        return tuple(name for name in (*given, self.part, self.whole) if name)


class PublishedTable(Text):
    """A published table: `figures` as printed (name → count), `units` what some of them were rounded to."""

    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    note: str = ""
    figures: dict[str, int]
    units: dict[str, int] = Field(default_factory=dict)
    checks: tuple[PublishedRule, ...] = ()

    @model_validator(mode="after")
    def _figures_are_there(self) -> "PublishedTable":
        wanted = {name for check in self.checks for name in check.names()} | set(self.units)
        missing = sorted(wanted - set(self.figures))
        if missing:
            raise ValueError(f"{self.id}: no figure {', '.join(missing)}")
        return self

    def rules(self) -> list[dict[str, object]]:
        """Return the checks as measures.published_findings takes them."""
        return [check.model_dump() for check in self.checks]


class PublishedTables(Entry):
    """The tables of a file."""

    tables: tuple[PublishedTable, ...]


def load_published(name: str = "vietnam") -> tuple[PublishedTable, ...]:
    """Return the published tables of data/reference/published/<name>.yaml, in order.

    Raises ParameterError where an entry is not as documented in docs/methods/published.md, `WarehouseError` where there
    is no such file.

    >>> load_published()[0].id
    'vinh-phuc-2021-09'
    """
    return read_entry(reference_path(FOLDER, f"{name}.yaml"), PublishedTables, "docs/methods/published.md").tables
