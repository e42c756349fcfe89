"""The days of a working calendar as arrays, and the error for a day that is not among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.calendar_table import COLUMNS
from cchc_analysis.errors import CalendarError
from cchc_analysis.instants import BoolArray, InstantArray, IntArray

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class DayTable:
    """Every day from the first to the last: whether it is worked, and the working days up to it.

    `days` datetime64[D], `working` bool and `number` int64 have one entry per day; `working_days` holds the
    days that are worked. The arrays cannot be written.
    """

    days: InstantArray
    working: BoolArray
    number: IntArray
    working_days: InstantArray
    table: str

    @classmethod
    def build(
        cls,
        first: date,
        last: date,
        weekmask: str,
        holidays: Sequence[date],
        workdays: Sequence[date],
        table: str,
    ) -> "DayTable":
        """Return the days from `first` to `last`; `CalendarError` for a definition that contradicts itself.

        >>> DayTable.build(date(2024, 5, 1), date(2024, 5, 5), "1111100", [], [date(2024, 5, 4)], "").number
        array([1, 2, 3, 4, 4])
        """
        _check_definition(first, last, weekmask, holidays, workdays)
        days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + _DAY)
        # 1 January 1970, day 0 of numpy, was a Thursday.
        working = np.array([day == "1" for day in weekmask])[(days.astype(np.int64) + 3) % 7]
        working |= np.isin(days, np.array(workdays, dtype="datetime64[D]"))
        working &= ~np.isin(days, np.array(holidays, dtype="datetime64[D]"))
        number = np.cumsum(working, dtype=np.int64)
        working_days = days[working]
        for array in (days, working, number, working_days):
            array.flags.writeable = False
        return cls(days, working, number, working_days, table)

    def row(self, days: InstantArray) -> IntArray:
        """Return the row of each day, 0 for a missing one; `CalendarError` for one outside the calendar.

        >>> table = DayTable.build(date(2024, 5, 1), date(2024, 5, 5), "1111100", [], [], "")
        >>> table.row(np.array(["2024-05-03", "NaT"], dtype="datetime64[D]"))
        array([2, 0])
        """
        position = np.asarray((days - self.days[0]).astype(np.int64))
        # A missing day becomes the smallest integer, so one comparison finds both kinds of trouble.
        amiss = (position < 0) | (position >= len(self.days))
        if np.any(amiss):
            outside = amiss & ~np.isnat(days)
            if np.any(outside):
                raise self._outside(np.min(np.asarray(days)[outside]).item())
            position = np.where(amiss, 0, position)
        return position

    def working_day(self, index: IntArray, received_on: InstantArray) -> InstantArray:
        """Return the working day of each index, from 0; NaT where `received_on`, the day counted from, is.

        >>> table = DayTable.build(date(2024, 5, 1), date(2024, 5, 5), "1111100", [], [], "")
        >>> table.working_day(np.array([2, 9]), np.array(["2024-05-01", "NaT"], dtype="datetime64[D]"))
        array(['2024-05-03', 'NaT'], dtype='datetime64[D]')
        """
        present = ~np.isnat(received_on)
        outside = present & ((index < 0) | (index >= len(self.working_days)))
        if np.any(outside):
            received = np.min(np.asarray(received_on)[outside]).item()
            raise self._outside(received, "The end of a limit counted from ", "Thời điểm hết hạn tính từ ")
        day = self.working_days[np.where(present, index, 0)] if len(self.working_days) else self.days[0]
        return np.where(present, day, np.datetime64("NaT", "D"))

    def frame(self) -> pd.DataFrame:
        """Return the table documented at `WorkingCalendar.as_frame`.

        >>> len(DayTable.build(date(2024, 5, 1), date(2024, 5, 5), "1111100", [], [], "").frame())
        5
        """
        months = self.days.astype("datetime64[M]")
        calendar_month = months.astype(np.int64) + 1970 * 12
        from_the_15th = (self.days - months.astype("datetime64[D]")) >= 14 * _DAY
        return pd.DataFrame(
            {
                "day": self.days.astype("datetime64[us]"),
                "working_day_number": self.number.copy(),
                "is_working_day": self.working.copy(),
                "accounting_month": calendar_month + from_the_15th,
                "calendar_month": calendar_month,
            }
        )

    def _outside(self, day: Any, en: str = "", vi: str = "") -> CalendarError:
        first, last = self.days[0].item(), self.days[-1].item()
        way_en, way_vi = "Build the calendar over a longer range", "Hãy lập lịch với khoảng thời gian dài hơn"
        if self.table:
            where_en, where_vi = (f"{self.table}, {word} {', '.join(COLUMNS)}" for word in ("columns", "các cột"))
            way_en = f"Add the days off and make-up days of the missing years to {where_en}"
            way_vi = f"Hãy bổ sung ngày nghỉ, ngày làm bù của các năm còn thiếu vào {where_vi}"
        covered_vi = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
        return CalendarError(
            f"{en}{day} lies outside the working calendar, {first} to {last}. {way_en}.",
            f"{vi or 'Ngày '}{day:%d/%m/%Y} nằm ngoài lịch làm việc {covered_vi}. {way_vi}.",
        )


def _check_definition(
    first: date, last: date, weekmask: str, holidays: Sequence[date], workdays: Sequence[date]
) -> None:
    if last < first:
        raise CalendarError(
            f"The calendar ends on {last}, before it begins on {first}. Swap the two dates.",
            f"Lịch kết thúc ngày {last:%d/%m/%Y}, trước ngày bắt đầu {first:%d/%m/%Y}. Hãy đổi chỗ hai ngày.",
        )
    if len(weekmask) != 7 or set(weekmask) - {"0", "1"}:
        raise CalendarError(
            f"The week mask {weekmask!r} is wrong. Write seven digits from Monday, 1 = worked: 1111100.",
            f"Mẫu tuần {weekmask!r} không đúng. Hãy ghi bảy chữ số từ thứ Hai, 1 = làm việc, ví dụ 1111100.",
        )
    both = sorted(set(holidays) & set(workdays))
    if both:
        raise CalendarError(
            f"{both[0]} is given both as a day off and as a working day. Keep one of the two.",
            f"Ngày {both[0]:%d/%m/%Y} vừa là ngày nghỉ vừa là ngày làm việc. Hãy giữ lại một trong hai.",
        )
