"""The register of actions: what one needs, how it changes, and when it is overdue."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tskit.causes import taxonomy_of
from tskit.causes.entries import TagLog
from tskit.causes.register import Action, Baseline, actions, add_action, change_action
from tskit.errors import ParameterError
from tskit.model import Casebook
from tskit.records import open_store

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ACTION = Action(
    id="guide-impersonation",
    what="Publish examples of impersonation with cover art",
    cause="RC2.1",
    owner="Policy lead",
    due=date(2026, 11, 20),
    metric="overturn_rate",
    where=(("policy_id", ("DEC-IMPERSONATION",)),),
    baseline=Baseline(0.31, 0.22, 0.41, 31, 100, date(2026, 8, 10), date(2026, 11, 2)),
)


@pytest.fixture
def log(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, taxonomy_of(Casebook(root=Path("drawn"), name="drawn")))


def test_an_action_comes_back_as_it_was_written_with_the_partner_whom_its_cause_concerns(log):
    written = add_action(log, ACTION, author="mei", at=AT)
    assert written == replace(ACTION, partner="policy", author="mei", at=AT)
    assert actions(log) == [written]


def test_a_change_takes_its_place_and_the_history_keeps_what_it_was(log):
    first = add_action(log, ACTION, author="mei", at=AT)
    done = change_action(log, replace(first, done_on=date(2026, 11, 18)), author="ben", at=AT + timedelta(days=16))
    assert actions(log) == [done]
    assert actions(log, until=AT) == [first]
    assert len(log.store.entries("actions")) == 2


HIDDEN = ["zq\x00x", "zq\u202ex", "zq\u200bx", " zq", "zq\nx"]


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("name", ["id", "owner", "metric", "where", "author"])
def test_what_cannot_be_seen_is_refused_in_a_name_and_never_quoted(log, name, text):
    change = {"where": (("policy_id", (text,)),)} if name == "where" else {} if name == "author" else {name: text}
    with pytest.raises(ParameterError, match="one line") as caught:
        add_action(log, replace(ACTION, **change), author=text if name == "author" else "mei", at=AT)
    assert text not in str(caught.value)
    assert log.store.entries("actions") == []


def test_what_is_to_be_done_may_have_lines_and_no_control_characters(log):
    assert add_action(log, replace(ACTION, what="One\ntwo"), author="mei", at=AT).what == "One\ntwo"
    with pytest.raises(ParameterError, match="control characters"):
        add_action(log, replace(ACTION, id="b", what="a\x00b"), author="mei", at=AT)


def test_the_first_due_stands_first(log):
    add_action(log, ACTION, author="mei", at=AT)
    add_action(log, replace(ACTION, id="b", due=date(2026, 11, 5)), author="mei", at=AT)
    assert [action.id for action in actions(log)] == ["b", "guide-impersonation"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"owner": " "}, "no owner"),
        ({"what": ""}, "no what"),
        ({"cause": "RC2.11"}, "no cause 'RC2.11'"),
        ({"partner": "polcy"}, "Did you mean 'policy'"),
    ],
)
def test_an_action_that_lacks_something_is_refused(log, change, message):
    with pytest.raises(ParameterError, match=message):
        add_action(log, replace(ACTION, **change), author="mei", at=AT)
    assert actions(log) == []


def test_an_id_is_used_once_and_only_a_known_action_is_changed(log):
    add_action(log, ACTION, author="mei", at=AT)
    with pytest.raises(ParameterError, match="already"):
        add_action(log, ACTION, author="mei", at=AT)
    with pytest.raises(ParameterError, match="Did you mean 'guide-impersonation'"):
        change_action(log, replace(ACTION, id="guide-impersonatoin"), author="mei", at=AT)


def test_an_action_is_overdue_from_the_day_after_until_it_is_done_or_dropped():
    assert not ACTION.is_overdue(on=date(2026, 11, 20))
    assert ACTION.is_overdue(on=date(2026, 11, 21))
    assert not replace(ACTION, done_on=date(2026, 11, 25)).is_overdue(on=date(2026, 11, 30))
    assert not replace(ACTION, is_dropped=True).is_overdue(on=date(2026, 11, 30))


def test_no_repr_shows_what_somebody_wrote_or_who_it_is():
    shown = repr(replace(ACTION, author="mei"))
    assert not any(word in shown for word in ("cover art", "Policy lead", "mei"))
