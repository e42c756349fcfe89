"""What a number such as H26-250311-0001 says: the office, the day on which it was given, and the running number."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.instants import InstantArray, IntArray
from cchc_analysis.intake.dates import dates_within

NO_RUNNING: Final = -1
_DATE: Final = r"-(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})-\d+$"
_DATE_AND_RUNNING: Final = r"-\d{6}-\d+$"
_MOST_DIGITS: Final = 9
"""More digits than that count nothing."""


@dataclass(frozen=True)
class DossierNumbers:
    """Office (in capitals, or None) and day (or NaT) of the distinct stems, and the stem of each key by its place.

    A stem is a key without its running number: few offices and days stand before the running numbers of many dossiers.
    """

    units: npt.NDArray[Any]
    dates: InstantArray
    places: IntArray


def numbers_in(keys: pa.Array) -> DossierNumbers:
    """Return what the keys of dossier codes say; a key of another form says nothing.

    >>> found = numbers_in(pa.array(["h26-250311-0001", "h26-250311-77", "abc", None]))
    >>> found.units.tolist(), found.dates.astype("datetime64[D]").astype(str).tolist(), found.places.tolist()
    (['H26', None], ['2025-03-11', 'NaT'], [0, 0, 1, 1])
    """
    before = _without_running(keys)
    is_number = pc.fill_null(pc.and_(pc.ends_with(before, "-"), pc.not_equal(before, keys)), False)
    encoded = pc.if_else(is_number, pc.binary_join_element_wise(before, "0", ""), "").dictionary_encode()
    stems, places = encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    dates = dates_within(stems, _DATE)
    named = pc.utf8_upper(pc.replace_substring_regex(stems, _DATE_AND_RUNNING, "")).to_numpy(zero_copy_only=False)
    units = np.array([*named, None], dtype=object)[:-1]
    units[np.isnat(dates) | (units == "")] = None
    return DossierNumbers(units, dates, places)


def _without_running(keys: pa.Array) -> pa.Array:
    return pc.ascii_rtrim(keys, "0123456789")


def running_numbers(keys: pa.Array) -> IntArray:
    """Return the number in the digits at the end of each key, `NO_RUNNING` for none or more than nine of them.

    >>> running_numbers(pa.array(["h26-250311-0071", "abc", None, "1234567890"])).tolist()
    [71, -1, -1, -1]
    """
    keys = pc.fill_null(keys, "")
    ends = np.frombuffer(keys.buffers()[1], dtype=np.int32)[keys.offset + 1 : keys.offset + 1 + len(keys)]
    n_digits = pc.subtract(pc.binary_length(keys), pc.binary_length(_without_running(keys))).to_numpy()
    running = np.where((n_digits > 0) & (n_digits <= _MOST_DIGITS), 0, NO_RUNNING).astype(np.int64)
    content = keys.buffers()[2]
    letters = np.frombuffer(content, dtype=np.uint8) if content is not None else np.empty(0, dtype=np.uint8)
    for back in range(1, _MOST_DIGITS + 1):
        chosen = np.flatnonzero((n_digits >= back) & (running != NO_RUNNING))
        if not len(chosen):
            break
        running[chosen] += (letters[ends[chosen] - back].astype(np.int64) - ord("0")) * 10 ** (back - 1)
    return running
