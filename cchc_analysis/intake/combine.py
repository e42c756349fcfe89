"""Checked files put together: `as_of`, what lies after it, the same row in several files, and the accounts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import CountingError
from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.all_rows import AllRows, read_rows
from cchc_analysis.intake.as_of import last_known_instant, newest_event
from cchc_analysis.intake.cells import cell_text
from cchc_analysis.intake.duplicates import across_files, places, row_keys
from cchc_analysis.intake.kinds import IntakeKind
from cchc_analysis.intake.numbers import highest_numbers
from cchc_analysis.intake.parts import FINDING_SCHEMA, PartFacts, read_table
from cchc_analysis.intake.rejected_rows import PLACE, Originals, rejected_rows
from cchc_analysis.intake.rules import CONFLICTING, FUTURE
from cchc_analysis.intake.survey_rules import late_flags, newest_wave
from cchc_analysis.schema import DOSSIERS
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import to_pandas


@dataclass(frozen=True)
class Combined:
    """All files of a kind together: accepted `rows`, `findings`, `rejected` rows for people, accounts per file.

    `numbers` are the running numbers seen, for dossiers only. `as_of_origin`: "given", "newest_event", "newest_wave"
    (the last day of the newest period, for surveys without any date) or "no_events".
    """

    rows: pa.Table
    numbers: pd.DataFrame | None
    findings: pd.DataFrame
    rejected: pd.DataFrame
    accounts: list[dict[str, Any]]
    as_of: datetime | None
    notes: list[dict[str, str]]
    as_of_origin: str


def combine(
    folder: Path,
    facts: Sequence[PartFacts],
    as_of: datetime | None,
    originals: Originals,
    registry: UnitRegistry,
    kind: IntakeKind,
) -> Combined:
    """Return the parts below `folder` put together; their order does not matter.

    Without `as_of` it is the newest plausible event. Raises `CountingError` where read rows are not accounted for.
    """
    facts = sorted(facts, key=lambda part: (part.file, part.sha256))
    every = read_rows(folder, facts, kind)
    newest = newest_event(every.events)
    wave = newest_wave(every.frame()) if kind.questionnaire is not None and newest is None else None
    notes = [] if as_of or wave else _note_of_strays(every, newest, kind)
    origin = "given" if as_of else "newest_event" if newest is not None else "newest_wave" if wave else "no_events"
    as_of = as_of or (newest.to_pydatetime() if newest is not None else None)
    as_of = as_of or (datetime.combine(wave.end, time()) if wave else None)
    future = _future(every, as_of)
    is_future = np.logical_or.reduce([np.zeros(len(every), dtype=bool), *future.values()])
    reasons, conflicts, keys = _several_times(every, is_future, kind)
    late = _late_findings(every, future, keys, conflicts, facts, kind)
    is_rejected = is_future | conflicts
    kept = ~is_rejected & (reasons == "")
    listed = [_read_part_findings(folder, facts, every.places(np.flatnonzero(~kept))), late]
    if kind.questionnaire is not None:
        forms = every.frame(np.flatnonzero(kept))
        listed += [
            _finding_frame(forms[hits], kind, column, rule, [None] * int(hits.sum()), "flag")
            for (column, rule), hits in late_flags(forms).items()
        ]
    findings = pd.concat(listed, ignore_index=True)
    refused = every.frame(np.flatnonzero(is_rejected))
    rejected = rejected_rows(folder, facts, findings, refused, originals, registry, kind)
    accounts = []
    for number, (part, mine) in enumerate(zip(facts, every.slices, strict=True)):
        here_late = late[late["part"] == number]
        accounts.append(_account(part, is_rejected[mine], reasons[mine], here_late))
    numbers = None
    if kind.kind is DOSSIERS:
        numbers = highest_numbers(read_table(folder, part.key, "numbers") for part in facts)
    accepted = every.sorted(np.flatnonzero(kept), list(dict.fromkeys((*kind.kind.moment[:1], *kind.kind.key))))
    named = _named(findings, facts), _named(rejected, facts)
    return Combined(accepted, numbers, *named, accounts, as_of, notes, origin)


def _several_times(
    every: AllRows, is_future: BoolArray, kind: IntakeKind
) -> tuple[npt.NDArray[Any], BoolArray, dict[int, Any]]:
    """Return per row why it is a duplicate ("" where it is none) and whether it conflicts; the keys of such rows."""
    reasons, conflicts = np.full(len(every), "", dtype=object), np.zeros(len(every), dtype=bool)
    shared = every.shared(kind)
    if not len(shared):
        return reasons, conflicts, {}
    rows = every.frame(shared)
    keys = row_keys(_values(rows, kind), kind)
    here = ~is_future[shared]
    found, in_conflict = across_files(rows[here], keys[here], kind)
    reasons[found.index] = found
    conflicts[in_conflict.index] = in_conflict
    return reasons, conflicts, dict(zip(shared.tolist(), keys, strict=True))


def _values(rows: pd.DataFrame, kind: IntakeKind) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of the kind as arrays in which a text that is missing is None."""
    values: dict[str, npt.NDArray[Any]] = {}
    for column in kind.kind.columns:
        found = rows[column.name]
        if found.dtype.kind != "M":
            found = found.astype("object").where(found.notna(), None)
        values[column.name] = found.to_numpy()
    return values


