"""Score sheets of service quality: groups, indicators, points and classes with dates, sources and what is confirmed."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import Language, ParameterError
from cchc_analysis.reference_data import reference_path

SheetKind = Literal["service_quality", "one_stop"]
"""The index of Decision 766, and the evaluation of one-stop handling."""

FOLDER = "service_quality"


class _Named(Text):
    code: str = Field(min_length=1)


class Group(_Named):
    """A group of indicators with its points; `confirmed` says whether the points were seen in the decision itself."""

    points: Decimal = Field(gt=0)
    confirmed: bool
    source: str = Field(min_length=1)


class Indicator(_Named):
    """An indicator: its points (None where the split of the group is not known) and the measures that can tell it.

    `full_at`: the share from which all points are given. `use`: "score" turns the share into points, "inform" only
    shows it. `measures`: names of shares, the first that has something to count is taken; none where no data of ours
    tell, then `needs` says what would. `over`, `under`: numerator and denominator in words.
    """

    group: str
    points: Decimal | None = Field(gt=0)
    full_at: Decimal = Field(default=Decimal(1), gt=0, le=1)
    use: Literal["score", "inform"] = "score"
    measures: tuple[str, ...]
    over: Text
    under: Text
    needs: Text | None = None
    note: Text | None = None
    confirmed: bool
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> "Indicator":
        if self.needs is None and (not self.measures or self.use == "inform"):
            raise ValueError("needs must say what would tell an indicator that is not scored here")
        return self


class ScoreClass(_Named):
    """A class and the points from which it begins."""

    lower: Decimal = Field(ge=0)


class Published(Entry):
    """A score somebody published: its parts and the total it states, as far as they are given."""

    what: Text
    day: date
    parts: tuple[Decimal, ...]
    stated: Decimal | None
    out_of: Decimal = Field(gt=0)
    stated_percent: Decimal | None = None
    note: Text | None = None
    source: str = Field(min_length=1)


class ScoreSheet(Entry):
    """A score sheet in force from `valid_from` to `valid_to` (None = still): groups, indicators, classes.

    >>> sheet = sheet_on("service_quality", date(2023, 6, 14))
    >>> [int(group.points) for group in sheet.groups]
    [18, 20, 12, 10, 18, 22]
    """

    kind: SheetKind
    title: Text
    valid_from: date
    valid_to: date | None
    source: str = Field(min_length=1)
    total: Decimal = Field(gt=0)
    groups: tuple[Group, ...] = Field(min_length=1)
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    classes: tuple[ScoreClass, ...] = Field(min_length=1)
    classes_confirmed: bool
    classes_source: str = Field(min_length=1)
    published: tuple[Published, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> "ScoreSheet":
        for entries in (self.groups, self.indicators, self.classes):
            twice = [code for code, n in Counter(entry.code for entry in entries).items() if n > 1]
            if twice:
                raise ValueError(f"the code {twice[0]} is given twice")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        total = sum(group.points for group in self.groups)
        if total != self.total:
            raise ValueError(f"the groups add up to {total}, total says {self.total}")
        for group in self.groups:
            self._adds_up(group)
        unknown = [entry.code for entry in self.indicators if entry.group not in {group.code for group in self.groups}]
        if unknown:
            raise ValueError(f"indicator {unknown[0]} belongs to no group")
        bounds = [entry.lower for entry in self.classes]
        if bounds != sorted(bounds, reverse=True) or len(set(bounds)) != len(bounds) or bounds[-1] != 0:
            raise ValueError("classes must fall from the best down to 0")
        return self

    def _adds_up(self, group: Group) -> None:
        """Points of the indicators make up those of the group, or leave something for those not known."""
        own = [entry for entry in self.indicators if entry.group == group.code]
        known = sum(entry.points for entry in own if entry.points is not None)
        all_known = all(entry.points is not None for entry in own)
        if (known != group.points) if all_known else (known >= group.points):
            raise ValueError(f"the indicators of group {group.code} have {known} points, the group has {group.points}")

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures the sheet asks for, each once."""
        return tuple(dict.fromkeys(name for entry in self.indicators for name in entry.measures))

    def table(self) -> pd.DataFrame:
        """Return the indicators as measures read them: `indicator`, `group`, `points` (null = not known), `full_at`,
        `use`, `candidates`.

        >>> sheet_on("one_stop", date(2023, 6, 14)).table()["points"].tolist()
        [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
        """
        rows = [
            {
                "indicator": entry.code,
                "group": entry.group,
                "points": None if entry.points is None else float(entry.points),
                "full_at": float(entry.full_at),
                "use": entry.use,
                "candidates": entry.measures,
            }
            for entry in self.indicators
        ]
        return pd.DataFrame(rows).astype({"points": "float64"})

    def group_points(self) -> dict[str, float]:
        """Return group → points, in the order of the sheet."""
        return {group.code: float(group.points) for group in self.groups}

    def class_bounds(self) -> dict[str, float]:
        """Return class → the points from which it begins, the best first."""
        return {entry.code: float(entry.lower) for entry in self.classes}

    def named(self, code: str, language: Language) -> str:
        """Return the name of a group, indicator or class.

        >>> sheet_on("service_quality", date(2023, 6, 14)).named("digitisation", "vi")
        'Số hóa hồ sơ'
        """
        return next(entry for entry in (*self.groups, *self.indicators, *self.classes) if entry.code == code).text(
            language
        )


def sheet_names() -> list[str]:
    """Return the names of the score sheets in data/reference/service_quality.

    >>> sheet_names()
    ['one-stop-2018', 'qd-766-2022']
    """
    return sorted(path.stem for path in reference_path(FOLDER).glob("*.yaml"))


def load_score_sheet(name: str) -> ScoreSheet:
    """Return the score sheet of that name in data/reference/service_quality.

    Raises ParameterError naming the known sheets, or file, key and reason where the file is wrong.

    >>> load_score_sheet("one-stop-2018").total
    Decimal('18')
    """
    if name not in sheet_names():
        known = ", ".join(sheet_names())
        raise ParameterError(
            f"There is no score sheet {name!r}; known: {known}. Add a file to data/reference/service_quality.",
            f"Không có bảng chấm điểm {name!r}; các bảng có sẵn: {known}. "
            "Hãy thêm tệp vào data/reference/service_quality.",
        )
    return read_score_sheet(reference_path(FOLDER, f"{name}.yaml"))


def sheet_on(kind: SheetKind, day: date) -> ScoreSheet | None:
    """Return the sheet of a kind that is in force on a day, None where there is none.

    Raises ParameterError where two sheets claim the same day.

    >>> sheet_on("one_stop", date(2025, 7, 1)) is None
    True
    """
    sheets = {name: load_score_sheet(name) for name in sheet_names()}
    found = {
        name: sheet
        for name, sheet in sheets.items()
        if sheet.kind == kind and sheet.valid_from <= day and (sheet.valid_to is None or day <= sheet.valid_to)
    }
    if len(found) > 1:
        listed = ", ".join(found)
        raise ParameterError(
            f"On {day:%d/%m/%Y} more than one score sheet is in force: {listed}. Set valid_to of the older one.",
            f"Ngày {day:%d/%m/%Y} có nhiều bảng chấm điểm cùng hiệu lực: {listed}. Hãy ghi valid_to cho bảng cũ hơn.",
        )
    return next(iter(found.values()), None)


def read_score_sheet(path: Path) -> ScoreSheet:
    """Return the score sheet of a YAML file. Raises ParameterError with file, key and reason."""
    return read_entry(path, ScoreSheet, "docs/methods/service-quality.md")
