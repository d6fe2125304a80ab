"""A handover or a brief of a source that tells little says what cannot be told, and takes silence for no good news."""

import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.findings import escalation, handover
from tskit.model import Casebook, Deadline, Site

NOW = "2026-03-07 20:00"
BARE = """
    case_id | queue | abuse_type_reported | created_at
    a       | inbox | spam                | 2026-03-07 09:00
    b       | inbox | spam                | 2026-03-06 09:00
"""
RATED = """
    case_id | queue | severity | created_at       | sla_target_at
    a       | inbox | S2       | 2026-03-07 09:00 | 2026-03-07 23:00
    b       | inbox |          | 2026-03-06 09:00 |
"""


def looked(folder, cases=BARE, *, deadlines=(), sites=(), **asked):
    book = Casebook(folder, "book", zone="Asia/Singapore", deadlines=deadlines, sites=sites)
    return handover.handover(case_set_from(cases, as_of=NOW, casebook=book), **asked)


def limits(look):
    return dict(handover.limits_table(look).frame[["about", "limit"]].to_numpy().tolist())


def test_where_nobody_can_tell_what_is_urgent_no_handover_calls_it_quiet(tmp_path):
    told = handover.record(looked(tmp_path))
    assert told.title == "2 open, neither severity nor deadlines are known"
    assert [item.claim for item in told.items] == ["2 cases are open, and what is urgent among them cannot be told"]


def test_no_figure_of_what_cannot_be_told_reads_as_none(tmp_path):
    look = looked(tmp_path)
    tiles = handover.tiles(look).frame.set_index("label")
    assert tiles["text"].head(2).tolist() == ["not known", "not known"]
    assert tiles.loc["Open", ["text", "verdict"]].tolist() == ["2", "S3 not known"]
    assert handover.gravest_table(look).caption == "Severity is not known."
    for made in (handover.binding_table, handover.own_table, handover.late_table):
        assert made(look).caption == "No deadline is known."
    assert handover.work_table(look).frame["cases"].iloc[0] == "2"
    assert {"Deadlines", "Severity"} <= set(limits(look))
    assert "cannot be told" in limits(look)["Deadlines"]


def test_a_single_case_that_tells_is_enough_to_count_by(tmp_path):
    look = looked(tmp_path, RATED)
    assert handover.tiles(look).frame["text"].head(2).tolist() == ["1", "0"]
    assert handover.tiles(look).frame["verdict"].iloc[2] == "0 of S3"
    assert "Severity" not in limits(look)


def test_deadlines_of_the_casebook_that_fit_no_case_are_known_all_the_same(tmp_path):
    look = looked(tmp_path, deadlines=(Deadline("orders", hours=24, where={"queue": "orders"}),))
    assert handover.record(look).title == "Quiet: 2 open, nothing with a deadline ahead"
    assert handover.late_table(look).caption == "None."


def test_an_empty_queue_is_quiet_whatever_the_source_tells(tmp_path):
    closed = (
        "case_id | queue | created_at | closed_at | is_closed\na | inbox | 2026-03-07 09:00 | 2026-03-07 10:00 | true"
    )
    look = looked(tmp_path, closed)
    assert len(look.queue) == 0
    assert handover.record(look).title.startswith("Quiet: 0 open")


def test_without_a_site_the_next_whole_day_of_the_casebooks_zone_is_handed_over(tmp_path):
    look = looked(tmp_path)
    assert look.turn.begins_at == pd.Timestamp("2026-03-08 00:00", tz="Asia/Singapore")
    assert (look.turn.hours, look.turn.queues, look.turn.is_assumed) == (24, (), True)
    assert handover.record(look).lead.startswith("Everybody, the whole day, Sunday 00:00 to Monday 00:00.")
    assert "names no site" in limits(look)["Shifts"]


def test_a_site_that_is_asked_for_by_name_has_to_be_there(tmp_path):
    with pytest.raises(ParameterError, match="no site 'singapore'"):
        looked(tmp_path, site="singapore")
    site = Site("singapore", "SG", "Asia/Singapore")
    assert looked(tmp_path, sites=(site,), site="singapore").turn.shift.name == "opening hours"


def test_reading_leaves_the_casebook_as_it_was(tmp_path):
    looked(tmp_path)
    brief(tmp_path)
    assert list(tmp_path.iterdir()) == []


def brief(folder, cases=BARE, case_id="a"):
    book = Casebook(folder, "book", zone="Asia/Singapore")
    return escalation.escalate(case_set_from(cases, as_of=NOW, casebook=book), case_id)


def page(look):
    return {answer.key: answer for answer in escalation.answers(look)}


def test_what_went_wrong_is_no_good_news_where_the_source_does_not_tell(tmp_path):
    look = brief(tmp_path)
    answer = page(look)["wrong"]
    assert answer.lines == ("Nothing that is on record, but the source does not tell of appeals or hand-offs.",)
    assert answer.tone == ""
    assert escalation.record(escalation.told(look)).title.endswith("appeals and hand-offs are not on record")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("", "", "and whether it was decided is not on record."),
        (" | decided_at", " | 2026-03-07 10:00", "decided, and how is not on record."),
        (" | decision", " | action", "action."),
    ],
)
def test_a_case_is_called_undecided_only_where_the_source_tells_of_decisions(tmp_path, column, value, said):
    look = brief(tmp_path, f"case_id | created_at{column}\na | 2026-03-07 09:00{value}")
    assert page(look)["happened"].lines[1].endswith(said)


def test_policy_is_told_of_no_decisions_only_where_they_are_on_record(tmp_path):
    heads = {}
    for column, value in (("", ""), (" | decided_at", " | 2026-03-07 10:00"), (" | appeal_status", " | none")):
        look = brief(tmp_path, f"case_id | created_at | policy_id{column}\na | 2026-03-07 09:00 | P-1{value}")
        made = escalation.record(escalation.told(look)).statements
        heads[column] = next(told.headline for told in made if told.audience == "policy")
    assert heads[""].endswith("what was decided is not on record")
    assert heads[" | decided_at"].endswith("1 decision, appeals not on record")
    assert heads[" | appeal_status"].endswith("what was decided is not on record")
