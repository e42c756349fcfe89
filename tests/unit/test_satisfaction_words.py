"""The sentences on satisfaction say what the figures show: met only when met, nothing compared that cannot be."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cchc_analysis.errors import Language
from cchc_analysis.wording import satisfaction as say
from cchc_analysis.wording import survey_change, survey_quality, survey_terms

BOTH: tuple[Language, Language] = ("vi", "en")


def row(**given: Any) -> dict[str, Any]:
    plain = {
        "n_forms": 200, "numerator": 3400, "denominator": 4000, "value": 0.85, "weighted": 0.83, "weighted_lower": 0.80,
        "weighted_upper": 0.86, "suppressed": False, "design_effect": 1.6, "margin": 0.03, "df": 190.0,
    }  # fmt: skip
    return plain | given


def target(verdict: str | None, **given: Any) -> dict[str, Any]:
    return {"goal": 0.85, "verdict": verdict, "denominator": 4000, "answers_to_change": 80, "forms_needed": 900} | given


def test_the_result_says_weighted_first_and_the_counts_it_rests_on() -> None:
    told = say.result(row(), "vi")
    assert told.index("83,0%") < told.index("85,0%")
    assert "80,0%–86,0%" in told
    assert "3.400/4.000" in told
    assert "200 phiếu" in told
    assert "from 200 forms" in say.result(row(), "en").lower()


@pytest.mark.parametrize("language", BOTH)
def test_a_small_group_gets_no_figure(language: Language) -> None:
    told = say.result(row(n_forms=9, suppressed=True, weighted=None, value=None), language)
    assert "%" not in told
    assert "9" in told


@pytest.mark.parametrize("language", BOTH)
def test_nothing_answered_is_said(language: Language) -> None:
    told = say.result(row(weighted=None, value=None, weighted_lower=None, weighted_upper=None), language)
    assert "%" not in told
    assert "None" not in told


def test_the_three_verdicts_are_told_apart() -> None:
    met, missed, undecided = (say.against_goal(target(name), "vi") for name in ("met", "missed", "undecided"))
    assert met.startswith("Đạt mục tiêu 85%")
    assert "cần thêm" not in met
    assert missed.startswith("Chưa đạt mục tiêu 85%")
    assert "80 câu trả lời (trong 4.000)" in missed
    assert undecided.startswith("Chưa đủ cơ sở kết luận")
    assert "900 phiếu" in undecided


def test_an_undecided_result_above_the_goal_asks_for_no_answers_to_change() -> None:
    told = say.against_goal(target("undecided", answers_to_change=0, forms_needed=None), "en")
    assert "would have to" not in told
    assert "forms would be needed" not in told


def change(**given: Any) -> dict[str, Any]:
    plain = {
        "item": "officials", "from_wave": "Q1 2023", "to_wave": "Q2 2023", "before": 0.80, "after": 0.86,
        "difference": 0.06, "lower": 0.02, "upper": 0.10, "signal": "up", "comparable": True, "break_reason": "",
        "difference_same_modes": 0.045, "same_modes_lower": 0.005, "same_modes_upper": 0.085,
    }  # fmt: skip
    return plain | given


def test_a_change_is_told_with_its_interval_and_what_the_modes_make_of_it() -> None:
    told = survey_change.change(change(), "vi")
    assert "+6,0 (từ +2,0 đến +10,0)" in told
    assert told.endswith("như nhau: +4,5 (từ +0,5 đến +8,5) điểm, tăng rõ.")
    plain = survey_change.change(change(difference_same_modes=None), "vi")
    assert plain.endswith("(từ +2,0 đến +10,0) điểm phần trăm: tăng rõ.")


def test_a_signal_stands_beside_the_difference_it_rests_on() -> None:
    told = survey_change.change(change(difference=-0.007, lower=-0.022, upper=0.008, signal="down"), "en")
    assert told.index("a clear fall") > told.index("With the same mix of modes")


def test_an_interval_below_zero_keeps_its_signs() -> None:
    assert say.difference(change(difference=-0.05, lower=-0.08, upper=-0.02), "en") == "−5.0 (−8.0 to −2.0)"


@pytest.mark.parametrize("code", sorted(survey_change.BREAKS))
@pytest.mark.parametrize("language", BOTH)
def test_waves_that_cannot_be_compared_get_no_difference(code: str, language: Language) -> None:
    told = survey_change.change(change(comparable=False, break_reason=code), language)
    assert "6" not in told
    assert survey_change.break_reason(code, language) in told


def test_only_factors_with_a_signal_are_named() -> None:
    rows = pd.DataFrame([change(), change(item="results", signal="none")])
    told = survey_change.factors_moved(rows, {"officials": "Công chức", "results": "Kết quả"}, "vi")
    assert "Công chức +4,5 điểm" in told
    assert "Kết quả" not in told
    still = survey_change.factors_moved(rows.iloc[1:], {"results": "Kết quả"}, "vi")
    assert still.startswith("Không yếu tố nào")


def units(signals: list[str], hidden: int = 0) -> pd.DataFrame:
    shown = [{"signal": signal, "suppressed": False} for signal in signals]
    return pd.DataFrame([*shown, *[{"signal": "none", "suppressed": True}] * hidden])


def test_units_that_differ_are_named_and_hidden_ones_counted() -> None:
    names = ["Phường 1", "Phường 2", "Phường 3", "Phường 4"]
    told = say.units_told(units(["lower", "none", "higher"], hidden=1), names, "vi")
    assert "thấp hơn rõ: Phường 1" in told
    assert "cao hơn rõ: Phường 3" in told
    assert "1 đơn vị có dưới 10 phiếu" in told
    assert "Phường 2" not in told
    nobody = say.units_told(units(["none", "none"]), names[:2], "vi")
    assert "Không đơn vị nào khác rõ" in nobody
    assert "2 đơn vị được so sánh" in nobody


def test_verdicts_of_units_are_counted_without_the_hidden() -> None:
    rows = pd.DataFrame({"weighted": [0.9, 0.8, 0.85, None], "verdict": ["met", "missed", "undecided", None]})
    assert say.verdict_counts(rows, 0.85, "en") == "Target 85%, by unit: met in 1, missed in 1, undecided in 1."


def test_weights_lonely_strata_and_uncovered_units_are_explained() -> None:
    design = SimpleNamespace(
        weights="dossiers", margins=("unit", "field"), strata="unit", clusters=None, finite_population=True,
        lonely_strata=("Miền núi",), lonely_rule="adjust",
    )  # fmt: skip
    told = survey_quality.weights(design, "vi")
    assert "khớp số hồ sơ" in told
    assert "đơn vị, lĩnh vực" in told
    assert "tổng thể hữu hạn" in told
    lonely = survey_quality.lonely(design, "vi")
    assert "Miền núi" in lonely
    assert "không ước lượng được" in lonely
    assert survey_quality.uncovered(0, [], "vi") == ""
    assert "Phường 1" in survey_quality.uncovered(1, ["Phường 1"], "vi")


def test_a_response_rate_is_given_only_where_it_is_known() -> None:
    known = {"n_forms": 90, "response_rate": 0.75, "n_refused": 20, "n_no_contact": 10, "n_undated": 0}
    assert "75,0%" in survey_quality.forms(known, "vi")
    assert "30 người" in survey_quality.forms(known, "vi")
    unknown = survey_quality.forms(known | {"response_rate": None}, "vi")
    assert "không tính được tỷ lệ trả lời" in unknown
    assert "%" not in unknown


def test_precision_says_what_the_design_costs() -> None:
    told = survey_quality.precision(None, row(), "en")
    assert "±3.0 points" in told
    assert "about 125" in told
    assert survey_quality.precision(None, row(design_effect=None), "en") == ""


def test_poor_scales_are_called_poor() -> None:
    assert survey_quality.poor_scales(["Tiếp cận"], "vi").startswith("Thang đo kém: Tiếp cận")
    assert survey_quality.grade("poor", "vi") == "kém"
    assert survey_quality.grade(None, "en") == "undefined"


@pytest.mark.parametrize("reason", sorted(survey_change.REFUSALS))
@pytest.mark.parametrize("language", BOTH)
def test_why_drivers_are_refused_is_said(reason: str, language: Language) -> None:
    told = survey_change.no_drivers(reason, ["a", "b"], language)
    assert "(a, b)" in told
    assert "%" not in told


def test_both_languages_define_the_same_terms() -> None:
    vi, en = (survey_terms.definitions(language) for language in BOTH)
    assert len(vi) == len(en)
    assert len({term for term, _ in vi}) == len(vi)


def test_planning_says_that_nothing_can_be_planned_without_dossiers() -> None:
    told = survey_quality.planning({"n_needed": None, "population": None, "slovin": None}, None, 0.05, "vi")
    assert "không tính được cỡ mẫu" in told
