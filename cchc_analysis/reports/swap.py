"""Replace a published folder as a whole: readers see the old one or the new one, never half of one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cchc_analysis.durable import exchange, flush, flush_tree
from cchc_analysis.errors import ReportError

try:
    import fcntl
except ImportError:  # Windows has no flock; there two runs at once are not prevented.
    fcntl = None  # type: ignore[assignment]


@contextmanager
def publishing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside `folder` that takes its place when the block ends without an error.

    What an interrupted run left is repaired first. After an error, or Ctrl-C, `folder` is as it was.
    A second run at the same time, and a folder that holds something else than a report, raise `ReportError`.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        repair(folder)
        refuse_foreign(folder)
        new = folder.with_name(f"{folder.name}.new")
        new.mkdir()
        try:
            yield new
            put_in_place(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def put_in_place(new: Path, folder: Path) -> None:
    """Exchange the old folder for the new one in one step, on the disk before it is seen.

    Where the system cannot, the old one is renamed away first; `repair` finishes this if it is killed between.
    """
    flush_tree(new)
    if folder.exists() and exchange(new, folder):
        flush(folder.parent)
        shutil.rmtree(new, ignore_errors=True)
        return
    old = folder.with_name(f"{folder.name}.old")
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    flush(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def repair(folder: Path) -> None:
    """Undo or finish what a killed run left: the old folder returns where none stands, the rest goes."""
    old, new = folder.with_name(f"{folder.name}.old"), folder.with_name(f"{folder.name}.new")
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in (old, new):
        if left.is_dir():
            shutil.rmtree(left)


def refuse_foreign(folder: Path) -> None:
    """Raise `ReportError` where `folder` is a file or holds something that no run of ours wrote."""
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / "manifest.json").is_file()):
        return
    if folder.exists():
        raise ReportError(
            f"Folder {folder} holds something else than a report, and publishing would delete it; "
            "choose another folder.",
            f"Thư mục {folder} chứa nội dung không phải báo cáo, nếu phát hành thì sẽ bị xóa; hãy chọn thư mục khác.",
        )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; it ends with the process, however that ends."""
    # Never removed: whoever opened a removed lock would hold it beside the next one.
    path = folder.parent / ".pages" / f"{folder.name}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ReportError(
                    f"Another run is publishing {folder}; wait until it ends, then run again.",
                    f"Một lần chạy khác đang phát hành {folder}; hãy đợi xong rồi chạy lại.",
                ) from error
        yield
