"""Put what cells show into a notebook, with nbclient's own rules, when no socket lies between."""

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any

from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbclient.util import run_hook, run_sync

from cchc_analysis.reports.warm_kernel import Message, Sink

Ask = Callable[[Any, Sink], Awaitable[Mapping[str, Any]]]
"""Runs a cell: takes it and where its messages go, returns the content of the reply."""


class DirectCells(NotebookClient):
    """nbclient whose cells are run by `ask` instead of by a kernel behind sockets."""

    ask: Ask

    def connect(self, ask: Ask) -> None:
        """Run cells by `ask` from now on."""
        self.ask = ask
        self.clear_before_next_output = False
        # Widgets that catch output answer the kernel; nobody listens here, and what they hold is kept all the same.
        self.kc: Any = SimpleNamespace(session=Session(), shell_channel=SimpleNamespace(send=ignore))

    async def async_execute_cell(
        self, cell: Any, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> Any:
        """Run one cell and put what it shows into it; raises `CellExecutionError` as nbclient does."""
        await run_hook(self.on_cell_start, cell=cell, cell_index=cell_index)
        if not is_run(cell, self.skip_cells_with_tag):
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        await run_hook(self.on_cell_execute, cell=cell, cell_index=cell_index)
        reply = {"content": await self.ask(cell, lambda message: self.take(message, cell, cell_index))}
        self.code_cells_executed += 1
        await run_hook(self.on_cell_complete, cell=cell, cell_index=cell_index)
        await run_hook(self.on_cell_executed, cell=cell, cell_index=cell_index, execute_reply=reply)
        await self._check_raise_for_error(cell, cell_index, reply)
        return cell

    execute_cell = run_sync(async_execute_cell)

    def take(self, message: Message, cell: Any, cell_index: int) -> None:
        """Put one message into its cell."""
        try:
            self.process_message({**message, "msg_type": message["header"]["msg_type"]}, cell, cell_index)
        except CellExecutionComplete:
            return


def is_run(cell: Any, skipped_tag: str = "skip-execution") -> bool:
    """Tell whether a cell of a notebook is run: code that is not empty and not tagged to be skipped."""
    return bool(
        cell.cell_type == "code" and cell.source.strip() and skipped_tag not in cell.get("metadata", {}).get("tags", [])
    )


def ignore(message: object) -> None:
    """Do nothing."""
