"""Who answers in the sample, and what comes first: the settings of duty in the casebook file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import ceil

from tskit.model import Triage

__all__ = ["CHANGE_HOURS", "DUTY_SITE", "rota_text"]

DUTY_SITE = "singapore"
"""The site whose people answer for every queue at night and at weekends."""
CHANGE_HOURS = (9, 21)
"""When a shift begins and the one before it ends, local time."""

_DAYS = 735
_BY_PEOPLE = 0.87  # what automation does not decide alone
_BY_DAY = 0.65  # of a day's cases, those that arrive from 9:00 to 21:00
_OWN = 0.2  # of all cases, those in the queues of the site itself
_AN_HOUR = 6.0
_USED = 0.8  # a rota leaves room for the day that is busier than most

_SHIFT = """\
[[shifts]]
name = "{name}"
site = "{site}"
begins = "{begins}"
ends = "{ends}"
days = [{days}]
{rest}people = {people}
cases_per_hour = {pace}
"""
_TRIAGE = """\
# What comes first in an open queue: points that add up. Every rank says which of them it got; set them to your judgement.
# harm: by severity. reach: for each tenfold of reach. overdue: a deadline has passed. deadline: one is due now, falling to
# none at deadline_hours away. spread: for each doubling of other reports on the same content, account or wording
# within spread_hours.
[triage]
"""


def rota_text(cases: int) -> str:
    """Return the tables `[[shifts]]` and `[triage]` of a sample of so many cases, as TOML.

    People are as many as the arrivals of that size ask for, so that capacity and demand can be held side by side.
    """
    a_day = cases / _DAYS * _BY_PEOPLE
    weekday, weekend = "1, 2, 3, 4, 5", "6, 7"
    every = 'queues = ["*"]\n'
    holidays = "on_holidays = true\n"
    shifts = (
        _shift("weekday day", weekday, a_day * _BY_DAY * _OWN, rest=""),
        _shift("weekday night", weekday, a_day * (1 - _BY_DAY), rest=every),
        _shift("weekend day", weekend, a_day * _BY_DAY, rest=holidays + every),
        _shift("weekend night", weekend, a_day * (1 - _BY_DAY), rest=holidays + every),
    )
    return "\n".join([*shifts, _TRIAGE + _weights()])


def _shift(name: str, days: str, arrivals: float, *, rest: str) -> str:
    hours = tuple(f"{hour:02d}:00" for hour in CHANGE_HOURS)
    begins, ends = hours if name.endswith("day") else hours[::-1]
    people = max(1, ceil(arrivals / (12 * _AN_HOUR * _USED)))
    return _SHIFT.format(
        name=name, site=DUTY_SITE, begins=begins, ends=ends, days=days, rest=rest, people=people, pace=_AN_HOUR
    )


def _weights() -> str:
    usual = Triage()
    return "".join(f"{field.name} = {_told(getattr(usual, field.name))}\n" for field in fields(usual))


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {points}" for name, points in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)
