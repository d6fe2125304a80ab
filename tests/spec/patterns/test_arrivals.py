"""What arrives hour by hour: what is usual, what to expect, and what stands out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.support.tables import case_set_of
from tskit.model import Casebook, Site
from tskit.patterns import arrivals, cases_behind, expected, expected_in_all, unusual, usual

BOOK = Casebook(Path("drawn"), "drawn", sites=(Site("singapore", "SG", "Asia/Singapore"),))
SUNDAY = datetime(2026, 6, 21, tzinfo=ZoneInfo("Asia/Singapore"))
"""No public holiday of Singapore lies in the 13 Sundays before it but 31 May (Vesak Day)."""


def at(hour, *, weeks=0, days=0, zone="Asia/Singapore"):
    """Return an hour of that Sunday, or of one so many weeks before."""
    day = SUNDAY.date() - timedelta(weeks=weeks, days=-days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(hours=hour)


def rows(counts, *, market="SG", reported="spam", queue="inbox"):
    """Return rows of cases: so many at each of these moments."""
    return [
        {
            "created_at": moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") + "Z",
            "market": market,
            "abuse_type_reported": reported,
            "queue": queue,
        }
        for moment, number in counts
        for _ in range(number)
    ]


def early(**where):
    """Return a case of long ago, so that the data reaches back far enough."""
    return rows([(at(0, weeks=30), 1)], **where)


def case_set(*parts, until, zone="Asia/Singapore"):
    return case_set_of({"cases": [row for part in parts for row in part]}, zone=zone, as_of=str(until), casebook=BOOK)


def looked(*parts, until, **settings):
    return arrivals(case_set(*parts, until=until), until=until, zone="Asia/Singapore", **settings)


def test_usual_are_the_same_hours_of_thirteen_weeks_without_holidays():
    """Vesak Day, three weeks ago, is passed over, so that the weeks 1, 2, 4 ... 14 ago are what is usual."""
    until = at(11)
    past = rows([(at(10.5, weeks=week), week) for week in range(1, 16)])
    arrived = looked(early(), past, until=until)
    found = usual(arrived, arrived.hours(at(10).astimezone(UTC), until.astimezone(UTC)))
    assert found is not None
    assert found.sum(axis=0).tolist() == [[1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]]


def test_expected_is_the_median_and_the_mean_where_few_are_usual():
    until = at(10)
    many = rows([(at(10.5, weeks=week), 20 + week) for week in range(1, 16)])
    few = rows([(at(11.5, weeks=week), 1) for week in (1, 2)])
    found = expected(looked(early(), many, few, until=until), starts_at=until, ends_at=at(12))
    assert found["expected"].tolist() == [28.0, pytest.approx(2 / 13)]
    assert (found["low"] <= found["expected"]).all()
    assert (found["high"] >= found["expected"]).all()
    assert found["is_future"].all()
    assert found["cases"].isna().all()


def test_an_hour_that_a_shift_has_in_part_counts_by_that_part():
    """Seen at 10:07, hours begin at a quarter past: the one from 11:00 to 12:00 has a quarter of 20 and three of 8."""
    until = at(10) + timedelta(minutes=7)
    past = rows([(at(10.5, weeks=week), 20) for week in range(1, 16)])
    more = rows([(at(11.5, weeks=week), 8) for week in range(1, 16)])
    found = expected_in_all(looked(early(), past, more, until=until), starts_at=at(11), ends_at=at(12))
    assert found.cases == pytest.approx(20 / 4 + 8 * 3 / 4)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (4, 0), (59, 0), (60, 15), (899, 15), (900, 15)])
def test_a_few_seconds_past_the_hour_are_that_hour(seconds, minutes):
    until = at(10) + timedelta(seconds=seconds)
    assert looked(early(), until=until).ends_at == at(10) + timedelta(minutes=minutes)


def test_a_public_holiday_of_the_market_is_held_against_sundays():
    """Monday 9 November 2026 is a holiday in Singapore (Deepavali in lieu), and an ordinary Monday in Thailand."""
    monday = datetime(2026, 11, 9, 10, tzinfo=ZoneInfo("Asia/Singapore"))
    mondays = [(monday - timedelta(weeks=week) + timedelta(minutes=30), 40) for week in range(1, 19)]
    sundays = [(moment - timedelta(days=1), 8) for moment, _ in mondays] + [(mondays[0][0] + timedelta(days=6), 8)]
    parts = [early(), rows(mondays), rows(sundays), rows(mondays, market="TH"), rows(sundays, market="TH")]
    found = expected_in_all(looked(*parts, until=monday), starts_at=monday, ends_at=monday + timedelta(hours=1))
    assert (found.cases, found.holidays) == (48.0, ("SG",))


def test_hours_are_local_so_that_a_change_of_the_clocks_moves_nothing():
    """Dublin's clocks go back on 25 October 2026: 10:00 on the Sunday after is another hour of UTC than before."""
    zone = ZoneInfo("Europe/Dublin")
    until = datetime(2026, 11, 1, 11, tzinfo=zone)
    past = [(datetime(2026, 11, 1, 10, 30, tzinfo=zone) - timedelta(weeks=week), 7) for week in range(1, 16)]
    cases = case_set(early(market="IE"), rows(past, market="IE"), until=until, zone="Europe/Dublin")
    arrived = arrivals(cases, until=until, zone="Europe/Dublin")
    found = usual(arrived, arrived.hours(datetime(2026, 11, 1, 10, tzinfo=UTC), datetime(2026, 11, 1, 11, tzinfo=UTC)))
    assert found is not None
    assert set(found.sum(axis=0).ravel().tolist()) == {7.0}


