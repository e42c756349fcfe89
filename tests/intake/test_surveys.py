"""Surveys: answers to a questionnaire, taken in with the guarantees of the dossiers."""

import json
import re
import unicodedata

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.cli import main
from cchc_analysis.errors import InputError, MappingError, ParameterError, WarehouseError
from cchc_analysis.intake import ColumnMapping, intake
from cchc_analysis.intake import pipeline as pipeline_module
from cchc_analysis.intake.answers import form_words
from cchc_analysis.intake.folders import is_questionnaire, kind_of_name
from cchc_analysis.intake.privacy import HashKey, hash_codes
from cchc_analysis.intake.report import accounting_of, accounting_text
from cchc_analysis.intake.rules import SURVEY_SENTENCES, sentences
from cchc_analysis.intake.survey_rules import survey_kind, wave_label
from cchc_analysis.intake.survey_vocabulary import survey_vocabulary
from cchc_analysis.intake.tables import REJECTED_HEADERS
from cchc_analysis.questionnaires import Questionnaire, load_questionnaire
from cchc_analysis.schema import INVALID_ANSWER, KINDS
from cchc_analysis.warehouse import open_warehouse, table_schema

FIVE, KIOSK = "one-stop-five-factors", "kiosk-nine-criteria"
WORDS = form_words(load_questionnaire(FIVE)).answers["access_place"]
HEADER = "Mã phiếu;Ngày khảo sát;Đơn vị;Câu 1;Câu 2;Câu 3"


def write(desk, lines, name="khao-sat/a.csv", header=HEADER):
    path = desk.exports / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def survey(desk, name=FIVE):
    return open_warehouse(desk.warehouse).register(f"survey-{name}")


def forms(desk, name=FIVE):
    table = survey(desk, name).rows("pandas").collect().to_native()
    return (
        table.astype("object").where(table.notna(), None).sort_values(["source_file", "source_row"], ignore_index=True)
    )


def take(desk, lines, header=HEADER, **options):
    write(desk, lines, header=header)
    return desk.take(**({"allowed_reject_share": 1} | options))


def found(desk, name=FIVE):
    """Which rule found what in which column of which row, without the remark that forms are undated."""
    findings = survey(desk, name).findings()
    listed = findings.loc[findings["rule"] != "period_missing", ["row", "column", "rule"]]
    return sorted(listed.itertuples(index=False, name=None))


def answers_of(cells, name=FIVE, question="access_place", values=None):
    words = WORDS if (name, question, values) == (FIVE, "access_place", None) else None
    words = words or form_words(load_questionnaire(name), values).answers[question]
    return [words.code(cell) for cell in cells]


# ---- reference files


def test_messy_answers_are_read_as_the_manifest_says(desk, reference):
    folder = reference / "08_bad_inputs"
    facts = next(
        entry for entry in json.loads((folder / "MANIFEST_shared.json").read_text("utf-8")) if entry["id"] == "60"
    )
    desk.take(folder / facts["file"], kind="survey", questionnaire=FIVE)
    table = forms(desk)
    assert len(table) == facts["facts"]["n_rows"]
    first = table["access_place"]
    points = [int(answer) for answer in first.dropna() if answer.isdigit()]
    assert points == facts["facts"]["clear_valid_values"]
    assert first.tolist()[14:] == ["invalid", "invalid", "no_opinion", None, "no_opinion", *["invalid"] * 3]
    assert found(desk) == [(row, "access_place", "answer_invalid") for row in (16, 17, 21, 22, 23)]
    flags = (survey(desk).state_path / "flags.csv").read_text("utf-8-sig")
    assert all(f'"{cell}"' in flags for cell in ("0", "6", "Hài lòng;Rất hài lòng", "5/5", "x"))


def test_weights_are_checked_as_the_manifest_says(desk, reference):
    folder = reference / "08_bad_inputs"
    facts = next(
        entry for entry in json.loads((folder / "MANIFEST_shared.json").read_text("utf-8")) if entry["id"] == "61"
    )
    result = desk.take(folder / facts["file"], kind="survey", questionnaire=FIVE, allowed_reject_share=1)
    rows = {row - 1: rule for row, column, rule in found(desk) if column == "weight"}
    assert list(rows) == facts["facts"]["bad_weight_rows"]
    assert list(rows.values()) == ["weight_missing", "weight_zero", "weight_negative"]
    table = forms(desk).set_index("source_row")
    assert table.loc[facts["facts"]["comma_weight_row"] + 1, "weight"] == 2.5
    assert table["stratum"].value_counts().to_dict() == {"Đô thị": 29, "Nông thôn": 28, "Miền núi": 1}
    assert result.accounting["total"]["reasons"] == {"weight_missing": 1, "weight_negative": 1}


def test_a_survey_among_the_dossiers_is_refused_with_the_way_to_take_it_in(desk, reference):
    with pytest.raises(InputError, match=f"--kind survey-{FIVE}"):
        desk.take(reference / "08_bad_inputs" / "60_likert_messy.csv")
    assert desk.files() == {}


# ---- answers


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (
            ("Rất hài lòng", "rất hài lòng ", "RẤT HÀI LÒNG", "Rất  hài\u00a0lòng.", "rat hai long", "Very satisfied"),
            "5",
        ),
        ((unicodedata.normalize("NFD", "Không hài lòng"), "Chưa hài lòng", "khong hai long", "DISSATISFIED"), "2"),
        (("5 - Rất hài lòng", "5. Rất hài lòng", "5) Rất hài lòng", "Rất hài lòng (5)", "5=Rất hài lòng"), "5"),
        (("Rất hài lòng: 5", "Rất hài lòng - 5", "Rất hài lòng-5", "(5) Rất hài lòng", "5 (Rất hài lòng)"), "5"),
        (("5", "5.0", "5,0", "5,00", "05", "５", " 5 "), "5"),
        (("Bình thường", "Trung bình", "3"), "3"),
        (("99", "99.0", "Không ý kiến", "không ý kiến", "99 - Không ý kiến", "Không ý kiến (99)", "KYK"), "no_opinion"),
        (("98", "Không áp dụng"), "not_applicable"),
        (("97", "Từ chối trả lời"), "refused"),
        (("", " ", "\u200b", "-", "—", "…", ".", "_"), None),
        (("✓", "☑", "√", "★★★★★", "?", "*", "😊"), "invalid"),
        (("Rất hài lòng 😊", "★ Rất hài lòng"), "5"),
        (("0", "6", "45", "-1", "100", "1e1"), "invalid"),
        (("3,5", "4,5", "4.5", "4;5", "4, 5", "4-5", "5/5", "4 5"), "invalid"),
        (("Hài lòng;Rất hài lòng", "Hài lòng, Rất hài lòng", "Hài lòng/Bình thường"), "invalid"),
        (("5 - Hài lòng", "Rất hài lòng (4)", "4. Rất hài lòng", "5 - Không ý kiến", "99 - Hài lòng"), "invalid"),
        (("x", "X", "v", "80%", "Đồng ý", "Tốt", "N/A", "TRUE", "không"), "invalid"),
    ],
)
def test_an_answer_is_read_or_is_invalid(cells, code):
    assert answers_of(cells) == [code] * len(cells)


def test_cells_of_a_workbook_are_read_like_texts(desk):
    book = openpyxl.Workbook()
    book.active.append(["Mã phiếu", "C1", "C2", "C3", "C4", "C5", "C6", "C7"])
    book.active.append(["P-1", 5, 4.0, 3.5, True, pd.Timestamp(2023, 5, 4), "=1+4", "#N/A"])
    (desk.exports / "sipas").mkdir()
    book.save(desk.exports / "sipas" / "a.xlsx")
    desk.take()
    (row,) = forms(desk)[[question.id for question in load_questionnaire(FIVE).questions[:7]]].to_numpy().tolist()
    assert row == ["5", "4", *["invalid"] * 5]
    assert [(column, rule) for _, column, rule in found(desk)] == sorted(
        (question.id, "answer_invalid") for question in load_questionnaire(FIVE).questions[2:7]
    )


def test_words_without_marks_are_read_only_where_they_mean_one_answer():
    content = load_questionnaire(KIOSK).model_dump(mode="json")
    points = content["scales"]["kiosk"]["points"]
    points[1] |= {"vi": "Khá", "en": "Good"}
    points[2] |= {"vi": "Khả", "en": "Fair"}
    words = form_words(Questionnaire.model_validate(content)).answers["attitude"]
    assert [words.code(text) for text in ("khá", "KHẢ", "kha")] == ["1", "2", "invalid"]


