"""Ratings at the kiosks of the synthetic city: nine criteria, three points, nearly everybody satisfied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache

import numpy as np

from cchc_analysis.questionnaires import Questionnaire, load_questionnaire
from cchc_analysis.sample.catalogue import Office
from cchc_analysis.sample.city import OFFICES, WINDOW_START
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.register_rows import (
    Fault,
    Layout,
    RegisterRow,
    Shown,
    changed,
    conflicting,
    plant,
    planted,
    repeated,
)
from cchc_analysis.working_time import WorkingCalendar

QUESTIONNAIRE = "kiosk-nine-criteria"
RATINGS = 4_200
"""Ratings of a year per 60,000 dossiers."""

SATISFIED = {"very": 885, "at_all": 984}
"""In a thousand: 2 points, and 1 or 2 points, at every unit and on every criterion."""
_ONE_TAP = 0.85
"""How often a criterion is rated like the whole."""
_BLANK = 0.01
INVALID = ("3", "5", "Không hài lòng; Hài lòng")
INVALID_EACH = 2


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating: points of the nine criteria, "invalid", or None for a criterion that was passed over."""

    number: int
    answered_at: datetime
    office: Office
    answers: tuple[str | None, ...]
    written: str = ""


@cache
def questionnaire() -> Questionnaire:
    """Return the questionnaire of the kiosks."""
    return load_questionnaire(QUESTIONNAIRE)


def _ratings(n: int, latest: datetime, stream: Stream, calendar: WorkingCalendar) -> list[Rating]:
    days = np.arange(np.datetime64(WINDOW_START, "D"), np.datetime64(latest, "D"))
    days = days[np.asarray(calendar.is_working_day(days), dtype=bool)]
    day = np.sort(stream.integers(0, len(days), n))
    minutes = stream.integers(450, 1_015, n).tolist()
    offices = stream.pick([office.weight for office in OFFICES], n).tolist()
    width = len(questionnaire().questions)
    whole, own = stream.uniform(n)[:, None], stream.uniform(n * width).reshape(n, width)
    lots = np.where(stream.uniform(n * width).reshape(n, width) < _ONE_TAP, whole, own)
    points = 2 - (lots >= SATISFIED["very"] / 1000) - (lots >= SATISFIED["at_all"] / 1000)
    blank = stream.chance(_BLANK, n * width).reshape(n, width)
    return [
        Rating(
            number=row + 1,
            answered_at=datetime.combine(date, time()) + timedelta(minutes=minutes[row]),
            office=OFFICES[offices[row]],
            answers=tuple(None if left else str(point) for point, left in zip(given, gaps, strict=True)),
        )
        for row, (date, given, gaps) in enumerate(
            zip(days[day].astype(object).tolist(), points.tolist(), blank.tolist(), strict=True)
        )
    ]


def _with_invalid(ratings: list[Rating], n_dossiers: int) -> None:
    spoilt = [text for text in INVALID for _ in range(planted(INVALID_EACH, n_dossiers))]
    for turn, text in enumerate(spoilt):
        at = (11 + 37 * turn) % len(ratings)
        answers = list(ratings[at].answers)
        answers[turn % len(answers)] = "invalid"
        ratings[at] = replace(ratings[at], answers=tuple(answers), written=text)


def _criteria(headers: Sequence[str], words: Mapping[str, str]) -> tuple[Shown[Rating], ...]:
    def cell(rating: Rating, at: int) -> Cell:
        answer = rating.answers[at]
        return None if answer is None else rating.written if answer == "invalid" else words[answer]

    def shown(at: int, name: str, header: str) -> Shown[Rating]:
        return Shown(name, header, lambda rating: cell(rating, at))

    names = [question.id for question in questionnaire().questions]
    return tuple(shown(at, name, header) for at, (name, header) in enumerate(zip(names, headers, strict=True)))


_HEAD: tuple[Shown[Rating], ...] = (
    Shown("response_id", "Mã đánh giá", lambda rating: f"KIOSK-{rating.number:06d}"),
    Shown("answered_at", "Thời điểm đánh giá", lambda rating: rating.answered_at),
    Shown("unit", "Đơn vị", lambda rating: rating.office.name),
    Shown("mode", "Hình thức", lambda rating: "Ki-ốt"),
)
_LABELS = {"0": "Không hài lòng", "1": "Hài lòng", "2": "Rất hài lòng"}
_WARDS: Layout[Rating] = Layout(
    "danh-gia-ki-ot-phuong-xa.csv",
    (*_HEAD, *_criteria([f"TC{number}" for number in range(1, 10)], {point: point for point in _LABELS})),
)
_DEPARTMENTS: Layout[Rating] = Layout(
    "danh-gia-ki-ot-phong-ban.xlsx",
    (*_HEAD, *_criteria([f"Tiêu chí {number}" for number in range(1, 10)], _LABELS)),
    ("ĐÁNH GIÁ TẠI KI-ỐT BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ",),
)
LAYOUTS = (_DEPARTMENTS, _WARDS)


def _is_plain(row: RegisterRow[Rating]) -> bool:
    return not row.record.written


def _no_answers(rating: Rating, turn: int) -> Mapping[str, Cell]:
    return {question.id: None for question in questionnaire().questions}


FAULTS: tuple[Fault[Rating], ...] = (
    changed("no_answers", 3, "no_answers", _no_answers, _is_plain),
    changed("unreadable_date", 2, "date_unreadable", lambda *_: {"answered_at": "30/02/2023 08:15:00"}, _is_plain),
    conflicting(1, lambda item, turn: {"total_time": "0" if item.answers[0] != "0" else "1"}, _is_plain),
    replace(repeated(5), able=_is_plain),
)


def draw_ratings(
    n_dossiers: int, latest: datetime, stream: Stream, calendar: WorkingCalendar
) -> list[RegisterRow[Rating]]:
    """Return the ratings of the year up to `latest`, as the lists of the kiosks show them."""
    ratings = _ratings(max(60, planted(RATINGS, n_dossiers)), latest, stream, calendar)
    _with_invalid(ratings, n_dossiers)
    rows = [(_DEPARTMENTS if item.office.export == "workbook" else _WARDS).row(item) for item in ratings]
    return plant(rows, FAULTS, n_dossiers, stream)
