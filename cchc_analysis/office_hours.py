"""The hours in which an office works on a working day."""

from dataclasses import dataclass
from datetime import time

import numpy as np

from cchc_analysis.errors import CalendarError
from cchc_analysis.instants import BoolArray, FloatArray


@dataclass(frozen=True)
class OfficeHours:
    """The hours in which an office works on a working day, with one break at noon.

    Raises `CalendarError` where the four times are out of order.

    >>> OfficeHours().seconds / 3600
    8.0
    """

    opens: time = time(7, 0)
    lunch_from: time = time(11, 30)
    lunch_to: time = time(13, 30)
    closes: time = time(17, 0)

    def __post_init__(self) -> None:
        if not self.opens < self.lunch_from <= self.lunch_to < self.closes:
            shown = ", ".join(f"{at:%H:%M}" for at in self._times)
            raise CalendarError(
                f"The office hours {shown} are out of order. Give opening, lunch from, lunch to, closing.",
                f"Giờ làm việc {shown} không đúng thứ tự. "
                "Hãy ghi lần lượt giờ mở cửa, giờ bắt đầu nghỉ trưa, giờ hết nghỉ trưa, giờ đóng cửa.",
            )

    @property
    def _times(self) -> tuple[time, time, time, time]:
        return self.opens, self.lunch_from, self.lunch_to, self.closes

    @property
    def marks(self) -> tuple[int, int, int, int]:
        """Return opening, start of lunch, end of lunch and closing in seconds after midnight.

        >>> OfficeHours().marks
        (25200, 41400, 48600, 61200)
        """
        opens, lunch_from, lunch_to, closes = (at.hour * 3600 + at.minute * 60 + at.second for at in self._times)
        return opens, lunch_from, lunch_to, closes

    @property
    def seconds(self) -> int:
        """Return the seconds worked in one day.

        >>> OfficeHours().seconds
        28800
        """
        opens, lunch_from, lunch_to, closes = self.marks
        return closes - opens - (lunch_to - lunch_from)

    def worked(self, clock: FloatArray) -> FloatArray:
        """Return the seconds worked by a clock time; both are seconds, the clock counted from midnight.

        >>> OfficeHours().worked(np.array([6.0, 12.0, 14.0]) * 3600) / 3600
        array([0. , 4.5, 5. ])
        """
        opens, lunch_from, lunch_to, closes = self.marks
        morning = np.clip(clock, opens, lunch_from) - opens
        return morning + np.clip(clock, lunch_to, closes) - lunch_to

    def clock(self, worked: FloatArray) -> FloatArray:
        """Return the earliest clock time, in seconds after midnight, by which so many seconds are worked.

        >>> OfficeHours().clock(np.array([4.5, 5.0]) * 3600) / 3600
        array([11.5, 14. ])
        """
        opens, lunch_from, lunch_to, _ = self.marks
        return worked + opens + np.where(worked > lunch_from - opens, lunch_to - lunch_from, 0)

    def start_of_count(self, clock: FloatArray, is_working: BoolArray) -> tuple[FloatArray, BoolArray]:
        """Return the clock time from which hours are counted, and whether that is on the next working day.

        Before opening → opening; in the lunch break → its end; after closing, or on a day off → opening of
        the next working day.

        >>> OfficeHours().start_of_count(np.array([12.0, 18.0]) * 3600, np.array([True, True]))
        (array([48600., 25200.]), array([False,  True]))
        """
        opens, lunch_from, lunch_to, closes = self.marks
        next_day = ~is_working | (clock > closes)
        in_lunch = (clock > lunch_from) & (clock < lunch_to)
        same_day = np.where(in_lunch, lunch_to, np.maximum(clock, opens))
        return np.where(next_day, opens, same_day).astype(np.float64), next_day
