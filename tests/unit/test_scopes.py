"""Several test processes: a scope stays in one of them, long scopes begin first, SIGTERM lets fixtures end."""

import os
import signal
import subprocess
import sys
import time
from collections import OrderedDict
from pathlib import Path
from unittest.mock import Mock

import pytest
from scopes import LONGEST_FIRST, ONE_SERVER, LongestFirst, scope_of

WAIT_SECONDS = 60

CONFTEST = "from ending import *\nfrom scopes import pytest_xdist_make_scheduler\n"
MADE = """
import os, pytest

@pytest.fixture(scope="module")
def made():
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(f"{__name__.split('.')[-1]} {os.environ['PYTEST_XDIST_WORKER']}\\n")

@pytest.mark.parametrize("n", range(6))
def test_something(made, n):
    pass
"""
HELD = """
import os, time, pytest

@pytest.fixture
def held(tmp_path):
    yield
    os.remove(os.environ["SEEN"])

def test_for_a_long_time(held):
    open(os.environ["SEEN"], "w").close()
    time.sleep(600)
"""


def started(root: Path, files: dict[str, str]) -> "subprocess.Popen[str]":
    """Run the tests of a folder in two processes, as this project runs its own."""
    for name, text in {"tests/conftest.py": CONFTEST, "pytest.ini": "[pytest]\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    own = {"PYTHONPATH": str(Path(__file__).parents[1]), "SEEN": str(root / "seen")}
    return subprocess.Popen(
        [sys.executable, *("-m", "pytest", "-q", "-p", "xdist", "-n", "2", "--import-mode=importlib")],
        env={**os.environ, **own, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_scope_is_seen_in_one_process(tmp_path: Path) -> None:
    names = ("spark/test_a", "spark/test_b", "unit/test_c", "unit/test_d")
    run = started(tmp_path, {f"tests/{name}.py": MADE for name in names})
    output, _ = run.communicate(timeout=WAIT_SECONDS)
    assert "24 passed" in output
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert sorted(name for name, _ in seen) == ["test_a", "test_b", "test_c", "test_d"], "a module fixture made twice"
    process = dict(seen)
    assert process["test_a"] == process["test_b"], "two clusters"
    assert len(set(process.values())) == 2


def test_sigterm_ends_fixtures(tmp_path: Path) -> None:
    run = started(tmp_path, {"tests/test_held.py": HELD})
    end = time.monotonic() + WAIT_SECONDS
    while not (tmp_path / "seen").exists():
        assert time.monotonic() < end
        assert run.poll() is None, run.communicate()[0]
        time.sleep(0.05)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=WAIT_SECONDS)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert not (tmp_path / "seen").exists()


def test_the_longest_scope_in_the_queue_is_given_first() -> None:
    waiting: OrderedDict[str, dict[str, bool]] = OrderedDict()
    for scope in ("tests/unit/test_many.py", LONGEST_FIRST[1], LONGEST_FIRST[0]):
        waiting[scope] = {f"{scope}::test": False}
    given: list[int] = []
    node = Mock(send_runtest_some=given.extend)
    shared = LongestFirst.__new__(LongestFirst)
    shared.workqueue, shared.assigned_work = waiting, {}
    collected = [nodeid for tests in waiting.values() for nodeid in tests]
    shared.registered_collections = {node: collected}
    while shared.workqueue:
        shared._assign_work_unit(node)
    assert given == [2, 1, 0]


def test_the_scopes_named_are_there(project: Path) -> None:
    assert [scope for scope in (*ONE_SERVER, *LONGEST_FIRST) if not (project / scope).exists()] == []
    assert scope_of("tests/spark/test_a.py::test_x[1-::]") == "tests/spark"
    assert scope_of("tests/unit/test_a.py::TestB::test_x[tests/spark/]") == "tests/unit/test_a.py"
