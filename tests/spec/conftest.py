"""Fixtures of the spec tests: every test runs on every engine."""

from datetime import datetime

import pytest
from spec.engines import ENGINES

from cchc_analysis.counting import Clock
from cchc_analysis.working_time import WorkingCalendar


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def vietnam() -> WorkingCalendar:
    """The Vietnamese working calendar."""
    return WorkingCalendar.vietnam()


@pytest.fixture
def clock(vietnam: WorkingCalendar) -> Clock:
    """A clock at the end of Q2 2023."""
    return Clock(vietnam, datetime(2023, 6, 14))
