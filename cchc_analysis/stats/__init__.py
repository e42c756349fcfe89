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
from cchc_analysis.stats.control import PChart, XmrChart, p_chart, xmr_chart
from cchc_analysis.stats.counts import CountedMean, counted_mean, median_interval, quantile_interval, weighted_quantile
from cchc_analysis.stats.durations import KaplanMeier, LogRank, RestrictedMean, kaplan_meier, log_rank
from cchc_analysis.stats.proportion_tests import (
    ChiSquareTest,
    McNemar,
    SignTest,
    TrendTest,
    chi_square_equal_shares,
    cochran_armitage_trend,
    mcnemar,
    sign_test,
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
    "PChart",
    "RankTest",
    "RestrictedMean",
    "SignTest",
    "StratumEffect",
    "TrendTest",
    "XmrChart",
    "agresti_caffo_difference",
    "benjamini_hochberg",
    "chi_square_equal_shares",
    "clopper_pearson_interval",
    "cochran_armitage_trend",
    "counted_mean",
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
    "p_chart",
    "paired_t",
    "quantile_interval",
    "sign_test",
    "wald_difference",
    "weighted_quantile",
    "welch_from_moments",
    "welch_t",
    "wilcoxon_signed_rank",
    "wilson_cc_interval",
    "wilson_interval",
    "xmr_chart",
]
