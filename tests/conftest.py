"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT.parent / "shared" / "reference"


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
