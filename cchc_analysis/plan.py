"""The plan a page is held against: what was promised in its own words, with numbers, owners, dates and sources."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import ParameterError
from cchc_analysis.reference_data import reference_path

Operator = Literal["=", ">=", ">", "bin", "trend", "param"]
"""Equal, at least, above; yes or no per unit; a direction only; a number that stands in another document."""

COMPARABLE = ("=", ">=", ">")
Tier = Literal["province", "city", "department", "ward", "commune"]


class Commitment(Entry):
    """One commitment of a plan: its words, who answers for it, the number, and the measure that tells.

    `value` is a share in [0, 1], None where another document has it or the plan gives none; `source` says where the
    number stands or is to be found; `measure` is None where the data cannot tell; `needs` names the register that can,
    `register_kind` its kind (see schema.REGISTERS) where the measure is computed from it.
    """

    id: str = Field(pattern=r"^C\d{2}$")
    quote: str = Field(min_length=1)
    section: str
    owners: tuple[str, ...] = Field(min_length=1)
    operator: Operator
    value: Decimal | None = Field(ge=0, le=1)
    measure: str | None
    source: Text
    needs: Text | None = None
    register_kind: str | None = None

    @property
    def goal(self) -> Fraction | None:
        """The share to reach, exact; None where there is none to compare with."""
        return Fraction(self.value) if self.value is not None and self.operator in COMPARABLE else None

    @model_validator(mode="after")
    def _says_how_it_is_told(self) -> "Commitment":
        if self.measure is None and self.needs is None:
            raise ValueError("measure is null, so needs must name the register that tells")
        return self


class Start(Entry):
    """The day from which units of some tiers had to digitise."""

    tiers: tuple[Tier, ...] = Field(min_length=1)
    starts_on: date
    source: str = Field(min_length=1)


class YearTarget(Entry):
    """The share a measure should reach in a year; `value` None where the document with the number is not at hand."""

    measure: str
    year: int
    operator: Literal["=", ">=", ">"]
    value: Decimal | None = Field(ge=0, le=1)
    source: Text

    @property
    def goal(self) -> Fraction | None:
        """The share to reach, exact."""
        return None if self.value is None else Fraction(self.value)


class Digitisation(Entry):
    """Dated duties to digitise."""

    starts: tuple[Start, ...] = ()
    targets: tuple[YearTarget, ...] = ()


class Plan(Entry):
    """A plan: title, year, commitments and dated targets of digitisation.

    >>> load_plan("vung-tau-2023").commitment("C09").goal
    Fraction(1, 2)
    """

    title: Text
    year: int
    commitments: tuple[Commitment, ...]
    digitisation: Digitisation = Digitisation()

    @model_validator(mode="after")
    def _names_each_once(self) -> "Plan":
        ids = [commitment.id for commitment in self.commitments]
        tiers: list[str] = [tier for start in self.digitisation.starts for tier in start.tiers]
        for names in (ids, tiers):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{', '.join(twice)} is given twice")
        return self

    @property
    def starts(self) -> dict[str, date]:
        """Tier → the day from which its units had to digitise.

        >>> load_plan("vung-tau-2023").starts["ward"]
        datetime.date(2023, 6, 1)
        """
        return {tier: start.starts_on for start in self.digitisation.starts for tier in start.tiers}

    def commitment(self, commitment_id: str) -> Commitment | None:
        """Return the commitment of that id, None where the plan has none."""
        return next((entry for entry in self.commitments if entry.id == commitment_id), None)

    def for_measure(self, measure: str) -> Commitment | None:
        """Return the first commitment that a measure tells, None where there is none.

        >>> load_plan("vung-tau-2023").for_measure("received_online").id
        'C10'
        """
        return next((entry for entry in self.commitments if entry.measure == measure), None)

    def target(self, measure: str, year: int) -> YearTarget | None:
        """Return the first target of a measure in a year that has a number, None where no number is known.

        >>> load_plan("vung-tau-2023").target("result_digitised", 2023).goal
        Fraction(1, 1)
        """
        return next(
            (
                entry
                for entry in self.digitisation.targets
                if entry.measure == measure and entry.year == year and entry.value is not None
            ),
            None,
        )


def plan_names() -> list[str]:
    """Return the names of the plans in data/reference/plans.

    >>> "vung-tau-2023" in plan_names()
    True
    """
    return sorted(path.stem for path in reference_path("plans").glob("*.yaml"))


def load_plan(name: str) -> Plan:
    """Return the plan of that name in data/reference/plans.

    Raises ParameterError naming the known plans, or file, key and reason where the file is wrong.

    >>> [entry.id for entry in load_plan("vung-tau-2023").commitments][:2]
    ['C04', 'C09']
    """
    if name not in plan_names():
        known = ", ".join(plan_names())
        raise ParameterError(
            f"There is no plan {name!r}; known: {known}. Add a file to data/reference/plans.",
            f"Không có kế hoạch {name!r}; các kế hoạch có sẵn: {known}. Hãy thêm tệp vào data/reference/plans.",
        )
    return read_plan(reference_path("plans", f"{name}.yaml"))


def read_plan(path: Path) -> Plan:
    """Return the plan of a YAML file. Raises ParameterError with file, key and reason."""
    return read_entry(path, Plan, "docs/methods/digitisation.md")
