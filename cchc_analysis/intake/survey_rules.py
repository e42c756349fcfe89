"""The rules the forms of a survey are checked by, and what follows from the other columns of a form."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.errors import PeriodError
from cchc_analysis.instants import BoolArray, InstantArray
from cchc_analysis.intake.answers import AnswerWords, FormWords, plain_words
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.dates import Timestamps
from cchc_analysis.intake.kinds import IntakeKind
from cchc_analysis.intake.predicates import is_marked, is_unreadable
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.rule import Rule, RuleBook, Severity, rule
from cchc_analysis.intake.rules import POPULATION, REPEATED, SURVEY_SENTENCES
from cchc_analysis.intake.survey_notes import notes_on_forms
from cchc_analysis.intake.tables import Note
from cchc_analysis.periods import ReportPeriod, accounting_month, parse_period
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import INVALID_ANSWER

NOT_ANSWERED: Final = ("refused", "no_contact", "not_eligible")
"""Outcomes of somebody who was asked and gave no answers."""

_NAMED_PERIOD: Final = re.compile(r".*?\b((?:qu[yý]|q\d|th[aá]ng|n[aă]m|[69] th[aá]ng|\d{4}-).*)", re.IGNORECASE)
_ROUND: Final = re.compile(
    r"(?:đợt|lần|vòng|kỳ|đợt khảo sát)\s*(?:số\s*)?(?![69]\s*th[aá]ng)(?:\d+|[ivx]+)\b", re.IGNORECASE
)
_POSSIBLE: Final = (np.datetime64("1945-01-01", "D"), np.datetime64("2099-12-31", "D"))
_SHARE: Final = re.compile(r"0?[.,]\d*[1-9]\d*")
_FEW_SHARES: Final = 3
_WHOLE_SHARES: Final = frozenset({"0", "1", "0.0", "1.0", "0,0", "1,0"})
_LONGEST_THEME: Final = 60
_MOST_THEMES: Final = 60
_CONTACT: Final = re.compile(r"@|(?:\d[\s.\-]?){8,}")


def survey_kind(questionnaire: Questionnaire) -> IntakeKind:
    """Return what intake knows of the forms of a questionnaire.

    >>> from cchc_analysis.questionnaires import load_questionnaire
    >>> survey_kind(load_questionnaire("kiosk-nine-criteria")).kind.name
    'survey-kiosk-nine-criteria'
    """
    kind = questionnaire.kind
    return IntakeKind(
        kind,
        partial(derive_forms, questionnaire),
        partial(complete_forms, questionnaire),
        kind.key,
        ages=kind.events,
        same=kind.moment[0],
        in_calendar=False,
        book=_book(questionnaire),
        questionnaire=questionnaire,
        unshown=frozenset({"theme", *(trait.id for trait in questionnaire.demographics)}),
    )


def _rule(id: str, severity: Severity, column: str, mark: str = "") -> Rule:
    en, vi = SURVEY_SENTENCES[id]
    holds = is_marked(mark or id) if mark != "unreadable" else is_unreadable(column)
    return rule(id, severity, column, holds, en, vi)


def _book(questionnaire: Questionnaire) -> RuleBook:
    return RuleBook(tuple(_rejecting()), tuple(_flagging(questionnaire)))


def _rejecting() -> Iterator[Rule]:
    yield _rule("ragged_row", "reject", "", "ragged")
    yield _rule("key_unreadable", "reject", "response_id", "unreadable")
    yield _rule("date_unreadable", "reject", "answered_at", "unreadable")
    yield _rule("date_impossible", "reject", "answered_at")
    yield _rule("weight_missing", "reject", "weight")
    yield _rule("weight_negative", "reject", "weight")
    yield _rule("weight_unreadable", "reject", "weight", "unreadable")
    yield _rule("no_answers", "reject", "")


def _flagging(questionnaire: Questionnaire) -> Iterator[Rule]:
    for column in questionnaire.kind.columns:
        if column.kind == "answer":
            yield _rule("answer_invalid", "flag", column.name, "unreadable")
        elif column.name not in ("response_id", "answered_at", "weight", "theme"):
            yield _rule("value_blanked", "flag", column.name, "unreadable")
    yield _rule("theme_not_coded", "flag", "theme")
    yield _rule("weight_zero", "flag", "weight")
    yield _rule("response_id_missing", "flag", "response_id")
    yield _rule("answers_despite_outcome", "flag", "outcome")
    yield _rule("period_missing", "info", "wave")
    yield _rule("unit_unknown", "flag", "unit", "unit_unknown:unit")


def derive_forms(questionnaire: Questionnaire, rows: Rows, moments: Mapping[str, Timestamps]) -> None:
    """Fill in the period, blank themes that are no codes, and mark what the rules look for."""
    columns, marks = rows.columns, rows.marks
    _blank_whole_shares([question.id for question in questionnaire.questions], rows)
    columns["wave"] = _waves(columns["wave"], columns["answered_at"])
    marks["theme_not_coded"] = _uncoded(columns["theme"])
    columns["theme"][marks["theme_not_coded"]] = None
    asked = np.isin(columns["outcome"].astype(str), NOT_ANSWERED)
    points = {
        question.id: list(map(str, questionnaire.scale_of(question.id).values)) for question in questionnaire.questions
    }
    n_points = sum(pd.Series(columns[name]).isin(codes).to_numpy().astype(np.int64) for name, codes in points.items())
    marks["no_answers"] = (n_points == 0) & ~asked
    marks["answers_despite_outcome"] = (n_points > 0) & asked
    nothing = np.isnan(columns["weight"]) & ~rows.unreadable["weight"] & ~marks["weight_negative"]
    marks["weight_missing"] = nothing & ~asked & rows.present("weight")
    with np.errstate(invalid="ignore"):
        marks["weight_zero"] = columns["weight"] == 0
    no_id = missing(columns["response_id"]) & ~rows.unreadable["response_id"]
    marks["response_id_missing"] = no_id & (~no_id).any()
    marks["period_missing"] = missing(columns["wave"]) & ~asked
    days = columns["answered_at"].astype("datetime64[D]")
    marks["date_impossible"] = ~np.isnat(days) & ~((days >= _POSSIBLE[0]) & (days <= _POSSIBLE[1]))


def _blank_whole_shares(questions: list[str], rows: Rows) -> None:
    """Make 0 and 1 invalid in a table of shares (0.8, 0.65, 1), where they are 0 % and 100 % and no points."""
    n_answers = n_shares = 0
    for name in filter(rows.present, questions):
        invalid = rows.columns[name] == INVALID_ANSWER
        n_answers += int((~missing(rows.columns[name])).sum())
        n_shares += sum(_SHARE.fullmatch(str(cell).strip()) is not None for cell in rows.cells[name][invalid])
    if n_shares < _FEW_SHARES or 2 * n_shares < n_answers:
        return
    for name in filter(rows.present, questions):
        whole = np.array([str(cell).strip() in _WHOLE_SHARES for cell in rows.cells[name]], dtype=bool)
        rows.columns[name][whole] = INVALID_ANSWER
        rows.unreadable[name] |= whole


def complete_forms(questionnaire: Questionnaire, rows: Rows) -> list[Note]:
    """Return what is to be told of the forms of a file as a whole."""
    return notes_on_forms(questionnaire, rows, NOT_ANSWERED)


def _waves(texts: npt.NDArray[Any], answered: InstantArray) -> npt.NDArray[Any]:
    """Return the label of the period in each text, else the text; without one the quarter of the day of the answer."""
    which, distinct = pd.factorize(texts)
    labels = np.array([*(wave_label(str(text)) for text in distinct), None], dtype=object)[which]
    days = answered.astype("datetime64[D]")
    open_days = np.flatnonzero(missing(labels) & ~np.isnat(days))
    by_day, known = pd.factorize(days[open_days])
    quarters = np.array([*(_quarter(pd.Timestamp(day)) for day in known), None], dtype=object)
    labels[open_days] = quarters[by_day]
    return labels


def _quarter(day: pd.Timestamp) -> str | None:
    if not 1945 <= day.year <= 2099:
        return None
    return ReportPeriod("quarter", accounting_month(day.date()) // 3 * 3).label


def wave_label(text: str) -> str:
    """Return the label of the period that a wave is named after, else the text as it stands.

    >>> [wave_label(text) for text in ("Quý I/2023", "Đợt khảo sát tháng 3/2023", "Đợt 1 năm 2023", "Đợt 2/2023")]
    ['2023-Q1', '2023-03', 'Đợt 1 năm 2023', 'Đợt 2/2023']
    """
    named = _NAMED_PERIOD.fullmatch(text)
    for words in (text, *([named.group(1)] if named and not _ROUND.search(text) else [])):
        try:
            return parse_period(words).label
        except PeriodError:
            continue
    return text


def _uncoded(themes: npt.NDArray[Any]) -> BoolArray:
    """Return which themes are free text: long, with a way to reach somebody, or one of too many different ones."""
    which, distinct = pd.factorize(themes)
    free = [len(text) > _LONGEST_THEME or _CONTACT.search(text) is not None for text in distinct]
    if len(distinct) > _MOST_THEMES:
        free = [True] * len(distinct)
    return np.asarray([*free, False], dtype=bool)[which]


def shown(text: str | None) -> str | None:
    """Return the cell of an answer as a finding repeats it: nothing where somebody has written more than an answer.

    >>> shown("4,5"), shown("Gọi lại số 0912 345 678")
    ('4,5', None)
    """
    return None if text is None or len(text) > _LONGEST_THEME or _CONTACT.search(text) else text


def form_texts(rows: Rows, column: str, positions: npt.NDArray[np.intp], words: FormWords) -> list[str | None]:
    """Return the cells of a rejected form as a person gets them to mend, to be read again with or without the mapping.

    An answer that only the mapping explains becomes the words of its point; a trait the id of its band, so that no
    exact age is written down; a theme stays only where it is a code. Any other cell is as it was found.
    """
    texts = [rows.original(column, int(position)) for position in positions]
    codes = rows.columns[column][positions]
    if column not in words.answers:
        return list(codes)
    book = words.answers[column]
    return [_mended(text, code, book) for text, code in zip(texts, codes, strict=True)]


def _mended(text: str | None, code: str | None, words: AnswerWords) -> str | None:
    if text is None or code in (None, INVALID_ANSWER) or plain_words(text) not in words.own:
        return shown(text)
    return words.label_of(str(code)) or text


def newest_wave(rows: pd.DataFrame) -> ReportPeriod | None:
    """Return the period among the waves that ends last, None where no wave is a period."""
    periods = []
    for label in rows["wave"].dropna().unique():
        try:
            periods.append(parse_period(str(label)))
        except PeriodError:
            continue
    return max(periods, key=lambda period: period.end, default=None)


def late_flags(kept: pd.DataFrame) -> dict[tuple[str, str], BoolArray]:
    """Return by column and rule which accepted forms only all files together show to be odd.

    A respondent or dossier that has more than one answered form in a wave; a stratum of fewer than its forms.
    """
    answered = ~kept["outcome"].isin(NOT_ANSWERED).to_numpy()
    flags: dict[tuple[str, str], BoolArray] = {}
    seen = np.zeros(len(kept), dtype=bool)
    for name in ("respondent_id", "dossier_id"):
        named = answered & kept[name].notna().to_numpy()
        repeats = np.zeros(len(kept), dtype=bool)
        repeats[named] = kept.loc[named, ["wave", name]].duplicated(keep=False).to_numpy()
        repeats &= ~seen
        flags[(name, REPEATED)] = repeats
        seen |= repeats
    strata = kept["stratum"].astype("object").where(kept["stratum"].notna(), kept["unit"])
    n_forms = pd.Series(answered, index=kept.index).groupby([kept["wave"], strata], dropna=False).transform("sum")
    flags[("stratum_population", POPULATION)] = (
        (kept["stratum_population"] < n_forms).fillna(False).to_numpy(dtype=bool)
    )
    return flags
