"""Rows of small result tables as dictionaries with text keys."""

from typing import Any

import pandas as pd

from cchc_analysis.text import inert


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries, in order.

    >>> records(pd.DataFrame({"unit": ["a", "b"], "n": [1, 2]}))
    [{'unit': 'a', 'n': 1}, {'unit': 'b', 'n': 2}]
    """
    names = [str(name) for name in table.columns]
    columns = [column.tolist() for _, column in table.items()]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def first_row(table: pd.DataFrame) -> dict[str, Any]:
    """Return the first row of a table as a dictionary.

    >>> first_row(pd.DataFrame({"n": [1, 2]}))
    {'n': 1}
    """
    return records(table.iloc[:1])[0]


COUNTS = ("numerator", "denominator", "n")


def whole_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose counts (numerator, denominator, n and n_…) are whole numbers, unknown ones kept as NA.

    A column with a fraction in it, such as a sum of days, stays as it is.

    >>> whole_counts(pd.DataFrame({"numerator": [3175.0, None], "value": [0.5, None]})).to_csv(index=False).split()
    ['numerator,value', '3175,0.5', ',']
    """
    counts = [name for name in table.columns if name in COUNTS or str(name).startswith("n_")]
    floats = [name for name in counts if pd.api.types.is_float_dtype(table[name])]
    whole = [name for name in floats if bool((table[name].dropna() % 1 == 0).all())]
    return table.astype(dict.fromkeys(whole, "Int64"))


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV whose texts no spreadsheet takes for formulas: those that begin as one get an apostrophe.

    >>> csv_text(pd.DataFrame({"procedure": ["=1+1", "Khai sinh"], "change": [-0.5, 0.5]})).split()
    ['procedure,change', "'=1+1,-0.5", 'Khai', 'sinh,0.5']
    """
    texts = table.select_dtypes(["object", "str"]).columns
    safe = {name: table[name].map(lambda cell: inert(cell) if isinstance(cell, str) else cell) for name in texts}
    return str(table.assign(**safe).to_csv(index=False))
