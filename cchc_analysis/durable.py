"""Files that are there after the power fails: flushed before they are pointed at, and folders exchanged in one step."""

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""Of renameat2(2): paths are taken from the current folder; both names are there at every moment."""

_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
"""What a system or file system without the call says."""


def flush(path: Path) -> None:
    """Write a file, or the names in a folder, to the disk."""
    if os.name != "posix" and path.is_dir():
        return  # Windows opens no folder.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """Write everything below a folder to the disk, the folder itself last."""
    for where, _, files in os.walk(folder, topdown=False):
        for name in files:
            flush(Path(where, name))
        flush(Path(where))


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change their names in one step, so that a reader finds a whole one at every moment.

    Returns False where the system cannot (other systems than Linux, some network disks); nothing has happened then.
    Raises OSError where it can and fails.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), str(one))
