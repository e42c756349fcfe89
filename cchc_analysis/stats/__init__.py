"""Statistics of counts, shares and durations.

This room knows nothing of dossiers, units or files: it takes numbers and gives numbers. It may import numpy, scipy
and statsmodels, and of this package nothing outside itself. Undefined single numbers are None, undefined entries of
arrays nan; wrong arguments raise ValueError naming the value.
"""

from cchc_analysis.stats.change import MixAndTrueEffect, StratumEffect, mean_change, mix_and_true_effect
from cchc_analysis.stats.comparison import (
    MeanDifference,
    benjamini_hochberg,
    holm,
    paired_t,
    welch_from_moments,
    welch_t,
)
from cchc_analysis.stats.control import PChart, ShareChart, XmrChart, p_chart, share_chart, xmr_chart
from cchc_analysis.stats.counts import CountedMean, counted_mean, median_interval, quantile_interval, weighted_quantile
from cchc_analysis.stats.durations import KaplanMeier, LogRank, RestrictedMean, kaplan_meier, log_rank
from cchc_analysis.stats.funnel import (
    OverDispersion,
    binomial_mid_p,
    funnel_limits,
    over_dispersion,
    smallest_telling_n,
)
from cchc_analysis.stats.proportion_tests import (
    ChiSquareTest,
    McNemar,
    SignTest,
    TrendTest,
    chi_square_equal_shares,
    cochran_armitage_trend,
    fisher_exact_p,
    mcnemar,
    sign_test,
    sign_test_greater,
)
from cchc_analysis.stats.proportions import (
    agresti_caffo_difference,
    clopper_pearson_interval,
    mid_p_interval,
    newcombe_difference,
    wald_difference,
    wilson_cc_interval,
    wilson_interval,
)
from cchc_analysis.stats.ranks import RankTest, mann_whitney, wilcoxon_signed_rank
from cchc_analysis.stats.signals import Signal, chart_signals
from cchc_analysis.stats.standardised import ObservedExpected, observed_expected, poisson_binomial_pmf
from cchc_analysis.stats.trend import MannKendall, mann_kendall

__all__ = [
    "ChiSquareTest",
    "CountedMean",
    "KaplanMeier",
    "LogRank",
    "MannKendall",
    "McNemar",
    "MeanDifference",
    "MixAndTrueEffect",
    "ObservedExpected",
    "OverDispersion",
    "PChart",
    "RankTest",
    "RestrictedMean",
    "ShareChart",
    "SignTest",
    "Signal",
    "StratumEffect",
    "TrendTest",
    "XmrChart",
    "agresti_caffo_difference",
    "benjamini_hochberg",
    "binomial_mid_p",
    "chart_signals",
    "chi_square_equal_shares",
    "clopper_pearson_interval",
    "cochran_armitage_trend",
    "counted_mean",
    "fisher_exact_p",
    "funnel_limits",
    "holm",
    "kaplan_meier",
    "log_rank",
    "mann_kendall",
    "mann_whitney",
    "mcnemar",
    "mean_change",
    "median_interval",
    "mid_p_interval",
    "mix_and_true_effect",
    "newcombe_difference",
    "observed_expected",
    "over_dispersion",
    "p_chart",
    "paired_t",
    "poisson_binomial_pmf",
    "quantile_interval",
    "share_chart",
    "sign_test",
    "sign_test_greater",
    "smallest_telling_n",
    "wald_difference",
    "weighted_quantile",
    "welch_from_moments",
    "welch_t",
    "wilcoxon_signed_rank",
    "wilson_cc_interval",
    "wilson_interval",
    "xmr_chart",
]
