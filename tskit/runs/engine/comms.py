"""Comms of a child: widgets open and use them as in a kernel; what they tell goes to the client as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.runs.engine.channel import Channel

__all__ = ["take_comms"]


def take_comms(channel: Channel) -> Any:  # noqa: ANN401  # comm has no types
    """Let every comm of this process speak through `channel`, and return the manager that knows them all."""
    import comm  # noqa: PLC0415  # loaded with the shell, in the child alone
    from comm.base_comm import BaseComm, CommManager  # noqa: PLC0415  # as above

    class Comm(BaseComm):
        """A comm whose messages are events."""

        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,  # noqa: ANN401  # comm has no types
            metadata: Any = None,  # noqa: ANN401, ARG002  # as above
            buffers: Sequence[bytes] | None = None,
            **keys: Any,  # noqa: ANN401  # the signature of comm
        ) -> None:
            """Send one message of this comm."""
            content = {"data": {} if data is None else data, "comm_id": self.comm_id, **keys}
            channel.tell(msg_type, content, buffers=[bytes(buffer) for buffer in buffers or ()])

    manager = CommManager()
    comm.create_comm = Comm
    comm.get_comm_manager = lambda: manager
    return manager
