"""A site is published as a whole or not at all, goes on where it stopped, and is the same bytes again."""

import fcntl
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cchc_analysis.errors import ParameterError, ReportError
from cchc_analysis.reports import PageJob, UnitEntry, cold_run, publish_site, swap, terminal_progress
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.page_store import PageStore, page_key, program_key
from cchc_analysis.reports.progress import BarProgress, LineProgress

FIXTURES = Path(__file__).parent / "fixtures"
REPORT, TROUBLE, WHERE = (FIXTURES / f"{name}.ipynb" for name in ("report", "trouble", "where"))
UNITS = (
    UnitEntry("phuong-1", "Phường 1 <b>", "Cấp xã", "98,2% đúng hạn & đang tăng"),
    UnitEntry("so-y-te", "Sở Y tế", "Cấp tỉnh"),
    UnitEntry("phuong-2", "Phường Đông Hòa", "Cấp xã", "Không có hồ sơ."),
)
JOBS = (
    PageJob(WHERE, {"name": "toàn thành phố"}, "00_overview.html"),
    PageJob(WHERE, {"name": "thời gian"}, "phuong-1/10_time.html"),
    PageJob(WHERE, {"name": "số hóa"}, "phuong-1/20_digitisation.html"),
    PageJob(WHERE, {"name": "thời gian y tế"}, "so-y-te/10_time.html"),
)


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "reports" / "2023-Q2"


@pytest.fixture
def executed(monkeypatch) -> list[str]:
    """Pages are made without a kernel: a heading with the parameter, or the trouble that it names."""
    names: list[str] = []

    def run(notebook, parameters, folder, timeout_seconds):
        name = parameters["name"]
        names.append(name)
        (folder / "page.ipynb").write_text(json.dumps({"ran": name}))
        (folder / "kernel.log").write_text("kernel said")
        if name.startswith("broken"):
            raise PageFailure(notebook, "shown", "It is broken.", "Bị hỏng.")
        if name == "interrupt":
            raise KeyboardInterrupt
        stderr = [new_output("stream", name="stderr", text="odd")] if name == "warned" else []
        return new_notebook(
            cells=[new_markdown_cell(f"# {name}", id="t"), new_code_cell("x", id="shown", outputs=stderr)]
        )

    monkeypatch.setattr(cold_run, "run_notebook", run)
    return names


def publish(out: Path, jobs=JOBS, **changes):
    settings = {"site_title": "Báo cáo", "units": UNITS, "manifest": {"period": "2023-Q2"}, **changes}
    return publish_site(jobs, out, **settings)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def job(name: str, target: str = "a.html") -> PageJob:
    return PageJob(WHERE, {"name": name}, target)


# --- what is published


def test_a_site_has_its_pages_an_index_and_a_manifest_of_hashes(out, executed):
    result = publish(out, files={"phuong-1/mau.xlsx": b"PK"})
    assert (result.folder, result.n_pages, result.n_executed) == (out, 4, 4)
    published = tree(out)
    manifest = json.loads(published.pop("manifest.json"))
    assert sorted(published) == sorted([*(j.target for j in JOBS), "index.html", "phuong-1/mau.xlsx"])
    hashes = {target: hashlib.sha256(content).hexdigest() for target, content in published.items()}
    assert {**manifest["pages"], **manifest["files"]} == hashes
    assert list(manifest["files"]) == ["phuong-1/mau.xlsx"]
    assert manifest["period"] == "2023-Q2"
    assert list(manifest) == sorted(manifest)
    assert [p.name for p in out.parent.iterdir() if not p.name.startswith(".")] == ["2023-Q2"]


