"""Start the kernel of a page: this interpreter, over sockets in a folder of ours, quiet and repeatable."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default
from traitlets.config import Config

from cchc_analysis.reports.repeatable import REPEATABLE

KERNEL_ARGUMENTS = (
    "--HistoryManager.enabled=False",
    "--InteractiveShellApp.exec_PYTHONSTARTUP=False",
    "--InteractiveShellApp.extensions=cchc_analysis.reports.kernel_extension",
)
RUNNING: set["PageKernelManager"] = set()


class InterpreterKernels(KernelSpecManager):
    """Resolves every kernel name to the running interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of the running interpreter."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *KERNEL_ARGUMENTS]
        return KernelSpec(argv=argv, env=REPEATABLE, display_name="Python 3", language="python")


class PageKernelManager(AsyncKernelManager):
    """Runs one kernel; what the process itself writes goes to `kernel.log` beside its connection file."""

    @default("kernel_spec_manager")
    def _interpreter_kernels(self) -> InterpreterKernels:
        return InterpreterKernels(parent=self)

    @property
    def folder(self) -> Path:
        """The folder of the connection file, sockets and log."""
        return Path(self.connection_file).parent

    async def start_kernel(self, **kw: Any) -> None:  # type: ignore[override]
        """Start the kernel with its own start-up folder and its terminal output in the log."""
        environment = {**os.environ, "IPYTHONDIR": str(self.folder / "ipython"), **kw.pop("env", {})}
        RUNNING.add(self)
        with (self.folder / "kernel.log").open("ab") as log:
            await self._async_start_kernel(env=environment, stdout=log, stderr=log, **kw)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Forget the kernel and remove its sockets."""
        RUNNING.discard(self)
        await self._async_cleanup_resources(restart=restart)


def connection_config(folder: Path) -> Config:
    """Return the configuration that puts a kernel's connection into `folder`.

    Unix sockets, because TCP ports collide between parallel kernels and are open to other users.
    """
    transport = "tcp" if os.name == "nt" else "ipc"
    return Config({"PageKernelManager": {"transport": transport, "connection_file": str(folder / "k.json")}})


def kill_kernels(folder: Path) -> None:
    """Kill every kernel of this process that runs below `folder`, with its children."""
    for manager in [manager for manager in RUNNING if manager.folder.is_relative_to(folder)]:
        pid = getattr(manager.provisioner, "pid", None)
        if pid:
            with contextlib.suppress(OSError):
                # A kernel leads its own session, so its group is its number.
                os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(pid, signal.SIGTERM)
