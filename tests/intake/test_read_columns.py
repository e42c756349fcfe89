"""Naming columns: the dictionary, the mapping file, and every way in which they must refuse to guess."""

import re

import pytest

from cchc_analysis.errors import MappingError
from cchc_analysis.intake.mapping import ColumnMapping, load_mapping, parse_mapping
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.intake.vocabulary import IGNORED, PERSONAL, build_vocabulary, load_vocabulary
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import DOSSIER_COLUMNS


def read(tmp_path, text, mapping=None):
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    return read_tables(path, "quý 1/a.csv", mapping=mapping)[0]


# Headers of the exporters of a provincial one-stop system, in their order, and what each must become.
DOSSIER_LIST = {
    "STT": IGNORED,
    "Đơn vị tiếp nhận": "receiving_unit",
    "Người tiếp nhận": PERSONAL,
    "Tên thủ tục hành chính": "procedure_name",
    "Mã hồ sơ": "dossier_id",
    "Trạng thái": "status",
    "Địa chỉ": PERSONAL,
    "Chủ hồ sơ": PERSONAL,
    "Ngày nộp hồ sơ": "submitted_at",
    "Ngày nhận": "received_at",
    "Ngày hẹn trả": "due_at",
    "Ngày kết thúc xử lý": "finished_at",
}
OTHERS = {
    "ĐƠN VỊ": "receiving_unit",
    "Thời hạn giải quyết": "statutory_days",
    "Thời gian giải quyết": "statutory_days",
    "TG quy định": "statutory_days",
    "Số ngày": "statutory_days",
    "Thời gian sau cắt giảm": "committed_days",
    "Thời hạn cam kết": "committed_days",
    "Tổng (VNĐ)": "fee_due",
    "Phí (VNĐ)": IGNORED,
    "Số hoá TPHS": "documents_digitised",
    "Mức độ hài lòng": "rating",
    "Mã hồ sơ DVCQG": "dossier_id_other",
    "Hình thức nhận kết quả": "return_channel",
    "Lấy từ kho DVCQG": "reused_from_store",
    "Cấp kết quả điện tử": "result_electronic",
    "Số CCCD của người nộp": PERSONAL,
    "Điện thoại liên hệ": PERSONAL,
    "E-mail": PERSONAL,
    "Ngày sinh": PERSONAL,
    "Cán bộ thụ lý hồ sơ": PERSONAL,
    "paid_online": "paid_online",
    "Màu sắc": None,
}


@pytest.mark.parametrize(("header", "meaning"), [*DOSSIER_LIST.items(), *OTHERS.items()])
def test_dictionary(header, meaning):
    assert load_vocabulary().meaning(header) == meaning


def test_labels_and_names_of_the_schema_are_known():
    vocabulary = load_vocabulary()
    for column in DOSSIER_COLUMNS:
        assert vocabulary.meaning(column.label) == vocabulary.meaning(column.name) == column.name


def test_columns_of_the_file_of_rejected_rows_are_left_out():
    headers = ["Tệp nguồn", "Trang tính", "Dòng", "Cột", "Giá trị", "Lý do"]
    assert {load_vocabulary().meaning(header) for header in headers} == {IGNORED}


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("columns: {field: [Đơn vị], receiving_unit: [đơn vị]}", "'đơn vị' stands under both field and receiving_unit"),
        ("columns: {field: [X]}\npersonal: [x]", "stands under both field and personal"),
        ("columns: {feild: [X]}", "'feild' is not a column of the schema"),
    ],
)
def test_a_header_with_two_meanings_is_refused(yaml, message):
    with pytest.raises(MappingError, match=message):
        build_vocabulary(yaml)


def test_export_is_named_in_the_order_of_the_schema_without_persons(tmp_path):
    values = {"Mã hồ sơ": "H-0001", "Chủ hồ sơ": "Nguyễn Văn A", "Ngày nhận": "01/02/2025"}
    rows = [";".join(DOSSIER_LIST), ";".join(values.get(header, "x") for header in DOSSIER_LIST)]
    table = read(tmp_path, "\n".join(rows))
    order = [column.name for column in DOSSIER_COLUMNS]
    assert list(table.cells.columns) == sorted(table.cells.columns, key=order.index)
    assert set(table.cells.columns) == {name for name in DOSSIER_LIST.values() if name not in (IGNORED, PERSONAL)}
    assert table.dropped_columns == ("STT", "Người tiếp nhận", "Địa chỉ", "Chủ hồ sơ")
    assert table.source_headers["received_at"] == "Ngày nhận"
    assert "Nguyễn" not in str(table)


def test_two_columns_for_one_name_are_settled_by_the_lines_the_error_shows(tmp_path):
    text = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận;Ngày trả;Ngày trả KQ\nH-0001;A;01/02/2025;03/02/2025;04/02/2025\n"
    with pytest.raises(MappingError, match=re.escape("column 4 ('Ngày trả'), column 5 ('Ngày trả KQ')")) as caught:
        read(tmp_path, text)
    for message in (caught.value.en, caught.value.vi):
        lines = message[message.index("columns:") :]
        table = read(tmp_path, text, parse_mapping(lines, "m.yaml"))
        assert list(table.cells["returned_at"]) == ["03/02/2025"]
        assert table.dropped_columns == ("Ngày trả KQ",)


