"""The mapping file: what a person says about exports whose headers, dates or words are not the usual ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from cchc_analysis.errors import MappingError
from cchc_analysis.intake.survey_tables import (
    SURVEY,
    Reason,
    is_survey,
    table_kind,
    table_vocabulary,
    with_questionnaire,
)
from cchc_analysis.intake.vocabulary import Vocabulary
from cchc_analysis.intake.yaml_texts import load_texts
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import DOSSIERS, Column, Kind
from cchc_analysis.yaml_limits import require_small

IGNORE = "ignore"
BOOLEAN_CODES = ("true", "false")

DateOrder = Literal["day_first", "month_first"]
CalendarName = Literal["vietnam", "weekdays"]

EVERY_ANSWER = "answers"
"""Under `values`, words that hold for the answers to every question."""


class Title(BaseModel):
    """The name of a data set in both languages.

    >>> Title(vi="Hồ sơ", en="Dossiers").en
    'Dossiers'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str
    en: str


class ColumnMapping(BaseModel):
    """The content of a mapping file; every key is optional.

    `kind` says what the rows are, a name of `schema.KINDS` or "survey", which needs a `questionnaire`: the id of a
    shipped one, or the path of a YAML file, relative to the mapping file. `columns` maps a source header, or "#5" for
    the fifth column, to a canonical name or `ignore`; `constants` gives one value to every row; `values` maps source
    words of a canonical column to codes, under `answers` those of every question; `empty` lists texts that mean "no
    value". `header_row` is the row (1-based) in which the header ends, 0 for none. One mapping describes one layout:
    every column it maps must be in every file read with it.

    >>> mapping = ColumnMapping(columns={"Case": "dossier_id"}, dates="month_first")
    >>> mapping.timezone, mapping.calendar, mapping.columns["Case"]
    ('Asia/Ho_Chi_Minh', 'vietnam', 'dossier_id')
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = DOSSIERS.name
    questionnaire: Questionnaire | None = None
    title: Title | None = None
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: CalendarName = "vietnam"
    dates: DateOrder = "day_first"
    header_row: int | None = Field(default=None, ge=0)
    sheets: tuple[str, ...] | None = None
    columns: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    empty: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _known_kind(cls, content: Any) -> Any:
        return with_questionnaire(content) if isinstance(content, dict) else content

    @property
    def table(self) -> Kind:
        """Return the kind of table whose columns are mapped."""
        return table_kind(self.kind, self.questionnaire)

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the headers that tables of this kind are known by."""
        return table_vocabulary(self.kind, self.questionnaire)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            en = f"{value!r} is no IANA time zone, such as Asia/Ho_Chi_Minh"
            raise Reason(en, f"{value!r} không phải là múi giờ IANA, ví dụ Asia/Ho_Chi_Minh") from None
        return value

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, value: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        columns, vocabulary = _columns_of(info), table_vocabulary(*_kind_of(info))
        sources: dict[str, str] = {}
        for header, name in value.items():
            if name == IGNORE:
                continue
            _require_canonical(columns, name, header)
            if vocabulary.is_personal(header):
                en = f"{header!r} is about a person and is never kept; write `{header}: ignore`"
                vi = f"{header!r} là thông tin cá nhân, không được lưu; hãy ghi `{header}: ignore`"
                raise Reason(en, vi, header)
            other = sources.setdefault(name, header)
            if other != header:
                en = f"{other!r} and {header!r} both become {name}; keep one and set the other to `ignore`"
                vi = f"{other!r} và {header!r} cùng ứng với {name}; hãy giữ một cột và ghi `ignore` cho cột kia"
                raise Reason(en, vi, header)
        return value

    @field_validator("constants")
    @classmethod
    def _known_constants(cls, value: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        columns = _columns_of(info)
        for name, constant in value.items():
            _require_canonical(columns, name, name)
            _require_code(columns[name], constant, name)
        return value

    @field_validator("values")
    @classmethod
    def _known_values(
        cls, value: Mapping[str, Mapping[str, str]], info: ValidationInfo
    ) -> Mapping[str, Mapping[str, str]]:
        columns = _columns_of(info)
        if _kind_of(info)[1] is not None:
            points = (code for column in columns.values() if column.kind == "answer" for code in column.codes)
            columns[EVERY_ANSWER] = Column(EVERY_ANSWER, "answer", "", codes=tuple(dict.fromkeys(points)))
        for name, codes in value.items():
            _require_canonical(columns, name, name)
            for word, code in codes.items():
                _require_code(columns[name], code, name, word)
        return value

    @model_validator(mode="after")
    def _one_source_each(self) -> "ColumnMapping":
        both = sorted(set(self.constants) & set(self.columns.values()))
        if both:
            en = f"{', '.join(both)} stands under `columns` and under `constants`; keep one of the two"
            vi = f"{', '.join(both)} có ở cả `columns` và `constants`; hãy chỉ giữ một nơi"
            raise Reason(en, vi, "constants", both[0])
        return self


def _kind_of(info: ValidationInfo) -> tuple[str, Questionnaire | None]:
    # A kind that is none has its own error, which comes first.
    return str(info.data.get("kind", DOSSIERS.name)), info.data.get("questionnaire")


def _columns_of(info: ValidationInfo) -> dict[str, Column]:
    return {column.name: column for column in table_kind(*_kind_of(info)).columns}


def _require_canonical(columns: Mapping[str, Column], name: str, *keys: str) -> None:
    if name not in columns:
        known = ", ".join(columns)
        en = f"{name!r} is no column; known columns: {known}"
        raise Reason(en, f"không có cột {name!r}; các cột có thể dùng: {known}", *keys)


def _require_code(column: Column, code: str, *keys: str) -> None:
    allowed = BOOLEAN_CODES if column.kind == "boolean" else column.codes
    if allowed and code not in allowed:
        codes = ", ".join(allowed)
        en = f"{code!r} is no code of {column.name}; allowed codes: {codes}"
        raise Reason(en, f"{code!r} không phải là mã của {column.name}; các mã được phép: {codes}", *keys)


def load_mapping(path: Path, kind: str = DOSSIERS.name, questionnaire: Questionnaire | None = None) -> ColumnMapping:
    """Return the mapping written in a YAML file, for tables of the `kind` where it names none.

    `questionnaire` is the one of a survey for which the file names none; the path of one is relative to the file.
    Every scalar is read as text, so that words such as `no` or `1` need no quotation marks. Raises
    `MappingError` naming the line and key that is wrong and what is allowed there.

    >>> from cchc_analysis.reference_data import reference_path
    >>> load_mapping(reference_path("mappings", "receipt-permits.yaml")).timezone
    'Europe/Amsterdam'
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            f"{path.name}: the mapping file cannot be read ({type(error).__name__}). Check the path; save it as UTF-8.",
            f"{path.name}: không đọc được tệp ánh xạ ({type(error).__name__}). "
            "Hãy kiểm tra đường dẫn và lưu tệp ở dạng UTF-8.",
        ) from None
    return parse_mapping(text, path.name, kind, questionnaire, path.parent)


def parse_mapping(
    text: str,
    name: str,
    kind: str = DOSSIERS.name,
    questionnaire: Questionnaire | None = None,
    folder: Path | None = None,
) -> ColumnMapping:
    """Return the mapping written in a YAML text; see `load_mapping`.

    >>> parse_mapping("colums: {}", "m.yaml")
    Traceback (most recent call last):
    cchc_analysis.errors.MappingError: m.yaml, line 1, key 'colums': unknown key. Known keys: kind, questionnaire, ...
    """
    try:
        tree = yaml.compose(require_small(text), Loader=yaml.BaseLoader)
        content = load_texts(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise _mapping_error(name, line, "", "this is not valid YAML", "sai cú pháp YAML") from None
    if content in (None, ""):
        content = {}
    if not isinstance(content, dict):
        raise _mapping_error(name, 1, "", "lines `key: value` are needed", "cần các dòng dạng `khóa: giá trị`")
    try:
        _refuse_repeated_keys(tree, name)
        return ColumnMapping.model_validate(_complete(content, kind, questionnaire, folder))
    except RecursionError:
        # An alias may stand for itself in a small file.
        raise _mapping_error(name, 1, "", "this is not valid YAML", "sai cú pháp YAML") from None
    except ValidationError as error:
        raise _first_error(error, tree, name) from None


def _complete(
    content: dict[str, Any], kind: str, questionnaire: Questionnaire | None, folder: Path | None
) -> dict[str, Any]:
    """Return the keys of the file with those that are given beside it, paths made whole."""
    named = content.get("questionnaire")
    if folder is not None and isinstance(named, str) and named.lower().endswith((".yaml", ".yml")):
        content = {**content, "questionnaire": folder / named}
    if kind != DOSSIERS.name and not (is_survey(kind) and named is not None):
        content = {"kind": kind, **content}
    if questionnaire is not None and named is None and is_survey(str(content.get("kind", SURVEY))):
        content = {**content, "questionnaire": questionnaire}
    return content


def _first_error(error: ValidationError, tree: yaml.Node | None, name: str) -> MappingError:
    first = error.errors()[0]
    keys = tuple(str(part) for part in first["loc"] if part != "[key]")
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, Reason):
        keys += cause.keys
        reason = (cause.en, cause.vi)
    else:
        reason = _reason(str(first["type"]), first["msg"], keys)
    return _mapping_error(name, _line(tree, keys), ".".join(keys), *reason)


def _reason(kind: str, message: str, keys: tuple[str, ...]) -> tuple[str, str]:
    if kind == "extra_forbidden":
        known = ", ".join((Title if keys[0] == "title" else ColumnMapping).model_fields)
        return f"unknown key. Known keys: {known}", f"khóa không có trong quy định. Các khóa được dùng: {known}"
    if kind == "missing":
        return "this key is missing", "thiếu khóa này"
    if kind == "literal_error":
        allowed = message.removeprefix("Input should be ")
        return f"allowed values: {allowed}", f"giá trị được phép: {allowed.replace(' or ', ' hoặc ')}"
    if kind in ("int_parsing", "greater_than_equal"):
        return "a row number is needed, 0 for no header", "cần ghi số dòng, 0 nếu không có tiêu đề"
    return f"wrong kind of value ({message})", "giá trị không đúng kiểu"


def _line(node: yaml.Node | None, location: Sequence[str]) -> int:
    line = 1 if node is None else node.start_mark.line + 1
    for part in location:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((pair for pair in node.value if pair[0].value == part), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _refuse_repeated_keys(node: yaml.Node | None, name: str) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                raise _mapping_error(
                    name, key.start_mark.line + 1, key.value, "the key stands here twice", "khóa bị lặp lại"
                )
            seen.add(key.value)
        _refuse_repeated_keys(value, name)


def _mapping_error(name: str, line: int, key: str, en: str, vi: str) -> MappingError:
    at_en = f"{name}, line {line}" + (f", key {key!r}" if key else "")
    at_vi = f"{name}, dòng {line}" + (f", khóa {key!r}" if key else "")
    return MappingError(f"{at_en}: {en}. Correct the mapping file.", f"{at_vi}: {vi}. Hãy sửa tệp ánh xạ.")
