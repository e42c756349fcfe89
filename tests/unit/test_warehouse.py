"""Opening what intake has stored, on either engine, and saying what to do where that fails."""

import json
from datetime import date, datetime

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from cchc_analysis.errors import ParameterError, WarehouseError
from cchc_analysis.intake import intake
from cchc_analysis.schema import WAREHOUSE_COLUMNS
from cchc_analysis.warehouse import FORMAT, dossiers_schema, open_warehouse, to_pandas

LINES = (
    "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày trả kết quả,Trạng thái,Thanh toán trực tuyến\n"
    "A-1,Phường 1,10/03/2023 09:00,12/03/2023 10:00,Đã trả kết quả,Có\n"
    "A-2,Phường 2,14/03/2023 08:00,,Đang xử lý,\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CCHC_HASH_KEY", "a key for tests only, 32 bytes..")
    (tmp_path / "a.csv").write_text(LINES, encoding="utf-8")
    # A name that a file pattern would understand as something else.
    intake(tmp_path / "a.csv", tmp_path / "kho [1] *?")
    return tmp_path / "kho [1] *?"


@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_dossiers_come_lazily_with_the_same_columns_and_values(folder, engine):
    frame = open_warehouse(folder).dossiers(engine)
    assert isinstance(frame, nw.LazyFrame)
    assert tuple(frame.collect_schema().names()) == WAREHOUSE_COLUMNS
    found = frame.sort("received_at").select("receiving_unit", "received_at", "elapsed_seconds").collect()
    assert found["receiving_unit"].to_list() == ["phuong-1", "phuong-2"]
    assert found["received_at"].to_list() == [datetime(2023, 3, 10, 9), datetime(2023, 3, 14, 8)]
    assert [None if value is pd.NA else value for value in found["elapsed_seconds"].to_list()] == [
        2 * 86_400 + 3_600,
        None,
    ]


def test_both_engines_agree_on_the_types(folder):
    schemas = [dict(open_warehouse(folder).dossiers(engine).collect_schema()) for engine in ("duckdb", "pandas")]
    assert schemas[0] == schemas[1]


def test_a_frame_outlives_the_warehouse_that_gave_it(folder):
    frames = [open_warehouse(folder).dossiers() for _ in range(3)]
    assert [frame.select(nw.len()).collect().item() for frame in frames] == [2, 2, 2]


def test_frames_of_two_warehouses_can_be_put_together(folder, tmp_path):
    intake(tmp_path / "a.csv", tmp_path / "second")
    frames = [open_warehouse(path).dossiers().select("dossier_id") for path in (folder, tmp_path / "second")]
    assert len(nw.concat(frames).collect()) == 4


def test_what_the_accounts_say(folder):
    warehouse = open_warehouse(folder)
    assert warehouse.as_of == datetime(2023, 3, 14, 8)
    assert not warehouse.synthetic
    assert (warehouse.calendar_name, warehouse.timezone) == ("vietnam", "Asia/Ho_Chi_Minh")
    assert warehouse.calendar_span[0] == date(2018, 1, 1)
    assert warehouse.title() != warehouse.title("en") != ""
    assert warehouse.intake["total"]["accepted"] == 2
    assert warehouse.findings().columns.tolist() == ["file", "sheet", "row", "column", "rule", "severity", "unit"]


def test_a_relative_path_is_found_from_a_folder_below(folder, monkeypatch):
    notebooks = folder.parent / "notebooks"
    notebooks.mkdir()
    monkeypatch.chdir(notebooks)
    assert open_warehouse(folder.name).as_of == datetime(2023, 3, 14, 8)


def test_an_unknown_engine_is_refused_by_name(folder):
    with pytest.raises(ParameterError, match="'spark'"):
        open_warehouse(folder).dossiers("spark")


@pytest.mark.parametrize("missing", ["nothing here", "a.csv"])
def test_where_there_is_no_warehouse_the_way_out_is_told(folder, missing):
    with pytest.raises(WarehouseError, match="make sample") as error:
        open_warehouse(folder.parent / missing)
    assert "cchc intake" in error.value.vi


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": 1}', "\udcff"])
def test_a_damaged_account_is_said_to_be_damaged(folder, content):
    (folder / "intake.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(WarehouseError, match="damaged"):
        open_warehouse(folder)


def test_a_missing_table_is_said_to_be_missing(folder):
    (open_warehouse(folder).state_path / "dossiers.parquet").unlink()
    with pytest.raises(WarehouseError, match=r"dossiers\.parquet"):
        open_warehouse(folder)


def test_a_warehouse_of_a_newer_version_is_refused(folder):
    account = json.loads((folder / "intake.json").read_text(encoding="utf-8"))
    (folder / "intake.json").write_text(json.dumps(account | {"format": FORMAT + 1, "version": "9.9"}))
    with pytest.raises(WarehouseError, match=r"9\.9"):
        open_warehouse(folder)


def test_gaps_keep_whole_numbers_and_booleans_what_they_are():
    frame = to_pandas(dossiers_schema().empty_table())
    assert frame.dtypes["elapsed_seconds"] == "Int64"
    assert frame.dtypes["paid_online"] == "boolean"
    assert to_pandas(pa.table({"n": [1, None]}))["n"].tolist() == [1, pd.NA]
