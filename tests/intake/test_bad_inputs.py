"""Every awkward file of the shared collection (00 to 58), through the whole intake, as its manifest says."""

import json

import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.warehouse import open_warehouse

# Numbers of 08_bad_inputs/MANIFEST_shared.json, file 00; exact.
CONTROL = {"n_rows": 20, "n_closed": 16, "n_open": 4, "n_on_time_closed": 11, "mean_calendar_days_closed": 10.25}


@pytest.fixture
def bad(reference):
    return reference / "08_bad_inputs"


@pytest.fixture
def take(desk, bad):
    return lambda name: desk.take(bad / name, allowed_reject_share=1).accounting["total"]


def facts(dossiers):
    received, due, returned = (dossiers[name].dt.floor("D") for name in ("received_at", "due_at", "returned_at"))
    closed = returned.notna()
    return {
        "n_rows": len(dossiers),
        "n_closed": int(closed.sum()),
        "n_open": int((~closed).sum()),
        "n_on_time_closed": int((returned <= due)[closed].sum()),
        "mean_calendar_days_closed": (returned - received)[closed].dt.days.mean(),
    }


@pytest.mark.parametrize(
    "name",
    [
        "00_clean.csv", "01_merged_titles.xlsx", "02_mixed_dates.xlsx", "09_nfd_mixed.csv", "11_tcvn3.csv",
        "15_utf8_bom.csv", "16_utf16le_tab.txt", "18_semicolon.csv", "19_quoted_newline.csv", "33_html_as.xls",
    ],
)  # fmt: skip
def test_every_disguise_of_the_clean_table_gives_its_numbers(desk, take, name):
    assert take(name)["rejected"] == 0
    dossiers = desk.accepted()
    assert facts(dossiers) == CONTROL
    assert dossiers["receiving_unit"].nunique() == 4
    assert dossiers["procedure_name"].nunique() == (5 if name.startswith("19") else 4)


def test_the_disguises_agree_dossier_by_dossier(desk, bad, tmp_path):
    tables = []
    for name in ("00_clean.csv", "11_tcvn3.csv", "16_utf16le_tab.txt", "33_html_as.xls", "09_nfd_mixed.csv"):
        desk.warehouse = tmp_path / name
        desk.take(bad / name)
        tables.append(desk.accepted().drop(columns=["source_file", "source_sheet", "source_row"]))
    assert all(table.equals(tables[0]) for table in tables[1:])


def test_01_bands_totals_and_signatures_are_counted_as_skipped(take):
    total = take("01_merged_titles.xlsx")
    assert (total["read"], total["accepted"], total["skipped"]) == (28, 20, 8)
    assert set(total["skipped_by_kind"]) >= {"numbering", "band", "total", "signature"}


def test_03_impossible_dates_are_each_reported_with_their_row(desk, take):
    assert take("03_impossible_dates.csv")["accepted"] == 0
    found = desk.findings()
    assert sorted(found["row"].unique()) == list(range(2, 14))
    by_row = found.groupby("row")["rule"].agg(set)
    unreadable = [2, 3, 6, 7, 9, 10, 11]
    assert [row for row in by_row.index if "date_unreadable" in by_row[row]] == unreadable
    assert all(by_row[row] == {"received_missing"} for row in (4, 5, 13))
    assert by_row[8] == {"due_before_received"}
    assert "date_outside_calendar" in by_row[12]


@pytest.mark.parametrize("name", ["07_formula_injection.csv", "08_html_script_names.csv"])
def test_07_08_hostile_names_are_stored_as_the_text_they_are(desk, bad, take, name):
    assert take(name)["accepted"] == 10
    manifest = json.loads((bad / "MANIFEST_shared.json").read_text(encoding="utf-8"))
    payloads = next(item["facts"]["payloads"] for item in manifest if item["file"] == name)
    stored = set(desk.accepted()["procedure_name"])
    # White space at the ends and direction marks are no part of a name; everything else is kept.
    shown = [text.strip().removeprefix("\u202e") for text in payloads]
    assert all(any(text == name or text in name for name in stored) for text in shown if not text.startswith("%0A"))


