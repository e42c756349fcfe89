"""The overview notebook on a small warehouse: it runs, says what it can, and every commitment has its place."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis.measures.revisions import figures_mapping
from cchc_analysis.pages.overview_rows import Board
from cchc_analysis.reporters import reporting_units
from cchc_analysis.reports import render_page

PLAN = cchc.load_plan("vung-tau-2023")

HEADER = (
    "Mã hồ sơ,Thủ tục hành chính,Lĩnh vực,Đơn vị tiếp nhận,Hình thức tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày trả kết quả,Trạng thái,Thời gian quy định,Thời gian sau cắt giảm"
)


def line(number: int, day: int, month: int, unit: str, channel: str) -> str:
    dates = f"{day:02d}/{month:02d}/2023,{day + 5:02d}/{month:02d}/2023,{day + 3:02d}/{month:02d}/2023"
    return (
        f"H06-23{month:02d}{day:02d}-{number:04d},Khai sinh,Hộ tịch,{unit},{channel},{dates},"
        "Đã trả kết quả,5 ngày làm việc,3 ngày làm việc"
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overview")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        lines = [
            line(100 * place + 10 * month + n, 2 + n, month, unit, "Trực tuyến" if n % 2 else "Trực tiếp")
            for month in range(1, 7)
            for n in range(6)
            for place, unit in enumerate(("Phường 1", "Phường 2"))
        ]
        export = folder / "xuat.csv"
        export.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        cchc.take_in([export], folder / "kho", as_of=cchc.parse_period("2023-Q2").end)
    return folder / "kho"


def text_of(markup: str) -> str:
    plain = re.sub(r"<(script|style)[\s\S]*?</\1>|<[^>]*>", " ", re.sub(r'src="[^"]*"', "", markup))
    return " ".join(unescape(plain).split())


@pytest.fixture(scope="module")
def page(warehouse: Path, project: Path) -> str:
    parameters = {"period": "2023-Q2", "data": str(warehouse)}
    return render_page(project / "notebooks" / "00_overview.ipynb", parameters).html


def test_the_page_has_every_commitment_once_in_a_readable_row(page: str) -> None:
    rows = re.findall(r'<tr id="(C\d+)"', page)
    assert sorted(rows) == sorted(entry.id for entry in PLAN.commitments)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for row in re.findall(r'<tr id="C\d+".*?</tr>', page, re.DOTALL):
        assert re.search(r'class="status (met|on_track|at_risk|missed|not_measurable|no_data)"><span aria-hidden', row)


def test_the_page_has_no_hole_and_fetches_nothing(page: str) -> None:
    assert not re.search(r"\b(nan|NaN|inf|None|NaT|NA)\b", text_of(page))
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page)


def test_the_counts_of_the_first_screen_are_those_of_the_table(page: str) -> None:
    said = re.search(
        r"trong (\d+) cam kết có (\d+) cam kết đã đạt, (\d+) đúng tiến độ, (\d+) có nguy cơ", text_of(page)
    )
    assert said is not None
    in_table = re.findall(r'<tr id="C\d+".*?class="status (\w+)"', page, re.DOTALL)
    counted = [len(in_table), *(in_table.count(name) for name in ("met", "on_track", "at_risk"))]
    assert [int(n) for n in said.groups()] == counted


BLOCKS = ("summary", "statuses", "scorecard", "context", "calendar", "evidence", "rules", "oddities")


def told(board: Board) -> str:
    return text_of("".join(getattr(cchc.overview, block)(board).data for block in BLOCKS))


@pytest.fixture(scope="module")
def whole(warehouse: Path) -> Board:
    board: Board = cchc.overview.board_of(cchc.open_study(data=warehouse, period="2023-Q2", language="en"), PLAN)
    return board


def test_the_page_gives_the_counts_of_the_study(page: str, whole: Board) -> None:
    row = whole.study.scorecard(PLAN).set_index("commitment").loc["C09"]
    assert f"({row['numerator']:.0f}/{row['denominator']:.0f})" in text_of(page)


def test_every_block_speaks_english(whole: Board) -> None:
    text = told(whole)
    assert not re.search(r"\b(nan|NaN|inf|None|NaT|NA)\b", text)
    assert re.search(rf"of {len(PLAN.commitments)} commitments \d+ are met, \d+ on track", text)
    assert "Cannot be judged" in text


def test_a_unit_sees_what_it_leads_reports_and_has_figures_for(warehouse: Path) -> None:
    board = cchc.overview.board_of(cchc.open_study(data=warehouse, period="2023-Q2", unit="phuong-1"), PLAN)
    text = told(board)
    assert not re.search(r"\b(nan|NaN|inf|None|NaT|NA)\b", text)
    shown, every = set(board.rows["commitment"]), {entry.id for entry in PLAN.commitments}
    assert f"{len(shown)}/{len(every)} cam kết do Phường 1 chủ trì" in text
    assert {"C09", "C10", "C11"} <= shown < every
    asked = reporting_units(["wards"], board.study.registry, board.study.period.end)
    assert "phuong-1" in asked
    wards = {e.id for e in PLAN.commitments if e.evidence and set(e.evidence.reporters) & {"wards", "all_units"}}
    assert wards <= shown


def test_a_version_published_before_is_held_against_this_one(whole: Board, tmp_path: Path) -> None:
    assert cchc.overview.revisions(whole, "").data == ""
    figures = figures_mapping(whole.study.headline_figures())
    figures["all"]["resolved"]["n"] -= 2
    manifest = {"state": "earlier", "as_of": "2023-06-13T00:00:00", "figures": figures, "inputs": [], "history": []}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    text = text_of(cchc.overview.revisions(whole, str(tmp_path)).data)
    assert re.search(r"\b1 of \d+ figures differ from the version published before", text)
    assert re.search(r"Dossiers resolved \d+ \d+ \+2", text)
