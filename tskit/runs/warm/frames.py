"""Messages over a local socket: a length, a JSON value, and open files beside it."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from dataclasses import dataclass, field
from typing import Any

from tskit.errors import RunError

__all__ = ["FrameError", "Inbox", "is_ours", "other_end", "send"]

_HEAD = struct.Struct("!I")
_CREDENTIALS = struct.Struct("3i")  # process, user, group
_CHUNK = 1 << 16
_FILES = 32
LIMIT = 1 << 26
"""The longest message in bytes; an environment of the system's full size fits many times."""


class FrameError(RunError):
    """What came over a socket is not a message."""


def send(channel: socket.socket, message: object, *, descriptors: tuple[int, ...] = ()) -> None:
    """Send one message, and copies of open files with it, however little of it the socket takes at a time."""
    # Only ASCII leaves: bytes of an environment that are no UTF-8 are lone surrogates in Python.
    body = json.dumps(message).encode("ascii")
    data = _HEAD.pack(len(body)) + body
    if descriptors:
        data = data[socket.send_fds(channel, [data], descriptors) :]
    # Sending nothing fails where the other end has answered and gone, and would look as if nothing had arrived.
    if data:
        channel.sendall(data)


def is_ours(channel: socket.socket) -> bool:
    """Return whether the process at the other end belongs to the user of this one."""
    if sys.platform == "linux":
        packed = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        return _CREDENTIALS.unpack(packed)[1] == os.getuid()
    # LOCAL_PEERCRED of BSD and macOS: a version, then the user.
    return struct.unpack_from("II", channel.getsockopt(0, 1, 76))[1] == os.getuid()


def other_end(channel: socket.socket) -> int:
    """Return the number of the process that opened the other end, or 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(_CREDENTIALS.unpack(channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))[0])


@dataclass(slots=True)
class Inbox:
    """What has come in on one socket, and the open files that came with it."""

    data: bytearray = field(default_factory=bytearray)
    descriptors: list[int] = field(default_factory=list[int])

    def read(self, channel: socket.socket) -> bool:
        """Take in what is there, and wait for it on a socket that blocks; return whether the other end is still open.

        Raises:
            BlockingIOError: nothing is there, on a socket that does not block.
        """
        try:
            data, descriptors, _, _ = socket.recv_fds(channel, _CHUNK, _FILES)
        except ConnectionError:
            return False
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)  # noqa: FBT003  # the system's signature
        self.descriptors += descriptors
        self.data += data
        return bool(data)

    def message(self) -> Any:  # noqa: ANN401  # a JSON value
        """Return the next whole message, or None.

        Raises:
            FrameError: what came is no message.
        """
        if len(self.data) < _HEAD.size:
            return None
        (length,) = _HEAD.unpack_from(self.data)
        if length > LIMIT:
            raise FrameError("A message is longer than any of ours.")
        end = _HEAD.size + length
        if len(self.data) < end:
            return None
        body = bytes(self.data[_HEAD.size : end])
        del self.data[:end]
        try:
            return json.loads(body)
        except ValueError:
            raise FrameError("A message is not JSON.") from None

    def close(self) -> None:
        """Close the open files that came and were not taken."""
        while self.descriptors:
            os.close(self.descriptors.pop())
