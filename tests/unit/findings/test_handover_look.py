"""What a handover looks at: which cases, which deadlines, since when, and whether its people are enough."""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.duty import CaseEntry, ShiftEntry, open_duty, write_case, write_shift
from tskit.findings import handover
from tskit.findings.handover import Ahead
from tskit.findings.handover.noticed import Notice
from tskit.model import Casebook, Clock, Deadline, Shift, Site

NOW = "2026-03-07 20:00"
"""A Saturday evening in Singapore."""
CASES = """
    case_id | severity | market | queue | source_type      | created_at       | first_assigned_at | abuse_type_reported
    grave   | S3       | SG     | inbox | user_report      | 2026-03-07 19:30 | 2026-03-07 19:40  | threats
    soon    | S2       | SG     | inbox | user_report      | 2026-03-07 15:00 |                   | threats
    missed  | S2       | SG     | inbox | user_report      | 2026-03-07 11:00 |                   | spam
    ordinary | S1      | SG     | inbox | user_report      | 2026-03-05 10:00 |                   | spam
    order   | S1       | ID     | inbox | government_order | 2026-03-07 02:00 |                   | spam
    later   | S0       | SG     | inbox | user_report      | 2026-03-07 10:00 |                   | spam
    other   | S2       | SG     | elsewhere | user_report  | 2026-03-07 12:30 |                   | spam
"""


@pytest.fixture
def book(tmp_path):
    return Casebook(
        tmp_path,
        "drawn",
        sites=(Site("singapore", "SG", "Asia/Singapore", queues=("inbox",)),),
        shifts=(Shift("night", "singapore", "21:00", "09:00"), Shift("day", "singapore", "09:00", "21:00")),
        clocks=(
            Clock(1, {"severity": "S3"}),
            Clock(8, {"severity": "S2"}),
            Clock(48, {"severity": "S1"}),
            Clock(72, {"severity": "S0"}),
        ),
        deadlines=(Deadline("removal, 24 h", hours=24, where={"source_type": "government_order"}),),
    )


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Singapore")).astimezone(UTC)


def looked(book, cases=CASES, **asked):
    return handover.handover(case_set_from(cases, as_of=NOW, casebook=book), **asked)


def ids(table):
    return table.frame["case_id"].tolist()


def test_only_the_queues_of_the_shift_are_handed_over(book):
    assert set(looked(book).queue["case_id"]) == {"grave", "soon", "missed", "ordinary", "order", "later"}


def test_the_gravest_are_listed_one_by_one_with_who_has_them(book):
    table = handover.gravest_table(looked(book))
    assert ids(table) == ["grave"]
    assert table.frame.iloc[0]["holder"] == "somebody"


def test_law_and_contract_stand_apart_from_targets(book):
    look = looked(book)
    assert ids(handover.binding_table(look)) == ["order"]
    assert ids(handover.own_table(look)) == ["grave", "soon"]
    assert ids(handover.late_table(look)) == ["missed", "ordinary"]


def test_each_case_stands_once_by_its_own_next_deadline(book):
    """Due: grave 20:30, soon 23:00, order 02:00 by law, later in three days; missed at 19:00 and ordinary at 10:00 passed."""
    rows = handover.open_table(looked(book)).frame.set_index("severity")
    assert rows.loc["all"].to_dict() == {"open": 6, "late": 2, "in_4": 2, "in_12": 1, "in_24": 0, "later": 1, "none": 0}


def test_the_boundary_of_four_hours_belongs_to_the_four_hours(book):
    cases = (
        "case_id | severity | queue | created_at\na | S2 | inbox | 2026-03-07 16:00\nb | S2 | inbox | 2026-03-07 16:01"
    )
    rows = handover.open_table(looked(book, cases)).frame
    assert rows.iloc[0][["in_4", "in_12"]].tolist() == [1, 1]


def test_news_is_what_came_since_the_last_handover_twelve_hours_at_least_and_a_week_at_most(book):
    log = open_duty(book)
    assert looked(book).since == at("2026-03-07 08:00")
    write_shift(log, ShiftEntry("singapore", "handover", "ann", at("2026-02-01 21:00"), key="h0", shift="day"))
    assert looked(book).since == at("2026-02-28 20:00")
    write_shift(log, ShiftEntry("singapore", "handover", "ann", at("2026-03-06 21:00"), key="h1", shift="day"))
    assert looked(book).since == at("2026-03-06 21:00")
    write_shift(log, ShiftEntry("singapore", "handover", "ann", at("2026-03-07 18:00"), key="h2", shift="day"))
    assert looked(book).since == at("2026-03-07 08:00")


