"""The registers beside the dossiers: taken in with the same guarantees, each by its own headers, words and rules."""

import html
import json
import re

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.cli import main
from cchc_analysis.errors import HashKeyError, InputError, MappingError, ParameterError
from cchc_analysis.intake import ColumnMapping, intake
from cchc_analysis.intake import pipeline as pipeline_module
from cchc_analysis.intake.codes import load_dictionary
from cchc_analysis.intake.columns import Namer, name_columns
from cchc_analysis.intake.folders import kind_of_name
from cchc_analysis.intake.headers import Header, HeaderCell
from cchc_analysis.intake.kinds import INTAKE_KINDS
from cchc_analysis.intake.mapping import parse_mapping
from cchc_analysis.intake.privacy import HashKey, hash_codes
from cchc_analysis.intake.report import accounting_of, accounting_text
from cchc_analysis.intake.rules import RULES, sentences
from cchc_analysis.intake.tables import REJECTED_HEADERS
from cchc_analysis.intake.vocabulary import PERSONAL, build_register_vocabulary, load_vocabulary
from cchc_analysis.schema import KINDS, REGISTERS
from cchc_analysis.warehouse import FLAGS_FILE, open_warehouse, table_schema

# One row of each register to which nothing can be objected, under headers as they are really written.
GOOD = {
    "payments": {
        "Mã hồ sơ": "H06-230310-0001",
        "Số biên lai": "0000100",
        "Đơn vị tiếp nhận": "Phường 1",
        "Mã TTHC": "1.001193",
        "Ngày tiếp nhận": "10/03/2023",
        "Ngày yêu cầu thanh toán": "10/03/2023 08:00",
        "Ngày thu": "10/03/2023 09:00",
        "Phí (VNĐ)": "5.000",
        "Lệ phí (VNĐ)": "10.000",
        "Tổng (VNĐ)": "15.000",
        "Hình thức thu": "Tiền mặt",
        "Trạng thái thanh toán": "Đã thanh toán",
        "Ngày hoàn phí": "",
    },
    "feedback": {
        "Mã PAKN": "PA-2023-0100",
        "Nguồn": "Đường dây nóng",
        "Lĩnh vực": "Đất đai",
        "Cơ quan xử lý": "UBND P. 1",
        "Ngày tiếp nhận": "10/03/2023 09:00",
        "Hạn xử lý": "20/03/2023",
        "Ngày trả lời": "15/03/2023 10:00",
        "Tình trạng xử lý": "Đã trả lời",
        "Công khai": "Đã công khai",
        "Mức độ hài lòng": "Hài lòng",
    },
    "e_copies": {
        "Số chứng thực": "SCT-000100",
        "Cơ quan chứng thực": "Phường 1",
        "Ngày yêu cầu": "10/03/2023 09:00",
        "Ngày chứng thực": "10/03/2023 10:00",
        "Loại bản sao": "Bản điện tử",
        "Số bản sao": "2",
        "Trạng thái": "Đã chứng thực",
    },
    "procedures": {
        "Mã TTHC": "1.000100",
        "Tên thủ tục hành chính": "Đăng ký khai sinh",
        "Lĩnh vực": "Hộ tịch",
        "Cơ quan thực hiện": "Phường 1",
        "Cấp thực hiện": "Cấp xã",
        "Mức độ DVC": "Toàn trình",
        "Thời hạn giải quyết": "5 ngày làm việc",
        "Thời gian sau cắt giảm": "3 ngày làm việc",
        "Có thu phí": "Miễn phí",
        "Cho thanh toán trực tuyến": "Không",
        "Đủ điều kiện DVCTT": "Có",
        "Cung cấp DVCTT": "Có",
        "Tích hợp Cổng DVCQG": "Có",
        "Ngày công bố": "05/01/2015",
        "Ngày công khai": "10/01/2015",
        "Ngày có hiệu lực": "20/01/2015",
        "Ngày hết hiệu lực": "",
    },
    "other_register": {
        "Số hồ sơ": "H06-230310-0001",
        "Mã hồ sơ DVCQG": "G22.99-230310-0001",
        "Phần mềm": "Hộ tịch điện tử",
        "Đơn vị": "Phường 1",
        "Mã TTHC": "1.001193",
        "Ngày tiếp nhận": "10/03/2023 09:00",
        "Ngày hẹn trả": "17/03/2023 09:00",
        "Ngày hoàn thành": "14/03/2023 10:00",
        "Ngày trả kết quả": "14/03/2023 11:00",
        "Tình trạng": "Đã trả kết quả",
    },
}
KEY_HEADER = {kind: next(iter(good)) for kind, good in GOOD.items()}
CODES = {kind: good[KEY_HEADER[kind]] for kind, good in GOOD.items()}
EVERY = pytest.mark.parametrize("kind", GOOD)


def rows_of(kind, n=1):
    """Good rows with codes that count on from that of the example."""
    code = CODES[kind]
    return [GOOD[kind] | {KEY_HEADER[kind]: f"{code[:-3]}{int(code[-3:]) + at:03d}"} for at in range(n)]


def csv_text(rows):
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines) + "\n"


def write(desk, kind, rows, name="a.csv"):
    path = desk.exports / kind / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def take(desk, kind, rows, **options):
    write(desk, kind, rows)
    return desk.take(**({"allowed_reject_share": 1} | options))


def register_path(desk, kind):
    folder = desk.warehouse / "registers" / kind
    return folder / "states" / json.loads((folder / "intake.json").read_text("utf-8"))["state"]


def accepted(desk, kind):
    return pq.read_table(register_path(desk, kind) / f"{kind}.parquet").to_pandas()


def findings(desk, kind):
    return pq.read_table(register_path(desk, kind) / "findings.parquet").to_pandas()


def rules_by_case(desk, kind, cases):
    """For each case (changes of the good row) the rules that find something in it; twenty good rows fix the date."""
    good = rows_of(kind, 20 + len(cases))
    rows = [*good[:20], *(row | changes for row, changes in zip(good[20:], cases, strict=True))]
    take(desk, kind, rows)
    found = findings(desk, kind)
    assert found["row"].min() > 21
    return [sorted(set(found.loc[found["row"] == row, "rule"])) for row in range(22, 22 + len(cases))]


# ---- good files


