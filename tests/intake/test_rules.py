"""Every rule finds the row it is for, and leaves its neighbour alone."""

from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cchc_analysis.intake.rules import FLAGGING, REJECTING, sentences

FULL = (
    "Mã hồ sơ,Mã TTHC,Đơn vị,Hình thức tiếp nhận,Mức độ DVC,Ngày nộp hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày kết thúc xử lý,Ngày trả kết quả,Trạng thái,Thời gian quy định,Thời gian sau cắt giảm,Số ngày tạm dừng"
)
# A dossier to which nothing can be objected: Monday to the Monday after, five working days.
GOOD = {
    "code": "H06-250310-0001",
    "procedure": "1.001610",
    "unit": "Sở Tư pháp",
    "channel": "Trực tiếp",
    "level": "Một phần",
    "submitted": "10/03/2025 08:00:00",
    "received": "10/03/2025 09:00:00",
    "due": "17/03/2025 09:00:00",
    "finished": "14/03/2025 10:30:00",
    "returned": "14/03/2025 11:00:00",
    "status": "Đã trả kết quả",
    "statutory": "7 ngày làm việc",
    "committed": "5 ngày làm việc",
    "paused": "",
}


def row(**changes):
    return ",".join(f'"{cell}"' for cell in (GOOD | changes).values())


def rules_of(desk, **changes):
    """The rules that find something in the good dossier after these changes."""
    # Twenty other dossiers fix the date of the data, so that one odd row does not.
    others = [row(code=f"H06-250310-{number:04d}") for number in range(100, 120)]
    return desk.rules([row(**changes), *others], FULL)[0]


def test_the_good_dossier_is_found_by_no_rule(desk):
    assert rules_of(desk) == []
    assert len(desk.accepted()) == 21


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"code": ""}, "code_missing"),
        ({"unit": ""}, "unit_missing"),
        ({"received": ""}, "received_missing"),
        ({"received": "01/01/1900"}, "received_missing"),
        ({"received": "12/25/2025"}, "date_unreadable"),
        ({"due": "31/02/2025"}, "date_unreadable"),
        ({"finished": "abc"}, "date_unreadable"),
        ({"returned": "1/3"}, "date_unreadable"),
        ({"status": "Xong một nửa"}, "status_unknown"),
        ({"received": "10/03/1025"}, "date_outside_calendar"),
        ({"due": "10/03/2099"}, "date_outside_calendar"),
        ({"finished": "09/03/2025"}, "finished_before_received"),
        ({"finished": "10/03/2025 08:59:59"}, "finished_before_received"),
        ({"returned": "09/03/2025"}, "returned_before_received"),
        ({"due": "09/03/2025 23:00"}, "due_before_received"),
        ({"finished": "", "returned": ""}, "finished_without_date"),
        ({"status": "Công dân rút hồ sơ", "finished": "", "returned": ""}, "finished_without_date"),
        ({"status": "Đang xử lý"}, "open_with_finish_date"),
        ({"received": "10/03/2026", "submitted": "", "due": "", "finished": "", "returned": "", "status": "Đang xử lý"},
         "received_in_future"),
        ({"finished": "10/03/2026", "returned": ""}, "finished_in_future"),
        ({"returned": "10/03/2026"}, "returned_in_future"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_right_is_kept_out(desk, changes, rule):
    assert rule in rules_of(desk, **changes)
    assert len(desk.accepted()) == 20
    assert desk.findings().query("severity == 'reject'")["row"].unique().tolist() == [2]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"submitted": "10/13/2025"}, ["value_blanked"]),
        ({"submitted": "10/03/2099"}, ["value_blanked"]),
        ({"channel": "Fax"}, ["value_blanked"]),
        ({"committed": "0"}, ["due_not_as_recomputed", "term_not_positive"]),
        ({"committed": "5"}, ["term_kind_assumed"]),
        ({"committed": "07 ngày", "statutory": "10 ngày"}, []),
        ({"committed": "07 ngày"}, ["term_kinds_differ"]),
        ({"committed": "", "statutory": "05 ngày làm việc"}, []),
        ({"committed": "5 ngày làm việc", "statutory": ""}, ["term_missing"]),
        ({"committed": "Không quy định", "statutory": "5 ngày làm việc"}, ["term_not_set"]),
        ({"committed": "2 hoặc 3 ngày", "statutory": "5 ngày làm việc"}, ["term_ambiguous"]),
        ({"code": "H06-250307-0001"}, ["number_date_differs"]),
        ({"code": "H06-250307-0001", "submitted": "07/03/2025"}, []),
        ({"code": "SO-TAY-12"}, []),
        ({"received": "09/03/2025 09:00", "code": "H06-250309-0001", "submitted": "", "due": "14/03/2025"},
         ["received_on_day_off"]),
        ({"finished": "17/03/2025 09:00:00", "returned": ""}, ["finished_at_due_second"]),
        ({"finished": "17/03/2025", "due": "17/03/2025", "returned": ""}, []),
        ({"finished": "14/03/2025 20:00:01", "returned": ""}, ["finished_outside_hours"]),
        ({"finished": "14/03/2025 05:59", "returned": ""}, ["finished_outside_hours"]),
        ({"finished": "14/03/2025", "returned": ""}, []),
        ({"due": "18/03/2025"}, ["due_not_as_recomputed"]),
        ({"due": "18/03/2025", "paused": "1"}, []),
        ({"due": "17/03/2025 23:59"}, []),
        ({"level": "Cung cấp thông tin", "channel": "Trực tuyến"}, ["information_level_online"]),
        ({"submitted": "10/03/2025 09:00:01"}, ["submitted_after_received"]),
        ({"submitted": "10/03/2025"}, []),
        ({"finished": "14/03/2025 11:00:01"}, ["returned_before_finished"]),
        ({"status": "Dừng xử lý"}, ["paused_with_finish_date"]),
        ({"status": "Quá hạn"}, ["status_from_dates"]),
        ({"status": ""}, ["status_from_dates"]),
    ],
)  # fmt: skip
def test_an_odd_row_is_kept_and_listed(desk, changes, rules):
    assert rules_of(desk, **changes) == rules
    assert len(desk.accepted()) == 21


