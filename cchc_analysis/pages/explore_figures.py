"""A figure of the exploring notebook: a choice in; finding, picture, table and how it was computed out."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from cchc_analysis import charts, display, wording
from cchc_analysis.counting import OnTimeRule, rule_named
from cchc_analysis.errors import CchcError, Language, ParameterError
from cchc_analysis.formats import day, is_missing
from cchc_analysis.frames import records
from cchc_analysis.pages.labels import labelled
from cchc_analysis.periods import month_label
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick

say = wording.explore

ENOUGH = 30
"""Least denominator of a group that may be called the lowest or the highest."""

MOST_DRAWN = 25
"""Groups of a picture; more would be too small to read."""

GROUPS = ("", "unit", "field", "procedure", "channel", "month")
DENOMINATORS = ("finished", "due", "to_handle")
RULES = tuple((rule, denominator) for rule in ("official_form", "strict") for denominator in DENOMINATORS)
"""The on-time rules that can be chosen, each with its denominator."""


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen to see of a study, beside its period, unit and language."""

    measure: str = "on_time"
    by: str = "unit"
    rule: str = "official_form"
    denominator: str = "finished"

    @property
    def on_time_rule(self) -> OnTimeRule:
        """The rule under which an on-time share is counted."""
        chosen: Any = self.denominator
        return rule_named(self.rule).with_denominator(chosen)


@dataclass(frozen=True)
class Explored:
    """A measure that can be explored: the call of Study it comes from, the register it needs ("" = none), its scale."""

    call: str
    table: Callable[[Study, tuple[str, ...], OnTimeRule], pd.DataFrame]
    register: str = ""
    is_share: bool = True
    takes_rule: bool = False


EXPLORED: dict[str, Explored] = {
    "on_time": Explored("on_time", lambda study, by, rule: study.on_time(by, rule), takes_rule=True),
    **{
        f"working_days_{name}": Explored("time_used", lambda study, by, rule: study.time_used(by), is_share=False)
        for name in ("mean", "median", "p90")
    },
    **{
        name: Explored("digitisation", lambda study, by, rule: study.digitisation(by))
        for name in ("documents_digitised", "documents_reused", "result_digitised")
    },
    **{
        name: Explored("online_share", lambda study, by, rule: study.online_share(by))
        for name in ("received_online", "resolved_online")
    },
    "fee_paid_online": Explored("cashless", lambda study, by, rule: study.cashless(by)),
    "ratings_satisfied": Explored("ratings", lambda study, by, rule: study.ratings(by)),
    "satisfaction": Explored("survey().satisfaction", lambda study, by, rule: _survey(study, by)),
    "dossiers_paid_online": Explored(
        "payment_forms", lambda study, by, rule: study.payment_forms(by), register="payments"
    ),
    "feedback_on_time": Explored("feedback", lambda study, by, rule: study.feedback(by), register="feedback"),
    "copies_electronic": Explored("copies", lambda study, by, rule: study.copies(by), register="e_copies"),
    "procedures_offered_online": Explored(
        "catalogue", lambda study, by, rule: study.catalogue(by), register="procedures"
    ),
}
"""Measure → where it comes from, in the order of the list."""


