"""The synthetic sample: the same bytes, honest accounts, planted truths that can be found again."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import lxml.html
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.tables import count_flow
from cchc_analysis.errors import ParameterError
from cchc_analysis.intake import intake
from cchc_analysis.intake.rules import sentences
from cchc_analysis.periods import parse_period
from cchc_analysis.sample import SampleTruth, write_sample
from cchc_analysis.sample.city import AS_OF, OFFICES, QUARTERS, WINDOW_END, WINDOW_START
from cchc_analysis.sample.digital_traits import with_digital_traits
from cchc_analysis.sample.draws import Stream, beta_binomial, day_law
from cchc_analysis.sample.export_rows import COLUMNS
from cchc_analysis.sample.faults import RULES
from cchc_analysis.sample.flows import CITY, COUNTS
from cchc_analysis.sample.generate import Dossier, generate_dossiers
from cchc_analysis.sample.timeline import PROCEDURES
from cchc_analysis.sample.truth import planted_truths
from cchc_analysis.warehouse import open_warehouse
from cchc_analysis.working_time import WorkingCalendar

SEED = 20230315
# Weekdays off, 11/2022 to 1/2024, written down here independently of holidays.csv (decisions on Tết, 30/4 and 2/9).
DAYS_OFF = {
    date(2023, 1, 2),
    *(date(2023, 1, day) for day in (20, 23, 24, 25, 26)),
    *(date(2023, 5, day) for day in (1, 2, 3)),
    date(2023, 9, 1),
    date(2023, 9, 4),
    date(2024, 1, 1),
    *(date(2024, 2, day) for day in (8, 9, 12, 13, 14)),
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample(tmp_path_factory.mktemp("sample"), n_dossiers=6_000)


@pytest.fixture(scope="module")
def city() -> list[Dossier]:
    return generate_dossiers(SEED, 60_000)


def digest(folder: Path) -> str:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    content = b"".join(name.encode() + hashlib.sha256(files[name].read_bytes()).digest() for name in sorted(files))
    return hashlib.sha256(content).hexdigest()


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in DAYS_OFF


def working_days_later(day: date, n_days: int) -> date:
    while n_days:
        day += timedelta(days=1)
        n_days -= is_working_day(day)
    return day


def read_text_rows(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    if path.suffix == ".txt":
        return list(csv.reader(io.StringIO(path.read_text("utf-16"), newline=""), delimiter="\t"))
    table = lxml.html.fromstring(path.read_bytes()).xpath("//table")[0]
    return [[cell.text_content() for cell in row.xpath("./td|./th")] for row in table.xpath(".//tr")]


def read_all_rows(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Read the dossier rows of every export with nothing of the package."""
    tables: dict[str, list[dict[str, object]]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
            # A dossier row of the workbook has its STT as a number.
            body = [row for row in cells[6:] if isinstance(row[0], float)]
            tables[path.name] = [dict(zip(COLUMNS, row, strict=True)) for row in body]
        elif path.suffix in (".csv", ".txt", ".xls") and path.name != "DOC-TRUOC.md":
            rows = read_text_rows(path)
            at = next(number for number, row in enumerate(rows) if "Mã hồ sơ" in row)
            tables[path.name] = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :] if row[0] != "(1)"]
    return tables


def test_the_same_seed_gives_the_same_bytes_in_any_time_zone(tmp_path: Path, project: Path):
    write_sample(tmp_path / "here", n_dossiers=600)
    program = "import sys; from cchc_analysis.sample import write_sample; write_sample(sys.argv[1], n_dossiers=600)"
    environment = os.environ | {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    command = [sys.executable, "-c", program, str(tmp_path / "there")]
    subprocess.run(command, check=True, env=environment, cwd=project)
    assert digest(tmp_path / "here") == digest(tmp_path / "there")


def test_another_seed_gives_other_dossiers():
    first, second = (generate_dossiers(seed, 600) for seed in (1, 2))
    assert [item.dossier_id for item in first] != [item.dossier_id for item in second]


def test_writing_again_into_the_same_folder_changes_nothing(tmp_path: Path):
    write_sample(tmp_path, n_dossiers=300)
    before = digest(tmp_path)
    write_sample(tmp_path, n_dossiers=300)
    assert digest(tmp_path) == before


def test_the_workbook_is_stored_with_fixed_dates(sample: SampleTruth):
    with zipfile.ZipFile(sample.folder / "cac-phong-ban.xlsx") as archive:
        entries = archive.infolist()
        core = archive.read("docProps/core.xml").decode()
    assert {(item.compress_type, item.date_time, item.create_system) for item in entries} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0)
    }
    assert core.count("2023-12-15T08:00:00Z") == 2


