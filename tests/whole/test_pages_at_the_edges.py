"""Every block of every page stands up to empty, tiny, one-sided and hostile data, in both languages."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

import cchc_analysis as cchc

HEADER = (
    "Mã hồ sơ,Thủ tục hành chính,Lĩnh vực,Đơn vị tiếp nhận,Hình thức tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày trả kết quả,Trạng thái,Thời gian quy định,Thời gian sau cắt giảm"
)
NAUGHTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{7*7}}",
    "${7*7}",
    "$\\frac{1}{0}$",
    "[x](javascript:alert(1))",
    "</table><h1>chèn</h1>",
    "=cmd|' /C calc'!A0",
)


def line(
    number: int, procedure: str = "Khai sinh", unit: str = "Phường 1", done: str = "05/06/2023", **given: str
) -> str:
    cell = {
        "field": "Hộ tịch",
        "channel": "Trực tuyến",
        "received": "01/06/2023",
        "due": "08/06/2023",
        "status": "Đã trả kết quả" if done else "Đang xử lý",
        "law": "5 ngày làm việc",
        "cut": "3 ngày làm việc",
    } | given
    names = ("field", "channel", "received", "due", "status", "law", "cut")
    field, channel, received, due, status, law, cut = (cell[name] for name in names)
    row = [f"H06-230601-{number:04d}", procedure, field, unit, channel, received, due, done, status, law, cut]
    return ",".join('"' + value.replace('"', '""') + '"' for value in row)


SCENARIOS = {
    "nothing": [],
    "one dossier": [line(1)],
    "all pending": [line(n, done="") for n in range(5)],
    "all late": [line(n, done="13/06/2023") for n in range(3)],
    "no due dates": [line(n, due="") for n in range(4)],
    "no terms": [line(n, law="", cut="") for n in range(4)],
    "same-day only": [line(n, done="01/06/2023", law="Trong ngày", cut="Trong ngày") for n in range(4)],
    "withdrawn only": [line(n, status="Công dân rút hồ sơ") for n in range(3)],
    "outside the period": [line(1, received="01/02/2023", due="08/02/2023", done="03/02/2023")],
    "hostile": [line(n, procedure=text, field=text, unit=f"Sở {text}") for n, text in enumerate(NAUGHTY)],
}

AGREED = cchc.load_plan("vung-tau-2023")

BLOCKS: list[Callable[[cchc.Study], object]] = [
    lambda study: cchc.page_head(study, "processing_time"),
    lambda study: cchc.processing_time.summary(study, AGREED),
    lambda study: cchc.processing_time.form_table(study, "field"),
    lambda study: cchc.processing_time.on_time_months(study),
    lambda study: cchc.processing_time.comparison(study, "unit"),
    lambda study: cchc.processing_time.comparison(study, "field"),
    lambda study: cchc.processing_time.control_charts(study),
    lambda study: cchc.processing_time.time_distribution(study),
    lambda study: cchc.processing_time.change(study),
    lambda study: cchc.processing_time.reduction(study),
    lambda study: cchc.processing_time.backlog(study),
    lambda study: cchc.processing_time.integrity(study),
    lambda study: cchc.definitions(study, cchc.processing_time.terms_used(study)),
    lambda study: cchc.digitisation.summary(study, AGREED),
    lambda study: cchc.digitisation.commitments(study, AGREED),
    lambda study: cchc.digitisation.digitised(study, AGREED, "unit"),
    lambda study: cchc.digitisation.digitised(study, AGREED, "field"),
    lambda study: cchc.digitisation.post_and_copies(study),
    lambda study: cchc.digitisation.online(study, AGREED, "unit"),
    lambda study: cchc.digitisation.online(study, AGREED, "field"),
    lambda study: cchc.digitisation.catalogue(study, AGREED),
    lambda study: cchc.digitisation.control(study),
    lambda study: cchc.digitisation.payments(study, "unit"),
    lambda study: cchc.digitisation.feedback(study, AGREED),
    lambda study: cchc.page_head(study, "service_quality"),
    lambda study: cchc.service_quality.summary(study),
    lambda study: cchc.service_quality.groups(study),
    lambda study: cchc.service_quality.groups(study, "equal"),
    lambda study: cchc.service_quality.indicators(study),
    lambda study: cchc.service_quality.by_unit(study),
    lambda study: cchc.service_quality.one_stop(study),
    lambda study: cchc.service_quality.published(study),
    lambda study: cchc.service_quality.sources(study),
    lambda study: cchc.definitions(study, cchc.service_quality.terms_used(study)),
    lambda study: cchc.page_head(study, "indices"),
    lambda study: cchc.indices.summary(study),
    lambda study: cchc.indices.offices(study),
    lambda study: cchc.indices.sheet(study),
    lambda study: cchc.indices.checks(study),
    lambda study: cchc.indices.compared(study),
    lambda study: cchc.indices.measured(study),
    lambda study: cchc.indices.series(study),
    lambda study: cchc.indices.structure(study),
    lambda study: cchc.definitions(study, cchc.indices.terms_used(study), "indices"),
    lambda study: cchc.data_quality.summary(study),
    lambda study: cchc.data_quality.accounting(study),
    lambda study: cchc.data_quality.registers(study),
    lambda study: cchc.data_quality.rejected(study),
    lambda study: cchc.data_quality.flags(study),
    lambda study: cchc.data_quality.completeness(study),
]


@pytest.fixture(params=SCENARIOS)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    export = tmp_path / "xuat.csv"
    export.write_text("\n".join([HEADER, *SCENARIOS[request.param]]) + "\n", encoding="utf-8")
    cchc.take_in([export], tmp_path / "kho", as_of=cchc.parse_period("2023-Q2").end)
    return request.param, tmp_path / "kho"


IN_ENGLISH = ("nothing", "hostile")
"""Scenarios whose pages are written in English too: what they leave out, the others have."""


def test_every_block_says_what_it_can(warehouse: tuple[str, Path]) -> None:
    name, folder = warehouse
    study = cchc.open_study(data=folder, period="2023-Q2")
    holds(name, study)
    if name in IN_ENGLISH:
        # What has been counted has no language.
        holds(name, replace(study, language="en"))


def holds(name: str, study: cchc.Study) -> None:
    pictures = re.compile(r'src="data:image/png;base64,[^"]*"')
    markup = "\n".join(pictures.sub("", block(study).data) for block in BLOCKS)
    text = unescape(re.sub(r"<[^>]*>", " ", markup))
    assert not re.search(r"\b(nan|NaN|inf|None(?! of)|NaT|NA)\b", text), name
    assert "\u221e" not in text
    assert not re.search(r"<(script|svg|img src=x)", markup)
    assert "<h1>chèn" not in markup
    if name == "hostile":
        for payload in NAUGHTY:
            assert payload in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "không có hồ sơ nào phải giải quyết"),
        ("all pending", "tỷ lệ đúng hạn chưa xác định"),
        ("no due dates", "Không tính được tỷ lệ đúng hạn"),
        ("all late", "0%"),
    ],
)
def test_the_summary_says_what_is_undefined(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    export = tmp_path / "xuat.csv"
    export.write_text("\n".join([HEADER, *SCENARIOS[name]]) + "\n", encoding="utf-8")
    cchc.take_in([export], tmp_path / "kho", as_of=cchc.parse_period("2023-Q2").end)
    study = cchc.open_study(data=tmp_path / "kho", period="2023-Q2")
    assert said in cchc.processing_time.summary(study, AGREED).data


def test_a_unit_without_dossiers_in_the_period_has_a_page_that_says_so(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q2", unit="van-phong-hdnd-ubnd")
    assert "không có hồ sơ nào phải giải quyết" in cchc.processing_time.summary(study, AGREED).data


@pytest.mark.parametrize("baseline", ["", "2023-10..2023-12"])
def test_the_first_screen_tells_the_signals_of_the_charts_under_their_baseline(sample, baseline: str) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023")
    found = {"": "Có 1 dấu hiệu", "2023-10..2023-12": "Có 4 dấu hiệu"}[baseline]
    assert found in cchc.processing_time.control_charts(study, baseline).data
    assert found in cchc.processing_time.summary(study, AGREED, baseline).data
