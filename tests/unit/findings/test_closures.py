"""Backlogs after a holiday: which site works on a segment, and how we know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.findings.conftest import LAST, book, days_of, look_at
from tskit import findings
from tskit.findings.closures import links_of
from tskit.findings.segments import Segment
from tskit.model import Clock, Site

TH = Segment.of(["market"], ["TH"])
THAI = Segment.of(["queue"], ["thai"])


def site(name, country, **more):
    return Site(name, country, "Asia/Bangkok", **more)


def case(day, *, market="TH", queue="thai", waits_until=None):
    closed = f"{waits_until} 12:00" if waits_until else f"{day} 20:00"
    return {"market": market, "queue": queue, "created_at": f"{day} 09:00", "closed_at": closed}


def looked(casebook, rows=()):
    # Every evening all but two a day are closed; those two wait until the next noon.
    usual = [
        case(day, waits_until=(day + timedelta(days=1)) if n < 2 else None)
        for back in range(20)
        for day in days_of(back)
        for n in range(10)
    ]
    return look_at([*usual, *rows], metrics=("cases_opened", "backlog"), by=("market", "queue"), casebook=casebook)


@pytest.mark.parametrize(
    ("casebook", "words"),
    [
        (book(sites=(site("a", "SG", queues=("thai",)),)), "the casebook gives this queue to that site"),
        (
            book(sites=(site("a", "SG"),), clocks=(Clock(8.0, {"queue": "thai"}, "a"),)),
            "the casebook's clock for these cases runs at that site",
        ),
        (book(sites=(site("a", "TH"),)), "the site lies in the market that most of these cases come from"),
    ],
)
def test_a_site_is_tied_to_a_queue_by_what_the_casebook_says_first(casebook, words):
    assert [(link.site.name, link.words) for link in links_of(THAI, looked(casebook))] == [("a", words)]


def test_a_named_market_goes_before_the_country_of_a_site():
    casebook = book(sites=(site("here", "TH"), site("there", "MY", markets=("TH",))))
    (link,) = links_of(TH, looked(casebook))
    assert (link.site.name, link.words) == ("there", "the casebook gives this market to that site")


def test_a_site_that_nothing_ties_to_the_cases_is_not_blamed():
    assert links_of(TH, looked(book(sites=(site("a", "SG"),)))) == ()


def test_a_backlog_after_a_holiday_of_the_site_names_both():
    # 23 October is a public holiday of Thailand; from that day on 15 cases a day wait until the Monday after next.
    holiday = LAST - timedelta(days=3)
    waiting = [
        case(holiday + timedelta(days=n), waits_until=LAST + timedelta(days=5)) for n in range(5) for _ in range(15)
    ]
    look = looked(book(sites=(site("bangkok", "TH", queues=("thai",)),)), waiting)
    (backlog,) = look.told.backlogs
    assert (backlog.closure.site, str(backlog.closure.day)) == ("Bangkok", "2026-10-23")
    card = next(item for item in findings.record(look).items if item.claim.startswith("Backlog"))
    assert "after the Bangkok site's public holiday on Friday 23 October" in card.claim
    assert card.values["open_cases"] == backlog.peak.spike.peak_value == 77