def test_too_small_a_sample_is_refused_in_both_languages(tmp_path: Path):
    with pytest.raises(ParameterError, match="at least 200") as caught:
        write_sample(tmp_path, n_dossiers=199)
    assert "ít nhất 200" in caught.value.vi


def test_offices_are_units_of_the_reference_table(project: Path):
    with (project / "data/reference/units.csv").open(encoding="utf-8", newline="") as file:
        names = {row["unit_id"]: row["name"] for row in csv.DictReader(file)}
    assert {office.unit: office.name for office in OFFICES}.items() <= names.items()
    assert {item.resolved_by for item in PROCEDURES} - {""} <= names.keys()
    assert sum(office.weight for office in OFFICES) == 10_000
    assert Counter(office.export for office in OFFICES) == {"workbook": 10, "html": 8, "semicolon": 8, "utf16": 1}


def test_files_hold_what_the_account_says(sample: SampleTruth):
    tables = read_all_rows(sample.folder)
    assert tables.keys() == sample.files.keys()
    for name, account in sample.files.items():
        assert account.read == account.accepted + account.rejected + account.duplicates + account.skipped
        assert len(tables[name]) == account.read - account.skipped
    total = sample.total
    # Each planted duplicate and each conflicting copy is one row more than there are dossiers.
    extra = sample.broken["exact_duplicate"] + sample.broken["conflicting_code"]
    assert total.read - total.skipped == sample.n_dossiers + extra
    assert total.accepted == sample.n_dossiers - sum(sample.broken.values()) + sample.broken["exact_duplicate"]


def test_rows_below_the_header_of_the_workbook(sample: SampleTruth):
    rows = CalamineWorkbook.from_path(str(sample.folder / "cac-phong-ban.xlsx")).get_sheet_by_index(0).to_python()
    below = [row for row in rows[5:] if any(cell != "" for cell in row)]
    account = sample.files["cac-phong-ban.xlsx"]
    assert len(below) == account.read
    assert account.skipped_by_kind == {"numbering": 1, "band": 10, "total": 1, "signature": 2}
    assert below[0][:3] == ["(1)", "(2)", "(3)"]
    assert below[1][0] == "PHÒNG NỘI VỤ"
    assert below[-3][:2] == ["TỔNG SỐ", float(account.read - account.skipped)]


def readable(cell: object) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    try:
        return datetime.strptime(str(cell), "%d/%m/%Y %H:%M:%S")
    except ValueError:
        return None


def faults_of(row: dict[str, object]) -> list[str]:
    received, finished = readable(row["Ngày tiếp nhận"]), readable(row["Ngày kết thúc xử lý"])
    found = {
        "unreadable_receipt": bool(row["Ngày tiếp nhận"]) and received is None,
        "finish_before_receipt": bool(received and finished and finished < received),
        "missing_code": row["Mã hồ sơ"] == "",
        "unknown_status": row["Trạng thái"] == "Xem sổ theo dõi giấy",
        "open_with_finish": row["Trạng thái"] == "Đang xử lý" and finished is not None,
        "future_finish": bool(finished and finished > AS_OF),
    }
    return [kind for kind, present in found.items() if present]


def test_every_fault_is_in_the_files_as_often_as_announced(sample: SampleTruth):
    found: Counter[str] = Counter()
    for name, rows in read_all_rows(sample.folder).items():
        faults = [faults_of(row) for row in rows]
        assert max(map(len, faults)) <= 1, name
        found.update(kind for kinds in faults for kind in kinds)
        shown: defaultdict[object, list[dict[str, object]]] = defaultdict(list)
        for row in rows:
            if row["Mã hồ sơ"]:
                shown[row["Mã hồ sơ"]].append(row)
        twice = [pair for pair in shown.values() if len(pair) > 1]
        found["exact_duplicate"] += sum(first == second for first, second in twice)
        found["conflicting_code"] += sum(first != second for first, second in twice)
    assert found == sample.broken


