"""Look at every dossier once, keep what the counts look at in narrow integers, and count from there."""

from collections.abc import Mapping
from typing import Any, Final

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.backlog import with_stops
from cchc_analysis.counting.classify import looked_at, with_looks
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.digital import DIGITISATION_FLAGS, with_flags, with_ways
from cchc_analysis.counting.engines import Frame, beside, hold, narrowed
from cchc_analysis.counting.integrity import OFFICE_TIME, SIGNALS, with_deadline, with_signals
from cchc_analysis.counting.looks import BEFORE_BASE, DatedDossiers, Look, Span, Words, as_frame, days_beside
from cchc_analysis.counting.rule import Basis
from cchc_analysis.counting.tables import group_counts, named_procedures, with_due_state, with_terms, with_time_used
from cchc_analysis.schema import CHANNELS, RATINGS, SERVICE_LEVELS

LOOKS: Final[tuple[Look, ...]] = (
    *(with_time_used, with_terms, with_due_state, with_stops, with_ways),
    *(*OFFICE_TIME, with_signals, with_deadline, with_flags),
)
"""All that is looked at, in an order in which each finds the columns it needs."""

NAMED: Final = ("unit", "field", "procedure")
"""Columns whose words only the data know."""

LISTED: Final[dict[str, Words]] = {
    "channel": ("", *sorted(CHANNELS)),
    "return_channel": ("", *sorted(CHANNELS)),
    "service_level": ("", *sorted(SERVICE_LEVELS)),
    "rating": ("", *sorted(RATINGS)),
    "term_kind": ("", "calendar", "working"),
}
"""Columns whose words intake allows."""

MONTHS: Final = ("received_month", "closed_month", "due_month", "overdue_month", "overdue_month_by_minute")
DAYS: Final = ("working_days", "calendar_days", "gross_days", "due_working", "restart_days")
"""Columns with gaps where a day lies outside the calendar."""

MARKS: Final = (
    *("signals", "outcome", "outcome_by_minute", "due_state", "stopped", "deadline", "sent_in", "hour", "day_off"),
    *("fee", *DIGITISATION_FLAGS, "paid_online"),
)
LOOKED_AT: Final = (
    *("procedure_code", "procedure_name", "field", "receiving_unit", "resolving_unit", "channel", "return_channel"),
    *("service_level", "submitted_at", "received_at", "due_at", "finished_at", "returned_at", "status"),
    *("statutory_days", "committed_days", "day_kind", "paused_days", "supplemented_at", *DIGITISATION_FLAGS),
    *("fee_due", "paid_online", "rating", "number_on"),
)
"""Columns of dossiers that any count of dossiers looks at."""

AS_THEY_ARE: Final = ("statutory_term", "committed_term", "received_at")
_UNLISTED: Final = -1


def date_dossiers(dossiers: Any, clock: Clock, basis: Basis = "finished") -> DatedDossiers:
    """Look at all dossiers once and hold what the counts look at, for counts that ask in turn.

    A count of the result equals the count of `dossiers` under the same clock and a rule of the same basis. The engine
    holds some 80 bytes for a dossier, whatever the length of its texts.
    """
    source = as_frame(dossiers)
    names, base = _named(source, clock)
    words = {name: _words_of(names[name]) for name in NAMED}
    listed = LISTED
    frame, spans = _held(source, clock, basis, words, listed, base)
    unlisted = [name for name in LISTED if spans[name].low == _UNLISTED]
    if unlisted or any(spans[name].low == BEFORE_BASE for name in MONTHS):
        # Rows that did not come through intake: their words are asked for as well, and months are not shortened.
        words |= {name: _words_of(_distinct(source, clock, basis, name)) for name in unlisted}
        listed = {name: LISTED[name] for name in LISTED if name not in unlisted}
        frame, spans = _held(source, clock, basis, words, listed, 0)
    return DatedDossiers(frame, clock, basis, source, {**LISTED, **words}, spans, names)


