"""One exception per kind of trouble; every message says what is wrong, where, and what to do."""

from typing import Literal

Language = Literal["vi", "en"]


class CchcError(Exception):
    """Base of every error this package raises on purpose; carries one sentence in English and one in Vietnamese.

    >>> error = CchcError("The file is empty.", "Tệp rỗng.")
    >>> str(error), error.message("vi")
    ('The file is empty.', 'Tệp rỗng.')
    """

    def __init__(self, en: str, vi: str) -> None:
        super().__init__(en)
        self.en = en
        self.vi = vi

    def message(self, language: Language = "vi") -> str:
        """Return the sentence in the reader's language."""
        return self.vi if language == "vi" else self.en


class InputError(CchcError):
    """A file that cannot be read as a table of the kind asked for."""


class MappingError(InputError):
    """Columns that cannot be named without help, or a mapping file that is wrong."""


class HashKeyError(CchcError):
    """The key that turns dossier codes into hashes is missing, too short or kept in the repository."""


class CalendarError(CchcError):
    """A date outside the working calendar, or a calendar file that contradicts itself."""


class PeriodError(CchcError):
    """A reporting period or date that cannot be understood."""


class UnitError(CchcError):
    """A unit that does not exist, or a units table that contradicts itself."""


class ParameterError(CchcError):
    """A parameter that is unknown, misspelt or out of range."""


class WarehouseError(CchcError):
    """A warehouse that is missing, damaged or written by a newer version."""


class EngineError(CchcError):
    """An engine that is not there, cannot be reached, or cannot read the warehouse."""


class CountingError(CchcError):
    """Counts that break an identity which must hold."""


class ReportError(CchcError):
    """A page that could not be made; nothing was published."""
