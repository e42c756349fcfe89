"""The catalogue of procedures: what is offered online, integrated, used, payable, published. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.counting import NO_DAY
from cchc_analysis.measures.indicator import Mask, share_table, whole_population
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

CATALOGUE_MEASURES = (
    "procedures_offered_online",
    "procedures_integrated",
    "procedures_with_dossiers",
    "procedures_with_online_dossiers",
    "procedures_payable_online",
    "procedures_published",
)
"""Measures of the table, in its order."""

NOT_OFFERED_COLUMNS = ("procedure", "procedure_name", "field", "tier", "unit", "offered_online", "integrated")
"""Columns of `not_offered`; the last two as −1 (not stated), 0 (no), 1 (yes)."""


@dataclass(frozen=True)
class Entries:
    """The entries of a catalogue as one question looks at them.

    `table`: result of count_catalogue. `units`: unit → tier of the catalogue ("" = not known) of the units asked about;
    with it an entry that names no unit is taken as one of each unit of its tier. None leaves entries as they are.
    """

    table: pd.DataFrame
    units: Mapping[str, str] | None = None

    def valid(self, on: date) -> pd.DataFrame:
        """Return the entries that hold on a day, one row per procedure and unit asked about."""
        day, entries = on.toordinal(), self.table
        ends = entries["valid_to_on"]
        held = entries[(entries["valid_from_on"] <= day) & ((ends == NO_DAY) | (ends >= day))]
        return held.reset_index(drop=True) if self.units is None else _of_units(held, self.units)


def _of_units(entries: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """Write an entry without unit out for each unit of its tier; leave out the units that are not asked about."""
    general = entries[entries["unit"] == ""].drop(columns="unit")
    every = pd.DataFrame({"unit": list(units), "unit_tier": list(units.values())}, dtype="str")
    written = general.merge(every, how="cross")
    fits = (written["tier"] == "") | (written["unit_tier"] == "") | (written["tier"] == written["unit_tier"])
    own = entries[entries["unit"].isin(list(units))]
    return pd.concat([own, written[fits].drop(columns="unit_tier")], ignore_index=True)


def _both(first: "pd.Series[int]", second: "pd.Series[int]") -> "pd.Series[int]":
    """Return 1 where both are, 0 where one is not, −1 where that cannot be said."""
    no = (first == 0) | (second == 0)
    values = np.where(no, 0, np.where((first == 1) & (second == 1), 1, -1)).astype("int64")
    return pd.Series(values, index=first.index)


def _everywhere(entries: pd.DataFrame, keys: list[str], flag: str, must: str) -> "pd.Series[int]":
    """Return per procedure 0 where an entry that must says no, else −1 where one does not say, else 1; by its keys."""
    asked = entries.loc[entries[must] == 1, keys].assign(order=entries[flag].map({0: 0, -1: 1, 1: 2}))
    worst: pd.Series[int] = asked.groupby(keys)["order"].min().map({0: 0, 1: -1, 2: 1})
    return worst


def _procedures(entries: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Make one row of all entries of a procedure: what is asked of it counts where every entry that must, does."""
    entries = entries.assign(linked=_both(entries["offered_online"], entries["integrated"]))
    anywhere = {
        "eligible": "eligible_online",
        "offered_somewhere": "offered_online",
        "fee": "has_fee",
        "told": "decided",
    }
    rows = entries.groupby(keys)[list(anywhere.values())].max().set_axis(list(anywhere), axis=1)
    everywhere = {
        "offered": ("offered_online", "eligible_online"),
        "integrated": ("linked", "eligible_online"),
        "payable": ("payable_online", "has_fee"),
        "published": ("published", "decided"),
    }
    for name, (flag, must) in everywhere.items():
        rows[name] = _everywhere(entries, keys, flag, must).reindex(rows.index)
    return rows.fillna(-1).astype("int64").assign(n=1).reset_index()


def _publication(entries: pd.DataFrame, on: date, within: int | None) -> pd.DataFrame:
    """Add `decided` and `published` (−1 not known, 0 no, 1 yes) as they stand on a day."""
    day, decided, published = on.toordinal(), entries["decided_on"], entries["published_on"]
    done = (published != NO_DAY) & (published <= day)
    known = (decided != NO_DAY) & (decided <= day)
    if within is not None:
        # A procedure whose days for publishing are not over yet is neither published late nor on time.
        known &= done | (day - decided > within)
        done &= published - decided <= within
    # A catalogue without any day of publication does not tell that nothing was published.
    told = 1 if (published != NO_DAY).any() else 0
    return entries.assign(
        decided=np.where(known, 1, -1), published=np.where(done, 1, np.where(told == 1, 0, -1)).astype("int64")
    )


def _codes_of_names(entries: pd.DataFrame) -> dict[str, str]:
    """Return code → code and, for names that one code only has, name → code."""
    pairs = entries.loc[entries["procedure_name"] != "", ["procedure_name", "procedure"]].drop_duplicates()
    single = pairs[~pairs["procedure_name"].duplicated(keep=False)]
    codes = {code: code for code in entries["procedure"]}
    return dict(zip(single["procedure_name"], single["procedure"], strict=True)) | codes


