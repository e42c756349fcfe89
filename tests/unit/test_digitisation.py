"""Targets, the year end, the plan file, and the sample's shares against a recount from its exports' warehouse."""

from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.errors import ParameterError
from cchc_analysis.measures import Target
from cchc_analysis.plan import read_plan
from cchc_analysis.stats.forecast import beta_binomial_interval

HALF, ALL = Fraction(1, 2), Fraction(1)


def rising(start: Fraction, steps: int) -> Fraction:
    value = Fraction(1)
    for step in range(steps):
        value *= start + step
    return value


@pytest.mark.parametrize(("x", "n", "new"), [(0, 5, 8), (3, 10, 12), (10, 10, 6), (50, 100, 40)])
def test_the_interval_is_that_of_exact_beta_binomial_sums(x: int, n: int, new: int) -> None:
    # Exact rational arithmetic: P(k) = C(m, k) a^(k) b^(m-k) / (a+b)^(m), rising factorials, a = x + 1/2.
    a, b = x + HALF, n - x + HALF
    mass = [comb(new, k) * rising(a, k) * rising(b, new - k) / rising(a + b, new) for k in range(new + 1)]
    below = [sum(mass[: k + 1]) for k in range(new + 1)]
    lower = next(k for k in range(new + 1) if below[k] > Fraction(1, 40))
    upper = next(k for k in range(new + 1) if below[k] > Fraction(39, 40))
    assert beta_binomial_interval(x, n, new) == (lower, upper)


def test_the_year_end_of_the_method_page() -> None:
    end = measures.year_end([(40, 100, 100), (50, 100, 100), (60, 100, 100)], 3, Target(">", HALF))
    assert (end.n_rest, end.value, end.outlook, end.needed, end.more_than_pace) == (300, 0.5, "reachable", 151, 1)
    steady = measures.year_end([(50, 100, 100)] * 3, 3)
    assert end.upper - end.lower > steady.upper - steady.lower


@pytest.mark.parametrize(
    ("monthly", "left", "outlook"),
    [([(99, 100, 100)], 3, "impossible"), ([], 3, "unknown"), ([(100, 100, 100)], 0, "over")],
)
def test_what_a_target_of_everything_asks(monthly, left: int, outlook: str) -> None:
    end = measures.year_end(monthly, left, Target(">=", ALL))
    assert (end.outlook, end.needed) == (outlook, None)


def test_above_a_half_is_not_a_half() -> None:
    assert not Target(">", HALF).is_reached(50, 100)
    assert Target(">=", HALF).is_reached(50, 100)
    assert Target(">", HALF).verdict(51, 100) == "undecided"
    assert Target("=", ALL).verdict(9, 10) == "missed"
    with pytest.raises(ParameterError, match="operator"):
        Target("<", HALF)  # type: ignore[arg-type]


def test_the_plan_is_quoted_word_for_word(reference: Path) -> None:
    text = (reference.parent / "plan-2023-vung-tau.txt").read_text(encoding="utf-8")
    plan = cchc.load_plan("vung-tau-2023")
    assert [entry.id for entry in plan.commitments if entry.quote not in text] == []
    assert {entry.id for entry in plan.commitments} >= {"C09", "C10", "C12", "C27", "C28", "C30"}


def test_a_wrong_plan_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "sai.yaml"
    path.write_text(
        "title: {vi: a, en: b}\nyear: 2023\ncommitments:\n  - {id: C01, quote: q, section: I, owners: [x], "
        'operator: "<", value: 1, measure: m, source: {vi: s, en: s}}\n',
        encoding="utf-8",
    )
    with pytest.raises(ParameterError, match=r"sai.yaml: commitments.0.operator") as caught:
        read_plan(path)
    assert "khóa commitments.0.operator chỉ nhận" in caught.value.message("vi")
    with pytest.raises(ParameterError, match="vung-tau-2023"):
        cchc.load_plan("khong-co")


def test_the_online_share_of_the_sample_rises_as_planted_and_equals_a_slow_recount(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023")
    monthly = study.online_share("month")
    received = monthly[(monthly["measure"] == "received_online") & (monthly["denominator"] > 500)]
    assert 0.17 < received["value"].iloc[0] < 0.25
    assert 0.50 < received["value"].iloc[-1] < 0.62
    rows = study.warehouse.dossiers().collect().to_pandas()
    counted = [
        row
        for row in zip(rows["received_at"], rows["channel"], rows["status"], strict=True)
        if row[2] not in ("registered", "not_accepted")
        and row[0] == row[0]
        and study.period.start <= row[0].date() <= study.period.end
    ]
    whole = measures.single_row(study.online_share(), measure="received_online")
    assert whole["denominator"] == len(counted)
    assert whole["numerator"] == sum(channel == "online" for _, channel, _ in counted)
