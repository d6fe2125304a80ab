import numpy as np
import pandas as pd

from tskit.metrics.grid import Grid
from tskit.metrics.request import INDEX


def an_answer():
    columns = {"queue": ["a", None], INDEX: [0, 2], "k": [3, None]}
    return Grid.of(pd.DataFrame(columns), ("queue",))


def test_an_engines_answer_keeps_its_names_and_periods_and_what_it_leaves_empty_is_nan():
    grid = an_answer()
    assert list(grid.names) == ["queue"]
    assert list(grid.names["queue"].isna()) == [False, True]
    assert list(grid.period) == [0, 2]
    assert grid["k"].dtype == np.float64
    assert np.array_equal(grid["k"], [3.0, np.nan], equal_nan=True)
    assert len(grid) == 2


def test_new_numbers_stand_for_those_of_the_same_name_and_the_first_grid_stays_as_it_was():
    grid = an_answer()
    more = grid.having({"k": np.array([1.0, 2.0]), "n": np.array([5.0, 6.0])})
    assert list(more["k"]) == [1.0, 2.0]
    assert "n" in more
    assert "n" not in grid
    assert grid["k"][0] == 3.0
