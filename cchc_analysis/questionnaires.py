"""Questionnaires of satisfaction surveys: questions, factors, scales, missing codes and demographics, as data."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import ParameterError
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import INVALID_ANSWER, SURVEY_COLUMNS, SURVEY_PREFIX, Column, Kind

FOLDER = "questionnaires"
PAGE = "docs/methods/questionnaires.md"

MissingReason = Literal["no_opinion", "not_applicable", "refused"]

_ID = r"^[a-z][a-z0-9_]{0,39}$"


class _Worded(Text):
    """Something that answers or headers may name in other words too."""

    also: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """Return every wording: Vietnamese, English, and the others."""
        return (self.vi, self.en, *self.also)


class Point(_Worded):
    """One point of a scale: the number written on the form and its label."""

    value: int


class Scale(Entry):
    """A scale of answers; `satisfied` are the points that count as satisfied, `best` the end that is the best answer.

    An official top-two share (SIPAS) has the two best of five points under `satisfied`.
    """

    points: tuple[Point, ...] = Field(min_length=2)
    satisfied: tuple[int, ...] = Field(min_length=1)
    best: Literal["highest", "lowest"] = "highest"

    @property
    def values(self) -> tuple[int, ...]:
        """Return the numbers of the points from the lowest to the highest."""
        return tuple(sorted(point.value for point in self.points))

    @model_validator(mode="after")
    def _is_a_scale(self) -> "Scale":
        twice = _repeated(point.value for point in self.points)
        if twice:
            raise ValueError(f"point {twice[0]} is given twice")
        satisfied, values = sorted(self.satisfied), list(self.values)
        top = values[-len(satisfied) :] if self.best == "highest" else values[: len(satisfied)]
        if satisfied != top or len(satisfied) == len(values):
            raise ValueError("satisfied must be the points at the best end, and not all of them")
        return self


class MissingCode(_Worded):
    """An answer that is none: what it is called, its number on the form where it has one, and what it means."""

    id: MissingReason
    codes: tuple[int, ...] = ()


class Factor(Text):
    """A factor: what several questions ask about."""

    id: str = Field(pattern=_ID)


class Question(_Worded):
    """A question: `id` is its column; `also` lists other headers under which exports bring it.

    `factor` None: outside the factors; `overall`: the one question about everything, which drivers explain;
    `reversed`: agreeing is bad, so that the points are turned round before anything is counted.
    """

    id: str = Field(pattern=_ID)
    scale: str
    factor: str | None = None
    overall: bool = False
    reversed: bool = False


class Band(_Worded):
    """A group of respondents; `lower` is the smallest number that falls into it where numbers are given."""

    id: str = Field(pattern=_ID)
    lower: int | None = None


class Demographic(_Worded):
    """A trait of respondents that is kept in bands only, never as given."""

    id: str = Field(pattern=_ID)
    bands: tuple[Band, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _names_each_once(self) -> "Demographic":
        twice = _repeated(band.id for band in self.bands)
        if twice:
            raise ValueError(f"band {twice[0]} is given twice")
        return self


class DefinitionChange(Text):
    """A change of what is asked or how: waves before and from `since` on cannot be compared."""

    since: date


class Questionnaire(Entry):
    """A questionnaire; `folders` are names of folders whose files hold its answers.

    `source`: where it comes from, one text or one in each language. `missing`: answers that are none; an empty cell is
    "no answer" always. `changes`: days from which its results mean something else.

    >>> load_questionnaire("one-stop-five-factors").factor_of("officials_attitude")
    'officials'
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: Text
    source: Text
    folders: tuple[str, ...] = ()
    scales: dict[str, Scale] = Field(min_length=1)
    missing: tuple[MissingCode, ...] = ()
    factors: tuple[Factor, ...] = ()
    questions: tuple[Question, ...] = Field(min_length=1)
    demographics: tuple[Demographic, ...] = ()
    changes: tuple[DefinitionChange, ...] = ()

    @field_validator("source", mode="before")
    @classmethod
    def _in_both_languages(cls, value: Any) -> Any:
        return {"vi": value, "en": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _hangs_together(self) -> "Questionnaire":
        own = [*(question.id for question in self.questions), *(trait.id for trait in self.demographics)]
        twice = _repeated([*own, *(column.name for column in SURVEY_COLUMNS)])
        if twice:
            raise ValueError(f"{twice[0]} names two columns")
        factors = {factor.id for factor in self.factors}
        for question in self.questions:
            if question.scale not in self.scales:
                raise ValueError(f"question {question.id} has the scale {question.scale}, which is not given")
            if question.factor is not None and question.factor not in factors:
                raise ValueError(f"question {question.id} has the factor {question.factor}, which is not given")
        if sum(question.overall for question in self.questions) > 1:
            raise ValueError("more than one question is marked overall")
        codes = {code for missing in self.missing for code in missing.codes}
        clash = sorted(codes & {value for scale in self.scales.values() for value in scale.values})
        if clash:
            raise ValueError(f"{clash[0]} is a point of a scale and a missing code")
        return self

    @property
    def kind(self) -> Kind:
        """Return the table of its answers, one row per form: its name is "survey-" and the id."""
        questions = (
            Column(question.id, "answer", question.vi, codes=self.codes(question.id)) for question in self.questions
        )
        traits = (
            Column(trait.id, "category", trait.vi, codes=tuple(band.id for band in trait.bands))
            for trait in self.demographics
        )
        return Kind(
            f"{SURVEY_PREFIX}{self.id}",
            self.title.vi,
            self.title.en,
            (*SURVEY_COLUMNS, *traits, *questions),
            key=("response_id",),
            moment=("answered_at",),
            events=("answered_at",),
            units=("unit",),
        )

    def codes(self, question: str) -> tuple[str, ...]:
        """Return what a column of answers may hold: points of the scale, missing codes, and `INVALID_ANSWER`."""
        scale = self.scale_of(question)
        missing = dict.fromkeys(code.id for code in self.missing)
        return (*map(str, scale.values), *missing, INVALID_ANSWER)

    def question(self, name: str) -> Question:
        """Return the question of that id; KeyError for any other."""
        return {question.id: question for question in self.questions}[name]

    def scale_of(self, question: str) -> Scale:
        """Return the scale of a question."""
        return self.scales[self.question(question).scale]

    def factor_of(self, question: str) -> str | None:
        """Return the factor of a question, None where it has none."""
        return self.question(question).factor

    def questions_of(self, factor: str) -> tuple[str, ...]:
        """Return the questions of a factor in their order."""
        return tuple(question.id for question in self.questions if question.factor == factor)

    @property
    def rated(self) -> tuple[str, ...]:
        """Return the questions that make up the overall result: all but the overall question itself."""
        return tuple(question.id for question in self.questions if not question.overall)

    @property
    def overall(self) -> str | None:
        """Return the overall question, None where there is none."""
        return next((question.id for question in self.questions if question.overall), None)


def _repeated(names: Iterable[Any]) -> list[Any]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def shipped_questionnaires() -> tuple[Questionnaire, ...]:
    """Return the questionnaires of `data/reference/questionnaires`, by id.

    >>> [questionnaire.id for questionnaire in shipped_questionnaires()]
    ['kiosk-nine-criteria', 'one-stop-five-factors']
    """
    return tuple(read_questionnaire(path) for path in sorted(reference_path(FOLDER).glob("*.yaml")))


def read_questionnaire(path: Path) -> Questionnaire:
    """Return the questionnaire in a YAML file; raises ParameterError with file, key and reason."""
    return read_entry(path, Questionnaire, PAGE)


def load_questionnaire(name: str | Path) -> Questionnaire:
    """Return a shipped questionnaire by its id, or the one in the YAML file `name`.

    Raises ParameterError where there is neither, listing the ids that are known.

    >>> load_questionnaire("kiosk-nine-criteria").scales["kiosk"].satisfied
    (1, 2)
    """
    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml"):
        return read_questionnaire(path)
    known = {questionnaire.id: questionnaire for questionnaire in shipped_questionnaires()}
    if str(name) not in known:
        listed = ", ".join(known)
        raise ParameterError(
            f"There is no questionnaire {str(name)!r}. Use one of {listed}, or the path of a YAML file.",
            f"Không có phiếu khảo sát {str(name)!r}. Hãy dùng một trong: {listed}, hoặc đường dẫn tệp YAML.",
        )
    return known[str(name)]