@EVERY
def test_a_good_file_is_accepted_whole_and_typed(desk, key, kind):
    result = take(desk, kind, rows_of(kind, 3))
    total = result.accounting["total"]
    assert (result.kind, total["read"], total["accepted"]) == (kind, 3, 3)
    assert findings(desk, kind).empty
    table = pq.read_table(register_path(desk, kind) / f"{kind}.parquet")
    assert table.schema == table_schema(KINDS[kind])
    first = table.to_pandas().sort_values("source_row").iloc[0]
    code = KINDS[kind].columns[0]
    expected = hash_codes([CODES[kind].casefold()], HashKey(key))[0] if code.hashed else CODES[kind]
    assert first[code.name] == expected
    assert first["unit"] == "phuong-1"


def test_values_are_read_by_the_words_of_the_register(desk):
    for kind in GOOD:
        write(desk, kind, rows_of(kind))
    desk.take(allowed_reject_share=1)
    payment, message, copy, procedure, other = (accepted(desk, kind).iloc[0] for kind in GOOD)
    assert (payment["fee_amount"], payment["charge_amount"], payment["total_amount"]) == (5000, 10000, 15000)
    assert (payment["method"], payment["status"]) == ("cash", "paid")
    assert (message["source"], message["status"], message["published"], message["rating"]) == (
        "hotline", "answered", True, "satisfied",
    )  # fmt: skip
    assert (copy["form"], copy["status"], copy["n_copies"]) == ("electronic", "certified", 2)
    assert (procedure["tier"], procedure["service_level"], procedure["day_kind"]) == ("commune", "full", "working")
    assert (procedure["has_fee"], procedure["offered_online"], procedure["integrated"]) == (False, True, True)
    assert procedure["decided_at"] == pd.Timestamp(2015, 1, 5)
    assert (other["system"], other["status"]) == ("Hộ tịch điện tử", "returned")


@EVERY
def test_a_workbook_and_a_page_say_the_same_as_the_text(desk, kind):
    rows = rows_of(kind, 2)
    book = openpyxl.Workbook()
    book.active.append(["DANH SÁCH"])
    for line in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.active.append([cell or None for cell in line])
    (desk.exports / kind).mkdir()
    book.save(desk.exports / kind / "a.xlsx")
    cells = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>"
        for line in (list(rows[0]), *(list(row.values()) for row in rows))
    )
    (desk.exports / kind / "b.xls").write_text(f"<html><table>{cells}</table></html>", encoding="utf-8")
    write(desk, kind, rows, "c.csv")
    total = desk.take().accounting["total"]
    assert total["duplicates_by_kind"] == {"identical": 4}
    assert (total["read"], total["accepted"], total["rejected"]) == (6, 2, 0)


def test_the_export_of_a_one_stop_system_is_read_as_it_is(desk):
    """Headers and footer of the payments export of a provincial one-stop system, in their order."""
    header = (
        "STT;Mã hồ sơ;Người tiếp nhận;Loại tiếp nhận;Tên người nộp;Số biên lai;Mẫu số;Ký hiệu;Ngày tiếp nhận;Ngày thu;"
        "Phí (VNĐ);Lệ phí (VNĐ);Tổng (VNĐ)"
    )
    lines = [
        "DANH SÁCH THU PHÍ, LỆ PHÍ;;;;;;;;;;;;",
        header,
        "1;H06-230310-0001;Cán Bộ Kín;Trực tiếp;Người Nộp Kín;0000001;01BLP;AB-23;10/03/2023;10/03/2023;5.000;0;5.000",
        "2;H06-230310-0002;Cán Bộ Kín;Trực tiếp;Người Nộp Kín;0000002;01BLP;AB-23;10/03/2023;11/03/2023;0;8.000;8.000",
        "Tổng số;;;;;;;;;;5.000;8.000;13.000",
    ]
    path = desk.exports / "payments" / "thu phi.csv"
    path.parent.mkdir()
    path.write_text("\n".join(lines), encoding="utf-8")
    accounting = desk.take().accounting
    assert accounting["total"]["skipped_by_kind"] == {"total": 1}
    assert accounting["total"]["accepted"] == 2
    assert set(accounting["dropped_columns"]) >= {"Người tiếp nhận", "Tên người nộp", "Mẫu số", "Loại tiếp nhận"}
    assert [note["code"] for note in accounting["files"][0]["notes"]] == ["status_from_dates", "no_method"]
    assert accepted(desk, "payments")["status"].tolist() == ["paid", "paid"]
    for name, content in desk.files().items():
        assert "Kín".encode() not in content, name


@EVERY
def test_a_table_without_rows_is_an_empty_table(desk, kind):
    path = write(desk, kind, rows_of(kind))
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    result = desk.take()
    assert result.accounting["total"]["read"] == 0
    assert pq.read_schema(register_path(desk, kind) / f"{kind}.parquet") == table_schema(KINDS[kind])


# ---- rules