def test_the_same_header_twice_is_settled_by_position(tmp_path):
    text = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận;Ngày tiếp nhận\nH-0001;A;01/02/2025;03/02/2025\n"
    with pytest.raises(MappingError) as caught:
        read(tmp_path, text)
    lines = caught.value.en[caught.value.en.index("columns:") :]
    assert '"#3": received_at' in lines
    assert list(read(tmp_path, text, parse_mapping(lines, "m")).cells["received_at"]) == ["01/02/2025"]


def test_missing_columns_come_with_a_mapping_file_to_complete(tmp_path):
    text = 'Số vào "sổ";Đơn vị;Ngày;Email\nH-0001;A;01/02/2025;a@b\n'
    with pytest.raises(MappingError) as caught:
        read(tmp_path, text)
    error = caught.value
    assert error.en.startswith("quý 1/a.csv: missing Mã hồ sơ (dossier_id), Ngày tiếp nhận (received_at).")
    assert error.vi.startswith("quý 1/a.csv: thiếu cột Mã hồ sơ (dossier_id), Ngày tiếp nhận (received_at).")
    skeleton = error.en[error.en.index("columns:") :]
    assert parse_mapping(skeleton, "m").columns["Đơn vị"] == "receiving_unit"
    mended = skeleton.replace('sổ\\"": ignore', 'sổ\\"": dossier_id').replace('"Ngày": ignore', '"Ngày": received_at')
    table = read(tmp_path, text, parse_mapping(mended, "m"))
    assert table.cells.loc[2].to_dict() == {
        "dossier_id": "H-0001",
        "receiving_unit": "A",
        "received_at": "01/02/2025",
    }
    assert table.dropped_columns == ("Email",)


def test_no_header_at_all_shows_what_was_seen(tmp_path):
    with pytest.raises(
        MappingError, match=r"no row was recognised as a header\. The first rows are: foo \| bar; 1 \| 2"
    ):
        read(tmp_path, "foo,bar\n1,2\n")
    with pytest.raises(MappingError, match="no row was recognised"):
        read(tmp_path, "chỉ là một câu\n")


def test_mapping_by_header_position_constant_and_header_row(tmp_path):
    text = "Cases of 2025\nCase;When\nwhatever;\nH-0001;01/02/2025\nH-0002;02/02/2025\n"
    mapping = ColumnMapping(
        columns={"CASE": "dossier_id", "#2": "received_at"}, constants={"receiving_unit": "UBND Phường 1"}
    )
    table = read(tmp_path, text, mapping.model_copy(update={"header_row": 3}))
    assert table.header_row == 3
    assert table.cells.to_dict("list") == {
        "dossier_id": ["H-0001", "H-0002"],
        "receiving_unit": ["UBND Phường 1"] * 2,
        "received_at": ["01/02/2025", "02/02/2025"],
    }


def test_a_file_without_header_is_read_by_position(tmp_path):
    mapping = ColumnMapping(
        header_row=0, columns={"#1": "dossier_id", "#3": "received_at"}, constants={"receiving_unit": "A"}
    )
    table = read(tmp_path, "H-0001;x;01/02/2025\nH-0002;y;02/02/2025\n", mapping)
    assert (table.header_row, list(table.cells.index), table.dropped_columns) == (0, [1, 2], ("#2",))


def test_positions_alone_find_the_header_and_not_a_data_row(tmp_path):
    mapping = ColumnMapping(columns={"#1": "dossier_id", "#2": "receiving_unit", "#3": "received_at"})
    table = read(tmp_path, "Danh sách\nfoo;bar;baz\nH-0001;A;01/02/2025\nH-0002;A;02/02/2025\n", mapping)
    assert (table.header_row, len(table.cells)) == (2, 2)


def test_what_the_mapping_says_wins_over_the_dictionary_and_a_constant_over_a_column(tmp_path):
    text = "Mã hồ sơ;Mã thật;Đơn vị;Ngày tiếp nhận\nx;H-0001;A;01/02/2025\n"
    mapping = ColumnMapping(columns={"Mã thật": "dossier_id"}, constants={"receiving_unit": "B"})
    table = read(tmp_path, text, mapping)
    assert table.cells.loc[2].tolist() == ["H-0001", "B", "01/02/2025"]
    assert table.dropped_columns == ("Mã hồ sơ", "Đơn vị")


def test_a_mapped_column_that_is_not_there_is_an_error_and_an_ignored_one_is_not(tmp_path):
    text = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận\nH-0001;A;01/02/2025\n"
    assert read(tmp_path, text, ColumnMapping(columns={"Gì đó": "ignore"})).rows_read == 1
    for source in ("Linh vuc XYZ", "#9"):
        with pytest.raises(MappingError, match=r"which is not there\. Columns seen: 'Mã hồ sơ', 'Đơn vị'"):
            read(tmp_path, text, ColumnMapping(columns={source: "field"}))


