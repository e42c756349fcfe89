"""The lists of rejected and flagged rows that people work with: a workbook to mend, and a table of flags."""

import codecs
import datetime as dt
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import xlsxwriter

from cchc_analysis.intake.rules import label, sentences
from cchc_analysis.intake.tables import REJECTED_HEADERS
from cchc_analysis.schema import Kind
from cchc_analysis.text import inert

_LAST_ROW: Final = 1_048_575
_LONGEST_CELL: Final = 32_767


def write_rejected(rejected: pd.DataFrame, path: Path, kind: Kind) -> None:
    """Write the rejected rows to a workbook in which every cell is text: no formula, no link, no number.

    `rejected` has the columns `file, sheet, row, columns, values, reasons` (the last three already joined, in
    Vietnamese) and the columns of the kind with the original texts. The headers are the labels of the schema,
    so that a mended row can be fed to intake again. The same rows give the same bytes.
    """
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    headers = (*REJECTED_HEADERS, *(column.label for column in kind.columns))
    names = ("file", "sheet", "row", "columns", "values", "reasons", *(column.name for column in kind.columns))
    records = list(rejected[list(names)].itertuples(index=False, name=None))
    with xlsxwriter.Workbook(str(path), safe) as workbook:
        workbook.set_properties({"created": dt.datetime(2000, 1, 1), "title": "Dòng bị loại khi nạp dữ liệu"})
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        as_text = workbook.add_format({"num_format": "@"})
        for first in range(0, max(len(records), 1), _LAST_ROW):
            sheet = workbook.add_worksheet(f"Dòng bị loại {first // _LAST_ROW + 1}")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(headers) - 1, 20, as_text)
            for column, header in enumerate(headers):
                sheet.write_string(0, column, header, bold)
            for number, record in enumerate(records[first : first + _LAST_ROW], start=1):
                for column, cell in enumerate(record):
                    if not pd.isna(cell) and cell != "":
                        sheet.write_string(number, column, str(cell)[:_LONGEST_CELL], as_text)


def write_flags(flags: pd.DataFrame, path: Path, kind: Kind) -> None:
    """Write the flags to a CSV file (UTF-8 with BOM, as spreadsheets expect), one line per finding.

    `flags` has the columns `file, sheet, row, column, value, rule`. Text that a spreadsheet would run as a formula
    gets an apostrophe in front.
    """
    reasons = {rule: vi for rule, (_, vi) in sentences().items()}
    columns = {
        "Tệp nguồn": flags["file"],
        "Trang tính": flags["sheet"],
        "Dòng": flags["row"],
        "Cột": flags["column"].map({column: label(column, kind) for column in flags["column"].unique()}),
        "Giá trị": flags["value"],
        "Lý do": flags["rule"].map(reasons),
        "Quy tắc": flags["rule"],
    }
    table = pa.table({header: _inert_column(texts) for header, texts in columns.items()})
    with path.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        pa_csv.write_csv(table, stream)


def _inert_column(texts: "pd.Series[str]") -> pa.Array:
    if texts.dtype.kind == "i":
        return pa.array(texts.to_numpy(dtype="int64")).cast(pa.string())
    values = texts.astype("object").where(texts.notna(), "").to_numpy()
    encoded = pa.array(values, type=pa.string()).dictionary_encode()
    safe = pa.array([inert(text) for text in encoded.dictionary.to_pylist()], type=pa.string())
    return safe.take(encoded.indices)
