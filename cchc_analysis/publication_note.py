"""The covering note of a site, and what lacks in it, put together from a study."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.plan import Plan
from cchc_analysis.schema import REGISTERS
from cchc_analysis.study import ALL_UNITS, Study
from cchc_analysis.wording import cover_note, in_sentence, pick

NOTE_FILE = "tom-tat.txt"
"""Name of the covering note in a site, in either language, so that a scheduler finds it."""

ALLOWED_REJECTS = 0.01
"""Share of rejected rows above which a site is published with a warning, as `cchc intake` allows by default."""


def note(study: Study, plan: Plan, units: Sequence[str], n_pages: int, due_before: date | None) -> str:
    """Return the covering note of a site: about its one unit, or about the whole."""
    unit = units[0] if len(units) == 1 else ALL_UNITS
    figures = study.headline_figures()
    attached = cover_note.Attached(
        name=study.unit_name(unit),
        title=study.period.title(study.language),
        dates=study.period.dates_text(study.language),
        ends_on=study.period.end,
        known_until=study.as_of.date(),
        n_pages=n_pages,
        n_units=len([name for name in units if name != ALL_UNITS]) or 1,
        synthetic=study.warehouse.synthetic,
        due_before=due_before,
    )
    told = figures[figures["unit"] == unit]
    return cover_note.cover_note(attached, told, lacking(study, plan, unit), study.language)


def lacking(study: Study, plan: Plan, unit: str = ALL_UNITS) -> list[str]:
    """Return the sentences on what is late or missing: data, rows, registers, reports of offices."""
    language, total = study.language, study.warehouse.intake["total"]
    missing = [kind for kind in REGISTERS if not study.has_register(kind.name)]
    sentences = [
        *warnings(study),
        "" if _many_rejected(study) else cover_note.rejected(total["rejected"], total["read"], language),
        cover_note.duties_late(_late(study, plan, unit), language),
        cover_note.not_taken_in([pick(language, kind.vi, kind.en) for kind in missing], language),
    ]
    return [sentence for sentence in sentences if sentence]


def warnings(study: Study) -> list[str]:
    """Return what a person should look at before a site is passed on: gaps in the exports, many rejected rows."""
    language, total = study.language, study.warehouse.intake["total"]
    found = []
    if study.warehouse.has_rows and study.coverage(study.period).state != "whole":
        title = in_sentence(study.period.title(language), language)
        found.append(
            pick(
                language,
                f"Tệp kết xuất chỉ có một phần của {title}: số liệu có thể còn thiếu.",
                f"The exports cover only a part of {title}: figures may be too low.",
            )
        )
    if _many_rejected(study):
        found.append(cover_note.rejected(total["rejected"], total["read"], language))
    return found


def _many_rejected(study: Study) -> bool:
    total = study.warehouse.intake["total"]
    return int(total["rejected"]) > ALLOWED_REJECTS * int(total["read"])


def _late(study: Study, plan: Plan, unit: str) -> list[tuple[str, str]]:
    """Return duty and office of what was due by `as_of` and has not come; nothing is known without the register."""
    if not study.has_register("submissions"):
        return []
    table: pd.DataFrame = study.duties(plan)
    late = table[table["state"] == "missing"]
    late = late if unit == ALL_UNITS else late[late["unit"] == unit]
    titles = {duty.id: duty.title.text(study.language) for duty in plan.duties}
    return [(f"{titles[row['duty']]} {row['period']}", study.unit_name(row["unit"])) for row in records(late)]
