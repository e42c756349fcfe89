"""What an intake did, in words for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number, share
from cchc_analysis.intake.pipeline import IntakeResult
from cchc_analysis.intake.rules import sentences
from cchc_analysis.schema import DOSSIERS, KINDS
from cchc_analysis.warehouse import Warehouse

_MOST_NAMED = 3
_PARTS = {
    "accepted": ("được nhận", "accepted"),
    "rejected": ("bị loại", "rejected"),
    "duplicates": ("trùng", "duplicate"),
    "skipped": ("bỏ qua", "skipped"),
}
_SKIPPED = {
    "numbering": ("dòng đánh số cột", "column numbers"),
    "band": ("dòng nhóm", "band rows"),
    "total": ("dòng tổng", "total rows"),
    "signature": ("khối chữ ký", "signature rows"),
    "repeated_header": ("tiêu đề lặp lại", "repeated headers"),
    "note": ("ghi chú", "notes"),
}

_UNCHANGED = (
    "Các tệp này đã được nạp trước đó; không có gì thay đổi.",
    "These files had been taken in before; nothing changed.",
)
_REJECTED = (
    "Các dòng bị loại kèm lý do, sửa xong có thể nạp lại",
    "Rejected rows with reasons, to be mended and fed again",
)
_ORIGINS = {
    "newest_event": (
        "theo sự kiện mới nhất trong dữ liệu; muốn đổi, dùng --as-of",
        "the newest event in the data; --as-of sets another",
    ),
    "given": ("theo --as-of", "given by --as-of"),
}


def accounting_of(result: IntakeResult) -> dict[str, Any]:
    """Return the accounts of an intake, by kind where several kinds were taken in."""
    if not result.registers:
        return dict(result.accounting)
    return {each.kind: dict(each.accounting) for each in result.results}


def accounting_text(result: IntakeResult, language: Language = "vi") -> str:
    """Write the accounting of an intake: the sum that holds, what was left out and why, where the rejected rows lie.

    One accounting for each kind of table, under its name; under none where there are only dossiers.
    """
    texts = [(each.kind, _accounting_text(each, language)) for each in result.results]
    if [kind for kind, _ in texts] == [DOSSIERS.name]:
        return texts[0][1]
    names = {kind: KINDS[kind].vi if language == "vi" else KINDS[kind].en for kind, _ in texts}
    return "\n\n".join(f"{names[kind]}\n{text}" for kind, text in texts)


def _accounting_text(result: IntakeResult, language: Language) -> str:
    place = 0 if language == "vi" else 1
    intake, total = result.accounting, result.accounting["total"]
    parts = " + ".join(f"{number(total[name], language)} {words[place]}" for name, words in _PARTS.items())
    read = number(total["read"], language)
    lines = [(f"Đọc {read} dòng = {parts}", f"Rows read: {read} = {parts}")[place]]
    if result.unchanged:
        lines.insert(0, _UNCHANGED[place])
    lines += [f"  {number(count, language)}  {_why(rule, place)}" for rule, count in sorted(total["reasons"].items())]
    skipped = total.get("skipped_by_kind", {})
    if skipped:
        named = ", ".join(
            f"{number(count, language)} {_SKIPPED.get(kind, (kind, kind))[place]}" for kind, count in skipped.items()
        )
        lines.append(f"  {('bỏ qua', 'skipped')[place]}: {named}")
    lines += _rest(result, place, language)
    notes = [note["vi" if place == 0 else "en"] for note in intake.get("notes", ())]
    return "\n".join([*lines, *(f"  {note}" for note in [*notes, *_file_notes(intake["files"], place)])])


def _file_notes(accounts: Sequence[Mapping[str, Any]], place: int) -> list[str]:
    """Return what is to be told of single files; a sentence that holds for several stands once, with their names."""
    files: dict[str, list[str]] = {}
    for account in accounts:
        for note in account["notes"]:
            files.setdefault(note["en" if place else "vi"], []).append(account["file"])
    return [
        f"{', '.join(names[:_MOST_NAMED])}{', …' if len(names) > _MOST_NAMED else ''}: {sentence}"
        for sentence, names in files.items()
    ]


def _why(rule: str, place: int) -> str:
    en, vi = sentences().get(rule, (rule, rule))
    return vi if place == 0 else en


def _rest(result: IntakeResult, place: int, language: Language) -> list[str]:
    intake, total = result.accounting, result.accounting["total"]
    warehouse = Warehouse(result.warehouse, intake)
    lines = []
    if not total["read"]:
        lines.append(("Trong tệp không có dòng dữ liệu nào.", "There are no rows in the files.")[place])
    if total["rejected"]:
        part = share(total["rejected"] / total["read"], language, 2)
        of_read = ("số dòng đọc được", "of the rows read")[place]
        way = "" if result.kind == DOSSIERS.name else f" (--kind {result.kind})"
        lines.append(f"{_REJECTED[place]}{way}: {result.rejected} ({part} {of_read})")
    if intake.get("as_of") and (KINDS[result.kind].events or intake["as_of_origin"] == "given"):
        origin = intake.get("as_of_origin")
        why = _ORIGINS.get(str(origin), ("", ""))[place]
        lines.append(
            f"{('Số liệu tính đến hết ngày', 'Data up to the end of')[place]} {day(warehouse.as_of, language)}"
            + (f" ({why})" if why else "")
        )
    if intake.get("dropped_columns"):
        names = ", ".join(intake["dropped_columns"])
        lines.append(f"{('Cột không giữ lại', 'Columns not kept')[place]}: {names}")
    return lines
