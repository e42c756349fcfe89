"""The unit registry: ids, spellings, validity, successors, and tables that contradict themselves."""

from datetime import date, datetime

import pandas as pd
import pytest

from cchc_analysis.errors import UnitError
from cchc_analysis.units import UnitRegistry

REGISTRY = UnitRegistry.load()
IN_2023, FROM_2025 = date(2023, 6, 14), date(2025, 7, 1)
WARDS_2023 = [
    *(f"phuong-{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12)),
    *("thang-nhat", "thang-nhi", "thang-tam", "nguyen-an-ninh", "rach-dua"),
]
UNITS_2025 = ("vung-tau-2025", "tam-thang-2025", "rach-dua-2025", "phuoc-thang-2025", "long-son-2025")


def test_the_city_of_2023():
    tiers = [REGISTRY.tier(unit) for unit in REGISTRY.units(IN_2023)]
    assert {tier: tiers.count(tier) for tier in tiers} == {"city": 1, "department": 12, "ward": 16, "commune": 1}
    below = REGISTRY.children("vung-tau", IN_2023)
    assert [unit for unit in below if REGISTRY.tier(unit) == "ward"] == WARDS_2023
    assert below[-1] == "long-son"
    assert REGISTRY.units(IN_2023) == ("vung-tau", *below)


def test_the_five_units_of_2025():
    assert REGISTRY.units(FROM_2025) == UNITS_2025
    assert REGISTRY.units(date(2025, 6, 30)) == REGISTRY.units(IN_2023)
    assert REGISTRY.children("vung-tau", FROM_2025) == ()
    assert len(REGISTRY.units()) == 35


def test_wards_go_to_their_successors():
    successors = {unit: REGISTRY.successor(unit, FROM_2025) for unit in [*WARDS_2023, "long-son"]}
    went_to = {new: [old for old, to in successors.items() if to == new] for new in UNITS_2025}
    # As listed by VietNamNet, article 2395630 on the merger of Bà Rịa – Vũng Tàu (2025).
    assert went_to == {
        "vung-tau-2025": [*(f"phuong-{n}" for n in (1, 2, 3, 4, 5)), "thang-nhi", "thang-tam"],
        "tam-thang-2025": ["phuong-7", "phuong-8", "phuong-9", "nguyen-an-ninh"],
        "rach-dua-2025": ["phuong-10", "thang-nhat", "rach-dua"],
        "phuoc-thang-2025": ["phuong-11", "phuong-12"],
        "long-son-2025": ["long-son"],
    }


def test_successor_is_itself_while_it_exists_and_nobody_where_there_is_none():
    assert REGISTRY.successor("phuong-1", IN_2023) == "phuong-1"
    assert REGISTRY.successor("phuong-1", datetime(2025, 6, 30, 17)) == "phuong-1"
    assert REGISTRY.successor("phong-noi-vu", FROM_2025) is None
    assert REGISTRY.successor("rach-dua-2025", IN_2023) is None
    with pytest.raises(UnitError, match="no unit 'phuong-6'"):
        REGISTRY.successor("phuong-6", IN_2023)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Phường 1", "phuong-1"),
        ("UBND phường 1", "phuong-1"),
        ("Ủy ban nhân dân Phường 1", "phuong-1"),
        ("Uỷ ban nhân dân phường 01", "phuong-1"),
        ("P.1", "phuong-1"),
        ("P1", "phuong-1"),
        ("P. 01", "phuong-1"),
        ("Phường số 7", "phuong-7"),
        ("PHƯỜNG 12", "phuong-12"),
        ("Phường 1, TP. Vũng Tàu", "phuong-1"),
        ("UBND Phường 1 - Thành phố Vũng Tàu", "phuong-1"),
        ("phuong-1", "phuong-1"),
        ("Thắng Nhất", "thang-nhat"),
        ("P.Thắng Nhì", "thang-nhi"),
        ("Phu\u031bo\u031b\u0300ng Tha\u0306\u0301ng Tam", "thang-tam"),
        ("Phường\u00a0Nguyễn An\u200b Ninh", "nguyen-an-ninh"),
        ("Xã Long Sơn", "long-son"),
        ("X. Long Sơn", "long-son"),
        ("TP. Vũng Tàu", "vung-tau"),
        ("UBND thành phố Vũng Tàu", "vung-tau"),
        ("Phòng Nội vụ", "phong-noi-vu"),
        ("P. Nội vụ", "phong-noi-vu"),
        ("Phòng Nội vụ TP Vũng Tàu", "phong-noi-vu"),
        ("Phòng Văn hoá & Thông tin", "phong-van-hoa-thong-tin"),
        ("Phòng VH&TT", "phong-van-hoa-thong-tin"),
        ("Phòng Tài chính - Kế hoạch", "phong-tai-chinh-ke-hoach"),
        ("Phòng Tài chính và Kế hoạch", "phong-tai-chinh-ke-hoach"),
        ("Văn phòng HĐND&UBND thành phố", "van-phong-hdnd-ubnd"),
        ("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân", "van-phong-hdnd-ubnd"),
        ("Bộ phận Tiếp nhận và Trả kết quả thành phố Vũng Tàu", "van-phong-hdnd-ubnd"),
        ("Phòng LĐ-TB&XH", "phong-lao-dong-tbxh"),
    ],
)
def test_spellings(written, unit):
    assert REGISTRY.resolve(written) == unit


@pytest.mark.parametrize(
    "written", ["Phường 6", "Phường 1, Quận 3", "Phường 1, thành phố Đà Lạt", "Phường", "1", "", " ", "—", None]
)
def test_unknown_names_are_no_error(written):
    assert REGISTRY.resolve(written) is None


