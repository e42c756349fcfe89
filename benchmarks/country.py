"""A country that does not exist: communes of very different size with two years of dossiers, as a warehouse.

    python benchmarks/country.py FOLDER --units 200 --registers

Its communes are called "Xã 0001" and stand in no table of units. The same number of communes gives the same bytes, and
the first communes of a larger country are those of a smaller one.
"""

import argparse
import math
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from synthetic import named
from warehouse_files import Numbers, Register

import cchc_analysis as cchc
from cchc_analysis.questionnaires import Questionnaire, load_questionnaire
from cchc_analysis.sample.catalogue import WARD_MIX
from cchc_analysis.schema import KINDS

SEED = 3321
FEWEST, MOST = 20, 2_000
"""Dossiers of a commune in a quarter; evenly spread on a scale of logarithms, so that most communes are small."""

QUARTERS = tuple(date(year, month, 15) for year in (2021, 2022, 2023) for month in (3, 6, 9, 12))[3:]
"""First days of the eight quarters of the two years, and the day after the last of them."""

AS_OF = datetime(2023, 12, 14, 23, 59, 59)
PROCEDURES = tuple(procedure for procedure, _ in WARD_MIX)
WEIGHTS = np.array([weight for _, weight in WARD_MIX]) / sum(weight for _, weight in WARD_MIX)
TERMS = np.array([procedure.committed_days or 0 for procedure in PROCEDURES])
FEES = np.array([procedure.fee for procedure in PROCEDURES])
LEVELS = [procedure.level for procedure in PROCEDURES]
CHANNELS = ("counter", "online", "post")
MINUTES = 60_000_000
FORMS_EACH_WAVE = 40
WAVES = (("2023-Q1", date(2023, 2, 1)), ("2023-Q2", date(2023, 5, 3)))
QUESTIONNAIRE = "one-stop-five-factors"


@dataclass(frozen=True)
class Commune:
    """One commune, known by its number: everything else of it is drawn from that."""

    number: int

    @property
    def name(self) -> str:
        return f"Xã {self.number:04d}"

    @property
    def code(self) -> str:
        """The office in the numbers of its dossiers."""
        return f"000.{self.number:04d}.C99"

    def random(self, topic: int) -> np.random.Generator:
        """Draws of its own for each topic: one more register changes nothing of the others."""
        return np.random.Generator(np.random.PCG64([SEED, self.number, topic]))

    def per_quarter(self) -> list[int]:
        """Return how many dossiers it receives in each quarter."""
        random = self.random(0)
        mean = math.exp(random.uniform(math.log(FEWEST), math.log(MOST)))
        drawn = mean * random.uniform(0.85, 1.15, len(QUARTERS) - 1)
        return [int(n) for n in np.clip(np.round(drawn), FEWEST, MOST)]


def write_country(folder: Path, n_units: int, *, registers: bool = False) -> Path:
    """Write the warehouse of a country with so many communes, with a survey, payments and feedback if wanted."""
    communes = [Commune(number) for number in range(1, n_units + 1)]
    holidays = days_off()
    with Register(folder, KINDS["dossiers"], AS_OF) as dossiers, Numbers(dossiers.state) as numbers:
        for columns in (dossiers_of(commune, holidays) for commune in communes):
            dossiers.add(columns)
            numbers.add(columns["number_unit"], columns["number_on"])
    if registers:
        questionnaire = load_questionnaire(QUESTIONNAIRE)
        with Register(folder, questionnaire.kind, AS_OF, questionnaire) as survey:
            for commune in communes:
                survey.add(forms_of(commune, questionnaire))
        with (
            Register(folder, KINDS["payments"], AS_OF) as payments,
            Register(folder, KINDS["feedback"], AS_OF) as feedback,
        ):
            for commune in communes:
                payments.add(payments_of(dossiers_of(commune, holidays)))
                feedback.add(feedback_of(commune, holidays))
    return folder


