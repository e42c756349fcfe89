"""Every block on satisfaction stands up to empty, tiny, one-sided and hostile surveys, in both languages."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import cchc_analysis as cchc
from cchc_analysis import errors as cchc_errors
from cchc_analysis.cli import main
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.wording.survey_quality import fitting

QUESTIONS = [f"C{number}" for number in range(1, 24)]
HEADER = [
    "Mã phiếu",
    "Ngày trả lời",
    "Đơn vị",
    "Lĩnh vực",
    "Hình thức khảo sát",
    "Giới tính",
    "Chủ đề góp ý",
    *QUESTIONS,
]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</table><h1>chèn</h1>",
    "=1+1",
    "{{7*7}}",
    "$x$",
)
PLAN = cchc.load_plan("vung-tau-2023")


def form(number: int, answers: list[str] | str = "4", **given: str) -> list[str]:
    cells = {
        "on": "01/06/2023",
        "unit": "Phường 1",
        "field": "Hộ tịch",
        "mode": "Phiếu giấy",
        "gender": "Nam",
        "theme": "",
    } | given
    answered = [answers] * len(QUESTIONS) if isinstance(answers, str) else answers
    names = ("on", "unit", "field", "mode", "gender", "theme")
    return [f"P{number}", *(cells[name] for name in names), *answered]


def mixed(number: int) -> list[str]:
    return [str(1 + (number * 7 + place * 3) % 5) for place in range(len(QUESTIONS))]


SCENARIOS: dict[str, list[list[str]]] = {
    "one form": [form(1)],
    "nine forms": [form(n, mixed(n)) for n in range(9)],
    "ten forms": [form(n, mixed(n)) for n in range(10)],
    "all satisfied": [form(n, "5") for n in range(30)],
    "none satisfied": [form(n, "1") for n in range(30)],
    "no opinion but one answer": [form(n, ["99"] * 22 + ["4"]) for n in range(12)],
    "no unit, no field, no mode": [form(n, mixed(n), unit="", field="", mode="", gender="") for n in range(40)],
    "outside the period": [form(n, mixed(n), on="01/02/2023") for n in range(12)],
    "without dates": [form(n, mixed(n), on="") for n in range(12)],
    "two waves, one unit": [form(n, mixed(n), on="01/06/2023" if n % 2 else "01/02/2023") for n in range(60)],
    "two waves of different modes": [
        form(n, mixed(n), on="01/06/2023" if n % 2 else "01/02/2023", mode="Điện thoại" if n % 2 else "Phiếu giấy")
        for n in range(60)
    ],
    "two units": [form(n, mixed(n), unit=f"Phường {1 + n % 2}") for n in range(60)],
    "hostile": [
        form(n, mixed(n), unit=f"Sở {HOSTILE[n % len(HOSTILE)]}", field=HOSTILE[n % len(HOSTILE)], theme=HOSTILE[n % 3])
        for n in range(90)
    ],
}  # fmt: skip

Pages = Callable[[str], dict[str, str]]
Block = Callable[[cchc.Study, object], object]
PAGE = cchc.satisfaction
BLOCKS: list[Block] = [
    lambda study, survey: PAGE.head(study, survey),
    lambda study, survey: PAGE.summary(survey, PLAN),
    lambda study, survey: PAGE.results(survey, PLAN),
    lambda study, survey: PAGE.units(survey, PLAN),
    lambda study, survey: PAGE.waves(survey, PLAN),
    lambda study, survey: PAGE.drivers(survey, PLAN),
    lambda study, survey: PAGE.people(survey),
    lambda study, survey: PAGE.facts(survey),
    lambda study, survey: PAGE.kiosk(study, survey),
    lambda study, survey: PAGE.quality(survey),
    lambda study, survey: cchc.definitions(study, PAGE.terms_used(study)),
]


def taken_in(folder: Path, rows: list[list[str]], header: list[str] = HEADER, **given: object) -> Path:
    export = folder / "phieu.csv"
    lines = [header, *rows]
    export.write_text(
        "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines), "utf-8"
    )
    options = {
        "kind": "survey",
        "questionnaire": "one-stop-five-factors",
        "as_of": cchc.parse_period("2023-Q2").end,
    } | given
    cchc.take_in([export], folder / "kho", **options)
    return folder / "kho"


def page(folder: Path) -> str:
    return page_of(cchc.open_study(data=folder, period="2023-Q2"))


def page_of(study: cchc.Study) -> str:
    """Return the markup of every block, pictures left out."""
    survey = PAGE.survey_of(study)
    pictures = re.compile(r'src="data:image/png;base64,[^"]*"')
    return "\n".join(pictures.sub("", block(study, survey).data) for block in BLOCKS)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """What the page of a scenario is in both languages, written once."""

    @cache
    def written(name: str) -> dict[str, str]:
        folder = taken_in(tmp_path_factory.mktemp("scenario"), SCENARIOS[name])
        study = cchc.open_study(data=folder, period="2023-Q2")
        # What has been counted has no language.
        return {language: page_of(replace(study, language=language)) for language in ("vi", "en")}

    return written


def text_of(markup: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", markup))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_block_says_what_it_can(name: str, pages: Pages) -> None:
    for language, markup in pages(name).items():
        text = text_of(markup)
        assert not re.search(r"\b(nan|NaN|inf|None(?! of)|NaT|NA)\b", text), language
        assert "\u221e" not in text
        assert not re.search(r"<(script|img src=x)", markup)
        assert "<h1>chèn" not in markup
    if name == "hostile":
        for payload in HOSTILE:
            assert payload in text_of(pages(name)["vi"]), payload


@pytest.mark.parametrize("name", ["nine forms", "one form"])
def test_fewer_than_ten_forms_give_no_share_at_all(name: str, pages: Pages) -> None:
    markup = pages(name)["vi"]
    body = markup[markup.index("<dl class=") : markup.index("Số liệu được tính")]
    assert not re.search(r"\d+,\d%", text_of(body)), "a share is shown"
    assert "không nêu kết quả" in text_of(body)


def test_ten_forms_are_shown_and_cannot_be_told_from_the_goal(tmp_path: Path) -> None:
    rows = [form(n, ["5"] * 20 + [str(1 + n % 5)] * 3) for n in range(10)]
    text = text_of(page(taken_in(tmp_path, rows)))
    assert "Tỷ lệ hài lòng chung" in text
    assert "kết luận" in text


def test_everybody_satisfied_meets_the_goal_only_with_enough_forms(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()
    assert "chưa đủ cơ sở kết luận" in text_of(page(taken_in(few, [form(n, "5") for n in range(12)])))
    assert "đạt mục tiêu 85%" in text_of(page(taken_in(many, [form(n, "5") for n in range(40)])))


def test_forms_without_date_are_in_no_figure_and_say_how_to_mend_it(pages: Pages) -> None:
    text = text_of(pages("without dates")["vi"])
    assert "Không có phiếu nào trong kỳ" in text
    assert "wave" in text
    assert "%" not in text[text.index("Phiếu:") : text.index("Số liệu được tính")]


def test_waves_without_a_common_mode_are_not_compared(pages: Pages) -> None:
    text = text_of(pages("two waves of different modes")["vi"])
    assert "không dùng chung hình thức khảo sát" in text
    assert "tăng rõ" not in text
    assert "giảm rõ" not in text


def test_a_questionnaire_of_ones_own_needs_no_code(tmp_path: Path) -> None:
    yes = {
        "points": [{"value": 1, "vi": "Có", "en": "Yes"}, {"value": 2, "vi": "Không", "en": "No"}],
        "satisfied": [1],
        "best": "lowest",
    }
    own = Questionnaire.model_validate(
        {
            "id": "two-questions",
            "title": {"vi": "Hai câu", "en": "Two questions"},
            "source": "this test",
            "scales": {"yes": yes},
            "questions": [
                {"id": "again", "scale": "yes", "vi": "Sẽ quay lại", "en": "Would come again"},
                {"id": "paid_extra", "scale": "yes", "vi": "Phải trả thêm tiền", "en": "Paid extra", "reversed": True},
            ],
        }
    )  # fmt: skip
    rows = [[f"P{n}", "01/06/2023", "Có" if n % 4 else "Không", "Không" if n % 5 else "Có"] for n in range(40)]
    header = ["Mã phiếu", "Ngày trả lời", "Sẽ quay lại", "Phải trả thêm tiền"]
    folder = taken_in(tmp_path, rows, header, questionnaire=own)
    study = cchc.open_study(data=folder, period="2023-Q2")
    table = study.survey().satisfaction(items=("question",)).set_index("item")
    assert table.loc["again", ["numerator", "denominator"]].tolist() == [30, 40]
    assert table.loc["paid_extra", ["numerator", "denominator"]].tolist() == [32, 40]
    text = text_of(page(folder))
    assert "Phải trả thêm tiền (đảo chiều)" in text
    assert "mục tiêu 85%" not in text.lower()


def test_a_kiosk_is_never_added_to_the_survey(tmp_path: Path) -> None:
    folder = taken_in(tmp_path, [form(n, mixed(n)) for n in range(40)])
    kiosk = tmp_path / "ki-ot.csv"
    lines = ["Mã phiếu;Ngày trả lời;Đơn vị;" + ";".join(f"Tiêu chí {n}" for n in range(1, 10))]
    lines += [f"K{n};01/06/2023;Phường 1;" + ";".join(["Rất hài lòng"] * 9) for n in range(500)]
    kiosk.write_text("\n".join(lines), "utf-8")
    before = cchc.open_study(data=folder, period="2023-Q2").survey().satisfaction()
    cchc.take_in(
        [kiosk], folder, kind="survey", questionnaire="kiosk-nine-criteria", as_of=cchc.parse_period("2023-Q2").end
    )
    study = cchc.open_study(data=folder, period="2023-Q2")
    assert study.survey().questionnaire.id == "one-stop-five-factors"
    assert study.survey().satisfaction().equals(before)
    text = text_of(page(folder))
    assert "không gộp với kết quả trên" in text
    assert "500" not in text[: text.index("không gộp")]


def test_a_site_of_surveys_alone_has_the_pages_that_have_data(tmp_path: Path) -> None:
    folder = taken_in(tmp_path, [form(n, mixed(n)) for n in range(20)])
    result = cchc.publish_reports(warehouse=folder, period="2023-Q2", out=tmp_path / "reports", edition="internal")
    pages = sorted(path.relative_to(result.folder).as_posix() for path in result.folder.rglob("*.html"))
    assert [name for name in pages if name.startswith("all/")] == [
        "all/00_overview.html",
        "all/30_satisfaction.html",
        "all/90_data_quality.html",
    ]
    assert "đọc 20 dòng = 20 dòng được nhận" in text_of(
        (result.folder / "all" / "30_satisfaction.html").read_text("utf-8")
    )


def test_a_survey_without_any_day_or_wave_says_so_and_how_to_mend_it(tmp_path: Path) -> None:
    folder = taken_in(tmp_path, [form(n, on="") for n in range(12)], as_of=None)
    with pytest.raises(cchc_errors.PeriodError) as told:
        cchc.open_study(data=folder, period="2023-Q2")
    for language in ("vi", "en"):
        assert "constants: {wave: 2023-Q2}" in told.value.message(language)
        assert "2018" not in told.value.message(language)


def test_the_command_line_prints_counts_as_whole_numbers(tmp_path: Path) -> None:
    folder = taken_in(tmp_path, [form(n, mixed(n)) for n in range(12)])
    asked = ["measures", "satisfaction", "--warehouse", str(folder), "--period", "2023-Q2", "--format", "csv"]
    printed = CliRunner().invoke(main, asked).output
    head, first = (line.split(",") for line in printed.splitlines()[:2])
    row = dict(zip(head, first, strict=True))
    assert row["n_forms"] == "12"
    assert row["numerator"].isdigit()
    assert row["denominator"] == str(12 * 22)


def test_counts_beside_a_mean_of_questions_are_said_to_be_pooled(tmp_path: Path) -> None:
    assert "gộp mọi câu hỏi" in text_of(page(taken_in(tmp_path, [form(n, mixed(n)) for n in range(12)])))


@pytest.mark.parametrize("apart", [True, False])
def test_modes_are_said_to_be_compared_within_units_only_where_they_meet_there(tmp_path: Path, apart: bool) -> None:
    rows = [
        form(n, mixed(n), mode="Điện thoại" if n % 2 else "Phiếu giấy", unit=f"Phường {1 + n % 2 if apart else 1}")
        for n in range(60)
    ]
    text = text_of(page(taken_in(tmp_path, rows)))
    assert ("Chênh lệch tính trong cùng đơn vị" in text) is not apart
    assert ("không có đủ đơn vị chung" in text) is apart


def test_a_scale_without_alpha_says_why(pages: Pages) -> None:
    assert "chưa xác định: mọi người trả lời như nhau" in text_of(pages("all satisfied")["vi"])


def test_forms_without_field_are_told_where_others_have_one(tmp_path: Path) -> None:
    rows = [form(n, mixed(n), field="" if n < 3 else "Hộ tịch") for n in range(40)]
    assert "3 phiếu không ghi lĩnh vực" in text_of(page(taken_in(tmp_path, rows)))


def test_weights_that_do_not_fit_or_are_missing_are_told() -> None:
    design = SimpleNamespace(converged=False, n_weight_missing=4)
    assert "không hội tụ" in fitting(design, "vi")
    assert "4 forms without weight" in fitting(design, "en")
    assert fitting(SimpleNamespace(converged=True, n_weight_missing=0), "vi") == ""
