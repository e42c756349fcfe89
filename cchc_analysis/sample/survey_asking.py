"""Who is asked in the synthetic survey: quotas by unit, those who are asked twice, those who are asked in vain."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.flows import resolving_unit
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_rows import planted
from cchc_analysis.sample.survey_law import PHONE_PERCENT, WAVES

SMALL_UNITS = {"phong-noi-vu": 9, "phong-y-te": 12}
"""Units with so few forms in every wave that one is hidden and the other decides nothing; no fault is planted there."""
UNDERSAMPLED = {"phuong-10": 16, "phuong-7": 20, "rach-dua": 20}
"""Large wards with low satisfaction, asked far less than their size."""
_FORMS_OF_WARD, _FORMS_OF_DEPARTMENT = 42, 32

STRAIGHT_UNIT, STRAIGHT_WAVE, STRAIGHT_LINES = "phuong-5", "2023-Q2", 24
"""One batch in which every question of every form has the best point."""
REPEATED = 8
"""Respondents of each wave who are asked again on the phone."""
_REFUSED_BY_PHONE, _NO_CONTACT_BY_PHONE, _REFUSED_IN_PERSON = 0.12, 0.28, 0.05

Frame = Sequence[tuple[int, Dossier]]
"""Dossiers decided in a window, each with the number of its holder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked: the place in the frame; "straight" or "repeated"; how it ended where it was in vain."""

    row: int
    mark: str = ""
    in_vain: str = ""
    phone: bool | None = None


def frame_of(dossiers: Sequence[Dossier], first: date, last: date) -> list[tuple[int, Dossier]]:
    """Return the dossiers decided in a window, each with the number of its holder: these can be asked."""
    return [
        (person, item)
        for person, item in enumerate(dossiers, start=1)
        if item.finished_at and item.status != "withdrawn" and first <= item.finished_at.date() <= last
    ]


def _quota(unit: str, n_dossiers: int) -> int:
    given = SMALL_UNITS.get(unit) or UNDERSAMPLED.get(unit)
    return planted(given or (_FORMS_OF_DEPARTMENT if unit.startswith("phong-") else _FORMS_OF_WARD), n_dossiers)


def who_is_asked(frame: Frame, wave: str, n_dossiers: int, stream: Stream) -> list[Asked]:
    """Return who answers, a quota of every unit in random order; then who answers again, then who does not answer."""
    order, turn = stream.shuffled(len(frame)), Counter[str]()
    found, spare = list[Asked](), list[int]()
    for row in order:
        unit = resolving_unit(frame[row][1])
        turn[unit] += 1
        if turn[unit] > _quota(unit, n_dossiers):
            spare.append(row)
        elif (wave, unit) == (STRAIGHT_WAVE, STRAIGHT_UNIT) and turn[unit] <= planted(STRAIGHT_LINES, n_dossiers):
            found.append(Asked(row, "straight", phone=False))
        else:
            found.append(Asked(row))
    n = len(found)
    apart = {*SMALL_UNITS, STRAIGHT_UNIT}
    able = [item.row for item in found if resolving_unit(frame[item.row][1]) not in apart]
    found += [Asked(row, "repeated", phone=True) for row in able[: planted(REPEATED, n_dossiers)]]
    left = iter(row for row in spare if resolving_unit(frame[row][1]) not in SMALL_UNITS)
    return found + list(_in_vain(left, wave, n))


def _in_vain(left: Iterator[int], wave: str, n: int) -> Iterator[Asked]:
    """Yield who was asked in vain; forms on paper tell of nobody before the last wave."""
    phone = PHONE_PERCENT[wave] / 100
    in_person = _REFUSED_IN_PERSON if wave == WAVES[-1][0] else 0.0
    for share, outcome, called in (
        (phone * _REFUSED_BY_PHONE, "refused", True),
        (phone * _NO_CONTACT_BY_PHONE, "no_contact", True),
        ((1 - phone) * in_person, "refused", False),
    ):
        for _, row in zip(range(int(n * share)), left, strict=False):
            yield Asked(row, in_vain=outcome, phone=called)


def weights_of(frame: Frame, asked: Sequence[Asked]) -> dict[str, int]:
    """Return for each unit how many dossiers one form stands for, in hundredths of what it does in the whole city."""
    served = Counter(resolving_unit(item) for _, item in frame)
    forms = Counter(resolving_unit(frame[who.row][1]) for who in asked if not who.in_vain)
    n = sum(forms.values())
    return {unit: max(1, 100 * served[unit] * n // (forms[unit] * len(frame))) for unit in served if forms[unit]}
