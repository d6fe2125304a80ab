from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tskit.cases.dates import folds, order_of, read_clockwork
from tskit.errors import DataError, ParameterError


def test_a_number_above_twelve_proves_the_order():
    assert order_of("x", ["1/2/2026", "13/2/2026"]) == "dmy"
    assert order_of("x", ["1/2/2026", "2/13/2026 1:20 pm"]) == "mdy"


def test_values_that_contradict_each_other_or_prove_nothing_are_asked_about():
    with pytest.raises(DataError, match="both orders"):
        order_of("x", ["13/2/2026", "2/13/2026"])
    with pytest.raises(DataError, match="--dates dmy"):
        order_of("x", ["1/2/2026"])


def test_seen_formats_are_tried_first():
    clock = read_clockwork("x", ["13.2.2026, 1:20 pm"] * 3, dates="", zone="Asia/Tokyo", formats=())
    assert clock.formats[0] == "%d.%m.%Y, %I:%M %p"


def test_an_unknown_zone_names_the_nearest():
    with pytest.raises(ParameterError, match="Asia/Singapore"):
        read_clockwork("x", [], dates="", zone="Asia/Singapor", formats=())


def test_one_slip_among_many_values_is_not_the_way_of_the_source():
    values = ["2026-01-02T00:00:00Z"] * 200 + ["31/02/2026"]
    assert read_clockwork("x", values, dates="", zone="", formats=()).formats == ()


def test_the_folds_of_new_york_are_one_hour_twice_and_one_never_each_year():
    twice, never = folds("America/New_York", first=2025, last=2026)
    day = datetime(1970, 1, 1)  # noqa: DTZ001
    shown = [[day + timedelta(minutes=30 * half) for half in halves] for halves in (twice, never)]
    assert [str(t) for t in shown[0]] == ["2025-11-02 01:00:00", "2025-11-02 01:30:00"]
    assert [str(t) for t in shown[1]] == ["2025-03-09 02:00:00", "2025-03-09 02:30:00"]
    assert folds("Asia/Singapore") == ((), ())
