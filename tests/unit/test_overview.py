"""The overview page: every status has a word and a shape, every sentence its zero case, every text is escaped."""

import re
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cchc_analysis import wording
from cchc_analysis.errors import Language
from cchc_analysis.measures.scorecard import REASONS, SCORECARD_COLUMNS, STATUSES
from cchc_analysis.pages.overview_rows import ADDED, page_of, period_title
from cchc_analysis.pages.overview_table import scorecard_table, status_badge
from cchc_analysis.plan import load_plan
from cchc_analysis.reports.page_links import link_pages

BOTH: tuple[Language, Language] = ("vi", "en")
say, tell, amend = wording.scorecard, wording.scorecard_summary, wording.revisions


def row(commitment: str = "C09", status: str = "on_track", **given: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        **dict.fromkeys(SCORECARD_COLUMNS), "commitment": commitment, "status": status, "reason": "likely",
        "basis": "dossiers", "value": 0.435, "numerator": 87, "denominator": 200, "lower": 0.368, "upper": 0.504,
        "operator": ">", "goal": 0.5, "verdict": "missed", "trend": "up", "trend_difference": 0.085,
        "trend_lower": 0.01, "trend_upper": 0.16, "base": "2023-Q1", "year_end_value": 0.47, "year_end_lower": 0.44,
        "year_end_upper": 0.5, "chance": 0.12, "chance_trend": 0.31, "section": "I.2", "name": "Hồ sơ trực tuyến",
        "quote": "đạt trên 50%", "owners": "Phòng Nội vụ", "scale": "share", "direction": "up",
        "goal_text": "trên 50%", "why": "khả năng đạt từ 80%", "detail": "", "base_title": "quý I/2023",
        "page": "20_digitisation",
    }  # fmt: skip
    return plain | given


NO_FIGURE = dict.fromkeys(
    ("value", "numerator", "denominator", "lower", "upper", "trend_difference", "year_end_value", "chance")
) | {"trend": "unknown", "verdict": ""}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[*SCORECARD_COLUMNS, *ADDED])


