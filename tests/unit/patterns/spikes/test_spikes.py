"""Spikes, drops and silence: what is told, what is not, and what cannot be."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.patterns.spikes import Around, Limits, spikes

WEEK = (12, 14, 13, 15, 14, 6, 5)
DAYS = 140


def frame(series, *, start="2026-03-02", step="D"):
    """Return a tidy frame of named series of counts; the last period of a daily one of 140 is Sunday 19 July 2026."""
    parts = [
        pd.DataFrame({"queue": name, "period": pd.date_range(start, periods=len(counts), freq=step), "cases": counts})
        for name, counts in series.items()
    ]
    return pd.concat(parts, ignore_index=True)


def usual(days=DAYS, *, seed=0):
    mean = np.resize(WEEK, days)
    return np.random.default_rng(seed).poisson(mean).astype(float)


def changed(*values, days=DAYS, seed=0):
    """Return a usual series with other values at its end."""
    counts = usual(days, seed=seed)
    counts[len(counts) - len(values) :] = values
    return counts


def last(pattern, name="a"):
    return pattern.table[pattern.table["queue"] == name].iloc[-1]


def test_nothing_beyond_noise_is_a_result():
    found = spikes(frame({name: changed(5, seed=n) for n, name in enumerate("abcd")}), by=["queue"])
    assert found.kind == "spikes"
    assert found.statement.startswith("Nothing beyond noise in 4 series over 1 day: 0 counts outside the band")
    assert not found.table["alarm"].any()
    assert found.interval is None


def test_a_spike_is_told_with_what_chance_makes():
    found = spikes(frame({"a": changed(30), "b": changed(5, seed=1)}), by=["queue"])
    row = last(found)
    assert (row["side"], row["alarm"], row["is_beyond_noise"]) == ("more", True, True)
    assert row["lower"] <= row["expected"] <= row["upper"] < row["observed"] == 30
    assert found.statement.startswith("Beyond noise: a had 30 on 2026-07-19, more than the ")
    assert found.interval == (row["lower"], row["upper"])


def metric(series, *, unfinished):
    """Return a frame as metrics have it, in which the last period of some queues is not whole."""
    counts = frame(series).rename(columns={"period": "period_start", "cases": "value"})
    is_last = counts["period_start"] == counts["period_start"].max()
    return counts.assign(is_complete=~(is_last & counts["queue"].isin(unfinished)))


def test_a_metric_is_watched_as_it_comes_up_to_its_last_whole_period():
    found = spikes(metric({"a": changed(30, 0)}, unfinished=["a"]), by=["queue"], value="value")
    assert list(found.table["observed"]) == [30]
    assert found.statement.startswith("Beyond noise: a had 30 on 2026-07-18")


def test_a_period_that_is_not_whole_for_one_series_is_no_drop_of_it():
    given = metric({"a": changed(0), "b": changed(5, seed=1)}, unfinished=["a"])
    found = spikes(given, by=["queue"], value="value")
    assert list(found.table["why_not"]) == ["no data", ""]
    assert not found.table["alarm"].any()


def test_what_the_calendar_cut_in_two_is_told_as_one():
    """Twenty-six of 15.8 lie within the band of one day (6 to 29); twice that is more than two days make by chance."""
    day, both = (spikes(frame({"a": changed(*cases, days=DAYS - 2)}), by=["queue"]) for cases in ((26,), (26, 26)))
    assert not last(day)["alarm"]
    row = last(both)
    assert (row["side"], row["alarm"], row["over"], row["observed_over"]) == ("more", True, 2, 52)
    assert row["expected"] < row["upper"] < 26
    told = "a had 52 in the two days from 2026-07-16, more than chance makes of 30.7 expected."
    assert both.statement.startswith(f"Beyond noise: {told}")


def test_the_day_after_a_spike_is_no_spike_for_that():
    row = last(spikes(frame({"a": changed(90, 14, days=DAYS - 2)}), by=["queue"]))
    assert not row["alarm"]


def test_a_pair_of_shares_is_judged_by_what_both_are_out_of():
    n = np.full(DAYS, 400.0)
    k = np.random.default_rng(3).binomial(400, 0.05, DAYS).astype(float)
    k[-2:] = 31
    row = last(spikes(frame({"a": k}).assign(all=n), by=["queue"], out_of="all"))
    assert (row["over"], row["alarm"], row["observed_over"]) == (2, True, 62)
    assert row["expected_over"] == pytest.approx(40, abs=4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("out_of", ["", "all"])
def test_after_a_day_of_which_nothing_is_known_a_day_is_judged_alone(out_of):
    n = np.full(DAYS, 15.0)
    n[-2] = 0 if out_of else 15
    k = np.minimum(usual(), n)
    k[-2:] = [0 if out_of else np.nan, 15]
    row = last(spikes(frame({"a": k}).assign(all=n), by=["queue"], out_of=out_of))
    assert (row["over"], row["expected_over"]) == (1, row["expected"])
    assert 0 <= row["lower"] <= row["expected"] <= row["upper"] < np.inf
    assert 0 <= row["p"] <= 1


def test_a_drop_is_told_as_well():
    row = last(spikes(frame({"a": changed(1, days=DAYS - 2)}), by=["queue"]))
    assert (row["side"], row["alarm"]) == ("fewer", True)


def test_a_weekend_is_held_against_weekends():
    """Fifteen are usual on a Friday and many on a Sunday."""
    friday, sunday = (last(spikes(frame({"a": changed(15, days=days)}), by=["queue"])) for days in (DAYS - 2, DAYS))
    assert friday["strength"] < 1
    assert sunday["strength"] > 2


def test_weeks_are_judged_as_days_are():
    counts = np.append(np.random.default_rng(2).poisson(20, 120), 60)
    found = spikes(frame({"a": counts}, start="2024-01-01", step="7D"), by=["queue"])
    assert found.settings["step"] == "week"
    assert "in the week of 2026-04-20" in found.statement


def test_a_queue_that_fell_silent_is_told_with_what_was_expected():
    quiet = np.resize([0.0, 1, 0, 2, 0, 1, 0, 1, 0, 0], DAYS)
    quiet[-16:] = 0
    row = last(spikes(frame({"a": quiet}), by=["queue"]))
    assert (row["side"], row["alarm"], row["silent_for"]) == ("silent", True, 16)
    assert row["silent_expected"] == pytest.approx(16 * quiet[:-16].mean(), rel=0.35)


def test_a_silence_that_chance_makes_is_none():
    """Twelve cases in 86 weeks, then 14 without one: (86 / 100) ** 12.5 = .15, by half a case of Jeffreys'."""
    counts = np.zeros(100)
    counts[8:90:7] = 1
    row = last(spikes(frame({"a": counts}, start="2024-01-01", step="7D"), by=["queue"]))
    assert (row["silent_for"], row["alarm"]) == (14, False)


