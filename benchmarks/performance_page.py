"""docs/performance.md and docs/spark.md: tables and figures are written from a run, the text around them by hand."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from curves import described, drawn
from harness import MET, MISSED, NOT_MEASURED, Curve, Measured
from telling import curve_from, measured_from, told_figure, told_seconds, told_verdict

PAGE = Path("docs") / "performance.md"
SPARK_PAGE = Path("docs") / "spark.md"
IMAGES = Path("docs") / "images"
BEGIN = "<!-- Written by benchmarks/run.py --docs: begin -->"
END = "<!-- Written by benchmarks/run.py --docs: end -->"
TITLES = {
    "counting": "Counting",
    "rendering": "Pages of a city",
    "communes": "Pages of a country",
    "intake": "Intake of files",
    "pages": "Measures of one unit, after counting",
    "spark": "Counting on a Spark cluster",
    "survey": "A survey of sixty questions",
    "database": "Intake from a database",
}


def write_docs(project: Path, kept: dict[str, Any]) -> list[Path]:
    """Draw every curve of a run and put its tables between the marks of the pages; return what was written."""
    written = []
    for curve in (curve for case in kept["cases"].values() for curve in curves_of(case)):
        path = project / IMAGES / f"performance-{curve.name}.svg"
        path.write_bytes(drawn(curve))
        written.append(path)
    written.append(write_between(project, PAGE, measured_part(kept)))
    on_spark = measured_of(kept["cases"].get("spark", {"measured": []}))
    if any(one.ours_seconds for one in on_spark):
        written.append(write_between(project, SPARK_PAGE, spark_part(on_spark, kept["machine"])))
    return written


def write_between(project: Path, name: Path, lines: Iterable[str]) -> Path:
    """Replace what stands between the marks of a page."""
    path = project / name
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise RuntimeError(f"{name} lacks the lines {BEGIN!r} and {END!r}.")
    told = "\n".join(line.rstrip(" ") for line in lines)
    path.write_text(f"{before}{BEGIN}\n\n{told}\n{END}{after}", encoding="utf-8")
    return path


def curves_of(case: dict[str, Any]) -> list[Curve]:
    return [curve_from(curve) for curve in case["curves"]]


def measured_of(case: dict[str, Any]) -> list[Measured]:
    return [measured_from(one) for one in case["measured"]]


def measured_part(kept: dict[str, Any]) -> Iterator[str]:
    """Yield the lines between the marks: machine, every bar in one table, then case by case with figures."""
    yield from machine_lines(kept)
    yield from bars(kept)
    for name, case in kept["cases"].items():
        yield f"### {TITLES.get(name, name)}\n"
        if case["failed"]:
            # The last line of a traceback is what went wrong.
            yield f"**This case did not come to its end:** `{case['failed'].strip().splitlines()[-1][:300]}`\n"
        if case["measured"]:
            yield from table(measured_of(case))
        for curve in curves_of(case):
            yield f"![{described(curve)}](images/performance-{curve.name}.svg)\n"
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


def bars(kept: dict[str, Any]) -> Iterator[str]:
    """Yield one line for each bar that was put to the test; the sizes at which it proves nothing are left out."""
    tested = [
        one
        for case in kept["cases"].values()
        for one in measured_of(case)
        if one.promise and one.verdict in (MET, MISSED, NOT_MEASURED)
    ]
    if not tested:
        return
    yield "| promise | measured on | bar | figure | verdict |"
    yield "|---|---|---|---|---|"
    for one in tested:
        assert one.promise is not None
        yield f"| {one.promise.text} | {of_what(one)} | {bar(one)} | {told_figure(one)} | {verdict(one)} |"
    yield ""


def of_what(one: Measured) -> str:
    # The pages of one case share its name, and are told by what was done.
    name = one.ours if one.case == "measures of a page" else one.case
    return f"{name}: {one.n:,} {one.unit}"


def bar(one: Measured) -> str:
    if one.promise is None:
        return ""
    return one.promise.told + (f" (aim {one.promise.aim:g})" if one.promise.aim is not None else "")


def verdict(one: Measured) -> str:
    told = told_verdict(one)
    return f"**{told}**" if one.verdict == MISSED else told


def table(measured: list[Measured]) -> Iterator[str]:
    """Yield a table with one line per measure, and below it what has to be known of each."""
    yield "| case | n | ours | other way | figure | bar | verdict | peak of memory |"
    yield "|---|---|---|---|---|---|---|---|"
    notes: list[str] = []
    for one in measured:
        memory = f"{one.memory_mb:,.0f} MB" if one.memory_mb is not None else ""
        mark = ""
        if one.note:
            # The same note of several lines is told once.
            notes += [] if one.note in notes else [one.note]
            mark = f" [{notes.index(one.note) + 1}]"
        ours = f"{told_seconds(one.best)}: {one.ours}" if one.ours_seconds else "–"
        other = f"{told_seconds(one.other_best)}: {one.other}" if one.other else ""
        told = told_figure(one) if one.other or one.promise else ""
        yield (
            f"| {one.case}{mark} | {f'{one.n:,} {one.unit}' if one.n else ''} | {ours} | {other} | {told} "
            f"| {bar(one)} | {verdict(one)} | {memory} |"
        )
    yield ""
    yield from (f"{place}. {note}" for place, note in enumerate(notes, 1))
    yield from [""] if notes else []


def spark_part(measured: list[Measured], machine: dict[str, Any]) -> Iterator[str]:
    """Yield what each setting of a cluster changed, beside DuckDB."""
    first = measured[0]
    yield f"{first.n:,} dossiers; {first.ours}; all of it twice, the first time with a cold Java. Measured on one"
    yield f"machine with {machine['processors']} processors and {machine['memory_gib']} GiB; every worker process has"
    yield "one core. Every integer was the same each time.\n"
    yield "| setting | first pass | second pass | peak of memory, all processes |"
    yield "|---|---|---|---|"
    for one in (one for one in measured if one.ours_seconds):
        passes = " | ".join(told_seconds(seconds) for seconds in one.ours_seconds)
        yield f"| {one.case.removeprefix('Spark: ')} | {passes} | {one.memory_mb or 0:,.0f} MB |"
    yield f"| DuckDB, in one process | {' | '.join(told_seconds(seconds) for seconds in first.other_seconds)} | |"
    yield ""
