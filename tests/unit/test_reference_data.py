"""Where reference tables and relative paths are found."""

import pytest

from cchc_analysis.errors import WarehouseError
from cchc_analysis.reference_data import project_root, reference_path, resolve_path


def test_tables_of_the_checkout(project):
    assert project_root() == project
    assert reference_path("units.csv") == project / "data" / "reference" / "units.csv"


def test_a_missing_table_says_what_to_do():
    with pytest.raises(WarehouseError, match=r"'mappings/none\.yaml' is missing from data/reference") as caught:
        reference_path("mappings", "none.yaml")
    assert "Hãy khôi phục" in caught.value.vi


def test_a_relative_path_is_found_from_a_folder_below(tmp_path, monkeypatch):
    (tmp_path / "data" / "sample").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for folder in (tmp_path, tmp_path / "notebooks"):
        monkeypatch.chdir(folder)
        assert resolve_path("data/sample") == tmp_path / "data" / "sample"


def test_the_nearest_folder_wins_and_a_new_path_lies_here(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks" / "data").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks")
    assert resolve_path("data") == tmp_path / "notebooks" / "data"
    assert resolve_path("data/new") == tmp_path / "notebooks" / "data" / "new"
    assert resolve_path(tmp_path / "x") == tmp_path / "x"
