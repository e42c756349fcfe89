"""Parameters are checked before a notebook runs, and it runs in this interpreter, quietly, leaving nothing behind."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cchc_analysis.errors import ParameterError, ReportError
from cchc_analysis.reports import check_parameters, inspect_parameters, read_parameters
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.kernel import RUNNING
from cchc_analysis.reports.runner import run_notebook
from cchc_analysis.temporary import LOCK, TemporaryFolder

FIXTURES = Path(__file__).parent / "fixtures"
REPORT, TROUBLE, WHERE = (FIXTURES / f"{name}.ipynb" for name in ("report", "trouble", "where"))


@pytest.fixture
def work():
    with TemporaryFolder() as folder:
        yield folder.path


def notebook_with(tmp_path: Path, source: str, tags: tuple[str, ...] = ("parameters",)) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
    path = tmp_path / "made.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    return path


def text_of(executed) -> str:
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)


# --- what a notebook declares


def test_every_parameter_is_found_with_kind_default_and_comment():
    specs = {spec.name: spec for spec in inspect_parameters(REPORT)}
    assert list(specs) == ["period", "unit", "n_dossiers", "threshold", "synthetic", "language"]
    assert specs["period"].described() == 'period: str = "2023-Q2" (reporting period)'
    assert (specs["threshold"].kind, specs["threshold"].default) == ("float", "0.5")


def test_a_second_equals_sign_hides_no_parameter():
    # papermill's own inspection drops this line.
    helps = {spec.name: spec.help for spec in inspect_parameters(REPORT)}
    assert helps["n_dossiers"] == 'how many dossiers; "=" may stand here'


@pytest.mark.parametrize(
    ("source", "kind", "optional"),
    [
        ("x = 'a#b'  # help", "str", False),
        ("x = 3", "int", False),
        ("x = 0.5", "float", False),
        ("x = True", "bool", False),
        ("x = None", "any", True),
        ("x: str | None = None", "str", True),
        ("x: 'int' = 3", "int", False),
        ("from typing import Optional\nx: Optional[float] = None", "float", True),
        ("x: int | str = 3", "any", False),
        ("x = -1", "any", False),
    ],
)
def test_the_kind_comes_from_the_annotation_or_else_the_default(tmp_path, source, kind, optional):
    (spec,) = inspect_parameters(notebook_with(tmp_path, source))
    assert (spec.kind, spec.optional) == (kind, optional)


def test_a_cell_that_is_no_python_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"made\.ipynb is not valid Python \(line 2\)"):
        inspect_parameters(notebook_with(tmp_path, "x = 1\ny = = 2"))


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', "x"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(ReportError, match=r"broken\.ipynb"):
        inspect_parameters(path)


def test_a_missing_notebook_is_refused(tmp_path):
    with pytest.raises(ReportError, match="check the path") as caught:
        inspect_parameters(tmp_path / "none.ipynb")
    assert "kiểm tra đường dẫn" in caught.value.vi


# --- what may be given


def test_a_misspelt_parameter_is_refused_with_the_nearest_and_all_known_ones():
    with pytest.raises(ParameterError) as caught:
        check_parameters(REPORT, {"Perod": "2023-Q2"})
    assert 'no parameter "Perod"; did you mean "period"?' in caught.value.en
    assert 'unit: str = "phuong-1" (code of the unit)' in caught.value.en
    assert "có phải là “period” không?" in caught.value.vi
    assert "language: str" in caught.value.vi


def test_a_notebook_without_parameters_takes_none(tmp_path):
    bare = notebook_with(tmp_path, "x = 1", tags=())
    assert check_parameters(bare, {}) == {}
    with pytest.raises(ParameterError, match="It knows none"):
        check_parameters(bare, {"x": 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_dossiers", "abc"),
        ("n_dossiers", "24"),
        ("n_dossiers", 24.0),
        ("n_dossiers", True),
        ("threshold", float("nan")),
        ("threshold", float("inf")),
        ("threshold", False),
        ("synthetic", 1),
        ("synthetic", "true"),
        ("unit", 1.00161),
        ("unit", None),
        ("unit", ["a"]),
        ("unit", {"a": 1}),
        ("period", datetime.date(2023, 6, 14)),
        ("period", Path("a")),
        ("n_dossiers", np.int64(3)),
    ],
)
def test_a_value_of_another_kind_is_refused(name, value):
    with pytest.raises(ParameterError, match=f'Parameter "{name}" of report.ipynb must be'):
        check_parameters(REPORT, {name: value})


def test_values_of_the_declared_kind_pass_unchanged_in_the_notebooks_order():
    given = {"threshold": 1, "unit": "1.001610", "n_dossiers": 0}
    checked = check_parameters(REPORT, given)
    assert list(checked.items()) == [("unit", "1.001610"), ("n_dossiers", 0), ("threshold", 1)]


def test_a_literal_allows_its_values_only(tmp_path):
    notebook = notebook_with(tmp_path, 'from typing import Literal\nx: Literal["vi", "en"] = "vi"')
    assert check_parameters(notebook, {"x": "en"}) == {"x": "en"}
    with pytest.raises(ParameterError, match="use one of vi, en"):
        check_parameters(notebook, {"x": "fr"})


def test_text_from_a_command_line_is_read_by_the_declaration():
    texts = {"unit": "1.001610", "period": "007", "n_dossiers": "12", "threshold": "1e-1", "synthetic": "False"}
    assert read_parameters(REPORT, texts) == {
        "unit": "1.001610",
        "period": "007",
        "n_dossiers": 12,
        "threshold": 0.1,
        "synthetic": False,
    }
    with pytest.raises(ParameterError, match=r"a whole number, not '1\.5'"):
        read_parameters(REPORT, {"n_dossiers": "1.5"})


# --- how it runs


def test_the_kernel_is_this_interpreter_with_fixed_hashes_whatever_the_user_has_installed(tmp_path, monkeypatch, work):
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    kernel.joinpath("kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    told = text_of(run_notebook(WHERE, {}, work))
    assert f"- {sys.executable}\n- 0\n- 0\n" in told


def test_codes_and_quotes_arrive_as_they_are_even_in_a_folder_with_braces(tmp_path, work):
    folder = tmp_path / "{unit}"
    folder.mkdir()
    notebook = folder / "where.ipynb"
    notebook.write_bytes(WHERE.read_bytes())
    name = "1.001610 \"'''\" \\ {x} Ấp"
    assert f"# {name}\n" in text_of(run_notebook(notebook, {"name": name}, work))


def test_a_failing_cell_is_named_with_the_last_line_and_the_rest_does_not_run(work):
    with pytest.raises(PageFailure) as caught:
        run_notebook(TROUBLE, {"trouble": "error"}, work)
    assert str(caught.value) == ('Notebook trouble.ipynb, cell "broken": it stopped with ValueError: mẫu số bằng 0.')
    assert caught.value.vi == "Sổ tay trouble.ipynb, ô “broken”: dừng vì lỗi ValueError: mẫu số bằng 0."
    kept = json.loads((work / "page.ipynb").read_text(encoding="utf-8"))
    assert [cell["outputs"] for cell in kept["cells"] if cell["id"] == "after"] == [[]]
    assert not RUNNING


def test_an_error_of_ours_speaks_with_its_own_sentence_in_both_languages(work):
    with pytest.raises(PageFailure) as caught:
        run_notebook(TROUBLE, {"trouble": "ours"}, work)
    assert caught.value.en.endswith("Unit X is not in units.csv.")
    assert caught.value.vi.endswith("Không có đơn vị X trong units.csv.")


def test_unknown_parameters_never_reach_papermill(work):
    with pytest.raises(ParameterError):
        run_notebook(TROUBLE, {"troubel": "none"}, work)
    assert [path.name for path in work.iterdir()] == [LOCK]


QUIET = """
import sys
from pathlib import Path
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.runner import run_notebook
from cchc_analysis.temporary import TemporaryFolder
for trouble in ("slow", "dead", "none"):
    folder = Path(sys.argv[2]) / trouble
    folder.mkdir()
    try:
        run_notebook(Path(sys.argv[1]), {"trouble": trouble}, folder, timeout_seconds=2)
    except PageFailure as failure:
        print(failure.cell, failure.en)
print(sys.modules["rfc3987_syntax"], "lark" in sys.modules)
"""


def test_a_slow_and_a_dying_cell_are_reported_and_nothing_else_reaches_the_terminal(work):
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(TROUBLE), str(work)], capture_output=True, text=True, timeout=120
    )
    slow, dead, grammar = done.stdout.splitlines()
    assert slow.startswith("broken ")
    assert "longer than 2 seconds" in slow
    assert dead.startswith("broken ")
    assert "lack of memory" in dead
    # The needless grammar, two seconds of import, was never built.
    assert grammar == "None False"
    assert (done.returncode, done.stderr) == (0, "")
