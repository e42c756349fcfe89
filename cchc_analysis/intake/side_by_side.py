"""Several files checked at the same time, each in a process that was started for nothing else."""

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from subprocess import PIPE
from typing import Final

from cchc_analysis.errors import CchcError, InputError, ParameterError
from cchc_analysis.intake.worker import Answer, FileTask

Told = Callable[[int, int], None]
"""Told the place of a task and 0 when it begins (when it has ended, of those at the same time), then the rows done."""

_ALONE_FROM_BYTES: Final = 64_000_000
"""Larger files are checked one after the other: two of them at once could take more memory than there is."""
_WORTH_BYTES: Final = 12_000_000
"""For less a second process would not have begun before the first had ended."""
_PROGRAM: Final = "from cchc_analysis.intake.worker import main; main()"
_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1")


def chosen_workers(asked: int | None, tasks: Sequence[FileTask]) -> int:
    """Return how many processes to check the tasks with; 1 is this process alone.

    `asked` is what the user wants; without it as many as there are processors, unless the files are too small for a
    second one to be of use. Raises `ParameterError` for less than 1.

    >>> chosen_workers(None, []), chosen_workers(3, [])
    (1, 1)
    """
    if asked is not None and asked < 1:
        raise ParameterError(
            f"{asked} workers cannot check anything. Give 1 or more.",
            f"Số tiến trình {asked} không hợp lệ. Hãy dùng từ 1 trở lên.",
        )
    small = [size for task in tasks if (size := _size(task)) < _ALONE_FROM_BYTES]
    if asked is None and sum(small) < _WORTH_BYTES:
        return 1
    return max(1, min(asked or os.cpu_count() or 1, len(small)))


def _size(task: FileTask) -> int:
    try:
        return task.path.stat().st_size
    except OSError:
        return 0


def run_tasks(tasks: Sequence[FileTask], workers: int, told: Told) -> dict[int, InputError]:
    """Run the tasks and return the errors of files that cannot be taken in, by the places of their tasks.

    Any other error is raised, and no process is left behind. The parts are the same whatever the number of `workers`;
    `told` is called in this thread.
    """
    apart = [place for place, task in enumerate(tasks) if _size(task) < _ALONE_FROM_BYTES] if workers > 1 else []
    errors: dict[int, InputError] = {}
    for place, error in _in_processes(tasks, apart, workers) if apart else ():
        if isinstance(error, InputError):
            errors[place] = error
        elif error is not None:
            raise error
        told(place, 0)
    for place in sorted(set(range(len(tasks))) - set(apart)):
        told(place, 0)
        try:
            tasks[place].run(partial(told, place))
        except InputError as error:
            errors[place] = error
    return errors


def _in_processes(
    tasks: Sequence[FileTask], places: Sequence[int], workers: int
) -> Iterator[tuple[int, CchcError | None]]:
    """Yield the place of each task and its error, in the order of the answers."""
    processes = [_Process() for _ in range(min(workers, len(places)))]
    idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
    for process in processes:
        idle.put(process)

    def answer(task: FileTask) -> CchcError | None:
        process = idle.get()
        try:
            return process.answer(task)
        finally:
            idle.put(process)

    pool = ThreadPoolExecutor(len(processes))
    try:
        asked = {pool.submit(answer, tasks[place]): place for place in places}
        for done in as_completed(asked):
            yield asked[done], done.result()
    finally:
        # Ended first, so that no thread waits for an answer that nobody wants any more.
        for process in processes:
            process.end()
        pool.shutdown(cancel_futures=True)


class _Process:
    """A process that runs `worker.main`."""

    def __init__(self) -> None:
        # Not by `multiprocessing`, which would run the script of the user again.
        places = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, **_ONE_THREAD, "PYTHONPATH": places}
        command = [sys.executable, "-c", _PROGRAM]
        self._process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, env=environment)

    def answer(self, task: FileTask) -> CchcError | None:
        """Return the error of the file, None where there is none."""
        tasks, answers = self._process.stdin, self._process.stdout
        assert tasks is not None
        assert answers is not None
        try:
            pickle.dump(task, tasks)
            tasks.flush()
            answer: Answer = pickle.load(answers)
        except (OSError, EOFError):
            return _ended(task.name)
        if answer is None:
            return None
        error, en, vi = answer
        return error(en, vi)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _ended(name: str) -> InputError:
    return InputError(
        f"{name}: the process that checked the file has ended without an answer; there may be too little memory. "
        "Take the file in by itself, with one worker.",
        f"{name}: tiến trình kiểm tra tệp đã dừng mà không có kết quả; có thể thiếu bộ nhớ. "
        "Hãy nạp riêng tệp này với một tiến trình.",
    )
