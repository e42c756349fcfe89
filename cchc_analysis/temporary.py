"""Temporary folders that nobody has to clean up after: those of a process that was killed go with the next one."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows has no flock; there nobody can tell whether a folder is still used, and none is removed.
    fcntl = None  # type: ignore[assignment]

PREFIX = "cchc-"
LOCK = ".in-use"
"""File in each of the folders, locked for as long as the process lives that made it, however that ends."""

LONGEST_BASE = 80
"""Characters: a Unix socket's path may have 107, and whoever makes sockets in the folder adds their names."""


class TemporaryFolder:
    """A new folder `path` of this process under the temporary folder (TMPDIR); a context manager that removes it.

    What killed processes left there is removed before. The folder of a living process is never touched.

    >>> with TemporaryFolder() as folder:
    ...     folder.path.is_dir(), folder.path.name.startswith("cchc-")
    (True, True)
    >>> folder.path.exists()
    False
    """

    def __init__(self) -> None:
        base = short_base()
        remove_abandoned_once(os.getpid(), base)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        self._lock = held(self.path)

    def __enter__(self) -> "TemporaryFolder":
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder, even one in which a dying process still writes."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def short_base() -> Path:
    """Return where temporary folders are made: TMPDIR, unless sockets could not be made below it."""
    base = Path(tempfile.gettempdir())
    return base if len(str(base)) <= LONGEST_BASE else Path("/tmp")  # noqa: S108 - only a base: the folder in it has a random name and is its owner's alone


def held(folder: Path) -> IO[str]:
    """Lock a new folder and return the lock, which ends with the process."""
    # Locked before it has its name: another process that sees the file finds it locked.
    unnamed = folder / f"{LOCK}.new"
    lock = unnamed.open("w")
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.replace(unnamed, folder / LOCK)
    return lock


@cache
def remove_abandoned_once(process: int, base: Path) -> None:
    """Call `remove_abandoned` once in a process."""
    remove_abandoned(base)


def remove_abandoned(base: Path) -> None:
    """Remove the temporary folders of ours below a folder whose processes no longer live."""
    for path in base.glob(f"{PREFIX}*/{LOCK}"):
        if is_abandoned(path):
            shutil.rmtree(path.parent, ignore_errors=True)


def is_abandoned(path: Path) -> bool:
    """Tell whether nobody holds a lock any more; False where that cannot be known."""
    try:
        with path.open() as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return fcntl is not None
