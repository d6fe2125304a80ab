"""Rounds: kept once under their name, and in an order of each person's own."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from tskit.causes.assignment import assign
from tskit.causes.entries import TagLog
from tskit.causes.rounds import LOG, case_order, draft_of, open_round, round_of, rounds
from tskit.causes.sampling import draw
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.errors import ParameterError
from tskit.model import Casebook
from tskit.records import open_store

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
PEOPLE = ("aisyah", "ben", "chloe")


@pytest.fixture
def log(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, taxonomy_of(Casebook(tmp_path, "casebook")))


def sample(n=30, **asked):
    cases = pd.DataFrame({"case_id": [f"c{i:03d}" for i in range(200)], "score": range(200)})
    drawn = draw(cases, size=n, seed=7, **asked)
    return assign(drawn, people=PEOPLE, seed=7)


def opened(log, name="2026-11", assigned=None, **asked):
    return open_round(log, name, sample() if assigned is None else assigned, author="mei", at=AT, **asked)


def test_a_round_comes_back_as_it_was_opened(log):
    assigned = sample()
    opened(log, assigned=assigned, question="Why were these wrong?")
    found = round_of(log, "2026-11")
    assert (found.name, found.is_blind, found.author, found.opened_at) == ("2026-11", True, "mei", AT)
    assert (found.design, found.seed, found.question) == ("random", 7, "Why were these wrong?")
    assert found.people == PEOPLE
    for column in ("case_id", "stratum", "inclusion_probability", "weight", "raters"):
        assert found.cases[column].tolist() == assigned[column].tolist(), column


def test_a_round_by_uncertainty_keeps_no_weight(log):
    opened(log, assigned=sample(design="uncertainty"))
    assert round_of(log, "2026-11").cases["weight"].isna().all()


def test_a_list_made_by_hand_is_a_round_without_weights(log):
    opened(log, assigned=pd.DataFrame({"case_id": ["a", "b"], "raters": [["ben"], ["ben", "mei"]]}))
    found = round_of(log, "2026-11")
    assert found.cases["weight"].isna().all()
    assert (found.design, found.seed) == ("", None)


def test_a_round_need_not_be_blind(log):
    assert not opened(log, is_blind=False).is_blind
    assert not round_of(log, "2026-11").is_blind


def test_a_name_is_used_once(log):
    opened(log)
    with pytest.raises(ParameterError, match="Take another name"):
        opened(log, assigned=sample(10))
    with pytest.raises(ParameterError, match="Take another name"):
        opened(log)
    assert len(round_of(log, "2026-11").cases) == 30


def test_of_two_who_open_a_name_at_once_one_is_told(log, monkeypatch):
    opened(log)
    monkeypatch.setattr(type(log.store), "entries", lambda *_, **__: [])
    with pytest.raises(ParameterError, match="Take another name"):
        opened(log, assigned=sample(10))


@pytest.mark.parametrize("name", ["", " 2026", "a:b", "adjudication", "a\nb", "x" * 81, "../up"])
def test_a_name_that_could_be_mistaken_is_refused(log, name):
    with pytest.raises(ParameterError, match="named by up to 80"):
        opened(log, name)


@pytest.mark.parametrize("name", ["2026-11 ID scams", "2026-11 (top-up)", "รอบแรก", "复核一"])
def test_a_name_may_be_in_any_script(log, name):
    assert opened(log, name).name == name


def test_a_round_that_is_not_there_names_the_nearest(log):
    with pytest.raises(ParameterError, match="No round was opened yet"):
        round_of(log, "2026-11")
    opened(log)
    with pytest.raises(ParameterError, match="Did you mean '2026-11'"):
        round_of(log, "2026-12")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "no case to judge"),
        ([("a", ["ben"]), ("a", ["mei"])], "stands twice"),
        ([("a", [])], "somebody to judge it"),
        ([("a", ["ben", "ben"])], "nobody twice"),
    ],
)
def test_a_round_that_cannot_be_judged_is_refused(log, rows, told):
    with pytest.raises(ParameterError, match=told):
        opened(log, assigned=pd.DataFrame(rows, columns=["case_id", "raters"]))


def test_a_sample_that_nobody_was_given_is_refused(log):
    with pytest.raises(ParameterError, match="no column 'raters'"):
        opened(log, assigned=sample().drop(columns="raters"))


def test_rounds_are_listed_latest_first(log):
    opened(log, "first")
    opened(log, "second", assigned=sample(10))
    listed = rounds(log)
    assert listed["name"].tolist() == ["second", "first"]
    assert listed["cases"].tolist() == [10, 30]
    assert rounds(log)["people"].tolist() == ["aisyah, ben, chloe"] * 2


def test_no_round_makes_an_empty_list(log):
    assert rounds(log).empty


def test_each_person_has_an_order_of_their_own_and_always_the_same(log):
    # all cases are given to all, so that orders can differ in nothing but the order
    everybody = assign(sample().drop(columns="raters"), people=PEOPLE, per_case=3, seed=1)
    found = opened(log, assigned=everybody)
    orders = [case_order(found, person) for person in PEOPLE]
    assert {frozenset(order) for order in orders} == {frozenset(found.cases["case_id"])}
    assert len({tuple(order) for order in orders}) == 3
    assert orders == [case_order(round_of(log, "2026-11"), person) for person in PEOPLE]


def test_a_person_is_shown_only_their_cases(log):
    found = opened(log)
    for person in PEOPLE:
        mine = {c for c, raters in zip(found.cases["case_id"], found.cases["raters"], strict=True) if person in raters}
        assert set(case_order(found, person)) == mine == set(found.cases_of(person))
    assert case_order(found, "somebody else") == []


def test_the_order_is_pinned_so_that_a_session_can_be_resumed_after_an_upgrade(log):
    hand = pd.DataFrame({"case_id": list("abcde"), "raters": [["ben"]] * 5})
    assert "".join(case_order(opened(log, assigned=hand), "ben")) == "cbade"


def test_a_line_of_a_file_is_the_round_that_it_describes(log):
    line = {
        "name": "2026-11",
        "is_blind": True,
        "design": "stratified",
        "seed": 7,
        "question": "",
        "author": "mei",
        "at": "2026-11-02T01:00:00.000Z",
        "cases": [{"case_id": "a", "stratum": "s", "inclusion_probability": 0.5, "weight": 2.0, "raters": ["ben"]}],
    }
    log.store.append(LOG, [draft_of(line)])
    found = round_of(log, "2026-11")
    assert found.opened_at == AT
    assert found.cases["weight"].tolist() == [2.0]


def test_a_round_shows_no_case_where_it_is_printed(log):
    assert "c0" not in repr(opened(log))
