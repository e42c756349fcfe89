"""Warm workers give what a kernel gives, take down only themselves, and leave nothing behind."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from cchc_analysis.errors import ReportError
from cchc_analysis.reports import FileJob, PageJob, UnitEntry, WarmStart, WarmUp, publish_site, terminal_progress
from cchc_analysis.reports.outcome import RunSettings
from cchc_analysis.reports.progress import SilentProgress
from cchc_analysis.reports.warm_memory import children
from cchc_analysis.reports.warm_run import warm_outcomes
from cchc_analysis.reports.warm_server import refuse_threads

FIXTURES = Path(__file__).parent / "fixtures"
REPORT, TROUBLE, WHERE = (FIXTURES / f"{name}.ipynb" for name in ("report", "trouble", "where"))

PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

AWKWARD = [
    "x = 1  # default",
    "1; 2\n3",
    "print('a'); import sys; sys.stderr.write('b\\n'); print('c', end=''); 4",
    "from IPython.display import *\n"
    "handle = display('first', display_id='one')\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))",
    "update_display('second', display_id='one')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'ô': ['x', None]})",
    "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1)); plt.plot([1, 2]); print('before the figure')",
    "figure, axes = plt.subplots(figsize=(1, 1)); axes.plot([x, 3])\nfigure",
    "%config InlineBackend.figure_format = 'svg'\n"
    "plt.figure(figsize=(1, 1)); plt.rcParams['svg.hashsalt'] = 's'; plt.show()\nNone",
    "_ = 5\n_, __name__, type(get_ipython()).__name__",
    "%%capture captured\nprint('hidden')",
    "captured.stdout",
    "!echo from the shell",
    # A kernel reads what goes past Python beside the cell: given a moment, before the result and not after it.
    "import os, subprocess, time; r = os.system('echo past python')\n"
    "r = subprocess.run(['echo', 'child']).returncode; time.sleep(0.5); r",
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "print('gone'); clear_output(); print('stays'); clear_output(wait=True); print('last')",
    "class Odd:\n    def _repr_html_(self): return '<i>i</i>'\n    def _repr_png_(self): return b'\\x89PNG'\nOdd()",
    "%%html\n<p>magic</p>",
    "import warnings; warnings.warn('odd'); import logging; logging.warning('logged')",
    "sorted(Out)[:2], In[2], len(_ih)",
    "from tqdm.auto import tqdm; import ipywidgets; ipywidgets.__version__ > '7'",
    "sys.stdout.isatty(), sys.stdout.encoding, os.environ['TERM'], sys.stdin.isatty()",
    "print('a' * 100000)[:0] if False else print('é' * 70000)",
    "import random, numpy; random.seed(1); numpy.random.seed(1); random.random(), float(numpy.random.rand())",
    "%who_ls",
    "?len",
    "display({'application/json': {'a': [1]}}, raw=True); JSON({'k': 1})",
    "float('nan'), {1: 'a'}, {2, 1}",
    "",
    "# only a comment",
    "def f():\n    raise ValueError('dòng\\nhai')\ntry:\n    f()\nexcept ValueError as e:\n    error = e",
    "input('?')",
]
RAISING = [
    "1 / 0",
    "f()",
    "x = = 3",
    "sys.exit(3)",
    "raise KeyboardInterrupt",
    "%nothing",
    "undefined_name",
    "%%nothing\n1",
]


def cell(source: str, place: int, *tags: str):
    return new_code_cell(source, id=f"c{place:02d}", metadata={"tags": list(tags)})


@pytest.fixture(scope="module")
def awkward(tmp_path_factory) -> Path:
    cells = [new_markdown_cell("# A", id="title"), cell(AWKWARD[0], 0, "parameters")]
    cells += [
        cell(source, place, *["raises-exception"] * (source == "input('?')"))
        for place, source in enumerate(AWKWARD)
        if place
    ]
    cells += [cell(source, 50 + place, "raises-exception") for place, source in enumerate(RAISING)]
    cells += [cell("print('skipped')", 80, "skip-execution"), cell("print('failing')\nf()", 81), cell("never", 82)]
    path = tmp_path_factory.mktemp("awkward") / "awkward.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=PYTHON), path)
    return path


def normal(output):
    """An output without what differs between two runs of the same kernel: processes, addresses, versions of a file."""
    text = re.sub(r"ipykernel_\d+[/\\]\d+", "ipykernel", json.dumps(output, ensure_ascii=False, sort_keys=True))
    return re.sub(r"/tmp/[\w./-]*ipykernel", "ipykernel", re.sub(r"0x[0-9a-f]+", "0x", text))


def shown(cell_):
    """The outputs of a cell. Text between two others is one per stream: a kernel tells it in pieces, stdout first."""
    outputs, texts = [], {}
    for output in [*cell_.get("outputs", []), None]:
        if output is not None and output["output_type"] == "stream":
            texts[output["name"]] = texts.get(output["name"], "") + "".join(output["text"])
            continue
        outputs += [normal([name, text]) for name, text in sorted(texts.items())]
        texts = {}
        outputs += [] if output is None else [normal(output)]
    return outputs


def run(engine: str, source: Path, out: Path, **given):
    try:
        papermill.execute_notebook(source, out, engine_name=engine, progress_bar=False, **given)
        error = ""
    except PapermillExecutionError as raised:
        error = f"{raised.ename}: {raised.evalue} in cell {raised.cell_index} [{raised.exec_count}]"
    return json.loads(out.read_text("utf-8")), error


# --- what a kernel gives


def test_awkward_cells_show_what_a_kernel_shows_and_papermill_notes_the_same(awkward, tmp_path, monkeypatch):
    # A kernel that knows of a test does not catch what goes past Python.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    plain, plain_error = run("nbclient", awkward, tmp_path / "plain.ipynb", parameters={"x": 2})
    warm, warm_error = run("cchc", awkward, tmp_path / "warm.ipynb", parameters={"x": 2})
    for expected, made in zip(plain["cells"], warm["cells"], strict=True):
        source = "".join(expected["source"])
        assert shown(made) == shown(expected), source
        assert made.get("execution_count") == expected.get("execution_count"), source
        for key in ("exception", "status"):
            assert made["metadata"].get("papermill", {}).get(key) == expected["metadata"].get("papermill", {}).get(key)
        assert sorted(made["metadata"]) == sorted(expected["metadata"]), source
    assert warm_error == plain_error
    assert plain_error.startswith("ValueError: dòng")
    assert warm["metadata"]["language_info"] == plain["metadata"]["language_info"]
    assert sorted(warm["metadata"]["papermill"]) == sorted(plain["metadata"]["papermill"])


# --- one page in trouble


def written(folder: Path, name: str, *sources: str) -> Path:
    """A notebook with a title and a cell per source."""
    title = "from IPython.display import Markdown, display\ndisplay(Markdown('# Trang'))"
    cells = [new_code_cell(source, id=f"c{place}") for place, source in enumerate([title, *sources])]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=PYTHON), path)
    return path


DRAWN = "import random, numpy\nMarkdown(f'{random.random()} {numpy.random.rand()}')"
TROUBLES = {
    "fine": ("1 + 1",),
    "segfault": ("print('so far')", "import ctypes\nprint('then', flush=True)\nctypes.string_at(0)"),
    "exit": ("import os\nos._exit(3)",),
    "asked": ("exit()", "1"),
    "hangs": ("import ctypes\nctypes.CDLL(None).sleep(60)",),
    "swallows": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
    ),
    "greedy": ("held = []\nwhile True:\n    held.append(b'x' * 2**26)",),
    "leaves": (
        "import subprocess, threading, time\n"
        "left = subprocess.Popen(['sleep', '987'], start_new_session=True)\nsubprocess.Popen(['sleep', '987'])\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\nMarkdown(f'left {left.pid}')",
    ),
    "forks": ("import os\nif not os.fork():\n    print('from the child')\nelse:\n    os.wait()",),
    "asks": ("input('?')",),
    "ours": ("from cchc_analysis.errors import UnitError\nraise UnitError('No unit.', 'Không có đơn vị.')",),
    "drawn": (DRAWN,),
    "again": (DRAWN,),
    "figure": ("import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1))\nplt.plot([1, 2])",),
    "stderr": ("import os\nos.system('echo odd >&2')",),
    "temporary": ("import tempfile\nMarkdown(f'in {tempfile.mkdtemp()}')",),
}


TEXTS = {"file.txt": "tệp", "bad.txt": "\ud800"}


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """How every job of one run ended, with what was left to read, by name; and the processes that were left."""
    folder = tmp_path_factory.mktemp("troubles")
    jobs = [PageJob(written(folder, name, *sources), {}, f"{name}.html") for name, sources in TROUBLES.items()]
    jobs += [PageJob(WHERE, {"name": f"số {n}"}, f"many{n}.html") for n in range(12)]
    jobs += [
        FileJob("codecs:encode", {"obj": "tệp"}, "file.txt"),
        FileJob("codecs:encode", {"obj": "\ud800"}, "bad.txt"),
    ]
    jobs += [FileJob("platform:python_version", {}, "text.txt")]
    settings = RunSettings(workers=2, timeout_seconds=5, memory_mb=500, warm_up=WarmUp(("numpy", "matplotlib.pyplot")))
    outcomes = {}
    for outcome in warm_outcomes([(job, "key") for job in jobs], settings):
        kept = {path.name: path.read_text("utf-8") for path in outcome.folder.glob("*.*") if outcome.failure}
        outcomes[outcome.job.target.partition(".")[0]] = (outcome, kept)
    return outcomes


def reason(ended, name: str) -> str:
    failure = ended[name][0].failure
    return "" if failure is None else failure.en


def test_pages_in_trouble_take_down_only_themselves(ended):
    assert reason(ended, "temporary") == ""
    fine = {name for name, (outcome, _) in ended.items() if outcome.failure is None}
    assert fine == {"fine", "leaves", "forks", "drawn", "again", "temporary", "file", *(f"many{n}" for n in range(12))}


@pytest.mark.parametrize(
    ("name", "said", "vi"),
    [
        ("segfault", 'cell "c2": its process ended without an answer (SIGSEGV)', "dừng đột ngột (SIGSEGV)"),
        ("exit", 'cell "c1": its process ended without an answer (exit 3)', "dừng đột ngột"),
        ("asked", 'cell "c2": its process ended without an answer (exit 0)', "dừng đột ngột"),
        ("hangs", 'cell "c1": it took longer than 5 seconds', "chạy quá 5 giây"),
        ("swallows", 'cell "c1": it took longer than 5 seconds', "chạy quá 5 giây"),
        ("greedy", 'cell "c1": it needs more than 500 MB of memory', "cần hơn 500 MB bộ nhớ"),
        ("asks", 'cell "c1": it stopped with StdinNotImplementedError', "StdinNotImplementedError"),
        ("ours", 'cell "c1": No unit.', "ô “c1”: Không có đơn vị."),
        ("figure", 'cell "c1": a figure has no alternative text', "không có văn bản thay thế"),
        ("stderr", 'cell "c1": it wrote a warning, and a page with warnings is not published: odd', "odd"),
        ("bad", "File bad.txt: it stopped with UnicodeEncodeError", "Tệp bad.txt: dừng vì lỗi"),
        ("text", "File text.txt: it stopped with TypeError", "dừng vì lỗi TypeError"),
    ],
)
def test_every_trouble_is_told_with_its_cell_in_both_languages(ended, name, said, vi):
    assert said in reason(ended, name)
    assert vi in ended[name][0].failure.vi


def test_what_ran_before_a_crash_is_kept_with_the_place_of_the_crash(ended):
    kept = ended["segfault"][1]
    outputs = {cell["id"]: cell["outputs"] for cell in json.loads(kept["page.ipynb"])["cells"]}
    assert [output["text"] for output in outputs["c1"] + outputs["c2"]] == ["so far\n", "then\n"]
    assert "Fatal Python error: Segmentation fault" in kept["kernel.log"]
    assert "string_at" in kept["kernel.log"]
    assert "ipykernel" in ended["hangs"][1]["kernel.log"], "where it hung"
    assert "Traceback" in ended["bad"][1]["kernel.log"]


def test_a_page_leaves_no_process_and_no_file(ended):
    (pid,) = re.findall(r"left (\d+)", ended["leaves"][0].made.html)
    assert not Path(f"/proc/{pid}").exists()
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert b"sleep\x00987\x00" not in commands
    (temporary,) = re.findall(r"/\S+?/cchc-[^<]+", ended["temporary"][0].made.html)
    assert not Path(temporary).exists()


def test_every_page_draws_random_numbers_of_its_own(ended):
    first, second = (re.findall(r"0\.\d+", ended[name][0].made.html) for name in ("drawn", "again"))
    assert len(first) == len(second) == 2
    assert not set(first) & set(second)


def test_files_are_the_bytes_of_their_function(ended):
    assert ended["file"][0].made == "tệp".encode()
    assert "from the child" in ended["forks"][0].made.html


def test_a_worker_stays_small(ended):
    assert 0 < max(outcome.peak_mb for outcome, _ in ended.values()) < 400


# --- a site


def publish(out: Path, jobs, **changes):
    settings = {"site_title": "Báo cáo", "units": [UnitEntry("p1", "Phường 1", "")], "manifest": {}, **changes}
    return publish_site(jobs, out, **settings)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


JOBS = (
    PageJob(REPORT, {"period": "2023-Q2", "unit": "phuong-1"}, "p1/10_time.html"),
    FileJob("codecs:encode", {"obj": "tệp"}, "p1/tep.txt"),
)


def test_a_warm_site_is_the_same_bytes_as_one_of_kernels_and_keeps_its_files(tmp_path, monkeypatch):
    lines = io.StringIO()
    warm = publish(tmp_path / "warm", JOBS, warm_up=WarmUp(("seaborn",)), progress=terminal_progress(lines))
    assert (warm.n_pages, warm.n_executed) == (1, 1)
    assert len(lines.getvalue().splitlines()) == 2
    monkeypatch.setenv("CCHC_WARM", "0")
    publish(tmp_path / "cold", JOBS, warm_up=WarmUp(("no_such_module",)))
    assert tree(tmp_path / "warm") == tree(tmp_path / "cold")
    assert (tmp_path / "warm" / "p1" / "tep.txt").read_bytes() == "tệp".encode()
    assert publish(tmp_path / "warm", JOBS, warm_up=WarmUp(("no_such_module",))).n_executed == 0


PREPARED = """
from cchc_analysis.errors import UnitError
told = []
def prepare(name):
    told.append(name)
    if name == "ours":
        raise UnitError("No such unit.", "Không có đơn vị.")
