"""An engine's own errors in our words: they may quote a cell or the address of a server."""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tskit.errors import SourceError, TskitError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tskit.model import Source

__all__ = ["answering_plainly", "told_plainly"]

_STOPPED = (
    *("QueryCanceled", "IdleInTransactionSessionTimeout", "AdminShutdown", "OperationalError", "TimeoutException"),
    *("Py4JNetworkError", "ConnectionRefusedError", "ConnectionResetError", "SparkConnectGrpcException"),
)
_UNREAD = ("IOException", "FileNotFoundError", "HTTPException")
_ASKED = ("to_pyarrow", "raw_sql")
"""The methods of a backend that everything above the sources asks it by."""


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
        is_ours = type(error).__module__ == "builtins" and not isinstance(error, OSError)
        if is_ours:  # a mistake in what we ask, not an answer of an engine
            raise
        kind = type(error).__name__
        raise SourceError(f"The engine of the source {source.name} could not answer ({kind}). {_fix(kind)}") from None


def _fix(kind: str) -> str:
    if kind in _STOPPED:
        return (
            "It took too long, or the connection was cut. Load the source again; where a question needs more time, "
            "raise timeout_seconds under its settings."
        )
    if kind in _UNREAD:
        return "A file of it was moved, changed or cannot be read. Load the source again."
    return "Check that its columns have the types that its profile says, or make a view that casts them."


def answering_plainly(backend: Any, source: Source) -> Any:  # noqa: ANN401  # Ibis backends are not typed
    """Return the backend, whose errors are told as those of `source` from now on, whoever asks it."""
    for name in _ASKED:
        setattr(backend, name, _told(weakref.ref(backend), getattr(type(backend), name), source))
    return backend


def _told(backend: Callable[[], Any], asked: Callable[..., Any], source: Source) -> Callable[..., Any]:
    """Return a method of a backend that tells its errors plainly; it does not keep the backend, which would never end."""

    def plainly(question: object, /, **options: Any) -> Any:  # noqa: ANN401  # as Ibis has it
        with told_plainly(source):
            return asked(backend(), question, **options)

    return plainly
