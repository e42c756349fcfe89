"""Shares, standard errors and changes computed once more by slow, obvious loops over forms, and by jackknife."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from spec.survey_tables import Rows, frame_rows, responses_of, small_questionnaire
from statsmodels.regression.linear_model import OLS

from cchc_analysis import measures
from cchc_analysis.frames import records
from cchc_analysis.measures import SurveySample, Wave, survey_sample, wave_change
from cchc_analysis.measures.survey_items import domain_of, survey_items
from cchc_analysis.stats.influence import estimates_from_influence
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import mean_of_ratios, pooled_ratio

SMALL = small_questionnaire()
FACTOR = {"a": ("a1", "a2"), "b": ("b1",)}
RATED = ("a1", "a2", "b1")


def drawn(n: int, seed: int, **fixed: Any) -> pd.DataFrame:
    """Forms in which units, fields and modes differ in what people think of them."""
    rng = np.random.default_rng(seed)
    unit = rng.choice(["p", "q", "r"], n, p=[0.5, 0.3, 0.2])
    field = rng.choice(["land", "civil"], n)
    mode = rng.choice(["paper", "phone"], n, p=[0.7, 0.3])
    mood = rng.normal(0, 1, n) + (unit == "q") * 0.6 - (field == "land") * 0.4 + (mode == "phone") * 0.5
    table = {"wave": "2023-Q2", "unit": unit, "field": field, "mode": mode}
    for question in (*RATED, "overall"):
        points = np.clip(np.round(3.4 + mood + rng.normal(0, 0.8, n)), 1, 5).astype(int).astype(str).astype(object)
        points[rng.random(n) < 0.1] = "no_opinion"
        points[rng.random(n) < 0.05] = None
        table[question] = points
    frame = pd.DataFrame(table)
    for name, values in fixed.items():
        frame[name] = values(rng, frame) if callable(values) else values
    return frame


def taken(frame: pd.DataFrame) -> Rows:
    return frame_rows(SMALL, frame)


DOSSIERS = pd.DataFrame(
    [("p", "land", 300), ("p", "civil", 500), ("q", "land", 900), ("q", "civil", 250), ("r", "land", 90),
     ("r", "civil", 60)], columns=["unit", "field", "n"]
)  # fmt: skip


def is_point(answer: Any) -> bool:
    return isinstance(answer, str) and answer in "12345"


class Slow:
    """One form at a time: shares and what a form adds to them."""

    def __init__(self, rows: Rows, weights: Any) -> None:
        self.rows, self.weights = rows, [float(weight) for weight in weights]

    def question(self, name: str) -> tuple[float, list[float]]:
        over = under = 0.0
        for row, weight in zip(self.rows, self.weights, strict=True):
            if is_point(row[name]):
                under += weight
                over += weight * (row[name] in "45")
        share = over / under
        added = [
            weight * ((row[name] in "45") - share) / under if is_point(row[name]) else 0.0
            for row, weight in zip(self.rows, self.weights, strict=True)
        ]
        return share, added

    def mean(self, names: tuple[str, ...]) -> tuple[float, list[float]]:
        found = [self.question(name) for name in names]
        share = sum(one for one, _ in found) / len(found)
        return share, [sum(parts) / len(found) for parts in zip(*(added for _, added in found), strict=True)]

    def pooled(self, names: tuple[str, ...]) -> tuple[float, list[float]]:
        over = under = 0.0
        for row, weight in zip(self.rows, self.weights, strict=True):
            for name in names:
                if is_point(row[name]):
                    under += weight
                    over += weight * (row[name] in "45")
        share = over / under
        added = []
        for row, weight in zip(self.rows, self.weights, strict=True):
            valid = [name for name in names if is_point(row[name])]
            added.append(weight * (sum(row[name] in "45" for name in valid) - share * len(valid)) / under)
        return share, added

    def items(self) -> Iterator[tuple[str, str, float, list[float]]]:
        for item, names in (("overall", RATED), ("a", FACTOR["a"]), ("b", FACTOR["b"])):
            for reading, compute in (("mean_of_questions", self.mean), ("pooled", self.pooled)):
                yield reading if item == "overall" else item, reading, *compute(names)
        for name in (*RATED, "overall"):
            yield name, "question", *self.question(name)
        yield "overall_question", "question", *self.question("overall")


def slow_variance(added: list[float], strata: list[Any], clusters: list[Any], sizes: dict[Any, float]) -> float:
    total = 0.0
    for stratum in sorted(set(strata)):
        units: dict[Any, float] = {}
        for value, own, cluster in zip(added, strata, clusters, strict=True):
            if own == stratum:
                units[cluster] = units.get(cluster, 0.0) + value
        m, mean = len(units), sum(units.values()) / len(units)
        left = 1 - m / sizes[stratum] if stratum in sizes else 1.0
        total += left * m / (m - 1) * sum((value - mean) ** 2 for value in units.values())
    return total


def close(row: dict[str, Any], share: float, variance: float) -> None:
    assert row["weighted"] == pytest.approx(share, rel=1e-12)
    assert row["standard_error"] == pytest.approx(math.sqrt(variance), rel=1e-9)


def test_shares_and_errors_with_weights_strata_clusters_and_populations() -> None:
    frame = drawn(
        120,
        1,
        weight=lambda rng, table: rng.uniform(0.5, 4, len(table)),
        stratum=lambda rng, table: table["field"],
        cluster=lambda rng, table: [f"c{n}" for n in rng.integers(0, 20, len(table))],
    )
    rows = taken(frame)
    sample = survey_sample(responses_of(SMALL, rows))
    table = {(row["item"], row["reading"]): row for row in records(_all(sample))}
    for item, reading, share, added in Slow(rows, frame["weight"]).items():
        variance = slow_variance(added, frame["stratum"].tolist(), frame["cluster"].tolist(), {})
        close(table[item, reading], share, variance)
    assert (sample.facts.weights, sample.facts.strata, sample.facts.clusters) == ("file", "stratum", True)


def _all(sample: SurveySample, by: tuple[str, ...] = ()) -> pd.DataFrame:
    return measures.satisfaction(sample, by, ("overall", "factor", "question"))


def test_shares_and_errors_with_the_population_of_the_file() -> None:
    sizes = {"land": 200, "civil": 90}
    frame = drawn(120, 2, stratum=lambda rng, table: table["field"])
    rows = taken(frame.assign(stratum_population=frame["field"].map(sizes).astype(float)))
    table = {(row["item"], row["reading"]): row for row in records(_all(survey_sample(responses_of(SMALL, rows))))}
    for item, reading, share, added in Slow(rows, [1] * 120).items():
        variance = slow_variance(added, frame["stratum"].tolist(), list(range(120)), sizes)
        close(table[item, reading], share, variance)


def test_a_group_keeps_the_design_of_the_whole() -> None:
    frame = drawn(150, 3, weight=lambda rng, table: rng.uniform(0.5, 4, len(table)))
    rows = taken(frame)
    table = _all(survey_sample(responses_of(SMALL, rows)), ("mode",))
    for mode in ("paper", "phone"):
        own = {(row["item"], row["reading"]): row for row in records(table[table["mode"] == mode])}
        weights = [weight * (row["mode"] == mode) for weight, row in zip(frame["weight"], rows, strict=True)]
        for item, reading, share, added in Slow(rows, weights).items():
            variance = slow_variance(added, frame["unit"].tolist(), list(range(150)), {})
            close(own[item, reading], share, variance)


def slow_raking(rows: Rows, base: list[float]) -> list[float]:
    weights = list(base)
    by_unit, by_field = (DOSSIERS.groupby(name)["n"].sum().to_dict() for name in ("unit", "field"))
    for _ in range(500):
        before = weights
        for name, wanted in (("unit", by_unit), ("field", by_field)):
            sums: dict[str, float] = {}
            for row, weight in zip(rows, weights, strict=True):
                sums[row[name]] = sums.get(row[name], 0.0) + weight
            weights = [weight * wanted[row[name]] / sums[row[name]] for row, weight in zip(rows, weights, strict=True)]
        if max(abs(new / old - 1) for new, old in zip(weights, before, strict=True)) < 1e-14:
            break
    return weights


def test_weights_are_raked_to_dossiers_and_the_error_agrees_with_the_jackknife() -> None:
    frame = drawn(240, 4, weight=lambda rng, table: rng.uniform(0.8, 1.6, len(table)))
    rows = taken(frame)
    base = frame["weight"].tolist()
    sample = survey_sample(responses_of(SMALL, rows), DOSSIERS)
    weights = slow_raking(rows, base)
    assert sample.weights == pytest.approx(weights, rel=1e-8)
    assert (sample.facts.margins, sample.facts.weights) == (("unit", "field"), "file_and_dossiers")
    table = measures.satisfaction(sample, ())
    row = next(row for row in records(table) if row["item"] == "mean_of_questions")
    assert row["weighted"] == pytest.approx(Slow(rows, weights).mean(RATED)[0], rel=1e-8)
    variance = 0.0
    sizes = DOSSIERS.groupby("unit")["n"].sum().to_dict()
    for unit in ("p", "q", "r"):
        own = [place for place, row in enumerate(rows) if row["unit"] == unit]
        values = []
        for left_out in own:
            kept = [place for place in range(len(rows)) if place != left_out]
            grown = [base[place] * (len(own) / (len(own) - 1) if rows[place]["unit"] == unit else 1) for place in kept]
            part = [rows[place] for place in kept]
            values.append(Slow(part, slow_raking(part, grown)).mean(RATED)[0])
        spread = sum((value - sum(values) / len(values)) ** 2 for value in values)
        variance += (1 - len(own) / sizes[unit]) * (len(own) - 1) / len(own) * spread
    assert row["standard_error"] == pytest.approx(math.sqrt(variance), rel=0.03)


@pytest.mark.parametrize("dossiers", [None, DOSSIERS, DOSSIERS.assign(field="x")])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_quick_variance_is_that_of_the_room_of_statistics(dossiers: pd.DataFrame | None, clustered: bool) -> None:
    frame = drawn(200, 5, weight=lambda rng, table: rng.uniform(0.5, 4, len(table)) * (rng.random(len(table)) > 0.05))
    if clustered:
        frame["cluster"] = [f"c{n}" for n in np.random.default_rng(1).integers(0, 40, 200)]
    # One stratum with a single form, and a group that some strata have none of.
    frame.loc[0, ["unit", "field"]] = ["lonely", "land"]
    sample = survey_sample(responses_of(SMALL, taken(frame)), dossiers)
    assert sample.design is not None
    items = survey_items(sample.responses.instrument, ("overall", "factor", "question"))
    for rows in (np.arange(200), np.flatnonzero(frame["mode"] == "phone"), np.flatnonzero(frame["unit"] == "r")):
        domain = domain_of(sample.responses, sample.weights, items, rows)
        influence, present = domain.spread(200)
        wanted = estimates_from_influence(domain.shares, influence, present, sample.design)
        found = sample.variance.spread(domain.rows, domain.influence, domain.present)
        assert found.standard_errors == pytest.approx(wanted.standard_errors, rel=1e-9)
        assert found.df.tolist() == wanted.df.tolist()
        assert found.deff == pytest.approx(wanted.deff_replace, rel=1e-8)
    if not clustered:
        assert sample.facts.lonely_strata == ("lonely",)


def test_readings_are_those_of_the_room_of_statistics() -> None:
    frame = drawn(90, 6, weight=lambda rng, table: rng.uniform(0.5, 4, len(table)))
    sample = survey_sample(responses_of(SMALL, taken(frame)))
    assert sample.design is not None
    table = {row["reading"]: row for row in records(measures.satisfaction(sample, ()))}
    pair = sample.responses.satisfied[:, :3], sample.responses.valid[:, :3]
    for reading, estimate in (("mean_of_questions", mean_of_ratios), ("pooled", pooled_ratio)):
        wanted = estimate(*pair, sample.design)
        assert (table[reading]["weighted"], table[reading]["standard_error"]) == pytest.approx(
            (wanted.value, wanted.standard_error)
        )
        assert (table[reading]["df"], table[reading]["design_effect"]) == pytest.approx(
            (wanted.df, wanted.deff_replace)
        )


def wave(frame: pd.DataFrame, label: str, month: int) -> Wave:
    sample = survey_sample(responses_of(SMALL, taken(frame.assign(wave=label))))
    return Wave(label, date(2023, month, 1), date(2023, month, 28), sample)


def slow_logit(share: float, error: float, df: float, level: float) -> tuple[float, float]:
    middle = math.log(share / (1 - share))
    half = stats.t.ppf((1 + level) / 2, df) * error / (share * (1 - share))
    lower, upper = (1 / (1 + math.exp(-(middle + sign * half))) for sign in (-1, 1))
    return lower, upper


Share = tuple[float, float, float]
"""A share with its standard error and degrees of freedom."""


def slow_difference(first: Share, second: Share, level: float = 0.95, rho: float = 0.0) -> tuple[float, float]:
    """Zou and Donner (2008): second less first from the intervals of both."""
    (l1, u1), (l2, u2) = slow_logit(*second, level), slow_logit(*first, level)
    p1, p2 = second[0], first[0]
    down = (p1 - l1) ** 2 - 2 * rho * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    up = (u1 - p1) ** 2 - 2 * rho * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    return p1 - p2 - math.sqrt(down), p1 - p2 + math.sqrt(up)


def test_the_change_of_independent_waves() -> None:
    before, after = (drawn(n, seed, weight=lambda rng, table: rng.uniform(1, 3, len(table))) for n, seed in
                     ((140, 7), (110, 8)))  # fmt: skip
    rows = records(wave_change(wave(before, "2023-01", 1), wave(after, "2023-02", 2), (), ("overall",)))
    row = next(row for row in rows if row["item"] == "mean_of_questions")
    variances, freedoms, shares = [], [], []
    for frame in (before, after):
        share, added = Slow(taken(frame), frame["weight"]).mean(RATED)
        shares.append(share)
        variances.append(slow_variance(added, frame["unit"].tolist(), list(range(len(frame))), {}))
        answered = [any(is_point(form[name]) for name in RATED) for form in taken(frame)]
        freedoms.append(sum(answered) - 3)
    difference, error = shares[1] - shares[0], math.sqrt(sum(variances))
    assert (row["before"], row["after"], row["difference"]) == pytest.approx((*shares, difference))
    assert row["standard_error"] == pytest.approx(error)
    parts = list(zip(shares, np.sqrt(variances), freedoms, strict=True))
    assert (row["lower"], row["upper"]) == pytest.approx(slow_difference(parts[0], parts[1]))
    # The p-value is that of the interval which 0 just leaves.
    touching = slow_difference(parts[0], parts[1], 1 - row["p_value"])
    assert min(abs(end) for end in touching) == pytest.approx(0, abs=1e-9)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(difference) / error), abs=0.02)
    assert (row["sample"], row["n_common"], row["adjustment"]) == ("independent", 0, "none")


def test_the_change_at_an_equal_mix_of_modes() -> None:
    before, after = drawn(140, 9), drawn(160, 10)
    rows = records(wave_change(wave(before, "2023-01", 1), wave(after, "2023-02", 2), (), ("factor",)))
    row = next(row for row in rows if (row["item"], row["reading"]) == ("a", "mean_of_questions"))
    mix = {mode: sum((frame["mode"] == mode).mean() for frame in (before, after)) / 2 for mode in ("paper", "phone")}
    totals, variances = [], []
    for frame in (before, after):
        forms, share, added = taken(frame), 0.0, [0.0] * len(frame)
        for mode, part in mix.items():
            own, own_added = Slow(forms, frame["mode"] == mode).mean(FACTOR["a"])
            share += part * own
            added = [one + part * two for one, two in zip(added, own_added, strict=True)]
        totals.append(share)
        variances.append(slow_variance(added, frame["unit"].tolist(), list(range(len(frame))), {}))
    assert row["difference_same_modes"] == pytest.approx(totals[1] - totals[0])
    half = (row["same_modes_upper"] - row["same_modes_lower"]) / 2
    assert half == pytest.approx(stats.t.ppf(0.975, 250) * math.sqrt(sum(variances)), rel=5e-3)


def test_the_change_of_the_same_people() -> None:
    before = drawn(100, 11, respondent_id=[f"person {n}" for n in range(100)])
    after = before.copy()
    rng = np.random.default_rng(3)
    moved = rng.random(100) < 0.3
    after.loc[moved, list(RATED)] = "5"
    pair = wave(before, "2023-01", 1), wave(after, "2023-02", 2)
    row = next(row for row in records(wave_change(*pair, (), ("overall",))) if row["reading"] == "mean_of_questions")
    assert (row["sample"], row["n_common"]) == ("same_respondents", 100)
    parts = [Slow(taken(frame), [1] * 100).mean(RATED) for frame in (before, after)]
    paired = [one - two for one, two in zip(parts[1][1], parts[0][1], strict=True)]
    variance = slow_variance(paired, before["unit"].tolist(), list(range(100)), {})
    assert row["standard_error"] == pytest.approx(math.sqrt(variance))
    alone = sum(slow_variance(part[1], before["unit"].tolist(), list(range(100)), {}) for part in parts)
    assert variance < 0.8 * alone
    assert (row["signal"], row["lower"] > 0) == ("up", True)
    fewer = after.assign(respondent_id=[f"person {n + 60}" for n in range(100)])
    row = records(wave_change(pair[0], wave(fewer, "2023-02", 2), (), ("overall",)))[0]
    assert (row["sample"], row["n_common"]) == ("independent", 40)


def test_units_against_all_others() -> None:
    frame = drawn(420, 12, weight=lambda rng, table: rng.uniform(1, 3, len(table)))
    rows = taken(frame)
    table = measures.survey_unit_comparison(survey_sample(responses_of(SMALL, rows))).set_index("unit")
    p_values = []
    for unit in ("p", "q", "r"):
        inside = Slow(rows, frame["weight"] * (frame["unit"] == unit)).mean(RATED)
        outside = Slow(rows, frame["weight"] * (frame["unit"] != unit)).mean(RATED)
        added = [one - two for one, two in zip(inside[1], outside[1], strict=True)]
        variance = slow_variance(added, frame["unit"].tolist(), list(range(420)), {})
        row = table.loc[unit]
        assert row["difference"] == pytest.approx(inside[0] - outside[0])
        assert row["rest"] == pytest.approx(outside[0])
        assert row["standard_error"] == pytest.approx(math.sqrt(variance))
        p_values.append(row["p_value"])
    order = np.argsort(p_values)
    stepped = [p_values[place] * 3 / rank for rank, place in enumerate(order, start=1)]
    wanted = np.minimum.accumulate(stepped[::-1])[::-1]
    assert table["p_adjusted"].to_numpy()[order] == pytest.approx(np.minimum(wanted, 1))
    assert (table.loc["q", "signal"], table.loc["q", "difference"] > 0) == ("higher", True)


def test_modes_are_compared_within_units() -> None:
    # Unit q, which people like, asks by phone more often: the plain difference is partly the unit's.
    cells = [("p", "paper", 320, 0.4), ("p", "phone", 80, 0.5), ("q", "paper", 80, 0.8), ("q", "phone", 320, 0.9)]
    forms = [
        {"wave": "2023-Q2", "unit": unit, "mode": mode, "a1": "5" if place < share * n else "2"}
        for unit, mode, n, share in cells
        for place in range(n)
    ]
    frame = pd.DataFrame(forms)
    table = measures.mode_effect(survey_sample(responses_of(SMALL, taken(frame)))).set_index("mode")
    row = table.loc["phone"]
    assert (row["difference"], row["standardised"]) == (pytest.approx(0.1), True)
    assert table.loc["paper", ["difference", "diff_lower", "p_value", "p_adjusted"]].isna().all()
    plain = row["weighted"] - table.loc["paper", "weighted"]
    assert plain == pytest.approx((0.5 * 80 + 0.9 * 320 - 0.4 * 320 - 0.8 * 80) / 400)
    # Slow: least squares with a level for each unit, residuals as in the linearised variance.
    columns = np.column_stack([frame["mode"] == "phone", frame["unit"] == "p", frame["unit"] == "q"]).astype(float)
    satisfied = (frame["a1"] == "5").to_numpy(dtype=float)
    found = np.linalg.lstsq(columns, satisfied, rcond=None)[0]
    inverse = np.linalg.inv(columns.T @ columns)
    leverage = np.einsum("ij,jk,ik->i", columns, inverse, columns)
    added = ((satisfied - columns @ found)[:, None] * columns @ inverse)[:, 0] / np.sqrt(1 - leverage)
    phone = (frame["mode"] == "phone").to_numpy()
    # Both units weigh the same in least squares: 80 · 320 / 400 each.
    mixed = [float(np.mean([share for _, name, _, share in cells if name == mode])) for mode in ("paper", "phone")]
    parts = []
    for share, own in zip(mixed, (~phone, phone), strict=True):
        alone = np.where(own, added, 0.0)
        parts.append((share, math.sqrt(800 / 799 * ((alone**2).sum() - alone.sum() ** 2 / 800)), 399.0))
    both = 800 / 799 * ((added**2).sum() - added.sum() ** 2 / 800)
    errors = [error for _, error, _ in parts]
    rho = (sum(error**2 for error in errors) - both) / (2 * errors[0] * errors[1])
    assert (row["diff_lower"], row["diff_upper"]) == pytest.approx(slow_difference(parts[0], parts[1], rho=rho))
    # White's robust error of the same regression after MacKinnon and White, HC2.
    robust = OLS(satisfied, columns).fit(cov_type="HC2").bse[0]
    assert math.sqrt(both * 799 / 800) == pytest.approx(robust, rel=1e-6)


def test_modes_that_meet_in_no_unit() -> None:
    text = "times | unit | mode | a1\n30 | p | paper | 2\n20 | p | paper | 5\n40 | q | phone | 5\n9 | q | phone | 1"
    table = measures.mode_effect(survey_sample(responses_of(SMALL, text))).set_index("mode")
    assert not table.loc["phone", "standardised"]
    assert table.loc["phone", "difference"] == pytest.approx(40 / 49 - 20 / 50)


def test_a_design_of_another_rule_is_not_met_here() -> None:
    # The quick variance knows the rule of this page only; the design that is made has it.
    sample = survey_sample(responses_of(SMALL, taken(drawn(20, 1))))
    assert isinstance(sample.design, SurveyDesign)
    assert sample.design.lonely == sample.facts.lonely_rule == "adjust"
