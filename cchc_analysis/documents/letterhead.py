"""Who writes a report and to whom: the head and the foot of an administrative document, blank where it is not known."""

from dataclasses import dataclass
from datetime import date

from cchc_analysis.plan import Plan
from cchc_analysis.reporters import period_label, reporting_units
from cchc_analysis.study import Study
from cchc_analysis.wording import document as say

COMMITTEES = ("province", "city", "ward", "commune")
"""Tiers that a People's Committee governs and signs for."""


@dataclass(frozen=True)
class Letterhead:
    """The parts of a document that figures cannot tell.

    `superior` is "" where the issuer stands alone, as People's Committees do; `place` and `number` are "" where they
    are to be filled in; `signed_on` None leaves the day open. `receivers`: who the report is addressed to, by
    committee where there is one.
    """

    issuer: tuple[str, ...]
    superior: str = ""
    code: str = ""
    number: str = ""
    place: str = ""
    signed_on: date | None = None
    addressee: str = ""
    is_committee: bool = False


def letterhead_of(
    study: Study, plan: Plan | None = None, addressee: str = "", signed_on: date | None = None
) -> Letterhead:
    """Return the head of a report of the study's unit, as far as units.csv and the plan tell it.

    A city, ward or commune writes as its People's Committee; a department below the committee of its city; for any
    other unit the name alone is known. Without `addressee` a report goes to the committee above, through the office
    that the plan names for reports of the period.
    """
    language, registry = study.language, study.registry
    unit = registry.resolve(study.unit_name(), study.as_of.date()) if study.is_whole else study.unit
    tier = "" if unit is None else registry.tier(unit) or ""
    if unit is None or not tier:
        name = "" if study.is_whole else study.unit_name()
        return Letterhead(say.plain_issuer(name, language), addressee=addressee, signed_on=signed_on)
    name, parent = registry.name(unit, language), registry.parent(unit)
    above = registry.name(parent, language) if parent else ""
    to = addressee or _committee_above(study, plan, above)
    if tier in COMMITTEES:
        return Letterhead(
            say.committee(name, language),
            code=say.CODE,
            place=say.place(name, tier, language),
            signed_on=signed_on,
            addressee=to,
            is_committee=True,
        )
    return Letterhead(
        say.plain_issuer(name, language),
        superior=" ".join(say.committee(above, language)) if above else "",
        place=say.place(above, "city", language) if above else "",
        signed_on=signed_on,
        addressee=to,
    )


def _committee_above(study: Study, plan: Plan | None, above: str) -> str:
    if not above:
        return ""
    office = "" if plan is None else _collecting_office(study, plan)
    through = study.registry.name(office, study.language) if office and office != study.unit else ""
    return say.addressee(above, through, study.language)


def _collecting_office(study: Study, plan: Plan) -> str:
    """Return the office to which the plan has the unit's report of the period sent, "" where it names none."""
    registry, period = study.registry, study.period
    for duty in plan.duties:
        asked = any(period_label(dated.period) == period.label for dated in duty.dates)
        if asked and study.unit in reporting_units(duty.reporters, registry, period.end):
            return duty.receiver
    return ""
