"""Self-scoring and indices of the synthetic city: what was planted comes out of intake, measures and the page."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import cchc_analysis as cchc
from cchc_analysis.frames import records
from cchc_analysis.reference_data import reference_path

KINDS = ("self_scores", "index_values")
COUNTS = ("read", "accepted", "rejected", "duplicates", "skipped", "reasons")
HEADER = "Mã hồ sơ,Thủ tục hành chính,Đơn vị tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả kết quả,Trạng thái"
DOSSIER = "H06-230601-0001,Khai sinh,Phường 1,01/06/2023,08/06/2023,05/06/2023,Đã trả kết quả"


@pytest.fixture(scope="module")
def study(sample) -> cchc.Study:
    return cchc.open_study(data=sample.warehouse, period="2023")


def planted(sample) -> dict[str, dict[str, Any]]:
    units: dict[str, dict[str, Any]] = sample.truth["handed_in"]["self_scores"]["planted"]["units"]
    return units


def words(block: Any) -> str:
    markup = re.sub(r'src="data:image/png;base64,[^"]*"', "", block.data)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


@pytest.mark.parametrize("kind", KINDS)
def test_intake_accounts_for_every_row(sample, kind: str) -> None:
    intake = json.loads((sample.warehouse / "registers" / kind / "intake.json").read_text("utf-8"))
    truth = sample.truth["handed_in"][kind]
    assert {name: intake["total"][name] for name in COUNTS} == {name: truth["total"][name] for name in COUNTS}
    found = {Path(entry["file"]).name: {name: entry[name] for name in COUNTS} for entry in intake["files"]}
    assert found == {name: {key: account[key] for key in COUNTS} for name, account in truth["files"].items()}


def test_the_totals_of_every_office_are_those_planted(sample, study: cchc.Study) -> None:
    states = {row["unit"]: row for row in records(study.self_scoring())}
    assert len(states) == 1 + 17
    for unit, truth in planted(sample).items():
        row = states[unit]
        assert row["self_total"] == pytest.approx(truth["self_total"], abs=1e-9), unit
        for name in ("stated_total", "verified_total"):
            if truth[name] is None:
                assert pd.isna(row[name]), (unit, name)
            else:
                assert row[name] == pytest.approx(truth[name], abs=1e-9), (unit, name)
        assert row["state"] == ("partial" if truth["without_score"] else "scored")
    missing = sample.truth["handed_in"]["self_scores"]["planted"]["missing"]
    assert [unit for unit, row in states.items() if row["state"] == "missing"] == missing == ["phuong-12"]


def test_the_planted_faults_and_nothing_else_are_found(sample, study: cchc.Study) -> None:
    found = {(row["unit"], row["criterion"], row["kind"]) for row in records(study.self_scoring_findings())}
    left_out = {(unit, code, "criterion_missing") for unit, t in planted(sample).items() for code in t["without_score"]}
    assert found == {("phuong-4", "total", "sum_differs"), ("rach-dua", "8", "above_maximum")} | left_out
    assert left_out == {
        ("phuong-9", "3.10", "criterion_missing"),
        ("phuong-9", "5.7", "criterion_missing"),
        ("phuong-11", "4.4", "criterion_missing"),
    }


def test_scores_stand_beside_the_shares_of_the_same_office(study: cchc.Study) -> None:
    rows = study.self_against_measures()
    own = rows[(rows["unit"] == "phuong-1") & (rows["measure"] == "received_online")]
    share = study.online_share("unit").query("unit == 'phuong-1' and measure == 'received_online'")
    assert own["numerator"].tolist() == share["numerator"].tolist()
    assert own["denominator"].tolist() == share["denominator"].tolist()
    assert rows["expected"].isna().all(), "no maximum of a criterion is known, so no points are drawn"


def test_a_copy_that_names_share_and_maximum_turns_the_share_into_points(study: cchc.Study, tmp_path: Path) -> None:
    content = yaml.safe_load(reference_path("indices", "qd-2926-2023-commune.yaml").read_text("utf-8"))
    content["fields"][2] |= {"measures": [], "criteria": [{"code": "3.1", "points": 2, "measure": "handled_in_time"}]}
    content["fields"][6]["measures"], content["fields"][7]["measures"] = [], []
    copy = tmp_path / "own.yaml"
    copy.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    rows = study.self_against_measures(copy)
    assert set(rows["criterion"]) == {"3.1"}
    assert rows["expected"].tolist() == pytest.approx((2 * rows["value"]).tolist(), abs=1e-6)
    assert rows["difference"].tolist() == pytest.approx((rows["self_score"] - rows["expected"]).tolist(), abs=1e-6)
    told = words(cchc.indices.measured(study, str(copy)))
    assert "Điểm theo số liệu Tự chấm − theo số liệu" in told


def test_the_series_of_the_city_is_broken_where_planted(sample, study: cchc.Study) -> None:
    series = study.index_series().query("place == 'vung-tau'")
    truth = sample.truth["handed_in"]["index_values"]["planted"]["series"]
    for index, name in (("par_index", "PAR INDEX"), ("sipas", "SIPAS")):
        own = series[series["index"] == index]
        assert {str(row["year"]): row["value"] for row in records(own)} == truth[name]
    assert series.loc[series["break_before"], ["index", "year"]].values.tolist() == [["par_index", 2022]]
    assert series.loc[series["break_before"], "difference"].isna().all()


def test_the_trend_of_the_plan_year_is_told_by_the_register_and_by_what_is_published(study: cchc.Study) -> None:
    trends = {(row["index"], row["dimension"], row["place"]): row for row in records(study.index_trends(2023))}
    city = trends["par_index", "", "vung-tau"]
    assert (city["trend"], city["basis"], round(city["value"] - city["previous_value"], 2)) == ("up", "value", 3.25)
    assert trends["par_index", "", "ba-ria-vung-tau"]["reason"] == "first"
    assert trends["sipas", "", "viet-nam"]["trend"] == "up"


def test_the_first_screen_says_who_is_missing_and_what_does_not_add_up(study: cchc.Study) -> None:
    told = words(cchc.indices.summary(study))
    assert "15/18 đơn vị đã tự chấm đủ các tiêu chí" in told
    assert "Phường 9 (thiếu 2 tiêu chí); Phường 11 (thiếu 1 tiêu chí)" in told
    assert "Chưa nộp bảng tự chấm: Phường 12." in told
    assert "lĩnh vực 8 cộng được 36,50 điểm, tối đa 35" in told
    assert "Phường 4: tổng điểm ghi" in told
    assert "PAR INDEX, Thành phố Vũng Tàu (số liệu đơn vị nạp): 82,75 (hạng 2) năm 2023, tăng 3,25" in told


BLOCKS = ("summary", "offices", "sheet", "checks", "compared", "structure")
UNDEFINED = re.compile(r"\b(nan|NaN|inf|None(?! of)|NaT|NA)\b")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("unit", ["all", "phuong-9", "phuong-12", "phong-noi-vu"])
def test_every_block_says_what_it_can(sample, unit: str, language: str) -> None:
    own = cchc.open_study(data=sample.warehouse, period="2023", unit=unit, language=language)
    text = " ".join(words(getattr(cchc.indices, name)(own)) for name in BLOCKS)
    assert not UNDEFINED.search(text)
    assert not re.search(r"/\d+\.0\b", text)
    if unit == "phong-noi-vu":
        assert ("không yêu cầu đơn vị tự chấm" if language == "vi" else "does not ask this unit") in text


def test_the_blocks_of_figures_and_series_say_what_they_can(study: cchc.Study) -> None:
    text = words(cchc.indices.measured(study)) + words(cchc.indices.series(study))
    assert not UNDEFINED.search(text)
    assert "đổi cách tính, không so sánh" in text
    assert "PCI chỉ đo ở cấp tỉnh" in text
    assert "2024*" in text
    assert "Số liệu bên cạnh lĩnh vực 7" in text


def test_the_page_of_a_ward_shows_its_own_sheet_only(sample) -> None:
    own = cchc.open_study(data=sample.warehouse, period="2023", unit="phuong-9")
    summary = words(cchc.indices.summary(own))
    assert "Đơn vị đã chấm 45/47 tiêu chí" in summary
    assert "Tiêu chí chưa chấm: 3.10, 5.7." in summary
    told = words(cchc.indices.offices(own)) + words(cchc.indices.checks(own))
    assert "tiêu chí 3.10" in told
    assert "Rạch Dừa" not in told


def test_a_year_without_an_index_in_force_asks_nobody(sample) -> None:
    own = cchc.open_study(data=sample.warehouse, period="2023")
    assert len(own.self_scoring(year=2026)) == 0
    assert own.index_sheets(year=2026) == ()


def test_text_of_a_table_of_indices_is_text_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    (tmp_path / "xuat.csv").write_text(f"{HEADER}\n{DOSSIER}\n", "utf-8")
    folder = tmp_path / "chi-so"
    folder.mkdir()
    hostile = "<script>alert(1)</script>"
    lines = [
        f"PAPI;{hostile};<b>x</b>;{year};{year - 2000};$\\frac{{1}}{{0}}$;{hostile}" for year in (2021, 2022, 2023)
    ]
    table = ["Chỉ số;Nội dung chỉ số;Địa phương;Năm;Giá trị chỉ số;Phương pháp;Nguồn số liệu", *lines]
    (folder / "papi.csv").write_text("\n".join(table) + "\n", "utf-8")
    cchc.take_in([tmp_path / "xuat.csv", folder], tmp_path / "kho", as_of=cchc.parse_period("2023").end)
    own = cchc.open_study(data=tmp_path / "kho", period="2023")
    markup = cchc.indices.series(own).data + cchc.indices.summary(own).data
    assert "<script>" not in markup
    assert "<b>x</b>" not in markup
    assert unescape(markup).count(hostile) >= 3
