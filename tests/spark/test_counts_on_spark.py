"""Every count on a real cluster in another time zone: the same integers as on DuckDB, to the last one."""

import gc
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from spark.rows_for_spark import all_rows, office_days, spec_rows
from spec.register_tables import on_one_engine
from spec.survey_tables import small_questionnaire

from cchc_analysis import counting
from cchc_analysis.counting import OFFICIAL_FORM, STRICT, Clock, OnTimeRule, date_dossiers
from cchc_analysis.counting.engines import hold
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.errors import CountingError
from cchc_analysis.schema import DOSSIER_COLUMNS, KINDS
from cchc_analysis.spark import ready_session
from cchc_analysis.warehouse import numbers_schema, table_schema
from cchc_analysis.working_time import WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()
CLOCK = Clock(VIETNAM, datetime(2023, 6, 14))
IN_MID_DAY = Clock(VIETNAM, datetime(2023, 4, 20, 10, 30, 0, 250_000), "calendar")
RETURNED = OnTimeRule("returned", basis="returned", grain="minute")
BY, UNIT = ("unit", "field", "procedure", "channel", "service_level"), ("unit",)
STARTS = (datetime(2023, 3, 1), datetime(2023, 4, 1))
ENDS = {"phuong-1": date(2023, 4, 30), "phuong-y-te": date(2023, 3, 14)}
COLUMNS = tuple(column.name for column in DOSSIER_COLUMNS)
SMALL = small_questionnaire()

Lists = dict[str, Any]
Count = Callable[[Lists], pd.DataFrame]

OF_DOSSIERS: dict[str, Count] = {
    "count_deadline": lambda on: counting.count_deadline(on["dated"], CLOCK, BY),
    "count_digitisation": lambda on: counting.count_digitisation(on["dated"], CLOCK, BY, STARTS),
    "count_due_soon": lambda on: counting.count_due_soon(on["dated"], CLOCK, BY),
    "count_durations": lambda on: counting.count_durations(on["dated"], CLOCK, BY),
    "count_flow": lambda on: counting.count_flow(on["dated"], CLOCK, BY),
    "count_flow by the minute": lambda on: counting.count_flow(on["dated"], CLOCK, BY, STRICT),
    "count_hours": lambda on: counting.count_hours(on["dated"], CLOCK, BY),
    "count_integrity": lambda on: counting.count_integrity(on["dated"], CLOCK, BY),
    "count_online": lambda on: counting.count_online(on["dated"], CLOCK, BY),
    "count_payments": lambda on: counting.count_payments(on["dated"], CLOCK, BY),
    "count_pending": lambda on: counting.count_pending(on["dated"], CLOCK, BY),
    "count_procedures": lambda on: counting.count_procedures(on["dated"], CLOCK),
    "count_procedures_by_unit": lambda on: counting.count_procedures_by_unit(on["dated"], CLOCK),
    "count_ratings": lambda on: counting.count_ratings(on["dated"], CLOCK, BY),
    "count_stops": lambda on: counting.count_stops(on["dated"], CLOCK, BY),
    "count_terms": lambda on: counting.count_terms(on["dated"], CLOCK, BY),
    "count_ways": lambda on: counting.count_ways(on["dated"], CLOCK, BY),
}
"""Counts that start from dossiers whose dates have been looked up once."""

OF_LISTS: dict[str, Count] = {
    "count_filled": lambda on: counting.count_filled(on["dossiers"], COLUMNS),
    "count_filled_by_unit": lambda on: counting.count_filled_by_unit(on["dossiers"], COLUMNS),
    "count_outside": lambda on: counting.count_outside(on["dossiers"], CLOCK),
    "count_sources": lambda on: counting.count_sources(on["dossiers"], CLOCK),
    "count_handed_over": lambda on: counting.count_handed_over(on["dossiers"], CLOCK, ENDS),
    "count_number_gaps": lambda on: counting.count_number_gaps(on["numbers"], on["dossiers"], CLOCK),
    "count_payment_forms": lambda on: counting.count_payment_forms(on["paid"], on["dossiers"], CLOCK, UNIT),
    "count_paying_dossiers": lambda on: counting.count_paying_dossiers(on["paid"], on["dossiers"], CLOCK, UNIT),
    "count_payment_agreement": lambda on: counting.count_payment_agreement(on["paid"], on["dossiers"], CLOCK, BY),
    "count_feedback": lambda on: counting.count_feedback(on["feedback"], CLOCK, ("unit", "field", "source")),
    "count_copies": lambda on: counting.count_copies(on["e_copies"], CLOCK, UNIT),
    "count_catalogue": lambda on: counting.count_catalogue(on["procedures"]),
    "count_matching": lambda on: counting.count_matching(on["dossiers"], on["other_register"], CLOCK, UNIT),
    "count_answers": lambda on: counting.count_answers(on["forms"], ("b1", "a1"), ("unit", "gender"), ("gender",)),
}
"""Counts of other lists, and those that look at dossiers in another way."""