def test_a_promise_past_its_time_is_late_and_comes_first(book):
    log = open_duty(book)
    for key, due in (("p1", "2026-03-08 09:00"), ("p2", "2026-03-07 19:00")):
        entry = ShiftEntry(
            "singapore",
            "promise",
            "ann",
            at("2026-03-07 12:00"),
            key=key,
            text=f"Do {key}",
            due_at=at(due),
            owner="ann",
        )
        write_shift(log, entry)
    assert handover.promises_table(looked(book)).frame["state"].tolist() == ["late", "open"]


def test_an_escalation_that_nobody_took_up_comes_before_one_that_is_due_sooner(book):
    log = open_duty(book)
    opened = {"soon": "bob", "missed": "ann"}
    for case, owner in opened.items():
        write_case(
            log, CaseEntry(case, "opened", "ann", at("2026-03-07 12:00"), key=f"o-{case}", text="Look", owner=owner)
        )
    due = at("2026-03-07 21:00")
    write_case(log, CaseEntry("soon", "next", "bob", at("2026-03-07 13:00"), key="n", text="Decide", due_at=due))
    write_case(log, CaseEntry("missed", "handoff", "ann", at("2026-03-07 14:00"), key="t", text="Take it", to="dao"))
    look = looked(book)
    frame = handover.escalations_table(look).frame
    assert frame["case_id"].tolist() == ["missed", "soon"]
    assert frame.iloc[0]["trouble"] == "handed to dao and not taken up"
    held = handover.late_table(look).frame.set_index("case_id")["holder"]
    assert held["missed"] == "nobody yet"
    claims = [item.claim for item in handover.record(look).items]
    assert "Nobody has taken up case missed, handed to dao on Saturday 14:00" in claims


@pytest.mark.parametrize(
    ("waiting", "due", "capacity", "verdict"),
    [
        (10, 5, 40.0, "enough"),
        (10, 5, 39.0, "tight"),
        (10, 5, 15.0, "tight"),
        (10, 5, 14.0, "not enough"),
        (10, 5, float("nan"), "not known"),
    ],
)
def test_the_people_are_enough_only_as_the_range_allows(waiting, due, capacity, verdict):
    """Twenty are expected, 10 to 30: all of 10 + 30 is enough, less than 5 + 10 is not."""
    assert Ahead(20.0, 10.0, 30.0, waiting, due, 0, capacity).verdict == verdict


def test_a_source_with_little_more_than_a_time_still_gives_a_handover(book):
    look = looked(book, "case_id | created_at | queue\na | 2026-03-07 10:00 | inbox")
    found = handover.record(look)
    assert found.title == "1 open, neither severity nor deadlines are known"
    for make in (
        handover.open_table,
        handover.gravest_table,
        handover.spikes_table,
        handover.limits_table,
        handover.tiles,
    ):
        assert make(look).caption or len(make(look).frame)


@pytest.mark.parametrize(("column", "is_known"), [("market", False), ("severity", True), ("source_type", True)])
def test_deadlines_are_known_where_the_source_has_what_one_of_them_reads(book, column, is_known):
    """A new casebook brings presets along: quiet may be said only where some of them can be judged."""
    look = looked(book, f"case_id | created_at | queue | {column}\na | 2026-03-07 10:00 | inbox | x")
    assert look.knows_deadlines is is_known


def test_nothing_open_is_quiet(book):
    cases = "case_id | created_at | closed_at | queue\na | 2026-03-07 10:00 | 2026-03-07 11:00 | inbox"
    assert handover.record(looked(book, cases)).title == "Quiet: 0 open, nothing with a deadline ahead"


def test_the_title_tells_what_is_due_and_late_and_then_what_is_grave(book):
    title = handover.record(looked(book)).title
    assert title.startswith("2 due within 4\u202fh, 2 late; 1 of severity S3 open")


def test_every_number_of_a_claim_is_a_value_of_its_finding(book):
    for item in handover.record(looked(book)).items:
        said = set(re.findall(r"(?<![\w.])\d+(?![\w.:])", f"{item.claim} {item.detail}"))
        known = {str(value).removesuffix(".0") for value in dict(item.values).values()}
        assert said <= known, item.claim


