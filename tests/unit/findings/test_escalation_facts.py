"""The facts of an escalation on drawn cases: which cases, what was done, what went wrong, and what is due."""

import re
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pandas as pd
import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.duty import CaseEntry, open_duty, write_case
from tskit.errors import ParameterError
from tskit.findings import escalation
from tskit.findings.escalation.exposed import items
from tskit.model import Casebook, Deadline

_CASES = """
case_id | created_at       | closed_at        | is_closed | market | policy_id | policy_version | content_id | reach | severity | decided_at       | decision_initial | decision  | decision_visibility                    | appeal_status | appealed_at      | appeal_decided_at | sla_target_at    | automated_detection | automated_decision               | queue  | record_type
a       | 2026-11-01 09:00 | 2026-11-01 10:10 | yes       | SG     | P         | v1             | item-1     | 100   | S2       | 2026-11-01 10:00 | partial          | partial   | DECISION_VISIBILITY_CONTENT_LABELLED   | none          |                  |                   | 2026-11-01 17:00 | no                  | AUTOMATED_DECISION_NOT_AUTOMATED | urgent | report
b       | 2026-11-01 10:00 | 2026-11-01 12:10 | yes       | SG     | P         | v1             | item-1     | 400   | S2       | 2026-11-01 12:00 | action           | action    | DECISION_VISIBILITY_CONTENT_REMOVED    | none          |                  |                   | 2026-11-01 18:00 | yes                 | AUTOMATED_DECISION_FULLY         | urgent | report
c       | 2026-11-01 10:30 | 2026-11-01 11:30 | yes       | MY     | P         | v1             | item-2     | 50    | S1       | 2026-11-01 11:00 | action           | no_action |                                        | reversed      | 2026-11-01 12:00 | 2026-11-01 14:00  | 2026-11-01 18:30 | no                  | AUTOMATED_DECISION_PARTIALLY     | urgent | report
d       | 2026-11-01 11:00 |                  | no        | SG     | P         |                | item-3     | 70    | S2       |                  |                  |           |                                        | none          |                  |                   | 2026-11-01 13:00 | no                  |                                  | t2     | report
e       | 2026-11-01 13:00 |                  | no        | SG     | P         |                | item-3     |       | S3       |                  |                  |           |                                        | none          |                  |                   | 2026-11-01 21:00 | no                  |                                  | urgent | report
f       | 2026-11-01 12:05 | 2026-11-01 14:00 | yes       | MY     |           |                | item-2     |       | S0       |                  |                  |           |                                        | none          |                  |                   |                  |                     |                                  |        | appeal
g       | 2026-11-01 11:00 | 2026-11-01 11:30 | yes       | SG     | P         | v1             | item-9     | 5     | S1       | 2026-11-01 11:20 | action           | no_action |                                        | reversed      | 2026-11-01 12:00 | 2026-11-01 15:00  | 2026-11-01 18:30 | no                  | AUTOMATED_DECISION_NOT_AUTOMATED | urgent | report
"""
_LOG = """
case_id | event_type     | occurred_at      | from_queue | to_queue | actor_id | actor_type
a       | created        | 2026-11-01 09:00 |            |          |          | system
a       | accepted       | 2026-11-01 09:20 |            |          | p1       | user
a       | decided        | 2026-11-01 10:00 |            |          | p1       | user
a       | notified       | 2026-11-01 10:06 |            |          |          | system
b       | created        | 2026-11-01 10:00 |            |          |          | system
b       | decided        | 2026-11-01 12:00 |            |          |          | automation
b       | notified       | 2026-11-01 12:18 |            |          |          | system
c       | created        | 2026-11-01 10:30 |            |          |          | system
c       | decided        | 2026-11-01 11:00 |            |          | p2       | vendor
c       | appealed       | 2026-11-01 12:00 |            |          |          | system
c       | appeal_decided | 2026-11-01 14:00 |            |          | p1       | user
d       | created        | 2026-11-01 11:00 |            |          |          | system
d       | accepted       | 2026-11-01 11:10 |            |          | p1       | user
d       | queue_moved    | 2026-11-01 12:00 | urgent     | t2       |          | system
d       | escalated      | 2026-11-01 12:00 |            |          | p1       | user
e       | created        | 2026-11-01 13:00 |            |          |          | system
"""
_UNTIL = "2026-11-01 16:00"
_FIRST_FIVE = ["a", "b", "c", "d", "e"]


