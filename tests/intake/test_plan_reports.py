"""What offices report on a plan: read from lists and from the forms made for them, every row accounted for."""

import io
import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.evidence_forms import office_forms
from cchc_analysis.intake import intake, plan_rows
from cchc_analysis.intake.folders import kind_of_name
from cchc_analysis.periods import parse_period
from cchc_analysis.plan import Plan
from cchc_analysis.units import UnitRegistry

WORDS = {"vi": "=HỎI(1)", "en": "?"}
SHARE = {"kind": "share", "numerator": WORDS, "denominator": WORDS, "question": WORDS}
PLAN = Plan.model_validate(
    {
        "name": "thu-2023",
        "title": {"vi": "Kế hoạch thử", "en": "A plan"},
        "year": 2023,
        "commitments": [
            {
                **{"id": name, "quote": "q", "section": "I", "owners": ["phong-noi-vu"], "operator": operator},
                **{"value": value, "measure": measure, "source": WORDS, "evidence": evidence},
            }
            for name, operator, value, measure, evidence in (
                ("C01", "=", 1, None, SHARE | {"reporters": ["phong-tu-phap", "wards"]}),
                ("C02", "bin", None, None, {"kind": "yes_no", "question": WORDS, "reporters": ["all_units"]}),
                ("C03", "count", None, None, {"kind": "count", "question": WORDS, "reporters": ["phong-noi-vu"]}),
                ("C09", ">", "0.5", "resolved_online", None),
            )
        ],
        "duties": [
            {
                **{"id": "D01", "title": WORDS, "reporters": ["wards"], "receiver": "phong-noi-vu", "section": "III"},
                "source": WORDS,
                "dates": [
                    {"period": "2023-Q1", "before": "2023-03-14"},
                    {"period": "2023-Q2", "before": "2023-06-14"},
                    {"period": "khi có yêu cầu", "before": None},
                ],
            }
        ],
    }
)
Q2, REGISTRY = parse_period("2023-Q2"), UnitRegistry.load()
HEAD = {
    "minh-chung": "Kế hoạch;Mã cam kết;Kỳ báo cáo;Đơn vị báo cáo;Tử số;Mẫu số;Đã thực hiện;Số lượng;Ngày thực hiện;"
    "Văn bản, tài liệu chứng minh;Ngày báo cáo",
    "nop-bao-cao": "Kế hoạch;Mã nhiệm vụ báo cáo;Kỳ báo cáo;Đơn vị báo cáo;Ngày gửi báo cáo;Số, ký hiệu văn bản",
    "tu-cham-diem": "Bộ chỉ số;Năm chấm điểm;Đơn vị tự chấm;Mã tiêu chí;Điểm tự chấm;Điểm thẩm định;"
    "Tài liệu kiểm chứng",
    "chi-so": "Chỉ số;Nội dung chỉ số;Địa phương;Năm;Giá trị chỉ số;Điểm tối đa;Thứ hạng;Số địa phương xếp hạng;"
    "Phương pháp;Nguồn số liệu",
}


class Office:
    """Files in a folder named after their kind, taken into a warehouse."""

    def __init__(self, root: Path) -> None:
        self.root, self.warehouse = root, root / "w"
        (root / "key").write_text("a key for tests only, 32 bytes..")

    def rows(self, folder: str, *lines: str, name: str = "a.csv", above: str = "") -> None:
        path = self.root / "in" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*([above, ""] if above else []), HEAD[folder], *lines]) + "\n", encoding="utf-8")

    def workbook(self, path: str, content: bytes) -> None:
        target = self.root / "in" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def take(self, **wanted):
        return intake(self.root / "in", self.warehouse, hash_key_file=self.root / "key", **wanted)

    def table(self, kind: str) -> pd.DataFrame:
        states = (self.warehouse / "registers" / kind / "states").glob(f"*/{kind}.parquet")
        return pd.read_parquet(next(states))


@pytest.fixture
def office(tmp_path, monkeypatch) -> Office:
    monkeypatch.setattr(plan_rows, "known_plans", lambda: {"thu-2023": PLAN})
    return Office(tmp_path)


def ways(result) -> list[int]:
    total = result.accounting["total"]
    assert total["read"] == sum(total[way] for way in ("accepted", "rejected", "duplicates", "skipped"))
    return [total[way] for way in ("read", "accepted", "rejected", "duplicates", "skipped")]


