"""Count table of the ratings given at the counter (three levels; no survey)."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, classify
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import as_frame, group_counts


def count_ratings(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by month of closing and the rating given at the counter.

    Result: columns `by`, `closed_month` (0 = open), `withdrawn` (0 or 1), `rating` (a code of schema.RATINGS, "" = none
    given), `n`. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM).with_columns(
        nw.coalesce(nw.col("rating"), nw.lit("")).alias("rating"),
        (nw.col("outcome") == "withdrawn").cast(nw.Int64).alias("withdrawn"),
    )
    return group_counts(frame, [*by, "closed_month", "withdrawn", "rating"])
