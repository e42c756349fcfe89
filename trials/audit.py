"""Ask the advisory database about every locked package; needs pip-audit and a way to its service."""

import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trials.licences import LOCKS, ROOT

PROMISE = "no locked package has a known vulnerability"
UNREACHABLE = 2

CONTROL = "jinja2==2.4.1 --hash=sha256:" + "0" * 64 + "\n"
"""A version with published weaknesses: a service that answers and does not know them would acquit everything."""


def answered(output: str) -> list[dict[str, Any]] | None:
    """Return the packages an answer speaks of, None where it is no answer."""
    try:
        found: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return found


def findings(packages: list[dict[str, Any]]) -> list[str]:
    """Return a line for each weakness: package, version, advisory, and the versions that mend it."""
    return [
        f"{package['name']} {package.get('version', '')}: {weakness['id']}, "
        f"mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", ())
    ]


def asked(lock: Path, service: str) -> subprocess.CompletedProcess[str]:
    """Let pip-audit ask about the entries of a lock as they stand; nothing is installed."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--require-hashes"]
        options = ["--format", "json", "--progress-spinner", "off", "--timeout", "10", "--cache-dir", cache]
        command += [*options, "--vulnerability-service", service]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def service_that_knows() -> str | None:
    """Return the first service that answers and knows the weaknesses of the control."""
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "control.lock"
        control.write_text(CONTROL, encoding="utf-8")
        for service in ("osv", "pypi"):
            if findings(answered(asked(control, service).stdout) or []):
                return service
    return None


def main() -> int:
    """Return 1 where a weakness is known, 2 where nobody could be asked."""
    if find_spec("pip_audit") is None:
        print(f"{PROMISE}: NOT CHECKED. Install it first: .venv/bin/uv pip install pip-audit")
        return UNREACHABLE
    service = service_that_knows()
    if service is None:
        print(f"{PROMISE}: NOT CHECKED, no advisory service answered that knows a weakness published long ago")
        return UNREACHABLE
    known, n_packages = list[str](), 0
    for lock in LOCKS:
        told = asked(ROOT / lock, service)
        packages = answered(told.stdout)
        if packages is None:
            reason = (told.stderr.strip().splitlines() or ["no answer"])[-1][:200]
            print(f"{PROMISE}: NOT CHECKED, no advisory service answered about {lock} ({reason})")
            return UNREACHABLE
        n_packages += sum("skip_reason" not in package for package in packages)
        known += findings(packages)
    print(f"{PROMISE}: {n_packages} packages of this system asked about at {service}, {len(known)} known weaknesses")
    print("\n".join(known), end="\n" if known else "")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