def say():
    return told[0].encode()
def end_the_parent(once):
    import os, pathlib, signal, time
    if not pathlib.Path(once).exists():
        pathlib.Path(once).touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return b"after all"
"""


def test_what_is_prepared_is_there_in_every_worker_and_after_the_parent_was_lost(tmp_path, monkeypatch):
    (tmp_path / "prepared_here.py").write_text(PREPARED)
    monkeypatch.syspath_prepend(str(tmp_path))
    warm_up = WarmUp((), "prepared_here:prepare", {"name": "đã sẵn"})
    lost = FileJob("prepared_here:end_the_parent", {"once": str(tmp_path / "once")}, "p1/lost.txt")
    publish(tmp_path / "site", [lost, FileJob("prepared_here:say", {}, "p1/x.txt")], warm_up=warm_up)
    assert (tmp_path / "site" / "p1" / "lost.txt").read_bytes() == b"after all"
    assert (tmp_path / "site" / "p1" / "x.txt").read_text("utf-8") == "đã sẵn"
    with pytest.raises(ReportError, match="No such unit"):
        publish(tmp_path / "b", JOBS, warm_up=WarmUp((), "prepared_here:prepare", {"name": "ours"}))


class Heard(SilentProgress):
    """Notes what is done, in the order in which it is."""

    def __init__(self):
        self.done = []

    def page_done(self, target, seconds):
        self.done.append(target)


def test_a_job_begins_when_what_it_needs_is_ready_and_the_frame_is_told_last(tmp_path):
    heard, asked = Heard(), []

    def steps():
        while not heard.done:
            yield ""
        assert heard.done == ["p1/now.txt"]
        yield "late"

    def told():
        asked.append("manifest")
        return {"n_done": len(heard.done)}

    def entry():
        asked.append("summary")
        return "một dòng"

    jobs = [FileJob("codecs:encode", {"obj": "x"}, f"p1/{need or 'now'}.txt", need) for need in ("late", "never", "")]
    with WarmStart(("json",)) as started:
        publish(
            tmp_path / "site",
            jobs,
            manifest=told,
            units=[UnitEntry("p1", "Phường 1", "", entry)],
            files={"tom-tat.txt": lambda: b"told"},
            warm_up=WarmUp(("json",), steps=steps, started=started),
            progress=heard,
        )
    assert heard.done[0] == "p1/now.txt"
    assert sorted(heard.done) == ["p1/late.txt", "p1/never.txt", "p1/now.txt"]
    assert asked == ["manifest", "summary"]
    assert "một dòng" in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert (tmp_path / "site" / "tom-tat.txt").read_bytes() == b"told"
    assert not started.folder.path.exists()


def test_an_error_of_the_steps_ends_the_run_and_its_processes(tmp_path):
    def steps():
        yield ""
        raise ReportError("Not counted.", "Chưa đếm được.")

    with WarmStart() as started, pytest.raises(ReportError, match="Not counted"):
        publish(tmp_path / "site", JOBS, warm_up=WarmUp(steps=steps, started=started))
    assert started.parent.process.poll() is not None
    assert not (tmp_path / "site").exists()


def test_a_parent_with_a_thread_is_refused():
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="counts")
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="counts"):
            refuse_threads()
    finally:
        done.set()
        thread.join()


# --- the end of the main process

ENDED = """
import signal
import sys
# A shell that started the tests in the background has told its children to ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from cchc_analysis.reports import PageJob, WarmUp, publish_site
notebook, out = map(Path, sys.argv[1:])
jobs = [PageJob(notebook, {}, f"p{n}.html") for n in range(4)]
publish_site(jobs, out, site_title="x", manifest={}, warm_up=WarmUp())
"""


def below(pid: int) -> set[int]:
    return {found for child in children(pid) for found in (child, *below(child))}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_main_process_ends_all_of_its_processes(tmp_path, number):
    temporary, out = tmp_path / "t", tmp_path / "out" / "site"
    temporary.mkdir()
    slow = written(tmp_path, "slow", "import subprocess\nsubprocess.run(['sleep', '60'])")
    run = subprocess.Popen(
        [sys.executable, "-c", ENDED, str(slow), str(out)], env={**os.environ, "TMPDIR": str(temporary)}, stderr=-1
    )
    deadline = time.monotonic() + 100
    # The main process, the warm parent, two workers, and what each has started.
    while len(below(run.pid)) < 5:
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.1)
    started = below(run.pid)
    run.send_signal(number)
    run.communicate(timeout=30)
    assert run.returncode == -number
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not out.exists()
    if number == signal.SIGINT:
        assert list(temporary.glob("cchc-*")) == []


# --- the plug-in


def test_the_plug_in_works_from_papermills_command_line(tmp_path):
    where = written(tmp_path, "where", "import os\nprint(os.getcwd())", "1 / 0")
    arguments = [str(where), str(tmp_path / "out.ipynb"), "--engine", "cchc", "--cwd", str(FIXTURES)]
    arguments += ["--log-output", "--progress-bar"]
    done = subprocess.run([sys.executable, "-m", "papermill", *arguments], capture_output=True, text=True, timeout=100)
    assert done.returncode == 1
    assert "papermill.exceptions.PapermillExecutionError" in done.stderr
    assert str(FIXTURES) in done.stderr.replace("\n", "")
    assert "Executing:" in done.stderr
    cells = json.loads((tmp_path / "out.ipynb").read_text("utf-8"))["cells"]
    assert cells[0]["metadata"]["tags"] == ["papermill-error-cell-tag"]
    assert [cell["metadata"]["papermill"]["status"] for cell in cells if "papermill" in cell["metadata"]][
        -1
    ] == "failed"


def test_the_plug_in_stops_what_takes_too_long_and_tells_of_what_dies(tmp_path, monkeypatch):
    with pytest.raises(CellTimeoutError):
        run("cchc", written(tmp_path, "slow", "import time\ntime.sleep(60)"), tmp_path / "a.ipynb", execution_timeout=1)
    with pytest.raises(DeadKernelError):
        run("cchc", written(tmp_path, "dead", "import os\nos.abort()"), tmp_path / "b.ipynb")
    monkeypatch.setenv("CCHC_MEMORY_MB", "600")
    with pytest.raises(DeadKernelError, match="more than 600 MB"):
        run("cchc", written(tmp_path, "greedy", *TROUBLES["greedy"]), tmp_path / "c.ipynb")
    made, _ = run("cchc", written(tmp_path, "after", "print('fine')"), tmp_path / "d.ipynb")
    assert shown(made["cells"][1]) == [normal(["stdout", "fine\n"])]


def test_the_plug_in_refuses_other_languages(tmp_path):
    other = new_notebook(metadata={"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}})
    nbformat.write(other, tmp_path / "r.ipynb")
    with pytest.raises(ReportError, match="Python only"):
        run("cchc", tmp_path / "r.ipynb", tmp_path / "out.ipynb")
