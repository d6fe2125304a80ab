"""How much of the latest periods is known yet."""

import pandas as pd
import pytest

from tskit.errors import ParameterError
from tskit.patterns.spikes import reported_shares

ROWS = [
    # period, known on, cases: half at once, 30 % a day later, the rest after two days
    ("2026-05-01", "2026-05-01", 50),
    ("2026-05-01", "2026-05-02", 30),
    ("2026-05-01", "2026-05-03", 20),
    ("2026-05-02", "2026-05-02", 100),
    ("2026-05-02", "2026-05-03", 60),
    ("2026-05-02", "2026-05-04", 40),
    ("2026-05-03", "2026-05-03", 40),
    ("2026-05-03", "2026-05-04", 24),
    ("2026-05-04", "2026-05-04", 70),
]


def rows(told=ROWS):
    return pd.DataFrame(told, columns=["period", "known_on", "cases"]).assign(
        period=lambda f: pd.to_datetime(f["period"]), known_on=lambda f: pd.to_datetime(f["known_on"])
    )


def test_shares_are_products_of_how_earlier_periods_grew():
    """From age 0 to 1: (80 + 160 + 64) / (50 + 100 + 40) = 1.6; from 1 to 2: (100 + 200) / (80 + 160) = 1.25."""
    found = reported_shares(rows(), until=pd.Timestamp("2026-05-05").date())
    assert found == pytest.approx((1 / (1.6 * 1.25), 1 / 1.25))


def test_what_became_known_later_is_not_looked_at():
    early = reported_shares(rows(), until=pd.Timestamp("2026-05-04").date())
    assert early == pytest.approx((1 / ((80 + 160) / 150 * (100 / 80)), 0.8))


def test_one_period_tells_nothing():
    with pytest.raises(ParameterError, match="old enough"):
        reported_shares(rows(ROWS[-1:]), until=pd.Timestamp("2026-05-05").date())