def test_rejections_are_named_by_rules_of_intake(sample: SampleTruth):
    assert sample.total.reasons.keys() == set(RULES.values())
    assert sample.total.reasons["conflicting_code"] == 2 * sample.broken["conflicting_code"]
    assert sample.total.reasons["code_missing"] == sample.broken["missing_code"]
    assert set(RULES.values()) <= sentences().keys()


def test_seconds_survive_the_workbook(sample: SampleTruth):
    known = {item.dossier_id: item for item in generate_dossiers(SEED, 6_000)}
    rows = read_all_rows(sample.folder)["cac-phong-ban.xlsx"]
    sound = [row for row in rows if row["Mã hồ sơ"] in known and not faults_of(row)]
    assert len(sound) > 1_000
    for row in sound:
        assert readable(row["Ngày tiếp nhận"]) == known[str(row["Mã hồ sơ"])].received_at


def test_no_two_systems_show_the_same_columns(sample: SampleTruth):
    tables = read_all_rows(sample.folder)
    further = (
        "Mã hồ sơ DVCQG",
        "Hình thức trả kết quả",
        "Tái sử dụng từ Kho DVCQG",
        "Tái sử dụng từ kết quả hồ sơ khác",
        "Kết quả điện tử",
    )
    shown = {name: tuple(label for label in further if label in rows[0]) for name, rows in tables.items()}
    assert shown["cac-phong-ban.xlsx"] == further
    assert shown["phuong-1.xls"] == further[:2] + further[4:]
    assert shown["phuong-2023-Q3.csv"] == further[2:]
    assert shown["long-son.txt"] == further[:2]


def test_the_digital_traits_move_nothing_else():
    bare = generate_dossiers(SEED, 1_200)
    dressed = with_digital_traits(bare, Stream(SEED, branch=2))
    added = (
        "dossier_id_other",
        "return_channel",
        "reused_from_store",
        "reused_from_results",
        "result_electronic",
        "supplemented_at",
    )
    assert [replace(item, **dict.fromkeys(added)) for item in dressed] == bare
    for item in dressed:
        if item.supplemented_at:
            assert item.paused_days
            assert item.received_at
            assert item.finished_at
            assert item.received_at < item.supplemented_at <= item.finished_at
        assert item.dossier_id_other is None or item.channel == "online"
        assert (item.return_channel is None) == (item.received_at is None)
        if item.received_at:
            assert (item.reused_from_store or item.reused_from_results) == item.documents_reused
        assert (item.result_electronic is None) == (item.result_digitised is None)
        assert not item.result_electronic or item.result_digitised
    others = [item.dossier_id_other for item in dressed if item.dossier_id_other]
    assert len(set(others)) == len(others) > 100


def sound_rows(folder: Path) -> list[dict[str, object]]:
    """Return the rows that intake has to take, every dossier once."""
    found = []
    for rows in read_all_rows(folder).values():
        shown: defaultdict[object, list[dict[str, object]]] = defaultdict(list)
        for row in rows:
            shown[row["Mã hồ sơ"]].append(row)
        # Rows that repeat each other are one dossier, rows that contradict each other none.
        found += [same[0] for same in shown.values() if all(row == same[0] for row in same) and not faults_of(same[0])]
    return found


def test_the_truth_of_the_columns_is_that_of_the_files(sample: SampleTruth):
    count: Counter[str] = Counter()
    for row in sound_rows(sample.folder):
        received, finished = readable(row["Ngày tiếp nhận"]), readable(row["Ngày kết thúc xử lý"])
        if received and WINDOW_START <= received.date() <= WINDOW_END and row.get("Tái sử dụng từ Kho DVCQG"):
            count["received"] += 1
            count["from_store"] += row["Tái sử dụng từ Kho DVCQG"] == "Có"
        if finished and row.get("Kết quả điện tử"):
            count["decided"] += 1
            count["electronic"] += row["Kết quả điện tử"] == "Có"
    assert sample.columns["2023"]["reused_from_store"] == [count["from_store"], count["received"]]
    assert sample.columns["2023"]["result_electronic"] == [count["electronic"], count["decided"]]
    assert min(count.values()) > 100


def test_nobody_is_named(sample: SampleTruth):
    for rows in read_all_rows(sample.folder).values():
        assert all(re.fullmatch(r"Công dân \d{6}", str(row["Chủ hồ sơ"])) for row in rows)
        assert all(re.fullmatch(r"0900\d{6}", str(row["Số điện thoại"])) for row in rows)


