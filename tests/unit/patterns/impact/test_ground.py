"""What looks like an effect and is none: data of a new meaning, data that is missing, and data that has not arrived."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.patterns.impact import Change, Ground, Outcome, before_and_after, difference, ground_of, guardrail

JUNE = Change(date(2026, 6, 1))
HOURS = Outcome("the median turnaround", "value", unit="hours", better=-1)
ABOUT = "the site redefined its categories"


def drawn(n=84, *, step=-3.0):
    """84 days from 6 April 2026, the change after 56 of them."""
    noise = np.random.default_rng(1).normal(size=n)
    return pd.DataFrame(
        {"period_start": pd.date_range("2026-04-06", periods=n), "value": 10 + step * (np.arange(n) >= 56) + noise}
    )


@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        (date(2026, 4, 6), True),  # all days lie after it
        (date(2026, 4, 7), False),  # one lies before it
        (date(2026, 6, 1), False),  # the break is what looks like the effect
        (date(2026, 6, 28), False),  # one day lies after it
        (date(2026, 6, 29), True),  # all days lie before it
    ],
)
def test_across_a_break_nothing_is_claimed(day, is_told):
    found = before_and_after(drawn(), JUNE, outcome=HOURS, ground=Ground(breaks=((day, ABOUT),)))
    assert found.statement.startswith("Cannot tell") is not is_told
    assert (found.interval is None) is not is_told
    assert (ABOUT in found.statement) is not is_told


def test_a_break_is_told_with_its_day_and_what_to_do():
    found = before_and_after(drawn(), JUNE, outcome=HOURS, ground=Ground(breaks=((date(2026, 5, 4), ABOUT),)))
    assert found.statement == (
        "Cannot tell whether the median turnaround changed with the change of 1 Jun 2026: on 4 May 2026 the site redefined "
        "its categories, and figures before and after it do not compare; choose days on one side of it."
    )


def test_a_guardrail_and_a_comparison_claim_nothing_across_a_break_either():
    ground = Ground(breaks=((date(2026, 6, 1), ABOUT),))
    held = guardrail(drawn(), JUNE, outcome=HOURS, margin=1.0, ground=ground)
    assert held.settings["verdict"] == "cannot tell"
    both = pd.concat([drawn().assign(vendor="a"), drawn(step=0.0).assign(vendor="b")])
    told = difference(both, JUNE, outcome=HOURS, unit="vendor", treated=["a"], ground=ground)
    assert told.statement.startswith("Cannot tell")
    assert told.interval is None


def test_days_without_data_are_left_out_and_told():
    """An outage of three days before the change and four after it, in which nothing could be counted."""
    frame = drawn()
    outage = frame["period_start"].isin(
        [*pd.date_range("2026-05-04", periods=3), *pd.date_range("2026-06-10", periods=4)]
    )
    ground = Ground(unknown=((date(2026, 5, 4), date(2026, 5, 7)), (date(2026, 6, 10), date(2026, 6, 14))))
    found = before_and_after(frame.assign(value=frame["value"].mask(outage, 0.0)), JUNE, outcome=HOURS, ground=ground)
    bare = before_and_after(frame[~outage], JUNE, outcome=HOURS)
    assert found.settings["value"] == bare.settings["value"]
    assert (found.settings["unknown_before"], found.settings["unknown_after"]) == (3, 4)
    assert found.settings["left_out"] == 7
    assert (
        "7 days within the series have no figure (3 before the change, 4 after) and count as unknown."
        in found.statement
    )
    assert "7 days within the series have no figure" in bare.statement


def test_a_comparison_tells_of_unknown_days_as_well():
    both = pd.concat([drawn().assign(vendor="a"), drawn(step=0.0).assign(vendor="b")])
    ground = Ground(unknown=((date(2026, 6, 10), date(2026, 6, 11)),))
    found = difference(both, JUNE, outcome=HOURS, unit="vendor", treated=["a"], ground=ground)
    assert (
        "1 day within the series has no figure (0 before the change, 1 after) and counts as unknown." in found.statement
    )
    assert found.settings["left_out"] == 1


def test_weekdays_on_which_nobody_works_are_not_unknown():
    frame = drawn()
    found = before_and_after(frame[frame["period_start"].dt.day_of_week < 5], JUNE, outcome=HOURS)
    assert (found.settings["unknown_before"], found.settings["unknown_after"]) == (0, 0)


@pytest.mark.parametrize(("days", "is_told"), [(14, True), (15, False)])
def test_where_more_is_unknown_than_known_nothing_is_claimed(days, is_told):
    ground = Ground(unknown=((date(2026, 6, 5), date(2026, 6, 5 + days)),))
    found = before_and_after(drawn(), JUNE, outcome=HOURS, ground=ground)
    assert found.statement.startswith("Cannot tell") is not is_told
    assert ("of the days after it more are unknown (15) than known (13)" in found.statement) is not is_told


def test_what_has_not_all_arrived_is_left_out():
    frame = drawn()
    late = frame.assign(value=frame["value"].mask(frame["period_start"] >= "2026-06-26", 0.0))
    found = before_and_after(late, JUNE, outcome=HOURS, ground=Ground(until=date(2026, 6, 26)))
    assert found.settings["value"] == before_and_after(frame[:81], JUNE, outcome=HOURS).settings["value"]
    assert found.settings["left_out"] == 3


def test_a_week_that_an_unknown_day_lies_in_is_unknown():
    weeks = pd.date_range("2026-01-05", periods=40, freq="7D")
    frame = pd.DataFrame({"period_start": weeks, "value": np.random.default_rng(0).normal(10, size=40)})
    ground = Ground(unknown=((date(2026, 2, 8), date(2026, 2, 10)),), until=date(2026, 10, 8))
    found = before_and_after(frame, JUNE, outcome=HOURS, ground=ground)
    assert found.settings["unknown_before"] == 2
    assert found.table["period_start"].max() == pd.Timestamp("2026-09-28")


def test_a_stretch_that_ends_before_it_begins_is_refused():
    with pytest.raises(ParameterError, match="day after its last"):
        Ground(unknown=((date(2026, 6, 2), date(2026, 6, 2)),))


DSA = """
    case_id | created_at | dsa_category                        | dsa_version
    a       | 2025-06-02 | STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT | v1
    b       | 2025-08-02 | STATEMENT_CATEGORY_VIOLENCE         | v2
