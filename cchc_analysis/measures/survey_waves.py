"""Waves of a survey: each on its own, and the newest against the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.frames import records
from cchc_analysis.measures.satisfaction import SATISFACTION_COLUMNS, rows_of_groups, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_differences import Differences, estimates_of
from cchc_analysis.measures.survey_items import Domain, Item, domain_of, survey_items
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP, FloatArray, Responses
from cchc_analysis.measures.survey_variance import SampleVariance, Spread
from cchc_analysis.stats.comparison import benjamini_hochberg, holm
from cchc_analysis.stats.share_differences import ShareEstimates, correlation_of
from cchc_analysis.stats.survey_design import SurveyDesign

MOST_WAVES = 12
"""Waves a series goes back."""

COMMON_SHARE = 0.5
"""Part of both waves' respondents who must be the same for the waves to be compared as the same people."""

SIGNAL_LEVEL = 0.05

USED_SHARE, USED_ANSWERS = 0.1, 200
"""A point that made up this part of one wave and never occurs among so many answers of the next: another scale."""

WAVE_COLUMNS = ("wave", "wave_from", "n_modes", "modes", "comparable", "break_reason")
CHANGE_COLUMNS = (
    "item_kind",
    "item",
    "reading",
    "from_wave",
    "to_wave",
    "before",
    "after",
    "difference",
    "standard_error",
    "lower",
    "upper",
    "p_value",
    "p_adjusted",
    "adjustment",
    "sample",
    "n_common",
    "comparable",
    "break_reason",
    "difference_same_modes",
    "same_modes_lower",
    "same_modes_upper",
    "same_modes_p_value",
    "same_modes_p_adjusted",
    "signal",
    "signal_basis",
    "suppressed",
)


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave with its own weights: `label` as in the table, `start` and `end` its first and last day."""

    label: str
    start: date
    end: date
    sample: SurveySample

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """Return the modes of its forms, sorted; "" where a form states none."""
        return tuple(sorted(self.sample.responses.forms["mode"].unique()))


def wave_labels(responses: Responses, until: date) -> list[str]:
    """Return the waves that ended by a day, in order of their last day, at most the last MOST_WAVES.

    Forms without wave and day are in none.
    """
    forms = responses.answered.forms
    forms = forms[(forms["wave"] != "") & (forms["wave_to"] < pd.Timestamp(until) + pd.Timedelta(days=1))]
    ends = forms.groupby("wave")[["wave_to", "wave_from"]].first().reset_index()
    ordered = ends.sort_values(["wave_to", "wave_from", "wave"], kind="stable")["wave"].tolist()
    return [str(label) for label in ordered[-MOST_WAVES:]]


def break_reason(before: Wave, after: Wave, places: Sequence[int] | None = None) -> str:
    """Return why two waves cannot be compared, "" where they can.

    "questionnaire_changed": a change of the questionnaire came into force after the earlier wave began and by the end
    of the later one; "scale_changed": a point given in at least USED_SHARE of the answers of one wave never occurs in
    the other (both with USED_ANSWERS answers or more); "questions_differ": a question that anybody answered in one wave
    was answered by nobody in the other; "modes_differ": no mode in common. `places`: questions looked at, by default
    those of the overall result.
    """
    instrument = before.sample.responses.instrument
    asked = instrument.result_questions() if places is None else tuple(places)
    if any(before.start < day <= after.end for day in instrument.changes):
        return "questionnaire_changed"
    given = [_questions_given(wave, asked) for wave in (before, after)]
    both = [place for place in asked if place in given[0] & given[1]]
    if _scale_changed(before.sample.responses, after.sample.responses, both):
        return "scale_changed"
    if given[0] != given[1]:
        return "questions_differ"
    modes = [set(wave.modes) for wave in (before, after)]
    if not modes[0] & modes[1]:
        return "modes_differ"
    return ""


def _questions_given(wave: Wave, places: Sequence[int]) -> set[int]:
    """Return the questions that anybody answered in a wave."""
    valid = wave.sample.responses.valid
    return {place for place in places if valid[:, place].any()}


def _scale_changed(before: Responses, after: Responses, places: Sequence[int]) -> bool:
    counts = []
    width = max((len(before.instrument.questions[place].points) for place in places), default=0)
    for responses in (before, after):
        answers = responses.answers[:, places]
        counts.append(np.bincount(answers[answers >= 0].astype(np.intp), minlength=width))
    if min(count.sum() for count in counts) < USED_ANSWERS:
        return False
    shares = [count / count.sum() for count in counts]
    return any(((shares[a] >= USED_SHARE) & (counts[b] == 0)).any() for a, b in ((0, 1), (1, 0)))


def wave_table(waves: Sequence[Wave], by: tuple[str, ...] = (), items: Sequence[str] = ("overall",)) -> pd.DataFrame:
    """Return `satisfaction` of every wave, in order, with what distinguishes the waves.

    Result: columns `by`, WAVE_COLUMNS, SATISFACTION_COLUMNS. `wave_from`: its first day; `modes`: joined by ", ";
    `comparable` False and `break_reason` (see break_reason) where the item cannot be held against the wave before.
    """
    keys = tuple(name for name in by if name != "wave")
    tables = []
    for number, wave in enumerate(waves):
        table = satisfaction(wave.sample, keys, items)
        reasons = _reasons(waves[number - 1], wave, items) if number else {}
        why = [reasons.get((row["item_kind"], row["item"]), "") for row in records(table)]
        told: dict[str, Any] = {
            "wave": wave.label,
            "wave_from": wave.start,
            "n_modes": len([mode for mode in wave.modes if mode]),
            "modes": ", ".join(mode for mode in wave.modes if mode),
            "comparable": [not reason for reason in why],
            "break_reason": why,
        }
        tables.append(table.assign(**told))
    if not tables:
        return pd.DataFrame(columns=[*keys, *WAVE_COLUMNS, *SATISFACTION_COLUMNS])
    whole = pd.concat(tables, ignore_index=True)
    figures = [name for name in whole.columns if name not in (*keys, *WAVE_COLUMNS)]
    return whole[[*keys, *WAVE_COLUMNS, *figures]]


def _reasons(before: Wave, after: Wave, items: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return why each item of two waves cannot be compared."""
    wanted = survey_items(after.sample.responses.instrument, items)
    return {(item.kind, item.name): break_reason(before, after, item.places) for item in wanted}


