"""Linear algebra that is kept to one thread."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tskit.errors import ParameterError
from tskit.stats import one_thread


def threads() -> set[int]:
    """Return how many threads each library of linear algebra takes; NumPy's is loaded."""
    assert np.linalg.inv(np.eye(2)).shape == (2, 2)
    return {int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_one_thread_is_taken_within_and_as_many_as_before_after_it() -> None:
    before = threads()
    assert one_thread(threads)() == {1}
    assert threads() == before


def test_an_error_within_gives_the_threads_back_and_is_passed_on() -> None:
    before = threads()

    @one_thread
    def wrong() -> None:
        raise ParameterError("The frame has no rows.")

    with pytest.raises(ParameterError, match="no rows"):
        wrong()
    assert threads() == before


def test_name_and_words_of_the_function_are_kept() -> None:
    @one_thread
    def counted(frame: list[int], *, least: int = 1) -> int:
        """Return how many."""
        return sum(value >= least for value in frame)

    assert counted.__name__ == "counted"
    assert counted.__doc__ == "Return how many."
    assert counted([0, 1, 2], least=2) == 1
