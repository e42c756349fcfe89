"""What a report says: its parts in order, the figures of the study, words where there are none, in both languages."""

import json
import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document

import cchc_analysis as cchc
from cchc_analysis.cli import main
from cchc_analysis.documents import Letterhead, letterhead_of, load_outline, report_document
from cchc_analysis.documents.outline import FIELD_NAMES, outline_of
from cchc_analysis.frames import first_row
from cchc_analysis.plan import Plan

HEADER = (
    "Mã hồ sơ,Thủ tục hành chính,Lĩnh vực,Đơn vị tiếp nhận,Hình thức tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày trả kết quả,Trạng thái,Thời gian quy định,Thời gian sau cắt giảm"
)
NAUGHTY = ("</w:t><w:t>chèn", "{ MERGEFIELD x }", "=cmd|' /C calc'!A0", "{{7*7}}")

TITLES = [
    "I. TÌNH HÌNH CHUNG",
    "II. KẾT QUẢ THỰC HIỆN",
    "III. ĐÁNH GIÁ CHUNG",
    "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ TRỌNG TÂM",
    "V. KIẾN NGHỊ, ĐỀ XUẤT",
]

PLAN = cchc.load_plan("vung-tau-2023")


def line(number: int, unit: str = "Phường 1", field: str = "Hộ tịch", done: str = "05/06/2023") -> str:
    status = "Đã trả kết quả" if done else "Đang xử lý"
    row = [
        *(f"H06-230601-{number:04d}", field, field, unit, "Trực tuyến", "01/06/2023", "08/06/2023", done, status),
        *("5 ngày làm việc", "3 ngày làm việc"),
    ]
    return ",".join('"' + value.replace('"', '""') + '"' for value in row)


SCENARIOS = {
    "nothing": [],
    "some": [line(1), line(2, done="12/06/2023"), line(3, done=""), line(4, "Phòng Tư pháp")],
    "hostile": [line(n, f"Sở {text}", text) for n, text in enumerate(NAUGHTY)],
}


SENT_HEADER = "Kế hoạch,Mã nhiệm vụ báo cáo,Kỳ báo cáo,Đơn vị báo cáo,Ngày gửi báo cáo"
SENT = [
    "vung-tau-2023,D03,Quý II/2023,Phường 1,13/06/2023",
    "vung-tau-2023,D03,Quý II/2023,Phường 2,14/06/2023",
]
"""Reports handed in: wanted before 14/06/2023, so the first in time and the second a day late."""


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, made = tmp_path_factory.mktemp("bao-cao"), {}
    with pytest.MonkeyPatch.context() as given:
        given.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        for name, lines in SCENARIOS.items():
            export = folder / f"{name}.csv"
            export.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
            cchc.take_in([export], folder / name, as_of=cchc.parse_period("2023-Q2").end)
            made[name] = folder / name
        sent = folder / "submissions.csv"
        sent.write_text("\n".join([SENT_HEADER, *SENT]) + "\n", encoding="utf-8")
        cchc.take_in([sent], made["some"], kind="submissions")
    return made


def opened(warehouse: Path, unit: str = "all", language: Any = "vi") -> cchc.Study:
    return cchc.open_study(data=warehouse, period="2023-Q2", unit=unit, language=language)


def read(content: bytes) -> Any:
    return Document(BytesIO(content))


@pytest.fixture(scope="module")
def reports(warehouses: dict[str, Path]) -> Callable[..., Any]:
    """Make a report where it is first asked for."""

    @cache
    def made(name: str, language: str = "vi") -> Any:
        return read(report_document(opened(warehouses[name], language=language), PLAN))

    return made


@pytest.fixture(scope="module")
def some(reports: Callable[..., Any]) -> Any:
    return reports("some")


