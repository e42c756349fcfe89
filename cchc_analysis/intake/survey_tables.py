"""What kind of table a mapping is for: one of the schema, or the answers to its questionnaire."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from cchc_analysis.errors import CchcError, ParameterError
from cchc_analysis.intake.survey_vocabulary import survey_vocabulary
from cchc_analysis.intake.vocabulary import Vocabulary, load_vocabulary
from cchc_analysis.questionnaires import Questionnaire, load_questionnaire, shipped_questionnaires
from cchc_analysis.schema import KINDS, SURVEY_PREFIX, Kind

SURVEY: Final = SURVEY_PREFIX.rstrip("-")
"""The kind of a table of answers, where the questionnaire is named beside it."""


class Reason(ValueError):
    """Why a key is wrong, in both languages, and the keys below it that lead there."""

    def __init__(self, en: str, vi: str, *keys: str) -> None:
        super().__init__(en)
        self.en = en
        self.vi = vi
        self.keys = keys


def is_survey(kind: str) -> bool:
    """Return whether the name of a kind is that of a survey.

    >>> is_survey("survey-kiosk-nine-criteria"), is_survey("payments")
    (True, False)
    """
    return kind == SURVEY or kind.startswith(SURVEY_PREFIX)


def table_kind(kind: str, questionnaire: Questionnaire | None) -> Kind:
    """Return the table of the schema, or that of the answers to the questionnaire.

    >>> table_kind("payments", None).name
    'payments'
    """
    return KINDS[kind] if questionnaire is None else questionnaire.kind


def table_vocabulary(kind: str, questionnaire: Questionnaire | None) -> Vocabulary:
    """Return the headers of a kind of table, those of a survey made from its questionnaire.

    >>> table_vocabulary("payments", None).meaning("Ngày thu")
    'paid_at'
    """
    return load_vocabulary(kind) if questionnaire is None else survey_vocabulary(questionnaire)


@cache
def shipped_kinds() -> tuple[Kind, ...]:
    """Return the tables of the schema and those of the questionnaires that ship with the package."""
    return (*KINDS.values(), *(questionnaire.kind for questionnaire in shipped_questionnaires()))


@cache
def shipped_questionnaire(kind: str) -> Questionnaire:
    """Return the shipped questionnaire that a kind is named after; raises ParameterError for any other.

    >>> shipped_questionnaire("survey-kiosk-nine-criteria").overall is None
    True
    """
    return load_questionnaire(kind.removeprefix(SURVEY_PREFIX))


def with_questionnaire(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a mapping with its questionnaire loaded and its kind named after it.

    `questionnaire` may be an id, the path of a YAML file, or a `Questionnaire`; `kind: survey-<id>` names a shipped one
    by itself. Raises `Reason` where the two do not fit together.

    >>> with_questionnaire({"kind": "survey", "questionnaire": "kiosk-nine-criteria"})["kind"]
    'survey-kiosk-nine-criteria'
    """
    kind, given = content.get("kind"), content.get("questionnaire")
    if kind is not None and not isinstance(kind, str):
        return dict(content)
    if given is None and (kind is None or not is_survey(kind)):
        return {"kind": _known(kind), **_others(content)} if kind is not None else dict(_others(content))
    questionnaire = _loaded(str(kind) if given is None else given, named=given is not None)
    name = f"{SURVEY_PREFIX}{questionnaire.id}"
    if kind not in (None, SURVEY, name):
        raise Reason(
            f"a questionnaire ({questionnaire.id}) goes with `kind: survey`, not with {kind!r}",
            f"phiếu khảo sát ({questionnaire.id}) chỉ dùng với `kind: survey`, không dùng với {kind!r}",
            "kind",
        )
    return {"kind": name, "questionnaire": questionnaire, **_others(content)}


def _others(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in ("kind", "questionnaire")}


def _known(kind: str) -> str:
    if kind not in KINDS:
        listed = ", ".join(repr(name) for name in (*KINDS, SURVEY))
        raise Reason(f"allowed values: {listed}", f"giá trị được phép: {listed}", "kind")
    return kind


def _loaded(given: object, *, named: bool) -> Questionnaire:
    """Return the questionnaire that is given, or `named` by nothing but the kind."""
    if not named and given == SURVEY:
        listed = ", ".join(questionnaire.id for questionnaire in shipped_questionnaires())
        raise Reason(
            f"a survey needs its `questionnaire`: one of {listed}, or the path of a YAML file",
            f"khảo sát cần khóa `questionnaire`: một trong {listed}, hoặc đường dẫn tệp YAML",
            "kind",
        )
    if isinstance(given, Questionnaire):
        return given
    if not isinstance(given, (str, Path)):
        return Questionnaire.model_validate(given)
    try:
        return load_questionnaire(given) if named else shipped_questionnaire(str(given))
    except CchcError as error:
        key = "questionnaire" if named else "kind"
        raise Reason(error.en.rstrip("."), error.vi.rstrip("."), key) from None


def questionnaire_named(name: str | Path | Questionnaire | None) -> Questionnaire | None:
    """Return the questionnaire of that id or in that YAML file, None for none; raises ParameterError."""
    if name is None or isinstance(name, Questionnaire):
        return name
    return load_questionnaire(name)


def known_kind(kind: str | None, questionnaire: Questionnaire | None) -> tuple[str | None, Questionnaire | None]:
    """Return kind and questionnaire that somebody has asked for; "survey" alone leaves it to the folders which survey.

    Raises `ParameterError` for a kind or questionnaire that is not known, and where the two do not fit together.
    """
    if kind is not None and kind != SURVEY and is_survey(kind) and questionnaire is None:
        questionnaire = load_questionnaire(kind.removeprefix(SURVEY_PREFIX))
    if kind is None or (kind in KINDS and questionnaire is None):
        return kind, questionnaire
    if kind in KINDS or (questionnaire and kind not in (SURVEY, f"{SURVEY_PREFIX}{questionnaire.id}")):
        raise ParameterError(
            f"A questionnaire is for tables of kind 'survey', not of kind {kind!r}. Leave one of the two out.",
            f"Phiếu khảo sát chỉ dùng cho loại bảng 'survey', không dùng cho {kind!r}. Hãy bỏ một trong hai.",
        )
    if not is_survey(kind):
        listed = ", ".join(repr(name) for name in (*KINDS, SURVEY, "auto"))
        raise ParameterError(
            f"There is no kind of table {kind!r}. Use one of: {listed}.",
            f"Không có loại bảng {kind!r}. Hãy dùng một trong các loại: {listed}.",
        )
    return (questionnaire.kind.name if questionnaire else SURVEY), questionnaire
