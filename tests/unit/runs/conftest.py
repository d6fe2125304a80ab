from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tskit.runs import Setting, Template

HEAD = """# %% [markdown]
# # A small write-up
#
# What it answers.

# %% tags=["parameters"]
market: str = ""  # one market; empty for all
top: int = 3  # how many rows
by: list[str] = []  # columns

# %%
from tskit import Scope

scope = Scope.from_parameters(market=market)

# %% [markdown]
# ## 1. Begin
# Why.

# %%
"""


@pytest.fixture
def template(tmp_path):
    """Return a function that makes a template with one cell of the given code, called `small`."""

    def make(code="scope", name="small"):
        path = tmp_path / f"{name}.py"
        path.write_text(HEAD + code + "\n", encoding="utf-8")
        return Template.from_file(path)

    return make


@pytest.fixture
def setting():
    """Return a setting whose clock moves one second a look."""
    ticks = count()
    return Setting(clock=lambda: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=next(ticks)))
