"""What a database server or its driver objects to, in one sentence that says what to do; never with a secret."""

import re
from typing import TYPE_CHECKING, Final

from cchc_analysis.errors import InputError

if TYPE_CHECKING:
    import psycopg

Sentence = tuple[str, str]

_UNTOUCHED: Final = ("Nothing was changed in the warehouse.", "Kho dữ liệu giữ nguyên.")
_REFUSED: Final[tuple[tuple[str, Sentence], ...]] = (
    (
        r"definition of service|service file",
        (
            "the service is not in pg_service.conf. Add it there (or name the file in PGSERVICEFILE), or write a URL",
            "không có dịch vụ này trong pg_service.conf. Hãy khai báo dịch vụ (hoặc chỉ tệp bằng PGSERVICEFILE), hoặc "
            "ghi URL",
        ),
    ),
    (
        r"password|authentication|pg_hba|role \".*\" does not exist|not permitted to log in",
        (
            "the server does not let this user in. Check the user in `connection` and the password in ~/.pgpass, the "
            "service file or PGPASSWORD; where the server demands encryption, add sslmode=require",
            "máy chủ từ chối đăng nhập. Hãy kiểm tra người dùng trong `connection` và mật khẩu trong ~/.pgpass, tệp "
            "dịch vụ hoặc PGPASSWORD; nếu máy chủ bắt buộc mã hóa, hãy thêm sslmode=require",
        ),
    ),
    (
        r"database \".*\" does not exist",
        (
            "there is no such database on the server. Check the name behind the last / in `connection`",
            "trên máy chủ không có cơ sở dữ liệu này. Hãy kiểm tra tên sau dấu / cuối cùng trong `connection`",
        ),
    ),
    (
        r"\bSSL\b|\bTLS\b|certificate|sslmode",
        (
            "no encrypted connection could be made. Check sslmode and sslrootcert in `connection` against what the "
            "administrator of the server says",
            "không lập được kết nối mã hóa. Hãy kiểm tra sslmode và sslrootcert trong `connection` theo hướng dẫn của "
            "quản trị máy chủ",
        ),
    ),
    (
        r"too many connections|too many clients|remaining connection slots",
        (
            "the server has no free connection. Try again later",
            "máy chủ đã hết kết nối. Hãy thử lại sau",
        ),
    ),
    (
        r"starting up|shutting down|recovery mode",
        (
            "the server is just starting or stopping. Try again later",
            "máy chủ đang khởi động hoặc dừng. Hãy thử lại sau",
        ),
    ),
    (
        r"invalid connection option|invalid URI|missing \"=\"|invalid .* value|invalid port|invalid integer",
        (
            "`connection` is not understood. Write the name of a service, postgresql://user@host:port/database or "
            "key=value pairs",
            "không hiểu mục `connection`. Hãy ghi tên dịch vụ, postgresql://người-dùng@máy-chủ:cổng/cơ-sở-dữ-liệu hoặc "
            "các cặp khóa=giá trị",
        ),
    ),
)
_UNREACHABLE: Final = (
    "the server does not answer. Check host and port in `connection`, the network and the firewall",
    "máy chủ không trả lời. Hãy kiểm tra địa chỉ và cổng trong `connection`, mạng và tường lửa",
)
_NOT_ONE_SELECT: Final = (
    "the query is not one single SELECT. Write one SELECT or WITH … SELECT without a semicolon inside; data is never "
    "changed",
    "truy vấn không phải là một câu SELECT duy nhất. Hãy ghi một câu SELECT hoặc WITH … SELECT, không có dấu chấm phẩy "
    "ở giữa; không được thay đổi dữ liệu",
)
_LOST: Final = (
    "the connection to the server was lost before all rows had come. Start again",
    "mất kết nối tới máy chủ khi chưa nhận đủ các dòng. Hãy chạy lại",
)
_BY_STATE: Final[dict[str, Sentence]] = {
    "25006": _NOT_ONE_SELECT,
    "40001": (
        "the server, a copy of another, stopped the query because its rows were being replaced. Try again, or ask the "
        "original server",
        "máy chủ (bản sao) đã dừng truy vấn vì các dòng đang được cập nhật. Hãy chạy lại hoặc truy vấn máy chủ chính",
    ),
    "22P05": (
        "texts in the database are not in UTF-8 and cannot be converted. Write their encoding in the source file, for "
        "example `encoding: cp1258`, and no letters with marks in the query",
        "văn bản trong cơ sở dữ liệu không chuyển được sang UTF-8. Hãy ghi bảng mã vào tệp nguồn, ví dụ "
        "`encoding: cp1258`, và không dùng chữ có dấu trong câu truy vấn",
    ),
}
_BY_STATE["22021"] = _BY_STATE["22P05"]
_BY_CLASS: Final[dict[str, Sentence]] = {
    "08": _LOST,
    "22": (
        "a value cannot be converted as the query asks. Check `parameters` (dates as 2023-05-15) and the casts",
        "có giá trị không chuyển đổi được theo câu truy vấn. Hãy kiểm tra `parameters` (ngày dạng 2023-05-15) và các "
        "phép ép kiểu",
    ),
    "53": (
        "the server lacks memory, disk or connections for the query. Ask for fewer rows, or try again later",
        "máy chủ thiếu bộ nhớ, đĩa hoặc kết nối cho truy vấn. Hãy lấy ít dòng hơn hoặc thử lại sau",
    ),
    "57": _LOST,
}