def test_the_index_lists_units_by_tier_in_the_order_given_with_pages_files_and_their_line(out, executed):
    publish(out, files={"phuong-1/mau.xlsx": b"PK"}, page_labels={"10_time": "Thời gian"}, subtitle="Quý II <2023>")
    index = (out / "index.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in index
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", index) == ["Báo cáo chung", "Cấp xã", "Cấp tỉnh"]
    assert re.findall(r"<h3>(.*?)</h3>", index) == ["Phường 1 &lt;b&gt;", "Phường Đông Hòa", "Sở Y tế"]
    assert "<p>98,2% đúng hạn &amp; đang tăng</p>" in index
    assert "<p>Quý II &lt;2023&gt;</p>" in index
    assert re.findall(r'<li><a href="(.*?)">(.*?)</a>', index) == [
        ("00_overview.html", "toàn thành phố"),
        ("phuong-1/10_time.html", "Thời gian"),
        ("phuong-1/20_digitisation.html", "số hóa"),
        ("phuong-1/mau.xlsx", "mau.xlsx"),
        ("so-y-te/10_time.html", "Thời gian"),
    ]


def test_a_page_links_to_the_index_and_to_the_pages_of_its_unit_only(out, executed):
    publish(out)
    page = (out / "phuong-1/10_time.html").read_text(encoding="utf-8")
    assert re.findall(r'<li><a href="(.*?)"( aria-current="page")?>(.*?)</a>', page) == [
        ("../index.html", "", "Danh mục báo cáo"),
        ("10_time.html", ' aria-current="page"', "thời gian"),
        ("20_digitisation.html", "", "số hóa"),
    ]
    assert '<li><a href="index.html">' in (out / "00_overview.html").read_text(encoding="utf-8")


def test_an_english_site_is_english(out, executed):
    publish(out, language="en")
    assert "General reports" in (out / "index.html").read_text(encoding="utf-8")
    assert "List of reports" in (out / "00_overview.html").read_text(encoding="utf-8")


def test_two_sites_are_the_same_bytes_wherever_they_are_and_whatever_was_kept(tmp_path, executed):
    publish(tmp_path / "one" / "2023-Q2")
    publish(tmp_path / "another place" / "q")
    publish(tmp_path / "another place" / "q")
    assert len(executed) == 2 * len(JOBS)
    assert tree(tmp_path / "one" / "2023-Q2") == tree(tmp_path / "another place" / "q")


def test_real_notebooks_are_executed_side_by_side_and_reported_line_by_line(out):
    lines = io.StringIO()
    progress = terminal_progress(lines)
    result = publish(out, JOBS[1:3], units=UNITS[:1], progress=progress)
    assert result.n_executed == 2
    assert sys.executable in (out / "phuong-1/10_time.html").read_text(encoding="utf-8")
    assert re.fullmatch(
        r"\[1/2\] phuong-1/\S+\.html \d+\.\d s\n\[2/2\] phuong-1/\S+\.html \d+\.\d s\n", lines.getvalue()
    )


# --- nothing or all


def test_a_failed_page_leaves_the_old_site_and_keeps_what_ran(out, executed):
    publish(out)
    before = tree(out)
    with pytest.raises(ReportError) as caught:
        publish(out, [*JOBS, job("broken", "so-y-te/20_x.html"), job("new", "b.html")])
    assert tree(out) == before
    failed = out.with_name("2023-Q2.failed")
    assert caught.value.en == (
        'Notebook where.ipynb, cell "shown": It is broken. Page so-y-te/20_x.html was not made, '
        "so nothing was published; "
        f"the notebook as far as it ran and its log are in {failed}."
    )
    assert "ô “shown”: Bị hỏng. Trang so-y-te/20_x.html chưa tạo được" in caught.value.vi
    kept = tree(failed)
    assert sorted(kept) == ["so-y-te/20_x.ipynb", "so-y-te/20_x.log"]
    assert json.loads(kept["so-y-te/20_x.ipynb"]) == {"ran": "broken"}
    assert kept["so-y-te/20_x.log"].decode().splitlines()[0].endswith("It is broken.")
    assert b"kernel said" in kept["so-y-te/20_x.log"]
    assert not list(out.parent.glob("*.new*"))


def test_the_first_run_that_succeeds_removes_the_failed_pages_of_the_last(out, executed):
    with pytest.raises(ReportError):
        publish(out, [job("broken")])
    assert not out.exists()
    publish(out)
    assert not out.with_name("2023-Q2.failed").exists()


def test_a_page_with_a_warning_is_kept_and_not_published(out, executed):
    with pytest.raises(ReportError, match="wrote a warning"):
        publish(out, [job("warned")])
    assert (out.with_name("2023-Q2.failed") / "a.ipynb").is_file()


def test_all_failed_pages_are_named_but_three_end_the_run(out, executed):
    jobs = [job(f"broken {n}", f"p{n}.html") for n in range(2)] + [job("fine", "q.html")]
    with pytest.raises(ReportError, match=r"These pages failed too: p1\.html\.") as caught:
        publish(out, jobs)
    assert "Các trang khác cũng bị lỗi: p1.html." in caught.value.vi
    assert "fine" in executed
    executed.clear()
    with pytest.raises(ReportError):
        publish(out, [job(f"broken {n}", f"p{n}.html") for n in range(40)], workers=1)
    assert len(executed) < 40


def test_a_wrong_parameter_is_refused_before_anything_runs(out, executed):
    with pytest.raises(ParameterError, match="did you mean"):
        publish(out, [*JOBS, PageJob(WHERE, {"nam": "x"}, "b.html")])
    assert executed == []
    assert not out.parent.exists()


@pytest.mark.parametrize(
    "target",
    [
        "../a.html",
        "/a.html",
        "a/../b.html",
        "phuong-9/a.html",
        "a b.html",
        "phường.html",
        "",
        "-a.html",
        ".a.html",
        "a\\b.html",
    ],
)
def test_a_target_outside_the_site_is_refused(out, executed, target):
    with pytest.raises(ReportError, match="is no path in the site"):
        publish(out, [job("x", target)])


@pytest.mark.parametrize("targets", [("a.html", "A.html"), ("index.html",), ("Manifest.json",)])
def test_two_pages_never_share_a_target(out, executed, targets):
    with pytest.raises(ReportError, match="give each its own name"):
        publish(out, [job("x", target) for target in targets])


@pytest.mark.parametrize("content", ["folder", "file"])
def test_a_folder_that_is_no_report_is_never_replaced(out, executed, content):
    if content == "file":
        out.parent.mkdir(parents=True)
        out.write_text("x")
    else:
        out.mkdir(parents=True)
        (out / "luan-van.docx").write_text("x")
    with pytest.raises(ReportError, match="choose another folder"):
        publish(out)
    assert executed == []
    assert out.exists()


def test_a_second_run_at_the_same_time_is_refused(out, executed):
    publish(out)
    with (out.parent / ".pages" / "2023-Q2.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReportError, match="Another run is publishing"):
            publish(out)
    publish(out)


# --- interruptions


@pytest.mark.parametrize("state", ["before", "between", "after"])
def test_a_swap_killed_at_any_moment_leaves_a_whole_site_after_the_next_run(out, executed, state):
    publish(out)
    before = tree(out)
    old, new = out.with_name("2023-Q2.old"), out.with_name("2023-Q2.new")
    if state == "before":
        new.mkdir()
    if state == "between":
        out.rename(old)
        new.mkdir()
    if state == "after":
        old.mkdir()
    with pytest.raises(ReportError):
        publish(out, [job("broken")])
    assert tree(out) == before
    assert not old.exists()
    assert not new.exists()


def test_the_old_site_returns_when_the_new_one_cannot_be_put_in_place(out, executed, monkeypatch):
    publish(out)
    before = tree(out)
    rename = Path.rename

    def fail_for_new(self, target):
        if self.name.endswith(".new"):
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(OSError, match="disk full"):
        publish(out, [job("other")])
    assert tree(out) == before


def test_an_interrupted_run_goes_on_where_it_stopped(out, executed):
    jobs = [job("first", "a.html"), job("interrupt", "b.html")]
    with pytest.raises(KeyboardInterrupt):
        publish(out, jobs, workers=1)
    assert not out.exists()
    assert not out.with_name("2023-Q2.new").exists()
    executed.clear()
    assert publish(out, [jobs[0], job("second", "b.html")]).n_executed == 1
    assert executed == ["second"]


INTERRUPTED = """
import signal
import sys
# A shell that started the tests in the background has told its children to ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from cchc_analysis.reports import PageJob, publish_site
notebook, out = map(Path, sys.argv[1:])
jobs = [PageJob(notebook, {"trouble": "slow", "text": str(n)}, f"p{n}.html") for n in range(4)]
publish_site(jobs, out, site_title="x", manifest={})
"""


def children(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def both_are_busy(folder: Path) -> bool:
    """Tell whether two notebooks have reached their slow cell."""
    busy = 0
    for page in folder.glob("cchc-*/*/page.ipynb"):
        try:
            cells = json.loads(page.read_text())["cells"]
        except ValueError:
            continue
        busy += any(c["id"] == "broken" and c["metadata"]["papermill"]["status"] == "running" for c in cells)
    return busy == 2


def test_ctrl_c_publishes_nothing_kills_the_kernels_and_leaves_no_file(out, tmp_path):
    temporary = tmp_path / "t"
    temporary.mkdir()
    run = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(TROUBLE), str(out)],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    waited = 0
    while not both_are_busy(temporary):
        time.sleep(0.2)
        waited += 1
        assert waited < 300, "the notebooks never started"
        assert run.poll() is None
    kernels = children(run.pid)
    assert len(kernels) == 2
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert run.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert not [pid for pid in kernels if Path(f"/proc/{pid}").exists()]
    assert [p.name for p in temporary.iterdir() if p.name.startswith("cchc-")] == []
    assert [p.name for p in out.parent.iterdir()] == [".pages"]


# --- what is kept


def test_unchanged_pages_are_not_executed_again_and_changed_ones_are(out, executed):
    publish(out)
    assert publish(out).n_executed == 0
    assert publish(out, inputs_key="other data").n_executed == 4
    changed = [*JOBS[:3], PageJob(WHERE, {"name": "khác"}, JOBS[3].target)]
    assert publish(out, changed, inputs_key="other data").n_executed == 1
    assert "<h1>khác</h1>" in (out / JOBS[3].target).read_text(encoding="utf-8")


def test_the_key_knows_notebook_parameters_language_inputs_and_program(tmp_path, monkeypatch):
    notebook = tmp_path / "a.ipynb"
    notebook.write_bytes(WHERE.read_bytes())
    keys = {page_key(notebook, {"name": "x"})}
    keys.add(page_key(notebook, {"name": "y"}))
    keys.add(page_key(notebook, {"name": "x"}, "en"))
    keys.add(page_key(notebook, {"name": "x"}, inputs_key="k"))
    monkeypatch.setattr("cchc_analysis.reports.page_store.program_key", lambda: "other program")
    keys.add(page_key(notebook, {"name": "x"}))
    monkeypatch.undo()
    assert page_key(notebook, {"name": "x"}) in keys
    notebook.write_bytes(WHERE.read_bytes() + b"\n")
    keys.add(page_key(notebook, {"name": "x"}))
    assert len(keys) == 6
    assert page_key(notebook, {"a": 1, "b": 2}) == page_key(notebook, {"b": 2, "a": 1})


def test_a_damaged_page_is_made_again_and_pages_of_no_use_go(out, executed):
    publish(out)
    store = out.parent / ".pages" / "2023-Q2"
    assert len(list(store.iterdir())) == 4
    key = page_key(JOBS[0].notebook, JOBS[0].parameters)
    damaged = store / f"{key}.html"
    damaged.write_text(damaged.read_text().replace("toàn", "khác"))
    assert publish(out).n_executed == 1
    publish(out, JOBS[:1])
    assert [p.stem for p in store.iterdir()] == [key]
    damaged.write_bytes(b"\xff\xfe")
    assert PageStore(store).get(key) is None


# --- progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_and_a_file_gets_lines(out, executed):
    terminal = Terminal()
    assert isinstance(terminal_progress(io.StringIO()), LineProgress)
    progress = terminal_progress(terminal)
    assert isinstance(progress, BarProgress)
    publish(out, progress=progress)
    assert "4/4" in terminal.getvalue()
    lines = io.StringIO()
    publish(out, progress=terminal_progress(lines))
    assert lines.getvalue().splitlines()[3] == "[4/4] so-y-te/10_time.html không đổi"


def test_the_lock_survives_a_failed_run(out, executed):
    with pytest.raises(ReportError):
        publish(out, [job("broken")])
    with swap.publishing(out) as new:
        (new / "manifest.json").write_text("{}")
    assert (out / "manifest.json").read_text() == "{}"


def test_a_corrected_reference_table_makes_every_page_anew(tmp_path, monkeypatch):
    (tmp_path / "holidays.csv").write_text("date\n2023-09-04\n")
    monkeypatch.setattr("cchc_analysis.reports.page_store.reference_path", lambda name: tmp_path / name)
    keys = []
    for added in ("", "2023-09-05\n"):
        program_key.cache_clear()
        (tmp_path / "holidays.csv").write_text(f"date\n2023-09-04\n{added}")
        keys.append(page_key(WHERE, {}))
    program_key.cache_clear()
    assert keys[0] != keys[1]
