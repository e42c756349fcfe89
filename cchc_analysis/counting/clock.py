"""The clock of a count: the calendar, the moment up to which the data speak, and how months are cut."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from cchc_analysis.working_time import WorkingCalendar

WindowKind = Literal["accounting", "calendar"]
NEVER = 0
"""Month number of what has not happened by `as_of`."""


@dataclass(frozen=True)
class Clock:
    """Calendar, `as_of` and month cut of one count.

    An `as_of` at midnight names a day and means its end: whatever happened on that day is known.
    """

    calendar: WorkingCalendar
    as_of: datetime
    window: WindowKind = "accounting"

    @property
    def as_of_end(self) -> datetime:
        """The last instant that is known."""
        if self.as_of.time() == time():
            return self.as_of + timedelta(days=1) - timedelta(microseconds=1)
        return self.as_of

    @property
    def as_of_day(self) -> datetime:
        """Midnight at the start of the last day that is known."""
        return datetime.combine(self.as_of.date(), time())

    def days(self, prefix: str) -> pd.DataFrame:
        """Return the calendar as a table to join on: one row a day, columns starting with `prefix`.

        Columns: `{prefix}_day` (midnight), `{prefix}_working` (working days up to and including the day),
        `{prefix}_ordinal` (whole days), `{prefix}_off` (1 on a day off, else 0), `{prefix}_month` and
        `{prefix}_month_after` (month number of the day and of the next day; the next day of the calendar's last day is
        taken as the same month).
        """
        frame = self.calendar.as_frame()
        month = frame[f"{self.window}_month"].to_numpy(dtype=np.int64)
        return pd.DataFrame(
            {
                f"{prefix}_day": frame["day"],
                f"{prefix}_working": frame["working_day_number"].to_numpy(dtype=np.int64),
                f"{prefix}_ordinal": np.arange(len(frame), dtype=np.int64),
                f"{prefix}_off": 1 - frame["is_working_day"].to_numpy(dtype=np.int64),
                f"{prefix}_month": month,
                f"{prefix}_month_after": np.append(month[1:], month[-1:]),
            }
        )

    def working_day_number(self) -> int:
        """Return the number of working days up to and including the day of `as_of`."""
        frame = self.calendar.as_frame()
        return int(frame.loc[frame["day"] == self.as_of_day, "working_day_number"].iloc[0])
