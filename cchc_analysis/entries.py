"""Entries of the YAML files of `data/reference`: read, checked against a model, refused in one sentence."""

from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cchc_analysis.errors import Language, ParameterError
from cchc_analysis.yaml_limits import require_small


class Entry(BaseModel):
    """A frozen entry that knows no other keys than its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Entry):
    """A text in both languages."""

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self, language: Language) -> str:
        """Return the text of the language."""
        return self.vi if language == "vi" else self.en


Model = TypeVar("Model", bound=Entry)

# The loader in C reads a plan ten times as fast; some builds of PyYAML lack it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_entry(path: Path, model: type[Model], page: str) -> Model:
    """Return the content of a YAML file as a model.

    `page`: the documentation that lists what is allowed. Raises ParameterError with file, key and reason.
    """
    try:
        return cast(Model, _model_of(path.read_text(encoding="utf-8"), model))
    except ValidationError as error:
        raise _wrong_key(path.name, error, page) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        # The parser tells in several lines what it met and where.
        why = " ".join(str(error).split())
        raise ParameterError(
            f"{path.name} cannot be read as YAML ({why}). Write it in UTF-8, as {page} describes.",
            f"Không đọc được {path.name} theo định dạng YAML ({why}). Hãy ghi tệp mã hóa UTF-8 theo mô tả ở {page}.",
        ) from None


@cache
def _model_of(text: str, model: type[Entry]) -> Entry:
    # A plan takes a third of a second to read, and every page asks for it; an entry is frozen.
    return model.model_validate(yaml.load(require_small(text), _LOADER))  # noqa: S506


def _wrong_key(name: str, error: ValidationError, page: str) -> ParameterError:
    first = error.errors()[0]
    key = " ".join(".".join(str(part) for part in first["loc"]).split()) or "(file)"
    missing, ours = first["type"] == "missing", first["type"] == "value_error"
    message = first["msg"].removeprefix("Value error, ")
    given = "" if missing or ours else f" ({first['input']!r:.80})"
    expected = first.get("ctx", {}).get("expected")
    why = f"chỉ nhận {expected}" if expected else "còn thiếu" if missing else f"không đúng quy định: {message}"
    return ParameterError(
        f"{name}: {key}: {message}{given}. Correct it; {page} lists what is allowed.",
        f"{name}: khóa {key} {why}{given}. Hãy sửa theo {page}.",
    )
