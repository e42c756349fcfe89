"""Several files at the same time: the same warehouse, the same errors, and only new files are read."""

import hashlib

import pytest

from cchc_analysis.errors import InputError, ParameterError
from cchc_analysis.intake import side_by_side, worker

LINE = "{code},Sở A,10/03/2025,24/03/2025,,Đang xử lý"


def lines(month, n=3):
    return [LINE.format(code=f"H26-25{month:02}10-{number:04}") for number in range(n)]


def digest(folder):
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in names}


def test_two_processes_make_the_same_warehouse_as_one_and_name_every_bad_file_in_order(desk, tmp_path):
    for month in range(1, 5):
        desk.write(lines(month), f"thang-{month}.csv")
    told = []
    desk.take(workers=2, progress=lambda name, number, n: told.append((number, n)))
    together = digest(desk.warehouse)
    assert told == [(number, 4) for number in range(1, 5)]
    desk.warehouse = tmp_path / "one by one"
    desk.take(workers=1)
    assert digest(desk.warehouse) == together
    (desk.exports / "b.csv").write_bytes(b"%PDF-1.7")
    (desk.exports / "a.csv").write_text("Cột lạ,x\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        desk.take(workers=2)
    assert str(refused.value).index("a.csv") < str(refused.value).index("b.csv")
    assert digest(desk.warehouse) == together


def test_one_more_month_reads_only_the_new_file(desk, monkeypatch):
    read = []
    careful = worker.check_file
    monkeypatch.setattr(worker, "check_file", lambda *given: read.append(given[1]) or careful(*given))
    for month in range(1, 4):
        desk.write(lines(month), f"thang-{month}.csv")
    desk.take()
    desk.write(lines(4), "thang-4.csv")
    result = desk.take()
    assert read == ["thang-1.csv", "thang-2.csv", "thang-3.csv", "thang-4.csv"]
    assert result.accounting["total"]["accepted"] == 12


def test_a_process_that_dies_is_told_by_the_name_of_its_file(desk, monkeypatch):
    desk.write(lines(1), "a.csv")
    desk.write(lines(2), "b.csv")
    monkeypatch.setattr(side_by_side, "_PROGRAM", "raise SystemExit(3)")
    with pytest.raises(InputError, match=r"a\.csv: the process .*\n?b\.csv: the process"):
        desk.take(workers=2)
    assert not desk.warehouse.exists()


def test_large_files_are_checked_in_this_process_one_after_the_other(desk, monkeypatch):
    for month in range(1, 3):
        desk.write(lines(month), f"{month}.csv")
    monkeypatch.setattr(side_by_side, "_ALONE_FROM_BYTES", 1)
    monkeypatch.setattr(side_by_side, "_Process", None)
    assert desk.take(workers=2).accounting["total"]["accepted"] == 6


def test_less_than_one_worker_is_refused(desk):
    desk.write(lines(1))
    with pytest.raises(ParameterError, match="0 workers"):
        desk.take(workers=0)