def test_points_of_one_scale_are_no_points_of_another():
    assert answers_of(["0", "1", "2", "3", "Chưa hài lòng", "Bình thường"], KIOSK, "attitude") == [
        "0", "1", "2", "invalid", "0", "invalid",
    ]  # fmt: skip
    assert answers_of(["0", "Chưa hài lòng"]) == ["invalid", "2"]


def test_the_mapping_turns_a_scale_round_and_explains_words():
    values = {"answers": {"1": "5", "2": "4", "4": "2", "5": "1", "Đồng ý": "4"}, "access_place": {"Đồng ý": "5"}}
    assert answers_of(["1", "1.0", "3", "1 - Rất hài lòng", "5 - Rất hài lòng", "Rất hài lòng"], values=values) == [
        "5", "5", "3", "5", "invalid", "5",
    ]  # fmt: skip
    assert answers_of(["đồng ý"], values=values) == ["5"]
    assert answers_of(["đồng ý", "ĐỒNG Ý "], question="overall", values=values) == ["4", "4"]


@given(st.text())
def test_any_text_is_an_answer_nothing_or_invalid(text):
    (code,) = answers_of([text])
    assert code in {None, *WORDS.numbers.values(), INVALID_ANSWER}


@given(st.integers(-1000, 1000))
def test_a_number_is_its_point_and_no_other(number):
    (code,) = answers_of([str(number)])
    missing = {99: "no_opinion", 98: "not_applicable", 97: "refused"}
    assert code == (str(number) if 1 <= number <= 5 else missing.get(number, INVALID_ANSWER))


# ---- headers


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("access_waiting", "access_waiting"),
        ("C2", "access_waiting"),
        ("C.02", "access_waiting"),
        ("CÂU 2", "access_waiting"),
        ("[Q2]", "access_waiting"),
        ("Câu 2. Nơi ngồi chờ đủ chỗ và sạch sẽ", "access_waiting"),
        ("Câu 2: Nơi ngồi chờ đủ chỗ", "access_waiting"),
        ("2. Nơi ngồi chờ đủ chỗ và sạch sẽ", "access_waiting"),
        ("The waiting area has enough seats and is clean", "access_waiting"),
        ("Tiếp cận dịch vụ / Nơi ngồi chờ đủ chỗ và sạch sẽ", "access_waiting"),
        ("I. Tiếp cận dịch vụ - 2. Nơi ngồi chờ đủ chỗ và sạch sẽ", "access_waiting"),
        ("Đánh giá mức độ hài lòng [Nơi ngồi chờ đủ chỗ và sạch sẽ]", "access_waiting"),
        ("Câu 1. Nơi ngồi chờ đủ chỗ và sạch sẽ", "access_waiting"),
        ("C12", "officials_answers"),
        ("Câu 2. Ông/bà biết thủ tục qua đâu?", None),
        ("C24", None),
        ("Q1.2", None),
        ("Địa bàn", "stratum"),
        ("Trọng số", "weight"),
        ("Giới tính", "gender"),
        ("Tuổi", "age_group"),
        ("Năm sinh", "personal"),
        ("Họ và tên người trả lời", "personal"),
        ("Số điện thoại", "personal"),
        ("E-mail", "personal"),
        ("Địa chỉ", "personal"),
        ("Số CCCD", "personal"),
        ("Ý kiến khác", "ignored"),
        ("Góp ý", "ignored"),
        ("STT", "ignored"),
        ("Ngày hẹn trả", "ignored"),
    ],
)
def test_a_header_means(header, meaning):
    assert survey_vocabulary(load_questionnaire(FIVE)).meaning(header) == meaning


def test_a_wording_names_one_question_only():
    content = load_questionnaire(KIOSK).model_dump(mode="json")
    content["questions"][1]["vi"] = content["questions"][0]["vi"].upper()
    with pytest.raises(MappingError, match="names both total_time and time_of_offices"):
        survey_vocabulary(Questionnaire.model_validate(content))


def labelled_workbook(path):
    """A workbook as people make it: merged title, factors above questions, numbering, bands, totals, signatures."""
    questionnaire = load_questionnaire(FIVE)
    factors = {factor.id: factor.vi for factor in questionnaire.factors}
    person = [
        "STT",
        "Mã phiếu",
        "Họ và tên",
        "Số điện thoại",
        "Giới tính",
        "Tuổi",
        "Đơn vị giải quyết",
        "Ngày khảo sát",
    ]
    top, bottom, last = [*person], [None] * len(person), None
    for number, question in enumerate(questionnaire.questions, start=1):
        factor = factors.get(question.factor, "Đánh giá chung về dịch vụ")
        top.append(None if factor == last else factor)
        bottom.append(f"{number}. {question.vi}")
        last = factor
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["KẾT QUẢ KHẢO SÁT QUÝ I/2023"])
    sheet.merge_cells("A1:K1")
    sheet.append([])
    for line in ([*top, "Ý kiến khác"], [*bottom, None], [f"({at})" for at in range(1, len(top) + 2)]):
        sheet.append(line)
    for at in (*range(1, len(person) + 1), len(top) + 1):
        sheet.merge_cells(start_row=3, start_column=at, end_row=4, end_column=at)
    labels = ["Rất hài lòng", "Hài lòng", "Bình thường"]
    for number in range(1, 13):
        if number in (1, 7):
            sheet.append([None, f"PHƯỜNG {number}"])
        answers = [labels[(number + at) % 3] for at in range(len(questionnaire.questions))]
        who = [number, f"PHIEU-{number:03d}", "Người Thử Nghiệm", "0900 000 000", "Nữ", 20 + 4 * number, "Phường 1"]
        sheet.append([*who, f"{number:02d}/02/2023 09:15", *answers, "gọi lại cho tôi 0900 000 000"])
    sheet.append(["Tổng cộng", *[None] * 7, *[12] * 23])
    sheet.append(["Trung bình", *[None] * 7, *[4.1] * 23])
    sheet.append([None] * 7 + ["NGƯỜI LẬP BIỂU"])
    sheet.append([None] * 7 + ["Người Lập Bảng"])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def test_a_labelled_workbook_with_factors_above_the_questions(desk):
    labelled_workbook(desk.exports / "02. Khảo sát quý 1" / "a.xlsx")
    result = desk.take()
    total = result.accounting["total"]
    assert (result.kind, total["read"], total["accepted"], total["rejected"], total["duplicates"]) == (
        f"survey-{FIVE}", 19, 12, 0, 0,
    )  # fmt: skip
    assert total["skipped_by_kind"] == {"band": 2, "numbering": 1, "signature": 2, "total": 2}
    table = forms(desk)
    questions = [question.id for question in load_questionnaire(FIVE).questions]
    assert table[questions].isin(["3", "4", "5"]).all(axis=None)
    assert table["age_group"].tolist() == [
        *["age_under_30"] * 2, *["age_30_44"] * 4, *["age_45_59"] * 3, *["age_60_up"] * 3,
    ]  # fmt: skip
    assert (set(table["gender"]), set(table["unit"]), set(table["wave"])) == ({"female"}, {"phuong-1"}, {"2023-Q1"})
    assert set(result.accounting["dropped_columns"]) == {"Họ và tên", "STT", "Số điện thoại", "Ý kiến khác"}


def test_nothing_about_a_person_is_written_anywhere(desk):
    labelled_workbook(desk.exports / "khao-sat" / "a.xlsx")
    header = "Mã phiếu;Họ tên;SĐT;Email;Tuổi;Ngày sinh;Chủ đề góp ý;Góp ý;Trọng số;Câu 1;Câu 2"
    lines = [
        "SECRET-01;Nguyen Secret;0911 222 333;a@secret.vn;1971;02/03/1971;hỏi secret@a.vn;secret remark;1;5;4",
        "SECRET-02;Nguyen Secret;0911 222 333;a@secret.vn;47;02/03/1971;Thái độ;secret remark;-1;5;4",
        "SECRET-03;Nguyen Secret;0911 222 333;a@secret.vn;47;02/03/1971;Thái độ;secret remark;1;5;gọi 0911 222 333",
    ]
    write(desk, lines, "khao-sat/b.csv", header)
    result = desk.take(allowed_reject_share=1)
    assert {"theme_not_coded", "value_blanked", "answer_invalid"} == {rule for _, _, rule in found(desk)} - {
        "weight_negative"
    }
    for name, content in desk.files().items():
        texts = [content]
        if name.endswith(".parquet"):
            texts = [pq.read_table(desk.warehouse / name).to_pandas().to_csv().encode()]
        if name.endswith(".xlsx"):
            sheet = openpyxl.load_workbook(desk.warehouse / name).worksheets[0]
            texts = [" ".join(str(cell.value) for row in sheet.iter_rows() for cell in row).encode()]
        for secret in (
            "Nguyen Secret",
            "0911 222 333",
            "a@secret",
            "1971",
            "secret remark",
            "hỏi secret",
            "Thử Nghiệm",
        ):
            assert not any(secret.encode() in text for text in texts), (secret, name)
        if "rejected" not in name:
            assert not any(b"SECRET-0" in text for text in texts), name
    book = openpyxl.load_workbook(result.rejected).worksheets[0]
    cells = {head.value: cell.value for head, cell in zip(book[1], book[2], strict=True)}
    assert (cells["Mã phiếu"], cells["Nhóm tuổi"], cells["Chủ đề góp ý"]) == ("SECRET-02", "age_45_59", "Thái độ")


