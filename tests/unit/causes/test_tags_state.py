import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tskit.calendars import moment_of
from tskit.causes import open_log, record, tag_state, undo
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
CANARY = "CANARY-note-7f3a"


@pytest.fixture
def cases(tmp_path):
    """Return a case set, of which the state of tags needs the casebook alone, with a little in its log."""
    book = Casebook(tmp_path, "book")
    log = open_log(book)
    for n, (case_id, tagger, cause) in enumerate(
        [("c1", "aisyah", "RC2.1"), ("c1", "ben", "RC2.1"), ("c2", "ben", "RC1.1")]
    ):
        at = MORNING + timedelta(minutes=n)
        record(log, Tag(case_id, cause, tagger, at, key=f"k{n}", note=CANARY, evidence=f"{CANARY}-e"))
    return SimpleNamespace(casebook=book)


def test_a_state_says_what_a_write_up_rests_on(cases):
    state = tag_state(cases)
    assert state._repr_mimebundle_()["text/plain"] == (
        f"2 cases tagged by 2 people (1 agreed, 1 single); taxonomy {state.taxonomy.version}, 3 entries of the log, "
        f"the last {state.digest[:12]}."
    )
    assert (state.entries, state.digest) == state.log.store.head("tags")
    assert state.counts == {
        "cases": 2, "adjudicated": 0, "agreed": 1, "single": 1, "disputed": 0, "judgements": 3, "people": 2, "foreign": 0,
    }  # fmt: skip


def test_a_state_without_a_tag_says_so(tmp_path):
    state = tag_state(SimpleNamespace(casebook=Casebook(tmp_path, "book")))
    assert state._repr_mimebundle_()["text/plain"] == "No case has been tagged."
    assert (state.entries, state.digest, len(state.settled)) == (0, "", 0)


def test_the_same_state_comes_back_by_its_number_whatever_was_added(cases):
    before = tag_state(cases)
    undo(before.log, key="k2", tagger="ben", at=MORNING)
    record(before.log, Tag("c3", "RC1.1", "dao", MORNING, key="k9"))
    again = tag_state(cases, until=f"#{before.entries}")
    assert again.as_json() == before.as_json()
    assert again.settled.to_dict("records") == before.settled.to_dict("records")
    assert tag_state(cases).as_json() != before.as_json()


def test_a_past_day_is_seen_to_its_end_in_the_casebooks_zone(cases):
    record(open_log(cases.casebook), Tag("c3", "RC1.1", "dao", datetime(2026, 10, 5, 16, 0, tzinfo=UTC), key="k9"))
    assert len(tag_state(cases, until="2026-10-05").settled) == 2
    assert len(tag_state(cases, until="2026-10-06").settled) == 3
    assert len(tag_state(cases, until="2026-10-05T09:00").settled) == 1


def test_a_number_beyond_the_log_is_refused(cases):
    with pytest.raises(ParameterError, match="3 entries, and #4 asks for more"):
        tag_state(cases, until="#4")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "#", "#-1", "9999-12-31", "0001-01-01T00:00+23:00"])
def test_a_moment_that_is_none_is_refused(text):
    with pytest.raises(ParameterError, match="A moment is a day"):
        moment_of(text, zone="Asia/Singapore")


def test_a_moment_may_bring_its_own_zone():
    assert moment_of(" 2026-10-05T09:00+02:00 ", zone="Asia/Singapore") == datetime(2026, 10, 5, 7, tzinfo=UTC)


def test_tags_of_another_taxonomy_are_counted(cases):
    own = 'mode = "replace"\n[causes.RC2]\nname = "Ours"\ndefinition = "All."\n[causes."RC2.1"]\nname = "a"\ndefinition = "b"\n'
    (cases.casebook.root / "taxonomy.toml").write_text(own, encoding="utf-8")
    state = tag_state(cases)
    assert state.counts["foreign"] == 1
    assert state._repr_mimebundle_()["text/plain"].endswith(" 1 tags name a cause of another taxonomy.")


def test_a_state_shows_nothing_of_a_single_case(cases):
    shown = repr(tag_state(cases)) + json.dumps(tag_state(cases)._repr_mimebundle_())
    assert [
        word for word in (CANARY, "c1", "aisyah", "k0") if word in shown.replace(str(cases.casebook.root), "")
    ] == []


def test_a_state_tells_how_far_the_logs_beside_the_tags_were_written(cases):
    assert [place["log"] for place in tag_state(cases).as_json()["places"]] == ["rounds", "actions", "whys"]
    assert {place["entries"] for place in tag_state(cases).as_json()["places"]} == {0}
