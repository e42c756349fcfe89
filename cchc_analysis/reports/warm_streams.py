"""What cells write to stdout and stderr, in order: through Python, and past it by libraries and child processes."""

import io
import os
import sys
import threading
import time
from collections.abc import Callable

LONGEST_WAIT_SECONDS = 0.2
"""Text that was written is told after this long, as by a kernel: whoever follows a long cell sees it move."""
LARGEST_PIECE = 1 << 16
NAMES = {1: "stdout", 2: "stderr"}


class RawOutput:
    """Catches in memory what goes to a file descriptor of the process past `sys.stdout` or `sys.stderr`."""

    def __init__(self, number: int) -> None:
        self.caught = os.memfd_create(NAMES[number])
        self.n_seen = 0
        os.dup2(self.caught, number)

    def new_text(self) -> str:
        """Return what was written since the last call."""
        n_written = os.fstat(self.caught).st_size
        if n_written == self.n_seen:
            return ""
        content = os.pread(self.caught, n_written - self.n_seen, self.n_seen)
        self.n_seen += len(content)
        return content.decode("utf-8", "replace")


class CellStreams:
    """Both outputs of the cells, handed to `publish` as (name, text) in the order in which they were written."""

    def __init__(self, publish: Callable[[str, str], None]) -> None:
        self.publish = publish
        self.lock = threading.RLock()
        self.process = os.getpid()
        self.name, self.parts, self.size, self.since = "", list[str](), 0, 0.0
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.raw = {number: RawOutput(number) for number in NAMES}
        self.stdout, self.stderr = CellStream(1, self), CellStream(2, self)

    def write(self, number: int, text: str) -> None:
        """Take the text that a cell wrote to an output."""
        if os.getpid() != self.process:
            # A process that a cell forked: it has no way to tell but the descriptor, which is caught.
            os.write(number, text.encode("utf-8", "replace"))
            return
        with self.lock:
            self.tell_raw()
            self.add(NAMES[number], text)

    def add(self, name: str, text: str) -> None:
        """Put text behind what waits, telling that first where it is of the other output, long or old."""
        now = time.monotonic()
        if self.parts and (name != self.name or self.size > LARGEST_PIECE or now - self.since > LONGEST_WAIT_SECONDS):
            self.tell()
        if not self.parts:
            self.since = now
        self.name = name
        self.parts.append(text)
        self.size += len(text)

    def tell_raw(self) -> None:
        """Put behind what waits whatever went past Python meanwhile."""
        for number, raw in self.raw.items():
            text = raw.new_text()
            if text:
                self.add(NAMES[number], text)

    def tell(self) -> None:
        """Hand over what waits."""
        text = "".join(self.parts)
        self.parts, self.size = [], 0
        if text:
            self.publish(self.name, text)

    def flush(self) -> None:
        """Hand over everything that was written so far."""
        if os.getpid() != self.process:
            return
        with self.lock:
            self.tell_raw()
            self.tell()

    def end_cell(self) -> None:
        """Hand over everything, also what libraries wrote to the outputs that Python started with."""
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
        self.flush()


class CellStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells; not a terminal."""

    def __init__(self, number: int, streams: CellStreams) -> None:
        self.number = number
        self.streams = streams
        self.name = f"<{NAMES[number]}>"

    encoding = "UTF-8"
    errors = "replace"

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str, /) -> int:
        """Take text; anything else is an error, as on any text stream."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self.streams.write(self.number, text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written to either output."""
        self.streams.flush()

    def fileno(self) -> int:
        """Return the descriptor that child processes may write to."""
        return self.number