def wave_change(
    before: Wave | None, after: Wave | None, by: tuple[str, ...] = (), items: Sequence[str] = ("overall", "factor")
) -> pd.DataFrame:
    """Compare two waves, the later minus the earlier one.

    Result: columns `by`, CHANGE_COLUMNS; no row without two waves. Independent samples: standard error
    sqrt(se₀² + se₁²), without finite populations; interval and p-value as stats.share_difference_interval. Where at
    least COMMON_SHARE of the respondents of both waves are the same: forms of one respondent are one cluster over both
    waves, so that the covariance counts.
    `p_adjusted`: Holm over the factors (and over the questions), Benjamini–Hochberg over the groups of `by`, as
    `adjustment` says. `difference_same_modes`: the mean over the modes both waves have of the difference within the
    mode, weighted with their mean share of both waves; null where they have none in common.
    `signal` follows from the row alone: `signal_basis` "same_modes": the sign of `difference_same_modes` where
    `same_modes_p_adjusted` is at most SIGNAL_LEVEL, "plain" (no mode in common with SMALLEST_GROUP forms or more): that
    of `difference` where `p_adjusted` is; "up", "down", else "none". Waves that cannot be compared have no difference,
    no signal and the basis "".
    Source: docs/methods/satisfaction.md.
    """
    keys = tuple(name for name in by if name != "wave")
    if before is None or after is None or before.sample.design is None or after.sample.design is None:
        return pd.DataFrame(columns=[*keys, *CHANGE_COLUMNS])
    wanted = survey_items(after.sample.responses.instrument, items)
    pair = WavePair(before, after, wanted)
    groups = pair.groups(keys)
    rows = [row for group in groups for row in pair.compared(keys, *group)]
    table = pd.DataFrame(rows, columns=[*keys, *CHANGE_COLUMNS])
    return _with_signals(_adjusted(table, keys))