def test_a_table_without_a_question_is_refused_with_a_mapping_file_to_complete(desk):
    path = write(desk, ["1;Phường 1;4"], "a.csv", "Mã phiếu;Đơn vị;Chất lượng")
    with pytest.raises(MappingError) as caught:
        desk.take(path, questionnaire=FIVE)
    assert "no column is a question" in str(caught.value)
    given_lines = str(caught.value).split("columns:\n")[1]
    mapping = yaml.safe_load("columns:\n" + given_lines)["columns"]
    assert mapping == {"Mã phiếu": "response_id", "Đơn vị": "unit", "Chất lượng": "ignore"}
    rules = ColumnMapping(kind="survey", questionnaire=FIVE, columns=mapping | {"Chất lượng": "overall"})
    desk.take(path, mapping=rules)
    assert forms(desk)["overall"].tolist() == ["4"]


def test_one_row_for_each_answer_is_refused(desk):
    path = write(desk, ["1;Câu 1;5", "1;Câu 2;4"], "a.csv", "Mã phiếu;Câu hỏi;Trả lời")
    with pytest.raises(InputError, match="one row for each answer"):
        desk.take(path, questionnaire=FIVE)


def test_a_number_in_front_of_other_words_is_not_taken_for_the_question(desk):
    result = take(desk, ["P-1;10/02/2023;mạng;4"], "Mã phiếu;Ngày khảo sát;Câu 1. Ông bà biết thủ tục qua đâu;Câu 2")
    assert forms(desk)["access_place"].tolist() == [None]
    (note,) = result.accounting["files"][0]["notes"]
    assert note["code"] == "question_worded_otherwise"
    assert "Câu 1. Ông bà biết" in note["vi"]


def test_two_columns_of_one_question_are_refused(desk):
    with pytest.raises(MappingError, match="all mean access_place"):
        take(desk, ["P-1;5;5"], "Mã phiếu;Câu 1;C1")


# ---- which questionnaire


def own(desk, folder="phong-tra-loi", **changes):
    content = load_questionnaire(KIOSK).model_dump(mode="json") | {"id": "own", "folders": []} | changes
    path = desk.exports / folder / "phieu-khao-sat.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_folders_of_one_run_say_what_lies_in_them(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, ["P-1;10/02/2023;Phường 1;5;4;3"])
    write(desk, ["K-1;10/02/2023;2;1"], "ki-ot/a.csv", "Mã lượt đánh giá;Ngày đánh giá;TC1;TC2")
    own(desk)
    write(desk, ["O-1;10/02/2023;2;1"], "phong-tra-loi/quy-1/a.csv", "Mã phiếu;Ngày khảo sát;TC1;TC2")
    result = desk.take()
    assert [each.kind for each in result.results] == [
        "dossiers", f"survey-{KIOSK}", f"survey-{FIVE}", "survey-own",
    ]  # fmt: skip
    warehouse = open_warehouse(desk.warehouse)
    assert len(desk.accepted()) == 1
    assert [each.questionnaire.id for each in warehouse.surveys()] == [KIOSK, FIVE, "own"]
    assert warehouse.register("survey-own").rows("pandas").collect().to_native()["total_time"].tolist() == ["2"]
    assert set(accounting_of(result)) == {each.kind for each in result.results}
    assert "Đánh giá tại ki-ốt (chín tiêu chí, thang ba mức)\nĐọc 1 dòng" in accounting_text(result)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("khao-sat", FIVE), ("Khảo sát hài lòng 2023", FIVE), ("sipas", FIVE), ("01 Ki-ốt", KIOSK), ("ho-so", None)],
)
def test_a_folder_is_named_after_a_shipped_questionnaire(name, kind):
    assert kind_of_name(name) == (kind and f"survey-{kind}")


def test_a_questionnaire_is_never_read_as_data(desk):
    path = own(desk)
    write(desk, ["O-1;2;1"], "phong-tra-loi/a.csv", "Mã phiếu;TC1;TC2")
    result = desk.take(*sorted(path.parent.iterdir()))
    assert (result.kind, [account["file"] for account in result.accounting["files"]]) == ("survey-own", ["a.csv"])


