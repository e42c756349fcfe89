"""The registers of the synthetic sample: honest accounts, planted values that the files themselves hold."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from python_calamine import CalamineWorkbook

from cchc_analysis.sample import SampleTruth, write_sample
from cchc_analysis.sample.city import OFFICES, QUARTERS
from cchc_analysis.sample.digital_traits import with_digital_traits
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.generate import Dossier, generate_dossiers
from cchc_analysis.sample.payments import UNITS as PAYING_UNITS
from cchc_analysis.sample.procedure_list import (
    ENDED,
    NOT_INTEGRATED,
    NOT_OFFERED,
    NOT_PAYABLE,
    OFFERED_NOT_ELIGIBLE,
    WITHOUT_DOSSIERS,
    entries,
)
from cchc_analysis.sample.register_rows import grouped, planted
from cchc_analysis.sample.second_register import CHANGES, WARDS
from cchc_analysis.sample.timeline import PROCEDURES
from cchc_analysis.schema import KINDS
from cchc_analysis.warehouse import KEEPS_ITS_UNITS

SEED, N = 20230315, 12_000
Q = {label: (first, last) for label, first, last in QUARTERS}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample(tmp_path_factory.mktemp("sample"), n_dossiers=N)


@pytest.fixture(scope="module")
def dossiers() -> dict[str, Dossier]:
    drawn = with_digital_traits(generate_dossiers(SEED, N), Stream(SEED, branch=2))
    return {item.dossier_id: item for item in drawn}


def cells_of(path: Path) -> list[list[str]]:
    """Read a list with nothing of the package, every cell as text."""
    if path.suffix == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return [[as_text(cell) for cell in row] for row in rows]
    if path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        delimiter = ";" if text.count(";") > text.count(",") else ","
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    table = lxml.html.fromstring(path.read_bytes()).xpath("//table")[0]
    return [[cell.text_content() for cell in row.xpath("./td|./th")] for row in table.xpath(".//tr")]


def as_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def body_of(path: Path) -> tuple[list[dict[str, str]], int]:
    """Return the rows with a running number, and how many other rows stand below the header."""
    rows = [row for row in cells_of(path) if any(row)]
    at = next(number for number, row in enumerate(rows) if row[0] == "STT")
    below = rows[at + 1 :]
    numbered = [row for row in below if row[0].isdigit()]
    return [dict(zip(rows[at], row, strict=True)) for row in numbered], len(below) - len(numbered)


def rows_of(sample: SampleTruth, kind: str) -> Iterator[dict[str, str]]:
    for path in sorted((sample.folder / kind).iterdir()):
        yield from body_of(path)[0]


def day(text: str) -> date | None:
    found = re.search(r"(\d\d)/(\d\d)/(\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def within(text: str, label: str) -> bool:
    found = day(text)
    return found is not None and Q[label][0] <= found <= Q[label][1]


def test_every_register_has_a_folder_of_its_name_in_several_forms(sample: SampleTruth):
    assert sample.registers.keys() == KINDS.keys() - {"dossiers", *KEEPS_ITS_UNITS}
    for kind, register in sample.registers.items():
        files = {path.name for path in (sample.folder / kind).iterdir()}
        assert files == register.files.keys()
        assert len({Path(name).suffix for name in files}) >= 2, kind
    assert {path.suffix for kind in sample.registers for path in (sample.folder / kind).iterdir()} == {
        ".xlsx",
        ".xls",
        ".csv",
    }


def test_files_hold_what_the_account_says(sample: SampleTruth):
    for kind, register in sample.registers.items():
        for name, account in register.files.items():
            rows, others = body_of(sample.folder / kind / name)
            assert len(rows) == account.read - account.skipped, name
            assert others == account.skipped, name
            assert account.read == account.accepted + account.rejected + account.duplicates + account.skipped
            assert sum(account.reasons.values()) == account.rejected
            assert sum(account.skipped_by_kind.values()) == account.skipped
        total = asdict(register.total)
        for column in ("read", "accepted", "rejected", "duplicates", "skipped"):
            assert total[column] == sum(getattr(account, column) for account in register.files.values())
        assert register.broken["duplicate"] == register.total.duplicates > 0
        assert sum(register.broken.values()) == register.total.rejected + register.total.duplicates


def test_every_register_has_faults_of_several_kinds(sample: SampleTruth):
    for kind, register in sample.registers.items():
        assert len(register.broken) >= 4, kind
        assert register.total.rejected < 0.12 * register.total.read, kind


def test_nobody_is_named(sample: SampleTruth):
    allowed = re.compile(
        r"(Cán bộ \d\d|Người nộp \d{7}|Người dân \d{4}|Người yêu cầu \d{5}|Công dân \(giả lập\)|0900\d{6})"
    )
    personal = {"Người tiếp nhận", "Tên người nộp", "Số điện thoại", "Người phản ánh", "Người yêu cầu", "Chủ hồ sơ"}
    seen = Counter()
    for kind in sample.registers:
        for row in rows_of(sample, kind):
            for header in personal & row.keys():
                assert allowed.fullmatch(row[header]), (kind, header, row[header])
                seen[header] += 1
    assert seen.keys() == personal


# payments


def test_amounts_add_up_except_where_it_was_planted(sample: SampleTruth):
    differing = 0
    for row in rows_of(sample, "payments"):
        amounts = [row[header].replace(".", "") for header in ("Phí (VNĐ)", "Lệ phí (VNĐ)", "Tổng (VNĐ)")]
        if all(text.isdigit() for text in amounts):
            fee, charge, total = map(int, amounts)
            differing += fee + charge != total
    # The planted ones, and a row of each conflicting pair.
    assert planted(6, N) <= differing <= planted(6, N) + sample.registers["payments"].broken["conflicting_code"]


def test_the_footer_sums_what_stands_above_it(sample: SampleTruth):
    rows = cells_of(sample.folder / "payments" / "thu-phi-mot-cua.xlsx")
    header = next(row for row in rows if row[0] == "STT")
    footer = next(row for row in rows if row[0] == "Tổng số")
    at = header.index("Phí (VNĐ)")
    assert int(footer[at]) == sum(int(row[at]) for row in rows if row[0].isdigit() and row[at].isdigit())


def test_payments_by_method_are_those_of_the_files(sample: SampleTruth):
    """Counted again from the cells, without the rows that intake rejects."""
    planted_values = sample.registers["payments"].planted["2023-Q3"]
    words = {"Tiền mặt": "cash", "Chuyển khoản": "transfer", "Quẹt thẻ (POS)": "card"}
    found: Counter[str] = Counter()
    rows, _ = body_of(sample.folder / "payments" / "thu-phi-mot-cua.xlsx")
    codes = Counter((row["Mã hồ sơ"], row["Số biên lai"]) for row in rows)
    for row in {tuple(row.items())[1:]: row for row in rows}.values():
        twice = {other["Tổng (VNĐ)"] for other in rows if other["Số biên lai"] == row["Số biên lai"]}
        sound = row["Mã hồ sơ"] and row["Tổng (VNĐ)"].replace(".", "").isdigit() and len(twice) == 1
        if sound and within(row["Ngày thu"], "2023-Q3"):
            found[words[row["Hình thức thanh toán"]]] += 1
    assert codes.most_common(1)[0][1] == 2
    assert found == {method: planted_values["methods"][method][0] for method in words.values()}


def test_the_flags_of_the_dossiers_agree_except_where_it_was_planted(sample: SampleTruth):
    facts = sample.registers["payments"].planted
    assert facts["contradicting"] == planted(12, N) + planted(18, N)
    year = facts["2023"]
    # Contradictions of dossiers from before the year, or whose row is broken, are not compared.
    assert 0 < year["compared"] - year["agreeing"] <= facts["contradicting"]
    assert year["methods"]["online"][0] > 300
    assert year["methods"]["not_stated"][0] > 100
    first, last = (facts[label]["methods"] for label in ("2023-Q1", "2023-Q4"))
    online = [
        methods["online"][0] / sum(n for name, (n, _) in methods.items() if name != "not_stated")
        for methods in (first, last)
    ]
    assert online[1] > online[0] + 0.1


def test_windows_add_up(sample: SampleTruth):
    payments, copies = (sample.registers[kind].planted for kind in ("payments", "e_copies"))
    for method, (n, amount) in payments["2023"]["methods"].items():
        quarters = [payments[label]["methods"].get(method, [0, 0]) for label in Q]
        # A payment that is paid back after the quarter in which it was made counts in that quarter.
        assert sum(quarter[0] for quarter in quarters) - n in range(5), method
        assert sum(quarter[1] for quarter in quarters) >= amount
    for form, facts in copies["2023"].items():
        for name in ("received", "certified", "copies"):
            assert facts[name] == sum(copies[label][form][name] for label in Q)


# feedback


def test_the_hotline_is_better_than_the_portal(sample: SampleTruth):
    year = sample.registers["feedback"].planted["2023"]
    portal, hotline = (year[source] for source in ("portal", "hotline"))
    assert hotline["on_time"] / hotline["due"] > portal["on_time"] / portal["due"]
    for name, n in year["all"].items():
        assert n == portal[name] + hotline[name]
    assert portal["not_accepted"] > 0
    assert 0 < year["all"]["answered"] < year["all"]["received"]
    assert year["all"]["satisfied"] < year["all"]["rated"] < year["all"]["answered"]


def test_messages_answered_on_time_are_those_of_the_files(sample: SampleTruth):
    due = on_time = 0
    rows, _ = body_of(sample.folder / "feedback" / "so-duong-day-nong.xls")
    codes = Counter(row["Mã phản ánh"] for row in rows)
    different = {row["Mã phản ánh"] for row in rows if row["Lĩnh vực"] == "Lĩnh vực khác"}
    seen = set()
    for row in rows:
        received, last, answered = (day(row[name]) for name in ("Ngày tiếp nhận", "Hạn trả lời", "Ngày trả lời"))
        code = row["Mã phản ánh"]
        if not code or code in different or code in seen or received is None or (answered and answered < received):
            continue
        if answered and answered.year == 2024:
            continue
        seen.add(code)
        if last and Q["2023-Q2"][0] <= last <= Q["2023-Q2"][1]:
            due += 1
            on_time += answered is not None and answered <= last
    assert max(codes.values()) <= 2
    facts = sample.registers["feedback"].planted["2023-Q2"]["hotline"]
    assert (due, on_time) == (facts["due"], facts["on_time"])


# certified copies


def test_electronic_copies_grow_from_the_start_of_the_duty(sample: SampleTruth):
    copies = sample.registers["e_copies"].planted
    electronic = [copies[label]["electronic"]["received"] for label in Q]
    paper = [copies[label]["paper"]["received"] for label in Q]
    assert electronic[0] < electronic[2] < electronic[3]
    assert electronic[3] > 3 * electronic[0]
    assert max(paper) < 1.7 * min(paper)


# the catalogue


def test_the_catalogue_holds_every_procedure_of_the_dossiers_with_their_terms():
    listed = {item.procedure.code: item.procedure for item in entries()}
    assert all(listed[procedure.code] == procedure for procedure in PROCEDURES)
    unused = {procedure.code for _, procedure in WITHOUT_DOSSIERS}
    assert not unused & {procedure.code for procedure in PROCEDURES}
    assert listed.keys() == unused | {procedure.code for procedure in PROCEDURES}
    special = {*NOT_OFFERED, *NOT_INTEGRATED, *OFFERED_NOT_ELIGIBLE, *NOT_PAYABLE, *ENDED}
    assert special <= listed.keys()


def test_the_planted_shortfall_of_the_catalogue(sample: SampleTruth):
    first, last = (sample.registers["procedures"].planted[label] for label in ("2023-Q1", "2023-Q4"))
    for facts in (first, last):
        assert facts["eligible"] - facts["offered"] == len(facts["not_offered"]) == 3
        assert facts["offered"] - facts["integrated"] == len(facts["not_integrated"]) == 4
        assert facts["has_fee"] > facts["payable"]
        assert facts["offered_anywhere"] == facts["offered"] + 1
        assert facts["dossiers"] == facts["dossiers_in_catalogue"] > 0
    # Two entries end in June and two begin in July.
    assert len(ENDED) == 2
    assert first["published"] < first["decided"]


# the second register


def test_the_second_register_knows_three_wards_only(sample: SampleTruth):
    names = {f"UBND {office.name}" for office in OFFICES if office.unit in WARDS}
    assert {row["Đơn vị"] for row in rows_of(sample, "other_register")} == names


def pairs_of(sample: SampleTruth, dossiers: dict[str, Dossier]) -> list[tuple[dict[str, str], Dossier | None]]:
    by_other = {item.dossier_id_other: item for item in dossiers.values() if item.dossier_id_other}
    found: list[tuple[dict[str, str], Dossier | None]] = []
    for row in rows_of(sample, "other_register"):
        code = row.get("Mã hồ sơ", row.get("Số hồ sơ", "")).strip().upper()
        other = row.get("Mã hồ sơ khác", "")
        meant = dossiers.get(code) or dossiers.get(other) or by_other.get(code) or by_other.get(other)
        found.append((row, meant))
    return found


def test_what_only_the_second_register_has_and_what_it_lacks(sample: SampleTruth, dossiers: dict[str, Dossier]):
    pairs = pairs_of(sample, dossiers)
    meant = {item.dossier_id for _, item in pairs if item}
    unknown = [row for row, item in pairs if item is None and (row.get("Mã hồ sơ") or row.get("Số hồ sơ", "").strip())]
    assert len(unknown) == pytest.approx(planted(75, N), abs=3)
    first, last = Q["2023-Q1"][0], Q["2023-Q4"][1]
    own = [
        item
        for item in dossiers.values()
        if item.office.unit in WARDS
        and (item.resolving_unit == item.office.unit or item.office.unit == "long-son")
        and item.received_at
        and first <= item.received_at.date() <= last
    ]
    lacking = [item for item in own if item.dossier_id not in meant]
    assert len(lacking) == pytest.approx(planted(60, N), abs=4)
    year = sample.registers["other_register"].planted["2023"]
    assert sum(facts["only_here"] for facts in year.values()) >= len(lacking) - 2


def test_planted_conflicts_come_out(sample: SampleTruth):
    facts = sample.registers["other_register"].planted["2023"]
    total: Counter[str] = Counter()
    for ward in facts.values():
        total.update(ward["conflicts"])
    n = {name: planted(number, N) for name, (number, _) in CHANGES.items()}
    expected = {
        "received_on": n["receipt_date"] + n["receipt_and_finish"],
        "unit": n["unit"],
        "closed_only_here": n["open_there"],
        "finished_on": n["finish_date"] + n["receipt_and_finish"],
    }
    for name, number in expected.items():
        # A few of them stand in rows that intake rejects, on either side.
        assert number - 2 <= total[name] <= number, name
    assert sum(ward["conflicting"] for ward in facts.values()) < sum(total.values())
    assert facts["long-son"]["by_other_code"] > 100
    assert facts["phuong-3"]["by_other_code"] > 0


def test_receipts_of_conflicting_rows_stay_in_their_quarter(sample: SampleTruth, dossiers: dict[str, Dossier]):
    moved = 0
    for row, item in pairs_of(sample, dossiers):
        there = day(row["Ngày tiếp nhận"])
        if item is None or item.received_at is None or there is None or there == item.received_at.date():
            continue
        moved += item.received_at.date() - there == timedelta(days=1)
        quarters = {
            label
            for label, (first, last) in Q.items()
            for day_of in (there, item.received_at.date())
            if first <= day_of <= last
        }
        assert len(quarters) == 1 or item.received_at.date() - there == timedelta(days=9)
    assert moved >= planted(24, N)


def test_amounts_are_written_as_offices_write_them():
    assert [grouped(amount) for amount in (0, 999, 1000, 1234000)] == ["0", "999", "1.000", "1.234.000"]


def test_a_register_of_the_smallest_sample_has_its_faults_too(tmp_path: Path):
    small = write_sample(tmp_path, n_dossiers=300)
    for kind, register in small.registers.items():
        assert register.total.accepted > 0, kind
        assert register.broken["duplicate"] >= 1, kind


def test_payments_are_of_units_that_take_fees(sample: SampleTruth, dossiers: dict[str, Dossier]):
    for row in rows_of(sample, "payments"):
        if row["Mã hồ sơ"]:
            item = dossiers[row["Mã hồ sơ"]]
            assert item.office.unit in PAYING_UNITS
            assert item.procedure.fee > 0