def filled_form(folder: str, unit: str, cells: dict[tuple[str, str], object], above: object = None) -> bytes:
    """Return the form of an office with cells filled in by (code of the row, header), as somebody would type them."""
    form = next(f for f in office_forms(PLAN, Q2, REGISTRY, unit) if f.path.startswith(folder))
    book = openpyxl.load_workbook(io.BytesIO(form.content))
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if row[0].value == "STT")
    columns = {cell.value: cell.column for cell in header}
    rows = {sheet.cell(at, 2).value: at for at in range(header[0].row + 2, sheet.max_row + 1)}
    for (code, name), value in cells.items():
        sheet.cell(rows[code], columns[name]).value = value
    if above is not None:
        place = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Ngày báo cáo:")
        sheet.cell(place.row, place.column + 2).value = above
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


# ---- a form goes out and comes back


def test_a_filled_form_comes_back_as_it_was_filled(office):
    cells = {
        ("C01", "Tử số"): 18,
        ("C01", "Mẫu số"): 20,
        ("C02", "Đã thực hiện"): "Có",
        ("C02", "Ngày thực hiện"): datetime(2023, 6, 1),
        ("C02", "Văn bản, tài liệu chứng minh"): "45/BC-UBND",
    }
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phuong-1", cells, datetime(2023, 6, 12)))
    result = office.take()
    assert (result.kind, ways(result)) == ("evidence", [9, 2, 0, 0, 7])
    assert result.accounting["total"]["skipped_by_kind"] == {"note": 4, "numbering": 1, "signature": 2}
    table = office.table("evidence").set_index("commitment")
    assert table[["plan", "period", "unit"]].drop_duplicates().to_numpy().tolist() == [
        ["thu-2023", "2023-Q2", "phuong-1"]
    ]
    assert (table.numerator["C01"], table.denominator["C01"], table.answer["C02"]) == (18, 20, "yes")
    assert set(table.reported_at) == {pd.Timestamp("2023-06-12")}
    assert (table.happened_at["C02"], table.document["C02"]) == (pd.Timestamp("2023-06-01"), "45/BC-UBND")


def test_a_form_nobody_has_filled_in_has_no_row_and_nothing_rejected(office):
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phong-noi-vu", {}, "12/06/2023"))
    result = office.take(kind="evidence")
    assert ways(result) == [9, 0, 0, 0, 9]
    assert result.accounting["total"]["skipped_by_kind"]["unfilled"] == 2


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("mười tám", "count_unreadable"),
        ("90%", "count_unreadable"),
        ("-3", "count_unreadable"),
        ("17,5", "count_not_whole"),
        (17.5, "count_not_whole"),
        (21, "numerator_above_denominator"),
        (datetime(2023, 6, 1), "count_unreadable"),
        ("=9+9", "count_unreadable"),
    ],
)
def test_a_wrong_cell_of_a_form_is_rejected_with_the_reason(office, typed, rule):
    cells = {("C01", "Tử số"): typed, ("C01", "Mẫu số"): 20, ("C02", "Đã thực hiện"): "Đang thực hiện"}
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phuong-1", cells))
    result = office.take()
    assert (ways(result)[1:3], result.accounting["total"]["reasons"]) == ([1, 1], {rule: 1})
    rejected = openpyxl.load_workbook(result.rejected).active
    assert [cell.value for cell in rejected[2]][3] == "Tử số"


def test_dates_typed_as_text_and_a_deleted_row_do_no_harm(office):
    cells = {("C02", "Đã thực hiện"): "có", ("C02", "Ngày thực hiện"): "1/6/2023", ("C01", "Mã cam kết"): None}
    cells |= dict.fromkeys(("C01", name) for name in ("STT", "Kế hoạch", "Kỳ báo cáo", "Đơn vị báo cáo"))
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phuong-1", cells))
    assert ways(office.take())[1:3] == [1, 0]
    assert office.table("evidence").happened_at.tolist() == [pd.Timestamp("2023-06-01")]


def test_wiped_cells_beside_counts_are_no_total(office):
    cells = {("C01", "Tử số"): 1, ("C01", "Mẫu số"): 2} | dict.fromkeys(
        ("C01", name)
        for name in ("STT", "Mã cam kết", "Nội dung báo cáo", "Cách tính", "Chỉ tiêu", "Kế hoạch", "Kỳ báo cáo")
    )
    cells["C01", "Đơn vị báo cáo"] = None
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phuong-1", cells))
    result = office.take()
    assert result.accounting["total"]["reasons"] == {"plan_missing": 1}


