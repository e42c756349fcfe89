"""One number everywhere: official form, document, pages and scorecard say the same of the sample's second quarter."""

import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook

import cchc_analysis as cchc
from cchc_analysis.documents import report_document
from cchc_analysis.formats import number, share
from cchc_analysis.forms import FigureTables, fill_form, write_form
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import FORM_COLUMNS, single_row
from cchc_analysis.pages.overview import board_of
from cchc_analysis.pages.overview_table import scorecard_table

PLAN = cchc.load_plan("vung-tau-2023")

UNITS = ("all", "phuong-1", "phong-lao-dong-tbxh")
SHARES = {"C09": "resolved_online", "C10": "received_online", "C12": "result_digitised", "C30": "fee_paid_online"}
"""Commitments told by dossiers → the measure that tells them."""


@dataclass(frozen=True)
class Told:
    """What is published of one unit: the study it comes from, workbooks, document and page blocks."""

    study: cchc.Study
    workbooks: dict[str, Any]
    document: Any
    pages: dict[str, str]
    scorecard: dict[str, dict[str, Any]]

    @property
    def text(self) -> str:
        """The paragraphs of the document."""
        return "\n".join(paragraph.text for paragraph in self.document.paragraphs)


@pytest.fixture(scope="module", params=UNITS)
def told(request: pytest.FixtureRequest, sample: Any) -> Told:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q2", unit=request.param)
    tables, board = FigureTables(study), board_of(study, PLAN)
    forms = [tables.forms[code] for code in ("ii-06a", "digitisation")]
    survey = cchc.satisfaction.survey_of(study)
    pages = {
        "form": cchc.processing_time.form_table(study, "field").data,
        "on_time": cchc.processing_time.summary(study, PLAN).data,
        "digital": cchc.digitisation.commitments(study, PLAN).data,
        "survey": cchc.satisfaction.summary(survey, PLAN).data,
        "plan": scorecard_table([("", board.rows)], {}, "", "vi"),
    }
    return Told(
        study=study,
        workbooks={
            form.code: load_workbook(BytesIO(write_form(fill_form(form, study, tables=tables)))).worksheets[0]
            for form in forms
        },
        document=Document(BytesIO(report_document(study, PLAN))),
        pages={name: re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html))) for name, html in pages.items()},
        scorecard={row["commitment"]: row for row in records(study.scorecard(PLAN))},
    )


