"""Payments of fees and charges: online, cashless, in dong, by dossier. Pure functions of count tables."""

import numpy as np
import pandas as pd

from cchc_analysis.measures.indicator import (
    Mask,
    column_total,
    indicator_table,
    share_rows,
    share_table,
    stack,
    whole_population,
)
from cchc_analysis.measures.windows import Cells, has, months_of
from cchc_analysis.periods import ReportPeriod

REGISTER_PAYMENT_MEASURES = (
    "payments_online",
    "payments_cashless",
    "amount_online",
    "dossiers_paid_online",
    "payments_agree",
)
"""Measures of the register of payments, in the order of the table."""

PAYMENT_COLUMNS = ("n_not_stated", "n_refunded", "n_failed")
"""Further columns of their table: left out of numerator and denominator."""

METHOD_COLUMNS = ("method", "n", "amount", "n_without_amount", "n_refunded", "amount_refunded", "n_failed")
"""Columns of `payments_by_method`, after its grouping columns."""

CASHLESS = ("online", "transfer", "card")


def payment_shares(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute which part of the payments of the window, and of their amount, was made online or without cash.

    `counts`: result of count_payment_forms. `payments_online`: paid online / paid; `payments_cashless`: online, by
    transfer or by card / paid; `amount_online`: dong paid online / dong paid, without interval. Denominators: paid in
    the window, not refunded by `as_of`, method stated. Result: indicator table with PAYMENT_COLUMNS: `n_not_stated`
    (paid, method or, for the amount, method or amount missing), `n_refunded`, `n_failed`.
    """
    inside = months_of(period, counts, "month")
    paid = inside & has(counts, "state", "paid")
    stated = paid & ~has(counts, "method", "")
    beside: dict[str, Mask] = {f"n_{state}": inside & has(counts, "state", state) for state in ("refunded", "failed")}
    ways = {"payments_online": ("online",), "payments_cashless": CASHLESS}
    questions = {
        name: {
            "numerator": stated & has(counts, "method", *methods),
            "denominator": stated,
            "n_not_stated": paid & ~stated,
            **beside,
        }
        for name, methods in ways.items()
    }
    further = column_total(counts, by, **beside)
    amount = _amount_online(counts, period, by, paid, stated).assign(**{name: further[name] for name in beside})
    return stack([share_table(counts, period, by, questions), amount])


def _amount_online(
    counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...], paid: Cells, stated: Cells
) -> pd.DataFrame:
    in_dong = counts.assign(n=counts["amount"])
    groups = column_total(in_dong, by, numerator=stated & has(counts, "method", "online"), denominator=stated)
    over, under = groups["numerator"], groups["denominator"]
    value = np.where(under > 0, over / under.where(under > 0, 1), np.nan)
    rows = whole_population(groups.assign(value=value))
    # Of payments without method all are left out, of the others those without amount.
    missing = counts.assign(n=counts["n"].where(~stated, counts["n_without_amount"]))
    not_stated = column_total(missing, by, n_not_stated=paid)["n_not_stated"]
    return indicator_table(rows, by, "amount_online", period).assign(n_not_stated=not_stated)


def dossiers_paid_online(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of dossiers with at least one online payment among those with a payment in the window.

    `counts`: result of count_paying_dossiers. A dossier counts once, however often it paid; only payments whose method
    is stated count. Result: indicator table with PAYMENT_COLUMNS (`n_not_stated`: dossiers none of whose payments of
    the window states its method; the other two 0, since a dossier is neither refunded nor failed).
    """
    once = months_of(period, counts, "month") & (counts["earlier_month"] < period.months[0])
    groups = column_total(counts, by, **{way: once & (counts["way"] == way) for way in ("any", "stated", "online")})
    table = indicator_table(share_rows(groups, by, "online", "stated"), by, "dossiers_paid_online", period)
    return table.assign(n_not_stated=groups["any"] - groups["stated"], n_refunded=0, n_failed=0)


def payments_agree(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of dossiers whose flag "paid online" agrees with the register of payments.

    `counts`: result of count_payment_agreement. Denominator: dossiers received in the window that have a payment in the
    register and a flag in the dossier list, both telling. Result: indicator table with PAYMENT_COLUMNS (`n_not_stated`:
    flag or method missing).
    """
    received = months_of(period, counts, "received_month")
    told = received & (counts["paid_online"] >= 0) & (counts["in_register"] >= 0)
    same = told & (counts["paid_online"] == counts["in_register"])
    question = {"numerator": same, "denominator": told, "n_not_stated": received & ~told}
    return share_table(counts, period, by, {"payments_agree": question}).assign(n_refunded=0, n_failed=0)


def payments_by_method(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count payments and dong of the window by method; refunds and failed attempts stand apart.

    `counts`: result of count_payment_forms. Result: columns `by` and METHOD_COLUMNS: `method` ("" = not stated), `n`
    and `amount` (dong) of what was paid and kept, `n_without_amount` (those of `n` without amount), `n_refunded` and
    `amount_refunded` (paid in the window, refunded by `as_of`), `n_failed`.
    """
    inside = counts[months_of(period, counts, "month")].reset_index(drop=True)
    paid, refunded = inside["state"] == "paid", inside["state"] == "refunded"
    keys = (*by, "method")
    parts = {
        "n": column_total(inside, keys, n=paid),
        "amount": column_total(inside.assign(n=inside["amount"]), keys, amount=paid),
        "n_without_amount": column_total(inside.assign(n=inside["n_without_amount"]), keys, n_without_amount=paid),
        "n_refunded": column_total(inside, keys, n_refunded=refunded),
        "amount_refunded": column_total(inside.assign(n=inside["amount"]), keys, amount_refunded=refunded),
        "n_failed": column_total(inside, keys, n_failed=inside["state"] == "failed"),
    }
    table = parts["n"][list(keys)].assign(**{name: part[name] for name, part in parts.items()})
    told = table[["n", "n_refunded", "n_failed"]].sum(axis=1) > 0
    return table.loc[told, [*by, *METHOD_COLUMNS]].reset_index(drop=True)
