"""The names of persons in exports, for the scan of what a run has made: read, held in memory, never kept."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from cchc_analysis.errors import InputError
from cchc_analysis.intake.columns import Namer
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.readers import find_files, header_of, read_content
from cchc_analysis.intake.vocabulary import PERSONAL, meaning_of
from cchc_analysis.schema import DOSSIERS
from cchc_analysis.text import clean_text, fold

_OF_PERSONS = re.compile(
    r"\b(chu ho so|nguoi|can bo|chuyen vien|ho ten|ho va ten|ten cong dan|ten khach hang|ca nhan|thu ngan|ten chu)\b"
)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+){1,6}\.?")
_ORGANISATIONS = ("cong ty", "ubnd", "uy ban", "phong ", "phuong ", "xa ", "so ", "truong ", "ho kinh doanh", "chi cuc")
"""What a name of something else than a person begins with, folded."""


def names_in_exports(paths: Sequence[Path], public: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of persons in the personal columns of exports: texts of two to seven words without digits.

    `public`: names that are printed though persons are called so, such as those of wards. Organisations are left out. A
    file or sheet without a header that is known has no personal column that is known. Raises InputError for a file that
    cannot be read.
    """
    spared = {fold(name) for name in public}
    found: set[str] = set()
    for path, name in find_files(paths):
        for column in _personal_columns(path, name):
            for text in column.dropna().unique():
                value = clean_text(str(text))
                plain = fold(value)
                told = (
                    plain in spared or plain.startswith(_ORGANISATIONS) or meaning_of(value, DOSSIERS.name) is not None
                )
                if _NAME.fullmatch(value) and not told:
                    found.add(value)
    return frozenset(found)


def _personal_columns(path: Path, name: str) -> Iterator["pd.Series[str]"]:
    """Yield the cells below the headers that name persons."""
    namer = Namer([column.name for column in ColumnMapping().table.columns], ColumnMapping())
    try:
        sheets = read_content(path, name)
    except InputError:
        # Intake tells of a file it cannot read; nothing of it is in what a run makes.
        return
    for sheet in sheets:
        header = header_of(sheet, namer, ColumnMapping(), name)
        if header is None:
            continue
        cells = sheet.cells.loc[sheet.cells.index > header.last]
        codes = [cell.position for cell in header.cells if namer.meaning(cell) == "dossier_id"]
        if codes:
            # Lines below the table bear titles and signatures: a person of a dossier stands beside its code.
            cells = cells[cells.iloc[:, codes[0]].astype("str").str.contains(r"\d")]
        for cell in header.cells:
            if namer.meaning(cell) == PERSONAL and any(_OF_PERSONS.search(fold(text)) for text in cell.readings()):
                yield cells.iloc[:, cell.position].dropna().astype("str")
