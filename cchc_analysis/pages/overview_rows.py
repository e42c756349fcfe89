"""The rows of the scorecard as the overview page tells them: figures with names, owners, targets and reasons in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cchc_analysis import wording
from cchc_analysis.errors import PeriodError
from cchc_analysis.formats import is_missing
from cchc_analysis.frames import records
from cchc_analysis.periods import parse_period
from cchc_analysis.plan import Commitment, Plan
from cchc_analysis.reporters import reporting_units
from cchc_analysis.study import Study
from cchc_analysis.wording import in_sentence, pick

say = wording.scorecard

NAME_LETTERS = 90
"""Letters of a quote that stand for a commitment without a short name."""

GROUP_WORDS = {
    "wards": ("các phường, xã", "wards and communes"),
    "departments": ("các phòng, ban", "departments"),
    "all_units": ("các cơ quan, đơn vị", "all units"),
}

PAGE_OF_BASIS = {
    "dossiers": "20_digitisation",
    "register": "20_digitisation",
    "survey": "30_satisfaction",
    "index": "50_indices",
}
PAGE_OF_MEASURE = {
    "time_cut": "10_processing_time",
    "on_time_of_finished": "10_processing_time",
    "handled_in_time": "40_service_quality",
    "time_against_due": "40_service_quality",
    "ratings_satisfied": "40_service_quality",
}
"""Where a figure is explained: by its measure, else by what it rests on."""


@dataclass(frozen=True)
class Board:
    """The scorecard of a study against a plan, computed once for all blocks of a page."""

    study: Study
    plan: Plan

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows of `told_rows`."""
        return told_rows(self.study, self.plan)

    @cached_property
    def quarters(self) -> Mapping[str, pd.DataFrame]:
        """Commitment → its figures by quarter (see Study.scorecard_series), with `period_title`."""
        series = self.study.scorecard_series(self.plan)
        titles = [period_title(self.study, label) for label in series["period"]]
        groups = series.assign(period_title=titles).groupby("commitment")
        return {str(name): own.reset_index(drop=True) for name, own in groups}

    @cached_property
    def evidence_states(self) -> pd.DataFrame:
        """What has become of every report of evidence (see Study.evidence_state)."""
        return self.study.evidence_state(self.plan)

    @cached_property
    def sections(self) -> list[str]:
        """The sections of the plan that have rows, in its order."""
        return sorted(self.rows["section"].unique(), key=_place)

    def section_label(self, section: str) -> str:
        """Write a section as a label: its number, and its title where the plan's file gives one."""
        title = self.plan.sections.get(section)
        return section if title is None else f"{section} {title.text(self.study.language)}"

    def section_title(self, section: str) -> str:
        """Write a section of the plan with its title where the plan's file gives one."""
        lead = pick(self.study.language, f"Mục {section}", f"Section {section}")
        title = self.plan.sections.get(section)
        return lead if title is None else f"{lead}. {title.text(self.study.language)}"


def told_rows(study: Study, plan: Plan) -> pd.DataFrame:
    """Return the scorecard with what a reader needs beside it, one row per commitment that concerns the unit.

    Columns: those of Study.scorecard, then section, name, quote, owners, scale, direction, goal_text, why (the reason in
    words), detail (what is lacking, or where the number stands), base_title and page (the notebook that explains the
    figure, "" for none).
    """
    table = study.scorecard(plan)
    rows = []
    for row in records(table):
        commitment = plan.commitment(row["commitment"])
        if commitment is not None and concerns(study, commitment, row):
            rows.append({**row, **_words(study, commitment, row)})
    return pd.DataFrame(rows, columns=[*table.columns, *ADDED])


ADDED = ("section", "name", "quote", "owners", "scale", "direction", "goal_text", "why", "detail", "base_title", "page")


def concerns(study: Study, commitment: Commitment, row: dict[str, Any]) -> bool:
    """Tell whether a commitment belongs on the page: all of them for the whole; for a unit what it leads, reports on,
    or has figures of its own for."""
    if study.is_whole or study.unit in commitment.owners:
        return True
    if study.unit in _reporters(study, commitment):
        return True
    return row["basis"] in ("dossiers", "register", "survey") and say.has_figure(row)


def _reporters(study: Study, commitment: Commitment) -> tuple[str, ...]:
    if commitment.evidence is None:
        return ()
    return reporting_units(commitment.evidence.reporters, study.registry, study.period.end)


def _words(study: Study, commitment: Commitment, row: dict[str, Any]) -> dict[str, Any]:
    language = study.language
    return {
        "section": commitment.section,
        "name": short_name(commitment, study),
        "quote": commitment.quote,
        "owners": owner_names(study, commitment.owners),
        "scale": commitment.scale,
        "direction": commitment.direction,
        "goal_text": say.goal(commitment.operator, commitment.value, commitment.scale, language),
        "why": say.reason(row["reason"], language),
        "detail": _detail(commitment, row["reason"], study),
        "base_title": period_title(study, row["base"]),
        "page": page_of(commitment, row["basis"]),
    }


def _detail(commitment: Commitment, reason: str, study: Study) -> str:
    """Say what is lacking, or where the number of a commitment stands; empty where nothing is."""
    language = study.language
    if reason == "no_figure" and commitment.needs is not None:
        needs = commitment.needs.text(language)
        return pick(language, f"Cần: {needs}", f"Needed: {needs}")
    return commitment.source.text(language) if reason in ("number_elsewhere", "no_number", "words") else ""


def short_name(commitment: Commitment, study: Study) -> str:
    """Return the gloss of a commitment with a capital, its words cut at a space where it has none."""
    if commitment.gloss is not None:
        gloss = commitment.gloss.text(study.language)
        return gloss[:1].upper() + gloss[1:]
    quote = commitment.quote[:1].upper() + commitment.quote[1:]
    return quote if len(quote) <= NAME_LETTERS else quote[: NAME_LETTERS + 1].rsplit(" ", 1)[0].rstrip(",; ") + "…"


def owner_names(study: Study, owners: tuple[str, ...]) -> str:
    """Write the offices that answer for a commitment."""
    language = study.language
    return ", ".join(
        pick(language, *GROUP_WORDS[name]) if name in GROUP_WORDS else study.unit_name(name) for name in owners
    )


def period_title(study: Study, label: Any) -> str:
    """Write a period as it stands in a sentence; a name that is no period stays."""
    if is_missing(label) or not label:
        return ""
    try:
        return in_sentence(parse_period(str(label)).title(study.language), study.language)
    except PeriodError:
        return str(label)


def page_of(commitment: Commitment, basis: str) -> str:
    """Return the notebook of the page that explains a figure, "" where no other page does."""
    return PAGE_OF_MEASURE.get(commitment.measure or "", PAGE_OF_BASIS.get(basis, ""))


def _place(section: str) -> tuple[int, ...]:
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
    return tuple(roman.get(part, int(part) if part.isdigit() else 99) for part in section.split("."))
