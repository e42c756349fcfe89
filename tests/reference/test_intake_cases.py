"""Published worked examples through the real intake and the mapping files that ship with the project."""

import csv
import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from cchc_analysis.intake import intake
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.dates import parse_timestamps
from cchc_analysis.reference_data import reference_path
from cchc_analysis.warehouse import open_warehouse
from cchc_analysis.working_time import WorkingCalendar

SECONDS_A_DAY = 86_400


@pytest.fixture(scope="module")
def take(reference, tmp_path_factory):
    def run(file, mapping):
        folder = tmp_path_factory.mktemp("intake")
        key = folder / "key"
        key.write_bytes(b"a key for tests only, 32 bytes..")
        path = reference / "01_cases" / file
        result = intake(path, folder / "warehouse", mapping=reference_path("mappings", mapping), hash_key_file=key)
        return result, open_warehouse(folder / "warehouse")

    return run


@pytest.fixture(scope="module")
def permits(take):
    return take("receipt_cases.csv", "receipt-permits.yaml")


@pytest.fixture(scope="module")
def requests(take):
    return take("nyc311_animals_2025.csv", "nyc311-animals.yaml")


@pytest.fixture(scope="module")
def expected(reference):
    cases = json.loads((reference / "cases_shared.json").read_text(encoding="utf-8"))
    return {case["id"]: case["expected"] for case in cases}


def test_c01_rows_are_accounted_for(permits, expected):
    result, warehouse = permits
    total = result.accounting["total"]
    # Two cases were closed on the day of receipt, an hour before they were received.
    assert (total["read"], total["accepted"], total["rejected"]) == (expected["C01"]["n"], 1432, 2)
    assert total["reasons"] == {"finished_before_received": 2}
    assert result.exit_code == 0
    dossiers = warehouse.dossiers("pandas").collect().to_native()
    assert int(dossiers["finished_at"].isna().sum()) == expected["C01"]["open"]
    assert int(dossiers["finished_at"].notna().sum()) == expected["C01"]["closed"] - 2


def test_c01_durations_across_summer_time_are_exact(permits, expected, reference):
    _, warehouse = permits
    accepted = warehouse.dossiers("pandas").collect().to_native()["elapsed_seconds"].dropna().to_numpy(dtype="float64")
    with (reference / "01_cases" / "receipt_cases.csv").open(encoding="utf-8") as stream:
        stamps = [(row["received_at"], row["closed_at"]) for row in csv.DictReader(stream) if row["closed_at"]]
    elapsed = [(datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() for start, end in stamps]
    impossible = [seconds for seconds in elapsed if seconds < 0]
    days = np.concatenate([accepted, impossible]) / SECONDS_A_DAY
    # cases_shared.json C01, tolerance 1e-4 days.
    assert days.mean() == pytest.approx(expected["C01"]["mean_days_exact"], abs=1e-4)
    assert np.median(days) == pytest.approx(expected["C01"]["median_days_exact"], abs=1e-4)
    assert days.std(ddof=1) == pytest.approx(expected["C01"]["sd"], abs=1e-2)


def local_dates(warehouse):
    dossiers = warehouse.dossiers("pandas").collect().to_native()
    closed = dossiers[dossiers["finished_at"].notna()]
    return closed["received_at"].dt.date.to_numpy("datetime64[D]"), closed["finished_at"].dt.date.to_numpy(
        "datetime64[D]"
    )


def test_c01_local_calendar_days(permits, expected):
    received, closed = local_dates(permits[1])
    days = (closed - received).astype(int)
    # The two rejected cases have 0 days.
    assert days.sum() / expected["C01"]["closed"] == pytest.approx(
        expected["C01"]["mean_local_calendar_days"], abs=1e-4
    )
    assert np.median(np.append(days, [0, 0])) == expected["C01"]["median_local_calendar_days"]


def test_c06_working_days_of_the_calendar_that_the_warehouse_names(permits, expected):
    _, warehouse = permits
    assert warehouse.calendar_name == "weekdays"
    calendar = WorkingCalendar.weekdays(*warehouse.calendar_span)
    days = np.append(calendar.working_days_between(*local_dates(warehouse)), [0, 0])
    # cases_shared.json C06, exact.
    assert days.sum() == expected["C06"]["sum"]
    assert days.mean() == pytest.approx(expected["C06"]["mean"], abs=1e-6)
    assert np.median(days) == expected["C06"]["median"]


def test_c10_american_dates(requests, expected):
    result, warehouse = requests
    total = result.accounting["total"]
    assert (total["read"], total["accepted"], total["rejected"]) == (expected["C10"]["n"], expected["C10"]["n"], 0)
    dossiers = warehouse.dossiers("pandas").collect().to_native()
    days = dossiers["elapsed_seconds"].dropna().to_numpy(dtype="float64") / SECONDS_A_DAY
    assert (len(days), len(dossiers) - len(days)) == (expected["C10"]["closed"], expected["C10"]["open"])
    # cases_shared.json C10, tolerance 1e-4 days.
    assert days.mean() == pytest.approx(expected["C10"]["mean_days"], abs=1e-4)
    assert np.median(days) == pytest.approx(expected["C10"]["median_days"], abs=1e-4)
    assert set(dossiers["received_at"].dt.month) == {1, 2, 3}


def test_titles_of_the_mapping_files_reach_the_reader(permits, requests):
    assert permits[1].title("en") == "Receipt phase of building permits (Netherlands)"
    assert requests[1].title("vi") == "Yêu cầu dịch vụ 311 về động vật (New York)"


def test_c05_the_event_log_spans_what_its_authors_wrote_into_its_header(reference):
    # Header of the XES log (08_receipt.xes.gz): traces, events, mean, sd (ddof 1), maximum and total in seconds.
    content = (reference / "01_cases" / "receipt_events.csv").read_bytes()
    (sheet,) = read_sheets(content, "receipt_events.csv")
    header, events = sheet.cells.iloc[0].tolist(), sheet.cells.iloc[1:]
    case, moment = (events[header.index(name)].to_numpy(dtype=object) for name in ("case_id", "timestamp"))
    stamps = parse_timestamps(moment, timezone="Europe/Amsterdam")
    assert not stamps.unreadable.any()
    by_case = pd.Series(stamps.instant).groupby(case)
    spans = (by_case.max() - by_case.min()).dt.total_seconds()
    assert (len(spans), len(events), events[header.index("activity")].nunique()) == (1434, 8577, 27)
    assert spans.mean() == pytest.approx(467263.915, abs=0.001)
    assert spans.std() == pytest.approx(1322517.208, abs=0.001)
    assert spans.max() == pytest.approx(23832541.524, abs=0.001)
    assert spans.sum() == pytest.approx(670056454.479, abs=0.001)
