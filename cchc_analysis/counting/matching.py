"""Matching of two lists of the same dossiers: the one-stop list (here) and a second register (there)."""

from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import one_if
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame, beside, hold
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.registers import check_register_dimensions, first_text, known_moment, with_month
from cchc_analysis.counting.tables import count_filled, group_counts
from cchc_analysis.schema import CLOSED, NOT_COUNTED

Scope = Literal["shared", "all"]

MATCHING_STATES = ("matched", "conflicting", "only_here", "only_there")
"""What the comparison says of a dossier: here = in the one-stop list, there = in the other register."""

CONFLICTS = ("received_on", "unit", "closed_only_here", "closed_only_there", "finished_on")
"""In what two entries of one dossier may differ; one dossier may show several."""

PASSES = (
    ("here_id", "there_id"),
    ("here_id", "there_other"),
    ("here_other", "there_id"),
    ("here_other", "there_other"),
)
"""Which codes must be equal, in the order in which pairs are sought; a row that has its pair seeks no more."""

_LAST = pd.Timestamp("2200-01-01").to_pydatetime()
_ENDS = ("finished_at", "returned_at")


def _side(rows: Frame, clock: Clock, side: str, units: tuple[str, str], empty_is_open: bool) -> Frame:
    """Return what is compared of one list: codes, receipt, unit, ends by `as_of`, whether closed (−1 not known)."""
    rows = rows.with_columns(
        nw.coalesce(nw.col("status"), nw.lit("")).alias("status"),
        *(known_moment(clock, name).alias(f"{name}_known") for name in _ENDS),
    )
    ended = ~nw.col("finished_at_known").is_null() | ~nw.col("returned_at_known").is_null()
    undated = nw.col("finished_at").is_null() & nw.col("returned_at").is_null()
    never_received = nw.col("status").is_in(NOT_COUNTED)
    unknown = never_received | (undated & (nw.col("status") == "") & nw.lit(not empty_is_open))
    closed = (
        nw.when(ended | (undated & nw.col("status").is_in(CLOSED)))
        .then(nw.lit(1))
        .otherwise(nw.when(unknown).then(nw.lit(-1)).otherwise(nw.lit(0)))
    )
    return rows.select(
        nw.col("dossier_id").alias(f"{side}_id"),
        nw.col("dossier_id_other").alias(f"{side}_other"),
        nw.col("received_at").alias(f"{side}_received"),
        nw.coalesce(nw.col(units[0]), nw.col(units[1])).alias(f"{side}_unit"),
        nw.coalesce(nw.col(units[1]), nw.col(units[0])).alias(f"{side}_receiving"),
        nw.col("finished_at_known").alias(f"{side}_finished"),
        nw.col("returned_at_known").alias(f"{side}_returned"),
        closed.cast(nw.Int64).alias(f"{side}_closed"),
        (1 - one_if(never_received)).alias(f"{side}_counted"),
    )


def _first_by(rows: Frame, side: str, key: str) -> Frame:
    """Return one row per code: the row received first, the smallest code on a tie (columns `code`, `{side}_row`)."""
    rows = rows.filter(~nw.col(key).is_null()).select(
        nw.col(key).alias("code"),
        nw.col(f"{side}_id").alias(f"{side}_row"),
        nw.coalesce(nw.col(f"{side}_received"), nw.lit(_LAST)).alias("at"),
    )
    first = rows.group_by("code").agg(nw.col("at").min().alias("first_at"))
    rows = rows.join(first, on="code", how="inner").filter(nw.col("at") == nw.col("first_at"))
    return rows.group_by("code").agg(nw.col(f"{side}_row").min())


def _pairs(here: Frame, there: Frame, source: Frame) -> Frame:
    """Return the pairs of rows that are one dossier: columns `here_id`, `there_id`, every row at most once."""
    pairs = here.select("here_id").join(
        there.select(nw.col("there_id"), nw.col("there_id").alias("code")), left_on="here_id", right_on="code"
    )
    pairs = pairs.select("here_id", "there_id")
    for key_here, key_there in PASSES[1:]:
        ours = _first_by(here.join(pairs, on="here_id", how="anti"), "here", key_here)
        theirs = _first_by(there.join(pairs, on="there_id", how="anti"), "there", key_there)
        more = ours.join(theirs, on="code", how="inner").select(
            nw.col("here_row").alias("here_id"), nw.col("there_row").alias("there_id")
        )
        # Brought home and back: asked lazily, each pass would repeat all passes before it three times.
        found = more.collect().to_pandas().astype("str")
        pairs = nw.concat([pairs, beside(source, found)]) if len(found) else pairs
    return pairs


