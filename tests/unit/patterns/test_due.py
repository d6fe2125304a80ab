from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pytest

from tests.support.tables import case_set_from, frame_from
from tskit.errors import ParameterError
from tskit.model import Casebook, Clock, Deadline, Site
from tskit.patterns import deadline_columns, deadlines_of, known, next_due, pauses, sla_clock, unjudged_deadlines

OFFICE = Site("office", "SG", "Asia/Singapore", opens="09:00", closes="17:00")
LAW = Deadline("law", hours=24, where={"market": "ID"}, basis="MR5", as_of="2026-11-01")
URGENT = Deadline("urgent", hours=4, where={"market": ["ID", "VN"], "priority": "Critical"})


def book(*deadlines, clocks=()):
    return Casebook(Path("drawn"), "drawn", sites=(OFFICE,), deadlines=deadlines, clocks=tuple(clocks))


def cases(text):
    """Return the canonical columns of drawn cases; times are Singapore's."""
    return case_set_from(text).cases.to_pyarrow().to_pandas()


def due(text, *deadlines, until="2026-11-05 12:00", clocks=(), stopped=None):
    moment = pd.Timestamp(until, tz="Asia/Singapore").tz_convert("UTC")
    return deadlines_of(cases(text), casebook=book(*deadlines, clocks=clocks), until=moment, pauses=stopped)


def stops(*rows):
    frame = pd.DataFrame(rows, columns=["case_id", "paused_at", "resumed_at"])
    for name in ("paused_at", "resumed_at"):
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize("Asia/Singapore").dt.tz_convert("UTC")
    return frame


def local(series):
    return [None if pd.isna(at) else f"{at.tz_convert('Asia/Singapore'):%m-%d %H:%M}" for at in series]


def test_every_deadline_that_fits_is_listed_and_the_earliest_leads():
    frame = due(
        """
        case_id | market | priority | created_at       | sla_target_at
        z       | ID     | Critical | 2026-11-05 10:00 | 2026-11-05 20:00
        a       | VN     | Critical | 2026-11-05 11:00 |
        m       | SG     | Critical | 2026-11-05 11:00 |
        b       | ID     | Low      | 2026-11-05 11:30 |
        """,
        LAW,
        URGENT,
    )
    rows = list(zip(frame["case_id"], frame["name"], local(frame["due_at"]), frame["hours_left"], strict=True))
    assert rows == [
        ("z", "urgent", "11-05 14:00", 2.0),
        ("z", "resolution target", "11-05 20:00", 8.0),
        ("z", "law", "11-06 10:00", 22.0),
        ("a", "urgent", "11-05 15:00", 3.0),
        ("b", "law", "11-06 11:30", 23.5),
    ]
    assert list(frame.columns) == [
        *("case_id", "name", "kind", "after_at", "due_at", "met_at", "hours_left", "verdict", "basis", "as_of"),
        "due_from",
    ]
    assert list(frame.loc[2, ["kind", "basis", "as_of", "due_from"]]) == ["statutory", "MR5", "2026-11-01", "casebook"]
    assert list(frame.loc[1, ["kind", "basis", "as_of", "due_from"]]) == ["target", "", "", "source"]


@pytest.mark.parametrize(
    ("where", "fitting"),
    [
        ({}, "abc"),
        ({"market": "ID"}, "a"),
        ({"market": ["ID", "SG"]}, "ab"),
        ({"market": ("XX",)}, ""),
        ({"tags": "live"}, "ab"),
        ({"tags": ["live", "press"], "market": "SG"}, "b"),
        ({"is_escalated": True}, "a"),
        ({"is_escalated": False}, "b"),
        ({"entity_type": "track"}, ""),
        ({"market": ["nan", "None", "<NA>"]}, ""),
    ],
)
def test_conditions_hold_by_value_list_and_answer_and_a_blank_fits_none(where, fitting):
    text = """
        case_id | market | tags       | is_escalated | created_at
        a       | ID     | live       | yes          | 2026-11-05 10:00
        b       | SG     | press live | no           | 2026-11-05 10:00
        c       |        |            |              | 2026-11-05 10:00
    """
    assert "".join(due(text, Deadline("d", hours=1, where=where))["case_id"]) == fitting


