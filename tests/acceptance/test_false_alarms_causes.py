"""Where nothing is planted, nothing is claimed: root causes and links on a sample without stories, and on shuffled segments.

benchmarks/false_alarms.py measures the rates; this holds a cheap part of it with fixed seeds.
"""

from datetime import date

import numpy as np
import pytest

from tskit import Scope, load
from tskit.causes.concentrations import concentrations
from tskit.findings import session
from tskit.findings.session.cards import has_clear_lead
from tskit.patterns import crowding, links, wordings
from tskit.sources.synthetic import write_sample

BY = ["decided_vendor", "policy_id", "market"]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Return the cases of a sample in which no story is planted."""
    root = tmp_path_factory.mktemp("quiet") / "sample"
    write_sample(root, cases=20_000, seed=201, until=date(2026, 11, 1), stories="none")
    return load(Scope.from_parameters(start="2025-11-03", end="2026-11-01"), casebook=str(root))


@pytest.fixture(scope="module")
def held(quiet):
    return session.hold(quiet, session.asked(problem=["qa_incorrect", "overturned"], by=BY))


def test_a_session_claims_nothing_where_nothing_is_planted(held):
    assert held.ranked.tagged > 0
    assert not held.places.found
    assert not has_clear_lead(held)
    assert not any(slope.stands_out for slope in held.course.slopes)


def test_segments_dealt_out_by_lot_hold_no_concentration(held):
    """60 deals of 170 cases: at a third of 5 % at most one claim is expected, and more than four in one of 270 such tests."""
    rng, claimed = np.random.default_rng(17), 0
    tagged = held.judged[held.judged["state"] == "settled"].reset_index(drop=True)
    for _ in range(60):
        cases, lots = (tagged.iloc[rng.integers(0, len(tagged), 170)].reset_index(drop=True) for _ in range(2))
        claimed += bool(concentrations(cases.assign(**{name: lots[name] for name in BY}), by=BY).found)
    assert claimed <= 4


def test_ordinary_cases_keep_no_company_beyond_chance(quiet):
    ids = np.array(sorted(quiet.cases.select("case_id").to_pyarrow().column("case_id").to_pylist()), dtype=object)
    some = [str(case_id) for case_id in np.random.default_rng(3).choice(ids, 40, replace=False)]
    texts = wordings(quiet)
    crowds = crowding(quiet, links(quiet, some, texts=texts), texts=texts)
    assert crowds
    assert not [crowd for crowd in crowds if crowd.stands_out]
