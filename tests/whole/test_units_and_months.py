"""Fair comparison and control charts on the synthetic city: what was planted, and what adjusting does to it."""

from functools import cache
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.frames import first_row, records

BEFORE_THE_DROPS = "2023-01..2023-06"


def study(sample, period: str, unit: str = "all") -> cchc.Study:
    return opened(sample.warehouse, period, unit)


@cache
def opened(warehouse: Path, period: str, unit: str) -> cchc.Study:
    """Open a study once: it keeps what it has counted, and nobody changes it."""
    return cchc.open_study(data=warehouse, period=period, unit=unit)


@pytest.mark.parametrize("period", ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2023"])
def test_the_unit_of_the_slow_procedure_is_low_because_of_what_only_it_handles(sample, period: str) -> None:
    truth = sample.truth["planted"]["slow_procedure"]
    rows = study(sample, period).unit_comparison()
    row = first_row(rows[rows["unit"] == truth["unit"]])
    assert row["crude_verdict"] == "lower"
    assert row["value"] == rows["value"].min()
    # Nobody else handles the slow procedure, so that its late dossiers are not among those compared.
    assert row["verdict"] != "lower"
    late = row["denominator"] - row["numerator"]
    assert late - row["late_compared"] >= truth["by_finish"][period]["n_late"]
    assert 0 < row["n_compared"] < row["denominator"]


def test_the_quarters_have_no_ward_apart_from_what_its_procedures_let_expect(sample) -> None:
    # Wards draw their times from the same distributions: of 4 quarters with 19 units, few may be called apart.
    apart = [
        row["unit"]
        for period in ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")
        for row in records(study(sample, period).unit_comparison())
        if row["verdict"] in ("lower", "higher")
    ]
    assert len(apart) <= 2


def test_departments_alone_with_their_procedures_are_not_judged(sample) -> None:
    rows = study(sample, "2023-Q3").unit_comparison().set_index("unit")
    assert rows.loc["phong-tai-nguyen-moi-truong", "verdict"] == "no_peers"
    assert (rows["n_compared"] <= rows["denominator"]).all()
    assert rows["late_compared"].sum() == pytest.approx(rows["expected_late"].sum(), rel=1e-9)


def test_the_real_drop_is_a_change_of_the_process(sample) -> None:
    unit = sample.truth["planted"]["real_drop"]["unit"]
    chart = study(sample, "2023-Q4", unit).duration_chart(BEFORE_THE_DROPS)
    after = chart[chart["month"] >= "2023-07"]
    assert (after["signals"] != "").all()
    assert after["signals"].str.contains("outside").sum() >= 3
    assert (after["value"] < after["centre"]).all()
    assert (chart.loc[chart["month"] < "2023-07", "signals"] == "").all()
    # Seen without a baseline the two halves pull the centre between them, and the drop still shows.
    sides = {
        (run["rule"], run["side"])
        for run in records(measures.signal_runs(study(sample, "2023-Q4", unit).duration_chart()))
    }
    assert ("two_of_three", "below") in sides


def test_the_apparent_drop_is_a_signal_too_and_only_the_mix_explains_it(sample) -> None:
    unit = sample.truth["planted"]["apparent_drop"]["unit"]
    q3 = study(sample, "2023-Q3", unit)
    later = measures.signal_runs(study(sample, "2023-Q4", unit).duration_chart(BEFORE_THE_DROPS))
    assert {"shift", "outside"} <= set(later["rule"])
    assert set(later["side"]) == {"below"}
    change = q3.time_change()
    assert change.mix_effect < 0.7 * change.difference < 0
    said = cchc.processing_time.control_charts(q3, BEFORE_THE_DROPS).data
    assert "cơ cấu hồ sơ thay đổi cũng tạo ra dấu hiệu" in said


def test_the_whole_city_is_stable_in_time_and_share(sample) -> None:
    chart = study(sample, "2023-Q4").on_time_chart()
    assert chart["chart"].unique().tolist() == ["p"]
    assert (chart["signals"] == "").all()


def test_the_page_says_who_is_apart_and_who_cannot_be_judged(sample) -> None:
    said = cchc.processing_time.comparison(study(sample, "2023-Q3"), "unit").data
    assert "thủ tục không đơn vị nào khác làm" in said
    assert "269 hồ sơ còn lại thuộc thủ tục chỉ đơn vị này làm" in said
