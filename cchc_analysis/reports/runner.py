"""Execute a notebook with papermill in a kernel of its own."""

import json
import logging
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from cchc_analysis.errors import CchcError
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.kernel_extension import ERROR_TYPE
from cchc_analysis.reports.parameters import Scalar, check_parameters, read_notebook

START_TIMEOUT_SECONDS = 120


def skip_needless_grammar() -> None:
    """Keep jsonschema from building the grammar of internationalised addresses, two seconds of every start.

    jsonschema goes without that one check where the module is absent; it must be told before its import.
    """
    sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))


@contextmanager
def closing_event_loop() -> Iterator[None]:
    """Close, in a thread that no other code uses, the event loop that Jupyter makes there and keeps for ever."""
    try:
        yield
    finally:
        from jupyter_core.utils import ensure_event_loop

        ensure_event_loop().close()


def run_notebook(notebook: Path, parameters: Mapping[str, object], folder: Path, timeout_seconds: int = 300) -> Any:
    """Execute a notebook and return it with its outputs, as an nbformat 4 node.

    `parameters` are checked first (`ParameterError`). `folder` exists and is the run's own: it receives
    `page.ipynb` as far as the notebook ran, `kernel.log` and the sockets. The kernel is the running interpreter
    in the current directory; a cell may take `timeout_seconds`. Whatever stops the notebook raises
    `PageFailure` with the cell's id; an error of this package speaks with its own sentence.
    """
    given = check_parameters(notebook, parameters)
    source = folder / "source.ipynb"
    source.write_text(json.dumps(with_cell_ids(read_notebook(notebook))), encoding="utf-8")
    try:
        executed = execute(source, folder, given, timeout_seconds)
    except Exception as error:
        shutil.rmtree(folder / "ipython", ignore_errors=True)
        raise failure_of(notebook, folder / "page.ipynb", error, timeout_seconds) from error
    return executed


def execute(source: Path, folder: Path, given: Mapping[str, Scalar], timeout_seconds: int) -> Any:
    """Run papermill without its bars, logs and start-up cost."""
    skip_needless_grammar()
    import papermill

    from cchc_analysis.reports.kernel import PageKernelManager, connection_config

    # Without a handler of their own these loggers write to the user's terminal.
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return papermill.execute_notebook(
        literal_path(source),
        literal_path(folder / "page.ipynb"),
        parameters=dict(given),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        start_timeout=START_TIMEOUT_SECONDS,
        execution_timeout=timeout_seconds,
        kernel_manager_class=PageKernelManager,
        config=connection_config(folder),
        shutdown_kernel="immediate",
    )


def literal_path(path: Path) -> str:
    """Return a path that papermill takes as it is: it would fill in braces.

    >>> literal_path(Path("{unit}/page.ipynb"))
    '{{unit}}/page.ipynb'
    """
    return str(path).replace("{", "{{").replace("}", "}}")


def with_cell_ids(content: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook at format 4.5 with an id on every cell; a missing one is its place, never random.

    >>> with_cell_ids({"cells": [{"cell_type": "markdown", "source": "a"}]})["cells"][0]["id"]
    'cell-00'
    """
    cells = [{"id": f"cell-{place:02d}", **cell} for place, cell in enumerate(content["cells"])]
    return {**content, "cells": cells, "nbformat": 4, "nbformat_minor": 5}


def failure_of(notebook: Path, executed: Path, error: Exception, timeout_seconds: int) -> PageFailure:
    """Return the failure that explains why papermill stopped, from the notebook as far as it ran."""
    cell = last_started_cell(executed)
    sentences = own_sentences(cell)
    if sentences is None:
        sentences = sentences_of(error, timeout_seconds)
    return PageFailure(notebook, str(cell.get("id", "?")), *sentences)


def last_started_cell(executed: Path) -> dict[str, Any]:
    """Return the last cell that papermill started, which is the one that stopped the notebook."""
    if not executed.is_file():
        return {}
    cells = read_notebook(executed)["cells"]
    started = [cell for cell in cells if cell["metadata"].get("papermill", {}).get("start_time")]
    return started[-1] if started else {}


def own_sentences(cell: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return both sentences of this package's own error, if that is what the cell raised."""
    for output in cell.get("outputs", []):
        told = output.get("data", {}).get(ERROR_TYPE)
        if told:
            return str(told["en"]), str(told["vi"])
    return None


def sentences_of(error: Exception, timeout_seconds: int) -> tuple[str, str]:
    """Return what to say about an exception of papermill or nbclient, in English and Vietnamese."""
    kind = type(error).__name__
    if kind == "CellTimeoutError":
        return (
            f"it took longer than {timeout_seconds} seconds; allow more time or ask for a smaller period.",
            f"chạy quá {timeout_seconds} giây; hãy cho thêm thời gian hoặc chọn kỳ báo cáo ngắn hơn.",
        )
    if kind == "DeadKernelError":
        return (
            "its process ended without an answer, most often for lack of memory; see kernel.log.",
            "tiến trình dừng đột ngột, thường do thiếu bộ nhớ; hãy xem kernel.log.",
        )
    return reason_of(error)


def reason_of(error: Exception) -> tuple[str, str]:
    """Return what to say about an error of a function, in English and Vietnamese; errors of ours speak themselves.

    >>> reason_of(ValueError("no rows"))[0]
    'it stopped with ValueError: no rows.'
    """
    if isinstance(error, CchcError):
        return error.en, error.vi
    said = last_line(error).rstrip(".")
    return f"it stopped with {said}.", f"dừng vì lỗi {said}."


def function_named(function: str) -> Any:
    """Return the function "module:function".

    >>> function_named("posixpath:basename")("a/b")
    'b'
    """
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)


def last_line(error: Exception) -> str:
    """Return the last line of an error as Python prints it: its name and what it says.

    >>> last_line(ValueError("first" + chr(10) + "second"))
    'ValueError: second'
    """
    name = getattr(error, "ename", "") or type(error).__name__
    lines = str(getattr(error, "evalue", None) or ("" if hasattr(error, "ename") else error)).strip().splitlines()
    return f"{name}: {lines[-1]}" if lines else name
