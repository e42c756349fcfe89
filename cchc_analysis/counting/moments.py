"""Seconds and days of moments in integers that every engine makes alike.

The difference of two moments is another type on every engine, and not every engine tells its length: hours, minutes,
seconds and the day of the year are known everywhere.
"""

from datetime import datetime

import narwhals as nw

DAY_SECONDS = 86_400


def second_of_day(moment: nw.Expr) -> nw.Expr:
    """Return the whole seconds since midnight, null where there is no moment.

    >>> import pandas as pd
    >>> table = nw.from_native(pd.DataFrame({"at": [pd.Timestamp("2023-06-14 01:00:05")]}))
    >>> table.select(second_of_day(nw.col("at")))["at"].to_list()
    [3605]
    """
    return moment.dt.hour() * 3600 + moment.dt.minute() * 60 + moment.dt.second()


def day_number(moment: nw.Expr) -> nw.Expr:
    """Return the day as `date.toordinal()` numbers it, null where there is no moment.

    >>> import pandas as pd
    >>> table = nw.from_native(pd.DataFrame({"at": [pd.Timestamp("1970-01-01 09:00")]}))
    >>> table.select(day_number(nw.col("at")))["at"].to_list() == [datetime(1970, 1, 1).toordinal()]
    True
    """
    before = moment.dt.year() - 1
    leap_days = before // 4 - before // 100 + before // 400
    return before * 365 + leap_days + moment.dt.ordinal_day()


def seconds_until(end: datetime, moment: nw.Expr) -> nw.Expr:
    """Return the whole seconds from a moment to `end`, rounded down, null where there is no moment.

    >>> import pandas as pd
    >>> table = nw.from_native(pd.DataFrame({"at": [pd.Timestamp("2023-06-13 23:59:58")]}))
    >>> until = seconds_until(datetime(2023, 6, 14, 0, 0, 1), nw.col("at")).alias("until")
    >>> table.select(until)["until"].to_list()
    [3]
    """
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    days, seconds = end.toordinal() - day_number(moment), (end - midnight).seconds - second_of_day(moment)
    begun = nw.when(moment.dt.microsecond() > end.microsecond).then(nw.lit(1)).otherwise(nw.lit(0))
    return days * DAY_SECONDS + seconds - begun