VERDICTS = """
    case_id | created_at       | decided_at       | closed_at        | verdict     | left | because
    a       | 2026-11-05 09:00 | 2026-11-05 11:00 |                  | met         |      | within four hours
    b       | 2026-11-05 06:00 | 2026-11-05 10:00 |                  | met         |      | at the very moment
    c       | 2026-11-05 05:00 | 2026-11-05 10:00 |                  | missed      |      | an hour late
    d       | 2026-11-05 07:00 |                  |                  | missed      | -1   | passed at 11:00
    e       | 2026-11-05 08:00 |                  |                  | not due yet | 0    | due now
    f       | 2026-11-05 09:00 |                  |                  | not due yet | 1    | an hour is left
    g       | 2026-11-05 09:00 | 2026-11-05 12:30 |                  | not due yet | 1    | the decision is not known yet
    h       | 2026-11-05 05:00 |                  | 2026-11-05 11:00 | unknown     |      | closed, and nobody says when it was decided
    i       | 2026-11-05 05:00 |                  | 2026-11-05 12:30 | missed      | -3   | the closing is not known yet
    j       | 2026-11-05 09:00 | 2026-11-05 08:00 |                  | unknown     |      | decided before it was opened
"""


def test_verdicts_are_as_of_the_moment():
    drawn = "\n".join(line.rsplit("|", 3)[0] for line in VERDICTS.strip().splitlines())
    frame = due(drawn, Deadline("d", hours=4))
    wanted = frame_from(VERDICTS)
    assert list(frame["case_id"]) == list(wanted["case_id"])
    assert list(frame["verdict"]) == list(wanted["verdict"])
    assert frame["hours_left"].tolist() == pytest.approx(
        [float("nan") if v is None else v for v in wanted["left"]], nan_ok=True
    )
    assert frame["met_at"].notna().sum() == 4


def test_what_has_not_begun_has_no_deadline():
    text = """
        case_id | created_at       | appealed_at      | appeal_decided_at
        a       | 2026-11-01 09:00 |                  |
        b       | 2026-11-01 09:00 | 2026-11-05 09:00 |
        c       | 2026-11-01 09:00 | 2026-11-05 13:00 |
    """
    appeal = Deadline("appeal", days=2, zone="Asia/Singapore", after="appealed_at", met_by="appeal_decided_at")
    frame = due(text, appeal)
    assert (list(frame["case_id"]), local(frame["due_at"])) == (["b"], ["11-07 23:59"])


def test_an_answer_is_owed_even_when_the_case_was_closed():
    text = "case_id | created_at | closed_at\na | 2026-11-05 05:00 | 2026-11-05 06:00"
    assert list(due(text, Deadline("d", hours=4, met_by="first_response_at"))["verdict"]) == ["missed"]


def test_the_next_is_the_earliest_that_is_still_to_be_met():
    frame = due(
        """
        case_id | market | created_at       | decided_at       | first_response_at
        a       | ID     | 2026-11-05 10:00 |                  |
        b       | ID     | 2026-11-05 07:00 |                  |
        c       | ID     | 2026-11-04 10:00 | 2026-11-05 11:00 |
        d       | ID     | 2026-11-05 10:00 | 2026-11-05 11:00 | 2026-11-05 11:30
        """,
        LAW,
        Deadline("answer", hours=4, met_by="first_response_at"),
        Deadline("second answer", hours=8, met_by="first_response_at"),
    )
    found = next_due(frame)
    # c met the law late, so that its answer is next; d has nothing left; b stays with the one that passed.
    assert list(found["case_id"]) == ["a", "b", "c"]
    assert list(found["name"]) == ["answer", "answer", "answer"]
    assert found["hours_left"].tolist() == [2.0, -1.0, -22.0]


