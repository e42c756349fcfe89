"""The rejected rows of all files, as people get them: where each is, what is wrong with it, its cells as they were."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from cchc_analysis.intake.cells import cell_text
from cchc_analysis.intake.kinds import IntakeKind
from cchc_analysis.intake.parts import PartFacts, read_table, rejected_schema
from cchc_analysis.intake.rules import CONFLICTING, label, sentences
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import to_pandas

Originals = Callable[[PartFacts, pd.DataFrame], pa.Table | None]
"""Asked for rows (`sheet`, `row`) of a part; returns them as they stand in the source file, None without that file."""

PLACE: Final = ["part", "sheet", "row"]
"""Where a source row stands, once files have numbers."""


def rejected_rows(
    folder: Path,
    facts: Sequence[PartFacts],
    findings: pd.DataFrame,
    late: pd.DataFrame,
    originals: Originals,
    registry: UnitRegistry,
    kind: IntakeKind,
) -> pd.DataFrame:
    """Return one row per rejected source row: where it is, what is wrong, and its cells as they were."""
    tables = []
    for number, part in enumerate(facts):
        tables.append(to_pandas(read_table(folder, part.key, "rejected")).assign(part=number))
        mine = late[late["part"] == number]
        if len(mine):
            wanted = mine[["source_sheet", "source_row"]].set_axis(["sheet", "row"], axis=1)
            found = originals(part, wanted)
            texts = to_pandas(found) if found is not None else _as_texts(mine, part.month_first, registry, kind)
            tables.append(texts.assign(part=number))
    empty = to_pandas(rejected_schema(kind.kind).empty_table()).assign(part=pd.Series(dtype="int64"))
    cells = pd.concat(tables or [empty], ignore_index=True)
    merged = cells.merge(_joined_reasons(findings[findings["severity"] == "reject"], kind), on=PLACE, how="left")
    return merged.sort_values(PLACE, kind="stable", ignore_index=True)


def _joined_reasons(findings: pd.DataFrame, kind: IntakeKind) -> pd.DataFrame:
    """Return columns, values and reasons (Vietnamese) of each rejected row, joined in the order of the rules."""
    ids = [*dict.fromkeys(rule.id for rule in kind.rules.rejecting), CONFLICTING]
    order = {rule: number for number, rule in enumerate(ids)}
    vietnamese = {rule: vi for rule, (_, vi) in sentences().items()}
    named = findings.assign(
        order=findings["rule"].map(order).fillna(-1),
        columns=findings["column"].map(lambda column: label(column, kind.kind)),
        values=findings["value"].fillna(""),
        reasons=findings["rule"].map(vietnamese),
    ).sort_values([*PLACE, "order"], kind="stable")
    joined = ["columns", "values", "reasons"]
    return named.groupby(PLACE, sort=False)[joined].agg(_distinct_joined).reset_index()


def _distinct_joined(texts: "pd.Series[str]") -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _as_texts(rows: pd.DataFrame, month_first: bool, registry: UnitRegistry, kind: IntakeKind) -> pd.DataFrame:
    """Return typed rows as text where the source file is not at hand; a hashed code, kept nowhere, is empty."""
    texts = {"sheet": rows["source_sheet"], "row": rows["source_row"]}
    for column in kind.kind.columns:
        values = rows[column.name].to_numpy(dtype=object)
        if column.hashed:
            shown: list[str | None] = [None] * len(values)
        elif column.name in kind.kind.units:
            shown = [registry.name(unit) if isinstance(unit, str) else None for unit in values]
        else:
            shown = [cell_text(value, month_first) for value in values]
        texts[column.name] = pd.Series(shown, index=rows.index, dtype="object")
    return pd.DataFrame(texts)
