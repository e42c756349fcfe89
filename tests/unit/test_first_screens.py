"""What the first screens rest on: lateness, shortfalls, changes of shares, rounding, and the sentences they say."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_analysis import display, formats, measures, wording
from cchc_analysis.measures import Target
from cchc_analysis.periods import parse_period
from cchc_analysis.stats.proportions import newcombe_difference

Q3 = parse_period("2023-Q3")


@given(st.lists(st.floats(-50, 50, allow_nan=False), min_size=1, max_size=6), st.integers(0, 3))
def test_rounded_parts_add_up_to_the_rounded_total_and_stay_within_one_unit(values: list[float], digits: int) -> None:
    total = float(sum(values))
    rounded = formats.parts(values, total, digits)
    assert round(sum(rounded), digits) == pytest.approx(round(total, digits), abs=10.0**-digits * 1e-6)
    assert all(abs(new - old) <= 10.0**-digits * 1.000001 for new, old in zip(rounded, values, strict=True))


def test_parts_that_cancel_do_not_print_minus_zero() -> None:
    assert [formats.number(part, "vi", 2) for part in formats.parts([-0.001, 0.001], 0.0, 2)] == ["0,00", "0,00"]


def _outcomes(late: dict[str, tuple[int, int]]) -> pd.DataFrame:
    counts = {"resolved_early": {name: (1, of) for name, (_, of) in late.items()}, "resolved_late": late}
    return pd.DataFrame(
        [
            {"field": name, "measure": measure, "numerator": n, "denominator": of}
            for measure, groups in counts.items()
            for name, (n, of) in groups.items()
        ]
    )


def test_late_groups_come_largest_first_and_leave_out_what_was_never_late() -> None:
    late = measures.late_groups(_outcomes({"Đất đai": (4, 8), "Hộ tịch": (4, 400), "Chứng thực": (0, 900)}), ("field",))
    assert late["field"].tolist() == ["Hộ tịch", "Đất đai"], "equal numbers stand in the order of their names"
    assert late["share"].tolist() == [0.5, 0.5]
    assert dict(zip(late["field"], late["late_share"], strict=True)) == {"Đất đai": 0.5, "Hộ tịch": 0.01}


def test_the_sentence_on_lateness_names_the_largest_group_and_its_part_of_all() -> None:
    late = measures.late_groups(_outcomes({"Đất đai": (6, 60), "Hộ tịch": (2, 400)}), ("field",))
    said = wording.attention.lateness(late, late["field"].tolist(), "vi")
    assert (
        said == "8 hồ sơ giải quyết trễ hạn; nhiều nhất là Đất đai: 6/60 hồ sơ đã giải quyết, chiếm 75,0% số trễ hạn."
    )
    none = measures.late_groups(_outcomes({"Đất đai": (0, 60)}), ("field",))
    assert "Không có hồ sơ nào" in wording.attention.lateness(none, [], "vi")
    one = measures.late_groups(_outcomes({"Đất đai": (1, 60)}), ("field",))
    assert wording.attention.lateness(one, ["Land"], "en") == "1 dossier resolved late, all in Land (1 of 60 resolved)."


def test_open_ones_tell_the_overdue_from_the_coming() -> None:
    overdue = pd.DataFrame({"n": [6, 1]})
    said = wording.attention.open_ones(overdue, "“Cấp giấy phép”, Phường 1", {"n": 3}, "vi")
    assert said.startswith("7 hồ sơ đang quá hạn, nhiều nhất ở “Cấp giấy phép”, Phường 1 (6); 3 hồ sơ khác sẽ quá hạn")
    assert wording.attention.open_ones(overdue.iloc[:0], "", {"n": 0}, "en") == "Nothing open is overdue."


def test_shortfalls_count_what_is_missing_to_a_strict_target() -> None:
    rows = pd.DataFrame({"unit": ["a", "b", "c", "d"], "numerator": [50, 51, 0, 0], "denominator": [100, 100, 3, 0]})
    short = measures.shortfalls(rows, Target(">", Fraction(1, 2)))
    assert dict(zip(short["unit"], short["missing"], strict=True)) == {"c": 2, "a": 1}
    said = wording.digitisation.falling_short(short, ["C", "A"], 3, Target(">", Fraction(1, 2)), "unit", "vi")
    assert said == ("Tiếp nhận trực tuyến chưa trên 50% ở 2/3 đơn vị; thiếu nhiều hồ sơ trực tuyến nhất: C (2), A (1).")


def _shares(numerator: int, denominator: int) -> pd.DataFrame:
    value = numerator / denominator if denominator else np.nan
    return pd.DataFrame({"numerator": [numerator], "denominator": [denominator], "value": [value]})


def test_a_share_change_has_newcombes_interval_and_is_undefined_without_a_base() -> None:
    """Source of the numbers: Newcombe 1998, table II, 56/70 against 48/80: 0.0524 to 0.3339 (method 10); 1e-4."""
    row = measures.share_change(_shares(56, 70), _shares(48, 80)).iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert (row["lower"], row["upper"]) == newcombe_difference(56, 70, 48, 80)
    assert bool(row["beyond_noise"])
    empty = measures.share_change(_shares(56, 70), _shares(0, 0)).iloc[0]
    assert pd.isna(empty["difference"])
    assert not empty["beyond_noise"]
    said = wording.digitisation.moved(dict(empty), "resolved_online", "quý II/2023", "vi")
    assert said == "Giải quyết trực tuyến: không so sánh được với quý II/2023 vì một trong hai kỳ không có số liệu."


def test_a_group_that_is_new_has_no_change() -> None:
    now = pd.concat([_shares(5, 10), _shares(3, 10)], ignore_index=True).assign(unit=["a", "b"])
    before = _shares(1, 10).assign(unit="a")
    changes = measures.share_change(now, before, ("unit",)).set_index("unit")
    assert changes.loc["a", "difference"] == pytest.approx(0.4)
    assert pd.isna(changes.loc["b", "difference"])


def test_counter_dossiers_of_fully_online_procedures_are_found() -> None:
    month = Q3.months[0]
    rows = [
        ("p1", "counter", "full", month, 7),
        ("p1", "online", "full", month, 3),
        ("p2", "counter", "full", month, 9),
        ("p2", "counter", "full", month - 6, 50),
        ("p3", "counter", "partial", month, 99),
        ("p4", "", "full", month, 4),
    ]
    counts = pd.DataFrame(rows, columns=["procedure", "channel", "service_level", "received_month", "n"])
    found = measures.counter_at_full_service(counts, Q3, ("procedure",))
    assert found.to_dict("records") == [
        {"procedure": "p2", "n": 9, "n_received": 9},
        {"procedure": "p1", "n": 7, "n_received": 10},
    ]


def test_the_profile_of_hours_adds_up_to_one_and_is_undefined_for_an_unknown_channel() -> None:
    rows = pd.DataFrame(
        {"channel": ["online"] * 24 + ["counter"] * 24, "hour": [*range(24)] * 2, "n": [1] * 24 + [0] * 24}
    )
    shares = measures.hour_profile(rows).groupby("channel")["share"]
    assert shares.sum()["online"] == pytest.approx(1)
    assert shares.apply(lambda own: own.isna().all())["counter"]


def test_answers_are_escaped_and_empty_parts_are_left_out() -> None:
    markup = display.answers([("Kết quả", ["<b>97%</b>", ""]), ("Cần xem", [""])])
    assert "&lt;b&gt;97%&lt;/b&gt;" in markup
    assert "Cần xem" not in markup
    assert markup.count("<p>") == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_hours_that_differ_are_no_mark_of_typing_in(language: str) -> None:
    far = wording.digitisation.typed_in_mark(
        {"denominator": 10, "value": 0.4}, {"denominator": 10, "value": 1.0}, language
    )
    near = wording.digitisation.typed_in_mark(
        {"denominator": 10, "value": 0.97}, {"denominator": 10, "value": 1.0}, language
    )
    assert far == ""
    assert near


def test_a_share_of_everything_there_is_has_no_interval_in_words() -> None:
    row = {"numerator": 49, "denominator": 56, "value": 49 / 56, "lower": None, "upper": None}
    assert wording.digitisation.told(row, "Tích hợp", "Integrated", "vi") == "Tích hợp: 87,5% (49/56)."
