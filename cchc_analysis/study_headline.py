"""The headline figures of a study, and what they say differently from an earlier version of the report."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from cchc_analysis import counting
from cchc_analysis.frames import records
from cchc_analysis.measures.revisions import (
    ENTRY_COLUMNS,
    FIGURE_COLUMNS,
    FIGURE_PARTS,
    REVISION_COLUMNS,
    compare_figures,
    figures_table,
    late_entries,
    typed_figures,
)
from cchc_analysis.versions import Version, earlier_version

if TYPE_CHECKING:
    from cchc_analysis.study import Study

COUNTED = ("received_new", "received", "resolved", "pending", "pending_overdue")
"""Plain counts of form II.06a; `received_new` is what was received in the period, without what was carried over."""

HEADLINES = (
    *COUNTED,
    "on_time",
    "received_online",
    "resolved_online",
    "documents_digitised",
    "result_digitised",
    "satisfaction",
)
"""The headline figures, in their order; resolved_online and received_online answer C09 and C10 of the plan of 2023."""


def has_due_dates(study: "Study") -> bool:
    """Tell whether any dossier resolved in the data had a due date, without which "on time" means nothing."""
    flow = study.flow()
    return bool(flow["outcome"].isin(["early", "on_time", "late"]).any())


def headline_figures(study: "Study") -> pd.DataFrame:
    """Return the headline figures of the whole and of every unit (of one unit: of it alone).

    Columns measures.FIGURE_COLUMNS, in the order of HEADLINES: a count has `n` alone; a share numerator, denominator,
    value and the `n` it rests on. Suppressed figures and figures without data are left out.
    """
    key = "headline figures"
    if key not in study._tables:
        whole = _figures(study, ()).assign(unit=study.unit)
        parts = [whole, _figures(study, ("unit",))] if study.is_whole else [whole]
        rows = pd.concat(parts, ignore_index=True)
        rows = rows[rows["unit"].notna() & (rows["unit"] != "")]
        order = {name: place for place, name in enumerate(HEADLINES)}
        rows = rows.assign(_place=rows["figure"].map(order), _whole=rows["unit"] != study.unit)
        rows = rows.sort_values(["_whole", "unit", "_place"], kind="stable", ignore_index=True)
        study._tables[key] = typed_figures(rows)
    return study._tables[key].copy()


def _figures(study: "Study", by: tuple[str, ...]) -> pd.DataFrame:
    tables = []
    if study.warehouse.has_rows:
        form = study.form_06a(by)
        form = form.assign(received_new=form["received_online"] + form["received_other"])
        tables += [_counts(form, by, name) for name in COUNTED]
        tables += [_share(study.on_time(by), by, "on_time_of_finished", "on_time")]
        tables += [_share(study.online_share(by), by, name) for name in ("received_online", "resolved_online")]
        tables += [_share(study.digitisation(by), by, name) for name in ("documents_digitised", "result_digitised")]
    if study.surveys():
        tables += [_satisfaction(study, by)]
    return pd.concat(tables, ignore_index=True) if tables else figures_table({})


def _counts(form: pd.DataFrame, by: tuple[str, ...], name: str) -> pd.DataFrame:
    rows = pd.DataFrame({"unit": form["unit"] if by else [""] * len(form), "figure": name, "n": form[name]})
    return rows.reindex(columns=list(FIGURE_COLUMNS))


def _share(table: pd.DataFrame, by: tuple[str, ...], measure: str, name: str = "") -> pd.DataFrame:
    found = table[table["measure"] == measure] if len(table) else table
    return _told(found.assign(n=found["denominator"]), by, name or measure)


def _satisfaction(study: "Study", by: tuple[str, ...]) -> pd.DataFrame:
    """Return the overall result of the survey, unweighted; `n` is the number of forms."""
    table = study.survey().satisfaction(by)
    # Where the overall result has two readings, the first is the one the page begins with.
    first = table.drop_duplicates(list(by)) if by else table.iloc[:1]
    return _told(first.assign(n=first["n_forms"]), by, "satisfaction")


def _told(table: pd.DataFrame, by: tuple[str, ...], name: str) -> pd.DataFrame:
    """Return the rows of shares that may be told and that rest on something."""
    rows: list[dict[str, Any]] = [
        {"unit": row["unit"] if by else "", "figure": name, **{part: row[part] for part in FIGURE_PARTS}}
        for row in records(table)
        if not row["suppressed"] and pd.notna(row["denominator"]) and row["denominator"] > 0
    ]
    return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))


def earlier(study: "Study", path: str) -> Version | None:
    """Return the version of the report before this one (see versions.earlier_version), None where there is none."""
    return earlier_version(path, study.warehouse.state, study.as_of)


def revisions(study: "Study", path: str) -> pd.DataFrame:
    """Compare the headline figures with those of the version published before (see measures.compare_figures).

    `path`: folder of the published site or its manifest.json, "" for none. Columns measures.REVISION_COLUMNS; no row
    where nothing was published before. Only units of the earlier version or of this study's figures are compared; a
    study of one unit has its own rows.
    """
    version = earlier(study, path)
    if version is None:
        return pd.DataFrame(columns=list(REVISION_COLUMNS))
    new, old = headline_figures(study), figures_table(version.figures)
    if study.is_whole:
        # Pages may have been made of some units only: what was not told before has not changed.
        new = new[new["unit"].isin(set(old["unit"]))]
    else:
        old = old[old["unit"] == study.unit]
    return compare_figures(old, new)


def revised_entries(study: "Study", path: str) -> pd.DataFrame:
    """Return how many dossiers of the period came in with files that the earlier version did not have.

    Columns measures.ENTRY_COLUMNS, one row per unit (and one for the whole); no row where nothing was published before.
    See measures.late_entries.
    """
    version = earlier(study, path)
    if version is None or not study.warehouse.has_rows:
        return pd.DataFrame(columns=list(ENTRY_COLUMNS))
    if "sources" not in study._tables:
        study._tables["sources"] = counting.count_sources(study.dossiers(), study.clock)
    sources = study._tables["sources"]
    whole = sources.assign(unit=study.unit)
    both = pd.concat([whole, sources], ignore_index=True) if study.is_whole else whole
    told = figures_table(version.figures)
    told = told[(told["figure"] == "received_new") & told["unit"].isin(set(both["unit"]))]
    before = dict(zip(told["unit"], told["n"].astype("int64"), strict=True))
    return late_entries(both, study.period, version.files, before)