def look(*case_ids, casebook=None, events=_LOG, **asked):
    case_set = case_set_from(_CASES, events=events, as_of=_UNTIL, casebook=casebook)
    return escalation.escalate(case_set, list(case_ids or _FIRST_FIVE), **asked)


def page(escalated):
    return {one.key: one for one in escalation.answers(escalated)}


def at(text):
    return pd.Timestamp(text, tz="Asia/Singapore")


def test_standstills_are_told_in_the_zone_and_words_of_the_other_times():
    told = escalation.gaps_table(look("d"))
    assert {header.name: header.unit for header in told.columns}["from"] == "moment"
    assert told.frame["from"].tolist() == ["2026-11-01T04:00:00+00:00"]


def test_what_was_done_is_counted_over_all_cases():
    done = escalation.done(look())
    assert (done.cases, done.open_cases, done.untouched_cases) == (5, 2, 1)
    assert (done.decided_cases, done.acted_cases, done.late_cases) == (3, 2, 1)
    assert (done.appeals, done.overturned, done.upheld, done.appeals_pending) == (1, 1, 0, 0)
    assert dict(done.by_decision) == {"action": 1, "no_action": 1, "partial": 1}
    assert dict(done.by_action) == {"content labelled": 1, "content removed": 1}
    assert dict(done.automated) == {"fully": 1, "partly": 1, "no": 1}
    assert dict(done.detected) == {True: 1, False: 4}
    assert done.worst == "S3"


def test_what_came_first_and_how_soon_the_parties_were_told():
    """Told after 6 and 18 minutes; of case c no notice is on record."""
    done = escalation.done(look())
    assert done.first_touch_at == at("2026-11-01 09:20")
    assert done.first_decision_at == done.first_action_at == at("2026-11-01 10:00")
    assert done.first_reversed_at == at("2026-11-01 14:00")
    assert done.told_cases == 2
    assert done.told_hours == pytest.approx(0.2)


def test_what_stands_against_each_item_counts_only_decisions_that_stand():
    """Item 1 was labelled at 10:00 and removed at noon; the action on item 2 was reversed; item 3 waits."""
    expected = """
    content_id | cases | open_cases | state      | is_limited_first
    item-1     | 2     | 0          | taken away | yes
    item-2     | 1     | 0          | left       | no
    item-3     | 2     | 2          | open       | no
    """
    found = items(look())
    assert_table(found, expected)
    assert found["reach"].tolist() == [400, 70, 50]


def test_a_wrong_takedown_is_told_with_how_long_it_stood_and_what_happened_beside_these_cases():
    gone = escalation.wrong_takedowns(look())
    assert gone["case_id"].tolist() == ["c", "g"]
    assert gone["is_beside"].tolist() == [False, True]
    assert gone["hours_up"].tolist() == pytest.approx([3, 15 - 11 - 20 / 60])


def test_a_hand_off_is_missed_when_its_target_passes_before_somebody_takes_it_up():
    missed = escalation.missed_handoffs(look())
    assert missed["case_id"].tolist() == ["d"]
    assert missed["waited_hours"].tolist() == [4]
    assert missed["target_at"].tolist() == [at("2026-11-01 13:00")]


def test_before_its_target_passes_a_hand_off_only_waits():
    assert escalation.missed_handoffs(look("d", until="2026-11-01T12:30")).empty


def test_an_answered_hand_off_was_missed_only_where_its_target_passed_before():
    taken = f"{_LOG}d       | accepted       | 2026-11-01 12:40 |            |          | p3       | user\n"
    late = f"{_LOG}d       | accepted       | 2026-11-01 13:20 |            |          | p3       | user\n"
    assert escalation.missed_handoffs(look(events=taken)).empty
    assert escalation.missed_handoffs(look(events=late))["touched_at"].notna().tolist() == [True]


