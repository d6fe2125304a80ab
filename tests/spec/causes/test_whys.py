"""Five whys: each with evidence, at most seven, and where a chain ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tskit.causes import taxonomy_of
from tskit.causes.entries import TagLog
from tskit.causes.whys import Chain, Why, about_cause, record_whys, root_of, whys
from tskit.errors import ParameterError
from tskit.model import Casebook
from tskit.records import open_store

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TAXONOMY = taxonomy_of(Casebook(root=Path("drawn"), name="drawn"))


@pytest.fixture
def log(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, TAXONOMY)


def why(cause="", text="because", evidence="case:a"):
    return Why(text, evidence, cause)


def test_a_chain_comes_back_as_it_was_written(log):
    steps = [why(), why("RC3.1"), why("RC2.1")]
    written = record_whys(log, about_cause("RC2.1"), steps, author="mei", at=AT)
    assert whys(log) == [written]
    assert written.steps == tuple(steps)


def test_a_later_chain_about_the_same_takes_its_place_and_the_history_keeps_both(log):
    record_whys(log, "a", [why("RC3.1")], author="mei", at=AT)
    later = record_whys(log, "a", [why("RC3.1"), why("RC2.1")], author="ben", at=AT + timedelta(hours=1))
    assert whys(log) == [later]
    assert len(whys(log, until=AT)[0].steps) == 1
    assert len(log.store.entries("whys")) == 2


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "1 to 7"),
        ([why()] * 8, "1 to 7"),
        ([why(), why(evidence=" ")], "Why 2 has no evidence"),
        ([why(text="")], "Why 1 has no answer"),
        ([why("RC2.11")], "no cause 'RC2.11'"),
    ],
)
def test_a_chain_that_does_not_hold_up_is_refused_and_nothing_is_written(log, steps, message):
    with pytest.raises(ParameterError, match=message):
        record_whys(log, "a", steps, author="mei", at=AT)
    assert log.store.entries("whys") == []


@pytest.mark.parametrize(
    ("causes", "root", "step", "is_finished"),
    [
        (["RC3.1", "RC2.1", "RC1.4"], "RC1.4", 3, True),
        (["RC3.1", "RC2.1", ""], "RC2.1", 2, True),
        (["RC2.1", "RC10.3"], "RC2.1", 1, True),  # what is outside our control is where the chain has left our hands
        (["RC3.1"], "RC3.1", 1, False),  # a mistake is no end: what let it happen
        (["RC7.2"], "", 0, False),
        (["RC0.1"], "", 0, False),
        ([""], "", 0, False),
    ],
)
def test_a_chain_ends_at_the_earliest_controllable_cause(causes, root, step, is_finished):
    found = root_of(Chain("a", tuple(why(cause) for cause in causes), "mei", AT, "k"), taxonomy=TAXONOMY)
    assert (found.cause, found.step, found.is_finished) == (root, step, is_finished)
    assert bool(found.left_to_ask) is not is_finished


@pytest.mark.parametrize(
    ("subject", "step", "author"),
    [("c1\x00", ("a", "b"), "mei"), ("c1", ("a\x00", "b"), "mei"), ("c1", ("a", "b\x1b"), "mei"), ("c1", ("a", "b"), "m\u200bei")],
)  # fmt: skip
def test_control_characters_are_refused_and_nothing_is_written(log, subject, step, author):
    with pytest.raises(ParameterError):
        record_whys(log, subject, [Why(*step)], author=author, at=AT)
    assert log.store.entries("whys") == []


def test_no_repr_shows_what_somebody_wrote(log):
    chain = record_whys(log, "a", [why(text="canary words", evidence="canary proof")], author="mei", at=AT)
    assert "canary" not in repr(chain)
