"""The sentences say what the figures show, no more; Vietnamese and English say the same."""

import re
import unicodedata
from typing import Any

import pandas as pd
import pytest

from cchc_analysis.errors import Language
from cchc_analysis.intake.rules import sentences
from cchc_analysis.measures import TimeChange
from cchc_analysis.wording import data_quality, in_sentence, plural
from cchc_analysis.wording import processing_time as say
from cchc_analysis.wording.words import WORDS

BOTH: tuple[Language, Language] = ("vi", "en")


def figure(value: float | None, denominator: int = 100, **more: Any) -> dict[str, Any]:
    return {"value": value, "denominator": denominator, "lower": value, "upper": value} | more


def form(**cells: int) -> dict[str, int]:
    names = ("received", "received_online", "received_other", "carried_over", "resolved", "pending", "pending_overdue")
    return dict.fromkeys((*names, "pending_paused"), 0) | cells


def change(**parts: Any) -> TimeChange:
    given = {
        "n": 100, "mean": 1.5, "base_n": 100, "base_mean": 2.0, "difference": -0.5, "lower": -0.7, "upper": -0.3,
        "beyond_noise": True, "mix_effect": -0.55, "true_effect": 0.05, "turnover_effect": 0.0, "drivers": (),
    }  # fmt: skip
    return TimeChange(**(given | parts))


def cut(pooled: float | None, actual: float, kind: str = "working", law: tuple[int, int] = (100, 100)) -> pd.DataFrame:
    rows = [("cut_mean_over_procedures", pooled, 3), ("cut_weighted", pooled, 30)]
    rows += [("cut_pooled", pooled, law[0]), ("cut_actual", actual, law[1])]
    return pd.DataFrame(rows, columns=["measure", "value", "denominator"]).assign(day_kind=kind)


def test_one_dossier_is_written_in_the_singular() -> None:
    one = form(received=1, received_online=1, resolved=0, pending=1, pending_overdue=1)
    text = say.workload(one, True, "en")
    assert (
        text == "The period had 1 dossier to handle (1 new, 0 carried over): 0 resolved, 1 pending, of which 1 overdue."
    )
    note = say.form_note(form(pending_paused=1), 1, 1, 1, "en")
    assert "1 withdrawn or sent-back dossier and 1 without" in note
    assert "1 paused one (" in note
    assert "1 dossier whose" in note
    assert plural(1000, "row") == "1,000 rows"


def test_overdue_is_unknown_only_where_nothing_has_a_due_date() -> None:
    pending = form(received=3, received_other=3, pending=3)
    assert "không rõ hồ sơ nào quá hạn" in say.workload(pending, False, "vi")
    assert "không có hồ sơ quá hạn" in say.workload(pending, True, "vi")


@pytest.mark.parametrize("language", BOTH)
def test_the_strict_rule_is_said_to_go_to_the_minute_and_both_shares_have_one_decimal(language: Language) -> None:
    official = figure(0.9793, 15295, numerator=14978)
    moved = {"difference": 0.001, "beyond_noise": False}
    text = say.punctuality(official, figure(0.9335, 15076), moved, "quý II/2023", language)
    assert ("đến từng phút" if language == "vi" else "to the minute") in text
    assert ("−4,6 điểm phần trăm" if language == "vi" else "−4.6 percentage points") in text
    assert ("quá mức dao động ngẫu nhiên" if language == "vi" else "beyond chance") in text


def test_the_median_is_said_of_at_least_half_and_nine_in_ten_only_of_enough_dossiers() -> None:
    assert "Hồ sơ duy nhất" in say.duration(figure(4.0, 1), figure(4.0, 1), None, "vi")
    few = say.duration(figure(2.0, 9), figure(8.0, 9), None, "vi")
    assert few == "Ít nhất một nửa số hồ sơ có kết quả trong kỳ được giải quyết trong vòng 2 ngày làm việc."
    many = say.duration(figure(0.0, 500), figure(5.0, 500), figure(1.0, 500), "vi")
    assert "ngay trong ngày, khoảng 90% trong vòng 5 ngày làm việc" in many
    assert "kể cả hồ sơ chưa xong, ước tính một nửa được giải quyết trong vòng 1 ngày làm việc" in many
    assert "within 1 working day." in say.duration(figure(0.0, 500), figure(5.0, 500), figure(1.0, 500), "en")
    assert say.duration(figure(0.0, 50), figure(0.0, 50), None, "vi").startswith("Khoảng 90% số hồ sơ")


