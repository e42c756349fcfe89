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
from cchc_analysis.warehouse import table_schema, to_pandas


@dataclass(frozen=True)
class Combined:
    """All files of a kind together: accepted `rows`, `findings`, `rejected` rows for people, accounts per file.

    `numbers` are the running numbers seen, for dossiers only. `as_of_origin`: "given", "newest_event", "newest_wave"
    (the last day of the newest period, for surveys without any date) or "no_events".
    """

    rows: pd.DataFrame
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
    rows = _read_rows(folder, facts, kind)
    newest = newest_event(rows, kind.kind.events)
    wave = newest_wave(rows) if kind.questionnaire is not None and newest is None else None
    notes = [] if as_of or wave else _note_of_strays(rows, newest, kind)
    origin = "given" if as_of else "newest_event" if newest is not None else "newest_wave" if wave else "no_events"
    as_of = as_of or (newest.to_pydatetime() if newest is not None else None)
    as_of = as_of or (datetime.combine(wave.end, time()) if wave else None)
    future = _future(rows, as_of, kind)
    is_future = np.logical_or.reduce([np.zeros(len(rows), dtype=bool), *future.values()])
    reasons, conflicts = pd.Series("", index=rows.index, dtype="object"), pd.Series(False, index=rows.index)
    here = rows.index[~is_future]
    keys = row_keys(_values(rows, kind), kind)
    reasons[here], conflicts[here] = across_files(rows.loc[here], keys[~is_future], kind)
    late = _late_findings(rows, future, keys, conflicts.to_numpy(), facts, kind)
    is_rejected = is_future | conflicts.to_numpy()
    kept = ~is_rejected & (reasons == "").to_numpy()
    listed = [_read_part_findings(folder, facts, rows[~kept]), late]
    if kind.questionnaire is not None:
        forms = rows[kept]
        listed += [
            _finding_frame(forms[hits], kind, column, rule, [None] * int(hits.sum()), "flag")
            for (column, rule), hits in late_flags(forms).items()
        ]
    findings = pd.concat(listed, ignore_index=True)
    rejected = rejected_rows(folder, facts, findings, rows[is_rejected], originals, registry, kind)
    accounts = []
    for number, (part, mine) in enumerate(zip(facts, _slices(rows, len(facts)), strict=True)):
        here_late = late[late["part"] == number]
        accounts.append(_account(part, is_rejected[mine], reasons.to_numpy()[mine], here_late))
    order = list(dict.fromkeys((*kind.kind.moment[:1], *kind.kind.key)))
    accepted = rows[kept].sort_values(order, kind="stable", na_position="last")
    numbers = None
    if kind.kind is DOSSIERS:
        numbers = highest_numbers(read_table(folder, part.key, "numbers") for part in facts)
    named = _named(findings, facts), _named(rejected, facts)
    return Combined(accepted, numbers, *named, accounts, as_of, notes, origin)


def _read_rows(folder: Path, facts: Sequence[PartFacts], kind: IntakeKind) -> pd.DataFrame:
    """Return the rows of all parts, one part after the other, with the number of the part and its newest event."""
    tables = [read_table(folder, part.key, "rows") for part in facts]
    rows = to_pandas(pa.concat_tables(tables) if tables else table_schema(kind.kind).empty_table())
    rows["part"] = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    ages = [newest_event(rows.iloc[part], kind.ages) for part in _slices(rows, len(tables))]
    known = [np.datetime64("1970-01-01", "us") if age is None else age.to_datetime64() for age in ages]
    rows["file_as_of"] = np.array(known, dtype="datetime64[us]")[rows["part"].to_numpy()]
    if kind.row_age is not None:
        rows["file_as_of"] = rows[kind.row_age].fillna(pd.Timestamp("1970-01-01")).to_numpy("datetime64[us]")
    return rows


def _values(rows: pd.DataFrame, kind: IntakeKind) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of the kind as arrays in which a text that is missing is None."""
    values: dict[str, npt.NDArray[Any]] = {}
    is_plain = len(kind.key) == 1 and kind.questionnaire is None
    names = kind.key if is_plain else [column.name for column in kind.kind.columns]
    for name in names:
        column = rows[name]
        if column.dtype.kind != "M":
            column = column.astype("object").where(column.notna(), None)
        values[name] = column.to_numpy()
    return values


def _slices(rows: pd.DataFrame, n_parts: int) -> list[slice]:
    ends = np.cumsum(np.bincount(rows["part"], minlength=n_parts)).tolist()
    return [slice(first, last) for first, last in zip([0, *ends[:-1]], ends, strict=True)]


def _note_of_strays(rows: pd.DataFrame, newest: pd.Timestamp | None, kind: IntakeKind) -> list[dict[str, str]]:
    if not kind.kind.events:
        return []
    if newest is None:
        return [_note("no_events", "There is no row with a date.", "Không có dòng nào có ngày.")]
    n_after = sum(future.sum() for future in _future(rows, newest.to_pydatetime(), kind).values())
    if not n_after:
        return []
    en = f"{n_after} dates lie far after all others and were not taken as the date of the data ({newest:%d/%m/%Y})."
    vi = f"Có {n_after} ngày cách xa sau mọi ngày khác nên không dùng để chốt thời điểm số liệu ({newest:%d/%m/%Y})."
    return [_note("stray_dates", en, vi)]


def _note(code: str, en: str, vi: str) -> dict[str, str]:
    return {"code": code, "en": en, "vi": vi}


def _future(rows: pd.DataFrame, as_of: datetime | None, kind: IntakeKind) -> dict[str, BoolArray]:
    """Return for each event column which rows have it after `as_of`."""
    limit = np.datetime64(last_known_instant(as_of) if as_of else date(9999, 12, 31), "us")
    return {column: rows[column].to_numpy(dtype="datetime64[us]") > limit for column in kind.kind.events}


def _late_findings(
    rows: pd.DataFrame,
    future: dict[str, BoolArray],
    keys: npt.NDArray[Any],
    conflicts: BoolArray,
    facts: Sequence[PartFacts],
    kind: IntakeKind,
) -> pd.DataFrame:
    """Return the findings that only all files together allow."""
    found = [_finding_frame(rows[:0], kind, "", "", [])]
    for column, hits in future.items():
        month_first = [facts[part].month_first for part in rows["part"][hits]]
        values = [cell_text(cell, order) for cell, order in zip(rows[column][hits], month_first, strict=True)]
        found.append(_finding_frame(rows[hits], kind, column, FUTURE[column], values))
    positions = np.flatnonzero(conflicts)
    if len(positions):
        where = zip(rows["source_file"], rows["source_sheet"], rows["source_row"], strict=True)
        names = [":".join(str(part) for part in place if part != "") for place in where]
        others = places(names, keys, positions)
        values = [others[int(position)] for position in positions]
        found.append(_finding_frame(rows.iloc[positions], kind, kind.key[0], CONFLICTING, values))
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
    gone = dropped[["part", "source_sheet", "source_row"]].set_axis(PLACE, axis=1).assign(gone=True)
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
