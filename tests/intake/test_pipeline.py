"""From files to a warehouse: all or nothing, the same bytes for the same files, every row accounted for."""

import json
from datetime import UTC, date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cchc_analysis.errors import InputError, MappingError, ParameterError, WarehouseError
from cchc_analysis.intake import ColumnMapping, intake
from cchc_analysis.intake import pipeline as pipeline_module
from cchc_analysis.intake.as_of import newest_event
from cchc_analysis.intake.rules import sentences
from cchc_analysis.intake.store import locked
from cchc_analysis.warehouse import dossiers_schema, findings_schema, open_warehouse

GOOD = "{code},Sở A,10/03/2025,24/03/2025,12/03/2025,Đã trả kết quả"
BAD = "{code},Sở A,31/02/2025,24/03/2025,12/03/2025,Đã trả kết quả"


def good(*codes):
    return [GOOD.format(code=code) for code in codes]


def test_read_rows_are_accepted_rejected_repeated_or_skipped(desk):
    desk.write([*good("A-1", "A-2", "A-1"), BAD.format(code="A-3"), "Tổng số,4,,,,"])
    result = desk.take(allowed_reject_share=1)
    total = result.accounting["total"]
    assert {name: total[name] for name in ("read", "accepted", "rejected", "duplicates", "skipped")} == {
        "read": 5, "accepted": 2, "rejected": 1, "duplicates": 1, "skipped": 1,
    }  # fmt: skip
    assert total["reasons"] == {"date_unreadable": 1}
    assert total["skipped_by_kind"] == {"total": 1}


def test_the_exit_code_tells_whether_too_much_was_rejected(desk):
    desk.write([*good("A-1", "A-2", "A-3"), BAD.format(code="A-4")])
    assert desk.take(allowed_reject_share=0.25).exit_code == 0
    assert desk.take(allowed_reject_share=0.24).exit_code == 1


def test_feeding_the_same_file_again_changes_no_byte(desk):
    desk.write(good("A-1", "A-2"))
    first = desk.take()
    before = desk.files()
    again = desk.take()
    assert (first.unchanged, again.unchanged) == (False, True)
    assert desk.files() == before
    desk.write(good("A-1", "A-2"), "the same under another name.csv")
    assert desk.take().unchanged
    assert [note.code for note in desk.take().notes] == ["same_content"]
    assert desk.files() == before


def test_two_warehouses_of_the_same_files_have_the_same_bytes(desk, tmp_path):
    desk.write([*good("A-1"), BAD.format(code="A-2")])
    desk.take(allowed_reject_share=1)
    first = desk.files()
    desk.warehouse = tmp_path / "second"
    desk.take(allowed_reject_share=1)
    assert desk.files() == first


def test_no_path_and_no_key_stands_in_the_accounts(desk, key):
    desk.write(good("A-1"))
    desk.take()
    text = (desk.warehouse / "intake.json").read_text(encoding="utf-8")
    assert str(desk.exports.parent) not in text
    assert key.decode() not in text


def test_a_new_file_adds_and_old_states_go(desk):
    desk.write(good("A-1"))
    first = desk.take()
    second = desk.take(desk.write(good("A-2"), "b.csv"))
    assert second.accounting["total"]["accepted"] == 2
    states = [path.name for path in (desk.warehouse / "states").iterdir()]
    assert states == [second.accounting["state"]]
    assert first.accounting["state"] != second.accounting["state"]


def test_all_unreadable_files_are_named_at_once_and_nothing_changes(desk):
    desk.write(good("A-1"))
    desk.take()
    before = desk.files()
    desk.write(good("A-2"), "good.csv")
    (desk.exports / "empty.xlsx").write_bytes(b"")
    (desk.exports / "paper.pdf").write_bytes(b"%PDF-1.7 ...")
    with pytest.raises(InputError) as error:
        desk.take()
    for name in ("empty.xlsx", "paper.pdf"):
        assert name in error.value.en
        assert name in error.value.vi
    assert desk.files() == before


def test_a_refused_first_run_leaves_no_folder(desk):
    (desk.exports / "empty.xlsx").write_bytes(b"")
    with pytest.raises(InputError):
        desk.take()
    assert not desk.warehouse.exists()