def days_off() -> "np.ndarray[Any, Any]":
    """Return the days on which no office works, weekends apart."""
    frame = cchc.WorkingCalendar.vietnam().as_frame()
    days = frame["day"].to_numpy(dtype="datetime64[D]")
    found: np.ndarray[Any, Any] = days[~frame["is_working_day"].to_numpy(dtype=bool) & np.is_busday(days)]
    return found


def dossiers_of(commune: Commune, holidays: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return the dossiers of a commune as columns of `dossiers.parquet`, in the order of receipt."""
    random, sizes = commune.random(1), commune.per_quarter()
    n = sum(sizes)
    day = received_days(random, sizes, holidays)
    procedure = random.choice(len(PROCEDURES), n, p=WEIGHTS)
    term = TERMS[procedure]
    late = random.random(n) < random.beta(1.2, 18)
    used = np.where(late, term + random.integers(1, 12, n), (term * random.beta(3, 2, n)).astype(int))
    done = np.busday_offset(day, used, holidays=holidays)
    opened = at_time(day, random.integers(450, 900, n))
    # What is done on the day of receipt is done after it.
    finished = np.maximum(at_time(done, random.integers(480, 1010, n)), opened + random.integers(5, 60, n) * MINUTES)
    is_open = (finished > np.datetime64(AS_OF)) | (random.random(n) < 0.004)
    digitised, reused = random.random(n) < random.beta(6, 3), random.random(n) < 0.1
    online = random.random(n) < random.beta(4, 5)
    due = at_time(np.busday_offset(day, term, holidays=holidays), 0) + (opened - at_time(day, 0))
    due = np.where(term == 0, at_time(day, 1020), due)
    unit = commune.name
    return {
        "dossier_id": keyed(random, n),
        "procedure_code": named(procedure, [one.code for one in PROCEDURES]),
        "procedure_name": named(procedure, [one.name for one in PROCEDURES]),
        "field": named(procedure, [one.field for one in PROCEDURES]),
        "receiving_unit": pa.array([unit] * n),
        "resolving_unit": pa.array([unit] * n),
        "channel": named(np.where(online, 1, np.where(random.random(n) < 0.02, 2, 0)), CHANNELS),
        "service_level": named(procedure, LEVELS),
        "submitted_at": pa.array(opened),
        "received_at": pa.array(opened),
        "due_at": pa.array(due),
        "finished_at": pa.array(finished, mask=is_open),
        "returned_at": pa.array(finished + 10 * MINUTES, mask=is_open),
        "status": named(is_open.astype(int), ("returned", "processing")),
        "statutory_days": pa.array([float(one.statutory_days or 0) for one in PROCEDURES]).take(pa.array(procedure)),
        "committed_days": pa.array(term.astype(float)),
        "day_kind": pa.array(["working"] * n),
        "documents_digitised": pa.array(digitised),
        "documents_reused": pa.array(digitised & reused),
        "result_digitised": pa.array(random.random(n) < 0.6, mask=is_open),
        "result_electronic": pa.array(random.random(n) < 0.5, mask=is_open),
        "fee_due": pa.array(FEES[procedure].astype(float)),
        "paid_online": pa.array(online & (random.random(n) < 0.7)),
        "number_unit": pa.array([commune.code] * n),
        "number_on": pa.array(at_time(day, 0)),
        "elapsed_seconds": pa.array((finished - opened).astype("int64") // 1_000_000, mask=is_open),
        **source(n, f"{commune.number:04d}.csv"),
    }


def received_days(
    random: np.random.Generator, sizes: list[int], holidays: "np.ndarray[Any, Any]"
) -> "np.ndarray[Any, Any]":
    """Return the working days of receipt, in order, so many in each quarter."""
    days = []
    for (first, last), n in zip(pairwise(QUARTERS), sizes, strict=True):
        start = np.datetime64(first)
        places = np.arange(np.busday_count(start, last, holidays=holidays))
        working = np.busday_offset(start, places, roll="forward", holidays=holidays)
        days.append(np.sort(random.choice(working, n)))
    found: np.ndarray[Any, Any] = np.concatenate(days)
    return found


def at_time(day: "np.ndarray[Any, Any]", minute: Any) -> "np.ndarray[Any, Any]":
    """Return the instants of the days at a minute after midnight."""
    instants: np.ndarray[Any, Any] = day.astype("datetime64[us]") + np.asarray(minute) * MINUTES
    return instants


def keyed(random: np.random.Generator, n: int) -> pa.Array:
    """Return what stands for a code in a warehouse: 32 hexadecimal digits."""
    digits = random.bytes(16 * n).hex()
    return pa.array([digits[place : place + 32] for place in range(0, 32 * n, 32)])


def source(n: int, file: str) -> dict[str, Any]:
    """Return where rows come from."""
    empty = pa.array([""] * n)
    return {"source_file": pa.array([file] * n), "source_sheet": empty, "source_row": pa.array(np.arange(2, n + 2))}


def forms_of(commune: Commune, questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the forms of a commune: two waves, answers that hang together."""
    random, n = commune.random(2), FORMS_EACH_WAVE * len(WAVES)
    felt = random.normal(random.normal(4.1, 0.25), 0.6, n)
    wave = np.repeat(np.arange(len(WAVES)), FORMS_EACH_WAVE)
    began = np.array([day for _, day in WAVES], "datetime64[D]")[wave]
    answers = {
        question.id: pa.array([str(int(point)) for point in np.clip(np.round(felt + random.normal(0, 0.6, n)), 1, 5)])
        for question in questionnaire.questions
    }
    return {
        "response_id": keyed(random, n),
        "wave": named(wave, [name for name, _ in WAVES]),
        "answered_at": pa.array(at_time(began + random.integers(0, 20, n), random.integers(480, 1000, n))),
        "unit": pa.array([commune.name] * n),
        "field": pa.array([PROCEDURES[place].field for place in random.choice(len(PROCEDURES), n, p=WEIGHTS)]),
        "mode": named(random.integers(0, 2, n), ("paper", "phone")),
        **answers,
        **source(n, "khao-sat.csv"),
    }


def payments_of(dossiers: dict[str, Any]) -> dict[str, Any]:
    """Return the payments of the dossiers with a fee: paid on receipt, online where the dossier says so."""
    paid = np.flatnonzero(dossiers["fee_due"].to_numpy() > 0)
    taken = pa.array(paid)
    online = dossiers["paid_online"].take(taken).to_numpy(zero_copy_only=False)
    instants = dossiers["received_at"].take(taken)
    return {
        "dossier_id": dossiers["dossier_id"].take(taken),
        "unit": dossiers["receiving_unit"].take(taken),
        "received_at": instants,
        "paid_at": instants,
        "total_amount": dossiers["fee_due"].take(taken),
        "method": named(online.astype(int), ("cash", "online")),
        "status": pa.array(["paid"] * len(paid)),
        **source(len(paid), "thu-phi.csv"),
    }


def feedback_of(commune: Commune, holidays: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return the messages to a commune, one for some fifty dossiers, answered within ten days as a rule."""
    random = commune.random(3)
    sizes = [int(random.poisson(n / 50)) for n in commune.per_quarter()]
    n = sum(sizes)
    day = received_days(random, sizes, holidays)
    answered = at_time(np.busday_offset(day, random.integers(0, 14, n), holidays=holidays), 990)
    late = answered > np.datetime64(AS_OF)
    return {
        "feedback_id": keyed(random, n),
        "source": named(random.integers(0, 2, n), ("portal", "hotline")),
        "unit": pa.array([commune.name] * n, pa.string()),
        "received_at": pa.array(at_time(day, random.integers(450, 960, n))),
        "due_at": pa.array(at_time(np.busday_offset(day, 10, holidays=holidays), 1020)),
        "answered_at": pa.array(answered, mask=late),
        "status": named(late.astype(int), ("answered", "processing")),
        **source(n, "phan-anh.csv"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the warehouse of a country that does not exist.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--registers", action="store_true", help="a survey, payments and feedback beside the dossiers")
    asked = parser.parse_args()
    write_country(asked.folder, asked.units, registers=asked.registers)


if __name__ == "__main__":
    main()