def test_the_row_says_whose_it_is_whatever_the_file_is_called(office):
    office.workbook(
        "minh-chung/minh-chung_2023-Q2_phuong-2.xlsx",
        filled_form("minh-chung", "phuong-1", {("C02", "Đã thực hiện"): "Không"}),
    )
    office.take()
    assert office.table("evidence")[["unit", "answer"]].to_numpy().tolist() == [["phuong-1", "no"]]


def test_a_plan_or_commitment_that_is_none_is_rejected(office):
    cells = {("C02", "Đã thực hiện"): "Có", ("C02", "Kế hoạch"): "ke-hoach-khac"}
    office.workbook("minh-chung/f.xlsx", filled_form("minh-chung", "phuong-1", cells))
    assert office.take().accounting["total"]["reasons"] == {"plan_unknown": 1}


def test_the_form_of_reports_handed_in_comes_back_too(office):
    cells = {("D01", "Ngày gửi báo cáo"): datetime(2023, 6, 13), ("D01", "Số, ký hiệu văn bản"): "9/BC"}
    form = filled_form("nop-bao-cao", "phuong-1", cells)
    office.workbook("nop-bao-cao/f.xlsx", form)
    result = office.take()
    # The row without a day of the plan stands in the form too; `cells` fills in the last of the duty's rows.
    assert (result.kind, ways(result)[1:3], result.accounting["total"]["skipped_by_kind"]["unfilled"]) == (
        "submissions",
        [1, 0],
        1,
    )
    assert office.table("submissions").submitted_at.tolist() == [pd.Timestamp("2023-06-13")]


def test_forms_of_both_kinds_are_told_apart_by_their_folders(office):
    for form in office_forms(PLAN, Q2, REGISTRY, "phuong-1"):
        office.workbook(form.path, form.content)
    assert [each.kind for each in office.take().results] == ["evidence", "submissions"]


def test_a_form_taken_for_the_other_kind_is_refused(office):
    office.workbook("x/f.xlsx", filled_form("nop-bao-cao", "phuong-1", {}))
    with pytest.raises(InputError, match="take it in with --kind submissions"):
        office.take(kind="evidence")


# ---- lists


EVIDENCE = {
    "thu-2023;C01;Quý II/2023;P. 1;9;10;;;;BC;12/06/2023": "",
    ";C01;2023-Q2;Phường 1;9;10;;;;BC;": "plan_missing",
    "khac;C01;2023-Q2;Phường 1;9;10;;;;BC;": "plan_unknown",
    "thu-2023;;2023-Q2;Phường 1;9;10;;;;BC;": "commitment_missing",
    "thu-2023;C99;2023-Q2;Phường 1;9;10;;;;BC;": "commitment_unknown",
    "thu-2023;C09;2023-Q2;Phường 1;9;10;;;;BC;": "evidence_not_asked",
    "thu-2023;C01;;Phường 1;9;10;;;;BC;": "report_period_missing",
    "thu-2023;C01;tuần 3;Phường 1;9;10;;;;BC;": "report_period_unreadable",
    "thu-2023;C01;2022-Q2;Phường 1;9;10;;;;BC;": "period_of_another_year",
    "thu-2023;C01;2023-Q2;;9;10;;;;BC;": "unit_name_missing",
    "thu-2023;C01;2023-Q2;Phường 2;9;;;;;BC;": "share_incomplete",
    "thu-2023;C01;2023-Q2;Phường 2;0;0;;;;BC;": "denominator_zero",
    "thu-2023;C01;2023-Q2;Phường 2;11;10;;;;BC;": "numerator_above_denominator",
    "thu-2023;C02;2023-Q2;Phường 2;;;Có lẽ;;;BC;": "answer_unknown",
    "thu-2023;C02;2023-Q2;Phường 2;;;;;;BC;": "answer_missing",
    "thu-2023;C03;2023-Q2;Phòng Nội vụ;;;;;;BC;": "count_missing",
    "thu-2023;C03;2023-Q2;Phòng Nội vụ;;;;-1;;BC;": "count_unreadable",
    "thu-2023;C02;2023-Q2;Phường 3;;;Có;;31/02/2023;BC;": "date_unreadable",
    "thu-2023;C02;2023-Q2;Phường 3;;;Có;;01/01/1999;BC;": "date_outside_calendar",
    "thu-2023;C02;2023-Q2;Phường 3;;;Có;;;BC;01/07/2023": "reported_in_future",
    "thu-2023;C02;2023-Q2;Phường 4;;;Có;;01/07/2023;BC;": "happened_in_future",
}