def cells_of(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def total_of(sheet: Any) -> dict[str, Any]:
    """Return the total row of a workbook: number of the column, such as "(3)" → value."""
    rows = cells_of(sheet)
    numbering = next(row for row in rows if "(1)" in row and "(3)" in row)
    total = next(row for row in rows if "Tổng số" in row[:2] and isinstance(row[3], int))
    return {str(mark): value for mark, value in zip(numbering, total, strict=True) if mark}


def document_total(document: Any, title: str) -> dict[str, str]:
    """Return the total row of an annex of the document: number of the column → text."""
    at = next(grid for grid in document.tables if any(title in cell.text for cell in grid.rows[0].cells))
    rows = [[cell.text for cell in row.cells] for row in at.rows]
    numbering = next(row for row in rows if row[0] == "(1)")
    return dict(zip(numbering, rows[-1], strict=True))


def document_form(document: Any) -> dict[str, str]:
    """Return the upright table of form II.06a in the text: number of the column → text."""
    return {row.cells[0].text: row.cells[2].text for row in document.tables[1].rows[1:]}


def document_commitment(document: Any, commitment: str) -> list[str]:
    grid = next(grid for grid in document.tables if grid.cell(0, 0).text == "Mã")
    return next([cell.text for cell in row.cells] for row in grid.rows if row.cells[0].text == commitment)


def test_the_form_is_the_same_in_workbook_text_annex_and_page(told: Told) -> None:
    form = first_row(told.study.form_06a())
    marks = [f"({n})" for n in range(3, 14)]
    expected = dict(zip(marks, (form[name] for name in FORM_COLUMNS), strict=True))
    workbook = total_of(told.workbooks["ii-06a"])
    assert {mark: workbook[mark] for mark in marks} == expected
    written = {mark: number(value) for mark, value in expected.items()}
    assert document_form(told.document) == written
    annex = document_total(told.document, "Lĩnh vực")
    assert {mark: annex[mark] for mark in marks} == written
    assert f"Tổng số {' '.join(written[mark] for mark in marks)}" in told.pages["form"]


def test_every_row_of_the_form_is_the_same_in_workbook_and_document(told: Told) -> None:
    grid = next(g for g in told.document.tables if any("Lĩnh vực" in cell.text for cell in g.rows[0].cells))
    document = [[cell.text for cell in row.cells] for row in grid.rows]
    document = [row[1:] for row in document if row[0].isdigit()]
    workbook = [row for row in cells_of(told.workbooks["ii-06a"]) if str(row[0]).isdigit()]
    assert [[row[1], *map(number, row[2:13])] for row in workbook] == document
    assert document


def test_the_on_time_share_is_the_form_s_own_and_the_same_on_page_and_in_the_document(told: Told) -> None:
    form, row = total_of(told.workbooks["ii-06a"]), single_row(told.study.on_time())
    assert (row["numerator"], row["denominator"]) == (form["(8)"] + form["(9)"], form["(7)"])
    counts = f"{number(row['numerator'])}/{number(row['denominator'])}"
    said = f"{share(row['value'])} hồ sơ được giải quyết trước và đúng hạn ({counts}"
    assert said in told.pages["on_time"]
    assert said in told.text


@pytest.mark.parametrize("commitment", SHARES)
def test_a_share_of_the_plan_is_the_same_in_scorecard_pages_and_document(told: Told, commitment: str) -> None:
    row, measure = told.scorecard[commitment], SHARES[commitment]
    tables = {"C12": lambda: told.study.digitisation((), PLAN.starts), "C30": told.study.cashless}
    counted = single_row(tables.get(commitment, told.study.online_share)(), measure=measure)
    assert (row["numerator"], row["denominator"]) == (counted["numerator"], counted["denominator"])
    if not counted["denominator"]:
        assert not re.search(rf"\b{commitment}\b.*\d%", told.text)
        return
    assert row["value"] == pytest.approx(counted["value"], rel=1e-12)
    counts = f"{number(row['numerator'])}/{number(row['denominator'])}"
    figure = f"{share(row['value'])} ({counts}"
    assert document_commitment(told.document, commitment)[3].startswith(figure)
    assert figure in told.text
    assert f"{share(row['value'])} ({counts})" in told.pages["plan"]
    assert figure in told.pages["digital"]


def test_the_online_shares_come_from_the_form_s_counts(told: Told) -> None:
    form = total_of(told.workbooks["ii-06a"])
    assert told.scorecard["C10"]["numerator"] == form["(4)"]
    not_stated = single_row(told.study.online_share(), measure="received_online")["n_not_stated"]
    assert told.scorecard["C10"]["denominator"] + not_stated == form["(4)"] + form["(5)"]


def test_digitised_results_are_the_same_in_the_form_the_scorecard_and_the_document(told: Told) -> None:
    form, row = told.workbooks["digitisation"], told.scorecard["C12"]
    marks = total_of(form)
    assert marks["(9)"] == row["numerator"]
    assert marks["(9)"] + marks["(10)"] == row["denominator"]
    annex = document_total(told.document, "Hồ sơ đã giải quyết trong kỳ phải số hóa kết quả")
    assert (annex["(9)"], annex["(11)"]) == (number(row["numerator"]), share(row["value"]))


def test_satisfaction_is_the_same_in_scorecard_page_and_document(told: Told) -> None:
    row = told.scorecard["C04"]
    overall = single_row(told.study.survey().satisfaction(), item="mean_of_questions")
    if overall["suppressed"]:
        assert row["value"] is None or row["value"] != row["value"]
        return
    assert row["value"] == pytest.approx(overall["weighted"], rel=1e-12)
    assert (row["numerator"], row["denominator"]) == (overall["numerator"], overall["denominator"])
    figure = share(row["value"])
    assert f"Tỷ lệ hài lòng chung {figure}" in told.text
    assert f"Tỷ lệ hài lòng chung {figure}" in told.pages["survey"]
    assert document_commitment(told.document, "C04")[3].startswith(figure)


def test_every_status_of_the_scorecard_is_the_one_on_page_and_in_the_document(told: Told) -> None:
    board = board_of(told.study, PLAN)
    grid = next(grid for grid in told.document.tables if grid.cell(0, 0).text == "Mã")
    written = {row.cells[0].text: row.cells[4].text for row in grid.rows[1:]}
    words = cchc_words()
    assert written == {
        row["commitment"]: words[told.scorecard[row["commitment"]]["status"]] for row in records(board.rows)
    }
    for commitment, word in written.items():
        assert re.search(rf"\b{commitment} .*?{re.escape(word)}", told.pages["plan"])


def cchc_words() -> dict[str, str]:
    """The words of the statuses as docs/methods/scorecard.md has them."""
    return {
        "met": "Đã đạt",
        "on_track": "Đúng tiến độ",
        "at_risk": "Có nguy cơ không đạt",
        "missed": "Không đạt",
        "not_measurable": "Không đánh giá được",
        "no_data": "Chưa có dữ liệu",
    }


def test_a_unit_of_the_whole_counts_as_a_study_of_its_own(sample: Any) -> None:
    whole = cchc.open_study(data=sample.warehouse, period="2023-Q2")
    own = cchc.open_study(data=sample.warehouse, period="2023-Q2", unit="phuong-1")
    counts = ("flow", "durations", "terms", "pending", "digitised", "sent", "payments")
    for name in counts:
        getattr(whole, name)("procedure")
    part = whole.of_unit("phuong-1")
    assert len(part._tables) == len(counts)
    for name in counts:
        pd.testing.assert_frame_equal(getattr(part, name)("procedure"), getattr(own, name)("procedure"))
    assert len(part._tables) == len(counts)
    assert first_row(part.form_06a()) == first_row(own.form_06a())