def test_which_yaml_is_a_questionnaire(tmp_path, desk):
    texts = {
        "a.yaml": "id: x\nquestions: []",
        "phieu.yaml": "title: x\nscales: {}",
        "phieu-anh-xa.yaml": "columns: {A: b}",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [is_questionnaire(tmp_path / name) for name in texts] == [True, True, False]
    own(desk).write_text("id: own\nquestions: []", encoding="utf-8")
    write(desk, ["O-1;2"], "phong-tra-loi/a.csv", "Mã phiếu;TC1")
    with pytest.raises(ParameterError, match=r"phieu-khao-sat\.yaml: title"):
        desk.take()


def test_two_questionnaires_in_one_folder_or_of_one_id_are_refused(desk):
    path = own(desk)
    path.with_name("questionnaire.yaml").write_text(path.read_text("utf-8"), encoding="utf-8")
    write(desk, ["O-1;2"], "phong-tra-loi/a.csv", "Mã phiếu;TC1")
    with pytest.raises(ParameterError, match="more than one questionnaire"):
        desk.take()
    path.with_name("questionnaire.yaml").unlink()
    own(desk, "noi-khac", source="another")
    write(desk, ["O-1;2"], "noi-khac/a.csv", "Mã phiếu;TC1")
    with pytest.raises(ParameterError, match="two different questionnaires have the id 'own'"):
        desk.take()
    assert desk.files() == {}


def test_kind_questionnaire_and_mapping_must_fit_together(desk):
    path = write(desk, ["P-1;5"], "a.csv", "Mã phiếu;Câu 1")
    with pytest.raises(ParameterError, match="A questionnaire is for tables of kind 'survey'"):
        desk.take(path, kind="payments", questionnaire=FIVE)
    with pytest.raises(ParameterError, match="A questionnaire is for tables of kind 'survey'"):
        desk.take(path, kind=f"survey-{KIOSK}", questionnaire=FIVE)
    with pytest.raises(ParameterError, match="There is no questionnaire 'none'"):
        desk.take(path, kind="survey-none")
    with pytest.raises(ParameterError, match="There is no kind of table 'x'"):
        desk.take(path, kind="x")
    with pytest.raises(ParameterError, match="not said which questionnaire"):
        desk.take(path, kind="survey")
    with pytest.raises(MappingError, match="Correct one of the two"):
        desk.take(path, questionnaire=FIVE, mapping=ColumnMapping(kind=f"survey-{KIOSK}"))
    for options in ({"kind": f"survey-{FIVE}"}, {"kind": "survey", "mapping": ColumnMapping(kind=f"survey-{FIVE}")}):
        assert desk.take(path, **options).kind == f"survey-{FIVE}"


def test_a_mapping_file_names_its_questionnaire_by_a_path_beside_it(desk, tmp_path):
    own(desk, "../settings")
    mapping = tmp_path / "settings" / "a.yaml"
    lines = (
        "kind: survey\nquestionnaire: phieu-khao-sat.yaml\ncolumns: {Vote: total_time}\nconstants: {wave: 2023-Q2}\n"
    )
    mapping.write_text(lines + "values: {answers: {Xấu: '0', Tốt: '2'}}\n", encoding="utf-8")
    write(desk, ["Tốt", "xấu"], "a.csv", "Vote")
    result = desk.take(mapping=mapping)
    assert forms(desk, "own")[["total_time", "wave"]].to_numpy().tolist() == [["2", "2023-Q2"], ["0", "2023-Q2"]]
    assert (result.accounting["as_of"], result.accounting["as_of_origin"]) == ("2023-06-14T00:00:00", "newest_wave")
    assert result.accounting["questionnaire"]["id"] == "own"


def test_the_same_file_under_a_changed_questionnaire_is_checked_anew(desk):
    own(desk)
    write(desk, ["O-1;4"], "phong-tra-loi/a.csv", "Mã phiếu;TC1")
    first = desk.take(allowed_reject_share=1)
    assert first.accounting["total"]["reasons"] == {"no_answers": 1}
    content = load_questionnaire(KIOSK).model_dump(mode="json")
    points = [*content["scales"]["kiosk"]["points"], {"value": 4, "vi": "Tuyệt vời", "en": "Great"}]
    own(desk, scales={"kiosk": {"points": points, "satisfied": [4]}})
    again = desk.take()
    assert (again.unchanged, again.accounting["total"]["accepted"]) == (False, 1)
    assert desk.take().unchanged


def test_answers_to_two_versions_of_a_questionnaire_are_not_mixed(desk):
    own(desk)
    first = write(desk, ["O-1;2"], "phong-tra-loi/a.csv", "Mã phiếu;TC1")
    desk.take()
    before = desk.files()
    own(desk, source="another")
    second = write(desk, ["O-2;2"], "phong-tra-loi/b.csv", "Mã phiếu;TC1")
    with pytest.raises(WarehouseError, match=r"'own' has changed since phong-tra-loi/a\.csv was taken in"):
        desk.take(second)
    assert desk.files() == before
    assert desk.take(first, second).accounting["total"]["accepted"] == 2


# ---- rows of a file


def test_rows_of_answers_are_no_numbering_and_no_total(desk):
    header = "STT,Câu 1,Câu 2,Câu 3,Câu 4"
    lines = ["1,2,3,4,5", "2,3,4,5,5", "3,5,5,5,5", "4,,,,", "5,5,4,4,Trung bình", "6,,,,", "7,,,,", "Tổng,17,16,16,20"]
    total = take(desk, lines, header).accounting["total"]
    assert (total["accepted"], total["reasons"]) == (4, {"no_answers": 1})
    assert total["skipped_by_kind"] == {"numbering": 2, "total": 1}


@pytest.mark.parametrize("line", ["(1),(2),(3),(4),(5)", "1,2,3,4,5,6", "A,B,1,2,3"])
def test_column_numbers_are_no_form(desk, line):
    width = line.count(",") + 1
    header = ",".join(["STT", *(f"Câu {at}" for at in range(1, width))])
    total = take(desk, [line, "1" + ",5" * (width - 1)], header).accounting["total"]
    assert (total["accepted"], total["skipped_by_kind"]) == (1, {"numbering": 1})


def test_rows_of_ticks_are_forms_without_answers_and_rules_are_no_rows(desk):
    total = take(desk, ["5;4", "✓;x", "✓;☑", "---;---"], "C1;C2").accounting["total"]
    assert (total["accepted"], total["reasons"], total["skipped_by_kind"]) == (1, {"no_answers": 2}, {"note": 1})


def test_outcomes_without_answers_are_forms_and_signatures_in_their_columns_are_not(desk):
    header = "STT;Mã phiếu;Kết quả liên hệ;Đơn vị;C1;C2"
    lines = [";P-1;Từ chối;;;", "2;;Không nghe máy;;;", "3;;;Phường 1;5;4", ";NGƯỜI LẬP BIỂU;;THỦ TRƯỞNG ĐƠN VỊ;;"]
    total = take(desk, [*lines, ";(Ký, ghi rõ họ tên);;(Ký, đóng dấu);;"], header).accounting["total"]
    assert (total["accepted"], total["rejected"], total["skipped_by_kind"]) == (3, 0, {"signature": 2})


def test_averages_below_forms_without_running_numbers_are_skipped(desk):
    total = take(desk, ["5;4;3", "Trung bình;4;5", "Trung bình;4,2;4,1", "Bình quân;4;4"], "C1;C2;C3").accounting[
        "total"
    ]
    assert (total["accepted"], total["skipped_by_kind"]) == (2, {"total": 2})


# ---- rules


FIRST = "Mã phiếu;Ngày trả lời;Đợt;Đơn vị;Kết quả liên hệ;Tầng;Tổng số trong tầng;Trọng số;Mã người trả lời;C1;C2"


def form(number, **changes):
    cells = {
        "id": f"P-{number}", "at": "10/02/2023", "wave": "", "unit": "Phường 1", "outcome": "", "stratum": "A",
        "N": "500", "weight": "1,5", "who": f"N-{number}", "c1": "5", "c2": "4",
    }  # fmt: skip
    return ";".join({**cells, **changes}.values())


CASES = [
    ({"weight": ""}, "weight_missing", "weight"),
    ({"weight": "-1,5"}, "weight_negative", "weight"),
    ({"weight": "−2"}, "weight_negative", "weight"),
    ({"weight": "abc"}, "weight_unreadable", "weight"),
    ({"weight": "5%"}, "weight_unreadable", "weight"),
    ({"weight": "0"}, "weight_zero", "weight"),
    ({"at": "31/02/2023"}, "date_unreadable", "answered_at"),
    ({"at": "10/02/1023"}, "date_impossible", "answered_at"),
    ({"c1": "", "c2": ""}, "no_answers", ""),
    ({"c1": "99", "c2": "x"}, "no_answers", ""),
    ({"c1": "6"}, "answer_invalid", "access_place"),
    ({"id": ""}, "response_id_missing", "response_id"),
    ({"outcome": "Từ chối"}, "answers_despite_outcome", "outcome"),
    ({"outcome": "lạ"}, "value_blanked", "outcome"),
    ({"N": "3"}, "population_too_small", "stratum_population"),
    ({"unit": "Nơi nào đó"}, "unit_unknown", "unit"),
    ({"at": "", "wave": ""}, "period_missing", "wave"),
    ({"at": "10/02/2093"}, "answered_in_future", "answered_at"),
]
REJECTING = {
    *("weight_missing", "weight_negative", "weight_unreadable", "date_unreadable", "date_impossible", "no_answers"),
    *("answered_in_future", "ragged_row", "key_unreadable"),
}


def test_every_rule_finds_its_row_and_says_which(desk):
    lines = [form(at) for at in range(60)] + [form(100 + at, **changes) for at, (changes, _, _) in enumerate(CASES)]
    result = take(desk, [*lines, form(990) + ";7"], FIRST)
    findings = survey(desk).findings()
    for row, (changes, rule, column) in enumerate(CASES, start=62):
        mine = findings[findings["row"] == row]
        assert (rule, column) in set(zip(mine["rule"], mine["column"], strict=True)), changes
        assert set(mine.loc[mine["rule"] == rule, "severity"]) <= (
            {"reject"} if rule in REJECTING else {"flag", "info"}
        )
        assert (row in set(forms(desk)["source_row"])) == (rule not in REJECTING), changes
    total = result.accounting["total"]
    assert (
        total["read"] == len(lines) + 1 == sum(total[way] for way in ("accepted", "rejected", "duplicates", "skipped"))
    )
    assert set(total["reasons"]) == REJECTING - {"key_unreadable"}
    assert total["reasons"]["no_answers"] == 2


def test_every_rule_of_surveys_is_tried_and_told(project):
    book = survey_kind(load_questionnaire(FIVE)).rules
    every = {rule.id for rule in (*book.rejecting, *book.flagging)}
    tried = {rule for _, rule, _ in CASES} | {"ragged_row", "key_unreadable", "theme_not_coded"}
    assert every - tried == set()
    page = (project / "docs" / "methods" / "intake.md").read_text(encoding="utf-8").split("## Surveys")[1]
    for id, (en, vi) in SURVEY_SENTENCES.items():
        assert sentences()[id] == (en, vi)
        assert en.endswith("."), id
        assert vi.endswith("."), id
        assert f"`{id}`" in page, id


def test_somebody_who_did_not_answer_is_kept_without_answers_and_weight(desk):
    words = ["Từ chối", "Không nghe máy", "Không thuộc đối tượng"]
    lines = [form(at, outcome=word, c1="", c2="", weight="") for at, word in enumerate(words)]
    result = take(desk, [*lines, form(9, outcome="Hoàn thành")], FIRST)
    assert result.accounting["total"]["accepted"] == 4
    assert forms(desk)["outcome"].tolist() == ["refused", "no_contact", "not_eligible", "complete"]
    assert found(desk) == []


def test_a_file_without_weights_is_not_asked_for_them(desk):
    assert take(desk, ["P-1;10/02/2023;Phường 1;5;4;3"]).accounting["total"]["rejected"] == 0
    assert found(desk) == []


@pytest.mark.parametrize(
    ("cells", "weights"),
    [
        (["2,5", "1.125", "1,250", "3"], [2.5, 1.125, 1.25, 3]),
        (["1.125", "1.250", "2"], [1.125, 1.25, 2]),
        (["0.853", "1.234", "980"], [0.853, 1.234, 980]),
        (["1.234", "12.345", "980"], [1234, 12345, 980]),
    ],
)
def test_weights_are_decimals_unless_the_column_shows_thousands(desk, cells, weights):
    take(desk, [f"P-{at};{cell};5" for at, cell in enumerate(cells)], "Mã phiếu;Trọng số;C1")
    assert forms(desk)["weight"].tolist() == weights


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Quý I/2023", "2023-Q1"),
        ("QUÝ 2 năm 2023", "2023-Q2"),
        ("Q1 2023", "2023-Q1"),
        ("2023-Q1", "2023-Q1"),
        ("Đợt khảo sát Quý III/2023", "2023-Q3"),
        ("Tháng 3/2023", "2023-03"),
        ("2023", "2023"),
        ("6 tháng đầu năm 2023", "2023-6M"),
        ("Kỳ 6 tháng đầu năm 2023", "2023-6M"),
        ("Khảo sát năm 2023", "2023"),
        ("Đợt 1 năm 2023", "Đợt 1 năm 2023"),
        ("Đợt 1/2023", "Đợt 1/2023"),
        ("Đợt I tháng 3/2023", "Đợt I tháng 3/2023"),
        ("W2", "W2"),
    ],
)
def test_a_wave_is_the_period_it_names(text, label):
    assert wave_label(text) == label


