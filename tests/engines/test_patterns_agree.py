"""What patterns ask of an engine has the same answer on PostgreSQL and on Spark as on DuckDB."""

import numpy as np
import pandas as pd

from tskit.patterns import arrivals, open_pauses, open_queue, triage


def same(found, expected):
    """Fail unless two frames hold the same values; how an engine's driver types a column of nothing is its own affair."""
    both = [frame.astype(object).where(frame.notna(), None) for frame in (found, expected)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)


def test_arrivals_hour_by_hour(there, here):
    mine, theirs = (arrivals(case_set, until=case_set.as_of) for case_set in (here, there))
    names = list(mine.combinations.columns)
    order, other = (part.combinations.sort_values(names).index for part in (mine, theirs))
    same(theirs.combinations.loc[other].reset_index(drop=True), mine.combinations.loc[order].reset_index(drop=True))
    np.testing.assert_array_equal(theirs.counts[other], mine.counts[order])
    assert mine.counts.sum() > 0
    assert (theirs.ends_at, theirs.starts_on, theirs.holidays) == (mine.ends_at, mine.starts_on, mine.holidays)


def test_the_open_queue_its_pauses_and_its_order(there, here):
    mine, theirs = open_queue(here), open_queue(there)
    assert len(mine)
    same(theirs, mine)
    assert theirs.attrs == mine.attrs
    same(open_pauses(there, theirs), open_pauses(here, mine))
    same(triage(there).frame, triage(here).frame)
