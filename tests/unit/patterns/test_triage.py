"""The order of an open queue: laws that hold whatever the cases, what is not known, and what may not be told."""

import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.samples import shared_sample
from tests.support.tables import case_set_from
from tskit.cases import load, open_casebook
from tskit.errors import ParameterError
from tskit.model import Casebook, Clock, Deadline, Scope, Triage
from tskit.patterns import triage
from tskit.patterns.triage import PARTS, ranked
from tskit.patterns.urgency import left

NOW = pd.Timestamp("2026-03-09 01:00", tz="UTC")
SEVERITIES = [None, "S0", "S1", "S2", "S3"]
POINTS = st.floats(0, 500)
ROW = st.fixed_dictionaries(
    {
        "severity": st.sampled_from(SEVERITIES),
        "reach": st.none() | st.integers(0, 10**9),
        "hours_left": st.none() | st.floats(-1_000, 1_000),
        "others_same": st.none() | st.integers(0, 10_000),
        "age_hours": st.integers(0, 5_000),
    }
)


@st.composite
def weights(draw):
    harm = sorted(draw(st.lists(POINTS, min_size=4, max_size=4)))
    near, late = sorted([draw(POINTS), draw(POINTS)])
    return Triage(
        dict(zip(SEVERITIES[1:], harm, strict=True)),
        reach=draw(POINTS),
        overdue=late,
        deadline=near,
        deadline_hours=draw(st.floats(0.1, 200)),
        spread=draw(POINTS),
    )


def cases_of(rows):
    frame = pd.DataFrame(rows).assign(case_id=[f"c{n:03}" for n in range(len(rows))])
    numbers = {name: frame[name].astype("float64") for name in ("reach", "hours_left", "others_same")}
    due = NOW + pd.to_timedelta(numbers["hours_left"], unit="h")
    return frame.assign(**numbers, due_at=due, created_at=NOW - pd.to_timedelta(frame["age_hours"], unit="h"))


def rank_of(rows, place, points):
    return ranked(cases_of(rows), points).set_index("case_id")["rank"][f"c{place:03}"]


@given(st.lists(ROW, min_size=1, max_size=20), weights())
def test_the_parts_add_up_to_the_score_exactly_as_they_are_shown(rows, points):
    for row in ranked(cases_of(rows), points).itertuples():
        shown = [Decimal(f"{getattr(row, part):.1f}") for part in PARTS]
        assert sum(shown) == Decimal(f"{row.score:.1f}")
        assert [float(part) for part in shown] == [getattr(row, part) for part in PARTS]


@given(st.lists(ROW, min_size=1, max_size=20), weights(), st.randoms())
def test_the_order_is_total_and_hangs_on_nothing_but_the_cases(rows, points, chance):
    frame = cases_of(rows)
    found = ranked(frame, points)
    assert found["rank"].tolist() == list(range(1, len(rows) + 1))
    places = list(range(len(rows)))
    chance.shuffle(places)
    assert ranked(frame.iloc[places], points)["case_id"].tolist() == found["case_id"].tolist()
    scores = found["score"].tolist()
    is_worst = found["severity"].eq("S3").tolist()
    assert is_worst == sorted(is_worst, reverse=True)
    for worst in (True, False):
        part = [score for score, is_one in zip(scores, is_worst, strict=True) if is_one == worst]
        assert part == sorted(part, reverse=True)


