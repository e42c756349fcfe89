"""What differs between engines: bringing a table to the one that counts, and keeping rows there.

Everything else in this room is one source text for all of them.
"""

import itertools
import os
import weakref
from contextlib import suppress
from typing import Any, Final

import narwhals as nw
import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import CountingError

Frame = nw.LazyFrame[Any]

_NUMBERS: Final = itertools.count(1)
_HELD: Final = "cchc_held"
"""A database in memory beside that of the connection, which may be a file of the user's."""


def check_moments(native: Any) -> None:
    """Raise CountingError for a Spark table whose moments pass through a time zone: days would depend on it."""
    session = getattr(native, "sparkSession", None)
    if session is None:
        return
    zone, kind = (session.conf.get(f"spark.sql.{name}") for name in ("session.timeZone", "timestampType"))
    zoned = [name for name, type_ in native.dtypes if type_ == "timestamp"]
    if zoned or (zone, kind) != ("UTC", "TIMESTAMP_NTZ"):
        raise CountingError(
            f"Spark reads moments as {kind} in the zone {zone}, which can move a dossier to another day. Open the "
            "warehouse with engine=session, or make tables with the session that spark.ready_session gives.",
            f"Spark đang đọc thời điểm theo kiểu {kind}, múi giờ {zone}, nên có thể làm lệch ngày của hồ sơ. Hãy mở "
            "kho dữ liệu với engine=phiên Spark, hoặc tạo bảng bằng phiên do spark.ready_session trả về.",
        )
    # Moments that Python hands over are taken as the active session of the thread takes them.
    session._jvm.SparkSession.setActiveSession(session._jsparkSession)


def as_lazy(rows: Any) -> Frame:
    """Return any supported table (pandas, DuckDB relation, Spark, narwhals) as a narwhals lazy frame.

    Raises CountingError for a Spark table of a session that would read moments in a time zone.
    """
    frame = nw.from_native(rows, pass_through=False)
    check_moments(nw.to_native(frame))
    return frame.lazy() if isinstance(frame, nw.DataFrame) else frame


def beside(frame: Frame, small: pd.DataFrame) -> Frame:
    """Put a small table, such as the calendar, on the engine of `frame`, so that the two can be joined."""
    native: Any = nw.to_native(frame)
    if isinstance(native, pd.DataFrame):
        placed: Frame = nw.from_native(small).lazy()
    elif hasattr(native, "sparkSession"):
        table = native.sparkSession.createDataFrame(pa.Table.from_pandas(small, preserve_index=False))
        # Said and not left to be found out: a small table goes to every worker, the dossiers stay where they are.
        placed = nw.from_native(table.hint("broadcast"))
    else:
        # A DuckDB relation can only be joined with one of its own connection: query() stays inside it.
        placed = nw.from_native(native.query("cchc_beside", "SELECT * FROM small"))
    return placed


def hold(frame: Frame, source: Frame) -> Frame:
    """Let the engine compute a frame now and keep its rows, instead of computing it anew for every count.

    `source`: the table `frame` was made from. DuckDB keeps the rows in a table in memory, parts of which it moves to
    its temporary folder where memory runs short; the table goes when nobody can ask for it any more.
    """
    native: Any = nw.to_native(frame)
    if isinstance(native, pd.DataFrame):
        return frame
    if hasattr(native, "sparkSession"):
        rows = native.cache()
        weakref.finalize(rows, _let_go, rows._jdf, os.getpid()).atexit = False
        cached: Frame = nw.from_native(rows)
        return cached
    # What is asked of the source is planned at once; asked of the frame, every step of it would be planned again.
    near: Any = nw.to_native(source)
    name = f"{_HELD}.main.dossiers_{next(_NUMBERS)}"
    near.query("cchc_rows", f"ATTACH IF NOT EXISTS ':memory:' AS {_HELD}")
    native.create(name)
    held = near.query("cchc_rows", f"SELECT * FROM {name}")  # noqa: S608 - a name made above
    kept: Frame = nw.from_native(held)
    # At the end of the process the memory goes with it, and the connection may already be closed.
    weakref.finalize(held, _drop, near, name, os.getpid()).atexit = False
    return kept


def _let_go(rows: Any, process: int) -> None:
    # A cluster that has been stopped has let go of everything.
    if os.getpid() == process:
        with suppress(Exception):
            rows.unpersist(False)


def _drop(near: Any, name: str, process: int) -> None:
    # A forked child has a copy of this process, not of its database.
    if os.getpid() == process:
        # DuckDB plans the source again whatever is asked; where its file is gone the rows stay until the process ends.
        with suppress(Exception):
            near.query("cchc_rows", f"DROP TABLE IF EXISTS {name}")


def narrowed(frame: Frame, types: dict[str, Any]) -> Frame:
    """Return the columns under narrower types where that saves memory: not on pandas, whose gaps are numbers."""
    if isinstance(nw.to_native(frame), pd.DataFrame):
        return frame
    return frame.with_columns(*(nw.col(name).cast(type_) for name, type_ in types.items()))
