"""The exploring notebook: what each choice shows, what it says where there is nothing, and its static first state."""

import json
import re
from html import unescape
from pathlib import Path

import papermill
import pytest
from small_city import small_city

import cchc_analysis as cchc
from cchc_analysis.pages.explore import Panel, periods_of
from cchc_analysis.pages.explore_figures import EXPLORED, GROUPS, Choice, code_of, explored_rows
from cchc_analysis.publication import PAGES
from cchc_analysis.reports.runner import closing_event_loop
from cchc_analysis.wording import explore as say

Study = cchc.Study


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_city(tmp_path_factory.mktemp("city"))


def opened(city: Path, **given: str) -> Panel:
    return cchc.explore.panel(data=str(city), **{"period": "2023-Q2", **given})


def text(markup: str) -> str:
    plain = re.sub(r'src="data:[^"]*"', "", markup)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", plain)).split())


def picture(markup: str) -> str:
    found = re.search(r'base64,([^"]*)', markup)
    assert found
    return found[1]


def test_the_first_state_tells_the_figure_with_its_fraction_window_and_rule(city: Path) -> None:
    said = text(opened(city).shown.value)
    # 240 dossiers of three wards; half of the 80 of ward 2 are late.
    assert "Tỷ lệ đúng hạn, Thành phố Vũng Tàu, quý II/2023: 83,3% (200/240)" in said
    assert "thấp nhất Phường 2: 50,0% (40/80)" in said
    assert "Tử số trong đó đúng hạn theo quy tắc Mẫu số hồ sơ đã giải quyết trong kỳ" in said
    assert "15/03/2023 – 14/06/2023" in said
    assert "biểu II.06a: so theo ngày" in said


def test_the_table_is_the_measure_of_the_facade(city: Path) -> None:
    study = cchc.open_study(data=city, period="2023-Q2")
    rows = explored_rows(study, Choice(rule="strict", denominator="due"), "unit")
    direct = study.on_time("unit", rule=cchc.STRICT.with_denominator("due"))
    for column in ("numerator", "denominator", "value", "lower", "upper"):
        assert sorted(rows[column]) == sorted(direct[column])
    assert set(rows["rule"]) == {"strict"}


def test_a_choice_changes_figure_and_table_and_going_back_gives_the_same_bytes(city: Path) -> None:
    panel = opened(city)
    before = panel.shown.value
    panel.choose(unit="phuong-2", by="month")
    after = panel.shown.value
    assert picture(before) != picture(after)
    assert "Phường 2, quý II/2023: 50,0% (40/80)" in text(after)
    panel.choose(unit="all", by="unit")
    assert panel.shown.value == before


ONE_OF_EACH = tuple({explored.call: name for name, explored in EXPLORED.items()}.values())
"""One measure of every call of the facade."""


