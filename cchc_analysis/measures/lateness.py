"""Where the dossiers that were resolved late lie."""

import pandas as pd


def late_groups(outcomes: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Order the groups by the dossiers they resolved late in the window, with the share of all late ones.

    `outcomes`: result of outcome_shares with these groups. Result: columns `by`, `n` (late), `n_resolved`, `late_share`
    (n over n_resolved), `share` (n over all late ones); groups without any are left out, equal numbers stand in the
    order of their names.

    >>> rows = pd.DataFrame({"field": ["a", "b"], "measure": "resolved_late", "numerator": [1, 3], "denominator": 9})
    >>> late_groups(rows, ("field",))[["field", "n", "share"]].to_dict("records")
    [{'field': 'b', 'n': 3, 'share': 0.75}, {'field': 'a', 'n': 1, 'share': 0.25}]
    """
    late = outcomes[(outcomes["measure"] == "resolved_late") & (outcomes["numerator"] > 0)]
    rows = late[[*by]].assign(n=late["numerator"], n_resolved=late["denominator"])
    rows = rows.sort_values(["n", *by], ascending=[False, *(True for _ in by)], ignore_index=True)
    total = int(rows["n"].sum())
    return rows.assign(late_share=rows["n"] / rows["n_resolved"], share=rows["n"] / (total or 1))
