"""The calendar of what a plan asks offices to hand in: `calendar(study, plan)` is one block of the overview page.

`calendar` holds all of it: what is on time, late, missing or due next in sentences, the calendar (duties × months), the
offices (offices × days) and the lists of what is late or missing. `evidence_missing(study, plan)` is a second block: who
has not reported evidence for which commitment. Both take any study with `duties` and `evidence_state`.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import display, wording
from cchc_analysis.errors import Language
from cchc_analysis.formats import day, is_missing
from cchc_analysis.frames import records
from cchc_analysis.plan import Plan
from cchc_analysis.reporters import report_period
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.duties

PRESSING = ("missing", "late")


def calendar(study: Study, plan: Plan) -> HTML:
    """Show every day on which a duty of the plan falls due, and what has become of each report by `as_of`."""
    language, states = study.language, study.duties(plan)
    title = display.section(pick(language, "Lịch nộp báo cáo", "Calendar of reports"))
    if states.empty:
        whole = pick(language, "Kế hoạch không ấn định nhiệm vụ báo cáo nào.", "The plan asks for no report.")
        own = pick(
            language,
            "Kế hoạch không yêu cầu đơn vị nộp báo cáo nào.",
            "The plan asks no report of the unit.",
        )
        return display.html(title + display.paragraphs([whole if study.is_whole else own]))
    parts = [
        display.paragraphs(say.summary(states, study.as_of, language)),
        _months(states, plan, language),
        _offices(study, states, plan) if study.is_whole else "",
        _pressing(study, states, plan),
        _undated(states, plan, language),
    ]
    return display.html(title + "".join(parts))


def evidence_missing(study: Study, plan: Plan) -> HTML:
    """Show which offices have not reported evidence although the day is over."""
    language, states = study.language, study.evidence_state(plan)
    title = display.section(pick(language, "Minh chứng chưa được báo cáo", "Evidence not reported"))
    if states.empty:
        nothing = pick(language, "Kế hoạch không yêu cầu minh chứng.", "The plan asks for no evidence.")
        return display.html(title + display.paragraphs([nothing]))
    if (states["state"] == "unknown").any():
        unknown = pick(
            language,
            "Chưa nạp biểu minh chứng nào (cchc intake TỆP --kind evidence) nên chưa biết đơn vị nào đã báo cáo.",
            "No evidence has been taken in (cchc intake FILES --kind evidence): nobody can say who reported.",
        )
        return display.html(title + display.paragraphs([unknown]))
    late = states[states["state"] == "missing"]
    if late.empty:
        nothing = pick(language, "Không thiếu báo cáo nào đã đến hạn.", "No report that is due is missing.")
        return display.html(title + display.paragraphs([nothing]))
    groups = late.groupby(["commitment", "period"], sort=False)["unit"].agg(list).reset_index()
    rows = groups.assign(
        when=[_period_title(label, language) for label in groups["period"]],
        n=groups["unit"].map(len),
        offices=["; ".join(study.unit_name(unit) for unit in units) for units in groups["unit"]],
    )
    columns = [
        TableColumn("commitment", pick(language, "Cam kết", "Commitment")),
        TableColumn("when", pick(language, "Kỳ", "Period")),
        TableColumn("n", pick(language, "Số đơn vị", "Offices"), "count"),
        TableColumn("offices", pick(language, "Đơn vị chưa báo cáo", "Offices that have not reported")),
    ]
    caption = pick(language, "Đơn vị chưa báo cáo minh chứng đã đến hạn", "Offices whose evidence is due and missing")
    note = pick(language, "Thiếu báo cáo không được tính là “không”.", "A missing report is not counted as “no”.")
    return display.html(title + html_table(rows, columns, caption, language, note=note))


def _months(states: pd.DataFrame, plan: Plan, language: Language) -> str:
    """Write the calendar: one line per duty, one column per month in which something falls due."""
    dated = states[states["last_day"].notna()]
    if dated.empty:
        return ""
    dated = dated.assign(month=[value.year * 12 + value.month - 1 for value in dated["last_day"]])
    months = sorted({int(month) for month in dated["month"]})
    rows = []
    for duty in plan.duties:
        own = dated[dated["duty"] == duty.id]
        if own.empty:
            continue
        cells = {f"m{at}": _month_cell(own[own["month"] == month], language) for at, month in enumerate(months)}
        rows.append({"label": f"{duty.id}. {duty.title.text(language)}", **cells})
    columns = [TableColumn("label", pick(language, "Nhiệm vụ báo cáo", "Report"))]
    columns += [
        TableColumn(
            f"m{at}", pick(language, f"Tháng {month % 12 + 1}/{month // 12}", f"{month % 12 + 1}/{month // 12}")
        )
        for at, month in enumerate(months)
    ]
    caption = pick(language, "Ngày cuối cùng đúng hạn và số đơn vị", "Last day on time, and how many offices")
    return html_table(pd.DataFrame(rows), columns, caption, language, note=say.rule(language))


def _month_cell(rows: pd.DataFrame, language: Language) -> str:
    """Write the days of one month: each with its period and how many offices stand where."""
    parts = []
    for last, label in sorted(set(zip(rows["last_day"], rows["period"], strict=True))):
        own = rows[(rows["last_day"] == last) & (rows["period"] == label)]
        when = f"{day(last, language)} ({_period_title(label, language)})"
        parts.append(f"{when}: {say.counts_text(own['state'].tolist(), language)}")
    return " | ".join(parts)


def _offices(study: Study, states: pd.DataFrame, plan: Plan) -> str:
    """Write the state of every office on every day: one line per office, one column per report with a day."""
    language = study.language
    dated = states[states["last_day"].notna()]
    keys = list(dict.fromkeys(zip(dated["duty"], dated["period"], dated["last_day"], strict=True)))
    keys.sort(key=lambda key: key[2])
    told = {
        (row["unit"], row["duty"], row["period"], row["last_day"]): say.state_text(row["state"], row["days"], language)
        for row in records(dated)
    }
    units = sorted(set(dated["unit"]), key=_place_of(study))
    rows = [
        {
            "label": study.unit_name(unit),
            **{f"c{at}": told.get((unit, *key), "–") for at, key in enumerate(keys)},
        }
        for unit in units
    ]
    columns = [TableColumn("label", pick(language, "Đơn vị", "Unit"))]
    columns += [
        TableColumn(f"c{at}", f"{duty} {_period_title(label, language)}, {day(last, language)}")
        for at, (duty, label, last) in enumerate(keys)
    ]
    caption = pick(language, "Tình trạng nộp báo cáo của từng đơn vị", "What each office has handed in")
    note = pick(language, "– : kế hoạch không yêu cầu đơn vị nộp.", "– : not asked of the office.")
    return html_table(pd.DataFrame(rows), columns, caption, language, note=note) if rows else ""


def _place_of(study: Study) -> Callable[[str], tuple[int, str]]:
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    return lambda unit: (order.get(unit, len(order)), unit)


def _pressing(study: Study, states: pd.DataFrame, plan: Plan) -> str:
    """Write what is missing or late, the longest first."""
    language = study.language
    titles = {duty.id: duty.title.text(language) for duty in plan.duties}
    found = states[states["state"].isin(PRESSING)]
    caption = pick(language, "Báo cáo chưa nộp hoặc nộp muộn", "Reports missing or late")
    if found.empty:
        known = not (states["state"] == "unknown").any()
        none = pick(language, "Không có báo cáo nào chưa nộp hoặc nộp muộn.", "No report is missing or late.")
        return display.paragraphs([none]) if known else ""
    order = found.assign(
        place=found["state"].map({state: at for at, state in enumerate(PRESSING)}),
        label=found["unit"].map(study.unit_name),
        what=[f"{duty}. {titles[duty]}" for duty in found["duty"]],
        when=[_period_title(label, language) for label in found["period"]],
        told=[say.state_text(str(s), d, language) for s, d in zip(found["state"], found["days"], strict=True)],
        sent=[_sent(value, language) for value in found["submitted_at"]],
    ).sort_values(["place", "days"], ascending=[True, False], kind="stable")
    columns = [
        TableColumn("label", pick(language, "Đơn vị", "Unit")),
        TableColumn("what", pick(language, "Báo cáo", "Report")),
        TableColumn("when", pick(language, "Kỳ", "Period")),
        TableColumn("last_day", pick(language, "Ngày cuối đúng hạn", "Last day on time"), "date"),
        TableColumn("sent", pick(language, "Ngày nộp", "Handed in")),
        TableColumn("told", pick(language, "Tình trạng", "State")),
    ]
    return html_table(order.reset_index(drop=True), columns, caption, language)


def _sent(value: Any, language: Language) -> str:
    return pick(language, "chưa nộp", "not yet") if is_missing(value) else day(value, language)


def _undated(states: pd.DataFrame, plan: Plan, language: Language) -> str:
    """Name the duties for which the plan sets no day, with how many reports have come."""
    found = states[states["last_day"].isna()]
    if found.empty:
        return ""
    told = found.groupby("duty", sort=False)["submitted_at"].agg(["size", "count"])
    titles = {duty.id: duty.title.text(language) for duty in plan.duties}
    lines = [
        pick(
            language,
            f"{duty}. {titles[str(duty)]}: kế hoạch không ấn định ngày; đã có {row['count']}/{row['size']} lượt nộp.",
            f"{duty}. {titles[str(duty)]}: no day set by the plan; {row['count']} of {row['size']} handed in.",
        )
        for duty, row in told.iterrows()
    ]
    return display.paragraphs(lines)


def _period_title(label: str, language: Language) -> str:
    period = report_period(label)
    return label if period is None else period.title(language)