REJECTED = [
    ("payments", {"Mã hồ sơ": ""}, "code_missing"),
    ("payments", {"Ngày thu": "31/02/2023"}, "date_unreadable"),
    ("payments", {"Ngày thu": "10/03/2099", "Ngày yêu cầu thanh toán": ""}, "date_outside_calendar"),
    ("payments", {"Ngày thu": "10/03/2026"}, "paid_in_future"),
    ("payments", {"Ngày hoàn phí": "10/03/2026"}, "refunded_in_future"),
    ("payments", {"Tổng (VNĐ)": ""}, "amount_missing"),
    ("payments", {"Tổng (VNĐ)": "-15.000"}, "amount_unreadable"),
    ("payments", {"Tổng (VNĐ)": "mười lăm nghìn"}, "amount_unreadable"),
    ("payments", {"Ngày thu": ""}, "paid_without_date"),
    ("feedback", {"Mã PAKN": ""}, "key_missing"),
    ("feedback", {"Cơ quan xử lý": "-"}, "unit_name_missing"),
    ("feedback", {"Ngày tiếp nhận": ""}, "received_missing"),
    ("feedback", {"Ngày tiếp nhận": "12/25/2023"}, "date_unreadable"),
    ("feedback", {"Hạn xử lý": "mai"}, "date_unreadable"),
    ("feedback", {"Ngày tiếp nhận": "10/03/1023"}, "date_outside_calendar"),
    ("feedback", {"Tình trạng xử lý": "Xong một nửa"}, "status_unknown"),
    ("feedback", {"Ngày trả lời": "10/03/2023 08:59"}, "answered_before_received"),
    ("feedback", {"Ngày trả lời": ""}, "answered_without_date"),
    ("feedback", {"Ngày trả lời": "10/03/2026"}, "answered_in_future"),
    ("feedback", {"Ngày tiếp nhận": "10/03/2026", "Hạn xử lý": "", "Ngày trả lời": "", "Tình trạng xử lý": ""},
     "received_in_future"),
    ("e_copies", {"Số chứng thực": ""}, "key_missing"),
    ("e_copies", {"Cơ quan chứng thực": ""}, "unit_name_missing"),
    ("e_copies", {"Ngày yêu cầu": ""}, "received_missing"),
    ("e_copies", {"Ngày chứng thực": "x"}, "date_unreadable"),
    ("e_copies", {"Loại bản sao": "Bản nháp"}, "form_unknown"),
    ("e_copies", {"Ngày chứng thực": "09/03/2023"}, "certified_before_received"),
    ("e_copies", {"Ngày chứng thực": "10/03/2026"}, "certified_in_future"),
    ("procedures", {"Mã TTHC": ""}, "key_missing"),
    ("procedures", {"Tên thủ tục hành chính": ""}, "name_missing"),
    ("procedures", {"Ngày hết hiệu lực": "19/01/2015"}, "valid_to_before_from"),
    ("other_register", {"Số hồ sơ": ""}, "code_missing"),
    ("other_register", {"Đơn vị": ""}, "unit_name_missing"),
    ("other_register", {"Ngày tiếp nhận": "abc"}, "date_unreadable"),
    ("other_register", {"Ngày hoàn thành": "09/03/2023"}, "finished_before_received"),
    ("other_register", {"Ngày trả kết quả": "09/03/2023", "Ngày hoàn thành": ""}, "returned_before_received"),
    ("other_register", {"Ngày hẹn trả": "09/03/2023"}, "due_before_received"),
    ("other_register", {"Ngày hoàn thành": "", "Ngày trả kết quả": ""}, "finished_without_date"),
    ("other_register", {"Tình trạng": "Đang xử lý"}, "open_with_finish_date"),
    ("other_register", {"Ngày hoàn thành": "10/03/2026", "Ngày trả kết quả": ""}, "finished_in_future"),
    ("other_register", {"Ngày trả kết quả": "10/03/2026"}, "returned_in_future"),
]  # fmt: skip

FLAGGED = [
    ("payments", {"Tổng (VNĐ)": "16.000"}, ["total_not_sum"]),
    ("payments", {"Phí (VNĐ)": "", "Tổng (VNĐ)": "16.000"}, []),
    ("payments", {"Ngày yêu cầu thanh toán": "10/03/2023 09:01"}, ["paid_before_requested"]),
    ("payments", {"Ngày yêu cầu thanh toán": "10/03/2023"}, []),
    ("payments", {"Ngày hoàn phí": "09/03/2023"}, ["refunded_before_paid"]),
    ("payments", {"Hình thức thu": ""}, ["method_missing"]),
    ("payments", {"Hình thức thu": "Vàng miếng"}, ["value_blanked"]),
    ("payments", {"Trạng thái thanh toán": "Thất bại"}, ["unpaid_with_date"]),
    ("payments", {"Trạng thái thanh toán": "Thất bại", "Ngày thu": ""}, []),
    ("payments", {"Trạng thái thanh toán": ""}, ["status_from_dates"]),
    ("payments", {"Ngày tiếp nhận": "10/03/2099"}, ["value_blanked"]),
    ("payments", {"Đơn vị tiếp nhận": "Phường Không Có"}, ["unit_unknown"]),
    ("feedback", {"Hạn xử lý": "09/03/2023"}, ["due_before_received"]),
    ("feedback", {"Tình trạng xử lý": "Đang xử lý"}, ["open_with_answer"]),
    ("feedback", {"Tình trạng xử lý": "Quá hạn"}, ["status_from_dates"]),
    ("feedback", {"Nguồn": "Chim bồ câu"}, ["value_blanked"]),
    ("e_copies", {"Ngày chứng thực": ""}, ["certified_without_date"]),
    ("e_copies", {"Trạng thái": "Từ chối"}, ["uncertified_with_date"]),
    ("e_copies", {"Loại bản sao": ""}, ["form_missing"]),
    ("e_copies", {"Số bản sao": "0"}, ["value_blanked"]),
    ("e_copies", {"Số bản sao": "1,5"}, ["value_blanked"]),
    ("procedures", {"Thời gian sau cắt giảm": "6 ngày làm việc"}, ["committed_above_statutory"]),
    ("procedures", {"Thời gian sau cắt giảm": "6 ngày"}, ["term_kinds_differ"]),
    ("procedures", {"Thời hạn giải quyết": "Không quy định"}, ["term_not_set"]),
    ("procedures", {"Đủ điều kiện DVCTT": "Không"}, ["offered_not_eligible"]),
    ("procedures", {"Đủ điều kiện DVCTT": ""}, []),
    ("procedures", {"Cung cấp DVCTT": "Chưa cung cấp"}, ["integrated_not_offered"]),
    ("procedures", {"Cho thanh toán trực tuyến": "Có"}, ["payable_without_fee"]),
    ("procedures", {"Ngày công khai": "04/01/2015"}, ["published_before_decided"]),
    ("procedures", {"Ngày công khai": "10/01/1815"}, ["value_blanked"]),
    ("procedures", {"Ngày hết hiệu lực": "31/12/9999"}, []),
    ("other_register", {"Ngày hoàn thành": "15/03/2023"}, ["returned_before_finished"]),
    ("other_register", {"Ngày hẹn trả": "31/02/2023"}, ["value_blanked"]),
    ("other_register", {"Tình trạng": "Không rõ"}, ["status_from_dates"]),
]


@EVERY
def test_a_row_that_cannot_be_right_is_kept_out(desk, kind):
    cases = [(changes, rule) for of_kind, changes, rule in REJECTED if of_kind == kind]
    found = rules_by_case(desk, kind, [changes for changes, _ in cases])
    assert [(changes, rule) for (changes, rule), rules in zip(cases, found, strict=True) if rule not in rules] == []
    assert accepted(desk, kind)["source_row"].max() == 21


