"""The DuckDB of a process: how much memory it may take, and where it puts what does not fit."""

import atexit
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from cchc_analysis.errors import ParameterError

MEMORY: Final = "CCHC_MEMORY"
"""Variable of the environment that bounds the memory of DuckDB: "8GB", or a share of the machine such as "50%"."""

DEFAULT_MEMORY: Final = "60%"
"""Half as much again is needed beside it by Python, which holds the count tables."""

_SIZE: Final = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|%)", re.IGNORECASE)
_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    # Counts have one key of integers within known bounds: up to four million different ones are counted by position.
    "perfect_ht_threshold": 22,
}

_open: dict[int, duckdb.DuckDBPyConnection] = {}


def connection() -> duckdb.DuckDBPyConnection:
    """Return the one DuckDB in memory of this process, so that tables of several warehouses can be joined.

    It takes at most CCHC_MEMORY (by default 60% of the machine) and moves what does not fit to a folder of its own
    under the temporary folder (TMPDIR), removed at the end of the process. A forked child opens one of its own. Raises
    ParameterError where CCHC_MEMORY is no size.

    >>> connection() is connection()
    True
    """
    process = os.getpid()
    if process not in _open:
        _forget()
        _open[process] = _opened()
    return _open[process]


def _opened() -> duckdb.DuckDBPyConnection:
    # DuckDB makes the folder when it needs one: most processes never do.
    spill = Path(tempfile.gettempdir()) / f"cchc-duckdb-{secrets.token_hex(8)}"
    settings = {**_SETTINGS, "memory_limit": allowed_memory(), "temp_directory": str(spill)}
    opened = duckdb.connect(":memory:", config=settings)
    # It would write itself between the lines of a page or a log.
    opened.execute("SET enable_progress_bar = false")
    atexit.register(_remove, spill, os.getpid())
    return opened


def allowed_memory() -> str:
    """Return what CCHC_MEMORY says, or DEFAULT_MEMORY; raises ParameterError where it is no size.

    >>> allowed_memory()
    '60%'
    """
    told = os.environ.get(MEMORY, "").strip() or DEFAULT_MEMORY
    if _SIZE.fullmatch(told) is None:
        raise ParameterError(
            f"{MEMORY} is {told!r}, which is no amount of memory. Write it as 8GB, 900MB or 50%.",
            f"{MEMORY} có giá trị {told!r}, không phải là một lượng bộ nhớ. Hãy ghi như 8GB, 900MB hoặc 50%.",
        )
    return told


def _remove(spill: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(spill, ignore_errors=True)


_left: list[duckdb.DuckDBPyConnection] = []


def _forget() -> None:
    """Put aside what was open before a fork: closing it would wait for threads that only the parent has."""
    _left.extend(_open.values())
    _open.clear()
