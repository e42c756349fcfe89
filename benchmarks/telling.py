"""A run as text for people and as JSON for programs, which gives back what it was made of."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from harness import MISSED, Curve, Line, Measured, Point, Promise


def told_seconds(value: float | None) -> str:
    """Return seconds with three figures, "–" for none."""
    if value is None:
        return "–"
    return f"{value:.3g} s" if value < 100 else f"{value:,.0f} s"


def told_figure(measured: Measured) -> str:
    """Return the figure as its promise speaks of it."""
    figure = measured.figure
    if figure is None:
        return "–"
    of = measured.promise.of if measured.promise else "ratio"
    if of == "seconds":
        return told_seconds(figure)
    return f"{figure:,.0f} MB" if of == "memory_mb" else f"{figure:.3g}×"


def told_verdict(measured: Measured) -> str:
    """Return "met", "missed by 12 %", "missed: 6.5 times the bar", "not in this size" …"""
    if measured.verdict != MISSED:
        return measured.verdict
    if measured.missed_by >= 1:
        return f"missed: {1 + measured.missed_by:.2g} times the bar"
    return f"missed by {100 * measured.missed_by:.0f} %"


def as_text(told: dict[str, Any], measured: Sequence[Measured]) -> str:
    """Return the machine and one line per measure, its note below it."""
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    machine_line = f"{told['system']} {told['architecture']}, {told['processor']}, {told['processors']} processors, "
    machine_line += f"{told['memory_gib']} GiB, Python {told['python']}"
    head = f"{'case':<34}{'n':>13} {'unit':<9}{'ours':>10}{'other':>10}{'figure':>10}  {'bar':<14}verdict"
    return "\n".join([machine_line, versions, "", head, *(_line(one) for one in measured)])


def _line(one: Measured) -> str:
    bar = one.promise.told if one.promise else ""
    memory = f"; peak {one.memory_mb:,.0f} MB" if one.memory_mb is not None else ""
    seconds = f"{told_seconds(one.best):>10}{told_seconds(one.other_best):>10}"
    line = f"{one.case:<34}{one.n:>13,} {one.unit:<9}{seconds}{told_figure(one):>10}  {bar:<14}{told_verdict(one)}"
    ways = f"{one.ours}; other: {one.other}" if one.other else one.ours
    notes = [text for text in (f"{ways}{memory}", one.note) if text]
    return "\n".join([line, *(f"    {text}" for text in notes)])


def measured_from(stored: dict[str, Any]) -> Measured:
    """Return a measure as `as_json` stored it."""
    given = {name: stored[name] for name in Measured.__dataclass_fields__}
    tuples = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    promise = Promise(**stored["promise"]) if stored["promise"] else None
    return Measured(**{**given, **tuples, "promise": promise})


def curve_from(stored: dict[str, Any]) -> Curve:
    """Return a curve as `as_json` stored it."""
    points = tuple(Point(**point) for point in stored["points"])
    lines = tuple(
        Line(line["label"], line["kind"], tuple(Point(**point) for point in line["points"])) for line in stored["lines"]
    )
    return Curve(**{**stored, "points": points, "lines": lines})


def as_json(
    measured: Iterable[Measured], curves: Iterable[Curve], failed: str, minutes: float, load: float | None
) -> dict[str, Any]:
    """Return what a case has given: measures with their ratios and bars, curves, why it failed, how long it took."""
    return {
        "measured": [one.as_dict() for one in measured],
        "curves": [asdict(curve) for curve in curves],
        "failed": failed,
        "minutes": round(minutes, 2),
        "load_before": load,
    }
