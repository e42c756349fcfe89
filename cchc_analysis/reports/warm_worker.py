"""One forked worker: cut off from its parent, it serves one order and ends."""

import ctypes
import faulthandler
import gc
import logging
import os
import signal
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Never

from cchc_analysis.reports.runner import function_named, reason_of
from cchc_analysis.reports.warm_kernel import WarmKernel
from cchc_analysis.reports.warm_memory import cpu_seconds, peak_mb
from cchc_analysis.reports.warm_orders import (
    CellReplied,
    CellShows,
    CellsOrder,
    FileMade,
    FileOrder,
    NotMade,
    Order,
    PageOrder,
)

DIE_WITH_PARENT, ADOPT_ORPHANS = 1, 36
"""PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of prctl(2)."""

TELL_WHERE = signal.SIGUSR1
"""Makes a worker write into its log where it hangs, even inside a library."""

LOG = [2]
"""Descriptors on which a worker says why it ended; the last one is its own."""

prctl = ctypes.CDLL(None, use_errno=True).prctl


def work(connection: Connection, kernel: WarmKernel, parent: int) -> Never:
    """Serve the one order that comes over `connection`, then end; nothing of the parent's is cleaned up here."""
    cut_off(parent)
    try:
        order: Order = connection.recv()
        serve(order, connection, kernel)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # Nobody waits for the answer any more.
    except BaseException:
        os.write(LOG[-1], traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


def cut_off(parent: int) -> None:
    """Lead a group of processes of one's own, and end when the parent does, however that ends."""
    os.setsid()
    prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    try:
        # Where the machine runs out of memory, one page goes, not the run.
        Path("/proc/self/oom_score_adj").write_text("500")
    except OSError:
        logging.getLogger(__name__).debug("The kernel keeps its own order.")
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        # Else every page would draw the random numbers that its parent would have drawn.
        numpy.random.seed()


def serve(order: Order, connection: Connection, kernel: WarmKernel) -> None:
    """Do what is asked."""
    if isinstance(order, CellsOrder):
        serve_cells(order, connection, kernel)
        return
    keep_log(Path(order.folder))
    if isinstance(order, PageOrder):
        from cchc_analysis.reports.warm_pages import make_page

        kernel.shell.extension_manager.load_extension("cchc_analysis.reports.kernel_extension")
        kernel.begin()
        make_page(order, kernel, connection.send)
    else:
        make_file(order, connection)


def keep_log(folder: Path) -> None:
    """Write into the log of a folder where the worker crashed or hangs; put temporary files beside it."""
    watch(os.open(folder / "kernel.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644))
    tempfile.tempdir = str(folder)


def watch(descriptor: int) -> None:
    """Tell of crashes, and on request of the place, on a descriptor, which stays open as long as the process."""
    LOG.append(descriptor)
    faulthandler.enable(descriptor)
    faulthandler.register(TELL_WHERE, descriptor, all_threads=True)


def make_file(order: FileOrder, connection: Connection) -> None:
    """Call the function of an order and tell its bytes, or why there are none."""
    try:
        content = memoryview(function_named(order.function)(**order.arguments)).tobytes()
    except Exception as error:
        connection.send(NotMade("", *reason_of(error), traceback=traceback.format_exc()))
    else:
        connection.send(FileMade(content, peak_mb(), cpu_seconds()))


def serve_cells(order: CellsOrder, connection: Connection, kernel: WarmKernel) -> None:
    """Run the cells that are sent, where and as the asking process would run them, until it has no more."""
    kept = {name: os.environ[name] for name in KERNELS_OWN if name in os.environ}
    os.environ.clear()
    os.environ.update({**order.environment, **kept})
    os.chdir(order.folder)
    sys.path.extend(entry for entry in order.path if entry not in sys.path)
    watch(os.dup(2))
    kernel.begin()
    while True:
        code = connection.recv()
        reply = kernel.loop.run_until_complete(
            kernel.execute(code, lambda message: connection.send(CellShows(message)))
        )
        connection.send(CellReplied(reply))


KERNELS_OWN = (
    *("TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "MPLBACKEND", "IPYTHONDIR"),
)
"""Variables that a kernel sets for its cells."""
