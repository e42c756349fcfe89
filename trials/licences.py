"""The licences of all locked packages: refused unless allowed with a reason; writes docs/licences.md."""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
LOCKS = ("requirements.lock", "requirements-spark.lock")

ALLOWED = {
    **dict.fromkeys(("MIT", "MIT-0", "MIT-CMU", "ISC", "0BSD", "Zlib"), "asks for its notice only"),
    **dict.fromkeys(("BSD", "BSD-2-Clause", "BSD-3-Clause"), "asks for its notice only"),
    "Apache-2.0": "asks for its notice only, and grants the patents it needs",
    "PSF-2.0": "the licence of Python itself",
    "CC0-1.0": "asks for nothing",
    "MPL-2.0": "asks for the source of its own files where they are changed; we change none",
}
"""Licences of any package, with the reason."""

ALLOWED_FOR = {
    ("psycopg", "LGPL-3.0-only"): "optional, installed beside the project and used unchanged, replaceable by its user",
    ("psycopg-binary", "LGPL-3.0-only"): "optional, installed beside the project and used unchanged, replaceable",
}
"""Licences of one package only."""

STATED = {
    **dict.fromkeys(("aiosignal", "frozenlist", "multidict", "propcache", "yarl", "pyspark"), "Apache-2.0"),
    "aiohappyeyeballs": "PSF-2.0",
    "aiohttp": "Apache-2.0 AND MIT",
    "appnope": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "overrides": "Apache-2.0",
    "py4j": "BSD-3-Clause",
    "pywinpty": "MIT",
}
"""What packages say of themselves that only another system or version of Python installs."""

_TEXTS = {
    **dict.fromkeys(("MIT License", "MIT license"), "MIT"),
    **dict.fromkeys(("BSD License", "BSD 3-Clause License"), "BSD"),
    "2-clause BSD": "BSD-2-Clause",
    **dict.fromkeys(("Apache Software License", "Apache License, Version 2.0", "Apache 2.0"), "Apache-2.0"),
    **dict.fromkeys(("Python Software Foundation License", "PSFL"), "PSF-2.0"),
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    **dict.fromkeys(("ISC License (ISCL)", "ISC license"), "ISC"),
}


@dataclass(frozen=True)
class Package:
    """A locked package, who asks for it, and its licence (an SPDX expression, or the words of its metadata)."""

    name: str
    wanted_by: frozenset[str]
    licence: str

    @property
    def reason(self) -> str | None:
        """Why the licence is allowed, None where it is not."""
        return reason_for(self.name, self.licence)


def locked(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the packages of locks and, for each, those that ask for it."""
    wanted_by: dict[str, frozenset[str]] = {}
    for text in texts:
        for entry in re.split(r"(?m)^(?=[a-z0-9])", text):
            found = re.match(r"([\w.-]+)==", entry)
            if found:
                parents = re.findall(r"(?m)^ +#(?: via)? +([\w.-]+)", entry)
                name = found[1].lower()
                wanted_by[name] = wanted_by.get(name, frozenset()) | frozenset(parents) - {"via"}
    return wanted_by


def run_time(wanted_by: Mapping[str, frozenset[str]], direct: set[str]) -> set[str]:
    """Return the packages that the direct ones bring with them, these included."""
    found = direct & set(wanted_by)
    while more := {name for name, parents in wanted_by.items() if parents & found} - found:
        found |= more
    return found


def direct_dependencies(pyproject: str) -> set[str]:
    """Return what users install, with every extra but the developers'."""
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    return {re.split(r"[\[<>=!~ ;]", line, maxsplit=1)[0].lower() for line in lines}


def licence_in(facts: Message) -> str:
    """Return the licence a package's metadata states: the expression, else its short name, else its classifiers."""
    expression = facts.get("License-Expression")
    if expression:
        return str(expression)
    stated = (facts.get("License") or "").strip()
    short = _TEXTS.get(stated, stated)
    if short in ALLOWED and short != "BSD":
        return short
    classified = [line.split(" :: ")[-1] for line in facts.get_all("Classifier") or [] if line.startswith("License ::")]
    names = sorted({_TEXTS.get(name, name) for name in classified})
    return " AND ".join(names) or short.splitlines()[0] if names or short else "not stated"


def licence_of(name: str) -> str:
    """Return the licence of a package: of the one installed, else what is noted here."""
    if name in STATED:
        return STATED[name]
    try:
        return licence_in(cast(Message, metadata(name)))
    except PackageNotFoundError:
        return "not installed here and not noted in trials/licences.py"


def reason_for(name: str, licence: str) -> str | None:
    """Return why a licence is allowed for a package; of an alternative, why its first allowed part is."""
    for choice in licence.replace("(", " ").replace(")", " ").split(" OR "):
        parts = [part.strip() for part in choice.split(" AND ")]
        reasons = [ALLOWED_FOR.get((name, part)) or ALLOWED.get(part) for part in parts]
        if all(reasons):
            return "; ".join(dict.fromkeys(str(reason) for reason in reasons))
    return None


def packages() -> list[Package]:
    """Return every package of the locks."""
    wanted_by = locked((ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS)
    return [Package(name, parents, licence_of(name)) for name, parents in sorted(wanted_by.items())]


def page(found: Iterable[Package], used: set[str]) -> str:
    """Return docs/licences.md."""
    lines = [
        "# Licences of the locked packages",
        "",
        "Made by `python -m trials.licences` from what the installed packages state;",
        "`tests/test_supply_chain.py` keeps it in step with the locks. A licence that is not in the list of",
        "`trials/licences.py`, GPL and AGPL among them, fails.",
        "",
        "| package | for | licence | allowed because it |",
        "|---|---|---|---|",
    ]
    for one in found:
        use = "running" if one.name in used else "developing"
        lines.append(f"| {one.name} | {use} | {one.licence} | {one.reason or '**is not allowed**'} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page; 1 where a licence is not allowed."""
    found = packages()
    direct = direct_dependencies((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    used = run_time({one.name: one.wanted_by for one in found}, direct)
    PAGE.write_text(page(found, used), encoding="utf-8")
    refused = [f"{one.name}: {one.licence}" for one in found if one.reason is None]
    print(f"every licence is allowed: {len(found)} packages, {len(used)} of them for running, {len(refused)} refused")
    print("\n".join(refused), end="\n" if refused else "")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