def _with_conflicts(both: Frame) -> Frame:
    """Add a column of 0 and 1 for each of CONFLICTS, and `state`."""

    def stated(name: str) -> nw.Expr:
        return ~nw.col(f"here_{name}").is_null() & ~nw.col(f"there_{name}").is_null()

    def other_day(name: str) -> nw.Expr:
        here, there = (nw.col(f"{side}_{name}").dt.truncate("1d") for side in ("here", "there"))
        return one_if(stated(name) & (here != there))

    ended = nw.when(stated("finished")).then(other_day("finished")).otherwise(other_day("returned"))
    elsewhere = (nw.col("here_unit") != nw.col("there_unit")) & (nw.col("here_receiving") != nw.col("there_unit"))
    marks = {
        "received_on": other_day("received"),
        "unit": one_if(stated("unit") & elsewhere),
        "closed_only_here": one_if((nw.col("here_closed") == 1) & (nw.col("there_closed") == 0)),
        "closed_only_there": one_if((nw.col("here_closed") == 0) & (nw.col("there_closed") == 1)),
        "finished_on": ended,
    }
    both = both.with_columns(*(mark.cast(nw.Int64).alias(f"is_{name}") for name, mark in marks.items()))
    any_mark = nw.sum_horizontal(*(nw.col(f"is_{name}") for name in CONFLICTS)) > 0
    state = nw.when(any_mark).then(nw.lit("conflicting")).otherwise(nw.lit("matched"))
    return both.with_columns(state.alias("state"))


def _counted(rows: Frame, clock: Clock, moment: str, unit: str, by: tuple[str, ...], source: Frame) -> pd.DataFrame:
    rows = rows.with_columns(nw.coalesce(nw.col(unit), nw.lit("")).alias("unit"))
    rows = with_month(rows, clock, moment, "received", source)
    return group_counts(rows, [*by, "received_month", "state"], **{f"n_{name}": f"is_{name}" for name in CONFLICTS})


def _alone(rows: Frame, state: str) -> Frame:
    return rows.with_columns(nw.lit(state).alias("state"), *(nw.lit(0).alias(f"is_{name}") for name in CONFLICTS))


def count_matching(
    dossiers: Any, other: Any, clock: Clock, by: tuple[str, ...] = (), scope: Scope = "shared"
) -> pd.DataFrame:
    """Count the dossiers that stand in both lists, with and without conflict, and those in one of them only.

    `dossiers`, `other`: canonical tables (dossiers, other_register) on one engine, their `dossier_id` unique. Pairs
    are sought in the order of PASSES; of rows that share a code the one received first is taken, the smallest code on
    a tie. `scope`: "shared" leaves out the dossiers only here of units that the other register never names, "all"
    does not. Result: columns `by`, `received_month` (here, or there where it stands only there), `state` (see
    MATCHING_STATES), `n`, and `n_<conflict>` for each of CONFLICTS. Rows received after `as_of`, and entries there with
    a status of never received, are left out. Raises ParameterError for an unknown dimension.
    """
    check_register_dimensions("other_register", by)
    source, register = as_frame(dossiers), as_frame(other)
    here, there = _lists(source, register, clock)
    pairs = _pairs(here, there, source)
    both = _with_conflicts(pairs.join(here, on="here_id", how="inner").join(there, on="there_id", how="inner"))
    only_here = here.join(pairs, on="here_id", how="anti").filter(
        nw.col("here_counted") == 1, ~nw.col("here_received").is_null()
    )
    if scope == "shared":
        named = register.filter(~nw.col("unit").is_null()).select(nw.col("unit").alias("here_unit")).unique()
        only_here = only_here.join(named, on="here_unit", how="semi")
    only_there = there.join(pairs, on="there_id", how="anti")
    first = nw.coalesce(nw.col("here_received"), nw.col("there_received"))
    tables = [
        _counted(both.with_columns(first.alias("first_at")), clock, "first_at", "here_unit", by, source),
        _counted(_alone(only_here, "only_here"), clock, "here_received", "here_unit", by, source),
        _counted(_alone(only_there, "only_there"), clock, "there_received", "there_unit", by, source),
    ]
    counted = pd.concat(tables, ignore_index=True)
    return counted.sort_values([*by, "received_month", "state"], kind="stable").reset_index(drop=True)


def _lists(source: Frame, register: Frame, clock: Clock) -> tuple[Frame, Frame]:
    """Return both lists as far as they are known: here every dossier, there every one that was received."""
    in_time = nw.col("received_at") <= clock.as_of_end
    ours = source.filter(nw.col("received_at").is_null() | in_time)
    theirs = register.filter(in_time, ~first_text("status").is_in(NOT_COUNTED))
    # Where the register holds no end at all, an empty cell does not say that a dossier is open.
    has_ends = bool(count_filled(register, _ENDS)["n_filled"].sum())
    here = _side(ours, clock, "here", ("resolving_unit", "receiving_unit"), empty_is_open=True)
    there = _side(theirs, clock, "there", ("unit", "unit"), has_ends)
    # Four passes and three counts ask for both lists: planning the whole of each anew costs more than keeping them.
    return hold(here, source), hold(there, register)
