"""What follows from other columns of a row: status, kind of days, office and date in the number, elapsed time."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.codes import FROM_DATES
from cchc_analysis.intake.dates import Timestamps
from cchc_analysis.intake.dossier_numbers import numbers_in
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.tables import Note

_SECOND: Final = 1_000_000
_NO_STATUS: Final = Note(
    "status_from_dates",
    "There is no column of states; they were taken from the dates.",
    "Không có cột trạng thái; trạng thái được suy ra từ các ngày.",
)
_NO_METHOD: Final = Note(
    "no_method",
    "The file does not say how the payments were made; they count in no share of cashless payments.",
    "Tệp không có cột hình thức thanh toán nên không tính được tỷ lệ thanh toán không dùng tiền mặt từ tệp này.",
)
_NO_FORM: Final = Note(
    "all_electronic",
    "The file does not say which copies are electronic; all of them were taken to be.",
    "Tệp không cho biết bản sao nào là bản điện tử; toàn bộ được coi là bản sao điện tử.",
)


def derive_dossiers(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Fill in status, kind of days, office and date in the number, and elapsed time."""
    columns = rows.columns
    numbers = numbers_in(pa.array(columns["dossier_id_key"], type=pa.string()))
    columns["number_on"] = numbers.dates[numbers.places]
    columns["number_unit"] = numbers.units[numbers.places]
    _derive_status(rows, returned="returned_at", finished="finished_at")
    _derive_day_kind(rows)
    columns["elapsed_seconds"] = _elapsed_seconds(moments)


def derive_payments(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Take a status that is not given from the dates of refund and payment."""
    _derive_status(rows, "requested", refunded="refunded_at", paid="paid_at")


def derive_feedback(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Take a status that is not given from the date of the answer."""
    _derive_status(rows, answered="answered_at")


def derive_e_copies(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Take a status that is not given from the date of certification; a number of copies is whole and at least 1."""
    _derive_status(rows, "requested", certified="certified_at")
    number = rows.columns["n_copies"]
    with np.errstate(invalid="ignore"):
        odd = ~np.isnan(number) & ((number < 1) | (number != np.floor(number)))
    number[odd] = np.nan
    rows.unreadable["n_copies"] |= odd


def derive_procedures(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Fill in the kind of days."""
    _derive_day_kind(rows)


def derive_other_register(rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Take a status that is not given from the dates of hand-over and finish."""
    _derive_status(rows, returned="returned_at", finished="finished_at")


def complete_status(rows: Rows) -> list[Note]:
    """Return the note that a whole file is without states, where it is."""
    return [] if rows.present("status") else [_NO_STATUS]


def complete_payments(rows: Rows) -> list[Note]:
    """Return the notes that a whole file is without states, or does not say how anything was paid."""
    return complete_status(rows) + ([] if rows.present("method") else [_NO_METHOD])


def complete_e_copies(rows: Rows) -> list[Note]:
    """Make every copy of a file that states no form at all electronic, and say so."""
    notes = complete_status(rows)
    stated = rows.unreadable["form"] | ~missing(rows.columns["form"])
    if stated.any() or not len(rows):
        return notes
    rows.columns["form"][:] = "electronic"
    return [*notes, _NO_FORM]


def complete_nothing(rows: Rows) -> list[Note]:
    """Return no note: nothing is derived from a whole file."""
    return []


def _elapsed_seconds(moments: Mapping[str, Timestamps]) -> npt.NDArray[np.float64]:
    """Return seconds from receipt to finish, or to hand-over where there is no finish; NaN while open.

    Between stamps with an offset the exact time; between plain ones what the clock on the wall shows, since a stamp
    without offset does not say whether its clock knows summer time. Half a second is rounded up.
    """
    received, finished, returned = (moments[name] for name in ("received_at", "finished_at", "returned_at"))
    is_open = np.isnat(finished.local)
    elapsed = np.where(is_open, returned.local, finished.local) - received.local
    exact = received.has_offset | np.where(is_open, returned.has_offset, finished.has_offset)
    if exact.any():
        by_instant = np.where(is_open, returned.instant, finished.instant) - received.instant
        elapsed = np.where(exact, by_instant, elapsed)
    unknown = np.isnat(elapsed)
    microseconds = np.where(unknown, 0, elapsed.astype(np.int64))
    seconds = (microseconds + _SECOND // 2) // _SECOND
    return np.asarray(np.where(unknown, np.nan, seconds.astype("float64")))


def _derive_status(rows: Rows, otherwise: str = "processing", **dates: str) -> None:
    """Take a status that is empty or says only whether it is late from the dates: the first code whose date is there.

    `dates` are codes and the columns of their dates, the last step first; `otherwise` is the code without any date.
    """
    status = rows.columns["status"]
    open_question = (missing(status) | (status == FROM_DATES)) & ~rows.unreadable["status"]
    if open_question.any():
        known = [~np.isnat(rows.columns[column]) for column in dates.values()]
        by_dates = np.select(known, list(dates), default=otherwise).astype(object)
        rows.columns["status"] = np.where(open_question, by_dates, status)
    rows.marks["status_from_dates"] = open_question & rows.present("status")


def _derive_day_kind(rows: Rows) -> None:
    """Take the kind of days from its own column, else from the committed term, else from the statutory one."""
    columns = rows.columns
    committed, statutory = columns.pop("committed_days_kind"), columns.pop("statutory_days_kind")
    given = columns["day_kind"]
    no_given, no_committed = missing(given), missing(committed)
    columns["day_kind"] = np.where(~no_given, given, np.where(~no_committed, committed, statutory))
    both = ~no_committed & ~missing(statutory)
    rows.marks["term_kinds_differ"] = no_given & both & (committed != statutory)
    name = "term_kind_assumed:"
    for term in ("committed_days", "statutory_days"):
        if name + term in rows.marks:
            rows.marks[name + term] &= no_given
