"""A run that dies at any of its steps on the disk: what is there is the old or the new, whole; the next run mends."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis.errors import CchcError
from cchc_analysis.reports.swap import publishing
from cchc_analysis.warehouse import open_warehouse
from tests.small_city import HEADER, line

STEPS = {
    *(
        "open",
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "shutil.rmtree",
    ),
    *("os.chmod", "os.utime"),
}
"""Events of the interpreter before something on the disk changes; of `open`, those for writing."""

DIED = 77


def _writes(event: str, arguments: tuple[object, ...]) -> bool:
    if event not in STEPS:
        return False
    if event != "open":
        return True
    mode, flags = str(arguments[1] or ""), int(str(arguments[2] or 0))
    return any(letter in mode for letter in "wax+") or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def run_until(step: int, below: Path, action: Callable[[], object]) -> bool:
    """Run an action in a child that dies before a step of its on the disk below a folder; tell whether it did."""
    child = os.fork()
    if child == 0:
        left = [step]

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            if _writes(event, arguments) and str(arguments[0]).startswith(str(below)):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(DIED)

        sys.addaudithook(watch)
        code = 1
        try:
            action()
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, DIED)
    return code == DIED


def put(folder: Path, text: str) -> None:
    """Publish a tiny site."""
    with publishing(folder) as new:
        hashes = {}
        for name in ("a.html", "phuong-1/b.html"):
            (new / name).parent.mkdir(exist_ok=True)
            (new / name).write_text(f"{name} {text}")
            hashes[name] = hashlib.sha256((new / name).read_bytes()).hexdigest()
        (new / "manifest.json").write_text(json.dumps(hashes))


def read(folder: Path) -> str:
    """Return which site is published, whole."""
    hashes = json.loads((folder / "manifest.json").read_text())
    assert hashes == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in hashes}
    return (folder / "a.html").read_text().rpartition(" ")[2]


def litter(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path.name not in (folder.name, ".pages"))


def test_a_site_is_old_or_new_wherever_its_run_dies(tmp_path: Path) -> None:
    folder, seen, step = tmp_path / "2023-Q2", set(), 0
    put(folder, "old")
    while run_until(step, tmp_path, lambda: put(folder, "new")):
        seen.add(read(folder))
        put(folder, "old")
        assert (read(folder), litter(folder)) == ("old", [])
        step += 1
    assert step > 8
    assert seen == {"old", "new"}
    assert (read(folder), litter(folder)) == ("new", [])


def test_without_the_exchange_the_next_run_brings_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cchc_analysis.reports.swap.exchange", lambda one, other: False)
    folder, step = tmp_path / "2023-Q2", 0
    put(folder, "old")
    while run_until(step, tmp_path, lambda: put(folder, "new")):
        with pytest.raises(ZeroDivisionError), publishing(folder):
            raise ZeroDivisionError
        assert read(folder) in ("old", "new")
        assert litter(folder) == []
        put(folder, "old")
        step += 1
    assert (read(folder), litter(folder)) == ("new", [])


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def export(folder: Path, name: str, first: int, n: int) -> None:
    rows = [line(number) for number in range(first, first + n)]
    (folder / name).write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


def take_in(exports: Path, kho: Path) -> None:
    cchc.take_in([exports], kho, as_of=cchc.parse_period("2023-Q2").end)


def n_dossiers(kho: Path) -> int:
    return int(open_warehouse(kho).dossiers().collect().to_pandas().shape[0])


def test_a_warehouse_is_old_or_new_wherever_its_intake_dies(exports: Path, tmp_path: Path) -> None:
    old, work, step, seen = tmp_path / "old", tmp_path / "work", 0, set()
    export(exports, "a.csv", 0, 30)
    take_in(exports, old)
    export(exports, "b.csv", 30, 12)
    shutil.copytree(old, work)
    while run_until(step, work, lambda: take_in(exports, work)):
        seen.add(n_dossiers(work))
        take_in(exports, work)
        assert n_dossiers(work) == 42
        names = {path.name for path in work.rglob("*")}
        assert not [name for name in names if "unfinished" in name or name.endswith((".new", ".tmp"))]
        assert len(list((work / "states").iterdir())) == 1
        shutil.rmtree(work)
        shutil.copytree(old, work)
        step += 1
    assert step > 10
    assert seen == {30, 42}
    assert n_dossiers(work) == 42


def test_a_full_disk_is_one_sentence_and_the_old_state_stays(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kho = tmp_path / "kho"
    export(exports, "a.csv", 0, 30)
    take_in(exports, kho)
    export(exports, "b.csv", 30, 12)

    def full(*told: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cchc_analysis.intake.store.flush_tree", full)
    with pytest.raises((CchcError, OSError), match="space"):
        take_in(exports, kho)
    assert n_dossiers(kho) == 30
    monkeypatch.undo()
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    take_in(exports, kho)
    assert n_dossiers(kho) == 42
