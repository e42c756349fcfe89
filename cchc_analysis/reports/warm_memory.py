"""How much memory processes hold, read from /proc, and how long they computed."""

import os
import resource
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
MEGABYTE = 1 << 20


def peak_mb() -> float:
    """Return the most memory that this process has held so far, what it shares included, in megabytes (2^20 bytes).

    >>> 1 < peak_mb() < 100_000
    True
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_seconds() -> float:
    """Return how long this process has computed so far, its ended children included, in seconds.

    >>> cpu_seconds() > 0
    True
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def held_mb(pid: int) -> float:
    """Return the memory that a process and its children hold now, in megabytes; 0 for one that has ended.

    >>> held_mb(os.getpid()) > 1, held_mb(2**22 + 1)
    (True, 0.0)
    """
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * PAGE_BYTES / MEGABYTE + sum(held_mb(child) for child in children(pid))


def children(pid: int) -> list[int]:
    """Return the numbers of the processes that a process has started and that still are.

    >>> children(2**22 + 1)
    []
    """
    found: list[int] = []
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, told.read_text().split())
        except OSError:
            continue
    return found
