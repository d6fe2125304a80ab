"""The session by its messages alone: what is saved, where it lands, and what the page is never told."""

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.samples import shared_sample
from tskit import causes
from tskit.cases import load, open_casebook
from tskit.causes import TagLog, judgements, taxonomy_of
from tskit.errors import ParameterError
from tskit.model import Scope, Tag
from tskit.records import open_store
from tskit.ui.review.exposure import Exposure
from tskit.ui.review.facts import FactBook
from tskit.ui.review.ledger import Ledger
from tskit.ui.review.queue import Queue, opened_order
from tskit.ui.review.session import Round, Session

START = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)


class Clock:
    """A second more at each look."""

    def __init__(self):
        self.at = START

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return load(Scope(), casebook=open_casebook(folder))


@pytest.fixture(scope="module")
def ids(case_set):
    return opened_order(case_set)[:12]


@pytest.fixture
def log(case_set, tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, taxonomy_of(case_set.casebook))


@pytest.fixture
def open_session(case_set, ids, log, tmp_path):
    clock = Clock()

    def opened(*, person="eve", round_=None, suggest=None, order=None):
        doing = round_ or Round()
        queue = Queue(order or ids)
        written = f"adjudication:{doing.name}" if doing.is_adjudication else doing.name
        ledger = Ledger(log, person, written, queue)
        exposure = Exposure(tmp_path / "data", date(2026, 11, 3))
        return Session(case_set, queue, FactBook(case_set), ledger, exposure, doing, clock, suggest=suggest)

    return opened


def judged(case_id, cause="RC2.1", *, key=None, **more):
    return {"type": "judge", "key": key or f"{case_id}-{cause}", "case_id": case_id, "cause": cause, **more}


def rows(log):
    return judgements(log)[["case_id", "kind", "cause", "tagger"]].values.tolist()


def test_a_save_lands_on_the_case_that_the_page_shows_wherever_the_kernel_is(open_session, log, ids):
    session = open_session()
    session.answer({"type": "go", "key": "g", "case_id": ids[0], "steps": 5})
    session.answer(judged(ids[2]))
    assert rows(log) == [[ids[2], "tag", "RC2.1", "eve"]]


def test_after_a_save_the_next_case_without_an_answer_comes(open_session, ids):
    session = open_session()
    session.answer(judged(ids[1]))
    assert session.answer(judged(ids[0]))["case"]["case_id"] == ids[2]


def test_a_person_may_stay_on_a_case_after_deciding(open_session, ids):
    answer = open_session().answer(judged(ids[0], advance=False))
    assert answer["case"]["case_id"] == ids[0]
    assert answer["case"]["mark"]["cause"] == "RC2.1"


def test_the_same_message_sent_twice_saves_once_and_is_answered_alike(open_session, log, ids):
    session = open_session()
    first = session.answer(judged(ids[0], key="k"))
    assert session.answer(judged(ids[0], key="k")) == first
    assert len(rows(log)) == 1


def test_a_message_sent_again_to_a_new_kernel_saves_once(open_session, log, ids):
    open_session().answer(judged(ids[0], key="k"))
    open_session().answer(judged(ids[0], key="k"))
    assert len(causes.history(log, ids[0])) == 1


def test_a_second_judgement_takes_the_place_of_the_first_and_undo_brings_it_back(open_session, log, ids):
    session = open_session()
    session.answer(judged(ids[0], "RC2.1"))
    changed = session.answer(judged(ids[0], "RC4.1"))
    assert rows(log) == [[ids[0], "tag", "RC4.1", "eve"]]
    undone = session.answer({"type": "undo", "key": "u", "target": changed["last"]})
    assert rows(log) == [[ids[0], "tag", "RC2.1", "eve"]]
    assert undone["case"]["case_id"] == ids[0]
    assert undone["case"]["mark"]["cause"] == "RC2.1"


def test_undo_goes_back_one_deed_at_a_time_until_nothing_is_left(open_session, log, ids):
    session = open_session()
    for case_id in ids[:3]:
        last = session.answer(judged(case_id))["last"]
    for place, case_id in enumerate(reversed(ids[:3])):
        answer = session.answer({"type": "undo", "key": f"u{place}", "target": last})
        assert answer["case"]["case_id"] == case_id
        last = answer["last"]
    assert last == ""
    assert rows(log) == []
    assert "nothing to undo" in session.answer({"type": "undo", "key": "u9", "target": ""})["said"]


def test_undo_of_something_other_than_the_page_shows_is_refused_in_words(open_session, log, ids):
    session = open_session()
    session.answer(judged(ids[0]))
    answer = session.answer({"type": "undo", "key": "u", "target": "another"})
    assert answer["is_bad"]
    assert len(rows(log)) == 1


def test_a_person_goes_on_where_they_stopped(open_session, ids):
    session = open_session()
    session.answer(judged(ids[0]))
    session.answer({**judged(ids[1]), "kind": "skip"})
    again = open_session().answer({"type": "hello", "key": "h"})
    assert again["case"]["case_id"] == ids[2]
    assert again["queue"] == {"place": 2, "of": 12, "tagged": 1, "skipped": 1, "flagged": 0}
    assert [mark["case_id"] for mark in again["recent"]] == [ids[1], ids[0]]


