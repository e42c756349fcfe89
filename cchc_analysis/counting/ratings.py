"""Count table of the ratings given at the counter (three levels; no survey)."""

from typing import Any

import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, looked_at
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.digital import WITHDRAWN, with_ways, with_withdrawn
from cchc_analysis.counting.looks import counted, told
from cchc_analysis.counting.rule import OFFICIAL_FORM


def count_ratings(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by month of closing and the rating given at the counter.

    Result: columns `by`, `closed_month` (0 = open), `withdrawn` (0 or 1), `rating` (a code of schema.RATINGS, "" = none
    given), `n`. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    seen = with_withdrawn(looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_ways))
    return told(seen, counted(seen, [*by, "closed_month", "withdrawn", "rating"], WITHDRAWN))
