"""The main process's side of the warm parent: start it, have workers forked, hear how they end, end it all."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import IO, Any

from cchc_analysis.errors import ReportError
from cchc_analysis.reports.jobs import WarmUp
from cchc_analysis.reports.warm_orders import Order, Told
from cchc_analysis.temporary import TemporaryFolder

SWITCH = "CCHC_WARM"
"""Environment variable: 0 makes every page in a kernel of its own, as where a process cannot fork."""

LARGEST_MESSAGE = 1 << 17
END_SECONDS = 5
GROWN_BY_MB = 200
"""A parent that has grown by so much since it was ready is replaced by a new one when no worker runs."""


def can_fork() -> bool:
    """Tell whether warm workers are possible here and wanted: on Linux, unless CCHC_WARM=0."""
    return sys.platform == "linux" and os.environ.get(SWITCH, "") != "0"


@dataclass(eq=False)
class Worker:
    """One forked worker: its connection, its process once that is known, and how it ended (as `subprocess` says)."""

    number: int
    connection: Connection
    pid: int = 0
    ended: int | None = None
    messages: list[Told] = field(default_factory=list)

    def receive(self) -> Told | None:
        """Return the next thing the worker tells, or None when it tells nothing more."""
        try:
            told: Told = self.connection.recv()
        except (EOFError, OSError):
            return None
        return told


class WarmParent:
    """The process that forks workers; a context manager that leaves no process behind.

    `environment` is that of the parent and its workers; `log` receives what they say on a terminal (None: the
    terminal). Raises `ReportError` where modules or `prepare` of `warm_up` fail. `is_early`: only the modules of
    `warm_up` are known yet, and `go_on` tells the rest.
    """

    def __init__(
        self, warm_up: WarmUp, environment: Mapping[str, str], log: IO[bytes] | None = None, is_early: bool = False
    ) -> None:
        self.warm_up = warm_up
        self.environment = environment
        self.log = log
        self.is_early = is_early
        self.workers: dict[int, Worker] = {}
        self.number = 0
        self.start()

    def __enter__(self) -> "WarmParent":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process; `get_ready` waits until it can fork."""
        self.is_ready, self.is_lost, self.is_closed, self.held_mb = False, False, False, 0.0
        # Its own IPython folder: no start-up files of the user, and none that two runs would write at once.
        self.folder = TemporaryFolder()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "cchc_analysis.reports.warm_server",
                    str(theirs.fileno()),
                    str(os.getpid()),
                ],
                env={**self.environment, "IPYTHONDIR": str(self.folder.path)},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                start_new_session=True,
            )
        self.ask({"modules": self.warm_up.modules, "path": [entry for entry in sys.path if entry]})
        if not self.is_early:
            self.go_on(self.warm_up)

    def go_on(self, warm_up: WarmUp) -> None:
        """Let the parent prepare what pages have in common, once it has imported the modules."""
        self.warm_up, self.is_early = warm_up, False
        self.ask({"prepare": warm_up.prepare, "arguments": dict(warm_up.arguments)})

    def get_ready(self) -> None:
        """Wait until the parent can fork; raise `ReportError` where it cannot."""
        while not self.is_ready:
            self.heard()

    def not_ready(self, message: Mapping[str, Any]) -> ReportError:
        """Return the error of a parent that did not get ready."""
        if self.log is not None:
            self.log.write(message.get("traceback", "").encode())
        if message.get("en"):
            return ReportError(message["en"], message["vi"])
        said = message.get("said") or "its process ended"
        return ReportError(
            f"The pages could not be prepared ({said.rstrip('.')}); set {SWITCH}=0 to make every page by itself.",
            f"Không chuẩn bị được để tạo các trang ({said.rstrip('.')}); đặt {SWITCH}=0 để mỗi trang được tạo riêng.",
        )

    def fork(self, order: Order) -> Worker:
        """Have a worker forked that serves an order; a parent that has grown is replaced first."""
        if self.is_ready and not self.workers and self.held_mb > self.ready_mb + GROWN_BY_MB:
            self.close()
            self.start()
        self.get_ready()
        ours, theirs = socket.socketpair()
        self.number += 1
        with theirs:
            self.ask({"ask": "fork", "number": self.number}, theirs.fileno())
        worker = Worker(self.number, Connection(ours.detach()))
        self.workers[worker.number] = worker
        with contextlib.suppress(OSError):
            worker.connection.send(order)
        return worker

    def kill(self, worker: Worker, where: bool = False) -> None:
        """Kill a worker with everything it started; `where`: after it has written into its log where it is."""
        self.ask({"ask": "kill", "number": worker.number, "where": where})

    def leave(self, worker: Worker) -> None:
        """Forget a worker that has told all there is."""
        worker.connection.close()
        self.workers.pop(worker.number, None)

    def wait_for_any(self, workers: Iterable[Worker], timeout_seconds: float) -> list[Worker]:
        """Return the workers that have something to tell, or have ended, within a time."""
        by_connection = {worker.connection: worker for worker in workers}
        ready = wait([*by_connection, self.control], timeout_seconds)
        if self.control in ready:
            self.heard()
        return [worker for connection, worker in by_connection.items() if connection in ready]

    def wait_for_end(self, worker: Worker) -> int:
        """Return how a worker ended that tells nothing more, having waited for it."""
        deadline = time.monotonic() + END_SECONDS
        while worker.ended is None and self.is_ready and time.monotonic() < deadline:
            self.heard(0.1)
        return -signal.SIGKILL if worker.ended is None else worker.ended

    def ask(self, message: Mapping[str, Any], *descriptors: int) -> None:
        """Send a message to the parent; a parent that is gone is noticed when it is next heard."""
        with contextlib.suppress(OSError):
            socket.send_fds(self.control, [json.dumps(message).encode()], descriptors)

    def heard(self, timeout_seconds: float | None = None) -> dict[str, Any]:
        """Take one message of the parent: {"told": "ready" | "failed" | "forked" | "ended" | "gone" | "nothing"}.

        Raises `ReportError` where the parent tells that it cannot get ready, or ends before it is.
        """
        self.control.settimeout(timeout_seconds)
        try:
            content = self.control.recv(LARGEST_MESSAGE)
        except TimeoutError:
            return {"told": "nothing"}
        except OSError:
            content = b""
        message: dict[str, Any] = json.loads(content) if content else {"told": "gone"}
        worker = self.workers.get(message.get("number", 0))
        if message["told"] == "ready":
            self.is_ready, self.ready_mb = True, message["held_mb"]
        elif message["told"] in ("failed", "gone"):
            if not self.is_ready and not self.is_lost:
                raise self.not_ready(message)
            self.is_ready, self.is_lost = False, True
        if message["told"] == "forked":
            self.held_mb = message["held_mb"]
        if worker is not None and message["told"] == "forked":
            worker.pid = message["pid"]
        if worker is not None and message["told"] == "ended":
            worker.ended = message["status"]
        return message

    def close(self) -> None:
        """End the parent, every worker and whatever they started; again, nothing is left to do."""
        if self.is_closed:
            return
        self.is_closed = True
        for worker in list(self.workers.values()):
            self.leave(worker)
        self.control.close()
        # The parent ends by itself when nobody can ask it any more, and takes its workers along.
        try:
            self.process.wait(END_SECONDS if self.is_ready else 0)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGTERM)
                self.process.wait(END_SECONDS)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.is_ready = False
        self.folder.remove()
