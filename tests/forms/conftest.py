"""A town of three offices with few dossiers, hostile texts and a catalogue, taken in once for these tests."""

from pathlib import Path

import pytest

from cchc_analysis.forms import FigureTables, FilledForm, fill_form
from cchc_analysis.intake import intake
from cchc_analysis.study import Study, open_study

DOSSIERS = """
id | unit | field              | proc | by   | level | from  | due   | end   | at   | dig | again | res | fee  | net
1  | P1   | HT                 | 1    | on   | full  | 13/03 | 17/03 | 16/03 |      | y   | y     | y   | 8000 | y
2  | P1   | HT                 | 1    | in   | full  | 15/03 | 20/03 | 20/03 |      | y   | n     | n   | 8000 | n
3  | P1   | HT                 | 1    | in   | full  | 03/04 | 10/04 | 11/04 |      | n   | n     | y   | 8000 | n
4  | P1   | CT                 | 2    | on   | part  | 04/04 |       | 06/04 |      | y   | n     | y   | 0    |
5  | P1   | CT                 | 2    | post | part  | 10/04 | 14/04 | 20/04 | out  |     |       |     | 0    |
6  | P1   | CT                 | 2    | in   | part  | 12/06 | 16/06 |       | at   | n   | n     |     | 0    |
7  | P1   | CT                 | 2    | on   | part  | 01/06 | 06/06 |       | at   | y   | n     |     | 0    |
8  | P1   | HT                 | 1    | on   | full  | 01/06 | 06/06 |       | wait | y   | n     |     | 8000 |
9  | P1   | =cmd!A1            | 3    | in   |       | 20/04 | 28/04 | 25/04 |      |     |       |     |      |
10 | P1   | <script>x</script> | 3    |      |       | 20/04 | 28/04 | 25/04 |      |     |       |     |      |
11 | P1   | +1                 | 3    | in   |       | 20/04 | 28/04 | 25/04 |      |     |       |     |      |
12 | P2   | HT                 | 1    | in   | full  | 10/03 | 20/03 | 30/03 |      | n   | n     | n   | 8000 | n
13 | P2   | CT                 | 2    | on   | part  | 02/06 | 09/06 | 08/06 |      | y   | n     | y   | 0    |
14 | TP   | HT                 | 4    | in   | part  | 01/02 | 08/02 |       | at   |     |       |     |      |
15 | TP   | HT                 | 4    | in   | part  | 03/05 | 10/05 | 09/05 |      |     |       |     |      |
"""
WORDS = {
    **{"P1": "Phường 1", "P2": "Phường 2", "TP": "Phòng Tư pháp", "HT": "Hộ tịch", "CT": "Chứng thực"},
    **{"on": "Trực tuyến", "in": "Trực tiếp", "post": "Bưu chính", "full": "Toàn trình", "part": "Một phần"},
    **{"y": "Có", "n": "Không", "out": "Rút hồ sơ", "at": "Đang xử lý", "wait": "Chờ bổ sung"},
}
HEADERS = {
    "id": "Mã hồ sơ",
    "unit": "Đơn vị tiếp nhận",
    "field": "Lĩnh vực",
    "proc": "Mã TTHC",
    "by": "Hình thức tiếp nhận",
    "level": "Mức độ DVC",
    "from": "Ngày tiếp nhận",
    "due": "Ngày hẹn trả",
    "end": "Ngày kết thúc xử lý",
    "at": "Trạng thái",
    "dig": "Số hóa thành phần hồ sơ",
    "again": "Tái sử dụng thành phần hồ sơ",
    "res": "Số hóa kết quả",
    "fee": "Phí, lệ phí",
    "net": "Thanh toán trực tuyến",
}
CATALOGUE = """
Mã TTHC;Tên thủ tục hành chính;Cấp thực hiện;Mức độ DVC;Có phí, lệ phí;Đã cung cấp trực tuyến;Đủ điều kiện trực tuyến
1.000001;Đăng ký khai sinh;Cấp xã;Toàn trình;Có;Có;Có
1.000002;Chứng thực bản sao;Cấp xã;Một phần;Không;Có;Có
1.000003;Thủ tục khác;Cấp xã;Cung cấp thông tin;Không;Không;Không
1.000004;Đăng ký lại khai sinh;Cấp huyện;Một phần;Có;Không;Có
"""


def written(name: str, cell: str) -> str:
    """Return a cell of the table above as an export has it."""
    if name == "id":
        return f"H06-230401-{int(cell):04d}"
    if name == "proc":
        return f"1.00000{cell}"
    return f"{cell}/2023" if name in ("from", "due", "end") and cell else WORDS.get(cell, cell)


def table(text: str) -> str:
    """Return a text table as a delimited file under the headers of an export."""
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    padded = ([*row, *[""] * (len(names) - len(row))] for row in rows)
    lines = [[written(name, cell) for name, cell in zip(names, row, strict=True)] for row in padded]
    return "\n".join(";".join(line) for line in [[HEADERS[name] for name in names], *lines]) + "\n"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the dossiers above."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "ho-so.csv").write_text(table(DOSSIERS), encoding="utf-8")
    (folder / "danh-muc.csv").write_text(CATALOGUE.strip() + "\n", encoding="utf-8")
    (folder / "key").write_text("a key of the tests, long enough for anybody\n", encoding="utf-8")
    intake([folder / "ho-so.csv"], folder / "kho", hash_key_file=folder / "key")
    intake([folder / "danh-muc.csv"], folder / "kho", kind="procedures", hash_key_file=folder / "key")
    return folder / "kho"


@pytest.fixture(scope="session")
def study(town: Path) -> Study:
    """The whole town in the second quarter."""
    return open_study(data=town, period="2023-Q2", as_of="2023-06-14")


@pytest.fixture(scope="session")
def earlier(town: Path) -> Study:
    """The whole town in the first quarter."""
    return open_study(data=town, period="2023-Q1")


@pytest.fixture(scope="session")
def tables(study: Study) -> FigureTables:
    """The figures of the study, asked for once."""
    return FigureTables(study)


@pytest.fixture
def filled(study: Study, tables: FigureTables) -> FilledForm:
    """Form II.06a of Phường 1."""
    return fill_form(tables.form("ii-06a"), study, "phuong-1", tables)
