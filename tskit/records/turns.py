"""Transactions: readers side by side, writers one after the other."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from tskit.records.trouble import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

__all__ = ["in_turn", "own_connections", "reading"]

_T = TypeVar("_T")


def own_connections(engine: Engine) -> None:
    """Let a process that was forked open connections of its own, and leave those of its parent alone."""
    event.listen(engine, "connect", _sign)
    event.listen(engine, "checkout", _refuse_foreign)


def _sign(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["process"] = os.getpid()


def _refuse_foreign(connection: object, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
    if record.info["process"] == os.getpid():
        return
    # Kept, since closing it here would drop the parent's locks on a file, or end its session with a server.
    assert record.record_info is not None  # only of a detached connection
    record.record_info.setdefault("inherited", []).append(connection)
    record.dbapi_connection = proxy.dbapi_connection = None
    raise DisconnectionError


@contextmanager
def reading(engine: Engine, *, place: str) -> Generator[Connection]:
    """Hand out a connection that sees the database as it is at one moment."""
    with in_words(place), engine.begin() as connection:
        yield connection


def in_turn(engine: Engine, work: Callable[[Connection], _T], *, place: str, turn: str) -> _T:
    """Return what `work` makes of a connection that alone has this turn; what it wrote is safe on the disk by then.

    `work` must come to the same when it is done twice: where the connection breaks, nobody knows whether the first
    time counted.
    """
    with in_words(place):
        try:
            return _once(engine, work, turn=turn)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return _once(engine, work, turn=turn)


def _once(engine: Engine, work: Callable[[Connection], _T], *, turn: str) -> _T:
    with engine.execution_options(turn=turn).begin() as connection:
        return work(connection)
