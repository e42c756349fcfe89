"""The house around the code: environments in step, notebooks thin and clean, documents that hold."""

import ast
import json
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec

from cchc_analysis import counting, measures, schema
from cchc_analysis.study import MEASURES

PROJECT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"duckdb": "python-duckdb"}
"""PyPI name → conda-forge name, where they differ."""

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
MARKDOWN = sorted(
    path
    for path in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/*.md"))
    if ".venv" not in path.parts
)
MAX_CODE_CELLS, MAX_LINES = 12, 10
PROGRAM = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp),
)
"""Nodes that make a program of a page."""

NOT_OURS = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
IGNORED = ("data/raw", "data/sample", "data/warehouse", "reports", "benchmarks/results", "dist")


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@cache
def declared(extra: str = "") -> dict[str, Requirement]:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {Requirement(line).name.lower(): Requirement(line) for line in lines}


# environment.yml


def conda_lines() -> list[str]:
    listed = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    return [line for line in listed if isinstance(line, str)]


def test_environment_yml_lists_what_pyproject_declares_with_the_same_bounds() -> None:
    wanted = {CONDA_NAMES.get(name, name): spec.specifier for name, spec in declared().items()}
    found = {re.split(r"[<>=!~]", line, maxsplit=1)[0]: Requirement(line).specifier for line in conda_lines()}
    python = found.pop("python")
    assert found.pop("pip") == ""
    assert found == wanted
    assert str(python) == tomllib.loads(text_of("pyproject.toml"))["project"]["requires-python"]


@pytest.mark.parametrize("line", conda_lines())
def test_every_line_of_environment_yml_is_a_match_spec(line: str) -> None:
    spec = MatchSpec(line, strict=True)
    assert spec.name is not None
    assert spec.name.normalized == re.split(r"[<>=!~]", line, maxsplit=1)[0]


def test_environment_yml_installs_the_project_itself_from_conda_forge() -> None:
    environment = yaml.safe_load(text_of("environment.yml"))
    assert environment["channels"] == ["conda-forge"]
    assert {"pip": ["-e ."]} in environment["dependencies"]


# requirements.lock


def lock_entries(text: str) -> list[str]:
    """Return the entries of a lock, continuation lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [entry.strip() for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def locked_versions(lock: str = "requirements.lock") -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for entry in lock_entries(text_of(lock)):
        name, version = re.split(r"==", entry.split(";")[0].split()[0], maxsplit=1)
        versions.setdefault(name.lower(), []).append(Version(version))
    return versions


@pytest.mark.parametrize("extra", ["", "dev"])
def test_the_lock_satisfies_every_direct_dependency(extra: str) -> None:
    locked = locked_versions()
    wrong = {
        name: str(requirement)
        for name, requirement in declared(extra).items()
        if not locked.get(name) or not all(requirement.specifier.contains(v, prereleases=True) for v in locked[name])
    }
    assert wrong == {}


def test_the_lock_of_spark_satisfies_its_extra_and_agrees_with_the_lock_beside_it() -> None:
    of_spark, all_others = locked_versions("requirements-spark.lock"), locked_versions()
    (name, requirement), *more = declared("spark").items()
    assert (name, more) == ("pyspark", [])
    assert all(requirement.specifier.contains(version) for version in of_spark[name])
    assert {other: all_others.get(other, versions) for other, versions in of_spark.items()} == of_spark
    assert "pyspark" not in all_others


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-spark.lock"])
def test_every_entry_of_the_lock_has_a_hash(lock: str) -> None:
    without = [entry.split()[0] for entry in lock_entries(text_of(lock)) if "--hash=sha256:" not in entry]
    assert without == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-spark.lock"])
def test_the_lock_names_no_host(lock: str) -> None:
    text = text_of(lock)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host|@ file", text)


def test_an_entry_without_hash_would_be_found() -> None:
    assert lock_entries("a==1 \\\n    --hash=sha256:00\n    # via b\nb==2\n") == ["a==1      --hash=sha256:00", "b==2"]


# notebooks


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def thick(source: str) -> list[str]:
    """Return what a page must not hold: programs, loops, SQL, imports of anything but the facade."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, PROGRAM):
            found.append(type(node).__name__)
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name != "cchc_analysis"]
        elif isinstance(node, ast.ImportFrom) and node.module != "cchc_analysis":
            found.append(str(node.module))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"(?i)\bselect\b.+\bfrom\b", node.value)
        ):
            found.append("SQL")
    return found


def test_there_are_notebooks() -> None:
    assert {path.stem for path in NOTEBOOKS} >= {"10_processing_time", "90_data_quality"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_has_no_outputs_and_no_execution_counts(self, path: Path) -> None:
        assert [cell["id"] for cell in code_cells(path) if cell["outputs"] or cell["execution_count"]] == []
        assert "papermill" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]

    def test_has_readable_fixed_ids(self, path: Path) -> None:
        ids = [cell.get("id", "") for cell in cells(path)]
        assert len(set(ids)) == len(ids)
        assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []
        # Ids that Jupyter makes are 8 hexadecimal digits, or words of a UUID.
        assert [name for name in ids if re.fullmatch(r"[0-9a-f]{8}(-.*)?", name)] == []

    def test_has_one_parameters_cell_at_the_top_with_a_help_comment_each(self, path: Path) -> None:
        tagged = [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]
        assert tagged == code_cells(path)[:1]
        lines = "".join(tagged[0]["source"]).splitlines()
        assert lines
        assert [line for line in lines if not re.fullmatch(r"[a-z_]+(: \w+)? = \S.*  # \S.{9,}", line)] == []
        values = [
            node.value for node in ast.parse("\n".join(lines)).body if isinstance(node, (ast.Assign, ast.AnnAssign))
        ]
        assert len(values) == len(lines)
        assert all(isinstance(ast.literal_eval(value), (str, int, float, bool)) for value in values if value)

    def test_is_a_page_and_not_a_program(self, path: Path) -> None:
        sources = ["".join(cell["source"]) for cell in code_cells(path)]
        assert len(sources) <= MAX_CODE_CELLS
        assert max(len(source.splitlines()) for source in sources) <= MAX_LINES
        assert [found for source in sources for found in thick(source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    pass",
        "for i in range(3):\n    i",
        "[i for i in range(3)]",
        "import pandas as pd",
        "from cchc_analysis.study import Study",
        "study.query('SELECT n FROM dossiers')",
    ],
)
def test_a_thick_cell_would_be_found(source: str) -> None:
    assert thick(source)


# Makefile and README


def test_make_help_lists_the_targets() -> None:
    told = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^ +make ([a-z]+)", told, flags=re.MULTILINE))
    assert listed >= {"setup", "report", "lab", "test", "check", "bench", "sample", "clean"}


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_readme_names_the_commands_and_where_the_page_lies(name: str) -> None:
    text = text_of(name)
    for told in ("make report", "make test", "reports/2023-Q2/index.html", "CCHC_HASH_KEY_FILE", "--warehouse"):
        assert told in text


def test_the_two_readmes_run_the_same_commands() -> None:
    def commands(text: str) -> list[str]:
        blocks = re.findall(r"```(?:sh|python)\n(.*?)```", text, flags=re.DOTALL)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands(text_of("README.md")) == commands(text_of("README.vi.md"))


# documents


def slug(heading: str) -> str:
    """Return the anchor of a heading: lower case, punctuation gone, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken_links(path: Path, text: str) -> list[str]:
    """Return the relative links of a markdown text that lead nowhere."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        goal = (path.parent / place).resolve() if place else path
        told = goal.read_text(encoding="utf-8") if anchor and goal.is_file() else ""
        headings = re.findall(r"^#+ (.*)$", told, re.MULTILINE)
        if not goal.exists() or (anchor and anchor not in map(slug, headings)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path, path.read_text(encoding="utf-8")) == []


def test_a_broken_link_would_be_found() -> None:
    readme = PROJECT / "README.md"
    assert broken_links(readme, "[a](docs/nothing.md) [b](LICENSE) [c](#nowhere) [d](https://example.org)") == [
        "docs/nothing.md",
        "#nowhere",
    ]


CODES = {code for kind in schema.KINDS.values() for column in kind.columns for code in column.codes}
FIGURES = {
    *measures.CUT_MEASURES,
    *(f"working_days_{name}" for name in ("mean", "median", "p90", "km_median")),
    *(f"on_time_of_{name}" for name in ("finished", "due", "to_handle")),
    *(f"resolved_{name}" for name in ("early", "on_time", "late", "without_due", "withdrawn")),
}
IN_THE_GLOSSARY = {
    "columns": set(schema.WAREHOUSE_COLUMNS),
    "codes": CODES,
    "kinds": set(schema.KINDS),
    "measures": set(MEASURES),
    "form": {*measures.FORM_COLUMNS, "pending_paused"},
    "figures": FIGURES,
    "indicators": set(measures.INDICATOR_COLUMNS),
    "accounts": {"read", "accepted", "rejected", "duplicates", "skipped"},
}


@pytest.mark.parametrize("kind", IN_THE_GLOSSARY)
def test_the_glossary_has_every_name(kind: str) -> None:
    rows = [line for line in text_of("GLOSSARY.md").splitlines() if line.startswith("|")]
    coded = {name for row in rows for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])}
    assert IN_THE_GLOSSARY[kind] - coded == set()


def test_the_glossary_gives_columns_under_the_labels_of_the_schema() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text_of("GLOSSARY.md").splitlines() if "|" in line
    ]
    labels = {row[-1].strip("`"): row[1] for row in rows if len(row) == 3}
    wanted = {column.name: column.label for column in schema.DOSSIER_COLUMNS}
    # A name that is both a column and a code stands in two rows; the column's own table comes first.
    assert {name: labels[name] for name in wanted if name not in CODES} == {
        n: t for n, t in wanted.items() if n not in CODES
    }


def test_the_glossary_gives_columns_of_registers_under_their_labels() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text_of("GLOSSARY.md").splitlines() if "|" in line
    ]
    labels = {row[-1].strip("`"): row[1] for row in rows if len(row) == 3}
    own = {
        f"{kind.name}.{column.name}": column.label
        for kind in schema.REGISTERS
        for column in kind.columns
        if column not in schema.DOSSIER_COLUMNS and labels.get(column.name) != column.label
    }
    assert {name: labels.get(name) for name in own} == own


def test_the_glossary_gives_columns_of_surveys_under_their_labels() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text_of("GLOSSARY.md").splitlines() if "|" in line
    ]
    labels = {row[-1].strip("`"): row[1] for row in rows if len(row) == 3}
    wanted = {f"survey.{column.name}": column.label for column in schema.SURVEY_COLUMNS}
    assert {name: labels.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    "name",
    [
        "form-06a",
        "on-time",
        "time-used",
        "time-cut",
        "change",
        "pending",
        "comparison-of-units",
        "control-charts",
        "registers",
        "satisfaction",
        "service-quality",
        "survey-design",
    ],
)
def test_every_method_page_has_an_example_and_a_source(name: str) -> None:
    text = text_of(f"docs/methods/{name}.md")
    assert re.search(r"(?i)worked example", text)
    assert "\n## Source\n" in text


def test_documents_that_the_code_points_to_are_there() -> None:
    pointed = set()
    for path in (PROJECT / "cchc_analysis").rglob("*.py"):
        pointed |= set(re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8")))
    assert {name for name in pointed if not (PROJECT / name).is_file()} == set()


def test_the_rules_of_the_on_time_page_are_those_of_the_code() -> None:
    text = text_of("docs/methods/on-time.md")
    for rule in (counting.OFFICIAL_FORM, counting.STRICT):
        choices = (rule.basis, rule.grain, rule.withdrawn, rule.without_due, rule.denominator)
        assert f"({', '.join(choices)})" in " ".join(text.split())


# what is in git


def tracked_files() -> list[Path]:
    """Return the files in git, or in an unpacked archive the files that would be."""
    git = shutil.which("git")
    if git and (PROJECT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
    files = [path for path in PROJECT.rglob("*") if path.is_file() and not NOT_OURS & set(path.parts)]
    return [path for path in files if not path.relative_to(PROJECT).as_posix().startswith(IGNORED)]


HOME_PATHS = re.compile(r"(?<![\w.~}])/(?:home|root|Users|work)/[\w.-]+|[A-Z]:\\Users\\")


def test_no_file_in_git_names_a_folder_of_somebodys_machine() -> None:
    found = {}
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        places = HOME_PATHS.findall(text) if path != Path(__file__) else []
        if places:
            found[str(path.relative_to(PROJECT))] = places
    assert found == {}


@pytest.mark.parametrize("text", ["/home/someone/data", "see /root/.cache", "C:\\Users\\someone", "'/work/project/x'"])
def test_such_a_path_would_be_found(text: str) -> None:
    assert HOME_PATHS.search(text)


@pytest.mark.parametrize("text", ["docs/work/x", "~/work/x", "https://example.org/home/page"])
def test_other_paths_are_not(text: str) -> None:
    assert not HOME_PATHS.search(text)


def test_no_file_in_git_is_data_or_output() -> None:
    wrong = [path for path in tracked_files() if path.suffix in (".xlsx", ".xls", ".parquet", ".key", ".html")]
    assert [path.name for path in wrong] == []
