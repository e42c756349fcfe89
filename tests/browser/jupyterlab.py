"""A real JupyterLab server of a test: folders, settings and token of its own, on this machine only."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "a-token-of-this-test"
START_SECONDS = 60
POLL_SECONDS = 0.1

SETTINGS = {
    # Neither news nor versions are asked for: no request leaves the machine.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # A cell out of sight is drawn too.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    f"--IdentityProvider.token={TOKEN}",
    "--LabApp.expose_app_in_browser=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=",
)


@dataclass(frozen=True)
class Lab:
    """A running server: its address, and how the browser opens one of its notebooks."""

    base: str

    def notebook(self, name: str) -> str:
        return f"{self.base}/lab/tree/{name}?token={TOKEN}"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def own_folders(home: Path) -> dict[str, str]:
    """Make the folders a server writes to and return the variables that name them."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for name, value in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    for folder in names.values():
        (home / folder).mkdir(exist_ok=True)
    return {variable: str(home / folder) for variable, folder in names.items()}


@contextmanager
def opened_lab(notebooks: Path, home: Path) -> Iterator[Lab]:
    """Serve a folder of notebooks; the server and its kernels end with the block."""
    port = free_port()
    # A failed start is read from the log.
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                *OPTIONS,
                f"--ServerApp.port={port}",
                f"--ServerApp.root_dir={notebooks}",
            ],
            env={**os.environ, **own_folders(home), "JUPYTER_PREFER_ENV_PATH": "1"},
            cwd=notebooks,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for_port(port, server, home / "server.log")
        yield Lab(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(timeout=5)


def wait_for_port(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        with socket.socket() as asking:
            asking.settimeout(1)
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL_SECONDS)
    raise AssertionError(log.read_text(errors="replace")[-2000:])