def _note_of_strays(every: AllRows, newest: pd.Timestamp | None, kind: IntakeKind) -> list[dict[str, str]]:
    if not kind.kind.events:
        return []
    if newest is None:
        return [_note("no_events", "There is no row with a date.", "Không có dòng nào có ngày.")]
    n_after = sum(future.sum() for future in _future(every, newest.to_pydatetime()).values())
    if not n_after:
        return []
    en = f"{n_after} dates lie far after all others and were not taken as the date of the data ({newest:%d/%m/%Y})."
    vi = f"Có {n_after} ngày cách xa sau mọi ngày khác nên không dùng để chốt thời điểm số liệu ({newest:%d/%m/%Y})."
    return [_note("stray_dates", en, vi)]


def _note(code: str, en: str, vi: str) -> dict[str, str]:
    return {"code": code, "en": en, "vi": vi}


def _future(every: AllRows, as_of: datetime | None) -> dict[str, BoolArray]:
    """Return for each event column which rows have it after `as_of`."""
    limit = np.datetime64(last_known_instant(as_of) if as_of else date(9999, 12, 31), "us")
    return {column: moments > limit for column, moments in every.events.items()}


def _late_findings(
    every: AllRows,
    future: dict[str, BoolArray],
    keys: dict[int, Any],
    conflicts: BoolArray,
    facts: Sequence[PartFacts],
    kind: IntakeKind,
) -> pd.DataFrame:
    """Return the findings that only all files together allow."""
    found = [_finding_frame(every.frame(np.empty(0, dtype=np.intp)), kind, "", "", [])]
    for column, hits in future.items():
        rows = every.frame(np.flatnonzero(hits))
        month_first = [facts[part].month_first for part in rows["part"]]
        values = [cell_text(cell, order) for cell, order in zip(rows[column], month_first, strict=True)]
        found.append(_finding_frame(rows, kind, column, FUTURE[column], values))
    if conflicts.any():
        rows = every.frame(np.flatnonzero(conflicts))
        where = zip(rows["source_file"], rows["source_sheet"], rows["source_row"], strict=True)
        names = [":".join(str(part) for part in place if part != "") for place in where]
        own = np.array([*(keys[position] for position in rows.index), None], dtype=object)[:-1]
        others = places(names, own, np.arange(len(rows)))
        found.append(_finding_frame(rows, kind, kind.key[0], CONFLICTING, [others[at] for at in range(len(rows))]))
    return pd.concat(found, ignore_index=True)