def test_an_undefined_median_gets_no_number() -> None:
    text = say.duration(figure(1.0), figure(2.0), figure(None), "vi")
    assert "trung vị chưa xác định" in text
    assert "chưa có hồ sơ nào có kết quả" in say.duration(figure(None, 0), figure(None, 0), None, "vi")


def test_a_fall_of_the_mean_is_told_with_its_mix() -> None:
    text = say.change_in_time(change(), "quý II/2023", "vi")
    assert "giảm 0,50 ngày làm việc" in text
    assert "−0,55 ngày do cơ cấu hồ sơ thay đổi, +0,05 ngày do từng thủ tục" in text
    assert "chỉ có ở một trong hai kỳ" not in text


def test_a_change_within_chance_or_of_single_dossiers_is_not_called_a_change() -> None:
    noise = say.change_in_time(change(beyond_noise=False, lower=-1.2, upper=0.2), "quý II/2023", "vi")
    assert "không khác quý II/2023 quá mức dao động ngẫu nhiên" in noise
    single = say.change_in_time(change(n=1, lower=None, upper=None, beyond_noise=False), "quý II/2023", "vi")
    assert single.startswith("Quá ít hồ sơ để kết luận")
    constant = say.change_in_time(change(lower=None, upper=None, beyond_noise=False), "Q2 2023", "en")
    assert constant.startswith("Mean processing time fell by 0.50 working days")


def test_a_mean_within_the_commitment_is_not_every_dossier_within_it() -> None:
    text = say.time_cut(cut(0.246, 0.51), "vi")
    assert "mức cắt giảm đã cam kết là 24,6%" in text
    assert "ngắn hơn 51,0%" in text
    assert "không có nghĩa là từng thủ tục, từng hồ sơ đều đạt" in text
    assert "tính chung là chưa đạt mức cam kết" in say.time_cut(cut(0.6, 0.51), "vi")


def test_longer_than_the_law_is_said_as_longer_never_as_a_negative_cut() -> None:
    for language, words in zip(BOTH, ("dài hơn 5,0%", "5.0% longer than"), strict=True):
        text = say.time_cut(cut(0.2, -0.05), language)
        assert words in text
        assert "−" not in text


def test_the_two_cuts_are_not_set_against_each_other_over_different_dossiers() -> None:
    text = say.time_cut(cut(0.2, 0.5, law=(100, 130)), "vi")
    assert "không so sánh được với mức cam kết" in text
    assert "đạt mức" not in text


def test_the_cut_speaks_of_the_terms_there_are() -> None:
    assert say.time_cut(cut(0.2, 0.5, "calendar"), "vi").startswith("Với thời hạn tính theo ngày theo lịch")
    both = pd.concat([cut(0.9, 0.9, "calendar"), cut(0.2, 0.5)])
    assert "20,0%" in say.time_cut(both, "vi")
    assert "thời hạn quy định trên 1 ngày" in say.time_cut(cut(0.2, 0.5).iloc[:0], "vi")


def test_pending_without_due_dates_are_named_beside_the_overdue() -> None:
    ages = pd.DataFrame({"age_from": [0, 21], "overdue": [0, 1], "without_due": [3, 0], "n": [5, 2]})
    assert (
        say.backlog(ages, "vi")
        == "7 hồ sơ đang giải quyết: 1 quá hạn, 3 không có hạn trả, 2 đã chờ trên 20 ngày làm việc"
    )
    one = pd.DataFrame({"age_from": [0], "overdue": [0], "without_due": [0], "n": [1]})
    assert say.backlog(one, "en") == "1 dossier pending: 0 overdue, 0 waiting for more than 20 working days"


def groups(*sides: str) -> pd.DataFrame:
    return pd.DataFrame({"label": [f"Phường {n}" for n in range(1, len(sides) + 1)], "side": sides, "denominator": 9})


def test_only_groups_found_apart_are_named() -> None:
    text = say.groups_apart(groups("below", "", *["above"] * 6), 0.979, "unit", "vi")
    assert text == (
        "So với các đơn vị còn lại (mức chung 97,9%), tỷ lệ đúng hạn thấp hơn: Phường 1; "
        "cao hơn: Phường 3, Phường 4, Phường 5, Phường 6 và 2 đơn vị khác"
    )
    assert "Chưa thấy lĩnh vực nào" in say.groups_apart(groups("", ""), 0.979, "field", "vi")
    assert "không có gì để so sánh" in say.groups_apart(groups(""), 0.979, "field", "vi")
    assert "and 2 more" in say.groups_apart(groups("below", "", *["above"] * 6), 0.979, "unit", "en")


