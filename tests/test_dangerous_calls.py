"""What the package must never do, read from its source: run texts, unpickle files, use a shell, follow an address."""

import ast
import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment

import cchc_analysis
from cchc_analysis.intake import markup
from cchc_analysis.reports.frame import frames
from cchc_analysis.temporary import TemporaryFolder

PACKAGE = Path(cchc_analysis.__file__).parent

NEVER = {
    *("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec", "os.system", "os.popen"),
    *("subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp", "shutil.unpack_archive"),
    *("yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "yaml.full_load_all", "yaml.unsafe_load_all"),
    *("pandas.read_pickle", "numpy.load", "jinja2.Template", "markupsafe.Markup", "runpy.run_path"),
    *("asyncio.create_subprocess_shell", "asyncio.open_connection", "pandas.read_xml", "pandas.read_html"),
}
"""Calls that no module makes, by their full names."""

NEVER_IMPORTED = {
    *("marshal", "shelve", "dill", "cloudpickle", "joblib", "telnetlib", "ftplib", "smtplib", "imaplib", "poplib"),
    *("requests", "httpx", "aiohttp", "urllib3", "http", "urllib.request", "xmlrpc", "xml", "socketserver", "tarfile"),
    *("paramiko", "websocket", "websockets", "tornado", "pty"),
}
"""Modules that would run what they read, parse without our limits, or speak to the net."""

ONLY_IN = {
    "pickle": {
        *("intake/side_by_side.py", "intake/worker.py"),  # through pipes, between a process and its own children
        *("study_pieces.py", "study_sharing.py"),  # in a folder of one run that is its owner's alone
    },
    "socket": {
        *("reports/warm_parent.py", "reports/warm_server.py"),  # socket pairs: no address, nobody can connect
        "spark.py",  # asks whether the master of --spark answers before Java is started
    },
    "psycopg": {"intake/database_query.py", "intake/database_errors.py"},
    "zipfile": {
        *("intake/packages.py", "intake/package_extents.py"),  # the sizes are looked at before anything is unpacked
        "privacy_scan/files.py",  # what the run has made itself, looked through up to a limit
        *("sample/offices.py", "documents/packing.py"),  # pack what they have made themselves
    },
    "gzip": {"intake/contents.py"},  # reads at most so many bytes
    "subprocess": {
        *("intake/side_by_side.py", "reports/warm_parent.py"),  # this interpreter
        "spark.py",  # java -version
    },
}
"""Modules that only these files import, and why."""

PARSERS = {
    *("XMLParser", "HTMLParser", "XMLPullParser", "HTMLPullParser", "iterparse", "fromstring", "parse", "XML", "HTML"),
    *("fromstringlist", "document_fromstring", "fragment_fromstring", "fragments_fromstring", "ETCompatXMLParser"),
}
"""Names of lxml that parse; only intake/markup.py uses them."""

WATCHED = {"shell", "allow_pickle", "autoescape"}
"""Arguments that are looked at."""

SAFE_LOADERS = {"_LOADER", "yaml.BaseLoader", "yaml.SafeLoader", "yaml.CSafeLoader"}

SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_in(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> dict[str, str]:
    """Return what each imported name of a module stands for, with all that comes before its last point."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call with the full name of what is called."""
    known = imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, point, rest = dotted(node.func).partition(".")
            yield known.get(first, first) + point + rest, node


def dotted(node: ast.expr) -> str:
    """Return the name of what is called, without what other calls before it give."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def dangers(tree: ast.AST, file: str) -> set[str]:
    """Return what a source does that it must not."""
    modules = set(imports(tree).values())
    wrong = {f"import {m}" for m in modules if any(m == n or m.startswith(f"{n}.") for n in NEVER_IMPORTED)}
    wrong |= {
        f"import {only}"
        for only, files in ONLY_IN.items()
        if file not in files and any(m == only or m.startswith(f"{only}.") for m in modules)
    }
    for name, call in calls(tree):
        given = {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg in WATCHED}
        if name in NEVER or given.get("shell", "False") != "False" or given.get("allow_pickle", "False") != "False":
            wrong.add(name)
        if (
            name == "yaml.load"
            and ast.unparse([*call.args, *(word.value for word in call.keywords)][-1]) not in SAFE_LOADERS
        ):
            wrong.add(name)
        if name.startswith("lxml.") and name.rpartition(".")[2] in PARSERS and file != "intake/markup.py":
            wrong.add(name)
        if name == "jinja2.Environment" and given.get("autoescape") != "True":
            wrong.add(name)
        if name in {"subprocess.run", "subprocess.Popen"} and not is_list(call.args[0], tree):
            wrong.add(name)
    return wrong


def is_list(node: ast.expr, tree: ast.AST) -> bool:
    """Return whether an argument is a list, or a name to which lists only are given."""
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.List)
    given = [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in one.targets)
    ]
    return bool(given) and all(isinstance(value, ast.List) for value in given)


def test_no_module_does_what_none_may() -> None:
    wrong = {name_in(path): dangers(tree_of(path), name_in(path)) for path in SOURCES}
    assert {file: found for file, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "def f(text):\n    exec(text)",
        "import marshal",
        "from pickle import loads",
        "import pandas as pd\npd.read_pickle('x')",
        "import numpy as np\nnp.load('x')",
        "import yaml\nyaml.load(text, yaml.Loader)",
        "import yaml\nyaml.load(text, Loader=yaml.UnsafeLoader)",
        "from yaml import full_load\nfull_load(text)",
        "import tempfile\ntempfile.mktemp()",
        "from os import system\nsystem('ls')",
        "run(['ls'], shell=True)",
        "from lxml import etree\netree.fromstring(text)",
        "from lxml.etree import XMLParser\nXMLParser()",
        "import xml.etree.ElementTree as tree",
        "import jinja2\njinja2.Environment()",
        "import jinja2\njinja2.Environment(autoescape=False)",
        "from urllib.request import urlopen",
        "def f():\n    import socket",
        "from zipfile import ZipFile",
        "import http.client",
    ],
)
def test_each_of_them_would_be_found(source: str) -> None:
    assert dangers(ast.parse(source), "measures/on_time.py")


@pytest.mark.parametrize("command", ["'ls -l'", "line", "f'ls {x}'", "['ls'] + more.split()"])
def test_a_command_that_is_no_list_would_be_found(command: str) -> None:
    assert dangers(ast.parse(f"import subprocess\nsubprocess.run({command})"), "spark.py") == {"subprocess.run"}


@pytest.mark.parametrize(
    "source",
    [
        "import yaml\nyaml.safe_load(text)",
        "import re\nre.compile('a')",
        "from urllib.parse import urlsplit",
        "import jinja2\njinja2.Environment(autoescape=True)",
        "from cchc_analysis.intake.markup import parse_xml\nparse_xml(text)",
    ],
)
def test_what_is_harmless_is_not(source: str) -> None:
    assert dangers(ast.parse(source), "measures/on_time.py") == set()


def test_no_file_of_the_lists_is_gone_or_needs_no_leave_any_more() -> None:
    idle = {
        (only, file)
        for only, files in ONLY_IN.items()
        for file in files
        if not (PACKAGE / file).is_file()
        or not any(m == only or m.startswith(f"{only}.") for m in imports(tree_of(PACKAGE / file)).values())
    }
    assert idle == set()


def test_the_only_parsers_follow_nothing_and_keep_their_limits() -> None:
    made = [(name, call) for name, call in calls(tree_of(Path(markup.__file__))) if name.endswith("Parser")]
    options = {name: {word.arg: ast.unparse(word.value) for word in call.keywords} for name, call in made}
    assert len(made) == 2
    assert all(given["no_network"] == "True" for given in options.values())
    strict = {"resolve_entities": "False", "load_dtd": "False", "huge_tree": "False"}
    assert {key: options["lxml.etree.XMLParser"].get(key) for key in strict} == strict


@pytest.mark.parametrize("recover", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        b"<!DOCTYPE a [<!ENTITY b '%s'>%s]><a c='&e9;'/>"
        % (
            b"x" * 10,
            b"".join(b"<!ENTITY e%d '%s'>" % (n, (b"&e%d;" % (n - 1) if n else b"&b;") * 10) for n in range(10)),
        ),
        b"<a>" * 300 + b"</a>" * 300,
    ],
    ids=["entities that grow", "levels"],
)
def test_xml_that_grows_is_given_up(text: bytes, recover: bool) -> None:
    with pytest.raises(markup.MarkupLimitError):
        markup.parse_xml(text, recover=recover)


def test_pages_escape_what_is_put_in() -> None:
    environment = frames()
    assert isinstance(environment, Environment)
    assert environment.from_string("{{ x }}").render(x="<script>") == "&lt;script&gt;"


def test_the_folder_of_a_run_is_its_owner_s_alone() -> None:
    with TemporaryFolder() as folder:
        facts = folder.path.stat()
        assert stat.S_IMODE(facts.st_mode) == 0o700
        assert facts.st_uid == os.geteuid()
