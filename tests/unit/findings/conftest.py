"""Drawn histories: so many cases on every day of every week, with one thing changed in the last one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.tables import case_set_of
from tskit import findings
from tskit.model import Casebook

LAST = date(2026, 10, 26)
"""The Monday of the week that is reported on."""
WEEKS = 16


@pytest.fixture
def drawn():
    """Return `draw`."""
    return draw


def draw(daily, *, last=None, weeks=WEEKS, metrics=("cases_opened",), by=("market", "policy_id")):
    """Return a look at so many cases a day by (market, policy), and at those of the last week where they differ."""
    rows = [
        {"market": market, "policy_id": policy, "created_at": f"{day} 09:{minute % 60:02d}"}
        for back in range(weeks)
        for (market, policy), number in (daily | (last or {}) if back == 0 else daily).items()
        for day in days_of(back)
        for minute in range(number)
    ]
    return look_at(rows, metrics=metrics, by=by)


def look_at(rows, *, metrics, by, casebook=None, as_of="2026-11-01 23:59"):
    case_set = case_set_of({"cases": rows}, as_of=as_of, casebook=casebook)
    scope = replace(case_set.scope, start=LAST, end=LAST + timedelta(days=7))
    return findings.look(replace(case_set, scope=scope), metrics=metrics, by=by)


def days_of(back):
    monday = LAST - timedelta(weeks=back)
    return [monday + timedelta(days=n) for n in range(7)]


def book(**settings):
    return Casebook(root=Path("drawn"), name="drawn", zone="Asia/Singapore", **settings)
