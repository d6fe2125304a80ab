"""An engine's own errors in our words: they may quote a cell or the address of a server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tskit.errors import SourceError, TskitError

if TYPE_CHECKING:
    from collections.abc import Generator

    from tskit.model import Source

__all__ = ["told_plainly"]

_STOPPED = ("QueryCanceled", "IdleInTransactionSessionTimeout", "AdminShutdown", "OperationalError", "TimeoutException")


@contextmanager
def told_plainly(source: Source) -> Generator[None]:
    """Turn any error of an engine within the block into a SourceError that quotes nothing of it.

    Raises:
        SourceError: the engine failed, or was stopped.
    """
    try:
        yield
    except TskitError:
        raise
    except Exception as error:  # every engine has errors of its own
        if type(error).__module__ == "builtins":  # a mistake of ours, not an answer of an engine
            raise
        kind = type(error).__name__
        fix = "Check that its columns have the types that its profile says, or make a view that casts them."
        if kind in _STOPPED:
            fix = "It took too long, or the connection was cut. Raise timeout_seconds under settings, or try again."
        raise SourceError(f"The engine of the source {source.name} could not answer ({kind}). {fix}") from None