def test_what_was_met_too_late_is_not_next():
    text = "case_id | market | created_at | decided_at\na | ID | 2026-11-04 10:00 | 2026-11-05 11:00"
    frame = due(text, LAW, Deadline("report", hours=72, met_by="first_response_at"))
    assert list(frame["verdict"]) == ["missed", "not due yet"]
    assert list(next_due(frame)["name"]) == ["report"]


def test_the_first_clock_that_fits_says_when_a_case_is_due():
    text = "case_id | severity | created_at\na | S2 | 2026-11-05 10:00\nb | S0 | 2026-11-05 10:00"
    frame = due(text, clocks=[Clock(6, {"severity": "S2"}), Clock(24)])
    assert local(frame["due_at"]) == ["11-05 16:00", "11-06 10:00"]


def test_pauses_move_what_they_may_and_as_far_as_they_are_known():
    text = """
        case_id | created_at
        a       | 2026-11-05 06:00
        b       | 2026-11-05 06:00
        c       | 2026-11-05 06:00
    """
    stopped = stops(
        ("a", "2026-11-05 08:00", "2026-11-05 10:00"),
        ("b", "2026-11-05 09:00", None),
        ("c", "2026-11-05 09:00", "2026-11-09 09:00"),
    )
    frame = due(text, Deadline("moves", hours=4, pauses=True), Deadline("stays", hours=4), stopped=stopped)
    moved = frame[frame["name"].eq("moves")]
    assert local(moved["due_at"]) == ["11-05 12:00", "11-05 13:00", "11-05 13:00"]
    assert set(local(frame.loc[frame["name"].eq("stays"), "due_at"])) == {"11-05 10:00"}


def test_minutes_without_a_log_move_hours_and_leave_days():
    text = """
        case_id | created_at       | paused_minutes
        a       | 2026-11-05 06:00 | 120
        b       | 2026-11-05 06:00 |
        c       | 2026-11-05 06:00 | 120
        d       | 2026-11-05 06:00 | 3000
    """
    hours, days = Deadline("h", hours=4, pauses=True), Deadline("d", days=1, zone="Asia/Singapore", pauses=True)
    frame = due(text, hours, days, stopped=stops(("c", "2026-11-05 07:00", "2026-11-05 08:00")))
    assert local(frame.loc[frame["name"].eq("h"), "due_at"]) == [
        "11-05 12:00",
        "11-05 10:00",
        "11-05 11:00",
        "11-07 12:00",
    ]
    assert set(local(frame.loc[frame["name"].eq("d"), "due_at"])) == {"11-06 23:59"}


def test_a_law_that_changed_holds_for_each_case_as_it_stood_when_the_case_came():
    old = Deadline("36 h", hours=36, zone="Asia/Kolkata", valid_until="2026-02-19")
    new = Deadline("3 h", hours=3, zone="Asia/Kolkata", valid_from="2026-02-20")
    text = "case_id | created_at\na | 2026-02-20 02:29\nb | 2026-02-20 02:30"
    assert list(due(text, old, new)["name"]) == ["36 h", "3 h"]


CLOCKED = """
    case_id | severity | created_at       | closed_at        | sla_target_at    | paused_minutes
    a       | S2       | 2026-11-03 09:00 | 2026-11-03 16:00 |                  |
    b       | S2       | 2026-11-04 15:00 |                  |                  |
    c       | S1       | 2026-11-04 15:00 |                  |                  |
    d       | S1       | 2026-11-03 15:00 | 2026-11-04 10:00 |                  | 60
    e       | S0       | 2026-11-04 15:00 |                  | 2026-11-05 11:00 | 600
    f       | S0       | 2026-11-04 15:00 |                  |                  |
"""
CLOCKED_LOG = """
    case_id | event_type | occurred_at
    a       | created    | 2026-11-03 09:00
    a       | paused     | 2026-11-03 10:00
    a       | resumed    | 2026-11-03 10:30
    a       | closed     | 2026-11-03 16:00
    c       | created    | 2026-11-04 15:00
    c       | paused     | 2026-11-04 16:00
    c       | resumed    | 2026-11-05 09:30
    e       | created    | 2026-11-04 15:00
    e       | paused     | 2026-11-04 16:00
    e       | resumed    | 2026-11-04 18:00
"""
CLOCKS = (Clock(6.5, {"severity": "S2"}), Clock(8, {"severity": "S1"}, site="office"))


