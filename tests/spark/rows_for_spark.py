"""Rows for one look at every count: all text tables of tests/spec, and rows drawn with every gap and contradiction."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

from spec.register_draws import Draws, city
from spec.register_tables import Rows, register_rows

from cchc_analysis.schema import KINDS, RATINGS
from cchc_analysis.warehouse import dossiers_schema, table_schema

SPEC = Path(__file__).parent.parent / "spec"
LISTS = ("dossiers", "payments", "feedback", "e_copies", "procedures", "other_register")
CODES = ("dossier_id", "dossier_id_other", "payment_id", "feedback_id", "copy_id")


def spec_rows() -> dict[str, Rows]:
    """Return the rows of every text table of tests/spec by list, their codes told apart by table."""
    found: dict[str, Rows] = {kind: [] for kind in LISTS}
    for path in sorted(SPEC.glob("test_*.py")):
        for place, text in enumerate(_tables(path)):
            kind, header = _kind(text)
            if kind:
                found[kind] += [_apart(row, f"{path.stem}-{place}") for row in register_rows(kind, header)]
    return found


def _tables(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if "|" in text.strip().split("\n")[0] and "\n" in text.strip()]


def _kind(text: str) -> tuple[str, str]:
    """Return the first list that has all columns of a text table, "" where none can read it."""
    lines = text.strip().splitlines()
    names = {name.strip() for name in lines[0].split("|")} - {"id"}
    if any(line.count("|") != lines[0].count("|") for line in lines if line.strip()):
        return "", text
    for kind in LISTS:
        schema = dossiers_schema() if kind == "dossiers" else table_schema(KINDS[kind])
        if names <= set(schema.names):
            return kind, text
    return "", text


def _apart(row: dict[str, Any], table: str) -> dict[str, Any]:
    return {name: f"{table}-{value}" if name in CODES and value is not None else value for name, value in row.items()}


def drawn_rows(seed: int, size: int) -> dict[str, Rows]:
    """Return rows of every list, the dossiers with terms, pauses, fees, ratings and seconds besides."""
    rows, draws = city(seed, size), Draws(seed + 1)
    for row in rows["dossiers"]:
        row |= _more(draws, row)
    return rows


def _more(draws: Draws, row: dict[str, Any]) -> dict[str, Any]:
    received, end = row["received_at"], row["finished_at"] or row["returned_at"]
    return {
        "received_at": draws.some(received, received + timedelta(microseconds=draws.random.randrange(10**6))),
        "statutory_days": draws.some(1.0, 5.0, 10.0, 0.5),
        "committed_days": draws.some(3.0, 7.0),
        "day_kind": draws.some("working", "calendar"),
        "paused_days": draws.some(0.0, 2.0, 1.5),
        "supplemented_at": draws.after(received, 10),
        "fee_due": draws.some(0.0, 20_000.0),
        "rating": draws.some(*RATINGS),
        "number_unit": draws.some("H01", "H02"),
        "number_on": draws.some(received.replace(hour=0, minute=0), received.replace(day=1, hour=0, minute=0)),
        "elapsed_seconds": None if end is None or end < received else int((end - received).total_seconds()),
        "source_file": draws.random.choice(["a.csv", "b.csv"]),
    }


CLOCKS_CHANGE = """
id | submitted_at     | received_at      | due_at           | finished_at      | number_on
g1 | 2023-03-12 01:59 | 2023-03-12 02:30 | 2023-03-17 02:30 | 2023-03-12 03:00 | 2023-03-12
g2 | 2023-03-11 23:59 | 2023-03-12 00:00 | 2023-03-12 02:00 | 2023-03-12 02:59 | 2023-03-12
g3 | 2023-03-12 02:01 | 2023-03-12 02:01 | 2023-04-20 10:30 | 2023-04-20 10:30 | 2023-03-11
w1 | 2022-11-06 00:59 | 2022-11-06 01:00 | 2022-11-06 01:59 | 2022-11-06 02:00 | 2022-11-06
w2 | 2022-11-06 01:30 | 2022-11-06 01:30 | 2022-11-07       | 2022-11-06 23:30 | 2022-11-05
"""
"""Moments that the clocks of New York skip in March, or show twice in November."""


def all_rows() -> dict[str, Rows]:
    """Return the rows of the specs and the drawn ones under each other."""
    written, drawn = spec_rows(), drawn_rows(20230614, 250)
    drawn["dossiers"] += register_rows("dossiers", CLOCKS_CHANGE)
    return {kind: [*written[kind], *drawn[kind]] for kind in LISTS}


def office_days(seed: int = 7) -> Rows:
    """Return running numbers seen by office and day."""
    draws = Draws(seed)
    return [
        {
            "number_unit": office,
            "number_on": draws.moment().replace(hour=0, minute=0),
            "highest": 3 + draws.random.randrange(60),
            "n_seen": 1 + draws.random.randrange(30),
        }
        for office in ("H01", "H02", None)
        for _ in range(30)
    ]