@pytest.mark.parametrize(
    ("language", "asked", "groups"), [("vi", ONE_OF_EACH, ("", "procedure", "month")), ("en", ONE_OF_EACH, ("unit",))]
)
def test_every_choice_is_a_figure_or_one_sentence(
    city: Path, language: str, asked: tuple[str, ...], groups: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pixels are looked at elsewhere.
    monkeypatch.setattr("cchc_analysis.display.png", lambda figure: b"")
    panel = opened(city, language=language)
    for measure in asked:
        for by in groups:
            panel.choose(measure=measure, by=by)
            shown = panel.shown.value
            assert "<img" in shown or re.fullmatch(r'<p class="warning">[^<]+</p>', shown), (measure, by)
            assert not re.search(r"\b(nan|NaN|None|inf|NaT)\b", text(shown)), (measure, by)


def test_the_rule_is_offered_where_it_counts(city: Path) -> None:
    panel = opened(city)
    assert not panel.controls["rule"].disabled
    strict = panel.shown.value
    panel.choose(rule="strict/to_handle")
    assert "trên hồ sơ phải giải quyết trong kỳ" in text(panel.shown.value)
    assert panel.shown.value != strict
    panel.choose(measure="working_days_mean")
    assert panel.controls["rule"].disabled
    assert "không phụ thuộc quy tắc đúng hạn" in text(panel.shown.value)


def test_the_language_changes_labels_options_and_sentences_and_keeps_the_choice(city: Path) -> None:
    panel = opened(city, unit="phuong-3")
    panel.choose(language="en")
    assert panel.controls["unit"].description == "Unit"
    assert panel.controls["unit"].value == "phuong-3"
    assert "On-time share, Ward 3, Q2 2023: 100% (80/80)" in text(panel.shown.value)
    panel.choose(language="vi")
    assert panel.controls["unit"].description == "Đơn vị"


# --- nothing to show


def test_a_period_after_the_data_is_one_sentence(city: Path) -> None:
    panel = opened(city)
    panel.choose(period="2023-12")
    assert re.fullmatch(r'<p class="warning">[^<]*sau thời điểm cuối của dữ liệu[^<]*</p>', panel.shown.value)
    panel.choose(period="2023-Q2")
    assert "<img" in panel.shown.value


def test_a_period_without_dossiers_is_one_sentence(city: Path) -> None:
    panel = opened(city)
    panel.choose(period="2023-Q1")
    assert text(panel.shown.value) == (
        "Không có gì để tính tỷ lệ đúng hạn cho Thành phố Vũng Tàu trong quý I/2023: mẫu số bằng 0."
    )


def test_a_register_that_is_not_there_is_named_with_the_way_to_add_it(city: Path) -> None:
    panel = opened(city)
    panel.choose(measure="feedback_on_time")
    assert "--kind feedback" in text(panel.shown.value)
    panel.choose(measure="satisfaction")
    assert "không có khảo sát" in text(panel.shown.value)


def test_a_first_state_that_cannot_be_is_our_own_error(city: Path) -> None:
    with pytest.raises(cchc.explore.CchcError):
        opened(city, period="2024-Q1")


def test_text_from_a_file_is_text(tmp_path: Path) -> None:
    panel = opened(small_city(tmp_path, procedure="<img src=x onerror=alert(1)>"))
    panel.choose(by="procedure")
    assert "<img src=x" not in panel.shown.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in panel.shown.value
    assert "<img src=x" not in panel.static()


# --- outside JupyterLab


def test_outside_jupyterlab_the_first_state_is_plain_html(city: Path) -> None:
    bundle = opened(city)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    static = bundle["text/html"]
    assert not re.search(r"<(script|select|input)\b", static)
    assert "Kỳ báo cáo Quý II/2023" in text(static)
    assert "83,3% (200/240)" in text(static)


def test_the_notebook_runs_under_plain_papermill(city: Path, project: Path, tmp_path: Path) -> None:
    notebook, given = str(project / "notebooks" / "explore.ipynb"), {"data": str(city), "unit": "phuong-2"}
    with closing_event_loop():
        out = str(tmp_path / "out.ipynb")
        executed = papermill.execute_notebook(notebook, out, given, cwd=str(tmp_path), progress_bar=False)
    cells = {cell["id"]: cell for cell in executed.cells}
    shown = cells["panel"]["outputs"][0]["data"]
    assert "50,0% (40/80)" in text("".join(shown["text/html"]))
    assert "docs/methods/on-time.md" in json.dumps(cells["definitions"]["outputs"], ensure_ascii=False)


def test_the_code_of_a_choice_runs_and_gives_the_table(city: Path) -> None:
    code = code_of(Choice(rule="strict", denominator="due"), str(city), "2023-Q2", "phuong-2", "", "vi")
    *lines, last = code.splitlines()
    names = {"cchc": cchc}
    exec("\n".join(lines), names)
    found = eval(last, names)
    assert found[["numerator", "denominator"]].to_numpy().tolist() == [[40, 80]]


# --- lists


def test_every_choice_has_a_name_in_both_languages() -> None:
    for measure in EXPLORED:
        for language in ("vi", "en"):
            assert say.name(measure, language) != measure
            assert all(say.fraction(measure, "due", language)[1:])
    assert set(GROUPS) == set(say.GROUPS)


def test_periods_are_those_of_the_years_with_dossiers(city: Path) -> None:
    found = periods_of(cchc.open_study(data=city, period="2023-Q2"))
    assert len(found) == len(set(found)) == 1 + 2 + 1 + 4 + 12
    assert {"2023", "2023-6M", "2023-9M", "2023-Q4", "2023-12"} <= set(found)
    assert all(
        label.endswith("-calendar") for label in periods_of(cchc.open_study(data=city, period="2023-Q2-calendar"))
    )


def test_the_notebook_is_no_page_of_the_site() -> None:
    assert "explore" not in {*PAGES, *PAGES.values()}


def test_the_picture_of_the_readme_is_a_small_png(project: Path) -> None:
    drawn = (project / "docs" / "images" / "explore.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) < 200_000
