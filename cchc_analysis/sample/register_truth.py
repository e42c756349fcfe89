"""What the registers say, counted record by record in plain Python: what the measures of the registers have to find.

Slow and obvious on purpose; nothing of the counting engine is used here. Records that intake rejects are in no number.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from cchc_analysis.sample.city import OFFICES
from cchc_analysis.sample.copies import CopyRequest
from cchc_analysis.sample.export_rows import has_column
from cchc_analysis.sample.feedback import Message
from cchc_analysis.sample.flows import WINDOWS, resolving_unit
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.payments import Payment, states_unit
from cchc_analysis.sample.procedure_list import NOT_INTEGRATED, NOT_OFFERED, Entry, valid_on
from cchc_analysis.sample.second_register import Noted

Facts = dict[str, Any]

NOT_STATED = "not_stated"


def _within(moment: datetime | None, first: date, last: date) -> bool:
    return moment is not None and first <= moment.date() <= last


def _by_window(facts: Callable[[date, date], Facts]) -> dict[str, Facts]:
    return {label: facts(first, last) for label, first, last in WINDOWS}


def payments_truth(payments: Sequence[Payment], dossiers: Sequence[Dossier]) -> Facts:
    """Describe the payments by window of the day they were made: by method, by dossier, and against the dossiers' flag.

    `methods`: method → number and amount in đồng of what was paid and not paid back by the end of the window.
    `units`: unit → paid online, paid in a stated way ("": neither the list nor a known dossier names one).
    `dossiers` with such a payment, `dossiers_paid_online` of `dossiers_stated`. `agreeing` of `compared`: dossiers
    received in the window whose flag says whether any payment was online; those that only paid in a way that is not
    stated are not compared.
    """
    listed = {item.dossier_id for item in dossiers}

    def facts(first: date, last: date) -> Facts:
        known = [item for item in payments if item.paid_at and item.paid_at.date() <= last]
        kept = [item for item in known if item.refunded_at is None or item.refunded_at.date() > last]
        made = [item for item in kept if _within(item.paid_at, first, last)]
        methods: dict[str, list[int]] = {}
        units: dict[str, list[int]] = {}
        for item in made:
            method = item.stated_method or NOT_STATED
            n, amount = methods.get(method, [0, 0])
            methods[method] = [n + 1, amount + item.total_amount]
            if method != NOT_STATED:
                unit = item.dossier.office.unit if states_unit(item) or item.dossier.dossier_id in listed else ""
                online, stated = units.get(unit, [0, 0])
                units[unit] = [online + (method == "online"), stated + 1]
        ways = _ways(made)
        return {
            "methods": dict(sorted(methods.items())),
            "units": dict(sorted(units.items())),
            "refunded": sum(_within(item.paid_at, first, last) for item in known) - len(made),
            "failed": sum(item.status == "failed" and _within(item.requested_at, first, last) for item in payments),
            "dossiers": len(ways),
            "dossiers_stated": sum(found != {NOT_STATED} for found in ways.values()),
            "dossiers_paid_online": sum("online" in found for found in ways.values()),
            **_agreement(_ways(kept), [item for item in dossiers if _within(item.received_at, first, last)]),
        }

    return _by_window(facts)


def _ways(payments: Iterable[Payment]) -> dict[str, set[str]]:
    """Return for each dossier the ways in which it paid."""
    ways: dict[str, set[str]] = {}
    for item in payments:
        ways.setdefault(item.dossier.dossier_id, set()).add(item.stated_method or NOT_STATED)
    return ways


def _agreement(ways: dict[str, set[str]], received: Iterable[Dossier]) -> Facts:
    told = [
        (bool(dossier.paid_online), "online" in ways[dossier.dossier_id])
        for dossier in received
        if dossier.dossier_id in ways
        and ("online" in ways[dossier.dossier_id] or NOT_STATED not in ways[dossier.dossier_id])
    ]
    return {"compared": len(told), "agreeing": sum(flag == online for flag, online in told)}


def feedback_truth(messages: Sequence[Message]) -> Facts:
    """Describe the messages by window and source.

    `received` leaves out what was not accepted; `answered` of those up to the end of the window. `due`: accepted
    messages whose last day lies in the window, `on_time` of them answered on that day or before. `rated`, `satisfied`:
    of the messages answered in the window.
    """

    def of_source(own: list[Message], first: date, last: date) -> Facts:
        accepted = [item for item in own if item.status != "not_accepted"]
        received = [item for item in accepted if _within(item.received_at, first, last)]
        due = [item for item in accepted if _within(item.due_at, first, last)]
        rated = [item for item in accepted if _within(item.answered_at, first, last) and item.rating]
        return {
            "received": len(received),
            "not_accepted": sum(
                item.status == "not_accepted" and _within(item.received_at, first, last) for item in own
            ),
            "without_due": sum(item.due_at is None for item in received),
            "answered": sum(item.answered_at is not None and item.answered_at.date() <= last for item in received),
            "due": len(due),
            "on_time": sum(
                bool(item.answered_at and item.due_at and item.answered_at.date() <= item.due_at.date()) for item in due
            ),
            "rated": len(rated),
            "satisfied": sum(item.rating != "unsatisfied" for item in rated),
        }

    def facts(first: date, last: date) -> Facts:
        found = {"all": of_source(list(messages), first, last)}
        for source in ("hotline", "portal"):
            found[source] = of_source([item for item in messages if item.source == source], first, last)
        return found

    return _by_window(facts)


def copies_truth(requests: Sequence[CopyRequest]) -> Facts:
    """Describe the requests by window and form: received, certified in the window and the copies made then."""

    def of_form(own: Iterable[CopyRequest], first: date, last: date) -> Facts:
        found = Counter[str]()
        for item in own:
            received = _within(item.received_at, first, last)
            found["received"] += received
            found["received_and_certified"] += bool(received and item.certified_at and item.certified_at.date() <= last)
            if _within(item.certified_at, first, last):
                found["certified"] += 1
                found["copies"] += item.n_copies
        return {name: found[name] for name in ("received", "received_and_certified", "certified", "copies")}

    return _by_window(
        lambda first, last: {
            form: of_form((item for item in requests if item.form == form), first, last)
            for form in ("electronic", "paper")
        }
    )


def catalogue_truth(catalogue: Sequence[Entry], dossiers: Sequence[Dossier]) -> Facts:
    """Describe the catalogue at the end of each window: a procedure counts once, however many offices handle it.

    `offered` and `integrated` are of those eligible; `offered_anywhere` holds what is offered without being eligible
    too.
    """
    listed = {item.procedure.code for item in catalogue}

    def facts(first: date, last: date) -> Facts:
        valid = {item.procedure.code: item for item in valid_on(catalogue, datetime(last.year, last.month, last.day))}
        used = [item for item in dossiers if _within(item.received_at, first, last)]
        codes = {item.procedure.code for item in used}
        online = {item.procedure.code for item in used if item.channel == "online"}
        anywhere = {code for code, item in valid.items() if item.offered_online}
        offered = {code for code in anywhere if valid[code].eligible_online}
        return {
            "procedures": len(valid),
            "eligible": sum(item.eligible_online for item in valid.values()),
            "offered": len(offered),
            "integrated": sum(valid[code].integrated for code in offered),
            "has_fee": sum(bool(item.procedure.fee) for item in valid.values()),
            "payable": sum(bool(item.procedure.fee) and item.payable_online for item in valid.values()),
            "offered_anywhere": len(anywhere),
            "offered_with_dossiers": len(anywhere & codes),
            "offered_with_online_dossiers": len(anywhere & online),
            "decided": sum(item.decided_at.date() <= last for item in valid.values()),
            "published": sum(
                item.published_at is not None and item.published_at.date() <= last for item in valid.values()
            ),
            "not_offered": sorted(set(NOT_OFFERED) & valid.keys()),
            "not_integrated": sorted(set(NOT_INTEGRATED) & valid.keys()),
            "dossiers": len(used),
            "dossiers_in_catalogue": sum(item.procedure.code in listed for item in used),
        }

    return _by_window(facts)


def _conflicts(dossier: Dossier, row: Noted, last: date) -> set[str]:
    """Return what two lists say differently of one dossier, as far as it has happened by the last day."""
    here = dossier.finished_at.date() if dossier.finished_at and dossier.finished_at.date() <= last else None
    there = row.finished_at.date() if row.finished_at and row.finished_at.date() <= last else None
    found = set()
    if dossier.received_at and dossier.received_at.date() != row.received_at.date():
        found.add("received_on")
    if resolving_unit(dossier) != row.unit:
        found.add("unit")
    if (here is None) != (there is None):
        found.add("closed_only_here" if here else "closed_only_there")
    if here and there and here != there:
        found.add("finished_on")
    return found


def matching_truth(rows: Sequence[Noted], dossiers: Sequence[Dossier], wards: Sequence[str]) -> Facts:
    """Describe by window and ward what the two lists have in common; what has happened by the end of the window counts.

    `conflicts`: dossiers by kind of conflict; one dossier may show several. `by_other_code`: pairs that only a code of
    another system brings together.
    """
    here = {item.dossier_id: item for item in dossiers if resolving_unit(item) in wards}
    there = {row.dossier.dossier_id: row for row in rows if row.dossier and row.dossier.dossier_id in here}
    unknown = [row for row in rows if row.dossier is None or row.dossier.dossier_id not in here]

    def of_ward(ward: str, first: date, last: date) -> Facts:
        own = [
            item for item in here.values() if resolving_unit(item) == ward and _within(item.received_at, first, last)
        ]
        pairs = [(item, there[item.dossier_id]) for item in own if item.dossier_id in there]
        kinds = [_conflicts(item, row, last) for item, row in pairs]
        return {
            "matched": sum(not found for found in kinds),
            "conflicting": sum(bool(found) for found in kinds),
            "only_here": len(own) - len(pairs),
            "only_there": sum(row.unit == ward and _within(row.received_at, first, last) for row in unknown),
            "conflicts": dict(sorted(Counter(kind for found in kinds for kind in found).items())),
            "by_other_code": sum(row.dossier_id != item.dossier_id for item, row in pairs),
        }

    return _by_window(lambda first, last: {ward: of_ward(ward, first, last) for ward in wards})


Cases = tuple[str, Callable[[Dossier], datetime | None], Callable[[Dossier], bool | None], str]
"""A figure, the moment that puts a dossier into a window, what is true of the dossier, the column that says so."""


def _decided_at(dossier: Dossier) -> datetime | None:
    return None if dossier.status == "withdrawn" else dossier.finished_at


_COLUMNS: tuple[Cases, ...] = (
    ("posted_in", lambda item: item.received_at, lambda item: item.channel == "post", "Hình thức tiếp nhận"),
    (
        "reused_from_store",
        lambda item: item.received_at,
        lambda item: item.reused_from_store,
        "Tái sử dụng từ Kho DVCQG",
    ),
    (
        "reused_from_results",
        lambda item: item.received_at,
        lambda item: item.reused_from_results,
        "Tái sử dụng từ kết quả hồ sơ khác",
    ),
    ("result_electronic", _decided_at, lambda item: item.result_electronic, "Kết quả điện tử"),
    ("posted_out", _decided_at, lambda item: item.return_channel == "post", "Hình thức trả kết quả"),
    ("returned_online", _decided_at, lambda item: item.return_channel == "online", "Hình thức trả kết quả"),
)


def columns_truth(dossiers: Sequence[Dossier]) -> Facts:
    """Describe the further columns of the dossiers by window, yes and stated: only exports that have the column count.

    Reuse and the way of sending are those of dossiers received in the window, results and the way of return those of
    dossiers closed in it and not withdrawn.
    """
    found: dict[str, dict[str, list[int]]] = {label: {name: [0, 0] for name, *_ in _COLUMNS} for label, *_ in WINDOWS}
    for name, moment, true_of, label in _COLUMNS:
        exports = {office.export for office in OFFICES if has_column(office.export, label)}
        for dossier in dossiers:
            at, value = moment(dossier), true_of(dossier)
            if at is None or value is None or dossier.office.export not in exports:
                continue
            for window in _windows_of(at.date()):
                found[window][name][0] += value
                found[window][name][1] += 1
    return found


@cache
def _windows_of(day: date) -> tuple[str, ...]:
    return tuple(label for label, first, last in WINDOWS if first <= day <= last)