def test_a_missing_day_is_not_a_day_without_cases():
    counts = changed(13, days=DAYS - 2)
    counts[40:60] = np.nan
    row = last(spikes(frame({"a": counts}), by=["queue"]))
    assert 11 < row["expected"] < 16
    gap = frame({"a": changed(13, np.nan, days=DAYS - 2)})
    assert last(spikes(gap, by=["queue"]))["why_not"] == "no data"


def test_a_day_without_a_row_is_one_without_cases_where_other_series_have_one():
    rows = frame({"a": changed(1, 0, days=DAYS - 3), "b": changed(1, 14, days=DAYS - 3, seed=1)})
    found = spikes(rows[rows["cases"] > 0], by=["queue"])
    assert last(found)["observed"] == 0
    assert last(found)["side"] == "fewer"


def test_a_day_on_which_no_series_has_a_row_is_missing():
    rows = frame({"a": usual(), "b": usual(seed=1)})
    holed, whole = rows[~rows["period"].between("2026-04-01", "2026-05-15")], rows
    of_holed, of_whole = (last(spikes(one, by=["queue"]))["expected"] for one in (holed, whole))
    assert of_holed == pytest.approx(of_whole, rel=0.3)


def test_a_short_history_is_not_judged():
    found = spikes(frame({"a": usual(20)}), by=["queue"])
    assert found.statement == "Nothing could be judged: too short a history (1)."
    assert not last(found)["alarm"]


def test_an_unfinished_day_is_judged_for_a_rise_only():
    around = Around(until=datetime(2026, 7, 19, 9, tzinfo=UTC))
    found = spikes(frame({"a": changed(0), "b": changed(30, seed=1)}), by=["queue"], around=around)
    assert last(found)["why_not"] == "unfinished: judged for a rise only"
    assert not last(found)["alarm"]
    assert last(found, "b")["side"] == "more"
    assert found.table["period"].nunique() == 2


def test_of_a_day_that_is_half_reported_half_is_expected():
    around = Around(reported=(0.5,))
    whole, half = (last(spikes(frame({"a": changed(3)}), by=["queue"], around=one)) for one in (Around(), around))
    assert half["expected"] == pytest.approx(whole["expected"] / 2, rel=1e-6)
    assert half["upper"] < whole["upper"]


