"""Digitisation, online service and payment on every engine: the worked examples of docs/methods and their edges."""

from datetime import date, datetime
from pathlib import Path

import pytest
from spec.engines import on_engine, table_rows

from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_digitisation, count_online, count_payments
from cchc_analysis.frames import records
from cchc_analysis.periods import parse_period

Q2 = parse_period("2023-Q2")


def example(project: Path, page: str) -> list[dict[str, object]]:
    text = (project / "docs" / "methods" / f"{page}.md").read_text(encoding="utf-8")
    return table_rows(text.split("## Worked example", 1)[1].split("```text\n", 1)[1].split("```", 1)[0])


def fractions(table) -> dict[str, tuple[int, int]]:
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in records(table)}


def test_digitisation_of_the_method_page(engine: str, clock: Clock, project: Path) -> None:
    dossiers = on_engine(example(project, "digitisation"), engine)
    counts = count_digitisation(dossiers, clock, ("unit",), (datetime(2022, 12, 1), datetime(2023, 6, 1)))
    whole = measures.digitisation_shares(counts, Q2)
    assert fractions(whole) == {
        "documents_digitised": (3, 4),
        "documents_reused": (1, 4),
        "result_digitised": (2, 3),
        # What no row states is undefined, not 0 of all.
        **dict.fromkeys(measures.FURTHER_DIGITISATION_MEASURES, (0, 0)),
    }
    assert whole["n_not_stated"].tolist() == [2, 2, 1, 6, 6, 4]
    duty = measures.digitisation_shares(counts, Q2, (), {"phuong-1": 2})
    told = {"documents_digitised": (2, 3), "documents_reused": (1, 3), "result_digitised": (1, 2)}
    assert fractions(duty) == told | dict.fromkeys(measures.FURTHER_DIGITISATION_MEASURES, (0, 0))
    assert duty["n_before_start"].eq(1).all()


def test_a_unit_without_a_start_is_left_out_and_said(engine: str, clock: Clock, project: Path) -> None:
    counts = count_digitisation(on_engine(example(project, "digitisation"), engine), clock, ("unit",))
    nothing = measures.digitisation_shares(counts, Q2, (), {})
    assert nothing["denominator"].eq(0).all()
    assert nothing["n_before_start"].tolist() == [6, 6, 4, 6, 6, 4]
    assert nothing["value"].isna().all()


def test_the_start_counts_from_its_first_second(engine: str, clock: Clock) -> None:
    text = "id | received_at | documents_digitised\n1 | 2023-05-31 23:59:59 | true\n2 | 2023-06-01 00:00 | true"
    counts = count_digitisation(on_engine(table_rows(text), engine), clock, (), (datetime(2023, 6, 1),))
    assert counts["starts_reached"].tolist() == [0, 1]


def test_online_readings_of_the_method_page(engine: str, clock: Clock, project: Path) -> None:
    dossiers = on_engine(example(project, "online-service"), engine)
    counts = count_online(dossiers, clock, ("unit",))
    assert fractions(measures.online_shares(counts, Q2)) == {
        "resolved_online": (2, 4),
        "received_online": (3, 5),
        "resolved_online_full_service": (1, 2),
        "resolved_online_not_post": (2, 4),
        "resolved_online_or_counter": (2, 3),
        "resolved_online_of_all": (2, 5),
    }
    hours = fractions(measures.sending_hours(counts, Q2))
    assert hours == {"online_in_office_hours": (1, 3), "counter_in_office_hours": (1, 1)}


def test_payment_of_the_method_page(engine: str, clock: Clock, project: Path) -> None:
    counts = count_payments(on_engine(example(project, "online-service"), engine), clock)
    table = measures.cashless(counts, Q2)
    found = fractions(table)
    assert (found["fee_due_dossiers"], found["fee_paid_online"]) == ((3, 5), (1, 2))
    assert measures.single_row(table, measure="fee_paid_online")["n_not_stated"] == 1


@pytest.mark.parametrize(
    ("sent", "band"),
    [
        ("2023-06-01 06:59", "other"),
        ("2023-06-01 07:00", "office"),
        ("2023-06-01 11:29", "office"),
        ("2023-06-01 11:30", "other"),
        ("2023-06-01 13:30", "office"),
        ("2023-06-01 17:00", "other"),
        ("2023-06-01 00:00", ""),
        ("2023-05-02 09:00", "other"),  # a day in lieu of the holiday of 30 April 2023
        ("", ""),
    ],
)
def test_hours_of_sending(engine: str, clock: Clock, sent: str, band: str) -> None:
    text = f"id | received_at | submitted_at\n1 | 2023-06-05 08:00 | {sent}"
    assert count_online(on_engine(table_rows(text), engine), clock)["sent_in"].tolist() == [band]


def test_nothing_gives_undefined_shares(engine: str, clock: Clock) -> None:
    empty = on_engine([], engine)
    for table in (
        measures.digitisation_shares(count_digitisation(empty, clock), Q2),
        measures.online_shares(count_online(empty, clock), Q2),
        measures.online_procedures(count_online(empty, clock, ("procedure",)), Q2),
        measures.cashless(count_payments(empty, clock), Q2),
    ):
        assert table["denominator"].eq(0).all()
        assert table["value"].isna().all()


def test_the_plan_starts_where_the_directive_does() -> None:
    from cchc_analysis.plan import load_plan

    assert load_plan("vung-tau-2023").starts["department"] == date(2022, 12, 1)
