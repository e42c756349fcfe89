"""Whatever a cell, a header or a file holds: a value or a mark for each, every row accounted for, no other error."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.errors import CchcError
from cchc_analysis.intake import intake
from cchc_analysis.intake.headers import find_header
from cchc_analysis.intake.vocabulary import load_vocabulary
from cchc_analysis.warehouse import open_warehouse
from trials.fuzz import CORPUS, TARGETS

FOUND = sorted(path for path in CORPUS.rglob("*") if path.is_file())

DIGITS = "0123456789٣³½Ⅳ０-−–/.,: ½%'+eE"
WORDS = (
    "ngày",
    "giờ",
    "làm việc",
    "đồng",
    "tháng",
    "Trong ngày",
    "T",
    "Z",
    "+07:00",
    "SA",
    "CH",
    "Có",
    "x",
    "#N/A",
    "NaT",
)
ODD = st.characters(exclude_categories=["Cs"])
CELLS = st.one_of(
    st.text(alphabet=DIGITS, max_size=24),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(alphabet=DIGITS, max_size=6)), max_size=6).map(" ".join),
    st.text(alphabet=ODD, max_size=12),
)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_case_that_was_found_once_is_read_or_refused(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_there_are_cases() -> None:
    assert {path.parent.name for path in FOUND} <= set(TARGETS)
    assert FOUND


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(CELLS, max_size=8))
def test_any_cells_are_values_or_marked(cells: list[str]) -> None:
    TARGETS["values"]("\n".join(cells).encode())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from(["Mã hồ sơ", "Đơn vị", "(1)"]), CELLS), min_size=3, max_size=3),
        max_size=6,
    )
)
def test_any_block_has_a_header_or_none(rows: list[list[str | None]]) -> None:
    cells = pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1), columns=range(3), dtype=object)
    meaning = load_vocabulary().meaning
    found = find_header(cells, lambda header: (len({meaning(cell.text) for cell in header.cells} - {None}), 0))
    assert found is None or 0 <= found.first <= found.last < len(rows)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(alphabet="ab1,;\t|\"'\r\n=\x00\u2028é", max_size=60))
def test_any_delimited_text_is_read_or_refused(text: str) -> None:
    TARGETS["csv"](text.encode())


HEADER = "Mã hồ sơ;Đơn vị;Ngày tiếp nhận;Ngày hẹn trả;Ngày trả kết quả;Trạng thái;Thời gian quy định;Phí"
USUAL = (
    "H1",
    "H2",
    "Phường 1",
    "01/06/2023",
    "05/06/2023 07:30",
    "Đã trả kết quả",
    "Đang xử lý",
    "5 ngày làm việc",
    "",
    "Tổng",
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(
        st.lists(st.one_of(st.sampled_from(USUAL), st.sampled_from(USUAL), CELLS), min_size=0, max_size=9), max_size=8
    )
)
def test_rows_read_are_accepted_rejected_duplicates_or_skipped(rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    refused = ""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        (Path(folder) / "a.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8", newline="")
        warehouse = Path(folder) / "kho"
        try:
            accounting = intake([Path(folder) / "a.csv"], warehouse, allowed_reject_share=1, workers=1).accounting
        except CchcError as error:
            refused = error.en + error.vi
        assert "\n" not in refused
        if refused:
            assert not warehouse.exists() or not list(warehouse.glob("states/*"))
            return
        for told in (accounting["total"], *accounting["files"]):
            assert told["read"] == sum(told[part] for part in ("accepted", "rejected", "duplicates", "skipped"))
            assert told["rejected"] <= sum(told["reasons"].values())
        kept = open_warehouse(warehouse)
        assert (kept.dossiers("pandas").collect().to_native().shape[0] if kept.has_rows else 0) == accounting["total"][
            "accepted"
        ]
        assert accounting["total"]["read"] <= len("\n".join(lines).splitlines()) + 1
