"""Who may import whom, who may touch the disk, and that nobody reads the clock: read from the source."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import cchc_analysis

PACKAGE = Path(cchc_analysis.__file__).parent
FACADE, TOP = "facade", "cli"

GROUPS = {
    "working_time": ("calendar_table", "day_table", "instants", "office_hours", "working_time"),
    "units": ("unit_table", "units"),
    "study": (
        *("study", "study_evidence", "study_headline", "study_indices", "study_plan", "study_registers"),
        *("study_memory", "study_parts", "study_surveys", "study_units", "measure_sources", "plan_measures"),
        *("shared_figures", "study_release", "study_together"),
    ),
    "study_sharing": ("shared_tables", "study_pieces", "study_sharing"),
    "publication": ("periodic", "publication", "publication_files", "publication_note", "verification"),
    "office_forms": ("evidence_forms", "form_sheets"),
    "facade": ("__init__",),
}
"""Rooms of several modules; every other room is a folder of the package or one module."""

ROOM_OF = {module: room for room, modules in GROUPS.items() for module in modules}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "schema": set(),
    "version": set(),
    "file_names": set(),
    "temporary": set(),
    "text": set(),
    "frames": {"text"},
    "stats": set(),
    "formats": {"errors"},
    "display": {"errors", "formats"},
    "periods": {"errors"},
    "yaml_limits": set(),
    "entries": {"errors", "yaml_limits"},
    "reference_data": {"errors"},
    "working_time": {"errors", "reference_data"},
    "units": {"errors", "periods", "reference_data", "text"},
    "plan": {"entries", "errors", "reference_data"},
    "schedule": {"errors", "periods", "plan"},
    "reporters": {"errors", "periods", "units"},
    "published_tables": {"entries", "errors", "reference_data"},
    "score_sheets": {"entries", "errors", "reference_data"},
    "index_tables": {"entries", "errors", "reference_data"},
    "self_scoring": {"entries", "errors", "reference_data"},
    "questionnaires": {"entries", "errors", "reference_data", "schema"},
    "spark": {"errors"},
    "duckdb_connection": {"errors"},
    "warehouse": {"duckdb_connection", "errors", "questionnaires", "reference_data", "schema", "spark"},
    "sample": {
        *("errors", "office_forms", "periods", "plan", "questionnaires", "reference_data", "reporters", "schema"),
        *("self_scoring", "text", "units", "working_time"),
    },
    "intake": {
        "durable",
        "entries",
        "errors",
        "formats",
        "periods",
        "plan",
        "questionnaires",
        "reference_data",
        "reporters",
        "schema",
        "text",
        "units",
        "version",
        "warehouse",
        "working_time",
        "yaml_limits",
    },
    "counting": {"errors", "schema", "working_time"},
    "measures": {"counting", "errors", "frames", "periods", "stats"},
    "wording": {"errors", "formats", "frames", "measures"},
    "charts": {"errors", "formats", "frames", "stats", "wording"},
    "tables": {"errors", "formats", "frames"},
    "versions": {"errors"},
    "disclosure": set(),
    "durable": set(),
    "editions": set(),
    "privacy_scan": set(),
    "released_figures": {"errors"},
    "study": {
        "counting",
        "disclosure",
        "errors",
        "formats",
        "frames",
        "index_tables",
        "measures",
        "periods",
        "plan",
        "questionnaires",
        "released_figures",
        "reporters",
        "schema",
        "score_sheets",
        "self_scoring",
        "text",
        "units",
        "versions",
        "warehouse",
        "working_time",
    },
    "study_sharing": {"counting", "plan", "schema", "study"},
    "pages": {
        "charts",
        "counting",
        "disclosure",
        "display",
        "editions",
        "errors",
        "formats",
        "frames",
        "index_tables",
        "intake",
        "measures",
        "periods",
        "plan",
        "published_tables",
        "released_figures",
        "reporters",
        "schema",
        "score_sheets",
        "self_scoring",
        "study",
        "tables",
        "text",
        "version",
        "wording",
    },
    "forms": {"entries", "errors", "formats", "frames", "measures", "periods", "reference_data", "study", "text"},
    "consolidation": {"errors", "formats", "forms", "frames", "intake", "periods", "study", "text", "units"},
    "reports": {"durable", "errors", "reference_data", "temporary", "text", "version"},
    "documents": {
        "entries",
        "errors",
        "file_names",
        "formats",
        "forms",
        "frames",
        "measures",
        "pages",
        "periods",
        "plan",
        "reference_data",
        "reporters",
        "study",
        "tables",
        "text",
        "wording",
    },
    "office_forms": {"errors", "formats", "periods", "plan", "reporters", "schema", "units"},
    "duty_calendar": {"errors", "file_names", "formats", "plan", "reporters", "units"},
    "duty_report": {
        *("duty_calendar", "errors", "formats", "frames", "periods", "plan", "reporters", "study", "units", "wording"),
    },
    "facade": set(),
}
"""Room → the rooms it may import. `publication` and `cli` stand on top: they may import every room below them."""

MODULES_ONLY = {
    ("charts", "stats"): {"cchc_analysis.stats.durations"},
    ("charts", "wording"): {"cchc_analysis.wording.words"},
    ("pages", "intake"): {"cchc_analysis.intake.rules"},
    ("consolidation", "intake"): {
        *("cchc_analysis.intake.contents", "cchc_analysis.intake.headers", "cchc_analysis.intake.tables"),
        "cchc_analysis.intake.values",
    },
}
"""Where a room is open to another only in part: for types, for names, for the sentences of the rules."""

DISK_ROOMS = {
    *("cli", "intake", "publication", "reference_data", "reports", "sample", "self_scoring", "versions"),
    "durable",
    "privacy_scan",
    "released_figures",
    "study_sharing",
    "temporary",
    "warehouse",
    "duty_report",
}
"""Rooms that read or write files."""

TABLE_READERS = {
    "calendar_table.py",
    "entries.py",
    "outline.py",
    "plan.py",
    "questionnaires.py",
    "score_sheets.py",
    "unit_table.py",
    "model.py",
}
"""Modules outside them that read one table of data/reference, which they are given the path of."""

TOUCHES_DISK = {
    "exists",
    "glob",
    "is_dir",
    "is_file",
    "iterdir",
    "makedirs",
    "mkdir",
    "open",
    "read_bytes",
    "read_csv",
    "read_excel",
    "read_feather",
    "read_parquet",
    "read_table",
    "read_text",
    "rglob",
    "savefig",
    "scan_csv",
    "scan_parquet",
    "sink_parquet",
    "to_csv",
    "to_excel",
    "to_feather",
    "to_parquet",
    "to_pickle",
    "unlink",
    "write_bytes",
    "write_text",
}
"""Names of calls that read or write a file."""

IN_MEMORY = {("frames.py", "to_csv"), ("display.py", "open"), ("display.py", "save"), ("display.py", "savefig")}
"""Calls of such a name that write to memory."""

WALL_CLOCK = {"ctime", "gmtime", "localtime", "now", "strftime", "time", "time_ns", "today", "utcnow"}
STOPWATCH = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}
STOPWATCH_ROOMS = {"reports"}
"""Rooms that may say on the terminal how long something took; nothing published holds it."""

THIRD_PARTY_NAMES = {
    "PIL": "pillow",
    "yaml": "pyyaml",
    "python_calamine": "python-calamine",
    "docx": "python-docx",
    "charset_normalizer": "charset-normalizer",
}
COMES_WITH = {
    "IPython": "ipykernel",
    "jupyter_client": "nbconvert",
    "jupyter_core": "nbconvert",
    "mistune": "nbconvert",
    "nbclient": "papermill",
    "traitlets": "nbconvert",
    "markupsafe": "jinja2",
    "py4j": "pyspark",
}
"""Import name → the declared dependency that always brings it."""


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    """Return the room of a dotted module name inside the package."""
    first = module.split(".")[1] if "." in module else "__init__"
    return ROOM_OF.get(first, first)


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    place = PACKAGE.parent.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def imported_modules(source: str) -> Iterator[str]:
    """Yield every module a source imports, wherever the import stands, also by name through importlib."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or "")
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                yield deeper if deeper.startswith("cchc_analysis.") and is_module(deeper) else str(node.module)
        elif isinstance(node, ast.Call) and called_name(node) in ("import_module", "__import__"):
            yield from (str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant))