def test_a_name_shared_by_old_and_new_is_decided_by_the_date():
    assert REGISTRY.resolve("Phường Rạch Dừa") == "rach-dua"
    assert REGISTRY.resolve("Phường Rạch Dừa", on=date(2025, 6, 30)) == "rach-dua"
    assert REGISTRY.resolve("Phường Rạch Dừa", on=FROM_2025) == "rach-dua-2025"
    assert REGISTRY.resolve("Vũng Tàu", on=FROM_2025) == "vung-tau-2025"
    assert REGISTRY.resolve("Vũng Tàu") == "vung-tau"
    assert REGISTRY.resolve("Phường Vũng Tàu") == "vung-tau-2025"
    # A unit that has ended is still recognised: dossiers handed over carry its name.
    assert REGISTRY.resolve("Phường 5", on=FROM_2025) == "phuong-5"


def test_every_stated_name_leads_to_its_unit():
    for unit in REGISTRY.table:
        on = unit.valid_from or unit.valid_to
        for written in (unit.unit_id, unit.name, unit.name.upper(), unit.short_name, *unit.aliases):
            assert REGISTRY.resolve(written, on) == unit.unit_id, written


def test_resolve_many():
    names = pd.Series(["P.5", "Nơi khác", None, "Rạch Dừa", "Rạch Dừa"], index=[9, 8, 7, 6, 5])
    assert REGISTRY.resolve_many(names).to_dict() == {9: "phuong-5", 8: None, 7: None, 6: "rach-dua", 5: "rach-dua"}
    assert REGISTRY.resolve_many(names, FROM_2025)[5] == "rach-dua-2025"
    on = pd.Series(pd.to_datetime(["2023-01-01", "2023-01-01", None, "2023-01-01", "2025-08-01"]), index=names.index)
    by_row = REGISTRY.resolve_many(names, on)
    assert by_row[6], by_row[5] == ("rach-dua", "rach-dua-2025")
    assert by_row[9] == "phuong-5"
    assert REGISTRY.resolve_many(names.iloc[:0]).tolist() == []


def test_names():
    assert REGISTRY.name("long-son") == "Xã Long Sơn"
    assert REGISTRY.name("long-son", "en") == "Long Son Commune"
    assert REGISTRY.name("UBND huyện Côn Đảo") == "UBND huyện Côn Đảo"
    assert REGISTRY.tier("UBND huyện Côn Đảo") is None


HEADER = "unit_id,name,short_name,name_en,tier,parent_id,valid_from,valid_to,successor_id,aliases\n"


def load(tmp_path, *rows, header=HEADER):
    path = tmp_path / "units.csv"
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    return UnitRegistry.load(path)


def test_a_table_of_another_place(tmp_path):
    registry = load(tmp_path, "da-lat,Thành phố Đà Lạt,,,city,,,,,", "p1,Phường 1,,,ward,da-lat,,,,P.I|")
    assert registry.resolve("UBND P.1 - TP. Đà Lạt") == "p1"
    assert registry.resolve("P.I") == "p1"
    assert registry.name("p1", "en") == "Phường 1"
    assert registry.resolve("Phường 1, TP. Vũng Tàu") is None


def test_p_may_mean_phuong_or_phong(tmp_path):
    both = load(tmp_path, "a,Phường Kinh Tế,Phường KT,,ward,,,,,", "b,Phòng Kinh tế,Phòng KT,,department,,,,,")
    assert both.resolve("P. Kinh tế") is None
    assert both.resolve("Phòng Kinh tế") == "b"
    later = load(
        tmp_path,
        "a,Phường Kinh Tế,Phường KT,,ward,,2025-07-01,,,",
        "b,Phòng Kinh tế,Phòng KT,,department,,,2025-06-30,,",
    )
    assert later.resolve("P. Kinh tế", FROM_2025) == "a"
    assert later.resolve("P. Kinh tế") == "b"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,A,,,ward,,,,,", "a,B,,,ward,,,,,"], "'a' stands twice"),
        (["a,A,,,ward,x,,,,"], "parent_id 'x' is not in the units table"),
        (["a,A,,,ward,,,,x,"], "successor_id 'x' is not in the units table"),
        (["a,A,,,ward,b,,,,", "b,B,,,ward,a,,,,"], "back to itself through parent_id"),
        (["a,A,,,ward,,,,b,", "b,B,,,ward,,,,a,"], "back to itself through successor_id"),
        (["a,A,,,ward,,2025-07-01,2025-06-30,,"], "ends on 2025-06-30, before it begins"),
        (["a,Phường 1,,,ward,,,,,", "b,B,,,ward,,,,,P.01"], "'P.01' means both 'a' and 'b'"),
        (["a,A,,,ward,,01/07/2025,,,"], "row 2, column valid_from: '01/07/2025'"),
        (["a,A,,,ward,,,,,", "b,,,,ward,,,,,"], "row 3: the column 'name' is empty"),
    ],
)
def test_tables_that_contradict_themselves_are_refused(tmp_path, rows, message):
    with pytest.raises(UnitError, match=message):
        load(tmp_path, *rows)


def test_the_same_name_one_after_the_other_is_allowed(tmp_path):
    registry = load(tmp_path, "a,A,,,ward,,,2025-06-30,b,", "b,A,,,ward,,2025-07-01,,,")
    assert (registry.resolve("A", IN_2023), registry.resolve("A", FROM_2025)) == ("a", "b")


def test_a_table_without_its_columns_is_refused(tmp_path):
    with pytest.raises(UnitError, match="row 1: the column 'tier' is missing"):
        load(tmp_path, "a,A", header="unit_id,name\n")
    with pytest.raises(UnitError, match=r"none\.csv"):
        UnitRegistry.load(tmp_path / "none.csv")
