from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tskit.findings.cards import Draft, certainty_of, counted, subject, sure_of
from tskit.findings.noise import Verdict
from tskit.metrics import find


def test_a_draft_keeps_every_number_that_it_quotes():
    draft = Draft()
    words = f"{draft.number('cases', 1104)} of {draft.limit('aim', 0.95, 'share')}, {draft.points('step', 0.0021)}"
    assert words == "1,104 of 95\u202f%, +0.2"
    assert draft.range("usual", 188, 241) == "188 to 241"
    assert draft.day("first", date(2026, 10, 20)) == "Tuesday 20 October"
    assert draft.values == {
        "cases": 1104,
        "aim": 0.95,
        "step": 0.0021,
        "usual_low": 188,
        "usual_high": 241,
        "first": "2026-10-20",
    }


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Singapore", "Sunday 1 November 2026, 19:40, Asia/Singapore"),
        ("Pacific/Auckland", "Monday 2 November 2026, 00:40, Pacific/Auckland"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_and_kept_in_utc(zone, words):
    draft = Draft()
    assert draft.instant("due", datetime(2026, 11, 1, 11, 40, tzinfo=UTC), ZoneInfo(zone)) == words
    assert draft.values == {"due": "2026-11-01T11:40:00Z"}


def test_a_value_that_is_not_known_is_kept_as_none():
    draft = Draft()
    assert draft.number("x", float("nan")) == "not known"
    assert draft.values == {"x": None}


@pytest.mark.parametrize(
    ("q", "cases", "points", "word"),
    [
        (0.00001, 500, 24, "very high"),
        (0.005, 500, 24, "high"),
        (0.03, 500, 24, "moderate"),
        (0.2, 500, 24, "low"),
        (0.00001, 99, 24, "moderate"),
        (0.00001, 500, 11, "moderate"),
        (0.03, 99, 24, "low"),
    ],
)
def test_few_cases_or_a_short_past_lower_how_sure_a_finding_is(q, cases, points, word):
    assert certainty_of(q, cases=cases, points=points) == word


@pytest.mark.parametrize(
    ("yardstick", "words"),
    [
        ("periods", "judged by 24 earlier periods"),
        ("weeks", "judged by 24 earlier weeks, since there are too few whole periods"),
        ("days", "judged by how much the 24 days of both periods vary, since the data begins too late for more"),
    ],
)
def test_how_sure_says_which_yardstick_was_used(yardstick, words):
    verdict = Verdict(1e-6, 16.2, 0.0, 0.1, 24, yardstick)
    text = sure_of(Draft(), verdict, looked_at=1500, rests_on=967)
    assert text == (
        f"ordinary ups and downs do not explain it: 16 times the usual change, {words}. 967 cases; corrected for 1,500 comparisons."
    )


def test_days_are_no_past():
    assert Verdict(0.1, 1.0, 0.0, 0.1, 56, "days").past == 0
    assert Verdict(0.1, 1.0, 0.0, 0.1, 24).past == 24


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("hours_to_close", "median time to close"),
        ("sla_attainment", "SLA attainment"),
        ("overturn_rate", "overturn rate"),
        ("handle_time", "mean handle time"),
    ],
)
def test_a_metric_is_named_as_in_a_sentence(metric, words):
    assert subject(find(metric)) == words


def test_a_rate_is_taken_over_its_own_kind_of_thing():
    named = {name: counted(find(name)) for name in ("overturn_rate", "appeal_rate", "reopen_rate", "cases_opened")}
    assert named == {
        "overturn_rate": "appeals",
        "appeal_rate": "decisions",
        "reopen_rate": "closed cases",
        "cases_opened": "cases",
    }