def called_name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def forbidden_imports(source: str, room: str) -> set[str]:
    """Return the imports of a source that its room may not make."""
    found = set()
    for module in imported_modules(source):
        if module.startswith("."):
            found.add(module)
        elif module.split(".")[0] == "cchc_analysis":
            target = room_of(module)
            part = MODULES_ONLY.get((room, target))
            if target != room and (target not in allowed_rooms(room) or (part and module not in part)):
                found.add(module)
    return found


def allowed_rooms(room: str) -> set[str]:
    if room in MAY_IMPORT:
        return MAY_IMPORT[room]
    below = set(MAY_IMPORT) - {FACADE}
    return {TOP: below | {"publication"}, "publication": below}.get(room, set())


def disk_calls(source: str) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {called_name(call) for call in calls} & TOUCHES_DISK


def clock_calls(source: str, room: str) -> set[str]:
    """Return the calls that read a clock which the room may not read."""
    forbidden = WALL_CLOCK | (set() if room in STOPWATCH_ROOMS else STOPWATCH)
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found |= {alias.name for alias in node.names} & forbidden
        if not isinstance(node, ast.Call):
            continue
        name = called_name(node)
        if isinstance(node.func, ast.Attribute) and name in forbidden and reads_clock(node.func, name):
            found.add(name)
        if name == "datetime64" and any(isinstance(a, ast.Constant) and a.value in ("now", "today") for a in node.args):
            found.add("datetime64")
    return found


