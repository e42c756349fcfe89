"""One query to a PostgreSQL server: its columns first, then only the wanted ones, row by row, in one snapshot."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cchc_analysis.intake.database_errors import (
    incomplete,
    missing_driver,
    refused_connection,
    refused_query,
    undecodable,
    unreadable_column,
)
from cchc_analysis.intake.database_source import DatabaseSource
from cchc_analysis.schema import Column

if TYPE_CHECKING:
    import psycopg

_DEFAULTS: Final = {
    "application_name": "cchc-analysis",
    "client_encoding": "UTF8",
    # A line that is cut without a word is noticed within a minute, not after two hours.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SETTINGS: Final = {
    # Not a matter of taste: 02/01 must never stand for two days, and no digit of a number may be lost.
    "DateStyle": "ISO, YMD",
    "extra_float_digits": "3",
    "standard_conforming_strings": "on",
}
_TEXTS: Final = ("S", "E", "B", "D", "I", "X")
_OTHER_TEXTS: Final = ("uuid", "char")
_WHOLE: Final = ("int2", "int4", "int8", "oid")
_THREE_DECIMALS: Final = r"^-?\d+\.\d\d[1-9]0*$"
_DECIMALS: Final = r"^-?\d+\.\d+$"


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result: its name, its type, and the category of the type in `pg_type`."""

    name: str
    type_name: str
    category: str


@dataclass(frozen=True)
class Snapshot:
    """An open read-only transaction in which every question sees the same rows."""

    connection: "psycopg.Connection[tuple[Any, ...]]"
    source: DatabaseSource
    file: str

    @property
    def server(self) -> str:
        """Return host, port and database, without the user."""
        info = self.connection.info
        host = "localhost" if info.host.startswith(("/", "@")) or not info.host else info.host
        return f"{host}:{info.port}/{info.dbname}"

    @property
    def server_encoding(self) -> str:
        """Return the encoding of the database."""
        return self.connection.info.parameter_status("server_encoding") or ""

    def columns(self) -> list[ResultColumn]:
        """Return the columns of the result; no row is fetched."""
        sent = f"SELECT * FROM (\n{self.source.sql}\n) AS result LIMIT 0"  # noqa: S608 - the query of whoever runs the program
        with self._told(sent), self.connection.cursor() as cursor:
            # Asked for in binary, a text is sent as one statement: a second one behind a semicolon is refused.
            cursor.execute(sent.encode(), self.source.parameters or None, binary=True, prepare=False)
            found = [(column.name, column.type_code) for column in cursor.description or ()]
            oids = list({oid for _, oid in found})
            cursor.execute("SELECT oid, typname, typcategory FROM pg_type WHERE oid = ANY(%s)", (oids,))
            types = {oid: (name, category) for oid, name, category in cursor.fetchall()}
        return [ResultColumn(name, *types[oid]) for name, oid in found]

    def rows(self, n_columns: int, cells: Sequence[str], batch: int) -> Generator[list[bytes], None, None]:
        """Yield the rows in lists of `batch`, each row a line of CSV in UTF-8 in which every text is quoted.

        `cells` are expressions over the columns c1, c2 … of the result. Whoever stops before the end closes the
        generator, which cancels the query. Raises `InputError` where the server breaks
        off, where a text is in another encoding, and where rows have been lost on the way.
        """
        names = ", ".join(f"c{number}" for number in range(1, n_columns + 1))
        encoding = self.server_encoding if self.source.encoding else "UTF8"
        sent = (
            f"COPY (SELECT {', '.join(cells)} FROM (\n{self.source.sql}\n) AS result ({names})) "  # noqa: S608
            f"TO STDOUT (FORMAT csv, FORCE_QUOTE *, ENCODING '{encoding}')"
        )
        n_come, rows = 0, list[bytes]()
        with self._told(sent), self.connection.cursor() as cursor:
            with cursor.copy(sent.encode(), self.source.parameters or None) as copy:
                for row in copy:
                    rows.append(bytes(row))
                    if len(rows) == batch:
                        n_come += batch
                        yield self._utf8(rows)
                        rows = []
            n_come += len(rows)
            if cursor.rowcount != n_come:
                raise incomplete(self.file, cursor.rowcount, n_come)
        if rows:
            yield self._utf8(rows)

    def _utf8(self, rows: list[bytes]) -> list[bytes]:
        encoding = self.source.encoding or "utf-8"
        try:
            if self.source.encoding:
                return [row.decode(encoding).encode() for row in rows]
            b"".join(rows).decode(encoding)
        except UnicodeDecodeError:
            raise undecodable(self.file, encoding, self.server_encoding) from None
        return rows

    @contextmanager
    def _told(self, sent: str) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise refused_query(error, self.file, sent, self.source.timeout_seconds) from None
        except UnicodeDecodeError:
            raise undecodable(self.file, "utf-8", self.server_encoding) from None


