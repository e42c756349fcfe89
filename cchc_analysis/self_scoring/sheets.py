"""Sheets of self-scoring: the fields, criteria and points of an administrative-reform index, dated, with what is
confirmed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import Language, ParameterError
from cchc_analysis.reference_data import reference_path, resolve_path

FOLDER = "indices"
PAGE = "docs/methods/self-scoring.md"

TOTAL = "total"
"""The code under which an office states the total of its sheet."""

CRITERION_TABLE = ("criterion", "field", "points", "step", "allowed", "measure", "full_at")
"""Columns of IndexSheet.table."""


class IndexCriterion(Entry):
    """A criterion ("3.2") or sub-criterion ("3.2.1") that a sheet describes; what is not known stays None.

    `points`: the maximum; `step`: scores are multiples of it; `allowed`: the only scores there are. `measure`: a share
    of ours that tells the same (see study.SHARE_SOURCES), of which `full_at` gives all points.
    """

    code: str = Field(pattern=r"^[1-9]\d*(\.[1-9]\d*){1,2}$")
    name: Text | None = None
    points: Decimal | None = Field(default=None, gt=0)
    step: Decimal | None = Field(default=None, gt=0)
    allowed: tuple[Decimal, ...] = ()
    measure: str | None = None
    full_at: Decimal = Field(default=Decimal(1), gt=0, le=1)

    @property
    def parent(self) -> str:
        """The code it is a part of."""
        return self.code.rpartition(".")[0]


class IndexField(Text):
    """A field with the number of its criteria and sub-criteria; `points` None where they are not known.

    `criteria` describes those that are known; the others go by their numbers alone. `measures`: shares of ours that
    belong to the subject of the field and are shown beside it.
    """

    code: str = Field(pattern=r"^[1-9]\d*$")
    n_criteria: int = Field(ge=0)
    n_sub_criteria: int = Field(ge=0)
    points: Decimal | None = Field(gt=0)
    confirmed: bool
    source: str = Field(min_length=1)
    measures: tuple[str, ...] = ()
    criteria: tuple[IndexCriterion, ...] = ()

    @model_validator(mode="after")
    def _holds_its_criteria(self) -> "IndexField":
        codes = [entry.code for entry in self.criteria]
        known = {self.code, *codes}
        for entry in self.criteria:
            number = int(entry.code.split(".")[1])
            if entry.code.split(".")[0] != self.code or number > self.n_criteria:
                raise ValueError(f"{entry.code} is none of the {self.n_criteria} criteria of field {self.code}")
            if entry.parent not in known:
                raise ValueError(f"{entry.code} is part of {entry.parent}, which is not described")
        n_parts = sum(code.count(".") == 2 for code in codes)
        if n_parts > self.n_sub_criteria:
            raise ValueError(f"field {self.code} describes {n_parts} sub-criteria of {self.n_sub_criteria}")
        for parent in known:
            self._points_add_up(parent)
        return self

    def _points_add_up(self, parent: str) -> None:
        """Points of parts make up those of the whole, or leave something for the parts whose points are not known."""
        whole = self.points if parent == self.code else self._points()[parent]
        own = [entry.points for entry in self.criteria if entry.parent == parent]
        if whole is None or not own:
            return
        told = sum((points for points in own if points is not None), Decimal(0))
        complete = None not in own and (parent != self.code or len(own) == self.n_criteria)
        if (told != whole) if complete else (told > whole):
            raise ValueError(f"the parts of {parent} have {told} points, {parent} has {whole}")

    def _points(self) -> dict[str, Decimal | None]:
        return {entry.code: entry.points for entry in self.criteria}

    def numbered(self) -> list[str]:
        """Return the codes of criteria and described sub-criteria, in order of their numbers."""
        parts: dict[str, list[str]] = {}
        for entry in self.criteria:
            parts.setdefault(entry.parent, []).append(entry.code)
        found = []
        for number in range(1, self.n_criteria + 1):
            code = f"{self.code}.{number}"
            found += [code, *sorted(parts.get(code, ()), key=_numbers)]
        return found


class IndexSheet(Entry):
    """The sheet of an index for offices of some tiers, in force from `valid_from` to `valid_to` (None = still).

    `fields` empty where the structure is not known: then `to_fill_in` says what is missing, and offices write codes and
    names themselves on `blank_rows` rows. `total`: all points (None where not known).

    >>> sheet = load_index_sheets("qd-2926-2023", date(2023, 12, 31))[0]
    >>> sheet.n_criteria, sheet.n_sub_criteria, [field.n_criteria for field in sheet.fields]
    (47, 141, [7, 3, 10, 4, 7, 3, 9, 4])
    """

    index: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: Text
    tiers: tuple[str, ...] = Field(min_length=1)
    valid_from: date
    valid_to: date | None
    dates_confirmed: bool
    source: str = Field(min_length=1)
    confirmed: bool
    total: Decimal | None = Field(gt=0)
    survey_points: Decimal | None = Field(default=None, gt=0)
    n_criteria: int | None = None
    n_sub_criteria: int | None = None
    fields: tuple[IndexField, ...] = ()
    blank_rows: int = Field(default=0, ge=0, le=400)
    to_fill_in: Text | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> "IndexSheet":
        twice = [code for code, n in Counter(self._codes()).items() if n > 1]
        if twice:
            raise ValueError(f"the code {twice[0]} is given twice")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        if not self.fields:
            if self.to_fill_in is None or not self.blank_rows:
                raise ValueError("a sheet without fields needs blank_rows, and to_fill_in must say what is missing")
            return self
        for name in ("n_criteria", "n_sub_criteria"):
            stated, summed = getattr(self, name), sum(getattr(entry, name) for entry in self.fields)
            if stated is not None and stated != summed:
                raise ValueError(f"{name}: the fields add up to {summed}, the sheet says {stated}")
        points = [entry.points for entry in self.fields]
        told = sum((entry for entry in points if entry is not None), Decimal(0))
        if self.total is not None and ((told > self.total) if None in points else (told != self.total)):
            raise ValueError(f"the fields add up to {told} points, total says {self.total}")
        return self

    def _codes(self) -> Iterable[str]:
        for entry in self.fields:
            yield entry.code
            yield from (criterion.code for criterion in entry.criteria)

    def table(self) -> pd.DataFrame:
        """Return what there is to score as measures read it, in order: fields, criteria, sub-criteria, the total last.

        Columns CRITERION_TABLE; `points`, `step` null where not known, `allowed` a tuple. Empty but for the total where
        the structure is not known.
        """
        rows = []
        for entry in self.fields:
            described = {criterion.code: criterion for criterion in entry.criteria}
            rows.append(_row(entry.code, entry.code, entry.points))
            for code in entry.numbered():
                known = described.get(code) or IndexCriterion(code=code)
                rows.append(_row(code, entry.code, known.points, known))
        rows.append(_row(TOTAL, "", self.total))
        return pd.DataFrame(rows, columns=list(CRITERION_TABLE)).astype({"points": "float64", "step": "float64"})

    def to_score(self) -> tuple[str, ...]:
        """Return the codes an office has to score: criteria, or their sub-criteria where these are described."""
        codes = [code for entry in self.fields for code in entry.numbered()]
        parents = {code.rpartition(".")[0] for code in codes}
        return tuple(code for code in codes if code not in parents)

    def named(self, code: str, language: Language) -> str:
        """Return the name of a field or criterion, "" where the sheet gives none.

        >>> load_index_sheets("qd-2926-2023", date(2023, 12, 31))[0].named("3", "vi")
        'Cải cách thủ tục hành chính'
        """
        for entry in self.fields:
            if entry.code == code:
                return entry.text(language)
            for criterion in entry.criteria:
                if criterion.code == code and criterion.name is not None:
                    return criterion.name.text(language)
        return ""

    @property
    def measures(self) -> tuple[str, ...]:
        """The shares of ours that criteria or fields name, each once."""
        named = [
            *(criterion.measure for entry in self.fields for criterion in entry.criteria if criterion.measure),
            *(name for entry in self.fields for name in entry.measures),
        ]
        return tuple(dict.fromkeys(named))


def _row(code: str, field: str, points: Decimal | None, known: IndexCriterion | None = None) -> dict[str, object]:
    return {
        "criterion": code,
        "field": field,
        "points": None if points is None else float(points),
        "step": None if known is None or known.step is None else float(known.step),
        "allowed": () if known is None else tuple(float(score) for score in known.allowed),
        "measure": "" if known is None or known.measure is None else known.measure,
        "full_at": 1.0 if known is None else float(known.full_at),
    }


def _numbers(code: str) -> tuple[int, ...]:
    return tuple(int(number) for number in code.split("."))


def index_names() -> list[str]:
    """Return the ids of the indices in data/reference/indices.

    >>> index_names()
    ['qd-2926-2023']
    """
    return sorted({sheet.index for sheet in shipped_index_sheets()})


@cache
def shipped_index_sheets() -> tuple[IndexSheet, ...]:
    """Return the sheets of data/reference/indices, by file name; read once."""
    return tuple(read_index_sheet(path) for path in sorted(reference_path(FOLDER).glob("*.yaml")))


def load_index_sheets(index: str | Path, day: date) -> tuple[IndexSheet, ...]:
    """Return the sheets of an index in force on a day, one for each group of tiers.

    `index`: an id, or the path of a YAML file: an office's own copy, in which it has filled in names and points; it
    takes the place of the shipped sheet of its index for its tiers. Raises ParameterError naming the known indices,
    where a file is wrong, or where two sheets claim the same tier.

    >>> [sheet.tiers for sheet in load_index_sheets("qd-2926-2023", date(2023, 12, 31))]
    [('ward', 'commune'), ('city',)]
    """
    own = read_index_sheet(resolve_path(index)) if Path(index).suffix.lower() in (".yaml", ".yml") else None
    name = own.index if own else str(index)
    shipped = shipped_index_sheets()
    if own is None and name not in index_names():
        known = ", ".join(index_names())
        raise ParameterError(
            f"There is no index {name!r}; known: {known}. Add a file to data/reference/indices or give its path.",
            f"Không có bộ chỉ số {name!r}; các bộ chỉ số có sẵn: {known}. "
            "Hãy thêm tệp vào data/reference/indices hoặc ghi đường dẫn tệp.",
        )
    replaced = set(own.tiers) if own else set()
    kept = [sheet for sheet in shipped if sheet.index == name and replaced.isdisjoint(sheet.tiers)]
    found = tuple(
        sheet
        for sheet in ([own] if own else []) + kept
        if sheet.valid_from <= day and (sheet.valid_to is None or day <= sheet.valid_to)
    )
    _refuse_two_sheets(found, day)
    return found


def _refuse_two_sheets(sheets: tuple[IndexSheet, ...], day: date) -> None:
    for tier, n in Counter(tier for sheet in sheets for tier in sheet.tiers).items():
        if n > 1:
            raise ParameterError(
                f"On {day:%d/%m/%Y} {n} sheets of {sheets[0].index} are in force for {tier}. "
                "Set valid_to of the older one.",
                f"Ngày {day:%d/%m/%Y} có {n} bảng của bộ chỉ số {sheets[0].index} cùng hiệu lực cho cấp {tier}. "
                "Hãy ghi valid_to cho bảng cũ hơn.",
            )


def read_index_sheet(path: Path) -> IndexSheet:
    """Return the index sheet of a YAML file. Raises ParameterError with file, key and reason."""
    return read_entry(path, IndexSheet, PAGE)