@EVERY
def test_an_odd_row_is_kept_and_listed(desk, kind):
    cases = [(changes, rules) for of_kind, changes, rules in FLAGGED if of_kind == kind]
    found = rules_by_case(desk, kind, [changes for changes, _ in cases])
    assert list(zip([changes for changes, _ in cases], found, strict=True)) == cases
    assert len(accepted(desk, kind)) == 20 + len(cases)


def test_every_rule_of_the_registers_has_been_seen_at_work():
    tested = {(kind, rule) for kind, _, rule in REJECTED}
    tested |= {(kind, rule) for kind, _, rules in FLAGGED for rule in rules}
    # Held by all kinds in one way and tried where they are easiest to make; see the tests of dossiers for the terms.
    shared = {
        *("ragged_row", "code_unreadable", "key_unreadable", "value_blanked", "status_from_dates", "unit_unknown"),
        *("date_unreadable", "date_outside_calendar", "received_missing", "unit_name_missing"),
        *(rule for rule in sentences() if rule.startswith("term_")),
    }
    every = {(kind, rule.id) for kind in GOOD for rule in (*RULES[kind].rejecting, *RULES[kind].flagging)}
    assert {pair for pair in every - tested if pair[1] not in shared} == set()


@EVERY
def test_every_rule_says_in_both_languages_what_is_wrong(kind):
    for rule in (*RULES[kind].rejecting, *RULES[kind].flagging):
        assert rule.en.endswith("."), rule.id
        assert rule.vi.endswith("."), rule.id
        assert sentences()[rule.id] == (rule.en, rule.vi), rule.id
        assert rule.column in {"", *(column.name for column in KINDS[kind].columns)}


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        ("payments", {}, "paid"),
        ("payments", {"Ngày thu": ""}, "requested"),
        ("payments", {"Ngày hoàn phí": "12/03/2023"}, "refunded"),
        ("feedback", {}, "answered"),
        ("feedback", {"Ngày trả lời": ""}, "processing"),
        ("e_copies", {}, "certified"),
        ("e_copies", {"Ngày chứng thực": ""}, "requested"),
        ("other_register", {"Ngày trả kết quả": ""}, "finished"),
    ],
)
def test_a_file_without_states_takes_them_from_the_dates(desk, kind, changes, status):
    header = {"payments": "Trạng thái thanh toán", "feedback": "Tình trạng xử lý", "e_copies": "Trạng thái"}
    row = GOOD[kind] | changes
    del row[header.get(kind, "Tình trạng")]
    (file,) = take(desk, kind, [row]).accounting["files"]
    assert [note["code"] for note in file["notes"]] == ["status_from_dates"]
    assert accepted(desk, kind)["status"].tolist() == [status]
    assert findings(desk, kind).empty


def test_copies_of_a_file_that_states_no_form_are_electronic_and_this_is_said(desk):
    row = {header: cell for header, cell in GOOD["e_copies"].items() if header != "Loại bản sao"}
    (file,) = take(desk, "e_copies", [row]).accounting["files"]
    assert [note["code"] for note in file["notes"]] == ["all_electronic"]
    assert accepted(desk, "e_copies")["form"].tolist() == ["electronic"]
    (file,) = take(desk, "e_copies", [GOOD["e_copies"] | {"Loại bản sao": ""}]).accounting["files"][:1]
    assert set(accepted(desk, "e_copies")["form"]) == {"electronic"}


def test_a_code_of_a_procedure_that_a_workbook_has_spoilt_is_rejected_and_not_skipped(desk):
    book = openpyxl.Workbook()
    for cells in (["Mã TTHC", "Tên thủ tục hành chính"], ["1.001193", "A"], [1.00161, "B"], [None, "I. Đất đai"]):
        book.active.append(cells)
    (desk.exports / "thu-tuc").mkdir()
    book.save(desk.exports / "thu-tuc" / "a.xlsx")
    total = desk.take(allowed_reject_share=1).accounting["total"]
    assert total["reasons"] == {"key_unreadable": 1}
    assert (total["read"], total["accepted"], total["skipped"]) == (3, 1, 1)


def test_error_cells_of_a_workbook_are_never_values(desk):
    book = openpyxl.Workbook()
    book.active.append(list(GOOD["payments"]))
    book.active.append([cell or None for cell in (GOOD["payments"] | {"Tổng (VNĐ)": "#N/A"}).values()])
    book.active.append([cell or None for cell in (GOOD["payments"] | {"Mã hồ sơ": "#REF!"}).values()])
    (desk.exports / "payments").mkdir()
    book.save(desk.exports / "payments" / "a.xlsx")
    assert desk.take(allowed_reject_share=1).accounting["total"]["reasons"] == {
        "amount_unreadable": 1,
        "code_unreadable": 1,
    }


# ---- the same row twice


@EVERY
def test_a_row_twice_counts_once_and_with_other_content_not_at_all(desk, kind):
    first, second, third = rows_of(kind, 3)
    unit = next(header for header, cell in first.items() if cell in ("Phường 1", "UBND P. 1"))
    other = {"procedures": "Lĩnh vực", "e_copies": "Số bản sao"}.get(kind, unit)
    total = take(desk, kind, [first, first, second, third, third | {other: "7"}]).accounting["total"]
    assert (total["duplicates"], total["accepted"], total["rejected"]) == (1, 2, 2)
    assert total["reasons"] == {"conflicting_code": 2}
    conflicts = findings(desk, kind).query("rule == 'conflicting_code'")
    assert conflicts["row"].tolist() == [5, 6]


def test_the_newer_file_wins_where_a_row_has_moved_on(desk):
    old = GOOD["feedback"] | {"Ngày trả lời": "", "Tình trạng xử lý": "Đang xử lý"}
    write(desk, "feedback", [old], "march.csv")
    write(desk, "feedback", [GOOD["feedback"]], "april.csv")
    total = desk.take().accounting["total"]
    assert total["duplicates_by_kind"] == {"superseded": 1}
    assert accepted(desk, "feedback")["status"].tolist() == ["answered"]


def test_a_payment_that_was_asked_for_first_and_made_later_is_no_conflict(desk):
    asked = GOOD["payments"] | {"Ngày thu": "", "Trạng thái thanh toán": "Chờ thanh toán", "Hình thức thu": ""}
    write(desk, "payments", [asked], "march.csv")
    write(desk, "payments", [GOOD["payments"]], "april.csv")
    assert desk.take().accounting["total"]["duplicates_by_kind"] == {"superseded": 1}
    assert accepted(desk, "payments")["status"].tolist() == ["paid"]


