"""Transactions: readers side by side, writers one after the other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tskit.records.trouble import in_words

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Connection, Engine

__all__ = ["reading", "writing"]


@contextmanager
def reading(engine: Engine, *, place: str) -> Generator[Connection]:
    """Hand out a connection that sees the database as it is at one moment."""
    with in_words(place), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, place: str) -> Generator[Connection]:
    """Hand out a connection that alone may write; what was written is safe on the disk when the block has ended."""
    with in_words(place), engine.execution_options(is_writer=True).begin() as connection:
        yield connection
