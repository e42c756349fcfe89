"""Fixtures shared by all tests."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ending import pytest_configure as pytest_configure
from ending import pytest_runtest_setup as pytest_runtest_setup
from ending import pytest_xdist_newgateway as pytest_xdist_newgateway
from scopes import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT.parent / "shared" / "reference"


@dataclass(frozen=True)
class Sample:
    """Exports, warehouse and the truth that was planted."""

    exports: Path
    warehouse: Path
    truth: dict[str, Any]


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published data beside the project; its terms forbid keeping all of it in the project."""
    if not REFERENCE.is_dir():
        message = "needs ../shared/reference beside the project: published data that may not be redistributed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return REFERENCE


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> "Sample":
    """The whole synthetic city, taken in once for all test processes.

    CCHC_TEST_SAMPLE names a folder in which `make sample` of this very tree has just made it.
    """
    made = os.environ.get("CCHC_TEST_SAMPLE")
    if made:
        exports, warehouse = Path(made) / "sample", Path(made) / "warehouse" / "sample"
        return Sample(exports, warehouse, json.loads((exports / "truth.json").read_text("utf-8")))
    root = tmp_path_factory.getbasetemp()
    shared = (root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root) / "whole-sample"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            from cchc_analysis.intake import intake
            from cchc_analysis.sample import write_sample

            write_sample(shared / "exports")
            intake([shared / "exports"], shared / "warehouse")
            (shared / "done").touch()
    truth = json.loads((shared / "exports" / "truth.json").read_text("utf-8"))
    return Sample(shared / "exports", shared / "warehouse", truth)
