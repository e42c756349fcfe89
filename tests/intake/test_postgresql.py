"""Rows from a PostgreSQL server by query: a real server, started by these tests and gone at their end."""

import csv
import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import small_city
from click.testing import CliRunner
from postgresql_server import programs, running_server

import cchc_analysis as cchc
from cchc_analysis.cli import main
from cchc_analysis.errors import HashKeyError, InputError, MappingError, ParameterError
from cchc_analysis.intake import database, database_rows, intake
from cchc_analysis.warehouse import open_warehouse

PROJECT = Path(__file__).resolve().parents[2]

psycopg = pytest.importorskip("psycopg") if os.environ.get("CI") != "true" else __import__("psycopg")

NAMES = (
    *("ma_ho_so", "thu_tuc_hanh_chinh", "linh_vuc", "don_vi_tiep_nhan", "hinh_thuc_tiep_nhan", "ngay_tiep_nhan"),
    *("ngay_hen_tra", "ngay_tra_ket_qua", "trang_thai"),
)
SETUP = """
CREATE FUNCTION looked_at(text) RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RAISE EXCEPTION 'somebody looked at a person'; END $$;
CREATE FUNCTION noted() RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO notebook VALUES ('seen'); RETURN 'seen'; END $$;
CREATE TABLE notebook (line text);
CREATE VIEW with_people AS SELECT *, looked_at('an') AS ho_ten, looked_at('an') AS so_dien_thoai FROM dossiers;
CREATE TABLE secret AS SELECT * FROM dossiers;
CREATE ROLE reader LOGIN;
CREATE ROLE locked LOGIN PASSWORD 'only for this test';
GRANT SELECT ON dossiers, with_people TO reader;
"""


@pytest.fixture(scope="session")
def server():
    """A server with the dossiers of the small city, as the database of a one-stop system might hold them."""
    if programs() is None:
        message = "needs the programs of a PostgreSQL server (Debian package postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with running_server() as running:
        with psycopg.connect(running.url()) as connection:
            types = ("date" if name.startswith("ngay") else "text" for name in NAMES)
            columns = ", ".join(f"{name} {kind}" for name, kind in zip(NAMES, types, strict=True))
            connection.execute(f"CREATE TABLE dossiers ({columns})")
            lines = [small_city.line(number) for number in range(small_city.N_DOSSIERS)]
            connection.execute("SET DateStyle = 'ISO, DMY'")
            with connection.cursor() as cursor, cursor.copy("COPY dossiers FROM STDIN (FORMAT csv)") as copy:
                copy.write("\n".join(lines) + "\n")
            connection.execute(SETUP)
        yield running