AT_ANOTHER_MOMENT: dict[str, Count] = {
    "seconds": lambda on: counting.count_durations(on["dossiers"], IN_MID_DAY, UNIT, OFFICIAL_FORM, "seconds"),
    "returned": lambda on: counting.count_flow(on["dossiers"], IN_MID_DAY, UNIT, RETURNED),
    "feedback": lambda on: counting.count_feedback(on["feedback"], IN_MID_DAY, UNIT),
}
"""Counts up to a moment in mid-day, by calendar months."""


@pytest.fixture(scope="module")
def rows() -> dict[str, pa.Table]:
    """All lists as Arrow tables with the types of the warehouse."""
    lists = {kind: pa.Table.from_pylist(rows, schema=table_schema(KINDS[kind])) for kind, rows in all_rows().items()}
    forms = [
        dict.fromkeys(table_schema(SMALL.kind).names) | {"unit": unit, "gender": gender, "a1": answer, "b1": answer}
        for unit in ("p", "q", None)
        for gender in ("male", None)
        for answer in ("1", "5", "refused", None)
    ]
    return lists | {
        "numbers": pa.Table.from_pylist(office_days(), schema=numbers_schema()),
        "forms": pa.Table.from_pylist(forms, schema=table_schema(SMALL.kind)),
    }


def with_looks(lists: Lists) -> Lists:
    """Look at the dates of dossiers, and at payments, once for all counts."""
    dated = date_dossiers(as_frame(lists["dossiers"]), CLOCK)
    paid = counting.classify_payments(lists["payments"], lists["dossiers"], CLOCK)
    return lists | {"dated": dated, "paid": paid}


@pytest.fixture(scope="module")
def on_duckdb(rows: dict[str, pa.Table]) -> Lists:
    connection = duckdb.connect()
    return with_looks({name: connection.from_arrow(table) for name, table in rows.items()})


@pytest.fixture
def on_spark(rows: dict[str, pa.Table], elsewhere: Any, kept: Lists) -> Lists:
    if not kept:
        session = ready_session(elsewhere)
        kept |= with_looks({name: session.createDataFrame(table) for name, table in rows.items()})
    return kept


@pytest.fixture(scope="module")
def kept() -> Lists:
    return {}


def test_every_count_is_counted_on_spark() -> None:
    asked = {name.split()[0] for name in (*OF_DOSSIERS, *OF_LISTS)}
    assert asked == {name for name in counting.__all__ if name.startswith("count_")}


def test_the_specs_lend_their_rows() -> None:
    found = {kind: len(rows) for kind, rows in spec_rows().items()}
    assert found["dossiers"] >= 100
    assert found["payments"] >= 5


@pytest.mark.parametrize("counts", [OF_DOSSIERS, OF_LISTS, AT_ANOTHER_MOMENT], ids=["dossiers", "lists", "mid-day"])
def test_spark_and_duckdb_count_the_same_integers(counts: dict[str, Count], on_spark: Lists, on_duckdb: Lists) -> None:
    for name, count in counts.items():
        found, expected = count(on_spark), count(on_duckdb)
        assert len(expected), name
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, obj=name)
        numbers = expected.select_dtypes("int64").columns
        assert {str(dtype) for dtype in found[numbers].dtypes} == {"int64"}, name


def test_what_was_held_on_the_cluster_is_let_go(elsewhere: Any, rows: dict[str, pa.Table]) -> None:
    context = elsewhere.sparkContext._jsc.sc()
    source = as_frame(ready_session(elsewhere).createDataFrame(rows["procedures"]))
    before = context.getPersistentRDDs().size()
    held = hold(source.filter(nw.col("unit") == "phuong-1"), source)
    assert len(held.collect()) > 0
    assert context.getPersistentRDDs().size() > before
    del held
    gc.collect()
    assert context.getPersistentRDDs().size() == before


def test_a_table_of_a_session_in_another_zone_is_refused(elsewhere: Any, rows: dict[str, pa.Table]) -> None:
    raw = elsewhere.createDataFrame(rows["dossiers"].slice(0, 1))
    with pytest.raises(CountingError, match="America/New_York") as refused:
        counting.count_flow(raw, CLOCK)
    assert "múi giờ" in refused.value.vi


def test_the_session_of_the_caller_keeps_its_settings(elsewhere: Any) -> None:
    ours = ready_session(elsewhere)
    assert ours.sparkContext.applicationId == elsewhere.sparkContext.applicationId
    assert elsewhere.conf.get("spark.sql.session.timeZone") == "America/New_York"
    assert ours.conf.get("spark.sql.session.timeZone") == "UTC"
    assert ours.conf.get("spark.sql.shuffle.partitions") == elsewhere.conf.get("spark.sql.shuffle.partitions") == "2"
    assert ready_session(ours) is ours is ready_session(elsewhere)


def test_pandas_counts_the_same_rows(rows: dict[str, pa.Table], on_duckdb: Lists) -> None:
    lists = on_one_engine("pandas", {"dossiers": rows["dossiers"].to_pylist()})
    expected = counting.count_flow(on_duckdb["dated"], CLOCK, BY)
    pd.testing.assert_frame_equal(counting.count_flow(lists["dossiers"], CLOCK, BY), expected, check_dtype=False)
