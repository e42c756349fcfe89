"""The warm parent: a process of its own that imports everything once and forks one worker per order.

It has one thread, opens nothing, and knows nothing of pages: whoever asks for a worker sends one end of a connection,
the worker serves it. Ends with whoever started it.
"""

import array
import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cchc_analysis.errors import CchcError
from cchc_analysis.reports.runner import function_named, last_line, skip_needless_grammar
from cchc_analysis.reports.warm_memory import children, held_mb

LARGEST_MESSAGE = 1 << 17
WRITES_WHERE_SECONDS = 0.1
LAST_WAIT_SECONDS = 2

REHEARSAL = "# a\n\n- **b** *c* `d`\n  - [e](a.html)\n\n1. f\n\n| g |\n|---|\n| 1 |\n\nh\n: i\n\n> j\n"
"""Markdown with one of everything that pages show."""


class WarmServer:
    """Forks workers and tells how they ended; `running` is process → number of the order."""

    def __init__(self, control: socket.socket, kernel: Any) -> None:
        self.control = control
        self.kernel = kernel
        self.running: dict[int, int] = {}
        self.before = set(children(os.getpid()))

    def serve(self) -> None:
        """Do what is asked until nobody is there to ask."""
        woken, wakes = os.pipe()
        for end in (woken, wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGTERM, lambda number, frame: self.end())
        watched: list[Any] = [self.control, woken]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(woken, 4096)
                self.reap()
            if self.control in ready:
                self.answer()

    def answer(self) -> None:
        """Do the one thing that is asked: fork a worker, kill one, or import more."""
        content, descriptors = received(self.control)
        if not content:
            self.end()
        asked = json.loads(content)
        if asked["ask"] == "fork":
            self.fork(asked["number"], descriptors[0])
        elif asked["ask"] == "import":
            # A module that is missing or fails is told by the cell that asks for it.
            for module in asked["modules"]:
                with contextlib.suppress(Exception):
                    import_module(module)
        else:
            self.kill(asked["number"], asked["where"])

    def fork(self, number: int, descriptor: int) -> None:
        """Fork a worker that serves the connection behind a descriptor."""
        from cchc_analysis.reports.warm_worker import work

        parent = os.getpid()
        pid = os.fork()
        if not pid:
            self.control.close()
            work(Connection(descriptor), self.kernel, parent)
        os.close(descriptor)
        self.running[pid] = number
        self.tell({"told": "forked", "number": number, "pid": pid, "held_mb": held_self()})

    def kill(self, number: int, where: bool) -> None:
        """Kill a worker, if it still runs; before that let it write where it is, if asked to."""
        from cchc_analysis.reports.warm_worker import TELL_WHERE

        for pid in [pid for pid, known in self.running.items() if known == number]:
            if where:
                os.kill(pid, TELL_WHERE)
                time.sleep(WRITES_WHERE_SECONDS)
            kill_group(pid)

    def reap(self) -> None:
        """Take leave of workers that ended, and end what they left behind."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            if pid in self.running:
                kill_group(pid)
                number = self.running.pop(pid)
                self.tell({"told": "ended", "number": number, "status": os.waitstatus_to_exitcode(status)})
        # A process that hid from its group comes to us when its parent ends: it belongs to no worker any more.
        for stray in set(children(os.getpid())) - set(self.running) - self.before:
            kill_group(stray)

    def tell(self, message: dict[str, Any]) -> None:
        """Tell the main process; where it is gone, end."""
        try:
            self.control.send(json.dumps(message).encode())
        except OSError:
            self.end()

    def end(self) -> None:
        """Kill every worker with what it started, then whatever this process started itself."""
        for pid in self.running:
            kill_group(pid)
        deadline = time.monotonic() + LAST_WAIT_SECONDS
        while self.running and time.monotonic() < deadline:
            # Whoever waits for this process finds none of its workers afterwards.
            for pid in [pid for pid in self.running if os.waitpid(pid, os.WNOHANG)[0]]:
                del self.running[pid]
            time.sleep(0.002)
        with contextlib.suppress(OSError):
            os.killpg(0, signal.SIGKILL)
        os._exit(0)


def kill_group(pid: int) -> None:
    """Kill a process and the group that it leads."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


