"""Sentences on units that gave way to others: what adds up, what was handed over, who has no successor."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number
from cchc_analysis.wording.words import pick, plural


def lead(n_old: int, n_new: int, from_on: date, language: Language) -> str:
    """Say how many units became how many, and since when.

    >>> lead(17, 5, date(2025, 7, 1), "en")
    'On 1 July 2025, 17 units became 5 new units.'
    """
    return pick(
        language,
        f"Từ ngày {day(from_on)}, {number(n_old)} đơn vị cũ được sắp xếp thành {number(n_new)} đơn vị mới.",
        f"On {day(from_on, 'en')}, {plural(n_old, 'unit')} became {plural(n_new, 'new unit')}.",
    )


def reading(units_on: date | None, language: Language) -> str:
    """Say under which units the page counts, and how to get the other reading."""
    if units_on is None:
        return pick(
            language,
            "Trang này giữ tên đơn vị như trong tệp kết xuất; để quy mọi năm về đơn vị mới, đặt tham số units_on (ví dụ 2026-01-01).",
            "This page keeps units as the files name them; set the parameter units_on (such as 2026-01-01) to tell all years "
            "under the new ones.",
        )
    return pick(
        language,
        f"Trang này tính mọi năm theo đơn vị có hiệu lực ngày {day(units_on)}.",
        f"This page tells all years under the units of {day(units_on, 'en')}.",
    )


def sums(table: pd.DataFrame, language: Language) -> str:
    """Say that the dossiers of the old units and of the new ones add up. `table`: result of Study.crosswalk."""
    parts = int(table["n"].sum())
    totals = int(table.drop_duplicates("new")["n_total"].sum())
    sign = "=" if parts == totals else "≠"
    return pick(
        language,
        f"Đối chiếu: cộng theo đơn vị trong tệp {number(parts)} hồ sơ {sign} cộng theo đơn vị mới {number(totals)} hồ sơ.",
        f"Check: {number(parts, 'en')} dossiers by the units of the files {sign} {number(totals, 'en')} by the new units.",
    )


def handed_over(table: pd.DataFrame, as_of: date, language: Language) -> str:
    """Say how many open dossiers were handed over and how many are still open; "" while no unit has ended."""
    moved = table[table["n_handed_over"].notna() & (table["old"] != table["new"])]
    if not len(moved):
        return ""
    handed, still = (number(int(moved[name].sum()), language) for name in ("n_handed_over", "n_open"))
    return pick(
        language,
        f"Khi kết thúc, các đơn vị cũ còn {handed} hồ sơ đang giải quyết, bàn giao cho đơn vị mới; "
        f"đến hết ngày {day(as_of)} còn {still} hồ sơ trong số đó chưa giải quyết.",
        f"When they ended, the old units had {handed} dossiers open, which the new ones took over; "
        f"{still} of them are still open at the end of {day(as_of, 'en')}.",
    )


def recorded_after(table: pd.DataFrame, language: Language) -> str:
    """Say how many dossiers were received after the old unit had ended, though recorded under it; "" for none."""
    n = int(table["n_after"].fillna(0).sum())
    if not n:
        return ""
    return pick(
        language,
        f"{number(n)} hồ sơ tiếp nhận sau khi đơn vị cũ đã kết thúc nhưng tệp vẫn ghi tên đơn vị cũ.",
        f"{plural(n, 'dossier')} received after the old unit had ended, though the files name it.",
    )


def dissolved(names: Sequence[str], language: Language) -> str:
    """Name the units that ended without successor; "" for none."""
    if not names:
        return ""
    listed = ", ".join(names)
    return pick(
        language,
        f"Đã kết thúc hoạt động, danh mục chưa ghi đơn vị kế thừa nên giữ nguyên tên: {listed}.",
        f"Ended without a successor in the table of units, and kept under their names: {listed}.",
    )


def no_districts(name: str, ended_on: date, language: Language) -> str:
    """Say that the level of districts is gone.

    >>> no_districts("Thành phố Vũng Tàu", date(2025, 6, 30), "vi")
    'Cấp huyện kết thúc hoạt động hết ngày 30/06/2025 (Thành phố Vũng Tàu); sau ngày này không có số liệu cấp huyện.'
    """
    return pick(
        language,
        f"Cấp huyện kết thúc hoạt động hết ngày {day(ended_on)} ({name}); sau ngày này không có số liệu cấp huyện.",
        f"The level of districts ended on {day(ended_on, 'en')} ({name}); there are no figures of it afterwards.",
    )


def until(last: date, language: Language) -> str:
    """Write the last day of a unit.

    >>> until(date(2025, 6, 30), "vi")
    'đến ngày 30/06/2025'
    """
    return pick(language, f"đến ngày {day(last)}", f"until {day(last, 'en')}")
