"""papermill's plug-in `cchc`: notebooks run in forks of a warm process, with papermill's own bookkeeping.

`papermill --engine cchc in.ipynb out.ipynb -p unit phuong-1`, or `papermill.execute_notebook(..., engine_name="cchc")`
in a loop: the warm process stays for as long as the calling one, so only the first call pays for start and imports.
"""

import atexit
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from cchc_analysis.errors import ReportError

MEMORY = "CCHC_MEMORY_MB"
"""Environment variable: the most memory in megabytes that a notebook run by this engine may hold; no limit without."""

WARM = "CCHC_WARM_MODULES"
"""Environment variable: modules, by comma, that the warm process imports beside those that notebooks name."""

KNOWN = {"cchc_analysis", "matplotlib", "numpy", "pandas", "scipy", "seaborn"}
"""Packages that the warm process imports itself once a notebook names them: they start no thread and print nothing."""

NEEDLESS = ("kernel_manager_class", "shutdown_kernel", "config")
"""Settings of a kernel behind sockets: there is none."""

IMPORT = re.compile(r"^(?:from ([\w.]+) import|import ([^#\n]+))", re.MULTILINE)
MODULE = re.compile(r"(?:^|,)\s*([\w.]+)")

LOOKS_EVERY_SECONDS = 0.1


class WarmEngine(Engine):  # type: ignore[misc]
    """Runs every notebook in a process forked from a warm one; on systems without fork, and with CCHC_WARM=0, in a
    kernel as papermill's own engine does.

    Cells run in ipykernel's own kernel without sockets, in the interpreter that runs papermill, whatever kernel the
    notebook names; only notebooks in Python are taken. The user's IPython start-up files are not run.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Run the notebook of `nb_man`; failing cells, times and outputs are noted as papermill's own engine does.

        A cell over `execution_timeout` seconds raises nbclient's `CellTimeoutError`, a process that ends its
        `DeadKernelError`.
        """
        from cchc_analysis.reports.warm_parent import can_fork

        settings = merge_kwargs(
            remove_args(["input_path", "timeout", "startup_timeout"], **kwargs),
            timeout=execution_timeout if execution_timeout else kwargs.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        language = nb_man.nb.metadata.get("kernelspec", {}).get("language") or "python"
        if language.casefold() != "python":
            raise ReportError(
                f"The engine cchc runs notebooks in Python only, not in {language}; leave --engine out.",
                f"Bộ máy cchc chỉ chạy sổ tay Python, không chạy {language}; hãy bỏ tùy chọn --engine.",
            )
        if not can_fork():
            PapermillNotebookClient(nb_man, **settings).execute()
            return
        run_warm(nb_man, remove_args(NEEDLESS, **settings))


def run_warm(nb_man: Any, settings: Mapping[str, Any]) -> None:
    """Run a notebook in a worker forked from the warm process of this one."""
    from cchc_analysis.reports.warm_client import DirectCells
    from cchc_analysis.reports.warm_orders import CellsOrder

    class WarmClient(DirectCells, PapermillNotebookClient):  # type: ignore[misc]
        """papermill's client; its cells run in a worker."""

    parent = warm_parent()
    parent.ask({"ask": "import", "modules": known_imports(nb_man.nb)})
    worker = parent.fork(CellsOrder(os.getcwd(), dict(os.environ), tuple(entry for entry in sys.path if entry)))
    client = WarmClient(nb_man, **settings)
    client.reset_execution_trackers()
    client.connect(asking(parent, worker, client))
    try:
        client.papermill_execute_cells()
        client.nb.metadata["language_info"] = language_info()
        client.set_widgets_metadata()
    finally:
        parent.kill(worker)
        parent.leave(worker)


def asking(parent: Any, worker: Any, client: Any) -> Callable[..., Any]:
    """Return what runs a cell in the worker: messages go to the client as they come, the reply is returned."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from cchc_analysis.reports.warm_memory import held_mb
    from cchc_analysis.reports.warm_orders import CellShows

    limit = float(os.environ.get(MEMORY) or "inf")

    async def ask(cell: Any, sink: Callable[[dict[str, Any]], None]) -> Mapping[str, Any]:
        timeout = client._get_timeout(cell)
        deadline = time.monotonic() + timeout if timeout else float("inf")
        try:
            worker.connection.send(cell.source)
        except OSError:
            raise DeadKernelError("Kernel died") from None
        while True:
            heard = parent.wait_for_any([worker], LOOKS_EVERY_SECONDS)
            told = worker.receive() if heard else None
            if isinstance(told, CellShows):
                sink(told.message)
            elif told is not None:
                content: Mapping[str, Any] = told.content
                return content
            elif heard or not parent.is_ready:
                raise DeadKernelError("Kernel died")
            if time.monotonic() > deadline:
                parent.kill(worker, where=True)
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)
            if worker.pid and limit < float("inf") and held_mb(worker.pid) > limit:
                parent.kill(worker)
                raise DeadKernelError(f"Kernel died: it needs more than {limit:.0f} MB of memory ({MEMORY}).")

    return ask


PARENTS: dict[int, Any] = {}
"""The warm process of this one, by the number of this one: a fork of it starts its own."""


def warm_parent() -> Any:
    """Return the warm process of this one, started on first use and ended with it."""
    from cchc_analysis.reports.jobs import WarmUp
    from cchc_analysis.reports.warm_parent import WarmParent

    parent = PARENTS.get(os.getpid())
    if parent is not None and parent.process.poll() is None:
        return parent
    if parent is not None:
        parent.close()
    named = os.environ.get(WARM, "")
    modules = tuple(name.strip() for name in named.split(",") if name.strip())
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    parent = PARENTS[os.getpid()] = WarmParent(WarmUp(modules), environment)
    atexit.register(parent.close)
    return parent


def known_imports(notebook: Any) -> list[str]:
    """Return the modules of known packages that the cells of a notebook import, in order.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> known_imports(new_notebook(cells=[new_code_cell("%time x\\nimport os, scipy.stats\\nfrom pandas import NA")]))
    ['scipy.stats', 'pandas']
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    named = [name for match in IMPORT.finditer("\n".join(sources)) for name in MODULE.findall(match[2] or match[1])]
    return list(dict.fromkeys(name for name in named if name.partition(".")[0] in KNOWN))


def language_info() -> dict[str, Any]:
    """Return what a Python kernel says of its language."""
    from ipykernel.ipkernel import IPythonKernel

    return dict(IPythonKernel.language_info)
