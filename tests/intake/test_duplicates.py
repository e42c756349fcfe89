"""The same dossier twice: counted once, or not at all where it cannot be known which row is right."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.intake.duplicates import CONTENT, within_file

OPEN = "{code},Sở A,10/03/2025,24/03/2025,,Đang xử lý"
DONE = "{code},Sở A,10/03/2025,24/03/2025,{day}/03/2025,Đã trả kết quả"


def counts(result, file=None):
    account = result.accounting["total"] if file is None else {f["file"]: f for f in result.accounting["files"]}[file]
    return {name: account[name] for name in ("read", "accepted", "rejected", "duplicates")}


def test_an_identical_row_is_counted_once(desk):
    desk.write(
        [OPEN.format(code="A-1"), OPEN.format(code="a-1 "), OPEN.format(code="A\u20111"), OPEN.format(code="A-2")]
    )
    result = desk.take()
    assert counts(result) == {"read": 4, "accepted": 2, "rejected": 0, "duplicates": 2}
    assert desk.accepted()["source_row"].tolist() in ([2, 5], [5, 2])


def test_one_code_with_different_content_is_rejected_whole_and_names_the_other_rows(desk):
    desk.write(
        [OPEN.format(code="A-1"), OPEN.format(code="A-2"), DONE.format(code="A-1", day=12), OPEN.format(code="A-1")]
    )
    result = desk.take(allowed_reject_share=1)
    assert counts(result) == {"read": 4, "accepted": 1, "rejected": 3, "duplicates": 0}
    assert result.accounting["total"]["reasons"] == {"conflicting_code": 3}
    assert desk.findings()["rule"].tolist() == ["conflicting_code"] * 3


def test_a_row_that_is_rejected_anyway_does_not_spoil_the_good_row_of_its_code(desk):
    desk.write([OPEN.format(code="A-1"), "A-1,Sở A,31/02/2025,24/03/2025,,Đang xử lý"])
    assert counts(desk.take(allowed_reject_share=1)) == {"read": 2, "accepted": 1, "rejected": 1, "duplicates": 0}


def test_a_later_export_of_an_open_dossier_replaces_it(desk):
    desk.write([OPEN.format(code="A-1"), OPEN.format(code="A-2")], "march.csv")
    desk.write([DONE.format(code="A-1", day=20), OPEN.format(code="A-2")], "april.csv")
    result = desk.take()
    assert counts(result) == {"read": 4, "accepted": 2, "rejected": 0, "duplicates": 2}
    assert result.accounting["total"]["duplicates_by_kind"] == {"identical": 1, "superseded": 1}
    assert sorted(desk.accepted()["status"]) == ["processing", "returned"]


def test_a_dossier_registered_first_and_received_later_is_no_conflict(desk):
    desk.write(["A-1,Sở A,,,,Mới đăng ký", DONE.format(code="A-2", day=11)], "early.csv")
    desk.write([OPEN.format(code="A-1"), DONE.format(code="A-3", day=12)], "late.csv")
    assert counts(desk.take()) == {"read": 4, "accepted": 3, "rejected": 0, "duplicates": 1}
    assert "registered" not in set(desk.accepted()["status"])


def test_files_that_contradict_each_other_without_a_newer_one_reject_the_dossier(desk):
    desk.write([DONE.format(code="A-1", day=12), DONE.format(code="A-8", day=20)], "a.csv")
    desk.write([DONE.format(code="A-1", day=13), DONE.format(code="A-9", day=20)], "b.csv")
    result = desk.take(allowed_reject_share=1)
    assert counts(result) == {"read": 4, "accepted": 2, "rejected": 2, "duplicates": 0}
    assert counts(result, "a.csv") == {"read": 2, "accepted": 1, "rejected": 1, "duplicates": 0}


def test_another_date_of_receipt_is_a_conflict_even_in_a_newer_file(desk):
    desk.write([OPEN.format(code="A-1")], "a.csv")
    desk.write(["A-1,Sở A,11/03/2025,24/03/2025,20/03/2025,Đã trả kết quả"], "b.csv")
    assert counts(desk.take(allowed_reject_share=1))["rejected"] == 2


FILES = {
    "a.csv": [OPEN.format(code="A-1"), OPEN.format(code="A-2"), DONE.format(code="A-3", day=11)],
    "b.csv": [DONE.format(code="A-1", day=20), OPEN.format(code="A-2"), OPEN.format(code="A-4")],
    "c.csv": [DONE.format(code="A-3", day=12), DONE.format(code="A-4", day=20), OPEN.format(code="A-5")],
}


@pytest.mark.parametrize("order", list(itertools.permutations(FILES)))
def test_the_order_in_which_files_come_changes_no_byte(desk, tmp_path, order):
    for name, lines in FILES.items():
        desk.write(lines, name)
    at_once = desk.take(allowed_reject_share=1)
    expected = desk.files()
    desk.warehouse = tmp_path / "one after the other"
    for name in order:
        desk.take(desk.exports / name, allowed_reject_share=1)
    one_by_one = desk.files()
    assert one_by_one["intake.json"] == expected["intake.json"]
    state = f"states/{at_once.accounting['state']}"
    for name in ("dossiers.parquet", "findings.parquet", "flags.csv"):
        assert one_by_one[f"{state}/{name}"] == expected[f"{state}/{name}"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), max_size=30))
def test_within_a_file_each_code_keeps_one_row_or_none(rows):
    keys = np.array([key for key, _, _ in rows], dtype=object)
    columns = {name: np.array([value for _, value, _ in rows]) for name in CONTENT}
    eligible = np.array([good for _, _, good in rows], dtype=bool)
    repeats, conflicts = within_file(columns, keys, eligible)
    assert not (repeats & conflicts).any()
    assert not ((repeats | conflicts) & ~eligible).any()
    for key in "abc":
        mine = eligible & (keys == key)
        contents = {value for (_, value, _), hit in zip(rows, mine, strict=True) if hit}
        assert conflicts[mine].all() if len(contents) > 1 else not conflicts[mine].any()
        assert (mine & ~repeats & ~conflicts).sum() == (1 if len(contents) == 1 else 0)
