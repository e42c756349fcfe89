"""The moment up to which the data speak, taken from the data themselves; the clock is never read."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

import numpy as np
import pandas as pd

from cchc_analysis.instants import InstantArray

_GAPS_AND_ROWS_PER_STRAY: Final = ((31, 50), (183, 10))
_FEW: Final = 2
_FEW_SHARE: Final = 0.005


def newest_event(columns: Mapping[str, InstantArray]) -> pd.Timestamp | None:
    """Return the newest moment in the columns, without an isolated tail of rows; None where there is none.

    A tail is isolated where it begins more than 31 days after the day of the event before it and holds at most 2
    rows or 0.5 % of the rows, and at most 1 row in 50; with few rows, more than 183 days after it and at most 1
    row in 10. Such rows are typing errors in the year more often than news.

    >>> newest_event({"received_at": np.array(["2023-03-01"] * 60 + ["2027-03-01"], dtype="datetime64[us]")})
    Timestamp('2023-03-01 00:00:00')
    """
    if not columns:
        return None
    events = np.stack(list(columns.values()))
    events_of_rows = np.fmax.reduce(events, axis=0)
    newest_of_rows = np.sort(events_of_rows[~np.isnat(events_of_rows)])
    if not len(newest_of_rows):
        return None
    days = np.unique(events[~np.isnat(events)].astype("datetime64[D]"))
    gaps = np.diff(days).astype(np.int64)
    for gap in np.flatnonzero(gaps > _GAPS_AND_ROWS_PER_STRAY[0][0]):
        tail_from = days[gap + 1].astype("datetime64[us]")
        n_after = len(newest_of_rows) - int(np.searchsorted(newest_of_rows, tail_from))
        if _is_stray(n_after, len(newest_of_rows), int(gaps[gap])):
            return pd.Timestamp(events[events < tail_from].max())
    return pd.Timestamp(newest_of_rows[-1])


def _is_stray(n_rows: int, n_all: int, gap_days: int) -> bool:
    if n_rows > max(_FEW, _FEW_SHARE * n_all):
        return False
    return any(gap_days > gap and n_rows * per_stray <= n_all for gap, per_stray in _GAPS_AND_ROWS_PER_STRAY)


def last_known_instant(as_of: datetime) -> datetime:
    """Return the last instant that is known: midnight means the whole of that day.

    >>> last_known_instant(datetime(2023, 6, 14))
    datetime.datetime(2023, 6, 14, 23, 59, 59, 999999)
    """
    if as_of.time() == time():
        return as_of + timedelta(days=1) - timedelta(microseconds=1)
    return as_of