def test_what_went_wrong_is_told_in_the_order_of_time():
    answer = page(look())["wrong"]
    assert [line.split(":")[0] for line in answer.lines[:3]] == ["Wrong takedown", "Wrong takedown", "Missed hand-off"]
    assert "case g, which is not one of these" in answer.lines[1]
    assert answer.of_single_cases
    assert answer.tone == "worse"


def test_where_nothing_went_wrong_that_is_the_answer():
    answer = page(look("e"))["wrong"]
    assert answer.lines == (
        "Nothing that is on record: no action was reversed, and no hand-off was left without an answer.",
    )
    assert answer.tone == "better"


def test_an_appeal_belongs_to_its_case_and_is_one_only_where_it_is_named():
    by_query = look(where="market=SG,MY")
    assert "f" not in by_query.case_ids
    assert look("f").case_ids == ("f",)


def test_the_cluster_holds_what_has_the_same_item():
    assert look("d", linked=True).case_ids == ("d", "e")
    assert look("d").case_ids == ("d",)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("content_id=item-1", "a b"),
        ("market=SG; since=2026-11-01T10:30", "d g e"),
        ("market=SG; since=2026-11-01T10:30; before=2026-11-01T13:00", "d g"),
        ("severity=S2,S3; since=2026-11-01", "a b d e"),
        ("market=SG; before=2026-11-02", "a b d g e"),
    ],
)
def test_a_query_finds_cases_by_column_and_by_when_they_were_opened(where, found):
    case_set = case_set_from(_CASES, events=_LOG, as_of=_UNTIL)
    assert set(escalation.escalate(case_set, where=where).case_ids) == set(found.split())


def test_nothing_that_was_opened_later_is_found():
    case_set = case_set_from(_CASES, events=_LOG, as_of=_UNTIL)
    found = escalation.escalate(case_set, where="market=SG", until="2026-11-01T10:30")
    assert set(found.case_ids) == {"a", "b"}


def test_the_most_telling_case_is_the_one_that_nobody_took_up():
    case_set = case_set_from(_CASES, events=_LOG, as_of=_UNTIL)
    found = escalation.escalate(case_set, where="market=SG,MY")
    assert found.followed[:4] == ("d", "c", "g", "e")


def _book(folder, *deadlines):
    return Casebook(root=Path(folder), name="drawn", zone="Asia/Singapore", deadlines=deadlines)


@pytest.fixture
def logged(tmp_path):
    """Return a casebook whose log names a next step for case d and the owner of it."""
    book = _book(tmp_path)
    log = open_duty(book)
    start = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    told = (
        {"kind": "opened", "text": "Who has it?", "owner": "aisyah"},
        {"kind": "decision", "text": "A label is not enough."},
        {"kind": "next", "text": "Take it down or not", "owner": "ben", "due_at": start + timedelta(hours=20)},
    )
    with log.store:
        for n, entry in enumerate(told):
            at = start + timedelta(minutes=n)
            write_case(log, CaseEntry("d", author="dao", at=at, key=f"k{n}", **entry))
    return book


def test_the_next_decision_comes_from_the_log_with_its_owner_and_its_words_only_on_the_page(logged):
    answer = page(look(casebook=logged))["next"]
    assert answer.due == datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
    assert "owner ben" in answer.lines[0]
    assert "Take it down or not" in answer.shown[0]
    assert "Take it down or not" not in " ".join(answer.lines) + str(answer.values)
    assert answer.of_single_cases


def test_the_earliest_of_log_and_reader_leads(logged):
    reader = escalation.Reader("legal", "2026-11-01T20:00")
    answer = page(look(casebook=logged, reader=reader))["next"]
    assert answer.due == datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert answer.lines[0].startswith("The answer for legal: due Sunday 1 November, 20:00")
    assert "case d" in answer.lines[1]