def test_a_mapping_cannot_keep_a_column_about_persons(tmp_path):
    with pytest.raises(MappingError, match="is about a person and is never kept"):
        parse_mapping("columns: {Địa chỉ thường trú: field}", "m.yaml")
    text = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận;Chủ hồ sơ\nH-0001;A;01/02/2025;N\n"
    with pytest.raises(MappingError, match=r"keeps column 4 \('Chủ hồ sơ'\), which is about a person"):
        read(tmp_path, text, ColumnMapping(columns={"#4": "field"}))


def test_sheets_and_header_row_that_do_not_exist(tmp_path):
    text = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận\n"
    with pytest.raises(MappingError, match="asks for the sheet 'Quý 3'"):
        read(tmp_path, text, ColumnMapping(sheets=("Quý 3",)))
    with pytest.raises(MappingError, match="header is in row 7, but there are 1 rows"):
        read(tmp_path, text, ColumnMapping(header_row=7))


@pytest.mark.parametrize(
    ("yaml", "where", "known"),
    [
        ("kind: dossiers\nkolumns: {}\n", "line 2, key 'kolumns'", "Known keys: kind, questionnaire, title, timezone"),
        ("title: {vi: a, en: b, fr: c}", "line 1, key 'title.fr'", "Known keys: vi, en"),
        ("columns:\n  A: dossier_id\n  B: dosier\n", "line 3, key 'columns.B'", "known columns: dossier_id"),
        ("columns:\n  A: field\n  B: field\n", "line 3, key 'columns.B'", "both become field"),
        ("values:\n  channel:\n    Quầy: desk\n", "line 3, key 'values.channel.Quầy'", "counter, online, post"),
        ("values:\n  paid_online:\n    x: yes\n", "line 3", "allowed codes: true, false"),
        ("\nconstants: {status: xong}", "line 2, key 'constants.status'", "allowed codes: registered"),
        ("columns: {A: field}\nconstants: {field: x}", "line 2, key 'constants.field'", "under `columns` and under"),
        ("dates: us", "key 'dates'", "'day_first' or 'month_first'"),
        ("calendar: none", "key 'calendar'", "'vietnam' or 'weekdays'"),
        ("timezone: Hanoi", "key 'timezone'", "no IANA time zone"),
        ("timezone: ../../../etc/passwd", "key 'timezone'", "no IANA time zone"),
        ("header_row: first", "key 'header_row'", "a row number is needed"),
        ("empty: x\nempty: y", "line 2, key 'empty'", "stands here twice"),
        ("columns: [a, b", "line 1", "not valid YAML"),
        ("- a", "line 1", "lines `key: value` are needed"),
        ("kind: surveys", "key 'kind'", "'dossiers'"),
        ("kind: survey", "key 'kind'", "a survey needs its `questionnaire`: one of kiosk-nine-criteria"),
        ("kind: survey\nquestionnaire: none", "line 2, key 'questionnaire'", "There is no questionnaire 'none'"),
        ("kind: payments\nquestionnaire: kiosk-nine-criteria", "key 'kind'", "goes with `kind: survey`"),
        (
            "questionnaire: kiosk-nine-criteria\nvalues:\n  answers: {Tốt: '5'}",
            "line 3, key 'values.answers.Tốt'",
            "allowed codes: 0, 1, 2",
        ),
    ],
)
def test_a_wrong_mapping_file_is_told_with_line_key_and_what_is_allowed(yaml, where, known):
    with pytest.raises(MappingError) as caught:
        parse_mapping(yaml, "m.yaml")
    assert where in caught.value.en
    assert known in caught.value.en
    assert caught.value.vi.startswith("m.yaml, dòng ")


def test_words_of_yaml_stay_words():
    mapping = parse_mapping("values: {paid_online: {no: 'false', 1: true}}\nempty: [null, 0, no]\n", "m")
    assert mapping.values == {"paid_online": {"no": "false", "1": "true"}}
    assert mapping.empty == ("null", "0", "no")
    assert parse_mapping("", "m") == ColumnMapping()


def test_shipped_mappings_are_valid_and_complete():
    folder = reference_path("mappings")
    names = sorted(path.name for path in folder.glob("*.yaml"))
    assert {"nyc311-animals.yaml", "receipt-permits.yaml"} <= set(names)
    for name in names:
        mapping = load_mapping(folder / name)
        required = {column.name for column in mapping.table.columns if column.required}
        assert required <= {*mapping.columns.values(), *mapping.constants}
        assert mapping.title is not None


def test_a_mapping_file_that_cannot_be_read(tmp_path):
    with pytest.raises(MappingError, match=r"none\.yaml: the mapping file cannot be read"):
        load_mapping(tmp_path / "none.yaml")