def test_each_person_has_a_queue_of_their_own(open_session, ids):
    open_session(person="eve").answer(judged(ids[0]))
    other = open_session(person="adam").answer({"type": "hello", "key": "h"})
    assert other["case"]["case_id"] == ids[0]
    assert other["recent"] == []


def test_a_flag_stays_beside_the_tag_and_comes_off_with_the_same_key(open_session, log, ids):
    session = open_session()
    session.answer({"type": "flag", "key": "f1", "case_id": ids[0]})
    session.answer(judged(ids[0]))
    assert sorted(kind for _, kind, _, _ in rows(log)) == ["flag", "tag"]
    assert open_session().answer({"type": "go", "key": "g", "case_id": ids[3], "to": "flagged"})["case"]["is_flagged"]
    answer = session.answer({"type": "flag", "key": "f2", "case_id": ids[0]})
    assert not answer["case"]["is_flagged"]
    assert [kind for _, kind, _, _ in rows(log)] == ["tag"]


def test_only_the_last_ten_decisions_are_listed_newest_first(open_session, ids):
    session = open_session()
    for case_id in ids:
        answer = session.answer(judged(case_id))
    assert [mark["case_id"] for mark in answer["recent"]] == ids[:1:-1]


def test_the_whole_judgement_is_kept_and_shown_again(open_session, ids):
    session = open_session()
    whole = {"contributing": ["RC4.1"], "trigger": "RC7.2", "confidence": "high", "note": "why", "evidence": "minute 4"}
    mark = session.answer(judged(ids[0], advance=False, **whole))["case"]["mark"]
    assert {name: mark[name] for name in whole} == whole


def test_a_judgement_that_breaks_a_rule_is_refused_and_nothing_is_written(open_session, log, ids):
    session = open_session()
    with pytest.raises(ParameterError):
        session.answer(judged(ids[0], "RC7.2"))
    with pytest.raises(ParameterError):
        session.answer(judged("no such case"))
    with pytest.raises(ParameterError, match="at most 4,000"):
        session.answer(judged(ids[0], note="x" * 4_001))
    assert rows(log) == []


@pytest.mark.parametrize(
    "message",
    [
        {"type": "judge"},
        {"type": "judge", "key": 7, "case_id": "x"},
        {"type": "judge", "key": "k", "case_id": "x", "confidence": "certain"},
        {"type": "judge", "key": "k", "case_id": "x", "contributing": "RC1"},
        {"type": "go", "steps": "far"},
        {"type": "shell"},
        {},
    ],
)
def test_a_message_that_is_none_is_refused(open_session, message):
    with pytest.raises(ParameterError):
        open_session().answer(message)


def test_a_blind_round_shows_nothing_of_what_others_judged(open_session, log, ids):
    said = Tag(ids[0], "RC1.1", "ben", START, note="SECRET-OF-BEN", round="r1", key="b")
    causes.record(log, said)
    session = open_session(round_=Round("r1", is_blind=True))
    for message in ({"type": "hello", "key": "h"}, judged(ids[0], advance=False)):
        answer = session.answer(message)
        assert answer["case"]["others"] == []
        assert "ben" not in repr(answer)
        assert "SECRET" not in repr(answer)


def test_an_open_review_shows_what_others_judged(open_session, log, ids):
    causes.record(log, Tag(ids[0], "RC1.1", "ben", START, note="seen", key="b"))
    others = open_session().answer({"type": "hello", "key": "h"})["case"]["others"]
    assert [(one["tagger"], one["cause"], one["note"]) for one in others] == [("ben", "RC1.1", "seen")]


def test_adjudication_shows_both_and_its_judgement_is_a_round_of_its_own(open_session, log, ids):
    for person, cause in (("ben", "RC1.1"), ("eve", "RC2.1")):
        causes.record(log, Tag(ids[0], cause, person, START, round="r1", key=person))
    session = open_session(round_=Round("r1", is_adjudication=True))
    shown = session.answer({"type": "hello", "key": "h"})["case"]
    assert {one["tagger"] for one in shown["others"]} == {"ben", "eve"}
    assert shown["mark"] is None
    session.answer(judged(ids[0], "RC1.1"))
    found = judgements(log, round="adjudication:r1")
    assert found[["cause", "tagger"]].values.tolist() == [["RC1.1", "eve"]]


class Advised:
    cause, reason, precision, precision_low, precision_high, n = "RC1.1", "a rule", 0.8, 0.6, 0.9, 20


def test_suggestions_that_are_still_being_made_are_said_to_come(open_session, ids):
    asked = {"type": "advise", "key": "k1", "case_id": ids[0]}
    answer = open_session(suggest=lambda _: None).answer(asked)
    assert (answer["suggestions"], answer["is_coming"]) == (None, True)


