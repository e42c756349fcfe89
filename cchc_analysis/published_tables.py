"""Published tables of data/reference/published: figures as printed, their sources, and what can be checked of them."""

from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cchc_analysis.errors import Language, ParameterError
from cchc_analysis.reference_data import reference_path

FOLDER = "published"


class _Entry(BaseModel):
    """A frozen entry that knows no other keys than its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedRule(_Entry):
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


class PublishedTable(_Entry):
    """A published table: `figures` as printed (name → count), `units` what some of them were rounded to."""

    id: str = Field(min_length=1)
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    note: str = ""
    figures: dict[str, int]
    units: dict[str, int] = {}
    checks: tuple[PublishedRule, ...] = ()

    @model_validator(mode="after")
    def _figures_are_there(self) -> "PublishedTable":
        wanted = {name for check in self.checks for name in check.names()} | set(self.units)
        missing = sorted(wanted - set(self.figures))
        if missing:
            raise ValueError(f"{self.id}: no figure {', '.join(missing)}")
        return self

    def title(self, language: Language) -> str:
        """Return the title in the language."""
        return self.vi if language == "vi" else self.en

    def rules(self) -> list[dict[str, object]]:
        """Return the checks as measures.published_findings takes them."""
        return [check.model_dump() for check in self.checks]


def load_published(name: str = "vietnam") -> tuple[PublishedTable, ...]:
    """Return the published tables of data/reference/published/<name>.yaml, in order.

    Raises ParameterError where an entry is not as documented in docs/methods/published.md, `WarehouseError` where there
    is no such file.

    >>> load_published()[0].id
    'vinh-phuc-2021-09'
    """
    text = reference_path(FOLDER, f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return tuple(PublishedTable.model_validate(entry) for entry in yaml.safe_load(text)["tables"])
    except (ValidationError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ParameterError(
            f"published/{name}.yaml is not as documented in docs/methods/published.md: {error}",
            f"Tệp published/{name}.yaml không đúng cấu trúc nêu trong docs/methods/published.md: {error}",
        ) from error
