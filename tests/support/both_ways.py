"""Metrics are counted in held rows or by the engine: here each question is asked both ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from tskit.errors import TskitError
from tskit.metrics import held as held_rows
from tskit.metrics import measure

if TYPE_CHECKING:
    from tskit.model import CaseSet

__all__ = ["agreed", "by_engine"]


def agreed(case_set: CaseSet, metric: str, **asked: Any) -> pd.DataFrame:
    """Return the figures of a metric, and fail unless held rows and the engine say the same."""
    assert held_rows.held(case_set), "these rows are not held, so only one way would be asked"
    try:
        found = measure(case_set, metric, **asked)
    except TskitError as error:
        with pytest.raises(type(error)):
            by_engine(case_set, metric, **asked)
        raise
    # the last digit of a sum depends on the order of its parts
    pd.testing.assert_frame_equal(found, by_engine(case_set, metric, **asked), rtol=1e-12, atol=1e-12)
    return found


def by_engine(case_set: CaseSet, metric: str, **asked: Any) -> pd.DataFrame:
    """Return the figures as the engine aggregates them, with no row in memory."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(held_rows, "_MOST_ROWS", -1)
        bare = replace(case_set, held={})
        assert held_rows.held(bare) is None
        return measure(bare, metric, **asked)
