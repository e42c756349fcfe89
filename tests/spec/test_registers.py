"""The registers on every engine: the worked examples of docs/methods/registers.md and their edges."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spec.engines import table_rows
from spec.register_tables import on_one_engine, register_rows

from cchc_analysis import counting, measures
from cchc_analysis.counting import Clock
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.measures import Entries
from cchc_analysis.periods import parse_period

# ruff: noqa: E501 - a table is read by its columns
Q2 = parse_period("2023-Q2")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "registers.md"


def example(heading: str, *kinds: str, page: Path = PAGE) -> dict[str, list[dict[str, Any]]]:
    """Return the text tables under a heading of the page, as rows of these kinds."""
    after = page.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1]
    texts = [part.split("```", 1)[0] for part in after.split("```text\n")[1:]]
    return {kind: register_rows(kind, text) for kind, text in zip(kinds, texts, strict=False)}


def fractions(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in records(table)}


def beside(table: pd.DataFrame, measure: str, *columns: str) -> list[int]:
    row = measures.single_row(table, measure=measure)
    return [row[name] for name in columns]


# payments


def test_payments_of_the_method_page(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Payments", "dossiers", "payments"))
    counts = counting.count_payment_forms(on["payments"], on["dossiers"], clock, ("unit",))
    table = measures.payment_shares(counts, Q2)
    assert fractions(table) == {
        "payments_online": (2, 4),
        "payments_cashless": (3, 4),
        "amount_online": (50_000, 110_000),
    }
    assert table[["n_not_stated", "n_refunded", "n_failed"]].to_numpy().tolist() == [[1, 1, 1]] * 3
    assert table["lower"].notna().tolist() == [True, True, False]
    payers = counting.count_paying_dossiers(on["payments"], on["dossiers"], clock)
    assert fractions(measures.dossiers_paid_online(payers, Q2)) == {"dossiers_paid_online": (1, 3)}
    flags = counting.count_payment_agreement(on["payments"], on["dossiers"], clock)
    agree = measures.payments_agree(flags, Q2)
    assert fractions(agree) == {"payments_agree": (2, 3)}
    assert agree["n_not_stated"].tolist() == [1]


def test_payments_by_method_and_dong(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Payments", "dossiers", "payments"))
    counts = counting.count_payment_forms(on["payments"], on["dossiers"], clock, ("unit",))
    rows = records(measures.payments_by_method(counts, Q2, ("unit",)))
    # Payments 1 to 7 name no unit: they have that of their dossiers.
    assert [tuple(row.values()) for row in rows] == [
        ("phuong-1", "", 1, 15_000, 0, 0, 0, 0),
        ("phuong-1", "card", 0, 0, 0, 1, 40_000, 0),
        ("phuong-1", "cash", 1, 50_000, 0, 0, 0, 0),
        ("phuong-1", "online", 2, 50_000, 0, 0, 0, 1),
        ("phuong-1", "transfer", 1, 10_000, 0, 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("payment", "state", "month"),
    [
        ("2023-06-14 17:00 | | |", "paid", 24281),
        ("2023-06-15 00:00 | | |", "requested", 0),
        ("2023-06-15 00:00 | | 2023-06-14 |", "requested", 24281),
        ("2023-06-01 | requested | |", "requested", 24281),
        ("2023-06-01 | refunded | |", "refunded", 24281),
        ("2023-06-01 | refunded | | 2023-06-15", "paid", 24281),
        ("2023-06-01 | paid | | 2023-06-14 23:59", "refunded", 24281),
        (" | paid | |", "paid", 0),
        (" | | 2023-06-01 |", "requested", 24281),
        ("2023-06-01 | failed | |", "failed", 24281),
    ],
)
def test_state_and_month_of_a_payment(engine: str, clock: Clock, payment: str, state: str, month: int) -> None:
    text = f"id | paid_at | status | requested_at | refunded_at\nA | {payment}"
    on = on_one_engine(engine, {"payments": register_rows("payments", text), "dossiers": []})
    counts = counting.count_payment_forms(on["payments"], on["dossiers"], clock)
    known = counts[["state", "month"]].to_numpy().tolist()
    asked_later = payment.startswith("2023-06-15 00:00 | | |")
    assert known == ([] if asked_later else [[state, month]])
    assert counts["n_without_amount"].sum() == len(known)


def test_a_dossier_is_counted_once_in_any_window(engine: str, clock: Clock) -> None:
    text = """
      id | payment_id | unit | paid_at    | method
      A  | 1          | u    | 2023-03-20 | cash
      A  | 2          | u    | 2023-04-20 | online
      A  | 3          | u    | 2023-06-01 | online
      B  | 1          | u    | 2023-04-20 |
    """
    on = on_one_engine(engine, {"payments": register_rows("payments", text), "dossiers": []})
    payers = counting.count_paying_dossiers(on["payments"], on["dossiers"], clock, ("unit",))
    found = {
        label: fractions(measures.dossiers_paid_online(payers, parse_period(label)))["dossiers_paid_online"]
        for label in ("2023-Q2", "2023-04", "2023-05", "2023-06", "2023-6M", "2023-Q1")
    }
    assert found == {
        "2023-Q2": (1, 1),
        "2023-04": (0, 1),
        "2023-05": (1, 1),
        "2023-06": (1, 1),
        "2023-6M": (1, 1),
        "2023-Q1": (0, 0),
    }
    assert measures.dossiers_paid_online(payers, Q2, ("unit",))["n_not_stated"].tolist() == [1]


def test_dong_keep_their_last_digit(engine: str, clock: Clock) -> None:
    rows = register_rows("payments", "id | paid_at | total_amount | method\nA | 2023-06-01 | 999999999999 | online")
    on = on_one_engine(engine, {"payments": rows * 9, "dossiers": []})
    counts = counting.count_payment_forms(on["payments"], on["dossiers"], clock)
    assert counts["amount"].tolist() == [8_999_999_999_991]


# feedback


def test_feedback_of_the_method_page(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Feedback", "feedback"))
    counts = counting.count_feedback(on["feedback"], clock, ("unit", "source"))
    table = measures.feedback_shares(counts, Q2)
    assert fractions(table) == {"feedback_answered": (4, 6), "feedback_on_time": (2, 4), "feedback_satisfied": (2, 3)}
    assert table[["n_not_accepted", "n_without_due"]].to_numpy().tolist() == [[1, 1]] * 3
    assert table["n_not_stated"].tolist() == [0, 1, 0]
    hotline = measures.feedback_shares(counts, Q2, (), "hotline")
    assert fractions(hotline) == {"feedback_answered": (1, 2), "feedback_on_time": (1, 3), "feedback_satisfied": (0, 1)}
    assert set(hotline["rule"]) == {"hotline"}
    by_source = measures.feedback_shares(counts, Q2, ("source",)).query("source == 'hotline'")
    assert fractions(by_source) == fractions(hotline)


@pytest.mark.parametrize(
    ("message", "as_of", "answer"),
    [
        ("2023-06-14 | 2023-06-14 23:00", datetime(2023, 6, 14), "on_time"),
        ("2023-06-13 | 2023-06-14 00:00", datetime(2023, 6, 14), "late"),
        ("2023-06-14 | ", datetime(2023, 6, 14), "late"),
        ("2023-06-14 | ", datetime(2023, 6, 14, 12), "open"),
        ("2023-06-13 | ", datetime(2023, 6, 14, 12), "late"),
        ("2023-06-12 | 2023-06-12 12:01", datetime(2023, 6, 12, 12), "open"),
        (" | 2023-06-12", datetime(2023, 6, 14), "without_due"),
    ],
)
def test_the_answer_on_and_after_the_due_day(engine: str, vietnam, message: str, as_of: datetime, answer: str) -> None:
    text = f"id | unit | received_at | due_at | answered_at\n1 | u | 2023-06-01 | {message}"
    on = on_one_engine(engine, {"feedback": register_rows("feedback", text)})
    counts = counting.count_feedback(on["feedback"], Clock(vietnam, as_of))
    assert counts["answer"].tolist() == [answer]
    assert (counts["due_month"] == 0).tolist() == [answer in ("open", "without_due")]


# certified copies


def test_copies_of_the_method_page(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Certified copies", "e_copies"))
    counts = counting.count_copies(on["e_copies"], clock, ("unit",))
    table = measures.copy_shares(counts, Q2)
    assert fractions(table) == {"copies_electronic": (2, 3), "copies_certified": (3, 6)}
    assert table[["n_not_stated", "n_refused"]].to_numpy().tolist() == [[1, 1], [0, 1]]
    forms = measures.copies_by_form(counts, Q2, ("unit",))
    assert forms.to_numpy().tolist() == [
        ["phuong-1", "", 1, 4, 0],
        ["phuong-1", "electronic", 2, 3, 1],
        ["phuong-1", "paper", 1, 5, 0],
    ]


# the catalogue


def catalogue(engine: str, clock: Clock) -> tuple[pd.DataFrame, pd.DataFrame]:
    on = on_one_engine(engine, example("Catalogue of procedures", "procedures", "dossiers"))
    return counting.count_catalogue(on["procedures"]), counting.count_online(
        on["dossiers"], clock, ("unit", "procedure")
    )


def test_catalogue_of_the_method_page(engine: str, clock: Clock) -> None:
    entries, received = catalogue(engine, clock)
    table = measures.catalogue_shares(Entries(entries), received, Q2)
    assert fractions(table) == {
        "procedures_offered_online": (2, 3),
        "procedures_integrated": (1, 3),
        "procedures_with_dossiers": (2, 3),
        "procedures_with_online_dossiers": (1, 3),
        "procedures_payable_online": (1, 2),
        "procedures_published": (2, 3),
    }
    assert table["n_not_stated"].tolist() == [1, 1, 1, 1, 2, 2]
    assert table[["lower", "upper"]].isna().all().all()
    within = measures.catalogue_shares(Entries(entries), received, Q2, (), None, 10)
    assert fractions(within)["procedures_published"] == (1, 2)
    known = measures.dossiers_in_catalogue(Entries(entries), received, Q2)
    assert fractions(known) == {"dossiers_in_catalogue": (2, 3)}
    assert known["n_not_stated"].tolist() == [1]


def test_a_catalogue_none_of_whose_procedures_came_in_is_counted(engine: str, clock: Clock) -> None:
    entries, received = catalogue(engine, clock)
    others = received.assign(procedure="9.999999")
    for by, unit in ((), None), (("unit",), {"phuong-1": "commune"}):
        table = measures.catalogue_shares(Entries(entries, unit), others, Q2, by)
        used = table[table["measure"] == "procedures_with_dossiers"]
        assert used["numerator"].tolist() == [0]
        assert used["denominator"].gt(0).all()


def test_an_entry_without_unit_is_one_of_every_unit_of_its_tier(engine: str, clock: Clock) -> None:
    entries, received = catalogue(engine, clock)
    units = {"phuong-1": "commune", "phuong-2": "commune", "phong-a": "city", "noi-khac": ""}
    table = measures.catalogue_shares(Entries(entries, units), received, Q2, ("unit",))
    offered = table[table["measure"] == "procedures_offered_online"].set_index("unit")
    assert offered[["numerator", "denominator"]].T.to_dict("list") == {
        "phuong-1": [1, 1],
        "phuong-2": [0, 1],
        "phong-a": [2, 2],
        "noi-khac": [2, 2],
    }


def test_what_is_not_offered_or_not_integrated_is_listed_by_unit(engine: str, clock: Clock) -> None:
    entries, _ = catalogue(engine, clock)
    rows = measures.not_offered(Entries(entries), Q2)
    assert rows[["procedure", "unit", "offered_online", "integrated"]].to_numpy().tolist() == [
        ["1.001", "phuong-2", 0, -1],
        ["1.003", "", 1, 0],
    ]


@pytest.mark.parametrize(
    ("period", "offered"), [("2023-05", (3, 4)), ("2023-06", (2, 3)), ("2023-05-calendar", (3, 4)), ("2021", (0, 0))]
)
def test_only_entries_that_hold_on_the_last_day_count(engine: str, clock: Clock, period: str, offered) -> None:
    on = on_one_engine(engine, example("Catalogue of procedures", "procedures", "dossiers"))
    rows = counting.count_catalogue(on["procedures"]).assign(valid_from_on=datetime(2022, 1, 1).toordinal())
    received = counting.count_online(on["dossiers"], clock, ("procedure",))
    table = measures.catalogue_shares(Entries(rows), received, parse_period(period))
    assert fractions(table)["procedures_offered_online"] == offered


def test_a_day_of_the_catalogue_is_the_day_of_the_calendar(engine: str) -> None:
    text = "id | procedure_name | valid_from | valid_to\n1 | a | 1969-12-31 23:59 | 2023-06-14 00:01"
    on = on_one_engine(engine, {"procedures": register_rows("procedures", text)})
    row = counting.count_catalogue(on["procedures"]).iloc[0]
    days = [datetime(1969, 12, 31).toordinal(), datetime(2023, 6, 14).toordinal(), counting.NO_DAY]
    assert [row["valid_from_on"], row["valid_to_on"], row["decided_on"]] == days


# matching


def matched(engine: str, clock: Clock, here: str, there: str, scope: Any = "shared") -> pd.DataFrame:
    rows = {"dossiers": table_rows(here), "other_register": register_rows("other_register", there)}
    on = on_one_engine(engine, rows)
    return counting.count_matching(on["dossiers"], on["other_register"], clock, ("unit",), scope)


def test_matching_of_the_method_page(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Two lists of the same dossiers", "dossiers", "other_register"))
    counts = counting.count_matching(on["dossiers"], on["other_register"], clock, ("unit",))
    table = measures.dossiers_controlled(counts, Q2)
    assert fractions(table) == {"dossiers_controlled": (4, 5)}
    assert beside(table, "dossiers_controlled", *measures.MATCHING_COLUMNS) == [1, 3, 1, 1]
    assert set(table["rule"]) == {"units_in_both"}
    conflicts = measures.matching_conflicts(counts, Q2)
    assert fractions(conflicts) == {
        "conflict_received_on": (1, 4),
        "conflict_unit": (0, 4),
        "conflict_closed_only_here": (1, 4),
        "conflict_closed_only_there": (1, 4),
        "conflict_finished_on": (1, 4),
    }
    everywhere = counting.count_matching(on["dossiers"], on["other_register"], clock, ("unit",), "all")
    assert beside(measures.dossiers_controlled(everywhere, Q2, (), "all"), "dossiers_controlled", "n_only_here") == [2]


def states(counts: pd.DataFrame) -> dict[str, int]:
    return counts.groupby("state")["n"].sum().to_dict()


HERE = "id | dossier_id_other | receiving_unit | received_at"
THERE = "id | dossier_id_other | unit | received_at"


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (["A | | u | 2023-06-01"], ["A | | u | 2023-06-01"], {"matched": 1}),
        (["A | | u | 2023-06-01"], ["X | A | u | 2023-06-01"], {"matched": 1}),
        (["A | X | u | 2023-06-01"], ["X | | u | 2023-06-01"], {"matched": 1}),
        (["A | P | u | 2023-06-01"], ["X | P | u | 2023-06-01"], {"matched": 1}),
        (["A | | u | 2023-06-01"], ["X | | u | 2023-06-01"], {"only_here": 1, "only_there": 1}),
        # The code itself goes before the other code; the second row finds its pair by what is left.
        (["A | B | u | 2023-06-01", "B | | u | 2023-06-01"], ["B | A | u | 2023-06-01"], {"matched": 1, "only_here": 1}),
        (["A | B | u | 2023-06-01", "B | | u | 2023-06-02"], ["B | | u | 2023-06-02", "X | A | u | 2023-06-01"], {"matched": 2}),
        # Two rows there name the same dossier: the one received first is its pair, so there is no conflict of days.
        (["A | | u | 2023-06-01"], ["X | A | u | 2023-06-05", "Y | A | u | 2023-06-01"], {"matched": 1, "only_there": 1}),
        # One code of the portal for many dossiers makes one pair, not all with all.
        (
            [f"A{n} | P | u | 2023-06-01" for n in range(5)],
            [f"X{n} | P | u | 2023-06-01" for n in range(5)],
            {"matched": 1, "only_here": 4, "only_there": 4},
        ),
        (["A | | u | 2023-06-01"], ["A | | v | 2023-06-01"], {"conflicting": 1}),
        (["A | | u | 2023-06-01"], ["A | | v | "], {"only_here": 0}),
        (["A | | u | 2023-06-01"], ["A | | u | 2023-06-15"], {"only_here": 1}),
    ],
)  # fmt: skip
def test_pairs_by_the_codes(engine: str, clock: Clock, here: list[str], there: list[str], expected) -> None:
    wanted = {state: n for state, n in expected.items() if n}
    for order in (1, -1):
        counts = matched(engine, clock, "\n".join([HERE, *here[::order]]), "\n".join([THERE, *there[::order]]))
        assert states(counts) == wanted


@pytest.mark.parametrize(
    ("here", "there", "conflicts"),
    [
        # Receiving and resolving unit both fit; what one side does not say is no conflict.
        ("u | r | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-01 23:00 | 2023-06-02 | |", []),
        ("u | r | 2023-06-01 | 2023-06-02 | |", "r | 2023-06-01 | 2023-06-02 | |", []),
        ("u | r | 2023-06-01 | 2023-06-02 | |", "x | 2023-06-01 | 2023-06-02 | |", ["unit"]),
        ("u | | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-02 | 2023-06-02 | |", ["received_on"]),
        # The end is compared with the end, the hand-over with the hand-over.
        ("u | | 2023-06-01 | 2023-06-02 | 2023-06-05 |", "u | 2023-06-01 | | 2023-06-05 |", []),
        ("u | | 2023-06-01 | 2023-06-02 | 2023-06-05 |", "u | 2023-06-01 | | 2023-06-06 |", ["finished_on"]),
        ("u | | 2023-06-01 | 2023-06-02 | 2023-06-05 |", "u | 2023-06-01 | 2023-06-02 | 2023-06-06 |", []),
        ("u | | 2023-06-01 | | | processing", "u | 2023-06-01 | 2023-06-02 | |", ["closed_only_there"]),
        ("u | | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-01 | | | processing", ["closed_only_here"]),
        ("u | | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-01 | | | returned", []),
        ("u | | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-01 | | |", []),
        ("u | | 2023-06-01 | 2023-06-02 | |", "u | 2023-06-01 | 2023-06-15 | |", ["closed_only_here"]),
        ("u | | 2023-06-01 | | | not_accepted", "u | 2023-06-01 | 2023-06-02 | |", []),
    ],
)
def test_in_what_two_entries_differ(engine: str, clock: Clock, here: str, there: str, conflicts: list[str]) -> None:
    left = f"id | receiving_unit | resolving_unit | received_at | finished_at | returned_at | status\nA | {here}"
    right = f"id | unit | received_at | finished_at | returned_at | status\nA | {there}"
    counts = matched(engine, clock, left, right)
    assert counts["state"].tolist() == ["conflicting" if conflicts else "matched"]
    assert [name for name in counting.CONFLICTS if counts[f"n_{name}"].sum()] == conflicts


def test_an_empty_end_is_open_where_the_register_has_ends(engine: str, clock: Clock) -> None:
    here = "id | received_at | finished_at\nA | 2023-06-01 | 2023-06-02\nB | 2023-06-01 | 2023-06-02"
    there = "id | unit | received_at | finished_at\nA | u | 2023-06-01 |\nB | u | 2023-06-01 | 2023-06-02"
    assert states(matched(engine, clock, here, there)) == {"conflicting": 1, "matched": 1}


def test_who_was_never_received_is_only_there_or_paired_but_never_only_here(engine: str, clock: Clock) -> None:
    here = "id | received_at | status\nA | | registered\nB | 2023-06-01 | not_accepted\nC | 2023-06-01 |"
    there = "id | unit | received_at | status\nB | u | 2023-06-01 |\nX | u | 2023-06-01 | not_accepted"
    assert states(matched(engine, clock, here, there)) == {"matched": 1, "only_here": 1}


# columns of dossiers


def test_post_and_reuse_of_the_method_page(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, example("Post, electronic results, reuse", "dossiers"))
    table = measures.postal_shares(counting.count_ways(on["dossiers"], clock, ("unit",)), Q2)
    assert fractions(table) == {"posted_in": (1, 5), "posted_out": (1, 3), "returned_online": (1, 3)}
    assert table["n_not_stated"].tolist() == [1, 1, 1]
    digital = measures.digitisation_shares(counting.count_digitisation(on["dossiers"], clock), Q2)
    further = digital[digital["measure"].isin(measures.FURTHER_DIGITISATION_MEASURES)]
    assert fractions(further) == {
        "reused_from_store": (1, 3),
        "reused_from_results": (1, 3),
        "result_electronic": (2, 3),
    }
    assert further["n_not_stated"].tolist() == [3, 3, 1]


def test_hours_of_the_method_page(engine: str, clock: Clock, project: Path) -> None:
    page = project / "docs" / "methods" / "online-service.md"
    on = on_one_engine(engine, example("Worked example", "dossiers", page=page))
    table = measures.online_by_hour(counting.count_hours(on["dossiers"], clock, ("unit",)), Q2, ("unit",))
    assert len(table) == 48
    assert table["n_not_stated"].eq(0).all()
    told = table[table["n"] > 0][["channel", "hour", "n_working", "n_off", "n"]].to_numpy().tolist()
    assert told == [["counter", 9, 1, 0, 1], ["online", 7, 1, 0, 1], ["online", 9, 0, 1, 1], ["online", 20, 1, 0, 1]]


def test_midnight_has_no_hour(engine: str, clock: Clock) -> None:
    text = "id | channel | received_at | submitted_at\n1 | online | 2023-06-05 08:00 | 2023-06-05\n2 | online | 2023-06-05 08:00 | 2023-06-05 00:01"
    on = on_one_engine(engine, {"dossiers": table_rows(text)})
    table = measures.online_by_hour(counting.count_hours(on["dossiers"], clock), Q2)
    assert table.loc[table["hour"] == 0, ["n_working", "n", "n_not_stated"]].to_numpy().tolist() == [[1, 1, 1]]


# what holds for all


def test_nothing_taken_in_counts_nothing(engine: str, clock: Clock) -> None:
    on = on_one_engine(engine, {name: [] for name in ("dossiers", *counting.REGISTER_DIMENSIONS)})
    payments, dossiers = on["payments"], on["dossiers"]
    tables = [
        measures.payment_shares(counting.count_payment_forms(payments, dossiers, clock), Q2),
        measures.dossiers_paid_online(counting.count_paying_dossiers(payments, dossiers, clock), Q2),
        measures.payments_agree(counting.count_payment_agreement(payments, dossiers, clock), Q2),
        measures.feedback_shares(counting.count_feedback(on["feedback"], clock), Q2),
        measures.copy_shares(counting.count_copies(on["e_copies"], clock), Q2),
        measures.catalogue_shares(
            Entries(counting.count_catalogue(on["procedures"])),
            counting.count_online(dossiers, clock, ("procedure",)),
            Q2,
        ),
        measures.dossiers_controlled(counting.count_matching(dossiers, on["other_register"], clock), Q2),
        measures.postal_shares(counting.count_ways(dossiers, clock), Q2),
    ]
    for table in tables:
        assert table["denominator"].eq(0).all()
        assert table[["value", "lower", "upper"]].isna().all().all()
    forms = measures.payments_by_method(
        counting.count_payment_forms(payments, dossiers, clock, ("unit",)), Q2, ("unit",)
    )
    assert forms.empty


@pytest.mark.parametrize(
    ("count", "kinds"),
    [
        (counting.count_payment_forms, ("payments", "dossiers")),
        (counting.count_feedback, ("feedback",)),
        (counting.count_copies, ("e_copies",)),
        (counting.count_matching, ("dossiers", "other_register")),
    ],
)
def test_an_unknown_dimension_is_refused_with_the_known_ones(engine: str, clock: Clock, count, kinds) -> None:
    on = on_one_engine(engine, {kind: [] for kind in kinds})
    with pytest.raises(ParameterError, match="unit") as caught:
        count(*(on[kind] for kind in kinds), clock, ("procedure",))
    assert "Không thể phân tổ" in caught.value.message("vi")