class Source:
    """Writes source files and takes them in."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server

    def write(self, query, name="one-stop.database.yaml", **keys):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        content = {"connection": self.server.url(user="reader"), "query": query, **keys}
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return file

    def take(self, query, warehouse="kho", overriding=None, progress=None, **keys):
        options = {"parameters": overriding, "progress": progress}
        return intake([self.write(query, **keys)], self.folder / warehouse, **options)

    def rows(self, query, **keys):
        """Take the rows of a query as the owner of the database; return those that were accepted."""
        result = self.take(query, connection=self.server.url(), **keys)
        return open_warehouse(result.warehouse).dossiers("pandas").collect().to_native()

    def files(self, warehouse="kho"):
        every = sorted(path for path in (self.folder / warehouse).rglob("*") if path.is_file())
        return {path.relative_to(self.folder / warehouse).as_posix(): path.read_bytes() for path in every}


@pytest.fixture
def source(tmp_path, server, monkeypatch):
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    monkeypatch.delenv("CCHC_HASH_KEY_FILE", raising=False)
    return Source(tmp_path, server)


def one(**values):
    """Return a query of one dossier; values are expressions."""
    plain = {"ma_ho_so": "'H00000001'", "don_vi": "'Phường 1'", "ngay_tiep_nhan": "date '2023-05-02'"}
    return "SELECT " + ", ".join(f"{value} AS {name}" for name, value in (plain | values).items())


# The same rows as files


def test_rows_of_a_database_are_those_of_the_export_to_the_last_cell(source, tmp_path):
    of_files = open_warehouse(small_city.small_city(tmp_path))
    file = source.write("with_people")
    result = intake([file], tmp_path / "of-database", as_of=cchc.parse_period("2023-Q2").end)
    of_database = open_warehouse(result.warehouse)
    assert {**result.accounting["total"]} == of_files.intake["total"]
    assert result.accounting["flags"] == of_files.intake["flags"]
    tables = [warehouse.dossiers("pandas").collect().to_native() for warehouse in (of_files, of_database)]
    same = [column for column in tables[0].columns if column not in ("source_file", "source_row")]
    assert tables[1][same].equals(tables[0][same])
    assert set(tables[1]["source_row"]) == set(range(1, small_city.N_DOSSIERS + 1))


def test_columns_about_people_never_leave_the_server(source, server):
    result = source.take("SELECT * FROM with_people")
    (account,) = result.accounting["files"]
    assert account["read"] == account["accepted"] == small_city.N_DOSSIERS
    assert account["dropped_columns"] == ["ho_ten", "so_dien_thoai"]
    with psycopg.connect(server.url()) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute("SELECT ho_ten FROM with_people LIMIT 1")


def test_the_account_names_server_and_query_but_no_user(source):
    result = source.take("SELECT * FROM dossiers", name="một cửa.database.yaml")
    told = result.accounting["files"][0]["source"]
    assert told["server"] == "localhost:5432/postgres"
    assert len(told["query_sha256"]) == 64
    assert all(b"reader" not in content for content in source.files().values())


def test_the_same_rows_in_another_order_change_nothing_and_give_the_same_bytes(source, server):
    query = "SELECT * FROM dossiers_moved"
    orders = ("ma_ho_so", "md5(ma_ho_so)")
    results = []
    for number, order in enumerate(orders):
        with psycopg.connect(server.url()) as connection:
            connection.execute("DROP TABLE IF EXISTS dossiers_moved")
            connection.execute(f"CREATE TABLE dossiers_moved AS SELECT * FROM dossiers ORDER BY {order}")
            connection.execute("GRANT SELECT ON dossiers_moved TO reader")
        source.take(query, warehouse=f"kho-{number}")
        results.append(source.take(query))
    assert [result.unchanged for result in results] == [False, True]
    assert source.files("kho-0") == source.files("kho-1")


def test_a_result_checked_in_pieces_is_the_same_as_one_checked_whole(source, server, monkeypatch):
    twice = (
        "SELECT * FROM dossiers UNION ALL SELECT * FROM dossiers WHERE ma_ho_so < 'H00020' "
        "UNION ALL SELECT lower(ma_ho_so), 'Khai tử', linh_vuc, don_vi_tiep_nhan, hinh_thuc_tiep_nhan, ngay_tiep_nhan, "
        "ngay_hen_tra, ngay_tra_ket_qua, trang_thai FROM dossiers WHERE ma_ho_so LIKE '%7' "
        "UNION ALL SELECT 'H99999', '', '', '', '', NULL, NULL, NULL, '' UNION ALL SELECT " + ", ".join(["NULL"] * 9)
    )
    whole = source.take(twice, warehouse="whole")
    monkeypatch.setattr(database_rows, "ROWS_PER_PIECE", 30)
    monkeypatch.setattr(database_rows, "BATCH", 37)
    monkeypatch.setattr(database, "BATCH", 23)
    pieces = source.take(twice, warehouse="pieces")
    total = whole.accounting["total"]
    assert (total["read"], total["duplicates"], total["skipped_by_kind"]) == (286, 18, {"empty": 1})
    assert total["reasons"]["conflicting_code"] == 50
    assert pieces.accounting == whole.accounting
    parts = [
        {name: found for name, found in source.files(place).items() if "/states/" in f"/{name}"}
        for place in ("whole", "pieces")
    ]
    assert parts[0] == parts[1]
    assert parts[0]


# Values


def test_what_the_server_writes_can_be_read_in_one_way_only(source):
    rows = source.rows(
        one(
            ma_ho_so="'000.00.01'::char(20)",
            ngay_tiep_nhan="timestamptz '2023-05-02 18:30:00.25+00'",
            ngay_hen_tra="timestamp '2023-08-07 00:00'",
            le_phi="12.500::numeric(9, 3)",
            thoi_han_giai_quyet="1.125::float8",
            da_nop_phi="true",
        ),
        mapping=str(source.folder / "m.yaml")
        if (source.folder / "m.yaml").write_text(
            "columns:\n  le_phi: fee_due\n  thoi_han_giai_quyet: statutory_days\n  da_nop_phi: paid_online\n"
        )
        else None,
    )
    row = rows.iloc[0]
    assert str(row["received_at"]) == "2023-05-03 01:30:00.250000"
    assert str(row["due_at"]) == "2023-08-07 00:00:00"
    assert (row["fee_due"], row["statutory_days"], row["paid_online"]) == (12.5, 1.125, True)


def test_dates_are_not_turned_where_the_texts_of_the_source_are_month_first(source):
    (source.folder / "m.yaml").write_text("dates: month_first\n")
    rows = source.rows(one(ngay_tiep_nhan="date '2023-03-02'", ngay_hen_tra="'04/05/2023'::text"), mapping="m.yaml")
    assert [str(rows[name].iloc[0])[:10] for name in ("received_at", "due_at")] == ["2023-03-02", "2023-04-05"]


def test_a_moment_without_end_is_rejected_with_the_row_and_not_with_the_run(source):
    query = (
        f"{one()} UNION ALL {one(ma_ho_so=chr(39) + 'H00000002' + chr(39), ngay_tiep_nhan='date ' + repr('infinity'))}"
    )
    result = source.take(query)
    assert (result.accounting["total"]["accepted"], result.accounting["total"]["rejected"]) == (1, 1)
    found = open_warehouse(result.warehouse).findings()
    assert found.loc[found["severity"] == "reject", ["row", "column"]].to_numpy().tolist() == [[2, "received_at"]]


HOSTILE = (
    "a\tb",
    "a\nb",
    'say "so"',
    "\\.",
    "\\N",
    "a,b;c|d",
    "=1+1",
    '="1"',
    "'; DROP TABLE dossiers; --",
    'x, "y" ',
    "#N/A",
    "dòng 1\r\ndòng 2, dòng 3",
    "Hồ sơ ﹥ 5",
    "%(from)s %s",
)


def test_hostile_texts_arrive_as_they_are(source, server):
    from cchc_analysis.text import clean_text

    with psycopg.connect(server.url()) as connection:
        connection.execute("DROP TABLE IF EXISTS hostile")
        connection.execute("CREATE TABLE hostile (ma_ho_so text, thu_tuc text, don_vi text, ngay_tiep_nhan date)")
        for number, text in enumerate(HOSTILE):
            row = (f"H{number:08d}", text, "Phường 1", "2023-05-02")
            connection.execute("INSERT INTO hostile VALUES (%s, %s, %s, %s)", row)
    rows = source.rows("hostile").sort_values("source_row")
    assert rows["procedure_name"].tolist() == [clean_text(text) for text in HOSTILE]


@pytest.mark.parametrize(("encoding", "given"), [("WIN1258", None), ("SQL_ASCII", "cp1258"), ("LATIN1", "cp1258")])
def test_vietnamese_of_old_databases_arrives_composed(source, server, encoding, given):
    text = "Cấp giấy phép xây dựng"
    name = f"old_{encoding.lower()}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0")
    raw = "Câ\u0301p giâ\u0301y phe\u0301p xây dư\u0323ng".encode("cp1258")
    with psycopg.connect(server.url(name)) as connection:
        connection.execute("CREATE TABLE d (thu_tuc text)")
        octal = "".join(f"\\{byte:03o}" for byte in raw)
        connection.execute(f"SET client_encoding = '{encoding}'")
        connection.execute(f"INSERT INTO d VALUES (E'{octal}')".encode())
    source.server = type(server)(server.folder, server.user)
    query = one(don_vi="'UBND'", thu_tuc="thu_tuc") + " FROM d"
    url = server.url(name)
    if encoding == "SQL_ASCII":
        with pytest.raises(InputError, match=r"not in UTF-8.*encoding: cp1258"):
            source.take(query, connection=url)
    result = source.take(query, connection=url, **({"encoding": given} if given else {}))
    rows = open_warehouse(result.warehouse).dossiers("pandas").collect().to_native()
    assert rows["procedure_name"].tolist() == [text]


# Parameters, kinds, mappings


def test_parameters_are_bound_and_stand_in_the_name_and_in_the_account(source):
    query = (
        "SELECT * FROM dossiers WHERE ngay_tiep_nhan >= %(from)s AND don_vi_tiep_nhan LIKE 'Ph%%' "
        "AND ma_ho_so <> %(no)s"
    )
    keys = {"parameters": {"from": "2023-05-04", "no": "' OR ''='"}}
    result = source.take(query, **keys)
    assert result.accounting["files"][0]["file"] == "one-stop.database.yaml [from=2023-05-04, no=' OR ''=']"
    assert result.accounting["total"]["read"] == 80
    later = source.take(query, warehouse="later", overriding={"from": "2023-05-05"}, **keys)
    assert later.accounting["total"]["read"] == 0
    assert later.accounting["files"][0]["source"]["parameters"]["from"] == "2023-05-05"
    with pytest.raises(ParameterError, match=r"'form'\. Known parameters: from, no"):
        source.take(query, overriding={"form": "2023-05-05"}, **keys)


def test_the_command_line_takes_a_source_with_another_parameter(source):
    file = source.write("SELECT * FROM dossiers WHERE ngay_tiep_nhan = %(day)s", parameters={"day": "2023-05-02"})
    asked = ["intake", str(file), "--warehouse", str(source.folder / "kho"), "--language", "en"]
    done = CliRunner().invoke(main, [*asked, "--parameter", "day=2023-05-03"])
    assert done.exit_code == 0, done.output
    assert "Rows read: 80 = 80 accepted" in done.output
    assert "From the database localhost:5432/postgres (query " in done.output
    wrong = CliRunner().invoke(main, [*asked, "--parameter", "2023-05-03"])
    assert wrong.exit_code == 2
    assert "NAME=VALUE" in wrong.output


def test_a_folder_with_files_and_a_source_of_payments_is_taken_in_as_both(source):
    payments = (
        "SELECT ma_ho_so, ma_ho_so || '-1' AS ma_giao_dich, don_vi_tiep_nhan AS don_vi, "
        "ngay_tiep_nhan AS ngay_thanh_toan, 50000 AS tong_tien, 'Đã thanh toán' AS trang_thai FROM dossiers"
    )
    source.write(payments, name="exports/thanh-toan/phieu-thu.database.yaml")
    source.write("SELECT * FROM dossiers", name="exports/one-stop.database.yaml")
    (source.folder / "exports" / "b.csv").write_text(
        "\n".join([small_city.HEADER, small_city.line(7), small_city.line(900)]) + "\n", encoding="utf-8"
    )
    result = intake([source.folder / "exports"], source.folder / "kho")
    told = {each.kind: each.accounting["total"] for each in result.results}
    assert set(told) == {"dossiers", "payments"}
    assert (told["dossiers"]["read"], told["dossiers"]["accepted"], told["dossiers"]["duplicates"]) == (242, 241, 1)
    assert told["payments"]["read"] == 240


def test_a_source_may_say_its_kind_and_its_mapping(source):
    (source.folder / "m.yaml").write_text(
        'kind: feedback\ncolumns:\n  "#1": feedback_id\n  "#3": received_at\n  "#4": unit\n', encoding="utf-8"
    )
    query = "SELECT ma_ho_so, ma_ho_so, ngay_tiep_nhan, don_vi_tiep_nhan, 1 AS x FROM dossiers"
    result = source.take(query, mapping="m.yaml", kind="feedback")
    assert result.kind == "feedback"
    assert result.accounting["total"]["accepted"] == 240
    assert result.accounting["dropped_columns"] == ["ma_ho_so (2)", "x"]
    file = source.write(query, mapping="m.yaml")
    with pytest.raises(MappingError, match="kind 'feedback'"):
        intake([file], source.folder / "other", kind="payments")


def test_the_source_of_the_documentation_asks_for_what_is_understood(source, server):
    text = (PROJECT / "docs" / "database" / "one-stop.database.yaml").read_text(encoding="utf-8")
    address = "postgresql://cchc_reader@db.example:5432/onestop?sslmode=verify-full"
    assert address in text
    with psycopg.connect(server.url()) as connection:
        connection.execute(
            "CREATE SCHEMA IF NOT EXISTS bao_cao; CREATE OR REPLACE VIEW bao_cao.ho_so AS SELECT *, 'x' AS ma_thu_tuc, "
            "thu_tuc_hanh_chinh AS ten_thu_tuc, ngay_tiep_nhan AS ngay_cap_nhat, 'A' AS ho_ten FROM dossiers"
        )
    file = source.folder / "one-stop.database.yaml"
    file.write_text(text.replace(address, server.url()).replace("2023-05-15", "2023-05-01"), encoding="utf-8")
    result = intake([file], source.folder / "kho")
    assert result.accounting["total"]["accepted"] == small_city.N_DOSSIERS
    assert result.accounting["files"][0]["file"] == "one-stop [from=2023-05-01, to=2023-06-15]"


def test_columns_that_cannot_be_named_are_an_error_before_any_row_comes(source, server):
    before = len(server.log.read_text())
    with pytest.raises(MappingError, match="ngay_hen_tra"):
        source.take("SELECT 1 AS a, 2 AS b, now() AS ngay_hen_tra")
    assert "COPY" not in server.log.read_text()[before:]


def test_rejected_rows_of_a_later_run_are_shown_as_the_database_has_them(source):
    (source.folder / "early.csv").write_text("\n".join([small_city.HEADER, small_city.line(1)]) + "\n", "utf-8")
    file = source.write("SELECT * FROM dossiers")
    result = intake([source.folder / "early.csv", file], source.folder / "kho", as_of=cchc.parse_period("2023-04").end)
    from openpyxl import load_workbook

    sheet = load_workbook(result.rejected).active
    listed = [row for row in sheet.iter_rows(min_row=2, values_only=True) if str(row[0]).startswith("one-stop")]
    assert len(listed) == 240
    code = [cell.value for cell in sheet[1]].index("Mã hồ sơ")
    assert {row[code] for row in listed} == {f"H{number:05d}" for number in range(240)}


def test_a_source_in_the_folder_of_the_sample_is_not_hashed_with_the_public_key(source, monkeypatch):
    monkeypatch.delenv("CCHC_HASH_KEY")
    marker = {"synthetic": True, "hash_key": "a public key of a sample, no secret"}
    (source.folder / "cchc-sample.json").write_text(json.dumps(marker))
    with pytest.raises(HashKeyError):
        source.take("SELECT * FROM dossiers")


# Errors


REFUSED = {
    "database": (one(), {"database": "no_such_database"}, "no such database", "không có cơ sở dữ liệu này"),
    "role": (one(), {"user": "nobody_known"}, "does not let this user in", "từ chối đăng nhập"),
    "password": (one(), {"user": "locked"}, "does not let this user in", "từ chối đăng nhập"),
    "permission": ("SELECT * FROM secret", {}, "may not read this .permission denied for table", "không có quyền đọc"),
    "syntax": ("SELECT *\nFORM dossiers", {}, 'in line 2: syntax error at or near "FORM"', "ở dòng 2"),
    "column": ("SELECT ma_ho_so,\n  ten\nFROM dossiers", {}, 'in line 2: column "ten" does not exist', "ở dòng 2"),
    "table": ("no.such_table", {}, 'relation "no.such_table" does not exist', "câu truy vấn sai"),
    "several": ("SELECT 1 AS a; SELECT 2", {}, "not one single SELECT", "không phải là một câu SELECT"),
    "escape": ("SELECT 1) AS x; DROP TABLE dossiers; --", {}, 'syntax error at or near "."', "câu truy vấn sai"),
    "write": ("WITH x AS (DELETE FROM dossiers RETURNING *) SELECT * FROM x", {}, "not one single SELECT", "SELECT"),
    "writer": (one(don_vi="noted()"), {"user": "tester"}, "not one single SELECT", "không được thay đổi dữ liệu"),
    "insert": ("INSERT INTO dossiers SELECT * FROM dossiers", {}, "key 'query': one SELECT", "khóa 'query'"),
    "value": ("SELECT * FROM dossiers WHERE ngay_tiep_nhan > '2023-13-45'", {}, "value cannot be converted", "ép kiểu"),
    "json": (one(don_vi="'{}'::jsonb"), {}, "'don_vi' has the type jsonb", "kiểu jsonb"),
    "array": (one(don_vi="ARRAY[1]"), {}, "'don_vi' has the type _int4", "cột 'don_vi'"),
    "bytes": (one(ma_ho_so="'x'::bytea"), {}, "has the type bytea", "kiểu bytea"),
    "interval": (one(thoi_han_giai_quyet="interval '5 days'"), {}, "EXTRACT", "kiểu interval"),
    "division": (one(don_vi="1/0"), {}, "value cannot be converted", "giá trị không chuyển đổi được"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_the_server_objects_to_is_one_sentence_and_changes_nothing(source, case):
    query, options, en, vi = REFUSED[case]
    with pytest.raises(InputError, match=en) as caught:
        source.take(query, connection=source.server.url(**({"user": "reader"} | options)))
    assert vi in caught.value.vi
    assert all(name not in caught.value.en + caught.value.vi for name in ("nobody_known", "locked", "reader"))
    assert not (source.folder / "kho").exists()


def test_nothing_is_written_by_a_function_in_the_query(source, server):
    with pytest.raises(InputError, match="not one single SELECT"):
        source.take(one(don_vi="noted()"), connection=server.url())
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM notebook").fetchone() == (0,)


def test_a_query_that_takes_too_long_is_broken_off(source):
    with pytest.raises(InputError, match="longer than 1 seconds"):
        source.take(one(don_vi="'Phường 1' || pg_sleep(5)"), timeout_seconds=1)


def test_the_password_comes_from_the_environment_and_is_kept_nowhere(source, server, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "only for this test")
    result = source.take(one(), connection=server.url(user="locked"))
    assert result.accounting["total"]["accepted"] == 1
    assert all(b"only for this test" not in content for content in source.files().values())


@pytest.mark.parametrize(
    ("answer", "options", "en"),
    [(None, "", "does not answer"), (b"N", "?sslmode=require", "no encrypted connection")],
)
def test_a_server_that_is_silent_or_speaks_no_tls_is_given_up_soon(source, answer, options, en):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve():
            peer, _ = listener.accept()
            with peer:
                if answer:
                    peer.recv(8)
                    peer.sendall(answer)
                peer.recv(1)
                peer.recv(1024)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(InputError, match=f"127.0.0.1:{port}/onestop: .*{en}"):
            source.take(one(), connection=f"postgresql://reader@127.0.0.1:{port}/onestop{options}", connect_seconds=2)
        thread.join(5)


def test_a_connection_that_breaks_half_way_changes_nothing(source, server, monkeypatch):
    source.take("SELECT * FROM dossiers")
    before = source.files()
    monkeypatch.setattr(database, "BATCH", 1000)

    def cut(name, place, total):
        if name.endswith(" 1000"):
            with psycopg.connect(server.url(), autocommit=True) as connection:
                ask = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cchc-analysis'"
                assert connection.execute(ask).rowcount == 1

    query = one(ma_ho_so="'H' || n", thu_tuc="repeat('x', 500)") + " FROM generate_series(100000, 199999) AS n"
    with pytest.raises(InputError, match="connection to the server was lost") as caught:
        source.take(query, progress=cut)
    assert "Kho dữ liệu giữ nguyên" in caught.value.vi
    assert source.files() == before


@pytest.mark.parametrize(
    "keys",
    [
        {"connection": "postgresql://reader:tuyet mat@db/onestop"},
        {"connection": "host=db user=reader password=tuyetmat"},
        {"connection": "postgresql://db/onestop?password=tuyetmat"},
        {"password": "tuyetmat"},
        {"mat_khau": "tuyetmat"},
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(source, keys):
    with pytest.raises(InputError, match=r"password stands in the file.*pgpass") as caught:
        source.take(one(), **keys)
    assert "mat@" not in caught.value.en + caught.value.vi
    assert "tuyetmat" not in caught.value.en + caught.value.vi


def test_an_address_in_place_of_a_file_is_refused_and_not_repeated(source):
    with pytest.raises(InputError, match="not taken from the command line") as caught:
        intake(["postgresql://reader:tuyetmat@db/onestop"], source.folder / "kho")
    assert "tuyetmat" not in caught.value.en + caught.value.vi


@pytest.mark.parametrize(
    ("keys", "en"),
    [
        ({"conection": "x"}, "key 'conection': unknown key; known keys: connection, query"),
        ({"timeout_seconds": "soon"}, "key 'timeout_seconds'"),
        ({"encoding": "viet"}, "key 'encoding': 'viet' is no encoding"),
        ({"parameters": {"from": "x"}}, "does not ask for the parameter 'from'"),
        ({"query": "SELECT %(to)s AS a"}, r"asks for %\(to\)s"),
        ({"query": "DROP TABLE dossiers"}, "key 'query': one SELECT"),
        ({"connection": "no_such_service"}, "server no_such_service: the service is not in pg_service.conf"),
        ({"connection": "host=db hots=x"}, "database.yaml: `connection` is not understood"),
        ({"mapping": "none.yaml"}, "none.yaml: the mapping file cannot be read"),
        ({"kind": "survey"}, "which questionnaire this survey has"),
        ({"kind": "dossier"}, "no kind of table 'dossier'"),
    ],
)
def test_a_source_file_that_is_wrong_is_refused_with_its_key(source, keys, en):
    with pytest.raises((InputError, ParameterError), match=en):
        source.take(**({"query": one()} | keys))


def test_a_temporary_folder_that_is_full_is_one_sentence(source, monkeypatch):
    def full(rows, folder, told):
        assert len(next(rows)) == 1000
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "BATCH", 1000)
    monkeypatch.setattr(database, "set_down", full)
    query = one(ma_ho_so="'H' || n", thu_tuc="repeat('x', 500)") + " FROM generate_series(100000, 299999) AS n"
    with pytest.raises(InputError, match=r"No space left on device.*TMPDIR"):
        source.take(query)
    assert not (source.folder / "kho").exists()
    with psycopg.connect(source.server.url()) as connection:
        ask = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cchc-analysis' AND state = 'active'"
        assert connection.execute(ask).fetchone() == (0,)


def test_answers_of_a_survey_come_from_a_database_too(source):
    query = (
        "SELECT 'p' || n AS response_id, 'Phường ' || 1 + n % 3 AS unit, timestamp '2023-05-02 08:00' + n * "
        "interval '1 minute' AS answered_at, n % 3 AS attitude, 'góp ý của tôi' AS gop_y "
        "FROM generate_series(1, 30) AS n"
    )
    result = source.take(query, kind="survey", questionnaire="kiosk-nine-criteria")
    assert result.kind == "survey-kiosk-nine-criteria"
    assert result.accounting["total"]["accepted"] == 30
    assert result.accounting["dropped_columns"] == ["gop_y"]


def test_without_the_driver_it_is_said_how_to_install_it(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r'pip install "cchc-analysis\[postgresql\]"'):
        source.take(one())


# Size

LARGE = """
SELECT 'H' || lpad(n::text, 9, '0') AS ma_ho_so, 'Giấy phép ' || n % 50 AS thu_tuc, 'Phường ' || 1 + n % 3 AS don_vi,
  timestamp '2023-01-03 08:00' + n * interval '40 seconds' AS ngay_tiep_nhan,
  timestamp '2023-01-13 08:00' + n * interval '40 seconds' AS ngay_hen_tra, repeat('người nộp ', 100) AS ho_ten
