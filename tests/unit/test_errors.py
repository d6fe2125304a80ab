"""The error tree and its exit codes."""

import inspect

import pytest

from tskit import errors
from tskit.errors import DataError, NoDataError, ParameterError, TskitError

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, TskitError)]


def test_exit_codes_differ_by_kind():
    codes = [c.exit_code for c in CLASSES]
    assert len(set(codes)) == len(codes)
    assert sorted(codes) == [1, 10, 11, 12, 13, 14, 15, 16, 17]


@pytest.mark.parametrize("error", CLASSES)
def test_the_tree_in_the_docstring_names_every_error(error):
    assert error is TskitError or f"{error.__name__} " in errors.__doc__
    assert error is TskitError or f" {error.exit_code}  " in errors.__doc__


def test_no_data_is_a_kind_of_data_error():
    assert issubclass(NoDataError, DataError)


def test_an_unknown_name_leads_to_the_right_one():
    assert str(ParameterError.unknown("quue", ["market", "queue"])) == (
        "There is no parameter 'quue'. Did you mean 'queue'?"
    )


def test_a_long_list_of_names_is_cut_short():
    told = errors.nearest("zzzz", [f"name{n:03}" for n in range(600)])
    assert told.endswith("and 560 more.")