@pytest.mark.parametrize(
    ("taken", "detail"),
    [
        (["", ""], "Nobody has taken 2 of them; 2 are due within 24\u202fh."),
        (["", "2026-03-07 17:00"], "Nobody has taken 1 of them; 2 are due within 24\u202fh."),
        (["2026-03-07 17:00", "2026-03-07 17:00"], "All of them are taken; 2 are due within 24\u202fh."),
        ([""], "Nobody has taken it; 1 is due within 24\u202fh."),
        (["2026-03-07 17:00"], "Somebody has taken it; 1 is due within 24\u202fh."),
    ],
)
def test_how_many_due_cases_nobody_has_taken_reads_as_people_say_it(book, taken, detail):
    rows = [f"c{n} | S2 | inbox | 2026-03-07 15:00 | {when}" for n, when in enumerate(taken)]
    cases = "\n".join(["case_id | severity | queue | created_at | first_assigned_at", *rows])
    assert detail in [item.detail for item in handover.record(looked(book, cases)).items]


def test_what_waits_is_told_with_what_is_late_already(book):
    """Of six, grave, soon, missed, ordinary and order are late or due before Sunday 09:00."""
    look = looked(book)
    work = handover.work_table(look).frame.set_index("what")["cases"]
    assert work["Waiting already"].startswith("6, 5 of them late or due before it ends")


def test_who_decides_next_is_told_where_somebody_else_has_the_escalation(book):
    log = open_duty(book)
    due = at("2026-03-07 23:00")
    for case, owner in (("soon", "bob"), ("missed", "ann")):
        opened = CaseEntry(case, "opened", "ann", at("2026-03-07 12:00"), key=f"o-{case}", text="Look", owner=owner)
        write_case(log, opened)
        step = CaseEntry(
            case, "next", "ann", at("2026-03-07 13:00"), key=f"n-{case}", text="Decide", due_at=due, owner="bob"
        )
        write_case(log, step)
    look = looked(book)
    frame = handover.escalations_table(look).frame.set_index("case_id")
    assert frame["owner"].to_dict() == {"soon": "bob", "missed": "ann"}
    assert frame["decides"].dropna().to_dict() == {"missed": "bob"}
    claim = next(item.claim for item in handover.record(look).items if "in flight" in item.claim)
    assert "case missed with ann, for bob to decide by Saturday 23:00" in claim
    assert "case soon with bob, to be decided by Saturday 23:00" in claim


def test_where_somebody_reads_it_does_not_change_what_is_expected(book):
    """Two come each Saturday at 21:30 in Singapore; the clocks of London, which go back in between, do not matter."""
    saturdays = [date(2026, 11, 7) - timedelta(weeks=n) for n in range(1, 20)]
    rows = [f"c{n}{m} | inbox | SG | {day:%Y-%m-%d} 21:30" for n, day in enumerate(saturdays) for m in range(2)]
    cases = case_set_from(
        "\n".join(["case_id | queue | market | created_at", *rows]), as_of="2026-11-07 20:00", casebook=book
    )
    here, there = (handover.handover(cases, zone=zone) for zone in ("", "Europe/London"))
    assert here.work.cases == there.work.cases == 2
    assert here.hours["expected"].tolist() == there.hours["expected"].tolist()


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("threats", "spike", "threats climb in SG"),
        ("scam", "spike", "scam climbs in SG"),
        ("", "spike", "cases climb in SG"),
        ("scam", "silence", "scam is silent in SG"),
        ("threats", "silence", "threats are silent in SG"),
        ("scam", "fewer", "scam came less than usual in SG"),
    ],
)
def test_what_stands_out_is_said_in_words_that_agree(what, kind, said):
    notice = Notice(kind, what, ("SG",), "", 12, 9, 1, 5, 13, at("2026-03-07 08:00"), pd.DataFrame())
    assert notice.short == said


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Ahead(20.0, 10.0, 30.0, 10, 5, 0, 14.0), "14, which is not enough"),
        (Ahead(20.0, 10.0, 30.0, 10, 5, 0, 39.0), "39, which is tight"),
        (Ahead(float("nan"), float("nan"), float("nan"), 10, 5, 0, 39.0), "39"),
    ],
)
def test_what_the_people_can_decide_is_told_with_its_verdict_among_the_cases(book, monkeypatch, expected, told):
    """On a phone the label of the column, Cases, stands before each cell."""
    monkeypatch.setattr(sys.modules[Ahead.__module__], "ahead", lambda _: expected)
    made = handover.work_table(looked(book))
    assert [header.label for header in made.columns] == ["What", "Cases"]
    assert dict(made.frame.itertuples(index=False, name=None))["Can be decided"] == told
