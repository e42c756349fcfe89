"""Blocks of the page of indices, one for each notebook cell: self-scoring of the offices, and published series."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import display, measures, wording
from cchc_analysis.formats import day, signed
from cchc_analysis.frames import records
from cchc_analysis.index_tables import load_published_indices
from cchc_analysis.pages.index_context import in_index_order, measured, series, series_name
from cchc_analysis.pages.labels import labelled
from cchc_analysis.self_scoring import IndexSheet
from cchc_analysis.study import Study
from cchc_analysis.study_indices import DEFAULT_INDEX, Index
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.indices

__all__ = ["checks", "compared", "measured", "offices", "series", "sheet", "structure", "summary", "terms_used"]


def _names(study: Study, states: pd.DataFrame) -> dict[str, str]:
    return {unit: study.unit_name(unit) for unit in states["unit"]}


def _need_not(study: Study, title: str) -> HTML:
    """Say that the unit of the page does not score itself."""
    told = pick(
        study.language,
        "Bộ chỉ số này không yêu cầu đơn vị tự chấm điểm: chỉ UBND thành phố và các phường, xã tự chấm.",
        "The index does not ask this unit to score itself: only the city, wards and communes do.",
    )
    return display.html(display.section(title, told))


def _sheet_of(study: Study, index: Index, unit: str) -> IndexSheet | None:
    tier = study.registry.tier(unit)
    return next((sheet for sheet in study.index_sheets(index) if tier in sheet.tiers), None)


def summary(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Say who has scored, what does not add up, what verification changed, and where the published indices stand."""
    language = study.language
    states = study.self_scoring(index)
    names, rows = _names(study, states), records(states)
    found = records(study.self_scoring_findings(index))
    if not rows:
        scored = [pick(language, "Đơn vị này không phải tự chấm điểm.", "This unit does not score itself.")]
    else:
        scored = (
            say.done_sentences(rows, names, language) if study.is_whole else say.own_sentences(rows[0], found, language)
        )
    handed_in = any(row["state"] != "missing" for row in rows)
    checked = [say.findings_sentence(found, names, language)] if handed_in else []
    verified = [say.verified_sentence(rows, names, language)] if handed_in else []
    return display.html(
        display.answers(
            [
                (pick(language, f"Tự chấm điểm năm {study.year}", f"Self-scoring of {study.year}"), scored),
                (pick(language, "Cộng và giới hạn điểm", "Sums and limits"), checked),
                (pick(language, "Tự chấm và thẩm định", "Self-scored and verified"), verified),
                (pick(language, "Chỉ số của tỉnh, thành phố", "Published indices"), _stands(study)),
            ]
        )
    )


def _stands(study: Study) -> list[str]:
    """Say where each index with a value of the year stands; where none has, that there is none."""
    published = load_published_indices()
    told = [
        say.trend_sentence(row, series_name(study, published, row), study.language)
        for row in in_index_order(study.index_trends())
    ]
    return [sentence for sentence in told if sentence] or [
        pick(study.language, f"Chưa có giá trị nào của năm {study.year}.", f"There is no value of {study.year}.")
    ]


