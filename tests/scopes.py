"""Which tests stay together in one process when several run, and which begin first."""

import pytest
from xdist.scheduler import LoadScopeScheduling

ONE_SERVER = ("tests/spark",)
"""Folders whose files share a fixture that takes longer than their tests: one cluster for all of them."""

LONGEST_FIRST = (
    "tests/notebooks/test_project_pages.py",
    "tests/spark",
    "tests/whole/test_pages_at_the_edges.py",
    "tests/notebooks/test_plain_papermill.py",
    "tests/property/test_register_counts.py",
    "tests/property/test_every_count.py",
    "tests/whole/test_satisfaction_at_the_edges.py",
    "tests/whole/test_one_number_everywhere.py",
    "tests/unit/test_explore.py",
    "tests/unit/test_sharing.py",
    "tests/notebooks/test_warm_engine.py",
)
"""Scopes of half a minute and more: begun last, one of them would run alone while the other processes wait."""


def scope_of(nodeid: str) -> str:
    """Return the scope of a test: its file, so that the fixtures of a module are made once, or its folder."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in ONE_SERVER if file.startswith(f"{folder}/")), file)


class LongestFirst(LoadScopeScheduling):
    """Gives whole scopes to the processes, the longest first.

    The marks of `--dist loadgroup` would keep tests together too, but pytest-xdist writes them into an attribute that
    pytest no longer reads, and it orders scopes by their number of tests, where a page of a minute is one test.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: object) -> None:
        longest = next((scope for scope in LONGEST_FIRST if scope in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst:
    """Share the tests out in this way whenever there are several processes."""
    return LongestFirst(config, log)