def test_the_target_is_the_one_that_the_sla_clock_of_single_cases_tells():
    case_set = case_set_from(CLOCKED, events=CLOCKED_LOG, as_of="2026-11-05 12:00", casebook=book(clocks=CLOCKS))
    cases_known = known(case_set, list("abcdef"))
    single = sla_clock(cases_known, casebook=case_set.casebook).set_index("case_id").loc[list("abcde")]
    rows = deadlines_of(
        cases_known.cases, casebook=case_set.casebook, until=cases_known.until, pauses=pauses(cases_known)
    ).set_index("case_id")
    # Nobody says when f is due, so that it has no target.
    assert list(rows.index) == list("abcde")
    assert list(rows["due_at"]) == list(single["due_at"])
    assert list(rows["verdict"]) == list(single["verdict"]) == ["met", "missed", "not due yet", "met", "missed"]
    assert list(rows["due_from"]) == list(single["due_from"])
    assert local(rows["due_at"]) == ["11-03 16:00", "11-04 21:30", "11-05 16:30", "11-04 16:00", "11-05 11:00"]


def test_a_case_that_was_opened_again_may_have_met_its_target_before():
    text = """
        case_id | created_at       | sla_target_at
        a       | 2026-11-01 09:00 | 2026-11-02 09:00
        b       | 2026-11-01 09:00 | 2026-11-06 09:00
        c       | 2026-11-01 09:00 | 2026-11-02 09:00
    """
    frame = cases(text).assign(is_reopened=[True, True, False])
    moment = pd.Timestamp("2026-11-05 12:00", tz="Asia/Singapore")
    found = deadlines_of(frame, casebook=book(), until=moment)
    assert list(found["verdict"]) == ["unknown", "not due yet", "missed"]
    assert list(next_due(found)["case_id"]) == ["b", "c"]


def test_the_columns_that_are_read_are_those_of_the_deadlines_and_clocks():
    deadline = Deadline("d", hours=1, where={"entity_type": "track"}, after="appealed_at", met_by="first_response_at")
    names = deadline_columns(book(deadline, clocks=[Clock(8, {"severity": "S1"})]))
    assert {"case_id", "entity_type", "appealed_at", "first_response_at", "severity", "created_at"} <= set(names)
    assert "market" not in names


def test_deadlines_that_the_source_cannot_answer_are_named_with_what_is_lacking():
    deadlines = (
        LAW,
        URGENT,
        Deadline("appeal", days=2, zone="UTC", kind="internal", after="appealed_at", met_by="appeal_decided_at"),
        Deadline("answer", hours=2, met_by="first_response_at"),
    )
    text = "case_id | market | created_at | decided_at\na | ID | 2026-11-05 10:00 | 2026-11-05 11:00"
    found = unjudged_deadlines(case_set_from(text, casebook=book(*deadlines)))
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("urgent", "statutory", "priority", "fits no case"),
        ("appeal", "internal", "appealed_at, appeal_decided_at", "fits no case"),
        ("answer", "statutory", "first_response_at", "is never met"),
    ]


def test_no_case_and_no_deadline_give_empty_frames_of_the_same_columns():
    none = due("case_id | created_at\na | 2026-11-05 10:00").head(0)
    empty = deadlines_of(
        cases("case_id | created_at\na | 2026-11-05 10:00").head(0),
        casebook=book(LAW),
        until=pd.Timestamp("2026-11-05", tz="UTC"),
    )
    assert list(none.columns) == list(empty.columns)
    assert none.empty
    assert empty.empty
    assert next_due(empty).empty