def offices(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show every office with the state of its sheet, its totals, and how many places need a look."""
    language = study.language
    title = pick(language, "Các đơn vị tự chấm điểm", "The offices that score themselves")
    states = study.self_scoring(index)
    if not len(states):
        return _need_not(study, title)
    rows = labelled(study, states, "unit")
    rows = rows.assign(
        state_said=[say.state(row, language) for row in records(rows)],
        scored=[_scored(row) for row in records(rows)],
    )
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("state_said", pick(language, "Tình trạng", "State")),
        TableColumn("scored", pick(language, "Tiêu chí đã chấm", "Criteria scored")),
        TableColumn("self_total", pick(language, "Cộng điểm tự chấm", "Sum of self-scores"), "days", digits=2),
        TableColumn("stated_total", pick(language, "Tổng đơn vị ghi", "Total stated"), "days", digits=2),
        TableColumn("verified_total", pick(language, "Điểm thẩm định", "Verified"), "days", digits=2),
        TableColumn("difference", pick(language, "Thẩm định − tự chấm", "Verified − self"), "signed_days", digits=2),
        TableColumn("n_findings", pick(language, "Chỗ không khớp", "Cannot be right"), "count"),
    ]
    share = measures.self_scoring_done(states)
    sentence = pick(
        language,
        f"{share['numerator']}/{share['denominator']} đơn vị chấm đủ; {share['n_reported']} đơn vị đã nộp bảng. "
        "“Chưa xác định” là chưa có số liệu, không phải 0 điểm.",
        f"{share['numerator']} of {share['denominator']} scored in full; {share['n_reported']} handed in a sheet. "
        "“Undefined” is no figure, not 0.",
    )
    caption = pick(language, f"Tự chấm điểm năm {study.year}", f"Self-scoring of {study.year}")
    told = [sentence] if study.is_whole else []
    return display.html(display.section(title, *told) + html_table(rows, columns, caption, language))


def _scored(row: Mapping[str, Any]) -> str:
    return f"{row['n_scored']}/{row['n_to_score']}" if row["structure_known"] else f"{row['n_scored']}/?"


def _gap(gap: float, study: Study) -> str:
    return signed(gap, study.language, 2) if gap else "0"


def sheet(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show the score of every field: all offices side by side, or one office with its maxima and verified scores."""
    language = study.language
    title = pick(language, "Điểm theo lĩnh vực", "Scores by field")
    states = study.self_scoring(index)
    if not len(states):
        return _need_not(study, title)
    fields = study.self_scoring_fields(index)
    if not study.is_whole:
        return display.html(display.section(title) + _own_fields(study, index, fields, study.unit))
    apart = "".join(
        _own_fields(study, index, fields[fields["unit"] == row["unit"]], row["unit"])
        for row in records(states)
        if not row["structure_known"] and row["state"] != "missing"
    )
    return display.html(display.section(title) + _side_by_side(study, index, fields) + apart)


def _side_by_side(study: Study, index: Index, fields: pd.DataFrame) -> str:
    """Write the fields of all offices that score themselves by a known structure."""
    language = study.language
    known = next((entry for entry in study.index_sheets(index) if entry.fields), None)
    if known is None:
        return display.paragraphs([_no_structure(study)])
    if not len(fields):
        nobody = pick(language, "Chưa có đơn vị nào nộp bảng tự chấm điểm.", "No office has handed in a sheet yet.")
        return display.paragraphs([nobody])
    own = fields[[study.registry.tier(unit) in known.tiers for unit in fields["unit"]]]
    rows = pd.DataFrame({"unit": list(dict.fromkeys(own["unit"]))})
    columns = [TableColumn("label", word("unit", language))]
    for entry in known.fields:
        scores = own[own["field"] == entry.code].set_index("unit")["self_score"]
        rows[entry.code] = rows["unit"].map(scores).astype("float64")
        header = f"{entry.code}. {entry.text(language)}" + (f" (/{entry.points})" if entry.points else "")
        columns.append(TableColumn(entry.code, header, "days", digits=2))
    caption = pick(language, "Điểm tự chấm cộng theo lĩnh vực", "Self-scores added up by field")
    told = pick(
        language,
        "Số sau dấu “/” là điểm tối đa đã biết; lĩnh vực không ghi là chưa có nguồn. Không xếp hạng các đơn vị.",
        "Behind the slash stands the maximum where it is known. Offices are not ranked.",
    )
    return display.paragraphs([told]) + html_table(labelled(study, rows, "unit"), columns, caption, language)


def _no_structure(study: Study) -> str:
    return pick(
        study.language,
        "Chưa có danh mục lĩnh vực, tiêu chí của bộ chỉ số này.",
        "There is no list of fields and criteria of this index yet.",
    )


def _own_fields(study: Study, index: Index, fields: pd.DataFrame, unit: str) -> str:
    language, structure = study.language, _sheet_of(study, index, unit)
    rows = pd.DataFrame(
        [
            {
                "label": f"{row['field']}. {structure.named(row['field'], language) if structure else ''}".rstrip(". "),
                "scored": _scored({**row, "structure_known": row["n_to_score"] is not pd.NA}),
                "points": say.points(row["points"], language),
                **{name: row[name] for name in ("self_score", "verified_score")},
            }
            for row in records(fields)
        ],
        columns=["label", "scored", "points", "self_score", "verified_score"],
    )
    columns = [
        TableColumn("label", word("field", language)),
        TableColumn("scored", pick(language, "Tiêu chí đã chấm", "Criteria scored")),
        TableColumn("points", pick(language, "Điểm tối đa", "Maximum")),
        TableColumn("self_score", pick(language, "Tự chấm", "Self-scored"), "days", digits=2),
        TableColumn("verified_score", pick(language, "Thẩm định", "Verified"), "days", digits=2),
    ]
    name = study.registry.name(unit, language)
    caption = pick(language, f"Bảng tự chấm năm {study.year}: {name}", f"Sheet of {study.year}: {name}")
    return html_table(rows, columns, caption, language)


def checks(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show what does not hold in the sheets, place by place; nothing is corrected."""
    language = study.language
    title = pick(language, "Kiểm tra số học", "Arithmetic checks")
    states = study.self_scoring(index)
    if not len(states):
        return _need_not(study, title)
    names, found = _names(study, states), study.self_scoring_findings(index)
    rows = pd.DataFrame(
        [
            {
                "label": names[row["unit"]],
                "criterion": say.criterion(row["criterion"], language),
                "kind": say.named(say.FINDINGS, row["kind"], language),
                "who": say.named(say.WHO, row["who"], language),
                **{name: say.points(row[name], language) for name in ("score", "limit")},
                "gap": "–" if row["difference"] != row["difference"] else _gap(row["difference"], study),
            }
            for row in records(found)
        ],
        columns=["label", "criterion", "kind", "who", "score", "limit", "gap"],
    )
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("criterion", pick(language, "Ở đâu", "Where")),
        TableColumn("kind", pick(language, "Kiểm tra", "Check")),
        TableColumn("who", pick(language, "Điểm của", "Whose score")),
        TableColumn("score", pick(language, "Điểm ghi", "Score")),
        TableColumn("limit", pick(language, "Tối đa, hoặc tổng đúng", "Maximum, or sum of parts")),
        TableColumn("gap", pick(language, "Chênh lệch", "Difference")),
    ]
    told = pick(
        language,
        "Kiểm tra: điểm vượt tối đa (nơi đã biết), điểm âm, không đúng thang, tổng ghi khác tổng các tiêu chí, tiêu chí chưa chấm, mã lạ. "
        "Phần mềm nêu chỗ không khớp, không sửa điểm.",
        "Checked: scores above a known maximum, below zero, off the scale, stated sums, criteria without a score, unknown codes. "
        "What does not hold is listed, not corrected.",
    )
    if not len(rows):
        none = pick(language, "Không có chỗ nào không khớp.", "Nothing was found.")
        return display.html(display.section(title, told, none))
    caption = pick(language, "Những chỗ cần xem lại", "Places to look at")
    return display.html(display.section(title, told) + html_table(rows, columns, caption, language))


def compared(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show the criteria whose verified score differs from the self-score."""
    language = study.language
    title = pick(language, "Tự chấm so với thẩm định", "Self-scored against verified")
    states = study.self_scoring(index)
    if not len(states):
        return _need_not(study, title)
    names, both = _names(study, states), study.self_against_verified(index)
    changed = both[both["difference"] != 0]
    told = pick(
        language,
        f"{len(both)} tiêu chí có cả điểm tự chấm và điểm thẩm định; {len(changed)} tiêu chí khác nhau.",
        f"{len(both)} criteria have both scores; {len(changed)} differ.",
    )
    if not len(changed):
        return display.html(display.section(title, told))
    rows = pd.DataFrame(
        [
            {
                "label": names[row["unit"]],
                "criterion": say.criterion(row["criterion"], language),
                **{name: row[name] for name in ("self_score", "verified_score", "difference")},
            }
            for row in records(changed)
        ]
    )
    columns = [
        TableColumn("label", word("unit", language)),
        TableColumn("criterion", pick(language, "Tiêu chí", "Criterion")),
        TableColumn("self_score", pick(language, "Tự chấm", "Self-scored"), "days", digits=2),
        TableColumn("verified_score", pick(language, "Thẩm định", "Verified"), "days", digits=2),
        TableColumn("difference", pick(language, "Thẩm định − tự chấm", "Verified − self"), "signed_days", digits=2),
    ]
    caption = pick(language, "Tiêu chí có điểm thẩm định khác điểm tự chấm", "Criteria with another verified score")
    return display.html(display.section(title, told) + html_table(rows, columns, caption, language))


def structure(study: Study, index: Index = DEFAULT_INDEX) -> HTML:
    """Show what is known of the index: fields, numbers of criteria, points, what is confirmed, and the source."""
    language = study.language
    title = pick(language, "Bộ chỉ số: đã biết gì", "The index: what is known")
    sheets = study.index_sheets(index)
    if not sheets:
        return display.html(display.section(title, _no_structure(study)))
    return display.html(display.section(title) + "".join(_structure_of(study, entry) for entry in sheets))


def _structure_of(study: Study, sheet: IndexSheet) -> str:
    language = study.language
    last = "" if sheet.valid_to is None else pick(language, " đến ", " to ") + day(sheet.valid_to, language)
    sure = pick(language, "đã đối chiếu văn bản", "checked against the decision")
    unsure = pick(language, "chưa đối chiếu được văn bản", "not checked against the decision")
    lines = [
        pick(
            language,
            f"{sheet.title.vi}: hiệu lực từ {day(sheet.valid_from)}{last} ({unsure if not sheet.dates_confirmed else sure}). Nguồn: {sheet.source}.",
            f"{sheet.title.en}: in force from {day(sheet.valid_from, 'en')}{last} ({unsure if not sheet.dates_confirmed else sure}). Source: {sheet.source}.",
        )
    ]
    if sheet.to_fill_in is not None:
        return display.paragraphs([*lines, sheet.to_fill_in.text(language)], "note")
    rows = pd.DataFrame(
        [
            {
                "label": f"{entry.code}. {entry.text(language)}",
                "n_criteria": entry.n_criteria,
                "n_sub": entry.n_sub_criteria,
                "points": str(entry.points)
                if entry.points
                else pick(language, "chưa có nguồn", "source to be filled in"),
                "confirmed": sure if entry.confirmed else unsure,
            }
            for entry in sheet.fields
        ]
    )
    columns = [
        TableColumn("label", word("field", language)),
        TableColumn("n_criteria", pick(language, "Tiêu chí", "Criteria"), "count"),
        TableColumn("n_sub", pick(language, "Tiêu chí thành phần", "Sub-criteria"), "count"),
        TableColumn("points", pick(language, "Điểm tối đa", "Points")),
        TableColumn("confirmed", pick(language, "Độ tin cậy", "How sure")),
    ]
    total = {
        "label": word("total", language),
        "n_criteria": sheet.n_criteria,
        "n_sub": sheet.n_sub_criteria,
        "points": "" if sheet.total is None else str(sheet.total),
        "confirmed": sure if sheet.confirmed else unsure,
    }
    table = html_table(rows, columns, sheet.title.text(language), language, total=total)
    return table + display.paragraphs(lines, "note")


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return say.definitions(study.language)