def text_of(markup: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", re.sub(r'src="[^"]*"', "", markup)))


@pytest.mark.parametrize("language", BOTH)
def test_every_status_has_a_word_a_shape_and_a_rule_of_its_own(language: Language) -> None:
    assert say.STATUSES == STATUSES
    assert len({say.status(name, language) for name in STATUSES}) == len(STATUSES)
    assert len({say.MARKS[name] for name in STATUSES}) == len(STATUSES)
    assert len({wording.scorecard_rules.rule(name, language) for name in STATUSES}) == len(STATUSES)
    for name in STATUSES:
        badge = status_badge(name, language)
        assert say.status(name, language) in badge
        assert f'aria-hidden="true">{say.MARKS[name]}<' in badge


def test_every_reason_of_the_scorecard_has_words() -> None:
    assert set(REASONS) == set(say.REASONS)


@pytest.mark.parametrize(
    ("operator", "value", "scale", "vi", "en"),
    [
        (">", 0.5, "share", "trên 50%", "above 50%"),
        (">=", 0.85, "share", "từ 85%", "at least 85%"),
        ("=", 1, "share", "100%", "100%"),
        ("<=", 10, "rank", "hạng 10 trở lên", "rank 10 or better"),
        (">=", 92, "count", "từ 92", "at least 92"),
        ("<=", 0.025, "share", "không quá 2,5%", "at most 2.5%"),
        ("bin", None, "share", "thực hiện", "done"),
        ("trend", None, "share", "cải thiện", "improve"),
        ("param", None, "share", "theo văn bản khác", "in another document"),
        ("count", None, "share", "không nêu số lượng", "no number given"),
        ("none", None, "share", "không định lượng", "not quantified"),
    ],
)
def test_targets_are_written_as_people_say_them(operator: str, value: Any, scale: Any, vi: str, en: str) -> None:
    from decimal import Decimal

    given = None if value is None else Decimal(str(value))
    assert say.goal(operator, given, scale, "vi") == vi
    assert say.goal(operator, given, scale, "en") == en


def test_the_counts_of_all_statuses_add_up_to_the_commitments() -> None:
    rows = table(row("C01", "met"), row("C02", "met"), row("C03", "no_data"))
    told = tell.status_counts(rows, date(2023, 6, 14), "vi")
    assert told == (
        "Tính đến hết ngày 14/06/2023, trong 3 cam kết: 2 đã đạt, 0 đúng tiến độ, 0 có nguy cơ không đạt, 0 không đạt, "
        "0 không đánh giá được, 1 chưa có dữ liệu."
    )
    assert sum(int(n) for n in re.findall(r"(?:: |, )(\d+)", told.partition("cam kết")[2])) == 3
    assert "of 1 commitment:" in tell.status_counts(rows.head(1), date(2023, 6, 14), "en")


def test_met_is_named_counted_and_said_to_be_none() -> None:
    assert tell.met(table(), "vi") == "Chưa có cam kết nào đã đạt."
    assert tell.met(table(row("C14", "met")), "en") == "1 commitment met: C14 Hồ sơ trực tuyến."
    many = table(*(row(f"C{n:02d}", "met") for n in range(1, 9)))
    assert tell.met(many, "vi").endswith("; và 2 cam kết khác (C07, C08).")
    assert tell.met(many, "en").startswith("8 commitments met: C01 ")


def test_only_what_moved_beyond_noise_is_told_and_against_the_plan_apart() -> None:
    flat, exact = row("C01", trend="flat"), row("C11", trend_lower=None, trend_upper=None, basis="evidence")
    assert tell.moved(table(flat, exact), "vi") == ["Không có số liệu nào thay đổi vượt quá dao động ngẫu nhiên."]
    told = tell.moved(table(row("C09"), row("C10", direction="down"), flat), "vi")
    assert told == [
        "Theo hướng kế hoạch đề ra, so với quý I/2023: C09 Hồ sơ trực tuyến tăng 8,5 điểm phần trăm.",
        "Ngược hướng kế hoạch đề ra, so với quý I/2023: C10 Hồ sơ trực tuyến tăng 8,5 điểm phần trăm.",
    ]
    fallen = tell.moved(table(row("C09", trend="down", trend_difference=-0.085)), "en")
    assert fallen == ["Against the plan, compared with quý I/2023: C09 Hồ sơ trực tuyến down 8.5 percentage points."]


def test_what_needs_a_decision_comes_with_figure_target_and_owner_missed_first() -> None:
    missed = row("C05", "missed", reason="impossible", why="không thể đạt nữa trong năm")
    told = tell.to_decide(table(row("C09", "at_risk"), missed), "vi")
    assert told[0].startswith("Không đạt – C05 ")
    assert "không thể đạt nữa trong năm" in told[0]
    assert told[1] == (
        "Có nguy cơ không đạt – C09 Hồ sơ trực tuyến: 43,5% (87/200); chỉ tiêu: trên 50%; khả năng đạt: 12% "
        "nếu giữ nhịp độ, 31% nếu theo xu hướng; chủ trì: Phòng Nội vụ."
    )
    assert tell.to_decide(table(), "vi") == ["Không có cam kết nào không đạt hoặc có nguy cơ không đạt."]
    many = tell.to_decide(table(*(row(f"C{n:02d}", "at_risk") for n in range(1, 9))), "en")
    assert len(many) == tell.AT_MOST + 1
    assert many[-1] == "2 more commitments missed or at risk: C07, C08 (see the table)."
    waiting = [row(name, "at_risk", reason="reports_missing") for name in ("C03", "C26")]
    assert tell.to_decide(table(*waiting), "vi") == [
        "2 cam kết có nguy cơ không đạt vì còn đơn vị chưa báo cáo: C03, C26."
    ]
    order = tell.to_decide(table(row("C18", "at_risk", reason="short"), row("C09", "at_risk", reason="unlikely")), "vi")
    assert [line.split(" – ")[1][:3] for line in order] == ["C09", "C18"]


def test_a_change_too_small_to_be_written_is_no_change() -> None:
    tiny = row(trend="down", trend_difference=-0.0002, trend_lower=None, trend_upper=None)
    assert say.trend(tiny, "vi") == "→ không đổi so với quý I/2023"
    assert say.trend(tiny, "en") == "→ unchanged from quý I/2023"
    assert say.trend(row(), "vi").startswith("↑ tăng: +8,5 điểm phần trăm (từ +1,0 đến +16,0) so với")
    assert say.trend(row(trend="unknown", trend_difference=None), "vi") == "chưa so sánh được"


def test_what_cannot_be_judged_is_grouped_by_its_reason() -> None:
    rows = table(
        row("C01", "no_data", why="chưa nạp số liệu", **NO_FIGURE),
        row("C02", "no_data", why="chưa nạp số liệu", **NO_FIGURE),
        row("C37", "not_measurable", why="kế hoạch không nêu con số"),
        row("C38", "not_measurable", why="kế hoạch dùng từ không định lượng", **NO_FIGURE),
    )
    assert tell.unjudged(rows, "vi") == [
        "2 cam kết chưa có dữ liệu: C01, C02 (chưa nạp số liệu).",
        "2 cam kết không đánh giá được: C37 (kế hoạch không nêu con số); C38 (kế hoạch dùng từ không định lượng).",
    ]
    assert tell.unjudged(rows.head(1), "en")[0].startswith("1 commitment is without data: C01")
    assert tell.unjudged(table(row()), "vi") == ["Mọi cam kết đều có số liệu để đánh giá."]


def test_offices_that_have_not_reported_are_named_all_or_none() -> None:
    assert tell.not_reported(["Phường 1"], 17, "vi") == "1/17 đơn vị chưa báo cáo đủ minh chứng: Phường 1."
    assert tell.not_reported([], 17, "vi") == "Cả 17 đơn vị phải báo cáo minh chứng đều đã báo cáo đủ."
    assert tell.not_reported([], 0, "vi") == ""
    assert tell.not_reported([], 1, "vi") == "Đơn vị đã báo cáo đủ minh chứng đến hạn."
    assert tell.not_reported(["Ward 1"], 1, "en") == "Ward 1 has not reported all evidence due."


def test_the_finding_of_the_figure_names_the_section_or_says_there_is_none() -> None:
    assert (
        tell.sections_finding(["I.2", "II.6"], [1, 2], [4, 9], "en") == "II.6: most commitments missed or at risk: 2/9"
    )
    assert "Không mục nào" in tell.sections_finding(["I.2"], [0], [4], "vi")
    assert "Không mục nào" in tell.sections_finding([], [], [], "vi")


QUARTERS = pd.DataFrame({"period_title": ["quý I/2023", "quý II/2023"], "value": [0.35, 0.435]})


@pytest.mark.parametrize("language", BOTH)
def test_the_table_tells_every_kind_of_row_without_holes(language: Language) -> None:
    rows = table(
        row("C09"),
        row("C38", "not_measurable", goal_text="không định lượng", **NO_FIGURE),
        row("C37", "not_measurable", n_counted=12, goal=None, **NO_FIGURE),
        row("C33", "met", scale="rank", value=5, numerator=None, denominator=None, lower=None, upper=None),
        row("C05", "at_risk", n_expected=29, n_reported=12, chance=None, year_end_value=None),
    )
    markup = scorecard_table([("Mục I.2", rows)], {"C09": QUARTERS}, "Bảng", language)
    text = text_of(markup)
    assert not re.search(r"\b(nan|NaN|inf|None|NaT|NA)\b", text)
    assert re.findall(r'<tr id="(C\d\d)"', markup) == ["C09", "C38", "C37", "C33", "C05"]
    assert markup.count("<img") == 1
    assert "35" in re.findall(r'alt="([^"]*)"', markup)[0]
    assert ("12/29 đơn vị đã báo cáo" if language == "vi" else "12 of 29 offices have reported") in text
    for line in re.findall(r"<tr id=.*?</tr>", markup, re.DOTALL):
        spans = sum(int(n or 1) for n in re.findall(r'<t[hd][^>]*?(?:colspan="(\d)")?(?: data-label="[^"]*")?>', line))
        assert spans == 5, line


def test_text_of_a_plan_stays_text() -> None:
    naughty = row("C09", name="<script>alert(1)</script>", quote="</table><h1>chèn", owners='"><img src=x>', why="<b>")
    markup = scorecard_table([("<i>I.2", table(naughty))], {}, "<b>Bảng", "vi")
    assert not re.search(r"<(script|h1|i|b)>|<img src=x", markup)
    assert "<script>alert(1)</script>" in text_of(markup.replace("&lt;", "&amp;lt;")) or "&lt;script&gt;" in markup


def test_a_page_is_a_link_only_where_the_site_has_it_beside() -> None:
    markup = scorecard_table([("I.2", table(row()))], {}, "Bảng", "vi")
    assert '<span class="page">' in markup
    linked = link_pages(markup, "all/00_overview.html", {"all/20_digitisation.html": None})
    assert '<a href="20_digitisation.html">' in linked
    assert '<span class="page">' not in linked
    assert "<a href" not in link_pages(markup, "00_overview.html", {})


def test_commitments_lead_to_the_page_that_explains_them() -> None:
    plan = load_plan("vung-tau-2023")
    found = {entry.id: page_of(entry, "") for entry in plan.commitments if entry.measure}
    assert found["C11"] == "10_processing_time"
    satisfied, online = (plan.commitment(name) for name in ("C04", "C09"))
    assert satisfied is not None
    assert online is not None
    assert page_of(satisfied, "survey") == "30_satisfaction"
    assert page_of(online, "dossiers") == "20_digitisation"
    assert page_of(online, "evidence") == ""


def test_a_base_that_is_no_period_keeps_its_name() -> None:
    study: Any = SimpleNamespace(language="vi")
    assert period_title(study, "2023-Q1") == "quý I/2023"
    assert period_title(study, "đợt 1") == "đợt 1"
    assert period_title(study, None) == ""


REVISED = {
    "unit": "all", "figure": "on_time", "old_value": 0.9, "old_numerator": 90, "old_denominator": 100, "old_n": 100,
    "new_value": 0.92, "new_numerator": 101, "new_denominator": 110, "new_n": 110, "difference_value": 0.02,
    "difference_numerator": 11, "difference_denominator": 10, "difference_n": 10, "state": "changed",
}  # fmt: skip


def test_revisions_say_what_changed_by_how_many_dossiers_or_that_nothing_did() -> None:
    same = {**REVISED, "state": "same"}
    assert amend.summary(pd.DataFrame([same]), "vi") == "Không có thay đổi: 1/1 số liệu đúng như bản công bố trước."
    assert amend.summary(pd.DataFrame([REVISED, same]), "en") == (
        "1 of 2 figures differ from the version published before."
    )
    assert "chưa có bản công bố trước" in amend.summary(pd.DataFrame(), "vi")
    assert amend.told(REVISED, "old", "vi") == "90,0% (90/100)"
    assert amend.difference(REVISED, "vi") == "+2,0 điểm phần trăm (tử số +11, mẫu số +10)"
    count = {**REVISED, "difference_value": None, "new_value": None}
    assert (amend.told(count, "new", "vi"), amend.difference(count, "vi")) == ("110", "+10")
    gone = {**count, "state": "gone", "new_n": None}
    assert (amend.told(gone, "new", "vi"), amend.difference(gone, "vi")) == ("", "nay không còn")
