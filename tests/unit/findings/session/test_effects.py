"""What became of an action: measured again, and judged by more than noise alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.support.tables import case_set_from
from tskit.causes import Action
from tskit.errors import ParameterError
from tskit.findings.session import baseline
from tskit.findings.session.effects import effect_of


def appeals(reversed_before, reversed_after, *, each=100):
    """Return appeals decided in March (before) and in April (after), so many of each reversed."""
    lines = [
        f"a{month}{n} | 2026-0{month}-02 | 2026-0{month}-{n % 27 + 1:02d} | {'reversed' if n < reversed_ else 'upheld'} | SG"
        for month, reversed_ in ((3, reversed_before), (4, reversed_after))
        for n in range(each)
    ]
    text = "case_id | created_at | appeal_decided_at | appeal_status | market\n" + "\n".join(lines)
    return case_set_from(text, as_of="2026-04-30 23:59")


def action_on(cases, **changes):
    march = replace(cases, scope=replace(cases.scope, start=date(2026, 3, 1), end=date(2026, 4, 1)))
    base = Action(
        "a", "Publish examples", "RC2.1", "Policy", date(2026, 4, 15), "overturn_rate",
        baseline=baseline(march, "overturn_rate"), done_on=date(2026, 4, 1),
    )  # fmt: skip
    return replace(base, **changes)


def over(cases):
    return replace(cases, scope=replace(cases.scope, start=date(2026, 3, 1), end=date(2026, 5, 1)))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(40, 15, "improved"), (15, 40, "worse"), (30, 27, "no change beyond noise")],
)
def test_a_figure_changed_where_the_difference_is_more_than_noise(before, after, verdict):
    """Of 100: 40 to 15 differs by Newcombe's interval (13 to 36 points); 30 to 27 does not."""
    cases = appeals(before, after)
    found = effect_of(over(cases), action_on(cases))
    assert found.verdict == verdict
    assert found.now is not None
    assert (found.now.k, found.now.n) == (after, 100)
    assert (found.now.start, found.now.end) == (date(2026, 4, 1), date(2026, 5, 1))


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"done_on": None}, "too early"),
        ({"done_on": date(2026, 4, 20)}, "too early"),  # 11 days
        ({"is_dropped": True}, "dropped"),
        ({"baseline": None}, "no figure"),
        ({"metric": "overturn_rat"}, "no figure"),
        ({"where": (("no_column", ("x",)),)}, "no figure"),
    ],
)
def test_what_cannot_be_judged_says_why(changes, verdict):
    cases = appeals(40, 15)
    found = effect_of(over(cases), action_on(cases, **changes))
    assert found.verdict == verdict
    assert found.why or verdict == "dropped"


def test_cases_of_one_day_are_alike_and_count_as_little_as_that():
    """20 appeals a day, all of a day alike: 4 of 28 days reversed, then 9. Of 560 cases that is plain, of 28 days not."""
    lines = [
        f"a{month}{day}{n} | 2026-0{month}-01 | 2026-0{month}-{day:02d} | {'reversed' if (day * 11) % 28 < bad else 'upheld'} | SG"
        for month, bad in ((3, 4), (4, 9))
        for day in range(1, 29)
        for n in range(20)
    ]
    text = "case_id | created_at | appeal_decided_at | appeal_status | market\n" + "\n".join(lines)
    cases = case_set_from(text, as_of="2026-04-30 23:59")
    found = effect_of(over(cases), action_on(cases))
    assert found.now is not None
    assert (found.now.k, found.now.n) == (180, 560)
    assert found.verdict == "no change beyond noise"


def test_a_baseline_that_the_source_no_longer_tells_still_counts_as_it_was_written():
    cases = appeals(40, 15)
    only_april = replace(
        cases, cases=cases.cases.filter(cases.cases.appeal_decided_at >= datetime(2026, 4, 1, tzinfo=UTC))
    )
    assert effect_of(over(only_april), action_on(cases)).verdict == "improved"


def test_what_is_due_is_overdue_from_the_next_morning_of_the_zone_on():
    """At 16:30 UTC of 15 April it is half past midnight in Singapore."""
    cases = appeals(40, 15)
    late = replace(cases, as_of=datetime(2026, 4, 15, 16, 30, tzinfo=UTC))
    early = replace(cases, as_of=datetime(2026, 4, 15, 15, 30, tzinfo=UTC))
    assert effect_of(over(late), action_on(cases, done_on=None)).is_overdue
    assert not effect_of(over(early), action_on(cases, done_on=None)).is_overdue


def test_few_cases_are_too_early_whatever_they_say():
    cases = appeals(8, 0, each=10)
    assert effect_of(over(cases), action_on(cases)).verdict == "too early"


def test_an_action_that_is_not_done_by_its_day_is_overdue():
    cases = appeals(40, 15)
    assert effect_of(over(cases), action_on(cases, done_on=None)).is_overdue
    assert not effect_of(over(cases), action_on(cases)).is_overdue


def test_a_segment_is_measured_by_itself():
    cases = appeals(40, 15)
    found = effect_of(over(cases), action_on(cases, where=(("market", ("TH",)),)))
    assert found.now is not None
    assert found.now.n == 0


def test_a_baseline_of_an_unknown_metric_is_refused():
    with pytest.raises(ParameterError, match="Did you mean 'overturn_rate'"):
        baseline(appeals(1, 1), "overturn_rat")
