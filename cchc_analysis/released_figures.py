"""The file of figures beside a public site: every figure it tells, in one table, for readers and for the next run."""

from io import BytesIO
from pathlib import Path

import pandas as pd

from cchc_analysis.errors import ReportError

FIGURES_FILE = "figures.csv"
"""Its name in a site."""

FIGURE_COLUMNS = ("method", "by", "measure", "column", "unit", "key", "n", "hidden")
"""Columns of the table: `by` and `key` "" for all, `unit` "all" for all; `n` null where `hidden`."""


def figures_of(site: str | Path) -> bytes:
    """Return the file of figures of a public site, also of one that a killed run left beside its place; else b""."""
    folder = Path(site)
    for place in (folder, folder.with_name(f"{folder.name}.old")):
        if (place / FIGURES_FILE).is_file():
            return (place / FIGURES_FILE).read_bytes()
    return b""


def figures_csv(figures: pd.DataFrame) -> bytes:
    r"""Write a table of figures as CSV: `n` empty and `hidden` 1 where one is hidden.

    >>> figures_csv(pd.DataFrame({"n": pd.array([None, 7], "Int64"), "hidden": [True, False]}))
    b'n,hidden\n,1\n7,0\n'
    """
    table = figures.assign(hidden=figures["hidden"].astype(int))
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


def figures_table(content: bytes) -> pd.DataFrame:
    """Read a file of figures as `figures_csv` writes it; ReportError for another one."""
    try:
        table = pd.read_csv(BytesIO(content), dtype="str", keep_default_na=False)[list(FIGURE_COLUMNS)]
        n = pd.to_numeric(table["n"].replace("", None)).astype("Int64")
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{FIGURES_FILE} of the earlier site cannot be read ({error}); publish into another folder or restore it.",
            f"Không đọc được {FIGURES_FILE} của lần công bố trước ({error}); hãy công bố vào thư mục khác hoặc khôi "
            "phục tệp.",
        ) from error
    return table.assign(n=n, hidden=table["hidden"] == "1")