def test_nothing_later_than_the_moment_is_counted():
    until = at(11)
    arrived = looked(early(), rows([(at(10.5), 3), (at(11), 1), (at(11.1), 5)]), until=until)
    assert arrived.seen(arrived.hours(at(9).astimezone(UTC), until.astimezone(UTC))).sum() == 4


def test_with_too_little_past_nothing_is_expected_or_judged():
    until = at(11)
    arrived = looked(rows([(at(10.5, weeks=week), 5) for week in range(7)]), until=until)
    assert usual(arrived, arrived.hours(at(9), until)) is None
    assert np.isnan(expected_in_all(arrived, starts_at=until, ends_at=at(12)).cases)
    assert expected(arrived, starts_at=until, ends_at=at(12)).empty
    assert unusual(arrived, since=at(0)).looked_at == 0


def steady(**where):
    """Return three cases an hour, day and night, for sixteen weeks up to 11:00 of that Sunday."""
    hours = range(16 * 7 * 24)
    return rows([(at(10.5) - timedelta(hours=hour), 3) for hour in hours], **where)


def test_a_steady_stream_shows_nothing():
    found = unusual(looked(early(), steady(), until=at(11)), since=at(0))
    assert found.found.empty
    assert found.looked_at > 0


def test_a_spike_of_one_kind_in_two_markets_is_told_once_with_both():
    wave = [
        rows([(at(hour + 0.2), 5) for hour in (7, 8, 9, 10)], market=name, reported="threats") for name in ("SG", "MY")
    ]
    found = unusual(looked(early(), steady(), *wave, until=at(11)), since=at(0)).found
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["kind"], row["markets"], row["reported"], row["cases"]) == ("spike", ("MY", "SG"), "threats", 40)
    assert row["bound"] < row["cases"]
    assert row["p"] < 1e-6
    assert row["expected"] == 0


