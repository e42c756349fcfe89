"""What we promise, measured side by side in one run: ours over the obvious way to do the same work.

    python benchmarks/run.py --size small --json benchmarks/results/small.json

Nothing here is a test: a time is true of one machine on one day. What is compared must give the same numbers.
"""

import argparse
import importlib
import importlib.util
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from harness import Curve, Measured, Size, in_child, load, machine
from processes import ChildError
from telling import as_json, as_text, measured_from

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "benchmarks" / "results"
MINUTES: dict[str, float] = {"small": 10, "full": 60}
"""A run is over after so many minutes whatever happens: what is not measured by then is told as not measured."""

PATIENCE, GRACE_MINUTES = 1.5, 1.5
"""A case may take so many times what the plan says, and a little, before it is ended and the next one begins."""


@dataclass(frozen=True)
class Case:
    """A module of this folder, and about how many minutes it takes in each size."""

    module: str
    about: str
    small: float
    full: float

    def minutes(self, size: str) -> float:
        return self.small if size == "small" else self.full


CASES = (
    Case("counting", "all count tables of Parquet, beside reading once and beside pandas", 0.4, 10.5),
    Case("rendering", "batches of pages beside papermill and nbconvert, the first page, workers", 1, 5),
    Case("communes", "all pages of 10, 50 and 200 communes, and the line to 3,321", 0.7, 12.5),
    Case("intake", "exports read, checked and stored, beside pandas", 0.4, 5),
    Case("pages", "the measures of one unit after counting", 0.2, 1.5),
    Case("spark", "the same counts on a Spark cluster of several processes", 0.7, 10),
    Case("survey", "every figure of the page on satisfaction, beside reading and means", 0.2, 4),
    Case("database", "intake from PostgreSQL by query", 0.2, 1.5),
)
"""In the order in which they are measured, what matters most first."""


