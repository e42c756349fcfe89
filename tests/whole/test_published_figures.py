"""What is published of a city: an attacker who reads the page of every unit finds no hidden count.

The attacker knows nothing of how the figures are made: his unknowns are the dossiers of each unit and field by way of
receipt, by what became of them, and by month; his equations are the words above the columns.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import cchc_analysis as cchc
from cchc_analysis.disclosure import THRESHOLD, hide, ranges
from cchc_analysis.measures import FORM_COLUMNS
from cchc_analysis.pages.published import Release, release_of
from cchc_analysis.study import Study
from cchc_analysis.study_release import linked_tables, release
from tests.small_city import HEADER

UNITS = ("Phường 1", "Phường 2", "Phường 3", "Phường 4")
FIELDS = ("Hộ tịch", "Chứng thực", "Đất đai")
ENDS = ("resolved_early", "resolved_on_time", "resolved_late", "pending_in_time", "pending_overdue")
STARTS = ("received_online", "received_other", "carried_over")
SUMS = {
    "received": (STARTS, ENDS),
    **{start: ((start,), ENDS) for start in STARTS},
    "resolved": (STARTS, ENDS[:3]),
    "pending": (STARTS, ENDS[3:]),
    **{end: (STARTS, (end,)) for end in ENDS},
}
"""Column of the form → the starts and ends that it adds up."""


def rows_of(n: int, seed: int) -> list[str]:
    """Write dossiers of a few units and fields, few of them late."""
    chance = Random(seed)
    rows = []
    for number in range(n):
        received = date(2023, 3, 1) + timedelta(days=chance.randrange(100))
        due = received + timedelta(days=7)
        done = due + timedelta(days=chance.choice((-4, -3, -2, 0, 0, 3)) if chance.random() < 0.5 else -1)
        open_still = chance.random() < 0.08
        told = ["" if open_still else done.strftime("%d/%m/%Y"), "Đang xử lý" if open_still else "Đã trả kết quả"]
        way = chance.choice(("Trực tuyến", "Trực tiếp"))
        unit, field = chance.choices(UNITS, (9, 5, 2, 1))[0], chance.choices(FIELDS, (6, 3, 1))[0]
        days = [received.strftime("%d/%m/%Y"), due.strftime("%d/%m/%Y")]
        rows.append(",".join([f"H{number:05d}", f"Thủ tục {field}", field, unit, way, *days, *told]))
    return rows


@pytest.fixture(scope="module")
def kho(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    (root / "xuat.csv").write_text("\n".join([HEADER, *rows_of(1500, 7)]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        cchc.take_in([root / "xuat.csv"], root / "kho", as_of=cchc.parse_period("2023-Q2").end)
    return root / "kho"


@pytest.fixture(scope="module")
def whole(kho: Path) -> Study:
    return cchc.open_study(data=kho, period="2023-Q2")


@pytest.fixture(scope="module")
def pages(whole: Study) -> dict[str, Release]:
    """The page of the whole and of every unit."""
    city = release_of(whole)
    return {unit: Release(whole.of_unit(unit), city.figures, city.survey) for unit in whole.known_units()} | {
        "all": city
    }


def known(pages: dict[str, Release]) -> Iterator[tuple[str, str, str, object]]:
    """Yield unit, field, column and count (NA = hidden) of every form that is printed."""
    for unit, page in pages.items():
        for by in ("", "field"):
            for row in page.of("form_06a", by).to_dict("records"):
                for column in FORM_COLUMNS:
                    yield unit, row["key"], column, row[column]


def test_no_hidden_count_of_any_form_can_be_pinned_down(pages: dict[str, Release]) -> None:
    units = [unit for unit in pages if unit != "all"]
    fields = sorted({field for _, field, _, _ in known(pages) if field})
    unknowns = list(product(units, fields, STARTS, ENDS))
    place = {unknown: at for at, unknown in enumerate(unknowns)}

    def sum_of(unit: str, field: str, column: str) -> np.ndarray:
        starts, ends = SUMS[column]
        one = np.zeros(len(unknowns))
        for found in product(units if unit == "all" else [unit], [field] if field else fields, starts, ends):
            one[place[found]] = 1
        return one

    figures = list(known(pages))
    told = [(sum_of(*figure[:3]), float(str(figure[3]))) for figure in figures if not pd.isna(figure[3])]
    hidden = [figure[:3] for figure in figures if pd.isna(figure[3])]
    assert 20 < len(hidden) < len(told)
    sums, values = np.array([one for one, _ in told]), np.array([value for _, value in told])
    for figure in hidden:
        aim = sum_of(*figure)
        ends = [sign * linprog(sign * aim, A_eq=sums, b_eq=values, bounds=(0, None)).fun for sign in (1, -1)]
        assert ends[1] - ends[0] >= THRESHOLD - 1e-6, (figure, ends)


def test_figures_of_all_tables_together_tell_no_hidden_one(whole: Study) -> None:
    """Receipts, digitisation and payments count the same dossiers: what they share is known to the attacker."""
    tables = linked_tables(whole)
    assert tables.ties.shape[0] > 20
    assert not (tables.ties @ tables.counts).any()
    found = ranges(tables, hide(tables))
    assert len(found) > 20
    assert (found[:, 1] - found[:, 0]).min() >= THRESHOLD - 1e-6


def test_shares_are_those_of_the_study(whole: Study, pages: dict[str, Release]) -> None:
    for method in ("online_share", "digitisation", "cashless"):
        study = getattr(whole, method)().set_index("measure")
        rows = pages["all"].of(method).to_dict("records")
        assert rows
        for row in rows:
            told = study.loc[row["measure"]]
            counts = (told["numerator"], told["denominator"])
            assert row["suppressed"] or (row["numerator"], row["denominator"]) == counts


def test_what_is_printed_is_what_the_measures_count(whole: Study, pages: dict[str, Release]) -> None:
    for unit, page in pages.items():
        study = whole if unit == "all" else whole.of_unit(unit)
        counted = study.form_06a("field").set_index("field")
        printed = page.of("form_06a", "field").set_index("key")
        for field, column in product(counted.index, FORM_COLUMNS):
            shown, n = printed.loc[field, column], int(counted.loc[field, column])
            assert pd.isna(shown) or shown == n
            assert not 0 < n < THRESHOLD or pd.isna(shown)
        share = study.on_time().iloc[0]
        row = page.of("on_time").iloc[0]
        assert row["suppressed"] or (row["numerator"], row["denominator"], row["value"]) == pytest.approx(
            (share["numerator"], share["denominator"], share["value"])
        )
        rest = share["denominator"] - share["numerator"]
        assert row["suppressed"] or not 0 < rest < THRESHOLD


def test_a_hidden_count_is_written_as_hidden_and_never_as_0_or_undefined(pages: dict[str, Release]) -> None:
    page = pages["all"]
    form = page.of("form_06a", "field")
    n_hidden = int(form[list(FORM_COLUMNS)].isna().to_numpy().sum())
    whole = int(page.of("form_06a")[list(FORM_COLUMNS)].isna().to_numpy().sum())
    markup = str(cchc.published.form_table(page, "field").data)
    assert n_hidden > 0
    assert markup.count(">ẩn</td>") == n_hidden + whole
    assert "chưa xác định" not in markup


def test_a_second_run_tells_no_small_difference(whole: Study, pages: dict[str, Release]) -> None:
    """Two late ones more than a week ago: whoever kept the page of then would know them."""
    first = pages["all"].figures
    shown = first[~first["hidden"] & (first["n"] > 20)].index[0]
    before = first.copy()
    before.loc[shown, "n"] -= 2
    again = release(whole, before)
    assert again.loc[shown, "hidden"]
    assert again.loc[first["hidden"], "hidden"].all()
    assert release(whole, first).equals(first)


def test_the_page_of_a_unit_decides_as_that_of_the_whole(kho: Path, whole: Study, pages: dict[str, Release]) -> None:
    alone = cchc.open_study(data=kho, period="2023-Q2", unit="Phường 2")
    pd.testing.assert_frame_equal(release_of(alone).figures, pages["all"].figures)
