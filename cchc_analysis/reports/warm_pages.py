"""Inside a warm worker: execute a notebook, render it, tell the main process."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError

from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.page import page_body
from cchc_analysis.reports.parameters import Scalar, read_notebook
from cchc_analysis.reports.runner import own_sentences, sentences_of, with_cell_ids
from cchc_analysis.reports.warm_client import DirectCells
from cchc_analysis.reports.warm_kernel import Message, WarmKernel
from cchc_analysis.reports.warm_memory import cpu_seconds, peak_mb
from cchc_analysis.reports.warm_orders import CellBegins, CellShows, Notebook, NotMade, PageMade, PageOrder, Told

Tell = Callable[[Told], None]
INJECTED = "injected-parameters"


def make_page(order: PageOrder, kernel: WarmKernel, tell: Tell) -> None:
    """Execute and render the notebook of an order; tell how far it is, and the page or why there is none."""
    path = Path(order.notebook)
    notebook = parameterised(with_cell_ids(read_notebook(path)), order.given)
    tell(Notebook(json_text(notebook)))
    client = page_client(notebook)
    place = 0

    async def ask(cell: Any, sink: Callable[[Message], None]) -> Mapping[str, Any]:
        def show(message: Message) -> None:
            tell(CellShows(message))
            sink(message)

        return await kernel.execute(cell.source, show)

    client.connect(ask)
    try:
        for place, cell in enumerate(notebook.cells):
            tell(CellBegins(place))
            client.execute_cell(cell, place)
        tell(CellBegins(None))
        body = page_body(notebook, path, order.language)
    except CellExecutionError as error:
        cell = notebook.cells[place]
        tell(NotMade(str(cell.id), *(own_sentences(cell) or sentences_of(error, 0)), json_text(notebook)))
    except PageFailure as failure:
        tell(NotMade(failure.cell, *failure.reason, json_text(notebook)))
    else:
        tell(PageMade(body.html, body.title, peak_mb(), cpu_seconds()))


def page_client(notebook: Any) -> DirectCells:
    """Return what collects the outputs of a page's cells."""
    return DirectCells(notebook, record_timing=False)


def parameterised(content: dict[str, Any], given: Mapping[str, Scalar]) -> Any:
    """Return the notebook as papermill prepares it: a cell with what is given behind the cell of the defaults.

    >>> defaults = {"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]}, "source": "x = 1"}
    >>> notebook = {"cells": [defaults]}
    >>> [cell.source for cell in parameterised(notebook, {"x": 2}).cells]
    ['x = 1', '# Parameters\\nx = 2\\n']
    """
    from papermill.translators import translate_parameters

    notebook = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
        cell.setdefault("metadata", nbformat.from_dict({}))  # type: ignore[no-untyped-call]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if not given:
        return notebook
    source = translate_parameters("python3", "python", dict(given), "Parameters")
    fresh = {"cell_type": "code", "id": INJECTED, "metadata": {"tags": [INJECTED]}, "source": source}
    injected = nbformat.from_dict({**fresh, "execution_count": None, "outputs": []})  # type: ignore[no-untyped-call]
    kept = [cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
    places = [place for place, cell in enumerate(kept) if "parameters" in cell.metadata.get("tags", [])]
    after = places[0] + 1 if places else 0
    notebook.cells = [*kept[:after], injected, *kept[after:]]
    return notebook


def json_text(notebook: Any) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def as_far_as_it_ran(told: list[Told]) -> str:
    """Return the notebook of a worker that ended without an answer, from what it told; "" where it told none."""
    texts = [message.text for message in told if isinstance(message, Notebook)]
    if not texts:
        return ""
    notebook, place = nbformat.from_dict(json.loads(texts[0])), 0  # type: ignore[no-untyped-call]
    client = page_client(notebook)
    client.connect(unanswered)
    for message in told:
        if isinstance(message, CellBegins) and message.place is not None:
            place = message.place
        if isinstance(message, CellShows):
            client.take(message.message, notebook.cells[place], place)
    return json_text(notebook)


async def unanswered(cell: Any, sink: Callable[[Message], None]) -> Mapping[str, Any]:
    """Refuse to run a cell."""
    raise RuntimeError(f"cell {cell.id} is only read")
