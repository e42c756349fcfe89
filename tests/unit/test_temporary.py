"""Temporary folders go with their process, however it ends, and never before."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cchc_analysis import temporary
from cchc_analysis.temporary import LOCK, TemporaryFolder, remove_abandoned

LIVING = """
import signal, sys, time
from cchc_analysis.temporary import TemporaryFolder
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
# Whoever runs the tests in the background has told their processes to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with TemporaryFolder() as folder:
    (folder.path / "held").write_text("x")
    print(folder.path, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test alone."""
    monkeypatch.setattr(temporary, "short_base", lambda: tmp_path)
    return tmp_path


def living(base: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that holds a folder below `base`, and return both."""
    code = f"import tempfile; tempfile.tempdir = {str(base)!r}; import cchc_analysis.temporary as t\n"
    code += f"from pathlib import Path; t.short_base = lambda: Path({str(base)!r})\n{LIVING}"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_nothing_remains_of_a_process_that_is_asked_to_end(base: Path, ended_by: signal.Signals) -> None:
    process, folder = living(base)
    assert (folder / "held").exists()
    process.send_signal(ended_by)
    process.communicate()
    assert list(base.iterdir()) == []


def test_the_folder_of_a_killed_process_goes_with_the_next_and_that_of_a_living_one_stays(base: Path) -> None:
    killed, left = living(base)
    alive, kept = living(base)
    try:
        killed.kill()
        killed.communicate()
        assert left.exists()
        (base / "cchc-of-somebody").mkdir()
        temporary.remove_abandoned_once.cache_clear()
        with TemporaryFolder() as own:
            assert not left.exists()
            assert (kept / "held").exists()
            assert own.path.is_dir()
            # A folder without a lock may be anybody's.
            assert (base / "cchc-of-somebody").is_dir()
    finally:
        alive.kill()
        alive.communicate()
    remove_abandoned(base)
    assert [path.name for path in base.iterdir()] == ["cchc-of-somebody"]


def test_a_folder_is_locked_before_others_can_see_its_lock(base: Path) -> None:
    with TemporaryFolder() as folder:
        assert not temporary.is_abandoned(folder.path / LOCK)
        remove_abandoned(base)
        assert folder.path.is_dir()
    assert not folder.path.exists()
    assert not temporary.is_abandoned(folder.path / LOCK)