"""


def filtered(category):
    case_set = case_set_from(DSA, as_of="2025-09-01 10:00")
    scope = replace(case_set.scope, filters=(("dsa_category", (category,)),))
    return replace(case_set, scope=scope)


def test_a_case_set_knows_the_breaks_of_what_its_scope_names():
    found = ground_of(filtered("STATEMENT_CATEGORY_CYBER_VIOLENCE"))
    assert [day for day, _ in found.breaks] == [date(2025, 7, 1)]
    assert ground_of(filtered("STATEMENT_CATEGORY_VIOLENCE")).breaks == ()


def test_a_case_set_knows_the_breaks_of_the_values_that_are_asked_for():
    case_set = case_set_from(DSA, as_of="2025-09-01 10:00")
    assert ground_of(case_set).breaks == ()
    found = ground_of(case_set, values={"dsa_category": "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"})
    assert [day for day, _ in found.breaks] == [date(2025, 7, 1)]


def test_data_ends_on_the_day_that_is_under_way_less_its_lag():
    case_set = case_set_from(DSA, as_of="2025-09-01 10:00")
    assert ground_of(case_set).until == date(2025, 9, 1)
    assert ground_of(case_set, lag_days=3).until == date(2025, 8, 29)
    with pytest.raises(ParameterError, match="0 for none"):
        ground_of(case_set, lag_days=-1)