def test_nothing_to_take_in_is_said(desk):
    with pytest.raises(InputError):
        desk.take()
    with pytest.raises(InputError):
        desk.take(desk.exports / "no such file.csv")


def test_an_unknown_kind_is_refused(desk):
    desk.write(good("A-1"))
    with pytest.raises(ParameterError, match="dossiers"):
        desk.take(kind="surveys")


def test_a_run_that_breaks_off_leaves_the_old_state_and_the_next_run_clears_up(desk, monkeypatch):
    desk.write(good("A-1"))
    desk.take()
    before = desk.files()
    desk.write(good("A-2"), "b.csv")

    def broken(*_):
        raise KeyboardInterrupt

    for step in ("write_state", "write_intake"):
        with monkeypatch.context() as patch:
            patch.setattr(pipeline_module, step, broken)
            with pytest.raises(KeyboardInterrupt):
                desk.take()
        assert desk.files() == before
    litter = desk.warehouse / "states" / "0123.unfinished"
    litter.mkdir()
    (desk.warehouse / "parts" / "4567").mkdir()
    (desk.warehouse / "intake.json.unfinished").write_text("{")
    assert desk.take().accounting["total"]["accepted"] == 2
    assert not [name for name in desk.files() if "unfinished" in name or "4567" in name]
    assert not litter.exists()


def test_two_runs_at_once_are_refused(desk):
    desk.write(good("A-1"))
    desk.take()
    with locked(desk.warehouse), pytest.raises(WarehouseError, match="Another intake"):
        desk.take()


def test_the_warehouse_inside_the_folder_of_exports_is_not_read_as_an_export(desk):
    desk.write([*good("A-1"), BAD.format(code="A-2")])
    desk.warehouse = desk.exports / "warehouse"
    desk.take(allowed_reject_share=1)
    assert [file["file"] for file in desk.take(allowed_reject_share=1).accounting["files"]] == ["a.csv"]


def test_an_empty_table_gives_an_empty_warehouse_with_fixed_types(desk):
    desk.write([])
    result = desk.take()
    assert result.accounting["total"]["read"] == 0
    assert result.accounting["as_of_origin"] == "no_events"
    state = desk.warehouse / "states" / result.accounting["state"]
    assert pq.read_schema(state / "dossiers.parquet") == dossiers_schema()
    assert pq.read_schema(state / "findings.parquet") == findings_schema()
    assert len(desk.accepted()) == 0
    assert len(open_warehouse(desk.warehouse).dossiers().collect()) == 0


def test_dossiers_are_sorted_and_typed(desk):
    desk.write(["A-2,Sở A,11/03/2025,,,", *good("A-1"), "A-3,Sở A,,,,Mới đăng ký"])
    result = desk.take()
    table = pq.read_table(desk.warehouse / "states" / result.accounting["state"] / "dossiers.parquet")
    assert table.schema == dossiers_schema()
    assert table["received_at"].to_pylist() == [datetime(2025, 3, 10), datetime(2025, 3, 11), None]
    assert table["elapsed_seconds"].to_pylist() == [2 * 86_400, None, None]
    assert table["source_row"].to_pylist() == [3, 2, 4]


# ---- as_of


def test_as_of_is_the_newest_event_unless_given(desk):
    desk.write([*good("A-1"), "A-2,Sở A,14/03/2025 08:15,30/12/2025,,Đang xử lý"])
    accounting = desk.take().accounting
    assert (accounting["as_of"], accounting["as_of_origin"]) == ("2025-03-14T08:15:00", "newest_event")
    accounting = desk.take(as_of=date(2025, 3, 12), allowed_reject_share=1).accounting
    assert (accounting["as_of"], accounting["as_of_origin"]) == ("2025-03-12T00:00:00", "given")
    assert accounting["total"]["reasons"] == {"received_in_future": 1}


def test_a_day_given_as_as_of_means_the_whole_day(desk):
    desk.write(["A-1,Sở A,14/03/2025 16:59,,,Đang xử lý"])
    assert desk.take(as_of=date(2025, 3, 14)).accounting["total"]["accepted"] == 1
    assert desk.take(as_of=datetime(2025, 3, 14, 12), allowed_reject_share=1).accounting["total"]["rejected"] == 1


