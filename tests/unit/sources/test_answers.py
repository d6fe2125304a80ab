"""Errors of an engine are told as those of its source; mistakes of our own stay what they are."""

import gc
import weakref

import pytest

from tskit.errors import ParameterError, SourceError
from tskit.model import Source
from tskit.sources.answers import answering_plainly

LAKE = Source("lake", mode="in_place", cases="cases.parquet")


class Engine:
    """A backend that answers with the error that it is asked for."""

    def to_pyarrow(self, question, *, limit=None):
        if isinstance(question, Exception):
            raise question
        return question, limit

    raw_sql = to_pyarrow


class DriverError(Exception):
    """What a driver raises."""


@pytest.mark.parametrize("asked", ["to_pyarrow", "raw_sql"])
@pytest.mark.parametrize("error", [DriverError("secret"), ConnectionRefusedError("secret"), OSError("secret")])
def test_a_drivers_words_are_not_repeated(error, asked):
    with pytest.raises(SourceError, match="source lake could not answer") as told:
        getattr(answering_plainly(Engine(), LAKE), asked)(error)
    assert "secret" not in str(told.value)
    assert told.value.__suppress_context__


@pytest.mark.parametrize("error", [ParameterError("ours"), ValueError("ours")])
def test_an_error_of_ours_is_told_as_it_is(error):
    with pytest.raises(type(error), match="ours"):
        answering_plainly(Engine(), LAKE).to_pyarrow(error)


def test_an_answer_passes_and_the_backend_ends_with_its_last_user():
    backend = answering_plainly(Engine(), LAKE)
    assert backend.to_pyarrow("question", limit=3) == ("question", 3)
    left = weakref.ref(backend)
    gc.disable()
    try:
        del backend
        assert left() is None
    finally:
        gc.enable()
