"""How often arrivals stand out where nothing is the matter, and how surely a wave does."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tskit.patterns import ALARM_LEVEL, Arrivals, unusual

ENDS_AT = datetime(2026, 11, 1, 13, tzinfo=UTC)
WEEKS = 18
HOURS = WEEKS * 7 * 24 + 48
COMBINATIONS = pd.DataFrame(
    list(product(("SG", "MY", "ID", "TH", "PH"), ("spam", "scam", "threats", "hate"), ("urgent", "rest"))),
    columns=["market", "reported", "queue"],
)
SHARES = np.array([0.05, 0.15, 0.4, 0.25, 0.15])[:, None, None] * np.array([0.5, 0.35, 0.02, 0.13])[:, None]
RATES = (SHARES * np.array([0.1, 0.9])).ravel()


def drawn(*, seed, a_day, spread=0.05, wave=0):
    """Return arrivals of chance alone: a shape of the day and the week, and days that vary by more than counts do."""
    rng = np.random.default_rng(seed)
    back = np.arange(HOURS)
    local = (ENDS_AT.hour + 8 - back) % 24
    shape = 1 + 0.8 * np.sin((local - 9) / 24 * 2 * np.pi)
    shape = shape / shape.mean() * np.where((back // 24) % 7 < 2, 0.8, 1.1)
    days = rng.gamma(spread**-2, spread**2, size=(len(RATES), HOURS // 24 + 1))
    counts = rng.poisson(RATES[:, None] * a_day / 24 * shape * days[:, back // 24]).astype(float)
    threats = COMBINATIONS.eval("market == 'SG' and reported == 'threats' and queue == 'urgent'").to_numpy()
    counts[np.flatnonzero(threats)[0], :6] += rng.multinomial(wave, np.ones(6) / 6)
    return Arrivals(COMBINATIONS, counts, ENDS_AT, ENDS_AT, ZoneInfo("Asia/Singapore"), date(2025, 1, 1), {})


def looked(arrived):
    return unusual(arrived, since=ENDS_AT - timedelta(hours=12)).found


@pytest.mark.parametrize("a_day", [60, 3_000])
def test_a_quiet_weekend_reports_nothing(a_day):
    """Of forty handovers at most two report anything; the bound itself is set at one in a hundred."""
    alarms = [seed for seed in range(40) if len(looked(drawn(seed=seed, a_day=a_day)))]
    assert len(alarms) <= 2
    assert ALARM_LEVEL <= 0.05


@pytest.mark.parametrize("a_day", [30, 300, 3_000])
def test_a_wave_of_a_rare_kind_is_found_and_told_once(a_day):
    for seed in range(2):
        found = looked(drawn(seed=seed, a_day=a_day, wave=24))
        assert [(row["kind"], row["markets"], row["reported"]) for row in found.to_dict("records")] == [
            ("spike", ("SG",), "threats")
        ]


def test_days_that_vary_much_make_no_alarm():
    """Where days vary by a third, the bound widens with them."""
    alarms = [seed for seed in range(40) if len(looked(drawn(seed=seed, a_day=300, spread=0.33)))]
    assert len(alarms) <= 2
