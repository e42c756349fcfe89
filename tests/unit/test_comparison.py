"""Which groups are called different from all others, however many are compared."""

import numpy as np
import pandas as pd
import pytest

from cchc_analysis.measures import apart_from_others
from cchc_analysis.stats.proportion_tests import fisher_exact_p


def shares(*counts: tuple[int, int]) -> pd.DataFrame:
    over, under = zip(*counts, strict=True)
    return pd.DataFrame({"unit": [f"u{n}" for n in range(len(counts))], "numerator": over, "denominator": under})


@pytest.mark.parametrize(
    ("table", "p_value"),
    [
        ((3, 4, 1, 4), 34 / 70),  # Fisher 1935, the lady tasting tea: 2 (1 + 16) / 70
        ((10, 12, 3, 18), 0.0005367),  # Fisher's criminal twins, ?fisher.test of R: two-sided 0.0005367
        ((0, 5, 0, 7), 1.0),
    ],
)
def test_fisher_exact_gives_the_published_p_values(table: tuple[int, int, int, int], p_value: float) -> None:
    assert fisher_exact_p(*table) == pytest.approx(p_value, rel=1e-3)


def test_fisher_exact_is_undefined_for_an_empty_group_and_refuses_impossible_counts() -> None:
    assert fisher_exact_p(0, 0, 3, 4) is None
    with pytest.raises(ValueError, match="n_success"):
        fisher_exact_p(5, 4, 1, 4)


def test_a_group_far_from_the_others_is_named_with_its_side() -> None:
    found = apart_from_others(shares((320, 425), (990, 1000), (985, 1000), (999, 1000)))
    assert found["side"].tolist() == ["below", "above", "above", "above"]
    assert (found["p_value"] < 0.01).all()
    assert found["p_value"].iloc[0] < 1e-50


def test_one_late_dossier_of_one_is_not_called_different_among_many() -> None:
    found = apart_from_others(shares((0, 1), *[(98, 100)] * 20))
    assert found["side"].tolist() == [""] * 21
    assert found["p_value"].iloc[0] == pytest.approx(21 * 41 / 2001)  # worked in docs/methods/on-time.md


def test_equal_groups_are_hardly_ever_called_different() -> None:
    """Twenty-seven units with the same 97 % in 40 draws: without adjustment one would be named in most of them."""
    random = np.random.default_rng(20230315)
    named = 0
    for _ in range(40):
        drawn = random.binomial(400, 0.97, 27)
        named += bool((apart_from_others(shares(*[(int(x), 400) for x in drawn]))["side"] != "").any())
    assert named <= 8  # 5 % of 40 are 2; four standard deviations above that


def test_empty_groups_and_a_group_without_others_are_not_compared() -> None:
    found = apart_from_others(shares((0, 0), (300, 400), (400, 400)))
    assert found["side"].tolist() == ["", "below", "above"]
    assert np.isnan(found["p_value"].iloc[0])
    alone = apart_from_others(shares((0, 0), (3, 4)))
    assert alone["side"].tolist() == ["", ""]
    assert apart_from_others(shares((0, 0))).loc[0, "side"] == ""
