"""Which calendar dates are checked against, and how much of it the accepted dossiers need."""

from datetime import date, datetime

import numpy as np
import pyarrow as pa

from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.schema import DOSSIERS, Kind
from cchc_analysis.working_time import WorkingCalendar


def calendar_of(mapping: ColumnMapping) -> WorkingCalendar:
    """Return the calendar that dates are checked against: the Vietnamese one, or all weekdays from 1970 to 2069.

    >>> calendar_of(ColumnMapping(calendar="weekdays")).last
    datetime.date(2069, 12, 31)
    """
    if mapping.calendar == "weekdays":
        return WorkingCalendar.weekdays(date(1970, 1, 1), date(2069, 12, 31))
    return WorkingCalendar.vietnam()


def calendar_span(
    mapping: ColumnMapping, rows: pa.Table, as_of: datetime | None, kind: Kind = DOSSIERS
) -> tuple[date, date]:
    """Return first and last day of the calendar to count with; a plain weekday one covers the years of the data."""
    calendar = calendar_of(mapping)
    if mapping.calendar == "vietnam":
        return calendar.first, calendar.last
    names = [column.name for column in kind.columns if column.kind == "timestamp"]
    names += ["number_on"] if kind is DOSSIERS else []
    if not names:
        day = as_of or calendar.first
        return date(day.year, 1, 1), date(day.year, 12, 31)
    moments = np.concatenate([rows.column(name).to_numpy().astype("datetime64[us]") for name in names])
    years = moments[~np.isnat(moments)].astype("datetime64[Y]").astype(np.int64) + 1970
    known = [*years.tolist(), (as_of or calendar.first).year]
    return date(min(known), 1, 1), date(max(known), 12, 31)