def test_an_as_of_with_an_offset_is_a_moment_on_the_clock_of_the_data(desk):
    desk.write(["A-1,Sở A,14/03/2025 16:59,,,Đang xử lý"])
    moment = datetime(2025, 3, 14, 10, 30, tzinfo=UTC)
    assert desk.take(as_of=moment).accounting["as_of"] == "2025-03-14T17:30:00"


def test_a_file_without_states_says_that_the_dates_decide(desk):
    header = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày trả kết quả"
    desk.write(["A-1,Sở A,10/03/2025,", "A-2,Sở A,11/03/2025,12/03/2025"], header=header)
    (file,) = desk.take().accounting["files"]
    assert "status_from_dates" in [note["code"] for note in file["notes"]]
    assert desk.accepted()["status"].tolist() == ["processing", "returned"]
    assert desk.findings().empty


def test_a_few_stray_dates_do_not_become_the_date_of_the_data(desk):
    lines = [f"A-{n},Sở A,{1 + n % 28:02d}/03/2025,,,Đang xử lý" for n in range(100)]
    desk.write([*lines, "B-1,Sở A,10/03/2027,,,Đang xử lý", "B-2,Sở A,10/06/2025,,,Đang xử lý"])
    accounting = desk.take(allowed_reject_share=1).accounting
    assert accounting["as_of"] == "2025-03-28T00:00:00"
    assert accounting["total"]["reasons"] == {"received_in_future": 2}
    assert [note["code"] for note in accounting["notes"]] == ["stray_dates"]


@pytest.mark.parametrize(
    ("counts", "newest"),
    [
        ({"2025-03-01": 100, "2025-04-15": 2}, "2025-03-01"),
        ({"2025-03-01": 100, "2025-04-15": 3}, "2025-04-15"),
        ({"2025-03-01": 1000, "2025-04-15": 5}, "2025-03-01"),
        ({"2025-03-01": 1000, "2025-04-15": 6}, "2025-04-15"),
        ({"2025-03-01": 100, "2025-04-01": 2}, "2025-04-01"),
        ({"2025-03-01": 4, "2025-04-15": 1}, "2025-04-15"),
        ({"2025-03-01": 19, "2026-04-15": 1}, "2025-03-01"),
        ({"2025-03-01": 2, "2026-04-15": 1}, "2026-04-15"),
    ],
)
def test_how_few_and_how_far_a_stray_date_is(counts, newest):
    days = pd.to_datetime([day for day, n in counts.items() for _ in range(n)])
    never = np.full(len(days), np.datetime64("NaT", "us"))
    columns = {"received_at": days.to_numpy("datetime64[us]"), "finished_at": never, "returned_at": never}
    assert newest_event(columns) == pd.Timestamp(newest)


# ---- rejected rows, for people


def read_rejected(path):
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_rejected_rows_can_be_mended_and_fed_again(desk, tmp_path):
    lines = [*good("A-1"), BAD.format(code="A-2"), "A-3,,10/03/2025,24/03/2025,,Đang xử lý", *good("000123")]
    lines.append("000124,Sở A,10/03/2025,24/03/2025,45737,Đang xử lý")
    desk.write(lines)
    result = desk.take(allowed_reject_share=1)
    assert result.accounting["total"]["rejected"] == 3
    book = openpyxl.load_workbook(result.rejected)
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, column["Ngày tiếp nhận"]).value == "31/02/2025"
    sheet.cell(2, column["Ngày tiếp nhận"]).value = "03/03/2025"
    sheet.cell(3, column["Đơn vị tiếp nhận"]).value = "Sở B"
    sheet.cell(4, column["Trạng thái"]).value = "Đã trả kết quả"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    again = desk.take(mended)
    assert again.accounting["total"]["accepted"] == 5
    assert {file["file"]: file["rejected"] for file in again.accounting["files"]} == {"a.csv": 3, "mended.xlsx": 0}
    assert sorted(desk.accepted()["receiving_unit"]) == ["Sở A"] * 4 + ["Sở B"]


