"""The process that executes the cells of one notebook, forked from a warm zygote; it ends with whoever started it."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from tskit.runs.engine.channel import Channel
from tskit.runs.engine.comms import take_comms
from tskit.runs.engine.shell import Kernel, forget_shell, make_shell, refuse_input
from tskit.runs.engine.streams import open_streams
from tskit.runs.kernel_process import without_address_parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.runs.engine.streams import Stream

__all__ = ["main", "prepare"]

_LONGEST = 1 << 30
_ALLOCATIONS = 50_000
"""After how many new objects to look for cycles: a report makes millions, few in cycles, and looking took a twentieth of it."""


def main(arguments: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Execute what comes by the first of `descriptors` and tell of it by the second, until the first is closed.

    Args:
        arguments: `is_scrubbed` says whether an exception leaves the process without its text.
        descriptors: where requests come from and where events go to; each is a line of JSON.
    """
    without_address_parser()
    gc.set_threshold(_ALLOCATIONS)
    requests, events = descriptors
    os.set_inheritable(requests, False)  # noqa: FBT003  # the signature of os
    is_scrubbed = bool(arguments["is_scrubbed"])
    _own_path(is_safe=is_scrubbed)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    channel = Channel(events)
    streams = open_streams(channel.tell)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    kernel = Kernel(loop)
    shell = make_shell(channel, kernel, is_scrubbed=is_scrubbed)
    refuse_input()
    channel.tell("ready", {})
    answer = partial(_answer, shell, channel, streams, is_scrubbed)
    serve = _serve(requests, answer, kernel, partial(_hear, take_comms(channel), channel, streams))
    try:
        loop.run_until_complete(serve)
    except RuntimeError:
        if loop.is_running() or not shell.exit_now:  # `exit()` stops the loop, as in a kernel
            raise


def prepare() -> None:
    """Load and try once what every child uses; called in the zygote, and leaves neither thread nor file behind."""
    without_address_parser()
    kept = sys.modules["__main__"], sys.displayhook
    read, write = os.pipe()
    loop = asyncio.new_event_loop()
    try:
        shell = make_shell(Channel(write), Kernel(loop), is_scrubbed=True)
        shell.run_cell("from IPython.display import display\ndisplay({'text/plain': ''}, raw=True)\n1")
    finally:
        forget_shell()
        sys.modules["__main__"], sys.displayhook = kept
        loop.close()
        os.close(read)
        os.close(write)


def _own_path(*, is_safe: bool) -> None:
    """Look for modules where a kernel does: in the working folder first, unless the run is to be the same everywhere."""
    sys.path[:] = [place for place in sys.path if place]
    if not is_safe:
        sys.path.insert(0, "")


async def _serve(requests: int, answer: Any, kernel: Kernel, hear: Any) -> None:  # noqa: ANN401  # bound by partial
    reader = asyncio.StreamReader(limit=_LONGEST)
    source = os.fdopen(requests, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(partial(asyncio.StreamReaderProtocol, reader), source)
    import json  # noqa: PLC0415  # with its user

    while line := await reader.readline():
        request = json.loads(line)
        kernel.parent = {"header": request["header"], "content": request["content"]}
        if request["header"]["msg_type"] == "comm_msg":
            hear(request)
        else:
            await answer(request["content"]["code"])


def _hear(comms: Any, channel: Channel, streams: Sequence[Stream], request: Mapping[str, Any]) -> None:  # noqa: ANN401  # comm has no types
    """Hand a message to its widget; a kernel's client shows nothing that comes of it, since no cell asked for it."""
    with channel.muted():
        comms.comm_msg(None, None, {"buffers": [], **request})
        for stream in streams:
            stream.flush()


async def _answer(shell: Any, channel: Channel, streams: Sequence[Stream], is_scrubbed: bool, code: str) -> None:  # noqa: ANN401, FBT001  # traitlets has no types; bound by partial
    result = await _execute(shell, code)
    error = result.error_before_exec or result.error_in_exec
    for stream in streams:
        stream.flush()
    reply = {"status": "ok", "execution_count": shell.execution_count - 1}
    if not result.success or shell._last_traceback_during_displayhook:  # noqa: SLF001  # as ipykernel itself looks at it
        text = "" if is_scrubbed else str(error)
        lines = shell._last_traceback or []  # noqa: SLF001  # as above
        reply |= {"status": "error", "ename": type(error).__name__, "evalue": text, "traceback": lines}
    shell.payload_manager.clear_payload()
    channel.tell("execute_reply", reply)


async def _execute(shell: Any, code: str) -> Any:  # noqa: ANN401  # traitlets has no types
    """Run one cell as ipykernel does: in the loop when it awaits something, and as a plain call otherwise."""
    if "await" not in code and "async" not in code:
        return shell.run_cell(code, store_history=True, silent=False)
    try:
        transformed, broken = shell.transform_cell(code), None
    except Exception:  # noqa: BLE001  # whatever a cell's text breaks is told by the shell
        transformed, broken = code, sys.exc_info()
    if not shell.should_run_async(code, transformed_cell=transformed, preprocessing_exc_tuple=broken):
        return shell.run_cell(code, store_history=True, silent=False)
    shell._last_traceback, shell._last_traceback_during_displayhook = None, False  # noqa: SLF001  # as run_cell does
    result = None
    try:
        result = await shell.run_cell_async(
            code, store_history=True, silent=False, transformed_cell=transformed, preprocessing_exc_tuple=broken
        )
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return result
