"""Judged cases drawn as text: so many cases of a cause, with what else is known of them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.support.tables import rows_from


@pytest.fixture
def judged_from():
    """Return the function that turns a drawn table into what `judged` returns."""
    return draw


def draw(text):
    """A row stands for `times` cases; `state` is "settled" unless drawn, `weight` 1, a blank weight none."""
    rows = pd.DataFrame(rows_from(text), dtype=object)
    rows["case_id"] = [f"c{i}" for i in range(len(rows))]
    if "state" not in rows:
        rows["state"] = "settled"
    weight = rows["weight"] if "weight" in rows else pd.Series("1", index=rows.index)
    rows["weight"] = pd.to_numeric(weight.replace("", None)).astype("float64")
    return rows.replace("", None)
