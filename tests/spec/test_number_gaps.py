"""Gaps in running numbers: what is missing, whose it is, and which series are not judged, on every engine."""

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_number_gaps
from cchc_analysis.periods import parse_period
from cchc_analysis.warehouse import numbers_schema, to_pandas

MAY, JUNE = (parse_period(f"2023-{month:02d}-calendar") for month in (5, 6))
Q2 = parse_period("2023-Q2")

DOSSIERS = """
  id | received_at | receiving_unit | resolving_unit | number_unit
  1  | 2023-05-01  | ward           | city           | 01
  2  | 2023-05-01  | ward           | city           | 01
  3  | 2023-05-02  | b              |                | 02
  4  | 2023-05-02  | a              |                | 02
  5  | 2023-05-02  |  b             |                | 02
  6  | 2023-05-02  | c              |                | 03
"""

Day = tuple[str, str, int, int]


def numbers_on(engine: str, days: list[Day]) -> Any:
    columns = list(zip(*days, strict=True)) if days else [[], [], [], []]
    columns[1] = [datetime.fromisoformat(day) for day in columns[1]]
    table = pa.table([pa.array(column) for column in columns], names=numbers_schema().names) if days else None
    rows = (table or numbers_schema().empty_table()).cast(numbers_schema())
    return duckdb.connect().from_arrow(rows) if engine == "duckdb" else to_pandas(rows)


def gaps(engine: str, clock: Clock, days: list[Day], dossiers: str = DOSSIERS) -> pd.DataFrame:
    return count_number_gaps(numbers_on(engine, days), on_engine(table_rows(dossiers), engine), clock)


WEEK = [("01", "2023-05-08", 8, 8), ("01", "2023-05-09", 7, 5)]


def test_the_worked_example(engine: str, clock: Clock) -> None:
    row = measures.single_row(measures.number_gaps(gaps(engine, clock, WEEK), Q2))
    assert (row["numerator"], row["denominator"], row["n_days"], row["n_gap_days"]) == (2, 15, 2, 1)
    assert row["value"] == pytest.approx(0.1333, abs=5e-5)


def test_a_code_belongs_to_the_receiving_unit_not_to_the_resolving_one(engine: str, clock: Clock) -> None:
    assert gaps(engine, clock, WEEK)["unit"].tolist() == ["ward"]


def test_a_day_after_as_of_is_not_known(engine: str, clock: Clock) -> None:
    later = (clock.as_of + timedelta(days=1)).date()
    counted = gaps(engine, clock, [*WEEK, ("01", str(clock.as_of.date()), 5, 4), ("01", str(later), 9, 1)])
    assert (counted["n_numbers"].sum(), counted["n_missing"].sum()) == (20, 3)


def test_months_are_those_of_the_day_in_the_number(engine: str, clock: Clock) -> None:
    cut = Clock(clock.calendar, clock.as_of, "calendar")
    counted = gaps(engine, cut, [("01", "2023-05-31", 4, 3), ("01", "2023-06-01", 6, 6)])
    assert [measures.number_gaps(counted, month).loc[0, "numerator"] for month in (MAY, JUNE)] == [1, 0]


def test_a_code_of_several_receiving_units_is_not_judged(engine: str, clock: Clock) -> None:
    row = gaps(engine, clock, [("02", "2023-05-08", 9, 3)])
    assert row[["unit", "series", "n_missing"]].to_dict("records") == [
        {"unit": "b", "series": "shared", "n_missing": 6}
    ]
    judged = measures.single_row(measures.number_gaps(row, Q2))
    assert (judged["denominator"], judged["n_not_judged"]) == (0, 1)
    assert pd.isna(judged["value"])


def test_a_tie_goes_to_the_first_name_and_a_code_of_no_dossier_to_nobody(engine: str, clock: Clock) -> None:
    tied = DOSSIERS.replace("| a  ", "| b  ", 1).replace("|  b ", "| a  ", 1) + "  7 | 2023-05-02 | a | | 02\n"
    counted = gaps(engine, clock, [("02", "2023-05-08", 9, 3), ("99", "2023-05-08", 4, 4)], tied)
    assert dict(zip(counted["n_numbers"], counted["unit"], strict=True)) == {9: "a", 4: ""}


def test_numbers_that_run_on_over_the_days_are_not_judged(engine: str, clock: Clock) -> None:
    start = date(2023, 5, 8)
    far = [("01", str(start + timedelta(days=day)), 101 + day, 9) for day in range(5)]
    rising = [("03", str(start + timedelta(days=day)), 9 + 9 * day, 9) for day in range(11)]
    counted = gaps(engine, clock, [*far, *rising])
    assert counted.groupby("unit")["series"].first().to_dict() == {"ward": "not_daily", "c": "not_daily"}
    daily = [("03", str(start + timedelta(days=day)), 9 + day % 3, 9) for day in range(11)]
    assert gaps(engine, clock, daily)["series"].unique().tolist() == ["daily"]


def test_one_mistyped_number_invents_no_gap(engine: str, clock: Clock) -> None:
    counted = gaps(engine, clock, [*WEEK, ("01", "2023-05-10", 451, 6)])
    assert counted[["n_missing", "n_numbers", "n_days", "n_odd_days"]].iloc[0].tolist() == [2, 15, 2, 1]


def test_a_number_seen_only_in_a_rejected_row_is_not_missing(engine: str, clock: Clock) -> None:
    # Intake counts rejected rows in n_seen; more seen than the highest (a number 0) is no negative gap either.
    counted = gaps(engine, clock, [("01", "2023-05-08", 3, 3), ("01", "2023-05-09", 3, 4)])
    assert counted["n_missing"].tolist() == [0]


def test_no_numbers_at_all(engine: str, clock: Clock) -> None:
    row = measures.single_row(measures.number_gaps(gaps(engine, clock, []), Q2))
    assert (row["numerator"], row["denominator"], row["n_not_judged"]) == (0, 0, 0)
    assert not len(measures.number_gaps(gaps(engine, clock, []), Q2, ("unit",)))
