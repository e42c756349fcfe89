"""The first screen of the processing-time page: the result, the target, what changed, and where to look."""

import pandas as pd

from cchc_analysis import measures, wording
from cchc_analysis.counting import STRICT
from cchc_analysis.frames import first_row
from cchc_analysis.pages.comparison_of_units import compared_units
from cchc_analysis.pages.control_charts import charts_of, stability
from cchc_analysis.pages.labels import group_names, procedure_name
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.wording import in_sentence, pick

CUT_COMMITMENT = "time_cut"
"""The measure under which a plan promises shorter times."""


def result(study: Study, has_due: bool, knows_overdue: bool) -> list[str]:
    """Say what there was to handle, how much of it in time, and how long it took."""
    language, say = study.language, wording.processing_time
    base = in_sentence(study.base.title(language), language)
    official = measures.single_row(study.on_time())
    strict = measures.single_row(study.on_time(rule=STRICT))
    sentences = [say.workload(first_row(study.form_06a()), knows_overdue, language)]
    if has_due or not official["denominator"]:
        sentences.append(say.punctuality(official, strict, first_row(study.on_time_change()), base, language))
    else:
        sentences.append(say.no_due_dates(language))
    used, km = study.time_used(), study.time_to_closing()
    if len(used):
        median = measures.single_row(used, measure="working_days_median")
        p90 = measures.single_row(used, measure="working_days_p90")
        sentences.append(say.duration(median, p90, first_row(km) if len(km) else None, language))
    return sentences


def against_plan(study: Study, plan: Plan) -> list[str]:
    """Say what the cut is, and what the plan asks for where it gives a number."""
    language = study.language
    promised = plan.for_measure(CUT_COMMITMENT)
    told = [wording.processing_time.time_cut(study.time_cut(), language)]
    if promised is not None and promised.goal is None:
        told.append(
            pick(
                language,
                f"Kế hoạch ({promised.id}) không ghi mức cắt giảm mà dẫn chiếu {promised.source.text(language)}; cũng không nêu chỉ tiêu đúng hạn. "
                "Vì vậy trang này không kết luận đạt hay không đạt kế hoạch.",
                f"The plan ({promised.id}) gives no number for the cut but refers to {promised.source.text(language)}; nor does it set an on-time "
                "target. So this page does not say whether the plan is met.",
            )
        )
    return told


def changed(study: Study, baseline: str, has_due: bool) -> list[str]:
    """Say how the mean time moved and whether the months show more than chance."""
    language = study.language
    base = in_sentence(study.base.title(language), language)
    covered = wording.coverage.base_covered(study.coverage(study.base), base, language)
    told = wording.processing_time.change_in_time(study.time_change(), base, language)
    # The sentence before is about the time used: its signals come first.
    shown = dict(reversed(charts_of(study, baseline, has_due).items()))
    finding, signals = stability(shown, language)
    return [covered, told, finding + ".", *signals[:1]]


def to_look_at(study: Study, has_due: bool) -> list[str]:
    """Say where lateness lies, what falls due, and which units deserve a question."""
    language, say = study.language, wording.attention
    if not has_due:
        return []
    dimension = "field" if study.is_whole else "procedure"
    late = measures.late_groups(study.outcomes(dimension), (dimension,))
    overdue = study.overdue_pareto()
    told = [
        say.lateness(late, group_names(study, late, (dimension,)), language),
        say.open_ones(overdue, _place(study, overdue), first_row(study.due_soon()), language),
    ]
    if study.is_whole:
        tests = study.deadline_test("unit")
        names = {unit: study.unit_name(unit) for unit in tests["unit"]}
        crowded = [names[unit] for unit in tests.loc[tests["crowded"].astype(bool), "unit"]]
        told += [say.units_that_differ(compared_units(study), language), say.crowded_units(crowded, language)]
    return told


def _place(study: Study, overdue: pd.DataFrame) -> str:
    if not len(overdue):
        return ""
    row = first_row(overdue)
    label = procedure_name(study, row["procedure"])
    return f"“{label}”, {study.unit_name(row['unit'])}" if study.is_whole else f"“{label}”"
