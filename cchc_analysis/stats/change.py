"""Change between two periods: of a mean, and of a weighted mean split into mix and true effect."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import fsum, isfinite

from numpy.typing import ArrayLike

from cchc_analysis.stats.comparison import MeanDifference, welch_from_moments
from cchc_analysis.stats.counts import counted_mean
from cchc_analysis.stats.trend import MannKendall, mann_kendall

__all__ = [
    "MannKendall",
    "MeanDifference",
    "MixAndTrueEffect",
    "StratumEffect",
    "mann_kendall",
    "mean_change",
    "mix_and_true_effect",
]

Stratum = Hashable
Totals = Mapping[Stratum, tuple[float, float]]


@dataclass(frozen=True)
class StratumEffect:
    """What one stratum contributes to the change of the weighted mean."""

    stratum: Stratum
    mix_effect: float
    true_effect: float
    entered_left_effect: float


@dataclass(frozen=True)
class MixAndTrueEffect:
    """Change of a weighted mean: `mix_effect` + `true_effect` + `entered_left_effect` = `total_change`.

    `entered` and `left` name the strata found in one period only.
    """

    previous: float
    current: float
    total_change: float
    mix_effect: float
    true_effect: float
    entered_left_effect: float
    strata: tuple[StratumEffect, ...]
    entered: tuple[Stratum, ...]
    left: tuple[Stratum, ...]


def mean_change(
    previous: tuple[ArrayLike, ArrayLike], current: tuple[ArrayLike, ArrayLike], level: float = 0.95
) -> MeanDifference:
    """Return the change of the mean between two counted samples, current minus previous, with Welch's interval.

    Each sample is (values, counts) as in `counted_mean`, in one unit. Undefined numbers are None.

    >>> mean_change(([5, 10], [10, 10]), ([4, 8], [10, 10])).difference
    -1.5
    """
    return welch_from_moments(counted_mean(*current), counted_mean(*previous), level)


def mix_and_true_effect(previous: Totals, current: Totals) -> MixAndTrueEffect | None:
    """Return how much of the change of a weighted mean comes from the mix of strata and how much from within them.

    Each period maps a stratum to its (numerator, denominator), for example working days used and dossiers; the mean
    is Σ numerator / Σ denominator. Strata with denominator 0 count as absent. None when a period has no denominator.
    ValueError names a stratum whose numbers are not finite, whose denominator is negative or whose numerator has
    denominator 0.

    For strata in both periods, with weights w among those strata and rates r, the change of their mean is
    Σ (w1 - w0) (r0 + r1) / 2 (mix) + Σ (r1 - r0) (w0 + w1) / 2 (true): Kitagawa (1955). A stratum's
    share of the mix effect is counted from the mean of both periods, so growth of a slow stratum raises it. A
    stratum found in one period only has no rate to compare: what it does, weight × (rate - mean of the strata in
    both periods), is the third term. Without any stratum in both periods all change is that term.

    >>> effect = mix_and_true_effect({"land": (900, 30), "civil": (140, 70)}, {"land": (1400, 50), "civil": (100, 50)})
    >>> effect.total_change, round(effect.mix_effect, 6), round(effect.true_effect, 6)
    (4.6, 5.4, -0.8)
    """
    before, after = _present(previous, "previous"), _present(current, "current")
    if not before or not after:
        return None
    both = [stratum for stratum in after if stratum in before]
    mean_before, mean_after = _mean(before), _mean(after)
    core_before, core_after = (
        (_mean({s: before[s] for s in both}), _mean({s: after[s] for s in both}))
        if both
        else ((mean_before + mean_after) / 2,) * 2
    )
    left = [stratum for stratum in before if stratum not in after]
    entered = [stratum for stratum in after if stratum not in before]
    effects = [
        *_common_effects(both, before, after, (core_before + core_after) / 2),
        *(StratumEffect(s, 0.0, 0.0, _pull(after, s, core_after)) for s in entered),
        *(StratumEffect(s, 0.0, 0.0, -_pull(before, s, core_before)) for s in left),
    ]
    return MixAndTrueEffect(
        previous=mean_before,
        current=mean_after,
        total_change=mean_after - mean_before,
        mix_effect=fsum(effect.mix_effect for effect in effects),
        true_effect=fsum(effect.true_effect for effect in effects),
        entered_left_effect=fsum(effect.entered_left_effect for effect in effects),
        strata=tuple(effects),
        entered=tuple(entered),
        left=tuple(left),
    )


def _present(period: Totals, name: str) -> dict[Stratum, tuple[float, float]]:
    """Return the checked strata that have a denominator."""
    for stratum, (numerator, denominator) in period.items():
        if not (isfinite(numerator) and isfinite(denominator)):
            raise ValueError(f"{name}[{stratum!r}] is ({numerator}, {denominator}), but both must be finite numbers.")
        if denominator < 0:
            raise ValueError(f"{name}[{stratum!r}] has denominator {denominator}, which cannot be negative.")
        if denominator == 0 and numerator != 0:
            raise ValueError(f"{name}[{stratum!r}] has numerator {numerator} over denominator 0.")
    return {stratum: totals for stratum, totals in period.items() if totals[1] > 0}


def _mean(period: Totals) -> float:
    """Return the weighted mean over strata."""
    return fsum(n for n, _ in period.values()) / fsum(d for _, d in period.values())


def _pull(period: Totals, stratum: Stratum, core: float) -> float:
    """Return how far one stratum pulls the mean of its period away from the core strata."""
    numerator, denominator = period[stratum]
    return (numerator - core * denominator) / fsum(d for _, d in period.values())


def _common_effects(both: list[Stratum], before: Totals, after: Totals, centre: float) -> list[StratumEffect]:
    """Return the mix and true effect of every stratum found in both periods."""
    total_before = fsum(before[stratum][1] for stratum in both)
    total_after = fsum(after[stratum][1] for stratum in both)
    effects = []
    for stratum in both:
        rate_before = before[stratum][0] / before[stratum][1]
        rate_after = after[stratum][0] / after[stratum][1]
        weight_before, weight_after = before[stratum][1] / total_before, after[stratum][1] / total_after
        mix = (weight_after - weight_before) * ((rate_before + rate_after) / 2 - centre)
        true = (rate_after - rate_before) * (weight_before + weight_after) / 2
        effects.append(StratumEffect(stratum, mix, true, 0.0))
    return effects
