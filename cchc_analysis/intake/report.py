"""What an intake did, in words for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number, share
from cchc_analysis.intake.pipeline import IntakeResult
from cchc_analysis.intake.rules import sentences
from cchc_analysis.intake.survey_tables import SURVEY, is_survey
from cchc_analysis.schema import DOSSIERS, KINDS
from cchc_analysis.warehouse import FLAGS_FILE, Warehouse

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
    "unfilled": ("dòng chưa điền", "rows not filled in"),
    "empty": ("dòng không có giá trị", "rows without any value"),
}

_UNCHANGED = (
    "Các tệp này đã được nạp trước đó; không có gì thay đổi.",
    "These files had been taken in before; nothing changed.",
)
_REJECTED = (
    "Các dòng bị loại kèm lý do, sửa xong có thể nạp lại",
    "Rejected rows with reasons, to be mended and fed again",
)
_INVALID = (
    "câu trả lời không hợp lệ (không đưa vào kết quả), xem danh sách",
    "answers are not valid (in no result); they are listed in",
)
_ORIGINS = {
    "newest_event": (
        "theo sự kiện mới nhất trong dữ liệu; muốn đổi, dùng --as-of",
        "the newest event in the data; --as-of sets another",
    ),
    "newest_wave": ("ngày cuối của đợt khảo sát mới nhất", "the last day of the newest wave"),
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
    names = {each.kind: _name(each, language) for each in result.results}
    return "\n\n".join(f"{names[kind]}\n{text}" for kind, text in texts)


def _name(result: IntakeResult, language: Language) -> str:
    if is_survey(result.kind):
        return str(result.accounting["questionnaire"]["title"][language])
    return KINDS[result.kind].vi if language == "vi" else KINDS[result.kind].en


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


def _sources(accounts: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the servers that rows are from, each with the first digits of the hash of the query."""
    told = [account["source"] for account in accounts if "source" in account]
    return list(dict.fromkeys((source["server"], source["query_sha256"][:8]) for source in told))


def _why(rule: str, place: int) -> str:
    en, vi = sentences().get(rule, (rule, rule))
    return vi if place == 0 else en


def _has_moment(kind: str, origin: str) -> bool:
    """Return whether the data speak up to a day that somebody would understand: undated forms and lists have none."""
    return origin == "given" or (origin != "no_events" if is_survey(kind) else bool(KINDS[kind].events))


def _rest(result: IntakeResult, place: int, language: Language) -> list[str]:
    intake, total = result.accounting, result.accounting["total"]
    warehouse = Warehouse(result.warehouse, intake)
    lines = []
    if not total["read"]:
        lines.append(("Trong tệp không có dòng dữ liệu nào.", "There are no rows in the files.")[place])
    if total["rejected"]:
        part = share(total["rejected"] / total["read"], language, 2)
        of_read = ("số dòng đọc được", "of the rows read")[place]
        survey = f"{SURVEY} --questionnaire {intake['questionnaire']['id']}" if is_survey(result.kind) else result.kind
        way = "" if result.kind == DOSSIERS.name else f" (--kind {survey})"
        lines.append(f"{_REJECTED[place]}{way}: {result.rejected} ({part} {of_read})")
    if intake["flags"].get("answer_invalid"):
        n_invalid = number(intake["flags"]["answer_invalid"], language)
        flags = result.rejected.with_name(FLAGS_FILE)
        lines.append(f"{n_invalid} {_INVALID[place]}: {flags}")
    if intake.get("as_of") and _has_moment(result.kind, intake["as_of_origin"]):
        origin = intake.get("as_of_origin")
        why = _ORIGINS.get(str(origin), ("", ""))[place]
        lines.append(
            f"{('Số liệu tính đến hết ngày', 'Data up to the end of')[place]} {day(warehouse.as_of, language)}"
            + (f" ({why})" if why else "")
        )
    for server, query in _sources(intake["files"]):
        words = (f"Từ cơ sở dữ liệu {server} (truy vấn {query})", f"From the database {server} (query {query})")
        lines.append(words[place])
    if intake.get("dropped_columns"):
        names = ", ".join(intake["dropped_columns"])
        lines.append(f"{('Cột không giữ lại', 'Columns not kept')[place]}: {names}")
    return lines
