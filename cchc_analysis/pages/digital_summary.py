"""The first screen of the digitisation page: against the plan, what changed, the year to come, and where to look."""

from typing import Any

from IPython.display import HTML

from cchc_analysis import display, measures, wording
from cchc_analysis.frames import first_row
from cchc_analysis.pages.labels import group_names
from cchc_analysis.pages.plan_figures import from_start, promised, target
from cchc_analysis.plan import Plan
from cchc_analysis.plan_measures import share_row
from cchc_analysis.study import Study
from cchc_analysis.wording import in_sentence, pick

say = wording.digitisation

JUDGED = ("resolved_online", "received_online", "procedures_integrated", "dossiers_controlled", "hotline_on_time")
"""Measures that the plan gives a number for, in its order; those without data are told in the table of commitments."""

MOVED = ("received_online", "resolved_online", "result_digitised")


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def summary(study: Study, plan: Plan) -> HTML:
    """Show what a reader in a hurry takes away: each target, what changed, where the year ends, where to look."""
    parts = {
        "target": _against_targets(study, plan),
        "change": _changed(study, plan),
        "outlook": _outlook(study, plan),
        "look": _to_look_at(study, plan),
    }
    lead = wording.attention.lead
    return display.html(display.answers([(lead(name, study.language), told) for name, told in parts.items()]))


def _against_targets(study: Study, plan: Plan) -> list[str]:
    language = study.language
    results = from_start(study, plan, "result_digitised")
    since = pick(language, "tính từ ngày bắt đầu số hóa của từng cấp", "from the start of each tier")
    goal = target(study, plan, "result_digitised")
    lines = [
        _joined(
            say.told(results, f"Kết quả được số hóa, {since}", f"Results digitised, {since}", language),
            say.against(results, goal, language) if goal else "",
            say.left_out(results, language),
        )
    ]
    for name in JUDGED:
        row = share_row(study, plan, name)
        if row is not None:
            lines.append(_told(study, plan, name, row))
    return lines


def _told(study: Study, plan: Plan, name: str, row: dict[str, Any]) -> str:
    language = study.language
    goal = target(study, plan, name) if name in measures.ONLINE_MEASURES else promised(plan.for_measure(name))
    over, under = say.fraction(name, language)
    head = f"{say.name(name, language)} ({over} / {under})"
    return _joined(
        say.told(row, head, head, language),
        say.against(row, goal, language) if goal else "",
        say.left_out(row, language) if "n_not_stated" in row else "",
    )


def _changed(study: Study, plan: Plan) -> list[str]:
    language = study.language
    base = in_sentence(study.base.title(language), language)
    told = [wording.coverage.base_covered(study.coverage(study.base), base, language)]
    for name in MOVED:
        starts = plan.starts if name in measures.DIGITISATION_MEASURES else None
        told.append(say.moved(first_row(study.share_change(name, starts)), name, base, language))
    return told


def _outlook(study: Study, plan: Plan) -> list[str]:
    language = study.language
    told = []
    for name in ("received_online", "result_digitised"):
        starts = plan.starts if name in measures.DIGITISATION_MEASURES else None
        goal = target(study, plan, name)
        end = study.year_end(name, starts, goal)
        told.append(f"{say.name(name, language)}. {say.outlook(end, goal, name, language)}")
    return told


def _to_look_at(study: Study, plan: Plan) -> list[str]:
    language = study.language
    told = []
    by = "unit" if study.is_whole else "field"
    goal = target(study, plan, "received_online")
    if goal is not None:
        rows = study.online_share(by)
        rows = rows[rows["measure"] == "received_online"].reset_index(drop=True)
        short = measures.shortfalls(rows, goal)
        n_counted = int((rows["denominator"] > 0).sum())
        told.append(say.falling_short(short, group_names(study, short, (by,)), n_counted, goal, by, language))
    counter = study.counter_at_full_service()
    told.append(say.still_at_counter(counter, group_names(study, counter.head(1), ("procedure",)), language))
    hours = study.sending_hours()
    online, at_counter = (
        measures.single_row(hours, measure=f"{channel}_in_office_hours") for channel in ("online", "counter")
    )
    told.append(say.typed_in_mark(online, at_counter, language))
    return told
