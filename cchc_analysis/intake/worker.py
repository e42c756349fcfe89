"""A process that checks files for another one: tasks come in on its standard input, answers go out on its output."""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from cchc_analysis.errors import CchcError
from cchc_analysis.intake.check import Checker, check_file, nobody
from cchc_analysis.intake.parts import write_part

Answer: TypeAlias = "tuple[type[CchcError], str, str] | None"
"""The error of a file in both languages, or None."""


@dataclass(frozen=True)
class FileTask:
    """One file to check: by which checker, and below which folder its part is to lie."""

    path: Path
    name: str
    sha256: str
    checker: Checker
    parts: Path

    def run(self, told: Callable[[int], None] = nobody) -> None:
        """Check the file and write its part, telling of a large one the rows done; raises what `check_file` raises."""
        write_part(check_file(self.path, self.name, self.sha256, self.checker, told), self.parts)


def main() -> None:
    """Run the tasks that come in until there are no more."""
    # Whoever presses Ctrl-C speaks to the process that started this one, which then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


def serve(tasks: BinaryIO, answers: BinaryIO) -> None:
    """Answer each task with None or the error of the file; any other one ends the process with its traceback."""
    while True:
        try:
            task: FileTask = pickle.load(tasks)
        except EOFError:
            return
        answer: Answer = None
        try:
            task.run()
        except CchcError as error:
            answer = (type(error), error.en, error.vi)
        pickle.dump(answer, answers)
        answers.flush()
