"""What a rule is: which rows it finds, how much that matters, and what it says about them."""

from dataclasses import dataclass
from typing import Final, Literal

from cchc_analysis.intake.predicates import Predicate

Severity = Literal["reject", "flag", "info"]

OPERATOR: Final = "screen 'hồ sơ gây lỗi thống kê' of a provincial one-stop system"
DEFINITION: Final = "docs/methods/intake.md"


@dataclass(frozen=True)
class Rule:
    """One rule on one column: which rows it finds (`holds`), and what it says about them.

    `reject` keeps the row out, `flag` and `info` let it in and list it. `column` is where a person should look.
    """

    id: str
    severity: Severity
    column: str
    en: str
    vi: str
    source: str
    holds: Predicate


@dataclass(frozen=True)
class RuleBook:
    """The rules of one kind of table: `rejecting` in the order in which the first that holds names a row."""

    rejecting: tuple[Rule, ...]
    flagging: tuple[Rule, ...]


def rule(
    id: str, severity: Severity, column: str, holds: Predicate, en: str, vi: str, source: str = DEFINITION
) -> Rule:
    """Return a rule, in the order in which a line of the rule book is read.

    >>> from cchc_analysis.intake.predicates import is_missing
    >>> rule("unit_missing", "reject", "unit", is_missing("unit"), "There is no unit.", "Thiếu đơn vị.").column
    'unit'
    """
    return Rule(id, severity, column, en, vi, source, holds)
