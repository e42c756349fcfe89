"""How many of the next trials succeed: the beta-binomial interval of a future count."""

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import tail_probability


def beta_binomial_interval(
    n_success: int, n: int, n_new: int, level: float = 0.95, dispersion: float = 1.0
) -> tuple[int, int]:
    """Return the interval of the number of successes among `n_new` further trials, given `n_success` of `n`.

    Jeffreys' prior: the future count is beta-binomial with a = x / d + 1/2 and b = (n − x) / d + 1/2, where
    `dispersion` d ≥ 1 makes the past count for less when its parts differ by more than chance. The ends are whole
    numbers whose tails hold at most (1 − level) / 2 each. ValueError for counts that are negative or larger than
    their total.
    Source: Gelman et al., Bayesian Data Analysis (2013), 2.9 and 2.4 (predictive distribution, Jeffreys' prior).

    >>> beta_binomial_interval(50, 100, 100)
    (36, 64)
    >>> beta_binomial_interval(50, 100, 0)
    (0, 0)
    """
    tail = tail_probability(level)
    if not 0 <= n_success <= n or n_new < 0 or dispersion < 1:
        raise ValueError(
            f"n_success {n_success} of n {n}, n_new {n_new}, dispersion {dispersion:g}: counts must be 0 or more, "
            "n_success at most n, dispersion at least 1."
        )
    a, b = n_success / dispersion + 0.5, (n - n_success) / dispersion + 0.5
    count = np.arange(n_new + 1.0)
    choose = -np.log(n_new + 1.0) - special.betaln(n_new - count + 1, count + 1)
    cumulative = np.cumsum(np.exp(choose + special.betaln(count + a, n_new - count + b) - special.betaln(a, b)))
    lower, upper = (int(np.searchsorted(cumulative, p, side="right")) for p in (tail, 1 - tail))
    return min(lower, n_new), min(upper, n_new)


def excess_dispersion(n_success: "np.ndarray", n: "np.ndarray") -> float:
    """Return how much more than by chance the shares of some groups differ: Pearson's χ² per degree of freedom, ≥ 1.

    `n_success` of `n`: whole counts of the groups, arrays of one length; 1 where fewer than two groups have trials or
    all shares are 0 or 1.

    >>> n = np.array([100, 100])
    >>> excess_dispersion(np.array([50, 50]), n), excess_dispersion(np.array([10, 90]), n)
    (1.0, 128.0)
    """
    counted = n > 0
    x, m = n_success[counted].astype(np.float64), n[counted].astype(np.float64)
    pooled = x.sum() / m.sum() if len(m) else 0.0
    if len(m) < 2 or pooled in (0.0, 1.0):
        return 1.0
    chi_square = ((x - m * pooled) ** 2 / (m * pooled * (1 - pooled))).sum()
    return max(1.0, float(chi_square / (len(m) - 1)))
