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

Operator = Literal["=", ">=", ">", "<=", "bin", "trend", "param", "count", "none"]
"""How a figure is held against a promise.

Equal, at least, above, at most; done or not (by each office that reports); a direction only; a number that stands in
another document; a count without a number to reach; words that cannot be measured.
"""

COMPARABLE = ("=", ">=", ">", "<=")
Tier = Literal["province", "city", "department", "ward", "commune"]
EvidenceKind = Literal["share", "yes_no", "count"]
"""What an office fills in: how many of how many, whether it was done (and when), or how many."""

GROUPS = ("wards", "departments", "all_units")
"""Words that stand for many offices: every ward and commune, every department, both."""

Frequency = Literal["quarter", "half", "year"]
OverTheYear = Literal["sum", "latest"]
"""How the reports of a year become one figure.

"sum": what happened in each period is added up, and a yes is asked for in each; "latest": the last report of an office
says how things stand.
"""


class Evidence(Entry):
    """What offices report by hand for a commitment that no dossier can tell.

    `reporters`: unit ids, or words of GROUPS; each of them fills in a row per period. `numerator` and `denominator` say
    in words what is counted where `kind` is "share". `over_the_year`: how the periods become the figure of the year.
    """

    kind: EvidenceKind
    reporters: tuple[str, ...] = Field(min_length=1)
    question: Text
    numerator: Text | None = None
    denominator: Text | None = None
    frequency: Frequency = "quarter"
    over_the_year: OverTheYear = "sum"

    @model_validator(mode="after")
    def _names_both_counts(self) -> "Evidence":
        if self.kind == "share" and (self.numerator is None or self.denominator is None):
            raise ValueError("a share needs numerator and denominator in words")
        return self


class Commitment(Entry):
    """One commitment of a plan: its words, who answers for it, the number, and what tells how far it is kept.

    `value` is a share in [0, 1] (a rank or a count where `scale` says so), None where another document has it or the
    plan gives none; `implied` where the number is read out of words such as "all". `source` says where the number
    stands or is to be found; `measure` names the figure that dossiers, registers or surveys give, `evidence` what
    offices report by hand; `needs` names the register that would tell, `register_kind` its kind (see schema.REGISTERS)
    where the measure is computed from it. `direction` is what a trend should do.
    """

    id: str = Field(pattern=r"^[A-Z]\d{2,3}$")
    quote: str = Field(min_length=1)
    gloss: Text | None = None
    section: str
    owners: tuple[str, ...] = Field(min_length=1)
    owner_basis: Literal["assigned", "inferred"] = "inferred"
    operator: Operator
    value: Decimal | None = Field(ge=0)
    scale: Literal["share", "rank", "count"] = "share"
    implied: bool = False
    direction: Literal["up", "down"] = "up"
    measure: str | None
    evidence: Evidence | None = None
    source: Text
    needs: Text | None = None
    register_kind: str | None = None
    note: Text | None = None

    @property
    def goal(self) -> Fraction | None:
        """The share to reach, exact; None where there is none to compare with."""
        if self.value is None or self.operator not in COMPARABLE or self.scale != "share":
            return None
        return Fraction(self.value)

    @model_validator(mode="after")
    def _says_how_it_is_told(self) -> "Commitment":
        if self.measure is None and self.evidence is None and self.needs is None:
            raise ValueError("measure and evidence are null, so needs must say what would tell")
        if self.scale == "share" and self.value is not None and self.value > 1:
            raise ValueError("value is a share in [0, 1]; write 0.85 for 85%")
        return self


class DutyDate(Entry):
    """One time a duty falls due: for which period, and before which day (None where the plan sets no day)."""

    period: str = Field(min_length=1)
    before: date | None


class Duty(Entry):
    """A recurring or single duty of a plan: who hands in what, to whom, and before which days.

    `reporters`: unit ids, or words of GROUPS. `dates` are the times it falls due, in order.
    """

    id: str = Field(pattern=r"^D\d{2}$")
    title: Text
    quote: str = ""
    reporters: tuple[str, ...] = Field(min_length=1)
    receiver: str
    section: str
    dates: tuple[DutyDate, ...] = Field(min_length=1)
    source: Text
    note: Text | None = None


class Oddity(Entry):
    """Something in the text of a plan that is wrong, missing or unclear: shown, not mended."""

    quote: str = Field(min_length=1)
    section: str
    remark: Text


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
    """A plan: title, year, commitments, duties, oddities of its text, and dated targets of digitisation.

    `name`: that of its file without .yaml, by which reports of offices name the plan; "" for a plan made in memory.
    `sections`: section → its title, where the file gives one.
    `places`: names of the place whose published indices the plan is about.

    >>> load_plan("vung-tau-2023").commitment("C09").goal
    Fraction(1, 2)
    """

    name: str = ""
    title: Text
    year: int
    sections: dict[str, Text] = Field(default_factory=dict)
    places: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...]
    duties: tuple[Duty, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    digitisation: Digitisation = Digitisation()

    @model_validator(mode="after")
    def _names_each_once(self) -> "Plan":
        ids = [*(entry.id for entry in self.commitments), *(entry.id for entry in self.duties)]
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
    ['C01', 'C02']
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
    plan = read_entry(path, Plan, "docs/methods/plan.md")
    return plan if plan.name else plan.model_copy(update={"name": path.stem})