def test_the_folder_says_that_it_is_synthetic(sample: SampleTruth):
    marker = json.loads((sample.folder / "cchc-sample.json").read_text("utf-8"))
    assert marker["synthetic"] is True
    assert marker["hash_key"] == "cchc-public-sample-key-2023"
    assert marker["broken"] == sample.broken
    text = (sample.folder / "DOC-TRUOC.md").read_text("utf-8")
    assert marker["note_vi"] in text
    assert marker["note_en"] in text


def test_intake_and_counting_find_the_truth(tmp_path: Path):
    truth = write_sample(tmp_path / "exports", n_dossiers=2_500)
    result = intake([tmp_path / "exports" / name for name in truth.files], tmp_path / "warehouse")
    for facts in (*result.accounting["files"], result.accounting["total"]):
        account = truth.files[facts["file"]] if "file" in facts else truth.total
        assert {key: facts[key] for key in ("read", "accepted", "rejected", "duplicates", "skipped")} == {
            key: getattr(account, key) for key in ("read", "accepted", "rejected", "duplicates", "skipped")
        }
        assert facts["reasons"] == account.reasons
    warehouse = open_warehouse(tmp_path / "warehouse")
    assert warehouse.synthetic
    assert warehouse.as_of.date() == truth.as_of.date()
    clock = Clock(WorkingCalendar.vietnam(), truth.as_of)
    counted = count_flow(warehouse.dossiers(), clock, by=("unit",))
    for label, units in truth.flow.items():
        months = parse_period(label).months
        for unit, cells in units.items():
            own = counted if unit == CITY else counted[counted["unit"] == unit]
            assert flow_cells(own, min(months), max(months)) == {name: cells[name] for name in COUNTS[:8]}, (
                label,
                unit,
            )


def flow_cells(flow: pd.DataFrame, first: int, last: int) -> dict[str, int]:
    received, closed = flow["received_month"], flow["closed_month"]
    new = flow[received.between(first, last)]
    resolved = flow[closed.between(first, last)]
    pending = flow[(received <= last) & ((closed == 0) | (closed > last))]
    overdue = pending[pending["overdue_month"].between(1, last) & (pending["outcome"] != "paused")]
    online = new[new["channel"] == "online"]
    parts = {
        "received_online": online,
        "received_counter_post": new.drop(online.index),
        "carried_over": flow[(received < first) & ((closed == 0) | (closed >= first))],
        "resolved_early": resolved[resolved["outcome"] == "early"],
        "resolved_on_time": resolved[resolved["outcome"].isin(["on_time", "withdrawn", "without_due"])],
        "resolved_late": resolved[resolved["outcome"] == "late"],
        "pending_in_time": pending.drop(overdue.index),
        "pending_overdue": overdue,
    }
    return {name: int(part["n"].sum()) for name, part in parts.items()}