@dataclass(frozen=True, eq=False)
class WavePair:
    """Two waves and the items to compare."""

    before: Wave
    after: Wave
    items: list[Item]

    @property
    def waves(self) -> tuple[Wave, Wave]:
        """Both waves, the earlier one first."""
        return self.before, self.after

    @cached_property
    def reasons(self) -> list[str]:
        """Return why each item cannot be compared, "" where it can."""
        return [break_reason(self.before, self.after, item.places) for item in self.items]

    def groups(self, by: tuple[str, ...]) -> list[tuple[tuple[Any, ...], list[NDArray[np.intp]]]]:
        """Return the groups that occur in both waves, with the places of their forms in each."""
        found: list[dict[tuple[Any, ...], NDArray[np.intp]]] = []
        for wave in self.waves:
            codes, table = wave.sample.responses.keys(by)
            names = list(table.itertuples(index=False, name=None)) if by else [()]
            found.append(dict(zip(names, rows_of_groups(codes, len(table)), strict=True)))
        return [(name, [part[name] for part in found]) for name in sorted(set(found[0]) & set(found[1]))]

    def compared(
        self, by: tuple[str, ...], group: tuple[Any, ...], rows: Sequence[NDArray[np.intp]]
    ) -> list[dict[str, Any]]:
        """Return one row per item for a group of both waves."""
        named = {name: value or None for name, value in zip(by, group, strict=True)}
        hidden = min(len(part) for part in rows) < SMALLEST_GROUP
        plain = None if hidden else self._difference(rows)
        same = None if hidden else self._same_modes(rows)
        common = self._n_common(rows)
        sample = "same_respondents" if self._same_people(rows) else "independent"
        told = []
        for place, item in enumerate(self.items):
            reason = self.reasons[place]
            figures = {} if plain is None else _figures(plain, place, comparable=not reason)
            if same is not None and not reason:
                figures |= {"difference_same_modes": same.difference[place], **same.row(place, "same_modes_")}
            told.append(
                {
                    **named,
                    "item_kind": item.kind,
                    "item": item.name,
                    "reading": item.reading,
                    "from_wave": self.before.label,
                    "to_wave": self.after.label,
                    "sample": sample,
                    "n_common": common,
                    "comparable": not reason,
                    "break_reason": reason,
                    "suppressed": hidden,
                    **figures,
                }
            )
        return told

    def _respondents(self, rows: Sequence[NDArray[np.intp]]) -> list[set[str]]:
        return [set(people[part]) - {""} for people, part in zip(self._people, rows, strict=True)]

    @cached_property
    def _people(self) -> list[NDArray[np.object_]]:
        """The respondent of every form of each wave, "" where not stated."""
        named = [wave.sample.responses.forms["respondent_id"] for wave in self.waves]
        return [people.astype(object).where(people.notna(), "").to_numpy(dtype=object) for people in named]

    def _n_common(self, rows: Sequence[NDArray[np.intp]]) -> int:
        first, second = self._respondents(rows)
        return len(first & second)

    def _same_people(self, rows: Sequence[NDArray[np.intp]]) -> bool:
        people = self._respondents(rows)
        common = len(people[0] & people[1])
        return common > 0 and all(common >= COMMON_SHARE * len(part) for part in people)

    def _domains(self, rows: Sequence[NDArray[np.intp]]) -> list[Domain]:
        parts = zip(self.waves, rows, strict=True)
        return [domain_of(wave.sample.responses, wave.sample.weights, self.items, part) for wave, part in parts]

    def _difference(self, rows: Sequence[NDArray[np.intp]]) -> Differences:
        """Return the plain difference of the two waves."""
        domains = self._domains(rows)
        if self._same_people(rows):
            return self._paired(domains)
        return _independent(domains, [_spread(one, wave) for one, wave in zip(domains, self.waves, strict=True)])

    def _paired(self, domains: Sequence[Domain]) -> Differences:
        """Return the difference where a respondent of both waves is one cluster.

        What was fitted to dossiers is taken out wave by wave before.
        """
        parts, present = [], []
        for domain, wave in zip(domains, self.waves, strict=True):
            left, here = domain.spread(len(wave.sample.responses))
            for calibration in [] if wave.sample.design is None else wave.sample.design.calibrations:
                left = calibration.residuals(left)
            parts.append(left)
            present.append(here)
        joint, k = SampleVariance(self._joint_design), len(domains[0].shares)
        first, second = (np.vstack(pair) for pair in ((parts[0], 0 * parts[1]), (0 * parts[0], parts[1])))
        none = [np.zeros_like(one) for one in present]
        here = np.hstack([np.vstack(pair) for pair in ((present[0], none[1]), (none[0], present[1]), present)])
        found = joint.spread(np.arange(len(first)), np.hstack([first, second, second - first]), here)
        shares = np.concatenate([domain.shares for domain in domains])
        whole = estimates_of(Domain(np.arange(len(first)), np.append(shares, shares[:k]), first, here), found)
        before, after = (_slice(whole, slice(start, start + k)) for start in (0, k))
        errors = np.split(found.standard_errors, 3)
        return Differences(before, after, correlation_of(*errors), errors[2])

    @cached_property
    def _joint_design(self) -> SurveyDesign:
        """Return the forms of both waves as one sample: a respondent, or a cluster, of both is one unit."""
        waves = self.waves
        forms = pd.concat([wave.sample.responses.forms for wave in waves], ignore_index=True)
        people = np.array([f"form {i}" if pd.isna(p) else f"person {p}" for i, p in enumerate(forms["respondent_id"])])
        if all(wave.sample.facts.clusters for wave in waves):
            people = np.array(
                [one if pd.isna(c) else f"cluster {c}" for one, c in zip(people, forms["cluster"], strict=True)]
            )
        strata = None
        name = self.after.sample.facts.strata
        if name is not None:
            # The stratum of a unit is that of its last form: who moved is one unit all the same.
            codes = forms[name].astype(object).where(forms[name].notna(), "").astype(str)
            strata = codes.groupby(people).transform("last").to_numpy(dtype=object)
        weights = np.concatenate([wave.sample.weights for wave in waves])
        return SurveyDesign(weights, strata=strata, clusters=people, lonely="adjust")

    def _same_modes(self, rows: Sequence[NDArray[np.intp]]) -> Differences | None:
        """Return the difference within modes, weighted with the mean share of each mode in both waves."""
        samples = (self.before.sample, self.after.sample)
        stated = [s.responses.forms["mode"].to_numpy(dtype=object)[p] for s, p in zip(samples, rows, strict=True)]
        common = [
            mode
            for mode in sorted(set(stated[0]) & set(stated[1]) - {""})
            if all((part == mode).sum() >= SMALLEST_GROUP for part in stated)
        ]
        mass = np.array(
            [
                [sample.weights[part][modes == mode].sum() for mode in common]
                for sample, part, modes in zip(samples, rows, stated, strict=True)
            ]
        )
        if not common or (mass.sum(axis=1) <= 0).any():
            return None
        shares = (mass / mass.sum(axis=1, keepdims=True)).mean(axis=0)
        parts = [
            [domain_of(s.responses, s.weights, self.items, part[modes == mode]) for mode in common]
            for s, part, modes in zip(samples, rows, stated, strict=True)
        ]
        domains = [_mixed(of_modes, shares) for of_modes in parts]
        if self._same_people(rows):
            return self._paired(domains)
        spreads = [
            _mixed_spread(domain, of_modes, shares, wave)
            for domain, of_modes, wave in zip(domains, parts, self.waves, strict=True)
        ]
        return _independent(domains, spreads)


