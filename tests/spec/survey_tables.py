"""Forms of a survey as text tables, on every engine, and warehouses with surveys made of rows."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.measures.survey_responses import Responses, read_responses
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.study_surveys import instrument_of
from cchc_analysis.warehouse import FINDINGS_FILE, FORMAT, findings_schema, register_folder, table_schema, to_pandas

Rows = list[dict[str, Any]]

POINTS = ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied")


def small_questionnaire(**changes: Any) -> Questionnaire:
    """A questionnaire with two factors (a: a1, a2; b: b1), an overall question, one trait; five points."""
    points = [{"value": n, "vi": name, "en": name} for n, name in enumerate(POINTS, start=1)]
    words = {"vi": "x", "en": "x"}
    given: dict[str, Any] = {
        "id": "small",
        "title": {"vi": "Thử", "en": "Trial"},
        "source": "made by hand",
        "scales": {"five": {"points": points, "satisfied": (4, 5)}},
        "missing": [{"id": "no_opinion", "codes": [99], **words}, {"id": "refused", "codes": [97], **words}],
        "factors": [{"id": "a", **words}, {"id": "b", **words}],
        "questions": [
            {"id": "a1", "factor": "a", "scale": "five", **words},
            {"id": "a2", "factor": "a", "scale": "five", **words},
            {"id": "b1", "factor": "b", "scale": "five", **words},
            {"id": "overall", "overall": True, "scale": "five", **words},
        ],
        "demographics": [
            {"id": "gender", **words, "bands": [{"id": "male", **words}, {"id": "female", **words}]},
        ],
    }
    return Questionnaire.model_validate(given | changes)


def cell(questionnaire: Questionnaire, name: str, text: str) -> Any:
    text = text.strip()
    if text == "":
        return None
    type_ = table_schema(questionnaire.kind).field(name).type
    if pa.types.is_timestamp(type_):
        return datetime.fromisoformat(text)
    return float(text) if pa.types.is_floating(type_) else text


def form_rows(questionnaire: Questionnaire, text: str) -> Rows:
    """Read `a | b` lines into forms; `times` repeats a line, columns that are not given are missing."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header = [name.strip() for name in lines[0].split("|")]
    empty = dict.fromkeys(table_schema(questionnaire.kind).names)
    rows: Rows = []
    for line in lines[1:]:
        values = dict(zip(header, line.split("|"), strict=True))
        times = int(values.pop("times", "1"))
        row = empty | {name: cell(questionnaire, name, value) for name, value in values.items()}
        rows += [dict(row) for _ in range(times)]
    return rows


def forms_on(engine: str, questionnaire: Questionnaire, rows: Rows) -> Any:
    table = pa.Table.from_pylist(rows, schema=table_schema(questionnaire.kind))
    return duckdb.connect().from_arrow(table) if engine == "duckdb" else to_pandas(table)


def responses_of(questionnaire: Questionnaire, rows: Rows | str) -> Responses:
    """The forms as the measures see them."""
    given = form_rows(questionnaire, rows) if isinstance(rows, str) else rows
    table = pa.Table.from_pylist(given, schema=table_schema(questionnaire.kind))
    return read_responses(to_pandas(table), instrument_of(questionnaire))


def frame_rows(questionnaire: Questionnaire, frame: pd.DataFrame) -> Rows:
    """Turn a pandas frame with some of the columns into forms."""
    empty = dict.fromkeys(table_schema(questionnaire.kind).names)
    objects = frame.astype(object).where(frame.notna(), None)
    return [empty | {str(name): value for name, value in row.items()} for row in objects.to_dict("records")]


def write_survey(folder: Path, questionnaire: Questionnaire, rows: Rows, as_of: datetime) -> Path:
    """Write a survey beside whatever lies in a warehouse, as intake would leave it."""
    kind = questionnaire.kind
    place = register_folder(folder, kind)
    state = place / "states" / "1"
    state.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=table_schema(kind)), state / kind.file)
    pq.write_table(pa.Table.from_pylist([], schema=findings_schema()), state / FINDINGS_FILE)
    intake: Mapping[str, Any] = {
        "format": FORMAT,
        "state": "1",
        "as_of": as_of.isoformat(),
        "synthetic": False,
        "calendar": "vietnam",
        "calendar_first": "2022-01-01",
        "calendar_last": "2023-12-31",
        "timezone": "Asia/Ho_Chi_Minh",
        "title": {"vi": "Thử", "en": "Trial"},
        "questionnaire": questionnaire.model_dump(mode="json"),
    }
    (place / "intake.json").write_text(json.dumps(intake), encoding="utf-8")
    return folder
