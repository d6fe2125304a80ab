"""Causes over time: whole and unfinished periods, and no trend of fewer than eight points."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from tests.support.tables import assert_table
from tskit.causes.trend import cause_trend
from tskit.model import Window

ZONE = "Asia/Singapore"
LATE = datetime(2027, 1, 1, tzinfo=UTC)


def judged(*cases):
    """Return settled cases of (cause, local day at noon)."""
    at = [pd.Timestamp(f"{day} 12:00", tz=ZONE).tz_convert("UTC") for _, day in cases]
    return pd.DataFrame({"cause": [c for c, _ in cases], "problem_at": at, "state": "settled", "weight": 1.0})


def test_cases_are_counted_by_week_and_an_unfinished_week_is_marked():
    """Windows begin on Monday 2 March; the data ends on Sunday the 15th before its last hour, and the window on the 18th."""
    found = cause_trend(
        judged(("RC1.4", "2026-03-02"), ("RC1.4", "2026-03-08"), ("RC2.1", "2026-03-08"), ("RC2.1", "2026-03-16")),
        window=Window(date(2026, 3, 2), date(2026, 3, 19), ZONE),
        as_of=datetime(2026, 3, 18, tzinfo=UTC),
    )
    assert_table(
        found.table,
        """
        period_start | cause | k | n | value | is_complete
        2026-03-02   | RC1.4 | 2 | 3 | 0.667 | yes
        2026-03-02   | RC2.1 | 1 | 3 | 0.333 | yes
        2026-03-09   | RC1.4 | 0 | 0 | NA    | yes
        2026-03-09   | RC2.1 | 0 | 0 | NA    | yes
        2026-03-16   | RC1.4 | 0 | 1 | 0     | no
        2026-03-16   | RC2.1 | 1 | 1 | 1     | no
        """,
    )
    assert (found.period, found.points, found.slopes) == ("week", 2, ())


def test_a_day_ends_where_the_window_says():
    """17:00 UTC on Sunday is Monday in Singapore."""
    frame = judged(("RC1.4", "2026-03-02")).assign(problem_at=pd.Timestamp("2026-03-08 17:00", tz="UTC"))
    found = cause_trend(frame, window=Window(date(2026, 3, 2), date(2026, 3, 16), ZONE), as_of=LATE)
    assert found.table.loc[found.table["k"] == 1, "period_start"].tolist() == [date(2026, 3, 9)]


def test_longer_windows_are_told_by_month():
    found = cause_trend(
        judged(("RC1.4", "2026-03-02")), window=Window(date(2026, 1, 15), date(2026, 7, 1), ZONE), as_of=LATE
    )
    assert found.period == "month"
    assert found.table["period_start"].tolist()[0] == date(2026, 1, 1)
    assert found.table["is_complete"].tolist() == [False, True, True, True, True, True]


def weekly(counts, *, weeks):
    first = date(2026, 3, 2)
    days = [(first + timedelta(weeks=week)).isoformat() for week in range(weeks)]
    cases = [(cause, days[week]) for cause, of in counts.items() for week in range(weeks) for _ in range(of(week))]
    window = Window(first, first + timedelta(weeks=weeks), ZONE)
    return cause_trend(judged(*cases), window=window, as_of=LATE)


def test_a_cause_on_the_rise_stands_out():
    found = weekly({"RC1.4": lambda week: 1 + week, "RC2.1": lambda _: 6}, weeks=12)
    slope = next(slope for slope in found.slopes if slope.cause == "RC1.4")
    assert slope.stands_out
    assert slope.second > slope.first


def test_an_even_course_does_not_stand_out():
    found = weekly({"RC1.4": lambda _: 3, "RC2.1": lambda _: 6}, weeks=12)
    assert [slope.stands_out for slope in found.slopes] == [False, False]


@pytest.mark.parametrize(("weeks", "tested"), [(7, 0), (8, 2)])
def test_fewer_than_eight_points_are_no_trend(weeks, tested):
    assert len(weekly({"RC1.4": lambda week: 1 + 2 * week, "RC2.1": lambda _: 6}, weeks=weeks).slopes) == tested


def test_the_test_is_cochran_and_armitages():
    """Worked out apart: T = sum of (hit - p) * (t - mean), variance p (1 - p) sum of (t - mean)^2."""
    found = weekly({"RC1.4": lambda week: 2 + (week > 3), "RC2.1": lambda _: 5}, weeks=8)
    hits, sizes = [2, 2, 2, 2, 3, 3, 3, 3], [7, 7, 7, 7, 8, 8, 8, 8]
    p, mean = sum(hits) / 60, sum(t * n for t, n in enumerate(sizes)) / 60
    score = sum((k - n * p) * (t - mean) for t, (k, n) in enumerate(zip(hits, sizes, strict=True)))
    z = score / (p * (1 - p) * sum(n * (t - mean) ** 2 for t, n in enumerate(sizes))) ** 0.5
    import math  # noqa: PLC0415  # beside its use

    assert found.slopes[0].q == pytest.approx(min(1.0, 2 * math.erfc(abs(z) / 2**0.5)))