FROM generate_series(1, {n_rows}) AS n
"""
CHILD = """
import resource, sys
from cchc_analysis.intake import intake
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = intake([sys.argv[1]], sys.argv[2])
print(result.accounting["total"]["accepted"], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_200000_rows_are_taken_in_bounded_memory(source):
    """The result is 220 MB of text on the server; 25 MB of columns that are kept come, checked by thirds."""
    file = source.write(textwrap.dedent(LARGE.format(n_rows=200_000)))
    child = "import cchc_analysis.intake.database_rows as rows\nrows.ROWS_PER_PIECE = 70_000\n" + CHILD
    command = [sys.executable, "-c", child, str(file), str(source.folder / "kho")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    n_accepted, grown = map(int, done.stdout.split())
    assert n_accepted == 200_000
    assert grown < 450, f"{grown} MB"


def test_the_lines_of_the_small_city_are_what_the_server_holds(server):
    """So that the comparison with the files above compares something."""
    with psycopg.connect(server.url()) as connection:
        rows = connection.execute("SELECT ma_ho_so, ngay_tiep_nhan FROM dossiers ORDER BY 1").fetchall()
    lines = [next(csv.reader([small_city.line(number)])) for number in range(small_city.N_DOSSIERS)]
    assert [(code, f"{day:%d/%m/%Y}") for code, day in rows] == [(line[0], line[5]) for line in lines]
