"""Tables of shares: numerator and denominator in words and counts, the share, and what is not stated."""

from typing import Any

import pandas as pd

from cchc_analysis import wording
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn
from cchc_analysis.wording import pick

say = wording.digitisation


def in_words(rows: pd.DataFrame, language: Any) -> pd.DataFrame:
    """Add `label`, `over` and `under`: name, numerator and denominator of each measure in words."""
    words = {name: say.fraction(name, language) for name in rows["measure"].unique()}
    return rows.assign(
        label=rows["measure"].map(lambda name: say.name(name, language)),
        over=rows["measure"].map(lambda name: words[name][0]),
        under=rows["measure"].map(lambda name: words[name][1]),
    )


def without_untold(rows: pd.DataFrame, language: Any) -> tuple[pd.DataFrame, str]:
    """Leave out the measures on which the data say nothing in any row, and name them in a sentence."""
    untold = (rows["denominator"] == 0) & (rows["n_not_stated"] > 0)
    silent = untold.groupby(rows["measure"]).transform("all")
    names = [say.name(measure, language) for measure in rows.loc[silent, "measure"].drop_duplicates()]
    if not names:
        return rows, ""
    note = pick(
        language,
        f"Dữ liệu không ghi thông tin về: {'; '.join(names)}.",
        f"The data state nothing on: {'; '.join(names)}.",
    )
    return rows[~silent].reset_index(drop=True), note


def fraction_columns(study: Study, interval: bool = True) -> list[TableColumn]:
    """Return the columns of a share, with its interval unless the groups counted are all there are."""
    language = study.language
    ends = ("lower", "upper") if interval else ("", "")
    return [
        TableColumn("over", pick(language, "Tử số là", "Numerator")),
        TableColumn("numerator", pick(language, "Tử số", "Count"), "count"),
        TableColumn("under", pick(language, "Mẫu số là", "Denominator")),
        TableColumn("denominator", pick(language, "Mẫu số", "Out of"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", lower=ends[0], upper=ends[1]),
        TableColumn("n_not_stated", pick(language, "Không ghi", "Not stated"), "count"),
    ]
