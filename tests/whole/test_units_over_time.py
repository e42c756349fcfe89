"""Units over time: a made-up list of 2023–2026 read under the units of 2026, with the sums worked out row by row."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import cchc_analysis as cchc
from cchc_analysis.counting import Clock, count_flow, count_handed_over
from cchc_analysis.errors import PeriodError, UnitError
from cchc_analysis.frames import records
from cchc_analysis.intake import intake
from cchc_analysis.publication import chosen_units
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import open_warehouse
from cchc_analysis.working_time import WorkingCalendar

REGISTRY = UnitRegistry.load()
LAST_DAY, FIRST_DAY, UNTIL = date(2025, 6, 30), date(2025, 7, 1), date(2026, 3, 31)
OLD = tuple(unit for unit in REGISTRY.units(LAST_DAY) if REGISTRY.tier(unit) in ("ward", "commune"))
NEW = REGISTRY.units(FIRST_DAY)
IN_2026 = "2026-01-01"


@dataclass(frozen=True)
class Made:
    """One made-up dossier: unit as it was called on the day, and the days that matter."""

    unit: str
    received: date
    finished: date | None

    @property
    def successor(self) -> str:
        return REGISTRY.successor(self.unit, FIRST_DAY) or self.unit

    @property
    def handed_over(self) -> bool:
        return self.received <= LAST_DAY and (self.finished is None or self.finished > LAST_DAY)


def dossiers() -> Iterator[Made]:
    for number in range(39):
        first = date(2023 + number // 12, number % 12 + 1, 1)
        offices = (*OLD, "phong-noi-vu") if first <= LAST_DAY else NEW
        for place, unit in enumerate(offices):
            for n in range(1 + (number + place) % 3):
                received = first + timedelta(days=3 + (7 * n + place) % 24)
                open_still = number == 29 and place % 5 == 0
                yield Made(unit, received, None if open_still else received + timedelta(days=1 + (place + 5 * n) % 16))


MADE = [made for made in dossiers() if made.finished is None or made.finished <= UNTIL]
assert all(made.received <= LAST_DAY for made in MADE if made.unit in OLD)


def write(path: Path, header: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header.split(","), *rows])


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("units-over-time")
    (folder / "exports" / "feedback").mkdir(parents=True)
    rows = [
        [
            f"G22.{number:05d}",
            REGISTRY.name(made.unit),
            f"{made.received:%d/%m/%Y}",
            f"{made.received + timedelta(days=8):%d/%m/%Y}",
            "" if made.finished is None else f"{made.finished:%d/%m/%Y}",
        ]
        for number, made in enumerate(MADE)
    ]
    write(
        folder / "exports" / "ho-so.csv",
        "Mã hồ sơ,Đơn vị tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý",
        rows,
    )
    write(
        folder / "exports" / "feedback" / "pakn.csv",
        "Mã phản ánh,Đơn vị xử lý,Ngày tiếp nhận,Hạn trả lời,Ngày trả lời,Trạng thái",
        [
            ["1", "Phường Rạch Dừa", "02/06/2025", "20/06/2025", "10/06/2025", "Đã trả lời"],
            ["2", "Phường 10", "03/06/2025", "20/06/2025", "30/06/2025", "Đã trả lời"],
            ["3", "Phường Rạch Dừa", "02/07/2025", "20/07/2025", "10/07/2025", "Đã trả lời"],
        ],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        result = intake([folder / "exports"], folder / "warehouse", as_of=datetime.combine(UNTIL, time()))
    assert result.exit_code == 0
    return folder / "warehouse"


@cache
def study(warehouse: Path, period: str, units_on: str = IN_2026, **more: str) -> cchc.Study:
    return cchc.open_study(data=warehouse, period=period, units_on=units_on, **more)


def by_unit(table: pd.DataFrame, column: str) -> dict[str, int]:
    return {row["unit"]: int(row[column]) for row in records(table) if row[column]}


def inside(period: str) -> tuple[date, date]:
    parsed = cchc.parse_period(period)
    return parsed.start, parsed.end


@pytest.mark.parametrize("period", ["2023-Q1", "2025-Q3", "2026-02"])
def test_every_period_is_told_under_the_five_units_to_the_last_dossier(warehouse: Path, period: str) -> None:
    first, last = inside(period)
    received = Counter(made.successor for made in MADE if first <= made.received <= last)
    form = study(warehouse, period).form_06a("unit")
    assert by_unit(form.assign(new=form["received_online"] + form["received_other"]), "new") == received
    resolved = Counter(made.successor for made in MADE if made.finished and first <= made.finished <= last)
    assert by_unit(form, "resolved") == resolved
    assert set(NEW) <= set(form["unit"])


@pytest.mark.parametrize("measure", ["received", "resolved", "pending", "carried_over", "resolved_late"])
def test_old_units_add_up_to_new_ones_and_the_whole_does_not_move(warehouse: Path, measure: str) -> None:
    for period in ("2025-Q1", "2025-Q3"):
        recorded, moved = (study(warehouse, period, on).form_06a("unit") for on in ("", IN_2026))
        sums: Counter[str] = Counter()
        for unit, n in by_unit(recorded, measure).items():
            sums[REGISTRY.successor(unit, FIRST_DAY) or unit] += n
        assert by_unit(moved, measure) == sums
        assert study(warehouse, period).form_06a().equals(study(warehouse, period, "").form_06a())


def test_the_series_by_month_runs_across_the_change(warehouse: Path) -> None:
    quarter = study(warehouse, "2025-Q3", unit="rach-dua-2025")
    series = quarter.form_06a("month")
    assert len(series) == 13
    for row in records(series):
        first, last = inside(row["month"])
        mine = [made for made in MADE if made.successor == "rach-dua-2025"]
        assert row["resolved"] == sum(1 for made in mine if made.finished and first <= made.finished <= last)
    assert (series["resolved"] > 0).all()


def test_what_was_open_on_the_last_day_belongs_to_the_successor(warehouse: Path) -> None:
    table = study(warehouse, "2026-02", as_of="2026-02-14").crosswalk()
    known = [made for made in MADE if made.received <= date(2026, 2, 14)]
    for row in records(table):
        mine = [made for made in known if made.unit == row["old"]]
        assert (row["new"], row["n"]) == (REGISTRY.successor(row["old"], FIRST_DAY), len(mine))
        if row["old"] in OLD:
            assert row["n_handed_over"] == sum(made.handed_over for made in mine)
            assert row["n_open"] == sum(made.handed_over and made.finished is None for made in mine)
            assert (row["n_after"], row["from_on"]) == (0, FIRST_DAY)
        else:
            assert pd.isna(row["n_handed_over"])
    assert {*table["old"]} == {*OLD, *NEW}
    assert table["n_handed_over"].sum() > 0
    assert table["n_open"].sum() > 0


def test_both_sides_of_the_crosswalk_are_counted(warehouse: Path) -> None:
    table = study(warehouse, "2026-02").crosswalk()
    sums = table.groupby("new").agg(n=("n", "sum"), n_total=("n_total", "first"))
    assert (sums["n"] == sums["n_total"]).all()
    assert sums["n"].sum() == sum(made.unit != "phong-noi-vu" and made.received <= date(2026, 2, 14) for made in MADE)


def test_before_the_last_day_nothing_has_been_handed_over(warehouse: Path) -> None:
    table = study(warehouse, "2025-Q1").crosswalk()
    assert table["n_handed_over"].isna().all()
    assert table["n_open"].isna().all()
    assert set(table["new"]) == set(NEW)


def test_a_unit_without_successor_keeps_its_name_and_is_listed(warehouse: Path) -> None:
    gone = study(warehouse, "2025-Q3").dissolved_units()
    made = [made for made in MADE if made.unit == "phong-noi-vu"]
    assert list(gone["unit"]) == ["phong-noi-vu"]
    assert (gone["n"].iloc[0], gone["ended_on"].iloc[0]) == (len(made), LAST_DAY)
    assert gone["n_handed_over"].iloc[0] == sum(one.handed_over for one in made)
    assert len(study(warehouse, "2025-Q2").dissolved_units()) == 1
    assert len(study(warehouse, "2025-Q2", "").dissolved_units()) == 0


def test_registers_are_told_under_the_same_units(warehouse: Path) -> None:
    def counted(on: str) -> dict[str, int]:
        table = study(warehouse, "2025-Q3", on).feedback("unit")
        return by_unit(table[table["measure"] == "feedback_on_time"], "denominator")

    # Due in the period of 15 June to 14 September: the messages of 20 June (two former wards) and of 20 July.
    assert counted("") == {"phuong-10": 1, "rach-dua": 1, "rach-dua-2025": 1}
    assert counted(IN_2026) == {"rach-dua-2025": 3}
    rows = study(warehouse, "2025-Q3").warehouse.register("feedback")
    assert rows is not None
    assert set(rows.rows("pandas").collect().to_pandas()["unit"]) == {"rach-dua-2025"}
    recorded = study(warehouse, "2025-Q3", "").warehouse.register("feedback")
    assert recorded is not None
    assert sorted(recorded.rows("pandas").collect().to_pandas()["unit"]) == ["phuong-10", "rach-dua", "rach-dua-2025"]


def test_units_that_share_a_name_stay_apart(warehouse: Path) -> None:
    recorded = study(warehouse, "2025-Q3", "")
    names = [recorded.unit_name(unit) for unit in ("rach-dua", "rach-dua-2025", "long-son", "long-son-2025")]
    assert names == [
        "Phường Rạch Dừa (đến ngày 30/06/2025)",
        "Phường Rạch Dừa (từ ngày 01/07/2025)",
        "Xã Long Sơn (đến ngày 30/06/2025)",
        "Xã Long Sơn (từ ngày 01/07/2025)",
    ]
    assert study(warehouse, "2025-Q3").unit_name("rach-dua-2025") == "Phường Rạch Dừa"
    assert study(warehouse, "2025-Q3", "").unit_name("phuong-10") == "Phường 10"


def test_a_name_means_the_unit_of_its_time(warehouse: Path) -> None:
    def found(period: str, unit: str, on: str = "") -> str:
        return study(warehouse, period, on, unit=unit).unit

    assert found("2025-Q2", "Phường Rạch Dừa") == "rach-dua"
    assert found("2026-01", "Phường Rạch Dừa") == "rach-dua-2025"
    assert found("2025-Q2", "Phường Rạch Dừa", IN_2026) == "rach-dua-2025"
    assert found("2026-01", "Phường Vũng Tàu") == "vung-tau-2025"
    assert found("2025-Q2", "Thành phố Vũng Tàu") == "all"


def test_a_former_unit_is_refused_with_the_name_of_its_successor(warehouse: Path) -> None:
    with pytest.raises(UnitError, match="tam-thang-2025") as told:
        study(warehouse, "2025-Q2", unit="Phường 8")
    assert "Phường Tam Thắng" in told.value.message("vi")


def test_the_whole_is_named_as_the_former_city(warehouse: Path) -> None:
    assert study(warehouse, "2025-Q2", "").unit_name() == "Thành phố Vũng Tàu"
    assert study(warehouse, "2025-Q2").unit_name() == "Địa bàn Thành phố Vũng Tàu (cũ)"


def test_the_five_units_of_2026_get_pages_with_their_whole_series(warehouse: Path) -> None:
    month = study(warehouse, "2026-02")
    assert chosen_units(month, "all") == ["all", "phong-noi-vu", *NEW]
    block = cchc.processing_time.form_table(month, by="unit")
    names = re.findall(r"<th scope=\"row\"[^>]*>([^<]*)<|<tr><td[^>]*>([^<]*)<", str(block.data))
    shown = [first or second for first, second in names]
    wanted = [month.unit_name(unit) for unit in NEW]
    assert [name for name in shown if name in wanted] == wanted, "in official order, each once"


def test_a_day_that_is_none_is_refused(warehouse: Path) -> None:
    with pytest.raises(PeriodError, match="2026-13-01"):
        study(warehouse, "2025-Q2", "2026-13-01")


@pytest.mark.parametrize("on", [LAST_DAY, FIRST_DAY])
def test_engines_agree_under_every_cut(warehouse: Path, on: date) -> None:
    opened = open_warehouse(warehouse).on_units(REGISTRY.moved(on))
    clock = Clock(WorkingCalendar.vietnam(), datetime.combine(UNTIL, time()))
    counts = [count_flow(opened.dossiers(engine), clock, ("unit",)) for engine in ("duckdb", "pandas")]
    pd.testing.assert_frame_equal(counts[0], counts[1])
    ends = dict.fromkeys(OLD, LAST_DAY)
    handed = [count_handed_over(opened.recorded.dossiers(engine), clock, ends) for engine in ("duckdb", "pandas")]
    pd.testing.assert_frame_equal(handed[0], handed[1])
    assert int(counts[0]["n"].sum()) == len(MADE)


def test_the_block_is_shown_where_units_change_inside_the_series_and_nowhere_else(warehouse: Path) -> None:
    def shown(period: str, on: str, unit: str = "all") -> str:
        block = cchc.processing_time.crosswalk(study(warehouse, period, on, unit=unit))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", str(block.data)))

    assert shown("2024-Q4", "").strip() == ""
    recorded, moved = shown("2025-Q3", ""), shown("2025-Q3", IN_2026)
    n = sum(made.unit != "phong-noi-vu" and made.received <= date(2025, 9, 14) for made in MADE)
    written = f"{n:,}".replace(",", ".")
    for text in (recorded, moved):
        assert "Từ ngày 01/07/2025, 17 đơn vị cũ được sắp xếp thành 5 đơn vị mới." in text
        assert f"{written} hồ sơ = cộng theo đơn vị mới {written} hồ sơ" in text
        assert "Cấp huyện kết thúc hoạt động hết ngày 30/06/2025 (Thành phố Vũng Tàu)" in text
        assert "giữ nguyên tên: Phòng Nội vụ." in text
        assert not re.search(r"\b(nan|NaN|None|NaT|inf)\b|<NA>", text)
    assert "để quy mọi năm về đơn vị mới" in recorded
    assert "Phường 8" not in shown("2025-Q3", IN_2026, "rach-dua-2025")
    assert "Phường Rạch Dừa (đến ngày 30/06/2025)" in shown("2025-Q3", IN_2026, "rach-dua-2025")


def test_the_head_says_that_rows_were_moved(warehouse: Path) -> None:
    heads = [str(cchc.page_head(study(warehouse, "2025-Q3", on), "processing_time").data) for on in ("", IN_2026)]
    assert ["quy về đơn vị hành chính có hiệu lực ngày 01/01/2026" in head for head in heads] == [False, True]
