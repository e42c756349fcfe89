"""Rows of small result tables as dictionaries with text keys."""

from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries, in order.

    >>> records(pd.DataFrame({"unit": ["a", "b"], "n": [1, 2]}))
    [{'unit': 'a', 'n': 1}, {'unit': 'b', 'n': 2}]
    """
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in table.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def first_row(table: pd.DataFrame) -> dict[str, Any]:
    """Return the first row of a table as a dictionary.

    >>> first_row(pd.DataFrame({"n": [1, 2]}))
    {'n': 1}
    """
    return records(table.iloc[:1])[0]
