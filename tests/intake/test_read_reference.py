"""The published bad inputs: the reading half gives the control table back from every disguise of it."""

import datetime as dt
import json

import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.intake.mapping import load_mapping
from cchc_analysis.intake.readers import read_tables
from cchc_analysis.reference_data import reference_path

FOLDER = "08_bad_inputs"


@pytest.fixture(scope="module")
def manifest(reference):
    entries = json.loads((reference / FOLDER / "MANIFEST_shared.json").read_text("utf-8"))
    return {entry["id"]: entry for entry in entries}


def table(reference, name):
    (read,) = read_tables(reference / FOLDER / name, name)
    assert read.rows_read == len(read.cells) + sum(read.skipped.values())
    return read


def as_text(value):
    return value.strftime("%d/%m/%Y") if isinstance(value, dt.date) else value


@pytest.mark.parametrize(
    "name",
    [
        "11_tcvn3.csv",
        "15_utf8_bom.csv",
        "16_utf16le_tab.txt",
        "18_semicolon.csv",
        "33_html_as.xls",
    ],
)
def test_every_encoding_gives_exactly_the_control_table(reference, name):
    control, read = table(reference, "00_clean.csv"), table(reference, name)
    assert len(control.cells) == 20
    assert control.dropped_columns == ("STT",)
    assert read.cells.to_dict("index") == control.cells.to_dict("index")
    assert bool(read.notes) is (name == "11_tcvn3.csv")


def test_merged_titles_bands_totals_and_signatures(reference):
    control, read = table(reference, "00_clean.csv"), table(reference, "01_merged_titles.xlsx")
    assert read.header_row == 6
    assert dict(read.skipped) == {"band": 4, "numbering": 1, "signature": 2, "total": 1}
    expected = {row["dossier_id"]: row.to_dict() for _, row in control.cells.iterrows()}
    found = {row["dossier_id"]: row.map(as_text).to_dict() for _, row in read.cells.iterrows()}
    assert found == expected
    assert list(read.cells.index[:2]) == [9, 10], "row numbers as Excel shows them"


def test_dates_of_every_kind_arrive_as_they_are(reference):
    read = table(reference, "02_mixed_dates.xlsx")
    assert len(read.cells) == 20
    assert read.cells.loc[2, "received_at"] == dt.date(2025, 3, 11)
    assert read.cells.loc[5, "due_at"] == dt.datetime(2025, 4, 17, 23, 59, 59)
    assert read.cells.loc[6, "due_at"] == 45763.0
    assert read.cells.loc[17, "returned_at"] == "chưa trả"
    assert read.cells.loc[12, "returned_at"] == "-"
    assert read.cells.loc[3, "returned_at"] == "\u00a010/04/2025 "


@pytest.mark.parametrize(("identifier", "name"), [("09", "09_nfd_mixed.csv"), ("19", "19_quoted_newline.csv")])
def test_row_counts_of_the_manifest(reference, manifest, identifier, name):
    assert len(table(reference, name).cells) == manifest[identifier]["facts"]["n_rows"]


def test_codes_that_look_like_nothing_stay_twelve_codes(reference, manifest):
    cells = table(reference, "51_codes_that_look_like_null_or_numbers.csv").cells
    facts = manifest["51"]["facts"]
    assert cells["dossier_id"].nunique() == facts["n_distinct_codes"]
    assert {"NA", "null", "None", "000123"} <= set(cells["dossier_id"])
    assert cells["receiving_unit"].notna().all()


@pytest.mark.parametrize(
    "name", ["03_impossible_dates.csv", "50_duplicate_codes.csv", "53_impossible_sequences.csv", "54_all_pending.csv"]
)
def test_no_row_is_taken_from_the_checks(reference, name):
    lines = [line for line in (reference / FOLDER / name).read_text("utf-8").splitlines() if line.strip()]
    read = table(reference, name)
    assert (len(read.cells), dict(read.skipped)) == (len(lines) - 1, {})


def test_payloads_arrive_as_text(reference, manifest):
    cells = table(reference, "07_formula_injection.csv").cells
    assert set(cells["procedure_name"]) == set(manifest["07"]["facts"]["payloads"])
    assert set(table(reference, "08_html_script_names.csv").cells["procedure_name"]) == set(
        manifest["08"]["facts"]["payloads"]
    )


def test_header_only_and_unreadable_files(reference):
    assert table(reference, "32_header_only.csv").rows_read == 0
    for name, what in (("30_zero_byte.xlsx", "is empty"), ("36_truncated.xlsx", "is damaged")):
        with pytest.raises(InputError, match=rf"{name}: the file {what}"):
            table(reference, name)


def test_statutory_terms_arrive_as_text(reference):
    cells = table(reference, "58_statutory_time_text.csv").cells
    assert {"15 ngày làm việc", "07 ngày", "30", "3,5 ngày", "-5", "Không quy định"} <= set(cells["statutory_days"])


@pytest.mark.parametrize(
    ("name", "mapping", "n_rows", "n_open"),
    [
        ("receipt_cases.csv", "receipt-permits.yaml", 1434, 105),
        ("nyc311_animals_2025.csv", "nyc311-animals.yaml", 4969, 277),
    ],
)
def test_real_cases_through_the_shipped_mappings(reference, name, mapping, n_rows, n_open):
    # Counts of the published files: cases C01 and C10 of cases_shared.json, exact.
    rules = load_mapping(reference_path("mappings", mapping))
    (read,) = read_tables(reference / "01_cases" / name, name, mapping=rules)
    assert (len(read.cells), read.cells["finished_at"].isna().sum()) == (n_rows, n_open)
    assert read.cells["dossier_id"].is_unique
    for column, words in rules.values.items():
        assert set(read.cells[column].dropna()) <= set(words)
