"""The shell of a child: the one of a Jupyter kernel, on a channel of ours instead of its sockets."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from tskit.runs import kernel_process

if TYPE_CHECKING:
    import asyncio

    from tskit.runs.engine.channel import Channel

__all__ = ["Kernel", "forget_shell", "make_shell", "refuse_input"]


class Kernel:
    """What a shell, a widget and an early `exit()` look for in a kernel."""

    eventloop = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.io_loop = loop
        self.parent: dict[str, Any] = {}

    def get_parent(self, channel: str | None = None) -> dict[str, Any]:  # noqa: ARG002  # the signature of a kernel
        """Return the request that is being executed."""
        return self.parent


def make_shell(channel: Channel, kernel: Kernel, *, is_scrubbed: bool) -> Any:  # noqa: ANN401  # traitlets has no types
    """Return the shell of this process, which `get_ipython()` finds.

    With `is_scrubbed` an exception says where it stands, and what it says only when tskit wrote it.
    """
    from ipykernel.compiler import XCachingCompiler  # noqa: PLC0415  # in the child alone
    from traitlets.config import Config  # noqa: PLC0415  # as above

    # A file of a cell is called what a kernel calls it, since an error of syntax names it.
    config = Config()
    config.HistoryManager.enabled = False
    if is_scrubbed:
        config.InteractiveShell.xmode = "Minimal"  # the long form is never shown, and takes seconds for a deep one
    forget_shell()
    shell: Any = _shell_class(is_scrubbed=is_scrubbed).instance(
        config=config, kernel=kernel, compiler_class=XCachingCompiler
    )
    shell.displayhook.session = shell.display_pub.session = channel
    shell.displayhook.topic = b"execute_result"
    shell.extension_manager.load_extension("storemagic")
    return shell


def _shell_class(*, is_scrubbed: bool) -> Any:  # noqa: ANN401  # traitlets has no types
    from ipykernel.displayhook import ZMQShellDisplayHook  # noqa: PLC0415  # in the child alone
    from ipykernel.zmqshell import ZMQDisplayPublisher, ZMQInteractiveShell  # noqa: PLC0415  # as above
    from traitlets import Any as AnyTrait  # noqa: PLC0415  # as above
    from traitlets import Type  # noqa: PLC0415  # as above

    class Hook(ZMQShellDisplayHook):
        """Sends the value of a cell's last line."""

        session = AnyTrait()

    class Publisher(ZMQDisplayPublisher):
        """Sends what is displayed."""

        session = AnyTrait()

    class Shell(ZMQInteractiveShell):
        """A kernel's shell with those."""

        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

    class ScrubbedShell(Shell):
        """Says of an exception what leaves the process."""

        def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
            del stb
            text, lines = kernel_process.scrubbed(etype, evalue)
            super()._showtraceback(etype, text, lines)

    return ScrubbedShell if is_scrubbed else Shell


def forget_shell() -> None:
    """Let `get_ipython()` find no shell; one that was made to warm a zygote must not be the one of its children."""
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415  # in the child alone

    if InteractiveShell.initialized():
        type(InteractiveShell.instance()).clear_instance()


def refuse_input() -> None:
    """Let `input()` and `getpass()` fail as in a kernel that nobody sits at."""
    import builtins  # noqa: PLC0415  # with its user

    from IPython.core.error import StdinNotImplementedError  # noqa: PLC0415  # in the child alone

    def no_input(prompt: str = "") -> NoReturn:  # noqa: ARG001  # the signature of input
        raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")

    def no_password(prompt: str = "", stream: object = None) -> NoReturn:  # noqa: ARG001  # the signature of getpass
        raise StdinNotImplementedError("getpass was called, but this frontend does not support input requests.")

    builtins.input, getpass.getpass = no_input, no_password
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  # stays open as long as the process
