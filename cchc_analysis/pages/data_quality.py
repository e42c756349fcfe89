"""Blocks of the data-quality page, one for each notebook cell."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import display, measures, wording
from cchc_analysis.errors import Language
from cchc_analysis.intake.rules import sentences
from cchc_analysis.schema import DOSSIER_COLUMNS
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick


def summary(study: Study) -> HTML:
    """Show whether the figures can be trusted: nothing lost, how much was rejected, what is odd."""
    language, total = study.language, study.warehouse.intake["total"]
    say = wording.data_quality
    lines = [
        say.accounting(total, language),
        say.rejected_share(total, language),
        say.largest_flag(study.flags(), sentences(), total["accepted"], language),
    ]
    return display.html(display.paragraphs(lines, "summary"))


def accounting(study: Study) -> HTML:
    """Show the accounting of every source file."""
    language = study.language
    rows = study.accounting()
    total = {**study.warehouse.intake["total"], "file": pick(language, "Tổng số", "Total")}
    caption = pick(
        language,
        "Mọi dòng đọc được đều được tính đến: đọc = được nhận + bị loại + trùng + bỏ qua",
        "Every row read is accounted for: read = accepted + rejected + duplicates + skipped",
    )
    title = pick(language, "Đối chiếu số dòng", "Accounting of rows")
    return display.html(display.section(title) + html_table(rows, _account_columns(study), caption, language, total))


def _account_columns(study: Study) -> list[TableColumn]:
    headers = {
        "read": ("Đọc", "Read"),
        "accepted": ("Được nhận", "Accepted"),
        "rejected": ("Bị loại", "Rejected"),
        "duplicates": ("Trùng", "Duplicates"),
        "skipped": ("Bỏ qua", "Skipped"),
    }
    file = TableColumn("file", pick(study.language, "Tệp nguồn", "Source file"))
    return [file, *(TableColumn(name, pick(study.language, *headers[name]), "count") for name in measures.ACCOUNTS)]


def registers(study: Study) -> HTML:
    """Show the accounting of the registers beside the dossiers, file by file, and why their rows were rejected."""
    language = study.language
    title = pick(language, "Các sổ nạp kèm", "Registers beside the dossiers")
    rows = study.register_accounting()
    if not len(rows):
        nothing = pick(
            language,
            "Chưa nạp sổ nào ngoài danh sách hồ sơ.",
            "No register has been taken in beside the list of dossiers.",
        )
        return display.html(display.section(title, nothing))
    kinds = (register.kind for register in study.warehouse.registers())
    names = {kind.name: pick(language, kind.vi, kind.en) for kind in kinds}
    columns = [
        TableColumn("register", pick(language, "Sổ", "Register")),
        *_account_columns(study),
    ]
    caption = pick(language, "Đối chiếu số dòng của từng tệp", "Accounting of the rows of each file")
    block = html_table(rows.assign(register=rows["kind"].map(names)), columns, caption, language)
    reasons = study.register_rejects()
    reasons = _with_reasons(reasons, language).assign(register=reasons["kind"].map(names))
    why = pick(language, "Vì sao dòng của các sổ bị loại", "Why rows of the registers were rejected")
    by_rule = [
        TableColumn("register", pick(language, "Sổ", "Register")),
        TableColumn("label", pick(language, "Lý do", "Reason")),
        TableColumn("n_rows", pick(language, "Số dòng", "Rows"), "count"),
    ]
    table = html_table(reasons, by_rule, why, language)
    return display.html(display.section(title) + block + f"<details><summary>{why}</summary>{table}</details>")


def _with_reasons(rows: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Add `label`, the sentence of each rule."""
    texts = {rule: pick(language, vi, en) for rule, (en, vi) in sentences().items()}
    return rows.assign(label=[texts.get(rule, rule) for rule in rows["rule"]])


def _by_rule(study: Study, severity: str) -> HTML:
    language = study.language
    rows = study.rejected() if severity == "reject" else study.flags()
    rows = _with_reasons(rows, language)
    columns = [
        TableColumn("label", pick(language, *(("Lý do", "Reason") if severity == "reject" else ("Dấu hiệu", "Mark")))),
        TableColumn("n_rows", pick(language, "Số dòng", "Rows"), "count"),
    ]
    whole = pick(
        language,
        "toàn bộ dữ liệu" if study.is_whole else study.unit_name(),
        "all data" if study.is_whole else study.unit_name(),
    )
    titles = {
        "reject": (f"Vì sao dòng bị loại ({whole})", f"Why rows were rejected ({whole})"),
        "flag": (f"Dấu hiệu cần xem lại ở dòng được nhận ({whole})", f"Marks on accepted rows ({whole})"),
    }
    title = pick(language, *titles[severity])
    notes = {
        "reject": (
            "Một dòng có thể vi phạm nhiều quy tắc nên tổng các lý do có thể lớn hơn số dòng.",
            "One row may break several rules, so the reasons may add up to more than the rows.",
        ),
        "flag": (
            "Một dòng có thể có nhiều dấu hiệu nên tổng có thể lớn hơn số dòng; dấu hiệu tự nó không phải là sai phạm.",
            "One row may carry several marks, so they may add up to more than the rows; a mark by itself is no offence.",
        ),
    }
    note = pick(language, *notes[severity])
    return display.html(
        display.section(title) + html_table(rows, columns, title, language, note=note if len(rows) else "")
    )


def rejected(study: Study) -> HTML:
    """Show why rows were rejected."""
    return _by_rule(study, "reject")


def flags(study: Study) -> HTML:
    """Show the marks on accepted rows."""
    return _by_rule(study, "flag")


def completeness(study: Study) -> HTML:
    """Show which columns are filled in."""
    language = study.language
    labels = {column.name: pick(language, column.label, column.name) for column in DOSSIER_COLUMNS}
    rows = study.completeness()
    rows = rows.assign(label=rows["column"].map(labels))
    columns = [
        TableColumn("label", pick(language, "Cột", "Column")),
        TableColumn("n_filled", pick(language, "Có giá trị", "Filled in"), "count"),
        TableColumn("n", pick(language, "Số hồ sơ", "Dossiers"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share"),
    ]
    title = pick(language, "Mức đầy đủ của từng cột", "How complete each column is")
    caption = pick(
        language, "Tỷ lệ hồ sơ được nhận có giá trị ở từng cột", "Share of accepted dossiers with a value, by column"
    )
    return display.html(display.section(title) + html_table(rows, columns, caption, language))


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions of the page."""
    return wording.data_quality.definitions(study.language)
