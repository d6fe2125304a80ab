"""What `docs/how-to/find-patterns.md` tells people to type works as it stands there, and tells what was planted."""

import re
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tskit.model import Pattern

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "find-patterns.md"
pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return the names that the page's Python makes, on a sample of 40,000 cases."""
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSKIT_CASEBOOK", str(shared_sample(tmp_path_factory, cases=40_000)))
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
            exec(block, names)
    return names


@pytest.mark.parametrize("name", ["spiked", "moved", "explained", "parts", "together", "waits", "late", "effect"])
def test_each_answer_of_the_page_is_a_pattern_with_a_statement(found, name):
    assert isinstance(found[name], Pattern)
    assert found[name].statement.endswith(".")


def test_the_planted_scam_wave_is_explained_by_its_market_and_policy(found):
    first = found["explained"].table.iloc[0]
    assert (first["role"], first["segment"]) == ("cause", {"market": "ID", "policy_id": "DEC-SCAM"})


def test_the_planted_incident_and_the_planted_scam_wave_are_all_that_spiked(found):
    rows = found["spiked"].table
    assert set(rows.loc[rows["is_beyond_noise"], "queue"]) == {"urgent-safety", "deceptive-id"}


def test_the_planted_backlog_of_the_holidays_is_where_cases_wait(found):
    assert "deceptive-th" in found["waits"].statement
