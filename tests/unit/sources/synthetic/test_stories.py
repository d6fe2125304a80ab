from __future__ import annotations

from datetime import date, timedelta
from math import comb

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from tskit.sources.synthetic.stories import STORIES, told
from tskit.sources.synthetic.world import SITES

UNTIL = date(2026, 11, 1)
# The report's period and the four weeks before, from local midnight in Singapore.
NOW = "BETWEEN TIMESTAMP '2026-10-04 16:00' AND TIMESTAMP '2026-11-01 15:59:59'"
BEFORE = "BETWEEN TIMESTAMP '2026-09-06 16:00' AND TIMESTAMP '2026-10-04 15:59:59'"
OVERTURNED = "appeal_status IN ('reversed', 'partially_reversed')"
RATED = "appeal_status IN ('upheld', 'reversed', 'partially_reversed')"


def test_all_tells_seven_stories_and_none_tells_no_story():
    assert tuple(told("all", until=UNTIL)) == STORIES
    assert told("none", until=UNTIL) == {}
    assert len(STORIES) == 7


def test_the_default_long_weekend_is_chulalongkorn_day_in_bangkok():
    story = told("holiday_backlog", until=UNTIL)["holiday_backlog"]
    assert (story.first, story.last) == (date(2026, 10, 23), date(2026, 10, 25))
    assert story.where == {"queue": ("deceptive-th", "conduct-th"), "site": ("bangkok",)}


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2023, 1, 15), date(2028, 12, 31)))
def test_the_long_weekend_is_a_public_holiday_that_had_time_to_recover(until):
    story = told("holiday_backlog", until=until)["holiday_backlog"]
    site = next(site for site in SITES if site.name in story.where["site"])
    known = holidays.country_holidays(site.country, years=[story.first.year, story.last.year])
    assert story.first in known or story.last in known
    assert story.first.isoweekday() in (5, 6)
    assert story.last + timedelta(days=4) <= until


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2023, 1, 15), date(2028, 12, 31)))
def test_the_inverted_months_are_the_two_whole_months_before_the_month_a_year_ago(until):
    story = told("inverted_field", until=until)["inverted_field"]
    assert story.first.day == 1
    assert (story.last + timedelta(days=1)) == date(until.year - 1, until.month, 1)
    assert 59 <= (story.last - story.first).days + 1 <= 62


def test_scam_podcasts_rise_to_several_times_their_number_in_indonesia_only(full):
    sql = """
        SELECT market, count(*) FILTER (created_at >= TIMESTAMP '2026-10-21 16:00') / 10.0,
               count(*) FILTER (created_at BETWEEN TIMESTAMP '2026-09-06 16:00' AND TIMESTAMP '2026-10-04 16:00') / 28.0
        FROM clean WHERE policy_id = 'DEC-SCAM' AND entity_type IN ('show', 'episode') GROUP BY 1
    """
    ratio = {market: now / before for market, now, before in full.rows(sql)}
    assert ratio.pop("ID") > 4
    assert all(0.5 < other < 1.8 for other in ratio.values())
    assert full.story("scam_spike")["from"] == "2026-10-20"


def test_the_accuracy_of_one_vendor_falls_and_of_no_other(full):
    sql = """
        SELECT decided_vendor, decided_at >= TIMESTAMP '2026-08-23 16:00' AS late, avg((qa_label_final = 'correct')::INT)
        FROM clean WHERE qa_label_final IS NOT NULL AND decided_at >= TIMESTAMP '2026-01-01' GROUP BY 1, 2
    """
    found = {(vendor, late): value for vendor, late, value in full.rows(sql) if vendor}
    assert found["Lumen", False] > 0.94
    assert found["Lumen", True] < 0.89
    assert all(found[vendor, True] > 0.92 for vendor in ("internal", "Northwind", "Saffron", "Banyan"))


def test_the_overturn_rate_falls_over_all_while_no_policy_moves(full):
    sql = f"""
        SELECT policy_id, count(*) FILTER (appeal_decided_at {NOW}), count(*) FILTER ({OVERTURNED} AND appeal_decided_at {NOW}),
               count(*) FILTER (appeal_decided_at {BEFORE}), count(*) FILTER ({OVERTURNED} AND appeal_decided_at {BEFORE})
        FROM clean WHERE {RATED} GROUP BY 1
    """
    rows = {policy: counts for policy, *counts in full.rows(sql)}
    n1, k1, n0, k0 = (sum(counts[i] for counts in rows.values()) for i in range(4))
    assert k1 / n1 < k0 / n0
    assert chi2_contingency([[k1, n1 - k1], [k0, n0 - k0]]).pvalue < 0.001
    for policy, (now, hits, before, was) in rows.items():
        if min(now, before) >= 10:
            assert _fisher(hits, now, was, before) > 0.2, policy


def _fisher(k1: int, n1: int, k0: int, n0: int) -> float:
    """Return the two-sided exact p-value of two shares, worked out from the hypergeometric distribution."""
    total, hits = n1 + n0, k1 + k0
    weights = {k: comb(n1, k) * comb(n0, hits - k) for k in range(max(0, hits - n0), min(n1, hits) + 1)}
    seen = weights[k1]
    return sum(w for w in weights.values() if w <= seen) / comb(total, hits)


@pytest.mark.parametrize("queue", ["deceptive-th", "conduct-th"])
def test_the_thai_queue_backs_up_misses_its_target_and_recovers(full, queue):
    def backlog(day: str) -> int:
        at = f"TIMESTAMP '{day} 16:00'"
        return full.value(
            f"SELECT count(*) FROM clean WHERE queue = '{queue}' AND created_at <= {at} AND (closed_at IS NULL OR closed_at > {at})"
        )

    usual = sum(backlog(f"2026-10-{day:02d}") for day in range(5, 22)) / 17
    assert backlog("2026-10-25") > 3 * usual
    assert backlog("2026-10-29") < 2 * usual
    due = "sla_target_at BETWEEN TIMESTAMP '2026-10-24 16:00' AND TIMESTAMP '2026-10-27 16:00'"
    met = full.value(f"SELECT avg((sla_met = 'true')::INT) FROM clean WHERE queue = '{queue}' AND {due}")
    assert met < 0.6


def test_detection_is_inverted_for_two_months_only(full):
    sql = """
        SELECT strftime(created_at + INTERVAL 8 HOUR, '%Y-%m') AS month, avg((automated_detection = 'true')::INT)
        FROM clean WHERE record_type = 'proactive' AND source_type = 'proactive_automated' GROUP BY 1
    """
    share = dict(full.rows(sql))
    assert share.pop("2025-09") == share.pop("2025-10") == 0
    assert set(share.values()) == {1.0}
