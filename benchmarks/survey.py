"""The survey of the benchmarks: 60 questions, every figure of the page with its bootstraps beside reading and means."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from harness import Measured, Size, same, side_by_side
from synthetic import WARDS

import cchc_analysis as cchc
from cchc_analysis.questionnaires import load_questionnaire

N_FORMS = {"small": 4_000, "full": 40_000}
N_FACTORS, QUESTIONS_EACH = 10, 6
LABELS = {1: "Rất không hài lòng", 2: "Không hài lòng", 3: "Bình thường", 4: "Hài lòng", 5: "Rất hài lòng"}
WITH_PLAN, WITHOUT = ("summary", "results", "units", "waves", "drivers"), ("people", "facts", "quality")


def measure(folder: Path, size: Size, repeat: int) -> list[Measured]:
    """Every figure of the page beside pandas that reads the forms and takes the means."""
    n = N_FORMS[size]
    write_questionnaire(folder / "long-form.yaml")
    table = forms(n, list(WARDS))
    csv, digits, workbook = folder / "forms.csv", folder / "digits.csv", folder / "forms.xlsx"
    table.to_csv(digits, index=False)
    labelled(table).to_csv(csv, index=False)
    labelled(table).to_excel(workbook, index=False, engine="xlsxwriter")
    warehouse = take_in(folder, csv)
    others = {"the .xlsx with labels": workbook, "the .csv with labels": csv, "a .csv of digits": digits}
    ours, *plain = side_by_side(
        repeat,
        lambda: page_figures(warehouse),
        *(functools.partial(plain_means, path) for path in others.values()),
    )
    for means in plain:
        same(round(ours.result, 9), round(means.result, 9), "pooled share of satisfied answers")
    return [
        Measured(
            case="survey page",
            ours="all figures of the page from the warehouse, bootstraps included",
            other=f"pandas reads {name}, takes the means",
            n=n,
            unit="forms",
            ours_seconds=ours.all,
            other_seconds=other.all,
            ours_cpu_seconds=ours.all_cpu,
            other_cpu_seconds=other.all_cpu,
        )
        for name, other in zip(others, plain, strict=True)
    ]


def question_names() -> list[str]:
    return [f"q{factor}_{place}" for factor in range(N_FACTORS) for place in range(QUESTIONS_EACH)]


def factor_of(name: str) -> int:
    return int(name[1:].split("_")[0])


def write_questionnaire(path: Path) -> None:
    """Write a questionnaire of 60 questions in 10 factors and an overall question, five points."""
    questions: list[dict[str, Any]] = [
        {
            "id": name,
            "factor": f"f{name[1:].split('_')[0]}",
            "scale": "s",
            "vi": f"Câu {name}",
            "en": f"Question {name}",
        }
        for name in question_names()
    ]
    questions.append({"id": "overall", "overall": True, "scale": "s", "vi": "Đánh giá chung", "en": "Overall"})
    points = [{"value": value, "vi": label, "en": str(value)} for value, label in LABELS.items()]
    content = {
        "id": "long-form",
        "title": {"vi": "Phiếu dài", "en": "Long form"},
        "source": "benchmark",
        "scales": {"s": {"points": points, "satisfied": [4, 5]}},
        "factors": [{"id": f"f{n}", "vi": f"Yếu tố {n}", "en": f"Factor {n}"} for n in range(N_FACTORS)],
        "questions": questions,
    }
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def forms(n: int, units: list[str]) -> pd.DataFrame:
    """Return n forms of two waves with answers that hang together, one cell in fifty empty."""
    random = np.random.Generator(np.random.PCG64(20230315))
    person = random.normal(0, 0.7, n)
    rows: dict[str, Any] = {
        "Mã phiếu": [f"P{number:06d}" for number in range(n)],
        "Đợt khảo sát": np.where(np.arange(n) % 2, "2023-Q2", "2023-Q1"),
        "Đơn vị": np.array(units)[random.integers(0, len(units), n)],
        "Hình thức khảo sát": np.where(random.random(n) < 0.3, "Điện thoại", "Phiếu giấy"),
    }
    factor = {number: person + random.normal(0, 0.5, n) for number in range(N_FACTORS)}
    for name in question_names():
        felt = 4.0 + factor[factor_of(name)] + random.normal(0, 0.6, n)
        points = np.clip(np.round(felt), 1, 5)
        points[random.random(n) < 0.02] = np.nan
        rows[name] = points
    rows["overall"] = np.clip(np.round(4.0 + sum(factor.values()) / N_FACTORS + random.normal(0, 0.4, n)), 1, 5)
    return pd.DataFrame(rows)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Return the forms as exports have them: the label of the point in every cell."""
    words = {name: table[name].map(LABELS) for name in [*question_names(), "overall"]}
    return table.assign(**words)


def plain_means(path: Path) -> float:
    """Read the file and take the means, as an analyst would who checks nothing."""
    table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_excel(path, engine="calamine")
    answers = table[question_names()]
    if answers.dtypes.iloc[0].kind != "f":
        values = {label: value for value, label in LABELS.items()}
        answers = answers.apply(lambda column: column.map(values))
    return float((answers >= 4).sum().sum() / answers.notna().sum().sum())


def page_figures(warehouse: Path) -> float:
    """Make every block of the page on satisfaction, figures and bootstraps included; return the pooled share."""
    study = cchc.open_study(data=warehouse, period="2023-6M", language="vi")
    plan, page = cchc.load_plan("vung-tau-2023"), cchc.satisfaction
    survey = page.survey_of(study)
    for name in WITH_PLAN:
        getattr(page, name)(survey, plan)
    for name in WITHOUT:
        getattr(page, name)(survey)
    rows = survey.satisfaction()
    return float(rows.loc[rows["item"] == "pooled", "value"].iloc[0])


def take_in(folder: Path, export: Path) -> Path:
    key = folder / "hash.txt"
    key.write_text("only for measuring, protects nothing", encoding="utf-8")
    questionnaire = load_questionnaire(folder / "long-form.yaml")
    cchc.take_in([export], folder / "warehouse", kind="survey", questionnaire=questionnaire, hash_key_file=key)
    return folder / "warehouse"
