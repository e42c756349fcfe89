"""Nothing personal is kept, and no dossier code without the key."""

import hashlib
import hmac
import json

import pytest

from cchc_analysis.errors import HashKeyError, InputError
from cchc_analysis.intake import intake
from cchc_analysis.intake.privacy import MARKER_FILE, HashKey, find_hash_key, hash_codes
from cchc_analysis.warehouse import open_warehouse

HEADER = "STT,Mã hồ sơ,Chủ hồ sơ,Số điện thoại,Số CCCD,Email,Địa chỉ,Ngày sinh,Đơn vị,Ngày tiếp nhận,Người tiếp nhận"
PERSON = ["Người Nộp Bí Mật", "0912345678", "077012345678", "bi.mat@example.vn", "12 Đường Kín", "05/06/1980"]
OFFICER = "Cán Bộ Bí Mật"


def line(code, received):
    return ",".join(["1", code, *PERSON, "Sở A", received, OFFICER])


def test_no_byte_of_the_warehouse_holds_a_person(desk):
    desk.write([line("A-1", "10/03/2025"), line("A-2", "31/02/2025")], header=HEADER)
    result = desk.take(allowed_reject_share=1)
    secrets = [text.encode() for text in (*PERSON[:5], OFFICER)]
    for name, content in desk.files().items():
        assert not any(secret in content for secret in secrets), name
    assert set(result.accounting["dropped_columns"]) >= {"Chủ hồ sơ", "Số điện thoại", "Số CCCD", "Người tiếp nhận"}


def test_the_rejected_workbook_has_no_personal_column(desk):
    import python_calamine

    desk.write([line("A-2", "31/02/2025")], header=HEADER)
    result = desk.take(allowed_reject_share=1)
    rows = python_calamine.load_workbook(result.rejected).get_sheet_by_index(0).to_python()
    shown = {str(cell) for row in rows for cell in row}
    assert "31/02/2025" in shown
    assert not shown & {*PERSON, OFFICER, "Chủ hồ sơ"}


def test_codes_stand_in_the_warehouse_as_keyed_hashes_only(desk, key):
    desk.write(["H06-250310-0001,Sở A,10/03/2025,,,Đang xử lý"])
    desk.take()
    expected = hmac.new(key, b"h06-250310-0001", hashlib.sha256).hexdigest()[:32]
    assert desk.accepted()["dossier_id"].tolist() == [expected]
    for name, content in desk.files().items():
        if name.endswith((".parquet", ".json", ".csv")):
            assert b"250310-0001" not in content, name


def test_another_key_gives_other_hashes():
    first, second = (hash_codes(["a-1"], HashKey(secret)) for secret in (b"0123456789abcdef", b"0123456789abcdeg"))
    assert first != second


def test_the_key_does_not_show_in_a_traceback():
    assert "secret" not in repr(HashKey(b"my secret key of 24 byte"))


def test_without_a_key_nothing_is_taken_in_and_the_way_to_make_one_is_told(desk, monkeypatch):
    monkeypatch.delenv("CCHC_HASH_KEY")
    desk.write(["A-1,Sở A,10/03/2025,,,"])
    with pytest.raises(HashKeyError, match=r"token_hex") as error:
        desk.take()
    assert "CCHC_HASH_KEY_FILE" in error.value.vi
    assert not desk.warehouse.exists()


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(HashKeyError, match="shorter than 16"):
        find_hash_key([tmp_path / "a.csv"], environment={"CCHC_HASH_KEY": "short"})
    (tmp_path / "key").write_bytes(b" 15 bytes only.\n")
    with pytest.raises(HashKeyError, match="shorter than 16"):
        find_hash_key([tmp_path / "a.csv"], tmp_path / "key", environment={})


def test_a_key_file_is_read_and_its_line_end_is_no_part_of_it(tmp_path):
    (tmp_path / "key").write_bytes(b"0123456789abcdef\n")
    by_argument = find_hash_key([tmp_path / "a.csv"], tmp_path / "key", environment={})
    by_variable = find_hash_key([tmp_path / "a.csv"], environment={"CCHC_HASH_KEY_FILE": str(tmp_path / "key")})
    assert by_argument.secret == by_variable.secret == b"0123456789abcdef"
    assert not by_argument.synthetic


def test_a_key_inside_a_git_work_tree_is_refused(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "key").write_bytes(b"0123456789abcdef")
    with pytest.raises(HashKeyError, match="git repository"):
        find_hash_key([tmp_path / "a.csv"], tmp_path / "deep" / "key", environment={})


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(HashKeyError, match="cannot be read"):
        find_hash_key([tmp_path / "a.csv"], tmp_path / "no key", environment={})


def marked(folder, **content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER_FILE).write_text(
        json.dumps({"synthetic": True, "hash_key": "a public key of the sample"} | content)
    )
    return folder


def test_the_sample_brings_its_public_key_and_marks_the_warehouse(desk, monkeypatch):
    monkeypatch.delenv("CCHC_HASH_KEY")
    marked(desk.exports)
    desk.write(["A-1,Sở A,10/03/2025,,,"])
    assert desk.take().accounting["synthetic"] is True
    assert open_warehouse(desk.warehouse).synthetic


def test_the_public_key_is_not_used_where_any_file_lies_elsewhere(desk, tmp_path):
    sample = marked(tmp_path / "sample")
    inside, outside = sample / "a.csv", desk.write(["A-1,Sở A,10/03/2025,,,"])
    inside.write_text("Mã hồ sơ,Đơn vị,Ngày tiếp nhận\nA-2,Sở A,10/03/2025\n", encoding="utf-8")
    result = intake([inside, outside], desk.warehouse)
    assert result.accounting["synthetic"] is False


def test_a_marker_that_does_not_say_synthetic_is_no_marker(desk):
    marked(desk.exports, synthetic=False)
    desk.write(["A-1,Sở A,10/03/2025,,,"])
    assert desk.take().accounting["synthetic"] is False


def test_a_damaged_marker_is_an_error(desk):
    (desk.exports / MARKER_FILE).write_text("{")
    desk.write(["A-1,Sở A,10/03/2025,,,"])
    with pytest.raises(InputError, match="damaged"):
        desk.take()


def test_real_data_cannot_be_added_to_the_sample_warehouse(desk, tmp_path, monkeypatch):
    marked(desk.exports)
    desk.write(["A-1,Sở A,10/03/2025,,,"])
    desk.take()
    before = desk.files()
    real = tmp_path / "real.csv"
    real.write_text("Mã hồ sơ,Đơn vị,Ngày tiếp nhận\nA-2,Sở A,10/03/2025\n", encoding="utf-8")
    with pytest.raises(HashKeyError, match="another key"):
        desk.take(real)
    assert desk.files() == before