def test_what_is_usual_of_a_spike_is_the_mean_over_its_markets_together():
    """One case in SG two weeks ago and two in MY a week ago, at these hours: 3 in 13 weeks."""
    wave = [
        rows([(at(hour + 0.2), 5) for hour in (7, 8, 9, 10)], market=name, reported="threats") for name in ("SG", "MY")
    ]
    past = [
        rows([(at(8.5, weeks=2), 1)], reported="threats"),
        rows([(at(9.5, weeks=1), 2)], market="MY", reported="threats"),
    ]
    found = unusual(looked(early(), steady(), *wave, *past, until=at(11)), since=at(0)).found
    assert found["expected"].tolist() == [pytest.approx(3 / 13)]


def test_a_spike_that_is_usual_at_that_hour_is_none():
    peaks = rows([(at(9.5, weeks=week), 40 + week % 3) for week in range(16)], reported="threats")
    assert unusual(looked(early(), steady(), peaks, until=at(11)), since=at(0)).found.empty


def test_one_incident_of_the_past_does_not_hide_the_next():
    """Four weeks ago there was such a wave, too: the median and the spread without it are as they were."""
    waves = rows([(at(9.5, weeks=week), 60) for week in (0, 4)], reported="threats")
    found = unusual(looked(early(), steady(), waves, until=at(11)), since=at(0)).found
    assert found["reported"].tolist() == ["threats"]


def test_a_feed_that_stopped_is_a_silence():
    """Three cases an hour are usual; after 07:00 none came, which chance allows for an hour or so, not for four."""
    stopped = [row for row in steady() if row["created_at"] < at(7).astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")]
    found = unusual(looked(early(), stopped, until=at(11)), since=at(0)).found
    assert found["kind"].tolist() == ["silence"]
    assert (found.iloc[0]["hours"], found.iloc[0]["expected"]) == (4, 12)


def test_a_rare_kind_that_did_not_come_is_no_silence():
    rare = rows([(at(9.5, weeks=week), 1) for week in range(1, 16, 3)], reported="rare")
    assert unusual(looked(early(), steady(), rare, until=at(11)), since=at(0)).found.empty


def test_the_time_until_a_case_first_enters_a_queue_counts_where_there_is_a_log():
    cases = [{"case_id": "a", "created_at": "2026-06-21 01:00", "market": "SG", "queue": "legal"}]
    events = [
        {"case_id": "a", "event_type": "created", "occurred_at": "2026-06-21 01:00", "to_queue": ""},
        {"case_id": "a", "event_type": "assigned", "occurred_at": "2026-06-21 08:30", "to_queue": "inbox"},
        {"case_id": "a", "event_type": "queue_moved", "occurred_at": "2026-06-21 09:30", "to_queue": "legal"},
    ]
    told = case_set_of({"cases": cases, "events": events}, as_of="2026-06-21 11:00", casebook=BOOK)
    everywhere = arrivals(told, until=at(11), zone="Asia/Singapore")
    legal = arrivals(told, until=at(11), queues=("legal",), zone="Asia/Singapore")
    assert everywhere.combinations["queue"].tolist() == ["inbox"]
    assert everywhere.seen([at(8).astimezone(UTC)]).sum() == 1
    assert legal.seen([at(9).astimezone(UTC)]).sum() == 1


def test_what_was_moved_on_within_the_hours_came_before_them():
    """Case a came at 08:30 and is escalated at 10:30; only b came after ten."""
    moved = [
        {
            "case_id": case,
            "event_type": "queue_moved",
            "occurred_at": f"{at(hour).astimezone(UTC):%Y-%m-%d %H:%M}Z",
            "to_queue": queue,
        }
        for case, hour, queue in (("a", 8.5, "inbox"), ("a", 10.5, "t2"), ("b", 10.25, "inbox"))
    ]
    cases = [one | {"case_id": case} for one, case in zip(rows([(at(8.4), 1), (at(10.2), 1)]), "ab", strict=True)]
    found = cases_behind(
        case_set_of({"cases": cases, "events": moved}, zone="Asia/Singapore", as_of=str(at(11)), casebook=BOOK),
        ["inbox", "t2"], since=at(10), until=at(11), where={},
    )  # fmt: skip
    assert found["case_id"].tolist() == ["b"]
