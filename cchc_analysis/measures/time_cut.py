"""How far processing time was cut: what the register promises (law → commitment) beside what people got (law →
actual)."""

import numpy as np
import pandas as pd

from cchc_analysis.counting import NO_TERM
from cchc_analysis.measures.indicator import indicator_table
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

SAME_DAY = 1.0
"""Terms up to this many days are same-day procedures: there is no whole day to cut."""

CUT_MEASURES = ("cut_mean_over_procedures", "cut_weighted", "cut_pooled", "cut_actual")


def _with_totals(terms: pd.DataFrame) -> pd.DataFrame:
    used = terms["sum_working_days"].where(terms["day_kind"] != "calendar", terms["sum_calendar_days"])
    n = terms["n"]
    return terms.assign(
        statutory=n * terms["statutory_days"],
        committed=n * terms["committed_days"],
        used=used.astype("float64"),
    )


HOURS = "hours"
"""Kind of the terms that are no whole number of working days: they were set in hours."""


def term_kinds(terms: pd.DataFrame) -> "pd.Series[str]":
    """Name the unit in which each row's statutory term was set: its `day_kind`, or HOURS.

    Terms in hours stand in days, 8 office hours to the day: 16 hours are 2 working days like any other, while what
    leaves part of a day is named apart, since whole days used say nothing about part of a day. Calendar-day terms and
    terms not known keep their kind.
    """
    part = (terms["statutory_days"] != NO_TERM) & (terms["statutory_days"] % 1 != 0)
    return terms["day_kind"].mask(part & (terms["day_kind"] != "calendar"), HOURS)


def term_class(terms: pd.DataFrame) -> "pd.Series[str]":
    """Name what each row of a terms count can be used for.

    "same_day" (at most one day by law), "no_limit" (no term known), "no_commitment" (law only: actual can be
    measured, the
    registered cut cannot), "comparable".
    """
    known = terms["statutory_days"] != NO_TERM
    kind = np.select(
        [~known, terms["statutory_days"] <= SAME_DAY, terms["committed_days"] == NO_TERM],
        ["no_limit", "same_day", "no_commitment"],
        "comparable",
    )
    return pd.Series(kind, index=terms.index)


def _cuts(rows: pd.DataFrame) -> list[dict[str, object]]:
    both = rows[rows["term_class"] == "comparable"]
    by_procedure = both.groupby("procedure")[["n", "statutory", "committed"]].sum()
    ratio = 1 - by_procedure["committed"] / by_procedure["statutory"]
    n, cut = (
        int(by_procedure["n"].sum()),
        float(by_procedure["statutory"].sum() - by_procedure["committed"].sum()),
    )
    law = float(by_procedure["statutory"].sum())
    actual_law, actual_used = float(rows["statutory"].sum()), float(rows["used"].sum())
    nothing = float("nan")
    saved = nothing if (rows["day_kind"] == HOURS).any() else actual_law - actual_used
    values = {
        "cut_mean_over_procedures": (ratio.sum(), len(ratio), ratio.mean() if len(ratio) else nothing),
        "cut_weighted": (
            (by_procedure["n"] * ratio).sum(),
            n,
            (by_procedure["n"] * ratio).sum() / n if n else nothing,
        ),
        "cut_pooled": (cut, law, cut / law if law else nothing),
        "cut_actual": (
            saved,
            actual_law,
            saved / actual_law if actual_law else nothing,
        ),
    }
    return [
        {
            "measure": measure,
            "numerator": over,
            "denominator": under,
            "value": value,
            "lower": nothing,
            "upper": nothing,
        }
        for measure, (over, under, value) in values.items()
    ]


def time_cut(terms: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the four figures of time reduction against the law, side by side, for dossiers closed in the window.

    cut_mean_over_procedures = mean over procedures of 1 − committed/statutory;
    cut_weighted = the same weighted by dossiers; cut_pooled = 1 − Σ committed / Σ statutory over dossiers;
    cut_actual = 1 − Σ days used / Σ statutory over dossiers (negative when people waited longer than the law allows).
    Working-day terms, calendar-day terms (days used counted by the calendar) and terms in hours (see `term_kinds`; no
    actual figure, null) are never added up: `day_kind` is a grouping column of the result. Left out by name: see
    `excluded_procedures`. The shares are of days, not of people, and carry no interval.
    Result: indicator table, columns `by`, `day_kind`, …; numerator and denominator in procedures, dossiers or days.
    Source: docs/methods/time-cut.md.
    """
    inside = terms[months_of(period, terms, "closed_month")]
    rows = _with_totals(inside).assign(term_class=term_class(inside), day_kind=term_kinds(inside))
    usable = rows[rows["term_class"].isin(["comparable", "no_commitment"])]
    keys = [*by, "day_kind"]
    found = [
        {**dict(zip(keys, key, strict=True)), **row}
        for key, part in usable.groupby(keys, sort=True)
        for row in _cuts(part)
    ]
    columns = [*keys, "measure", "numerator", "denominator", "value", "lower", "upper"]
    return indicator_table(pd.DataFrame(found, columns=columns), tuple(keys), "cut", period)


def excluded_procedures(terms: pd.DataFrame, period: ReportPeriod, known: pd.DataFrame) -> pd.DataFrame:
    """List the procedures that the figures of `time_cut` leave out, with the reason.

    `known`: result of count_procedures (every procedure of the data). Reasons: "same_day", "no_limit", "no_commitment",
    "no_dossiers" (none closed in the window). Result: columns `procedure`, `reason`, `n` (dossiers closed in the
    window).
    """
    inside = terms[months_of(period, terms, "closed_month")]
    rows = inside.assign(reason=term_class(inside))
    named = rows[rows["reason"] != "comparable"]
    left_out: pd.DataFrame = named.groupby(["procedure", "reason"], as_index=False)[["n"]].sum()
    without = sorted(set(known["procedure"]) - set(inside["procedure"]))
    empty = pd.DataFrame({"procedure": without, "reason": "no_dossiers", "n": 0})
    both = pd.concat([left_out, empty], ignore_index=True) if len(empty) else left_out
    return both.sort_values(["reason", "n", "procedure"], ascending=[True, False, True], ignore_index=True)


def procedure_times(terms: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Put law, commitment and actual time of each procedure beside each other, for dossiers closed in the window.

    Result: columns `by`, `procedure`, `day_kind`, `n`, `statutory_days`, `committed_days`, `used_days` (means per
    dossier in the
    unit of `day_kind`; null where not known), `over_commitment_days` = used − committed.
    """
    inside = _with_totals(terms[months_of(period, terms, "closed_month")])
    for name, source in (("statutory", "statutory_days"), ("committed", "committed_days")):
        inside[name] = inside[name].where(inside[source] != NO_TERM)
    keys = [*dict.fromkeys((*by, "procedure")), "day_kind"]
    sums = inside.groupby(keys, sort=True)[["n", "statutory", "committed", "used"]].sum(min_count=1).reset_index()
    table = sums[[*keys, "n"]].assign(
        statutory_days=sums["statutory"] / sums["n"],
        committed_days=sums["committed"] / sums["n"],
        used_days=sums["used"] / sums["n"],
    )
    return table.assign(over_commitment_days=table["used_days"] - table["committed_days"])
