"""Official forms as dated configuration: number, legal basis, the tree of columns, what must add up, who signs."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from cchc_analysis.entries import Entry, Text, read_entry
from cchc_analysis.errors import ParameterError
from cchc_analysis.reference_data import reference_path

FOLDER = "forms"
PAGE = "docs/methods/official-forms.md"

RowsBy = Literal["field", "unit"]
Scope = Literal["unit", "whole"]
Show = Literal["count", "share", "order", "label"]
"""What stands in a column: how many, a percentage, the running number of the row, its name."""


class Column(Entry):
    """A column of a form, or a heading over several.

    A column of counts names its `figure` (see forms.figures), one of percentages the two figures of its `share`; a
    column that no data of ours can fill says in `needs` what would. `remark` is the small print under the heading;
    `aliases` are other headings (Vietnamese) under which units hand in the same column.
    """

    heading: Text
    remark: Text | None = None
    aliases: tuple[str, ...] = ()
    show: Show = "count"
    figure: str | None = None
    share: tuple[str, str] | None = None
    needs: Text | None = None
    columns: tuple["Column", ...] = ()
    width: float = Field(default=9, gt=0)

    @model_validator(mode="after")
    def _has_one_content(self) -> "Column":
        given = [self.figure is not None, self.share is not None, self.needs is not None, bool(self.columns)]
        wanted = 0 if self.show in ("order", "label") else 1
        if sum(given) != wanted:
            raise ValueError("a column has one of figure, share, needs and columns; one of order or label has none")
        if (self.share is not None) != (self.show == "share"):
            raise ValueError("a share is shown as share, and only a share is")
        return self

    @property
    def depth(self) -> int:
        """How many rows of headings the column needs."""
        return 1 + max((column.depth for column in self.columns), default=0)

    def leaves(self) -> Iterator["Column"]:
        """Yield the columns under this heading from left to right, itself where there are none."""
        if not self.columns:
            yield self
        for column in self.columns:
            yield from column.leaves()

    def paths(self, above: tuple["Column", ...] = ()) -> Iterator[tuple["Column", ...]]:
        """Yield each column under this heading with the headings above it, the topmost first."""
        if not self.columns:
            yield (*above, self)
        for column in self.columns:
            yield from column.paths((*above, self))


class LeftOut(Entry):
    """Dossiers or procedures that belong to a total and to none of its columns: a figure, and a note with {n}."""

    figure: str
    note: Text


class Identity(Entry):
    """What must hold in every row: `total` = the sum of `parts` (names of figures), and of what is `left_out`.

    `text` says it where a part has no column of its own.
    """

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    left_out: LeftOut | None = None
    text: Text | None = None


class Form(Entry):
    """An official form for the days from `valid_from` to `valid_to` (None = still in force).

    `code` is what stays when a new decision changes number or columns: the next version is a new file with the same
    code. `rows` says what the rows are, `scopes` for whom it is made; `starts` is the first day of a duty by tier
    (docs/methods/digitisation.md), `file` the name of its workbook, `unconfirmed` what was not seen in the text of law.
    """

    code: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")
    number: Text
    title: Text
    short: Text
    basis: Text
    valid_from: date
    valid_to: date | None = None
    rows: RowsBy
    scopes: tuple[Scope, ...] = Field(min_length=1)
    counts: Text
    receiver: Text
    columns: tuple[Column, ...] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()
    starts: dict[str, date] | None = None
    notes: tuple[Text, ...] = ()
    signatures: tuple[Text, ...] = Field(min_length=1)
    unconfirmed: tuple[Text, ...] = ()
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> "Form":
        if [column.show for column in self.leaves()].count("label") != 1:
            raise ValueError("one column, and only one, must show the label of the row")
        named = [column.figure for column in self.leaves() if column.figure is not None]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands in two columns")
        absent = sorted({identity.total for identity in self.identities} - set(named))
        if absent:
            raise ValueError(f"an identity names {', '.join(absent)}, which no column shows")
        return self

    def leaves(self) -> tuple[Column, ...]:
        """Return the columns from left to right, without the headings over several."""
        return tuple(leaf for column in self.columns for leaf in column.leaves())

    def paths(self) -> tuple[tuple[Column, ...], ...]:
        """Return each column with the headings above it, from left to right."""
        return tuple(path for column in self.columns for path in column.paths())

    @property
    def depth(self) -> int:
        """How many rows of headings the form has."""
        return max(column.depth for column in self.columns)

    def numbering(self) -> tuple[str, ...]:
        """Return the row of column numbers: (1), (2) …

        >>> load_form("ii-06a").numbering()[-1]
        '(13)'
        """
        return tuple(f"({place})" for place in range(1, len(self.leaves()) + 1))

    def number_of(self, figure: str) -> str:
        """Return the number of the column that shows a figure, "" where none does.

        >>> load_form("ii-06a").number_of("carried_over")
        '(6)'
        """
        numbered = zip(self.leaves(), self.numbering(), strict=True)
        return next((number for column, number in numbered if column.figure == figure), "")

    def figures(self) -> tuple[str, ...]:
        """Return the names of all figures the form asks for, each once: its columns, then those of its identities."""
        shown = [name for column in self.leaves() for name in (column.figure, *(column.share or ())) if name]
        parts = [name for identity in self.identities for name in identity.parts]
        beside = [identity.left_out.figure for identity in self.identities if identity.left_out]
        return tuple(dict.fromkeys([*shown, *parts, *beside]))

    def in_force(self, day: date) -> bool:
        """Tell whether the form holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def form_names() -> list[str]:
    """Return the names of the files in data/reference/forms.

    >>> "ii-06a" in form_names()
    True
    """
    return sorted(path.stem for path in reference_path(FOLDER).glob("*.yaml"))


