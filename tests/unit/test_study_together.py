"""A unit takes its rows of the measures of all units, and they are what it would measure alone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cchc_analysis as cchc
from cchc_analysis.study import Study, open_study
from cchc_analysis.study_parts import sharing
from cchc_analysis.study_sharing import FolderParts, write_parts
from tests.small_city import small_city

ASKED: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    *((name, (), {}) for name in ("form_06a", "time_used", "pending_by_age", "due_soon", "integrity", "catalogue")),
    *((name, ("month",), {}) for name in ("on_time", "time_used", "backlog", "number_gaps")),
    *((name, ("field",), {}) for name in ("outcomes", "time_cut", "cut_by_procedure")),
    *(("form_06a", ("channel", "month"), {}), ("on_time", ("procedure",), {"rule": cchc.STRICT})),
)


def tables_of(study: Study) -> list[pd.DataFrame]:
    return [getattr(study, name)(by, **more) for name, by, more in ASKED]


def test_a_unit_takes_its_rows_of_the_measures_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = small_city(tmp_path)
    units = ("phuong-1", "phuong-2", "phuong-4")
    alone = [tables_of(open_study(data=city, period="2023-Q2", unit=unit)) for unit in units]
    write_parts(open_study(data=city, period="2023-Q2"), tmp_path / "parts", None, True)
    with sharing(FolderParts(tmp_path / "parts")):
        for unit, expected in zip(units, alone, strict=True):
            found = tables_of(open_study(data=city, period="2023-Q2", unit=unit))
            for asked, one, other in zip(ASKED, found, expected, strict=True):
                pd.testing.assert_frame_equal(one, other, check_exact=True, obj=f"{asked} of {unit}")
        monkeypatch.setattr("cchc_analysis.measures.form_06a", lambda *told: pytest.fail("measured again"))
        assert len(open_study(data=city, period="2023-Q2", unit="phuong-2").form_06a()) == 1
