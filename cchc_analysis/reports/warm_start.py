"""Start the warm parent before anybody knows what is to be made: it imports while the main process finds out."""

import os
from collections.abc import Sequence
from typing import IO

from cchc_analysis.reports.jobs import WarmUp
from cchc_analysis.reports.repeatable import REPEATABLE
from cchc_analysis.reports.warm_parent import WarmParent, can_fork
from cchc_analysis.temporary import TemporaryFolder


class WarmStart:
    """A warm parent that imports modules, with the folder in which its run works; a context manager that ends it.

    `parent` is None where no process can be forked or none is wanted (see can_fork).

    >>> with WarmStart(("json",)) as start:
    ...     start.folder.path.is_dir()
    True
    >>> start.folder.path.exists()
    False
    """

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self.folder = TemporaryFolder()
        self.log: IO[bytes] = (self.folder.path / "warm.log").open("ab")
        environment = {**os.environ, **REPEATABLE}
        self.parent = WarmParent(WarmUp(tuple(modules)), environment, self.log, is_early=True) if can_fork() else None

    def __enter__(self) -> "WarmStart":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the parent with all that it has forked, and remove the folder; again, nothing is left to do."""
        if self.parent is not None:
            self.parent.close()
        self.log.close()
        self.folder.remove()
