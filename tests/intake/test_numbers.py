"""Running numbers: which were seen of each office and day, rejected and repeated rows included, beside no row."""

import pyarrow.parquet as pq

from cchc_analysis.warehouse import numbers_schema, open_warehouse

OPEN = "{code},Sở A,10/03/2025,24/03/2025,,Đang xử lý"
REJECTED = "{code},Sở A,31/02/2025,24/03/2025,,Đang xử lý"


def seen(desk):
    table = open_warehouse(desk.warehouse).numbers("pandas").collect().to_native()
    return [
        (row["number_unit"], f"{row['number_on']:%y%m%d}", row["highest"], row["n_seen"])
        for row in table.to_dict("records")
    ]


def test_every_row_that_was_read_counts_and_a_number_counts_once(desk):
    codes = ["H06.14-250310-0001", "h06.14-250310-0002 ", "H06.14-250311-0009"]
    lines = [OPEN.format(code=code) for code in codes]
    desk.write([*lines, lines[0], REJECTED.format(code="H06.14-250310-0007"), OPEN.format(code="H06.17-250310-0003")])
    desk.take(allowed_reject_share=1)
    assert seen(desk) == [
        ("H06.14", "250310", 7, 3),
        ("H06.14", "250311", 9, 1),
        ("H06.17", "250310", 3, 1),
    ]


def test_a_number_in_two_files_counts_once(desk):
    desk.write([OPEN.format(code="H06-250310-0001"), OPEN.format(code="H06-250310-0002")], "a.csv")
    desk.take()
    second = desk.write([OPEN.format(code="H06-250310-0002"), OPEN.format(code="H06-250310-0004")], "b.csv")
    desk.take(second)
    assert seen(desk) == [("H06", "250310", 4, 3)]


def test_a_code_of_another_form_has_no_running_number(desk):
    codes = ["SO-TAY-12", "-250310-0001", "H06-251340-0001", "H06-250310-1234567890", "000123"]
    desk.write([OPEN.format(code=code) for code in codes])
    desk.take(allowed_reject_share=1)
    assert seen(desk) == []
    assert open_warehouse(desk.warehouse).numbers().collect_schema().names() == numbers_schema().names


def test_the_office_is_written_in_capitals_in_both_tables(desk):
    desk.write([OPEN.format(code="h06.14\u2011250310\u20110001")])
    desk.take()
    assert desk.accepted()["number_unit"].tolist() == ["H06.14"]
    assert seen(desk) == [("H06.14", "250310", 1, 1)]


def test_no_running_number_stands_beside_a_row(desk):
    desk.write([OPEN.format(code=f"H06-250310-{number:04d}") for number in (5, 3, 4)])
    result = desk.take()
    tables = {path.name: pq.read_table(path) for path in desk.warehouse.rglob("*.parquet")}
    assert {name for name, table in tables.items() if "running" in table.column_names} == {"numbers.parquet"}
    part = desk.warehouse / "parts" / result.accounting["files"][0]["part"] / "numbers.parquet"
    assert pq.read_table(part).column_names == ["number_unit", "number_on", "running"]
    assert pq.read_table(part)["running"].to_pylist() == [3, 4, 5]
    state = pq.read_schema(desk.warehouse / "states" / result.accounting["state"] / "numbers.parquet")
    assert state == numbers_schema()