def _usage(received: pd.DataFrame, entries: pd.DataFrame, period: ReportPeriod, keys: list[str]) -> pd.DataFrame:
    """Return for each procedure with dossiers received in the window whether one came online (−1 = not stated)."""
    inside = received[months_of(period, received, "received_month")]
    codes = _codes_of_names(entries)
    inside = inside.assign(
        # Where no dossier names a procedure of the catalogue, what is left has no kind of its own to be joined by.
        procedure=inside["procedure"].map(codes).astype(inside["procedure"].dtype),
        online=np.where(inside["channel"] == "online", 1, np.where(inside["channel"] == "", -1, 0)),
    ).dropna(subset="procedure")
    return inside.groupby(keys, as_index=False)[["online"]].max().assign(used=1)


def catalogue_shares(
    entries: Entries,
    received: pd.DataFrame,
    period: ReportPeriod,
    by: tuple[str, ...] = (),
    on: date | None = None,
    published_within: int | None = None,
) -> pd.DataFrame:
    """Compute what part of the procedures is offered online, integrated, used, payable online and published.

    `entries`: the catalogue; the entries that hold on the day `on` (by default the last of the window) count, a
    procedure once, however many units handle it: as offered, integrated or payable where every entry that must be, is.
    `received`: result of count_online with the dimension `procedure` (and `unit` where `by` has it). `offered_online`
    and `integrated` (= offered and integrated): of those eligible; `with_dossiers`, `with_online_dossiers` (received in
    the window): of those offered anywhere; `payable_online`: of those with a fee; `published`: of those decided, within
    so many days of the decision where `published_within` is given. No interval: the catalogue is all there is.
    Result: indicator table of CATALOGUE_MEASURES with `n_not_stated`, the procedures that do not say whether they
    belong to the denominator, or, belonging to it, to the numerator.
    """
    day = period.end if on is None else min(on, period.end)
    held = _publication(entries.valid(day), day, published_within)
    rows = _procedures(held, list(dict.fromkeys((*by, "procedure"))))
    keys = ["unit", "procedure"] if "unit" in by else ["procedure"]
    rows = rows.merge(_usage(received, held, period, keys), on=keys, how="left")
    used = rows["used"].fillna(0).astype("int64")
    online = rows["online"].fillna(0).astype("int64")
    offered = rows["offered_somewhere"]
    questions = {
        "procedures_offered_online": (rows["eligible"], rows["offered"]),
        "procedures_integrated": (rows["eligible"], rows["integrated"]),
        "procedures_with_dossiers": (offered, used),
        "procedures_with_online_dossiers": (offered, online),
        "procedures_payable_online": (rows["fee"], rows["payable"]),
        "procedures_published": (rows["told"], rows["published"]),
    }
    asked = {name: _question(*(column.to_numpy() for column in pair)) for name, pair in questions.items()}
    return whole_population(share_table(rows, period, by, asked))


def _question(belongs: NDArray[np.int64], holds: NDArray[np.int64]) -> dict[str, Mask]:
    inside = belongs == 1
    return {
        "numerator": inside & (holds == 1),
        "denominator": inside & (holds >= 0),
        "n_not_stated": (belongs < 0) | (inside & (holds < 0)),
    }


def not_offered(entries: Entries, period: ReportPeriod, on: date | None = None) -> pd.DataFrame:
    """List the entries that are eligible but not offered online, or not integrated, on the last day of the window.

    Result: columns NOT_OFFERED_COLUMNS, one row per procedure and unit ("" = every unit of the tier), by procedure and
    unit; where it is only not stated whether an entry is offered or integrated, it is listed with −1.
    """
    held = entries.valid(period.end if on is None else min(on, period.end))
    lacking = (held["eligible_online"] == 1) & ((held["offered_online"] != 1) | (held["integrated"] != 1))
    table = held.loc[lacking, list(NOT_OFFERED_COLUMNS)].drop_duplicates()
    return table.sort_values(["procedure", "unit"], kind="stable").reset_index(drop=True)


def dossiers_in_catalogue(
    entries: Entries, received: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Compute the share of the dossiers received in the window whose procedure stands in the catalogue.

    `received`: result of count_online with the dimension `procedure`. A procedure stands in it by its code or, where
    the dossier has none, by its name; an entry counts whether or not it still holds. No interval. Result: indicator
    table, measure `dossiers_in_catalogue`, with `n_not_stated`, the dossiers that name no procedure.
    """
    inside, procedure = months_of(period, received, "received_month"), received["procedure"]
    found = procedure.isin(list(_codes_of_names(entries.table)))
    named = inside & (procedure != "")
    question = {"numerator": named & found, "denominator": named, "n_not_stated": inside & (procedure == "")}
    return whole_population(share_table(received, period, by, {"dossiers_in_catalogue": question}))
