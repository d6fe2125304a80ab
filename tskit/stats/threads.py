"""How many threads linear algebra takes: one, where matrices are small and many.

A second thread then waits more than it computes, and how sums are split between threads shows in their last digits: an
answer would depend on the cores of the machine.
"""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def one_thread(compute: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """Return the function, with the linear algebra in it kept to one thread of the process.

    >>> one_thread(sum)([1, 2])
    3
    """

    @wraps(compute)
    def alone(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        with _pools().limit(limits=1, user_api="blas"):
            return compute(*args, **kwargs)

    return alone


@cache
def _pools() -> ThreadpoolController:
    # Only libraries that are loaded are found, and SciPy brings one of its own.
    import scipy.linalg  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415  # small, but not light enough for every import

    return ThreadpoolController()
