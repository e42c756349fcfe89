"""Which mapping each table of a run is read with: the one that was asked for, or what it says of other kinds."""

from collections.abc import Mapping
from pathlib import Path

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.intake.database_source import DatabaseSource
from cchc_analysis.intake.mapping import ColumnMapping, load_mapping
from cchc_analysis.intake.survey_tables import SURVEY, is_survey, known_kind, questionnaire_named
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import DOSSIERS


def loaded_mapping(
    mapping: ColumnMapping | str | Path | None, kind: str | None, questionnaire: Questionnaire | None
) -> ColumnMapping:
    """Return the mapping for tables of the kind; a mapping that names another kind is refused."""
    default = kind or (questionnaire.kind.name if questionnaire else DOSSIERS.name)
    if mapping is None:
        content = {"kind": default, "questionnaire": questionnaire} if questionnaire else {"kind": default}
        return ColumnMapping.model_validate({} if default == SURVEY else content)
    rules = mapping if isinstance(mapping, ColumnMapping) else load_mapping(Path(mapping), default, questionnaire)
    agrees = rules.kind == default or (default == SURVEY and is_survey(rules.kind))
    if (kind is None and questionnaire is None) or agrees:
        return _of_one_questionnaire(rules, questionnaire)
    if "kind" in rules.model_fields_set or rules.columns or rules.constants or rules.values:
        raise MappingError(
            f"The mapping is for tables of kind {rules.kind!r}, but {default!r} was asked for. Correct one of the two.",
            f"Tệp ánh xạ dùng cho loại bảng {rules.kind!r} nhưng lần nạp này chọn {default!r}. Hãy sửa một trong hai.",
        )
    return rules.model_copy(update={"kind": default, "questionnaire": questionnaire})


def _of_one_questionnaire(rules: ColumnMapping, questionnaire: Questionnaire | None) -> ColumnMapping:
    if questionnaire is None or rules.questionnaire == questionnaire:
        return rules
    raise MappingError(
        f"The mapping file has another questionnaire {questionnaire.id!r} than the one asked for. Name one of the two.",
        f"Tệp ánh xạ dùng phiếu khảo sát {questionnaire.id!r} khác với phiếu được chọn. Hãy chỉ ghi một nơi.",
    )


def shared_mapping(rules: ColumnMapping, kind: str, questionnaire: Questionnaire | None) -> ColumnMapping:
    """Return what a mapping for one kind says of the tables of another: clock, calendar and the order of dates."""
    shared = rules.model_dump(include={"timezone", "calendar", "dates"})
    named = {"kind": kind} if questionnaire is None else {"kind": kind, "questionnaire": questionnaire}
    return ColumnMapping.model_validate({**named, **shared})


def source_mappings(
    sources: Mapping[Path, DatabaseSource], rules: ColumnMapping, chosen: str | None
) -> dict[Path, ColumnMapping]:
    """Return the mapping of each database source that says itself what its rows are.

    `rules` is the mapping of the run, `chosen` the kind that was asked for. Raises `MappingError` where a source is of
    another kind, time zone or calendar, `InputError` for a survey without questionnaire.
    """
    mappings = {}
    for path, source in sources.items():
        if source.kind or source.questionnaire or source.mapping:
            own = _source_mapping(path, source, rules)
            if chosen not in (None, own.kind) and not (chosen == SURVEY and is_survey(own.kind)):
                raise _differs(path.name, f"kind {own.kind!r}", f"loại bảng {own.kind!r}")
            if (own.timezone, own.calendar) != (rules.timezone, rules.calendar):
                place = f"{own.timezone}, {own.calendar}"
                raise _differs(path.name, f"time zone and calendar {place}", f"múi giờ và lịch {place}")
            mappings[path] = own
    return mappings


def _source_mapping(path: Path, source: DatabaseSource, rules: ColumnMapping) -> ColumnMapping:
    named = source.questionnaire
    if named is not None and named.lower().endswith((".yaml", ".yml")):
        named = str(path.parent / named)
    kind, questionnaire = known_kind(source.kind, questionnaire_named(named))
    if source.mapping is not None:
        return loaded_mapping(path.parent / source.mapping, kind, questionnaire)
    if kind == SURVEY:
        raise InputError(
            f"{path.name}: it is not said which questionnaire this survey has. Name it under `questionnaire`.",
            f"{path.name}: chưa rõ khảo sát này dùng phiếu nào. Hãy ghi mục `questionnaire`.",
        )
    kind = kind or (questionnaire.kind.name if questionnaire else DOSSIERS.name)
    if (kind, questionnaire) == (rules.kind, rules.questionnaire):
        return rules
    return shared_mapping(rules, kind, questionnaire)


def _differs(name: str, en: str, vi: str) -> MappingError:
    return MappingError(
        f"{name}: the source has the {en}, which the rest of this run does not have. Correct one of the two.",
        f"{name}: nguồn dùng {vi}, khác với lần nạp này. Hãy sửa một trong hai.",
    )
