"""The kinds of tables as intake sees them: rules, derivations, and what makes two rows one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cchc_analysis.intake.derive import (
    complete_e_copies,
    complete_nothing,
    complete_payments,
    complete_status,
    derive_dossiers,
    derive_e_copies,
    derive_feedback,
    derive_other_register,
    derive_payments,
    derive_procedures,
)
from cchc_analysis.intake.plan_rows import (
    complete_evidence,
    complete_submissions,
    derive_evidence,
    derive_index_values,
    derive_self_scores,
    derive_submissions,
)
from cchc_analysis.intake.rows import Derive, Rows
from cchc_analysis.intake.rule import RuleBook
from cchc_analysis.intake.rules import RULES
from cchc_analysis.intake.tables import Note
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import KINDS, Kind


@dataclass(frozen=True)
class IntakeKind:
    """What intake needs to know of one kind of table besides its schema.

    `derive` fills in columns of each table, `complete` those that only a whole file decides, with notes on it. `key`
    names one row; a key without a value in a column outside `nullable` is not complete. `ages`: by these moments one
    file is newer than another. `same`: the first moment of rows with one key, which only an error changes; None where
    a newer table may change it. `in_calendar`: moments must lie in the working calendar, since time is counted
    between them; else only in a year that is possible. `book` are the rules of a kind that has its own; a survey has
    its `questionnaire`, and rows without a key are one there only where the moment has a clock time. Cells of
    `unshown` columns are repeated in no list. `row_age`: the moment by which one row, not its file, is newer than
    another of the same key; within one file, too, the newer then replaces the older.
    """

    kind: Kind
    derive: Derive
    complete: Callable[[Rows], list[Note]]
    key: tuple[str, ...]
    ages: tuple[str, ...]
    same: str | None
    nullable: frozenset[str] = field(default=frozenset())
    in_calendar: bool = True
    book: RuleBook | None = None
    questionnaire: Questionnaire | None = None
    unshown: frozenset[str] = frozenset()
    row_age: str | None = None

    @property
    def rules(self) -> RuleBook:
        """Return the rules every row is checked by."""
        return self.book or RULES[self.kind.name]


def _plain(name: str, derive: Derive, complete: Callable[[Rows], list[Note]] = complete_status) -> IntakeKind:
    kind = KINDS[name]
    return IntakeKind(kind, derive, complete, kind.key, kind.events, kind.moment[0])


def _reported(name: str, derive: Derive, complete: Callable[[Rows], list[Note]], age: str) -> IntakeKind:
    kind = KINDS[name]
    return IntakeKind(kind, derive, complete, kind.key, kind.events, None, row_age=age)


def _undated(name: str, derive: Derive, *nullable: str) -> IntakeKind:
    kind = KINDS[name]
    return IntakeKind(kind, derive, complete_nothing, kind.key, (), None, frozenset(nullable), in_calendar=False)


_PROCEDURES: Final = KINDS["procedures"]

INTAKE_KINDS: Final[dict[str, IntakeKind]] = {
    "dossiers": _plain("dossiers", derive_dossiers),
    "payments": _plain("payments", derive_payments, complete_payments),
    "feedback": _plain("feedback", derive_feedback),
    "e_copies": _plain("e_copies", derive_e_copies, complete_e_copies),
    "procedures": IntakeKind(
        _PROCEDURES,
        derive_procedures,
        complete_nothing,
        _PROCEDURES.key,
        ("decided_at", "published_at", "valid_from"),
        same=None,
        nullable=frozenset({"unit"}),
        in_calendar=False,
    ),
    "other_register": _plain("other_register", derive_other_register),
    "evidence": _reported("evidence", derive_evidence, complete_evidence, "reported_at"),
    "submissions": _reported("submissions", derive_submissions, complete_submissions, "submitted_at"),
    "self_scores": _undated("self_scores", derive_self_scores),
    "index_values": _undated("index_values", derive_index_values, "dimension"),
}
"""Every kind of table by its name, dossiers first."""
