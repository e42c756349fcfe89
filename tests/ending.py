"""SIGTERM ends the tests by the door of Ctrl-C: servers are stopped and folders removed on the way."""

import os
import signal
from contextlib import suppress
from typing import Any

import pytest

OURS = os.getpid()
_workers: list[int] = []
_told: list[int] = []


def pytest_configure() -> None:
    """End in order when the run is told to end."""
    signal.signal(signal.SIGTERM, _end)


def pytest_runtest_setup() -> None:
    """Take the signal back from a command that ran in this process; end where the interrupt was lost.

    DuckDB turns an interrupt within a query into an error of its own.
    """
    if _told:
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, _end)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_newgateway(gateway: Any) -> None:
    """Remember a process of pytest-xdist, in the process that has started it."""
    _workers.append(gateway._rinfo().pid)


def _end(number: int, frame: object) -> None:
    if os.getpid() != OURS:
        # A process that a test has forked ends as it would without us.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        return
    _told.append(number)
    for worker in _workers:
        # Left to pytest-xdist, they would be killed after ten seconds, of which five are spent on waiting.
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)
    for again in (signal.SIGTERM, signal.SIGINT):
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