def test_without_a_wave_the_quarter_of_the_answer_counts(desk):
    days = ["14/12/2022", "15/12/2022", "14/03/2023", "15/03/2023"]
    take(desk, [f"P-{at};{day};Phường 1;5;4;3" for at, day in enumerate(days)])
    assert forms(desk)["wave"].tolist() == ["2022-Q4", "2023-Q1", "2023-Q1", "2023-Q2"]


def test_a_survey_without_any_date_speaks_up_to_the_end_of_its_newest_wave(desk):
    lines = ["P-1;Quý I/2023;5", "P-2;Quý II/2023;5", "P-3;Đợt 9;5"]
    result = take(desk, lines, "Mã phiếu;Đợt khảo sát;C1")
    assert (result.accounting["as_of"], result.accounting["as_of_origin"]) == ("2023-06-14T00:00:00", "newest_wave")
    assert "ngày cuối của đợt khảo sát mới nhất" in accounting_text(result)
    assert "Data up to the end of 14 June 2023" in accounting_text(result, "en")


def test_words_of_modes_are_known(desk):
    words = {
        "paper": ["Phiếu giấy", "Phát phiếu"], "phone": ["Gọi điện", "Điện thoại"], "online": ["Trực tuyến", "Zalo"],
        "kiosk": ["Ki-ốt", "Máy tính bảng"],
    }  # fmt: skip
    cells = [word for listed in words.values() for word in listed]
    take(desk, [f"P-{at};{cell};5" for at, cell in enumerate(cells)], "Mã phiếu;Hình thức khảo sát;C1")
    assert forms(desk)["mode"].tolist() == [mode for mode, listed in words.items() for _ in listed]


def test_numbers_of_a_trait_become_its_bands_and_years_do_not(desk):
    ages = ["18", "29", "30", "44 tuổi", "45,0", "60", "99", "Từ 45 đến 59", "", "1985", "17", "abc"]
    take(desk, [f"P-{at:02d};{age};5" for at, age in enumerate(ages)], "Mã phiếu;Tuổi;C1")
    bands = ["age_under_30"] * 2 + ["age_30_44"] * 2 + ["age_45_59"] + ["age_60_up"] * 2 + ["age_45_59"] + [None] * 4
    assert forms(desk)["age_group"].tolist() == bands
    assert [row for row, _, rule in found(desk) if rule == "value_blanked"] == [11, 12, 13]


def test_the_calendar_of_a_survey_is_wider_than_that_of_the_dossiers(desk):
    take(desk, ["P-1;10/02/1999;Phường 1;5;4;3"])
    assert forms(desk)["wave"].tolist() == ["1999-Q1"]


# ---- one form, one row


def test_a_number_names_a_form(desk):
    lines = ["P-1;10/02/2023;Phường 1;5;4;3", "p-1 ;10/02/2023;Phường 1;5;4;3", "P-2;10/02/2023;Phường 1;5;4;3"]
    conflict = ["P-3;10/02/2023;Phường 1;5;4;3", "P-3;10/02/2023;Phường 1;1;4;3"]
    total = take(desk, lines + conflict).accounting["total"]
    assert (total["accepted"], total["duplicates_by_kind"], total["reasons"]) == (
        2, {"repeated": 1}, {"conflicting_code": 2},
    )  # fmt: skip


def test_the_newer_export_of_a_form_wins(desk):
    write(desk, ["P-1;10/02/2023;Phường 1;5;4;3", "P-2;11/02/2023;Phường 1;5;4;3"])
    write(
        desk,
        ["P-1;10/02/2023;Phường 1;1;4;3", "P-2;11/02/2023;Phường 1;5;4;3", "P-9;20/02/2023;Phường 1;5;4;3"],
        "khao-sat/b.csv",
    )
    total = desk.take().accounting["total"]
    assert total["duplicates_by_kind"] == {"identical": 1, "superseded": 1}
    assert forms(desk).sort_values("answered_at")["access_place"].tolist() == ["1", "5", "5"]


def test_forms_without_number_are_each_one_unless_the_second_says_otherwise(desk):
    header = "Ngày giờ trả lời;C1;C2"
    lines = [
        "10/02/2023;5;4",
        "10/02/2023;5;4",
        "10/02/2023 09:15:02;5;4",
        "10/02/2023 09:15:02;5;4",
        "10/02/2023 09:15:02;5;3",
    ]
    result = take(desk, lines, header)
    assert result.accounting["total"]["duplicates_by_kind"] == {"repeated": 1}
    assert [note["code"] for note in result.accounting["files"][0]["notes"]] == ["forms_without_number"]
    write(desk, lines[2:3], "khao-sat/b.csv", header)
    assert desk.take().accounting["total"]["duplicates_by_kind"] == {"identical": 1, "repeated": 1}
    assert len(forms(desk)) == 4


def test_rows_without_number_beside_numbered_forms_are_told(desk):
    take(desk, ["P-1;10/02/2023;Phường 1;5;4;3", ";10/02/2023;Phường 1;5;4;3", ";10/02/2023;Phường 1;5;4;3"])
    assert len(forms(desk)) == 3
    assert found(desk) == [(row, "response_id", "response_id_missing") for row in (3, 4)]


def test_a_number_the_spreadsheet_has_changed_is_rejected(desk):
    book = openpyxl.Workbook()
    for line in (["Mã phiếu", "C1"], ["P-1", 5], [1.5, 5]):
        book.active.append(line)
    (desk.exports / "sipas").mkdir()
    book.save(desk.exports / "sipas" / "a.xlsx")
    assert desk.take(allowed_reject_share=1).accounting["total"]["reasons"] == {"key_unreadable": 1}


def test_who_answers_twice_in_a_wave_is_flagged_across_files(desk):
    header = "Mã phiếu;Ngày khảo sát;Mã người trả lời;Mã hồ sơ;Kết quả liên hệ;C1"
    write(
        desk,
        ["P-1;10/02/2023;N-1;H-1;;5", "P-2;10/02/2023;N-2;H-2;Không nghe máy;", "P-3;10/06/2023;N-1;H-1;;5"],
        header=header,
    )
    second = ["P-4;11/02/2023;n-1;H-4;;5", "P-5;12/02/2023;N-2;H-5;;5", "P-6;12/02/2023;N-6;h-5;;5"]
    write(desk, second, "khao-sat/b.csv", header)
    desk.take()
    findings = survey(desk).findings()
    repeated = findings[findings["rule"] == "respondent_repeated"]
    assert sorted(zip(repeated["file"], repeated["row"], repeated["column"], strict=True)) == [
        ("khao-sat/a.csv", 2, "respondent_id"), ("khao-sat/b.csv", 2, "respondent_id"),
        ("khao-sat/b.csv", 3, "dossier_id"), ("khao-sat/b.csv", 4, "dossier_id"),
    ]  # fmt: skip


def test_a_stratum_smaller_than_its_forms_is_flagged(desk):
    lines = [form(at, N="3" if at < 4 else "5", stratum="" if at < 4 else "B") for at in range(8)]
    take(desk, [*lines, form(8, stratum="B", outcome="Từ chối", c1="", c2="", N="5")], FIRST)
    assert found(desk) == [(row, "stratum_population", "population_too_small") for row in range(2, 6)]


# ---- warehouse