def texts(document: Any) -> list[str]:
    """Return every text of the document, cells included."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


def headings(document: Any, level: int) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == f"Heading {level}"]


def test_the_parts_stand_in_their_order(some: Any) -> None:
    assert headings(some, 1) == TITLES
    second = headings(some, 2)
    fields = [text for text in second if re.match(r"\d\. (Công tác|Cải cách|Xây dựng|Mức độ hài lòng)", text)]
    assert [text[0] for text in fields] == [str(n) for n in range(1, len(FIELD_NAMES) + 1)]
    letters = [text.split(")")[0] for text in headings(some, 3)]
    assert letters == list("abcdđeg")[: len(letters)]


def test_the_last_sentence_ends_the_document_and_the_rest_is_left_to_fill_in(some: Any) -> None:
    body = [p.text for p in some.paragraphs if p.style.name == "Body Text"]
    assert body[-1].endswith("./.")
    assert sum(text.endswith("./.") for text in texts(some)) == 1
    open_places = [text for text in body if text.startswith("[Đơn vị bổ sung")]
    assert len(open_places) == 3


def test_the_table_of_the_form_holds_the_study_s_counts(warehouses: dict[str, Path], some: Any) -> None:
    form = first_row(opened(warehouses["some"]).form_06a())
    cells = {row.cells[0].text: row.cells[2].text for row in some.tables[1].rows[1:]}
    assert [cells[f"({n})"] for n in (3, 7, 10, 11, 13)] == [
        str(form[name]) for name in ("received", "resolved", "resolved_late", "pending", "pending_overdue")
    ]
    assert (cells["(3)"], cells["(7)"], cells["(10)"], cells["(11)"]) == ("4", "3", "1", "1")


def test_every_commitment_is_in_the_table_of_the_whole(some: Any) -> None:
    (table,) = [grid for grid in some.tables if grid.cell(0, 0).text == "Mã"]
    assert [row.cells[0].text for row in table.rows[1:]] == [entry.id for entry in PLAN.commitments]


def test_the_annexes_are_the_official_forms_in_force(some: Any) -> None:
    titles = [p.text for p in some.paragraphs if p.style.name == "Title"][2:]
    assert [text for text in titles if text.startswith("Phụ lục")] == ["Phụ lục I", "Phụ lục II", "Phụ lục III"]
    assert any("II.06a" in p.text for p in some.paragraphs if p.style.name == "Caption")


@pytest.mark.parametrize(("name", "language"), [("nothing", "vi"), ("some", "vi"), ("hostile", "en")])
def test_nothing_is_told_as_a_number_that_is_none(reports: Callable[..., Any], name: str, language: str) -> None:
    told = " ".join(texts(reports(name, language)))
    assert not re.search(r"\b(nan|NaN|inf|None(?! of)|NaT|NA)\b|<NA>|\u221e|\{n\}", told), name
    if name == "hostile":
        for payload in NAUGHTY:
            assert payload in told


def test_without_dossiers_the_report_says_so(reports: Callable[..., Any]) -> None:
    document = reports("nothing")
    told = texts(document)
    assert "Trong kỳ không có số liệu hồ sơ thủ tục hành chính." in told
    assert "Trong kỳ không có số liệu khảo sát mức độ hài lòng." in told
    assert len(document.sections) == 1
    assert headings(document, 1) == TITLES


def test_the_command_writes_a_report_for_each_unit_asked_for(warehouses: dict[str, Path], tmp_path: Path) -> None:
    line = ["document", "--warehouse", str(warehouses["some"]), "--period", "2023-Q2", "--units", "phong-tu-phap"]
    done = CliRunner().invoke(main, [*line, "--out", str(tmp_path), "--addressee", "Sở Nội vụ", "--json"])
    assert done.exit_code == 0, done.output
    (written,) = json.loads(done.stdout)["files"]
    assert Path(written) == tmp_path / "2023-Q2" / "phong-tu-phap" / "bao-cao.docx"
    document = read(Path(written).read_bytes())
    assert {row.cells[0].text: row.cells[2].text for row in document.tables[1].rows[1:]}["(3)"] == "1"
    assert "Kính gửi: Sở Nội vụ" in texts(document)


def test_the_command_refuses_a_plan_that_is_not_there(warehouses: dict[str, Path], tmp_path: Path) -> None:
    line = ["document", "--warehouse", str(warehouses["some"]), "--period", "2023-Q2", "--plan", "khong-co"]
    refused = CliRunner().invoke(main, [*line, "--out", str(tmp_path / "out")])
    assert refused.exit_code == 2
    assert "Không có kế hoạch 'khong-co'" in refused.output
    assert not (tmp_path / "out").exists()


def test_reports_of_offices_are_told_on_time_late_and_missing(some: Any) -> None:
    (told,) = [text for text in texts(some) if "Báo cáo CCHC quý (quý II/2023)" in text and "đơn vị gửi" in text]
    assert "1/29 đơn vị gửi đúng hạn (chậm nhất ngày 13/06/2023)" in told
    assert "gửi chậm: Phường 2" in told
    assert "chưa gửi: " in told
    assert "và 19 đơn vị khác" in told


def test_a_ward_writes_as_its_committee_and_a_department_below_it(warehouses: dict[str, Path]) -> None:
    ward = letterhead_of(opened(warehouses["some"], "phuong-1"), PLAN)
    assert (ward.issuer, ward.superior, ward.code) == (("ỦY BAN NHÂN DÂN", "PHƯỜNG 1"), "", "BC-UBND")
    assert (ward.place, ward.addressee) == ("Phường 1", "Ủy ban nhân dân thành phố Vũng Tàu (qua Phòng Nội vụ)")
    office = letterhead_of(opened(warehouses["some"], "phong-tu-phap"))
    assert (office.issuer, office.superior) == (("PHÒNG TƯ PHÁP",), "ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU")
    assert (office.code, office.place, office.is_committee) == ("", "Vũng Tàu", False)


def test_the_whole_writes_as_the_city_and_leaves_open_what_nobody_told(warehouses: dict[str, Path]) -> None:
    city = letterhead_of(opened(warehouses["some"]))
    assert city.issuer == ("ỦY BAN NHÂN DÂN", "THÀNH PHỐ VŨNG TÀU")
    assert (city.addressee, city.number, city.signed_on) == ("", "", None)


def test_an_office_outside_the_table_of_units_has_its_name_and_no_more(warehouses: dict[str, Path]) -> None:
    study = opened(warehouses["hostile"])
    unknown = letterhead_of(study)
    assert unknown == Letterhead(("[TÊN CƠ QUAN BAN HÀNH]",))


def test_the_outline_places_every_commitment_once() -> None:
    outline = load_outline("vung-tau-2023")
    assert outline is not None
    placed = [entry for ids in outline.fields.values() for entry in ids]
    assert sorted(placed) == sorted(entry.id for entry in PLAN.commitments)


def test_a_plan_without_outline_goes_by_its_sections() -> None:
    assert load_outline("ho-chi-minh-2026") is None
    entry = PLAN.commitment("C22")
    assert entry is not None
    plan = Plan(title=PLAN.title, year=2023, commitments=(entry,))
    assert outline_of(plan)["finance"] == ("C22",)
    assert sum(len(ids) for ids in outline_of(plan).values()) == 1
