"""How cases flow, the cells of drivers and the keys of linked cases are the same on PostgreSQL and Spark as on DuckDB."""

from datetime import timedelta

import pandas as pd
import pytest

from tskit.model import Window
from tskit.patterns.drivers.cells import cells
from tskit.patterns.flow import breaches, dwell, paths
from tskit.patterns.flow.steps import STEPS, steps
from tskit.patterns.links.ties import held_by_column, opened
from tskit.patterns.rows import fetched


def same(found, expected):
    """Fail unless two frames hold the same values; sums of parts of seconds may stray by their last digits."""
    both = [frame.astype(object).where(frame.notna(), None).reset_index(drop=True) for frame in (found, expected)]
    pd.testing.assert_frame_equal(*both, check_dtype=False, check_exact=False, rtol=1e-9, atol=1e-12)


def test_every_step_of_every_case(there, here):
    mine, theirs = (fetched(steps(case_set)).sort_values(["case_id", "nth"]) for case_set in (here, there))
    assert list(theirs.columns) == list(STEPS)
    assert set(mine["kind"]) == {"opened", "moved", "closed", "reopened"}
    same(theirs, mine)


@pytest.mark.parametrize("ask", [paths, dwell, breaches])
def test_what_is_told_of_flow(there, here, ask):
    window = _half(here)
    mine, theirs = (ask(case_set, window=window) for case_set in (here, there))
    assert len(mine.table)
    same(theirs.table, mine.table)
    assert theirs.statement == mine.statement


def test_the_cells_of_drivers(there, here):
    names, after = ["market", "queue", "severity"], _half(here)
    mine, theirs = (
        cells(case_set, after.before(), after, dims=names).sort_values([*names, "window"]) for case_set in (here, there)
    )
    assert mine["n"].sum()
    same(theirs, mine)


def test_the_cases_that_share_a_key(there, here):
    found = []
    for case_set in (here, there):
        every, cases = opened(case_set, None)
        held = held_by_column(cases, every, "account", "subject_account_id")
        # Numbers of values follow the engine's own order of texts: the groups that they make are compared.
        groups = pd.Series(every.ids[held.case]).groupby(held.value).agg(tuple)
        found.append((sorted(groups), every.ids.tolist()))
    assert found[0][0]
    assert found[1] == found[0]


def _half(case_set):
    """Return a window that ends when what is known does; the one before it is as long."""
    last = case_set.as_of.date() + timedelta(days=1)
    return Window(last - timedelta(days=42), last, case_set.scope.window.zone)
