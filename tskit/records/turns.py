"""Transactions: readers side by side, writers one after the other."""

from __future__ import annotations

import os
import sys
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from tskit.records.trouble import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Connection, Engine

__all__ = ["in_turn", "own_connections", "reading"]

_T = TypeVar("_T")


def own_connections(engine: Engine) -> None:
    """Let a process that is forked open connections of its own, and leave those of its parent alone."""
    if sys.platform == "win32":
        return  # nothing forks there
    mine = weakref.ref(engine)
    inherited: list[object] = []

    def leave() -> None:
        engine = mine()
        if engine is not None:
            # Kept, since closing them here would drop the parent's locks on a file or end its session with a server.
            inherited.append(engine.pool)
            engine.dispose(close=False)

    os.register_at_fork(after_in_child=leave)


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
