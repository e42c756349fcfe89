"""The planted truths: what was put into the sample, what its law makes expected, and what came out of the draws."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from cchc_analysis.sample.catalogue import SOCIAL_UNIT, Office, Procedure
from cchc_analysis.sample.city import (
    BUNCHING_EQUAL,
    BUNCHING_LAST_HOUR,
    BUNCHING_UNIT,
    CHANGE_FROM,
    DROP_UNIT,
    MIX_SHORT_PERCENT_AFTER,
    MIX_SHORT_PERCENT_BEFORE,
    MIX_UNIT,
    OFFICES,
    mixes,
)
from cchc_analysis.sample.departments import SLOW_PROCEDURE
from cchc_analysis.sample.draws import day_law
from cchc_analysis.sample.flows import WINDOWS
from cchc_analysis.sample.generate import Dossier

Facts = dict[str, Any]


def _received_on(dossier: Dossier) -> date | None:
    return dossier.received_at.date() if dossier.received_at else None


def _finished_on(dossier: Dossier) -> date | None:
    return dossier.finished_at.date() if dossier.finished_at else None


def _by_window(dossiers: Sequence[Dossier], day_of: Callable[[Dossier], date | None]) -> dict[str, list[Dossier]]:
    windows: dict[str, list[Dossier]] = {}
    for label, start, end in WINDOWS:
        dated = ((day_of(dossier), dossier) for dossier in dossiers)
        windows[label] = [dossier for day, dossier in dated if day is not None and start <= day <= end]
    return windows


def _used(dossiers: Sequence[Dossier]) -> Facts:
    """Describe the working days used, net of paused days, by decided dossiers."""
    days = [dossier.working_days for dossier in dossiers if dossier.working_days is not None]
    if not days:
        return {"n": 0, "sum_working_days": 0, "mean": None, "median": None}
    return {"n": len(days), "sum_working_days": sum(days), "mean": sum(days) / len(days), "median": float(median(days))}


def _used_by_procedure(dossiers: Sequence[Dossier]) -> Facts:
    codes = sorted({dossier.procedure.code for dossier in dossiers})
    facts = {code: _used([item for item in dossiers if item.procedure.code == code]) for code in codes}
    return {"all": _used(dossiers), "procedures": facts}


def _cohorts(decided: Sequence[Dossier], unit: str) -> Facts:
    own = [dossier for dossier in decided if dossier.office.unit == unit]
    return {
        "by_receipt": {label: _used_by_procedure(some) for label, some in _by_window(own, _received_on).items()},
        "by_finish": {label: _used_by_procedure(some) for label, some in _by_window(own, _finished_on).items()},
    }


def _office(unit: str) -> Office:
    return next(office for office in OFFICES if office.unit == unit)


def _expected_mean(mix: Sequence[tuple[Procedure, int]], unit: str, changed: bool) -> Fraction:
    total = sum(weight for _, weight in mix)
    return sum((day_law(item, unit, changed).mean * weight for item, weight in mix), Fraction(0)) / total


def slow_procedure(decided: Sequence[Dossier]) -> Facts:
    """Describe the procedure that takes far longer than its term."""
    law = day_law(SLOW_PROCEDURE, SOCIAL_UNIT, False)
    own = [dossier for dossier in decided if dossier.procedure is SLOW_PROCEDURE]
    windows = {}
    for label, some in _by_window(own, _finished_on).items():
        late = sum(item.finished_at.date() > item.due_at.date() for item in some if item.finished_at and item.due_at)
        windows[label] = _used(some) | {"n_late": late}
    return {
        "unit": SOCIAL_UNIT,
        "procedure_code": SLOW_PROCEDURE.code,
        "procedure_name": SLOW_PROCEDURE.name,
        "statutory_days": SLOW_PROCEDURE.statutory_days,
        "committed_days": SLOW_PROCEDURE.committed_days,
        "expected_mean": float(law.mean),
        "expected_median": law.median,
        "by_finish": windows,
    }


def _last_hour(dossier: Dossier) -> bool:
    if dossier.finished_at is None or dossier.due_at is None:
        return False
    return timedelta(0) < dossier.due_at - dossier.finished_at < timedelta(hours=1)


def _equal(dossier: Dossier) -> bool:
    return dossier.finished_at is not None and dossier.finished_at == dossier.due_at


def bunching(decided: Sequence[Dossier]) -> Facts:
    """Describe the unit that moves the finish of late dossiers onto the deadline."""
    own = [dossier for dossier in decided if dossier.office.unit == BUNCHING_UNIT]
    windows = {}
    for label, some in _by_window(own, _finished_on).items():
        in_days = [dossier for dossier in some if dossier.procedure.committed_days]
        windows[label] = {
            "n_decided": len(some),
            "n_would_be_late": sum(item.would_be_late for item in some),
            "n_set_equal_to_due": sum(item.cosmetic == "equal" for item in some),
            "n_set_into_last_hour": sum(item.cosmetic == "last_hour" for item in some),
            "n_finished_equal_to_due": sum(map(_equal, some)),
            "n_finished_in_last_hour": sum(map(_last_hour, some)),
            "n_finished_in_last_hour_term_in_days": sum(map(_last_hour, in_days)),
        }
    others = [dossier for dossier in decided if dossier.office.unit != BUNCHING_UNIT]
    return {
        "unit": BUNCHING_UNIT,
        "share_set_equal_to_due": BUNCHING_EQUAL,
        "share_set_into_last_hour": BUNCHING_LAST_HOUR,
        "by_finish": windows,
        "n_finished_equal_to_due_elsewhere": sum(map(_equal, others)),
    }


def real_drop(decided: Sequence[Dossier]) -> Facts:
    """Describe the department that really became faster, and by how much in each procedure."""
    mix, _ = mixes(_office(DROP_UNIT))
    procedures = {}
    for procedure, _weight in mix:
        before, after = (day_law(procedure, DROP_UNIT, changed).mean for changed in (False, True))
        procedures[procedure.code] = {
            "name": procedure.name,
            "expected_mean_before": float(before),
            "expected_mean_after": float(after),
            "expected_change_days": float(after - before),
            "expected_relative_change": float(after / before - 1),
        }
    before, after = (_expected_mean(mix, DROP_UNIT, changed) for changed in (False, True))
    return {
        "unit": DROP_UNIT,
        "received_from": CHANGE_FROM.isoformat(),
        "relative_change_of_dossiers_within_term": -0.2,
        "expected_true_effect_days": float(after - before),
        "expected_mix_effect_days": 0.0,
        "expected_relative_change": float(after / before - 1),
        "procedures": procedures,
        **_cohorts(decided, DROP_UNIT),
    }


def apparent_drop(decided: Sequence[Dossier]) -> Facts:
    """Describe the ward where only the mix of procedures changed."""
    old_mix, new_mix = mixes(_office(MIX_UNIT))
    before, after = _expected_mean(old_mix, MIX_UNIT, False), _expected_mean(new_mix, MIX_UNIT, True)
    return {
        "unit": MIX_UNIT,
        "received_from": CHANGE_FROM.isoformat(),
        "short_share_before": MIX_SHORT_PERCENT_BEFORE / 100,
        "short_share_after": MIX_SHORT_PERCENT_AFTER / 100,
        "expected_crude_mean_before": float(before),
        "expected_crude_mean_after": float(after),
        "expected_crude_change_days": float(after - before),
        "expected_true_effect_days": 0.0,
        **_cohorts(decided, MIX_UNIT),
    }


def planted_truths(accepted: Sequence[Dossier], as_of: datetime) -> Facts:
    """Return the four planted truths over the accepted dossiers that were decided by `as_of`.

    Working days are those drawn for each dossier, net of paused days; withdrawn and open dossiers are left out.
    """
    decided = [
        dossier
        for dossier in accepted
        if dossier.working_days is not None and dossier.finished_at is not None and dossier.finished_at <= as_of
    ]
    return {
        "slow_procedure": slow_procedure(decided),
        "bunching": bunching(decided),
        "real_drop": real_drop(decided),
        "apparent_drop": apparent_drop(decided),
    }