def test_a_good_file_is_stored_as_the_schema_says(desk, key):
    header = (
        "Mã phiếu;Mã hồ sơ;Mã người trả lời;Ngày khảo sát;Hình thức;Số giây trả lời;Tổng số trong tầng;Câu 1;Câu 23"
    )
    result = take(desk, ["'P-1;H06-230310-0001;N-1;10/02/2023 09:15;Zalo;95 giây;1.234;Hài lòng;99"], header)
    register = survey(desk)
    kind = load_questionnaire(FIVE).kind
    table = pq.read_table(register.state_path / f"survey-{FIVE}.parquet")
    assert table.schema == table_schema(kind)
    (row,) = table.to_pylist()
    secret = HashKey(key)
    assert [row[name] for name in ("response_id", "dossier_id", "respondent_id")] == hash_codes(
        ["p-1", "h06-230310-0001", "n-1"], secret
    )
    assert (row["mode"], row["answer_seconds"], row["stratum_population"]) == ("online", 95.0, 1234.0)
    assert (row["access_place"], row["overall"], row["access_waiting"]) == ("4", "no_opinion", None)
    assert register.questionnaire == load_questionnaire(FIVE)
    assert result.accounting["questionnaire"] == load_questionnaire(FIVE).model_dump(mode="json")


