"""Reports by a scheduler: the words latest and due, the log, the exit codes, and the examples of docs/scheduling."""

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cchc_analysis as cchc
from cchc_analysis import periodic, publication, publication_files
from cchc_analysis.cli import main
from cchc_analysis.errors import ReportError
from cchc_analysis.intake import intake
from cchc_analysis.plan import Duty, load_plan
from cchc_analysis.reports import SiteResult

EXAMPLES = Path(__file__).parents[2] / "docs" / "scheduling"
BIN = Path(sys.executable).parent


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def write_export(folder: Path, name: str = "ho-so.csv", n: int = 30, first: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["Mã hồ sơ,Đơn vị tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý"]
    for number in range(first, first + n):
        month = 3 + number % 4
        received, finished, due = (f"{2 + number % 9 + later:02d}/{month:02d}/2023" for later in (0, 3, 4))
        rows.append(f"G22.{number:05d},Phường {1 + number % 2},{received},{due},{finished if number % 7 else ''}")
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def srv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's folder with exports, a key and a warehouse, and a `date` that says the 10th of June 2023."""
    folder = tmp_path_factory.mktemp("srv")
    write_export(folder / "exports")
    (folder / "hash.key").write_text("a key of this test, long enough", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        intake([folder / "exports"], folder / "warehouse", as_of=datetime(2023, 6, 14))
    return folder


@pytest.fixture
def quarterly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan with its quarterly and half-yearly reports alone."""
    words = {"vi": "Báo cáo", "en": "Report"}
    dates = [{"period": f"2023-Q{n}", "before": date(2023, 3 * n, 14)} for n in (1, 2, 3, 4)]
    dates += [{"period": "2023-6M", "before": date(2023, 6, 14)}]
    known = {"title": words, "source": words, "reporters": ["wards"], "receiver": "phong-noi-vu", "section": "III.1"}
    duty = Duty.model_validate({"id": "D01", "dates": dates, **known})
    plan = load_plan("vung-tau-2023").model_copy(update={"duties": (duty,)})
    monkeypatch.setattr(periodic, "load_plan", lambda name: plan)


@pytest.fixture
def no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites of an index, a note and a manifest: what is tested is what stands around the pages."""
    monkeypatch.setattr(publication, "pages_of", lambda warehouse, edition: ())
    monkeypatch.setattr(publication_files, "form_jobs", lambda *told: [])
    monkeypatch.setattr(publication, "site_methods", lambda language: [])


def manifest_of(out: Path, period: str = "2023-Q2") -> dict[str, object]:
    told: dict[str, object] = json.loads((out / f"{period}-internal" / "manifest.json").read_text("utf-8"))
    return told


@pytest.mark.usefixtures("quarterly", "no_pages")
class TestDue:
    def report(self, srv: Path, out: Path, *more: str) -> Result:
        known = ("--warehouse", str(srv / "warehouse"), "--out", str(out), "--log", str(out / "log.txt"))
        return run("report", "--internal", *known, *more)

    def test_every_report_of_the_next_day_gets_a_site(self, srv: Path, tmp_path: Path) -> None:
        result = self.report(srv, tmp_path, "--period", "due", "--as-of", "2023-06-10", "--json")
        # The exports begin in March, too late for the half-year: published all the same, with a warning.
        assert result.exit_code == 1
        assert [entry["period"] for entry in json.loads(result.stdout)] == ["2023-Q2", "2023-6M"]
        assert manifest_of(tmp_path)["as_of"] == "2023-06-10T00:00:00"
        assert manifest_of(tmp_path, "2023-6M")["period"] == "2023-6M"
        note = (tmp_path / "2023-Q2-internal" / "tom-tat.txt").read_text("utf-8")
        assert "Kỳ số liệu chưa kết thúc (kỳ kết thúc ngày 14/06/2023)" in note
        assert "Báo cáo phải gửi trước ngày 14/06/2023." in note
        lines = (tmp_path / "log.txt").read_text("utf-8").splitlines()
        assert {line.split()[0] for line in lines} == {"INFO", "WARNING", "RESULT"}
        assert [line.split()[1] for line in lines if line.startswith("WARNING")] == ["period=2023-6M"]
        last = dict(field.split("=") for field in lines[-1].split()[1:])
        assert re.fullmatch(r"\d+\.\d", last.pop("seconds"))
        assert last == {
            "status": "warnings",
            "exit": "1",
            "periods": "2023-Q2,2023-6M",
            "published": "2023-Q2,2023-6M",
            "failed": "-",
            "pages": "0",
            "executed": "0",
        }

    def test_nothing_due_is_one_sentence_and_0(self, srv: Path, tmp_path: Path) -> None:
        result = self.report(srv, tmp_path, "--period", "due", "--as-of", "2024-02-01")
        assert (result.exit_code, result.output) == (
            0,
            "Không có báo cáo nào đến kỳ phải gửi tính từ ngày 01/02/2024 theo lịch của kế hoạch.\n",
        )
        assert sorted(path.name for path in tmp_path.iterdir()) == ["log.txt"]
        assert (
            (tmp_path / "log.txt").read_text("utf-8").splitlines()[-1].startswith("RESULT status=done exit=0 periods=-")
        )

    @pytest.mark.parametrize("period", ["latest", "due"])
    def test_the_words_need_the_day_of_the_run(self, srv: Path, tmp_path: Path, period: str) -> None:
        result = self.report(srv, tmp_path, "--period", period)
        assert result.exit_code == 2
        assert "--as-of" in result.stderr
        assert not list(tmp_path.iterdir())

    def test_one_failed_period_leaves_the_other(
        self, srv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def publish(period: str, **told: object) -> SiteResult:
            if period == "2023-6M":
                raise ReportError("The page was not made.", "Trang chưa tạo được.")
            return SiteResult(tmp_path / period, 5, 4)

        monkeypatch.setattr(periodic, "publish_reports", publish)
        result = self.report(srv, tmp_path, "--period", "due", "--as-of", "2023-06-10")
        assert result.exit_code == 3
        assert "Trang chưa tạo được." in result.stderr
        assert f"Mở trang: {tmp_path / '2023-Q2' / 'index.html'}" in result.stdout
        lines = (tmp_path / "log.txt").read_text("utf-8").splitlines()
        assert "ERROR period=2023-6M Trang chưa tạo được." in lines
        assert lines[-1].startswith("RESULT status=partly_failed exit=3 periods=2023-Q2,2023-6M")
        assert "published=2023-Q2 failed=2023-6M pages=5 executed=4" in lines[-1]

    def test_a_period_that_is_none_is_refused_and_logged(self, srv: Path, tmp_path: Path) -> None:
        result = self.report(srv, tmp_path, "--period", "2023-Q7")
        assert result.exit_code == 2
        assert "status=refused exit=2" in (tmp_path / "log.txt").read_text("utf-8")

    def test_units_of_a_day_go_into_a_folder_of_their_own(self, srv: Path, tmp_path: Path) -> None:
        assert self.report(srv, tmp_path, "--period", "2023-Q2", "--units-on", "2026-01-01").exit_code == 0
        told = manifest_of(tmp_path, "2023-Q2-units-2026-01-01")
        assert (told["units"], told["units_on"]) == (["all", "vung-tau-2025"], "2026-01-01")


def digest(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("no_pages")
def test_a_site_keeps_what_it_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
    exports, warehouse, out = tmp_path / "exports", tmp_path / "warehouse", tmp_path / "reports"

    def publish() -> dict[str, bytes]:
        return digest(cchc.publish_reports(warehouse=warehouse, period="2023-Q2", out=out, edition="internal").folder)

    # Of 30 dossiers the 8 of March were received before the quarter began; of 5 more, one.
    write_export(exports)
    intake([exports], warehouse)
    first = publish()
    assert publish() == first
    assert manifest_of(out)["history"] == []
    write_export(exports, "ho-so-bo-sung.csv", n=5, first=30)
    intake([exports], warehouse)
    publish()
    history = manifest_of(out)["history"]
    assert isinstance(history, list)
    assert len(history) == 1
    assert history[0]["figures"] == json.loads(first["manifest.json"])["figures"]
    study = cchc.open_study(data=warehouse, period="2023-Q2")
    change = study.revisions(str(out / "2023-Q2-internal")).set_index(["unit", "figure"])
    assert change.loc[("all", "received_new"), ["old_n", "new_n", "difference_n"]].tolist() == [22, 26, 4]
    assert set(change["state"]) <= {"same", "changed"}
    entries = study.revised_entries(str(out / "2023-Q2-internal")).set_index("unit")
    assert entries.loc["all"].to_dict() == {"n_before": 22, "n_now": 26, "difference": 4, "n_late": 4, "n_corrected": 0}
    assert len(study.revisions()) == len(study.revised_entries()) == 0


def environment(srv: Path) -> dict[str, str]:
    """The variables of a server: a `date` of its own first on the path, and the key."""
    fake = srv / "bin"
    fake.mkdir(exist_ok=True)
    (fake / "date").write_text('#!/bin/sh\n[ "$1" = "+%F" ] && echo "${FAKE_DATE}"\n', encoding="utf-8")
    (fake / "date").chmod(0o755)
    path = f"{fake}:{BIN}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CCHC_HASH_KEY_FILE": str(srv / "hash.key")}


def here(command: str, srv: Path) -> str:
    """The same command in the folder of this test, on one page of one unit."""
    return command.replace("/srv/cchc", str(srv)).replace("--units all", "--units phuong-1 --pages 90_data_quality")


def shell(command: str, srv: Path, today: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    known = {**environment(srv), "FAKE_DATE": today}
    return subprocess.run(["sh", "-c", command], env=known, cwd=cwd, capture_output=True, text=True, check=False)


def cron_lines() -> list[tuple[list[str], str]]:
    """Return schedule and command of each line, as cron reads them: five fields, then a command whose \\% is %."""
    lines = (EXAMPLES / "crontab").read_text("utf-8").splitlines()
    jobs = [line for line in lines if line and not line.startswith("#") and not re.match(r"[A-Z_]+=", line)]
    split = [line.split(maxsplit=5) for line in jobs]
    assert not [job for job in split if re.search(r"(?<!\\)%", job[5])]
    return [(job[:5], job[5].replace(r"\%", "%")) for job in split]


def test_the_crontab_runs(srv: Path) -> None:
    jobs = cron_lines()
    for schedule, _ in jobs:
        assert all(re.fullmatch(r"\*|[0-9]+(-[0-9]+)?", field) for field in schedule)
    (_, take_in), (_, due), (_, latest) = jobs
    assert shell(here(take_in, srv), srv, "2023-06-14").returncode == 0
    nothing = shell(here(due, srv), srv, "2030-01-01")
    assert (nothing.returncode, "Không có báo cáo nào" in nothing.stdout) == (0, True)
    done = shell(here(latest, srv), srv, "2023-06-16")
    assert done.returncode == 0, done.stderr
    assert (srv / "reports" / "2023-Q2-internal" / "phuong-1" / "90_data_quality.html").is_file()
    assert (srv / "log.txt").read_text("utf-8").splitlines()[-1].startswith("RESULT status=done exit=0 periods=2023-Q2")


def test_the_systemd_service_runs(srv: Path) -> None:
    service = (EXAMPLES / "cchc-report.service").read_text("utf-8")
    timer = (EXAMPLES / "cchc-report.timer").read_text("utf-8")
    assert re.search(r"^OnCalendar=\*-\*-16 06:00:00 Asia/Ho_Chi_Minh$", timer, re.MULTILINE)
    start = re.search(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert start is not None
    assert not re.search(r"(?<!%)%(?!%)", start[1])
    done = shell(here(start[1].replace("%%", "%"), srv), srv, "2023-06-16")
    assert done.returncode == 0, done.stderr
    assert "2023-Q2" in done.stdout


def test_the_papermill_script_runs(srv: Path) -> None:
    script = EXAMPLES / "papermill.sh"
    words = ["90_data_quality", str(srv / "warehouse"), "2023-Q2", str(srv / "notebooks"), "phuong-1"]
    subprocess.run(
        ["sh", str(script), *words], env=environment(srv), cwd=EXAMPLES.parents[1], capture_output=True, check=True
    )
    executed = json.loads((srv / "notebooks" / "90_data_quality.ipynb").read_text("utf-8"))
    assert "Phường 1" in json.dumps(executed, ensure_ascii=False)
