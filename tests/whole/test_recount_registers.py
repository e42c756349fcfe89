"""Digitisation, online shares and every register counted again, row by row and in words, from drawn rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spec.register_draws import UNITS, city
from spec.register_tables import Rows, write_warehouse

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.frames import records
from cchc_analysis.schema import CLOSED, NOT_COUNTED
from cchc_analysis.study import REGISTER_MEASURES

AS_OF = datetime(2023, 6, 14)
NOW = AS_OF + timedelta(days=1, microseconds=-1)
FIRST, LAST = date(2023, 3, 15), date(2023, 6, 14)
TIER = {"phuong-1": "commune", "phuong-2": "commune", "phong-y-te": "city", "noi-khac": ""}

Row = dict[str, Any]
Fractions = dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def rows() -> dict[str, Rows]:
    return city(2023, 700)


@pytest.fixture(scope="module")
def warehouse(rows: dict[str, Rows], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warehouse(tmp_path_factory.mktemp("drawn") / "kho", rows, datetime(2023, 8, 1))


@pytest.fixture(scope="module", params=["all", "phuong-1"])
def study(request: pytest.FixtureRequest, warehouse: Path) -> cchc.Study:
    return cchc.open_study(data=warehouse, period="2023-Q2", unit=request.param)


def known(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment <= NOW else None


def inside(moment: datetime | None) -> bool:
    return known(moment) is not None and FIRST <= moment.date() <= LAST


def unit_of(dossier: Row) -> str:
    return str(dossier["resolving_unit"] or dossier["receiving_unit"])


def mine(study: cchc.Study, unit: str | None) -> bool:
    return study.unit in ("all", unit)


def closed_at(row: Row) -> datetime | None:
    return known(row["finished_at"] or row["returned_at"])


def counted(study: cchc.Study, rows: dict[str, Rows]) -> Rows:
    return [
        row
        for row in rows["dossiers"]
        if row["status"] not in NOT_COUNTED and known(row["received_at"]) and mine(study, unit_of(row))
    ]


def share(rows: Iterable[Row], under: Callable[[Row], bool], over: Callable[[Row], bool]) -> tuple[int, int]:
    base = [row for row in rows if under(row)]
    return sum(map(over, base)), len(base)


def found(table: pd.DataFrame) -> Fractions:
    assert len(table) == table["measure"].nunique()
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in records(table)}


# dossiers


def test_digitisation(study: cchc.Study, rows: dict[str, Rows]) -> None:
    dossiers, told = counted(study, rows), found(study.digitisation())

    def received(row: Row) -> bool:
        return inside(row["received_at"])

    def resolved(row: Row) -> bool:
        return inside(closed_at(row)) and row["status"] != "withdrawn"

    for name in (*measures.DIGITISATION_MEASURES, *measures.FURTHER_DIGITISATION_MEASURES):
        base = resolved if name.startswith("result") else received
        flags = [row[name] for row in dossiers if base(row) and row[name] is not None]
        assert told[name] == (sum(flags), len(flags)), name
        assert len(flags) > 20


def test_online_shares(study: cchc.Study, rows: dict[str, Rows]) -> None:
    dossiers, told = counted(study, rows), found(study.online_share())

    def online(row: Row) -> bool:
        return row["channel"] == "online"

    def resolved(row: Row) -> bool:
        return inside(closed_at(row))

    assert told == {
        "resolved_online": share(dossiers, lambda r: resolved(r) and r["channel"] is not None, online),
        "received_online": share(dossiers, lambda r: inside(r["received_at"]) and r["channel"] is not None, online),
        "resolved_online_full_service": share(
            dossiers, lambda r: resolved(r) and r["channel"] is not None and r["service_level"] == "full", online
        ),
        "resolved_online_not_post": share(dossiers, lambda r: resolved(r) and r["channel"] != "post", online),
        "resolved_online_or_counter": share(
            dossiers, lambda r: resolved(r) and r["channel"] in ("online", "counter"), online
        ),
        "resolved_online_of_all": share(dossiers, resolved, online),
    }


def test_post_and_hours(study: cchc.Study, rows: dict[str, Rows]) -> None:
    dossiers = counted(study, rows)

    def resolved(row: Row) -> bool:
        return inside(closed_at(row)) and row["status"] != "withdrawn" and row["return_channel"] is not None

    assert found(study.postal()) == {
        "posted_in": share(
            dossiers, lambda r: inside(r["received_at"]) and r["channel"] is not None, lambda r: r["channel"] == "post"
        ),
        "posted_out": share(dossiers, resolved, lambda r: r["return_channel"] == "post"),
        "returned_online": share(dossiers, resolved, lambda r: r["return_channel"] == "online"),
    }
    hours: Counter[tuple[str, int, bool]] = Counter()
    for row in dossiers:
        sent = row["submitted_at"]
        if inside(row["received_at"]) and row["channel"] in ("online", "counter") and sent and sent.time() != time():
            hours[row["channel"], sent.hour, bool(study.calendar.is_working_day(sent.date()))] += 1
    told = {
        (row["channel"], row["hour"], works): row["n_working" if works else "n_off"]
        for row in records(study.online_by_hour())
        for works in (True, False)
    }
    assert {key: n for key, n in told.items() if n} == dict(hours)
    assert len(told) == 2 * 2 * 24


# payments


def payments_of(study: cchc.Study, rows: dict[str, Rows]) -> Rows:
    """Return the payments with unit, state and the moment by which they belong to a month."""
    owners = {row["dossier_id"]: unit_of(row) for row in rows["dossiers"]}
    listed = []
    for row in rows["payments"]:
        first = row["requested_at"] or row["received_at"] or row["paid_at"]
        if first is not None and first > NOW:
            continue
        paid, back = known(row["paid_at"]), row["refunded_at"]
        if row["paid_at"] is None and row["status"] in ("paid", "refunded"):
            done = True
        else:
            done = paid is not None and row["status"] not in ("requested", "failed")
        refunded = known(back) is not None or (row["status"] == "refunded" and back is None)
        if row["status"] == "failed":
            state, moment = "failed", paid or first
        elif done:
            state, moment = ("refunded" if refunded else "paid"), paid
        else:
            state, moment = "requested", paid or first
        unit = row["unit"] or owners.get(row["dossier_id"])
        listed.append(row | {"state": state, "moment": moment, "unit": unit})
    return listed


def test_payments(study: cchc.Study, rows: dict[str, Rows]) -> None:
    everything = payments_of(study, rows)
    payments = [row for row in everything if mine(study, row["unit"])]
    paid = [row for row in payments if row["state"] == "paid" and inside(row["moment"])]
    stated = [row for row in paid if row["method"]]
    table = study.payment_forms()
    told = found(table)
    assert told["payments_online"] == share(stated, lambda r: True, lambda r: r["method"] == "online")
    assert told["payments_cashless"] == share(stated, lambda r: True, lambda r: r["method"] != "cash")
    dong = [(row["method"], int(row["total_amount"] or 0)) for row in stated]
    assert told["amount_online"] == (sum(n for method, n in dong if method == "online"), sum(n for _, n in dong))
    first = measures.single_row(table, measure="payments_online")
    assert [first["n_not_stated"], first["n_refunded"], first["n_failed"]] == [
        len(paid) - len(stated),
        *(sum(r["state"] == state and inside(r["moment"]) for r in payments) for state in ("refunded", "failed")),
    ]
    methods = {row["method"]: (row["n"], row["amount"]) for row in records(study.payments_by_method())}
    for method in ("online", "transfer", "card", "cash"):
        own = [amount for way, amount in dong if way == method]
        assert methods[method] == (len(own), sum(own))


def test_dossiers_that_pay(study: cchc.Study, rows: dict[str, Rows]) -> None:
    paid_ever = [row for row in payments_of(study, rows) if row["state"] == "paid"]
    paid = [row for row in paid_ever if row["moment"]]
    owner = {
        code: min(r["unit"] or "" for r in paid if r["dossier_id"] == code) for code in {r["dossier_id"] for r in paid}
    }
    window = [row for row in paid if inside(row["moment"]) and row["method"] and mine(study, owner[row["dossier_id"]])]
    under = {row["dossier_id"] for row in window}
    over = {row["dossier_id"] for row in window if row["method"] == "online"}
    told = found(study.payment_forms())
    assert told["dossiers_paid_online"] == (len(over), len(under))
    agree, compared = 0, 0
    for row in counted(study, rows):
        methods = [payment["method"] for payment in paid_ever if payment["dossier_id"] == row["dossier_id"]]
        if not inside(row["received_at"]) or not methods or row["paid_online"] is None:
            continue
        if "online" in methods or None not in methods:
            compared += 1
            agree += row["paid_online"] == ("online" in methods)
    assert told["payments_agree"] == (agree, compared)
    assert compared > 5


# feedback and copies


def test_feedback(study: cchc.Study, rows: dict[str, Rows]) -> None:
    messages = [
        row
        for row in rows["feedback"]
        if known(row["received_at"]) and mine(study, row["unit"]) and row["status"] != "not_accepted"
    ]

    def answered(row: Row) -> bool:
        return known(row["answered_at"]) is not None or (row["answered_at"] is None and row["status"] == "answered")

    def judged(row: Row) -> bool:
        undated = row["answered_at"] is None and row["status"] == "answered"
        return inside(row["due_at"]) and not undated

    def on_time(row: Row) -> bool:
        answer = known(row["answered_at"])
        return answer is not None and answer.date() <= row["due_at"].date()

    for source in (None, "hotline"):
        asked = [row for row in messages if source in (None, row["source"])]
        assert found(study.feedback((), source)) == {
            "feedback_answered": share(asked, lambda r: inside(r["received_at"]), answered),
            "feedback_on_time": share(asked, judged, on_time),
            "feedback_satisfied": share(
                asked, lambda r: inside(r["answered_at"]) and bool(r["rating"]), lambda r: r["rating"] != "unsatisfied"
            ),
        }


def test_copies(study: cchc.Study, rows: dict[str, Rows]) -> None:
    requests = [row for row in rows["e_copies"] if known(row["received_at"]) and mine(study, row["unit"])]

    def done(row: Row) -> bool:
        undated = row["certified_at"] is None and row["status"] == "certified"
        return row["status"] != "refused" and (known(row["certified_at"]) is not None or undated)

    certified = [row for row in requests if done(row) and inside(row["certified_at"])]
    assert found(study.copies()) == {
        "copies_electronic": share(certified, lambda r: bool(r["form"]), lambda r: r["form"] == "electronic"),
        "copies_certified": share(requests, lambda r: inside(r["received_at"]), done),
    }
    forms = {row["form"]: (row["n"], row["copies"]) for row in records(study.copies_by_form())}
    for form in ("electronic", "paper"):
        own = [row["n_copies"] for row in certified if row["form"] == form]
        assert forms[form] == (len(own), sum(n or 0 for n in own))


# the catalogue


def must(flags: list[bool | None]) -> bool | None:
    """Return what holds for all of them: no where one says no, unknown where one does not say."""
    return False if False in flags else None if None in flags or not flags else True


def test_catalogue(study: cchc.Study, rows: dict[str, Rows]) -> None:
    def fits(row: Row) -> bool:
        if study.unit == "all" or row["unit"] == study.unit:
            return True
        return row["unit"] is None and row["tier"] in (None, TIER[study.unit])

    held = [
        row
        for row in rows["procedures"]
        if fits(row)
        and (row["valid_from"] is None or row["valid_from"].date() <= LAST)
        and (row["valid_to"] is None or row["valid_to"].date() >= LAST)
    ]
    names = {f"ten {row['procedure_code']}": row["procedure_code"] for row in held}
    ways: dict[str, set[str | None]] = {}
    for row in counted(study, rows):
        if inside(row["received_at"]):
            code = row["procedure_code"] or names.get(row["procedure_name"])
            ways.setdefault(code, set()).add(row["channel"])
    total: Counter[str] = Counter()
    for code in {row["procedure_code"] for row in held}:
        own = [row for row in held if row["procedure_code"] == code]
        eligible = [row for row in own if row["eligible_online"]]
        offered = must([row["offered_online"] for row in eligible])
        linked = must([must([row["offered_online"], row["integrated"]]) for row in eligible])
        payable = must([row["payable_online"] for row in own if row["has_fee"]])
        decided = [row for row in own if known(row["decided_at"])]
        published = [known(row["published_at"]) is not None for row in decided]
        online = ways.get(code, {"counter"})
        asked = {
            "procedures_offered_online": offered if eligible else None,
            "procedures_integrated": linked if eligible else None,
            "procedures_payable_online": payable if any(row["has_fee"] for row in own) else None,
            "procedures_published": all(published) if decided else None,
        }
        if any(row["offered_online"] for row in own):
            asked["procedures_with_dossiers"] = code in ways
            asked["procedures_with_online_dossiers"] = None if online == {None} else "online" in online
        for name, answer in asked.items():
            if answer is not None:
                total.update({f"{name}_of": 1, name: int(answer)})
    told = found(study.catalogue())
    assert told == {name: (total[name], total[f"{name}_of"]) for name in measures.CATALOGUE_MEASURES}
    listed = {
        (row["procedure_code"], row["unit"] or (study.unit if study.unit != "all" else ""))
        for row in held
        if row["eligible_online"] and not (row["offered_online"] and row["integrated"])
    }
    assert set(zip(*(study.not_offered()[name] for name in ("procedure", "unit")), strict=True)) == listed


# matching


def pairs_of(here: Rows, there: Rows) -> list[tuple[Row, Row]]:
    """Pair one after the other, pass by pass, the first received first."""
    left, right, pairs = list(here), list(there), []
    for ours, theirs in (
        ("dossier_id", "dossier_id"),
        ("dossier_id", "dossier_id_other"),
        ("dossier_id_other", "dossier_id"),
        ("dossier_id_other", "dossier_id_other"),
    ):

        def order(row: Row) -> tuple[datetime, str]:
            return row["received_at"], row["dossier_id"]

        best: dict[str, list[Row | None]] = {}
        for index, (side, key) in enumerate(((left, ours), (right, theirs))):
            for row in sorted(side, key=order, reverse=True):
                if row[key] is not None:
                    best.setdefault(row[key], [None, None])[index] = row
        new = [(a, b) for a, b in best.values() if a is not None and b is not None]
        pairs += new
        left = [row for row in left if all(row is not a for a, _ in new)]
        right = [row for row in right if all(row is not b for _, b in new)]
    return pairs


def state_of(row: Row, here: bool) -> str:
    ends = [row["finished_at"], row["returned_at"]]
    if any(known(end) for end in ends) or (ends == [None, None] and row["status"] in CLOSED):
        return "closed"
    return "unknown" if here and row["status"] in NOT_COUNTED else "open"


def conflicts_of(here: Row, there: Row) -> set[str]:
    kinds = set()
    if here["received_at"].date() != there["received_at"].date():
        kinds.add("received_on")
    if there["unit"] not in (here["receiving_unit"], unit_of(here)):
        kinds.add("unit")
    states = state_of(here, True), state_of(there, False)
    kinds |= {"closed_only_here"} if states == ("closed", "open") else set()
    kinds |= {"closed_only_there"} if states == ("open", "closed") else set()
    for name in ("finished_at", "returned_at"):
        ends = known(here[name]), known(there[name])
        if None not in ends:
            return kinds | ({"finished_on"} if ends[0].date() != ends[1].date() else set())
    return kinds


def test_matching(study: cchc.Study, rows: dict[str, Rows]) -> None:
    here = [row for row in rows["dossiers"] if known(row["received_at"])]
    there = [row for row in rows["other_register"] if known(row["received_at"]) and row["status"] not in NOT_COUNTED]
    pairs = pairs_of(here, there)
    taken = {id(row) for pair in pairs for row in pair}
    told: Counter[str] = Counter()
    for ours, theirs in pairs:
        if inside(ours["received_at"]) and mine(study, unit_of(ours)):
            kinds = conflicts_of(ours, theirs)
            told.update({"n_conflicting" if kinds else "n_matched": 1, **{f"conflict_{kind}": 1 for kind in kinds}})
    named = {row["unit"] for row in rows["other_register"]}
    for row in counted(study, rows):
        if id(row) not in taken and inside(row["received_at"]):
            told["all"] += 1
            told["n_only_here"] += unit_of(row) in named
    told["n_only_there"] = sum(
        id(row) not in taken and inside(row["received_at"]) and mine(study, row["unit"]) for row in there
    )
    row = measures.single_row(study.matching(), measure="dossiers_controlled")
    assert {name: row[name] for name in measures.MATCHING_COLUMNS} == {n: told[n] for n in measures.MATCHING_COLUMNS}
    assert min(told[name] for name in measures.MATCHING_COLUMNS) > 0
    both = told["n_matched"] + told["n_conflicting"]
    assert (row["numerator"], row["denominator"]) == (both, both + told["n_only_there"])
    everywhere = measures.single_row(study.matching((), "all"), measure="dossiers_controlled")
    assert everywhere["n_only_here"] == told["all"]
    conflicts = found(study.matching_conflicts())
    assert conflicts == {name: (told[name], both) for name in measures.CONFLICT_MEASURES}


# the study around them


@pytest.mark.parametrize("measure", [name for name in REGISTER_MEASURES if name != "not_offered"])
def test_units_and_months_have_the_columns_of_the_whole(warehouse: Path, measure: str) -> None:
    study = cchc.open_study(data=warehouse, period="2023-Q2")
    ask = REGISTER_MEASURES[measure]
    whole, by_unit, by_month = (ask(study, by, cchc.OFFICIAL_FORM) for by in ((), ("unit",), ("month",)))
    assert set(by_unit.columns) == {*whole.columns, "unit"}
    assert set(by_month.columns) == {*whole.columns, "month"}
    assert set(UNITS) <= set(by_unit["unit"])
    assert by_month["month"].nunique() > 3


@pytest.mark.parametrize("measure", REGISTER_MEASURES)
@pytest.mark.parametrize("by", [(), ("unit",), ("month",)])
def test_a_register_that_was_not_taken_in_gives_columns_and_no_row(
    rows: dict[str, Rows], warehouse: Path, tmp_path: Path, measure: str, by: tuple[str, ...]
) -> None:
    bare = write_warehouse(tmp_path / "kho", {"dossiers": rows["dossiers"]}, datetime(2023, 8, 1))
    with_them, without = (
        REGISTER_MEASURES[measure](cchc.open_study(data=place, period="2023-Q2"), by, cchc.OFFICIAL_FORM)
        for place in (warehouse, bare)
    )
    assert len(without) == 0
    assert len(with_them)
    assert list(without.columns) == list(with_them.columns)