def test_the_workbook_says_where_and_why(desk):
    desk.write([*good("A-1"), "A-2,,31/02/2025,,,Lạ"])
    rows = read_rejected(desk.take(allowed_reject_share=1).rejected)
    assert rows[0][:7] == ["Tệp nguồn", "Trang tính", "Dòng", "Cột", "Giá trị", "Lý do", "Mã hồ sơ"]
    assert rows[1][0] == "a.csv"
    assert rows[1][2] == "3"
    assert rows[1][3] == "Đơn vị tiếp nhận; Ngày tiếp nhận; Trạng thái"
    assert rows[1][4] == "31/02/2025; Lạ"
    assert rows[1][5].count(";") >= 2


def test_a_dossier_in_conflict_across_files_keeps_its_code_in_the_workbook(desk):
    desk.write(["Z-9,Sở A,10/03/2025,24/03/2025,,Đang xử lý"])
    desk.write(["Z-9,Sở A,11/03/2025,24/03/2025,,Đang xử lý"], "b.csv")
    headers, *rows = read_rejected(desk.take(allowed_reject_share=1).rejected)
    shown = [dict(zip(headers, row, strict=True)) for row in rows]
    assert [(row["Tệp nguồn"], row["Giá trị"], row["Mã hồ sơ"], row["Ngày tiếp nhận"]) for row in shown] == [
        ("a.csv", "b.csv:2", "Z-9", "10/03/2025"),
        ("b.csv", "a.csv:2", "Z-9", "11/03/2025"),
    ]


def test_a_conflict_with_a_file_that_is_no_longer_given_still_names_its_row(desk):
    header = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Mã hồ sơ DVCQG"
    first = desk.write(["Z-9,Phường 1,10/03/2025,G22-1"], header=header)
    desk.take(first)
    second = desk.write(["Z-9,Phường 1,11/03/2025,G22-1"], "b.csv", header=header)
    headers, *rows = read_rejected(desk.take(second, allowed_reject_share=1).rejected)
    gone, here = (dict(zip(headers, row, strict=True)) for row in rows)
    assert (gone["Tệp nguồn"], gone["Trang tính"], gone["Dòng"]) == ("a.csv", None, "2")
    # Codes are kept nowhere in clear, and a hash is of no use to anybody.
    assert (gone["Mã hồ sơ"], gone["Mã hồ sơ khác"]) == (None, None)
    assert (gone["Đơn vị tiếp nhận"], gone["Ngày tiếp nhận"]) == ("Phường 1", "10/03/2025")
    assert (here["Mã hồ sơ"], here["Mã hồ sơ khác"]) == ("Z-9", "G22-1")


def test_what_comes_from_a_file_never_becomes_a_formula(desk):
    payload = '=HYPERLINK(""http://127.0.0.1"",""x"")'
    desk.write([f'"{payload}","@SUM(A1)","31/02/2025",,,"=1+1"', '"A-1","Sở A","10/03/2025","11/03/2025",,"+1+1"'])
    result = desk.take(allowed_reject_share=1)
    sheet = openpyxl.load_workbook(result.rejected).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    assert all(cell.value is None for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "n")
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_the_table_of_flags_is_inert_too(desk):
    desk.write(['"A-1","Sở A","10/03/2025","=1+1"'], header="Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Hình thức tiếp nhận")
    result = desk.take()
    text = (result.rejected.parent / "flags.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    assert ',"=1+1"' not in text


# ---- mapping files


def test_a_mapping_brings_calendar_zone_title_and_words(desk):
    header = "Case,Office,In,Out,State"
    desk.write(["1,Desk 1,3/14/2011 1:20,3/15/2011 1:20,Zu", "2,Desk 1,1/2/2012 8:00,,Auf"], header=header)
    mapping = ColumnMapping(
        title={"vi": "Hồ sơ thử", "en": "Trial"},
        timezone="Europe/Amsterdam",
        calendar="weekdays",
        dates="month_first",
        columns={
            "Case": "dossier_id",
            "Office": "receiving_unit",
            "In": "received_at",
            "Out": "finished_at",
            "State": "status",
        },
        values={"status": {"Zu": "finished", "Auf": "processing"}},
    )
    desk.take(mapping=mapping)
    warehouse = open_warehouse(desk.warehouse)
    assert warehouse.title("en") == "Trial"
    assert (warehouse.calendar_name, warehouse.timezone) == ("weekdays", "Europe/Amsterdam")
    assert warehouse.calendar_span == (date(2011, 1, 1), date(2012, 12, 31))
    assert desk.accepted()["received_at"].tolist() == [pd.Timestamp(2011, 3, 14, 1, 20), pd.Timestamp(2012, 1, 2, 8)]
    with pytest.raises(WarehouseError, match="weekdays"):
        desk.take(desk.write(good("A-1"), "b.csv"))


def test_rejected_rows_of_a_mapped_file_can_be_fed_again_under_the_same_mapping(desk, tmp_path):
    desk.write(["1,3/14/2025 1:20,Zu,3/13/2025", "2,13/14/2025,Zu,3/14/2025"], header="Case,In,State,Out")
    mapping = ColumnMapping(
        dates="month_first",
        columns={"Case": "dossier_id", "In": "received_at", "Out": "finished_at", "State": "status"},
        constants={"receiving_unit": "Sở A"},
        values={"status": {"Zu": "finished"}},
    )
    result = desk.take(mapping=mapping, allowed_reject_share=1)
    book = openpyxl.load_workbook(result.rejected)
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, column["Ngày kết thúc xử lý"]).value = "3/15/2025"
    sheet.cell(3, column["Ngày tiếp nhận"]).value = "3/14/2025"
    book.save(tmp_path / "mended.xlsx")
    again = desk.take(tmp_path / "mended.xlsx", mapping=mapping, allowed_reject_share=1)
    assert again.accounting["total"]["accepted"] == 2
    assert desk.accepted()["status"].tolist() == ["finished", "finished"]