def test_09_composed_and_decomposed_spellings_are_one_unit(desk, take):
    take("09_nfd_mixed.csv")
    dossiers = desk.accepted()
    assert (dossiers["receiving_unit"].nunique(), dossiers["procedure_name"].nunique()) == (4, 4)


def test_11_old_letters_become_unicode_and_that_is_said(desk, bad):
    accounting = desk.take(bad / "11_tcvn3.csv").accounting
    assert "Sở Tư pháp" in set(desk.accepted()["receiving_unit"])
    assert any("TCVN3" in note["en"] for note in accounting["files"][0]["notes"])


@pytest.mark.parametrize("name", ["30_zero_byte.xlsx", "36_truncated.xlsx"])
def test_30_36_files_that_cannot_be_read_are_refused_in_one_sentence(desk, bad, name):
    with pytest.raises(InputError, match=name) as error:
        desk.take(bad / name)
    assert "\n" not in error.value.en
    assert not desk.warehouse.exists()


def test_32_a_header_without_rows_is_an_empty_warehouse_that_says_so(desk, bad, take):
    assert take("32_header_only.csv")["read"] == 0
    assert [note["code"] for note in open_warehouse(desk.warehouse).intake["notes"]] == ["no_events"]


def test_50_repeats_are_dropped_with_a_count_and_a_conflict_is_listed(desk, take):
    total = take("50_duplicate_codes.csv")
    # One exact repeat and two in disguise (case and space; no-break hyphens); one code with other dates.
    assert (total["read"], total["accepted"], total["duplicates"], total["rejected"]) == (24, 19, 3, 2)
    assert total["reasons"] == {"conflicting_code": 2}
    assert desk.findings().query("rule == 'conflicting_code'")["row"].tolist() == [3, 23]


def test_51_codes_that_look_like_nothing_are_codes(desk, take):
    assert take("51_codes_that_look_like_null_or_numbers.csv")["accepted"] == 12
    dossiers = desk.accepted()
    assert (dossiers["dossier_id"].nunique(), dossiers["receiving_unit"].nunique()) == (12, 4)


def test_53_contradictions_are_each_listed_and_kept_out(desk, take):
    assert take("53_impossible_sequences.csv")["accepted"] == 7
    rejected = desk.findings().query("severity == 'reject'")
    # The running number (STT) is one less than the row, which counts the header.
    assert sorted(set(rejected["row"] - 1)) == [1, 2, 3, 4, 5, 6, 7, 9]
    rules = rejected.groupby("row")["rule"].agg(set)
    assert rules[2] == {"returned_before_received"}
    assert rules[5] == {"due_before_received"}
    assert rules[6] == {"finished_without_date"}
    assert rules[7] == {"open_with_finish_date"}
    assert rules[8] == {"received_missing"}
    dossiers = desk.accepted()
    assert (dossiers["elapsed_seconds"].dropna() >= 0).all()
    status = dossiers.set_index("source_row")["status"]
    assert status[[13, 14, 15, 16]].tolist() == ["withdrawn", "withdrawn", "supplement", "financial_duty"]


def test_54_a_table_of_open_dossiers_is_accepted_as_it_is(desk, take):
    assert take("54_all_pending.csv")["accepted"] == 20
    assert desk.accepted()["elapsed_seconds"].isna().all()


def test_58_plain_time_limits_are_read_and_the_others_listed(desk, take):
    assert take("58_statutory_time_text.csv")["accepted"] == 12
    terms = desk.accepted().set_index("source_row")[["statutory_days", "day_kind"]]
    known = {2: (15, "working"), 3: (7, "calendar"), 4: (0, "working"), 7: (3.5, "calendar"), 10: (30, "working")}
    assert {row: tuple(terms.loc[row]) for row in known} == known
    flagged = desk.findings().query("column == 'statutory_days'").set_index("row")["rule"].to_dict()
    assert flagged == {
        5: "term_not_set",
        6: "term_ambiguous",
        10: "term_kind_assumed",
        11: "term_not_positive",
        12: "term_not_positive",
        13: "term_missing",
    }