def test_each_rule_of_evidence_finds_its_row(office):
    office.rows("minh-chung", *EVIDENCE)
    result = office.take(as_of=date(2023, 6, 14), allowed_reject_share=1)
    wanted = [rule for rule in EVIDENCE.values() if rule]
    assert result.accounting["total"]["reasons"] == {rule: wanted.count(rule) for rule in sorted(set(wanted))}
    assert ways(result)[:3] == [len(EVIDENCE), 1, len(wanted)]
    assert office.table("evidence")[["period", "unit"]].to_numpy().tolist() == [["2023-Q2", "phuong-1"]]


def test_odd_reports_are_kept_and_flagged(office):
    office.rows(
        "minh-chung",
        "thu-2023;C03;2023-Q2;Phường 1;;;;3;;BC;",
        "thu-2023;C02;2023-Q2;Phường 2;;;Không;;01/05/2023;BC;",
        "thu-2023;C01;2023-Q2;Phường 3;9;10;Có;;;;",
        "thu-2023;C02;2023-Q2;Phường 4;;;Có;;10/06/2023;BC;09/06/2023",
        "thu-2023;C02;6 tháng đầu năm 2023;Phường 5;;;Có;;;BC;09/06/2023",
    )
    assert office.take().accounting["flags"] == {
        "answer_contradicts": 2,
        "evidence_without_document": 1,
        "happened_after_reported": 1,
        "period_too_long": 1,
        "unit_not_asked": 1,
    }


def test_a_later_report_replaces_an_earlier_one_in_one_file_and_in_another(office):
    row = "thu-2023;C01;2023-Q2;Phường 1;{};10;;;;BC;{}"
    office.rows("minh-chung", row.format(5, "10/06/2023"), row.format(6, "11/06/2023"))
    office.rows("minh-chung", row.format(7, "09/06/2023"), row.format(1, "1/3/2023").replace("Q2", "Q1"), name="b.csv")
    result = office.take()
    assert ways(result) == [4, 2, 0, 2, 0]
    assert sorted(office.table("evidence").numerator) == [1, 6]
    assert result.accounting["total"]["duplicates_by_kind"] == {"repeated": 1, "superseded": 1}


def test_reports_without_a_day_that_differ_are_both_rejected(office):
    row = "thu-2023;C01;2023-Q2;Phường 1;{};10;;;;BC;"
    office.rows("minh-chung", row.format(5), row.format(6), row.format(5).replace("Phường 1", "Phường 2"))
    assert office.take().accounting["total"]["reasons"] == {"conflicting_code": 2}


def test_the_day_of_the_report_may_stand_above_the_table(office):
    office.rows("minh-chung", "thu-2023;C01;2023-Q2;Phường 1;9;10;;;;BC;", above="x;Ngày lập:;12/06/2023")
    text = (office.root / "in" / "minh-chung" / "a.csv").read_text(encoding="utf-8").replace(";Ngày báo cáo\n", "\n")
    (office.root / "in" / "minh-chung" / "a.csv").write_text(text.replace("BC;\n", "BC\n"), encoding="utf-8")
    office.take()
    assert office.table("evidence").reported_at.tolist() == [pd.Timestamp("2023-06-12")]


def test_units_are_those_of_the_period(office):
    office.rows("minh-chung", "thu-2023;C02;2023-Q2;Phường Rạch Dừa;;;Có;;;BC;12/06/2023")
    office.take()
    assert office.table("evidence").unit.tolist() == ["rach-dua"]


def test_each_rule_of_reports_handed_in_finds_its_row(office):
    office.rows(
        "nop-bao-cao",
        "thu-2023;d01;Quý I/2023;Phường 1;13/03/2023;BC",
        "thu-2023;D01;Khi có yêu cầu;Phường 1;13/03/2023;BC",
        "thu-2023;D02;2023-Q1;Phường 2;13/03/2023;BC",
        "thu-2023;;2023-Q1;Phường 2;13/03/2023;BC",
        "thu-2023;D01;2023-Q3;Phường 2;13/03/2023;BC",
        "thu-2023;D01;2023-Q1;Phường 2;;BC",
        "thu-2023;D01;2023-Q1;Phường 3;sáng nay;BC",
        "thu-2023;D01;2023-Q1;Phường 3;20/06/2023;BC",
        "thu-2023;D01;2023-Q1;Phòng Nội vụ;13/03/2023;",
        "thu-2023;D01;2023-Q1;Phường 4;;",
    )
    result = office.take(as_of=date(2023, 6, 14))
    wanted = ("date_unreadable", "duty_missing", "duty_unknown", "period_not_of_duty", "submission_without_date")
    assert result.accounting["total"]["reasons"] == dict.fromkeys((*wanted, "submitted_in_future"), 1)
    assert ways(result) == [10, 3, 6, 0, 1]
    assert result.accounting["flags"] == {"submission_without_document": 1, "unit_not_asked": 1}
    assert sorted(set(office.table("submissions").period)) == ["2023-Q1", "khi có yêu cầu"]