def _finding_frame(
    rows: pd.DataFrame,
    kind: IntakeKind,
    column: str,
    rule: str,
    values: Sequence[str | None],
    severity: str = "reject",
) -> pd.DataFrame:
    units = pd.Series([None] * len(rows), index=rows.index, dtype="object")
    for name in kind.kind.units[::-1]:
        units = units.where(units.notna(), rows[name].astype("object"))
    return pd.DataFrame(
        {
            "part": rows["part"].to_numpy(),
            "sheet": rows["source_sheet"].to_numpy(dtype=object),
            "row": rows["source_row"].to_numpy(dtype="int64"),
            "column": column,
            "rule": rule,
            "severity": severity,
            "unit": units.to_numpy(dtype=object),
            "value": np.array(values, dtype=object),
        }
    )


def _read_part_findings(folder: Path, facts: Sequence[PartFacts], dropped: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of the parts; a row that is no longer accepted loses its flags."""
    tables = [to_pandas(read_table(folder, part.key, "findings")).assign(part=n) for n, part in enumerate(facts)]
    empty = to_pandas(FINDING_SCHEMA.empty_table()).assign(part=pd.Series(dtype="int64"))
    findings = pd.concat(tables or [empty], ignore_index=True)
    gone = dropped.set_axis(PLACE, axis=1).assign(gone=True)
    is_gone = findings[PLACE].merge(gone, on=PLACE, how="left")["gone"].notna().to_numpy()
    return findings[(findings["severity"] == "reject").to_numpy() | ~is_gone]


def _account(
    part: PartFacts, is_rejected: BoolArray, duplicate: npt.NDArray[Any], late: pd.DataFrame
) -> dict[str, Any]:
    """Return the line of one file; raise CountingError unless read = accepted + rejected + duplicates + skipped."""
    first_reason = late.drop_duplicates(subset=["sheet", "row"])["rule"]
    reasons = Counter(part.reasons) + Counter(first_reason)
    kinds = Counter(duplicate[duplicate != ""]) + Counter({"repeated": part.duplicates})
    n_rejected = sum(reasons.values())
    n_accepted = int((~is_rejected & (duplicate == "")).sum())
    account = {
        "file": part.file,
        "sha256": part.sha256,
        "part": part.key,
        "read": part.read,
        "accepted": n_accepted,
        "rejected": n_rejected,
        "duplicates": sum(kinds.values()),
        "skipped": sum(part.skipped.values()),
        "reasons": dict(sorted(reasons.items())),
        "duplicates_by_kind": dict(sorted(kinds.items())),
        "skipped_by_kind": dict(part.skipped),
        "dropped_columns": list(part.dropped_columns),
        "notes": list(part.notes),
        **({} if part.source is None else {"source": part.source}),
    }
    check_account(account)
    return account


def check_account(account: dict[str, Any]) -> None:
    """Raise `CountingError` where the rows read are not all accounted for.

    >>> check_account({"file": "a.csv", "read": 3, "accepted": 2, "rejected": 0, "duplicates": 0, "skipped": 0})
    Traceback (most recent call last):
    cchc_analysis.errors.CountingError: 'a.csv': 3 rows were read, but 2 are accounted for (2 accepted, ...
    """
    ways = {name: account[name] for name in ("accepted", "rejected", "duplicates", "skipped")}
    if sum(ways.values()) == account["read"]:
        return
    listed = ", ".join(f"{n} {name}" for name, n in ways.items())
    raise CountingError(
        f"'{account['file']}': {account['read']} rows were read, but {sum(ways.values())} are accounted for "
        f"({listed}). "
        "Nothing was stored; report this file to the maintainers.",
        f"'{account['file']}': đã đọc {account['read']} dòng nhưng chỉ giải trình được {sum(ways.values())} dòng. "
        "Chưa lưu gì; hãy báo tệp này cho người bảo trì phần mềm.",
    )


def _named(frame: pd.DataFrame, facts: Sequence[PartFacts]) -> pd.DataFrame:
    """Return the frame with the name of the file in place of the number of the part, sorted by place."""
    names = {number: part.file for number, part in enumerate(facts)}
    named = frame.assign(file=frame["part"].map(names).astype("object"))
    order = ["part", "sheet", "row", *(name for name in ("column", "rule") if name in frame)]
    return named.sort_values(order, kind="stable", ignore_index=True).drop(columns="part")