def test_a_dossier_may_be_paid_for_more_than_once(desk):
    row = GOOD["payments"]
    total = take(desk, "payments", [row, row | {"Số biên lai": "0000101"}]).accounting["total"]
    assert (total["accepted"], total["duplicates"]) == (2, 0)


def test_payments_without_a_receipt_number_are_one_only_where_everything_is_equal(desk):
    row = GOOD["payments"] | {"Số biên lai": ""}
    total = take(desk, "payments", [row, row, row | {"Ngày thu": "11/03/2023"}]).accounting["total"]
    assert (total["accepted"], total["duplicates"], total["rejected"]) == (2, 1, 0)
    write(desk, "payments", [row], "b.csv")
    assert desk.take().accounting["total"]["duplicates_by_kind"] == {"identical": 1, "repeated": 1}


def test_a_procedure_stands_once_for_each_unit_and_once_for_all(desk):
    row = GOOD["procedures"]
    rows = [row, row | {"Cơ quan thực hiện": "Phường 2"}, row | {"Cơ quan thực hiện": ""}]
    assert take(desk, "procedures", rows).accounting["total"]["accepted"] == 3
    again = [*rows, row | {"Cơ quan thực hiện": "", "Lĩnh vực": "Khác"}]
    assert take(desk, "procedures", again).accounting["total"]["reasons"] == {"conflicting_code": 2}


def test_a_newer_catalogue_replaces_the_older_one(desk):
    write(desk, "procedures", [GOOD["procedures"]], "2015.csv")
    days = {"Ngày công bố": "01/02/2020", "Ngày công khai": "02/02/2020", "Ngày có hiệu lực": "03/02/2020"}
    write(desk, "procedures", [GOOD["procedures"] | days | {"Thời gian sau cắt giảm": "2 ngày làm việc"}], "2020.csv")
    assert desk.take().accounting["total"]["duplicates_by_kind"] == {"superseded": 1}
    assert accepted(desk, "procedures")["committed_days"].tolist() == [2]


def test_every_office_numbers_its_copies_from_one_and_again_every_year(desk):
    row = GOOD["e_copies"] | {"Số chứng thực": "15"}
    next_year = row | {"Ngày yêu cầu": "10/03/2024 09:00", "Ngày chứng thực": "10/03/2024 10:00"}
    rows = [row, row | {"Cơ quan chứng thực": "Phường 2"}, next_year]
    assert take(desk, "e_copies", rows).accounting["total"]["accepted"] == 3


@EVERY
def test_the_order_of_files_and_rows_does_not_matter(desk, tmp_path, kind):
    first, second, third = rows_of(kind, 3)
    for name, rows in {"x.csv": [first, second], "y.csv": [second, third]}.items():
        write(desk, kind, rows, name)
    desk.take()
    before = accepted(desk, kind).drop(columns="source_row")
    desk.warehouse = tmp_path / "second"
    write(desk, kind, [second, first], "x.csv")
    write(desk, kind, [third, second], "y.csv")
    desk.take()
    order = [column.name for column in KINDS[kind].columns]
    after = accepted(desk, kind).drop(columns="source_row")
    pd.testing.assert_frame_equal(
        before.sort_values(order, ignore_index=True), after.sort_values(order, ignore_index=True)
    )


# ---- rejected rows, for people


@EVERY
def test_rejected_rows_can_be_mended_and_fed_again(desk, tmp_path, kind):
    rows = rows_of(kind, 3)
    bad = rows[1] | {KEY_HEADER[kind]: ""}
    result = take(desk, kind, [rows[0], bad, rows[2]])
    assert result.accounting["total"]["rejected"] == 1
    assert result.rejected == register_path(desk, kind) / "rejected.xlsx"
    book = openpyxl.load_workbook(result.rejected)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert headers == [*REJECTED_HEADERS, *(column.label for column in KINDS[kind].columns)]
    assert sheet.cell(2, 4).value == KINDS[kind].columns[0].label
    sheet.cell(2, 7).value = rows[1][KEY_HEADER[kind]]
    book.save(tmp_path / "mended.xlsx")
    again = desk.take(tmp_path / "mended.xlsx", kind=kind, allowed_reject_share=1)
    assert again.accounting["total"]["accepted"] == 3
    mended = accepted(desk, kind).set_index("source_file").drop(columns=["source_sheet", "source_row"])
    names = [column.name for column in KINDS[kind].columns[1:]]
    pd.testing.assert_series_equal(mended.loc["mended.xlsx", names], mended[names].iloc[0], check_names=False)


@EVERY
def test_what_comes_from_a_file_never_becomes_a_formula(desk, kind):
    formula = '=HYPERLINK("http://127.0.0.1","x")'.replace('"', '""')
    hostile = dict.fromkeys(GOOD[kind], formula)
    result = take(desk, kind, [hostile, *rows_of(kind, 2)])
    assert result.accounting["total"]["read"] == 3
    sheet = openpyxl.load_workbook(result.rejected).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None} <= {"s"}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_the_table_of_flags_of_a_register_is_inert(desk):
    take(desk, "payments", [GOOD["payments"] | {"Hình thức thu": "=1+1"}])
    text = (register_path(desk, "payments") / FLAGS_FILE).read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    assert '"=1+1"' not in text
    assert "Hình thức thanh toán" in text


# ---- persons and keys


@EVERY
def test_no_byte_of_a_register_holds_a_person_or_a_code(desk, kind):
    people = {"Họ và tên": "Người Rất Kín", "Số điện thoại": "0912345678", "Địa chỉ": "12 Đường Kín", "Ghi chú": "kín"}
    rows = [row | people for row in rows_of(kind, 2)]
    result = take(desk, kind, [*rows, rows[0] | {KEY_HEADER[kind]: ""}])
    assert set(result.accounting["dropped_columns"]) >= set(people)
    secrets = [*people.values(), *([CODES[kind]] if KINDS[kind].columns[0].hashed else [])]
    for name, content in desk.files().items():
        assert not [secret for secret in secrets if secret.encode() in content], name
    book = openpyxl.load_workbook(result.rejected)
    shown = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert not shown & set(people.values())


