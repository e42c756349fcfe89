"""Dates as people hold them, one value, an array or a Series, to numpy, and answers back in the same shape."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.errors import CalendarError

Instants: TypeAlias = Any
"""A date, datetime, Timestamp, datetime64 or ISO text, an array, list or Series of them; may be missing."""

Numbers: TypeAlias = Any
"""A number, or an array, list or Series of numbers; may be missing."""

InstantArray: TypeAlias = "np.ndarray[Any, np.dtype[np.datetime64]]"
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]


def to_instants(given: Instants) -> InstantArray:
    """Return wall-clock instants as `datetime64[us]`, NaT where missing: shape `()` for one value, `(n,)` for many.

    A time zone is dropped, keeping the clock time: no date may change on its way through UTC.
    Raises `CalendarError` for text that is not an ISO date.

    >>> to_instants(["2023-01-19", None])
    array(['2023-01-19T00:00:00.000000', 'NaT'], dtype='datetime64[us]')
    """
    if isinstance(given, (pd.Series, pd.Index)):
        if isinstance(given.dtype, pd.DatetimeTZDtype):
            given = pd.Series(given).dt.tz_localize(None)
        given = given.to_numpy()
    if isinstance(given, np.ndarray) and given.dtype.kind == "M":
        return given.astype("datetime64[us]")
    if isinstance(given, (list, tuple, np.ndarray)):
        return np.array([_one(value) for value in given], dtype="datetime64[us]")
    return np.array(_one(given), dtype="datetime64[us]")


def _one(value: Instants) -> date | np.datetime64 | None:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    try:
        return np.datetime64(value, "us")
    except (ValueError, TypeError):
        raise CalendarError(
            f"{value!r} is not a date. Give a date, or text such as 2023-01-19.",
            f"{value!r} không phải là ngày. Hãy dùng kiểu ngày hoặc chuỗi dạng 2023-01-19.",
        ) from None


def to_numbers(given: Numbers) -> FloatArray:
    """Return numbers as `float64`, NaN where missing: shape `()` for one value, `(n,)` for many.

    >>> to_numbers([3, None, 2.5])
    array([3. , nan, 2.5])
    """
    if isinstance(given, (pd.Series, pd.Index)):
        return np.asarray(pd.to_numeric(pd.Series(given)).to_numpy(dtype="float64", na_value=np.nan))
    if isinstance(given, (list, tuple)):
        return np.array([np.nan if value is None or value is pd.NA else float(value) for value in given])
    if given is None or given is pd.NA:
        return np.array(np.nan)
    return np.asarray(given, dtype="float64")


def numbers_back(values: npt.NDArray[Any], missing: BoolArray, like: Sequence[Instants]) -> Numbers:
    """Return numbers or truth values in the shape of the inputs `like`.

    A Series with the same index (`Int64`, `boolean` or `float64`) where one of the inputs is a Series; an
    array where one is an array or a list (masked where an entry is missing); else one Python number, or None.

    >>> numbers_back(np.array([1, 2]), np.array([False, True]), [pd.Series([0, 0])]).tolist()
    [1, <NA>]
    """
    index = _common_index(like)
    if index is not None:
        return pd.Series(_nullable(values, missing), index=index)
    if values.ndim:
        return np.ma.MaskedArray(values, mask=missing) if missing.any() else values
    return None if missing else values.item()


def _nullable(values: npt.NDArray[Any], missing: BoolArray) -> Numbers:
    if values.dtype.kind == "b":
        return pd.arrays.BooleanArray(values, missing)
    if values.dtype.kind == "i":
        return pd.arrays.IntegerArray(values, missing)
    return np.where(missing, np.nan, values)


def instants_back(values: InstantArray, like: Sequence[Instants]) -> Instants:
    """Return instants in the shape and, for one value, in the type of the first of the inputs `like`.

    A `date` comes back as a `date` unless the answer has a clock time.

    >>> instants_back(np.datetime64("2023-01-31T00:00:00", "us"), [date(2023, 1, 19)])
    datetime.date(2023, 1, 31)
    """
    index = _common_index(like)
    if index is not None:
        return pd.Series(values, index=index)
    if values.ndim:
        return values
    first = like[0]
    if np.isnat(values):
        return first if first is pd.NaT else None
    if isinstance(first, np.datetime64):
        return values[()]
    instant: datetime = values.astype("datetime64[us]").item()
    if isinstance(first, pd.Timestamp):
        return pd.Timestamp(instant)
    is_date = isinstance(first, date) and not isinstance(first, datetime)
    return instant.date() if is_date and instant.time() == datetime.min.time() else instant


def _common_index(like: Sequence[Any]) -> "pd.Index[Any] | None":
    indexes = [given.index for given in like if isinstance(given, pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        raise CalendarError(
            "The two series of dates have different rows. Take both from the same table.",
            "Hai cột ngày có các dòng khác nhau. Hãy lấy cả hai cột từ cùng một bảng.",
        )
    return indexes[0] if indexes else None