def test_a_dossier_is_the_same_in_the_survey_and_among_the_dossiers(desk):
    desk.write(["H06-230310-0001,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    write(desk, ["P-1;h06-230310-0001 ;5"], header="Mã phiếu;Mã hồ sơ;C1")
    desk.take()
    assert forms(desk)["dossier_id"].tolist() == desk.accepted()["dossier_id"].tolist()


def test_a_warehouse_of_surveys_alone_can_be_opened_and_grows(desk):
    take(desk, ["P-1;10/02/2023;Phường 1;5;4;3"])
    warehouse = open_warehouse(desk.warehouse)
    assert len(warehouse.rows("pandas").collect().to_native()) == 0
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    desk.take(desk.exports / "a.csv")
    assert (len(desk.accepted()), len(forms(desk))) == (1, 1)


def test_another_key_or_zone_is_refused_for_a_survey_too(desk, monkeypatch):
    path = write(desk, ["P-1;10/02/2023;Phường 1;5;4;3"])
    desk.take()
    other = ColumnMapping(kind=f"survey-{FIVE}", timezone="Europe/Amsterdam")
    with pytest.raises(WarehouseError, match="time zone"):
        desk.take(path, mapping=other)
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    monkeypatch.setenv("CCHC_HASH_KEY", "another key for tests, 32 bytes.")
    with pytest.raises(Exception, match="another key"):
        desk.take(desk.exports / "a.csv")


def test_a_bad_file_of_a_survey_changes_nothing_of_any_kind(desk):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"])
    desk.take()
    before = desk.files()
    desk.write(["A-2,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"], "b.csv")
    write(desk, ["1;2"], header="Mã phiếu;Nội dung khác")
    with pytest.raises(MappingError):
        desk.take()
    assert desk.files() == before


def test_a_run_that_is_cut_off_leaves_the_old_state(desk, monkeypatch):
    take(desk, ["P-1;10/02/2023;Phường 1;5;4;3"])
    before = desk.files()
    write(desk, ["P-2;10/02/2023;Phường 1;5;4;3"], "khao-sat/b.csv")

    def fails(*args):
        raise OSError("no space left")

    monkeypatch.setattr(pipeline_module, "write_intake", fails)
    with pytest.raises(OSError, match="no space left"):
        desk.take()
    assert desk.files() == before


def test_the_same_files_give_the_same_bytes_in_any_order(desk, tmp_path):
    paths = [
        write(
            desk,
            [f"P-{at};{at % 28 + 1:02d}/02/2023;Phường 1;5;4;{at % 7}" for at in range(40)],
            f"khao-sat/{name}.csv",
        )
        for name in "ab"
    ]
    first, second = tmp_path / "w1", tmp_path / "w2"
    intake(paths, first, kind=f"survey-{FIVE}")
    intake(paths[::-1], second, kind=f"survey-{FIVE}")
    contents = [
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (first, second)
    ]
    assert contents[0] == contents[1]


def test_rejected_forms_are_mended_and_fed_again(desk):
    lines = [form(1), form(2, weight="-1", c1="Hài lòng", c2="99"), form(3, c1="x", c2="")]
    mapping = ColumnMapping(
        kind=f"survey-{FIVE}", columns={"C1": "access_place", "C2": "access_waiting"},
        values={"answers": {"1": "5", "2": "4", "4": "2", "5": "1"}},
    )  # fmt: skip
    result = take(desk, lines, FIRST, mapping=mapping)
    assert result.accounting["total"]["reasons"] == {"no_answers": 1, "weight_negative": 1}
    book = openpyxl.load_workbook(result.rejected)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert headers == [*REJECTED_HEADERS, *(column.label for column in load_questionnaire(FIVE).kind.columns)]
    sheet.cell(2, headers.index("Trọng số") + 1).value = "1"
    sheet.cell(3, headers.index("Nơi ngồi chờ đủ chỗ và sạch sẽ") + 1).value = "rất hài lòng"
    path = desk.exports / "mended.xlsx"
    book.save(path)
    again = desk.take(path, mapping=mapping, allowed_reject_share=1)
    assert again.accounting["files"][-1]["accepted"] == 2
    answers = forms(desk)[["access_place", "access_waiting"]].to_numpy().tolist()
    assert answers == [["1", "2"], ["4", "no_opinion"], ["invalid", "5"]]


def test_answers_that_only_the_mapping_explains_are_written_in_words_into_the_list_to_mend(desk):
    mapping = ColumnMapping(kind=f"survey-{FIVE}", values={"answers": {"1": "5", "5": "1", "Tuyệt": "5"}})
    result = take(desk, [form(2, weight="-1", c1="1", c2="tuyệt")], FIRST, mapping=mapping)
    sheet = openpyxl.load_workbook(result.rejected).worksheets[0]
    cells = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    labels = [question.vi for question in load_questionnaire(FIVE).questions[:2]]
    assert [cells[label] for label in labels] == ["rất hài lòng"] * 2


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["P-1", "P-2", "P-3", ""]),
            st.sampled_from(["10/02/2023", "", "32/02/2023", "10/02/2023 09:15"]),
            st.sampled_from(["5", "", "x", "99", "Hài lòng", "4,5"]),
            st.sampled_from(["1", "-1", "", "0", "2,5"]),
        ),
        max_size=12,
    )
)
def test_every_row_is_accounted_for(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("survey")
    path = folder / "a.csv"
    lines = ["STT;Mã phiếu;Ngày khảo sát;Câu 1;Trọng số", *(f"{at};{';'.join(row)}" for at, row in enumerate(rows, 1))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key for tests only, 32 bytes..")
        total = intake(path, folder / "w", questionnaire=FIVE).accounting["total"]
    assert total["read"] == len(rows) == sum(total[way] for way in ("accepted", "rejected", "duplicates", "skipped"))


# ---- awkward files


def notes_of(result):
    return [note["code"] for account in result.accounting["files"] for note in account["notes"]]


def book_of(desk, sheets, name="khao-sat/a.xlsx"):
    """Write a workbook of the given sheets (title: rows)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    path = desk.exports / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("5 điểm", "5đ", "Mức 5", "Điểm: 5", "(5)", "[5]", "5.", "'5"), "5"),
        (("Rất hài lòng (5 điểm)", "Mức 5 - Rất hài lòng", "A. Rất hài lòng", "a) rất hài lòng"), "5"),
        (("Hài lòng / Satisfied", "Hài lòng (Satisfied)", "Satisfied - Hài lòng"), "4"),
        (("4/5 điểm", "Mức 45", "6 điểm", "5+", "~4", "4?", "IV", "Hài lòng / Neutral", "Mức 5 - Hài lòng"), "invalid"),
    ],
)
def test_an_answer_may_have_the_words_of_its_point_beside_it(cells, code):
    assert answers_of(cells) == [code] * len(cells)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_stands_only_in_the_upper_row_of_a_header_is_a_column(desk, kind):
    lines = [
        ["", "", "Tiếp cận dịch vụ", "", "Trọng số", "Ý kiến khác", "Họ tên"],
        ["STT", "Mã phiếu", "C1", "C2", "", "", ""],
        ["1", "P-1", "5", "4", "2,5", "gọi lại", "Người Thử Nghiệm"],
        ["2", "P-2", "5", "4", "1", "", "Người Thử Nghiệm"],
    ]
    if kind == "csv":
        result = take(desk, [";".join(line) for line in lines[1:]], ";".join(lines[0]))
    else:
        book_of(desk, {"A": [[cell or None for cell in line] for line in lines]})
        result = desk.take()
    assert result.accounting["total"]["accepted"] == 2
    assert result.accounting["dropped_columns"] == ["Họ tên", "STT", "Ý kiến khác"]
    assert forms(desk)["weight"].tolist() == [2.5, 1]


def test_a_title_over_a_column_without_header_is_no_header_and_is_repeated_nowhere(desk):
    result = take(desk, [";Mã phiếu;C1;C2", "1;P-1;5;4", "2;P-2;3;4"], "Phiếu của ông Người Thử Nghiệm")
    assert (result.accounting["total"]["accepted"], result.accounting["dropped_columns"]) == (2, [])


@pytest.mark.parametrize(
    ("cells", "column", "first"),
    [
        (["95", "120", "88", "1200"], "answer_seconds", 95),
        (["95,5", "120.5", "88", ""], "answer_seconds", 95.5),
        (["2 phút", "1 phút 5 giây", "90 giây", "00:02:10"], "answer_seconds", 120),
        (["02/05/2023 08:00", "03/05/2023", "", "04/05/2023"], "answered_at", pd.Timestamp("2023-05-02 08:00")),
        (["45048", "45049", "45050", "45051"], "answered_at", pd.Timestamp("2023-05-02")),
        (["3", "5", "4", "2"], None, None),
        (["sáng", "chiều", "95", "120"], None, None),
        (["95", "120", "02/05/2023", "88"], None, None),
    ],
)
def test_the_cells_tell_whether_a_time_is_a_duration_or_a_day(desk, cells, column, first):
    result = take(
        desk, [f"P-{at};{cell};5;4;3" for at, cell in enumerate(cells)], "Mã phiếu;Thời gian trả lời;C1;C2;C3"
    )
    table = forms(desk)
    assert [name for name in ("answer_seconds", "answered_at") if table[name].notna().any()] == (
        [column] if column else []
    )
    if column:
        assert table[column].iloc[0] == first
    assert ("Thời gian trả lời" in result.accounting["dropped_columns"]) == (column is None)
    assert notes_of(result)[0] == ("column_told_by_cells" if column else "column_not_told")


def test_a_time_with_a_unit_or_a_mapping_is_not_told_by_its_cells(desk):
    path = write(desk, ["P-1;95;5"], "a.csv", "Mã phiếu;Thời gian trả lời (phút);C1")
    assert notes_of(desk.take(path, questionnaire=FIVE)) == ["forms_without_period"]
    path = write(desk, ["P-2;3;5"], "b.csv", "Mã phiếu;Thời gian trả lời;C1")
    rules = ColumnMapping(kind="survey", questionnaire=FIVE, columns={"Thời gian trả lời": "answer_seconds"})
    desk.take(path, mapping=rules)
    assert forms(desk)["answer_seconds"].tolist() == [None, 3]


@pytest.mark.parametrize(
    ("titles", "wave"),
    [
        (["KẾT QUẢ KHẢO SÁT QUÝ II NĂM 2023"], "2023-Q2"),
        (["UBND THÀNH PHỐ", "Khảo sát tháng 5/2023", "(Số liệu ngày 20 tháng 6 năm 2023)"], "2023-05"),
        (["KHẢO SÁT 6 THÁNG ĐẦU NĂM 2023", "kèm theo Quyết định số 12 năm 2021"], "2023-6M"),
        (["ĐO LƯỜNG SỰ HÀI LÒNG NĂM 2023", "Từ ngày 15/12/2022 đến ngày 14/12/2023"], "2023"),
        (["Kỳ khảo sát: Q2-2023"], "2023-Q2"),
        (["SO SÁNH QUÝ I/2023 VÀ QUÝ II/2023"], None),
        (["KHẢO SÁT ĐỢT 1 NĂM 2023"], None),
        (["Vũng Tàu, ngày 20 tháng 6 năm 2023"], None),
        (["KẾT QUẢ KHẢO SÁT"], None),
    ],
)
def test_the_only_period_in_the_title_is_the_wave_where_nothing_else_says_it(desk, titles, wave):
    result = take(desk, [*titles[1:], "", "Mã phiếu;C1", "P-1;5", "P-2;4"], titles[0])
    assert set(forms(desk)["wave"]) == {wave}
    assert notes_of(result) == (["wave_from_title"] if wave else ["forms_without_period"])
    assert result.accounting["as_of_origin"] == ("newest_wave" if wave else "no_events")


def test_a_date_or_a_wave_of_its_own_comes_before_the_title(desk):
    result = take(desk, ["Mã phiếu;Ngày khảo sát;C1", "P-1;10/02/2023;5", "P-2;;4"], "KHẢO SÁT QUÝ IV NĂM 2022")
    assert (forms(desk)["wave"].tolist(), notes_of(result)) == (["2023-Q1", None], [])


def test_sheets_named_after_periods_hold_their_waves(desk):
    lines = [["Mã phiếu", "C1"], ["P-1", 5]]
    book_of(desk, {"Quý I-2023": lines, "Quý II-2023": [lines[0], ["P-2", 4]]})
    desk.take()
    assert forms(desk).set_index("source_sheet")["wave"].to_dict() == {
        "Quý I-2023": "2023-Q1",
        "Quý II-2023": "2023-Q2",
    }


def test_forms_that_count_in_no_period_are_told(desk):
    result = take(desk, ["P-1;Quý I;5", "P-2;Đợt 1;4", "P-3;Quý I/2023;4"], "Mã phiếu;Đợt;C1")
    (note,) = result.accounting["files"][0]["notes"]
    assert (note["code"], "2 forms" in note["en"], "'Quý I', 'Đợt 1'" in note["en"]) == (
        "wave_without_period",
        True,
        True,
    )
    assert "Đợt 1" in accounting_text(result)


SURVEYS = {
    "shipped.csv": "STT,Câu 1,Câu 2,Câu 3\n1,5,4,3\n",
    "kiosk.csv": "STT,Tiêu chí 1,Tiêu chí 2,Tiêu chí 3\n1,2,1,0\n",
    "dossiers-too.csv": "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,C1,C2,C3\nA-9,Phường 1,10/03/2023,5,4,3\n",
    "two.csv": "STT,Câu 1,Câu 2\n1,5,4\n",
    "own.csv": "ID,Email,Question 1,Question 2\n1,a@secret.vn,5,4\n",
    "labels.csv": "STT,Vệ sinh,Thái độ\n1,Rất hài lòng,Hài lòng\n2,Bình thường,Hài lòng\n",
}


@pytest.mark.parametrize("name", SURVEYS)
def test_a_survey_dropped_among_the_dossiers_is_told_by_one_sentence(desk, name):
    desk.write(["A-1,Phường 1,10/03/2023,24/03/2023,,Đang xử lý"], "ho-so.csv")
    (desk.exports / name).write_text(SURVEYS[name], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        desk.take()
    en, vi = caught.value.en, caught.value.vi
    assert en.startswith(f"{name}: this looks like the answers to a survey")
    assert "phiếu trả lời khảo sát" in vi
    assert "folder of its own" in en
    assert "--kind survey" in en
    assert "\n" not in en + vi
    assert "secret" not in en + vi
    assert desk.files() == {}


def test_a_list_that_is_no_survey_is_refused_as_before(desk):
    (desk.exports / "a.csv").write_text("STT,Nội dung\n1,Rất hài lòng\n", encoding="utf-8")
    with pytest.raises(MappingError, match="no row was recognised as a header"):
        desk.take()


@pytest.mark.parametrize(
    "lines",
    [
        [["Nội dung", "Tỷ lệ"], ["Câu 1", "85%"], ["Câu 2", "90%"]],
        [["Câu hỏi", "Phiếu 1", "Phiếu 2"], ["Câu 1", 5, 4], ["Câu 2", 3, 4]],
        [["Câu hỏi", "Rất hài lòng", "Hài lòng"], ["C1. Nơi tiếp nhận hồ sơ dễ tìm và dễ đến", 5, 4], ["C2", 3, 4]],
    ],
)
def test_a_table_with_the_questions_in_its_rows_is_no_list_of_forms(desk, lines):
    path = book_of(desk, {"Tổng hợp": lines}, "b.xlsx")
    with pytest.raises(InputError, match="the questions stand in the rows"):
        desk.take(path, questionnaire=FIVE)
    result = desk.take(
        book_of(desk, {"Phiếu": [["Mã phiếu", "C1"], ["P-1", 5]], "Tổng hợp": lines}, "c.xlsx"), questionnaire=FIVE
    )
    assert result.accounting["total"]["read"] == result.accounting["total"]["accepted"] == 1
    assert "no_header_sheet" in notes_of(result)


def test_a_legend_spread_over_cells_is_understood(desk):
    with pytest.raises(MappingError, match="1 = 5, 2 = 4"):
        take(desk, ["Mã phiếu;Câu 1;Câu 2", "P-1;1;2"], "1 - Rất hài lòng;2 - Hài lòng;3 - Bình thường")


def test_a_column_for_each_point_is_refused_in_words(desk):
    lines = ["STT;Câu 1;;;;;Câu 2;;;;", ";1;2;3;4;5;1;2;3;4;5", "1;;;;x;;;;;;x"]
    with pytest.raises(InputError, match="each point of the scale has a column of its own"):
        take(desk, lines[1:], lines[0])


LEGENDS = {
    "1 - Rất hài lòng; 2 - Hài lòng; 3 - Bình thường; 4 - Không hài lòng; 5 - Rất không hài lòng": True,
    "Thang đo: 1 = Rất hài lòng … 5 = Rất không hài lòng": True,
    "(1: Hài lòng, 2: Bình thường, 3: Không hài lòng)": True,
    "Rất hài lòng (1), Hài lòng (2), Bình thường (3), Không hài lòng (4), Rất không hài lòng (5)": True,
    "Thang điểm: 1. Rất không hài lòng và 5. Rất hài lòng": False,
    "Kết quả: Hài lòng: 10, Rất hài lòng: 3": False,
    "Rất hài lòng: 1 phiếu; Hài lòng: 2 phiếu": False,
    "5. Hài lòng chung": False,
}


@pytest.mark.parametrize("place", ["above", "below"])
@pytest.mark.parametrize("legend", LEGENDS)
def test_a_legend_that_contradicts_the_questionnaire_is_not_read_over(desk, legend, place):
    forms_of = ["STT,Ngày khảo sát,Câu 1,Câu 2", "1,10/02/2023,1,2", "2,10/02/2023,4,5"]
    lines = [f'"{legend}"', *forms_of] if place == "above" else [*forms_of, f'"{legend}"']
    path = write(desk, lines[1:], header=lines[0])
    if not LEGENDS[legend]:
        assert desk.take(path).accounting["total"]["accepted"] == 2
        return
    with pytest.raises(MappingError, match="another meaning than the questionnaire") as caught:
        desk.take(path)
    values = yaml.safe_load("values:" + caught.value.en.split("values:")[1])["values"]
    desk.take(path, mapping=ColumnMapping(kind="survey", questionnaire=FIVE, values=values))
    expected = values["answers"]
    assert forms(desk)["access_place"].tolist() == [expected["1"], expected.get("4", "4")]


def test_numbers_against_their_words_and_off_the_scale_are_told_with_the_way_to_mend_them(desk):
    turned = take(
        desk, ["P-1;10/02/2023;P1;1 - Rất hài lòng;4. Không hài lòng;5 - Rất không hài lòng", "P-2;10/02/2023;P1;3;3;3"]
    )
    assert "scale_turned_round" in notes_of(turned)
    assert '"1": "5"' in accounting_text(turned)
    values = {"answers": {str(number): str(6 - number) for number in range(1, 6)}}
    mapped = desk.take(mapping=ColumnMapping(kind="survey", questionnaire=FIVE, values=values))
    assert forms(desk)[["access_place", "access_waiting", "access_equipment"]].to_numpy().tolist() == [
        ["5", "2", "1"], ["3", "3", "3"],
    ]  # fmt: skip
    assert "scale_turned_round" not in notes_of(mapped)


def test_answers_of_a_kiosk_among_those_on_five_points_are_told(desk):
    result = take(desk, [f"P-{at};10/02/2023;Phường 1;{at % 3};5;4" for at in range(12)])
    assert "0 (4x)" in next(
        note["en"] for note in result.accounting["files"][0]["notes"] if note["code"] == "numbers_off_scale"
    )
    assert [row for row, _, rule in found(desk) if rule == "answer_invalid"] == [2, 5, 8, 11]


def test_shares_are_no_points_not_even_whole_ones(desk):
    take(desk, ["P-1;10/02/2023;Phường 1;0,85;1;0,9", "P-2;10/02/2023;Phường 1;0.8;1,0;5"])
    assert forms(desk)[["access_place", "access_waiting", "access_equipment"]].to_numpy().tolist() == [
        ["invalid", "invalid", "5"]
    ]


def test_rows_of_figures_below_the_forms_are_skipped(desk):
    sums = [
        "Điểm TB",
        "ĐTB",
        "Số phiếu hài lòng",
        "Số phiếu hợp lệ",
        "Tỷ lệ hài lòng (%)",
        "Độ lệch chuẩn",
        "Max",
        "Cao nhất",
    ]
    lines = ["1;Phường 1;5;4", *(f";{name};4;5" for name in sums), ";Tổng số phiếu: 1;1;1"]
    total = take(desk, lines, "STT;Đơn vị;C1;C2").accounting["total"]
    assert (total["accepted"], total["rejected"], total["skipped_by_kind"]) == (1, 0, {"total": len(sums) + 1})


@pytest.mark.parametrize(
    ("cells", "weights"),
    [
        (["1.234,5", "2.345", "3"], [1234.5, 2345, 3]),
        (["1,234.5", "2,345", "12,250"], [1234.5, 2345, 12250]),
        (["1,234", "12,345", "980"], [1234, 12345, 980]),
        (["1.234,5", "1,234.5", "2.345"], [1234.5, 1234.5]),
        (["1,234", "12.345", "980"], [980]),
    ],
)
def test_the_column_tells_which_sign_marks_thousands(desk, cells, weights):
    take(desk, [f"P-{at};{cell};5" for at, cell in enumerate(cells)], "Mã phiếu;Trọng số;C1")
    assert forms(desk)["weight"].tolist() == weights


def test_time_stamps_of_online_forms_are_read(desk):
    take(desk, ["2023/05/10 8:00:11 SA GMT+7;5", "2023/05/10 1:00:11 CH GMT+7;5"], "Dấu thời gian;C1")
    assert forms(desk)["answered_at"].tolist() == [
        pd.Timestamp("2023-05-10 08:00:11"), pd.Timestamp("2023-05-10 13:00:11"),
    ]  # fmt: skip


# ---- command line and pages


def test_the_command_takes_a_survey_in(desk):
    path = write(desk, ["P-1;10/02/2023;Phường 1;5;4;7"], "a.csv")
    words = ["intake", str(path), "--warehouse", str(desk.warehouse), "--kind", "survey", "--questionnaire", FIVE]
    run = CliRunner().invoke(main, words)
    assert (run.exit_code, "Đọc 1 dòng = 1 được nhận" in run.output) == (0, True)
    assert "1 câu trả lời không hợp lệ" in run.output
    refused = CliRunner().invoke(main, [*words[:-1], "none"])
    assert refused.exit_code == 2
    assert "Không có phiếu khảo sát 'none'" in refused.output


def test_the_command_names_the_kinds_there_are(desk):
    path = write(desk, ["P-1;5"], "a.csv", "Mã phiếu;C1")
    run = CliRunner().invoke(main, ["intake", str(path), "--warehouse", str(desk.warehouse), "--kind", "x"])
    assert run.exit_code == 2
    assert all(f"'{name}'" in run.output for name in (*KINDS, "survey", "auto"))


def test_the_worked_example_of_the_page_is_what_happens(desk, project):
    page = (
        (project / "docs" / "methods" / "questionnaires.md").read_text(encoding="utf-8").split("## Worked example")[1]
    )
    folder = desk.exports / "thu-vien"
    folder.mkdir()
    for name, language in (("phieu.yaml", "yaml"), ("a.csv", "csv")):
        (folder / name).write_text(re.split(r"```\w*\n", page.split(f"```{language}\n")[1])[0], encoding="utf-8")
    result = desk.take(allowed_reject_share=1)
    total = result.accounting["total"]
    assert [total[way] for way in ("read", "accepted", "rejected", "duplicates", "skipped")] == [5, 3, 1, 0, 1]
    assert total["reasons"] == {"no_answers": 1}
    table = forms(desk, "library-service")
    assert table["opening_hours"].tolist() == ["4", "5", "invalid"]
    assert table["long_queue"].tolist() == ["2", "no_opinion", "1"]
    assert table["age_group"].tolist() == ["under_40", "from_40", "from_40"]
    assert set(table["wave"]) == {"2023-Q1"}
    assert result.accounting["as_of"] == "2023-03-14T00:00:00"
    assert result.accounting["dropped_columns"] == ["Họ tên"]
