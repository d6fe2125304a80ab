"""Executes the cells of a notebook in a child and keeps what they give, exactly as a kernel's client does."""

from __future__ import annotations

import base64
import inspect
import re
import time
from typing import TYPE_CHECKING, Any, cast

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient

from tskit.runs.engine.line import DeadError, GreedyError, LateError, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Client"]

_SHOWN = frozenset({"display_data", "execute_result"})
_JSON = re.compile(r"application/(.*\+)?json$")
"""What the schema of notebooks lets hold any value; everything else is text."""


class Client(PapermillNotebookClient):
    """papermill's client of a kernel, on the line to a child."""

    def execute_on(self, line: Line, *, start_seconds: float) -> None:
        """Execute the notebook from its first cell.

        Raises:
            DeadKernelError: the child ended on the way, or took more memory than it may.
            CellTimeoutError: a cell took longer than it may.
        """
        self.reset_execution_trackers()
        self.kc = cast("Any", _Back(line))
        self._line, self._parts = line, list[str]()
        self._await_ready(start_seconds)
        self._hook(self.on_notebook_start, notebook=self.nb)
        try:
            self.papermill_execute_cells()
        finally:
            self._hook(self.on_notebook_complete, notebook=self.nb)
        self.set_widgets_metadata()

    def execute_cell(  # pyright: ignore[reportIncompatibleVariableOverride]
        self,
        cell: Any,  # noqa: ANN401  # nbformat has no types
        cell_index: int,
    ) -> None:
        """Execute one cell, in the steps and with the hooks of nbclient."""
        self._hook(self.on_cell_start, cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return
        self._hook(self.on_cell_execute, cell=cell, cell_index=cell_index)
        name = f"cell-{cell_index}"
        seconds = self._get_timeout(cell)
        cell.outputs, self.clear_before_next_output = [], False
        try:
            self._line.ask("execute_request", name, {"code": cell.source})
            self._hook(self.on_cell_complete, cell=cell, cell_index=cell_index)
            reply = self._until_reply(cell, cell_index, name, seconds)
        except (DeadError, GreedyError) as error:
            raise DeadKernelError(str(error)) from None
        except LateError:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", int(seconds or 0), cell
            ) from None
        finally:
            self._settle(cell)
        self._hook(self.on_cell_executed, cell=cell, cell_index=cell_index, execute_reply=reply)
        self._raise_for(reply, cell, cell_index)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:  # noqa: ANN401  # nbformat has no types
        """Keep what an event gives; text is put together once something else comes."""
        if msg["msg_type"] == "stream":
            return self._stream(msg, cell, cell_index)
        self._settle(cell)
        shown = self._shown(msg)
        if shown is None:
            return super().process_message(msg, cell, cell_index)
        cell.outputs.append(shown)
        if "execution_count" in shown:
            cell["execution_count"] = shown["execution_count"]
        self.nb_man.autosave_cell()
        if self.log_output:
            self.log_output_message(shown)
        return shown

    def _shown(self, msg: dict[str, Any]) -> NotebookNode | None:
        """Return what a cell shows as nbclient would, its charts and tables left as they came; None where nbclient has to.

        nbclient holds each output against the schema of notebooks and copies it to the last number, which takes longer
        than all else that is done with it. It has to where an output may be shown again later, stands for others or is none.
        """
        content = msg["content"]
        if msg["msg_type"] not in _SHOWN or not all(isinstance(content[name], dict) for name in ("data", "metadata")):
            return None
        is_caught = bool(self.output_hook_stack[msg["parent_header"]["msg_id"]])
        data = cast("dict[str, object]", content["data"])
        is_plain = all(isinstance(value, str) or _JSON.match(kind) for kind, value in data.items())
        if is_caught or self.clear_before_next_output or content.get("transient") or not is_plain:
            return None
        shown = NotebookNode(output_type=msg["msg_type"])
        shown.metadata, shown.data = content["metadata"], NotebookNode()
        dict.update(shown.data, data)  # the node's own way makes nodes of all that lies within
        if msg["msg_type"] == "execute_result":
            shown["execution_count"] = content["execution_count"]
        return shown

    def _stream(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:  # noqa: ANN401  # nbformat has no types
        name, text = msg["content"]["name"], msg["content"]["text"]
        is_caught = bool(self.output_hook_stack[msg["parent_header"]["msg_id"]])
        last = cell.outputs[-1] if cell.outputs else None
        is_next = last is not None and last.output_type == "stream" and last.name == name
        if is_caught or self.clear_before_next_output or not is_next:
            self._settle(cell)
            return super().process_message(msg, cell, cell_index)
        self._parts.append(text)
        output = NotebookNode(output_type="stream", name=name, text=text)
        if self.log_output or self.stdout_file or self.stderr_file:
            self.log_output_message(output)
        self.nb_man.autosave_cell()
        return output

    def _settle(self, cell: Any) -> None:  # noqa: ANN401  # nbformat has no types
        if self._parts:
            cell.outputs[-1]["text"] += "".join(self._parts)
            self._parts.clear()

    def _await_ready(self, seconds: float) -> None:
        try:
            event = self._line.next(time.monotonic() + seconds)
            while event["msg_type"] != "ready":
                event = self._line.next(time.monotonic() + seconds)
        except LateError:
            raise TimeoutError(f"The child was not ready within {seconds} seconds.") from None
        except DeadError:
            raise RuntimeError("The child ended before it was ready.") from None

    def _until_reply(self, cell: Any, cell_index: int, name: str, seconds: float | None) -> dict[str, Any]:  # noqa: ANN401  # nbformat has no types
        until = None if seconds is None else time.monotonic() + seconds
        while (event := self._line.next(until))["msg_type"] != "execute_reply":
            self.process_message(_message(event, name), cell, cell_index)
        for late in self._line.rest():
            self.process_message(_message(late, name), cell, cell_index)
        self.code_cells_executed += 1
        cell["execution_count"] = event["content"]["execution_count"]
        return _message(event, name)

    def _raise_for(self, reply: Mapping[str, Any], cell: Any, cell_index: int) -> None:  # noqa: ANN401  # nbformat has no types
        content = reply["content"]
        if content["status"] != "error":
            return
        is_allowed = not self.force_raise_errors and (
            self.allow_errors
            or content["ename"] in self.allow_error_names
            or "raises-exception" in cell.metadata.get("tags", [])
        )
        self._hook(self.on_cell_error, cell=cell, cell_index=cell_index, execute_reply=reply)
        if not is_allowed:
            raise CellExecutionError.from_cell_and_msg(cell, content)

    def _hook(self, hook: Callable[..., Any] | None, **given: Any) -> None:  # noqa: ANN401  # the arguments of whichever hook
        if hook is not None and inspect.isawaitable(answer := hook(**given)):
            run_sync(_awaited)(answer)


class _Back:
    """What the client's stand-in for an output widget sends back: its new state, to the widget in the child."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.session = self.shell_channel = self

    def msg(
        self,
        kind: str,
        content: Mapping[str, Any],
        parent: object,  # noqa: ARG002  # the signature of a session
        metadata: object,  # noqa: ARG002  # as above
    ) -> tuple[str, Mapping[str, Any]]:
        """Return a message."""
        return kind, content

    def send(self, message: tuple[str, Mapping[str, Any]]) -> None:
        """Send it."""
        self._line.ask(message[0], "", message[1])


async def _awaited(answer: Any) -> None:  # noqa: ANN401  # whatever a hook returns
    await answer


def _message(event: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an event as the message of a kernel that answers the request `name`."""
    buffers = [base64.b64decode(buffer) for buffer in event.get("buffers", ())]
    return {**event, "header": {"msg_type": event["msg_type"]}, "parent_header": {"msg_id": name}, "buffers": buffers}
