"""The project's notebooks are ordinary ones: papermill runs them as they are, from where people stand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import papermill
import pytest

from cchc_analysis.reports.runner import closing_event_loop

README = "10_processing_time"
"""The notebook of the command in the README."""


def assert_told(cells: list[dict[str, Any]]) -> None:
    assert not [output for cell in cells for output in cell.get("outputs", []) if output["output_type"] == "error"]
    assert "Phường 1" in json.dumps(cells, ensure_ascii=False)


@pytest.mark.parametrize(
    ("notebook", "folder"),
    [
        ("00_overview", "."),
        ("20_digitisation", "."),
        ("30_satisfaction", "notebooks"),
        ("40_service_quality", "."),
        ("50_indices", "."),
        ("90_data_quality", "notebooks"),
    ],
)
def test_a_notebook_runs_under_plain_papermill_from_where_people_stand(
    sample, project: Path, tmp_path: Path, notebook: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    # What the command calls, without the start of another Python for each.
    with closing_event_loop():
        executed = papermill.execute_notebook(
            f"notebooks/{notebook}.ipynb",
            str(tmp_path / "out.ipynb"),
            parameters={"period": "2023-Q2", "unit": "phuong-1", "data": str(sample.warehouse)},
            cwd=str(project / folder),
            progress_bar=False,
        )
    assert_told(executed.cells)


def test_the_command_of_the_readme_runs(sample, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    subprocess.run(
        [
            *(sys.executable, "-m", "papermill", str(project / "notebooks" / f"{README}.ipynb"), str(out)),
            *("-p", "period", "2023-Q2", "-p", "unit", "phuong-1", "-p", "data", str(sample.warehouse)),
            *("--no-progress-bar", "--log-level", "ERROR", "--cwd", str(project)),
        ],
        check=True,
        capture_output=True,
        cwd=project,
    )
    assert_told(json.loads(out.read_text("utf-8"))["cells"])
