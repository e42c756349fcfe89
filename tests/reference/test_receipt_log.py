"""The permit log of a Dutch municipality through the whole pipeline (cases C01, C02 and C06 of the shared cases).

Numbers: R survival 3.5-3 and lifelines 0.30.3 (C02), own numpy on the published file (C01, C06).
"""

from datetime import datetime
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.counting import Clock, count_durations
from cchc_analysis.frames import first_row
from cchc_analysis.stats import counted_mean

AS_OF = datetime(2012, 1, 23, 15, 42, 54, 644000)
PERIOD = "2010-10..2012-01-calendar"
SECONDS_PER_DAY = 86_400


@pytest.fixture(scope="module")
def warehouse(reference: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("receipt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        result = cchc.take_in(
            [reference / "01_cases" / "receipt_cases.csv"],
            folder,
            mapping=project / "data" / "reference" / "mappings" / "receipt-permits.yaml",
            as_of=AS_OF,
        )
    total = result.accounting["total"]
    # C01: 1,434 cases; two are closed before they were received and stay out by name.
    assert (total["read"], total["accepted"], total["rejected"]) == (1434, 1432, 2)
    return folder


@pytest.fixture(scope="module")
def study(warehouse: Path) -> cchc.Study:
    return cchc.open_study(data=warehouse, period=PERIOD)


def test_c01_closed_open_and_their_exact_days(study: cchc.Study) -> None:
    clock = Clock(study.calendar, AS_OF, "calendar")
    durations = count_durations(study.dossiers(), clock, scale="seconds")
    closed = durations[durations["event"] == "closed"]
    assert int(durations.loc[durations["event"] == "open", "n"].sum()) == 105
    assert int(closed["n"].sum()) == 1329 - 2
    summary = counted_mean(closed["duration"].to_numpy(), closed["n"].to_numpy())
    # The published mean 58.98081 counts the two impossible cases, whose days (negative) are known from the file.
    published_sum = 58.98081 * 1329
    assert summary.mean is not None
    ours = summary.mean * summary.n / SECONDS_PER_DAY
    assert published_sum < ours < published_sum + 3


def test_c02_kaplan_meier_median_in_exact_days(study: cchc.Study) -> None:
    durations = count_durations(study.dossiers(), Clock(study.calendar, AS_OF, "calendar"), scale="seconds")
    curve = measures.duration_curve(durations)
    assert curve.n == 1432
    assert curve.quantile(0.5) / SECONDS_PER_DAY == pytest.approx(52.5121, abs=0.001)
    lower, upper = curve.quantile_interval(0.5, 0.95, "log-log")
    assert lower / SECONDS_PER_DAY == pytest.approx(50.6503, abs=0.001)
    assert upper / SECONDS_PER_DAY == pytest.approx(53.9537, abs=0.001)


def test_c06_working_days_from_monday_to_friday(study: cchc.Study) -> None:
    used = study.time_used().set_index("measure")
    n = used.loc["working_days_mean", "denominator"]
    # 55,587 days over 1,329 closed cases; the two impossible ones add 0 and 0 days.
    assert used.loc["working_days_mean", "value"] * n == pytest.approx(55_587, abs=1e-6)
    assert used.loc["working_days_median", "value"] == 36


def test_the_form_and_the_deadline_as_a_date(study: cchc.Study) -> None:
    form = first_row(study.form_06a())
    assert (form["received"], form["resolved"], form["pending"]) == (1432, 1327, 105)
    on_time = first_row(study.on_time())
    assert on_time["numerator"] == form["resolved_early"] + form["resolved_on_time"]
    assert on_time["denominator"] == 1327
