"""What every benchmark shares: a promise, what was measured beside it, two ways run in turn, the machine.

A case is a module with `measure(folder, size, repeat) -> Iterable[Measured]` and, where it has some,
`curves(folder, size) -> Iterable[Curve]`; README.md says how to write one.
"""

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from processes import cpu_seconds, in_child, tree_peak

__all__ = [
    "Curve",
    "Line",
    "Measured",
    "Point",
    "Promise",
    "Runs",
    "Size",
    "in_child",
    "load",
    "machine",
    "not_measured",
    "same",
    "side_by_side",
    "tree_peak",
]

Size = Literal["small", "full"]
Of = Literal["ratio", "speed-up", "seconds", "memory_mb"]

PACKAGES = ("cchc-analysis", "duckdb", "narwhals", "numpy", "pandas", "pyarrow", "papermill", "nbconvert", "ipykernel")
PACKAGES += ("python-calamine", "pyspark", "psycopg")
SIGN = {"at most": "≤", "at least": "≥"}
NOT_IN_THIS_SIZE, NOT_MEASURED, MET, MISSED, NO_PROMISE = "not in this size", "not measured", "met", "missed", ""


@dataclass(frozen=True)
class Promise:
    """A bar: `of` what was measured, at most or at least `value`; `aim` is hoped for, `text` is how it was promised.

    `of`: "ratio" (ours over the other), "speed-up" (the other over ours), "seconds" (ours) or "memory_mb" (the peak).
    `from_n`: fewer rows, pages or units than that prove nothing, so that the bar is "not in this size".
    """

    text: str
    of: Of
    bound: Literal["at most", "at least"]
    value: float
    from_n: int = 0
    aim: float | None = None

    @property
    def told(self) -> str:
        """The bar in a few signs, such as "≤ 6×"."""
        mark = {"ratio": "×", "speed-up": "× faster", "seconds": " s", "memory_mb": " MB"}[self.of]
        return f"{SIGN[self.bound]} {self.value:,.6g}{mark}"

    def verdict(self, figure: float | None, n: int) -> str:
        """Return "met", "missed", "not in this size" or "not measured"."""
        if figure is None:
            return NOT_MEASURED
        if n < self.from_n:
            return NOT_IN_THIS_SIZE
        return MET if (figure <= self.value if self.bound == "at most" else figure >= self.value) else MISSED

    def missed_by(self, figure: float) -> float:
        """Return by how much of the bar it is missed: 0.25 is a quarter above (or below) it; 0 where it is met."""
        beyond = figure - self.value if self.bound == "at most" else self.value - figure
        return max(0.0, beyond / self.value)


@dataclass(frozen=True)
class Measured:
    """One promise measured: n of `unit`, the seconds of every run of both ways, and the peak of memory of ours.

    The other way may have no seconds: then there is no ratio. `factor` is how many times the work of ours the other
    way would have had to do, where it was measured on a part (100 pages of ours beside 4 of the other: 25).
    """

    case: str
    ours: str
    other: str
    n: int
    unit: str
    ours_seconds: tuple[float, ...]
    other_seconds: tuple[float, ...] = ()
    promise: Promise | None = None
    memory_mb: float | None = None
    note: str = ""
    factor: float = 1.0
    ours_cpu_seconds: tuple[float, ...] = ()
    other_cpu_seconds: tuple[float, ...] = ()

    @property
    def best(self) -> float | None:
        return min(self.ours_seconds, default=None)

    @property
    def other_best(self) -> float | None:
        """Best seconds of the other way for as much work as ours did."""
        return min(self.other_seconds) * self.factor if self.other_seconds else None

    @property
    def ratio(self) -> float | None:
        """Seconds of ours over those of the other way, best of each."""
        best, other = self.best, self.other_best
        return best / other if best is not None and other else None

    @property
    def figure(self) -> float | None:
        """What the promise is about; the ratio where nothing is promised."""
        of = self.promise.of if self.promise else "ratio"
        if of == "speed-up":
            return 1 / self.ratio if self.ratio else None
        return {"ratio": self.ratio, "seconds": self.best, "memory_mb": self.memory_mb}[of]

    @property
    def verdict(self) -> str:
        return self.promise.verdict(self.figure, self.n) if self.promise else NO_PROMISE

    @property
    def missed_by(self) -> float:
        """Share of the bar by which it is missed, 0 unless the verdict is "missed"."""
        missed = self.promise is not None and self.figure is not None and self.verdict == MISSED
        return self.promise.missed_by(self.figure) if missed else 0.0  # type: ignore[union-attr,arg-type]

    def as_dict(self) -> dict[str, Any]:
        derived = ("best", "other_best", "ratio", "figure", "verdict", "missed_by")
        bar = {"bar": self.promise.told} if self.promise else {}
        return {**asdict(self), **{name: getattr(self, name) for name in derived}, **bar}


@dataclass(frozen=True)
class Point:
    """Seconds and, where it was looked at, the peak of memory in MB at x rows, units or workers."""

    x: float
    seconds: float
    memory_mb: float | None = None


@dataclass(frozen=True)
class Line:
    """A line drawn beside a curve: another way, the bar, or the limit of the machine ("limit": nothing can pass it)."""

    label: str
    kind: Literal["other", "bar", "limit"]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Curve:
    """Cost against size: what ours took at each x, and the lines beside it.

    `name` is a short one for the file, `case` the title's subject, `x` what is counted on the horizontal axis.
    """

    name: str
    case: str
    x: Literal["rows", "units", "workers", "pages"]
    points: tuple[Point, ...]
    lines: tuple[Line, ...] = ()
    note: str = ""


@dataclass
class Runs:
    """What some repetitions of one way took, and what it gave last."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    result: Any = None

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def all(self) -> tuple[float, ...]:
        return tuple(self.seconds)

    @property
    def all_cpu(self) -> tuple[float, ...]:
        return tuple(self.cpu_seconds)


def side_by_side(repeat: int, *ways: Callable[[], Any]) -> list[Runs]:
    """Run the ways in turn, `repeat` times over, so that a busy moment of the machine meets all of them."""
    runs = [Runs() for _ in ways]
    for _ in range(repeat):
        for way, kept in zip(ways, runs, strict=True):
            started, worked = time.perf_counter(), cpu_seconds()
            kept.result = way()
            kept.seconds.append(time.perf_counter() - started)
            kept.cpu_seconds.append(cpu_seconds() - worked)
    return runs


def same(ours: Any, other: Any, what: str) -> None:
    """Refuse to compare two ways that did not do the same work."""
    if ours != other:
        raise RuntimeError(f"The two ways do not do the same work: {what}: {ours} and {other}.")


def not_measured(case: str, why: str, unit: str = "") -> Measured:
    """Return the line of what could not be measured here, such as Spark without Java, and why."""
    return Measured(case, "", "", 0, unit, (), note=f"not measured: {why}")


def machine() -> dict[str, Any]:
    """Return what a reader needs to judge the seconds; no name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
        "versions": {name: version for name in PACKAGES if (version := _version(name))},
    }


def load() -> float | None:
    """Return how many processes wanted a processor in the last minute: above 0.5, others were at work."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
