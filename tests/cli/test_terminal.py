"""What a file says cannot steer the terminal or forge a line of a log: it is shown as its code."""

import io
import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from small_city import HEADER, line

from cchc_analysis.cli import main
from cchc_analysis.periodic import file_log
from cchc_analysis.text import clean_text, one_line, show_invisible

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
NAMES = ("a\x1b[2J\x1b]0;x\x07.csv", "a\u202egnp.csv", "a\ncchc: Đã xong.csv", "a\u2028b\u200b.csv", "a\r\x9b31m.csv")


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    folder = tmp_path / "xuat"
    folder.mkdir()
    return folder


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, [*arguments])
    assert not isinstance(result.exception, UnicodeError), result.exception
    assert not STEERING.search(result.output.replace("\r\n", "\n")), repr(result.output)
    return result


def table(number: int = 0) -> str:
    return f"{HEADER}\n{line(number)}\n"


def test_names_of_files_are_shown_as_their_codes_and_kept_so(exports: Path) -> None:
    for number, name in enumerate(NAMES):
        (exports / name).write_text(table(number), encoding="utf-8")
    # A name that is no UTF-8: Linux allows it, neither a terminal nor a table can hold it.
    undecodable = os.fsencode(str(exports)) + b"/b\xff\xfe.csv"
    Path(os.fsdecode(undecodable)).write_text(table(9), encoding="utf-8")
    warehouse = str(exports.parent / "kho")
    result = run("intake", str(exports), "--warehouse", warehouse, "--as-of", "2023-06-14")
    assert result.exit_code == 0, result.output
    told = [told for told in result.output.splitlines() if told.startswith("[")]
    assert len(told) == len(NAMES) + 1
    assert not [told for told in result.output.splitlines() if told.startswith("cchc:")]
    assert "a[U+202E]gnp.csv" in result.output
    assert "a[U+000A]cchc: Đã xong.csv" in result.output
    assert "b[U+DCFF][U+DCFE].csv" in result.output
    assert run("intake", str(exports), "--warehouse", warehouse, "--json").exit_code == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_error_about_a_file_is_one_line(exports: Path, name: str) -> None:
    (exports / name).write_bytes(b"%PDF-1.7")
    for paths in ([str(exports)], [str(exports / name)], [str(exports / f"{name}.absent")]):
        result = run("intake", *paths, "--warehouse", str(exports.parent / "kho"), "--language", "en")
        assert result.exit_code == 2
        assert len([told for told in result.output.splitlines() if told.startswith("cchc: ")]) == 1
        assert "[U+" in result.output


def with_sheet_named(title: str) -> bytes:
    """Return a workbook whose sheet has a name that no program lets a person type."""
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "TITLE"
    book.active.append(["Mã \x0bhồ sơ".replace("\x0b", ""), "\u202eGhi chú\u200b", "Ngày\ncchc: Đã xong"])
    book.active.append(["a", "b", "c"])
    book.save(stream)
    changed = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'"TITLE"', f'"{title}"'.encode()))
    return changed.getvalue()


def test_names_of_sheets_and_headers_are_shown_as_their_codes(exports: Path) -> None:
    (exports / "a.xlsx").write_bytes(with_sheet_named("x&#10;cchc: xong&#9;\u202ey"))
    result = run("intake", str(exports), "--warehouse", str(exports.parent / "kho"))
    assert result.exit_code == 2
    assert len([told for told in result.output.splitlines() if told.startswith("cchc: ")]) == 1
    (exports / "b.csv").write_text(table(), encoding="utf-8")
    extra = f"{HEADER},\u202eX\x1b[31m\n{line(1)},y\n"
    (exports / "a.xlsx").unlink()
    (exports / "c.csv").write_text(extra, encoding="utf-8")
    result = run("intake", str(exports), "--warehouse", str(exports.parent / "kho"), "--as-of", "2023-06-14")
    assert result.exit_code == 0, result.output


def test_a_log_has_one_line_for_each_thing_said(tmp_path: Path) -> None:
    say = file_log(tmp_path / "log.txt")
    say("ERROR", "a\nINFO forged\x1b[2K\u202e")
    assert (tmp_path / "log.txt").read_text("utf-8") == "ERROR a INFO forged[U+001B][2K[U+202E]\n"


@settings(derandomize=True, max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_what_is_shown_has_nothing_left_to_act(text: str) -> None:
    shown = one_line(text)
    assert not STEERING.search(shown)
    assert len(shown.splitlines()) <= 1
    assert one_line(shown) == shown
    assert show_invisible(clean_text(text)) == clean_text(text)
    shown.encode("utf-8")