@settings(max_examples=50)
@given(st.lists(ROW, min_size=1, max_size=20), weights(), st.data())
def test_more_harm_less_time_or_more_spread_never_lowers_a_rank(rows, points, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    row, before = rows[place], rank_of(rows, place, points)
    worse = data.draw(st.sampled_from(SEVERITIES[SEVERITIES.index(row["severity"]) :]))
    sooner = data.draw(st.floats(-1_000, 1_000 if row["hours_left"] is None else row["hours_left"]))
    more = data.draw(st.integers(row["others_same"] or 0, 20_000))
    further = data.draw(st.integers(row["reach"] or 0, 10**10))
    for changed in ({"severity": worse}, {"hours_left": sooner}, {"others_same": more}, {"reach": further}):
        after = [{**other, **changed} if n == place else other for n, other in enumerate(rows)]
        assert rank_of(after, place, points) <= before


def test_what_is_not_known_gives_no_points():
    [row] = ranked(
        cases_of([{"severity": None, "reach": None, "hours_left": None, "others_same": None, "age_hours": 5}]), Triage()
    ).to_dict("records")
    assert [row[part] for part in (*PARTS, "score")] == [0, 0, 0, 0, 0]


def test_points_are_those_that_the_casebook_says():
    """By hand: 40; 8 times log10 of 18,400; 30 times 1 - 1.34/24; 8 times log2 of 15."""
    row = {"severity": "S2", "reach": 18_400, "hours_left": 1.34, "others_same": 14, "age_hours": 3}
    [found] = ranked(cases_of([row]), Triage()).to_dict("records")
    assert [found[part] for part in PARTS] == [40.0, 34.1, 28.3, 31.3]
    assert found["score"] == 133.7
    late = ranked(cases_of([{**row, "hours_left": -0.1}]), Triage())
    assert late["deadline_points"].tolist() == [40.0]
    due_now = ranked(cases_of([{**row, "hours_left": 0.0}]), replace(Triage(), deadline=31.0))
    assert due_now["deadline_points"].tolist() == [31.0]


BOOK = Casebook(
    Path("drawn"),
    "drawn",
    clocks=(Clock(4, where={"severity": "S2"}), Clock(48)),
    deadlines=(Deadline("the law", hours=24, where={"market": "ID"}),),
)
CASES = """
    case_id | case_number | record_type | created_at       | closed_at        | severity | market | queue | reach | content_id | subject_account_id | entity_type
    episode | 0017        | report      | 2026-03-09 06:20 |                  | S2       | SG     | home  | 18400 | i1         | a1                 | episode
    r1      |             | report      | 2026-03-09 05:00 | 2026-03-09 06:00 | S2       | SG     | home  |       | i1         | a1                 |
    r2      |             | report      | 2026-03-09 05:00 | 2026-03-09 06:00 | S2       | MY     | home  |       | i1         | a1                 |
    r3      |             | report      | 2026-03-09 05:30 | 2026-03-09 06:00 | S2       | MY     | home  |       | i2         | a1                 |
    before  |             | report      | 2026-03-07 12:00 | 2026-03-07 13:00 | S2       | MY     | home  |       | i1         | a1                 |
    too_old |             | report      | 2026-03-01 12:00 | 2026-03-07 13:00 | S2       | MY     | home  |       | i1         | a1                 |
    appeal  |             | appeal      | 2026-03-09 05:00 | 2026-03-09 06:00 | S2       | TH     | home  |       | i1         | a1                 |
    late    |             | report      | 2026-03-08 20:00 |                  |          | ID     | other |       | i9         | a9                 | track
    severe  |             | report      | 2026-03-09 08:00 |                  | S3       | TH     | other | 10    | i8         | a8                 |
"""


@pytest.fixture(scope="module")
def drawn():
    return case_set_from(CASES, casebook=BOOK, as_of="2026-03-09 09:00")


def why(found):
    return found.frame.set_index("case_id")["why"].to_dict()


def test_each_rank_is_explained_in_one_sentence(drawn):
    """Of the same item two others came in within the day, from two markets, of the account one more; none is an appeal."""
    assert why(triage(drawn)) == {
        "severe": "S3, due in 1 d 23 h, no other report in 24 h, reach 10",
        "episode": "S2, due in 1 h 20 min, 2 other reports of the same episode and 1 more report of the same account in 24 h "
        "from 2 markets, reach 18,400",
        "late": "severity not known, due in 11 h (the law), no other report in 24 h, reach not known",
    }
    frame = triage(drawn).frame.set_index("case_id")
    assert frame.loc["episode", ["others_same", "same_item", "same_account", "before"]].tolist() == [3, 2, 1, 1]
    assert frame["case_number"]["episode"] == "0017"


def test_the_highest_severity_comes_first_whatever_the_weights(drawn):
    book = replace(BOOK, triage=Triage({"S0": 0, "S1": 0, "S2": 0, "S3": 0}, reach=500))
    found = triage(replace(drawn, casebook=book))
    assert found.order == ["severe", "episode", "late"]
    assert found.frame["score"].tolist() != sorted(found.frame["score"], reverse=True)


def test_a_target_that_has_passed_does_not_hide_a_law_that_is_ahead(drawn):
    book = replace(BOOK, clocks=(Clock(4),))
    sentence = why(triage(replace(drawn, casebook=book)))["late"]
    assert sentence.startswith("severity not known, overdue by 9 h, due in 11 h (the law), no other report")


def test_queues_and_markets_keep_their_cases_and_evidence_is_looked_for_everywhere(drawn):
    assert triage(drawn, queues=["other"]).order == ["severe", "late"]
    found = triage(drawn, markets=["SG"])
    assert found.frame[["case_id", "rank", "markets"]].to_numpy().tolist() == [["episode", 1, 2]]


def test_nothing_later_is_known(drawn):
    """At six in the morning the episode had not been reported yet, and three reports of it were closed at that moment."""
    then = triage(drawn, until=pd.Timestamp("2026-03-08 21:45", tz="UTC").to_pydatetime())
    assert set(then.order) == {"late", "r1", "r2", "r3", "appeal"}
    assert then.frame.set_index("case_id").loc["r1", ["same_item", "same_account", "markets"]].tolist() == [1, 1, 1]


def test_what_is_counted_for_the_summary_is_told_once(drawn):
    found = triage(drawn, until=None)
    assert (len(found.frame), found.overdue, found.due_within(4), found.due_within(12)) == (3, 0, 1, 2)


def test_nothing_open_has_an_order_too(drawn):
    found = triage(drawn, until=pd.Timestamp("2026-03-08", tz="UTC").to_pydatetime(), queues=["other"])
    assert (found.order, found.overdue, found.due_within(4)) == ([], 0, 0)
    assert list(found.frame.columns) == list(triage(drawn).frame.columns)


def test_a_queue_or_market_that_nobody_has_is_refused_with_the_nearest(drawn):
    with pytest.raises(ParameterError, match="Did you mean 'other'"):
        triage(drawn, queues=["othr"])
    with pytest.raises(ParameterError, match="market"):
        triage(drawn, markets=["XX"])


def test_a_source_with_hardly_a_column_is_ordered_by_age():
    found = triage(
        case_set_from("case_id | created_at\nb | 2026-03-02\na | 2026-03-02\nc | 2026-03-01", as_of="2026-03-05")
    )
    assert found.order == ["c", "a", "b"]
    assert set(found.frame["why"]) == {
        "severity not known, no deadline known, spread not known, reach not known",
    }
    assert "keeps no log" in found.loss


def test_a_deadline_that_the_source_cannot_judge_is_named(drawn):
    book = replace(BOOK, deadlines=(Deadline("live content", hours=3, where={"tags": "live"}),))
    assert triage(replace(drawn, casebook=book)).unjudged == ("live content",)
    assert triage(drawn).unjudged == ("the law",)


def test_reach_that_only_another_decision_tells_says_so():
    drawn = """
        case_id | created_at | closed_at  | decided_at | reach | content_id
        open    | 2026-03-02 |            |            |       | i1
        first   | 2026-02-02 | 2026-02-03 | 2026-02-03 | 100   | i1
        second  | 2026-02-02 | 2026-02-04 | 2026-02-04 | 1000  | i1
        later   | 2026-03-02 | 2026-03-04 | 2026-03-04 | 10000 | i1
    """
    case_set = case_set_from(drawn, as_of="2026-03-09")
    then = triage(case_set, until=pd.Timestamp("2026-03-03", tz="UTC").to_pydatetime()).frame.set_index("case_id")
    assert (then["reach"]["open"], then["reach_from"]["open"]) == (1000, "item")
    assert then["why"]["open"].endswith("reach 1,000 by another decision on the item")
    assert (then["reach_from"]["later"], then["reach"]["later"]) == ("item", 1000)


@pytest.mark.parametrize(("hours", "words"), [(math.nan, "no deadline known"), (0.001, "due in less than a minute")])
def test_time_left_is_told_in_words(hours, words):
    assert left(hours) == words


def test_a_climb_is_told_where_chance_does_not_explain_it():
    """Ten reports after one, alone in the queue, are a climb; two after one are none."""
    rows = [
        "case_id | created_at | closed_at | content_id | market",
        "before | 2026-03-07 12:00 | 2026-03-07 13:00 | i1 | SG",
    ]
    rows += [f"r{n} | 2026-03-08 1{n}:00 | 2026-03-08 20:00 | i1 | SG" for n in range(10)]
    many = case_set_from("\n".join([*rows, "open | 2026-03-08 22:00 | | i1 | SG"]), as_of="2026-03-09 09:00")
    few = case_set_from("\n".join([*rows[:4], "open | 2026-03-08 22:00 | | i1 | SG"]), as_of="2026-03-09 09:00")
    [row] = triage(many).frame.to_dict("records")
    assert "climbing from 1 in the 24 h before" in row["why"]
    assert row["times_low"] == pytest.approx(1.42, abs=0.01)
    [row] = triage(few).frame.to_dict("records")
    assert "climbing" not in row["why"]
    assert not row["is_climbing"]


def test_of_withheld_cases_nothing_but_the_route_is_told(tmp_path_factory):
    """Their content may not be handled here: rank, severity and deadline stand, what it is about does not."""
    case_set = load(Scope(), casebook=open_casebook(shared_sample(tmp_path_factory, cases=3_000)))
    withheld = case_set.cases.filter(case_set.cases.policy_id == "DAN-CHILD-SAFETY").order_by("created_at").limit(1)
    [at] = withheld.to_pyarrow()["created_at"].to_pylist()
    found = triage(case_set, until=at).frame
    mine = found[found["route"] != ""]
    assert len(mine)
    hidden = [
        "content_id",
        "subject_account_id",
        "policy_id",
        "abuse_type_reported",
        "entity_type",
        "reach",
        "others_same",
    ]
    assert mine[hidden].isna().all(axis=None)
    for row in mine.itertuples():
        assert row.why.endswith(
            "Work on this case in the authorised child-safety workflow. Its content is not handled here."
        )
        assert "report" not in row.why
        assert sum(getattr(row, part) for part in PARTS) == pytest.approx(row.score)
