"""Dates that can only be read with day and month the other way round: a sign that the whole file is written so."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.intake.cells import TEXT, CellArray, cell_kinds
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.tables import Note
from cchc_analysis.schema import Kind

_NUMBERS = r"^\s*(?P<first>\d{1,2})\s?[/.\-]\s?(?P<second>\d{1,2})\s?[/.\-]\s?(?:\d{4}|\d{2})(?:\D|$)"


def date_order_note(rows: Rows, kind: Kind) -> tuple[Note, ...]:
    """Return a note where dates such as 12/25/2025 stand in a file that is read day first, or the reverse.

    The other dates of such a file may have been read wrongly without being impossible; the note counts those
    with two numbers up to 12 that are not the same.
    """
    times = [column.name for column in kind.columns if column.kind == "timestamp"]
    turned, open_either_way, example = 0, 0, ""
    for name in times:
        unread = rows.cells[name][rows.unreadable[name]] if name in rows.cells else np.empty(0, dtype=object)
        texts = _texts(unread)
        is_turned = [later > 12 >= earlier > 0 for earlier, later in _numbers(texts, rows.month_first)]
        turned += sum(is_turned)
        example = example or next((text for text, hit in zip(texts, is_turned, strict=True) if hit), "")
    if not turned:
        return ()
    for name in (name for name in times if name in rows.cells):
        pairs = _numbers(_texts(rows.cells[name]), rows.month_first)
        open_either_way += sum(0 < earlier <= 12 and 0 < later <= 12 and earlier != later for earlier, later in pairs)
    return (_note(turned, open_either_way, example.strip(), rows.month_first),)


def _texts(cells: CellArray) -> list[str]:
    return [str(cell) for cell in cells[cell_kinds(cells) == TEXT]] if len(cells) else []


def _numbers(texts: list[str], month_first: bool) -> list[tuple[int, int]]:
    """Return the number that would be the day, if the order were the other one, last; (0, 0) for other texts."""
    fields = pc.extract_regex(pa.array(texts, type=pa.string()), _NUMBERS)
    names = ("second", "first") if month_first else ("first", "second")
    digits = (fields.field(name) for name in names)
    found = (pc.cast(pc.if_else(pc.equal(text, ""), "0", text), pa.int64()).to_pylist() for text in digits)
    return [(earlier or 0, later or 0) for earlier, later in zip(*found, strict=True)]


def _note(turned: int, open_either_way: int, example: str, month_first: bool) -> Note:
    order_en, order_vi = ("day/month", "ngày/tháng") if month_first else ("month/day", "tháng/ngày")
    read_en, read_vi = ("month first", "tháng trước") if month_first else ("day first", "ngày trước")
    setting = "day_first" if month_first else "month_first"
    return Note(
        "date_order",
        f"{turned} dates such as {example!r} can only be {order_en}/year and were not read; {open_either_way} others "
        f"could be either and were read {read_en}. If the whole file is written so, set `dates: {setting}` in the "
        "mapping file; otherwise mend these dates and check the others.",
        f"Có {turned} ngày như {example!r} chỉ có thể là {order_vi}/năm nên không đọc được; {open_either_way} ngày "
        f"khác hiểu được cả hai cách và đã đọc theo thứ tự {read_vi}. Nếu cả tệp viết như vậy, hãy ghi "
        f"`dates: {setting}` trong tệp ánh xạ; nếu không, hãy sửa các ngày này và kiểm tra các ngày còn lại.",
    )
