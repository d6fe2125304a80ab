"""The kernel process of a run; started by its path, as a program of its own.

It is ipykernel with three differences. An exception leaves the process without its text, which can hold a case: only
the errors of tskit keep their message, and a traceback is a list of places. Nothing is written to IPython's history,
and no start-up file of the user changes a run. And JSON Schema is imported without its checker of international
addresses, which builds a parser for most of a second that no template needs.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["launch", "places", "scrubbed", "without_address_parser"]

_ROOT = Path(__file__).parents[2]


def without_address_parser() -> None:
    """Import jsonschema now, as if `rfc3987_syntax` were not installed; later imports of that package are as ever."""
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules["rfc3987_syntax"] = None
    try:
        importlib.import_module("jsonschema")
    finally:
        del modules["rfc3987_syntax"]


def places(traceback: TracebackType | None) -> list[str]:
    """Return where each frame of a traceback stands: file, line and function, and never a value or a home folder."""
    found: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(_place(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return [place for place in found if place]


def _place(filename: str, line: int, function: str) -> str:
    path = PurePath(filename)
    if any(part.startswith("ipykernel_") for part in path.parts):
        return f"this cell, line {line}"
    if "IPython" in path.parts:
        return ""
    known = [index for index, part in enumerate(path.parts) if part in ("site-packages", "dist-packages")]
    inside = PurePath(*path.parts[known[-1] + 1 :]) if known else path
    if inside.is_absolute():
        inside = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else PurePath(path.name)
    return f"{inside.as_posix()}, line {line}, in {function}"


def scrubbed(etype: type[BaseException], error: BaseException) -> tuple[str, list[str]]:
    """Return what may be said of an exception: its text when tskit wrote it, and its full name before its places."""
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in etype.__mro__]
    return str(error) if "tskit.errors.TskitError" in names else "", [names[0], *places(error.__traceback__)]


def launch(arguments: list[str]) -> None:
    """Run the kernel until it is told to stop."""
    without_address_parser()
    from ipykernel.ipkernel import IPythonKernel  # noqa: PLC0415  # jsonschema has to come first
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # jsonschema has to come first
    from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: PLC0415  # jsonschema has to come first
    from traitlets import Type  # noqa: PLC0415  # with its users
    from traitlets.config import Config  # noqa: PLC0415  # with its users

    class Shell(ZMQInteractiveShell):
        """A shell whose exceptions say where they stand, and what they say only when tskit wrote it."""

        def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
            del stb
            text, lines = scrubbed(etype, evalue)
            super()._showtraceback(etype, text, lines)

    class Kernel(IPythonKernel):
        """The kernel with that shell."""

        shell_class = Type(Shell)

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.xmode = "Minimal"  # the long form is never shown, and takes seconds for a deep one
    config.IPKernelApp.log_level = "CRITICAL"  # its lines would land on the terminal and can quote what was sent
    IPKernelApp.launch_instance(arguments, kernel_class=Kernel, config=config)


if __name__ == "__main__":
    # The run's own package, also from a clone that is not installed; behind everything that is.
    if str(_ROOT) not in sys.path:
        sys.path.append(str(_ROOT))
    launch(sys.argv[1:])