@contextmanager
def snapshot(source: DatabaseSource, file: str, timezone: str) -> Iterator[Snapshot]:
    """Connect to the server of a source and hold one read-only snapshot; instants are shown in `timezone`.

    Raises `InputError` where there is no driver, where the server cannot be connected to, and where the source is
    wrong; never with a password or a user name.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise missing_driver(file) from None
    server = ""
    try:
        given: dict[str, Any] = conninfo_to_dict(source.conninfo)
        server = f"{given.get('host', 'localhost')}:{given.get('port', '5432')}/{given.get('dbname', '?')}"
        server = str(given.get("service", server))
        settings = {"connect_timeout": source.connect_seconds, **_DEFAULTS, **given}
        connection = psycopg.connect(**settings)
    except psycopg.Error as error:
        raise refused_connection(error, file, server) from None
    # Closed, not committed: nothing was written, and a query that was left half-way must not be waited for.
    with closing(connection):
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        held = Snapshot(connection, source, file)
        with held._told(""), connection.cursor() as cursor:
            timeout = {"statement_timeout": f"{source.timeout_seconds}s", "TimeZone": timezone}
            for name, value in (_SETTINGS | timeout).items():
                cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
        yield held


def cell_expression(number: int, found: ResultColumn, column: Column, file: str) -> str:
    """Return the expression by which the server writes a column so that it can be read in one way only.

    A number gets no three decimals, since `1.250` is 1250 in Vietnamese; instants show their offset. Raises
    `InputError` for a type whose values are no cells.

    >>> weight = Column("weight", "number", "Trọng số")
    >>> cell_expression(3, ResultColumn("w", "int4", "N"), weight, "a.yaml")
    'c3::text'
    """
    if found.category == "N":
        text = f"c{number}::numeric::text" if found.type_name == "money" else f"c{number}::text"
        return text if found.type_name in _WHOLE or column.kind == "code" else _plain_number(text)
    if found.category not in _TEXTS and found.type_name not in _OTHER_TEXTS:
        raise unreadable_column(file, found.name, found.type_name)
    return f"c{number}::text"


def _plain_number(text: str) -> str:
    return (
        f"CASE WHEN {text} ~ '{_THREE_DECIMALS}' THEN rtrim({text}, '0') || '0' "
        f"WHEN {text} ~ '{_DECIMALS}' THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
    )


def kept_expressions(
    columns: Sequence[ResultColumn], kept: Mapping[str, int], kind_columns: Sequence[Column], file: str
) -> dict[str, str]:
    """Return the expression of each kept column (canonical name → position in the result), in order of the kind."""
    return {
        column.name: cell_expression(kept[column.name] + 1, columns[kept[column.name]], column, file)
        for column in kind_columns
        if column.name in kept
    }


def distinct_names(columns: Sequence[ResultColumn]) -> list[ResultColumn]:
    """Return the columns with a number behind a name that stands there again.

    >>> [column.name for column in distinct_names([ResultColumn("id", "text", "S")] * 2)]
    ['id', 'id (2)']
    """
    times: dict[str, int] = {}
    named = []
    for column in columns:
        times[column.name] = times.get(column.name, 0) + 1
        n = times[column.name]
        named.append(column if n == 1 else replace(column, name=f"{column.name} ({n})"))
    return named