def _figures(found: Differences, place: int, comparable: bool) -> dict[str, Any]:
    """Return the figures of one item; without a difference where the waves cannot be compared."""
    told = {"before": found.first.shares[place], "after": found.second.shares[place]}
    if not comparable:
        return told
    figures = {"difference": found.difference[place], "standard_error": found.standard_error[place]}
    return {**told, **figures, **found.row(place)}


def _spread(domain: Domain, wave: Wave) -> Spread:
    """Return the precision of shares of a wave without finite populations."""
    return wave.sample.variance.without_populations.spread(domain.rows, domain.influence, domain.present)


def _independent(domains: Sequence[Domain], spreads: Sequence[Spread]) -> Differences:
    """Return the difference of two samples that have nothing to do with each other."""
    before, after = (estimates_of(domain, spread) for domain, spread in zip(domains, spreads, strict=True))
    error = np.hypot(before.standard_errors, after.standard_errors)
    return Differences(before, after, np.zeros(len(error)), error)


def _slice(given: ShareEstimates, part: slice) -> ShareEstimates:
    return ShareEstimates(given.shares[part], given.standard_errors[part], given.df[part], given.n[part])


def _mixed(domains: Sequence[Domain], shares: FloatArray) -> Domain:
    """Return the estimates of several groups of forms mixed with given shares."""
    mixed = np.add.reduce([share * domain.shares for share, domain in zip(shares, domains, strict=True)])
    influence = np.vstack([share * domain.influence for share, domain in zip(shares, domains, strict=True)])
    rows = np.concatenate([domain.rows for domain in domains])
    return Domain(rows, np.clip(mixed, 0.0, 1.0), influence, np.vstack([domain.present for domain in domains]))