def reads_clock(function: ast.Attribute, name: str) -> bool:
    """`moment.time()` and `moment.strftime()` only look at a given moment; `time.time()` looks at the clock."""
    owner = getattr(function.value, "id", "")
    return owner == "time" if name in ("ctime", "gmtime", "localtime", "strftime", "time", "time_ns") else True


def room_graph() -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for path in sources():
        room = room_of(module_of(path))
        names = (
            name for name in imported_modules(path.read_text(encoding="utf-8")) if name.startswith("cchc_analysis")
        )
        graph.setdefault(room, set()).update({room_of(name) for name in names} - {room})
    return graph


def a_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return rooms that import each other in a circle, or nothing."""
    done: set[str] = set()

    def walk(room: str, path: list[str]) -> list[str]:
        if room in path:
            return [*path[path.index(room) :], room]
        if room in done:
            return []
        found = next((c for n in sorted(graph.get(room, ())) if (c := walk(n, [*path, room]))), [])
        done.add(room)
        return found

    return next((cycle for room in sorted(graph) if (cycle := walk(room, []))), [])


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(module_of(path))
    assert forbidden_imports(path.read_text(encoding="utf-8"), room) == set()


def test_every_room_is_in_the_table() -> None:
    assert {room_of(module_of(path)) for path in sources()} <= set(MAY_IMPORT) | {TOP, "publication"}


def test_no_room_of_the_table_is_gone() -> None:
    assert set(MAY_IMPORT) <= {room_of(module_of(path)) for path in sources()}


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    assert a_cycle(room_graph()) == []


def test_the_table_itself_has_no_circle() -> None:
    assert a_cycle(MAY_IMPORT) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("measures", "from cchc_analysis.charts import processing_time"),
        ("measures", "def late():\n    from cchc_analysis.intake.dates import parse\n"),
        ("measures", "from cchc_analysis import warehouse"),
        ("measures", "import cchc_analysis.study as study"),
        ("measures", "from importlib import import_module\nimport_module('cchc_analysis.warehouse')"),
        ("measures", "from cchc_analysis import open_study"),
        (
            "stats",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cchc_analysis.measures import TimeChange",
        ),
        ("charts", "from cchc_analysis.wording import workload"),
        ("charts", "from cchc_analysis.measures import on_time_share"),
        ("counting", "try:\n    import cchc_analysis.warehouse\nexcept ImportError:\n    pass"),
        ("pages", "from cchc_analysis.intake.pipeline import intake"),
        ("intake", "from cchc_analysis.measures import form_06a"),
        ("reports", "from cchc_analysis.measures import form_06a"),
        ("study", "from cchc_analysis.cli import main"),
        ("publication", "from cchc_analysis.cli import main"),
        ("stats", "from .. import measures"),
        ("errors", "import cchc_analysis"),
    ],
)
def test_a_forbidden_import_is_found(room: str, source: str) -> None:
    assert forbidden_imports(source, room)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("measures", "from cchc_analysis.stats.counts import counted_mean"),
        ("charts", "from cchc_analysis.wording.words import word"),
        ("study", "from cchc_analysis import counting, measures"),
        ("cli", "from cchc_analysis.publication import publish_reports"),
        ("measures", "import numpy as np"),
    ],
)
def test_an_allowed_import_is_not(room: str, source: str) -> None:
    assert forbidden_imports(source, room) == set()


def test_a_circle_is_found() -> None:
    assert a_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_rooms_of_files_touch_the_disk(path: Path) -> None:
    if room_of(module_of(path)) in DISK_ROOMS or path.name in TABLE_READERS:
        return
    calls = disk_calls(path.read_text(encoding="utf-8"))
    assert {name for name in calls if (path.name, name) not in IN_MEMORY} == set()


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "def f(p):\n    return p.read_text()",
        "import pandas as pd\npd.read_parquet('x')",
        "frame.to_csv('x')",
        "figure.savefig('x.png')",
    ],
)
def test_a_touch_of_the_disk_is_found(source: str) -> None:
    assert disk_calls(source)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_reads_the_clock(path: Path) -> None:
    assert clock_calls(path.read_text(encoding="utf-8"), room_of(module_of(path))) == set()


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import date\ndate.today()",
        "import datetime\ndatetime.datetime.now()",
        "import pandas as pd\npd.Timestamp.now('Asia/Ho_Chi_Minh')",
        "import time\ndef f():\n    return time.time()",
        "from time import time",
        "import numpy as np\nnp.datetime64('today')",
        "import time\ntime.perf_counter()",
    ],
)
def test_a_look_at_the_clock_is_found(source: str) -> None:
    assert clock_calls(source, "measures")


def test_a_given_moment_is_no_clock() -> None:
    assert clock_calls("moment.time() == time()\nmoment.strftime('%d')", "measures") == set()


def test_every_public_name_is_what_the_table_says_whatever_was_imported_before() -> None:
    for module in set(cchc_analysis._HOME.values()):
        import_module(module)
    for name, home in cchc_analysis._HOME.items():
        room = import_module(home)
        told = room if name in cchc_analysis._MODULES else getattr(room, cchc_analysis._RENAMED.get(name, name))
        assert getattr(cchc_analysis, name) is told, name


def declared_dependencies(project: Path) -> set[str]:
    facts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = facts["optional-dependencies"]
    declared = [*facts["dependencies"], *(line for name in sorted(set(extras) - {"dev"}) for line in extras[name])]
    return {re.split(r"[<>=!~ ;\[]", line, maxsplit=1)[0].lower() for line in declared}


def undeclared(source: str, declared: set[str]) -> set[str]:
    """Return the third-party packages that a source imports and the project does not declare."""
    first = {name.split(".")[0] for name in imported_modules(source)} - {"cchc_analysis"}
    foreign = first - set(sys.stdlib_module_names)
    return {name for name in foreign if COMES_WITH.get(name, THIRD_PARTY_NAMES.get(name, name.lower())) not in declared}


def test_the_package_imports_only_what_it_declares(project: Path) -> None:
    declared = declared_dependencies(project)
    used = {path.name: undeclared(path.read_text(encoding="utf-8"), declared) for path in sources()}
    assert {name: packages for name, packages in used.items() if packages} == {}


def test_a_package_of_the_developers_is_found(project: Path) -> None:
    assert undeclared("def f():\n    import openpyxl", declared_dependencies(project)) == {"openpyxl"}


def notebook_imports(path: Path) -> set[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return set(imported_modules(code))


def test_notebooks_import_the_facade_only(project: Path) -> None:
    notebooks = sorted((project / "notebooks").glob("*.ipynb"))
    assert notebooks
    assert {path.name: notebook_imports(path) for path in notebooks} == {p.name: {"cchc_analysis"} for p in notebooks}