def test_checking_a_file_again_under_a_better_mapping_replaces_it(desk):
    desk.write(["A-1,Sở A,10/03/2025,,,Xong rồi nhé"])
    assert desk.take(allowed_reject_share=1).accounting["total"]["rejected"] == 1
    better = ColumnMapping(values={"status": {"Xong rồi nhé": "processing"}})
    total = desk.take(mapping=better).accounting["total"]
    assert (total["read"], total["accepted"], total["rejected"]) == (1, 1, 0)


def test_a_file_without_the_needed_columns_is_refused(desk):
    desk.write(["1,2"], header="Cột lạ,Mã hồ sơ")
    with pytest.raises(MappingError):
        desk.take()


def test_progress_names_each_file_in_turn(desk):
    desk.write(good("A-1"))
    desk.write(good("A-2"), "b.csv")
    told = []
    desk.take(progress=lambda name, number, n: told.append((name, number, n)))
    assert told == [("a.csv", 1, 2), ("b.csv", 2, 2)]


def test_units_of_the_same_name_are_told_apart_by_the_day_of_receipt(desk):
    desk.write(["A-1,Phường Rạch Dừa,10/06/2025,,,", "A-2,Phường Rạch Dừa,10/07/2025,,,"])
    desk.take()
    assert desk.accepted()["receiving_unit"].tolist() == ["rach-dua", "rach-dua-2025"]


def test_the_facade_and_the_accounts_agree(desk):
    desk.write(good("A-1"))
    result = intake(str(desk.exports), str(desk.warehouse))
    assert json.loads((desk.warehouse / "intake.json").read_text(encoding="utf-8")) == dict(result.accounting)
    assert result.rejected.is_file()


# ---- the page that explains all this


@pytest.fixture(scope="module")
def page(project):
    return (project / "docs" / "methods" / "intake.md").read_text(encoding="utf-8")


def test_the_page_names_every_rule(page):
    assert [rule for rule in sentences() if f"`{rule}`" not in page] == []


def test_the_worked_example_of_the_page_is_what_happens(desk, page):
    text = page.split("```text\n")[1].split("```")[0]
    (desk.exports / "a.csv").write_text(text, encoding="utf-8")
    accounting = desk.take(allowed_reject_share=1).accounting
    total = accounting["total"]
    assert [total[name] for name in ("read", "accepted", "rejected", "duplicates", "skipped")] == [6, 2, 2, 1, 1]
    assert total["reasons"] == {"date_unreadable": 1, "open_with_finish_date": 1}
    assert accounting["as_of"] == "2023-03-22T00:00:00"