def test_in_a_blind_round_suggestions_come_after_the_decision(open_session, ids):
    asked = {"type": "advise", "key": "a", "case_id": ids[0]}
    session = open_session(round_=Round("r1", is_blind=True), suggest=lambda _: [Advised()])
    assert session.answer(asked)["suggestions"] is None
    session.answer({**judged(ids[0], advance=False), "kind": "skip", "key": "s"})
    assert session.answer(asked)["suggestions"] is None
    session.answer(judged(ids[0], advance=False))
    assert session.answer(asked)["suggestions"][0]["measured"] == "Right in 80% (60% to 90%) of 20 past tags."


def test_content_comes_only_when_it_is_asked_for_and_counts_for_the_person_alone(open_session, log, ids):
    session = open_session()
    shown = session.answer({"type": "hello", "key": "h"})
    content = session.answer({"type": "reveal", "key": "r", "case_id": ids[0]})
    assert content["content"]["description"]
    assert content["content"]["description"] not in repr(shown)
    assert content["opened"] == 1
    assert rows(log) == []


def test_withheld_content_is_never_read_and_its_route_is_told(open_session, case_set):
    found = case_set.cases.filter(case_set.cases.policy_id == "DAN-CHILD-SAFETY").select("case_id").to_pyarrow()
    case_id = found.column("case_id").to_pylist()[0]
    session = open_session(order=[case_id])
    assert session.answer({"type": "hello", "key": "h"})["case"]["route"]
    answer = session.answer({"type": "reveal", "key": "r", "case_id": case_id})
    assert answer["content"]["route"]
    assert answer["content"]["description"] == answer["content"]["subject"] == ""
    assert answer["opened"] == 0


@pytest.mark.parametrize(
    ("text", "place"), [("3", 2), (" 12 ", 11), ("13", None), ("", None), ("nothing", None), ("0", None)]
)
def test_a_place_is_found_by_its_position(open_session, ids, text, place):
    answer = open_session().answer({"type": "go", "key": "g", "case_id": ids[0], "find": text})
    assert answer["queue"]["place"] == (place or 0)


def test_a_place_is_found_by_the_id_of_its_case_or_the_end_of_it(open_session, ids):
    session = open_session()
    assert session.answer({"type": "go", "case_id": "", "find": ids[7]})["queue"]["place"] == 7
    assert session.answer({"type": "go", "case_id": "", "find": ids[4][-8:]})["queue"]["place"] == 4


def test_an_empty_queue_says_what_to_do():
    with pytest.raises(ParameterError, match="Widen"):
        Queue([])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tag"), st.integers(0, 5), st.sampled_from(["RC1.1", "RC2.1", "RC4.2"])),
        st.tuples(st.just("skip"), st.integers(0, 5), st.just("")),
        st.tuples(st.just("flag"), st.integers(0, 5), st.just("")),
        st.tuples(st.just("undo"), st.just(0), st.just("")),
        st.tuples(st.just("resume"), st.just(0), st.just("")),
    ),
    max_size=10,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(steps=[("skip", 0, ""), ("flag", 0, ""), ("flag", 0, ""), ("undo", 0, "")])
@given(steps=STEPS)
def test_whatever_is_done_the_log_the_page_and_a_model_agree(open_session, ids, log, steps, request):
    person = f"p{next(_PEOPLE)}"
    session, past, state = open_session(person=person), [], {}
    for number, (deed, place, cause) in enumerate(steps):
        case_id, key = ids[place], f"{person}-{number}"
        if deed == "resume":
            session = open_session(person=person)
            break  # a new kernel knows what stands, not the order of everything before: undo is checked within one
        if deed == "undo":
            session.answer({"type": "undo", "key": key, "target": session.ledger.last()})
            _undo(state, past)
        else:
            kind = "flag" if deed == "flag" else "judge"
            session.answer({"type": kind, "kind": deed, "key": key, "case_id": case_id, "cause": cause})
            _apply(state, past, (case_id, deed == "flag"), cause or deed)
    ledger = session.ledger
    assert ledger.skipped == sum(answer.kind == "skip" for answer in ledger.answers.values())
    found = judgements(log, tagger=person)
    stands = {
        (row.case_id, row.kind == "flag"): row.cause if row.kind == "tag" else row.kind for row in found.itertuples()
    }
    assert stands == state
    assert {case_id: mark.cause or mark.kind for case_id, mark in session.ledger.answers.items()} == {
        case_id: said for (case_id, is_flag), said in state.items() if not is_flag
    }


_PEOPLE = iter(range(10**6))


def _apply(state, past, slot, said):
    """Do a deed in the model: `past` holds what each deed changed, and what stood there before it."""
    if said == "flag" and slot in state:
        # Taking a flag off is no deed that undo takes back: the deed that set it is gone from the past.
        del state[slot]
        past[:] = [(changed, before) for changed, before in past if changed != slot]
        return
    past.append((slot, state.get(slot)))
    state[slot] = said


def _undo(state, past):
    if not past:
        return
    slot, before = past.pop()
    if before is None:
        del state[slot]
    else:
        state[slot] = before
