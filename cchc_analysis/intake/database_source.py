"""A database as a source: the YAML file that says which server, which query, and what its rows are."""

import codecs
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from cchc_analysis.entries import Entry
from cchc_analysis.errors import InputError, ParameterError
from cchc_analysis.intake.mapping import Title
from cchc_analysis.intake.survey_tables import Reason
from cchc_analysis.intake.yaml_texts import load_texts

PAGE: Final = "docs/database.md"
SOURCE_SUFFIXES: Final = (".database.yaml", ".database.yml")
"""How the name of a source ends that lies in a folder of exports."""

_PASSWORD_KEYS: Final = re.compile(r"pass|pwd|mat.?khau|secret", re.IGNORECASE)
_PASSWORD_IN_TEXT: Final = re.compile(
    r"://[^/@\s]*:[^@]*@|\bpassword\s*=|\bsslpassword\s*=|\bPGPASSWORD\b", re.IGNORECASE
)
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
_COMMENT: Final = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_STARTS: Final = ("select", "with", "values", "table")
_NAME: Final = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_TABLE: Final = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,2}}\Z")
_LONGEST_VALUE: Final = 40


class DatabaseSource(Entry):
    """The content of a source file: rows are taken from a PostgreSQL server by one query.

    `connection` is the name of a service in `pg_service.conf`, a URL `postgresql://…` or `key=value` pairs, never with
    a password. `query` is one SELECT (WITH, VALUES, TABLE), or the name of a table or view; `%(name)s` in it stands
    for one of `parameters`, which the driver binds. `kind`, `questionnaire` and `mapping` are what `--kind`,
    `--questionnaire` and `--mapping` are for files; paths are relative to the file. `name` stands in the accounts.
    `encoding` is that of the texts where the database is SQL_ASCII or says a wrong one.

    >>> source = DatabaseSource(connection="onestop", query="reports.dossiers")
    >>> source.sql, source.conninfo
    ('SELECT * FROM reports.dossiers', 'service=onestop')
    """

    connection: str = Field(min_length=1)
    query: str = Field(min_length=1)
    kind: str | None = None
    questionnaire: str | None = None
    mapping: str | None = None
    parameters: Mapping[str, str] = {}
    name: str | None = Field(default=None, min_length=1, max_length=100)
    title: Title | None = None
    encoding: str | None = None
    timeout_seconds: int = Field(default=1800, ge=1, le=86_400)
    connect_seconds: int = Field(default=10, ge=2, le=300)

    @property
    def conninfo(self) -> str:
        """Return the connection as the client library of PostgreSQL understands it."""
        text = self.connection.strip()
        return text if "=" in text or "://" in text else f"service={text}"

    @property
    def sql(self) -> str:
        """Return the query without the semicolon at its end."""
        text = self.query.strip().rstrip("; \t\r\n")
        return f"SELECT * FROM {text}" if _TABLE.match(text) else text  # noqa: S608

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the query as it is sent, without its parameters."""
        return hashlib.sha256(self.sql.encode("utf-8")).hexdigest()

    def shown(self, file: str) -> str:
        """Return the name in the accounts: `name`, else that of the file, with the parameters behind it.

        >>> text = "SELECT * FROM d WHERE received_on >= %(from)s"
        >>> DatabaseSource(connection="c", query=text, parameters={"from": "2023-05-15"}).shown("one-stop.yaml")
        'one-stop.yaml [from=2023-05-15]'
        """
        told = ", ".join(f"{key}={value[:_LONGEST_VALUE]}" for key, value in sorted(self.parameters.items()))
        return f"{self.name or file} [{told}]" if told else self.name or file

    @field_validator("query")
    @classmethod
    def _asks_for_rows(cls, value: str) -> str:
        text = _COMMENT.sub("", value.strip().rstrip("; \t\r\n"))
        first = re.match(r"\(|\w*", text)
        if _TABLE.match(text) or (first and (first[0] == "(" or first[0].lower() in _STARTS)):
            return value
        raise Reason(
            "one SELECT (or WITH … SELECT), or the name of a table or view, is needed; nothing else is ever sent",
            "cần một câu lệnh SELECT (hoặc WITH … SELECT), hoặc tên bảng hay khung nhìn; không gửi lệnh nào khác",
        )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        try:
            return value if value is None else codecs.lookup(value).name
        except LookupError:
            en = f"{value!r} is no encoding, such as utf-8 or cp1258"
            raise Reason(en, f"{value!r} không phải là bảng mã, ví dụ utf-8 hoặc cp1258") from None

    @model_validator(mode="after")
    def _every_parameter_is_asked_for(self) -> "DatabaseSource":
        asked = set(_PLACEHOLDER.findall(self.query))
        for name in sorted(asked - set(self.parameters)):
            en = f"the query asks for %({name})s, which has no value under `parameters`"
            raise Reason(en, f"câu truy vấn dùng %({name})s nhưng mục `parameters` chưa có giá trị")
        for name in sorted(set(self.parameters) - asked):
            en = f"the query does not ask for the parameter {name!r}; write %({name})s where its value belongs"
            raise Reason(en, f"câu truy vấn không dùng tham số {name!r}; hãy ghi %({name})s vào đúng chỗ")
        return self


def is_source(path: Path) -> bool:
    """Return whether a file says that its rows come from a database: YAML named so, or with connection and query.

    >>> is_source(Path("one-stop.csv"))
    False
    """
    lower = path.name.lower()
    if not lower.endswith((".yaml", ".yml")) or not path.is_file():
        return False
    if lower.endswith(SOURCE_SUFFIXES):
        return True
    try:
        content = load_texts(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return False
    return isinstance(content, dict) and {"connection", "query"} <= set(content)


def load_source(path: Path, overriding: Mapping[str, str] | None = None) -> DatabaseSource:
    """Return the source written in a YAML file; those of `overriding` that it has replace its parameters.

    Every scalar is read as text, so that dates need no quotation marks. Raises `InputError` naming file and key for
    what is not allowed, and for a password, which is not repeated.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = load_texts(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        kind = type(error).__name__
        raise _wrong(path.name, "", f"this cannot be read as YAML ({kind})", f"sai cú pháp YAML ({kind})") from None
    if not isinstance(content, dict):
        raise _wrong(path.name, "", "lines `key: value` are needed", "cần các dòng dạng `khóa: giá trị`")
    _refuse_passwords(content, path.name)
    named = content.get("parameters")
    if overriding and isinstance(named, dict):
        content["parameters"] = named | {key: value for key, value in overriding.items() if key in named}
    try:
        return DatabaseSource.model_validate(content)
    except ValidationError as error:
        raise _first_error(error, path.name) from None


def require_known_parameters(overriding: Mapping[str, str], sources: Mapping[Path, DatabaseSource]) -> None:
    """Raise `ParameterError` for a parameter that no source has.

    >>> require_known_parameters({"form": "2023-05-15"}, {})
    Traceback (most recent call last):
    cchc_analysis.errors.ParameterError: No database source has a parameter 'form'. Known parameters: none.
    """
    known = sorted({name for source in sources.values() for name in source.parameters})
    for name in overriding:
        if name not in known:
            listed = ", ".join(known)
            raise ParameterError(
                f"No database source has a parameter {name!r}. Known parameters: {listed or 'none'}.",
                f"Không nguồn cơ sở dữ liệu nào có tham số {name!r}. Các tham số có thể dùng: {listed or 'không có'}.",
            )


def source_facts(source: DatabaseSource, server: str) -> dict[str, Any]:
    """Return what the accounts say of a source: server without user and password, the query's hash, parameters."""
    told = {"server": server, "query_sha256": source.fingerprint}
    return {**told, "parameters": json.loads(json.dumps(dict(source.parameters), sort_keys=True))}


def refuse_address(text: str) -> None:
    """Raise `InputError` where the address of a server stands in place of a file; the address is not repeated.

    >>> refuse_address("postgresql://reader@db/onestop")
    Traceback (most recent call last):
    cchc_analysis.errors.InputError: The address of a database server is not taken from the command line. ...
    """
    if re.match(r"postgres(ql)?:/", text):
        raise InputError(
            "The address of a database server is not taken from the command line. Write a source file "
            f"(*.database.yaml) with connection and query, as {PAGE} describes; the password belongs in ~/.pgpass.",
            "Không nhận địa chỉ máy chủ cơ sở dữ liệu trên dòng lệnh. Hãy ghi tệp nguồn (*.database.yaml) gồm "
            f"connection và query theo {PAGE}; mật khẩu để trong ~/.pgpass.",
        )


def _refuse_passwords(content: Mapping[str, Any], name: str) -> None:
    keys = [str(key) for key in content if _PASSWORD_KEYS.search(str(key))]
    if not keys and not _PASSWORD_IN_TEXT.search(str(content.get("connection", ""))):
        return
    raise InputError(
        f"{name}: a password stands in the file, where it could be published. Take it out, change it on the server, "
        "and keep it in ~/.pgpass, in the service file or in the variable PGPASSWORD.",
        f"{name}: tệp có ghi mật khẩu nên có thể bị lộ. Hãy xóa khỏi tệp, đổi mật khẩu trên máy chủ và lưu trong "
        "~/.pgpass, tệp dịch vụ (pg_service.conf) hoặc biến PGPASSWORD.",
    )


def _first_error(error: ValidationError, name: str) -> InputError:
    """Return the first thing that is wrong, without the value, which may be a secret."""
    first = error.errors(include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, Reason):
        return _wrong(name, key, cause.en, cause.vi)
    known = ", ".join(DatabaseSource.model_fields)
    told = {
        "extra_forbidden": (f"unknown key; known keys: {known}", f"khóa không có trong quy định; các khóa: {known}"),
        "missing": ("this key is missing", "thiếu khóa này"),
    }
    return _wrong(name, key, *told.get(first["type"], (first["msg"], f"giá trị không đúng quy định ({first['msg']})")))


def _wrong(name: str, key: str, en: str, vi: str) -> InputError:
    at_en, at_vi = (f", key {key!r}", f", khóa {key!r}") if key else ("", "")
    return InputError(
        f"{name}{at_en}: {en}. Correct the source file; {PAGE} describes it.",
        f"{name}{at_vi}: {vi}. Hãy sửa tệp nguồn theo {PAGE}.",
    )