@EVERY
def test_columns_about_persons_are_known_in_every_register_and_never_asked_for(kind):
    for header in ("Người nộp tiền", "Người phản ánh", "Họ tên người yêu cầu chứng thực", "Số CCCD", "Người tiếp nhận"):
        assert load_vocabulary(kind).meaning(header) == PERSONAL
    name = KINDS[kind].columns[1].name
    with pytest.raises(MappingError, match="is about a person"):
        parse_mapping(f"kind: {kind}\ncolumns: {{Địa chỉ: {name}}}", "m.yaml")


def test_codes_of_dossiers_have_the_same_hash_in_every_table(desk):
    desk.write(["H06-230310-0001,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, "payments", [GOOD["payments"] | {"Mã hồ sơ": "'h06-230310-0001 "}])
    write(desk, "other_register", [GOOD["other_register"] | {"Số hồ sơ": "H06\u2011230310\u20110001"}])
    desk.take()
    (dossier,) = desk.accepted()["dossier_id"]
    assert accepted(desk, "payments")["dossier_id"].tolist() == [dossier]
    assert accepted(desk, "other_register")["dossier_id"].tolist() == [dossier]


def test_another_key_is_refused_for_a_register_too(desk, monkeypatch):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    desk.take()
    before = desk.files()
    monkeypatch.setenv("CCHC_HASH_KEY", "another key for tests, 32 bytes.")
    write(desk, "payments", rows_of("payments"))
    with pytest.raises(HashKeyError, match="another key"):
        desk.take(desk.exports / "payments")
    assert desk.files() == before


def test_dossiers_are_refused_beside_a_register_of_another_key(desk, monkeypatch):
    take(desk, "payments", rows_of("payments"))
    monkeypatch.setenv("CCHC_HASH_KEY", "another key for tests, 32 bytes.")
    with pytest.raises(HashKeyError, match="another key"):
        desk.take(desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"]))


# ---- which kind a file is


def test_the_folder_says_which_register_a_file_belongs_to(desk):
    folders = {
        "payments": "02. Thanh toán",
        "feedback": "phan-anh-2023",
        "e_copies": "Chứng thực",
        "procedures": "thu-tuc",
        "other_register": "Đối chiếu quý 1",
    }
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    for kind, folder in folders.items():
        deep = desk.exports / folder / "phường 1"
        deep.mkdir(parents=True)
        (deep / "a.csv").write_text(csv_text(rows_of(kind, 2)), encoding="utf-8")
    told = []
    result = desk.take(progress=lambda name, number, n: told.append((number, n)))
    assert [each.kind for each in result.results] == ["dossiers", *GOOD]
    assert [each.accounting["total"]["accepted"] for each in result.results] == [1, 2, 2, 2, 2, 2]
    assert told == [(number, 6) for number in range(1, 7)]
    assert [register.kind.name for register in open_warehouse(desk.warehouse).registers()] == list(GOOD)
    assert list(accounting_of(result)) == ["dossiers", *GOOD]
    text = accounting_text(result, "vi")
    assert [text.count(KINDS[kind].vi) for kind in GOOD] == [1] * len(GOOD)
    assert all(each.unchanged for each in desk.take().results)


def test_a_folder_or_file_given_by_itself_is_known_by_its_name_too(desk):
    path = write(desk, "payments", rows_of("payments"))
    assert desk.take(path.parent).kind == "payments"
    assert desk.take(path).kind == "payments"
    assert desk.take(path, kind="auto").unchanged


def test_a_kind_that_is_named_holds_for_every_file(desk):
    desk.write([], "a.csv")
    (desk.exports / "a.csv").write_text(csv_text(rows_of("feedback")), encoding="utf-8")
    write(desk, "payments", rows_of("feedback", 2), "b.csv")
    assert desk.take(kind="feedback").accounting["total"]["accepted"] == 2


def test_the_worst_kind_decides_on_the_exit_code(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, "payments", [*rows_of("payments", 2), GOOD["payments"] | {"Mã hồ sơ": ""}])
    result = desk.take()
    assert result.exit_code == 1
    assert [each.accounting["total"]["rejected"] for each in result.results] == [0, 1]
    assert desk.take(allowed_reject_share=0.5).exit_code == 0


# Lists of dossiers have all that these need; there the word of the person who names the kind counts.
ALSO = {("payments", "dossiers"), ("payments", "e_copies"), ("payments", "other_register")}
ALSO |= {("other_register", "dossiers"), ("other_register", "e_copies")}
OTHERS = [(kind, other) for kind in GOOD for other in KINDS if kind != other and (kind, other) not in ALSO]


@pytest.mark.parametrize(("kind", "taken_for"), OTHERS)
def test_a_file_of_another_kind_is_told_by_its_columns(desk, kind, taken_for):
    path = write(desk, kind, rows_of(kind))
    with pytest.raises(InputError) as caught:
        desk.take(path, kind=taken_for)
    assert f"take it in with --kind {kind}." in caught.value.en.splitlines()[0]
    assert f"--kind {kind}." in caught.value.vi.splitlines()[0]
    assert not desk.warehouse.exists()


def test_payments_among_the_dossiers_are_refused_and_not_counted_as_dossiers(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    path = desk.exports / "thu phi.csv"
    path.write_text(csv_text(rows_of("payments", 2)), encoding="utf-8")
    with pytest.raises(InputError, match=r"thu phi\.csv: this looks like 'Payments .*--kind payments.*--kind dossiers"):
        desk.take()
    assert not desk.warehouse.exists()
    assert desk.take(path, kind="dossiers").accounting["total"]["accepted"] == 2


def test_a_list_of_dossiers_is_no_register_whatever_else_it_tells(desk):
    fees = {header: cell for header, cell in GOOD["payments"].items() if header != "Trạng thái thanh toán"}
    row = fees | {"Ngày hẹn trả": "24/03/2023", "Trạng thái": "Đang xử lý", "Số bản": "1", "Hệ thống": "X"}
    (desk.exports / "a.csv").write_text(csv_text([row]), encoding="utf-8")
    assert desk.take().kind == "dossiers"


@EVERY
def test_mended_rows_of_a_register_are_not_taken_for_dossiers(desk, tmp_path, kind):
    result = take(desk, kind, [GOOD[kind] | {KEY_HEADER[kind]: ""}])
    assert f"--kind {kind}" in accounting_text(result, "vi")
    mended = tmp_path / "mended.xlsx"
    mended.write_bytes(result.rejected.read_bytes())
    with pytest.raises(InputError, match=f"--kind {kind}"):
        desk.take(mended)
    assert desk.take(mended, kind=kind, allowed_reject_share=1).accounting["total"]["rejected"] == 2


def test_the_command_takes_in_one_kind_or_sorts_them_by_folder(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    path = write(desk, "payments", rows_of("payments", 2))
    line = ["intake", str(desk.exports), "--warehouse", str(desk.warehouse)]
    both = CliRunner().invoke(main, [*line, "--json"], catch_exceptions=False)
    assert both.exit_code == 0
    assert list(json.loads(both.stdout)) == ["dossiers", "payments"]
    (desk.exports / "thu.csv").write_bytes(path.read_bytes())
    line[1] = str(desk.exports / "thu.csv")
    assert CliRunner().invoke(main, line, catch_exceptions=False).exit_code == 2
    one = CliRunner().invoke(main, [*line, "--kind", "payments", "--language", "en"], catch_exceptions=False)
    assert one.exit_code == 0
    assert one.stdout.startswith("Payments of fees and charges\nThese files had been taken in before")


def test_an_unknown_kind_is_refused_with_those_there_are(desk):
    write(desk, "payments", rows_of("payments"))
    with pytest.raises(ParameterError, match=r"'payments'.*'auto'"):
        desk.take(kind="salaries")


@pytest.mark.parametrize(
    ("kind", "headers", "kept"),
    [
        ("payments", ["Trạng thái", "Trạng thái thanh toán"], {"status": "Trạng thái thanh toán"}),
        ("payments", ["Trạng thái"], {"status": "Trạng thái"}),
        ("payments", ["Đơn vị giải quyết", "Đơn vị tiếp nhận"], {"unit": "Đơn vị tiếp nhận"}),
        ("feedback", ["Đơn vị tiếp nhận", "Đơn vị", "Đơn vị xử lý"], {"unit": "Đơn vị xử lý"}),
        ("feedback", ["Ngày gửi", "Ngày hoàn thành"], {"received_at": "Ngày gửi", "answered_at": "Ngày hoàn thành"}),
        ("procedures", ["Cơ quan", "Cơ quan thực hiện"], {"unit": "Cơ quan thực hiện"}),
    ],
)
def test_the_better_header_wins_where_two_could_stand_for_one_column(kind, headers, kept):
    header = Header(0, 0, tuple(HeaderCell(at, (text,), (1,)) for at, text in enumerate(headers)))
    namer = Namer([column.name for column in KINDS[kind].columns], ColumnMapping.model_validate({"kind": kind}))
    assert name_columns(header, namer, ("a", "a")).headers == kept


def test_a_header_may_mean_one_thing_here_and_another_there():
    meanings = {kind: load_vocabulary(kind).meaning("Ngày thu") for kind in KINDS}
    assert meanings["payments"] == "paid_at"
    assert meanings["dossiers"] == meanings["other_register"] == "ignored"
    words = load_dictionary()
    assert words.codes("status", "payments")["da thu"] == "paid"
    assert words.codes("status", "dossiers")["da tra ket qua"] == "returned"


@EVERY
def test_labels_and_names_of_the_schema_are_known_in_every_register(kind):
    vocabulary = load_vocabulary(kind)
    for column in KINDS[kind].columns:
        assert vocabulary.meaning(column.label) == vocabulary.meaning(column.name) == column.name


@EVERY
def test_every_code_and_its_own_name_are_understood(kind):
    for column in KINDS[kind].columns:
        if column.codes:
            assert set(load_dictionary().codes(column.name, kind).values()) == set(column.codes)


def test_a_header_with_two_meanings_in_one_register_is_refused():
    section = {"columns": {"paid_at": ["Ngày X"], "requested_at": ["ngay x"]}}
    with pytest.raises(MappingError, match="stands under both paid_at and requested_at"):
        build_register_vocabulary(KINDS["payments"], section, load_vocabulary())
    with pytest.raises(MappingError, match="'paidat' is not a column"):
        build_register_vocabulary(KINDS["payments"], {"columns": {"paidat": ["X"]}}, load_vocabulary())


# ---- mapping files


def test_a_mapping_file_for_a_register(desk, tmp_path):
    (desk.exports / "a.csv").write_text("Ref;When;Dong;How\nH-1;3/14/2023;15000;C\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "columns: {Ref: dossier_id, When: paid_at, Dong: total_amount, How: method}\n"
        "values: {method: {C: card}}\ndates: month_first\n",
        encoding="utf-8",
    )
    with pytest.raises(MappingError, match="known columns: dossier_id, dossier_id_other"):
        desk.take(mapping=mapping)
    assert desk.take(mapping=mapping, kind="payments").accounting["total"]["accepted"] == 1
    (payment,) = accepted(desk, "payments").to_dict("records")
    assert (payment["method"], payment["paid_at"]) == ("card", pd.Timestamp(2023, 3, 14))


def test_a_mapping_file_may_say_itself_what_the_rows_are(desk, tmp_path):
    (desk.exports / "a.csv").write_text("Ref;When;Dong\nH-1;14/03/2023;15000\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("kind: payments\ncolumns: {Ref: dossier_id, When: paid_at, Dong: total_amount}\n", "utf-8")
    assert desk.take(mapping=mapping).kind == "payments"
    with pytest.raises(MappingError, match="for tables of kind 'payments', but 'feedback'"):
        desk.take(mapping=mapping, kind="feedback")


def test_a_mapping_for_dossiers_lends_the_registers_its_clock_and_its_order_of_dates(desk):
    desk.write(["A-1,Desk 1,3/14/2023,3/24/2023,,Đang xử lý"])
    row = GOOD["payments"] | {"Ngày thu": "3/14/2023 09:00", "Ngày tiếp nhận": "", "Ngày yêu cầu thanh toán": ""}
    write(desk, "payments", [row])
    result = desk.take(mapping=ColumnMapping(calendar="weekdays", timezone="Asia/Tokyo", dates="month_first"))
    assert [each.accounting["timezone"] for each in result.results] == ["Asia/Tokyo", "Asia/Tokyo"]
    assert accepted(desk, "payments")["paid_at"].tolist() == [pd.Timestamp(2023, 3, 14, 9)]


# ---- all or nothing


def test_a_file_that_cannot_be_read_leaves_every_kind_as_it_was(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, "payments", rows_of("payments"))
    desk.take()
    before = desk.files()
    desk.write(["A-2,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"], "b.csv")
    write(desk, "payments", rows_of("payments", 3), "b.csv")
    (desk.exports / "payments" / "c.xlsx").write_bytes(b"")
    (desk.exports / "feedback").mkdir()
    (desk.exports / "feedback" / "d.pdf").write_bytes(b"%PDF-1.7 ...")
    with pytest.raises(InputError) as error:
        desk.take()
    assert "payments/c.xlsx" in error.value.en
    assert "feedback/d.pdf" in error.value.vi
    assert desk.files() == before
    assert not (desk.warehouse / "registers" / "feedback").exists()


def test_a_refused_first_run_leaves_no_folder(desk):
    write(desk, "payments", rows_of("payments"))
    (desk.exports / "payments" / "c.xlsx").write_bytes(b"")
    with pytest.raises(InputError):
        desk.take()
    assert not desk.warehouse.exists()


def test_a_run_that_breaks_off_while_a_register_is_written_leaves_every_kind_as_it_was(desk, monkeypatch):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, "payments", rows_of("payments"))
    desk.take()
    before = desk.files()
    desk.write(["A-2,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"], "b.csv")
    write(desk, "payments", rows_of("payments", 3), "b.csv")
    whole = pipeline_module.write_state

    def broken(folder, *rest):
        if "payments" in str(folder):
            raise KeyboardInterrupt
        whole(folder, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline_module, "write_state", broken)
        with pytest.raises(KeyboardInterrupt):
            desk.take()
    assert desk.files() == before


def test_two_warehouses_of_the_same_files_have_the_same_bytes(desk, tmp_path):
    desk.write(["H06-230310-0001,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    for kind in GOOD:
        write(desk, kind, [*rows_of(kind, 3), GOOD[kind] | {KEY_HEADER[kind]: ""}])
    desk.take(allowed_reject_share=1)
    first = desk.files()
    assert any(name.startswith("registers/procedures/states/") for name in first)
    desk.warehouse = tmp_path / "second"
    desk.take(allowed_reject_share=1)
    assert desk.files() == first


def test_registers_are_added_later_without_touching_the_dossiers(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    desk.take()
    before = desk.files()
    write(desk, "payments", rows_of("payments"))
    desk.take(desk.exports / "payments")
    after = desk.files()
    assert {name: after[name] for name in before} == before
    assert open_warehouse(desk.warehouse).register("payments").intake["total"]["accepted"] == 1


@EVERY
def test_as_of_that_is_given_keeps_later_events_out(desk, kind):
    result = take(desk, kind, rows_of(kind), as_of=pd.Timestamp(2023, 3, 9).to_pydatetime())
    reasons = result.accounting["total"]["reasons"]
    assert (reasons == {}) == (kind == "procedures")
    assert all(rule.endswith("_in_future") for rule in reasons)
    assert result.accounting["as_of_origin"] == "given"


# ---- nothing is lost, whatever is in the cells

WORDS = ["", " ", "-", "x", "1", "15", "1.001193", "H06-230310-0001", "10/03/2023", "31/02/2023", "Phường 1", "Tổng số"]
WORDS += [
    "5.000",
    "-1",
    "1e9",
    "Đã trả lời",
    "Đã thanh toán",
    "Có",
    "Không",
    "5 ngày",
    "#N/A",
    "=1+1",
    "NGƯỜI LẬP BIỂU",
]
CELLS = st.one_of(st.sampled_from(WORDS), st.text(alphabet="abđơ09/.:-'%= ", max_size=8))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(content=st.data())
def test_every_row_read_is_accounted_for(tmp_path_factory, kind, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "key").write_text("a key for tests only, 32 bytes..")
    labels = [column.label for column in KINDS[kind].columns]
    lines = st.lists(st.lists(CELLS, min_size=len(labels), max_size=len(labels) + 1), max_size=8)
    files = content.draw(st.lists(lines, min_size=1, max_size=2))
    (folder / "in").mkdir()
    n_filled = 0
    for at, rows in enumerate(files):
        text = "\n".join(";".join(cell.replace(";", "") for cell in row) for row in rows)
        (folder / "in" / f"{at}.csv").write_text(f"{';'.join(labels)}\n{text}\n", encoding="utf-8")
    result = intake(folder / "in", folder / "w", kind=kind, hash_key_file=folder / "key")
    total = result.accounting["total"]
    n_filled = sum(
        1
        for name in {account["file"] for account in result.accounting["files"]}
        for row in files[int(name[0])]
        if any(cell.strip() for cell in row)
    )
    assert total["read"] == n_filled
    assert total["read"] == sum(total[way] for way in ("accepted", "rejected", "duplicates", "skipped"))
    rejected = openpyxl.load_workbook(result.rejected).worksheets[0].max_row - 1
    assert rejected == total["rejected"]
    table = folder / "w" / ("" if kind == "dossiers" else f"registers/{kind}") / "states" / result.accounting["state"]
    assert pq.read_metadata(table / f"{kind}.parquet").num_rows == total["accepted"]


def test_the_kinds_of_intake_are_those_of_the_schema():
    assert list(INTAKE_KINDS) == list(KINDS) == list(RULES)
    for kind in INTAKE_KINDS.values():
        names = {column.name for column in kind.kind.columns}
        assert {*kind.key, *kind.ages, *kind.nullable} <= names
        assert set(kind.kind.key) <= set(kind.key)


def test_the_worked_example_of_the_page_is_what_happens(desk, project):
    page = (project / "docs" / "methods" / "intake.md").read_text(encoding="utf-8")
    (desk.exports / "thanh-toan").mkdir()
    (desk.exports / "thanh-toan" / "a.csv").write_text(page.split("```csv\n")[1].split("```")[0], encoding="utf-8")
    accounting = desk.take(allowed_reject_share=1).accounting
    total = accounting["total"]
    assert [total[name] for name in ("read", "accepted", "rejected", "duplicates", "skipped")] == [4, 2, 1, 0, 1]
    assert (total["reasons"], accounting["flags"]) == ({"amount_unreadable": 1}, {"total_not_sum": 1})
    assert accounting["as_of"] == "2023-03-14T00:00:00"


def test_the_page_names_the_folders_of_every_register(project):
    page = (project / "docs" / "methods" / "intake.md").read_text(encoding="utf-8")
    for kind in REGISTERS:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{kind.name}` |") and line.count("|") == 5)
        assert {kind_of_name(name) for name in re.findall(r"`([^`]+)`", row)} == {kind.name}