def main() -> int:
    asked = arguments()
    kept = json.loads(asked.stored.read_text(encoding="utf-8")) if asked.stored else measure_all(asked)
    if asked.docs:
        from performance_page import write_docs

        for path in write_docs(PROJECT, kept):
            print(f"written: {path.relative_to(PROJECT)}")
    return 1 if any(case["failed"] for case in kept["cases"].values()) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what is promised, beside the obvious way, in one run.")
    parser.add_argument("--size", choices=get_args(Size), help="by default small; of what is stored, full")
    known = [case.module for case in CASES]
    parser.add_argument("--only", choices=known, action="append", help="one case; may be given again")
    parser.add_argument("--repeat", type=int, default=0, help="repetitions, of which the best counts (small 2, full 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="by default benchmarks/results/SIZE.json")
    parser.add_argument("--minutes", type=float, help="when to end, whatever is lacking (small 10, full 60)")
    parser.add_argument("--folder", type=Path, help="where to put what is measured; full needs 20 GB there")
    docs = "write tables and figures of docs/; without --size and --only, from what is stored"
    parser.add_argument("--docs", action="store_true", help=docs)
    parser.add_argument("--stored", type=Path, metavar="FILE", help="do not measure: take the JSON of an earlier run")
    asked = parser.parse_args()
    if asked.docs and not (asked.size or asked.only or asked.stored):
        asked.stored = RESULTS / "full.json"
    asked.size = asked.size or "small"
    return asked


def measure_all(asked: argparse.Namespace) -> dict[str, Any]:
    """Measure one case after the other, each in its own process; what is there so far is stored after each.

    A run of some cases keeps what the file holds of the others, if it is of the same machine and size.
    """
    cases = [case for case in CASES if not asked.only or case.module in asked.only]
    there = [case for case in cases if importlib.util.find_spec(case.module) is not None]
    print_plan(there, asked.size)
    stored = asked.json or RESULTS / f"{asked.size}.json"
    kept: dict[str, Any] = {"machine": machine(), "size": asked.size, "cases": {}}
    if asked.only:
        kept["cases"] = cases_before(stored, kept)
    ends = time.monotonic() + 60 * (asked.minutes or MINUTES[asked.size])
    for case in there:
        kept["cases"][case.module] = results_of(case, asked, ends)
        kept["cases"] = {case.module: kept["cases"][case.module] for case in CASES if case.module in kept["cases"]}
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    now = {case.module: kept["cases"][case.module] for case in there}
    print("\n" + as_text(kept["machine"], [measured_from(one) for case in now.values() for one in case["measured"]]))
    for name, case in now.items():
        if case["failed"]:
            print(f"\n{name} FAILED; what it had measured before is above.\n{case['failed']}")
    print(f"\nstored: {stored}")
    return kept


def cases_before(stored: Path, kept: dict[str, Any]) -> dict[str, Any]:
    before: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    same_run = all(before.get(name) == kept[name] for name in ("machine", "size"))
    return dict(before["cases"]) if same_run else {}


def print_plan(cases: list[Case], size: str) -> None:
    print(f"{'case':<12}{'minutes':>8}  (estimated on two processors)")
    for case in cases:
        print(f"{case.module:<12}{case.minutes(size):>8g}  {case.about}")
    print(f"{'all':<12}{sum(case.minutes(size) for case in cases):>8g}\n", flush=True)


def results_of(case: Case, asked: argparse.Namespace, ends: float) -> dict[str, Any]:
    """Measure a case in its own process; what it had measured before it failed is kept, with why it failed."""
    patience = 60 * (PATIENCE * case.minutes(asked.size) + GRACE_MINUTES)
    limit = min(patience, ends - time.monotonic())
    if limit <= 0:
        print(f"{case.module}: no time is left", flush=True)
        return as_json([], [], "Not begun: the minutes of the run were over.", 0.0, load())
    repeat = asked.repeat or (2 if asked.size == "small" else 3)
    began, busy, failed = time.perf_counter(), load(), ""
    print(f"{case.module} ...", flush=True)
    # Of a case that was ended, something may still write: what it leaves is no reason to stop.
    with tempfile.TemporaryDirectory(prefix="cchc-bench-", dir=asked.folder, ignore_cleanup_errors=True) as folder:
        kept, work = Path(folder) / "results.pickle", Path(folder) / "work"
        work.mkdir()
        try:
            in_child(run_case, case.module, work, asked.size, repeat, kept, limit_seconds=limit, watched=False)
        except ChildError as error:
            failed = str(error)
        results = list(stored_results(kept))
    minutes = (time.perf_counter() - began) / 60
    print(f"{case.module}: {'FAILED after' if failed else 'done in'} {minutes:.1f} minutes", flush=True)
    measured = [one for one in results if isinstance(one, Measured)]
    return as_json(measured, [one for one in results if isinstance(one, Curve)], failed, minutes, busy)


def run_case(module: str, folder: Path, size: Size, repeat: int, kept: Path) -> None:
    """Measure a case and keep each result as soon as it is there."""
    case = importlib.import_module(module)
    # Both may be generators: what they have given is stored even when they do not come to their end.
    try:
        for one in case.measure(folder, size, repeat):
            keep(kept, one)
    except Exception:
        # A curve through what there was before is still worth drawing; why there is no more is told all the same.
        with suppress(Exception):
            keep_curves(case, folder, size, kept)
        raise
    keep_curves(case, folder, size, kept)


def keep_curves(case: ModuleType, folder: Path, size: Size, kept: Path) -> None:
    for curve in case.curves(folder, size) if hasattr(case, "curves") else ():
        keep(kept, curve)


def keep(kept: Path, one: Measured | Curve) -> None:
    with kept.open("ab") as file:
        pickle.dump(one, file)
    print(f"  {one.case}", flush=True)


def stored_results(kept: Path) -> Iterator[Measured | Curve]:
    if not kept.exists():
        return
    with kept.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


if __name__ == "__main__":
    sys.exit(main())
