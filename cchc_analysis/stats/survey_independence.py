"""Have two sets of answers of a sample anything to do with each other: Pearson's test made right for the design."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import BoolArray, FloatArray, IntArray
from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.survey_design import Codes, SurveyDesign, encoded, missing_codes
from cchc_analysis.stats.survey_tests import SINGULAR


@dataclass(frozen=True)
class RaoScott:
    """Pearson's test of a table made right for the design; None where the test is undefined.

    `statistic` is F with `df` and `df_denominator` (second order; R: statistic = "F"), `chi_square` the statistic
    of first order with (rows - 1)(columns - 1) degrees of freedom (R: statistic = "Chisq"), `pearson` Pearson's
    statistic of the table of weights scaled to n answers, `mean_deff` by how much the design raises it.
    """

    n: int
    statistic: float | None
    df: float | None
    df_denominator: float | None
    p_value: float | None
    pearson: float | None
    mean_deff: float | None
    chi_square: float | None
    chi_square_p_value: float | None


def rao_scott(rows: Codes, columns: Codes, design: SurveyDesign, domain: BoolArray | None = None) -> RaoScott:
    """Return the Rao-Scott test that two sets of answers have nothing to do with each other.

    One code per respondent each; who has a missing code (None or nan) is left out. Undefined when one of them has a
    single answer or nothing varies. ValueError as in `linearised_variance`. Rao and Scott (1984), Thomas and Rao
    (1987), R: svychisq; with Δ = (C' D⁻¹ C / n)⁻¹ C' D⁻¹ V D⁻¹ C, D the diagonal of shares of cells, V their
    covariance and C contrasts of interaction: F = X² / tr Δ, df = (tr Δ)² / tr Δ², denominator df · degf of those who
    have both codes.

    >>> design = SurveyDesign([1] * 8)
    >>> rao_scott(list("aaaabbbb"), list("xxxyxyyy"), design)
    RaoScott(n=8, statistic=1.75, df=1.0, df_denominator=7.0, p_value=0.227..., pearson=2.0, mean_deff=1.142..., ...)
    """
    first, second, here = _two_codes(rows, columns, design, domain)
    nothing = RaoScott(int(here.sum()), *[None] * 8)
    n_rows, n_columns = int(first.max(initial=0)) + 1, int(second.max(initial=0)) + 1
    if not here.any() or min(n_rows, n_columns) < 2:
        return nothing
    cells = np.zeros((design.n, n_rows * n_columns))
    cells[np.flatnonzero(here), first * n_columns + second] = 1.0
    mass = np.where(here, design.weights, 0.0)
    shares = mass @ cells / mass.sum()
    variance = linearised_variance(mass[:, None] * (cells - shares) / mass.sum(), design, here)
    n, table = int(here.sum()), shares.reshape(n_rows, n_columns)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    delta = _design_effect_matrix(shares, variance, n, n_rows, n_columns)
    if delta is None or not np.trace(delta) > 0:
        return nothing
    trace = float(np.trace(delta))
    df = trace**2 / float(np.trace(delta @ delta))
    # R's svychisq leaves out who lacks a code before it counts degrees of freedom.
    denominator = df * design.degrees_of_freedom(here)
    p_value = float(special.fdtrc(df, denominator, pearson / trace)) if denominator > 0 else None
    mean_deff, freedom = trace / len(delta), len(delta)
    chi_p = float(special.chdtrc(freedom, pearson / mean_deff))
    return RaoScott(n, pearson / trace, df, denominator, p_value, pearson, mean_deff, pearson / mean_deff, chi_p)


def _two_codes(
    rows: Codes, columns: Codes, design: SurveyDesign, domain: BoolArray | None
) -> tuple[IntArray, IntArray, BoolArray]:
    """Return the codes of those who have both, as numbers, and who they are."""
    named = ((rows, "rows"), (columns, "columns"))
    here = design.present(domain)
    for codes, name in named:
        here = here & ~missing_codes(codes, name, design.n)
    first, second = (encoded(np.asarray(codes)[here], name, int(here.sum()))[0] for codes, name in named)
    return first, second, here


def _design_effect_matrix(
    shares: FloatArray, variance: FloatArray, n: int, n_rows: int, n_columns: int
) -> FloatArray | None:
    """Return the matrix whose eigenvalues are the generalised design effects; None where it is undefined."""
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    by_row, by_column = np.eye(n_rows)[row][:, 1:], np.eye(n_columns)[column][:, 1:]
    main = np.column_stack((np.ones(len(shares)), by_row, by_column))
    both = (by_row[:, :, None] * by_column[:, None, :]).reshape(len(shares), -1)
    contrasts = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    inverse = np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0)
    scaled = contrasts * inverse[:, None]
    base = contrasts.T @ scaled / n
    if not np.isfinite(variance).all() or np.linalg.cond(base) > SINGULAR:
        return None
    return np.asarray(np.linalg.solve(base, scaled.T @ variance @ scaled))