def received(control: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next message, with the descriptors that came with it; empty when the other side has gone."""
    try:
        content, descriptors, _, _ = socket.recv_fds(control, LARGEST_MESSAGE, 1)
    except OSError:
        return b"", []
    return content, list(array.array("i", descriptors))


def held_self() -> float:
    """Return the memory of this process alone, in megabytes."""
    return held_mb(os.getpid())


def imported(settings: dict[str, Any]) -> Any:
    """Import the machinery and the modules asked for, and return the kernel of the workers."""
    skip_needless_grammar()
    sys.path.extend(entry for entry in settings["path"] if entry not in sys.path)
    warm_machinery()
    from cchc_analysis.reports.warm_kernel import WarmKernel

    kernel = WarmKernel()
    for module in settings["modules"]:
        import_module(module)
    draw_once()
    return kernel


def prepare(settings: dict[str, Any]) -> None:
    """Call what prepares; what is in memory then is what the workers begin with."""
    if settings["prepare"]:
        function_named(settings["prepare"])(**settings["arguments"])
    refuse_threads()
    gc.collect()
    # What is there now is never looked at again: the workers do not copy it by counting.
    gc.freeze()
    gc.disable()


def warm_machinery() -> None:
    """Import what every worker needs to execute and render, and fill what is made once."""
    import nbformat
    import papermill.translators  # noqa: F401

    from cchc_analysis.reports import page, warm_pages, warm_streams  # noqa: F401

    # Shows one of each on a page: templates, the schema of outputs and the reading of HTML are compiled once.
    texts = {"text/markdown": REHEARSAL, "text/html": "<table><tr><td>1</td></tr></table>"}
    shown: list[dict[str, Any]] = [
        {"output_type": "display_data", "metadata": {}, "data": {kind: text}} for kind, text in texts.items()
    ]
    shown.append({"output_type": "stream", "name": "stdout", "text": "a"})
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "",
        "execution_count": None,
        "outputs": shown,
    }
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    page.page_body(notebook, Path("rehearsal.ipynb"))


def draw_once() -> None:
    """Draw a small figure where the modules of the run have brought matplotlib: fonts and writers are found once."""
    if "matplotlib" not in sys.modules:
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    figure.add_subplot(title="a").plot([1, 2], label="b")
    FigureCanvasAgg(figure).print_figure(io.BytesIO(), format="png", bbox_inches="tight")


def refuse_threads() -> None:
    """Raise `RuntimeError` where a thread of Python runs: a fork would lose it, and hang on what it holds."""
    others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if others:
        raise RuntimeError(f"these threads run in the warm parent and would be lost: {', '.join(others)}")


def main(descriptor: int, starter: int) -> None:
    """Get ready as the main process says, tell it so, and serve."""
    from cchc_analysis.reports.warm_worker import ADOPT_ORPHANS, DIE_WITH_PARENT, prctl

    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    prctl(DIE_WITH_PARENT, signal.SIGTERM)
    prctl(ADOPT_ORPHANS, 1)
    if os.getppid() != starter:
        os._exit(0)
    signal.signal(signal.SIGTERM, lambda number, frame: os.killpg(0, signal.SIGKILL))
    # Python warns of any fork beside threads; those of linear algebra know how to survive one.
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    try:
        kernel = imported(settings_from(control))
        prepare(settings_from(control))
        server = WarmServer(control, kernel)
    except BaseException as error:
        control.send(json.dumps(failed(error)).encode())
        os._exit(1)
    server.tell({"told": "ready", "held_mb": held_self()})
    server.serve()


def settings_from(control: socket.socket) -> dict[str, Any]:
    """Return what the main process asks for next; where it has gone, end."""
    content, _ = received(control)
    if not content:
        os._exit(0)
    settings: dict[str, Any] = json.loads(content)
    return settings


def failed(error: BaseException) -> dict[str, str]:
    """Return what to tell of an error that kept the parent from getting ready."""
    said = last_line(error) if isinstance(error, Exception) else repr(error)
    own = isinstance(error, CchcError)
    return {
        "told": "failed",
        "en": str(error.en) if own else "",  # type: ignore[attr-defined]
        "vi": str(error.vi) if own else "",  # type: ignore[attr-defined]
        "said": said,
        "traceback": "".join(traceback.format_exception(error))[-LARGEST_MESSAGE // 4 :],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
