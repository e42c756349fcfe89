"""HTML tables under the name .xls, as office systems export them."""

import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.readers import read_tables

EXPORT = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>{meta}
<style>td {{mso-number-format:"\\@";}} .x {{ color: red }}</style></head><body>
<table border=1>
 <tr><td colspan=6><b>BÁO CÁO</b> TÌNH HÌNH<br>GIẢI QUYẾT HỒ SƠ</td></tr>
 <tr><th rowspan=2>STT<th rowspan="2">Mã hồ sơ</th><th rowspan=2>Đơn vị</th><th colspan=3>Thời gian</th></tr>
 <tr><th>Ngày tiếp&nbsp;nhận</th><th>Ngày hẹn trả</th><th>Ngày trả kết quả</th></tr>
 <tr><td>(1)<td>(2)<td>(3)<td>(4)<td>(5)<td>(6)
 <tr><td colspan=6>SỞ TƯ PHÁP</td></tr>
 <tr><td>1</td><td style="mso-number-format:'\\@'">000123</td><td rowspan=2><font>Sở <i>Tư</i> pháp</font></td>
  <td>02/04/2025 08:00</td><td>&nbsp;</td><td></td></tr>
 <tr><td>2</td><td>1.001610</td><td>03/04/2025</td><td>10/04/2025</td><td>A &amp; B &lt;b&gt;</td></tr>
 <tr><td colspan=2>Tổng số</td><td>2</td><td></td><td></td><td></td></tr>
</table>
<table><tr><td>NGƯỜI LẬP BIỂU</td></tr></table></body></html>"""


def table(tmp_path, content: bytes):
    path = tmp_path / "Theo dõi.xls"
    path.write_bytes(content)
    return read_tables(path, "Theo dõi.xls")[0]


@pytest.mark.parametrize(
    ("meta", "encoding"),
    [
        ("", "utf-8"),
        ("<meta charset='utf-8'>", "utf-8-sig"),
        ("<meta charset='utf-8'>", "utf-16"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>", "utf-8"),
        ("", "utf-16-le"),
    ],
)
def test_merged_cells_titles_and_entities(tmp_path, meta, encoding):
    read = table(tmp_path, EXPORT.format(meta=meta).encode(encoding))
    assert read.header_row == 3
    assert read.cells.to_dict("index") == {
        6: {
            "dossier_id": "000123",
            "receiving_unit": "Sở Tư pháp",
            "received_at": "02/04/2025 08:00",
            "due_at": None,
            "returned_at": None,
        },
        7: {
            "dossier_id": "1.001610",
            "receiving_unit": "Sở Tư pháp",
            "received_at": "03/04/2025",
            "due_at": "10/04/2025",
            "returned_at": "A & B <b>",
        },
    }
    assert dict(read.skipped) == {"band": 1, "numbering": 1, "total": 1}
    assert read.rows_read == 5


def test_tables_of_equal_width_continue_each_other_and_layout_tables_do_not_matter():
    cells = "<tr><td>Mã hồ sơ<td>Đơn vị</tr>"
    page = f"<table><tr><td><table>{cells}</table></td><td>menu</td></tr></table><table><tr><td>H1<td>A</table>"
    sheets = read_sheets(page.encode(), "a.xls")
    found = [sheet.cells.to_numpy().tolist() for sheet in sheets]
    assert ["Mã hồ sơ", "Đơn vị"] in [row for sheet in found for row in sheet]
    assert ["H1", "A"] in [row for sheet in found for row in sheet]
    stacked = read_sheets(f"<table>{cells}</table><p>Trang 2<table><tr><td>H1<td>A</table>".encode(), "a.xls")
    assert [sheet.cells.to_numpy().tolist() for sheet in stacked] == [[["Mã hồ sơ", "Đơn vị"], ["H1", "A"]]]


def test_a_log_in_page_says_so():
    with pytest.raises(InputError, match="web page without any table, perhaps the log-in page"):
        read_sheets(b"<!DOCTYPE html><html><body><form>x</form></body></html>", "a.xls")


def test_entities_of_the_page_itself_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    page = f'<!DOCTYPE html [<!ENTITY e SYSTEM "file://{secret}">]><table><tr><td>&e;<td>b</table>'
    cells = read_sheets(page.encode(), "a.xls")[0].cells
    assert "SECRET" not in str(cells.to_numpy().tolist())


def test_absurd_spans_and_endless_nesting_are_harmless():
    page = "<table>" + "<tr><td colspan=99999999>a<td colspan=5000>b</tr>" * 50 + "</table>"
    with pytest.raises(InputError, match="columns"):
        read_sheets(page.encode(), "a.xls")
    deep = "<table><tr><td>{}x</td><td>y</td></tr></table>"
    assert read_sheets(deep.format("<b>" * 1_500).encode(), "a.xls")[0].cells.to_numpy().tolist() == [["x", "y"]]
    with pytest.raises(InputError, match="too deep to be read to the end"):
        read_sheets(deep.format("<b>" * 50_000).encode(), "a.xls")


def test_rows_behind_a_nest_that_is_too_deep_are_not_lost_in_silence():
    row = "<tr><td>a<td>b</tr>"
    page = f"<table>{row * 5}<tr><td>{'<b>' * 3_000}x</table><table>{row * 9}</table>"
    with pytest.raises(InputError, match="too deep to be read to the end") as caught:
        read_sheets(page.encode(), "a.xls")
    assert "lồng nhau quá sâu" in caught.value.vi


def test_single_file_web_page():
    page = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        "<table><tr><td>M=C3=A3 h=E1=BB=93 s=C6=A1<td>b</table>\r\n--b--\r\n"
    )
    assert read_sheets(page.encode(), "a.xls")[0].cells.to_numpy().tolist() == [["Mã hồ sơ", "b"]]


def test_markup_in_a_csv_does_not_make_it_a_page():
    text = "Mã hồ sơ,Thủ tục\n1,<table><tr><td>x</td></tr></table>\n"
    assert read_sheets(text.encode(), "a.csv")[0].cells.shape == (2, 2)
