"""What differences and accounts say, in both languages."""

from typing import Final

from cchc_analysis.consolidation.consolidated import Account, Consolidation
from cchc_analysis.consolidation.differences import Difference
from cchc_analysis.errors import Language
from cchc_analysis.formats import number
from cchc_analysis.forms import Form

KIND_NAMES: Final[dict[str, tuple[str, str]]] = {
    "unreadable_file": ("Không đọc được tệp", "File not readable"),
    "unknown_unit": ("Không rõ đơn vị", "Unit not known"),
    "other_unit_in_file_name": ("Tên tệp ghi đơn vị khác", "File named after another unit"),
    "duplicate_unit": ("Đơn vị gửi hai báo cáo", "Second return of a unit"),
    "summary_return": ("Báo cáo tổng hợp", "Return that sums others"),
    "missing_unit": ("Chưa gửi báo cáo", "No return"),
    "wrong_period": ("Sai kỳ báo cáo", "Wrong period"),
    "period_not_stated": ("Không ghi kỳ báo cáo", "Period not stated"),
    "missing_column": ("Thiếu cột", "Column missing"),
    "unreadable": ("Ô không phải số hồ sơ", "Cell is no number"),
    "no_label": ("Dòng không có tên lĩnh vực", "Row without a field"),
    "blank": ("Ô để trống", "Blank cell"),
    "field_twice": ("Lĩnh vực ghi hai lần", "Field given twice"),
    "row_repeated": ("Dòng lặp lại", "Row repeated"),
    "identity": ("Dòng không cân đối", "Row does not add up"),
    "total": ("Tổng số không bằng cộng các dòng", "Total is not the sum"),
    "no_total": ("Không có dòng tổng số", "No total"),
    "previous": ("Từ kỳ trước khác tồn kỳ trước", "Carried over differs"),
    "previous_missing": ("Không có báo cáo kỳ trước", "No return of the period before"),
    "warehouse": ("Khác dữ liệu hồ sơ", "Differs from the data"),
    "not_in_warehouse": ("Dữ liệu không có", "Not in the data"),
    "not_returned": ("Báo cáo thiếu lĩnh vực", "Field not returned"),
}
"""Kind of a difference → its short name."""

