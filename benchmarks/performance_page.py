"""docs/performance.md: its tables and figures are written from a run, the text around them by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curves import drawn, finding
from harness import Curve, Measured
from telling import curve_from, measured_from, told_figure, told_seconds, told_verdict

PAGE = Path("docs") / "performance.md"
IMAGES = Path("docs") / "images"
BEGIN = "<!-- Written by benchmarks/run.py --docs: begin -->"
END = "<!-- Written by benchmarks/run.py --docs: end -->"


def write_docs(project: Path, kept: dict[str, Any]) -> list[Path]:
    """Draw every curve of a run and put its tables between the marks of the page; return what was written."""
    written = []
    for curve in curves_of(kept):
        path = project / IMAGES / f"performance-{curve.name}.svg"
        path.write_bytes(drawn(curve))
        written.append(path)
    page = project / PAGE
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise RuntimeError(f"{PAGE} lacks the lines {BEGIN!r} and {END!r}.")
    told = "\n".join(measured_part(kept))
    page.write_text(f"{before}{BEGIN}\n\n{told}\n{END}{after}", encoding="utf-8")
    return [*written, page]


def curves_of(kept: dict[str, Any]) -> list[Curve]:
    return [curve_from(curve) for case in kept["cases"].values() for curve in case["curves"]]


def measured_part(kept: dict[str, Any]) -> Iterator[str]:
    """Yield the lines between the marks: machine, table, notes, what failed, figures."""
    yield from machine_lines(kept)
    for name, case in kept["cases"].items():
        yield f"### {name}\n"
        if case["failed"]:
            # The last line of a traceback is what went wrong.
            yield f"**This case did not come to its end:** `{case['failed'].strip().splitlines()[-1][:300]}`\n"
        measured = [measured_from(one) for one in case["measured"]]
        if measured:
            yield from table(measured)
    for curve in curves_of(kept):
        yield f"![{finding(curve).replace(chr(10), ' ')}](images/performance-{curve.name}.svg)\n"
        if curve.note:
            yield f"{curve.note}\n"


def machine_lines(kept: dict[str, Any]) -> Iterator[str]:
    machine, cases = kept["machine"], kept["cases"].values()
    minutes = sum(case["minutes"] for case in cases)
    loads = [case["load_before"] for case in cases if case["load_before"] is not None]
    busy = f"load before the cases {min(loads):g} to {max(loads):g}; " if loads else ""
    size = f" SIZE={kept['size']}" if kept["size"] != "small" else ""
    yield f"`make bench{size}`, {minutes:.0f} minutes. {machine['system']} {machine['architecture']}, "
    yield f"{machine['processor']}, {machine['processors']} processors, {machine['memory_gib']} GiB; "
    yield f"{busy}Python {machine['python']};"
    yield ", ".join(f"{name} {version}" for name, version in machine["versions"].items()) + ".\n"


def table(measured: list[Measured]) -> Iterator[str]:
    """Yield a table with one line per measure, and below it what has to be known of each."""
    yield "| case | n | ours | other way | figure | bar | verdict | peak of memory |"
    yield "|---|---|---|---|---|---|---|---|"
    notes: list[str] = []
    for one in measured:
        memory = f"{one.memory_mb:,.0f} MB" if one.memory_mb is not None else ""
        bar = one.promise.told if one.promise else ""
        if one.promise and one.promise.aim is not None:
            bar += f" (aim {one.promise.aim:g})"
        verdict = told_verdict(one)
        verdict = f"**{verdict}**" if verdict.startswith("missed") else verdict
        mark = ""
        if one.note:
            notes.append(f"{len(notes) + 1}. {one.case}: {one.note}")
            mark = f" [{len(notes)}]"
        ours = f"{told_seconds(one.best)}: {one.ours}" if one.ours_seconds else "–"
        other = f"{told_seconds(one.other_best)}: {one.other}" if one.other else ""
        told = told_figure(one) if one.other or one.promise else ""
        yield (
            f"| {one.case}{mark} | {f'{one.n:,} {one.unit}' if one.n else ''} | {ours} | {other} | {told} "
            f"| {bar} | {verdict} | {memory} |"
        )
    yield ""
    yield from notes
    yield from [""] if notes else []