def _survey(study: Study, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the overall result of the survey as the page on satisfaction tells it: weighted, with its interval."""
    rows = study.survey().satisfaction(by)
    overall = rows[rows["item"] == "mean_of_questions"].reset_index(drop=True)
    return overall.assign(
        measure="satisfaction",
        value=overall["weighted"],
        lower=overall["weighted_lower"],
        upper=overall["weighted_upper"],
    )


def explored_rows(study: Study, choice: Choice, by: str) -> pd.DataFrame:
    """Return the rows of the chosen measure, one per group of `by` ("" = the whole), with a `label` column.

    Raises the error of the measure where it cannot be grouped so, CchcError of its own kind.
    """
    explored = EXPLORED[choice.measure]
    table = explored.table(study, (by,) if by else (), choice.on_time_rule)
    name = f"on_time_of_{choice.denominator}" if choice.measure == "on_time" else choice.measure
    rows = table[table["measure"] == name].reset_index(drop=True)
    if by == "month":
        return rows.assign(label=rows["month"].map(_month_words))
    whole = pick(study.language, "Tổng", "Total")
    return labelled(study, rows, by) if by else rows.assign(label=whole)


def _month_words(label: str) -> str:
    year, number = label.split("-")[:2]
    return f"{number}/{year}"


def block(study: Study, choice: Choice, code: str = "") -> str:
    """Return the markup of a choice: finding, picture, table, how it was computed; or one sentence why there is none.

    `code`: the same in lines of the facade, shown below.
    """
    explored, language = EXPLORED[choice.measure], study.language
    if explored.register and not study.has_register(explored.register):
        return sentence(wording.registers.not_taken_in(explored.register, language))
    try:
        total = explored_rows(study, choice, "")
    except CchcError as error:
        return sentence(error.message(language))
    try:
        rows = explored_rows(study, choice, choice.by) if choice.by else total
    except ParameterError:
        return sentence(say.no_groups(choice.by, language))
    if not len(total) or not len(rows) or not int(total["denominator"].fillna(0).iloc[0]):
        words = say.name(choice.measure, language), study.unit_name(), study.period.title(language)
        return sentence(say.nothing(*words, language))
    return _shown(study, choice, rows, records(total)[0]) + (f"<pre>{escape(code)}</pre>" if code else "")


def sentence(text: str) -> str:
    """Write the one sentence that stands where there is no figure."""
    return f'<p class="warning">{escape(text)}</p>'


def _shown(study: Study, choice: Choice, rows: pd.DataFrame, total: dict[str, Any]) -> str:
    language, is_share = study.language, EXPLORED[choice.measure].is_share
    label = say.name(choice.measure, language)
    inside = [month_label(number) + _suffix(study) for number in study.period.months]
    compared = rows[rows["month"].isin(inside)] if choice.by == "month" else rows
    ends = _extremes(compared, choice.by, is_share)
    finding = say.finding(label, study.unit_name(), study.period.title(language), total, ends, is_share, language)
    drawn = _drawn(rows, choice.by)
    has_ends = bool(drawn["lower"].notna().any())
    told = say.description(choice.by, len(drawn), len(rows), ENOUGH if ends else 0, has_ends, language)
    if choice.by == "month":
        figure = charts.explore.months(drawn, inside, label, is_share, language)
    else:
        overall = None if is_missing(total["value"]) else float(total["value"])
        figure = charts.explore.groups(drawn, overall, label, is_share, language)
    return display.figure_block(figure, finding, told) + _table(study, choice, rows, total) + _computed(study, choice)


def _suffix(study: Study) -> str:
    return "-calendar" if study.period.window == "calendar" else ""


def _extremes(
    rows: pd.DataFrame, by: str, is_share: bool
) -> tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]] | None:
    """Return the lowest and the highest group among those with enough to count.

    None where there are no two, or where they would be written alike.
    """
    known = rows[rows["value"].notna() & (rows["denominator"] >= ENOUGH)].sort_values("value", kind="stable")
    found = records(known)
    if not by or len(found) < 2 or round(found[-1]["value"] - found[0]["value"], 3 if is_share else 1) == 0:
        return None
    return (str(found[0]["label"]), found[0]), (str(found[-1]["label"]), found[-1])


def _drawn(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the groups of the picture: months in order, others by value, those with the most to count."""
    if by == "month":
        return rows.sort_values("month", kind="stable", ignore_index=True)
    largest = rows[rows["value"].notna()].nlargest(MOST_DRAWN, "denominator", keep="first")
    return largest.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _table(study: Study, choice: Choice, rows: pd.DataFrame, total: dict[str, Any]) -> str:
    language, is_share = study.language, EXPLORED[choice.measure].is_share
    kind: Any = "share" if is_share else "days"
    head = pick(language, *say.GROUPS[choice.by]) if choice.by else pick(language, "phạm vi", "scope")
    columns = [
        TableColumn("label", head[:1].upper() + head[1:]),
        *([TableColumn("numerator", pick(language, "Tử số", "Numerator"), "count")] if is_share else []),
        TableColumn("denominator", pick(language, "Mẫu số", "Denominator"), "count"),
        TableColumn(
            "value",
            pick(language, "Giá trị (khoảng tin cậy 95%)", "Value (95% interval)"),
            kind,
            "lower",
            "upper",
        ),
    ]
    whole = study.period.title(language) if choice.by == "month" else total["label"]
    below = {**total, "label": whole} if choice.by else None
    return html_table(rows, columns, say.name(choice.measure, language), language, total=below)


def _computed(study: Study, choice: Choice) -> str:
    """Say what was counted, in which window, under which rule."""
    language, explored = study.language, EXPLORED[choice.measure]
    over, under = say.fraction(choice.measure, choice.denominator, language)
    rule = say.rule(choice.rule, choice.denominator, language) if explored.takes_rule else say.no_rule(language)
    if choice.measure == "satisfaction":
        rule = say.weighted(language)
    window = f"{day(study.period.start, language)} – {day(study.period.end, language)}"
    known = day(study.as_of, language)
    window += pick(language, f"; số liệu đến hết ngày {known}", f"; data up to the end of {known}")
    lines = [
        (pick(language, "Tử số", "Numerator"), over),
        (pick(language, "Mẫu số", "Denominator"), under),
        (pick(language, "Khoảng thời gian", "Window"), window),
        (pick(language, "Quy tắc", "Rule"), rule),
    ]
    return "<dl>" + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in lines if b) + "</dl>"


def code_of(choice: Choice, data: str, period: str, unit: str, as_of: str, language: Language) -> str:
    """Return a choice as lines of the facade that can be run in any notebook.

    >>> print(code_of(Choice(rule="strict", denominator="due"), "data/warehouse/city", "2023-Q2", "all", "", "vi"))
    study = cchc.open_study(data='data/warehouse/city', period='2023-Q2', unit='all')
    table = study.on_time('unit', rule=cchc.STRICT.with_denominator('due'))
    table[table['measure'] == 'on_time_of_due']
    """
    explored = EXPLORED[choice.measure]
    asked = {"data": data, "period": period, "unit": unit, "as_of": as_of, "language": language}
    plain = {"as_of": "", "language": "vi"}
    opened = ", ".join(f"{name}={value!r}" for name, value in asked.items() if plain.get(name) != value)
    arguments = [repr(choice.by)] if choice.by else []
    if explored.takes_rule:
        named = {"official_form": "OFFICIAL_FORM", "strict": "STRICT"}[choice.rule]
        arguments.append(f"rule=cchc.{named}.with_denominator({choice.denominator!r})")
    measure = f"on_time_of_{choice.denominator}" if choice.measure == "on_time" else choice.measure
    column, value = ("item", "mean_of_questions") if choice.measure == "satisfaction" else ("measure", measure)
    return (
        f"study = cchc.open_study({opened})\n"
        f"table = study.{explored.call}({', '.join(arguments)})\n"
        f"table[table[{column!r}] == {value!r}]"
    )