def _mixed_spread(mixed: Domain, parts: Sequence[Domain], shares: FloatArray, wave: Wave) -> Spread:
    """Return the precision of a mix, with degrees of freedom after Satterthwaite: few forms of a mode say little."""
    whole = _spread(mixed, wave)
    found = [_spread(part, wave) for part in parts]
    variances = np.array([(share * one.standard_errors) ** 2 for share, one in zip(shares, found, strict=True)])
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = variances.sum(axis=0) ** 2 / (variances**2 / np.array([one.df for one in found])).sum(axis=0)
    return replace(whole, df=np.where(variances.sum(axis=0) > 0, np.minimum(freedom, whole.df), whole.df))


def adjusted_p(p_values: "pd.Series[float]", method: str) -> "pd.Series[float]":
    """Return p-values adjusted among those that are known; "holm", "benjamini_hochberg" or "none".

    >>> adjusted_p(pd.Series([0.01, None, 0.04]), "holm").tolist()
    [0.02, nan, 0.04]
    """
    numbers = pd.to_numeric(p_values).astype(float)
    known = numbers.dropna()
    if method == "none" or not len(known):
        return numbers
    adjust = holm if method == "holm" else benjamini_hochberg
    return pd.Series(adjust(known.to_numpy()), index=known.index).reindex(numbers.index)


def _adjusted(table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Adjust p-values over groups where there are any, else over the items of a kind."""
    told = table.copy()
    told["adjustment"] = ["benjamini_hochberg" if by else _method(kind) for kind in told["item_kind"]]
    family = ["item_kind", "item", "reading"] if by else ["item_kind", "reading"]
    for name in ("p_value", "same_modes_p_value"):
        to = name.replace("p_value", "p_adjusted")
        told[to] = np.nan
        for _, part in told.groupby(family, sort=False):
            told.loc[part.index, to] = adjusted_p(part[name], str(part["adjustment"].iloc[0]))
    return told


def _method(kind: str) -> str:
    return "none" if kind == "overall" else "holm"


def _with_signals(table: pd.DataFrame) -> pd.DataFrame:
    """Say what each row shows; numbers are floats also where all are missing."""
    numbers = ("before", "after", "difference", "standard_error", "lower", "upper", "p_value", "p_adjusted")
    same = tuple(name for name in table.columns if name.startswith(("same_modes", "difference_same")))
    told = table.astype(dict.fromkeys((*numbers, *same), float) | {"comparable": bool, "suppressed": bool})
    held = told["same_modes_p_adjusted"].notna()
    p_value = told["same_modes_p_adjusted"].where(held, told["p_adjusted"])
    difference = told["difference_same_modes"].where(held, told["difference"])
    clear = (p_value <= SIGNAL_LEVEL) & told["comparable"]
    basis = np.select([~told["comparable"] | p_value.isna(), held], ["", "same_modes"], "plain")
    signal = np.select([clear & (difference > 0), clear & (difference < 0)], ["up", "down"], "none")
    return told.assign(signal=signal, signal_basis=basis)
