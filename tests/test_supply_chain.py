"""Every locked package has a licence that is allowed with a reason, and docs/licences.md says which."""

import importlib
import sys
from email.message import Message
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
licences = importlib.import_module("trials.licences")
audit = importlib.import_module("trials.audit")
sys.path.remove(str(PROJECT))

FOUND = licences.packages()


def used() -> set[str]:
    direct = licences.direct_dependencies((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return licences.run_time({one.name: one.wanted_by for one in FOUND}, direct)


def test_every_locked_package_has_a_licence_that_is_allowed() -> None:
    assert {one.name: one.licence for one in FOUND if one.reason is None} == {}


def test_the_page_of_licences_is_that_of_the_locks() -> None:
    page = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert page == licences.page(FOUND, used()), "run: .venv/bin/python -m trials.licences"


def test_what_users_install_is_told_from_what_developers_do() -> None:
    assert {"lxml", "tornado", "psycopg", "pyspark", "py4j"} <= used()
    assert not {"ruff", "mypy", "hypothesis", "pre-commit", "execnet"} & used()


@pytest.mark.parametrize(
    ("name", "licence", "is_allowed"),
    [
        ("a", "MIT", True),
        ("a", "GPL-3.0-only", False),
        ("a", "AGPL-3.0-or-later", False),
        ("a", "MIT AND GPL-2.0-only", False),
        ("a", "GPL-2.0-only OR MIT", True),
        ("a", "(Apache-2.0 OR BSD-2-Clause)", True),
        ("a", "LGPL-3.0-only", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("a", "not stated", False),
        ("a", "Proprietary", False),
    ],
)
def test_which_licences_are_allowed(name: str, licence: str, is_allowed: bool) -> None:
    assert (licences.reason_for(name, licence) is not None) == is_allowed


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ([("License-Expression", "MPL-2.0"), ("License", "MIT")], "MPL-2.0"),
        ([("License", "BSD"), ("Classifier", "License :: OSI Approved :: BSD License")], "BSD"),
        ([("License", "Copyright (c) ..."), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        (
            [("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")],
            "GNU General Public License v3 (GPLv3)",
        ),
        ([("License", "GPL")], "GPL"),
        ([], "not stated"),
    ],
)
def test_where_the_licence_of_a_package_is_looked_for(lines: list[tuple[str, str]], licence: str) -> None:
    facts = Message()
    for key, value in lines:
        facts[key] = value
    assert licences.licence_in(facts) == licence


def test_who_asks_for_a_package_is_read_from_the_lock() -> None:
    text = "a==1 \\\n    --hash=sha256:00\n    # via\n    #   b\n    #   c\nb==2 ; x\n    # via project\n"
    assert licences.locked([text]) == {"a": frozenset({"b", "c"}), "b": frozenset({"project"})}


def test_an_audit_tells_a_weakness_from_silence() -> None:
    answer = '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]}'
    assert audit.findings(audit.answered(answer)) == ["a 1: X-1, mended in 2"]
    assert audit.answered("") is None
    assert audit.answered("no route") is None