def monthly(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"month": [f"2023-{n:02d}" for n in range(1, len(values) + 1)], "value": values})


def test_one_month_is_no_range() -> None:
    assert say.on_time_trend(monthly(0.98), ["2023-01"], "vi").startswith("Tháng 1/2023: 98,0%")
    assert "từ 97,0% (tháng 2/2023) đến 98,0% (tháng 1/2023)" in say.on_time_trend(
        monthly(0.98, 0.97), ["2023-01", "2023-02"], "vi"
    )


def times(*rows: tuple[str, int, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["procedure", "n", "committed_days", "used_days"])
    return table.assign(over_commitment_days=table["used_days"] - table["committed_days"])


def test_a_slow_procedure_outside_the_picture_is_still_named() -> None:
    shown, others = times(("a", 900, 2, 1.5), ("b", 800, 8, 6)), times(("c", 40, 15, 19.4), ("d", 9, 3, 1))
    text = say.over_commitment(shown, others, {"c": "Trợ cấp xã hội hàng tháng"}, "vi")
    assert "Ở cả 2 thủ tục nhiều hồ sơ nhất, thời gian giải quyết bình quân không vượt" in text
    assert (
        "trong 2 thủ tục còn lại có 1 thủ tục vượt: “Trợ cấp xã hội hàng tháng” (vượt 4,4 ngày làm việc, n = 40)"
        in text
    )
    two = times(("a", 9, 2, 3), ("b", 8, 8, 9.5))
    assert "2 of the 2 largest procedures" in say.over_commitment(two, others, {}, "en")
    assert "2/2 thủ tục có" in say.over_commitment(two, others.iloc[:0], {"b": "Khai sinh"}, "vi")
    assert "nhiều nhất là “Khai sinh” (vượt 1,5" in say.over_commitment(two, others, {"b": "Khai sinh"}, "vi")


def test_half_done_is_an_estimate() -> None:
    closed = pd.DataFrame({"duration": [0, 3], "share": [0.6, 1.0]})
    text = say.completion(pd.DataFrame({"value": [3.0]}), closed, "vi")
    assert text.startswith("60% số hồ sơ đã có kết quả được giải quyết ngay trong ngày")
    assert text.endswith("ước tính một nửa xong trong vòng 3 ngày làm việc")


def test_definitions_say_what_an_interval_means_for_a_whole_count() -> None:
    vi, en = (dict(say.definitions("thứ Hai đến thứ Sáu", language)) for language in BOTH)
    assert "không phải mẫu" in vi["Khoảng tin cậy 95%"]
    assert "not of a sample" in en["95% interval"]
    assert len(vi) == len(en)
    assert len(data_quality.definitions("vi")) == len(data_quality.definitions("en"))


def test_rejected_rows_are_counted_in_both_languages() -> None:
    total = {"read": 10, "accepted": 8, "rejected": 1, "duplicates": 1, "skipped": 0}
    assert "1 dòng bị loại (11,11% số dòng hồ sơ)" in data_quality.rejected_share(total, "vi")
    assert "1 rejected row (11.11%" in data_quality.rejected_share(total, "en")
    assert data_quality.accounting(total, "en").startswith("Nothing is lost: 10 rows read = 8 accepted")


def test_titles_of_periods_fit_into_sentences() -> None:
    assert in_sentence("6 tháng đầu năm 2022", "vi") == "6 tháng đầu năm 2022"
    assert in_sentence("Quý II/2023", "vi") == "quý II/2023"
    assert in_sentence("May 2023", "en") == "May 2023"
    assert in_sentence("Year 2022", "en") == "the year 2022"


VIETNAMESE = [text for pair in WORDS.values() for text in pair[:1]] + [vi for _, vi in sentences().values()]
UNMARKED = re.compile(r"\b(?:ho so|don vi|ngay|thang|thu tuc|giai quyet|dung han|qua han|tra lai|khong|duoc)\b", re.I)


@pytest.mark.parametrize("text", VIETNAMESE)
def test_vietnamese_words_carry_their_diacritics_in_composed_form(text: str) -> None:
    assert text == unicodedata.normalize("NFC", text)
    assert not UNMARKED.search(text)
    assert "  " not in text