def test_a_deadline_of_the_law_comes_before_targets_and_asks_to_be_verified(tmp_path):
    law = Deadline(
        name="Removal, 24 h", hours=24, where={"market": "SG"}, zone="Asia/Singapore", basis="B", as_of="2026-11-01"
    )
    escalated = look(casebook=_book(tmp_path, law))
    answer = page(escalated)["next"]
    assert answer.due == datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    assert "verify with legal" in answer.lines[0]
    table = escalation.deadlines_table(escalated).frame
    assert table.loc[table["name"].eq("Removal, 24 h"), "state"].tolist().count("ahead") == 2
    kinds = table["kind"].tolist()
    assert kinds == sorted(kinds, key="target".__eq__)
    assert set(kinds) == {"statutory", "target"}
    assert table.loc[table["kind"].eq("statutory"), "basis"].str.contains("verify with legal").all()


def test_with_nothing_ahead_what_passed_is_told():
    answer = page(look("d"))["next"]
    assert answer.due == at("2026-11-01 13:00")
    assert "passed Sunday 1 November, 13:00" in answer.lines[0]
    assert answer.tone == "worse"


def test_with_nothing_due_the_page_says_so():
    answer = page(look("a"))["next"]
    assert answer.due is None
    assert answer.lines[0].startswith("Nothing is due")


def test_whether_less_was_considered_is_not_guessed(logged):
    assert "not on record: nobody wrote it down" in page(look())["proportion"].lines[1]
    answer = page(look(casebook=logged))["proportion"]
    assert "gives reasons in 1 entry" in answer.lines[1]
    assert "A label is not enough." in answer.shown[-1]
    assert "A label is not enough." not in " ".join(answer.lines)


def test_a_label_before_a_removal_is_told():
    assert "Of 1 item taken away, 1 had been limited first." in page(look())["proportion"].lines[0]


def test_what_the_source_lacks_is_said_and_never_guessed():
    bare = case_set_from("case_id | created_at\nx | 2026-11-01 09:00\ny | 2026-11-01 10:00", as_of=_UNTIL)
    told = page(escalation.escalate(bare, ["x", "y"]))
    assert "How many met it is not known" in told["affected"].lines[0]
    assert all(told[key].lines[0].startswith("Not known") for key in ("measures", "rule", "notice", "appeal"))
    assert told["unknown"].lines[0].startswith("The source does not say the reach of the content")


_quoted = attrgetter("values")


def test_the_figures_of_an_answer_are_its_values():
    told = page(look())
    affected, notice = _quoted(told["affected"]), _quoted(told["notice"])
    assert (affected["items"], affected["reach"], affected["reach_without_measure"]) == (3, 520, 120)
    assert (notice["told"], notice["decided"]) == (2, 3)


def test_every_number_of_the_first_page_is_a_value_of_its_answer(logged):
    """Take away what the values say, moments and names included, and no number is left."""
    for answer in escalation.answers(look(casebook=logged, linked=True)):
        left = re.sub(r"(?:\w+day \d+ \w+(?: \d{4})?, )?\d\d:\d\d", "", " ".join(answer.lines))
        values = [value for value in _quoted(answer).values() if isinstance(value, int | float)]
        told = {f"{value * scale:,.{digits}f}" for value in values for scale in (1, 60, 1 / 24) for digits in (0, 1)}
        numbers = re.findall(r"(?<![\w#-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])", left)
        assert set(numbers) <= told, (answer.key, left)


@pytest.mark.parametrize("text", ["policy_id", "=P", "market=SG; since=2026-11-01,2026-11-02", "nothing=1"])
def test_a_query_that_cannot_be_read_is_refused(text):
    with pytest.raises(ParameterError):
        look(where=text)


def test_hours_begin_where_those_of_the_readers_clock_do():
    """In Kolkata, half an hour apart, the hour of 09:00 in Singapore is that from 06:30 on, so that it begins at 06:30."""
    reader = escalation.Reader(zone="Asia/Kolkata")
    frame = escalation.hours(look(reader=reader)).frame
    local = frame["at"].dt.tz_convert("Asia/Kolkata")
    assert set(local.dt.minute) == {0}
    assert frame["cases"].sum() == 5
