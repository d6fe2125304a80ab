"""A database that is asked: rows of one state of it, as text, batch by batch."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

__all__ = ["Batch", "Limit", "Session"]

Rows: TypeAlias = Any
"""A `pyarrow.Table`, which is not typed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, every column as text; `given` holds them as the driver handed them over, where that is something else."""

    rows: Rows
    given: Sequence[Sequence[object]] | None = field(default=None, repr=False)

    def value(self, column: str, row: int) -> object:
        """Return one value as the driver handed it over."""
        if self.given is None:
            return self.rows.column(column)[row].as_py()
        return self.given[row][self.rows.column_names.index(column)]

    def first(self, number: int) -> Batch:
        """Return no more than so many rows from the start."""
        return Batch(self.rows.slice(0, number), self.given[:number] if self.given is not None else None)


class Session(Protocol):
    """One read-only transaction; all that is asked within it is answered from the same state of the database."""

    def first(self, sql: str, values: Mapping[str, object], *, what: str) -> Sequence[Any]:
        """Return the first row of the answer; `what` names the question in messages."""
        ...

    def batches(self, sql: str, values: Mapping[str, object], *, what: str, size: int) -> Generator[Batch]:
        """Yield the answer in batches of at most `size` rows; the first comes even if it is empty, for its columns."""
        ...

    def typed(self, mark: str, column: str, *, query: str, values: Mapping[str, object]) -> str:
        """Return SQL for the parameter `mark` as a value of the kind that `column` of `query` has."""
        ...


@dataclass(slots=True)
class Limit:
    """A time within which an embedded engine has to answer; a thread interrupts it after so many seconds."""

    seconds: float
    interrupt: Callable[[], object] = field(repr=False)
    is_over: bool = False

    @contextmanager
    def running(self) -> Generator[None]:
        """Let the time run for as long as the block takes."""
        timer = threading.Timer(self.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        self.interrupt()