def test_a_unit_is_unknown_where_the_table_of_units_knows_others(desk):
    lines = [row(code="H06-250310-9999", unit="UBND P. 1"), row(unit="Phường Không Có Thật")]
    assert desk.rules(lines, FULL) == [[], ["unit_unknown"]]
    assert set(desk.accepted()["receiving_unit"]) == {"phuong-1", "Phường Không Có Thật"}


def test_data_of_another_place_are_told_once_and_not_row_by_row(desk):
    assert desk.rules([row()], FULL) == [[]]
    (file,) = desk.take().accounting["files"]
    assert [note["code"] for note in file["notes"]] == ["units_of_another_place"]


@pytest.mark.parametrize("status", ["Mới đăng ký", "Không được tiếp nhận"])
def test_a_dossier_that_was_never_received_needs_no_date_of_receipt(desk, status):
    assert rules_of(desk, received="", submitted="", finished="", returned="", status=status) == []


def test_an_unreadable_optional_value_is_empty_and_the_row_counts(desk):
    desk.rules([row(channel="Fax", submitted="abc")], FULL)
    (dossier,) = desk.accepted().to_dict("records")
    assert dossier["channel"] is None or dossier["channel"] != dossier["channel"]
    flagged = desk.findings().query("rule == 'value_blanked'")["column"].tolist()
    assert flagged == ["channel", "submitted_at"]


def test_the_kind_of_days_has_its_own_column_and_then_that_decides(desk):
    header = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Thời gian quy định,Loại ngày"
    desk.rules(["A,Sở A,10/03/2025,7 ngày,Ngày làm việc", "B,Sở A,10/03/2025,7,Ngày", "C,Sở A,10/03/2025,7,"], header)
    kinds = desk.accepted().set_index("statutory_days")["day_kind"]
    assert sorted(kinds) == ["calendar", "working", "working"]
    assert desk.findings().query("rule == 'term_kind_assumed'")["row"].tolist() == [4]


def test_every_rule_says_in_both_languages_what_is_wrong():
    for rule in (*REJECTING, *FLAGGING):
        assert rule.en.endswith("."), rule.id
        assert rule.vi.endswith("."), rule.id
        assert sentences()[rule.id] == (rule.en, rule.vi)
    assert len({en for en, _ in sentences().values()}) == len(sentences())


def test_a_row_with_more_cells_than_the_header_is_kept_out(desk):
    lines = ["A-1,Sở A,10/03/2025,11/03/2025,thừa", "A-2,Sở A,10/03/2025,11/03/2025"]
    assert desk.rules(lines, "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày hẹn trả") == [["ragged_row"], []]


def test_numbers_where_a_workbook_has_spoilt_the_codes(desk):
    book = openpyxl.Workbook()
    for cells in (
        ("Mã hồ sơ", "Mã TTHC", "Đơn vị", "Ngày tiếp nhận"),
        (250310001, "1.001610", "Sở A", datetime(2025, 3, 10)),
        (2.503100010001e17, "1.001610", "Sở A", datetime(2025, 3, 10)),
        ("000123", 1.00161, "Sở A", datetime(2025, 3, 10)),
    ):
        book.active.append(cells)
    book.save(desk.exports / "a.xlsx")
    desk.take(allowed_reject_share=1)
    found = desk.findings()
    assert list(zip(found["row"], found["column"], found["rule"], strict=True)) == [
        (3, "dossier_id", "code_unreadable"),
        (4, "procedure_code", "value_blanked"),
    ]
    assert desk.accepted()["source_row"].tolist() in ([2, 4], [4, 2])


def test_dates_of_a_1904_workbook_are_the_dates_it_shows(desk):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(("Mã hồ sơ", "Đơn vị", "Ngày tiếp nhận"))
    book.active.append(("A-1", "Sở A", datetime(2025, 3, 10, 9, 30)))
    book.active.append(("A-2", "Sở A", 45726 - 1462))
    book.save(desk.exports / "a.xlsx")
    desk.take()
    assert sorted(desk.accepted()["received_at"]) == [pd.Timestamp(2025, 3, 10), pd.Timestamp(2025, 3, 10, 9, 30)]