def test_a_public_holiday_is_held_against_public_holidays():
    """Six on a working day are few; on a holiday, when half as many come, they are not."""
    counts = changed(6, days=DAYS - 4)
    days = pd.date_range("2026-03-02", periods=DAYS - 4)
    off = [20, 44, 65, 88, 106, DAYS - 5]
    counts[off[:-1]] = [6, 7, 6, 7, 6]
    around = Around(holidays={"": [day.date() for day in days[off]]})
    plain, known = (last(spikes(frame({"a": counts}), by=["queue"], around=one)) for one in (Around(), around))
    assert known["expected"] < 0.7 * plain["expected"]
    assert not known["alarm"]


def test_holidays_are_those_of_the_series_own_place():
    around = Around(holidays={"a": [date(2026, 7, 17)]}, place="queue")
    plain = {name: changed(1, days=DAYS - 2, seed=n) for n, name in enumerate("ab")}
    found = spikes(frame(plain), by=["queue"], around=around)
    assert not last(found)["alarm"]
    assert last(found, "b")["alarm"]


def test_a_share_is_judged_by_what_it_is_out_of():
    n = np.full(DAYS, 400.0)
    k = np.random.default_rng(3).binomial(400, 0.05, DAYS).astype(float)
    k[-1] = 45
    rows = frame({"a": k}).assign(all=n)
    row = last(spikes(rows, by=["queue"], out_of="all"))
    assert row["side"] == "more"
    assert row["expected"] == pytest.approx(20, abs=3)


def test_sparse_series_are_not_all_alarms():
    rng = np.random.default_rng(5)
    rows = frame({str(n): rng.poisson(0.05, DAYS) for n in range(60)})
    found = spikes(rows, by=["queue"])
    assert not found.table["is_beyond_noise"].any()
    assert found.statement.startswith("Nothing beyond noise")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (pd.DataFrame({"period": ["2026-01-01"], "cases": [1], "queue": ["a"]}).iloc[:0], "no rows"),
        (pd.DataFrame({"period": ["2026-01-01"], "cases": [1]}), "no column 'queue'"),
        (frame({"a": [1.0, 2.5]}), "values that are none"),
        (frame({"a": [1.0, -1]}), "values that are none"),
        (pd.concat([frame({"a": [1.0]})] * 2), "two rows of the same period"),
        (frame({"a": [1.0] * 5}, step="MS"), "days or weeks"),
        (frame({"a": [1.0] * 5}, step="h"), "A period begins at a day"),
    ],
)
def test_a_frame_of_another_form_is_refused(rows, words):
    with pytest.raises(ParameterError, match=words):
        spikes(rows, by=["queue"])


def test_what_was_asked_has_to_make_sense():
    for wrong in (lambda: Limits(level=0.7), lambda: Around(reported=(0.0,))):
        with pytest.raises(ParameterError):
            wrong()
    with pytest.raises(ParameterError, match="since"):
        spikes(frame({"a": usual()}), by=["queue"], around=Around(since=date(2027, 1, 1)))
    with pytest.raises(ParameterError, match="place"):
        spikes(frame({"a": usual()}), by=["queue"], around=Around(holidays={"SG": [date(2026, 7, 1)]}))


@settings(max_examples=5, deadline=None)
@given(count=st.integers(0, 60), more=st.integers(1, 40))
def test_more_cases_never_weaken_an_alarm(count, more):
    rows = frame({"a": changed(count), "b": changed(count + more)}).query("queue in ['a', 'b']")
    found = spikes(rows, by=["queue"]).table.set_index("queue")
    assert found.loc["a", "upper"] == found.loc["b", "upper"]
    is_more = found["observed"] > found["expected"]
    if is_more.all():
        assert found.loc["b", "strength"] >= found.loc["a", "strength"]
    if found.loc["a", "side"] == "more":
        assert found.loc["b", "side"] == "more"


@settings(max_examples=3, deadline=None)
@given(order=st.permutations(range(4)))
def test_the_order_of_rows_and_series_changes_nothing(order):
    series = {f"{n}": changed(4 + 6 * n, seed=n) for n in range(4)}
    plain = spikes(frame(series), by=["queue"]).table
    moved = spikes(frame({f"{n}": series[f"{n}"] for n in order}).sample(frac=1, random_state=1), by=["queue"]).table
    pd.testing.assert_frame_equal(plain, moved)
