"""What `docs/how-to/run-a-blind-round.md` tells people to type works as it stands there."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.support.samples import shared_sample
from tskit import Scope, load
from tskit.causes import open_log, record, round_of
from tskit.model import Tag

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "run-a-blind-round.md"


@pytest.fixture
def case_set(tmp_path, tmp_path_factory):
    folder = tmp_path / "book"
    shutil.copytree(shared_sample(tmp_path_factory, cases=6_000), folder)
    return load(Scope.from_parameters(start="2025-01-01", end="2026-11-01"), casebook=folder)


def test_the_python_of_the_page_draws_opens_and_estimates(case_set):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    draws, *widgets, estimates = blocks
    assert all("tskit.ui" in block or block.startswith("review(") for block in widgets)
    names = {"case_set": case_set}
    exec(draws, names)
    log = open_log(case_set.casebook)
    cases = round_of(log, "2026-11").cases
    assert 10 < len(cases) <= 120
    for n, row in cases.iterrows():
        for person in row["raters"]:
            cause = "RC2.1" if n % 3 else "RC1.2"
            at = names["datetime"].now(names["UTC"])
            record(log, Tag(row["case_id"], cause, person, at, round="2026-11", key=f"{n}:{person}"))
    shown = estimates.replace("\nweighted_share(", "\nfound = weighted_share(")
    exec(shown, names)
    found = names["found"]
    assert isinstance(found, pd.DataFrame)
    assert found["share"].between(0, 1).all()
    assert found["cases"].sum() == len(cases)