def _named(source: Frame, clock: Clock) -> tuple[pd.DataFrame, int]:
    """Return dossiers by unit, procedure and its names, and the month before that of the first receipt (0 = none)."""
    keys = ["unit", "procedure", "procedure_name", "field"]
    wanted = (nw.len().alias("n"), nw.col("received_at").min().alias("first_at"))
    found = named_procedures(source, clock).group_by(*keys).agg(*wanted).collect().to_pandas()
    days = clock.days("any")
    first = days.loc[days["any_day"] == pd.to_datetime(found["first_at"]).dt.normalize().min(), "any_month"]
    names = found[[*keys, "n"]].astype({"n": "int64"}).sort_values(keys, kind="stable", ignore_index=True)
    # A receipt outside the calendar has no month.
    return names, int(first.iloc[0]) - 1 if len(first) else 0


def _distinct(source: Frame, clock: Clock, basis: Basis, name: str) -> "pd.Series[Any]":
    found: pd.Series[Any] = group_counts(looked_at(source, clock, basis, *LOOKS).frame, [name])[name]
    return found


def _words_of(column: "pd.Series[Any]") -> Words:
    """Return the words of a column in ascending order, none last."""
    return (*sorted(column.dropna().unique().tolist()), None)


def _held(
    source: Frame, clock: Clock, basis: Basis, named: Mapping[str, Words], listed: Mapping[str, Words], base: int
) -> tuple[Frame, dict[str, Span]]:
    """Hold the columns of counts, words as codes, months from after `base`; return them with the spans of integers."""
    # Engines look at every query again after a new table: all tables come before the first query.
    known = {name: beside(source, _codes(name, words)) for name, words in named.items()}
    days = days_beside(source, clock, base)
    frame = with_looks(source.select(*LOOKED_AT), clock, basis, days, *LOOKS)
    codes = [_listed_code(name, words) for name, words in listed.items()]
    for name, words in named.items():
        frame = frame.join(known[name], on=name, how="left")
        codes.append(nw.coalesce(nw.col(f"place_of_{name}"), nw.lit(len(words) - 1)).cast(nw.Int64).alias(name))
    whole = (*named, *listed, *MONTHS, *DAYS, *MARKS)
    plain = [name for name in (*whole, *AS_THEY_ARE) if name not in named and name not in listed]
    held = hold(narrowed(frame.select(*codes, *plain), _types(clock, named, base)), source)
    return held, _spans(held, whole, base)


def _codes(name: str, words: Words) -> pd.DataFrame:
    places = range(len(words) - 1)
    return pd.DataFrame(
        {name: pd.Series(words[:-1], dtype="str"), f"place_of_{name}": pd.Series(places, dtype="int64")}
    )


def _listed_code(name: str, words: Words) -> nw.Expr:
    code = nw.lit(_UNLISTED)
    for place, word in enumerate(words):
        code = nw.when(nw.col(name) == word).then(nw.lit(place)).otherwise(code)
    return code.cast(nw.Int64).alias(name)


def _types(clock: Clock, named: Mapping[str, Words], base: int) -> dict[str, Any]:
    """Return the narrowest type of each column of integers, as far as it is known beforehand."""
    days = clock.days("any")
    limits = dict.fromkeys((*MARKS, *LISTED), 100) | {"signals": 3 ** len(SIGNALS)}
    limits |= dict.fromkeys(MONTHS, int(days["any_month_after"].max()) - base) | {
        name: len(words) for name, words in named.items()
    }
    types = {name: next(type_ for type_, top in _TYPES if limit <= top) for name, limit in limits.items()}
    return types | dict.fromkeys(DAYS, nw.Int32)


_TYPES: Final = ((nw.Int8, 127), (nw.Int16, 32_767), (nw.Int32, 2**31 - 1))


def _spans(held: Frame, names: tuple[str, ...], base: int) -> dict[str, Span]:
    """Ask for the lowest and highest value of columns; of none, 0."""
    ends = [end for name in names for end in (nw.col(name).min().alias(f"{name}_low"), nw.col(name).max().alias(name))]
    gaps = [nw.col(name).is_null().any().alias(f"{name}_gaps") for name in DAYS]
    row = held.select(*ends, *gaps).collect().to_pandas().iloc[0].to_dict()

    def whole(value: Any) -> int:
        return 0 if pd.isna(value) else int(value)

    return {
        name: Span(
            *(whole(row[f"{name}_low"]), whole(row[name]), bool(whole(row.get(f"{name}_gaps", False)))),
            base if name in MONTHS else 0,
        )
        for name in names
    }