STATE_NAMES: Final[dict[str, tuple[str, str]]] = {
    "summed": ("Đã cộng", "Summed"),
    "duplicate": ("Trùng đơn vị, không cộng", "Second return, not summed"),
    "summary": ("Báo cáo tổng hợp, không cộng", "Sums others, not summed"),
    "wrong_period": ("Sai kỳ, không cộng", "Wrong period, not summed"),
    "unknown_unit": ("Không rõ đơn vị, không cộng", "Unit not known, not summed"),
    "unreadable": ("Không đọc được, không cộng", "Not readable, not summed"),
}
"""State of a file → what became of it."""

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "unreadable_file": ("{stated}", "{stated}"),
    "unknown_unit": (
        "không có đơn vị “{stated}” trong danh mục đơn vị; báo cáo không được cộng",
        "there is no unit “{stated}” in the table of units; the return is not summed",
    ),
    "other_unit_in_file_name": (
        "trong tệp ghi “{stated}” nhưng tên tệp là của {expected}",
        "the return says “{stated}”, the name of the file {expected}",
    ),
    "duplicate_unit": (
        "đơn vị đã có báo cáo trong tệp {expected}; tệp này không được cộng",
        "the unit has a return in {expected}; this file is not summed",
    ),
    "summary_return": (
        "là báo cáo tổng hợp của cơ quan cấp trên các đơn vị; không cộng để khỏi tính hai lần",
        "is of an office above the units; not summed, since its figures repeat theirs",
    ),
    "missing_unit": ("chưa có báo cáo", "no return"),
    "wrong_period": (
        "ghi {stated}, kỳ cần tổng hợp là {expected}; không sử dụng",
        "says {stated}, wanted is {expected}; not used",
    ),
    "period_not_stated": (
        "không ghi kỳ báo cáo và ngày; được hiểu là {expected}",
        "states neither period nor dates; taken as {expected}",
    ),
    "missing_column": ("không có cột {column}", "there is no column {column}"),
    "unreadable": (
        "ô {cell} (cột {column}, dòng “{label}”) ghi “{stated}”, không phải số hồ sơ; cả dòng không được cộng",
        "cell {cell} (column {column}, row “{label}”) says “{stated}”, which is no number of dossiers; the row is not "
        "summed",
    ),
    "no_label": ("dòng của ô {cell} có số nhưng không có tên lĩnh vực", "the row of {cell} has figures and no field"),
    "blank": (
        "ô {cell} (cột {column}, dòng “{label}”) để trống; không coi là 0",
        "cell {cell} (column {column}, row “{label}”) is blank; it is not taken as 0",
    ),
    "blank_told": (
        "ô {cell} (cột {column}, dòng “{label}”) để trống; không coi là 0; dữ liệu hồ sơ là {expected}",
        "cell {cell} (column {column}, row “{label}”) is blank; it is not taken as 0; the data say {expected}",
    ),
    "field_twice": (
        "dòng của ô {cell}: lĩnh vực “{label}” có hai dòng khác nhau, cả hai đều được cộng",
        "row of {cell}: the field “{label}” has two rows that differ; both are summed",
    ),
    "row_repeated": (
        "dòng của ô {cell} lặp lại lĩnh vực “{label}” với cùng số liệu, chỉ cộng một lần",
        "row of {cell} repeats “{label}” with the same figures; summed once",
    ),
    "identity": (
        "ô {cell} (dòng “{label}”): {rule} không đúng, ghi {stated}, cộng lại được {expected}",
        "cell {cell} (row “{label}”): {rule} breaks: it says {stated}, the parts make {expected}",
    ),
    "total": (
        "ô {cell} (cột {column}): dòng tổng số ghi {stated}, cộng các dòng được {expected}",
        "cell {cell} (column {column}): the total says {stated}, the rows make {expected}",
    ),
    "no_total": ("không có dòng tổng số để đối chiếu", "there is no total to compare with"),
    "previous": (
        "ô {cell} (dòng “{label}”): từ kỳ trước ghi {stated}, báo cáo kỳ trước còn {expected} hồ sơ đang giải quyết",
        "cell {cell} (row “{label}”): carried over {stated}; the return before left {expected} pending",
    ),
    "previous_missing": (
        "không có báo cáo kỳ trước để đối chiếu cột (6)",
        "there is no return of the period before to hold column (6) against",
    ),
    "warehouse": (
        "ô {cell} (cột {column}, dòng “{label}”) ghi {stated}, dữ liệu hồ sơ là {expected}",
        "cell {cell} (column {column}, row “{label}”) says {stated}, the data {expected}",
    ),
    "not_in_warehouse": (
        "dòng “{label}” không có hồ sơ trong dữ liệu của đơn vị",
        "row “{label}” has no dossiers in the data of the unit",
    ),
    "not_returned": (
        "báo cáo không có dòng “{label}”, dữ liệu có {expected} hồ sơ phải giải quyết",
        "the return has no row “{label}”; the data have {expected} dossiers to handle",
    ),
}


def shown(value: int | str | None, language: Language) -> str:
    """Return a number or text of a difference as people read it.

    >>> shown(1234, "vi"), shown(None, "en")
    ('1.234', 'nothing')
    """
    if value is None:
        return "để trống" if language == "vi" else "nothing"
    return value if isinstance(value, str) else number(value, language)


def column_of(one: Difference, form: Form) -> str:
    """Return the number of the column a difference is about, "" where it is about none."""
    return form.number_of(one.figure) if one.figure else ""


def kind_name(kind: str, language: Language) -> str:
    """Return the short name of a kind of difference.

    >>> kind_name("blank", "vi")
    'Ô để trống'
    """
    return KIND_NAMES[kind][0 if language == "vi" else 1]


def state_name(account: Account, language: Language) -> str:
    """Return what became of a file."""
    return STATE_NAMES[account.state][0 if language == "vi" else 1]


def sentence(one: Difference, form: Form, language: Language) -> str:
    """Return what a difference says, with both numbers."""
    kind = "blank_told" if one.kind == "blank" and one.expected is not None else one.kind
    template = _SENTENCES[kind][0 if language == "vi" else 1]
    if kind == "not_in_warehouse" and not one.label:
        return "dữ liệu không có hồ sơ của đơn vị" if language == "vi" else "the data have no dossiers of the unit"
    return template.format(
        stated=shown(one.stated, language),
        expected=shown(one.expected, language),
        column=column_of(one, form),
        cell=one.cell or "–",
        label=one.label or "–",
        rule=one.rule,
    )


def summary(result: Consolidation, language: Language) -> str:
    """Return in one sentence how many units handed in and how much differs."""
    n, wanted, found = result.n_returned, len(result.expected), len(result.differences)
    if language == "vi":
        return (
            f"Đã cộng báo cáo của {n} đơn vị; {len(result.missing)} trong {wanted} đơn vị có hồ sơ chưa gửi; "
            f"{number(found)} điểm cần đối chiếu."
        )
    return (
        f"Returns of {n} units are summed; {len(result.missing)} of {wanted} units with dossiers handed in none; "
        f"{number(found, 'en')} things to settle."
    )
