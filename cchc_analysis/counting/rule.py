"""What "on time" means: a rule, never a word."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from cchc_analysis.errors import ParameterError

Basis = Literal["finished", "returned"]
Grain = Literal["date", "minute"]
Treatment = Literal["on_time", "excluded"]
Denominator = Literal["finished", "due", "to_handle"]


@dataclass(frozen=True)
class OnTimeRule:
    """The five choices that turn dates into "on time".

    `basis`: the moment that counts, end of processing or hand-over of the result. `grain`: dates are compared,
    or minutes (a stamp at midnight has no clock time and is always compared by date). `withdrawn`: withdrawn and
    sent-back dossiers count as on time, or not at all. `without_due`: so do dossiers that have no due date.
    `denominator`: dossiers finished in the window, due in the window, or all there was to handle in it.

    >>> OFFICIAL_FORM.withdrawn, STRICT.withdrawn
    ('on_time', 'excluded')
    """

    name: str
    basis: Basis = "finished"
    grain: Grain = "date"
    withdrawn: Treatment = "on_time"
    without_due: Treatment = "on_time"
    denominator: Denominator = "finished"

    def __post_init__(self) -> None:
        for field, allowed in _ALLOWED.items():
            value = getattr(self, field)
            if value not in allowed:
                raise ParameterError(
                    f"{field} of an on-time rule must be one of {', '.join(allowed)}; got {value!r}.",
                    f"{field} của quy tắc đúng hạn phải là một trong: {', '.join(allowed)}; nhận được {value!r}.",
                )

    def with_denominator(self, denominator: Denominator) -> "OnTimeRule":
        """Return the same rule over another denominator.

        >>> STRICT.with_denominator("due").denominator
        'due'
        """
        return replace(self, denominator=denominator)


_ALLOWED: dict[str, tuple[str, ...]] = {
    "basis": get_args(Basis),
    "grain": get_args(Grain),
    "withdrawn": get_args(Treatment),
    "without_due": get_args(Treatment),
    "denominator": get_args(Denominator),
}

OFFICIAL_FORM = OnTimeRule("official_form")
"""What form II.06a/VPCP/KSTT does: dates compared, withdrawn and due-less dossiers are on time."""

STRICT = OnTimeRule("strict", grain="minute", withdrawn="excluded", without_due="excluded")
"""Minutes compared; only dossiers that were decided and had a due date."""

RULES: dict[str, OnTimeRule] = {"official": OFFICIAL_FORM, "official_form": OFFICIAL_FORM, "strict": STRICT}


def rule_named(name: str) -> OnTimeRule:
    """Return the preset rule of that name.

    Raises ParameterError for another name.

    >>> rule_named("strict").grain
    'minute'
    """
    if name not in RULES:
        raise ParameterError(
            f"There is no on-time rule {name!r}; known: {', '.join(sorted(RULES))}.",
            f"Không có quy tắc đúng hạn {name!r}; các quy tắc có sẵn: {', '.join(sorted(RULES))}.",
        )
    return RULES[name]