def test_truth_file_is_the_truth(sample: SampleTruth):
    written = json.loads((sample.folder / "truth.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(sample.as_json()))
    assert written["flow_cells"][0] == "received_online"
    assert written["flow"]["2023-Q2"][CITY] == list(sample.flow["2023-Q2"][CITY].values())


def test_the_full_sample_stays_small_enough_to_carry(sample: SampleTruth):
    exports = sum((sample.folder / name).stat().st_size for name in sample.files)
    everything = sum(path.stat().st_size for path in sample.folder.rglob("*") if path.is_file())
    # What offices report themselves is the same for any number of dossiers.
    names = [name for table in sample.handed_in.values() for name in table.files]
    reported = sum(path.stat().st_size for name in names for path in sample.folder.rglob(name))
    assert 10 * exports < 45_000_000
    assert 10 * (everything - reported) + reported < 60_000_000
    rows = sum(register.total.read for register in sample.registers.values())
    assert rows < 0.3 * sample.total.read


def test_form_identities_hold_for_every_unit(sample: SampleTruth):
    for flow in (sample.flow, sample.flow_by_receiving_unit):
        previous: dict[str, int] = {}
        for label, _, _ in QUARTERS:
            for unit, cells in flow[label].items():
                received = cells["received_online"] + cells["received_counter_post"] + cells["carried_over"]
                resolved = cells["resolved_early"] + cells["resolved_on_time"] + cells["resolved_late"]
                pending = cells["pending_in_time"] + cells["pending_overdue"]
                assert received == resolved + pending, (label, unit)
                assert previous.get(unit, cells["carried_over"]) == cells["carried_over"]
                previous[unit] = pending
    for cell in ("received_online", "received_counter_post", "resolved_early", "resolved_late"):
        assert sum(sample.flow[label][CITY][cell] for label, _, _ in QUARTERS) == sample.flow["2023"][CITY][cell]


def test_only_social_protection_is_decided_elsewhere(sample: SampleTruth):
    moved = sample.flow["2023"]["phong-lao-dong-tbxh"]["received_online"]
    assert moved > sample.flow_by_receiving_unit["2023"]["phong-lao-dong-tbxh"]["received_online"]
    # The commune's export has no column for the deciding unit.
    assert sample.flow["2023"]["long-son"] == sample.flow_by_receiving_unit["2023"]["long-son"]


def test_dossier_numbers_carry_unit_date_and_a_running_number(city: list[Dossier]):
    assert len({item.dossier_id for item in city}) == 60_000
    running: defaultdict[str, list[int]] = defaultdict(list)
    for item in city:
        came = item.received_at or item.submitted_at
        start, _, number = item.dossier_id.rpartition("-")
        assert start == f"{item.office.number_part}-{came:%y%m%d}"
        if came.date() >= WINDOW_START:
            running[start].append(int(number))
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in running.values())
    assert re.fullmatch(r"000\.\d\d\.22\.H06-\d{6}-\d{4}", city[0].dossier_id)


def test_due_dates_follow_the_working_calendar(city: list[Dossier]):
    checked: Counter[str] = Counter()
    for item in city[::7]:
        received, due, term = item.received_at, item.due_at, item.procedure.committed_days
        if received is None or item.paused_days:
            continue
        if term is None:
            assert due is None
        elif term == 0:
            assert due == datetime.combine(received.date(), time(17))
        elif item.procedure.day_kind == "working":
            assert due == datetime.combine(working_days_later(received.date(), term), received.time())
        else:
            day = received.date() + timedelta(days=term)
            last = day if is_working_day(day) else working_days_later(day, 1)
            assert due is not None
            assert due.date() == last
        checked[item.procedure.day_kind if term else str(term)] += 1
    assert min(checked[kind] for kind in ("working", "calendar", "0", "None")) > 30


def test_finish_lies_the_drawn_number_of_working_days_after_receipt(city: list[Dossier]):
    for item in city[::11]:
        if item.working_days is not None and item.received_at and item.finished_at and not item.cosmetic:
            expected = working_days_later(item.received_at.date(), item.working_days + item.paused_days)
            assert item.finished_at.date() == expected
            assert item.finished_at > item.received_at
            assert item.returned_at is None or item.returned_at >= item.finished_at


def test_dossiers_fit_the_window(city: list[Dossier]):
    stock = [item for item in city if item.received_at and item.received_at.date() < WINDOW_START]
    assert 200 < len(stock) < 1_000
    assert all(item.finished_at is None or item.finished_at.date() >= WINDOW_START for item in stock)
    moments = [moment for item in city for moment in (item.received_at, item.finished_at, item.returned_at) if moment]
    assert max(moments) <= AS_OF
    assert max(item.received_at.date() for item in city if item.received_at) == WINDOW_END
    unreceived = [item for item in city if item.status in ("registered", "not_accepted")]
    assert {(item.received_at, item.due_at, item.channel) for item in unreceived} == {(None, None, "online")}
    assert len(unreceived) == 240


def test_online_dossiers_are_accepted_in_time_and_sent_at_any_hour(city: list[Dossier]):
    online = [item for item in city if item.channel == "online" and item.received_at]
    assert all(item.submitted_at < item.received_at for item in online)
    at_night = sum(not time(7, 30) <= item.submitted_at.time() <= time(17) for item in online)
    assert at_night / len(online) > 0.25
    neglected = sum(item.submitted_at.date() < working_days_before(item.received_at.date(), 1) for item in online)
    assert 0.01 < neglected / len(online) < 0.02


def working_days_before(day: date, n_days: int) -> date:
    while n_days:
        day -= timedelta(days=1)
        n_days -= is_working_day(day)
    return day


def share(items: list[Dossier], true_of: str, value: object) -> float:
    return sum(getattr(item, true_of) == value for item in items) / len(items)


def test_rates_are_those_of_a_good_city(city: list[Dossier]):
    received = [item for item in city if item.received_at]
    months = [
        [item for item in received if (item.received_at.year, item.received_at.month) == (2023, month)]
        for month in (1, 11)
    ]
    january, november = (share(some, "channel", "online") for some in months)
    assert 0.17 < january < 0.27
    assert 0.48 < november < 0.60
    decided = [[item for item in some if item.result_digitised is not None] for some in months]
    assert share(decided[1], "result_digitised", True) > share(decided[0], "result_digitised", True) + 0.3
    closed = [item for item in received if item.working_days is not None]
    late = sum(item.due_at is not None and item.finished_at.date() > item.due_at.date() for item in closed)
    assert 0.97 < 1 - late / len(closed) < 0.99
    assert 0.5 < sum(item.procedure.committed_days == 0 for item in received) / len(received) < 0.75


def test_statuses_agree_with_dates(city: list[Dossier]):
    seen = Counter(item.status for item in city)
    assert len(seen) == 10
    for item in city:
        assert (item.finished_at is not None) == (item.status in ("finished", "returned", "withdrawn"))
        assert (item.returned_at is not None) == (item.status == "returned")
        if item.status in ("supplement", "financial_duty", "stopped"):
            assert item.paused_days > 0


def test_laws_are_laws_with_the_announced_mean():
    assert float(sum(beta_binomial(8, 5, 3))) == pytest.approx(1, abs=1e-12)
    # Beta-binomial mean n·α/(α+β): 8·5/8 = 5 before, 8·4/8 = 4 after the planted drop, one fifth less.
    means = [sum(k * p for k, p in enumerate(beta_binomial(8, *shape))) for shape in ((5, 3), (4, 4))]
    assert means == [5, 4]
    for procedure in PROCEDURES:
        for unit in ("phuong-12", "phong-tai-nguyen-moi-truong"):
            assert sum(day_law(procedure, unit, True).probabilities) == 1


def test_planted_truths_come_out_of_the_draws(city: list[Dossier]):
    planted = planted_truths(city, AS_OF)
    slow = planted["slow_procedure"]
    drawn = slow["by_finish"]["2023"]
    # Standard deviation of the law is 3.9 days, so four standard errors of 420 dossiers are 0.8 days.
    assert drawn["n"] > 300
    assert drawn["mean"] == pytest.approx(slow["expected_mean"], abs=0.8)
    assert slow["expected_mean"] > 1.25 * slow["committed_days"]

    bunching = planted["bunching"]["by_finish"]["2023"]
    assert bunching["n_would_be_late"] > 80
    assert bunching["n_set_equal_to_due"] == bunching["n_finished_equal_to_due"]
    assert bunching["n_set_equal_to_due"] / bunching["n_would_be_late"] == pytest.approx(0.5, abs=0.17)
    assert planted["bunching"]["n_finished_equal_to_due_elsewhere"] == 0

    real = planted["real_drop"]
    cohorts = real["by_receipt"]
    for code, facts in real["procedures"].items():
        after = cohorts["2023-Q3"]["procedures"][code]["mean"]
        assert after < cohorts["2023-Q2"]["procedures"][code]["mean"]
        assert facts["expected_relative_change"] == pytest.approx(-0.19, abs=0.02)
    drop = cohorts["2023-Q3"]["all"]["mean"] - cohorts["2023-Q2"]["all"]["mean"]
    assert drop == pytest.approx(real["expected_true_effect_days"], abs=0.6)


def test_the_apparent_drop_is_mix_only(city: list[Dossier]):
    apparent = planted_truths(city, AS_OF)["apparent_drop"]
    before, after = (apparent["by_receipt"][label] for label in ("2023-Q2", "2023-Q3"))
    crude = after["all"]["mean"] - before["all"]["mean"]
    assert crude == pytest.approx(apparent["expected_crude_change_days"], abs=0.6)
    assert crude < -0.5
    # Midpoint decomposition by hand: shares of both periods averaged, times the change within each procedure.
    true_effect = 0.0
    for code in before["procedures"].keys() & after["procedures"].keys():
        one, two = before["procedures"][code], after["procedures"][code]
        if one["n"] and two["n"]:
            weight = (one["n"] / before["all"]["n"] + two["n"] / after["all"]["n"]) / 2
            true_effect += weight * (two["mean"] - one["mean"])
    assert abs(true_effect) < 0.25 * abs(crude)