def test_columns_without_any_value_are_as_good_as_none():
    frame = cases("case_id | market | created_at\na | ID | 2026-11-05 10:00")
    blank = frame.assign(decided_at=None, closed_at=pd.NaT, paused_minutes=None, is_closed=None, sla_target_at=None)
    moment = pd.Timestamp("2026-11-05 12:00", tz="Asia/Singapore")
    wanted, got = (deadlines_of(f, casebook=book(LAW), until=moment) for f in (frame, blank))
    pd.testing.assert_frame_equal(wanted, got)


def test_each_case_has_the_same_deadlines_whatever_stands_beside_it():
    text = """
        case_id | market | priority | severity | created_at       | decided_at       | paused_minutes
        a       | ID     | Critical | S2       | 2026-11-05 10:00 |                  | 30
        b       | VN     | Critical | S1       | 2026-11-04 11:00 | 2026-11-05 09:00 |
        c       | SG     | Low      | S2       | 2026-11-03 11:00 |                  |
        d       | ID     | Low      |          | 2026-11-02 11:30 |                  | 90
    """
    days = Deadline("days", working_days=2, calendar="office", pauses=True)
    casebook = book(LAW, URGENT, days, clocks=[Clock(8, {"severity": "S2"}, site="office")])
    moment = pd.Timestamp("2026-11-05 12:00", tz="Asia/Singapore")
    stopped = stops(("c", "2026-11-04 08:00", "2026-11-04 18:00"), ("a", "2026-11-05 11:00", None))
    every = cases(text)
    together = deadlines_of(every, casebook=casebook, until=moment, pauses=stopped)
    for part in (every.sample(frac=1, random_state=7), every.iloc[[2]], every.iloc[[3, 0]]):
        alone = deadlines_of(part, casebook=casebook, until=moment, pauses=stopped)
        order = {case_id: n for n, case_id in enumerate(part["case_id"])}
        rows = together[together["case_id"].isin(order)]
        wanted = rows.sort_values("case_id", key=lambda ids: ids.map(order), kind="stable").reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, wanted, check_dtype=False)


def test_the_cases_stay_as_they_were():
    frame = cases("case_id | market | created_at\na | ID | 2026-11-05 10:00").set_index("case_id", drop=False)
    before = frame.copy()
    deadlines_of(frame, casebook=book(LAW), until=pd.Timestamp("2026-11-05", tz="UTC"))
    pd.testing.assert_frame_equal(frame, before)


def test_an_unknown_country_is_refused_by_the_name_of_the_deadline():
    with pytest.raises(ParameterError, match="the deadline 'w'"):
        due("case_id | created_at\na | 2026-11-05 10:00", Deadline("w", working_days=1, calendar="XX", zone="UTC"))


def test_a_hundred_thousand_cases_and_ten_deadlines_take_about_a_second():
    chance, count = np.random.default_rng(7), 100_000
    opened = pd.to_datetime(pd.Series(chance.integers(1_780_000_000, 1_790_000_000, count)), unit="s", utc=True)
    frame = pd.DataFrame({"case_id": [f"c{n}" for n in range(count)], "created_at": opened, "market": "ID"})
    spans = [{"hours": 24}, {"days": 3, "zone": "Asia/Jakarta"}, {"working_days": 2, "calendar": "office"}]
    deadlines = [Deadline(f"d{n}", where={"market": ["ID"]}, pauses=n > 5, **spans[n % 3]) for n in range(10)]
    started = process_time()
    found = deadlines_of(frame, casebook=book(*deadlines), until=pd.Timestamp("2026-11-05", tz="UTC"))
    assert len(found) == 10 * count
    assert process_time() - started < 6  # 1.1 s measured; the rest is for a loaded machine
