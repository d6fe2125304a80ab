"""The child's way to the one who started it: each event is a line of JSON, made as a kernel makes a message."""

from __future__ import annotations

import base64
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

__all__ = ["Channel"]


class Channel:
    """Sends events through a descriptor; `msg` and `send` are what IPython's kernel shell asks of its session."""

    def __init__(self, descriptor: int) -> None:
        from jupyter_client.session import json_packer  # noqa: PLC0415  # loaded with the shell, in the child alone

        os.set_inheritable(descriptor, False)  # noqa: FBT003  # the signature of os
        self._descriptor, self._pack = descriptor, json_packer
        self._lock, self._owner = threading.RLock(), os.getpid()
        self._is_muted = False

    @property
    def is_ours(self) -> bool:
        """Return whether this is the process of the notebook, not one that the notebook forked."""
        return os.getpid() == self._owner

    def tell(self, kind: str, content: Mapping[str, Any], *, buffers: Sequence[bytes] = ()) -> None:
        """Send one event; a process that the notebook forked has no say."""
        if not self.is_ours or self._is_muted:
            return
        event: dict[str, Any] = {"msg_type": kind, "content": content}
        if buffers:
            event["buffers"] = [base64.b64encode(buffer).decode("ascii") for buffer in buffers]
        with self._lock:
            _write(self._descriptor, self._packed(event) + b"\n")

    @contextmanager
    def muted(self) -> Generator[None]:
        """Send nothing meanwhile: what comes of a message that is no cell belongs to no cell."""
        self._is_muted = True
        try:
            yield
        finally:
            self._is_muted = False

    def msg(self, kind: str, content: Mapping[str, Any], parent: object = None) -> dict[str, Any]:
        """Return a message as the hooks of a kernel's shell look at it before it is sent."""
        return {"header": {"msg_type": kind}, "msg_type": kind, "content": content, "parent_header": parent}

    def send(
        self,
        socket: object,  # noqa: ARG002  # the signature of a session
        message: str | Mapping[str, Any],
        content: Mapping[str, Any] | None = None,
        parent: object = None,  # noqa: ARG002  # as above
        ident: object = None,  # noqa: ARG002  # as above
    ) -> None:
        """Send a message, given as its kind and content or as `msg` made it."""
        if isinstance(message, str):
            self.tell(message, content or {})
        else:
            self.tell(str(message["msg_type"]), message["content"])

    def _packed(self, event: Mapping[str, Any]) -> bytes:
        try:
            return bytes(self._pack(event))
        except UnicodeEncodeError:
            # Half a character, as in "\ud800": no file can hold it, and a kernel never gets it off.
            return bytes(self._pack(_mended(event)))


def _mended(value: Any) -> Any:  # noqa: ANN401  # whatever JSON can hold
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return [_mended(part) for part in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def _write(descriptor: int, text: bytes) -> None:
    left = memoryview(text)
    while left:
        left = left[os.write(descriptor, left) :]
