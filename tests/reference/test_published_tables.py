"""Published Vietnamese figures: each rate follows from its counts to its rounding, or our code says by how much not."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from cchc_analysis import measures
from cchc_analysis.errors import ParameterError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.published_tables import PublishedTable, load_published
from cchc_analysis.stats import sign_test, wilson_interval

TABLES = {table.id: table for table in load_published()}


def case(reference: Path, number: str) -> dict:
    cases = json.loads((reference / "cases_shared.json").read_text(encoding="utf-8"))
    rows = cases if isinstance(cases, list) else next(value for value in cases.values() if isinstance(value, list))
    return next(row for row in rows if row["id"] == number)


def findings(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return measures.published_findings(table.figures, table.units, table.rules())


def test_every_published_rate_of_the_reference_table_follows_from_its_counts(reference: Path) -> None:
    # Case N01: tolerance 0.05 points there; here to the decimals printed. 3.3 was printed with one decimal.
    path = reference / "07_vietnam" / "vn_published_rates.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 9
    for row in rows:
        over, under = int(row["numerator"]), int(row["denominator"])
        check = measures.check_rate(over, under, row["published_pct"])
        assert (check.verdict, check.beyond) == ("agrees", 0), row["item"]
        assert check.computed == pytest.approx(float(row["recomputed_pct"]), abs=1e-9)
        ends = float(row["wilson_lo"]), float(row["wilson_hi"])
        assert wilson_interval(over, under) == pytest.approx(ends, abs=1e-9)
    stored = {(t.figures[c.numerator], t.figures[c.denominator], c.published) for t in TABLES.values() for c in t.checks
              if c.kind == "rate"}  # fmt: skip
    assert {(int(r["numerator"]), int(r["denominator"]), r["published_pct"]) for r in rows} <= stored


def test_the_other_denominator_of_the_same_page_is_told_apart() -> None:
    # The page prints 2.16; 90 of the 4131 certified otherwise would be 2.18.
    assert measures.check_rate(90, 4131, "2.18").verdict == "agrees"
    assert measures.check_rate(90, 4169, "2.18").beyond == pytest.approx(2.18 - 100 * 90 / 4169 - 0.005)


@pytest.mark.parametrize("name", ["vinh-phuc-2021-09", "vinh-phuc-2021-Q3", "vinh-phuc-2021-08", "hcmc-2025-bc-350"])
def test_tables_that_hold_together(name: str) -> None:
    assert findings(name)["verdict"].tolist() == ["agrees"] * len(findings(name))


def test_binh_thuan_settled_more_than_it_received_and_digitised_of_another_base() -> None:
    february, april = findings("binh-thuan-2025-02"), findings("binh-thuan-2025-04")
    carried = pd.concat([february, april]).query("kind == 'carried_over'").set_index("about")["computed"]
    assert carried.to_dict() == {"settled": 127, "settled_2_months": 1160, "settled_4_months": 1161}
    other_base = february[february["verdict"] == "contradicts"]
    assert other_base[["about", "beyond"]].values.tolist() == [["received", 1703], ["settled", 1396]]
    assert april.loc[april["verdict"] == "contradicts", "beyond"].tolist() == [3358, 3083]


def test_hcmc_in_august_received_more_than_the_printed_total() -> None:
    row = findings("hcmc-2025-08").iloc[0]
    assert (row["verdict"], row["difference"], row["beyond"]) == ("contradicts", -608, 108)


def test_two_counts_of_phuong_vung_tau_cannot_have_one_scope_and_one_pace() -> None:
    row = findings("phuong-vung-tau-2025").set_index("kind").loc["pace"]
    assert (row["verdict"], row["computed"], row["difference"]) == ("contradicts", 12528, 8106 - 12528)
    steady, p = measures.check_pace(559, 8106, 6, 87)
    assert (steady.verdict, steady.beyond) == ("agrees", 0)
    assert p > 0.9


def test_rounded_counts_widen_what_is_allowed() -> None:
    # 1.7 million of 2.513 million: 67.6 % from the figures as printed, 65.6 to 69.7 % from what they may stand for.
    exact = measures.check_rate(1_700_000, 2_513_000, "69")
    rounded = measures.check_rate(1_700_000, 2_513_000, "69", (100_000, 1000))
    assert (exact.verdict, rounded.verdict) == ("contradicts", "agrees")
    assert measures.reconcile([64_500, 2_513_000], 2_578_000).verdict == "contradicts"


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="denominator"):
        measures.check_rate(0, 0, "0")
    with pytest.raises(ValueError, match="one for each"):
        measures.reconcile([1, 2], 3, [1, 1])
    with pytest.raises(ValueError, match="cannot exceed"):
        measures.check_pace(9, 8, 1, 2)


def test_a_check_must_name_figures_of_its_table() -> None:
    with pytest.raises(ValueError, match="no figure late"):
        PublishedTable.model_validate(
            {"id": "a", "vi": "a", "en": "a", "source": "s", "figures": {"due": 1},
             "checks": [{"kind": "sum", "parts": ["late"], "total": "due"}]}
        )  # fmt: skip
    with pytest.raises(Exception, match="published"):
        load_published("there-is-none")
    assert issubclass(ParameterError, Exception)


def test_papi_2011_has_63_provinces_and_a_row_that_is_none(reference: Path) -> None:
    # Case N04: two header rows (English, Vietnamese); the last row, id 999, is the highest score of each column.
    expected = case(reference, "N04")["expected"]
    path = reference / "07_vietnam" / "PAPI_2011-2016_official.xlsx"
    sheets = {sheet.sheet: sheet for sheet in read_sheets(path.read_bytes(), path.name)}
    cells = sheets["2011_PAPI"].cells
    header, body = cells.iloc[:2], cells.iloc[2:]
    assert header[0].tolist() == ["tinhid", "tinhid"]
    assert header.iloc[1].tolist()[3] == "Tham gia của người dân ở cấp cơ sở"
    ids = body[0].astype(float)
    total = body[next(at for at in cells.columns if "PAPI" in str(header.iloc[0][at]))].astype(float)
    provinces = total[ids != 999]
    assert len(provinces) == expected["n"]
    assert body.iloc[-1][2] == "Điểm cao nhất"
    assert provinces.mean() == pytest.approx(expected["mean_total"], abs=1e-6)
    assert provinces.max() == pytest.approx(expected["max_total"], abs=1e-6)
    assert total.mean() == pytest.approx(expected["mean_if_999_kept"], abs=1e-6)


def test_sipas_rose_in_57_of_63_provinces_beyond_chance(reference: Path) -> None:
    expected = case(reference, "N07")["expected"]
    test = sign_test(57, 6)
    # Exactly 2 P(X >= 57 of 63) = 1.6e-11 to the two digits printed.
    assert test.p_value == pytest.approx(expected["sign_test_two_sided_p"], rel=0.03)
    assert round(82.66 - 80.08, 2) == expected["diff"]
