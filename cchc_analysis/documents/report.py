"""The periodic report on administrative reform as a .docx file, for all units together or for one of them."""

from collections.abc import Iterable, Iterator

from cchc_analysis.documents.annexes import annexes
from cchc_analysis.documents.assessment import assessment, outlook
from cchc_analysis.documents.facts import Facts, facts_of
from cchc_analysis.documents.general import general
from cchc_analysis.documents.letterhead import Letterhead, letterhead_of
from cchc_analysis.documents.outline import Outline, load_outline
from cchc_analysis.documents.paper import Report, draw
from cchc_analysis.documents.results import results
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.wording import document as say


def report_documents(
    study: Study, plan: Plan, units: Iterable[str], addressee: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Yield unit and report of each of the units, from the warehouse, period and language of a study.

    `addressee`: whom all of them are sent to; "" takes the committee above each unit. Each report is made when it is
    asked for, so that one unit's tables are in memory at a time.
    """
    outline = load_outline(plan.name)
    for unit in units:
        own = study if unit == study.unit else study.of_unit(unit)
        yield unit, report_document(own, plan, outline, letterhead_of(own, plan, addressee))


def report_document(
    study: Study, plan: Plan, outline: Outline | None = None, letterhead: Letterhead | None = None
) -> bytes:
    """Return the periodic report of a study's unit as the bytes of a .docx file.

    Every figure and sentence is that of the pages. `outline`: in which field each commitment is told, by default that
    of the plan's name (see load_outline), else the section of the plan says it. `letterhead`: who writes to whom, by
    default as units.csv tells it. Number, day, signer, causes and tasks ahead are left to fill in, marked. The same
    study and plan give the same bytes. Layout: Decree 30/2020, Annex I (docs/methods/document.md).
    """
    return draw(report_of(facts_of(study, plan, outline or load_outline(plan.name)), letterhead))


def report_of(facts: Facts, letterhead: Letterhead | None = None) -> Report:
    """Return the report in words, before it is drawn."""
    study, language = facts.study, facts.language
    head = letterhead or letterhead_of(study, facts.plan)
    issuer = say.issuer_in_text(head.issuer, study.unit_name(), head.is_committee, language)
    return Report(
        letterhead=head,
        subject=say.subject(facts.period, language),
        opening=say.opening(facts.plan.title.text(language), issuer, facts.period, language),
        blocks=(*general(facts), *results(facts), *assessment(facts), *outlook(facts)),
        closing=say.closing(issuer, facts.period, language),
        annexes=annexes(facts),
        written_at=study.as_of,
        language=language,
    )
