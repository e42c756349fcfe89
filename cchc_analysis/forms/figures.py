"""The figures that official forms name, row by row, taken from a study; what the data cannot tell stays null."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cchc_analysis.entries import Text
from cchc_analysis.errors import ParameterError
from cchc_analysis.measures import official_tables
from cchc_analysis.measures.official_tables import CATALOGUE_FIGURES, FEE_FIGURES, ONLINE_FIGURES, PROGRESS_FIGURES
from cchc_analysis.study import Study

By = tuple[str, ...]
Starts = Mapping[str, date] | None

DIGITISED = {
    "documents_digitised": ("received_new", "documents_digitised", "documents_not_digitised", "documents"),
    "result_digitised": ("results_due", "result_digitised", "result_not_digitised", "result"),
}
"""Share → names of its dossiers, of those that are digitised, of those that are not, and the stem of what is stated."""


@dataclass(frozen=True)
class Family:
    """Figures that one question to a study answers; `reason` says why they may all be null."""

    figures: tuple[str, ...]
    ask: Callable[[Study, By, Starts], pd.DataFrame]
    reason: Text


def _progress(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return official_tables.progress_counts(study.flow(by), study.period, by)


def _online(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return official_tables.online_counts(study.sent((*by, "procedure")), study.period, by)


def _fees(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    counts = study.payments((*by, "procedure"))
    table = official_tables.fee_counts(counts, study.period, by)
    without_fee, without_way = (_nothing_stated(study, by, name) for name in ("fee_due_dossiers", "fee_paid_online"))
    names = ("used_fee_procedures", "dossiers_of_fee_procedures")
    table = official_tables.untold(table, names, without_fee)
    return official_tables.untold(table, ("online_paid_procedures", "dossiers_paid_online"), without_fee | without_way)


def _nothing_stated(study: Study, by: By, measure: str) -> "pd.Series[bool]":
    """Tell for each group whether dossiers are there and none of them says what a share needs."""
    shares = study.cashless(by)
    one = shares[shares["measure"] == measure].reset_index(drop=True)
    return (one["denominator"] == 0) & (one["n_not_stated"] > 0)


def _digitised(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return _digitisation(study, by, None, "")


def _digitised_under_duty(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return _digitisation(study, by, starts or {}, "duty_")


def _digitisation(study: Study, by: By, starts: Starts, prefix: str) -> pd.DataFrame:
    """Lay the shares of digitisation out as counts, null in the rows in which no dossier says anything."""
    shares = study.digitisation(by, starts)
    of = {name: shares[shares["measure"] == name].reset_index(drop=True) for name in shares["measure"].unique()}
    columns: dict[str, pd.Series[int]] = {name: of["documents_digitised"][name] for name in by}
    blanks: dict[str, tuple[str, ...]] = {}
    for measure, (whole, yes, no, stem) in DIGITISED.items():
        one = of[measure]
        over, under, missing = (one[name].astype("int64") for name in ("numerator", "denominator", "n_not_stated"))
        whole = f"{prefix}{whole.removesuffix('_new').removesuffix('_due')}" if prefix else whole
        figures = {yes: over, no: under - over, f"{stem}_not_stated": missing, f"{stem}_stated": under}
        columns |= {whole: under + missing, **{f"{prefix}{name}": values for name, values in figures.items()}}
        blanks[measure] = tuple(f"{prefix}{name}" for name in (yes, no))
    for measure in ("documents_reused", "reused_from_store"):
        columns[f"{prefix}{measure}"] = of[measure]["numerator"].astype("int64")
        blanks[measure] = (f"{prefix}{measure}",)
    table = pd.DataFrame(columns)
    for measure, names in blanks.items():
        one = of[measure]
        table = official_tables.untold(table, names, (one["denominator"] == 0) & (one["n_not_stated"] > 0))
    return table


def _catalogue(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return study.procedure_counts(by)


def _paid(study: Study, by: By, starts: Starts) -> pd.DataFrame:
    return study.paid_procedures(by)


def _digitisation_names(prefix: str) -> tuple[str, ...]:
    names = ["documents_reused", "reused_from_store"]
    for _, yes, no, stem in DIGITISED.values():
        names += [yes, no, f"{stem}_not_stated", f"{stem}_stated"]
    whole = ("received", "results") if prefix else ("results_due",)
    return tuple(f"{prefix}{name}" for name in (*whole, *names))


_NO_DOSSIERS = Text(vi="dữ liệu không có hồ sơ của đơn vị", en="the data have no dossiers of the unit")
_NOT_STATED = Text(vi="hồ sơ trong kỳ không ghi thông tin này", en="the dossiers of the period do not state it")
FAMILIES: tuple[Family, ...] = (
    Family(PROGRESS_FIGURES, _progress, _NO_DOSSIERS),
    Family(ONLINE_FIGURES, _online, _NO_DOSSIERS),
    Family(FEE_FIGURES, _fees, _NOT_STATED),
    Family(_digitisation_names(""), _digitised, _NOT_STATED),
    Family(_digitisation_names("duty_"), _digitised_under_duty, _NOT_STATED),
    Family(
        CATALOGUE_FIGURES,
        _catalogue,
        Text(vi="chưa nạp danh mục thủ tục hành chính", en="no catalogue of procedures has been taken in"),
    ),
    Family(
        ("paid_procedures",),
        _paid,
        Text(
            vi="chưa nạp danh sách thanh toán, hoặc danh sách không có khoản thu của đơn vị",
            en="no list of payments has been taken in, or it has no payment of the unit",
        ),
    ),
)
"""Every figure a form may name; each stands in one family."""


def families_of(figures: Sequence[str]) -> list[Family]:
    """Return the families that tell these figures.

    Raises ParameterError naming the known figures for one that is not known.

    >>> len(families_of(["received", "procedures"]))
    2
    """
    known = {name for family in FAMILIES for name in family.figures}
    for name in figures:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise ParameterError(
                f"A form names the unknown figure {name!r}; known: {listed}.",
                f"Biểu mẫu dùng số liệu {name!r} không có; các số liệu có sẵn: {listed}.",
            )
    return [family for family in FAMILIES if set(family.figures) & set(figures)]


def reason_of(figure: str) -> Text:
    """Return why a figure may be null.

    >>> reason_of("procedures").en
    'no catalogue of procedures has been taken in'
    """
    return families_of([figure])[0].reason


def figure_table(study: Study, figures: Sequence[str], by: By = (), starts: Starts = None) -> pd.DataFrame:
    """Return these figures of a study for every group of `by`: columns `by` and `figures`, Int64, null = not told.

    `starts`: first day of the duty to digitise by tier, for figures that begin with "duty_".
    Raises ParameterError for a figure that is not known.
    """
    tables = [family.ask(study, by, starts) for family in families_of(figures)]
    if not by:
        whole = {name: table[name].iloc[0] for table in tables if len(table) for name in table.columns}
        return pd.DataFrame({name: pd.array([whole.get(name, pd.NA)], dtype="Int64") for name in figures})
    joined = tables[0]
    for table in tables[1:]:
        fresh = [name for name in table.columns if name in by or name not in joined.columns]
        joined = joined.merge(table[fresh], on=list(by), how="outer")
    for name in figures:
        joined[name] = joined[name].astype("Int64")
    return joined.sort_values(list(by), ignore_index=True)[[*by, *figures]]