def load_form(name: str) -> Form:
    """Return the form of that file name in data/reference/forms.

    Raises ParameterError naming the known forms, or file, key and reason where the file is wrong.

    >>> load_form("ii-07b").rows
    'unit'
    """
    if name not in form_names():
        known = ", ".join(form_names())
        raise ParameterError(
            f"There is no form {name!r}; known: {known}. Add a file to data/reference/forms.",
            f"Không có biểu mẫu {name!r}; các biểu mẫu có sẵn: {known}. Hãy thêm tệp vào data/reference/forms.",
        )
    return read_form(reference_path(FOLDER, f"{name}.yaml"))


def read_form(path: Path) -> Form:
    """Return the form of a YAML file. Raises ParameterError with file, key and reason."""
    facts = path.stat()
    return _read(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int, size: int) -> Form:
    """Read a file once as long as it stays the same: a form is asked for once per unit, and YAML takes its time."""
    return read_entry(path, Form, PAGE)


def forms_on(day: date) -> dict[str, Form]:
    """Return the forms in force on a day by their code, in the order of their files.

    Raises ParameterError where two files of one code hold on the same day.

    >>> sorted(forms_on(date(2021, 1, 1)))
    ['ii-06a', 'ii-06b', 'ii-07b']
    """
    found: dict[str, Form] = {}
    for name in form_names():
        form = load_form(name)
        if not form.in_force(day):
            continue
        if form.code in found:
            raise ParameterError(
                f"On {day:%d/%m/%Y} more than one form {form.code!r} is in force. Set valid_to of the older one.",
                f"Ngày {day:%d/%m/%Y} có nhiều biểu {form.code!r} cùng hiệu lực. Hãy ghi valid_to cho biểu cũ hơn.",
            )
        found[form.code] = form
    return found


def form_on(code: str, day: date) -> Form:
    """Return the form of a code that is in force on a day.

    Raises ParameterError naming the codes in force.

    >>> form_on("ii-06a", date(2023, 6, 14)).file
    'bieu-II06a'
    """
    known = forms_on(day)
    if code not in known:
        listed = ", ".join(known) or "–"
        raise ParameterError(
            f"No form {code!r} is in force on {day:%d/%m/%Y}; in force: {listed}.",
            f"Ngày {day:%d/%m/%Y} không có biểu {code!r} còn hiệu lực; các biểu có hiệu lực: {listed}.",
        )
    return known[code]