def test_each_rule_of_scores_and_of_index_values_finds_its_row(office):
    office.rows(
        "tu-cham-diem",
        "QD 2926;2023;Phường 1;1.1;1,5;1,25;BC",
        ";2023;Phường 1;1.2;1;;BC",
        "QD 2926;;Phường 1;1.2;1;;BC",
        "QD 2926;năm nay;Phường 1;1.2;1;;BC",
        "QD 2926;2023;;1.2;1;;BC",
        "QD 2926;2023;Phường 1;;1;;BC",
        "QD 2926;2023;Phường 1;1.2;một;;BC",
        "QD 2926;2023;Phường 1;1.2;;;BC",
        "QD 2926;2023;Phường 1;1.3;;;",
    )
    office.rows(
        "chi-so",
        "PAPI;;Bà Rịa – Vũng Tàu;2022;42,5;80;21;61;A;s",
        "PAPI;Nội dung 1;Bà Rịa – Vũng Tàu;2022;4,5;10;70;61;A;",
        "PAPI;;;2022;42,5;80;21;61;A;s",
        "PAPI;;Nơi khác;2022;x;80;21;61;A;s",
        "PAPI;;Nơi khác;2022;81;80;21;61;A;s",
    )
    scores, values = office.take(allowed_reject_share=1).results
    wanted = ("index_missing", "year_missing", "year_unreadable", "unit_name_missing", "criterion_missing")
    wanted += ("score_unreadable", "score_missing")
    assert scores.accounting["total"]["reasons"] == dict.fromkeys(sorted(wanted), 1)
    assert (ways(scores), ways(values)) == ([9, 1, 7, 0, 1], [5, 2, 3, 0, 0])
    wanted = ("index_value_above_maximum", "index_value_unreadable", "place_missing")
    assert values.accounting["total"]["reasons"] == dict.fromkeys(wanted, 1)
    assert values.accounting["flags"] == {"index_value_without_source": 1, "rank_above_number": 1}
    table = office.table("self_scores")
    assert table[["index", "year", "self_score"]].to_numpy().tolist() == [["qd-2926", 2023, 1.5]]


def test_the_folders_are_known_by_their_names():
    assert [kind_of_name(name) for name in HEAD] == ["evidence", "submissions", "self_scores", "index_values"]
    assert kind_of_name("03. Minh chứng quý 2") == "evidence"


def test_a_file_is_checked_anew_when_the_plan_has_changed(office, monkeypatch):
    from cchc_analysis.intake import parts

    office.rows("minh-chung", "thu-2023;C02;2023-Q2;Phường 1;;;Có;;;BC;12/06/2023")
    assert ways(office.take())[1] == 1
    assert office.take().unchanged
    monkeypatch.setattr(parts, "_plans_hash", lambda: "another")
    less = PLAN.model_copy(update={"commitments": PLAN.commitments[:1]})
    monkeypatch.setattr(plan_rows, "known_plans", lambda: {"thu-2023": less})
    assert office.take().accounting["total"]["reasons"] == {"commitment_unknown": 1}


def test_the_worked_example_of_the_page(office, monkeypatch, project):
    monkeypatch.undo()
    page = (project / "docs" / "methods" / "evidence.md").read_text(encoding="utf-8")
    told = re.search(r"Read (\d) = accepted (\d) \+ rejected (\d) \(`(\w+)`\) \+ skipped (\d)", page)
    assert told is not None
    row = "vung-tau-2023;{};2023-Q2;Phường 10;{};BC;12/06/2023"
    office.rows(
        "minh-chung",
        row.format("C25", "18;20;;;"),
        row.format("C24", "95%;20;;;"),
        row.format("C06", ";;Không;;05/05/2023"),
        row.format("C20", ";;;;").replace("BC", ""),
    )
    result = office.take()
    n_read, n_accepted, n_rejected, rule, n_skipped = told.groups()
    assert ways(result) == [int(n_read), int(n_accepted), int(n_rejected), 0, int(n_skipped)]
    assert result.accounting["total"]["reasons"] == {rule: 1}
    assert result.accounting["flags"] == {"answer_contradicts": 1}
