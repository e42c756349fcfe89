"""A PostgreSQL server of our own for tests and benchmarks: made from the system's programs, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=''", "log_statement=all")
"""What a server may do that never has to survive a crash; it listens on its socket only and writes down every query."""


def programs() -> Path | None:
    """Return the folder with `initdb` and `pg_ctl`, the newest where there are several, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A running server; `url()` is a connection string without a password, which its socket does not ask for."""

    folder: Path
    user: str

    def url(self, database: str = "postgres", user: str = "", **options: str) -> str:
        told = "&".join(f"{key}={value}" for key, value in {"host": str(self.folder), **options}.items())
        return f"postgresql://{user or self.user}@/{database}?{told}"

    @property
    def log(self) -> Path:
        return self.folder / "log"


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server in a new folder and stop it in the end, whatever has happened."""
    bin = programs()
    assert bin is not None
    folder = Path(tempfile.mkdtemp(prefix="cchc-pg-"))
    user = _unprivileged(folder)
    data = folder / "data"
    as_user = () if user is None else ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    name = "tester"
    try:
        _run(*as_user, bin / "initdb", "-D", data, "-U", name, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("\n".join((*FAST, f"unix_socket_directories='{folder}'", "max_wal_size=256MB", "")))
        access = data / "pg_hba.conf"
        access.write_text("local all locked scram-sha-256\n" + access.read_text())
        _run(*as_user, bin / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "30", "start")
        try:
            yield Server(folder, name)
        finally:
            _run(*as_user, bin / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> int | None:
    """Give the folder to a user who is not root, since a server refuses to run as root; return who that is."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    user = names.get("postgres", names.get("nobody", 65_534))
    os.chown(folder, user, -1)
    return user


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
