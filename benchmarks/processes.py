"""A function in a process of its own: its seconds, its processor time and the peak of its memory, children included."""

import multiprocessing
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

MB = 1_000_000
EVERY_SECONDS = 0.1
LOOKING_SHARE = 50
"""Looking at gigabytes takes time itself: at most one part in so many goes there."""
LEAVE_SECONDS = 60


@dataclass(frozen=True)
class InChild:
    """What a function gave and what it cost: wall and processor seconds, and peaks in MB.

    `peak_mb`: of the process and all its children together, shared pages counted once where the system tells (PSS).
    `child_peak_mb`: of the largest child alone, 0 where it had none; `child_peak_rss_mb`: the same with all that it
    shares with others.
    """

    result: Any
    seconds: float
    cpu_seconds: float
    peak_mb: float
    child_peak_mb: float
    child_peak_rss_mb: float


class ChildError(RuntimeError):
    """What ran in a process of its own failed, was killed, or took longer than it may."""


def in_child(
    function: Callable[..., Any], *arguments: Any, limit_seconds: float | None = None, watched: bool = True
) -> InChild:
    """Call the function in a fresh process, so that memory is its own and a crash or a leak stays there.

    The function must be found by name in its module, and what it takes and gives must be able to travel. Memory
    that nobody asks for need not be watched, which costs up to a fiftieth of a processor: it is told as 0 then. Raises
    ChildError with the traceback when it fails, dies or takes longer than `limit_seconds`.
    """
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(its, function, arguments, watched))
    child.start()
    its.close()
    told: Any = f"took longer than {limit_seconds} seconds"
    try:
        if ours.poll(limit_seconds):
            told = ours.recv()
            child.join(LEAVE_SECONDS)
    except EOFError:
        child.join()
        told = f"ended with code {child.exitcode}"
    finally:
        if child.is_alive():
            end_tree(child.pid)
        child.join()
    if isinstance(told, str):
        raise ChildError(f"{function.__module__}.{function.__name__}: {told}")
    return InChild(*told)


def _serve(out: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], watched: bool) -> None:
    watch, started, worked = MemoryWatch(), time.perf_counter(), cpu_seconds()
    try:
        with watch if watched else nullcontext():
            result = function(*arguments)
    except BaseException:
        out.send(traceback.format_exc())
        return
    seconds = time.perf_counter() - started
    out.send((result, seconds, cpu_seconds() - worked, watch.peak_mb, watch.child_peak_mb, watch.child_peak_rss_mb))


def cpu_seconds() -> float:
    """Return the processor time of this process and of the children it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def end_tree(pid: int | None) -> None:
    """Kill a process and everything that it started, where it has not ended by itself."""
    if pid is None:
        return
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()


class MemoryWatch:
    """Look at the memory of a process and of what it starts, again and again, while a block runs.

    `peak_mb`: the largest sum over all of them at one moment; `child_peak_mb`: the largest single child. Shared pages
    are divided among those who share them (PSS); where the system does not tell, resident pages are taken (RSS), as
    `child_peak_rss_mb` always does.
    """

    def __init__(self, pid: int | None = None, every_seconds: float = EVERY_SECONDS) -> None:
        self.pid, self.every_seconds = pid or os.getpid(), every_seconds
        self.peak_mb = self.child_peak_mb = self.child_peak_rss_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()
        if self.pid == os.getpid():
            self.peak_mb = max(self.peak_mb, own_peak_mb())

    def _look(self) -> None:
        while not self._ended.is_set():
            started = time.perf_counter()
            sizes = tree_memory(self.pid)
            below = sizes[1:]
            self.peak_mb = max(self.peak_mb, sum(pss for pss, _ in sizes))
            self.child_peak_mb = max([self.child_peak_mb, *(pss for pss, _ in below)])
            self.child_peak_rss_mb = max([self.child_peak_rss_mb, *(rss for _, rss in below)])
            self._ended.wait(max(self.every_seconds, LOOKING_SHARE * (time.perf_counter() - started)))


def tree_memory(pid: int) -> list[tuple[float, float]]:
    """Return the memory in MB, shared pages divided and whole (PSS, RSS), of a process and of each that it started."""
    try:
        process = psutil.Process(pid)
        below = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [memory_mb(pid), *(memory_mb(one.pid) for one in below)]


def memory_mb(pid: int) -> tuple[float, float]:
    """Return PSS and RSS of a process in MB; RSS twice where the system does not tell the first, 0 if it is gone."""
    with suppress(OSError, ValueError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        told = {name: int(rest.split()[0]) * 1024 / MB for name, _, rest in (line.partition(":") for line in lines[1:])}
        if "Pss" in told:
            return told["Pss"], told["Rss"]
    try:
        resident = float(psutil.Process(pid).memory_info().rss) / MB
    except psutil.Error:
        resident = 0.0
    return resident, resident


def own_peak_mb() -> float:
    """Return the largest resident size this process has had."""
    # ru_maxrss would do, but a new process inherits that of the one that started it.
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MB


def tree_peak(function: Callable[[], Any]) -> tuple[Any, MemoryWatch]:
    """Call the function here and return what it gave, with the memory of this process and of what it started."""
    with MemoryWatch() as watch:
        result = function()
    return result, watch
