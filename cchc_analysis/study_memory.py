"""What a study has answered before: every measure is computed once for a study, however many parts of a page ask."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import pandas as pd


class Remembering(Protocol):
    """Something that keeps its answers; a copy of it with other parameters begins with none."""

    @property
    def _answers(self) -> dict[Any, Any]: ...


Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Self = TypeVar("Self", bound=Remembering)


def remembered(method: Callable[Concatenate[Self, Asked], Answer]) -> Callable[Concatenate[Self, Asked], Answer]:
    """Compute the answer of a method once per object and arguments; later calls get a copy of it.

    The arguments are values, sequences and mappings of values; a table may be changed by who asked for it.

    >>> class Study:
    ...     def __init__(self) -> None:
    ...         self._answers = {}
    ...     @remembered
    ...     def table(self, by: tuple[str, ...] = ()) -> pd.DataFrame:
    ...         print("computed")
    ...         return pd.DataFrame({"n": [1]})
    >>> study = Study()
    >>> first, second = study.table(["unit"]), study.table(("unit",))
    computed
    >>> first["n"] = 2
    >>> int(second["n"].iloc[0])
    1
    """

    @wraps(method)
    def ask(study: Self, /, *arguments: Asked.args, **named: Asked.kwargs) -> Answer:
        key = (method.__qualname__, as_key(arguments), as_key(named))
        answers = study._answers
        if key not in answers:
            answers[key] = method(study, *arguments, **named)
        found = answers[key]
        if isinstance(found, pd.DataFrame):
            return cast(Answer, found.copy(deep=False))
        return cast(Answer, list(found)) if isinstance(found, list) else cast(Answer, found)

    return ask


def as_key(argument: Any) -> Any:
    """Return an argument as something a dictionary can have as a key.

    >>> as_key({"b": [1, 2], "a": 3})
    (('a', 3), ('b', (1, 2)))
    """
    if isinstance(argument, Mapping):
        return tuple(sorted((name, as_key(value)) for name, value in argument.items()))
    if isinstance(argument, (list, tuple)):
        return tuple(as_key(value) for value in argument)
    return argument
