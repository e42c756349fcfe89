"""The IPython kernel of a warm worker: the real one, without sockets, in the process that renders the page."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session, json_packer
from traitlets.config import Config

Message = dict[str, Any]
Sink = Callable[[Message], None]

INLINE_FIGURES = "module://matplotlib_inline.backend_inline"


class DirectSession(Session):
    """Hands every message of a kernel to `sink` as its reader would see it, instead of sending it."""

    sink: Sink | None = None

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> Message:
        """Make the message and hand it over; what a forked child of the worker tells is dropped, as by a kernel."""
        message: Message = (
            msg_or_type
            if isinstance(msg_or_type, dict)
            else self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        )
        if self.sink is not None and os.getpid() == self.pid:
            told = {**message, "content": json.loads(json_packer(message["content"]))}
            if buffers or message.get("buffers"):
                told["buffers"] = [bytes(buffer) for buffer in buffers or message["buffers"]]
            self.sink(told)
        return message


class WarmKernel:
    """One IPython kernel, made in the warm parent and used by one worker after the fork.

    A cell runs through ipykernel's own `execute_request`: displays, figures, magics, tracebacks, `await` and refused
    input are what a kernel behind sockets gives. `loop` runs the cells, and what they leave behind in it.
    """

    def __init__(self) -> None:
        os.environ.setdefault("MPLBACKEND", INLINE_FIGURES)
        # No history: it would be a database and a thread, and neither is anybody's to read.
        config = Config({"HistoryManager": {"enabled": False}})
        self.session = DirectSession(username="page")
        log = logging.getLogger("ipykernel")
        log.addHandler(logging.NullHandler())
        # Nobody attaches a debugger to a page; a cell may still import it.
        undebugged = sys.modules.setdefault("debugpy", cast(ModuleType, None)) is None
        given = {"config": config, "session": self.session, "iopub_socket": object(), "log": log}
        self.kernel: Any = IPythonKernel.instance(**given)
        if undebugged:
            del sys.modules["debugpy"]
        self.kernel._execute_sleep = 0.0
        # Asked by cells with `await` only, to know whether they may catch Ctrl-C.
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)
        self.shell: Any = self.kernel.shell

    def begin(self) -> None:
        """Make ready for cells, in the worker: its streams, its loop, and modules beside the notebook."""
        from cchc_analysis.reports.warm_streams import CellStreams

        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.session.pid = os.getpid()
        self.streams = CellStreams(self.publish_text)
        sys.stdout, sys.stderr = self.streams.stdout, self.streams.stderr
        sys.path.insert(0, "")

    def publish_text(self, name: str, text: str) -> None:
        """Tell what a cell wrote to an output."""
        self.session.send(None, "stream", {"name": name, "text": text}, parent=self.kernel.get_parent())

    async def execute(self, code: str, sink: Sink) -> Mapping[str, Any]:
        """Run a cell, hand its messages to `sink`, and return the content of the kernel's reply.

        After `exit()` the process ends, as a kernel does.
        """
        if self.shell.exit_now:
            os._exit(0)
        asked = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        request = self.session.msg("execute_request", {**asked, "user_expressions": {}})
        replies: list[Message] = []
        process = os.getpid()
        self.session.sink = lambda message: (replies.append if is_reply(message) else sink)(message)
        self.kernel.set_parent([], request)
        self.tell_state("busy", request)
        await self.kernel.execute_request(None, [], request)
        if os.getpid() != process:
            # A child that the cell forked and that came back here: the page is its parent's.
            os._exit(0)
        self.streams.end_cell()
        self.tell_state("idle", request)
        self.session.sink = None
        content: Mapping[str, Any] = replies[-1]["content"]
        return content

    def tell_state(self, state: str, request: Message) -> None:
        """Tell that the kernel is busy or idle: readers note the time."""
        self.session.send(None, "status", {"execution_state": state}, parent=request)


def is_reply(message: Message) -> bool:
    """Tell whether a message answers the request, rather than showing something."""
    return bool(message["header"]["msg_type"] == "execute_reply")
