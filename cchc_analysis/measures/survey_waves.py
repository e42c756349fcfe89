"""Waves of a survey: each on its own, and the newest against the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from cchc_analysis.frames import records
from cchc_analysis.measures.satisfaction import SATISFACTION_COLUMNS, rows_of_groups, satisfaction
from cchc_analysis.measures.survey_design import SurveySample
from cchc_analysis.measures.survey_items import Domain, Item, domain_of, survey_items
from cchc_analysis.measures.survey_responses import SMALLEST_GROUP, FloatArray, Responses
from cchc_analysis.measures.survey_variance import SampleVariance
from cchc_analysis.stats.comparison import benjamini_hochberg, holm
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_intervals import t_interval

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
    sqrt(se₀² + se₁²), t with Satterthwaite's degrees of freedom. Where at least COMMON_SHARE of the respondents of both
    waves are the same: forms of one respondent are one cluster over both waves, so that the covariance counts.
    `p_adjusted`: Holm over the factors (and over the questions), Benjamini–Hochberg over the groups of `by`, as
    `adjustment` says. `difference_same_modes`: the mean over the modes both waves have of the difference within the
    mode, weighted with their mean share of both waves; null where they have none in common.
    `signal`: "up" or "down" where the difference at an equal mix of modes (the plain one where modes are not stated)
    is beyond noise after adjusting, else "none". Waves that cannot be compared have no difference and no signal.
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
            figures = {} if plain is None else plain.row(place, comparable=not reason)
            if same is not None and not reason:
                figures |= same.same_modes(place)
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

    def _difference(self, rows: Sequence[NDArray[np.intp]]) -> "Differences":
        """Return the plain difference of the two waves."""
        domains = self._domains(rows)
        before, after = (domain.shares for domain in domains)
        error, df = self._precision(rows, domains)
        return Differences(before, after, after - before, error, df)

    def _precision(self, rows: Sequence[NDArray[np.intp]], domains: Sequence[Domain]) -> tuple[FloatArray, FloatArray]:
        """Return standard error and degrees of freedom of the difference of two estimates, one in each wave."""
        return self._paired(domains) if self._same_people(rows) else self._independent(domains)

    def _independent(self, domains: Sequence[Domain]) -> tuple[FloatArray, FloatArray]:
        """Return them for independent samples."""
        waves = self.waves
        parts = [w.sample.variance.spread(d.rows, d.influence, d.present) for w, d in zip(waves, domains, strict=True)]
        variances = [part.standard_errors**2 for part in parts]
        total = variances[0] + variances[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = [variance**2 / part.df for variance, part in zip(variances, parts, strict=True)]
            df = np.where(total > 0, total**2 / (shares[0] + shares[1]), parts[0].df + parts[1].df)
        return np.sqrt(total), df

    def _paired(self, domains: Sequence[Domain]) -> tuple[FloatArray, FloatArray]:
        """Return them where a respondent of both waves is one cluster.

        What was fitted to dossiers is taken out wave by wave before; finite populations are left out.
        """
        parts, present = [], []
        for domain, wave in zip(domains, self.waves, strict=True):
            left, here = domain.spread(len(wave.sample.responses))
            for calibration in [] if wave.sample.design is None else wave.sample.design.calibrations:
                left = calibration.residuals(left)
            parts.append(left)
            present.append(here)
        influence = np.vstack([-parts[0], parts[1]])
        joint = SampleVariance(self._joint_design)
        found = joint.spread(np.arange(len(influence)), influence, np.vstack(present))
        return found.standard_errors, found.df

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

    def _same_modes(self, rows: Sequence[NDArray[np.intp]]) -> "Differences | None":
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
        domains = [
            _mixed(sample, self.items, [part[modes == mode] for mode in common], shares)
            for sample, part, modes in zip(samples, rows, stated, strict=True)
        ]
        before, after = (domain.shares for domain in domains)
        error, df = self._precision(rows, domains)
        return Differences(before, after, after - before, error, df)


def _mixed(
    sample: SurveySample, items: Sequence[Item], parts: Sequence[NDArray[np.intp]], shares: FloatArray
) -> Domain:
    """Return the estimates of several groups of forms mixed with given shares."""
    domains = [domain_of(sample.responses, sample.weights, items, part) for part in parts]
    mixed = np.add.reduce([share * domain.shares for share, domain in zip(shares, domains, strict=True)])
    influence = np.vstack([share * domain.influence for share, domain in zip(shares, domains, strict=True)])
    return Domain(np.concatenate(parts), mixed, influence, np.vstack([domain.present for domain in domains]))


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences of k items between two waves."""

    before: FloatArray
    after: FloatArray
    difference: FloatArray
    standard_error: FloatArray
    df: FloatArray

    def row(self, place: int, comparable: bool) -> dict[str, Any]:
        """Return the figures of one item; without a difference where the waves cannot be compared."""
        told = {"before": self.before[place], "after": self.after[place]}
        if not comparable:
            return told
        lower, upper, p_value = self._tested(place)
        figures = {"difference": self.difference[place], "standard_error": self.standard_error[place]}
        return {**told, **figures, "lower": lower, "upper": upper, "p_value": p_value}

    def same_modes(self, place: int) -> dict[str, Any]:
        """Return the figures of one item at an equal mix of modes."""
        lower, upper, p_value = self._tested(place)
        return {
            "difference_same_modes": self.difference[place],
            "same_modes_lower": lower,
            "same_modes_upper": upper,
            "same_modes_p_value": p_value,
        }

    def _tested(self, place: int) -> tuple[float, float, float]:
        difference, error, df = (float(a[place]) for a in (self.difference, self.standard_error, self.df))
        return tested(difference, error, df)


def tested(difference: float, standard_error: float, df: float) -> tuple[float, float, float]:
    """Return interval and two-sided p-value of a difference, nan where it has no standard error.

    The interval is held inside [-1, 1], where every difference of two shares lies.

    >>> [round(number, 4) for number in tested(0.05, 0.02, 60)]
    [0.01, 0.09, 0.0152]
    """
    if not (standard_error > 0 and df > 0):
        return np.nan, np.nan, np.nan
    lower, upper = t_interval(difference, standard_error, df)
    p_value = float(2 * special.stdtr(df, -abs(difference) / standard_error))
    return max(lower, -1.0), min(upper, 1.0), p_value


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
    return told.assign(signal=np.select([clear & (difference > 0), clear & (difference < 0)], ["up", "down"], "none"))