def missing_driver(file: str) -> InputError:
    """Return the error that the driver for PostgreSQL is not installed.

    >>> print(missing_driver("a.yaml"))
    a.yaml: the driver for PostgreSQL is not installed. Install it: pip install "cchc-analysis[postgresql]"
    """
    command = 'pip install "cchc-analysis[postgresql]"'
    return InputError(
        f"{file}: the driver for PostgreSQL is not installed. Install it: {command}",
        f"{file}: chưa cài trình điều khiển PostgreSQL. Hãy cài bằng lệnh: {command}",
    )


def refused_connection(error: "psycopg.Error", file: str, server: str) -> InputError:
    """Return the error for a server that could not be connected to; `server` is "" where that is not understood."""
    message = str(error)
    en, vi = next((told for pattern, told in _REFUSED if re.search(pattern, message)), _UNREACHABLE)
    at_en, at_vi = (f", server {server}", f", máy chủ {server}") if server else ("", "")
    return InputError(f"{file}{at_en}: {en}.", f"{file}{at_vi}: {vi}.")


def refused_query(error: "psycopg.Error", file: str, sent: str, seconds: int) -> InputError:
    """Return the error for a query that the server refused or broke off; `sent` is the text it was given."""
    en, vi = _sentence(error, sent, seconds)
    return InputError(f"{file}: {en}. {_UNTOUCHED[0]}", f"{file}: {vi}. {_UNTOUCHED[1]}")


def _sentence(error: "psycopg.Error", sent: str, seconds: int) -> Sentence:
    state, said = error.sqlstate or "", error.diag.message_primary or ""
    several = state == "42601" and ('";"' in said or "multiple commands" in said)
    if several or (state == "0A000" and "data-modifying" in said):
        return _NOT_ONE_SELECT
    if state == "57014":
        return (
            f"the query took longer than {seconds} seconds. Ask for a shorter period, or raise `timeout_seconds`",
            f"truy vấn chạy quá {seconds} giây. Hãy lấy kỳ ngắn hơn hoặc tăng `timeout_seconds`",
        )
    if state == "42501":
        return (
            f"the user may not read this ({said}). Ask the administrator of the database for the right to SELECT",
            f"người dùng không có quyền đọc ({said}). Hãy đề nghị quản trị cơ sở dữ liệu cấp quyền SELECT",
        )
    if state in _BY_STATE or state[:2] in _BY_CLASS:
        return _BY_STATE.get(state) or _BY_CLASS[state[:2]]
    if state.startswith("42"):
        en, vi = _line(error, sent)
        return (
            f"the query is wrong{en}: {said}. Correct `query`",
            f"câu truy vấn sai{vi}: {said}. Hãy sửa mục `query`",
        )
    if not state:
        return _LOST
    return (
        f"the server broke off the query (error {state}). Run the query in a program of the database to see why",
        f"máy chủ dừng truy vấn (lỗi {state}). Hãy chạy câu truy vấn bằng công cụ của cơ sở dữ liệu để xem lỗi",
    )


def _line(error: "psycopg.Error", sent: str) -> Sentence:
    """Return in which line of the query the server stumbled; the first line of what was sent is ours."""
    position = error.diag.statement_position
    if position is None:
        return "", ""
    line = max(sent[: int(position) - 1].count("\n"), 1)
    return f" in line {line}", f" ở dòng {line}"


def unreadable_column(file: str, column: str, type_name: str) -> InputError:
    """Return the error that a column has a type whose values are no cells of a table.

    >>> str(unreadable_column("a.yaml", "ngay", "jsonb"))
    "a.yaml: the column 'ngay' has the type jsonb, which is no single value. Convert it in the query, ..."
    """
    ways = "col::text, col->>'key', EXTRACT(DAY FROM col)"
    return InputError(
        f"{file}: the column {column!r} has the type {type_name}, which is no single value. Convert it in the query, "
        f"for example {ways}, or leave the column out.",
        f"{file}: cột {column!r} có kiểu {type_name}, không phải là một giá trị đơn. Hãy chuyển đổi trong câu truy "
        f"vấn, ví dụ {ways}, hoặc bỏ cột này.",
    )


def undecodable(file: str, encoding: str, server_encoding: str) -> InputError:
    """Return the error that the bytes of a text are not in the encoding they should be in.

    >>> undecodable("a.yaml", "utf-8", "SQL_ASCII").en[:80]
    'a.yaml: the database (SQL_ASCII) has texts that are not in utf-8. Write their en'
    """
    return InputError(
        f"{file}: the database ({server_encoding}) has texts that are not in {encoding}. Write their encoding in the "
        "source file, for example `encoding: cp1258`.",
        f"{file}: cơ sở dữ liệu ({server_encoding}) có văn bản không theo bảng mã {encoding}. Hãy ghi bảng mã vào tệp "
        "nguồn, ví dụ `encoding: cp1258`.",
    )


def incomplete(file: str, n_told: int, n_come: int) -> InputError:
    """Return the error that the server says another number of rows than have come."""
    return InputError(
        f"{file}: the server says {n_told} rows, but {n_come} have come. Start again. {_UNTOUCHED[0]}",
        f"{file}: máy chủ báo {n_told} dòng nhưng chỉ nhận được {n_come} dòng. Hãy chạy lại. {_UNTOUCHED[1]}",
    )
